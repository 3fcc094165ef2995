//! Pictures, files and the size of feeds: laws over many items, and what a change of a file changes.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, SeekFrom};

use crieur::{Config, Source, media};
use proptest::prelude::*;
use serde_json::Value;

use crate::harness::{CONFIG, Newsroom, files};

/// The head of a PNG of this size: enough for anybody who asks how large it is.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0\0\0\0\0");
    bytes
}

/// One item each day before 24 November, with a text of so many bytes.
fn items(sizes: &[usize], step: u64) -> BTreeMap<String, String> {
    let first = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let day = |number: usize| first - chrono::Days::new(number as u64 * step);
    let text = |size: usize| format!("Début.\n\n{}\n", "Le bassin <rouvre> & ferme. ".repeat(size / 28 + 1));
    let items = sizes.iter().enumerate();
    items
        .map(|(number, size)| {
            (format!("{}-n{number:03}.md", day(number)), format!("# Titre {number}\n\n{}", text(*size)))
        })
        .collect()
}

/// Every feed for these items.
fn feeds(items: &BTreeMap<String, String>, window: usize, most: usize) -> BTreeMap<String, Vec<u8>> {
    let config = Config::parse(&format!("{CONFIG}\n[feeds]\nwindow = {window}\nmax-bytes = {most}\n")).unwrap();
    let source = Source::in_memory(items.clone());
    let newsroom = crieur::read(&config, &source, "2026-11-24T12:00:00Z".parse().unwrap());
    let mut outputs = newsroom.outputs(&config, &source).unwrap();
    outputs.retain(|path, _| path.starts_with("feed."));
    outputs
}

/// Each entry's id and content, which must be the same in all formats; true where all of it is there.
fn entries(feeds: &BTreeMap<String, Vec<u8>>) -> Vec<(String, String, bool)> {
    let mut all = feeds.values().map(|bytes| {
        let feed = feed_rs::parser::parse(bytes.as_slice()).unwrap();
        let entries = feed.entries.into_iter().map(|entry| {
            let content = entry.content.and_then(|content| content.body).unwrap();
            let whole = !content.contains("Lire la suite");
            (entry.id, content.trim().to_owned(), whole)
        });
        entries.collect::<Vec<_>>()
    });
    let first = all.next().unwrap();
    assert!(all.all(|other| other == first));
    first
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..ProptestConfig::default() })]

    /// Whatever the sizes: no feed is too large unless what must stay is; the newest are whole; what is
    /// left out is the oldest, and never what must stay.
    #[test]
    fn a_feed_has_the_size_it_may_have(
        sizes in prop::collection::vec(prop_oneof![9 => 0_usize..2_000, 1 => 3_000_usize..20_000], 1..60),
        step in 0_u64..4, window in 1_usize..70, most in 1_000_usize..100_000,
    ) {
        let items = items(&sizes, step);
        let feeds = feeds(&items, window, most);
        let entries = entries(&feeds);
        let there = sizes.len().min(window);
        let recent = if step == 0 { there } else { there.min(14_usize.div_ceil(step as usize)) };
        let staying = there.min(30).max(recent);
        prop_assert!(entries.len() >= staying && entries.len() <= there, "{} of {there}", entries.len());
        let largest = feeds.values().map(Vec::len).max().unwrap();
        let all_short = entries.iter().all(|(_, content, whole)| !whole || content.len() < 400);
        prop_assert!(largest <= most || entries.len() == staying && all_short, "{largest} of {most}");
        if entries.len() < there {
            prop_assert!(all_short, "something is whole and something is not there");
        }
        // In the order of time, which is that of feeds without a size.
        let whole = entries_of_all(&items, window);
        let ids: Vec<&String> = entries.iter().map(|(id, ..)| id).collect();
        prop_assert_eq!(ids, whole.iter().take(entries.len()).map(|(id, ..)| id).collect::<Vec<_>>());
        for ((id, content, whole), (_, full, _)) in entries.iter().zip(&whole) {
            prop_assert!(*whole == (content == full), "{id}");
            // As XML and as JSON: neither writes the other's escapes.
            let xml = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let weights = |text: &str| [xml(text).len(), Value::from(text).to_string().len()];
            let lighter = weights(content).into_iter().zip(weights(full)).any(|(short, full)| short <= full);
            prop_assert!(lighter, "{id}: larger than the whole in every format");
        }
    }

    /// Editing one text never changes how those stand that are newer, nor the order.
    #[test]
    fn an_edit_of_an_old_item_changes_nothing_before_it(
        sizes in prop::collection::vec(300_usize..3_000, 2..40), at in any::<prop::sample::Index>(),
        size in 300_usize..9_000,
        most in 5_000_usize..80_000,
    ) {
        let before = entries(&feeds(&items(&sizes, 1), 50, most));
        let edited = at.index(sizes.len());
        let mut sizes = sizes;
        sizes[edited] = size;
        let after = entries(&feeds(&items(&sizes, 1), 50, most));
        let ids = |entries: &[(String, String, bool)]| entries.iter().map(|(id, ..)| id.clone()).collect::<Vec<_>>();
        prop_assert_eq!(ids(&before), ids(&after));
        let newer = edited.min(before.len());
        prop_assert_eq!(&before[..newer], &after[..newer]);
    }

    #[test]
    fn any_bytes_are_looked_at_without_panic(
        magic in prop::sample::select(vec![
            b"\xff\xd8\xff\xe1\0\x40Exif\0\0MM\0\x2a\0\0\0\x08".as_slice(), b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a",
            b"RIFF\0\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPVP8X", b"\0\0\0\x20ftypavif", b"\0\0\0\x18ftypheic", b"II\x2a\0", b"MM\0\x2a",
            b"BM", b"\0\0\x01\0", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n", b"",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let _ = media::look_at(&[magic, bytes.as_slice()].concat());
    }
}

fn entries_of_all(items: &BTreeMap<String, String>, window: usize) -> Vec<(String, String, bool)> {
    entries(&feeds(items, window, 100_000_000))
}

/// The page and the feeds say how large a picture is; another picture in its place is another page.
#[test]
fn another_picture_is_another_page() {
    let newsroom = Newsroom::new()
        .item("2026-11-20-a.md", "---\nimage: {file: a.png, alt: A}\n---\n# A\n\n![B](b.png)\n")
        .item("2026-11-21-b.md", "# B\n\nUn texte.\n")
        .item("a.png", png(30, 20))
        .item("b.png", png(9, 8));
    newsroom.build();
    let before = files(&newsroom.public());
    assert!(newsroom.output("2026-11-20-a/index.html").contains("alt=\"B\" width=\"9\" height=\"8\""));
    // As many bytes, so that nothing but what is in them tells them apart.
    newsroom.write("items/b.png", png(8, 9));
    newsroom.build();
    assert!(newsroom.output("2026-11-20-a/index.html").contains("alt=\"B\" width=\"8\" height=\"9\""));
    assert!(newsroom.output("feed.json").contains("alt=\\\"B\\\" width=\\\"8\\\" height=\\\"9\\\""));
    newsroom.write("items/a.png", png(31, 20));
    newsroom.build();
    for file in ["feed.atom", "feed.rss"] {
        let feed = newsroom.output(file);
        assert!(feed.contains("height=\"20\" medium=\"image\"") && feed.contains("width=\"31\""), "{file}: {feed}");
    }
    let after = files(&newsroom.public());
    assert_eq!(before["2026-11-21-b/index.html"], after["2026-11-21-b/index.html"]);
}

/// A file without an end that counts what is read of it.
struct Counted<R>(R, std::sync::Arc<std::sync::atomic::AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.fetch_add(read as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(read)
    }
}

impl<R> Seek for Counted<R> {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        Err(std::io::ErrorKind::NotSeekable.into())
    }
}

/// Only the beginning of a picture is read: the rest may be of any size.
#[test]
fn a_large_picture_is_not_read() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let (item, picture) = ("2026-11-20-a.md", "2026-11-20-a.png");
    let entry = |path: &str, size| crieur::file::SourceEntry { path: path.into(), size, spelt: None, stamp: None };
    let given = asked.clone();
    let source = Source::new(vec![entry(item, 9), entry(picture, 300 << 20)], move |entry| {
        if entry.path.ends_with(".md") {
            return Ok(Box::new(Cursor::new(b"# A\n\n![A](2026-11-20-a.png)\n")));
        }
        Ok(Box::new(Counted(Cursor::new(png(6000, 4000)).chain(std::io::repeat(0)), given.clone())))
    });
    let config = Config::parse(CONFIG).unwrap();
    let newsroom = crieur::read(&config, &source, "2026-11-24T12:00:00Z".parse().unwrap());
    let outputs = newsroom.outputs(&config, &source).unwrap();
    assert!(String::from_utf8_lossy(&outputs["2026-11-20-a/index.html"]).contains("width=\"6000\" height=\"4000\""));
    assert!(asked.load(std::sync::atomic::Ordering::Relaxed) <= 4 << 20);
}

/// All three formats name the same files, with the sizes that the copies have.
#[test]
fn the_files_of_a_feed_are_the_files_beside_the_page() {
    for case in ["attachments", "attachment-names", "pictures", "same-name", "max-bytes"] {
        let newsroom = Newsroom::of(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(case));
        newsroom.build();
        let outputs = newsroom.outputs();
        let json: Value = serde_json::from_slice(&outputs["feed.json"]).unwrap();
        let atom = atom_syndication::Feed::read_from(outputs["feed.atom"].as_slice()).unwrap();
        let rss = rss::Channel::read_from(outputs["feed.rss"].as_slice()).unwrap();
        let mut looked_at = 0;
        for (number, item) in json["items"].as_array().unwrap().iter().enumerate() {
            let none = Vec::new();
            let listed: Vec<(String, String, String)> = item["attachments"]
                .as_array()
                .unwrap_or(&none)
                .iter()
                .map(|file| {
                    let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
                    (text("url"), text("mime_type"), file["size_in_bytes"].as_u64().unwrap_or_default().to_string())
                })
                .collect();
            let of_atom = atom.entries[number].links.iter().filter(|link| link.rel == "enclosure").map(|link| {
                let length = link.length.clone().unwrap_or_else(|| "0".to_owned());
                (link.href.clone(), link.mime_type.clone().unwrap_or_default(), length)
            });
            assert_eq!(of_atom.collect::<Vec<_>>(), listed, "{case}");
            let first =
                rss.items[number].enclosure.iter().map(|e| (e.url.clone(), e.mime_type.clone(), e.length.clone()));
            let links =
                rss.items[number].extensions.get("atom").and_then(|atom| atom.get("link")).into_iter().flatten();
            let attribute = |link: &rss::extension::Extension, key: &str| link.attrs[key].clone();
            let more = links.map(|link| (attribute(link, "href"), attribute(link, "type"), attribute(link, "length")));
            assert_eq!(first.chain(more).collect::<Vec<_>>(), listed, "{case}");
            let mut titles: Vec<&str> =
                item["attachments"].as_array().unwrap_or(&none).iter().map(|f| f["title"].as_str().unwrap()).collect();
            titles.sort_unstable();
            titles.dedup();
            assert_eq!(titles.len(), listed.len(), "{case}: JF-07");
            for (url, _, size) in &listed {
                assert!(url.is_ascii(), "{url}");
                if let Some(path) = url.strip_prefix("https://www.example.org/presse/") {
                    assert_eq!(outputs[path].len().to_string(), *size, "{case}: {path}");
                    looked_at += 1;
                }
            }
        }
        assert!(looked_at > 0, "{case}");
    }
}
