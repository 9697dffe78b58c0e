package plimsoll.checks.cfg_028_test

import data.plimsoll.checks.cfg_028
import rego.v1

test_denies_the_first_form if {
	count(cfg_028.deny) == 1 with input as {
		"reference": {"media_type": "application/vnd.docker.distribution.manifest.v1+prettyjws"},
		"layers": [],
	}
}

test_denies_foreign_layers if {
	some hit in cfg_028.deny with input as {
		"reference": {"media_type": "application/vnd.docker.distribution.manifest.v2+json"},
		"layers": [
			{"index": 0, "media_type": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"},
			{"index": 1, "media_type": "application/vnd.docker.image.rootfs.diff.tar.gzip"},
		],
	}
	hit.place == "layers.0"
}

test_allows_oci if {
	count(cfg_028.deny) == 0 with input as {
		"reference": {"media_type": "application/vnd.oci.image.manifest.v1+json"},
		"layers": [{"index": 0, "media_type": "application/vnd.oci.image.layer.v1.tar+zstd"}],
	}
}
