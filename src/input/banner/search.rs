//! Whether a text may hold a banner at all: every line of every release is asked.

use std::sync::LazyLock;

use aho_corasick::automaton::Automaton as _;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, StartKind};

use super::fold::{FEWEST, fold, folded, is_accent, plain};
use super::words::{APPEARS, EMBARGO, FORBIDDEN, IMMEDIATE, USABLE};
use crate::text::is_unseen;

/// Every word that a banner has, folded, capitals as small letters; each is looked for where a word begins.
struct Phrases {
    dfa: DFA,
    /// For each first byte of a word, as bits, the letters that come next in a phrase.
    second: [u32; 256],
    /// For each byte that comes next, its letter as a bit; all of them for what is no letter.
    next: [u32; 256],
    /// For each byte, whether a word goes on with it.
    goes_on: [bool; 256],
    /// The letters of Latin-1 that begin with byte 0xC3, by their second one, as they are folded to one letter.
    latin_1: [u8; 64],
}

static PHRASES: LazyLock<Option<Phrases>> = LazyLock::new(|| {
    let lists = || EMBARGO.iter().chain(&USABLE).chain(&APPEARS).chain(&FORBIDDEN).chain(&IMMEDIATE);
    let phrases = || lists().chain(&["embargo"]);
    let mut dfa = DFA::builder();
    dfa.ascii_case_insensitive(true).prefilter(false).start_kind(StartKind::Anchored);
    let dfa = dfa.build(phrases()).ok()?;
    let bytes: [u8; 256] = std::array::from_fn(|byte| u8::try_from(byte).unwrap_or_default());
    let second = bytes.map(|first| {
        let opened = phrases()
            .map(|phrase| phrase.as_bytes())
            .filter(|phrase| phrase.first() == Some(&first.to_ascii_lowercase()));
        opened.filter_map(|phrase| phrase.get(1)).fold(0, |letters, next| letters | letter(*next))
    });
    let next = bytes.map(|next| if next.is_ascii_alphabetic() { letter(next) } else { u32::MAX });
    let latin_1 = std::array::from_fn(|second| {
        let mut folded = String::new();
        let character = u8::try_from(second).map_or('\0', |second| char::from(0xc0 + second));
        fold(character, &mut folded);
        if let [letter] = folded.as_bytes() { *letter } else { 0 }
    });
    Some(Phrases { dfa, second, next, goes_on: bytes.map(|byte| byte.is_ascii_alphanumeric()), latin_1 })
});

/// A letter of ASCII as a bit; none for any other sign.
fn letter(byte: u8) -> u32 {
    if byte.is_ascii_alphabetic() { 1 << (byte.to_ascii_lowercase() - b'a') } else { 0 }
}

impl Phrases {
    /// Whether a word with this first letter, folded, may open one: false where its second letter tells that.
    fn open(&self, first: u8, next: Option<u8>) -> bool {
        let second = self.second.get(usize::from(first)).copied().unwrap_or_default();
        let next = next.and_then(|next| self.next.get(usize::from(next))).copied().unwrap_or(u32::MAX);
        second & next != 0
    }

    /// So many bytes belong to the word that has begun: figures and letters that are folded to letters.
    fn rest_of_word(&self, bytes: &[u8]) -> usize {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let goes_on = |byte: &u8| self.goes_on.get(usize::from(*byte)).copied().unwrap_or_default();
            at += rest.iter().position(|byte| !goes_on(byte)).unwrap_or(rest.len());
            if latin_1(bytes.get(at..).unwrap_or_default()).is_none() {
                return at;
            }
            at += 2;
        }
    }

    /// A letter of Latin-1 as it is folded, where that is one letter.
    fn folded(&self, letter: usize) -> Option<u8> {
        self.latin_1.get(letter).copied().filter(|folded| *folded != 0)
    }
}

/// Whether a text may hold a banner: false only where no line of it has any of the words. Every line of
/// every release is asked, so the text is folded and searched here at once; a line whose words may be
/// hidden (by tags or entities) is folded once more, as [`banner`] does.
pub(super) fn may_be(text: &str) -> bool {
    let Some(phrases) = PHRASES.as_ref() else { return true };
    let hides = |text: &str| memchr::memchr2(b'<', b'&', text.as_bytes()).is_some();
    let hidden = |line: &str| {
        let line = plain(line);
        // As [`banner`] folds it, and as a line without anything hidden is.
        may_be_plainly(&folded(&line).0, phrases) || may_be_plainly(&line, phrases)
    };
    may_be_plainly(text, phrases) || hides(text) && text.split('\n').filter(|line| hides(line)).any(hidden)
}

/// Looks at the beginning of each word, for a phrase begins with one; most words are passed over by their
/// first two letters. What only may begin a word does.
fn may_be_plainly(text: &str, phrases: &Phrases) -> bool {
    let bytes = text.as_bytes();
    let behind = |at: usize| bytes.get(at..).unwrap_or_default();
    let mut at = 0;
    // Letters that stand alone, one after the other.
    let mut apart = 0;
    while let Some(first) = bytes.get(at).copied() {
        let start = at;
        let (letter, opens) = if first.is_ascii_alphanumeric() {
            at += 1 + phrases.rest_of_word(behind(at + 1));
            (first.is_ascii_alphabetic() && at - start == 1, phrases.open(first, bytes.get(start + 1).copied()))
        } else if first.is_ascii() {
            at += 1;
            apart = if first.is_ascii_whitespace() { apart } else { 0 };
            continue;
        } else if let Some(letter) = latin_1(behind(at)) {
            at += 2 + phrases.rest_of_word(behind(at + 2));
            let next = bytes.get(start + 2).copied();
            (true, phrases.folded(letter).is_none_or(|first| phrases.open(first, next)))
        } else {
            let character = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
            at += character.len_utf8();
            // Dashes, quotes, dots.
            if matches!(character, '\u{2010}'..='\u{2027}') {
                apart = 0;
                continue;
            }
            if character.is_whitespace() {
                continue;
            }
            // What is neither letter nor figure begins no word.
            (character.is_alphabetic(), character.is_alphanumeric())
        };
        if opens && text.get(start..).is_some_and(|rest| begins(rest, phrases)) {
            return true;
        }
        apart = if letter && is_apart(text.get(start..).unwrap_or_default()) { apart + 1 } else { 0 };
        if apart >= FEWEST - 1 {
            return true;
        }
    }
    false
}

/// Whether the letter with which a text begins stands alone; one with its accent behind it is one, too.
fn is_apart(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next();
    characters.as_str().trim_start_matches(is_accent).starts_with(char::is_whitespace)
}

/// Which of the letters that begin with byte 0xC3 in UTF-8 a text begins with; neither `×` nor `÷`.
fn latin_1(text: &[u8]) -> Option<usize> {
    match text {
        [0xc3, second, ..] if !matches!(second, 0x97 | 0xb7) => Some(usize::from(second & 0x3f)),
        _ => None,
    }
}

/// Whether a text begins with one of the phrases.
fn begins(text: &str, phrases: &Phrases) -> bool {
    let dfa = &phrases.dfa;
    let Ok(mut state) = dfa.start_state(Anchored::Yes) else { return true };
    // Whether it does, as soon as that is known.
    let mut step = |byte: u8| {
        state = dfa.next_state(Anchored::Yes, state, byte);
        dfa.is_special(state).then(|| dfa.is_match(state)).filter(|found| *found || dfa.is_dead(state))
    };
    let mut spaced = false;
    let mut folded = String::new();
    for character in text.chars() {
        let known = match character {
            // Marks of Markdown are not seen; spaces of any kind and number are one.
            '*' | '_' | '`' | '~' | '#' => None,
            'a'..='z' | 'A'..='Z' => {
                spaced = false;
                step(character as u8)
            }
            '\u{c0}'..='\u{ff}' if let Some(letter) = phrases.folded(character as usize & 0x3f) => {
                spaced = false;
                step(letter)
            }
            c if c.is_whitespace() => {
                let again = std::mem::replace(&mut spaced, true);
                if again { None } else { step(b' ') }
            }
            c if is_unseen(c) => None,
            c => {
                spaced = false;
                folded.clear();
                fold(c, &mut folded);
                folded.bytes().find_map(&mut step)
            }
        };
        if let Some(known) = known {
            return known;
        }
    }
    false
}
