//! What the words and vectors of many publishers mean on one scale, and whose opinion wins.
//!
//! Owns the two tables. Refuses to drop an opinion: the ones that lose stay, after the winner.

use std::cmp::Reverse;

use cvss::Cvss;
use plimsoll_model::{Rating, Severity};

/// Where an opinion stands; earlier wins. An opinion that says nothing ("not yet assigned") never wins over one that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The matched feed's opinion on this very package: it knows how it was built and what of it is used.
    Package,
    /// The matched feed's opinion on the vulnerability.
    Feed,
    /// GitHub's advisory database, whichever feed carries it.
    Ghsa,
    /// The National Vulnerability Database: worst case over all uses.
    Nvd,
    /// Anybody else.
    Other,
}

/// Sources with a standing of their own, wherever their opinion comes from.
const SOURCES: &[(&str, Standing)] = &[("ghsa", Standing::Ghsa), ("github", Standing::Ghsa), ("nvd", Standing::Nvd)];

/// Publishers' words. No publisher uses one of them with another meaning; who uses what is said beside.
const WORDS: &[(&str, Severity)] = &[
    ("malicious", Severity::Critical),       // OpenSSF's list of malicious packages
    ("critical", Severity::Critical),        // Red Hat and its kin, SUSE, Ubuntu, GitHub, Arch, Amazon
    ("important", Severity::High),           // Red Hat and its kin, SUSE, Amazon
    ("high", Severity::High),                // Debian, Ubuntu, GitHub, Arch
    ("moderate", Severity::Medium),          // Red Hat and its kin, SUSE, GitHub
    ("medium", Severity::Medium),            // Debian, Ubuntu, Arch, Amazon
    ("low", Severity::Low),                  // all
    ("minor", Severity::Low),                // older errata
    ("negligible", Severity::Negligible),    // Ubuntu
    ("unimportant", Severity::Negligible),   // Debian: not in what is built, or not a hole in practice
    ("informational", Severity::Negligible), // language databases
    ("none", Severity::Negligible),          // CVSS's own word for 0.0
];

/// Where an opinion of this source stands that came with `origin`.
#[must_use]
pub fn standing(source: &str, origin: Standing) -> Standing {
    let own = SOURCES.iter().find(|(name, _)| name.eq_ignore_ascii_case(source)).map(|(_, standing)| *standing);
    if origin == Standing::Package { origin } else { own.unwrap_or(origin) }
}

/// Fills in what the word and the vector mean. A vector that does not parse stays as text without score.
#[must_use]
pub fn interpret(rating: Rating) -> Rating {
    let cvss = parse(&rating.vector);
    let score = cvss.as_ref().map(Cvss::score).or(rating.score);
    let severity = of_word(&rating.word)
        .or_else(|| score.map(|score| of_score(score, matches!(cvss, Some(Cvss::CvssV20(_))))))
        .unwrap_or(rating.severity);
    Rating { score, severity, ..rating }
}

/// The opinions in the order in which they win, without repetitions, and the severity of the first.
#[must_use]
pub fn rank(opinions: Vec<(Standing, Rating)>) -> (Severity, Vec<Rating>) {
    let mut ranked: Vec<(Standing, Rating)> =
        opinions.into_iter().map(|(origin, rating)| (standing(&rating.source, origin), interpret(rating))).collect();
    ranked.sort_by(|(left_standing, left), (right_standing, right)| {
        let key = |standing: &Standing, rating: &Rating| {
            (
                rating.severity == Severity::Unknown,
                *standing,
                rating.word.is_empty(),
                Reverse(generation(&rating.vector)),
            )
        };
        (key(left_standing, left), Reverse(left.severity), &left.source, &left.word, &left.vector).cmp(&(
            key(right_standing, right),
            Reverse(right.severity),
            &right.source,
            &right.word,
            &right.vector,
        ))
    });
    let mut ratings: Vec<Rating> = Vec::with_capacity(ranked.len());
    for (_, rating) in ranked {
        if !ratings.contains(&rating) {
            ratings.push(rating);
        }
    }
    (ratings.first().map(|rating| rating.severity).unwrap_or_default(), ratings)
}

fn of_word(word: &str) -> Option<Severity> {
    // Debian's tracker marks urgencies that it set automatically with stars.
    let word = word.trim().trim_end_matches('*');
    WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, severity)| *severity)
}

/// Bands of CVSS (<https://www.first.org/cvss/v4.0/specification-document>, section 6); version 2 has no "critical".
fn of_score(score: f64, is_version_2: bool) -> Severity {
    match score {
        score if score >= 9.0 && !is_version_2 => Severity::Critical,
        score if score >= 7.0 => Severity::High,
        score if score >= 4.0 => Severity::Medium,
        score if score > 0.0 => Severity::Low,
        _ => Severity::Negligible,
    }
}

fn parse(vector: &str) -> Option<Cvss> {
    // The longest vector of any version, with every optional metric, has fewer than 200 bytes.
    if vector.is_empty() || vector.len() > 256 {
        return None;
    }
    vector.parse().ok()
}

/// Newer versions of CVSS before older ones; none last.
fn generation(vector: &str) -> u8 {
    match vector {
        "" => 0,
        vector if vector.starts_with("CVSS:4") => 4,
        vector if vector.starts_with("CVSS:3") => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rating(source: &str, word: &str, vector: &str) -> Rating {
        Rating { source: source.into(), word: word.into(), vector: vector.into(), ..Rating::default() }
    }

    #[test]
    fn words_mean_what_their_publishers_mean() {
        for (source, word, expected) in [
            ("debian", "unimportant", Severity::Negligible),
            ("debian", "low**", Severity::Low),
            ("debian", "not yet assigned", Severity::Unknown),
            ("redhat", "Moderate", Severity::Medium),
            ("almalinux", "Important", Severity::High),
            ("ubuntu", "negligible", Severity::Negligible),
            ("ghsa", "CRITICAL", Severity::Critical),
            ("openssf", "malicious", Severity::Critical),
        ] {
            assert_eq!(interpret(rating(source, word, "")).severity, expected, "{source} {word}");
        }
    }

    #[test]
    fn vectors_of_every_version_are_scored() {
        for (vector, score, expected) in [
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0, Severity::High),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, Severity::Critical),
            ("CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0.0, Severity::Negligible),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3, Severity::Critical),
        ] {
            let interpreted = interpret(rating("nvd", "", vector));
            assert_eq!((interpreted.score, interpreted.severity), (Some(score), expected), "{vector}");
        }
    }

    #[test]
    fn a_malformed_vector_stays_as_text() {
        let interpreted = interpret(rating("nvd", "", "CVSS:3.1/AV:N/AC:"));
        assert_eq!((interpreted.score, interpreted.severity), (None, Severity::Unknown));
        assert_eq!(interpreted.vector, "CVSS:3.1/AV:N/AC:");
    }

    #[test]
    fn the_package_wins_over_the_feed_over_github_over_nvd() {
        let nvd = (Standing::Feed, rating("nvd", "", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"));
        let ghsa = (Standing::Feed, rating("ghsa", "high", ""));
        let feed = (Standing::Feed, rating("debian", "medium", ""));
        let package = (Standing::Package, rating("debian", "unimportant", ""));
        let silent = (Standing::Package, rating("debian", "not yet assigned", ""));
        let other = (Standing::Other, rating("someone", "low", ""));
        let all = [other, nvd, ghsa, feed, package];
        for (first, expected) in [
            (4, Severity::Negligible),
            (3, Severity::Medium),
            (2, Severity::High),
            (1, Severity::Critical),
            (0, Severity::Low),
        ] {
            let mut opinions: Vec<_> = all.iter().take(first + 1).cloned().collect();
            opinions.insert(0, silent.clone());
            let (severity, ratings) = rank(opinions.clone());
            assert_eq!(severity, expected);
            assert_eq!(ratings.len(), opinions.len(), "none is dropped");
            assert_eq!(ratings.last().unwrap().word, "not yet assigned");
        }
    }

    #[test]
    fn nobody_having_said_anything_is_unknown() {
        assert_eq!(rank(Vec::new()), (Severity::Unknown, Vec::new()));
    }

    proptest! {
        #[test]
        fn any_vector_is_scored_or_kept(
            vector in r"(CVSS:[2-4]\.[01]/)?([A-Z]{1,3}:[A-Z]{1,5}/){0,14}[A-Za-z:/]{0,6}|\PC{0,40}"
        ) {
            let interpreted = interpret(rating("nvd", "", &vector));
            prop_assert!(interpreted.score.is_none_or(|score| (0.0..=10.0).contains(&score)));
            prop_assert_eq!(interpreted.vector, vector);
        }
    }
}
