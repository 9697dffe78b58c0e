//! Which image is looked into, with which data: the flags of every command that does so, and what they come to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use clap::builder::FalseyValueParser;
use plimsoll_image::{Image, PlatformChoice, Reference};
use plimsoll_judge::Policy;
use plimsoll_scanner::Scanner;

use crate::judging::Judge;
use crate::progress::Screen;
use crate::settings::{AgeArguments, CacheArguments, DataArguments, NetworkArguments, VexArguments};

/// How the image is had, and what is known of its packages.
#[derive(clap::Args)]
pub struct SubjectArguments {
    #[command(flatten)]
    image: ImageArguments,
    #[command(flatten)]
    data: DataArguments,
    #[command(flatten)]
    age: AgeArguments,
    #[command(flatten)]
    vex: VexArguments,
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    cache: CacheArguments,

    /// Read every layer anew and remember none
    #[arg(long, env = "PLIMSOLL_NO_LAYER_CACHE", hide_env = true, help_heading = "Cache", value_parser = FalseyValueParser::new())]
    no_layer_cache: bool,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Image")]
struct ImageArguments {
    /// Platform of a multi-platform image, such as linux/arm64 [default: linux on this machine's processor]
    #[arg(long, env = "PLIMSOLL_PLATFORM", hide_env = true, value_name = "OS/ARCH[/VARIANT]", value_parser = platform)]
    platform: Option<PlatformChoice>,
    /// Scan every platform of a multi-platform image
    #[arg(long, env = "PLIMSOLL_ALL_PLATFORMS", hide_env = true, conflicts_with = "platform", value_parser = FalseyValueParser::new())]
    all_platforms: bool,
    /// Check the digests of unpacked layers too, not only those of stored blobs
    #[arg(long, env = "PLIMSOLL_VERIFY_DIFF_IDS", hide_env = true, value_parser = FalseyValueParser::new())]
    verify_diff_ids: bool,
    /// Ask this mirror before the registry; may be given several times
    #[arg(long, env = "PLIMSOLL_REGISTRY_MIRROR", hide_env = true, value_name = "REGISTRY=MIRROR", value_parser = mirror, value_delimiter = ',')]
    registry_mirror: Vec<(String, String)>,
    /// Allow plain HTTP, and HTTPS that nobody vouches for, to other machines than this one
    #[arg(long, env = "PLIMSOLL_INSECURE", hide_env = true, value_parser = FalseyValueParser::new())]
    insecure: bool,
    /// PEM file with the certificate and private key to show to registries that ask for one
    #[arg(long, env = "PLIMSOLL_CLIENT_CERTIFICATE", hide_env = true, value_name = "FILE")]
    client_certificate: Option<PathBuf>,
}

impl SubjectArguments {
    /// What `look` makes of the image, or of each platform of it.
    ///
    /// # Errors
    /// When a document, the image or its layers cannot be dealt with.
    pub fn each<T>(
        &self,
        reference: &str,
        policy: Policy,
        judge: &Judge,
        screen: &Screen,
        look: impl Fn(&Scanner<'_>, &Image) -> Result<T, plimsoll_scanner::Error>,
    ) -> anyhow::Result<Vec<T>> {
        let reference = Reference::parse(reference)?;
        let vex = self.vex.documents()?;
        let cache = self.cache.folder()?;
        let progress = |event: plimsoll_model::Event<'_>| screen.show(event);
        let scanner = Scanner {
            layer_cache: (!self.no_layer_cache).then(|| cache.join("layers")),
            advisories: self.age.apply(self.data.settings(&self.network, self.cache.shards()?, &progress)?)?,
            vex: &vex,
            temporary: self.cache.scratch(),
            verify_diff_ids: self.image.verify_diff_ids,
            judging: judge.judging((!self.no_layer_cache).then(|| cache.join("verdicts"))),
            licences: judge.licences(),
            rules: judge.rules(),
            known_files: judge.known_files(),
            policy,
            as_of: self.age.as_of()?,
            progress: &progress,
        };
        let cannot = || format!("cannot scan {reference}");
        let images = plimsoll_image::open(&reference, &self.image_options()).with_context(cannot)?;
        images.iter().map(|image| look(&scanner, image).with_context(cannot)).collect()
    }

    fn image_options(&self) -> plimsoll_image::Options {
        let image = &self.image;
        let mut mirrors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (registry, mirror) in &image.registry_mirror {
            mirrors.entry(registry.clone()).or_default().push(mirror.clone());
        }
        plimsoll_image::Options {
            platform: match &image.platform {
                _ if image.all_platforms => PlatformChoice::All,
                Some(choice) => choice.clone(),
                None => PlatformChoice::Default,
            },
            insecure: image.insecure,
            ca_files: self.network.ca_files(),
            client_certificate: image.client_certificate.clone(),
            mirrors,
            temporary: self.cache.temporary(),
            ..plimsoll_image::Options::default()
        }
    }
}

fn platform(text: &str) -> Result<PlatformChoice, String> {
    text.parse()
        .map_err(|error: plimsoll_image::Error| format!("{error}; {}", error.hint.as_deref().unwrap_or_default()))
}

fn mirror(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((registry, mirror)) if !registry.is_empty() && !mirror.is_empty() => Ok((registry.into(), mirror.into())),
        _ => Err("write it as docker.io=mirror.example.org".into()),
    }
}
