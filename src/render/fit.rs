//! How much of its items a feed holds (AG-08): asked of what would be written, in every format.

use memchr::memmem;

use super::page::Pages;
use super::site::Site;
use super::{Entry, Renderer, written as written_in};
use crate::config::{Config, Format};
use crate::html;
use crate::item::Item;
use crate::problem::Problem;
use crate::select::{self, Channel, Feed, Place, Shape, Weight};

/// What the namespaces that entries need and the address of an archive may add to the head of a feed,
/// in bytes.
const NAMESPACES: usize = 512;

/// How many of its newest items the main feed holds. The archive begins where the feed ends, so this
/// is known before a body is read: no text, however long, pushes an item out, only summaries do.
pub(super) fn kept(site: &Site<'_>, pages: &Pages<'_>) -> usize {
    let Some(main) = site.channels.first() else { return 0 };
    let window = site.window(main);
    let numbers = || -> Result<usize, Problem> {
        let newest = site.items_of(window);
        if select::staying(&newest) == newest.len() {
            return Ok(newest.len());
        }
        let feed = feed(site, main, site.items_of(&site.held(main)));
        let short = shortest(&feed.items, pages)?;
        if Written::new(&feed, &short, site.config)?.fits(site.config) {
            return Ok(newest.len());
        }
        let scale = Scale::new(&feed, &short, site.config)?;
        let mut weights = short.iter().map(|entry| scale.weigh(entry)).collect::<Result<Vec<_>, _>>()?;
        let again: usize = weights.split_off(newest.len()).iter().sum();
        Ok(select::kept(&newest, &weights, scale.head + again, site.config.max_bytes))
    };
    // What cannot be made is said when it is made.
    numbers().unwrap_or(window.len())
}

impl<'a> Renderer<'a> {
    /// The newest items of a channel as its feeds hold them, and those that they hold again.
    pub(super) fn fit(&self, channel: &Channel) -> Result<Vec<Entry<'a>>, Problem> {
        let config = self.config;
        let (newest, held) = (self.site.window(channel).len(), self.site.held(channel));
        let items = self.site.items_of(&held);
        let full = held.iter().zip(&items).map(|(number, item)| self.newest(*number, item));
        let full = full.collect::<Result<Vec<_>, _>>()?;
        let feed = feed(&self.site, channel, items.clone());
        let written = Written::new(&feed, &full, config)?;
        if written.fits(config) {
            return Ok(full);
        }
        let short = shortest(&items, &self.pages)?;
        let scale = Scale::new(&feed, &short, config)?;
        // Nearly every window fits, and to weigh its entries one by one takes longer than to make it.
        if let (Some(full_each), Some(short_each)) = (written.each, Written::new(&feed, &short, config)?.each) {
            let most =
                full_each.iter().zip(&short_each).map(|(full, short)| full.max(short) + NAMESPACES).sum::<usize>();
            if scale.head + most <= config.max_bytes {
                return Ok(full);
            }
        }
        let pairs = full.iter().zip(&short);
        let weights = pairs.map(|(full, short)| Ok(Weight { full: scale.weigh(full)?, short: scale.weigh(short)? }));
        let mut weights = weights.collect::<Result<Vec<_>, Problem>>()?;
        let head = scale.head + weights.split_off(newest).iter().map(|weight| weight.short).sum::<usize>();
        let again = short.get(newest..).unwrap_or_default().to_vec();
        let shapes = select::fit(items.get(..newest).unwrap_or_default(), &weights, head, config.max_bytes);
        let shaped = full.into_iter().zip(short).zip(shapes);
        let shaped = shaped.map(|((full, short), shape)| if shape == Shape::Full { full } else { short });
        Ok(shaped.chain(again).collect())
    }
}

/// A channel with every item that its feeds may hold, as it is weighed: without the address of its
/// archive, which is not known at first and must not tip the scale later ([`NAMESPACES`] has room for it).
fn feed<'b>(site: &'b Site<'_>, channel: &'b Channel, items: Vec<&'b Item>) -> Feed<'b> {
    Feed { place: Place::default(), ..site.feed(channel, Format::Atom, items) }
}

fn shortest<'b>(items: &[&'b Item], pages: &Pages<'_>) -> Result<Vec<Entry<'b>>, Problem> {
    items.iter().map(|item| short(item, pages)).collect()
}

/// An entry without its text; a notice is short already.
pub(super) fn short<'b>(item: &'b Item, pages: &Pages<'_>) -> Result<Entry<'b>, Problem> {
    let content = if item.status.is_readable() { pages.summary(item) } else { pages.content(item, &notice(item)) };
    Ok(Entry { item, content: content? })
}

/// What stands in the place of the text of an item that was withdrawn.
pub(super) fn notice(item: &Item) -> String {
    let notice = item.summary.as_ref().map(|notice| html::escape(notice.as_str())).unwrap_or_default();
    format!("<p>{notice}</p>")
}

/// What a feed with all of its entries weighs, in bytes.
struct Written {
    /// In all formats together.
    all: usize,
    /// Each entry, in the format in which it is largest, without the namespaces that it may need; the end of the
    /// document counts with the last. Unknown where entries do not stand in it as such.
    each: Option<Vec<usize>>,
}

impl Written {
    fn new(feed: &Feed<'_>, entries: &[Entry<'_>], config: &Config) -> Result<Self, Problem> {
        let mut written = Self { all: 0, each: Some(vec![0; entries.len()]) };
        for format in Format::ALL {
            let document = written_in(feed, entries, format, config)?;
            written.all += document.len();
            let lengths = lengths(&document, format);
            let each = written.each.filter(|each| each.len() == lengths.len());
            written.each = each.map(|each| each.into_iter().zip(lengths).map(|(a, b)| a.max(b)).collect());
        }
        Ok(written)
    }

    /// Whether it fits without a doubt: no entry is larger in a format than in all of them together.
    fn fits(&self, config: &Config) -> bool {
        self.all + NAMESPACES <= config.max_bytes
    }
}

/// How long the entries of a document are. What each begins with stands nowhere else: markup is escaped in XML, and
/// line ends are in JSON.
fn lengths(document: &[u8], format: Format) -> Vec<usize> {
    let beginning = match format {
        Format::Atom => "<entry>",
        Format::Rss => "<item>",
        Format::Json => "\n      \"id\": ",
    };
    let begin: Vec<usize> = memmem::find_iter(document, beginning).collect();
    let ends = begin.iter().skip(1).copied().chain([document.len()]);
    begin.iter().zip(ends).map(|(begin, end)| end - begin).collect()
}

/// Weighs entries: what a feed grows by when it gets one more, in the format in which it grows most.
struct Scale<'b> {
    feed: &'b Feed<'b>,
    config: &'b Config,
    /// An entry that is there before, or none.
    first: Vec<Entry<'b>>,
    before: Vec<usize>,
    /// What the feed weighs with no entry, in bytes.
    head: usize,
}

impl<'b> Scale<'b> {
    fn new(feed: &'b Feed<'b>, entries: &[Entry<'b>], config: &'b Config) -> Result<Self, Problem> {
        let first: Vec<Entry<'_>> = entries.first().cloned().into_iter().collect();
        let before = sizes(feed, &first, config)?;
        let head = sizes(feed, &[], config)?.into_iter().max().unwrap_or_default() + NAMESPACES;
        Ok(Self { feed, config, first, before, head })
    }

    fn weigh(&self, entry: &Entry<'_>) -> Result<usize, Problem> {
        let after = sizes(self.feed, &[self.first.as_slice(), std::slice::from_ref(entry)].concat(), self.config)?;
        Ok(after
            .iter()
            .zip(&self.before)
            .map(|(after, before)| after.saturating_sub(*before))
            .max()
            .unwrap_or_default())
    }
}

/// How large a feed is in each format, in bytes.
fn sizes(feed: &Feed<'_>, entries: &[Entry<'_>], config: &Config) -> Result<Vec<usize>, Problem> {
    Format::ALL.into_iter().map(|format| Ok(written_in(feed, entries, format, config)?.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_as_long_as_they_stand_in_a_document() {
        let atom = b"<feed><entry><content>&lt;entry></content></entry><entry></entry></feed>\n";
        assert_eq!(lengths(atom, Format::Atom), [44, 23]);
        let json =
            serde_json::json!({ "authors": [{ "name": 1 }], "items": [{ "id": "a\n      \"id\": " }, { "id": 2 }] });
        let json = serde_json::to_vec_pretty(&json).unwrap();
        assert_eq!(lengths(&json, Format::Json).len(), 2);
        assert!(lengths(b"<rss></rss>", Format::Rss).is_empty());
    }
}
