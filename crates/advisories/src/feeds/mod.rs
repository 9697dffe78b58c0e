//! Feeds: what publishers issue, and how each form of it becomes [`Advisory`] records.
//!
//! Owns the table of feeds, which documents speak about which spaces, and the parsers. Refuses to fetch, to store and to
//! compare versions: a parser turns bytes into records, and everything that differs between publishers is in its file.

mod amazon;
mod arch;
mod azurelinux;
mod bounds;
mod cisa_kev;
mod compressed;
mod cvrf;
mod debian_tracker;
mod echo;
mod endoflife;
mod epss;
mod fedora;
mod json;
mod kubernetes;
mod nvd;
mod oracle;
mod osv;
mod oval;
mod photon;
mod redhat;
mod secdb;
mod suse;
mod ubuntu;
mod updateinfo;
mod xml;

use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::path::Path;

use plimsoll_model::{Advisory, Space};

/// Every feed, in the order of the manual. A new one is a file, its fixtures, and a line here.
pub const FEEDS: &[&Feed] = &[
    &debian_tracker::DEBIAN_TRACKER,
    &ubuntu::OSV,
    &ubuntu::VEX,
    &secdb::ALPINE,
    &secdb::WOLFI,
    &secdb::CHAINGUARD,
    &secdb::MINIMOS,
    &secdb::SECUREOS,
    &echo::ECHO,
    &arch::ARCH,
    &amazon::AMAZON,
    &fedora::FEDORA,
    &oracle::ORACLE,
    &azurelinux::AZURE_LINUX,
    &suse::SUSE,
    &cvrf::SUSE_CVRF,
    &photon::PHOTON,
    &photon::PHOTON_OVAL,
    &osv::OSV,
    &redhat::REDHAT_VEX,
    &redhat::REDHAT_REPOSITORIES,
    &kubernetes::KUBERNETES,
    &cisa_kev::CISA_KEV,
    &epss::EPSS,
    &nvd::NVD,
    &endoflife::ENDOFLIFE,
];

/// One publisher's advisories, in one form.
#[derive(Debug)]
pub struct Feed {
    /// Never reused for another meaning: it names shards, settings and the sources in reports.
    pub id: &'static str,
    /// What it is, for the manual.
    pub about: &'static str,
    /// Under which terms its data may be used.
    pub licence: &'static str,
    /// Whether these terms let others be given its data, as published shards do.
    pub passed_on: bool,
    /// How often its publisher renews it, for the manual.
    pub freshness: &'static str,
    /// Where its form is described.
    pub specification: &'static str,
    /// Address under which the publisher keeps the documents' paths.
    pub home: &'static str,
    /// Folder of a mirror that holds the same paths.
    pub mirror: &'static str,
    /// Which documents speak about these spaces.
    pub documents: fn(Wanted<'_>) -> Vec<Document>,
    /// Hands over every record of one part of a document as it goes along, never holding them all.
    ///
    /// # Errors
    /// When the part is not what it should be as a whole; what was handed over before is then worth nothing.
    pub parse: fn(&mut dyn Input, &Part<'_>, Emit<'_>) -> Result<(), Error>,
}

/// One of a document's parts, as its parser is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What it is part of.
    pub document: &'a Document,
    /// Its path, as in [`Document::parts`] or as a step found it.
    pub path: &'a str,
    /// The paths of all parts, this one among them: where one part amends another, the other leaves out what it amends.
    pub all: &'a [String],
    /// What the last step was given, path and content: where the lists that led to the parts also tell what of them no
    /// longer holds.
    pub leads: &'a [(String, Vec<u8>)],
}

/// Finds parts whose names change: takes paths and contents of small documents, gives the paths of what they lead to,
/// relative like theirs or as whole URLs.
pub type Step = fn(&[(String, Vec<u8>)]) -> Result<Vec<String>, Error>;

/// Which spaces somebody wants to hear about.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// These.
    Spaces(&'a BTreeSet<Space>),
    /// Whatever there is.
    Everything,
}

/// What is fetched, compiled and replaced together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Unique within its feed: `PyPI`, `v3.18`.
    pub name: String,
    /// Paths of its parts, relative to the feed's home, and to its folder in a mirror. Plain text, not percent-encoded.
    pub parts: Vec<String>,
    /// When not empty, `parts` only lead to the real ones: each step follows what the one before found.
    pub steps: &'static [Step],
    /// What it speaks about.
    pub covers: Covers,
    /// Size that all parts together usually have, in bytes.
    pub size: u64,
    /// What it is to the spaces that it covers.
    pub role: Role,
}

/// What a document is to the spaces that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The vendor's own word, or the only word there is. Whatever others say, a space of which it is silent is blind.
    Vendor,
    /// Others' word. It is fetched to add to the vendor's and does not stand in for it.
    Supplement,
    /// The same again. It is fetched only when its feed is asked for by name.
    OnRequest,
    /// A large supplement whose parts follow each other in time: those at the end that do not exist yet are left out. From
    /// a mirror that has it, it is taken; from its publisher only when its feed is asked for by name.
    Bulk,
}

/// What a document speaks about. Anything that it says beside that is not taken from it: a record that speaks about
/// several ecosystems is in the documents of each, and one document's shard must not stand for another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covers {
    /// Just these spaces: that it says nothing about one of them is an answer.
    Exactly(BTreeSet<Space>),
    /// Releases of these distributions. Only reading it tells which, and silence about a release is not an answer.
    AnyRelease(&'static [&'static str]),
}

/// What a parser hands over.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A record.
    Advisory(Box<Advisory>),
    /// A part that could not be read: which and why. The rest still counts.
    Malformed(String),
}

/// Takes what a parser hands over.
pub type Emit<'a> = &'a mut dyn FnMut(Item);

/// The bytes of a document: a file, or memory in tests.
pub trait Input: Read + Seek {}

impl<T: Read + Seek> Input for T {}

/// A document cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not JSON, or not of the shape that it should have.
    #[error("not the JSON that it should be: {0}")]
    Json(#[from] serde_json::Error),
    /// It is not a whole zip archive.
    #[error("not a whole zip archive: {0}")]
    Zip(#[from] rawzip::Error),
    /// It is not XML, or not of the shape that it should have.
    #[error("not the XML that it should be: {0}")]
    Xml(String),
    /// It does not unpack.
    #[error("does not unpack: {0}")]
    Compressed(#[from] std::io::Error),
    /// Part of it is missing.
    #[error("not whole: {0}")]
    Incomplete(String),
    /// It goes beyond what any such document needs.
    #[error("over the limit: {0}")]
    TooLarge(String),
}

impl Covers {
    /// Whether the document may say something about a space.
    #[must_use]
    pub fn speaks_of(&self, space: &Space) -> bool {
        match self {
            Self::Exactly(spaces) => spaces.contains(space),
            Self::AnyRelease(distributions) => distributions.contains(&distribution(space)),
        }
    }

    /// The spaces about which its silence is an answer too.
    #[must_use]
    pub fn certain(&self) -> BTreeSet<Space> {
        match self {
            Self::Exactly(spaces) => spaces.clone(),
            Self::AnyRelease(_) => BTreeSet::new(),
        }
    }
}

impl Wanted<'_> {
    /// Whether one of the spaces is wanted that `covers` speaks of.
    fn includes(self, covers: &Covers) -> bool {
        match self {
            Self::Everything => true,
            Self::Spaces(spaces) => spaces.iter().any(|space| covers.speaks_of(space)),
        }
    }
}

/// Whether a folder is laid out as a mirror: it holds one of some feed.
#[must_use]
pub fn are_in(folder: &Path) -> bool {
    FEEDS.iter().any(|feed| folder.join(feed.mirror).exists())
}

/// The feed of that id.
#[must_use]
pub fn feed(id: &str) -> Option<&'static Feed> {
    FEEDS.iter().copied().find(|feed| feed.id == id)
}

/// The feed whose word about a space is the vendor's own, or the only one. None: facts about CVEs, and spaces that nobody
/// publishes advisories about.
#[must_use]
pub fn vendor_of(space: &Space) -> Option<&'static Feed> {
    let wanted = BTreeSet::from([space.clone()]);
    let speaks = |feed: &&Feed| {
        let documents = (feed.documents)(Wanted::Spaces(&wanted));
        documents.iter().any(|document| document.role == Role::Vendor)
    };
    FEEDS.iter().copied().find(speaks)
}

/// `debian` of `debian:12`, `wolfi` of `wolfi`.
fn distribution(space: &Space) -> &str {
    space.as_str().split_once(':').map_or(space.as_str(), |(distribution, _)| distribution)
}
