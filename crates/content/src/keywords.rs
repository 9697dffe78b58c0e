//! Where keywords are in a file, whatever their case: those of the rules about secrets, the strings of signatures.
//!
//! Every byte of every text goes through here, so it is the one loop that counts. Of each keyword its four rarest bytes are set
//! in a filter of 16 KiB, which stays in the nearest cache; at each position one hash is looked up there, and only what passes is
//! compared. An Aho-Corasick automaton over the same keywords takes longer to build than a scan with every layer cached can
//! spare, and each of its steps waits for the one before.

use std::borrow::Cow;

/// Words of 64 bits in the filter. Some 1,500 of its bits are set, so that one position in a hundred passes by chance.
const WORDS: usize = 1 << 11;

/// Letters and signs of programs and prose, the commonest first; what is not among them is rare.
const COMMON: &[u8] = b"etaoinsrlcdpumhfgby_-.=\":/0123456789vwkxqjz";

/// One keyword of one rule.
struct Keyword<'w> {
    /// Its rarest bytes, folded as the text is.
    gram: u32,
    /// Where they are in it.
    offset: usize,
    word: Cow<'w, [u8]>,
    rule: usize,
}

/// Finds keywords, whatever their case.
pub(crate) struct Keywords<'w> {
    filter: Box<[u64; WORDS]>,
    /// By the word of the filter that their grams are in.
    keywords: Vec<Keyword<'w>>,
    /// For each word of the filter where its keywords begin.
    starts: Vec<usize>,
}

impl<'w> Keywords<'w> {
    /// Each keyword with its rule's number. They have three bytes or more.
    pub fn new(words: impl Iterator<Item = (Cow<'w, [u8]>, usize)>) -> Self {
        let mut keywords: Vec<_> = words.flat_map(|(word, rule)| Keyword::all(word, rule)).collect();
        keywords.sort_by_key(|keyword| place(keyword.gram));
        let mut filter = Box::new([0; WORDS]);
        for keyword in &keywords {
            let (word, bit) = place(keyword.gram);
            if let Some(word) = filter.get_mut(word) {
                *word |= 1 << bit;
            }
        }
        let starts = (0..=WORDS).map(|word| keywords.partition_point(|keyword| place(keyword.gram).0 < word)).collect();
        Self { filter, keywords, starts }
    }

    /// Tells of each keyword the rule, where it begins and where it ends; nearly in order. Ends when told to.
    pub fn find(&self, bytes: &[u8], mut tell: impl FnMut(usize, usize, usize) -> bool) {
        let mut at = 0;
        // Four positions at a time, and one branch for them: nearly always none of them passes.
        while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let eight = u64::from_le_bytes(*eight);
            let passes =
                self.passes(eight) | self.passes(eight >> 8) | self.passes(eight >> 16) | self.passes(eight >> 24);
            if passes & 1 == 1 && !(at..at + 4).all(|at| self.check(bytes, at, &mut tell)) {
                return;
            }
            at += 4;
        }
        (at..bytes.len()).all(|at| self.check(bytes, at, &mut tell));
    }

    /// In its lowest bit whether the four lowest bytes may be some keyword's.
    #[inline]
    fn passes(&self, bytes: u64) -> u64 {
        let (word, bit) = place(bytes as u32 | FOLD);
        self.filter.get(word).map_or(0, |word| word >> bit)
    }

    #[cold]
    fn check(&self, bytes: &[u8], at: usize, tell: &mut impl FnMut(usize, usize, usize) -> bool) -> bool {
        let Some(four) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else { return true };
        let gram = u32::from_le_bytes(*four) | FOLD;
        let (word, bit) = place(gram);
        if self.filter.get(word).is_none_or(|word| word >> bit & 1 == 0) {
            return true;
        }
        let (from, to) = (self.starts.get(word).copied(), self.starts.get(word + 1).copied());
        let near = self.keywords.get(from.unwrap_or(0)..to.unwrap_or(0)).unwrap_or_default();
        for keyword in near.iter().filter(|keyword| keyword.gram == gram) {
            let Some(start) = at.checked_sub(keyword.offset) else { continue };
            let end = start + keyword.word.len();
            let is_there = bytes.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(&keyword.word));
            if is_there && !tell(keyword.rule, start, end) {
                return false;
            }
        }
        true
    }
}

/// Sets the bit that tells lower case from upper. It blurs some signs as well, which the comparison sorts out.
const FOLD: u32 = 0x2020_2020;

/// What beside letters and digits follows a keyword of three bytes in any rule, folded: `-`, `.`, `/`, `~`, `_`.
const FOLLOWING: &[u8] = b"-./~\x7F";

/// The word and the bit of the filter that a gram has: the upper bits of a product (Fibonacci hashing).
#[inline]
const fn place(gram: u32) -> (usize, u32) {
    let hash = gram.wrapping_mul(0x9E37_79B1);
    ((hash >> 21) as usize, hash >> 15 & 63)
}

impl<'w> Keyword<'w> {
    /// One; of a word of three bytes one for each byte that may follow it. No secret ends with its keyword.
    fn all(word: Cow<'w, [u8]>, rule: usize) -> Vec<Self> {
        let keyword = |offset: usize, gram: &[u8]| {
            let four = <[u8; 4]>::try_from(gram).unwrap_or_default();
            Self { gram: u32::from_le_bytes(four) | FOLD, offset, word: word.clone(), rule }
        };
        if let [one, two, three] = *word {
            let after = (0..0x80_u8)
                .filter(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase() || FOLLOWING.contains(byte));
            return after.map(|four| keyword(0, &[one, two, three, four])).collect();
        }
        let rarest = word.windows(4).enumerate().min_by_key(|(_, gram)| commonness(gram));
        rarest.map(|(offset, gram)| keyword(offset, gram)).into_iter().collect()
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
        let words = ["ghp_", "hf_", "password", "stratum+tcp://", "/dev/tcp/"];
        let keywords =
            Keywords::new(words.iter().enumerate().map(|(rule, word)| (Cow::Borrowed(word.as_bytes()), rule)));
        for (rule, word) in words.iter().enumerate() {
            for text in [format!("{word}."), format!("..{}a", word.to_uppercase()), format!("x{word}7{word}y")] {
                let mut found = 0;
                keywords.find(text.as_bytes(), |of, start, end| {
                    found += usize::from(of == rule && text[start..end].eq_ignore_ascii_case(word));
                    true
                });
                assert_eq!(found, text.to_lowercase().matches(word).count(), "{word} in {text}");
            }
        }
    }
}
