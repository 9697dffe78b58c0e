//! What readers say about the groups of files that layers show: remembered from the pass over a layer, read from files
//! that an index keeps or the pass set aside, or from a second pass for the few that are too large for that or stand
//! elsewhere than they end. What needed more than an index is remembered for the next scan.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use hashbrown::HashMap;
use plimsoll_image::Image;
use plimsoll_model::{Content, Facts, File, Input, Malformed, Reader};

use crate::Error;
use crate::groups::{Group, Member};
use crate::index::LayerIndex;
use crate::layer::{self, Pass};
use crate::memory::Memory;
use crate::spool::Parts;
use crate::tree::ContentId;

/// What came of a group.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is taken apart at once")]
pub enum Outcome {
    /// The reader's word.
    Read(Result<Facts, Malformed>),
    /// Over a limit; so many bytes.
    TooLarge(u64),
    /// The bytes could not be had.
    Unreadable(String),
}

/// Evaluates groups of one image.
pub struct Evaluator<'a> {
    image: &'a Image,
    indexes: &'a [LayerIndex],
    pass: &'a Pass<'a>,
    memory: &'a Memory<'a>,
    /// What was said in earlier scans, by group.
    recalled: BTreeMap<usize, Facts>,
    reread: BTreeMap<u16, Parts>,
    /// Plain blocks of the group before: the next one nearly always wants the same.
    blocks: HashMap<(u16, u32), Arc<Vec<u8>>>,
    used: HashMap<(u16, u32), Arc<Vec<u8>>>,
}

impl<'a> Evaluator<'a> {
    /// Recalls what earlier scans learnt, and reads again what is at hand nowhere.
    ///
    /// # Errors
    /// When a layer that was read before cannot be read again.
    pub fn new(
        image: &'a Image,
        indexes: &'a [LayerIndex],
        groups: &[Group],
        pass: &'a Pass<'a>,
        memory: &'a Memory<'a>,
    ) -> Result<Self, Error> {
        let mut evaluator = Self {
            image,
            indexes,
            pass,
            memory,
            recalled: BTreeMap::new(),
            reread: BTreeMap::new(),
            blocks: HashMap::new(),
            used: HashMap::new(),
        };
        for (number, group) in groups.iter().enumerate() {
            if evaluator.is_costly(group)
                && let Some(facts) = evaluator.reader(group).and_then(|reader| memory.recall(reader, group))
            {
                evaluator.recalled.insert(number, facts);
            }
        }
        for (number, entries) in evaluator.missing(groups) {
            let number = usize::from(number);
            let Some(described) = image.summary.layers.get(number) else { continue };
            let parts = layer::contents(evaluator.image, number, described, pass, &entries)
                .map_err(|problem| Error::of_layer(number, described, problem))?;
            evaluator.reread.insert(u16::try_from(number).unwrap_or(u16::MAX), parts);
        }
        Ok(evaluator)
    }

    /// Whether the group needs more than the indexes.
    fn is_costly(&self, group: &Group) -> bool {
        let is_kept = |member: &Member| {
            self.index(member.content).is_some_and(|index| index.kept(member.content.entry).is_some())
        };
        let is_remembered = self.is_local(group) && self.remembered(group).is_some();
        let mut members = std::iter::once(&group.main).chain(&group.with);
        !is_remembered && self.too_large(group).is_none() && !members.all(is_kept)
    }

    /// Entries whose bytes are wanted and not at hand, by layer, as far as the budget reaches.
    fn missing(&self, groups: &[Group]) -> BTreeMap<u16, BTreeSet<u32>> {
        let (mut missing, mut total) = (BTreeMap::<u16, BTreeSet<u32>>::new(), 0_u64);
        let limits = self.pass.tools.limits;
        for (number, group) in groups.iter().enumerate() {
            if self.recalled.contains_key(&number) || !self.is_costly(group) {
                continue;
            }
            for member in std::iter::once(&group.main).chain(&group.with) {
                if self.index(member.content).is_some_and(|index| index.has(member.content.entry)) {
                    continue;
                }
                let with_it = total.saturating_add(member.size);
                let entries = missing.entry(member.content.layer).or_default();
                if with_it <= limits.spool && entries.insert(member.content.entry) {
                    total = with_it;
                }
            }
        }
        missing.retain(|_, entries| !entries.is_empty());
        missing
    }

    /// What the group's reader says.
    pub fn evaluate(&mut self, number: usize, group: &Group) -> Outcome {
        if let Some(facts) = self.recalled.remove(&number) {
            return Outcome::Read(Ok(facts));
        }
        if let Some(outcome) = self.remembered(group).filter(|_| self.is_local(group)) {
            return Outcome::Read(outcome.clone());
        }
        if let Some(size) = self.too_large(group) {
            return Outcome::TooLarge(size);
        }
        let Some(reader) = self.reader(group) else { return Outcome::Unreadable("it has no reader".into()) };
        let outcome = match self.contents(group) {
            Ok(contents) => read(reader, group, &contents),
            Err(error) => Outcome::Unreadable(error.to_string()),
        };
        self.blocks = std::mem::take(&mut self.used);
        // What is malformed may be so because the disk failed while it was read: it is looked at anew.
        if let Outcome::Read(Ok(facts)) = &outcome
            && facts.malformed.is_empty()
            && self.is_costly(group)
        {
            self.memory.keep(reader, group, facts);
        }
        outcome
    }

    fn contents(&mut self, group: &Group) -> io::Result<Vec<Box<dyn Content + '_>>> {
        let members = || std::iter::once(&group.main).chain(&group.with);
        for member in members() {
            self.unpack(member)?;
        }
        let this = &*self;
        members().map(|member| this.content(member)).collect()
    }

    /// Makes sure that a kept file's block is at hand.
    fn unpack(&mut self, member: &Member) -> io::Result<()> {
        let layer = member.content.layer;
        let Some(index) = self.index(member.content) else { return Ok(()) };
        let Some(kept) = index.kept(member.content.entry) else { return Ok(()) };
        let key = (layer, kept.block);
        if self.used.contains_key(&key) {
            return Ok(());
        }
        let block = match self.blocks.remove(&key) {
            Some(block) => block,
            None => {
                let packed = index.blocks.get(kept.block as usize).ok_or(io::ErrorKind::InvalidData)?;
                // A block is closed by the file that passes its size, so it holds little more than the largest file.
                let most = usize::try_from(self.pass.tools.limits.kept).unwrap_or(usize::MAX).saturating_add(2 << 20);
                Arc::new(zstd::bulk::decompress(packed, most)?)
            }
        };
        self.used.insert(key, block);
        Ok(())
    }

    fn content(&self, member: &Member) -> io::Result<Box<dyn Content + '_>> {
        let ContentId { layer, entry } = member.content;
        if let Some(kept) = self.index(member.content).and_then(|index| index.kept(entry)) {
            let block = self.used.get(&(layer, kept.block)).ok_or(io::ErrorKind::NotFound)?;
            let end = kept.start.saturating_add(kept.length);
            let bytes: &[u8] = block.get(kept.start..end).ok_or(io::ErrorKind::InvalidData)?;
            return Ok(Box::new(bytes));
        }
        if let Some(aside) = self.index(member.content).and_then(|index| index.aside.get(&entry)) {
            return Ok(aside.content());
        }
        let parts = self.reread.get(&layer).ok_or_else(|| io::Error::other("there is no room to read it again"))?;
        parts.content(entry, self.pass.tools.limits.memory)
    }

    fn too_large(&self, group: &Group) -> Option<u64> {
        let largest = std::iter::once(&group.main).chain(&group.with).map(|member| member.size).max()?;
        Some(largest).filter(|&size| size > self.pass.tools.limits.file)
    }

    fn remembered(&self, group: &Group) -> Option<&Result<Facts, Malformed>> {
        let seen = self.index(group.main.content)?.sighting(group.main.content.entry, group.reader)?;
        Some(&seen.outcome)
    }

    fn index(&self, content: ContentId) -> Option<&'a LayerIndex> {
        self.indexes.get(usize::from(content.layer))
    }

    fn reader(&self, group: &Group) -> Option<&'static Reader> {
        self.pass.tools.matcher.readers().get(group.reader).copied()
    }

    fn is_local(&self, group: &Group) -> bool {
        self.reader(group).is_some_and(|reader| reader.wants.with.is_empty())
    }
}

fn read(reader: &Reader, group: &Group, contents: &[Box<dyn Content + '_>]) -> Outcome {
    let lossy = |member: &Member| String::from_utf8_lossy(&member.path).into_owned();
    let (main, paths) = (lossy(&group.main), group.with.iter().map(lossy).collect::<Vec<_>>());
    let Some((first, others)) = contents.split_first() else { return Outcome::Unreadable("it has no bytes".into()) };
    let with: Vec<File<'_>> =
        paths.iter().zip(others).map(|(path, content)| File { path, content: content.as_ref() }).collect();
    let file = File { path: &main, content: first.as_ref() };
    Outcome::Read((reader.read)(&Input { file, with: &with }))
}
