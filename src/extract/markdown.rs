//! Blocks of a text as Markdown that a person can go on writing: no mark where none is needed, and
//! none that the text did not mean.

use std::fmt::Write as _;

use crate::html;
use crate::html::pieces::{Piece, attribute, pieces};
use crate::import::content::embedded;
use crate::input::addresses;
use crate::input::story::{Block, BlockKind};

/// One block, without empty lines around it.
pub fn block(block: &Block) -> String {
    let clean = html::sanitise(&block.html);
    match block.kind {
        BlockKind::Title => heading(1, &clean),
        BlockKind::Heading(level) => heading(usize::from(level.clamp(1, 6)), &clean),
        BlockKind::Paragraph | BlockKind::Subtitle => inline(&clean),
        BlockKind::Rule => "* * *".to_owned(),
        BlockKind::List => list(&clean),
        BlockKind::Table | BlockKind::Other => other(&clean),
    }
}

/// A line of plain text.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape(text, &mut out);
    out
}

fn heading(level: usize, html: &str) -> String {
    let text = inline(&html.replace("<br>", " ").replace("<br />", " "));
    // What stands between braces at its end would be taken for its id, signs at its end for a frame.
    let text = match (text.strip_suffix('#'), text.strip_suffix('}')) {
        (Some(rest), _) if rest.ends_with([' ', '#']) => format!("{rest}\\#"),
        (_, Some(rest)) => format!("{rest}&#125;"),
        _ => text,
    };
    format!("{} {text}", "#".repeat(level))
}

/// What is no list and no paragraph: a quotation of paragraphs as Markdown has it, all else as HTML.
fn other(html: &str) -> String {
    let inner = html.trim().strip_prefix("<blockquote>").and_then(|rest| rest.strip_suffix("</blockquote>"));
    let paragraphs = inner.map(|inner| inner.trim().split("</p>").map(str::trim).collect::<Vec<_>>());
    let is_plain = |piece: &&str| piece.is_empty() || piece.starts_with("<p>") && !piece.contains("<blockquote");
    let Some(paragraphs) = paragraphs.filter(|paragraphs| paragraphs.iter().all(is_plain)) else {
        return embedded(html);
    };
    let mut quote = Vec::new();
    for piece in paragraphs.iter().filter_map(|piece| piece.strip_prefix("<p>")) {
        if !quote.is_empty() {
            quote.push(">".to_owned());
        }
        quote.extend(inline(piece).lines().map(|line| format!("> {line}")));
    }
    quote.join("\n")
}

/// A list that is still open.
struct Open {
    /// The number of the next point; none where points are not counted.
    next: Option<u32>,
    /// What stands before its points.
    indent: usize,
    /// What its lines go on behind.
    inner: usize,
}

/// Points, one in another, each with its text on the line of its mark.
fn list(html: &str) -> String {
    let mut written = String::new();
    let mut open: Vec<Open> = Vec::new();
    let mut text = String::new();
    let flush = |text: &mut String, open: &[Open], written: &mut String| {
        let words = inline(text);
        let inner = open.last().map_or(0, |list| list.inner);
        for (number, line) in words.lines().enumerate() {
            let fresh = written.is_empty() || written.ends_with('\n');
            if number > 0 || fresh {
                let _ = write!(written, "{}{}", if fresh { "" } else { "\n" }, " ".repeat(inner));
            }
            written.push_str(line);
        }
        text.clear();
    };
    for piece in pieces(html) {
        let Piece::Tag(tag, name, attributes) = &piece else {
            if let Piece::Text(words) = piece {
                text.push_str(words);
            }
            continue;
        };
        match name.as_str() {
            "ul" | "ol" => {
                flush(&mut text, &open, &mut written);
                let indent = open.last().map_or(0, |list| list.inner);
                let start = attribute(tag, attributes, "start").and_then(|start| start.parse().ok()).unwrap_or(1);
                open.push(Open { next: (name == "ol").then_some(start), indent, inner: indent + 2 });
            }
            "/ul" | "/ol" => {
                flush(&mut text, &open, &mut written);
                open.pop();
            }
            "li" => {
                let Some(list) = open.last_mut() else { continue };
                if !written.is_empty() && !written.ends_with('\n') {
                    written.push('\n');
                }
                let mark = match &mut list.next {
                    Some(number) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    None => "- ".to_owned(),
                };
                list.inner = list.indent + mark.len();
                let _ = write!(written, "{}{mark}", " ".repeat(list.indent));
            }
            "/li" => flush(&mut text, &open, &mut written),
            "p" | "/p" => text.push(' '),
            _ => text.push_str(tag),
        }
    }
    flush(&mut text, &open, &mut written);
    written
}

/// Phrasing content as Markdown; what Markdown has no mark for stays HTML.
fn inline(html: &str) -> String {
    let mut out = String::new();
    let mut links: Vec<(usize, String)> = Vec::new();
    for piece in pieces(html.trim()) {
        match piece {
            Piece::Text(text) => words(&html::unescape(text), &mut out),
            Piece::Other(_) => {}
            Piece::Tag(tag, name, attributes) => match name.as_str() {
                "br" => {
                    out.truncate(out.trim_end().len());
                    if !out.is_empty() {
                        out.push_str("\\\n");
                    }
                }
                "strong" | "b" | "/strong" | "/b" => out.push_str("**"),
                "em" | "i" | "/em" | "/i" => out.push('*'),
                "a" => links.push((out.len(), attribute(tag, &attributes, "href").unwrap_or_default())),
                "/a" => {
                    if let Some((start, address)) = links.pop() {
                        link(start, &address, &mut out);
                    }
                }
                "sup" | "/sup" | "sub" | "/sub" => out.push_str(tag),
                _ => {}
            },
        }
    }
    let out = out.trim();
    out.strip_suffix('\\').filter(|rest| !rest.ends_with('\\')).unwrap_or(out).trim_end().to_owned()
}

/// Makes a link of what was written since `start`, unless an address is one by itself.
fn link(start: usize, address: &str, out: &mut String) {
    let text = out.get(start..).unwrap_or_default().to_owned();
    let bare: String = text.chars().filter(|c| *c != '\\').collect();
    let by_itself = matches!(addresses::spans(&bare).as_slice(), [(_, Some(found))] if found == address);
    if address.is_empty() || by_itself {
        return;
    }
    out.truncate(start);
    let target = address.replace('\\', "%5C").replace('<', "%3C").replace('>', "%3E").replace(['\n', ' '], "%20");
    let _ = write!(out, "[{}](<{target}>)", text.replace(']', "\\]"));
}

/// Text between tags: white space is one space.
fn words(text: &str, out: &mut String) {
    let breaks = |c: char| matches!(c, ' ' | '\n' | '\t' | '\r');
    let at_start = out.is_empty() || out.ends_with([' ', '\n']);
    let mut spaced = text.starts_with(breaks) && !at_start;
    for word in text.split(breaks).filter(|word| !word.is_empty()) {
        if spaced {
            out.push(' ');
        }
        escape(word, out);
        spaced = true;
    }
    if text.ends_with(breaks) && !out.is_empty() && !out.ends_with([' ', '\n']) {
        out.push(' ');
    }
}

/// Appends text so that no letter of it is taken for a mark.
fn escape(text: &str, out: &mut String) {
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let line = out.rsplit('\n').next().unwrap_or_default();
        let rest = text.get(at..).unwrap_or_default();
        let is_mark = match character {
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '`' | '*' | '[' | '~' | '|' => true,
            // In a word it is a letter.
            '_' => !(line.ends_with(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)),
            '<' => next.is_some_and(|next| !next.is_whitespace()),
            '&' => next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
            '#' | '>' | '=' | '+' | '-' | ':' => line.trim().is_empty() && opens(character, rest),
            '.' | ')' => {
                (1..=9).contains(&line.len())
                    && line.bytes().all(|byte| byte.is_ascii_digit())
                    && next.is_none_or(char::is_whitespace)
            }
            _ => false,
        };
        if is_mark {
            out.push('\\');
        }
        out.push(character);
    }
}

/// Whether a sign at the start of a line would be more than a sign there.
fn opens(sign: char, rest: &str) -> bool {
    let after = rest.trim_start_matches(sign).chars().next();
    match sign {
        '>' | ':' => true,
        '#' | '=' | '-' => after.is_none_or(char::is_whitespace),
        _ => rest.chars().nth(1).is_none_or(char::is_whitespace),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::markdown::{Rendering, to_html};
    use crate::locale::Locale;
    use crate::text::Text;

    fn of(kind: BlockKind, html: &str) -> String {
        block(&Block { html: html.to_owned(), ..Block::plain(kind, "", 1) })
    }

    fn rendered(markdown: &str) -> String {
        let words = html::text_of(&to_html(
            markdown,
            Rendering { prefix: "x", title: &Text::new("TITRE"), locale: Locale::of("fr") },
        ));
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn blocks_as_markdown() {
        for (kind, html, markdown) in [
            (BlockKind::Paragraph, "Un <em>mot</em>,<br>\ndeux <strong>mots</strong>.", "Un *mot*,\\\ndeux **mots**."),
            (BlockKind::Paragraph, "1. Contexte &amp; suite", "1\\. Contexte & suite"),
            (BlockKind::Paragraph, "- non, 5 * 3, snake_case _x_", "\\- non, 5 \\* 3, snake_case \\_x\\_"),
            (BlockKind::Paragraph, "AT&amp;T; a &lt; b &lt;c&gt;", "AT\\&T; a < b \\<c>"),
            (
                BlockKind::Paragraph,
                "<a href=\"https://example.org/a\">https://example.org/a</a> et <a href=\"https://example.org/\">là</a>",
                "https://example.org/a et [là](<https://example.org/>)",
            ),
            (BlockKind::Paragraph, "<a href=\"mailto:a_b@example.org\">a_b@example.org</a>", "a_b@example.org"),
            (BlockKind::Heading(2), "C # {x}", "## C # {x&#125;"),
            (BlockKind::Heading(3), "Un<br>deux #", "### Un deux \\#"),
            (
                BlockKind::List,
                "<ul>\n<li>un</li>\n<li>deux<br>\nsuite\n<ol start=\"9\">\n<li>a</li>\n<li>b</li>\n</ol>\n</li>\n<li>trois</li>\n</ul>",
                "- un\n- deux\\\n  suite\n  9. a\n  10. b\n- trois",
            ),
            (BlockKind::Other, "<blockquote>\n<p>un</p>\n<p>deux</p>\n</blockquote>", "> un\n>\n> deux"),
            (BlockKind::Rule, "", "* * *"),
            (
                BlockKind::Table,
                "<table><tr><td>a</td></tr></table>",
                "<table><tbody><tr><td>a</td></tr></tbody></table>",
            ),
        ] {
            assert_eq!(of(kind, html), markdown, "{html}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever stands in a PDF is read back as it stood there.
        #[test]
        fn no_letter_becomes_a_mark(text in "[-+*_#>=:.)(\\[\\]{}<>&;|~`!^\\\\$ \n0-9a-zé'\"/@]{0,60}") {
            let paragraph = Block::plain(BlockKind::Paragraph, &text, 1);
            let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let markdown = format!("Avant.\n\n{}", block(&paragraph));
            prop_assert_eq!(rendered(&markdown), format!("Avant. {}", shown).trim().to_owned(), "{}", markdown);
            let heading = Block::plain(BlockKind::Heading(2), &text, 1);
            prop_assert_eq!(rendered(&block(&heading)), shown, "{}", block(&heading));
        }
    }
}
