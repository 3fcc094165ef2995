//! The acts of an officer on a published item: `correct`, `withdraw`, `adopt`, `forget`. Each edits
//! one file, reads it again before it trusts it, and says what subscribers will see.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use crieur::edit::{self, Act, Entry};
use crieur::file::SourceFile;
use crieur::input::State;
use crieur::item::{ChangeKind, Item};
use crieur::ledger::{self, Line};
use crieur::output;
use crieur::problem::{Code, Problem, SIDECAR};
use crieur::resolve::date::{self, spelling};

use super::{Answer, Room, report};
use crate::report::Format;

/// What `correct` asks for.
#[derive(Debug, Args)]
pub struct Correct {
    /// The item's file
    pub file: PathBuf,
    /// What subscribers are told, in a sentence
    #[arg(long)]
    note: Option<String>,
    /// How grave it is: `minor` tells nobody
    #[arg(long, value_enum, default_value = "correction")]
    kind: Kind,
    /// The right date, where the date itself was wrong
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A slip of the pen: subscribers see nothing
    Minor,
    /// Something was wrong
    Correction,
    /// Something is new
    Update,
}

/// What `withdraw` asks for.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// The item's file
    pub file: PathBuf,
    /// Why, in a sentence for subscribers
    #[arg(long)]
    reason: Option<String>,
    /// For the time being only
    #[arg(long)]
    suspend: bool,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What `adopt` asks for.
#[derive(Debug, Args)]
pub struct Adopt {
    /// The file that was published, or its id
    old: String,
    /// The file that it has become
    pub new: PathBuf,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What `forget` asks for.
#[derive(Debug, Args)]
pub struct Forget {
    /// The file that was published, or its id
    item: String,
    /// Why, for those who keep the newsroom: it stays in the ledger and is never published
    #[arg(long)]
    reason: String,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Why an act is not done.
pub type Refused = Problem;

/// Corrects.
pub fn correct(room: &Room<'_>, asked: &Correct, answer: &mut Answer) {
    let done = published(room, &asked.file).and_then(|item| {
        if !item.status.is_readable() {
            return Err(Problem::new(Code::ActOnNotice, &item.path));
        }
        let kind = match (asked.kind, &asked.date) {
            (_, Some(_)) => ChangeKind::Date,
            (Kind::Minor, None) => ChangeKind::Minor,
            (Kind::Correction, None) => ChangeKind::Correction,
            (Kind::Update, None) => ChangeKind::Update,
        };
        if asked.note.as_ref().is_none_or(|note| note.trim().is_empty())
            && asked.date.is_none()
            && kind.is_significant()
        {
            return Err(Problem::new(Code::NoteMissing, &item.path));
        }
        if let Some(date) = &asked.date {
            dated(room, item, date)?;
        }
        let entry = Entry { date: instant(room, item), kind, note: asked.note.clone() };
        let act = Act { change: Some(entry), date: asked.date.clone(), ..Act::default() };
        do_it(room, item, &act, asked.dry_run, answer)?;
        let note = asked.note.clone().unwrap_or_default();
        let date = asked.date.clone().unwrap_or_default();
        let arguments = [("title", item.title.as_str()), ("note", &note), ("date", &date)];
        Ok(room.locale.say(&format!("act.{}", kind.name()), &arguments))
    });
    end(room, done, asked.dry_run, answer);
}

/// Whether a date can be given to what is out: it is one, and it does not lie ahead.
fn dated(room: &Room<'_>, item: &Item, date: &str) -> Result<(), Refused> {
    let Ok(read) = spelling::parse(date, room.config.date_order) else {
        let problem = Problem::general(Code::OptionValue).with("option", "--date").with("value", date);
        return Err(problem.with("expected", "2026-11-22, 2026-11-22 07:30"));
    };
    let at = date::latest(&read.when, &item.path, &room.config);
    if at <= room.now {
        return Ok(());
    }
    let zone = room.config.zone_of(&item.path);
    let problem = Problem::new(Code::PublishedHeld, &item.path).with("title", &item.title).with("embargo", "");
    let problem = problem.with("ahead", room.locale.instant(zone.local(at)));
    Err(problem.with("now", zone.local(room.now).format("%Y-%m-%d %H:%M")))
}

/// Withdraws, or suspends.
pub fn withdraw(room: &Room<'_>, asked: &Withdraw, answer: &mut Answer) {
    let done = published(room, &asked.file).and_then(|item| {
        let (kind, state) = match asked.suspend {
            true => (ChangeKind::Suspension, State::Withheld),
            false => (ChangeKind::Withdrawal, State::Withdrawn),
        };
        let entry = Entry { date: instant(room, item), kind, note: asked.reason.clone() };
        let act = Act { change: Some(entry), status: Some(state), ..Act::default() };
        do_it(room, item, &act, asked.dry_run, answer)?;
        let reason = asked.reason.clone().unwrap_or_default();
        Ok(room.locale.say(&format!("act.{}", kind.name()), &[("title", item.title.as_str()), ("note", &reason)]))
    });
    end(room, done, asked.dry_run, answer);
}

/// Says which file a published item has become.
pub fn adopt(room: &Room<'_>, asked: &Adopt, answer: &mut Answer) {
    let done = line(room, &asked.old).and_then(|line| {
        let item = item(room, &asked.new)?;
        let old = if line.path.is_empty() { line.id.as_str() } else { line.path.as_str() };
        let still_there = room.newsroom.items.iter().find(|item| item.id == line.id);
        if let Some(other) = still_there {
            return Err(Problem::new(Code::ActImpossible, &item.path).with("other", &other.path).with("id", &line.id));
        }
        if room.before.out(&item.id).is_some() {
            return Err(Problem::new(Code::AdoptPublished, &item.path).with("old", old));
        }
        let act = Act { id: Some(line.id.to_string()), ..Act::default() };
        do_it(room, item, &act, asked.dry_run, answer)?;
        Ok(room.locale.say("act.adopted", &[("old", old), ("new", &item.path)]))
    });
    end(room, done, asked.dry_run, answer);
}

/// Erases what the ledger knows of an item, all but its id, which nothing may bear again.
pub fn forget(room: &Room<'_>, asked: &Forget, answer: &mut Answer) {
    let done = line(room, &asked.item).and_then(|line| {
        let there = room.source.entries().iter().find(|entry| entry.path == line.path);
        let there = there.map(|entry| entry.path.as_str());
        let item = room.newsroom.items.iter().find(|item| item.id == line.id).map(|item| item.path.as_str());
        if let Some(path) = item.or(there) {
            return Err(Problem::new(Code::ForgetFirst, path).with("item", &asked.item).with("reason", &asked.reason));
        }
        let mut next = room.before.clone();
        // An instant is no text; without it the ledger would seem older than the output.
        let erased = Line {
            reason: Some(asked.reason.as_str().into()),
            updated: line.updated,
            ..Line::new(&line.id, ledger::State::Forgotten)
        };
        next.lines.insert(line.id.clone(), erased.into());
        if !asked.dry_run {
            write(&room.root.join(ledger::FILE), next.print().as_bytes(), ledger::FILE)?;
        }
        Ok(room.locale.say("act.forgotten", &[("id", &line.id)]))
    });
    end(room, done, asked.dry_run, answer);
}

fn end(room: &Room<'_>, done: Result<String, Refused>, dry_run: bool, answer: &mut Answer) {
    match done {
        Ok(seen) if room.format == Format::Human && !room.options.quiet => {
            let next = if dry_run { "act-dry" } else { "act-next" };
            answer.out(&format!("  {seen}\n  {}\n", room.locale.say(next, &[])));
        }
        Ok(_) => {}
        Err(problem) => report(&[problem], &room.reporter(), answer),
    }
}

/// The item of a file that was named, whatever is wrong with others.
fn item<'a>(room: &'a Room<'_>, file: &Path) -> Result<&'a Item, Refused> {
    let wanted = room.wanted.as_deref().unwrap_or_default();
    let found = room.newsroom.items.iter().find(|item| item.path == wanted);
    found.ok_or_else(|| {
        let own = room.newsroom.problems.iter().find(|problem| problem.is_error() && problem.item() == Some(wanted));
        own.cloned().unwrap_or_else(|| Problem::general(Code::NothingThere).with("path", file.display()))
    })
}

/// The same, of one that is out: what is not yet need only be edited.
fn published<'a>(room: &'a Room<'_>, file: &Path) -> Result<&'a Item, Refused> {
    let item = item(room, file)?;
    let is_known = room.before.is_empty() || room.before.out(&item.id).is_some();
    if item.status.is_out() && is_known { Ok(item) } else { Err(Problem::new(Code::ActNotOut, &item.path)) }
}

/// What the ledger knows of a file, or an id.
fn line<'a>(room: &'a Room<'_>, named: &str) -> Result<&'a Line, Refused> {
    let named = named.replace('\\', "/");
    let folder = room.folder();
    let below = named.strip_prefix(folder.as_str()).unwrap_or(&named);
    let lines = room.before.lines.values().map(|line| &**line);
    let lines = lines.filter(|line| line.state != ledger::State::Forgotten);
    // Of two for one path always the same.
    let found = lines.filter(|line| line.path == below || line.id == named).min_by(|a, b| a.id.cmp(&b.id));
    found.ok_or_else(|| Problem::general(Code::NothingThere).with("path", named))
}

/// Now, as a person would write it by the newsroom's clocks; where that can be, later than what was announced
/// last, and apart from every other entry (DT-13). Never ahead of a build in this second, which would leave it
/// aside: that one tells an act of the second in which another was announced.
fn instant(room: &Room<'_>, item: &Item) -> String {
    let taken =
        |at: DateTime<Utc>| room.newsroom.items.iter().any(|other| other.updated == at || other.published == at);
    let second = TimeDelta::seconds(1);
    let first = item.updated + second;
    let mut at = room.now - TimeDelta::nanoseconds(i64::from(room.now.timestamp_subsec_nanos()));
    let now = at;
    while at >= first && taken(at) {
        at -= second;
    }
    if at < first {
        at = now;
    }
    let zone = room.config.zone_of(&item.path);
    let local = zone.local(at);
    match zone.instant(local.naive_local()) {
        crieur::zone::Wall::Once(_) => local.format("%Y-%m-%d %H:%M:%S").to_string(),
        // The clocks show this hour twice.
        _ => local.to_rfc3339(),
    }
}

/// Edits, reads again, and only then writes.
fn do_it(room: &Room<'_>, item: &Item, act: &Act, dry_run: bool, answer: &mut Answer) -> Result<(), Refused> {
    let unreadable = |reason: String| Problem::new(Code::FileUnreadable, &item.path).with("reason", reason);
    let source = &room.source;
    let entry = source.find(&item.path).ok_or_else(|| unreadable("not there any more".to_owned()))?;
    let file = source.read(entry).map_err(unreadable)?;
    let sidecar_path = format!("{}{SIDECAR}", item.path);
    let sidecar = source.find(&sidecar_path).map(|entry| source.read(entry)).transpose().map_err(unreadable)?;
    let beside = sidecar.as_ref().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let first = edit::edit(&file, beside.as_deref(), act);
    let wanted = first.lines.join(" ⏎ ");
    let aside = (!first.sidecar).then(|| edit::beside(beside.as_deref(), act));
    let good = |edited: &edit::Edited| {
        let path = if edited.sidecar { sidecar_path.as_str() } else { &item.path };
        let new = SourceFile { path: path.to_owned(), bytes: edited.text.clone().into_bytes() };
        let after = if edited.sidecar { (&file, Some(&new)) } else { (&new, sidecar.as_ref()) };
        edit::holds((&file, sidecar.as_ref()), after, act)
    };
    let Some(edited) = std::iter::once(first).chain(aside).find(good) else {
        return Err(Problem::new(Code::ActImpossible, &item.path).with("lines", wanted));
    };
    let path = if edited.sidecar { sidecar_path.as_str() } else { &item.path };
    let on_disk = match source.find(path).and_then(|entry| entry.spelt.clone()) {
        Some(spelt) => spelt,
        None => room.items.join(path),
    };
    if !dry_run {
        write(&on_disk, edited.text.as_bytes(), path)?;
    }
    if room.format == Format::Human && !room.options.quiet {
        answer.out(&format!("  {}{path}\n", room.folder()));
        for line in &edited.lines {
            answer.out(&format!("    + {line}\n"));
        }
    }
    Ok(())
}

/// Replaces a file whole.
pub fn write(path: &Path, bytes: &[u8], shown: &str) -> Result<(), Refused> {
    output::rewrite(path, bytes)
        .map_err(|error| Problem::general(Code::OutputFailed).with("path", shown).with("reason", error))
}
