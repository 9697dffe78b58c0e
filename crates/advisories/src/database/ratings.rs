//! Opinions on severity, as rows and records store them.

use plimsoll_model::{Rating, Severity};

use super::pack::{Full, Packer};
use super::unpack::{Broken, Fields};

/// Bit of a rating's first number, above the severity: a score in hundredths follows the texts.
const SCORED: u64 = 1 << 3;
const SEVERITY: u64 = SCORED - 1;

/// Adds a list of ratings.
pub fn pack(packer: &mut Packer, ratings: &[Rating]) -> Result<(), Full> {
    packer.number(ratings.len() as u64);
    for rating in ratings {
        let score = rating.score.and_then(hundredths);
        packer.number(rating.severity as u64 | if score.is_some() { SCORED } else { 0 });
        for text in [&rating.source, &rating.word, &rating.vector] {
            packer.text(text)?;
        }
        score.into_iter().for_each(|score| packer.number(score));
    }
    Ok(())
}

/// The list of ratings that begins here.
pub fn unpack(fields: &mut Fields<'_>) -> Result<Vec<Rating>, Broken> {
    let count = fields.number()?;
    let mut ratings = Vec::new();
    for _ in 0..count {
        let head = fields.number()?;
        let severity = head & SEVERITY;
        let severity = Severity::ALL.into_iter().find(|one| *one as u64 == severity).ok_or("a rating's severity")?;
        let (source, word, vector) = (fields.text()?.into(), fields.text()?.into(), fields.text()?.into());
        let score = if head & SCORED == 0 { None } else { Some(fields.number()? as f64 / 100.0) };
        ratings.push(Rating { source, word, vector, score, severity });
    }
    Ok(ratings)
}

/// CVSS scores have one decimal; hundredths leave room without the surprises of binary fractions.
fn hundredths(score: f64) -> Option<u64> {
    // In range, so the conversion neither wraps nor saturates.
    (0.0..=10.0).contains(&score).then(|| (score * 100.0).round() as u64)
}
