//! OVAL: definitions of what makes a system vulnerable, as trees of tests.
//!
//! Owns the form (<https://oval.mitre.org/language/version5.11/>) as far as distributions of rpm packages use it: what a
//! document's tests ask for (`tests.rs`), what a definition says of itself (`definition.rs`), and how its tree of criteria
//! is reduced to statements about packages (`criteria.rs`, `statement.rs`). Refuses to know publishers: which product is
//! meant, and what the words around a definition mean, is told by their feeds.
//!
//! Definitions come first in a document and refer to tests, objects and states that come last. So it is read twice: the
//! first time for those, of which only a compact table is kept, the second time definition by definition.

mod criteria;
mod definition;
mod statement;
mod tests;

pub use criteria::{Bounds, Clause, Meaning};
pub use definition::{Definition, cve_id};
pub use statement::affected;
pub use tests::{Operation, Test};

use self::tests::Tests;
use plimsoll_model::Affected;

use super::{Emit, Error, Input, Item, compressed, xml};

/// Says what a test means, or nothing where it means what it does for every publisher.
pub type Judge<'a> = &'a dyn Fn(&Test<'_>) -> Option<Meaning>;

/// What a definition's criteria come to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reduced {
    /// Ways in which a system can be vulnerable.
    pub clauses: Vec<Clause>,
    /// Why parts of it could not be reduced, each reason once.
    pub complaints: Vec<String>,
}

/// Calls `visit` for every definition of a document, with what its criteria come to.
///
/// # Errors
/// When the document is not whole, or exceeds the limits.
pub fn each(input: &mut dyn Input, judge: Judge<'_>, visit: &mut dyn FnMut(Definition, Reduced)) -> Result<(), Error> {
    let tests = Tests::read(compressed::open(input)?)?;
    xml::each(compressed::open(input)?, ROOT, "definition", &mut |element| {
        let reduced = element.child("criteria").map_or_else(
            || Reduced { complaints: vec!["it has no criteria".into()], ..Reduced::default() },
            |criteria| criteria::reduce(criteria, &tests, judge),
        );
        visit(Definition::read(&element), reduced);
    })
}

const ROOT: &str = "oval_definitions";

/// Hands over why parts of a record could not be read, and gives what could be.
pub fn complain(
    id: &str,
    said: Result<(Vec<Affected>, Vec<String>), String>,
    complaints: &[String],
    emit: Emit<'_>,
) -> Vec<Affected> {
    let (affected, more) = said.unwrap_or_else(|reason| (Vec::new(), vec![reason]));
    let all: Vec<&str> = complaints.iter().chain(&more).map(String::as_str).collect();
    if !all.is_empty() {
        emit(Item::Malformed(format!("{id}: {}", all.join("; "))));
    }
    affected
}
