//! The OSV database's exports: one zip archive for each ecosystem, one JSON file in it for each record.
//!
//! Owns the row and the way from an archive to records. What a record means is `record.rs`; what an ecosystem is called
//! as a space, and how its names are written, is the table in `ecosystems.rs`.

mod archive;
mod ecosystems;
mod ranges;
mod record;

use super::{Document, Emit, Error, Feed, Input, Item, Part, Wanted};
use ecosystems::ECOSYSTEMS;
pub use ecosystems::Ecosystem;

/// The row.
pub const OSV: Feed = Feed {
    id: "osv",
    about: "The OSV database: advisories of language ecosystems, and errata of distributions",
    licence: "each record's database states its own, mostly CC-BY-4.0",
    passed_on: true,
    freshness: "within hours of each database",
    specification: "https://ossf.github.io/osv-schema/",
    home: "https://osv-vulnerabilities.storage.googleapis.com",
    mirror: "osv",
    documents,
    parse,
};

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let documents = ECOSYSTEMS.iter().map(document);
    documents.filter(|document| wanted.includes(&document.covers)).collect()
}

fn document(ecosystem: &Ecosystem) -> Document {
    Document {
        name: ecosystem.name.into(),
        parts: vec![format!("{}/all.zip", ecosystem.name)],
        steps: &[],
        covers: ecosystem.covers(),
        size: ecosystem.size,
        role: ecosystem.role,
    }
}

fn parse(input: &mut dyn Input, part: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(ecosystem) = ecosystem(&part.document.name) else { return Ok(()) };
    each_record(input, ecosystem, emit)
}

/// Hands over what the records of a zip archive say about an ecosystem.
///
/// # Errors
/// When the archive is not whole.
pub fn each_record(input: &mut dyn Input, ecosystem: &Ecosystem, emit: Emit<'_>) -> Result<(), Error> {
    archive::each_file(input, &mut |name, bytes| {
        if !name.contains('.') || name.ends_with(".json") {
            self::emit(name, bytes, ecosystem, emit);
        }
    })
}

/// The ecosystem that OSV calls so.
pub fn ecosystem(name: &str) -> Option<&'static Ecosystem> {
    ECOSYSTEMS.iter().find(|ecosystem| ecosystem.name == name)
}

/// Hands over what one file says about an ecosystem.
pub fn emit(name: &str, bytes: Result<&[u8], String>, ecosystem: &Ecosystem, emit: Emit<'_>) {
    match bytes.and_then(|bytes| record::read(bytes, ecosystem)) {
        Ok(advisories) => advisories.into_iter().for_each(|advisory| emit(Item::Advisory(Box::new(advisory)))),
        Err(reason) => emit(Item::Malformed(format!("{name}: {reason}"))),
    }
}
