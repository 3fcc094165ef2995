//! TOML → tree. Numbers, dates and truth values keep the text they were typed as.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Node, Unreadable, Value};
use crate::problem::Lines;

/// Reads a TOML text.
///
/// # Errors
/// The first place where it is not TOML.
pub fn parse(text: &str) -> Result<Node, Unreadable> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| Unreadable {
        place: lines.place(&error.span().unwrap_or(0..0)),
        reason: error.message().to_owned(),
    })?;
    let span = table.span();
    Ok(Node { value: map(text, &lines, table.get_ref()), place: lines.place(&span) })
}

fn map(text: &str, lines: &Lines<'_>, table: &DeTable<'_>) -> Value {
    let mut pairs: Vec<_> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    Value::Map(
        pairs
            .into_iter()
            .map(|(key, value)| {
                let name = Value::Scalar(key.get_ref().to_string());
                (Node { value: name, place: lines.place(&key.span()) }, node(text, lines, value))
            })
            .collect(),
    )
}

fn node(text: &str, lines: &Lines<'_>, spanned: &Spanned<DeValue<'_>>) -> Node {
    let typed = || Value::Scalar(text.get(spanned.span()).unwrap_or_default().to_owned());
    let value = match spanned.get_ref() {
        DeValue::String(string) => Value::Scalar(string.to_string()),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => typed(),
        DeValue::Array(values) => Value::List(values.iter().map(|value| node(text, lines, value)).collect()),
        DeValue::Table(table) => map(text, lines, table),
    };
    Node { value, place: lines.place(&spanned.span()) }
}
