//! A link as a target: each publication is a folder of its own beside it, and one `rename` shows it.
//!
//! `presse` is a symbolic link to `.presse.versions/7`. The next publication makes `.presse.versions/8`: what has
//! not changed is the same file under a second name, what is not ours comes along in the same way, and the rest is
//! written. Then the link is replaced. Until that moment nothing of what is seen has changed, so a run that is cut
//! off has published nothing; a reader finds all of the old or all of the new. The version before stays, for whoever
//! is still reading it and for going back; older ones go.
//!
//! A plain folder is never exchanged for another, though Linux could: a container or a mount that shows it would go
//! on showing the old one, and files of others may be written into it at any moment.

#![expect(clippy::disallowed_methods, reason = "this is where a target is read and written")]

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use super::target::Failed;
use super::{Delivery, Step, directory};
use crate::kept::Shared;
use crate::output::part::{PART, is_part};
use crate::output::{self, MANIFEST};

/// A link, and the folder of its versions beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Versions {
    link: PathBuf,
    store: PathBuf,
}

/// The version that is being made.
const UNSEEN: &str = "next";

/// What stands where a link is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// Nothing, or an empty folder.
    Free,
    /// A link of ours.
    Ours,
    /// A folder with something in it, or a file.
    Taken,
    /// A link of somebody else's.
    Elsewhere,
}

impl Versions {
    /// Those of this path; `None` for a path without a name, such as `..`.
    pub(super) fn of(path: &Path) -> Option<Self> {
        // With a slash at its end, the path of a link would be that of the folder it leads to.
        let link: PathBuf = path.components().collect();
        let store = link.with_file_name(format!(".{}.versions", link.file_name()?.to_str()?));
        Some(Self { link, store })
    }

    /// The path that is seen.
    pub(super) fn link(&self) -> &Path {
        &self.link
    }

    /// What stands there now.
    pub(super) fn there(&self) -> There {
        match fs::symlink_metadata(&self.link) {
            Err(_) => There::Free,
            Ok(there) if there.is_symlink() && self.seen().is_some() => There::Ours,
            Ok(there) if there.is_symlink() => There::Elsewhere,
            Ok(_) if fs::read_dir(&self.link).is_ok_and(|mut entries| entries.next().is_none()) => There::Free,
            Ok(_) => There::Taken,
        }
    }

    /// The number of the version that is seen.
    pub(super) fn seen(&self) -> Option<u64> {
        let leads = fs::read_link(&self.link).ok()?;
        let number = number(leads.file_name()?.to_str()?)?;
        (leads == self.leads_to(number) || leads == self.version(number)).then_some(number)
    }

    /// What the link says: it still leads there when the folder around both is moved.
    pub(super) fn leads_to(&self, number: u64) -> PathBuf {
        Path::new(self.store.file_name().unwrap_or_default()).join(number.to_string())
    }

    fn version(&self, number: u64) -> PathBuf {
        self.store.join(number.to_string())
    }

    /// The numbers of the versions there are, in order.
    fn all(&self) -> Vec<u64> {
        let entries = fs::read_dir(&self.store).into_iter().flatten().flatten();
        let mut all: Vec<u64> = entries.filter_map(|entry| number(entry.file_name().to_str()?)).collect();
        all.sort_unstable();
        all
    }

    /// Makes the next version and shows it.
    pub(super) fn carry_out(
        &self,
        delivery: &Delivery,
        from: &Path,
        told: &mut impl FnMut(Step, usize),
    ) -> Result<(), Failed> {
        fs::create_dir_all(&self.store).map_err(failed)?;
        let _lock = self.lock()?;
        let seen = self.seen();
        let new = self.store.join(UNSEEN);
        // What a run that was cut off has left: nobody has seen it, so nothing in it is somebody else's alone.
        if is_there(&new) {
            fs::remove_dir_all(&new).map_err(failed)?;
        }
        fs::create_dir(&new).map_err(failed)?;
        directory::put_manifest(&new, &delivery.after)?;
        let replaced: BTreeSet<&str> = (delivery.put.iter().map(|parcel| parcel.path.as_str()))
            .chain(delivery.delete.iter().map(Shared::as_str))
            .chain([MANIFEST])
            .collect();
        let before = seen.map(|seen| self.version(seen)).filter(|before| before.is_dir());
        let mut folders = Vec::new();
        if let Some(before) = &before {
            folders = take_over(before, &new, |path| replaced.contains(path))?;
        }
        for step in Step::ALL {
            let of_step = delivery.put.iter().filter(|parcel| parcel.step == step);
            let paths: Vec<&str> = of_step.map(|parcel| parcel.path.as_str()).collect();
            if !paths.is_empty() {
                directory::put(&new, from, &paths, step)?;
                told(step, paths.len());
            }
        }
        // Those that hold nothing any more, the innermost first.
        folders.iter().rev().for_each(|folder| drop(fs::remove_dir(new.join(folder))));
        told(Step::Manifest, 1);
        if !delivery.delete.is_empty() {
            told(Step::Deletions, delivery.delete.len());
        }
        sync(&new);
        let next = self.all().last().copied().max(seen).unwrap_or(0) + 1;
        fs::rename(&new, self.version(next)).map_err(failed)?;
        sync(&self.store);
        self.show(next).map_err(failed)?;
        let new = self.version(next);
        if let Some(before) = &before {
            // What others have put there while the new version was made.
            take_over(before, &new, |path| replaced.contains(path) || is_there(&new.join(path)))?;
        }
        for older in self.all().into_iter().filter(|number| *number != next && Some(*number) != seen) {
            self.discard(older, Some(next))?;
        }
        Ok(())
    }

    /// Of two runs at once, the second ends here. Where the system has no locks, nothing is locked.
    fn lock(&self) -> Result<Option<File>, Failed> {
        let Ok(folder) = File::open(&self.store) else { return Ok(None) };
        match folder.try_lock() {
            Ok(()) => Ok(Some(folder)),
            Err(TryLockError::WouldBlock) => Err(failed(io::Error::other("another run is publishing there"))),
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }

    /// Lets the link lead to a version, in one step.
    fn show(&self, number: u64) -> io::Result<()> {
        let name = self.link.file_name().unwrap_or_default().to_string_lossy();
        let part = self.link.with_file_name(format!(".{name}{PART}"));
        if let Err(error) = fs::remove_file(&part)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(error);
        }
        symlink(self.leads_to(number), &part)?;
        // An empty folder that somebody has prepared; one with something in it stays, and is an error.
        if fs::symlink_metadata(&self.link).is_ok_and(|there| there.is_dir()) {
            fs::remove_dir(&self.link)?;
        }
        fs::rename(&part, &self.link)?;
        self.link.parent().into_iter().for_each(sync);
        Ok(())
    }

    /// Removes a version: what is ours in it, and what is somebody else's where the version that is seen has the
    /// same file. What only it has stays.
    fn discard(&self, number: u64, seen: Option<u64>) -> Result<(), Failed> {
        let old = self.version(number);
        let seen = seen.map(|seen| self.version(seen));
        let ours = output::manifest(&old).unwrap_or_default().files;
        let mut folders = vec![String::new()];
        walk(&old, "", &mut |path, metadata| {
            let file = old.join(path);
            if metadata.is_dir() {
                folders.push(path.to_owned());
                return Ok(());
            }
            let elsewhere = || seen.as_ref().is_some_and(|seen| is_same(&file, metadata, &seen.join(path)));
            if path == MANIFEST || ours.contains_key(path) || is_part(path) || elsewhere() {
                fs::remove_file(&file)?;
            }
            Ok(())
        })?;
        folders.iter().rev().for_each(|folder| drop(fs::remove_dir(old.join(folder))));
        Ok(())
    }
}

/// Of a folder that we named.
fn number(name: &str) -> Option<u64> {
    name.parse().ok().filter(|number: &u64| number.to_string() == name)
}

/// Gives every file of a version to the next one, `but` some: folders with their rights, files under a second
/// name, links. Gives back the folders that may be empty now, the outer ones first.
fn take_over(before: &Path, new: &Path, but: impl Fn(&str) -> bool) -> Result<Vec<String>, Failed> {
    let of_root = fs::metadata(before).map_err(failed)?;
    like(new, &of_root).map_err(failed)?;
    let mut folders = Vec::new();
    walk(before, "", &mut |path, metadata| {
        let (old, new) = (before.join(path), new.join(path));
        if metadata.dev() != of_root.dev() {
            return Err(io::Error::other("of another file system: only this one's own files can be switched"));
        }
        if metadata.is_dir() {
            if !new.is_dir() {
                fs::create_dir(&new)?;
                like(&new, metadata)?;
            }
            if fs::read_dir(&old)?.next().is_some() {
                folders.push(path.to_owned());
            }
            return Ok(());
        }
        if but(path) || is_part(path) {
            return Ok(());
        }
        if metadata.is_symlink() {
            symlink(fs::read_link(&old)?, &new)
        } else if metadata.is_file() {
            second_name(&old, metadata, &new)
        } else {
            Err(io::Error::other("neither a file, a folder nor a link: it cannot be switched"))
        }
    })?;
    Ok(folders)
}

/// The same file under a second name; where the system has none, a copy that belongs to the same person.
fn second_name(old: &Path, metadata: &Metadata, new: &Path) -> io::Result<()> {
    let Err(refused) = fs::hard_link(old, new) else { return Ok(()) };
    fs::copy(old, new)?;
    let copy = fs::metadata(new)?;
    if (copy.uid(), copy.gid()) != (metadata.uid(), metadata.gid())
        && chown(new, Some(metadata.uid()), Some(metadata.gid())).is_err()
    {
        fs::remove_file(new)?;
        return Err(refused);
    }
    Ok(())
}

/// The rights of a folder and, where we may give it away, its owner.
fn like(folder: &Path, metadata: &Metadata) -> io::Result<()> {
    let there = fs::metadata(folder)?;
    if (there.uid(), there.gid()) != (metadata.uid(), metadata.gid()) {
        let _ = chown(folder, Some(metadata.uid()), Some(metadata.gid()));
    }
    // After its owner, or the system takes some of them away.
    fs::set_permissions(folder, metadata.permissions())
}

/// Whether the other path is the same file, or a link that says the same.
fn is_same(file: &Path, metadata: &Metadata, other: &Path) -> bool {
    match fs::symlink_metadata(other) {
        Ok(there) if metadata.is_symlink() => {
            there.is_symlink() && fs::read_link(file).ok() == fs::read_link(other).ok()
        }
        Ok(there) => (there.dev(), there.ino()) == (metadata.dev(), metadata.ino()),
        Err(_) => false,
    }
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Everything below a folder, a folder before what is in it.
fn walk(root: &Path, below: &str, see: &mut impl FnMut(&str, &Metadata) -> io::Result<()>) -> Result<(), Failed> {
    let mut entries = fs::read_dir(root.join(below))
        .and_then(|entries| entries.collect::<io::Result<Vec<_>>>())
        .map_err(|error| Failed::with(below, error))?;
    entries.sort_unstable_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| Failed::with(&name.to_string_lossy(), "a name that is not UTF-8"))?;
        let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        let metadata = entry.metadata().map_err(|error| Failed::with(&path, error))?;
        see(&path, &metadata).map_err(|error| Failed::with(&path, error))?;
        if metadata.is_dir() {
            walk(root, &path, see)?;
        }
    }
    Ok(())
}

fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn failed(error: io::Error) -> Failed {
    Failed { path: None, reason: error.to_string() }
}
