//! Build steps as people remember them.

/// The telling part of a build step: what is run or copied, without the shell around it.
///
/// The spellings are those of the classic builder (`/bin/sh -c #(nop) …`, `|1 ARG=x /bin/sh -c …`) and of BuildKit
/// (`RUN /bin/sh -c … # buildkit`), see <https://github.com/opencontainers/image-spec/blob/main/config.md> "history".
#[must_use]
pub fn step(created_by: &str) -> String {
    let text: String = created_by.chars().take(2000).collect();
    let text = text.split_once("/bin/sh -c ").map_or(text.as_str(), |(_, command)| command);
    let text = text.trim().trim_start_matches("#(nop)").trim_start();
    let text = text.strip_prefix("RUN ").unwrap_or(text).trim_end_matches("# buildkit");
    let commands = || text.split("&&").flat_map(|part| part.split(';'));
    let installs = |command: &&str| command.contains(" install ") || command.contains(" add ");
    let command = commands().find(installs).or_else(|| commands().next()).unwrap_or(text);
    let word = |word| if is_content_digest(word) { "file" } else { word };
    command.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
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
