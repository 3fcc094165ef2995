//! What the two XML crates leave open, closed in one place.
//!
//! Both write a declaration without the encoding (or none), neither looks at what it wrote. Here
//! a document gets its declaration, and is read once more by an XML parser before it leaves: what
//! is not well-formed, or holds a character that XML forbids, is never written.

use quick_xml::Reader;
use quick_xml::events::Event;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Puts our declaration first, ends the file with a line end, and checks the whole.
///
/// # Errors
/// Why it is not well-formed.
pub fn document(written: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(written).map_err(|error| error.to_string())?;
    let body = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(rest, |(_, body)| body),
        None => text,
    };
    let document = format!("{DECLARATION}{}\n", body.trim());
    check(&document)?;
    Ok(document.into_bytes())
}

fn check(document: &str) -> Result<(), String> {
    if let Some(bad) = document.chars().find(|c| !allowed(*c)) {
        return Err(format!("U+{:04X}", u32::from(bad)));
    }
    let mut reader = Reader::from_str(document);
    let mut depth = 0_i32;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                depth += 1;
                attributes(&start)?;
            }
            Event::Empty(empty) => attributes(&empty)?,
            Event::End(_) => depth -= 1,
            Event::GeneralRef(reference) => {
                // quick-xml 0.38 and later give entities as events of their own.
                let known = matches!(&*reference, b"amp" | b"lt" | b"gt" | b"quot" | b"apos");
                if !known && !reference.starts_with(b"#") {
                    return Err(format!("&{};", String::from_utf8_lossy(&reference)));
                }
            }
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err("unclosed element".to_owned()),
            _ => {}
        }
    }
}

/// Values must unescape: `atom_syndication` 0.12.10 writes those of extensions as they come.
fn attributes(element: &quick_xml::events::BytesStart<'_>) -> Result<(), String> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = String::from_utf8_lossy(&attribute.value).into_owned();
        quick_xml::escape::unescape(&value).map_err(|error| error.to_string())?;
        if value.contains('<') {
            return Err(value);
        }
    }
    Ok(())
}

/// The Char production of XML 1.0.
fn allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

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
