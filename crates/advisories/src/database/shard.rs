//! One shard, open for reading.
//!
//! Owns the checks that make a file trustworthy, and decoding. A shard is refused as a whole when its header, its section
//! table or one of the sections that matching reads differs from its checksum; blocks of text are checked when they are
//! inflated. Each reference within is still bound-checked: a checksum shows that the file is as it was written, not that
//! its writer was sane.

use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::str;

use plimsoll_model::{Advisory, Affected, Range, Rating, Severity, Space, State};
use rustc_hash::FxHashMap;
use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::format::{
    About, Block, Header, MAGIC, NONE, Name, Part, Place, RATING, Record, Row, Section, VERSION, file_name,
};
use super::map::Map;
use super::texts::inflate;
use super::{Error, Stamp};

/// An open shard. Cheap to keep: its bytes are mapped, not read.
#[derive(Debug)]
pub struct Shard {
    path: PathBuf,
    map: Map,
    sections: Places,
    about: About,
    /// Of the section table, and so of all content.
    checksum: [u8; 32],
    digest: String,
}

impl Shard {
    /// Opens and checks a shard.
    ///
    /// # Errors
    /// When the file cannot be read, is not whole, or is not of this version of the format.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let map = Map::open(path).map_err(|source| Error::Io { action: "read", path: path.into(), source })?;
        let damaged = |reason: &str| Error::Damaged { path: path.into(), reason: reason.into() };
        let (sections, checksum) = check(&map).map_err(damaged)?;
        let digest = format!("blake3:{checksum}");
        let about = About::default();
        let mut shard = Self { path: path.into(), map, sections, about, checksum: *checksum.as_bytes(), digest };
        shard.about = serde_json::from_slice(shard.part(Part::About))
            .map_err(|error| damaged(&format!("its description does not parse: {error}")))?;
        let expected = file_name(&shard.about.space, &shard.about.feed);
        if path.file_name().is_none_or(|name| name != expected.as_str()) {
            return Err(damaged(&format!("by its content it should be named {expected}")));
        }
        // Only that the sections are whole arrays; what is in them is looked at when it is needed.
        shard.names()?;
        shard.rows_of_all()?;
        shard.records_of_all()?;
        shard.array::<U32>(Part::Lists)?;
        shard.array::<Block>(Part::Blocks)?;
        Ok(shard)
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
        self.part(Part::Records).len() / size_of::<Record>()
    }

    /// Every package name, sorted, with a digest that changes when anything that is said about the package changes.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn digests(&self) -> Result<Vec<(&str, [u8; 16])>, Error> {
        self.names()?.iter().map(|name| Ok((self.string(name.text)?, name.digest))).collect()
    }

    /// What is said about the package with exactly this name.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn statements(&self, name: &str) -> Result<Vec<Statement<'_>>, Error> {
        let names = self.names()?;
        let (mut low, mut high) = (0_usize, names.len());
        while low < high {
            let middle = low.midpoint(high);
            let candidate = names.get(middle).ok_or_else(|| self.damaged("names"))?;
            match self.string(candidate.text)?.cmp(name) {
                std::cmp::Ordering::Less => low = middle.saturating_add(1),
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.statements_of(candidate),
            }
        }
        Ok(Vec::new())
    }

    fn statements_of(&self, name: &Name) -> Result<Vec<Statement<'_>>, Error> {
        let first = name.first.get() as usize;
        let rows = self.rows_of_all()?.get(first..first.saturating_add(name.count.get() as usize));
        let records = self.records_of_all()?;
        rows.ok_or_else(|| self.damaged("the rows of a name"))?
            .iter()
            .map(|row| {
                let record = records.get(row.record.get() as usize).ok_or_else(|| self.damaged("a row's record"))?;
                Ok(Statement { shard: self, row, record })
            })
            .collect()
    }

    /// Advisories that speak about the package `text`, or have it as id, alias or covered CVE (in any case of letters; ids of
    /// Debian's and Ubuntu's notices also without the number of the revision). Each has the packages of this shard only.
    ///
    /// # Errors
    /// When the shard is damaged.
    pub fn search(&self, text: &str) -> Result<Vec<Advisory>, Error> {
        let records = self.records_of_all()?;
        let mut wanted = vec![false; records.len()];
        for (record, wanted) in records.iter().zip(&mut wanted) {
            *wanted = is_named(self.string(record.id)?, text)
                || self.strings(record.aliases)?.iter().any(|id| id.eq_ignore_ascii_case(text))
                || self.strings(record.covers)?.iter().any(|id| id.eq_ignore_ascii_case(text));
        }
        let mut found: Vec<Option<Advisory>> = vec![None; records.len()];
        for name in self.names()? {
            let text_of_name = self.string(name.text)?;
            let whole = text_of_name.eq_ignore_ascii_case(text);
            for statement in self.statements_of(name)? {
                let index = statement.row.record.get() as usize;
                if !whole && !wanted.get(index).copied().unwrap_or_default() {
                    continue;
                }
                let place = found.get_mut(index).ok_or_else(|| self.damaged("a row's record"))?;
                if place.is_none() {
                    *place = Some(statement.advisory()?);
                }
                if let Some(advisory) = place {
                    advisory.affected.push(statement.affected(text_of_name)?);
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn part(&self, part: Part) -> &[u8] {
        let (start, end) = self.sections.get(part.index()).copied().unwrap_or_default();
        self.map.get(start..end).unwrap_or_default()
    }

    fn array<T: FromBytes + Immutable + KnownLayout + Unaligned>(&self, part: Part) -> Result<&[T], Error> {
        <[T]>::ref_from_bytes(self.part(part)).map_err(|_| self.damaged("the length of a section"))
    }

    fn names(&self) -> Result<&[Name], Error> {
        self.array(Part::Names)
    }

    fn rows_of_all(&self) -> Result<&[Row], Error> {
        self.array(Part::Rows)
    }

    fn records_of_all(&self) -> Result<&[Record], Error> {
        self.array(Part::Records)
    }

    fn string(&self, place: U32) -> Result<&str, Error> {
        let rest = self.part(Part::Strings).get(place.get() as usize..).unwrap_or_default();
        rest.split_first_chunk()
            .and_then(|(length, rest)| rest.get(..usize::from(u16::from_le_bytes(*length))))
            .and_then(|bytes| str::from_utf8(bytes).ok())
            .ok_or_else(|| self.damaged("a string"))
    }

    fn list(&self, place: U32) -> Result<&[U32], Error> {
        let rest = self.array::<U32>(Part::Lists)?.get(place.get() as usize..).unwrap_or_default();
        rest.split_first()
            .and_then(|(count, rest)| rest.get(..count.get() as usize))
            .ok_or_else(|| self.damaged("a list"))
    }

    fn strings(&self, place: U32) -> Result<Vec<&str>, Error> {
        self.list(place)?.iter().map(|text| self.string(*text)).collect()
    }

    fn ratings(&self, place: U32) -> Result<Vec<Rating>, Error> {
        let (items, rest) = self.list(place)?.as_chunks::<RATING>();
        if !rest.is_empty() {
            return Err(self.damaged("a list of ratings"));
        }
        items
            .iter()
            .map(|[source, word, vector, score, severity]| {
                Ok(Rating {
                    source: self.string(*source)?.into(),
                    word: self.string(*word)?.into(),
                    vector: self.string(*vector)?.into(),
                    score: (score.get() != NONE).then(|| f64::from(score.get()) / 100.0),
                    severity: severity_of(severity.get()).ok_or_else(|| self.damaged("a rating's severity"))?,
                })
            })
            .collect()
    }

    fn text(&self, place: Place, inflated: &mut Inflated) -> Result<String, Error> {
        if place.length.get() == 0 {
            return Ok(String::new());
        }
        let block = match inflated.blocks.entry((self.checksum, place.block.get())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let block = self.array::<Block>(Part::Blocks)?.get(place.block.get() as usize);
                let block = block.ok_or_else(|| self.damaged("a text's block"))?;
                vacant.insert(inflate(self.part(Part::Texts), block).map_err(|reason| self.damaged(reason))?)
            }
        };
        let start = place.offset.get() as usize;
        let bytes = block.get(start..start.saturating_add(place.length.get() as usize));
        bytes.and_then(|bytes| str::from_utf8(bytes).ok()).map(str::to_owned).ok_or_else(|| self.damaged("a text"))
    }

    fn damaged(&self, reason: &str) -> Error {
        Error::Damaged { path: self.path.clone(), reason: format!("{reason} is broken") }
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
        if part != Part::Texts && blake3::hash(content).as_bytes() != &section.checksum {
            return Err("the checksum of a section differs");
        }
        *place = (start, end);
    }
    Ok((sections, checksum))
}

/// A share of one that is kept in millionths.
fn share(millionths: U32) -> Option<f64> {
    Some(millionths.get()).filter(|millionths| *millionths <= 1_000_000).map(|millionths| f64::from(millionths) / 1e6)
}

fn severity_of(number: u32) -> Option<Severity> {
    Severity::ALL.into_iter().find(|severity| *severity as u32 == number)
}

fn state_of(number: u8) -> Option<State> {
    const STATES: [State; 7] = [
        State::Fixed,
        State::Affected,
        State::WillNotFix,
        State::FixDeferred,
        State::EndOfLife,
        State::UnderInvestigation,
        State::NotAffected,
    ];
    STATES.into_iter().find(|state| *state as u8 == number)
}

/// Blocks of text that were inflated: one block has the titles of many neighbours.
#[derive(Debug, Default)]
pub struct Inflated {
    /// By checksum of the shard and number of the block.
    blocks: FxHashMap<([u8; 32], u32), Vec<u8>>,
}

/// What one advisory says about one package. Decodes when asked; every answer fails when the shard is damaged there.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    shard: &'a Shard,
    row: &'a Row,
    record: &'a Record,
}

/// A range of versions as the shard has it; the fields are those of [`Range`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeText<'a> {
    /// First affected version; empty or `0`: from the beginning.
    pub introduced: &'a str,
    /// First version no longer affected, or empty.
    pub fixed: &'a str,
    /// Last affected version, or empty.
    pub last_affected: &'a str,
}

impl From<RangeText<'_>> for Range {
    fn from(range: RangeText<'_>) -> Self {
        let RangeText { introduced, fixed, last_affected } = range;
        Self { introduced: introduced.into(), fixed: fixed.into(), last_affected: last_affected.into() }
    }
}

#[expect(clippy::missing_errors_doc, reason = "said once on the type: all fail when the shard is damaged")]
impl<'a> Statement<'a> {
    /// Where it was found.
    #[must_use]
    pub fn shard(&self) -> &'a Shard {
        self.shard
    }

    /// The publisher's verdict.
    pub fn state(&self) -> Result<State, Error> {
        state_of(self.row.state).ok_or_else(|| self.shard.damaged("a row's state"))
    }

    /// Architecture it is limited to, or empty.
    pub fn arch(&self) -> Result<&'a str, Error> {
        self.shard.string(self.row.arch)
    }

    /// Module stream it is limited to, or empty.
    pub fn module(&self) -> Result<&'a str, Error> {
        self.shard.string(self.row.module)
    }

    /// Version ranges.
    pub fn ranges(&self) -> Result<impl Iterator<Item = Result<RangeText<'a>, Error>> + use<'a>, Error> {
        let shard = self.shard;
        let (items, rest) = shard.list(self.row.ranges)?.as_chunks::<3>();
        if !rest.is_empty() {
            return Err(shard.damaged("a list of ranges"));
        }
        Ok(items.iter().map(move |[introduced, fixed, last_affected]| {
            Ok(RangeText {
                introduced: shard.string(*introduced)?,
                fixed: shard.string(*fixed)?,
                last_affected: shard.string(*last_affected)?,
            })
        }))
    }

    /// Single versions beside the ranges.
    pub fn versions(&self) -> Result<impl Iterator<Item = Result<&'a str, Error>> + use<'a>, Error> {
        let shard = self.shard;
        Ok(shard.list(self.row.versions)?.iter().map(move |text| shard.string(*text)))
    }

    /// Opinions about this package only.
    pub fn ratings(&self) -> Result<Vec<Rating>, Error> {
        self.shard.ratings(self.row.ratings)
    }

    /// Opinions about the vulnerability.
    pub fn ratings_of_all(&self) -> Result<Vec<Rating>, Error> {
        self.shard.ratings(self.record.ratings)
    }

    /// The publisher's id.
    pub fn id(&self) -> Result<&'a str, Error> {
        self.shard.string(self.record.id)
    }

    /// Other ids of the very same vulnerability.
    pub fn aliases(&self) -> Result<Vec<&'a str>, Error> {
        self.shard.strings(self.record.aliases)
    }

    /// CVEs that it covers.
    pub fn covers(&self) -> Result<Vec<&'a str>, Error> {
        self.shard.strings(self.record.covers)
    }

    /// The day on which it was listed as exploited, or empty.
    pub fn exploited(&self) -> Result<&'a str, Error> {
        self.shard.string(self.record.exploited)
    }

    /// The day by which CISA wants it mended, or empty.
    pub fn due(&self) -> Result<&'a str, Error> {
        self.shard.string(self.record.due)
    }

    /// Known to be used for extortion.
    #[must_use]
    pub fn ransomware(&self) -> bool {
        self.record.ransomware.get() != 0
    }

    /// What kind of flaw it is.
    pub fn weaknesses(&self) -> Result<Vec<&'a str>, Error> {
        self.shard.strings(self.record.weaknesses)
    }

    /// CPE names of the repositories or products it is limited to.
    pub fn repositories(&self) -> Result<Vec<&'a str>, Error> {
        self.shard.strings(self.row.repositories)
    }

    /// The vulnerable functions.
    pub fn symbols(&self) -> Result<Vec<&'a str>, Error> {
        self.shard.strings(self.row.symbols)
    }

    /// Probability of exploitation within 30 days.
    #[must_use]
    pub fn epss(&self) -> Option<f64> {
        share(self.record.epss)
    }

    /// Share of all CVEs that are no more probable to be exploited.
    #[must_use]
    pub fn percentile(&self) -> Option<f64> {
        share(self.record.percentile)
    }

    /// The longer text without the links; `inflated` saves inflating a block twice.
    pub fn details(&self, inflated: &mut Inflated) -> Result<String, Error> {
        let text = self.shard.text(self.record.details, inflated)?;
        Ok(text.split_once('\0').map_or(text.as_str(), |(details, _)| details).to_owned())
    }

    /// One line; `inflated` saves inflating a block twice.
    pub fn title(&self, inflated: &mut Inflated) -> Result<String, Error> {
        self.shard.text(self.record.title, inflated)
    }

    /// The whole advisory but its packages.
    fn advisory(&self) -> Result<Advisory, Error> {
        let mut inflated = Inflated::default();
        let text = self.shard.text(self.record.details, &mut inflated)?;
        let (details, references) = text.split_once('\0').unwrap_or((&text, ""));
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        Ok(Advisory {
            id: self.id()?.into(),
            aliases: owned(self.aliases()?),
            covers: owned(self.covers()?),
            title: self.title(&mut Inflated::default())?,
            details: details.into(),
            references: references.lines().map(str::to_owned).collect(),
            published: self.shard.string(self.record.published)?.into(),
            modified: self.shard.string(self.record.modified)?.into(),
            ratings: self.ratings_of_all()?,
            exploited: self.exploited()?.into(),
            due: self.due()?.into(),
            ransomware: self.ransomware(),
            epss: self.epss(),
            percentile: self.percentile(),
            weaknesses: owned(self.weaknesses()?),
            affected: Vec::new(),
        })
    }

    fn affected(&self, name: &str) -> Result<Affected, Error> {
        Ok(Affected {
            space: Space(self.shard.space().into()),
            name: name.into(),
            ranges: self.ranges()?.map(|range| range.map(Range::from)).collect::<Result<_, _>>()?,
            versions: self.versions()?.map(|version| version.map(str::to_owned)).collect::<Result<_, _>>()?,
            state: self.state()?,
            arch: self.arch()?.into(),
            module: self.module()?.into(),
            repositories: self.repositories()?.into_iter().map(str::to_owned).collect(),
            symbols: self.symbols()?.into_iter().map(str::to_owned).collect(),
            ratings: self.ratings()?,
        })
    }
}
