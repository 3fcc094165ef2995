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

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

pub use crate::config::{Config, Format};
pub use crate::file::{Content, OutputFile, Source, SourceFile};
pub use crate::item::{Item, Person, Status};
pub use crate::problem::{Code, Problem, Severity};
pub use crate::text::Text;

use crate::file::{LARGEST_TEXT, SourceEntry};
use crate::input::Kind;
use crate::render::{Job, Renderer};
use crate::resolve::Alone;

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
}

/// Pass 1: reads every item once. `now` is the only clock there is: it decides which items are
/// out, and nothing else.
pub fn read(config: &Config, source: &Source, now: DateTime<Utc>) -> Newsroom {
    let entries: Vec<&SourceEntry> =
        source.entries().iter().filter(|entry| Kind::of(&entry.path) == Kind::Markdown).collect();
    let results: Vec<(Option<Alone>, Vec<Problem>)> =
        entries.par_iter().map(|entry| alone(entry, config, source)).collect();
    let mut problems = Vec::new();
    let mut items = Vec::with_capacity(entries.len());
    let mut unfinished = 0;
    for (item, found) in results {
        if item.is_none() && !found.iter().any(Problem::is_error) {
            unfinished += 1;
        }
        items.extend(item);
        problems.extend(found);
    }
    let (items, found) = resolve::together(items, config, source, now);
    problems.extend(found);
    problems.extend(not_read(source, &items));
    sort(&mut problems);
    let problems = fold(problems);
    Newsroom { items, count: entries.len(), unfinished, problems }
}

fn alone(entry: &SourceEntry, config: &Config, source: &Source) -> (Option<Alone>, Vec<Problem>) {
    if entry.size > LARGEST_TEXT {
        return (None, vec![input::too_large(&entry.path, entry.size)]);
    }
    let file = match source.read(entry) {
        Ok(file) => file,
        Err(reason) => {
            return (None, vec![Problem::new(Code::FileUnreadable, &entry.path).with("reason", reason)]);
        }
    };
    let (draft, mut problems) = input::read(&file);
    let Some(draft) = draft else {
        return (None, problems);
    };
    let (item, found) = resolve::one(&draft, config, source);
    problems.extend(found);
    (item, problems)
}

/// Texts of a kind that is not read yet are said, unless an item refers to them.
fn not_read(source: &Source, items: &[Item]) -> Vec<Problem> {
    let referred: HashSet<&str> = items.iter().flat_map(|item| item.references.iter().map(String::as_str)).collect();
    let texts = source.entries().iter().filter(|entry| Kind::of(&entry.path) == Kind::NotRead);
    texts
        .filter(|entry| !referred.contains(entry.path.as_str()))
        .map(|entry| Problem::new(Code::KindNotRead, &entry.path))
        .collect()
}

/// One warning for each unknown author, with the number of files; and no more than twenty of one
/// kind in one file, the last of which says how many there are.
fn fold(problems: Vec<Problem>) -> Vec<Problem> {
    const MOST: usize = 20;
    let mut folded: Vec<Problem> = Vec::with_capacity(problems.len());
    let mut authors: HashMap<String, usize> = HashMap::new();
    let mut counts: HashMap<(Option<String>, Code), usize> = HashMap::new();
    for problem in problems {
        if problem.code == Code::AuthorUnknown {
            let key = problem.argument("key").unwrap_or_default().to_owned();
            if let Some(first) = authors.get(&key).and_then(|index| folded.get_mut(*index)) {
                let count = first.argument("count").and_then(|count| count.parse().ok()).unwrap_or(1_usize) + 1;
                first.arguments.retain(|(name, _)| *name != "count");
                first.arguments.push(("count", count.to_string()));
                continue;
            }
            authors.insert(key, folded.len());
        }
        let count = counts.entry((problem.path.clone(), problem.code)).or_default();
        *count += 1;
        if *count <= MOST || problem.path.is_none() {
            folded.push(problem);
        }
    }
    for problem in &mut folded {
        let count = counts.get(&(problem.path.clone(), problem.code)).copied().unwrap_or_default();
        if count > MOST && problem.path.is_some() {
            problem.arguments.push(("of", count.to_string()));
        }
    }
    folded
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
