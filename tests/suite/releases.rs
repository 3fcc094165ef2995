//! Laws over releases in plain text that are put together at random: whatever stands in whatever
//! order, no word of it is lost or said twice, and none of what is only for the press is a summary.

use crieur::Config;
use crieur::input::story::Block;
use crieur::input::{anatomy, plain};
use crieur::text::words_only;
use crieur::tree::{Node, Value};
use proptest::prelude::*;

use crate::harness::CONFIG;

/// Pieces of releases; each `w` becomes a word that occurs once, each `W` one with a capital, each
/// `X` one in capitals.
const PIECES: [&str; 44] = [
    "W w w w w w w w w w w w w w w w w.",
    "W w w w w w w\nw w w w w w\nw w.",
    "W w w w w w w w w w w-\nw w w w w.",
    "W w w w w w w w w w w-\n\nw w w w w.",
    "C w w w w w w w w w w w.",
    "X X X",
    "X X\nX",
    "W w w",
    "« W w w », w w.",
    "• W w\n• W w\n  w\n– w",
    "- W w",
    "1. W w\n2. W w",
    "3) w",
    "a) w\nb) w",
    "> W w\n> w",
    ".....",
    "-----",
    "* * *",
    "***",
    "###",
    "-30-",
    "- FIN -",
    "ENDS",
    "-- ",
    "\u{c}",
    "Page 2/3",
    "COMMUNIQUÉ DE PRESSE",
    "INVITATION PRESSE – Lens, le 29 janvier 2020",
    "Lens, le 29 janvier 2020",
    "LENS, le 29 janvier 2020 – W w w w w w w w w w w w w w.",
    "POUR DIFFUSION IMMÉDIATE",
    "CONTACT PRESSE",
    "Contacts presse :\nW X – 03 21 79 05 05 – w@w.fr",
    "Vos interlocuteurs\n\n.....\n\nPresse:\nW X\nw@w.fr\n06.38.12.15.91",
    "Pour en savoir plus : www.w.fr",
    "W X\nw w\nTél. : 03 21 79 05 05",
    "Media contact: W W, w w, +44 20 7946 0000",
    "Note aux rédactions :",
    "Notes to editors\nW w w.",
    "À propos de W",
    "À propos du W : w w w w w w.",
    "About W\nW w w w w w w w w w w w w w w.",
    "21, rue W W\n62300 W\n03 21 69 86 86\nwww.w.fr",
    "3^{w} w CO_{2} www.w.fr",
];

/// The words that were put in, and the text.
fn filled(pieces: &[(usize, bool)]) -> (Vec<String>, String) {
    let mut words = Vec::new();
    let mut text = String::new();
    for (piece, apart) in pieces {
        // In the middle of a paragraph it is a word of that paragraph.
        let banner = PIECES[*piece].contains("PRESSE") && !PIECES[*piece].contains("CONTACT");
        let own = banner || PIECES[*piece].contains("29 janvier");
        if own && !text.ends_with("\n\n") {
            text.push('\n');
        }
        let mut before = ' ';
        for character in PIECES[*piece].chars() {
            let free = !before.is_alphanumeric();
            match character {
                'w' | 'W' | 'X' if free => {
                    let mut number = words.len();
                    let mut word = String::from("zqu");
                    for _ in 0..3 {
                        word.push(char::from(b"bdfgklmnpr"[number % 10]));
                        word.push('a');
                        number /= 10;
                    }
                    text.push_str(&match character {
                        'w' => word.clone(),
                        'X' => word.to_uppercase(),
                        _ => word.replacen('z', "Z", 1),
                    });
                    words.push(word);
                }
                other => text.push(other),
            }
            before = character;
        }
        text.push_str(if *apart || own { "\n\n" } else { "\n" });
    }
    (words, text)
}

fn values(node: &Node, said: &mut String) {
    match &node.value {
        Value::Map(pairs) => pairs.iter().for_each(|(_, value)| values(value, said)),
        Value::Scalar(text) => said.extend([text, "\n"]),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_lost_or_said_twice(
        pieces in prop::collection::vec((0..PIECES.len(), prop::bool::weighted(0.8)), 1..24)
    ) {
        let (words, text) = filled(&pieces);
        let mut story = plain::read(&plain::keep_pages(&text).replace("www.", "www. "), 1);
        let parts = anatomy::of(&mut story, "");
        let mut said = String::new();
        for block in parts.shown().chain(&parts.kinds).chain(&parts.letterhead) {
            said.extend([block.text.as_str(), "\n"]);
        }
        parts.contacts.iter().for_each(|node| values(node, &mut said));
        let said = words_only(&said);
        for word in &words {
            prop_assert_eq!(said.matches(word.as_str()).count(), 1, "{} in {}\n\n{:#?}", word, text, parts);
        }
    }

    #[test]
    fn what_is_shown_is_what_was_read(
        pieces in prop::collection::vec((0..PIECES.len(), prop::bool::weighted(0.8)), 1..24)
    ) {
        let (words, text) = filled(&pieces);
        let config = Config::parse(CONFIG).unwrap();
        let source = crieur::Source::in_memory([("2026-11-20-x.txt", text.as_str())]);
        let newsroom = crieur::read(&config, &source, "2030-01-01T00:00:00Z".parse().unwrap());
        let Some(item) = newsroom.items.first() else { return Ok(()) };
        let feed = newsroom.outputs(&config, &source).unwrap().remove("feed.json").unwrap();
        let feed: serde_json::Value = serde_json::from_slice(&feed).unwrap();
        let content = feed["items"][0]["content_html"].as_str().unwrap_or_default();
        let shown = words_only(&format!("{} {content}", item.title));
        let mut story = plain::read(&plain::keep_pages(&text), 1);
        let notes = anatomy::leave_out(&mut story).unwrap_or_default().blocks;
        let parts = anatomy::of(&mut story, "");
        let words_of = |blocks: &[Block]| words_only(&blocks.iter().map(|block| block.text.as_str()).collect::<String>());
        let (left_out, for_editors) = (words_of(&parts.letterhead), words_of(&notes));
        for word in &words {
            let for_readers = shown.contains(word) || left_out.contains(word);
            prop_assert_ne!(for_readers, for_editors.contains(word), "{} in {}\n\n{}", word, text, content);
        }
        let summary = item.summary.as_ref().map(|summary| summary.as_str().to_owned()).unwrap_or_default();
        for never in ["COMMUNIQUÉ", "INVITATION", "29 janvier", "DIFFUSION", "@"] {
            prop_assert!(!summary.contains(never), "{summary} in {text}");
        }
    }
}
