//! By when something has to be mended.

use serde::{Deserialize, Serialize};

/// What one set of deadlines says of one finding. Days are `YYYY-MM-DD` in UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Id of the set of deadlines: `fedramp-classic`.
    pub profile: String,
    /// Which of its several deadlines: `early warning`; empty where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub step: String,
    /// What started the clock: `detected`, `fix-released`…; empty when nothing is known to have.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clock: String,
    /// The day on which it started, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub since: String,
    /// The last day on which it is in time, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Days that are left, negative when it is overdue; none without a last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i32>,
    /// In time, overdue, without limit or not assessed.
    pub state: DueState,
    /// What more is asked for, or why it is not assessed; or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// How something stands against its deadline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueState {
    /// The last day has passed.
    Overdue,
    /// There is a last day, and it has not passed.
    Due,
    /// The set of deadlines names none for the like of it.
    NoLimit,
    /// What decides about it is not known.
    #[default]
    NotAssessed,
}

impl DueState {
    /// All, the gravest first.
    pub const ALL: [Self; 4] = [Self::Overdue, Self::Due, Self::NoLimit, Self::NotAssessed];

    /// The word in reports and in standards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Due => "due",
            Self::NoLimit => "no-limit",
            Self::NotAssessed => "not-assessed",
        }
    }
}
