//! Findings that a control must not have, asked for by what they are like.

use plimsoll_model::{About, DueState, Finding, Severity};

/// A finding matches when all that is stated holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// `vulnerability`, `secret`…; none means all kinds.
    pub kind: Option<&'static str>,
    /// This severity or worse.
    pub severity_at_least: Option<Severity>,
    /// Whether some version is free of it.
    pub fixable: Option<bool>,
    /// Whether it is known to be exploited.
    pub exploited: Option<bool>,
    /// One of these: of secrets, licences and malware their category, of misconfigurations their family, of what is
    /// outdated in which way (`end of life`). Empty means all.
    pub category: Vec<String>,
    /// Stands so against the deadline…
    pub state: Option<DueState>,
    /// …of this set of deadlines.
    pub deadline: Option<String>,
}

/// The words for kinds of findings.
pub(crate) const KINDS: [&str; 6] = ["vulnerability", "outdated", "misconfiguration", "secret", "licence", "malware"];

impl Query {
    /// Whether a finding is like this, its deadline aside.
    pub(super) fn is_about(&self, finding: &Finding) -> bool {
        self.kind.is_none_or(|kind| kind == finding.about.kind())
            && self.severity_at_least.is_none_or(|severity| finding.severity >= severity)
            && self.fixable.is_none_or(|fixable| fixable == finding.is_fixable())
            && self.exploited.is_none_or(|exploited| exploited == finding.is_exploited())
            && (self.category.is_empty() || self.category.iter().any(|word| word == category(finding)))
    }

    /// Whether its deadline is as asked; none when that was not assessed.
    pub(super) fn is_in_state(&self, finding: &Finding) -> Option<bool> {
        let (Some(deadline), Some(state)) = (&self.deadline, self.state) else { return Some(true) };
        let states = || finding.due.iter().filter(|due| due.profile == *deadline).map(|due| due.state);
        if states().any(|known| known == state) {
            return Some(true);
        }
        let is_known = states().next().is_some() && states().all(|known| known != DueState::NotAssessed);
        is_known.then_some(false)
    }

    /// The query in words: `findings: vulnerability, severity >= high, fixable, overdue by fedramp-classic`.
    #[must_use]
    pub fn describe(&self) -> String {
        let flag =
            |value: Option<bool>, yes: &str, no: &str| value.map(|value| if value { yes } else { no }.to_owned());
        let parts = [
            self.kind.map(String::from),
            self.severity_at_least.map(|severity| format!("severity >= {severity}")),
            flag(self.fixable, "fixable", "without a fix"),
            flag(self.exploited, "exploited", "not known to be exploited"),
            (!self.category.is_empty()).then(|| self.category.join(" or ")),
            self.state.zip(self.deadline.as_ref()).map(|(state, deadline)| format!("{} by {deadline}", state.as_str())),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!("findings: {}", if parts.is_empty() { "any".to_owned() } else { parts.join(", ") })
    }
}

/// The word by which findings of one kind are told apart.
fn category(finding: &Finding) -> &str {
    match &finding.about {
        About::Secret(secret) => &secret.category,
        About::Malware(malware) => &malware.category,
        About::Licence(licence) => licence.category.as_str(),
        About::Misconfiguration(misconfiguration) => &misconfiguration.family,
        About::Outdated(outdated) => outdated.why.as_str(),
        About::Vulnerability(_) => "",
    }
}
