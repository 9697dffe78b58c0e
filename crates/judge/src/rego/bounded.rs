//! Functions of the language whose results can be far larger than what they are given, with bounds.
//!
//! Rules of users go through these; built-in checks are ours, and need none. Some are made anew; the others look at what
//! they are given and leave the work to an engine of their own, so that they say what the language's reference says. What
//! has no bound here is bounded by time and memory alone: operators, comprehensions, and `print`.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use regorus::{Engine, Value};

use super::functions::{argument, text, whole};

/// Bytes of the longest text that a function gives, or takes where it makes many texts of one.
const LONGEST_TEXT: usize = 4 << 20;
/// Elements of the longest list that a function gives.
const LONGEST_LIST: usize = 1_000_000;
/// Bytes of what a rule gives, written out.
pub(super) const LARGEST_RESULT: usize = 32 << 20;
/// Width or precision that `sprintf` pads to.
const WIDEST: usize = 4_096;
/// Bits that `bits.lsh` moves by, and zeros that a number may be written with.
const MOST_DIGITS: i64 = 1_024;
/// Numbers that are multiplied with each other.
const MOST_FACTORS: usize = 10_000;

/// What an engine of its own works out, once the arguments are known to be harmless.
const DELEGATED: &str = "package bounded

f[\"sprintf\"] := sprintf(input[0], input[1])
f[\"json.marshal\"] := json.marshal(input[0])
f[\"json.marshal_with_options\"] := json.marshal_with_options(input[0], input[1])
f[\"regex.replace\"] := regex.replace(input[0], input[1], input[2])
f[\"regex.split\"] := regex.split(input[0], input[1])
f[\"regex.find_n\"] := regex.find_n(input[0], input[1], input[2])
f[\"indexof_n\"] := indexof_n(input[0], input[1])
f[\"net.cidr_expand\"] := net.cidr_expand(input[0])
f[\"bits.lsh\"] := bits.lsh(input[0], input[1])
f[\"product\"] := product(input[0])
f[\"to_number\"] := to_number(input[0])
f[\"base64.encode\"] := base64.encode(input[0])
";

type Function = fn(&[Value]) -> Result<Value>;
type Guard = fn(&[Value]) -> Result<()>;

/// Those that are made anew.
const OWN: &[(&str, u8, Function)] = &[
    ("replace", 3, |values| Ok(replaced(text(values, 0)?, text(values, 1)?, text(values, 2)?)?.into())),
    ("strings.replace_n", 2, replace_n),
    ("concat", 2, concat),
    ("split", 2, split),
    ("array.concat", 2, join),
    ("numbers.range_step", 3, range_step),
    ("graph.reachable_paths", 2, |_| bail!("graph.reachable_paths is not available: nothing bounds its paths")),
];

/// Those that are looked at before they are left to the engine.
const GUARDED: &[(&str, u8, Guard)] = &[
    ("sprintf", 2, guard_sprintf),
    ("json.marshal", 1, |values| is_light(argument(values, 0)?)),
    ("json.marshal_with_options", 2, |values| is_light(argument(values, 0)?)),
    ("regex.replace", 3, guard_regex_replace),
    ("regex.split", 2, |values| is_short(text(values, 1)?, 4)),
    ("regex.find_n", 3, |values| is_short(text(values, 1)?, 4)),
    ("indexof_n", 2, |values| is_short(text(values, 0)?, 4)),
    ("net.cidr_expand", 1, guard_cidr),
    ("bits.lsh", 2, |values| {
        ensure!(whole(values, 1)? <= MOST_DIGITS, "bits.lsh by more than {MOST_DIGITS} bits");
        Ok(())
    }),
    ("product", 1, |values| {
        let count = argument(values, 0)?.as_array().map_or(0, |list| list.len());
        ensure!(count <= MOST_FACTORS, "product of more than {MOST_FACTORS} numbers");
        Ok(())
    }),
    ("to_number", 1, |values| argument(values, 0)?.as_string().map_or(Ok(()), |text| is_number(text))),
    ("base64.encode", 1, |values| is_short(text(values, 0)?, 1)),
];

/// Puts them in the place of the language's own.
pub(super) fn add(engine: &mut Engine) -> Result<()> {
    for (name, arguments, function) in OWN {
        engine.add_extension((*name).to_owned(), *arguments, Box::new(move |values: Vec<Value>| function(&values)))?;
    }
    let mut delegate = Engine::new();
    delegate.set_strict_builtin_errors(true);
    delegate.add_policy("bounded.rego".to_owned(), DELEGATED.to_owned())?;
    let delegate = Arc::new(Mutex::new(delegate));
    for (name, arguments, guard) in GUARDED {
        let delegate = Arc::clone(&delegate);
        let query = format!("data.bounded.f[\"{name}\"]");
        let call = move |values: Vec<Value>| {
            guard(&values)?;
            let mut delegate = delegate.lock().unwrap_or_else(PoisonError::into_inner);
            delegate.set_input(values.into());
            delegate.eval_rule(query.clone()).map_err(|error| anyhow::anyhow!(super::said(&error)))
        };
        engine.add_extension((*name).to_owned(), *arguments, Box::new(call))?;
    }
    Ok(())
}

/// Bytes that a value takes when it is written out, where these are no more than so many. Parts that are shared count each
/// time: a list of two lists of two lists… is small in memory alone.
pub(super) fn weight(value: &Value, most: usize) -> Option<usize> {
    let mut left = most;
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        let own = match value {
            Value::String(text) => text.len().saturating_add(2),
            _ => 8,
        };
        left = left.checked_sub(own)?;
        match value {
            Value::Array(list) => pending.extend(list.iter().take(left.saturating_add(1))),
            Value::Set(set) => pending.extend(set.iter().take(left.saturating_add(1))),
            Value::Object(object) => {
                pending.extend(object.iter().take(left.saturating_add(1)).flat_map(|(name, value)| [name, value]));
            }
            _ => {}
        }
        if pending.len() > left {
            return None;
        }
    }
    most.checked_sub(left)
}

fn is_light(value: &Value) -> Result<()> {
    ensure!(weight(value, LONGEST_TEXT).is_some(), "a text of more than {LONGEST_TEXT} bytes would come of it");
    Ok(())
}

/// `share`: a text of so much of the longest is long enough.
fn is_short(text: &str, share: usize) -> Result<()> {
    let most = LONGEST_TEXT.checked_div(share).unwrap_or_default();
    ensure!(text.len() <= most, "the text is longer than {most} bytes");
    Ok(())
}

/// A text of that length can be made.
fn fits(length: usize) -> Result<()> {
    ensure!(length <= LONGEST_TEXT, "a text of more than {LONGEST_TEXT} bytes would come of it");
    Ok(())
}

fn replaced(all: &str, old: &str, new: &str) -> Result<String> {
    let gone = all.matches(old).count();
    fits(all.len().saturating_add(gone.saturating_mul(new.len())))?;
    Ok(all.replace(old, new))
}

fn replace_n(values: &[Value]) -> Result<Value> {
    let mut pairs: Vec<(&Value, &Value)> = argument(values, 0)?.as_object()?.iter().collect();
    pairs.sort();
    let mut all = text(values, 1)?.to_owned();
    for (old, new) in pairs {
        all = replaced(&all, old.as_string()?, new.as_string()?)?;
    }
    Ok(all.into())
}

fn concat(values: &[Value]) -> Result<Value> {
    let delimiter = text(values, 0)?;
    let list = argument(values, 1)?;
    let texts: Vec<&str> = match list.as_set() {
        Ok(set) => set.iter().map(|one| one.as_string().map(AsRef::as_ref)).collect::<Result<_>>()?,
        Err(_) => {
            let list = list.as_array().context("concat expects a list or a set of texts")?;
            list.iter().map(|one| one.as_string().map(AsRef::as_ref)).collect::<Result<_>>()?
        }
    };
    let joints = texts.len().saturating_mul(delimiter.len());
    fits(texts.iter().fold(joints, |length, text| length.saturating_add(text.len())))?;
    Ok(texts.join(delimiter).into())
}

fn split(values: &[Value]) -> Result<Value> {
    let (all, delimiter) = (text(values, 0)?, text(values, 1)?);
    is_short(all, 4)?;
    let parts: Vec<Value> = match delimiter {
        "" => all.chars().map(|character| character.to_string().into()).collect(),
        delimiter => all.split(delimiter).map(Value::from).collect(),
    };
    Ok(parts.into())
}

fn join(values: &[Value]) -> Result<Value> {
    let (one, other) = (argument(values, 0)?.as_array()?, argument(values, 1)?.as_array()?);
    ensure!(one.len().saturating_add(other.len()) <= LONGEST_LIST, "a list of more than {LONGEST_LIST} elements");
    Ok(one.iter().chain(other.iter()).cloned().collect::<Vec<Value>>().into())
}

fn range_step(values: &[Value]) -> Result<Value> {
    let (first, last, step) = (whole(values, 0)?, whole(values, 1)?, whole(values, 2)?);
    let step = u64::try_from(step).ok().filter(|step| *step > 0).context("the step has to be a positive integer")?;
    let count = first.abs_diff(last).checked_div(step).unwrap_or_default();
    ensure!(count < LONGEST_LIST as u64, "numbers.range_step of more than {LONGEST_LIST} numbers");
    let number = |at: u64| {
        let distance = at.saturating_mul(step);
        if first <= last { first.saturating_add_unsigned(distance) } else { first.saturating_sub_unsigned(distance) }
    };
    Ok((0..=count).map(|at| Value::from(number(at))).collect::<Vec<Value>>().into())
}

fn guard_sprintf(values: &[Value]) -> Result<()> {
    let format = text(values, 0)?;
    is_short(format, 4)?;
    let mut rest = format;
    while let Some((_, after)) = rest.split_once('%') {
        let width: String = after.trim_start_matches('.').chars().take_while(|digit| digit.is_numeric()).collect();
        let is_narrow = width.is_empty() || width.parse::<usize>().is_ok_and(|width| width <= WIDEST);
        ensure!(is_narrow, "sprintf to a width of {width}, which is more than {WIDEST}");
        // `%%` is no verb.
        rest = after.strip_prefix('%').unwrap_or(after);
    }
    is_light(argument(values, 1)?)
}

fn guard_regex_replace(values: &[Value]) -> Result<()> {
    let (all, new) = (text(values, 0)?, text(values, 2)?);
    // At every byte the new text, in which each `$` may stand for the whole.
    let places = new.matches('$').count();
    let longest =
        all.len().saturating_add(1).saturating_mul(new.len()).saturating_add(places.saturating_mul(all.len()));
    ensure!(longest / 8 <= LONGEST_TEXT, "a text of more than {LONGEST_TEXT} bytes might come of it");
    Ok(())
}

fn guard_cidr(values: &[Value]) -> Result<()> {
    let network = text(values, 0)?;
    let (address, prefix) = network.split_once('/').context("net.cidr_expand takes a network: 10.0.0.0/24")?;
    let bits = if address.contains(':') { 128_u32 } else { 32 };
    let free = bits.saturating_sub(prefix.parse().context("net.cidr_expand takes a network: 10.0.0.0/24")?);
    ensure!(free <= 16, "net.cidr_expand of a network of more than 65536 addresses");
    Ok(())
}

/// `1e2000000000` is written with few characters, and has two thousand million digits.
fn is_number(text: &str) -> Result<()> {
    ensure!(text.len() <= 1_000, "a number of more than 1000 characters");
    ensure!(!has_many_zeros(text), "a number with an exponent above {MOST_DIGITS}");
    Ok(())
}

/// Whether it reads like a number with a large exponent.
fn has_many_zeros(word: &str) -> bool {
    let Some((mantissa, exponent)) = word.split_once(['e', 'E']) else { return false };
    let is_mantissa = |text: &str| {
        text.contains(|digit: char| digit.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || "._+-".contains(c))
    };
    let digits = exponent.trim_start_matches(['+', '-']).replace('_', "");
    let is_exponent = !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit());
    is_mantissa(mantissa.trim()) && is_exponent && digits.parse().map_or(true, |exponent: i64| exponent > MOST_DIGITS)
}

/// A number in the text of rules that would take no end of memory to be read.
pub(super) fn huge_number(text: &str) -> Option<&str> {
    let is_within = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    text.split(|c| !is_within(c)).find(|word| has_many_zeros(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Engine {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(true);
        add(&mut engine).unwrap();
        engine
    }

    /// What the language's own functions say of the same.
    #[test]
    fn within_their_bounds_they_say_what_the_others_say() {
        for call in [
            r#"sprintf("%s %5d|%05d|%.2f|%v|%q|%x|100%%", ["a", 7, 7, 1.239, {"b": [1, "c"]}, "d\"", 255])"#,
            r#"sprintf("sha512 99999 %d", [3])"#,
            r#"json.marshal({"a": [1, 2, {"b": null}], "c": "é"})"#,
            r#"regex.replace("foobar", "o(.)", "<$1>")"#,
            r#"regex.split("-+", "a--b-c")"#,
            r#"regex.find_n("[a-z]", "a1b2c3", 2)"#,
            r#"indexof_n("sad", "a")"#,
            r#"net.cidr_expand("192.168.0.0/30")"#,
            r#"bits.lsh(1, 100)"#,
            r#"product([2, 3, 7])"#,
            r#"to_number("1.5e3")"#,
            r#"to_number(true)"#,
            r#"base64.encode("é")"#,
            r#"replace("banana", "an", "-")"#,
            r#"replace("ab", "", "-")"#,
            r#"strings.replace_n({"a": "b", "b": "c"}, "ab")"#,
            r#"concat(", ", ["b", "a"])"#,
            r#"concat("", {"b", "a"})"#,
            r#"concat("x", [])"#,
            r#"split("a,b,,c", ",")"#,
            r#"split("aé", "")"#,
            r#"array.concat([1], [2, "c"])"#,
            r#"numbers.range_step(0, 10, 3)"#,
            r#"numbers.range_step(5, -5, 5)"#,
        ] {
            let ours = engine().eval_query(call.to_owned(), false).unwrap();
            let theirs = Engine::new().eval_query(call.to_owned(), false).unwrap();
            let value = |results: &regorus::QueryResults| results.result[0].expressions[0].value.to_string();
            assert_eq!(value(&ours), value(&theirs), "{call}");
        }
    }

    #[test]
    fn beyond_them_they_refuse() {
        for call in [
            r#"sprintf("%9999999d", [1])"#,
            r#"sprintf("%.99999f", [1.5])"#,
            r#"sprintf("%%%099999d", [1])"#,
            r#"replace(concat("", [x | some i in numbers.range(1, 100000); x := "aa"]), "a", concat("", [x | some i in numbers.range(1, 1000); x := "bb"]))"#,
            "numbers.range_step(0, 100000000000, 2)",
            "numbers.range_step(0, 1, 0)",
            r#"net.cidr_expand("::/0")"#,
            r#"net.cidr_expand("10.0.0.0/8")"#,
            "bits.lsh(1, 1000000000)",
            "product(numbers.range(1, 20000))",
            r#"to_number("1e2000000000")"#,
            r#"graph.reachable_paths({"a": ["b"]}, ["a"])"#,
            r#"regex.replace(concat("", [x | some i in numbers.range(1, 100000); x := "aa"]), "a", concat("", [x | some i in numbers.range(1, 1000); x := "bb"]))"#,
        ] {
            assert!(engine().eval_query(call.to_owned(), false).is_err(), "{call}");
        }
    }

    #[test]
    fn what_is_shared_weighs_each_time() {
        let mut value = Value::from("x");
        for _ in 0..64 {
            value = vec![value.clone(), value].into();
        }
        assert_eq!(weight(&value, LARGEST_RESULT), None);
        assert_eq!(weight(&Value::from(vec![Value::from("ab"), Value::from(true)]), 100), Some(20));
    }
}
