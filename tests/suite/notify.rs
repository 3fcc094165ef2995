//! WebSub: hubs stand in every feed, and are told of what has changed and is live, once. A real hub and
//! what it delivers: `tests/long/websub.py`.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::harness::{CONFIG, Newsroom, answer};
use crate::verify::web;

/// A newsroom, the server that shows its output, and a hub that keeps what it is told.
struct World {
    newsroom: Newsroom,
    told: Arc<Mutex<Vec<String>>>,
    /// What the hub answers.
    status: Arc<Mutex<&'static str>>,
}

impl World {
    fn new() -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let status = Arc::new(Mutex::new("204 No Content"));
        let (ears, mouth) = (Arc::clone(&told), Arc::clone(&status));
        let hub = web(move |request| {
            assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
            ears.lock().unwrap().push(request.body.clone());
            answer(*mouth.lock().unwrap(), b"")
        });
        let folder = Arc::new(Mutex::new(PathBuf::new()));
        let shown = Arc::clone(&folder);
        let site = web(move |request| {
            let path = request.path.trim_start_matches("/presse/");
            match fs::read(shown.lock().unwrap().join(path)) {
                Ok(bytes) => answer("200 OK", &bytes),
                Err(_) => answer("404 Not Found", b""),
            }
        });
        let config = CONFIG.replace("https://www.example.org", &site);
        let newsroom = Newsroom::new()
            .config(&format!("{config}\n[feeds]\nhubs = [\"{hub}/\"]\n"))
            .item("2026-11-20-piscine.md", "# La piscine rouvre\n\nLundi.\n");
        *folder.lock().unwrap() = newsroom.path().join("web");
        Self { newsroom, told, status }
    }

    #[track_caller]
    fn publish(&self) -> String {
        let said = self.newsroom.run(&["publish", "web", "--lang", "en"]);
        assert_eq!(said.code, 0, "a hub never fails a publication: {}{}", said.stdout, said.stderr);
        said.stdout + &said.stderr
    }

    /// The feeds that the hub was told of since the last time it was asked.
    fn topics(&self) -> Vec<String> {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        told.sort();
        told.dedup();
        let topic = |body: String| {
            let topics = body.strip_prefix("hub.mode=publish&hub.url=").unwrap_or_else(|| panic!("{body}"));
            let (url, topic) = topics.split_once("&hub.topic=").unwrap();
            assert_eq!(url, topic);
            url.rsplit("%2Fpresse%2F").next().unwrap().to_owned()
        };
        told.into_iter().map(topic).collect()
    }
}

const ALL: [&str; 3] = ["feed.atom", "feed.json", "feed.rss"];

#[test]
fn hubs_are_told_of_feeds_that_changed_and_of_no_others() {
    let world = World::new();
    assert!(world.publish().contains("told of 3 feeds"));
    assert_eq!(world.topics(), ALL);
    assert!(world.publish().contains("nothing to tell"));
    assert!(world.topics().is_empty());
    // Held: no byte of a feed changes, and nobody hears of it (WS-07).
    world.newsroom.write("items/2026-12-24-noel.md", "---\nembargo: 2026-12-24 08:00\n---\n# Noël\n\nTexte.\n");
    world.publish();
    assert!(world.topics().is_empty());
    world.newsroom.write("items/2026-11-21-pont.md", "---\ntags: [Voirie]\n---\n# Le pont\n\nMardi.\n");
    world.publish();
    let topics = world.topics();
    assert_eq!(topics.len(), 6, "{topics:?}");
    assert!(topics.contains(&"tags%2Fvoirie%2Ffeed.atom".to_owned()), "{topics:?}");
}

#[test]
fn a_hub_that_fails_is_told_by_the_next_run() {
    let world = World::new();
    *world.status.lock().unwrap() = "400 Bad Request";
    assert!(world.publish().contains("hub-failed"));
    assert_eq!(world.topics(), ALL);
    *world.status.lock().unwrap() = "202 Accepted";
    let said = world.newsroom.run(&["notify", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(world.topics(), ALL);
    world.newsroom.run(&["notify"]);
    assert!(world.topics().is_empty());
}

#[test]
fn a_feed_that_is_not_live_is_not_announced() {
    let world = World::new();
    world.newsroom.build();
    let said = world.newsroom.run(&["notify", "--deadline", "0", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("hub-waits"), "{}", said.stderr);
    assert!(world.topics().is_empty());
    // What is told cannot be kept: that is said, and no more.
    world.newsroom.run(&["publish", "web"]);
    fs::remove_dir_all(world.newsroom.path().join(".crieur")).unwrap();
    world.newsroom.write(".crieur", "a file");
    let said = world.newsroom.run(&["notify"]);
    assert_eq!(said.code, 0);
    assert!(said.stderr.contains("hub-forgets"), "{}", said.stderr);
}

#[test]
fn every_feed_names_its_hubs_and_no_part_of_the_archive_does() {
    let config =
        CONFIG.to_owned() + "\n[feeds]\nwindow = 1\nmax-bytes = 1\nhubs = [\"https://hub.example.org/?a&b\"]\n";
    let mut newsroom = Newsroom::new().config(&config);
    for day in 1..=40 {
        let date = format!("2026-{:02}-{:02}", 1 + day / 20, 1 + day % 20);
        newsroom = newsroom.item(&format!("{date}-x{day}.md"), format!("# Titre {day}\n\nTexte.\n"));
    }
    newsroom.build();
    let link = "href=\"https://hub.example.org/?a&amp;b\"";
    for (feed, element) in [("feed.atom", "<link "), ("feed.rss", "<atom:link ")] {
        let text = newsroom.output(feed);
        let hub = text.lines().find(|line| line.contains("rel=\"hub\"")).unwrap_or_else(|| panic!("{text}"));
        assert!(hub.contains(link) && hub.contains(element) && !hub.contains("type="), "{hub}");
    }
    let json: serde_json::Value = serde_json::from_str(&newsroom.output("feed.json")).unwrap();
    assert_eq!(json["hubs"], serde_json::json!([{"type": "WebSub", "url": "https://hub.example.org/?a&b"}]));
    let outputs = newsroom.outputs();
    let archived: Vec<_> = outputs.keys().filter(|path| path.starts_with("archive/feed-")).collect();
    assert!(!archived.is_empty());
    for path in archived {
        assert!(!newsroom.output(path).contains("hub"), "{path}");
    }
    let wrong =
        Newsroom::new().config(&(CONFIG.to_owned() + "\n[feeds]\nhubs = [\"hub.example.org\"]\n")).run(&["build"]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
}
