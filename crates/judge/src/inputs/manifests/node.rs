//! Values of YAML with the lines they stand on.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Spanned, options::DuplicateKeyPolicy};

/// Values of one document.
const MOST_NODES: usize = 100_000;
/// Values that aliases may repeat.
const MOST_REPEATED: usize = 50_000;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// Where it begins, counted from 1; 0 where it is not known.
    pub(super) line: u32,
    pub(super) tree: Tree,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Parses one document; none where it holds nothing.
///
/// Words such as `yes` stay text, as YAML 1.2 has them; [`boolean`](Node::boolean) knows what they mean to Kubernetes.
///
/// # Errors
/// When it is not YAML or too large, with the line.
pub(super) fn parse(text: &str) -> Result<Option<Node>, (u32, String)> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: MOST_NODES, max_events: 4 * MOST_NODES },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MOST_REPEATED },
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        emit_comments: false,
        with_snippet: false,
    };
    let node: Result<Spanned<Tree>, _> = serde_saphyr::from_str_with_options(text, options);
    match node.map(Node::from) {
        Ok(Node { tree: Tree::Scalar(Value::Null), .. }) => Ok(None),
        Ok(node) => Ok(Some(node)),
        Err(error) => {
            let line = error.location().map_or(1, |location| u32::try_from(location.line()).unwrap_or(u32::MAX));
            let words = error.to_string();
            let words = words.lines().next().unwrap_or_default().chars().take(300).collect::<String>();
            Err((line.max(1), format!("not YAML that can be read, so nothing in it is assessed: {words}")))
        }
    }
}

impl From<Spanned<Tree>> for Node {
    fn from(spanned: Spanned<Tree>) -> Self {
        Self { line: u32::try_from(spanned.referenced.line()).unwrap_or(u32::MAX), tree: spanned.value }
    }
}

/// True or false, in the words that YAML 1.1 has for them.
pub(super) fn boolean(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "y" | "yes" | "on" | "true" => Some(true),
        "n" | "no" | "off" | "false" => Some(false),
        _ => None,
    }
}

impl Node {
    /// The value of a key; none where this is no map.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The value under keys within keys.
    pub(super) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        if let Tree::Map(entries) = &self.tree { entries } else { &[] }
    }

    pub(super) fn items(&self) -> &[Self] {
        if let Tree::List(items) = &self.tree { items } else { &[] }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Tree::Scalar(Value::String(text)) = &self.tree { Some(text) } else { None }
    }

    /// Text, or a number or a boolean as text.
    pub(super) fn words(&self) -> Option<String> {
        match &self.tree {
            Tree::Scalar(Value::String(text)) => Some(text.clone()),
            Tree::Scalar(Value::Null) | Tree::List(_) | Tree::Map(_) => None,
            Tree::Scalar(value) => Some(value.to_string()),
        }
    }

    /// True or false, in the words that YAML 1.1 has for them: the tools of Kubernetes still take them so.
    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.tree {
            Tree::Scalar(Value::Bool(value)) => Some(*value),
            Tree::Scalar(Value::String(word)) => boolean(word),
            _ => None,
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> Value {
        match &self.tree {
            Tree::Scalar(value) => value.clone(),
            Tree::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Tree::Map(entries) => {
                Value::Object(entries.iter().map(|(key, node)| (key.clone(), node.json())).collect::<Map<_, _>>())
            }
        }
    }

    /// How many values it holds.
    pub(super) fn count(&self) -> usize {
        let within: usize = match &self.tree {
            Tree::Scalar(_) => 0,
            Tree::List(items) => items.iter().map(Self::count).sum(),
            Tree::Map(entries) => entries.iter().map(|(_, node)| node.count()).sum(),
        };
        within.saturating_add(1)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Number(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Number(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Scalar(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::String(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::String(value)))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        Tree::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Tree>>()? {
            list.push(Node::from(item));
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<String, Spanned<Tree>>()? {
            map.push((key, Node::from(value)));
        }
        Ok(Tree::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_keep_their_lines() {
        let node = parse("# remark\na: 1\nb:\n- c: yes\n  d: 'x'\n- [1.5, null]\n8: true\n").unwrap().unwrap();
        assert_eq!(node.json(), json!({ "a": 1, "b": [{ "c": "yes", "d": "x" }, [1.5, null]], "8": true }));
        let items = node.get("b").unwrap().items();
        assert_eq!((items[0].line, items[1].line), (4, 6));
        assert_eq!(items[0].get("c").unwrap().boolean(), Some(true));
        assert_eq!(parse("# nothing\n"), Ok(None));
    }

    #[test]
    fn what_is_wrong_has_a_line() {
        let (line, _) = parse("a: 1\nb: [1\nc: 2\n").unwrap_err();
        assert!(line >= 2, "{line}");
        assert_eq!(parse("a: 1\na: 2\n").unwrap_err().0, 2);
    }

    #[test]
    fn bombs_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
        for index in 1..12 {
            let before = format!("*a{}, ", index - 1).repeat(8);
            bomb.push_str(&format!("a{index}: &a{index} [{before}]\n"));
        }
        assert!(parse(&bomb).is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"- a\n".repeat(200_000)).is_err());
    }
}
