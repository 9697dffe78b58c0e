//! One shard, open for reading.
//!
//! Owns the checks that make a file trustworthy, and finding things in it. A shard is refused as a whole when its header,
//! its section table or one of the sections that matching reads differs from its checksum; blocks of text are checked when
//! they are inflated. Blocks of names and records stay inflated as long as the shard is open.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plimsoll_model::Advisory;
use zerocopy::FromBytes;

use super::format::{About, Header, MAGIC, Part, Section, VERSION, file_name, short};
use super::index::{self, Index};
use super::map::Map;
use super::records::Record;
use super::rows::Rows;
use super::statement::{Inflated, Statement, digest_of_record, digest_of_row};
use super::texts::{self, Dictionary, inflate};
use super::unpack::{Block, Broken};
use super::{Error, Stamp};

/// An open shard. Cheap to keep: its bytes are mapped, and only what was asked for is inflated.
#[derive(Debug)]
pub struct Shard {
    path: PathBuf,
    map: Map,
    sections: Places,
    about: About,
    index: Index,
    names: Cells,
    records: Cells,
    dictionary: Dictionary,
    /// Of the section table, and so of all content.
    checksum: [u8; 32],
    digest: String,
}

/// Inflated blocks, or what is broken in them.
type Cells = Vec<OnceLock<Result<Block, Broken>>>;

impl Shard {
    /// Opens and checks a shard.
    ///
    /// # Errors
    /// When the file cannot be read, is not whole, or is not of this version of the format.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let map = Map::open(path).map_err(|source| Error::Io { action: "read", path: path.into(), source })?;
        let damaged = |reason: &str| Error::Damaged { path: path.into(), reason: reason.into() };
        let (sections, checksum) = check(&map).map_err(damaged)?;
        let about: About = serde_json::from_slice(part(&map, &sections, Part::About))
            .map_err(|error| damaged(&format!("its description does not parse: {error}")))?;
        let expected = file_name(&about.space, &about.feed);
        if path.file_name().is_none_or(|name| name != expected.as_str()) {
            return Err(damaged(&format!("by its content it should be named {expected}")));
        }
        let lengths = Part::BLOCKS.map(|one| part(&map, &sections, one).len());
        let index = index::unpack(part(&map, &sections, Part::Index), lengths)
            .map_err(|broken| damaged(&format!("{broken} is broken")))?;
        let cells = |blocks: &[index::Block]| blocks.iter().map(|_| OnceLock::new()).collect();
        let [names, records, ..] = &index;
        Ok(Self {
            path: path.into(),
            names: cells(names),
            records: cells(records),
            map,
            sections,
            about,
            index,
            dictionary: Dictionary::default(),
            checksum: *checksum.as_bytes(),
            digest: format!("blake3:{checksum}"),
        })
    }

    /// What it speaks about.
    #[must_use]
    pub fn space(&self) -> &str {
        &self.about.space
    }

    /// Id of the feed it was made from.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.about.feed
    }

    /// The documents it was made from.
    #[must_use]
    pub fn documents(&self) -> &[Stamp] {
        &self.about.documents
    }

    /// How recent it is, RFC 3339: when the newest of its advisories was changed. Where advisories bear no dates, when the
    /// documents were changed, which may be no more than when they were copied; empty when nobody says that either.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.about.date
    }

    /// Digest of all content.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.map.len() as u64
    }

    /// Number of advisories.
    #[must_use]
    pub fn records(&self) -> usize {
        let [_, records, ..] = &self.index;
        records.last().map_or(0, |last| last.first.saturating_add(last.count))
    }

    /// The sections of the file and how many bytes each has.
    pub fn sections(&self) -> impl Iterator<Item = (&'static str, usize)> {
        Part::ALL.into_iter().map(|part| (part.name(), self.part(part).len()))
    }

    /// Every package name, sorted.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn names(&self) -> Result<Vec<&str>, Error> {
        let mut all = Vec::new();
        for block in 0..self.names.len() {
            let block = self.names_block(block)?;
            for number in 0..block.len() {
                all.push(block.name(number).ok_or_else(|| self.damaged("a name"))?);
            }
        }
        Ok(all)
    }

    /// Every package name, sorted, with a digest that changes when anything that is said about the package changes.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn digests(&self) -> Result<Vec<(&str, [u8; 16])>, Error> {
        let mut inflated = Inflated::default();
        let mut records = vec![None; self.records()];
        let mut all = Vec::new();
        for name in self.names()? {
            let mut digest = blake3::Hasher::new();
            for statement in self.statements(name)? {
                let known = records.get_mut(statement.number()).ok_or_else(|| self.damaged("a row's record"))?;
                let record = match known {
                    Some(record) => *record,
                    None => *known.insert(digest_of_record(&statement.advisory(&mut inflated)?)),
                };
                digest.update(digest_of_row(record, &statement.affected()?).as_bytes());
            }
            all.push((name, short(digest.finalize())));
        }
        Ok(all)
    }

    /// What is said about the package with exactly this name.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn statements(&self, name: &str) -> Result<Vec<Statement<'_>>, Error> {
        let [names, ..] = &self.index;
        let Some(place) = index::naming(names, name) else { return Ok(Vec::new()) };
        let block = self.names_block(place)?;
        let Some(number) = block.find(name) else { return Ok(Vec::new()) };
        let entry = block.entry(number).ok_or_else(|| self.damaged("a name"))?;
        let before = names.get(place).map_or(0, |block| block.before).saturating_add(entry.before as usize);
        let rows = Rows::new(entry.rows, before);
        rows.map(|row| row.map(|row| Statement::new(self, entry.name, row)).map_err(|broken| self.damaged(broken)))
            .collect()
    }

    /// Advisories that speak about the package `text`, or have it as id, alias or covered CVE (in any case of letters; ids of
    /// Debian's and Ubuntu's notices also without the number of the revision). Each has the packages of this shard only.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn search(&self, text: &str) -> Result<Vec<Advisory>, Error> {
        let mut wanted = vec![false; self.records()];
        for (number, wanted) in wanted.iter_mut().enumerate() {
            *wanted = self.is_wanted(&self.record(number)?, text).map_err(|broken| self.damaged(broken))?;
        }
        let mut inflated = Inflated::default();
        let mut found: Vec<Option<Advisory>> = vec![None; wanted.len()];
        for name in self.names()? {
            let whole = name.eq_ignore_ascii_case(text);
            for statement in self.statements(name)? {
                let number = statement.number();
                let wanted = wanted.get(number).copied().unwrap_or_default();
                let meant = whole || wanted || (statement.is_named()? && is_named(name, text));
                if !meant {
                    continue;
                }
                let place = found.get_mut(number).ok_or_else(|| self.damaged("a row's record"))?;
                let advisory = match place {
                    Some(advisory) => advisory,
                    None => place.insert(statement.advisory(&mut inflated)?),
                };
                advisory.affected.push(statement.affected()?);
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn is_wanted(&self, record: &Record<'_>, text: &str) -> Result<bool, Broken> {
        Ok(record.id()?.is_some_and(|id| is_named(id, text))
            || record.aliases()?.iter().any(|id| id.eq_ignore_ascii_case(text))
            || record.covers()?.iter().any(|id| id.eq_ignore_ascii_case(text)))
    }

    /// Inflates and checks everything. [`Self::open`] leaves out the titles and details, and how it all hangs together.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn verify(&self) -> Result<(), Error> {
        self.digests().map(|_| ())
    }

    /// The record of this number.
    pub(super) fn record(&self, number: usize) -> Result<Record<'_>, Error> {
        let [_, records, ..] = &self.index;
        let (place, block) = index::having(records, number).ok_or_else(|| self.damaged("a row's record"))?;
        let cell = self.records.get(place).ok_or_else(|| self.damaged("the index"))?;
        let entries = self.inflated(cell, Part::Records, block, Block::records)?;
        let fields = entries.fields(number.saturating_sub(block.first)).ok_or_else(|| self.damaged("a record"))?;
        Record::new(fields).map_err(|broken| self.damaged(broken))
    }

    /// The title or the details of the record of this number.
    pub(super) fn text(&self, part: Part, number: usize, inflated: &mut Inflated) -> Result<String, Error> {
        let [_, _, titles, details] = &self.index;
        let blocks = if part == Part::Titles { titles } else { details };
        let (place, block) = index::having(blocks, number).ok_or_else(|| self.damaged("the index"))?;
        let inflate = || {
            let frame = self.frame(part, block)?;
            if short(blake3::hash(frame)) != block.checksum {
                return Err("the checksum of a text block");
            }
            self.dictionary.inflate(self.part(Part::Dictionary), frame, block.inflated)
        };
        let bytes = inflated.block((self.checksum, part, place), inflate).map_err(|broken| self.damaged(broken))?;
        texts::text(bytes, block, number).map(str::to_owned).map_err(|broken| self.damaged(broken))
    }

    pub(super) fn damaged(&self, reason: &str) -> Error {
        Error::Damaged { path: self.path.clone(), reason: format!("{reason} is broken") }
    }

    fn names_block(&self, place: usize) -> Result<&Block, Error> {
        let [names, ..] = &self.index;
        let (block, cell) = names.get(place).zip(self.names.get(place)).ok_or_else(|| self.damaged("the index"))?;
        self.inflated(cell, Part::Names, block, Block::names)
    }

    /// A block of names or records, inflated now or before.
    fn inflated<'a>(
        &self,
        cell: &'a OnceLock<Result<Block, Broken>>,
        part: Part,
        place: &index::Block,
        read: fn(Vec<u8>) -> Result<Block, Broken>,
    ) -> Result<&'a Block, Error> {
        let block = || {
            let block = read(inflate(self.frame(part, place)?, place.inflated)?)?;
            if block.len() == place.count { Ok(block) } else { Err("the length of a block") }
        };
        cell.get_or_init(block).as_ref().map_err(|broken| self.damaged(broken))
    }

    fn frame(&self, part: Part, block: &index::Block) -> Result<&[u8], Broken> {
        self.part(part).get(block.offset..block.offset.saturating_add(block.stored)).ok_or("the index")
    }

    fn part(&self, one: Part) -> &[u8] {
        part(&self.map, &self.sections, one)
    }
}

/// Whether people mean this record by `text`: they say DSA-4963 for DSA-4963-1.
fn is_named(id: &str, text: &str) -> bool {
    let notice = ["DSA-", "DLA-", "DTSA-", "USN-", "LSN-"].iter().any(|series| id.starts_with(series));
    let revised = || id.rsplit_once('-').is_some_and(|(notice, _)| notice.eq_ignore_ascii_case(text));
    id.eq_ignore_ascii_case(text) || (notice && revised())
}

/// Start and end of each section.
type Places = [(usize, usize); Part::ALL.len()];

fn part<'a>(bytes: &'a [u8], sections: &Places, part: Part) -> &'a [u8] {
    let (start, end) = sections.get(part.index()).copied().unwrap_or_default();
    bytes.get(start..end).unwrap_or_default()
}

/// Sections' places and the checksum of their table, when all that is checked at opening is as it was written.
fn check(bytes: &[u8]) -> Result<(Places, blake3::Hash), &'static str> {
    let (header, rest) = Header::ref_from_prefix(bytes).map_err(|_| "it is too short")?;
    if header.magic != MAGIC {
        return Err("it does not start like one");
    }
    if header.version.get() != VERSION || header.sections.get() as usize != Part::ALL.len() {
        return Err("it has another version of the format");
    }
    if header.length.get() != bytes.len() as u64 {
        return Err("its length is not what its header says");
    }
    let (table, _) = <[Section; Part::ALL.len()]>::ref_from_prefix(rest).map_err(|_| "it is too short")?;
    let checksum = blake3::hash(zerocopy::IntoBytes::as_bytes(table));
    if checksum.as_bytes() != &header.checksum {
        return Err("the checksum of its section table differs");
    }
    let mut sections = [(0, 0); Part::ALL.len()];
    for ((part, section), place) in Part::ALL.into_iter().zip(table).zip(&mut sections) {
        let start = usize::try_from(section.offset.get()).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(section.length.get()).unwrap_or(usize::MAX));
        let content = bytes.get(start..end).ok_or("a section lies outside the file")?;
        if !part.is_text() && blake3::hash(content).as_bytes() != &section.checksum {
            return Err("the checksum of a section differs");
        }
        *place = (start, end);
    }
    Ok((sections, checksum))
}
