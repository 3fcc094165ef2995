//! Addresses that stand in a text as they are, whatever kind of file it is: one opinion of what
//! becomes a link.

use linkify::{LinkFinder, LinkKind};

/// A piece of a text, and where it leads if it is an address.
pub type Span<'a> = (&'a str, Option<String>);

/// Cuts a text at its addresses: `https://…`, `www.…` and e-mail addresses.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    if !text.contains("://") && !text.contains("www.") && !text.contains('@') {
        return vec![(text, None)];
    }
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    finder.spans(text).map(|span| (span.as_str(), span.kind().and_then(|kind| target(kind, span.as_str())))).collect()
}

fn target(kind: &LinkKind, words: &str) -> Option<String> {
    let scheme = words.split_once("://").map(|(scheme, _)| scheme);
    match kind {
        LinkKind::Url if matches!(scheme, Some("http" | "https")) => Some(words.to_owned()),
        LinkKind::Url if scheme.is_none() && words.starts_with("www.") => Some(format!("https://{words}")),
        LinkKind::Email => Some(format!("mailto:{words}")),
        _ => None,
    }
}

/// The e-mail address that is the whole of a text.
pub fn email(text: &str) -> Option<&str> {
    match spans(text).as_slice() {
        [(words, Some(target))] if target.starts_with("mailto:") => Some(words),
        _ => None,
    }
}
