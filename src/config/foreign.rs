//! What the configuration of another tool says of a folder that has no `crieur.toml`: enough to
//! look at the folder (`crieur show DIR`), never enough to publish from it.
//!
//! The keys of all tools are looked for at once: none of them means two things. What is not there
//! is assumed and said ([`Assumed`]), not invented.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use url::Url;

use super::{Assumed, Channels, Config, Format, Privacy, Publisher, web_address};
use crate::locale;
use crate::text::Text;
use crate::tree::{self, Node, Value};
use crate::zone::Zone;

/// The files in which other tools are configured, below the root of a site.
pub const FILES: &[&str] = &[
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "zola.toml",
    "config.toml",
    "config.yaml",
    "config.yml",
    "config/_default/hugo.toml",
    "config/_default/config.toml",
    "_config.yml",
    "_config.yaml",
    "_config.toml",
    "pelicanconf.py",
    "conf.py",
];

/// Where the texts of such a site lie, below its root; the first that is there.
pub const CONTENT: &[&str] = &["_posts", "source/_posts", "content", "posts", "blog"];

/// Where such a site declares people, below its root.
pub const PEOPLE: &[&str] = &[
    "_data/authors.yml",
    "_data/authors.yaml",
    "_data/authors.csv",
    "_data/authors.json",
    "data/authors.yml",
    "data/authors.yaml",
    "data/authors.toml",
    "data/authors.json",
    "data/authors",
    "content/authors",
    "blog/authors.yml",
    "_authors",
    "authors.yml",
    "authors.yaml",
    "authors.toml",
    "authors.json",
    "authors.csv",
    "authors",
];

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    /// The name of the file.
    pub file: String,
    title: Option<Text>,
    description: Option<Text>,
    url: Option<Url>,
    language: Option<String>,
    zone: Option<Zone>,
    addresses: Addresses,
}

/// How a site makes the addresses of its texts, in our words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The pattern; `None` where ours have no word for it.
    pub permalink: Option<String>,
    /// Patterns of folders of its texts, each with its folder.
    pub folders: Vec<(String, String)>,
    /// What of it ours cannot say, as the site says it.
    pub unsaid: Option<String>,
    /// Whether the day in the name of a file is no part of its address, as Zola has it.
    pub without_days: bool,
}

/// What another tool's configuration proposes for ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// What the site is called.
    pub title: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// An IANA name.
    pub timezone: Option<String>,
    /// Its addresses.
    pub addresses: Addresses,
}

impl Foreign {
    /// Reads the configuration in `text`; `None` where it says nothing of a site.
    pub fn read(file: &str, text: &str) -> Option<Self> {
        let root = match file.rsplit('.').next() {
            Some("toml") => tree::parse_toml(text).ok()?,
            Some("json") => tree::parse_json(text).ok()?.0,
            Some("py") => assignments(text),
            _ => tree::parse_yaml(text).ok()?,
        };
        let value = |names: &[&str]| {
            let named = |name: &&str| {
                let pair =
                    root.pairs().iter().find(|(key, _)| key.text().is_some_and(|k| k.eq_ignore_ascii_case(name)));
                pair.and_then(|(_, node)| node.text()).map(str::trim).filter(|text| !text.is_empty())
            };
            names.iter().find_map(named)
        };
        let base =
            ["baseURL", "base_url", "url", "SITEURL", "SITE_URL"].iter().find_map(|name| web_address(value(&[name])?));
        let below = value(&["baseurl"]).filter(|below| !below.contains("://")).unwrap_or_default();
        let url = base.and_then(|base| {
            let whole = format!("{}/{}", base.trim_end_matches('/'), below.trim_matches('/'));
            Url::parse(whole.trim_end_matches('/')).ok()
        });
        let url = url.map(|mut url| {
            if !url.path().ends_with('/') {
                let path = format!("{}/", url.path());
                url.set_path(&path);
            }
            url
        });
        let names = [
            "languageCode",
            "defaultContentLanguage",
            "default_language",
            "lang",
            "language",
            "locale",
            "DEFAULT_LANG",
        ];
        let found = Self {
            file: file.to_owned(),
            title: value(&["title", "SITENAME", "BLOG_TITLE"]).and_then(Text::some),
            description: value(&["description", "tagline", "subtitle", "SITESUBTITLE", "BLOG_DESCRIPTION"])
                .and_then(Text::some),
            language: value(&names).and_then(|tag| locale::language_tag(tag).ok()),
            zone: value(&["timeZone", "timezone"]).and_then(Zone::named),
            addresses: match file.rsplit('/').next().unwrap_or(file) {
                name if name.starts_with("_config") => of_jekyll(&root, value(&["permalink"])),
                "pelicanconf.py" => of_pelican(value(&["ARTICLE_URL"])),
                "conf.py" => Addresses { permalink: Some("posts/{slug}/".to_owned()), ..Addresses::default() },
                name if name == "zola.toml" || root.get("base_url").is_some() => of_zola(&root),
                _ => of_hugo(&root, value(&["permalink"])),
            },
            url,
        };
        (found.title.is_some() || found.url.is_some() || found.zone.is_some()).then_some(found)
    }

    /// What it says that `crieur.toml` asks for.
    pub fn proposal(&self) -> Proposal {
        Proposal {
            title: self.title.as_ref().map(|title| title.as_str().to_owned()),
            url: self.url.as_ref().map(Url::to_string),
            language: self.language.clone(),
            timezone: self.zone.as_ref().map(|zone| zone.name().to_owned()),
            addresses: self.addresses.clone(),
        }
    }

    /// The configuration to look at the folder with; `below` is where it lies in the site's texts.
    pub fn config(found: Option<Self>, below: &str) -> Config {
        let known = found.is_some();
        let found = found.unwrap_or_default();
        let read = known.then(|| found.file.clone());
        let addresses = &found.addresses;
        let said = addresses.unsaid.is_none() && addresses.folders.is_empty();
        let address = found.url.clone().zip(addresses.permalink.clone().filter(|_| said));
        let nowhere = || Url::parse("http://localhost/").ok();
        let assumed = Assumed { read, zone: found.zone.is_none(), url: address.is_none() };
        let (url, permalink) = match address {
            Some((url, permalink)) => (Some(url), permalink),
            None => (nowhere(), "{path}/".to_owned()),
        };
        let prefix = if below.is_empty() || permalink != "{path}/" { String::new() } else { format!("{below}/") };
        let title = found.title.unwrap_or_default();
        #[expect(clippy::expect_used, reason = "UTC and this address are always there")]
        let (url, zone) = (url.expect("an address"), found.zone.or_else(|| Zone::named("UTC")).expect("a zone"));
        Config {
            description: found.description.unwrap_or_else(|| title.clone()),
            publisher: Publisher { name: title.clone(), url: None, address: Vec::new(), phone: None, email: None },
            title,
            url,
            language: found.language.unwrap_or_else(|| "und".to_owned()),
            zone,
            authority: "localhost,2000".to_owned(),
            day_time: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            items: ".".to_owned(),
            out: "public".to_owned(),
            exclude: Vec::new(),
            permalink: format!("{prefix}{permalink}"),
            pages: true,
            rights: None,
            logo: None,
            icon: None,
            color: None,
            theme_folder: None,
            theme: super::theme::Theme::default(),
            legal: super::Legal::default(),
            people: BTreeMap::new(),
            authors: Vec::new(),
            authors_from: Vec::new(),
            found: BTreeMap::new(),
            split_authors: false,
            date_order: None,
            midnight_is_a_day: false,
            dates_from_git: false,
            encoding: None,
            privacy: Privacy { emails: true, forget: Vec::new() },
            warnings_are_errors: false,
            assumed: Some(assumed),
            formats: Format::ALL.to_vec(),
            window: super::WINDOW,
            max_bytes: super::MAX_BYTES,
            tombstones: false,
            hubs: Vec::new(),
            channels: Channels::default(),
            aliases: Vec::new(),
            ledger: super::KeptLedger::default(),
            folders: Vec::new(),
            remarks: Vec::new(),
            digest: String::new(),
        }
    }
}

/// `KEY = "value"` of a Python file: what stands between the quotes.
fn assignments(text: &str) -> Node {
    let pairs = (1..).zip(text.lines()).filter_map(|(number, line)| {
        let (key, value) = line.split_once('=')?;
        let value = value.trim();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, _) = value.get(1..)?.split_once(quote)?;
        let place = crate::problem::Place::line(number);
        let scalar = |text: &str| Node { value: Value::Scalar(text.trim().to_owned()), place };
        Some((scalar(key), scalar(value)))
    });
    Node { value: Value::Map(pairs.collect()), place: crate::problem::Place::line(1) }
}

/// Jekyll's styles, and Hexo, which says it always.
fn of_jekyll(root: &Node, written: Option<&str>) -> Addresses {
    let is_hexo = ["source_dir", "public_dir", "new_post_name"].iter().any(|key| root.get(key).is_some());
    let written = written.unwrap_or(if is_hexo { ":year/:month/:day/:title/" } else { "date" });
    let pattern = match written {
        "date" => "/:categories/:year/:month/:day/:title.html",
        "pretty" => "/:categories/:year/:month/:day/:title/",
        "none" => "/:categories/:title.html",
        other => other,
    };
    let pattern = pattern.replace(":output_ext", ".html");
    let bare = ["/:categories", ":categories/", "/:category", ":category/"]
        .iter()
        .fold(pattern.clone(), |pattern, topics| pattern.replace(topics, ""));
    let permalink = translated(&bare);
    let whole = permalink.is_some() && bare == pattern;
    Addresses { permalink, unsaid: (!whole).then(|| format!("permalink: {written}")), ..Addresses::default() }
}

/// `posts/{date:%Y}/{slug}.html`
fn of_pelican(written: Option<&str>) -> Addresses {
    let pattern = written.unwrap_or("{slug}.html");
    let filled = pattern.replace("{date:%Y}", ":year").replace("{date:%m}", ":month").replace("{date:%d}", ":day");
    let permalink = translated(&filled.replace("{slug}", ":slug").replace("{lang}", ":lang"));
    let unsaid = permalink.is_none().then(|| format!("ARTICLE_URL = '{pattern}'"));
    Addresses { permalink, unsaid, ..Addresses::default() }
}

fn of_zola(root: &Node) -> Addresses {
    let keeps = root.get("slugify").and_then(|slugify| slugify.get("paths_keep_dates")).and_then(Node::text);
    Addresses { permalink: Some("{path}/".to_owned()), without_days: keeps != Some("true"), ..Addresses::default() }
}

/// Hugo has a pattern for each section that wants one, and all others are where their files are.
fn of_hugo(root: &Node, written: Option<&str>) -> Addresses {
    let named =
        |name: &str| root.pairs().iter().find(|(key, _)| key.text().is_some_and(|key| key.eq_ignore_ascii_case(name)));
    let ugly = named("uglyURLs").and_then(|(_, value)| value.text()) == Some("true");
    let end = if ugly { ".html" } else { "/" };
    let ended = |pattern: &str| {
        let whole = pattern.ends_with('/') || pattern.ends_with(".html");
        if ugly || !whole { format!("{}{end}", pattern.trim_end_matches('/')) } else { pattern.to_owned() }
    };
    let permalink = match written {
        Some(written) => translated(written),
        None => Some(format!("{{path}}{end}")),
    };
    let mut addresses = Addresses { permalink, ..Addresses::default() };
    let table = named("permalinks").map(|(_, table)| table.pairs()).unwrap_or_default();
    let pages = table.iter().find(|(key, _)| key.text() == Some("page")).map(|(_, pages)| pages.pairs());
    for (section, pattern) in table.iter().chain(pages.unwrap_or_default()) {
        let (Some(section), Some(pattern)) = (section.text(), pattern.text()) else { continue };
        match translated(&ended(pattern).replace(":sections", section).replace(":section", section)) {
            Some(own) => addresses.folders.push((section.trim_matches('/').to_owned(), own)),
            None => addresses.unsaid = Some(format!("{section} = \"{pattern}\"")),
        }
    }
    addresses
}

/// `/:year/:month/:title/` in our words, where ours can say it.
fn translated(pattern: &str) -> Option<String> {
    let mut filled = String::new();
    let mut rest = pattern.trim_start_matches('/');
    while let Some((before, after)) = rest.split_once(':') {
        filled.push_str(before);
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
        let (name, tail) = after.split_at_checked(end)?;
        filled.push_str(match name {
            "year" => "{year}",
            "month" => "{month}",
            "day" => "{day}",
            "lang" => "{lang}",
            "title" | "slug" | "name" | "filename" | "contentbasename" | "slugorcontentbasename" | "slugorfilename" => {
                "{slug}"
            }
            _ => return None,
        });
        rest = tail;
    }
    filled.push_str(rest);
    let whole = filled.ends_with('/') || filled.ends_with(".html");
    let known = ["{slug}", "{year}", "{month}", "{day}", "{lang}"];
    let left = known.iter().fold(filled.clone(), |filled, known| filled.replace(known, ""));
    (whole && filled.contains("{slug}") && !left.contains(['{', '}'])).then_some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_tools_say() {
        let jekyll = "title: News\nurl: https://example.org\nbaseurl: /blog\ntimezone: America/Los_Angeles\npermalink: /news/:year/:month/:day/:title/\n";
        let config = Foreign::config(Foreign::read("_config.yml", jekyll), "");
        assert_eq!(config.url.as_str(), "https://example.org/blog/");
        assert_eq!(config.zone.name(), "America/Los_Angeles");
        assert_eq!(config.permalink, "news/{year}/{month}/{day}/{slug}/");
        assert_eq!(config.assumed, Some(Assumed { read: Some("_config.yml".to_owned()), zone: false, url: false }));
        let hugo = "baseURL = \"https://example.org/\"\nlanguageCode = \"fr-fr\"\ntitle = \"Presse\"\n";
        let config = Foreign::config(Foreign::read("hugo.toml", hugo), "news");
        assert_eq!((config.language.as_str(), config.permalink.as_str()), ("fr-FR", "news/{path}/"));
        assert!(config.assumed.is_some_and(|assumed| assumed.zone && !assumed.url));
        let pelican = "SITENAME = 'Presse'\nTIMEZONE = \"Europe/Paris\"\n";
        assert_eq!(Foreign::config(Foreign::read("pelicanconf.py", pelican), "").zone.name(), "Europe/Paris");
        assert!(Foreign::read("config.toml", "[server]\nport = 1\n").is_none());
    }

    #[test]
    fn patterns() {
        assert_eq!(translated("/:year/:month/:title.html").as_deref(), Some("{year}/{month}/{slug}.html"));
        assert_eq!(translated("/:categories/:title/"), None);
        assert_eq!(translated("weekdate"), None);
    }

    #[test]
    fn addresses() {
        let told = |file: &str, text: &str| {
            let found = Foreign::read(file, text).unwrap().addresses;
            let folders: Vec<String> =
                found.folders.iter().map(|(folder, pattern)| format!("{folder}: {pattern}")).collect();
            let permalink = found.permalink.unwrap_or_default();
            [permalink, folders.join(", "), found.unsaid.unwrap_or_default()].join(" | ")
        };
        let date = "{year}/{month}/{day}/{slug}.html |  | permalink: date";
        for (pattern, expected) in [
            ("", date),
            ("permalink: date\n", date),
            ("permalink: pretty\n", "{year}/{month}/{day}/{slug}/ |  | permalink: pretty"),
            ("permalink: none\n", "{slug}.html |  | permalink: none"),
            ("permalink: ordinal\n", " |  | permalink: ordinal"),
            ("permalink: /:year/:title\n", " |  | permalink: /:year/:title"),
            ("permalink: /a/:year/:title:output_ext\n", "a/{year}/{slug}.html |  | "),
            ("permalink: /:categories/:title/\n", "{slug}/ |  | permalink: /:categories/:title/"),
            ("source_dir: source\n", "{year}/{month}/{day}/{slug}/ |  | "),
        ] {
            assert_eq!(told("_config.yml", &format!("title: A\n{pattern}")), expected, "{pattern}");
        }
        let hugo =
            "title = \"A\"\n[permalinks]\nposts = \"/:year/:month/:slug\"\nnews = \"/:section/:weekday/:slug/\"\n";
        let expected = "{path}/ | posts: {year}/{month}/{slug}/ | news = \"/:section/:weekday/:slug/\"";
        assert_eq!(told("hugo.toml", hugo), expected);
        let hugo = "title = \"A\"\nuglyURLs = true\n[permalinks.page]\nposts = \"/:section/:slug/\"\n";
        assert_eq!(told("hugo.toml", hugo), "{path}.html | posts: posts/{slug}.html | ");
        assert_eq!(told("pelicanconf.py", "SITENAME = 'A'\n"), "{slug}.html |  | ");
        let pelican = "SITENAME = 'A'\nARTICLE_URL = 'posts/{date:%Y}/{date:%m}/{slug}.html'\n";
        assert_eq!(told("pelicanconf.py", pelican), "posts/{year}/{month}/{slug}.html |  | ");
        let pelican = "SITENAME = 'A'\nARTICLE_URL = '{category}/{slug}.html'\n";
        assert_eq!(told("pelicanconf.py", pelican), " |  | ARTICLE_URL = '{category}/{slug}.html'");
    }
}
