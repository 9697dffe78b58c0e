//! Entries of all layers that somebody wants to be told of, whether or not a later layer hides them: what a layer carries
//! can be had by whoever pulls it. Decides nothing about them; what is notable is passed in.

use plimsoll_model::{Gap, GapKind, GapReason, Trace};

use crate::index::{Mark, Notes};
use crate::records::{Kind, Record};
use crate::tree::{Entry, Tree};

/// One entry of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Noticed {
    /// Relative to the root, no leading slash; bytes that are not UTF-8 appear as replacement characters.
    pub path: String,
    /// What it is, as its layer has it.
    pub kind: Kind,
    /// Permission bits with set-id and sticky bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes of a file.
    pub size: u64,
    /// Target of a link, as written.
    pub link: String,
    /// Index of the layer.
    pub layer: usize,
    /// A later layer removed or replaced it.
    pub is_hidden: bool,
    /// Value of the extended attribute `security.capability`, or empty.
    pub capability: Vec<u8>,
    /// The archive gives a path that leads out of it.
    pub escapes: bool,
    /// What detectors found in it.
    pub traces: Vec<Trace>,
    /// The file that a link which the final tree shows leads to.
    pub target: Option<Target>,
}

/// A file of the final tree that is also there by another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Permission bits with set-id and sticky bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes.
    pub size: u64,
}

/// What the index of a layer holds for few of its entries, read along with the path table.
pub struct Carried<'a> {
    traces: &'a [(u32, Trace)],
    marks: &'a [(u32, Mark)],
}

impl<'a> Carried<'a> {
    /// Of the index with these notes.
    pub fn of(notes: &'a Notes) -> Self {
        Self { traces: &notes.traces, marks: &notes.marks }
    }

    /// What this entry carries; entries must be asked for in ascending order.
    fn take(&mut self, entry: u32) -> Self {
        Self { traces: split(&mut self.traces, entry), marks: split(&mut self.marks, entry) }
    }
}

fn split<'a, T>(rest: &mut &'a [(u32, T)], entry: u32) -> &'a [(u32, T)] {
    let length = rest.iter().take_while(|(number, _)| *number <= entry).count();
    let (taken, left) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    *rest = left;
    taken
}

/// Gathers what is notable while layers are laid on each other.
pub struct Watched {
    is_notable: fn(&Record) -> bool,
    most: usize,
    /// With number and path as its layer has them.
    found: Vec<(u32, Vec<u8>, Noticed)>,
    more: usize,
}

impl Watched {
    /// Gathers at most so many.
    pub fn new(is_notable: fn(&Record) -> bool, most: usize) -> Self {
        Self { is_notable, most, found: Vec::new(), more: 0 }
    }

    /// Looks at the next entry of a layer.
    pub fn look(&mut self, layer: usize, entry: u32, record: &Record, carried: &mut Carried<'_>) {
        let Carried { traces, marks } = carried.take(entry);
        if traces.is_empty() && marks.is_empty() && !(self.is_notable)(record) {
            return;
        }
        // What detectors found is bounded already, and worth more than the list of what anybody may write.
        if self.found.len() >= self.most && traces.is_empty() {
            self.more = self.more.saturating_add(1);
            return;
        }
        let capability = marks.iter().find_map(|(_, mark)| match mark {
            Mark::Capability(value) => Some(value.clone()),
            Mark::Escape => None,
        });
        let noticed = Noticed {
            path: String::from_utf8_lossy(&record.path).into_owned(),
            kind: record.kind,
            mode: record.mode,
            uid: record.uid,
            gid: record.gid,
            size: record.size,
            link: String::from_utf8_lossy(&record.link).into_owned(),
            layer,
            is_hidden: false,
            capability: capability.unwrap_or_default(),
            escapes: marks.iter().any(|(_, mark)| *mark == Mark::Escape),
            traces: traces.iter().map(|(_, trace)| trace.clone()).collect(),
            target: None,
        };
        self.found.push((entry, record.path.clone(), noticed));
    }

    /// All of it, by path and layer, and what was left out.
    pub fn finish(self, tree: &Tree) -> (Vec<Noticed>, Option<Gap>) {
        let mut found: Vec<Noticed> =
            self.found.into_iter().map(|(entry, path, noticed)| settle(entry, &path, noticed, tree)).collect();
        found.sort_by(|one, other| (&one.path, one.layer).cmp(&(&other.path, other.layer)));
        let gap = (self.more > 0).then(|| Gap {
            // Whatever hides behind so many would pass.
            kind: GapKind::Blind,
            location: String::new(),
            reason: GapReason::TooLarge,
            message: format!(
                "checks were told of {} files of the image that stand out; {} more were not looked at",
                self.most, self.more
            ),
        });
        (found, gap)
    }
}

/// Whether the final tree still shows the entry. A hard link shows its target's entry, so that its own path decides.
fn settle(entry: u32, path: &[u8], noticed: Noticed, tree: &Tree) -> Noticed {
    let shown = tree.get(path);
    let is_it = shown.as_ref().is_some_and(|shown| match noticed.kind {
        Kind::HardLink => shown.kind == Kind::File,
        _ => shown.layer == noticed.layer && shown.number == Some(entry),
    });
    let target = match noticed.kind {
        Kind::Link if is_it => tree.resolve(path),
        Kind::HardLink if is_it => shown,
        _ => None,
    };
    let target = target.filter(|entry| entry.kind == Kind::File).map(|Entry { mode, uid, gid, size, .. }| Target {
        mode,
        uid,
        gid,
        size,
    });
    Noticed { is_hidden: !is_it && !matches!(noticed.kind, Kind::Whiteout | Kind::Opaque), target, ..noticed }
}
