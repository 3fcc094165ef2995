//! What goes where: which items are out, and which of them a feed holds.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::config::Config;
use crate::item::{Item, Status};
use crate::resolve::id;
use crate::text::Text;

/// One channel: its header and the items of its window, newest first.
#[derive(Debug, Clone)]
pub struct Feed<'a> {
    /// Permanent identity (ID-10).
    pub id: String,
    /// What it is called.
    pub title: &'a Text,
    /// One sentence about it.
    pub description: &'a Text,
    /// The page it belongs to.
    pub home: &'a str,
    /// Of its items, never of the clock (DT-12).
    pub updated: DateTime<Utc>,
    /// BCP 47.
    pub language: &'a str,
    /// The items.
    pub items: Vec<&'a Item>,
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

/// The main feed. With no item it is dated the first day of the authority's year: an empty feed
/// is valid, and its bytes are the same every day.
pub fn main_feed<'a>(items: &'a [Item], config: &'a Config) -> Feed<'a> {
    let items: Vec<&Item> = announced(items).take(config.window).collect();
    let updated = items.iter().map(|item| item.updated).max().unwrap_or_else(|| beginning(config));
    Feed {
        id: id::feed(config),
        title: &config.title,
        description: &config.description,
        home: config.url.as_str(),
        updated,
        language: &config.language,
        items,
    }
}

fn beginning(config: &Config) -> DateTime<Utc> {
    let year = config.authority.rsplit(',').next().and_then(|date| date.get(..4)?.parse().ok()).unwrap_or(2000);
    let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    day.and_time(NaiveTime::MIN).and_utc()
}
