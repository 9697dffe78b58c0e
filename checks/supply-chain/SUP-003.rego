# METADATA
# title: No SBOM attached
# description: >
#   Whoever gets the image cannot see what is in it without taking it apart, and cannot look again when a flaw is told.
# custom:
#   id: SUP-003
#   severity: low
#   family: supply-chain
#   input: image/v1
#   needs: [evidence.sboms]
#   remedy: Have the build write an SBOM and attach it to the image.
#   standards:
#     nist-800-53: [CM-8, SR-4]
#     pci-dss: [6.3.2]
#     fedramp: [inventory]
#     iso-27001: [A.5.9]
#     soc-2: [CC9.2]
#     eu-cra: [I-II-1]
package plimsoll.checks.sup_003

import data.plimsoll.lib.result
import rego.v1

deny contains result.at("evidence.sboms", "no SBOM is attached to the image") if count(input.evidence.sboms) == 0
