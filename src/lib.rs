//! Publishes a folder of press releases as feeds that people and aggregators can rely on.
//!
//! ```text
//!   edge: reads         pure: no files, environment, clock, printing              edge: writes
//!   source  walk+read → input → resolve → changes → select → render → [OutputFile] → output  plan, apply
//!                       Draft   Item      guard     Feed     bytes
//!                       ───────────── + Problems at every stage ─────────────
//! ```
//!
//! Two passes. [`read`] goes through every file once and keeps heads, never bodies; it gives the
//! verdict ([`Newsroom::problems`]) before anything is written. Then [`Newsroom::plan`] says which
//! files there are and what each depends on, and [`render::Renderer::make`] makes one of them.
//!
//! ```
//! use crieur::{Config, Source};
//!
//! let config = Config::parse(r#"
//!     title = "Salle de presse"
//!     url = "https://www.example.org/presse/"
//!     language = "fr"
//!     timezone = "Europe/Paris"
//!     authority = "example.org,2020"
//!     [publisher]
//!     name = "Ville d'Exemple"
//! "#).map_err(|problems| format!("{problems:?}"))?;
//! let source = Source::in_memory([("2020-01-29-piscine.md", "# La piscine rouvre\n\nLe bassin rouvre lundi.")]);
//! let now = "2020-02-01T00:00:00Z".parse()?;
//!
//! let newsroom = crieur::read(&config, &source, now);
//! assert!(newsroom.problems.is_empty());
//! let feed = newsroom.outputs(&config, &source)?.remove("feed.atom").unwrap_or_default();
//! assert!(String::from_utf8(feed)?.contains("<title>La piscine rouvre</title>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// The order is the layering: a file uses only what stands above it.
/// The library use that `README.md` shows, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

pub mod problem;

pub mod kept;
pub mod text;

pub mod file;
pub mod media;
pub mod zone;

pub mod item;
pub mod tree;

pub mod locale;

pub mod config;

pub mod ledger;

pub mod html;
pub mod input;
pub mod resolve;

pub mod changes;

pub mod select;

pub mod render;

pub mod edit;

pub mod begin;

pub mod schema;

pub mod document;

pub mod import;

pub mod extract;

#[cfg(feature = "fetch")]
pub mod fetch;
pub mod lock;
pub mod stamp;

pub mod output;

pub mod cache;

pub mod pdf_text;
#[cfg(feature = "serve")]
pub mod serve;
pub mod source;

#[cfg(feature = "deliver")]
pub mod deliver;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

pub use crate::changes::{Accept, Change};
pub use crate::config::{Config, Format};
pub use crate::file::{Content, OutputFile, Source, SourceFile};
pub use crate::item::{Item, Person, Status};
pub use crate::ledger::Ledger;
pub use crate::problem::{Code, Problem, Severity};
pub use crate::text::Text;

use crate::changes::Others;
use crate::file::SourceEntry;
use crate::input::facts::Part;
use crate::input::{Draft, Kind, pdf};
use crate::kept::{Alike, Set, Table};
use crate::problem::{Blame, SIDECAR};
use crate::render::{Job, Renderer, What};
use crate::resolve::{One, Past, Together, head};
use crate::text::lower_case;

/// A folder, read.
#[derive(Debug)]
pub struct Newsroom {
    /// Every item that no error concerns, in feed order, held ones too.
    pub items: Vec<Item>,
    /// How many files are items, right or wrong.
    pub count: usize,
    /// How many of them are drafts without a date or a title: held, and not among the items.
    pub unfinished: usize,
    /// Everything that is wrong, by file and line.
    pub problems: Vec<Problem>,
    /// Every file that is not an item, and why, by path.
    pub skipped: Vec<Problem>,
    /// What this run changes.
    pub changes: Vec<Change>,
    /// What will have been published when it is written.
    pub ledger: Ledger,
}

/// Pass 1: reads every item once. `now` is the only clock there is: it decides which items are
/// out, and nothing else.
pub fn read(config: &Config, source: &Source, now: DateTime<Utc>) -> Newsroom {
    read_after(&Ledger::default(), &[], config, source, now)
}

/// The same, after what was published before: ids and instants stand, and nothing may vanish but
/// what `accepted` gives the word for.
pub fn read_after(
    ledger: &Ledger,
    accepted: &[Accept],
    config: &Config,
    source: &Source,
    now: DateTime<Utc>,
) -> Newsroom {
    let (entries, mut skipped, mut problems) = sort_out(source);
    let mut items = Vec::with_capacity(entries.len());
    let mut beside = Vec::with_capacity(entries.len());
    let (mut authors, mut topics, mut languages) = (Alike::default(), Alike::default(), Alike::default());
    let mut count = entries.len();
    let mut others = Others::default();
    let mut referred: HashSet<String> = HashSet::new();
    let mut pages: HashSet<String> = HashSet::new();
    each(&entries, config, source, |entry, one, found| {
        match one {
            One::Item(one) => {
                let mut item = one.item;
                item.path = entry.path.clone();
                referred.extend(item.references.iter().cloned());
                authors.join(&mut item.authors);
                topics.join(&mut item.tags);
                languages.join_text(&mut item.language);
                items.push(item);
                beside.push(one.beside);
            }
            One::Unfinished => {
                others.unfinished.insert(entry.path.to_string());
            }
            One::Skipped(code) => {
                count -= 1;
                let is_page = code == Code::SkippedList && Kind::of(&entry.path).is_either();
                pages.extend(is_page.then(|| entry.path.to_string()));
                skipped.push(Problem::new(code, &entry.path));
            }
            One::Page | One::Wrong => {
                pages.extend(matches!(one, One::Page).then(|| entry.path.to_string()));
                others.wrong.insert(entry.path.to_string());
            }
        }
        problems.extend(found);
    });
    let files = pages_as_files(&mut items, &pages, &mut problems);
    let listed = skipped.len();
    skipped.retain(|problem| problem.path.as_ref().is_none_or(|path| !files.contains(path)));
    count -= files.len() - (listed - skipped.len());
    others.wrong.retain(|path| !files.contains(path));
    skipped.extend(files.iter().map(|path| Problem::new(Code::SkippedOther, path)));
    let past = Past { ledger, dates_may_go_back: accepted.contains(&Accept::Dates) };
    let Together { mut items, problems: found, embargoed } =
        resolve::together(items, beside, config, source, past, now);
    let clashing = found.iter().filter(|problem| problem.is_error() && problem.code.blame() == Blame::Item);
    others.wrong.extend(clashing.filter_map(|problem| Some(problem.item()?.to_owned())));
    // The embargo of what is out already is refused; that its date stands need not be said.
    let of_embargo = |problem: &Problem| problem.path.as_ref().is_some_and(|path| embargoed.contains(path.as_str()));
    problems.extend(found.into_iter().filter(|p| p.code != Code::DateMoved || !of_embargo(p)));
    others.embargoed = embargoed;
    if config.warnings_are_errors {
        problems.iter_mut().for_each(|problem| problem.severity = Severity::Error);
        others.wrong.extend(problems.iter().filter_map(|problem| Some(problem.item()?.to_owned())));
        items.retain(|item| !others.wrong.contains(item.path.as_str()));
    }
    problems.extend(config.remarks.iter().cloned());
    problems.extend(select::channel::aliases_nowhere(&items, config));
    problems.extend(changes::guard(&items, &others, ledger, config, accepted, now));
    for entry in source.entries() {
        // A text of a kind that is not read is said, unless an item refers to it.
        let Kind::NotRead(unread) = Kind::of(&entry.path) else { continue };
        if referred.contains(entry.path.as_str()) {
            skipped.push(Problem::new(Code::SkippedOther, &entry.path));
        } else {
            problems.push(Problem::new(Code::KindNotRead, &entry.path).with(unread.name(), "1"));
        }
    }
    for file in skipped.iter_mut().filter(|file| file.code == Code::SkippedOther) {
        if file.path.as_deref().is_some_and(|path| referred.contains(path)) {
            file.arguments.push(("used", "1".to_owned()));
        }
    }
    let around = document::Around { referred: &referred, wrong: &others.wrong };
    let (lone, spoken_of) = document::alone(source, &around, config);
    problems.extend(lone);
    skipped.extend(spoken_of);
    if count == 0 {
        problems.extend(nothing_read(source, &skipped));
    }
    let changes = changes::since(&items, ledger);
    let ledger = changes::next(&items, ledger, config);
    older_addresses(&items, &ledger, config, &mut problems);
    sort(&mut problems);
    sort(&mut skipped);
    let problems = folded(problems, &items);
    Newsroom { items, count, unfinished: others.unfinished.len(), problems, skipped, changes, ledger }
}

/// What is wrong about older addresses of feeds is known when it is known what else is written. Where a feed
/// of ours has taken the place of an alias, none is gone.
fn older_addresses(items: &[Item], ledger: &Ledger, config: &Config, problems: &mut Vec<Problem>) {
    if config.aliases.is_empty() && problems.iter().all(|problem| problem.code != Code::FeedGone) {
        return;
    }
    let jobs = render::plan(items, ledger, config);
    let is_written = |feed: &str| jobs.iter().any(|job| matches!(job.what, What::Feed(..)) && job.path == feed);
    problems.retain(|problem| problem.code != Code::FeedGone || !problem.argument("feed").is_some_and(is_written));
    problems.extend(render::aliases_taken(&jobs, items, ledger, config));
}

/// What becomes of each file by itself, in their order.
fn each(
    entries: &[&SourceEntry],
    config: &Config,
    source: &Source,
    mut take: impl FnMut(&SourceEntry, One, Vec<Problem>),
) {
    /// So many are on their way at a time: all of them at once would be in memory twice.
    const AT_A_TIME: usize = 4096;
    let twins = twins(entries);
    source.progress().begin(entries.len());
    let read = |entry: &&SourceEntry| {
        let read = match twins.get(entry.path.as_str()) {
            Some(other) => (One::Wrong, vec![Problem::new(Code::PathClash, &entry.path).with("other", other)]),
            None => alone(entry, config, source),
        };
        source.progress().step();
        read
    };
    for entries in entries.chunks(AT_A_TIME) {
        let mut results = Vec::with_capacity(entries.len());
        entries.par_iter().map(read).collect_into_vec(&mut results);
        entries.iter().zip(results).for_each(|(entry, (one, found))| take(entry, one, found));
    }
}

/// Which files may be items, which are not and why, and what is wrong with the rest.
fn sort_out(source: &Source) -> (Vec<&SourceEntry>, Vec<Problem>, Vec<Problem>) {
    let mut entries = Vec::with_capacity(source.entries().len());
    let mut skipped: Vec<Problem> = source.left_out().iter().map(|(path, code)| Problem::new(*code, path)).collect();
    let mut problems = Vec::new();
    for entry in source.entries() {
        let path = entry.path.as_str();
        let beside = path.strip_suffix(SIDECAR);
        let code = match Kind::of(path) {
            _ if input::is_item(path, source) => match input::not_an_item(path) {
                Some(code) => code,
                None => {
                    entries.push(entry);
                    continue;
                }
            },
            Kind::NotRead(_) | Kind::Pdf => continue,
            Kind::Other if beside.is_some_and(|file| source.find(file).is_some()) => Code::SkippedSidecar,
            Kind::Other if beside.is_some_and(|file| Kind::of(file) != Kind::Other) => {
                // What it holds back would go out under the file's new name; a PDF does not without it.
                let is_pdf = beside.is_some_and(|file| Kind::of(file) == Kind::Pdf);
                let decides = !is_pdf && source.read(entry).is_ok_and(|file| input::sidecar_decides(&file));
                let code = if decides { Code::SidecarLost } else { Code::SidecarAlone };
                problems.push(Problem::new(code, path).with("file", beside.unwrap_or_default()));
                continue;
            }
            _ => Code::SkippedOther,
        };
        skipped.push(Problem::new(code, path));
    }
    (entries, skipped, problems)
}

/// Files that a Windows or macOS disk cannot hold side by side, each with another: a checkout there
/// would lose one of them.
fn twins<'a>(entries: &[&'a SourceEntry]) -> HashMap<&'a str, &'a str> {
    let mut first: Table<Cow<'_, str>, &str> = Table::default();
    first.reserve(entries.len());
    let mut twins = HashMap::new();
    for entry in entries {
        if let Some(other) = first.insert(lower_case(&entry.path), &entry.path) {
            twins.insert(entry.path.as_str(), other);
            twins.insert(other, entry.path.as_str());
        }
    }
    twins
}

fn alone(entry: &SourceEntry, config: &Config, source: &Source) -> (One, Vec<Problem>) {
    if let Some(before) = head::recall(entry, source) {
        return before;
    }
    let (draft, mut problems) = match draft(entry, config, source) {
        Ok(read) => read,
        Err(problem) => return (One::Wrong, vec![problem]),
    };
    let Some(draft) = draft else {
        return (One::Wrong, problems);
    };
    let (one, found) = resolve::one(&draft, config, source);
    problems.extend(found);
    head::keep(entry, &draft, &one, &problems, source);
    match one {
        // What is wrong with a file that is no item is nobody's business.
        One::Skipped(_) => (one, Vec::new()),
        one => (one, problems),
    }
}

/// What the author of an item wrote, in the file and beside it.
fn draft(entry: &SourceEntry, config: &Config, source: &Source) -> Result<(Option<Draft>, Vec<Problem>), Problem> {
    let unreadable =
        |entry: &SourceEntry, reason| Problem::new(Code::FileUnreadable, &entry.path).with("reason", reason);
    let read = |entry: &SourceEntry| source.read(entry).map_err(|reason| unreadable(entry, reason));
    let sidecar = source.find(&format!("{}{SIDECAR}", entry.path)).map(read).transpose()?;
    if Kind::of(&entry.path) == Kind::Pdf {
        let beginning = source.head(entry, pdf::BEGINNING).map_err(|reason| unreadable(entry, reason))?;
        let digest = source.digest(entry).map_err(|reason| unreadable(entry, reason))?;
        return Ok(input::read_pdf(&entry.path, &beginning, digest, sidecar.as_ref()));
    }
    if entry.size > Kind::of(&entry.path).largest() {
        return Err(input::too_large(&entry.path, entry.size));
    }
    Ok(input::read(&read(entry)?, sidecar.as_ref(), config.known(&entry.path)))
}

/// The pages and office documents without a date that items refer to: a map, a chart or a form, a
/// file as any other. What is an
/// item, right or wrong, is the file of none: its bytes are not to be seen before it is out.
fn pages_as_files(items: &mut [Item], pages: &HashSet<String>, problems: &mut Vec<Problem>) -> HashSet<String> {
    let mut files = HashSet::new();
    for item in items {
        let is_part = |path: &str| Part::inner(path, &item.path).is_some();
        let is_file = |path: &String| !Kind::of(path).is_either() || is_part(path) || pages.contains(path);
        item.references.retain(is_file);
        let is_there = |file: &item::Attachment| file.source.as_ref().is_none_or(is_file);
        let missing = |file: &item::Attachment| {
            Problem::new(Code::FileMissing, &item.path).with("target", file.source.as_deref().unwrap_or_default())
        };
        // A link leads to the page of that item; what the head names cannot come with this one.
        let listed = item.attachments.iter().filter(|file| !file.linked);
        let named = listed.chain(item.image.iter().map(|image| &image.file));
        problems.extend(named.filter(|file| !is_there(file)).map(missing));
        item.attachments.retain(is_there);
        item.image.take_if(|image| !is_there(&image.file));
        files.extend(item.references.iter().filter(|path| pages.contains(*path)).cloned());
    }
    problems.retain(|problem| problem.item().is_none_or(|path| !files.contains(path)));
    files
}

/// What a folder is full of in which nothing is an item: somebody who publishes from it must not
/// learn of that from an empty feed. A folder that holds nothing yet is not one.
fn nothing_read(source: &Source, skipped: &[Problem]) -> Option<Problem> {
    /// So many endings by name.
    const MOST: usize = 5;
    let others = skipped.iter().filter(|problem| matches!(problem.code, Code::SkippedOther | Code::SkippedTemplate));
    let others = others.filter_map(|problem| problem.path.as_deref());
    let not_read = source.entries().iter().map(|entry| entry.path.as_str());
    let not_read = not_read.filter(|path| matches!(Kind::of(path), Kind::NotRead(_) | Kind::Pdf));
    let mut endings: BTreeMap<&str, usize> = BTreeMap::new();
    let paths: BTreeSet<&str> = others.chain(not_read).collect();
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rfind('.').and_then(|at| name.get(at..)).unwrap_or(name);
        *endings.entry(ending).or_default() += 1;
    }
    let count: usize = endings.values().sum();
    let mut kinds: Vec<(&str, usize)> = endings.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut named: Vec<String> =
        kinds.iter().take(MOST).map(|(ending, count)| format!("{count} \u{d7} `{ending}`")).collect();
    if kinds.len() > MOST {
        named.push("…".to_owned());
    }
    let problem = Problem::general(Code::NothingRead).with("count", count).with("kinds", named.join(", "));
    (count > 0).then(|| problem.with("many", if count > 1 { "1" } else { "" }))
}

/// What is the same all over a folder is said once.
fn folded(problems: Vec<Problem>, items: &[Item]) -> Vec<Problem> {
    if problems.is_empty() {
        return problems;
    }
    let out: Set<&str> = items.iter().filter(|item| item.status.is_out()).map(|item| item.path.as_str()).collect();
    problem::fold::fold(problems, &|path| out.contains(path))
}

/// By file, place and code: the order a person goes through them.
pub fn sort(problems: &mut [Problem]) {
    problems.sort_by(|a, b| (&a.path, a.place, a.code, &a.arguments).cmp(&(&b.path, b.place, b.code, &b.arguments)));
}

impl Newsroom {
    /// The files to write.
    pub fn plan(&self, config: &Config) -> Vec<Job> {
        render::plan(&self.items, &self.ledger, config)
    }

    /// What is wrong with the publisher's own templates, told before anything is written; nothing
    /// where there are none.
    pub fn rehearse(&self, config: &Config, source: &Source) -> Vec<Problem> {
        if config.theme.templates.is_empty() {
            return Vec::new();
        }
        Renderer::new(&self.items, &self.ledger, config, source).rehearse()
    }

    /// The items that are out.
    pub fn published(&self) -> impl Iterator<Item = &Item> {
        select::published(&self.items)
    }

    /// Every file of the output with its bytes, for those who keep them elsewhere than on a disk.
    /// Copies of attachments are left out: their bytes are the source's. Items with an error are
    /// not in it; whether the rest may go out without them, [`Newsroom::problems`] and you decide.
    ///
    /// # Errors
    /// What cannot be made.
    pub fn outputs(&self, config: &Config, source: &Source) -> Result<BTreeMap<String, Vec<u8>>, OutputError> {
        let renderer = Renderer::new(&self.items, &self.ledger, config, source);
        let mut outputs = BTreeMap::new();
        for job in renderer.plan() {
            let file = renderer.make(&job).map_err(OutputError)?;
            if let Content::Bytes(bytes) = file.content {
                outputs.insert(file.path, bytes);
            }
        }
        Ok(outputs)
    }
}

/// A file could not be made.
#[derive(Debug)]
pub struct OutputError(pub Problem);

impl std::fmt::Display for OutputError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {:?}", self.0.code, self.0.arguments)
    }
}

impl std::error::Error for OutputError {}
