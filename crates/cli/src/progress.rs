//! Shows on a terminal how far the layers and feeds are. Draws nothing when standard error is not a terminal.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use plimsoll_model::{Event, Layer};
use plimsoll_report::sanitize::visible;
use plimsoll_report::step;

use crate::talk;

/// Above this many bytes of advisories a person is told, and how to have fewer.
const LARGE: u64 = 50_000_000;

/// The bars of one run.
pub struct Screen {
    bars: MultiProgress,
    state: Mutex<State>,
    quiet: bool,
}

#[derive(Default)]
struct State {
    title: Option<ProgressBar>,
    layers: Vec<ProgressBar>,
    feeds: BTreeMap<String, ProgressBar>,
}

impl Screen {
    /// Bars on standard error; invisible when `quiet` or when that is no terminal.
    pub fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Self { bars: MultiProgress::with_draw_target(target), state: Mutex::default(), quiet }
    }

    /// Takes one event of a scan.
    pub fn show(&self, event: Event<'_>) {
        // Whoever keeps a mirror wants to know, also from the log of a job without a terminal.
        if let Event::Refused { reason } = event {
            return self.note(reason);
        }
        if self.bars.is_hidden() {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Layers { image, layers } => self.start(&mut state, image, layers),
            Event::Read { layer, bytes } => state.layers.get(layer).into_iter().for_each(|bar| bar.inc(bytes)),
            Event::Indexed { layer, cached } => state.layers.get(layer).into_iter().for_each(|bar| finish(bar, cached)),
            Event::Download { bytes } if bytes > LARGE => self.warn(bytes),
            Event::Fetch { feed, size, done } => self.fetch(&mut state, feed, size, done),
            Event::Download { .. } | Event::Refused { .. } | Event::Shard { .. } => {}
        }
    }

    /// Takes everything off the screen, so that the report starts on a clean line.
    pub fn clear(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
        // A terminal that went away takes its bars along.
        drop(self.bars.clear());
    }

    fn start(&self, state: &mut State, image: &str, layers: &[Layer]) {
        let total: u64 = layers.iter().map(|layer| layer.size).sum();
        let count = layers.len();
        let title =
            format!(" {}  {count} layer{}, {}", visible(image, true), plural(count), indicatif::DecimalBytes(total));
        let bar = self.bars.add(ProgressBar::new_spinner().with_style(style("{msg}")));
        bar.set_message(title);
        state.title = Some(bar);
        state.layers = layers.iter().enumerate().map(|(index, layer)| self.layer(index, layer)).collect();
    }

    fn layer(&self, index: usize, layer: &Layer) -> ProgressBar {
        let step: String = visible(&step(layer.created_by.as_deref().unwrap_or("")), true).chars().take(34).collect();
        let bar = self.bars.add(ProgressBar::new(layer.size).with_style(style(
            "   {prefix:38.38} {decimal_total_bytes:>10}  {bar:14.cyan/dim} {msg:>7}{percent:>3} %",
        )));
        bar.set_prefix(format!("{index:>2} {step}"));
        bar
    }

    fn warn(&self, bytes: u64) {
        let text = format!(
            "   about {} of advisories will be fetched, once; --mirror takes them from a copy of your own, \
             --max-download sets a limit",
            indicatif::DecimalBytes(bytes)
        );
        // A terminal that went away needs no telling.
        drop(self.bars.println(text));
    }

    /// A line for whoever looks after the run, above the bars or, where there are none, among the notes.
    fn note(&self, text: &str) {
        match (self.quiet, self.bars.is_hidden()) {
            (true, _) => {}
            (false, true) => talk::note(text),
            (false, false) => drop(self.bars.println(format!("   {}", visible(text, true)))),
        }
    }

    fn fetch(&self, state: &mut State, feed: &str, size: Option<u64>, done: u64) {
        let bar = state.feeds.entry(feed.to_owned()).or_insert_with(|| {
            let style = style("   {prefix:38.38} {decimal_bytes:>10}  {bar:14.cyan/dim}");
            self.bars
                .add(ProgressBar::new(size.unwrap_or(0)).with_style(style).with_prefix(format!("advisories {feed}")))
        });
        if let Some(size) = size {
            bar.set_length(size);
        }
        bar.set_position(done);
    }
}

fn finish(bar: &ProgressBar, cached: bool) {
    if cached {
        bar.set_message("cached ");
    }
    bar.set_position(bar.length().unwrap_or(0));
    bar.tick();
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants: a mistake in one shows as a plain bar, not as a failure.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("█▌░")
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
