//! Pictures and text boxes of a Word document, in the newer drawings and the older ones.

use std::rc::Rc;

use super::{Reader, chosen};
use crate::input::office::Wrong;
use crate::input::office::blocks;
use crate::input::office::inline::{Inline, Look};
use crate::input::office::package::part_name;
use crate::input::office::xml::Element;
use crate::input::story::{Block, BlockKind};

/// What is known of a picture before it is found.
#[derive(Clone, Default)]
struct Frame {
    alt: String,
    size: Option<(u32, u32)>,
    link: Option<Rc<str>>,
}

impl Reader<'_, '_> {
    pub(super) fn drawing(&mut self, drawing: &Element, look: &Look, inline: &mut Inline) -> Result<(), Wrong> {
        let frame = Frame { link: look.link.clone(), ..Frame::default() };
        self.shapes(drawing, frame, inline)
    }

    fn shapes(&mut self, parent: &Element, frame: Frame, inline: &mut Inline) -> Result<(), Wrong> {
        let mut frame = frame;
        for element in parent.elements() {
            match element.name.as_str() {
                "wp:inline" | "wp:anchor" => {
                    let properties = element.child("wp:docPr");
                    if properties.and_then(|p| p.attribute("hidden")).is_some_and(|hidden| hidden != "0") {
                        continue;
                    }
                    let link = properties.and_then(|p| p.child("a:hlinkClick")?.attribute("r:id"));
                    let link = self.target(link, None).or_else(|| frame.link.clone());
                    let alt = properties.and_then(described).unwrap_or_default();
                    self.shapes(element, Frame { alt, size: element.child("wp:extent").and_then(size), link }, inline)?;
                }
                "pic:nvPicPr" => {
                    let own = element.child("pic:cNvPr").and_then(described);
                    frame.alt = own.filter(|_| frame.alt.is_empty()).unwrap_or(frame.alt);
                }
                "a:graphicData" => {
                    let kind = element.attribute("uri").unwrap_or_default().rsplit('/').next();
                    if matches!(kind, Some("chart" | "chartex" | "diagram")) {
                        self.found.left_out("");
                    }
                    self.shapes(element, frame.clone(), inline)?;
                }
                "a:blip" => {
                    let (inside, outside) = (element.attribute("r:embed"), element.attribute("r:link"));
                    self.picture(inside.or(outside), &frame, inline)?;
                }
                "v:shape" | "v:rect" => {
                    if element.attribute("o:hr").is_some_and(|is| matches!(is, "t" | "true")) {
                        self.floats.push(Block::plain(BlockKind::Rule, "", self.found.line));
                        continue;
                    }
                    let alt = element.attribute("alt").unwrap_or_default().to_owned();
                    let size = element.attribute("style").and_then(size_of_style);
                    let link = element.attribute("href").map(Rc::from).or_else(|| frame.link.clone());
                    self.shapes(element, Frame { alt, size, link }, inline)?;
                }
                // Letters drawn as a picture are words all the same.
                "v:textpath" => {
                    let words = self.found.clean(element.attribute("string").unwrap_or_default());
                    if !words.trim().is_empty() {
                        self.floats.push(Block::plain(BlockKind::Paragraph, words.trim(), self.found.line));
                    }
                }
                "v:imagedata" => {
                    let title = element.attribute("o:title").filter(|_| frame.alt.is_empty());
                    let frame = Frame { alt: title.map_or(frame.alt.clone(), str::to_owned), ..frame.clone() };
                    self.picture(element.attribute("r:id"), &frame, inline)?;
                }
                "w:txbxContent" => {
                    let floats = std::mem::take(&mut self.floats);
                    let fields = std::mem::take(&mut self.fields);
                    let blocks = self.blocks(element)?;
                    (self.floats, self.fields) = (floats, fields);
                    self.floats.extend(blocks.into_iter().map(|block| Block { is_aside: true, ..block }));
                }
                "mc:AlternateContent" => {
                    if let Some(chosen) = chosen(element) {
                        self.shapes(chosen, frame.clone(), inline)?;
                    }
                }
                _ => self.shapes(element, frame.clone(), inline)?,
            }
        }
        Ok(())
    }

    fn picture(&mut self, relation: Option<&str>, frame: &Frame, inline: &mut Inline) -> Result<(), Wrong> {
        let Some(relation) = relation.and_then(|id| self.relations.get(id)) else { return Ok(()) };
        let address = if relation.is_outside {
            // What lies on somebody's disk is nowhere.
            let web = ["http://", "https://"].iter().any(|scheme| relation.target.starts_with(scheme));
            if !web {
                self.found.left_out("");
            }
            web.then(|| relation.target.clone())
        } else {
            let names: Vec<String> = part_name(&self.part, &relation.target).into_iter().collect();
            self.found.picture(&mut self.package, &names)?
        };
        if let Some(address) = address {
            let alt = self.found.clean(&frame.alt);
            inline.html(blocks::picture(&address, &alt, frame.size), frame.link.clone());
        }
        Ok(())
    }
}

/// The description that somebody wrote; a name (`Image 3`) is none.
fn described(properties: &Element) -> Option<String> {
    let written = |name: &str| properties.attribute(name).filter(|text| !text.trim().is_empty());
    written("descr").or_else(|| written("title")).map(str::to_owned)
}

/// The size in pixels, from 914400ths of an inch.
fn size(extent: &Element) -> Option<(u32, u32)> {
    const PIXEL: u64 = 9525;
    let pixels = |name: &str| {
        let units: u64 = extent.attribute(name)?.parse().ok()?;
        u32::try_from((units + PIXEL / 2) / PIXEL).ok().filter(|pixels| (1..=20_000).contains(pixels))
    };
    Some((pixels("cx")?, pixels("cy")?))
}

/// The same from a style, in points: `width:120pt;height:60pt`.
fn size_of_style(style: &str) -> Option<(u32, u32)> {
    let pixels = |name: &str| {
        let value = style.split(';').find_map(|rule| rule.trim().strip_prefix(name)?.trim().strip_prefix(':'))?;
        let points: f64 = value.trim().strip_suffix("pt")?.parse().ok()?;
        let pixels = (points * 4.0 / 3.0).round();
        // Checked to be in the range of the type.
        (1.0..=20_000.0).contains(&pixels).then_some(pixels as u32)
    };
    Some((pixels("width")?, pixels("height")?))
}
