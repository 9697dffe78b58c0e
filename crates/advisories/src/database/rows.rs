//! Rows: what one advisory says about one package, written and read.

use plimsoll_model::{Affected, Range, Rating, State};

use super::format::row::{ARCH, MODULE, RANGES, RATINGS, REPOSITORIES, STATE, SYMBOLS, VERSIONS};
use super::number::{unzigzag, zigzag};
use super::pack::{Full, Packer};
use super::ratings;
use super::unpack::{Broken, Fields, List};

/// Adds a row about a package. `ahead` is the row's record, counted from the one after that of the row before.
pub fn pack(packer: &mut Packer, affected: &Affected, ahead: i64) -> Result<(), Full> {
    let lists = [
        (REPOSITORIES, !affected.repositories.is_empty()),
        (RANGES, !affected.ranges.is_empty()),
        (VERSIONS, !affected.versions.is_empty()),
        (RATINGS, !affected.ratings.is_empty()),
        (SYMBOLS, !affected.symbols.is_empty()),
        (ARCH, !affected.arch.is_empty()),
        (MODULE, !affected.module.is_empty()),
    ];
    let has = lists.into_iter().filter(|(_, has)| *has).fold(affected.state as u64, |all, (bit, _)| all | bit);
    packer.open();
    packer.number(zigzag(ahead));
    packer.number(has);
    for (_, text) in [(ARCH, &affected.arch), (MODULE, &affected.module)].into_iter().filter(|(bit, _)| has & bit != 0)
    {
        packer.text(text)?;
    }
    if has & REPOSITORIES != 0 {
        packer.list(&affected.repositories)?;
    }
    if has & RANGES != 0 {
        packer.number(affected.ranges.len() as u64);
        for Range { introduced, fixed, last_affected } in &affected.ranges {
            [introduced, fixed, last_affected].into_iter().try_for_each(|text| packer.text(text))?;
        }
    }
    if has & VERSIONS != 0 {
        packer.list(&affected.versions)?;
    }
    if has & RATINGS != 0 {
        ratings::pack(packer, &affected.ratings)?;
    }
    if has & SYMBOLS != 0 {
        packer.list(&affected.symbols)?;
    }
    packer.close();
    Ok(())
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Number of its record.
    pub record: usize,
    has: u64,
    /// From the first field on.
    fields: Fields<'a>,
}

/// The rows of one name.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    fields: Fields<'a>,
    /// The record that the next row mentions, unless it says otherwise.
    next: usize,
}

impl<'a> Rows<'a> {
    /// `before` records were first mentioned by the names before.
    pub fn new(fields: Fields<'a>, before: usize) -> Self {
        Self { fields, next: before }
    }

    fn take(&mut self) -> Result<Row<'a>, Broken> {
        let mut fields = self.fields.part()?;
        let ahead = isize::try_from(unzigzag(fields.number()?)).map_err(|_| "a row's record")?;
        let record = self.next.checked_add_signed(ahead).ok_or("a row's record")?;
        self.next = record.saturating_add(1);
        Ok(Row { record, has: fields.number()?, fields })
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.fields.is_empty() { None } else { Some(self.take()) }
    }
}

/// A range of versions as the shard has it; the fields are those of [`Range`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeText<'a> {
    /// First affected version; empty or `0`: from the beginning.
    pub introduced: &'a str,
    /// First version no longer affected, or empty.
    pub fixed: &'a str,
    /// Last affected version, or empty.
    pub last_affected: &'a str,
}

impl From<RangeText<'_>> for Range {
    fn from(range: RangeText<'_>) -> Self {
        let RangeText { introduced, fixed, last_affected } = range;
        Self { introduced: introduced.into(), fixed: fixed.into(), last_affected: last_affected.into() }
    }
}

/// The ranges of a row.
#[derive(Debug, Clone, Copy)]
pub struct Ranges<'a> {
    fields: Fields<'a>,
    left: u64,
}

impl<'a> Ranges<'a> {
    fn take(&mut self) -> Result<RangeText<'a>, Broken> {
        let fields = &mut self.fields;
        Ok(RangeText { introduced: fields.text()?, fixed: fields.text()?, last_affected: fields.text()? })
    }
}

impl<'a> Iterator for Ranges<'a> {
    type Item = Result<RangeText<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let range = self.take();
        if range.is_err() {
            self.left = 0;
        }
        Some(range)
    }
}

impl<'a> Row<'a> {
    pub fn state(&self) -> Result<State, Broken> {
        state_of(self.has & STATE).ok_or("a row's state")
    }

    pub fn arch(&self) -> Result<&'a str, Broken> {
        if self.has & ARCH == 0 { Ok("") } else { self.fields.clone().text() }
    }

    pub fn module(&self) -> Result<&'a str, Broken> {
        let mut fields = self.fields;
        if self.has & ARCH != 0 {
            fields.text()?;
        }
        if self.has & MODULE == 0 { Ok("") } else { fields.text() }
    }

    pub fn repositories(&self) -> Result<Vec<&'a str>, Broken> {
        if self.has & REPOSITORIES == 0 { Ok(Vec::new()) } else { self.after_module()?.texts() }
    }

    pub fn ranges(&self) -> Result<Ranges<'a>, Broken> {
        if self.has & RANGES == 0 {
            return Ok(Ranges { fields: self.fields, left: 0 });
        }
        let mut fields = self.after_repositories()?;
        let left = fields.number()?;
        Ok(Ranges { fields, left })
    }

    pub fn versions(&self) -> Result<Option<List<'a>>, Broken> {
        if self.has & VERSIONS == 0 { Ok(None) } else { self.after_ranges()?.list().map(Some) }
    }

    pub fn ratings(&self) -> Result<Vec<Rating>, Broken> {
        if self.has & RATINGS == 0 { Ok(Vec::new()) } else { ratings::unpack(&mut self.after_versions()?) }
    }

    pub fn symbols(&self) -> Result<Vec<&'a str>, Broken> {
        if self.has & SYMBOLS == 0 {
            return Ok(Vec::new());
        }
        let mut fields = self.after_versions()?;
        if self.has & RATINGS != 0 {
            ratings::unpack(&mut fields)?;
        }
        fields.texts()
    }

    fn after_module(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.fields;
        for bit in [ARCH, MODULE] {
            if self.has & bit != 0 {
                fields.text()?;
            }
        }
        Ok(fields)
    }

    fn after_repositories(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_module()?;
        if self.has & REPOSITORIES != 0 {
            fields.skip_list()?;
        }
        Ok(fields)
    }

    fn after_ranges(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_repositories()?;
        if self.has & RANGES != 0 {
            let mut ranges = self.ranges()?;
            for range in ranges.by_ref() {
                range?;
            }
            fields = ranges.fields;
        }
        Ok(fields)
    }

    fn after_versions(&self) -> Result<Fields<'a>, Broken> {
        let mut fields = self.after_ranges()?;
        if self.has & VERSIONS != 0 {
            fields.skip_list()?;
        }
        Ok(fields)
    }
}

fn state_of(number: u64) -> Option<State> {
    const STATES: [State; 7] = [
        State::Fixed,
        State::Affected,
        State::WillNotFix,
        State::FixDeferred,
        State::EndOfLife,
        State::UnderInvestigation,
        State::NotAffected,
    ];
    STATES.into_iter().find(|state| *state as u64 == number)
}
