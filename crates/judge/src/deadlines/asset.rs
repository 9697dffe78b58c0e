//! What somebody says of where an image runs, as words: `exposed=yes`, `impact=N3`.

use super::Known;

/// Classes of harm (FedRAMP's), the least first.
const IMPACTS: [&str; 5] = ["N1", "N2", "N3", "N4", "N5"];

/// What cannot be told of an asset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAsset {
    /// There is no such word.
    #[error("{0:?} says nothing about an asset; write exposed, reachable or exploitable=yes|no, or impact=N1 to N5")]
    Unknown(String),
    /// The word has no such value.
    #[error("{name}={value:?}: write {expected}")]
    Value {
        /// The word.
        name: String,
        /// What it was said to be.
        value: String,
        /// What it can be.
        expected: &'static str,
    },
}

impl Known {
    /// What is known of every finding of an image for where that runs.
    ///
    /// # Errors
    /// For a word or a value that there is not.
    pub fn of_asset(said: &[String]) -> Result<Self, InvalidAsset> {
        let mut known = Self::default();
        for one in said {
            let (name, value) = one.split_once('=').ok_or_else(|| InvalidAsset::Unknown(one.clone()))?;
            let invalid = |expected| InvalidAsset::Value { name: name.into(), value: value.into(), expected };
            let yes_no = || match value {
                "yes" | "true" => Ok(Some(true)),
                "no" | "false" => Ok(Some(false)),
                _ => Err(invalid("yes or no")),
            };
            match name {
                "exposed" => known.exposed = yes_no()?,
                "reachable" => known.reachable = yes_no()?,
                "exploitable" => known.exploitable = yes_no()?,
                "impact" => {
                    let class = IMPACTS.iter().find(|class| value.eq_ignore_ascii_case(class));
                    known.impact = Some((*class.ok_or_else(|| invalid("N1 to N5"))?).to_owned());
                }
                _ => return Err(InvalidAsset::Unknown(one.clone())),
            }
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn words_say_what_is_known_and_nothing_else_is_accepted() {
        let said = |words: &[&str]| Known::of_asset(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        let known = said(&["exposed=yes", "reachable=no", "impact=n3"]).unwrap();
        assert_eq!((known.exposed, known.reachable, known.impact.as_deref()), (Some(true), Some(false), Some("N3")));
        assert_eq!(known.exploitable, None);
        assert!(said(&["exposed=maybe"]).unwrap_err().to_string().contains("yes or no"));
        assert!(said(&["impact=N9"]).unwrap_err().to_string().contains("N1 to N5"));
        assert!(said(&["exposed"]).is_err() && said(&["owner=me"]).is_err());
    }
}
