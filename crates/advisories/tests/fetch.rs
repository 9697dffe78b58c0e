//! Fetching from a server on loopback that misbehaves in every way that servers do.
#![cfg(test)]

mod server;

use std::io::{Read, Write};
use std::time::Duration;

use plimsoll_advisories::database::Stamp;
use plimsoll_advisories::fetch::{Address, Error, Failure, Fetched, Fetcher, Patience, Settings};
use server::{Answer, Server};

const BODY: &[u8] = b"{\"advisories\": [1, 2, 3, 4, 5, 6, 7, 8, 9]}";
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

struct Got {
    text: Vec<u8>,
    stamp: Stamp,
    bytes: u64,
}

fn settings(folder: &tempfile::TempDir) -> Settings {
    let moment = Duration::from_millis(1);
    Settings {
        max_download: 1 << 20,
        ca_files: Vec::new(),
        scratch: folder.path().into(),
        patience: Patience { attempts: 4, first: moment, longest: 2 * moment, ..Patience::default() },
    }
}

/// None: it was unchanged.
fn fetch_with(settings: &Settings, url: &str, known: Option<&Stamp>) -> Result<Option<Got>, Error> {
    let address = Address::parse(url).unwrap().join("doc.json");
    match Fetcher::new(settings).fetch(&address, known, &|_, _| {})? {
        Fetched::Unchanged => Ok(None),
        Fetched::Changed { mut file, stamp, bytes } => {
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            Ok(Some(Got { text, stamp, bytes }))
        }
    }
}

fn fetch(server: &Server) -> Result<Got, Error> {
    let folder = tempfile::tempdir().unwrap();
    fetch_with(&settings(&folder), &server.url, None).map(Option::unwrap)
}

fn failure(answer: Answer) -> (Failure, usize) {
    let server = Server::start(move |_, _| answer.clone());
    let error = fetch(&server).map(|got| String::from_utf8_lossy(&got.text).into_owned()).unwrap_err();
    assert!(error.to_string().contains(&format!("{}/doc.json", server.url)), "{error}");
    (error.failure, server.requests().len())
}

#[test]
fn a_document_comes_with_its_stamp() {
    let server = Server::start(|_, _| Answer::whole(200, &["ETag: \"one\"", &format!("Last-Modified: {DATE}")], BODY));
    let got = fetch(&server).unwrap();
    assert_eq!((got.text.as_slice(), got.bytes), (BODY, BODY.len() as u64));
    let digest = format!("blake3:{}", blake3::hash(BODY).to_hex());
    let address = format!("{}/doc.json", server.url);
    let (etag, last_modified, date) = ("\"one\"".into(), DATE.into(), "1994-11-06T08:49:37Z".into());
    assert_eq!(got.stamp, Stamp { address, etag, last_modified, date, digest });
}

#[test]
fn an_unchanged_document_is_not_sent_again() {
    let server = Server::start(|_, request| {
        if request.to_lowercase().contains("if-none-match: \"one\"") {
            Answer::raw(304, &[], b"")
        } else {
            Answer::whole(200, &["ETag: \"one\""], BODY)
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    let first = fetch_with(&settings, &server.url, None).unwrap().unwrap();
    assert!(fetch_with(&settings, &server.url, Some(&first.stamp)).unwrap().is_none());
    // The stamp of another address says nothing about this one.
    let elsewhere = Stamp { address: "http://elsewhere.example/doc.json".into(), ..first.stamp };
    assert!(fetch_with(&settings, &server.url, Some(&elsewhere)).unwrap().is_some());
}

#[test]
fn a_busy_server_is_tried_again() {
    for status in [429, 500, 502, 503, 504] {
        let server = Server::start(move |number, _| match number {
            0 => Answer::whole(status, &["Retry-After: 0"], b"busy"),
            1 => Answer::whole(status, &[], b"busy"),
            _ => Answer::whole(200, &[], BODY),
        });
        assert_eq!(fetch(&server).unwrap().text, BODY, "{status}");
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn it_is_tried_only_so_often_and_not_when_it_cannot_help() {
    let (failure_busy, requests) = failure(Answer::whole(503, &[], b"busy"));
    assert!(matches!(failure_busy, Failure::Status { status: 503 }), "{failure_busy}");
    assert_eq!(requests, 4);
    let (failure_absent, requests) = failure(Answer::whole(404, &[], b"none"));
    assert!(failure_absent.is_absence(), "{failure_absent}");
    assert_eq!(requests, 1);
    let (failure_later, requests) = failure(Answer::whole(429, &["Retry-After: 3600"], b"later"));
    assert!(matches!(failure_later, Failure::Busy { after } if after.as_secs() == 3600), "{failure_later}");
    assert_eq!(requests, 1);
}

/// The part of the body that a request's `Range` asks for.
fn range(request: &str) -> Option<usize> {
    let line = request.lines().find(|line| line.to_lowercase().starts_with("range:"))?;
    line.split_once("bytes=")?.1.trim_end_matches('-').parse().ok()
}

#[test]
fn a_cut_body_is_resumed() {
    let server = Server::start(|_, request| match range(request) {
        None => Answer::raw(200, &["ETag: \"one\"", &format!("Content-Length: {}", BODY.len())], &BODY[..10]),
        Some(start) => {
            assert!(request.to_lowercase().contains("if-range: \"one\""), "{request}");
            let end = (start + 15).min(BODY.len());
            let total = BODY.len();
            let headers = [
                format!("Content-Range: bytes {start}-{}/{total}", total - 1),
                format!("Content-Length: {}", total - start),
            ];
            Answer::raw(206, &headers.each_ref().map(String::as_str), &BODY[start..end])
        }
    });
    let got = fetch(&server).unwrap();
    assert_eq!((got.text.as_slice(), got.bytes), (BODY, BODY.len() as u64));
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_document_that_changed_meanwhile_is_taken_from_its_start() {
    let new = b"{\"new\": true}";
    let server = Server::start(move |number, _| match number {
        0 => Answer::raw(200, &["ETag: \"one\"", &format!("Content-Length: {}", BODY.len())], &BODY[..10]),
        _ => Answer::whole(200, &["ETag: \"two\""], new),
    });
    let got = fetch(&server).unwrap();
    assert_eq!((got.text.as_slice(), got.stamp.etag.as_str()), (new.as_slice(), "\"two\""));
}

#[test]
fn what_cannot_be_resumed_is_taken_anew() {
    // No validator, a weak one, a range that does not fit: in each case the second answer is a whole one.
    for validator in ["X-None: 1", "ETag: W/\"one\""] {
        let server = Server::start(move |number, request| {
            assert!(range(request).is_none(), "{request}");
            match number {
                0 => Answer::raw(200, &[validator, &format!("Content-Length: {}", BODY.len())], &BODY[..10]),
                _ => Answer::whole(200, &[], BODY),
            }
        });
        assert_eq!(fetch(&server).unwrap().text, BODY, "{validator}");
    }
    for (status, header) in [(206, "Content-Range: bytes 3-5/9"), (206, "X-None: 1"), (416, "X-None: 1")] {
        let server = Server::start(move |number, _| match number {
            0 => Answer::raw(200, &["ETag: \"one\"", &format!("Content-Length: {}", BODY.len())], &BODY[..10]),
            1 => Answer::whole(status, &[header], b"xyz"),
            _ => Answer::whole(200, &[], BODY),
        });
        assert_eq!(fetch(&server).unwrap().text, BODY, "{status} {header}");
    }
}

#[test]
fn a_body_that_always_ends_early_is_refused() {
    let length = format!("Content-Length: {}", BODY.len());
    let (failure, requests) = failure(Answer::raw(200, &[&length], b""));
    assert!(matches!(failure, Failure::Connection { .. } | Failure::Cut { .. }), "{failure}");
    assert_eq!(requests, 4);
}

#[test]
fn a_web_page_and_nothing_are_refused() {
    let page = b"\n<!DOCTYPE html><html>Sign in</html>";
    let (failure_page, _) = failure(Answer::whole(200, &["Content-Type: application/json"], page));
    assert!(matches!(failure_page, Failure::WebPage), "{failure_page}");
    let (failure_empty, _) = failure(Answer::whole(200, &[], b""));
    assert!(matches!(failure_empty, Failure::Empty), "{failure_empty}");
    let (failure_other, _) = failure(Answer::whole(304, &[], b""));
    assert!(matches!(failure_other, Failure::Status { status: 304 }), "{failure_other}");
}

#[test]
fn content_encodings_are_undone_or_refused() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(BODY).unwrap();
    let packed = encoder.finish().unwrap();
    let whole = packed.clone();
    let server = Server::start(move |_, _| Answer::whole(200, &["Content-Encoding: gzip"], &whole));
    assert_eq!(fetch(&server).unwrap().text, BODY);
    for (encoding, body) in [("gzip", &packed[..packed.len() - 9]), ("gzip", BODY), ("br", BODY)] {
        let (failure, _) = failure(Answer::whole(200, &[&format!("Content-Encoding: {encoding}")], body));
        assert!(matches!(failure, Failure::Encoding(_)), "{encoding}: {failure}");
    }
}

#[test]
fn limits_hold_for_what_is_declared_and_for_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { max_download: 20, ..settings(&folder) };
    let declared = Server::start(|_, _| Answer::whole(200, &[], BODY));
    let silent = Server::start(|_, _| Answer::raw(200, &[], BODY));
    for server in [declared, silent] {
        let error = fetch_with(&settings, &server.url, None).map(|_| ()).unwrap_err();
        assert!(error.failure.is_limit(), "{error}");
    }
    let huge = "Content-Length: 99999999999999";
    let (failure, requests) = failure(Answer::raw(200, &[huge], BODY));
    assert!(matches!(failure, Failure::TooLarge { bytes: 99_999_999_999_999, .. }), "{failure}");
    assert_eq!(requests, 1);
}

#[test]
fn redirects_are_followed_but_not_for_ever() {
    let target = Server::start(|_, _| Answer::whole(200, &[], BODY));
    let location = format!("Location: {}/other", target.url);
    let server = Server::start(move |_, _| Answer::whole(302, &[&location], b""));
    assert_eq!(fetch(&server).unwrap().text, BODY);
    let (failure, _) = failure(Answer::whole(302, &["Location: /doc.json"], b""));
    assert!(failure.to_string().contains("too many redirects"), "{failure}");
}

#[test]
fn nothing_secret_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_, _| Answer::whole(403, &[], b""));
    let url = server.url.replace("http://", "http://user:hidden@");
    let error = fetch_with(&settings(&folder), &format!("{url}/?sig=hidden"), None).map(|_| ()).unwrap_err();
    assert!(!error.to_string().contains("hidden") && !format!("{error:?}").contains("hidden"), "{error:?}");
    let request = server.requests().concat().to_lowercase();
    assert!(request.contains("sig=hidden") && request.contains("authorization: basic"), "{request}");
    let nobody =
        fetch_with(&settings(&folder), "http://user:hidden@127.0.0.1:1/?sig=hidden", None).map(|_| ()).unwrap_err();
    assert!(!nobody.to_string().contains("hidden") && !format!("{nobody:?}").contains("hidden"), "{nobody:?}");
}

#[test]
fn a_certificate_file_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, "no certificate").unwrap();
    let settings = Settings { ca_files: vec![path.clone()], ..settings(&folder) };
    let error = fetch_with(&settings, "http://127.0.0.1:1", None).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(&path.display().to_string()), "{error}");
}
