//! Build steps as people remember them.

use plimsoll_model::history::{Entry, instruction};

/// The telling part of a build step: what is run or copied, without the shell around it.
#[must_use]
pub fn step(created_by: &str) -> String {
    let text: String = created_by.chars().take(2000).collect();
    let told = instruction(&Entry { created_by: &text, ..Entry::default() });
    let (keyword, command) = match told.keyword {
        Some("RUN") | None => (None, telling(told.text)),
        keyword => (keyword, told.text),
    };
    let word = |word| if is_content_digest(word) { "file" } else { word };
    keyword.into_iter().chain(command.split_whitespace().map(word)).collect::<Vec<_>>().join(" ")
}

/// Of several commands the one that installs something, else the first.
fn telling(text: &str) -> &str {
    let commands = || text.split("&&").flat_map(|part| part.split(';'));
    let installs = |command: &&str| command.contains(" install ") || command.contains(" add ");
    commands().find(installs).or_else(|| commands().next()).unwrap_or(text)
}

/// The classic builder names what it copies by digest: `ADD file:3cf1… in /`.
fn is_content_digest(word: &str) -> bool {
    word.split_once(':').is_some_and(|(kind, digest)| {
        matches!(kind, "file" | "dir" | "multi")
            && digest.len() >= 32
            && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn steps_are_told_by_their_command() {
        let cases = [
            ("/bin/sh -c #(nop) ADD file:8b1e79f91081eb527b455cf1bcb8df5d in / ", "ADD file in /"),
            ("RUN /bin/sh -c pip install -r requirements.txt # buildkit", "pip install -r requirements.txt"),
            ("RUN |1 A=b /bin/sh -c set -eux; apt-get update && apt-get install -y  curl", "apt-get install -y curl"),
            ("COPY . /app # buildkit", "COPY . /app"),
            ("", ""),
        ];
        for (created_by, expected) in cases {
            assert_eq!(step(created_by), expected);
        }
    }
}
