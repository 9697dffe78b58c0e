//! The word that somebody probably meant.

/// Letters that may differ, for each three of the word: more is another word.
const LETTERS_FOR_A_SLIP: usize = 3;

/// The candidate that is least far from the word, when it is near enough to be a slip.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let most = (word.chars().count() / LETTERS_FOR_A_SLIP).max(2);
    let distances = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, candidate)| candidate)
}

/// `; did you mean x?`, or nothing.
pub(crate) fn suggestion<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

/// `; did you mean x?`, or which there are, for few names that need not be alike: `; it has x, y`.
pub(crate) fn suggestion_or_all(word: &str, candidates: &[&str]) -> String {
    match (nearest(word, candidates.iter().copied()), candidates) {
        (Some(near), _) => format!("; did you mean {near}?"),
        (None, []) => "; it has none".to_owned(),
        (None, all) => format!("; it has {}", all.join(", ")),
    }
}

/// Letters to insert, remove or replace (Levenshtein), whatever their case.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.to_lowercase().chars().enumerate() {
        let mut left = index.saturating_add(1);
        let mut next = vec![left];
        for (pair, theirs) in row.windows(2).zip(&other) {
            let &[diagonal, above] = pair else { continue };
            let replaced = diagonal.saturating_add(usize::from(letter != *theirs));
            left = replaced.min(above.saturating_add(1)).min(left.saturating_add(1));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn slips_are_told_and_other_words_are_not() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(nearest("chekcs", ["checks", "findings", "title"]), Some("checks"));
        assert_eq!(nearest("CFG-01", ["CFG-001", "CFG-010", "FS-001"]), Some("CFG-001"));
        assert_eq!(nearest("entirely", ["checks", "title"]), None);
    }
}
