//! What rules say of themselves, in the words that sets of rules in the wild have come to use.

use plimsoll_model::{FileRule, Severity};
use yara_x::{MetaValue, Rule};

/// Characters of one word that are kept, and words of a kind: reports repeat them for every file.
const CHARACTERS: usize = 500;
const WORDS: usize = 10;

/// Of all rules that can match by themselves, by file and name.
pub fn of_all(rules: &yara_x::Rules) -> Vec<FileRule> {
    let mut words: Vec<FileRule> = rules.iter().filter(|rule| !rule.is_private()).map(|rule| of(&rule)).collect();
    words.sort_by(|one, other| (&one.source, &one.name).cmp(&(&other.source, &other.name)));
    words
}

fn of(rule: &Rule<'_, '_>) -> FileRule {
    let mut words = FileRule {
        name: rule.identifier().to_owned(),
        source: rule.namespace().to_owned(),
        tags: rule.tags().take(WORDS).map(|tag| tag.identifier().to_owned()).collect(),
        ..FileRule::default()
    };
    // The word for a severity says more than a score.
    let (mut named, mut scored) = (None, None);
    for (key, value) in rule.metadata() {
        let text = text(&value);
        match key.to_ascii_lowercase().as_str() {
            "description" | "desc" if words.description.is_empty() => words.description = text,
            "author" if words.author.is_empty() => words.author = text,
            "reference" | "references" | "ref" if words.references.len() < WORDS && !text.is_empty() => {
                words.references.push(text);
            }
            "severity" => {
                named = named.or_else(|| word(&text));
                scored = scored.or_else(|| number(&value));
            }
            "score" => scored = scored.or_else(|| number(&value)),
            _ => {}
        }
    }
    // Somebody wrote a rule and gave it to a scan for malware: that is grave until it says otherwise.
    words.severity = named.or_else(|| scored.map(severity)).unwrap_or(Severity::High);
    words
}

fn text(value: &MetaValue<'_>) -> String {
    let text = match value {
        MetaValue::Integer(number) => number.to_string(),
        MetaValue::Float(number) => number.to_string(),
        MetaValue::Bool(yes) => yes.to_string(),
        MetaValue::String(text) => (*text).to_owned(),
        MetaValue::Bytes(bytes) => bytes.to_string(),
    };
    text.trim().chars().take(CHARACTERS).collect()
}

fn word(text: &str) -> Option<Severity> {
    Some(match text.to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" | "moderate" => Severity::Medium,
        "low" => Severity::Low,
        "negligible" | "info" | "informational" | "information" => Severity::Negligible,
        _ => return None,
    })
}

fn number(value: &MetaValue<'_>) -> Option<i64> {
    match value {
        MetaValue::Integer(number) => Some(*number),
        MetaValue::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Of a score from 0 to 100, as sets of rules give it.
const fn severity(score: i64) -> Severity {
    match score {
        90.. => Severity::Critical,
        70..90 => Severity::High,
        40..70 => Severity::Medium,
        1..40 => Severity::Low,
        _ => Severity::Negligible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_and_scores() {
        for (meta, expected) in [
            ("", Severity::High),
            ("severity = \"Critical\"", Severity::Critical),
            ("severity = \"info\"", Severity::Negligible),
            ("severity = \"whatever\"", Severity::High),
            ("severity = 45", Severity::Medium),
            ("score = 75", Severity::High),
            ("score = \"95\"", Severity::Critical),
            ("score = 10 severity = \"medium\"", Severity::Medium),
            ("score = 0", Severity::Negligible),
        ] {
            let section = if meta.is_empty() { String::new() } else { format!("meta: {meta}") };
            let rules = yara_x::compile(format!("rule x {{ {section} condition: true }}").as_str()).unwrap();
            assert_eq!(of_all(&rules)[0].severity, expected, "{meta}");
        }
    }

    #[test]
    fn words_are_bounded_and_private_rules_say_nothing() {
        let long = "é".repeat(CHARACTERS + 1);
        let tags: Vec<String> = (0..WORDS + 1).map(|number| format!("t{number}")).collect();
        let text = format!(
            "private rule p {{ condition: true }}
             rule x : {} {{ meta: description = \"{long}\" reference = \"a\" reference = \"b\" condition: p }}",
            tags.join(" ")
        );
        let words = of_all(&yara_x::compile(text.as_str()).unwrap());
        assert_eq!(words.len(), 1);
        assert_eq!(words[0].description.chars().count(), CHARACTERS);
        assert_eq!((words[0].tags.len(), words[0].references.len()), (WORDS, 2));
    }
}
