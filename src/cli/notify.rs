//! `crieur notify`: tells the hubs of the feeds that have changed and are live. `publish` ends with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use clap::Args;
use crieur::Config;
use crieur::deliver::notify::{self, Told};
use crieur::deliver::verify::Expected;
use crieur::kept::Shared;
use crieur::locale::Locale;
use crieur::output::{self, Known};
use crieur::problem::{Code, Problem};

use super::verify::{address, expect, settle};
use super::{Answer, Options, Piece, Setting, Surroundings, duration, place, report};
use crate::report::Format;

/// What `notify` asks for.
#[derive(Debug, Args)]
pub struct Notify {
    /// How long to wait until the feeds are live: `90s`, `10m`, `0`
    #[arg(long, default_value = "2m", value_parser = duration)]
    deadline: Duration,
}

/// Tells them.
pub fn run(asked: &Notify, options: &Options, surroundings: &Surroundings, format: Format, answer: &mut Answer) {
    let language = options.lang.as_deref().map(Locale::of_messages);
    let here = &surroundings.folder;
    let reporter = |locale| super::verify::reporter(locale, format, surroundings);
    let fallback = language.unwrap_or(Locale::of_messages("fr"));
    let setting = match place::find(options, None, here) {
        Ok(place::Found::Newsroom(root)) => Setting::of_newsroom(root, options, here, language),
        Ok(place::Found::Folder(_)) => return,
        Err(problem) => return report(&[problem], &reporter(fallback), answer),
    };
    let setting = match setting {
        Ok(setting) => setting,
        Err(failure) => return report(&failure.problems, &failure.reporter(format, surroundings), answer),
    };
    let locale = language.unwrap_or(Locale::of_messages(&setting.config.language));
    let out = setting.out(options, here);
    let Some(built) = output::manifest(&out) else {
        let path = out.join(output::MANIFEST);
        let problem = Problem::general(Code::OutputFailed).with("path", path.display()).with("reason", "crieur build");
        return report(&[problem], &reporter(locale), answer);
    };
    let say = |line: String| {
        if format != Format::Json && !options.quiet {
            (surroundings.print)(&[Piece::Out(format!("  {line}\n"))]);
        }
    };
    let round = Round {
        config: &setting.config,
        root: &setting.root,
        files: &built.files,
        changed: None,
        deadline: asked.deadline,
        locale,
    };
    report(&round.tell(&say), &reporter(locale), answer);
}

/// What is to be told.
pub struct Round<'a> {
    /// Whose feeds, and which hubs.
    pub config: &'a Config,
    /// Where it is remembered what was told.
    pub root: &'a Path,
    /// What was built.
    pub files: &'a BTreeMap<Shared, Known>,
    /// What has changed just now, where that is known: of a feed of which no hub was told yet, only that.
    pub changed: Option<BTreeSet<&'a str>>,
    /// How long to wait until the feeds are live.
    pub deadline: Duration,
    /// Of messages.
    pub locale: &'static Locale,
}

impl Round<'_> {
    /// Tells each hub of each feed that has changed; what could not be told is a warning.
    pub fn tell(&self, say: &dyn Fn(String)) -> Vec<Problem> {
        let hubs = &self.config.hubs;
        if hubs.is_empty() {
            if self.changed.is_none() {
                say(self.locale.say("notify-no-hubs", &[]));
            }
            return Vec::new();
        }
        let mut told = Told::read(self.root);
        let topics: Vec<Expected> = self.topics(&told);
        if topics.is_empty() {
            say(self.locale.say("notify-nothing", &[]));
            return Vec::new();
        }
        let not_live = settle(&topics, self.deadline, self.locale, say);
        let is_live = |topic: &Expected| !not_live.iter().any(|problem| problem.argument("url") == Some(&topic.url));
        let mut problems = Vec::new();
        for hub in hubs {
            let mut count = 0;
            for topic in &topics {
                if told.of(hub, &topic.url) == Some(&topic.digest) {
                    continue;
                }
                told.owes(hub, &topic.url);
                if !is_live(topic) {
                    let problem = Problem::general(Code::HubWaits).with("hub", hub).with("url", &topic.url);
                    problems.push(problem);
                } else if let Some(problem) = notify::tell(hub, &topic.url) {
                    problems.push(problem);
                } else {
                    told.knows(hub, &topic.url, &topic.digest);
                    count += 1;
                }
            }
            if count > 0 {
                say(self
                    .locale
                    .say("notify-told", &[("hub", hub), ("feeds", &self.locale.count("notify-feeds", count))]));
            }
        }
        if let Err(error) = told.write(self.root) {
            problems.push(Problem::general(Code::HubForgets).with("path", notify::FILE).with("reason", error));
        }
        problems
    }

    /// The feeds that one hub at least does not know as they are.
    fn topics(&self, told: &Told) -> Vec<Expected> {
        let is_feed = |path: &str| {
            self.config.formats.iter().any(|format| path.rsplit('/').next() == Some(format.file()))
                && !self.config.aliases.iter().any(|alias| alias.path == path)
        };
        let feeds = self.files.iter().filter(|(path, _)| is_feed(path));
        let feeds = feeds.map(|(path, known)| (path.as_str(), expect(&address(&self.config.url, path), known)));
        let is_new = |path: &str, topic: &Expected| {
            self.config.hubs.iter().any(|hub| match (told.of(hub, &topic.url), &self.changed) {
                (Some(known), _) => known != topic.digest,
                (None, Some(changed)) => changed.contains(path),
                (None, None) => true,
            })
        };
        feeds.filter(|(path, topic)| is_new(path, topic)).map(|(_, topic)| topic).collect()
    }
}
