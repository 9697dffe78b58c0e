//! Words told from what a generator of passwords makes.

/// Letters that follow a letter in English, by that letter: the pairs that make up nine tenths of its texts. Chance makes one
/// of these in three pairs, and so hardly ever four letters that could be a word.
const FOLLOWERS: [&[u8]; 26] = [
    b"bcdgiklmnprstuvy",
    b"aeilorsu",
    b"acehiklortu",
    b"adeiorsu",
    b"abcdefgilmnprstvwxy",
    b"aefiloru",
    b"aehilnorsu",
    b"aeiot",
    b"abcdefglmnoprstvz",
    b"a",
    b"aeis",
    b"adeilostuy",
    b"abeimops",
    b"acdefgiknostuv",
    b"abcdfgklmnoprstuvw",
    b"aehiloprstu",
    b"u",
    b"acdegiklmnorstuy",
    b"acehilopstuy",
    b"acehilorstuy",
    b"abcegilmnprst",
    b"aei",
    b"aeio",
    b"pst",
    b"ps",
    b"e",
];
/// Fewer letters are no word that tells anything.
const SHORTEST: usize = 4;
/// Of so many letters two may follow each other as they seldom do.
const LONG: usize = 6;

/// Whether half of the value or more is words, as in names of programs and in prose.
pub(super) fn is_wordy(value: &[u8]) -> bool {
    let mut words = 0_usize;
    let mut start = 0;
    for at in 0..=value.len() {
        if at == value.len() || is_border(value, at) {
            let part = value.get(start..at).unwrap_or_default();
            words = words.saturating_add(if is_word(part) { part.len() } else { 0 });
            start = at;
        }
    }
    words.saturating_mul(2) >= value.len()
}

/// Whether another word may begin here: `getPassword`, `HTTPServer`, `user-name2`.
fn is_border(value: &[u8], at: usize) -> bool {
    let of = |at: Option<usize>| at.and_then(|at| value.get(at)).copied().unwrap_or_default();
    let (before, this, next) = (of(at.checked_sub(1)), of(Some(at)), of(at.checked_add(1)));
    let is_up = before.is_ascii_lowercase() && this.is_ascii_uppercase();
    let is_acronyms_end = before.is_ascii_uppercase() && this.is_ascii_uppercase() && next.is_ascii_lowercase();
    !this.is_ascii_alphabetic() || !before.is_ascii_alphabetic() || is_up || is_acronyms_end
}

fn is_word(part: &[u8]) -> bool {
    let follows = |one: u8, two: u8| {
        let row = one.to_ascii_lowercase().checked_sub(b'a').and_then(|row| FOLLOWERS.get(usize::from(row)));
        row.is_some_and(|row| row.contains(&two.to_ascii_lowercase()))
    };
    let seldom = part.windows(2).filter(|pair| matches!(pair, [one, two] if !follows(*one, *two))).count();
    part.len() >= SHORTEST && seldom <= usize::from(part.len() >= LONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_prose_are_words() {
        for text in [
            "correctHorse1",
            "user_password1",
            "confirmPassword",
            "database-user1",
            "MyCompanyName01",
            "AbstractBeanFactory2",
            "kubernetes-admin",
            "HTTPServerName",
        ] {
            assert!(is_wordy(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_a_generator_makes_is_not() {
        for text in ["q8Zk2Lm9Xw4R", "k3jd9xmqpw2lfhtz", "QXKTBZ4MRVLP", "0f3a9c1e77d2", "aB3$kd9!Zq2x", "wKqXtRzBvNpL"]
        {
            assert!(!is_wordy(text.as_bytes()), "{text}");
        }
    }
}
