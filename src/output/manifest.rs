//! What the last run wrote, kept beside it: which files of a folder are ours, and what they hold.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write};
use std::path::Path;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize, Serializer};

use crate::kept::{Digest, Rare, Shared, packed};

/// The name of the manifest in the output folder.
pub const MANIFEST: &str = ".crieur-manifest.json";

/// The form of its file. One of a later version is read as none.
const VERSION: u32 = 1;

/// What the last run wrote: which files of a folder are ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// With which ledger.
    pub ledger: Option<Stamp>,
    /// By their paths.
    pub files: BTreeMap<Shared, Known>,
}

/// A file that we wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Of its bytes.
    pub digest: Digest,
    /// In bytes.
    pub size: u64,
    /// Of what it was made of; empty where only its bytes tell.
    #[serde(default, skip_serializing_if = "Digest::is_empty")]
    pub inputs: Digest,
    /// What it may still hold, where a delivery has not come to its end: digests of earlier bytes.
    #[serde(default, skip_serializing_if = "<[Digest]>::is_empty")]
    pub was: Rare<Digest>,
    /// Whether a run that has not come to its end was about to write it: then it is ours, whatever it holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub begun: bool,
}

impl Known {
    /// Whether these are bytes that we wrote, now or before.
    pub fn wrote(&self, digest: &Digest) -> bool {
        self.digest == *digest || self.was.contains(digest)
    }
}

/// How much a ledger knows: the output remembers it, so that an older one is noticed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Whose it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authority: String,
    /// How many items.
    pub items: usize,
    /// The newest `updated`, in seconds since 1970.
    pub newest: i64,
}

/// A manifest as it is written and read; the files come last, for [`stamp`] reads what stands before them.
#[derive(Serialize, Deserialize)]
struct Form<S, F> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<S>,
    files: F,
}

impl Manifest {
    /// What a manifest says; `None` for what is none, or one of a later version.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let Form { version, ledger, files } = serde_json::from_slice(bytes).ok()?;
        (version == VERSION).then_some(Self { ledger, files })
    }

    /// The bytes of its file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let files = self.files.iter().map(|(path, known)| (path, Cow::Borrowed(known)));
        let _ = write(&mut bytes, self.ledger.as_ref(), files); // memory takes everything
        bytes
    }
}

/// Writes the manifest of files that come one by one, in the order of their paths: of a hundred thousand there is
/// no second list.
pub(super) fn write<'a>(
    target: &mut dyn Write,
    ledger: Option<&Stamp>,
    files: impl Iterator<Item = (&'a Shared, Cow<'a, Known>)>,
) -> std::io::Result<()> {
    let form = Form { version: VERSION, ledger, files: Once(Cell::new(Some(files))) };
    serde_json::to_writer_pretty(&mut *target, &form)?;
    target.write_all(b"\n")
}

/// Pairs that are written as they come: once.
struct Once<I>(Cell<Option<I>>);

impl<K: Serialize, V: Serialize, I: Iterator<Item = (K, V)>> Serialize for Once<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.take().into_iter().flatten())
    }
}

/// What the last run wrote here. `None` where there is none, or none that can be read: then nothing
/// is known, and all is made.
pub fn manifest(out: &Path) -> Option<Manifest> {
    let manifest = Manifest::parse(&fs::read(out.join(MANIFEST)).ok()?)?;
    Some(Manifest { files: packed(manifest.files), ..manifest })
}

/// With which ledger the output was written, where that is known.
pub fn stamp(out: &Path) -> Option<Stamp> {
    let mut head = Vec::new();
    File::open(out.join(MANIFEST)).ok()?.take(8192).read_to_end(&mut head).ok()?;
    // The files come last, and of a hundred thousand there are many.
    let files = memchr::memmem::find(&head, b"\"files\": {");
    let form: Form<Stamp, IgnoredAny> = match files.and_then(|files| head.get(..files)) {
        Some(before) => serde_json::from_slice(&[before, b"\"files\": {}}"].concat()).ok()?,
        None => serde_json::from_slice(&fs::read(out.join(MANIFEST)).ok()?).ok()?,
    };
    form.ledger.filter(|_| form.version == VERSION)
}
