//! Any text as a date: it is read as what stands in it, or refused. Each line of the input is tried
//! whole and from its first colon on, so that the files of `tests/cases` are seeds as they are.

#![no_main]
#![allow(clippy::disallowed_methods, reason = "the macro of the fuzzer writes files")]

use chrono::{Datelike as _, NaiveDate};
use crieur::config::Order;
use crieur::resolve::date::places;
use crieur::resolve::date::spelling::{Refused, When, leading, parse};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/suite/words.rs"]
mod words;

fuzz_target!(|text: &str| {
    for line in text.lines().take(8) {
        date(line);
        if let Some((_, value)) = line.split_once(':') {
            date(value);
        }
    }
});

fn date(text: &str) {
    let orders = [None, Some(Order::DayFirst), Some(Order::MonthFirst)];
    let [asked, day_first, month_first] = orders.map(|order| parse(text, order));
    for read in [&asked, &day_first, &month_first].into_iter().flatten() {
        let day = read.when.day();
        stands(day, text);
        again(&read.when);
        // What was written is another day of the week than the date's, or it is not said.
        assert_ne!(read.weekday, Some(day.weekday()), "{text:?}");
    }
    match &asked {
        // Nobody is asked for an order where there is none to ask for.
        Ok(read) => assert!(day_first.as_ref() == Ok(read) && month_first.as_ref() == Ok(read), "{text:?}"),
        Err(Refused::Ambiguous(one, other)) => {
            assert_ne!(one, other, "{text:?}");
            for (read, meant) in [(&day_first, one), (&month_first, other)] {
                // What stands behind the day may be wrong.
                assert!(read.as_ref().map_or(true, |read| read.when.day() == *meant), "{text:?}");
            }
        }
        Err(_) => assert!(day_first.is_err() && month_first.is_err(), "{text:?}"),
    }
    // Capitals and kinds of spaces say nothing.
    if text.is_ascii() {
        assert_eq!(asked, parse(&text.to_ascii_uppercase(), None), "{text:?}");
        assert_eq!(asked, parse(&text.replace(' ', "\u{a0}"), None), "{text:?}");
    }
    for order in orders {
        let begins = leading(text, order).map(|(day, _)| day);
        let name = places::in_name(text, order).map(|found| found.map_err(|(refused, _)| refused));
        let folders = places::in_folders(text, order).map(|found| found.map_err(|(refused, _)| refused));
        let address = places::in_address(text, order).map(|found| found.map_err(|(refused, _)| refused));
        let dateline = places::in_dateline(text, order).map(|found| found.map_err(|(refused, _)| refused));
        for day in [begins, name, folders, address, dateline].into_iter().flatten().flatten() {
            // In names an underline is a hyphen.
            stands(day, &text.replace('_', "-"));
        }
    }
}

fn stands(day: NaiveDate, text: &str) {
    assert!(words::stands_in(day, text), "{text:?} is read as {day}");
    assert!((1900..2200).contains(&day.year()), "{text:?} is read as {day}");
}

/// What was read can be written in the plainest way and read again.
fn again(when: &When) {
    let text = match when {
        When::Day(day) => day.format("%Y-%m-%d").to_string(),
        When::Wall(wall) => wall.format("%Y-%m-%d %H:%M:%S").to_string(),
        When::Zoned(wall, zone) => format!("{} {}", wall.format("%Y-%m-%d %H:%M:%S"), zone.name()),
        When::Instant(instant) => instant.to_rfc3339(),
    };
    assert_eq!(parse(&text, None).map(|read| read.when).as_ref(), Ok(when), "{text}");
}
