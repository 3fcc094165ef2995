//! Atom 1.0 (RFC 4287), through `atom_syndication`.

use std::borrow::ToOwned;
use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed as AtomFeed, Generator, Link, Person as AtomPerson, Text as AtomText,
    TextType, WriteConfig,
};
use chrono::{DateTime, FixedOffset, Utc};

use super::media_rss::{self, Element};
use super::{Entry, GENERATOR_VERSION, self_url, xml};
use crate::config::{Config, Format};
use crate::html::escape;
use crate::item::{Item, Person, RelationKind, Status};
use crate::select::{Feed, Place};

const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";
const HISTORY: &str = "http://purl.org/syndication/history/1.0";
const THREADING: &str = "http://purl.org/syndication/thread/1.0";

/// Writes the feed.
///
/// # Errors
/// Why what was made is not well-formed.
pub fn write(feed: &Feed<'_>, entries: &[Entry<'_>], config: &Config) -> Result<Vec<u8>, String> {
    // Never both for one item (TB-02).
    let (buried, entries): (Vec<&Entry<'_>>, Vec<&Entry<'_>>) =
        entries.iter().partition(|entry| config.tombstones && entry.item.status == Status::Withdrawn);
    let contents: Vec<xml::Content<'_>> = entries.iter().map(|entry| xml::Content(&entry.content)).collect();
    let atom = AtomFeed {
        // ID-10; AT-02: each exactly one.
        id: feed.id.to_owned(),
        title: text(feed.title.as_str(), None),
        updated: instant(feed.updated),
        // Every entry has its own authors (AT-03); one reader measured would show the feed's on
        // each entry. Only a feed without entries names the publisher.
        authors: if entries.is_empty() { vec![person(&config.publisher.person())] } else { Vec::new() },
        generator: Some(Generator {
            value: "crieur".to_owned(),
            version: Some(GENERATOR_VERSION.to_owned()),
            uri: None,
        }),
        icon: config.icon.clone(),
        logo: config.logo.clone(),
        links: links(feed, config),
        rights: config.rights.as_ref().map(|rights| text(rights.as_str(), None)),
        subtitle: (*feed.description != *feed.title).then(|| text(feed.description.as_str(), None)),
        lang: Some(feed.language.to_owned()), // AT-15
        namespaces: namespaces(&entries, !buried.is_empty(), feed),
        extensions: tombstones(&buried),
        entries: entries
            .iter()
            .zip(&contents)
            .enumerate()
            .map(|(number, (e, content))| entry(e, content.mark(number), feed, config))
            .collect(),
        ..AtomFeed::default()
    };
    let config = WriteConfig { write_document_declaration: false, indent_size: Some(2) };
    // Without the contents.
    let room = Vec::with_capacity(2048 * (1 + entries.len()));
    let written = atom.write_with_config(room, config).map_err(|error| error.to_string())?;
    xml::document_with(is_closed(feed).then_some("fh:archive"), &contents, &written)
}

/// Whether the document is an archive that does not change any more (RFC 5005, section 4).
fn is_closed(feed: &Feed<'_>) -> bool {
    feed.place.current.is_some() && feed.place.next.is_some()
}

fn entry(entry: &Entry<'_>, content: String, feed: &Feed<'_>, config: &Config) -> AtomEntry {
    let item = entry.item;
    // The crate has no xml:lang on an entry; on each of its texts it says the same (AT-15).
    let lang = (item.language != *feed.language).then(|| item.language.to_string());
    let mut links = vec![Link {
        hreflang: Some(item.language.to_string()),
        ..link("alternate", item.url.to_string(), "text/html")
    }];
    links.extend(item.attachments.iter().map(|file| Link {
        title: Some(file.title.to_string()),
        length: file.size.map(|size| size.to_string()),
        ..link("enclosure", file.url.clone(), &file.media_type) // AT-18
    }));
    // For readers without threading (TH-01).
    links.extend(item.relations.iter().map(|other| Link {
        title: Some(other.title.to_string()),
        ..link("related", other.url.to_string(), "text/html")
    }));
    AtomEntry {
        id: item.id.to_string(),
        title: text(item.title.as_str(), lang.clone()),
        published: Some(instant(item.published)),           // DT-10
        updated: instant(item.updated),                     // DT-11
        authors: item.authors.iter().map(person).collect(), // AT-14
        categories: item.tags.iter().map(|tag| Category { term: tag.to_string(), ..Category::default() }).collect(),
        links,
        rights: item
            .rights
            .as_ref()
            .filter(|rights| Some(*rights) != config.rights.as_ref())
            .map(|rights| text(rights.as_str(), lang.clone())),
        summary: item.summary.as_ref().map(|summary| text(summary.as_str(), lang.clone())),
        content: Some(Content {
            content_type: Some("html".to_owned()), // AT-10
            value: Some(content),
            lang,
            ..Content::default()
        }),
        extensions: extensions(item),
        ..AtomEntry::default()
    }
}

/// What it answers, and its lead picture. The keys of the map are never written: they sort.
fn extensions(item: &Item) -> ExtensionMap {
    let mut extensions = in_reply_to(item);
    let elements = media_rss::elements(item, 0).into_iter().map(media).collect::<Vec<_>>();
    if !elements.is_empty() {
        extensions.insert("media".to_owned(), BTreeMap::from([(String::new(), elements)]));
    }
    extensions
}

fn media(element: Element) -> Extension {
    Extension {
        name: element.name.to_owned(),
        value: element.text,
        // The crate writes attributes of extensions as they are.
        attrs: element.attributes.iter().map(|(name, value)| ((*name).to_owned(), escape(value))).collect(),
        children: BTreeMap::from([(String::new(), element.children.into_iter().map(media).collect())]),
    }
}

/// Where the document is, what it belongs to, and its neighbours (AT-06, RFC 5005).
fn links(feed: &Feed<'_>, config: &Config) -> Vec<Link> {
    let mut links = vec![
        link("self", self_url(feed, config, Format::Atom), Format::Atom.media_type()),
        link("alternate", feed.home.clone(), "text/html"),
    ];
    let Place { current, previous, next } = &feed.place;
    // Documents of the archive are no topics: nobody subscribes to them (WS-01).
    let hubs = config.hubs.iter().filter(|_| current.is_none());
    links.extend(hubs.map(|hub| Link { href: hub.clone(), rel: "hub".to_owned(), ..Link::default() }));
    for (rel, address) in [("current", current), ("prev-archive", previous), ("next-archive", next)] {
        links.extend(address.iter().map(|address| link(rel, address.clone(), Format::Atom.media_type())));
    }
    links
}

/// Those that are used: an unknown one costs a warning of the validator.
fn namespaces(entries: &[&Entry<'_>], buried: bool, feed: &Feed<'_>) -> BTreeMap<String, String> {
    let mut namespaces = BTreeMap::new();
    if entries.iter().any(|entry| entry.item.image.is_some()) {
        namespaces.insert("media".to_owned(), media_rss::NAMESPACE.to_owned());
    }
    if is_closed(feed) {
        namespaces.insert("fh".to_owned(), HISTORY.to_owned());
    }
    if entries.iter().any(|entry| !in_reply_to(entry.item).is_empty()) {
        namespaces.insert("thr".to_owned(), THREADING.to_owned());
    }
    if buried {
        namespaces.insert("at".to_owned(), TOMBSTONES.to_owned());
    }
    namespaces
}

/// That an entry is gone, and since when; not what it was called (TB-01, TB-03).
fn tombstones(buried: &[&Entry<'_>]) -> ExtensionMap {
    let elements: Vec<Extension> = buried
        .iter()
        .map(|entry| Extension {
            name: "at:deleted-entry".to_owned(),
            attrs: BTreeMap::from([
                ("ref".to_owned(), escape(&entry.item.id)),
                ("when".to_owned(), super::rfc3339(entry.item.updated)),
            ]),
            ..Extension::default()
        })
        .collect();
    let mut extensions = ExtensionMap::new();
    if !elements.is_empty() {
        extensions.insert("at".to_owned(), BTreeMap::from([("deleted-entry".to_owned(), elements)]));
    }
    extensions
}

/// What it answers, for readers with threading (RFC 4685, TH-01).
fn in_reply_to(item: &Item) -> ExtensionMap {
    let answered = item.relations.iter().filter(|other| other.kind == RelationKind::RepliesTo);
    let elements: Vec<Extension> = answered
        .map(|other| {
            // The crate writes attributes of extensions as they are.
            let attributes = [("ref", escape(&other.id)), ("href", escape(&other.url)), ("type", "text/html".into())];
            Extension {
                name: "thr:in-reply-to".to_owned(),
                attrs: attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                ..Extension::default()
            }
        })
        .collect();
    let mut extensions = ExtensionMap::new();
    if !elements.is_empty() {
        extensions.insert("thr".to_owned(), BTreeMap::from([("in-reply-to".to_owned(), elements)]));
    }
    extensions
}

fn text(value: &str, lang: Option<String>) -> AtomText {
    AtomText { value: value.to_owned(), lang, base: None, r#type: TextType::Text }
}

/// AT-13: a name, at most one bare address and one URI.
fn person(person: &Person) -> AtomPerson {
    AtomPerson {
        name: person.name.to_string(),
        email: person.email.as_ref().map(ToOwned::to_owned),
        uri: person.url.as_ref().map(ToOwned::to_owned),
        ..AtomPerson::default()
    }
}

fn link(rel: &str, href: String, media_type: &str) -> Link {
    Link { href, rel: rel.to_owned(), mime_type: Some(media_type.to_owned()), ..Link::default() }
}

/// UTC; two of 26 readers measured drop an Atom offset (DT-07).
fn instant(instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    instant.fixed_offset()
}
