//! Edge in: what lies in the items folder.
//!
//! Sorted, hidden files left out, only ordinary files, and every error of the walk kept:
//! an unreadable folder must not silently leave the feed.

#![expect(clippy::disallowed_methods, reason = "this is where the items folder is read")]

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use crate::file::{LARGEST_TEXT, Open, Source, SourceEntry, SourceFile};
use crate::problem::{Code, Problem};
use crate::stamp;
use crate::text::nfc;

/// The file in the items folder that says what in it is not an item.
const IGNORE: &str = ".crieurignore";

/// What to look at.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// The items folder.
    pub folder: &'a Path,
    /// What messages call it.
    pub shown: &'a str,
    /// The output folder: not looked at where it lies inside.
    pub out: &'a Path,
    /// What is not an item.
    pub exclude: &'a [glob::Pattern],
    /// Files and folders with people: no items where they lie inside.
    pub people: &'a [PathBuf],
    /// The clock, where stamps are wanted: they tell nothing of what has been touched just now.
    pub clock: Option<SystemTime>,
}

/// Lists the items folder.
///
/// # Errors
/// The folder itself is not there or cannot be listed.
pub fn open(wanted: &Wanted<'_>) -> Result<(Source, Vec<Problem>), Problem> {
    let Wanted { folder, shown, .. } = *wanted;
    let missing = |reason: String| Problem::general(Code::ItemsMissing).with("folder", shown).with("reason", reason);
    let metadata = fs::metadata(folder).map_err(|error| missing(error.to_string()))?;
    if !metadata.is_dir() {
        return Err(missing("not a folder".to_owned()));
    }
    let out = fs::canonicalize(wanted.out).ok();
    let people: Vec<PathBuf> = wanted.people.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let inside_people = |path: &Path| {
        !people.is_empty()
            && fs::canonicalize(path).is_ok_and(|path| people.iter().any(|people| path.starts_with(people)))
    };
    let ignored = ignored(folder);
    let mut entries = Vec::new();
    let mut files = Vec::new();
    let mut left_out: Vec<(String, Code)> = Vec::new();
    let mut problems = Vec::new();
    // In whatever order the disk has them: the source sorts its files, and problems are sorted where they are said.
    let mut walk = WalkDir::new(folder).into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().and_then(|path| below(folder, path)).unwrap_or_default();
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                problems.push(Problem::new(Code::FolderUnreadable, &path).with("reason", reason));
                continue;
            }
        };
        if entry.depth() == 0 {
            continue;
        }
        let is_folder = entry.file_type().is_dir();
        if is_folder && out.as_ref().is_some_and(|out| fs::canonicalize(entry.path()).is_ok_and(|p| p == *out)) {
            walk.skip_current_dir();
            continue;
        }
        let Some(spelt) = below(folder, entry.path()) else {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().into_owned();
            problems.push(Problem::new(Code::NameUnreadable, &path));
            if is_folder {
                walk.skip_current_dir();
            }
            continue;
        };
        let path = nfc(&spelt).into_owned();
        let reason = if is_hidden(&entry) {
            Some(Code::SkippedHidden)
        } else if excluded(wanted.exclude, &path) || ignored.iter().any(|pattern| pattern.matches(&path, is_folder)) {
            Some(Code::SkippedExcluded)
        } else if !is_folder && inside_people(entry.path()) {
            Some(Code::SkippedPeople)
        } else {
            None
        };
        if let Some(reason) = reason {
            if is_folder {
                walk.skip_current_dir();
            }
            left_out.push((if is_folder { format!("{path}/") } else { path }, reason));
            continue;
        }
        if is_folder {
            continue;
        }
        // Neither links nor pipes nor devices: reading one might never end.
        if !entry.file_type().is_file() {
            problems.push(Problem::new(Code::LinkSkipped, &path));
            continue;
        }
        let spelt = (path != spelt).then(|| entry.path().to_owned());
        files.push((path, spelt, entry));
        if files.len() == AT_A_TIME {
            entries.par_extend(files.par_drain(..).map(|file| look(file, wanted.clock)));
        }
    }
    entries.par_extend(files.into_par_iter().map(|file| look(file, wanted.clock)));
    let root = folder.to_owned();
    let open = move |entry: &SourceEntry| -> Result<Box<dyn Open>, String> {
        let path = entry.spelt.clone().unwrap_or_else(|| root.join(&entry.path));
        Ok(Box::new(File::open(path).map_err(|error| error.to_string())?))
    };
    Ok((Source::new(entries, open).leaving_out(left_out), problems))
}

/// So many files are looked at by all processors at a time.
const AT_A_TIME: usize = 4096;

/// What the disk says of a file.
fn look((path, spelt, file): (String, Option<PathBuf>, DirEntry), clock: Option<SystemTime>) -> SourceEntry {
    let metadata = file.metadata().ok();
    let size = metadata.as_ref().map_or(0, fs::Metadata::len);
    let stamp = clock.and_then(|clock| {
        let (stamp, touched) = stamp::of(metadata.as_ref()?)?;
        stamp::is_settled(touched, clock).then_some(stamp)
    });
    SourceEntry { path: path.into(), size, spelt, stamp }
}

/// Files of editors and systems: they start with a dot, or are the lock of an open document.
fn is_hidden(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') || name.starts_with("~$")
}

/// The files at `path`, which is one or a folder of them, under the names by which messages call
/// them, if they are `readable` by their names: people, themes, pages that the law asks for.
///
/// # Errors
/// Why it cannot be read.
pub fn beside(path: &Path, shown: &str, readable: impl Fn(&str) -> bool) -> Result<Vec<SourceFile>, String> {
    let mut files = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| error.io_error().map_or_else(|| error.to_string(), ToString::to_string))?;
        let name = if entry.depth() == 0 {
            shown.to_owned()
        } else {
            format!("{}/{}", shown.trim_end_matches('/'), below(path, entry.path()).unwrap_or_default())
        };
        let list = entry.depth() == 1 && entry.file_name().to_string_lossy().starts_with("_index.");
        if entry.file_type().is_dir() || is_hidden(&entry) || list || !readable(&name) {
            continue;
        }
        let mut bytes = Vec::new();
        let file = File::open(entry.path()).map_err(|error| error.to_string())?;
        file.take(LARGEST_TEXT).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        files.push(SourceFile { path: nfc(&name).into_owned(), bytes });
    }
    Ok(files)
}

/// Commits that bring more files than this are moves and imports: they tell nothing of any file.
const MOST_FILES: usize = 20;

/// When each file below `folder` came into its history, by git.
///
/// # Errors
/// There is no git, no history, or not the whole of it.
pub fn history(folder: &Path) -> Result<HashMap<String, DateTime<Utc>>, Problem> {
    let failed = |reason: &str| Problem::general(Code::HistoryMissing).with("reason", reason.trim());
    let git = |arguments: &[&str]| {
        let run = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).output();
        let run = run.map_err(|error| failed(&error.to_string()))?;
        if run.status.success() { Ok(run.stdout) } else { Err(failed(&String::from_utf8_lossy(&run.stderr))) }
    };
    if git(&["rev-parse", "--is-shallow-repository"])?.starts_with(b"true") {
        return Err(Problem::general(Code::HistoryMissing).with("shallow", "1"));
    }
    let format = "--format=%x01%ct";
    let log = git(&["log", "--reverse", "--no-renames", "--diff-filter=A", "--name-only", "-z", "--relative", format])?;
    let mut history = HashMap::new();
    for commit in log.split(|byte| *byte == 1).skip(1) {
        let mut parts = commit.split(|byte| matches!(byte, 0 | b'\n')).filter(|part| !part.is_empty());
        let seconds = parts.next().and_then(|part| std::str::from_utf8(part).ok()?.parse().ok());
        let files: Vec<&str> = parts.filter_map(|part| std::str::from_utf8(part).ok()).collect();
        let Some(instant) = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) else { continue };
        if files.len() <= MOST_FILES {
            for file in files {
                history.entry(nfc(file).into_owned()).or_insert(instant);
            }
        }
    }
    Ok(history)
}

/// A line of `.crieurignore`, as in `.gitignore`: a pattern without `/` inside is a name anywhere,
/// one with `/` at its end is a folder.
struct Ignored {
    pattern: glob::Pattern,
    anywhere: bool,
    folder: bool,
}

impl Ignored {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let folder = line.ends_with('/');
        let inner = line.trim_end_matches('/');
        let pattern = glob::Pattern::new(inner.trim_start_matches('/')).ok()?;
        Some(Self { pattern, anywhere: !inner.contains('/'), folder })
    }

    fn matches(&self, path: &str, is_folder: bool) -> bool {
        let subject = if self.anywhere { path.rsplit('/').next().unwrap_or(path) } else { path };
        (is_folder || !self.folder) && self.pattern.matches(subject)
    }
}

fn ignored(folder: &Path) -> Vec<Ignored> {
    let text = fs::read_to_string(folder.join(IGNORE)).unwrap_or_default();
    text.lines().filter_map(Ignored::of).collect()
}

/// Whether a pattern matches the file or folder; what lies in an excluded folder is not looked at.
fn excluded(patterns: &[glob::Pattern], path: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(path))
}

/// The path below `folder`, with `/`; `None` where it is not Unicode.
fn below(folder: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(folder).ok()?;
    let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
