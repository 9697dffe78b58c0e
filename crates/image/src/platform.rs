//! Choosing among the platforms of an image. Owns which variant runs which; fetches nothing.
//!
//! Variants as containerd orders them (<https://github.com/containerd/platforms>): a processor runs its own variant and
//! the older ones of its family; `amd64` alone means `v1`, `arm64` means `v8`, `arm` means `v7`.

use plimsoll_model::Platform;

use crate::{Error, PlatformChoice};

/// Linux on this machine's architecture: what a container engine here would run.
pub(crate) fn host() -> Platform {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" => "ppc64le",
        "loongarch64" => "loong64",
        other => other,
    };
    Platform { os: "linux".into(), architecture: architecture.into(), variant: None }
}

/// How well `offered` runs where `wanted` is asked for; the greatest is best, none does not run.
fn fitness(wanted: &Platform, offered: &Platform) -> Option<(u32, u32)> {
    let same = wanted.os == offered.os && wanted.architecture == offered.architecture;
    let (wanted, offered) = (level(wanted), level(offered));
    (same && wanted.0 == offered.0 && offered.1 <= wanted.1).then_some(offered.1)
}

/// A variant as family and level: `v8.2` is the level (8, 2) of the family `v`. Unknown words are families of their own.
fn level(platform: &Platform) -> (&str, (u32, u32)) {
    let default = match platform.architecture.as_str() {
        "amd64" => "v1",
        "arm64" => "v8",
        "arm" => "v7",
        _ => "",
    };
    let variant = platform.variant.as_deref().unwrap_or(default);
    let parse = |text: &str| {
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    variant.strip_prefix('v').and_then(parse).map_or((variant, (0, 0)), |level| ("v", level))
}

/// Those of `offered` that `choice` means, as indices. `place` says for people what was chosen from.
pub(crate) fn choose(choice: &PlatformChoice, offered: &[Option<Platform>], place: &str) -> Result<Vec<usize>, Error> {
    let wanted = match choice {
        PlatformChoice::All if !offered.is_empty() => return Ok((0..offered.len()).collect()),
        PlatformChoice::Default if offered.len() == 1 => return Ok(vec![0]),
        PlatformChoice::Default | PlatformChoice::All => host(),
        PlatformChoice::One(platform) => platform.clone(),
    };
    let mut best: Option<(usize, (u32, u32))> = None;
    for (index, platform) in offered.iter().enumerate() {
        if let Some(fit) = platform.as_ref().and_then(|platform| fitness(&wanted, platform))
            && best.is_none_or(|(_, so_far)| fit > so_far)
        {
            best = Some((index, fit));
        }
    }
    best.map(|(index, _)| vec![index]).ok_or_else(|| none_fits(&wanted, offered, place))
}

fn none_fits(wanted: &Platform, offered: &[Option<Platform>], place: &str) -> Error {
    let mut names: Vec<String> = offered.iter().flatten().map(ToString::to_string).collect();
    names.sort();
    names.dedup();
    let there = if names.is_empty() { "no image at all".to_owned() } else { names.join(", ") };
    let error = Error::new(format!("no image for {wanted} in {place}; there is {there}"));
    if names.is_empty() { error } else { error.hint("choose one of them with --platform, or scan --all-platforms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        let mut parts = text.split('/').map(str::to_owned);
        Platform { os: parts.next().unwrap(), architecture: parts.next().unwrap(), variant: parts.next() }
    }

    #[test]
    fn best_variant_that_runs() {
        for (wanted, offered, chosen) in [
            ("linux/amd64", "linux/arm64 linux/amd64", Some(1)),
            ("linux/amd64", "linux/amd64/v3 linux/amd64/v1", Some(1)),
            ("linux/amd64/v3", "linux/amd64 linux/amd64/v2 linux/amd64/v4", Some(1)),
            ("linux/amd64", "linux/amd64/v2", None),
            ("linux/arm64", "linux/arm64/v8", Some(0)),
            ("linux/arm64/v8", "linux/arm/v7 linux/arm64", Some(1)),
            ("linux/arm64/v9", "linux/arm64/v8 linux/arm64/v8.2", Some(1)),
            ("linux/arm", "linux/arm/v5 linux/arm/v7 linux/arm/v6", Some(1)),
            ("linux/arm/v6", "linux/arm/v7 linux/arm/v5", Some(1)),
            ("linux/arm/v5", "linux/arm/v6 linux/arm/v7", None),
            ("linux/s390x", "linux/s390x linux/s390x", Some(0)),
            ("windows/amd64", "linux/amd64", None),
            ("linux/mips64le", "linux/mips64le/softfloat", None),
        ] {
            let offered: Vec<_> = offered.split(' ').map(|text| Some(platform(text))).collect();
            let found = choose(&PlatformChoice::One(platform(wanted)), &offered, "x").ok();
            assert_eq!(found, chosen.map(|index| vec![index]), "{wanted} of {offered:?}");
        }
    }

    #[test]
    fn a_miss_lists_what_there_is() {
        let offered = [Some(platform("linux/s390x")), None, Some(platform("linux/arm/v7"))];
        let error = choose(&PlatformChoice::One(platform("linux/amd64")), &offered, "here").unwrap_err();
        assert_eq!(error.what, "no image for linux/amd64 in here; there is linux/arm/v7, linux/s390x");
    }
}
