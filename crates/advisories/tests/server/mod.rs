//! An HTTP server on loopback that answers as it is told, also wrongly.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One answer. The connection is closed after it.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header lines.
    pub headers: Vec<String>,
    /// What is sent, whatever the headers say.
    pub body: Vec<u8>,
}

/// A running server. Its thread ends with the process.
pub struct Server {
    /// `http://127.0.0.1:port`.
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Answer {
    /// A whole answer with its length.
    pub fn whole(status: u16, headers: &[&str], body: &[u8]) -> Self {
        let mut answer = Self::raw(status, headers, body);
        answer.headers.push(format!("Content-Length: {}", body.len()));
        answer
    }

    /// An answer that declares only what it is told to.
    pub fn raw(status: u16, headers: &[&str], body: &[u8]) -> Self {
        Self { status, headers: headers.iter().map(|line| (*line).to_owned()).collect(), body: body.to_vec() }
    }
}

impl Server {
    /// Answers each request by what `answer` makes of its number (from 0) and its text: request line and headers.
    pub fn start(answer: impl Fn(usize, &str) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&stream);
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request.clone());
                    seen.len() - 1
                };
                send(&mut stream, &answer(number, &request));
            }
        });
        Self { url, requests }
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> String {
    let mut text = String::new();
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap_or_default();
        if line.is_empty() {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The client may hang up before it has read everything, as it should when it refuses the answer.
fn send(stream: &mut TcpStream, answer: &Answer) {
    let mut head = format!("HTTP/1.1 {} Status\r\nConnection: close\r\n", answer.status);
    for line in &answer.headers {
        head.push_str(line);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let _ =
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer.body)).and_then(|()| stream.flush());
}
