//! A web server on loopback that does as it is told: the misbehaving registries of the tests.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// What a client asked.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query, or the whole URL when the client takes us for a proxy.
    pub target: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// What to answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Break off after this many bytes of the body.
    pub cut: Option<usize>,
    /// Do not say how long the body is; it ends when the connection does.
    pub without_length: bool,
    /// Send the body byte by byte, this far apart.
    pub pace: Option<Duration>,
}

/// The running server and all that it was asked.
pub struct Server {
    pub host: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl Server {
    /// Answers each call by `answer`, which also learns how many calls of the same target came before.
    pub fn start(answer: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (answer, all) = (Arc::new(answer), Arc::clone(&calls));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, all) = (Arc::clone(&answer), Arc::clone(&all));
                std::thread::spawn(move || serve(stream.unwrap(), &*answer, &all));
            }
        });
        Self { host, calls }
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// How often something with this in its target was asked for.
    pub fn count(&self, part: &str) -> usize {
        self.calls().iter().filter(|call| call.target.contains(part)).count()
    }
}

/// One call a connection. What is no HTTP, such as a TLS greeting, is hung up on.
fn serve(stream: TcpStream, answer: &dyn Fn(&Call, usize) -> Reply, all: &Mutex<Vec<Call>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let Some(call) = read_call(&mut reader) else { return };
    let before = {
        let mut all = all.lock().unwrap();
        all.push(call.clone());
        all.iter().filter(|earlier| earlier.target == call.target).count() - 1
    };
    let reply = answer(&call, before);
    let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", reply.status);
    if !reply.without_length && !reply.headers.iter().any(|(name, _)| name == "Content-Length") {
        head.push_str(&format!("Content-Length: {}\r\n", reply.body.len()));
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = &reply.body[..reply.cut.unwrap_or(reply.body.len())];
    let mut stream = stream;
    // The client may have gone: that is its right.
    let _sent = stream.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| match reply.pace {
        None => stream.write_all(body),
        Some(pace) => body.iter().try_for_each(|byte| {
            std::thread::sleep(pace);
            stream.write_all(&[*byte])
        }),
    });
}

fn read_call(reader: &mut BufReader<TcpStream>) -> Option<Call> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8(line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Call { method, target, headers, body: String::from_utf8(body).ok()? })
}

/// A registry that serves a layout under any repository name, honest in every way; ranges included.
pub fn registry(layout: &Path) -> impl Fn(&Call) -> Reply + Send + Sync + 'static {
    let layout = layout.to_owned();
    move |call| {
        let path = call.target.split('?').next().unwrap();
        let target = path.rsplit('/').next().unwrap();
        let index: Value = serde_json::from_slice(&std::fs::read(layout.join("index.json")).unwrap()).unwrap();
        let named = index["manifests"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] == target);
        let digest = named.map_or(target, |entry| entry["digest"].as_str().unwrap());
        let Some(body) =
            digest.strip_prefix("sha256:").and_then(|hex| std::fs::read(layout.join("blobs/sha256").join(hex)).ok())
        else {
            return Reply::new(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no such thing"}]}"#);
        };
        let from = call
            .headers
            .get("range")
            .map(|range| range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse::<usize>().unwrap());
        let size = body.len();
        match from {
            Some(from) => {
                Reply::new(206, &body[from..]).header("Content-Range", format!("bytes {from}-{}/{size}", size - 1))
            }
            None => Reply::new(200, body).header("Docker-Content-Digest", digest),
        }
    }
}
