//! HTML that may stand in a feed: sanitised, with absolute links, checked again at the end.
//!
//! Feeds are shown inside other people's programs, so the allow list is the subset of
//! requirements §7. [`sanitise`] is for what did not come from our own Markdown renderer (which is
//! as safe without it: a test compares); [`finish`] goes over every result, ours or not, and leaves
//! nothing in it that is not on the list and no relative or unsafe address. What comes out is read
//! alike by a parser of HTML and by one of XML.
//!
//! ```text
//! an author's HTML → prepare (frames become links, …) → allow (the sanitiser) → write → finish
//! ```

mod allow;
mod embeds;
pub(crate) mod pieces;
mod place;
mod plain;
mod prepare;
pub(crate) mod srcset;
mod write;

use std::borrow::Cow;

pub use self::allow::{is_allowed, sanitise};
use self::pieces::{Piece, pieces};
pub use self::place::placed;
pub(crate) use self::plain::tag_end;
pub use self::plain::{is_markup, plain};
pub use self::prepare::{Found, findings};
use crate::media::Pixels;
use crate::text::{any, escaped, first_of};

/// Attributes that hold one address.
pub(crate) const ADDRESSES: [&str; 6] = ["href", "src", "poster", "cite", "longdesc", "data"];

/// Goes over the tags of serialised HTML and gives every address to `resolve` (HT-06); an attribute
/// for which it answers `None` is dropped, with the element that shows nothing without it, and so is
/// every element and attribute that is not on the list.
pub fn finish(html: &str, resolve: impl FnMut(&str) -> Option<String>) -> String {
    finish_sized(html, resolve, |_| None)
}

/// The same; a picture whose size `pixels` knows, by its address as it was written, gets it where its
/// author gave none, so that the text does not jump when it comes.
pub fn finish_sized(
    html: &str,
    mut resolve: impl FnMut(&str) -> Option<String>,
    pixels: impl Fn(&str) -> Option<Pixels>,
) -> String {
    write::written(html, |_, attribute, value| resolved(attribute, value, &mut resolve), pixels)
}

/// The value of an attribute, with every address in it resolved.
fn resolved<'v>(
    attribute: &str,
    value: Cow<'v, str>,
    mut resolve: impl FnMut(&str) -> Option<String>,
) -> Option<Cow<'v, str>> {
    match attribute {
        "srcset" => {
            let candidates = srcset::candidates(&value).into_iter();
            let resolved = srcset::join(candidates.filter_map(|(address, size)| Some((resolve(address)?, size))));
            (!resolved.is_empty()).then_some(Cow::Owned(resolved))
        }
        address if ADDRESSES.contains(&address) => resolve(&value).map(Cow::Owned),
        _ => Some(value),
    }
}

/// How many pictures of sanitised HTML have no text in the place of one who does not see them.
pub fn pictures_without_alt(html: &str) -> usize {
    let is_picture = |piece: &Piece<'_>| match piece {
        Piece::Tag(tag, name, attributes) if name == "img" => !attributes.iter().any(|(key, value)| {
            let part = |range: &std::ops::Range<usize>| tag.get(range.clone()).unwrap_or_default();
            part(key).eq_ignore_ascii_case("alt") && !part(value).trim().is_empty()
        }),
        _ => false,
    };
    pieces(html).iter().filter(|piece| is_picture(piece)).count()
}

/// Every address in a piece of HTML that its reader may follow. What stands in a player is for those who have none.
pub fn links(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut played = false;
    for piece in pieces(html) {
        let Piece::Tag(tag, name, _) = &piece else { continue };
        match name.as_str() {
            "audio" | "video" => played = true,
            "/audio" | "/video" => played = false,
            "a" if !played => links.extend(addresses(tag)),
            _ => {}
        }
    }
    links
}

/// Every address in a piece of HTML, whatever else is in it.
pub fn addresses(html: &str) -> Vec<String> {
    let mut addresses = Vec::new();
    for piece in pieces(html) {
        let Piece::Tag(tag, _, attributes) = piece else { continue };
        for (key, value) in attributes {
            let key = tag.get(key).unwrap_or_default().to_ascii_lowercase();
            let value = plain::references(tag.get(value).unwrap_or_default());
            if key == "srcset" {
                addresses.extend(srcset::candidates(&value).into_iter().map(|(address, _)| address.to_owned()));
            } else if ADDRESSES.contains(&key.as_str()) {
                addresses.push(value.into_owned());
            }
        }
    }
    addresses
}

/// The words of serialised HTML, without its tags.
pub fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = first_of(rest.as_bytes(), [b'<']).and_then(|at| rest.split_at_checked(at)) {
        text.push_str(before);
        rest = tag.get(tag_end(tag)..).unwrap_or_default();
    }
    text.push_str(rest);
    unescape(&text)
}

/// Whether a text means the same in HTML, in text or between quotes.
pub fn is_escaped(text: &str) -> bool {
    !any(text.bytes(), is_special)
}

/// What means something in HTML, in text or between quotes.
#[inline]
fn is_special(byte: u8) -> bool {
    (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"')
}

/// Text as it stands in HTML, in or out of an attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    escape_to(text, &mut escaped);
    escaped
}

/// The same at the end of what is written already.
pub fn escape_to(text: &str, out: &mut String) {
    let with = |sign| match sign {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        _ => "&quot;",
    };
    escaped(text, [b'&', b'<', b'>', b'"'], with, |piece| out.push_str(piece));
}

/// The entities that a serialiser writes.
pub(crate) fn unescape(text: &str) -> String {
    unescaped(text).into_owned()
}

/// The same without a copy where there is none.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    Cow::Owned(text.replace("&#x27;", "'").replace("&nbsp;", "\u{a0}").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_resolved() {
        let html = "<p class=\"x\"><a href=\"a?b&amp;c\" title=\"1 > 0\">t</a><img srcset=\"s 1x, t 2x\" src=\"no\" onerror=\"x\" alt=\"\" /><br></p>";
        let resolved = finish(html, |address| (address != "no").then(|| format!("https://x/{address}")));
        assert_eq!(
            resolved,
            "<p class=\"x\"><a href=\"https://x/a?b&amp;c\" title=\"1 &gt; 0\">t</a><img srcset=\"https://x/s 1x, https://x/t 2x\" alt=\"\" /><br /></p>"
        );
    }

    #[test]
    fn what_leads_nowhere_leaves_its_words() {
        let html =
            "<a href=\"a\">un</a> <img src=\"b\" alt=\"deux\"> <a href=\"c\" id=\"n\">trois</a><script>x</script>";
        assert_eq!(finish(html, |_| None), "un deux <a id=\"n\">trois</a>");
    }

    #[test]
    fn composing_the_whole_ends_no_tag() {
        assert_eq!(finish("<p>\u{338}e\u{301}</p>", |_| None), "<p>&#824;é</p>");
    }
}
