//! What a run keeps of every item, kept small: the heads of a whole newsroom are in memory at once,
//! and many of them say the same.

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher as _, Hash};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use rayon::prelude::*;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A table with a place for every item: a tenth of a run was spent on hashing names for the tables of
/// the standard library.
pub type Table<K, V> = HashMap<K, V, RandomState>;

/// A set of the same kind.
pub type Set<T> = HashSet<T, RandomState>;

/// A table that has an order, that of its file.
pub type Ordered<K, V> = indexmap::IndexMap<K, V, RandomState>;

/// A text that many hold and nobody changes: the path of an item stands in its head, in its line of the
/// ledger, among the changes and with its files, and is there once.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shared(Arc<str>);

impl Shared {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Holds what `other` holds, where that is the same text.
    pub fn join(&mut self, other: &Self) {
        if self == other {
            self.clone_from(other);
        }
    }
}

impl Deref for Shared {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Shared {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Shared {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<Path> for Shared {
    fn as_ref(&self) -> &Path {
        Path::new(self.as_str())
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), formatter)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl From<&str> for Shared {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Shared {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&String> for Shared {
    fn from(text: &String) -> Self {
        Self(text.as_str().into())
    }
}

impl From<&Shared> for Shared {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<Shared> for String {
    fn from(text: Shared) -> Self {
        text.as_str().to_owned()
    }
}

impl PartialEq<str> for Shared {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Shared {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<Shared> for &str {
    fn eq(&self, other: &Shared) -> bool {
        *self == other.as_str()
    }
}

impl PartialEq<String> for Shared {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Shared> for String {
    fn eq(&self, other: &Shared) -> bool {
        self == other.as_str()
    }
}

impl Serialize for Shared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Shared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reading(PhantomData))
    }
}

/// Takes a text from where it was read, without a copy in between.
struct Reading<T>(PhantomData<T>);

impl<T: for<'a> From<&'a str>> Visitor<'_> for Reading<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from(text))
    }
}

/// A digest of bytes or of a text: what a run keeps most of, so it takes no memory of its own. One of 128
/// bits is held as such; whatever else a ledger or a manifest has in its place is kept as it is written.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Digest(Form);

#[derive(Clone, Default, PartialEq, Eq, Hash)]
enum Form {
    #[default]
    None,
    Bits([u8; 16]),
    Other(Arc<str>),
}

impl Digest {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0 == Form::None
    }

    /// Its bits, where it has 128.
    pub fn bits(&self) -> Option<&[u8; 16]> {
        if let Form::Bits(bits) = &self.0 { Some(bits) } else { None }
    }

    /// As it is written: in hexadecimal, in lower case.
    pub fn text(&self) -> DigestText<'_> {
        match &self.0 {
            Form::None => DigestText::Text(""),
            Form::Bits(bits) => {
                let mut figures = [0; 32];
                for (pair, byte) in figures.chunks_exact_mut(2).zip(bits) {
                    let figure = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
                    pair.copy_from_slice(&[figure(byte >> 4), figure(byte & 15)]);
                }
                DigestText::Figures(figures)
            }
            Form::Other(text) => DigestText::Text(text),
        }
    }
}

/// The text of a [`Digest`].
#[derive(Debug)]
pub enum DigestText<'a> {
    /// Made of its bits.
    Figures([u8; 32]),
    /// As it was found.
    Text(&'a str),
}

impl Deref for DigestText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Figures(figures) => std::str::from_utf8(figures).unwrap_or_default(),
            Self::Text(text) => text,
        }
    }
}

impl From<[u8; 16]> for Digest {
    fn from(bits: [u8; 16]) -> Self {
        Self(Form::Bits(bits))
    }
}

impl From<&str> for Digest {
    fn from(text: &str) -> Self {
        let half = |figure: u8| match figure {
            b'0'..=b'9' => Some(figure - b'0'),
            b'a'..=b'f' => Some(figure - b'a' + 10),
            _ => None,
        };
        let bits = |figures: &[u8; 32]| {
            let mut bits = [0; 16];
            for (byte, pair) in bits.iter_mut().zip(figures.chunks_exact(2)) {
                *byte = pair.iter().try_fold(0, |byte, figure| Some(byte << 4 | half(*figure)?))?;
            }
            Some(bits)
        };
        Self(match text.as_bytes().try_into().ok().and_then(bits) {
            Some(bits) => Form::Bits(bits),
            None if text.is_empty() => Form::None,
            None => Form::Other(text.into()),
        })
    }
}

impl From<String> for Digest {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text(), formatter)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reading(PhantomData))
    }
}

/// Gives all that say the same one and the same to hold: authors, topics, languages.
#[derive(Debug)]
pub struct Alike<T: ?Sized>(Set<Arc<T>>);

impl<T: ?Sized> Default for Alike<T> {
    fn default() -> Self {
        Self(Set::default())
    }
}

impl<T: ?Sized + Eq + Hash> Alike<T> {
    /// Puts what an earlier one holds in the place of what says the same.
    pub fn join(&mut self, own: &mut Arc<T>) {
        match self.0.get(&**own) {
            Some(known) => *own = Arc::clone(known),
            None => drop(self.0.insert(Arc::clone(own))),
        }
    }
}

impl Alike<str> {
    /// The same for a text.
    pub fn join_text(&mut self, own: &mut Shared) {
        self.join(&mut own.0);
    }
}

/// The numbers of items that have something in common. Nearly every one is alone, and then takes no room.
#[derive(Debug)]
pub struct Groups<'a> {
    first: Table<Cow<'a, str>, usize>,
    others: Table<usize, Vec<usize>>,
}

impl<'a> Groups<'a> {
    /// Of so many things, which have these keys.
    pub fn of(count: usize, key: impl Fn(usize) -> Cow<'a, str> + Sync) -> Self {
        let hasher = RandomState::default();
        let hash = |index: usize| hasher.hash_one(&*key(index));
        let mut hashes: Vec<u64> = (0..count).into_par_iter().map(hash).collect();
        hashes.par_sort_unstable();
        let twice = hashes.windows(2).filter(|two| two.first() == two.last()).filter_map(|two| two.first().copied());
        let twice: Set<u64> = twice.collect();
        let mut groups = Self { first: Table::default(), others: Table::default() };
        if twice.is_empty() {
            return groups;
        }
        for index in (0..count).filter(|index| twice.contains(&hash(*index))) {
            let first = *groups.first.entry(key(index)).or_insert(index);
            if first != index {
                groups.others.entry(first).or_insert_with(|| vec![first]).push(index);
            }
        }
        groups
    }

    /// Those that have this in common, where it is more than one.
    pub fn get(&self, key: &str) -> Option<&Vec<usize>> {
        if self.others.is_empty() {
            return None;
        }
        self.others.get(self.first.get(key)?)
    }

    /// All that are more than one, in no order.
    pub fn several(&self) -> impl Iterator<Item = &Vec<usize>> {
        self.others.values()
    }
}

/// Finds items by a text of theirs, of which it holds no copy.
#[derive(Debug, Default)]
pub struct Index {
    hasher: RandomState,
    numbers: HashTable<u32>,
}

impl Index {
    /// Of so many things, of which some have a key.
    pub fn of<'k>(count: usize, key: impl Fn(usize) -> Option<Cow<'k, str>>) -> Self {
        let mut index = Self { hasher: RandomState::default(), numbers: HashTable::with_capacity(count) };
        let hash = |number: usize| key(number).map(|key| index.hasher.hash_one(&*key));
        for number in 0..count {
            if let (Some(hash_of_it), Ok(short)) = (hash(number), u32::try_from(number)) {
                index.numbers.insert_unique(hash_of_it, short, |other| hash(*other as usize).unwrap_or_default());
            }
        }
        index
    }

    /// The numbers of those that may have this key: who asks compares.
    pub fn may_have(&self, key: &str) -> impl Iterator<Item = usize> {
        self.numbers.iter_hash(self.hasher.hash_one(key)).map(|number| *number as usize)
    }
}

/// The same map in as little memory as it takes: one that was filled in order leaves half of it unused.
pub fn packed<K: Ord, V>(map: BTreeMap<K, V>) -> BTreeMap<K, V> {
    map.into_iter().collect()
}

/// A list that most items leave empty: it takes no more than a pointer then.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::box_collection, reason = "a slice in a box takes two pointers where it is empty, too")]
pub struct Rare<T>(Option<Box<Vec<T>>>);

impl<T> Rare<T> {
    /// Keeps what `is_kept` says, in order.
    pub fn retain(&mut self, is_kept: impl FnMut(&T) -> bool) {
        if let Some(mut list) = self.0.take() {
            list.retain(is_kept);
            *self = Self::from(*list);
        }
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<Vec<T>> for Rare<T> {
    fn from(mut list: Vec<T>) -> Self {
        list.shrink_to_fit();
        Self((!list.is_empty()).then(|| Box::new(list)))
    }
}

impl<T> FromIterator<T> for Rare<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::from(Vec::from_iter(items))
    }
}

impl<T> Deref for Rare<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map(Vec::as_slice).unwrap_or_default()
    }
}

impl<T> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.as_deref_mut().map(Vec::as_mut_slice).unwrap_or_default()
    }
}

impl<'a, T> IntoIterator for &'a Rare<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Rare<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

impl<T: Serialize> Serialize for Rare<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rare<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_is_held_once() {
        let (path, mut other) = (Shared::from("2020/piscine.md"), Shared::from("2020/piscine.md".to_owned()));
        assert!(path == other && !Arc::ptr_eq(&path.0, &other.0));
        other.join(&path);
        assert!(Arc::ptr_eq(&path.0, &other.0));
        other = Shared::from("2020/stade.md");
        other.join(&path);
        assert_eq!(other, "2020/stade.md");
        let mut alike = Alike::<str>::default();
        let mut again = Shared::from("2020/stade.md");
        alike.join_text(&mut other);
        alike.join_text(&mut again);
        assert!(Arc::ptr_eq(&other.0, &again.0));
        let read: Vec<Shared> = serde_json::from_str(r#"["a", "\u00e9\n"]"#).unwrap();
        assert_eq!(read, ["a", "é\n"]);
    }

    #[test]
    fn what_has_something_in_common_is_found() {
        let keys = ["a", "b", "a", "c", "b", "a"];
        let groups = Groups::of(keys.len(), |index| keys[index].into());
        assert_eq!((groups.get("a"), groups.get("b")), (Some(&vec![0, 2, 5]), Some(&vec![1, 4])));
        assert_eq!((groups.get("c"), groups.get("d"), groups.several().count()), (None, None, 2));
        assert_eq!(Groups::of(2, |index| keys[index].into()).get("a"), None);
        let index = Index::of(keys.len(), |number| (number > 0).then(|| keys[number].into()));
        let found = |key: &str| {
            let mut found: Vec<usize> = index.may_have(key).filter(|number| keys[*number] == key).collect();
            found.sort_unstable();
            found
        };
        assert_eq!([found("a"), found("b"), found("d")], [vec![2, 5], vec![1, 4], vec![]]);
    }

    #[test]
    fn a_digest_is_written_as_it_was_read() {
        let bits = "0123456789abcdef0123456789abcdef";
        for text in ["", "f", bits, &bits.to_uppercase(), &bits[1..], "0123456789abcdef0123456789abcdeé"] {
            let digest = Digest::from(text);
            assert_eq!((&*digest.text(), digest.is_empty()), (text, text.is_empty()));
            assert_eq!(serde_json::from_str::<Digest>(&serde_json::to_string(&digest).unwrap()).unwrap(), digest);
        }
        assert_eq!(size_of::<Digest>(), 24);
    }

    #[test]
    fn what_is_not_there_takes_no_room() {
        assert_eq!(size_of::<Rare<String>>(), size_of::<usize>());
        let mut list: Rare<u8> = [1, 2].into_iter().collect();
        list.retain(|number| *number > 1);
        assert_eq!(*list, [2]);
        list.retain(|number| *number > 2);
        assert_eq!(list, Rare::default());
    }
}
