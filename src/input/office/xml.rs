//! A part of an office document as a tree whose names do not depend on the prefixes that the
//! program which wrote it happened to choose.
//!
//! No entity is expanded but the five of XML, no document type is looked at, and there are limits to
//! depth and size: a document comes from anywhere.

use std::borrow::Cow;

use encoding_rs::Encoding;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::Wrong;

/// No document has elements this deep in each other.
const DEEPEST: usize = 200;

/// Elements, attributes and texts of one part.
const MOST: usize = 1_000_000;

/// An element.
#[derive(Debug, Default)]
pub struct Element {
    /// With the usual prefix of its namespace: `w:p`, `text:h`; `?:x` where nobody here knows it.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// What stands in it, in order.
    pub children: Vec<Child>,
}

/// What stands in an element.
#[derive(Debug)]
pub enum Child {
    /// Characters.
    Text(String),
    /// Another element.
    Element(Element),
}

impl Element {
    /// The value of an attribute, by its name with the usual prefix.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The elements in it.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// The first element of that name in it.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.name == name)
    }

    /// The first element of that name in it, however deep.
    pub fn find(&self, name: &str) -> Option<&Self> {
        self.elements().find_map(|element| if element.name == name { Some(element) } else { element.find(name) })
    }

    /// All characters in it, those of its elements too.
    pub fn text(&self) -> String {
        let pieces = self.children.iter().map(|child| match child {
            Child::Text(text) => text.clone(),
            Child::Element(element) => element.text(),
        });
        pieces.collect()
    }
}

/// The usual prefix of a namespace.
fn prefix(namespace: &[u8]) -> &'static str {
    const OPEN: &str = "urn:oasis:names:tc:opendocument:xmlns:";
    let Ok(namespace) = std::str::from_utf8(namespace) else { return "?" };
    if let Some(name) = namespace.strip_prefix(OPEN) {
        return match name.split(':').next().unwrap_or_default() {
            "office" => "office",
            "text" => "text",
            "table" => "table",
            "drawing" => "draw",
            "style" => "style",
            "svg-compatible" => "svg",
            "xsl-fo-compatible" => "fo",
            "meta" => "meta",
            "manifest" => "manifest",
            _ => "?",
        };
    }
    let word = namespace
        .strip_prefix("http://schemas.openxmlformats.org/")
        .or_else(|| namespace.strip_prefix("http://purl.oclc.org/ooxml/"));
    match word.map(|rest| rest.replace("/2006/", "/")).as_deref() {
        Some("wordprocessingml/main") => return "w",
        Some("officeDocument/relationships") => return "r",
        Some("officeDocument/math") => return "m",
        Some("drawingml/wordprocessingDrawing") => return "wp",
        Some("drawingml/main") => return "a",
        Some("drawingml/picture") => return "pic",
        Some("package/relationships") => return "rel",
        Some("package/metadata/core-properties") => return "cp",
        _ => {}
    }
    match namespace {
        "http://schemas.openxmlformats.org/markup-compatibility/2006" => "mc",
        "urn:schemas-microsoft-com:vml" => "v",
        "urn:schemas-microsoft-com:office:office" => "o",
        "http://purl.org/dc/elements/1.1/" => "dc",
        "http://purl.org/dc/terms/" => "dcterms",
        "http://www.w3.org/1999/xlink" => "xlink",
        "http://www.w3.org/XML/1998/namespace" => "xml",
        _ => "?",
    }
}

/// Reads one part.
///
/// # Errors
/// It is not XML, or larger than any document.
pub fn parse(bytes: &[u8]) -> Result<Element, Wrong> {
    let text = decode(bytes)?;
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = vec![Element::default()];
    let mut left = MOST;
    loop {
        let event = reader.read_event().map_err(|_| Wrong::Damaged)?;
        let added = match &event {
            Event::Eof => break,
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return Err(Wrong::TooLarge);
                }
                let element = element(start, &reader)?;
                let added = 1 + element.attributes.len();
                open.push(element);
                added
            }
            Event::End(_) => {
                let element = open.pop().ok_or(Wrong::Damaged)?;
                open.last_mut().ok_or(Wrong::Damaged)?.children.push(Child::Element(element));
                0
            }
            Event::Text(text) => add(&mut open, &text.decode().map_err(|_| Wrong::Damaged)?),
            Event::CData(text) => add(&mut open, &text.decode().map_err(|_| Wrong::Damaged)?),
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|_| Wrong::Damaged)?;
                match reference.resolve_char_ref().map_err(|_| Wrong::Damaged)? {
                    Some(character) => add(&mut open, character.encode_utf8(&mut [0; 4])),
                    // Whatever else it stands for would be for a document type to say.
                    None => add(&mut open, resolve_predefined_entity(&name).ok_or(Wrong::Damaged)?),
                }
            }
            _ => 0,
        };
        left = left.checked_sub(added).ok_or(Wrong::TooLarge)?;
    }
    let root = open.pop().filter(|_| open.is_empty()).ok_or(Wrong::Damaged)?;
    let found = root.children.into_iter().find_map(|child| match child {
        Child::Element(element) => Some(element),
        Child::Text(_) => None,
    });
    found.ok_or(Wrong::Damaged)
}

/// UTF-8, or UTF-16 with its mark: no other encoding may be in an office document.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Wrong> {
    let (encoding, length) = Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let bytes = bytes.get(length..).unwrap_or_default();
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(Wrong::Damaged)
}

/// Characters that follow each other are one text.
fn add(open: &mut [Element], text: &str) -> usize {
    let Some(element) = open.last_mut() else { return 0 };
    if let Some(Child::Text(before)) = element.children.last_mut() {
        before.push_str(text);
        return 0;
    }
    element.children.push(Child::Text(text.to_owned()));
    1
}

fn element(start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Result<Element, Wrong> {
    let name = name(start.name(), |name| reader.resolver().resolve_element(name).0, "?");
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| Wrong::Damaged)?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Wrong::Damaged)?;
        let name = self::name(attribute.key, |name| reader.resolver().resolve_attribute(name).0, "");
        attributes.push((name, value.into_owned()));
    }
    Ok(Element { name, attributes, children: Vec::new() })
}

fn name<'r>(written: QName<'_>, resolve: impl Fn(QName<'_>) -> ResolveResult<'r>, none: &str) -> String {
    let local = String::from_utf8_lossy(written.local_name().into_inner()).into_owned();
    let prefix = match resolve(written) {
        ResolveResult::Bound(namespace) => prefix(namespace.as_ref()),
        ResolveResult::Unbound => none,
        ResolveResult::Unknown(_) => "?",
    };
    if prefix.is_empty() { local } else { format!("{prefix}:{local}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    #[test]
    fn names_do_not_depend_on_prefixes() {
        for text in [
            format!("<w:p xmlns:w='{W}' w:val='a&amp;b'>x &lt;&#233; y<w:r/></w:p>"),
            format!("<p xmlns='{W}' xmlns:z='{W}' z:val='a&amp;b'>x <![CDATA[<]]>&#xe9; y<r/></p>"),
        ] {
            let element = parse(text.as_bytes()).unwrap();
            assert_eq!(element.name, "w:p");
            assert_eq!(element.attribute("w:val"), Some("a&b"));
            assert_eq!(element.text(), "x <é y");
            assert!(element.child("w:r").is_some());
        }
    }

    #[test]
    fn traps_are_refused() {
        let deep = "<a>".repeat(100_000);
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST));
        assert!(matches!(parse(deep.as_bytes()), Err(Wrong::TooLarge)));
        assert!(matches!(parse(many.as_bytes()), Err(Wrong::TooLarge)));
        let entities = "<!DOCTYPE a [<!ENTITY x 'aaaa'><!ENTITY y '&x;&x;'>]><a>&y;</a>";
        for text in [entities, "", "<a>", "<a></b>", "a", "\u{0}", "<a b='&x;'/>"] {
            assert!(matches!(parse(text.as_bytes()), Err(Wrong::Damaged)), "{text}");
        }
    }
}
