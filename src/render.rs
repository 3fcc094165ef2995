//! From items to the bytes of files.
//!
//! [`plan`] says which files there are and what each depends on, without a body in sight;
//! [`Renderer::make`] makes one of them, reading again only the bodies it needs. The edge makes
//! the ones whose inputs changed, in parallel, and keeps none.

pub mod atom;
mod choice;
mod fit;
pub mod host;
pub mod json_feed;
pub mod json_ld;
pub mod media_rss;
pub mod opml;
pub mod page;
mod plan;
pub mod rss;
pub mod site;
pub mod sitemap;
pub mod xml;

use std::cell::Cell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};

use chrono::Datelike as _;

pub use self::choice::Choice;
use self::page::Pages;
use self::site::LISTED;
pub use self::site::{OPML, Site};
use crate::config::{Config, Format, Known, LegalPage, ascii_uri, web_address};
use crate::file::{Content, OutputFile, Source, SourceFile, digest_of};
use crate::html;
use crate::input::facts::Part;
use crate::input::markdown::Rendering;
use crate::input::{self, Kind};
use crate::item::{ForThePress, Item, NotesToEditors};
use crate::kept::{Digest, Shared};
use crate::ledger::Ledger;
use crate::locale::Locale;
use crate::problem::{Code, Problem};
use crate::resolve::link::{Links, public_names, source_path};
use crate::select::{Feed, Shape, archive};
use crate::text::{Text, without_addresses};

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
    pub path: Shared,
    /// Of everything it depends on.
    pub inputs: Digest,
    /// What it is.
    pub what: What,
}

impl Job {
    fn new(path: impl Into<Shared>, inputs: String, what: What) -> Self {
        Self { path: path.into(), inputs: inputs.into(), what }
    }
}

/// What a file is; the order is the order of writing: feeds last, so that no reader ever sees a
/// link to a page that is not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The file of the theme with this number, as it is.
    Theme(usize),
    /// The same bytes as one of our feeds, at an old address: the number of the alias.
    Alias(usize),
    /// A list of feeds, addresses or rules for programs.
    Machine(Machine),
    /// The ledger, for the next run that does not have ours.
    Ledger,
}

/// A page that no item has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fixed {
    /// What a feed is, and the addresses of all of them.
    Subscribe,
    /// What a server shows where nothing is.
    NotFound,
    /// What the law asks for.
    Legal(LegalPage),
}

/// A file for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// Every feed, for readers that take a list of them.
    Opml,
    /// Every page, or the list of the files with them.
    Sitemap,
    /// A file with some of the pages, counted from 1, where there are more than one holds.
    SitemapPart(usize),
    /// The news of two days.
    NewsSitemap,
    /// What programs may read.
    Robots,
    /// What hosts that read `_headers` are to send.
    Headers,
    /// The same for Apache.
    Htaccess,
}

/// An entry as all formats show it.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Everything but the text.
    pub item: &'a Item,
    /// The text: HTML, safe, addresses absolute, never empty.
    pub content: String,
}

/// The files to write; `ledger` is what will have been published then.
pub fn plan(items: &[Item], ledger: &Ledger, config: &Config) -> Vec<Job> {
    plan::plan(&prepared(items, ledger, config).0, &Links::new(items, config))
}

/// Older addresses of feeds at which none is written, for something else of that plan is there.
pub fn aliases_taken(jobs: &[Job], items: &[Item], ledger: &Ledger, config: &Config) -> Vec<Problem> {
    plan::aliases_taken(&Site::new(items, ledger, config), jobs)
}

/// The site with its archive, which begins where the main feed ends.
fn prepared<'a>(items: &'a [Item], ledger: &'a Ledger, config: &'a Config) -> (Site<'a>, Pages<'a>) {
    let mut site = Site::new(items, ledger, config);
    let pages = Pages::new(&site);
    if config.channels.archive {
        site.archive_all_but(fit::kept(&site, &pages));
    }
    (site, pages)
}

/// The entries of a part of the archive, and how many formats have yet to ask for them.
type Awaited<'a> = (Arc<Vec<Entry<'a>>>, usize);

/// Makes files.
#[derive(Debug)]
pub struct Renderer<'a> {
    site: Site<'a>,
    items: &'a [Item],
    ledger: &'a Ledger,
    config: &'a Config,
    source: &'a Source,
    links: Links<'a>,
    pages: Pages<'a>,
    titles: HashMap<String, Text>,
    /// Those of the main feed, found out when it is first made.
    entries: OnceLock<Result<Vec<Entry<'a>>, Problem>>,
    /// Those of parts of the archive that another format will ask for, and how many will.
    parts: Mutex<HashMap<usize, Awaited<'a>>>,
    /// Texts of pages made last, for the part of the archive that is made next.
    bodies: Mutex<Bodies>,
}

/// Texts that were made for pages and that the archive is about to ask for; the oldest goes where
/// nobody asks. What is not here is made again.
#[derive(Debug, Default)]
struct Bodies {
    /// Those of the main feed, which is made last.
    newest: HashMap<usize, String>,
    kept: HashMap<usize, String>,
    order: VecDeque<usize>,
}

impl Bodies {
    /// As many as the parts hold that a machine of many processors makes at a time.
    const MOST: usize = 16 * archive::MOST_ENTRIES;

    fn keep(&mut self, number: usize, body: String) {
        if self.kept.insert(number, body).is_none() {
            self.order.push_back(number);
        }
        if self.order.len() > Self::MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
    }
}

impl<'a> Renderer<'a> {
    /// For items as [`crate::resolve::together`] gave them, and the ledger that [`plan`] was given.
    pub fn new(items: &'a [Item], ledger: &'a Ledger, config: &'a Config, source: &'a Source) -> Self {
        let (site, pages) = prepared(items, ledger, config);
        let links = Links::new(items, config);
        let titles = HashMap::new();
        Self {
            site,
            items,
            ledger,
            config,
            source,
            links,
            pages,
            titles,
            entries: OnceLock::new(),
            parts: Mutex::default(),
            bodies: Mutex::default(),
        }
    }

    /// With the titles that items bear in their own files, by id, where whoever shows them has
    /// changed the title: a text that begins with its title does not say it twice.
    #[must_use]
    pub fn with_titles(self, titles: HashMap<String, Text>) -> Self {
        Self { titles, ..self }
    }

    /// The files to make.
    pub fn plan(&self) -> Vec<Job> {
        plan::plan(&self.site, &self.links)
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
                Some(item) => {
                    let (body, points_inside) = self.body(item, "")?;
                    let page = self.pages.item(item, &body, &self.site.translations(index))?;
                    if !points_inside && let Ok(mut bodies) = self.bodies.lock() {
                        if self.site.is_archived(index) {
                            bodies.keep(index, body);
                        } else if self.site.channels.first().is_some_and(|main| self.site.window(main).contains(&index))
                        {
                            bodies.newest.insert(index, body);
                        }
                    }
                    Content::Bytes(page)
                }
                None => Content::Bytes(Vec::new()),
            },
            What::Redirect(index) => match self.items.get(index) {
                Some(item) => Content::Bytes(self.pages.redirect(item)?),
                None => Content::Bytes(Vec::new()),
            },
            What::List(number) => Content::Bytes(self.list(number, None)?),
            What::Year(number, year) => Content::Bytes(self.list(number, Some(year))?),
            What::Fixed(Fixed::Legal(page)) => Content::Bytes(self.legal(page)?),
            What::Fixed(fixed) => Content::Bytes(self.pages.fixed(fixed)?),
            What::Theme(number) => {
                Content::Bytes(self.config.theme.files.values().nth(number).cloned().unwrap_or_default())
            }
            What::Feed(number, format) => Content::Bytes(self.feed(number, format)?),
            What::Archive(part, format) => Content::Bytes(self.archived(part, format)?),
            What::Alias(number) => match self.site.alias(number) {
                Some((channel, format)) => {
                    return Ok(OutputFile {
                        path: job.path.to_string(),
                        ..self.make(&Job { what: What::Feed(channel, format), ..job.clone() })?
                    });
                }
                None => Content::Bytes(Vec::new()),
            },
            What::Machine(machine) => Content::Bytes(self.machine(machine)?),
            What::Ledger => Content::Bytes(self.ledger.print_for_the_public().into_bytes()),
        };
        Ok(OutputFile { path: job.path.to_string(), content })
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

    fn feed(&self, number: usize, format: Format) -> Result<Vec<u8>, Problem> {
        let Some(channel) = self.site.channels.get(number) else {
            return Ok(Vec::new());
        };
        let own;
        let entries = if number == 0 {
            self.entries()?
        } else {
            own = self.fit(channel)?;
            &own
        };
        let feed = self.site.feed(channel, format, entries.iter().map(|entry| entry.item).collect());
        written(&feed, entries, format, self.config)
    }

    fn archived(&self, part: usize, format: Format) -> Result<Vec<u8>, Problem> {
        let Some(feed) = self.site.part(part, format) else {
            return Ok(Vec::new());
        };
        let entries = self.entries_of_part(part)?;
        written(&feed, &entries, format, self.config)
    }

    /// Made for the first format that asks, kept for the others, and then forgotten.
    fn entries_of_part(&self, part: usize) -> Result<Arc<Vec<Entry<'a>>>, Problem> {
        let kept = |parts: &mut HashMap<usize, Awaited<'a>>| {
            let (entries, others) = parts.remove(&part)?;
            if others > 1 {
                parts.insert(part, (Arc::clone(&entries), others - 1));
            }
            Some(entries)
        };
        if let Some(entries) = self.parts.lock().ok().and_then(|mut parts| kept(&mut parts)) {
            return Ok(entries);
        }
        let numbers = self.site.numbers_in(part).unwrap_or_default();
        let made: HashMap<usize, String> = match self.bodies.lock() {
            Ok(mut bodies) => {
                numbers.iter().filter_map(|number| Some((*number, bodies.kept.remove(number)?))).collect()
            }
            Err(_) => HashMap::new(),
        };
        let entry = |number: &usize| {
            let item = self.items.get(*number)?;
            Some(match made.get(number) {
                Some(body) => self.pages.content(item, body).map(|content| Entry { item, content }),
                None => self.entry(item, Shape::Full),
            })
        };
        let entries = numbers.iter().filter_map(entry).collect::<Result<Vec<_>, _>>()?;
        let entries = Arc::new(entries);
        let others = self.config.formats.iter().filter(|format| **format != Format::Rss).count().saturating_sub(1);
        if others > 0
            && let Ok(mut parts) = self.parts.lock()
        {
            parts.insert(part, (Arc::clone(&entries), others));
        }
        Ok(entries)
    }

    /// The newest items as the main feed holds them; those of the window that are not among them do
    /// not fit, and are in the archive. All formats are asked, also one that is not written, or
    /// switching one on would change the others.
    ///
    /// # Errors
    /// As [`Renderer::make`].
    pub fn entries(&self) -> Result<&[Entry<'a>], Problem> {
        let entries = self.entries.get_or_init(|| match self.site.channels.first() {
            Some(main) => self.fit(main),
            None => Ok(Vec::new()),
        });
        entries.as_deref().map_err(Clone::clone)
    }

    /// A page that the law asks for: Markdown, as items are.
    fn legal(&self, page: LegalPage) -> Result<Vec<u8>, Problem> {
        let Some(file) = self.config.legal.found.get(&page) else {
            return Ok(Vec::new());
        };
        let draft = input::read(file, None, Known::default()).0.unwrap_or_default();
        let heading = draft.facts.heading.map(|(heading, _)| heading);
        let written = draft.title.map(|title| title.value).or(heading);
        let title = written.unwrap_or_else(|| self.pages.name_of(page));
        let rendering = Rendering { prefix: page.name(), title: &title, locale: Locale::of(&self.config.language) };
        let html = input::html(
            file,
            Known::default(),
            rendering,
            None,
            ForThePress { banners: true, notes: NotesToEditors::Published },
        )?;
        let html = html::finish(&html, |address| match address.strip_prefix('#') {
            Some(fragment) => Some(format!("#{}", ascii_uri(fragment))),
            None if has_scheme(address, &["mailto:", "tel:"]) => Some(address.to_owned()),
            None => web_address(self.config.url.join(address).ok()?.as_str()),
        });
        self.pages.legal(page, &title, &html)
    }

    /// What is wrong with the templates of a theme, tried on what there is: one item of each kind, a
    /// list of each, and every other page. Nothing is written before.
    pub fn rehearse(&self) -> Vec<Problem> {
        let mut problems = self.pages.unreadable();
        if self.config.theme.templates.is_empty() || !problems.is_empty() {
            return problems;
        }
        let mut seen = HashSet::new();
        for job in self.plan() {
            let kind = match job.what {
                What::Page(index) => self.items.get(index).map(|item| page::kind(item, &self.site.translations(index))),
                What::List(number) => self.site.channels.get(number).map(|channel| format!("{:?}", channel.subject)),
                What::Year(..) => Some("year".to_owned()),
                What::Redirect(_) => Some("redirect".to_owned()),
                What::Fixed(fixed) => Some(format!("{fixed:?}")),
                _ => None,
            };
            if !kind.is_some_and(|kind| seen.insert(kind)) {
                continue;
            }
            let content = match job.what {
                What::Page(index) => self
                    .items
                    .get(index)
                    .map_or(Ok(()), |item| self.entry(item, Shape::Full).and(self.entry(item, Shape::Short)).map(drop)),
                _ => Ok(()),
            };
            let found = self.make(&job).map(drop).and(content).err();
            problems.extend(found.filter(|problem| !problems.contains(problem)));
        }
        problems
    }

    fn machine(&self, machine: Machine) -> Result<Vec<u8>, Problem> {
        let text = |text: String| Ok(text.into_bytes());
        match machine {
            Machine::Opml => opml::write(&self.site.channels, self.config),
            Machine::Sitemap => {
                let mut addresses = self.site.addresses().peekable();
                let (mut parts, mut count) = (Vec::new(), 0);
                while addresses.peek().is_some() {
                    let urls = addresses.by_ref().take(sitemap::URLS_OF_A_PART).inspect(|_| count += 1);
                    let modified = urls.filter_map(|url| url.modified).max();
                    let address = format!("{}{}", self.config.url, plan::sitemap_part(parts.len() + 1)).into();
                    parts.push(sitemap::Url { address, modified });
                }
                if count > sitemap::MOST_URLS {
                    return sitemap::index(parts.into_iter(), sitemap::FILE);
                }
                sitemap::urls(self.site.addresses(), sitemap::FILE)
            }
            Machine::SitemapPart(part) => {
                let before = part.saturating_sub(1) * sitemap::URLS_OF_A_PART;
                let urls = self.site.addresses().skip(before).take(sitemap::URLS_OF_A_PART);
                sitemap::urls(urls, &plan::sitemap_part(part))
            }
            Machine::NewsSitemap => sitemap::news(self.items, self.config, sitemap::NEWS_FILE),
            Machine::Robots => text(host::robots(self.config)),
            Machine::Headers => text(host::headers(self.config)),
            Machine::Htaccess => text(host::htaccess(self.config)),
        }
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

    /// The entry of one of the newest items: the text that its page has, if that was made and is still here.
    fn newest(&self, number: usize, item: &'a Item) -> Result<Entry<'a>, Problem> {
        let made = self.bodies.lock().ok().and_then(|mut bodies| bodies.newest.remove(&number));
        match made {
            Some(body) => self.pages.content(item, &body).map(|content| Entry { item, content }),
            None => self.entry(item, Shape::Full),
        }
    }

    fn entry(&self, item: &'a Item, shape: Shape) -> Result<Entry<'a>, Problem> {
        if shape == Shape::Short {
            return fit::short(item, &self.pages);
        }
        Ok(Entry { item, content: self.pages.content(item, &self.body(item, &item.url)?.0)? })
    }

    /// The body of an item as safe HTML with absolute addresses. What points into the item itself
    /// gets `here` in front: nothing on its page, the page's address in feeds (RS-15). True where
    /// something does: it is another text elsewhere.
    fn body(&self, item: &Item, here: &str) -> Result<(String, bool), Problem> {
        if !item.status.is_readable() {
            return Ok((fit::notice(item), false));
        }
        if Kind::of(&item.path) == Kind::Pdf {
            // It is large, and nothing of it is shown.
            return Ok((String::new(), false));
        }
        let file = self.file(item)?;
        let prefix = digest_of([item.id.as_str()]);
        let title = self.titles.get(item.id.as_str()).unwrap_or(&item.title);
        let locale = Locale::of_page(&item.language, &self.config.language);
        let rendering = Rendering { prefix: prefix.get(..6).unwrap_or_default(), title, locale };
        let (known, subtitle) = (self.config.known(&item.path), item.subtitle.as_ref());
        let html = input::html(&file, known, rendering, subtitle, item.for_the_press)?;
        let names = public_names(&item.references, &item.path);
        let emails = self.config.privacy.emails;
        let points_inside = Cell::new(false);
        let resolve = |address: &str| match address.strip_prefix('#') {
            Some(fragment) => {
                points_inside.set(true);
                Some(format!("{here}#{}", ascii_uri(fragment)))
            }
            None if !emails && has_scheme(address, &["mailto:"]) => None,
            None => self.links.resolve(item, &names, address),
        };
        let pixels = |address: &str| {
            if item.pictures.is_empty() {
                return None;
            }
            let file = source_path(&item.path, address)?;
            item.pictures.iter().find(|(path, _)| *path == file).map(|(_, pixels)| *pixels)
        };
        let html = html::finish_sized(&html, resolve, pixels);
        let hidden = || without_addresses(&html, self.pages.hidden_address()).into_owned();
        Ok((if emails { html } else { hidden() }, points_inside.get()))
    }
}

/// Whether an address begins with one of them, in whatever letters.
fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    let begins = |scheme: &&str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    schemes.iter().any(begins)
}

/// A document of a channel in a format.
fn written(feed: &Feed<'_>, entries: &[Entry<'_>], format: Format, config: &Config) -> Result<Vec<u8>, Problem> {
    let bytes = match format {
        Format::Atom => atom::write(feed, entries, config),
        Format::Rss => rss::write(feed, entries, config),
        Format::Json => Ok(json_feed::write(feed, entries, config)),
    };
    let path = format!("{}.{}", feed.file, format.name());
    bytes.map_err(|reason| Problem::general(Code::OutputFailed).with("path", path).with("reason", reason))
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
    instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// An instant as RSS writes it: English names whatever the locale, two-digit day, `+0000` (DT-03).
pub fn rfc822(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
