//! `crieur import FEED --ids-only`: the ledger learns under which identities and at which instants the
//! items of this folder were published by another tool. An act: it writes one file, the ledger.

use std::path::Path;

use crieur::import::{self, Entry, Fate, Feed, When};
use crieur::item::Item;
use crieur::ledger;
use crieur::problem::{Blame, Code, Place, Problem, Severity};
use crieur::render::rfc3339;
use crieur::resolve::id::{Meaning, meaning};
use serde::Serialize;

use super::import::{Import, fetch};
use super::{Answer, Room, act, report};
use crate::report::Format;

/// So many entries without an item are named.
const MOST: usize = 10;

/// An entry in `--format json`.
#[derive(Serialize)]
struct Shown<'a> {
    state: &'a str,
    id: Option<&'a str>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    published: Option<String>,
    path: Option<&'a str>,
    candidates: Vec<&'a str>,
    differs: bool,
}

/// Fills the ledger.
pub fn run(room: &Room<'_>, asked: &Import, here: &Path, answer: &mut Answer) {
    let read = fetch(&asked.feed, here).and_then(|(bytes, name, base)| {
        let (feed, problems) = import::read(&bytes, &name, base.as_ref(), &[])?;
        Ok((feed, problems, name))
    });
    let (feed, mut problems, name) = match read {
        Ok(read) => read,
        Err(problem) => return report(&[problem], &room.reporter(), answer),
    };
    let told = import::ids(&feed, &room.newsroom.items, &room.before, &room.config, room.now);
    problems.extend(twice(&feed, &told, &name));
    if room.options.strict {
        problems.iter_mut().for_each(|problem| problem.severity = Severity::Error);
    }
    let mut next = room.before.clone();
    next.header.authority.clone_from(&room.config.authority);
    for (_, fate) in &told {
        if let Fate::Paired { line, .. } = fate {
            next.lines.insert(line.id.clone(), line.as_ref().clone().into());
        }
    }
    if !asked.dry_run && next.lines.len() > room.before.lines.len() {
        let written = act::write(&room.root.join(ledger::FILE), next.print().as_bytes(), ledger::FILE);
        problems.extend(written.err());
    }
    report(&problems, &room.reporter(), answer);
    if answer.code == 0 && told.iter().any(|(_, fate)| matches!(fate, Fate::Doubtful(_))) {
        // Whoever published now would announce these again.
        answer.code = 1;
    }
    match room.format {
        Format::Json => json(room, &feed, &told, answer),
        _ if room.options.quiet || answer.code > 1 => {}
        _ => say(room, asked, &feed, &told, answer),
    }
}

/// Entries that bear the identity of one before them: no reader sees them.
fn twice(feed: &Feed, told: &[(usize, Fate)], name: &str) -> Vec<Problem> {
    let entries = feed.entries.iter().enumerate().filter(|(_, entry)| !entry.draft);
    let left = entries.filter(|(index, _)| !told.iter().any(|(entry, _)| entry == index));
    let problem = |(_, entry): (usize, &Entry)| {
        let id = entry.id.as_deref().unwrap_or_default();
        let first = feed.entries.iter().find(|other| other.id == entry.id).map_or(0, |first| first.line);
        let line = if first == 0 { String::new() } else { first.to_string() };
        let problem = Problem::new(Code::ImportIdTwice, name).with("id", id).with("line", line);
        if entry.line == 0 { problem } else { problem.at(Place::line(entry.line)) }
    };
    left.map(problem).collect()
}

fn path<'a>(room: &'a Room<'_>, item: usize) -> &'a str {
    room.newsroom.items.get(item).map_or("", |item| item.path.as_str())
}

fn json(room: &Room<'_>, feed: &Feed, told: &[(usize, Fate)], answer: &mut Answer) {
    for (index, fate) in told {
        let Some(entry) = feed.entries.get(*index) else { continue };
        let (state, own, candidates) = match fate {
            Fate::Paired { item, .. } => ("paired", Some(*item), &[][..]),
            Fate::Known => ("known", None, &[][..]),
            Fate::OwnId(item) => ("own-id", Some(*item), &[][..]),
            Fate::Published(item) => ("published", Some(*item), &[][..]),
            Fate::Doubtful(items) => ("doubtful", None, items.as_slice()),
            Fate::Unmatched => ("unmatched", None, &[][..]),
        };
        let known = entry.id.as_ref().and_then(|id| room.before.lines.get(id.as_str())).map(|line| line.path.as_str());
        let shown = Shown {
            state,
            id: entry.id.as_deref(),
            url: entry.link.as_deref(),
            title: entry.title.as_ref().map(|title| title.as_str()),
            published: entry.published.map(written),
            path: own.map(|item| path(room, item)).or(known.filter(|path| !path.is_empty())),
            candidates: candidates.iter().map(|item| path(room, *item)).collect(),
            differs: matches!(fate, Fate::Paired { differs: true, .. }),
        };
        answer.out(&format!("{}\n", serde_json::to_string(&shown).unwrap_or_default()));
    }
}

/// As it may be written in a head.
fn written(when: When) -> String {
    match when {
        When::Instant(instant) => rfc3339(instant.to_utc()),
        When::Day(day) => day.to_string(),
    }
}

/// The line of a head that gives an item the identity of an entry.
fn line(entry: &Entry) -> Option<String> {
    let id = entry.id.as_deref()?;
    let key = if meaning(id) == Meaning::Itself { "id" } else { "exact-id" };
    Some(format!("{key}: {}", serde_json::to_string(id).ok()?))
}

/// What to do where recognised items have other addresses in the feed than we would give them.
fn elsewhere(room: &Room<'_>, feed: &Feed, told: &[(usize, Fate)]) -> Option<String> {
    let pair = |(index, fate): &(usize, Fate)| match fate {
        Fate::Paired { item, .. } => {
            Some((room.newsroom.items.get(*item)?, feed.entries.get(*index)?.link.as_deref()?))
        }
        _ => None,
    };
    let other = |(item, link): &(&Item, &str)| import::place(&item.url) != import::place(link);
    let pairs: Vec<(&Item, &str)> = told.iter().filter_map(pair).filter(other).collect();
    let (item, link) = pairs.first()?;
    let pattern = import::pattern(&pairs, room.config.url.as_str()).unwrap_or_default();
    let count = room.locale.count("ids-elsewhere-count", pairs.len());
    let arguments = [("count", count.as_str()), ("path", &item.path), ("url", link), ("own", &item.url)];
    let arguments: Vec<_> = arguments.into_iter().chain([("pattern", pattern.as_str())]).collect();
    Some(room.locale.say("ids-elsewhere", &arguments))
}

fn say(room: &Room<'_>, asked: &Import, feed: &Feed, told: &[(usize, Fate)], answer: &mut Answer) {
    let locale = room.locale;
    let mut out = |line: String| answer.out(&format!("  {line}\n"));
    let title = feed.title.as_ref().map_or("", |title| title.as_str());
    let entries = locale.count("import-entries", feed.entries.len());
    out(locale.say("import-read", &[("kind", &feed.kind), ("title", title), ("entries", &entries)]));
    let count = |fits: fn(&Fate) -> bool| told.iter().filter(|(_, fate)| fits(fate)).count();
    let paired = count(|fate| matches!(fate, Fate::Paired { .. }));
    let unmatched = count(|fate| matches!(fate, Fate::Unmatched));
    let counts = [
        ("ids-paired", paired),
        ("ids-known", count(|fate| matches!(fate, Fate::Known))),
        ("ids-left", count(|fate| matches!(fate, Fate::OwnId(_) | Fate::Published(_)))),
        ("ids-doubtful", count(|fate| matches!(fate, Fate::Doubtful(_)))),
        ("ids-unmatched", unmatched),
    ];
    let counts = counts.iter().enumerate().filter(|(index, (_, count))| *index == 0 || *count > 0);
    let counts: Vec<String> = counts.map(|(_, (key, count))| locale.count(key, *count)).collect();
    let done = if asked.dry_run { "ids-dry-run" } else { "ids-done" };
    out(locale.say(done, &[("ledger", ledger::FILE), ("counts", &counts.join(", "))]));
    let mut missing = 0;
    for (index, fate) in told {
        let Some(entry) = feed.entries.get(*index) else { continue };
        let id = entry.id.as_deref().unwrap_or_default();
        let title = entry.title.as_ref().map_or(id, |title| title.as_str());
        let own = |item: usize| room.newsroom.items.get(item).map_or("", |item| item.id.as_str());
        let line = line(entry).unwrap_or_default();
        let date = entry.published.map(|when| when.day().to_string()).unwrap_or_default();
        let url = entry.link.as_deref().unwrap_or_default();
        let entry_is = [("title", title), ("date", date.as_str()), ("url", url), ("line", &line)];
        match fate {
            Fate::Paired { item, differs: true, .. } => {
                let own = room.newsroom.items.get(*item).map_or_else(String::new, |item| match item.day {
                    Some(day) => day.to_string(),
                    None => item.local.format("%Y-%m-%d %H:%M").to_string(),
                });
                let (date, path) = (entry.published.map(written).unwrap_or_default(), path(room, *item));
                out(locale.say("ids-differs", &[("path", path), ("own", &own), ("date", &date), ("line", &date)]));
            }
            Fate::Paired { item, .. } if asked.dry_run || room.options.verbose => {
                out(locale.say("ids-pair", &[("path", path(room, *item)), ("id", id)]));
            }
            Fate::OwnId(item) => {
                out(locale.say("ids-own", &[("path", path(room, *item)), ("own", own(*item)), ("id", id)]));
            }
            Fate::Published(item) => {
                out(locale.say("ids-published", &[("path", path(room, *item)), ("own", own(*item)), ("id", id)]));
            }
            Fate::Doubtful(items) => {
                let mut paths: Vec<&str> = items.iter().map(|item| path(room, *item)).collect();
                paths.sort_unstable();
                let paths = paths.join(&locale.say("ids-or", &[]));
                let arguments: Vec<_> = entry_is.into_iter().chain([("paths", paths.as_str())]).collect();
                out(locale.say("ids-doubt", &arguments));
            }
            Fate::Unmatched => {
                missing += 1;
                if missing <= MOST || room.options.verbose {
                    out(locale.say("ids-missing", &entry_is));
                }
            }
            Fate::Paired { .. } | Fate::Known => {}
        }
    }
    if let Some(line) = elsewhere(room, feed, told) {
        out(line);
    }
    if missing > MOST && !room.options.verbose {
        out(locale.count("ids-more", missing - MOST));
    }
    if unmatched > 0 {
        out(locale.say("ids-missing-how", &[("feed", &asked.feed)]));
    }
    let mut wrong: Vec<&str> = (room.newsroom.problems.iter())
        .filter(|problem| problem.is_error() && problem.code.blame() == Blame::Item)
        .filter_map(|problem| problem.item())
        .collect();
    wrong.sort_unstable();
    wrong.dedup();
    if !wrong.is_empty() {
        out(locale.count("ids-wrong", wrong.len()));
    }
    if !asked.dry_run && paired > 0 {
        out(locale.say("ids-next", &[]));
    }
}
