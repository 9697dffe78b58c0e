//! Patterns for paths and for names of images.

/// Whether a text is as a pattern says: `?` is any one letter and `*` any letters, both but `/`; `**` is anything.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let parts = parts(pattern);
    let text: Vec<char> = text.chars().collect();
    // Where in the text what was read of the pattern can end. So no pattern takes more than its length times the text's.
    let mut ends = vec![false; text.len().saturating_add(1)];
    if let Some(start) = ends.first_mut() {
        *start = true;
    }
    for part in parts {
        let mut next = vec![false; ends.len()];
        for (at, is_end) in ends.iter().enumerate() {
            // Any number of letters: what could end one letter earlier can end here.
            let before = at.checked_sub(1).and_then(|before| Some((text.get(before)?, before)));
            let stays = matches!(part, Part::Letters | Part::Anything) && *is_end;
            let grows = before.is_some_and(|(letter, before)| match part {
                Part::Anything => next.get(before) == Some(&true),
                Part::Letters => *letter != '/' && next.get(before) == Some(&true),
                Part::Letter => *letter != '/' && ends.get(before) == Some(&true),
                Part::This(wanted) => *letter == wanted && ends.get(before) == Some(&true),
            });
            if let Some(slot) = next.get_mut(at) {
                *slot = stays || grows;
            }
        }
        ends = next;
    }
    ends.last() == Some(&true)
}

/// Whether a pattern says nothing but that there is something.
pub(super) fn is_anything(pattern: &str) -> bool {
    pattern.chars().all(|letter| matches!(letter, '*' | '?' | '/' | ':' | '@' | '.'))
}

/// Letters and digits that a pattern has to have in a row.
const LEAST: usize = 3;

/// Whether a pattern says so little (`*a*/**`) that it means as good as everything.
pub(super) fn is_vague(pattern: &str) -> bool {
    let longest =
        pattern.split(['*', '?']).map(|run| run.chars().filter(|letter| letter.is_alphanumeric()).count()).max();
    pattern.contains(['*', '?']) && longest.unwrap_or_default() < LEAST
}

#[derive(Clone, Copy)]
enum Part {
    This(char),
    Letter,
    Letters,
    Anything,
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '?' => Part::Letter,
            '*' if letters.next_if_eq(&'*').is_some() => Part::Anything,
            '*' => Part::Letters,
            other => Part::This(other),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{is_anything, is_vague, matches};

    #[test]
    fn patterns_mean_what_the_manual_says() {
        for (pattern, text, wanted) in [
            ("usr/bin/su", "usr/bin/su", true),
            ("usr/bin/*", "usr/bin/su", true),
            ("usr/*", "usr/bin/su", false),
            ("usr/**", "usr/bin/su", true),
            ("**/su", "usr/bin/su", true),
            ("usr/bin/s?", "usr/bin/su", true),
            ("usr/bin/s?", "usr/bin/s/", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("registry.example.org/shop/*:1.*", "registry.example.org/shop/api:1.2", true),
            ("registry.example.org/shop/*:1.*", "registry.example.org/shop/api:2.0", false),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
        let hostile = "*a".repeat(200);
        assert!(!matches(&hostile, &"a".repeat(199)));
    }

    #[test]
    fn what_means_everything_is_told() {
        assert!(["*", "**", "*/*", "**:*", ""].into_iter().all(is_anything));
        assert!(!is_anything("shop/*"));
        assert!(["*a*/**", "**a**", "*u*s*r*", "**/?b", "a?c", "**.js"].into_iter().all(is_vague));
        assert!(
            ["usr/**", "shop/*", "opt/a?b", "**/node_modules/**", "a", "x/y", ""].into_iter().all(|one| !is_vague(one))
        );
    }
}
