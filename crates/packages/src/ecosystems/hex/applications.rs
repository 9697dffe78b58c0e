//! `ebin/NAME.app`, which describes an application to Erlang's run-time system:
//! <https://www.erlang.org/doc/apps/kernel/app.html>.
//!
//! Owns the reader, and the list of applications that are part of Erlang/OTP or Elixir: those are no packages of Hex,
//! where others may have taken their names.

use plimsoll_model::{Dependency, Facts, Input, Malformed, Package};

use super::terms::{self, Term};
use crate::document;

/// Erlang/OTP's applications, past ones too (<https://www.erlang.org/doc/system/applications>), those of Elixir, and the
/// two build tools' own.
const BUNDLED: &[&str] = &[
    "asn1",
    "common_test",
    "compiler",
    "cosEvent",
    "cosEventDomain",
    "cosFileTransfer",
    "cosNotification",
    "cosProperty",
    "cosTime",
    "cosTransactions",
    "crypto",
    "debugger",
    "dialyzer",
    "diameter",
    "edoc",
    "eldap",
    "erl_docgen",
    "erl_interface",
    "erts",
    "et",
    "eunit",
    "ftp",
    "gs",
    "hipe",
    "ic",
    "inets",
    "jinterface",
    "kernel",
    "megaco",
    "mnesia",
    "observer",
    "odbc",
    "orber",
    "os_mon",
    "ose",
    "otp_mibs",
    "parsetools",
    "percept",
    "public_key",
    "reltool",
    "runtime_tools",
    "sasl",
    "snmp",
    "ssh",
    "ssl",
    "stdlib",
    "syntax_tools",
    "test_server",
    "tftp",
    "tools",
    "typer",
    "webtool",
    "wx",
    "xmerl", // Elixir
    "eex",
    "elixir",
    "ex_unit",
    "iex",
    "logger",
    "mix", // tools
    "hex",
    "rebar",
];

fn is_bundled(name: &str) -> bool {
    BUNDLED.contains(&name)
}

pub(super) fn read(input: &Input<'_>) -> Result<Facts, Malformed> {
    let bytes = document::bytes(input.file.content, terms::MOST_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let terms = terms::parse(&text).map_err(Malformed)?;
    let packages = terms.iter().filter_map(application).collect();
    Ok(Facts { packages, ..Facts::default() })
}

/// `{application, name, [{vsn, "1.2.3"}, {applications, [kernel, stdlib]}, …]}`. None where the version is no text: such
/// a file is a template, filled in when the application is built.
fn application(term: &Term<'_>) -> Option<Package> {
    let [kind, name, properties] = term.tuple() else { return None };
    let (name, Term::Text(version)) = (name.atom()?, properties.value("vsn")?) else { return None };
    if kind.atom() != Some("application") || !is_version(version) {
        return None;
    }
    let mut package = Package::new(if is_bundled(name) { "otp" } else { "hex" }, name, version.trim());
    let needs = properties.value("applications").map(Term::list).unwrap_or_default().iter();
    let needs = needs.filter_map(Term::atom).filter(|need| is_bundled(need) == is_bundled(name));
    package.depends_on = needs.map(Dependency::named).collect();
    package.depends_on.sort_unstable();
    package.depends_on.dedup();
    Some(package)
}

/// Versions are free text; a placeholder (`%VSN%`, `@VERSION@`, `git`) is none.
fn is_version(version: &str) -> bool {
    version.trim().strip_prefix('v').unwrap_or(version.trim()).starts_with(|first: char| first.is_ascii_digit())
}
