//! The text of an entry: HTML as a feed has it, made fit to stand in a Markdown file without losing
//! or changing a word.
//!
//! It is not turned into Markdown, which has no word for half of it, and it is not cleaned: that is
//! done each time it is published. Its relative addresses are completed, since they were meant from
//! a site that the file will not be on; and no line of it is empty, since an empty line ends HTML in
//! Markdown.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use url::Url;

use crate::html::pieces::{Piece, pieces};
use crate::html::{self, srcset};
use crate::input::markdown::Target;

/// Elements with which a block of HTML begins in Markdown (CommonMark 4.6, condition 6); the list is
/// that of what a person writes, what is not in it gets a `div` around it.
const BLOCKS: [&str; 37] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tr",
    "ul",
];

/// The HTML with its relative addresses completed; every other byte stays.
pub fn absolute(html: &str, base: Option<&Url>) -> String {
    let Some(base) = base else {
        return html.to_owned();
    };
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) | Piece::Other(text) => out.push_str(text),
            Piece::Tag(tag, _, attributes) => {
                let mut copied = 0;
                for (key, value) in attributes {
                    let key = tag.get(key).unwrap_or_default().to_ascii_lowercase();
                    let written = html::unescape(tag.get(value.clone()).unwrap_or_default());
                    let completed = match key.as_str() {
                        "srcset" => completed(&written, base),
                        key if html::ADDRESSES.contains(&key) => complete(&written, base),
                        _ => None,
                    };
                    let Some(completed) = completed else { continue };
                    // Quotes, where there were any, stand right before and behind the value.
                    let quoted = tag.get(..value.start).is_some_and(|before| before.ends_with(['"', '\'']));
                    out.push_str(tag.get(copied..value.start).unwrap_or_default());
                    let completed = html::escape(&completed).replace('\'', "&#39;");
                    let _ = if quoted { write!(out, "{completed}") } else { write!(out, "\"{completed}\"") };
                    copied = value.end;
                }
                out.push_str(tag.get(copied..).unwrap_or_default());
            }
        }
    }
    out
}

/// The absolute address that a relative one means; `None` where it stays as it is.
fn complete(written: &str, base: &Url) -> Option<String> {
    let address = written.trim();
    if address.is_empty() || address.starts_with('#') || Target::of(address) != Target::Relative {
        return None;
    }
    base.join(address).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from)
}

/// Every candidate of a `srcset`; `None` where all stay as they are.
fn completed(written: &str, base: &Url) -> Option<String> {
    let mut changed = false;
    let candidates = srcset::candidates(written).into_iter().map(|(address, size)| {
        let completed = complete(address, base);
        changed |= completed.is_some();
        (completed.unwrap_or_else(|| address.to_owned()), size)
    });
    let completed = srcset::join(candidates);
    changed.then_some(completed)
}

/// An address of the feed, completed.
pub fn address(written: &str, base: Option<&Url>) -> String {
    let written = written.trim();
    base.and_then(|base| complete(written, base)).unwrap_or_else(|| written.to_owned())
}

/// Whether there is an element with which a block begins.
fn has_block(html: &str) -> bool {
    let block = |name: &str| BLOCKS.contains(&name) || matches!(name, "pre" | "iframe" | "video" | "audio");
    pieces(html).iter().any(|piece| matches!(piece, Piece::Tag(_, name, _) if block(name)))
}

/// The HTML as the body of a Markdown file: one block, which no empty line ends.
pub fn embedded(html: &str) -> String {
    let html = html.trim();
    let mut body = String::with_capacity(html.len() + 16);
    let mut preformatted = 0_u32;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) if preformatted > 0 => lines(&literal(text), "&#10;", &mut body),
            Piece::Text(text) | Piece::Tag(text, ..) => lines(&literal(text), "", &mut body),
            Piece::Other(text) => lines(text, "", &mut body),
        }
        if let Piece::Tag(_, name, _) = piece {
            match name.as_str() {
                "pre" => preformatted += 1,
                "/pre" => preformatted = preformatted.saturating_sub(1),
                _ => {}
            }
        }
    }
    let first = pieces(&body).into_iter().next();
    let begins = matches!(first, Some(Piece::Tag(_, name, _)) if BLOCKS.contains(&name.as_str()));
    if body.is_empty() || begins {
        return body;
    }
    let around = if has_block(&body) { "div" } else { "p" };
    format!("<{around}>{body}</{around}>")
}

/// What looks like a command of another generator (`{% … %}`, `{{ … }}`) is none in a feed: it is what readers
/// were shown, and stays so.
fn literal(html: &str) -> Cow<'_, str> {
    if ["{%", "{{", "{filename}", "{static}", "{attach}"].iter().any(|mark| html.contains(mark)) {
        Cow::Owned(html.replace('{', "&#123;"))
    } else {
        Cow::Borrowed(html)
    }
}

/// Copies a text without empty lines; `instead` stands for the end of each.
fn lines(text: &str, instead: &str, out: &mut String) {
    for line in text.split_inclusive('\n') {
        let empty = line.ends_with('\n') && line.trim_matches([' ', '\t', '\n']).is_empty();
        // The line may have begun in another piece.
        let at_start = || {
            let before = out.trim_end_matches([' ', '\t']);
            before.is_empty() || before.ends_with('\n')
        };
        if empty && at_start() {
            out.push_str(if instead.is_empty() { "" } else { line.trim_end_matches('\n') });
            out.push_str(instead);
        } else {
            out.push_str(line);
        }
    }
}

/// Text as HTML: empty lines part paragraphs.
pub fn from_text(text: &str) -> String {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    let paragraph = |block: &str| format!("<p>{}</p>", html::escape(block).replace('\n', "<br>\n"));
    blocks.map(paragraph).collect::<Vec<_>>().join("\n")
}

/// The text of a WordPress export as its pages show it: the editor's own comments gone; in texts of
/// the older editor, empty lines part paragraphs and a line end is one; captions and embedded
/// addresses as HTML.
pub fn of_wordpress(text: &str, shown: &Shown, missing: &mut Vec<String>) -> String {
    let text = with_blocks(&text.replace("\r\n", "\n"), shown, 0, missing);
    let blocks = text.contains("<!-- wp:");
    let mut html = String::with_capacity(text.len());
    for piece in pieces(&text) {
        match piece {
            Piece::Other(comment) if is_own(comment) => {}
            Piece::Text(text) | Piece::Other(text) | Piece::Tag(text, ..) => html.push_str(text),
        }
    }
    let html = lone_addresses(&media(&embeds(&captions(&html)), &shown.pictures));
    if blocks { html.trim().to_owned() } else { paragraphs(&html) }
}

fn is_own(comment: &str) -> bool {
    let inner = comment.trim_start_matches("<!--").trim_start();
    ["wp:", "/wp:", "more", "nextpage"].iter().any(|own| inner.starts_with(own))
}

/// What WordPress does to a text of its older editor each time it shows it.
fn paragraphs(html: &str) -> String {
    let mut spaced = String::with_capacity(html.len() + 64);
    let mut preformatted = false;
    for piece in pieces(html) {
        let Piece::Tag(tag, name, _) = piece else {
            if let Piece::Text(text) | Piece::Other(text) = piece {
                // A mark that no text has stands for line ends that must stay.
                spaced.push_str(&if preformatted { text.replace('\n', "\u{fdd1}") } else { text.to_owned() });
            }
            continue;
        };
        let block = |name: &str| BLOCKS.contains(&name) || matches!(name, "pre" | "thead" | "tfoot" | "th" | "caption");
        match name.strip_prefix('/') {
            Some(closed) if block(closed) => {
                spaced.push_str(tag);
                spaced.push_str("\n\n");
            }
            None if block(&name) => {
                spaced.push_str("\n\n");
                spaced.push_str(tag);
            }
            _ => spaced.push_str(tag),
        }
        match name.as_str() {
            "pre" => preformatted = true,
            "/pre" => preformatted = false,
            _ => {}
        }
    }
    let mut out = String::with_capacity(spaced.len());
    let chunks = spaced.split('\n').collect::<Vec<_>>();
    for chunk in chunks.split(|line| line.trim().is_empty()) {
        let chunk = chunk.join("\n");
        let chunk = chunk.trim();
        if chunk.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let first = pieces(chunk).into_iter().next();
        let name = if let Some(Piece::Tag(_, name, _)) = first { name } else { String::new() };
        let name = name.trim_start_matches('/');
        if BLOCKS.contains(&name) || matches!(name, "pre" | "thead" | "tfoot" | "th" | "caption") {
            out.push_str(chunk);
        } else {
            let _ = write!(out, "<p>{}</p>", chunk.replace('\n', "<br>\n"));
        }
    }
    out.replace('\u{fdd1}', "\n")
}

/// `[caption …]<img …> words[/caption]` as a figure; an older form has the words in an attribute.
fn captions(html: &str) -> String {
    let figure = |inner: &str| {
        let image = inner.find("<img")?;
        let (attributes, _) = inner.get(..image)?.rsplit_once(']')?;
        let inner = inner.get(attributes.len() + 1..)?;
        let end = inner.find("<img")?;
        let end = end + inner.get(end..)?.find('>')? + 1;
        let (image, words) = inner.split_at_checked(end)?;
        // A picture that leads somewhere.
        let (image, words) = match words.trim_start().strip_prefix("</a>") {
            Some(words) => (format!("{}</a>", image.trim()), words),
            None => (image.trim().to_owned(), words),
        };
        let said = attribute(attributes, "caption").map(html::unescape);
        let words = Some(words.trim().to_owned()).filter(|words| !words.is_empty()).or(said).unwrap_or_default();
        let words = if words.is_empty() { words } else { format!("<figcaption>{words}</figcaption>") };
        Some(format!("<figure>{image}{words}</figure>"))
    };
    let html = between(html, "[caption", "[/caption]", figure);
    between(&html, "[wp_caption", "[/wp_caption]", figure)
}

/// The value of `name="…"` in a shortcode.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    attributes.match_indices(name).find_map(|(at, _)| {
        let before = attributes.get(..at)?;
        let value = attributes.get(at + name.len()..)?.strip_prefix('=')?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let free = before.is_empty() || before.ends_with(char::is_whitespace);
        match quote.filter(|_| free) {
            Some(quote) => Some(value.get(1..)?.split_once(quote)?.0),
            None => free.then(|| value.split([' ', ']', '/']).next().unwrap_or_default()),
        }
    })
}

/// `[audio src="…"]`, `[video mp4="…"]` as links, `[gallery ids="1,2"]` as pictures where all of them are known.
fn media(html: &str, pictures: &HashMap<String, String>) -> String {
    const FILES: [&str; 10] = ["src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "ogv", "flv"];
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tail)) = rest.split_once('[') {
        out.push_str(before);
        let code = tail.split_once(']').and_then(|(inner, after)| {
            let (name, attributes) = inner.split_once(char::is_whitespace)?;
            let shown = match name {
                "audio" | "video" => {
                    let address = FILES.iter().find_map(|file| attribute(attributes, file))?;
                    Some(link(address)).filter(|_| address.starts_with("http"))
                }
                "gallery" => {
                    let ids = attribute(attributes, "ids")?.split(',').map(str::trim);
                    ids.map(|id| pictures.get(id).map(String::as_str))
                        .collect::<Option<Vec<_>>>()
                        .map(|all| all.concat())
                }
                _ => None,
            }?;
            Some((shown, after.strip_prefix(&format!("[/{name}]")).unwrap_or(after)))
        });
        match code {
            Some((shown, after)) => {
                out.push_str(&shown);
                rest = after;
            }
            None => {
                out.push('[');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn link(address: &str) -> String {
    let address = html::escape(&html::unescape(address.trim()));
    format!("<a href=\"{address}\">{address}</a>")
}

/// An address that stands alone in its line, of which WordPress shows what is there, as a link.
fn lone_addresses(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside: usize = 0;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) if inside == 0 => {
                for line in text.split_inclusive('\n') {
                    let address = line.trim();
                    let is_one = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme))
                        && !address.contains(char::is_whitespace);
                    match line.split_once(address).filter(|_| is_one) {
                        Some((before, after)) => {
                            let _ = write!(out, "{before}{}{after}", link(address));
                        }
                        None => out.push_str(line),
                    }
                }
            }
            Piece::Text(text) | Piece::Other(text) => out.push_str(text),
            Piece::Tag(tag, name, _) => {
                match name.as_str() {
                    "a" | "pre" | "code" | "script" | "style" | "textarea" => inside += 1,
                    "/a" | "/pre" | "/code" | "/script" | "/style" | "/textarea" => inside = inside.saturating_sub(1),
                    _ => {}
                }
                out.push_str(tag);
            }
        }
    }
    out
}

/// What other items of an export hold that a text of it shows.
#[derive(Debug, Default)]
pub struct Shown {
    /// The texts of blocks that many posts use, by number.
    pub blocks: HashMap<String, String>,
    /// Pictures, as HTML, by number.
    pub pictures: HashMap<String, String>,
}

/// The text with the blocks that it only refers to, and the numbers of those that are not there.
fn with_blocks(text: &str, shown: &Shown, depth: usize, missing: &mut Vec<String>) -> String {
    const OPEN: &str = "<!-- wp:block {";
    /// A block may hold blocks; one that holds itself ends somewhere.
    const DEEPEST: usize = 5;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once(OPEN) {
        out.push_str(before);
        let Some((inner, after)) = tail.split_once("-->") else {
            out.push_str(OPEN);
            rest = tail;
            continue;
        };
        let number = inner.split_once("\"ref\":").map(|(_, number)| number.trim_start()).unwrap_or_default();
        let number: String = number.chars().take_while(char::is_ascii_digit).collect();
        match shown.blocks.get(&number).filter(|_| depth < DEEPEST) {
            Some(block) => out.push_str(&with_blocks(block, shown, depth + 1, missing)),
            None => missing.push(number),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `[embed]https://…[/embed]` as a link.
fn embeds(html: &str) -> String {
    between(html, "[embed", "[/embed]", |inner| {
        let (_, address) = inner.split_once(']')?;
        Some(link(address))
    })
}

fn between(html: &str, open: &str, close: &str, made: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tail)) = rest.split_once(open) {
        let Some((inner, after)) = tail.split_once(close) else { break };
        out.push_str(before);
        match made(inner) {
            Some(made) => out.push_str(&made),
            None => {
                let _ = write!(out, "{open}{inner}{close}");
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The shortcodes in a text of WordPress, such as `[gallery ids="1,2"]`, each name once: outside of it nobody
/// knows what they mean.
pub fn shortcodes(html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    const KNOWN: [&str; 6] = ["gallery", "audio", "video", "playlist", "caption", "contact-form"];
    let words = pieces(html).into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        _ => None,
    });
    // The names that are closed somewhere.
    let closed: HashSet<&str> =
        html.match_indices("[/").filter_map(|(at, _)| html.get(at + 2..)?.split(']').next()).collect();
    for text in words {
        for (at, _) in text.match_indices('[') {
            let inner = text.get(at + 1..).and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
            let Some(inner) = inner else { continue };
            let name = inner.split([' ', '=', '/']).next().unwrap_or_default();
            let named = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
            if named && (KNOWN.contains(&name) || inner.contains("=\"") || closed.contains(name)) {
                let code = format!("[{name}]");
                if !found.contains(&code) {
                    found.push(code);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses_are_completed_and_nothing_else() {
        let base = Url::parse("https://x.example/a/b.html").unwrap();
        for (html, expected) in [
            ("<a href='c?d=1&amp;e'>f</a>", "<a href='https://x.example/a/c?d=1&amp;e'>f</a>"),
            ("<img src=/g.png alt=it's>", "<img src=\"https://x.example/g.png\" alt=it's>"),
            ("<IMG SRC = \"//y.example/z\">", "<IMG SRC = \"https://y.example/z\">"),
            ("<a href=\"#n\" title=\"x > y\">1 < 2</a>", "<a href=\"#n\" title=\"x > y\">1 < 2</a>"),
            ("<a href=\"javascript:x\">", "<a href=\"javascript:x\">"),
            ("<a href=\"mailto:a@b.example\">", "<a href=\"mailto:a@b.example\">"),
            ("<!-- <a href=x> --><script>'<a href=x>'</script>", "<!-- <a href=x> --><script>'<a href=x>'</script>"),
            ("<img srcset=\"s 1x, t 2x\">", "<img srcset=\"https://x.example/a/s 1x, https://x.example/a/t 2x\">"),
            ("<a href=\"x", "<a href=\"https://x.example/a/x"),
            ("<", "<"),
            ("<a href=", "<a href="),
        ] {
            assert_eq!(absolute(html, Some(&base)), expected);
        }
        assert_eq!(absolute("<a href=x>", None), "<a href=x>");
    }

    #[test]
    fn no_empty_line_ends_the_block() {
        for (html, expected) in [
            ("<p>a</p>\n\n  \n<p>b</p>", "<p>a</p>\n<p>b</p>"),
            ("a <b>b</b>\n\nc", "<p>a <b>b</b>\nc</p>"),
            ("<pre>a\n\n  \n b\n</pre>", "<div><pre>a\n&#10;  \n b\n</pre></div>"),
            ("<p>{%A%} {{ x }} {y}</p>", "<p>&#123;%A%} &#123;&#123; x }} &#123;y}</p>"),
            ("<p>{y}</p>", "<p>{y}</p>"),
            ("a<p>b</p>", "<div>a<p>b</p></div>"),
            ("<p title=\"a\n\nb\">c", "<p title=\"a\nb\">c"),
            ("  ", ""),
        ] {
            assert_eq!(embedded(html), expected);
        }
    }

    #[test]
    fn texts_of_wordpress_are_what_its_pages_show() {
        let shown = Shown {
            blocks: HashMap::from([(
                "7".to_owned(),
                "<!-- wp:paragraph -->\n<p>Horaires</p>\n<!-- /wp:paragraph -->".to_owned(),
            )]),
            pictures: HashMap::from([
                ("1".to_owned(), "<figure>a</figure>".to_owned()),
                ("2".to_owned(), "<figure>b</figure>".to_owned()),
            ]),
        };
        for (text, expected) in [
            ("Un\ndeux\n\ntrois", "<p>Un<br>\ndeux</p>\n<p>trois</p>"),
            ("Un\n<ul>\n<li>a</li>\n</ul>\ndeux", "<p>Un</p>\n<ul>\n<li>a</li>\n</ul>\n<p>deux</p>"),
            ("<pre>a\nb</pre>", "<pre>a\nb</pre>"),
            ("<!-- wp:paragraph {\"x\":1} -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->", "<p>a\nb</p>"),
            (
                "[caption id=\"x\" width=\"3\"]<img src=\"a\" /> Le bassin[/caption]",
                "<figure><img src=\"a\" />\n<figcaption>Le bassin</figcaption>\n</figure>",
            ),
            (
                "[caption width=\"3\" caption=\"Le &lt;em&gt;bassin&lt;/em&gt;\"]<img src=\"a\" />[/caption]",
                "<figure><img src=\"a\" />\n<figcaption>Le <em>bassin</em></figcaption>\n</figure>",
            ),
            (
                "[caption id=\"x\"]<a href=\"b\"><img src=\"a\" /></a> Le <a href=\"c\">bassin</a> neuf[/caption]",
                "<figure><a href=\"b\"><img src=\"a\" /></a>\n<figcaption>Le <a href=\"c\">bassin</a> neuf</figcaption>\n</figure>",
            ),
            ("<!-- wp:block {\"ref\":7} /-->", "<p>Horaires</p>"),
            (
                "Vu :\n\nhttps://x.example/?a=1&b\n\nLà",
                "<p>Vu :</p>\n<p><a href=\"https://x.example/?a=1&amp;b\">https://x.example/?a=1&amp;b</a></p>\n<p>Là</p>",
            ),
            (
                "[audio mp3=\"https://x.example/a.mp3\"][/audio]",
                "<p><a href=\"https://x.example/a.mp3\">https://x.example/a.mp3</a></p>",
            ),
            ("[gallery columns=\"2\" ids=\"1, 2\"]", "<figure>a</figure>\n<figure>b</figure>"),
            ("[gallery ids=\"1,3\"]", "<p>[gallery ids=\"1,3\"]</p>"),
            (
                "[embed]https://x.example/?a=1&b[/embed]",
                "<p><a href=\"https://x.example/?a=1&amp;b\">https://x.example/?a=1&amp;b</a></p>",
            ),
        ] {
            assert_eq!(of_wordpress(text, &shown, &mut Vec::new()).replace("\n\n", "\n"), expected);
        }
        assert_eq!(of_wordpress("<pre>a\n\nb</pre>", &shown, &mut Vec::new()), "<pre>a\n\nb</pre>");
        let mut missing = Vec::new();
        assert_eq!(of_wordpress("<!-- wp:block {\"ref\":9} /-->", &shown, &mut missing), "");
        assert_eq!(missing, ["9"]);
        assert_eq!(
            shortcodes("<p>[gallery ids=\"1\"] [form id=\"2\"] [gallery ids=\"2\"]</p>"),
            ["[gallery]", "[form]"]
        );
        assert!(shortcodes("<p>[1] et [sic] et a[i]</p>").is_empty());
    }
}
