//! What was made of each item's file, kept for the next run: the pieces of [`crate::file::Heads`] in one file.
//!
//! The file grows at its end: a run adds what it has read anew, and reads of two pieces for one path the
//! later. Each piece has a check of its own, so one that is damaged, or was being written when the machine
//! stopped, is not there. Where half of the file is of no use any more it is written anew, and at once where
//! something in it is of a file that is gone: nobody is to find here what somebody has taken away.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::file::Heads;
use crate::lock;
use crate::output::{Durability, replace};

/// The file in `.crieur/`.
pub const FILE: &str = "heads";

/// The first bytes of the file: the form of what follows.
const FORM: &str = "crieur heads 1";

/// So much of no use is not worth writing a file anew.
const LEFT: u64 = 64 << 10;

/// What stands before a piece: its length, its check, and the length of its path.
const BEFORE: usize = 4 + 4 + 4;

/// The pieces of one newsroom.
#[derive(Debug)]
pub struct Pieces {
    path: PathBuf,
    first_line: String,
    /// The file as it was found.
    bytes: Vec<u8>,
    /// By path, each path once.
    found: Vec<Piece>,
    writing: Option<Mutex<Writing>>,
    damaged: AtomicBool,
}

/// Where a piece lies in the file.
#[derive(Debug)]
struct Piece {
    path: Range<usize>,
    head: Range<usize>,
    /// What has become of it in this run.
    fate: AtomicU8,
}

/// Nobody has asked for it: its file is gone, or is no item any more.
const GONE: u8 = 0;
/// It is right still.
const STAYS: u8 = 1;
/// There is another for its path.
const REPLACED: u8 = 2;

impl Piece {
    fn start(&self) -> usize {
        self.path.start - BEFORE
    }

    fn is(&self, fate: u8) -> bool {
        self.fate.load(Ordering::Relaxed) == fate
    }
}

#[derive(Debug)]
struct Writing {
    file: BufWriter<File>,
    added: u64,
    failed: bool,
}

impl Pieces {
    /// Those of the newsroom at `root` that were made by the same program from the same configuration, as
    /// `key` has it: all others are of no use. `write` is whether this run may keep more.
    pub fn open(root: &Path, key: &str, write: bool) -> Self {
        let first_line = format!("{FORM} {key}\n");
        let path = root.join(lock::FOLDER).join(FILE);
        let mut bytes = fs::read(&path).unwrap_or_default();
        let damaged = !bytes.is_empty() && !bytes.starts_with(FORM.as_bytes());
        if !bytes.starts_with(first_line.as_bytes()) {
            bytes = Vec::new();
        }
        let (found, end) = list(&bytes, first_line.len());
        let begin = || {
            lock::folder(root).ok()?;
            let mut file = OpenOptions::new().create(true).read(true).write(true).truncate(false).open(&path).ok()?;
            file.set_len(end as u64).ok()?;
            file.seek(SeekFrom::End(0)).ok()?;
            let mut file = BufWriter::with_capacity(1 << 20, file);
            if end == 0 {
                file.write_all(first_line.as_bytes()).ok()?;
            }
            Some(Mutex::new(Writing { file, added: 0, failed: false }))
        };
        let writing = if write { begin() } else { None };
        Self { path, first_line, bytes, found, writing, damaged: AtomicBool::new(damaged) }
    }

    fn find(&self, path: &str) -> Option<&Piece> {
        let of = |piece: &Piece| self.bytes.get(piece.path.clone()).unwrap_or_default();
        let index = self.found.binary_search_by(|piece| of(piece).cmp(path.as_bytes())).ok()?;
        self.found.get(index)
    }

    /// Writes what is still to be written; true where something in the file was damaged, and what of it was
    /// lost is made again.
    pub fn finish(self) -> bool {
        let damaged = self.damaged.load(Ordering::Relaxed);
        let Some(writing) = self.writing else { return damaged };
        let Writing { file, added, failed } = writing.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Ok(mut file) = file.into_inner() else { return damaged };
        let useful = self.found.iter().filter(|piece| piece.is(STAYS));
        let gone = self.found.iter().any(|piece| piece.is(GONE));
        let useful: Vec<&[u8]> = useful.filter_map(|piece| self.bytes.get(piece.start()..piece.head.end)).collect();
        let live = useful.iter().map(|piece| piece.len() as u64).sum::<u64>() + added;
        let Ok(length) = file.metadata().map(|metadata| metadata.len()) else { return damaged };
        if !failed && (gone || length > live.saturating_mul(2) + LEFT) {
            let new = length - added;
            let mut put = |target: &mut File| {
                let mut target = BufWriter::with_capacity(1 << 20, target);
                target.write_all(self.first_line.as_bytes())?;
                useful.iter().try_for_each(|piece| target.write_all(piece))?;
                file.seek(SeekFrom::Start(new))?;
                std::io::copy(&mut (&mut file).take(added), &mut target)?;
                target.flush()
            };
            let _ = replace(&self.path, Durability::Quick, &mut put);
        }
        damaged
    }
}

impl Heads for Pieces {
    fn kept(&self, path: &str) -> Option<&[u8]> {
        let piece = self.find(path)?;
        let whole = self.bytes.get(piece.start() + 4..piece.head.end)?;
        if whole.split_first_chunk().is_none_or(|(check, rest)| *check != self::check(rest)) {
            self.damaged.store(true, Ordering::Relaxed);
            return None;
        }
        self.bytes.get(piece.head.clone())
    }

    fn stays(&self, path: &str) {
        if let Some(piece) = self.find(path) {
            piece.fate.store(STAYS, Ordering::Relaxed);
        }
    }

    fn keep(&self, path: &str, head: &[u8]) {
        let Some(writing) = &self.writing else { return };
        let Some(whole) = whole(path, head) else { return };
        if let Some(piece) = self.find(path) {
            piece.fate.store(REPLACED, Ordering::Relaxed);
        }
        let mut writing = writing.lock().unwrap_or_else(PoisonError::into_inner);
        if writing.failed {
            return;
        }
        match writing.file.write_all(&whole) {
            Ok(()) => writing.added += whole.len() as u64,
            // What cannot be kept is only missed.
            Err(_) => writing.failed = true,
        }
    }
}

/// A piece with what stands before it; `None` where it is longer than a piece may be.
fn whole(path: &str, head: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(path.len() + head.len() + BEFORE - 4).ok()?;
    let mut whole = Vec::with_capacity(length as usize + 4);
    whole.extend(length.to_le_bytes());
    whole.extend([0; 4]);
    whole.extend(u32::try_from(path.len()).ok()?.to_le_bytes());
    whole.extend_from_slice(path.as_bytes());
    whole.extend_from_slice(head);
    let check = check(whole.get(8..)?);
    whole.get_mut(4..8)?.copy_from_slice(&check);
    Some(whole)
}

/// What tells a piece from one that a disk has damaged; nobody means to deceive us here.
fn check(bytes: &[u8]) -> [u8; 4] {
    crc32fast::hash(bytes).to_le_bytes()
}

/// The pieces of a file, and where the last whole one ends.
fn list(bytes: &[u8], first_line: usize) -> (Vec<Piece>, usize) {
    let number = |at: usize| bytes.get(at..)?.first_chunk().map(|number| u32::from_le_bytes(*number) as usize);
    let mut pieces = Vec::new();
    let mut end = if bytes.is_empty() { 0 } else { first_line };
    while let Some(length) = number(end) {
        let (start, next) = (end + BEFORE, end.saturating_add(4).saturating_add(length));
        let path = number(end + 8).and_then(|path| start.checked_add(path)).filter(|path| *path <= next);
        let Some(path) = path.filter(|_| next <= bytes.len()) else { break };
        pieces.push(Piece { path: start..path, head: path..next, fate: AtomicU8::new(GONE) });
        end = next;
    }
    let of = |piece: &Piece| bytes.get(piece.path.clone()).unwrap_or_default();
    // Of two for one path the later stands: it comes first, and the other goes.
    pieces.sort_unstable_by(|a, b| of(a).cmp(of(b)).then(b.path.start.cmp(&a.path.start)));
    pieces.dedup_by(|later, first| of(later) == of(first));
    (pieces, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(root: &Path, path: &str) -> Option<String> {
        let pieces = Pieces::open(root, "key", false);
        pieces.kept(path).map(|head| String::from_utf8_lossy(head).into_owned())
    }

    #[test]
    fn the_later_piece_stands_and_the_file_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let long = "x".repeat(50_000);
        for round in 0..20 {
            let pieces = Pieces::open(root, "key", true);
            if round > 0 {
                assert_eq!(pieces.kept("gone.md").is_some(), round == 1);
                assert_eq!(pieces.kept("b.md"), Some("stays".as_bytes()), "round {round}");
                pieces.stays("b.md");
            } else {
                pieces.keep("b.md", b"stays");
                pieces.keep("gone.md", b"");
            }
            pieces.keep("a.md", format!("{round}{long}").as_bytes());
            assert!(!pieces.finish());
            assert_eq!(kept(root, "a.md"), Some(format!("{round}{long}")));
        }
        let size = fs::metadata(root.join(".crieur/heads")).unwrap().len();
        assert!(size < 3 * 50_000 + LEFT, "{size}");
        assert_eq!(kept(root, "gone.md"), None);
        assert_eq!(Pieces::open(root, "other", false).kept("a.md"), None, "another configuration");
    }

    #[test]
    fn a_piece_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let pieces = Pieces::open(root, "key", true);
        pieces.keep("a.md", b"one");
        pieces.keep("b.md", b"two");
        assert!(!pieces.finish());
        let file = root.join(".crieur/heads");
        let bytes = fs::read(&file).unwrap();
        let right = |found: Option<String>, text: &str| found.is_none_or(|found| found == text);
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            *other.get_mut(at).unwrap() ^= 1;
            fs::write(&file, &other).unwrap();
            assert!(right(kept(root, "a.md"), "one") && right(kept(root, "b.md"), "two"), "byte {at}");
            // Cut off there, and gone on with.
            fs::write(&file, bytes.get(..at).unwrap()).unwrap();
            let pieces = Pieces::open(root, "key", true);
            pieces.keep("c.md", b"three");
            pieces.finish();
            assert_eq!(kept(root, "c.md").as_deref(), Some("three"), "cut at {at}");
            assert!(right(kept(root, "a.md"), "one") && kept(root, "b.md").is_none(), "cut at {at}");
        }
    }
}
