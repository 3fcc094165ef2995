//! A resolved release, and where each of its fields lands in each format.
//!
//! | field | Atom | RSS 2.0 | JSON Feed | page |
//! |---|---|---|---|---|
//! | `id` | `entry/id` | `guid isPermaLink="false"` | `id` | – |
//! | `url` | `link rel="alternate"` | `link` | `url` | `link rel="canonical"` |
//! | `title` | `title` (text) | `title` | `title` | `h1`, `title` |
//! | `subtitle` | start of `content` | start of `content:encoded` | start of `content_html` | under the `h1` |
//! | `summary` | `summary` (text) | `description` | `summary` | lead, `meta description` |
//! | `published` | `published` | `pubDate` | `date_published` | `time` |
//! | `updated` | `updated` | `atom:updated`, if later | `date_modified` | `time`, if later |
//! | `language` | `xml:lang` of title, summary, content | – (RSS has no place) | `language`, if not the feed's | `lang` |
//! | `authors` | `author` (name, email, uri) | `dc:creator`, one each | `authors` (name, url) | byline |
//! | `contacts` | end of `content` | end of `content:encoded` | end of `content_html` | "Vos interlocuteurs" |
//! | `tags` | `category` | `category` | `tags` | list |
//! | `image` | `media:content`, `media:thumbnail`, start of `content` | the same, start of `content:encoded` | `image`, start of `content_html` | figure |
//! | `attachments` | `link rel="enclosure"`, `media:content` behind a picture | `enclosure`, then `atom:link`; `media:content` likewise | `attachments` | list |
//! | `rights` | `rights` | `dc:rights` | – (no place) | footer |
//! | `changes` | the last one with a note: start of `content` | start of `content:encoded` | start of `content_html` | above the text, and a history below it |
//! | `relations` | `link rel="related"`, `thr:in-reply-to`; start of `content` | start of `content:encoded` | start of `content_html` | above the text |
//! | `status`, where it is withdrawn or suspended | a notice instead of title, summary, content and enclosures | the same | the same | a notice, `noindex` |

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use crate::kept::{Digest, Rare, Shared};
use crate::media::Pixels;
use crate::problem::Place;
use crate::text::Text;

/// A release or news item of which everything a reader needs is known, without its body.
///
/// Made by [`crate::resolve`] only: nothing required is optional, nothing was defaulted silently,
/// and [`Origins`] says where each value came from.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its file, below the items folder.
    pub path: Shared,
    /// Permanent identity (ID-01 to ID-07): a tag URI, or what the author wrote.
    pub id: Shared,
    /// Where its text can be read: our page, or the author's `link`.
    pub url: Shared,
    /// The page file below the output folder; `None` where the text lives elsewhere.
    pub page: Option<Shared>,
    /// Where its page and files lie: an absolute URL that ends in `/`.
    pub base: Shared,
    /// The title, plain text.
    pub title: Text,
    /// The line under the title.
    pub subtitle: Option<Text>,
    /// What it is about, plain text, never empty.
    pub summary: Option<Text>,
    /// First availability, to the second (DT-10).
    pub published: DateTime<Utc>,
    /// Last change the publisher calls significant (DT-11), never before `published`.
    pub updated: DateTime<Utc>,
    /// The day, where a day is all that was given: pages then print no hour (DT-22).
    pub day: Option<NaiveDate>,
    /// The same for `updated`.
    pub updated_day: Option<NaiveDate>,
    /// `published` as the clocks of its zone show it, for pages.
    pub local: DateTime<FixedOffset>,
    /// The same for `updated`.
    pub updated_local: DateTime<FixedOffset>,
    /// BCP 47.
    pub language: Shared,
    /// At least one, in order.
    pub authors: Arc<[Person]>,
    /// Whom the press may call, in order.
    pub contacts: Rare<Person>,
    /// Topics, in order, each once.
    pub tags: Arc<[Text]>,
    /// Who owns it and what may be done with it.
    pub rights: Option<Text>,
    /// The lead picture.
    pub image: Option<Box<Picture>>,
    /// Files that come with it.
    pub attachments: Rare<Attachment>,
    /// Whether it is out.
    pub status: Status,
    /// The instant at which it will be, where that is known and not past.
    pub due: Option<DateTime<Utc>>,
    /// Whether it was published within the last two days: for the news site map alone, which is the
    /// one output that the clock changes (SM-04).
    pub is_recent: bool,
    /// The instant from which it is of no interest any more, where somebody wrote one.
    pub expires: Option<Box<Moment>>,
    /// What the publisher has done to it since, oldest first.
    pub changes: Rare<Change>,
    /// How many acts its file tells of, those that lie ahead or are not shown too.
    pub acts: usize,
    /// Pages that it had before, below the output folder.
    pub was: Rare<Shared>,
    /// Other items that are out and that it answers or replaces, or that do so to it.
    pub relations: Rare<Relation>,
    /// The parts of a release that were told from its text, as `show` calls them.
    pub parts: Rare<&'static str>,
    /// What its text says to newsrooms.
    pub for_the_press: ForThePress,
    /// Where each value came from.
    pub origins: Origins,
    /// Files and other items that the body refers to, below the items folder, sorted.
    pub references: Rare<String>,
    /// How large the pictures among them are.
    pub pictures: Rare<(String, Pixels)>,
    /// Addresses in the body that may be those of other items' pages, as written.
    pub page_links: Rare<String>,
    /// What the program that wrote its file says of it, name and value: shown, never believed.
    pub suggestions: Rare<(&'static str, String)>,
    /// Of the file's bytes.
    pub digest: Digest,
    /// Of the words of its text, however they are set.
    pub words: Words,
}

/// What a text says to newsrooms and not to its readers: pass 1 has found it, pass 2 leaves it out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ForThePress {
    /// Whether there may be lines about its own diffusion (EM-03); false where pass 1 found none.
    pub banners: bool,
    /// What becomes of the notes to editors.
    pub notes: NotesToEditors,
}

/// What becomes of what a text says to newsrooms (NS-04).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NotesToEditors {
    /// It is in no output.
    #[default]
    LeftOut,
    /// Readers see it: the author said so.
    Published,
}

/// The words of a text, as far as they tell it from others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Of its letters and figures, in lower case.
    pub digest: Digest,
    /// How many there are.
    pub letters: usize,
}

/// An instant, and how its author gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// As the clocks of its zone show it.
    pub local: DateTime<FixedOffset>,
    /// The day, where a day is all that was given.
    pub day: Option<NaiveDate>,
}

impl Moment {
    /// In UTC.
    pub fn instant(&self) -> DateTime<Utc> {
        self.local.to_utc()
    }
}

/// One thing that the publisher did to an item after it was out: an act, not an edit (NS-03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Moment,
    /// What.
    pub kind: ChangeKind,
    /// What subscribers are told about it.
    pub note: Option<Text>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// A slip of the pen: nobody is told, `updated` stays.
    Minor,
    /// Something was wrong.
    Correction,
    /// Something is new.
    Update,
    /// The date was wrong: the only act that moves `published`.
    Date,
    /// It is not to be used any more.
    Withdrawal,
    /// It is not to be used for the time being.
    Suspension,
}

impl ChangeKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Minor, Self::Correction, Self::Update, Self::Date, Self::Withdrawal, Self::Suspension];

    /// As it is written in `changes:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Correction => "correction",
            Self::Update => "update",
            Self::Date => "date",
            Self::Withdrawal => "withdrawal",
            Self::Suspension => "suspension",
        }
    }

    /// Whether a notice stands for the item from then on.
    pub fn takes_back(self) -> bool {
        matches!(self, Self::Withdrawal | Self::Suspension)
    }

    /// Whether readers are to notice: `updated` moves.
    pub fn is_significant(self) -> bool {
        self != Self::Minor
    }
}

/// How one item stands to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// In which way.
    pub kind: RelationKind,
    /// The other's id.
    pub id: Shared,
    /// Where the other can be read.
    pub url: Shared,
    /// What the other is called.
    pub title: Text,
}

/// In which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationKind {
    /// It answers the other: a droit de réponse.
    RepliesTo,
    /// It stands for the other from now on.
    Replaces,
    /// The other stands for it from now on.
    ReplacedBy,
    /// The other answers it.
    RepliedBy,
}

impl RelationKind {
    /// The stable name: the key of its words in `locales/`, and in `show --format json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RepliesTo => "replies-to",
            Self::Replaces => "replaces",
            Self::ReplacedBy => "replaced-by",
            Self::RepliedBy => "replied-by",
        }
    }
}

impl Item {
    /// Where its page and files lie below the output folder: empty, or ending in `/`. `site` is the address of that.
    pub fn folder(&self, site: &str) -> &str {
        self.base.strip_prefix(site).unwrap_or_default()
    }

    /// The order of every feed and list: newest first, then by id, so that an edit never reorders.
    pub fn order(&self, other: &Self) -> Ordering {
        other.published.cmp(&self.published).then_with(|| self.id.cmp(&other.id))
    }
}

/// Somebody, as declared in `[people]` or written in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Person {
    /// The key in `[people]`, where there is one.
    pub key: Option<String>,
    /// As written: no title-casing, no splitting (PR-04).
    pub name: Text,
    /// What they do.
    pub role: Option<Text>,
    /// Address for publication, checked.
    pub email: Option<String>,
    /// As written.
    pub phone: Option<Text>,
    /// http or https.
    pub url: Option<String>,
}

/// The lead picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its file and address.
    pub file: Attachment,
    /// Text alternative; empty where the author gave none.
    pub alt: Text,
    /// What it shows.
    pub caption: Option<Text>,
    /// Who made it.
    pub credit: Option<Text>,
}

/// A file that comes with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Absolute URL, ASCII (RS-07).
    pub url: String,
    /// The file below the items folder; `None` where it lies elsewhere.
    pub source: Option<String>,
    /// In octets; `None` where it lies elsewhere (RS-16: written as 0).
    pub size: Option<u64>,
    /// Media type: of a picture from its bytes, else from the name.
    pub media_type: String,
    /// How large it is, where it is a picture that lies here.
    pub pixels: Option<Pixels>,
    /// What it is called; its file name where nobody said.
    pub title: Text,
    /// Whether a link in the text alone speaks of it, and no head.
    pub linked: bool,
}

/// Whether an item is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// In every output.
    Published,
    /// It was out and is withdrawn: a notice in its place, in the feeds and on its page.
    Withdrawn,
    /// It was out and is held back for the time being: a notice likewise.
    Suspended,
    /// It was out and its time is over: the page stays.
    Expired,
    /// In none before its instant.
    Scheduled,
    /// In none until its author says so.
    Draft,
    /// In none: somebody holds it back.
    Withheld,
}

impl Status {
    /// Whether there is anything of it in any output: the question that every output asks.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Published | Self::Withdrawn | Self::Suspended | Self::Expired)
    }

    /// Whether feeds hold it.
    pub fn is_in_feeds(self) -> bool {
        matches!(self, Self::Published | Self::Withdrawn | Self::Suspended)
    }

    /// Whether its text may be read: elsewhere a notice stands for it.
    pub fn is_readable(self) -> bool {
        matches!(self, Self::Published | Self::Expired)
    }

    /// Whether search engines are to show its page: no notice, and nothing out of date (SM-05).
    pub fn is_current(self) -> bool {
        self == Self::Published
    }

    /// The stable name, as in `show --format json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Scheduled => "scheduled",
            Self::Draft => "draft",
            Self::Withheld => "withheld",
        }
    }
}

/// Where the values of an item came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins {
    /// Of the title.
    pub title: Origin,
    /// Of `published`.
    pub published: Origin,
    /// Of `updated`.
    pub updated: Origin,
    /// Of the authors.
    pub authors: Origin,
    /// Of the id.
    pub id: Origin,
    /// Of the language.
    pub language: Origin,
}

/// Where a value came from; its words are part of the contract of `show --format json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Written in the file's head.
    Head {
        /// Counted from 1.
        line: u32,
    },
    /// Written in the sidecar.
    Sidecar {
        /// Counted from 1.
        line: u32,
    },
    /// In the file's name.
    FileName,
    /// In the names of its folders.
    Folders,
    /// In an address in the head: `permalink`, `path`, `url`.
    Address {
        /// Counted from 1.
        line: u32,
    },
    /// In the dateline of the release.
    Dateline {
        /// Counted from 1.
        line: u32,
    },
    /// In the words that announce an embargo: `SOUS EMBARGO JUSQU'AU …`.
    Announced {
        /// Counted from 1.
        line: u32,
    },
    /// The first commit that has the file.
    Git,
    /// The file's path below the items folder.
    Path,
    /// The first heading of the text.
    Heading {
        /// Counted from 1.
        line: u32,
    },
    /// The first words of the text.
    FirstWords {
        /// Counted from 1.
        line: u32,
    },
    /// A `[[folder]]` of `crieur.toml`.
    Folder,
    /// `crieur.toml`.
    Config,
    /// The `[publisher]` of `crieur.toml`.
    Publisher,
    /// Nothing was said, so it is when the item was published.
    Published,
    /// An act in `changes:`.
    Act,
    /// The ledger: what was published once stands.
    Ledger,
}

impl Origin {
    /// In the file's head, or in its sidecar.
    pub fn written(place: Place) -> Self {
        if place.sidecar { Self::Sidecar { line: place.line } } else { Self::Head { line: place.line } }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head { line } => write!(formatter, "front matter, line {line}"),
            Self::Sidecar { line } => write!(formatter, "sidecar, line {line}"),
            Self::FileName => formatter.write_str("file name"),
            Self::Folders => formatter.write_str("folders"),
            Self::Address { line } => write!(formatter, "address in the front matter, line {line}"),
            Self::Dateline { line } => write!(formatter, "dateline, line {line}"),
            Self::Announced { line } => write!(formatter, "announced embargo, line {line}"),
            Self::Git => formatter.write_str("git"),
            Self::Path => formatter.write_str("file path"),
            Self::Heading { line } => write!(formatter, "first heading, line {line}"),
            Self::FirstWords { line } => write!(formatter, "first words, line {line}"),
            Self::Folder => formatter.write_str("crieur.toml, [[folder]]"),
            Self::Config => formatter.write_str("crieur.toml"),
            Self::Publisher => formatter.write_str("crieur.toml, [publisher]"),
            Self::Published => formatter.write_str("publication date"),
            Self::Act => formatter.write_str("changes"),
            Self::Ledger => formatter.write_str("ledger"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_small() {
        // Of a hundred thousand items, each hundred bytes more are ten megabytes.
        assert!(size_of::<Item>() <= 480, "{}", size_of::<Item>());
    }
}
