//! Licences: what packages state, what files say, and what a policy makes of it.
//!
//! Owns the reading of stated licences as SPDX expressions ([`normalise`]), their categories, the telling of licences by
//! their text ([`detect`]), and the judging ([`judge_licences`]). Categories are a help to sort by, no legal advice. What
//! is known of names, categories and texts is data in `checks/licences/`.

mod categories;
mod debian;
mod expression;
mod files;
mod judge;
mod names;
mod text;

pub use debian::DEBIAN;
pub use expression::{Expression, normalise};
pub use files::FILES;
pub use judge::{LicencePolicy, PackageLicence, judge_licences, packages_with_licences, words_and_texts};
pub use text::detect;

use plimsoll_model::LicenceCategory;

/// What a stated licence asks of whoever passes the software on.
#[must_use]
pub fn category(expression: &Expression) -> LicenceCategory {
    expression.category()
}

/// Whether a policy can speak of this: an SPDX id, or a category.
#[must_use]
pub fn is_licence(name: &str) -> bool {
    LicenceCategory::ALL.iter().any(|category| category.as_str() == name)
        || spdx::identifiers::LICENSES.iter().any(|known| known.name.eq_ignore_ascii_case(name))
}
