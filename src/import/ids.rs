//! Which ledger lines the entries of a feed give to items that are there already: the old identities
//! and instants, without a byte of the items changed. A wrong pair would be a lie for ever, so what
//! could be two things, or has an identity of its own, is told and left alone.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Entry, Feed, When, pair};
use crate::config::Config;
use crate::item::{Item, Origin, Status};
use crate::ledger::{Ledger, Line, State};
use crate::text::{clean, without_marks};

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// Its item, by number, and the line that the item gets.
    Paired {
        /// The number of the item.
        item: usize,
        /// What the ledger is to know.
        line: Box<Line>,
        /// Whether the file names another date: the feed's stands, and the next run will say so.
        differs: bool,
    },
    /// Its identity is in the ledger.
    Known,
    /// Its item has an identity of its own in its head.
    OwnId(usize),
    /// Its item was published under another identity.
    Published(usize),
    /// The items that it could be, by number.
    Doubtful(Vec<usize>),
    /// No item, or no identity.
    Unmatched,
}

/// The entries that readers have, by number, and what becomes of each; an identity that comes twice
/// is the first entry's, as it is for readers.
pub fn ids(feed: &Feed, items: &[Item], ledger: &Ledger, config: &Config, now: DateTime<Utc>) -> Vec<(usize, Fate)> {
    let entries = feed.entries.as_slice();
    // An Atom entry says always when it changed: where that is no other instant, it never did.
    let unchanged = feed.kind.starts_with("Atom");
    let paired = |entry: &Entry, id: &str, number, item: &Item| paired(entry, id, number, item, unchanged, config);
    let mut seen = HashSet::new();
    let mut told: Vec<(usize, Fate)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let all: HashSet<String> = entries.iter().filter_map(id).collect();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.draft) {
        let Some(id) = id(entry) else {
            told.push((index, Fate::Unmatched));
            continue;
        };
        if !seen.insert(id.clone()) {
            continue;
        }
        let bearer = items.iter().position(|item| item.id == id && may_be_out(item, config, now));
        match bearer.and_then(|number| Some((number, items.get(number)?))) {
            _ if ledger.lines.contains_key(id.as_str()) => told.push((index, Fate::Known)),
            // It says itself whose it is: only the instants are missing.
            Some((number, item)) => told.push((index, paired(entry, &id, number, item))),
            None => open.push(index),
        }
    }
    let candidates: Vec<usize> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| may_be_out(item, config, now) && !all.contains(item.id.as_str()))
        .map(|(number, _)| number)
        .collect();
    let some_entries: Vec<Entry> = open.iter().filter_map(|index| entries.get(*index).cloned()).collect();
    let some_items: Vec<Item> = candidates.iter().filter_map(|number| items.get(*number).cloned()).collect();
    let pairing = pair(&some_entries, &some_items);
    let entry_of = |index: usize| open.get(index).copied();
    let item_of = |index: usize| candidates.get(index).copied();
    told.extend(pairing.pairs.iter().filter_map(|(entry, item)| {
        let (index, number) = (entry_of(*entry)?, item_of(*item)?);
        let (entry, item) = (entries.get(index)?, items.get(number)?);
        let fate = if ledger.lines.contains_key(&item.id) {
            Fate::Published(number)
        } else if item.origins.id != Origin::Path {
            Fate::OwnId(number)
        } else {
            paired(entry, &id(entry)?, number, item)
        };
        Some((index, fate))
    }));
    told.extend(pairing.doubtful.iter().filter_map(|(entry, items)| {
        Some((entry_of(*entry)?, Fate::Doubtful(items.iter().filter_map(|item| item_of(*item)).collect())))
    }));
    told.extend(pairing.unmatched.iter().filter_map(|entry| Some((entry_of(*entry)?, Fate::Unmatched))));
    told.sort_by_key(|(index, _)| *index);
    told
}

/// The identity of an entry, as far as our feeds can carry it.
fn id(entry: &Entry) -> Option<String> {
    let id = without_marks(&clean(entry.id.as_deref()?).text).trim().to_owned();
    (!id.is_empty()).then_some(id)
}

/// What is held on purpose is nobody's entry yet; what is due later on this day may be.
fn may_be_out(item: &Item, config: &Config, now: DateTime<Utc>) -> bool {
    let today = config.zone_of(&item.path).local(now).date_naive();
    item.status.is_out() || item.status == Status::Scheduled && item.local.date_naive() <= today
}

fn paired(entry: &Entry, id: &str, number: usize, item: &Item, unchanged: bool, config: &Config) -> Fate {
    let local = |at: DateTime<Utc>| config.zone_of(&item.path).local(at).date_naive();
    let moved = |day: NaiveDate| item.published + (day - item.local.date_naive());
    let published = match entry.published {
        Some(When::Instant(instant)) => seconds(instant.to_utc()),
        // Readers made an instant of the day themselves; ours has at least the day right.
        Some(When::Day(day)) => moved(day),
        None => item.published,
    };
    let day = local(published);
    // Where the file gives the day only, the feed's hour stands and pages go on to show the day.
    let stands = match item.day {
        Some(own) => own == day,
        None => crate::resolve::memory::same_minute(item.published, published),
    };
    let said = item.origins.updated != Origin::Published && item.updated > item.published;
    let updated = match entry.updated {
        Some(When::Instant(instant)) => seconds(instant.to_utc()),
        Some(When::Day(day)) => published + (day - local(published)),
        // A feed that has no place for it says nothing against what the file says.
        None if said && !unchanged => item.updated,
        None => published,
    };
    let line = Line {
        path: item.path.clone(),
        url: item.url.clone(),
        page: item.page.clone(),
        title: item.title.shared(),
        published: Some(published),
        updated: Some(updated.max(published)),
        day: item.day.filter(|_| stands),
        file: item.digest.clone(),
        text: item.words.digest.clone(),
        acts: item.acts,
        ..Line::new(id, State::Published)
    };
    Fate::Paired { item: number, line: Box::new(line), differs: !stands }
}

/// Feeds of ours carry whole seconds.
fn seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()))
}
