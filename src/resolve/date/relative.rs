//! Dates as people say them to a colleague, in French and English: `demain 9h`, `monday 2:30 pm`,
//! `dans 3 jours`. For commands alone, where the day is known on which they are typed; a file that
//! said so would mean another day each morning.
//!
//! The day is found here and put into figures; the rest is read by [`spelling`]. What could be two
//! days is refused, with the spellings that would do.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Weekday};

use super::spelling::{self, Refused, When};
use crate::config::Order;

/// Days counted from today.
const DAYS: &[(&str, i64)] = &[
    ("apres-demain", 2),
    ("apres demain", 2),
    ("the day after tomorrow", 2),
    ("day after tomorrow", 2),
    ("aujourd'hui", 0),
    ("today", 0),
    ("demain", 1),
    ("tomorrow", 1),
    ("hier", -1),
    ("yesterday", -1),
];

/// This very minute.
const NOW: &[&str] = &["maintenant", "now"];

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("lundi", Weekday::Mon),
    ("monday", Weekday::Mon),
    ("mardi", Weekday::Tue),
    ("tuesday", Weekday::Tue),
    ("mercredi", Weekday::Wed),
    ("wednesday", Weekday::Wed),
    ("jeudi", Weekday::Thu),
    ("thursday", Weekday::Thu),
    ("vendredi", Weekday::Fri),
    ("friday", Weekday::Fri),
    ("samedi", Weekday::Sat),
    ("saturday", Weekday::Sat),
    ("dimanche", Weekday::Sun),
    ("sunday", Weekday::Sun),
];

/// What may stand before a day of the week and changes nothing.
const THIS: &[&str] = &["ce", "this", "on", "le"];

/// Some say it of the coming one, some of the one after.
const NEXT: &[&str] = &["prochain", "next"];

/// Counted from the coming one: `vendredi en huit` is the one of the week after.
const AFTER: &[(&str, i64)] = &[("en huit", 7), ("en 8", 7), ("en quinze", 14), ("en 15", 14)];

const ONE: &[&str] = &["un", "une", "a", "an", "one"];

/// Minutes of what `dans` and `in` count; days and more keep the hour open.
const UNITS: &[(&str, i64)] = &[
    ("minutes", 1),
    ("minute", 1),
    ("min", 1),
    ("heures", 60),
    ("heure", 60),
    ("hours", 60),
    ("hour", 60),
    ("jours", DAY),
    ("jour", DAY),
    ("days", DAY),
    ("day", DAY),
    ("semaines", 7 * DAY),
    ("semaine", 7 * DAY),
    ("weeks", 7 * DAY),
    ("week", 7 * DAY),
];

const DAY: i64 = 24 * 60;

/// Reads a date, absolute or counted from `now` on the newsroom's clocks.
///
/// # Errors
/// The spellings that would do: empty where nobody can tell what was meant.
pub fn parse(text: &str, order: Option<Order>, now: NaiveDateTime) -> Result<When, Vec<String>> {
    let folded = spelling::fold(text);
    let folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    let minute = |at: NaiveDateTime| When::Wall(at.with_second(0).and_then(|at| at.with_nanosecond(0)).unwrap_or(at));
    if NOW.contains(&folded.as_str()) {
        return Ok(minute(now));
    }
    if let Some((day, rest)) = DAYS.iter().find_map(|(word, days)| Some((*days, without(&folded, word)?))) {
        let (later, rest) = counted(rest);
        return on(added(now.date(), day + later), &rest, order);
    }
    if let Some((minutes, rest)) = span(&folded) {
        return match minutes % DAY {
            0 => on(added(now.date(), minutes / DAY), &rest, order),
            _ if rest.is_empty() => {
                now.checked_add_signed(TimeDelta::minutes(minutes)).map(minute).ok_or_else(Vec::new)
            }
            _ => Err(Vec::new()),
        };
    }
    match spelling::parse(text, order) {
        // `lundi 24 novembre 2026` of a Tuesday: one of the two is a slip.
        Ok(read) if read.weekday.is_some() => Err(vec![figures(&read.when)]),
        Ok(read) => Ok(read.when),
        Err(Refused::Ambiguous(one, other)) => Err(vec![one.to_string(), other.to_string()]),
        Err(_) => coming(&folded, order, now).unwrap_or_else(|| weekday(&folded, order, now)),
    }
}

/// `25 décembre 8h30`: the coming one, of this year or in half a year at most. Of another nobody knows whether it is the
/// one that is past. `None` where it is no day that lacks a year.
fn coming(folded: &str, order: Option<Order>, now: NaiveDateTime) -> Option<Result<When, Vec<String>>> {
    const HALF_A_YEAR: i64 = 183;
    let words: Vec<&str> = folded.split(' ').collect();
    let of_year = |year: i32| {
        let year = year.to_string();
        (1..=words.len()).find_map(|at| {
            let (before, behind) = words.split_at_checked(at)?;
            spelling::parse(&[before, &[year.as_str()], behind].concat().join(" "), order).ok()
        })
    };
    let ahead = |day: NaiveDate| day.signed_duration_since(now.date()).num_days();
    let (past, next) = match of_year(now.year()) {
        Some(read) if ahead(read.when.day()) >= 0 => (None, read),
        past => (past, of_year(now.year() + 1)?),
    };
    let known = past.is_none() || ahead(next.when.day()) <= HALF_A_YEAR;
    if known && next.weekday.is_none() {
        return Some(Ok(next.when));
    }
    Some(Err(past.iter().chain([&next]).map(|read| figures(&read.when)).collect()))
}

/// `en huit`: so many days later, and what is left.
fn counted(text: String) -> (i64, String) {
    let found = AFTER.iter().find_map(|(word, days)| Some((*days, without(&text, word)?)));
    found.unwrap_or((0, text))
}

/// `lundi 14h30`: the next one. Of the day on which it is typed, and of `prochain`, nobody knows
/// whether it is this week's, unless its hour is past.
fn weekday(folded: &str, order: Option<Order>, now: NaiveDateTime) -> Result<When, Vec<String>> {
    let found = WEEKDAYS.iter().find_map(|(word, weekday)| Some((*weekday, without(folded, word)?)));
    let (weekday, mut rest) = found.ok_or_else(Vec::new)?;
    for word in THIS {
        rest = without(&rest, word).unwrap_or(rest);
    }
    let today = now.date();
    let ahead = (7 + weekday.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    let next = NEXT.iter().find_map(|word| without(&rest, word));
    let doubtful = next.is_some() || ahead == 0;
    let (later, rest) = counted(next.unwrap_or(rest));
    let ahead = i64::from(ahead) + later;
    let first = on(added(today, ahead), &rest, order)?;
    if !doubtful {
        return Ok(first);
    }
    let second = on(added(today, ahead + 7), &rest, order)?;
    let past = first.wall().is_ok_and(|wall| wall < now);
    Err([first, second].iter().skip(usize::from(past)).map(figures).collect())
}

/// `dans 3 jours à 9h`: how many minutes ahead, and what is left.
fn span(folded: &str) -> Option<(i64, String)> {
    let behind = |word: &str| {
        folded.split_once(&format!("{word} ")).filter(|(before, _)| before.is_empty() || before.ends_with(' '))
    };
    let (before, after) = behind("dans").or_else(|| behind("in"))?;
    let (number, after) = after.split_once(' ')?;
    let number: i64 =
        if ONE.contains(&number) { 1 } else { number.parse().ok().filter(|n| (0..10_000).contains(n))? };
    let (unit, rest) = after.split_once(' ').unwrap_or((after, ""));
    let unit = unit.trim_end_matches(',');
    let (_, minutes) = UNITS.iter().find(|(name, _)| *name == unit)?;
    Some((number * minutes, joined(before, rest)))
}

/// A day and what was said of its hour.
fn on(day: Option<NaiveDate>, hour: &str, order: Option<Order>) -> Result<When, Vec<String>> {
    let day = day.ok_or_else(Vec::new)?;
    if hour.is_empty() {
        return Ok(When::Day(day));
    }
    match spelling::parse(&format!("{day} {hour}"), order) {
        Ok(read) => Ok(read.when),
        // The beginning of that day, or its end?
        Err(Refused::Midnight) => Err(vec![format!("{day} 00:00"), format!("{day} 23:59")]),
        Err(_) => Err(vec![format!("{day} 9h"), format!("{day} 14:30")]),
    }
}

/// What is left without a whole word; `None` where it is not there.
fn without(text: &str, word: &str) -> Option<String> {
    let apart = |c: Option<char>| c.is_none_or(|c| !(c.is_alphanumeric() || c == '-'));
    let (at, _) = text.match_indices(word).find(|(at, _)| {
        let before = text.get(..*at).unwrap_or_default().chars().next_back();
        let after = text.get(at + word.len()..).unwrap_or_default().chars().next();
        apart(before) && apart(after)
    })?;
    Some(joined(text.get(..at)?, text.get(at + word.len()..)?))
}

fn joined(before: &str, after: &str) -> String {
    let whole = format!("{} {}", before.trim(), after.trim());
    whole.trim_matches([' ', ',']).to_owned()
}

fn added(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    match u64::try_from(days) {
        Ok(ahead) => day.checked_add_days(Days::new(ahead)),
        Err(_) => day.checked_sub_days(Days::new(days.unsigned_abs())),
    }
}

/// As one would write it in a head: by the newsroom's clocks, or with its offset.
pub fn figures(when: &When) -> String {
    let wall = |wall: &NaiveDateTime| {
        wall.format(if wall.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" }).to_string()
    };
    match when {
        When::Day(day) => day.to_string(),
        When::Wall(at) => wall(at),
        When::Zoned(at, zone) => format!("{} {}", wall(at), zone.name()),
        When::Instant(instant) => instant.to_rfc3339(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tuesday, 24 November 2026.
    fn shown(text: &str) -> String {
        let now = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap().and_hms_opt(13, 0, 30).unwrap();
        match parse(text, None, now) {
            Ok(when) => figures(&when),
            Err(spellings) => format!("? {}", spellings.join(" | ")).trim_end().to_owned(),
        }
    }

    #[test]
    fn what_people_say_is_a_day() {
        for (said, meant) in [
            ("demain", "2026-11-25"),
            ("demain 9h", "2026-11-25 09:00"),
            ("Demain, à 9 h 30", "2026-11-25 09:30"),
            ("à 9h demain", "2026-11-25 09:00"),
            ("après-demain à midi", "2026-11-26 12:00"),
            ("apres demain", "2026-11-26"),
            ("aujourd’hui 17h", "2026-11-24 17:00"),
            ("hier 8h", "2026-11-23 08:00"),
            ("maintenant", "2026-11-24 13:00"),
            ("tomorrow 9am", "2026-11-25 09:00"),
            ("9am tomorrow", "2026-11-25 09:00"),
            ("tomorrow at 2:30 pm", "2026-11-25 14:30"),
            ("the day after tomorrow at noon", "2026-11-26 12:00"),
            ("lundi 14h30", "2026-11-30 14:30"),
            ("ce vendredi à 8h", "2026-11-27 08:00"),
            ("monday 9:00", "2026-11-30 09:00"),
            ("on friday at 5 pm", "2026-11-27 17:00"),
            ("jeudi", "2026-11-26"),
            ("vendredi en huit", "2026-12-04"),
            ("vendredi en huit à 9h", "2026-12-04 09:00"),
            ("lundi en quinze", "2026-12-14"),
            ("demain en huit 9h", "2026-12-02 09:00"),
            ("dans 3 jours", "2026-11-27"),
            ("dans trois jours", "?"),
            ("dans 3 jours à 9h", "2026-11-27 09:00"),
            ("in 2 weeks at 9am", "2026-12-08 09:00"),
            ("dans une semaine", "2026-12-01"),
            ("dans 2 heures", "2026-11-24 15:00"),
            ("in 90 minutes", "2026-11-24 14:30"),
            ("2026-12-01 9h", "2026-12-01 09:00"),
            ("25 décembre 8h30", "2026-12-25 08:30"),
            ("le vendredi 25 décembre à 8h30", "2026-12-25 08:30"),
            ("24 novembre", "2026-11-24"),
            ("5 janvier 9h", "2027-01-05 09:00"),
            ("January 5 at 9am", "2027-01-05 09:00"),
            ("5 Jan.", "2027-01-05"),
            ("1er décembre 2026 à 14 h", "2026-12-01 14:00"),
            ("mardi 1er décembre 2026 à 14 h", "2026-12-01 14:00"),
            ("2026-12-01T09:00:00+01:00", "2026-12-01T09:00:00+01:00"),
            ("2026-12-01 09:00 Europe/Paris", "2026-12-01 09:00 Europe/Paris"),
        ] {
            assert_eq!(shown(said), meant, "{said}");
        }
    }

    #[test]
    fn what_could_be_two_things_is_refused_with_what_would_do() {
        for (said, meant) in [
            ("mardi", "? 2026-11-24 | 2026-12-01"),
            ("mardi 14h", "? 2026-11-24 14:00 | 2026-12-01 14:00"),
            ("mardi 9h", "? 2026-12-01 09:00"),
            ("mardi en huit 9h", "? 2026-12-01 09:00 | 2026-12-08 09:00"),
            ("lundi prochain 9h", "? 2026-11-30 09:00 | 2026-12-07 09:00"),
            ("next friday", "? 2026-11-27 | 2026-12-04"),
            ("20 novembre 8h30", "? 2026-11-20 08:30 | 2027-11-20 08:30"),
            ("lundi 25 décembre", "? 2026-12-25"),
            ("30 février", "?"),
            ("décembre", "?"),
            ("25 décembre matin", "?"),
            ("12", "?"),
            ("25/12", "?"),
            ("03/04/2026", "? 2026-04-03 | 2026-03-04"),
            ("lundi 1er décembre 2026", "? 2026-12-01"),
            ("demain minuit", "? 2026-11-25 00:00 | 2026-11-25 23:59"),
            ("demain matin", "? 2026-11-25 9h | 2026-11-25 14:30"),
            ("demain 25h", "? 2026-11-25 9h | 2026-11-25 14:30"),
            ("9h", "?"),
            ("ce soir", "?"),
            ("dans 2 heures 9h", "?"),
            ("in 99999999 days", "?"),
            ("lundi 2026", "? 2026-11-30 9h | 2026-11-30 14:30"),
            ("n'importe quoi", "?"),
            ("", "?"),
        ] {
            assert_eq!(shown(said), meant, "{said}");
        }
    }
}
