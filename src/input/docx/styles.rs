//! What the styles of a Word document say: which paragraphs are titles and headings, what is bold,
//! and what is hidden.
//!
//! The name of a built-in style is English in whatever language Word speaks (`heading 1`), its
//! identifier is not (`Titre1`). Other programs translate the name too, so both are looked at, and
//! the outline level before them.

use std::collections::HashMap;

use crate::input::office::inline::Raised;
use crate::input::office::looks::{Role, Setting, named};
use crate::input::office::xml::Element;

/// Styles are made from each other, but not more often than this.
const LONGEST_CHAIN: usize = 32;

/// How large characters are of which nothing says it, in half points.
const SIZE: u16 = 20;

/// Reads a `w:rPr`. An underline is left out: on a page it means a link.
pub fn setting(properties: &Element) -> Setting {
    let mut setting = Setting::default();
    for property in properties.elements() {
        let on = is_on(property);
        match property.name.as_str() {
            "w:b" => setting.bold = Some(on),
            "w:i" => setting.italic = Some(on),
            "w:caps" | "w:smallCaps" => setting.capitals = Some(on || setting.capitals == Some(true)),
            "w:sz" => setting.size = property.attribute("w:val").and_then(|size| size.parse().ok()),
            "w:strike" | "w:dstrike" => setting.struck = Some(on || setting.struck == Some(true)),
            "w:vanish" | "w:webHidden" | "w:specVanish" => {
                setting.hidden = Some(on || setting.hidden == Some(true));
            }
            "w:vertAlign" => {
                setting.raised = Some(match property.attribute("w:val") {
                    Some("superscript") => Raised::Up,
                    Some("subscript") => Raised::Down,
                    _ => Raised::No,
                });
            }
            _ => {}
        }
    }
    setting
}

/// Whether a property that is there is on.
pub fn is_on(property: &Element) -> bool {
    !matches!(property.attribute("w:val"), Some("0" | "false" | "off"))
}

/// The value of a property.
pub fn value<'a>(parent: &'a Element, name: &str) -> Option<&'a str> {
    parent.child(name)?.attribute("w:val")
}

/// Which list a paragraph belongs to, and how deep in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPlace {
    /// The list; `0` says that it is in none.
    pub list: Option<String>,
    /// From 0.
    pub level: Option<usize>,
}

impl ListPlace {
    /// Reads the `w:numPr` of paragraph properties.
    pub fn read(properties: &Element) -> Self {
        let Some(place) = properties.child("w:numPr") else { return Self::default() };
        Self {
            list: value(place, "w:numId").map(str::to_owned),
            level: value(place, "w:ilvl").and_then(|level| level.parse().ok()),
        }
    }
}

#[derive(Debug, Default)]
struct Style {
    id: String,
    name: String,
    parent: Option<String>,
    outline: Option<u8>,
    place: ListPlace,
    setting: Setting,
    bold_first_row: bool,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    standard: Option<String>,
    size: Option<u16>,
}

impl Styles {
    /// Reads `styles.xml`.
    pub fn read(root: &Element) -> Self {
        let defaults = root.child("w:docDefaults").and_then(|all| all.child("w:rPrDefault")?.child("w:rPr"));
        let size = defaults.map(setting).and_then(|setting| setting.size).or(Some(SIZE));
        let mut styles = Self { size, ..Self::default() };
        for element in root.elements().filter(|element| element.name == "w:style") {
            let Some(id) = element.attribute("w:styleId") else { continue };
            let paragraph = element.child("w:pPr");
            let first_row = element
                .elements()
                .find(|part| part.name == "w:tblStylePr" && part.attribute("w:type") == Some("firstRow"));
            let style = Style {
                id: id.to_lowercase(),
                name: value(element, "w:name").unwrap_or(id).to_lowercase(),
                parent: value(element, "w:basedOn").map(str::to_owned),
                outline: paragraph.and_then(outline),
                place: paragraph.map(ListPlace::read).unwrap_or_default(),
                setting: element.child("w:rPr").map(setting).unwrap_or_default(),
                bold_first_row: first_row
                    .and_then(|part| part.child("w:rPr"))
                    .is_some_and(|properties| setting(properties).bold == Some(true)),
            };
            let is_paragraph = element.attribute("w:type") == Some("paragraph");
            if is_paragraph && matches!(element.attribute("w:default"), Some("1" | "true" | "on")) {
                styles.standard = Some(id.to_owned());
            }
            styles.styles.insert(id.to_owned(), style);
        }
        styles
    }

    /// A style and those that it is made from; of a paragraph that names none, the standard one.
    fn chain<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Style> {
        let first = id.and_then(|id| self.styles.get(id));
        let next = |style: &&'a Style| style.parent.as_ref().and_then(|parent| self.styles.get(parent));
        std::iter::successors(first, next).take(LONGEST_CHAIN)
    }

    fn paragraph<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Style> {
        self.chain(id.or(self.standard.as_deref()))
    }

    /// What paragraphs of that style are for.
    pub fn role(&self, id: Option<&str>) -> Role {
        let role = self.paragraph(id).find_map(|style| {
            let named = named(&style.name).or_else(|| named(&style.id));
            match (named, style.outline) {
                (Some(Role::Title | Role::Subtitle | Role::Contents), _) => named,
                (_, Some(level @ 0..=8)) => Some(Role::Heading(level + 1)),
                (_, Some(_)) => Some(Role::Body),
                (named, None) => named,
            }
        });
        // A style that is written nowhere is the built-in one of that name.
        let built_in = || named(&id?.to_lowercase());
        role.or_else(built_in).unwrap_or(Role::Body)
    }

    /// The look of paragraphs of that style.
    pub fn of_paragraph(&self, id: Option<&str>) -> Setting {
        let standard = Setting { size: self.size, ..Setting::default() };
        self.paragraph(id).fold(Setting::default(), |setting, style| setting.or(style.setting)).or(standard)
    }

    /// The look of characters of that style.
    pub fn of_characters(&self, id: Option<&str>) -> Setting {
        self.chain(id).fold(Setting::default(), |setting, style| setting.or(style.setting))
    }

    /// The list that paragraphs of that style are in.
    pub fn place(&self, id: Option<&str>) -> ListPlace {
        self.paragraph(id).fold(ListPlace::default(), |place, style| ListPlace {
            list: place.list.or_else(|| style.place.list.clone()),
            level: place.level.or(style.place.level),
        })
    }

    /// Whether tables of that style set their first row apart.
    pub fn has_head(&self, id: Option<&str>) -> bool {
        self.chain(id).any(|style| style.bold_first_row)
    }
}

/// The outline level that paragraph properties give, from 0; 9 is running text.
pub fn outline(properties: &Element) -> Option<u8> {
    value(properties, "w:outlineLvl")?.parse().ok()
}
