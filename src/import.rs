//! Other people's feeds and exports → items, so that a newsroom can move without its subscribers
//! noticing: each entry keeps its identity, its instants, its authors, its address and its words.
//!
//! [`read`] understands a feed, whatever its kind, as a list of [`Entry`]; [`plan`] makes an item
//! file of each that is not there yet and reads it back before anybody relies on it; [`pair`] tells
//! which items are the entries of a feed already, and [`ids`] what the ledger is to know of them. Nothing is made up: what an entry does not say, its
//! file does not say, and what cannot be kept is a problem with a name.

mod atom;
pub(crate) mod content;
mod date;
mod file;
mod ids;
mod json_feed;
mod media;
mod pair;
mod rss;
mod xml;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use encoding_rs::Encoding;
use url::Url;

pub use self::file::{Known, Plan, Planned, known, plan};
pub use self::ids::{Fate, ids};
pub use self::pair::{Pairing, pair, pattern, place};
use crate::file::SourceFile;
use crate::input::encoding;
use crate::problem::{Code, Place, Problem};
use crate::text::{self, Text, without_marks};

/// The largest feed that is read, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// A feed or an export, understood.
#[derive(Debug, Clone, Default)]
pub struct Feed {
    /// What it is: `Atom 1.0`, `RSS 2.0`, `WordPress`…
    pub kind: String,
    /// Its title.
    pub title: Option<Text>,
    /// In the order in which they stand.
    pub entries: Vec<Entry>,
    /// What is in it and is no entry (`page`, `attachment`), and how often.
    pub left_out: BTreeMap<String, usize>,
}

/// When something happened, as far as the feed says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// An instant, with the offset it was written with.
    Instant(DateTime<FixedOffset>),
    /// A day.
    Day(NaiveDate),
}

impl When {
    /// The day, by the clocks it was written by.
    pub fn day(&self) -> NaiveDate {
        match self {
            Self::Instant(instant) => instant.date_naive(),
            Self::Day(day) => *day,
        }
    }
}

/// An entry of a feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// Where it stands in the feed, counted from 1; 0 where lines mean nothing.
    pub line: u32,
    /// By which readers know it: its own, else its address, since that is what they take.
    pub id: Option<String>,
    /// Where its text can be read.
    pub link: Option<String>,
    /// Plain text.
    pub title: Option<Text>,
    /// First availability.
    pub published: Option<When>,
    /// Last change, where it says so.
    pub updated: Option<When>,
    /// In order.
    pub authors: Vec<Author>,
    /// Topics, in order, each once.
    pub tags: Vec<Text>,
    /// As it is written.
    pub language: Option<String>,
    /// Plain text, where it is not the content.
    pub summary: Option<Text>,
    /// HTML with absolute addresses; not cleaned.
    pub content: String,
    /// Files that come with it, in order.
    pub enclosures: Vec<Enclosure>,
    /// The address of its picture, where that is not in the content.
    pub image: Option<Picture>,
    /// Who owns it.
    pub rights: Option<Text>,
    /// Whether its readers have never seen it.
    pub draft: bool,
    /// What its address calls it.
    pub slug: Option<String>,
    /// When it was published, by clocks that it does not name: the newsroom's are meant.
    pub wall: Option<NaiveDateTime>,
    /// What stands where a date should and is none, or could be two.
    pub unreadable: Vec<String>,
}

/// Somebody, as a feed names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// As written.
    pub name: Text,
    /// Where the feed has it.
    pub email: Option<String>,
    /// A page about them.
    pub url: Option<String>,
}

/// A file that comes with an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enclosure {
    /// Where it is.
    pub url: String,
    /// Its media type.
    pub media_type: Option<String>,
    /// In bytes; 0 says nothing.
    pub size: Option<u64>,
    /// What it is called.
    pub title: Option<Text>,
}

/// A picture that stands beside the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// Where it is.
    pub url: String,
    /// What it shows.
    pub alt: Option<Text>,
}

/// What goes along while a feed is read.
struct Reading<'a> {
    /// What messages call the feed.
    path: &'a str,
    problems: Vec<Problem>,
    /// The first instant without an offset, and how many there are.
    unzoned: Option<(u32, String, usize)>,
}

impl Reading<'_> {
    fn problem(&self, code: Code, line: u32) -> Problem {
        let problem = Problem::new(code, self.path);
        if line == 0 { problem } else { problem.at(Place::line(line)) }
    }

    /// What a date of an entry says; one that cannot be read is kept to be said.
    fn date(&mut self, written: Option<String>, entry: &mut Entry) -> Option<When> {
        let written = written?;
        let Some(date::Read { when, zoned }) = date::read(&written) else {
            entry.unreadable.push(written);
            return None;
        };
        if !zoned {
            self.unzoned.get_or_insert((entry.line, written, 0)).2 += 1;
        }
        Some(when)
    }
}

/// Reads a feed. `path` is what messages call it, `base` where it was fetched from: relative
/// addresses are meant from there, unless it says otherwise. Of an export, `types` are the kinds of texts that are
/// wanted; none means posts.
///
/// # Errors
/// It is no feed, or none that can be read.
pub fn read(bytes: &[u8], path: &str, base: Option<&Url>, types: &[String]) -> Result<(Feed, Vec<Problem>), Problem> {
    let mut reading = Reading { path, problems: Vec::new(), unzoned: None };
    let decoded = decode(bytes, path, &mut reading.problems)?;
    let cleaned = text::clean(&decoded);
    if !cleaned.dropped.is_empty() {
        reading.problems.push(dropped(&cleaned.dropped, path));
    }
    let text = without_marks(&cleaned.text);
    let text = text.trim_start();
    // Lines are counted from the first one that says something, as all lines before are blank.
    let blank = cleaned.text.len() - cleaned.text.trim_start().len();
    let above = cleaned.text.get(..blank).unwrap_or_default().matches('\n').count();
    let above = u32::try_from(above).unwrap_or_default();
    let unreadable = |reason: String, line: u32| {
        let problem = Problem::new(Code::FeedUnreadable, path).with("reason", reason);
        if line == 0 { problem } else { problem.at(Place::line(line + above)) }
    };
    let mut feed = if text.starts_with('{') {
        json_feed::read(text, base, &mut reading).map_err(|(reason, line)| unreadable(reason, line))?
    } else if let Some(feeds) = page(text, base) {
        return Err(unreadable("HTML".to_owned(), 0).with("page", "1").with("feeds", feeds.join(", ")));
    } else {
        let parse = |base| xml::parse(text, base).map_err(|(reason, line)| unreadable(reason, line));
        let mut root = parse(base)?;
        if let (None, Some(home)) = (base, atom::home(&root)) {
            root = parse(Some(&home))?;
        }
        match root.name.to_ascii_lowercase().as_str() {
            "feed" => atom::read(&root, &mut reading),
            "rss" | "rdf" => rss::read(&root, types, &mut reading),
            name => return Err(unreadable(format!("<{name}>"), root.line)),
        }
    };
    for entry in &mut feed.entries {
        settle(entry);
        if entry.line > 0 {
            entry.line += above;
        }
    }
    for place in reading.problems.iter_mut().filter_map(|problem| problem.place.as_mut()) {
        place.line += above;
    }
    if let Some((line, value, count)) = reading.unzoned.take() {
        let problem = reading.problem(Code::ImportDateUnzoned, if line == 0 { 0 } else { line + above });
        reading.problems.push(problem.with("value", value).with("count", count));
    }
    Ok((feed, reading.problems))
}

/// What all kinds of feeds have in common: what readers take where an entry says nothing.
fn settle(entry: &mut Entry) {
    if entry.published.is_none() && entry.wall.is_none() && entry.unreadable.is_empty() {
        // The only date there is, and the one that readers show; not where there was another.
        entry.published = entry.updated.take();
    }
    if entry.updated == entry.published {
        entry.updated = None;
    }
    entry.id = entry.id.take().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    entry.link = entry.link.take().map(|link| link.trim().to_owned()).filter(|link| !link.is_empty());
    if entry.id.is_none() && !entry.draft {
        entry.id = entry.link.clone();
    }
    let mut seen: HashSet<Text> = HashSet::new();
    entry.tags.retain(|tag| seen.insert(tag.clone()));
    let mut known: HashSet<(Text, Option<String>)> = HashSet::new();
    entry.authors.retain(|author| known.insert((author.name.clone(), author.email.clone())));
    // What is said twice is the content, and no summary of it.
    let content = crate::text::words_only(&crate::html::text_of(&entry.content));
    entry.summary = entry.summary.take().filter(|summary| crate::text::words_only(summary.as_str()) != content);
    entry.image = entry.image.take().filter(|image| !entry.content.contains(image.url.as_str()));
    let image = entry.image.as_ref().map(|image| image.url.as_str());
    let mut urls: HashSet<String> = HashSet::new();
    entry
        .enclosures
        .retain(|file| !file.url.is_empty() && Some(file.url.as_str()) != image && urls.insert(file.url.clone()));
}

/// The text of a feed. What its first line says of its encoding is believed only where the bytes
/// are not UTF-8, since many say what is not so; NUL bytes are dropped, as no text has them.
fn decode(bytes: &[u8], path: &str, problems: &mut Vec<Problem>) -> Result<String, Problem> {
    let wide = match bytes {
        [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = wide {
        return Ok(encoding.decode_without_bom_handling(bytes).0.into_owned());
    }
    let marked = Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != encoding_rs::UTF_8);
    let mut bytes = bytes.to_vec();
    if !marked && bytes.contains(&0) {
        let count = bytes.iter().filter(|byte| **byte == 0).count();
        bytes.retain(|byte| *byte != 0);
        let nul = text::Dropped { line: 1, column: 1, character: '\0' };
        problems.push(dropped(&vec![nul; count], path));
    }
    let label = declared(&bytes);
    let file = SourceFile { path: path.to_owned(), bytes };
    Ok(encoding::decode(&file, label, problems)?.into_owned())
}

/// The encoding that the first line of an XML document names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    let (declaration, _) = head.trim_start_matches('\u{feff}').trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = value.get(1..)?.split_once(quote)?;
    // What is not UTF-8 is not what says that it is.
    encoding::named(label).filter(|encoding| *encoding != encoding_rs::UTF_8)
}

fn dropped(dropped: &[text::Dropped], path: &str) -> Problem {
    let mut names: Vec<String> = dropped.iter().map(|d| format!("U+{:04X}", u32::from(d.character))).collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(4);
    let line = dropped.first().map_or(1, |first| first.line);
    Problem::new(Code::CharactersDropped, path)
        .at(Place::line(line))
        .with("characters", names.join(", "))
        .with("count", dropped.len())
        .with("s", if dropped.len() > 1 { "s" } else { "" })
        .with("more", "")
}

/// Whether this is a page and no feed; then the addresses of the feeds that it names.
fn page(text: &str, base: Option<&Url>) -> Option<Vec<String>> {
    let start = text.get(..text.len().min(200)).unwrap_or_default().to_ascii_lowercase();
    if !start.starts_with("<!doctype html") && !start.starts_with("<html") {
        return None;
    }
    let mut feeds = Vec::new();
    for (at, _) in text.match_indices("<link") {
        let tag = text.get(at..).and_then(|rest| rest.split('>').next()).unwrap_or_default();
        let kind = tag.to_ascii_lowercase();
        let is_feed = ["application/rss+xml", "application/atom+xml", "application/feed+json"];
        if is_feed.iter().any(|is_feed| kind.contains(is_feed)) {
            let value = tag.split_once("href=").and_then(|(_, value)| {
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                value.get(1..)?.split(quote).next()
            });
            feeds.extend(value.map(|value| content::address(&crate::html::unescape(value), base)));
        }
    }
    Some(feeds)
}

/// Plain text of a field that holds HTML as often as not.
fn plain(written: &str) -> Option<Text> {
    Text::some(&crate::html::plain(written))
}

/// The words of HTML.
fn words(html: &str) -> Option<Text> {
    Text::some(&crate::html::text_of(&crate::html::sanitise(&html.replace("</p>", " </p>").replace("<br", " <br"))))
}
