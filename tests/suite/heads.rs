//! What was made of files in an earlier run is as good as reading them again, and spares it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crieur::file::{Heads, SourceEntry, Stamp};
use crieur::{Accept, Config, Ledger, Source};
use proptest::prelude::*;

use crate::harness::{self, CONFIG, Newsroom};

/// So long after it was touched, a file is trusted by its times.
const TICK: Duration = Duration::from_millis(2_200);

type World = BTreeMap<String, Vec<u8>>;

/// What one run leaves to the next, in memory.
#[derive(Default)]
struct Shelf {
    before: HashMap<String, Vec<u8>>,
    next: Mutex<HashMap<String, Vec<u8>>>,
}

impl Shelf {
    /// As the next run finds it.
    fn turned(self) -> Self {
        let mut before = self.before;
        before.extend(self.next.into_inner().unwrap());
        Self { before, next: Mutex::default() }
    }
}

impl Heads for Shelf {
    fn kept(&self, path: &str) -> Option<Vec<u8>> {
        self.before.get(path).cloned()
    }

    fn stays(&self, _: &str) {}

    fn keep(&self, path: &str, bytes: &[u8]) {
        self.next.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
    }
}

/// What was opened.
type Opened = Arc<Mutex<BTreeSet<String>>>;

/// The world as a disk shows it: a stamp changes with the bytes, or (`touched`) although they are the same.
fn source(world: &World, touched: bool) -> (Source, Opened) {
    let stamp = |bytes: &[u8]| {
        let text = crieur::file::digest(&[bytes, if touched { b"!" } else { b"" }].concat());
        Stamp(text.as_bytes()[..16].try_into().unwrap())
    };
    let entry = |(path, bytes): (&String, &Vec<u8>)| SourceEntry {
        path: path.into(),
        size: bytes.len() as u64,
        spelt: None,
        stamp: Some(stamp(bytes)),
    };
    let (opened, files) = (Opened::default(), world.clone());
    let seen = opened.clone();
    let source = Source::new(world.iter().map(entry).collect(), move |entry| {
        seen.lock().unwrap().insert(entry.path.to_string());
        Ok(Box::new(Cursor::new(files[entry.path.as_str()].clone())))
    });
    (source, opened)
}

/// What a run finds, with what is on the shelf, if there is one; and which files it opened.
fn read(world: &World, config: &Config, shelf: Option<&Arc<Shelf>>, touched: bool) -> (Found, BTreeSet<String>) {
    let (source, opened) = source(world, touched);
    let source = match shelf {
        Some(shelf) => source.with_heads(shelf.clone()),
        None => source,
    };
    let now = harness::NOW.parse().unwrap();
    let newsroom = crieur::read_after(&Ledger::default(), &[Accept::OldItems], config, &source, now);
    let items = newsroom.items.iter().map(|item| item.path.to_string()).collect();
    let opened = opened.lock().unwrap().clone();
    (Found { words: format!("{newsroom:#?}"), items }, opened)
}

#[derive(PartialEq)]
struct Found {
    /// All of it.
    words: String,
    /// The paths of the items.
    items: BTreeSet<String>,
}

/// Reads one world after another, each with what the one before it left, and each without.
fn compare(worlds: &[World], config: &Config, name: &str) {
    let mut shelf = Arc::new(Shelf::default());
    for (index, world) in worlds.iter().enumerate() {
        let (plain, _) = read(world, config, None, false);
        let (found, _) = read(world, config, Some(&shelf), false);
        if plain != found {
            let differs = plain.words.lines().zip(found.words.lines()).find(|(a, b)| a != b);
            panic!("{name}, {index}: {differs:?}");
        }
        shelf = Arc::new(Arc::into_inner(shelf).unwrap().turned());
    }
}

#[test]
fn every_case_is_read_as_if_for_the_first_time() {
    let mut items = 0;
    for case in harness::cases() {
        let files = harness::files(&case);
        let config = files.get("crieur.toml").map_or(CONFIG.to_owned(), |text| String::from_utf8_lossy(text).into());
        let Ok(config) = Config::parse(&config) else { continue };
        let below = |(path, bytes): (&String, &Vec<u8>)| Some((path.strip_prefix("items/")?.to_owned(), bytes.clone()));
        let world: World = files.iter().filter_map(below).collect();
        let name = case.display().to_string();
        let shelf = Arc::new(Shelf::default());
        let (first, opened) = read(&world, &config, Some(&shelf), false);
        assert!(first.items.is_subset(&opened) && first == read(&world, &config, None, false).0, "{name}");
        let shelf = Arc::new(Arc::into_inner(shelf).unwrap().turned());
        let (second, opened) = read(&world, &config, Some(&shelf), false);
        assert!(first == second && first.items.is_disjoint(&opened), "{name}: {opened:?}");
        // As a fresh checkout leaves them: other times, the same bytes.
        let (third, _) = read(&world, &config, Some(&shelf), true);
        assert!(first == third, "{name}");
        items += first.items.len();
    }
    assert!(items > 400, "{items}");
}

const PATHS: [&str; 14] = [
    "a.md",
    "a.md.toml",
    "a.pdf",
    "a.pdf.toml",
    "a.png",
    "b/index.md",
    "b/plan.png",
    "b/carte.html",
    "c.txt",
    "c.txt.toml",
    "c.png",
    "d.html",
    "2026-11-20-e.md",
    "b/note.pdf",
];

const TEXTS: [&str; 11] = [
    "",
    "---\ntitle: Un\ndate: 2026-11-20\nimage: a.png\n---\n\nVoir [la note](b/note.pdf) et ![le plan](b/plan.png).\n",
    "---\ntitle: Deux\ndate: 2026-11-21 08:00\nattachments: [a.pdf, {file: plan.png, title: Plan}]\n---\n\n![](plan.png)\n",
    "---\ndate: 2026-11-22\ndraft: true\n---\n\n# Trois\n\n[un](a.md) [deux](../a.md) [carte](carte.html)\n",
    "# Quatre\n\nLens, le 20 novembre 2026\n\nContact : Camille, camille@example.org\n",
    "title = \"Cinq\"\ndate = 2026-11-19\n",
    "draft = true\n",
    "%PDF-1.7\n",
    "%PDF-1.7 /Encrypt\n",
    "\u{89}PNG\r\n",
    "<!doctype html><title>Six</title><meta name=\"date\" content=\"2026-11-18\"><h1>Six</h1><p><img src=\"c.png\">",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_changes_is_seen(steps in proptest::collection::vec(proptest::collection::vec((0..PATHS.len(), 0..TEXTS.len() + 2), 1..8), 1..6)) {
        let config = Config::parse(CONFIG).unwrap();
        let mut world = World::new();
        let mut worlds = Vec::new();
        for acts in steps {
            for (path, text) in acts {
                match TEXTS.get(text) {
                    Some(text) => world.insert(PATHS[path].to_owned(), text.as_bytes().to_vec()),
                    None => world.remove(PATHS[path]),
                };
            }
            worlds.push(world.clone());
        }
        compare(&worlds, &config, "acts");
    }
}

#[test]
fn a_run_reads_what_has_changed_and_says_the_same() {
    let room = Newsroom::new()
        .item("2026-11-20-piscine.md", "# La piscine rouvre\n\nLe bassin rouvre lundi ![](plan.png).\n")
        .item("2026-11-21-gare.md", "---\ntitle: La gare\nimage: gare.png\n---\n\nOn y va.\n");
    let heads = room.path().join(".crieur/heads");
    assert_eq!(room.run(&["check"]).code, 0);
    assert!(!heads.exists(), "who only looks keeps nothing");
    std::thread::sleep(TICK);
    assert_eq!(room.build().code, 0);
    let (kept, output) = (fs::read(&heads).unwrap(), room.outputs());
    room.write("items/2026-11-22-stade.md", "# Le stade\n\nIl ferme.\n");
    let with = room.build();
    let grown = fs::read(&heads).unwrap();
    assert!(grown.starts_with(&kept) && grown.len() > kept.len(), "one more, at the end");
    let (outputs, ledger) = (room.outputs(), fs::read(room.path().join("ledger.jsonl")).unwrap());
    assert_ne!(outputs, output);

    // The same, read from the beginning.
    fs::remove_dir_all(room.path().join(".crieur")).unwrap();
    fs::remove_dir_all(room.public()).unwrap();
    let without = room.build();
    assert_eq!((with.code, &with.stderr), (without.code, &without.stderr));
    assert_eq!((room.outputs(), fs::read(room.path().join("ledger.jsonl")).unwrap()), (outputs.clone(), ledger));

    // Damaged: said, and made again.
    let mut bytes = fs::read(&heads).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&heads, &bytes).unwrap();
    let said = room.run(&["check"]);
    assert!(said.code == 0 && !said.stderr.contains(".crieur/heads"), "{}", said.stderr);
    room.write("items/2026-11-22-stade.md", "# Le stade\n\nIl ferme.\n\nIl rouvrira.\n");
    let said = room.build();
    assert!(said.code == 0 && said.stderr.contains(".crieur/heads"), "{}", said.stderr);
    assert!(room.output("feed.atom").contains("Il rouvrira"));
    let said = room.run(&["build", "--only", "feeds"]);
    assert!(said.code == 0 && !said.stderr.contains(".crieur/heads"), "{}", said.stderr);

    // What is taken away is not to be found there either.
    let knows = |title: &str| String::from_utf8_lossy(&fs::read(&heads).unwrap()).contains(title);
    assert!(knows("Le stade"));
    fs::remove_file(room.path().join("items/2026-11-22-stade.md")).unwrap();
    let said = room.run(&["build", "--accept", "lost"]);
    assert!(said.code == 0 && !knows("Le stade") && knows("La gare"), "{}", said.stderr);
    assert!(!said.stderr.contains(".crieur/heads"), "{}", said.stderr);
}

#[test]
fn what_somebody_has_changed_in_the_output_is_made_right_again() {
    let room = Newsroom::new()
        .item("2026-11-20-piscine.md", "# La piscine rouvre\n\nLe bassin rouvre lundi, [le plan](plan.pdf).\n")
        .item("plan.pdf", "%PDF-1.7 un")
        .item("2026-11-21-gare.md", "# La gare\n\nOn y va.\n");
    assert_eq!(room.build().code, 0);
    std::thread::sleep(TICK);
    room.write("items/2026-11-21-gare.md", "# La gare\n\nOn en vient.\n");
    assert_eq!(room.build().code, 0);
    assert!(room.path().join(".crieur/seen").exists());
    let right = room.outputs();
    for (path, bytes) in &right {
        if path.ends_with(".html") || path.ends_with(".pdf") {
            let mut other = bytes.clone();
            *other.last_mut().unwrap() ^= 1;
            fs::write(room.public().join(path), other).unwrap();
        }
    }
    assert_eq!(room.build().code, 0);
    assert_eq!(room.outputs(), right);
    // An attachment of the same size.
    room.write("items/plan.pdf", "%PDF-1.7 de");
    assert_eq!(room.build().code, 0);
    let copies = room.outputs().into_iter().filter(|(path, _)| path.ends_with("plan.pdf"));
    assert!(copies.map(|(_, bytes)| bytes).eq([b"%PDF-1.7 de".to_vec()]));
}
