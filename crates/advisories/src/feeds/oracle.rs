//! Oracle Linux: its errata of all releases, as one OVAL document.
//!
//! Owns what is Oracle's own in it: ids, releases, and that builds for live patching and for FIPS 140 are lines of versions
//! beside the usual one.

use plimsoll_model::{Advisory, Rating, Space};

use super::oval::{self, Definition, Reduced};
use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, bounds};

/// The row.
pub const ORACLE: Feed = Feed {
    id: "oracle-oval",
    about: "Oracle Linux: the packages that each security erratum fixes, by release, architecture and module stream",
    licence: "Oracle's terms; public",
    passed_on: true,
    freshness: "daily",
    specification: "https://linux.oracle.com/security/oval/",
    home: "https://linux.oracle.com/security/oval",
    mirror: "oracle/oval",
    documents,
    parse,
};

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "elsa".into(),
        parts: vec!["com.oracle.elsa-all.xml.bz2".into()],
        steps: &[],
        covers: Covers::AnyRelease(&["ol"]),
        size: 20_000_000,
        role: Role::Vendor,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    oval::each(input, &|_| None, &mut |definition, reduced| {
        if definition.class == "patch" {
            erratum(&definition, &reduced, emit);
        }
    })
}

fn erratum(definition: &Definition, reduced: &Reduced, emit: Emit<'_>) {
    let id = definition.references.iter().find(|reference| reference.source == "elsa").map_or("", |one| &one.id);
    if !is_elsa(id) {
        return emit(Item::Malformed(format!("{}: {id:?} is no id of an erratum", definition.id)));
    }
    let covers = definition.cve_ids();
    // Errata that only correct others name none.
    if covers.is_empty() {
        return;
    }
    let space = |release: Option<&str>| Some(Space::release("ol", release?));
    let said = oval::affected(&reduced.clauses, &space);
    let affected = oval::complain(id, said, &reduced.complaints, emit);
    if affected.is_empty() {
        return;
    }
    let pages = definition.references.iter().map(|reference| reference.url.as_str());
    emit(Item::Advisory(Box::new(Advisory {
        id: id.to_owned(),
        title: bounds::title(title(&definition.title), &definition.description),
        details: bounds::details(&definition.description),
        references: bounds::references(pages),
        published: definition.issued.clone(),
        ratings: ratings(definition, covers.len()),
        covers,
        affected,
        ..Advisory::default()
    })));
}

/// `ELSA-2021-9151`; a second erratum under the same number is `ELSA-2018-1196-1`.
fn is_elsa(id: &str) -> bool {
    let Some(numbers) = id.strip_prefix("ELSA-") else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (2..=3).contains(&numbers.split('-').count()) && numbers.split('-').all(digits)
}

/// `openssl security update` of `ELSA-2021-9151: openssl security update (IMPORTANT)`.
fn title(text: &str) -> &str {
    let text = text.split_once(": ").map_or(text, |(_, rest)| rest).trim();
    text.rsplit_once(" (").filter(|(_, word)| word.ends_with(')')).map_or(text, |(text, _)| text)
}

/// The erratum's own word. Vectors are of single CVEs: only where there is one do they hold for the erratum.
fn ratings(definition: &Definition, covered: usize) -> Vec<Rating> {
    let source = || "oracle".to_owned();
    let word = Rating { source: source(), word: definition.severity.clone(), ..Rating::default() };
    let vectors = definition.cves.iter().filter(|_| covered == 1).flat_map(|cve| &cve.vectors);
    let vectors = vectors.map(|vector| Rating { source: source(), vector: vector.clone(), ..Rating::default() });
    // Oracle writes N/A where it has no opinion.
    let has_word = !matches!(definition.severity.as_str(), "" | "N/A");
    has_word.then_some(word).into_iter().chain(vectors).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_titles() {
        assert!(is_elsa("ELSA-2021-9151") && is_elsa("ELSA-2018-1196-1"));
        assert!(!is_elsa("ELSA-2007:0057") && !is_elsa("ELSA-2007") && !is_elsa("ELSA-2007-") && !is_elsa("ELBA-1-2"));
        assert_eq!(title("ELSA-2021-9151: openssl security update (IMPORTANT)"), "openssl security update");
        assert_eq!(title("a title"), "a title");
    }
}
