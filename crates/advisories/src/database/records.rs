//! Records: the part of an advisory that all of its rows share, written and read. Titles and details are elsewhere.

use plimsoll_model::{Advisory, Rating};

use super::format::MILLION;
use super::format::record::{
    ALIASES, COVERS, DUE, EPSS, EXPLOITED, MODIFIED, NAMED, PERCENTILE, PUBLISHED, RANSOMWARE, RATINGS, WEAKNESSES,
};
use super::pack::{Full, Packer};
use super::unpack::{Broken, Fields};
use super::{moment, ratings};

/// Adds a record; `named` when its id is the name of its only row.
pub fn pack(packer: &mut Packer, advisory: &Advisory, named: bool) -> Result<(), Full> {
    let [epss, percentile] = [advisory.epss, advisory.percentile].map(|share| share.and_then(millionths));
    let parts = [
        (NAMED, named),
        (ALIASES, !advisory.aliases.is_empty()),
        (COVERS, !advisory.covers.is_empty()),
        (EPSS, epss.is_some()),
        (PERCENTILE, percentile.is_some()),
        (PUBLISHED, !advisory.published.is_empty()),
        (MODIFIED, !advisory.modified.is_empty()),
        (RATINGS, !advisory.ratings.is_empty()),
        (WEAKNESSES, !advisory.weaknesses.is_empty()),
        (EXPLOITED, !advisory.exploited.is_empty()),
        (DUE, !advisory.due.is_empty()),
        (RANSOMWARE, advisory.ransomware),
    ];
    let has = parts.into_iter().filter(|(_, has)| *has).fold(0, |all, (bit, _)| all | bit);
    packer.number(has);
    if !named {
        packer.text(&advisory.id)?;
    }
    for list in [&advisory.aliases, &advisory.covers].into_iter().filter(|list| !list.is_empty()) {
        packer.list(list)?;
    }
    [epss, percentile].into_iter().flatten().for_each(|share| packer.number(share));
    for text in [&advisory.exploited, &advisory.due].into_iter().filter(|text| !text.is_empty()) {
        packer.text(text)?;
    }
    if has & RATINGS != 0 {
        ratings::pack(packer, &advisory.ratings)?;
    }
    if has & WEAKNESSES != 0 {
        packer.list(&advisory.weaknesses)?;
    }
    for text in [&advisory.published, &advisory.modified].into_iter().filter(|text| !text.is_empty()) {
        moment::pack(packer, text)?;
    }
    packer.end();
    Ok(())
}

/// One record.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    has: u64,
    /// From the first field on.
    fields: Fields<'a>,
}

impl<'a> Record<'a> {
    /// The record in these fields.
    pub fn new(mut fields: Fields<'a>) -> Result<Self, Broken> {
        Ok(Self { has: fields.number()?, fields })
    }

    /// Its id, unless it is the name of its row.
    pub fn id(&self) -> Result<Option<&'a str>, Broken> {
        if self.has & NAMED == 0 { self.fields.clone().text().map(Some) } else { Ok(None) }
    }

    pub fn aliases(&self) -> Result<Vec<&'a str>, Broken> {
        if self.has & ALIASES == 0 { Ok(Vec::new()) } else { self.after_id()?.texts() }
    }

    pub fn covers(&self) -> Result<Vec<&'a str>, Broken> {
        if self.has & COVERS == 0 { Ok(Vec::new()) } else { self.after_aliases()?.texts() }
    }

    pub fn epss(&self) -> Result<Option<f64>, Broken> {
        if self.has & EPSS == 0 { Ok(None) } else { share(self.after_covers()?.number()?).map(Some) }
    }

    pub fn percentile(&self) -> Result<Option<f64>, Broken> {
        if self.has & PERCENTILE == 0 {
            return Ok(None);
        }
        let mut fields = self.after_covers()?;
        if self.has & EPSS != 0 {
            fields.number()?;
        }
        share(fields.number()?).map(Some)
    }

    pub fn exploited(&self) -> Result<&'a str, Broken> {
        if self.has & EXPLOITED == 0 { Ok("") } else { self.after_shares()?.text() }
    }

    pub fn due(&self) -> Result<&'a str, Broken> {
        if self.has & DUE == 0 {
            return Ok("");
        }
        let mut fields = self.after_shares()?;
        if self.has & EXPLOITED != 0 {
            fields.text()?;
        }
        fields.text()
    }

    pub fn ransomware(&self) -> bool {
        self.has & RANSOMWARE != 0
    }

    pub fn ratings(&self) -> Result<Vec<Rating>, Broken> {
        if self.has & RATINGS == 0 { Ok(Vec::new()) } else { ratings::unpack(&mut self.after_due()?) }
    }

    pub fn weaknesses(&self) -> Result<Vec<&'a str>, Broken> {
        if self.has & WEAKNESSES == 0 { Ok(Vec::new()) } else { self.after_ratings()?.texts() }
    }

    /// When it was published and modified; empty where it does not say.
    pub fn dates(&self) -> Result<(String, String), Broken> {
        let mut fields = self.after_ratings()?;
        if self.has & WEAKNESSES != 0 {
            fields.skip_list()?;
        }
        let mut date = |bit| if self.has & bit == 0 { Ok(String::new()) } else { moment::unpack(&mut fields) };
        Ok((date(PUBLISHED)?, date(MODIFIED)?))
    }

    fn after_id(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.fields;
        if self.has & NAMED == 0 {
            fields.text()?;
        }
        Ok(fields)
    }

    fn after_aliases(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_id()?;
        if self.has & ALIASES != 0 {
            fields.skip_list()?;
        }
        Ok(fields)
    }

    fn after_covers(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_aliases()?;
        if self.has & COVERS != 0 {
            fields.skip_list()?;
        }
        Ok(fields)
    }

    fn after_shares(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_covers()?;
        for bit in [EPSS, PERCENTILE] {
            if self.has & bit != 0 {
                fields.number()?;
            }
        }
        Ok(fields)
    }

    fn after_due(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_shares()?;
        for bit in [EXPLOITED, DUE] {
            if self.has & bit != 0 {
                fields.text()?;
            }
        }
        Ok(fields)
    }

    fn after_ratings(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_due()?;
        if self.has & RATINGS != 0 {
            ratings::unpack(&mut fields)?;
        }
        Ok(fields)
    }
}

/// A share of one in millionths.
fn millionths(share: f64) -> Option<u64> {
    // In range, so the conversion neither wraps nor saturates.
    (0.0..=1.0).contains(&share).then(|| (share * MILLION).round() as u64)
}

/// The reverse of [`millionths`].
fn share(millionths: u64) -> Result<f64, Broken> {
    let share = millionths as f64 / MILLION;
    if share > 1.0 { Err("a share of one") } else { Ok(share) }
}
