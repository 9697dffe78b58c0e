//! Turns advisories into shards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use plimsoll_model::{Advisory, Affected, Space};
use rustc_hash::FxHashMap;
use zerocopy::IntoBytes;
use zerocopy::little_endian::{U32, U64};

use super::dates::{Newest, moment};
use super::format::{
    About, Block, DETAILS_BLOCK, Header, MAGIC, NONE, Name, Part, Record, Row, Section, TITLES_BLOCK, VERSION,
    file_name, short,
};
use super::intern::{Full, Interner};
use super::texts::{Blocks, Stream};
use super::{Error, Stamp};

/// Collects the advisories of one feed's documents, then writes one shard for each space that they speak about.
#[derive(Debug)]
pub struct Builder {
    feed: String,
    documents: Vec<Stamp>,
    now: Timestamp,
    drafts: BTreeMap<Space, Draft>,
    failed: Option<Error>,
}

/// A shard that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it speaks about.
    pub space: Space,
    /// The file.
    pub path: PathBuf,
    /// Number of advisories in it.
    pub records: usize,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Digest of the shard's content.
    pub digest: String,
}

impl Builder {
    /// Nothing yet. `feed` is the feed's id, `documents` where its advisories come from; no date after `now` is believed.
    #[must_use]
    pub fn new(feed: &str, documents: Vec<Stamp>, now: SystemTime) -> Self {
        Self { feed: feed.into(), documents, now: moment(now), drafts: BTreeMap::new(), failed: None }
    }

    /// Takes one advisory; it goes into the shard of each space that its `affected` names.
    ///
    /// A fact about a CVE itself has one `affected` whose space is [`Space::CVE`] and whose name is the CVE's id.
    /// Equal advisories in equal order make equal shards. What does not fit into the format is told by [`Self::write`].
    pub fn add(&mut self, advisory: Advisory) {
        let mut spaces: BTreeMap<&Space, Vec<&Affected>> = BTreeMap::new();
        for affected in &advisory.affected {
            spaces.entry(&affected.space).or_default().push(affected);
        }
        let digest = digest_of_record(&advisory);
        for (space, affected) in spaces {
            if !self.drafts.contains_key(space) {
                self.drafts.insert(space.clone(), Draft::new());
            }
            let added = self.drafts.get_mut(space).map(|draft| {
                draft.newest.see(&advisory, self.now);
                draft.add(&advisory, &affected, digest)
            });
            if let Some(Err(reason)) = added {
                let (space, feed) = (space.to_string(), self.feed.clone());
                self.failed.get_or_insert(Error::TooLarge { space, feed, reason });
            }
        }
    }

    /// Writes a shard for each space that was spoken about, and an empty one for each of `covered` that was not: that a
    /// document says nothing about a space which it covers is an answer too.
    ///
    /// A shard appears whole or not at all, whoever reads or writes at the same time; the one before it is replaced.
    ///
    /// # Errors
    /// When the file system refuses or a shard would be too large; shards written before that stay.
    pub fn write(mut self, directory: &Path, covered: &BTreeSet<Space>) -> Result<Vec<Written>, Error> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        for space in covered {
            self.drafts.entry(space.clone()).or_insert_with(Draft::new);
        }
        fs::create_dir_all(directory).map_err(|source| failed_to_write(directory, source))?;
        let mut written = Vec::new();
        for (space, draft) in std::mem::take(&mut self.drafts) {
            written.push(self.write_one(directory, space, draft)?);
        }
        // The renames themselves are durable only once the folder is.
        File::open(directory)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| failed_to_write(directory, source))?;
        Ok(written)
    }

    fn write_one(&self, directory: &Path, space: Space, draft: Draft) -> Result<Written, Error> {
        let path = directory.join(file_name(space.as_str(), &self.feed));
        let records = draft.records.len();
        let date = draft.newest.text(&self.documents, self.now);
        let about = About { space: space.0.clone(), feed: self.feed.clone(), date, documents: self.documents.clone() };
        let too_large = |reason| Error::TooLarge { space: space.0.clone(), feed: self.feed.clone(), reason };
        let sections = draft.finish(&about).map_err(too_large)?;
        let (front, digest) = front(&sections);
        let mut bytes = front.len() as u64;
        let write = || -> io::Result<()> {
            let mut file = new_file(directory)?;
            file.write_all(&front)?;
            for section in &sections {
                file.write_all(section)?;
                bytes = bytes.saturating_add(section.len() as u64);
            }
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        let mut write = write;
        write().map_err(|source| failed_to_write(&path, source))?;
        Ok(Written { space, path, records, bytes, digest })
    }
}

/// A temporary file that whoever may read the folder's other files may read, too.
fn new_file(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".shard-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(directory)
}

fn failed_to_write(path: &Path, source: io::Error) -> Error {
    Error::Io { action: "write", path: path.into(), source }
}

/// Header and section table for these sections, and the digest of it all.
fn front(sections: &[Vec<u8>; 8]) -> (Vec<u8>, String) {
    let table_length = sections.len().saturating_mul(size_of::<Section>());
    let mut offset = size_of::<Header>().saturating_add(table_length);
    let mut table = Vec::with_capacity(table_length);
    let mut checksum = [0; 32];
    for (part, section) in Part::ALL.into_iter().zip(sections) {
        // The texts, last, keep the checksum of the blocks before them, which have those of the texts.
        if part != Part::Texts {
            checksum = *blake3::hash(section).as_bytes();
        }
        let entry = Section { offset: U64::new(offset as u64), length: U64::new(section.len() as u64), checksum };
        table.extend_from_slice(entry.as_bytes());
        offset = offset.saturating_add(section.len());
    }
    let checksum = blake3::hash(&table);
    let header = Header {
        magic: MAGIC,
        version: U32::new(VERSION),
        sections: U32::new(sections.len() as u32),
        length: U64::new(offset as u64),
        checksum: *checksum.as_bytes(),
    };
    let mut front = header.as_bytes().to_vec();
    front.extend_from_slice(&table);
    (front, format!("blake3:{checksum}"))
}

/// One shard under construction.
#[derive(Debug)]
struct Draft {
    newest: Newest,
    interner: Interner,
    records: Vec<Record>,
    rows: FxHashMap<String, Vec<(Row, blake3::Hash)>>,
    titles: Stream,
    details: Stream,
    blocks: Blocks,
}

impl Draft {
    fn new() -> Self {
        Self {
            newest: Newest::default(),
            interner: Interner::new(),
            records: Vec::new(),
            rows: FxHashMap::default(),
            titles: Stream::new(TITLES_BLOCK),
            details: Stream::new(DETAILS_BLOCK),
            blocks: Blocks::default(),
        }
    }

    fn add(&mut self, advisory: &Advisory, affected: &[&Affected], digest: blake3::Hash) -> Result<(), Full> {
        let index = self.records.len();
        let record = U32::new(u32::try_from(index).map_err(|_| "4 Gi advisories".to_owned())?);
        let title = self.titles.add(index, &advisory.title)?;
        let details = self.details.add(index, &details_text(advisory))?;
        let interner = &mut self.interner;
        self.records.push(Record {
            id: U32::new(interner.string(&advisory.id)?),
            published: U32::new(interner.string(&advisory.published)?),
            modified: U32::new(interner.string(&advisory.modified)?),
            exploited: U32::new(interner.string(&advisory.exploited)?),
            due: U32::new(interner.string(&advisory.due)?),
            ransomware: U32::new(u32::from(advisory.ransomware)),
            weaknesses: U32::new(interner.strings(&advisory.weaknesses)?),
            epss: U32::new(millionths(advisory.epss)),
            percentile: U32::new(millionths(advisory.percentile)),
            aliases: U32::new(interner.strings(&advisory.aliases)?),
            covers: U32::new(interner.strings(&advisory.covers)?),
            ratings: U32::new(interner.ratings(&advisory.ratings)?),
            title,
            details,
        });
        for affected in affected {
            let row = Row {
                record,
                ranges: U32::new(interner.ranges(&affected.ranges)?),
                versions: U32::new(interner.strings(&affected.versions)?),
                ratings: U32::new(interner.ratings(&affected.ratings)?),
                arch: U32::new(interner.string(&affected.arch)?),
                module: U32::new(interner.string(&affected.module)?),
                repositories: U32::new(interner.strings(&affected.repositories)?),
                symbols: U32::new(interner.strings(&affected.symbols)?),
                state: affected.state as u8,
                padding: [0; 3],
            };
            // Two strings for one name would be two names: the order of the section is that of the texts.
            self.rows.entry(affected.name.clone()).or_default().push((row, digest_of_row(digest, affected)));
        }
        self.flush(false)
    }

    /// Compresses the blocks that are full, or all.
    fn flush(&mut self, all: bool) -> Result<(), Full> {
        if all || self.titles.is_full() {
            let (block, records) = self.titles.flush(&mut self.blocks)?;
            for record in records {
                self.records.get_mut(record).into_iter().for_each(|record| record.title.block = U32::new(block));
            }
        }
        if all || self.details.is_full() {
            let (block, records) = self.details.flush(&mut self.blocks)?;
            for record in records {
                self.records.get_mut(record).into_iter().for_each(|record| record.details.block = U32::new(block));
            }
        }
        Ok(())
    }

    /// The sections' bytes, in the order of [`Part::ALL`].
    fn finish(mut self, about: &About) -> Result<[Vec<u8>; 8], Full> {
        self.flush(true)?;
        let mut names: Vec<Name> = Vec::with_capacity(self.rows.len());
        let mut rows: Vec<Row> = Vec::new();
        for (name, said) in std::mem::take(&mut self.rows).into_iter().collect::<BTreeMap<_, _>>() {
            let mut digest = blake3::Hasher::new();
            said.iter().for_each(|(_, part)| _ = digest.update(part.as_bytes()));
            names.push(Name {
                text: U32::new(self.interner.string(&name)?),
                first: U32::new(u32::try_from(rows.len()).map_err(|_| "4 Gi rows".to_owned())?),
                count: U32::new(u32::try_from(said.len()).map_err(|_| "4 Gi rows".to_owned())?),
                digest: short(digest.finalize()),
            });
            rows.extend(said.into_iter().map(|(row, _)| row));
        }
        let about = serde_json::to_vec(about).map_err(|error| error.to_string())?;
        let Blocks { table, frames } = self.blocks;
        Ok([
            about,
            names.as_bytes().to_vec(),
            rows.as_bytes().to_vec(),
            self.records.as_bytes().to_vec(),
            self.interner.list_bytes().to_vec(),
            self.interner.strings,
            <[Block]>::as_bytes(&table).to_vec(),
            frames,
        ])
    }
}

/// Details and references as they are stored.
fn details_text(advisory: &Advisory) -> String {
    if advisory.references.is_empty() {
        return advisory.details.replace('\0', " ");
    }
    format!("{}\0{}", advisory.details.replace('\0', " "), advisory.references.join("\n"))
}

/// Probabilities have five decimals, some nine, of which nobody reads more than six.
fn millionths(share: Option<f64>) -> u32 {
    match share {
        // In range, so the conversion neither wraps nor saturates.
        Some(share) if (0.0..=1.0).contains(&share) => (share * 1e6).round() as u32,
        _ => NONE,
    }
}

/// A digest of all that an advisory says beside its rows.
fn digest_of_record(advisory: &Advisory) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let fields = [&advisory.id, &advisory.title, &advisory.details, &advisory.exploited, &advisory.due];
    fields.into_iter().for_each(|field| update(&mut hasher, field.as_bytes()));
    for list in [&advisory.aliases, &advisory.covers, &advisory.references, &advisory.weaknesses] {
        update(&mut hasher, list.join("\n").as_bytes());
    }
    // What changes without changing what is said (`modified`) stays out: the server matches again what differs.
    update(
        &mut hasher,
        format!("{:?} {:?} {:?} {}", advisory.ratings, advisory.epss, advisory.percentile, advisory.ransomware)
            .as_bytes(),
    );
    hasher.finalize()
}

fn digest_of_row(record: blake3::Hash, affected: &Affected) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(record.as_bytes());
    update(&mut hasher, format!("{affected:?}").as_bytes());
    hasher.finalize()
}

/// With the length in front, so that moving text from one field to the next changes the digest.
fn update(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}
