//! For how long a product is supported: the form in which feeds hand it over and shards keep it.
//!
//! Owns the text that stands in the details of a record in the space [`Space::LIFECYCLE`], and what it means on a given
//! day. A record is a product, found by every name that it goes by: its publisher's own (`debian`), package URLs without
//! version (`pkg:pypi/django`) and CPE vendor and product (`cpe:python:python`). Refuses to judge how bad anything is.

use jiff::civil::Date;
use plimsoll_model::{Advisory, Affected, Space};
use serde::{Deserialize, Serialize};

/// Bytes of a record's text. The longest real one, with hundreds of releases, has some 40 kB; shards cut longer texts.
const LONGEST: usize = 60 << 10;

/// A product with all its lines of releases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// As its publisher names it: `debian`, `spring-framework`.
    #[serde(skip)]
    pub name: String,
    /// For people: `Spring Framework`.
    #[serde(skip)]
    pub label: String,
    /// What fixes after the end of life are called: `Extended Security Maintenance`; or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extended_by: String,
    /// The lines, newest first.
    pub cycles: Vec<Cycle>,
}

/// One line of releases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// `10`, `3.18`, `22.04`: what the line's versions begin with.
    #[serde(rename = "n")]
    pub name: String,
    /// Its name for people, `buster`, or empty.
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    pub codename: String,
    /// The end of active support.
    #[serde(rename = "s", default, skip_serializing_if = "End::is_unstated")]
    pub support: End,
    /// The end of fixes for vulnerabilities.
    #[serde(rename = "e", default, skip_serializing_if = "End::is_unstated")]
    pub life: End,
    /// The end of fixes from others or for subscribers.
    #[serde(rename = "x", default, skip_serializing_if = "End::is_unstated")]
    pub extended: End,
    /// Latest version, or empty.
    #[serde(rename = "l", default, skip_serializing_if = "String::is_empty")]
    pub latest: String,
}

/// When a stretch of support ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum End {
    /// This is its last day.
    On(Date),
    /// It has ended (`true`), or not, and nobody says when.
    Known(bool),
    /// Nobody says anything.
    #[default]
    Unstated,
}

/// How an end is written: `"2022-09-10"`, `true`, `false`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Day(String),
    Known(bool),
    Unstated,
}

impl From<End> for Written {
    fn from(end: End) -> Self {
        match end {
            End::On(day) => Self::Day(day.to_string()),
            End::Known(over) => Self::Known(over),
            End::Unstated => Self::Unstated,
        }
    }
}

impl TryFrom<Written> for End {
    type Error = jiff::Error;

    fn try_from(written: Written) -> Result<Self, jiff::Error> {
        Ok(match written {
            Written::Day(day) => Self::On(day.parse()?),
            Written::Known(over) => Self::Known(over),
            Written::Unstated => Self::Unstated,
        })
    }
}

impl End {
    /// For serde, which asks by reference.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_unstated(&self) -> bool {
        *self == Self::Unstated
    }

    /// Whether it is over on this day. The day itself still counts: what is supported is never called outdated.
    #[must_use]
    pub fn is_over(self, today: Date) -> bool {
        match self {
            Self::On(day) => day < today,
            Self::Known(over) => over,
            Self::Unstated => false,
        }
    }

    /// The last day, as `YYYY-MM-DD`; empty when it is not known.
    #[must_use]
    pub fn day(self) -> String {
        match self {
            Self::On(day) => day.to_string(),
            Self::Known(_) | Self::Unstated => String::new(),
        }
    }
}

impl Product {
    /// The record by which shards keep it, under these names.
    ///
    /// # Errors
    /// When it is larger than any product is.
    pub fn record(&self, names: impl IntoIterator<Item = String>) -> Result<Advisory, String> {
        let details = serde_json::to_string(self).map_err(|error| error.to_string())?;
        if details.len() > LONGEST {
            return Err(format!("{} bytes are over the limit of {LONGEST}", details.len()));
        }
        let space = Space(Space::LIFECYCLE.into());
        let affected = names.into_iter().map(|name| Affected { space: space.clone(), name, ..Affected::default() });
        Ok(Advisory {
            id: self.name.clone(),
            title: self.label.clone(),
            details,
            affected: affected.collect(),
            ..Advisory::default()
        })
    }

    /// The product of a record's id, title and details.
    ///
    /// # Errors
    /// When the details are not what [`Self::record`] wrote.
    pub fn read(name: &str, label: String, details: &str) -> Result<Self, String> {
        let product: Self = serde_json::from_str(details).map_err(|error| error.to_string())?;
        Ok(Self { name: name.into(), label, ..product })
    }

    /// The line that a version is of: the longest whose name the version begins with, component by component.
    #[must_use]
    pub fn cycle(&self, version: &str) -> Option<&Cycle> {
        let fits = self.cycles.iter().filter(|cycle| is_of(version, &cycle.name));
        fits.max_by_key(|cycle| cycle.name.len())
    }

    /// The newest line that is supported on this day.
    #[must_use]
    pub fn newest(&self, today: Date) -> Option<&Cycle> {
        self.cycles.iter().find(|cycle| !cycle.life.is_over(today))
    }
}

/// Whether a version is of a line: `3.18.4` of `3.18` and of `3`, not `3.180` of `3.18`, nor `1.10` of `1.1`.
fn is_of(version: &str, line: &str) -> bool {
    let version = version.strip_prefix('v').unwrap_or(version);
    let begins_with_digit = line.starts_with(|first: char| first.is_ascii_digit());
    let Some(rest) = version.strip_prefix(line).filter(|_| begins_with_digit) else { return false };
    !rest.starts_with(|next: char| next.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_day_still_counts() {
        let end = End::On(day("2022-09-10"));
        let cases = [("2022-09-09", false), ("2022-09-10", false), ("2022-09-11", true), ("2030-01-01", true)];
        for (today, over) in cases {
            assert_eq!(end.is_over(day(today)), over, "{today}");
            assert!(End::Known(true).is_over(day(today)));
            assert!(!End::Known(false).is_over(day(today)) && !End::Unstated.is_over(day(today)));
        }
    }

    #[test]
    fn versions_are_of_the_longest_line_that_they_begin_with() {
        let lines = ["22.04", "9", "3.18", "3", "2", "2.12", "2.3", "1.1", "13.0-sp3"];
        let cycles = lines.map(|name| Cycle { name: name.into(), ..Cycle::default() }).to_vec();
        let product = Product { cycles, ..Product::default() };
        let cases = [
            ("22.04", Some("22.04")),
            ("22.04.3", Some("22.04")),
            ("22.10", None),
            ("9.4", Some("9")),
            ("90", None),
            ("3.18.4", Some("3.18")),
            ("3.180.1", Some("3")),
            ("v3.18.0", Some("3.18")),
            ("3.18rc1", Some("3")),
            ("3.18-rc1", Some("3.18")),
            ("3.18+build", Some("3.18")),
            ("2.12.1", Some("2.12")),
            ("2.30.0", Some("2")),
            ("1.10", None),
            ("1.1", Some("1.1")),
            ("13.0-sp3", Some("13.0-sp3")),
            ("", None),
            ("noetic", None),
        ];
        for (version, line) in cases {
            assert_eq!(product.cycle(version).map(|cycle| cycle.name.as_str()), line, "{version:?}");
        }
    }

    #[test]
    fn a_record_gives_back_the_product() {
        let cycle = Cycle {
            name: "10".into(),
            codename: "buster".into(),
            life: End::On(day("2022-09-10")),
            extended: End::Known(false),
            ..Cycle::default()
        };
        let product = Product {
            name: "debian".into(),
            label: "Debian".into(),
            extended_by: String::new(),
            cycles: vec![cycle, Cycle { name: "9".into(), life: End::Known(true), ..Cycle::default() }],
        };
        let record = product.record(["debian".to_owned()]).unwrap();
        assert_eq!(
            record.details,
            r#"{"cycles":[{"n":"10","c":"buster","e":"2022-09-10","x":false},{"n":"9","e":true}]}"#
        );
        assert_eq!(Product::read(&record.id, record.title, &record.details).unwrap(), product);
        assert!(Product::read("x", String::new(), "{").is_err());
        let huge = Product {
            label: "x".into(),
            cycles: vec![Cycle { name: "9".repeat(LONGEST), ..Cycle::default() }],
            ..product
        };
        assert!(huge.record([]).is_err());
    }
}
