//! Who spoke for a finding that no longer counts, and what is told of it.
//!
//! Owns the difference between a decision to live with a finding, a statement that it is not one, and a finding that is
//! told of another package; and the words of a decision. What mutes what is settled before.

use plimsoll_model::{Muted, State};

/// What a mute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mute {
    /// A waiver: somebody decided to live with it.
    Waived,
    /// A VEX document or the vendor: it is not affected, or fixed.
    Cleared,
    /// The vendor's data: it is affected, and told of the package that owns its files.
    Elsewhere,
}

impl Mute {
    /// Which of them it is. A waiver says nothing of the package's state; reports older than its decision have no more.
    pub const fn of(muted: &Muted) -> Self {
        match (muted.decision, muted.status) {
            (Some(_), _) | (None, None) => Self::Waived,
            (None, Some(State::NotAffected | State::Fixed)) => Self::Cleared,
            (None, Some(_)) => Self::Elsewhere,
        }
    }

    /// What it does, before the name of who did it.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Waived => "waived by",
            Self::Cleared => "cleared by",
            Self::Elsewhere => "told of another package by",
        }
    }
}

/// What a waiver says beside its reason: which kind of decision, who answers for it, where and when it was decided.
pub(crate) fn words(muted: &Muted) -> Vec<String> {
    let mut words: Vec<String> = muted.decision.iter().map(|decision| decision.as_str().to_owned()).collect();
    let said = [
        ("owner", &muted.owner),
        ("approved by", &muted.approver),
        ("ticket", &muted.ticket),
        ("instead of a fix:", &muted.compensating_control),
        ("decided on", &muted.created),
        ("signed by", &muted.signed_by),
    ];
    words.extend(said.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name} {text}")));
    words
}

/// The reason, what else a waiver says, and until when, in one piece.
pub(crate) fn whole(muted: &Muted) -> String {
    let until = muted.expires.iter().map(|expires| format!("until {expires}"));
    let parts: Vec<String> = std::iter::once(muted.reason.clone()).chain(words(muted)).chain(until).collect();
    parts.join("; ")
}
