//! A language of pages is one file in `locales/`: every language has every word, and a newsroom in a
//! language says nothing in another. German shows it, which no message of the program speaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crieur::locale::Locale;

use crate::harness::{Newsroom, files};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a sentence says whatever fills its blanks: `{n} Mitteilungen` says ` Mitteilungen`, and
/// `{reason? Grund: {reason}}` says ` Grund: `.
fn fixed(sentence: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut rest = sentence;
    while let Some(at) = rest.find(['{', '}']) {
        let (said, mark) = rest.split_at(at);
        pieces.last_mut().unwrap().push_str(said);
        pieces.push(String::new());
        rest = &mark[1..];
        let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap();
        if mark.starts_with('{') {
            rest = rest[name.len()..].trim_start_matches(['?', '!']);
        }
    }
    pieces.last_mut().unwrap().push_str(rest);
    pieces.retain(|piece| piece.chars().any(char::is_alphabetic));
    pieces
}

/// The names of the blanks of a sentence; the hour with and without its zero is one.
fn blanks(sentence: &str) -> BTreeSet<&str> {
    let names = sentence.split('{').skip(1).map(|part| part.split(['}', '?', '!']).next().unwrap());
    names.map(|name| if name == "h" { "hour" } else { name }).collect()
}

#[test]
fn every_language_of_pages_has_every_word() {
    let locales = Locale::all_of_pages();
    let files: BTreeSet<String> = files(&root().join("locales")).into_keys().collect();
    let known: BTreeSet<String> = locales.iter().map(|locale| format!("{}.toml", locale.tag)).collect();
    assert_eq!(files, known, "src/locale.rs does not know every file of locales/");
    let mut wrong = Vec::new();
    let all: BTreeSet<&String> = locales.iter().flat_map(|locale| locale.page.keys()).collect();
    for locale in locales {
        for key in &all {
            match locale.page.get(*key) {
                None => wrong.push(format!("locales/{}.toml: no `{key}` in [page]", locale.tag)),
                Some(sentence) if sentence.trim().is_empty() => {
                    wrong.push(format!("locales/{}.toml: `{key}` says nothing", locale.tag));
                }
                Some(sentence) => {
                    let other = &Locale::of("en").page[*key];
                    if blanks(sentence) != blanks(other) {
                        wrong.push(format!("locales/{}.toml: `{key}` has other blanks than in English", locale.tag));
                    }
                }
            }
        }
        let folder = &locale.page["subscribe.folder"];
        if !folder.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            wrong.push(format!("locales/{}.toml: `{folder}` is no folder's name", locale.tag));
        }
    }
    // A template that asks for a word that is nowhere would say nothing.
    for (path, template) in crate::harness::files(&root().join("templates")) {
        let template = String::from_utf8(template).unwrap();
        let named = |after: &'static str, end: [char; 2]| -> Vec<String> {
            let keys = template.split(after).skip(1).map(|rest| rest.split(end).next().unwrap().trim_matches('"'));
            keys.map(str::to_owned).collect()
        };
        let mut keys = named("words[\"", ['"', ']']);
        let plain = template.split("words.").skip(1);
        keys.extend(
            plain.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned()),
        );
        // `date.words.…` is no word, nor is what a sentence ends with.
        for key in keys.into_iter().filter(|key| !key.is_empty()) {
            if !all.contains(&key) {
                wrong.push(format!("templates/{path}: `{key}` is in no file of locales/"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const GERMAN: &str = r#"title = "Pressestelle"
url = "https://www.example.org/presse/"
language = "de"
timezone = "Europe/Berlin"
authority = "example.org,2020"
description = "Mitteilungen der Stadt Beispiel."

[publisher]
name = "Stadt Beispiel"

[people.kim]
name = "Kim BERGER"

[people.lou]
name = "Lou BRANDT"

[legal]
notice = "impressum.md"
accessibility = "barrierefreiheit.md"
conformance = "CONFORMANCE"

[feeds]
people = true
window = 20
max-bytes = 20000

[privacy]
emails = false
"#;

/// Everything that pages and feeds can say, said by newsrooms whose own texts are letters and figures.
fn german(conformance: &str) -> Newsroom {
    let room = Newsroom::new().config(&GERMAN.replace("CONFORMANCE", conformance));
    room.write("impressum.md", "Text.\n");
    room.write("barrierefreiheit.md", "Text.\n");
    room.write("items/amt/2026-11-20-a/plan.bin", [1_u8; 20]);
    room.write("items/amt/2026-11-20-a/karte.bin", [1_u8; 2_000]);
    room.write("items/amt/2026-11-20-a/film.bin", vec![1_u8; 2_000_000]);
    let head = "title: Text A\nauthors: [kim, lou]\ncontacts: [kim]\ntags: [Bad]\nattachments: [plan.bin, karte.bin, film.bin]\n\
                image: {file: bild.png, alt: Bild, credit: X}\nrights: X\nchanges:\n  - {date: 2026-11-21, kind: correction, note: X.}\n\
                \x20 - {date: 2026-11-22, kind: update, note: X.}\n  - {date: 2026-11-22 11:00, kind: date, note: X.}";
    room.write(
        "items/amt/2026-11-20-a/index.md",
        format!("---\n{head}\n---\nx[^1] a@example.org\n\n[^1]: x\n\n| 1 | 2 |\n|---|---|\n| 3 | 4 |\n"),
    );
    let room = room
        .item("2026-10-01-z.md", act("Text Z", "withdrawn", "withdrawal"))
        .item("2026-10-02-s.md", "---\ntitle: Text S\n---\nx\n")
        .item("2026-10-05-w.md", "---\ntitle: Text W\nchanges:\n  - {date: 2026-11-02, kind: suspension}\n  - {date: 2026-11-03, kind: withdrawal}\n---\nx\n")
        .item("2026-10-03-r.md", "---\ntitle: Text R\nreplaces: 2026-10-01-z.md\n---\nx\n")
        .item("2026-10-04-g.md", "---\ntitle: Text G\nreply-to: 2026-10-03-r.md\n---\nx\n")
        .item("2026-10-06-l.md", "---\ntitle: Text L\nlink: https://www.example.org/l\nattachments: [{file: 'https://www.example.org/l.pdf', type: application/pdf, size: 9}]\n---\n")
        .item("2026-10-07-m.md", "---\ntitle: Text M\ntags: [Kai]\nexpires: 2026-11-23\n---\nx\n")
        .item("2026-10-08-h.md", "---\ntitle: Text H\ndate: 2026-10-08 14:30\n---\nx\n")
        .item("2026-10-08-h.eu.md", "---\ntitle: Text E\ndate: 2026-10-08 14:30\n---\nx\n")
        .item("2026-10-10-p.pdf", b"%PDF-1.4\n%%EOF\n")
        .item("2026-10-10-p.pdf.toml", "title = \"Text P\"\nsummary = \"x\"\n");
    for number in 0..60 {
        let text = "x ".repeat(600);
        room.write(
            &format!("items/2025-01-{:02}-n{number}.md", number % 28 + 1),
            format!("---\ntitle: Text {number}\n---\n{text}\n"),
        );
    }
    room.build();
    // What was out can be taken back, and a page that has moved leads on.
    room.write("items/2026-10-02-s.md", act("Text S", "withheld", "suspension"));
    let moved = room.path().join("items/2026-10-07-m.md");
    fs::rename(&moved, room.path().join("items/2026-10-07-mm.md")).unwrap();
    room.build();
    room
}

fn act(title: &str, status: &str, kind: &str) -> String {
    format!(
        "---\ntitle: {title}\nstatus: {status}\nchanges:\n  - {{date: 2026-11-02, kind: {kind}, note: X.}}\n---\nx\n"
    )
}

/// A text as a person reads it: no style, no names of elements and attributes, no entities.
fn read(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text: String = text
        .split("<style>")
        .enumerate()
        .map(|(number, part)| if number == 0 { part } else { part.split_once("</style>").map_or("", |(_, rest)| rest) })
        .collect();
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x2f;", "/"), ("\\\"", "\""), ("&#34;", "\"")];
    let decoded = signs.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign)).replace("&amp;", "&");
    // Twice: a feed of Atom carries HTML as text.
    let decoded = signs.iter().fold(decoded, |text, (entity, sign)| text.replace(entity, sign));
    let mut read = String::new();
    let mut rest = decoded.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        read.push_str(before);
        for value in tag.split('"').skip(1).step_by(2) {
            read.push_str(&format!(" | {value} | "));
        }
        rest = after;
    }
    read + rest
}

/// Whether words stand in a text, and not as parts of longer ones.
fn says(text: &str, words: &str) -> bool {
    let words = words.trim();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '/' || c == '_');
    let edge = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + words.len()..].chars().next());
        let cut = |end: Option<char>, beside: Option<char>| edge(end) && letter(beside);
        !cut(words.chars().next(), before) && !cut(words.chars().next_back(), after)
    })
}

#[test]
fn a_german_newsroom_speaks_german_and_says_all_that_can_be_said() {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for conformance in ["full", "partial", "none"] {
        for (path, bytes) in german(conformance).outputs() {
            if [".html", ".atom", ".rss", ".json", ".opml"].iter().any(|ending| path.ends_with(ending)) {
                texts.insert(format!("{conformance}/{path}"), read(&bytes));
            }
        }
    }
    // A newsroom without an item says so.
    let empty = Newsroom::new().config(GERMAN.split("[legal]").next().unwrap());
    empty.build();
    texts.insert("index.html".to_owned(), read(empty.output("index.html").as_bytes()));

    let german = Locale::of("de");
    let ours: Vec<String> = german.page.values().flat_map(|sentence| fixed(sentence)).collect();
    let mut wrong = Vec::new();
    for tag in ["fr", "en"] {
        let words = fs::read_to_string(root().join(format!("locales/{tag}.toml"))).unwrap();
        let locale: toml::Table = words.parse().unwrap();
        let page = locale["page"].as_table().unwrap().values().filter_map(|value| value.as_str()).flat_map(fixed);
        let days = ["months", "weekdays"].into_iter().flat_map(|key| locale[key].as_array().unwrap().clone());
        let days = days.filter_map(|day| day.as_str().map(str::to_owned));
        let foreign: BTreeSet<String> = page.chain(days).filter(|words| words.trim().chars().count() > 2).collect();
        let german_days: BTreeSet<&str> = ["April", "August", "September", "November"].into();
        for (path, text) in &texts {
            for words in &foreign {
                let shared = german_days.contains(words.as_str()) || ours.iter().any(|own| says(own, words));
                if !shared && says(text, words) {
                    wrong.push(format!("{path} says `{}` ({tag})", words.trim()));
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");

    // Else the look above would have seen nothing.
    let unsaid = |(key, sentence): (&String, &String)| {
        let pieces = fixed(sentence);
        // The name of a folder is seen in addresses alone.
        (key != "subscribe.folder" && !pieces.iter().all(|piece| texts.values().any(|text| says(text, piece))))
            .then(|| key.clone())
    };
    let unsaid: Vec<String> = german.page.iter().filter_map(unsaid).collect();
    assert_eq!(unsaid, Vec::<String>::new(), "no page or feed says these words of locales/de.toml");
}
