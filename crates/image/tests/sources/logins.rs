//! Credentials: where they are found, how they are presented, and that they are not told.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_image::{Options, Timeouts};
use serde_json::{Value, json};

use crate::server::{Call, Reply, Server, registry};
use crate::{assert_layers_read, builder, open_one, options, refusal, text, tools};

const PASSWORD: &str = "hunter2";

/// A Docker configuration folder with this `config.json`, and a folder for helpers that comes first on `PATH`.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new(config: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        Self { folder }
    }

    /// Adds a helper that runs this shell script.
    fn helper(self, name: &str, script: &str) -> Self {
        let path = self.folder.path().join(format!("docker-credential-{name}"));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        self
    }

    fn options(&self) -> Options {
        let path = format!("{}:{}", text(self.folder.path()), std::env::var("PATH").unwrap());
        let config = text(self.folder.path()).to_owned();
        Options { environment: [("PATH", path), ("DOCKER_CONFIG", config)].into_iter().collect(), ..options() }
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/image").join(name)
}

#[test]
fn a_real_registry_with_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(&folder.path().join("layout"));
    let auth = format!("auth:\n  htpasswd:\n    realm: test\n    path: {}\n", fixture("htpasswd").display());
    let (_service, host) = tools::registry(folder.path(), "", &auth);
    let login = format!("--dest-creds=captain:{PASSWORD}");
    let name = format!("{host}/app");
    let from = format!("oci:{}:latest", text(&layout.path));
    tools::copy(&from, &format!("docker://{name}"), &["--dest-tls-verify=false", &login]);

    let with = |password: &str| {
        let auth = STANDARD.encode(format!("captain:{password}"));
        Home::new(&json!({"auths": {&host: {"auth": auth}}}))
    };
    assert_layers_read(&open_one(&name, &with(PASSWORD).options()));
    let why = refusal(&name, &with("wrong-secret").options());
    assert!(why.contains("refuses the credentials of user \"captain\"") && why.contains("docker login"), "{why}");
    assert!(!why.contains("wrong-secret"), "{why}");
    let why = refusal(&name, &options());
    assert!(why.contains("wants credentials"), "{why}");

    let file = with(PASSWORD);
    let path = file.folder.path().join("config.json");
    let environment = [("REGISTRY_AUTH_FILE", text(&path))].into_iter().collect();
    assert_layers_read(&open_one(&name, &Options { environment, ..options() }));
    let docker_config = Some(file.folder.path().into());
    assert_layers_read(&open_one(&name, &Options { docker_config, ..options() }));
}

/// A registry that hands out tokens. `knows` judges the call to the token server and names the token.
fn token_registry(
    knows: impl Fn(&Call) -> Option<&'static str> + Send + Sync + 'static,
) -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    builder::two_layers(folder.path());
    let honest = registry(folder.path());
    let server = Server::start(move |call, before| {
        let host = &call.headers["host"];
        if call.target.starts_with("/token") {
            let token = |token| Reply::new(200, json!({"access_token": token, "expires_in": 60}).to_string());
            return knows(call).map_or_else(|| Reply::new(401, r#"{"details": "secret-detail"}"#), token);
        }
        // The first token is good for one blob only, as an old one would be.
        let good = call.headers.get("authorization").is_some_and(|value| value == "Bearer good");
        if good && !(call.target.contains("/blobs/") && before == 0) {
            return honest(call);
        }
        let challenge = format!(r#"Bearer realm="http://{host}/token?x=1",service="the service",scope="ignored""#);
        Reply::new(401, "").header("WWW-Authenticate", challenge)
    });
    (folder, server)
}

#[test]
fn tokens_for_anybody_and_again_when_they_expire() {
    let (_folder, server) = token_registry(|_| Some("good"));
    let image = open_one(&format!("{}/team/app", server.host), &options());
    assert_layers_read(&image);
    let call = server.calls().into_iter().find(|call| call.target.starts_with("/token")).unwrap();
    assert_eq!(call.target, "/token?x=1&scope=repository%3Ateam%2Fapp%3Apull&service=the+service");
    assert!(server.count("/token") > 2, "one for the manifest, and one more for each refused blob");
}

#[test]
fn helpers_of_the_large_clouds() {
    // ECR: user AWS and a password. GCR: an access token as password. ACR: a refresh token under a fixed user.
    for (helper, user, secret) in [
        ("ecr-login", "AWS", "ecr-password"),
        ("gcloud", "oauth2accesstoken", "gcr-token"),
        ("acr-env", "<token>", "acr-refresh-token"),
    ] {
        let (_folder, server) = token_registry(move |call| {
            let known = if user == "<token>" {
                call.method == "POST"
                    && call.body.contains("grant_type=refresh_token")
                    && call.body.contains("refresh_token=acr-refresh-token")
                    && call.body.contains("scope=repository%3Aapp%3Apull")
            } else {
                call.headers.get("authorization") == Some(&basic(user, secret))
            };
            known.then_some("good")
        });
        let host = &server.host;
        let script = format!(
            r#"[ "$1" = get ] && read -r server; [ "$server" = "{host}" ] || exit 1
               echo '{{"ServerURL":"{host}","Username":"{user}","Secret":"{secret}"}}'"#
        );
        for config in [json!({"credHelpers": {host: helper}}), json!({"credsStore": helper, "auths": {host: {}}})] {
            let home = Home::new(&config).helper(helper, &script);
            assert_layers_read(&open_one(&format!("{host}/app"), &home.options()));
        }
    }
}

#[test]
fn a_helper_that_fails_is_told_when_it_matters() {
    let refusing = Server::start(|_, _| Reply::new(401, "").header("WWW-Authenticate", "Basic realm=x"));
    let host = &refusing.host;
    let config = json!({"credHelpers": {host: "x"}});
    for (script, expected) in [
        ("echo my-secret; exit 3", "docker-credential-x: failed (exit status: 3)"),
        ("echo '{\"my-secret\"'", "its answer is not understood"),
        ("exec sleep 60", "no answer within 0 s"),
        ("exec 1>&-; exec sleep 60", "no answer within 0 s"),
        ("exec cat /dev/zero", "docker-credential-x: failed (signal: 13"),
        ("echo 'credentials not found in native keychain'; exit 1", "wants credentials"),
    ] {
        let home = Home::new(&config).helper("x", script);
        let timeouts = Timeouts { helper: Duration::from_millis(300), ..Timeouts::default() };
        let why = refusal(&format!("{host}/app"), &Options { timeouts, ..home.options() });
        assert!(why.contains(expected) && why.contains("wants credentials"), "{script}: {why}");
        assert!(!why.contains("my-secret"), "{script}: {why}");
    }
    let why = refusal(&format!("{host}/app"), &Home::new(&config).options());
    assert!(why.contains("docker-credential-x: not found on PATH"), "{why}");
    let elsewhere = json!({"credHelpers": {host: "/../../bin/sh"}});
    let why = refusal(&format!("{host}/app"), &Home::new(&elsewhere).options());
    assert!(why.contains("not the name of a program"), "{why}");
    let broken = Home::new(&json!({"auths": "my-secret"}));
    let why = refusal(&format!("{host}/app"), &broken.options());
    assert!(why.contains("malformed") && why.contains("config.json") && !why.contains("my-secret"), "{why}");
}

#[test]
fn a_public_image_needs_no_helper() {
    let folder = tempfile::tempdir().unwrap();
    builder::two_layers(folder.path());
    let honest = registry(folder.path());
    let server = Server::start(move |call, _| honest(call));
    let home = Home::new(&json!({"credsStore": "witness"})).helper("witness", "touch \"$0.called\"; exit 1");
    assert_layers_read(&open_one(&format!("{}/app", server.host), &home.options()));
    assert!(!home.folder.path().join("docker-credential-witness.called").exists());
}

#[test]
fn refused_tokens_and_strange_token_servers() {
    let (_folder, server) = token_registry(|_| None);
    let host = &server.host;
    let entries = [
        (json!({"username": "me", "password": "my-secret"}), "refuses the credentials of user \"me\""),
        (json!({"identitytoken": "my-secret"}), "refuses the token"),
        (json!({"registrytoken": "my-secret"}), "refuses the token"),
        (json!({}), "wants credentials"),
    ];
    for (entry, expected) in entries {
        let why = refusal(&format!("{host}/app"), &Home::new(&json!({"auths": {host: entry}})).options());
        assert!(why.contains(expected), "{why}");
        assert!(!why.contains("my-secret") && !why.contains("secret-detail"), "{why}");
    }
    for (challenge, expected) in [
        ("Bearer realm=\"ftp://x/\"", "no https URL"),
        ("Bearer realm=\"nonsense\"", "no https URL"),
        // A registry on this machine may be spoken to in plain text, but not a token server that it names elsewhere.
        ("Bearer realm=\"http://192.0.2.1/token\"", "no https URL"),
        ("Negotiate", "a kind of login that is not known"),
        ("", "a kind of login that is not known"),
    ] {
        let server = Server::start(move |_, _| Reply::new(401, "").header("WWW-Authenticate", challenge));
        let why = refusal(&format!("{}/app", server.host), &options());
        assert!(why.contains(expected), "{why}");
    }
    for answer in ["", "{}", "[]", r#"{"token": ""}"#, r#"{"token": "a\nb"}"#] {
        let server = Server::start(move |call, _| match call.headers.get("host") {
            Some(_) if call.target.starts_with("/token") => Reply::new(200, answer),
            Some(host) => {
                Reply::new(401, "").header("WWW-Authenticate", format!("Bearer realm=\"http://{host}/token\""))
            }
            None => Reply::new(400, ""),
        });
        let why = refusal(&format!("{}/app", server.host), &options());
        assert!(why.contains("token"), "{answer}: {why}");
    }
}
