//! Addresses that stand in a text as they are, whatever kind of file it is: one opinion of what
//! becomes a link.

use linkify::{LinkFinder, LinkKind};
use memchr::memchr3_iter;

use crate::text::any;

/// A piece of a text, and where it leads if it is an address.
pub type Span<'a> = (&'a str, Option<String>);

/// Cuts a text at its addresses: `https://…`, `www.…` and e-mail addresses.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    if !may_hold_one(text) {
        return vec![(text, None)];
    }
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    finder.spans(text).map(|span| (span.as_str(), span.kind().and_then(|kind| target(kind, span.as_str())))).collect()
}

/// False where nothing in a text can be an address: of nearly every piece of every text.
pub fn may_hold_one(text: &str) -> bool {
    let opens =
        |at: usize| text.get(at..).is_some_and(|rest| ["@", "://", "www."].iter().any(|sign| rest.starts_with(sign)));
    let may_open = any(text.bytes(), |byte| (byte == b'@') | (byte == b':') | (byte == b'w'));
    may_open && memchr3_iter(b'@', b':', b'w', text.as_bytes()).any(opens)
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

/// The address behind one by which Google Docs counts clicks or Outlook checks them: the latter tells
/// everybody who got the mail.
pub fn direct(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let host = url.host_str()?;
    let key = match () {
        () if host == "www.google.com" && url.path() == "/url" => "q",
        () if host.ends_with(".safelinks.protection.outlook.com") => "url",
        () => return None,
    };
    url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_count_clicks() {
        let counted = "https://www.google.com/url?q=https://www.agglo.fr/a?b%3Dc&sa=D&source=editors&ust=1&usg=x";
        assert_eq!(direct(counted).as_deref(), Some("https://www.agglo.fr/a?b=c"));
        let checked = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.agglo.fr%2Fa&data=05%7C02%7Cm%40agglo.fr";
        assert_eq!(direct(checked).as_deref(), Some("https://www.agglo.fr/a"));
        assert_eq!(direct("https://www.google.com/maps"), None);
        assert_eq!(direct("piscine.html"), None);
    }
}
