//! JSON Feed 1.1, through `serde`. The order of keys is that of the fields here (JF-11).

use memchr::memmem;
use serde::Serialize;

use super::{Entry, rfc3339, self_url};
use crate::config::{Config, Format};
use crate::item::Person;
use crate::select::Feed;
use crate::text::{any, escaped};

/// Begins what stands for a content that is put in later: a noncharacter, which no text of ours holds.
const MARK: char = '\u{fdd2}';

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
    let marks: Vec<String> = (0..entries.len()).map(|number| format!("{MARK}{number}")).collect();
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
        items: entries.iter().zip(&marks).map(|(e, mark)| item(e, mark, feed)).collect(),
    };
    let mut marked = Vec::with_capacity(2048 * (1 + entries.len()));
    if serde_json::to_writer_pretty(&mut marked, &json).is_err() {
        marked.clear();
    }
    marked.push(b'\n');
    with_contents(&marked, entries.iter().map(|entry| entry.content.as_str()).zip(&marks))
}

/// The document with the content of each entry where its mark stands, in their order. Most of a feed is
/// content, and it goes neither through the serialiser nor is it moved.
fn with_contents<'a>(marked: &[u8], contents: impl Iterator<Item = (&'a str, &'a String)> + Clone) -> Vec<u8> {
    // Escaping makes HTML about an eighth longer.
    let room: usize = contents.clone().map(|(content, _)| content.len() * 9 / 8).sum();
    let mut bytes = Vec::with_capacity(marked.len() + room);
    let mut rest = marked;
    for (content, mark) in contents {
        let mark = format!("\"{mark}\"");
        let Some((before, behind)) = memmem::find(rest, mark.as_bytes()).and_then(|at| rest.split_at_checked(at))
        else {
            break;
        };
        bytes.extend_from_slice(before);
        string(content, &mut bytes);
        rest = behind.get(mark.len()..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// Writes a text as a string of JSON, as `serde_json` does.
fn string(text: &str, out: &mut Vec<u8>) {
    let is_rare = |byte: u8| (byte < b' ') & (byte != b'\n');
    if any(text.bytes(), is_rare) {
        // To memory, and of a text: it cannot fail.
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.push(b'"');
    let with = |sign| match sign {
        b'"' => "\\\"",
        b'\n' => "\\n",
        _ => "\\\\",
    };
    escaped(text, [b'"', b'\\', b'\n'], with, |piece| out.extend_from_slice(piece.as_bytes()));
    out.push(b'"');
}

fn hubs(config: &Config) -> Vec<Hub<'_>> {
    config.hubs.iter().map(|url| Hub { kind: "WebSub", url }).collect()
}

fn item<'a>(entry: &'a Entry<'a>, mark: &'a str, feed: &Feed<'_>) -> JsonItem<'a> {
    let item = entry.item;
    JsonItem {
        id: &item.id,
        url: &item.url,
        title: item.title.as_str(),
        summary: item.summary.as_ref().map(|summary| summary.as_str()),
        content_html: mark,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_written_as_serde_does() {
        for text in ["", "<p lang=\"fr\">L'été\n\\ « \u{2028} »</p>\n", "a\tb\r\n", "\u{8}\u{c}\u{1}\""] {
            let mut written = Vec::new();
            string(text, &mut written);
            assert_eq!(written, serde_json::to_vec(text).unwrap(), "{text:?}");
        }
        let marks = ["\u{fdd2}0".to_owned(), "\u{fdd2}1".to_owned()];
        let contents = ["a\"", "\u{fdd2}1"].into_iter().zip(&marks);
        let marked = "[\"\u{fdd2}0\", \"b\", \"\u{fdd2}1\"]";
        let written = with_contents(marked.as_bytes(), contents);
        assert_eq!(String::from_utf8(written).unwrap(), "[\"a\\\"\", \"b\", \"\u{fdd2}1\"]");
    }
}
