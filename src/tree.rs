//! What a YAML, TOML or JSON text says, with the place of every key and value.
//!
//! One small tree for the three, so that `crieur.toml` and every head are read by the same code
//! and every problem can point at its character. A scalar keeps the text its author typed: `no`,
//! `1.10` and `2020-01-29` are not turned into something else on the way.

mod json;
mod toml;
mod yaml;

pub use self::json::parse as parse_json;
pub use self::toml::parse as parse_toml;
pub use self::yaml::parse as parse_yaml;

use crate::problem::Place;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it starts.
    pub place: Place,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing: `key:`, `~`, `null`.
    Null,
    /// Text, number, date or truth value, as typed.
    Scalar(String),
    /// Several values.
    List(Vec<Node>),
    /// Keys and values in their order; a key may occur twice.
    Map(Vec<(Node, Node)>),
}

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where.
    pub place: Place,
    /// Why, in the parser's words.
    pub reason: String,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The keys and values of a map.
    pub fn pairs(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The values of a list; a single value counts as a list of one, nothing as an empty one.
    pub fn several(&self) -> &[Node] {
        match &self.value {
            Value::List(nodes) => nodes,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The value of a map's key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pairs().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// True where there is nothing: null, or an empty text.
    pub fn is_nothing(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Scalar(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// Changes every place, for a text that does not start on its file's first line or is not in
    /// that file.
    pub(crate) fn places(&mut self, change: &impl Fn(&mut Place)) {
        change(&mut self.place);
        match &mut self.value {
            Value::List(nodes) => nodes.iter_mut().for_each(|node| node.places(change)),
            Value::Map(pairs) => {
                for (key, value) in pairs {
                    key.places(change);
                    value.places(change);
                }
            }
            Value::Null | Value::Scalar(_) => {}
        }
    }
}
