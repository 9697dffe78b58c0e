//! Flags that several commands share, and what they come to: one struct a concern, lowered at once into the settings of
//! the library that it concerns. No library sees a flag.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use anyhow::{Context, anyhow};
use clap::builder::FalseyValueParser;
use etcetera::BaseStrategy;
use jiff::Timestamp;
use plimsoll_advisories::feeds::{self, FEEDS, Feed};
use plimsoll_advisories::fetch::Address;
use plimsoll_advisories::published::stamp;
use plimsoll_advisories::update::{Settings, Source, Subscription};
use plimsoll_advisories::vex;
use plimsoll_judge::suggestion_or_all;
use plimsoll_model::Progress;

use crate::exit::misuse;

/// Where Plimsoll keeps what it may delete at any time.
#[derive(clap::Args, Clone)]
pub struct CacheArguments {
    /// Folder for cached layers and advisory shards [default: $XDG_CACHE_HOME/plimsoll]
    #[arg(long, env = "PLIMSOLL_CACHE_DIR", hide_env = true, value_name = "DIR", help_heading = "Cache")]
    cache_dir: Option<PathBuf>,
    /// Folder for temporary files, which can be as large as an image [default: $TMPDIR, else /tmp]
    #[arg(long, env = "PLIMSOLL_TEMPORARY_FOLDER", hide_env = true, value_name = "DIR", help_heading = "Cache")]
    temporary_folder: Option<PathBuf>,
}

impl CacheArguments {
    /// The folder, whether it exists or not.
    ///
    /// # Errors
    /// When nobody says where: no flag and no home folder.
    pub fn folder(&self) -> anyhow::Result<PathBuf> {
        match &self.cache_dir {
            Some(folder) => Ok(folder.clone()),
            None => Ok(etcetera::choose_base_strategy()
                .context("no home folder to keep the cache in; name one with --cache-dir")?
                .cache_dir()
                .join("plimsoll")),
        }
    }

    /// Where temporary files go; none for the system's place.
    pub fn temporary(&self) -> Option<PathBuf> {
        self.temporary_folder.clone()
    }

    /// Where temporary files go.
    pub fn scratch(&self) -> PathBuf {
        self.temporary().unwrap_or_else(std::env::temp_dir)
    }

    /// Where advisory shards are.
    ///
    /// # Errors
    /// As [`Self::folder`].
    pub fn shards(&self) -> anyhow::Result<PathBuf> {
        Ok(self.folder()?.join("shards"))
    }
}

/// Which advisories.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Advisories")]
pub struct DataArguments {
    /// Take advisories from this copy of the publishers' feeds instead of the publishers; may be given several times, to
    /// be asked in this order (`publishers` stands for themselves)
    #[arg(long, env = "PLIMSOLL_MIRROR", hide_env = true, value_name = "DIR|URL", value_delimiter = ',')]
    mirror: Vec<String>,
    /// Take finished advisories from here before asking anyone else: https://…, oci://REGISTRY/REPOSITORY[:TAG], a
    /// folder or a bundle; may be given several times, the first that answers is used
    #[arg(long, env = "PLIMSOLL_SHARDS", hide_env = true, value_name = "SOURCE", value_delimiter = ',')]
    shards: Vec<String>,
    /// Public key that they must be signed with, or its file; may be given several times, any of them will do
    #[arg(long, env = "PLIMSOLL_SHARDS_KEY", hide_env = true, value_name = "KEY|FILE", value_delimiter = ',')]
    shards_key: Vec<String>,
    /// Fetch no advisories: what is in the cache has to do
    #[arg(long, env = "PLIMSOLL_OFFLINE", hide_env = true, value_parser = FalseyValueParser::new())]
    offline: bool,
    /// Fetch at most this much in one run; what does not fit becomes a gap
    #[arg(long, env = "PLIMSOLL_MAX_DOWNLOAD", hide_env = true, value_name = "SIZE", default_value = "2GiB")]
    max_download: Bytes,
    /// Also fetch this feed's documents that are not fetched by default, such as those of nvd; may be given several times
    #[arg(long, env = "PLIMSOLL_FEED", hide_env = true, value_name = "ID", value_delimiter = ',')]
    feed: Vec<String>,
    /// Ask again for advisories that were looked at longer ago than this
    #[arg(long, env = "PLIMSOLL_MAX_AGE", hide_env = true, value_name = "HOURS", default_value_t = 12)]
    max_age: u32,
}

impl DataArguments {
    /// The settings of an update into `folder`.
    ///
    /// # Errors
    /// When the mirror is neither a folder nor a URL, or a feed is unknown.
    pub fn settings<'a>(
        &self,
        network: &NetworkArguments,
        folder: PathBuf,
        progress: Progress<'a>,
    ) -> anyhow::Result<Settings<'a>> {
        let mut sources = self.mirror.iter().map(|text| source(text)).collect::<anyhow::Result<Vec<_>>>()?;
        if sources.is_empty() {
            sources.push(Source::Publishers);
        }
        Ok(Settings {
            sources,
            shards: crate::shards::subscription(&self.shards, &self.shards_key, network)?,
            offline: self.offline,
            max_age: Duration::from_secs(u64::from(self.max_age) * 3600),
            max_download: self.max_download.0,
            also: self.feed.iter().map(|id| feed(id)).collect::<anyhow::Result<_>>()?,
            ca_files: network.ca_files(),
            ..Settings::new(folder, progress, SystemTime::now())
        })
    }
}

/// What every command that looks after advisories takes.
#[derive(clap::Args, Clone)]
pub struct DatabaseArguments {
    #[command(flatten)]
    data: DataArguments,
    #[command(flatten)]
    pub network: NetworkArguments,
    #[command(flatten)]
    pub cache: CacheArguments,
}

impl DatabaseArguments {
    /// The settings of an update into `folder`.
    ///
    /// # Errors
    /// As [`DataArguments::settings`].
    pub fn settings<'a>(&self, folder: PathBuf, progress: Progress<'a>) -> anyhow::Result<Settings<'a>> {
        self.data.settings(&self.network, folder, progress)
    }
}

fn feed(id: &str) -> anyhow::Result<&'static Feed> {
    feeds::feed(id).ok_or_else(|| {
        let known: Vec<&str> = FEEDS.iter().map(|feed| feed.id).collect();
        misuse(anyhow!("there is no feed {id:?}{}", suggestion_or_all(id, &known)))
    })
}

fn source(text: &str) -> anyhow::Result<Source> {
    if text == "publishers" {
        return Ok(Source::Publishers);
    }
    let address = Address::parse(text).map_err(misuse).with_context(|| format!("cannot use {text} as a mirror"))?;
    if let Address::Path(path) = &address {
        anyhow::ensure!(path.is_dir(), "cannot use {text} as a mirror: there is no such folder");
        if let Some(inside) = mirror_inside(path) {
            anyhow::bail!("no feed found under {text}; did you mean {}?", inside.display());
        }
    }
    Ok(Source::Mirror(address))
}

/// The first folder in this one that is laid out as a mirror, when this one is not. Nobody means an empty mirror that has a
/// full one in it; of every space that it does not have there would be a gap, and none would say why.
fn mirror_inside(folder: &Path) -> Option<PathBuf> {
    if feeds::are_in(folder) {
        return None;
    }
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|found| found.path());
    found.filter(|inside| inside.is_dir() && feeds::are_in(inside)).min()
}

/// What others say of the vulnerabilities that a scan may find.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Advisories")]
pub struct VexArguments {
    /// VEX document (OpenVEX, CSAF or CycloneDX as JSON) whose verdicts mute findings; may be given several times
    #[arg(long, env = "PLIMSOLL_VEX", hide_env = true, value_name = "FILE", value_delimiter = ',')]
    vex: Vec<PathBuf>,
}

impl VexArguments {
    /// Reads them all: a scan whose documents cannot be used should not begin.
    ///
    /// # Errors
    /// When one cannot be read, or is no such document.
    pub fn documents(&self) -> anyhow::Result<Vec<vex::Document>> {
        self.vex.iter().map(|path| document(path)).collect()
    }
}

fn document(path: &Path) -> anyhow::Result<vex::Document> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        // One byte more, so that a file which is too large is told from one that just fits.
        .and_then(|file| file.take(vex::MOST_BYTES.saturating_add(1)).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {name}"))?;
    Ok(vex::Document::read(&name, &bytes)?)
}

/// How old advisories may be.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Advisories")]
pub struct AgeArguments {
    /// Answer from the advisories of this day (or moment, RFC 3339): the newest published state that is not after it
    #[arg(long, env = "PLIMSOLL_AS_OF", hide_env = true, value_name = "DATE", value_parser = moment)]
    as_of: Option<Timestamp>,
    /// Refuse to answer from advisories that nobody has renewed for longer than this
    #[arg(long, env = "PLIMSOLL_MAX_DB_AGE", hide_env = true, value_name = "DAYS", default_value_t = 5)]
    max_db_age: u32,
    /// Answer from older ones all the same, and say so in the report
    #[arg(long, env = "PLIMSOLL_ALLOW_STALE", hide_env = true, value_parser = FalseyValueParser::new())]
    allow_stale: bool,
}

impl AgeArguments {
    /// The settings of an update, with these demands.
    ///
    /// # Errors
    /// When the moment is yet to come.
    pub fn apply<'a>(&self, settings: Settings<'a>) -> anyhow::Result<Settings<'a>> {
        let max_data_age = Some(Duration::from_secs(u64::from(self.max_db_age) * 24 * 3600));
        let settings = Settings { max_data_age, allow_stale: self.allow_stale, ..settings };
        let Some(moment) = self.as_of else { return Ok(settings) };
        anyhow::ensure!(moment <= Timestamp::now(), misuse(anyhow!("--as-of {moment} is yet to come")));
        // Apart from the current ones, and from those of other days.
        let directory = settings.directory.join("as-of").join(stamp(&moment.to_string()).map_err(anyhow::Error::msg)?);
        let shards = Subscription { as_of: Some(moment), ..settings.shards };
        Ok(Settings { directory, shards, ..settings })
    }

    /// The moment that answers are for.
    ///
    /// # Errors
    /// As [`as_of`].
    pub fn as_of(&self) -> anyhow::Result<String> {
        self.as_of.map_or_else(as_of, |moment| Ok(moment.to_string()))
    }
}

/// A day, to its end or of today until now, or a moment in whole seconds.
fn moment(text: &str) -> Result<Timestamp, String> {
    let now = Timestamp::now();
    if now.to_string().starts_with(text) && text.len() == 10 {
        return Timestamp::from_second(now.as_second()).map_err(|error| error.to_string());
    }
    let whole = if text.len() == 10 { format!("{text}T23:59:59Z") } else { text.to_owned() };
    let moment =
        whole.parse::<Timestamp>().map_err(|error| format!("write 2026-11-24 or 2026-11-24T03:19:10Z: {error}"))?;
    Timestamp::from_second(moment.as_second()).map_err(|error| error.to_string())
}

/// How to reach others.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Network")]
pub struct NetworkArguments {
    /// PEM file with certificate authorities to trust beside the system's; may be given several times
    #[arg(long, env = "PLIMSOLL_CA_FILE", hide_env = true, value_name = "FILE", value_delimiter = ',')]
    ca_file: Vec<PathBuf>,
}

impl NetworkArguments {
    /// Certificate authorities to trust beside the system's.
    pub fn ca_files(&self) -> Vec<PathBuf> {
        self.ca_file.clone()
    }
}

/// The moment that answers are for: now, or what `SOURCE_DATE_EPOCH` says, so that equal inputs can give equal bytes
/// (<https://reproducible-builds.org/specs/source-date-epoch/>). RFC 3339 in whole seconds.
///
/// # Errors
/// When `SOURCE_DATE_EPOCH` is set to something that is no time.
pub fn as_of() -> anyhow::Result<String> {
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => {
            let wrong = || format!("SOURCE_DATE_EPOCH is {text:?}, not seconds since 1970");
            text.parse().map_err(misuse).with_context(wrong)?
        }
        _ => jiff::Timestamp::now().as_second(),
    };
    let moment = jiff::Timestamp::from_second(seconds).map_err(misuse);
    Ok(moment.context("SOURCE_DATE_EPOCH is out of range")?.to_string())
}

/// A number of bytes as people write it: `500MB`, `2GiB`, `1000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const UNITS: [(&str, u64); 8] = [
            ("", 1),
            ("b", 1),
            ("kb", 1000),
            ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("kib", 1 << 10),
            ("mib", 1 << 20),
            ("gib", 1 << 30),
        ];
        let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.trim().to_ascii_lowercase();
        UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .and_then(|(_, factor)| number.parse::<u64>().ok()?.checked_mul(factor))
            .map(Self)
            .ok_or_else(|| format!("not a size: {text:?}; write 500MB, 2GiB or a number of bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn sizes_read_as_people_write_them() {
        for (text, bytes) in [("0", 0), ("1000", 1000), ("500MB", 500_000_000), ("2 GiB", 2 << 30), ("3kib", 3072)] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        for text in ["", "MB", "1.5GB", "-1", "99999999999999GB", "5 parsecs"] {
            assert!(text.parse::<Bytes>().is_err(), "{text}");
        }
    }
}
