//! Where the rules' keywords are in a file.
//!
//! Every byte of every text goes through here, so it is the one loop that counts. Of each keyword its rarest four bytes (three,
//! if it has no more) are set in a filter of 8 KiB, which stays in the nearest cache; at each position two hashes are looked up
//! there, and only what both filter and table know is compared. An Aho-Corasick automaton over the same keywords is slower,
//! because each of its steps waits for the one before, and takes longer to build than a whole cached scan may.

use std::sync::LazyLock;

use super::rules::RULES;

/// Bits of the filter. Some thousand are set, so that a hundredth of all positions pass by chance.
const BITS: usize = 1 << 16;

/// Letters and signs of programs and prose, the commonest first; what is not among them is rare.
const COMMON: &[u8] = b"etaoinsrlcdpumhfgby_-.=\":/0123456789vwkxqjz";

/// One keyword of one rule.
struct Keyword {
    /// Its rarest bytes, folded as the text is.
    gram: u32,
    /// Where they are in it.
    offset: usize,
    word: &'static [u8],
    rule: usize,
}

/// Finds keywords, whatever their case.
pub(super) struct Keywords {
    filter: Box<[u64; BITS / 64]>,
    /// By gram.
    keywords: Vec<Keyword>,
}

pub(super) static KEYWORDS: LazyLock<Keywords> = LazyLock::new(Keywords::new);

impl Keywords {
    fn new() -> Self {
        let of_rule = |(rule, own): (usize, &'static super::Rule)| {
            own.keywords.iter().filter_map(move |word| Keyword::new(word.as_bytes(), rule))
        };
        let mut keywords: Vec<_> = RULES.iter().enumerate().flat_map(of_rule).collect();
        keywords.sort_by_key(|keyword| keyword.gram);
        let mut filter = Box::new([0; BITS / 64]);
        for keyword in &keywords {
            let hash = hash(keyword.gram);
            if let Some(word) = filter.get_mut(usize::from(hash >> 6)) {
                *word |= 1 << (hash & 63);
            }
        }
        Self { filter, keywords }
    }

    /// Tells of each keyword the rule, where it begins and where it ends; nearly in order. Ends when told to.
    pub(super) fn find(&self, bytes: &[u8], mut tell: impl FnMut(usize, usize, usize) -> bool) {
        for (at, four) in bytes.windows(4).enumerate() {
            let four = u32::from_le_bytes(<[u8; 4]>::try_from(four).unwrap_or_default()) | FOLD;
            if (self.may_be(four) || self.may_be(four & THREE)) && !self.check(bytes, at, four, &mut tell) {
                return;
            }
        }
        // Three bytes at the very end.
        if let Some(start) = bytes.len().checked_sub(3)
            && let Some([one, two, three]) = bytes.get(start..)
        {
            let folded = u32::from_le_bytes([*one, *two, *three, 0]) | (FOLD & THREE);
            self.check(bytes, start, folded, &mut tell);
        }
    }

    #[inline]
    fn may_be(&self, gram: u32) -> bool {
        let hash = hash(gram);
        self.filter.get(usize::from(hash >> 6)).is_some_and(|word| word >> (hash & 63) & 1 == 1)
    }

    #[cold]
    fn check(&self, bytes: &[u8], at: usize, four: u32, tell: &mut impl FnMut(usize, usize, usize) -> bool) -> bool {
        for gram in [four, four & THREE] {
            let first = self.keywords.partition_point(|keyword| keyword.gram < gram);
            for keyword in self.keywords.iter().skip(first).take_while(|keyword| keyword.gram == gram) {
                let Some(start) = at.checked_sub(keyword.offset) else { continue };
                let end = start + keyword.word.len();
                let is_there = bytes.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(keyword.word));
                if is_there && !tell(keyword.rule, start, end) {
                    return false;
                }
            }
            if four & THREE == four {
                break;
            }
        }
        true
    }
}

/// Sets the bit that tells lower case from upper. It blurs some signs as well, which the comparison sorts out.
const FOLD: u32 = 0x2020_2020;

/// Three bytes of four.
const THREE: u32 = 0x00FF_FFFF;

/// Fibonacci hashing: the upper bits of a product.
#[inline]
const fn hash(gram: u32) -> u16 {
    (gram.wrapping_mul(0x9E37_79B1) >> 16) as u16
}

impl Keyword {
    fn new(word: &'static [u8], rule: usize) -> Option<Self> {
        let length = word.len().min(4);
        let (offset, gram) = word.windows(length).enumerate().min_by_key(|(_, gram)| commonness(gram))?;
        let mut four = [0; 4];
        for (place, &byte) in four.iter_mut().zip(gram) {
            *place = byte | 0x20;
        }
        (length >= 3).then(|| Self { gram: u32::from_le_bytes(four), offset, word, rule })
    }
}

fn commonness(gram: &[u8]) -> usize {
    let rank = |byte: &u8| COMMON.iter().position(|common| common == byte).unwrap_or(COMMON.len());
    gram.iter().map(|byte| COMMON.len() - rank(byte)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_plain_search_finds() {
        for rule in RULES.iter() {
            for word in &rule.keywords {
                for text in [word.clone(), format!("..{}", word.to_uppercase()), format!("x{word}{word}y")] {
                    let mut found = 0;
                    KEYWORDS.find(text.as_bytes(), |index, start, end| {
                        found += usize::from(RULES[index].id == rule.id && text[start..end].eq_ignore_ascii_case(word));
                        true
                    });
                    assert!(found >= text.to_lowercase().matches(word.as_str()).count(), "{word} in {text}");
                }
            }
        }
    }
}
