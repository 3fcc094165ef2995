//! Channels: what one can subscribe to. The newsroom as a whole, and each language, topic and folder
//! of it, and each person where somebody asked for that.
//!
//! Every channel has a folder of its own below the output folder, with its feeds and its list. The
//! folder's name is ASCII; two channels never share one, nor does one lie where an item's page is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::file::digest_of;
use crate::item::{Item, Status};
use crate::kept::{Set, Shared};
use crate::locale::Locale;
use crate::problem::{Code, Problem};
use crate::resolve::id;
use crate::resolve::link::name_in_address;
use crate::text::{Text, lower_case};

/// Something to subscribe to.
#[derive(Debug, Clone)]
pub struct Channel {
    /// What it is about.
    pub subject: Subject,
    /// Permanent identity (ID-10).
    pub id: String,
    /// What its feeds are called.
    pub title: Text,
    /// What people call it within the newsroom: the topic, the language, the folder, the person.
    pub name: Text,
    /// One sentence about it.
    pub description: Text,
    /// Below the output folder: empty, or ending in `/`.
    pub folder: String,
    /// BCP 47.
    pub language: Shared,
    /// The numbers of its items that feeds hold, in the order of feeds.
    pub announced: Vec<usize>,
    /// Where feeds hold none of them any more: when the last of them expired.
    pub emptied: Option<DateTime<Utc>>,
    /// The numbers of those that lists show.
    pub listed: Vec<usize>,
}

/// What a channel is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The newsroom.
    All,
    /// A language.
    Language,
    /// A topic.
    Topic,
    /// A folder below the items folder.
    Folder,
    /// Somebody.
    Person,
}

impl Channel {
    /// Whether nothing of it can be read any more: all has expired or was withdrawn.
    pub fn is_over(&self) -> bool {
        self.listed.is_empty() && (self.emptied.is_some() || !self.announced.is_empty())
    }
}

/// Every channel of the newsroom, the main one first. One with no item that is out is never made, but
/// for the main one.
pub fn channels(items: &[Item], config: &Config) -> Vec<Channel> {
    let mut found: BTreeMap<(Subject, String), (Text, Vec<usize>)> = BTreeMap::new();
    // What has expired is in no feed, and keeps the one in which it was from going with it.
    for (number, item) in items.iter().enumerate().filter(|(_, item)| item.status.is_out()) {
        for (subject, key, name) in subjects(item, config) {
            let numbers = &mut found.entry((subject, key)).or_insert_with(|| (name, Vec::new())).1;
            // `Economie` and `Économie` on one item are one topic.
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
    }
    let languages = found.keys().filter(|(subject, _)| *subject == Subject::Language).count();
    if languages < 2 {
        found.retain(|(subject, _), _| *subject != Subject::Language);
    }
    let mut taken = if found.is_empty() { Set::default() } else { taken(items, config) };
    let all: Vec<usize> =
        items.iter().enumerate().filter(|(_, item)| item.status.is_out()).map(|(number, _)| number).collect();
    let (all, emptied) = announced(all, items);
    let main = Channel {
        subject: Subject::All,
        id: id::feed(config),
        title: config.title.clone(),
        name: config.title.clone(),
        description: config.description.clone(),
        folder: String::new(),
        language: config.language.as_str().into(),
        listed: listed(&all, items),
        announced: all,
        emptied,
    };
    let mut channels = vec![main];
    for ((subject, key), (name, numbers)) in found {
        channels.push(channel(subject, &key, name, numbers, items, config, &mut taken));
    }
    channels
}

/// Old addresses that lead to no feed.
pub fn aliases_nowhere(items: &[Item], config: &Config) -> Vec<Problem> {
    if config.aliases.is_empty() {
        return Vec::new();
    }
    let channels = channels(items, config);
    let is_there = |feed: &str| {
        config.formats.iter().any(|format| {
            let folder = feed.strip_suffix(format.file());
            folder.is_some_and(|folder| channels.iter().any(|channel| channel.folder == folder))
        })
    };
    let nowhere = config.aliases.iter().filter(|alias| !is_there(&alias.feed));
    nowhere.map(|alias| alias.problem(Code::AliasNowhere)).collect()
}

/// What an item belongs to besides the newsroom: what, by which key, and what it is called.
fn subjects(item: &Item, config: &Config) -> Vec<(Subject, String, Text)> {
    let mut subjects = Vec::new();
    if config.channels.languages {
        let name = Locale::language(&item.language);
        subjects.push((Subject::Language, item.language.to_lowercase(), Text::new(&name)));
    }
    if config.channels.topics {
        subjects.extend(item.tags.iter().map(|tag| (Subject::Topic, name_in_address(tag.as_str()), tag.clone())));
    }
    if config.channels.folders {
        let folders = item.path.match_indices('/').filter_map(|(at, _)| item.path.get(..at));
        let own = is_alone(&item.path);
        let is_language = |folder: &str| folder.eq_ignore_ascii_case(&item.language);
        let folders = folders.filter(|f| Some(*f) != own && is_a_subject(f) && !is_language(f));
        subjects.extend(folders.map(|folder| {
            let name = folder.rsplit('/').next().unwrap_or(folder);
            let address = folder.split('/').map(name_in_address).collect::<Vec<_>>().join("/");
            (Subject::Folder, address, Text::new(name))
        }));
    }
    if config.channels.people {
        subjects.extend(item.authors.iter().map(|author| {
            let key = author.key.as_deref().unwrap_or(author.name.as_str());
            (Subject::Person, name_in_address(key), author.name.clone())
        }));
    }
    subjects
}

/// The folder of an `index.md`, which is the item and no room for others.
fn is_alone(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    name.starts_with("index.").then_some(folder)
}

/// A year, a month or a day is no subject, nor is what other tools call their drawers.
fn is_a_subject(folder: &str) -> bool {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let dated = name.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    !dated && !name.starts_with(['_', '.'])
}

fn channel(
    subject: Subject,
    key: &str,
    name: Text,
    numbers: Vec<usize>,
    items: &[Item],
    config: &Config,
    taken: &mut Set<Cow<'_, str>>,
) -> Channel {
    let language = match subject {
        // As its items write it.
        Subject::Language => numbers.first().and_then(|number| items.get(*number)).map(|item| item.language.clone()),
        _ => None,
    };
    let language = language.unwrap_or_else(|| config.language.as_str().into());
    let room = match subject {
        Subject::Topic => "tags/",
        Subject::Person => "people/",
        Subject::All | Subject::Language | Subject::Folder => "",
    };
    let mut folder = format!("{room}{key}/");
    if taken.contains(folder.as_str()) {
        // A page lies there.
        folder = format!("{room}{key}-{}/", digest_of([key]).get(..8).unwrap_or_default());
    }
    taken.insert(Cow::Owned(folder.clone()));
    let locale = Locale::of_page(&language, &config.language);
    let title = Text::new(&format!("{} – {name}", config.title));
    let (kind, path) = match subject {
        Subject::All => ("all", String::new()),
        Subject::Language => ("language", format!("languages/{key}")),
        Subject::Topic => ("topic", format!("tags/{key}")),
        Subject::Folder => ("folder", format!("folders/{key}")),
        Subject::Person => ("person", format!("people/{key}")),
    };
    let of = [("name", name.as_str()), ("title", config.title.as_str())];
    let description = Text::new(&locale.word(&format!("channel.{kind}"), &of));
    let (announced, emptied) = announced(numbers, items);
    Channel {
        subject,
        id: id::channel(config, &path),
        title,
        name,
        description,
        folder,
        language,
        listed: listed(&announced, items),
        announced,
        emptied,
    }
}

/// Those of the items that are out which feeds hold; where there are none any more, since when.
fn announced(numbers: Vec<usize>, items: &[Item]) -> (Vec<usize>, Option<DateTime<Utc>>) {
    let of = |number: &usize| items.get(*number);
    let (held, gone): (Vec<usize>, Vec<usize>) =
        numbers.into_iter().partition(|number| of(number).is_some_and(|item| item.status.is_in_feeds()));
    let ends = gone.iter().filter_map(of).filter_map(|item| Some(item.updated.max(item.expires.as_ref()?.instant())));
    let emptied = if held.is_empty() { ends.max() } else { None };
    (held, emptied)
}

fn listed(announced: &[usize], items: &[Item]) -> Vec<usize> {
    let is_listed = |number: &&usize| items.get(**number).is_some_and(|item| item.status == Status::Published);
    announced.iter().filter(is_listed).copied().collect()
}

/// Folders in which something of an item lies.
fn taken<'a>(items: &'a [Item], config: &Config) -> Set<Cow<'a, str>> {
    let out = items.iter().filter(|item| item.status.is_out());
    out.filter(|item| item.page.is_some()).map(|item| lower_case(item.folder(config.url.as_str()))).collect()
}
