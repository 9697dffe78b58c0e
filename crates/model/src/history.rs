//! What builders write into an image's history, taken apart.
//!
//! Owns the spellings: who wrote an entry, which instruction it tells of, and with which build arguments. What the
//! commands in it do is for those who judge it.
//! The field is free text: <https://github.com/opencontainers/image-spec/blob/main/config.md>, "history".

use serde::{Deserialize, Serialize};

/// Who wrote an entry of a history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Builder {
    /// Docker's first builder: `/bin/sh -c #(nop) …`.
    Classic,
    /// `RUN /bin/sh -c … # buildkit`.
    BuildKit,
    /// As the classic builder, with what it was built from in the comment.
    Buildah,
    /// The instruction as it stands in the Dockerfile.
    Kaniko,
    /// Rules of Bazel. It and those below write how the image was built, never an instruction.
    Bazel,
    /// ko.
    Ko,
    /// Jib.
    Jib,
    /// Nix's builders of images.
    Nix,
    /// apko.
    Apko,
    /// Cloud Native Buildpacks.
    Buildpacks,
    /// Any other.
    #[default]
    Unknown,
}

/// The instructions of a Dockerfile that leave an entry.
pub const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// One entry of a history, as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The step.
    pub created_by: &'a str,
    /// Whoever is named for it.
    pub author: &'a str,
    /// What is said of it.
    pub comment: &'a str,
}

/// What an entry tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// One of [`INSTRUCTIONS`]; none where the entry tells of no instruction.
    pub keyword: Option<&'static str>,
    /// What follows the keyword, without the shell that runs it, build arguments and marks of the builder.
    pub text: &'a str,
    /// The shell that runs it: `/bin/sh -c`; empty where none does.
    pub shell: &'a str,
    /// Build arguments and their values.
    pub arguments: Vec<(&'a str, &'a str)>,
    /// Who wrote it.
    pub builder: Builder,
}

/// Takes an entry apart.
#[must_use]
pub fn instruction<'a>(entry: &Entry<'a>) -> Instruction<'a> {
    let by = entry.created_by.trim();
    let builder = builder(entry);
    if matches!(builder, Builder::Unknown) && by.is_empty() {
        return Instruction::default();
    }
    let by = by.strip_suffix("# buildkit").map_or(by, str::trim_end);
    let (arguments, rest) = arguments(by);
    if let Some((shell, rest)) = shell(rest) {
        if let Some(instruction) = rest.trim_start().strip_prefix("#(nop)") {
            let (keyword, text) = keyword(instruction.trim_start()).unzip();
            return Instruction {
                keyword,
                text: text.unwrap_or(instruction.trim()),
                builder,
                ..Instruction::default()
            };
        }
        return Instruction { keyword: Some("RUN"), text: rest.trim(), shell, arguments, builder };
    }
    if !arguments.is_empty() {
        return Instruction { keyword: Some("RUN"), text: rest.trim(), shell: "", arguments, builder };
    }
    match keyword(rest) {
        Some(("RUN", text)) => {
            let (arguments, text) = self::arguments(text);
            let (shell, text) = shell(text).unwrap_or(("", text));
            Instruction { keyword: Some("RUN"), text: text.trim(), shell, arguments, builder }
        }
        Some((keyword, text)) => Instruction { keyword: Some(keyword), text, builder, ..Instruction::default() },
        None => Instruction { text: rest, builder, ..Instruction::default() },
    }
}

/// Who wrote an entry. The marks of the tools that write no instruction come first: some name a command in it.
fn builder(entry: &Entry<'_>) -> Builder {
    let by = entry.created_by.trim();
    let author = entry.author.to_ascii_lowercase();
    let starts = |word: &str| by.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match author.as_str() {
        "bazel" => return Builder::Bazel,
        "ko" => return Builder::Ko,
        "jib" => return Builder::Jib,
        "apko" => return Builder::Apko,
        "kaniko" => return Builder::Kaniko,
        _ => {}
    }
    if by.ends_with("# buildkit") || entry.comment.starts_with("buildkit.") {
        return Builder::BuildKit;
    }
    if starts("bazel ") {
        return Builder::Bazel;
    }
    if starts("ko build") || starts("ko publish") {
        return Builder::Ko;
    }
    if starts("jib-") {
        return Builder::Jib;
    }
    if by == "apko" || entry.comment.contains("apko single-layer") {
        return Builder::Apko;
    }
    if entry.comment.starts_with("store paths: ") || starts("nix2container") {
        return Builder::Nix;
    }
    if by.starts_with("Buildpacks ") || by.starts_with("Layer: '") {
        return Builder::Buildpacks;
    }
    if entry.comment.starts_with("FROM ") {
        return Builder::Buildah;
    }
    if by.starts_with("/bin/sh -c ") || by.contains("#(nop)") || counted(by).is_some() {
        return Builder::Classic;
    }
    Builder::Unknown
}

/// The keyword that a text begins with, and what follows it.
fn keyword(text: &str) -> Option<(&'static str, &str)> {
    let end = text.find([' ', '\t', '[', '\n']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let keyword = INSTRUCTIONS.iter().find(|keyword| **keyword == word)?;
    Some((keyword, rest.trim()))
}

/// The shell that a text begins with: a path, its options and `-c`.
fn shell(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut end = 0_usize;
    for (place, word) in text.split(' ').take(6).enumerate() {
        if place == 0 && !is_shell(word) {
            return None;
        }
        end = end.saturating_add(word.len());
        // `-ec`, `-o pipefail -c`: the last option says that a command follows.
        if place > 0 && word.starts_with('-') && !word.starts_with("--") && word.ends_with('c') {
            return text.split_at_checked(end);
        }
        end = end.saturating_add(1);
    }
    None
}

/// `/bin/bash`, `/busybox/sh`.
fn is_shell(word: &str) -> bool {
    word.starts_with('/')
        && word.rsplit('/').next().is_some_and(|name| matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh"))
}

/// The count of build arguments, and what follows: `|2 A=b C=d …`.
fn counted(text: &str) -> Option<(usize, &str)> {
    let (count, rest) = text.trim_start().strip_prefix('|')?.split_once(' ')?;
    count.parse().ok().map(|count| (count, rest))
}

/// Build arguments before a command. Their values are written without quotes, so a value with spaces is told from the
/// command only by the shell that begins it.
fn arguments(text: &str) -> (Vec<(&str, &str)>, &str) {
    let Some((count, rest)) = counted(text) else { return (Vec::new(), text) };
    let end = command_start(rest).unwrap_or_else(|| after_words(rest, count));
    let (prefix, command) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let mut starts: Vec<usize> = Vec::new();
    let mut place = 0_usize;
    for word in prefix.split(' ') {
        if starts.len() < count && is_assignment(word) {
            starts.push(place);
        }
        place = place.saturating_add(word.len()).saturating_add(1);
    }
    let ends = starts.iter().copied().skip(1).chain([prefix.len()]);
    let arguments = starts.iter().zip(ends).filter_map(|(start, end)| prefix.get(*start..end)?.trim().split_once('='));
    (arguments.collect(), command)
}

/// Where the shell begins that runs the command.
fn command_start(text: &str) -> Option<usize> {
    text.match_indices(" /")
        .map(|(place, _)| place.saturating_add(1))
        .take(256)
        .find(|place| text.get(*place..).is_some_and(|rest| shell(rest).is_some()))
}

/// Where the words after the first `count` begin.
fn after_words(text: &str, count: usize) -> usize {
    text.match_indices(' ').nth(count.saturating_sub(1)).map_or(text.len(), |(place, _)| place.saturating_add(1))
}

/// `NAME=…`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(created_by: &str) -> Instruction<'_> {
        instruction(&Entry { created_by, ..Entry::default() })
    }

    #[test]
    fn entries_are_taken_apart() {
        for (created_by, keyword, text, builder) in [
            ("/bin/sh -c #(nop) ADD file:8b1e in / ", Some("ADD"), "file:8b1e in /", Builder::Classic),
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", Some("CMD"), "[\"bash\"]", Builder::Classic),
            ("/bin/sh -c apt-get update", Some("RUN"), "apt-get update", Builder::Classic),
            ("RUN /bin/sh -c echo a # buildkit", Some("RUN"), "echo a", Builder::BuildKit),
            ("RUN /bin/bash -o pipefail -c echo a # buildkit", Some("RUN"), "echo a", Builder::BuildKit),
            ("RUN echo a # buildkit", Some("RUN"), "echo a", Builder::BuildKit),
            ("COPY . /app # buildkit", Some("COPY"), ". /app", Builder::BuildKit),
            ("ENV A=b", Some("ENV"), "A=b", Builder::Unknown),
            ("CMD[\"sh\"]", Some("CMD"), "[\"sh\"]", Builder::Unknown),
            ("bazel build //image", None, "bazel build //image", Builder::Bazel),
            ("bash", None, "bash", Builder::Unknown),
            ("", None, "", Builder::Unknown),
            ("# debian.sh --arch 'amd64'", None, "# debian.sh --arch 'amd64'", Builder::Unknown),
        ] {
            let told = told(created_by);
            assert_eq!((told.keyword, told.text, told.builder), (keyword, text, builder), "{created_by}");
        }
    }

    #[test]
    fn build_arguments_keep_their_spaces() {
        let run = told("|2 A=b c C=d /bin/sh -c make /x");
        assert_eq!(run.arguments, [("A", "b c"), ("C", "d")]);
        assert_eq!((run.keyword, run.text, run.shell), (Some("RUN"), "make /x", "/bin/sh -c"));
        let run = told("RUN |1 URL=a=b /bin/sh -ec make # buildkit");
        assert_eq!((run.arguments, run.text), (vec![("URL", "a=b")], "make"));
        let run = told("|1 A=b make all");
        assert_eq!((run.arguments, run.text), (vec![("A", "b")], "make all"));
        assert_eq!(told("|9999999 A").arguments, []);
    }
}
