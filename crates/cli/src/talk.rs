//! What the program says to a person on standard error: errors and notes. Data goes to standard output, never here.

use anstream::eprintln;
use anstyle::{AnsiColor, Style};
use plimsoll_report::sanitize::visible;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
const QUIET: Style = Style::new().dimmed();

/// Tells an error: what failed and where, what was tried, what to do.
pub fn error(error: &anyhow::Error) {
    let image = error.chain().find_map(|cause| cause.downcast_ref::<plimsoll_image::Error>());
    let layer = error.chain().find_map(|cause| cause.downcast_ref::<plimsoll_layers::Error>());
    eprintln!("{ERROR}error:{ERROR:#} {}", visible(&message(error), true));
    let opened = image.or_else(|| {
        layer.and_then(|error| match error.problem.as_ref() {
            plimsoll_layers::Problem::Open(image) => Some(image),
            _ => None,
        })
    });
    if let Some(image) = opened {
        labelled("tried:", image.tried.iter().map(String::as_str));
        labelled("do:", image.hint.as_deref());
    }
}

/// Tells something worth knowing that is no error.
pub fn note(text: &str) {
    eprintln!("{NOTE}note:{NOTE:#} {}", visible(text, true));
}

/// Prints text as it is, line by line.
pub fn say(text: &str) {
    text.lines().for_each(|line| eprintln!("{}", visible(line, true)));
}

fn labelled<'a>(label: &str, lines: impl IntoIterator<Item = &'a str>) {
    for (number, line) in lines.into_iter().enumerate() {
        let label = if number == 0 { label } else { "" };
        eprintln!("  {QUIET}{label:<6}{QUIET:#} {}", visible(line, true));
    }
}

/// The causes joined by colons. Below the first that tells the whole story by itself lie only the words of libraries, of
/// which the last is the cause.
fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    let mut add = |next: String| {
        if !text.contains(&next) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&next);
        }
    };
    for cause in error.chain() {
        add(cause.to_string());
        if cause.is::<plimsoll_image::Error>() || cause.is::<plimsoll_layers::Error>() {
            add(error.root_cause().to_string());
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    #[test]
    fn causes_are_joined_and_not_repeated() {
        let error = anyhow!("no route").context("cannot connect: no route").context("cannot read x");
        assert_eq!(super::message(&error), "cannot read x: cannot connect: no route");
    }
}
