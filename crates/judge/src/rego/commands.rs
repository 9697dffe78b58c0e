//! Text of a shell as lists of words.

/// The commands of a script without what joins them: `a "b c" && d` is `[[a, b c], [d]]`. Nothing is expanded.
pub(super) fn parse(script: &str) -> Vec<Vec<String>> {
    let mut commands = vec![];
    let mut words = vec![];
    let mut word: Option<String> = None;
    let mut characters = script.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('\n') | None => {}
                Some(escaped) => word.get_or_insert_default().push(escaped),
            },
            '\'' | '"' => word.get_or_insert_default().push_str(&quoted(&mut characters, character)),
            ';' | '&' | '|' | '\n' => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            blank if blank.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    commands.push(words);
    commands.retain(|words| !words.is_empty());
    commands
}

/// What is within quotes; a backslash counts in double ones only.
fn quoted(characters: &mut std::str::Chars<'_>, quote: char) -> String {
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quote == '"' => text.extend(characters.next()),
            end if end == quote => break,
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn commands_are_told_apart_and_quotes_taken_off() {
        let commands = parse("apt-get update && \\\n apt-get -y install 'a b' \"c \\\" d\" ; echo x|sh &");
        assert_eq!(
            commands,
            [
                vec!["apt-get", "update"],
                vec!["apt-get", "-y", "install", "a b", "c \" d"],
                vec!["echo", "x"],
                vec!["sh"],
            ]
        );
        assert!(parse(" ;;\n").is_empty());
        assert_eq!(parse("'never ends"), [["never ends"]]);
    }
}
