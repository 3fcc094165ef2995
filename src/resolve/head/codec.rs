//! Values as bytes and back, as short and as fast as can be: read by the program that wrote them and by no
//! other, so the form has no version and no names. Whatever is not whole is `None`.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, Utc};

use super::Grounds;
use crate::file::Stamp;
use crate::input::{At, State};
use crate::item::{
    Attachment, Change, ChangeKind, ForThePress, Item, Moment, NotesToEditors, Origin, Origins, Person, Picture,
    Relation, RelationKind, Status, Words,
};
use crate::kept::{Digest, Rare, Shared};
use crate::media::Pixels;
use crate::problem::{Code, Place, Problem, Severity};
use crate::resolve::{Alone, Beside};
use crate::text::Text;

/// A value that can be kept.
pub trait Coded: Sized {
    /// Behind what is there.
    fn put(&self, into: &mut Vec<u8>);
    /// From the beginning of what is left.
    fn take(from: &mut &[u8]) -> Option<Self>;
}

/// A struct is its fields: one that is forgotten here does not compile.
macro_rules! structs {
    ($($type:ty { $($field:ident),* $(,)? })*) => {$(
        impl Coded for $type {
            fn put(&self, into: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.put(into);)*
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                $(let $field = Coded::take(from)?;)*
                Some(Self { $($field),* })
            }
        }
    )*};
}

/// An enum without fields is the place of its variant among all: one that is forgotten does not compile.
macro_rules! enums {
    ($($type:ty { $($variant:ident),* $(,)? })*) => {$(
        impl Coded for $type {
            fn put(&self, into: &mut Vec<u8>) {
                match self { $(Self::$variant)|* => into.push(*self as u8) }
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                let byte = u8::take(from)?;
                [$(Self::$variant),*].into_iter().find(|variant| *variant as u8 == byte)
            }
        }
    )*};
}

structs! {
    Grounds { stamp, digest, asked, there }
    Alone { item, beside }
    Beside {
        id_place, url_place, draft, state, embargo, updated, relations, undated, targets, unknown,
    }
    Item {
        path, id, url, page, base, title, subtitle, summary, published, updated, day, updated_day, local,
        updated_local, language, authors, contacts, tags, rights, image, attachments, status, due, is_recent, expires,
        changes, acts, was, relations, parts, for_the_press, origins, references, pictures, page_links, suggestions,
        digest, words,
    }
    ForThePress { banners, notes }
    Words { digest, letters }
    Moment { local, day }
    Change { at, kind, note }
    Relation { kind, id, url, title }
    Person { key, name, role, email, phone, url }
    Picture { file, alt, caption, credit }
    Attachment { url, source, size, media_type, pixels, title, linked }
    Pixels { width, height }
    Origins { title, published, updated, authors, id, language }
    Place { line, column, width, sidecar }
    Problem { code, severity, path, place, arguments }
}

enums! {
    NotesToEditors { LeftOut, Published }
    ChangeKind { Minor, Correction, Update, Date, Withdrawal, Suspension }
    RelationKind { RepliesTo, Replaces, ReplacedBy, RepliedBy }
    Status { Published, Withdrawn, Suspended, Expired, Scheduled, Draft, Withheld }
    Severity { Skipped, Warning, Error }
    State { Withheld, Withdrawn }
}

impl Coded for u8 {
    fn put(&self, into: &mut Vec<u8>) {
        into.push(*self);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let (first, rest) = from.split_first()?;
        *from = rest;
        Some(*first)
    }
}

impl Coded for bool {
    fn put(&self, into: &mut Vec<u8>) {
        into.push(u8::from(*self));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        match u8::take(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Seven bits a byte, the lowest first.
impl Coded for u64 {
    fn put(&self, into: &mut Vec<u8>) {
        let mut left = *self;
        while let Some(more) = Some(left >> 7).filter(|more| *more > 0) {
            into.push((left & 0x7f) as u8 | 0x80);
            left = more;
        }
        into.push(left as u8);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = u8::take(from)?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

/// Other numbers by way of that one.
macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Coded for $type {
            fn put(&self, into: &mut Vec<u8>) {
                (*self as u64).put(into);
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                Self::try_from(u64::take(from)?).ok()
            }
        }
    )*};
}

numbers! { u32 usize }

impl Coded for i64 {
    fn put(&self, into: &mut Vec<u8>) {
        into.extend(self.to_le_bytes());
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let (bytes, rest) = from.split_first_chunk()?;
        *from = rest;
        Some(Self::from_le_bytes(*bytes))
    }
}

impl Coded for Stamp {
    fn put(&self, into: &mut Vec<u8>) {
        into.extend(self.0);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let (bytes, rest) = from.split_first_chunk()?;
        *from = rest;
        Some(Self(*bytes))
    }
}

fn put_str(text: &str, into: &mut Vec<u8>) {
    text.len().put(into);
    into.extend_from_slice(text.as_bytes());
}

fn take_str<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::take(from)?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    std::str::from_utf8(bytes).ok()
}

impl Coded for String {
    fn put(&self, into: &mut Vec<u8>) {
        put_str(self, into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        take_str(from).map(str::to_owned)
    }
}

impl Coded for Shared {
    fn put(&self, into: &mut Vec<u8>) {
        put_str(self, into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        take_str(from).map(Self::from)
    }
}

impl Coded for Digest {
    fn put(&self, into: &mut Vec<u8>) {
        self.bits().is_some().put(into);
        match self.bits() {
            Some(bits) => into.extend(bits),
            None => put_str(&self.text(), into),
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        if !bool::take(from)? {
            return take_str(from).map(Self::from);
        }
        let (bits, rest) = from.split_first_chunk::<16>()?;
        *from = rest;
        Some((*bits).into())
    }
}

impl Coded for Text {
    fn put(&self, into: &mut Vec<u8>) {
        put_str(self.as_str(), into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        take_str(from).map(Self::kept)
    }
}

/// Names out of the program's own text, of which there are few: each is made once.
impl Coded for &'static str {
    fn put(&self, into: &mut Vec<u8>) {
        put_str(self, into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
        let name = take_str(from)?;
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return Some(known);
        }
        let made: &'static str = Box::leak(name.into());
        names.insert(made);
        Some(made)
    }
}

impl<T: Coded> Coded for Option<T> {
    fn put(&self, into: &mut Vec<u8>) {
        into.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(into);
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        if bool::take(from)? { T::take(from).map(Some) } else { Some(None) }
    }
}

impl<T: Coded> Coded for Vec<T> {
    fn put(&self, into: &mut Vec<u8>) {
        put_all(self, into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let length = usize::take(from)?;
        // Each is a byte at least: a length that is not true takes no memory.
        let mut values = Self::with_capacity(length.min(from.len()));
        for _ in 0..length {
            values.push(T::take(from)?);
        }
        Some(values)
    }
}

impl<T: Coded> Coded for Rare<T> {
    fn put(&self, into: &mut Vec<u8>) {
        put_all(self, into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Vec::take(from).map(Self::from)
    }
}

impl<T: Coded> Coded for Arc<[T]> {
    fn put(&self, into: &mut Vec<u8>) {
        put_all(self, into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Vec::take(from).map(Self::from)
    }
}

impl<T: Coded> Coded for Box<T> {
    fn put(&self, into: &mut Vec<u8>) {
        (**self).put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        T::take(from).map(Self::new)
    }
}

/// As a list of the same.
pub fn put_all<T: Coded>(values: &[T], into: &mut Vec<u8>) {
    values.len().put(into);
    values.iter().for_each(|value| value.put(into));
}

impl<A: Coded, B: Coded> Coded for (A, B) {
    fn put(&self, into: &mut Vec<u8>) {
        self.0.put(into);
        self.1.put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some((A::take(from)?, B::take(from)?))
    }
}

impl<T: Coded> Coded for At<T> {
    fn put(&self, into: &mut Vec<u8>) {
        let Self { value, place } = self;
        value.put(into);
        place.put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Self { value: T::take(from)?, place: Place::take(from)? })
    }
}

impl Coded for DateTime<Utc> {
    fn put(&self, into: &mut Vec<u8>) {
        self.timestamp().put(into);
        self.timestamp_subsec_nanos().put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Self::from_timestamp(i64::take(from)?, u32::take(from)?)
    }
}

impl Coded for DateTime<FixedOffset> {
    fn put(&self, into: &mut Vec<u8>) {
        self.to_utc().put(into);
        i64::from(self.offset().local_minus_utc()).put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let instant = DateTime::<Utc>::take(from)?;
        let offset = FixedOffset::east_opt(i64::take(from)?.try_into().ok()?)?;
        Some(instant.with_timezone(&offset))
    }
}

impl Coded for NaiveDate {
    fn put(&self, into: &mut Vec<u8>) {
        i64::from(self.num_days_from_ce()).put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Self::from_num_days_from_ce_opt(i64::take(from)?.try_into().ok()?)
    }
}

impl Coded for Code {
    fn put(&self, into: &mut Vec<u8>) {
        (*self as usize).put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        // They stand in the list in their order.
        Self::ALL.get(usize::take(from)?).copied()
    }
}

impl Coded for Origin {
    fn put(&self, into: &mut Vec<u8>) {
        let (number, line) = match self {
            Self::Head { line } => (0, Some(line)),
            Self::Sidecar { line } => (1, Some(line)),
            Self::Address { line } => (2, Some(line)),
            Self::Dateline { line } => (3, Some(line)),
            Self::Heading { line } => (4, Some(line)),
            Self::FirstWords { line } => (5, Some(line)),
            Self::FileName => (6, None),
            Self::Folders => (7, None),
            Self::Git => (8, None),
            Self::Path => (9, None),
            Self::Folder => (10, None),
            Self::Config => (11, None),
            Self::Publisher => (12, None),
            Self::Published => (13, None),
            Self::Act => (14, None),
            Self::Ledger => (15, None),
            Self::Announced { line } => (16, Some(line)),
        };
        into.push(number);
        if let Some(line) = line {
            line.put(into);
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let line = |of: fn(u32) -> Self, from: &mut &[u8]| u32::take(from).map(of);
        Some(match u8::take(from)? {
            0 => line(|line| Self::Head { line }, from)?,
            1 => line(|line| Self::Sidecar { line }, from)?,
            2 => line(|line| Self::Address { line }, from)?,
            3 => line(|line| Self::Dateline { line }, from)?,
            16 => line(|line| Self::Announced { line }, from)?,
            4 => line(|line| Self::Heading { line }, from)?,
            5 => line(|line| Self::FirstWords { line }, from)?,
            6 => Self::FileName,
            7 => Self::Folders,
            8 => Self::Git,
            9 => Self::Path,
            10 => Self::Folder,
            11 => Self::Config,
            12 => Self::Publisher,
            13 => Self::Published,
            14 => Self::Act,
            15 => Self::Ledger,
            _ => return None,
        })
    }
}
