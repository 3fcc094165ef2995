//! What XML can carry, decided once at the edge.
//!
//! A control character pasted from a word processor makes a feed unreadable as a whole, in every
//! reader. So text is cleaned when it enters ([`clean`], which says what it dropped and where) and
//! every title, name or label is then a [`Text`]: one line of plain text that can be written into
//! any of our formats as it is. Nothing further down the way has to think of it again.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use memchr::{memchr, memchr_iter};
use serde::Serialize;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::kept::Shared;

/// Stands where a character was removed, so that columns stay what the author sees; it is a
/// noncharacter, kept by Unicode for just such inner use, and leaves with [`Text::new`] or
/// [`without_marks`].
const MARK: char = '\u{fdd0}';

/// One line of plain text: no markup, no character that XML 1.0 forbids or that the feed
/// validator calls bad (RS-23), NFC (PR-06), no white space at either end and single spaces
/// inside. No-break spaces are kept: French typography needs them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Text(Shared);

impl Text {
    /// Makes `raw` fit; characters that XML cannot carry are dropped or mapped as [`clean`] does.
    pub fn new(raw: &str) -> Self {
        let cleaned = clean(raw).text;
        let cleaned = without_marks(&cleaned);
        if is_one_line(&cleaned) {
            return Self(Shared::from(&*nfc(cleaned.trim())));
        }
        let mut line = String::with_capacity(cleaned.len());
        for word in cleaned.split([' ', '\t', '\n', '\u{2028}', '\u{2029}']).filter(|word| !word.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        Self(Shared::from(&*nfc(line.trim())))
    }

    /// `None` where nothing visible is left.
    pub fn some(raw: &str) -> Option<Self> {
        let text = Self::new(raw);
        let visible = |c: char| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
        text.0.chars().any(visible).then_some(text)
    }

    /// One that was made by [`Text::new`] before, and was kept since.
    pub(crate) fn kept(text: &str) -> Self {
        Self(Shared::from(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, for where any text may stand.
    pub fn shared(&self) -> Shared {
        self.0.clone()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether there are single spaces inside of a text and nothing that ends a line: most are so already.
fn is_one_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let behind = |by: usize| bytes.get(by..).unwrap_or_default();
    // All bytes at once, each with those behind it.
    let double = any(bytes.iter().zip(behind(1)), |(b, next)| (*b == b' ') & (*next == b' '));
    let ends = |b: u8, next: u8, third: u8| (b == 0xe2) & (next == 0x80) & ((third == 0xa8) | (third == 0xa9));
    let triples = bytes.iter().zip(behind(1)).zip(behind(2));
    let ended = any(triples, |((b, next), third)| ends(*b, *next, *third));
    !double && !ended && !any(bytes.iter(), |b| (*b == b'\t') | (*b == b'\n'))
}

/// A character that [`clean`] took out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// What stood there.
    pub character: char,
}

/// What [`clean`] made of a text.
#[derive(Debug)]
pub struct Cleaned<'a> {
    /// Lines end in LF; a mark stands for each dropped character (see [`without_marks`]).
    pub text: Cow<'a, str>,
    /// What is not there any more, in order.
    pub dropped: Vec<Dropped>,
}

/// Turns CRLF and lone CR into LF, vertical tab and form feed into a space, the C1 characters
/// that a wrongly labelled Windows-1252 text leaves behind (`\x92`) into what they were meant to
/// be, and marks every other character that XML 1.0 forbids or discourages as dropped. Lines and
/// columns stay where they were.
pub fn clean(raw: &str) -> Cleaned<'_> {
    if is_clean(raw) {
        return Cleaned { text: Cow::Borrowed(raw), dropped: Vec::new() };
    }
    let mut text = String::with_capacity(raw.len());
    let mut dropped = Vec::new();
    let (mut line, mut column) = (1, 1);
    let mut characters = raw.chars().peekable();
    while let Some(character) = characters.next() {
        let kept = match character {
            '\r' => {
                if characters.peek() == Some(&'\n') {
                    characters.next();
                }
                '\n'
            }
            '\u{b}' | '\u{c}' => {
                dropped.push(Dropped { line, column, character });
                ' '
            }
            '\u{80}'..='\u{9f}' => windows_1252(character).unwrap_or_else(|| {
                dropped.push(Dropped { line, column, character });
                MARK
            }),
            bad if needs_work(bad) => {
                dropped.push(Dropped { line, column, character });
                MARK
            }
            good => good,
        };
        text.push(kept);
        if kept == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    Cleaned { text: Cow::Owned(text), dropped }
}

/// Whether [`clean`] would change nothing. Of every text there is, so it looks at bytes: those that a
/// character in need of work may begin with are few.
fn is_clean(raw: &str) -> bool {
    // All bytes at once, each with the one behind it: what is found may be harmless, and is looked at below.
    let perhaps = |b: u8, next: u8| {
        (b < b' ') & (b != b'\t') & (b != b'\n') | (b == 0x7f) | (b == 0xc2) & (next < 0xa0) | (b >= 0xef)
    };
    let bytes = raw.as_bytes();
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    if !any(pairs, |(b, next)| perhaps(*b, *next)) && !bytes.last().is_some_and(|last| perhaps(*last, 0)) {
        return true;
    }
    let suspicious = |b: u8| (b < b' ') & (b != b'\t') & (b != b'\n') | (b == 0x7f) | (b == 0xc2) | (b >= 0xef);
    !places(raw, suspicious).any(|(_, character)| needs_work(character))
}

/// The characters of a text that begin with such a byte, and where they stand. Blocks of bytes without
/// one are passed over at once, for most texts are looked through several times.
pub(crate) fn places(text: &str, begins: impl Fn(u8) -> bool + Copy) -> impl Iterator<Item = (usize, char)> {
    const BLOCK: usize = 256;
    let blocks = text.as_bytes().chunks(BLOCK).zip((0..).step_by(BLOCK));
    let found = blocks.filter(move |(block, _)| any(block.iter(), |byte| begins(*byte)));
    let places = found.flat_map(move |(block, start)| (start..).zip(block).filter(move |(_, byte)| begins(**byte)));
    places.filter_map(|(at, _)| Some((at, text.get(at..)?.chars().next()?)))
}

/// As [`Iterator::any`], but of all bytes and several at a time: for what is nearly never found.
#[inline]
pub(crate) fn any<T>(bytes: impl Iterator<Item = T>, test: impl Fn(T) -> bool) -> bool {
    // Of bytes the compiler makes vectors, of truths it does not.
    bytes.fold(0_u8, |any, byte| any | u8::from(test(byte))) != 0
}

/// Where the first of some bytes stands. As `memchr`, for what is near: in the markup of a text the next sign is
/// a few words away, and to call costs more than to look.
#[inline]
pub(crate) fn first_of<const N: usize>(text: &[u8], signs: [u8; N]) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, rest) = text.as_chunks();
    for (start, word) in (0..).step_by(8).zip(words) {
        let word = u64::from_le_bytes(*word);
        // Of a word with a zero the lowest such byte gets its highest bit, and those behind it may.
        let zero = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
        let found = signs.iter().fold(0, |found, sign| found | zero(word ^ (LOW * u64::from(*sign))));
        if found != 0 {
            return Some(start + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| signs.contains(byte))?;
    Some(text.len() - rest.len() + at)
}

/// Gives `put` a text with something else in the place of some signs of ASCII, in pieces.
pub(crate) fn escaped<const N: usize>(
    text: &str,
    signs: [u8; N],
    with: impl Fn(u8) -> &'static str,
    mut put: impl FnMut(&str),
) {
    let mut rest = text;
    while let Some((plain, found)) = first_of(rest.as_bytes(), signs).and_then(|at| rest.split_at_checked(at)) {
        put(plain);
        put(found.bytes().next().map_or("", &with));
        rest = found.get(1..).unwrap_or_default();
    }
    put(rest);
}

/// The lines of a text, which [`clean`] went over, without their ends: as [`str::lines`], but quick.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends =
        memchr_iter(b'\n', text.as_bytes()).chain((!text.is_empty() && !text.ends_with('\n')).then_some(text.len()));
    let mut start = 0;
    ends.filter_map(move |end| text.get(std::mem::replace(&mut start, end + 1)..end))
}

/// The text without the marks that [`clean`] left where characters were.
pub fn without_marks(text: &str) -> Cow<'_, str> {
    // Its first byte begins hardly anything else.
    let perhaps = memchr(0xef, text.as_bytes()).is_some();
    if perhaps && text.contains(MARK) { Cow::Owned(text.replace(MARK, "")) } else { Cow::Borrowed(text) }
}

/// Composed form, so that an accent typed on a Mac and one typed elsewhere are the same bytes.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if is_plainly_composed(text) {
        return Cow::Borrowed(text);
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}

/// Whether nothing in a text could be composed: letters of the Latin blocks as they are, and the signs
/// of French typography. That is nearly every text, and the bytes tell it.
pub(crate) fn is_plainly_composed(text: &str) -> bool {
    // U+0300 and all behind it begin with these; nearly all that do in a text are signs of typography.
    let bytes = text.as_bytes();
    let beyond = any(bytes.iter(), |byte| (*byte >= 0xcc) & (*byte != 0xe2));
    let is_sign = |at: usize| {
        matches!(bytes.get(at..), Some([_, 0x80, (0x82..), ..] | [_, 0x81, (..=0xaf), ..] | [_, 0x82, (0xa0..), ..]))
    };
    if !beyond && memchr_iter(0xe2, bytes).all(is_sign) {
        return true;
    }
    let mut beyond = places(text, |byte| byte >= 0xcc);
    beyond.all(|(_, character)| matches!(character, '\u{2002}'..='\u{206f}' | '\u{20a0}'..='\u{20bf}'))
}

/// What is in a text and not on a page.
pub fn is_unseen(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}')
}

/// A word as a person types it in a command: in quotes where a shell would read anything else in it.
pub fn for_shell(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "-_./:%+".contains(c);
    match word {
        _ if !word.is_empty() && word.chars().all(plain) => Cow::Borrowed(word),
        // What Windows calls a shell takes a single quote for a letter, and no file there has a double one.
        _ if cfg!(windows) => Cow::Owned(format!("\"{word}\"")),
        _ => Cow::Owned(format!("'{}'", word.replace('\'', r"'\''"))),
    }
}

/// The text in lower case, where it is not so already: nearly every address and path is.
pub fn lower_case(text: &str) -> Cow<'_, str> {
    let is_lower = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// Where the e-mail addresses in a text stand, in its order.
pub fn addresses(text: &str) -> Vec<Range<usize>> {
    if memchr(b'@', text.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Email]);
    finder.links(text).map(|link| link.start()..link.end()).collect()
}

/// Stands in a text for an e-mail address that is not to be shown.
pub const HIDDEN: &str = "…";

/// Whether words say what a title says, however they are set, and with the addresses that it may not show.
pub fn repeats(words: &str, title: &Text) -> bool {
    let said = words_only(title.as_str());
    let hides = title.as_str().contains(HIDDEN) && !addresses(words).is_empty();
    words_only(words) == said || hides && words_only(&without_addresses(words, HIDDEN)) == said
}

/// The text, or the HTML without links to addresses, with `instead` for each e-mail address.
pub fn without_addresses<'a>(text: &'a str, instead: &str) -> Cow<'a, str> {
    let mut shown = String::new();
    let mut at = 0;
    for place in addresses(text) {
        shown.push_str(text.get(at..place.start).unwrap_or_default());
        shown.push_str(instead);
        at = place.end;
    }
    if at == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(shown)
}

/// Letters and digits only, lower case: what two texts have in common when the spaces, quotes and
/// typography differ.
pub fn words_only(text: &str) -> String {
    // Whole characters, every one of them.
    String::from_utf8(words_only_counted(text).0).unwrap_or_default()
}

/// The same in bytes, and how many there are: of every text that is read, so it must be quick.
pub fn words_only_counted(text: &str) -> (Vec<u8>, usize) {
    let bytes = text.as_bytes();
    let small: &[u8; 256] = &SMALL;
    let mut words = vec![0; bytes.len()];
    // How many bytes there are behind the first of their characters.
    let (mut at, mut end, mut behind) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        let room = words.get_mut(end..).and_then(|rest| rest.first_chunk_mut());
        if let (Some(piece), Some(room)) = (bytes.get(at..).and_then(|rest| rest.first_chunk()), room)
            && piece.is_ascii()
        {
            end += ascii_words(piece, room, small);
            at += piece.len();
            continue;
        }
        let letter = small.get(usize::from(*byte)).copied().unwrap_or_default();
        if letter != BEYOND {
            if let Some(place) = words.get_mut(end) {
                *place = letter;
            }
            end += usize::from(letter != 0);
            at += 1;
            continue;
        }
        match (*byte, bytes.get(at + 1).copied()) {
            // Letters of Latin-1; neither `×` nor `÷`.
            (0xc3, Some(second)) if !matches!(second, 0x97 | 0xb7) => {
                let second = if second < 0x9f { second + 0x20 } else { second };
                if let Some(place) = words.get_mut(end..end + 2) {
                    place.copy_from_slice(&[0xc3, second]);
                }
                (at, end, behind) = (at + 2, end + 2, behind + 1);
            }
            // Spaces, dashes and quotes.
            (0xe2, Some(0x80)) => at += 3,
            _ => {
                let character = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
                at += character.len_utf8();
                if character.is_alphanumeric() {
                    words.truncate(end);
                    character
                        .to_lowercase()
                        .for_each(|c| words.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()));
                    behind += words.len() - end - 1;
                    end = words.len();
                    words.resize(end + bytes.len() - at, 0);
                }
            }
        }
    }
    words.truncate(end);
    (words, end - behind)
}

/// Writes the letters and digits of a piece of ASCII, and returns how many: without a branch for what is none.
fn ascii_words(piece: &[u8; 16], words: &mut [u8; 16], small: &[u8; 256]) -> usize {
    let mut number = 0;
    for byte in piece {
        let letter = small.get(usize::from(*byte)).copied().unwrap_or_default();
        // There is always room; the compiler sees it by this.
        if let Some(place) = words.get_mut(number & 15) {
            *place = letter;
        }
        number += usize::from(letter != 0);
    }
    number
}

/// In [`SMALL`]: no ASCII character.
const BEYOND: u8 = 0xff;

/// Letters and digits of ASCII, capitals as small letters; zero for every other sign.
static SMALL: LazyLock<[u8; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| match u8::try_from(byte) {
        Ok(byte) if byte.is_ascii_alphanumeric() => byte.to_ascii_lowercase(),
        Ok(byte) if byte.is_ascii() => 0,
        _ => BEYOND,
    })
});

fn needs_work(character: char) -> bool {
    matches!(character,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// What byte 0x80–0x9F means in Windows-1252, the encoding such leftovers come from.
fn windows_1252(character: char) -> Option<char> {
    const TABLE: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    let found = *TABLE.get(u32::from(character).checked_sub(0x80)? as usize)?;
    (found != '\0').then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(windows))]
    fn commands_are_quoted_where_a_shell_would_read_something_else() {
        for (word, typed) in [
            ("2026/2026-11-24-fête.md", "2026/2026-11-24-fête.md"),
            ("2026-11-23 Marché de Noël.txt", "'2026-11-23 Marché de Noël.txt'"),
            ("l'été.md", r"'l'\''été.md'"),
            ("l’été.md", "'l’été.md'"),
            ("à 5 $ `x` !.md", "'à 5 $ `x` !.md'"),
            ("https://example.org/?a=1&b=2", "'https://example.org/?a=1&b=2'"),
            ("https://example.org/feed.xml", "https://example.org/feed.xml"),
            ("", "''"),
        ] {
            assert_eq!(for_shell(word), typed);
        }
    }

    #[test]
    fn cleaning_keeps_lines_and_columns() {
        let cleaned = clean("a\u{b}b\r\nc\u{fffe}d\re\u{92}f\u{81}");
        assert_eq!(cleaned.text, "a b\nc\u{fdd0}d\ne’f\u{fdd0}");
        let places: Vec<_> = cleaned.dropped.iter().map(|d| (d.line, d.column, d.character)).collect();
        assert_eq!(places, [(1, 2, '\u{b}'), (2, 2, '\u{fffe}'), (3, 4, '\u{81}')]);
        assert_eq!(without_marks(&cleaned.text), "a b\ncd\ne’f");
    }

    #[test]
    fn what_is_told_from_bytes_is_what_the_characters_say() {
        for character in '\0'..=char::MAX {
            let text = format!("a{character}b");
            assert_eq!(is_clean(&text), !needs_work(character), "{character:?}");
            let composed = text.nfc().collect::<String>();
            assert_eq!(nfc(&text), composed, "{character:?}");
            let slowly: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            assert_eq!(words_only(&text), slowly, "{character:?}");
        }
        for pair in ["e\u{301}", "É\u{327}", "’\u{301}", "\u{1100}\u{1161}", "a\u{323}\u{302}"] {
            assert_eq!(nfc(pair), pair.nfc().collect::<String>());
        }
    }

    #[test]
    fn a_text_is_one_clean_line() {
        assert_eq!(Text::new("  L'e\u{301}te\u{301}\n à\u{a0}:  Lens \u{0}").as_str(), "L'été à\u{a0}: Lens");
        assert_eq!(Text::some(" \u{200b}\u{a0}\n"), None);
        assert_eq!(Text::new("\u{7f}\u{1ffff}x").as_str(), "x");
    }
}
