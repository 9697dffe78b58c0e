//! A real Podman engine, on a socket and a store of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_image::Options;

use crate::tools::{self, Service};
use crate::{assert_layers_read, builder, essence, open_one, options, refusal, text};

fn podman(folder: &Path) -> Command {
    let mut command = tools::command("podman");
    let (root, run) = (folder.join("root"), folder.join("run"));
    command.args(["--log-level=info", "--storage-driver=vfs", "--root", text(&root), "--runroot", text(&run)]);
    command
}

/// A configuration folder of Docker whose current context, `rootless`, leads to this socket.
fn docker_context(folder: &Path, url: &str) -> PathBuf {
    let config = folder.join("docker-config");
    let meta = config.join("contexts/meta").join(builder::sha256(b"rootless").hex());
    std::fs::create_dir_all(&meta).unwrap();
    std::fs::write(config.join("config.json"), r#"{"currentContext": "rootless"}"#).unwrap();
    let context = serde_json::json!({"Name": "rootless", "Endpoints": {"docker": {"Host": url}}});
    std::fs::write(meta.join("meta.json"), context.to_string()).unwrap();
    config
}

#[test]
fn an_image_in_podman() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(&folder.path().join("layout"));
    let from = format!("oci:{}:latest", text(&layout.path));
    let archive = folder.path().join("image.tar");
    tools::copy(&from, &format!("docker-archive:{}:localhost/app:1", text(&archive)), &[]);
    tools::run(podman(folder.path()).args(["load", "-i", text(&archive)]));
    let socket = folder.path().join("podman.sock");
    let url = format!("unix://{}", text(&socket));
    let (service, _) =
        Service::start(podman(folder.path()).args(["system", "service", "--time=0", &url]), "API service listening");

    let original = open_one(&from, &options());
    let by_variable = Options { environment: [("CONTAINER_HOST", url.clone())].into_iter().collect(), ..options() };
    let by_context = Options { docker_config: Some(docker_context(folder.path(), &url)), ..options() };
    let by_option = Options { engine_socket: Some(socket), ..options() };
    for (reference, options) in [
        ("podman:localhost/app:1", &by_variable),
        ("docker:localhost/app:1", &by_context),
        ("docker:localhost/app:1", &by_option),
    ] {
        let image = open_one(reference, options);
        assert_eq!(essence(&image), essence(&original));
        assert_layers_read(&image);
        assert_eq!(image.summary.reference, reference);
    }
    let why = refusal("podman:localhost/none:1", &by_option);
    assert!(why.contains("no such image in podman at") && why.contains("registry:localhost/none:1"), "{why}");
    drop(service);
    let why = refusal("podman:localhost/app:1", &by_option);
    assert!(why.contains("cannot reach podman at"), "{why}");
}

#[test]
fn no_engine() {
    let why = refusal("docker:app", &Options { engine_socket: Some("/no/such.sock".into()), ..options() });
    assert!(why.contains("cannot reach docker at /no/such.sock"), "{why}");
    let tcp = [("DOCKER_HOST", "tcp://10.0.0.1:2375")].into_iter().collect();
    let why = refusal("docker:app", &Options { environment: tcp, ..options() });
    assert!(why.contains("DOCKER_HOST names no Unix socket") && why.contains("docker save"), "{why}");
}
