//! One file on the disk, written beside its place and then put there: a reader sees the old one or the new one, whole.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::kept::Digest;

/// Of a file of any size, read in pieces.
pub(crate) fn digest_file(path: &Path) -> std::io::Result<Digest> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().as_bytes().first_chunk().copied().map(Digest::from).unwrap_or_default())
}

/// Replaces a file that people keep: whole or not at all, durably, with the permissions it had.
///
/// # Errors
/// What the system says; the file is then as it was.
pub fn rewrite(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let permissions = fs::metadata(path).ok().map(|metadata| metadata.permissions());
    replace(path, Durability::Durable, |file| {
        file.write_all(bytes)?;
        permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))
    })
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// On the disk before it is in place.
    Durable,
    /// In place; what the output holds of it is on the disk before the first feed leads there ([`sync_pages`]).
    Quick,
}

/// Writes beside the target, then renames: a reader sees the old file or the new one, whole.
pub(crate) fn replace(
    path: &Path,
    durability: Durability,
    write: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> std::io::Result<()> {
    Part::write(path, durability, write)?.switch()
}

/// How the name of a file ends that lies beside its place.
pub(crate) const PART: &str = ".crieur-part";

/// A file that is whole and not yet in its place; gone if it never gets there.
pub(super) struct Part {
    part: PathBuf,
    path: PathBuf,
    durability: Durability,
}

impl Part {
    pub(super) fn write(
        path: &Path,
        durability: Durability,
        write: impl FnOnce(&mut File) -> std::io::Result<()>,
    ) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(PART);
        let part = Self { part: path.with_file_name(name), path: path.to_owned(), durability };
        let mut file = File::create(&part.part)?;
        write(&mut file)?;
        if durability == Durability::Durable {
            file.sync_all()?;
        }
        Ok(part)
    }

    /// Its place.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn switch(mut self) -> std::io::Result<()> {
        fs::rename(&self.part, &self.path)?;
        self.part = PathBuf::new();
        if self.durability == Durability::Durable {
            sync_folder(&self.path);
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.part.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// Whether a path is that of a file that was being written when a run was cut off.
pub(crate) fn is_part(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with('.') && name.ends_with(PART)
}

/// Deletes what a run that was killed left beside its places: it may hold what has been held back since.
pub fn sweep(out: &Path) {
    for entry in WalkDir::new(out).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
        if is_part(&entry.file_name().to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Brings everything that was written below a folder onto the disk, by one call for all pages: a feed that outlives
/// a power cut is not to lead to pages that do not. Where a system has no such call, the next run makes again what
/// was lost.
pub(super) fn sync_pages(out: &Path) {
    #[cfg(target_os = "linux")]
    let _ = File::open(out).map(rustix::fs::syncfs);
    #[cfg(not(target_os = "linux"))]
    let _ = out;
}

/// Makes the rename itself durable, where the system can (Windows cannot open folders).
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// What is written in many small pieces.
pub(super) fn buffered(
    file: &mut File,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut target = BufWriter::with_capacity(256 << 10, file);
    write(&mut target)?;
    target.flush()
}

/// A file against which is held what would be written into it: an error where the two part.
pub(super) struct Compared(BufReader<File>);

impl Compared {
    /// Whether the file holds what is written, and no more.
    pub(super) fn holds(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> bool {
        let Ok(file) = File::open(path) else { return false };
        let mut compared = Self(BufReader::with_capacity(256 << 10, file));
        write(&mut compared).is_ok() && compared.0.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}

impl Write for Compared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let there = self.0.fill_buf()?;
        let most = there.len().min(bytes.len());
        if there.is_empty() || there.get(..most) != bytes.get(..most) {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        self.0.consume(most);
        Ok(most)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
