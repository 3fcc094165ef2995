//! The newsroom as a whole: what can be subscribed to, the past, and what programs find.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use crieur::file::Content;
use crieur::render::Renderer;
use crieur::{Config, Source};

use crate::harness::{CONFIG, Newsroom};

type Outputs = BTreeMap<String, Vec<u8>>;

fn built(config: &str, files: &[(String, String)], now: &str) -> Outputs {
    let config = Config::parse(config).unwrap();
    let source = Source::in_memory(files.iter().cloned());
    let now: DateTime<Utc> = now.parse().unwrap();
    let newsroom = crieur::read(&config, &source, now);
    assert!(newsroom.problems.iter().all(|problem| !problem.is_error()), "{:?}", newsroom.problems);
    newsroom.outputs(&config, &source).unwrap()
}

fn item(name: &str, head: &str) -> (String, String) {
    (format!("{name}.md"), format!("---\n{head}\n---\n# Titre de {name}\n\nLe texte de {name}.\n"))
}

/// So many items, one an hour.
fn many(count: usize) -> Vec<(String, String)> {
    let first: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    let hour = |n: usize| (first + chrono::Duration::hours(n as i64)).to_rfc3339();
    (0..count).map(|n| item(&format!("n{n:04}"), &format!("date: {}", hour(n)))).collect()
}

const NOW: &str = "2026-11-25T12:00:00Z";

/// Follows `prev-archive` from `feed.atom`, as RFC 5005 tells readers to.
fn reachable(outputs: &Outputs) -> Vec<String> {
    let mut ids = Vec::new();
    let mut next = Some("feed.atom".to_owned());
    while let Some(path) = next {
        let feed = feed_rs::parser::parse(outputs[&path].as_slice()).unwrap();
        ids.extend(feed.entries.iter().map(|entry| entry.id.clone()));
        let before = feed.links.iter().find(|link| link.rel.as_deref() == Some("prev-archive"));
        next = before.map(|link| link.href.split("/presse/").nth(1).unwrap().to_owned());
    }
    ids
}

/// What was done to an item that a feed holds no more is news to all who have it (AR-03): it stands in the feed
/// again, under its id, until as many newer ones have come as a feed holds.
#[test]
fn a_correction_of_an_old_item_reaches_subscribers() {
    let config = &format!("{CONFIG}\n[feeds]\nwindow = 3\n");
    let act = |kind: &str, more: &str| {
        format!(
            "date: 2019-12-31\ntags: [Eau]\n{more}changes:\n  - {{date: 2020-01-01 05:30, kind: {kind}, note: Non}}"
        )
    };
    let told = |outputs: &Outputs, path: &str| -> Vec<(String, String)> {
        let feed = feed_rs::parser::parse(outputs[path].as_slice()).unwrap();
        let entry = |entry: &feed_rs::model::Entry| {
            let text = entry.content.as_ref().and_then(|content| content.body.clone());
            (entry.title.clone().unwrap().content, text.or(entry.summary.clone().map(|text| text.content)).unwrap())
        };
        feed.entries.iter().map(entry).collect()
    };
    for (kind, more, title) in [
        ("correction", "", "Titre de ancien"),
        ("withdrawal", "status: withdrawn\n", "[Communiqué retiré] Titre de ancien"),
    ] {
        for (count, there) in [(5, true), (7, true), (8, false)] {
            let items = [many(count), vec![item("ancien", &act(kind, more))]].concat();
            let outputs = built(config, &items, NOW);
            for feed in ["feed.atom", "feed.rss"] {
                let entries = told(&outputs, feed);
                assert_eq!(entries.len(), 3 + usize::from(there), "{kind}, {count}, {feed}");
                assert_eq!(
                    entries.iter().any(|(name, _)| name == title),
                    there,
                    "{kind}, {count}, {feed}: {entries:?}"
                );
            }
            let json: serde_json::Value = serde_json::from_slice(&outputs["feed.json"]).unwrap();
            assert_eq!(json["items"].as_array().unwrap().len(), 3 + usize::from(there));
            assert!(told(&outputs, "archive/feed-1.atom").iter().any(|(name, _)| name == title));
            assert_eq!(told(&outputs, "tags/eau/feed.atom").len(), 1);
        }
    }
    // What nobody is told of brings nothing back.
    let outputs = built(config, &[many(5), vec![item("ancien", &act("minor", ""))]].concat(), NOW);
    assert_eq!(told(&outputs, "feed.atom").len(), 3);
}

/// The clock alone takes no feed from its subscribers: one whose last item has expired is empty, since then.
#[test]
fn a_feed_stays_when_its_last_item_expires() {
    let files =
        [item("2020-01-01-un", ""), item("2020-01-02-flood", "language: en\ntags: [Eau]\nexpires: 2020-01-10 12:00")];
    let (before, after) = (built(CONFIG, &files, "2020-01-03T12:00:00Z"), built(CONFIG, &files, NOW));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for feed in ["tags/eau/feed.atom", "en/feed.atom"] {
        let feed = feed_rs::parser::parse(after[feed].as_slice()).unwrap();
        assert_eq!((feed.entries.len(), feed.updated), (0, "2020-01-10T11:00:00Z".parse().ok()));
    }
}

#[test]
fn every_item_ever_published_is_reachable_from_the_feed_and_once() {
    for count in [0, 1, 50, 51, 150, 151, 333] {
        let outputs = built(CONFIG, &many(count), NOW);
        let ids = reachable(&outputs);
        assert_eq!(ids.len(), count);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), count);
        let mut json = 0;
        let mut next = Some("feed.json".to_owned());
        while let Some(path) = next {
            let feed: serde_json::Value = serde_json::from_slice(&outputs[&path]).unwrap();
            json += feed["items"].as_array().unwrap().len();
            next = feed["next_url"].as_str().map(|url| url.split("/presse/").nth(1).unwrap().to_owned());
        }
        assert_eq!(json, count);
    }
}

#[test]
fn no_item_falls_between_a_feed_that_is_full_and_its_archive() {
    // One a day, so that a feed may leave some out, of sizes at which a few bytes more or less decide.
    let first = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let head = |n: u64| format!("date: {}\nsummary: {}", first + chrono::Days::new(n), "mot ".repeat(20));
    let items: Vec<_> = (0..50).map(|n| item(&format!("n{n:04}"), &head(n))).collect();
    let all: BTreeSet<String> = reachable(&built(CONFIG, &items, NOW)).into_iter().collect();
    assert_eq!(all.len(), 50);
    let mut left_out = 0;
    for most in (31_000..32_600).step_by(31) {
        let outputs = built(&format!("{CONFIG}\n[feeds]\nmax-bytes = {most}\n"), &items, NOW);
        left_out += usize::from(outputs.contains_key("archive/feed-1.atom"));
        assert_eq!(reachable(&outputs).into_iter().collect::<BTreeSet<_>>(), all, "{most}");
    }
    assert!(left_out > 20, "{left_out}");
}

#[test]
fn a_closed_part_of_the_archive_stays_as_it_is() {
    // 50 in the window, 100 and 100 closed, 30 open.
    let before = built(CONFIG, &many(280), NOW);
    let after = built(CONFIG, &many(290), NOW);
    for part in ["archive/feed-1.atom", "archive/feed-2.atom", "archive/feed-1.json", "archive/feed-2.json"] {
        assert_eq!(before[part], after[part], "{part}");
    }
    assert_ne!(before["archive/feed-3.atom"], after["archive/feed-3.atom"]);
    let closed = String::from_utf8(after["archive/feed-2.atom"].clone()).unwrap();
    assert!(closed.contains("<fh:archive/>") && closed.contains("rel=\"current\"") && closed.contains("next-archive"));
    let open = String::from_utf8(after["archive/feed-3.atom"].clone()).unwrap();
    assert!(!open.contains("fh:archive") && open.contains("rel=\"prev-archive\""));
}

#[test]
fn topics_folders_and_languages_have_feeds_and_none_takes_the_place_of_another() {
    let files = [
        item("a", "date: 2020-01-01\ntags: [C++, Économie]"),
        item("b", "date: 2020-01-02\ntags: [C#, economie, Economie, \"日本\", \"!\"]"),
        item("c", "date: 2020-01-03\ntags: [économie]\nlanguage: en"),
        item("sport/piscine/d", "date: 2020-01-04"),
        item("2019/e", "date: 2019-01-04"),
        item("seul/index", "date: 2019-01-05"),
        item("tags/economie", "date: 2019-01-06"),
    ];
    let outputs = built(CONFIG, &files, NOW);
    let feeds: Vec<&str> = outputs.keys().filter_map(|path| path.strip_suffix("feed.atom")).collect();
    assert_eq!(feeds.len(), feeds.iter().map(|feed| feed.to_lowercase()).collect::<BTreeSet<_>>().len());
    // One for each: the newsroom, two languages, five topics, the folders `sport`, `sport/piscine` and
    // `tags`; none for a year, nor for the folder of one item.
    assert_eq!(feeds.len(), 1 + 2 + 5 + 3, "{feeds:?}");
    let one = built(CONFIG, &files[1..2], NOW);
    for topic in ["tags/c-", "tags/ri-ben-", "tags/economie-"] {
        // Neither what else there is nor what comes later moves it.
        let there = feeds.iter().find(|feed| feed.starts_with(topic) && one.contains_key(&format!("{feed}feed.atom")));
        assert!(there.is_some() || topic == "tags/economie-", "{topic}");
    }
    for feed in ["", "en/", "fr/", "sport/", "sport/piscine/"] {
        assert!(feeds.contains(&feed), "{feed} in {feeds:?}");
    }
    let of = |title: &str| {
        let is =
            |bytes: &&Vec<u8>| String::from_utf8_lossy(bytes).contains(&format!("<title>Salle de presse – {title}<"));
        let found: Vec<_> = outputs.iter().filter(|(path, bytes)| path.ends_with("feed.atom") && is(bytes)).collect();
        assert_eq!(found.len(), 1, "{title}");
        feed_rs::parser::parse(found[0].1.as_slice()).unwrap().entries.len()
    };
    // Neither capitals nor accents tell topics apart; the newest item says how it is written.
    assert_eq!((of("C++"), of("C#"), of("économie"), of("日本"), of("!")), (1, 1, 3, 1, 1));
    // The page of an item is not written over.
    let page = String::from_utf8(outputs["tags/economie/index.html"].clone()).unwrap();
    assert!(page.contains("Le texte de tags/economie"));
}

#[test]
fn ids_of_feeds_are_theirs_and_stay() {
    let outputs = built(CONFIG, &[item("a", "date: 2020-01-01\ntags: [Été]")], NOW);
    let id = |path: &str| feed_rs::parser::parse(outputs[path].as_slice()).unwrap().id;
    assert_eq!(id("feed.atom"), "tag:example.org,2020:feed");
    assert_eq!(id("tags/ete/feed.atom"), "tag:example.org,2020:feed/tags/ete");
}

#[test]
fn only_the_news_site_map_looks_at_the_clock() {
    let files = [item("a", "date: 2026-11-24 10:00"), item("b", "date: 2020-01-01"), item("c", "date: 2026-11-20")];
    let today = built(CONFIG, &files, NOW);
    let later = built(CONFIG, &files, "2027-11-25T12:00:00Z");
    let differ: Vec<&String> = today.keys().filter(|path| today[*path] != later[*path]).collect();
    assert_eq!(differ, ["news-sitemap.xml"]);
    let news = String::from_utf8(today["news-sitemap.xml"].clone()).unwrap();
    assert_eq!(news.matches("<url>").count(), 1);
    assert!(news.contains("<news:publication_date>2026-11-24T09:00:00Z</news:publication_date>"), "{news}");
    assert!(news.contains("<news:title>Titre de a</news:title>") && news.contains("<news:language>fr</news:language>"));
    let map = String::from_utf8(today["sitemap.xml"].clone()).unwrap();
    assert_eq!(map.matches("<lastmod>").count(), 3);
}

/// With `CRIEUR_SITEMAPS`, the files are written there, for `tests/machines.py`.
#[test]
fn more_addresses_than_a_site_map_may_hold_are_split() {
    const ITEMS: usize = 50_001;
    let config = Config::parse(CONFIG).unwrap();
    // The pages of the items are not made: it is the addresses that count.
    let source = Source::in_memory(
        (0..ITEMS).map(|n| (format!("n{n:05}.md"), format!("---\ndate: {}-01-02\n---\n# T\n", 1950 + n % 70))),
    );
    let newsroom = crieur::read(&config, &source, NOW.parse().unwrap());
    let renderer = Renderer::new(&newsroom.items, &newsroom.ledger, &config, &source);
    let mut seen = BTreeMap::new();
    for job in renderer.plan().iter().filter(|job| job.path.starts_with("sitemap")) {
        let Content::Bytes(bytes) = renderer.make(job).unwrap().content else { panic!("{}", job.path) };
        if let Some(folder) = std::env::var_os("CRIEUR_SITEMAPS") {
            std::fs::write(std::path::Path::new(&folder).join(&job.path), &bytes).unwrap();
        }
        seen.insert(job.path.clone(), String::from_utf8(bytes).unwrap());
    }
    let count = |path: &str| seen[path].matches("<loc>").count();
    assert_eq!((seen.len(), count("sitemap.xml")), (7, 6));
    for part in 1..=5 {
        assert_eq!(count(&format!("sitemap-{part}.xml")), 10_000);
        let address = format!("<loc>https://www.example.org/presse/sitemap-{part}.xml</loc>");
        assert!(seen["sitemap.xml"].contains(&address), "{address}");
    }
    // The last item, the newsroom, its 70 years, and the page on subscribing.
    assert_eq!(count("sitemap-6.xml"), 1 + 1 + 70 + 1);
}

#[test]
fn what_is_withdrawn_or_held_is_in_no_site_map_and_no_list() {
    let files = [
        item("dehors", "date: 2020-01-01\ntags: [commun]"),
        item(
            "retire",
            "date: 2020-01-02\nstatus: withdrawn\ntags: [commun]\nchanges:\n  - date: 2020-01-03\n    kind: withdrawal",
        ),
        item("secret", "date: 2020-01-01\ndraft: true\ntags: [confidentiel]"),
    ];
    let outputs = built(CONFIG, &files, NOW);
    let all: String =
        outputs.iter().map(|(path, bytes)| format!("{path}\n{}", String::from_utf8_lossy(bytes))).collect();
    assert!(!all.contains("secret") && !all.contains("confidentiel"));
    for path in ["sitemap.xml", "index.html", "tags/commun/index.html"] {
        let text = String::from_utf8(outputs[path].clone()).unwrap();
        assert!(text.contains("dehors") && !text.contains("retire"), "{path}");
    }
    let page = String::from_utf8(outputs["retire/index.html"].clone()).unwrap();
    assert!(page.contains("noindex") && !page.contains("ld+json"));
}

#[test]
fn what_stands_in_a_script_cannot_leave_it() {
    let title = "</script><script>alert(1)</script><!--";
    let outputs = built(CONFIG, &[item("a", &format!("date: 2020-01-01\ntitle: '{title} R&D'"))], NOW);
    let page = String::from_utf8(outputs["a/index.html"].clone()).unwrap();
    let data = page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["@type"], "NewsArticle");
    assert_eq!(page.matches("<script").count(), 1);
}

#[test]
fn a_root_has_rules_for_robots_and_a_path_has_none() {
    let root = CONFIG.replace("https://www.example.org/presse/", "https://presse.example.org/");
    assert_ne!(root, CONFIG);
    let outputs = built(&root, &[item("a", "date: 2020-01-01")], NOW);
    let robots = String::from_utf8(outputs["robots.txt"].clone()).unwrap();
    assert!(robots.contains("Sitemap: https://presse.example.org/sitemap.xml"));
    assert!(!built(CONFIG, &[item("a", "date: 2020-01-01")], NOW).contains_key("robots.txt"));
}

#[test]
fn the_page_on_subscribing_is_named_in_the_newsroom_s_language() {
    for (language, folder) in
        [("fr", "abonnement/"), ("fr-BE", "abonnement/"), ("en", "subscribe/"), ("de", "abonnieren/")]
    {
        let config = CONFIG.replace("language = \"fr\"", &format!("language = \"{language}\""));
        let outputs = built(&config, &[item("a", "date: 2020-01-01")], NOW);
        let address = format!("https://www.example.org/presse/{folder}");
        for path in ["index.html", "404.html", "a/index.html", "sitemap.xml"] {
            assert!(String::from_utf8_lossy(&outputs[path]).contains(&address), "{language}: {path}");
        }
        assert!(outputs.contains_key(&format!("{folder}index.html")), "{language}: {:?}", outputs.keys());
    }
}

/// It once took the place of an item of that name, and the item's page was nowhere.
#[test]
fn the_page_on_subscribing_never_takes_the_place_of_an_item() {
    let other = item("b", "date: 2020-01-02");
    let without = inputs(std::slice::from_ref(&other));
    let files = [item("abonnement", "date: 2020-01-01"), other];
    let outputs = built(CONFIG, &files, NOW);
    assert!(String::from_utf8_lossy(&outputs["abonnement/index.html"]).contains("Le texte de abonnement"));
    assert!(String::from_utf8_lossy(&outputs["abonnement-/index.html"]).contains("feeds.opml"));
    // Other pages lead there, so they are made again.
    assert!(String::from_utf8_lossy(&outputs["b/index.html"]).contains("presse/abonnement-/\""));
    assert_ne!(inputs(&files)["b/index.html"], without["b/index.html"]);
}

#[test]
fn an_alias_has_the_bytes_of_its_feed() {
    let config = format!(
        "{CONFIG}\n[feeds]\naliases = {{ \"rss.xml\" = \"feed.rss\", \"old/x.xml\" = \"tags/t/feed.atom\" }}\n"
    );
    let outputs = built(&config, &[item("a", "date: 2020-01-01\ntags: [t]")], NOW);
    assert_eq!(outputs["rss.xml"], outputs["feed.rss"]);
    assert_eq!(outputs["old/x.xml"], outputs["tags/t/feed.atom"]);
}

/// What every file depends on, by its path.
fn inputs(files: &[(String, String)]) -> BTreeMap<String, String> {
    let config = Config::parse(CONFIG).unwrap();
    let source = Source::in_memory(files.iter().cloned());
    let newsroom = crieur::read(&config, &source, NOW.parse().unwrap());
    newsroom.plan(&config).into_iter().map(|job| (job.path.into(), job.inputs.to_string())).collect()
}

/// The files that are made again after an edit of one item among a thousand.
fn made_again(edited: usize, edit: impl Fn(&str) -> String) -> Vec<String> {
    let mut files = many(1_000);
    for (path, text) in &mut files {
        *text =
            text.replace("---\n#", &format!("tags: [t{}]\n---\n#", path.len() + usize::from(path.contains("9.md"))));
    }
    let before = inputs(&files);
    files[edited].1 = edit(&files[edited].1);
    let after = inputs(&files);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    after.iter().filter(|(path, inputs)| before[*path] != **inputs).map(|(path, _)| path.clone()).collect()
}

#[test]
fn an_edit_in_a_thousand_items_makes_again_what_shows_it_and_nothing_else() {
    // An old one: its page, and the part of the archive that holds it.
    let words = |text: &str| format!("{text}\nUne phrase de plus.\n");
    assert_eq!(made_again(120, words), ["archive/feed-2.atom", "archive/feed-2.json", "n0120/index.html"]);
    // The title stands in lists too.
    let title = |text: &str| text.replace("# Titre", "# Nouveau titre");
    assert_eq!(
        made_again(120, title),
        [
            "archive/2020/index.html",
            "archive/feed-2.atom",
            "archive/feed-2.json",
            "n0120/index.html",
            "tags/t8/archive/2020/index.html"
        ]
    );
    // A new one: its page and every feed that holds it.
    let feeds = |folder: &str| ["atom", "json", "rss"].map(|ending| format!("{folder}feed.{ending}"));
    let mut expected = feeds("").to_vec();
    expected.extend(["n0999/index.html".to_owned()]);
    expected.extend(feeds("tags/t9/"));
    assert_eq!(made_again(999, words), expected);
}

#[test]
fn columns_stand_on_the_page_as_their_author_set_them() {
    let room =
        Newsroom::new().item("2026-11-20-prix.md", "# Les prix\n\n| Entrée | Prix |\n|:-:|--:|\n| adulte | 3,50 |\n");
    assert_eq!(room.build().code, 0);
    let page = room.output("2026-11-20-prix/index.html");
    for (side, cell) in [("center", "adulte"), ("right", "3,50")] {
        assert!(page.contains(&format!("<td class=\"align-{side}\">{cell}</td>")), "{page}");
        assert!(page.contains(&format!(".align-{side} {{ text-align: {side} }}")), "{page}");
    }
}

/// What is the same on all pages of a language is made once, of a theme's own pieces too, and these may ask for
/// whatever a page of that language knows.
#[test]
fn pieces_of_a_theme_know_what_every_page_knows() {
    let parts = include_str!("../../templates/parts.html");
    let parts = parts.replace(
        "{% macro publisher_block(publisher) %}",
        "{% macro publisher_block(publisher) %}\n<p>{{ language }}{{ words.colon }}{{ subscribe }}</p>",
    );
    assert!(parts.contains("<p>{{ language }}"));
    let room = Newsroom::new()
        .item("2026-11-20-a.md", "---\ntitle: A\n---\n\nUn texte.\n")
        .item("2026-11-20-b.en.md", "---\ntitle: B\n---\n\nA text.\n");
    room.write("theme/parts.html", parts);
    let said = room.build();
    assert_eq!(said.code, 0, "{}", said.stderr);
    let subscribe = "https://www.example.org/presse/abonnement/";
    for page in ["2026-11-20-a/index.html", "index.html", "abonnement/index.html"] {
        assert!(room.output(page).contains(&format!("<p>fr\u{a0}: {subscribe}</p>")), "{page}");
    }
    let english = room.output("en/2026-11-20-b/index.html");
    assert!(english.contains(&format!("<p>en: {subscribe}</p>")), "{english}");
}
