//! Office documents, whichever program wrote them: the container, the XML in it, and what Word and
//! OpenDocument have in common.
//!
//! A document comes from anywhere, by mail and under any name. So it is first told what it is, by
//! its bytes; what is not what its name says gets a sentence of its own.

pub mod blocks;
pub mod inline;
pub mod looks;
pub mod package;
pub mod xml;

use std::collections::HashMap;

use self::package::{LARGEST_PICTURE, Package};
use super::facts::Part;
use super::story::Story;
use super::{Kind, docx, odt};
use crate::file::SourceFile;
use crate::problem::{Code, Place, Problem};
use crate::text::{self, Dropped};

/// Why a document cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// No byte in it.
    Empty,
    /// Nobody reads it without its password.
    Encrypted,
    /// Cut off, or not written to the end.
    Damaged,
    /// Unpacked it is larger than any document, or nested deeper: a trap.
    TooLarge,
    /// Something else under this name.
    Other(Found),
}

/// What is under the name of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// PNG, JPEG and the like.
    Picture,
    /// PDF.
    Pdf,
    /// Word before 2007.
    OldWord,
    /// Rich text.
    RichText,
    /// HTML or XML.
    Web,
    /// Characters.
    Text,
    /// A Word document.
    Word,
    /// An OpenDocument text.
    OpenDocument,
    /// A spreadsheet.
    Spreadsheet,
    /// Slides.
    Presentation,
    /// A zip file with something else in it.
    Archive,
    /// Nobody knows.
    Unknown,
}

impl Found {
    /// The key of its words in `locales/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Pdf => "pdf",
            Self::OldWord => "old-word",
            Self::RichText => "rich-text",
            Self::Web => "web",
            Self::Text => "text",
            Self::Word => "word",
            Self::OpenDocument => "opendocument",
            Self::Spreadsheet => "spreadsheet",
            Self::Presentation => "presentation",
            Self::Archive => "archive",
            Self::Unknown => "unknown",
        }
    }
}

/// What bytes are that are no zip file.
pub(crate) fn instead(bytes: &[u8]) -> Wrong {
    const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    if bytes.is_empty() {
        return Wrong::Empty;
    }
    if bytes.starts_with(COMPOUND) {
        // The names in such a file are of two bytes a letter.
        let has = |name: &str| {
            let wide: Vec<u8> = name.bytes().flat_map(|byte| [byte, 0]).collect();
            bytes.windows(wide.len()).any(|window| window == wide)
        };
        return if has("EncryptedPackage") { Wrong::Encrypted } else { Wrong::Other(Found::OldWord) };
    }
    let start = bytes.get(..bytes.len().min(512)).unwrap_or_default().to_ascii_lowercase();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    Wrong::Other(if is_picture(bytes) {
        Found::Picture
    } else if start.starts_with(b"%pdf") {
        Found::Pdf
    } else if start.starts_with(b"{\\rtf") {
        Found::RichText
    } else if [&b"<!doctype"[..], b"<html", b"<?xml"].iter().any(|tag| start.starts_with(tag)) {
        Found::Web
    } else if !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok() {
        Found::Text
    } else {
        Found::Unknown
    })
}

fn is_picture(bytes: &[u8]) -> bool {
    let others: [&[u8]; 3] = [b"II*\0", b"MM\0*", b"BM"];
    is_shown(bytes) || others.iter().any(|start| bytes.starts_with(start))
}

/// Whether browsers and feed readers show such a picture.
fn is_shown(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"];
    starts.iter().any(|start| bytes.starts_with(start))
        || bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")
}

/// Reads a document; `prefix` keeps the notes of several items on one page apart.
///
/// # Errors
/// It is not a document, or cannot be read.
pub fn read(file: &SourceFile, prefix: &str, problems: &mut Vec<Problem>) -> Result<Story, Problem> {
    let kind = Kind::of(&file.path);
    let mut found = Findings::new(&file.path, prefix);
    let story = match kind {
        Kind::OpenDocument => odt::read(&file.bytes, &mut found),
        _ => docx::read(&file.bytes, &mut found),
    };
    let story = story.map_err(|wrong| problem(wrong, kind, &file.path))?;
    super::report_dropped(&found.dropped, &file.path, problems);
    problems.append(&mut found.problems);
    Ok(Story { parts: found.parts, notes: found.notes, ..story })
}

/// A file inside a document.
///
/// # Errors
/// There is none of that name, or it cannot be unpacked.
pub fn part(file: &SourceFile, inner: &str) -> Result<Vec<u8>, String> {
    let wrong = |wrong: Wrong| format!("{inner}: {wrong:?}");
    let bytes = Package::open(&file.bytes).map_err(wrong)?.read(inner, LARGEST_PICTURE).map_err(wrong)?;
    bytes.ok_or_else(|| inner.to_owned())
}

fn problem(wrong: Wrong, kind: Kind, path: &str) -> Problem {
    let code = match wrong {
        Wrong::Empty | Wrong::Damaged => Code::DocumentDamaged,
        Wrong::Encrypted => Code::DocumentEncrypted,
        Wrong::TooLarge => Code::DocumentTooLarge,
        Wrong::Other(_) => Code::DocumentOther,
    };
    let (name, ending) = match kind {
        Kind::OpenDocument => ("OpenDocument", ".odt"),
        _ => ("Word", ".docx"),
    };
    let mut problem = Problem::new(code, path).with("kind", name).with("ending", ending);
    match wrong {
        Wrong::Empty => problem = problem.with("empty", "1"),
        Wrong::Other(found) => problem = problem.with("found", found.name()),
        _ => {}
    }
    problem
}

/// What is collected on the way through a document.
#[derive(Debug)]
pub struct Findings {
    path: String,
    /// Keeps the notes of several items apart.
    pub prefix: String,
    /// Paragraphs so far: where a problem is.
    pub line: u32,
    /// Footnotes and endnotes, in the order of their marks: inner HTML.
    pub notes: Vec<String>,
    parts: Vec<Part>,
    /// Pictures that were looked at: their address, or why readers cannot show them.
    pictures: HashMap<String, Result<String, String>>,
    dropped: Vec<Dropped>,
    problems: Vec<Problem>,
}

impl Findings {
    fn new(path: &str, prefix: &str) -> Self {
        Self {
            path: path.to_owned(),
            prefix: prefix.to_owned(),
            line: 0,
            notes: Vec::new(),
            parts: Vec::new(),
            pictures: HashMap::new(),
            dropped: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The characters of a run, without those that XML cannot carry.
    pub fn clean(&mut self, text: &str) -> String {
        let cleaned = text::clean(text);
        let line = self.line.max(1);
        self.dropped.extend(cleaned.dropped.iter().map(|dropped| Dropped { line, column: 1, ..*dropped }));
        text::without_marks(&cleaned.text).into_owned()
    }

    /// The address of a picture inside the document: of the first of these parts that readers can
    /// show, programs write one picture in several ways. If there is none, that is said.
    ///
    /// # Errors
    /// It is a trap.
    pub fn picture(&mut self, package: &mut Package<'_>, names: &[String]) -> Result<Option<String>, Wrong> {
        let mut reason = String::new();
        for name in names {
            if !self.pictures.contains_key(name) {
                let seen = self.look_at(package, name)?;
                self.pictures.insert(name.clone(), seen);
            }
            match self.pictures.get(name) {
                Some(Ok(address)) => return Ok(Some(address.clone())),
                Some(Err(format)) if reason.is_empty() => reason.clone_from(format),
                _ => {}
            }
        }
        self.left_out(&reason);
        Ok(None)
    }

    fn look_at(&mut self, package: &mut Package<'_>, name: &str) -> Result<Result<String, String>, Wrong> {
        let bytes = match package.read(name, LARGEST_PICTURE) {
            Err(Wrong::TooLarge) => return Err(Wrong::TooLarge),
            Ok(Some(bytes)) => bytes,
            _ => return Ok(Err(String::new())),
        };
        if !is_shown(&bytes) {
            return Ok(Err(name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_uppercase()));
        }
        let part = Part::new(&self.path, name, bytes.len() as u64);
        let address = part.address.clone();
        self.parts.push(part);
        Ok(Ok(address))
    }

    /// Says that a document lies inside this one which Word joins to it when it is next saved.
    pub fn joined_later(&mut self) {
        let place = Place::line(self.line.max(1));
        self.problems.push(Problem::new(Code::InsertLeftOut, &self.path).at(place));
    }

    /// Says that a picture is not shown; its format, where that is the reason.
    pub fn left_out(&mut self, format: &str) {
        let place = Place::line(self.line.max(1));
        let problem = Problem::new(Code::PictureLeftOut, &self.path).at(place).with("kind", format);
        // One for a paragraph is enough.
        if self.problems.last() != Some(&problem) {
            self.problems.push(problem);
        }
    }
}
