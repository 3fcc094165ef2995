//! Any HTML, and any Markdown that holds some: what comes out does not change when it goes through
//! again, holds only what is on the list, and is read by a parser of XML to its end.

#![no_main]
#![allow(clippy::disallowed_methods, reason = "the macro of the fuzzer writes files")]

use crieur::html;
use crieur::input::markdown::{Rendering, to_html};
use crieur::locale::Locale;
use crieur::text::{Text, nfc};
use libfuzzer_sys::fuzz_target;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

fuzz_target!(|text: &str| {
    let once = html::sanitise(text);
    assert_eq!(html::sanitise(&once), once);
    assert_eq!(nfc(&once), once);
    let finished = finished(&once);
    only_what_is_on_the_list(&finished);
    assert_eq!(html::sanitise(&finished), finished);

    let mut last = 0;
    for (_, place) in html::findings(text) {
        assert!(text[place.clone()].starts_with('<') && place.start >= last);
        last = place.end;
    }
    only_what_is_on_the_list(&self::finished(&to_html(
        text,
        Rendering { prefix: "x", title: &Text::new("x"), locale: Locale::of("fr") },
    )));
});

/// As addresses are resolved when nothing is known of other items.
fn finished(html: &str) -> String {
    let base = url::Url::parse("https://www.example.org/presse/a/").unwrap();
    html::finish(html, |address| {
        let url = base.join(address).ok()?;
        matches!(url.scheme(), "http" | "https" | "mailto" | "tel").then(|| url.to_string())
    })
}

fn only_what_is_on_the_list(html: &str) {
    let whole = format!("<div>{html}</div>");
    let mut reader = Reader::from_str(&whole);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                depth += 1;
                element(&tag);
            }
            Event::Empty(tag) => element(&tag),
            Event::End(_) => depth -= 1,
            Event::Text(_) => {}
            Event::GeneralRef(name) => assert!(matches!(&*name, b"amp" | b"lt" | b"gt" | b"quot" | b"#824"), "{html}"),
            Event::Eof if depth == 0 => return,
            other => panic!("{other:?} in {html}"),
        }
    }
}

fn element(tag: &BytesStart<'_>) {
    assert!(html::is_allowed(std::str::from_utf8(tag.name().as_ref()).unwrap()), "{tag:?}");
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap();
        let key = attribute.key.as_ref();
        assert!(!key.starts_with(b"on") && !key.starts_with(b"style") && !key.contains(&b':'), "{tag:?}");
        if matches!(key, b"href" | b"src" | b"poster" | b"cite") {
            let safe: [&[u8]; 4] = [b"https://", b"http://", b"mailto:", b"tel:"];
            assert!(safe.iter().any(|scheme| attribute.value.starts_with(scheme)), "{tag:?}");
        }
    }
}
