//! What rules may call beside the language's own functions.
//!
//! Some stand in for functions that depend on a clock or on chance, or that have no bound; the others are what checks
//! written for other scanners call. (The engine asks for `anyhow`'s errors.)

use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use regorus::{Engine, Value};

use super::commands;

/// Elements of the longest list that `numbers.range` makes.
const LONGEST_RANGE: i64 = 1_000_000;

/// Makes all but the clock known to an engine.
pub(super) fn add(engine: &mut Engine) -> Result<()> {
    let mut add = |name: &str, arguments: u8, function: fn(&[Value]) -> Result<Value>| {
        engine.add_extension(name.to_owned(), arguments, Box::new(move |values: Vec<Value>| function(&values)))
    };
    add("numbers.range", 2, range)?;
    add("rand.intn", 2, |_| bail!("rand.intn is not available: equal documents have to give equal results"))?;
    add("time.parse_rfc3339_ns", 1, |values| nanoseconds(text(values, 0)?.parse()?))?;
    add("time.format", 1, |values| Ok(time(values, 0)?.to_string().into()))?;
    add("time.date", 1, |values| Ok(day_of(time(values, 0)?)))?;
    add("time.add_date", 4, add_date)?;
    add("result.new", 2, new_result)?;
    add("sh.parse_commands", 1, |values| {
        let commands = commands::parse(text(values, 0)?).into_iter();
        Ok(commands
            .map(|words| words.into_iter().map(Value::from).collect::<Vec<_>>().into())
            .collect::<Vec<Value>>()
            .into())
    })
}

/// The day that the document is judged on is the clock.
pub(super) fn add_clock(engine: &mut Engine, input: &Value) -> Result<()> {
    let day = input.as_object().ok().and_then(|_| input["day"].as_string().ok()?.parse::<Date>().ok());
    let now = day.and_then(|day| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    engine.add_extension(
        "time.now_ns".to_owned(),
        0,
        Box::new(move |_: Vec<Value>| nanoseconds(now.ok_or_else(|| anyhow!("the document names no day"))?)),
    )
}

fn range(values: &[Value]) -> Result<Value> {
    let (first, last) = (whole(values, 0)?, whole(values, 1)?);
    if first.abs_diff(last) >= LONGEST_RANGE.unsigned_abs() {
        bail!("numbers.range of more than {LONGEST_RANGE} numbers");
    }
    let numbers: Vec<Value> = if first <= last {
        (first..=last).map(Value::from).collect()
    } else {
        (last..=first).rev().map(Value::from).collect()
    };
    Ok(numbers.into())
}

fn add_date(values: &[Value]) -> Result<Value> {
    let span = Span::new().try_years(whole(values, 1)?)?.try_months(whole(values, 2)?)?.try_days(whole(values, 3)?)?;
    let moved = TimeZone::UTC.to_datetime(time(values, 0)?).checked_add(span)?;
    nanoseconds(TimeZone::UTC.to_timestamp(moved)?)
}

fn day_of(time: Timestamp) -> Value {
    let day = TimeZone::UTC.to_datetime(time).date();
    [i64::from(day.year()), i64::from(day.month()), i64::from(day.day())].map(Value::from).to_vec().into()
}

/// As other scanners' checks make theirs: the message, and the part of the document that is the cause.
fn new_result(values: &[Value]) -> Result<Value> {
    let [message, cause] = values else { bail!("result.new takes a message and a cause") };
    let fields = [("msg", message), ("cause", cause)].map(|(name, value)| (Value::from(name), value.clone()));
    Ok(std::collections::BTreeMap::from(fields).into())
}

pub(super) fn argument(values: &[Value], index: usize) -> Result<&Value> {
    values.get(index).with_context(|| format!("argument {} is missing", index + 1))
}

pub(super) fn text(values: &[Value], index: usize) -> Result<&str> {
    Ok(argument(values, index)?.as_string()?)
}

pub(super) fn whole(values: &[Value], index: usize) -> Result<i64> {
    argument(values, index)?.as_i64()
}

fn time(values: &[Value], index: usize) -> Result<Timestamp> {
    Ok(Timestamp::from_nanosecond(whole(values, index)?.into())?)
}

fn nanoseconds(time: Timestamp) -> Result<Value> {
    Ok(i64::try_from(time.as_nanosecond()).context("the time is beyond what Rego can hold")?.into())
}
