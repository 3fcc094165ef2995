//! A paragraph of an OpenDocument text, span by span.

use std::rc::Rc;

use super::{Reader, is_hidden};
use crate::input::addresses;
use crate::input::office::Wrong;
use crate::input::office::blocks::{self, Gathered};
use crate::input::office::inline::{Inline, Look};
use crate::input::office::looks::{Role, Setting};
use crate::input::office::xml::{Child, Element};
use crate::input::story::{Block, BlockKind};

/// How the characters of an element are set.
#[derive(Clone, Default)]
struct Around {
    setting: Setting,
    link: Option<Rc<str>>,
}

impl Reader<'_, '_> {
    pub(super) fn paragraph(&mut self, element: &Element, gathered: &mut Gathered) -> Result<(), Wrong> {
        self.found.line += 1;
        let line = self.found.line;
        if hides_itself(element) {
            return Ok(());
        }
        let style = element.attribute("text:style-name");
        let role = self.role(element);
        let setting = self.styles.of_paragraph(style);
        let around = Around { setting: if role.is_heading() { setting.in_heading() } else { setting }, link: None };
        let mut inline = Inline::default();
        let floats = std::mem::take(&mut self.floats);
        for mark in std::mem::take(&mut self.marks) {
            inline.anchor(self.anchor(&mark));
        }
        self.spans(element, &around, &mut inline)?;
        let floats = std::mem::replace(&mut self.floats, floats);
        Self::end(role, inline, line, gathered);
        if !floats.is_empty() {
            gathered.close_list();
            gathered.blocks.extend(floats);
        }
        Ok(())
    }

    fn role(&self, element: &Element) -> Role {
        let outline = element.attribute("text:outline-level").and_then(|level| level.parse::<u8>().ok());
        match self.styles.role(element.attribute("text:style-name")) {
            role @ (Role::Title | Role::Subtitle | Role::Contents) => role,
            role if element.name == "text:h" => {
                let own = if let Role::Heading(level) = role { level } else { 1 };
                Role::Heading(outline.unwrap_or(own).max(1))
            }
            role => role,
        }
    }

    fn end(role: Role, inline: Inline, line: u32, gathered: &mut Gathered) {
        if inline.is_empty() {
            if role == Role::Rule {
                gathered.push(Some(Block::plain(BlockKind::Rule, "", line)));
            }
            return;
        }
        match role {
            Role::Contents => {}
            Role::Quote => gathered.push(Some(blocks::quote(&inline, line))),
            _ => gathered.push(blocks::paragraph(role.kind(), inline, line)),
        }
    }

    fn spans(&mut self, parent: &Element, around: &Around, inline: &mut Inline) -> Result<(), Wrong> {
        for child in &parent.children {
            match child {
                Child::Text(text) => {
                    let text = self.found.clean(&collapsed(text));
                    self.characters(&text, around, inline);
                }
                Child::Element(element) => self.span(element, around, inline)?,
            }
        }
        Ok(())
    }

    fn characters(&self, text: &str, around: &Around, inline: &mut Inline) {
        if around.setting.hidden != Some(true) {
            inline.set(text, around.setting, &Look { link: around.link.clone(), ..around.setting.look() });
        }
    }

    fn span(&mut self, element: &Element, around: &Around, inline: &mut Inline) -> Result<(), Wrong> {
        let is_seen = around.setting.hidden != Some(true);
        match element.name.as_str() {
            "text:span" => {
                let own = self.styles.of_characters(element.attribute("text:style-name"));
                let around = Around { setting: own.or(around.setting), ..around.clone() };
                self.spans(element, &around, inline)?;
            }
            "text:a" => {
                let link = element.attribute("xlink:href").and_then(|address| self.address(address));
                let around = Around { link: link.or_else(|| around.link.clone()), ..around.clone() };
                self.spans(element, &around, inline)?;
            }
            "text:s" => self.characters(" ", around, inline),
            "text:tab" => self.characters("\t", around, inline),
            "text:line-break" => {
                if is_seen {
                    inline.line_break();
                }
            }
            "text:bookmark" | "text:bookmark-start" => {
                inline.anchor(self.anchor(element.attribute("text:name").unwrap_or_default()));
            }
            "text:note" => {
                if is_seen && let Some(mark) = self.note(element)? {
                    inline.html(mark, None);
                }
            }
            "text:hidden-text" if element.attribute("text:is-hidden") == Some("true") => {}
            "text:ruby" => {
                if let Some(text) = element.child("text:ruby-base") {
                    self.spans(text, around, inline)?;
                }
            }
            // Made for programs, or only there to be filled in.
            "office:annotation"
            | "office:annotation-end"
            | "text:script"
            | "text:placeholder"
            | "office:event-listeners" => {}
            name if name.starts_with("draw:") => {
                if is_seen {
                    self.drawing(element, around.link.clone(), inline)?;
                }
            }
            _ => self.spans(element, around, inline)?,
        }
        Ok(())
    }

    /// Where a link leads. What lies beside the document is called `../name`: seen from inside of it.
    fn address(&self, address: &str) -> Option<Rc<str>> {
        match address.strip_prefix('#') {
            Some(bookmark) => self.anchor(bookmark).map(|id| Rc::from(format!("#{id}"))),
            None if let Some(direct) = addresses::direct(address) => Some(Rc::from(direct)),
            None => Some(Rc::from(address.strip_prefix("../").unwrap_or(address))),
        }
    }
}

/// White space is the file's: only `text:s`, `text:tab` and `text:line-break` are the author's.
fn collapsed(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for character in text.chars() {
        let is_space = matches!(character, ' ' | '\t' | '\n' | '\r');
        if !is_space {
            collapsed.push(character);
        } else if !collapsed.ends_with(' ') {
            collapsed.push(' ');
        }
    }
    collapsed
}

/// A field can hide the paragraph in which it stands.
fn hides_itself(paragraph: &Element) -> bool {
    let field = paragraph.find("text:hidden-paragraph");
    is_hidden(paragraph) || field.is_some_and(|field| field.attribute("text:is-hidden") == Some("true"))
}
