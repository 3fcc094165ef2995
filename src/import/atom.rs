//! Atom 1.0 (RFC 4287), and 0.3, which many old sites still send.

use super::content::{absolute, address, from_text};
use super::media::{atom_person, media, size};
use super::xml::{Element, Space};
use super::{Author, Enclosure, Entry, Feed, Reading, words};
use crate::media::written_type;
use crate::problem::Code;
use crate::text::Text;

/// Reads the feed.
pub fn read(root: &Element, reading: &mut Reading<'_>) -> Feed {
    let space = if root.space == Space::Atom03 { Space::Atom03 } else { root.space };
    let people = people(root, space);
    let entries = root.elements().filter(|element| element.is(space, "entry"));
    Feed {
        kind: if space == Space::Atom03 { "Atom 0.3" } else { "Atom 1.0" }.to_owned(),
        title: root.child(space, "title").and_then(title),
        entries: entries.map(|element| entry(element, space, &people, reading)).collect(),
        ..Feed::default()
    }
}

fn people(of: &Element, space: Space) -> Vec<Author> {
    of.elements()
        .filter(|element| element.is(space, "author"))
        .filter_map(|person| atom_person(person, space))
        .collect()
}

fn entry(element: &Element, space: Space, feed: &[Author], reading: &mut Reading<'_>) -> Entry {
    let mut entry = Entry { line: element.line, language: element.language.clone(), ..Entry::default() };
    let first = |names: &[&str]| names.iter().find_map(|name| element.text_of(space, name));
    entry.id = first(&["id"]);
    entry.title = element.child(space, "title").and_then(title);
    entry.published = reading.date(first(&["published", "issued", "created"]), &mut entry);
    entry.updated = reading.date(first(&["updated", "modified"]), &mut entry);
    // Its own, else those of the feed it was taken from, else those of this feed.
    let source = element.child(space, "source").map(|source| people(source, space)).unwrap_or_default();
    entry.authors =
        [people(element, space), source, feed.to_vec()].into_iter().find(|p| !p.is_empty()).unwrap_or_default();
    let terms = element.elements().filter(|e| e.is(space, "category"));
    entry.tags = terms.filter_map(|e| Text::some(e.attribute("term").or(e.attribute("label"))?)).collect();
    entry
        .tags
        .extend(element.elements().filter(|e| e.is(Space::Dublin, "subject")).filter_map(|e| Text::some(&e.text())));
    entry.rights = element.child(space, "rights").and_then(title);
    entry.link = links(element, space, &mut entry.enclosures);
    original(element, &mut entry);
    // A text that lies elsewhere can be read there.
    let elsewhere =
        element.child(space, "content").and_then(|text| Some(address(text.attribute("src")?, text.base.as_ref())));
    entry.link = entry.link.take().or(elsewhere);
    let body = element.child(space, "content").and_then(html);
    let unread = element.child(space, "content").filter(|text| body.is_none() && !text.html_always().is_empty());
    if let Some(text) = unread {
        // An image, a document, whatever a program put where a text should be.
        let problem = reading.problem(Code::ImportChanged, element.line).with("field", "content");
        reading.problems.push(problem.with("value", text.attribute("type").unwrap_or_default()));
    }
    let summary = element.child(space, "summary").and_then(html);
    // A language on the text alone is that of the entry.
    let text = element.child(space, "content").or(element.child(space, "title"));
    entry.language = text.and_then(|text| text.language.clone()).or(entry.language);
    match (body, summary) {
        (Some(body), summary) => {
            entry.summary = summary.as_deref().and_then(words);
            entry.content = body;
        }
        (None, Some(summary)) => entry.content = summary,
        (None, None) => {}
    }
    media(element, &mut entry);
    entry
}

/// The address behind one that only counts its readers. Who has no identity is still known by the
/// address that readers saw.
pub fn original(element: &Element, entry: &mut Entry) {
    if let Some(original) = element.text_of(Space::Feedburner, "origLink").filter(|link| link.starts_with("http")) {
        entry.id = entry.id.take().or_else(|| entry.link.clone());
        entry.link = Some(original);
    }
}

/// What the relative addresses of a feed are meant from that does not say where it was.
pub fn home(root: &Element) -> Option<url::Url> {
    let channel = root.child(Space::Rss, "channel");
    let linked = channel.and_then(|channel| channel.text_of(Space::Rss, "link"));
    let links = [Some(root), channel].into_iter().flatten().flat_map(Element::elements).filter(|e| e.name == "link");
    let hrefs = links.filter(|link| matches!(link.attribute("rel"), None | Some("self" | "alternate")));
    let hrefs = hrefs.filter_map(|link| Some(link.attribute("href")?.to_owned()));
    linked.into_iter().chain(hrefs).find_map(|link| url::Url::parse(link.trim()).ok())
}

/// The address of the entry, and its enclosures.
pub fn links(element: &Element, space: Space, enclosures: &mut Vec<Enclosure>) -> Option<String> {
    let mut link: Option<(bool, String)> = None;
    for element in element.elements().filter(|e| e.is(space, "link")) {
        let Some(href) = element.attribute("href").filter(|href| !href.trim().is_empty()) else { continue };
        let href = address(href, element.base.as_ref());
        let media_type = element.attribute("type").map(str::trim);
        match element.attribute("rel").map_or("alternate", str::trim) {
            "alternate" => {
                let page = media_type.is_none_or(|kind| kind.contains("html"));
                // The first page, or else the first of whatever kind.
                if link.as_ref().is_none_or(|(known, _)| page && !known) {
                    link = Some((page, href));
                }
            }
            "enclosure" => enclosures.push(Enclosure {
                url: href,
                media_type: media_type.and_then(written_type),
                size: element.attribute("length").and_then(size),
                title: element.attribute("title").and_then(Text::some),
            }),
            _ => {}
        }
    }
    link.map(|(_, href)| href)
}

/// How a text is written.
enum Kind {
    Plain,
    Html,
    Xhtml,
    /// Nothing that can be shown.
    Other,
}

fn kind(text: &Element) -> Kind {
    let kind = text.attribute("type").unwrap_or("text").trim().to_ascii_lowercase();
    let mode = text.attribute("mode").map(|mode| mode.trim().to_ascii_lowercase());
    match (kind.as_str(), mode.as_deref()) {
        (_, Some("base64")) => Kind::Other,
        ("xhtml" | "application/xhtml+xml", Some("escaped")) | ("html" | "text/html", _) => {
            if text.elements().next().is_some() { Kind::Xhtml } else { Kind::Html }
        }
        ("xhtml" | "application/xhtml+xml", _) => Kind::Xhtml,
        ("text" | "text/plain", Some("escaped") | None) if text.elements().next().is_none() => Kind::Plain,
        ("text" | "text/plain", _) => Kind::Xhtml,
        (kind, _) if kind.starts_with("text/") => Kind::Plain,
        _ => Kind::Other,
    }
}

/// A title, a right: one line of plain text.
pub fn title(text: &Element) -> Option<Text> {
    match kind(text) {
        Kind::Plain => Text::some(&text.text()),
        Kind::Html => words(&text.text()),
        Kind::Xhtml => words(&text.html()),
        Kind::Other => None,
    }
}

/// A text as HTML, with absolute addresses; `None` where it lies elsewhere or is none.
pub fn html(text: &Element) -> Option<String> {
    let html = match kind(text) {
        Kind::Plain => from_text(&text.text()),
        Kind::Html => text.text(),
        Kind::Xhtml => {
            // The `div` around it is no part of it (RFC 4287, 3.1.1.3).
            let mut inner = text.elements();
            let only = inner.next().filter(|div| div.is(Space::Html, "div") && text.text().is_empty());
            only.filter(|_| inner.next().is_none()).unwrap_or(text).html_always()
        }
        Kind::Other => return None,
    };
    let html = absolute(&html, text.base.as_ref());
    (!html.trim().is_empty()).then_some(html)
}
