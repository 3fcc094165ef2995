//! What styles can say of a paragraph and of characters, whichever program calls them how.

use super::inline::{Look, Raised};
use crate::input::story::BlockKind;

/// What a paragraph is for, by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The title of the document.
    Title,
    /// What stands under it.
    Subtitle,
    /// A heading of a level from 1.
    Heading(u8),
    /// Somebody else's words.
    Quote,
    /// A line across the page.
    Rule,
    /// A line of a table of contents: made by the program, with pages that no screen has.
    Contents,
    /// Running text.
    Body,
}

impl Role {
    /// What a block of text in that role is.
    pub fn kind(self) -> BlockKind {
        match self {
            Self::Title => BlockKind::Title,
            Self::Subtitle => BlockKind::Subtitle,
            Self::Heading(level) => BlockKind::Heading(level.min(6)),
            Self::Quote | Self::Rule | Self::Contents | Self::Body => BlockKind::Paragraph,
        }
    }
}

/// What is said of the look of characters; `None` where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting {
    /// Bold.
    pub bold: Option<bool>,
    /// Italic.
    pub italic: Option<bool>,
    /// Struck through, once or twice.
    pub struck: Option<bool>,
    /// Above or below the line.
    pub raised: Option<Raised>,
    /// Not to be seen.
    pub hidden: Option<bool>,
    /// In capitals, however it was typed.
    pub capitals: Option<bool>,
    /// How large, in half points.
    pub size: Option<u16>,
}

impl Setting {
    /// Itself, and where it says nothing, `other`.
    pub fn or(self, other: Self) -> Self {
        Self {
            bold: self.bold.or(other.bold),
            italic: self.italic.or(other.italic),
            struck: self.struck.or(other.struck),
            raised: self.raised.or(other.raised),
            hidden: self.hidden.or(other.hidden),
            capitals: self.capitals.or(other.capitals),
            size: self.size.or(other.size),
        }
    }

    /// Without the look that all headings have because they are headings.
    pub fn in_heading(self) -> Self {
        Self { hidden: self.hidden, capitals: self.capitals, ..Self::default() }
    }

    /// As the look of a run.
    pub fn look(self) -> Look {
        Look {
            bold: self.bold == Some(true),
            italic: self.italic == Some(true),
            struck: self.struck == Some(true),
            raised: self.raised.unwrap_or_default(),
            link: None,
        }
    }
}

impl Role {
    /// Whether paragraphs of it look like nothing else.
    pub fn is_heading(self) -> bool {
        matches!(self, Self::Title | Self::Subtitle | Self::Heading(_))
    }
}

/// The role that a name says, in the languages that officers' programs speak.
pub fn named(name: &str) -> Option<Role> {
    const HEADINGS: [&str; 8] = ["heading", "titre", "überschrift", "berschrift", "título", "ttulo", "titolo", "kop"];
    let role = match name {
        "title" | "titre" | "titre principal" | "titreprincipal" | "titel" | "título" | "ttulo" | "titolo" => {
            Role::Title
        }
        "subtitle" | "sous-titre" | "soustitre" | "sous titre" | "untertitel" | "subtítulo" | "sottotitolo" => {
            Role::Subtitle
        }
        "quote" | "intense quote" | "citation" | "citation intense" | "quotations" | "block text" => Role::Quote,
        "horizontal line" | "horizontalline" => Role::Rule,
        "toc heading" | "table of figures" => Role::Contents,
        _ => {
            let level = |kind: &str| name.strip_prefix(kind)?.trim().parse::<u8>().ok().filter(|n| (1..=9).contains(n));
            return match level("toc") {
                Some(_) => Some(Role::Contents),
                None => HEADINGS.into_iter().find_map(level).map(Role::Heading),
            };
        }
    };
    Some(role)
}
