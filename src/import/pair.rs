//! Which items of a folder are the entries of a feed: by address, else by title and day. What could be
//! two things is listed and never decided, since a wrong guess gives one text the identity of another.

use std::collections::HashMap;

use chrono::Datelike as _;

use super::{Entry, When};
use crate::item::Item;
use crate::text::words_only;

/// Entries and items, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairing {
    /// An entry and its item.
    pub pairs: Vec<(usize, usize)>,
    /// An entry and the items that it could be; or several entries and the one item that each could be.
    pub doubtful: Vec<(usize, Vec<usize>)>,
    /// Entries without an item.
    pub unmatched: Vec<usize>,
}

/// Finds the item of each entry.
pub fn pair(entries: &[Entry], items: &[Item]) -> Pairing {
    let mut by_place: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_title: HashMap<String, Vec<(usize, &Item)>> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        by_place.entry(place(&item.url)).or_default().push(index);
        by_title.entry(words_only(item.title.as_str())).or_default().push((index, item));
    }
    let mut found: Vec<Vec<usize>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let linked = entry.link.as_ref().and_then(|link| by_place.get(&place(link)));
        let titled = || {
            let title = words_only(entry.title.as_ref()?.as_str());
            let when = entry.published?;
            // The clocks of the item say on which day an instant falls.
            let same_day = |item: &Item| match when {
                When::Day(day) => day == item.local.date_naive(),
                When::Instant(instant) => {
                    instant.with_timezone(item.local.offset()).date_naive() == item.local.date_naive()
                }
            };
            let named = by_title.get(&title).filter(|_| !title.is_empty())?.iter();
            Some(named.filter(|(_, item)| same_day(item)).map(|(index, _)| *index).collect())
        };
        found.push(linked.cloned().or_else(titled).unwrap_or_default());
    }
    let mut wanted: HashMap<usize, usize> = HashMap::new();
    for candidates in &found {
        for index in candidates {
            *wanted.entry(*index).or_default() += 1;
        }
    }
    let mut pairing = Pairing::default();
    for (entry, candidates) in found.into_iter().enumerate() {
        match candidates.as_slice() {
            [] => pairing.unmatched.push(entry),
            [item] if wanted.get(item) == Some(&1) => pairing.pairs.push((entry, *item)),
            _ => pairing.doubtful.push((entry, candidates)),
        }
    }
    pairing
}

/// The `permalink` by which items below `site` would have the addresses that a feed gives them; `None` where no
/// pattern fits all.
pub fn pattern(pairs: &[(&Item, &str)], site: &str) -> Option<String> {
    let site = place(site);
    let of = |(item, link): &(&Item, &str)| {
        let link = link.split(['#', '?']).next()?.to_lowercase();
        let end = if link.ends_with(".html") { ".html" } else { "/" };
        let below = place(link.trim_end_matches(".html"));
        let below = below.strip_prefix(site.as_str())?.trim_start_matches('/');
        let own = place(item.url.trim_end_matches(".html"));
        let own = own.rsplit('/').next()?;
        let day = item.day.unwrap_or_else(|| item.local.date_naive());
        let mut dates = vec![
            (format!("{:02}", day.day()), "{day}"),
            (format!("{:02}", day.month()), "{month}"),
            (day.year().to_string(), "{year}"),
        ];
        let (folders, name) = below.rsplit_once('/').unwrap_or(("", below));
        let is_name = !name.is_empty() && (own == name || own.strip_suffix(name)?.ends_with('-'));
        let mut parts: Vec<String> = folders.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        for part in &mut parts {
            // Year, month and day in this order, each once.
            if let Some(at) = dates.iter().rposition(|(date, _)| date == part) {
                *part = dates.get(at)?.1.to_owned();
                dates.truncate(at);
            }
        }
        parts.push("{slug}".to_owned());
        is_name.then(|| format!("{}{end}", parts.join("/")))
    };
    let first = of(pairs.first()?)?;
    pairs.iter().all(|pair| of(pair).as_ref() == Some(&first)).then_some(first)
}

/// An address as far as it tells texts apart: without scheme, `www.`, fragment, `index.html`, last
/// slash and differences of case; the query counts (`?p=42`).
pub fn place(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let url = url.split('#').next().unwrap_or_default();
    let url = url.trim_start_matches("https:").trim_start_matches("http:").trim_start_matches('/');
    let url = url.strip_prefix("www.").unwrap_or(url);
    url.trim_end_matches("index.html").trim_end_matches('/').to_owned()
}
