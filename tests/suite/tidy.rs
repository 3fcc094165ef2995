//! The rules of the repository, as tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crieur::config::{Format, keys};
use crieur::input::front_matter;
use crieur::locale::Locale;
use crieur::{Code, Config, Source, Status};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Compares a file with what the code says it should be; `UPDATE=1` writes it.
fn generated(path: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(root().join(path).parent().unwrap()).unwrap();
        fs::write(root().join(path), expected).unwrap();
    }
    assert!(text(path) == expected, "{path} is not what the code says; UPDATE=1 cargo test writes it");
}

#[test]
fn documented_keys_are_the_keys() {
    generated("docs/configuration.md", &keys::documentation());
    generated("docs/front-matter.md", &front_matter::keys::documentation());
    generated("docs/dates-and-authors.md", &crieur::resolve::guide::documentation());
    generated("templates/crieur.toml", &keys::commented_default());
}

/// A file uses only what stands above it in `lib.rs`; the edges see next to nothing.
#[test]
fn modules_use_only_what_stands_above_them() {
    let library = text("src/lib.rs");
    let order: Vec<&str> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 10);
    let rank = |module: &str| order.iter().position(|known| *known == module);
    let mut wrong = Vec::new();
    for path in files("src", ".rs") {
        let relative = path.strip_prefix(root().join("src")).unwrap().to_string_lossy().replace('\\', "/");
        let module = relative.trim_end_matches(".rs").split('/').next().unwrap().to_owned();
        let Some(own) = rank(&module) else { continue }; // lib.rs, and the binary's own files
        let source = fs::read_to_string(&path).unwrap();
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let uses = code.flat_map(|line| line.split("crate::").skip(1));
        for used in uses.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()) {
            let Some(used_rank) = rank(used) else { continue };
            let edge = matches!(module.as_str(), "fetch" | "lock" | "source" | "output" | "pdf_text" | "serve" | "deliver")
                && !matches!(used, "problem" | "file" | "text" | "kept" | "stamp")
                // What is brought is what was written: one manifest, one way to replace a file, and one rule
                // of whom to ask.
                && !(module == "deliver" && matches!(used, "output" | "fetch"))
                && used != module;
            if used_rank > own || edge {
                wrong.push(format!("{relative} uses crate::{used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_why_it_exists() {
    for path in files("src", ".rs").into_iter().chain(files("tests", ".rs")) {
        let source = fs::read_to_string(&path).unwrap();
        assert!(source.starts_with("//! "), "{} has no module doc", path.display());
    }
}

#[test]
fn every_problem_can_be_said_is_documented_and_has_a_case() {
    let documented = text("docs/problems.md");
    let mut shown = String::new();
    for path in files("tests/cases", "").into_iter().chain(files("tests/suite", ".rs")) {
        let expected = path.file_name().is_some_and(|name| name == "stderr" || name == "stdout");
        if expected
            || ["odd.rs", "life.rs", "extract.rs", "serve.rs", "deliver.rs", "verify.rs", "notify.rs", "load.rs"]
                .iter()
                .any(|name| path.ends_with(name))
        {
            shown += &fs::read_to_string(&path).unwrap_or_default();
        }
    }
    let mut missing = Vec::new();
    for code in Code::ALL {
        for locale in Locale::all() {
            if !locale.codes().any(|known| known == code.name()) {
                missing.push(format!("{code}: no sentence in locales/{}.toml", locale.tag));
            }
        }
        if !documented.contains(&format!("## `{code}`")) && !documented.contains(&format!("## {code}\n")) {
            missing.push(format!("{code}: no paragraph in docs/problems.md"));
        }
        if !shown.contains(code.name()) {
            missing.push(format!("{code}: no case"));
        }
    }
    for locale in Locale::all() {
        for known in locale.codes() {
            if !Code::ALL.iter().any(|code| code.name() == known) {
                missing.push(format!("locales/{}.toml: {known} is no code", locale.tag));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn both_languages_say_the_same_things() {
    let keys = |locale: &str| -> Vec<String> {
        let text = text(&format!("locales/{locale}.toml"));
        text.lines().filter_map(|line| line.split_once(" = ").map(|(key, _)| key.to_owned())).collect()
    };
    assert_eq!(keys("fr"), keys("en"));
    // A blank that one language fills and the other forgets is a slip.
    let blanks = |locale: &str| -> BTreeMap<String, Vec<String>> {
        let mut blanks: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut table = String::new();
        for line in text(&format!("locales/{locale}.toml")).lines() {
            if line.starts_with('[') {
                table = line.to_owned();
            }
            let names = line.split('{').skip(1).map(|part| part.split(['}', '?', '!']).next().unwrap());
            // The hour with and without its zero.
            let names = names.map(|name| if name == "h" { "hour" } else { name }.to_owned());
            blanks.entry(table.clone()).or_default().extend(names);
        }
        blanks.values_mut().for_each(|names| {
            names.sort();
            names.dedup();
        });
        blanks
    };
    assert_eq!(blanks("fr"), blanks("en"));
}

#[test]
fn every_format_has_a_golden() {
    for format in Format::ALL {
        let goldens: Vec<_> =
            files("tests/cases", format.file()).into_iter().filter(|p| p.to_string_lossy().contains("/out/")).collect();
        assert!(!goldens.is_empty(), "{} is in no case", format.file());
        assert!(goldens.iter().all(|path| fs::metadata(path).unwrap().len() > 200), "{} is empty", format.file());
    }
}

/// DESIGN: every URL in a feed opens something, a page we wrote or a `link`.
#[test]
fn every_address_in_the_feeds_of_this_repository_opens() {
    let config = Config::parse(&text("crieur.toml")).unwrap();
    let items = files("items", ".md").into_iter().map(|path| {
        let below = path.strip_prefix(root().join("items")).unwrap().to_string_lossy().replace('\\', "/");
        (below, fs::read(&path).unwrap())
    });
    let source = Source::in_memory(items);
    let newsroom = crieur::read(&config, &source, "2030-01-01T00:00:00Z".parse().unwrap());
    assert!(newsroom.items.iter().any(|item| item.status == Status::Published));
    let outputs = newsroom.outputs(&config, &source).unwrap();
    let site = config.url.as_str();
    let mut seen = 0;
    for format in Format::ALL {
        let feed = String::from_utf8(outputs[format.file()].clone()).unwrap();
        for (at, _) in feed.match_indices(site) {
            let rest = &feed[at + site.len()..];
            let path = &rest[..rest.find(['"', '<', '&', ' ', '\\', ']']).unwrap_or(rest.len())];
            let file =
                if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
            assert!(outputs.contains_key(&file), "{}: {site}{path} opens nothing", format.file());
            seen += 1;
        }
    }
    assert!(seen >= 9, "{seen} addresses looked at");
}
