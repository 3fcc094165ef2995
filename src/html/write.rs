//! Serialised HTML, written once more: each address resolved, nothing left that leads nowhere, and
//! in a form that parsers of XML and of HTML read alike.
//!
//! Every byte of an author's text that reaches a feed goes through here, sanitised or not. So this is
//! also the second look: an element or attribute that is not on the list does not pass, whoever wrote
//! it.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::allow::{is_allowed, is_allowed_attribute};
use super::pieces::{Attribute, Piece, is_void, pieces};
use super::{escape, prepare, unescape};
use crate::media::Pixels;
use crate::text::nfc;

/// Goes over serialised HTML; `value_of` is given element, attribute and value, and answers what the
/// value is to be, or `None` where the attribute is to go.
/// A picture of which `pixels` knows the size, by its address in `html`, gets it where it has none.
pub fn written(
    html: &str,
    mut value_of: impl FnMut(&str, &str, String) -> Option<String>,
    pixels: impl Fn(&str) -> Option<Pixels>,
) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut anchors = Vec::new();
    for piece in pieces(html) {
        match piece {
            Piece::Text(words) => text(words, &mut out),
            Piece::Other(_) => {}
            Piece::Tag(tag, name, attributes) => match name.strip_prefix('/') {
                Some("a") if anchors.pop() != Some(true) => {}
                Some(closed) if is_allowed(closed) && !is_void(closed) => {
                    let _ = write!(out, "</{closed}>");
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
    out
}

type Kept = Vec<(String, String)>;

fn kept(
    tag: &str,
    name: &str,
    attributes: &[Attribute],
    value_of: &mut impl FnMut(&str, &str, String) -> Option<String>,
) -> Kept {
    let mut kept = Kept::new();
    for (key, value) in attributes {
        let key = tag.get(key.clone()).unwrap_or_default().to_ascii_lowercase();
        let value = unescape(tag.get(value.clone()).unwrap_or_default());
        if is_allowed_attribute(name, &key)
            && let Some(value) = value_of(name, &key, value)
        {
            kept.push((key, value));
        }
    }
    kept
}

fn is_pixel(attributes: &Kept) -> bool {
    prepare::is_pixel(|wanted| attributes.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str()))
}

/// Gives a picture the size that its file has.
fn size(tag: &str, attributes: &[Attribute], pixels: &impl Fn(&str) -> Option<Pixels>, kept: &mut Kept) {
    let part = |range: &std::ops::Range<usize>| tag.get(range.clone()).unwrap_or_default();
    let is = |key: &std::ops::Range<usize>, name: &str| part(key).eq_ignore_ascii_case(name);
    if attributes.iter().any(|(key, _)| is(key, "width") || is(key, "height")) {
        return;
    }
    let source = attributes.iter().find(|(key, _)| is(key, "src")).map(|(_, value)| unescape(part(value)));
    if let Some(Pixels { width, height }) = source.and_then(|source| pixels(&source)) {
        kept.extend([("width".to_owned(), width.to_string()), ("height".to_owned(), height.to_string())]);
    }
}

/// Writes the tag, or what stands for an element that shows nothing; false where there is no tag.
fn open(name: &str, attributes: &Kept, out: &mut String) -> bool {
    let has = |wanted: &str| attributes.iter().any(|(key, _)| key == wanted);
    let value = |wanted: &str| attributes.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
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
        let _ = write!(out, " {key}=\"{}\"", escape(&nfc(value)));
    }
    out.push_str(if is_void(name) { " />" } else { ">" });
    true
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
