//! Addresses: of an item, of its files, and of what its text points to (DESIGN §5).
//!
//! Whatever stands in a feed must open (DESIGN §3.11): a relative link becomes the address of a
//! page we write, of a file we copy beside it, or stays with a warning that names its line.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use super::date::Stamped;
use super::id::{bare, stem};
use super::language::suffix;
use crate::config::{Config, ascii_uri, web_address};
use crate::file::{Source, digest_of};
use crate::input::commands::FROM_NEWSROOM;
use crate::input::facts::Part;
use crate::input::markdown::{Target, slug};
use crate::input::{Draft, Kind, item_of};
use crate::item::Item;
use crate::kept::{Index, Rare, Shared};
use crate::problem::{Code, Place, Problem};

/// Where an item is.
#[derive(Debug)]
pub struct Address {
    /// Where its text can be read.
    pub url: Shared,
    /// The page file we write, if we do.
    pub page: Option<Shared>,
    /// Where its files lie; ends in `/`.
    pub base: Shared,
    /// The address below the site's, with the date's blanks still in it; `None` where it has none, or
    /// the text lives elsewhere.
    pub undated: Option<String>,
}

impl Address {
    /// `link` if given; else the site's address and the permalink pattern.
    pub fn of(
        draft: &Draft,
        config: &Config,
        published: &Stamped,
        language: &str,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let pattern = permalink(draft, config, language);
        let relative = dated(&pattern, published.day.unwrap_or_else(|| published.instant.date_naive()));
        let (folder, page_file) = files_of(&relative);
        let base = format!("{}{folder}", config.url);
        let link = draft.link.as_ref().and_then(|written| {
            let link = web_address(&written.value);
            if link.is_none() {
                let problem = Problem::new(Code::ValueIgnored, &draft.path).at(written.place);
                problems.push(problem.with("key", "link").with("example", "link: https://www.example.org/…"));
            }
            link
        });
        let page = (link.is_none() && config.pages).then(|| page_file.into());
        let undated = (link.is_none() && pattern != relative).then_some(pattern);
        let url = Shared::from(link.unwrap_or_else(|| format!("{}{relative}", config.url)));
        let mut base = Shared::from(base);
        base.join(&url); // mostly they are the same
        Self { url, page, base, undated }
    }
}

/// Moves an item to the address of the day on which it was published: what stands is that day, not
/// the one that its file gives now.
pub fn move_to_its_day(item: &mut Item, undated: &str, config: &Config) {
    let relative = dated(undated, item.day.unwrap_or_else(|| item.local.date_naive()));
    let (folder, page_file) = files_of(&relative);
    let base = format!("{}{folder}", config.url);
    let files = item.attachments.iter_mut().chain(item.image.as_mut().map(|image| &mut image.file));
    for file in files.filter(|file| file.source.is_some()) {
        if let Some(name) = file.url.strip_prefix(item.base.as_str()) {
            file.url = format!("{base}{name}");
        }
    }
    item.url = format!("{}{relative}", config.url).into();
    item.page = item.page.is_some().then(|| page_file.into());
    item.base = base.into();
    item.base.join(&item.url);
}

/// Where an item's files lie below the output folder, and its page: the files of `x/y.html` lie in
/// `x/y/`, for each item has a folder of its own.
fn files_of(relative: &str) -> (String, String) {
    match relative.strip_suffix(".html") {
        Some(stem) => (format!("{stem}/"), relative.to_owned()),
        None if relative.is_empty() || relative.ends_with('/') => {
            (relative.to_owned(), format!("{relative}index.html"))
        }
        None => (format!("{relative}/"), relative.to_owned()),
    }
}

/// The blanks of a date, filled.
fn dated(pattern: &str, date: NaiveDate) -> String {
    pattern
        .replace("{year}", &format!("{:04}", date.year()))
        .replace("{month}", &format!("{:02}", date.month()))
        .replace("{day}", &format!("{:02}", date.day()))
}

/// The pattern filled for one item, all but the date; ASCII, without empty parts.
fn permalink(draft: &Draft, config: &Config, language: &str) -> String {
    let pattern =
        config.folder_value(&draft.path, |folder| folder.permalink.as_deref()).unwrap_or(config.permalink.as_str());
    let mut parts: Vec<String> =
        place(&draft.path).split('/').map(|part| short(slug(part))).filter(|part| !part.is_empty()).collect();
    let own = draft.slug.as_ref().map(|written| short(slug(&written.value))).filter(|own| !own.is_empty());
    if let Some(own) = &own {
        parts.pop();
        parts.push(own.clone());
    }
    let last = own.or_else(|| parts.last().map(|part| without_date(part).to_owned())).unwrap_or_default();
    let filled = pattern
        .replace("{path}", &parts.join("/"))
        .replace("{slug}", &last)
        .replace("{lang}", &language.to_lowercase());
    let said = pattern.contains("{lang}") || parts.iter().any(|part| *part == language.to_lowercase());
    let abroad = language.split('-').next() != config.language.split('-').next() && !said;
    let front = if abroad { format!("{}/", language.to_lowercase()) } else { String::new() };
    let joined = format!("{front}{filled}");
    let ends = if joined.ends_with('/') { "/" } else { "" };
    let kept: Vec<&str> = joined.split('/').filter(|part| !part.is_empty()).collect();
    if kept.is_empty() { String::new() } else { format!("{}{ends}", kept.join("/")) }
}

/// The path without its ending, the language in its name, and a last `index`: a translation has the
/// address of its original, behind its language.
fn place(path: &str) -> &str {
    let bare = bare(path);
    let Some((stem, _)) = bare.rsplit_once('.').filter(|_| suffix(path).is_some()) else {
        return bare;
    };
    match stem.rsplit_once('/') {
        Some((folder, "index")) => folder,
        None if stem == "index" => "",
        _ => stem,
    }
}

/// A name in another script may become longer than a file system takes; the digest keeps it apart.
fn short(part: String) -> String {
    const LONGEST: usize = 120;
    match part.get(..LONGEST) {
        Some(head) if part.len() > LONGEST + 9 => {
            format!("{head}-{}", digest_of([part.as_str()]).get(..8).unwrap_or_default())
        }
        _ => part,
    }
}

/// `2020-01-29-dgfip` → `dgfip`; a name that is only a date stays.
fn without_date(part: &str) -> &str {
    let rest = super::date::places::behind_date(part).unwrap_or_default();
    let rest = part.get(part.len().saturating_sub(rest.len())..).unwrap_or_default().trim_start_matches('-');
    if rest.is_empty() { part } else { rest }
}

/// A name in an address: what differs only in capitals, accents and punctuation is one subject
/// (`Economie` and `Économie`), as its newest item spells it. What ASCII cannot tell apart otherwise
/// (`C++` and `C#`) bears a mark of its own, whether or not the other is there: an address that
/// somebody subscribed to must not depend on what comes later.
pub fn name_in_address(name: &str) -> String {
    let short = slug(name);
    let told = |c: char| {
        c.is_ascii_alphanumeric()
            || c.is_whitespace()
            || "-_'’&.,:()«»".contains(c)
            || c.is_alphabetic() && u32::from(c) < LATIN_ENDS
    };
    if !short.is_empty() && short.len() <= LONGEST_NAME && name.chars().all(told) {
        return short;
    }
    let mark = digest_of([name.to_lowercase().as_str()]);
    let mark = mark.get(..8).unwrap_or_default();
    let words =
        short.get(..LONGEST_NAME).map_or(short.as_str(), |head| head.rsplit_once('-').map_or(head, |(words, _)| words));
    if words.is_empty() { mark.to_owned() } else { format!("{words}-{mark}") }
}

/// So long may a name be in an address; no disk takes a folder of more than 255 bytes, and somebody has to
/// read it.
const LONGEST_NAME: usize = 80;

/// Up to here, letters are Latin ones.
const LATIN_ENDS: u32 = 0x250;

/// Whether what lies at a path is copied as it is, and neither an item nor the sidecar that makes one.
pub fn is_file(path: &str) -> bool {
    Kind::of(path).may_be_a_file() && item_of(path) == path
}

/// The path below the items folder that `target` names, seen from the item at `path`; `None`
/// where it leads out of the folder or is no path.
pub fn source_path(path: &str, target: &str) -> Option<String> {
    let target = target.split(['?', '#']).next().filter(|target| !target.is_empty())?;
    if target.starts_with('/') {
        return None;
    }
    let decoded = percent_decode_str(target).decode_utf8().ok()?;
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(crate::text::nfc(&parts.join("/")).into_owned())
}

/// What the files an item refers to are called beside its page: ASCII (RS-07), the same path as
/// from the item where it lies below it, each name once.
pub fn public_names(references: &[String], item: &str) -> BTreeMap<String, String> {
    let folder = item.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let mut names = BTreeMap::new();
    let mut taken: Vec<String> = vec!["index.html".to_owned()];
    for path in references.iter().filter(|path| is_file(path)) {
        let seen = path.strip_prefix(folder.as_str()).unwrap_or(path);
        let seen = match Part::inner(path, item) {
            Some(inner) => inner.rsplit('/').next().unwrap_or(inner),
            None => seen,
        };
        let mut name: String = seen.split('/').map(ascii_name).collect::<Vec<_>>().join("/");
        if taken.iter().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            let mark = digest_of([path.as_str()]);
            let mark = mark.get(..8).unwrap_or_default();
            name = match name.rsplit_once('.') {
                Some((stem, ending)) => format!("{stem}-{mark}.{ending}"),
                None => format!("{name}-{mark}"),
            };
        }
        taken.push(name.clone());
        names.insert(path.clone(), name);
    }
    names
}

fn ascii_name(part: &str) -> String {
    let mut name = String::new();
    for character in deunicode::deunicode(part).chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-') {
            name.push(character);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_matches(['-', '.']).replace("-.", ".");
    match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 8 => format!("{}.{ending}", short(stem.to_owned())),
        _ if name.is_empty() => "fichier".to_owned(),
        _ => short(name),
    }
}

/// The files of items that may not be read: what bears the name of one, or lies in its folder. Whoever else links to
/// them must not bring them out.
#[derive(Debug, Default)]
struct KeptBack<'a> {
    stems: HashSet<&'a str>,
    folders: HashSet<&'a str>,
}

impl<'a> KeptBack<'a> {
    fn of(items: impl Iterator<Item = &'a Item>) -> Self {
        let mut kept = Self::default();
        for item in items.filter(|item| !(item.status.is_out() && item.status.is_readable())) {
            let stem = stem(&item.path);
            kept.stems.insert(stem);
            kept.folders.extend(Some(bare(&item.path)).filter(|folder| *folder != stem && !folder.is_empty()));
        }
        kept
    }

    /// Whether a file that `item` refers to is one of them, and not its own.
    fn has(&self, path: &str, item: &Item) -> bool {
        let folders = || path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let is_own = |folder: &&str| item.path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/'));
        !self.stems.is_empty()
            && (self.stems.contains(stem(path)) && stem(path) != stem(&item.path)
                || folders().any(|folder| self.folders.contains(folder) && !is_own(&folder)))
    }
}

/// Takes from every item the files of others that may not be read.
pub fn keep_back(items: &mut [Item]) {
    let paths: Vec<(usize, Vec<String>)> = {
        let kept = KeptBack::of(items.iter());
        let of = |item: &Item| item.references.iter().filter(|path| kept.has(path, item)).cloned().collect::<Vec<_>>();
        items
            .iter()
            .enumerate()
            .map(|(number, item)| (number, of(item)))
            .filter(|(_, paths)| !paths.is_empty())
            .collect()
    };
    for (number, paths) in paths {
        let Some(item) = items.get_mut(number) else { continue };
        let is_gone = |source: &Option<String>| source.as_ref().is_some_and(|source| paths.contains(source));
        item.references.retain(|path| !paths.contains(path));
        item.attachments.retain(|file| !is_gone(&file.source));
        item.image = item.image.take().filter(|picture| !is_gone(&picture.file.source));
    }
}

/// What a link from one item to another needs. Its tables are made when the first link asks: where no text
/// is looked at, none does.
#[derive(Debug)]
pub struct Links<'a> {
    config: &'a Config,
    /// The canonical address of the newsroom.
    site: Cow<'a, str>,
    items: &'a [Item],
    /// By their files.
    by_path: OnceLock<Index>,
    /// By the canonical addresses of their pages, where those are ours.
    pages: OnceLock<Index>,
    kept_back: OnceLock<KeptBack<'a>>,
    /// Those that had other pages before.
    moved: OnceLock<Vec<&'a Item>>,
}

impl<'a> Links<'a> {
    /// Over all items, held ones too: a link to one of them must lead nowhere.
    pub fn new(items: &'a [Item], config: &'a Config) -> Self {
        let site = canonical(config.url.as_str());
        let (by_path, pages) = (OnceLock::new(), OnceLock::new());
        Self { config, site, items, by_path, pages, kept_back: OnceLock::new(), moved: OnceLock::new() }
    }

    /// The item whose file is at that path.
    fn at(&self, path: &str) -> Option<&'a Item> {
        let paths = || Index::of(self.items.len(), |number| Some(self.items.get(number)?.path.as_str().into()));
        let mut found = self.by_path.get_or_init(paths).may_have(path).filter_map(|number| self.items.get(number));
        found.find(|item| item.path == *path)
    }

    /// The item whose file was at that path when it was published first, where nothing is there now: it had the page
    /// that such a file gets, as the ledger knows.
    fn renamed(&self, path: &str) -> Option<&'a Item> {
        let moved = || self.items.iter().filter(|item| !item.was.is_empty()).collect();
        let moved: &Vec<&Item> = self.moved.get_or_init(moved);
        if moved.is_empty() || !Kind::of(path).is_item() {
            return None;
        }
        let parts: Vec<String> = place(path).split('/').map(|part| short(slug(part))).collect();
        let page = format!("{}/index.html", parts.join("/"));
        moved.iter().find(|item| item.was.iter().any(|was| was.as_str() == page)).copied()
    }

    /// Whether the page at that address is out; `None` where none of ours is there.
    fn page(&self, url: &str) -> Option<bool> {
        if !is_below(url, &self.site) {
            return None;
        }
        let page_of = |number: usize| {
            let item = self.items.get(number)?;
            item.url.starts_with(self.config.url.as_str()).then(|| (canonical(&item.url), item.status.is_out()))
        };
        let pages = || Index::of(self.items.len(), |number| page_of(number).map(|(page, _)| page));
        let url = canonical(url);
        let found = self.pages.get_or_init(pages).may_have(&url).filter_map(page_of).filter(|(page, _)| *page == url);
        found.map(|(_, is_out)| is_out).reduce(|one, other| one | other)
    }

    /// The absolute address of what `item` calls `address`; `None` where it must not be shown.
    pub fn resolve(&self, item: &Item, names: &BTreeMap<String, String>, address: &str) -> Option<String> {
        let address = address.trim();
        let url = match Target::of(address) {
            Target::Unsafe => return None,
            Target::Absolute if is_plain(address) => address.to_owned(),
            Target::Absolute => url::Url::parse(address).map_or(ascii_uri(address), |u| ascii_uri(u.as_str())),
            Target::Relative => self.resolve_relative(item, names, address)?,
        };
        // The page of an item that is held does not exist, and its address says what is coming.
        self.page(&url).unwrap_or(true).then_some(url)
    }

    fn resolve_relative(&self, item: &Item, names: &BTreeMap<String, String>, address: &str) -> Option<String> {
        if address.is_empty() || address.starts_with('#') {
            return Some(ascii_uri(&format!("{}{address}", item.url)));
        }
        if let Some(path) = source_path(&item.path, address) {
            let fragment = address.split_once('#').map(|(_, fragment)| format!("#{fragment}")).unwrap_or_default();
            if let Some(other) = self.at(&path) {
                let out = other.status.is_out();
                return out.then(|| ascii_uri(&format!("{}{fragment}", other.url)));
            }
            if let Some(name) = names.get(&path) {
                return Some(ascii_uri(&format!("{}{name}{fragment}", item.base)));
            }
            if self.kept_back.get_or_init(|| KeptBack::of(self.items.iter())).has(&path, item) {
                return None;
            }
            if let Some(other) = self.renamed(&path) {
                return other.status.is_out().then(|| ascii_uri(&format!("{}{fragment}", other.url)));
            }
            // An item that is there and has an error has no page.
            let is_other = |reference: &String| {
                item_of(reference) == path && (!Kind::of(&path).may_be_a_file() || *reference != path)
            };
            if item.references.iter().any(is_other) {
                return None;
            }
        }
        if let Some(below) = address.strip_prefix(FROM_NEWSROOM) {
            // A scheme cannot hide in it: it is no address of its own.
            return self.config.url.join(&format!("./{below}")).ok().map(|url| ascii_uri(url.as_str()));
        }
        let page = if item.url.starts_with(self.config.url.as_str()) { &item.url } else { &item.base };
        let base = url::Url::parse(page).unwrap_or_else(|_| self.config.url.clone());
        let url = base.join(address).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| ascii_uri(url.as_str()))
    }

    /// Whether a page of ours is at `url`.
    fn is_page(&self, url: &str) -> bool {
        canonical(url) == self.site || self.page(url).is_some()
    }

    /// What the links of `item` lead to, in a few letters: part of what its page depends on.
    pub fn state(&self, item: &Item) -> String {
        let mut state = String::new();
        for path in &item.references {
            if let Some(other) = self.at(item_of(path)) {
                state.push_str(if other.status.is_out() { &other.url } else { "-" });
                state.push('\n');
            }
        }
        for address in &item.page_links {
            state.push_str(self.resolve(item, &BTreeMap::new(), address).as_deref().unwrap_or("-"));
            state.push('\n');
        }
        state
    }
}

/// Whether an address on the web is written as [`url::Url`] and [`ascii_uri`] would write it: told without
/// taking it apart, for nearly every link of a text is. False is no answer.
fn is_plain(address: &str) -> bool {
    let Some((host, rest)) = address.strip_prefix("https://").and_then(|address| address.split_once('/')) else {
        return false;
    };
    let label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_lowercase())
            && !label.starts_with("xn--")
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    // A part of a path that begins with a dot may mean another part.
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~/.".contains(&byte);
    host.split('.').all(label) && rest.bytes().all(is_known) && !rest.starts_with('.') && !rest.contains("/.")
}

/// An address as far as it tells pages apart: without scheme, query, fragment, `index.html`, last
/// slash, and differences of case.
pub fn canonical(url: &str) -> Cow<'_, str> {
    let url = url.trim();
    // All bytes at once, not one after the other until one is found: mostly none is.
    if url.bytes().fold(false, |found, byte| found | byte.is_ascii_uppercase()) {
        return Cow::Owned(without_ends(&url.to_ascii_lowercase()).to_owned());
    }
    Cow::Borrowed(without_ends(url))
}

/// Whether an address begins with that of `site`, which is canonical.
pub fn is_below(url: &str, site: &str) -> bool {
    // Nearly every link leads elsewhere, and that is seen at its beginning.
    let bare = url.strip_prefix("https://").filter(|bare| !bare.starts_with(['/', 'h', 'H']));
    let elsewhere = |bare: &str| bare.get(..site.len()).is_none_or(|start| !start.eq_ignore_ascii_case(site));
    !bare.is_some_and(elsewhere) && canonical(url).starts_with(site)
}

fn without_ends(url: &str) -> &str {
    let end = memchr::memchr2(b'#', b'?', url.as_bytes()).unwrap_or(url.len());
    let mut url = url.get(..end).unwrap_or_default();
    while let Some(rest) = url.strip_prefix("https:") {
        url = rest;
    }
    while let Some(rest) = url.strip_prefix("http:") {
        url = rest;
    }
    url = url.trim_start_matches('/');
    while let Some(rest) = url.strip_suffix("index.html") {
        url = rest;
    }
    url.trim_end_matches('/')
}

/// Warns of links of published items, each with its `targets`, that lead to a held one, or to nothing.
pub fn check(items: &[Item], targets: &[Rare<(String, Place)>], config: &Config, source: &Source) -> Vec<Problem> {
    let links = Links::new(items, config);
    let of_item = |(item, targets): (&Item, &Rare<(String, Place)>)| {
        let lost = |(target, place): &(String, Place)| {
            let code = lost(target, item, &links, source)?;
            let problem = Problem::new(code, &item.path).at(*place).with("target", target);
            // `www.example.org`: a browser needs to be told that it is no file.
            let web = code == Code::FileMissing && target.get(..4).is_some_and(|www| www.eq_ignore_ascii_case("www."));
            Some(if web { problem.with("web", "1") } else { problem })
        };
        targets.iter().filter_map(lost).collect::<Vec<_>>()
    };
    items.par_iter().zip(targets).flat_map_iter(of_item).collect()
}

/// What is wrong with a link of an item.
fn lost(target: &str, item: &Item, links: &Links<'_>, source: &Source) -> Option<Code> {
    if target.starts_with(['#', '?']) {
        return None; // the page itself
    }
    // Nothing in the folder is called by an address on the web.
    let below = if Target::of(target) == Target::Absolute { None } else { source_path(&item.path, target) };
    let other = below.as_deref().and_then(|below| links.at(below));
    match (other, links.resolve(item, &BTreeMap::new(), target)) {
        (Some(_), Some(_)) => None,
        (_, None) => Some(Code::LinkHeld).filter(|_| item.status.is_readable()),
        // The site around the newsroom is not ours to know.
        (None, Some(_)) if target.starts_with('/') || Target::of(target) == Target::Absolute => None,
        (None, Some(url)) => {
            let file = below.is_some_and(|below| source.find(&below).is_some() || item.references.contains(&below));
            (!file && !links.is_page(&url)).then_some(Code::FileMissing)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_stay() {
        let host =
            ["example.org", "www.example-a.org", "a", "a.b2", "1.2.3.4", "A.org", "a..b", "xn--a.org", "a:80", "é.fr"];
        let rest =
            ["", "/", "/a/b.html", "/A~_-0", "/a/../b", "/./a", "/.a", "/..", "/a b", "/é", "/a%20", "?a", "/a?b#c"];
        let mut plain = 0;
        for address in host.iter().flat_map(|host| rest.map(|rest| format!("https://{host}{rest}"))) {
            if is_plain(&address) {
                assert_eq!(ascii_uri(url::Url::parse(&address).unwrap().as_str()), address);
                plain += 1;
            }
        }
        assert_eq!(plain, 12);
    }

    #[test]
    fn what_is_below_the_site_is_seen_at_its_beginning() {
        let urls = [
            "https://www.example.org/presse/a/",
            "https://www.example.org/presse",
            "https://WWW.Example.org/Presse/a",
            "http://www.example.org/presse/a/index.html#b",
            "//www.example.org/presse/a",
            "https://https://www.example.org/presse/a",
            "https:///www.example.org/presse/a",
            " https://www.example.org/presse/a",
            "https://www.example.org/",
            "https://www.example.org/autre/a",
            "https://www.example.com/presse/a",
            "https://www.example.org#/presse/a",
            "https://é.fr",
            "",
        ];
        for site in ["www.example.org/presse", "www.example.org", "h.fr"] {
            for url in urls {
                assert_eq!(is_below(url, site), canonical(url).starts_with(site), "{url} {site}");
            }
        }
    }

    #[test]
    fn paths_and_names() {
        assert_eq!(source_path("a/b.md", "../c%20d.pdf?x#y").as_deref(), Some("c d.pdf"));
        assert_eq!(source_path("a.md", "../c.pdf"), None);
        let references = ["a/Été 1.pdf".to_owned(), "a/ete-1.pdf".to_owned(), "b/x.png".to_owned()];
        let names = public_names(&references, "a/item.md");
        assert_eq!(names["a/Été 1.pdf"], "Ete-1.pdf");
        assert!(names["a/ete-1.pdf"].starts_with("ete-1-") && names["a/ete-1.pdf"].ends_with(".pdf"));
        assert_eq!(names["b/x.png"], "b/x.png");
        assert_eq!(without_date("2020-01-29-dgfip"), "dgfip");
        assert_eq!(without_date("2020-01-29"), "2020-01-29");
    }
}
