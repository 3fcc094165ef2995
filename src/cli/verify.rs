//! `crieur verify`: what is live. Of a newsroom, whether it is what was built; of any feed, what its readers
//! would meet and what to change on which host.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use clap::Args;
use crieur::deliver::verify::{self, Expected};
use crieur::kept::Shared;
use crieur::locale::Locale;
use crieur::output::{self, Known};
use crieur::problem::{Code, Problem, Severity};
use crieur::{Config, Format as FeedFormat};
use serde::Serialize;
use url::Url;

use super::place::{self, Found};
use super::{Answer, Options, Piece, Setting, Surroundings, duration, report};
use crate::report::{Format, Reporter};

/// So many files are looked at unless all are asked for.
const MOST: usize = 200;

/// What `verify` asks for.
#[derive(Debug, Args)]
pub struct Verify {
    /// The address of any feed, or of a newsroom's output [default: the key `url`]
    url: Option<String>,
    /// How long to wait until it is live: `90s`, `10m`, `0`
    #[arg(long, default_value = "2m", value_parser = duration)]
    deadline: Duration,
    /// Every file, not only feeds and what they lead to
    #[arg(long)]
    all: bool,
}

/// The answer about one feed in `--format json`, after the lines of its problems.
#[derive(Serialize)]
struct Shown<'a> {
    url: &'a str,
    kind: &'a str,
    entries: usize,
    own: Option<&'a str>,
    hubs: &'a [String],
    findings: usize,
}

/// Looks at what is live.
pub fn run(asked: &Verify, options: &Options, surroundings: &Surroundings, format: Format, answer: &mut Answer) {
    let language = options.lang.as_deref().map(Locale::of_messages);
    let here = &surroundings.folder;
    let newsroom = match place::find(options, None, here) {
        Ok(Found::Newsroom(root)) => match Setting::of_newsroom(root, options, here, language) {
            Ok(setting) => Some(setting),
            Err(failure) if asked.url.is_none() => {
                return report(&failure.problems, &failure.reporter(format, surroundings), answer);
            }
            Err(_) => None,
        },
        Ok(Found::Folder(_)) => None,
        Err(problem) if asked.url.is_none() => {
            return report(
                &[problem],
                &reporter(language.unwrap_or(Locale::of_messages("fr")), format, surroundings),
                answer,
            );
        }
        Err(_) => None,
    };
    let own = newsroom.as_ref().map(|setting| setting.config.language.as_str());
    let locale = language.unwrap_or(Locale::of_messages(own.unwrap_or("fr")));
    let reporter = reporter(locale, format, surroundings);
    let say = |line: String| {
        if format != Format::Json && !options.quiet {
            (surroundings.print)(&[Piece::Out(format!("  {line}\n"))]);
        }
    };
    let wanted = match site(asked, newsroom.as_ref(), options, here) {
        Ok(wanted) => wanted,
        Err(problem) => return report(&[problem], &reporter, answer),
    };
    let mut problems = Vec::new();
    let feeds = match &wanted {
        Wanted::Feed(url, expected) => vec![(url.clone(), expected.clone())],
        Wanted::Site { base, files, feeds, of } => {
            problems = settle(files, asked.deadline, locale, &say);
            let count = locale.count("verify-files", files.len());
            if problems.is_empty() {
                say(locale.say("verify-live", &[("files", &count), ("url", base)]));
            }
            if *of > files.len() {
                say(locale.say("verify-some", &[("files", &count), ("of", &of.to_string())]));
            }
            // What is not there yet is not examined.
            let live = |feed: &&Expected| !problems.iter().any(|problem| problem.argument("url") == Some(&feed.url));
            feeds.iter().filter(live).map(|feed| (feed.url.clone(), Some(feed.clone()))).collect()
        }
    };
    for (url, expected) in feeds {
        let (seen, found) = verify::examine(&url, expected.as_ref());
        if format == Format::Json {
            let (own, findings) = (seen.own.as_deref(), found.len());
            let shown = Shown { url: &url, kind: seen.kind, entries: seen.entries, own, hubs: &seen.hubs, findings };
            answer.out(&format!("{}\n", serde_json::to_string(&shown).unwrap_or_default()));
        } else if !seen.kind.is_empty() {
            let entries = locale.count("entries", seen.entries);
            say(locale.say("verify-feed", &[("url", &url), ("kind", seen.kind), ("entries", &entries)]));
        }
        problems.extend(found);
    }
    if problems.is_empty() {
        say(locale.say("verify-well", &[]));
    }
    if options.strict {
        problems.iter_mut().for_each(|problem| problem.severity = Severity::Error);
    }
    report(&problems, &reporter, answer);
}

/// Waits until files are live, and says so.
pub fn settle(files: &[Expected], deadline: Duration, locale: &Locale, say: &dyn Fn(String)) -> Vec<Problem> {
    verify::settle(files, deadline, |left| {
        say(locale.say("verify-waiting", &[("files", &locale.count("verify-files", left))]));
    })
}

enum Wanted {
    /// Any feed; where it is one of ours, what it is to be.
    Feed(String, Option<Expected>),
    /// A newsroom's output.
    Site { base: String, files: Vec<Expected>, feeds: Vec<Expected>, of: usize },
}

fn site(asked: &Verify, newsroom: Option<&Setting>, options: &Options, here: &Path) -> Result<Wanted, Problem> {
    let wrong = |value: &str| {
        let problem = Problem::general(Code::OptionValue).with("option", "URL").with("value", value);
        problem.with("expected", "`https://www.example.org/feed.atom`")
    };
    let url = asked.url.as_ref().map(|text| match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.password().is_none() => Ok(url),
        _ => Err(wrong(text.split('@').next_back().unwrap_or_default())),
    });
    let url = url.transpose()?;
    let Some(setting) = newsroom else {
        return url.map(|url| Wanted::Feed(url.into(), None)).ok_or_else(|| wrong(""));
    };
    let out = setting.out(options, here);
    let files = output::manifest(&out).unwrap_or_default().files;
    let base = match &url {
        // One file, ours or not.
        Some(url) if !url.path().ends_with('/') => {
            let known = url.as_str().strip_prefix(setting.config.url.as_str()).and_then(|path| files.get(path));
            let expected = known.map(|known| expect(url.as_str(), known));
            return Ok(Wanted::Feed(url.to_string(), expected));
        }
        Some(url) => url.clone(),
        None => setting.config.url.clone(),
    };
    if files.is_empty() {
        let path = out.join(output::MANIFEST);
        return Err(Problem::general(Code::OutputFailed).with("path", path.display()).with("reason", "crieur build"));
    }
    let all: Vec<(&Shared, &Known)> = files.iter().filter(|(path, _)| is_served(path)).collect();
    let chosen = chosen(&setting.config, &out, &files, &BTreeSet::new(), asked.all);
    Ok(Wanted::Site {
        files: chosen.iter().map(|(path, known)| expect(&address(&base, path), known)).collect(),
        feeds: main_feeds(&setting.config, &files, &base),
        base: base.into(),
        of: all.len(),
    })
}

/// The feeds of everything, which most subscribers have.
pub fn main_feeds(config: &Config, files: &BTreeMap<Shared, Known>, base: &Url) -> Vec<Expected> {
    let feeds = config.formats.iter().filter_map(|format| files.get_key_value(format.file()));
    feeds.map(|(path, known)| expect(&address(base, path), known)).collect()
}

/// What is looked at: feeds, what changed, and what the main feeds lead to; feeds come first.
pub fn chosen<'a>(
    config: &Config,
    out: &Path,
    files: &'a BTreeMap<Shared, Known>,
    changed: &BTreeSet<&str>,
    all: bool,
) -> Vec<(&'a str, &'a Known)> {
    let texts: Vec<String> =
        config.formats.iter().filter_map(|format| super::read_text(&out.join(format.file())).ok()).collect();
    let rank = |path: &str| {
        let is_feed = FeedFormat::ALL.iter().any(|format| path.rsplit('/').next() == Some(format.file()));
        let is_led_to = || {
            let url = address(&config.url, path);
            texts.iter().any(|text| text.contains(&url))
        };
        match () {
            () if is_feed || config.aliases.iter().any(|alias| alias.path == path) => 0,
            () if changed.contains(path) => 1,
            () if is_led_to() => 2,
            () => 3,
        }
    };
    let mut ranked: Vec<(usize, &str, &Known)> = files
        .iter()
        .filter(|(path, _)| is_served(path))
        .map(|(path, known)| (rank(path), path.as_str(), known))
        .collect();
    ranked.sort_by_key(|(rank, path, _)| (*rank, *path));
    let wanted = |(rank, ..): &(usize, &str, &Known)| all || *rank < 3;
    let most = if all { usize::MAX } else { MOST };
    ranked.into_iter().filter(wanted).take(most).map(|(_, path, known)| (path, known)).collect()
}

/// Whether a server is to give it: what hosts read, they keep to themselves.
fn is_served(path: &str) -> bool {
    !path.rsplit('/').next().is_some_and(|name| name.starts_with('.')) && path != "_headers" && path != "404.html"
}

/// Where a file of the output is seen.
pub fn address(base: &Url, path: &str) -> String {
    let path = path.strip_suffix("index.html").filter(|path| path.is_empty() || path.ends_with('/')).unwrap_or(path);
    base.join(path).map_or_else(|_| format!("{base}{path}"), String::from)
}

pub fn expect(url: &str, known: &Known) -> Expected {
    Expected { url: url.to_owned(), digest: known.digest.to_string(), size: known.size }
}

pub fn reporter<'a>(locale: &'static Locale, format: Format, surroundings: &Surroundings) -> Reporter<'a> {
    Reporter {
        locale,
        format,
        folder: "",
        source: None,
        config: None,
        newsroom: None,
        public: false,
        file: RefCell::default(),
        today: surroundings.clock.date_naive(),
        known: HashMap::new(),
    }
}
