//! When: what people write, what it means, and what is stamped on it (DESIGN §4).
//!
//! A date comes from what a person wrote, in the head or in the file's name; never from the file
//! system, never from the clock. A day without an hour stays a day: it is stamped at the
//! configured hour, plus seconds derived from the id, so that the items of a day stay apart.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::config::Config;
use crate::input::{At, Draft};
use crate::item::Origin;
use crate::problem::{Code, Place, Problem};
use crate::text::nfc;
use crate::zone::{Wall, Zone};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A day and no hour.
    Day(NaiveDate),
    /// What a clock on the wall showed.
    Wall(NaiveDateTime),
    /// With an offset: no zone is asked.
    Instant(DateTime<FixedOffset>),
}

impl When {
    /// The day as it was written.
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Wall(wall) => wall.date(),
            Self::Instant(instant) => instant.date_naive(),
        }
    }
}

/// Why it cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Not a date that we know.
    NotUnderstood,
    /// No calendar has it.
    Impossible,
    /// Day first or month first?
    Ambiguous(NaiveDate, NaiveDate),
}

/// A date of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamped {
    /// The instant, as the clocks of its zone show it.
    pub instant: DateTime<FixedOffset>,
    /// The day, where a day is all that was given.
    pub day: Option<NaiveDate>,
    /// Where it was found.
    pub origin: Origin,
}

const MONTHS: [&[&str]; 12] = [
    &["janvier", "janv", "jan", "january"],
    &["fevrier", "fevr", "fev", "february", "feb"],
    &["mars", "march", "mar"],
    &["avril", "avr", "april", "apr"],
    &["mai", "may"],
    &["juin", "june", "jun"],
    &["juillet", "juil", "july", "jul"],
    &["aout", "august", "aug"],
    &["septembre", "sept", "september", "sep"],
    &["octobre", "oct", "october"],
    &["novembre", "nov", "november"],
    &["decembre", "dec", "december"],
];
const WEEKDAYS: [&str; 14] = [
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

/// Reads a date as people write it: `2020-01-29`, with `T` or a space and a time, with or without
/// an offset (RFC 3339 and its loose relatives); `29/01/2020` where no month can be meant by 29;
/// `mercredi 29 janvier 2020 à 14 h 30` and `29 January 2020`.
///
/// # Errors
/// It is none of these, no calendar has it, or it can be read in two ways.
pub fn parse(text: &str) -> Result<When, Refused> {
    let folded: String = nfc(&text.to_lowercase()).chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let folded = deunicode::deunicode(&folded).to_lowercase();
    let mut rest = Scanner { rest: folded.trim() };
    for weekday in WEEKDAYS {
        if rest.word(weekday) {
            rest.any(&[",", "."]);
            break;
        }
    }
    rest.word("le");
    let day = rest.date()?;
    if rest.rest.is_empty() {
        return Ok(When::Day(day));
    }
    let separated = rest.rest.starts_with([' ', 't', ',']);
    rest.any(&["t", ",", "-"]);
    let _ = rest.word("a") || rest.word("at");
    if !separated {
        return Err(Refused::NotUnderstood);
    }
    let time = rest.time()?;
    let wall = day.and_time(time);
    let when = match rest.offset()? {
        None => When::Wall(wall),
        Some(offset) => {
            let instant = wall.and_local_timezone(offset).single().ok_or(Refused::Impossible)?;
            When::Instant(instant)
        }
    };
    if rest.rest.is_empty() { Ok(when) } else { Err(Refused::NotUnderstood) }
}

struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes a whole word, if it is next.
    fn word(&mut self, word: &str) -> bool {
        self.spaces();
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                self.rest = rest.trim_start();
                true
            }
            _ => false,
        }
    }

    /// Takes the first of `marks` that is next.
    fn any(&mut self, marks: &[&str]) -> bool {
        self.spaces();
        match marks.iter().find_map(|mark| self.rest.strip_prefix(mark)) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// Takes digits and says how many.
    fn number(&mut self) -> Option<(u32, usize)> {
        let digits = self.rest.len() - self.rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = self.rest.split_at_checked(digits)?;
        let value = number.parse().ok()?;
        self.rest = rest;
        Some((value, digits))
    }

    fn date(&mut self) -> Result<NaiveDate, Refused> {
        if let Some(month) = self.month() {
            // January 29, 2020
            let (day, _) = self.number().ok_or(Refused::NotUnderstood)?;
            self.any(&["st", "nd", "rd", "th"]);
            self.any(&[","]);
            let year = self.year()?;
            return calendar(year, month, day);
        }
        let (first, width) = self.number().ok_or(Refused::NotUnderstood)?;
        if width == 8 {
            return calendar(first / 10_000, first / 100 % 100, first % 100);
        }
        let separator = self.rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'));
        if let Some(separator) = separator
            && self.rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        {
            let mark = separator.to_string();
            self.any(&[&mark]);
            let (second, _) = self.number().ok_or(Refused::NotUnderstood)?;
            if !self.any(&[&mark]) {
                return Err(Refused::NotUnderstood);
            }
            if width == 4 {
                let (day, digits) = self.number().ok_or(Refused::NotUnderstood)?;
                return if digits > 2 { Err(Refused::NotUnderstood) } else { calendar(first, second, day) };
            }
            let year = self.year()?;
            return match (calendar(year, second, first), calendar(year, first, second)) {
                (Ok(a), Ok(b)) if a != b => Err(Refused::Ambiguous(a, b)),
                // No month 29: the day is meant; the other way round nobody writes with dots.
                (Ok(day), _) => Ok(day),
                (Err(_), Ok(day)) if separator == '/' => Ok(day),
                (Err(refused), _) => Err(refused),
            };
        }
        // 29 janvier 2020, 1er fevrier 2020
        if width > 2 {
            return Err(Refused::NotUnderstood);
        }
        self.any(&["er", "st", "nd", "rd", "th"]);
        let month = self.month().ok_or(Refused::NotUnderstood)?;
        self.any(&[","]);
        let year = self.year()?;
        calendar(year, month, first)
    }

    fn month(&mut self) -> Option<u32> {
        for (index, names) in (1..).zip(MONTHS) {
            if names.iter().any(|name| self.word(name)) {
                self.any(&["."]);
                return Some(index);
            }
        }
        None
    }

    fn year(&mut self) -> Result<u32, Refused> {
        self.spaces();
        match self.number() {
            Some((year, 4)) => Ok(year),
            _ => Err(Refused::NotUnderstood),
        }
    }

    fn time(&mut self) -> Result<NaiveTime, Refused> {
        self.spaces();
        let (hour, digits) = self.number().ok_or(Refused::NotUnderstood)?;
        let spelt = self.any(&["heures", "heure", "h"]);
        if digits > 2 || !(spelt || self.rest.starts_with(':')) {
            return Err(Refused::NotUnderstood);
        }
        let minute = match (spelt, self.any(&[":"])) {
            (false, false) => return Err(Refused::NotUnderstood),
            (true, false) if !self.rest.starts_with(|c: char| c.is_ascii_digit()) => 0,
            _ => self.number().filter(|(_, digits)| *digits == 2).ok_or(Refused::NotUnderstood)?.0,
        };
        let mut second = 0;
        if self.rest.starts_with(':') {
            self.any(&[":"]);
            second = self.number().filter(|(_, digits)| *digits == 2).ok_or(Refused::NotUnderstood)?.0;
            if self.rest.starts_with(['.', ',']) {
                self.any(&[".", ","]);
                self.number().ok_or(Refused::NotUnderstood)?;
            }
        }
        // A leap second is written as the one before (DT-24).
        let second = if second == 60 { 59 } else { second };
        NaiveTime::from_hms_opt(hour, minute, second).ok_or(Refused::Impossible)
    }

    fn offset(&mut self) -> Result<Option<FixedOffset>, Refused> {
        self.spaces();
        if ["z", "utc", "gmt"].iter().any(|name| self.word(name)) {
            return Ok(FixedOffset::east_opt(0));
        }
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Ok(None),
        };
        self.any(&["+", "-"]);
        let (number, digits) = self.number().ok_or(Refused::NotUnderstood)?;
        let (hours, minutes) = match digits {
            4 => (number / 100, number % 100),
            1 | 2 if self.any(&[":"]) => (number, self.number().ok_or(Refused::NotUnderstood)?.0),
            1 | 2 => (number, 0),
            _ => return Err(Refused::NotUnderstood),
        };
        if hours > 14 || minutes > 59 {
            return Err(Refused::Impossible);
        }
        let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| Refused::Impossible)?;
        Ok(FixedOffset::east_opt(sign * seconds))
    }
}

/// A day that exists, in a year in which news did (a year 0001 is a default value, not a date).
fn calendar(year: u32, month: u32, day: u32) -> Result<NaiveDate, Refused> {
    let year = i32::try_from(year).ok().filter(|year| (1900..=9998).contains(year)).ok_or(Refused::Impossible)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(Refused::Impossible)
}

/// The day that starts a file's name, or the name of its folder where the file is `index`:
/// `2020-01-29-…`, `2020-1-29`, `20200129…`. A name that only looks so gives what it looks like.
pub fn in_name(path: &str) -> Option<Result<NaiveDate, &str>> {
    let name = super::id::bare(path).rsplit('/').next()?;
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let year_digits = digits(name);
    let number = |text: Option<&str>| text?.parse().ok();
    if year_digits == 8 {
        return calendar(number(name.get(..4))?, number(name.get(4..6))?, number(name.get(6..8))?).ok().map(Ok);
    }
    let separator = name.get(year_digits..)?.chars().next().filter(|c| matches!(c, '-' | '_' | '.'))?;
    let month = name.get(year_digits + 1..)?;
    let month_digits = digits(month);
    let day = month.get(month_digits..)?.strip_prefix(separator)?;
    let day_digits = digits(day);
    if year_digits != 4 || !(1..=2).contains(&month_digits) || !(1..=2).contains(&day_digits) {
        return None;
    }
    let date = calendar(number(name.get(..4))?, number(month.get(..month_digits))?, number(day.get(..day_digits))?);
    Some(date.map_err(|_| name.get(..year_digits + month_digits + day_digits + 2).unwrap_or(name)))
}

/// When the item is published: the head, else the file's name; not before an embargo. Two that
/// disagree: the head wins, with a warning; of two in the head the later, so that nothing goes out
/// too early.
pub fn published(draft: &Draft, config: &Config, id: &str, problems: &mut Vec<Problem>) -> Option<Stamped> {
    let clocks = Clocks::of(draft, config);
    let embargo = match &draft.embargo {
        Some(written) => Some(clocks.written(written, id, draft, problems)?),
        None => None,
    };
    let date = match (&draft.date, in_name(&draft.path)) {
        (Some(written), _) => Some(in_head(written, draft, &clocks, id, problems)?),
        (None, Some(Ok(day))) => {
            let (instant, day) = clocks.stamp(When::Day(day), id, Place::line(1), draft, problems)?;
            Some(Stamped { instant, day, origin: Origin::FileName })
        }
        (None, Some(Err(written))) => {
            problems.push(Problem::new(Code::DateImpossible, &draft.path).at(Place::line(1)).with("value", written));
            return None;
        }
        (None, None) => None,
    };
    match (date, embargo) {
        // EM-02: the embargo's instant is then the instant of publication.
        (Some(date), Some(embargo)) => Some(if embargo.instant > date.instant { embargo } else { date }),
        (Some(only), None) | (None, Some(only)) => Some(only),
        (None, None) => {
            let name = draft.path.rsplit('/').next().unwrap_or(&draft.path);
            problems.push(Problem::new(Code::DateMissing, &draft.path).at(Place::line(1)).with("name", name));
            None
        }
    }
}

/// The date of the head, compared with the file's name and with other dates of the head.
fn in_head(
    written: &At<String>,
    draft: &Draft,
    clocks: &Clocks<'_>,
    id: &str,
    problems: &mut Vec<Problem>,
) -> Option<Stamped> {
    let mut stamped = clocks.written(written, id, draft, problems)?;
    let meant = clocks.zone.local(stamped.instant.to_utc()).date_naive();
    // The day that was written, by its own offset, agrees as well.
    let typed = parse(&written.value).ok().map(When::day);
    let agrees = |named: &NaiveDate| *named == meant || Some(*named) == typed;
    if let Some(named) = in_name(&draft.path).and_then(Result::ok).filter(|named| !agrees(named)) {
        disagree(draft, &stamped, meant, named, problems);
    }
    for later in &draft.later {
        let other = clocks.written(later, id, draft, problems)?;
        if other.instant != stamped.instant {
            let (taken, left) = if other.instant > stamped.instant { (other, stamped) } else { (stamped, other) };
            disagree(draft, &taken, taken.instant.date_naive(), left.instant.date_naive(), problems);
            stamped = taken;
        }
    }
    Some(stamped)
}

fn disagree(draft: &Draft, taken: &Stamped, day: NaiveDate, other: NaiveDate, problems: &mut Vec<Problem>) {
    let line = match taken.origin {
        Origin::Head { line } => line,
        _ => 1,
    };
    let place = [&draft.date].into_iter().flatten().chain(&draft.later).map(|written| written.place);
    let place = place.into_iter().find(|place| place.line == line).unwrap_or(Place::line(line));
    let problem = Problem::new(Code::DatesDisagree, &draft.path).at(place);
    problems.push(problem.with("taken", day).with("other", other));
}

/// When it was last changed in a way readers should notice; when it was published, where nobody
/// said. Never before it was published (DT-06).
pub fn updated(
    draft: &Draft,
    config: &Config,
    id: &str,
    published: &Stamped,
    problems: &mut Vec<Problem>,
) -> (Stamped, Origin) {
    let unchanged = (*published, Origin::Published);
    let Some(written) = &draft.updated else {
        return unchanged;
    };
    let clocks = Clocks::of(draft, config);
    let Some(updated) = clocks.written(written, id, draft, problems) else {
        return unchanged;
    };
    let same_day = updated.day.is_some_and(|day| day == clocks.zone.local(published.instant.to_utc()).date_naive());
    if updated.instant < published.instant {
        if !same_day {
            problems.push(
                Problem::new(Code::UpdatedTooEarly, &draft.path).at(written.place).with("updated", &written.value),
            );
        }
        return unchanged;
    }
    (updated, updated.origin)
}

fn understood(written: &At<String>, draft: &Draft, problems: &mut Vec<Problem>) -> Option<When> {
    let problem = |code| Problem::new(code, &draft.path).at(written.place).with("value", &written.value);
    match parse(&written.value) {
        Ok(when) => return Some(when),
        Err(Refused::NotUnderstood) => problems.push(problem(Code::DateNotUnderstood)),
        Err(Refused::Impossible) => problems.push(problem(Code::DateImpossible)),
        Err(Refused::Ambiguous(a, b)) => {
            problems.push(problem(Code::DateAmbiguous).with("first", a).with("second", b));
        }
    }
    None
}

struct Clocks<'a> {
    zone: &'a Zone,
    day_time: NaiveTime,
}

impl<'a> Clocks<'a> {
    fn of(draft: &Draft, config: &'a Config) -> Self {
        let zone = config.folder_value(&draft.path, |folder| folder.zone.as_ref()).unwrap_or(&config.zone);
        let day_time = config.folder_value(&draft.path, |folder| folder.day_time).unwrap_or(config.day_time);
        Self { zone, day_time }
    }

    /// What is written in the head, understood and stamped.
    fn written(&self, written: &At<String>, id: &str, draft: &Draft, problems: &mut Vec<Problem>) -> Option<Stamped> {
        let when = understood(written, draft, problems)?;
        let (instant, day) = self.stamp(when, id, written.place, draft, problems)?;
        Some(Stamped { instant, day, origin: Origin::Head { line: written.place.line } })
    }

    fn stamp(
        &self,
        when: When,
        id: &str,
        place: Place,
        draft: &Draft,
        problems: &mut Vec<Problem>,
    ) -> Option<(DateTime<FixedOffset>, Option<NaiveDate>)> {
        let wall = match when {
            When::Day(day) => {
                let instant = self.zone.settled(day.and_time(self.day_time)) + TimeDelta::seconds(seconds_of(id));
                return Some((instant, Some(day)));
            }
            When::Instant(instant) => return Some((self.zone.local(instant.to_utc()), None)),
            When::Wall(wall) => wall,
        };
        let code = |code| Problem::new(code, &draft.path).at(place).with("zone", self.zone.name());
        match self.zone.instant(wall) {
            Wall::Once(instant) => Some((instant, None)),
            Wall::Twice { first, second } => {
                let problem = code(Code::DateTwice).with("first", first.to_rfc3339());
                problems.push(problem.with("second", second.to_rfc3339()));
                Some((first, None))
            }
            Wall::Gap { before, after } => {
                let shown = |instant: DateTime<FixedOffset>| {
                    self.zone.local(instant.to_utc()).format("%Y-%m-%d %H:%M").to_string()
                };
                let problem = code(Code::DateInGap).with("value", wall.format("%Y-%m-%d %H:%M"));
                problems.push(problem.with("earlier", shown(after)).with("later", shown(before)));
                None
            }
        }
    }
}

/// 0 to 59, from the id alone, so that a new neighbour never moves an old item (DT-13).
fn seconds_of(id: &str) -> i64 {
    let hash = blake3::hash(id.as_bytes());
    let number = hash.as_bytes().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    i64::try_from(number % 60).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(When::Day(day)) => day.to_string(),
            Ok(When::Wall(wall)) => wall.format("%Y-%m-%d %H:%M:%S").to_string(),
            Ok(When::Instant(instant)) => instant.to_rfc3339(),
            Err(refused) => format!("{refused:?}").split('(').next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn spellings() {
        for (written, meant) in [
            ("2020-01-29", "2020-01-29"),
            ("2020-1-29", "2020-01-29"),
            ("20200129", "2020-01-29"),
            ("2020-01-29T09:30:00+01:00", "2020-01-29T09:30:00+01:00"),
            ("2020-01-29 9:30:00 -0400", "2020-01-29T09:30:00-04:00"),
            ("2020-01-29t09:30Z", "2020-01-29T09:30:00+00:00"),
            ("2020-01-29 09:30:05.123 UTC", "2020-01-29T09:30:05+00:00"),
            ("2026-11-22 07:30", "2026-11-22 07:30:00"),
            ("2020-01-29T23:59:60+00", "2020-01-29T23:59:59+00:00"),
            ("29/01/2020", "2020-01-29"),
            ("01/29/2020", "2020-01-29"),
            ("05.05.2020", "2020-05-05"),
            ("29 janvier 2020", "2020-01-29"),
            ("Mercredi 29 JANVIER 2020 à 14 h 30", "2020-01-29 14:30:00"),
            ("le 1er février\u{a0}2020", "2020-02-01"),
            ("1er fe\u{301}vr. 2020 à 9h", "2020-02-01 09:00:00"),
            ("31 août 2020", "2020-08-31"),
            ("January 29, 2020", "2020-01-29"),
            ("29 Jan 2020 10:00:00 GMT", "2020-01-29T10:00:00+00:00"),
            ("2020-02-30", "Impossible"),
            ("31 avril 2020", "Impossible"),
            ("2020-01-29 24:00", "Impossible"),
            ("0001-01-01", "Impossible"),
            ("01/02/2020", "Ambiguous"),
            ("demain", "NotUnderstood"),
            ("2020-01", "NotUnderstood"),
            ("29/01/20", "NotUnderstood"),
            ("2020-01-29 matin", "NotUnderstood"),
            ("", "NotUnderstood"),
        ] {
            assert_eq!(shown(written), meant, "{written}");
        }
    }

    #[test]
    fn names() {
        for (path, day) in [
            ("2020-01-29-dgfip.md", Some("2020-01-29")),
            ("x/2020-1-29 titre.md", Some("2020-01-29")),
            ("20200129.md", Some("2020-01-29")),
            ("2020-01-29/index.md", Some("2020-01-29")),
            ("2020-02-30-x.md", Some("2020-02-30?")),
            ("budget-2020.md", None),
            ("1234567.md", None),
        ] {
            assert_eq!(
                in_name(path).map(|day| day.map_or_else(|text| format!("{text}?"), |day| day.to_string())).as_deref(),
                day,
                "{path}"
            );
        }
    }

    #[test]
    fn nothing_panics() {
        for text in ["é", "2020-é", "t", "+", "1 é", "2020-01-29T+", "2020-01-29 1:é", "99999999999"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
