//! Any bytes as a Word or OpenDocument file, and any XML as its text: it is an item or it is said what
//! is wrong, in time, and what comes out is safe.

#![no_main]
#![allow(clippy::disallowed_methods, reason = "the macro of the fuzzer writes files")]

use std::io::{Cursor, Write as _};
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use crieur::{Config, Problem, Source, html};
use libfuzzer_sys::fuzz_target;
use zip::write::{SimpleFileOptions, ZipWriter};

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let text = r#"
        title = "Salle de presse"
        url = "https://www.example.org/presse/"
        language = "fr"
        timezone = "Europe/Paris"
        authority = "example.org,2020"
        [publisher]
        name = "Ville d'Exemple"
    "#;
    Config::parse(text).unwrap()
});

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OPEN: &str = "urn:oasis:names:tc:opendocument:xmlns:";
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="x/styles" Target="s.xml"/><Relationship Id="b" Type="x/numbering" Target="n.xml"/><Relationship Id="c" Type="x/footnotes" Target="f.xml"/><Relationship Id="d" Type="x/hyperlink" Target="https://example.org/" TargetMode="External"/><Relationship Id="e" Type="x/image" Target="i.png"/></Relationships>"#;

// The first byte says what the others are: the whole file, or what stands in the body of a text.
fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 4 {
        0 => read("2026-01-01 x.docx", bytes.to_vec()),
        1 => read("2026-01-01 x.odt", bytes.to_vec()),
        2 => read("2026-01-01 x.docx", word(bytes)),
        _ => read("2026-01-01 x.odt", open(bytes)),
    }
});

fn read(path: &str, bytes: Vec<u8>) {
    let now: DateTime<Utc> = "2111-11-11T11:11:11Z".parse().unwrap();
    let source = Source::in_memory([(path, bytes)]);
    let newsroom = crieur::read(&CONFIG, &source, now);
    let is_wrong = newsroom.problems.iter().any(Problem::is_error);
    assert_eq!(newsroom.items.len(), usize::from(!is_wrong), "{newsroom:?}");
    if is_wrong {
        return;
    }
    let outputs = newsroom.outputs(&CONFIG, &source).unwrap();
    let page = outputs.iter().find(|(path, _)| path.ends_with("x/index.html")).unwrap().1;
    let page = String::from_utf8(page.clone()).unwrap();
    let body = page.split("<article>").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(!body.contains("<script") && !body.contains("javascript:\"") && !body.contains(" onload="), "{body}");
    assert_eq!(html::sanitise(&html::sanitise(body)), html::sanitise(body));
}

/// The first part of the bytes is the text, the second the styles, then the lists and the notes.
fn word(bytes: &[u8]) -> Vec<u8> {
    let mut pieces = bytes.split(|byte| *byte == 0);
    let mut next = || String::from_utf8_lossy(pieces.next().unwrap_or_default()).into_owned();
    let names = format!(
        "xmlns:w='{WORD}' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships' \
         xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office' \
         xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main' \
         xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' \
         xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'"
    );
    zipped(&[
        ("word/document.xml", format!("<w:document {names}><w:body>{}</w:body></w:document>", next())),
        ("word/s.xml", format!("<w:styles {names}>{}</w:styles>", next())),
        ("word/n.xml", format!("<w:numbering {names}>{}</w:numbering>", next())),
        ("word/f.xml", format!("<w:footnotes {names}>{}</w:footnotes>", next())),
        ("word/_rels/document.xml.rels", RELATIONS.to_owned()),
        ("word/i.png", "\u{89}PNG".to_owned()),
    ])
}

fn open(bytes: &[u8]) -> Vec<u8> {
    let mut pieces = bytes.split(|byte| *byte == 0);
    let mut next = || String::from_utf8_lossy(pieces.next().unwrap_or_default()).into_owned();
    let names = [
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
        ("svg", "svg-compatible"),
        ("fo", "xsl-fo-compatible"),
    ];
    let names: String = names.iter().map(|(prefix, name)| format!(" xmlns:{prefix}='{OPEN}{name}:1.0'")).collect();
    let (text, styles) = (next(), next());
    zipped(&[(
        "content.xml",
        format!(
            "<office:document-content{names} xmlns:xlink='http://www.w3.org/1999/xlink'>\
             <office:automatic-styles>{styles}</office:automatic-styles>\
             <office:body><office:text>{text}</office:text></office:body></office:document-content>"
        ),
    )])
}

fn zipped(parts: &[(&str, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
