//! What goes where: which items are out, and which of them a feed holds.

pub mod archive;
pub mod channel;
pub mod translation;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

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
