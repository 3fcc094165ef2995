//! Footnotes: numbered in the order in which they are referred to, with ids that carry the item's
//! own prefix, so that several items on one page of a reader do not share them.

use std::collections::HashMap;
use std::fmt::Write as _;

use pulldown_cmark::{Event, html as writer};

use crate::input::story::{NOTES_END, notes_start, way_back};
use crate::locale::Locale;

/// The footnotes of one body.
pub struct Notes<'a> {
    prefix: &'a str,
    numbers: HashMap<String, usize>,
    notes: Vec<Note<'a>>,
    open: Option<usize>,
}

struct Note<'a> {
    events: Vec<Event<'a>>,
    references: u32,
}

impl<'a> Notes<'a> {
    /// None yet; their ids will begin with `prefix`.
    pub fn new(prefix: &'a str) -> Self {
        Self { prefix, numbers: HashMap::new(), notes: Vec::new(), open: None }
    }

    /// The number of a note, counted from 0: its place among those asked for.
    pub fn number(&mut self, label: &str) -> usize {
        let next = self.notes.len();
        let number = *self.numbers.entry(label.to_owned()).or_insert(next);
        if number == next {
            self.notes.push(Note { events: Vec::new(), references: 0 });
        }
        number
    }

    /// A definition begins.
    pub fn open(&mut self, label: &str) {
        self.open = Some(self.number(label));
    }

    /// A definition ends.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Where events go while a definition is open.
    pub fn current(&mut self) -> Option<&mut Vec<Event<'a>>> {
        self.notes.get_mut(self.open?).map(|note| &mut note.events)
    }

    /// The mark in the text.
    pub fn refer(&mut self, label: &str) -> Event<'a> {
        let index = self.number(label);
        let number = index + 1;
        let again = self.notes.get_mut(index).map_or(1, |note| {
            note.references += 1;
            note.references
        });
        let suffix = if again == 1 { String::new() } else { format!("-{again}") };
        let prefix = self.prefix;
        Event::InlineHtml(
            format!("<sup class=\"footnote\"><a role=\"doc-noteref\" href=\"#fn-{prefix}-{number}\" id=\"fnref-{prefix}-{number}{suffix}\">{number}</a></sup>")
                .into(),
        )
    }

    /// A list at the end; a note nobody refers to is kept: nothing an author wrote is lost.
    pub fn write(self, locale: &Locale, out: &mut String) {
        if self.notes.is_empty() {
            return;
        }
        out.push_str(&notes_start(locale));
        for (index, note) in self.notes.into_iter().enumerate() {
            let (prefix, number) = (self.prefix, index + 1);
            let _ = write!(out, "<li id=\"fn-{prefix}-{number}\">");
            let mut inner = String::new();
            writer::push_html(&mut inner, note.events.into_iter());
            // The way back closes the note's last line.
            let inner = inner.trim();
            let (text, end) = inner.strip_suffix("</p>").map_or((inner, ""), |text| (text, "</p>"));
            out.push_str(text);
            if note.references > 0 {
                let _ = write!(out, " {}", way_back(prefix, number, locale));
            }
            out.push_str(end);
            out.push_str("</li>\n");
        }
        out.push_str(NOTES_END);
    }
}
