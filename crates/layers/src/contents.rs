//! All that the layers hold together: the tree, and what readers found in it, each package with its layer and files.

use plimsoll_image::Image;
use plimsoll_model::{Asked, Facts, Gap, GapKind, GapReason, Location, Owned, Package, Presence, Reader, Release};

use crate::attribution::{Identities, attribute};
use crate::base::base_layers;
use crate::error::Problem;
use crate::evaluate::{Evaluator, Outcome};
use crate::groups::{Group, Groups};
use crate::included::{DEEPEST, Included, Inclusion};
use crate::index::LayerIndex;
use crate::layer::Pass;
use crate::memory::Memory;
use crate::noticed::{Carried, Noticed, Watched};
use crate::records::{Reader as Records, Record};
use crate::tree::{Applier, Tree};
use crate::{Error, NormalName};

/// Paths for which memory is taken before they are seen: an index is only a file.
const EXPECTED: usize = 1 << 18;

/// What an image holds.
pub struct Contents {
    /// Packages with layer and location, once for each file that lists them.
    pub packages: Vec<Package>,
    /// Which files belong to which package, in the final tree.
    pub owned: Vec<Owned>,
    /// What files say about the distribution, by path.
    pub releases: Vec<(String, Release)>,
    /// What could not be read, sorted.
    pub gaps: Vec<Gap>,
    /// The file tree.
    pub tree: Tree,
    /// What files say beside packages and the distribution, each with its place.
    pub said: Vec<(Location, Facts)>,
    /// Files of [`Self::said`] that were asked for by other paths than they lie at.
    pub asked: Vec<Asked>,
    /// Entries that are worth telling of, of all layers, and whatever detectors found in.
    pub noticed: Vec<Noticed>,
    /// How many of the bottom layers came with the base image, as far as the image's history tells.
    pub base_layers: usize,
}

/// Lays the layers on each other and asks the readers.
pub fn assemble(
    image: &Image,
    mut indexes: Vec<LayerIndex>,
    pass: &Pass<'_>,
    memory: &Memory<'_>,
    is_notable: fn(&Record) -> bool,
    normal_name: NormalName,
) -> Result<Contents, Error> {
    let limits = pass.tools.limits;
    let tables: Vec<_> = indexes.iter_mut().map(|index| std::mem::take(&mut index.records)).collect();
    let expected: usize = indexes.iter().map(|index| index.notes.count as usize).sum();
    let mut tree = Tree::new(limits.links, limits.depth, expected.min(EXPECTED));
    let mut groups = Groups::new(pass.tools.matcher, &indexes, limits.gaps);
    let mut watched = Watched::new(is_notable, limits.noticed);
    for (number, (index, table)) in indexes.iter().zip(tables).enumerate() {
        groups.begin(&index.notes.wanted);
        apply(&mut tree, &mut groups, &mut watched, number, index, table).map_err(|problem| {
            let layer = image.summary.layers.get(number).cloned().unwrap_or_default();
            Error::of_layer(number, &layer, problem)
        })?;
        groups.end(&tree);
    }
    let identities = Identities::new(normal_name);
    let mut findings = Findings::new(&groups.all, &groups.visible(), pass.tools.matcher.readers(), identities);
    let mut evaluator = Evaluator::new(image, &indexes, &groups.all, pass, memory)?;
    for (number, group) in groups.all.iter().enumerate() {
        findings.add(number, group, evaluator.evaluate(number, group));
    }
    drop(evaluator);
    let mut included = Included::new(&tree, std::mem::take(&mut groups.asked));
    for _ in 0..DEEPEST {
        let inclusions = std::mem::take(&mut findings.inclusions);
        let more = included.next(&inclusions, |reader, node| groups.has(reader, node));
        if more.is_empty() {
            break;
        }
        let mut evaluator = Evaluator::new(image, &indexes, &more, pass, memory)?;
        for (number, group) in more.iter().enumerate() {
            findings.include(group, evaluator.evaluate(number, group));
        }
    }
    findings.left_out(included.cut);
    let mut asked = included.asked;
    asked.sort();
    let (noticed, unnoticed) = watched.finish(&tree);
    let layer_gaps = indexes.iter().flat_map(|index| index.notes.gaps.iter().cloned());
    let mut gaps: Vec<Gap> = layer_gaps.chain(groups.gaps).chain(findings.gaps).chain(unnoticed).collect();
    gaps.sort();
    gaps.dedup();
    let layers = attribute(&groups.steps, &findings.listed, findings.identities.len());
    let packages = place(findings.packages, &layers);
    findings.releases.sort_by(|one, other| one.0.cmp(&other.0));
    let base_layers = base_layers(&image.config, image.summary.layers.len());
    let Findings { owned, releases, mut said, .. } = findings;
    said.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(Contents { packages, owned, releases, gaps, tree, said, asked, noticed, base_layers })
}

fn apply(
    tree: &mut Tree,
    groups: &mut Groups<'_>,
    watched: &mut Watched,
    number: usize,
    index: &LayerIndex,
    table: Vec<u8>,
) -> Result<(), Problem> {
    let layer = u16::try_from(number).map_err(|_| Problem::TooLarge("the image has too many layers".into()))?;
    let mut applier = Applier::new(tree, groups, layer);
    let (mut records, mut record, mut entry) = (Records::new(&table), Record::default(), 0_u32);
    let mut carried = Carried::of(&index.notes);
    while records.next(&mut record).is_some() {
        watched.look(number, entry, &record, &mut carried);
        applier.apply(entry, &record)?;
        entry = entry.saturating_add(1);
    }
    if records.is_at_end() && entry == index.notes.count {
        return Ok(());
    }
    Err(Problem::TooLarge("its index is damaged; remove the layer cache".into()))
}

/// Gathers what readers say.
struct Findings<'a> {
    /// Whether the last layer shows a group.
    is_visible: Vec<bool>,
    readers: &'a [&'static Reader],
    identities: Identities,
    /// Packages that each group lists, by number.
    listed: Vec<Vec<usize>>,
    packages: Vec<(usize, Package)>,
    owned: Vec<Owned>,
    releases: Vec<(String, Release)>,
    said: Vec<(Location, Facts)>,
    /// What visible files include, and was not looked for yet.
    inclusions: Vec<Inclusion>,
    gaps: Vec<Gap>,
}

impl<'a> Findings<'a> {
    fn new(groups: &[Group], visible: &[usize], readers: &'a [&'static Reader], identities: Identities) -> Self {
        let is_visible = (0..groups.len()).map(|group| visible.binary_search(&group).is_ok()).collect();
        Self {
            is_visible,
            readers,
            identities,
            listed: vec![Vec::new(); groups.len()],
            packages: Vec::new(),
            owned: Vec::new(),
            releases: Vec::new(),
            said: Vec::new(),
            inclusions: Vec::new(),
            gaps: Vec::new(),
        }
    }

    fn add(&mut self, number: usize, group: &Group, outcome: Outcome) {
        let is_visible = self.is_visible.get(number).copied().unwrap_or(false);
        // What a later layer hides is not in the image: only the attribution is poorer.
        let Some(facts) = self.facts(group, outcome, is_visible) else { return };
        let presence = self.presence(group);
        if let Some(listed) = self.listed.get_mut(number) {
            *listed = facts.packages.iter().map(|package| self.identities.number(package, presence)).collect();
            listed.sort_unstable();
            listed.dedup();
        }
        if is_visible {
            self.add_visible(group, facts);
        }
    }

    /// What the group's files say of the packages in them.
    fn presence(&self, group: &Group) -> Presence {
        self.readers.get(group.reader).map(|reader| reader.presence).unwrap_or_default()
    }

    /// What was read, else a gap.
    fn facts(&mut self, group: &Group, outcome: Outcome, is_visible: bool) -> Option<Facts> {
        let (reason, message) = match outcome {
            Outcome::Read(Ok(facts)) => return Some(facts),
            Outcome::Read(Err(malformed)) => (GapReason::Malformed, malformed.0),
            Outcome::TooLarge(size) => {
                let message = format!("it was not read: {size} bytes are more than any file of its kind has");
                (GapReason::TooLarge, message)
            }
            Outcome::Unreadable(message) => (GapReason::Unreadable, message),
        };
        if is_visible {
            self.lost(group, reason, message);
        }
        None
    }

    /// Takes in a file that another one includes.
    fn include(&mut self, group: &Group, outcome: Outcome) {
        if let Some(facts) = self.facts(group, outcome, true) {
            self.add_visible(group, facts);
        }
    }

    /// Tells whether files that others include were not read.
    fn left_out(&mut self, cut: Option<String>) {
        if let Some(location) = cut.or_else(|| self.inclusions.first().map(|first| first.from.clone())) {
            let message = "it includes more files, or more deeply, than are read".to_owned();
            self.gaps.push(Gap { kind: GapKind::Partial, location, reason: GapReason::TooLarge, message });
        }
    }

    fn add_visible(&mut self, group: &Group, mut facts: Facts) {
        let path = String::from_utf8_lossy(&group.main.path).into_owned();
        let presence = self.presence(group);
        let includes = std::mem::take(&mut facts.includes).into_iter();
        let inclusion = |include| Inclusion { reader: group.reader, from: path.clone(), path: include };
        self.inclusions.extend(includes.map(inclusion));
        let location = Location { path: path.clone(), layer: usize::from(group.main.content.layer), presence };
        for mut package in std::mem::take(&mut facts.packages) {
            let number = self.identities.number(&package, presence);
            package.presence = presence;
            package.locations = locate(&location, std::mem::take(&mut package.locations));
            self.packages.push((number, package));
        }
        self.owned.append(&mut facts.owned);
        self.releases.extend(std::mem::take(&mut facts.releases).into_iter().map(|release| (path.clone(), release)));
        // What is lost of a database is as invisible as what is lost with it: nobody knows how much it was.
        let malformed = std::mem::take(&mut facts.malformed);
        malformed.into_iter().for_each(|message| self.gap(group, GapReason::Malformed, message));
        if facts != Facts::default() {
            self.said.push((location, facts));
        }
    }

    /// A whole file is lost. Of a lock file nobody knows how many packages it names.
    fn lost(&mut self, group: &Group, reason: GapReason, message: String) {
        let is_list = |reader: &&Reader| reader.wants.essential || reader.presence == Presence::Locked;
        let kind = if self.readers.get(group.reader).is_some_and(is_list) { GapKind::Blind } else { GapKind::Partial };
        self.push(group, kind, reason, message);
    }

    /// A part of a file is lost.
    fn gap(&mut self, group: &Group, reason: GapReason, message: String) {
        let is_essential = self.readers.get(group.reader).is_some_and(|reader| reader.wants.essential);
        let kind = if is_essential { GapKind::Blind } else { GapKind::Partial };
        self.push(group, kind, reason, message);
    }

    fn push(&mut self, group: &Group, kind: GapKind, reason: GapReason, message: String) {
        self.gaps.push(Gap { kind, location: String::from_utf8_lossy(&group.main.path).into_owned(), reason, message });
    }
}

/// The file itself, or the places inside it that the reader names.
fn locate(file: &Location, inside: Vec<Location>) -> Vec<Location> {
    if inside.is_empty() {
        return vec![file.clone()];
    }
    inside.into_iter().map(|inner| file.inner(&inner.path)).collect()
}

/// Gives each package its layer. One that several files list is there several times; who puts the inventory together
/// unites them.
fn place(packages: Vec<(usize, Package)>, layers: &[usize]) -> Vec<Package> {
    let layer = |number: usize| layers.get(number).copied().unwrap_or(0);
    packages.into_iter().map(|(number, package)| Package { layer: layer(number), ..package }).collect()
}
