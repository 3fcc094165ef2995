//! `crieur import`: another tool's feed or export → items. The edge of `src/import/`: it fetches or
//! reads the feed, looks what lies in the folder, writes what is new, and reads that back. With
//! `--ids-only` it is an act on the ledger: `ids.rs`.

#![expect(clippy::disallowed_methods, reason = "the feed is read and the items are written here")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;
use crieur::config::foreign::Foreign;
use crieur::import::{self, Feed, Known, LARGEST, Plan};
use crieur::locale::Locale;
use crieur::problem::{Blame, Code, Problem, Severity};
use crieur::{Config, Ledger, source};
use serde::Serialize;
use url::Url;

use super::place::{self, normal};
use super::{Answer, Failure, Options, Setting, Surroundings, declare, read_text, report, shown};
use crate::report::{Format, Reporter};

/// What `import` asks for.
#[derive(Debug, Args)]
pub struct Import {
    /// A file or an address: Atom, RSS, RDF, JSON Feed, or an export of WordPress
    pub feed: String,
    /// The folder to write to [default: the items folder of the newsroom, or items/]
    folder: Option<PathBuf>,
    /// Of an export of WordPress: take the texts of this type instead of posts; may be given again
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "ids_only")]
    types: Vec<String>,
    /// Write no item: give the items that are there the identities and instants of the feed
    #[arg(long, conflicts_with = "folder")]
    pub ids_only: bool,
    /// Say what would be written, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// An entry in `--format json`.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a str,
    state: &'a str,
    id: Option<&'a str>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    published: Option<String>,
    draft: bool,
}

/// Where to write: a folder, and what paths below the items folder begin with there.
struct Target {
    folder: PathBuf,
    prefix: String,
    /// Of which people see it.
    shown: String,
}

/// Imports.
pub fn run(import: &Import, options: &Options, surroundings: &Surroundings, format: Format, answer: &mut Answer) {
    let asked = options.lang.as_deref().map(Locale::of_messages);
    let (root, config) = match newsroom(options, &surroundings.folder, asked) {
        Ok(found) => found,
        Err(failure) => {
            let reporter = reporter(failure.locale, format, "", failure.config.as_deref(), None, surroundings);
            report(&failure.problems, &reporter, answer);
            return;
        }
    };
    let locale = asked.unwrap_or_else(|| match &config.assumed {
        Some(_) => Locale::of_messages("fr"),
        None => Locale::of_messages(&config.language),
    });
    let target = target(import, options, root.as_deref(), &config, &surroundings.folder);
    let items = target.shown.clone();
    let reporter = reporter(locale, format, &items, None, Some(&config), surroundings);
    // One that cannot be read is the next build's to refuse.
    let ledger = root.as_deref().and_then(|root| read_text(&root.join(crieur::ledger::FILE)).ok());
    let ledger = ledger.and_then(|text| Ledger::parse(&text).ok()).unwrap_or_default();
    let mut done = match work(import, &config, &target, &ledger, surroundings) {
        Ok(done) => done,
        Err(problem) => return report(&[problem], &reporter, answer),
    };
    if options.strict {
        done.plan.problems.iter_mut().for_each(|problem| problem.severity = Severity::Error);
    }
    let stops = |problem: &Problem| problem.is_error() && problem.code.blame() != Blame::Item;
    crieur::sort(&mut done.plan.problems);
    // Whoever imports may read all of it.
    done.plan.problems = crieur::problem::fold::fold(std::mem::take(&mut done.plan.problems), &|_| true);
    report(&done.plan.problems, &reporter, answer);
    if answer.code == 0 && done.feed.entries.is_empty() && !done.feed.left_out.is_empty() {
        // Whoever relied on it would think that all is there.
        answer.code = 1;
    }
    match format {
        Format::Json => json(&done, import, answer),
        _ if options.quiet || done.plan.problems.iter().any(stops) => {}
        _ => say(&done, import, options, locale, &target, surroundings.clock, answer),
    }
}

/// What was found and done.
struct Done {
    feed: Feed,
    plan: Plan,
}

fn work(
    import: &Import,
    config: &Config,
    target: &Target,
    ledger: &Ledger,
    surroundings: &Surroundings,
) -> Result<Done, Problem> {
    let here = &surroundings.folder;
    let (bytes, name, base) = fetch(&import.feed, here)?;
    let (feed, problems) = import::read(&bytes, &name, base.as_ref(), &import.types)?;
    let mut known = known(config, target)?;
    known.remember(ledger);
    let mut plan = import::plan(&feed, &name, &known, &target.prefix, config);
    plan.problems.splice(0..0, problems);
    if !import.dry_run {
        let failed = write(&plan, target);
        plan.problems.extend(failed);
    }
    Ok(Done { feed, plan })
}

/// The newsroom of the current folder, where there is one.
fn newsroom(
    options: &Options,
    here: &Path,
    asked: Option<&'static Locale>,
) -> Result<(Option<PathBuf>, Config), Failure> {
    let root = match place::find(options, None, here) {
        Ok(place::Found::Newsroom(root)) => root,
        // Whoever moves may import first and write a `crieur.toml` afterwards.
        Ok(place::Found::Folder(_)) | Err(_) => return Ok((None, Foreign::config(None, ""))),
    };
    let mut setting = Setting::of_newsroom(root, options, here, asked)?;
    let locale = asked.unwrap_or_else(|| Locale::of_messages(&setting.config.language));
    declare(&mut setting.config, &setting.root).map_err(|problem| Failure {
        locale,
        problems: vec![problem],
        config: Some(setting.text.clone()),
    })?;
    Ok((Some(setting.root), setting.config))
}

fn target(import: &Import, options: &Options, root: Option<&Path>, config: &Config, here: &Path) -> Target {
    let own = root.map_or_else(|| here.join("items"), |root| root.join(&config.items));
    let items = normal(&options.items.as_ref().map_or(own, |items| here.join(items)));
    let asked = import.folder.as_ref().or(options.out.as_ref()).map(|folder| normal(&here.join(folder)));
    let asked = asked.unwrap_or_else(|| items.clone());
    // In a folder below the items folder, paths are still meant from the items folder.
    let (folder, prefix) = match asked.strip_prefix(&items) {
        Ok(below) => {
            let parts: Vec<_> =
                below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            let prefix = parts.join("/");
            (items, if prefix.is_empty() { prefix } else { format!("{prefix}/") })
        }
        Err(_) => (asked, String::new()),
    };
    Target { shown: shown(&folder, here), folder, prefix }
}

/// The bytes of the feed, what messages call it, and what its relative addresses are meant from.
pub fn fetch(feed: &str, here: &Path) -> Result<(Vec<u8>, String, Option<Url>), Problem> {
    // What is not below the items folder says so.
    let name = format!("./{}", feed.trim_start_matches("./"));
    let unreachable =
        |reason: String| Problem::general(Code::FeedUnreachable).with("feed", feed).with("reason", reason);
    let scheme = feed.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("http" | "https")) {
        let bytes = get(feed).map_err(unreachable)?.ok_or_else(|| unreachable("HTTP 404".to_owned()))?;
        return Ok((bytes, name, Url::parse(feed).ok()));
    }
    let unreadable = |error: std::io::Error| unreachable(error.to_string());
    let path = here.join(feed);
    let file = File::open(&path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreachable(format!("> {} MiB", LARGEST >> 20)));
    }
    Ok((bytes, name, None))
}

#[cfg(feature = "fetch")]
fn get(url: &str) -> Result<Option<Vec<u8>>, String> {
    crieur::fetch::get(url, LARGEST)
}

#[cfg(not(feature = "fetch"))]
fn get(_: &str) -> Result<Option<Vec<u8>>, String> {
    Err("built without `fetch`".to_owned())
}

/// What lies in the folder already.
fn known(config: &Config, target: &Target) -> Result<Known, Problem> {
    if !target.folder.exists() {
        return Ok(Known::default());
    }
    let nowhere = PathBuf::new();
    let wanted = source::Wanted {
        folder: &target.folder,
        shown: &target.shown,
        out: &nowhere,
        exclude: &[],
        people: &[],
        clock: None,
    };
    let (source, _) = source::open(&wanted)?;
    Ok(import::known(&source, config))
}

/// Writes the files that are not there, and reads each of them again.
fn write(plan: &Plan, target: &Target) -> Vec<Problem> {
    let mut failed = Vec::new();
    for file in &plan.files {
        let path = target.folder.join(&file.path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            // Never over what somebody has.
            let mut new = File::options().write(true).create_new(true).open(&path)?;
            new.write_all(file.text.as_bytes())?;
            if fs::read(&path)? == file.text.as_bytes() {
                return Ok(());
            }
            Err(std::io::Error::other("the disk holds something else than was written"))
        });
        if let Err(error) = written {
            failed.push(Problem::general(Code::OutputFailed).with("path", path.display()).with("reason", error));
            break;
        }
    }
    failed
}

fn json(done: &Done, import: &Import, answer: &mut Answer) {
    let state = if import.dry_run { "new" } else { "written" };
    let files = done.plan.files.iter().map(|file| (file.entry, file.path.as_str(), state));
    let there = done.plan.there.iter().map(|(entry, path)| (*entry, path.as_str(), "there"));
    let mut rows: Vec<_> = files.chain(there).collect();
    rows.sort_by_key(|(entry, ..)| *entry);
    let held = |entry: usize| done.plan.files.iter().any(|file| file.entry == entry && file.held);
    for (index, path, state) in rows {
        let Some(entry) = done.feed.entries.get(index) else { continue };
        let line = Shown {
            path,
            state,
            id: entry.id.as_deref(),
            url: entry.link.as_deref(),
            title: entry.title.as_ref().map(|title| title.as_str()),
            published: entry.published.map(|when| match when {
                import::When::Instant(instant) => crieur::render::rfc3339(instant.to_utc()),
                import::When::Day(day) => day.to_string(),
            }),
            draft: entry.draft || held(index),
        };
        answer.out(&format!("{}\n", serde_json::to_string(&line).unwrap_or_default()));
    }
}

fn say(
    done: &Done,
    import: &Import,
    options: &Options,
    locale: &Locale,
    target: &Target,
    clock: DateTime<Utc>,
    answer: &mut Answer,
) {
    let Done { feed, plan } = done;
    let mut out = |line: String| answer.out(&format!("  {line}\n"));
    let title = feed.title.as_ref().map_or("", |title| title.as_str());
    let entries = locale.count("import-entries", feed.entries.len());
    out(locale.say("import-read", &[("kind", &feed.kind), ("title", title), ("entries", &entries)]));
    let written = if import.dry_run { "import-new" } else { "import-written" };
    let mut counts = vec![locale.count(written, plan.files.len())];
    let drafts =
        plan.files.iter().filter(|file| file.held || feed.entries.get(file.entry).is_some_and(|entry| entry.draft));
    for (key, count) in [("import-drafts", drafts.count()), ("import-there", plan.there.len())] {
        if count > 0 {
            counts.push(locale.count(key, count));
        }
    }
    let folder = format!("{}/{}", target.shown.trim_end_matches('/'), target.prefix);
    out(locale.say("import-done", &[("folder", &folder), ("counts", &counts.join(", "))]));
    if !feed.left_out.is_empty() {
        let kinds: Vec<String> = feed.left_out.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        out(locale.say("import-left-out", &[("kinds", &kinds.join(", "))]));
    }
    if feed.entries.is_empty() && !feed.left_out.is_empty() {
        // What WordPress keeps for itself is no text.
        let own = |kind: &&String| !kind.starts_with("wp_") && !matches!(kind.as_str(), "attachment" | "nav_menu_item");
        let kind = feed.left_out.keys().find(own).map_or("TYPE", String::as_str);
        out(locale.say("import-nothing", &[("feed", &import.feed), ("kind", kind)]));
    }
    let all = import.dry_run || options.verbose;
    // The names of files are made of titles: off a terminal, those of what is held are not said.
    let discreet = !std::io::stderr().is_terminal();
    let held = |file: &import::Planned| {
        let Some(entry) = feed.entries.get(file.entry) else { return false };
        let later = entry.published.is_some_and(|when| when.day() > clock.date_naive());
        discreet && (entry.draft || later)
    };
    let named: Vec<&import::Planned> = plan.files.iter().filter(|file| !held(file)).collect();
    let most = if all { usize::MAX } else { 4 };
    for file in named.iter().take(most) {
        out(format!("{}/{}", target.shown.trim_end_matches('/'), file.path));
    }
    if plan.files.len() > named.len().min(most) {
        out(locale.count("more", plan.files.len() - named.len().min(most)));
    }
    if options.verbose {
        for (_, path) in &plan.there {
            let path = format!("{}/{path}", target.shown.trim_end_matches('/'));
            out(locale.say("import-there-already", &[("path", &path)]));
        }
    }
    if !import.dry_run && !plan.files.is_empty() {
        out(locale.say("import-next", &[]));
    }
}

fn reporter<'a>(
    locale: &'static Locale,
    format: Format,
    folder: &'a str,
    text: Option<&'a str>,
    config: Option<&'a Config>,
    surroundings: &Surroundings,
) -> Reporter<'a> {
    Reporter {
        locale,
        format,
        folder,
        source: None,
        config: text,
        newsroom: config,
        public: false,
        file: RefCell::default(),
        today: surroundings.clock.date_naive(),
        known: HashMap::new(),
    }
}
