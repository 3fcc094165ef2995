//! The zip container of an office document, opened as what a stranger may have sent.
//!
//! What its directory says of sizes is not believed: bytes are counted while they are unpacked, and
//! unpacking stops at a limit. Nothing is ever written to a name that stands in it.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::xml::{self, Element};
use super::{Found, Wrong};

/// Parts of a document: a long one with many pictures has some hundreds.
const MOST_PARTS: usize = 10_000;

/// What one part with text may have, unpacked, in bytes.
const LARGEST_XML: u64 = 32 << 20;

/// What one picture may have, unpacked, in bytes.
pub const LARGEST_PICTURE: u64 = 64 << 20;

/// What is unpacked of one document, all in all, in bytes.
const LARGEST: u64 = 256 << 20;

/// An opened container.
#[derive(Debug)]
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Names of parts do not differ by capitals.
    names: HashMap<String, usize>,
    left: u64,
}

impl<'a> Package<'a> {
    /// Opens it, and unpacks nothing yet.
    ///
    /// # Errors
    /// It is no zip file, is cut off, or has more parts than any document.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Wrong> {
        if !bytes.starts_with(b"PK") {
            return Err(super::instead(bytes));
        }
        // Before every entry of the directory costs memory.
        if bytes.windows(4).filter(|window| window == b"PK\x01\x02").count() > MOST_PARTS {
            return Err(Wrong::TooLarge);
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Wrong::Damaged)?;
        if archive.len() > MOST_PARTS {
            return Err(Wrong::TooLarge);
        }
        let mut names = HashMap::with_capacity(archive.len());
        for index in 0..archive.len() {
            let Ok(part) = archive.by_index_raw(index) else { continue };
            let Ok(name) = part.name() else { continue };
            names.insert(name.to_ascii_lowercase(), index);
        }
        Ok(Self { archive, names, left: LARGEST })
    }

    /// Whether it has a part of that name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(&name.to_ascii_lowercase())
    }

    /// A part, unpacked; `None` where there is none of that name.
    ///
    /// # Errors
    /// It is larger than `limit` bytes, encrypted, or damaged.
    pub fn read(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Wrong> {
        let Some(index) = self.names.get(&name.to_ascii_lowercase()).copied() else {
            return Ok(None);
        };
        let limit = limit.min(self.left);
        let part = self.archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Wrong::Encrypted,
            _ => Wrong::Damaged,
        })?;
        let mut bytes = Vec::new();
        part.take(limit + 1).read_to_end(&mut bytes).map_err(|_| Wrong::Damaged)?;
        let size = bytes.len() as u64;
        if size > limit {
            return Err(Wrong::TooLarge);
        }
        self.left -= size;
        Ok(Some(bytes))
    }

    /// A part with text, as a tree.
    ///
    /// # Errors
    /// As [`Package::read`], or it is not XML.
    pub fn xml(&mut self, name: &str) -> Result<Option<Element>, Wrong> {
        let bytes = self.read(name, LARGEST_XML)?;
        bytes.map(|bytes| xml::parse(&bytes)).transpose()
    }

    /// A part that a document can do without: what is wrong with it is no reason to refuse the text.
    ///
    /// # Errors
    /// It is a trap.
    pub fn optional(&mut self, name: &str) -> Result<Option<Element>, Wrong> {
        match self.xml(name) {
            Err(Wrong::Damaged) => Ok(None),
            found => found,
        }
    }

    /// What it is, where it is not what its name says.
    pub fn instead(&mut self) -> Wrong {
        let kind = self.read("mimetype", 256).ok().flatten().unwrap_or_default();
        let kind = String::from_utf8_lossy(&kind);
        let open = |ending: &str| kind.trim().contains(&format!("opendocument.{ending}"));
        Wrong::Other(if self.has("xl/workbook.xml") || open("spreadsheet") {
            Found::Spreadsheet
        } else if self.has("ppt/presentation.xml") || open("presentation") {
            Found::Presentation
        } else if self.has("word/document.xml") {
            Found::Word
        } else if open("text") {
            Found::OpenDocument
        } else {
            Found::Archive
        })
    }
}

/// The name of the part to which `target` leads from the part `from`; `None` where it leads out of
/// the container, or is a name that no part has.
pub fn part_name(from: &str, target: &str) -> Option<String> {
    let target = percent_encoding::percent_decode_str(target).decode_utf8().ok()?;
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '?' | '#');
    if target.contains(odd) {
        return None;
    }
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out() {
        let from = "word/document.xml";
        for (target, wanted) in [
            ("media/image1.png", Some("word/media/image1.png")),
            ("../customXml/a%20b.png", Some("customXml/a b.png")),
            ("/word/media/x.png", Some("word/media/x.png")),
            ("../../x.png", None),
            ("/../x.png", None),
            ("..\\x.png", None),
            ("C:/x.png", None),
            ("%2e%2e/%2e%2e/x.png", None),
            ("", Some("word")),
            ("..", None),
        ] {
            assert_eq!(part_name(from, target).as_deref(), wanted, "{target}");
        }
    }
}
