//! What was made of each item's file, kept for the next run: the pieces of [`crate::file::Heads`] in one file.
//!
//! The file grows at its end: a run adds what it has read anew, and reads of two pieces for one path the
//! later. Each piece has a check of its own, so one that is damaged, or was being written when the machine
//! stopped, is not there. Where half of the file is of no use any more it is written anew, and at once where
//! something in it is of a file that is gone: nobody is to find here what somebody has taken away.

use std::fs::{File, OpenOptions};
use std::hash::BuildHasher as _;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

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

/// The pieces of one newsroom. They stay in the file until somebody asks for them.
#[derive(Debug)]
pub struct Pieces {
    path: PathBuf,
    first_line: String,
    /// The file as it was found, to be read from any place.
    file: Option<File>,
    found: List,
    writing: Option<Mutex<Writing>>,
    damaged: AtomicBool,
}

/// What lies where, each path once.
#[derive(Debug, Default)]
struct List {
    /// All paths.
    paths: Vec<u8>,
    pieces: Vec<Piece>,
    /// The numbers of pieces by their paths.
    by_path: HashTable<u32>,
    hasher: RandomState,
    /// Where the last whole piece ends.
    end: u64,
}

/// Where a piece lies in the file.
#[derive(Debug)]
struct Piece {
    /// Among all paths.
    path: Range<usize>,
    /// Where the piece begins in the file, with what stands before it.
    start: u64,
    /// How long it is, with that.
    length: usize,
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
    fn is(&self, fate: u8) -> bool {
        self.fate.load(Ordering::Relaxed) == fate
    }
}

impl List {
    /// What lies in a file behind its first line, up to the last whole piece.
    fn of(file: &File, first_line: usize) -> Self {
        let mut list = Self { end: first_line as u64, ..Self::default() };
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        let mut file = BufReader::with_capacity(1 << 20, file);
        let whole = |from: u64, piece: u64| from.checked_add(piece).is_some_and(|end| end <= length);
        let mut before = [0; BEFORE];
        if file.seek(SeekFrom::Start(list.end)).is_err() {
            return list;
        }
        while whole(list.end, BEFORE as u64) && file.read_exact(&mut before).is_ok() {
            let number = |at: usize| before.get(at..)?.first_chunk().map(|number| u32::from_le_bytes(*number));
            let (Some(behind), Some(path)) = (number(0), number(8)) else { break };
            let piece = u64::from(behind) + 4;
            let rest = piece.checked_sub(BEFORE as u64).filter(|rest| u64::from(path) <= *rest);
            let Some(rest) = rest.filter(|_| whole(list.end, piece)) else { break };
            let from = list.paths.len();
            list.paths.resize(from + path as usize, 0);
            let read = list.paths.get_mut(from..).map(|path| file.read_exact(path));
            let head = i64::try_from(rest - u64::from(path));
            if !matches!(read, Some(Ok(())))
                || head.is_err()
                || !head.is_ok_and(|head| file.seek_relative(head).is_ok())
            {
                list.paths.truncate(from);
                break;
            }
            list.add(from, usize::try_from(piece).unwrap_or(usize::MAX));
        }
        list
    }

    /// The piece that comes next, whose path is the last: of two for one path the later stands.
    fn add(&mut self, path: usize, length: usize) {
        let piece = Piece { path: path..self.paths.len(), start: self.end, length, fate: AtomicU8::new(GONE) };
        self.end += length as u64;
        let Self { paths, pieces, by_path, hasher, .. } = self;
        let of = |piece: &Piece| paths.get(piece.path.clone()).unwrap_or_default();
        let at = |number: &u32| pieces.get(*number as usize).map(of).unwrap_or_default();
        let number = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        let own = of(&piece);
        match by_path.entry(hasher.hash_one(own), |number| at(number) == own, |number| hasher.hash_one(at(number))) {
            Entry::Occupied(mut known) => {
                if let Some(earlier) = pieces.get(*known.get() as usize) {
                    earlier.fate.store(REPLACED, Ordering::Relaxed);
                }
                *known.get_mut() = number;
            }
            Entry::Vacant(free) => drop(free.insert(number)),
        }
        pieces.push(piece);
    }

    fn find(&self, path: &str) -> Option<&Piece> {
        let is = |number: &u32| {
            let piece = self.pieces.get(*number as usize);
            piece.and_then(|piece| self.paths.get(piece.path.clone())) == Some(path.as_bytes())
        };
        let number = self.by_path.find(self.hasher.hash_one(path.as_bytes()), is)?;
        self.pieces.get(*number as usize)
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
        let mut file = File::open(&path).ok();
        let mut beginning = Vec::new();
        if let Some(file) = &mut file {
            let _ = file.take(first_line.len() as u64).read_to_end(&mut beginning);
        }
        let damaged = !beginning.is_empty() && !beginning.starts_with(FORM.as_bytes());
        let file = file.filter(|_| beginning == first_line.as_bytes());
        let found = file.as_ref().map(|file| List::of(file, first_line.len())).unwrap_or_default();
        let begin = || {
            lock::folder(root).ok()?;
            let mut file = OpenOptions::new().create(true).read(true).write(true).truncate(false).open(&path).ok()?;
            file.set_len(found.end).ok()?;
            file.seek(SeekFrom::End(0)).ok()?;
            let mut file = BufWriter::with_capacity(1 << 20, file);
            if found.end == 0 {
                file.write_all(first_line.as_bytes()).ok()?;
            }
            Some(Mutex::new(Writing { file, added: 0, failed: false }))
        };
        let writing = if write { begin() } else { None };
        Self { path, first_line, file, found, writing, damaged: AtomicBool::new(damaged) }
    }

    /// A whole piece, with what stands before it.
    fn read(&self, piece: &Piece) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; piece.length];
        read_at(self.file.as_ref().ok_or(std::io::ErrorKind::NotFound)?, &mut bytes, piece.start)?;
        Ok(bytes)
    }

    /// Writes what is still to be written; true where something in the file was damaged, and what of it was
    /// lost is made again.
    pub fn finish(self) -> bool {
        let damaged = self.damaged.load(Ordering::Relaxed);
        let Some(writing) = &self.writing else { return damaged };
        let mut writing = writing.lock().unwrap_or_else(PoisonError::into_inner);
        if writing.failed || writing.file.flush().is_err() {
            return damaged;
        }
        let added = writing.added;
        let file = writing.file.get_mut();
        let useful = || self.found.pieces.iter().filter(|piece| piece.is(STAYS));
        let gone = self.found.pieces.iter().any(|piece| piece.is(GONE));
        let live = useful().map(|piece| piece.length as u64).sum::<u64>() + added;
        let Ok(length) = file.metadata().map(|metadata| metadata.len()) else { return damaged };
        if gone || length > live.saturating_mul(2) + LEFT {
            let new = length - added;
            let mut put = |target: &mut File| {
                let mut target = BufWriter::with_capacity(1 << 20, target);
                target.write_all(self.first_line.as_bytes())?;
                useful().try_for_each(|piece| target.write_all(&self.read(piece)?))?;
                file.seek(SeekFrom::Start(new))?;
                std::io::copy(&mut file.take(added), &mut target)?;
                target.flush()
            };
            let _ = replace(&self.path, Durability::Quick, &mut put);
        }
        damaged
    }
}

/// Reads from a place on that no other reader of the file moves.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], from: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, from)
}

/// Reads from a place on that no other reader of the file moves.
#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut from: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, from)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes = bytes.split_at_mut(read).1;
        from += read as u64;
    }
    Ok(())
}

impl Heads for Pieces {
    fn kept(&self, path: &str) -> Option<Vec<u8>> {
        let piece = self.found.find(path)?;
        let mut bytes = self.read(piece).ok()?;
        let check = bytes.get(4..8) == Some(&check(bytes.get(8..)?));
        if !check {
            self.damaged.store(true, Ordering::Relaxed);
            return None;
        }
        bytes.drain(..BEFORE + piece.path.len());
        Some(bytes)
    }

    fn stays(&self, path: &str) {
        if let Some(piece) = self.found.find(path) {
            piece.fate.store(STAYS, Ordering::Relaxed);
        }
    }

    fn keep(&self, path: &str, head: &[u8]) {
        let Some(writing) = &self.writing else { return };
        let Some(whole) = whole(path, head) else { return };
        if let Some(piece) = self.found.find(path) {
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kept(root: &Path, path: &str) -> Option<String> {
        let pieces = Pieces::open(root, "key", false);
        pieces.kept(path).map(|head| String::from_utf8_lossy(&head).into_owned())
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
                assert_eq!(pieces.kept("b.md").as_deref(), Some("stays".as_bytes()), "round {round}");
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
