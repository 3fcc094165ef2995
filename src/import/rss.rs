//! RSS of every version: 0.90 and 1.0 (RDF), 0.91 to 2.0, and the export of WordPress, which is
//! RSS 2.0 with what only the site itself should know.

use std::collections::HashMap;

use super::content::{Shown, absolute, address, of_wordpress};
use super::media::{atom_person, media, person, size};
use super::xml::{Element, Space};
use super::{Author, Enclosure, Entry, Feed, Reading, atom, plain, words};
use crate::html;
use crate::locale::language_tag;
use crate::media::written_type;
use crate::problem::Code;
use crate::text::Text;

/// Reads the feed; of an export, what is of one of the `types`, or a post where none is named.
pub fn read(root: &Element, types: &[String], reading: &mut Reading<'_>) -> Feed {
    let channel = root.child(Space::Rss, "channel");
    let exported = channel.is_some_and(|channel| channel.child(Space::WordPress, "wxr_version").is_some());
    let rdf = root.space == Space::Rdf;
    let mut feed = Feed {
        kind: match (exported, rdf, root.attribute("version").map(str::trim)) {
            (true, ..) => "WordPress".to_owned(),
            (_, true, _) => "RSS 1.0 (RDF)".to_owned(),
            (.., Some(version)) => format!("RSS {version}"),
            (.., None) => "RSS".to_owned(),
        },
        title: channel.and_then(|channel| channel.text_of(Space::Rss, "title")).as_deref().and_then(plain),
        ..Feed::default()
    };
    let language = channel.and_then(|channel| {
        let said = channel.text_of(Space::Rss, "language").or_else(|| channel.text_of(Space::Dublin, "language"));
        said.or_else(|| channel.language.clone())
    });
    let people = channel.map(display_names).unwrap_or_default();
    let shown = channel.filter(|_| exported).map(shown).unwrap_or_default();
    // In RDF the items stand beside the channel, elsewhere in it; some feeds have both.
    for item in
        root.elements().chain(channel.into_iter().flat_map(Element::elements)).filter(|e| e.is(Space::Rss, "item"))
    {
        let mut entry = self::item(item, rdf, reading);
        entry.language = entry.language.or_else(|| language.clone());
        if exported {
            if let Some(kind) = left_out(item, types) {
                *feed.left_out.entry(kind).or_default() += 1;
                continue;
            }
            of_export(item, &mut entry, &people, &shown, reading);
        }
        feed.entries.push(entry);
    }
    feed
}

fn item(item: &Element, rdf: bool, reading: &mut Reading<'_>) -> Entry {
    let mut entry = Entry { line: item.line, language: item.language.clone(), ..Entry::default() };
    let first = |names: &[(Space, &str)]| names.iter().find_map(|(space, name)| item.text_of(*space, name));
    entry.title =
        first(&[(Space::Rss, "title"), (Space::Dublin, "title"), (Space::Media, "title")]).as_deref().and_then(plain);
    let link = first(&[(Space::Rss, "link")]).map(|link| address(&link, item.base.as_ref()));
    let atom_link = atom::links(item, Space::Atom, &mut entry.enclosures);
    let guid = item.child(Space::Rss, "guid");
    let is_address = guid.is_some_and(|guid| guid.attribute("isPermaLink").is_none_or(|is| is.trim() != "false"));
    let permanent = guid.map(Element::text).filter(|guid| is_address && guid.starts_with("http"));
    entry.id = guid.map(Element::text).or_else(|| item.text_of(Space::Atom, "id"));
    if rdf {
        let about = item.attribute("rdf:about").or(item.attribute("about"));
        entry.id = entry.id.or_else(|| about.map(str::to_owned)).or_else(|| first(&[(Space::Dublin, "identifier")]));
    }
    entry.link = link.or(atom_link).or(permanent);
    atom::original(item, &mut entry);
    let published = [
        (Space::Rss, "pubDate"),
        (Space::Dublin, "date"),
        (Space::Atom, "published"),
        (Space::Terms, "issued"),
        (Space::Terms, "created"),
    ];
    // In an export it says nothing that other fields do not say better.
    let exported = item.child(Space::WordPress, "post_type").is_some();
    if !exported {
        entry.published = reading.date(first(&published), &mut entry);
        entry.updated = reading.date(first(&[(Space::Atom, "updated"), (Space::Terms, "modified")]), &mut entry);
    }
    entry.authors = authors(item);
    let topics = item.elements().filter(|e| e.is(Space::Rss, "category") || e.is(Space::Dublin, "subject"));
    entry.tags = topics.filter_map(|topic| plain(&topic.text())).collect();
    entry.language = first(&[(Space::Dublin, "language")]).or(entry.language);
    entry.rights = first(&[(Space::Dublin, "rights")]).as_deref().and_then(plain);
    let base = item.base.clone().or_else(|| url::Url::parse(entry.link.as_deref()?).ok());
    let html = |element: Option<&Element>| {
        let element = element?;
        let html = element.html();
        (!html.is_empty()).then(|| absolute(&html, element.base.as_ref().or(base.as_ref())))
    };
    let described = html(item.child(Space::Rss, "description"))
        .or_else(|| html(item.child(Space::Dublin, "description")))
        .or_else(|| html(item.child(Space::Itunes, "summary")));
    let encoded = html(item.child(Space::Content, "encoded"))
        .or_else(|| item.child(Space::Atom, "content").and_then(atom::html))
        .or_else(|| {
            html(item.elements().find(|e| e.space == Space::Html && matches!(e.name.as_str(), "body" | "div")))
        });
    match encoded {
        Some(encoded) => {
            entry.summary = described.as_deref().and_then(words);
            entry.content = encoded;
        }
        None => entry.content = described.unwrap_or_default(),
    }
    let files = item.elements().filter(|e| e.is(Space::Rss, "enclosure"));
    let files: Vec<Enclosure> = files
        .filter_map(|file| {
            Some(Enclosure {
                url: address(
                    file.attribute("url").or(file.attribute("rdf:resource"))?,
                    file.base.as_ref().or(base.as_ref()),
                ),
                media_type: file.attribute("type").and_then(written_type),
                size: file.attribute("length").and_then(size),
                title: None,
            })
        })
        .collect();
    // The enclosure of RSS is the first; what else there is follows.
    entry.enclosures.splice(0..0, files);
    media(item, &mut entry);
    entry
}

/// In order; one person whom two vocabularies name is one.
fn authors(item: &Element) -> Vec<Author> {
    let mut authors: Vec<Author> = Vec::new();
    let of = |space: Space, name: &'static str| item.elements().filter(move |e| e.is(space, name));
    authors.extend(of(Space::Atom, "author").filter_map(|element| atom_person(element, Space::Atom)));
    let others = of(Space::Dublin, "creator").chain(of(Space::Rss, "author"));
    for author in others.filter_map(|element| person(&element.text())) {
        match authors.iter_mut().find(|known| known.name == author.name) {
            Some(known) => known.email = known.email.take().or(author.email),
            None => authors.push(author),
        }
    }
    if authors.is_empty() {
        authors.extend(of(Space::Itunes, "author").filter_map(|element| person(&element.text())));
    }
    authors
}

/// The names behind the logins of an export. Their addresses are there too, of everybody who ever had
/// an account: the feed never showed them, so nothing here does.
fn display_names(channel: &Element) -> HashMap<String, String> {
    let authors = channel.elements().filter(|e| e.is(Space::WordPress, "author"));
    let authors = authors.filter_map(|author| {
        let login = author.text_of(Space::WordPress, "author_login")?;
        Some((login, author.text_of(Space::WordPress, "author_display_name")?))
    });
    // People without an account, of whom Co-Authors Plus knows.
    let guests = of_type(channel, "guest-author")
        .filter_map(|guest| Some((guest.text_of(Space::WordPress, "post_name")?, guest.text_of(Space::Rss, "title")?)));
    authors.chain(guests).collect()
}

fn of_type<'a>(channel: &'a Element, kind: &'a str) -> impl Iterator<Item = &'a Element> {
    let items = channel.elements().filter(|e| e.is(Space::Rss, "item"));
    items.filter(move |item| item.text_of(Space::WordPress, "post_type").as_deref() == Some(kind))
}

/// What posts show that other items of the export hold.
fn shown(channel: &Element) -> Shown {
    let number = |item: &Element| item.text_of(Space::WordPress, "post_id");
    let block = |item| Some((number(item)?, item.text_of(Space::Content, "encoded")?));
    let picture = |item: &Element| {
        let url = item.text_of(Space::WordPress, "attachment_url").filter(|url| media_type_is_picture(url))?;
        let notes = item.elements().filter(|e| e.is(Space::WordPress, "postmeta"));
        let mut alts = notes
            .filter(|note| note.text_of(Space::WordPress, "meta_key").as_deref() == Some("_wp_attachment_image_alt"));
        let alt = alts.next().and_then(|note| note.text_of(Space::WordPress, "meta_value")).unwrap_or_default();
        let words = item.text_of(Space::Excerpt, "encoded").filter(|words| !words.trim().is_empty());
        let words = words.map(|words| format!("<figcaption>{}</figcaption>", words.trim())).unwrap_or_default();
        let image = format!("<img src=\"{}\" alt=\"{}\">", html::escape(&url), html::escape(&alt));
        Some((number(item)?, format!("<figure>{image}{words}</figure>")))
    };
    Shown {
        blocks: of_type(channel, "wp_block").filter_map(block).collect(),
        pictures: of_type(channel, "attachment").filter_map(picture).collect(),
    }
}

fn media_type_is_picture(url: &str) -> bool {
    crate::media::is_picture(url.split(['?', '#']).next().unwrap_or(url))
}

/// What an item of an export is, where it is no post that a reader could have seen or will see.
fn left_out(item: &Element, types: &[String]) -> Option<String> {
    let kind = item.text_of(Space::WordPress, "post_type").unwrap_or_else(|| "post".to_owned());
    let wanted = if types.is_empty() { kind == "post" } else { types.contains(&kind) };
    if !wanted {
        return Some(kind);
    }
    let status = item.text_of(Space::WordPress, "status").unwrap_or_default();
    matches!(status.as_str(), "trash" | "auto-draft" | "inherit").then_some(status)
}

/// What an export says better than a feed.
fn of_export(
    item: &Element,
    entry: &mut Entry,
    people: &HashMap<String, String>,
    shown: &Shown,
    reading: &mut Reading<'_>,
) {
    let field = |name: &str| item.text_of(Space::WordPress, name);
    let dated = |value: Option<String>| value.filter(|value| !value.starts_with("0000"));
    let status = field("status").unwrap_or_default();
    // Behind a password, or for its editors only: no reader of the feed ever had it.
    entry.draft = !matches!(status.as_str(), "publish" | "future") || field("post_password").is_some();
    entry.published = reading.date(dated(field("post_date_gmt")).map(|date| format!("{date} UTC")), entry);
    if entry.published.is_none() && !entry.draft {
        let feed = item.text_of(Space::Rss, "pubDate");
        // One of the year before the first is what WordPress makes of no date.
        let feed = feed.filter(|date| !date.contains("-0001"));
        let wall = dated(field("post_date")).and_then(|date| super::date::wall(&date));
        match wall.filter(|_| feed.is_none()) {
            Some(wall) => entry.wall = Some(wall),
            None => entry.published = reading.date(feed.or_else(|| dated(field("post_date"))), entry),
        }
    }
    let modified = reading.date(dated(field("post_modified_gmt")).map(|date| format!("{date} UTC")), entry);
    entry.updated = match (modified, entry.published) {
        // A post that was written before its hour was not changed since.
        (Some(super::When::Instant(modified)), Some(super::When::Instant(published))) if modified > published => {
            Some(super::When::Instant(modified))
        }
        _ => None,
    };
    if status != "publish" || entry.draft {
        // Nothing is there yet, or not for everybody.
        entry.link = None;
        entry.updated = None;
    }
    entry.slug = field("post_name");
    let of_domain = |domain: &'static str| {
        item.elements().filter(move |e| e.is(Space::Rss, "category") && e.attribute("domain") == Some(domain))
    };
    // Co-Authors Plus: everybody who wrote it, by login.
    let together = of_domain("author").filter_map(|author| {
        let login = author.text();
        let known = people.get(&login).or_else(|| people.get(author.attribute("nicename")?));
        Some(Author { name: Text::some(known.unwrap_or(&login))?, ..Author::default() })
    });
    let together: Vec<Author> = together.collect();
    if !together.is_empty() {
        entry.authors = together;
    }
    // Polylang.
    let language = of_domain("language").find_map(|e| language_tag(e.attribute("nicename")?).ok());
    entry.language = language.or(entry.language.take());
    for author in &mut entry.authors {
        if let Some(name) = people.get(author.name.as_str()).and_then(|name| Text::some(name)) {
            *author = Author { name, ..Author::default() };
        }
    }
    let topics = item.elements().filter(|e| e.is(Space::Rss, "category"));
    let topics = topics.filter(|e| matches!(e.attribute("domain"), None | Some("category" | "post_tag" | "tag")));
    entry.tags = topics.filter_map(|topic| plain(&topic.text())).collect();
    let base = item.base.clone().or_else(|| url::Url::parse(&item.text_of(Space::Rss, "link")?).ok());
    let written = item.text_of(Space::Content, "encoded").unwrap_or_default();
    let mut missing = Vec::new();
    entry.content = absolute(&of_wordpress(&written, shown, &mut missing), base.as_ref());
    for number in missing {
        let problem = reading.problem(Code::ImportChanged, entry.line).with("field", "content");
        reading.problems.push(problem.with("value", format!("wp:block {number}")));
    }
    entry.summary = item.text_of(Space::Excerpt, "encoded").as_deref().and_then(words);
    let notes = item.elements().filter(|e| e.is(Space::WordPress, "postmeta"));
    for note in notes.filter(|note| note.text_of(Space::WordPress, "meta_key").as_deref() == Some("enclosure")) {
        let value = note.text_of(Space::WordPress, "meta_value").unwrap_or_default();
        let mut lines = value.lines().map(str::trim);
        let url = address(lines.next().unwrap_or_default(), base.as_ref());
        let (length, kind) = (lines.next().and_then(size), lines.next().and_then(written_type));
        entry.enclosures.push(Enclosure { url, media_type: kind, size: length, title: None });
    }
}
