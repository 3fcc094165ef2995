//! Word documents (`.docx`, ECMA-376): the text as it would be printed if every tracked change were
//! accepted, without comments, hidden text, headers and footers.
//!
//! Own reader, because what exists either loses spaces and line breaks or converts a whole document
//! with its fonts. Here only what a release needs is looked at, and what is unknown is passed
//! through: its text stays.

mod drawing;
mod fields;
mod numbering;
mod paragraph;
mod styles;
mod symbols;
mod table;

use std::collections::{HashMap, HashSet};

use self::fields::Field;
use self::numbering::Numbering;
use self::styles::{Styles, is_on, value};
use super::markdown::slug;
use super::office::blocks::{self, Gathered};
use super::office::package::{Package, part_name};
use super::office::xml::Element;
use super::office::{Findings, Wrong};
use super::story::{Block, Story};

/// Where the bodies of notes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum NoteKind {
    Foot,
    End,
}

/// What a part says of another.
#[derive(Debug, Clone)]
struct Relation {
    kind: String,
    target: String,
    is_outside: bool,
}

type Relations = HashMap<String, Relation>;

/// Reads a document.
///
/// # Errors
/// It is no Word document, or cannot be read.
pub fn read(bytes: &[u8], found: &mut Findings) -> Result<Story, Wrong> {
    let mut package = Package::open(bytes)?;
    if package.has("EncryptedPackage") {
        return Err(Wrong::Encrypted);
    }
    let top = relations(&mut package, "")?;
    let part = related(&top, "", "officeDocument").unwrap_or_else(|| "word/document.xml".to_owned());
    // A spreadsheet has a main part as well.
    if !package.has(&part) || package.has("xl/workbook.xml") || package.has("ppt/presentation.xml") {
        return Err(package.instead());
    }
    let root = package.xml(&part)?.ok_or(Wrong::Damaged)?;
    let body = root.child("w:body").ok_or(Wrong::Damaged)?;
    let suggestions = suggestions(&mut package, &top)?;
    let mut reader = Reader::new(package, part, found)?;
    reader.look_for_bookmarks(body);
    reader.has_open_fields = fields::open(&root) != 0;
    let blocks = reader.blocks(body)?;
    let margins = reader.margins()?;
    Ok(Story { blocks, suggestions, margins, ..Story::default() })
}

struct Reader<'p, 'f> {
    package: Package<'p>,
    part: String,
    found: &'f mut Findings,
    relations: Relations,
    styles: Styles,
    numbering: Numbering,
    bodies: HashMap<(NoteKind, String), Element>,
    numbers: HashMap<(NoteKind, String), usize>,
    note_relations: HashMap<NoteKind, (String, Relations)>,
    /// Bookmarks to which something in the text leads.
    bookmarks: HashSet<String>,
    /// Bookmarks between paragraphs: they mark the next one.
    marks: Vec<String>,
    fields: Vec<Field>,
    /// Whether a field begins and does not end, as in a document that was repaired or converted: then
    /// none goes on behind its paragraph, so that nothing of the text is taken for an instruction.
    has_open_fields: bool,
    /// Text boxes of the paragraph that is being read: they stand behind it.
    floats: Vec<Block>,
}

impl<'p, 'f> Reader<'p, 'f> {
    fn new(mut package: Package<'p>, part: String, found: &'f mut Findings) -> Result<Self, Wrong> {
        let relations = relations(&mut package, &part)?;
        let mut other = |kind: &str| match related(&relations, &part, kind) {
            Some(name) => package.optional(&name),
            None => Ok(None),
        };
        let styles = other("styles")?.map(|root| Styles::read(&root)).unwrap_or_default();
        let numbering = other("numbering")?.map(|root| Numbering::read(&root)).unwrap_or_default();
        let notes = [(NoteKind::Foot, other("footnotes")?), (NoteKind::End, other("endnotes")?)];
        let mut note_relations = HashMap::new();
        for (kind, name) in [(NoteKind::Foot, "footnotes"), (NoteKind::End, "endnotes")] {
            if let Some(part) = related(&relations, &part, name) {
                let own = self::relations(&mut package, &part)?;
                note_relations.insert(kind, (part, own));
            }
        }
        let mut reader = Self {
            package,
            part,
            found,
            relations,
            styles,
            numbering,
            bodies: HashMap::new(),
            numbers: HashMap::new(),
            note_relations,
            bookmarks: HashSet::new(),
            marks: Vec::new(),
            fields: Vec::new(),
            has_open_fields: false,
            floats: Vec::new(),
        };
        for (kind, root) in notes {
            reader.keep_notes(kind, root);
        }
        Ok(reader)
    }

    /// Notes with a type are the lines between text and notes.
    fn keep_notes(&mut self, kind: NoteKind, root: Option<Element>) {
        for child in root.into_iter().flat_map(|root| root.children) {
            if let super::office::xml::Child::Element(note) = child
                && let Some(id) = note.attribute("w:id").map(str::to_owned)
                && matches!(note.attribute("w:type"), None | Some("normal"))
            {
                self.bodies.insert((kind, id), note);
            }
        }
    }

    /// Only places to which something leads get an anchor: Word marks many for itself.
    fn look_for_bookmarks(&mut self, body: &Element) {
        let (mut there, mut wanted) = (HashSet::new(), HashSet::new());
        bookmarks(body, &mut there, &mut wanted);
        self.bookmarks = there.intersection(&wanted).cloned().collect();
    }

    /// The address of a bookmark, where there is one.
    fn fragment(&self, bookmark: &str) -> Option<String> {
        self.bookmarks.contains(bookmark).then(|| format!("#{}", self.anchor(bookmark)))
    }

    /// The id of the place of a bookmark, where something leads to it.
    fn anchor_of(&self, bookmark: &str) -> Option<String> {
        self.bookmarks.contains(bookmark).then(|| self.anchor(bookmark))
    }

    fn anchor(&self, bookmark: &str) -> String {
        format!("b-{}-{}", self.found.prefix, slug(bookmark))
    }

    /// The blocks that stand in an element.
    fn blocks(&mut self, parent: &Element) -> Result<Vec<Block>, Wrong> {
        let mut gathered = Gathered::default();
        self.gather(parent, &mut gathered)?;
        Ok(gathered.end(self.found.line))
    }

    fn gather(&mut self, parent: &Element, gathered: &mut Gathered) -> Result<(), Wrong> {
        for element in parent.elements() {
            match element.name.as_str() {
                "w:p" => self.paragraph(element, gathered)?,
                "w:tbl" => {
                    gathered.close_list();
                    let line = self.found.line + 1;
                    let table = self.table(element)?;
                    gathered.blocks.extend(blocks::table(table, line));
                }
                "w:sdt" => {
                    if let Some(content) = content(element) {
                        self.gather(content, gathered)?;
                    }
                }
                "mc:AlternateContent" => {
                    if let Some(chosen) = chosen(element) {
                        self.gather(chosen, gathered)?;
                    }
                }
                "w:altChunk" => self.found.joined_later(),
                "w:bookmarkStart" => self.marks.extend(element.attribute("w:name").map(str::to_owned)),
                "w:ins" | "w:moveTo" | "w:customXml" | "w:smartTag" => self.gather(element, gathered)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The paragraphs of headers, footers and comments, and the words of watermarks.
    fn margins(&mut self) -> Result<Vec<String>, Wrong> {
        let of_margin = |r: &&Relation| matches!(r.kind.as_str(), "header" | "footer" | "comments") && !r.is_outside;
        let targets = self.relations.values().filter(of_margin).map(|relation| relation.target.as_str());
        let mut parts: Vec<String> = targets.filter_map(|target| part_name(&self.part, target)).collect();
        parts.sort_unstable();
        parts.dedup();
        let mut margins = Vec::new();
        for part in parts {
            if let Some(root) = self.package.optional(&part)? {
                let mut line = String::new();
                gather_words(&root, &mut line, &mut margins);
                margins.push(line);
            }
        }
        margins.retain(|text| !text.trim().is_empty());
        Ok(margins)
    }

    /// The mark of a note, whose body is read where it is first referred to.
    fn note(&mut self, kind: NoteKind, id: &str) -> Result<Option<String>, Wrong> {
        let key = (kind, id.to_owned());
        if let Some(number) = self.numbers.get(&key) {
            let prefix = &self.found.prefix;
            return Ok(Some(format!(
                "<sup class=\"footnote\"><a role=\"doc-noteref\" href=\"#fn-{prefix}-{number}\">{number}</a></sup>"
            )));
        }
        let Some(body) = self.bodies.remove(&key) else { return Ok(None) };
        self.found.notes.push(String::new());
        let number = self.found.notes.len();
        self.numbers.insert(key, number);
        let own = self.note_relations.get(&kind).cloned().unwrap_or_default();
        let (part, relations) =
            (std::mem::replace(&mut self.part, own.0), std::mem::replace(&mut self.relations, own.1));
        let (fields, floats, line) =
            (std::mem::take(&mut self.fields), std::mem::take(&mut self.floats), self.found.line);
        let blocks = self.blocks(&body)?;
        (self.part, self.relations, self.fields, self.floats) = (part, relations, fields, floats);
        // What is wrong in a note is looked for at its mark.
        self.found.line = line;
        if let Some(note) = self.found.notes.get_mut(number - 1) {
            *note = blocks::inner(&blocks);
        }
        Ok(Some(super::story::note_mark(&self.found.prefix, number)))
    }
}

fn bookmarks(parent: &Element, there: &mut HashSet<String>, wanted: &mut HashSet<String>) {
    for element in parent.elements() {
        match element.name.as_str() {
            "w:bookmarkStart" => there.extend(element.attribute("w:name").map(str::to_owned)),
            "w:hyperlink" => wanted.extend(element.attribute("w:anchor").map(str::to_owned)),
            "w:fldSimple" => wanted.extend(fields::words(element.attribute("w:instr").unwrap_or_default())),
            "w:p" => {
                // An instruction may be cut into several runs.
                let mut instructions = String::new();
                gather_instructions(element, &mut instructions);
                wanted.extend(fields::words(&instructions));
            }
            _ => {}
        }
        bookmarks(element, there, wanted);
    }
}

fn gather_instructions(parent: &Element, instructions: &mut String) {
    for element in parent.elements() {
        match element.name.as_str() {
            "w:instrText" => instructions.push_str(&element.text()),
            "w:fldChar" => instructions.push(' '),
            "w:p" => {}
            _ => gather_instructions(element, instructions),
        }
    }
}

/// The words of an element that is not published, a paragraph in one piece.
fn gather_words(parent: &Element, line: &mut String, lines: &mut Vec<String>) {
    for element in parent.elements() {
        match element.name.as_str() {
            "w:t" => line.push_str(&element.text()),
            "w:tab" | "w:br" | "w:cr" => line.push(' '),
            "w:del" | "w:moveFrom" => {}
            "v:textpath" => lines.extend(element.attribute("string").map(str::to_owned)),
            "w:p" => {
                let mut own = String::new();
                gather_words(element, &mut own, lines);
                lines.push(own);
            }
            _ => gather_words(element, line, lines),
        }
    }
}

/// What a content control holds; a table of contents is not for screens, and what only says that
/// something is to be filled in is not the author's.
fn content(control: &Element) -> Option<&Element> {
    if let Some(properties) = control.child("w:sdtPr") {
        let gallery = properties.child("w:docPartObj").and_then(|part| value(part, "w:docPartGallery"));
        let to_fill_in = properties.child("w:showingPlcHdr").is_some_and(is_on);
        if gallery == Some("Table of Contents") || to_fill_in {
            return None;
        }
    }
    control.child("w:sdtContent")
}

/// One of the ways in which a thing is written for newer and older programs: never both.
fn chosen(alternatives: &Element) -> Option<&Element> {
    let is_of_use = |way: &&Element| {
        ["w:p", "w:r", "w:t", "w:drawing", "w:pict", "w:txbxContent", "a:blip", "v:imagedata", "m:oMath"]
            .iter()
            .any(|name| way.find(name).is_some())
    };
    let ways = || alternatives.elements().filter(|way| matches!(way.name.as_str(), "mc:Choice" | "mc:Fallback"));
    ways().find(is_of_use).or_else(|| ways().next())
}

/// What a part says of others; nothing, where it says nothing.
fn relations(package: &mut Package<'_>, part: &str) -> Result<Relations, Wrong> {
    let (folder, name) = part.rsplit_once('/').map_or((String::new(), part), |(f, n)| (format!("{f}/"), n));
    let Some(root) = package.optional(&format!("{folder}_rels/{name}.rels"))? else {
        return Ok(Relations::new());
    };
    let relations = root.elements().filter_map(|element| {
        let kind = element.attribute("Type")?.rsplit('/').next()?.to_owned();
        let is_outside = element.attribute("TargetMode") == Some("External");
        let relation = Relation { kind, target: element.attribute("Target")?.to_owned(), is_outside };
        Some((element.attribute("Id")?.to_owned(), relation))
    });
    Ok(relations.collect())
}

/// The part of that kind to which another refers.
fn related(relations: &Relations, part: &str, kind: &str) -> Option<String> {
    let mut of_kind: Vec<&Relation> = relations.values().filter(|r| r.kind == kind && !r.is_outside).collect();
    of_kind.sort_by(|a, b| a.target.cmp(&b.target));
    part_name(part, &of_kind.first()?.target)
}

/// What Word wrote about the document.
fn suggestions(package: &mut Package<'_>, top: &Relations) -> Result<Vec<(&'static str, String)>, Wrong> {
    let name = related(top, "", "core-properties").unwrap_or_else(|| "docProps/core.xml".to_owned());
    let Some(root) = package.optional(&name)? else { return Ok(Vec::new()) };
    let keys = [
        ("title", "dc:title"),
        ("author", "dc:creator"),
        ("created", "dcterms:created"),
        ("modified", "dcterms:modified"),
    ];
    let said = keys.into_iter().filter_map(|(key, name)| {
        let text = root.child(name)?.text();
        let text = text.trim();
        (!text.is_empty()).then(|| (key, text.to_owned()))
    });
    Ok(said.collect())
}
