//! What Word, LibreOffice and Google Docs leave in the pages that they write from documents: lists
//! that are paragraphs with a dot in front, bold that is a style, comments of colleagues, footnotes,
//! and properties of the file.

use std::collections::HashMap;

use super::said::Meta;
use super::tree::{Content, Id, Page, ROOT};
use crate::html;
use crate::input::story::BlockKind;

/// Whether Google Docs wrote the page.
pub fn is_google(page: &Page) -> bool {
    let body = page.below(ROOT).find(|id| page.name(*id) == "body");
    let marked = body.is_some_and(|id| page.has_word(id, "class", "doc-content"));
    marked || sheets(page).any(|sheet| sheet.contains("themes.googleusercontent.com"))
}

fn sheets(page: &Page) -> impl Iterator<Item = String> + '_ {
    page.below(ROOT).filter(|id| page.name(*id) == "style").map(|id| page.text(id))
}

/// What the program put into the page about the document.
pub fn suggestions(page: &Page, metas: &[Meta<'_>]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let names = [
        ("author", "author"),
        ("created", "created"),
        ("changedby", "changed by"),
        ("changed", "changed"),
        ("date", "date"),
        ("keywords", "keywords"),
        ("description", "description"),
    ];
    for (theirs, ours) in names {
        found.extend(metas.iter().find(|meta| meta.name == theirs).map(|meta| (ours, meta.value.to_owned())));
    }
    // Word hides its own between the comments.
    let comments = page.below(ROOT).filter_map(|id| match page.content(id) {
        Content::Comment(text) if text.contains("<o:DocumentProperties") => Some(text),
        _ => None,
    });
    for comment in comments {
        let of = |name: &str| {
            let (_, behind) = comment.split_once(&format!("<o:{name}>"))?;
            let (value, _) = behind.split_once("</")?;
            Some(html::plain(value.trim()).into_owned()).filter(|value| !value.is_empty())
        };
        let names =
            [("Author", "author"), ("LastAuthor", "changed by"), ("Created", "created"), ("LastSaved", "changed")];
        found.extend(names.iter().filter_map(|(theirs, ours)| Some((*ours, of(theirs)?))));
    }
    found
}

/// How the words of an element are set, besides what its name says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Bold; `Some(false)` where it says that it is not.
    pub bold: Option<bool>,
    /// Italic.
    pub italic: Option<bool>,
    /// Struck through.
    pub struck: bool,
    /// Above or below the line.
    pub shift: Option<&'static str>,
}

impl Look {
    /// What a `style` says.
    pub fn of(style: &str) -> Self {
        let mut look = Self::default();
        for (name, value) in style.split(';').filter_map(|part| part.split_once(':')) {
            let value = value.trim().to_ascii_lowercase();
            match name.trim().to_ascii_lowercase().as_str() {
                "font-weight" => {
                    look.bold =
                        Some(value == "bold" || value == "bolder" || value.parse().is_ok_and(|w: u32| w >= 600));
                }
                "font-style" => look.italic = Some(value == "italic" || value == "oblique"),
                "text-decoration" | "text-decoration-line" => look.struck |= value.contains("line-through"),
                "vertical-align" if value == "super" => look.shift = Some("sup"),
                "vertical-align" if value == "sub" => look.shift = Some("sub"),
                _ => {}
            }
        }
        look
    }

    fn with(self, other: Self) -> Self {
        Self {
            bold: other.bold.or(self.bold),
            italic: other.italic.or(self.italic),
            struck: self.struck || other.struck,
            shift: other.shift.or(self.shift),
        }
    }
}

/// The looks of the classes `c0`, `c1`… with which Google Docs says everything.
#[derive(Debug, Default)]
pub struct Looks(HashMap<String, Look>);

impl Looks {
    /// Of a page; empty where Google Docs did not write it, since a site's own classes dress pages,
    /// not words.
    pub fn of(page: &Page) -> Self {
        let mut looks = HashMap::new();
        if is_google(page) {
            for sheet in sheets(page) {
                for (selector, style) in sheet.split('}').filter_map(|rule| rule.split_once('{')) {
                    // Behind an `@import`.
                    let selector = selector.rsplit(';').next().unwrap_or(selector);
                    if let Some(class) = selector.trim().strip_prefix('.').filter(|class| is_generated(class)) {
                        looks.insert(class.to_owned(), Look::of(style));
                    }
                }
            }
        }
        Self(looks)
    }

    /// Of an element.
    pub fn get(&self, page: &Page, id: Id) -> Look {
        let mut look = Look::default();
        if !self.0.is_empty() {
            let classes = page.attribute(id, "class").unwrap_or_default().split_ascii_whitespace();
            look = classes.filter_map(|class| self.0.get(class)).fold(look, |look, more| look.with(*more));
        }
        page.attribute(id, "style").map_or(look, |style| look.with(Look::of(style)))
    }
}

fn is_generated(class: &str) -> bool {
    class.strip_prefix('c').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// What a paragraph is by its style, where an office program wrote the page.
pub fn styled(page: &Page, id: Id) -> Option<BlockKind> {
    let is = |classes: &[&str]| classes.iter().any(|class| page.has_word(id, "class", class));
    if is(&["MsoTitle", "MsoTitleCxSpFirst", "title"]) {
        return Some(BlockKind::Title);
    }
    if is(&["MsoSubtitle", "MsoSubtitleCxSpFirst", "subtitle"]) {
        return Some(BlockKind::Subtitle);
    }
    let level = property(page, id, "mso-outline-level")?.parse().ok()?;
    (1..=6).contains(&level).then_some(BlockKind::Heading(level))
}

fn property<'a>(page: &'a Page, id: Id, name: &str) -> Option<&'a str> {
    let style = page.attribute(id, "style")?;
    let parts = style.split(';').filter_map(|part| part.split_once(':'));
    parts.into_iter().find(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Whether an element is for those who wrote the document: comments, deleted words, marks of lists,
/// headers, footers and tables of contents of the paper.
pub fn is_inner(page: &Page, id: Id) -> bool {
    let class = page.attribute(id, "class").unwrap_or_default();
    let comment = class.split_ascii_whitespace().any(|class| {
        let class = class.to_ascii_lowercase();
        class.starts_with("msocom") || class.starts_with("mso-com") || class == "msodel"
    });
    let style = property(page, id, "mso-list").is_some_and(|value| value.eq_ignore_ascii_case("ignore"))
        || property(page, id, "mso-hide").is_some_and(|value| value.eq_ignore_ascii_case("all"))
        || property(page, id, "mso-element").is_some_and(|value| {
            ["comment", "comment-list", "header", "footer", "para-border-div-hidden"]
                .contains(&value.to_ascii_lowercase().as_str())
        });
    let deleted = page.name(id) == "del" && page.attribute(id, "cite").is_some_and(|cite| cite.starts_with("mailto:"));
    let contents = class.split_ascii_whitespace().any(|class| class.to_ascii_lowercase().starts_with("msotoc"));
    // As LibreOffice writes them.
    let paper = page.name(id) == "div" && matches!(page.attribute(id, "title"), Some("header" | "footer"));
    paper || comment || contents || style || deleted || is_comment_of_google(page, id)
}

/// `[a]` in the text, and the boxes at its end.
fn is_comment_of_google(page: &Page, id: Id) -> bool {
    let name = page.name(id);
    if !matches!(name, "sup" | "div") {
        return false;
    }
    let number = |id: &str, prefix: &str| {
        id.strip_prefix(prefix).is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let anchor =
        page.below(id).take(12).find(|below| page.name(*below) == "a").and_then(|below| page.attribute(below, "id"));
    anchor.is_some_and(|anchor| if name == "sup" { number(anchor, "cmnt_ref") } else { number(anchor, "cmnt") })
}

/// The header and the footer of a document of Google's: a box at the start of the page, and one at its
/// end that is neither a note nor a comment. All else stands in the page itself.
pub fn paper_of_google(page: &Page) -> Vec<Id> {
    let Some(body) = page.below(ROOT).find(|id| page.name(*id) == "body").filter(|_| is_google(page)) else {
        return Vec::new();
    };
    let is_part = |id: &Id| !page.name(*id).is_empty() && !matches!(page.name(*id), "style" | "script");
    let parts: Vec<Id> = page.children(body).iter().copied().filter(is_part).collect();
    let is_box = |id: &Id| {
        let anchored =
            |below: Id| page.attribute(below, "id").is_some_and(|id| id.starts_with("ftnt") || id.starts_with("cmnt"));
        page.name(*id) == "div" && !page.below(*id).any(anchored)
    };
    let others = parts.iter().any(|id| page.name(*id) != "div");
    let ends = parts.first().into_iter().chain(parts.last().filter(|_| parts.len() > 1));
    ends.copied().filter(|id| others && is_box(id)).collect()
}

/// How deep a list of Google's stands, from 1: every level is a list of its own.
pub fn google_list_level(page: &Page, id: Id) -> Option<usize> {
    let classes = page.attribute(id, "class")?.split_ascii_whitespace();
    let level = classes.filter_map(|class| class.strip_prefix("lst-kix_")?.rsplit_once('-')?.1.parse::<usize>().ok());
    level.max().map(|level| level.min(8) + 1)
}

/// The level (from 1) of a paragraph that Word means as a point of a list.
pub fn list_level(page: &Page, id: Id) -> Option<usize> {
    const DEEPEST: usize = 9;
    /// In points: what Word moves each level in.
    const STEP: f64 = 36.0;
    let numbering = property(page, id, "mso-list").filter(|value| !value.eq_ignore_ascii_case("none"));
    let classes = page.attribute(id, "class").unwrap_or_default();
    let is_point = classes.split_ascii_whitespace().any(|class| {
        class.starts_with("MsoListParagraph")
            || class.starts_with("MsoListBullet")
            || class.starts_with("MsoListNumber")
    });
    if page.name(id) != "p" || numbering.is_none() && !is_point {
        return None;
    }
    let written =
        numbering.and_then(|value| value.split_once("level")?.1.split_ascii_whitespace().next()?.parse().ok());
    let by_margin = || {
        let margin = property(page, id, "margin-left").and_then(points)?;
        (margin > 0.0).then(|| (margin / STEP).round() as usize)
    };
    Some(written.or_else(by_margin).unwrap_or(1).clamp(1, DEEPEST))
}

fn points(length: &str) -> Option<f64> {
    let units = [("pt", 1.0), ("cm", 28.35), ("mm", 2.835), ("in", 72.0), ("px", 0.75)];
    units.iter().find_map(|(unit, factor)| Some(length.strip_suffix(unit)?.trim().parse::<f64>().ok()? * factor))
}

/// The mark in front of a point: how many characters it takes with the spaces behind it, and whether
/// it counts.
pub fn list_mark(text: &str) -> Option<(usize, bool)> {
    let is_space = |c: char| c.is_whitespace();
    let mark: String = text.chars().take_while(|c| !is_space(*c)).take(8).collect();
    let spaces = text.chars().skip(mark.chars().count()).take_while(|c| is_space(*c)).count();
    let length = mark.chars().count() + spaces;
    // Private characters are those of the fonts Symbol and Wingdings.
    let is_dot = |c: char| {
        matches!(
            c,
            '·' | '•' | '◦' | '▪' | '§' | 'o' | 'Ø' | 'ü' | 'v' | '-' | '–' | '—' | '*' | '\u{e000}'..='\u{f8ff}'
        )
    };
    let mut characters = mark.chars();
    if let (Some(dot), None) = (characters.next(), characters.next()) {
        return (is_dot(dot) && spaces > 0).then_some((length, false));
    }
    let number = mark.trim_start_matches('(');
    let number = number.strip_suffix(['.', ')', '°'])?.trim_end_matches('.');
    let counts = !number.is_empty()
        && (number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            || number.len() == 1 && number.bytes().all(|b| b.is_ascii_alphabetic())
            || number.to_ascii_lowercase().bytes().all(|b| b"ivxlc".contains(&b)));
    (counts && spaces > 0).then_some((length, true))
}

/// The same HTML without its first `count` characters that are no tags.
pub fn without_mark(html: &str, count: usize) -> String {
    let mut rest = String::with_capacity(html.len());
    let (mut left, mut tag) = (count, false);
    for character in html.chars() {
        match character {
            '<' => tag = true,
            _ if tag || left == 0 => {}
            _ => {
                left -= 1;
                continue;
            }
        }
        rest.push(character);
        tag &= character != '>';
    }
    rest
}

/// The name of the note that a link leads to, and the names that a link back to it has.
pub fn note(page: &Page, link: Id) -> Option<&str> {
    let target = page.attribute(link, "href")?.strip_prefix('#')?;
    let numbered = |prefix: &str, suffix: &str| {
        let number = target.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_note = [("_ftn", ""), ("_edn", ""), ("ftnt", ""), ("sdfootnote", "sym"), ("sdendnote", "sym")]
        .iter()
        .any(|(prefix, suffix)| numbered(prefix, suffix));
    is_note.then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_lists() {
        for (text, mark) in [
            ("·\u{a0}\u{a0}\u{a0} Un", Some((5, false))),
            ("o   Deux", Some((4, false))),
            ("\u{f0b7} Trois", Some((2, false))),
            ("1.\u{a0} Un", Some((4, true))),
            ("a) Un", Some((3, true))),
            ("iv. Un", Some((4, true))),
            ("1.2. Un", Some((5, true))),
            ("Un point", None),
            ("- Un", Some((2, false))),
            ("L. Un", Some((3, true))),
            ("·", None),
            ("", None),
        ] {
            assert_eq!(list_mark(text), mark, "{text}");
        }
        assert_eq!(without_mark("·<b>\u{a0} Un</b> <i>x</i>", 3), "<b>Un</b> <i>x</i>");
    }
}
