//! The release of this repository: nothing of its text is lost, nothing added but what the head
//! and `crieur.toml` declare, and it is shown rightly.

use crieur::text::words_only;
use crieur::{Config, Newsroom, Source};

const ORIGINAL: &str = include_str!("../release.txt");
const ITEM: &str = include_str!("../../items/2020-01-29-dgfip.md");
const CONFIG: &str = include_str!("../../crieur.toml");

fn newsroom() -> (Config, Source, Newsroom) {
    let config = Config::parse(CONFIG).unwrap();
    let source = Source::in_memory([("2020-01-29-dgfip.md", ITEM)]);
    let newsroom = crieur::read(&config, &source, "2020-02-01T00:00:00Z".parse().unwrap());
    assert!(newsroom.problems.is_empty(), "{:?}", newsroom.problems);
    (config, source, newsroom)
}

fn output(path: &str) -> String {
    let (config, source, newsroom) = newsroom();
    String::from_utf8(newsroom.outputs(&config, &source).unwrap().remove(path).unwrap()).unwrap()
}

/// What a reader sees of HTML, as an HTML5 parser understands it.
fn text_of(html: &str) -> String {
    let mut text = ammonia::Builder::empty().clean(html).to_string();
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")] {
        text = text.replace(entity, character);
    }
    text
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end}")).0
}

#[test]
fn the_page_has_every_word_and_no_other() {
    let page = output("2020-01-29-dgfip/index.html");
    let when = format!("<p class=\"when\">{}</p>", between(&page, "<p class=\"when\">", "</p>"));
    assert_eq!(text_of(&when).trim(), "29 janvier 2020");
    let byline = format!("<p class=\"byline\">{}</p>", between(&page, "<p class=\"byline\">", "</p>"));
    assert_eq!(text_of(&byline), "Communauté d'agglomération de Lens-Liévin");
    // What only paper shows: where the page was.
    let paper = format!("<p class=\"paper\">{}</p>", between(&page, "<p class=\"paper\">", "</p>"));
    let main = between(&page, "<main id=\"contenu\">", "</main>");
    let main = [&byline, &when, &paper].into_iter().fold(main.to_owned(), |main, part| main.replace(part, ""));
    let address = between(&page, "<address>", "</address>");
    let publisher = between(address, "<strong>", "</strong>");
    let address = address.replace(publisher, "");
    assert_eq!(words_only(&(text_of(&main) + &text_of(&address))), words_only(ORIGINAL));
}

#[test]
fn the_feeds_have_every_word_and_no_other() {
    let (config, ..) = newsroom();
    let address: Vec<&str> = config.publisher.address.iter().map(|line| line.as_str()).collect();
    let phone = config.publisher.phone.as_ref().unwrap().as_str();
    let publisher = format!("{} {phone} www.agglo-lenslievin.fr", address.join(" "));
    for file in ["feed.atom", "feed.rss", "feed.json"] {
        let feed = feed_rs::parser::parse(output(file).as_bytes()).unwrap();
        let [entry] = feed.entries.as_slice() else { panic!("{file}: {} entries", feed.entries.len()) };
        let title = &entry.title.as_ref().unwrap().content;
        let content = entry.content.as_ref().unwrap().body.as_ref().unwrap();
        let published = words_only(&format!("{title} {} {publisher}", text_of(content)));
        assert_eq!(published, words_only(ORIGINAL), "{file}");
    }
}

#[test]
fn what_the_text_came_with_is_repaired() {
    let page = output("2020-01-29-dgfip/index.html");
    for good in ["Conscient d'engager", "l'attractivité, la qualité", "3<sup>ème</sup> Révolution"] {
        assert!(page.replace("&#x27;", "'").contains(good), "{good}");
    }
    for bad in ["C onscient", "attractivi-", "^{", "....."] {
        assert!(!page.contains(bad), "{bad}");
    }
}

#[test]
fn the_page_can_be_subscribed_from_and_called_from() {
    let page = output("2020-01-29-dgfip/index.html");
    for needed in [
        "<html lang=\"fr\">",
        "<time datetime=\"2020-01-29\">29 janvier 2020</time>",
        "type=\"application/atom+xml\"",
        "type=\"application/rss+xml\"",
        "type=\"application/feed+json\"",
        "href=\"mailto:mcortes@agglo-lenslievin.fr\"",
        "href=\"tel:0638121591\"",
        "<h2>Vos interlocuteurs</h2>",
        "Démonstration faite à partir d'un communiqué public",
    ] {
        assert!(page.contains(needed), "{needed}");
    }
    // Facts for search engines, and no program.
    assert_eq!(page.matches("<script").count(), page.matches("<script type=\"application/ld+json\">").count());
}

#[test]
fn authors_are_two_people_in_every_format() {
    let atom = output("feed.atom");
    let people: Vec<&str> =
        atom.split("<author>").skip(1).map(|part| part.split("</author>").next().unwrap()).collect();
    assert_eq!(people.len(), 2);
    assert!(
        people[0].contains("<name>Marion CORTES</name>")
            && people[0].contains("<email>mcortes@agglo-lenslievin.fr</email>")
    );
    assert!(
        people[1].contains("<name>Carine JOLY</name>")
            && people[1].contains("<email>cjoly@agglo-lenslievin.fr</email>")
    );
    let rss = output("feed.rss");
    assert_eq!(rss.matches("<dc:creator>").count(), 2);
    assert!(!rss.contains("<author>"));
    let json: serde_json::Value = serde_json::from_str(&output("feed.json")).unwrap();
    assert_eq!(json["items"][0]["authors"].as_array().unwrap().len(), 2);
}

/// The content of the one item of a JSON feed, title, summary and all, as words.
fn words_of_json(feed: &str) -> (String, serde_json::Value) {
    let feed: serde_json::Value = serde_json::from_str(feed).unwrap();
    let item = feed["items"][0].clone();
    let text = |key: &str| text_of(item[key].as_str().unwrap());
    (words_only(&format!("{} {} {}", text("title"), text("summary"), text("content_html"))), item)
}

#[test]
fn dropped_as_it_is_it_says_what_the_item_written_by_hand_says() {
    let config = Config::parse(CONFIG).unwrap();
    let sidecar = "date = \"2020-01-29\"\nauthors = [\"mcortes\", \"cjoly\"]\n";
    let source = Source::in_memory([("dgfip.txt", ORIGINAL), ("dgfip.txt.toml", sidecar)]);
    let dropped = crieur::read(&config, &source, "2020-02-01T00:00:00Z".parse().unwrap());
    assert!(dropped.problems.is_empty(), "{:?}", dropped.problems);
    let feed = dropped.outputs(&config, &source).unwrap().remove("feed.json").unwrap();
    let (words, item) = words_of_json(&String::from_utf8(feed).unwrap());
    let (by_hand, _) = words_of_json(&output("feed.json"));
    assert_eq!(words, by_hand);
    let contacts: Vec<_> = dropped.items[0]
        .contacts
        .iter()
        .map(|person| (person.name.clone(), person.role.clone(), person.email.clone(), person.phone.clone()))
        .collect();
    let (_, _, written) = newsroom();
    let declared: Vec<_> = written.items[0]
        .contacts
        .iter()
        .map(|person| (person.name.clone(), person.role.clone(), person.email.clone(), person.phone.clone()))
        .collect();
    assert_eq!(contacts, declared);
    for good in ["Conscient d'engager", "l'attractivité, la qualité", "3<sup>ème</sup> Révolution", "péri-urbaine"]
    {
        assert!(item["content_html"].as_str().unwrap().contains(good), "{good}");
    }
}
