//! `crieur.toml`: from what is written to what is meant.
//!
//! It is checked whole before any item is read, and every problem in it is reported, not the
//! first. A [`Config`] has no `Option` where there is a default.

pub mod color;
pub mod foreign;
pub mod keys;
mod reading;
pub mod theme;
mod values;

use std::collections::BTreeMap;

use chrono::NaiveTime;
use encoding_rs::Encoding;
use url::Url;

use self::color::Color;
use self::reading::Reading;
use self::theme::Theme;
pub use self::values::{ascii_uri, email_address, is_authority, looks_like_a_key, near, web_address};
use crate::file::{SourceFile, digest_of};
use crate::item::Person;
use crate::problem::{Code, Place, Problem};
use crate::text::Text;
use crate::tree::{self, Node};
use crate::zone::Zone;

/// The name of the file, and what its problems are reported under.
pub const FILE: &str = "crieur.toml";

/// How many items a feed holds where nobody says.
const WINDOW: usize = 50;

/// How large a feed may be where nobody says, in bytes.
const MAX_BYTES: usize = 500_000;

/// A newsroom, as its keeper meant it.
#[derive(Debug, Clone)]
pub struct Config {
    /// What it is called.
    pub title: Text,
    /// One sentence about it.
    pub description: Text,
    /// Where the output can be seen; ends in `/`.
    pub url: Url,
    /// BCP 47.
    pub language: String,
    /// By which clocks dates are meant.
    pub zone: Zone,
    /// `domain,date` of every tag URI (ID-07).
    pub authority: String,
    /// The hour of an item that has none (DT-21).
    pub day_time: NaiveTime,
    /// The items folder, from this file.
    pub items: String,
    /// The output folder, from this file.
    pub out: String,
    /// What is not an item.
    pub exclude: Vec<glob::Pattern>,
    /// The pattern of addresses.
    pub permalink: String,
    /// Whether pages are written.
    pub pages: bool,
    /// For everything.
    pub rights: Option<Text>,
    /// Absolute URL.
    pub logo: Option<String>,
    /// Absolute URL.
    pub icon: Option<String>,
    /// Of links and marks, where somebody chose one.
    pub color: Option<Color>,
    /// Where templates of one's own lie, from the folder of the configuration.
    pub theme_folder: Option<String>,
    /// What was found there.
    pub theme: Theme,
    /// What the law asks for.
    pub legal: Legal,
    /// Who publishes.
    pub publisher: Publisher,
    /// Declared people, by key.
    pub people: BTreeMap<String, Person>,
    /// Who wrote what does not say; empty where the publisher did.
    pub authors: Vec<Node>,
    /// Files or folders with more people, from the folder of the configuration.
    pub authors_from: Vec<String>,
    /// The people found there, by key.
    pub found: BTreeMap<String, Person>,
    /// Whether one text may name several people.
    pub split_authors: bool,
    /// What `03/04/2020` is, where that was said.
    pub date_order: Option<Order>,
    /// Whether an instant at midnight is a day.
    pub midnight_is_a_day: bool,
    /// Whether git is asked for dates that nobody wrote.
    pub dates_from_git: bool,
    /// Of files that are not UTF-8, where that was said.
    pub encoding: Option<&'static Encoding>,
    /// What is to be kept back of people.
    pub privacy: Privacy,
    /// Whether warnings are taken for errors: not of the file, of this run.
    pub warnings_are_errors: bool,
    /// What was assumed, because there is no `crieur.toml`.
    pub assumed: Option<Assumed>,
    /// Which feeds, without doubles.
    pub formats: Vec<Format>,
    /// How many items a feed holds.
    pub window: usize,
    /// How large a feed may be, in bytes (AG-08).
    pub max_bytes: usize,
    /// Whether what is withdrawn is a tombstone in the Atom feed (RFC 6721) and not a notice.
    pub tombstones: bool,
    /// What can be subscribed to besides the newsroom as a whole.
    pub channels: Channels,
    /// Older addresses of feeds, sorted.
    pub aliases: Vec<Alias>,
    /// WebSub hubs that are told of changes (WS-01).
    pub hubs: Vec<String>,
    /// What becomes of the ledger.
    pub ledger: KeptLedger,
    /// Exceptions, the deepest folder first.
    pub folders: Vec<Folder>,
    /// What is doubtful in the file, though nothing is wrong.
    pub remarks: Vec<Problem>,
    /// Of the file's bytes: what every output depends on.
    pub digest: String,
}

/// Pages that the law asks for (FR-01, FR-03).
#[derive(Debug, Clone, Default)]
pub struct Legal {
    /// Where they are written, from the folder of the configuration, by what they are.
    pub files: BTreeMap<LegalPage, String>,
    /// What was found there.
    pub found: BTreeMap<LegalPage, SourceFile>,
    /// What the accessibility statement comes to, where somebody said so.
    pub conformance: Option<Conformance>,
}

/// What such a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegalPage {
    /// Who publishes, who answers for it, who hosts it.
    Notice,
    /// How far everybody can use the pages, and whom to turn to.
    Accessibility,
}

impl LegalPage {
    /// In the order of links.
    pub const ALL: [Self; 2] = [Self::Notice, Self::Accessibility];

    /// The key in `[legal]`, and of its words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Accessibility => "accessibility",
        }
    }
}

/// How far the pages conform to the rules of accessibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conformance {
    /// All of them.
    Full,
    /// At least half of them.
    Partial,
    /// Less, or nobody looked.
    None,
}

impl Conformance {
    /// As in `[legal] conformance`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::None => "none",
        }
    }
}

/// Who publishes.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// As it is to be shown.
    pub name: Text,
    /// http or https.
    pub url: Option<String>,
    /// One text a line.
    pub address: Vec<Text>,
    /// As written.
    pub phone: Option<Text>,
    /// Checked.
    pub email: Option<String>,
}

impl Publisher {
    /// The publisher as an author.
    pub fn person(&self) -> Person {
        Person { name: self.name.clone(), email: self.email.clone(), url: self.url.clone(), ..Person::default() }
    }
}

/// A feed format. A new one is a variant here, a file in `render/`, and what the compiler then asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Atom 1.0, RFC 4287.
    Atom,
    /// RSS 2.0.11.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// Every format, in the order of links and lists.
    pub const ALL: [Self; 3] = [Self::Atom, Self::Rss, Self::Json];

    /// As in `[feeds] formats`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Rss => "rss",
            Self::Json => "json",
        }
    }

    /// The file; these names never move, for subscribers have them (HC-02).
    pub fn file(self) -> &'static str {
        match self {
            Self::Atom => "feed.atom",
            Self::Rss => "feed.rss",
            Self::Json => "feed.json",
        }
    }

    /// The media type (HC-01).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::Json => "application/feed+json",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Atom => "Atom",
            Self::Rss => "RSS",
            Self::Json => "JSON Feed",
        }
    }
}

/// What holds for one folder only.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Below the items folder, without slashes at the ends.
    pub path: String,
    /// Who wrote what does not say.
    pub authors: Vec<Node>,
    /// BCP 47.
    pub language: Option<String>,
    /// By which clocks.
    pub zone: Option<Zone>,
    /// At which hour.
    pub day_time: Option<NaiveTime>,
    /// At which addresses.
    pub permalink: Option<String>,
    /// Whose.
    pub rights: Option<Text>,
    /// Files or folders with people, from the folder of the configuration.
    pub authors_from: Vec<String>,
    /// The people found there, by key.
    pub people: BTreeMap<String, Person>,
    /// Whether one text may name several people.
    pub split_authors: Option<bool>,
    /// What `03/04/2020` is.
    pub date_order: Option<Order>,
    /// Whether an instant at midnight is a day.
    pub midnight_is_a_day: Option<bool>,
    /// Of files that are not UTF-8.
    pub encoding: Option<&'static Encoding>,
}

/// What becomes of the ledger, besides standing beside this file.
#[derive(Debug, Clone, Default)]
pub struct KeptLedger {
    /// Whether it is written beside the feeds, too.
    pub publish: bool,
    /// Where the last run published it, absolute.
    pub from: Option<String>,
}

/// An older address of a feed, whose bytes are written there too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias {
    /// The address, below the output folder.
    pub path: String,
    /// The feed, below the output folder.
    pub feed: String,
    /// Where it is written.
    pub place: Place,
}

impl Alias {
    /// What is wrong with it.
    pub fn problem(&self, code: Code) -> Problem {
        Problem::new(code, FILE).at(self.place).with("alias", &self.path).with("feed", &self.feed)
    }
}

/// What can be subscribed to besides the newsroom as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// Each topic.
    pub topics: bool,
    /// Each folder.
    pub folders: bool,
    /// Each language, where there is more than one.
    pub languages: bool,
    /// Each author.
    pub people: bool,
    /// Not a channel: whether what leaves the window of the main feed is kept in an archive.
    pub archive: bool,
}

impl Default for Channels {
    fn default() -> Self {
        Self { topics: true, folders: true, languages: true, people: false, archive: true }
    }
}

/// Which comes first in `03/04/2020`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 3 April.
    DayFirst,
    /// March 4.
    MonthFirst,
}

/// What is to be kept back of people.
#[derive(Debug, Clone)]
pub struct Privacy {
    /// Whether e-mail addresses may be shown.
    pub emails: bool,
    /// Keys and names of people who are to be named nowhere.
    pub forget: Vec<String>,
}

/// What was not known of a folder without a `crieur.toml`, so that nothing is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumed {
    /// The configuration of another tool that was read instead, if there was one.
    pub read: Option<String>,
    /// UTC was assumed.
    pub zone: bool,
    /// There is no address of the site.
    pub url: bool,
}

/// What a newsroom says of its files that they need not say themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The encoding of those that are not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// Whose paper they are written on: its name above a text is no title. Empty where nobody said it.
    pub publisher: &'a str,
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// Every problem in it, each with its line or the line to paste.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let root = tree::parse_toml(text)
            .map_err(|e| vec![Problem::new(Code::ConfigUnreadable, FILE).at(e.place).with("reason", e.reason)])?;
        let mut reading = Reading { problems: Vec::new(), remarks: Vec::new() };
        let config = reading.newsroom(&root, text);
        match config {
            Some(config) if reading.problems.is_empty() => Ok(config),
            _ => {
                reading.forget_what_a_slip_explains();
                reading.problems.sort_by_key(|problem| problem.place);
                Err(reading.problems)
            }
        }
    }

    /// The encoding that files which are not UTF-8 were said to have.
    pub fn encoding(&self, path: &str) -> Option<&'static Encoding> {
        self.folder_value(path, |folder| folder.encoding).or(self.encoding)
    }

    /// What the file at `path` need not say itself.
    pub fn known(&self, path: &str) -> Known<'_> {
        Known { encoding: self.encoding(path), publisher: self.publisher.name.as_str() }
    }

    /// By which clocks the item at `path` is dated.
    pub fn zone_of(&self, path: &str) -> &Zone {
        self.folder_value(path, |folder| folder.zone.as_ref()).unwrap_or(&self.zone)
    }

    /// The person that a key names for the item at `path`: in `[people]`, else in an authors file of
    /// its folder, else in one of all.
    pub fn person(&self, key: &str, path: &str) -> Option<&Person> {
        let in_folder = || self.folder_value(path, |folder| folder.people.get(key));
        self.people.get(key).or_else(in_folder).or_else(|| self.found.get(key))
    }

    /// Every place where people are declared besides `[people]`, once each.
    pub fn places_of_people(&self) -> Vec<&str> {
        let folders = self.folders.iter().flat_map(|folder| &folder.authors_from);
        let mut places: Vec<&str> = self.authors_from.iter().chain(folders).map(String::as_str).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Takes in the people found at one of [`Config::places_of_people`].
    pub fn declare(&mut self, place: &str, found: &BTreeMap<String, Person>) {
        let add = |people: &mut BTreeMap<String, Person>| {
            for (key, person) in found {
                people.entry(key.clone()).or_insert_with(|| person.clone());
            }
        };
        let names = |places: &[String]| places.iter().any(|named| named == place);
        if names(&self.authors_from) {
            add(&mut self.found);
        }
        self.folders.iter_mut().filter(|folder| names(&folder.authors_from)).for_each(|folder| add(&mut folder.people));
        // Every output depends on them.
        self.digest = digest_of([self.digest.as_str(), place, &format!("{found:?}")]);
    }

    /// Takes in the files of a theme.
    pub fn dress(&mut self, theme: Theme) {
        self.digest = digest_of([self.digest.as_str(), "theme", &theme.digest()]);
        self.theme = theme;
    }

    /// Takes in the file of a page that the law asks for.
    pub fn state(&mut self, page: LegalPage, file: SourceFile) {
        let bytes = crate::file::digest(&file.bytes);
        self.digest = digest_of([self.digest.as_str(), page.name(), &file.path, &bytes]);
        self.legal.found.insert(page, file);
    }

    /// The first exception for the item at `path` that has a value of `key`.
    pub fn folder_value<'a, T>(&'a self, path: &str, key: impl Fn(&'a Folder) -> Option<T>) -> Option<T> {
        self.folders
            .iter()
            .filter(|folder| {
                folder.path.is_empty()
                    || path.strip_prefix(folder.path.as_str()).is_some_and(|rest| rest.starts_with('/'))
            })
            .find_map(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_default_is_a_configuration() {
        let text = keys::commented_default();
        Config::parse(&text).unwrap();
        let all: String = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|l| l.starts_with('[') || l.contains(" = ")).unwrap_or(line))
            .fold(String::new(), |all, line| all + line + "\n");
        let config = Config::parse(&all).unwrap();
        assert_eq!(config.folders.len(), 1);
        assert_eq!(config.people.len(), 1);
    }

    #[test]
    fn every_missing_key_is_said_at_once() {
        let problems = Config::parse("titel = \"x\"\n").unwrap_err();
        let codes: Vec<_> = problems.iter().map(|p| p.code).collect();
        assert_eq!(codes.iter().filter(|c| **c == Code::ConfigKeyMissing).count(), 5);
        assert!(problems.iter().any(|problem| problem.argument("near") == Some("title")));
    }
}
