//! What the two XML crates leave open, closed in one place: a second pass over what they wrote.
//!
//! Neither looks at what it wrote; both leave the encoding out of the declaration, write an empty
//! element as two tags and an apostrophe as `&apos;`; one writes UTC as `+00:00`. Here a document
//! gets its final form and is checked on the way: what is not well-formed, or holds a character
//! that XML forbids, never leaves.

use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use memchr::memchr2;

use crate::text::{escaped, places};

/// Begins what stands for a content that is put in later ([`Content::mark`]): a noncharacter, which no text
/// and no HTML of ours holds.
const MARK: char = '\u{fdd2}';

/// HTML that a document holds as text. It is most of one, so it is neither copied into the types of the
/// feed nor read again: a mark goes the way through both and is replaced where it ends.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a>(pub &'a str);

impl Content<'_> {
    /// What stands for the content with this number; one that is blank stands for itself, for its element
    /// is written as an empty one.
    pub fn mark(self, number: usize) -> String {
        if self.0.trim_ascii().is_empty() { self.0.to_owned() } else { format!("{MARK}{number}") }
    }

    /// Writes it as text of an element.
    fn write(self, out: &mut Vec<u8>) {
        let with = |sign| match sign {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        };
        escaped(self.0, [b'&', b'<', b'>'], with, |piece| out.extend_from_slice(piece.as_bytes()));
    }
}

/// The content for which a text stands.
fn marked<'a>(text: &[u8], contents: &[Content<'a>]) -> Option<Content<'a>> {
    let mut mark = [0; 4];
    let number = text.strip_prefix(MARK.encode_utf8(&mut mark).as_bytes())?;
    contents.get(std::str::from_utf8(number).ok()?.parse::<usize>().ok()?).copied()
}

/// Gives what was written its final form, with a line end at the end.
///
/// # Errors
/// Why it is not well-formed.
pub fn document(written: &[u8]) -> Result<Vec<u8>, String> {
    document_with(None, &[], written)
}

/// The same with an empty element in front of the first entry: the Atom crate writes extensions
/// behind the entries, where the schema has no place for what tells of the whole document (AT-05).
/// And with these contents where their marks stand.
///
/// # Errors
/// Why it is not well-formed.
pub fn document_with(lead: Option<&'static str>, contents: &[Content<'_>], written: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(written).map_err(|error| error.to_string())?;
    let mut texts = std::iter::once(text).chain(contents.iter().map(|content| content.0));
    if let Some(bad) = texts.find_map(forbidden) {
        return Err(named(bad));
    }
    let length: usize = contents.iter().map(|content| content.0.len()).sum();
    // Escaping makes HTML about an eighth longer.
    let mut writer = Writer::new(Vec::with_capacity(text.len() + length + length / 8 + 64));
    pass(text, lead, contents, &mut writer)?;
    let mut document = writer.into_inner();
    document.push(b'\n');
    Ok(document)
}

/// What an element is to this pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// The root of RSS.
    Rss,
    /// An entry of Atom.
    Entry,
    /// It holds an instant of Atom.
    Instant,
    /// It holds an address in RSS.
    Address,
    Other,
}

impl Element {
    fn of(name: &[u8]) -> Self {
        match name {
            b"rss" => Self::Rss,
            b"entry" => Self::Entry,
            b"updated" | b"published" => Self::Instant,
            b"link" | b"guid" | b"url" | b"docs" => Self::Address,
            _ => Self::Other,
        }
    }
}

fn pass(
    text: &str,
    lead: Option<&'static str>,
    contents: &[Content<'_>],
    writer: &mut Writer<Vec<u8>>,
) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let mut ordered = Ordered { writer, lead, open: Vec::new(), held: Vec::new(), holding: false, blank: false };
    ordered.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    ordered.write(Event::Text(BytesText::from_escaped("\n")))?;
    let mut open: Vec<Element> = Vec::new();
    // A start tag is held back until it is known whether anything stands in the element.
    let mut pending: Option<(BytesStart<'_>, Option<BytesText<'_>>)> = None;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        if let Some((start, blank)) = pending.take() {
            match event {
                Event::Text(text) if blank.is_none() && is_blank(&text) => {
                    pending = Some((start, Some(text)));
                    continue;
                }
                Event::End(_) => {
                    ordered.write(Event::Empty(start))?;
                    open.pop();
                    continue;
                }
                _ => {
                    ordered.write(Event::Start(start))?;
                    blank.map_or(Ok(()), |blank| ordered.write(Event::Text(blank)))?;
                }
            }
        }
        match event {
            Event::Decl(_) => {}
            Event::Start(start) => {
                attributes(&start)?;
                open.push(Element::of(start.name().as_ref()));
                pending = Some((start, None));
            }
            Event::Empty(empty) => {
                attributes(&empty)?;
                ordered.write(Event::Empty(empty))?;
            }
            Event::End(end) => {
                open.pop();
                ordered.write(Event::End(end))?;
            }
            Event::Text(_) if open.is_empty() => {}
            Event::Text(text) => {
                if open.last() == Some(&Element::Instant) {
                    let text = String::from_utf8_lossy(&text).replace("+00:00", "Z"); // DT-01
                    ordered.text(text.as_bytes())?;
                } else if let Some(content) = marked(&text, contents) {
                    content.write(ordered.writer.get_mut());
                } else {
                    ordered.text(&text)?;
                }
            }
            // quick-xml 0.38 and later give entities as events of their own.
            Event::GeneralRef(reference) => match &*reference {
                b"apos" => ordered.text(b"'")?,
                b"quot" => ordered.text(b"\"")?,
                // RS-12: in the plain text of RSS, readers that unescape twice need these.
                b"amp" if is_rss_text(&open) => ordered.text(b"&#x26;")?,
                b"lt" if is_rss_text(&open) => ordered.text(b"&#x3C;")?,
                b"amp" => ordered.text(b"&amp;")?,
                b"lt" => ordered.text(b"&lt;")?,
                b"gt" => ordered.text(b"&gt;")?,
                number if number.starts_with(b"#") => {
                    ordered.write(Event::GeneralRef(reference))?;
                }
                other => return Err(format!("&{};", String::from_utf8_lossy(other))),
            },
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err("unclosed element".to_owned()),
            event => ordered.write(event)?,
        }
    }
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_whitespace)
}

/// Puts `updated` behind `published` in an Atom entry: where it comes first, one reader measured
/// shows it as the day of publication of everything that was ever corrected.
struct Ordered<'w, 't> {
    writer: &'w mut Writer<Vec<u8>>,
    /// The element that is to stand in front of the first entry.
    lead: Option<&'static str>,
    open: Vec<Element>,
    held: Vec<Event<'t>>,
    holding: bool,
    /// The space behind what was held goes with it.
    blank: bool,
}

impl<'t> Ordered<'_, 't> {
    /// Text, escaped: most of a document, so it is copied once.
    fn text(&mut self, text: &[u8]) -> Result<(), String> {
        if self.holding || self.blank {
            let text = String::from_utf8_lossy(text).into_owned();
            return self.write(Event::Text(BytesText::from_escaped(text)));
        }
        self.writer.get_mut().extend_from_slice(text);
        Ok(())
    }

    fn write(&mut self, event: Event<'t>) -> Result<(), String> {
        if self.holding {
            if matches!(&event, Event::End(_)) {
                self.holding = false;
                self.blank = true;
            }
            self.held.push(event);
            return Ok(());
        }
        let blank = std::mem::take(&mut self.blank);
        let mut behind = false;
        match &event {
            Event::Text(text) if blank && is_blank(text) => return Ok(()),
            Event::Start(start) => {
                let element = Element::of(start.name().as_ref());
                if self.open.last() == Some(&Element::Entry) && start.name().as_ref() == b"updated" {
                    self.holding = true;
                    self.held.push(event);
                    return Ok(());
                }
                if element == Element::Entry
                    && let Some(lead) = self.lead.take()
                {
                    self.put(Event::Empty(BytesStart::new(lead)))?;
                    self.put(Event::Text(BytesText::from_escaped("\n  ")))?;
                }
                self.open.push(element);
            }
            Event::End(end) => {
                behind = end.name().as_ref() == b"published";
                if self.open.pop() == Some(Element::Entry) {
                    self.release()?;
                }
            }
            _ => {}
        }
        self.put(event)?;
        if behind && !self.held.is_empty() {
            self.put(Event::Text(BytesText::from_escaped("\n    ")))?;
            self.release()?;
        }
        Ok(())
    }

    fn release(&mut self) -> Result<(), String> {
        let held = std::mem::take(&mut self.held);
        held.into_iter().try_for_each(|event| self.put(event))
    }

    fn put(&mut self, event: Event<'_>) -> Result<(), String> {
        self.writer.write_event(event).map_err(|error| error.to_string())
    }
}

/// Addresses are left out: one reader measured shows `&#x26;` in a link as it stands.
fn is_rss_text(open: &[Element]) -> bool {
    open.first() == Some(&Element::Rss) && open.last() != Some(&Element::Address)
}

/// Values must unescape: `atom_syndication` 0.12.10 writes those of extensions as they come.
fn attributes(element: &BytesStart<'_>) -> Result<(), String> {
    if element.attributes_raw().is_empty() {
        return Ok(());
    }
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if memchr2(b'&', b'<', &attribute.value).is_none() {
            continue;
        }
        let value = String::from_utf8_lossy(&attribute.value).into_owned();
        quick_xml::escape::unescape(&value).map_err(|error| error.to_string())?;
        if value.contains('<') {
            return Err(value);
        }
    }
    Ok(())
}

/// The first character that XML does not allow: told from the bytes that one begins with.
pub fn forbidden(text: &str) -> Option<char> {
    let mut found = places(text, |byte| (byte < b' ') & (byte != b'\n') | (byte == 0xef));
    found.find_map(|(_, character)| (!allowed(character)).then_some(character))
}

/// As a message calls it.
pub fn named(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// The Char production of XML 1.0.
fn allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_stands_where_its_mark_stood() {
        let html = "<p>L'été &amp; « \"l'hiver\" »</p>";
        let [plain, marked] = [html.to_owned(), Content(html).mark(1)].map(|value| {
            let mut writer = Writer::new(Vec::new());
            writer.create_element("a").write_text_content(BytesText::new(&value)).unwrap();
            document_with(None, &[Content(" \n"), Content(html)], &writer.into_inner()).unwrap()
        });
        assert_eq!(String::from_utf8(marked), String::from_utf8(plain));
        assert_eq!(Content(" \n").mark(0), " \n");
        assert!(document_with(None, &[Content("\u{b}")], b"<a/>").is_err());
    }

    #[test]
    fn only_well_formed_documents_leave() {
        assert_eq!(
            document(b"<?xml version=\"1.0\"?>\n<a b=\"&amp;\"/>").unwrap(),
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&amp;\"/>\n"
        );
        for bad in
            ["<a>", "<a b=\"?x=1&y=2\"/>", "<a>&nbsp;</a>", "<a>\u{b}</a>", "<a b=\"1\" b=\"2\"/>", "<a>\u{ffff}</a>"]
        {
            assert!(document(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
