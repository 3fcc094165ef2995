//! A run in which nothing has changed: what the last one said is said again, and nothing is read.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use crieur::cache::{Found, Memo, Sight};
use crieur::output;
use crieur::problem::Code;
use crieur::render::FINGERPRINT;

use super::{Answer, Options, Piece, Room, Setting, Surroundings, build, now, place};
use crate::report::Format;

/// What a run is about to read, looked at from outside before it does.
pub struct Look {
    root: PathBuf,
    out: PathBuf,
    read: String,
    settled: bool,
    now: DateTime<Utc>,
    day: NaiveDate,
    last: Found,
}

impl Look {
    /// `None` where the answer depends on more than files that lie here, or nothing can be read at all.
    pub fn take(options: &Options, asked: &build::Build, surroundings: &Surroundings, format: Format) -> Option<Self> {
        if asked.only.is_some() || options.live_ledger {
            return None;
        }
        let here = &surroundings.folder;
        let place::Found::Newsroom(root) = place::find(options, None, here).ok()? else { return None };
        let setting = Setting::of_newsroom(root, options, here, None).ok()?;
        let out = setting.out(options, here);
        let Setting { root, config, text, items } = setting;
        if config.ledger.from.is_some() || config.dates_from_git {
            return None;
        }
        let now = now(options, surroundings).ok()?;
        let mut sight = Sight::default();
        let asked = Options { now: None, wait: Duration::ZERO, ..options.clone() };
        let terminals = [std::io::stdout().is_terminal(), std::io::stderr().is_terminal()];
        let features = [cfg!(feature = "office"), cfg!(feature = "pdf")];
        sight.text(&format!("{FINGERPRINT} {asked:?} {format:?} {terminals:?} {features:?} {here:?} {out:?}"));
        sight.text(&text);
        for name in [crieur::config::FILE, crieur::ledger::FILE] {
            sight.file(&root.join(name), name);
        }
        let theme = config.theme_folder.clone().unwrap_or_else(|| crieur::config::theme::FOLDER.to_owned());
        let people = config.places_of_people().into_iter().map(str::to_owned);
        let kept = root.join(crieur::lock::FOLDER);
        for beside in people.chain(config.legal.files.values().cloned()).chain([theme]) {
            sight.file(&root.join(&beside), &beside);
            sight.folder(&root.join(&beside), &[&kept, &out]);
        }
        sight.folder(&items, &[&kept, &out]);
        // It says where everybody may read what is held.
        for folder in root.ancestors() {
            sight.file(&folder.join(".git/config"), "");
        }
        let settled = sight.is_settled((surroundings.ask_clock)().into());
        let day = config.zone.local(now).date_naive();
        Some(Self { last: Memo::last(&root), read: sight.digest(), settled, now, day, root, out })
    }

    /// What the last run said, where this one would find the same.
    pub fn answer(&self) -> Option<Answer> {
        let Found::Memo(memo) = &self.last else { return None };
        // Another run is at work, or was killed and left things lying that are to be swept away.
        if crieur::lock::is_marked(&self.root) {
            return None;
        }
        let holds = memo.read == self.read && memo.day == self.day && memo.after <= self.now;
        if !holds
            || memo.until.is_some_and(|until| until <= self.now)
            || memo.output != self.sight(&memo.files).digest()
        {
            return None;
        }
        let piece =
            |(err, text): &(bool, String)| if *err { Piece::Err(text.clone()) } else { Piece::Out(text.clone()) };
        Some(Answer { pieces: memo.said.iter().map(piece).collect(), code: 0 })
    }

    /// Keeps what this run said where it found the output as it is to be, and forgets what the last one
    /// said where it is not so any more.
    pub fn remember(&self, room: &Room<'_>, built: build::Built, answer: &mut Answer, surroundings: &Surroundings) {
        match (built, &self.last) {
            // Somebody may want to know of their disk.
            (_, Found::Damaged) => {
                Memo::forget(&self.root);
                if !room.options.quiet {
                    answer.err(&format!("  {}\n", super::damaged(room.locale, crieur::cache::FILE)));
                }
            }
            (build::Built::Unchanged(files), _) => self.keep(room, files, answer, surroundings),
            (_, Found::Nothing) => {}
            _ => Memo::forget(&self.root),
        }
    }

    /// Files of ours in the output.
    fn sight(&self, files: &[String]) -> Sight {
        let mut sight = Sight::default();
        sight.file(&self.out.join(output::MANIFEST), output::MANIFEST);
        for file in files {
            sight.file(&self.out.join(file), file);
        }
        sight
    }

    /// Keeps what a run said that changed nothing; `files` is what it would have written.
    fn keep(&self, room: &Room<'_>, files: Vec<String>, answer: &Answer, surroundings: &Surroundings) {
        let Some(until) = until(room).filter(|_| self.settled && answer.code == 0) else { return };
        let sight = self.sight(&files);
        let memo = Memo {
            read: self.read.clone(),
            output: sight.digest(),
            after: room.now,
            until,
            day: room.config.zone.local(room.now).date_naive(),
            said: answer.pieces.iter().map(said).collect(),
            files,
        };
        let settled = sight.is_settled((surroundings.ask_clock)().into());
        if settled && !matches!(&self.last, Found::Memo(last) if *last == memo) {
            memo.keep(&self.root);
        }
    }
}

fn said(piece: &Piece) -> (bool, String) {
    match piece {
        Piece::Err(text) => (true, text.clone()),
        Piece::Out(text) => (false, text.clone()),
    }
}

/// The next instant at which the same files mean something else, if there is one; `None` where the
/// clock is in the answer itself.
fn until(room: &Room<'_>) -> Option<Option<DateTime<Utc>>> {
    // It is news at the end of the second day, and no longer.
    const NEWS: TimeDelta = TimeDelta::nanoseconds(48 * 3_600_000_000_000 + 1);
    // What is held is named on a terminal: that stays there.
    let held = room.newsroom.unfinished > 0 || room.newsroom.items.iter().any(|item| !item.status.is_out());
    if held && std::io::stderr().is_terminal() {
        return None;
    }
    let today = room.config.zone.local(room.now).date_naive();
    let items = &room.newsroom.items;
    // Acts and corrections that lie ahead are taken out of items; one that waits for its hour today is
    // told how late it is.
    let ahead = |item: &crieur::Item| item.acts != item.changes.len() || item.due.is_some() && item.day == Some(today);
    if items.iter().any(ahead) || room.newsroom.problems.iter().any(|p| p.code == Code::UpdatedTooLate) {
        return None;
    }
    let instants = items.iter().flat_map(|item| {
        let expires = item.expires.as_ref().map(|expires| expires.instant());
        [Some(item.published), Some(item.updated), Some(item.published + NEWS), item.due, expires]
    });
    Some(instants.flatten().filter(|instant| *instant > room.now).min())
}
