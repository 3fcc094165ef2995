//! JSON → tree. `serde_json` decides what is JSON; the places come from looking for the keys,
//! which is exact for the keys of the outermost object, the only ones we point at.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Node, Unreadable, Value};
use crate::problem::{Lines, Place};

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
            let place = Place::of(number(error.line()), number(error.column()), 0);
            return Err(Unreadable { place, reason });
        }
        None => return Err(Unreadable { place: Place::line(1), reason: "nothing there".to_owned() }),
    };
    let end = values.byte_offset();
    let mut places = Places { text, lines: Lines::of(text), from: 0 };
    Ok((node(value, &mut places, Place::line(1)), end))
}

/// A JSON value as it is written: a key may occur twice, and its first value is not lost.
enum Json {
    Null,
    Scalar(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

struct JsonVisitor;

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Scalar(truth.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Scalar(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Scalar(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Scalar(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Scalar(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Json, A::Error> {
        let mut map = Vec::new();
        while let Some(pair) = pairs.next_entry()? {
            map.push(pair);
        }
        Ok(Json::Map(map))
    }
}

fn node(json: Json, places: &mut Places<'_>, place: Place) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Scalar(text) => Value::Scalar(text),
        Json::List(values) => Value::List(values.into_iter().map(|value| node(value, places, place)).collect()),
        Json::Map(pairs) => Value::Map(
            pairs
                .into_iter()
                .map(|(key, value)| {
                    let place = places.next(&key).unwrap_or(place);
                    (Node { value: Value::Scalar(key), place }, node(value, places, place))
                })
                .collect(),
        ),
    };
    Node { value, place }
}

/// Looks for keys, each behind the one before.
struct Places<'a> {
    text: &'a str,
    lines: Lines<'a>,
    from: usize,
}

impl Places<'_> {
    fn next(&mut self, key: &str) -> Option<Place> {
        let quoted = serde_json::to_string(key).ok()?;
        let (at, _) = self.text.get(self.from..)?.match_indices(&quoted).find(|(at, _)| {
            let behind = self.text.get(self.from + at + quoted.len()..).unwrap_or_default();
            behind.trim_start().starts_with(':')
        })?;
        let start = self.from + at;
        self.from = start + quoted.len();
        Some(self.lines.place(&(start..self.from)))
    }
}
