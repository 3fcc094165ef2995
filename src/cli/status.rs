//! `crieur status`: what is out, what is due, what is held and why, and what the next run would
//! change. It never fails because something is due.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use chrono::{DateTime, Utc};
use crieur::changes::{Change, Kind};
use crieur::render::rfc3339;
use crieur::{Item, Status};
use serde::Serialize;

use super::{Answer, Room};
use crate::report::{Format, visible};

/// The answer of `status --format json`: a contract, see `docs/show.md`.
#[derive(Serialize)]
struct Shown<'a> {
    now: String,
    next: Option<String>,
    published: usize,
    corrected: usize,
    withdrawn: usize,
    suspended: usize,
    expired: usize,
    due: Vec<Due<'a>>,
    overdue: Vec<Due<'a>>,
    drafts: usize,
    withheld: usize,
    changes: Vec<ShownChange<'a>>,
    errors: usize,
    warnings: usize,
}

/// An item that waits; without its name where others may read this.
#[derive(Serialize)]
struct Due<'a> {
    at: String,
    path: Option<&'a str>,
    title: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownChange<'a> {
    kind: &'a str,
    path: &'a str,
    title: &'a str,
    before: Option<&'a str>,
}

/// Says how things stand.
pub fn run(room: &Room<'_>, next_only: bool, answer: &mut Answer) {
    let next = room.newsroom.items.iter().filter_map(|item| item.due).min();
    if next_only {
        if let Some(next) = next {
            answer.out(&format!("{}\n", rfc3339(next)));
        }
        return;
    }
    let standing = Standing::of(room);
    let text = match room.format {
        Format::Json => standing.json(room, next),
        Format::Markdown => standing.told(room, true),
        Format::Human | Format::Github => standing.told(room, false),
    };
    answer.out(&text);
    if let Some(warning) = room.in_public() {
        answer.err(&format!("{}\n\n", room.reporter().problem(&warning)));
    }
}

struct Standing<'a> {
    items: &'a [Item],
    due: Vec<(DateTime<Utc>, &'a Item)>,
    overdue: Vec<&'a Item>,
    changes: Vec<&'a Change>,
    /// Whether others may read this: the logs of CI, the page of a pull request.
    public: bool,
}

impl<'a> Standing<'a> {
    fn of(room: &'a Room<'_>) -> Self {
        let items = room.newsroom.items.as_slice();
        let mut due: Vec<_> = items.iter().filter_map(|item| Some((item.due?, item))).collect();
        due.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
        let changes: Vec<&Change> = room.newsroom.changes.iter().collect();
        let new = |item: &&Item| changes.iter().any(|change| change.kind == Kind::New && change.id == item.id);
        // An hour that has passed since the last run; on a first run everything has.
        let overdue = items.iter().filter(|item| item.day.is_none() && item.status == Status::Published).filter(new);
        let overdue = if room.before.is_empty() { Vec::new() } else { overdue.collect() };
        let public = room.format != Format::Human || !std::io::stdout().is_terminal();
        Self { items, due, overdue, changes, public }
    }

    fn count(&self, status: Status) -> usize {
        self.items.iter().filter(|item| item.status == status).count()
    }

    fn corrected(&self) -> usize {
        let told = |item: &&Item| item.changes.iter().any(|change| change.kind.is_significant());
        self.items.iter().filter(|item| item.status == Status::Published).filter(told).count()
    }

    fn json(&self, room: &Room<'_>, next: Option<DateTime<Utc>>) -> String {
        let problems = &room.newsroom.problems;
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        let named = |at: DateTime<Utc>, item: &'a Item, hidden: bool| Due {
            at: rfc3339(at),
            path: (!hidden).then_some(item.path.as_str()),
            title: (!hidden).then_some(item.title.as_str()),
        };
        let shown = Shown {
            now: rfc3339(room.now),
            next: next.map(rfc3339),
            published: self.count(Status::Published),
            corrected: self.corrected(),
            withdrawn: self.count(Status::Withdrawn),
            suspended: self.count(Status::Suspended),
            expired: self.count(Status::Expired),
            due: self.due.iter().map(|(at, item)| named(*at, item, self.public)).collect(),
            overdue: self.overdue.iter().map(|item| named(item.published, item, false)).collect(),
            drafts: self.count(Status::Draft) + room.newsroom.unfinished,
            withheld: self.count(Status::Withheld),
            changes: (self.changes.iter())
                .map(|change| ShownChange {
                    kind: change.kind.name(),
                    path: &change.path,
                    title: &change.title,
                    before: change.before.as_deref(),
                })
                .collect(),
            errors,
            warnings: problems.len() - errors,
        };
        serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n"
    }

    /// In an officer's words; `markdown` for job summaries and pull requests.
    fn told(&self, room: &Room<'_>, markdown: bool) -> String {
        let locale = room.locale;
        let when = |at: DateTime<Utc>| locale.instant(room.config.zone.local(at));
        let shown = |text: &str| if markdown { escaped(text) } else { text.to_owned() };
        let mut sections: Vec<(String, Vec<String>)> = Vec::new();
        let counts = [
            ("status-published", self.count(Status::Published)),
            ("status-corrected", self.corrected()),
            ("status-withdrawn", self.count(Status::Withdrawn)),
            ("status-suspended", self.count(Status::Suspended)),
            ("status-expired", self.count(Status::Expired)),
        ];
        let counts = counts.iter().enumerate().filter(|(index, (_, count))| *index == 0 || *count > 0);
        sections.push((locale.say("status-live", &[]), counts.map(|(_, (key, n))| locale.count(key, *n)).collect()));
        let due = self.due.iter().map(|(at, item)| {
            let left = left(*at - room.now, room);
            if self.public {
                return locale.say("status-due-hidden", &[("when", &when(*at)), ("left", &left)]);
            }
            let (title, path) = (shown(item.title.as_str()), shown(&visible(&item.path)));
            let mut line =
                locale.say("status-due", &[("when", &when(*at)), ("left", &left), ("title", &title), ("path", &path)]);
            if item.day == Some(room.config.zone_of(&item.path).local(room.now).date_naive()) {
                let now = room.config.zone_of(&item.path).local(room.now).format("%Y-%m-%d %H:%M").to_string();
                line += &locale.say("status-now", &[("now", &now)]);
            }
            line
        });
        sections.push((locale.say("status-due-title", &[]), due.collect()));
        let overdue = self.overdue.iter().map(|item| {
            let (title, path) = (shown(item.title.as_str()), shown(&visible(&item.path)));
            locale.say("status-overdue", &[("when", &when(item.published)), ("title", &title), ("path", &path)])
        });
        sections.push((locale.say("status-overdue-title", &[]), overdue.collect()));
        sections.push((locale.say("status-held-title", &[]), self.held(room)));
        let changes = self.changes.iter().map(|change| room.change(change, shown));
        sections.push((locale.say("status-changes-title", &[]), changes.collect()));
        let errors = room.newsroom.problems.iter().any(crieur::Problem::is_error);
        let counts = room.problem_counts();
        let wrong = errors.then(|| locale.say("status-wrong", &[("problems", &counts)]));
        sections.push((locale.say("status-wrong-title", &[]), wrong.into_iter().collect()));
        let mut text = String::new();
        let title =
            locale.say("status-title", &[("title", &shown(room.config.title.as_str())), ("when", &when(room.now))]);
        let _ = writeln!(text, "{}{title}", if markdown { "## " } else { "" });
        for (title, lines) in sections.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            let _ = writeln!(text, "\n{}{title}", if markdown { "### " } else { "" });
            if markdown {
                text.push('\n');
            }
            for line in lines {
                let _ = writeln!(text, "{}{line}", if markdown { "- " } else { "  " });
            }
        }
        text
    }

    /// Drafts and what is withheld: how many, and on a terminal which.
    fn held(&self, room: &Room<'_>) -> Vec<String> {
        let locale = room.locale;
        let held: Vec<&Item> =
            self.items.iter().filter(|item| matches!(item.status, Status::Draft | Status::Withheld)).collect();
        if self.public {
            let counts = [
                ("status-drafts", self.count(Status::Draft) + room.newsroom.unfinished),
                ("status-withheld", self.count(Status::Withheld)),
            ];
            return counts.iter().filter(|(_, n)| *n > 0).map(|(key, n)| locale.count(key, *n)).collect();
        }
        let mut lines: Vec<String> = held
            .iter()
            .map(|item| {
                let status = locale.say(&format!("status.{}", item.status.name()), &[]);
                locale.say(
                    "status-held",
                    &[("status", &status), ("title", item.title.as_str()), ("path", &visible(&item.path))],
                )
            })
            .collect();
        if room.newsroom.unfinished > 0 {
            lines.push(locale.count("status-unfinished", room.newsroom.unfinished));
        }
        lines
    }
}

/// How long it is, in the two largest units that matter.
fn left(span: chrono::TimeDelta, room: &Room<'_>) -> String {
    let minutes = span.num_minutes().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let count = |key: &str, n: i64| room.locale.count(key, usize::try_from(n).unwrap_or_default());
    let parts: Vec<String> = match (days, hours) {
        (0, 0) => vec![count("minutes", minutes)],
        (0, _) => vec![count("hours", hours), count("minutes", minutes)],
        _ => vec![count("days", days), count("hours", hours)],
    };
    parts.join(" ")
}

/// A title in a list of Markdown is a title, whatever signs it has.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_[]<>|#~&@".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
