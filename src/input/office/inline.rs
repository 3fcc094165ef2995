//! What stands inside of a paragraph, run by run, until it is written as HTML.
//!
//! Office programs cut a word into runs wherever somebody's cursor once stood, and give spaces a look
//! of their own. What looks alike is put together again, so that a feed has `<strong>` once and not
//! five times in a word.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use super::looks::Setting;
use crate::html::escape;
use crate::text::nfc;

/// How a run is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Struck through.
    pub struck: bool,
    /// Above or below the line.
    pub raised: Raised,
    /// Where it leads.
    pub link: Option<Rc<str>>,
}

/// Above or below the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Raised {
    /// On the line.
    #[default]
    No,
    /// `3ᵉ`.
    Up,
    /// `CO₂`.
    Down,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Break,
    /// A picture, the mark of a note: no words.
    Html(String),
    /// A place to which something leads: nothing to see.
    Anchor(String),
}

/// The runs of a paragraph.
#[derive(Debug, Default)]
pub struct Inline {
    runs: Vec<(Piece, Look)>,
    /// How many characters are set how large.
    sizes: BTreeMap<u16, usize>,
}

impl Inline {
    /// Adds characters.
    pub fn text(&mut self, text: &str, look: &Look) {
        match self.runs.last_mut() {
            _ if text.is_empty() => {}
            Some((Piece::Text(before), last)) if last == look => before.push_str(text),
            _ => self.runs.push((Piece::Text(text.to_owned()), look.clone())),
        }
    }

    /// Adds characters in a setting: how large they are is remembered, and what is shown in capitals
    /// does not begin with a small letter.
    pub fn set(&mut self, text: &str, setting: Setting, look: &Look) {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        *self.sizes.entry(setting.size.unwrap_or_default()).or_default() += letters;
        if setting.capitals == Some(true) && self.words().is_empty() {
            self.text(&capitalised(text), look);
        } else {
            self.text(text, look);
        }
    }

    /// How large most of its characters are, in half points; 0 where nothing says it.
    pub fn size(&self) -> u16 {
        self.sizes.iter().max_by_key(|(_, letters)| **letters).map_or(0, |(size, _)| *size)
    }

    /// Adds the end of a line.
    pub fn line_break(&mut self) {
        self.runs.push((Piece::Break, Look::default()));
    }

    /// Adds an element that holds no words.
    pub fn html(&mut self, html: String, link: Option<Rc<str>>) {
        self.runs.push((Piece::Html(html), Look { link, ..Look::default() }));
    }

    /// Adds a place to which something leads, by its id.
    pub fn anchor(&mut self, id: Option<String>) {
        self.runs.extend(id.map(|id| (Piece::Anchor(id), Look::default())));
    }

    /// Whether there are no words in it, and no picture.
    pub fn is_empty(&self) -> bool {
        self.runs.iter().all(|(piece, _)| match piece {
            Piece::Text(text) => is_blank(text),
            Piece::Break | Piece::Anchor(_) => true,
            Piece::Html(_) => false,
        })
    }

    /// Whether it has words, and all of them are bold.
    pub fn is_bold(&self) -> bool {
        let mut words = self.runs.iter().filter(|(piece, _)| matches!(piece, Piece::Text(text) if !is_blank(text)));
        let first = words.next();
        first.is_some_and(|(_, look)| look.bold) && words.all(|(_, look)| look.bold)
    }

    /// Whether it has no words, but something to see.
    pub fn is_picture(&self) -> bool {
        !self.is_empty() && self.words().trim().is_empty()
    }

    /// Makes all of it bold or not: a heading that is bold because headings are says nothing by it.
    pub fn set_bold(&mut self, bold: bool) {
        self.runs.iter_mut().for_each(|(_, look)| look.bold = bold);
    }

    /// The words; a line break is `\n`, and a tab, which sets columns, `\t`.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for (piece, _) in &self.runs {
            match piece {
                Piece::Text(text) => words.push_str(&text.replace('\u{ad}', "")),
                Piece::Break => words.push('\n'),
                Piece::Html(_) | Piece::Anchor(_) => {}
            }
        }
        let lines: Vec<&str> = words.trim().split('\n').map(str::trim).collect();
        nfc(&lines.join("\n")).into_owned()
    }

    /// Phrasing content, well nested.
    pub fn to_html(&self) -> String {
        let mut runs = self.runs.clone();
        trim(&mut runs);
        settle_spaces(&mut runs);
        let mut html = String::new();
        let mut open: Vec<Tag> = Vec::new();
        for (piece, look) in &runs {
            let wanted = tags(look);
            let common = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
            close(&mut open, common, &mut html);
            for tag in wanted.into_iter().skip(common) {
                let _ = match &tag {
                    Tag::Link(address) => write!(html, "<a href=\"{}\">", escape(address)),
                    Tag::Name(name) => write!(html, "<{name}>"),
                };
                open.push(tag);
            }
            match piece {
                Piece::Text(text) => html.push_str(&escape(text).replace('\t', " ")),
                Piece::Break => html.push_str("<br>"),
                Piece::Html(piece) => html.push_str(piece),
                Piece::Anchor(id) => {
                    let _ = write!(html, "<span id=\"{}\"></span>", escape(id));
                }
            }
        }
        close(&mut open, 0, &mut html);
        nfc(&html).into_owned()
    }
}

#[derive(PartialEq)]
enum Tag {
    Link(Rc<str>),
    Name(&'static str),
}

fn tags(look: &Look) -> Vec<Tag> {
    let names = [
        (look.bold, "strong"),
        (look.italic, "em"),
        (look.struck, "s"),
        (look.raised == Raised::Up, "sup"),
        (look.raised == Raised::Down, "sub"),
    ];
    let names = names.into_iter().filter(|(is, _)| *is).map(|(_, name)| Tag::Name(name));
    look.link.clone().map(Tag::Link).into_iter().chain(names).collect()
}

fn close(open: &mut Vec<Tag>, keep: usize, html: &mut String) {
    while open.len() > keep {
        match open.pop() {
            Some(Tag::Link(_)) => html.push_str("</a>"),
            Some(Tag::Name(name)) => {
                let _ = write!(html, "</{name}>");
            }
            None => {}
        }
    }
}

/// With a capital for its first letter.
fn capitalised(text: &str) -> String {
    let Some((at, first)) = text.char_indices().find(|(_, c)| c.is_alphanumeric()) else { return text.to_owned() };
    let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + first.len_utf8()..).unwrap_or_default());
    format!("{before}{}{behind}", first.to_uppercase())
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Spaces and line breaks at either end are how somebody placed the text on paper.
fn trim(runs: &mut Vec<(Piece, Look)>) {
    let is_nothing = |piece: &Piece| !matches!(piece, Piece::Anchor(_)) && is_space(piece);
    while runs.last().is_some_and(|(piece, _)| is_nothing(piece)) {
        runs.pop();
    }
    let leading = runs.iter().take_while(|(piece, _)| is_nothing(piece)).count();
    runs.drain(..leading);
    if let Some((Piece::Text(text), _)) = runs.first_mut() {
        *text = text.trim_start().to_owned();
    }
    if let Some((Piece::Text(text), _)) = runs.last_mut() {
        *text = text.trim_end().to_owned();
    }
}

/// A space looks like what stands on both of its sides.
fn settle_spaces(runs: &mut [(Piece, Look)]) {
    let mut behind: Vec<Option<Look>> = Vec::with_capacity(runs.len());
    let mut next = None;
    for (piece, look) in runs.iter().rev() {
        next = if is_space(piece) { next } else { Some(look.clone()) };
        behind.push(next.clone());
    }
    let mut before: Option<Look> = None;
    for ((piece, look), after) in runs.iter_mut().zip(behind.into_iter().rev()) {
        if is_space(piece) {
            *look = before.as_ref().zip(after.as_ref()).map(|(a, b)| common(a, b)).unwrap_or_default();
        } else {
            before = Some(look.clone());
        }
    }
}

/// What two looks have in common.
fn common(a: &Look, b: &Look) -> Look {
    Look {
        bold: a.bold && b.bold,
        italic: a.italic && b.italic,
        struck: a.struck && b.struck,
        raised: if a.raised == b.raised { a.raised } else { Raised::No },
        link: a.link.clone().filter(|link| b.link.as_ref() == Some(link)),
    }
}

fn is_space(piece: &Piece) -> bool {
    match piece {
        Piece::Text(text) => is_blank(text),
        Piece::Break | Piece::Anchor(_) => true,
        Piece::Html(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_put_together() {
        let bold = Look { bold: true, ..Look::default() };
        let both = Look { bold: true, italic: true, ..Look::default() };
        let mut inline = Inline::default();
        inline.text("  La ", &bold);
        inline.text("pis", &bold);
        inline.text("cine", &bold);
        inline.text(" ", &Look::default());
        inline.text("rouvre", &both);
        inline.line_break();
        inline.text("R&D ", &Look { link: Some("a?b&c".into()), ..Look::default() });
        inline.line_break();
        assert_eq!(
            inline.to_html(),
            "<strong>La piscine <em>rouvre</em></strong><br><a href=\"a?b&amp;c\">R&amp;D</a>"
        );
        assert_eq!(inline.words(), "La piscine rouvre\nR&D");
        assert!(!inline.is_bold());
    }
}
