//! What one layer says, on its own: its path table, the facts that local readers found, the small files that joined
//! readers may want, and what could not be seen. Depends on nothing outside the layer, so it can be cached and computed
//! on any machine. Knows neither how layers are stored nor how they lie on each other.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use plimsoll_model::{
    Content, Detected, Detector, Digest, Facts, File, Gap, GapKind, GapReason, Input, Malformed, Missed, Reader,
    SecretTrace, Sieve, Trace,
};
use serde::{Deserialize, Serialize};

use crate::Heard;
use crate::error::Problem;
use crate::limits::Limits;
use crate::records::{Kind, Record, Writer};
use crate::spool::{Budget, Room, Spooled};
use crate::tar::{Member, Type};
use crate::targets::Targets;
use crate::wants::{Matcher, Want};

/// Raised whenever equal layers give another index, or it is stored in another way.
pub const VERSION: u32 = 6;

/// Plain bytes after which a block of kept files is compressed.
const BLOCK: usize = 1 << 20;
/// Bytes that a sieve is given at a time of what is not in memory.
const PIECE: usize = 256 << 10;

/// The index of one layer.
#[derive(Debug, Default)]
pub struct LayerIndex {
    /// Path table, see [`crate::records`].
    pub records: Vec<u8>,
    /// Compressed blocks of kept files.
    pub blocks: Vec<Vec<u8>>,
    /// All the rest.
    pub notes: Notes,
    /// What joined readers may want and is too large to be kept, by entry. Not cached: it spares the scan that reads the
    /// layer a second pass, and what comes of it is remembered by itself.
    pub aside: BTreeMap<u32, Spooled>,
    /// A gap in it may not be there when the layer is read again: it is not to be kept.
    pub is_passing: bool,
}

/// The small parts of an index.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Notes {
    /// Entries in the path table.
    pub count: u32,
    /// Numbers of the entries that some reader wants, ascending.
    pub wanted: Vec<u32>,
    /// What local readers said.
    pub sightings: Vec<Sighting>,
    /// What detectors found, by ascending entry.
    pub traces: Vec<(u32, Trace)>,
    /// What else an entry carries, by ascending entry.
    pub marks: Vec<(u32, Mark)>,
    /// Where kept files are, by ascending entry.
    pub kept: Vec<Kept>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Digest of the unpacked layer, where that was computed; it is the one that the image's config claimed.
    pub diff_id: Option<Digest>,
}

/// What few entries carry, so that the path table has no room for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// Value of the extended attribute `security.capability`.
    Capability(Vec<u8>),
    /// The archive gives its path or a hard link's target with `..`, or names a device of the machine it is unpacked on.
    Escape,
}

/// What one reader said about one file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sighting {
    /// Number of the entry.
    pub entry: u32,
    /// Index of the reader.
    pub reader: usize,
    /// What it said.
    pub outcome: Result<Facts, Malformed>,
}

/// Where a kept file is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Kept {
    /// Number of the entry.
    pub entry: u32,
    /// Index of the block.
    pub block: u32,
    /// Where it starts in the plain block.
    pub start: usize,
    /// Its length.
    pub length: usize,
}

impl LayerIndex {
    /// What a reader said of an entry in the pass over the layer.
    pub fn sighting(&self, entry: u32, reader: usize) -> Option<&Sighting> {
        let at = self.notes.sightings.binary_search_by_key(&(entry, reader), |seen| (seen.entry, seen.reader)).ok()?;
        self.notes.sightings.get(at)
    }

    /// The readers that said something of an entry in the pass over the layer.
    pub fn readers_of(&self, entry: u32) -> impl Iterator<Item = usize> {
        let first = self.notes.sightings.partition_point(|seen| seen.entry < entry);
        let rest = self.notes.sightings.get(first..).unwrap_or_default();
        rest.iter().take_while(move |seen| seen.entry == entry).map(|seen| seen.reader)
    }

    /// Whether the bytes of an entry are at hand.
    pub fn has(&self, entry: u32) -> bool {
        self.kept(entry).is_some() || self.aside.contains_key(&entry)
    }

    /// Where the bytes of an entry are kept.
    pub fn kept(&self, entry: u32) -> Option<Kept> {
        let at = self.notes.kept.binary_search_by_key(&entry, |kept| kept.entry).ok()?;
        self.notes.kept.get(at).copied()
    }
}

/// What indexing needs to know beside the layer.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Readers and their patterns.
    pub matcher: &'a Matcher,
    /// Who looks into every file.
    pub detectors: &'a [&'a Detector<'a>],
    /// Who tells files by all their bytes.
    pub sieve: Option<&'a dyn Sieve>,
    /// Bounds.
    pub limits: &'a Limits,
    /// Bytes of files under way, over all layers.
    pub budget: &'a Budget,
    /// Bytes of files set aside, over all layers.
    pub room: &'a Room,
    /// Where large files go while a reader looks at them.
    pub temporary: &'a Path,
    /// Told what a reader said.
    pub heard: Heard<'a>,
}

/// Who wants an entry's bytes.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Those who want them while they pass by.
    pub now: Vec<Want>,
    /// Those who do if the file begins as they say, see [`Builder::begin`].
    pub if_started: Vec<Want>,
    /// Somebody may want them later, by the path of a link that leads here.
    pub is_target: bool,
    /// A joined reader may want them later, and they are too large to be kept.
    pub is_large: bool,
    /// Some detector may look into it, depending on what it begins with.
    pub may_detect: bool,
    /// Detectors that look into it, by index.
    pub detectors: Vec<usize>,
}

impl Wanted {
    /// Whether it has to be known what the entry begins with.
    pub fn needs_head(&self) -> bool {
        self.may_detect || !self.if_started.is_empty()
    }

    /// Whether nobody wants the bytes while they pass by.
    pub fn is_nobody(&self) -> bool {
        self.now.is_empty() && self.detectors.is_empty() && !self.is_target
    }
}

/// Whoever holds a whole large file for detectors.
static ALONE: Mutex<()> = Mutex::new(());

/// Puts an index together.
pub struct Builder<'a> {
    tools: Tools<'a>,
    index: LayerIndex,
    writer: Writer,
    block: Vec<u8>,
    kept_total: usize,
    packages: usize,
    unsaid: usize,
    untraced: usize,
    sifted: usize,
    targets: Targets,
    /// Files that are too large for a detector, by its index: how many, and the first.
    oversized: BTreeMap<usize, (usize, String)>,
}

impl<'a> Builder<'a> {
    /// An empty index.
    pub fn new(tools: Tools<'a>) -> Self {
        Self {
            tools,
            index: LayerIndex::default(),
            writer: Writer::default(),
            block: Vec::new(),
            kept_total: 0,
            packages: 0,
            unsaid: 0,
            untraced: 0,
            sifted: 0,
            targets: Targets::default(),
            oversized: BTreeMap::new(),
        }
    }

    /// Notes an entry; gives its number and who wants its bytes.
    pub fn push(&mut self, record: &Record) -> Result<(u32, Wanted), Problem> {
        let limits = self.tools.limits;
        if self.writer.count() >= limits.entries {
            return Err(Problem::TooLarge(format!(
                "it has more than {} entries; no such layer is read",
                limits.entries
            )));
        }
        let entry = self.writer.push(record);
        if record.kind == Kind::Link && !self.tools.matcher.wants(&record.path).is_empty() {
            self.targets.add(&record.path, &record.link);
        }
        if record.kind != Kind::File {
            return Ok((entry, Wanted::default()));
        }
        let mut now = self.tools.matcher.wants(&record.path);
        if !now.is_empty() {
            self.index.notes.wanted.push(entry);
        }
        let is_later = record.size > limits.kept && now.iter().any(|want| !self.is_local(*want));
        now.retain(|want| self.is_now(*want, record.size));
        let if_started = if record.size == 0 { Vec::new() } else { self.tools.matcher.wants_started(&record.path) };
        let may_detect = record.size > 0 && !self.tools.detectors.is_empty();
        let is_large = is_later && record.size <= limits.file;
        let is_target = record.size <= limits.kept && self.targets.has(&record.path);
        Ok((entry, Wanted { now, if_started, is_target, is_large, may_detect, detectors: Vec::new() }))
    }

    /// Settles who wants an entry whose first bytes are these: [`Wants::LONGEST_START`] of them, or all.
    ///
    /// [`Wants::LONGEST_START`]: plimsoll_model::Wants::LONGEST_START
    pub fn begin(&mut self, entry: u32, record: &Record, wanted: &mut Wanted, head: &[u8]) {
        if wanted.may_detect {
            wanted.detectors = self.interested(record, head);
        }
        let mut started = std::mem::take(&mut wanted.if_started);
        started.retain(|want| self.tools.matcher.begins(*want, head));
        if started.is_empty() {
            return;
        }
        if record.size > self.tools.limits.file {
            let message = format!("it was not read: {} bytes are more than any program has", record.size);
            return self.gap(&record.path, GapReason::TooLarge, message);
        }
        if self.index.notes.wanted.last() != Some(&entry) {
            self.index.notes.wanted.push(entry);
        }
        wanted.now.extend(started);
        wanted.now.sort_unstable();
    }

    /// Detectors that look into a file which begins so.
    fn interested(&mut self, record: &Record, head: &[u8]) -> Vec<usize> {
        let path = String::from_utf8_lossy(&record.path);
        let mut interested = Vec::new();
        for (index, detector) in self.tools.detectors.iter().enumerate() {
            if !(detector.wants)(&path, record.size, head) {
                continue;
            }
            let is_in_pieces = || record.size <= self.tools.limits.file && (detector.in_pieces)(head);
            if record.size <= detector.most || is_in_pieces() {
                interested.push(index);
            } else {
                let (count, _) = self.oversized.entry(index).or_insert_with(|| (0, path.clone().into_owned()));
                *count = count.saturating_add(1);
            }
        }
        interested
    }

    /// What was too large for detectors: one gap each, for some layers hold thousands of large programs.
    fn tell_oversized(&mut self) {
        for (index, (count, first)) in std::mem::take(&mut self.oversized) {
            let Some(detector) = self.tools.detectors.get(index) else { continue };
            let others = if count > 1 { format!(" and {} others", count.saturating_sub(1)) } else { String::new() };
            let message = format!(
                "it{others} of the layer: not looked into for {}, which reads files up to {} MiB",
                detector.id,
                detector.most >> 20
            );
            self.index.notes.gaps.push(Gap {
                kind: GapKind::Partial,
                location: first,
                reason: GapReason::TooLarge,
                message,
            });
        }
    }

    /// Notes what an entry carries beside what the path table holds.
    pub fn mark(&mut self, entry: u32, mark: Mark) {
        if self.index.notes.marks.len() < self.tools.limits.marks {
            self.index.notes.marks.push((entry, mark));
        }
    }

    /// Who tells this entry by its bytes, if anybody; a file that is too large for that is said.
    pub fn sieve(&mut self, record: &Record) -> Option<&'a dyn Sieve> {
        let sieve = self.tools.sieve.filter(|_| record.kind == Kind::File && record.size > 0)?;
        if record.size <= self.tools.limits.file {
            return Some(sieve);
        }
        let location = String::from_utf8_lossy(&record.path).into_owned();
        let message = format!("it was not compared with lists of known files: it has {} bytes", record.size);
        self.index.notes.gaps.push(Gap { kind: GapKind::Blind, location, reason: GapReason::TooLarge, message });
        None
    }

    /// Notes what a sieve knows an entry for. Has room of its own: a layer full of secrets hides nothing that is known.
    pub fn known(&mut self, entry: u32, trace: Option<Trace>) {
        let Some(trace) = trace else { return };
        self.sifted = self.sifted.saturating_add(1);
        if self.sifted <= self.tools.limits.traces {
            self.index.notes.traces.push((entry, trace));
        } else {
            self.untraced = self.untraced.saturating_add(1);
        }
    }

    /// Holds the bytes of a large entry for the rest of this scan.
    pub fn set_aside(&mut self, entry: u32, content: Spooled) {
        self.index.aside.insert(entry, content);
    }

    fn is_now(&self, want: Want, size: u64) -> bool {
        if self.is_local(want) { size <= self.tools.limits.file } else { size <= self.tools.limits.kept }
    }

    fn is_local(&self, want: Want) -> bool {
        let reader = self.tools.matcher.readers().get(want.reader);
        want.is_main && reader.is_some_and(|reader| reader.wants.with.is_empty())
    }

    /// Lets those who want an entry's bytes have them.
    pub fn content(&mut self, entry: u32, path: &[u8], wanted: &Wanted, content: &dyn Content) -> Result<(), Problem> {
        let text = String::from_utf8_lossy(path);
        self.detect(entry, &text, &wanted.detectors, content)?;
        let wants = &wanted.now;
        for want in wants {
            let Some(reader) = self.tools.matcher.readers().get(want.reader).filter(|_| self.is_local(*want)) else {
                continue;
            };
            let outcome = self.ask(reader, path, &Input { file: File { path: &text, content }, with: &[] });
            outcome.iter().for_each(|facts| (self.tools.heard)(reader, &text, facts));
            self.index.notes.sightings.push(Sighting { entry, reader: want.reader, outcome });
        }
        if wanted.is_target || wants.iter().any(|want| !self.is_local(*want)) {
            self.keep(entry, content)?;
        }
        Ok(())
    }

    /// Lets detectors look into a file.
    fn detect(&mut self, entry: u32, path: &str, detectors: &[usize], content: &dyn Content) -> Result<(), Problem> {
        if detectors.is_empty() {
            return Ok(());
        }
        // Files that are too large to be held in memory are there one at a time, whatever the number of layers at work.
        let alone = content.bytes().is_none().then(|| ALONE.lock().unwrap_or_else(PoisonError::into_inner));
        let detectors = detectors.iter().filter_map(|index| self.tools.detectors.get(*index));
        let is_whole = |detector: &Detector<'_>| content.size() <= detector.most;
        let is_held = alone.is_some() && detectors.clone().any(|detector| is_whole(detector));
        let held = if is_held { whole(content)? } else { Vec::new() };
        let bytes = content.bytes().unwrap_or(&held);
        for detector in detectors {
            let detected = if is_whole(detector) {
                (detector.detect)(path, bytes)
            } else {
                detect_in_pieces(detector, path, content)?
            };
            let detected = match detected {
                Ok(detected) => detected,
                Err(missed) => {
                    self.index.is_passing |= missed.is_passing;
                    self.gap(path.as_bytes(), missed.reason, missed.message);
                    continue;
                }
            };
            if !detected.cut.is_empty() {
                let message = format!("not all of it was looked through for {}: {}", detector.id, detected.cut);
                self.gap(path.as_bytes(), GapReason::TooLarge, message);
            }
            self.trace(entry, detected.traces);
        }
        Ok(())
    }

    fn trace(&mut self, entry: u32, traces: Vec<Trace>) {
        for trace in traces {
            let room = self.tools.limits.traces.saturating_add(self.sifted);
            if self.index.notes.traces.len() < room {
                self.index.notes.traces.push((entry, trace));
            } else {
                self.untraced = self.untraced.saturating_add(1);
            }
        }
    }

    /// What a reader says, as long as there are not too many packages. What is left out is as good as a missing database.
    fn ask(&mut self, reader: &Reader, path: &[u8], input: &Input<'_>) -> Result<Facts, Malformed> {
        let most = self.tools.limits.packages;
        if self.packages > most {
            return Ok(Facts::default());
        }
        let outcome = (reader.read)(input);
        let found = outcome.as_ref().map_or(0, |facts| facts.packages.len());
        self.packages = self.packages.saturating_add(found);
        if self.packages <= most {
            return outcome;
        }
        let message = format!(
            "the layer lists more than {most} packages; from this file on none were read: no image has that many, so look \
             at what made it"
        );
        let location = String::from_utf8_lossy(path).into_owned();
        self.index.notes.gaps.push(Gap { kind: GapKind::Blind, location, reason: GapReason::TooLarge, message });
        Ok(Facts::default())
    }

    fn keep(&mut self, entry: u32, content: &dyn Content) -> Result<(), Problem> {
        if self.kept_total >= self.tools.limits.kept_total {
            return Ok(());
        }
        let (start, length) = (self.block.len(), usize::try_from(content.size()).unwrap_or(usize::MAX));
        if let Some(bytes) = content.bytes() {
            self.block.extend_from_slice(bytes);
        } else {
            self.block.resize(start.saturating_add(length), 0);
            let into = self.block.get_mut(start..).unwrap_or_default();
            content
                .read_at(0, into)
                .map_err(|source| Problem::File { what: "reading a temporary file".into(), source })?;
        }
        let block = u32::try_from(self.index.blocks.len()).unwrap_or(u32::MAX);
        self.index.notes.kept.push(Kept { entry, block, start, length });
        if self.block.len() >= BLOCK { self.close_block() } else { Ok(()) }
    }

    fn close_block(&mut self) -> Result<(), Problem> {
        let compressed = zstd::bulk::compress(&self.block, 1)
            .map_err(|source| Problem::File { what: "compressing files to keep".into(), source })?;
        self.kept_total = self.kept_total.saturating_add(compressed.len());
        self.index.blocks.push(compressed);
        self.block.clear();
        Ok(())
    }

    /// Notes that something of the layer is not in the index.
    pub fn gap(&mut self, location: &[u8], reason: GapReason, message: String) {
        if self.index.notes.gaps.len() >= self.tools.limits.gaps {
            self.unsaid = self.unsaid.saturating_add(1);
            return;
        }
        let location = String::from_utf8_lossy(location).into_owned();
        self.index.notes.gaps.push(Gap { kind: GapKind::Partial, location, reason, message });
    }

    /// Notes that a file or a folder could not be read: blind when a package database may be there.
    pub fn gap_at(&mut self, path: &[u8], reason: GapReason, message: String) {
        if !self.tools.matcher.is_essential(path) {
            return self.gap(path, reason, message);
        }
        let location = String::from_utf8_lossy(path).into_owned();
        self.index.notes.gaps.push(Gap { kind: GapKind::Blind, location, reason, message });
    }

    /// The finished index.
    pub fn finish(mut self) -> Result<LayerIndex, Problem> {
        if !self.block.is_empty() {
            self.close_block()?;
        }
        if self.unsaid > 0 {
            self.index.notes.gaps.push(Gap {
                kind: GapKind::Partial,
                location: String::new(),
                reason: GapReason::Malformed,
                message: format!("{} more entries of the layer were passed over", self.unsaid),
            });
        }
        self.tell_oversized();
        if self.untraced > 0 {
            self.index.notes.gaps.push(Gap {
                kind: GapKind::Partial,
                location: String::new(),
                reason: GapReason::TooLarge,
                message: format!("{} more secrets or signs of malware in the layer are not listed", self.untraced),
            });
        }
        self.index.notes.count = self.writer.count();
        self.index.records = self.writer.finish();
        Ok(self.index)
    }
}

/// Lets a sieve see all bytes of a file.
pub fn sift(sieve: &dyn Sieve, content: &dyn Content) -> std::io::Result<Option<Trace>> {
    let mut sifting = sieve.begin();
    if let Some(bytes) = content.bytes() {
        sifting.take(bytes);
        return Ok(sifting.finish());
    }
    let (mut buffer, mut offset) = (vec![0; PIECE], 0);
    while offset < content.size() {
        let left = usize::try_from(content.size().saturating_sub(offset)).unwrap_or(usize::MAX);
        let piece = buffer.get_mut(..left.min(PIECE)).unwrap_or_default();
        content.read_at(offset, piece)?;
        sifting.take(piece);
        offset = offset.saturating_add(piece.len() as u64);
    }
    Ok(sifting.finish())
}

/// All bytes of a file that is small enough for a detector.
fn whole(content: &dyn Content) -> Result<Vec<u8>, Problem> {
    let mut bytes = vec![0; usize::try_from(content.size()).unwrap_or(0)];
    let failed = |source| Problem::File { what: "reading a temporary file".into(), source };
    content.read_at(0, &mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Bytes that a piece of a large text shares with the one before it: no secret is longer.
const SHARED: u64 = 1 << 16;

/// What a detector says of a text that is too large to be held: of each of its pieces.
fn detect_in_pieces(
    detector: &Detector<'_>,
    path: &str,
    content: &dyn Content,
) -> Result<Result<Detected, Missed>, Problem> {
    let mut all = Detected::default();
    let (mut start, mut lines, mut last) = (0_u64, 0_u32, 0_usize);
    let size = content.size();
    loop {
        let length = size.saturating_sub(start).min(detector.most);
        let mut piece = vec![0; usize::try_from(length).unwrap_or(0)];
        let failed = |source| Problem::File { what: "reading a temporary file".into(), source };
        content.read_at(start, &mut piece).map_err(failed)?;
        let found = match (detector.detect)(path, &piece) {
            Ok(found) => found,
            Err(missed) => return Ok(Err(missed)),
        };
        let told = all.traces.get(last..).unwrap_or_default().to_vec();
        last = all.traces.len();
        all.traces.extend(found.traces.into_iter().map(|trace| moved(trace, lines)).filter(|one| !told.contains(one)));
        if !found.cut.is_empty() {
            all.cut = found.cut;
        }
        let step = length.saturating_sub(SHARED).max(1);
        if start.saturating_add(length) >= size {
            return Ok(Ok(all));
        }
        let passed = piece.iter().take(usize::try_from(step).unwrap_or(usize::MAX));
        let ends = passed.filter(|byte| **byte == b'\n').count();
        lines = lines.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        start = start.saturating_add(step);
    }
}

/// The same, so many lines further down.
fn moved(trace: Trace, lines: u32) -> Trace {
    match trace {
        Trace::Secret(secret) if secret.line > 0 => {
            Trace::Secret(SecretTrace { line: secret.line.saturating_add(lines), ..secret })
        }
        other => other,
    }
}

/// Why a member is not in the path table.
pub type PassedOver = Option<(GapReason, String)>;

/// What a tar member does to the tree. Both passes over a layer number its entries by what this accepts.
pub fn record_of(member: &Member, record: &mut Record, limits: &Limits) -> Result<(), PassedOver> {
    let Some(kind) = Kind::of(member.kind) else {
        let flag = if let Type::Other(flag) = member.kind { flag } else { 0 };
        let message = format!("an entry of unknown type {:?} was passed over", char::from(flag));
        return Err(Some((GapReason::Unsupported, message)));
    };
    record.kind = kind;
    clean(&member.path, &mut record.path, limits)?;
    record.link.clear();
    match kind {
        Kind::HardLink => clean(&member.link, &mut record.link, limits)?,
        Kind::Link if member.link.len() > limits.path => return Err(too_long()),
        Kind::Link => record.link.extend_from_slice(&member.link),
        _ => {}
    }
    (record.mode, record.uid, record.gid) = (member.mode, member.uid, member.gid);
    record.size = match kind {
        Kind::File => member.size,
        Kind::CharacterDevice | Kind::BlockDevice => u64::from(member.device.0) << 32 | u64::from(member.device.1),
        _ => 0,
    };
    whiteout(record)
}

/// Takes a path apart as engines do: relative to the root, and `..` never leads out of it.
fn clean(raw: &[u8], path: &mut Vec<u8>, limits: &Limits) -> Result<(), PassedOver> {
    path.clear();
    let mut depth = 0_usize;
    for part in raw.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                path.truncate(path.iter().rposition(|&byte| byte == b'/').unwrap_or(0));
                depth = depth.saturating_sub(1);
            }
            _ => {
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(part);
                depth = depth.saturating_add(1);
            }
        }
    }
    if path.len() > limits.path || depth > limits.depth { Err(too_long()) } else { Ok(()) }
}

fn too_long() -> PassedOver {
    Some((GapReason::TooLarge, "an entry was passed over: its path is longer or deeper than any system opens".into()))
}

/// Whiteouts as names: <https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts>.
fn whiteout(record: &mut Record) -> Result<(), PassedOver> {
    let start = record.path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash.saturating_add(1));
    let Some(gone) = record.path.get(start..).and_then(|name| name.strip_prefix(b".wh.")) else { return Ok(()) };
    match gone {
        b".wh..opq" => {
            record.kind = Kind::Opaque;
            record.path.truncate(start.saturating_sub(1));
        }
        // AUFS' own notes (`.wh..wh.plnk`), which say nothing about files.
        _ if gone.starts_with(b".wh.") => return Err(None),
        b"" | b"." | b".." => {
            return Err(Some((GapReason::Malformed, "a whiteout that names no file was passed over".into())));
        }
        _ => {
            record.kind = Kind::Whiteout;
            let gone = gone.to_vec();
            record.path.truncate(start);
            record.path.extend_from_slice(&gone);
        }
    }
    (record.mode, record.uid, record.gid, record.size) = (0, 0, 0, 0);
    record.link.clear();
    Ok(())
}
