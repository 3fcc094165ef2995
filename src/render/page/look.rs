//! What a page looks like and what it may do: its style, its policy, and the text of an author in it.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::{memchr, memmem};

use crate::config::Config;
use crate::config::color::Color;
use crate::html;
use crate::locale::Locale;

/// The style of every page, without what only people need, and the publisher's colour in it.
pub(super) fn style(config: &Config) -> String {
    let mut style = String::new();
    let mut rest = config.theme.text("style.css");
    while let Some((before, comment)) = rest.split_once("/*") {
        style.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    style.push_str(rest);
    let mut lines: String = style.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    if let Some(color) = config.color {
        let [day, night] = TINTS.map(|tint| color.readable_on(Color::parse(tint).unwrap_or(Color::WHITE)));
        let _ = write!(
            lines,
            "\n@media screen{{:root{{--mark:{color};--link:{day}}}}}\n\
             @media screen and (prefers-color-scheme:dark){{:root{{--link:{night}}}}}"
        );
    }
    lines
}

/// What text of the publisher's colour stands on at worst, by day and by night: `--tint` in our style.
pub(super) const TINTS: [&str; 2] = ["#f4f5f8", "#1f2026"];

/// What a page may do: show itself, and pictures and sound from where its author links to. No
/// script, no frame, no form, no style but its own (its digest).
pub(super) fn policy(config: &Config, style: &str) -> String {
    let digest = source_of(style);
    let from = if config.url.scheme() == "http" { "'self' http: https:" } else { "'self' https:" };
    format!(
        "default-src 'none'; style-src {digest}; img-src {from} data:; media-src {from}; base-uri 'none'; \
         form-action 'none'"
    )
}

/// The text of an element as a policy names it, by its digest.
pub(super) fn source_of(text: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text));
    format!("'sha256-{digest}'")
}

/// HTML of an author as pages carry it: tables that may be wider than a telephone can be moved, also
/// with the keyboard, and a link that shows its address is not followed by it on paper.
pub(super) fn for_a_page<'a>(html: &'a str, locale: &Locale) -> Cow<'a, str> {
    const VOID: &str = " />";
    const LINK: &str = "<a href=\"http";
    let has = |what: &str| memmem::find(html.as_bytes(), what.as_bytes()).is_some();
    if !has("<table") && !has(VOID) && !has(LINK) {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let (mut depth, mut number) = (0_usize, 0_usize);
    // What was gone through, and what of it was written.
    let (mut at, mut written) = (0, 0);
    while let Some(start) = html.as_bytes().get(at..).and_then(|rest| memchr(b'<', rest)).map(|found| at + found) {
        let rest = html.get(start..).unwrap_or_default();
        let tag = rest.get(..html::tag_end(rest)).unwrap_or_default();
        at = start + tag.len();
        if tag.starts_with(LINK) && shows_its_address(tag, html.get(at..).unwrap_or_default()) {
            out.push_str(html.get(written..at - 1).unwrap_or_default());
            out.push_str(" class=\"bare\">");
            written = at;
        }
        if tag.starts_with("<table") {
            if depth == 0 {
                number += 1;
                let name = html::escape(&locale.word("table", &[("n", &number.to_string())]));
                out.push_str(html.get(written..start).unwrap_or_default());
                written = start;
                let _ = write!(out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\">");
            }
            depth += 1;
        }
        // HTML has no use for the slash of XHTML.
        if tag.ends_with(VOID) {
            out.push_str(html.get(written..at - VOID.len()).unwrap_or_default());
            written = at;
            out.push('>');
        }
        if tag == "</table>" && depth > 0 {
            depth -= 1;
            if depth == 0 {
                out.push_str(html.get(written..at).unwrap_or_default());
                written = at;
                out.push_str("</div>");
            }
        }
    }
    out.push_str(html.get(written..).unwrap_or_default());
    Cow::Owned(out)
}

/// Whether what stands behind the tag of a link is its address, and nothing else.
fn shows_its_address(tag: &str, behind: &str) -> bool {
    let Some((address, more)) = tag.strip_prefix("<a href=\"").and_then(|rest| rest.split_once('"')) else {
        return false;
    };
    let shown = behind.get(..memchr(b'<', behind.as_bytes()).unwrap_or(behind.len())).unwrap_or_default();
    let is_shown = |scheme: &str| address.strip_prefix(scheme).is_some_and(|rest| rest == shown);
    !more.contains("class=") && ["", "https://", "http://"].into_iter().any(is_shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_shows_its_address_is_marked() {
        let locale = Locale::of("fr");
        let table = [
            (
                "<p><a href=\"https://a.fr/b\">https://a.fr/b</a></p>",
                "<p><a href=\"https://a.fr/b\" class=\"bare\">https://a.fr/b</a></p>",
            ),
            (
                "<a href=\"http://a.fr/?b&amp;c\">a.fr/?b&amp;c</a><br />",
                "<a href=\"http://a.fr/?b&amp;c\" class=\"bare\">a.fr/?b&amp;c</a><br>",
            ),
            ("<a href=\"https://a.fr/b\">a.fr</a>", "<a href=\"https://a.fr/b\">a.fr</a>"),
            ("<a href=\"https://a.fr\"><b>https://a.fr</b></a>", "<a href=\"https://a.fr\"><b>https://a.fr</b></a>"),
            (
                "<a href=\"https://a.fr\" class=\"c\">https://a.fr</a>",
                "<a href=\"https://a.fr\" class=\"c\">https://a.fr</a>",
            ),
        ];
        for (html, page) in table {
            assert_eq!(for_a_page(html, locale), page);
        }
    }
}
