//! XML → a small tree in which every element knows its vocabulary, its language and its base.
//!
//! Not the crates that we write with: they refuse a whole feed for one date they cannot read, lose
//! `xml:lang` and `xml:base`, and keep nothing of the text of a broken field. Here a feed is read as
//! it stands. No entity is ever expanded but those of HTML and XML, so that no feed can blow up; and
//! nothing is deeper than [`DEEPEST`].

use quick_xml::escape::{resolve_predefined_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use url::Url;

use crate::html;
use crate::text::{clean, without_marks};

/// Elements deeper than this are an attack, or a mistake.
const DEEPEST: usize = 200;

/// The vocabularies that feeds are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// RSS of any version; in the newer ones its elements have no namespace.
    Rss,
    /// RFC 4287.
    Atom,
    /// The draft that came before it.
    Atom03,
    /// `dc:`
    Dublin,
    /// `dcterms:`
    Terms,
    /// `content:`
    Content,
    /// `media:`
    Media,
    /// `itunes:`
    Itunes,
    /// `wp:`
    WordPress,
    /// `excerpt:`
    Excerpt,
    /// `feedburner:`
    Feedburner,
    /// `rdf:`
    Rdf,
    /// XHTML.
    Html,
    /// Anything else.
    Other,
}

impl Space {
    fn of(address: &str) -> Self {
        let address = address.trim().to_ascii_lowercase();
        let wordpress = address.strip_prefix("http://wordpress.org/export/");
        match address.trim_end_matches('/') {
            "http://www.w3.org/2005/atom" => Self::Atom,
            "http://purl.org/atom/ns#" => Self::Atom03,
            "http://purl.org/rss/1.0" | "http://my.netscape.com/rdf/simple/0.9" => Self::Rss,
            "http://channel.netscape.com/rdf/simple/0.9" | "http://blogs.law.harvard.edu/tech/rss" => Self::Rss,
            userland if userland.starts_with("http://backend.userland.com/rss") => Self::Rss,
            "http://purl.org/dc/elements/1.1" | "http://purl.org/dc/elements/1.0" => Self::Dublin,
            "http://purl.org/dc/terms" => Self::Terms,
            "http://purl.org/rss/1.0/modules/content" => Self::Content,
            "http://search.yahoo.com/mrss" => Self::Media,
            "http://www.itunes.com/dtds/podcast-1.0.dtd" => Self::Itunes,
            "http://rssnamespace.org/feedburner/ext/1.0" => Self::Feedburner,
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#" => Self::Rdf,
            "http://www.w3.org/1999/xhtml" => Self::Html,
            excerpt if wordpress.is_some() && excerpt.ends_with("excerpt") => Self::Excerpt,
            _ if wordpress.is_some() => Self::WordPress,
            _ => Self::Other,
        }
    }

    /// A prefix that nobody declared means what it always means.
    fn of_prefix(prefix: &[u8]) -> Self {
        match prefix {
            b"atom" => Self::Atom,
            b"dc" => Self::Dublin,
            b"dcterms" => Self::Terms,
            b"content" => Self::Content,
            b"media" => Self::Media,
            b"itunes" => Self::Itunes,
            b"wp" => Self::WordPress,
            b"excerpt" => Self::Excerpt,
            b"feedburner" => Self::Feedburner,
            b"rdf" => Self::Rdf,
            _ => Self::Other,
        }
    }
}

/// An element.
#[derive(Debug)]
pub struct Element {
    /// Its vocabulary.
    pub space: Space,
    /// Without its prefix.
    pub name: String,
    /// With their prefixes as they were written.
    attributes: Vec<(String, String)>,
    /// What stands in it, in order.
    pub children: Vec<Child>,
    /// Where it begins, counted from 1.
    pub line: u32,
    /// What its relative addresses are meant from.
    pub base: Option<Url>,
    /// `xml:lang`, its own or that of an element around it.
    pub language: Option<String>,
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
    /// The value of an attribute, by its name as it is written.
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

    /// Whether it is this one; the older vocabularies are not strict about capitals.
    pub fn is(&self, space: Space, name: &str) -> bool {
        self.space == space && self.name.eq_ignore_ascii_case(name)
    }

    /// The first element of that name in it.
    pub fn child(&self, space: Space, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.is(space, name))
    }

    /// The text of the first element of that name, where there is any.
    pub fn text_of(&self, space: Space, name: &str) -> Option<String> {
        self.elements().filter(|e| e.is(space, name)).map(Self::text).find(|text| !text.is_empty())
    }

    /// The characters in it, without those of the elements in it, and without spaces around them.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for child in &self.children {
            if let Child::Text(piece) = child {
                text.push_str(piece);
            }
        }
        text.trim().to_owned()
    }

    /// What stands in it as HTML: text that holds HTML as it is, elements as tags. Feeds have both,
    /// and some have both in one field.
    pub fn html(&self) -> String {
        if self.elements().next().is_none() { self.text() } else { self.html_always() }
    }

    /// The same where characters are characters, as in XHTML.
    pub fn html_always(&self) -> String {
        let mut html = String::new();
        self.markup(&mut html);
        html.trim().to_owned()
    }

    fn markup(&self, out: &mut String) {
        const EMPTY: [&str; 12] =
            ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];
        for child in &self.children {
            match child {
                Child::Text(text) => out.push_str(&html::escape(text)),
                Child::Element(element) => {
                    out.push('<');
                    out.push_str(&element.name);
                    for (name, value) in &element.attributes {
                        if !name.contains(':') && name != "xmlns" {
                            out.push_str(&format!(" {name}=\"{}\"", html::escape(value)));
                        }
                    }
                    out.push('>');
                    if !EMPTY.contains(&element.name.as_str()) {
                        element.markup(out);
                        out.push_str(&format!("</{}>", element.name));
                    }
                }
            }
        }
    }
}

/// Reads a document.
///
/// # Errors
/// Why it is not XML, and on which line.
pub fn parse(text: &str, base: Option<&Url>) -> Result<Element, (String, u32)> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut open: Vec<Element> = Vec::new();
    loop {
        let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (resolved, event) = match reader.read_resolved_event() {
            Ok(read) => read,
            Err(error) => return Err((error.to_string(), lines.of(position))),
        };
        let space = match &resolved {
            ResolveResult::Bound(namespace) => Space::of(&String::from_utf8_lossy(namespace.as_ref())),
            ResolveResult::Unbound => Space::Rss,
            ResolveResult::Unknown(prefix) => Space::of_prefix(prefix),
        };
        match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err((format!("more than {DEEPEST} elements in each other"), lines.of(position)));
                }
                let element = element(&start, space, lines.of(position), open.last(), base);
                open.push(element);
            }
            Event::Empty(start) => {
                let element = element(&start, space, lines.of(position), open.last(), base);
                match open.last_mut() {
                    Some(parent) => parent.children.push(Child::Element(element)),
                    None => return Ok(element),
                }
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    match open.last_mut() {
                        Some(parent) => parent.children.push(Child::Element(element)),
                        None => return Ok(element),
                    }
                }
            }
            Event::Text(text) => push(&mut open, &String::from_utf8_lossy(&text)),
            Event::CData(text) => push(&mut open, &String::from_utf8_lossy(&text)),
            Event::GeneralRef(reference) => {
                let meant = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    // A number that is no character.
                    Err(_) => String::new(),
                    Ok(None) => named(&String::from_utf8_lossy(&reference)),
                };
                // A character that XML forbids is one by its number too.
                push(&mut open, &without_marks(&clean(&meant).text));
            }
            Event::Eof if open.is_empty() => return Err(("no element".to_owned(), 1)),
            Event::Eof => return Err(("the end is missing".to_owned(), lines.of(text.len()))),
            Event::Decl(_) | Event::DocType(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        match element.children.last_mut() {
            Some(Child::Text(before)) => before.push_str(text),
            _ => element.children.push(Child::Text(text.to_owned())),
        }
    }
}

/// What an entity means: one of XML, or of HTML (RSS 0.91 has them all, others use them). Whatever
/// else a document defines stays as it is written.
fn named(name: &str) -> String {
    match resolve_predefined_entity(name) {
        Some(meant) => meant.to_owned(),
        None => html::plain(&format!("&{name};")).into_owned(),
    }
}

fn element(start: &BytesStart<'_>, space: Space, line: u32, parent: Option<&Element>, base: Option<&Url>) -> Element {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let written = String::from_utf8_lossy(&attribute.value);
        let value = match unescape_with(&written, resolve_predefined_entity) {
            Ok(value) => value.into_owned(),
            // A bare `&` in an address.
            Err(_) => written.replace("&amp;", "&"),
        };
        attributes.push((name, value));
    }
    let own = |name: &str| attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
    let around = parent.and_then(|parent| parent.base.as_ref()).or(base);
    let base = match (own("xml:base"), around) {
        (Some(own), Some(around)) => around.join(own).ok(),
        (Some(own), None) => Url::parse(own).ok(),
        (None, around) => around.cloned(),
    };
    let language = match own("xml:lang") {
        Some(own) => Some(own.to_owned()),
        None => parent.and_then(|parent| parent.language.clone()),
    };
    Element {
        space,
        name: String::from_utf8_lossy(start.local_name().as_ref()).into_owned(),
        attributes,
        children: Vec::new(),
        line,
        base,
        language: language.filter(|language| !language.is_empty()),
    }
}

/// Counts lines as the reader goes on.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, position: usize) -> u32 {
        let position = position.min(self.text.len());
        if let Some(between) = self.text.as_bytes().get(self.at..position) {
            let more = between.iter().filter(|byte| **byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
            self.at = position;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_read_as_it_stands() {
        let text = "<!DOCTYPE rss [<!ENTITY bomb \"boum\">]>\n<rss xml:base='https://x.example/a/' xml:lang='fr'>\n\
                    <title>R&D &eacute;t&#233; &bomb; &#0;<![CDATA[<b>]]></title><a xml:base='b/'/>\n\
                    <dc:creator>A</dc:creator></rss>";
        let root = parse(text, None).unwrap();
        assert_eq!(root.child(Space::Rss, "TITLE").unwrap().text(), "R&D été &bomb; <b>");
        assert_eq!(root.child(Space::Rss, "a").unwrap().base.as_ref().unwrap().as_str(), "https://x.example/a/b/");
        let creator = root.child(Space::Dublin, "creator").unwrap();
        assert_eq!((creator.line, creator.language.as_deref()), (4, Some("fr")));
    }

    #[test]
    fn what_is_not_xml_is_refused_with_its_line() {
        assert_eq!(parse("<a>\n<b></a>", None).unwrap_err().1, 2);
        assert_eq!(parse("", None).unwrap_err().1, 1);
        assert!(parse(&"<a>".repeat(100_000), None).unwrap_err().0.contains("200"));
        assert!(parse("<a>\n<b>", None).is_err());
    }

    #[test]
    fn elements_become_tags() {
        let text = "<a xmlns:h='http://www.w3.org/1999/xhtml'><h:p class='x'>1 &lt; 2<h:br/><h:a href='?a&amp;b'>c</h:a></h:p></a>";
        let root = parse(text, None).unwrap();
        assert_eq!(root.html(), "<p class=\"x\">1 &lt; 2<br><a href=\"?a&amp;b\">c</a></p>");
    }
}
