//! What a title, a name or an attribute means that somebody wrote as HTML: words without markup.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::memchr;

use super::{allow, unescape};

/// Elements that HTML knows, besides those that the sanitiser starts from.
const OTHER_ELEMENTS: &str = "applet area audio base basefont big body button canvas command datalist dialog embed fieldset font \
    form frame frameset head html iframe input keygen label legend link main marquee math menu meta \
    meter nextid noembed noframes noscript object optgroup option output param picture plaintext \
    progress script section select slot source style svg template textarea title track video xmp";

/// Whether a piece of inline HTML is the tag of something that HTML knows; `<ancien>` is a word
/// between brackets.
pub fn is_markup(html: &str) -> bool {
    html.starts_with("<!") || html.starts_with("<?") || element(html).is_some()
}

/// What a title or name means that somebody wrote as HTML: without its elements, entities decoded
/// (AT-11, RS-12). `R&D <3` and `<Nîmes>` are no HTML and stay as they are.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&']) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, tail) = rest.split_at(at);
        plain.push_str(before);
        let (piece, meant) = if let Some(length) = element(tail) {
            // A line or paragraph ends between two words.
            let tag = tail.get(..length).unwrap_or_default().to_ascii_lowercase();
            let breaks = ["<br", "<p", "</p", "<div", "</div", "<li", "</li"].iter().any(|b| tag.starts_with(b));
            (length, if breaks { " ".to_owned() } else { String::new() })
        } else {
            entity(tail).unwrap_or_else(|| (1, tail.chars().take(1).collect()))
        };
        plain.push_str(&meant);
        rest = tail.get(piece..).unwrap_or_default();
    }
    plain.push_str(rest);
    if plain == text { Cow::Borrowed(text) } else { Cow::Owned(plain) }
}

/// In bytes.
const LONGEST_TAG: usize = 4096;

/// The length of the tag of a known element that opens `text`.
fn element(text: &str) -> Option<usize> {
    static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        let mut known = ammonia::Builder::default().clone_tags();
        known.extend(OTHER_ELEMENTS.split_ascii_whitespace());
        known
    });
    let name = text.strip_prefix('<')?;
    let name = name.strip_prefix('/').unwrap_or(name);
    let ends = name.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, after) = name.split_at(ends);
    let whole = after.starts_with(['>', ' ', '/']);
    // A longer tag is no slip in a title, and looking for its end each time would take for ever.
    let near = text.bytes().take(LONGEST_TAG).rposition(|byte| byte == b'>').and_then(|end| text.get(..=end))?;
    (whole && KNOWN.contains(name.to_ascii_lowercase().as_str()))
        .then(|| tag_end(near))
        .filter(|end| text.get(..*end).is_some_and(|tag| tag.ends_with('>')))
}

/// The entity that opens `text`: its length, and what it stands for.
fn entity(text: &str) -> Option<(usize, String)> {
    // No further than the longest name: a text may be nothing but ampersands.
    let end = text.bytes().take(34).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let is_name =
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_number =
        name.strip_prefix('#').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric()));
    if name.len() > 32 || !(is_name || is_number) {
        return None;
    }
    let length = name.len() + 2;
    let common = match name {
        "amp" | "#38" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "quot" => Some("\""),
        "#39" | "apos" => Some("'"),
        "nbsp" | "#160" => Some("\u{a0}"),
        "#8217" => Some("’"),
        _ => None,
    };
    if let Some(common) = common {
        return Some((length, common.to_owned()));
    }
    let written = text.get(..length)?;
    let meant = unescape(&allow::parsed(written));
    // A name that HTML knows only the beginning of (`&nothing;`) is no entity.
    (meant != written && meant.chars().count() <= 2).then_some((length, meant))
}

/// A text with its character references resolved, and nothing else.
pub(crate) fn references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        let (length, meant) = entity(tail).unwrap_or_else(|| (1, "&".to_owned()));
        out.push_str(before);
        out.push_str(&meant);
        rest = tail.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the tag that opens `html` ends; a `>` between quotes does not end it.
pub(crate) fn tag_end(html: &str) -> usize {
    let bytes = html.as_bytes();
    let behind = |at: usize| bytes.get(at..).unwrap_or_default();
    let mut at = 0;
    // Most tags are short.
    while let Some(found) = behind(at).iter().position(|byte| matches!(byte, b'>' | b'"' | b'\'')) {
        at += found + 1;
        let quote = match bytes.get(at - 1) {
            Some(quote) if *quote != b'>' => *quote,
            _ => return at,
        };
        let Some(close) = memchr(quote, behind(at)) else { break };
        at += close + 1;
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_plain() {
        assert_eq!(plain("R&D <3 <Nîmes> & a < b"), "R&D <3 <Nîmes> & a < b");
        assert_eq!(plain("Le <b class='x'>bassin</B> &eacute;t&#233; R&amp;D<br/>"), "Le bassin été R&D ");
        assert_eq!(plain("&nothing; &; <b"), "&nothing; &; <b");
        assert_eq!(references("a&amp;b&#58;&colon;&x;<br>"), "a&b::&x;<br>");
    }
}
