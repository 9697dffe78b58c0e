//! The comment block `# METADATA` of a check.
//!
//! Its form is the Open Policy Agent's (<https://www.openpolicyagent.org/docs/policy-language#metadata>); what is below
//! `custom` is ours and strict: a misspelt field is an error that names it. Blocks of checks for other scanners are read
//! leniently.

use std::collections::BTreeMap;

use plimsoll_model::Severity;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Check, InputKind};

/// What is wrong with a comment block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// There is none.
    #[error("has no comment block `# METADATA` before `package`")]
    Missing,
    /// Not what the contract says.
    #[error("metadata: {0}")]
    Malformed(String),
    /// A field that has to say something does not.
    #[error("metadata: {0} is empty")]
    Empty(&'static str),
    /// The package is not made of the id.
    #[error("the package has to be {expected}, made of the id")]
    Package {
        /// What it has to be.
        expected: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    title: String,
    description: String,
    custom: Custom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Custom {
    id: String,
    severity: Severity,
    family: String,
    input: InputKind,
    needs: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
    remedy: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    standards: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    params: Map<String, Value>,
    #[serde(default)]
    kind: String,
}

/// The YAML of the comment block right before `package`, and whether the file has one.
pub(crate) fn comment_block(text: &str) -> Option<String> {
    let mut block: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_end();
        if line.starts_with("package ") {
            return block;
        }
        match (line.strip_prefix('#'), &mut block) {
            (Some(comment), None) if comment.trim() == "METADATA" => block = Some(String::new()),
            (Some(comment), Some(yaml)) => {
                yaml.push_str(comment.strip_prefix(' ').unwrap_or(comment));
                yaml.push('\n');
            }
            _ => block = None,
        }
    }
    None
}

/// The name after `package`.
pub(super) fn package(text: &str) -> Option<&str> {
    text.lines().find_map(|line| Some(line.strip_prefix("package ")?.split('#').next()?.trim()))
}

/// Whether a comment block follows our contract rather than another scanner's.
pub(super) fn is_ours(block: &str) -> bool {
    let block: Value = serde_saphyr::from_str(block).unwrap_or_default();
    block.pointer("/custom/input").is_some_and(Value::is_string)
}

/// Reads a check that follows our contract. The package is its caller's to judge.
pub(super) fn read(file: &str, text: &str) -> Result<Check, MetadataError> {
    let block = comment_block(text).ok_or(MetadataError::Missing)?;
    let Block { title, description, custom } =
        serde_saphyr::from_str(&block).map_err(|error| MetadataError::Malformed(one_line(&error.to_string())))?;
    let check = Check {
        id: custom.id,
        title: title.trim().to_owned(),
        why: description.trim().to_owned(),
        severity: custom.severity,
        family: custom.family,
        input: custom.input,
        needs: custom.needs,
        optional: custom.optional,
        remedy: custom.remedy.trim().to_owned(),
        aliases: custom.aliases,
        standards: custom.standards,
        params: custom.params,
        kind: custom.kind,
        package: package(text).unwrap_or_default().to_owned(),
        file: file.to_owned(),
        source: text.to_owned(),
        ..Check::default()
    };
    complete(check)
}

/// Refuses a check that leaves out what users will be shown.
fn complete(check: Check) -> Result<Check, MetadataError> {
    let fields = [
        ("id", &check.id),
        ("title", &check.title),
        ("description", &check.why),
        ("family", &check.family),
        ("remedy", &check.remedy),
    ];
    let empty = fields.into_iter().find_map(|(name, text)| text.is_empty().then_some(name));
    match empty {
        Some(name) => Err(MetadataError::Empty(name)),
        None if check.needs.is_empty() => Err(MetadataError::Empty("needs")),
        None if check.severity == Severity::Unknown => {
            Err(MetadataError::Malformed("severity cannot be unknown".to_owned()))
        }
        None => Ok(check),
    }
}

/// The package of a built-in check of that id.
pub(super) fn package_of(id: &str) -> String {
    format!("plimsoll.checks.{}", id.to_lowercase().replace('-', "_"))
}

/// Errors of YAML are drawn over several lines.
pub(super) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{MetadataError, comment_block, package, read};

    const CHECK: &str = "# Licence\n\n# METADATA\n# title: T\n# description: D\n# custom:\n#   id: X-1\n#   severity: low\n\
                         #   family: image\n#   input: image/v1\n#   needs: [config]\n#   remedy: R\npackage user.x\n";

    #[test]
    fn the_block_before_the_package_is_read() {
        let check = read("x.rego", CHECK).unwrap();
        assert_eq!((check.id.as_str(), check.why.as_str(), check.package.as_str()), ("X-1", "D", "user.x"));
        assert_eq!(comment_block("# METADATA\n# title: far\n\npackage a"), None);
        assert_eq!(package("# c\npackage a.b # why\n"), Some("a.b"));
    }

    #[test]
    fn errors_name_the_field() {
        let wrong = |from: &str, to: &str| read("x.rego", &CHECK.replace(from, to)).unwrap_err().to_string();
        assert_eq!(read("x", "package x"), Err(MetadataError::Missing));
        assert!(wrong("remedy", "remedies").contains("remed"), "{}", wrong("remedy", "remedies"));
        assert!(wrong("severity: low", "severity: awful").contains("awful"));
        assert!(wrong("#   needs: [config]\n", "").contains("needs"));
        assert_eq!(wrong("[config]", "[]"), "metadata: needs is empty");
        assert_eq!(wrong("title: T", "title: \"\""), "metadata: title is empty");
        assert!(wrong("image/v1", "image/v2").contains("image/v2"));
    }
}
