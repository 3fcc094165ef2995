//! What a release says of its own diffusion in its first lines: an embargo, or none (EM-03, EM-04).
//!
//! A banner is for the press, not for the reader: it is found here, read by `resolve`, and taken
//! out of what is published. Whoever writes "sous embargo" and no date that can be read must not
//! see the item go out.

use std::sync::LazyLock;

use aho_corasick::automaton::Automaton as _;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, StartKind};

use crate::input::At;
use crate::problem::Place;
use crate::text::is_unseen;

/// A line about the diffusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banner {
    /// Not before: what follows the words, as typed.
    Embargo(At<String>),
    /// At once.
    Immediate,
}

/// So many lines that are not empty may hold one.
const LINES: usize = 12;

/// Words that announce an embargo, as they are folded; behind them stands until when, or nothing.
const EMBARGO: [&str; 41] = [
    "sous embargo strict",
    "sous strict embargo",
    "sous embargo",
    "under strict embargo",
    "under embargo",
    "strictly embargoed",
    "embargoed",
    "ne pas diffuser avant",
    "ne pas publier avant",
    "ne pas communiquer avant",
    "ne pas divulguer avant",
    "ne pas rendre public avant",
    "diffusion interdite avant",
    "publication interdite avant",
    "interdit de diffusion avant",
    "interdit de publication avant",
    "diffusion libre a partir du",
    "diffusion autorisee a partir du",
    "not for release before",
    "not for release until",
    "not for publication before",
    "hold for release",
    "do not publish before",
    "do not release before",
    "not to be published before",
    "not to be released before",
    "sousembargo",
    "ne pas mettre en ligne avant",
    "ne pas relayer avant",
    "ne pas reprendre avant",
    "ne pas utiliser avant",
    "ne pas partager avant",
    "ne rien publier avant",
    "ne rien diffuser avant",
    "interdit a la diffusion avant",
    "interdit a la publication avant",
    "interdite a la diffusion avant",
    "interdite a la publication avant",
    "sous embrago",
    "sous enbargo",
    "sous embargot",
];

/// Words that do so only with those behind them: what has been under one for years is a story.
const UNDER: [&str; 5] =
    ["soumis a embargo", "soumise a embargo", "soumises a embargo", "soumis a un embargo", "subject to embargo"];

/// What stands behind these and behind `Embargo :` where it tells until when, in words or figures.
const UNTIL: [&str; 8] = ["jusqu", "until", "till ", "avant", "before", "a l'issue", "a la fin", "a partir"];

/// Words that do so only where nothing but a date stands beside them: elsewhere they are a story.
const USABLE: [&str; 21] = [
    "a diffuser",
    "a publier",
    "pour diffusion",
    "pour publication",
    "diffusion a partir",
    "diffusion a compter",
    "diffusion autorisee",
    "diffusion restreinte",
    "diffusion libre",
    "publication a partir",
    "publication a compter",
    "publication autorisee",
    "publication libre",
    "parution a partir",
    "publiable",
    "diffusable",
    "confidentiel jusqu",
    "for release",
    "for publication",
    "hold until",
    "release after",
];

/// Words that forbid it, with a date or without.
const FORBIDDEN: [&str; 19] = [
    "ne pas diffuser",
    "ne pas publier",
    "ne pas communiquer",
    "ne pas divulguer",
    "diffusion interdite",
    "publication interdite",
    "pas de diffusion",
    "aucune diffusion",
    "non publiable",
    "non diffusable",
    "not for release",
    "not for publication",
    "not for distribution",
    "do not release",
    "do not publish",
    "ne pas mettre en ligne",
    "ne pas relayer",
    "ne rien publier",
    "ne rien diffuser",
];

/// Words that say that there is none.
const IMMEDIATE: [&str; 6] = [
    "pour diffusion immediate",
    "pour publication immediate",
    "diffusion immediate",
    "for immediate release",
    "for immediate publication",
    "a diffuser immediatement",
];

/// What says when, behind the words of an embargo: a line that has one of them is no story.
const WHEN: [&str; 10] = ["jusqu", "until", "till ", "avant", "before", "a partir", " au ", ": ", "dès le ", "from "];

/// Words that may stand in a banner beside a date: what has another one is a text for the reader.
const BESIDE: [&str; 90] = [
    "jusqu",
    "jusque",
    "au",
    "a",
    "le",
    "la",
    "l",
    "du",
    "de",
    "d",
    "des",
    "ce",
    "cet",
    "est",
    "until",
    "till",
    "to",
    "on",
    "at",
    "the",
    "and",
    "et",
    "before",
    "avant",
    "from",
    "partir",
    "h",
    "heure",
    "heures",
    "min",
    "gmt",
    "utc",
    "cet",
    "cest",
    "paris",
    "am",
    "pm",
    "merci",
    "communique",
    "communiques",
    "presse",
    "press",
    "release",
    "news",
    "cp",
    "dossier",
    "information",
    "document",
    "texte",
    "strict",
    "embargo",
    "sous",
    "not",
    "for",
    "this",
    "is",
    "o'clock",
    "clock",
    "compter",
    "confidentiel",
    "confidentielle",
    "date",
    "diffusion",
    "embargoed",
    "fixe",
    "fixee",
    "important",
    "informations",
    "jour",
    "leve",
    "levee",
    "lift",
    "lifts",
    "lifted",
    "media",
    "medias",
    "nouvel",
    "ordre",
    "please",
    "prevue",
    "publication",
    "respect",
    "respecter",
    "strictement",
    "strictly",
    "total",
    "veuillez",
    "fin",
    "garder",
    "tenir",
];

/// Months in French and English, folded.
pub const MONTHS: [&str; 24] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Days of the week, likewise.
pub const DAYS: [&str; 14] = [
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The banners of a text, and the text without them, with as many lines as before.
pub fn take(body: &str, first_line: u32) -> (Vec<Banner>, Option<String>) {
    if !may_be(body) {
        return (Vec::new(), None);
    }
    let mut banners = Vec::new();
    let mut cut: Vec<usize> = Vec::new();
    let mut shortened: Vec<(usize, String)> = Vec::new();
    let written = body.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (place, (index, line)) in written.enumerate() {
        let number = first_line + u32::try_from(index).unwrap_or_default();
        let Some(banner) = banner(line, Place::line(number)) else { continue };
        // Further down only what says until when, and nothing else: `### EMBARGO` may be a chapter.
        let told = matches!(&banner, Banner::Embargo(at) if at.value.contains(|c: char| c.is_ascii_digit()));
        if place >= LINES && !(told && is_nothing_else(line)) {
            continue;
        }
        banners.push(banner);
        // What else the line says is the reader's.
        if let Some(rest) = without(line) {
            let marks = line.len() - line.trim_start_matches(|c: char| c.is_whitespace() || "#*_>".contains(c)).len();
            shortened.push((
                index,
                format!("{}{}", line.get(..marks).unwrap_or_default(), rest.trim_start_matches(['*', '_'])),
            ));
        } else if is_nothing_else(line) {
            cut.push(index);
            // The line under it that would make it a heading.
            let under = |line: &&str| !line.trim().is_empty() && line.trim().chars().all(|c| c == '=');
            cut.extend(body.split('\n').nth(index + 1).filter(under).map(|_| index + 1));
        }
    }
    if cut.is_empty() && shortened.is_empty() {
        return (banners, None);
    }
    let kept = body.split('\n').enumerate().map(|(index, line)| {
        let shorter = shortened.iter().find(|(short, _)| *short == index).map(|(_, line)| line.as_str());
        if cut.contains(&index) { "" } else { shorter.unwrap_or(line) }
    });
    (banners, Some(kept.collect::<Vec<_>>().join("\n")))
}

/// The embargo that the name of a file or of its folder tells of: `CP piscine SOUS EMBARGO 25 nov.docx`,
/// `piscine (embargo).md`. The word alone is what a release may be about.
pub fn in_path(path: &str) -> Option<Banner> {
    const TELLING: [&str; 6] =
        ["sous embargo", "under embargo", "embargoed", "ne pas diffuser", "ne pas publier", "sousembargo"];
    path.split('/').rev().find_map(|name| {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let (folded, places) = folded(&spaced(stem));
        let place_of = |at: usize| places.get(at).copied().unwrap_or(stem.len());
        let told = TELLING.iter().find_map(|phrase| folded.find(phrase).map(|at| place_of(at + phrase.len())));
        let capitals = || stem.find("EMBARGO").map(|at| at + "EMBARGO".len());
        let dated = || {
            let end = folded.find("embargo")? + "embargo".len();
            let behind = folded.get(end..)?;
            let word =
                behind.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty() && !is_filler(word))?;
            // A year alone is what it is about.
            let day = word.len() < 4 && word.starts_with(|c: char| c.is_ascii_digit());
            (day || tells_a_date(word) || has_figures_of_a_date(behind)).then(|| place_of(end))
        };
        let set_off = || {
            let start = stem.to_lowercase().find("embargo").filter(|_| stem.is_ascii() || folded.len() == stem.len());
            let start = start.or_else(|| stem.find("embargo").or_else(|| stem.find("Embargo")))?;
            let (before, end) = (stem.get(..start)?, start + "embargo".len());
            let bracket = before.ends_with(['(', '[']);
            let last = stem.get(end..)?.is_empty() && ["- ", "– ", "_", "--"].iter().any(|sign| before.ends_with(sign));
            (bracket || last).then_some(end)
        };
        let end = told.or_else(capitals).or_else(dated).or_else(set_off)?;
        let frame = |c: char| c.is_whitespace() || "()[]".contains(c);
        let value = spaced(stem).get(end..).unwrap_or_default().trim_matches(frame).to_owned();
        Some(Banner::Embargo(At { value, place: Place::line(1) }))
    })
}

/// Words of a name apart, as many bytes as before; `15-12-2026` is one.
fn spaced(name: &str) -> String {
    let bytes = name.as_bytes();
    let figure = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let sign = |(at, character): (usize, char)| match character {
        '_' => ' ',
        '-' if !(figure(at.checked_sub(1)) && figure(Some(at + 1))) => ' ',
        character => character,
    };
    name.char_indices().map(sign).collect()
}

/// A title without what it says of an embargo, where that stands apart: `La piscine rouvre` of `SOUS EMBARGO jusqu'au
/// 24/12 à 8h – La piscine rouvre`. `None` where it says nothing of it, or nothing else.
pub fn without(title: &str) -> Option<&str> {
    if !matches!(banner(title, Place::line(1)), Some(Banner::Embargo(_))) {
        return None;
    }
    let mut rest = title.trim();
    while let Some(shorter) = without_first(rest).or_else(|| without_last(rest)) {
        rest = shorter;
    }
    (rest != title.trim() && !is_nothing_else(rest)).then_some(rest)
}

/// What parts the pieces of a title.
const SIGNS: [&str; 5] = [" – ", " — ", " - ", " | ", " : "];

/// A title without its first piece, or what stands in brackets before it, where that says nothing for the reader.
fn without_first(title: &str) -> Option<&str> {
    let bracket = || title.find([')', ']']).map(|at| (at + 1, at + 1)).filter(|_| title.starts_with(['(', '[']));
    let sign = || SIGNS.iter().filter_map(|sign| title.find(sign).map(|at| (at, at + sign.len()))).min();
    let (end, next) = bracket().or_else(sign)?;
    title.get(..end).filter(|piece| is_nothing_else(piece))?;
    title.get(next..).map(str::trim_start)
}

/// The same at its end.
fn without_last(title: &str) -> Option<&str> {
    let bracket = || title.rfind(['(', '[']).map(|at| (at, at)).filter(|_| title.ends_with([')', ']']));
    let sign = || SIGNS.iter().filter_map(|sign| title.rfind(sign).map(|at| (at, at + sign.len()))).max();
    let (end, next) = bracket().or_else(sign)?;
    title.get(next..).filter(|piece| is_nothing_else(piece))?;
    title.get(..end).map(str::trim_end)
}

/// Whether a line announces an embargo.
pub fn is_embargo(line: &str) -> bool {
    matches!(banner(line, Place::line(1)), Some(Banner::Embargo(_)))
}

/// The banner of a line, or of a title.
pub fn banner(line: &str, place: Place) -> Option<Banner> {
    if !may_be(line) {
        return None;
    }
    let text = plain(line);
    let (folded, places) = folded(&text);
    let words = |phrase: &str| {
        let starts =
            |at: &usize| !folded.get(..*at).is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric()));
        let mut found = folded.match_indices(phrase).map(|(at, _)| at);
        found.find(starts).map(|at| (at, at + phrase.len()))
    };
    let all_beside = |text: &str| text.split(|c: char| !c.is_alphanumeric()).all(is_beside);
    let leads = |start: usize| folded.get(..start).is_some_and(all_beside);
    let until = |behind: &str| {
        let behind = behind.trim_start_matches([' ', ':', '-', '(']);
        UNTIL.iter().any(|word| behind.starts_with(word))
    };
    // Between brackets at an end of the line, or between a dash and an end: "La piscine (sous embargo)".
    let bracketed = |start: usize, end: usize| {
        let (before, behind) = (folded.get(..start).unwrap_or_default(), folded.get(end..).unwrap_or_default());
        let inside = before.trim_end().strip_suffix(['(', '[']).zip(behind.trim_start().strip_prefix([')', ']']));
        inside.is_some_and(|(before, behind)| before.trim().is_empty() || behind.trim().is_empty())
    };
    let set_off = |start: usize, end: usize| {
        let (before, behind) = (folded.get(..start).unwrap_or_default(), folded.get(end..).unwrap_or_default());
        let first = before.is_empty() && [" - ", " | ", " : "].iter().any(|sign| behind.starts_with(sign));
        let last = behind.trim_end().is_empty() && ["- ", "| ", ": "].iter().any(|sign| before.ends_with(sign));
        first || last || bracketed(start, end)
    };
    let typed = |end: usize| {
        let at = places.get(end).copied().unwrap_or(text.len());
        let value = text.get(at..).unwrap_or_default();
        let frame = |c: char| c.is_whitespace() || matches!(c, ']' | '>' | '"' | '»' | ')');
        let value = value.trim_matches(frame).trim_start_matches([':', '-', '–', '—', ' ', '\u{a0}', '(', ',']);
        // "Jusqu'au 24 décembre à 8 h, sous embargo" says it before.
        let before = folded.starts_with("jusqu") && !value.contains(char::is_alphanumeric);
        Some(Banner::Embargo(At { value: if before { text.clone() } else { value.to_owned() }, place }))
    };
    // What stands beside a phrase that is set off is the reader's.
    let vague = || Some(Banner::Embargo(At { value: String::new(), place }));
    for phrase in EMBARGO {
        let Some((start, end)) = words(phrase) else { continue };
        let behind = folded.get(end..).unwrap_or_default();
        let near: String = behind.chars().take(40).collect();
        let when = WHEN.iter().any(|word| near.contains(word)) || near.contains(|c: char| c.is_ascii_digit());
        if when || leads(start) && all_beside(behind) || is_loud(&text) {
            return typed(end);
        }
        if set_off(start, end) {
            return vague();
        }
    }
    let told = |(_, end): &(usize, usize)| folded.get(*end..).is_some_and(until);
    if let Some((_, end)) = UNDER.iter().find_map(|phrase| words(phrase).filter(told)) {
        return typed(end);
    }
    // "Embargo : mercredi 12 h", "Press embargo (24 décembre)"; "Embargo : la France …" is a headline.
    if let Some((start, end)) = words("embargo") {
        let behind = folded.get(end..).unwrap_or_default();
        let near: String = behind.chars().take(60).collect();
        let date = near.split(|c: char| !c.is_alphanumeric()).any(tells_a_date) || has_figures_of_a_date(&near);
        let capitals = places.get(start).and_then(|at| text.get(*at..)).is_some_and(|t| t.starts_with("EMBARGO"));
        let mark = behind.trim_start().starts_with([':', '-']) || !behind.contains(char::is_alphanumeric);
        // "Ville de Lens – embargo jusqu'au 24": what stands before a dash says nothing of the embargo.
        let before = folded.get(..start).unwrap_or_default().trim_end();
        let parted = before.ends_with(['-', '|', ':', '/', '(', '[', '*']);
        // That it ends, with no hour, is news.
        let over = ["fin", "leve", "lift", "end "].iter().any(|word| before.contains(word));
        // A heading of one word is a chapter.
        let chapter = line.trim_start().starts_with('#') && folded == "embargo" && !capitals;
        let alone = leads(start) && all_beside(behind) && !over && !chapter;
        let told = date || until(&near) || has_year_and_day(&near);
        if (leads(start) || parted) && told || alone || leads(start) && capitals && mark {
            return typed(end);
        }
        if capitals && set_off(start, end) || bracketed(start, end) {
            return vague();
        }
    }
    let beside = |start: usize, end: usize| leads(start) && folded.get(end..).is_some_and(all_beside);
    for phrase in FORBIDDEN {
        if let Some((_, end)) = words(phrase).filter(|(start, end)| beside(*start, *end)) {
            return typed(end);
        }
        if words(phrase).is_some_and(|(start, end)| set_off(start, end)) {
            return vague();
        }
    }
    for phrase in USABLE {
        let Some((_, end)) = words(phrase).filter(|(start, end)| beside(*start, *end)) else { continue };
        let behind = folded.get(end..).unwrap_or_default();
        if behind.contains(|c: char| c.is_ascii_digit())
            || behind.split(|c: char| !c.is_alphanumeric()).any(tells_a_date)
        {
            return typed(end);
        }
    }
    let whole = |phrase: &&&str| {
        let nothing = |end: usize| folded.get(end..).is_some_and(|rest| !rest.contains(char::is_alphanumeric));
        words(phrase).is_some_and(|(start, end)| leads(start) && nothing(end))
    };
    IMMEDIATE.iter().find(whole).map(|_| Banner::Immediate)
}

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
    let phrases = || EMBARGO.iter().chain(&USABLE).chain(&FORBIDDEN).chain(&IMMEDIATE).chain(&["embargo"]);
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
fn may_be(text: &str) -> bool {
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

/// A day in figures, `25/11/2026` or `25.11`, or an hour, `9 h`, `8:30`.
fn has_figures_of_a_date(text: &str) -> bool {
    let mut before = "";
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let numbers = |sign: char| {
            let parts: Vec<&str> = word.split(sign).collect();
            parts.len() >= 2 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let hour = word == "h" && !before.is_empty() && before.bytes().all(|b| b.is_ascii_digit());
        before = word;
        hour || ['/', '.', '-', ':'].into_iter().any(numbers)
    })
}

/// A year and a day of it, whatever the month is called: `15 dicembre 2026`.
fn has_year_and_day(text: &str) -> bool {
    let mut numbers = text.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.parse::<u16>().ok());
    numbers.clone().any(|number| (2000..2100).contains(&number)) && numbers.any(|number| (1..=31).contains(&number))
}

/// So many letters set apart are a word.
const FEWEST: usize = 4;

/// Letters that somebody set apart, `E M B A R G O`, as the word that they are.
fn joined(line: &str) -> String {
    let characters: Vec<char> = line.chars().collect();
    let at = |index: usize| characters.get(index).copied();
    let letter = |index: usize| at(index).is_some_and(char::is_alphabetic);
    let space = |index: usize| at(index).is_none_or(|c| !c.is_alphanumeric());
    let mut joined = String::with_capacity(line.len());
    let mut index = 0;
    while let Some(character) = at(index) {
        let mut end = index;
        if index == 0 || space(index - 1) {
            while letter(end) && space(end + 1) && at(end + 1).is_none_or(char::is_whitespace) {
                end += 2;
                if !letter(end) {
                    break;
                }
            }
        }
        if (end - index) / 2 >= FEWEST {
            joined.extend(characters.get(index..end.min(characters.len())).unwrap_or_default().iter().step_by(2));
            // The space behind the last letter.
            index = end - 1;
        } else {
            joined.push(character);
            index += 1;
        }
    }
    joined
}

/// Without tags, marks of Markdown, entities of spaces, runs of spaces, and what is not seen.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut tag = false;
    // A comment is a line that somebody wrote, too.
    let line = line.replace("<!--", " ").replace("-->", " ").replace("&nbsp;", " ").replace("&#160;", " ");
    for character in joined(&line).chars() {
        match character {
            c if is_unseen(c) => {}
            '<' => tag = true,
            '>' if tag => tag = false,
            _ if tag => {}
            '*' | '_' | '`' | '~' | '#' => {}
            c if c.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.push(c),
        }
    }
    if tag { line } else { plain.trim().to_owned() }
}

/// A line in capitals is a banner, not a story.
fn is_loud(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// A number, or a word that a date or a banner is made of.
fn is_beside(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty() || bare.starts_with(|c: char| c.is_ascii_digit()) || BESIDE.contains(&bare) || tells_a_date(bare)
}

/// Whether a word of a banner is only there to lead to its date.
pub fn is_filler(word: &str) -> bool {
    let (word, _) = folded(word);
    !word.starts_with(|c: char| c.is_ascii_digit()) && !tells_a_date(&word) && BESIDE.contains(&word.as_str())
}

/// A month or a day of the week, in French or English; or an hour, or another day.
fn tells_a_date(word: &str) -> bool {
    let hour =
        word.split_once('h').is_some_and(|(hour, _)| !hour.is_empty() && hour.bytes().all(|b| b.is_ascii_digit()));
    const OTHERS: [&str; 9] = ["demain", "midi", "minuit", "soir", "matin", "tomorrow", "tonight", "noon", "midnight"];
    MONTHS.contains(&word) || DAYS.contains(&word) || OTHERS.contains(&word) || hour
}

/// Whether a line that is a banner says nothing for the reader.
pub fn is_nothing_else(line: &str) -> bool {
    let (folded, _) = folded(&plain(line));
    let mut rest = folded;
    for phrase in EMBARGO.iter().chain(&UNDER).chain(&IMMEDIATE).chain(&FORBIDDEN).chain(&USABLE) {
        rest = rest.replace(phrase, " ");
    }
    rest.split(|c: char| !c.is_alphanumeric()).all(is_beside)
}

/// Lower case without accents, and for each of its bytes where the character stood.
fn folded(text: &str) -> (String, Vec<usize>) {
    let mut folded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let before = folded.len();
        fold(character, &mut folded);
        places.extend(std::iter::repeat_n(at, folded.len() - before));
    }
    (folded, places)
}

/// A letter of the languages around: most of what is not ASCII, and told without a table.
fn is_latin(character: char) -> bool {
    matches!(character, '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}')
}

/// An accent that follows its letter.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

fn fold(character: char, folded: &mut String) {
    match character {
        c if is_accent(c) => {}
        '’' | 'ʼ' => folded.push('\''),
        '–' | '—' => folded.push('-'),
        c if c.is_whitespace() => folded.push(' '),
        c if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        // Of a pictogram deunicode would tell the name.
        c if !is_latin(c) && !c.is_alphanumeric() => folded.push(' '),
        c => folded.extend(deunicode::deunicode_char(c).unwrap_or_default().chars().map(|c| c.to_ascii_lowercase())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Option<String> {
        banner(line, Place::line(1)).map(|banner| match banner {
            Banner::Embargo(at) => at.value,
            Banner::Immediate => "at once".to_owned(),
        })
    }

    #[test]
    fn lines_that_are_banners() {
        for (line, rest) in [
            ("sous embargo jusqu'au 29 janvier 2020 à 11h", "jusqu'au 29 janvier 2020 à 11h"),
            ("**SOUS EMBARGO JUSQU’AU 29 JANVIER 2020 À 11H**", "JUSQU’AU 29 JANVIER 2020 À 11H"),
            ("EMBARGO : mercredi 12h", "mercredi 12h"),
            ("**EMBARGO** : jeudi 24 décembre 2026, 8 h", "jeudi 24 décembre 2026, 8 h"),
            ("Embargo (24 décembre 2026, 8h)", "24 décembre 2026, 8h"),
            ("EMBARGO 24 décembre 2026 à 8h", "24 décembre 2026 à 8h"),
            ("Embargo jeudi 24 décembre 2026 à 8h00", "jeudi 24 décembre 2026 à 8h00"),
            ("Embargo presse : 24 décembre 2026, 8 h", "presse : 24 décembre 2026, 8 h"),
            ("Press embargo: 24 December 2026 08:00", "24 December 2026 08:00"),
            ("# Embargo jusqu’à jeudi", "jusqu’à jeudi"),
            ("NE PAS DIFFUSER AVANT LE 29/01/2020 11:00", "LE 29/01/2020 11:00"),
            ("Merci de ne pas diffuser avant le 29/01/2020 11:00", "le 29/01/2020 11:00"),
            ("EMBARGOED UNTIL 00:01 GMT 3 February 2005", "UNTIL 00:01 GMT 3 February 2005"),
            ("This press release is embargoed until 3 February", "until 3 February"),
            ("UNDER EMBARGO", ""),
            ("SOUS  EMBARGO", ""),
            ("SOUS&nbsp;**EMBARGO**", ""),
            ("<!-- Sous embargo jusqu’au 24 -->", "jusqu’au 24"),
            ("<p><strong>Sous embargo</strong></p>", ""),
            ("> Sous strict embargo jusqu’à jeudi", "jusqu’à jeudi"),
            ("HOLD FOR RELEASE", ""),
            ("[Communiqué de presse sous embargo]", ""),
            ("Lens, le 20 novembre 2026 – SOUS EMBARGO jusqu'au 24", "jusqu'au 24"),
            ("Ce communiqué est sous embargo jusqu'au 24", "jusqu'au 24"),
            ("DIFFUSION LIBRE À PARTIR DU 24/12/2026 8H", "24/12/2026 8H"),
            ("EMBARGO", ""),
            ("Levée de l’embargo : 24/12/2026 à 8 h", "24/12/2026 à 8 h"),
            ("Embargo : 24/12/2026 à 8 h", "24/12/2026 à 8 h"),
            ("Merci de respecter l’embargo jusqu’au 24", "jusqu’au 24"),
            ("Embargo : demain midi", "demain midi"),
            ("Ville de Lens – Embargo jusqu’au 24 décembre", "jusqu’au 24 décembre"),
            ("⚠️ SOUS EMBARGO ⚠️", "⚠"),
            ("⚠️ sous embargo ⚠️", "⚠"),
            ("SOUS EM\u{ad}BARGO", ""),
            ("SOUS\u{200b} EMBARGO", ""),
            ("S O U S   E M B A R G O", ""),
            ("S O U S E M B A R G O", ""),
            ("Ne pas communiquer avant le 24 décembre", "le 24 décembre"),
            ("Publication interdite avant le 24 décembre", "le 24 décembre"),
            ("À publier à partir du 24 décembre 2026 à 8 h", "à partir du 24 décembre 2026 à 8 h"),
            ("À diffuser le 24/12 à 8 h", "le 24/12 à 8 h"),
            ("CONFIDENTIEL – NE PAS DIFFUSER", ""),
            ("Confidentiel jusqu’au 24 décembre", "’au 24 décembre"),
            ("FOR RELEASE: 9:00 AM, 24 December 2026", "9:00 AM, 24 December 2026"),
            ("Hold until 24 December", "24 December"),
            ("NOT FOR RELEASE", ""),
            ("EMBARGO !", "!"),
            ("EMBARGO STRICT", "STRICT"),
            ("EMBARGO PRESSE", "PRESSE"),
            ("Embargo.", "."),
            ("(EMBARGO)", ""),
            ("Embargo à respecter", "à respecter"),
            ("Embargo : à l’issue du conseil municipal", "à l’issue du conseil municipal"),
            ("Fin de l’embargo : 15 décembre 2026 à 8h", "15 décembre 2026 à 8h"),
            ("Soumis à embargo jusqu’au 15 décembre 2026 à 8h", "jusqu’au 15 décembre 2026 à 8h"),
            ("Les informations ci-dessous sont soumises à embargo jusqu'au 15 décembre", "jusqu'au 15 décembre"),
            ("Jusqu’au 15 décembre 2026 à 8h, sous embargo", "Jusqu’au 15 décembre 2026 à 8h, sous embargo"),
            ("Interdit à la publication avant le 15 décembre", "le 15 décembre"),
            ("Ne pas mettre en ligne avant le 15 décembre", "le 15 décembre"),
            ("Merci de ne rien publier avant le 15 décembre", "le 15 décembre"),
            ("À garder confidentiel jusqu’au 15 décembre", "’au 15 décembre"),
            ("Embargo: 15 dicembre 2026", "15 dicembre 2026"),
            ("SOUS EMBRAGO", ""),
            ("[SOUS EMBARGO] La piscine", ""),
            ("La piscine (sous embargo)", ""),
            ("La piscine rouvre - EMBARGO", ""),
            ("La piscine rouvre – sous embargo", ""),
            ("NE PAS DIFFUSER - La piscine", ""),
            ("[Embargo] La piscine", ""),
            ("Pour diffusion immédiate", "at once"),
            ("*FOR IMMEDIATE RELEASE:*", "at once"),
        ] {
            assert_eq!(shown(line).as_deref(), Some(rest), "{line}");
        }
        for line in [
            "L’embargo sur les huîtres est levé",
            "Embargo : la France réagit",
            "Embargo strict sur les armes : la France réagit",
            "La diffusion immédiate de la vidéo",
            "Diffusion immédiate de toutes nos vidéos sur le site",
            "Le texte, sous embargo, a fuité",
            "Le texte (sous embargo) a fuité",
            "Embargo - la France réagit",
            "Le pétrole soumis à embargo depuis 2022",
            "Levée de l’embargo",
            "Embargo : 15 entreprises sont touchées",
            "Le conseil prolonge l’embargo jusqu’au 24 décembre",
            "Diffusion à partir du 24 décembre sur Arte",
            "Pour diffusion dans vos rubriques",
            "Documents à publier",
            "Merci de ne pas diffuser les 3 photos",
            "The new version is ready for release",
            "À vos marques : la piscine rouvre le 24",
            "A B C D : quatre lettres",
            "5 < 6 et 7 > 3",
            "",
        ] {
            assert_eq!(shown(line), None, "{line}");
        }
    }

    #[test]
    fn titles_lose_what_is_for_the_press() {
        for (title, rest) in [
            ("SOUS EMBARGO jusqu'au 15 décembre 2026 à 8h – La piscine rouvre", Some("La piscine rouvre")),
            ("Embargo : 15 décembre 2026 8h – La piscine : fin des travaux", Some("La piscine : fin des travaux")),
            ("[SOUS EMBARGO jusqu'au 15/12/2026 8h] La piscine", Some("La piscine")),
            ("La piscine rouvre (sous embargo jusqu'au 15/12/2026 8h)", Some("La piscine rouvre")),
            ("La piscine - sous embargo", Some("La piscine")),
            ("SOUS EMBARGO jusqu'au 15/12/2026 8h", None),
            ("EMBARGO : mercredi 12h", None),
            ("L’embargo sur le pétrole – un an après", None),
            ("Sous embargo jusqu'au 25 novembre 2026 à 9 h. Le maire démissionne.", None),
        ] {
            assert_eq!(without(title), rest, "{title}");
        }
    }

    #[test]
    fn names_that_tell_of_an_embargo() {
        for (name, rest) in [
            ("2026-11-01 piscine - embargo 15-12-2026 8h.md", "15-12-2026 8h"),
            ("2026-11-05 piscine embargo jusqu'au 15 décembre 2026 à 8h.md", "jusqu'au 15 décembre 2026 à 8h"),
            ("2026-11-06 Embargo 15 décembre 2026 piscine.md", "15 décembre 2026 piscine"),
            ("2026-11-06-embargo-mardi-piscine/index.md", "mardi piscine"),
            ("2026-11-07 piscine (embargo).md", ""),
            ("2026-11-07 [Embargo] piscine.md", "piscine"),
            ("2026-11-08 Fête - embargo.md", ""),
            ("2026-11-08_fete_embargo.md", ""),
            ("2026-11-08 piscine-EMBARGO.md", ""),
            ("CP piscine SOUS EMBARGO 25 nov.docx", "25 nov"),
        ] {
            let told = in_path(name).map(|banner| match banner {
                Banner::Embargo(at) => at.value,
                Banner::Immediate => "at once".to_owned(),
            });
            assert_eq!(told.as_deref(), Some(rest), "{name}");
        }
        for name in [
            "2026-11-01-embargo-sur-le-petrole.md",
            "2026-11-01-fin-de-l-embargo.md",
            "2022-11-01-embargo-2022-bilan.md",
            "2026-11-01-embargo-russe-12-entreprises.md",
            "2026-11-01-oil-embargo.md",
        ] {
            assert_eq!(in_path(name), None, "{name}");
        }
    }

    #[test]
    fn a_text_that_may_hold_no_banner_holds_none() {
        let mut texts: Vec<String> =
            ["Sous embargo", "em**bargo** : 24/12/2026", "À diffuser le 24/12 à 8 h", "é m b a r g o"]
                .map(str::to_owned)
                .to_vec();
        for phrase in EMBARGO.iter().chain(&USABLE).chain(&FORBIDDEN).chain(&IMMEDIATE) {
            texts.extend([phrase.to_uppercase(), format!("Texte – {phrase} 24/12/2026"), format!("x {phrase}")]);
            texts.push(phrase.replace(' ', "\u{a0} "));
            texts.push(format!("{} le 24/12/2026 < presse", phrase.replace(' ', "\u{200b}")));
        }
        for text in texts {
            assert!(may_be(&text), "{text}");
        }
        assert!(!may_be("La piscine rouvre lundi 24 novembre à 8 h, après un an de travaux.\n\n- un\n- deux\n"));
    }

    #[test]
    fn a_banner_is_taken_out_and_every_line_stays_where_it_was() {
        let (banners, text) = take("\nSOUS EMBARGO\n====\n\nLens, le 29\nTexte.\n", 4);
        assert_eq!(banners.len(), 1);
        assert_eq!(text.as_deref(), Some("\n\n\n\nLens, le 29\nTexte.\n"));
        assert_eq!(take("Texte.\n", 1), (Vec::new(), None));
        let far = "Un\n\n".repeat(20);
        assert_eq!(take(&format!("{far}[^1]: Sous embargo jusqu’au 24/12/2026\n"), 1).0.len(), 1);
        assert_eq!(take(&format!("{far}### EMBARGO\n"), 1).0.len(), 0);
        // No word of the release goes with it.
        for line in [
            "Sous embargo jusqu'au 25 novembre 2026 à 9 h. Le maire démissionne.\n",
            "Pour diffusion immédiate – le maire démissionne.\n",
        ] {
            assert_eq!(take(line, 1).1, None, "{line}");
        }
        for (line, rest) in [
            ("# Embargo : 22/11/2026 8h – Le pont\n", "# Le pont\n"),
            ("**SOUS EMBARGO jusqu’au 22/11/2026 8h – Le pont**\n", "**Le pont**\n"),
            ("Le pont (sous embargo jusqu’au 22/11/2026 8h)\n", "Le pont\n"),
        ] {
            assert_eq!(take(line, 1).1.as_deref(), Some(rest), "{line}");
        }
        assert_eq!(take("# Embargo\n\nTexte.\n", 1), (Vec::new(), None));
        assert_eq!(take("SOUS EMBARGO JUSQU’AU MERCREDI 25 NOVEMBRE 2026 À 9 H\n", 1).1.as_deref(), Some("\n"));
    }
}
