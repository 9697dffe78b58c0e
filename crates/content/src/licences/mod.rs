//! Licences: what packages state, what files say, and what a policy makes of it.
//!
//! Owns the reading of stated licences as SPDX expressions (`expression`), their categories, the telling of licences by
//! their text (`text`), and the judging ([`judge_licences`]). Categories are a help to sort by, no legal advice. What
//! is known of names, categories and texts is data in `checks/licences/`.

mod categories;
mod debian;
mod expression;
mod files;
mod judge;
mod names;
mod text;

pub(crate) use debian::DEBIAN;
pub(crate) use files::FILES;
pub use judge::{LicencePolicy, judge_licences, words_and_texts};

use plimsoll_model::LicenceCategory;

/// Whether a policy can speak of this: an SPDX id, or a category.
#[must_use]
pub fn is_licence(name: &str) -> bool {
    LicenceCategory::ALL.iter().any(|category| category.as_str() == name)
        || spdx::identifiers::LICENSES.iter().any(|known| known.name.eq_ignore_ascii_case(name))
}
