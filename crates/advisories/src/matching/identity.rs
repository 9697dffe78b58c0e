//! Which vulnerability an advisory is about.
//!
//! Owns the rules by which records become one finding: only aliases unite, within one package, and never two CVEs. An
//! erratum that covers several CVEs speaks about each of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::database::{Error, Statement};

/// The ids of one record.
#[derive(Debug, Clone)]
pub struct Ids<'a> {
    /// The publisher's own.
    pub id: &'a str,
    /// Other names of the same vulnerability.
    pub aliases: Vec<&'a str>,
    /// CVEs that it covers.
    pub covers: Vec<&'a str>,
}

impl<'a> Ids<'a> {
    /// Decodes them.
    pub fn of(statement: &Statement<'a>) -> Result<Self, Error> {
        Ok(Self { id: statement.id()?, aliases: statement.aliases()?, covers: statement.covers()? })
    }

    /// The record is an erratum: it names a remedy for CVEs rather than a vulnerability. `DEBIAN-CVE-…` and its like,
    /// which cover the one CVE in their name, are not.
    pub fn is_erratum(&self) -> bool {
        !self.covers.is_empty() && !self.covers.iter().any(|cve| self.id.ends_with(cve))
    }

    /// Every other name of the vulnerability.
    fn names(&self) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        std::iter::once(self.id).chain(self.aliases.iter().copied())
    }

    /// CVEs that it names itself, each once.
    fn cves(&self) -> Vec<&'a str> {
        let mut cves: Vec<&str> = if self.covers.is_empty() {
            self.names().filter(|name| is_cve(name)).collect()
        } else {
            self.covers.clone()
        };
        cves.sort_unstable();
        cves.dedup();
        cves
    }
}

/// Whether an id is one of the CVE programme.
pub fn is_cve(id: &str) -> bool {
    id.starts_with("CVE-")
}

/// For each record of one package, the primary ids of the vulnerabilities it is about.
///
/// A record that names no CVE takes those of the nearest records that share a name with it, and otherwise the least name
/// of all it is connected with, so that all of these come to the same id.
pub fn primaries<'a>(records: &[&Ids<'a>]) -> Vec<Vec<&'a str>> {
    let cves: Vec<Vec<&str>> = records.iter().map(|record| record.cves()).collect();
    if cves.iter().all(|cves| !cves.is_empty()) {
        return cves;
    }
    let mut bearers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate().filter(|(_, record)| record.covers.is_empty()) {
        record.names().for_each(|name| bearers.entry(name).or_default().push(index));
    }
    (0..records.len()).map(|index| nearest(index, records, &cves, &bearers)).collect()
}

/// Goes from record to record over shared names until one names a CVE.
fn nearest<'a>(
    start: usize,
    records: &[&Ids<'a>],
    cves: &[Vec<&'a str>],
    bearers: &BTreeMap<&'a str, Vec<usize>>,
) -> Vec<&'a str> {
    let mut seen = BTreeSet::from([start]);
    let mut names = BTreeSet::new();
    let mut ring = vec![start];
    while !ring.is_empty() {
        let found: BTreeSet<&str> = ring.iter().filter_map(|index| cves.get(*index)).flatten().copied().collect();
        if !found.is_empty() {
            return found.into_iter().collect();
        }
        let borne: Vec<&str> =
            ring.iter().filter_map(|index| records.get(*index)).flat_map(|record| record.names()).collect();
        ring = borne
            .iter()
            .filter_map(|name| bearers.get(name))
            .flatten()
            .copied()
            .filter(|index| seen.insert(*index))
            .collect();
        names.extend(borne);
    }
    names.into_iter().min_by_key(|name| (order_of_database(name), *name)).into_iter().collect()
}

/// Which id people know best, when there is no CVE.
fn order_of_database(id: &str) -> usize {
    const KNOWN: [&str; 5] = ["GHSA-", "RUSTSEC-", "GO-", "PYSEC-", "MAL-"];
    KNOWN.iter().position(|prefix| id.starts_with(prefix)).unwrap_or(KNOWN.len())
}
