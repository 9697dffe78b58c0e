//! Blocks under construction: texts and numbers of advisories, brought into the form that `unpack` reads.
//!
//! Owns the pool: a text that a block has twice is stored once, in front of the block's entries, which refer to it by
//! number. Refuses to know what the numbers and texts mean.

use rustc_hash::FxHashMap;

use super::format::{LONGEST_TEXT, Place, REFERENCES};
use super::number::{put, zigzag};

/// The format cannot hold it: the text says which bound.
pub type Full = String;

/// Gathers the entries of one block.
#[derive(Debug, Default)]
pub struct Packer {
    /// Distinct texts, and how often each occurs.
    texts: Vec<(Box<str>, u32)>,
    known: FxHashMap<Box<str>, u32>,
    tokens: Vec<Token>,
    /// Bytes that it would have without the pool, about.
    size: usize,
}

#[derive(Debug, Clone, Copy)]
enum Token {
    Number(u64),
    Text(u32),
    /// A list of so many texts begins: within it, pooled texts are told by their distance from the one before.
    List(u32),
    Listed(u32),
    /// What follows up to [`Token::Close`] is preceded by its length in bytes.
    Open,
    Close,
    /// An entry of the block ends.
    End,
}

impl Packer {
    /// Nothing was added since the last block.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// About as many bytes as the block will have.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Adds a number.
    pub fn number(&mut self, value: u64) {
        self.push(Token::Number(value), 1);
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) -> Result<(), Full> {
        let text = self.known_text(text)?;
        self.push(Token::Text(text), 2);
        Ok(())
    }

    /// Adds a list of texts.
    pub fn list(&mut self, texts: &[String]) -> Result<(), Full> {
        let count = u32::try_from(texts.len()).map_err(|_| "a list of 4 Gi texts".to_owned())?;
        self.push(Token::List(count), 1);
        for text in texts {
            let text = self.known_text(text)?;
            self.push(Token::Listed(text), 1);
        }
        Ok(())
    }

    /// Begins a part that can be skipped.
    pub fn open(&mut self) {
        self.push(Token::Open, 1);
    }

    /// Ends the part that was begun last. Parts do not lie in parts.
    pub fn close(&mut self) {
        self.push(Token::Close, 0);
    }

    /// Ends an entry.
    pub fn end(&mut self) {
        self.push(Token::End, 1);
    }

    fn push(&mut self, token: Token, size: usize) {
        self.tokens.push(token);
        self.size = self.size.saturating_add(size);
    }

    fn known_text(&mut self, text: &str) -> Result<u32, Full> {
        if let Some(number) = self.known.get(text) {
            if let Some((_, count)) = self.texts.get_mut(*number as usize) {
                *count = count.saturating_add(1);
            }
            return Ok(*number);
        }
        if text.len() > LONGEST_TEXT {
            return Err(format!("a name, id or version of {} bytes", text.len()));
        }
        let number = u32::try_from(self.texts.len()).map_err(|_| "4 Gi texts in one block".to_owned())?;
        self.texts.push((text.into(), 1));
        self.known.insert(text.into(), number);
        self.size = self.size.saturating_add(text.len());
        Ok(number)
    }

    /// The lengths of the entries, then the pool, then the entries; empty afterwards.
    pub fn finish(&mut self) -> Packed {
        let mut pool = Vec::new();
        let mut places = vec![None; self.texts.len()];
        for ((text, count), place) in self.texts.iter().zip(&mut places) {
            if *count > 1 && !text.is_empty() {
                *place = Some(pool.len() as u64);
                pool.push(&**text);
            }
        }
        let mut writer = Writer { texts: &self.texts, places: &places, bytes: Vec::new(), opened: None, last: 0 };
        let mut lengths = Vec::new();
        let mut start = 0_usize;
        for token in &self.tokens {
            writer.write(*token);
            if matches!(token, Token::End) {
                lengths.push(writer.bytes.len().saturating_sub(start));
                start = writer.bytes.len();
            }
        }
        let entries = writer.bytes;
        let mut head = Vec::new();
        put(&mut head, pool.len() as u64);
        pool.iter().for_each(|text| put(&mut head, text.len() as u64));
        pool.iter().for_each(|text| head.extend_from_slice(text.as_bytes()));
        self.texts.clear();
        self.known.clear();
        self.tokens.clear();
        self.size = 0;
        Packed { lengths, pool: head, entries }
    }
}

/// The parts of a block.
#[derive(Debug)]
pub struct Packed {
    pub lengths: Vec<usize>,
    pub pool: Vec<u8>,
    pub entries: Vec<u8>,
}

struct Writer<'a> {
    texts: &'a [(Box<str>, u32)],
    /// In the pool.
    places: &'a [Option<u64>],
    bytes: Vec<u8>,
    /// What was written before the part that is open.
    opened: Option<Vec<u8>>,
    /// Where in the pool the text that follows the last listed one lies.
    last: i64,
}

impl Writer<'_> {
    fn write(&mut self, token: Token) {
        match token {
            Token::Number(value) => put(&mut self.bytes, value),
            Token::Text(text) => match self.place(text) {
                Some(place) => put(&mut self.bytes, place.saturating_add(REFERENCES)),
                None => self.here(text),
            },
            Token::List(count) => {
                put(&mut self.bytes, u64::from(count));
                self.last = 0;
            }
            Token::Listed(text) => match self.place(text) {
                Some(place) => {
                    let place = place as i64;
                    put(&mut self.bytes, zigzag(place.saturating_sub(self.last)).saturating_add(REFERENCES));
                    self.last = place.saturating_add(1);
                }
                None => self.here(text),
            },
            Token::Open => self.opened = Some(std::mem::take(&mut self.bytes)),
            Token::Close => {
                let before = self.opened.take().unwrap_or_default();
                let part = std::mem::replace(&mut self.bytes, before);
                put(&mut self.bytes, part.len() as u64);
                self.bytes.extend_from_slice(&part);
            }
            Token::End => {}
        }
    }

    fn place(&self, text: u32) -> Option<u64> {
        self.places.get(text as usize).copied().flatten()
    }

    /// A text that is not in the pool.
    fn here(&mut self, text: u32) {
        let text = self.texts.get(text as usize).map_or("", |(text, _)| text);
        if text.is_empty() {
            return put(&mut self.bytes, Place::Empty as u64);
        }
        put(&mut self.bytes, Place::Here as u64);
        put(&mut self.bytes, text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }
}
