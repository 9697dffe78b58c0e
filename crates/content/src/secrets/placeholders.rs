//! What stands where a secret would, and is none: words for the reader, variables, fillers.

/// Longer values are no words for a reader.
const LONGEST: usize = 400;

/// Words that say "put yours here". None so short that chance would write it into a token.
const WORDS: [&str; 40] = [
    "example",
    "changeme",
    "change_me",
    "change-me",
    "changethis",
    "change_this",
    "placeholder",
    "your_",
    "your-",
    "yourtoken",
    "yourkey",
    "yoursecret",
    "yourpass",
    "yourapi",
    "insert_",
    "insert-",
    "replace",
    "redacted",
    "dummy",
    "sample",
    "foobar",
    "notreal",
    "not-real",
    "not_real",
    "notasecret",
    "mysecret",
    "mypassword",
    "my_password",
    "my-password",
    "mytoken",
    "lorem",
    "_here",
    "-here",
    "undefined",
    "secret_key",
    "xxxx",
    "****",
    "....",
    "----",
    "____",
];

/// Values that standards print as samples (RFC 6749, RFC 6750, RFC 7617), in lower case.
const PRINTED: [&str; 6] = [
    "tgzv3jokf0xg5qx2tlkwia",
    "2yotnfzfejr1zcsicmwpaa",
    "7fjfp0zbr1ktdrbnfvdmiw",
    "gx1fbat3bv",
    "splxlobezqqybys6wxsbia",
    "open sesame",
];

/// Marks of a variable or a template, and of what was redacted.
const MARKS: [&str; 10] = ["${", "{{", "$(", "<%", "%(", "#{", "}}", "@{", "%{", "…"];

/// Whether the value is a stand-in.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    MARKS.iter().chain(&WORDS).chain(&PRINTED).any(|part| text.contains(part))
        || is_bracketed(&text)
        || is_constant_name(value)
        || is_filler(text.as_bytes())
}

fn is_bracketed(text: &str) -> bool {
    let pairs = [('<', '>'), ('[', ']'), ('{', '}'), ('%', '%'), ('(', ')')];
    text.starts_with('$') || pairs.iter().any(|&(open, close)| text.starts_with(open) && text.ends_with(close))
}

/// `API_TOKEN`, the name of what belongs here.
fn is_constant_name(value: &[u8]) -> bool {
    value.contains(&b'_') && value.iter().all(|&byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// One character again and again, or the alphabet or the digits in their order.
fn is_filler(text: &[u8]) -> bool {
    let longest = |follows: fn(u8, u8) -> bool| {
        let mut longest = 1;
        let mut run = 1;
        for pair in text.windows(2) {
            run = if matches!(pair, [one, two] if follows(*one, *two)) { run + 1 } else { 1 };
            longest = longest.max(run);
        }
        longest
    };
    let repeated = longest(|one, two| one == two);
    let counted = longest(|one, two| two == one.wrapping_add(1) || (one == b'9' && (two == b'0' || two == b'a')));
    let mut seen = [false; 256];
    for &byte in text {
        if let Some(slot) = seen.get_mut(usize::from(byte)) {
            *slot = true;
        }
    }
    let distinct = seen.iter().filter(|&&is_seen| is_seen).count();
    // Six hexadecimal digits in a row are alike in one of some ten thousand tokens of forty.
    let is_repeated = repeated >= 6 && repeated * 4 >= text.len() || repeated >= 10;
    is_repeated || counted >= 8 || (text.len() >= 8 && distinct <= 3) || (text.len() >= 16 && distinct <= 5)
}

/// Shannon's entropy in bits a byte.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| f64::from(count) / total)
        .map(|part| -part * part.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_values() {
        for text in [
            "your_token",
            "${TOKEN}",
            "{{ token }}",
            "<token>",
            "xxxxxxxxxxxxxxxx",
            "API_TOKEN",
            "AKIAIOSFODNN7EXAMPLE",
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnop",
            "$PASSWORD",
            "1212121212121212",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in ["hunter2", "S3cure-pass", "q8Zk2Lm9Xw4Rt7Yp", "correct horse battery"] {
            assert!(!is_placeholder(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn entropy_is_in_bits() {
        assert!(entropy(b"") == 0.0);
        assert!(entropy(b"aaaa") == 0.0);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
    }
}
