//! Folder in, folder out: every folder of `tests/cases` is run and compared (see tests/README.md).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::harness::{Newsroom, cases, files};

/// What a case expects, or what a run gave: file by file.
type Story = BTreeMap<String, Vec<u8>>;

#[test]
fn every_case_gives_what_it_says() {
    let update = std::env::var_os("UPDATE").is_some();
    let cases = cases();
    assert!(cases.len() >= 40, "{} cases", cases.len());
    let mut failures = String::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let given = run(case);
        if update {
            write(case, &given);
        }
        let expected = expectations(case);
        for path in expected.keys().chain(given.keys().filter(|path| !expected.contains_key(*path))) {
            let (want, got) = (expected.get(path), given.get(path));
            if want != got {
                let _ = writeln!(failures, "--- {name}: {path}\n{}", difference(want, got));
            }
        }
        assert!(case.join("why").is_file(), "{name}: one sentence in `why` says what it proves");
    }
    assert!(failures.is_empty(), "\n{failures}\nUPDATE=1 cargo test accepts");
}

fn run(case: &Path) -> Story {
    let newsroom = Newsroom::of(case);
    let commands = fs::read_to_string(case.join("command")).unwrap_or_else(|_| "build".to_owned());
    let (mut stdout, mut stderr, mut codes) = (String::new(), String::new(), Vec::new());
    for line in commands.lines() {
        let said = newsroom.run(&line.split_whitespace().collect::<Vec<_>>());
        // The folder's own name is an accident.
        let here = newsroom.path().to_string_lossy().into_owned();
        stdout += &said.stdout.replace(&here, "HERE");
        stderr += &said.stderr.replace(&here, "HERE");
        codes.push(said.code.to_string());
    }
    // Whatever a command wrote into the ledger is as its schema says.
    let ledger = fs::read_to_string(newsroom.path().join("ledger.jsonl")).unwrap_or_default();
    if fs::read_to_string(case.join("ledger.jsonl")).unwrap_or_default() != ledger {
        assert_eq!(crate::ledger::faults(&ledger), Vec::<String>::new(), "{}", case.display());
    }
    let mut story = Story::new();
    let mut tell = |name: &str, text: String| {
        if !text.is_empty() {
            story.insert(name.to_owned(), text.into_bytes());
        }
    };
    tell("stdout", stdout);
    tell("stderr", stderr);
    if codes.iter().any(|code| code != "0") {
        tell("code", codes.join("\n") + "\n");
    }
    // What a command writes into the items folder is its answer too.
    let given = files(&case.join("items"));
    let written = files(&newsroom.path().join("items")).into_iter();
    let written = written.filter(|(path, bytes)| given.get(path) != Some(bytes));
    story.extend(written.map(|(path, bytes)| (format!("written/{path}"), bytes)));
    story.extend(newsroom.outputs().into_iter().map(|(path, bytes)| (format!("out/{path}"), without_style(bytes))));
    story
}

/// The style is looked at in a browser; a golden of it would change with every colour.
fn without_style(bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => match (text.find("<style>"), text.find("</style>")) {
            (Some(start), Some(end)) => {
                let (head, rest) = (&text[..start + 7], &text[end..]);
                let digest = head.find("style-src 'sha256-").map(|at| at + "style-src ".len());
                let digest = digest.and_then(|at| Some(at..at + head[at..].find(';')?));
                let head =
                    digest.map_or_else(|| head.to_owned(), |at| format!("{}…{}", &head[..at.start], &head[at.end..]));
                format!("{head}{rest}").into_bytes()
            }
            _ => text.into_bytes(),
        },
        Err(error) => error.into_bytes(),
    }
}

fn is_expectation(path: &str) -> bool {
    matches!(path, "stdout" | "stderr" | "code") || path.starts_with("out/") || path.starts_with("written/")
}

fn expectations(case: &Path) -> Story {
    files(case).into_iter().filter(|(path, _)| is_expectation(path)).collect()
}

fn write(case: &Path, given: &Story) {
    for path in expectations(case).keys() {
        fs::remove_file(case.join(path)).unwrap();
    }
    for (path, bytes) in given {
        let path = case.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The first lines that differ.
fn difference(want: Option<&Vec<u8>>, got: Option<&Vec<u8>>) -> String {
    let (Some(want), Some(got)) = (want, got) else {
        let there =
            |side: Option<&Vec<u8>>| side.map_or("nothing".to_owned(), |s| String::from_utf8_lossy(s).into_owned());
        return format!("expected: {}\n     got: {}", there(want), there(got));
    };
    let (want, got) = (String::from_utf8_lossy(want), String::from_utf8_lossy(got));
    let differing = want.lines().zip(got.lines()).enumerate().filter(|(_, (w, g))| w != g).take(5);
    let shown: String = differing.map(|(n, (w, g))| format!("{}:\n  - {w}\n  + {g}\n", n + 1)).collect();
    format!("{shown}({} lines expected, {} given)", want.lines().count(), got.lines().count())
}
