//! From items to the bytes of files.
//!
//! [`plan`] says which files there are and what each depends on, without a body in sight;
//! [`Renderer::make`] makes one of them, reading again only the bodies it needs. The edge makes
//! the ones whose inputs changed, in parallel, and keeps none.

pub mod atom;
pub mod json_feed;
pub mod opml;
pub mod page;
pub mod rss;
pub mod xml;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use chrono::Datelike as _;

use crate::config::{Config, Format, ascii_uri};
use crate::file::{Content, OutputFile, Source, SourceFile, digest_of};
use crate::html;
use crate::input;
use crate::input::facts::Part;
use crate::input::markdown::Rendering;
use crate::item::Item;
use crate::ledger::Ledger;
use crate::problem::{Code, Problem};
use crate::resolve::link::{Links, public_names};
use crate::select::{self, Channel, Feed, Place, archive};
use crate::text::Text;

/// Changes with the program, its templates and its words, so that no output of another build is
/// taken for right.
pub const FINGERPRINT: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("CRIEUR_FINGERPRINT"));

/// What the feeds say made them; without the patch number, which would renew every reader's copy
/// at each release for nothing (AT-23).
pub const GENERATOR_VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// A file to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Below the output folder.
    pub path: String,
    /// Of everything it depends on.
    pub inputs: String,
    /// What it is.
    pub what: What,
}

/// What a file is; the order is the order of writing: feeds last, so that no reader ever sees a
/// link to a page that is not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A copy of the reference with this number of the item with this number.
    Copy(usize, usize),
    /// The page of the item with this number.
    Page(usize),
    /// What stands where an older page of the item with this number was.
    Redirect(usize),
    /// The list of the newest items of the channel with this number.
    List(usize),
    /// The list of the items of that channel and year.
    Year(usize, i32),
    /// A page that no item has: how to subscribe, what is not there, what the law asks for.
    Fixed(Fixed),
    /// A closed or open part of the archive of the main channel, counted from 1.
    Archive(usize, Format),
    /// The feed of the channel with this number.
    Feed(usize, Format),
    /// A list of feeds, addresses or rules for programs.
    Machine(Machine),
    /// The ledger, for the next run that does not have ours.
    Ledger,
}

/// A page that no item has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fixed {
    /// What a feed is, and the addresses of all of them.
    Subscribe,
    /// What a server shows where nothing is.
    NotFound,
}

/// A file for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Machine {
    /// Every feed, for readers that take a list of them.
    Opml,
}

/// What there is to render: the items, and what can be subscribed to.
#[derive(Debug)]
pub struct Site<'a> {
    items: &'a [Item],
    ledger: &'a Ledger,
    config: &'a Config,
    channels: Vec<Channel>,
    /// The parts of the archive of the main channel, the oldest first.
    archive: Vec<Vec<usize>>,
}

/// So many items are on the first page of a list.
const LISTED: usize = 50;

impl<'a> Site<'a> {
    /// Of items in feed order; `ledger` is what will have been published then.
    pub fn new(items: &'a [Item], ledger: &'a Ledger, config: &'a Config) -> Self {
        let channels = select::channels(items, config);
        let main = channels.first().map(|main| main.announced.as_slice()).unwrap_or_default();
        let old = main.get(config.window.min(main.len())..).unwrap_or_default();
        let weight = |number: usize| items.get(number).map_or(0, weight);
        let archive = if config.channels.archive { archive::parts(old, weight) } else { Vec::new() };
        Self { items, ledger, config, channels, archive }
    }

    fn items_of(&self, numbers: &[usize]) -> Vec<&'a Item> {
        numbers.iter().filter_map(|number| self.items.get(*number)).collect()
    }

    /// What subscribers of a channel have.
    fn feed(&self, channel: &'a Channel, format: Format) -> Feed<'_> {
        let items = self.items_of(channel.announced.get(..self.config.window).unwrap_or(&channel.announced));
        let newest = self.archive.len();
        let previous = (channel.folder.is_empty() && newest > 0).then(|| self.archive_url(newest, format));
        Feed { place: Place { previous, ..Place::default() }, ..self.document(channel, "feed".to_owned(), items) }
    }

    /// Part `part` of the archive, counted from 1.
    fn part(&self, part: usize, format: Format) -> Option<Feed<'_>> {
        let channel = self.channels.first()?;
        let items = self.items_of(self.archive.get(part.checked_sub(1)?)?);
        let place = Place {
            current: Some(feed_url(self.config, &channel.folder, format)),
            previous: (part > 1).then(|| self.archive_url(part - 1, format)),
            next: (part < self.archive.len()).then(|| self.archive_url(part + 1, format)),
        };
        Some(Feed { place, ..self.document(channel, archive_file(part), items) })
    }

    fn document<'b>(&'b self, channel: &'b Channel, file: String, items: Vec<&'b Item>) -> Feed<'b> {
        Feed {
            id: &channel.id,
            title: &channel.title,
            description: &channel.description,
            home: format!("{}{}", self.config.url, channel.folder),
            file: format!("{}{file}", channel.folder),
            updated: select::updated(&items, self.config),
            language: &channel.language,
            items,
            place: Place::default(),
        }
    }

    fn archive_url(&self, part: usize, format: Format) -> String {
        format!("{}{}.{}", self.config.url, archive_file(part), format.name())
    }

    /// The years of a channel that has more items than its first page shows, the newest first.
    fn years(&self, channel: &Channel) -> Vec<i32> {
        if channel.listed.len() <= LISTED {
            return Vec::new();
        }
        let mut years: Vec<i32> = self.items_of(&channel.listed).iter().map(|item| item.local.year()).collect();
        years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
        years.dedup();
        years
    }
}

/// The file of a part of the archive, without the ending of its format.
fn archive_file(part: usize) -> String {
    format!("archive/feed-{part}")
}

/// About how many bytes an entry takes, told without its text: the same in every run.
fn weight(item: &Item) -> u64 {
    const HEAD: u64 = 1_500;
    item.words.letters as u64 * 3 / 2 + HEAD
}

/// An entry as all formats show it.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Everything but the text.
    pub item: &'a Item,
    /// The text: HTML, safe, addresses absolute, never empty.
    pub content: String,
}

/// The files to write.
pub fn plan(site: &Site<'_>) -> Vec<Job> {
    let Site { items, ledger, config, .. } = *site;
    let links = Links::new(items, config);
    let base = digest_of([FINGERPRINT, &config.digest]);
    let own: Vec<String> =
        items.iter().map(|item| if item.status.is_out() { item_inputs(item, &links) } else { String::new() }).collect();
    let mut jobs = Vec::new();
    for (index, (item, own)) in items.iter().zip(&own).enumerate().filter(|(_, (item, _))| item.status.is_out()) {
        jobs.extend(files_of(index, item, own, &base));
    }
    if config.pages {
        jobs.extend(redirects(items, &base, &jobs));
    }
    jobs.extend(lists(site, &base));
    jobs.extend(feeds(site, &base, &own));
    if config.ledger.publish {
        let inputs = digest_of([base.as_str(), &ledger.print_for_the_public()]);
        jobs.push(Job { path: crate::ledger::FILE.to_owned(), inputs, what: What::Ledger });
    }
    jobs.sort_by(|a, b| (a.what, &a.path).cmp(&(b.what, &b.path)));
    jobs
}

/// The page of an item and the files that come with it.
fn files_of(index: usize, item: &Item, own: &str, base: &str) -> Vec<Job> {
    let mut jobs = Vec::new();
    if let Some(page) = &item.page {
        jobs.push(Job { path: page.clone(), inputs: digest_of([base, own]), what: What::Page(index) });
    }
    let names = public_names(&item.references, &item.path);
    for (number, reference) in item.references.iter().enumerate() {
        if let Some(name) = names.get(reference) {
            let path = format!("{}{name}", item.folder);
            // What lies in an item's own file changes with it; a file of its own, by its bytes.
            let inner = Part::inner(reference, &item.path);
            let inputs = inner.map(|inner| digest_of([base, &item.digest, inner])).unwrap_or_default();
            jobs.push(Job { path, inputs, what: What::Copy(index, number) });
        }
    }
    jobs
}

/// The lists of every channel, and the pages that no item has.
fn lists(site: &Site<'_>, base: &str) -> Vec<Job> {
    if !site.config.pages {
        return Vec::new();
    }
    let mut jobs = Vec::new();
    let rows: Vec<String> = site.items.iter().map(row_inputs).collect();
    let names: String = site.channels.iter().map(|channel| format!("{} {}\n", channel.folder, channel.name)).collect();
    let base = digest_of([base, &names]);
    for (number, channel) in site.channels.iter().enumerate() {
        let digest = |numbers: &[usize], more: &str| {
            let rows = numbers.iter().filter_map(|number| rows.get(*number)).map(String::as_str);
            digest_of([base.as_str(), more].into_iter().chain(rows))
        };
        let years = site.years(channel);
        let newest = channel.listed.get(..LISTED).unwrap_or(&channel.listed);
        let inputs = digest(newest, &format!("{years:?}"));
        jobs.push(Job { path: format!("{}index.html", channel.folder), inputs, what: What::List(number) });
        for year in &years {
            let of_year = |number: &usize| site.items.get(*number).is_some_and(|item| item.local.year() == *year);
            let numbers: Vec<usize> = channel.listed.iter().copied().filter(of_year).collect();
            let path = format!("{}archive/{year}/index.html", channel.folder);
            jobs.push(Job { path, inputs: digest(&numbers, &format!("{years:?}")), what: What::Year(number, *year) });
        }
    }
    for (path, fixed) in [("abonnement/index.html", Fixed::Subscribe), ("404.html", Fixed::NotFound)] {
        jobs.push(Job { path: path.to_owned(), inputs: digest_of([base.as_str(), path]), what: What::Fixed(fixed) });
    }
    jobs
}

/// The feeds of every channel, and the archive of the main one.
fn feeds(site: &Site<'_>, base: &str, own: &[String]) -> Vec<Job> {
    let config = site.config;
    let digest = |numbers: &[usize], more: &[&str]| {
        let own = numbers.iter().filter_map(|number| own.get(*number)).map(String::as_str);
        digest_of([base].into_iter().chain(more.iter().copied()).chain(own))
    };
    let mut jobs = Vec::new();
    for (number, channel) in site.channels.iter().enumerate() {
        let window = channel.announced.get(..config.window).unwrap_or(&channel.announced);
        let parts = if number == 0 { site.archive.len().to_string() } else { String::new() };
        for format in &config.formats {
            let inputs = digest(window, &[format.name(), channel.title.as_str(), &parts]);
            let path = format!("{}{}", channel.folder, format.file());
            jobs.push(Job { path, inputs, what: What::Feed(number, *format) });
        }
    }
    // RFC 5005 is Atom's, and JSON Feed has a field for the next document; RSS has neither.
    for format in config.formats.iter().filter(|format| **format != Format::Rss) {
        for (part, numbers) in (1..).zip(&site.archive) {
            let last = if part == site.archive.len() { "last" } else { "" };
            let path = format!("{}.{}", archive_file(part), format.name());
            jobs.push(Job {
                path,
                inputs: digest(numbers, &[format.name(), last]),
                what: What::Archive(part, *format),
            });
        }
    }
    let names: String =
        site.channels.iter().map(|channel| format!("{} {} {}\n", channel.folder, channel.title, channel.id)).collect();
    let inputs = digest_of([base, &names]);
    jobs.push(Job { path: "feeds.opml".to_owned(), inputs, what: What::Machine(Machine::Opml) });
    jobs
}

/// What a list shows of an item.
fn row_inputs(item: &Item) -> String {
    let summary = item.summary.as_ref().map(|summary| summary.as_str()).unwrap_or_default();
    digest_of([item.url.as_str(), item.title.as_str(), summary, &item.language, &item.local.to_rfc3339()])
}

/// Pages that items had before, unless something else is there now.
fn redirects(items: &[Item], base: &str, jobs: &[Job]) -> Vec<Job> {
    let mut taken: HashSet<String> = jobs.iter().map(|job| job.path.to_lowercase()).collect();
    taken.insert("index.html".to_owned());
    let mut redirects = Vec::new();
    for (index, item) in items.iter().enumerate().filter(|(_, item)| item.status.is_out()) {
        for page in item.was.iter().filter(|page| is_a_page(page)) {
            if taken.insert(page.to_lowercase()) {
                let inputs = digest_of([base, &item.url, item.title.as_str(), &item.language]);
                redirects.push(Job { path: page.clone(), inputs, what: What::Redirect(index) });
            }
        }
    }
    redirects
}

/// Whether a path out of the ledger, which anybody may have edited, is one that we may write.
fn is_a_page(path: &str) -> bool {
    path.ends_with(".html")
        && !path.starts_with('/')
        && !path.contains('\\')
        && path.split('/').all(|part| {
            !part.is_empty() && !part.starts_with('.') && !part.contains(|c: char| c == ':' || c.is_control())
        })
}

/// What the page of an item depends on besides the newsroom: its file, its second within the day,
/// the sizes of its files, and what its links lead to.
fn item_inputs(item: &Item, links: &Links<'_>) -> String {
    let mut facts = format!("{} {} {} ", item.digest, item.published.timestamp(), item.updated.timestamp());
    for file in item.attachments.iter().chain(item.image.iter().map(|image| &image.file)) {
        let _ = write!(facts, "{:?} ", file.size);
    }
    let _ = write!(facts, "{} {} ", item.status.name(), item.changes.len());
    for relation in &item.relations {
        let _ = writeln!(facts, "{} {} {} {}", relation.kind.name(), relation.id, relation.url, relation.title);
    }
    digest_of([facts.as_str(), &item.id, &item.path, &links.state(item), &item.references.join("\n")])
}

/// Makes files.
#[derive(Debug)]
pub struct Renderer<'a> {
    site: Site<'a>,
    items: &'a [Item],
    ledger: &'a Ledger,
    config: &'a Config,
    source: &'a Source,
    links: Links<'a>,
    pages: page::Pages<'a>,
    titles: HashMap<String, Text>,
}

impl<'a> Renderer<'a> {
    /// For items as [`crate::resolve::together`] gave them, and the ledger that [`plan`] was given.
    pub fn new(items: &'a [Item], ledger: &'a Ledger, config: &'a Config, source: &'a Source) -> Self {
        let site = Site::new(items, ledger, config);
        let pages = page::Pages::new(config, &site.channels);
        Self { site, items, ledger, config, source, links: Links::new(items, config), pages, titles: HashMap::new() }
    }

    /// With the titles that items bear in their own files, by id, where whoever shows them has
    /// changed the title: a text that begins with its title does not say it twice.
    #[must_use]
    pub fn with_titles(self, titles: HashMap<String, Text>) -> Self {
        Self { titles, ..self }
    }

    /// The files to make.
    pub fn plan(&self) -> Vec<Job> {
        plan(&self.site)
    }

    /// Makes one file.
    ///
    /// # Errors
    /// The item's file cannot be read any more, or what was made is not well-formed.
    pub fn make(&self, job: &Job) -> Result<OutputFile, Problem> {
        let content = match job.what {
            What::Copy(index, number) => match self.items.get(index) {
                Some(item) => self.copy(item, item.references.get(number).map_or("", String::as_str))?,
                None => Content::Bytes(Vec::new()),
            },
            What::Page(index) => match self.items.get(index) {
                Some(item) => Content::Bytes(self.pages.item(item, &self.body(item, "")?)?),
                None => Content::Bytes(Vec::new()),
            },
            What::Redirect(index) => match self.items.get(index) {
                Some(item) => Content::Bytes(self.pages.redirect(item)?),
                None => Content::Bytes(Vec::new()),
            },
            What::List(number) => Content::Bytes(self.list(number, None)?),
            What::Year(number, year) => Content::Bytes(self.list(number, Some(year))?),
            What::Fixed(fixed) => Content::Bytes(self.pages.fixed(fixed)?),
            What::Feed(number, format) => match self.site.channels.get(number) {
                Some(channel) => Content::Bytes(self.feed(&self.site.feed(channel, format), format)?),
                None => Content::Bytes(Vec::new()),
            },
            What::Archive(part, format) => match self.site.part(part, format) {
                Some(feed) => Content::Bytes(self.feed(&feed, format)?),
                None => Content::Bytes(Vec::new()),
            },
            What::Machine(Machine::Opml) => Content::Bytes(opml::write(&self.site.channels, self.config)?),
            What::Ledger => Content::Bytes(self.ledger.print_for_the_public().into_bytes()),
        };
        Ok(OutputFile { path: job.path.clone(), content })
    }

    /// A file that an item refers to; what lies in the item's own file is taken out of it.
    fn copy(&self, item: &Item, reference: &str) -> Result<Content, Problem> {
        let Some(inner) = Part::inner(reference, &item.path) else {
            return Ok(Content::CopyOf(reference.to_owned()));
        };
        let unreadable = |reason| Problem::new(Code::FileUnreadable, &item.path).with("reason", reason);
        input::part(&self.file(item)?, inner).map(Content::Bytes).map_err(unreadable)
    }

    fn file(&self, item: &Item) -> Result<SourceFile, Problem> {
        let unreadable = |reason| Problem::new(Code::FileUnreadable, &item.path).with("reason", reason);
        let entry = self.source.find(&item.path).ok_or_else(|| unreadable("not there any more".to_owned()))?;
        self.source.read(entry).map_err(unreadable)
    }

    fn feed(&self, feed: &Feed<'_>, format: Format) -> Result<Vec<u8>, Problem> {
        let entries = feed.items.iter().map(|item| self.entry(item)).collect::<Result<Vec<_>, _>>()?;
        let bytes = match format {
            Format::Atom => atom::write(feed, &entries, self.config),
            Format::Rss => rss::write(feed, &entries, self.config),
            Format::Json => Ok(json_feed::write(feed, &entries, self.config)),
        };
        let path = format!("{}.{}", feed.file, format.name());
        bytes.map_err(|reason| Problem::general(Code::OutputFailed).with("path", path).with("reason", reason))
    }

    fn list(&self, number: usize, year: Option<i32>) -> Result<Vec<u8>, Problem> {
        let Some(channel) = self.site.channels.get(number) else {
            return Ok(Vec::new());
        };
        let items = self.site.items_of(&channel.listed);
        let items: Vec<&Item> = match year {
            Some(year) => items.into_iter().filter(|item| item.local.year() == year).collect(),
            None => items.into_iter().take(LISTED).collect(),
        };
        self.pages.list(channel, &items, &self.site.years(channel), year)
    }

    fn entry<'b>(&self, item: &'b Item) -> Result<Entry<'b>, Problem> {
        Ok(Entry { item, content: self.pages.content(item, &self.body(item, &item.url)?)? })
    }

    /// The body of an item as safe HTML with absolute addresses. What points into the item itself
    /// gets `here` in front: nothing on its page, the page's address in feeds (RS-15).
    fn body(&self, item: &Item, here: &str) -> Result<String, Problem> {
        if !item.status.is_readable() {
            let notice = item.summary.as_ref().map(|notice| html::escape(notice.as_str())).unwrap_or_default();
            return Ok(format!("<p>{notice}</p>"));
        }
        let file = self.file(item)?;
        let prefix = digest_of([item.id.as_str()]);
        let title = self.titles.get(&item.id).unwrap_or(&item.title);
        let rendering = Rendering { prefix: prefix.get(..6).unwrap_or_default(), title };
        let html = input::html(&file, self.config.encoding(&item.path), rendering, item.subtitle.as_ref())?;
        let names = public_names(&item.references, &item.path);
        let emails = self.config.privacy.emails;
        let html = html::finish(&html, |address| match address.strip_prefix('#') {
            Some(fragment) => Some(format!("{here}#{}", ascii_uri(fragment))),
            None if !emails && address.starts_with("mailto:") => None,
            None => self.links.resolve(item, &names, address),
        });
        Ok(if emails { html } else { html::without_addresses(&html, self.pages.hidden_address()).into_owned() })
    }
}

/// The address of the feed of the channel whose folder this is.
pub fn feed_url(config: &Config, folder: &str, format: Format) -> String {
    format!("{}{folder}{}", config.url, format.file())
}

/// The address of a document.
pub fn self_url(feed: &Feed<'_>, config: &Config, format: Format) -> String {
    format!("{}{}.{}", config.url, feed.file, format.name())
}

/// An instant as Atom and JSON Feed write it: UTC, whole seconds (DT-01, DT-07).
pub fn rfc3339(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An instant as RSS writes it: English names whatever the locale, two-digit day, `+0000` (DT-03).
pub fn rfc822(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
