//! The word that somebody probably meant.

/// Letters that may differ, for each three of the word: more is another word.
const LETTERS_FOR_A_SLIP: usize = 3;

/// The candidate that is least far from the word, when it is near enough to be a slip.
#[must_use]
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let most = (word.chars().count() / LETTERS_FOR_A_SLIP).max(2);
    let distances = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, candidate)| candidate)
}

/// What follows `there is no … x`: `; did you mean y?`, or nothing.
pub fn suggestion<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

/// [`suggestion`], or all that there are.
pub fn suggestion_or_all(word: &str, candidates: &[&str]) -> String {
    match (nearest(word, candidates.iter().copied()), candidates) {
        (Some(near), _) => format!("; did you mean {near}?"),
        (None, []) => "; there are none".to_owned(),
        (None, all) => format!("; there are {}", all.join(", ")),
    }
}

/// Letters to insert, remove or replace, whatever their case.
fn distance(one: &str, other: &str) -> usize {
    strsim::levenshtein(&one.to_lowercase(), &other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest, suggestion_or_all};

    #[test]
    fn slips_are_told_and_other_words_are_not() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(nearest("chekcs", ["checks", "findings", "title"]), Some("checks"));
        assert_eq!(nearest("CFG-01", ["CFG-001", "CFG-010", "FS-001"]), Some("CFG-001"));
        assert_eq!(nearest("entirely", ["checks", "title"]), None);
        assert_eq!(suggestion_or_all("fedram", &["fedramp", "pci"]), "; did you mean fedramp?");
        assert_eq!(suggestion_or_all("entirely", &["fedramp", "pci"]), "; there are fedramp, pci");
    }
}
