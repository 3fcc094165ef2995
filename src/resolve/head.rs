//! What [`super::one`] made of a file, kept for the next run: the file's head need not be read again as
//! long as all that decided it is as it was.
//!
//! What decides it is the configuration and the program, for all of them (whoever keeps the pieces sees
//! to that), the file's bytes, and whatever else lies there and was asked for. Bytes are taken for the
//! same where the disk says the same of the file, or where they have the same digest.

use std::collections::BTreeSet;

use super::{Alone, One, files};
use crate::file::{Heads, Source, SourceEntry, Stamp, digest};
use crate::input::{Draft, Kind};
use crate::problem::{Problem, SIDECAR};

mod codec;

use codec::Coded;

/// What decides what becomes of one file.
#[derive(Debug, PartialEq)]
struct Grounds {
    /// What the disk said of it.
    stamp: Option<Stamp>,
    /// Of its bytes, where they alone are its text.
    digest: Option<String>,
    /// Paths that were asked for.
    asked: Vec<String>,
    /// What lay there, and under the file's own name.
    there: Option<Stamp>,
}

/// What became of the file before, where it would become the same now.
pub fn recall(entry: &SourceEntry, source: &Source) -> Option<(One, Vec<Problem>)> {
    let heads = source.heads()?;
    let bytes = heads.kept(&entry.path)?;
    let mut bytes = bytes.as_slice();
    let before = Grounds::take(&mut bytes)?;
    let same_stamp = entry.stamp.is_some() && entry.stamp == before.stamp;
    let same_bytes = || {
        let now = source.read(entry).ok().map(|file| digest(&file.bytes));
        now.is_some() && now == before.digest
    };
    if !same_stamp && !same_bytes() || there(&entry.path, &before.asked, source) != Some(before.there) {
        return None;
    }
    let (alone, problems): (Alone, Vec<Problem>) = Coded::take(&mut bytes).filter(|_| bytes.is_empty())?;
    if same_stamp {
        heads.stays(&entry.path);
    } else {
        let grounds = Grounds { stamp: entry.stamp, ..before };
        keep_on(heads, entry, &grounds, &alone, &problems);
    }
    Some((One::Item(Box::new(alone)), problems))
}

/// Keeps what became of a file that is an item.
pub fn keep(entry: &SourceEntry, draft: &Draft, one: &One, problems: &[Problem], source: &Source) {
    let (Some(heads), One::Item(alone)) = (source.heads(), one) else { return };
    let asked: Vec<String> = files::asked(draft).into_iter().collect();
    let Some(there) = there(&entry.path, &asked, source) else { return };
    // A PDF is large, and with a sidecar the digest is that of both.
    let alone_its_text = Kind::of(&entry.path) != Kind::Pdf && source.find(&sidecar(&entry.path)).is_none();
    let digest = alone_its_text.then(|| draft.digest.clone());
    if entry.stamp.is_some() || digest.is_some() {
        keep_on(heads, entry, &Grounds { stamp: entry.stamp, digest, asked, there }, alone, problems);
    }
}

fn keep_on(heads: &dyn Heads, entry: &SourceEntry, grounds: &Grounds, alone: &Alone, problems: &[Problem]) {
    let mut bytes = Vec::with_capacity(2048);
    grounds.put(&mut bytes);
    alone.put(&mut bytes);
    codec::put_all(problems, &mut bytes);
    heads.keep(&entry.path, &bytes);
}

fn sidecar(path: &str) -> String {
    format!("{path}{SIDECAR}")
}

/// What lies where the item at `path` looks, as one stamp, and nothing where nothing does. `None` where the
/// disk has said of a file there what cannot be trusted.
fn there(path: &str, asked: &[String], source: &Source) -> Option<Option<Stamp>> {
    if asked.is_empty() && files::near(path, source).take(2).count() < 2 {
        return Some(None);
    }
    let beside = source.find(&sidecar(path)).into_iter().chain(files::companions(path, source));
    let found: BTreeSet<&str> = beside.map(|entry| entry.path.as_str()).collect();
    if found.is_empty() && asked.is_empty() {
        return Some(None);
    }
    let mut hasher = blake3::Hasher::new();
    for path in found.into_iter().chain(asked.iter().map(String::as_str)) {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        match source.find(path) {
            Some(entry) => hasher.update(&entry.stamp?.0),
            None => hasher.update(&[0]),
        };
    }
    let (stamp, _) = hasher.finalize().as_bytes().split_first_chunk().map(|(first, rest)| (*first, rest))?;
    Some(Some(Stamp(stamp)))
}
