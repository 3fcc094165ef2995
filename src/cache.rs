//! Edge in: what the last run looked at, so that a run in which nothing has changed need not look again.
//!
//! A [`Memo`] holds the answer of a run that found everything as it is to be, and a digest of names,
//! sizes and times of all that it read and of all that it would have written ([`Sight`]). Where that is
//! the same, reading would find the same, and the answer is given again.
//!
//! Times are a hint to skip reading and nothing else: no output knows of them (DESIGN §3.2). A file
//! that was touched within two seconds of the moment at which it was looked at is not trusted: a second
//! change within the same tick of the clock would not show. All of this may be deleted at any time.
//!
//! Where something has changed, [`heads`] tell what was made of all the rest.

#![expect(clippy::disallowed_methods, reason = "this is where files are looked at without reading them")]

pub mod heads;

use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::file::digest;
use crate::lock;
use crate::output::{Durability, replace};
use crate::stamp::{is_settled, said};

/// The file in `.crieur/`.
pub const FILE: &str = "last-run";

/// Names, sizes and times of files, as one digest.
#[derive(Debug, Default)]
pub struct Sight {
    hasher: blake3::Hasher,
    /// When the youngest of them was touched.
    newest: Option<SystemTime>,
    /// Whether something could not be looked at.
    unsure: bool,
    line: Vec<u8>,
}

impl Sight {
    /// A text that counts as it is.
    pub fn text(&mut self, text: &str) {
        self.hasher.update(&(text.len() as u64).to_le_bytes());
        self.hasher.update(text.as_bytes());
    }

    /// One file or folder, there or not; `name` is what it is called among the others.
    pub fn file(&mut self, path: &Path, name: &str) {
        let metadata = fs::symlink_metadata(path).ok();
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        let touched = told(name.as_bytes(), metadata.as_ref(), &mut line);
        let led = metadata.as_ref().and_then(|metadata| led(path, metadata, &mut line));
        self.newest = self.newest.max(touched).max(led);
        self.hasher.update(&line);
        self.line = line;
    }

    /// Everything below a folder, whatever it is, without what lies in `except`.
    pub fn folder(&mut self, folder: &Path, except: &[&Path]) {
        /// So many files are looked at by all processors at a time.
        const AT_A_TIME: usize = 4096;
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            // A file, or nothing at all: who asked has looked at it as one.
            let Ok(mut entries) = fs::read_dir(&folder) else {
                self.text("");
                continue;
            };
            self.text(&folder.to_string_lossy());
            // What is told of each, in one piece: there may be a hundred thousand.
            let (mut lines, mut places, mut below) = (Vec::new(), Vec::new(), Vec::new());
            loop {
                let some: Vec<io::Result<DirEntry>> = entries.by_ref().take(AT_A_TIME).collect();
                if some.is_empty() {
                    break;
                }
                let looked: Vec<io::Result<Looked>> = some.into_par_iter().map(Looked::at).collect();
                for looked in looked {
                    match looked {
                        Ok(Looked::Folder(path)) => below.extend(Some(path).filter(|path| !except.contains(&&**path))),
                        Ok(Looked::File(line, touched)) => {
                            self.newest = self.newest.max(touched);
                            let start = lines.len();
                            lines.extend(line);
                            places.push(start..lines.len());
                        }
                        Err(_) => self.unsure = true,
                    }
                }
            }
            // In whatever order the disk has them.
            let line = |place: &Range<usize>| lines.get(place.clone()).unwrap_or_default();
            places.sort_unstable_by(|a, b| line(a).cmp(line(b)));
            for place in &places {
                self.hasher.update(line(place));
            }
            below.sort_unstable();
            folders.extend(below);
        }
    }

    /// Of all that was looked at.
    pub fn digest(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    /// Whether nothing of it was touched shortly before `at`, or later.
    pub fn is_settled(&self, at: SystemTime) -> bool {
        !self.unsure && self.newest.is_none_or(|newest| is_settled(newest, at))
    }
}

/// What was found in a folder.
enum Looked {
    Folder(PathBuf),
    /// What is told of it, and when it was touched.
    File(Vec<u8>, Option<SystemTime>),
}

impl Looked {
    fn at(entry: io::Result<DirEntry>) -> io::Result<Self> {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            return Ok(Self::Folder(entry.path()));
        }
        let mut line = Vec::with_capacity(192);
        let touched = told(entry.file_name().as_encoded_bytes(), Some(&metadata), &mut line);
        let led = if metadata.is_symlink() { led(&entry.path(), &metadata, &mut line) } else { None };
        Ok(Self::File(line, touched.max(led)))
    }
}

/// What is told of a file goes into `line`; when it was last touched.
fn told(name: &[u8], metadata: Option<&Metadata>, line: &mut Vec<u8>) -> Option<SystemTime> {
    line.extend_from_slice(&(name.len() as u64).to_le_bytes());
    line.extend_from_slice(name);
    let metadata = metadata?;
    let kind = metadata.file_type();
    line.extend([u8::from(kind.is_file()), u8::from(kind.is_dir()), u8::from(kind.is_symlink())]);
    // A folder's size and times are those of its list of names, which is looked at itself.
    if kind.is_dir() { None } else { said(metadata, line) }
}

/// The same of what a link leads to, which may be read through it.
fn led(path: &Path, link: &Metadata, line: &mut Vec<u8>) -> Option<SystemTime> {
    if link.is_symlink() { told(b"", fs::metadata(path).ok().as_ref(), line) } else { None }
}

/// What a run that changed nothing looked at, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// What was asked, by which program, and all that was read.
    pub read: String,
    /// All that it would have written.
    pub output: String,
    /// The run's instant: the answer holds from then on,
    pub after: DateTime<Utc>,
    /// before this instant, at which something is due,
    pub until: Option<DateTime<Utc>>,
    /// and on this day of the newsroom.
    pub day: NaiveDate,
    /// What it said: to standard error, or to standard output.
    pub said: Vec<(bool, String)>,
    /// What it would have written, below the output folder.
    #[serde(skip)]
    pub files: Vec<String>,
}

/// What lies in the place of a memo.
#[derive(Debug)]
pub enum Found {
    /// Nothing, or one that another program wrote.
    Nothing,
    /// One that is not whole.
    Damaged,
    /// The last one.
    Memo(Memo),
}

/// The first bytes of the file: the form of what follows.
const FORM: &str = "crieur last-run 1";

impl Memo {
    /// The last one of the newsroom at `root`.
    pub fn last(root: &Path) -> Found {
        let Ok(bytes) = fs::read(path(root)) else { return Found::Nothing };
        let Some(rest) = bytes.strip_prefix(FORM.as_bytes()) else { return Found::Damaged };
        Self::parse(rest).map_or(Found::Damaged, Found::Memo)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let cut = |bytes: &'_ [u8]| bytes.iter().position(|byte| *byte == b'\n');
        let (check, rest) = bytes.split_at_checked(cut(bytes)?)?;
        let rest = rest.get(1..)?;
        if check.strip_prefix(b" ")? != digest(rest).as_bytes() {
            return None;
        }
        let (head, files) = rest.split_at_checked(cut(rest)?)?;
        let memo: Self = serde_json::from_slice(head).ok()?;
        let files = std::str::from_utf8(files.get(1..)?).ok()?;
        Some(Self { files: files.split_terminator('\0').map(str::to_owned).collect(), ..memo })
    }

    /// Keeps it in the place of the last one. What cannot be kept is only missed.
    pub fn keep(&self, root: &Path) {
        let Ok(head) = serde_json::to_string(self) else { return };
        let mut rest = format!("{head}\n");
        for file in &self.files {
            rest.push_str(file);
            rest.push('\0');
        }
        let text = format!("{FORM} {}\n{rest}", digest(rest.as_bytes()));
        if let Ok(folder) = lock::folder(root) {
            let _ =
                replace(&folder.join(FILE), Durability::Quick, |file| std::io::Write::write_all(file, text.as_bytes()));
        }
    }

    /// Forgets the last one.
    pub fn forget(root: &Path) {
        let _ = fs::remove_file(path(root));
    }
}

fn path(root: &Path) -> PathBuf {
    root.join(lock::FOLDER).join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::TICK;

    #[test]
    fn a_memo_comes_back_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let memo = Memo {
            read: "a".to_owned(),
            output: "b".to_owned(),
            after: DateTime::UNIX_EPOCH,
            until: None,
            day: NaiveDate::MIN,
            said: vec![(true, "rien\n".to_owned())],
            files: vec!["index.html".to_owned(), "a\nb".to_owned()],
        };
        assert!(matches!(Memo::last(folder.path()), Found::Nothing));
        memo.keep(folder.path());
        assert!(matches!(Memo::last(folder.path()), Found::Memo(found) if found == memo));
        let bytes = fs::read(path(folder.path())).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            *other.get_mut(at).unwrap() ^= 1;
            fs::write(path(folder.path()), &other).unwrap();
            assert!(matches!(Memo::last(folder.path()), Found::Damaged), "byte {at}");
            fs::write(path(folder.path()), bytes.get(..at).unwrap()).unwrap();
            assert!(matches!(Memo::last(folder.path()), Found::Damaged), "cut at {at}");
        }
    }

    #[test]
    fn whatever_happens_below_a_folder_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let look = || {
            let mut sight = Sight::default();
            sight.folder(folder.path(), &[&path("out")]);
            (sight.digest(), sight.is_settled(SystemTime::now()), sight.is_settled(SystemTime::now() + TICK * 2))
        };
        fs::create_dir(path("a")).unwrap();
        fs::create_dir(path("out")).unwrap();
        fs::write(path("a/b.md"), "x").unwrap();
        let (first, settled, later) = look();
        assert_eq!((settled, later), (false, true), "touched a moment ago");
        fs::write(path("out/c"), "x").unwrap();
        assert_eq!(look().0, first, "the output is looked at file by file");
        let acts: [&dyn Fn(); 5] = [
            &|| fs::write(path("a/c.md"), "").unwrap(),
            &|| fs::write(path("a/b.md"), "yy").unwrap(),
            &|| fs::rename(path("a/b.md"), path("a/d.md")).unwrap(),
            &|| fs::rename(path("a"), path("b")).unwrap(),
            &|| fs::remove_file(path("b/d.md")).unwrap(),
        ];
        let mut before = first;
        for act in acts {
            act();
            let after = look().0;
            assert_ne!(after, before);
            before = after;
        }
    }
}
