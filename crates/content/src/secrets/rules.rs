//! The rules: data in `checks/secrets/`, read when first needed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use plimsoll_model::Severity;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::validators::{self, Validate};

/// Every file of rules, the most telling first: where two rules see the same bytes, the earlier one has it.
const FILES: [&str; 12] = [
    include_str!("../../../../checks/secrets/keys.toml"),
    include_str!("../../../../checks/secrets/cloud.toml"),
    include_str!("../../../../checks/secrets/source-control.toml"),
    include_str!("../../../../checks/secrets/registries.toml"),
    include_str!("../../../../checks/secrets/orchestration.toml"),
    include_str!("../../../../checks/secrets/ai.toml"),
    include_str!("../../../../checks/secrets/messaging.toml"),
    include_str!("../../../../checks/secrets/saas.toml"),
    include_str!("../../../../checks/secrets/payments.toml"),
    include_str!("../../../../checks/secrets/monitoring.toml"),
    include_str!("../../../../checks/secrets/data-stores.toml"),
    include_str!("../../../../checks/secrets/generic.toml"),
];

/// Bytes that the slow engine goes through in the time that compiling for the fast one takes.
const LIGHT: usize = 2048;

/// All rules. A file that does not parse brings none: a test holds every file to parsing.
pub(super) static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| FILES.iter().flat_map(|text| parse(text).unwrap_or_default()).collect());

/// How a kind of secret is recognised, and what to say of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `github-token`. Never changes its meaning.
    pub id: String,
    /// `GitHub personal access token`.
    pub title: String,
    /// What it opens: the name of the file of rules that it stands in.
    #[serde(default)]
    pub category: String,
    /// How bad it is to find one.
    pub severity: Severity,
    /// The check of the catalogue that it counts to: `SEC-003`.
    #[serde(default)]
    pub check: String,
    /// What to do.
    #[serde(default)]
    pub remedy: String,
    /// Lower case; every match has one of them in it. None in a rule about files that are told by how they begin.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Regular expression over bytes; its first group is the secret.
    #[serde(default)]
    pattern: String,
    /// In place of `pattern`: what the value looks like that is assigned to a name with one of the keywords in it.
    #[serde(default)]
    value: String,
    /// Bits of Shannon entropy a character that the secret has at least.
    #[serde(default)]
    pub(super) entropy: f64,
    /// Only in files whose path ends so, component by component; `*` stands for any part of one.
    #[serde(default)]
    pub(super) paths: Vec<String>,
    /// Also, or with `paths` beside those, in texts of the config: a weak hint that is enough for `DB_PASSWORD=…` there.
    #[serde(default)]
    pub(super) text_only: bool,
    /// So telling that it is looked for in compiled files too.
    #[serde(default)]
    pub(super) binary: bool,
    /// The secret is a known word, so it is not held against placeholders.
    #[serde(default)]
    pub(super) known: bool,
    /// So weak a hint that it says nothing in files of published packages, which hold nobody's secrets.
    #[serde(default)]
    pub(super) own: bool,
    /// Must be near as well: a cheap look before the regular expression.
    #[serde(default)]
    pub(super) needs: String,
    /// How far before a keyword a match can begin.
    #[serde(default = "before")]
    pub(super) before: usize,
    /// How far behind a keyword a match can end.
    #[serde(default = "after")]
    pub(super) after: usize,
    /// Name of a row of [`validators::VALIDATORS`].
    #[serde(default)]
    validator: String,
    #[serde(skip)]
    pub(super) validate: Option<Validate>,
    #[serde(skip)]
    regex: OnceLock<Option<Regex>>,
    #[serde(skip)]
    light: OnceLock<Option<regex_lite::Regex>>,
    /// Bytes that were searched lightly.
    #[serde(skip)]
    searched: AtomicUsize,
}

const fn before() -> usize {
    24
}

const fn after() -> usize {
    320
}

impl Rule {
    /// One whose matches are found by other means than a regular expression.
    pub(super) fn without_pattern(
        id: &str,
        title: &str,
        (category, check, severity): (&str, &str, Severity),
        remedy: &str,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            category: category.into(),
            severity,
            check: check.into(),
            remedy: remedy.into(),
            ..Self::default()
        }
    }

    /// Whether it speaks of texts of the config, and of files only at some paths.
    #[must_use]
    pub const fn is_for_texts(&self) -> bool {
        self.text_only
    }

    /// The compiled expression. It costs half a millisecond, so it is made when a keyword is first seen.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| self.compile().ok()).as_ref()
    }

    /// The same expression compiled in a tenth of the time by an engine that searches at a tenth of the speed, for texts of
    /// ASCII, in which both find the same; none once more bytes were searched with it than compiling the other costs. The
    /// config and the settings of an image have words of two dozen rules in them, and each scan looks through these.
    pub(super) fn light(&self, bytes: usize) -> Option<&regex_lite::Regex> {
        let before = self.searched.fetch_add(bytes, Ordering::Relaxed);
        if before > LIGHT {
            return None;
        }
        self.light.get_or_init(|| regex_lite::Regex::new(&self.expression()).ok()).as_ref()
    }

    fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.expression()).unicode(false).build()
    }

    fn expression(&self) -> String {
        if self.value.is_empty() {
            return self.pattern.clone();
        }
        let names: Vec<_> = self.keywords.iter().map(|keyword| regex::escape(keyword)).collect();
        let name = format!("(?i:{})[0-9A-Za-z_.-]{{0,32}}", names.join("|"));
        let assigned = r#"(?:\\?["'`\]]){0,3}[ \t]{0,8}(?:=>|:=|=|:)[ \t]{0,8}(?:\\?["'`])?"#;
        format!(r"{name}{assigned}({})(?:[^0-9A-Za-z_/+=.-]|\.?\s|\z)", self.value)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    category: String,
    check: String,
    remedy: String,
    rule: Vec<Rule>,
}

fn parse(text: &str) -> Result<Vec<Rule>, toml::de::Error> {
    let file: RuleFile = toml::from_str(text)?;
    let complete = |mut rule: Rule| {
        rule.category.clone_from(&file.category);
        for (own, shared) in [(&mut rule.check, &file.check), (&mut rule.remedy, &file.remedy)] {
            if own.is_empty() {
                own.clone_from(shared);
            }
        }
        rule.validate = validators::named(&rule.validator);
        rule
    };
    Ok(file.rule.into_iter().map(complete).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_parses() {
        for text in FILES {
            let rules = parse(text).unwrap();
            assert!(!rules.is_empty());
        }
    }

    #[test]
    fn every_rule_is_complete() {
        let mut ids = BTreeSet::new();
        for rule in RULES.iter() {
            let id = &rule.id;
            assert!(ids.insert(id), "{id} is there twice");
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{id}");
            assert!(rule.severity >= Severity::Low, "{id}: severity");
            let check: u32 = rule.check.strip_prefix("SEC-0").and_then(|number| number.parse().ok()).unwrap_or(0);
            assert!(matches!(check, 1..=10 | 15), "{id}: check {}", rule.check);
            assert!(!rule.title.is_empty() && !rule.remedy.is_empty() && !rule.category.is_empty(), "{id}: wording");
            if rule.keywords.is_empty() {
                assert!(rule.pattern.is_empty() && rule.value.is_empty(), "{id}: nothing leads to its pattern");
                continue;
            }
            assert!(rule.pattern.is_empty() != rule.value.is_empty(), "{id}: either pattern or value");
            assert!(rule.validator.is_empty() || rule.validate.is_some(), "{id}: no validator {}", rule.validator);
            let regex = rule.compile().unwrap_or_else(|error| panic!("{id}: {error}"));
            assert!(regex.captures_len() >= 2, "{id}: no group");
            for keyword in &rule.keywords {
                assert!(keyword.len() >= 3 && *keyword == keyword.to_ascii_lowercase(), "{id}: keyword {keyword}");
            }
        }
        assert!(ids.len() >= 220, "{} rules", ids.len());
    }
}
