//! Edge in: what lies in the items folder.
//!
//! Sorted, hidden files left out, only ordinary files, and every error of the walk kept:
//! an unreadable folder must not silently leave the feed.

#![expect(clippy::disallowed_methods, reason = "this is where the items folder is read")]

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use walkdir::WalkDir;

use crate::file::{LARGEST_TEXT, Source, SourceEntry};
use crate::problem::{Code, Problem};
use crate::text::nfc;

/// Lists `folder`, which messages call `shown`. The output folder, where it lies inside, and what `exclude` matches are not
/// looked at.
///
/// # Errors
/// The folder itself is not there or cannot be listed.
pub fn open(
    folder: &Path,
    shown: &str,
    out: &Path,
    exclude: &[glob::Pattern],
) -> Result<(Source, Vec<Problem>), Problem> {
    let missing = |reason: String| Problem::general(Code::ItemsMissing).with("folder", shown).with("reason", reason);
    let metadata = std::fs::metadata(folder).map_err(|error| missing(error.to_string()))?;
    if !metadata.is_dir() {
        return Err(missing("not a folder".to_owned()));
    }
    let out = std::fs::canonicalize(out).ok();
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| {
        let inside = entry.depth() > 0;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_out =
            || out.as_ref().is_some_and(|out| std::fs::canonicalize(entry.path()).is_ok_and(|path| path == *out));
        let unwanted = || below(folder, entry.path()).is_some_and(|path| excluded(exclude, &nfc(&path)));
        !(inside && (hidden || entry.file_type().is_dir() && is_out() || unwanted()))
    });
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().and_then(|path| below(folder, path)).unwrap_or_default();
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                problems.push(Problem::new(Code::FolderUnreadable, &path).with("reason", reason));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let Some(spelt) = below(folder, entry.path()) else {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().into_owned();
            problems.push(Problem::new(Code::NameUnreadable, &path));
            continue;
        };
        let path = nfc(&spelt).into_owned();
        // Neither links nor pipes nor devices: reading one might never end.
        if !entry.file_type().is_file() {
            problems.push(Problem::new(Code::LinkSkipped, &path));
            continue;
        }
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        let spelt = (path != spelt).then(|| entry.path().to_owned());
        entries.push(SourceEntry { path, size, spelt });
    }
    let root = folder.to_owned();
    let read = move |entry: &SourceEntry| {
        let path = entry.spelt.clone().unwrap_or_else(|| root.join(&entry.path));
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size.min(LARGEST_TEXT)).unwrap_or_default() + 1);
        let file = File::open(path).map_err(|error| error.to_string())?;
        // One byte more than the limit is enough to know that it is too large.
        file.take(LARGEST_TEXT + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    };
    Ok((Source::new(entries, read), problems))
}

/// Whether a pattern matches the file, or a folder that it lies in.
fn excluded(patterns: &[glob::Pattern], path: &str) -> bool {
    let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    folders.chain([path]).any(|path| patterns.iter().any(|pattern| pattern.matches(path)))
}

/// The path below `folder`, with `/`; `None` where it is not Unicode.
fn below(folder: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(folder).ok()?;
    let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
