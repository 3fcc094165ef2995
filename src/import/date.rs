//! Dates as feeds write them: what `resolve::date` reads, and the years of two figures of RFC 822,
//! which say what they mean (RFC 2822, 4.3).

use chrono::{FixedOffset, NaiveDateTime};

use super::When;
use crate::resolve::date::spelling::{self, Refused, When as Written};

/// A date that could be read.
pub struct Read {
    /// What it says.
    pub when: When,
    /// Whether it said by which clocks.
    pub zoned: bool,
}

/// What a date says; `None` where it cannot be read, or in two ways.
pub fn read(text: &str) -> Option<Read> {
    // `<time datetime="…">mardi 28 novembre</time>`, as Drupal has it.
    let told =
        text.trim_start().strip_prefix("<time").and_then(|tag| tag.split_once("datetime=\"")?.1.split('"').next());
    let text = told.unwrap_or(text);
    let read = match spelling::parse(text, None) {
        Err(Refused::ShortYear) => spelling::parse(&with_century(text)?, None),
        read => read,
    };
    let (when, zoned) = match read.ok()?.when {
        Written::Day(day) => (When::Day(day), true),
        Written::Instant(instant) => (When::Instant(instant), true),
        Written::Zoned(wall, zone) => (When::Instant(zone.settled(wall)), true),
        // Without an offset readers take it for UTC, so that is when it came out for them.
        Written::Wall(wall) => (When::Instant(wall.and_local_timezone(FixedOffset::east_opt(0)?).single()?), false),
    };
    Some(Read { when, zoned })
}

/// A day and an hour by clocks that the feed does not name.
pub fn wall(text: &str) -> Option<NaiveDateTime> {
    match spelling::parse(text, None).ok()?.when {
        Written::Wall(wall) => Some(wall),
        _ => None,
    }
}

/// `29 Jan 20 09:00:00 GMT` → `29 Jan 2020 09:00:00 GMT`.
fn with_century(text: &str) -> Option<String> {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let month = words.iter().position(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_alphabetic()))?;
    let year = words.get_mut(month + 1).filter(|year| year.len() == 2)?;
    let short: u32 = year.parse().ok()?;
    *year = (if short < 50 { 2000 + short } else { 1900 + short }).to_string();
    Some(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_feeds() {
        let shown = |text: &str| {
            read(text).map(|read| match read.when {
                When::Instant(instant) => format!("{} {}", instant.to_rfc3339(), read.zoned),
                When::Day(day) => day.to_string(),
            })
        };
        for (text, meant) in [
            ("Wed, 29 Jan 2020 09:00:00 +0100", Some("2020-01-29T09:00:00+01:00 true")),
            ("Wed, 29 Jan 2020 09:00:00 GMT", Some("2020-01-29T09:00:00+00:00 true")),
            ("29 Jan 20 09:00 EST", Some("2020-01-29T09:00:00-05:00 true")),
            ("Fri, 29 Jan 99 09:00:00 Z", Some("1999-01-29T09:00:00+00:00 true")),
            ("Mon, 29 Jan 2020 09:00:00 GMT", Some("2020-01-29T09:00:00+00:00 true")),
            ("2020-01-29T09:00:00.123Z", Some("2020-01-29T09:00:00+00:00 true")),
            ("2020-01-29 09:00:00", Some("2020-01-29T09:00:00+00:00 false")),
            ("2020-01-29", Some("2020-01-29")),
            (
                "<time datetime=\"2023-11-28T10:12:00+01:00\" class=\"x\">mardi</time>",
                Some("2023-11-28T10:12:00+01:00 true"),
            ),
            ("2020-01", None),
            ("01/02/2020", None),
            ("0000-00-00 00:00:00", None),
            ("Wed, 31 Feb 2020 09:00:00 GMT", None),
            ("hier", None),
            ("", None),
        ] {
            assert_eq!(shown(text).as_deref(), meant, "{text}");
        }
    }
}
