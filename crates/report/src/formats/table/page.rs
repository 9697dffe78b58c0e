//! Lines of styled text.
//!
//! Owns spans, padding and flowing of items into lines, and the few signs that differ between Unicode and ASCII
//! terminals. Knows nothing of reports. What is pushed here must already be visible text.

use std::io::{self, Write};

use anstyle::AnsiColor;
use plimsoll_model::Severity;

use crate::{Style, sanitize};

/// Columns left free at the left edge.
pub(super) const INDENT: usize = 2;

/// How a span looks. Colour stands for severity only, and never says what the words do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Strong,
    Faint,
    Severity(Severity),
}

impl Look {
    const fn ansi(self) -> anstyle::Style {
        let style = anstyle::Style::new();
        match self {
            Self::Plain => style,
            Self::Strong | Self::Severity(Severity::Unknown) => style.bold(),
            Self::Faint | Self::Severity(Severity::Negligible) => style.dimmed(),
            Self::Severity(Severity::Critical) => AnsiColor::BrightRed.on_default().bold(),
            Self::Severity(Severity::High) => AnsiColor::Red.on_default(),
            Self::Severity(Severity::Medium) => AnsiColor::Yellow.on_default(),
            Self::Severity(Severity::Low) => AnsiColor::Cyan.on_default(),
        }
    }
}

/// Signs for which ASCII has another spelling.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// Between the installed version and the one to upgrade to.
    pub arrow: &'static str,
    /// Between items of a line.
    pub dot: &'static str,
    /// Where text was cut.
    pub cut: &'static str,
    /// Under the heading of a column.
    pub rule: &'static str,
}

impl Signs {
    pub const fn of(style: &Style) -> Self {
        if style.unicode {
            Self { arrow: "→", dot: "·", cut: "…", rule: "━" }
        } else {
            Self { arrow: "->", dot: "-", cut: "...", rule: "-" }
        }
    }
}

/// One line, built from left to right.
#[derive(Debug, Default, Clone)]
pub(super) struct Line {
    spans: Vec<(String, Look)>,
    width: usize,
}

impl Line {
    pub fn indented() -> Self {
        let mut line = Self::default();
        line.pad(INDENT);
        line
    }

    pub fn push(&mut self, text: impl Into<String>, look: Look) {
        let text = text.into();
        self.width += sanitize::width(&text);
        self.spans.push((text, look));
    }

    /// Fills with blanks up to a column.
    pub fn pad(&mut self, column: usize) {
        let missing = column.saturating_sub(self.width);
        if missing > 0 {
            self.push(" ".repeat(missing), Look::Plain);
        }
    }

    fn write(&self, out: &mut dyn Write, color: bool) -> io::Result<()> {
        let last = self.spans.iter().rposition(|(text, _)| !text.trim_end().is_empty());
        let spans = last.and_then(|last| self.spans.get(..=last)).unwrap_or_default();
        for (text, look) in spans {
            let ansi = look.ansi();
            if color && *look != Look::Plain {
                write!(out, "{ansi}{text}{ansi:#}")?;
            } else {
                out.write_all(text.as_bytes())?;
            }
        }
        out.write_all(b"\n")
    }
}

/// A text that grows downwards.
pub(super) struct Page<'s> {
    pub style: &'s Style,
    pub signs: Signs,
    lines: Vec<Line>,
}

impl<'s> Page<'s> {
    pub const fn new(style: &'s Style) -> Self {
        Self { style, signs: Signs::of(style), lines: Vec::new() }
    }

    /// Foreign text, made safe for this page.
    pub fn text(&self, foreign: &str) -> String {
        sanitize::visible(foreign, self.style.unicode)
    }

    /// As [`sanitize::fit`], with this page's sign.
    pub fn fit(&self, text: &str, columns: usize) -> String {
        sanitize::fit(text, columns, self.signs.cut)
    }

    /// As [`sanitize::fit_name`], with this page's sign.
    pub fn fit_name(&self, text: &str, columns: usize) -> String {
        sanitize::fit_name(text, columns, self.signs.cut)
    }

    pub fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// A blank line, unless there is one already or nothing to part from.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| line.width > 0) {
            self.lines.push(Line::default());
        }
    }

    /// Words, wrapped; lines after the first hang `hanging` columns further in. With `most`, what needs more lines is
    /// cut there.
    pub fn paragraph(&mut self, lead: &str, text: &str, look: Look, most: Option<usize>) {
        self.entry(&[(lead, Look::Plain)], text, look, most);
    }

    /// A paragraph whose lead has parts that look different.
    pub fn entry(&mut self, lead: &[(&str, Look)], text: &str, look: Look, most: Option<usize>) {
        let hanging = INDENT + lead.iter().map(|(text, _)| sanitize::width(text)).sum::<usize>();
        let columns = self.style.columns().saturating_sub(hanging);
        let mut lines = sanitize::wrap(text, columns);
        if let Some(most) = most.filter(|most| lines.len() > *most) {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                last.push_str(self.signs.cut);
                *last = self.fit(last, columns);
            }
        }
        for (position, text) in lines.into_iter().enumerate() {
            let mut line = Line::indented();
            if position == 0 {
                lead.iter().for_each(|(text, look)| line.push(*text, *look));
            }
            line.pad(hanging);
            line.push(text, look);
            self.add(line);
        }
    }

    /// Items with a separator between them, broken into lines between items.
    pub fn flow(&mut self, items: Vec<(String, Look)>, separator: &str) {
        let columns = self.style.columns();
        let mut line = Line::indented();
        for (text, look) in items {
            let text = self.fit(&text, columns - INDENT);
            let is_first = line.width == INDENT;
            let needed = sanitize::width(&text) + if is_first { 0 } else { sanitize::width(separator) };
            if line.width + needed > columns {
                self.add(std::mem::replace(&mut line, Line::indented()));
            } else if !is_first {
                line.push(separator, Look::Faint);
            }
            line.push(text, look);
        }
        self.add(line);
    }

    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.lines.iter().try_for_each(|line| line.write(out, self.style.color))
    }
}
