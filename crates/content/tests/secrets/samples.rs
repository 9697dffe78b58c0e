//! Every rule finds its true samples and leaves its false ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use plimsoll_content::secrets::{self, Rule};
use plimsoll_model::SecretTrace;
use serde::Deserialize;

use crate::templates::{Dice, fill};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Samples {
    path: Option<String>,
    #[serde(rename = "true")]
    yes: Vec<String>,
    #[serde(rename = "false")]
    no: Vec<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/content/secrets")
}

fn samples() -> BTreeMap<String, Samples> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            all.extend(
                toml::from_str::<BTreeMap<String, Samples>>(&text).unwrap_or_else(|error| panic!("{path:?}: {error}")),
            );
        }
    }
    all
}

fn traces(rule: &Rule, samples: &Samples, bytes: &[u8]) -> Vec<SecretTrace> {
    match &samples.path {
        Some(path) => secrets::find(path, bytes),
        None if rule.is_for_texts() => secrets::find_in_text(std::str::from_utf8(bytes).unwrap()),
        None => secrets::find("app/settings.txt", bytes),
    }
}

#[test]
fn every_rule_finds_its_true_samples_and_leaves_its_false_ones() {
    let all = samples();
    let mut wrong = Vec::new();
    for rule in secrets::rules() {
        let id = &rule.id;
        let Some(samples) = all.get(id) else {
            wrong.push(format!("{id}: no samples"));
            continue;
        };
        if samples.yes.len() < 2 || samples.no.len() < 2 {
            wrong.push(format!("{id}: too few samples"));
        }
        for (expected, templates) in [(true, &samples.yes), (false, &samples.no)] {
            for template in templates {
                let bytes = fill(template, &mut Dice::new(&format!("{id}{template}")));
                let traces = traces(rule, samples, &bytes);
                if traces.iter().any(|trace| trace.rule == *id) != expected {
                    let found: Vec<_> = traces.iter().map(|trace| &trace.rule).collect();
                    let text = String::from_utf8_lossy(&bytes);
                    wrong.push(format!(
                        "{id}: expected {expected}, found {found:?} in {}",
                        text.chars().take(200).collect::<String>()
                    ));
                }
                for trace in &traces {
                    check_shown(trace);
                }
            }
        }
    }
    let rules: BTreeSet<_> = secrets::rules().iter().map(|rule| &rule.id).collect();
    wrong.extend(all.keys().filter(|id| !rules.contains(id)).map(|id| format!("{id}: samples without a rule")));
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A trace holds four characters of its secret at most.
fn check_shown(trace: &SecretTrace) {
    assert_eq!(trace.mark.len(), 4, "{trace:?}");
    let (shown, length) = trace.redacted.split_once(" (").unwrap();
    assert!(length.ends_with(" characters)") || length.ends_with(" bytes)"), "{trace:?}");
    let is_header =
        shown.starts_with("-----BEGIN ") && shown.ends_with("-----") || shown.starts_with("PuTTY-User-Key-File-");
    let is_header = is_header
        || ["Java key store", "Bouncy Castle key store", "PKCS#12", "Kerberos key table", "DER"].contains(&shown);
    assert!(is_header || shown.chars().count() <= 5 && shown.ends_with('…'), "{trace:?}");
}

#[test]
fn ids_never_change() {
    let ids: String =
        secrets::rules().iter().map(|rule| format!("{}\n", rule.id)).collect::<BTreeSet<_>>().into_iter().collect();
    let path = folder().join("ids.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &ids).unwrap();
    }
    assert_eq!(
        ids,
        std::fs::read_to_string(path).unwrap(),
        "an id was taken away or added: UPDATE_EXPECTED=1 accepts it"
    );
}

#[test]
fn masks_what_it_finds_and_keeps_lines() {
    let all = samples();
    for rule in secrets::rules() {
        let samples = &all[&rule.id];
        for template in samples.yes.iter().filter(|_| samples.path.is_none()) {
            let bytes = fill(template, &mut Dice::new(&format!("{}{template}", rule.id)));
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let masked = secrets::mask(&text);
            assert_eq!(masked.matches('\n').count(), text.matches('\n').count(), "{}", rule.id);
            if !secrets::find_in_text(&text).is_empty() {
                assert_ne!(masked, text);
                let left = secrets::find_in_text(&masked);
                assert!(left.is_empty(), "{}: {left:?} left in {masked}", rule.id);
            }
        }
    }
}

#[test]
fn lines_are_counted_and_no_comment_hides_anything() {
    let mut dice = Dice::new("lines");
    let mut token = || String::from_utf8(fill("ghp_{base62:30}{crc}", &mut dice)).unwrap();
    let text = format!(
        "one\ntwo {}\n{} # plimsoll:allow\nfour {} # plimsoll:allow github-token\nfive {} # plimsoll:allow npm-token\n",
        token(),
        token(),
        token(),
        token()
    );
    let lines: Vec<_> = secrets::find("app/x.txt", text.as_bytes()).iter().map(|trace| trace.line).collect();
    assert_eq!(lines, [2, 3, 4, 5], "who wrote the text is who would have to be trusted");
    assert_eq!(secrets::find_in_text(&text).len(), 4);
    let trace = &secrets::find_in_text(&text)[0];
    assert_eq!(
        (trace.line, trace.redacted.as_str(), trace.state.as_str()),
        (0, "ghp_… (40 characters)", "checksum holds")
    );
}

#[test]
fn what_base_images_set_is_no_secret() {
    for text in [
        "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        "GPG_KEYS=39B641343D8C104B2B146DC3F9C39DC0B9698544 E60913E4DF209907D8E30D96659A97C9CF2A795A",
        "PYTHON_SHA256=2a84cd31dd8d8ea8aaff75de66fc1b4b0127dd5799aa50a64ae9a313885b4593",
        "PHP_SHA256=aac6d2e1c4b3d7a0b9f8e7d6c5b4a392817060504030201009f8e7d6c5b4a392",
        "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
        "JAVA_HOME=/opt/java/openjdk",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "NODE_VERSION=22.11.0",
        "NGINX_GPGKEY=573BFD6B3D8FBC641079A6ABABF5BD827BD9BF62",
        "RUN /bin/sh -c set -eux; export GNUPGHOME=\"$(mktemp -d)\"; gpg --batch --keyserver hkps://keys.openpgp.org --recv-keys \"$GPG_KEY\"",
        "RUN --mount=type=secret,id=npm_token,target=/root/.npmrc npm ci",
        "POSTGRES_PASSWORD_FILE=/run/secrets/postgres",
        "CMD [\"redis-server\", \"--requirepass\", \"$REDIS_PASSWORD\"]",
        "KEYCLOAK_ADMIN_PASSWORD=${KEYCLOAK_ADMIN_PASSWORD}",
    ] {
        assert_eq!(secrets::find_in_text(text), [], "{text}");
    }
}

/// Short texts are searched by another engine than long ones.
#[test]
fn short_texts_give_away_what_long_ones_do() {
    let mut compared = 0;
    for (id, samples) in samples() {
        for template in samples.yes.iter().chain(&samples.no) {
            let filled = fill(template, &mut Dice::new(&format!("{id}{template}")));
            let Ok(text) = String::from_utf8(filled) else { continue };
            let long = format!("{text}\n{}", "-\n".repeat(1 << 14));
            let text = format!("{text}\n-\n");
            assert_eq!(secrets::find_in_text(&text), secrets::find_in_text(&long), "{id}: {text}");
            compared += usize::from(!secrets::find_in_text(&text).is_empty());
        }
    }
    assert!(compared > 200, "{compared} texts had anything in them");
}

/// Tokens are random: what a rule asks of them beside their prefix must not cost one in some hundred.
#[test]
fn none_of_many_random_tokens_behind_a_telling_prefix_is_missed() {
    let all = samples();
    let (mut rules, mut missed) = (0, Vec::new());
    for rule in secrets::rules() {
        let samples = &all[&rule.id];
        let is_prefixed = |template: &&String| {
            rule.keywords.iter().any(|keyword| template.to_ascii_lowercase().contains(&format!("{keyword}{{")))
        };
        for template in samples.yes.iter().filter(is_prefixed) {
            rules += 1;
            let mut dice = Dice::unmixed(&format!("random {}{template}", rule.id));
            let mut tokens = 0;
            for _ in 0..4 {
                // Many in one text, because each text has its price.
                let text: Vec<_> = (0..50).map(|_| fill(template, &mut dice)).collect();
                tokens +=
                    traces(rule, samples, &text.join(&b'\n')).iter().filter(|trace| trace.rule == rule.id).count();
            }
            if tokens != 200 {
                missed.push(format!("{}: {tokens} of 200 in {template:?}", rule.id));
            }
        }
    }
    assert!(missed.is_empty(), "{} templates:\n{}", missed.len(), missed.join("\n"));
    assert!(rules >= 100, "{rules} templates");
}

/// What a generator makes from letters and digits is a password by itself, whatever chance leaves out.
#[test]
fn hardly_any_random_password_is_missed() {
    for (path, alphabet, before, after) in [
        ("app/settings.json", "base62:12", "{\"password\": \"", "\"}"),
        ("app/settings.py", "base62:16", "DB_PASSWORD = '", "'\n"),
        ("app/application.properties", "base62:12", "spring.datasource.password=", "\n"),
        ("app/application.yml", "alnum:16", "password: ", "\n"),
        ("app/start.sh", "base62:16", "export DB_PASSWORD=", "\n"),
        ("app/main.tf", "base64url:20", "db_password = \"", "\"\n"),
    ] {
        let mut dice = Dice::unmixed(&format!("{path} {alphabet}"));
        let template = format!("{before}{{{alphabet}}}{after}");
        let is_found = |_: &usize| !secrets::find(path, &fill(&template, &mut dice)).is_empty();
        let found = (0..500).filter(is_found).count();
        assert!(found >= 490, "{found} of 500 in {path}");
    }
}
