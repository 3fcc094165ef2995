//! Pictures, text boxes and shapes of an OpenDocument text.

use std::rc::Rc;

use super::Reader;
use crate::input::office::Wrong;
use crate::input::office::blocks;
use crate::input::office::inline::Inline;
use crate::input::office::package::part_name;
use crate::input::office::xml::Element;
use crate::input::story::Block;

impl Reader<'_, '_> {
    pub(super) fn drawing(
        &mut self,
        element: &Element,
        link: Option<Rc<str>>,
        inline: &mut Inline,
    ) -> Result<(), Wrong> {
        match element.name.as_str() {
            "draw:frame" => self.frame(element, link, inline),
            "draw:a" => {
                let link = element.attribute("xlink:href").map(Rc::from).or(link);
                element.elements().try_for_each(|inner| self.drawing(inner, link.clone(), inline))
            }
            "draw:g" => element.elements().try_for_each(|inner| self.drawing(inner, link.clone(), inline)),
            "draw:control" => Ok(()),
            // A shape that may have words in it.
            _ => self.float(element),
        }
    }

    fn frame(&mut self, frame: &Element, link: Option<Rc<str>>, inline: &mut Inline) -> Result<(), Wrong> {
        let mut names = Vec::new();
        for element in frame.elements() {
            match element.name.as_str() {
                "draw:text-box" => self.float(element)?,
                "draw:image" => {
                    let address = element.attribute("xlink:href").unwrap_or_default();
                    if address.starts_with("http://") || address.starts_with("https://") {
                        self.show(address, frame, link.clone(), inline);
                        return Ok(());
                    }
                    names.extend(part_name("content.xml", address));
                }
                "draw:object" | "draw:object-ole" | "draw:plugin" if frame.child("draw:image").is_none() => {
                    self.found.left_out("");
                }
                _ => {}
            }
        }
        if frame.child("draw:image").is_some()
            && let Some(address) = self.found.picture(&mut self.package, &names)?
        {
            self.show(&address, frame, link, inline);
        }
        Ok(())
    }

    fn show(&mut self, address: &str, frame: &Element, link: Option<Rc<str>>, inline: &mut Inline) {
        let written = |name: &str| frame.child(name).map(Element::text).filter(|text| !text.trim().is_empty());
        let alt = written("svg:desc").or_else(|| written("svg:title")).unwrap_or_default();
        let alt = self.found.clean(&alt);
        let pixels = |name: &str| frame.attribute(name).and_then(pixels);
        let size = pixels("svg:width").zip(pixels("svg:height"));
        inline.html(blocks::picture(address, &alt, size), link);
    }

    fn float(&mut self, element: &Element) -> Result<(), Wrong> {
        let floats = std::mem::take(&mut self.floats);
        let blocks = self.blocks(element)?;
        self.floats = floats;
        self.floats.extend(blocks.into_iter().map(|block| Block { is_aside: true, ..block }));
        Ok(())
    }
}

/// A length in pixels of a screen: `2.5cm`, `1in`.
fn pixels(length: &str) -> Option<u32> {
    let unit = length.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = length.split_at(unit);
    let inches = match unit {
        "in" => 1.0,
        "cm" => 1.0 / 2.54,
        "mm" => 1.0 / 25.4,
        "pt" => 1.0 / 72.0,
        "pc" => 1.0 / 6.0,
        "px" => 1.0 / 96.0,
        _ => return None,
    };
    let pixels = (number.trim().parse::<f64>().ok()? * inches * 96.0).round();
    (1.0..=20_000.0).contains(&pixels).then_some(pixels as u32)
}
