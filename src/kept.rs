//! What a run keeps of every item, kept small: the heads of a whole newsroom are in memory at once,
//! and many of them say the same.

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::RandomState;
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
        deserializer.deserialize_str(Reading)
    }
}

/// Takes a text from where it was read, without a copy in between.
struct Reading;

impl Visitor<'_> for Reading {
    type Value = Shared;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Shared, E> {
        Ok(Shared::from(text))
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

/// The numbers of items that have something in common. Nearly every one is alone, and then takes no list.
#[derive(Debug)]
pub struct Groups<'a> {
    first: Table<Cow<'a, str>, usize>,
    others: Table<usize, Vec<usize>>,
}

impl<'a> Groups<'a> {
    /// Of things with these keys, in their order.
    pub fn of(keys: impl Iterator<Item = Cow<'a, str>>) -> Self {
        let mut groups = Self { first: Table::default(), others: Table::default() };
        for (index, key) in keys.enumerate() {
            let first = *groups.first.entry(key).or_insert(index);
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
    fn what_is_not_there_takes_no_room() {
        assert_eq!(size_of::<Rare<String>>(), size_of::<usize>());
        let mut list: Rare<u8> = [1, 2].into_iter().collect();
        list.retain(|number| *number > 1);
        assert_eq!(*list, [2]);
        list.retain(|number| *number > 2);
        assert_eq!(list, Rare::default());
    }
}
