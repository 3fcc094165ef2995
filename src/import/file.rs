//! From an entry to the file of an item, read back before anybody relies on it.
//!
//! Every value is written in quotes, as JSON writes them, which is YAML too: nothing that a feed
//! holds can end a value, a line or the head. Then our own reader reads the file, and what it
//! understands is compared with the entry, field by field.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use rayon::prelude::*;

use super::content::{embedded, shortcodes};
use super::pair::place;
use super::{Author, Entry, Feed, When};
use crate::config::{Config, email_address, web_address};
use crate::file::{Source, digest};
use crate::html;
use crate::input::markdown::{Rendering, slug, to_html, without_notes};
use crate::input::{self, Kind};
use crate::item::Item;
use crate::ledger::Ledger;
use crate::locale::{Locale, language_tag};
use crate::problem::{Code, Place, Problem};
use crate::resolve::id::{self, Meaning};
use crate::resolve::{self, One};
use crate::text::{Text, words_only};

/// The name of a file gets so much of the title.
const LONGEST_NAME: usize = 80;

/// What lies in the folder already.
#[derive(Debug, Default)]
pub struct Known {
    ids: HashMap<String, String>,
    places: HashMap<String, String>,
    /// Paths in lower case, since not every disk tells capitals apart, and what they hold.
    files: HashMap<String, Option<String>>,
}

/// Looks through the items of a folder, held and wrong ones too.
pub fn known(source: &Source, config: &Config) -> Known {
    let mut known = Known::default();
    for entry in source.entries() {
        let draft = (Kind::of(&entry.path) == Kind::Markdown)
            .then(|| source.read(entry).ok())
            .flatten()
            .and_then(|file| input::read(&file, None, config.known(&entry.path)).0);
        known.files.insert(entry.path.to_lowercase(), draft.as_ref().map(|draft| draft.digest.clone()));
        let Some(draft) = draft else { continue };
        if let Some((id, _)) = id::of(&draft, config, &mut Vec::new()) {
            known.ids.insert(id, entry.path.to_string());
        }
        if let Some(link) = &draft.link {
            known.places.insert(place(&link.value), entry.path.to_string());
        }
    }
    known
}

impl Known {
    /// What was published counts too, whatever its file says: a second file for it would bear its
    /// identity twice.
    pub fn remember(&mut self, ledger: &Ledger) {
        for line in ledger.lines.values() {
            let shown = if line.path.is_empty() { &line.id } else { &line.path };
            self.ids.entry(line.id.to_string()).or_insert_with(|| shown.to_string());
        }
    }
}

/// An item file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The number of its entry.
    pub entry: usize,
    /// Below the items folder.
    pub path: String,
    /// What it holds.
    pub text: String,
    /// Whether it is a draft although its readers had it: it lacks what an item must have.
    pub held: bool,
}

/// What an import does.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is to be written.
    pub files: Vec<Planned>,
    /// Entries that are in the folder already, by number, and their files.
    pub there: Vec<(usize, String)>,
    /// What is wrong with entries.
    pub problems: Vec<Problem>,
}

/// Makes a file of every entry that the folder does not know. Their paths begin with `prefix`; `feed`
/// is what messages call the feed.
pub fn plan(feed: &Feed, path: &str, known: &Known, prefix: &str, config: &Config) -> Plan {
    let mut plan = Plan::default();
    let problem = |code: Code, entry: &Entry| {
        let problem = Problem::new(code, path);
        if entry.line == 0 { problem } else { problem.at(Place::line(entry.line)) }
    };
    let mut ids: HashMap<&str, &Entry> = HashMap::new();
    let mut taken: HashSet<String> = known.files.keys().cloned().collect();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut planned: Vec<(usize, String, Entry)> = Vec::new();
    for (index, entry) in feed.entries.iter().enumerate() {
        let mut entry = entry.clone();
        entry.published = entry.published.or_else(|| Some(When::Instant(config.zone.settled(entry.wall?))));
        let undated = entry.published.is_none() && !entry.draft;
        if let Some(id) = feed.entries.get(index).and_then(|entry| entry.id.as_deref()) {
            if let Some(first) = ids.get(id) {
                let own = problem(Code::ImportIdTwice, &entry).with("id", id);
                plan.problems
                    .push(own.with("line", if first.line == 0 { String::new() } else { first.line.to_string() }));
                continue;
            }
            if let Some(first) = feed.entries.get(index) {
                ids.insert(id, first);
            }
        }
        let by_id = entry.id.as_ref().and_then(|id| known.ids.get(id));
        let by_place = || known.places.get(&place(entry.link.as_deref()?));
        if let Some(there) = by_id.or_else(by_place) {
            plan.there.push((index, there.clone()));
            continue;
        }
        if entry.id.is_none() && !entry.draft {
            plan.problems.push(problem(Code::ImportIdMissing, &entry));
        }
        if undated {
            let value = entry.unreadable.join("`, `");
            plan.problems.push(problem(Code::ImportDateMissing, &entry).with("value", shortened(&value)));
            entry.draft = true;
        } else {
            let unreadable = entry.unreadable.iter().map(|value| shortened(value));
            plan.problems
                .extend(unreadable.map(|value| problem(Code::ImportDateUnreadable, &entry).with("value", value)));
        }
        let stem = format!("{prefix}{}", name(&entry, config));
        // So many entries of this stem there were.
        let number = numbers.entry(stem.to_lowercase()).or_insert(1);
        let path = loop {
            let path = if *number == 1 { format!("{stem}.md") } else { format!("{stem}-{number}.md") };
            // An entry without an identity is known by its whole file.
            let same = known.files.get(&path.to_lowercase()).and_then(Option::as_deref);
            if entry.id.is_none() && same.is_some_and(|same| same == digest(write(&entry, config).as_bytes())) {
                plan.there.push((index, path.clone()));
                break None;
            }
            *number += 1;
            if taken.insert(path.to_lowercase()) {
                break Some(path);
            }
        };
        planned.extend(path.map(|path| (index, path, entry)));
    }
    let made: Vec<(Planned, Vec<(&'static str, String)>)> = planned
        .into_par_iter()
        .map(|(index, path, entry)| {
            let mut entry = entry;
            let (mut text, lost) = checked(&entry, &path, config);
            if lost.iter().any(|(field, _)| *field == "file") {
                // One entry that is no item must not stop a whole newsroom.
                entry.draft = true;
                text = write(&entry, config);
            }
            let held = entry.draft && feed.entries.get(index).is_some_and(|entry| !entry.draft);
            (Planned { entry: index, path, text, held }, lost)
        })
        .collect();
    for (file, lost) in made {
        if let Some(entry) = feed.entries.get(file.entry) {
            plan.problems.extend(lost.into_iter().map(|(field, value)| {
                if field == "file" && value == Code::ItemEmpty.name() {
                    return problem(Code::ItemEmpty, entry);
                }
                // What is held is told to nobody.
                let value = if entry.draft { String::new() } else { shortened(&value) };
                problem(Code::ImportChanged, entry).with("field", field).with("value", value)
            }));
        }
        plan.files.push(file);
    }
    if feed.kind == "WordPress" {
        let problem = |code, line| {
            if line == 0 { Problem::new(code, path) } else { Problem::new(code, path).at(Place::line(line)) }
        };
        let shortcodes = shortcodes_of(&plan, feed);
        plan.problems.extend(shortcodes.into_iter().map(|(code, found)| {
            let told = problem(Code::ImportShortcode, found.line).with("code", code).with("count", found.count);
            let more = if found.count > found.files.len() { "…" } else { "" };
            told.with("files", format!("{}{more}", found.files.join(", ")))
        }));
    }
    plan
}

/// Where a shortcode stands.
#[derive(Default)]
struct Shortcodes {
    line: u32,
    count: usize,
    files: Vec<String>,
}

/// The shortcodes of the files that are written, by name.
fn shortcodes_of(plan: &Plan, feed: &Feed) -> BTreeMap<String, Shortcodes> {
    /// So many files are named.
    const MOST: usize = 5;
    let mut found: BTreeMap<String, Shortcodes> = BTreeMap::new();
    for file in &plan.files {
        let Some(entry) = feed.entries.get(file.entry) else { continue };
        for code in shortcodes(&entry.content) {
            let found = found.entry(code).or_default();
            if found.count == 0 {
                found.line = entry.line;
            }
            found.count += 1;
            // What is held is told to nobody; what has no address is not out yet.
            if found.files.len() < MOST && !entry.draft && entry.link.is_some() {
                found.files.push(file.path.clone());
            }
        }
    }
    found
}

fn shortened(value: &str) -> String {
    const LONGEST: usize = 120;
    let line = Text::new(value).to_string();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// `2020-01-29-la-piscine-rouvre`: of the day, and of the words of the old address or the title.
fn name(entry: &Entry, config: &Config) -> String {
    let of_link = || {
        let path = entry.link.as_deref()?.split(['?', '#']).next()?;
        let last = path.trim_end_matches('/').rsplit('/').next()?;
        Some(last.rsplit_once('.').map_or(last, |(stem, _)| stem).to_owned())
    };
    let percent = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let named = entry.slug.as_deref().map(percent).or_else(|| Some(entry.title.as_ref()?.to_string()));
    let mut words = slug(&named.or_else(of_link).unwrap_or_default());
    if words.len() > LONGEST_NAME {
        words.truncate(LONGEST_NAME);
        let whole = words.rfind('-').filter(|at| *at > LONGEST_NAME / 2);
        words.truncate(whole.unwrap_or(LONGEST_NAME));
    }
    let words = if words.is_empty() { "item".to_owned() } else { words };
    match entry.published {
        // By the newsroom's clocks, as its pages will show it.
        Some(When::Instant(instant)) if config.assumed.is_none() => {
            format!("{}-{words}", config.zone.local(instant.to_utc()).format("%Y-%m-%d"))
        }
        Some(when) => format!("{}-{words}", when.day().format("%Y-%m-%d")),
        // A word in front, so that no figure in a title is taken for its date.
        None => format!("undated-{words}"),
    }
}

/// The file of an entry, and what of the entry it does not say.
fn checked(entry: &Entry, path: &str, config: &Config) -> (String, Vec<(&'static str, String)>) {
    let text = write(entry, config);
    let lost = differences(entry, path, &text, config);
    if !lost.iter().any(|(field, _)| *field == "content") {
        return (text, lost);
    }
    // HTML so broken that Markdown reads it otherwise than a browser: as a browser reads it, then.
    let clean = Entry { content: html::sanitise(&entry.content), ..entry.clone() };
    let second = write(&clean, config);
    let still = differences(entry, path, &second, config);
    if still.iter().any(|(field, _)| *field == "content") { (text, lost) } else { (second, still) }
}

/// The text of the file.
fn write(entry: &Entry, config: &Config) -> String {
    let mut head = String::from("---\n");
    let mut line = |key: &str, value: &str| {
        let gap = if value.starts_with('\n') { "" } else { " " };
        let _ = writeln!(head, "{key}:{gap}{value}");
    };
    if let Some(title) = &entry.title {
        line("title", &quoted(&in_head(title)));
    }
    if let Some(when) = entry.published {
        line("date", &date(when));
    }
    if let Some(when) = entry.updated {
        line("updated", &date(when));
    }
    if !entry.authors.is_empty() {
        let authors = entry.authors.iter().map(|author| {
            let mut fields = vec![("name", quoted(&in_head(&author.name)))];
            fields.extend(author.email.as_ref().map(|email| ("email", quoted(email))));
            fields.extend(author.url.as_ref().map(|url| ("url", quoted(url))));
            fields
        });
        // Several people in one text, as SPIP has them, are a text in the file too: `split-authors` tells them apart.
        match entry.authors.as_slice() {
            [one] if is_several(one) => line("authors", &quoted(&in_head(&one.name))),
            _ => line("authors", &list(authors)),
        }
    }
    if let Some(summary) = &entry.summary {
        line("summary", &quoted(&in_head(summary)));
    }
    if !entry.tags.is_empty() {
        let tags: Vec<String> = entry.tags.iter().map(|tag| quoted(&in_head(tag))).collect();
        line("tags", &format!("[{}]", tags.join(", ")));
    }
    let language = entry.language.as_ref().map(|written| match language_tag(written) {
        Ok(tag) => tag,
        Err(meant) => meant.unwrap_or(written).to_owned(),
    });
    if let Some(language) = language.filter(|language| config.assumed.is_some() || !is_own(language, config)) {
        line("language", &quoted(&language));
    }
    if let Some(id) = &entry.id {
        let key = if id::meaning(id) == Meaning::Itself { "id" } else { "exact-id" };
        line(key, &quoted(id));
    }
    if let Some(link) = &entry.link {
        line("link", &quoted(link));
    }
    if let Some(image) = &entry.image {
        let mut fields = vec![("file", quoted(&image.url))];
        fields.extend(image.alt.as_ref().map(|alt| ("alt", quoted(alt.as_str()))));
        let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
        line("image", &format!("{{{}}}", fields.join(", ")));
    }
    if !entry.enclosures.is_empty() {
        let files = entry.enclosures.iter().map(|file| {
            let mut fields = vec![("file", quoted(&file.url))];
            fields.extend(file.media_type.as_ref().map(|kind| ("type", quoted(kind))));
            fields.extend(file.size.map(|size| ("size", size.to_string())));
            fields.extend(file.title.as_ref().map(|title| ("title", quoted(title.as_str()))));
            fields
        });
        line("attachments", &list(files));
    }
    if let Some(rights) = &entry.rights {
        line("rights", &quoted(&in_head(rights)));
    }
    if entry.draft {
        line("draft", "true");
    }
    let body = embedded(&entry.content);
    if without_notes(&body).is_some() {
        // Its readers have it.
        line("notes-to-editors", "publish");
    }
    head.push_str("---\n");
    head.push_str(&body);
    head.truncate(head.trim_end().len());
    head.push('\n');
    head
}

/// Whether a name may be those of several people and is nothing else.
fn is_several(author: &Author) -> bool {
    let name = author.name.as_str();
    let joined = [", ", "; ", " & ", " et ", " and "].iter().any(|mark| name.contains(mark));
    joined && author.email.is_none() && author.url.is_none() && !name.contains(['(', '<', '@', ':', '/', '|'])
}

/// Maps below a key, one field a line.
fn list(entries: impl Iterator<Item = Vec<(&'static str, String)>>) -> String {
    let mut list = String::new();
    for fields in entries {
        for (number, (key, value)) in fields.into_iter().enumerate() {
            let _ = write!(list, "\n  {} {key}: {value}", if number == 0 { '-' } else { ' ' });
        }
    }
    list
}

fn date(when: When) -> String {
    match when {
        When::Day(day) => day.to_string(),
        When::Instant(instant) => instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    }
}

/// In double quotes, with whatever could end a line or be taken for something else as an escape.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned());
    let mut quoted = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted
}

/// A head takes what looks like HTML in a title for HTML; what is meant as it stands is written so
/// that it is read as it stands.
fn in_head(text: &Text) -> String {
    let text = text.as_str();
    if html::plain(text) == text {
        return text.to_owned();
    }
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What our reader understands otherwise than the entry says: the field, and what the entry says.
fn differences(entry: &Entry, path: &str, text: &str, config: &Config) -> Vec<(&'static str, String)> {
    let source = Source::in_memory([(path.to_owned(), text.to_owned())]);
    let Some(file) = source.find(path).and_then(|found| source.read(found).ok()) else {
        return vec![("file", path.to_owned())];
    };
    let (draft, problems) = input::read(&file, None, config.known(path));
    let Some(draft) = draft else {
        return vec![("file", codes(&problems))];
    };
    match resolve::one(&draft, config, &source) {
        (One::Item(alone), _) => {
            let mut lost = compare(entry, alone.item(), config);
            let body = input::body(&file, config.encoding(path)).unwrap_or_default();
            let rendered =
                to_html(&body, Rendering { prefix: "x", title: &alone.item().title, locale: Locale::of("fr") });
            if shown(&rendered) != shown(&html::sanitise(&entry.content)) {
                lost.push(("content", html::text_of(&html::sanitise(&entry.content))));
            }
            lost
        }
        (One::Unfinished, _) if entry.draft => Vec::new(),
        (_, problems) => vec![("file", codes(&problems))],
    }
}

fn codes(problems: &[Problem]) -> String {
    problems.iter().filter(|problem| problem.is_error()).map(|p| p.code.name()).collect::<Vec<_>>().join(", ")
}

/// What a reader sees of HTML: its words and where it leads.
fn shown(html: &str) -> (String, Vec<String>) {
    let text = crate::text::nfc(&html::text_of(html)).into_owned();
    (text.split_whitespace().collect::<Vec<_>>().join(" "), html::addresses(html))
}

/// Whether a language is the newsroom's, whatever the region: `fr-FR` in a newsroom in `fr` is no second language.
fn is_own(language: &str, config: &Config) -> bool {
    let without_region = |tag: &str| {
        let is_region = |part: &&str| {
            part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic())
                || part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit())
        };
        let mut parts = tag.split('-');
        let first = parts.next().unwrap_or_default().to_ascii_lowercase();
        let rest: Vec<String> = parts.filter(|part| !is_region(part)).map(str::to_ascii_lowercase).collect();
        (first, rest)
    };
    without_region(language) == without_region(&config.language)
}

fn compare(entry: &Entry, item: &Item, config: &Config) -> Vec<(&'static str, String)> {
    let mut lost: Vec<(&'static str, String)> = Vec::new();
    let mut differs = |field: &'static str, same: bool, value: String| {
        if !same {
            lost.push((field, value));
        }
    };
    if let Some(id) = &entry.id {
        differs("id", *id == item.id, id.clone());
    }
    if let Some(title) = &entry.title {
        differs("title", *title == item.title, title.to_string());
    }
    if let Some(when) = entry.published {
        let same = match when {
            When::Instant(instant) => item.day.is_none() && instant == item.published,
            When::Day(day) => item.day == Some(day),
        };
        differs("date", same, date(when));
    }
    if let Some(when) = entry.updated {
        let same = match when {
            When::Instant(instant) => instant == item.updated,
            When::Day(day) => item.updated_day == Some(day),
        };
        differs("updated", same, date(when));
    }
    if !entry.authors.is_empty() {
        let meant: Vec<_> = entry
            .authors
            .iter()
            .map(|a| {
                (a.name.clone(), a.email.as_deref().and_then(email_address), a.url.as_deref().and_then(web_address))
            })
            .collect();
        let read: Vec<_> = item.authors.iter().map(|a| (a.name.clone(), a.email.clone(), a.url.clone())).collect();
        let names: Vec<&str> = entry.authors.iter().map(|author| author.name.as_str()).collect();
        let split = read.len() > 1
            && matches!(entry.authors.as_slice(), [one] if is_several(one) && read.iter().all(|(name, ..)| one.name.as_str().contains(name.as_str())));
        differs("authors", meant == read || split, names.join(", "));
    }
    let tags: Vec<&str> = entry.tags.iter().map(Text::as_str).collect();
    differs("tags", *entry.tags == *item.tags, tags.join(", "));
    if let Some(written) = &entry.language {
        let meant = language_tag(written).ok();
        let same = meant.is_some_and(|meant| meant == item.language || is_own(&meant, config));
        differs("language", same, written.clone());
    }
    if let Some(link) = &entry.link {
        differs("link", web_address(link).is_some_and(|link| link == item.url), link.clone());
    }
    if let Some(summary) = &entry.summary {
        // One that says what the title says is left out of every feed.
        let repeats = words_only(summary.as_str()) == words_only(item.title.as_str());
        differs("summary", repeats || item.summary.as_ref() == Some(summary), summary.to_string());
    }
    for file in &entry.enclosures {
        let url = web_address(&file.url);
        let same = item.attachments.iter().any(|read| {
            let kind = file.media_type.as_ref().is_none_or(|kind| *kind == read.media_type);
            Some(&read.url) == url.as_ref() && kind && file.size == read.size
        });
        differs("attachments", same, file.url.clone());
    }
    if let Some(image) = &entry.image {
        let read = item.image.as_ref().map(|image| image.file.url.clone());
        differs("image", read.is_some() && read == web_address(&image.url), image.url.clone());
    }
    if let Some(rights) = &entry.rights {
        differs("rights", item.rights.as_ref() == Some(rights), rights.to_string());
    }
    lost
}
