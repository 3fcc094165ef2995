//! Files as the pure part knows them: paths below a folder, and bytes on request.
//!
//! A [`Source`] lists what is there and hands out bytes when asked; whether they come from a disk
//! or from a test's memory is nobody's business here. There is no modification time: a CI
//! checkout makes it meaningless, so nothing may ever depend on it. Where the disk says the same of a
//! file as it did before ([`Stamp`]), it need not be read again: that is all that its times are for.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};

use crate::kept::{Digest, Shared};
use crate::problem::Code;

/// The largest text read as an item, in bytes. A release of 8 MiB is longer than most novels.
pub const LARGEST_TEXT: u64 = 8 << 20;

/// The largest office document read as an item, in bytes: its pictures lie inside of it.
pub const LARGEST_DOCUMENT: u64 = 64 << 20;

/// One file below the items folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceEntry {
    /// Below the items folder, with `/`, NFC.
    pub path: Shared,
    /// In bytes.
    pub size: u64,
    /// How the disk spells it, where that differs from `path`.
    pub spelt: Option<PathBuf>,
    /// What the disk says of it, where that can be trusted: for [`Heads`], and for nobody else.
    pub stamp: Option<Stamp>,
}

/// What a disk says of a file besides its name: its size, its times, its number. Where it is the same as
/// before, so are the bytes; where it differs, nothing is known of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub [u8; 16]);

/// What was made of files before, and is worth keeping for the next run: pieces of bytes, by path. That
/// they are right is for whoever asks to find out.
pub trait Heads: Send + Sync {
    /// What was kept for the file at `path`.
    fn kept(&self, path: &str) -> Option<Vec<u8>>;
    /// What was kept for it is right.
    fn stays(&self, path: &str);
    /// Keeps this for it from now on.
    fn keep(&self, path: &str, bytes: &[u8]);
}

/// A file with its bytes.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Below the items folder, with `/`, NFC.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// An open file: what it holds, from any place on.
pub trait Open: Read + Seek {}

impl<T: Read + Seek> Open for T {}

type Opener = dyn Fn(&SourceEntry) -> Result<Box<dyn Open>, String> + Send + Sync;

/// Everything below the items folder, in the order of paths.
pub struct Source {
    entries: Vec<SourceEntry>,
    open: Box<Opener>,
    left_out: Vec<(String, Code)>,
    committed: HashMap<String, DateTime<Utc>>,
    heads: Option<Arc<dyn Heads>>,
    progress: Arc<Progress>,
}

/// How far the work on a source has come: counted by who works, for whoever looks on. Nothing depends
/// on it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Progress {
    /// A stage begins, of so many files.
    pub fn begin(&self, all: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    /// One file more is done.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// How many files are done, of how many.
    pub fn come(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

impl Source {
    /// A source over `entries`; `open` says in words why it cannot open one.
    pub fn new(
        mut entries: Vec<SourceEntry>,
        open: impl Fn(&SourceEntry) -> Result<Box<dyn Open>, String> + Send + Sync + 'static,
    ) -> Self {
        // Two spellings of one name: always in the same order.
        entries.sort_unstable_by(|a, b| a.path.cmp(&b.path).then_with(|| a.spelt.cmp(&b.spelt)));
        Self {
            entries,
            open: Box::new(open),
            left_out: Vec::new(),
            committed: HashMap::new(),
            heads: None,
            progress: Arc::default(),
        }
    }

    /// The same, with what lies there too and was not looked at, and why.
    #[must_use]
    pub fn leaving_out(mut self, left_out: Vec<(String, Code)>) -> Self {
        self.left_out = left_out;
        self
    }

    /// The same, knowing when files came into their history.
    #[must_use]
    pub fn with_history(mut self, committed: HashMap<String, DateTime<Utc>>) -> Self {
        self.committed = committed;
        self
    }

    /// The same, with what was made of its files before.
    #[must_use]
    pub fn with_heads(mut self, heads: Arc<dyn Heads>) -> Self {
        self.heads = Some(heads);
        self
    }

    /// The same without that: it is needed no more.
    #[must_use]
    pub fn without_heads(mut self) -> Self {
        self.heads = None;
        self
    }

    /// What was made of its files before, where somebody keeps it.
    pub fn heads(&self) -> Option<&dyn Heads> {
        self.heads.as_deref()
    }

    /// How far the work on it has come.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// What was not looked at, and why; a folder ends in `/` and stands for all that is in it.
    pub fn left_out(&self) -> &[(String, Code)] {
        &self.left_out
    }

    /// When the file came into its history, where somebody asked for it.
    pub fn committed(&self, path: &str) -> Option<DateTime<Utc>> {
        self.committed.get(path).copied()
    }

    /// A source held in memory: path and content of each file.
    pub fn in_memory<P: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect();
        let entries = files
            .iter()
            .map(|(path, bytes)| SourceEntry { path: path.into(), size: bytes.len() as u64, spelt: None, stamp: None })
            .collect();
        Self::new(entries, move |entry| {
            let bytes = files.get(entry.path.as_str()).ok_or_else(|| "not there".to_owned())?;
            Ok(Box::new(Cursor::new(bytes.clone())))
        })
    }

    /// What is there, sorted by path.
    pub fn entries(&self) -> &[SourceEntry] {
        &self.entries
    }

    /// The entry at a path, if there is one.
    pub fn find(&self, path: &str) -> Option<&SourceEntry> {
        let index = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        self.entries.get(index)
    }

    /// Reads one file. One byte more than a text may have is enough to know that it is too large.
    ///
    /// # Errors
    /// The reason, in the words of the operating system.
    pub fn read(&self, entry: &SourceEntry) -> Result<SourceFile, String> {
        self.head(entry, LARGEST_DOCUMENT + 1).map(|bytes| SourceFile { path: entry.path.to_string(), bytes })
    }

    /// Reads the beginning of one file: `most` bytes, or all where it has fewer.
    ///
    /// # Errors
    /// The reason, in the words of the operating system.
    pub fn head(&self, entry: &SourceEntry, most: u64) -> Result<Vec<u8>, String> {
        self.piece(entry, 0, most)
    }

    /// The same from byte `start` on; nothing where it has fewer bytes.
    ///
    /// # Errors
    /// The reason, in the words of the operating system.
    pub fn piece(&self, entry: &SourceEntry, start: u64, most: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size.min(most)).unwrap_or_default());
        let mut file = (self.open)(entry)?;
        if start > 0 {
            file.seek(SeekFrom::Start(start)).map_err(|error| error.to_string())?;
        }
        file.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// The digest of one file, however large it is: it is never in memory.
    ///
    /// # Errors
    /// The reason, in the words of the operating system.
    pub fn digest(&self, entry: &SourceEntry) -> Result<String, String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader((self.open)(entry)?).map_err(|error| error.to_string())?;
        Ok(shortened(&hasher.finalize()))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Source").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

/// What an output file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The same bytes as the source file at this path: an attachment is never in memory.
    CopyOf(String),
}

/// A file to write below the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Below the output folder, with `/`.
    pub path: String,
    /// What it holds.
    pub content: Content,
}

/// A digest of 128 bits in hexadecimal, enough to tell two files of one newsroom apart.
pub fn digest(bytes: &[u8]) -> String {
    shortened(&blake3::hash(bytes))
}

/// The digest of several parts; their borders count.
pub fn digest_of<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    // In one piece, for that is quicker than in many.
    let mut all = Vec::with_capacity(512);
    for part in parts {
        all.extend((part.len() as u64).to_le_bytes());
        all.extend_from_slice(part.as_bytes());
    }
    digest(&all)
}

/// The digest of a text that comes in small pieces, and of which no more is in memory than it takes to be quick.
#[derive(Debug, Default)]
pub struct Digesting {
    hasher: blake3::Hasher,
    waiting: Vec<u8>,
}

impl Digesting {
    /// So many bytes are hashed at a time.
    const PIECE: usize = 16 << 10;

    /// Takes more of it.
    pub fn take(&mut self, text: &str) {
        if self.waiting.len() + text.len() > Self::PIECE {
            self.hasher.update(&self.waiting);
            self.waiting.clear();
        }
        self.waiting.extend_from_slice(text.as_bytes());
    }

    /// That of all of it, as [`digest`].
    pub fn end(mut self) -> String {
        self.hasher.update(&self.waiting);
        shortened(&self.hasher.finalize())
    }
}

impl fmt::Write for Digesting {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.take(text);
        Ok(())
    }
}

/// The part of a hash that is a digest.
pub(crate) fn shortened(hash: &blake3::Hash) -> String {
    let bits = hash.as_bytes().first_chunk().copied();
    bits.map(|bits| Digest::from(bits).text().to_owned()).unwrap_or_default()
}
