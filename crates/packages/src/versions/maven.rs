//! Maven's order of versions, and its ranges: `[1.0,2.0)`, `(,1.0],[1.2,)`, `[1.5]`.
//!
//! Order and ranges are those of `ComparableVersion` and `VersionRange` of Maven 3.9, the rules of which stand at
//! <https://maven.apache.org/pom.html#version-order-specification>. Every text but the empty one is a version. Maven
//! takes the digits of every script for digits; here only ASCII's are, as in Maven 4.

use std::cmp::Ordering;

use super::{Letters, Natural, Word};

/// The order of two versions, or `None` when one of them is empty.
///
/// Maven's order has cycles among versions that nobody releases (`1.0.alpha.1` < `1` < `1-1` < `1.0.alpha.1`); they are
/// kept, since what Maven would resolve is what counts.
///
/// ```
/// # use std::cmp::Ordering;
/// # use plimsoll_packages::versions::maven;
/// assert_eq!(maven::compare("1.0-RC1", "1.0.Final"), Some(Ordering::Less));
/// assert_eq!(maven::compare("1.0-ga", "1"), Some(Ordering::Equal));
/// ```
#[must_use]
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    let (mut left, mut right) = (Items::new(left), Items::new(right));
    loop {
        let order = match (left.next(), right.next()) {
            (Item::End, Item::End) => return Some(Ordering::Equal),
            (item, Item::End) => return Some(left.compare_to_nothing(item)),
            (Item::End, item) => return Some(right.compare_to_nothing(item).reverse()),
            // A list that starts where the other goes on is never equal to what it meets, so they stay in step.
            (item, other) => item.compare(other),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

/// Whether a version is in a set of ranges.
///
/// `None` when the ranges are malformed, overlap or are not in order, and for a bare version, by which Maven means a
/// wish and no bound.
///
/// ```
/// # use plimsoll_packages::versions::maven;
/// assert_eq!(maven::satisfies("(,1.0],[1.2,2)", "1.2.1"), Some(true));
/// assert_eq!(maven::satisfies("1.0", "1.0"), None);
/// ```
#[must_use]
pub fn satisfies(requirement: &str, version: &str) -> Option<bool> {
    let mut rest = requirement;
    let (mut found, mut last_upper) = (false, None);
    if version.is_empty() || !rest.starts_with(['[', '(']) {
        return None;
    }
    while !rest.is_empty() {
        let (range, tail) = rest.split_at_checked(rest.find([')', ']'])?.checked_add(1)?)?;
        let range = Range::parse(range)?;
        if let Some(last_upper) = last_upper
            && compare(range.lower?, last_upper)?.is_lt()
        {
            return None;
        }
        last_upper = range.upper;
        found |= range.contains(version)?;
        rest = tail.trim();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some(found)
}

struct Range<'a> {
    lower: Option<&'a str>,
    upper: Option<&'a str>,
    is_lower_in: bool,
    is_upper_in: bool,
}

impl<'a> Range<'a> {
    /// `text` with its brackets.
    fn parse(text: &'a str) -> Option<Self> {
        let (is_lower_in, is_upper_in) = (text.starts_with('['), text.ends_with(']'));
        let bounds = text.strip_prefix(['[', '('])?.strip_suffix([']', ')'])?.trim();
        let bound = |text: &'a str| Some(text.trim()).filter(|text| !text.is_empty());
        let Some((lower, upper)) = bounds.split_once(',') else {
            let only = bound(bounds)?;
            let range = Self { lower: Some(only), upper: Some(only), is_lower_in, is_upper_in };
            return (is_lower_in && is_upper_in).then_some(range);
        };
        let range = Self { lower: bound(lower), upper: bound(upper), is_lower_in, is_upper_in };
        let is_in_order = match (range.lower, range.upper) {
            (Some(lower), Some(upper)) => match compare(lower, upper)? {
                Ordering::Less => true,
                Ordering::Equal => is_lower_in && is_upper_in,
                Ordering::Greater => false,
            },
            _ => true,
        };
        is_in_order.then_some(range)
    }

    fn contains(&self, version: &str) -> Option<bool> {
        let is_above = match self.lower {
            Some(lower) => is_within(compare(lower, version)?, self.is_lower_in),
            None => true,
        };
        let is_below = match self.upper {
            Some(upper) => is_within(compare(version, upper)?, self.is_upper_in),
            None => true,
        };
        Some(is_above && is_below)
    }
}

fn is_within(order: Ordering, is_bound_in: bool) -> bool {
    order.is_lt() || (order.is_eq() && is_bound_in)
}

/// What a version is made of. Maven nests lists; each is the last item of the one around it, so they are a sequence in
/// which [`Item::List`] opens the next.
#[derive(Debug, Clone, Copy)]
enum Item<'a> {
    Number(Natural<'a>),
    Qualifier(Qualifier<'a>),
    List,
    End,
}

impl Item<'_> {
    /// Whether Maven drops it from the end of a list.
    fn is_null(&self) -> bool {
        match self {
            Self::Number(number) => *number == Natural::ZERO,
            Self::Qualifier(qualifier) => *qualifier == Qualifier::RELEASE,
            Self::List | Self::End => false,
        }
    }

    /// The order against another that stands at the same place: numbers over lists over qualifiers.
    fn compare(self, other: Self) -> Ordering {
        let rank = |item: &Self| match item {
            Self::End => 0,
            Self::Qualifier(_) => 1,
            Self::List => 2,
            Self::Number(_) => 3,
        };
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(&b),
            (Self::Qualifier(a), Self::Qualifier(b)) => a.cmp(&b),
            (a, b) => rank(&a).cmp(&rank(&b)),
        }
    }
}

/// A word: the known ones in Maven's order, the release itself among them, then all others by their letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Qualifier<'a> {
    Known(u8),
    Other(Word<Text<'a>>),
}

impl<'a> Qualifier<'a> {
    const RELEASE: Self = Self::Known(5);

    fn new(word: &'a str, is_before_digit: bool) -> Self {
        const KNOWN: [(&str, u8); 10] = [
            ("alpha", 0),
            ("beta", 1),
            ("milestone", 2),
            ("rc", 3),
            ("cr", 3),
            ("snapshot", 4),
            ("ga", 5),
            ("final", 5),
            ("release", 5),
            ("sp", 6),
        ];
        let initial = match word.as_bytes() {
            [b'a' | b'A'] => Some(0),
            [b'b' | b'B'] => Some(1),
            [b'm' | b'M'] => Some(2),
            _ => None,
        };
        let known = || KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, order)| *order);
        let order = initial.filter(|_| is_before_digit).or_else(known);
        order.map_or(Self::Other(Word(Text(word))), Self::Known)
    }
}

/// Text that compares without regard to case, by UTF-16 units as Java does.
#[derive(Debug, Clone, Copy)]
struct Text<'a>(&'a str);

impl Letters for Text<'_> {
    type Letter = u16;

    fn letters(&self) -> impl Iterator<Item = u16> {
        self.0.chars().flat_map(char::to_lowercase).flat_map(|letter| {
            let mut units = [0; 2];
            let length = letter.encode_utf16(&mut units).len();
            units.into_iter().take(length)
        })
    }
}

/// The items of a version without those that Maven drops: nulls at the end of each list, and lists without items.
struct Items<'a> {
    raw: RawItems<'a>,
    /// Nulls before this many bytes from the end of the text stand before something in their list, so they count.
    solid_until: usize,
    /// Lists that open before this many bytes from the end have something in them or in the lists within.
    filled_until: usize,
}

impl<'a> Items<'a> {
    fn new(text: &'a str) -> Self {
        Self { raw: RawItems::new(text), solid_until: usize::MAX, filled_until: usize::MAX }
    }

    fn next(&mut self) -> Item<'a> {
        loop {
            let item = self.raw.next();
            let is_kept = match item {
                Item::List => self.is_filled(),
                Item::End => true,
                _ => !item.is_null() || self.is_solid(),
            };
            if is_kept {
                return item;
            }
        }
    }

    /// Whether something that is not null follows in the list. What was looked up once is remembered, so that all
    /// look-ups together are linear.
    fn is_solid(&mut self) -> bool {
        if self.raw.rest.len() >= self.solid_until {
            return true;
        }
        let mut ahead = self.raw;
        loop {
            let before = ahead;
            match ahead.next() {
                Item::List | Item::End => {
                    self.raw = before;
                    return false;
                }
                item if !item.is_null() => {
                    self.solid_until = ahead.rest.len();
                    return true;
                }
                _ => {}
            }
        }
    }

    /// Whether something that is not null follows in this list or one within.
    fn is_filled(&mut self) -> bool {
        if self.raw.rest.len() >= self.filled_until {
            return true;
        }
        let mut ahead = self.raw;
        loop {
            match ahead.next() {
                Item::End => {
                    self.raw = ahead;
                    return false;
                }
                Item::List => {}
                item if !item.is_null() => {
                    self.filled_until = ahead.rest.len();
                    return true;
                }
                _ => {}
            }
        }
    }

    /// The order of `item`, and of what follows, against a version that ended.
    fn compare_to_nothing(&mut self, mut item: Item<'a>) -> Ordering {
        loop {
            let order = match item {
                Item::Number(number) => number.cmp(&Natural::ZERO),
                Item::Qualifier(qualifier) => qualifier.cmp(&Qualifier::RELEASE),
                Item::List => Ordering::Equal,
                Item::End => return Ordering::Equal,
            };
            if order.is_ne() {
                return order;
            }
            item = self.next();
        }
    }
}

/// The items of a version as it is written.
#[derive(Debug, Clone, Copy)]
struct RawItems<'a> {
    rest: &'a str,
    /// Whether a list opens next.
    opens: bool,
    is_list_empty: bool,
}

impl<'a> RawItems<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, opens: false, is_list_empty: true }
    }

    fn next(&mut self) -> Item<'a> {
        if self.opens {
            (self.opens, self.is_list_empty) = (false, true);
            return Item::List;
        }
        let Some(first) = self.rest.bytes().next() else { return Item::End };
        let is_number = first.is_ascii_digit();
        let is_within = |letter: char| letter.is_ascii_digit() == is_number && !matches!(letter, '.' | '-');
        let end = self.rest.find(|letter| !is_within(letter)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        let after = rest.bytes().next();
        let is_separated = matches!(after, Some(b'.' | b'-'));
        if !is_number && !run.is_empty() && !is_separated && !self.is_list_empty {
            // A word opens a list of its own, `1.rc` is `1-rc`, except between separators.
            self.is_list_empty = true;
            return Item::List;
        }
        self.rest = if is_separated { rest.get(1..).unwrap_or_default() } else { rest };
        self.opens = !matches!(after, Some(b'.') | None);
        self.is_list_empty = false;
        if is_number || run.is_empty() {
            return Item::Number(Natural::new(run.as_bytes()));
        }
        Item::Qualifier(Qualifier::new(run, after.is_some_and(|byte| byte.is_ascii_digit())))
    }
}
