//! What the words and vectors of many publishers mean on one scale, and whose opinion wins.
//!
//! Owns the two tables. Refuses to drop an opinion: the ones that lose stay, after the winner.

use std::cmp::Reverse;

use cvss::Cvss;
use plimsoll_model::{Rating, Severity};

/// Where an opinion stands. Which wins is told by [`PRECEDENCE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The matched feed's opinion on this very package.
    Package,
    /// The matched feed's opinion on the vulnerability.
    Feed,
    /// GitHub's advisory database, whichever feed carries it.
    Ghsa,
    /// The National Vulnerability Database.
    Nvd,
    /// Whoever assigned the CVE, as NVD hands it on.
    Cve,
    /// CISA, which adds to CVE records.
    Enrichment,
    /// Anybody else.
    Other,
}

/// One row of the order of precedence.
#[derive(Debug, Clone, Copy)]
pub struct Rank {
    /// Which opinions.
    pub standing: Standing,
    /// Whose they are, for the manual.
    pub whose: &'static str,
    /// Why they stand here, for the manual.
    pub why: &'static str,
}

/// Whose opinion wins, the first before all others. An opinion that says nothing ("not yet assigned") never wins over one
/// that does.
pub const PRECEDENCE: &[Rank] = &[
    Rank {
        standing: Standing::Package,
        whose: "the feed that matched, of this very package",
        why: "it knows how the package was built and what of it is used",
    },
    Rank {
        standing: Standing::Feed,
        whose: "the feed that matched, of the vulnerability",
        why: "it knows the distribution or the ecosystem",
    },
    Rank {
        standing: Standing::Ghsa,
        whose: "GitHub's advisory database (`ghsa`, `github`), whichever feed carries it",
        why: "people who know the library looked at it",
    },
    Rank {
        standing: Standing::Nvd,
        whose: "the National Vulnerability Database (`nvd`)",
        why: "one method for all CVEs, and the worst case over all uses",
    },
    Rank {
        standing: Standing::Cve,
        whose: "who assigned the CVE, as NVD hands it on, under its address",
        why: "it knows its product, and rates by methods of its own",
    },
    Rank {
        standing: Standing::Enrichment,
        whose: "CISA's additions to CVE records (`cisa-adp`)",
        why: "made in haste where nobody else has rated yet",
    },
    Rank {
        standing: Standing::Other,
        whose: "anybody else: feeds that did not decide, errata, which rate the worst that they cover",
        why: "better than nothing",
    },
];

/// Sources with a standing of their own, wherever their opinion comes from.
const SOURCES: &[(&str, Standing)] =
    &[("ghsa", Standing::Ghsa), ("github", Standing::Ghsa), ("nvd", Standing::Nvd), ("cisa-adp", Standing::Enrichment)];

/// What a publisher's word means.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// In lower case.
    pub word: &'static str,
    /// What it means.
    pub severity: Severity,
    /// Who uses it, for the manual.
    pub users: &'static str,
}

const fn word(word: &'static str, severity: Severity, users: &'static str) -> Word {
    Word { word, severity, users }
}

/// Publishers' words. No publisher uses one of them with another meaning. "None" is not among them: some say it for a
/// score of 0.0, which speaks for itself, and some where nobody has rated.
pub const WORDS: &[Word] = &[
    word("malicious", Severity::Critical, "OpenSSF's list of malicious packages"),
    word("urgent", Severity::Critical, "Fedora"),
    word(
        "critical",
        Severity::Critical,
        "Red Hat and its kin, SUSE, Ubuntu, GitHub, Arch, Amazon, Azure Linux, openEuler",
    ),
    word("important", Severity::High, "Red Hat and its kin, SUSE, Oracle, Amazon"),
    word("high", Severity::High, "Debian, Ubuntu, GitHub, Arch, Fedora, Azure Linux, openEuler"),
    word("moderate", Severity::Medium, "Red Hat and its kin, SUSE, Oracle, GitHub"),
    word("medium", Severity::Medium, "Debian, Ubuntu, Arch, Amazon, Fedora, Azure Linux, openEuler"),
    word("low", Severity::Low, "all"),
    word("minor", Severity::Low, "older errata"),
    word("negligible", Severity::Negligible, "Ubuntu"),
    word("unimportant", Severity::Negligible, "Debian: not in what is built, or not a hole in practice"),
    word("informational", Severity::Negligible, "databases of languages"),
];

/// Scores from which on a severity is reached (<https://www.first.org/cvss/v4.0/specification-document>, section 6). Below
/// the last is 0.0, which is negligible. Version 2 knows no "critical" (<https://nvd.nist.gov/vuln-metrics/cvss>).
pub const BANDS: &[(f64, Severity)] =
    &[(9.0, Severity::Critical), (7.0, Severity::High), (4.0, Severity::Medium), (0.1, Severity::Low)];

/// Where an opinion of this source stands that came with `origin`.
#[must_use]
pub fn standing(source: &str, origin: Standing) -> Standing {
    let own = SOURCES.iter().find(|(name, _)| name.eq_ignore_ascii_case(source)).map(|(_, standing)| *standing);
    if origin == Standing::Package { origin } else { own.unwrap_or(origin) }
}

/// Its place in [`PRECEDENCE`].
fn place(standing: Standing) -> usize {
    PRECEDENCE.iter().position(|rank| rank.standing == standing).unwrap_or(PRECEDENCE.len())
}

/// Fills in what the word and the vector mean. A vector that does not parse stays as text without score.
#[must_use]
pub fn interpret(rating: Rating) -> Rating {
    let cvss = parse(&rating.vector);
    let score = cvss.as_ref().map(Cvss::score).or(rating.score);
    let severity = of_word(&rating.word)
        .or_else(|| score.map(|score| of_score(score, generation(&rating.vector) == 2)))
        .unwrap_or(rating.severity);
    Rating { score, severity, ..rating }
}

/// The row of the order of precedence.
#[must_use]
pub fn row(standing: Standing) -> Option<&'static Rank> {
    PRECEDENCE.iter().find(|rank| rank.standing == standing)
}

/// The opinions in the order in which they win, without repetitions, and the severity of the first.
#[must_use]
pub fn rank(opinions: Vec<(Standing, Rating)>) -> (Severity, Vec<Rating>) {
    let ratings: Vec<Rating> = ranked(opinions).into_iter().map(|(_, rating)| rating).collect();
    (ratings.first().map(|rating| rating.severity).unwrap_or_default(), ratings)
}

/// The opinions in the order in which they win, without repetitions, each with its standing.
#[must_use]
pub fn ranked(opinions: Vec<(Standing, Rating)>) -> Vec<(Standing, Rating)> {
    let mut ranked: Vec<(Standing, Rating)> =
        opinions.into_iter().map(|(origin, rating)| (standing(&rating.source, origin), interpret(rating))).collect();
    ranked.sort_by(|(left_standing, left), (right_standing, right)| {
        let key = |standing: &Standing, rating: &Rating| {
            (
                rating.severity == Severity::Unknown,
                place(*standing),
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
    let mut ratings: Vec<(Standing, Rating)> = Vec::with_capacity(ranked.len());
    for (standing, rating) in ranked {
        if ratings.iter().all(|(_, known)| *known != rating) {
            ratings.push((standing, rating));
        }
    }
    ratings
}

fn of_word(word: &str) -> Option<Severity> {
    // Debian's tracker marks urgencies that it set automatically with stars.
    let word = word.trim().trim_end_matches('*');
    WORDS.iter().find(|known| known.word.eq_ignore_ascii_case(word)).map(|known| known.severity)
}

fn of_score(score: f64, is_version_2: bool) -> Severity {
    let severity =
        BANDS.iter().find(|(least, _)| score >= *least).map_or(Severity::Negligible, |(_, severity)| *severity);
    if is_version_2 { severity.min(Severity::High) } else { severity }
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
            ("fedora", "urgent", Severity::Critical),
            ("fedora", "None", Severity::Unknown),
            ("fedora", "unspecified", Severity::Unknown),
            ("arch", "High", Severity::High),
            ("arch", "Unknown", Severity::Unknown),
            ("amazon", "important", Severity::High),
            ("amazon", "medium", Severity::Medium),
            ("suse", "moderate", Severity::Medium),
            ("suse", "not set", Severity::Unknown),
            ("oracle", "N/A", Severity::Unknown),
            ("ubuntu", "untriaged", Severity::Unknown),
            ("azurelinux", "Important", Severity::High),
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

    /// The worst opinion stands last, so that it wins only where nothing stands before it.
    #[test]
    fn the_order_of_precedence_holds_for_every_pair() {
        let opinions = [
            (Standing::Package, rating("debian", "unimportant", "")),
            (Standing::Feed, rating("debian", "low", "")),
            (Standing::Feed, rating("ghsa", "moderate", "")),
            (Standing::Cve, rating("nvd", "medium", "")),
            (Standing::Cve, rating("someone@example.org", "high", "")),
            (Standing::Cve, rating("cisa-adp", "high", "")),
            (Standing::Other, rating("someone", "critical", "")),
        ];
        assert_eq!(opinions.len(), PRECEDENCE.len());
        let silent = (Standing::Package, rating("debian", "not yet assigned", ""));
        for (first, opinion) in opinions.iter().enumerate() {
            let mut heard: Vec<_> = opinions[first..].iter().rev().cloned().collect();
            heard.push(silent.clone());
            let (severity, ratings) = rank(heard.clone());
            let expected = interpret(opinion.1.clone());
            assert_eq!((severity, ratings.first()), (expected.severity, Some(&expected)));
            assert_eq!(ratings.len(), heard.len(), "none is dropped");
            assert_eq!(ratings.last().unwrap().word, "not yet assigned");
        }
    }

    #[test]
    fn scores_fall_into_bands() {
        for (vector, score, expected) in [
            ("CVSS:3.1/x", 10.0, Severity::Critical),
            ("CVSS:3.1/x", 9.0, Severity::Critical),
            ("CVSS:4.0/x", 8.9, Severity::High),
            ("", 7.0, Severity::High),
            ("CVSS:3.0/x", 6.9, Severity::Medium),
            ("CVSS:3.0/x", 4.0, Severity::Medium),
            ("CVSS:3.0/x", 3.9, Severity::Low),
            ("CVSS:3.0/x", 0.1, Severity::Low),
            ("CVSS:3.0/x", 0.0, Severity::Negligible),
            ("x", 10.0, Severity::High),
        ] {
            let interpreted = interpret(Rating { score: Some(score), ..rating("someone", "", vector) });
            assert_eq!(interpreted.severity, expected, "{vector} {score}");
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
