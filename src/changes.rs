//! What a run changes: the ledger of the last one and the items of this one, side by side.
//!
//! The guard, the summary, `status` and the next ledger are all made of this one comparison, so
//! they cannot disagree. Nothing that was published may vanish unsaid (DESIGN §3.4): the guard
//! names it, with the way out, and the run ends with exit code 4 before anything is written.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::{Config, Format};
use crate::input::{self, sidecar_name};
use crate::item::{Item, Origin, Status};
use crate::kept::{Set, Shared, Table};
use crate::ledger::{Header, Ledger, Line, State};
use crate::problem::{Code, Place, Problem};
use crate::resolve::id::stem;

/// So many old items may be announced at once without a word.
const MOST_OLD: usize = 5;

/// An item that is so much older than the newest one is old.
const OLD: TimeDelta = TimeDelta::days(30);

/// What somebody gave the word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Accept {
    /// Published items that are gone.
    Lost,
    /// Many old items announced at once.
    OldItems,
    /// Dates that go back without an act.
    Dates,
    /// Output of a newer ledger than ours.
    OlderLedger,
    /// Feeds that are not written any more.
    Feeds,
}

impl Accept {
    /// Every word, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Lost, Self::OldItems, Self::Dates, Self::OlderLedger, Self::Feeds];

    /// As it stands behind `--accept`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::OldItems => "old-items",
            Self::Dates => "dates",
            Self::OlderLedger => "older-ledger",
            Self::Feeds => "feeds",
        }
    }
}

/// What one item did since the last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Subscribers have not seen it.
    New,
    /// An act that they are told about.
    Corrected,
    /// An act that they are not told about.
    Minor,
    /// Another text or title without an act: subscribers keep what they have.
    Silent,
    /// Another file; same id.
    Renamed,
    /// Another address; same id.
    Moved,
    /// A notice stands for it.
    Withdrawn,
    /// A notice stands for it, for the time being.
    Suspended,
    /// Out of feeds and lists.
    Expired,
    /// Out again.
    Restored,
    /// Gone.
    Lost,
}

impl Kind {
    /// The stable name, as in `status --format json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Corrected => "corrected",
            Self::Minor => "minor",
            Self::Silent => "silent",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::Withdrawn => "withdrawn",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Restored => "restored",
            Self::Lost => "lost",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub kind: Kind,
    /// Of which item.
    pub id: Shared,
    /// Its file.
    pub path: Shared,
    /// What it is called.
    pub title: Shared,
    /// What it was before, where that is what changed: file or address.
    pub before: Option<Shared>,
}

/// Files that might be items and are none.
#[derive(Debug, Default)]
pub struct Others {
    /// They have an error.
    pub wrong: HashSet<String>,
    /// Drafts that are not whole.
    pub unfinished: HashSet<String>,
    /// Published items that somebody wants to hold by an embargo.
    pub embargoed: Set<Shared>,
}

/// What this run changes, in the order of items.
pub fn since(items: &[Item], ledger: &Ledger) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut still_out = 0;
    for item in items.iter().filter(|item| item.status.is_out()) {
        let mut say = |kind, before: Option<&Shared>| {
            changes.push(Change {
                kind,
                id: item.id.clone(),
                path: item.path.clone(),
                title: item.title.shared(),
                before: before.cloned(),
            });
        };
        let Some(line) = ledger.lines.get(&item.id).filter(|line| line.state != State::Removed) else {
            say(Kind::New, None);
            continue;
        };
        still_out += usize::from(line.state.is_out());
        if line.path != item.path && !line.path.is_empty() {
            say(Kind::Renamed, Some(&line.path));
        }
        if line.url != item.url && !line.url.is_empty() {
            say(Kind::Moved, Some(&line.url));
        }
        match (line.state, state(item)) {
            (before, now) if before == now => {}
            (_, State::Withdrawn) => say(Kind::Withdrawn, None),
            (_, State::Suspended) => say(Kind::Suspended, None),
            (_, State::Expired) => say(Kind::Expired, None),
            (_, _) => say(Kind::Restored, None),
        }
        if !item.status.is_readable() || line.state != state(item) {
            continue;
        }
        let other_text = !line.text.is_empty() && line.text != item.words.digest;
        let other = other_text || !line.title.is_empty() && line.title != item.title.as_str();
        if line.updated.is_some_and(|updated| updated < item.updated) {
            say(Kind::Corrected, None);
        } else if item.acts > line.acts {
            say(Kind::Minor, None);
        } else if other {
            say(Kind::Silent, None);
        }
    }
    if still_out < ledger.count_out() {
        let there: Set<&str> = items.iter().filter(|i| i.status.is_out()).map(|item| item.id.as_str()).collect();
        let mut gone: Vec<&Line> = ledger.all_out().filter(|line| !there.contains(line.id.as_str())).collect();
        gone.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        changes.extend(gone.into_iter().map(|line| Change {
            kind: Kind::Lost,
            id: line.id.clone(),
            path: line.path.clone(),
            title: line.title.clone(),
            before: None,
        }));
    }
    changes.shrink_to_fit();
    changes
}

/// Everything that this run may not do without a word.
pub fn guard(
    items: &[Item],
    others: &Others,
    ledger: &Ledger,
    config: &Config,
    accepted: &[Accept],
    now: DateTime<Utc>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let authority = &ledger.header.authority;
    if !authority.is_empty() && *authority != config.authority {
        let problem = Problem::new(Code::AuthorityChanged, crate::config::FILE);
        return vec![problem.with("before", authority).with("authority", &config.authority)];
    }
    lost(items, others, ledger, accepted, &mut problems);
    if !accepted.contains(&Accept::Feeds) {
        let kept = feeds(config);
        let gone = ledger.header.feeds.iter().filter(|feed| !kept.contains(feed));
        problems.extend(gone.map(|feed| {
            let format = Format::ALL.iter().find(|format| format.file() == feed).map_or("", |format| format.name());
            Problem::new(Code::FeedGone, crate::config::FILE).with("feed", feed).with("format", format)
        }));
    }
    if !accepted.contains(&Accept::OldItems) {
        old_items(items, ledger, config, now, &mut problems);
    }
    problems
}

/// The feeds whose addresses somebody was given: those of the newsroom, and older addresses.
fn feeds(config: &Config) -> Vec<String> {
    let formats = config.formats.iter().map(|format| format.file().to_owned());
    let mut feeds: Vec<String> = formats.chain(config.aliases.iter().map(|alias| alias.path.clone())).collect();
    feeds.sort_unstable();
    feeds
}

/// Published items that would vanish, each with the way out that fits.
fn lost(items: &[Item], others: &Others, ledger: &Ledger, accepted: &[Accept], problems: &mut Vec<Problem>) {
    for item in items.iter().filter(|item| others.embargoed.contains(&item.path)) {
        // As it was called when it went out: what it is called now is what is to be held.
        let title = ledger.lines.get(&item.id).map(|line| line.title.as_str()).unwrap_or_default();
        problems.push(Problem::new(Code::PublishedHeld, &item.path).with("embargo", "1").with("title", title));
    }
    // No two items have one id.
    let still_out = |item: &&Item| item.status.is_out() && ledger.out(&item.id).is_some();
    if items.iter().filter(still_out).count() == ledger.count_out() {
        return;
    }
    let by_id: Table<&str, &Item> = items.iter().map(|item| (item.id.as_str(), item)).collect();
    let by_path: Table<&str, &Item> = items.iter().map(|item| (item.path.as_str(), item)).collect();
    let new: Vec<&Item> = items.iter().filter(|item| !ledger.lines.contains_key(&item.id)).collect();
    let gone = |line: &&Line| by_id.get(line.id.as_str()).is_none_or(|item| !item.status.is_out());
    let mut missing: Vec<&Line> = ledger.all_out().filter(gone).collect();
    // Of a whole folder that is gone nobody wants to hear a guess for each file.
    let few = missing.len() <= 100;
    missing.sort_by(|a, b| (&a.path, &a.id).cmp(&(&b.path, &b.id)));
    for line in missing {
        let problem = |code| Problem::new(code, &line.path).with("title", &line.title).with("id", &line.id);
        let path = line.path.as_str();
        let held = by_id.contains_key(line.id.as_str()) || others.unfinished.contains(path);
        if others.wrong.contains(path) {
            // It has been said what is wrong with it; nobody's word makes it readable.
            problems.push(problem(Code::PublishedUnreadable));
        } else if accepted.contains(&Accept::Lost) {
            // Somebody gave the word.
        } else if held {
            let present = by_id.get(line.id.as_str()).map_or(path, |item| item.path.as_str());
            let problem = Problem::new(Code::PublishedHeld, present).with("title", &line.title);
            problems.push(problem.with("embargo", ""));
        } else if let Some(item) = by_path.get(path) {
            let place = match item.origins.id {
                Origin::Head { line } => Some(Place::line(line)),
                _ => None,
            };
            let problem = problem(Code::IdChanged).with("now", &item.id);
            problems.push(Problem { place, ..problem });
        } else if let Some(item) = few.then(|| likely(line, &new)).flatten() {
            let marked = matches!(input::Kind::of(&item.path), input::Kind::Markdown | input::Kind::Mdx);
            let sidecar = if marked { String::new() } else { sidecar_name(&item.path) };
            problems.push(problem(Code::PublishedRenamed).with("other", &item.path).with("sidecar", sidecar));
        } else {
            problems.push(problem(Code::PublishedLost));
        }
    }
}

/// The new item that a missing one may have become: the only one with its title, else its day and a
/// word of its name, else the only new one there is.
fn likely<'a>(line: &Line, new: &[&'a Item]) -> Option<&'a Item> {
    let only = |fits: &dyn Fn(&Item) -> bool| {
        let mut found = new.iter().filter(|item| fits(item));
        found.next().filter(|_| found.next().is_none()).copied()
    };
    let words = |path: &str| -> HashSet<String> {
        let name = stem(path);
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3);
        words.filter(|word| !word.chars().all(|c| c.is_ascii_digit())).map(str::to_lowercase).collect()
    };
    let name = words(&line.path);
    only(&|item| item.title.as_str() == line.title)
        .or_else(|| only(&|item| !line.text.is_empty() && item.words.digest == line.text))
        .or_else(|| only(&|item| line.day.is_some() && item.day == line.day))
        .or_else(|| only(&|item| !words(&item.path).is_disjoint(&name)))
        .or_else(|| only(&|item| Some(item.published) == line.published))
}

/// Many old items that a feed would hold for the first time: every reader would show them as news. Before our
/// first run the ledger is what `import --ids-only` found: whatever is older than that feed held was never in it.
fn old_items(items: &[Item], ledger: &Ledger, config: &Config, now: DateTime<Utc>, problems: &mut Vec<Problem>) {
    let mut before: Vec<&Line> = ledger.all_out().filter(|line| line.state != State::Expired).collect();
    let Some(newest) = before.iter().map(|line| line.published).max().flatten() else { return };
    let window = ledger.header.window.unwrap_or(config.window);
    let newer = |a: &&Line, b: &&Line| b.published.cmp(&a.published).then_with(|| a.id.cmp(&b.id));
    if before.len() > window {
        before.select_nth_unstable_by(window, newer);
        before.truncate(window);
    }
    let held: HashSet<&str> = before.iter().map(|line| line.id.as_str()).collect();
    let mut old_before = newest.min(now) - OLD;
    let other_feed = ledger.header.window.is_none();
    if let Some(oldest) = before.iter().filter_map(|line| line.published).min().filter(|_| other_feed) {
        old_before = old_before.max(oldest);
    }
    let old: Vec<&Item> = items
        .iter()
        .filter(|item| item.status.is_in_feeds())
        .take(config.window)
        .filter(|item| !held.contains(item.id.as_str()) && item.published < old_before)
        .collect();
    if old.len() > MOST_OLD {
        let some: Vec<&str> = old.iter().take(3).map(|item| item.path.as_str()).collect();
        let problem = Problem::general(Code::OldItems).with("count", old.len()).with("some", some.join(", "));
        let grown = if config.window > window { "1" } else { "" };
        let known = if other_feed { before.len().to_string() } else { String::new() };
        problems.push(problem.with("window", window).with("grown", grown).with("known", known));
    }
}

/// The ledger after this run: what is out, what was and is forgotten, and what is gone and was meant
/// to be.
pub fn next(items: &[Item], ledger: &Ledger, config: &Config) -> Ledger {
    let mut next = Ledger {
        header: Header {
            authority: config.authority.clone(),
            window: Some(config.window),
            feeds: feeds(config),
            ..ledger.header.clone()
        },
        lines: ledger.lines.clone(),
    };
    let mut is_there = vec![false; next.lines.len()];
    for item in items.iter().filter(|item| item.status.is_out()) {
        let old = next.lines.get_full_mut(&item.id);
        if let Some((number, _, line)) = &old {
            is_there.get_mut(*number).into_iter().for_each(|is_there| *is_there = true);
            if says(line, item) {
                continue;
            }
        }
        let line = Line {
            path: item.path.clone(),
            url: item.url.clone(),
            page: item.page.clone(),
            title: item.title.shared(),
            published: Some(item.published),
            updated: Some(item.updated),
            day: item.day,
            file: item.digest.clone(),
            text: item.words.digest.clone(),
            acts: item.acts,
            was: item.was.clone(),
            ..Line::new(&item.id, state(item)).succeeding(old.as_ref().map(|(_, _, line)| &***line))
        };
        match old {
            Some((_, _, old)) => *old = line.into(),
            None => drop(next.lines.insert(item.id.clone(), line.into())),
        }
    }
    for (line, _) in next.lines.values_mut().zip(is_there).filter(|(line, is_there)| !is_there && line.state.is_out()) {
        Arc::make_mut(line).state = State::Removed;
    }
    next
}

/// Whether a line says of an item what its next one would.
fn says(line: &Line, item: &Item) -> bool {
    line.state == state(item)
        && line.published == Some(item.published)
        && line.updated == Some(item.updated)
        && line.day == item.day
        && line.acts == item.acts
        && line.path == item.path
        && line.url == item.url
        && line.page == item.page
        && line.file == item.digest
        && line.text == item.words.digest
        && line.title == item.title.as_str()
        && line.was == item.was
        && line.reason.is_none()
}

fn state(item: &Item) -> State {
    match item.status {
        Status::Withdrawn => State::Withdrawn,
        Status::Suspended => State::Suspended,
        Status::Expired => State::Expired,
        _ => State::Published,
    }
}
