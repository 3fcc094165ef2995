//! Laws of the HTML that feeds carry, over any soup of tags: what comes out is on the list, is read
//! alike by a parser of XML and by one of HTML, and does not change when it goes through again. Vectors
//! that other people collected are played in a browser by `tests/security.py`.

use std::collections::BTreeSet;

use crieur::html::{self, is_allowed};
use crieur::input::markdown::{Rendering, to_html};
use crieur::locale::Locale;
use crieur::text::{Text, nfc};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::properties::any_text;

/// As an author's links are resolved when nothing is known of other items.
fn finished(html: &str) -> String {
    html::finish(html, |address| {
        let base = url::Url::parse("https://www.example.org/presse/a/").unwrap();
        let url = base.join(address).ok()?;
        matches!(url.scheme(), "http" | "https" | "mailto" | "tel").then(|| url.to_string())
    })
}

fn rendered(markdown: &str) -> String {
    to_html(markdown, Rendering { prefix: "x", title: &Text::new("Titre"), locale: Locale::of("fr") })
}

/// Tags, halves of tags, and what parsers disagree about.
fn soup() -> impl Strategy<Value = String> {
    let elements = "a abbr audio b body br button caption code col dd details div dl embed figure font form frameset h2 head html i \
        iframe img input li link listing marquee math meta mglyph mi mtext noembed noframes noscript object ol option p param \
        picture plaintext pre q ruby rt script section select source span style summary svg table tbody td template textarea tfoot th \
        title tr track u ul video xmp foreignObject annotation-xml desc use animate image isindex x-y";
    let elements: Vec<String> = elements.split_whitespace().map(str::to_owned).collect();
    let attributes = [
        "onclick=x()",
        "onerror='x()'",
        "ONLOAD=\"x()\"",
        "style=\"text-align:right;position:fixed\"",
        "style=x",
        "href=javascript:x()",
        "href='JaVa\tScript:x()'",
        "href=\"java&#10;script:x()\"",
        "href=&#x6a;avascript&colon;x()",
        "href=\u{1}javascript:x()",
        "href=#n",
        "href=/a?b&amp;c",
        "href=//b.example/c",
        "href=data:text/html,x",
        "src=a.png",
        "src=javascript:x()",
        "src=\"https://www.youtube.com/embed/a1\"",
        "src=x:y",
        "srcset='a 1x, javascript:x() 2x'",
        "srcset=a,b",
        "srcset=','",
        "poster=javascript:x()",
        "cite=javascript:x()",
        "title='><script>x()</script>'",
        "title=\"--><img src=x onerror=x()>\"",
        "id=a",
        "id='a b'",
        "name=n",
        "class=\"x y\"",
        "align=center",
        "width=1 height=1",
        "width=10%",
        "hidden",
        "xmlns=http://www.w3.org/2000/svg",
        "xlink:href=javascript:x()",
        "data-src=b.png",
        "data=c.pdf",
        "formaction=javascript:x()",
        "srcdoc='<script>x()</script>'",
        "alt=\"e\u{301}\"",
        "alt='&#146;\u{a0}'",
        "/",
        "=",
        "\"",
        "lang=fr",
        "open",
        "controls",
        "is=x",
        "background=x",
        "ping=x",
        "target=_blank",
    ];
    let texts = [
        "a",
        " ",
        "\n",
        "&",
        "&amp;",
        "&lt;script&gt;",
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "--!>",
        "<!",
        "<?",
        "]]>",
        "<![CDATA[",
        "&#146;",
        "&#1;",
        "&#xFDD0;",
        "\u{92}",
        "\u{338}",
        "e\u{301}",
        "\u{a0}",
        "\u{202f}",
        "«",
        "’",
        "\0",
        "\u{fffe}",
        "'",
        "\"",
        "`",
        "&nbsp;",
        "&colon;",
        "=",
    ];
    let attributes = prop::collection::vec(prop::sample::select(attributes.to_vec()), 0..3);
    let tag =
        (prop::sample::select(elements.clone()), attributes, prop::sample::select(vec![">", ">", ">", "/>", "", " "]));
    let piece = prop_oneof![
        4 => tag.prop_map(|(name, attributes, end)| format!("<{name} {}{end}", attributes.join(" "))),
        2 => prop::sample::select(elements).prop_map(|name| format!("</{name}>")),
        2 => prop::sample::select(texts.to_vec()).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Markdown that holds no HTML, whose parts stand in each other as nobody would write them.
fn markdown() -> impl Strategy<Value = String> {
    let pieces = [
        "# ",
        "## ",
        "- ",
        "1. ",
        "> ",
        "    ",
        "\n",
        "\n\n",
        "**",
        "*",
        "_",
        "`",
        "~~~\n",
        "~~",
        "[",
        "](",
        ")",
        "](b.html)",
        "![",
        "](c.png \"t\")",
        "[^1]",
        "\n\n[^1]: ",
        "| a | b |\n|:-:|--:|\n| c | d |\n",
        "|",
        "\n: ",
        "- [ ] ",
        "{#id .c o=p}",
        "a",
        "é",
        "\\",
        "&lt;script&gt;",
        "&#146;",
        "&amp;",
        "e&#769;",
        "&#824;",
        "&#xFDD0;",
        "\u{a0}",
        "«\u{202f}",
        "’",
        "\"",
        "'",
        "(javascript:x)",
        "](javascript&colon;x)",
        "https://a.example/b?c&d ",
        "m@a.example ",
        "www.a.example ",
        "---\n",
        "===\n",
        "  \n",
        "](<a b>)",
        "](\"x)",
        "\t",
        "&gt;",
        "[a]: javascript:x\n",
        "[a]",
        "```js\" onclick=x\n",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

/// What a parser of XML reads: the elements and the words; every name must be on the list, and every
/// address must lead to where no script runs.
fn read_as_xml(html: &str) -> Result<Vec<String>, String> {
    let whole = format!("<div>{html}</div>");
    let mut reader = Reader::from_str(&whole);
    reader.config_mut().check_end_names = true;
    let mut seen = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().map_err(|error| format!("{error}: {html}"))? {
            Event::Start(tag) => {
                depth += 1;
                seen.push(element(&tag)?);
            }
            Event::Empty(tag) => seen.push(element(&tag)?),
            Event::End(_) => depth -= 1,
            Event::Text(words) => {
                let words = words.decode().map_err(|error| error.to_string())?;
                if words.contains('>') {
                    return Err(format!("a bracket in {words:?}"));
                }
                seen.push(words.into_owned());
            }
            Event::GeneralRef(name) => {
                let name = name.decode().map_err(|error| error.to_string())?;
                if !matches!(&*name, "amp" | "lt" | "gt" | "quot" | "#824") {
                    return Err(format!("&{name}; in {html}"));
                }
                seen.push(format!("&{name};"));
            }
            Event::Eof if depth == 0 => return Ok(seen),
            other => return Err(format!("{other:?} in {html}")),
        }
    }
}

fn element(tag: &BytesStart<'_>) -> Result<String, String> {
    let name = String::from_utf8(tag.name().as_ref().to_vec()).unwrap();
    if !is_allowed(&name) {
        return Err(format!("<{name}>"));
    }
    let mut names = BTreeSet::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
        let value = std::str::from_utf8(&attribute.value).unwrap();
        let value = quick_xml::escape::unescape(value).map_err(|error| error.to_string())?;
        let known = "id class lang dir title role href hreflang type src srcset sizes alt width height loading controls loop preload poster cite \
            datetime open span value start reversed media colspan rowspan headers scope abbr kind srclang label default aria-label \
            aria-labelledby aria-describedby aria-hidden";
        if !known.split_whitespace().any(|name| name == key) {
            return Err(format!("<{name} {key}>"));
        }
        let addresses = match key.as_str() {
            "href" | "src" | "poster" | "cite" => vec![value.as_ref()],
            "srcset" => value.split([' ', ',']).filter(|part| part.contains(':')).collect(),
            _ => Vec::new(),
        };
        let safe = ["https://", "http://", "mailto:", "tel:"];
        if let Some(address) = addresses.iter().find(|address| !safe.iter().any(|scheme| address.starts_with(scheme))) {
            return Err(format!("{address:?} in <{name}>"));
        }
        names.insert(key);
    }
    Ok(format!("<{name} {names:?}>"))
}

/// Quotation marks in texts are written either way.
fn same(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').unwrap();
        out += &format!("{}<{tag}>", text.replace("&quot;", "\""));
        rest = after;
    }
    out + &rest.replace("&quot;", "\"")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_in_only_what_is_on_the_list_comes_out(html in prop_oneof![soup(), any_text()]) {
        let once = html::sanitise(&html);
        prop_assert_eq!(html::sanitise(&once), once.clone());
        prop_assert!(nfc(&once) == once, "{once:?}");
        let finished = finished(&once);
        if let Err(wrong) = read_as_xml(&finished) {
            return Err(TestCaseError::fail(wrong));
        }
        // Nothing that is finished is changed by what a reader does to it.
        prop_assert_eq!(&html::sanitise(&finished), &finished);
    }

    #[test]
    fn html_in_markdown_is_as_safe(body in prop::collection::vec(prop_oneof![soup(), markdown()], 0..4)) {
        let finished = finished(&rendered(&body.concat()));
        if let Err(wrong) = read_as_xml(&finished) {
            return Err(TestCaseError::fail(wrong));
        }
        prop_assert!(nfc(&finished) == finished, "{finished:?}");
    }

    /// So the sanitiser is not paid for where there is nothing for it.
    #[test]
    fn markdown_without_html_needs_no_sanitiser(body in markdown()) {
        let rendered = rendered(&body);
        let (with, without) = (finished(&html::sanitise(&rendered)), finished(&rendered));
        prop_assert_eq!(same(&with), same(&without), "{}", rendered);
        if let Err(wrong) = read_as_xml(&without) {
            return Err(TestCaseError::fail(wrong));
        }
    }

    /// Every place that is told is one of the text, in order.
    #[test]
    fn what_is_found_has_a_place(html in soup()) {
        let mut last = 0;
        for (found, place) in html::findings(&html) {
            let there = html.get(place.clone());
            prop_assert!(there.is_some_and(|tag| tag.starts_with('<')), "{found:?} {there:?}");
            prop_assert!(place.start >= last);
            last = place.end;
        }
    }
}

#[test]
fn french_typography_stays_and_leftovers_are_mapped() {
    let text = "«\u{a0}L’été\u{202f}: 100\u{a0}%\u{a0}» – œuvre…";
    for (body, expected) in [
        (text.to_owned(), format!("<p>{text}</p>")),
        (format!("<p>{text}</p>"), format!("<p>{text}</p>")),
        ("L&#146;&eacute;t&eacute; &#133; e\u{301}te&#769; \u{92}".to_owned(), "<p>L’été … été ’</p>".to_owned()),
        ("<b>L&#146;e&#769;te&#x301; &#133;</b> \u{93}a\u{94}".to_owned(), "<p><b>L’été …</b> “a”</p>".to_owned()),
        (
            "[L&#146;e&#769;](a \"&#147;e\u{301}&#148;\")".to_owned(),
            "<p><a href=\"https://www.example.org/presse/a/a\" title=\"“é”\">L’é</a></p>".to_owned(),
        ),
        (
            "<img src=a alt='L&#146;e&#769;'>".to_owned(),
            "<img src=\"https://www.example.org/presse/a/a\" alt=\"L’é\" />".to_owned(),
        ),
        (
            "`&#146;` et\n\n    &#146;\n".to_owned(),
            "<p><code>&amp;#146;</code> et</p>\n<pre><code>&amp;#146;\n</code></pre>".to_owned(),
        ),
    ] {
        assert_eq!(finished(&rendered(&body)).trim(), expected, "{body}");
    }
}
