//! What is attached to an image: in layouts, in a real registry, and in registries that answer in odd ways.

use std::io::{Read, Write};
use std::path::Path;

use plimsoll_image::Options;
use plimsoll_model::{Attachments, GapReason};
use serde_json::{Value, json};

use crate::builder::{self, INDEX, Layout, MANIFEST, host, sha256, tar};
use crate::server::{Call, Reply, Server, registry};
use crate::{open_one, options, text, tools};

const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const SPDX: &str = "application/spdx+json";
const IN_TOTO: &str = "application/vnd.in-toto+json";

fn gather(reference: &str, options: &Options) -> Attachments {
    open_one(reference, options).attachments(&|media_type| media_type.ends_with("json")).unwrap()
}

/// The types and contents, in the order of their contents.
fn essence(found: &Attachments) -> Vec<(String, String)> {
    let blobs = found.list.iter().flat_map(|one| one.blobs.iter().map(move |blob| (&one.kind, &blob.bytes)));
    let mut all: Vec<_> =
        blobs.map(|(kind, bytes)| (kind.clone(), String::from_utf8_lossy(bytes).into_owned())).collect();
    all.sort_by(|one, other| one.1.cmp(&other.1));
    all
}

fn messages(found: &Attachments) -> String {
    found.gaps.iter().map(|gap| format!("{:?}: {}\n", gap.reason, gap.message)).collect()
}

/// Stores something that names its subject, and describes it as a list of referrers does.
fn referrer(layout: &Layout, subject: &Value, kind: &str, media_type: &str, content: &str) -> Value {
    let config = layout.blob(EMPTY, b"{}");
    let layer = layout.blob(media_type, content.as_bytes());
    let mut manifest = layout.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "config": config, "layers": [layer],
        "subject": subject, "annotations": {"made": "by a test"},
    }));
    manifest["artifactType"] = json!(kind);
    manifest
}

/// Stores what cosign keeps under a tag: no subject, and a config like an image's.
fn signature(layout: &Layout, content: &str) -> Value {
    let config = layout.blob(builder::CONFIG, b"{}");
    let layer = layout.blob(SIGNING, content.as_bytes());
    layout.manifest(&json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}))
}

/// Stores an image with an attestation of BuildKit's beside it; the index, and the image in it.
fn with_attestation(layout: &Layout) -> (Value, Value) {
    let image = layout.image(&host(), &[tar(&[("etc/os-release", b"ID=test\n")])]);
    let statement = layout.blob(IN_TOTO, b"{\"d\": \"a statement\"}");
    let config = layout.blob(builder::CONFIG, b"{\"rootfs\": {}}");
    let mut attestation =
        layout.manifest(&json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [statement]}));
    attestation["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image["digest"],
    });
    let mut other = attestation.clone();
    other["annotations"]["vnd.docker.reference.digest"] = json!(format!("sha256:{}", "0".repeat(64)));
    other["digest"] = json!(format!("sha256:{}", "1".repeat(64)));
    let index = layout.index(&[(&host(), image.clone()), ("unknown/unknown", attestation), ("unknown/unknown", other)]);
    (index, image)
}

fn hex(descriptor: &Value) -> String {
    descriptor["digest"].as_str().unwrap().replace("sha256:", "")
}

/// A layout with one image and one of each kind of attachment; the index, and the image in it.
fn full(path: &Path) -> (Layout, Value, Value) {
    let mut layout = Layout::new(path);
    let (index, image) = with_attestation(&layout);
    layout.tag(index.clone(), "latest");
    let sbom = referrer(&layout, &image, SPDX, SPDX, "{\"b\": \"an sbom\"}");
    layout.list(sbom);
    let foreign = referrer(&layout, &layout.blob("x/y", b"z"), SPDX, SPDX, "{\"e\": \"of another image\"}");
    layout.list(foreign);
    let signed = signature(&layout, "{\"c\": \"a signature\"}");
    layout.tag(signed, &format!("sha256-{}.sig", hex(&index)));
    (layout, index, image)
}

fn expected() -> Vec<(String, String)> {
    [
        (SPDX, "{\"b\": \"an sbom\"}"),
        (builder::CONFIG, "{\"c\": \"a signature\"}"),
        (builder::CONFIG, "{\"d\": \"a statement\"}"),
    ]
    .map(|(kind, content)| (kind.to_owned(), content.to_owned()))
    .to_vec()
}

#[test]
fn in_a_layout() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, index, image) = full(folder.path());
    let found = gather(&format!("oci:{}", text(&layout.path)), &options());
    assert_eq!(essence(&found), expected(), "{found:#?}");
    assert!(found.gaps.is_empty() && !found.is_published, "{found:#?}");
    let subjects: Vec<String> = found.subjects.iter().map(ToString::to_string).collect();
    assert_eq!(subjects, [image["digest"].as_str().unwrap(), index["digest"].as_str().unwrap()]);
    assert_eq!(found.list.iter().find(|one| one.kind == SPDX).unwrap().annotations["made"], "by a test");
}

#[test]
fn an_archive_cannot_hold_any() {
    let folder = tempfile::tempdir().unwrap();
    let layout = builder::two_layers(&folder.path().join("layout"));
    let archive = folder.path().join("image.tar");
    tools::copy(&format!("oci:{}:latest", text(&layout.path)), &format!("docker-archive:{}:a:b", text(&archive)), &[]);
    assert!(open_one(&format!("archive:{}", text(&archive)), &options()).attachments(&|_| true).is_none());
}

/// Debian's registry has no list of referrers, so what clients put under the tag in its place is found.
#[test]
fn in_a_real_registry_by_tags() {
    let folder = tempfile::tempdir().unwrap();
    let (mut layout, index, image) = full(&folder.path().join("layout"));
    let (sbom, stray) = (
        referrer(&layout, &image, SPDX, SPDX, "{\"b\": \"an sbom\"}"),
        referrer(&layout, &layout.blob("x/y", b"z"), SPDX, SPDX, "{\"e\": \"of another image\"}"),
    );
    let listed = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [sbom, stray]});
    let listed = layout.blob(INDEX, listed.to_string().as_bytes());
    let fallback = format!("sha256-{}", hex(&image));
    layout.tag(listed, &fallback);
    let (_service, host) = tools::registry(folder.path(), "", "");
    let put = |bytes: &[u8], media_type: &str, name: &str| push(&host, bytes, media_type, name);
    // skopeo copies images alone, so the rest goes in as it is.
    for entry in std::fs::read_dir(layout.path.join("blobs/sha256")).unwrap() {
        put(&std::fs::read(entry.unwrap().path()).unwrap(), "", "");
    }
    let read = |descriptor: &Value| std::fs::read(layout.path.join("blobs/sha256").join(hex(descriptor))).unwrap();
    let manifests: Value = serde_json::from_slice(&read(&index)).unwrap();
    let inner = manifests["manifests"].as_array().unwrap().iter().take(2);
    for descriptor in inner.chain([&sbom, &stray]) {
        put(&read(descriptor), MANIFEST, descriptor["digest"].as_str().unwrap());
    }
    let signed = signature(&layout, "{\"c\": \"a signature\"}");
    put(&read(&signed), MANIFEST, &format!("sha256-{}.sig", hex(&index)));
    let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [sbom, stray]});
    put(list.to_string().as_bytes(), INDEX, &fallback);
    // The registry wants all that an index lists; the made-up entry is not there.
    let mut without = manifests.clone();
    without["manifests"].as_array_mut().unwrap().truncate(2);
    put(without.to_string().as_bytes(), INDEX, "latest");

    let found = gather(&format!("{host}/app"), &options());
    let unsigned: Vec<_> = expected().into_iter().filter(|(_, content)| !content.contains("signature")).collect();
    assert_eq!(essence(&found), unsigned, "the signature is of another index: {found:#?}");
    assert!(found.is_published);
    assert!(messages(&found).contains("attached to something else"), "{}", messages(&found));
    let root = sha256(without.to_string().as_bytes());
    put(&read(&signed), MANIFEST, &format!("sha256-{}.sig", root.hex()));
    assert_eq!(essence(&gather(&format!("{host}/app"), &options())), expected());
}

/// Pushes a manifest under a name, or a blob when there is none.
fn push(host: &str, bytes: &[u8], media_type: &str, name: &str) {
    let artefacts = plimsoll_image::Artefacts::open(
        &format!("{host}/app").parse().unwrap(),
        &options(),
        plimsoll_image::Access::Push,
    )
    .unwrap();
    if name.is_empty() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        artefacts.put_blob(&sha256(bytes), bytes.len() as u64, &|| std::fs::File::open(file.path())).unwrap();
        return;
    }
    let head = format!(
        "PUT /v2/app/manifests/{name} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        bytes.len()
    );
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    stream.write_all(&[head.as_bytes(), bytes].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 201 "), "{name}: {answer}");
}

/// A registry with a layout behind it, whose list of referrers is as `list` says.
fn listing(layout: &Layout, list: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static) -> Server {
    let honest = registry(&layout.path);
    Server::start(
        move |call, before| if call.target.contains("/referrers/") { list(call, before) } else { honest(call) },
    )
}

fn page(entries: &[Value]) -> Reply {
    Reply::new(200, json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).to_string())
        .header("Content-Type", INDEX)
}

/// A layout with one image of one manifest, and some SBOMs that name it.
fn with_sboms(path: &Path, count: usize) -> (Layout, Value, Vec<Value>) {
    let mut layout = Layout::new(path);
    let image = layout.image(&host(), &[tar(&[("p", b"x")])]);
    layout.tag(image.clone(), "latest");
    let sboms = (0..count).map(|number| referrer(&layout, &image, SPDX, SPDX, &format!("{{\"n\": {number:03}}}")));
    let sboms = sboms.collect();
    (layout, image, sboms)
}

#[test]
fn a_list_of_referrers_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, _, sboms) = with_sboms(folder.path(), 5);
    let server = listing(&layout, move |call, _| match call.target.split_once("page=") {
        None => page(&sboms[..2]).header("Link", format!("<{}?page=2>; rel=\"next\"", call.target)),
        Some((path, "2")) => page(&sboms[2..4]).header("Link", format!("<{path}page=3>; rel=\"next\"")),
        Some(_) => page(&sboms[4..]),
    });
    let found = gather(&format!("{}/app:latest", server.host), &options());
    assert_eq!(essence(&found).len(), 5, "{found:#?}");
    assert!(found.gaps.is_empty(), "{}", messages(&found));
    assert_eq!(server.count("/referrers/"), 3);
}

#[test]
fn lists_that_never_end_or_lead_astray_are_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, _, sboms) = with_sboms(folder.path(), 1);
    let one = sboms.clone();
    let circle = listing(&layout, move |call, _| page(&one).header("Link", format!("<{}>; rel=next", call.target)));
    let one = sboms.clone();
    let endless = listing(&layout, move |call, _| {
        let path = call.target.split('?').next().unwrap();
        page(&one).header("Link", format!("<{path}?after={}>; rel=next", call.target.len()))
    });
    let elsewhere =
        listing(&layout, move |_, _| page(&sboms).header("Link", "<https://example.com/v2/>; rel=\"next\""));
    let broken = listing(&layout, |_, _| Reply::new(200, "[no list"));
    let empty = listing(&layout, |_, _| Reply::new(200, "{}"));
    let forbidden = listing(&layout, |_, _| Reply::new(403, ""));
    for (server, count, reason, words) in [
        (circle, 1, GapReason::TooLarge, "more than can be believed"),
        (endless, 1, GapReason::TooLarge, "more than can be believed"),
        (elsewhere, 0, GapReason::Unreadable, "said to be elsewhere"),
        (broken, 0, GapReason::Unreadable, "malformed list"),
        (empty, 0, GapReason::Unreadable, "malformed list"),
        (forbidden, 0, GapReason::Unreadable, "forbids"),
    ] {
        let found = gather(&format!("{}/app:latest", server.host), &options());
        assert_eq!(found.list.len(), count, "{words}: {found:#?}");
        assert!(
            found.gaps.iter().any(|gap| gap.reason == reason && gap.message.contains(words)),
            "{}",
            messages(&found)
        );
        assert!(server.count("/referrers/") <= 40, "{words}");
    }
}

#[test]
fn what_is_not_what_its_digest_says_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, image, mut sboms) = with_sboms(folder.path(), 3);
    // One manifest and one blob are damaged; one is said to be of this image and is of another.
    std::fs::write(layout.blob_path(&sboms[0]["digest"].as_str().unwrap().parse().unwrap()), "{}").unwrap();
    std::fs::write(layout.blob_path(&sha256(b"{\"n\": 001}")), "{\"n\": 999}").unwrap();
    let mut other = image.clone();
    other["digest"] = json!(format!("sha256:{}", "a".repeat(64)));
    sboms.push(referrer(&layout, &other, SPDX, SPDX, "{\"n\": \"of another\"}"));
    let server = listing(&layout, move |_, _| page(&sboms));
    let found = gather(&format!("{}/app:latest", server.host), &options());
    assert_eq!(essence(&found), [(SPDX.to_owned(), "{\"n\": 002}".to_owned())], "{found:#?}");
    let told = messages(&found);
    assert_eq!(told.matches("not what its digest says").count(), 2, "{told}");
    assert_eq!(told.matches("attached to something else").count(), 1, "{told}");
}

#[test]
fn too_much_is_cut_off_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, _, sboms) = with_sboms(folder.path(), 12);
    let server = listing(&layout, move |_, _| page(&sboms));
    let name = format!("{}/app:latest", server.host);
    let with = |change: &dyn Fn(&mut plimsoll_image::Limits)| {
        let mut options = options();
        change(&mut options.limits);
        gather(&name, &options)
    };
    let few = with(&|limits| limits.attachments = 4);
    assert_eq!(few.list.len(), 4);
    assert!(messages(&few).contains("more than 4 things"), "{}", messages(&few));
    let small = with(&|limits| limits.attachment_size = 5);
    assert_eq!(essence(&small).len(), 0);
    assert!(messages(&small).contains("too large"), "{}", messages(&small));
    let hasty = with(&|limits| limits.attachments_time = std::time::Duration::ZERO);
    assert_eq!(hasty.list.len(), 0);
    assert!(messages(&hasty).contains("took longer than 0 s"), "{}", messages(&hasty));
    let light = with(&|limits| limits.attachments_size = 25);
    assert_eq!(essence(&light).len(), 2);
    assert!(messages(&light).contains("too much with the others"), "{}", messages(&light));
}

#[test]
fn what_a_name_means_by_now() {
    let folder = tempfile::tempdir().unwrap();
    let mut layout = Layout::new(folder.path());
    let (index, image) = with_attestation(&layout);
    layout.tag(index.clone(), "latest");
    let server = Server::start({
        let honest = registry(&layout.path);
        move |call, _| honest(call)
    });
    let opened = open_one(&format!("{}/app:latest", server.host), &options());
    let digests = opened.look_up(&format!("{}/base:latest", server.host).parse().unwrap()).unwrap().unwrap();
    for descriptor in [index, image] {
        assert!(digests.iter().any(|digest| digest.as_str() == descriptor["digest"]), "{digests:?}");
    }
    assert!(opened.look_up(&format!("{}/base:none", server.host).parse().unwrap()).unwrap().is_err());
}
