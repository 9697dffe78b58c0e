//! Dates in a shard: numbers where that gives back the same text, else the text.

use jiff::Timestamp;
use jiff::civil::Date;

use super::number::{unzigzag, zigzag};
use super::pack::{Full, Packer};
use super::unpack::{Broken, Fields};

/// Begins a date: a text follows.
const TEXT: u64 = 0;
/// Begins a date: days since [`EPOCH`] follow.
const DAY: u64 = 1;
/// Begins a date: seconds since [`EPOCH`] follow; more than this, that many decimals of a second follow them.
const SECONDS: u64 = 2;
/// 2000-01-01, in days and in seconds since 1970: most dates are soon after it.
const EPOCH_DAYS: i64 = 10_957;
const EPOCH: i64 = EPOCH_DAYS * DAY_SECONDS;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Adds a date, RFC 3339 or any other text.
pub fn pack(packer: &mut Packer, text: &str) -> Result<(), Full> {
    let Some((kind, value, decimals)) = numbers(text) else {
        packer.number(TEXT);
        return packer.text(text);
    };
    packer.number(kind);
    packer.number(zigzag(value));
    if kind > SECONDS {
        packer.number(decimals);
    }
    Ok(())
}

/// The next date.
pub fn unpack(fields: &mut Fields<'_>) -> Result<String, Broken> {
    let kind = fields.number()?;
    if kind == TEXT {
        return Ok(fields.text()?.to_owned());
    }
    let value = unzigzag(fields.number()?);
    let decimals = if kind > SECONDS { fields.number()? } else { 0 };
    text(kind, value, decimals).ok_or("a date")
}

/// The numbers of a date, when it is written as [`text`] would.
fn numbers(date: &str) -> Option<(u64, i64, u64)> {
    let (kind, value, decimals) = if date.len() == "2000-01-01".len() {
        let days = date.parse::<Date>().ok()?.since(Date::constant(2000, 1, 1)).ok()?.get_days();
        (DAY, i64::from(days), 0)
    } else {
        let seconds = date.parse::<Timestamp>().ok()?.as_second().checked_sub(EPOCH)?;
        let fraction = date.split_once('.').map_or("", |(_, fraction)| fraction.trim_end_matches('Z'));
        let digits = SECONDS.checked_add(fraction.len() as u64)?;
        (digits, seconds, if fraction.is_empty() { 0 } else { fraction.parse().ok()? })
    };
    (text(kind, value, decimals)? == date).then_some((kind, value, decimals))
}

fn text(kind: u64, value: i64, decimals: u64) -> Option<String> {
    let (seconds, decimals_of) = match kind {
        DAY => (value.checked_mul(DAY_SECONDS)?, 0),
        kind => (value, usize::try_from(kind.checked_sub(SECONDS)?).ok()?),
    };
    let moment = Timestamp::from_second(seconds.checked_add(EPOCH)?).ok()?.to_string();
    let whole = moment.strip_suffix('Z')?;
    match (kind, decimals_of) {
        (DAY, _) => Some(whole.get(..10)?.to_owned()),
        (_, 0) => Some(moment),
        // Nanoseconds are the finest in use.
        (_, 1..=9) => Some(format!("{whole}.{decimals:0decimals_of$}Z")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_numbers_when_that_gives_them_back() {
        let as_numbers = [
            ("2000-01-01", (DAY, 0, 0)),
            ("1999-12-31", (DAY, -1, 0)),
            ("2024-02-29", (DAY, 8825, 0)),
            ("2000-01-01T00:00:01Z", (SECONDS, 1, 0)),
            ("1970-01-01T00:00:00Z", (SECONDS, -EPOCH, 0)),
            ("2000-01-01T00:00:01.050Z", (SECONDS + 3, 1, 50)),
            ("2000-01-01T00:00:01.000050Z", (SECONDS + 6, 1, 50)),
        ];
        for (date, expected) in as_numbers {
            assert_eq!(numbers(date), Some(expected), "{date}");
        }
        for date in
            ["", "soon", "2024-02-30", "2024-01-01T00:00:00+00:00", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00.Z"]
        {
            assert_eq!(numbers(date), None, "{date}");
        }
    }

    #[test]
    fn numbers_that_are_no_date_are_none() {
        for (kind, value) in [(DAY, i64::MAX), (SECONDS, i64::MIN), (SECONDS + 10, 0), (u64::MAX, 0)] {
            assert_eq!(text(kind, value, 0), None, "{kind} {value}");
        }
    }
}
