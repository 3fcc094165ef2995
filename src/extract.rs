//! From the words of a PDF to a Markdown draft, for a person to read through against the PDF.
//!
//! A PDF says where letters stand on paper, not what is a paragraph: whatever a program makes of it is
//! a guess, so the draft is held (`draft: true`) and says so in its first line. What tells paragraphs
//! and headings from where words stand is in [`placed`]; the rest is what every plain text goes
//! through.

pub mod markdown;
pub mod placed;

use std::fmt::Write as _;

use crate::config::Order;
use crate::document::title_in_name;
use crate::edit::quoted;
use crate::input::anatomy::{self, Anatomy};
use crate::input::banner::{self, Banner};
use crate::input::plain;
use crate::input::story::{Block, BlockKind};
use crate::resolve::date::places;
use crate::text::{Text, clean, nfc, without_marks, words_only};
use crate::tree::Node;

pub use self::placed::Typeset;

/// What a draft is made for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The PDF, below the items folder: its name may hold a date and a title.
    pub path: &'a str,
    /// How dates in names are written, where somebody said it.
    pub order: Option<Order>,
    /// Whose name above the text is no title; empty where nobody knows.
    pub publisher: &'a str,
    /// What the first line says to whoever opens the draft.
    pub remark: &'a str,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What was taken for the title.
    pub title: Option<Text>,
    /// The whole file.
    pub text: String,
}

/// The draft of a text; `None` where there are no words in it.
pub fn draft(typeset: &Typeset, wanted: Wanted<'_>) -> Option<Draft> {
    let cleaned = clean(&plain::keep_pages(&typeset.text)).text.into_owned();
    let mut story = plain::read(&nfc(&without_marks(&cleaned)), 1);
    if !story.blocks.iter().any(|block| block.text.contains(char::is_alphanumeric)) {
        return None;
    }
    story.blocks.iter_mut().for_each(|block| typeset.name(block));
    // An embargo must not be lost: whoever publishes the draft without reading must still be held.
    let mut embargoes: Vec<String> = story.blocks.iter().filter_map(embargo).collect();
    let anatomy = anatomy::of(&mut story, wanted.publisher);
    let told = |line: &str| {
        let appears = |banner: &Banner| matches!(banner, Banner::Appears(at) if line.contains(&at.value));
        banner::is_embargo(line) || anatomy.banners.iter().any(appears)
    };
    embargoes.retain(|line| told(line));
    let title = anatomy.title.as_ref().and_then(Block::words).or_else(|| title_in_name(wanted.path));
    let mut text = head(&anatomy, title.as_ref(), wanted);
    text.push_str(&body(&anatomy, &embargoes));
    Some(Draft { title, text })
}

fn embargo(block: &Block) -> Option<String> {
    let alone = banner::is_nothing_else(&block.text);
    block.lines().find(|line| banner::tells_when(line)).filter(|_| alone).map(str::to_owned)
}

/// The head: what a person would write there, and no more than the paper says.
fn head(anatomy: &Anatomy, title: Option<&Text>, wanted: Wanted<'_>) -> String {
    let mut head = format!("---\n# {}\n", Text::new(wanted.remark));
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(head, "{key}: {value}");
    };
    if let Some(title) = title {
        line("title", &quoted(title.as_str()));
    }
    if let Some(subtitle) = anatomy.subtitle.as_ref().and_then(Block::words) {
        line("subtitle", &quoted(subtitle.as_str()));
    }
    if let Some(Ok(day)) = places::in_name(wanted.path, wanted.order) {
        line("date", &day.to_string());
    }
    let mut contacts = anatomy.contacts.iter().filter_map(contact).peekable();
    if contacts.peek().is_some() {
        head.push_str("contacts:\n");
        contacts.for_each(|contact| head.push_str(&contact));
    }
    head.push_str("draft: true\n---\n");
    head
}

/// A person as an entry of a list.
fn contact(node: &Node) -> Option<String> {
    const FIELDS: [&str; 5] = ["name", "role", "email", "phone", "url"];
    let fields = FIELDS.iter().filter_map(|key| Some((*key, node.get(key)?.text()?)));
    let mut entry = String::new();
    for (key, value) in fields {
        let mark = if entry.is_empty() { '-' } else { ' ' };
        let _ = writeln!(entry, "  {mark} {key}: {}", quoted(value));
    }
    (!entry.is_empty()).then_some(entry)
}

fn body(anatomy: &Anatomy, embargoes: &[String]) -> String {
    let mut body = String::new();
    let mut push = |piece: &str| {
        if !piece.trim().is_empty() {
            let _ = writeln!(body, "\n{}", piece.trim());
        }
    };
    embargoes.iter().for_each(|line| push(&markdown::escaped(line)));
    let blocks = anatomy.lead.iter().chain(&anatomy.body).chain(&anatomy.notes).chain(&anatomy.boilerplate);
    let mut list_before = false;
    for block in blocks {
        let is_list = block.kind == BlockKind::List;
        if is_list && list_before {
            // Nothing else keeps two lists apart.
            push("<!-- -->");
        }
        list_before = is_list;
        push(&markdown::block(block));
    }
    body
}

impl Typeset {
    /// Tells a block what its size on the page says it is.
    fn name(&self, block: &mut Block) {
        if !matches!(block.kind, BlockKind::Heading(_)) {
            return;
        }
        let words = words_only(&block.text);
        if self.title.as_ref().is_some_and(|title| words_only(title) == words) {
            block.kind = BlockKind::Title;
        } else if let Some((_, level)) = self.headings.iter().find(|(heading, _)| words_only(heading) == words) {
            block.kind = BlockKind::Heading(*level);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Known;
    use crate::file::SourceFile;
    use crate::input;

    const WANTED: Wanted<'_> =
        Wanted { path: "2026-11-24 Budget.pdf", order: None, publisher: "", remark: "À relire" };

    fn of_text(text: &str) -> Option<Draft> {
        draft(&Typeset::plain(text), WANTED)
    }

    #[test]
    fn a_draft_is_a_held_item() {
        let text = "LE BUDGET EST VOTÉ\n\nLe conseil a voté.\n\n• un\n• deux\n\nLa 3^{ème} fois.\n";
        let draft = of_text(text).unwrap();
        assert_eq!(
            draft.text,
            "---\n# À relire\ntitle: \"LE BUDGET EST VOTÉ\"\ndate: 2026-11-24\ndraft: true\n---\n\nLe conseil a voté.\n\n\
             - un\n- deux\n\nLa 3<sup>ème</sup> fois.\n"
        );
        let file = SourceFile { path: "2026-11-24 Budget.md".to_owned(), bytes: draft.text.into_bytes() };
        let (read, problems) = input::read(&file, None, Known::default());
        assert_eq!(problems, []);
        assert!(read.unwrap().is_held());
    }

    #[test]
    fn an_embargo_stays() {
        let draft = of_text("SOUS EMBARGO jusqu’au 24 novembre 2026 à 9 h\n\nLa piscine rouvre.\n").unwrap();
        assert!(draft.text.contains("\n\nSOUS EMBARGO jusqu’au 24 novembre 2026 à 9 h\n"), "{}", draft.text);
    }

    #[test]
    fn nothing_to_read() {
        assert_eq!(of_text("\u{c}\n \u{c}"), None);
        assert_eq!(of_text("-----"), None);
    }
}
