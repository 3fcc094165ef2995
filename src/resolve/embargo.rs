//! What the banner of a release says of its embargo, as an instant (EM-03): fail closed where it
//! cannot be told.

use chrono::Timelike as _;

use crate::config::Order;
use crate::input::{At, banner};

use super::date::spelling::{self, Refused};

/// The date and hour behind the words of a banner, as they would be typed into a head; `None`
/// where there is none that can be read to the hour.
pub fn typed(banner: &At<String>, order: Option<Order>) -> Option<At<String>> {
    let rest = reworded(&by_name(without_words(banner.value.trim())));
    let (rest, morning) = rest.strip_suffix(" du matin").map_or((rest.as_str(), false), |rest| (rest, true));
    let ends =
        rest.char_indices().filter(|(_, c)| matches!(c, '-' | '–' | '—' | '.' | ')' | ']' | ';' | ',' | '(' | '!'));
    // The longest piece that is a date with its hour; what follows it is a sentence, unless it says
    // whose hour that is.
    let mut ends: Vec<usize> = ends.map(|(at, _)| at).filter(|at| !rest.get(*at..).is_some_and(names_a_zone)).collect();
    ends.push(rest.len());
    let pieces = ends.iter().rev().filter_map(|end| rest.get(..*end)).map(str::trim);
    let mut candidates = pieces.flat_map(|piece| {
        let unbracketed = piece.replace(['(', ')'], " ").trim().to_owned();
        let hour_last = hours_last(&unbracketed);
        [piece.to_owned(), unbracketed].into_iter().chain(hour_last)
    });
    let hour = |text: &String| {
        let hour = spelling::parse(text, order).ok()?.when.wall().ok()?.hour();
        (!morning || hour < 12).then_some(())
    };
    candidates.find(|text| hour(text).is_some()).map(|value| At { value, place: banner.place })
}

/// The day alone that a banner names; why not, where it cannot be read.
///
/// # Errors
/// Why the words behind those of the banner are no day.
pub fn day(banner: &At<String>, order: Option<Order>) -> Result<At<String>, Refused> {
    let value = without_words(banner.value.trim()).trim_end_matches(['.', '!', ';', ' ']);
    spelling::parse(value, order).map(|_| At { value: value.to_owned(), place: banner.place })
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

/// `9 h (heure de Paris)` → `9 h Europe/Paris`.
fn by_name(rest: &str) -> String {
    const NAMES: [(&str, &str); 8] = [
        ("heures de paris", "Europe/Paris"),
        ("heure de paris", "Europe/Paris"),
        ("heure française", "Europe/Paris"),
        ("heure francaise", "Europe/Paris"),
        ("paris time", "Europe/Paris"),
        ("french time", "Europe/Paris"),
        ("uk time", "Europe/London"),
        ("british time", "Europe/London"),
    ];
    let lower = rest.to_lowercase();
    let found = NAMES.iter().find_map(|(name, zone)| lower.find(name).map(|at| (at, name.len(), zone)));
    let parts = found
        .filter(|_| lower.len() == rest.len())
        .and_then(|(at, length, zone)| rest.get(..at).zip(rest.get(at + length..)).zip(Some(zone)));
    parts.map_or_else(
        || rest.to_owned(),
        |((before, behind), zone)| {
            let before = before.trim_end_matches([' ', ',', '(', '-', '–', '\u{a0}']);
            format!("{before} {zone}{}", behind.trim_start_matches(')'))
        },
    )
}

/// Without the words that say an hour once more: `12 noon`, `8 h 00 précises`, `0001 hours`.
fn reworded(rest: &str) -> String {
    const AGAIN: [&str; 7] = ["précises", "précise", "precises", "precise", "sharp", "pile", "hours"];
    const NOONS: [&str; 2] = ["noon", "midday"];
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<&str> = rest.split_whitespace().collect();
    let says_again = |(at, word): (usize, &&str)| {
        let next = words.get(at + 1).map(|next| bare(next)).unwrap_or_default();
        AGAIN.contains(&bare(word).as_str()) || *word == "12" && NOONS.contains(&next.as_str())
    };
    let kept = words.iter().enumerate().filter(|(at, word)| !says_again((*at, word)));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
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

/// `00:01 GMT, Tuesday 3 February 2005` → `Tuesday 3 February 2005 00:01 GMT`, for each number of words that the hour
/// in front may have: in English it comes first. At most one of them is a date.
fn hours_last(piece: &str) -> Vec<String> {
    /// `9 h 00 GMT +1`.
    const LONGEST: usize = 5;
    let words: Vec<&str> = piece.split_whitespace().collect();
    let Some((first, others)) = words.split_first() else { return Vec::new() };
    let first = clock(first);
    let moved = |length: usize| {
        let (hour, date) = others.split_at_checked(length)?;
        let hour = [first.as_str()].into_iter().chain(hour.iter().copied()).collect::<Vec<_>>().join(" ");
        let on = date.first().filter(|word| matches!(**word, "on" | "ON" | "le" | "LE" | "du" | "of")).map_or(0, |_| 1);
        let date = date.get(on..).filter(|date| !date.is_empty())?.join(" ");
        Some(format!("{} {}", date.trim_end_matches([',', '.']), hour.trim_end_matches([',', ':'])))
    };
    (0..LONGEST).filter_map(moved).collect()
}

/// `00.01` and `0001`, which are an hour where a whole date follows, as `00:01`.
fn clock(word: &str) -> String {
    let end = word.trim_end_matches([',', ':']);
    let figures = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let (hour, minute) = end.split_once('.').or_else(|| end.split_at_checked(2)).unwrap_or((end, ""));
    if figures(minute) && (figures(hour) || end.contains('.') && hour.parse::<u8>().is_ok()) {
        format!("{hour}:{minute}")
    } else {
        end.to_owned()
    }
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
            ("UNTIL 00:01 GMT, Tuesday 15 December 2026", Some("Tuesday 15 December 2026 00:01 GMT")),
            ("UNTIL 00.01 GMT TUESDAY 15 DECEMBER 2026", Some("TUESDAY 15 DECEMBER 2026 00:01 GMT")),
            ("until 0001 GMT on Tuesday 15 December 2026", Some("Tuesday 15 December 2026 00:01 GMT")),
            ("until 0900 hours on 15 December 2026", Some("15 December 2026 09:00")),
            ("UNTIL 9am on Tuesday 15 December 2026", Some("Tuesday 15 December 2026 9am")),
            ("until 12 noon on Tuesday 15 December 2026", Some("Tuesday 15 December 2026 noon")),
            ("until midday on Tuesday 15 December 2026", Some("Tuesday 15 December 2026 midday")),
            ("until Tuesday 15 December 2026 (00:01)", Some("Tuesday 15 December 2026  00:01")),
            ("until Tuesday 15 December 2026, 9am UK time", Some("Tuesday 15 December 2026, 9am Europe/London")),
            ("until 9 a.m. UK time on 15 December 2026", Some("15 December 2026 9 a.m. Europe/London")),
            ("AT 9 A.M. EST, DECEMBER 15, 2026", Some("DECEMBER 15, 2026 9 A.M. EST")),
            ("ON DECEMBER 15, 2026, 9 A.M.", Some("DECEMBER 15, 2026, 9 A.M.")),
            ("until 9 A.M. ET, December 15, 2026", None),
            ("until 15 December 2026, 9 A.M. ET", None),
            ("or broadcast until 00:01 Tuesday 15 December 2026", Some("Tuesday 15 December 2026 00:01")),
            ("jusqu’à 8 h le mardi 15 décembre 2026", Some("mardi 15 décembre 2026 8 h")),
            ("jusqu’à 8 h 30 le 15 décembre 2026", Some("15 décembre 2026 8 h 30")),
            ("jusqu’au mardi 15 décembre 2026 à 8 h 00 précises", Some("mardi 15 décembre 2026 à 8 h 00")),
            ("jusqu’au mardi 15 décembre 2026 à 8 heures du matin", Some("mardi 15 décembre 2026 à 8 heures")),
            ("jusqu’au 15 décembre 2026 à 14 heures du matin", None),
            ("jusqu’au mardi 15 décembre 2026 à 8 h (heure locale)", None),
            ("until 9am or 10am on 15 December 2026", None),
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
