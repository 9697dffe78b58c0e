//! Ubuntu: Canonical's own records, in two forms that complete each other.
//!
//! Owns the rows. The OSV records say what is fixed in which version and what is vulnerable without a fix; what is not
//! affected, not decided or will never be fixed only the VEX statements say (`vex.rs`). What a record means is
//! `osv/record.rs`'s: the form is the same.

mod vex;

use plimsoll_model::Space;

use super::{Covers, Document, Emit, Error, Feed, Input, Part, Role, Wanted, compressed, osv};

/// Fixes, and what is vulnerable without one.
pub const OSV: Feed = Feed {
    id: "ubuntu-osv",
    about: "Ubuntu's CVEs and notices (USN) from Canonical, as OSV records: fixes of each release and of the channels of \
            Ubuntu Pro, and what has none. A mirror in a folder may hold the files in place of the archive",
    licence: "CC-BY-SA-4.0",
    passed_on: true,
    freshness: "several times a day",
    specification: "https://ossf.github.io/osv-schema/",
    home: "https://security-metadata.canonical.com",
    mirror: "ubuntu",
    documents: |wanted| document(wanted, "osv", 120_000_000, Role::Vendor),
    parse: parse_osv,
};

/// Everything else.
pub const VEX: Feed = Feed {
    id: "ubuntu-vex",
    about: "What Canonical says of Ubuntu's packages beside fixes, as OpenVEX statements: not affected, not decided, put off, \
            will not be fixed, no longer supported. A mirror in a folder may hold the files in place of the archive",
    licence: "CC-BY-SA-4.0",
    passed_on: true,
    freshness: "several times a day",
    specification: "https://github.com/openvex/spec",
    home: "https://security-metadata.canonical.com",
    mirror: "ubuntu",
    documents: |wanted| document(wanted, "vex", 60_000_000, Role::Supplement),
    parse: vex::parse,
};

/// Releases without a Long Term Support, which have no channels, are in the same archive as the others.
fn document(wanted: Wanted<'_>, kind: &str, size: u64, role: Role) -> Vec<Document> {
    let document = Document {
        name: "all".into(),
        parts: vec![format!("{kind}/{kind}-all.tar.xz")],
        steps: &[],
        covers: Covers::AnyRelease(&["ubuntu"]),
        size,
        role,
    };
    if wanted.includes(&document.covers) { vec![document] } else { Vec::new() }
}

fn parse_osv(input: &mut dyn Input, _: &Part<'_>, emit: Emit<'_>) -> Result<(), Error> {
    let Some(ecosystem) = osv::ecosystem("Ubuntu") else { return Ok(()) };
    compressed::each_file(input, &mut |name, bytes| {
        if name.ends_with(".json") {
            osv::emit(name, Ok(bytes), ecosystem, emit);
        }
    })
}

/// The space of what Canonical calls a distribution in package URLs: `jammy`, `esm-infra/xenial`, `trusty/esm`.
fn space(distro: &str) -> Option<Space> {
    let (codename, channel) = match distro.split_once('/') {
        None => (distro, ""),
        Some((codename, "esm")) => (codename, "esm-infra"),
        Some((channel, codename)) => (codename, channel),
    };
    let number = plimsoll_packages::ubuntu_number(codename)?;
    let plain = channel.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    plain.then(|| match channel {
        "" => Space::release("ubuntu", number),
        channel => Space(format!("ubuntu:{number}+{channel}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_spaces() {
        let cases = [
            ("jammy", Some("ubuntu:22.04")),
            ("questing", Some("ubuntu:25.10")),
            ("esm-infra/xenial", Some("ubuntu:16.04+esm-infra")),
            ("trusty/esm", Some("ubuntu:14.04+esm-infra")),
            ("esm-infra-legacy/trusty", Some("ubuntu:14.04+esm-infra-legacy")),
            ("unheard-of", None),
            ("../x/jammy", None),
        ];
        for (distro, expected) in cases {
            assert_eq!(space(distro).as_ref().map(Space::as_str), expected, "{distro}");
        }
    }
}
