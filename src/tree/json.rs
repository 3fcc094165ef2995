//! JSON → tree. `serde_json` decides what is JSON; the places come from looking for the keys,
//! which is exact for the keys of the outermost object, the only ones we point at.

use serde_json::Value as Json;

use super::{Lines, Node, Unreadable, Value};
use crate::problem::Place;

/// Reads one JSON value at the start of `text`, and says how many bytes it took.
///
/// # Errors
/// The first place where it is not JSON.
pub fn parse(text: &str) -> Result<(Node, usize), Unreadable> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let value = match values.next() {
        Some(Ok(value)) => value,
        Some(Err(error)) => {
            let number = |n: usize| u32::try_from(n.max(1)).unwrap_or(u32::MAX);
            let reason = error.to_string().split(" at line").next().unwrap_or_default().to_owned();
            let place = Place { line: number(error.line()), column: number(error.column()), width: 0 };
            return Err(Unreadable { place, reason });
        }
        None => {
            return Err(Unreadable { place: Place::line(1), reason: "nothing there".to_owned() });
        }
    };
    let end = values.byte_offset();
    let lines = Lines::of(text);
    Ok((node(&value, text, &lines, Place::line(1)), end))
}

fn node(json: &Json, text: &str, lines: &Lines<'_>, place: Place) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Scalar(truth.to_string()),
        Json::Number(number) => Value::Scalar(number.to_string()),
        Json::String(string) => Value::Scalar(string.clone()),
        Json::Array(values) => Value::List(values.iter().map(|value| node(value, text, lines, place)).collect()),
        Json::Object(pairs) => Value::Map(
            pairs
                .iter()
                .map(|(key, value)| {
                    let place = find(key, text, lines).unwrap_or(place);
                    (Node { value: Value::Scalar(key.clone()), place }, node(value, text, lines, place))
                })
                .collect(),
        ),
    };
    Node { value, place }
}

fn find(key: &str, text: &str, lines: &Lines<'_>) -> Option<Place> {
    let quoted = serde_json::to_string(key).ok()?;
    text.match_indices(&quoted)
        .find(|(at, _)| text.get(at + quoted.len()..).is_some_and(|rest| rest.trim_start().starts_with(':')))
        .map(|(at, _)| lines.place(at..at + quoted.len()))
}
