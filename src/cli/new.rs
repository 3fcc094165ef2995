//! `crieur new`: the file of a new release, named, dated and ready to be filled in. It is held back
//! until somebody says that it is ready: a skeleton must never go out because an hour has come.

#![expect(clippy::disallowed_methods, reason = "this command writes an item")]

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, FixedOffset};
use clap::Args;
use crieur::begin::{self, Wanted};
use crieur::problem::{Code, Problem};
use crieur::resolve::date::relative;
use crieur::resolve::date::spelling::When;
use crieur::zone::{Wall, Zone};
use serde::Serialize;

use super::{Answer, Piece, Room, Surroundings, report, shown};
use crate::report::Format;

/// What `new` asks for.
#[derive(Debug, Args)]
pub struct New {
    /// The title of the release
    title: String,
    /// When it is to come out: `2026-12-01 9h`, "demain 9h", "monday 2:30 pm", "dans 3 jours"
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// Not before that, whatever else is said, in the same spellings
    #[arg(long, value_name = "WHEN")]
    embargo: Option<String>,
    /// Open it in the editor (`VISUAL`, else `EDITOR`)
    #[arg(long)]
    edit: bool,
}

/// The answer in `--format json`.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a str,
    id: &'a str,
    at: Option<String>,
}

/// A moment that somebody asked for.
struct Moment {
    /// As it is to stand in the head.
    figures: String,
    /// By the newsroom's clocks; of a day, its usual hour.
    instant: DateTime<FixedOffset>,
}

/// Writes the file, and says what comes next.
pub fn run(room: &Room<'_>, asked: &New, surroundings: &Surroundings, answer: &mut Answer) {
    let here = &surroundings.folder;
    let fail = |problem: Problem, answer: &mut Answer| {
        let mut reporter = room.reporter();
        reporter.public = false;
        report(&[problem], &reporter, answer);
    };
    let done = match write(room, asked, here) {
        Ok(done) => done,
        Err(problem) => return fail(problem, answer),
    };
    let said = match room.format {
        Format::Json => {
            let at = done.due.map(|due| due.to_rfc3339());
            let line = Shown { path: &done.shown, id: &done.id, at };
            format!("{}\n", serde_json::to_string(&line).unwrap_or_default())
        }
        _ => done.said(room),
    };
    if !asked.edit {
        answer.out(&said);
        return;
    }
    // Before the editor takes the screen.
    (surroundings.print)(&[Piece::Out(said)]);
    if let Err(problem) = open(surroundings.editor.as_deref(), &done.path, &done.shown) {
        fail(problem, answer);
    }
}

struct Done {
    path: PathBuf,
    shown: String,
    id: String,
    due: Option<DateTime<FixedOffset>>,
    ahead: bool,
}

impl Done {
    fn said(&self, room: &Room<'_>) -> String {
        if room.options.quiet {
            return format!("{}\n", self.shown);
        }
        let when = self.due.filter(|_| self.ahead).map(|due| room.locale.instant(due)).unwrap_or_default();
        let next = room.locale.say("new-next", &[("path", &self.shown), ("when", &when)]);
        format!("  {}\n  {next}\n", self.shown)
    }
}

fn write(room: &Room<'_>, asked: &New, here: &Path) -> Result<Done, Problem> {
    if room.config.assumed.is_some() {
        return Err(Problem::general(Code::ConfigMissing).with("folder", &room.shown_items));
    }
    let title = asked.title.trim();
    let now = room.config.zone.local(room.now);
    let read = |option: &str, written: &Option<String>| {
        written.as_ref().map(|written| moment(option, written, room, now)).transpose()
    };
    let (at, embargo) = (read("--at", &asked.at)?, read("--embargo", &asked.embargo)?);
    let due = [&at, &embargo].into_iter().flatten().map(|moment| moment.instant).max();
    let day = due.unwrap_or(now).date_naive();
    let name = begin::file_name(day, title).ok_or_else(|| {
        let problem = Problem::general(Code::OptionValue).with("option", "new").with("value", title);
        problem.with("expected", room.locale.say("new-title", &[]))
    })?;
    let path = room.items.join(&name);
    let shown = shown(&path, here);
    let there = || Problem::general(Code::FileThere).with("file", &shown);
    if path.exists() {
        return Err(there());
    }
    let id = free_id(room, name.trim_end_matches(".md"));
    // A day says nothing that the embargo does not.
    let date = at.as_ref().map(|moment| moment.figures.clone());
    let date = date.or_else(|| embargo.is_none().then(|| day.to_string()));
    let wanted = Wanted { title, id: &id, at: date, embargo: embargo.map(|moment| moment.figures) };
    let text = begin::skeleton(&wanted, &room.config);
    let written = fs::create_dir_all(&room.items)
        .and_then(|()| File::options().write(true).create_new(true).open(&path))
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => there(),
        _ => Problem::general(Code::OutputFailed).with("path", &shown).with("reason", error),
    })?;
    Ok(Done { path, shown, id, due, ahead: due.is_some_and(|due| due.to_utc() > room.now) })
}

/// What was meant, or the spellings that would do.
fn moment(option: &str, written: &str, room: &Room<'_>, now: DateTime<FixedOffset>) -> Result<Moment, Problem> {
    let zone = &room.config.zone;
    let refused = |spellings: Vec<String>| {
        let quoted: Vec<String> = spellings.iter().map(|spelling| format!("`{spelling}`")).collect();
        let day = begin::day_after(now.date_naive());
        let usual = || room.locale.say("moments", &[("day", &day.to_string())]);
        let expected = if quoted.is_empty() { usual() } else { quoted.join(", ") };
        let problem = Problem::general(Code::OptionValue).with("option", option).with("value", written);
        problem.with("expected", expected)
    };
    let when = relative::parse(written, room.config.date_order, now.naive_local()).map_err(&refused)?;
    let instant = match &when {
        When::Day(day) => zone.settled(day.and_time(room.config.day_time)),
        When::Instant(instant) => *instant,
        When::Wall(wall) => apart(zone, *wall).map_err(&refused)?,
        When::Zoned(wall, zone) => apart(zone, *wall).map_err(&refused)?,
    };
    Ok(Moment { figures: relative::figures(&when), instant: zone.local(instant.to_utc()) })
}

/// The instant that clocks show once; of an hour that they show twice or skip, both readings.
fn apart(zone: &Zone, wall: chrono::NaiveDateTime) -> Result<DateTime<FixedOffset>, Vec<String>> {
    match zone.instant(wall) {
        Wall::Once(instant) => Ok(instant),
        Wall::Twice { first, second } => Err(vec![first.to_rfc3339(), second.to_rfc3339()]),
        Wall::Gap { before, after } => {
            let shown =
                |at: DateTime<FixedOffset>| relative::figures(&When::Wall(zone.local(at.to_utc()).naive_local()));
            Err(vec![shown(after), shown(before)])
        }
    }
}

/// The name as an id that nothing bears or has borne.
fn free_id(room: &Room<'_>, name: &str) -> String {
    let tag = |id: &str| format!("tag:{}:{id}", room.config.authority);
    let is_taken = |id: &str| {
        let tag = tag(id);
        room.newsroom.items.iter().any(|item| item.id == tag) || room.before.lines.contains_key(tag.as_str())
    };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|id| !is_taken(id)).unwrap_or_default()
}

/// Opens the file in the editor and waits for it.
fn open(editor: Option<&str>, path: &Path, shown: &str) -> Result<(), Problem> {
    let failed = |reason: String| Problem::general(Code::EditorFailed).with("path", shown).with("reason", reason);
    let Some(editor) = editor else {
        return Err(Problem::general(Code::EditorFailed).with("path", shown));
    };
    // A program with options (`code --wait`), unless the whole is the path of one.
    let mut words: Vec<&str> = editor.split_whitespace().collect();
    if Path::new(editor).is_file() {
        words = vec![editor];
    }
    let (program, options) = words.split_first().ok_or_else(|| failed(String::new()))?;
    let status =
        Command::new(program).args(options).arg(path).status().map_err(|e| failed(format!("{editor}: {e}")))?;
    if status.success() { Ok(()) } else { Err(failed(format!("{editor}: {status}"))) }
}
