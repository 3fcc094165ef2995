//! What there is to render: the items, what can be subscribed to, and where each document stands.

use chrono::Datelike as _;

use super::{feed_url, sitemap};
use crate::config::{Config, Format, LegalPage};
use crate::input::markdown::slug;
use crate::item::Item;
use crate::kept::Table;
use crate::ledger::Ledger;
use crate::locale::Locale;
use crate::select::{self, Channel, Feed, Place, Subject, archive};
use crate::text::lower_case;

/// What there is to render: the items, and what can be subscribed to.
#[derive(Debug)]
pub struct Site<'a> {
    pub(super) items: &'a [Item],
    pub(super) ledger: &'a Ledger,
    pub(super) config: &'a Config,
    pub(super) channels: Vec<Channel>,
    /// The parts of the archive of the main channel, the oldest first.
    pub(super) archive: Vec<Vec<usize>>,
    /// Of items that have some, their translations.
    pub(super) translations: Table<usize, Vec<usize>>,
    /// Where the page on subscribing lies: a word of the newsroom's language, and `/`.
    pub(super) subscribe: String,
    /// The pages that the law asks for, with their folders, which end in `/`.
    pub(super) legal: Vec<(LegalPage, String)>,
}

/// The list of all feeds, below the site's address.
pub const OPML: &str = "feeds.opml";

/// So many items are on the first page of a list.
pub(super) const LISTED: usize = 50;

impl<'a> Site<'a> {
    /// Of items in feed order; `ledger` is what will have been published then.
    pub fn new(items: &'a [Item], ledger: &'a Ledger, config: &'a Config) -> Self {
        let channels = select::channels(items, config);
        let translations = if config.pages { select::translation::translations(items) } else { Table::default() };
        let mut taken = Taken { items, config, channels: &channels, ours: Vec::new() };
        let word = Locale::of(&config.language).word("subscribe.folder", &[]);
        let subscribe = free(&word, &mut taken);
        let legal = legal(config, &mut taken);
        Self { items, ledger, config, channels, archive: Vec::new(), translations, subscribe, legal }
    }

    /// Puts all but the newest `kept` items into the archive: those that the main feed does not hold.
    pub(super) fn archive_all_but(&mut self, kept: usize) {
        let main = self.channels.first().map(|main| main.announced.as_slice()).unwrap_or_default();
        let old = main.get(kept.min(main.len())..).unwrap_or_default();
        self.archive = archive::parts(old, |number| self.items.get(number).map_or(0, weight));
    }

    /// The newest items of a channel: those that its feeds may hold.
    pub(super) fn window<'b>(&self, channel: &'b Channel) -> &'b [usize] {
        channel.announced.get(..self.config.window).unwrap_or(&channel.announced)
    }

    /// Older items that its feeds hold once more, in the order of feeds: subscribers are to hear of what was done to
    /// them since the oldest of the window was published (AR-03). Like any news they go as newer ones come.
    pub(super) fn again(&self, channel: &Channel) -> Vec<usize> {
        /// So many acts at most, the newest: a feed is not to be flooded by its past.
        const MOST: usize = 20;
        let window = self.window(channel);
        let oldest = window.last().and_then(|number| self.items.get(*number)).map(|item| item.published);
        let told = |number: &usize| {
            let item = self.items.get(*number)?;
            let act = item.changes.iter().rev().find(|change| change.kind.is_significant())?;
            Some((act.at.instant(), *number)).filter(|(at, _)| oldest.is_some_and(|oldest| *at > oldest))
        };
        let old = channel.announced.get(window.len()..).unwrap_or_default();
        let mut acts: Vec<_> = old.iter().filter_map(told).collect();
        acts.sort_unstable_by_key(|(at, number)| (std::cmp::Reverse(*at), *number));
        let mut again: Vec<usize> = acts.into_iter().take(MOST).map(|(_, number)| number).collect();
        again.sort_unstable();
        again
    }

    /// All items that the feeds of a channel may hold, in their order.
    pub(super) fn held(&self, channel: &Channel) -> Vec<usize> {
        self.window(channel).iter().copied().chain(self.again(channel)).collect()
    }

    /// The other languages that the item with this number can be read in.
    pub(super) fn translations(&self, number: usize) -> Vec<&'a Item> {
        self.translations.get(&number).map(|numbers| self.items_of(numbers)).unwrap_or_default()
    }

    pub(super) fn items_of(&self, numbers: &[usize]) -> Vec<&'a Item> {
        numbers.iter().filter_map(|number| self.items.get(*number)).collect()
    }

    /// What subscribers of a channel have, with these items.
    pub(super) fn feed<'b>(&'b self, channel: &'b Channel, format: Format, items: Vec<&'b Item>) -> Feed<'b> {
        let newest = self.archive.len();
        let previous = (channel.folder.is_empty() && newest > 0).then(|| self.archive_url(newest, format));
        Feed { place: Place { previous, ..Place::default() }, ..self.document(channel, "feed".to_owned(), items) }
    }

    /// Part `part` of the archive, counted from 1.
    pub(super) fn part(&self, part: usize, format: Format) -> Option<Feed<'_>> {
        let channel = self.channels.first()?;
        let items = self.items_of(self.numbers_in(part)?);
        let place = Place {
            current: Some(feed_url(self.config, &channel.folder, format)),
            previous: (part > 1).then(|| self.archive_url(part - 1, format)),
            next: (part < self.archive.len()).then(|| self.archive_url(part + 1, format)),
        };
        Some(Feed { place, ..self.document(channel, archive_file(part), items) })
    }

    /// The numbers of the items of that part, which rise.
    pub(super) fn numbers_in(&self, part: usize) -> Option<&[usize]> {
        self.archive.get(part.checked_sub(1)?).map(Vec::as_slice)
    }

    /// Whether the archive holds the item with this number.
    pub(super) fn is_archived(&self, number: usize) -> bool {
        let newest = self.archive.last().and_then(|part| part.first());
        newest.is_some_and(|newest| number >= *newest)
    }

    fn document<'b>(&'b self, channel: &'b Channel, file: String, items: Vec<&'b Item>) -> Feed<'b> {
        Feed {
            id: &channel.id,
            title: &channel.title,
            description: &channel.description,
            home: format!("{}{}", self.config.url, channel.folder),
            file: format!("{}{file}", channel.folder),
            updated: channel.emptied.unwrap_or_else(|| select::updated(&items, self.config)),
            language: &channel.language,
            items,
            place: Place::default(),
        }
    }

    /// Every page that search engines may show (SM-01), items first.
    pub(super) fn addresses(&self) -> impl Iterator<Item = sitemap::Url> + Clone {
        let url = &self.config.url;
        let lists = self
            .channels
            .iter()
            .filter(|channel| channel.subject == Subject::All || !channel.is_over())
            .flat_map(move |channel| {
                let folder = &channel.folder;
                let years = self.years(channel).into_iter().map(move |year| format!("{url}{folder}archive/{year}/"));
                std::iter::once(format!("{url}{folder}")).chain(years)
            });
        let ours = std::iter::once(&self.subscribe).chain(self.legal.iter().map(|(_, folder)| folder));
        let lists = lists.chain(ours.map(move |folder| format!("{url}{folder}")));
        let lists = lists.map(|address| sitemap::Url { address: address.into(), modified: None });
        sitemap::of_items(self.items).chain(lists)
    }

    /// The feed that an alias stands for.
    pub(super) fn alias(&self, number: usize) -> Option<(usize, Format)> {
        let target = &self.config.aliases.get(number)?.feed;
        self.config.formats.iter().find_map(|format| {
            let folder = target.strip_suffix(format.file())?;
            Some((self.channels.iter().position(|channel| channel.folder == folder)?, *format))
        })
    }

    fn archive_url(&self, part: usize, format: Format) -> String {
        format!("{}{}.{}", self.config.url, archive_file(part), format.name())
    }

    /// The years of a channel that has more items than its first page shows, the newest first.
    pub(super) fn years(&self, channel: &Channel) -> Vec<i32> {
        if channel.listed.len() <= LISTED {
            return Vec::new();
        }
        let mut years: Vec<i32> = self.items_of(&channel.listed).iter().map(|item| item.local.year()).collect();
        years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
        years.dedup();
        years
    }
}

/// The folders in which something of the newsroom lies, or lay: there a page leads on. A handful is asked
/// for, so no list of all of them is made.
struct Taken<'a> {
    items: &'a [Item],
    config: &'a Config,
    channels: &'a [Channel],
    /// Those of the pages that no item has.
    ours: Vec<String>,
}

impl Taken<'_> {
    fn has(&self, folder: &str) -> bool {
        let out = || self.items.iter().filter(|item| item.status.is_out());
        let moved = || out().flat_map(|item| &item.was).map(|page| page.trim_end_matches("index.html"));
        ["archive/", "tags/", "people/", "theme/"].contains(&folder)
            || self.ours.iter().any(|own| own == folder)
            || self.channels.iter().any(|channel| channel.folder == folder)
            || out().any(|item| lower_case(item.folder(self.config.url.as_str())) == folder)
            || moved().any(|place| lower_case(place) == folder)
    }
}

/// A folder with this name, or one like it, where nothing else lies: a page of ours never stands in the
/// place of an item.
fn free(word: &str, taken: &mut Taken<'_>) -> String {
    let mut folder = format!("{word}/");
    while taken.has(&folder) {
        folder = format!("{}-/", folder.trim_end_matches('/'));
    }
    taken.ours.push(folder.clone());
    folder
}

/// Where the pages lie that the law asks for: named after their files.
fn legal(config: &Config, taken: &mut Taken<'_>) -> Vec<(LegalPage, String)> {
    let mut legal = Vec::new();
    for (page, path) in &config.legal.files {
        let name = path.rsplit('/').next().unwrap_or(path);
        let word = slug(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        legal.push((*page, free(if word.is_empty() { page.name() } else { &word }, taken)));
    }
    legal
}

/// The file of a part of the archive, without the ending of its format.
pub(super) fn archive_file(part: usize) -> String {
    format!("archive/feed-{part}")
}

/// About how many bytes an entry takes, told without its text: the same in every run.
fn weight(item: &Item) -> u64 {
    const HEAD: u64 = 1_500;
    item.words.letters as u64 * 3 / 2 + HEAD
}
