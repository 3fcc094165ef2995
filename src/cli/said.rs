//! What is said of a newsroom that has been read: its state in a line, what is held, what is no item; and
//! what may be done with it.

use std::cell::RefCell;
use std::io::IsTerminal as _;

use chrono::{DateTime, Utc};
use crieur::changes::Kind;
use crieur::problem::{Blame, Code, Problem, SIDECAR};
use crieur::resolve::files;
use crieur::{Change, Item};

use super::{Answer, Room, read_text};
use crate::report::{Format, Reporter, visible};

impl Room<'_> {
    /// Why no act may be done here: there is no newsroom, or nobody knows what is out.
    pub(super) fn no_acts(&self) -> Vec<Problem> {
        if self.config.assumed.is_some() {
            return vec![Problem::general(Code::ConfigMissing).with("folder", &self.shown_items)];
        }
        let unknown = [
            Code::LedgerDamaged,
            Code::LedgerTwice,
            Code::LedgerUnreachable,
            Code::LedgerOlder,
            Code::AuthorityChanged,
        ];
        self.newsroom.problems.iter().filter(|problem| unknown.contains(&problem.code)).cloned().collect()
    }

    /// A warning where something is held and its file lies where everybody may read it (EM-05).
    pub(super) fn in_public(&self) -> Option<Problem> {
        const FORGES: [&str; 7] =
            ["github.com", "gitlab.com", "codeberg.org", "framagit.org", "bitbucket.org", "sr.ht", "gitea.com"];
        let held = self.newsroom.items.iter().filter(|item| !item.status.is_out()).count() + self.newsroom.unfinished;
        if held == 0 || self.config.assumed.is_some() {
            return None;
        }
        let config = self.root.ancestors().find_map(|folder| read_text(&folder.join(".git/config")).ok())?;
        let urls = config.lines().filter_map(|line| line.trim().strip_prefix("url")?.trim_start().strip_prefix('='));
        let host = |url: &str| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
            rest.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase()
        };
        let forge = urls.map(|url| host(url.trim())).find(|host| FORGES.contains(&host.as_str()))?;
        Some(Problem::general(Code::HeldInPublic).with("forge", forge))
    }

    /// What was assumed of a folder without a `crieur.toml`.
    pub(super) fn notice(&self) -> Option<String> {
        let assumed = self.config.assumed.as_ref()?;
        let read = assumed.read.as_deref().map(|file| self.locale.say("assumed-read", &[("file", file)]));
        let zone = if assumed.zone { self.locale.say("assumed-utc", &[]) } else { String::new() };
        Some(self.locale.say("assumed", &[("zone", &zone), ("read", &read.unwrap_or_default())]))
    }

    /// Whether a file was asked for.
    pub(super) fn is_wanted(&self, path: &str) -> bool {
        self.wanted.as_deref().is_none_or(|wanted| {
            wanted.is_empty() || path == wanted || path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether others may read what is said of problems: the logs of CI are public.
    pub(super) fn is_public(&self) -> bool {
        match self.format {
            Format::Human => !std::io::stderr().is_terminal(),
            Format::Json | Format::Github | Format::Markdown => !std::io::stdout().is_terminal(),
        }
    }

    pub(super) fn reporter(&self) -> Reporter<'_> {
        let items = self.newsroom.items.iter();
        Reporter {
            locale: self.locale,
            format: self.format,
            folder: &self.shown_items,
            source: Some(&self.source),
            config: Some(&self.config_text),
            newsroom: Some(&self.config),
            public: self.is_public(),
            file: RefCell::default(),
            today: self.config.zone.local(self.now).date_naive(),
            known: items.map(|item| (item.path.as_str(), item.status.is_out())).collect(),
        }
    }

    /// Whether what is good may be written.
    pub(super) fn may_go_on(&self) -> bool {
        self.may_be_shown() && !self.newsroom.problems.iter().any(|p| p.is_error() && p.code.blame() == Blame::Guard)
    }

    /// Whether what is good may be shown: what the guard refuses to write can be looked at.
    pub(super) fn may_be_shown(&self) -> bool {
        let blocks = |problem: &Problem| match problem.code.blame() {
            Blame::Guard => false,
            Blame::Item => {
                let asked = problem.item().is_none_or(|path| self.is_wanted(path));
                problem.is_error() && asked && !self.options.keep_going
            }
            Blame::Configuration | Blame::Machine => problem.is_error(),
        };
        !self.newsroom.problems.iter().any(blocks)
    }

    /// What one item did, in an officer's words; `shown` makes a title or a path fit where it is said.
    pub(super) fn change(&self, change: &Change, shown: impl Fn(&str) -> String) -> String {
        let (title, path) = (shown(&change.title), visible(&shown(&change.path)));
        let before = change.before.as_deref().map(|before| visible(&shown(before))).unwrap_or_default();
        let elsewhere = self.led_by_nothing(change).map(|url| visible(&shown(url))).unwrap_or_default();
        let arguments = [("title", title.as_str()), ("path", &path), ("before", &before), ("url", &elsewhere)];
        self.locale.say(&format!("change.{}", change.kind.name()), &arguments)
    }

    /// The address of a moved item where no page of ours at the old one leads there: on another host, above our
    /// folder, or where the pages are another site's.
    fn led_by_nothing(&self, change: &Change) -> Option<&str> {
        let before = change.before.as_deref().filter(|_| change.kind == Kind::Moved)?;
        let item = self.newsroom.items.iter().find(|item| item.id == change.id)?;
        let page = before.strip_prefix(self.config.url.as_str()).map(|below| match below {
            below if below.is_empty() || below.ends_with('/') => format!("{below}index.html"),
            below => below.to_owned(),
        });
        let leads = page.is_some_and(|page| item.was.iter().any(|was| *was == *page));
        (!leads).then_some(item.url.as_str())
    }

    /// What is not an item, and why, where more was asked for.
    pub(super) fn skipped(&self, answer: &mut Answer) {
        if !self.options.verbose || self.format == Format::Github {
            return;
        }
        let mut reporter = self.reporter();
        // The files of what is held are not for everybody.
        let held = self.newsroom.items.iter().filter(|item| !item.status.is_out());
        let sidecars: Vec<String> = held.clone().map(|item| format!("{}{SIDECAR}", item.path)).collect();
        reporter.known.extend(held.clone().flat_map(|item| item.references.iter().map(|path| (path.as_str(), false))));
        reporter.known.extend(sidecars.iter().map(|path| (path.as_str(), false)));
        let near = self.newsroom.skipped.iter().filter_map(|skipped| skipped.path.as_deref());
        let names: Vec<&str> = held.filter_map(|item| files::own_name(&item.path)).collect();
        let bears_one = |path: &&str| names.iter().any(|name| path.starts_with(name));
        reporter.known.extend(near.filter(bears_one).map(|path| (path, false)));
        for skipped in &self.newsroom.skipped {
            if skipped.path.as_deref().is_none_or(|path| self.is_wanted(path)) {
                let line = reporter.skipped(skipped);
                match self.format {
                    Format::Json => answer.out(&format!("{line}\n")),
                    _ => answer.err(&format!("  {line}\n")),
                }
            }
        }
    }

    /// The items folder as it is shown, with `/`.
    pub(super) fn folder(&self) -> String {
        format!("{}/", self.shown_items.trim_end_matches('/'))
    }

    /// Whether a problem says already that the folder holds no item.
    pub(super) fn nothing_read(&self) -> bool {
        self.newsroom.problems.iter().any(|problem| problem.code == Code::NothingRead)
    }

    /// `2 items in items/: 1 published, 1 held, 0 problems`.
    pub(super) fn summary(&self) -> String {
        let room = &self.newsroom;
        let published = room.published().count();
        let held = room.items.len() - published + room.unfinished;
        self.locale.say(
            "summary",
            &[
                ("items", &self.locale.count("items", room.count)),
                ("folder", &self.folder()),
                ("published", &self.locale.count("published", published)),
                ("held", &self.locale.count("held", held)),
                ("problems", &self.problem_counts()),
            ],
        )
    }

    /// The same for a run that wrote nothing.
    pub(super) fn failed_summary(&self) -> String {
        self.locale.say(
            "summary-failed",
            &[
                ("items", &self.locale.count("items", self.newsroom.count)),
                ("folder", &self.folder()),
                ("problems", &self.problem_counts()),
            ],
        )
    }

    pub(super) fn problem_counts(&self) -> String {
        let problems = &self.newsroom.problems;
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        let warnings = problems.len() - errors;
        let counts = [("errors", errors), ("warnings", warnings)];
        let shown: Vec<String> =
            counts.iter().filter(|(_, n)| *n > 0).map(|(key, n)| self.locale.count(key, *n)).collect();
        if shown.is_empty() { self.locale.count("problems", 0) } else { shown.join(", ") }
    }

    /// What is held: on a terminal each item, elsewhere (logs of CI are public) only when the
    /// next one is due.
    pub(super) fn held(&self, answer: &mut Answer) {
        let held: Vec<_> = self.newsroom.items.iter().filter(|item| !item.status.is_out()).collect();
        let when = |instant: DateTime<Utc>| self.locale.instant(self.config.zone.local(instant));
        let mut say = |line: String| answer.err(&format!("  {line}\n"));
        if std::io::stderr().is_terminal() {
            for item in &held {
                let (title, path) = (item.title.as_str(), visible(&item.path));
                say(match item.due {
                    Some(due) => self.locale.say("due", &[("title", title), ("path", &path), ("when", &when(due))]),
                    None => self.locale.say("draft", &[("title", title), ("path", &path)]),
                });
            }
            if let Some(item) = held.first() {
                let path = format!("{}{}", self.folder(), item.path);
                say(self.locale.say("look-at", &[("path", &path)]));
            }
        } else if let Some(next) = held.iter().filter_map(|item| item.due).min() {
            say(self.locale.say("next", &[("when", &when(next))]));
        }
        let today = self.config.zone.local(self.now);
        let waits = |item: &&&Item| item.due.is_some() && item.day == Some(today.date_naive());
        let waiting = held.iter().filter(waits).count();
        if waiting > 0 {
            let (day, hour) = (today.format("%Y-%m-%d").to_string(), today.format("%H:%M").to_string());
            let waiting = self.locale.count("waiting", waiting);
            say(self.locale.say("due-day", &[("waiting", &waiting), ("day", &day), ("hour", &hour)]));
        }
    }
}
