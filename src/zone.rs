//! From a zone's name to the offset of an instant, the same on every machine.
//!
//! The time-zone data is compiled in (`jiff`'s copy of tzdb), so the machine's own zone files,
//! which may be years old or absent, never change an output. The only file that knows `jiff`:
//! everywhere else instants are `chrono`'s.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, TimeDelta, Timelike, Utc};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

/// A place's civil time, such as `Europe/Paris`.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// What a clock on the wall of a zone means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    /// One instant.
    Once(DateTime<FixedOffset>),
    /// The clocks skipped it: read with the offset from before the change (later), or from after
    /// it (earlier).
    Gap {
        /// With the offset that held before.
        before: DateTime<FixedOffset>,
        /// With the offset that held after.
        after: DateTime<FixedOffset>,
    },
    /// The clocks showed it twice.
    Twice {
        /// The first time.
        first: DateTime<FixedOffset>,
        /// An hour later, mostly.
        second: DateTime<FixedOffset>,
    },
}

impl Zone {
    /// The zone of that IANA name, in any case; `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        let rules = TimeZoneDatabase::bundled().get(name).ok()?;
        let name = rules.iana_name().unwrap_or(name).to_owned();
        Some(Self { name, rules })
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the clocks of the zone mean by `wall` (DT-20, DT-23).
    pub fn instant(&self, wall: NaiveDateTime) -> Wall {
        match self.rules.to_ambiguous_timestamp(civil(wall)).offset() {
            AmbiguousOffset::Unambiguous { offset } => Wall::Once(with(wall, offset)),
            AmbiguousOffset::Gap { before, after } => {
                Wall::Gap { before: with(wall, before), after: with(wall, after) }
            }
            AmbiguousOffset::Fold { before, after } => {
                Wall::Twice { first: with(wall, before), second: with(wall, after) }
            }
        }
    }

    /// The instant of `wall` where somebody must decide: moved forward over a gap, the first of
    /// two. For a day's fixed hour, which nobody wrote.
    pub fn settled(&self, wall: NaiveDateTime) -> DateTime<FixedOffset> {
        match self.instant(wall) {
            Wall::Once(instant) | Wall::Gap { before: instant, .. } | Wall::Twice { first: instant, .. } => instant,
        }
    }

    /// The instant as the clocks of the zone show it.
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        let offset = jiff::Timestamp::from_second(instant.timestamp())
            .map_or(Offset::UTC, |timestamp| self.rules.to_offset(timestamp));
        instant.with_timezone(&fixed(offset))
    }
}

fn civil(wall: NaiveDateTime) -> jiff::civil::DateTime {
    // A year of jiff's has at most four digits, as the dates we read have.
    let small = |number: u32| i8::try_from(number).unwrap_or_default();
    jiff::civil::DateTime::new(
        i16::try_from(wall.year()).unwrap_or(9999),
        small(wall.month()),
        small(wall.day()),
        small(wall.hour()),
        small(wall.minute()),
        small(wall.second()),
        0,
    )
    .unwrap_or(jiff::civil::DateTime::MAX)
}

fn with(wall: NaiveDateTime, offset: Offset) -> DateTime<FixedOffset> {
    let utc = wall.checked_sub_signed(TimeDelta::seconds(i64::from(offset.seconds()))).unwrap_or(wall);
    DateTime::from_naive_utc_and_offset(utc, fixed(offset))
}

fn fixed(offset: Offset) -> FixedOffset {
    // No zone of this century has seconds in its offset; older ones are cut to the minute, which
    // changes the picture of a clock, never the instant.
    FixedOffset::east_opt(offset.seconds() / 60 * 60).unwrap_or(chrono::offset::Offset::fix(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn paris_has_a_gap_and_an_overlap() {
        let paris = Zone::named("europe/paris").unwrap();
        assert_eq!(paris.name(), "Europe/Paris");
        let Wall::Once(plain) = paris.instant(wall("2020-01-29 09:00")) else { panic!("one instant") };
        assert_eq!(plain.to_rfc3339(), "2020-01-29T09:00:00+01:00");
        let Wall::Gap { before, after } = paris.instant(wall("2020-03-29 02:30")) else { panic!("a gap") };
        assert_eq!(before.to_utc().to_rfc3339(), "2020-03-29T01:30:00+00:00");
        assert_eq!(after.to_utc().to_rfc3339(), "2020-03-29T00:30:00+00:00");
        let Wall::Twice { first, second } = paris.instant(wall("2020-10-25 02:30")) else { panic!("twice") };
        assert_eq!(first.to_rfc3339(), "2020-10-25T02:30:00+02:00");
        assert_eq!(second.to_rfc3339(), "2020-10-25T02:30:00+01:00");
    }

    #[test]
    fn an_instant_is_shown_in_its_zone() {
        let noumea = Zone::named("Pacific/Noumea").unwrap();
        let instant = DateTime::parse_from_rfc3339("2026-07-01T22:00:00Z").unwrap().to_utc();
        assert_eq!(noumea.local(instant).to_rfc3339(), "2026-07-02T09:00:00+11:00");
        assert!(Zone::named("Europe/Nulle-Part").is_none());
    }
}
