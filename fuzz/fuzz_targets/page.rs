//! Any text as a page, as a text of MDX and as Markdown with commands: it is read, twice in the same
//! way, nothing hangs, no line is lost, and what comes out is safe.

#![no_main]
#![allow(clippy::disallowed_methods, reason = "the macro of the fuzzer writes files")]

use crieur::config::Known;
use crieur::input::commands::{self, Syntax};
use crieur::input::markdown::Rendering;
use crieur::input::{self, mdx};
use crieur::item::ForThePress;
use crieur::locale::Locale;
use crieur::{SourceFile, Text, html};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    page(bytes, "x.html");
    page(bytes, "x.mdx");
    page(bytes, "x.md");
    if let Ok(text) = std::str::from_utf8(bytes) {
        as_many_lines(text, &mdx::taken(text).0);
        as_many_lines(text, &commands::taken(text, Syntax::Markdown, "_posts/x.md").0);
        as_many_lines(text, &commands::taken(text, Syntax::Html, "x.html").0);
    }
});

fn page(bytes: &[u8], path: &str) {
    let file = SourceFile { path: path.to_owned(), bytes: bytes.to_vec() };
    let (draft, problems) = input::read(&file, None, Known::default());
    assert!(draft.is_some() || problems.iter().any(crieur::Problem::is_error));
    let lines = u32::try_from(String::from_utf8_lossy(bytes).split(['\n', '\r']).count()).unwrap();
    for problem in &problems {
        assert!(problem.place.is_none_or(|place| (1..=lines).contains(&place.line)), "{problem:?}");
    }
    let Some(draft) = draft else { return };
    let title = draft.title.map(|at| at.value).unwrap_or_else(|| Text::new("x"));
    let rendering = Rendering { prefix: "p", title: &title, locale: Locale::of("fr") };
    let one = input::html(&file, Known::default(), rendering, None, ForThePress::default()).unwrap();
    assert_eq!(Ok(&one), input::html(&file, Known::default(), rendering, None, ForThePress::default()).as_ref());
    if path == "x.html" {
        assert_eq!(html::sanitise(&one), one, "the sanitiser has more to do");
    }
    let lower = one.to_ascii_lowercase();
    assert!(!lower.contains("<script") && !lower.contains("<style") && !lower.contains("<iframe"));
}

fn as_many_lines(before: &str, after: &str) {
    assert_eq!(before.matches('\n').count(), after.matches('\n').count(), "{after}");
}
