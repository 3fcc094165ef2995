//! What the styles of an OpenDocument text say: titles and headings, bold and hidden text, and what
//! stands in front of the points of a list.

use std::collections::HashMap;

use crate::input::office::inline::Raised;
use crate::input::office::looks::{Role, Setting, named};
use crate::input::office::xml::Element;

/// Styles are made from each other, but not more often than this.
const LONGEST_CHAIN: usize = 32;

/// How large characters are of which nothing says it, in half points.
const SIZE: u16 = 24;

/// What stands in front of the points of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A sign.
    Sign,
    /// Numbers from here on.
    Number {
        /// Of the first point.
        start: u32,
        /// How they are written: `1`, `a`, `A`, `i`, `I`.
        form: char,
    },
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    shown: String,
    parent: Option<String>,
    outline: Option<u8>,
    setting: Setting,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub struct Styles {
    paragraphs: HashMap<String, Style>,
    characters: HashMap<String, Style>,
    lists: HashMap<String, Vec<(usize, Option<Format>)>>,
    standard: Setting,
}

impl Styles {
    /// Reads the styles that stand in `root`, which is `styles.xml` or `content.xml`.
    pub fn read(&mut self, root: &Element) {
        let groups = ["office:styles", "office:automatic-styles"];
        for element in root.elements().filter(|group| groups.contains(&group.name.as_str())).flat_map(Element::elements)
        {
            match element.name.as_str() {
                "style:style" => self.style(element),
                "style:default-style" if element.attribute("style:family") == Some("paragraph") => {
                    self.standard = element.child("style:text-properties").map(setting).unwrap_or_default();
                }
                "text:list-style" => {
                    let levels = element.elements().filter_map(level).collect();
                    if let Some(name) = element.attribute("style:name") {
                        self.lists.insert(name.to_owned(), levels);
                    }
                }
                _ => {}
            }
        }
    }

    fn style(&mut self, element: &Element) {
        let Some(name) = element.attribute("style:name") else { return };
        let family = match element.attribute("style:family") {
            Some("paragraph") => &mut self.paragraphs,
            Some("text") => &mut self.characters,
            _ => return,
        };
        let style = Style {
            name: name.replace("_20_", " ").to_lowercase(),
            shown: element.attribute("style:display-name").unwrap_or_default().to_lowercase(),
            parent: element.attribute("style:parent-style-name").map(str::to_owned),
            outline: element.attribute("style:default-outline-level").and_then(|level| level.parse().ok()),
            setting: element.child("style:text-properties").map(setting).unwrap_or_default(),
        };
        family.insert(name.to_owned(), style);
    }

    /// What paragraphs of that style are for.
    pub fn role(&self, name: Option<&str>) -> Role {
        let role = chain(&self.paragraphs, name).find_map(|style| {
            let outline = style.outline.filter(|level| (1..=10).contains(level)).map(Role::Heading);
            named(&style.name).or_else(|| named(&style.shown)).or(outline)
        });
        // A style that is written nowhere is the built-in one of that name.
        let built_in = || named(&name?.replace("_20_", " ").to_lowercase());
        role.or_else(built_in).unwrap_or(Role::Body)
    }

    /// Whether paragraphs of that style are in the head of a table.
    pub fn is_table_head(&self, name: Option<&str>) -> bool {
        chain(&self.paragraphs, name).any(|style| style.name == "table heading") || name == Some("Table_20_Heading")
    }

    /// The look of paragraphs of that style.
    pub fn of_paragraph(&self, name: Option<&str>) -> Setting {
        let said = chain(&self.paragraphs, name).fold(Setting::default(), |setting, style| setting.or(style.setting));
        said.or(Setting { size: self.standard.size.or(Some(SIZE)), ..Setting::default() })
    }

    /// The look of characters of that style.
    pub fn of_characters(&self, name: Option<&str>) -> Setting {
        chain(&self.characters, name).fold(Setting::default(), |setting, style| setting.or(style.setting))
    }

    /// What stands in front of the points of a list at a depth from 0; `None` where nothing does.
    pub fn format(&self, list: Option<&str>, depth: usize) -> Option<Format> {
        let Some(levels) = list.and_then(|name| self.lists.get(name)) else { return Some(Format::Sign) };
        // A level that nobody described looks like the one above it.
        let above = levels.iter().filter(|(level, _)| *level <= depth + 1).max_by_key(|(level, _)| *level);
        above.map_or(Some(Format::Sign), |(_, format)| *format)
    }
}

fn chain<'a>(styles: &'a HashMap<String, Style>, name: Option<&str>) -> impl Iterator<Item = &'a Style> {
    let first = name.and_then(|name| styles.get(name));
    let next = |style: &&'a Style| style.parent.as_ref().and_then(|parent| styles.get(parent));
    std::iter::successors(first, next).take(LONGEST_CHAIN)
}

/// One level of a list, and its format; no format where nothing is to be shown.
fn level(element: &Element) -> Option<(usize, Option<Format>)> {
    let number = element.attribute("text:level")?.parse().ok()?;
    let format = match element.name.as_str() {
        "text:list-level-style-number" => {
            let start = element.attribute("text:start-value").and_then(|start| start.parse().ok());
            let form = element.attribute("style:num-format").and_then(|format| format.chars().next());
            // Other forms, of other scripts, are figures to us.
            let form = form.map(|form| if matches!(form, 'a' | 'A' | 'i' | 'I') { form } else { '1' });
            form.map(|form| Format::Number { start: start.unwrap_or(1), form })
        }
        "text:list-level-style-bullet" | "text:list-level-style-image" => Some(Format::Sign),
        _ => return None,
    };
    Some((number, format))
}

/// Reads `style:text-properties`. An underline is left out: on a page it means a link.
fn setting(properties: &Element) -> Setting {
    let said = |name: &str| properties.attribute(name);
    let line = said("style:text-line-through-style").or_else(|| said("style:text-line-through-type"));
    Setting {
        bold: said("fo:font-weight").map(|weight| match weight.parse::<u32>() {
            Ok(weight) => weight >= 600,
            Err(_) => weight == "bold",
        }),
        italic: said("fo:font-style").map(|style| style != "normal"),
        struck: line.map(|line| line != "none"),
        raised: said("style:text-position").map(raised),
        hidden: said("text:display").map(|display| display == "none"),
        capitals: said("fo:text-transform")
            .or_else(|| said("fo:font-variant"))
            .map(|form| matches!(form, "uppercase" | "capitalize" | "small-caps")),
        size: said("fo:font-size").and_then(half_points),
    }
}

/// `12pt`; a part of another size says nothing by itself.
fn half_points(size: &str) -> Option<u16> {
    let points: f32 = size.strip_suffix("pt")?.trim().parse().ok()?;
    // Checked to be in the range of the type.
    (1.0..=1000.0).contains(&points).then_some((points * 2.0).round() as u16)
}

/// `super 58%`, `sub 58%`, or how far above the line: `33% 58%`.
fn raised(position: &str) -> Raised {
    let first = position.split_whitespace().next().unwrap_or_default();
    match (first, first.trim_end_matches('%').parse::<f32>()) {
        ("super", _) => Raised::Up,
        ("sub", _) => Raised::Down,
        (_, Ok(above)) if above > 0.0 => Raised::Up,
        (_, Ok(above)) if above < 0.0 => Raised::Down,
        _ => Raised::No,
    }
}
