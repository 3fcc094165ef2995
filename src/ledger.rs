//! What has been published: `ledger.jsonl`, a line an item (DESIGN §5). Parse and print; no files.
//!
//! The ledger makes promises keepable: an id that survives a renamed file, an instant that stands,
//! a published item that cannot vanish unsaid. It is not needed to start. What a newer version of
//! the program wrote and this one does not know is kept; a line that cannot be read is a problem
//! that names it, never a reason to start afresh.

use std::io::{self, Write};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::item::Item;
use crate::kept::{Digest, Ordered, Rare, Shared};
use crate::problem::{Code, Place, Problem};

/// The name of the file, beside `crieur.toml` and, where that was asked for, beside the feeds.
pub const FILE: &str = "ledger.jsonl";

/// Under which name its problems are reported.
pub const SHOWN: &str = "./ledger.jsonl";

/// The version that this program writes.
const VERSION: u32 = 1;

/// Everything that was published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The first line.
    pub header: Header,
    /// The others by id, in the order of the file; what has not changed is one with the line of the ledger before.
    pub lines: Ordered<Shared, Arc<Line>>,
}

/// The first line: whose ledger it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub ledger: u32,
    /// What every derived id begins with; empty where nothing was published yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authority: String,
    /// How many items a feed held when it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<usize>,
    /// The files of the feeds that people were given the addresses of, below the output folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<String>,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// One item, as it was published last. Instants are UTC, whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// For ever.
    pub id: Shared,
    /// Its file, below the items folder.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub path: Shared,
    /// Where it could be read.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub url: Shared,
    /// Its page, below the output folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Shared>,
    /// What it was called.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub title: Shared,
    /// When it was published; stands.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "seconds")]
    pub published: Option<DateTime<Utc>>,
    /// When it last changed in a way that readers were to notice.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "seconds")]
    pub updated: Option<DateTime<Utc>>,
    /// The day, where a day was all that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// What became of it.
    pub state: State,
    /// The digest of its file.
    #[serde(default, skip_serializing_if = "Digest::is_empty")]
    pub file: Digest,
    /// The digest of the words of its text.
    #[serde(default, skip_serializing_if = "Digest::is_empty")]
    pub text: Digest,
    /// How many acts its file told of.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub acts: usize,
    /// Pages that it had before, below the output folder: they lead to the present one.
    #[serde(default, skip_serializing_if = "<[Shared]>::is_empty")]
    pub was: Rare<Shared>,
    /// Why it is forgotten: kept here, never published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// What a newer version wrote: nothing that this one knows; [`Ledger::parse`] puts it here.
    #[serde(flatten, skip_deserializing)]
    pub rest: Option<Box<Map<String, Value>>>,
}

/// What became of a published item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is out.
    Published,
    /// A notice stands for it.
    Withdrawn,
    /// A notice stands for it, for the time being.
    Suspended,
    /// Its time is over; the page stays.
    Expired,
    /// Erased, because the law or a person asked for it: only its id is kept.
    Forgotten,
    /// Gone, and somebody said that this was meant.
    Removed,
}

impl State {
    /// Whether something of it is to be seen, so that it must not vanish unsaid.
    pub fn is_out(self) -> bool {
        !matches!(self, Self::Forgotten | Self::Removed)
    }
}

impl Line {
    /// A line of which only the id is known.
    pub fn new(id: impl Into<Shared>, state: State) -> Self {
        Self {
            id: id.into(),
            path: Shared::default(),
            url: Shared::default(),
            page: None,
            title: Shared::default(),
            published: None,
            updated: None,
            day: None,
            state,
            file: Digest::default(),
            text: Digest::default(),
            acts: 0,
            was: Rare::default(),
            reason: None,
            rest: None,
        }
    }

    /// Whether a run made this line of the other, or of one that came of it: it knows all that the other does,
    /// so the other is what a merge of two branches has left. Not where both may have been changed.
    fn follows(&self, other: &Self) -> bool {
        if self.state == State::Forgotten {
            return other.state != State::Forgotten && self.updated >= other.updated;
        }
        let untouched = other.updated.is_none_or(|updated| Some(updated) == other.published);
        let moved = other.page.as_ref().is_some_and(|page| self.was.contains(page))
            && self.page.as_ref().is_none_or(|page| !other.was.contains(page));
        let is_later = self.acts > other.acts
            || self.acts == other.acts
                && (untouched && self.updated > other.updated || moved && self.updated == other.updated);
        // Only an act moves the date, and who had none has moved none.
        let dated = (self.published, self.day) == (other.published, other.day) || other.acts == 0 && self.acts > 0;
        let pages = other.was.iter().chain(&other.page);
        is_later
            && dated
            && self.updated >= other.updated
            && (self.state == other.state || matches!(other.state, State::Published | State::Expired))
            && pages.into_iter().all(|page| self.was.contains(page) || self.page.as_ref() == Some(page))
            && (other.rest.is_none() || other.rest == self.rest)
    }

    /// A line for the same item, with what this version does not know of it.
    #[must_use]
    pub fn succeeding(mut self, old: Option<&Self>) -> Self {
        if let Some(old) = old {
            self.rest = old.rest.clone();
        }
        self
    }
}

impl Ledger {
    /// Whether nothing was ever published, as far as anybody remembers.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The line of an item that must not vanish unsaid.
    pub fn out(&self, id: &str) -> Option<&Line> {
        self.lines.get(id).map(|line| &**line).filter(|line| line.state.is_out())
    }

    /// Whether this is what `before` was, line by line: in what comes of a ledger each line is where it stood.
    pub fn stays(&self, before: &Self) -> bool {
        self.header == before.header && self.lines.values().eq(before.lines.values())
    }

    /// The lines of all items that must not vanish unsaid.
    pub fn all_out(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().map(|line| &**line).filter(|line| line.state.is_out())
    }

    /// How many there are.
    pub fn count_out(&self) -> usize {
        self.all_out().count()
    }

    /// The line of an item, which then holds what its line says, where both say the same: it is in memory once.
    pub fn lend(&self, item: &mut Item) -> Option<&Line> {
        let line = self.lines.get(&item.id)?;
        item.id = line.id.clone();
        let pairs = [(&mut item.path, &line.path), (&mut item.url, &line.url), (&mut item.base, &line.url)];
        for (own, other) in pairs {
            own.join(other);
        }
        if let (Some(own), Some(other)) = (&mut item.page, &line.page) {
            own.join(other);
        }
        Some(line)
    }

    /// The newest `updated` of all.
    pub fn newest(&self) -> Option<DateTime<Utc>> {
        self.lines.values().filter_map(|line| line.updated).max()
    }

    /// Reads it; lines may stand in any order, and the first line more than once, as a merge of two
    /// branches leaves them.
    ///
    /// # Errors
    /// Every line that cannot be read, and every id that has two of which neither knows what the other does.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut ledger = Self::default();
        let mut problems = Vec::new();
        let mut twice = Vec::new();
        let text = text.trim_start_matches('\u{feff}');
        let lines: Vec<&str> = text.lines().collect();
        let entries: Vec<_> =
            lines.par_iter().map(|line| Some(Entry::parse(line)).filter(|_| !line.trim().is_empty())).collect();
        ledger.lines.reserve(entries.len());
        for (number, entry) in (1..).zip(entries).filter_map(|(number, entry)| Some((number, entry?))) {
            let problem = |code| Problem::new(code, SHOWN).at(Place::line(number));
            match entry {
                Ok(Entry::Header(header)) => {
                    if let Some(other) = ledger.header.join(header) {
                        problems.push(problem(Code::LedgerDamaged).with("reason", format!("authority: {other}")));
                    }
                }
                Ok(Entry::Line(line)) => match ledger.lines.get_full_mut(&line.id) {
                    Some((_, _, known)) if *known != line => {
                        let earlier = if line.follows(known) { std::mem::replace(known, line) } else { line };
                        twice.push(earlier);
                    }
                    Some(_) => {}
                    None => drop(ledger.lines.insert(line.id.clone(), line)),
                },
                Err(reason) => problems.push(problem(Code::LedgerDamaged).with("reason", reason)),
            }
        }
        problems.extend(twice.iter().filter_map(|other| apart(ledger.lines.get(&other.id)?, other, text)));
        if problems.is_empty() { Ok(ledger) } else { Err(problems) }
    }

    /// As it is written: the oldest item first, so that what is new is at the end.
    pub fn print(&self) -> String {
        text(|target| self.write(target))
    }

    /// The same line by line, for a file: it is never in memory as a whole.
    ///
    /// # Errors
    /// What `target` says.
    pub fn write(&self, target: &mut dyn Write) -> io::Result<()> {
        self.written(target, serde_json::to_string)
    }

    /// What may stand beside the feeds: nothing that is not in them, no reasons, of what is forgotten
    /// the id only.
    pub fn print_for_the_public(&self) -> String {
        let shown = |line: &'_ Line| match line.state {
            State::Forgotten | State::Removed => Line::new(&line.id, line.state),
            // What is not ours to know may not be for everybody either.
            _ => Line { reason: None, rest: None, ..line.clone() },
        };
        text(|target| self.written(target, |line| serde_json::to_string(&shown(line))))
    }

    fn written(
        &self,
        target: &mut dyn Write,
        shown: impl Fn(&Line) -> serde_json::Result<String> + Sync,
    ) -> io::Result<()> {
        /// So many lines are in memory as they are written.
        const AT_A_TIME: usize = 4096;
        let mut lines: Vec<&Line> = self.lines.values().map(|line| &**line).collect();
        // Stable, for it is quicker where most are in order.
        lines.sort_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
        let header = Header { ledger: self.header.ledger.max(VERSION), ..self.header.clone() };
        writeln!(target, "{}", serde_json::to_string(&header)?)?;
        lines.chunks(AT_A_TIME).try_for_each(|lines| {
            let shown: Vec<serde_json::Result<String>> = lines.par_iter().map(|line| shown(line)).collect();
            shown.into_iter().try_for_each(|line| writeln!(target, "{}", line?))
        })
    }

    /// Together with another that grew apart: of two lines for one item the later stands.
    ///
    /// # Errors
    /// The other's authority, where it is another newsroom's.
    pub fn merge(&mut self, other: Self) -> Result<(), String> {
        if let Some(authority) = self.header.join(other.header) {
            return Err(authority);
        }
        for (id, line) in other.lines {
            let Some(own) = self.lines.get(&id) else {
                self.lines.insert(id, line);
                continue;
            };
            // What is gone here must not come back from there; of two that know the same, the
            // other was written by a later run.
            let rank = |line: &Line| (line.state == State::Forgotten, line.updated, line.acts);
            let taken = rank(&line) > rank(own) || rank(&line) == rank(own) && own.state != State::Removed;
            let mut was: Vec<Shared> =
                [own, &line].iter().flat_map(|line| line.was.iter().chain(&line.page)).cloned().collect();
            let mut joined = Line::clone(if taken { &line } else { own });
            joined.reason = joined.reason.or_else(|| own.reason.clone());
            was.retain(|page| joined.page.as_ref() != Some(page));
            was.sort_unstable();
            was.dedup();
            joined.was = if joined.state.is_out() { was.into() } else { Rare::default() };
            self.lines.insert(id, joined.into());
        }
        Ok(())
    }
}

impl Header {
    /// Takes in another first line; the other's authority where the two are of two newsrooms.
    fn join(&mut self, other: Self) -> Option<String> {
        if !self.authority.is_empty() && !other.authority.is_empty() && self.authority != other.authority {
            return Some(other.authority);
        }
        if self.authority.is_empty() {
            self.authority = other.authority;
        }
        self.ledger = self.ledger.max(other.ledger);
        self.window = self.window.max(other.window);
        self.feeds.extend(other.feeds);
        self.feeds.sort_unstable();
        self.feeds.dedup();
        self.rest.extend(other.rest);
        None
    }
}

enum Entry {
    Header(Header),
    Line(Arc<Line>),
}

/// What this version knows of a line.
const KEYS: [&str; 14] = [
    "id",
    "path",
    "url",
    "page",
    "title",
    "published",
    "updated",
    "day",
    "state",
    "file",
    "text",
    "acts",
    "was",
    "reason",
];

impl Entry {
    fn parse(line: &str) -> Result<Self, String> {
        // Nearly all of them; of the others it is found out what they are, or what is wrong.
        if let Ok(line) = serde_json::from_str::<Line>(line) {
            return Ok(Self::Line(line.into()));
        }
        let mut value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if value.get("ledger").is_some() {
            return serde_json::from_value(value).map(Self::Header).map_err(|error| error.to_string());
        }
        let mut rest = Map::new();
        if let Value::Object(all) = &mut value {
            let (known, others) = std::mem::take(all).into_iter().partition(|(key, _)| KEYS.contains(&key.as_str()));
            (*all, rest) = (known, others);
        }
        let line: Line = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let rest = Some(Box::new(rest)).filter(|rest| !rest.is_empty());
        Ok(Self::Line(Arc::new(Line { rest, ..line })))
    }
}

/// The problem of two lines for one item, where each knows something that the other does not.
fn apart(known: &Line, other: &Line, text: &str) -> Option<Problem> {
    if known.follows(other) || known == other {
        return None;
    }
    let number = |wanted: &Line| {
        let is = |line: &str| matches!(Entry::parse(line), Ok(Entry::Line(line)) if *line == *wanted);
        (1..).zip(text.lines()).find_map(|(number, line)| is(line).then_some(number)).unwrap_or_default()
    };
    let rank = |line: &Line| (line.state == State::Forgotten, line.updated, line.acts);
    let (kept, left) = if rank(other) > rank(known) { (other, known) } else { (known, other) };
    let problem = Problem::new(Code::LedgerTwice, SHOWN).at(Place::line(number(left)));
    let problem = problem.with("id", &left.id).with("other", number(kept));
    let why = match (kept, left) {
        (Line { state: State::Forgotten, .. }, _) => "forgotten",
        (kept, left) if rank(kept) > rank(left) => "later",
        (Line { state: State::Removed, .. }, _) | (_, Line { state: State::Removed, .. }) => "removed",
        _ => "equal",
    };
    Some(problem.with(why, "1"))
}

fn text(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    let _ = write(&mut bytes); // memory takes everything
    String::from_utf8(bytes).unwrap_or_default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Instants without fractions, in UTC with `Z`.
mod seconds {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    #[expect(clippy::ref_option, reason = "serde asks for it")]
    pub fn serialize<S: Serializer>(instant: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
        match instant {
            Some(instant) => serializer.serialize_str(&instant.to_rfc3339_opts(SecondsFormat::Secs, true)),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let parse = |text: String| DateTime::parse_from_rfc3339(&text).map(|instant| instant.to_utc());
        text.map(parse).transpose().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = concat!(
        r#"{"ledger":1,"authority":"example.org,2020","window":50}"#,
        "\n",
        r#"{"id":"tag:example.org,2020:a","path":"a.md","url":"https://www.example.org/a/","page":"a/index.html","title":"A","published":"2020-01-29T08:00:17Z","updated":"2020-01-29T08:00:17Z","day":"2020-01-29","state":"published","file":"f","text":"t"}"#,
        "\n",
        r#"{"id":"tag:example.org,2020:b","published":"2020-01-30T08:00:17Z","state":"forgotten","reason":"RGPD"}"#,
        "\n",
    );

    fn codes(text: &str) -> Vec<(Code, Option<u32>)> {
        let problems = Ledger::parse(text).unwrap_err();
        problems.iter().map(|problem| (problem.code, problem.place.map(|place| place.line))).collect()
    }

    #[test]
    fn it_is_written_as_it_was_read_whatever_the_order() {
        assert_eq!(Ledger::parse(TEXT).unwrap().print(), TEXT);
        let mut lines: Vec<&str> = TEXT.lines().collect();
        lines.reverse();
        // As a merge of two branches leaves it.
        lines.push(lines[2]);
        lines.push(lines[0]);
        assert_eq!(Ledger::parse(&lines.join("\r\n")).unwrap().print(), TEXT);
        assert!(Ledger::parse("").unwrap().is_empty());
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let newer = TEXT.replace(r#""window":50}"#, r#""window":50,"hubs":["x"]}"#);
        let newer = newer.replace(r#""text":"t"}"#, r#""text":"t","votes":{"up":3}}"#);
        assert_eq!(Ledger::parse(&newer).unwrap().print(), newer);
        let old = &Ledger::parse(&newer).unwrap().lines["tag:example.org,2020:a"];
        let next = Line::new(&old.id, State::Withdrawn).succeeding(Some(old));
        assert!(serde_json::to_string(&next).unwrap().contains("votes"));
    }

    #[test]
    fn whatever_a_line_holds_is_known_as_its_own() {
        let line = Line {
            path: "a".into(),
            url: "b".into(),
            page: Some("c".into()),
            title: "d".into(),
            published: Some(DateTime::UNIX_EPOCH),
            updated: Some(DateTime::UNIX_EPOCH),
            day: Some(NaiveDate::MIN),
            file: "e".into(),
            text: "f".into(),
            acts: 1,
            was: vec!["g".into()].into(),
            reason: Some("h".into()),
            ..Line::new("i", State::Published)
        };
        let Ok(Value::Object(written)) = serde_json::to_value(&line) else { panic!("no object") };
        let mut keys = KEYS.to_vec();
        keys.sort_unstable();
        assert_eq!(written.keys().collect::<Vec<_>>(), keys);
    }

    #[test]
    fn damage_is_named_and_never_a_reset() {
        assert_eq!(codes(&TEXT.replace(r#""state":"published""#, "")), [(Code::LedgerDamaged, Some(2))]);
        assert_eq!(codes(&format!("{TEXT}<<<<<<< HEAD\n")), [(Code::LedgerDamaged, Some(4))]);
        assert_eq!(codes(&TEXT.replace("2020-01-29T08:00:17Z", "yesterday")), [(Code::LedgerDamaged, Some(2))]);
        assert_eq!(codes(&format!("{TEXT}{{\"id\":\"x\",\"state\":\"lost\"}}\n")), [(Code::LedgerDamaged, Some(4))]);
        let twice = TEXT.lines().nth(1).unwrap().replace("\"A\"", "\"B\"");
        assert_eq!(codes(&format!("{TEXT}{twice}\n")), [(Code::LedgerTwice, Some(4))]);
        let other = r#"{"ledger":1,"authority":"example.com,2020"}"#;
        assert_eq!(codes(&format!("{TEXT}{other}\n")), [(Code::LedgerDamaged, Some(4))]);
    }

    /// The newsroom's ledger with two lines for one item, or more, in each order: what becomes of them.
    #[track_caller]
    fn merged(lines: &[&str]) -> Option<String> {
        let line = |more: &&str| {
            let mut all = serde_json::json!({
                "id": "tag:example.org,2020:a", "path": "a.md", "url": "https://www.example.org/a/",
                "page": "a/index.html", "title": "A", "published": "2020-01-29T08:00:17Z",
                "updated": "2020-01-29T08:00:17Z", "day": "2020-01-29", "state": "published", "file": "f",
            });
            let more: Value = serde_json::from_str(more).unwrap();
            for (key, value) in more.as_object().unwrap() {
                all[key] = value.clone();
            }
            all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            all.to_string()
        };
        let mut lines: Vec<String> = lines.iter().map(line).collect();
        let mut found: Option<Option<String>> = None;
        for _ in 0..lines.len() {
            lines.rotate_left(1);
            for lines in [lines.clone(), lines.iter().rev().cloned().collect()] {
                let read = Ledger::parse(&lines.join("\n"));
                let kept = read.ok().map(|ledger| ledger.lines["tag:example.org,2020:a"].file.to_string());
                assert_eq!(*found.get_or_insert_with(|| kept.clone()), kept, "{lines:#?}");
            }
        }
        found.unwrap()
    }

    /// After a merge by union: the line of which a run made the other goes, and no line that knows anything else.
    #[test]
    fn the_line_that_knows_what_the_other_does_stands() {
        let corrected = r#"{"file": "x", "updated": "2020-02-01T10:00:00Z", "acts": 1}"#;
        for later in [
            corrected,
            r#"{"file": "x", "acts": 1}"#,
            r#"{"file": "x", "updated": "2020-02-01T10:00:00Z"}"#,
            r#"{"file": "x", "updated": "2020-02-01T10:00:00Z", "acts": 1, "state": "withdrawn"}"#,
            r#"{"file": "x", "updated": "2020-02-01T10:00:00Z", "acts": 1, "published": "2020-01-28T08:00:17Z", "day": "2020-01-28"}"#,
            r#"{"file": "x", "path": "b.md", "page": "b/index.html", "was": ["a/index.html"]}"#,
            r#"{"file": "x", "path": "b.md", "page": "b/index.html", "was": ["a/index.html"], "updated": "2020-02-01T10:00:00Z", "acts": 1}"#,
            r#"{"file": "x", "state": "forgotten", "published": null, "day": null, "page": null, "reason": "RGPD"}"#,
        ] {
            assert_eq!(merged(&["{}", later]), Some("x".to_owned()), "{later}");
            assert_eq!(merged(&["{}", later, "{}", later]), Some("x".to_owned()), "{later}");
        }
        let again = r#"{"file": "y", "updated": "2020-03-01T10:00:00Z", "acts": 2}"#;
        assert_eq!(merged(&["{}", corrected, again]), Some("y".to_owned()));
        for both in [
            // An edit that nobody announced: the file says which of the two is right, no line does.
            ["{}", r#"{"file": "x"}"#],
            [corrected, r#"{"updated": "2020-02-02T10:00:00Z", "acts": 1}"#],
            [corrected, r#"{"path": "b.md", "page": "b/index.html", "was": ["a/index.html"]}"#],
            [r#"{"acts": 1, "updated": "2020-02-01T10:00:00Z", "published": "2020-01-28T08:00:17Z"}"#, again],
            [r#"{"acts": 1, "updated": "2020-02-01T10:00:00Z", "state": "withdrawn"}"#, again],
            [r#"{"acts": 1, "updated": "2020-04-01T10:00:00Z"}"#, again],
            [r#"{"updated": "2020-02-01T10:00:00Z"}"#, r#"{"updated": "2020-02-02T10:00:00Z"}"#],
            ["{}", r#"{"published": "2020-01-28T08:00:17Z"}"#],
            ["{}", r#"{"state": "removed"}"#],
            [r#"{"votes": 3}"#, corrected],
            [corrected, r#"{"state": "forgotten", "published": null, "page": null}"#],
            [r#"{"was": ["b/index.html"]}"#, r#"{"page": "b/index.html", "was": ["a/index.html"]}"#],
        ] {
            assert_eq!(merged(&both), None, "{both:?}");
            assert_eq!(merged(&[both[0], both[1], "{}"]), None, "{both:?}");
        }
    }

    #[test]
    fn the_public_copy_gives_no_reason() {
        let public = Ledger::parse(TEXT).unwrap().print_for_the_public();
        assert!(public.contains(r#"{"id":"tag:example.org,2020:b","state":"forgotten"}"#), "{public}");
        assert!(!public.contains("RGPD"));
    }

    #[test]
    fn two_that_grew_apart_become_one() {
        let mut ours = Ledger::parse(TEXT).unwrap();
        let later = TEXT.replace(r#""updated":"2020-01-29"#, r#""updated":"2020-02-29"#);
        let later = later.replace(r#""state":"forgotten","reason":"RGPD""#, r#""path":"b.md","state":"published""#);
        ours.merge(Ledger::parse(&later).unwrap()).unwrap();
        assert_eq!(ours.newest().unwrap().to_string(), "2020-02-29 08:00:17 UTC");
        assert_eq!(ours.lines["tag:example.org,2020:b"].state, State::Forgotten);
        let mut theirs = Ledger::parse(&later).unwrap();
        theirs.merge(Ledger::parse(TEXT).unwrap()).unwrap();
        assert_eq!(theirs.lines["tag:example.org,2020:b"].state, State::Forgotten);
        assert!(ours.merge(Ledger::parse(r#"{"ledger":1,"authority":"x.org,2020"}"#).unwrap()).is_err());
    }
}
