//! Cases as JSON, of which only what matters is given: what tests of several kinds share.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The value with the fields of `T::default()` where it has none.
pub fn filled<T: Default + Serialize + DeserializeOwned>(value: &Value) -> T {
    let mut whole = serde_json::to_value(T::default()).unwrap();
    for (key, field) in value.as_object().expect("an object") {
        whole[key] = field.clone();
    }
    serde_json::from_value(whole).unwrap_or_else(|error| panic!("{error}: {value}"))
}

/// The list under a key; without the key, none.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).map_or(&[], |list| list.as_array().expect("a list"))
}

/// Only those fields of the actual object that the expected one has.
fn narrowed(actual: Value, expected: Option<&Value>) -> Value {
    let Some(expected) = expected.and_then(Value::as_object) else { return actual };
    let Value::Object(actual) = actual else { return actual };
    Value::Object(expected.keys().map(|key| (key.clone(), actual.get(key).cloned().unwrap_or_default())).collect())
}

/// Of actual values the fields that the expected ones have must be equal, and there must be no others.
pub fn compare<T: Serialize>(what: &str, actual: &[T], expected: &[Value]) {
    let actual =
        actual.iter().enumerate().map(|(index, one)| narrowed(serde_json::to_value(one).unwrap(), expected.get(index)));
    let actual: Vec<Value> = actual.collect();
    assert_eq!(
        serde_json::to_string_pretty(&actual).unwrap(),
        serde_json::to_string_pretty(expected).unwrap(),
        "{what}"
    );
}
