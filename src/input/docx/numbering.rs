//! The lists of a Word document: in it, a paragraph only names a list and how deep it stands; the
//! mark in front of it has to be worked out.

use std::collections::{HashMap, HashSet};

use super::styles::value;
use crate::input::office::blocks::Ordinal;
use crate::input::office::xml::Element;

/// Word has nine levels.
const LEVELS: usize = 9;

/// What stands in front of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A sign.
    Sign,
    /// A number or a letter.
    Number(Ordinal),
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Nothing,
    Sign,
    Number { start: u32, form: char },
}

#[derive(Debug, Default)]
struct Definition {
    levels: [Option<Format>; LEVELS],
    /// The style by which another definition says what this one is.
    borrowed: Option<String>,
}

#[derive(Debug, Default)]
struct List {
    definition: String,
    starts: HashMap<usize, u32>,
}

/// The lists of a document, and how far they have been counted.
#[derive(Debug, Default)]
pub struct Numbering {
    definitions: HashMap<String, Definition>,
    lent: HashMap<String, String>,
    lists: HashMap<String, List>,
    counted: HashMap<String, [Option<u32>; LEVELS]>,
    begun: HashSet<String>,
}

impl Numbering {
    /// Reads `numbering.xml`.
    pub fn read(root: &Element) -> Self {
        let mut numbering = Self::default();
        for element in root.elements() {
            match element.name.as_str() {
                "w:abstractNum" => {
                    let Some(id) = element.attribute("w:abstractNumId") else { continue };
                    if let Some(style) = value(element, "w:styleLink") {
                        numbering.lent.insert(style.to_owned(), id.to_owned());
                    }
                    let borrowed = value(element, "w:numStyleLink").map(str::to_owned);
                    let mut definition = Definition { borrowed, ..Definition::default() };
                    for level in element.elements().filter(|element| element.name == "w:lvl") {
                        set(&mut definition, level);
                    }
                    numbering.definitions.insert(id.to_owned(), definition);
                }
                "w:num" => {
                    let (Some(id), Some(of)) = (element.attribute("w:numId"), value(element, "w:abstractNumId")) else {
                        continue;
                    };
                    let starts = element.elements().filter(|e| e.name == "w:lvlOverride").filter_map(|change| {
                        let level = change.attribute("w:ilvl")?.parse().ok()?;
                        Some((level, value(change, "w:startOverride")?.parse().ok()?))
                    });
                    let list = List { definition: of.to_owned(), starts: starts.collect() };
                    numbering.lists.insert(id.to_owned(), list);
                }
                _ => {}
            }
        }
        numbering
    }

    /// The mark of the next point of a list; `None` where it is no list at all.
    pub fn next(&mut self, id: &str, level: usize) -> Option<Mark> {
        if id == "0" {
            return None;
        }
        let level = level.min(LEVELS - 1);
        let Some(list) = self.lists.get(id) else { return Some(Mark::Sign) };
        let own = self.definitions.get(&list.definition);
        let lent = own.and_then(|own| self.definitions.get(self.lent.get(own.borrowed.as_ref()?)?));
        let format = lent.or(own).and_then(|definition| definition.levels.get(level).copied().flatten());
        let (start, form) = match format {
            Some(Format::Nothing) => return None,
            Some(Format::Number { start, form }) => (start, form),
            Some(Format::Sign) | None => return Some(Mark::Sign),
        };
        let counted = self.counted.entry(list.definition.clone()).or_default();
        if self.begun.insert(id.to_owned()) {
            // A list that starts anew; else it goes on where one of the same kind ended.
            for (level, start) in &list.starts {
                if let Some(count) = counted.get_mut(*level) {
                    *count = Some(start.saturating_sub(1));
                }
            }
        }
        let count = counted.get_mut(level)?;
        let number = count.map_or(start, |count| count.saturating_add(1));
        *count = Some(number);
        counted.iter_mut().skip(level + 1).for_each(|deeper| *deeper = None);
        Some(Mark::Number(Ordinal { value: number, form }))
    }
}

fn set(definition: &mut Definition, level: &Element) {
    let index = level.attribute("w:ilvl").and_then(|index| index.parse::<usize>().ok());
    let Some(place) = index.and_then(|index| definition.levels.get_mut(index)) else { return };
    *place = Some(match value(level, "w:numFmt").unwrap_or("decimal") {
        "none" => Format::Nothing,
        "bullet" => Format::Sign,
        format => Format::Number {
            start: value(level, "w:start").and_then(|start| start.parse().ok()).unwrap_or(1),
            form: match format {
                "lowerLetter" => 'a',
                "upperLetter" => 'A',
                "lowerRoman" => 'i',
                "upperRoman" => 'I',
                _ => '1',
            },
        },
    });
}
