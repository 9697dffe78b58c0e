//! What one advisory says about one package, as matching asks for it.

use std::collections::hash_map::Entry;

use plimsoll_model::{Advisory, Affected, Range, Rating, Space, State};
use rustc_hash::FxHashMap;

use super::Error;
use super::format::Part;
use super::records::Record;
use super::rows::{RangeText, Row};
use super::shard::Shard;
use super::texts::read_details;
use super::unpack::Broken;

/// Blocks of text that were inflated: one block has the titles of many neighbours.
#[derive(Debug, Default)]
pub struct Inflated {
    /// By checksum of the shard, section and number of the block.
    blocks: FxHashMap<([u8; 32], Part, usize), Vec<u8>>,
}

impl Inflated {
    /// The block, inflated now or before.
    pub(super) fn block(
        &mut self,
        key: ([u8; 32], Part, usize),
        inflate: impl FnOnce() -> Result<Vec<u8>, Broken>,
    ) -> Result<&[u8], Broken> {
        Ok(match self.blocks.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(inflate()?),
        })
    }
}

/// What one advisory says about one package. Decodes when asked; every answer fails when the shard is damaged there.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    shard: &'a Shard,
    name: &'a str,
    row: Row<'a>,
}

#[expect(clippy::missing_errors_doc, reason = "said once on the type: all fail when the shard is damaged")]
impl<'a> Statement<'a> {
    pub(super) fn new(shard: &'a Shard, name: &'a str, row: Row<'a>) -> Self {
        Self { shard, name, row }
    }

    /// Where it was found.
    #[must_use]
    pub fn shard(&self) -> &'a Shard {
        self.shard
    }

    /// The publisher's verdict.
    pub fn state(&self) -> Result<State, Error> {
        self.row.state().map_err(|broken| self.shard.damaged(broken))
    }

    /// Architecture it is limited to, or empty.
    pub fn arch(&self) -> Result<&'a str, Error> {
        self.row.arch().map_err(|broken| self.shard.damaged(broken))
    }

    /// Module stream it is limited to, or empty.
    pub fn module(&self) -> Result<&'a str, Error> {
        self.row.module().map_err(|broken| self.shard.damaged(broken))
    }

    /// CPE names of the repositories or products it is limited to.
    pub fn repositories(&self) -> Result<Vec<&'a str>, Error> {
        self.row.repositories().map_err(|broken| self.shard.damaged(broken))
    }

    /// Version ranges.
    pub fn ranges(&self) -> Result<impl Iterator<Item = Result<RangeText<'a>, Error>> + use<'a>, Error> {
        let ranges = self.row.ranges().map_err(|broken| self.shard.damaged(broken))?;
        let shard = self.shard;
        Ok(ranges.map(move |range| range.map_err(|broken| shard.damaged(broken))))
    }

    /// Single versions beside the ranges.
    pub fn versions(&self) -> Result<impl Iterator<Item = Result<&'a str, Error>> + use<'a>, Error> {
        let versions = self.row.versions().map_err(|broken| self.shard.damaged(broken))?;
        let shard = self.shard;
        Ok(versions.into_iter().flatten().map(move |version| version.map_err(|broken| shard.damaged(broken))))
    }

    /// Opinions about this package only.
    pub fn ratings(&self) -> Result<Vec<Rating>, Error> {
        self.row.ratings().map_err(|broken| self.shard.damaged(broken))
    }

    /// The vulnerable functions.
    pub fn symbols(&self) -> Result<Vec<&'a str>, Error> {
        self.row.symbols().map_err(|broken| self.shard.damaged(broken))
    }

    /// Opinions about the vulnerability.
    pub fn ratings_of_all(&self) -> Result<Vec<Rating>, Error> {
        self.record(|record| record.ratings())
    }

    /// The publisher's id.
    pub fn id(&self) -> Result<&'a str, Error> {
        Ok(self.record(|record| record.id())?.unwrap_or(self.name))
    }

    /// Other ids of the very same vulnerability.
    pub fn aliases(&self) -> Result<Vec<&'a str>, Error> {
        self.record(|record| record.aliases())
    }

    /// CVEs that it covers.
    pub fn covers(&self) -> Result<Vec<&'a str>, Error> {
        self.record(|record| record.covers())
    }

    /// The day on which it was listed as exploited, or empty.
    pub fn exploited(&self) -> Result<&'a str, Error> {
        self.record(|record| record.exploited())
    }

    /// The day by which CISA wants it mended, or empty.
    pub fn due(&self) -> Result<&'a str, Error> {
        self.record(|record| record.due())
    }

    /// Known to be used for extortion.
    pub fn ransomware(&self) -> Result<bool, Error> {
        self.record(|record| Ok(record.ransomware()))
    }

    /// What kind of flaw it is.
    pub fn weaknesses(&self) -> Result<Vec<&'a str>, Error> {
        self.record(|record| record.weaknesses())
    }

    /// Probability of exploitation within 30 days.
    pub fn epss(&self) -> Result<Option<f64>, Error> {
        self.record(|record| record.epss())
    }

    /// Share of all CVEs that are no more probable to be exploited.
    pub fn percentile(&self) -> Result<Option<f64>, Error> {
        self.record(|record| record.percentile())
    }

    /// One line; `inflated` saves inflating a block twice.
    pub fn title(&self, inflated: &mut Inflated) -> Result<String, Error> {
        self.shard.text(Part::Titles, self.row.record, inflated)
    }

    /// The longer text without the links; `inflated` saves inflating a block twice.
    pub fn details(&self, inflated: &mut Inflated) -> Result<String, Error> {
        self.details_and_references(inflated).map(|(details, _)| details)
    }

    fn details_and_references(&self, inflated: &mut Inflated) -> Result<(String, Vec<String>), Error> {
        let title = self.title(inflated)?;
        let stored = self.shard.text(Part::Details, self.row.record, inflated)?;
        read_details(&stored, &title).map_err(|broken| self.shard.damaged(broken))
    }

    /// The whole advisory but its packages.
    pub(super) fn advisory(&self, inflated: &mut Inflated) -> Result<Advisory, Error> {
        let title = self.title(inflated)?;
        let (details, references) = self.details_and_references(inflated)?;
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let (published, modified) = self.record(|record| record.dates())?;
        Ok(Advisory {
            id: self.id()?.into(),
            aliases: owned(self.aliases()?),
            covers: owned(self.covers()?),
            title,
            details,
            references,
            published,
            modified,
            ratings: self.ratings_of_all()?,
            exploited: self.exploited()?.into(),
            due: self.due()?.into(),
            ransomware: self.ransomware()?,
            epss: self.epss()?,
            percentile: self.percentile()?,
            weaknesses: owned(self.weaknesses()?),
            affected: Vec::new(),
        })
    }

    /// What is said about the package.
    pub(super) fn affected(&self) -> Result<Affected, Error> {
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        Ok(Affected {
            space: Space(self.shard.space().into()),
            name: self.name.into(),
            ranges: self.ranges()?.map(|range| range.map(Range::from)).collect::<Result<_, _>>()?,
            versions: self.versions()?.map(|version| version.map(str::to_owned)).collect::<Result<_, _>>()?,
            state: self.state()?,
            arch: self.arch()?.into(),
            module: self.module()?.into(),
            repositories: owned(self.repositories()?),
            symbols: owned(self.symbols()?),
            ratings: self.ratings()?,
        })
    }

    /// The number of its record.
    pub(super) fn number(&self) -> usize {
        self.row.record
    }

    /// Whether the record's id is the name of its row.
    pub(super) fn is_named(&self) -> Result<bool, Error> {
        Ok(self.record(|record| record.id())?.is_none())
    }

    fn record<T>(&self, read: impl FnOnce(&Record<'a>) -> Result<T, Broken>) -> Result<T, Error> {
        read(&self.shard.record(self.row.record)?).map_err(|broken| self.shard.damaged(broken))
    }
}

/// A digest of all that an advisory says beside its rows.
pub(super) fn digest_of_record(advisory: &Advisory) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let fields = [&advisory.id, &advisory.title, &advisory.details, &advisory.exploited, &advisory.due];
    fields.into_iter().for_each(|field| update(&mut hasher, field.as_bytes()));
    for list in [&advisory.aliases, &advisory.covers, &advisory.references, &advisory.weaknesses] {
        update(&mut hasher, list.join("\n").as_bytes());
    }
    // What changes without changing what is said (`modified`) stays out: the server matches again what differs.
    let Advisory { ratings, epss, percentile, ransomware, .. } = advisory;
    update(&mut hasher, format!("{ratings:?} {epss:?} {percentile:?} {ransomware}").as_bytes());
    hasher.finalize()
}

/// A digest of all that an advisory, `record`, says about a package.
pub(super) fn digest_of_row(record: blake3::Hash, affected: &Affected) -> blake3::Hash {
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
