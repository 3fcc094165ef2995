//! Site maps: every page for search engines, and the news of two days for those that want news.

use std::io::Write;

use chrono::{DateTime, Utc};
use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{rfc3339, xml};
use crate::config::Config;
use crate::item::{Item, Status};
use crate::kept::Shared;
use crate::problem::{Code, Problem};

/// Where it is, below the site's address.
pub const FILE: &str = "sitemap.xml";

/// Where the news of two days are.
pub const NEWS_FILE: &str = "news-sitemap.xml";

/// So many addresses one file may hold (SM-01).
pub const MOST_URLS: usize = 50_000;

/// So many each of them holds where one does not hold all: several are made at a time, and ten megabytes each
/// would be more than all else that a large newsroom needs in the end.
pub const URLS_OF_A_PART: usize = 10_000;

/// So many items the news map may hold (AG-02).
const MOST_NEWS: usize = 1_000;

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const NEWS: &str = "http://www.google.com/schemas/sitemap-news/0.9";

/// A page and when it last changed in a way that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// Absolute.
    pub address: Shared,
    /// SM-02: of items only; a list is as new as what is on it, which its items say.
    pub modified: Option<DateTime<Utc>>,
}

/// The pages of items that search engines may show (SM-05): neither held nor withdrawn nor expired, and ours.
pub fn of_items(items: &[Item]) -> impl Iterator<Item = Url> + Clone {
    let current = items.iter().filter(|item| item.page.is_some() && item.status.is_current());
    current.map(|item| Url { address: item.url.clone(), modified: Some(item.updated) })
}

/// One file of addresses.
///
/// # Errors
/// What was made is not well-formed.
pub fn urls(urls: impl Iterator<Item = Url> + Clone, path: &str) -> Result<Vec<u8>, Problem> {
    list(["urlset", "url"], urls, path)
}

/// The list of those files, where one does not hold all.
///
/// # Errors
/// What was made is not well-formed.
pub fn index(files: impl Iterator<Item = Url> + Clone, path: &str) -> Result<Vec<u8>, Problem> {
    list(["sitemapindex", "sitemap"], files, path)
}

/// Addresses below a root. They are tens of thousands, so what is written has its final form at once.
fn list([root, each]: [&str; 2], mut urls: impl Iterator<Item = Url> + Clone, path: &str) -> Result<Vec<u8>, Problem> {
    /// So many bytes stand around an address.
    const AROUND: usize = 80;
    let room: usize = urls.clone().map(|url| url.address.len() + AROUND).sum();
    let mut bytes = Vec::with_capacity(256 + room);
    let mut writer = Writer::new_with_indent(&mut bytes, b' ', 1);
    let mut write = || {
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = writer.create_element(root).with_attribute(("xmlns", SITEMAP));
        root.write_inner_content(|writer| urls.try_for_each(|url| entry(writer, each, &url))).map(|_| ())
    };
    write().map_err(|error| failed(path, error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Whether the news map holds an item: published within two days, by the one clock there is
/// (SM-03, SM-04).
pub fn is_news(item: &Item) -> bool {
    item.is_recent && item.status == Status::Published && item.page.is_some()
}

/// The news of two days; empty and valid where there are none.
///
/// # Errors
/// What was made is not well-formed.
pub fn news(items: &[Item], config: &Config, path: &str) -> Result<Vec<u8>, Problem> {
    // The name as a search engine shows it, without what stands in parentheses.
    let name = config.title.as_str().split('(').next().unwrap_or_default().trim().to_owned();
    document(path, |writer| {
        let root = writer.create_element("urlset").with_attribute(("xmlns", SITEMAP));
        root.with_attribute(("xmlns:news", NEWS)).write_inner_content(|writer| {
            items
                .iter()
                .filter(|item| is_news(item))
                .take(MOST_NEWS)
                .try_for_each(|item| news_entry(writer, item, &name))
        })?;
        Ok(())
    })
}

fn news_entry<W: Write>(writer: &mut Writer<W>, item: &Item, name: &str) -> std::io::Result<()> {
    let language = item.language.split('-').next().unwrap_or_default().to_lowercase();
    // A day is a day; of an hour, the instant.
    let published = item.day.map_or_else(|| rfc3339(item.published), |day| day.to_string());
    writer.create_element("url").write_inner_content(|writer| {
        text(writer, "loc", &item.url)?;
        writer.create_element("news:news").write_inner_content(|writer| {
            writer.create_element("news:publication").write_inner_content(|writer| {
                text(writer, "news:name", name)?;
                text(writer, "news:language", &language)
            })?;
            text(writer, "news:publication_date", &published)?;
            text(writer, "news:title", item.title.as_str())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn entry<W: Write>(writer: &mut Writer<W>, name: &str, url: &Url) -> std::io::Result<()> {
    writer.create_element(name).write_inner_content(|writer| {
        let text = |writer: &mut Writer<W>, name: &str, value: &str| {
            let value = BytesText::from_escaped(partial_escape(value));
            writer.create_element(name).write_text_content(value).map(|_| ())
        };
        if let Some(bad) = xml::forbidden(&url.address) {
            return Err(std::io::Error::other(xml::named(bad)));
        }
        text(writer, "loc", &url.address)?;
        url.modified.map_or(Ok(()), |modified| text(writer, "lastmod", &rfc3339(modified)))
    })?;
    Ok(())
}

fn text<W: Write>(writer: &mut Writer<W>, name: &str, value: &str) -> std::io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(value)).map(|_| ())
}

fn document(
    path: &str,
    write: impl FnOnce(&mut Writer<&mut Vec<u8>>) -> std::io::Result<()>,
) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new_with_indent(&mut bytes, b' ', 1);
    write(&mut writer).map_err(|error| failed(path, error.to_string()))?;
    xml::document(&bytes).map_err(|reason| failed(path, reason))
}

fn failed(path: &str, reason: String) -> Problem {
    Problem::general(Code::OutputFailed).with("path", path).with("reason", reason)
}
