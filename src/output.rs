//! Edge out: files below the output folder.
//!
//! [`apply`] makes only what is not right already (by the manifest of the last run and the bytes
//! on the disk), replaces each file atomically, writes feeds and manifest last and durably, and
//! deletes nothing but what the last manifest names.

#![expect(clippy::disallowed_methods, reason = "this is where the output folder is read and written")]

mod manifest;
pub(crate) mod part;
pub mod seen;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use rayon::prelude::*;

pub use self::manifest::{Known, MANIFEST, Manifest, Stamp, manifest, stamp};
use self::part::{Compared, Part, buffered, sync_pages};
pub(crate) use self::part::{Durability, digest_file, replace};
pub use self::part::{rewrite, sweep};
use self::seen::{Folder, Seen};
use crate::file::{Content, OutputFile, Source, digest};
use crate::kept::{Digest, Set, Shared, Table};
use crate::problem::{Code, Problem};

/// A file to be made, as this edge sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Below the output folder.
    pub path: Shared,
    /// Of everything it depends on; empty where only its bytes tell.
    pub inputs: Digest,
    /// How late it is written: what others refer to comes first.
    pub stage: Stage,
    /// What becomes of a file of somebody else's that stands in its place.
    pub foreign: Foreign,
}

/// What becomes of a file of somebody else's that stands where one of ours would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Nothing is written at all: it may be another site.
    Refuse,
    /// It stays, and ours is not written: the host's own rules are better than ours.
    Keep,
}

/// What becomes of files that the last run wrote and that are not wanted now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rest {
    /// They are deleted: what is wanted is all there is.
    Goes,
    /// These stay, and stay ours: what is wanted is a part of what there is. Others are deleted.
    Stays(Set<Shared>),
}

/// When a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Attachments and pages.
    Early,
    /// Lists.
    Late,
    /// Feeds: durably.
    Last,
}

/// What [`apply`] did.
#[derive(Debug, Default)]
pub struct Written {
    /// Files that are new or have other bytes now, in order.
    pub changed: Vec<Shared>,
    /// Files that are gone.
    pub deleted: Vec<Shared>,
    /// How many files were right already.
    pub same: usize,
}

/// The memory of what was published, written in the same act as the output: when all feeds are made,
/// before the first is replaced. A run that is cut off between the two is made good by the next, as
/// what the ledger has and the feeds lack is made again.
pub struct Memory<'a> {
    /// Where it is kept.
    pub file: PathBuf,
    /// Writes what it will hold, the same each time.
    pub write: &'a (dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()> + Sync),
    /// How much it knows.
    pub stamp: Stamp,
    /// Whether the file is known to hold something else.
    pub differs: bool,
}

impl std::fmt::Debug for Memory<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Memory").field("file", &self.file).field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

/// Where files are taken from, and where they go.
#[derive(Debug)]
pub struct Disk<'a> {
    /// The output folder.
    pub out: &'a Path,
    /// The items folder.
    pub items: &'a Path,
    /// What lies in it.
    pub source: &'a Source,
    /// What is known of the bytes of files in both, where somebody keeps it.
    pub seen: Option<&'a Seen>,
}

impl Disk<'_> {
    /// The digest of a file of which the disk says `there`.
    fn digest(&self, folder: Folder, name: &Shared, path: &Path, there: &fs::Metadata) -> std::io::Result<Digest> {
        match self.seen {
            Some(seen) => seen.digest(folder, name, path, there),
            None => digest_file(path),
        }
    }
}

/// The files of the last manifest, where each of them is asked for.
type Before<'a> = Table<&'a str, &'a Known>;

fn by_path(manifest: &Manifest) -> Before<'_> {
    manifest.files.iter().map(|(path, known)| (path.as_str(), known)).collect()
}

/// Makes the output folder, of which `old` is the [`manifest`], hold `wanted`, besides what is not ours, and
/// besides what stays of the `rest`. `make` gives the content of the file with that number.
///
/// # Errors
/// What could not be made or written; files already in place stay whole, old or new.
pub fn apply(
    disk: &Disk<'_>,
    old: Option<Manifest>,
    wanted: &[Wanted],
    memory: Option<&Memory<'_>>,
    rest: Rest,
    make: impl Fn(usize) -> Result<OutputFile, Problem> + Sync,
) -> Result<Written, Vec<Problem>> {
    let Disk { out, source, .. } = *disk;
    refuse_foreign(out, wanted, old.as_ref())?;
    let had_manifest = old.is_some();
    let old = old.unwrap_or_default();
    let before = by_path(&old);
    let mut written = Written::default();
    // What each file holds in the end, and whether that is new, in the order of what is wanted.
    let done: Vec<OnceLock<(Known, bool)>> = wanted.iter().map(|_| OnceLock::new()).collect();
    source.progress().begin(wanted.len());
    let begun = Begun { out, wanted, old: &old, before: &before };
    let note = Note { begun, noted: OnceLock::new(), writing: Mutex::new(()) };
    for stage in [Stage::Early, Stage::Late, Stage::Last] {
        let is_now = |file: &Wanted| file.stage == stage && !is_theirs(out, file, &before);
        let of_stage: Vec<(usize, &Wanted)> = wanted.iter().enumerate().filter(|(_, file)| is_now(file)).collect();
        let prepare = |(index, file): (usize, &Wanted)| {
            source.progress().step();
            prepare(disk, file, before.get(file.path.as_str()).copied(), || make(index))
        };
        let switch = |index: usize, beside: Beside| {
            let switched = beside.switch(disk.seen)?;
            // Nobody else is asked for this file.
            let _ = done.get(index).is_some_and(|done| done.set(switched).is_ok());
            Ok::<(), Problem>(())
        };
        let files = of_stage.par_iter().copied();
        let mut problems: Vec<Problem> = if stage == Stage::Last {
            // All feeds are made and lie beside their places, with the ledger in its own, before the first
            // is replaced: all change or none, also on a disk that becomes full in between.
            let made = files.map(|file| Ok((file.0, note.before(prepare(file)?)?.beside(out, stage)?)));
            let beside = made.collect::<Result<Vec<_>, _>>();
            if beside.is_ok() && note.noted.get().is_some() {
                sync_pages(out);
            }
            let remembered = beside.and_then(|beside| memory.map_or(Ok(()), remember).map(|()| beside));
            match remembered {
                Ok(beside) => beside.into_iter().filter_map(|(index, beside)| switch(index, beside).err()).collect(),
                Err(problem) => vec![problem],
            }
        } else {
            // A disk that is full is full for all: one file says so.
            let failed = AtomicBool::new(false);
            let write = |file: (usize, &Wanted)| {
                if failed.load(Ordering::Relaxed) {
                    return None;
                }
                let prepared = prepare(file).and_then(|prepared| note.before(prepared));
                let written = prepared.and_then(|prepared| prepared.beside(out, stage));
                let written = written.and_then(|beside| switch(file.0, beside));
                failed.fetch_or(written.is_err(), Ordering::Relaxed);
                written.err()
            };
            files.filter_map(write).collect()
        };
        if !problems.is_empty() {
            note.failed(&done);
            // Those that were being written when the first failed say the same.
            let why = |problem: &Problem| problem.argument("reason").map(str::to_owned);
            problems.dedup_by(|a, b| a.code == Code::OutputFailed && a.code == b.code && why(a) == why(b));
            return Err(problems);
        }
        for (file, (_, changed)) in of_stage.iter().filter_map(|(index, file)| Some((file, done.get(*index)?.get()?))) {
            if *changed {
                written.changed.push(file.path.clone());
            } else {
                written.same += 1;
            }
        }
    }
    let mut files: Vec<(&Shared, &Known)> =
        wanted.iter().zip(&done).filter_map(|(file, done)| Some((&file.path, &done.get()?.0))).collect();
    if let Rest::Stays(rest) = &rest {
        files.extend(old.files.iter().filter(|(path, _)| rest.contains(*path)));
    }
    // What is wanted stands before what stays.
    files.sort_by_key(|(path, _)| *path);
    files.dedup_by_key(|(path, _)| *path);
    written.deleted = delete_all_but(out, &old, &files)?;
    let noted = note.noted.get().is_some();
    let ledger = memory.map(|memory| &memory.stamp);
    let same = || files.iter().copied().eq(&old.files) && ledger == old.ledger.as_ref();
    if !had_manifest || noted || !same() {
        let files = files.iter().map(|(path, known)| (*path, Cow::Borrowed(*known)));
        write_manifest(out, ledger, files).map_err(|error| vec![failed(MANIFEST, &error)])?;
    }
    Ok(written)
}

/// What [`apply`] would leave in the output folder, file by file; nothing is written.
///
/// # Errors
/// What could not be made.
pub fn forecast(
    disk: &Disk<'_>,
    old: Option<Manifest>,
    wanted: &[Wanted],
    make: impl Fn(usize) -> Result<OutputFile, Problem> + Sync,
) -> Result<BTreeMap<Shared, Known>, Vec<Problem>> {
    let out = disk.out;
    refuse_foreign(out, wanted, old.as_ref())?;
    let old = old.unwrap_or_default();
    let before = by_path(&old);
    let ours = wanted.par_iter().enumerate().filter(|(_, file)| !is_theirs(out, file, &before));
    let made = ours.map(|(index, file)| {
        let prepared = prepare(disk, file, before.get(file.path.as_str()).copied(), || make(index));
        prepared.map(|prepared| (prepared.path, prepared.known))
    });
    made.collect::<Result<_, _>>().map_err(|problem| vec![problem])
}

/// Whether somebody else's file stands where ours would go, and stays.
fn is_theirs(out: &Path, file: &Wanted, before: &Before<'_>) -> bool {
    if file.foreign != Foreign::Keep || before.contains_key(file.path.as_str()) {
        return false;
    }
    let path = out.join(&file.path);
    path.symlink_metadata().is_ok() && !is_ours(&path)
}

/// What a run writes into the manifest before it writes its first file: should it be killed, the next
/// one must know what it has written, for it may have to take it away again.
struct Note<'a> {
    /// What is written then.
    begun: Begun<'a>,
    noted: OnceLock<()>,
    /// Held by who writes it.
    writing: Mutex<()>,
}

impl Note<'_> {
    /// Where a run fails, what is in place already must be known to the next one, with what is about to be.
    fn failed(&self, done: &[OnceLock<(Known, bool)>]) {
        let Begun { out, wanted, old, .. } = self.begun;
        let mut files: BTreeMap<&Shared, Cow<'_, Known>> = BTreeMap::new();
        for (file, done) in wanted.iter().zip(done) {
            files.extend(done.get().map(|(known, _)| (&file.path, Cow::Borrowed(known))));
        }
        let begun = if self.noted.get().is_some() { self.begun.files() } else { Vec::new() };
        let begun = begun.iter().map(|file| (file.path, Cow::Owned(file.known())));
        let known = old.files.iter().map(|(path, known)| (path, Cow::Borrowed(known)));
        for (path, known) in begun.chain(known) {
            files.entry(path).or_insert(known);
        }
        // What cannot be written either is told already: this disk takes nothing.
        let _ = write_manifest(out, old.ledger.as_ref(), files.into_iter());
    }

    /// Before a file is written, if it is.
    fn before(&self, prepared: Prepared) -> Result<Prepared, Problem> {
        if prepared.write.is_some() && self.noted.get().is_none() {
            let _writing = self.writing.lock();
            if self.noted.get().is_none() {
                self.begun.write().map_err(|error| failed(MANIFEST, &error))?;
                let _ = self.noted.set(());
            }
        }
        Ok(prepared)
    }
}

/// Deletes what we wrote and do not want any more, unless somebody has replaced it: then it is theirs.
fn delete_all_but(out: &Path, old: &Manifest, new: &[(&Shared, &Known)]) -> Result<Vec<Shared>, Vec<Problem>> {
    let mut deleted = Vec::new();
    let mut stay = new.iter().peekable();
    let mut goes = |path: &Shared| {
        // Both are in order.
        while stay.next_if(|(next, _)| *next < path).is_some() {}
        stay.peek().is_none_or(|(next, _)| *next != path)
    };
    for (path, known) in old.files.iter().filter(|(path, _)| goes(path)) {
        let ours = known.begun || digest_file(&out.join(path)).is_ok_and(|digest| digest == known.digest);
        if ours && delete(out, path).map_err(|error| vec![failed(path, &error)])? {
            deleted.push(path.clone());
        }
    }
    Ok(deleted)
}

/// What the last manifest knows, with every file that this run may be about to write: by what it is made
/// of, for nothing has been made yet.
#[derive(Clone, Copy)]
struct Begun<'a> {
    out: &'a Path,
    wanted: &'a [Wanted],
    old: &'a Manifest,
    before: &'a Before<'a>,
}

/// One of these files.
struct BegunFile<'a> {
    path: &'a Shared,
    before: Option<&'a Known>,
    begun: bool,
}

impl BegunFile<'_> {
    fn known(&self) -> Known {
        let known = self.before.cloned().unwrap_or_default();
        Known { begun: known.begun || self.begun, ..known }
    }
}

impl<'a> Begun<'a> {
    /// Each once, in the order of their paths.
    fn files(&self) -> Vec<BegunFile<'a>> {
        let Self { out, wanted, old, before } = *self;
        let is_right = |file: &Wanted| {
            !file.inputs.is_empty() && before.get(file.path.as_str()).is_some_and(|known| known.inputs == file.inputs)
        };
        let begun = wanted.iter().filter(|file| !is_right(file) && !is_theirs(out, file, before));
        let mut files: Vec<BegunFile<'_>> =
            begun.map(|file| BegunFile { path: &file.path, before: None, begun: true }).collect();
        files.extend(old.files.iter().map(|(path, known)| BegunFile { path, before: Some(known), begun: false }));
        files.sort_by(|a, b| a.path.cmp(b.path));
        files.dedup_by(|old, begun| {
            let same = old.path == begun.path;
            if same {
                begun.before = begun.before.or(old.before);
            }
            same
        });
        files
    }

    fn write(&self) -> std::io::Result<()> {
        let files = self.files();
        let files = files.iter().map(|file| (file.path, Cow::Owned(file.known())));
        write_manifest(self.out, self.old.ledger.as_ref(), files)
    }
}

/// Writes the manifest: whole, and durably.
fn write_manifest<'a>(
    out: &Path,
    ledger: Option<&Stamp>,
    files: impl Iterator<Item = (&'a Shared, Cow<'a, Known>)>,
) -> std::io::Result<()> {
    replace(&out.join(MANIFEST), Durability::Durable, |file| {
        buffered(file, |target| manifest::write(target, ledger, files))
    })
}

/// Writes the ledger, unless it is right already.
fn remember(memory: &Memory<'_>) -> Result<(), Problem> {
    if !memory.differs && Compared::holds(&memory.file, |target| (memory.write)(target)) {
        return Ok(());
    }
    let name = memory.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    replace(&memory.file, Durability::Durable, |file| buffered(file, |target| (memory.write)(target)))
        .map_err(|error| failed(&name, &error))
}

fn failed(path: &str, error: &std::io::Error) -> Problem {
    Problem::general(Code::OutputFailed).with("path", path).with("reason", error)
}

/// What stands where a file of ours would go, and is not in our manifest, may be somebody else's
/// site. A manifest that was lost (uploads of artefacts leave hidden files out) is no reason to
/// stop: our own files are known by their mark.
fn refuse_foreign(out: &Path, wanted: &[Wanted], old: Option<&Manifest>) -> Result<(), Vec<Problem>> {
    if fs::read_dir(out).is_err() || old.is_none() && wanted.iter().any(|file| is_ours(&out.join(&file.path))) {
        return Ok(());
    }
    let foreign: Vec<Problem> = wanted
        .iter()
        .filter(|file| file.foreign == Foreign::Refuse)
        .filter(|file| match old {
            // Copies bear no mark; a run that was cut off may have left them.
            Some(old) => !file.inputs.is_empty() && !old.files.contains_key(&file.path),
            None => true,
        })
        .map(|file| out.join(&file.path))
        .filter(|path| path.symlink_metadata().is_ok() && !is_ours(path))
        .map(|path| Problem::general(Code::OutputForeign).with("path", path.display()))
        .collect();
    if foreign.is_empty() { Ok(()) } else { Err(foreign) }
}

/// Whether a page, a feed or a file of rules bears our mark.
pub(crate) fn is_ours(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(8192).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    let marks = [">crieur</generator>", "<generator>crieur", "content=\"crieur\""];
    read.is_ok() && (marks.iter().any(|mark| head.contains(mark)) || head.starts_with("# crieur\n"))
}

/// A file whose bytes are known, and not yet in place.
struct Prepared {
    path: Shared,
    known: Known,
    /// What is to be written; nothing where it is right already.
    write: Option<Write>,
}

enum Write {
    Bytes(Vec<u8>),
    Copy(PathBuf),
}

fn prepare(
    disk: &Disk<'_>,
    file: &Wanted,
    known: Option<&Known>,
    make: impl FnOnce() -> Result<OutputFile, Problem>,
) -> Result<Prepared, Problem> {
    let path = disk.out.join(&file.path);
    let there = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file);
    let holds = |digest: &Digest| {
        let found = there.as_ref().map(|there| disk.digest(Folder::Output, &file.path, &path, there));
        found.is_some_and(|found| found.is_ok_and(|found| found == *digest))
    };
    if let (Some(known), Some(there)) = (known, &there)
        && !file.inputs.is_empty()
        && known.inputs == file.inputs
        && known.size == there.len()
        && holds(&known.digest)
    {
        return Ok(Prepared { path: file.path.clone(), known: Known { begun: false, ..known.clone() }, write: None });
    }
    let (known, write) = match make()?.content {
        Content::Bytes(bytes) => {
            let size = bytes.len() as u64;
            (
                Known { digest: digest(&bytes).into(), size, inputs: file.inputs.clone(), ..Known::default() },
                Write::Bytes(bytes),
            )
        }
        Content::CopyOf(from) => {
            let spelt = disk.source.find(&from).and_then(|entry| entry.spelt.clone());
            let origin = spelt.unwrap_or_else(|| disk.items.join(&from));
            let failed = |error| failed(&file.path, &error);
            let metadata = fs::metadata(&origin).map_err(failed)?;
            let digest = disk.digest(Folder::Items, &from.into(), &origin, &metadata).map_err(failed)?;
            (Known { digest, size: metadata.len(), ..Known::default() }, Write::Copy(origin))
        }
    };
    let same = there.as_ref().is_some_and(|there| there.len() == known.size) && holds(&known.digest);
    Ok(Prepared { path: file.path.clone(), known, write: (!same).then_some(write) })
}

/// The same, with what is to be written on the disk beside its place.
struct Beside {
    path: Shared,
    known: Known,
    part: Option<Part>,
}

impl Prepared {
    fn beside(self, out: &Path, stage: Stage) -> Result<Beside, Problem> {
        let Self { path, known, write } = self;
        let place = out.join(&path);
        let durability = if stage == Stage::Last { Durability::Durable } else { Durability::Quick };
        let part = match write {
            None => Ok(None),
            Some(Write::Bytes(bytes)) => Part::write(&place, durability, |target| target.write_all(&bytes)).map(Some),
            Some(Write::Copy(origin)) => {
                let copy = |target: &mut File| std::io::copy(&mut File::open(&origin)?, target).map(|_| ());
                Part::write(&place, durability, copy).map(Some)
            }
        };
        let part = part.map_err(|error| failed(&path, &error))?;
        Ok(Beside { path, known, part })
    }
}

impl Beside {
    /// Puts it into its place; what it is, and whether it is new.
    fn switch(self, seen: Option<&Seen>) -> Result<(Known, bool), Problem> {
        let Self { path, known, part } = self;
        let Some(part) = part else { return Ok((known, false)) };
        let place = part.path().to_owned();
        part.switch().map_err(|error| failed(&path, &error))?;
        if let Some(seen) = seen {
            seen.written(&path, &place, &known.digest);
        }
        Ok((known, true))
    }
}

/// Whether a path out of a manifest stays in its folder.
pub(crate) fn is_below(path: &str) -> bool {
    !path.starts_with('/') && !path.contains('\\') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Removes a file and the folders it leaves empty; true if it was there.
pub(crate) fn delete(out: &Path, path: &str) -> std::io::Result<bool> {
    if !is_below(path) {
        return Ok(false); // a manifest that somebody has written by hand
    }
    let file: PathBuf = out.join(path);
    match fs::remove_file(&file) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    let mut folder = file.parent();
    while let Some(empty) = folder.filter(|folder| *folder != out) {
        if fs::remove_dir(empty).is_err() {
            break;
        }
        folder = empty.parent();
    }
    Ok(true)
}
