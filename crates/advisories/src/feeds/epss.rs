//! How probable it is that a CVE will be exploited, as FIRST's model estimates it every day for every CVE.
//!
//! Owns its CSV (<https://www.first.org/epss/data_stats>): a comment with the model's version and the day, a heading, and
//! one line for each CVE. Columns are found by their names, for models added some.

use std::io::{BufRead, BufReader, Read};

use plimsoll_model::{Advisory, Affected, Space};

use super::{Covers, Document, Emit, Error, Feed, Input, Item, Part, Role, Wanted, compressed};

/// The row.
pub const EPSS: Feed = Feed {
    id: "epss",
    about: "For each CVE the probability that it will be exploited within 30 days, and how many CVEs have a lower one",
    licence: "free to use with FIRST named as the source (https://www.first.org/epss/)",
    passed_on: true,
    freshness: "daily",
    specification: "https://www.first.org/epss/data_stats",
    home: "https://epss.empiricalsecurity.com",
    mirror: "epss",
    documents,
    parse,
};

/// Bytes of a line. Those in use have under 100.
const LINE: u64 = 4096;

fn documents(wanted: Wanted<'_>) -> Vec<Document> {
    let document = Document {
        name: "scores".into(),
        parts: vec!["epss_scores-current.csv.gz".into()],
        steps: &[],
        size: 3_000_000,
        role: Role::Supplement,
        covers: Covers::Exactly([Space(Space::CVE.into())].into()),
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

/// Where the columns are.
struct Columns {
    cve: usize,
    epss: usize,
    percentile: usize,
}

fn parse(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let mut lines = Lines { input: BufReader::with_capacity(1 << 16, compressed::open(input)?), line: String::new() };
    let mut day = String::new();
    let mut columns = None;
    while let Some(line) = lines.next()? {
        match (&columns, line.strip_prefix('#')) {
            (_, Some(comment)) => day = day_of(comment).unwrap_or(day),
            (None, None) => columns = Some(heading(line)?),
            (Some(columns), None) => emit(match fact(line, columns, &day) {
                Some(fact) => Item::Advisory(Box::new(fact)),
                None => Item::Malformed(format!("{:?} is no score of a CVE", line.get(..80).unwrap_or(line))),
            }),
        }
    }
    if columns.is_some() { Ok(()) } else { Err(Error::Incomplete("it has no heading".into())) }
}

/// Lines of bounded length.
struct Lines<R> {
    input: BufReader<R>,
    line: String,
}

impl<R: Read> Lines<R> {
    /// The next one that is not empty. The last may lack its line feed: that the file is whole is told by its compression.
    fn next(&mut self) -> Result<Option<&str>, Error> {
        loop {
            self.line.clear();
            let read = self.input.by_ref().take(LINE).read_line(&mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            if read as u64 == LINE {
                return Err(Error::TooLarge(format!("a line has {LINE} bytes or more")));
            }
            if !self.line.trim().is_empty() {
                break;
            }
        }
        Ok(Some(self.line.trim()))
    }
}

/// `#model_version:v2025.03.14,score_date:2026-08-21T12:55:00Z`; the offset of the time is written in several ways.
fn day_of(comment: &str) -> Option<String> {
    let date = comment.split(',').find_map(|field| field.trim().strip_prefix("score_date:"))?;
    let day = date.get(..10).filter(|day| day.parse::<jiff::civil::Date>().is_ok())?;
    Some(format!("{day}T00:00:00Z"))
}

fn heading(line: &str) -> Result<Columns, Error> {
    let place = |name: &str| {
        let place = line.split(',').position(|column| column.trim() == name);
        place.ok_or_else(|| Error::Incomplete(format!("it has no column {name:?}")))
    };
    Ok(Columns { cve: place("cve")?, epss: place("epss")?, percentile: place("percentile")? })
}

fn fact(line: &str, columns: &Columns, day: &str) -> Option<Advisory> {
    let field = |place: usize| line.split(',').nth(place).map(str::trim);
    let share = |place: usize| field(place)?.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    let id = field(columns.cve).filter(|id| id.starts_with("CVE-") && id.len() <= 28)?;
    Some(Advisory {
        id: id.into(),
        modified: day.into(),
        epss: Some(share(columns.epss)?),
        percentile: share(columns.percentile),
        affected: vec![Affected { space: Space(Space::CVE.into()), name: id.into(), ..Affected::default() }],
        ..Advisory::default()
    })
}
