//! What others have found out about vulnerabilities in products: VEX documents, given with a scan.
//!
//! Owns recognising and reading them (`openvex.rs`, `csaf.rs`, `cyclonedx.rs`), which package of an image a statement is
//! about (`component.rs`, `purl.rs`, `vers.rs`), and what it does to findings (`applying.rs`). Refuses to open files, and
//! to verify who signed what: of an attestation the payload is read, nothing is claimed about its signature.
//!
//! A document is taken whole or not at all: one statement that cannot be understood could be the one that takes an earlier
//! "not affected" back.

mod applying;
mod component;
mod csaf;
mod cyclonedx;
mod openvex;
mod purl;
mod vers;

pub use applying::apply;

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use self::component::{Component, Product};

/// Bytes of one document. The largest in use, of a distribution's kernel, have some 30 MB.
pub const MOST_BYTES: u64 = 64 << 20;

/// Statements of one document.
const MOST_STATEMENTS: usize = 100_000;

/// Products of one document, each counted as often as statements name it. Vendors list every package of every release.
const MOST_PRODUCTS: usize = 200_000;

/// Envelopes around a document: a signature around a statement of provenance around it.
const MOST_ENVELOPES: usize = 4;

/// A VEX document that was read.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it came from, for people.
    source: String,
    said: Said,
}

/// Statements in the order of the document.
#[derive(Debug, Clone)]
enum Said {
    /// Of formats whose statements are about products that the document describes elsewhere.
    Read(Vec<Statement>),
    /// Of one whose statements each stand alone: checked, and read again when they are wanted.
    Text(openvex::Statements),
}

/// What somebody says of one vulnerability in some products.
#[derive(Debug, Clone)]
struct Statement {
    /// Its names, the first the one to show.
    vulnerability: Vec<String>,
    /// It holds for each of them.
    products: Vec<Product>,
    status: Status,
    /// One of the format's words for why it is not affected, or empty.
    justification: String,
    /// Why it is not affected, in a sentence, or empty.
    impact: String,
    /// What to do about it, or empty.
    action: String,
    /// Who says so.
    author: String,
    /// Since when.
    timestamp: Option<Timestamp>,
}

/// What is said of a product, in the words that the formats have in common
/// (<https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md#status-labels>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    NotAffected,
    Affected,
    Fixed,
    UnderInvestigation,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }
}

/// Why a document cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not JSON, or not of the shape that its format demands. The message says in which line.
    #[error("{name} is not the {format} that it should be: {source}")]
    Json {
        /// The document.
        name: String,
        /// What it was taken for.
        format: &'static str,
        /// Where and why.
        source: serde_json::Error,
    },
    /// Part of it makes no sense.
    #[error("{name} cannot be used: {place}: {reason}")]
    Malformed {
        /// The document.
        name: String,
        /// Where in it: `statements[3].products[0]`.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// It is none of the formats that are read.
    #[error("{0} is no VEX document that can be read: give OpenVEX up to 0.2, CSAF 2, or CycloneDX 1.4 to 1.7 as JSON")]
    Unknown(String),
    /// It is larger than any such document needs to be.
    #[error("{0} is larger than the {limit} bytes that a VEX document may have", limit = MOST_BYTES)]
    TooLarge(String),
}

/// What is wrong at which place of a document, before it has a name.
#[derive(Debug)]
enum Problem {
    Json(&'static str, serde_json::Error),
    Malformed(String, String),
    Unknown,
}

impl Problem {
    fn at(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Malformed(place.into(), reason.into())
    }

    fn of(self, name: &str) -> Error {
        let name = name.to_owned();
        match self {
            Self::Json(format, source) => Error::Json { name, format, source },
            Self::Malformed(place, reason) => Error::Malformed { name, place, reason },
            Self::Unknown => Error::Unknown(name),
        }
    }
}

/// The members by which formats are told apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Marks<'a> {
    #[serde(borrow, rename = "@context")]
    context: Option<Cow<'a, str>>,
    #[serde(borrow)]
    bom_format: Option<Cow<'a, str>>,
    document: Option<IgnoredAny>,
}

/// The members by which envelopes are told.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    payload: Option<Cow<'a, str>>,
    #[serde(borrow)]
    predicate: Option<Marks<'a>>,
    #[serde(default)]
    subject: Vec<Subject>,
}

/// An attestation around a document.
#[derive(Deserialize)]
struct Attestation<T> {
    predicate: T,
}

/// What an attestation is about (<https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md>).
#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    name: String,
    #[serde(default)]
    digest: std::collections::BTreeMap<String, String>,
}

impl Document {
    /// Reads a document of any of the formats, told by its content; `name` is where it came from.
    ///
    /// # Errors
    /// When it is of none of them, or anything in it is not as its format demands.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Error::TooLarge(name.into()));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let said = said(bytes, 0).map_err(|problem| problem.of(name))?;
        Ok(Self { source: name.into(), said })
    }

    /// Where it came from, as findings that it mutes name it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source
    }

    /// How many statements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.said {
            Said::Read(statements) => statements.len(),
            Said::Text(statements) => statements.len(),
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Since when one of the statements holds.
    fn timestamp(&self, number: usize) -> Option<Timestamp> {
        match &self.said {
            Said::Read(statements) => statements.get(number)?.timestamp,
            Said::Text(statements) => statements.timestamp(number),
        }
    }

    /// One of the statements.
    fn statement(&self, number: usize) -> Option<Cow<'_, Statement>> {
        match &self.said {
            Said::Read(statements) => statements.get(number).map(Cow::Borrowed),
            Said::Text(statements) => statements.get(number).map(Cow::Owned),
        }
    }
}

/// What of a document is counted.
#[derive(Default)]
struct Count {
    statements: usize,
    products: usize,
}

impl Count {
    /// Counts one more, unless it is too many.
    fn add(&mut self, statement: &Statement) -> Result<(), Problem> {
        self.statements = self.statements.saturating_add(1);
        self.products = self.products.saturating_add(statement.products.len());
        if self.statements > MOST_STATEMENTS || self.products > MOST_PRODUCTS {
            let limit = format!("more than {MOST_STATEMENTS} statements or {MOST_PRODUCTS} products");
            return Err(Problem::at("the whole", limit));
        }
        Ok(())
    }
}

/// Tells the format and has it read; envelopes are opened.
fn said(bytes: &[u8], envelopes: usize) -> Result<Said, Problem> {
    let envelope: Envelope<'_> = parse(bytes, "JSON")?;
    if let Some(payload) = envelope.payload.filter(|_| envelopes < MOST_ENVELOPES) {
        // DSSE: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
        let inside = BASE64_STANDARD.decode(payload.as_bytes());
        let inside = inside.map_err(|error| Problem::at("payload", format!("not base64: {error}")))?;
        return said(&inside, envelopes.saturating_add(1));
    }
    if let Some(marks) = envelope.predicate {
        let about: Vec<Arc<Component>> = envelope.subject.into_iter().map(|one| Arc::new(one.into())).collect();
        return match format(&marks)? {
            Format::OpenVex => {
                openvex::checked(parse::<Attestation<_>>(bytes, "OpenVEX")?.predicate, about).map(Said::Text)
            }
            Format::CycloneDx => read(cyclonedx::statements(parse::<Attestation<_>>(bytes, "CycloneDX")?.predicate)?),
            Format::Csaf => read(csaf::statements(parse::<Attestation<_>>(bytes, "CSAF")?.predicate)?),
        };
    }
    match format(&parse(bytes, "JSON")?)? {
        Format::OpenVex => openvex::checked(parse(bytes, "OpenVEX")?, Vec::new()).map(Said::Text),
        Format::CycloneDx => read(cyclonedx::statements(parse(bytes, "CycloneDX")?)?),
        Format::Csaf => read(csaf::statements(parse(bytes, "CSAF")?)?),
    }
}

fn read(statements: Vec<Statement>) -> Result<Said, Problem> {
    let mut count = Count::default();
    statements.iter().try_for_each(|statement| count.add(statement))?;
    Ok(Said::Read(statements))
}

enum Format {
    OpenVex,
    CycloneDx,
    Csaf,
}

fn format(marks: &Marks<'_>) -> Result<Format, Problem> {
    match (&marks.context, &marks.bom_format, &marks.document) {
        (Some(context), ..) if context.starts_with(openvex::CONTEXT) => Ok(Format::OpenVex),
        (_, Some(format), _) if format == "CycloneDX" => Ok(Format::CycloneDx),
        (.., Some(_)) => Ok(Format::Csaf),
        _ => Err(Problem::Unknown),
    }
}

/// The reader of JSON bounds how deep it goes by itself.
fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8], format: &'static str) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| Problem::Json(format, error))
}

impl From<Subject> for Component {
    fn from(subject: Subject) -> Self {
        let hash = subject.digest.iter().find(|(algorithm, _)| algorithm.as_str() == "sha256");
        let mut component = Self { reference: subject.name.clone(), ..Self::named(&subject.name) };
        component.digests.extend(hash.and_then(|(_, hash)| component::sha256(hash)));
        component
    }
}

/// A point in time as all three formats write it (RFC 3339).
fn timestamp(text: &str, place: &str) -> Result<Option<Timestamp>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Problem::at(place, format!("not a time: {text:?}")))
}
