//! Holds the papers to what is true: what `README.md` says the program prints is what it prints,
//! its feed is the feed, and no page points at a file that is not there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap().replace("\r\n", "\n")
}

/// The fenced blocks of one language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<Vec<&'a str>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(found) = line.strip_prefix("```") else { continue };
        let block = lines.by_ref().take_while(|line| *line != "```").collect();
        if found == language {
            blocks.push(block);
        }
    }
    blocks
}

/// This repository's newsroom in a folder of its own.
fn newsroom() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&root().join("items"), &folder.path().join("items"));
    fs::copy(root().join("crieur.toml"), folder.path().join("crieur.toml")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).unwrap();
        }
    }
}

fn crieur(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crieur"));
    command.args(arguments).current_dir(folder).env_clear();
    // Windows programs need this one to start at all.
    command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
    command.output().unwrap()
}

#[test]
fn the_readme_is_a_screen_and_a_half_and_begins_with_what_to_type() {
    let readme = readme();
    assert!(readme.lines().count() <= 120, "{} lines", readme.lines().count());
    for command in ["$ cargo run", "$ cargo test"] {
        let line = readme.lines().position(|line| line == command);
        assert!(line.is_some_and(|index| index < 24), "`{command}` is not before line 25");
    }
}

/// Whether this was printed; a line `…` stands for any lines.
fn is_printed(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line.trim() == "…" => {
            (0..=printed.len()).any(|from| is_printed(rest, &printed[from..]))
        }
        Some((line, rest)) => printed.first() == Some(line) && is_printed(rest, &printed[1..]),
    }
}

/// Every `$ cargo run` and `$ crieur` of the README is run, in order: one block in this newsroom, the block that
/// begins with `crieur init` in an empty folder. `tests/long/story.py` plays that block too, with its preview.
#[test]
fn the_program_prints_what_the_readme_says() {
    let (mut played, mut begun) = (0, 0);
    for block in blocks(&readme(), "console") {
        let init = block.first().is_some_and(|line| line.starts_with("$ crieur init "));
        let folder = if init { TempDir::new().unwrap() } else { newsroom() };
        let web = TempDir::new().unwrap();
        let mut lines = block.into_iter().peekable();
        while let Some(line) = lines.next() {
            let mut expected = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                expected.push(line);
            }
            let words = words(line.strip_prefix("$ ").unwrap());
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut arguments = match words.as_slice() {
                ["cargo", "run"] => vec![],
                // It goes on until somebody ends it.
                ["crieur", "serve", ..] => continue,
                ["cargo", "run", "--", arguments @ ..] | ["crieur", arguments @ ..] => arguments.to_vec(),
                _ => continue,
            };
            if init {
                arguments.extend(["--now", "2026-11-24T12:00:00Z"]);
            }
            for argument in arguments.iter_mut().filter(|argument| **argument == "/var/www/presse") {
                *argument = web.path().to_str().unwrap();
            }
            let output = crieur(folder.path(), &arguments);
            let printed = String::from_utf8(output.stdout).unwrap();
            let printed: Vec<&str> = printed.lines().collect();
            assert!(is_printed(&expected, &printed), "{line}: {printed:#?}");
            assert!(output.stderr.is_empty() && output.status.success(), "{line}");
            played += 1;
            begun += usize::from(init);
        }
    }
    assert!(played >= 4 && begun >= 2, "{played} commands played, {begun} of them from an empty folder");
}

/// The words of a command line, some of them in quotation marks.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() });
    words.map(str::to_owned).collect()
}

#[test]
fn the_feed_in_the_readme_is_the_feed() {
    let (readme, folder) = (readme(), newsroom());
    crieur(folder.path(), &[]);
    let feed = fs::read_to_string(folder.path().join("public/feed.atom")).unwrap();
    let mut rest = feed.lines();
    let excerpt = blocks(&readme, "xml").remove(0);
    assert!(excerpt.len() > 10);
    for line in excerpt.into_iter().filter(|line| line.trim() != "…") {
        assert!(rest.any(|real| real == line), "not in feed.atom at its place: {line}");
    }
}

#[test]
fn the_item_in_the_readme_is_an_item() {
    let (readme, folder) = (readme(), newsroom());
    let item = blocks(&readme, "markdown").remove(0).join("\n");
    fs::write(folder.path().join("items/example.md"), item).unwrap();
    let output = crieur(folder.path(), &["check", "--now", "2030-01-01T00:00:00Z", "--strict", "--format", "json"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(output.status.code(), Some(0));
}

/// The short recipes of the README are the beginning of the long ones: same command, same codes.
#[test]
fn the_readme_tells_the_exit_codes() {
    let readme = readme();
    for code in ["| 0 |", "| 1 |", "| 2 |", "| 3 |", "| 4 |"] {
        assert!(readme.contains(code), "{code}");
    }
    assert!(readme.contains("crieur build --keep-going"));
}

/// A page without fenced blocks and without what stands between backticks.
fn without_code(page: &str) -> String {
    let outside: Vec<&str> = page.split("```").step_by(2).collect();
    outside.join("\n").split('`').step_by(2).collect()
}

#[test]
fn every_link_of_the_papers_opens_a_file() {
    let mut pages: Vec<PathBuf> = Vec::new();
    for folder in [root().to_owned(), root().join("docs"), root().join("tests")] {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        assert!(pages.contains(&root().join(name)), "no {name}");
    }
    let mut seen = 0;
    for page in pages {
        let text = without_code(&fs::read_to_string(&page).unwrap());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap();
            if path.is_empty() || path.contains(':') || path.contains(' ') {
                continue;
            }
            assert!(page.parent().unwrap().join(path).exists(), "{}: {target}", page.display());
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen} links looked at");
}

/// What programs read is documented field by field, and every word that may stand in them.
#[test]
fn the_fields_for_programs_are_documented() {
    let page = fs::read_to_string(root().join("docs/show.md")).unwrap().replace("\r\n", "\n");
    let (show, status) = page.split_once("# `crieur status --format json`").unwrap();
    let folder = newsroom();
    fs::write(folder.path().join("items/2030-01-01-a.md"), "# A\n\nx\n").unwrap();
    let answer = |command: &str| -> serde_json::Value {
        let output = crieur(folder.path(), &[command, "--format", "json", "--now", "2026-11-24T12:00:00Z"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let documented = |page: &str, value: &serde_json::Value| {
        for key in value.as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{key}`")), "docs/show.md says nothing of {key}");
        }
    };
    documented(show, &answer("show")[0]);
    let standing = answer("status");
    for value in [&standing, &standing["due"][0], &standing["changes"][0]] {
        documented(status, value);
    }
    let words = fs::read_to_string(root().join("locales/en.toml")).unwrap();
    let all = |prefix: &'static str| {
        words.lines().filter_map(move |line| line.strip_prefix(prefix)?.split_once('"').map(|(word, _)| word))
    };
    let kinds = all("\"change.").map(|word| (status, word));
    for (page, word) in kinds.chain(all("\"status.").map(|word| (show, word))) {
        assert!(page.contains(&format!("`{word}`")), "docs/show.md says nothing of {word}");
    }
}
