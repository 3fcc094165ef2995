//! What pass 1 must know of a body, whatever kind of file it stands in.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::problem::Place;
use crate::text::Text;

/// What pass 1 must know of a body.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The first heading, if it leads or is of the highest level, and its line.
    pub heading: Option<(Text, u32)>,
    /// The first words of any kind, and their line.
    pub words: Option<(Text, u32)>,
    /// The paragraph that says what it is about: the lead, else the first; and its line.
    pub paragraph: Option<(Text, u32)>,
    /// What links and pictures point to and is not an absolute address, with its place.
    pub references: Vec<(String, Place)>,
    /// The absolute addresses among them.
    pub absolute: Vec<(String, Place)>,
    /// Those of the references that the text links to, and does not show.
    pub linked: Vec<String>,
    /// Files inside the file, which its text shows: the pictures of an office document.
    pub parts: Vec<Part>,
    /// True where there is something to read or to see.
    pub has_content: bool,
}

/// A file inside an item's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Below the items folder, as if the item's file were a folder:
    /// `2020/dgfip.docx/word/media/image1.png`.
    pub path: String,
    /// The same as the text calls it: seen from the folder of the item's file, percent-encoded.
    pub address: String,
    /// Unpacked, in bytes.
    pub size: u64,
}

impl Part {
    /// What is called `inner` in the file at `path`.
    pub fn new(path: &str, inner: &str, size: u64) -> Self {
        const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');
        let name = path.rsplit('/').next().unwrap_or(path);
        let address = utf8_percent_encode(&format!("{name}/{inner}"), KEPT).to_string();
        Self { path: format!("{path}/{inner}"), address, size }
    }

    /// The name inside the file at `item` of what lies at `path`; `None` where it lies elsewhere.
    pub fn inner<'a>(path: &'a str, item: &str) -> Option<&'a str> {
        path.strip_prefix(item)?.strip_prefix('/')
    }
}
