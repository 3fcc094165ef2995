//! Which files there are, and what each of them depends on: told from the heads of items alone.

use std::borrow::Cow;
use std::fmt::Write as _;

use chrono::Datelike as _;
use rayon::prelude::*;

use super::site::{LISTED, OPML, Site, archive_file};
use super::{FINGERPRINT, Fixed, Job, Machine, What, host, sitemap};
use crate::config::Format;
use crate::config::theme;
use crate::file::{Digesting, digest_of};
use crate::input::facts::Part;
use crate::item::Item;
use crate::kept::{Digest, Set, Shared};
use crate::problem::{Code, Problem};
use crate::resolve::link::{Links, public_names};
use crate::select::{self, Channel};
use crate::text::{Text, lower_case};

/// The files to write.
pub(super) fn plan(site: &Site<'_>, links: &Links<'_>) -> Vec<Job> {
    let Site { items, ledger, config, .. } = *site;
    let base = digest_of([FINGERPRINT, &config.digest]);
    let own = |item: &Item| if item.status.is_out() { item_inputs(item, links).into() } else { Digest::default() };
    let own: Vec<Digest> = items.par_iter().map(own).collect();
    // Every page names those that no item has.
    let ours: Vec<&str> = site.legal.iter().map(|(_, folder)| folder.as_str()).collect();
    // Ours name the other channels on lists alone; a theme may do so on every page.
    let asks = config.theme.templates.values().any(|template| template.contains("channels"));
    let around = if asks { channels(site) } else { String::new() };
    let page = digest_of([base.as_str(), &site.subscribe, &ours.join(" "), &around]);
    let inputs = items.par_iter().zip(&own).enumerate().map(|(index, (item, own))| match item.page {
        Some(_) if item.status.is_out() => digest_of([&page, &*own.text(), &page_inputs(index, item, site)]).into(),
        _ => Digest::default(),
    });
    let inputs: Vec<Digest> = inputs.collect();
    let mut jobs = Vec::with_capacity(items.len() + items.len() / 16 + 64);
    for (index, (item, inputs)) in items.iter().zip(inputs).enumerate().filter(|(_, (item, _))| item.status.is_out()) {
        jobs.extend(item.page.as_ref().map(|page| Job { path: page.clone(), inputs, what: What::Page(index) }));
        files_of(index, item, site, &base, &mut jobs);
    }
    if config.pages {
        jobs.extend(redirects(items, &page, &jobs));
    }
    jobs.extend(lists(site, &page));
    jobs.extend(feeds(site, &base, &own));
    jobs.extend(machines(site, &base));
    if config.ledger.publish {
        let inputs = digest_of([base.as_str(), &ledger.print_for_the_public()]);
        jobs.push(Job::new(crate::ledger::FILE, inputs, What::Ledger));
    }
    aliases(site, &mut jobs);
    // A part of the archive comes right behind the last of its pages, which are made of the same texts.
    let behind = |what: What| match what {
        What::Archive(part, _) => {
            site.numbers_in(part).and_then(<[usize]>::last).map_or(what, |last| What::Page(*last))
        }
        what => what,
    };
    jobs.shrink_to_fit();
    // No two have one path.
    jobs.sort_unstable_by(|a, b| (behind(a.what), a.what, &a.path).cmp(&(behind(b.what), b.what, &b.path)));
    jobs
}

/// The files that come with an item; `base` is what all files depend on.
fn files_of(index: usize, item: &Item, site: &Site<'_>, base: &str, jobs: &mut Vec<Job>) {
    if item.references.is_empty() {
        return;
    }
    let names = public_names(&item.references, &item.path);
    for (number, reference) in item.references.iter().enumerate() {
        if let Some(name) = names.get(reference) {
            let path = format!("{}{name}", item.folder(site.config.url.as_str()));
            // What lies in an item's own file changes with it; a file of its own, by its bytes.
            let inner = Part::inner(reference, &item.path);
            let inputs = inner.map(|inner| digest_of([base, &item.digest.text(), inner])).unwrap_or_default();
            jobs.push(Job::new(path, inputs, What::Copy(index, number)));
        }
    }
}

/// What the page of an item shows of others: its translations, and where its topics are listed.
fn page_inputs(index: usize, item: &Item, site: &Site<'_>) -> String {
    let mut around = String::new();
    for other in site.translations(index) {
        let _ = writeln!(around, "{} {} {}", other.language, other.url, other.title);
    }
    let topics = site.channels.iter().filter(|channel| channel.subject == select::Subject::Topic);
    for channel in topics.filter(|channel| item.tags.iter().any(|tag| is_topic(channel, tag))) {
        let _ = writeln!(around, "{}", channel.folder);
    }
    around
}

/// Whether a topic is that of a channel, however it is spelt.
fn is_topic(channel: &Channel, tag: &Text) -> bool {
    channel.subject == select::Subject::Topic && channel.name.as_str().to_lowercase() == tag.as_str().to_lowercase()
}

/// What pages say of channels: what they are called, where they are, and how many items each has.
fn channels(site: &Site<'_>) -> String {
    let said = |channel: &Channel| format!("{} {} {}\n", channel.folder, channel.name, channel.listed.len());
    site.channels.iter().map(said).collect()
}

/// The lists of every channel, and the pages that no item has.
fn lists(site: &Site<'_>, base: &str) -> Vec<Job> {
    if !site.config.pages {
        return Vec::new();
    }
    let mut jobs = Vec::new();
    let names: String = site.channels.iter().map(|channel| format!("{} {}\n", channel.folder, channel.name)).collect();
    let base = digest_of([base, &names]);
    for (number, channel) in site.channels.iter().enumerate() {
        let inputs = |numbers: &[usize], more: &str| {
            let mut rows = Digesting::default();
            let items = numbers.iter().filter_map(|number| site.items.get(*number));
            items.for_each(|item| row_inputs(item, &mut rows));
            digest_of([base.as_str(), more, &rows.end()])
        };
        let years = site.years(channel);
        let newest = channel.listed.get(..LISTED).unwrap_or(&channel.listed);
        let (list, shown) = (format!("{}index.html", channel.folder), format!("{years:?}"));
        // The first list names all channels, and each says how many items it has.
        let counted = if number == 0 { channels(site) } else { channel.listed.len().to_string() };
        let over = if channel.is_over() { "over" } else { "" };
        jobs.push(Job::new(list, inputs(newest, &format!("{shown} {counted} {over}")), What::List(number)));
        for year in &years {
            let of_year = |number: &usize| site.items.get(*number).is_some_and(|item| item.local.year() == *year);
            let numbers: Vec<usize> = channel.listed.iter().copied().filter(of_year).collect();
            let path = format!("{}archive/{year}/index.html", channel.folder);
            jobs.push(Job::new(path, inputs(&numbers, &shown), What::Year(number, *year)));
        }
    }
    let fixed = [(format!("{}index.html", site.subscribe), Fixed::Subscribe), ("404.html".to_owned(), Fixed::NotFound)];
    let legal = site.legal.iter().map(|(page, folder)| (format!("{folder}index.html"), Fixed::Legal(*page)));
    for (path, fixed) in fixed.into_iter().chain(legal) {
        let inputs = digest_of([base.as_str(), path.as_str()]);
        jobs.push(Job::new(path, inputs, What::Fixed(fixed)));
    }
    for (number, path) in site.config.theme.files.keys().enumerate() {
        let path = format!("{}/{path}", theme::FOLDER);
        let inputs = digest_of([base.as_str(), path.as_str()]);
        jobs.push(Job::new(path, inputs, What::Theme(number)));
    }
    jobs
}

/// The feeds of every channel, and the archive of the main one.
fn feeds(site: &Site<'_>, base: &str, own: &[Digest]) -> Vec<Job> {
    let config = site.config;
    let digest = |numbers: &[usize], more: &[&str]| {
        let own: Vec<_> = numbers.iter().filter_map(|number| Some(own.get(*number)?.text())).collect();
        digest_of([base].into_iter().chain(more.iter().copied()).chain(own.iter().map(|own| &**own)))
    };
    let mut jobs = Vec::new();
    for (number, channel) in site.channels.iter().enumerate() {
        let held = site.held(channel);
        let parts = if number == 0 { site.archive.len().to_string() } else { String::new() };
        let emptied = channel.emptied.map(|at| at.timestamp().to_string()).unwrap_or_default();
        for format in &config.formats {
            let inputs = digest(&held, &[format.name(), channel.title.as_str(), &parts, &emptied]);
            let path = format!("{}{}", channel.folder, format.file());
            jobs.push(Job::new(path, inputs, What::Feed(number, *format)));
        }
    }
    // RFC 5005 is Atom's, and JSON Feed has a field for the next document; RSS has neither.
    for format in config.formats.iter().filter(|format| **format != Format::Rss) {
        for (part, numbers) in (1..).zip(&site.archive) {
            let last = if part == site.archive.len() { "last" } else { "" };
            let path = format!("{}.{}", archive_file(part), format.name());
            jobs.push(Job::new(path, digest(numbers, &[format.name(), last]), What::Archive(part, *format)));
        }
    }
    jobs
}

/// The feeds at their older addresses, behind all other `jobs`: never where something of ours is, or will be.
fn aliases(site: &Site<'_>, jobs: &mut Vec<Job>) {
    if site.config.aliases.is_empty() {
        return;
    }
    let pages: Vec<&Shared> = site.items.iter().filter_map(|item| item.page.as_ref()).collect();
    for (number, alias) in site.config.aliases.iter().enumerate() {
        let Some((channel, format)) = site.alias(number) else { continue };
        let mut ours = jobs.iter().map(|job| &job.path).chain(pages.iter().copied());
        if ours.any(|path| meet(path, &alias.path)) {
            continue;
        }
        let feed = jobs.iter().find(|job| job.what == What::Feed(channel, format));
        let inputs = feed.map(|feed| feed.inputs.clone()).unwrap_or_default();
        jobs.push(Job { path: alias.path.as_str().into(), inputs, what: What::Alias(number) });
    }
}

/// Whether two files cannot be side by side on every disk: one path, however it is spelt, or one the folder
/// of the other.
fn meet(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let is_within = long.get(..short.len()).is_some_and(|head| head.eq_ignore_ascii_case(short));
    is_within && matches!(long.as_bytes().get(short.len()), None | Some(b'/'))
}

/// Older addresses of feeds at which none is written, for something else of ours is there.
pub(super) fn aliases_taken(site: &Site<'_>, jobs: &[Job]) -> Vec<Problem> {
    let written = |number: usize| jobs.iter().any(|job| job.what == What::Alias(number));
    let aliases = site.config.aliases.iter().enumerate();
    let taken = aliases.filter(|(number, _)| site.alias(*number).is_some() && !written(*number));
    taken.map(|(_, alias)| alias.problem(Code::AliasTaken)).collect()
}

/// The files that only programs read.
fn machines(site: &Site<'_>, base: &str) -> Vec<Job> {
    let config = site.config;
    let mut jobs = Vec::new();
    let mut job = |path: &str, what: Machine, more: &str| {
        jobs.push(Job::new(path, digest_of([base, path, more]), What::Machine(what)));
    };
    let names: String =
        site.channels.iter().map(|channel| format!("{} {} {}\n", channel.folder, channel.title, channel.id)).collect();
    job(OPML, Machine::Opml, &names);
    job("_headers", Machine::Headers, "");
    job(".htaccess", Machine::Htaccess, "");
    if !config.pages {
        return jobs;
    }
    let mut addresses = site.addresses().peekable();
    let (mut parts, mut count) = (Vec::new(), 0);
    while addresses.peek().is_some() {
        let mut shown = Digesting::default();
        for sitemap::Url { address, modified } in addresses.by_ref().take(sitemap::URLS_OF_A_PART) {
            count += 1;
            let _ = writeln!(shown, "{address} {:?}", modified.map(|modified| modified.timestamp()));
        }
        parts.push(shown.end());
    }
    if count > sitemap::MOST_URLS {
        for (part, shown) in (1..).zip(&parts) {
            job(&sitemap_part(part), Machine::SitemapPart(part), shown);
        }
    }
    job(sitemap::FILE, Machine::Sitemap, &parts.concat());
    let news = site.items.iter().filter(|item| sitemap::is_news(item));
    let news: String = news.map(|item| format!("{} {} {}\n", item.url, item.title, item.published)).collect();
    job(sitemap::NEWS_FILE, Machine::NewsSitemap, &news);
    if host::is_root(config) {
        job("robots.txt", Machine::Robots, "");
    }
    jobs
}

pub(super) fn sitemap_part(part: usize) -> String {
    format!("sitemap-{part}.xml")
}

/// What a list shows of an item; no text has the character that parts them.
fn row_inputs(item: &Item, rows: &mut Digesting) {
    let summary = item.summary.as_ref().map(|summary| summary.as_str()).unwrap_or_default();
    for text in [item.url.as_str(), item.title.as_str(), summary, &item.language] {
        rows.take(text);
        rows.take("\0");
    }
    let (seconds, zone) = (item.local.timestamp(), item.local.offset().local_minus_utc());
    let _ = writeln!(rows, "{seconds} {zone}");
}

/// Pages that items had before, unless something else is there now.
fn redirects(items: &[Item], base: &str, jobs: &[Job]) -> Vec<Job> {
    if items.iter().all(|item| item.was.is_empty()) {
        return Vec::new();
    }
    let mut taken: Set<Cow<'_, str>> = jobs.iter().map(|job| lower_case(&job.path)).collect();
    taken.insert(Cow::Borrowed("index.html"));
    let mut redirects = Vec::new();
    for (index, item) in items.iter().enumerate().filter(|(_, item)| item.status.is_out()) {
        for page in item.was.iter().filter(|page| is_a_page(page)) {
            if taken.insert(lower_case(page)) {
                let inputs = digest_of([base, &item.url, item.title.as_str(), &item.language]);
                redirects.push(Job::new(page, inputs, What::Redirect(index)));
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
