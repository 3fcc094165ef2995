//! The place and day by which a release begins: `Lens, le 29 janvier 2020`, alone or in front of the
//! text. It is the text's, but never its title or summary (PR-03); what day it means is read by
//! `resolve`.

use super::phrases::fold;
use crate::input::banner::{DAYS, MONTHS};

/// Months as they are shortened, folded.
const SHORT_MONTHS: [&str; 14] =
    ["janv", "fevr", "juil", "sept", "oct", "nov", "dec", "jan", "feb", "mar", "apr", "jun", "jul", "aug"];

/// Whether a folded word names a month, whole or shortened.
fn is_month(word: &str) -> bool {
    MONTHS.contains(&word) || SHORT_MONTHS.contains(&word)
}

const PARTICLES: [&str; 16] =
    ["de", "du", "des", "la", "le", "les", "en", "sur", "sous", "et", "aux", "au", "of", "the", "lez", "d'"];

/// The length of the dateline that opens a text, with the dash behind it; as long as the text where
/// it is nothing else.
pub fn leading(text: &str) -> Option<usize> {
    const LONGEST: usize = 120;
    let words: Vec<(usize, &str)> = words(text).take(24).collect();
    let mut at = place(&words);
    let has_place = at > 0 && words.first().is_some_and(|(_, word)| fold(word) != "le");
    // `Lens -- 29/01/2020 -- `; without the second dash it may be the name and the day of what takes place.
    let parted = has_place && words.get(at).is_some_and(|(_, word)| is_dash(word));
    at += usize::from(parted);
    if words.get(at).is_some_and(|(_, word)| matches!(fold(word).as_str(), "le" | "on" | "ce" | "den")) {
        at += 1;
    }
    if words.get(at).is_some_and(|(_, word)| DAYS.contains(&bare(word).as_str())) {
        at += 1;
        if words.get(at).is_some_and(|(_, word)| fold(word) == "le") {
            at += 1;
        }
    }
    let at = date(&words, at)?;
    let at = at + in_brackets(words.get(at..).unwrap_or_default());
    let end = match words.get(at) {
        Some((start, word)) if is_dash(word) => words.get(at + 1).map_or(start + word.len(), |(next, _)| *next),
        _ if parted => return None,
        None => text.len(),
        Some((start, _)) => {
            let before = text.get(..*start)?.trim_end();
            // `(Lens, le 29 janvier 2020) `.
            let bracketed = text.starts_with('(') && before.trim_end_matches(['.', ',']).ends_with(')');
            // `LENS, le 29 janvier 2020– `; or a full stop, behind a place: a day alone may be the story.
            let ended = before.ends_with(['-', '–', '—', ':']) || has_place && before.ends_with('.');
            (ended || bracketed).then_some(*start)?
        }
    };
    (end <= LONGEST).then_some(end)
}

/// Whether a word only parts two others.
fn is_dash(word: &str) -> bool {
    word.chars().all(|c| matches!(c, '-' | '–' | '—' | ':' | '/' | '|'))
}

/// How many words stand in the brackets that open here: `(AFP)`, `(Ville d'Exemple)`.
fn in_brackets(words: &[(usize, &str)]) -> usize {
    const MOST: usize = 8;
    if !words.first().is_some_and(|(_, word)| word.starts_with('(')) {
        return 0;
    }
    let closed = |(_, word): &(usize, &str)| word.trim_end_matches(['.', ',', '-', '–', '—', ':']).ends_with(')');
    words.iter().take(MOST).position(closed).map_or(0, |at| at + 1)
}

/// Whether a text is a dateline, or a date, and nothing else.
pub fn is_nothing_else(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && leading(text) == Some(text.len())
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - base, word))
}

fn bare(word: &str) -> String {
    fold(word.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// How many words are the name of a place; it ends with a comma, or before `le` or a dash.
fn place(words: &[(usize, &str)]) -> usize {
    const LONGEST: usize = 8;
    const LONGEST_BEFORE_DASH: usize = 3;
    let mut opened = false;
    for (index, (_, word)) in words.iter().enumerate().take(LONGEST) {
        let folded = bare(word);
        let figures = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let month = is_month(&folded) && words.get(index + 1).is_some_and(|(_, next)| figures(next));
        let of_date = DAYS.contains(&folded.as_str()) || figures(word) || month || !opened && figures(&folded);
        let dated =
            || words.get(index + 1).is_some_and(|(_, next)| figures(next) || DAYS.contains(&bare(next).as_str()));
        let parted = opened && index <= LONGEST_BEFORE_DASH && is_dash(word) && dated();
        if of_date || parted || opened && folded == "le" && !word.ends_with(',') {
            return index;
        }
        let introduces = index < 2 && matches!(folded.as_str(), "fait" | "a");
        let named = word.trim_start_matches(['(', '«']).starts_with(char::is_uppercase) && !is_month(&folded);
        if !(named || introduces || opened && PARTICLES.contains(&folded.as_str()) || word.starts_with('(')) {
            return if opened { 0 } else { index };
        }
        opened = true;
    }
    0
}

/// Where the date ends that starts at a word.
fn date(words: &[(usize, &str)], at: usize) -> Option<usize> {
    let word = |at: usize| words.get(at).map(|(_, word)| bare(word));
    let first = word(at)?;
    let year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let day = |text: &str| {
        let figures: String = text.chars().take_while(char::is_ascii_digit).collect();
        let rest = text.get(figures.len()..).unwrap_or_default();
        (1..=2).contains(&figures.len()) && matches!(rest, "" | "er" | "st" | "nd" | "rd" | "th")
    };
    let numbers: Vec<&str> = first.split(['/', '.', '-']).collect();
    if let [a, b, c] = numbers.as_slice()
        && [a, b, c].iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        && (year(a) || year(c))
    {
        return Some(at + 1);
    }
    let (second, third) = (word(at + 1)?, word(at + 2)?);
    let month = is_month;
    (year(&third) && (day(&first) && month(&second) || month(&first) && day(&second))).then_some(at + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines() {
        for (text, rest) in [
            ("Lens, le 29 janvier 2020", Some("")),
            ("LENS, le 29 janvier 2020 – La piscine", Some("La piscine")),
            ("LENS, LE 29 JANVIER 2020 - La piscine", Some("La piscine")),
            ("Fait à Lens, le 1er février 2020.", Some("")),
            ("À Lens, mercredi 29 janvier 2020", Some("")),
            ("Lens le 29 janvier 2020", Some("")),
            ("Boulogne-sur-Mer (62), le 29/01/2020 :", Some("")),
            ("Lens, le 24 novembre 2026. Le bassin rouvre.", Some("Le bassin rouvre.")),
            ("Le 24 novembre 2026. Une date à retenir.", None),
            ("LENS, France, Jan. 29, 2020 (AFP) – The pool", Some("The pool")),
            ("PARIS, 24 nov. 2026 (Ville d'Exemple) – Le maire annonce.", Some("Le maire annonce.")),
            ("PARIS, 24 nov. 2026 (Ville d'Exemple – Le maire annonce.", None),
            ("(Lens, le 29 janvier 2020) La piscine", Some("La piscine")),
            ("(Lens, le 29 janvier 2020). La piscine", Some("La piscine")),
            ("(29 janvier 2020) La piscine", Some("La piscine")),
            ("(Lens, le 29 janvier 2020)", Some("")),
            ("(Lens, le 29 janvier 2020 à 10 h) La piscine", None),
            ("Lens -- 29/01/2020 -- La piscine", Some("La piscine")),
            ("LENS – mercredi 29 janvier 2020 – La piscine", Some("La piscine")),
            ("Fête de Noël – 5 décembre 2020", None),
            ("Marché de Noël – 5 décembre 2020, place du Cantin.", None),
            ("Marché de la Saint Nicolas – 5 décembre 2020 – Place du Cantin.", None),
            ("La Rochelle, 29 janvier 2020", Some("")),
            ("29 janvier 2020", Some("")),
            ("Mercredi 29 janvier 2020", Some("")),
            ("Le 29 janvier 2020", Some("")),
            ("Lens, le 29 janvier 2020 se tiendra un concert", None),
            ("Le 29 janvier 2020, la piscine ouvre.", None),
            ("La fête aura lieu à Lens, le 29 janvier 2020", None),
            ("Lens, le 29 janvier", None),
            ("La piscine rouvre", None),
            ("", None),
        ] {
            assert_eq!(leading(text).and_then(|end| text.get(end..)), rest, "{text}");
        }
    }
}
