//! What is read before the items are: the configuration and the files that it names, the ledger, and
//! whether another run is at work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use crieur::config::foreign::Foreign;
use crieur::config::theme::Theme;
use crieur::locale::Locale;
use crieur::lock::{Busy, Holder, Lock};
use crieur::output::Stamp;
use crieur::problem::{Code, Problem};
use crieur::{Accept, Config, Ledger, Newsroom};

use super::{Failure, Options, Piece, Surroundings, guess_language, place, read_text, shown, stamp};

/// What is to be read, and how.
pub(super) struct Setting {
    /// What paths of the configuration are meant from.
    pub(super) root: PathBuf,
    pub(super) config: Config,
    /// The text of `crieur.toml`.
    pub(super) text: String,
    pub(super) items: PathBuf,
}

impl Setting {
    /// The output folder.
    pub(super) fn out(&self, options: &Options, here: &Path) -> PathBuf {
        options.out.as_ref().map_or_else(|| self.root.join(&self.config.out), |out| here.join(out))
    }

    pub(super) fn of_newsroom(
        root: PathBuf,
        options: &Options,
        here: &Path,
        asked: Option<&'static Locale>,
    ) -> Result<Self, Failure> {
        let problem = |problem| Failure {
            locale: asked.unwrap_or(Locale::of_messages("fr")),
            problems: vec![problem],
            config: None,
        };
        let text = read_text(&root.join(crieur::config::FILE)).map_err(|reason| {
            problem(match reason {
                None => Problem::general(Code::ConfigMissing).with("folder", root.display()),
                Some(reason) => Problem::new(Code::ConfigUnreadable, crieur::config::FILE).with("reason", reason),
            })
        })?;
        let mut config = Config::parse(&text).map_err(|problems| Failure {
            locale: asked.unwrap_or_else(|| guess_language(&text)),
            problems,
            config: Some(text.clone()),
        })?;
        if options.live_ledger {
            config.ledger.publish = true;
            let live = config.url.join(crieur::ledger::FILE).ok().map(String::from);
            config.ledger.from = config.ledger.from.take().or(live);
        }
        let items = options.items.as_ref().map_or_else(|| root.join(&config.items), |items| here.join(items));
        Ok(Self { root, config, text, items })
    }

    /// Any folder, looked at with what another tool says of it.
    pub(super) fn of_folder(folder: &place::Folder) -> Self {
        let found = folder.foreign.as_ref().and_then(|path| {
            let text = read_text(&folder.site.join(path)).ok()?;
            Foreign::read(path, &text)
        });
        let mut config = Foreign::config(found, &folder.below);
        config.authors_from = folder.people.clone();
        Self { root: folder.site.clone(), config, text: String::new(), items: folder.items.clone() }
    }
}

/// What was published before, and whether it can be trusted.
pub(super) fn remember(root: &Path, config: &Config, out: &Path, options: &Options) -> (Ledger, Vec<Problem>) {
    let mut problems = Vec::new();
    let text = match read_text(&root.join(crieur::ledger::FILE)) {
        Ok(text) => text,
        Err(None) => String::new(),
        Err(Some(reason)) => {
            let problem = Problem::general(Code::LedgerUnreachable).with("url", crieur::ledger::FILE);
            problems.push(problem.with("reason", reason));
            String::new()
        }
    };
    let ledger = Ledger::parse(&text).unwrap_or_else(|found| {
        problems.extend(found);
        Ledger::default()
    });
    let ledger = match config.ledger.from.as_deref().map(|url| (url, fetched(url))) {
        Some((url, Err(reason))) => {
            let problem = Problem::new(Code::LedgerUnreachable, crieur::config::FILE);
            problems.push(problem.with("url", url).with("reason", reason));
            ledger
        }
        Some((_, Ok(Err(found)))) => {
            problems.extend(found);
            ledger
        }
        Some((_, Ok(Ok(published)))) => joined(ledger, published, config, &mut problems),
        None => ledger,
    };
    let knows_less = |last: &Stamp| {
        let own = stamp(&ledger);
        // Another newsroom's output must not be written over, whichever knows more.
        let other = !last.authority.is_empty() && last.authority != config.authority;
        other || own.items < last.items || own.newest < last.newest
    };
    let stands = problems.is_empty() && !options.accept.contains(&Accept::OlderLedger);
    if let Some(last) = crieur::output::stamp(out).filter(|last| stands && knows_less(last)) {
        let problem = Problem::new(Code::LedgerOlder, crieur::ledger::SHOWN);
        problems.push(problem.with("items", ledger.lines.len()).with("before", last.items));
    }
    (ledger, problems)
}

/// Says that nothing is remembered, where items have been out for long: the memory may lie at an older address.
pub(super) fn forgetful(before: &Ledger, newsroom: &Newsroom, config: &Config, now: DateTime<Utc>) -> Option<Problem> {
    const LONG: TimeDelta = TimeDelta::days(30);
    let url = config.ledger.from.as_ref().filter(|_| before.is_empty())?;
    let oldest = newsroom.published().min_by_key(|item| item.published)?;
    let problem = Problem::new(Code::LedgerNowhere, crieur::config::FILE).with("url", url);
    (oldest.published < now - LONG).then(|| problem.with("oldest", oldest.local.date_naive()))
}

/// The ledger that the last run published; an empty one where there is none yet.
fn fetched(url: &str) -> Result<Result<Ledger, Vec<Problem>>, String> {
    const LARGEST: u64 = 256 << 20;
    let Some(bytes) = fetch_once(url, LARGEST)? else { return Ok(Ok(Ledger::default())) };
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    if text.trim_start().starts_with('<') {
        // A page that says "not found" with status 200.
        return Err("HTML".to_owned());
    }
    match Ledger::parse(&text) {
        // Only "not there" is a first run; half an answer is none.
        Ok(ledger) if ledger.header.authority.is_empty() => Err("no authority".to_owned()),
        Ok(ledger) => Ok(Ok(ledger)),
        Err(found) => {
            // The line is one of that file, not of ours.
            let there = |problem: Problem| Problem { path: Some(format!("./{url}")), ..problem };
            Ok(Err(found.into_iter().map(there).collect()))
        }
    }
}

/// What is at an address; the preview reads the newsroom again and again, and must not ask for the
/// same file each time.
fn fetch_once(url: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    static FETCHED: Mutex<BTreeMap<String, Option<Vec<u8>>>> = Mutex::new(BTreeMap::new());
    let mut fetched = FETCHED.lock().map_err(|error| error.to_string())?;
    if let Some(found) = fetched.get(url) {
        return Ok(found.clone());
    }
    let found = fetch(url, limit)?;
    fetched.insert(url.to_owned(), found.clone());
    Ok(found)
}

#[cfg(feature = "fetch")]
fn fetch(url: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    crieur::fetch::get(url, limit)
}

#[cfg(not(feature = "fetch"))]
fn fetch(_: &str, _: u64) -> Result<Option<Vec<u8>>, String> {
    Err("crieur was built without `fetch`".to_owned())
}

/// The committed ledger with the published one.
fn joined(mut ledger: Ledger, published: Ledger, config: &Config, problems: &mut Vec<Problem>) -> Ledger {
    if let Err(authority) = ledger.merge(published) {
        let problem = Problem::new(Code::AuthorityChanged, crieur::config::FILE);
        problems.push(problem.with("before", authority).with("authority", &config.authority));
    }
    ledger
}

/// Keeps other runs away from the newsroom and the output, or says who is there.
pub(super) fn hold(
    [root, out]: [&Path; 2],
    command: &str,
    config: &Config,
    locale: &Locale,
    options: &Options,
    surroundings: &Surroundings,
) -> Result<Lock, Problem> {
    let own = Holder {
        process: std::process::id(),
        command: command.to_owned(),
        since: surroundings.clock,
        out: out.to_owned(),
    };
    let wait = options.wait.as_secs().to_string();
    let facts = |busy: &Busy| {
        let mut facts = vec![("folder", shown(&busy.folder, &surroundings.folder)), ("wait", wait.clone())];
        if let Some(holder) = &busy.holder {
            facts.push(("command", holder.command.clone()));
            facts.push(("process", holder.process.to_string()));
            facts.push(("since", locale.instant(config.zone.local(holder.since))));
        }
        facts
    };
    let waiting = |busy: &Busy| {
        let facts = facts(busy);
        let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if !options.quiet {
            (surroundings.print)(&[Piece::Err(format!("  {}\n", locale.say("waiting-for", &facts)))]);
        }
    };
    Lock::take(root, out, &own, options.wait, waiting).map_err(|busy| {
        facts(&busy)
            .into_iter()
            .fold(Problem::general(Code::NewsroomBusy), |problem, (name, value)| problem.with(name, value))
    })
}

/// Reads the files that declare people: where they lie, and what is wrong with them.
pub(super) fn declare(config: &mut Config, root: &Path) -> Result<(Vec<PathBuf>, Vec<Problem>), Problem> {
    let places: Vec<String> = config.places_of_people().into_iter().map(str::to_owned).collect();
    let mut problems = Vec::new();
    for place in &places {
        let files =
            crieur::source::beside(&root.join(place), &format!("./{place}"), crieur::input::people::is_readable)
                .map_err(|reason| Problem::general(Code::PeopleMissing).with("path", place).with("reason", reason))?;
        let (people, found) = crieur::input::people::read(&files);
        config.declare(place, &people);
        problems.extend(found);
    }
    Ok((places.iter().map(|place| root.join(place)).collect(), problems))
}

/// Reads the theme and the pages that the law asks for; what is doubtful about them is given back.
pub(super) fn dress(config: &mut Config, root: &Path) -> Result<Vec<Problem>, Vec<Problem>> {
    if config.assumed.is_some() {
        return Ok(Vec::new());
    }
    let missing = |key: &str, path: &str, reason: &str| {
        let problem = Problem::new(Code::ConfigFileMissing, crieur::config::FILE);
        problem.with("key", key).with("path", path).with("reason", reason)
    };
    let mut problems = Vec::new();
    let folder = config.theme_folder.clone();
    let shown = folder.clone().unwrap_or_else(|| crieur::config::theme::FOLDER.to_owned());
    let shown = format!("./{}", shown.trim_end_matches('/'));
    if folder.is_some() || root.join(&shown).is_dir() {
        match crieur::source::beside(&root.join(&shown), &shown, |_| true) {
            Ok(files) => match Theme::new(&shown, files) {
                Ok(theme) => config.dress(theme),
                Err(found) => problems.extend(found),
            },
            Err(reason) => problems.push(missing("theme", folder.as_deref().unwrap_or_default(), &reason)),
        }
    }
    for (page, path) in config.legal.files.clone() {
        match crieur::source::beside(&root.join(&path), &format!("./{path}"), |_| true).map(|mut files| files.pop()) {
            Ok(Some(file)) => config.state(page, file),
            Ok(None) => problems.push(missing(page.name(), &path, "not a file")),
            Err(reason) => problems.push(missing(page.name(), &path, &reason)),
        }
    }
    if problems.is_empty() { Ok(config.theme.unused()) } else { Err(problems) }
}
