//! What a feed may hold, and the sanitiser that leaves nothing else.
//!
//! The lists are the subset of requirements §7, each element and attribute by its name: what a new
//! version of the sanitiser would let through is not let through. Attributes that say how something
//! looks are not here (`style`, `align`), nor `data-*`, by which scripts of a reader's page could be
//! made to act.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use url::Url;

use super::{escape, prepare, srcset, write};
use crate::text::{clean, without_marks};

/// HT-05; none with content of another namespace, none that loads a document or takes input.
const ELEMENTS: &str = "a abbr address article aside audio b bdi blockquote br caption cite code col colgroup data dd del \
    details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s \
    samp section small source span strong sub summary sup table tbody td tfoot th thead time tr track u ul var video wbr";

/// Elements that leave with all they hold: their content is no text for readers.
const EMPTIED: &str = "script style iframe noembed noframes template title select datalist";

/// On every element.
const EVERYWHERE: &[&str] = &[
    "id",
    "class",
    "lang",
    "dir",
    "title",
    "role",
    "aria-label",
    "aria-labelledby",
    "aria-describedby",
    "aria-hidden",
];

const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "hreflang", "type"]),
    ("audio", &["src", "controls", "loop", "preload"]),
    ("blockquote", &["cite"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("data", &["value"]),
    ("del", &["cite", "datetime"]),
    ("details", &["open"]),
    ("img", &["alt", "src", "srcset", "sizes", "width", "height", "loading"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("ol", &["start", "reversed", "type"]),
    ("q", &["cite"]),
    ("source", &["src", "srcset", "type", "media", "sizes", "width", "height"]),
    ("td", &["colspan", "rowspan", "headers"]),
    ("th", &["colspan", "rowspan", "headers", "scope", "abbr"]),
    ("time", &["datetime"]),
    ("track", &["src", "kind", "srclang", "label", "default"]),
    ("video", &["src", "poster", "controls", "loop", "preload", "width", "height"]),
];

const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// In elements.
const DEEPEST: i32 = 256;

fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}

/// The [`ELEMENTS`], by how long their names are: few have the same length.
static ALLOWED: LazyLock<[Vec<&'static str>; 11]> = LazyLock::new(|| {
    std::array::from_fn(|length| ELEMENTS.split_ascii_whitespace().filter(|name| name.len() == length).collect())
});

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let names = |list: &[&'static str]| list.iter().copied().collect();
    let attributes: HashMap<_, _> = ATTRIBUTES.iter().map(|(element, list)| (*element, names(list))).collect();
    let mut builder = Builder::empty();
    builder
        .tags(words(ELEMENTS))
        .clean_content_tags(words(EMPTIED))
        .generic_attributes(names(EVERYWHERE))
        .tag_attributes(attributes)
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(value);
    builder
});

/// Removes what no feed may hold (HT-01 to HT-04), makes links of what is embedded, closes what was
/// left open, and writes what remains so that a parser of XML reads the same as one of HTML. Done
/// again until nothing changes, since a sanitiser is to be tested and not trusted; what will not
/// settle is shown as text. `sanitise(sanitise(x)) == sanitise(x)`.
pub fn sanitise(html: &str) -> String {
    if too_deep(html) {
        return once(&escape(html));
    }
    let mut clean = once(&prepare::prepared(html));
    for _ in 0..4 {
        let mut again = once(&clean);
        // A player that was left open, or that held what is dropped, is only seen to say nothing now.
        if again == clean && ["<audio", "<video"].iter().any(|player| clean.contains(player)) {
            again = once(&prepare::prepared(&clean));
        }
        if again == clean {
            return clean;
        }
        clean = again;
    }
    once(&escape(html))
}

/// Whether an element may stand in a feed; its name in lower case.
pub fn is_allowed(element: &str) -> bool {
    ALLOWED.get(element.len()).is_some_and(|names| names.contains(&element))
}

/// Whether an attribute may, on an element that may; both in lower case.
pub(super) fn is_allowed_attribute(element: &str, attribute: &str) -> bool {
    let own = ATTRIBUTES.iter().find(|(name, _)| *name == element);
    own.is_some_and(|(_, list)| list.contains(&attribute)) || EVERYWHERE.contains(&attribute)
}

/// A piece of HTML as the parser understands it.
pub(super) fn parsed(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

fn once(html: &str) -> String {
    // What is no character may part a word that the sanitiser should have seen whole.
    let html = clean(html);
    let clean = parsed(&without_marks(&html.text));
    write::written(&clean, |_, _, value| Some(value), |_| None)
}

/// What the sanitiser's own rules do not look at.
fn value<'v>(_: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match attribute {
        "srcset" => {
            let safe = srcset::candidates(value).into_iter().filter(|(address, _)| is_safe(address));
            let safe = srcset::join(safe.map(|(address, size)| (address.to_owned(), size)));
            (!safe.is_empty()).then_some(Cow::Owned(safe))
        }
        "href" | "src" | "poster" | "cite" => is_safe(value).then_some(Cow::Borrowed(value)),
        // In pixels; anything else is for style sheets.
        "width" | "height" => {
            let number = value.trim().trim_end_matches("px");
            let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| Cow::Owned(number.to_owned()))
        }
        "id" => {
            let whole = !value.is_empty() && !value.contains(|c: char| c.is_ascii_whitespace());
            whole.then_some(Cow::Borrowed(value))
        }
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Whether an address leads to where no script runs: relative, or of one of the [`SCHEMES`].
pub(super) fn is_safe(address: &str) -> bool {
    match Url::parse(&without_marks(&clean(address).text)) {
        Ok(url) => SCHEMES.contains(&url.scheme()),
        Err(error) => error == url::ParseError::RelativeUrlWithoutBase,
    }
}

/// No text needs elements this deep in each other; a parser of HTML takes quadratic time for them.
fn too_deep(html: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_dangerous_stays() {
        for (html, expected) in [
            ("<p onclick=x>a<script>b</script><svg><a href='javascript:x'>d</a></svg><b>e", "<p>a<b>e</b></p>"),
            ("<a href=\"java&#xFDD0;script:x\">a</a>", "a"),
            ("<a href=\"java&#1;script:x\">a</a>", "a"),
            (
                "<img src=x srcset=\"javascript:x 1x, b.png 2x\" alt=a>",
                "<img src=\"x\" srcset=\"b.png 2x\" alt=\"a\" />",
            ),
            ("<img src=\"javascript:x\" alt=\"une photo\">", "une photo"),
            ("<q cite=\"javascript:x\">a</q>", "<q>a</q>"),
            ("<p style=\"color:red\" align=right>a</p>", "<p class=\"align-right\">a</p>"),
            ("<form action=x><input name=a><button>b</button></form>", "b"),
            ("<math><mi>x</mi></math><template><p>a</p></template>", ""),
            ("<p data-bind=x xmlns=y is=z>a</p>", "<p>a</p>"),
            ("<base href=x><meta http-equiv=refresh><link rel=stylesheet href=x>a", "a"),
            ("<img width=100% height=20px src=a>", "<img src=\"a\" height=\"20\" />"),
        ] {
            assert_eq!(sanitise(html), expected, "{html}");
        }
    }

    #[test]
    fn what_readers_show_stays() {
        for html in [
            "<figure><img src=\"a\" alt=\"b\" srcset=\"c 1x, d 2x\" /><figcaption>e</figcaption></figure>",
            "<video src=\"a\" poster=\"b\" controls=\"\"><track src=\"c\" kind=\"captions\" srclang=\"fr\" /><a href=\"a\">a</a></video>",
            "<audio controls=\"\"><source src=\"a\" type=\"audio/ogg\" /><a href=\"a\">a</a></audio>",
            "<picture><source srcset=\"a 2x\" media=\"print\" /><img src=\"b\" alt=\"\" /></picture>",
            "<details open=\"\"><summary>a</summary><p>b</p></details>",
            "<table><caption>a</caption><colgroup><col span=\"2\" /></colgroup><thead><tr><th scope=\"col\">b</th></tr></thead><tbody><tr><td rowspan=\"2\">c</td></tr></tbody><tfoot><tr><td>d</td></tr></tfoot></table>",
            "<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>",
            "<p lang=\"en\">«\u{a0}L’été\u{202f}: 100\u{a0}%\u{a0}»</p>",
        ] {
            assert_eq!(sanitise(html), html);
        }
    }
}
