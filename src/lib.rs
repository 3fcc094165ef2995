//! Publishes a folder of press releases as feeds that people and aggregators can rely on.
//!
//! ```text
//!   edge: reads         pure: no files, environment, clock, printing              edge: writes
//!   source  walk+read → input → resolve → select → render → [OutputFile] → output  plan, apply
//!                       Draft   Item      Feed     bytes
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
pub mod text;

pub mod file;
pub mod zone;

pub mod item;
pub mod tree;

pub mod locale;

pub mod config;

pub mod html;
pub mod input;
pub mod resolve;
pub mod select;

pub mod render;

pub mod output;
pub mod source;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

pub use crate::config::{Config, Format};
pub use crate::file::{Content, OutputFile, Source, SourceFile};
pub use crate::item::{Item, Person, Status};
pub use crate::problem::{Code, Problem, Severity};
pub use crate::text::Text;

use crate::file::{LARGEST_TEXT, SourceEntry};
use crate::input::Kind;
use crate::problem::SIDECAR;
use crate::render::{Job, Renderer};
use crate::resolve::One;

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
}

/// Pass 1: reads every item once. `now` is the only clock there is: it decides which items are
/// out, and nothing else.
pub fn read(config: &Config, source: &Source, now: DateTime<Utc>) -> Newsroom {
    let (entries, mut skipped, mut problems) = sort_out(source);
    let results: Vec<(One, Vec<Problem>)> = entries.par_iter().map(|entry| alone(entry, config, source)).collect();
    let mut items = Vec::with_capacity(entries.len());
    let mut count = entries.len();
    let mut unfinished = 0;
    for (entry, (one, found)) in entries.iter().zip(results) {
        match one {
            One::Item(item) => items.push(*item),
            One::Unfinished => unfinished += 1,
            One::Skipped(code) => {
                count -= 1;
                skipped.push(Problem::new(code, &entry.path));
            }
            One::Wrong => {}
        }
        problems.extend(found);
    }
    let (items, found) = resolve::together(items, config, source, now);
    problems.extend(found);
    let referred: HashSet<&str> = items.iter().flat_map(|item| item.references.iter().map(String::as_str)).collect();
    for entry in source.entries().iter().filter(|entry| Kind::of(&entry.path) == Kind::NotRead) {
        // A text of a kind that is not read yet is said, unless an item refers to it.
        let file = if referred.contains(entry.path.as_str()) { &mut skipped } else { &mut problems };
        let code = if referred.contains(entry.path.as_str()) { Code::SkippedOther } else { Code::KindNotRead };
        file.push(Problem::new(code, &entry.path));
    }
    if count == 0 {
        problems.extend(nothing_read(source, &skipped));
    }
    sort(&mut problems);
    sort(&mut skipped);
    let out = items.iter().filter(|item| item.status == Status::Published).map(|item| item.path.as_str()).collect();
    let problems = problem::fold::fold(problems, &out);
    Newsroom { items, count, unfinished, problems, skipped }
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
            Kind::Markdown => match input::not_an_item(path) {
                Some(code) => code,
                None => {
                    entries.push(entry);
                    continue;
                }
            },
            Kind::NotRead => continue,
            Kind::Other if beside.is_some_and(|file| source.find(file).is_some()) => Code::SkippedSidecar,
            Kind::Other if beside.is_some_and(|file| Kind::of(file) != Kind::Other) => {
                problems.push(Problem::new(Code::SidecarAlone, path).with("file", beside.unwrap_or_default()));
                continue;
            }
            Kind::Other => Code::SkippedOther,
        };
        skipped.push(Problem::new(code, path));
    }
    (entries, skipped, problems)
}

fn alone(entry: &SourceEntry, config: &Config, source: &Source) -> (One, Vec<Problem>) {
    if entry.size > LARGEST_TEXT {
        return (One::Wrong, vec![input::too_large(&entry.path, entry.size)]);
    }
    let read = |entry: &SourceEntry| {
        let unreadable = |reason| Problem::new(Code::FileUnreadable, &entry.path).with("reason", reason);
        source.read(entry).map_err(unreadable)
    };
    let sidecar = source.find(&format!("{}{SIDECAR}", entry.path)).map(read).transpose();
    let (file, sidecar) = match (read(entry), sidecar) {
        (Ok(file), Ok(sidecar)) => (file, sidecar),
        (Err(problem), _) | (_, Err(problem)) => return (One::Wrong, vec![problem]),
    };
    let (draft, mut problems) = input::read(&file, sidecar.as_ref(), config.encoding(&entry.path));
    let Some(draft) = draft else {
        return (One::Wrong, problems);
    };
    let (one, found) = resolve::one(&draft, config, source);
    problems.extend(found);
    match one {
        // What is wrong with a file that is no item is nobody's business.
        One::Skipped(_) => (one, Vec::new()),
        one => (one, problems),
    }
}

/// What a folder is full of in which nothing is an item: somebody who publishes from it must not
/// learn of that from an empty feed. A folder that holds nothing yet is not one.
fn nothing_read(source: &Source, skipped: &[Problem]) -> Option<Problem> {
    /// So many endings by name.
    const MOST: usize = 5;
    let others = skipped.iter().filter(|problem| problem.code == Code::SkippedOther).filter_map(|p| p.path.as_deref());
    let not_read = source.entries().iter().map(|entry| entry.path.as_str()).filter(|p| Kind::of(p) == Kind::NotRead);
    let mut endings: BTreeMap<&str, usize> = BTreeMap::new();
    for path in others.chain(not_read) {
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

/// By file, place and code: the order a person goes through them.
pub fn sort(problems: &mut [Problem]) {
    problems.sort_by(|a, b| (&a.path, a.place, a.code, &a.arguments).cmp(&(&b.path, b.place, b.code, &b.arguments)));
}

impl Newsroom {
    /// The files to write.
    pub fn plan(&self, config: &Config) -> Vec<Job> {
        render::plan(&self.items, config)
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
        let renderer = Renderer::new(&self.items, config, source);
        let mut outputs = BTreeMap::new();
        for job in self.plan(config) {
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
