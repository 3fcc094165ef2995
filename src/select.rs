//! What goes where: which items are out, and which of them a feed holds.

pub mod archive;
pub mod channel;
pub mod translation;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

pub use self::channel::{Channel, Subject, channels};
use crate::config::Config;
use crate::item::{Item, Status};
use crate::text::Text;

/// One document of a channel: its header and the items in it, newest first.
#[derive(Debug, Clone)]
pub struct Feed<'a> {
    /// Permanent identity (ID-10): the channel's, of its archives too.
    pub id: &'a str,
    /// What it is called.
    pub title: &'a Text,
    /// One sentence about it.
    pub description: &'a Text,
    /// The page it belongs to.
    pub home: String,
    /// The document below the output folder, without the ending of its format: `tags/sport/feed`.
    pub file: String,
    /// Of its items, never of the clock (DT-12).
    pub updated: DateTime<Utc>,
    /// BCP 47.
    pub language: &'a str,
    /// The items.
    pub items: Vec<&'a Item>,
    /// What it is among the documents of its channel (RFC 5005).
    pub place: Place,
}

/// What a document is among those of its channel (RFC 5005, section 4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// In an archive: the document that subscribers have.
    pub current: Option<String>,
    /// The document that holds what came before.
    pub previous: Option<String>,
    /// In an archive: the one that holds what came after.
    pub next: Option<String>,
}

/// The items that are out, in the order of feeds. Every output is made of these and no other.
pub fn published(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| item.status.is_out())
}

/// Those of them that feeds hold: a notice too, so that readers replace what they have.
pub fn announced(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| item.status.is_in_feeds())
}

/// Those of them that lists show.
pub fn listed(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| item.status == Status::Published)
}

/// So many items stay in a feed however large they are, if there are so many (AG-08).
const AT_LEAST: usize = 30;

/// So do those that are less old than this, counted from the newest: whoever looks in every other
/// week misses nothing.
const AT_LEAST_DAYS: i64 = 14;

/// How a feed holds an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// With all of its text.
    Full,
    /// With its summary, and a link to the rest.
    Short,
}

/// What an item takes in a feed, in bytes, in the format that needs most.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// With all of its text.
    pub full: usize,
    /// With its summary.
    pub short: usize,
}

/// How a feed of at most `most` bytes, `head` of them for its own head, holds `items`, newest first
/// (AG-08): with all of the text as many of the newest as fit, the others with their summary, and
/// the oldest not at all where even that is too much. One answer for all formats, so that they agree.
///
/// An item stands as it does because of what is newer, and of the summaries of what is older: editing
/// the text of an old item changes nothing for those before it. One text that is too long for the
/// feed by itself does not cut those behind it short.
pub fn fit(items: &[&Item], weights: &[Weight], head: usize, most: usize) -> Vec<Shape> {
    let short: Vec<usize> = weights.iter().map(|weight| weight.short).collect();
    let kept = kept(items, &short, head, most);
    let mut total = head + short.iter().take(kept).sum::<usize>();
    let alone = total;
    let mut full = true;
    let mut shapes = Vec::with_capacity(kept);
    for weight in weights.iter().take(kept) {
        let more = weight.full.saturating_sub(weight.short);
        let fits = full && total + more <= most;
        full &= fits || alone + more > most;
        if fits {
            total += more;
        }
        shapes.push(if fits || more == 0 { Shape::Full } else { Shape::Short });
    }
    shapes
}

/// How many of the newest a feed holds: `short` is what each takes with its summary, for the text of
/// none of them decides.
pub fn kept(items: &[&Item], short: &[usize], head: usize, most: usize) -> usize {
    let mut kept = short.len();
    let mut total = head + short.iter().sum::<usize>();
    let staying = staying(items);
    while let Some(oldest) = short.get(kept.saturating_sub(1)).filter(|_| kept > staying && total > most) {
        total -= oldest;
        kept -= 1;
    }
    kept
}

/// How many of the newest stay whatever they weigh.
pub fn staying(items: &[&Item]) -> usize {
    let Some(newest) = items.first() else { return 0 };
    let recent = |item: &&&Item| newest.published - item.published < TimeDelta::days(AT_LEAST_DAYS);
    items.iter().take_while(recent).count().max(AT_LEAST).min(items.len())
}

/// Of the items of a document; with no item it is the first day of the authority's year: an empty
/// feed is valid, and its bytes are the same every day.
pub fn updated(items: &[&Item], config: &Config) -> DateTime<Utc> {
    items.iter().map(|item| item.updated).max().unwrap_or_else(|| beginning(config))
}

fn beginning(config: &Config) -> DateTime<Utc> {
    let year = config.authority.rsplit(',').next().and_then(|date| date.get(..4)?.parse().ok()).unwrap_or(2000);
    let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    day.and_time(NaiveTime::MIN).and_utc()
}
