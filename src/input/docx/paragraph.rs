//! A paragraph of a Word document, run by run.

use std::rc::Rc;

use super::fields::{self, Field};
use super::numbering::Mark;
use super::styles::{self, ListPlace, value};
use super::symbols::{is_private, sign};
use super::{NoteKind, Reader, chosen, content};
use crate::input::addresses;
use crate::input::office::Wrong;
use crate::input::office::blocks::{self, Gathered, Point};
use crate::input::office::inline::{Inline, Look};
use crate::input::office::looks::{Role, Setting};
use crate::input::office::xml::Element;
use crate::input::story::{Block, BlockKind};

/// What the runs of an element have in common.
#[derive(Clone, Default)]
struct Around {
    paragraph: Setting,
    link: Option<Rc<str>>,
}

impl Reader<'_, '_> {
    pub(super) fn paragraph(&mut self, element: &Element, gathered: &mut Gathered) -> Result<(), Wrong> {
        let nothing = Element::default();
        let properties = element.child("w:pPr").unwrap_or(&nothing);
        self.found.line += 1;
        let line = self.found.line;
        let style = value(properties, "w:pStyle");
        let role = self.role(properties);
        let setting = self.styles.of_paragraph(style);
        let around = Around { paragraph: if role.is_heading() { setting.in_heading() } else { setting }, link: None };
        let mut inline = gathered.carried.take().unwrap_or_default();
        let floats = std::mem::take(&mut self.floats);
        for mark in std::mem::take(&mut self.marks) {
            inline.anchor(self.anchor_of(&mark));
        }
        let fields = self.fields.len();
        self.runs(element, &around, &mut inline)?;
        if self.has_open_fields {
            self.fields.truncate(fields);
        }
        let floats = std::mem::replace(&mut self.floats, floats);
        if is_end_deleted(properties) {
            gathered.carried = Some(inline);
        } else {
            self.end(role, properties, inline, line, gathered);
        }
        if !floats.is_empty() {
            gathered.close_list();
            gathered.blocks.extend(floats);
        }
        Ok(())
    }

    fn role(&self, properties: &Element) -> Role {
        match (self.styles.role(value(properties, "w:pStyle")), styles::outline(properties)) {
            (role @ (Role::Title | Role::Subtitle | Role::Contents), _) => role,
            (_, Some(level @ 0..=8)) => Role::Heading(level + 1),
            (Role::Heading(_), Some(_)) => Role::Body,
            (role, _) => role,
        }
    }

    fn end(&mut self, role: Role, properties: &Element, inline: Inline, line: u32, gathered: &mut Gathered) {
        let style = value(properties, "w:pStyle");
        if inline.is_empty() {
            if role == Role::Rule || is_ruled(properties) {
                gathered.push(Some(Block::plain(BlockKind::Rule, "", line)));
            }
            return;
        }
        match role {
            Role::Contents => return,
            Role::Quote => return gathered.push(Some(blocks::quote(&inline, line))),
            Role::Rule | Role::Body => {
                if let Some((depth, mark)) = self.mark(properties, style) {
                    let number = match mark {
                        Mark::Sign => None,
                        Mark::Number(number) => Some(number),
                    };
                    let (html, text) = (inline.to_html(), inline.words());
                    return gathered.point(Point { depth, number, html, text }, line);
                }
            }
            Role::Title | Role::Subtitle | Role::Heading(_) => {}
        }
        gathered.push(blocks::paragraph(role.kind(), inline, line));
    }

    /// How deep a point stands, and what in front of it.
    fn mark(&mut self, properties: &Element, style: Option<&str>) -> Option<(usize, Mark)> {
        let own = ListPlace::read(properties);
        let of_style = self.styles.place(style);
        let list = own.list.or(of_style.list)?;
        let depth = own.level.or(of_style.level).unwrap_or_default();
        Some((depth, self.numbering.next(&list, depth)?))
    }

    fn runs(&mut self, parent: &Element, around: &Around, inline: &mut Inline) -> Result<(), Wrong> {
        for element in parent.elements() {
            match element.name.as_str() {
                "w:r" => self.run(element, around, inline)?,
                "w:hyperlink" => {
                    let link = self.target(element.attribute("r:id"), element.attribute("w:anchor"));
                    let around = Around { link: link.or_else(|| around.link.clone()), ..around.clone() };
                    self.runs(element, &around, inline)?;
                }
                "w:fldSimple" => {
                    let instruction = element.attribute("w:instr").unwrap_or_default();
                    if !fields::is_contents(instruction) {
                        let link = self.field_target(instruction).or_else(|| around.link.clone());
                        self.runs(element, &Around { link, ..around.clone() }, inline)?;
                    }
                }
                "w:sdt" => {
                    if let Some(content) = content(element) {
                        self.runs(content, around, inline)?;
                    }
                }
                "mc:AlternateContent" => {
                    if let Some(chosen) = chosen(element) {
                        self.runs(chosen, around, inline)?;
                    }
                }
                "m:oMath" | "m:oMathPara" => {
                    let text = self.found.clean(&formula(element));
                    inline.text(&text, &Look { link: around.link.clone(), ..Look::default() });
                }
                "w:bookmarkStart" => {
                    inline.anchor(self.anchor_of(element.attribute("w:name").unwrap_or_default()));
                }
                "w:ins" | "w:moveTo" | "w:smartTag" | "w:customXml" | "w:dir" | "w:bdo" => {
                    self.runs(element, around, inline)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn run(&mut self, run: &Element, around: &Around, inline: &mut Inline) -> Result<(), Wrong> {
        let nothing = Element::default();
        let properties = run.child("w:rPr").unwrap_or(&nothing);
        let of_style = self.styles.of_characters(value(properties, "w:rStyle"));
        let setting = styles::setting(properties).or(of_style).or(around.paragraph);
        let font = properties.child("w:rFonts").and_then(|fonts| fonts.attribute("w:ascii")).unwrap_or_default();
        for element in run.elements() {
            if element.name == "mc:AlternateContent" {
                for inner in chosen(element).into_iter().flat_map(Element::elements) {
                    self.piece(inner, setting, font, around, inline)?;
                }
            } else {
                self.piece(element, setting, font, around, inline)?;
            }
        }
        Ok(())
    }

    fn piece(
        &mut self,
        element: &Element,
        setting: Setting,
        font: &str,
        around: &Around,
        inline: &mut Inline,
    ) -> Result<(), Wrong> {
        match element.name.as_str() {
            "w:fldChar" => return self.field(element.attribute("w:fldCharType").unwrap_or_default()),
            "w:instrText" => {
                if let Some(field) = self.fields.last_mut().filter(|field| !field.is_text) {
                    field.instruction.push_str(&element.text());
                }
                return Ok(());
            }
            _ => {}
        }
        let is_instruction = |field: &Field| !field.is_text && !self.has_open_fields;
        let is_hidden =
            setting.hidden == Some(true) || self.fields.iter().any(|field| field.is_hidden || is_instruction(field));
        if is_hidden {
            return Ok(());
        }
        let link = self.fields.iter().rev().find_map(|field| field.link.clone()).or_else(|| around.link.clone());
        let look = Look { link, ..setting.look() };
        match element.name.as_str() {
            "w:t" => {
                let text = written(element, font);
                let text = self.found.clean(&text);
                inline.set(&text, setting, &look);
            }
            "w:tab" | "w:ptab" => inline.text("\t", &look),
            "w:br" | "w:cr" => inline.line_break(),
            "w:noBreakHyphen" => inline.text("\u{2011}", &look),
            "w:softHyphen" => inline.text("\u{ad}", &look),
            "w:sym" => {
                let code = element.attribute("w:char").and_then(|code| u32::from_str_radix(code, 16).ok());
                let font = element.attribute("w:font").unwrap_or_default();
                let sign = code.and_then(|code| sign(font, code).or_else(|| char::from_u32(code)));
                let shown = sign.filter(|sign| !is_private(*sign)).map(String::from).unwrap_or_default();
                let shown = self.found.clean(&shown);
                inline.text(&shown, &look);
            }
            "w:footnoteReference" => self.mark_of(NoteKind::Foot, element, inline)?,
            "w:endnoteReference" => self.mark_of(NoteKind::End, element, inline)?,
            "w:ruby" => {
                let base = Around { link: look.link, ..around.clone() };
                if let Some(text) = element.child("w:rubyBase") {
                    self.runs(text, &base, inline)?;
                }
            }
            "w:drawing" | "w:pict" | "w:object" => self.drawing(element, &look, inline)?,
            _ => {}
        }
        Ok(())
    }

    fn mark_of(&mut self, kind: NoteKind, element: &Element, inline: &mut Inline) -> Result<(), Wrong> {
        if let Some(mark) = self.note(kind, element.attribute("w:id").unwrap_or_default())? {
            inline.html(mark, None);
        }
        Ok(())
    }

    fn field(&mut self, step: &str) -> Result<(), Wrong> {
        match step {
            "begin" if self.fields.len() >= fields::DEEPEST => return Err(Wrong::TooLarge),
            "begin" => self.fields.push(Field::default()),
            "separate" => {
                let instruction = self.fields.last().map(|field| field.instruction.clone()).unwrap_or_default();
                let link = self.field_target(&instruction);
                if let Some(field) = self.fields.last_mut() {
                    *field = Field { is_text: true, is_hidden: fields::is_contents(&instruction), link, instruction };
                }
            }
            "end" => {
                self.fields.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn field_target(&self, instruction: &str) -> Option<Rc<str>> {
        let (address, bookmark) = fields::link(instruction)?;
        let address = address.map(|address| addresses::direct(&address).unwrap_or(address));
        match (address, bookmark) {
            (Some(address), Some(bookmark)) => Some(format!("{address}#{bookmark}").into()),
            (Some(address), None) => Some(address.into()),
            (None, Some(bookmark)) => self.fragment(&bookmark).map(Rc::from),
            (None, None) => None,
        }
    }

    /// Where a link leads: a relation of the part, a bookmark, or one in the other.
    pub(super) fn target(&self, relation: Option<&str>, bookmark: Option<&str>) -> Option<Rc<str>> {
        let outside = relation.and_then(|id| self.relations.get(id)).map(|relation| relation.target.as_str());
        let direct = outside.and_then(addresses::direct);
        match (direct.as_deref().or(outside), bookmark) {
            (Some(address), Some(bookmark)) if !address.contains('#') => Some(format!("{address}#{bookmark}").into()),
            (Some(address), _) => Some(address.into()),
            (None, Some(bookmark)) => self.fragment(bookmark).map(Rc::from),
            (None, None) => None,
        }
    }
}

/// The characters of a `w:t`: without `xml:space`, spaces at its ends are the file's and not the
/// text's.
fn written(element: &Element, font: &str) -> String {
    let text = element.text();
    let kept = element.attribute("xml:space") == Some("preserve");
    let text = if kept { text.as_str() } else { text.trim_matches([' ', '\t', '\n', '\r']) };
    if !text.contains(is_private) {
        return text.to_owned();
    }
    let shown = |character: char| match is_private(character) {
        true => sign(font, u32::from(character)),
        false => Some(character),
    };
    text.chars().filter_map(shown).collect()
}

/// A formula in one line.
fn formula(element: &Element) -> String {
    let pieces = element.elements().map(|element| match element.name.as_str() {
        "m:t" | "w:t" => element.text(),
        "w:del" | "w:moveFrom" => String::new(),
        _ => formula(element),
    });
    pieces.collect()
}

/// Whether a tracked change joins the paragraph with the next.
fn is_end_deleted(properties: &Element) -> bool {
    let mark = properties.child("w:rPr");
    mark.is_some_and(|mark| mark.child("w:del").is_some() || mark.child("w:moveFrom").is_some())
}

/// Whether an empty paragraph is a line across the page.
fn is_ruled(properties: &Element) -> bool {
    let borders = properties.child("w:pBdr");
    let line = |name: &str| {
        let border = borders.and_then(|borders| value(borders, name));
        border.is_some_and(|kind| !matches!(kind, "nil" | "none"))
    };
    line("w:bottom") || line("w:top")
}
