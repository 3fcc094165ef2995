//! From a file to what its author wrote: a [`Draft`], everything optional, each value with its
//! place, no configuration seen.

pub mod front_matter;
pub mod markdown;

use crate::file::{LARGEST_TEXT, SourceFile, digest};
use crate::problem::{Code, Place, Problem};
use crate::text::{self, Text};
use crate::tree::Node;

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Markdown with or without a head: an item.
    Markdown,
    /// A text that an office writes and that is not read yet: said, never skipped silently.
    NotRead,
    /// Not an item: a picture, a sound, anything that items may refer to.
    Other,
}

impl Kind {
    /// By the ending; `_index.md` is the title page of a folder in other generators, not an item.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.') {
            Some(("_index", _)) => Self::Other,
            Some((_, ending)) => match ending.to_ascii_lowercase().as_str() {
                "md" | "markdown" => Self::Markdown,
                "txt" | "text" | "html" | "htm" | "docx" | "odt" | "doc" | "rtf" | "mdx" => Self::NotRead,
                _ => Self::Other,
            },
            None => Self::Other,
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// What the author wrote.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Below the items folder.
    pub path: String,
    /// Of the file's bytes.
    pub digest: String,
    /// Plain text.
    pub title: Option<At<Text>>,
    /// Plain text.
    pub subtitle: Option<At<Text>>,
    /// As typed.
    pub date: Option<At<String>>,
    /// As typed.
    pub updated: Option<At<String>>,
    /// One node a person.
    pub authors: Option<At<Vec<Node>>>,
    /// One node a person.
    pub contacts: Vec<Node>,
    /// Plain text.
    pub summary: Option<At<Text>>,
    /// Plain text, each once.
    pub tags: Vec<Text>,
    /// As typed.
    pub language: Option<At<String>>,
    /// As typed.
    pub id: Option<At<String>>,
    /// As typed.
    pub slug: Option<At<String>>,
    /// As typed.
    pub link: Option<At<String>>,
    /// A file, or a map.
    pub image: Option<Node>,
    /// Files, or maps.
    pub attachments: Vec<Node>,
    /// Plain text.
    pub rights: Option<Text>,
    /// Whether it is to be held, where that is said.
    pub draft: Option<bool>,
    /// Not before this, as typed.
    pub embargo: Option<At<String>>,
    /// More dates, under other names; the latest holds.
    pub later: Vec<At<String>>,
    /// Keys that nobody reads.
    pub unknown: Vec<At<String>>,
    /// What pass 1 must know of the text.
    pub facts: markdown::Facts,
}

/// Reads one file whose [`Kind`] is an item's. `None` where there was an error.
pub fn read(file: &SourceFile) -> (Option<Draft>, Vec<Problem>) {
    let mut problems = Vec::new();
    let draft = draft(file, &mut problems).map_err(|problem| problems.push(problem)).ok();
    let broken = problems.iter().any(Problem::is_error);
    (draft.filter(|_| !broken), problems)
}

/// The text of an item after its head, for pass 2; pass 1 keeps none.
pub fn body(file: &SourceFile) -> Result<String, Problem> {
    let cleaned = text::clean(decode(file)?);
    let parts = front_matter::split(&cleaned.text, &file.path)?;
    Ok(text::nfc(&text::without_marks(parts.body)).into_owned())
}

fn draft(file: &SourceFile, problems: &mut Vec<Problem>) -> Result<Draft, Problem> {
    let cleaned = text::clean(decode(file)?);
    report_dropped(&cleaned.dropped, &file.path, problems);
    let mut draft = Draft { path: file.path.clone(), digest: digest(&file.bytes), ..Draft::default() };
    let parts = front_matter::split(&cleaned.text, &file.path)?;
    front_matter::read(&parts, &mut draft, problems)?;
    // As it was typed, so that every place is what its author sees.
    draft.facts = markdown::facts(parts.body, parts.body_line, &file.path, problems);
    Ok(draft)
}

fn decode(file: &SourceFile) -> Result<&str, Problem> {
    if file.bytes.len() as u64 > LARGEST_TEXT {
        return Err(too_large(&file.path, file.bytes.len() as u64));
    }
    let place = |before: &[u8]| {
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let last = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let column = String::from_utf8_lossy(last).chars().count() + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place { line: number(line), column: number(column), width: 1 }
    };
    if let Some(at) = file.bytes.iter().position(|b| *b == 0) {
        return Err(Problem::new(Code::FileNotText, &file.path).at(place(file.bytes.get(..at).unwrap_or_default())));
    }
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let (good, bad) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
        let byte = bad.first().map(|b| format!("0x{b:02X}")).unwrap_or_default();
        Problem::new(Code::EncodingUnknown, &file.path).at(place(good)).with("byte", byte)
    })
}

/// The problem of a file that is too large to be a text.
pub fn too_large(path: &str, size: u64) -> Problem {
    Problem::new(Code::FileTooLarge, path).with("size", size.div_ceil(1 << 20)).with("limit", LARGEST_TEXT >> 20)
}

/// One warning a line, five at most; the last says how many lines are not shown.
fn report_dropped(dropped: &[text::Dropped], path: &str, problems: &mut Vec<Problem>) {
    const SHOWN: usize = 5;
    let mut lines: Vec<&[text::Dropped]> = dropped.chunk_by(|a, b| a.line == b.line).collect();
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    let last = lines.len().saturating_sub(1);
    for (index, line) in lines.iter().enumerate() {
        let Some(first) = line.first() else { continue };
        let place = Place { line: first.line, column: first.column, width: 1 };
        let problem = characters_dropped(path, place, line);
        let hidden = if index == last && more > 0 { more.to_string() } else { String::new() };
        problems.push(problem.with("more", hidden));
    }
}

/// The warning about characters that are not there any more.
fn characters_dropped(path: &str, place: Place, dropped: &[text::Dropped]) -> Problem {
    let mut names: Vec<String> = dropped.iter().map(|d| format!("U+{:04X}", u32::from(d.character))).collect();
    names.dedup();
    names.truncate(4);
    Problem::new(Code::CharactersDropped, path)
        .at(place)
        .with("characters", names.join(", "))
        .with("count", dropped.len())
        .with("s", if dropped.len() > 1 { "s" } else { "" })
}
