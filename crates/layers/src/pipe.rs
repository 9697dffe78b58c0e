//! A bounded stream of bytes from one thread to the next. The buffers travel back, so that none is allocated twice.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};

use ring::digest::Context;

/// Buffers under way; more would only fill caches.
const BUFFERS: usize = 4;

/// Length of the first buffer: most layers are small, and a large buffer costs more than they do.
const FIRST: usize = 32 << 10;

/// Both ends of a pipe whose buffers grow up to `most` bytes.
pub fn pipe(most: usize) -> (Input, Output) {
    let (filled_in, filled_out) = mpsc::sync_channel(BUFFERS);
    let (empty_in, empty_out) = mpsc::channel();
    for _ in 0..BUFFERS {
        // The other end is in this function: it cannot be gone.
        let _ = empty_in.send(Vec::new());
    }
    let output = Output {
        filled: filled_out,
        empty: empty_in,
        buffer: Vec::new(),
        position: 0,
        passed: 0,
        hash: None,
        over: false,
    };
    (Input { filled: filled_in, empty: empty_out, length: Cell::new(FIRST.min(most)), most }, output)
}

/// The end that is written to.
pub struct Input {
    filled: SyncSender<io::Result<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
    length: Cell<usize>,
    most: usize,
}

impl Input {
    /// A buffer of full length to write into; none when nobody reads any more.
    pub fn buffer(&self) -> Option<Vec<u8>> {
        let mut buffer = self.empty.recv().ok()?;
        let length = self.length.get();
        self.length.set(length.saturating_mul(2).min(self.most));
        buffer.resize(length, 0);
        Some(buffer)
    }

    /// Hands a buffer on; false when nobody reads any more.
    pub fn send(&self, buffer: Vec<u8>) -> bool {
        self.filled.send(Ok(buffer)).is_ok()
    }

    /// Makes the reading end fail. Without it, dropping this end is the end of the stream.
    pub fn fail(&self, error: io::Error) {
        // Nobody reading is no loss: whoever stopped reading has an error of its own.
        let _ = self.filled.send(Err(error));
    }
}

/// The end that is read from.
pub struct Output {
    filled: Receiver<io::Result<Vec<u8>>>,
    empty: Sender<Vec<u8>>,
    buffer: Vec<u8>,
    position: usize,
    passed: u64,
    hash: Option<Context>,
    over: bool,
}

impl Output {
    /// Hashes everything that comes through.
    pub fn hash_with(&mut self, hash: Context) {
        self.hash = Some(hash);
    }

    /// The hash of all that came, if it was asked for.
    pub fn take_hash(&mut self) -> Option<Context> {
        self.hash.take()
    }

    /// Bytes consumed so far.
    pub fn passed(&self) -> u64 {
        self.passed
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.position >= self.buffer.len() && !self.over {
            // The writing end may be gone already: it needs no buffers then.
            let _ = self.empty.send(std::mem::take(&mut self.buffer));
            self.position = 0;
            match self.filled.recv() {
                Ok(next) => self.buffer = next.inspect_err(|_| self.over = true)?,
                Err(_) => self.over = true,
            }
            if let Some(hash) = &mut self.hash {
                hash.update(&self.buffer);
            }
        }
        Ok(())
    }
}

impl BufRead for Output {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(self.buffer.get(self.position..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.position = self.position.saturating_add(amount).min(self.buffer.len());
        self.passed = self.passed.saturating_add(amount as u64);
    }
}

impl Read for Output {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(into)?;
        self.consume(read);
        Ok(read)
    }
}
