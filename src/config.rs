//! `crieur.toml`: from what is written to what is meant.
//!
//! It is checked whole before any item is read, and every problem in it is reported, not the
//! first. A [`Config`] has no `Option` where there is a default.

pub mod keys;

use std::collections::BTreeMap;

use chrono::NaiveTime;
use url::Url;

use crate::file::digest;
use crate::item::Person;
use crate::locale;
use crate::problem::{Code, Place, Problem};
use crate::text::Text;
use crate::tree::{self, Node, Value};
use crate::zone::Zone;

/// The name of the file, and what its problems are reported under.
pub const FILE: &str = "crieur.toml";

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
    /// Who publishes.
    pub publisher: Publisher,
    /// Declared people, by key.
    pub people: BTreeMap<String, Person>,
    /// Who wrote what does not say; empty where the publisher did.
    pub authors: Vec<Node>,
    /// Which feeds, without doubles.
    pub formats: Vec<Format>,
    /// How many items a feed holds.
    pub window: usize,
    /// Exceptions, the deepest folder first.
    pub folders: Vec<Folder>,
    /// Of the file's bytes: what every output depends on.
    pub digest: String,
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
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// Every problem in it, each with its line or the line to paste.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let root = tree::parse_toml(text)
            .map_err(|e| vec![Problem::new(Code::ConfigUnreadable, FILE).at(e.place).with("reason", e.reason)])?;
        let mut reading = Reading { problems: Vec::new() };
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

/// Gathers problems while the values are read.
struct Reading {
    problems: Vec<Problem>,
}

impl Reading {
    fn newsroom(&mut self, root: &Node, text: &str) -> Option<Config> {
        self.unknown_keys(root, "", &["publisher", "people", "defaults", "feeds", "folder"]);
        let nothing = Node { value: Value::Map(Vec::new()), place: Place::line(1) };
        for name in ["publisher", "people", "defaults", "feeds"] {
            if let Some(node) = root.get(name).filter(|node| !matches!(node.value, Value::Map(_))) {
                self.wrong(node, name, &format!("`[{name}]`"));
            }
        }
        let table = |name: &str| root.get(name).filter(|n| matches!(n.value, Value::Map(_))).unwrap_or(&nothing);
        self.unknown_keys(table("publisher"), "publisher", &[]);
        self.unknown_keys(table("defaults"), "defaults", &[]);
        self.unknown_keys(table("feeds"), "feeds", &[]);

        let people = self.people(table("people"));
        let title = self.required(root, "", "title", Self::text);
        let url = self.required(root, "", "url", Self::site);
        let language = self.required(root, "", "language", Self::language);
        let zone = self.required(root, "", "timezone", Self::zone);
        let authority = self.required(root, "", "authority", Self::authority);
        let publisher = self.publisher(table("publisher"));
        let pages = self.optional(root, "pages", Self::truth).unwrap_or(true);
        let permalink =
            self.optional(root, "permalink", |r, n| r.permalink(n, pages)).unwrap_or_else(|| "{path}/".to_owned());
        let mut folders = Vec::new();
        for node in root.get("folder").map(Node::several).unwrap_or_default() {
            folders.extend(self.folder(node, pages, &people));
        }
        folders.sort_by_key(|folder: &Folder| {
            std::cmp::Reverse(folder.path.matches('/').count() + folder.path.len().min(1))
        });
        let authors = self.authors(table("defaults"), &people);
        let formats = self.optional(table("feeds"), "formats", Self::formats).unwrap_or_else(|| Format::ALL.to_vec());
        let window = self.optional(table("feeds"), "window", Self::window).unwrap_or(50);
        let description = self.optional(root, "description", Self::text);
        let address = |r: &mut Self, key: &'static str, base: Option<&Url>| {
            r.optional(root, key, |r, n| match base {
                Some(base) => r.address(n, base),
                None => None,
            })
        };
        let logo = address(self, "logo", url.as_ref());
        let icon = address(self, "icon", url.as_ref());
        let day_time = self.optional(root, "day-time", Self::hour).or(NaiveTime::from_hms_opt(9, 0, 0));
        let items = self.optional(root, "items", Self::path).unwrap_or_else(|| "items".to_owned());
        let out = self.optional(root, "out", Self::path).unwrap_or_else(|| "public".to_owned());
        let exclude = self.optional(root, "exclude", Self::patterns).unwrap_or_default();
        let rights = self.optional(root, "rights", Self::text);
        let title = title?;
        Some(Config {
            description: description.unwrap_or_else(|| title.clone()),
            title,
            url: url?,
            language: language?,
            zone: zone?,
            authority: authority?,
            day_time: day_time?,
            items,
            out,
            exclude,
            permalink,
            pages,
            rights,
            logo,
            icon,
            publisher: publisher?,
            people,
            authors,
            formats,
            window,
            folders,
            digest: digest(text.as_bytes()),
        })
    }

    /// `timezome` is one slip, not a key too many and another one missing.
    fn forget_what_a_slip_explains(&mut self) {
        let slips: Vec<String> = self
            .problems
            .iter()
            .filter(|problem| problem.code == Code::ConfigKeyUnknown)
            .filter_map(|problem| problem.argument("near").map(str::to_owned))
            .collect();
        self.problems.retain(|problem| {
            let key = problem.argument("key").and_then(|key| key.rsplit('.').next()).unwrap_or_default();
            problem.code != Code::ConfigKeyMissing || !slips.iter().any(|slip| slip == key)
        });
    }

    fn publisher(&mut self, table: &Node) -> Option<Publisher> {
        let name = self.required(table, "publisher", "name", Self::text);
        let url = self.optional(table, "url", Self::web);
        let address = self.optional(table, "address", Self::texts).unwrap_or_default();
        let phone = self.optional(table, "phone", Self::text);
        let email = self.optional(table, "email", Self::email);
        Some(Publisher { name: name?, url, address, phone, email })
    }

    fn people(&mut self, table: &Node) -> BTreeMap<String, Person> {
        let mut people = BTreeMap::new();
        for (key, node) in table.pairs() {
            let Some(key) = key.text() else { continue };
            self.unknown_keys(node, "people.KEY", &[]);
            let Some(name) = self.optional(node, "name", Self::text) else {
                let paste = format!("name = \"{key}\"");
                let problem = Problem::new(Code::ConfigKeyMissing, FILE).at(node.place);
                self.problems.push(
                    problem
                        .with("key", format!("people.{key}.name"))
                        .with("table", format!("people.{key}"))
                        .with("paste", paste),
                );
                continue;
            };
            let person = Person {
                key: Some(key.to_owned()),
                name,
                role: self.optional(node, "role", Self::text),
                email: self.optional(node, "email", Self::email),
                phone: self.optional(node, "phone", Self::text),
                url: self.optional(node, "url", Self::web),
            };
            people.insert(key.to_owned(), person);
        }
        people
    }

    fn folder(&mut self, node: &Node, pages: bool, people: &BTreeMap<String, Person>) -> Option<Folder> {
        self.unknown_keys(node, "folder", &[]);
        let path = self.required(node, "folder", "path", Self::path);
        let folder = Folder {
            path: path.unwrap_or_default().trim_matches('/').to_owned(),
            authors: self.authors(node, people),
            language: self.optional(node, "language", Self::language),
            zone: self.optional(node, "timezone", Self::zone),
            day_time: self.optional(node, "day-time", Self::hour),
            permalink: self.optional(node, "permalink", |r, n| r.permalink(n, pages)),
            rights: self.optional(node, "rights", Self::text),
        };
        Some(folder)
    }

    /// Names and keys of people; a key must be declared, here above all.
    fn authors(&mut self, table: &Node, people: &BTreeMap<String, Person>) -> Vec<Node> {
        let nodes = table.get("authors").map(Node::several).unwrap_or_default();
        for node in nodes {
            let Some(text) = node.text() else { continue };
            let address = text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
            if address.is_some_and(|(_, address)| email_address(address).is_none()) {
                self.wrong(node, "authors", "`Camille MARTIN <cmartin@example.org>`");
            }
            if looks_like_a_key(text) && !people.contains_key(text) {
                let declared: Vec<String> = people.keys().map(|key| format!("`{key}`")).collect();
                let example = if declared.is_empty() { "`Camille MARTIN`".to_owned() } else { declared.join(", ") };
                self.wrong(node, "authors", &example);
            }
        }
        nodes.to_vec()
    }

    fn required<T>(
        &mut self,
        table: &Node,
        name: &'static str,
        key: &'static str,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<T> {
        let node = table.get(key).filter(|node| !node.is_nothing());
        if node.is_none() {
            let example = keys::of(name).find(|k| k.name == key).map(|k| k.example).unwrap_or_default();
            let full = if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
            let problem = Problem::new(Code::ConfigKeyMissing, FILE).with("key", full);
            let problem = if table.pairs().is_empty() || name.is_empty() { problem } else { problem.at(table.place) };
            self.problems.push(
                problem
                    .with("table", if name == "folder" { "[folder]" } else { name })
                    .with("paste", format!("{key} = {example}")),
            );
        }
        node.and_then(|node| self.checked(node, key, read))
    }

    fn optional<T>(
        &mut self,
        table: &Node,
        key: &'static str,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<T> {
        let node = table.get(key)?;
        self.checked(node, key, read)
    }

    fn checked<T>(
        &mut self,
        node: &Node,
        key: &'static str,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<T> {
        let before = self.problems.len();
        let value = read(self, node);
        if value.is_none() && self.problems.len() == before {
            let example = keys::KEYS.iter().find(|k| k.name == key).map(|k| k.example).unwrap_or_default();
            self.wrong(node, key, &format!("`{example}`"));
        }
        value
    }

    fn wrong(&mut self, node: &Node, key: &str, expected: &str) {
        let texts: Vec<&str> = node.several().iter().filter_map(Node::text).collect();
        let value = if texts.is_empty() { "…".to_owned() } else { texts.join(", ") };
        self.problems.push(
            Problem::new(Code::ConfigValue, FILE)
                .at(node.place)
                .with("key", key)
                .with("value", value)
                .with("expected", expected),
        );
    }

    fn unknown_keys(&mut self, node: &Node, table: &str, tables: &[&str]) {
        for (key, _) in node.pairs() {
            let Some(name) = key.text() else { continue };
            let known = || keys::of(table).map(|k| k.name).chain(tables.iter().copied());
            if !known().any(|k| k == name) {
                let near = near(name, known()).or_else(|| near(name, keys::KEYS.iter().map(|k| k.name)));
                self.problems.push(
                    Problem::new(Code::ConfigKeyUnknown, FILE)
                        .at(key.place)
                        .with("key", name)
                        .with("near", near.unwrap_or_default()),
                );
            }
        }
    }

    fn text(&mut self, node: &Node) -> Option<Text> {
        Text::some(node.text()?)
    }

    fn texts(&mut self, node: &Node) -> Option<Vec<Text>> {
        let lines = node.several().iter().filter_map(Node::text).flat_map(str::lines);
        Some(lines.filter_map(Text::some).collect())
    }

    fn truth(&mut self, node: &Node) -> Option<bool> {
        node.text()?.parse().ok()
    }

    fn path(&mut self, node: &Node) -> Option<String> {
        node.text().filter(|path| !path.trim().is_empty()).map(|path| path.replace('\\', "/"))
    }

    fn site(&mut self, node: &Node) -> Option<Url> {
        let mut url = Url::parse(&self.web(node)?).ok()?;
        if url.query().is_some() || url.fragment().is_some() {
            return None;
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Some(url)
    }

    fn web(&mut self, node: &Node) -> Option<String> {
        web_address(node.text()?)
    }

    fn address(&mut self, node: &Node, base: &Url) -> Option<String> {
        let url = base.join(node.text()?.trim()).ok()?;
        web_address(url.as_str())
    }

    fn email(&mut self, node: &Node) -> Option<String> {
        email_address(node.text()?)
    }

    fn language(&mut self, node: &Node) -> Option<String> {
        locale::language_tag(node.text()?).ok()
    }

    fn zone(&mut self, node: &Node) -> Option<Zone> {
        Zone::named(node.text()?.trim())
    }

    fn hour(&mut self, node: &Node) -> Option<NaiveTime> {
        let text = node.text()?.trim();
        NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
    }

    fn authority(&mut self, node: &Node) -> Option<String> {
        let text = node.text()?.trim();
        is_authority(text).then(|| text.to_owned())
    }

    /// A pattern whose blanks are known and whose result is a file that can be written.
    fn permalink(&mut self, node: &Node, pages: bool) -> Option<String> {
        let text = node.text()?.trim().trim_start_matches('/');
        let mut rest = text;
        while let Some((_, tail)) = rest.split_once('{') {
            let (name, tail) = tail.split_once('}')?;
            if !["path", "slug", "year", "month", "day", "lang"].contains(&name) {
                return None;
            }
            rest = tail;
        }
        let names_item = text.contains("{path}") || text.contains("{slug}");
        let written = !pages || text.ends_with('/') || text.ends_with(".html");
        let ascii = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./{}".contains(&b));
        (names_item && written && ascii && !text.contains("..")).then(|| text.to_owned())
    }

    fn patterns(&mut self, node: &Node) -> Option<Vec<glob::Pattern>> {
        node.several().iter().map(|node| glob::Pattern::new(node.text()?.trim_matches('/')).ok()).collect()
    }

    fn formats(&mut self, node: &Node) -> Option<Vec<Format>> {
        let mut formats: Vec<_> = node
            .several()
            .iter()
            .map(|node| Format::ALL.into_iter().find(|format| Some(format.name()) == node.text()))
            .collect::<Option<_>>()?;
        formats.sort_unstable();
        formats.dedup();
        (!formats.is_empty()).then_some(formats)
    }

    fn window(&mut self, node: &Node) -> Option<usize> {
        node.text()?.parse().ok().filter(|window| *window > 0)
    }
}

/// RFC 4151: a domain in lower case, a comma, a date.
pub fn is_authority(text: &str) -> bool {
    let Some((domain, date)) = text.split_once(',') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let dated = match shape.as_str() {
        "0000" => format!("{date}-01-01"),
        "0000-00" => format!("{date}-01"),
        "0000-00-00" => date.to_owned(),
        _ => return false,
    };
    chrono::NaiveDate::parse_from_str(&dated, "%Y-%m-%d").is_ok()
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// A word without capitals or spaces: meant as a key of `[people]`, not as a name.
pub fn looks_like_a_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// The one of `known` that is a single edit away.
pub fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut known = known.filter(|known| known.len() > 2 && strsim::osa_distance(known, name) == 1);
    known.next()
}

/// An absolute http(s) URL in ASCII (RS-07), as `url` writes it, and without the characters that
/// it leaves in although no URI may hold them.
pub fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| ascii_uri(url.as_str()))
}

/// Escapes what `url` leaves although RFC 3986 forbids it (`|`, `[`, a `%` that escapes nothing).
pub fn ascii_uri(url: &str) -> String {
    let host_ends = url.find("://").and_then(|at| url.get(at + 3..)?.find(['/', '?', '#']).map(|end| at + 3 + end));
    let (host, rest) = url.split_at_checked(host_ends.unwrap_or_default()).unwrap_or(("", url));
    let mut escaped = host.to_owned();
    let bytes = rest.bytes().enumerate();
    for (index, byte) in bytes {
        let hex = |at: usize| rest.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
        let allowed = match byte {
            b'%' => hex(index + 1) && hex(index + 2),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(&byte),
        };
        if allowed {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A bare address for publication (AT-13): something before one `@`, a domain with a dot after it;
/// without the rare characters that would mean something else in a `mailto:` URL.
pub fn email_address(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("mailto:");
    let (local, domain) = text.split_once('@')?;
    let local_ok = !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".'+_~-".contains(&b));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (local_ok && domain.contains('.') && domain.split('.').all(label)).then(|| text.to_owned())
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

    #[test]
    fn addresses() {
        assert_eq!(
            web_address("https://Éxemple.fr/é [1]|%zz").as_deref(),
            Some("https://xn--xemple-9ua.fr/%C3%A9%20%5B1%5D%7C%25zz")
        );
        assert_eq!(web_address("javascript:alert(1)"), None);
        assert!(email_address("a@b.fr").is_some());
        assert!(email_address("a@b").is_none() && email_address("<a@b.fr>").is_none());
    }
}
