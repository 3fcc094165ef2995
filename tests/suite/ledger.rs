//! `docs/ledger.schema.json` is what the program writes and reads: the same fields, the same states,
//! and no line of any case that it would refuse.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate};
use crieur::Ledger;
use crieur::ledger::{Header, Line, State};
use serde_json::{Map, Value, json};

fn paper(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| serde_json::from_str(&paper("ledger.schema.json")).unwrap())
}

/// What is wrong with a ledger as it was written, by the schema.
pub fn faults(text: &str) -> Vec<String> {
    let fault = |line: &str| {
        let value = serde_json::from_str(line).unwrap_or(Value::Null);
        breaks(&value, schema(), schema()).map(|why| format!("{why}: {line}"))
    };
    text.lines().filter_map(fault).collect()
}

/// As much of JSON Schema as our schemas use; a word that is not known here is a failure. `root` is
/// where `$ref` leads to.
pub fn breaks(value: &Value, schema: &Value, root: &Value) -> Option<String> {
    let fits = |schema: &Value| breaks(value, schema, root).is_none();
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    };
    let own = schema.as_object().unwrap();
    own.iter().find_map(|(word, wanted)| {
        let inside =
            |key: &str, value: &Value, schema: &Value| breaks(value, schema, root).map(|why| format!("{key}: {why}"));
        let good = match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => fits(root.pointer(wanted.as_str().unwrap().trim_start_matches('#')).unwrap()),
            "oneOf" => wanted.as_array().unwrap().iter().filter(|one| fits(one)).count() == 1,
            "anyOf" => wanted.as_array().unwrap().iter().any(fits),
            "not" => !fits(wanted),
            "type" => match wanted {
                Value::Array(kinds) => kinds.iter().any(|kind| is(kind.as_str().unwrap())),
                kind => is(kind.as_str().unwrap()),
            },
            "required" => wanted.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "enum" => wanted.as_array().unwrap().contains(value),
            // What is of another kind is for `type` to say.
            "minimum" => value.as_u64().is_none_or(|number| number >= wanted.as_u64().unwrap()),
            "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= wanted.as_u64().unwrap()),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap()),
            "uniqueItems" => value.as_array().is_none_or(|items| {
                items.iter().map(ToString::to_string).collect::<BTreeSet<_>>().len() == items.len()
            }),
            "items" => {
                value.as_array().is_none_or(|items| items.iter().all(|item| breaks(item, wanted, root).is_none()))
            }
            // Of figures and letters; what it lets pass is for the program to say.
            "pattern" => value.as_str().is_none_or(|text| !text.is_empty() && !text.contains(' ')),
            "format" => {
                let text = value.as_str().unwrap_or_default();
                match wanted.as_str().unwrap() {
                    "date" => text.parse::<NaiveDate>().is_ok(),
                    "date-time" => text.len() == 20 && DateTime::parse_from_rfc3339(text).is_ok(),
                    "uri" => url::Url::parse(text).is_ok(),
                    other => panic!("{other}"),
                }
            }
            "properties" => {
                return wanted
                    .as_object()
                    .unwrap()
                    .iter()
                    .find_map(|(key, schema)| inside(key, value.get(key)?, schema));
            }
            "additionalProperties" => {
                let known = |key: &str| own.get("properties").is_some_and(|known| known.get(key).is_some());
                let others = value.as_object().into_iter().flatten().filter(|(key, _)| !known(key));
                return others.into_iter().find_map(|(key, value)| match wanted {
                    Value::Bool(allowed) => (!allowed).then(|| format!("{key}: {word}")),
                    schema => inside(key, value, schema),
                });
            }
            other => panic!("{other}"),
        };
        (!good).then(|| word.clone())
    })
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A line in which every field says something; a new field does not compile until it is here.
fn whole() -> (Value, Value) {
    let at = "2026-11-20T08:00:17Z".parse().unwrap();
    let line = Line {
        id: "12345".into(),
        path: "a.md".into(),
        url: "https://www.example.org/a/".into(),
        page: Some("a/index.html".into()),
        title: "A".into(),
        published: Some(at),
        updated: Some(at),
        day: "2026-11-20".parse().ok(),
        state: State::Published,
        file: "f".into(),
        text: "t".into(),
        acts: 1,
        was: vec!["b/index.html".into()].into(),
        reason: Some("RGPD".into()),
        rest: None,
    };
    let header = Header {
        ledger: 1,
        authority: "example.org,2020".to_owned(),
        window: Some(50),
        feeds: vec!["feed.atom".to_owned()],
        rest: Map::new(),
    };
    (serde_json::to_value(header).unwrap(), serde_json::to_value(line).unwrap())
}

#[test]
fn the_schema_has_the_fields_of_the_program_and_asks_for_what_it_asks_for() {
    let page = paper("ledger.md");
    let (header, line) = whole();
    for (kind, value) in [("header", header), ("item", line)] {
        let schema = &schema()["$defs"][kind];
        assert_eq!(keys(&schema["properties"]), keys(&value));
        assert_eq!(breaks(&value, self::schema(), self::schema()), None);
        for key in keys(&value) {
            assert!(page.contains(&format!("\n| `{key}` |")), "docs/ledger.md says nothing of {key}");
            let mut without = value.clone();
            without.as_object_mut().unwrap().remove(key);
            let read = Ledger::parse(&without.to_string()).is_ok();
            let asked = schema["required"].as_array().unwrap().contains(&json!(key));
            // Without `ledger` it is a line of an item, and a bad one.
            assert_eq!(read, !asked, "{key}");
            assert_eq!(breaks(&without, self::schema(), self::schema()).is_none(), read, "{key}");
        }
        let mut newer = value.clone();
        newer["votes"] = json!({ "up": 3 });
        assert_eq!(breaks(&newer, self::schema(), self::schema()), None);
        assert!(Ledger::parse(&newer.to_string()).unwrap().print().contains("votes"));
    }
}

#[test]
fn the_schema_has_the_states_of_the_program() {
    let listed = |state: State| match state {
        // A new state does not compile until it is here and below.
        State::Published | State::Withdrawn | State::Suspended | State::Expired | State::Forgotten | State::Removed => {
            serde_json::to_value(state).unwrap()
        }
    };
    let all = [State::Published, State::Withdrawn, State::Suspended, State::Expired, State::Forgotten, State::Removed];
    let all: Vec<Value> = all.into_iter().map(listed).collect();
    assert_eq!(schema()["$defs"]["item"]["properties"]["state"]["enum"], json!(all));
    for state in &all {
        assert!(paper("ledger.md").contains(&format!("`{}`", state.as_str().unwrap())), "{state}");
    }
}

#[test]
fn the_lines_of_the_paper_are_lines() {
    let page = paper("ledger.md");
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (lines, _) = rest.split_once("```").unwrap();
    assert_eq!(faults(lines), Vec::<String>::new());
    assert_eq!(Ledger::parse(lines).unwrap().print(), lines);
    let attributes = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".gitattributes")).unwrap();
    assert!(attributes.contains("ledger.jsonl merge=union") && page.contains("ledger.jsonl merge=union"));
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    for wrong in [
        r#"{"id":"a"}"#,
        r#"{"state":"published"}"#,
        r#"{"id":"a","state":"lost"}"#,
        r#"{"id":"a","state":"published","published":"yesterday"}"#,
        r#"{"id":"a","state":"published","day":"2026-02-30"}"#,
        r#"{"id":"a","state":"published","was":"b"}"#,
        r#"{"ledger":"one"}"#,
        "<<<<<<< HEAD",
        "[]",
    ] {
        assert!(Ledger::parse(wrong).is_err() && faults(wrong).len() == 1, "{wrong}");
    }
}
