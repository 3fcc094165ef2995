//! RSS 2.0.11 with the Best Practices Profile, through `rss`.

use std::collections::BTreeMap;

use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid, Image, Item as RssItem};

use super::media_rss::{self, Element};
use super::{Entry, GENERATOR_VERSION, rfc822, rfc3339, self_url, xml};
use crate::config::{Config, Format};
use crate::item::Attachment;
use crate::select::Feed;

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Writes the feed.
///
/// # Errors
/// Why what was made is not well-formed.
pub fn write(feed: &Feed<'_>, entries: &[Entry<'_>], config: &Config) -> Result<Vec<u8>, String> {
    let mut extensions = ExtensionMap::new();
    let own = atom_link("self", &self_url(feed, config, Format::Rss), Format::Rss.media_type());
    add(&mut extensions, "link", own); // RS-03
    for hub in &config.hubs {
        add(&mut extensions, "link", extension("atom:link", None, &[("rel", "hub"), ("href", hub)])); // WS-01
    }
    let publisher = &config.publisher;
    let channel = Channel {
        title: feed.title.to_string(), // RS-01
        link: feed.home.clone(),
        description: feed.description.to_string(),
        language: Some(feed.language.to_owned()), // RS-04
        copyright: config.rights.as_ref().map(ToString::to_string),
        managing_editor: publisher.email.as_ref().map(|email| format!("{email} ({})", publisher.name)), // RS-11
        last_build_date: Some(rfc822(feed.updated)), // DT-12: of the items, never of the build
        generator: Some(format!("crieur {GENERATOR_VERSION}")),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()), // RS-21
        image: config.logo.as_ref().filter(|logo| is_rss_image(logo)).map(|logo| Image {
            url: logo.clone(), // RS-17
            title: feed.title.to_string(),
            link: feed.home.clone(),
            ..Image::default()
        }),
        extensions,
        namespaces: namespaces(entries),
        items: entries.iter().map(|e| item(e, config)).collect(),
        ..Channel::default()
    };
    let written = channel.pretty_write_to(Vec::new(), b' ', 2).map_err(|error| error.to_string())?;
    xml::document(&written)
}

/// Those that are used; the crate adds its own.
fn namespaces(entries: &[Entry<'_>]) -> BTreeMap<String, String> {
    let media = entries.iter().any(|entry| entry.item.image.is_some());
    let media = media.then(|| ("media".to_owned(), media_rss::NAMESPACE.to_owned()));
    media.into_iter().chain([("atom".to_owned(), ATOM.to_owned())]).collect()
}

fn item(entry: &Entry<'_>, config: &Config) -> RssItem {
    let item = entry.item;
    let mut extensions = ExtensionMap::new();
    if item.updated > item.published {
        // RSS has no such date of its own (DT-14).
        add(&mut extensions, "updated", extension("atom:updated", Some(rfc3339(item.updated)), &[]));
    }
    for file in item.attachments.iter().skip(1) {
        // One enclosure only (RS-16); the others as links, which are clean too.
        let length = file.size.unwrap_or_default().to_string();
        let attributes = [
            ("rel", "enclosure"),
            ("href", file.url.as_str()),
            ("type", file.media_type.as_str()),
            ("length", length.as_str()),
            ("title", file.title.as_str()),
        ];
        add(&mut extensions, "link", extension("atom:link", None, &attributes));
    }
    let picture: Vec<Extension> = media_rss::elements(item, 1).into_iter().map(media).collect();
    if !picture.is_empty() {
        extensions.insert("media".to_owned(), BTreeMap::from([(String::new(), picture)]));
    }
    let rights = item.rights.as_ref().filter(|rights| Some(*rights) != config.rights.as_ref());
    // RS-13: with no summary the full text is the description, and there is no content:encoded.
    let (description, content) = match &item.summary {
        Some(summary) => (crate::html::escape(summary.as_str()), Some(entry.content.clone())),
        None => (entry.content.clone(), None),
    };
    RssItem {
        title: Some(item.title.to_string()), // RS-05
        link: Some(item.url.to_string()),
        description: Some(description),
        content,
        categories: item.tags.iter().map(|tag| Category { name: tag.to_string(), domain: None }).collect(),
        enclosure: item.attachments.first().map(enclosure),
        guid: Some(Guid { value: item.id.to_string(), permalink: false }), // RS-06
        pub_date: Some(rfc822(item.published)),                            // DT-03
        extensions,
        dublin_core_ext: Some(DublinCoreExtension {
            // RS-08, RS-09: one for each person, never joined, never beside `author`.
            creators: item.authors.iter().map(|author| author.name.to_string()).collect(),
            rights: rights.map(ToString::to_string).into_iter().collect(),
            ..DublinCoreExtension::default()
        }),
        ..RssItem::default()
    }
}

fn media(element: Element) -> Extension {
    Extension {
        name: element.name.to_owned(),
        value: element.text,
        attrs: element.attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        children: BTreeMap::from([(String::new(), element.children.into_iter().map(media).collect())]),
    }
}

fn enclosure(file: &Attachment) -> Enclosure {
    Enclosure {
        url: file.url.clone(),
        length: file.size.unwrap_or_default().to_string(), // 0 where unknown
        mime_type: file.media_type.clone(),
    }
}

fn is_rss_image(logo: &str) -> bool {
    let logo = logo.to_ascii_lowercase();
    [".png", ".jpg", ".jpeg", ".gif"].iter().any(|ending| logo.ends_with(ending))
}

fn atom_link(rel: &str, href: &str, media_type: &str) -> Extension {
    extension("atom:link", None, &[("rel", rel), ("href", href), ("type", media_type)])
}

fn extension(name: &str, value: Option<String>, attributes: &[(&str, &str)]) -> Extension {
    Extension {
        name: name.to_owned(),
        value,
        attrs: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        children: BTreeMap::new(),
    }
}

fn add(extensions: &mut ExtensionMap, key: &str, extension: Extension) {
    extensions.entry("atom".to_owned()).or_default().entry(key.to_owned()).or_default().push(extension);
}
