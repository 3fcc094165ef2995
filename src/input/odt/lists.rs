//! How far the lists of an OpenDocument text have been counted: each level by itself, and a list may
//! go on where another one ended.

use std::collections::HashMap;

use super::styles::Format;
use crate::input::office::blocks::Ordinal;
use crate::input::office::xml::Element;

/// Deeper points count as this deep.
pub const DEEPEST: usize = 9;

type Counts = [Option<u32>; DEEPEST + 1];

/// The lists so far.
#[derive(Debug, Default)]
pub struct Counting {
    now: Counts,
    ended: HashMap<String, Counts>,
    style: Option<String>,
}

impl Counting {
    /// A list begins that stands in no other.
    pub fn begin(&mut self, list: &Element) {
        let style = list.attribute("text:style-name").map(str::to_owned);
        let before = match list.attribute("text:continue-list").map(|other| self.ended.get(other)) {
            Some(Some(counts)) => Some(*counts),
            Some(None) => None,
            None if list.attribute("text:continue-numbering") == Some("true") && style == self.style => Some(self.now),
            None => None,
        };
        self.now = before.unwrap_or_default();
        self.style = style;
    }

    /// It ends.
    pub fn end(&mut self, list: &Element) {
        if let Some(id) = list.attribute("xml:id") {
            self.ended.insert(id.to_owned(), self.now);
        }
    }

    /// The number of the next point, where it has one.
    pub fn next(&mut self, item: &Element, format: Format, depth: usize) -> Option<Ordinal> {
        let Format::Number { start, form } = format else { return None };
        let own = item.attribute("text:start-value").and_then(|start| start.parse().ok());
        let count = self.now.get_mut(depth)?;
        let number = own.unwrap_or_else(|| count.map_or(start, |count| count.saturating_add(1)));
        *count = Some(number);
        self.now.iter_mut().skip(depth + 1).for_each(|deeper| *deeper = None);
        Some(Ordinal { value: number, form })
    }
}
