//! HTML cut into tags, comments and texts, as a browser cuts it.
//!
//! For what is done to HTML on the way to and from the sanitiser: nothing that is safe is so because
//! of what is found here. It knows no tree, and a text that is cut wrongly is only helped less.

use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::text::first_of;

/// Elements whose content is not HTML.
const RAW: [&str; 8] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// Where the name of an attribute stands in its tag, and its value.
pub type Attribute = (Range<usize>, Range<usize>);

/// A tag, or a comment, or a text between them.
#[derive(Debug)]
pub enum Piece<'a> {
    Text(&'a str),
    /// With its name in lower case, and its attributes.
    Tag(&'a str, String, Vec<Attribute>),
    /// A comment, or what stands in a script.
    Other(&'a str),
}

/// Cuts HTML into its pieces as a browser would; together they are the whole text.
pub fn pieces(html: &str) -> Vec<Piece<'_>> {
    Pieces::of(html).collect()
}

/// The pieces of some HTML, one after the other.
#[derive(Debug)]
pub struct Pieces<'a> {
    rest: &'a str,
    /// The end of the element whose content comes next and is not HTML.
    raw: Option<String>,
}

impl<'a> Pieces<'a> {
    /// From the first on.
    pub fn of(html: &'a str) -> Self {
        Self { rest: html, raw: None }
    }

    /// Takes the text that comes next together with the tags in it that have no attributes and that
    /// `known` knows by their names, as they are written: most of a text is nothing else.
    pub fn plain(&mut self, known: impl Fn(&[u8]) -> bool) -> &'a str {
        let bytes = self.rest.as_bytes();
        let mut end = if self.raw.is_some() { 0 } else { bytes.len() };
        let mut at = 0;
        while let Some(tag) = bytes.get(at..end).and_then(|rest| first_of(rest, [b'<'])).map(|found| at + found) {
            match bytes.get(tag..).and_then(|rest| bare_tag(rest, &known)) {
                Some(length) => at = tag + length,
                None => end = tag,
            }
        }
        self.take(end)
    }

    /// Takes a link that comes next and has its address and nothing else, as most have; gives the address.
    pub fn link(&mut self) -> Option<&'a str> {
        let rest = self.rest.strip_prefix("<a href=\"").filter(|_| self.raw.is_none())?;
        // A character reference is for [`tag`] and whoever asks it.
        let end = memchr2(b'"', b'&', rest.as_bytes())?;
        let (address, behind) = rest.split_at_checked(end)?;
        self.rest = behind.strip_prefix("\">")?;
        Some(address)
    }

    /// Takes the end of a link, where that comes next.
    pub fn link_end(&mut self) -> bool {
        let rest = self.rest.strip_prefix("</a>").filter(|_| self.raw.is_none());
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest;
        if let Some(close) = self.raw.take() {
            let closes = |at: &usize| {
                let found = rest.get(*at..).and_then(|rest| rest.get(..close.len()));
                found.is_some_and(|found| found.eq_ignore_ascii_case(&close))
            };
            let end = rest.match_indices("</").map(|(at, _)| at).find(closes).unwrap_or(rest.len());
            return Some(Piece::Other(self.take(end)));
        }
        if rest.is_empty() {
            return None;
        }
        let text = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        if text > 0 {
            return Some(Piece::Text(self.take(text)));
        }
        if rest.starts_with("<!--") {
            let end = rest.find("-->").map_or(rest.len(), |end| end + 3);
            return Some(Piece::Other(self.take(end)));
        }
        let name = rest.get(1..).unwrap_or_default();
        if !name.strip_prefix('/').unwrap_or(name).starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Some(Piece::Text(self.take(1)));
        }
        let (name, attributes, end) = tag(rest);
        self.raw = RAW.contains(&name.as_str()).then(|| format!("</{name}"));
        Some(Piece::Tag(self.take(end), name, attributes))
    }
}

/// The length of the tag that opens `html`, where it has no attributes and its name is known.
fn bare_tag(html: &[u8], known: impl Fn(&[u8]) -> bool) -> Option<usize> {
    const LONGEST: usize = 12;
    let start = if html.get(1) == Some(&b'/') { 2 } else { 1 };
    let name = html.get(start..)?;
    let end = name.iter().take(LONGEST).position(|byte| *byte == b'>')?;
    known(name.get(..end)?).then_some(start + end + 1)
}

/// The tag that opens `html`: its name (with `/` where it closes), its attributes, its length.
pub fn tag(html: &str) -> (String, Vec<Attribute>, usize) {
    let bytes = html.as_bytes();
    let length = bytes.len();
    let is = |at: usize, test: fn(u8) -> bool| bytes.get(at).is_some_and(|b| test(*b));
    let space = |at: usize| is(at, |b| b.is_ascii_whitespace());
    let until = |mut at: usize, stop: &[u8]| {
        while at < length && !space(at) && !bytes.get(at).is_some_and(|b| stop.contains(b)) {
            at += 1;
        }
        at
    };
    let mut at = if is(1, |b| b == b'/') { 2 } else { 1 };
    at = until(at, b"/>");
    let name = html.get(1..at).unwrap_or_default().to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        while space(at) || is(at, |b| b == b'/') {
            at += 1;
        }
        if at >= length {
            return (name, attributes, length);
        }
        if is(at, |b| b == b'>') {
            return (name, attributes, at + 1);
        }
        let start = at;
        at = until(at + 1, b"/>=");
        let key = start..at;
        let mut value_at = at;
        while space(value_at) {
            value_at += 1;
        }
        if !is(value_at, |b| b == b'=') {
            attributes.push((key, at..at));
            continue;
        }
        value_at += 1;
        while space(value_at) {
            value_at += 1;
        }
        let quote = bytes.get(value_at).copied().filter(|b| matches!(b, b'"' | b'\''));
        let value = match quote {
            Some(quote) => {
                let inner = value_at + 1;
                let close = bytes.get(inner..).and_then(|rest| rest.iter().position(|b| *b == quote));
                let close = close.map_or(length, |close| inner + close);
                at = (close + 1).min(length);
                inner..close
            }
            None => {
                at = until(value_at, b">");
                value_at..at
            }
        };
        attributes.push((key, value));
    }
}

/// The value of an attribute of a tag, its character references resolved.
pub fn attribute(tag: &str, attributes: &[Attribute], name: &str) -> Option<String> {
    let named = |key: &Range<usize>| tag.get(key.clone()).is_some_and(|key| key.eq_ignore_ascii_case(name));
    let (_, value) = attributes.iter().find(|(key, _)| named(key))?;
    Some(super::plain::references(tag.get(value.clone()).unwrap_or_default()).into_owned())
}

/// Elements that have no end (HTML 13.1.2).
pub fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}
