//! From the tree of `crieur.toml` to a [`Config`], with every problem on the way.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use encoding_rs::Encoding;
use url::Url;

use super::color::{self, Color};
use super::theme::Theme;
use super::values::{email_address, is_authority, looks_like_a_key, near, web_address};
use super::{
    Alias, Channels, Config, Conformance, FILE, Folder, Format, KeptLedger, Legal, LegalPage, Order, Privacy,
    Publisher, keys,
};
use crate::file::digest;
use crate::item::Person;
use crate::locale;
use crate::problem::{Code, Place, Problem};
use crate::text::{HIDDEN, Text, addresses, without_addresses};
use crate::tree::{Node, Value};
use crate::zone::Zone;

/// Gathers problems while the values are read.
pub struct Reading {
    /// What is wrong so far.
    pub problems: Vec<Problem>,
    /// What is doubtful.
    pub remarks: Vec<Problem>,
}

impl Reading {
    /// The newsroom, unless something required is missing.
    pub fn newsroom(&mut self, root: &Node, text: &str) -> Option<Config> {
        self.unknown_keys(
            root,
            "",
            &["publisher", "people", "defaults", "legal", "privacy", "feeds", "ledger", "folder"],
        );
        let nothing = Node { value: Value::Map(Vec::new()), place: Place::line(1) };
        for name in ["publisher", "people", "defaults", "legal", "privacy", "feeds", "ledger"] {
            if let Some(node) = root.get(name).filter(|node| !matches!(node.value, Value::Map(_))) {
                self.wrong(node, name, &format!("`[{name}]`"));
            }
        }
        let table = |name: &str| root.get(name).filter(|n| matches!(n.value, Value::Map(_))).unwrap_or(&nothing);
        self.unknown_keys(table("publisher"), "publisher", &[]);
        self.unknown_keys(table("defaults"), "defaults", &[]);
        self.unknown_keys(table("legal"), "legal", &[]);
        self.unknown_keys(table("privacy"), "privacy", &[]);
        self.unknown_keys(table("feeds"), "feeds", &[]);
        self.unknown_keys(table("ledger"), "ledger", &[]);

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
        let authors_from = self.optional(root, "authors-from", Self::paths).unwrap_or_default();
        let authors = self.authors(table("defaults"), &people, authors_from.is_empty());
        let split_authors = self.optional(root, "split-authors", Self::truth).unwrap_or(false);
        let date_order = self.optional(root, "date-order", Self::order);
        let midnight_is_a_day = self.optional(root, "midnight-is-a-day", Self::truth).unwrap_or(false);
        let dates_from_git = self.optional(root, "dates-from", Self::git).unwrap_or(false);
        let encoding = self.optional(root, "encoding", Self::encoding);
        let privacy = Privacy {
            emails: self.optional(table("privacy"), "emails", Self::truth).unwrap_or(true),
            forget: self.optional(table("privacy"), "forget", Self::paths).unwrap_or_default(),
        };
        let formats = self.optional(table("feeds"), "formats", Self::formats).unwrap_or_else(|| Format::ALL.to_vec());
        let window = self.optional(table("feeds"), "window", Self::count).unwrap_or(super::WINDOW);
        let max_bytes = self.optional(table("feeds"), "max-bytes", Self::count).unwrap_or(super::MAX_BYTES);
        let ledger_from = self.optional(table("ledger"), "from", |r, n| match &url {
            Some(url) => r.address(n, url),
            None => None,
        });
        let ledger = KeptLedger {
            publish: self.optional(table("ledger"), "publish", Self::truth).unwrap_or(ledger_from.is_some()),
            from: ledger_from,
        };
        let mut truth = |key, default| self.optional(table("feeds"), key, Self::truth).unwrap_or(default);
        let usual = Channels::default();
        let channels = Channels {
            topics: truth("topics", usual.topics),
            folders: truth("folders", usual.folders),
            languages: truth("languages", usual.languages),
            people: truth("people", usual.people),
            archive: truth("archive", usual.archive),
        };
        let aliases = self.optional(table("feeds"), "aliases", Self::aliases).unwrap_or_default();
        let hubs = self.optional(table("feeds"), "hubs", Self::webs).unwrap_or_default();
        let tombstones = self.optional(table("feeds"), "tombstones", Self::truth).unwrap_or(false);
        let description = self.optional(root, "description", Self::text);
        let address = |r: &mut Self, key: &'static str, base: Option<&Url>| {
            r.optional(root, key, |r, n| match base {
                Some(base) => r.address(n, base),
                None => None,
            })
        };
        let logo = address(self, "logo", url.as_ref());
        let icon = address(self, "icon", url.as_ref());
        let color = self.optional(root, "color", Self::color);
        let theme_folder = self.optional(root, "theme", Self::path);
        let legal = self.legal(table("legal"));
        let day_time = self.optional(root, "day-time", Self::hour).or(NaiveTime::from_hms_opt(9, 0, 0));
        let items = self.optional(root, "items", Self::path).unwrap_or_else(|| "items".to_owned());
        let out = self.optional(root, "out", Self::path).unwrap_or_else(|| "public".to_owned());
        let exclude = self.optional(root, "exclude", Self::patterns).unwrap_or_default();
        let rights = self.optional(root, "rights", Self::text);
        let title = title?;
        let config = Config {
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
            color,
            theme_folder,
            theme: Theme::default(),
            legal,
            publisher: publisher?,
            people,
            authors,
            authors_from,
            found: BTreeMap::new(),
            split_authors,
            date_order,
            midnight_is_a_day,
            dates_from_git,
            encoding,
            privacy,
            warnings_are_errors: false,
            assumed: None,
            formats,
            window,
            max_bytes,
            tombstones,
            hubs,
            channels,
            aliases,
            ledger,
            folders,
            remarks: std::mem::take(&mut self.remarks),
            digest: digest(text.as_bytes()),
        };
        Some(if config.privacy.emails { config } else { unaddressed(config) })
    }

    /// `timezome` is one slip, not a key too many and another one missing.
    pub fn forget_what_a_slip_explains(&mut self) {
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
        let name = self.required(table, "publisher", "name", Self::name);
        let url = self.optional(table, "url", Self::web);
        let address = self.optional(table, "address", Self::texts).unwrap_or_default();
        let phone = self.optional(table, "phone", Self::text);
        let email = self.optional(table, "email", Self::email);
        Some(Publisher { name: name?, url, address, phone, email })
    }

    fn legal(&mut self, table: &Node) -> Legal {
        let mut files = BTreeMap::new();
        for page in LegalPage::ALL {
            files.extend(self.optional(table, page.name(), Self::markdown).map(|path| (page, path)));
        }
        Legal { files, found: BTreeMap::new(), conformance: self.optional(table, "conformance", Self::conformance) }
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
        let authors_from = self.optional(node, "authors-from", Self::paths).unwrap_or_default();
        let folder = Folder {
            path: path.unwrap_or_default().trim_matches('/').to_owned(),
            authors: self.authors(node, people, authors_from.is_empty()),
            authors_from,
            people: BTreeMap::new(),
            split_authors: self.optional(node, "split-authors", Self::truth),
            date_order: self.optional(node, "date-order", Self::order),
            midnight_is_a_day: self.optional(node, "midnight-is-a-day", Self::truth),
            encoding: self.optional(node, "encoding", Self::encoding),
            language: self.optional(node, "language", Self::language),
            zone: self.optional(node, "timezone", Self::zone),
            day_time: self.optional(node, "day-time", Self::hour),
            permalink: self.optional(node, "permalink", |r, n| r.permalink(n, pages)),
            rights: self.optional(node, "rights", Self::text),
        };
        Some(folder)
    }

    /// Names and keys of people; a key must be declared, here above all, unless an authors file may
    /// declare it (`all_here` is false).
    fn authors(&mut self, table: &Node, people: &BTreeMap<String, Person>, all_here: bool) -> Vec<Node> {
        let nodes = table.get("authors").map(Node::several).unwrap_or_default();
        for node in nodes {
            let Some(text) = node.text() else { continue };
            let address = text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
            if address.is_some_and(|(_, address)| email_address(address).is_none()) {
                self.wrong(node, "authors", "`Camille MARTIN <cmartin@example.org>`");
            }
            if all_here && looks_like_a_key(text) && !people.contains_key(text) {
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

    /// A name with an address in it would be shown by feeds that have no place for one.
    fn name(&mut self, node: &Node) -> Option<Text> {
        self.text(node).filter(|name| addresses(name.as_str()).is_empty())
    }

    fn texts(&mut self, node: &Node) -> Option<Vec<Text>> {
        let lines = node.several().iter().filter_map(Node::text).flat_map(str::lines);
        Some(lines.filter_map(Text::some).collect())
    }

    fn truth(&mut self, node: &Node) -> Option<bool> {
        node.text()?.parse().ok()
    }

    /// A colour that can be read on white; another one is kept, and that is said.
    fn color(&mut self, node: &Node) -> Option<Color> {
        let color = Color::parse(node.text()?.trim())?;
        let contrast = color.contrast(Color::WHITE);
        if contrast < color::READABLE {
            let problem = Problem::new(Code::ColorPale, FILE).at(node.place).with("value", color);
            // Rounded down: 4.49 is not 4.5.
            let shown = format!("{:.2}", (contrast * 100.0).floor() / 100.0);
            self.remarks.push(problem.with("contrast", shown).with("used", color.readable_on(Color::WHITE)));
        }
        Some(color)
    }

    fn conformance(&mut self, node: &Node) -> Option<Conformance> {
        let text = node.text()?.trim();
        [Conformance::Full, Conformance::Partial, Conformance::None].into_iter().find(|known| known.name() == text)
    }

    /// A Markdown file whose name can be an address.
    fn markdown(&mut self, node: &Node) -> Option<String> {
        let path = self.path(node)?;
        let (stem, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
        (matches!(ending, "md" | "markdown") && stem.contains(char::is_alphanumeric)).then(|| path.clone())
    }

    fn path(&mut self, node: &Node) -> Option<String> {
        node.text().filter(|path| !path.trim().is_empty()).map(|path| path.replace('\\', "/"))
    }

    fn paths(&mut self, node: &Node) -> Option<Vec<String>> {
        let paths: Option<Vec<String>> = node.several().iter().map(|node| self.path(node)).collect();
        paths.filter(|paths| !paths.is_empty())
    }

    fn order(&mut self, node: &Node) -> Option<Order> {
        match node.text()?.trim() {
            "dmy" => Some(Order::DayFirst),
            "mdy" => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// Whether git is in the list; it is the only one there is.
    fn git(&mut self, node: &Node) -> Option<bool> {
        let several = node.several();
        several.iter().all(|node| node.text() == Some("git")).then_some(!several.is_empty())
    }

    fn encoding(&mut self, node: &Node) -> Option<&'static Encoding> {
        Encoding::for_label(node.text()?.trim().as_bytes())
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

    fn webs(&mut self, node: &Node) -> Option<Vec<String>> {
        node.several().iter().map(|node| self.web(node)).collect()
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

    /// One at least; TOML lets thousands be marked: `500_000`.
    fn count(&mut self, node: &Node) -> Option<usize> {
        node.text()?.replace('_', "").parse().ok().filter(|count| *count > 0)
    }

    /// Old addresses and the feeds that are written there too: files below the output folder.
    fn aliases(&mut self, node: &Node) -> Option<Vec<Alias>> {
        let is_file = |path: &str| {
            let part = |part: &str| {
                !part.is_empty() && part != ".." && !part.starts_with('.') && !part.contains(['\\', ':', '?', '#'])
            };
            path.is_ascii() && path.split('/').all(part)
        };
        let is_feed = |path: &str| Format::ALL.iter().any(|format| path.rsplit('/').next() == Some(format.file()));
        // A word alone would say of no feed where it is to be.
        if !matches!(node.value, Value::Map(_)) {
            return None;
        }
        let mut aliases = Vec::new();
        for (key, value) in node.pairs() {
            let (path, feed) = (key.text()?.trim_start_matches('/'), value.text()?.trim_start_matches('/'));
            if !is_file(path) || !is_file(feed) || !is_feed(feed) || is_feed(path) && path == feed {
                let folder = path.strip_suffix('/').filter(|folder| is_file(folder) && is_feed(feed));
                let path = folder.map_or("rss.xml".to_owned(), |folder| format!("{folder}/index.xml"));
                let feed = if is_feed(feed) { feed } else { Format::Rss.file() };
                let problem = Problem::new(Code::ConfigValue, FILE).at(key.place).with("key", "aliases");
                let problem = problem.with("value", format!("{} = {}", quoted(key.text()?), quoted(value.text()?)));
                let problem = problem.with("expected", format!("`{} = {}`", quoted(&path), quoted(feed)));
                self.problems.push(problem.with("folder", folder.map_or("", |_| "1")));
                return None;
            }
            aliases.push(Alias { path: path.to_owned(), feed: feed.to_owned(), place: key.place });
        }
        aliases.sort_unstable();
        Some(aliases)
    }
}

/// As TOML has it between quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Without the e-mail addresses in what it says to readers.
fn unaddressed(mut config: Config) -> Config {
    let publisher = &mut config.publisher;
    publisher.email = None;
    let texts = [&mut config.title, &mut config.description].into_iter().chain(&mut publisher.address);
    let texts = texts.chain(&mut publisher.phone).chain(&mut config.rights);
    for text in texts.chain(config.folders.iter_mut().filter_map(|folder| folder.rights.as_mut())) {
        *text = Text::new(&without_addresses(text.as_str(), HIDDEN));
    }
    config
}
