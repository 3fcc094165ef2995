//! JSON Schema of what people write, made from the tables of keys, so that an editor knows what the
//! program knows: `crieur.toml` (Taplo and VS Code read the line `#:schema`) and the head of an item.
//!
//! A schema says what a value looks like; whether the zone exists or the person is declared, `crieur
//! check` says. Where the two differ, the schema lets more pass.

use serde_json::{Map, Value, json};

use crate::config::{Conformance, Format, keys};
use crate::input::front_matter;
use crate::tree::{self, Node};

/// The dialect, which every editor of today knows.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// Of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// `crieur.toml`.
    Config,
    /// The head of an item.
    FrontMatter,
    /// `ledger.jsonl`.
    Ledger,
}

impl Schema {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Config, Self::FrontMatter, Self::Ledger];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::FrontMatter => "front-matter",
            Self::Ledger => "ledger",
        }
    }

    /// The schema as text, with a line end.
    pub fn text(self) -> String {
        let schema = match self {
            Self::Config => config(),
            Self::FrontMatter => head(),
            Self::Ledger => return include_str!("../docs/ledger.schema.json").to_owned(),
        };
        serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
    }
}

fn config() -> Value {
    let mut top = properties("");
    for table in ["publisher", "defaults", "legal", "privacy", "feeds", "ledger"] {
        top.insert(table.to_owned(), table_of(table));
    }
    top.insert("people".to_owned(), json!({ "type": "object", "additionalProperties": table_of("people.KEY") }));
    top.insert("folder".to_owned(), json!({ "type": "array", "items": table_of("folder") }));
    let mut required = required("");
    required.push("publisher");
    json!({
        "$schema": DRAFT,
        "title": "crieur.toml",
        "type": "object",
        "properties": top,
        "required": required,
        "additionalProperties": false,
    })
}

fn table_of(table: &str) -> Value {
    let required = required(table);
    let mut schema = json!({ "type": "object", "properties": properties(table), "additionalProperties": false });
    if let Some(schema) = schema.as_object_mut().filter(|_| !required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn required(table: &str) -> Vec<&'static str> {
    keys::of(table).filter(|key| key.default.is_none()).map(|key| key.name).collect()
}

fn properties(table: &str) -> Map<String, Value> {
    let described = |key: &keys::Key| {
        let mut schema = kind(key);
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), key.doc.into());
        }
        (key.name.to_owned(), schema)
    };
    keys::of(table).map(described).collect()
}

/// What a value of a key looks like: what is said of it here, else as its example does.
fn kind(key: &keys::Key) -> Value {
    let text = || json!({ "type": "string", "minLength": 1 });
    let several = |one: Value| json!({ "anyOf": [one, { "type": "array", "items": one }] });
    match key.name {
        "formats" => several(json!({ "enum": Format::ALL.map(Format::name) })),
        "dates-from" => several(json!({ "enum": ["git"] })),
        "date-order" => json!({ "enum": ["dmy", "mdy"] }),
        "conformance" => {
            let all = [Conformance::Full, Conformance::Partial, Conformance::None].map(Conformance::name);
            json!({ "enum": all })
        }
        "authority" => json!({ "type": "string", "pattern": "^[a-z0-9.-]+,[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" }),
        "day-time" => json!({ "type": "string", "pattern": "^[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?$" }),
        "address" | "authors-from" => several(text()),
        "aliases" => json!({ "type": "object", "additionalProperties": text() }),
        // A person may be a table, too.
        "authors" => several(json!({ "type": ["string", "object"] })),
        _ if matches!(key.example, "true" | "false") => json!({ "type": "boolean" }),
        _ if key.example.starts_with('[') => several(text()),
        _ if key.example.starts_with('"') => text(),
        _ => json!({ "type": "integer", "minimum": 1 }),
    }
}

/// Every spelling of every key; others are somebody else's, and no fault.
fn head() -> Value {
    let mut all = Map::new();
    for key in front_matter::keys::KEYS {
        let example = tree::parse_yaml(&format!("{}: {}\n", key.name, key.example)).ok();
        let kinds = kinds(example.as_ref().and_then(|root| root.get(key.name)));
        for name in std::iter::once(&key.name).chain(key.synonyms) {
            let doc = if *name == key.name { key.doc.to_owned() } else { format!("`{}`: {}", key.name, key.doc) };
            all.insert((*name).to_owned(), json!({ "type": kinds, "description": doc }));
        }
    }
    json!({ "$schema": DRAFT, "title": "The head of an item", "type": "object", "properties": all })
}

/// A list may be one text and one text a list; YAML takes `2026` for a number and `yes` for a truth.
fn kinds(example: Option<&Node>) -> Vec<&'static str> {
    let scalar = ["string", "number", "boolean", "null"];
    let deep = example.is_some_and(|node| !node.pairs().is_empty() || node.text().is_none());
    scalar.into_iter().chain(["array", "object"].into_iter().filter(|_| deep)).collect()
}
