//! JSON Feed 1.1, through `serde`. The order of keys is that of the fields here (JF-11).

use serde::Serialize;

use super::{Entry, rfc3339, self_url};
use crate::config::{Config, Format};
use crate::item::Person;
use crate::select::Feed;

#[derive(Serialize)]
struct Json<'a> {
    version: &'static str, // JF-01
    title: &'a str,
    home_page_url: &'a str,
    feed_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>, // JF-09: what came before
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    authors: Vec<Author<'a>>,
    language: &'a str, // JF-06
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub<'a>>, // JF-09
    items: Vec<JsonItem<'a>>,
}

#[derive(Serialize)]
struct Hub<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str, // JF-02
    url: &'a str,
    title: &'a str, // JF-03: plain, as the summary
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    content_html: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    /// Said even where it is the same: nine readers measured show nothing without it (JF-04).
    date_modified: String,
    authors: Vec<Author<'a>>, // JF-05
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<File<'a>>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct File<'a> {
    url: &'a str,
    mime_type: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

/// Writes the feed.
pub fn write(feed: &Feed<'_>, entries: &[Entry<'_>], config: &Config) -> Vec<u8> {
    let json = Json {
        version: "https://jsonfeed.org/version/1.1",
        title: feed.title.as_str(),
        home_page_url: &feed.home,
        feed_url: self_url(feed, config, Format::Json),
        next_url: feed.place.previous.as_deref(),
        description: (*feed.description != *feed.title).then(|| feed.description.as_str()),
        icon: config.icon.as_deref(),
        authors: vec![Author { name: config.publisher.name.as_str(), url: config.publisher.url.clone() }],
        language: feed.language,
        hubs: if feed.place.current.is_none() { hubs(config) } else { Vec::new() },
        items: entries.iter().map(|e| item(e, feed)).collect(),
    };
    // A feed is large: it is not to be moved while it grows.
    let room: usize = entries.iter().map(|entry| 2048 + entry.content.len() * 9 / 8).sum();
    let mut bytes = Vec::with_capacity(2048 + room);
    if serde_json::to_writer_pretty(&mut bytes, &json).is_err() {
        bytes.clear();
    }
    bytes.push(b'\n');
    bytes
}

fn hubs(config: &Config) -> Vec<Hub<'_>> {
    config.hubs.iter().map(|url| Hub { kind: "WebSub", url }).collect()
}

fn item<'a>(entry: &'a Entry<'a>, feed: &Feed<'_>) -> JsonItem<'a> {
    let item = entry.item;
    JsonItem {
        id: &item.id,
        url: &item.url,
        title: item.title.as_str(),
        summary: item.summary.as_ref().map(|summary| summary.as_str()),
        content_html: &entry.content,
        image: item.image.as_ref().map(|image| image.file.url.as_str()),
        date_published: rfc3339(item.published),
        date_modified: rfc3339(item.updated),
        authors: item.authors.iter().map(author).collect(),
        tags: item.tags.iter().map(|tag| tag.as_str()).collect(),
        language: (item.language != feed.language).then_some(item.language.as_str()),
        attachments: item
            .attachments
            .iter()
            .map(|file| File {
                url: &file.url,
                mime_type: &file.media_type,
                title: file.title.as_str(),
                size_in_bytes: file.size,
            })
            .collect(),
    }
}

/// There is no field for an address; a `mailto:` URL is allowed (JF-05).
fn author(person: &Person) -> Author<'_> {
    let mail = || person.email.as_ref().map(|email| format!("mailto:{email}"));
    Author { name: person.name.as_str(), url: person.url.clone().or_else(mail) }
}
