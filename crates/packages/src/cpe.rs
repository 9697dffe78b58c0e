//! CPE names, by which the National Vulnerability Database says which product a record is about.
//!
//! Owns both written forms of version 2.3: the formatted string and the URI (NIST IR 7695,
//! <https://doi.org/10.6028/NIST.IR.7695>). Refuses to guess: a name with patterns inside its values, or cut short, is none.

/// One attribute of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Attribute {
    /// Whatever it is.
    #[default]
    Any,
    /// The product has no such thing.
    NotApplicable,
    /// This, in lower case and without the marks of quoting.
    Value(String),
}

impl Attribute {
    /// The value, when it is one.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Value(value) => Some(value),
            Self::Any | Self::NotApplicable => None,
        }
    }
}

/// A name: a class of products, or one product in one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cpe {
    /// `a` application, `o` operating system, `h` hardware.
    pub part: Attribute,
    /// Who makes it.
    pub vendor: Attribute,
    /// What it is.
    pub product: Attribute,
    /// Which one.
    pub version: Attribute,
    /// Its update or patch level: `rc1`, `p2`, `update_26`.
    pub update: Attribute,
    /// Deprecated beside the following attributes.
    pub edition: Attribute,
    /// Language of its user interface.
    pub language: Attribute,
    /// For whom it was made: `enterprise`, `lts`.
    pub software_edition: Attribute,
    /// What it runs in: `wordpress`, `node.js`, `windows`.
    pub target_software: Attribute,
    /// What it runs on: `x64`.
    pub target_hardware: Attribute,
    /// Anything else.
    pub other: Attribute,
}

/// Bytes of a name. The longest in NVD's dictionary has under 300.
const LONGEST: usize = 2048;

impl Cpe {
    /// Reads either form. None for what is neither, and for values with the patterns `*` and `?` in them, which stand for
    /// more than one product.
    ///
    /// ```
    /// let cpe = plimsoll_packages::cpe::Cpe::parse(r"cpe:2.3:a:gnu:c\+\+:1.0:rc1:*:*:*:*:*:*").unwrap();
    /// assert_eq!((cpe.product_name().unwrap().as_str(), cpe.version.value()), ("gnu:c++", Some("1.0")));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        match text.strip_prefix("cpe:2.3:") {
            Some(formatted) => Self::of(formatted_string(formatted)?),
            None => Self::of(uri(text.strip_prefix("cpe:/")?)?),
        }
    }

    fn of(attributes: [Attribute; 11]) -> Option<Self> {
        let [
            part,
            vendor,
            product,
            version,
            update,
            edition,
            language,
            software_edition,
            target_software,
            target_hardware,
            other,
        ] = attributes;
        part.value().filter(|part| ["a", "o", "h"].contains(part))?;
        Some(Self {
            part,
            vendor,
            product,
            version,
            update,
            edition,
            language,
            software_edition,
            target_software,
            target_hardware,
            other,
        })
    }

    /// `vendor:product`, which names it among advisories.
    #[must_use]
    pub fn product_name(&self) -> Option<String> {
        Some(format!("{}:{}", self.vendor.value()?, self.product.value()?))
    }
}

/// The eleven attributes between colons that no backslash quotes.
fn formatted_string(text: &str) -> Option<[Attribute; 11]> {
    let mut attributes: Vec<Attribute> = Vec::with_capacity(11);
    let mut rest = Some(text);
    while let Some(text) = rest {
        if attributes.len() == 11 {
            return None;
        }
        let (attribute, after) = formatted(text)?;
        attributes.push(attribute);
        rest = after;
    }
    attributes.try_into().ok()
}

/// The first attribute of a formatted string, and what is after its colon.
fn formatted(text: &str) -> Option<(Attribute, Option<&str>)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    let mut is_pattern = false;
    let mut is_quoted = false;
    let mut after = None;
    while let Some((place, character)) = characters.next() {
        match character {
            ':' => {
                after = text.get(place.saturating_add(1)..);
                break;
            }
            '\\' => {
                is_quoted = true;
                value.push(characters.next()?.1);
            }
            '*' | '?' => {
                is_pattern = true;
                value.push(character);
            }
            _ => value.push(character),
        }
    }
    let attribute = match value.as_str() {
        "" => return None,
        "*" if is_pattern => Attribute::Any,
        "-" if !is_quoted => Attribute::NotApplicable,
        _ if is_pattern => return None,
        value => Attribute::Value(value.to_lowercase()),
    };
    Some((attribute, after))
}

/// The attributes of a URI, of which the last may be missing; the edition may be five attributes with tildes between.
fn uri(text: &str) -> Option<[Attribute; 11]> {
    let mut parts = text.split(':');
    let mut attributes: [Attribute; 11] = Default::default();
    let [part, vendor, product, version, update, edition, language, rest @ ..] = &mut attributes;
    for attribute in [part, vendor, product, version, update] {
        *attribute = encoded(parts.next().unwrap_or_default())?;
    }
    match parts.next().unwrap_or_default() {
        packed if packed.starts_with('~') => {
            let mut packed = packed.split('~').skip(1);
            for attribute in std::iter::once(edition).chain(rest) {
                *attribute = encoded(packed.next().unwrap_or_default())?;
            }
        }
        plain => *edition = encoded(plain)?,
    }
    *language = encoded(parts.next().unwrap_or_default())?;
    parts.next().is_none().then_some(attributes)
}

/// `%2b` is a plus; `%01` and `%02` are patterns.
fn encoded(text: &str) -> Option<Attribute> {
    match text {
        "" => return Some(Attribute::Any),
        "-" => return Some(Attribute::NotApplicable),
        _ => {}
    }
    let mut value = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        value.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok().filter(|byte| *byte > 2)?
        } else {
            byte
        });
    }
    String::from_utf8(value).ok().map(|value| Attribute::Value(value.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Attribute {
        Attribute::Value(text.into())
    }

    #[test]
    fn both_forms_tell_the_same() {
        for text in [
            r"cpe:2.3:a:Foo\\bar:big\$money_2010:1.0:p1:*:*:special:ipod_touch:80gb:*",
            "cpe:/a:foo%5cbar:big%24money_2010:1.0:p1:~~special~ipod_touch~80gb~",
        ] {
            let expected = Cpe {
                part: value("a"),
                vendor: value(r"foo\bar"),
                product: value("big$money_2010"),
                version: value("1.0"),
                update: value("p1"),
                software_edition: value("special"),
                target_software: value("ipod_touch"),
                target_hardware: value("80gb"),
                ..Cpe::default()
            };
            assert_eq!(Cpe::parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn quoted_marks_are_text_and_others_are_not() {
        let parse =
            |text: &str| Cpe::parse(&format!("cpe:2.3:a:v:{text}:*:*:*:*:*:*:*")).map(|cpe| (cpe.product, cpe.version));
        assert_eq!(parse(r"soap\:\:lite:1"), Some((value("soap::lite"), value("1"))));
        assert_eq!(parse(r"p:\-"), Some((value("p"), value("-"))));
        assert_eq!(parse("p:-"), Some((value("p"), Attribute::NotApplicable)));
        assert_eq!(parse("p:*"), Some((value("p"), Attribute::Any)));
        assert_eq!(parse(r"p:\*"), Some((value("p"), value("*"))));
        for text in ["p:1.*", "soap::lite:1", "p", "p:1:2", ":1", r"p:1\"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in
            ["", "cpe:2.3:", "cpe:/", "cpe:2.3:x:a:b:*:*:*:*:*:*:*:*", "cpe:/a:b%2", "cpe:/a:b%zz", "cpe:/a:b%01"]
        {
            assert_eq!(Cpe::parse(text), None, "{text}");
        }
        assert_eq!(Cpe::parse(&format!("cpe:/a:{}", "b".repeat(LONGEST))), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in r"cpe:(2\.3:|/)([a-z*?\\:%~-]|\PC){0,40}") {
            drop(Cpe::parse(&text));
        }
    }
}
