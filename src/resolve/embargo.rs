//! What the banner of a release says of its embargo, as an instant (EM-03): fail closed where it
//! cannot be told.

use crate::config::Order;
use crate::input::{At, banner};

use super::date::spelling::{self, When};

/// The date and hour behind the words of a banner, as they would be typed into a head; `None`
/// where there is none that can be read to the hour.
pub fn typed(banner: &At<String>, order: Option<Order>) -> Option<At<String>> {
    let rest = banner.value.trim();
    let rest = without_words(rest);
    let named = paris(rest);
    let rest = named.as_str();
    let ends =
        rest.char_indices().filter(|(_, c)| matches!(c, '-' | '–' | '—' | '.' | ')' | ']' | ';' | ',' | '(' | '!'));
    // The longest piece that is a date with its hour; what follows it is a sentence, unless it says
    // whose hour that is.
    let mut ends: Vec<usize> = ends.map(|(at, _)| at).filter(|at| !rest.get(*at..).is_some_and(names_a_zone)).collect();
    ends.push(rest.len());
    let pieces = ends.iter().rev().filter_map(|end| rest.get(..*end)).map(str::trim);
    let mut candidates = pieces.flat_map(|piece| [piece.to_owned(), hour_last(piece)]);
    let read = |text: &String| {
        let read = spelling::parse(text, order).ok()?;
        (!matches!(read.when, When::Day(_))).then(|| text.clone())
    };
    candidates.find_map(|text| read(&text)).map(|value| At { value, place: banner.place })
}

/// `jusqu'au 29 janvier` → `29 janvier`: what a banner says before its date is no part of it.
fn without_words(rest: &str) -> &str {
    let mut rest = rest;
    loop {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        match rest.get(..end).zip(rest.get(end..)) {
            Some((word, behind)) if !word.is_empty() && banner::is_filler(word) => rest = behind,
            _ => return rest,
        }
    }
}

/// `9 h (heure de Paris)` → `9 h (Europe/Paris)`.
fn paris(rest: &str) -> String {
    const NAMES: [&str; 6] =
        ["heures de Paris", "heure de Paris", "heure française", "heure francaise", "Paris time", "French time"];
    let lower = rest.to_lowercase();
    let found = NAMES.iter().find_map(|name| lower.find(&name.to_lowercase()).map(|at| (at, name.len())));
    let parts = found
        .filter(|_| lower.len() == rest.len())
        .and_then(|(at, length)| rest.get(..at).zip(rest.get(at + length..)));
    parts.map_or_else(
        || rest.to_owned(),
        |(before, behind)| {
            let before = before.trim_end_matches([' ', ',', '(', '-', '–', '\u{a0}']);
            format!("{before} Europe/Paris{}", behind.trim_start_matches(')'))
        },
    )
}

/// Whether what stands behind an hour says by which clocks it is meant.
fn names_a_zone(behind: &str) -> bool {
    const WORDS: [&str; 13] =
        ["heure", "heures", "time", "gmt", "utc", "est", "edt", "et", "pst", "pdt", "cet", "cest", "bst"];
    let near: String = behind.chars().take(40).collect();
    let lower = near.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    // "et" and "est" are words of French.
    words.next().is_some_and(|word| {
        WORDS.contains(&word) && (!matches!(word, "et" | "est") || near.contains(&word.to_uppercase()))
    }) || lower.contains("heure de ")
        || lower.contains("heure d’")
        || lower.contains("heure d'")
        || lower.contains("heure locale")
        || lower.contains(" time")
}

/// `00:01 GMT 3 February 2005` → `3 February 2005 00:01 GMT`: in English the hour comes first.
fn hour_last(piece: &str) -> String {
    let mut words: Vec<&str> = piece.split_whitespace().collect();
    let is_hour = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains([':', 'h', 'H']);
    if !words.first().is_some_and(|first| is_hour(first)) {
        return piece.to_owned();
    }
    let is_zone = |word: &&&str| matches!(**word, "GMT" | "UTC" | "Z");
    let length = 1 + usize::from(words.get(1).filter(is_zone).is_some());
    let hour: Vec<&str> = words.drain(..length).collect();
    let on = words.first().filter(|word| matches!(**word, "on" | "le" | "du")).map_or(0, |_| 1);
    format!("{} {}", words.get(on..).unwrap_or_default().join(" ").replace(',', ""), hour.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Place;

    #[test]
    fn banners_with_and_without_an_hour() {
        for (rest, date) in [
            ("jusqu'au 29 janvier 2020 à 11h", Some("29 janvier 2020 à 11h")),
            ("JUSQU’AU MERCREDI 29 JANVIER 2020 À 11H00 – merci", Some("MERCREDI 29 JANVIER 2020 À 11H00")),
            ("LE 29/01/2020 11:00", Some("29/01/2020 11:00")),
            ("UNTIL 00:01 GMT 3 February 2005", Some("3 February 2005 00:01 GMT")),
            ("until 2026-12-24T08:00:00+01:00", Some("2026-12-24T08:00:00+01:00")),
            (": 24 décembre 2026, 8 h 30.", Some("24 décembre 2026, 8 h 30.")),
            (": levée le 29 janvier 2020 à 11 h", Some("29 janvier 2020 à 11 h")),
            ("de presse jusqu’au 29/01/2020 à 11 h", Some("29/01/2020 à 11 h")),
            ("lifts 29 January 2020 11:00", Some("29 January 2020 11:00")),
            (": le maire parle le 29 janvier 2020 à 11 h", None),
            ("29 janvier 2020, 11 h (heure de Paris)", Some("29 janvier 2020, 11 h Europe/Paris")),
            ("29 janvier 2020 à 11 h, heure de Paris.", Some("29 janvier 2020 à 11 h Europe/Paris")),
            ("29 janvier 2020, 11 h (heure de New York)", None),
            ("29 janvier 2020, 11 h – heure locale", None),
            ("29 January 2020, 11:00 (London time)", None),
            ("29 janvier 2020 à 11 h. Le maire est là", Some("29 janvier 2020 à 11 h")),
            (": mercredi 12h", None),
            ("jusqu’au 29 janvier 2020", None),
            ("jusqu’à jeudi", None),
            ("", None),
        ] {
            let banner = At { value: rest.to_owned(), place: Place::line(1) };
            assert_eq!(typed(&banner, None).map(|at| at.value).as_deref(), date, "{rest}");
        }
    }
}
