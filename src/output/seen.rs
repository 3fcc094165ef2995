//! What files hold, as it was found by reading or writing them, so that they need not be read again as
//! long as the disk says the same of them ([`crate::stamp`]).

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::{Durability, buffered, digest_file, replace};
use crate::file::{Stamp, digest, digest_of, shortened};
use crate::kept::{Digest, Set, Shared, Table};
use crate::stamp;

/// Its file.
pub const FILE: &str = "seen";

/// The first bytes of the file: the form of what follows.
const FORM: &str = "crieur seen 2";

/// The digests of the files of one newsroom and its output.
#[derive(Debug)]
pub struct Seen {
    path: PathBuf,
    first_line: String,
    damaged: bool,
    before: Table<(Folder, Shared), (Stamp, Digest)>,
    now: Mutex<Vec<Found>>,
}

#[derive(Debug)]
struct Found {
    folder: Folder,
    name: Shared,
    stamp: Stamp,
    touched: SystemTime,
    digest: Digest,
}

impl Seen {
    /// What was seen in the folders `items` and `out` and is kept in `folder`.
    pub fn open(folder: &Path, items: &Path, out: &Path) -> Self {
        let of = digest_of([&*items.to_string_lossy(), &*out.to_string_lossy()]);
        let path = folder.join(FILE);
        let first_line = format!("{FORM} {of}");
        let bytes = fs::read(&path).unwrap_or_default();
        let before = parse(&bytes, &first_line);
        let damaged = before.is_none();
        Self { path, first_line, damaged, before: before.unwrap_or_default(), now: Mutex::default() }
    }

    /// Whether something lay there that is not whole.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The digest of the file at `path`, which is `name` in its folder, and of which the disk says `there`:
    /// read, unless it was seen before.
    pub(super) fn digest(&self, folder: Folder, name: &Shared, path: &Path, there: &Metadata) -> io::Result<Digest> {
        let Some((stamp, touched)) = stamp::of(there) else { return digest_file(path) };
        let name = name.clone();
        let digest = match self.before.get(&(folder, name.clone())) {
            Some((before, digest)) if *before == stamp => digest.clone(),
            _ => digest_file(path)?,
        };
        self.add(Found { folder, name, stamp, touched, digest: digest.clone() });
        Ok(digest)
    }

    /// A file of the output was just written, and these are its bytes.
    pub(super) fn written(&self, name: &Shared, path: &Path, digest: &Digest) {
        if let Some((stamp, touched)) = fs::symlink_metadata(path).ok().as_ref().and_then(stamp::of) {
            let (folder, name, digest) = (Folder::Output, name.clone(), digest.clone());
            self.add(Found { folder, name, stamp, touched, digest });
        }
    }

    fn add(&self, found: Found) {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).push(found);
    }

    /// Keeps what this run has seen, for the next one, and where it was to look at a `part` of the files what
    /// was seen of the others: of what may be touched again within the same tick of the clock, which shows
    /// `at`, nothing.
    pub fn keep(self, at: SystemTime, part: bool) {
        let mut found = self.now.into_inner().unwrap_or_else(PoisonError::into_inner);
        if part {
            let names: Set<(Folder, &str)> = found.iter().map(Found::name).collect();
            let others = self.before.iter().filter(|((folder, name), _)| !names.contains(&(*folder, name.as_str())));
            let others = others.map(|((folder, name), (stamp, digest))| Found {
                folder: *folder,
                name: name.clone(),
                stamp: *stamp,
                touched: SystemTime::UNIX_EPOCH,
                digest: digest.clone(),
            });
            let others: Vec<Found> = others.collect();
            found.extend(others);
        }
        found.retain(|found| stamp::is_settled(found.touched, at));
        found.sort_by(|a, b| a.name().cmp(&b.name()));
        // What was read and then written again is what was written.
        found.reverse();
        found.dedup_by(|earlier, later| earlier.name() == later.name());
        let same = |found: &Found| {
            let before = self.before.get(&(found.folder, found.name.clone()));
            before.is_some_and(|(stamp, digest)| *stamp == found.stamp && *digest == found.digest)
        };
        if found.len() == self.before.len() && found.iter().all(same) {
            return;
        }
        // Once for the digest, which comes first, and once for the file.
        let mut hasher = blake3::Hasher::new();
        let _ = found.iter().try_for_each(|found| found.write(&mut hasher)); // it takes everything
        let head = format!("{} {}\n", self.first_line, shortened(&hasher.finalize()));
        let put = |file: &mut fs::File| {
            buffered(file, |target| {
                target.write_all(head.as_bytes())?;
                found.iter().try_for_each(|found| found.write(&mut *target))
            })
        };
        // What cannot be kept is only missed.
        let _ = replace(&self.path, Durability::Quick, put);
    }
}

impl Found {
    /// As it stands in the file.
    fn write(&self, target: &mut dyn io::Write) -> io::Result<()> {
        let Some(bits) = self.digest.bits() else { return Ok(()) };
        target.write_all(&[self.folder.mark()])?;
        target.write_all(&self.stamp.0)?;
        target.write_all(bits)?;
        target.write_all(self.name.as_bytes())?;
        target.write_all(&[0])
    }

    fn name(&self) -> (Folder, &str) {
        (self.folder, &self.name)
    }
}

/// In which folder a file lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Folder {
    Items,
    Output,
}

impl Folder {
    fn mark(self) -> u8 {
        if self == Self::Items { b'i' } else { b'o' }
    }

    fn of(mark: u8) -> Option<Self> {
        [Self::Items, Self::Output].into_iter().find(|folder| folder.mark() == mark)
    }
}

/// What a file holds; `None` where it is not whole. One of other folders holds nothing.
fn parse(bytes: &[u8], first_line: &str) -> Option<Table<(Folder, Shared), (Stamp, Digest)>> {
    if bytes.is_empty() {
        return Some(Table::default());
    }
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, rest) = (std::str::from_utf8(bytes.get(..end)?).ok()?, bytes.get(end + 1..)?);
    let (line, check) = head.rsplit_once(' ')?;
    if !line.starts_with(FORM) || check != digest(rest) {
        return None;
    }
    if line != first_line {
        return Some(Table::default());
    }
    let mut seen = Table::default();
    let mut left = rest;
    while let Some((mark, rest)) = left.split_first() {
        let (stamp, rest) = rest.split_first_chunk()?;
        let (digest, rest) = rest.split_first_chunk::<16>()?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let (name, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
        let name = std::str::from_utf8(name).ok()?;
        seen.insert((Folder::of(*mark)?, name.into()), (Stamp(*stamp), (*digest).into()));
        left = rest;
    }
    Some(seen)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_file_is_read_again_where_the_disk_says_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let (file, later) = (root.join("a.html"), SystemTime::now() + stamp::TICK * 2);
        fs::write(&file, "one").unwrap();
        let open = || Seen::open(root, root, root);
        let ask = |seen: &Seen| {
            seen.digest(Folder::Output, &"a.html".into(), &file, &fs::symlink_metadata(&file).unwrap()).unwrap()
        };
        let first = ask(&open());
        assert_eq!(first, digest(b"one").into());

        let seen = open();
        ask(&seen);
        seen.keep(SystemTime::now(), false);
        assert!(open().before.is_empty(), "it was touched a moment ago");

        let seen = open();
        ask(&seen);
        seen.keep(later, false);
        assert_eq!(open().before.len(), 1);
        // What is kept is believed: nobody else would say this.
        let mut seen = open();
        seen.before.values_mut().for_each(|(_, digest)| *digest = "ab".repeat(16).into());
        assert_eq!(ask(&seen), "ab".repeat(16).into());

        std::thread::sleep(Duration::from_millis(20));
        fs::write(&file, "two").unwrap();
        let seen = open();
        assert_eq!(ask(&seen), digest(b"two").into());
        seen.written(&"b.html".into(), &file, &digest(b"two").into());
        seen.keep(later, false);
        assert_eq!(open().before.len(), 2);
        open().keep(later, true);
        assert_eq!(open().before.len(), 2, "a part of the files was looked at");
        assert!(Seen::open(root, root, Path::new("elsewhere")).before.is_empty());
        open().keep(later, false);
        assert!(open().before.is_empty(), "they are not there any more");
    }

    #[test]
    fn what_is_not_whole_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("a.html"), "one").unwrap();
        let seen = Seen::open(root, root, root);
        seen.written(&"a.html".into(), &root.join("a.html"), &digest(b"one").into());
        seen.keep(SystemTime::now() + stamp::TICK * 2, false);
        let file = root.join(FILE);
        let bytes = fs::read(&file).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            *other.get_mut(at).unwrap() ^= 1;
            for damaged in [other.as_slice(), bytes.get(..at).unwrap()] {
                fs::write(&file, damaged).unwrap();
                let seen = Seen::open(root, root, root);
                assert!(seen.before.is_empty(), "byte {at}");
            }
        }
    }
}
