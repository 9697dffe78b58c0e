//! One document from one source: fetched, compiled, written.
//!
//! Owns the way from addresses to shards. Refuses to know what a failure means to a scan (`job.rs`).

use std::fs::File;
use std::io::Read;

use plimsoll_model::{Advisory, Event};

use super::job::{Job, seconds};
use super::receipt::{EXAMPLES, Receipt};
use super::{Processing, Source};
use crate::database::{self, Builder, Stamp, Written};
use crate::feeds::{self, Item, Part, Role};
use crate::fetch::{self, Address, Fetched};

/// Why a document gave no new shards.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    #[error("failed to read {address}: {source}; the publisher's or the mirror's copy is broken, try again later")]
    Parse { address: String, source: feeds::Error },
    #[error("failed to read {address}: {malformed} of its records are malformed and {records} are not; first: {first}")]
    Mostly { address: String, malformed: usize, records: usize, first: String },
    #[error("{0}; what follows it is there, so the copy is not whole")]
    Between(fetch::Error),
    #[error("{address} holds no advisories; check the mirror")]
    Nothing { address: String },
    #[error(transparent)]
    Database(#[from] database::Error),
    #[error("failed to write to {directory}: {source}")]
    Receipt { directory: String, source: std::io::Error },
    #[error("failed to fetch {address}: network access is off")]
    Offline { address: String },
}

impl Error {
    /// The source does not have the document.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.failure.is_absence())
    }

    /// It would be too large.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.failure.is_limit())
    }
}

/// Bytes of a document that leads to others.
const LEAD: u64 = 16 << 20;

/// Documents that one may be made of. Each is a file that stays open until all are there.
const MOST_PARTS: usize = 500;

/// Paths and contents of documents that lead to others.
type Leads = Vec<(String, Vec<u8>)>;

/// The parts of a document that changed, and what their transfer took.
struct Parts {
    paths: Vec<String>,
    /// What the last step was given.
    leads: Leads,
    files: Vec<(File, Stamp)>,
    downloaded: u64,
}

/// Parts at the end of a document that do not exist yet.
#[derive(Default)]
struct Absent {
    first: Option<fetch::Error>,
    count: usize,
}

impl Absent {
    /// Notes that one is not there; whether there were enough in a row not to ask for more.
    fn add(&mut self, error: fetch::Error) -> bool {
        self.first.get_or_insert(error);
        self.count = self.count.saturating_add(1);
        self.count > 1
    }

    /// One is there: what was missing before it is missing.
    fn end(&mut self) -> Result<(), Error> {
        self.first.take().map_or(Ok(()), |missing| Err(Error::Between(missing)))
    }
}

/// A document, and who is asked for it.
pub struct Attempt<'j, 'a> {
    pub job: &'j Job<'a>,
    pub source: &'j Source,
}

impl Attempt<'_, '_> {
    /// Brings the document's shards up to date, and remembers that.
    pub fn run(&self, receipt: Option<&Receipt>) -> Result<(Processing, Receipt), Error> {
        if let (true, Some(url)) = (self.job.settings.offline, self.addresses().iter().find(|one| one.path().is_none()))
        {
            return Err(Error::Offline { address: url.to_string() });
        }
        let asked = seconds(self.job.settings.now);
        let (result, receipt) = match self.fetch(receipt.filter(|receipt| self.is_at(receipt)))? {
            Some(parts) => self.compile(parts, asked)?,
            None => (Processing::Unchanged, receipt.cloned().unwrap_or_default().asked_again(asked)),
        };
        let directory = &self.job.settings.directory;
        receipt
            .write(directory, self.job.feed.id, &self.job.document.name)
            .map_err(|source| Error::Receipt { directory: directory.display().to_string(), source })?;
        Ok((result, receipt))
    }

    /// The parts, or none when they all are what they were.
    fn fetch(&self, receipt: Option<&Receipt>) -> Result<Option<Parts>, Error> {
        let (paths, leads) = self.find()?;
        let addresses: Vec<Address> = paths.iter().map(|path| self.address(path)).collect();
        let known = receipt.map_or(&[][..], |receipt| &receipt.parts);
        let mut parts = Parts { paths, leads, files: Vec::new(), downloaded: 0 };
        let mut unchanged = Vec::new();
        let mut absent = Absent::default();
        for (place, address) in addresses.iter().enumerate() {
            let stamp = known.iter().find(|stamp| stamp.address == address.to_string());
            let fetched = match self.fetch_part(address, stamp) {
                Err(Error::Fetch(error)) if self.is_to_come(place, &error) => {
                    if absent.add(error) {
                        break;
                    }
                    continue;
                }
                fetched => fetched?,
            };
            absent.end()?;
            match fetched {
                Fetched::Unchanged => unchanged.push((place, address)),
                Fetched::Changed { file, stamp, bytes } => {
                    parts.downloaded = parts.downloaded.saturating_add(bytes);
                    parts.files.push((file, stamp));
                }
            }
        }
        parts.paths.truncate(unchanged.len().saturating_add(parts.files.len()));
        // A part that went changes what the others make, though none of them did.
        if parts.files.is_empty() && unchanged.len() == known.len() {
            return Ok(None);
        }
        // One part changed: its shards are made of all of them.
        for (place, address) in unchanged {
            if let Fetched::Changed { file, stamp, bytes } = self.fetch_part(address, None)? {
                parts.downloaded = parts.downloaded.saturating_add(bytes);
                parts.files.insert(place.min(parts.files.len()), (file, stamp));
            }
        }
        Ok(Some(parts))
    }

    /// Whether a part that is not there may be one that does not exist yet.
    fn is_to_come(&self, place: usize, error: &fetch::Error) -> bool {
        place > 0 && self.job.document.role == Role::Bulk && error.failure.is_absence()
    }

    /// The paths of the parts, through the documents that lead to them, and the last of these.
    fn find(&self) -> Result<(Vec<String>, Leads), Error> {
        let mut paths = self.job.document.parts.clone();
        let mut leads = Vec::new();
        for step in self.job.document.steps {
            let address = self.address(paths.first().map_or("", String::as_str)).to_string();
            let failed = |source| Error::Parse { address: address.clone(), source };
            leads = Vec::with_capacity(paths.len());
            for (place, path) in paths.into_iter().enumerate() {
                let content = match self.lead(&path) {
                    // The first one names the rest; lists of changes may have nothing to tell.
                    Err(Error::Fetch(error)) if place > 0 && error.failure.is_emptiness() => Vec::new(),
                    content => content?,
                };
                leads.push((path, content));
            }
            paths = step(&leads).map_err(failed)?;
            if paths.is_empty() {
                return Err(Error::Nothing { address });
            }
            if paths.len() > MOST_PARTS {
                return Err(failed(feeds::Error::TooLarge(format!("it leads to {} documents", paths.len()))));
            }
        }
        Ok((paths, leads))
    }

    /// The content of a document that leads to others.
    fn lead(&self, path: &str) -> Result<Vec<u8>, Error> {
        let address = self.address(path);
        let failed = |source| Error::Parse { address: address.to_string(), source };
        let mut content = Vec::new();
        if let Fetched::Changed { file, .. } = self.fetch_part(&address, None)? {
            file.take(LEAD.saturating_add(1)).read_to_end(&mut content).map_err(|error| failed(error.into()))?;
        }
        if content.len() as u64 > LEAD {
            return Err(failed(feeds::Error::TooLarge(format!("{path} has more than {LEAD} bytes"))));
        }
        Ok(content)
    }

    fn fetch_part(&self, address: &Address, known: Option<&Stamp>) -> Result<Fetched, Error> {
        let name = format!("{} {}", self.job.feed.id, self.job.document.name);
        let report = |done, size| (self.job.settings.progress)(Event::Fetch { feed: &name, size, done });
        Ok(self.job.fetcher.fetch(address, known, &report)?)
    }

    /// Makes shards of the parts.
    fn compile(&self, parts: Parts, asked: u64) -> Result<(Processing, Receipt), Error> {
        let stamps: Vec<Stamp> = parts.files.iter().map(|(_, stamp)| stamp.clone()).collect();
        let builder = Builder::new(self.job.feed.id, stamps.clone(), self.job.settings.now);
        let mut builder = builder.scratch(&self.job.settings.directory);
        let mut receipt = Receipt::new(self.addresses().iter().map(Address::to_string).collect(), stamps, asked);
        for ((mut file, stamp), path) in parts.files.into_iter().zip(&parts.paths) {
            let mut take = |item| match item {
                Item::Advisory(advisory) => self.keep(*advisory, &mut builder, &mut receipt),
                Item::Malformed(reason) => {
                    receipt.malformed = receipt.malformed.saturating_add(1);
                    if receipt.examples.len() < EXAMPLES {
                        receipt.examples.push(reason);
                    }
                }
            };
            let part = Part { document: &self.job.document, path, all: &parts.paths, leads: &parts.leads };
            (self.job.feed.parse)(&mut file, &part, &mut take)
                .map_err(|source| Error::Parse { address: stamp.address, source })?;
        }
        self.check(&receipt)?;
        let written = builder.write(&self.job.settings.directory, &self.job.document.covers.certain())?;
        let result =
            Processing::Compiled { records: receipt.records, shards: written.len(), downloaded: parts.downloaded };
        receipt.shards = written.into_iter().map(|Written { space, digest, .. }| (space.0, digest)).collect();
        Ok((result, receipt))
    }

    /// Takes what a record says about the spaces that this document stands for.
    fn keep(&self, mut advisory: Advisory, builder: &mut Builder, receipt: &mut Receipt) {
        advisory.affected.retain(|affected| self.job.document.covers.speaks_of(&affected.space));
        if !advisory.affected.is_empty() {
            receipt.records = receipt.records.saturating_add(1);
            builder.add(advisory);
        }
    }

    /// Refuses documents whose replacement of the older one would be a loss.
    fn check(&self, receipt: &Receipt) -> Result<(), Error> {
        let address = receipt.parts.first().map(|stamp| stamp.address.clone()).unwrap_or_default();
        let (malformed, records) = (receipt.malformed, receipt.records);
        if malformed > records {
            let first = receipt.examples.first().cloned().unwrap_or_default();
            return Err(Error::Mostly { address, malformed, records, first });
        }
        if records == 0 { Err(Error::Nothing { address }) } else { Ok(()) }
    }

    pub fn addresses(&self) -> Vec<Address> {
        self.job.document.parts.iter().map(|part| self.address(part)).collect()
    }

    /// Where the document is said to be.
    pub fn name(&self) -> String {
        self.address(self.job.document.parts.first().map_or("", String::as_str)).to_string()
    }

    /// Whether a receipt is for what is here.
    pub fn is_at(&self, receipt: &Receipt) -> bool {
        receipt.at.iter().eq(&self.addresses().iter().map(Address::to_string).collect::<Vec<_>>())
    }

    /// Where a part is. What a document leads to may be a whole URL, of which a mirror has the path.
    fn address(&self, part: &str) -> Address {
        let url = part.contains("://").then(|| url::Url::parse(part).ok()).flatten();
        match self.source {
            Source::Mirror(mirror) => {
                mirror.join(self.job.feed.mirror).join(url.as_ref().map_or(part, |url| url.path()))
            }
            Source::Publishers => match (url, Address::parse(self.job.feed.home)) {
                (Some(url), _) if url.scheme() == "https" => Address::Url(url),
                (_, Ok(home)) => home.join(part),
                // Homes are constants, and a test parses each.
                (_, Err(_)) => Address::Path(part.into()),
            },
        }
    }
}
