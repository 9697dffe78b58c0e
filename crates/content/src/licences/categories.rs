//! What each licence asks of whoever passes the software on: `checks/licences/categories.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use plimsoll_model::LicenceCategory;
use rustc_hash::FxHashMap;
use serde::Deserialize;

const TABLE: &str = include_str!("../../../../checks/licences/categories.toml");

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Table {
    categories: BTreeMap<LicenceCategory, Vec<String>>,
    exceptions: Exceptions,
    source_available: Ids,
}

#[derive(Default, Deserialize)]
struct Exceptions {
    lowers: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Ids {
    ids: Vec<String>,
}

#[derive(Default)]
struct Categories {
    exact: FxHashMap<String, LicenceCategory>,
    /// What stands before a star, the longest first.
    starts: Vec<(String, LicenceCategory)>,
    lowers: Vec<String>,
    source_available: Vec<String>,
}

static CATEGORIES: LazyLock<Categories> = LazyLock::new(|| {
    // The table is part of the program, and a test reads it.
    let table: Table = toml::from_str(TABLE).unwrap_or_default();
    let mut categories = Categories {
        lowers: table.exceptions.lowers,
        source_available: table.source_available.ids,
        ..Categories::default()
    };
    for (category, ids) in table.categories {
        for id in ids {
            match id.strip_suffix('*') {
                Some(start) => categories.starts.push((start.to_owned(), category)),
                None => drop(categories.exact.insert(id, category)),
            }
        }
    }
    categories.starts.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
    categories
});

/// The category of a licence, and of one with an exception.
pub(super) fn of(id: &str, exception: Option<&str>) -> LicenceCategory {
    let id = id.strip_suffix('+').unwrap_or(id);
    let exact = CATEGORIES.exact.get(id).copied();
    let category = exact.or_else(|| {
        let start = CATEGORIES.starts.iter().find(|(start, _)| id.starts_with(start.as_str()));
        start.map(|(_, category)| *category)
    });
    let category = category.unwrap_or_default();
    let is_lowered = exception.is_some_and(|exception| is_listed(&CATEGORIES.lowers, exception));
    if is_lowered && category == LicenceCategory::Restricted { LicenceCategory::Reciprocal } else { category }
}

/// Whether its terms say who may use it or for what.
pub(super) fn is_source_available(id: &str) -> bool {
    is_listed(&CATEGORIES.source_available, id)
}

/// Whether a list names an id, or a beginning of it with a star.
fn is_listed(list: &[String], id: &str) -> bool {
    list.iter().any(|item| item.strip_suffix('*').map_or(item == id, |start| id.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_licence_of_spdx_has_a_category_and_no_row_is_idle() {
        let table: Table = toml::from_str(TABLE).unwrap();
        let unknown = &table.categories[&LicenceCategory::Unknown];
        for licence in spdx::identifiers::LICENSES {
            let is_said =
                of(licence.name, None) != LicenceCategory::Unknown || unknown.iter().any(|id| id == licence.name);
            assert!(is_said, "{} needs a category", licence.name);
        }
        let ids: Vec<&str> = spdx::identifiers::LICENSES.iter().map(|licence| licence.name).collect();
        for row in table.categories.values().flatten().chain(&table.source_available.ids) {
            let is_used =
                row.starts_with("LicenseRef-") || ids.iter().any(|id| is_listed(std::slice::from_ref(row), id));
            assert!(is_used, "{row} names no licence");
        }
        for row in &table.exceptions.lowers {
            let mut names = spdx::identifiers::EXCEPTIONS.iter().map(|item| item.name);
            assert!(names.any(|name| is_listed(std::slice::from_ref(row), name)), "{row} names no exception");
        }
    }

    #[test]
    fn no_licence_has_two_categories() {
        let table: Table = toml::from_str(TABLE).unwrap();
        let mut seen = BTreeMap::new();
        for (category, ids) in &table.categories {
            for id in ids {
                assert_eq!(seen.insert(id, category), None, "{id}");
            }
        }
    }
}
