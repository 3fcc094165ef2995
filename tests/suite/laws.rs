//! Laws that hold for every case: readers that share no code with our writers see what was meant,
//! a second run touches nothing, and nothing but the input changes the output.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::{CONFIG, NOW, Newsroom, cases, files};

/// Every case that can be built with `--keep-going`, built.
fn built() -> impl Iterator<Item = (String, Newsroom, Vec<Value>)> {
    cases().into_iter().filter_map(|case| {
        let newsroom = Newsroom::of(&case);
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let said = newsroom.run(&["build", "--keep-going", "--format", "human"]);
        if said.code > 1 || newsroom.outputs().is_empty() {
            return None;
        }
        let shown = newsroom.run(&["show", "--keep-going", "--format", "json"]);
        let shown: Vec<Value> = serde_json::from_str(&shown.stdout).unwrap_or_else(|e| panic!("{name}: {e}"));
        let published = shown.into_iter().filter(is_in_feeds).collect();
        Some((name, newsroom, published))
    })
}

fn is_in_feeds(item: &Value) -> bool {
    ["published", "withdrawn", "suspended"].iter().any(|status| item["status"] == *status)
}

/// What one feed holds of it: where tombstones were asked for, Atom has them instead of notices.
fn in_feed(newsroom: &Newsroom, file: &str, shown: &[Value]) -> Vec<Value> {
    let config = fs::read_to_string(newsroom.path().join("crieur.toml")).unwrap();
    let buried = file == "feed.atom" && config.contains("tombstones = true");
    shown.iter().filter(|item| !buried || item["status"] != "withdrawn").cloned().collect()
}

fn window(newsroom: &Newsroom) -> usize {
    let config = fs::read_to_string(newsroom.path().join("crieur.toml")).unwrap();
    config.lines().find_map(|line| line.strip_prefix("window = ")?.parse().ok()).unwrap_or(50)
}

fn instant(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp()
}

fn texts<'a>(item: &'a Value, list: &str, field: &str) -> Vec<&'a str> {
    item[list].as_array().unwrap().iter().map(|person| person[field].as_str().unwrap()).collect()
}

#[test]
fn independent_readers_agree_with_show() {
    let mut looked_at = 0;
    for (name, newsroom, shown) in built() {
        let shown: Vec<Value> = shown.into_iter().take(window(&newsroom)).collect();
        let mut contents: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (file, bytes) in newsroom.outputs().into_iter().filter(|(file, _)| file.starts_with("feed.")) {
            let feed = feed_rs::parser::parse(bytes.as_slice()).unwrap_or_else(|e| panic!("{name}: {file}: {e}"));
            let shown = in_feed(&newsroom, &file, &shown);
            assert_eq!(feed.entries.len(), shown.len(), "{name}: {file}");
            for (entry, item) in feed.entries.iter().zip(&shown) {
                let place = format!("{name}: {file}: {}", item["path"]);
                assert_eq!(entry.id, item["id"].as_str().unwrap(), "{place}");
                assert_eq!(entry.title.as_ref().unwrap().content, item["title"].as_str().unwrap(), "{place}");
                // feed-rs drops what a URL parser would write otherwise; ours are canonical.
                assert_eq!(entry.links[0].href, item["url"].as_str().unwrap(), "{place}");
                assert_eq!(
                    entry.published.unwrap().timestamp(),
                    instant(item["published"].as_str().unwrap()),
                    "{place}"
                );
                if file != "feed.rss" {
                    assert_eq!(
                        entry.updated.unwrap().timestamp(),
                        instant(item["updated"].as_str().unwrap()),
                        "{place}"
                    );
                }
                let names: Vec<_> = entry.authors.iter().filter_map(|author| author.name.as_deref()).collect();
                assert_eq!(names, texts(item, "authors", "name"), "{place}");
                if file == "feed.atom" {
                    let emails: Vec<_> = entry.authors.iter().map(|author| author.email.as_deref()).collect();
                    let meant: Vec<_> =
                        item["authors"].as_array().unwrap().iter().map(|a| a["email"].as_str()).collect();
                    assert_eq!(emails, meant, "{place}");
                }
                let content = entry.content.as_ref().and_then(|content| content.body.clone());
                let content =
                    content.or_else(|| entry.summary.as_ref().map(|summary| summary.content.clone())).unwrap();
                assert!(!content.trim().is_empty(), "{place}");
                contents.entry(entry.id.clone()).or_default().push(content.trim().to_owned());
                looked_at += 1;
            }
        }
        for (id, contents) in contents {
            assert!(contents.iter().all(|content| *content == contents[0]), "{name}: {id}: {contents:#?}");
        }
    }
    assert!(looked_at > 150, "{looked_at} entries looked at");
}

#[test]
fn the_parsers_we_write_with_agree_too() {
    for (name, newsroom, shown) in built() {
        let outputs = newsroom.outputs();
        let shown: Vec<Value> = shown.into_iter().take(window(&newsroom)).collect();
        if let Some(bytes) = outputs.get("feed.atom") {
            let feed = atom_syndication::Feed::read_from(bytes.as_slice()).unwrap();
            let shown = in_feed(&newsroom, "feed.atom", &shown);
            for (entry, item) in feed.entries.iter().zip(&shown) {
                assert_eq!(entry.id, item["id"].as_str().unwrap(), "{name}");
                assert_eq!(entry.title.value, item["title"].as_str().unwrap(), "{name}");
                assert_eq!(entry.updated.timestamp(), instant(item["updated"].as_str().unwrap()), "{name}");
                let tags: Vec<&str> = entry.categories.iter().map(|category| category.term.as_str()).collect();
                let meant: Vec<&str> = item["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                assert_eq!(tags, meant, "{name}");
            }
        }
        if let Some(bytes) = outputs.get("feed.rss") {
            let channel = rss::Channel::read_from(bytes.as_slice()).unwrap();
            for (entry, item) in channel.items.iter().zip(&shown) {
                let guid = entry.guid.as_ref().unwrap();
                assert_eq!((guid.value.as_str(), guid.permalink), (item["id"].as_str().unwrap(), false), "{name}");
                assert_eq!(entry.author, None, "{name}");
                let creators = &entry.dublin_core_ext.as_ref().unwrap().creators;
                assert_eq!(*creators, texts(item, "authors", "name"), "{name}");
                let date = chrono::DateTime::parse_from_rfc2822(entry.pub_date.as_ref().unwrap()).unwrap();
                assert_eq!(date.timestamp(), instant(item["published"].as_str().unwrap()), "{name}");
            }
        }
    }
}

/// What identifies a file on a disk: its inode where there are any, and when it was written.
fn stamps(folder: &Path) -> BTreeMap<String, String> {
    files(folder)
        .into_keys()
        .map(|path| {
            let metadata = fs::metadata(folder.join(&path)).unwrap();
            #[cfg(unix)]
            let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
            #[cfg(not(unix))]
            let inode = 0;
            (path, format!("{inode} {:?}", metadata.modified().unwrap()))
        })
        .collect()
}

#[test]
fn a_second_run_touches_no_file() {
    for (name, newsroom, _) in built() {
        let (bytes, before) = (files(&newsroom.public()), stamps(&newsroom.public()));
        let said = newsroom.run(&["build", "--keep-going", "--format", "human"]);
        assert_eq!(stamps(&newsroom.public()), before, "{name}: {}", said.stdout);
        assert_eq!(files(&newsroom.public()), bytes, "{name}");
        // Nor does one that knows nothing of the first.
        fs::remove_file(newsroom.public().join(".crieur-manifest.json")).unwrap();
        newsroom.run(&["build", "--keep-going", "--format", "human"]);
        let mut again = stamps(&newsroom.public());
        again.insert(".crieur-manifest.json".to_owned(), before[".crieur-manifest.json"].clone());
        assert_eq!(again, before, "{name}: without a manifest");
        assert_eq!(files(&newsroom.public()), bytes, "{name}: without a manifest");
    }
}

#[test]
fn zone_locale_folder_and_file_order_change_nothing() {
    for case in cases() {
        let one = Newsroom::of(&case);
        one.run(&["build", "--keep-going"]);
        // Written in the other order, elsewhere, by a machine that is set up otherwise.
        let other = Newsroom::backwards(&case)
            .env("TZ", "Pacific/Kiritimati")
            .env("LC_ALL", "fr_FR.UTF-8")
            .env("LANG", "ru_RU");
        other.run(&["build", "--keep-going"]);
        let (one, other) = (files(&one.public()), files(&other.public()));
        let differ: Vec<&String> = one.keys().chain(other.keys()).filter(|p| one.get(*p) != other.get(*p)).collect();
        assert!(differ.is_empty(), "{}: {differ:?}", case.display());
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let items: Vec<(String, String)> = (0..300)
        .map(|n| (format!("2026-01-{:02}-{n}.md", n % 28 + 1), format!("# Titre {n}\n\nTexte {n}.\n")))
        .collect();
    let build = |threads: &str| {
        let newsroom =
            items.iter().fold(Newsroom::new().env("RAYON_NUM_THREADS", threads), |newsroom, (name, text)| {
                newsroom.item(name, text)
            });
        newsroom.build();
        files(&newsroom.public())
    };
    assert_eq!(build("1"), build("7"));
}

#[test]
fn what_is_held_is_nowhere() {
    for (name, newsroom, _) in built() {
        for (path, bytes) in files(&newsroom.public()) {
            assert!(!path.to_lowercase().contains("canari"), "{name}: {path}");
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            assert!(!text.contains("canari"), "{name}: {path} tells of a held item");
        }
    }
}

/// Held items do not even move their neighbours' seconds.
#[test]
fn what_is_held_cannot_be_guessed() {
    let with = Newsroom::new().item("2026-11-20-b.md", "# B\n").item("2026-11-20-a.md", "---\ndraft: true\n---\n# A\n");
    let without = Newsroom::new().item("2026-11-20-b.md", "# B\n");
    with.build();
    without.build();
    assert_eq!(files(&with.public()), files(&without.public()));
}

#[test]
fn source_date_epoch_and_now_are_the_only_clocks() {
    let newsroom = || Newsroom::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/plain"));
    let (one, other) = (newsroom(), newsroom());
    one.run(&["build", "--now", NOW]);
    other.run(&["build", "--now", "2031-05-06T07:08:09Z"]);
    assert_eq!(files(&one.public()), files(&other.public()));
    let early = Newsroom::new().env("SOURCE_DATE_EPOCH", "0").config(CONFIG).item("2026-11-20-a.md", "# A\n");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_crieur"))
        .args(["show", "--format", "json"])
        .current_dir(early.path())
        .env("SOURCE_DATE_EPOCH", "0")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"status\": \"scheduled\""));
}
