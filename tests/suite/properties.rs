//! Laws over any text at all: whatever people paste, the feeds are well-formed and say it.

use crieur::input::markdown::{Rendering, to_html};
use crieur::locale::Locale;
use crieur::text::{Text, clean, nfc, without_marks};
use crieur::zone::Zone;
use crieur::{Config, Newsroom, Source, html};
use proptest::prelude::*;
use serde_json::json;

use crate::harness::CONFIG;

fn build(files: Vec<(String, String)>) -> (Newsroom, std::collections::BTreeMap<String, Vec<u8>>) {
    let config = Config::parse(CONFIG).unwrap();
    let source = Source::in_memory(files);
    let newsroom = crieur::read(&config, &source, "2030-01-01T00:00:00Z".parse().unwrap());
    let outputs = newsroom.outputs(&config, &source).unwrap();
    (newsroom, outputs)
}

/// Any text, with the characters that break feeds more often than chance would have them.
pub fn any_text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "\u{b}",
        "\u{c}",
        "\0",
        "\u{fffe}",
        "\u{ffff}",
        "\u{92}",
        "\u{81}",
        "\r",
        "\r\n",
        "\n",
        "\t",
        "]]>",
        "<![CDATA[",
        "&",
        "<",
        ">",
        "&amp;",
        "&nbsp;",
        "<b>",
        "</title>",
        "<!--",
        "\"",
        "'",
        "e\u{301}",
        "\u{a0}",
        "\u{202f}",
        "\u{feff}",
        "\u{fdd0}",
        "\u{7f}",
        "\u{1f600}",
        "{{",
        "%}",
        " : ",
        "#",
        "\u{202e}",
        "\u{85}",
        "\u{2028}",
    ]);
    let piece = prop_oneof![3 => nasty.prop_map(str::to_owned), 2 => any::<String>(), 1 => "[a-zéà ]{0,8}"];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_well_formed_and_read_back(
        title in any_text(), name in any_text(), tag in any_text(), summary in any_text(), body in any_text(),
    ) {
        let (title, name, tag) = (format!("T{title}"), format!("N{name}"), format!("t{}", tag.replace(',', "")));
        let code = clean(&body).text.into_owned();
        let code = nfc(&without_marks(&code)).replace("~~~~", "");
        let head = json!({
            "title": title, "date": "2020-01-29", "authors": [{ "name": name }], "tags": [tag], "summary": summary,
        });
        let file = format!("{head}\n\nUn.\n\n~~~~\n{code}\n~~~~\n");
        let (newsroom, outputs) = build(vec![("x.md".to_owned(), file)]);
        prop_assert!(!newsroom.problems.iter().any(crieur::Problem::is_error), "{:?}", newsroom.problems);
        let item = &newsroom.items[0];
        prop_assert_eq!(&item.title, &Text::new(&html::plain(&without_marks(&clean(&title).text))));
        let author = &item.authors[0].name;
        prop_assert_eq!(author, &Text::new(&html::plain(Text::new(&name).as_str())));

        // `feed-rs`, for the three formats.
        let mut contents = Vec::new();
        for file in ["feed.atom", "feed.rss", "feed.json"] {
            let feed = feed_rs::parser::parse(outputs[file].as_slice()).map_err(|e| TestCaseError::fail(format!("{file}: {e}")))?;
            let entry = &feed.entries[0];
            prop_assert_eq!(&entry.title.as_ref().unwrap().content, item.title.as_str(), "{}", file);
            prop_assert_eq!(entry.authors[0].name.as_deref(), Some(author.as_str()), "{}", file);
            if let Some(category) = entry.categories.first() {
                prop_assert_eq!(&category.term, item.tags[0].as_str(), "{}", file);
            } else {
                prop_assert_eq!(file, "feed.json"); // feed-rs reads no tags of JSON Feed 1.1 here
            }
            let content = entry.content.as_ref().and_then(|content| content.body.clone());
            contents.push(content.or_else(|| entry.summary.as_ref().map(|s| s.content.clone())).unwrap());
        }
        // The parsers of the two crates that we write with.
        let atom = atom_syndication::Feed::read_from(outputs["feed.atom"].as_slice()).unwrap();
        prop_assert_eq!(&atom.entries[0].title.value, item.title.as_str());
        prop_assert_eq!(&atom.entries[0].authors[0].name, author.as_str());
        let rss = rss::Channel::read_from(outputs["feed.rss"].as_slice()).unwrap();
        prop_assert_eq!(rss.items[0].title.as_deref(), Some(item.title.as_str()));

        prop_assert_eq!(contents[0].trim(), contents[1].trim());
        prop_assert_eq!(contents[0].trim(), contents[2].trim());
        // The text of the body, as an HTML parser sees it.
        let shown = contents[0].split_once("<pre><code>").unwrap().1.split_once("\n</code></pre>").unwrap().0;
        let shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        prop_assert_eq!(shown, code);
    }

    #[test]
    fn any_text_is_safe_markdown(body in any_text()) {
        let title = Text::new("x");
        let rendered = to_html(&body, Rendering { prefix: "x", title: &title, locale: Locale::of("fr") });
        let finished = html::finish(&rendered, |address| Some(address.to_owned()));
        for bad in ["<script", "<iframe", " onclick=", "javascript:"] {
            prop_assert!(!finished.to_lowercase().contains(bad), "{finished}");
        }
        let once = html::sanitise(&body);
        prop_assert_eq!(html::sanitise(&once), once);
    }

    #[test]
    fn any_file_is_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), head in 0_usize..4) {
        let head: &[u8] = [b"---\n".as_slice(), b"+++\n", b"{", b""][head];
        let config = Config::parse(CONFIG).unwrap();
        let source = Source::in_memory([("2020-01-29-x.md", [head, bytes.as_slice()].concat())]);
        let newsroom = crieur::read(&config, &source, "2030-01-01T00:00:00Z".parse().unwrap());
        prop_assert!(newsroom.items.len() == 1 || newsroom.problems.iter().any(crieur::Problem::is_error));
    }

    #[test]
    fn any_head_is_read_without_panic(head in any_text(), mark in prop::sample::select(vec!["---", "+++"])) {
        let config = Config::parse(CONFIG).unwrap();
        let file = format!("{mark}\ntitle: {head}\ndate: {head}\n{head}\n{mark}\nTexte.\n");
        let source = Source::in_memory([("2020-01-29-x.md", file)]);
        let newsroom = crieur::read(&config, &source, "2030-01-01T00:00:00Z".parse().unwrap());
        prop_assert!(newsroom.items.len() == 1 || newsroom.problems.iter().any(crieur::Problem::is_error));
    }
}

/// A day is that day for every subscriber from Los Angeles to Auckland, in summer and in winter.
#[test]
fn a_day_is_the_same_day_from_los_angeles_to_auckland() {
    let first = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let days: Vec<_> = first.iter_days().take(366).collect();
    let files = days.iter().map(|day| (format!("{day}-x.md"), "# Titre\n\nTexte.\n".to_owned())).collect();
    let (newsroom, _) = build(files);
    assert_eq!(newsroom.items.len(), 366);
    for item in &newsroom.items {
        for zone in ["America/Los_Angeles", "America/New_York", "UTC", "Europe/Paris", "Asia/Tokyo", "Pacific/Auckland"]
        {
            let there = Zone::named(zone).unwrap().local(item.published).date_naive();
            assert_eq!(Some(there), item.day, "{} in {zone}", item.path);
        }
    }
}

/// Items of one day stay apart, and a new neighbour does not move an old item.
#[test]
fn the_items_of_a_day_stay_apart() {
    let files =
        |n: usize| (0..n).map(|i| (format!("2020-01-29-{i:03}.md"), format!("# Titre {i}\n\nTexte.\n"))).collect();
    let (many, _) = build(files(200));
    let mut instants: Vec<_> = many.items.iter().map(|item| item.published).collect();
    instants.dedup();
    assert_eq!(instants.len(), 200);
    let (few, _) = build(files(8));
    let (fewer, _) = build(files(7));
    for item in &fewer.items {
        let again = few.items.iter().find(|other| other.id == item.id).unwrap();
        assert_eq!(item.published, again.published, "{}", item.id);
    }
}
