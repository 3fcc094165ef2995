//! What files hold, as it was found by reading or writing them, so that they need not be read again as
//! long as the disk says the same of them ([`crate::stamp`]).

use std::fs::{self, Metadata};
use std::hash::BuildHasher as _;
use std::io::{self, BufWriter};
use std::num::NonZeroU32;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{Durability, buffered, digest_file, replace};
use crate::file::{Stamp, digest, digest_of, shortened};
use crate::kept::{Digest, Shared};
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
    before: Before,
    now: Mutex<Vec<Found>>,
}

#[derive(Debug)]
struct Found {
    folder: Folder,
    /// Where it stands in the file, if it does.
    place: Option<Place>,
    name: Shared,
    stamp: Stamp,
    touched: SystemTime,
    digest: Digest,
}

/// The number of an entry of the file, counted from 1.
type Place = NonZeroU32;

impl Seen {
    /// What was seen in the folders `items` and `out` and is kept in `folder`; about so many `files` will be seen.
    pub fn open(folder: &Path, items: &Path, out: &Path, files: usize) -> Self {
        let of = digest_of([&*items.to_string_lossy(), &*out.to_string_lossy()]);
        let path = folder.join(FILE);
        let first_line = format!("{FORM} {of}");
        let before = Before::parse(fs::read(&path).unwrap_or_default(), &first_line);
        let damaged = before.is_none();
        let now = Mutex::new(Vec::with_capacity(files));
        Self { path, first_line, damaged, before: before.unwrap_or_default(), now }
    }

    /// Whether something lay there that is not whole.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The digest of the file at `path`, which is `name` in its folder, and of which the disk says `there`:
    /// read, unless it was seen before.
    pub(super) fn digest(&self, folder: Folder, name: &Shared, path: &Path, there: &Metadata) -> io::Result<Digest> {
        let Some((stamp, touched)) = stamp::of(there) else { return digest_file(path) };
        let place = self.before.find(folder, name);
        let digest = match place.and_then(|place| self.before.get(place)) {
            Some(before) if *before.stamp == stamp.0 => (*before.bits).into(),
            _ => digest_file(path)?,
        };
        self.add(Found { folder, place, name: name.clone(), stamp, touched, digest: digest.clone() });
        Ok(digest)
    }

    /// A file of the output was just written, and these are its bytes.
    pub(super) fn written(&self, name: &Shared, path: &Path, digest: &Digest) {
        if let Some((stamp, touched)) = fs::symlink_metadata(path).ok().as_ref().and_then(stamp::of) {
            let (folder, place) = (Folder::Output, self.before.find(Folder::Output, name));
            self.add(Found { folder, place, name: name.clone(), stamp, touched, digest: digest.clone() });
        }
    }

    fn add(&self, found: Found) {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).push(found);
    }

    /// Keeps what this run has seen, for the next one, and where it was to look at a `part` of the files what
    /// was seen of the others: of what may be touched again within the same tick of the clock, which shows
    /// `at`, nothing.
    pub fn keep(self, at: SystemTime, part: bool) {
        let found = self.now.into_inner().unwrap_or_else(PoisonError::into_inner);
        let before = self.before;
        // What became of each entry of the file, and what is new. What was read and then written again is what
        // was written: the later stands.
        let mut fates = vec![if part { Fate::Stays } else { Fate::Gone }; before.starts.len()];
        let mut new: Vec<&Found> = Vec::new();
        for found in &found {
            let is_settled = stamp::is_settled(found.touched, at) && found.digest.bits().is_some();
            match found.place.and_then(|place| Some((before.get(place)?, fates.get_mut(index(place))?))) {
                Some((_, fate)) if !is_settled => *fate = Fate::Gone,
                Some((entry, fate)) if entry.holds(found) => *fate = Fate::Stays,
                Some((_, fate)) => *fate = Fate::Is(found),
                None => new.push(found),
            }
        }
        new.reverse();
        new.sort_by(|a, b| a.name().cmp(&b.name()));
        new.dedup_by(|earlier, later| earlier.name() == later.name());
        new.retain(|found| stamp::is_settled(found.touched, at) && found.digest.bits().is_some());
        if new.is_empty() && fates.iter().all(|fate| matches!(fate, Fate::Stays)) {
            return;
        }
        let write = |target: &mut dyn io::Write| {
            let mut new = new.iter().peekable();
            for (entry, fate) in before.entries().zip(&fates) {
                while let Some(found) = new.next_if(|found| found.key() < entry.key()) {
                    found.write(target)?;
                }
                match fate {
                    Fate::Stays => target.write_all(entry.whole)?,
                    Fate::Is(found) => found.write(target)?,
                    Fate::Gone => {}
                }
            }
            new.try_for_each(|found| found.write(target))
        };
        // Once for the digest, which comes first, and once for the file.
        let mut hasher = BufWriter::with_capacity(16 << 10, blake3::Hasher::new());
        let hash = write(&mut hasher).and_then(|()| hasher.into_inner().map_err(io::IntoInnerError::into_error));
        let Ok(hash) = hash.map(|hasher| hasher.finalize()) else { return }; // it takes everything
        let head = format!("{} {}\n", self.first_line, shortened(&hash));
        let put = |file: &mut fs::File| {
            buffered(file, |target| {
                target.write_all(head.as_bytes())?;
                write(target)
            })
        };
        // What cannot be kept is only missed.
        let _ = replace(&self.path, Durability::Quick, put);
    }
}

/// What becomes of an entry of the file.
#[derive(Clone, Copy)]
enum Fate<'a> {
    Stays,
    Is(&'a Found),
    Gone,
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

    fn key(&self) -> (u8, &[u8]) {
        (self.folder.mark(), self.name.as_bytes())
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
}

/// What the file held, as it stands there: the names of a hundred thousand files are not to be in memory twice.
#[derive(Debug, Default)]
struct Before {
    bytes: Vec<u8>,
    /// Where each entry begins, and where the last one ends.
    starts: Vec<Range<usize>>,
    by_name: HashTable<Place>,
    hasher: RandomState,
}

/// One of its entries.
struct Entry<'a> {
    whole: &'a [u8],
    mark: u8,
    stamp: &'a [u8; 16],
    bits: &'a [u8; 16],
    name: &'a [u8],
}

fn index(place: Place) -> usize {
    place.get() as usize - 1
}

impl<'a> Entry<'a> {
    /// The one at the beginning; `None` where it is not whole.
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (mark, rest) = bytes.split_first()?;
        let (stamp, rest) = rest.split_first_chunk()?;
        let (bits, rest) = rest.split_first_chunk()?;
        let name = rest.get(..memchr::memchr(0, rest)?)?;
        let whole = bytes.get(..bytes.len() - rest.len() + name.len() + 1)?;
        Some(Self { whole, mark: *mark, stamp, bits, name }).filter(|_| matches!(mark, b'i' | b'o'))
    }

    fn key(&self) -> (u8, &'a [u8]) {
        (self.mark, self.name)
    }

    fn holds(&self, found: &Found) -> bool {
        *self.stamp == found.stamp.0 && Some(self.bits) == found.digest.bits()
    }
}

impl Before {
    /// What a file holds; `None` where it is not whole. One of other folders holds nothing.
    fn parse(bytes: Vec<u8>, first_line: &str) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        let end = memchr::memchr(b'\n', &bytes)?;
        let (head, rest) = (std::str::from_utf8(bytes.get(..end)?).ok()?, bytes.get(end + 1..)?);
        let (line, check) = head.rsplit_once(' ')?;
        if !line.starts_with(FORM) || check != digest(rest) {
            return None;
        }
        if line != first_line {
            return Some(Self::default());
        }
        let mut starts = Vec::new();
        let mut at = end + 1;
        while let Some(left) = bytes.get(at..).filter(|left| !left.is_empty()) {
            let next = at + Entry::of(left)?.whole.len();
            starts.push(at..next);
            at = next;
        }
        let by_name = HashTable::with_capacity(starts.len());
        let mut before = Self { bytes, starts, by_name, hasher: RandomState::default() };
        let places = (1..=u32::try_from(before.starts.len()).ok()?).filter_map(Place::new);
        for place in places {
            let Self { bytes, starts, by_name, hasher } = &mut before;
            let hash = |place: &Place| {
                let entry = starts.get(index(*place)).and_then(|range| Entry::of(bytes.get(range.clone())?));
                entry.map(|entry| hasher.hash_one(entry.key())).unwrap_or_default()
            };
            by_name.insert_unique(hash(&place), place, hash);
        }
        Some(before)
    }

    fn get(&self, place: Place) -> Option<Entry<'_>> {
        Entry::of(self.bytes.get(self.starts.get(index(place))?.clone())?)
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.starts.iter().filter_map(|range| Entry::of(self.bytes.get(range.clone())?))
    }

    fn find(&self, folder: Folder, name: &str) -> Option<Place> {
        let key = (folder.mark(), name.as_bytes());
        let is = |place: &Place| self.get(*place).is_some_and(|entry| entry.key() == key);
        self.by_name.find(self.hasher.hash_one(key), is).copied()
    }
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
        let open = || Seen::open(root, root, root, 1);
        let ask = |seen: &Seen| {
            seen.digest(Folder::Output, &"a.html".into(), &file, &fs::symlink_metadata(&file).unwrap()).unwrap()
        };
        let first = ask(&open());
        assert_eq!(first, digest(b"one").into());

        let seen = open();
        ask(&seen);
        seen.keep(SystemTime::now(), false);
        assert!(open().before.starts.is_empty(), "it was touched a moment ago");

        let seen = open();
        ask(&seen);
        seen.keep(later, false);
        assert_eq!(open().before.starts.len(), 1);
        // What is kept is believed: nobody else would say this.
        let mut seen = open();
        let start = seen.before.starts[0].start;
        seen.before.bytes[start + 17..start + 33].fill(0xab);
        assert_eq!(ask(&seen), "ab".repeat(16).into());

        std::thread::sleep(Duration::from_millis(20));
        fs::write(&file, "two").unwrap();
        let seen = open();
        assert_eq!(ask(&seen), digest(b"two").into());
        seen.written(&"b.html".into(), &file, &digest(b"two").into());
        seen.keep(later, false);
        assert_eq!(open().before.starts.len(), 2);
        open().keep(later, true);
        assert_eq!(open().before.starts.len(), 2, "a part of the files was looked at");
        assert!(Seen::open(root, root, Path::new("elsewhere"), 1).before.starts.is_empty());
        open().keep(later, false);
        assert!(open().before.starts.is_empty(), "they are not there any more");
    }

    #[test]
    fn what_is_not_whole_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("a.html"), "one").unwrap();
        let seen = Seen::open(root, root, root, 1);
        seen.written(&"a.html".into(), &root.join("a.html"), &digest(b"one").into());
        seen.keep(SystemTime::now() + stamp::TICK * 2, false);
        let file = root.join(FILE);
        let bytes = fs::read(&file).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            *other.get_mut(at).unwrap() ^= 1;
            for damaged in [other.as_slice(), bytes.get(..at).unwrap()] {
                fs::write(&file, damaged).unwrap();
                let seen = Seen::open(root, root, root, 1);
                assert!(seen.before.starts.is_empty(), "byte {at}");
            }
        }
    }
}
