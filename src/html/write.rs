//! Serialised HTML, written once more: each address resolved, nothing left that leads nowhere, and
//! in a form that parsers of XML and of HTML read alike.
//!
//! Every byte of an author's text that reaches a feed goes through here, sanitised or not. So this is
//! also the second look: an element or attribute that is not on the list does not pass, whoever wrote
//! it.

use std::borrow::Cow;

use super::allow::{is_allowed, is_allowed_attribute};
use super::pieces::{Attribute, Piece, Pieces, is_void};
use super::{escape, escape_to, prepare, unescape, unescaped};
use crate::media::Pixels;
use crate::text::{is_plainly_composed, nfc};

/// Goes over serialised HTML; `value_of` is given element, attribute and value, and answers what the
/// value is to be, or `None` where the attribute is to go.
/// A picture of which `pixels` knows the size, by its address in `html`, gets it where it has none.
pub fn written(
    html: &str,
    mut value_of: impl for<'v> FnMut(&str, &str, Cow<'v, str>) -> Option<Cow<'v, str>>,
    pixels: impl Fn(&str) -> Option<Pixels>,
) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut anchors = Vec::new();
    let settled = is_settled(html);
    let mut pieces = Pieces::of(html);
    loop {
        if settled {
            out.push_str(pieces.plain(is_plain));
            if let Some(address) = pieces.link() {
                let address = value_of("a", "href", Cow::Borrowed(address));
                anchors.push(address.is_some());
                if let Some(address) = address {
                    out.push_str("<a");
                    attribute("href", &address, &mut out);
                    out.push('>');
                }
                continue;
            }
            if pieces.link_end() {
                if anchors.pop() == Some(true) {
                    out.push_str("</a>");
                }
                continue;
            }
        }
        match pieces.next() {
            None => return out,
            Some(Piece::Text(words)) => text(words, &mut out),
            Some(Piece::Other(_)) => {}
            Some(Piece::Tag(tag, name, attributes)) => match name.strip_prefix('/') {
                Some("a") if anchors.pop() != Some(true) => {}
                Some(closed) if is_allowed(closed) && !is_void(closed) => {
                    out.push_str("</");
                    out.push_str(closed);
                    out.push('>');
                }
                None if is_allowed(&name) => {
                    let mut kept = kept(tag, &name, &attributes, &mut value_of);
                    // A small file of our own is a picture; only an author's own word makes a pixel.
                    let pixel = name == "img" && is_pixel(&kept);
                    if name == "img" {
                        size(tag, &attributes, &pixels, &mut kept);
                    }
                    let stays = !pixel && open(&name, &kept, &mut out);
                    if name == "a" {
                        anchors.push(stays);
                    }
                }
                _ => {}
            },
        }
    }
}

/// Whether [`text`] would change nothing.
fn is_settled(html: &str) -> bool {
    is_plainly_composed(html) && !html.contains("&nbsp;")
}

/// Elements that are written as they stand where they have no attributes: all of them are on the list,
/// have an end, and show something without one.
fn is_plain(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"em"
            | b"strong"
            | b"li"
            | b"ul"
            | b"ol"
            | b"blockquote"
            | b"code"
            | b"pre"
            | b"del"
            | b"sup"
            | b"div"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"table"
            | b"thead"
            | b"tbody"
            | b"tr"
            | b"td"
            | b"th"
            | b"dl"
            | b"dt"
            | b"dd"
    )
}

/// By their names, in lower case.
type Kept<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

fn kept<'a>(
    tag: &'a str,
    name: &str,
    attributes: &[Attribute],
    value_of: &mut impl for<'v> FnMut(&str, &str, Cow<'v, str>) -> Option<Cow<'v, str>>,
) -> Kept<'a> {
    let mut kept = Kept::with_capacity(attributes.len() + 2);
    for (key, value) in attributes {
        let key = tag.get(key.clone()).unwrap_or_default();
        let capitals = key.bytes().any(|byte| byte.is_ascii_uppercase());
        let key = if capitals { Cow::Owned(key.to_ascii_lowercase()) } else { Cow::Borrowed(key) };
        let value = unescaped(tag.get(value.clone()).unwrap_or_default());
        if is_allowed_attribute(name, &key)
            && let Some(value) = value_of(name, &key, value)
        {
            kept.push((key, value));
        }
    }
    kept
}

fn is_pixel(attributes: &Kept<'_>) -> bool {
    prepare::is_pixel(|wanted| attributes.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_ref()))
}

/// Gives a picture the size that its file has.
fn size(tag: &str, attributes: &[Attribute], pixels: &impl Fn(&str) -> Option<Pixels>, kept: &mut Kept<'_>) {
    let part = |range: &std::ops::Range<usize>| tag.get(range.clone()).unwrap_or_default();
    let is = |key: &std::ops::Range<usize>, name: &str| part(key).eq_ignore_ascii_case(name);
    if attributes.iter().any(|(key, _)| is(key, "width") || is(key, "height")) {
        return;
    }
    let source = attributes.iter().find(|(key, _)| is(key, "src")).map(|(_, value)| unescape(part(value)));
    if let Some(Pixels { width, height }) = source.and_then(|source| pixels(&source)) {
        kept.extend([("width".into(), width.to_string().into()), ("height".into(), height.to_string().into())]);
    }
}

/// Writes the tag, or what stands for an element that shows nothing; false where there is no tag.
fn open(name: &str, attributes: &Kept<'_>, out: &mut String) -> bool {
    let has = |wanted: &str| attributes.iter().any(|(key, _)| key == wanted);
    let value = |wanted: &str| attributes.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_ref());
    let shows = match name {
        // An anchor that leads nowhere and to which nothing leads is no anchor.
        "a" => has("href") || has("id"),
        "img" => has("src") || has("srcset"),
        "source" => has("src") || has("srcset"),
        "track" => has("src"),
        _ => true,
    };
    if !shows {
        text(&escape(value("alt").unwrap_or_default()), out);
        return false;
    }
    out.push('<');
    out.push_str(name);
    for (key, value) in attributes {
        attribute(key, value, out);
    }
    out.push_str(if is_void(name) { " />" } else { ">" });
    true
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape_to(&nfc(value), out);
    out.push('"');
}

/// Text as it is in the source: composed (PR-06), and without names that only HTML knows.
fn text(words: &str, out: &mut String) {
    let words =
        if words.contains("&nbsp;") { Cow::Owned(words.replace("&nbsp;", "\u{a0}")) } else { Cow::Borrowed(words) };
    let mut words = nfc(&words);
    // With the bracket that ends a tag this one would be another character (U+226F) to whoever
    // composes the whole, and the tag would not end.
    if out.ends_with('>') && words.starts_with('\u{338}') {
        words = Cow::Owned(words.replacen('\u{338}', "&#824;", 1));
    }
    out.push_str(&words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_what_would_be_written() {
        for element in
            "p em strong li ul ol blockquote code pre del sup div h1 h6 table thead tbody tr td th dl dt dd".split(' ')
        {
            assert!(is_plain(element.as_bytes()) && is_allowed(element) && !is_void(element), "{element}");
        }
        // What is not composed goes the long way.
        let long = |html: &str| written(&format!("e\u{301}{html}"), |_, _, value| Some(value), |_| None).split_off(2);
        for html in [
            "<p>a <em>b</em></p> 1 < 2 <3",
            "<p a>b</p ><P>c</P><p",
            "<script><p>x</p></script><!-- <p> --><em>y</em>",
            "<title><p>a</title><br><hr/></br><a>b</a><a id=x>c</a></a>",
            "<p>&nbsp;a</p><pp>b</pp><>c</><p/>",
            "</p></li>a<ul",
        ] {
            assert_eq!(written(html, |_, _, value| Some(value), |_| None), long(html), "{html}");
        }
    }
}
