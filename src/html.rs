//! HTML that may stand in a feed: sanitised, with absolute links, checked again at the end.
//!
//! Feeds are shown inside other people's programs, so the allow list is the subset of
//! requirements §7. [`sanitise`] is for what did not come from our own Markdown renderer;
//! [`finish`] goes over every result, ours or not, and leaves no relative or unsafe address in it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use linkify::{LinkFinder, LinkKind};

/// Attributes that hold one address.
const ADDRESSES: &[&str] = &["href", "src", "poster", "cite", "longdesc"];

/// Elements that HTML knows, besides those that the sanitiser starts from.
const OTHER_ELEMENTS: &str = "applet area audio base basefont big body button canvas command datalist dialog embed fieldset font \
    form frame frameset head html iframe input keygen label legend link main marquee math menu meta \
    meter nextid noembed noframes noscript object optgroup option output param picture plaintext \
    progress script section select slot source style svg template textarea title track video xmp";

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .rm_tags([
            "area", "map", "center", "acronym", "tt", "strike", "bdo", "nav", "header", "footer", "hgroup", "rtc",
        ])
        .add_tags(["section", "audio", "video", "source", "picture"])
        .add_generic_attributes(["id", "class", "lang", "dir", "title"])
        .add_tag_attributes("img", ["srcset", "sizes", "loading", "width", "height", "alt"])
        .add_tag_attributes("source", ["src", "srcset", "type", "media", "sizes"])
        .add_tag_attributes("video", ["src", "poster", "controls", "width", "height"])
        .add_tag_attributes("audio", ["src", "controls"])
        .add_tag_attributes("th", ["style", "scope"])
        .add_tag_attributes("td", ["style"])
        .add_tag_attributes("time", ["datetime"])
        .filter_style_properties(HashSet::from(["text-align"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    builder
});

/// Removes what no feed may hold (HT-01 to HT-04) and closes what was left open. Done again until
/// nothing changes, since a sanitiser is to be tested and not trusted; what will not settle is
/// shown as text.
pub fn sanitise(html: &str) -> String {
    if too_deep(html) {
        return escape(html);
    }
    let mut clean = SANITISER.clean(html).to_string();
    for _ in 0..3 {
        let again = SANITISER.clean(&clean).to_string();
        if again == clean {
            return clean;
        }
        clean = again;
    }
    escape(html)
}

/// No text needs elements this deep in each other; a parser of HTML takes quadratic time for them.
fn too_deep(html: &str) -> bool {
    const DEEPEST: i32 = 256;
    const EMPTY: [&str; 6] = ["<br", "<hr", "<img", "<wbr", "<col", "<source"];
    let mut depth = 0;
    html.match_indices('<').any(|(at, _)| {
        let tag = html.get(at..).unwrap_or_default();
        if tag.starts_with("</") {
            depth -= 1;
        } else if !EMPTY.iter().any(|empty| tag.get(..empty.len()).is_some_and(|t| t.eq_ignore_ascii_case(empty))) {
            depth += 1;
        }
        depth > DEEPEST
    })
}

/// Whether a piece of inline HTML is the tag of something that HTML knows; `<ancien>` is a word
/// between brackets.
pub fn is_markup(html: &str) -> bool {
    html.starts_with("<!") || html.starts_with("<?") || element(html).is_some()
}

/// The names of elements in `html` that [`sanitise`] will not keep, each once.
pub fn refused_elements(html: &str) -> Vec<String> {
    static ALLOWED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| SANITISER.clone_tags());
    let mut refused = Vec::new();
    for (at, _) in html.match_indices('<') {
        let rest = html.get(at + 1..).unwrap_or_default();
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let name = name.to_ascii_lowercase();
        if !name.is_empty() && !ALLOWED.contains(name.as_str()) && !refused.contains(&name) {
            refused.push(name);
        }
    }
    refused
}

/// The text, or the HTML without links to addresses, with `instead` for each e-mail address.
pub fn without_addresses<'a>(text: &'a str, instead: &str) -> Cow<'a, str> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Email]);
    let mut shown = String::new();
    let mut at = 0;
    for link in finder.links(text) {
        shown.push_str(text.get(at..link.start()).unwrap_or_default());
        shown.push_str(instead);
        at = link.end();
    }
    if at == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(shown)
}

/// Goes over the tags of serialised HTML and gives every address to `resolve`; an attribute for
/// which it answers `None` is dropped, and so is every attribute that could run something.
pub fn finish(html: &str, mut resolve: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    let mut dropped_anchor = false;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        out.push_str(text);
        let (tag, after) = tail.split_at(tag_end(tail));
        rest = after;
        if tag.contains('=') {
            let start = out.len();
            let lost = rewrite(tag, &mut resolve, &mut out);
            // An anchor that leads nowhere is no anchor; they cannot stand in each other.
            if lost && tag.starts_with("<a ") {
                out.truncate(start);
                dropped_anchor = true;
            }
        } else if tag == "</a>" && dropped_anchor {
            dropped_anchor = false;
        } else {
            out.push_str(tag);
        }
    }
    out.push_str(rest);
    out
}

/// Every address in a piece of HTML.
pub fn addresses(html: &str) -> Vec<String> {
    let mut addresses = Vec::new();
    finish(html, |address| {
        addresses.push(address.to_owned());
        None
    });
    addresses
}

/// How many pictures of sanitised HTML have no text in the place of one who does not see them.
pub fn pictures_without_alt(html: &str) -> usize {
    let said = |tag: &str| tag.split_once(" alt=\"").is_some_and(|(_, value)| !value.trim_start().starts_with('"'));
    let pictures = html.match_indices("<img").filter_map(|(at, _)| html.get(at..));
    pictures.filter(|tag| !said(tag.get(..tag_end(tag)).unwrap_or_default())).count()
}

/// Where the tag that opens `html` ends; a `>` between quotes does not end it.
pub(crate) fn tag_end(html: &str) -> usize {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    html.len()
}

/// Writes a tag with its addresses resolved; true where its `href` is gone.
fn rewrite(tag: &str, resolve: &mut impl FnMut(&str) -> Option<String>, out: &mut String) -> bool {
    let mut lost = false;
    let name_ends = tag.find([' ', '\n', '>']).unwrap_or(tag.len());
    let (name, mut rest) = tag.split_at(name_ends);
    out.push_str(name);
    loop {
        rest = rest.trim_start();
        let attribute_ends = rest.find(['=', ' ', '>', '\n']).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(attribute_ends);
        if attribute.is_empty() || attribute == "/" {
            out.push_str(if attribute == "/" { " />" } else { ">" });
            return lost;
        }
        let value = after.strip_prefix('=').and_then(|after| {
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            after.get(1..)?.split_once(quote)
        });
        let Some((value, after)) = value else {
            let _ = write!(out, " {attribute}");
            rest = after.strip_prefix('=').unwrap_or(after);
            continue;
        };
        rest = after;
        let name = attribute.to_ascii_lowercase();
        let value = if name.starts_with("on") {
            None
        } else if ADDRESSES.contains(&name.as_str()) {
            resolve(&unescape(value)).map(|address| escape(&address))
        } else if name == "srcset" {
            srcset(&unescape(value), resolve).map(|set| escape(&set))
        } else {
            Some(value.to_owned())
        };
        match value {
            Some(value) => {
                let _ = write!(out, " {name}=\"{value}\"");
            }
            None => lost |= name == "href",
        }
    }
}

/// Every candidate of a `srcset` (HT-06).
fn srcset(value: &str, resolve: &mut impl FnMut(&str) -> Option<String>) -> Option<String> {
    let candidates: Vec<String> = value
        .split(", ")
        .filter_map(|candidate| {
            let candidate = candidate.trim().trim_end_matches(',');
            let (address, size) = candidate.split_once(' ').unwrap_or((candidate, ""));
            Some(format!("{} {}", resolve(address)?, size.trim()).trim_end().to_owned())
        })
        .collect();
    (!candidates.is_empty()).then(|| candidates.join(", "))
}

/// The words of serialised HTML, without its tags.
pub fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, _)) = rest.split_once('<') {
        text.push_str(before);
        let tag = rest.get(before.len()..).unwrap_or_default();
        rest = tag.get(tag_end(tag)..).unwrap_or_default();
    }
    text.push_str(rest);
    unescape(&text)
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
        let mut known = Builder::default().clone_tags();
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
    let meant = unescape(&SANITISER.clean(written).to_string());
    // A name that HTML knows only the beginning of (`&nothing;`) is no entity.
    (meant != written && meant.chars().count() <= 2).then_some((length, meant))
}

/// Text as it stands in HTML, in or out of an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The entities that a serialiser writes.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_dangerous_stays() {
        let clean = sanitise(
            "<p onclick=x>a<script>b</script><iframe src=c></iframe><svg><a href='javascript:x'>d</a></svg><b>e",
        );
        assert_eq!(clean, "<p>a<b>e</b></p>");
        assert_eq!(refused_elements("<p><Script>x</script><my-tag>"), ["script", "my-tag"]);
    }

    #[test]
    fn a_title_is_plain() {
        assert_eq!(plain("R&D <3 <Nîmes> & a < b"), "R&D <3 <Nîmes> & a < b");
        assert_eq!(plain("Le <b class='x'>bassin</B> &eacute;t&#233; R&amp;D<br/>"), "Le bassin été R&D ");
        assert_eq!(plain("&nothing; &; <b"), "&nothing; &; <b");
    }

    #[test]
    fn every_address_is_resolved() {
        let html = "<p class=\"x\"><a href=\"a?b&amp;c\" title=\"1 > 0\">t</a><img srcset=\"s 1x, t 2x\" src=\"no\" onerror=\"x\" alt=\"\" /><br></p>";
        let resolved = finish(html, |address| (address != "no").then(|| format!("https://x/{address}")));
        assert_eq!(
            resolved,
            "<p class=\"x\"><a href=\"https://x/a?b&amp;c\" title=\"1 > 0\">t</a><img srcset=\"https://x/s 1x, https://x/t 2x\" alt=\"\" /><br></p>"
        );
    }
}
