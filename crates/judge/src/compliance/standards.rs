//! The standards that are built in.

use super::Spec;
use crate::fields::Mistake;
use crate::nearest::suggestion_or_all;

/// Id and text of each. Another standard is one file in `checks/compliance` and one line here.
pub const STANDARDS: &[(&str, &str)] = &[
    ("cis-docker", include_str!("../../../../checks/compliance/cis-docker.yaml")),
    ("nist-800-190", include_str!("../../../../checks/compliance/nist-800-190.yaml")),
    ("nist-800-53", include_str!("../../../../checks/compliance/nist-800-53.yaml")),
    ("fedramp", include_str!("../../../../checks/compliance/fedramp.yaml")),
    ("pci-dss", include_str!("../../../../checks/compliance/pci-dss.yaml")),
    ("disa-container", include_str!("../../../../checks/compliance/disa-container.yaml")),
    ("eu-cra", include_str!("../../../../checks/compliance/eu-cra.yaml")),
    ("bod-26-04", include_str!("../../../../checks/compliance/bod-26-04.yaml")),
    ("iso-27001", include_str!("../../../../checks/compliance/iso-27001.yaml")),
    ("soc-2", include_str!("../../../../checks/compliance/soc-2.yaml")),
    ("hipaa", include_str!("../../../../checks/compliance/hipaa.yaml")),
    ("pod-security-baseline", include_str!("../../../../checks/compliance/pod-security-baseline.yaml")),
    ("pod-security-restricted", include_str!("../../../../checks/compliance/pod-security-restricted.yaml")),
    ("nsa-cisa", include_str!("../../../../checks/compliance/nsa-cisa.yaml")),
];

/// Why a standard could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownStandard {
    /// None is called so.
    #[error("there is no standard {0}{1}")]
    Name(String, String),
    /// It is built in wrongly.
    #[error(transparent)]
    Mistake(#[from] Mistake),
}

/// The standard of an id.
///
/// # Errors
/// When there is none; with the one that was probably meant.
pub fn standard(id: &str) -> Result<Spec, UnknownStandard> {
    let ids: Vec<&str> = STANDARDS.iter().map(|(id, _)| *id).collect();
    let known = STANDARDS.iter().find(|(known, _)| *known == id);
    let unknown = || UnknownStandard::Name(format!("{id:?}"), suggestion_or_all(id, &ids));
    let (_, text) = known.ok_or_else(unknown)?;
    Ok(Spec::parse(&format!("{id}.yaml"), text)?)
}

/// All of them.
///
/// # Errors
/// When one is built in wrongly.
pub fn standards() -> Result<Vec<Spec>, Mistake> {
    STANDARDS.iter().map(|(id, text)| Spec::parse(&format!("{id}.yaml"), text)).collect()
}
