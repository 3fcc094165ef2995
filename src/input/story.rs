//! A text that an office wrote, whatever program wrote it: its blocks in order, before and after it
//! is known which of them is what.
//!
//! Plain text, HTML, Word and OpenDocument each have a reader that knows its format and nothing of
//! releases; each gives a [`Story`]. What is a title, a lead, a contact is then told once, from the
//! blocks ([`super::anatomy`]), and written once as HTML ([`html()`]).

use std::collections::HashMap;
use std::fmt::Write as _;

use super::anatomy::Anatomy;
use super::facts::{Facts, Part};
use super::markdown::{Rendering, Target, slug};
use super::{At, Draft};
use crate::html::{self, Found};
use crate::locale::Locale;
use crate::problem::{Code, Place, Problem};
use crate::text::{Text, repeats};

/// What the reader of a format found in a file.
#[derive(Debug, Default)]
pub struct Story {
    /// The text, in order; nothing that is hidden, deleted or a comment.
    pub blocks: Vec<Block>,
    /// Footnotes and endnotes, in the order in which they are referred to: the inner HTML of each.
    /// Reference `n` (from 1) stands in the text as [`note_mark`] wrote it.
    pub notes: Vec<String>,
    /// Files inside the file that the text shows.
    pub parts: Vec<Part>,
    /// What the file says in a place of its own that is meant for programs: `<title>`, `meta`,
    /// JSON-LD. Weaker than a head and a sidecar, stronger than the text.
    pub found: Draft,
    /// What the program that wrote the file put into it (author, dates, title of the template…):
    /// shown as a suggestion, never believed (DESIGN §4). Name and value.
    pub suggestions: Vec<(&'static str, String)>,
    /// What stands around the text and is never published (headers and footers, comments of
    /// colleagues): whoever writes "sous embargo" there means it, too (EM-03).
    pub margins: Vec<String>,
    /// What the mail that the text came in says it is about: the title where the text has none.
    pub subject: Option<At<Text>>,
}

/// A part of a text: a paragraph, a heading, a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Safe or not, it is sanitised later. Of a paragraph or heading what stands inside of it
    /// (phrasing content), of everything else the whole element.
    pub html: String,
    /// The same without elements; a line break is `\n`, cells and points of lists are lines.
    pub text: String,
    /// Set in bold as a whole, or otherwise made to stand out as a heading would.
    pub is_strong: bool,
    /// How large most of it is set, in half points; 0 where its format does not say.
    pub size: u16,
    /// Whether it stands in a box beside the text.
    pub is_aside: bool,
    /// Its line; in an office document, which has none, the number of its paragraph.
    pub line: u32,
    /// Language and direction, where they are not the text's: attributes with a space in front of each.
    pub spoken: String,
}

/// What a block is, as far as its format says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockKind {
    /// The title of the document, where the format has a word for it (Word's "Title" style).
    Title,
    /// The same for what stands under it.
    Subtitle,
    /// A heading of a level from 1 to 6.
    Heading(u8),
    /// Running text.
    #[default]
    Paragraph,
    /// A line across the page: `-----`, `* * *`, `.....`, `<hr>`.
    Rule,
    /// Points, of which nobody asks anything.
    List,
    /// A table.
    Table,
    /// Anything else: a figure, a quotation, preformatted text.
    Other,
}

impl Block {
    /// A block of text without anything in it.
    pub fn plain(kind: BlockKind, text: &str, line: u32) -> Self {
        Self { kind, html: html::escape(text), text: text.to_owned(), line, ..Self::default() }
    }

    /// The words as one line.
    pub fn words(&self) -> Option<Text> {
        Text::some(&self.text)
    }

    /// Its lines that hold something.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// The words and their place, as a head has them.
    pub fn at(&self) -> Option<At<Text>> {
        self.words().map(|value| At { value, place: Place::line(self.line) })
    }
}

/// The mark of note `number` (from 1) in the text; `prefix` keeps the notes of several items on one
/// page of a reader apart.
pub fn note_mark(prefix: &str, number: usize) -> String {
    let start = format!("<sup class=\"footnote\"><a role=\"doc-noteref\" href=\"#fn-{prefix}-{number}\"");
    format!("{start} id=\"fnref-{prefix}{}", mark_end(number))
}

/// What opens the list of notes; each is a point of it.
pub fn notes_start(locale: &Locale) -> String {
    let name = html::escape(&locale.word("notes", &[]));
    format!("<div class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"{name}\">\n<ol>\n")
}

/// How the list of notes ends.
pub const NOTES_END: &str = "</ol>\n</div>\n";

/// The link from note `number` back to its first mark, named by more than its sign: of several no two are alike.
pub fn way_back(prefix: &str, number: usize, locale: &Locale) -> String {
    let name = html::escape(&locale.word("note-back", &[("number", &number.to_string())]));
    format!("<a role=\"doc-backlink\" href=\"#fnref-{prefix}-{number}\" aria-label=\"{name}\">↩</a>")
}

fn mark_end(number: usize) -> String {
    format!("-{number}\">{number}</a></sup>")
}

impl Story {
    /// Empties the footnotes to which nothing refers but `blocks`, which are not in the story any more.
    pub fn forget_notes_of(&mut self, blocks: &[Block]) {
        let refers = |html: &str, number: usize| html.contains(&mark_end(number));
        let mut gone: Vec<String> = blocks.iter().map(|block| block.html.clone()).collect();
        // A footnote may have one of its own.
        while let Some(at) = (0..self.notes.len()).find(|at| {
            let number = at + 1;
            let kept = self.blocks.iter().any(|block| refers(&block.html, number))
                || self.notes.iter().any(|note| refers(note, number));
            !kept
                && gone.iter().any(|html| refers(html, number))
                && self.notes.get(*at).is_some_and(|note| !note.is_empty())
        }) {
            gone.extend(self.notes.get_mut(at).map(std::mem::take));
        }
    }
}

/// What pass 1 must know of a story, and what is wrong with it.
pub fn facts(anatomy: &Anatomy, story: &Story, path: &str, problems: &mut Vec<Problem>) -> Facts {
    let mut facts = Facts {
        heading: anatomy.title.as_ref().and_then(|block| Some((block.words()?, block.line))),
        parts: story.parts.clone(),
        ..Facts::default()
    };
    facts.paragraph = anatomy.paragraph();
    facts.words = anatomy.words();
    facts.has_content = facts.words.is_some();
    problems.extend(anatomy.mails.iter().map(|line| Problem::new(Code::MailInside, path).at(Place::line(*line))));
    let mut refused: Vec<(String, Place)> = Vec::new();
    let last = anatomy.shown().last().map_or(1, |block| block.line);
    let notes = story.notes.iter().map(|note| (note.as_str(), last));
    for (piece, line) in anatomy.shown().map(|block| (block.html.as_str(), block.line)).chain(notes) {
        let place = Place::line(line);
        let clean = html::sanitise(piece);
        facts.has_content |= clean.contains("<img") || clean.contains("<video") || clean.contains("<audio");
        for (found, _) in html::findings(piece) {
            let (code, link) = match found {
                Found::Refused(name) => {
                    refused.push((name, place));
                    continue;
                }
                Found::Embed(address) => (Code::EmbedLinked, address),
                Found::Unsafe(address) => (Code::LinkUnsafe, address),
                Found::Pixel(address) => (Code::PixelRemoved, address),
            };
            problems.push(Problem::new(code, path).at(place).with("link", link));
        }
        for address in html::addresses(&clean) {
            match Target::of(&address) {
                // A tab in a scheme, over which browsers read: the sanitiser reads as they do.
                Target::Unsafe => {
                    problems.push(Problem::new(Code::LinkUnsafe, path).at(place).with("link", &address));
                }
                Target::Relative => facts.references.push((address, place)),
                Target::Absolute => facts.absolute.push((address, place)),
            }
        }
        facts.linked.extend(html::links(piece).into_iter().filter(|link| Target::of(link) == Target::Relative));
        let without = html::pictures_without_alt(&clean);
        problems.extend((0..without).map(|_| Problem::new(Code::ImageWithoutAlt, path).at(place)));
    }
    if let Some((_, place)) = refused.first() {
        let mut names: Vec<String> = refused.iter().map(|(name, _)| format!("<{name}>")).collect();
        names.sort_unstable();
        names.dedup();
        problems.push(Problem::new(Code::HtmlRemoved, path).at(*place).with("elements", names.join(", ")));
    }
    facts
}

/// The body as HTML: safe, but with addresses as they were written ([`html::finish`] is next). What
/// only repeats the item's title or subtitle is left out; another title than the item's stays.
pub fn html(anatomy: &Anatomy, story: &Story, rendering: Rendering<'_>, subtitle: Option<&Text>) -> String {
    let mut written = String::new();
    let mut ids: HashMap<String, u32> = HashMap::new();
    let same = |block: &Block, text: Option<&Text>| text.is_some_and(|text| repeats(&block.text, text));
    let extra = [(&anatomy.title, Some(rendering.title)), (&anatomy.subtitle, subtitle)];
    for block in extra.into_iter().filter_map(|(block, said)| block.as_ref().filter(|block| !same(block, said))) {
        let _ = writeln!(written, "<p{}><strong>{}</strong></p>", block.spoken, block.html);
    }
    if let Some(block) = &anatomy.dateline {
        let _ = writeln!(written, "<p class=\"dateline\"{}>{}</p>", block.spoken, block.html);
    }
    for block in anatomy.lead.iter().chain(&anatomy.body) {
        write(block, 1, &mut ids, &mut written);
    }
    let sections = [("notes", &anatomy.notes), ("about", &anatomy.boilerplate)];
    for (class, blocks) in sections.into_iter().filter(|(_, blocks)| !blocks.is_empty()) {
        // Each is a part beside the text, not below its last heading.
        let top = blocks.iter().filter_map(Block::level).min().unwrap_or(1);
        let _ = writeln!(written, "<section class=\"{class}\">");
        blocks.iter().for_each(|block| write(block, top, &mut ids, &mut written));
        written.push_str("</section>\n");
    }
    write_notes(&story.notes, rendering, &mut written);
    // A paragraph in which nothing was for a feed.
    html::placed(html::sanitise(&written).replace("<p></p>\n", ""))
}

impl Block {
    fn level(&self) -> Option<u8> {
        match self.kind {
            BlockKind::Heading(level) => Some(level),
            BlockKind::Title => Some(1),
            _ => None,
        }
    }
}

/// Each heading has an id; one of the level `top` is written as the highest.
fn write(block: &Block, top: u8, ids: &mut HashMap<String, u32>, out: &mut String) {
    match (block.kind, block.level()) {
        (_, Some(level)) => {
            let level = (level.saturating_sub(top) + 1).min(6);
            let wanted = slug(&block.text);
            let count = ids.entry(wanted.clone()).or_default();
            *count += 1;
            let id = if *count == 1 { wanted } else { format!("{wanted}-{count}") };
            let id = if id.is_empty() { String::new() } else { format!(" id=\"{id}\"") };
            let _ = writeln!(out, "<h{level}{id}{}>{}</h{level}>", block.spoken, block.html);
        }
        (BlockKind::Paragraph | BlockKind::Subtitle, _) => {
            let _ = writeln!(out, "<p{}>{}</p>", block.spoken, block.html);
        }
        (BlockKind::Rule, _) => out.push_str("<hr>\n"),
        _ if block.spoken.is_empty() => {
            let _ = writeln!(out, "{}", block.html);
        }
        _ => {
            let _ = writeln!(out, "<div{}>{}</div>", block.spoken, block.html);
        }
    }
}

fn write_notes(notes: &[String], rendering: Rendering<'_>, out: &mut String) {
    if notes.iter().all(String::is_empty) {
        return;
    }
    let (prefix, locale) = (rendering.prefix, rendering.locale);
    // The mark of another left with the title, which stands elsewhere without it.
    let is_marked = |number| {
        let mark = format!(" id=\"fnref-{prefix}-{number}\"");
        out.contains(&mark) || notes.iter().any(|note| note.contains(&mark))
    };
    let backs: Vec<String> = (1..=notes.len())
        .map(|number| if is_marked(number) { format!(" {}", way_back(prefix, number, locale)) } else { String::new() })
        .collect();
    out.push_str(&notes_start(locale));
    let mut last = 0;
    for (number, (note, back)) in (1..).zip(notes.iter().zip(backs)).filter(|(_, (note, _))| !note.is_empty()) {
        // The number that the text has, where one before it is left out.
        let value = if number == last + 1 { String::new() } else { format!(" value=\"{number}\"") };
        last = number;
        let _ = writeln!(out, "<li id=\"fn-{prefix}-{number}\"{value}>{note}{back}</li>");
    }
    out.push_str(NOTES_END);
}
