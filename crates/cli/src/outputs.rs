//! `-o FORMAT[=PATH]`: which report goes where, and writing it so that nobody ever reads half a file; and what the other
//! commands print.

use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use plimsoll_judge::suggestion_or_all;
use plimsoll_model::Report;
use plimsoll_report::sanitize::visible;
use plimsoll_report::{FORMATS, Style};

/// The bits of a mode that say who may read, write and run a file.
const PERMISSIONS: u32 = 0o777;

/// What `-o` takes, for `--help`.
pub fn help() -> String {
    let names: Vec<String> = FORMATS.iter().map(|format| format!("`{}`", format.name)).collect();
    format!("Report to write: {}; to standard output or a file; may be given several times", names.join(", "))
}

/// How an answer is printed that is no report of a scan.
#[derive(clap::Args)]
pub struct FormatArguments {
    /// `text` for people or `json` for programs, to standard output
    #[arg(
        short = 'o',
        long,
        visible_alias = "output",
        env = "PLIMSOLL_FORMAT",
        hide_env = true,
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub format: Format,
}

/// Whom an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// One `-o` of a scan.
#[derive(Clone)]
pub struct Output {
    format: &'static plimsoll_report::Format,
    path: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let format = FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
            let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
            format!("there is no format {name:?}{}", suggestion_or_all(name, &names))
        })?;
        match path {
            Some("") => Err(format!("no file is named after `{name}=`; leave the `=` out to write to standard output")),
            path => Ok(Self { format, path: path.map(PathBuf::from) }),
        }
    }
}

impl Output {
    /// Whether two outputs would write the same place.
    pub fn collides_with(&self, other: &Self) -> bool {
        self.path == other.path
    }

    /// Writes the reports one after the other.
    ///
    /// # Errors
    /// When the file cannot be written; the old one is then still there, whole.
    pub fn write(&self, reports: &[Report], style: &Style) -> anyhow::Result<()> {
        match &self.path {
            None => self.print(reports, style).context("cannot write to standard output"),
            // A file has no terminal: whatever style the screen has, it gets the plain one.
            Some(path) => replace(path, &mut |out| self.render(reports, &style.plain(), out))
                .with_context(|| format!("cannot write {}", path.display())),
        }
    }

    fn print(&self, reports: &[Report], style: &Style) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        let done = self.render(reports, style, &mut out).and_then(|()| out.flush());
        forgive_closed(done)
    }

    fn render(&self, reports: &[Report], style: &Style, out: &mut dyn Write) -> io::Result<()> {
        reports.iter().try_for_each(|report| (self.format.write)(report, out, style))
    }
}

/// Puts what `write` writes in the place of a file. One that was there keeps its permissions.
///
/// # Errors
/// When that fails; the old file is then still there, whole.
pub fn replace(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if path.exists() && !path.is_file() {
        // A pipe or device such as /dev/stderr has no half-written state to avoid, and must not be replaced.
        return write(&mut OpenOptions::new().write(true).open(path)?);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Temporary files are private by default; a new file is as readable as any that the user makes.
    let before = path.metadata().ok().map(|file| file.permissions().mode() & PERMISSIONS);
    let mode = Permissions::from_mode(before.unwrap_or(0o666));
    let mut file = tempfile::Builder::new().prefix(".plimsoll-").permissions(mode.clone()).tempfile_in(folder)?;
    if before.is_some() {
        // What the mask of the process took away.
        file.as_file().set_permissions(mode)?;
    }
    write(&mut file)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// `plimsoll … | head`: that the reader has seen enough is no failure of ours.
///
/// # Errors
/// All others.
pub fn forgive_closed(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Prints lines to standard output; what they hold cannot steer the terminal.
///
/// # Errors
/// When that cannot be written to.
pub fn print(lines: &[String]) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    let done = lines.iter().try_for_each(|line| writeln!(out, "{}", visible(line, true)));
    forgive_closed(done).context("cannot write to standard output")
}

/// Prints a document for programs to standard output.
///
/// # Errors
/// When that cannot be written to.
pub fn print_json(value: &(impl serde::Serialize + ?Sized)) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    forgive_closed(writeln!(anstream::stdout().lock(), "{text}")).context("cannot write to standard output")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::{Output, Permissions, replace};

    #[test]
    fn a_file_that_is_replaced_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for mode in [0o644, 0o600, 0o666] {
            std::fs::write(&path, "old").unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            replace(&path, &mut |out| out.write_all(b"new")).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[test]
    fn what_could_not_be_written_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        std::fs::write(&path, "old").unwrap();
        replace(&path, &mut |_| Err(std::io::Error::other("no"))).unwrap_err();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_format_alone_goes_to_stdout_and_with_a_path_to_a_file() {
        assert_eq!("table".parse::<Output>().unwrap().path, None);
        assert_eq!("json=a=b.json".parse::<Output>().unwrap().path, Some("a=b.json".into()));
    }

    #[test]
    fn unknown_formats_and_empty_paths_are_named() {
        for bad in ["", "tabel", "=x", "json="] {
            assert!(bad.parse::<Output>().is_err(), "{bad:?}");
        }
    }
}
