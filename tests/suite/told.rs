//! What shells, editors, hooks and those who ask for help are told of the program is what it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crieur::Config;
use crieur::config::keys;
use crieur::input::front_matter;
use crieur::schema::Schema;
use crieur::tree::{Node, parse_yaml};
use serde_json::Value;

use crate::harness::{Newsroom, cases, files};
use crate::ledger::breaks;

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_crieur")).args(arguments).env_clear().output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names of commands in a list of the help.
fn listed(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

#[test]
fn the_short_help_is_short_and_nothing_is_hidden_from_the_long_one() {
    let (short, long) = (help(&["-h"]), help(&["--help"]));
    let shown = listed(&short, "Commands:");
    assert!(shown.len() <= 10, "{shown:?}");
    assert!(short.lines().count() <= 40, "{short}");
    for name in ["build", "check", "show", "status", "new", "correct", "withdraw", "import"] {
        assert!(shown.iter().any(|known| known == name), "{name}");
    }
    let at = |words: &str| short.find(words).unwrap_or_else(|| panic!("no {words}"));
    assert!(at("Examples:") < at("Usage:") && at("Usage:") < at("Commands:"), "examples come first");
    assert!(short.contains("crieur --help"));
    assert_eq!(help(&["help"]), long);
    assert_eq!(help(&["help", "new"]), help(&["new", "--help"]));
    for word in crieur::changes::Accept::ALL {
        assert!(long.contains(&format!("`{}`", word.name())), "{}", word.name());
    }
    assert_eq!(listed(&long, "Commands:"), shown);
    let more = listed(&long, "More commands:");
    // Every command of ours has a manual page.
    let newsroom = Newsroom::new();
    assert_eq!(newsroom.run(&["man", "pages"]).code, 0);
    let pages = files(&newsroom.path().join("pages"));
    let mut commands: Vec<&str> =
        pages.keys().filter_map(|page| page.strip_prefix("crieur-")?.strip_suffix(".1")).collect();
    let mut all: Vec<&str> = shown.iter().chain(&more).map(String::as_str).collect();
    commands.sort_unstable();
    all.sort_unstable();
    assert_eq!(all, commands, "each command is in one of the two lists");
    for (name, page) in &pages {
        let text = String::from_utf8(page.clone()).unwrap();
        assert!(text.contains(".TH crieur") && text.contains(".SH SYNOPSIS"), "{name}: {text}");
    }
    // Each says what it is for.
    for name in &more {
        let line = long.lines().find(|line| line.trim_start().starts_with(&format!("{name} "))).unwrap();
        let own = help(&[name, "-h"]);
        let (first, said) = (own.lines().next().unwrap(), line.trim_start().trim_start_matches(name.as_str()).trim());
        assert_eq!(first, said, "{name}");
    }
}

#[test]
fn shells_can_complete() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = help(&["completions", shell]);
        for word in ["crieur", "withdraw", "keep-going"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let mut bash = Command::new("bash");
    let Ok(mut bash) = bash.args(["-n", "/dev/stdin"]).stdin(Stdio::piped()).spawn() else { return };
    std::io::Write::write_all(&mut bash.stdin.take().unwrap(), help(&["completions", "bash"]).as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn schema(schema: Schema) -> Value {
    serde_json::from_str(&schema.text()).unwrap()
}

#[test]
fn the_schemas_are_what_the_code_says() {
    for schema in Schema::ALL {
        let path = docs(&format!("{}.schema.json", schema.name()));
        let text = help(&["schema", schema.name()]);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let paper = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            paper == text.replace("\r\n", "\n"),
            "{} is not what the code says; UPDATE=1 cargo test writes it",
            path.display()
        );
    }
    assert_eq!(help(&["schema"]), help(&["schema", "config"]));
}

/// TOML as JSON.
fn json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

/// What the program takes for a configuration, an editor does not mark, and what it refuses for its
/// keys, kinds and words is marked.
#[test]
fn the_schema_of_the_configuration_agrees_with_the_program() {
    let schema = schema(Schema::Config);
    let faults = |text: &str| breaks(&json(text), &schema, &schema);
    let mut seen = 0;
    for case in cases() {
        let Ok(text) = fs::read_to_string(case.join("crieur.toml")) else { continue };
        if Config::parse(&text).is_ok() {
            assert_eq!(faults(&text), None, "{}", case.display());
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
    assert_eq!(faults(&fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("crieur.toml")).unwrap()), None);
    assert_eq!(faults(&keys::commented_default()), None);
    let base = "title = \"A\"\nurl = \"https://example.org/\"\nlanguage = \"fr\"\ntimezone = \"Europe/Paris\"\nauthority = \"example.org,2020\"\n";
    let with = |table: &str, line: &str| {
        let name = line.split(" = ").next().unwrap();
        let kept: String = base
            .lines()
            .filter(|l| !(table.is_empty() && l.starts_with(&format!("{name} ="))))
            .map(|l| format!("{l}\n"))
            .collect();
        let publisher = if table == "publisher" && name == "name" { "" } else { "name = \"V\"\n" };
        let people = "[people.camille]\nname = \"Camille\"\n";
        match table {
            "" => format!("{kept}{line}\n[publisher]\n{publisher}{people}"),
            "publisher" => format!("{kept}[publisher]\n{publisher}{line}\n{people}"),
            "people.KEY" => format!(
                "{kept}[publisher]\n{publisher}[people.camille]\n{}{line}\n",
                if name == "name" { "" } else { "name = \"C\"\n" }
            ),
            "folder" => format!(
                "{kept}[publisher]\n{publisher}{people}[[folder]]\n{}{line}\n",
                if name == "path" { "" } else { "path = \"a\"\n" }
            ),
            table => format!("{kept}[publisher]\n{publisher}{people}[{table}]\n{line}\n"),
        }
    };
    for key in keys::KEYS {
        let good = with(key.table, &format!("{} = {}", key.name, key.example));
        assert!(Config::parse(&good).is_ok(), "{good}");
        assert_eq!(faults(&good), None, "{good}");
        // Another kind of value: whatever the program refuses that no zone or person decides.
        for value in ["{ a = 1 }", "[[1]]", "\"\"", "[]", "-1", "true", "\"word\""] {
            let text = with(key.table, &format!("{} = {value}", key.name));
            if Config::parse(&text).is_ok() && value == "\"word\"" && key.name != "aliases" {
                assert_eq!(faults(&text), None, "the program takes {text}");
            }
            if matches!(value, "{ a = 1 }") && key.name != "aliases" {
                assert!(faults(&text).is_some() || Config::parse(&text).is_ok(), "{text}");
            }
        }
        let slip = with(key.table, &format!("{}x = 1", key.name));
        assert!(faults(&slip).is_some() && Config::parse(&slip).is_err(), "{slip}");
        if key.default.is_none() && key.table.is_empty() {
            let without: String =
                base.lines().filter(|line| !line.starts_with(key.name)).map(|l| format!("{l}\n")).collect();
            let without = format!("{without}[publisher]\nname = \"V\"\n");
            assert!(faults(&without).is_some() && Config::parse(&without).is_err(), "{without}");
        }
    }
    for wrong in ["date-order = \"ymd\"", "dates-from = [\"svn\"]", "pages = \"no\"", "authority = \"example.org\""] {
        assert!(Config::parse(&with("", wrong)).is_err(), "{wrong}");
    }
    for wrong in ["date-order = \"ymd\"", "dates-from = [\"svn\"]", "pages = \"no\""] {
        assert!(faults(&with("", wrong)).is_some(), "{wrong}");
    }
}

/// YAML as JSON, every value a text.
fn value(node: &Node) -> Value {
    match (node.text(), node.pairs()) {
        (Some(text), _) => Value::String(text.to_owned()),
        (None, []) if node.is_nothing() => Value::Null,
        (None, []) => Value::Array(node.several().iter().map(value).collect()),
        (None, pairs) => {
            pairs.iter().map(|(key, node)| (key.text().unwrap_or_default().to_owned(), value(node))).collect()
        }
    }
}

#[test]
fn the_schema_of_heads_knows_every_spelling_and_marks_no_head_that_is_read() {
    let schema = schema(Schema::FrontMatter);
    let properties = schema["properties"].as_object().unwrap();
    let mut spellings = 0;
    for key in front_matter::keys::KEYS {
        for name in std::iter::once(&key.name).chain(key.synonyms) {
            assert!(properties[*name]["description"].as_str().unwrap().ends_with(key.doc), "{name}");
            spellings += 1;
        }
        let head = parse_yaml(&format!("{}: {}\n", key.name, key.example)).unwrap();
        assert_eq!(breaks(&value(&head), &schema, &schema), None, "{}", key.name);
    }
    assert_eq!(properties.len(), spellings);
    let mut seen = 0;
    let heads = cases().into_iter().filter(|case| !case.join("code").exists() && !case.join("stderr").exists());
    for (path, bytes) in heads.flat_map(|case| files(&case.join("items"))) {
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let Some((head, _)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")) else { continue };
        let Ok(head) = parse_yaml(head) else { continue };
        if !head.pairs().is_empty() {
            assert_eq!(breaks(&value(&head), &schema, &schema), None, "{path}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_hooks_run_what_there_is() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")).unwrap();
    let hooks = parse_yaml(&text).unwrap();
    let mut ids = BTreeMap::new();
    for hook in hooks.several() {
        let of = |key: &str| hook.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        ids.insert(of("id"), of("language"));
        assert_eq!(of("pass_filenames"), "false", "an item can be wrong because of another one");
        let entry = of("entry");
        let arguments: Vec<&str> = entry.split(' ').skip(1).collect();
        let newsroom = Newsroom::new().item("2026-11-20-a.md", "# A\n\nUn texte.\n");
        assert_eq!(newsroom.run(&arguments).code, 0, "{entry}");
        newsroom.write("items/sans-date.md", "# B\n\nUn texte.\n");
        assert_eq!(newsroom.run(&arguments).code, 1, "{entry}");
    }
    assert_eq!(ids.get("crieur-check").map(String::as_str), Some("rust"));
    assert_eq!(ids.get("crieur-check-system").map(String::as_str), Some("system"));
}
