//! All rules' keywords in one automaton.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::rules::RULES;

/// Finds keywords, whatever their case.
pub(super) struct Keywords {
    automaton: Option<AhoCorasick>,
    /// For each keyword the indexes of the rules that have it.
    rules: Vec<Vec<usize>>,
}

pub(super) static KEYWORDS: LazyLock<Keywords> = LazyLock::new(Keywords::new);

impl Keywords {
    fn new() -> Self {
        let mut words: Vec<&str> = RULES.iter().flat_map(|rule| &rule.keywords).map(String::as_str).collect();
        words.sort_unstable();
        words.dedup();
        let with = |word: &&str| {
            let has = |index: &usize| RULES.get(*index).is_some_and(|rule| rule.keywords.iter().any(|own| own == word));
            (0..RULES.len()).filter(has).collect()
        };
        let rules = words.iter().map(with).collect();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(words)
            .ok();
        Self { automaton, rules }
    }

    /// Where keywords are, in order of their ends, and the rules that each speaks for.
    pub(super) fn hits<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = (&'a [usize], Range<usize>)> {
        let found = self.automaton.iter().flat_map(move |automaton| automaton.find_overlapping_iter(bytes));
        found.map(|hit| (self.rules.get(hit.pattern().as_usize()).map_or(&[][..], Vec::as_slice), hit.range()))
    }
}
