//! How a scan judges what it finds: the flags about checks, standards, waivers and deadlines, and what they come to. Reads
//! the files that they name; no library sees a flag.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow};
use clap::builder::FalseyValueParser;
use plimsoll_advisories::published::{Key, verify_signature};
use plimsoll_judge::checks::{Check, Checks, Problem};
use plimsoll_judge::compliance::{self, Spec};
use plimsoll_judge::deadlines::{Deadlines, History, Known, deadlines};
use plimsoll_judge::suggestion_or_all;
use plimsoll_judge::waivers::{Limits, Waivers};
use plimsoll_scanner::{Attaching, Judging, KnownFiles, LicencePolicy, Looks, OwnRules, Verdicts, VerifyKey};
use plimsoll_yara::Rules as FileRules;

use crate::exit::misuse;
use crate::outputs::replace;
use crate::talk;

/// Bytes of a file that is given: standards, waivers and manifests are far smaller, a long history is some megabytes.
const LARGEST: u64 = 64 << 20;
/// Bytes of a list of malware: some have millions of lines.
const LARGEST_LIST: u64 = 512 << 20;

/// What is looked for, and how it is judged.
#[derive(clap::Args)]
#[command(next_help_heading = "Judging")]
pub struct JudgeArguments {
    /// What to look for: vulnerabilities, checks, secrets, malware, licences, cards (numbers of payment cards)
    #[arg(
        long,
        env = "PLIMSOLL_SCANNERS",
        hide_env = true,
        value_name = "KIND,…",
        value_delimiter = ',',
        default_value = "vulnerabilities,checks,secrets,malware"
    )]
    scanners: Vec<Scanner>,
    /// List of digests of malware, as sha256sum, sha1sum and md5sum write it: every file of every layer is compared with it;
    /// may be given several times
    #[arg(long, env = "PLIMSOLL_MALWARE_HASHES", hide_env = true, value_name = "FILE", value_delimiter = ',')]
    malware_hashes: Vec<PathBuf>,
    #[command(flatten)]
    checks: CheckArguments,
    /// YARA rules to look with into every file of every layer: a file, or a folder of .yar and .yara files; may be given
    /// several times. Looks for malware whatever --scanners says (docs/yara.md)
    #[arg(long, env = "PLIMSOLL_YARA", hide_env = true, value_name = "FILE|DIR", value_delimiter = ',')]
    yara: Vec<PathBuf>,
    /// Hold the image to these standards (`plimsoll compliance list` has all), or to one of one's own in a YAML file
    #[arg(long, env = "PLIMSOLL_COMPLIANCE", hide_env = true, value_name = "NAME|FILE,…", value_delimiter = ',')]
    compliance: Vec<String>,
    /// How strictly: `strict` lets no waiver count, and fails grave controls that could not be assessed; standards of one's
    /// own may have others
    #[arg(
        long,
        env = "PLIMSOLL_COMPLIANCE_PROFILE",
        hide_env = true,
        value_name = "PROFILE",
        default_value = "default"
    )]
    compliance_profile: String,
    /// Dockerfile, Compose file or Kubernetes manifest that goes with the image; may be given several times
    #[arg(long, env = "PLIMSOLL_MANIFEST", hide_env = true, value_name = "FILE", value_delimiter = ',')]
    manifest: Vec<PathBuf>,
    /// Decisions to live with findings, in a YAML file (docs/waivers.md); may be given several times
    #[arg(long, env = "PLIMSOLL_WAIVERS", hide_env = true, value_name = "FILE", value_delimiter = ',')]
    waivers: Vec<PathBuf>,
    /// Public key (minisign) that waivers must be signed with, in FILE.minisig beside each
    #[arg(long, env = "PLIMSOLL_WAIVERS_KEY", hide_env = true, value_name = "KEY|FILE")]
    waivers_key: Option<String>,
    /// Hold findings to these deadlines (`plimsoll compliance list` has all), such as fedramp-classic or pci; with --history 7,
    /// 30 and 90 days by severity unless others are named
    #[arg(long, env = "PLIMSOLL_DEADLINES", hide_env = true, value_name = "NAME,…", value_delimiter = ',')]
    deadlines: Vec<String>,
    /// What is known of where the image runs, for deadlines that depend on it: exposed=yes|no (to the internet), reachable=yes|no
    /// (what is vulnerable), exploitable=yes|no, impact=N1…N5
    #[arg(long, env = "PLIMSOLL_ASSET", hide_env = true, value_name = "WORD=VALUE,…", value_delimiter = ',')]
    asset: Vec<String>,
    /// File that keeps when findings were first and last seen; made when it is not there, and renewed by every scan
    #[arg(long, env = "PLIMSOLL_HISTORY", hide_env = true, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Ask the registry for signatures, SBOMs and provenance of the image, and for its base; --compliance does so too
    /// (docs/attached.md)
    #[arg(long, env = "PLIMSOLL_ATTACHED", hide_env = true, value_parser = FalseyValueParser::new())]
    attached: bool,
    /// Public key (PEM, ECDSA P-256 or Ed25519) of whoever may sign the image; may be given several times
    #[arg(long, env = "PLIMSOLL_VERIFY_KEY", hide_env = true, value_name = "FILE", value_delimiter = ',')]
    verify_key: Vec<PathBuf>,
    /// Licences or categories that are allowed: no finding for these
    #[arg(
        long,
        env = "PLIMSOLL_ALLOW_LICENCE",
        hide_env = true,
        value_name = "SPDX|CATEGORY,…",
        value_delimiter = ','
    )]
    allow_licence: Vec<String>,
    /// Licences or categories (forbidden, restricted, reciprocal…) that are refused wherever they are
    #[arg(long, env = "PLIMSOLL_DENY_LICENCE", hide_env = true, value_name = "SPDX|CATEGORY,…", value_delimiter = ',')]
    deny_licence: Vec<String>,
}

/// Which checks there are.
#[derive(clap::Args)]
pub struct CheckArguments {
    /// Folder with checks of one's own (Rego), beside the built-in ones; may be given several times
    #[arg(long, env = "PLIMSOLL_CHECKS", hide_env = true, value_name = "DIR", value_delimiter = ',')]
    checks: Vec<PathBuf>,
}

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Scanner {
    #[value(alias = "vuln", alias = "vulnerability")]
    Vulnerabilities,
    #[value(alias = "misconfig", alias = "config", alias = "check")]
    Checks,
    #[value(alias = "secret")]
    Secrets,
    Malware,
    #[value(alias = "license", alias = "licenses", alias = "licence")]
    Licences,
    #[value(alias = "card")]
    Cards,
}

/// What a scan that judges holds on to.
pub struct Judge {
    pack: Checks,
    standards: Vec<Spec>,
    profile: String,
    waivers: Vec<Waivers>,
    deadlines: Vec<Deadlines>,
    asset: Known,
    history: Option<(PathBuf, Mutex<History>)>,
    manifests: Vec<(String, String)>,
    licences: LicencePolicy,
    rules: Option<FileRules>,
    known_files: Option<(KnownFiles, Vec<String>)>,
    looks: Looks,
    attaching: Attaching,
}

impl JudgeArguments {
    /// Reads all that is named: a scan whose standards or waivers cannot be used should not begin.
    ///
    /// # Errors
    /// When one cannot be read, or is not what it should be.
    pub fn judge(&self) -> anyhow::Result<Judge> {
        let pack = self.checks.pack()?;
        self.allow_licence.iter().chain(&self.deny_licence).try_for_each(|name| is_licence(name))?;
        anyhow::ensure!(
            self.verify_key.is_empty() || self.looks_for(Scanner::Checks),
            misuse(anyhow!("--verify-key is for checks: add `checks` to --scanners"))
        );
        let asks = !self.deadlines.is_empty() || !self.compliance.is_empty() || self.history.is_some();
        let all_deadlines = if asks { deadlines()? } else { Vec::new() };
        let standards = self.standards(&pack, &all_deadlines)?;
        Ok(Judge {
            deadlines: self.chosen(all_deadlines, &standards)?,
            profile: self.profile(&standards)?,
            standards,
            waivers: self.waivers.iter().map(|path| self.read_waivers(path)).collect::<anyhow::Result<_>>()?,
            asset: Known::of_asset(&self.asset).map_err(misuse)?,
            history: self.history.as_deref().map(history).transpose()?,
            manifests: self.manifest.iter().map(|path| named(path)).collect::<anyhow::Result<_>>()?,
            licences: LicencePolicy {
                allow: self.allow_licence.clone(),
                deny: self.deny_licence.clone(),
                unknown: self.looks_for(Scanner::Licences),
            },
            rules: crate::yara::rules(&self.yara)?,
            known_files: self.known_files()?,
            looks: self.looks(),
            attaching: Attaching {
                ask: self.attached || !self.compliance.is_empty() || !self.verify_key.is_empty(),
                // Who gives a key wants to know whether this very copy is signed.
                judge_layouts: self.attached || !self.verify_key.is_empty(),
                keys: self.verify_key.iter().map(|path| verify_key(path)).collect::<anyhow::Result<_>>()?,
            },
            pack,
        })
    }

    fn looks_for(&self, scanner: Scanner) -> bool {
        self.scanners.contains(&scanner)
    }

    fn looks(&self) -> Looks {
        let has_licences = !self.allow_licence.is_empty() || !self.deny_licence.is_empty();
        Looks {
            vulnerabilities: self.looks_for(Scanner::Vulnerabilities),
            checks: self.looks_for(Scanner::Checks),
            secrets: self.looks_for(Scanner::Secrets) || self.looks_for(Scanner::Cards),
            malware: self.looks_for(Scanner::Malware) || !self.yara.is_empty() || !self.malware_hashes.is_empty(),
            cards: self.looks_for(Scanner::Cards),
            licences: self.looks_for(Scanner::Licences) || has_licences,
        }
    }

    /// The lists of digests, with their names.
    fn known_files(&self) -> anyhow::Result<Option<(KnownFiles, Vec<String>)>> {
        if self.malware_hashes.is_empty() {
            return Ok(None);
        }
        let lists = self.malware_hashes.iter().map(|path| list(path)).collect::<anyhow::Result<Vec<_>>>()?;
        let known = KnownFiles::parse(lists).map_err(|message| anyhow!("{message}"))?;
        if known.passed_over() > 0 {
            let count = known.passed_over();
            talk::note(&format!("lists of malware: passed over what they say of empty files, lines: {count}"));
        }
        let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Some((known, self.malware_hashes.iter().map(name).collect())))
    }

    /// A profile that one of the standards has.
    fn profile(&self, standards: &[Spec]) -> anyhow::Result<String> {
        let name = &self.compliance_profile;
        let own = standards.iter().flat_map(|spec| &spec.profiles).map(|profile| profile.name.as_str());
        let known: BTreeSet<&str> = own.chain(["default", "strict"]).collect();
        let unknown = || {
            let known: Vec<&str> = known.iter().copied().collect();
            misuse(anyhow!("there is no profile of standards {name:?}{}", suggestion_or_all(name, &known)))
        };
        anyhow::ensure!(known.contains(name.as_str()), unknown());
        Ok(name.clone())
    }

    fn standards(&self, pack: &Checks, all: &[Deadlines]) -> anyhow::Result<Vec<Spec>> {
        let mut named: Vec<(&String, Spec)> = Vec::new();
        for name in &self.compliance {
            let spec = standard(name, pack, all)?;
            match named.iter().find(|(_, known)| known.id == spec.id) {
                None => named.push((name, spec)),
                // Twice the same is once.
                Some((_, known)) if *known == spec => {}
                Some((other, _)) => {
                    let id = &spec.id;
                    let told =
                        format!("{other} and {name} are different standards with one id, {id}: give each its own");
                    return Err(misuse(anyhow!(told)));
                }
            }
        }
        Ok(named.into_iter().map(|(_, spec)| spec).collect())
    }

    /// The sets of deadlines that are asked for by name, and those that standards hold findings to; who keeps a history and
    /// names none has the default beside these.
    fn chosen(&self, all: Vec<Deadlines>, standards: &[Spec]) -> anyhow::Result<Vec<Deadlines>> {
        let known: Vec<&str> = all.iter().map(|set| set.id.as_str()).collect();
        for name in &self.deadlines {
            let unknown =
                || misuse(anyhow!("there is no set of deadlines {name:?}{}", suggestion_or_all(name, &known)));
            anyhow::ensure!(known.contains(&name.as_str()), unknown());
        }
        let by_default = self.deadlines.is_empty() && self.history.is_some();
        let is_asked = |set: &Deadlines| {
            self.deadlines.contains(&set.id)
                || standards.iter().any(|spec| spec.deadlines().contains(&set.id.as_str()))
                || by_default && set.is_on
        };
        Ok(all.into_iter().filter(is_asked).collect())
    }

    fn read_waivers(&self, path: &Path) -> anyhow::Result<Waivers> {
        let (name, text) = named(path)?;
        let signed_by = match &self.waivers_key {
            Some(key) => signed_by(path, &text, key)?,
            None => String::new(),
        };
        Ok(Waivers::parse(&name, &text, &signed_by)?)
    }
}

impl Judge {
    /// For a question about the check of this id; where there is none, about vulnerabilities alone.
    ///
    /// # Errors
    /// When the checks are damaged.
    pub fn of_question(pack: Checks, id: &str) -> anyhow::Result<Self> {
        let check = pack.get()?.named(id);
        // A policy that does not say what it reads may read anything.
        let reads = |check: &Check, sections: &[&str]| {
            let mut all = check.needs.iter().chain(&check.optional);
            let is_read = |read: &String| sections.iter().any(|section| read.split('.').next() == Some(section));
            check.needs.is_empty() || all.any(is_read)
        };
        let looks = Looks {
            vulnerabilities: check
                .is_none_or(|check| reads(check, &["vulnerabilities", "outdated", "data", "scanned"])),
            checks: check.is_some(),
            licences: check.is_some_and(|check| reads(check, &["licences", "licence_texts"])),
            // Layers are looked into as a scan does when nothing else is said: what is kept of them then serves both.
            secrets: true,
            malware: true,
            cards: false,
        };
        Ok(Self {
            pack,
            standards: Vec::new(),
            profile: String::new(),
            waivers: Vec::new(),
            deadlines: Vec::new(),
            asset: Known::default(),
            history: None,
            manifests: Vec::new(),
            licences: LicencePolicy::default(),
            rules: None,
            known_files: None,
            looks,
            attaching: Attaching::default(),
        })
    }

    /// As a scan takes it; verdicts are remembered in `verdicts`, if anywhere.
    pub fn judging(&self, verdicts: Option<PathBuf>) -> Judging<'_> {
        Judging {
            looks: self.looks,
            pack: &self.pack,
            verdicts: verdicts.map(Verdicts::new),
            standards: self.standards.clone(),
            profile: self.profile.clone(),
            waivers: self.waivers.clone(),
            waiver_limits: Limits::default(),
            deadlines: self.deadlines.clone(),
            asset: self.asset.clone(),
            history: self.history.as_ref().map(|(_, history)| history),
            files: self.manifests.clone(),
            attaching: self.attaching.clone(),
        }
    }

    /// Which licences are objected to.
    pub fn licences(&self) -> LicencePolicy {
        self.licences.clone()
    }

    /// The user's own rules about what files hold.
    pub fn rules(&self) -> Option<OwnRules<'_>> {
        let rules = self.rules.as_ref()?;
        Some(OwnRules { detector: rules.detector(), words: rules.words(), gaps: rules.gaps() })
    }

    /// Files that are malware by their digests, with the names of the lists.
    pub fn known_files(&self) -> Option<(&KnownFiles, &[String])> {
        self.known_files.as_ref().map(|(known, names)| (known, names.as_slice()))
    }

    /// Writes the history, when one is kept.
    ///
    /// # Errors
    /// When it cannot be written; the file is as it was.
    pub fn keep_history(&self) -> anyhow::Result<()> {
        let Some((path, history)) = &self.history else { return Ok(()) };
        let text = history.lock().unwrap_or_else(PoisonError::into_inner).to_text();
        replace(path, &mut |out| out.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write the history {}", path.display()))
    }
}

impl CheckArguments {
    /// The built-in checks with those of the folders; what is wrong with these is told, and the checks concerned are not run.
    ///
    /// # Errors
    /// When a folder cannot be read, or a built-in check is broken.
    pub fn pack(&self) -> anyhow::Result<Checks> {
        let mut checks = Checks::Builtin;
        for folder in &self.checks {
            let (with, problems) = checks.get()?.with(&crate::folder::checks(folder)?);
            // A check that is broken is not assessed; settings that are half understood would judge by another policy.
            if let Some(problem) = problems.iter().find(|problem| problem.fatal && problem.file == "checks.yaml") {
                anyhow::bail!("{}: {problem}", folder.join("checks.yaml").display());
            }
            // What has an id is told as not assessed; what has none would be missing without a word.
            let is_told = |problem: &Problem| with.checks().iter().any(|check| check.file == problem.file);
            if let Some(problem) =
                problems.iter().find(|problem| problem.fatal && problem.file.ends_with(".rego") && !is_told(problem))
            {
                anyhow::bail!("{}: {problem}", folder.display());
            }
            problems.iter().for_each(|problem| talk::note(&format!("{}: {problem}", folder.display())));
            checks = Checks::Own(Box::new(with));
        }
        Ok(checks)
    }
}

/// A standard: a built-in one by its name, or one of one's own in a file.
///
/// # Errors
/// When there is none of that name, or the file cannot be read or understood.
pub fn standard(name: &str, pack: &Checks, all: &[Deadlines]) -> anyhow::Result<Spec> {
    let path = Path::new(name);
    let is_file = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    if is_file || name.contains('/') {
        let deadlines = all.iter().map(|set| set.id.as_str()).collect();
        let spec = Spec::parse_own(name, &read(path)?, &pack.get()?.catalogue(), &deadlines)?;
        let id = &spec.id;
        let taken = || misuse(anyhow!("{name}: the id {id} is that of a built-in standard: give it another"));
        anyhow::ensure!(!compliance::STANDARDS.iter().any(|(known, _)| known == id), taken());
        return Ok(spec);
    }
    compliance::standard(name).map_err(misuse)
}

/// Refuses what is neither a licence nor a category: a name that is misspelt would deny nothing.
fn is_licence(name: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        plimsoll_scanner::is_licence(name),
        misuse(anyhow!(
            "there is no licence or category {name:?}; write an SPDX id such as AGPL-3.0-only, or forbidden, restricted, \
             reciprocal, notice, permissive, unencumbered, unknown"
        ))
    );
    Ok(())
}

/// The id of the key that signed the waivers.
fn signed_by(path: &Path, text: &str, key: &str) -> anyhow::Result<String> {
    let beside = PathBuf::from(format!("{}.minisig", path.display()));
    let signature = read(&beside)
        .with_context(|| format!("{} has to be signed: `minisign -S -m FILE` writes this", path.display()))?;
    let key = Key::parse_or_read(key)?;
    let refused = || format!("the waivers {} are not used", path.display());
    verify_signature(text.as_bytes(), signature.as_bytes(), std::slice::from_ref(&key)).with_context(refused)
}

/// A public key that signatures are tried with.
fn verify_key(path: &Path) -> anyhow::Result<VerifyKey> {
    VerifyKey::parse(&read(path)?).with_context(|| format!("cannot use {} as a key", path.display()))
}

/// A file with its name.
fn named(path: &Path) -> anyhow::Result<(String, String)> {
    Ok((path.display().to_string(), read(path)?))
}

/// A list of malware with its name.
fn list(path: &Path) -> anyhow::Result<(String, BufReader<fs::File>)> {
    let file = open(path)?;
    let size = file.metadata().with_context(|| format!("cannot read {}", path.display()))?.len();
    anyhow::ensure!(size <= LARGEST_LIST, "{} is larger than {LARGEST_LIST} bytes", path.display());
    Ok((path.display().to_string(), BufReader::new(file)))
}

/// A file that is given. Asked before it is opened: a pipe that nobody writes to would never open.
fn open(path: &Path) -> anyhow::Result<fs::File> {
    let cannot = || format!("cannot read {}", path.display());
    anyhow::ensure!(fs::metadata(path).with_context(cannot)?.is_file(), "{} is no regular file", path.display());
    fs::File::open(path).with_context(cannot)
}

/// The text of a file that is given.
///
/// # Errors
/// When it cannot be read, is larger than anybody's, or is no text.
pub fn read(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let cannot = || format!("cannot read {}", path.display());
    open(path)?.take(LARGEST.saturating_add(1)).read_to_string(&mut text).with_context(cannot)?;
    anyhow::ensure!(text.len() as u64 <= LARGEST, "{} is larger than {LARGEST} bytes", path.display());
    Ok(text)
}

/// A history that is not there yet is an empty one.
fn history(path: &Path) -> anyhow::Result<(PathBuf, Mutex<History>)> {
    // What a link leads to is renewed, and not the link replaced; a device or a pipe is no history.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let path = real.as_path();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    anyhow::ensure!(folder.is_dir(), "cannot keep the history {}: there is no such folder", path.display());
    let text = if path.exists() { read(path)? } else { String::new() };
    let history = History::parse(&text).with_context(|| format!("cannot use the history {}", path.display()))?;
    Ok((path.to_owned(), Mutex::new(history)))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::JudgeArguments;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        judge: JudgeArguments,
    }

    #[test]
    fn a_history_keeps_the_default_deadlines_beside_those_of_standards() {
        let folder = tempfile::tempdir().unwrap();
        let history = folder.path().join("history").display().to_string();
        let sets = |more: &[&str]| -> Vec<String> {
            let line = Line::parse_from(["scan"].iter().chain(more));
            line.judge.judge().unwrap().deadlines.into_iter().map(|set| set.id).collect()
        };
        assert_eq!(sets(&["--history", &history]), ["default"]);
        assert_eq!(sets(&["--compliance", "pci-dss"]), ["pci"]);
        assert_eq!(sets(&["--compliance", "pci-dss", "--history", &history]), ["default", "pci"]);
        assert_eq!(sets(&["--compliance", "pci-dss", "--history", &history, "--deadlines", "pci"]), ["pci"]);
    }
}
