//! OpenDocument texts (`.odt`, OASIS OpenDocument 1.0 to 1.4): the text as it would be printed,
//! tracked changes accepted, without comments, hidden text, headers and footers.
//!
//! Deleted text stands apart from the text in this format, so nothing has to be done for it but not
//! to look there. What is unknown is passed through: its text stays.

mod drawing;
mod lists;
mod paragraph;
mod styles;
mod table;

use std::collections::HashSet;

use self::lists::{Counting, DEEPEST};
use self::styles::Styles;
use super::markdown::slug;
use super::office::blocks::{self, Gathered, Point};
use super::office::package::Package;
use super::office::xml::{Child, Element};
use super::office::{Findings, Wrong};
use super::story::{Block, BlockKind, Story, note_mark};

/// Reads a document.
///
/// # Errors
/// It is no OpenDocument text, or cannot be read.
pub fn read(bytes: &[u8], found: &mut Findings) -> Result<Story, Wrong> {
    let mut package = Package::open(bytes)?;
    if is_encrypted(&mut package)? {
        return Err(Wrong::Encrypted);
    }
    let Some(root) = package.xml("content.xml")? else { return Err(package.instead()) };
    let Some(body) = root.child("office:body").and_then(|body| body.child("office:text")) else {
        return Err(package.instead());
    };
    let mut styles = Styles::default();
    let mut margins = Vec::new();
    comments(body, &mut margins);
    if let Some(common) = package.optional("styles.xml")? {
        if let Some(pages) = common.child("office:master-styles") {
            paragraphs(pages, &mut margins);
        }
        // What it has for itself is for headers and footers.
        styles.read(&common);
    }
    styles.read(&root);
    let suggestions = suggestions(&mut package)?;
    let (mut there, mut wanted) = (HashSet::new(), HashSet::new());
    bookmarks(body, &mut there, &mut wanted);
    let bookmarks = there.intersection(&wanted).cloned().collect();
    let mut reader = Reader {
        package,
        found,
        styles,
        bookmarks,
        counting: Counting::default(),
        floats: Vec::new(),
        marks: Vec::new(),
        copies: COPIES,
    };
    let blocks = reader.blocks(body)?;
    Ok(Story { blocks, suggestions, margins, ..Story::default() })
}

struct Reader<'p, 'f> {
    package: Package<'p>,
    found: &'f mut Findings,
    styles: Styles,
    /// Those to which something in the text leads.
    bookmarks: HashSet<String>,
    counting: Counting,
    /// Text boxes of the paragraph that is being read: they stand behind it.
    floats: Vec<Block>,
    /// Bookmarks between paragraphs: they mark the next one.
    marks: Vec<String>,
    /// How many rows and cells may still be copies of others.
    copies: usize,
}

/// In all tables of a document.
const COPIES: usize = 200;

impl Reader<'_, '_> {
    /// The blocks that stand in an element.
    fn blocks(&mut self, parent: &Element) -> Result<Vec<Block>, Wrong> {
        let mut gathered = Gathered::default();
        self.gather(parent, &mut gathered)?;
        Ok(gathered.end(self.found.line))
    }

    fn gather(&mut self, parent: &Element, gathered: &mut Gathered) -> Result<(), Wrong> {
        for element in parent.elements() {
            match element.name.as_str() {
                "text:p" | "text:h" => self.paragraph(element, gathered)?,
                "text:list" => {
                    self.counting.begin(element);
                    self.list(element, None, 0, gathered)?;
                    self.counting.end(element);
                }
                "table:table" => {
                    gathered.close_list();
                    let line = self.found.line + 1;
                    let rows = self.table(element)?;
                    gathered.blocks.extend(blocks::table(rows, line));
                }
                "text:section" if is_hidden(element) => {}
                "text:section" | "text:index-title" | "text:numbered-paragraph" => self.gather(element, gathered)?,
                "text:bookmark" | "text:bookmark-start" => {
                    self.marks.extend(element.attribute("text:name").map(str::to_owned));
                }
                name if name.starts_with("draw:") => {
                    // What is fixed to a page stands in front of the text.
                    let mut inline = super::office::inline::Inline::default();
                    self.drawing(element, None, &mut inline)?;
                    self.found.line += 1;
                    let line = self.found.line;
                    gathered.push(blocks::paragraph(BlockKind::Paragraph, inline, line));
                    gathered.blocks.append(&mut self.floats);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        list: &Element,
        style: Option<&str>,
        depth: usize,
        gathered: &mut Gathered,
    ) -> Result<(), Wrong> {
        let style = list.attribute("text:style-name").or(style);
        let level = depth.min(DEEPEST);
        for item in list.elements().filter(|item| matches!(item.name.as_str(), "text:list-item" | "text:list-header")) {
            let format = self.styles.format(style, level).filter(|_| item.name == "text:list-item");
            let mut own = Gathered::default();
            let mut is_begun = false;
            for element in item.elements() {
                if element.name == "text:list" {
                    self.point(std::mem::take(&mut own), (item, format, level), &mut is_begun, gathered);
                    self.list(element, style, depth + 1, gathered)?;
                } else {
                    self.one(element, &mut own)?;
                }
            }
            self.point(own, (item, format, level), &mut is_begun, gathered);
        }
        Ok(())
    }

    fn one(&mut self, element: &Element, gathered: &mut Gathered) -> Result<(), Wrong> {
        match element.name.as_str() {
            "text:p" | "text:h" => self.paragraph(element, gathered),
            _ => self.gather(element, gathered),
        }
    }

    /// Adds what stands in a point; what is no point after all, a heading that is counted or a text
    /// without a mark, stands for itself.
    fn point(
        &mut self,
        own: Gathered,
        (item, format, depth): (&Element, Option<styles::Format>, usize),
        is_begun: &mut bool,
        gathered: &mut Gathered,
    ) {
        let blocks = own.end(self.found.line);
        let Some(first) = blocks.first() else { return };
        let is_text = |block: &Block| !matches!(block.kind, BlockKind::Heading(_) | BlockKind::Title);
        let (Some(format), true) = (format, blocks.iter().all(is_text)) else {
            gathered.close_list();
            gathered.blocks.extend(blocks);
            return;
        };
        let number = if *is_begun { None } else { self.counting.next(item, format, depth) };
        *is_begun = true;
        let line = first.line;
        let point = Point { depth, number, html: blocks::inner(&blocks), text: blocks::words(&blocks) };
        gathered.point(point, line);
    }

    /// The mark of a note, whose body stands where it is.
    fn note(&mut self, note: &Element) -> Result<Option<String>, Wrong> {
        let Some(body) = note.child("text:note-body") else { return Ok(None) };
        self.found.notes.push(String::new());
        let number = self.found.notes.len();
        let (floats, line) = (std::mem::take(&mut self.floats), self.found.line);
        let blocks = self.blocks(body)?;
        self.floats = floats;
        // What is wrong in a note is looked for at its mark.
        self.found.line = line;
        if let Some(note) = self.found.notes.get_mut(number - 1) {
            *note = blocks::inner(&blocks);
        }
        Ok(Some(note_mark(&self.found.prefix, number)))
    }

    /// The id of the place of a bookmark, where something leads to it.
    fn anchor(&self, bookmark: &str) -> Option<String> {
        self.bookmarks.contains(bookmark).then(|| format!("b-{}-{}", self.found.prefix, slug(bookmark)))
    }
}

/// The paragraphs of headers and footers, each in one piece.
fn paragraphs(parent: &Element, lines: &mut Vec<String>) {
    for element in parent.elements() {
        if matches!(element.name.as_str(), "text:p" | "text:h") {
            lines.push(words(element));
        }
        paragraphs(element, lines);
    }
}

/// What colleagues wrote beside the text.
fn comments(parent: &Element, lines: &mut Vec<String>) {
    for element in parent.elements() {
        match element.name.as_str() {
            "office:annotation" => paragraphs(element, lines),
            _ => comments(element, lines),
        }
    }
}

fn words(element: &Element) -> String {
    let pieces = element.children.iter().map(|child| match child {
        Child::Text(text) => text.clone(),
        Child::Element(inner) => match inner.name.as_str() {
            "text:s" | "text:tab" | "text:line-break" => " ".to_owned(),
            _ => words(inner),
        },
    });
    pieces.collect()
}

fn bookmarks(element: &Element, there: &mut HashSet<String>, wanted: &mut HashSet<String>) {
    for element in element.elements() {
        match element.name.as_str() {
            "text:bookmark" | "text:bookmark-start" => there.extend(element.attribute("text:name").map(str::to_owned)),
            "text:a" => {
                let address = element.attribute("xlink:href").unwrap_or_default();
                wanted.extend(address.strip_prefix('#').map(str::to_owned));
            }
            _ => {}
        }
        bookmarks(element, there, wanted);
    }
}

/// Whether a section, a paragraph or a text is not to be seen.
fn is_hidden(element: &Element) -> bool {
    match element.attribute("text:display") {
        Some("none") => true,
        Some("condition") => element.attribute("text:is-hidden") == Some("true"),
        _ => false,
    }
}

/// Whether its parts can be read with a password only; newer programs encrypt the whole package.
fn is_encrypted(package: &mut Package<'_>) -> Result<bool, Wrong> {
    if package.has("encrypted-package") {
        return Ok(true);
    }
    let manifest = package.optional("META-INF/manifest.xml")?;
    Ok(manifest.is_some_and(|manifest| manifest.find("manifest:encryption-data").is_some()))
}

/// What the program wrote about the document.
fn suggestions(package: &mut Package<'_>) -> Result<Vec<(&'static str, String)>, Wrong> {
    let root = package.optional("meta.xml")?;
    let Some(meta) = root.as_ref().and_then(|root| root.child("office:meta")) else { return Ok(Vec::new()) };
    let keys: [(&str, &[&str]); 4] = [
        ("title", &["dc:title"]),
        ("author", &["meta:initial-creator", "dc:creator"]),
        ("created", &["meta:creation-date"]),
        ("modified", &["dc:date"]),
    ];
    let said = keys.into_iter().filter_map(|(key, names)| {
        let text = names.iter().find_map(|name| Some(meta.child(name)?.text().trim().to_owned()))?;
        (!text.is_empty()).then_some((key, text))
    });
    Ok(said.collect())
}
