//! From items to the bytes of files.
//!
//! [`plan`] says which files there are and what each depends on, without a body in sight;
//! [`Renderer::make`] makes one of them, reading again only the bodies it needs. The edge makes
//! the ones whose inputs changed, in parallel, and keeps none.

pub mod atom;
pub mod json_feed;
pub mod media_rss;
pub mod page;
pub mod rss;
pub mod xml;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::OnceLock;

use crate::config::{Config, Format, ascii_uri};
use crate::file::{Content, OutputFile, Source, SourceFile, digest_of};
use crate::html;
use crate::input::facts::Part;
use crate::input::markdown::Rendering;
use crate::input::{self, Kind};
use crate::item::{Item, Status};
use crate::ledger::Ledger;
use crate::problem::{Code, Problem};
use crate::resolve::link::{Links, public_names, source_path};
use crate::select::{self, Feed, Shape, Weight};

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
    /// The list of items.
    Index,
    /// A feed.
    Feed(Format),
    /// The ledger, for the next run that does not have ours.
    Ledger,
}

/// An entry as all formats show it.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Everything but the text.
    pub item: &'a Item,
    /// The text: HTML, safe, addresses absolute, never empty.
    pub content: String,
}

/// The files to write for `items`, which are in feed order; `ledger` is what will have been
/// published then.
pub fn plan(items: &[Item], ledger: &Ledger, config: &Config) -> Vec<Job> {
    let links = Links::new(items, config);
    let mut jobs = Vec::new();
    let base = digest_of([FINGERPRINT, &config.digest]);
    let mut window = String::new();
    let mut list = String::new();
    let mut announced = 0;
    for (index, item) in items.iter().enumerate() {
        if !item.status.is_out() {
            continue;
        }
        let own = item_inputs(item, &links);
        if item.page.is_some() {
            let inputs = digest_of([base.as_str(), &own]);
            jobs.push(Job { path: item.page.clone().unwrap_or_default(), inputs, what: What::Page(index) });
        }
        let names = public_names(&item.references, &item.path);
        for (number, reference) in item.references.iter().enumerate() {
            if let Some(name) = names.get(reference) {
                let path = format!("{}{name}", item.folder);
                // What lies in an item's own file changes with it; a file of its own, by its bytes.
                let inner = Part::inner(reference, &item.path);
                let inputs = inner.map(|inner| digest_of([base.as_str(), &item.digest, inner])).unwrap_or_default();
                jobs.push(Job { path, inputs, what: What::Copy(index, number) });
            }
        }
        if item.status == Status::Published {
            list.push_str(&own);
        }
        if item.status.is_in_feeds() {
            if announced < config.window {
                window.push_str(&own);
            }
            announced += 1;
        }
    }
    jobs.extend(redirects(items, config, &base, &jobs));
    if config.pages {
        jobs.push(Job { path: "index.html".to_owned(), inputs: digest_of([base.as_str(), &list]), what: What::Index });
    }
    for format in &config.formats {
        let inputs = digest_of([base.as_str(), &window, format.name()]);
        jobs.push(Job { path: format.file().to_owned(), inputs, what: What::Feed(*format) });
    }
    if config.ledger.publish {
        let inputs = digest_of([base.as_str(), &ledger.print_for_the_public()]);
        jobs.push(Job { path: crate::ledger::FILE.to_owned(), inputs, what: What::Ledger });
    }
    jobs.sort_by(|a, b| (a.what, &a.path).cmp(&(b.what, &b.path)));
    jobs
}

/// Pages that items had before, unless something else is there now.
fn redirects(items: &[Item], config: &Config, base: &str, jobs: &[Job]) -> Vec<Job> {
    if !config.pages {
        return Vec::new();
    }
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
        let _ = write!(facts, "{:?} {} {:?} ", file.size, file.media_type, file.pixels);
    }
    let _ = write!(facts, "{:?} {} {} ", item.pictures, item.status.name(), item.changes.len());
    for relation in &item.relations {
        let _ = writeln!(facts, "{} {} {} {}", relation.kind.name(), relation.id, relation.url, relation.title);
    }
    digest_of([facts.as_str(), &item.id, &item.path, &links.state(item), &item.references.join("\n")])
}

/// Makes files.
#[derive(Debug)]
pub struct Renderer<'a> {
    items: &'a [Item],
    ledger: &'a Ledger,
    config: &'a Config,
    source: &'a Source,
    links: Links<'a>,
    pages: page::Pages<'a>,
    /// Found out when the first feed is made.
    entries: OnceLock<Result<Vec<Entry<'a>>, Problem>>,
}

/// What the namespaces that entries need may add to the head of a feed, in bytes.
const NAMESPACES: usize = 256;

impl<'a> Renderer<'a> {
    /// For items as [`crate::resolve::together`] gave them, and the ledger that [`plan`] was given.
    pub fn new(items: &'a [Item], ledger: &'a Ledger, config: &'a Config, source: &'a Source) -> Self {
        let (links, pages) = (Links::new(items, config), page::Pages::new(config));
        Self { items, ledger, config, source, links, pages, entries: OnceLock::new() }
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
            What::Index => Content::Bytes(self.pages.index(&select::listed(self.items).collect::<Vec<_>>())?),
            What::Feed(format) => Content::Bytes(self.feed(format)?),
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

    fn feed(&self, format: Format) -> Result<Vec<u8>, Problem> {
        let entries = self.entries()?;
        let feed = select::main_feed_of(entries.iter().map(|entry| entry.item).collect(), self.config);
        self.write(format, &feed, entries)
    }

    fn write(&self, format: Format, feed: &Feed<'_>, entries: &[Entry<'_>]) -> Result<Vec<u8>, Problem> {
        let bytes = match format {
            Format::Atom => atom::write(feed, entries, self.config),
            Format::Rss => rss::write(feed, entries, self.config),
            Format::Json => Ok(json_feed::write(feed, entries, self.config)),
        };
        bytes.map_err(|reason| Problem::general(Code::OutputFailed).with("path", format.file()).with("reason", reason))
    }

    /// The newest items as the feeds hold them; those of the window that are not among them do not
    /// fit. All formats are asked, also one that is not written, or switching one on would change the
    /// others.
    ///
    /// # Errors
    /// As [`Renderer::make`].
    pub fn entries(&self) -> Result<&[Entry<'a>], Problem> {
        let entries = self.entries.get_or_init(|| self.fit());
        entries.as_deref().map_err(Clone::clone)
    }

    fn fit(&self) -> Result<Vec<Entry<'a>>, Problem> {
        let feed = select::main_feed(self.items, self.config);
        let entries = |shape| feed.items.iter().map(|item| self.entry(item, shape)).collect::<Result<Vec<_>, _>>();
        let most = |sizes: Vec<usize>| sizes.into_iter().max().unwrap_or_default();
        let full = entries(Shape::Full)?;
        // No entry is larger than it is in all formats together: then there is nothing to weigh.
        if self.sizes(&feed, &full)?.iter().sum::<usize>() + NAMESPACES <= self.config.max_bytes {
            return Ok(full);
        }
        let short = entries(Shape::Short)?;
        // What a feed grows by when it gets one entry more, in the format in which it grows most.
        let first: Vec<Entry<'_>> = short.first().cloned().into_iter().collect();
        let before = self.sizes(&feed, &first)?;
        let weigh = |entry: &Entry<'_>| {
            let after = self.sizes(&feed, &[first.as_slice(), std::slice::from_ref(entry)].concat())?;
            Ok(most(after.iter().zip(&before).map(|(after, before)| after.saturating_sub(*before)).collect()))
        };
        let pairs = full.iter().zip(&short);
        let weights = pairs.map(|(full, short)| Ok(Weight { full: weigh(full)?, short: weigh(short)? }));
        let weights = weights.collect::<Result<Vec<_>, Problem>>()?;
        let head = most(self.sizes(&feed, &[])?) + NAMESPACES;
        let shapes = select::fit(&feed.items, &weights, head, self.config.max_bytes);
        let shaped = full.into_iter().zip(short).zip(shapes);
        Ok(shaped.map(|((full, short), shape)| if shape == Shape::Full { full } else { short }).collect())
    }

    /// How large a feed is in each format, in bytes.
    fn sizes(&self, feed: &Feed<'_>, entries: &[Entry<'_>]) -> Result<Vec<usize>, Problem> {
        Format::ALL.into_iter().map(|format| Ok(self.write(format, feed, entries)?.len())).collect()
    }

    fn entry(&self, item: &'a Item, shape: Shape) -> Result<Entry<'a>, Problem> {
        let content = match shape {
            Shape::Full => self.pages.content(item, &self.body(item, &item.url)?)?,
            // A notice is short already.
            Shape::Short if !item.status.is_readable() => return self.entry(item, Shape::Full),
            Shape::Short => self.pages.summary(item)?,
        };
        Ok(Entry { item, content })
    }

    /// The body of an item as safe HTML with absolute addresses. What points into the item itself
    /// gets `here` in front: nothing on its page, the page's address in feeds (RS-15).
    fn body(&self, item: &Item, here: &str) -> Result<String, Problem> {
        if !item.status.is_readable() {
            let notice = item.summary.as_ref().map(|notice| html::escape(notice.as_str())).unwrap_or_default();
            return Ok(format!("<p>{notice}</p>"));
        }
        if Kind::of(&item.path) == Kind::Pdf {
            // It is large, and nothing of it is shown.
            return Ok(String::new());
        }
        let file = self.file(item)?;
        let prefix = digest_of([item.id.as_str()]);
        let rendering = Rendering { prefix: prefix.get(..6).unwrap_or_default(), title: &item.title };
        let (label, subtitle) = (self.config.encoding(&item.path), item.subtitle.as_ref());
        let html = input::html(&file, label, rendering, subtitle, item.notes_to_editors)?;
        let names = public_names(&item.references, &item.path);
        let emails = self.config.privacy.emails;
        let resolve = |address: &str| match address.strip_prefix('#') {
            Some(fragment) => Some(format!("{here}#{}", ascii_uri(fragment))),
            None if !emails && address.starts_with("mailto:") => None,
            None => self.links.resolve(item, &names, address),
        };
        let pixels = |address: &str| item.pictures.get(&source_path(&item.path, address)?).copied();
        let html = html::finish_sized(&html, resolve, pixels);
        Ok(if emails { html } else { html::without_addresses(&html, self.pages.hidden_address()).into_owned() })
    }
}

/// The address of a feed.
pub fn feed_url(config: &Config, format: Format) -> String {
    format!("{}{}", config.url, format.file())
}

/// An instant as Atom and JSON Feed write it: UTC, whole seconds (DT-01, DT-07).
pub fn rfc3339(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An instant as RSS writes it: English names whatever the locale, two-digit day, `+0000` (DT-03).
pub fn rfc822(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
