//! What a subscriber of the old feed sees when the new one takes its place: nothing. Read with a
//! library that shares no code with ours, before and after; from a file, and from a server.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use chrono::DateTime;
use crieur::import::{self, Entry, When};
use crieur::text::Text;
use crieur::{Code, Config, Source};
use feed_rs::model;
use proptest::prelude::*;

use crate::harness::{CONFIG, Newsroom, answer, serve};
use crate::properties::any_text;

/// What a reader knows of an entry.
#[derive(Debug, PartialEq)]
struct Seen {
    title: String,
    published: i64,
    updated: Option<i64>,
    link: Option<String>,
    authors: Vec<(String, Option<String>)>,
    categories: Vec<String>,
    files: Vec<String>,
    text: String,
}

fn seen(feed: &[u8]) -> BTreeMap<String, Seen> {
    let feed = feed_rs::parser::parse(feed).unwrap();
    let files = |entry: &model::Entry| -> Vec<String> {
        let links = entry.links.iter().filter(|link| link.rel.as_deref() == Some("enclosure")).map(|l| l.href.clone());
        let media = entry.media.iter().flat_map(|media| &media.content);
        let media = media.filter_map(|content| content.url.as_ref().map(ToString::to_string));
        let mut files: Vec<String> = links.chain(media).collect();
        files.sort();
        files.dedup();
        files
    };
    let shown = feed.entries.iter().map(|entry| {
        let content = entry.content.as_ref().and_then(|content| content.body.clone());
        let content = content.or_else(|| entry.summary.as_ref().map(|text| text.content.clone())).unwrap_or_default();
        let text = crieur::html::text_of(&crieur::html::sanitise(&content));
        let published = entry.published.or(entry.updated).unwrap();
        let seen = Seen {
            title: entry.title.as_ref().map(|title| title.content.clone()).unwrap_or_default(),
            published: published.timestamp(),
            updated: entry.updated.map(|updated| updated.timestamp()),
            link: entry.links.iter().find(|link| link.rel.as_deref() != Some("enclosure")).map(|l| l.href.clone()),
            authors: entry.authors.iter().map(|a| (a.name.clone().unwrap_or_default(), a.email.clone())).collect(),
            categories: entry.categories.iter().map(|category| category.term.clone()).collect(),
            files: files(entry),
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        (entry.id.clone(), seen)
    });
    shown.collect()
}

fn case(name: &str) -> Newsroom {
    Newsroom::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name))
}

/// Imports the feed of a case, builds, and gives what a reader saw and sees.
fn replaced(name: &str, old: &str, new: &str) -> (BTreeMap<String, Seen>, BTreeMap<String, Seen>) {
    let newsroom = case(name);
    let before = std::fs::read(newsroom.path().join(old)).unwrap();
    let said = newsroom.run(&["import", old]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    newsroom.build();
    (seen(&before), seen(newsroom.output(new).as_bytes()))
}

#[test]
fn subscribers_of_atom_notice_nothing() {
    let (before, mut after) = replaced("import-atom", "ancien.atom", "feed.atom");
    assert_eq!(before.len(), 3);
    for (id, old) in before {
        let new = after.remove(&id).unwrap();
        // A title that is HTML is shown as the words that it means.
        let title = crieur::html::text_of(&crieur::html::sanitise(&old.title));
        assert!(new.title == title || new.title == old.title, "{id}: {} {}", new.title, old.title);
        assert_eq!((new.published, new.updated), (old.published, old.updated), "{id}");
        let inherited = old.authors.is_empty();
        assert!(inherited || new.authors == old.authors, "{id}: {:?} {:?}", new.authors, old.authors);
        assert!(!inherited || new.authors[0].0.ends_with("Author"), "{id}: {:?}", new.authors);
        let mut terms = old.categories;
        terms.dedup();
        assert_eq!(new.categories, terms, "{id}");
        assert_eq!(new.files.len(), old.files.len(), "{id}");
        assert!(new.text.starts_with(&old.text), "{id}: {} {}", new.text, old.text);
    }
    assert!(after.is_empty());
}

#[test]
fn subscribers_of_rss_notice_nothing() {
    let (before, mut after) = replaced("import-rss", "ancien.rss", "feed.rss");
    assert_eq!(before.len(), 3);
    for (id, old) in before {
        let new = after.remove(&id).unwrap();
        assert_eq!((&new.title, new.published), (&old.title, old.published), "{id}");
        assert_eq!(new.categories, old.categories, "{id}");
        if old.link.is_some() && !old.link.as_ref().is_some_and(|link| link.ends_with("12345")) {
            assert_eq!(new.link, old.link, "{id}");
        }
        for (author, (written, _)) in new.authors.iter().zip(&old.authors) {
            assert!(written.contains(&author.0), "{id}: {author:?} {written}");
        }
        for file in &old.files {
            assert!(new.files.contains(file), "{id}: {file} {:?}", new.files);
        }
        assert!(new.text.starts_with(&old.text), "{id}: {} {}", new.text, old.text);
    }
    assert!(after.is_empty());
}

#[test]
fn subscribers_of_json_notice_nothing() {
    let newsroom = case("import-json");
    assert_eq!(newsroom.run(&["import", "ancien.json"]).code, 0);
    newsroom.build();
    let read = |text: &str| -> Vec<serde_json::Value> {
        let feed: serde_json::Value = serde_json::from_str(text).unwrap();
        feed["items"].as_array().unwrap().clone()
    };
    let before = read(&std::fs::read_to_string(newsroom.path().join("ancien.json")).unwrap());
    let after = read(&newsroom.output("feed.json"));
    assert_eq!(after.len(), before.len());
    for (old, new) in before.iter().zip(&after) {
        let id = old["id"].as_str().map_or_else(|| old["id"].to_string(), str::to_owned);
        assert_eq!(new["id"], id);
        for key in ["url", "title"] {
            assert_eq!(new[key], old[key], "{id}");
        }
        let instant = |item: &serde_json::Value, key: &str| {
            item[key].as_str().map(|text| DateTime::parse_from_rfc3339(text).unwrap().timestamp())
        };
        assert_eq!(instant(new, "date_published"), instant(old, "date_published"), "{id}");
        assert!(old["tags"].is_null() || new["tags"] == old["tags"], "{id}");
        assert!(old["summary"].is_null() || new["summary"] == old["summary"], "{id}");
        let file = |item: &serde_json::Value, key: &str| item["attachments"][0][key].clone();
        for key in ["mime_type", "size_in_bytes", "title"] {
            assert_eq!(file(new, key), file(old, key), "{id}");
        }
    }
}

#[test]
fn a_feed_is_fetched_or_it_is_said_why_not() {
    let feed = br#"<rss version="2.0"><channel><title>T</title><item><title>Un</title><guid isPermaLink="false">u</guid><link>/un</link><pubDate>Wed, 29 Jan 2020 08:00:00 GMT</pubDate><description>x</description></item></channel></rss>"#;
    let newsroom = Newsroom::new();
    let address = serve("feed", answer("200 OK", feed));
    let said = newsroom.run(&["import", &address]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let item = std::fs::read_to_string(newsroom.path().join("items/2020-01-29-un.md")).unwrap();
    let link = address.replace("/feed", "/un");
    assert!(item.contains(&format!("link: \"{link}\"")), "{item}");

    for (status, body) in [("404 Not Found", &b"no"[..]), ("500 Oops", b"no")] {
        let said = newsroom.run(&["import", &serve("feed", answer(status, body))]);
        assert_eq!(said.code, 3, "{}", said.stderr);
        assert!(said.stderr.contains("[feed-unreachable]") && said.stderr.contains(&status[..3]), "{}", said.stderr);
    }
    // Half of an answer is none.
    let mut cut = answer("200 OK", feed);
    cut.truncate(cut.len() - 20);
    assert_eq!(newsroom.run(&["import", &serve("feed", cut)]).code, 3);
    let said = newsroom.run(&["import", "http://127.0.0.1:1/feed"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    // A page says which feeds it has.
    let page = b"<!doctype html><link rel=alternate type=\"application/atom+xml\" href=\"/atom\">";
    let said = newsroom.run(&["import", &serve("feed", answer("200 OK", page))]);
    assert!(said.code == 2 && said.stderr.contains("/atom"), "{}", said.stderr);
}

#[test]
fn what_is_too_large_is_not_read() {
    assert_eq!(
        crieur::fetch::get(&serve("feed", answer("200 OK", b"0123456789")), 10),
        Ok(Some(b"0123456789".to_vec()))
    );
    assert!(crieur::fetch::get(&serve("feed", answer("200 OK", b"0123456789x")), 10).is_err());
    assert_eq!(crieur::fetch::get(&serve("feed", answer("404 Not Found", b"")), 10), Ok(None));
}

#[test]
fn a_file_that_is_no_feed_by_its_size_is_not_read() {
    let newsroom = Newsroom::new();
    let file = std::fs::File::create(newsroom.path().join("huge.xml")).unwrap();
    file.set_len(import::LARGEST + 1).unwrap();
    let said = newsroom.run(&["import", "huge.xml"]);
    assert!(said.code == 3 && said.stderr.contains("64 MiB"), "{}", said.stderr);
}

/// Our own feeds come back as the items that they were made of.
#[test]
fn our_own_feeds_come_back() {
    let first = case("import-rss");
    assert_eq!(first.run(&["import", "ancien.rss"]).code, 0);
    first.build();
    for format in ["feed.atom", "feed.rss", "feed.json"] {
        let second = Newsroom::new();
        second.write("old", first.output(format));
        assert_eq!(second.run(&["import", "old", "--quiet"]).stderr, "", "{format}");
        let shown = |newsroom: &Newsroom| -> Vec<serde_json::Value> {
            let items: Vec<serde_json::Value> =
                serde_json::from_str(&newsroom.run(&["show", "--format", "json"]).stdout).unwrap();
            let told = ["id", "title", "published", "updated", "tags", "language"];
            items.iter().map(|item| told.iter().map(|key| item[key].clone()).collect()).collect()
        };
        let languages = |mut items: Vec<serde_json::Value>| {
            // RSS has no place for the language of an item.
            items.iter_mut().filter(|_| format == "feed.rss").for_each(|item| item[5] = "".into());
            items
        };
        assert_eq!(languages(shown(&second)), languages(shown(&first)), "{format}");
    }
}

#[test]
fn without_a_newsroom_the_items_lie_here() {
    let newsroom = Newsroom::new();
    std::fs::remove_file(newsroom.path().join("crieur.toml")).unwrap();
    newsroom.write(
        "old.rss",
        "<rss version='2.0'><channel><item><title>A</title><guid>https://x.example/a</guid><pubDate>Wed, 29 Jan 2020 08:00:00 GMT</pubDate></item></channel></rss>",
    );
    assert_eq!(newsroom.run(&["import", "old.rss"]).code, 0);
    assert!(newsroom.path().join("items/2020-01-29-a.md").is_file());
    // Elsewhere, when somebody says so; and never over a file of theirs.
    newsroom.write("dehors/2020-01-29-a.md", "A\n");
    assert_eq!(newsroom.run(&["import", "old.rss", "dehors"]).code, 0);
    assert!(newsroom.path().join("dehors/2020-01-29-a-2.md").is_file());
    assert_eq!(std::fs::read_to_string(newsroom.path().join("dehors/2020-01-29-a.md")).unwrap(), "A\n");
}

fn rss(entries: &[(String, String, String, String, String)]) -> String {
    let safe = |text: &str| crieur::html::escape(&crieur::text::without_marks(&crieur::text::clean(text).text));
    let mut feed = String::from("<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>");
    for (number, (id, title, name, tag, body)) in entries.iter().enumerate() {
        let _ = write!(
            feed,
            "<item><guid isPermaLink=\"false\">i{number} {}</guid><title>T{}</title><dc:creator>N{}</dc:creator>\
             <category>{}</category><pubDate>Wed, 29 Jan 2020 08:00:{number:02} GMT</pubDate><description>{}</description></item>",
            safe(id),
            safe(title),
            safe(name),
            safe(tag),
            safe(body)
        );
    }
    feed + "</channel></rss>"
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    /// Whatever an entry holds, its item says it again.
    #[test]
    fn an_entry_is_what_its_item_says(
        entries in prop::collection::vec((any_text(), any_text(), any_text(), any_text(), any_text()), 1..4),
    ) {
        let feed = rss(&entries);
        let (feed, _) = import::read(feed.as_bytes(), "./x.rss", None, &[]).unwrap();
        prop_assert_eq!(feed.entries.len(), entries.len());
        let config = Config::parse(CONFIG).unwrap();
        let plan = import::plan(&feed, "./x.rss", &import::Known::default(), "", &config);
        prop_assert_eq!(&plan.problems, &[]);
        let source = Source::in_memory(plan.files.iter().map(|file| (file.path.clone(), file.text.clone())));
        let newsroom = crieur::read(&config, &source, "2030-01-01T00:00:00Z".parse().unwrap());
        prop_assert!(!newsroom.problems.iter().any(crieur::Problem::is_error), "{:?}", newsroom.problems);
        prop_assert_eq!(newsroom.items.len(), plan.files.len());
        prop_assert_eq!(&newsroom.problems.iter().find(|p| p.code == Code::UrlClash), &None);
        for file in &plan.files {
            let (entry, item) = (&feed.entries[file.entry], newsroom.items.iter().find(|i| i.path == file.path).unwrap());
            prop_assert_eq!(entry.id.as_deref(), Some(item.id.as_str()));
            prop_assert!(entry.title.as_ref().is_none_or(|title| *title == item.title));
            prop_assert_eq!(&entry.tags[..], &item.tags[..]);
            prop_assert_eq!(&entry.authors[0].name, &item.authors[0].name);
        }
        // What was written is known again, whatever its names.
        let again = import::plan(&feed, "./x.rss", &import::known(&source, &config), "", &config);
        prop_assert_eq!(again.files.len(), 0);
        prop_assert_eq!(again.there.len(), plan.files.len());
    }

    /// No bytes at all make it fall over.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), text in any_text()) {
        let _ = import::read(&bytes, "./x", None, &[]);
        let _ = import::read(text.as_bytes(), "./x", None, &[]);
        let _ = import::read(format!("<rss><channel><item>{text}</item></channel></rss>").as_bytes(), "./x", None, &[]);
        let _ = import::read(format!("<feed><entry><content type='html'>{text}").as_bytes(), "./x", None, &[]);
    }
}

#[test]
fn entries_find_their_items_and_doubts_are_listed() {
    let files = [
        ("a.md", "---\ntitle: Un\ndate: 2020-01-29T08:00:00Z\nlink: https://www.x.example/un/\n---\nx\n"),
        ("b.md", "---\ntitle: Deux !\ndate: 2020-01-30\n---\nx\n"),
        ("c.md", "---\ntitle: Trois\ndate: 2020-01-31\n---\nx\n"),
        ("d.md", "---\ntitle: Trois\ndate: 2020-01-31\n---\nx\n"),
        ("e.md", "---\ntitle: Quatre\ndate: 2020-02-01\n---\nx\n"),
    ];
    let source = Source::in_memory(files);
    let newsroom = crieur::read(&Config::parse(CONFIG).unwrap(), &source, "2030-01-01T00:00:00Z".parse().unwrap());
    let entry = |title: &str, link: Option<&str>, when: &str| Entry {
        title: Text::some(title),
        link: link.map(str::to_owned),
        published: Some(When::Instant(DateTime::parse_from_rfc3339(when).unwrap())),
        ..Entry::default()
    };
    let entries = [
        // By address, whatever its scheme, and although its title is another one.
        entry("Autre", Some("http://x.example/un#fin"), "2021-01-01T00:00:00Z"),
        // By title and day; in Paris it is the 30th already.
        entry("Deux", None, "2020-01-29T23:30:00Z"),
        // Two items could be it.
        entry("Trois", None, "2020-01-31T10:00:00Z"),
        // Two entries want the same one.
        entry("Quatre", None, "2020-02-01T10:00:00Z"),
        entry("Quatre", None, "2020-02-01T11:00:00Z"),
        // Another day is another text.
        entry("Deux", None, "2020-01-28T10:00:00Z"),
    ];
    let pairing = import::pair(&entries, &newsroom.items);
    let path = |index: usize| newsroom.items[index].path.as_str();
    let pairs: Vec<_> = pairing.pairs.iter().map(|(entry, item)| (*entry, path(*item))).collect();
    assert_eq!(pairs, [(0, "a.md"), (1, "b.md")]);
    let doubtful: Vec<(usize, Vec<&str>)> = pairing
        .doubtful
        .iter()
        .map(|(entry, items)| {
            let mut items: Vec<_> = items.iter().map(|item| path(*item)).collect();
            items.sort_unstable();
            (*entry, items)
        })
        .collect();
    assert_eq!(doubtful, [(2, vec!["c.md", "d.md"]), (3, vec!["e.md"]), (4, vec!["e.md"])]);
    assert_eq!(pairing.unmatched, [5]);
}

/// Whatever kind of feed another tool wrote, the items that were there already go on under its
/// identities and instants, and not a byte of them changes.
#[test]
fn items_that_are_there_take_the_place_of_the_old_feed() {
    let of = |text: &str| {
        let newsroom = Newsroom::new().config(&CONFIG.replace("Europe/Paris", "UTC"));
        let (feed, _) = import::read(text.as_bytes(), "./x", None, &[]).unwrap();
        for (number, entry) in feed.entries.iter().enumerate() {
            let title = entry.title.as_ref().map_or("?", |title| title.as_str());
            let day = entry.published.map(|when| when.day().to_string()).unwrap();
            // Some by their address, some by title and day.
            let link = entry.link.as_ref().filter(|_| number % 2 == 0 || entry.title.is_none());
            let link = link.map(|link| format!("link: {link:?}\n")).unwrap_or_default();
            let head = format!("---\ntitle: {title:?}\ndate: {day}\n{link}---\n");
            newsroom.write(&format!("items/{number}.md"), format!("{head}Texte {number}.\n"));
        }
        newsroom.write("ancien", text);
        newsroom
    };
    for (name, old) in [("import-atom", "ancien.atom"), ("import-rss", "ancien.rss")] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
        let text = std::fs::read_to_string(folder.join(old)).unwrap();
        let newsroom = of(&text);
        let before = crate::harness::files(&newsroom.path().join("items"));
        let said = newsroom.run(&["import", "ancien", "--ids-only", "--dry-run"]);
        assert!(said.code == 0 && !newsroom.path().join("ledger.jsonl").exists(), "{}{}", said.stdout, said.stderr);
        let said = newsroom.run(&["import", "ancien", "--ids-only"]);
        assert!(said.code == 0, "{}{}", said.stdout, said.stderr);
        let said = newsroom.build();
        assert!(!said.stderr.contains("date-"), "{name}: {}", said.stderr);
        assert_eq!(crate::harness::files(&newsroom.path().join("items")), before);
        for format in ["feed.atom", "feed.rss"] {
            let instants = |seen: BTreeMap<String, Seen>| -> Vec<(String, i64, Option<i64>)> {
                let told = |(id, seen): (String, Seen)| {
                    // RSS says when an item changed only where it did.
                    let updated = seen.updated.filter(|updated| *updated != seen.published);
                    (id, seen.published, updated)
                };
                seen.into_iter().map(told).collect()
            };
            let now = instants(seen(newsroom.output(format).as_bytes()));
            let then = instants(seen(text.as_bytes()));
            let kept = |(id, published, updated): &(String, i64, Option<i64>)| match format {
                "feed.atom" => (id.clone(), *published, *updated),
                // feed-rs does not read `atom:updated` of RSS.
                _ => (id.clone(), *published, None),
            };
            assert_eq!(
                now.iter().map(kept).collect::<Vec<_>>(),
                then.iter().map(kept).collect::<Vec<_>>(),
                "{name} {format}"
            );
        }
    }
}

/// A change that the file tells of and an Atom feed did not is new to its subscribers; once the file
/// says nothing of it, what the feed announced stands.
#[test]
fn a_change_that_the_old_feed_did_not_announce_is_said() {
    let entry = "<entry><id>7</id><title>Un</title><published>2026-11-03T08:00:00Z</published>\
                 <updated>2026-11-03T08:00:00Z</updated><content>x</content></entry>";
    let feed = format!("<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{entry}</feed>");
    let newsroom = Newsroom::new().item("2026-11-03-un.md", "---\nupdated: 2026-11-11\n---\n# Un\n\nx\n");
    newsroom.write("old.atom", feed);
    assert_eq!(newsroom.run(&["import", "old.atom", "--ids-only"]).code, 0);
    assert!(newsroom.run(&["status"]).stdout.contains("corrigé : Un"));
    newsroom.write("items/2026-11-03-un.md", "# Un\n\nx\n");
    assert!(!newsroom.run(&["status"]).stdout.contains("corrigé"));
    newsroom.build();
    assert!(newsroom.output("feed.atom").contains("<updated>2026-11-03T08:00:00Z</updated>\n    <summary>"));
}
