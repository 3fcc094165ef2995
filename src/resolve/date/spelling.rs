//! From a date as people and machines write it to what it says: a day, an hour of some wall clock,
//! or an instant. Nothing is filled in and nothing is guessed; what cannot be one thing is refused
//! by name (DT-25, DT-30 to DT-34).
//!
//! No crate reads `1er février 2020`, and those that read much fill in the hour of the run; so this
//! is ours. The text is folded first (case, accents, kinds of spaces), then read from left to
//! right.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use unicode_normalization::UnicodeNormalization as _;

use super::words::{ABBREVIATED_ZONES, ARTICLES, HOURS, MIDNIGHTS, MONTHS, NOONS, WEEKDAYS};
use crate::config::{Order, near};
use crate::zone::Zone;

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// A day and no hour.
    Day(NaiveDate),
    /// What a clock on the wall showed.
    Wall(NaiveDateTime),
    /// What a clock on the wall of the zone that was named showed.
    Zoned(NaiveDateTime, Zone),
    /// With an offset: no zone is asked.
    Instant(DateTime<FixedOffset>),
}

impl When {
    /// The day as it was written.
    pub fn day(&self) -> NaiveDate {
        self.wall().map_or_else(|day| day, |wall| wall.date())
    }

    /// What the clock showed, by whatever zone; the day where there is no hour.
    pub fn wall(&self) -> Result<NaiveDateTime, NaiveDate> {
        match self {
            Self::Day(day) => Err(*day),
            Self::Wall(wall) | Self::Zoned(wall, _) => Ok(*wall),
            Self::Instant(instant) => Ok(instant.naive_local()),
        }
    }
}

/// A date that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What it says.
    pub when: When,
    /// The day of the week that was written, where that is another one than the date's.
    pub weekday: Option<Weekday>,
}

/// Why it cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Not a date that we know.
    NotUnderstood,
    /// No calendar, or no clock, has it.
    Impossible(Beyond),
    /// In a year in which no news was: `0001` is what a program writes that has none, `3020` a slip,
    /// 2563 a year of Bangkok.
    OutOfRange,
    /// Day first or month first?
    Ambiguous(NaiveDate, NaiveDate),
    /// `29/01/20`: of which century, and is 20 the year?
    ShortYear,
    /// `29 janvier`.
    NoYear,
    /// `janvier 2020`, `2020-01`.
    NoDay,
    /// `minuit`: the one that begins the day, or the one that ends it?
    Midnight,
}

/// What it is of that no calendar, or no clock, has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// A month of this number.
    Month(u32),
    /// The day; the month ends with this one.
    Day(u32),
    /// The hour, the minute or the second.
    Hour,
    /// The distance from UTC.
    Offset,
}

/// Reads a date. `order` is what the newsroom said of dates such as `03/04/2020`.
///
/// # Errors
/// Why it cannot be taken; [`EXAMPLES`] has one of each.
pub fn parse(text: &str, order: Option<Order>) -> Result<Read, Refused> {
    if let Some(when) = by_a_program(text) {
        return Ok(Read { when, weekday: None });
    }
    let folded = fold(text);
    let start = Scanner { rest: folded.trim(), order };
    // `mar` is March in many languages and Tuesday in some: a month if what follows agrees.
    let without = start.whole();
    let mut behind = start;
    match behind.weekday() {
        Some(weekday) if without.is_err() => {
            let when = behind.whole()?;
            let weekday = Some(weekday).filter(|weekday| *weekday != when.day().weekday());
            Ok(Read { when, weekday })
        }
        _ => without.map(|when| Read { when, weekday: None }),
    }
}

/// `2020-01-29`, with `T09:30:00+01:00`, `T09:30:00Z`, ` 09:30:00` or ` 09:30` behind it: nearly every date of
/// a head, read without asking for the words of any language. `None` is no answer.
fn by_a_program(text: &str) -> Option<When> {
    let day = in_figures(text)?;
    let (time, zone) = match text.get(10..)? {
        "" => return Some(When::Day(day)),
        behind => behind.strip_prefix(['T', ' '])?.split_at_checked(if behind.len() == 6 { 5 } else { 8 })?,
    };
    let second = if time.len() == 8 { figures(time.get(5..)?.strip_prefix(':')?)? } else { 0 };
    let minute = figures(time.get(2..5)?.strip_prefix(':')?)?;
    let wall = day.and_time(clock(figures(time.get(..2)?)?, minute, second).ok()?);
    let east = match zone {
        "" => return Some(When::Wall(wall)),
        "Z" => 0,
        offset => {
            let sign = if offset.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = offset.strip_prefix(['+', '-'])?.split_once(':')?;
            let (hours, minutes) = (figures(hours)?, figures(minutes)?);
            let is_known = hours <= 14 && minutes <= 59;
            sign * i32::try_from(is_known.then_some(hours * 3600 + minutes * 60)?).ok()?
        }
    };
    Clock::Offset(FixedOffset::east_opt(east)?).at(wall).ok()
}

/// The day that ten characters of a text give, `2020-01-29`.
fn in_figures(text: &str) -> Option<NaiveDate> {
    let parts = (text.get(..4)?, text.get(4..7)?.strip_prefix('-')?, text.get(7..10)?.strip_prefix('-')?);
    let (year, month, day) = parts;
    let year = figures(year.get(..2)?)? * 100 + figures(year.get(2..)?)?;
    calendar(year, figures(month)?, figures(day)?).ok()
}

/// A number of two figures.
fn figures(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0')),
        _ => None,
    }
}

/// What was perhaps meant where a month or a day of the week has one wrong letter.
pub fn nearly(text: &str, order: Option<Order>) -> Option<String> {
    let folded = fold(text);
    let mut words = folded.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3);
    words.find_map(|word| {
        let months = MONTHS.iter().copied().flatten().flat_map(|(_, names)| names.iter());
        let names = months.chain(WEEKDAYS.iter().flat_map(|(_, names)| names.iter()));
        let name = near(word, names.copied().filter(|name| name.len() > 3))?;
        let meant = folded.replacen(word, name, 1);
        parse(&meant, order).is_ok().then(|| meant.trim().to_owned())
    })
}

/// Whether a text that is no date names two days, or more: `13-14 juillet 2026`, `du 3 au 5 février 2020`.
pub fn is_several(text: &str) -> bool {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_day = |word: &&&str| {
        let figures = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        figures.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day)) && figures.len() <= 2
    };
    let is_month = |word: &&&str| MONTHS.iter().copied().flatten().any(|(_, names)| names.contains(word));
    let Some(month) = words.iter().position(|word| is_month(&word)) else { return false };
    let (before, behind) = words.split_at_checked(month).unwrap_or_default();
    let more = behind.iter().skip(1).position(|word| is_month(&word)).is_some_and(|at| at > 0);
    before.iter().filter(is_day).count() > 1 || more && before.iter().filter(is_day).count() == 1
}

/// The day with which a text begins, and what follows it, both folded: for names of files and
/// datelines, where more than a date is to be expected.
pub fn leading(text: &str, order: Option<Order>) -> Option<(Result<NaiveDate, Refused>, String)> {
    // Nearly every text that is asked has no figure at all.
    if !text.contains(char::is_numeric) {
        return None;
    }
    // Nearly every name of a file that has one begins so.
    if let Some((day, rest)) = in_figures(text).zip(text.get(10..))
        && rest.starts_with('-')
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    {
        return Some((Ok(day), rest.to_ascii_lowercase()));
    }
    let folded = fold(text);
    let mut scanner = Scanner { rest: folded.trim(), order };
    let mut behind = scanner;
    let day = match scanner.date() {
        Err(_) if behind.weekday().is_some() => {
            scanner = behind;
            scanner.date()
        }
        day => day,
    };
    match day {
        Err(Refused::NotUnderstood | Refused::NoDay | Refused::NoYear | Refused::ShortYear | Refused::OutOfRange) => {
            None
        }
        // `2²`: the figure goes on.
        _ if scanner.rest.starts_with(|c: char| c.is_numeric() && !c.is_ascii_digit()) => None,
        // What is left is no date: whoever makes a name of it wants our letters.
        day => Some((day, deunicode::deunicode(scanner.rest))),
    }
}

/// The hour with which the rest of a name begins that [`leading`] gave, and what follows it: `14h30`, `8h`, `T0930`,
/// where it can be nothing else. `8h de vélo` is how long something takes, `14h-18h` when something is open.
pub fn leading_hour(rest: &str) -> Option<(NaiveTime, &str)> {
    const SPANS: [&str; 12] = ["de", "d", "du", "des", "pour", "par", "non", "chrono", "a", "et", "of", "to"];
    let mut scanner = Scanner { rest, order: None };
    let compact = rest.starts_with('t');
    scanner.between();
    scanner.spaces();
    if !scanner.next_is_digit() {
        return None;
    }
    let time = scanner.time(compact).ok()?;
    // The space behind it may have been gone over.
    let behind = rest.get(rest.get(..rest.len() - scanner.rest.len())?.trim_end().len()..)?;
    let next = behind.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty());
    let span = next.is_some_and(|word| {
        let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
        SPANS.contains(&word) || unit.len() < word.len() && unit.starts_with('h')
    });
    let ends = !behind.starts_with(|c: char| c.is_ascii_alphanumeric());
    (ends && !span).then_some((time, behind))
}

/// Lower case, without accents, with plain spaces and hyphens, so that one spelling stands for
/// many (DT-30, DT-32). No more than that: whoever puts other writing into our letters makes
/// `mai` of a sign for wheat, and a year of Bangkok's into one of ours.
pub(super) fn fold(text: &str) -> String {
    let text = text.replace("<sup>", "").replace("</sup>", "");
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(if c.is_whitespace() { ' ' } else { c.to_ascii_lowercase() });
            continue;
        }
        for c in c.to_lowercase() {
            match c {
                // A small figure is a note's, a power's or a fraction's.
                '²' | '³' | '¹' | '\u{2070}'..='\u{2079}' | '\u{2080}'..='\u{2089}' => folded.push(c),
                '\u{ff10}'..='\u{ff19}' => folded.extend(c.nfkc()),
                _ if c.is_numeric() => folded.push(c),
                '°' => folded.push_str("deg"),
                _ => c.nfkd().filter(|c| !is_mark(*c)).for_each(|c| plain(c, &mut folded)),
            }
        }
    }
    folded.to_lowercase()
}

/// What stands above or below a letter, or is not seen at all.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}')
}

/// Letters and marks of which Unicode does not say what they are made of.
fn plain(c: char, folded: &mut String) {
    match c {
        'ł' => folded.push('l'),
        'ß' => folded.push_str("ss"),
        '‘' | '’' | 'ʼ' | '′' => folded.push('\''),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => folded.push('-'),
        '\u{feff}' => folded.push(' '),
        c if c.is_whitespace() => folded.push(' '),
        c => folded.push(c),
    }
}

#[derive(Clone, Copy)]
struct Scanner<'a> {
    rest: &'a str,
    order: Option<Order>,
}

impl<'a> Scanner<'a> {
    /// A date, perhaps a time, perhaps a zone, and nothing else.
    fn whole(mut self) -> Result<When, Refused> {
        if let Ok(when) = self.unix() {
            return Ok(when);
        }
        let day = self.date()?;
        self.era();
        if self.rest.is_empty() {
            return Ok(When::Day(day));
        }
        let compact = self.rest.starts_with('t');
        if !self.rest.starts_with([' ', 't', ',', '-']) || self.offset_alone() {
            return Err(Refused::NotUnderstood);
        }
        self.between();
        let time = self.time(compact)?;
        self.repeated_year(day);
        self.closed(day.and_time(time))
    }

    /// `Jan 29 09:00:00 2020 +0100`, `Jan 29 09:00:00 CET 2020`: as git and `date` write.
    fn unix(mut self) -> Result<When, Refused> {
        let month = self.month().ok_or(Refused::NotUnderstood)?;
        self.spaces();
        let (day, _) = self.number().ok_or(Refused::NotUnderstood)?;
        let time = self.time(false)?;
        let mut after = self;
        let zone = if after.year().is_ok() { None } else { self.zone()? };
        let wall = calendar(self.year()?, month, day)?.and_time(time);
        match zone {
            None => self.closed(wall),
            Some(zone) if self.rest.is_empty() => zone.at(wall),
            Some(_) => Err(Refused::NotUnderstood),
        }
    }

    /// What may follow the time: a zone, its name in brackets, and nothing else.
    fn closed(mut self, wall: NaiveDateTime) -> Result<When, Refused> {
        self.spaces();
        let zone = self.zone()?;
        self.spaces();
        // `+01:00[Europe/Paris]` (RFC 9557), `GMT+0100 (CET)`, `+0000 (UTC)`: the offset says it.
        if zone.is_some() && self.rest.starts_with(['[', '(']) && self.rest.ends_with([']', ')']) {
            self.rest = "";
        }
        match (zone, self.rest) {
            (None, "" | ".") => Ok(When::Wall(wall)),
            (Some(zone), "") => zone.at(wall),
            _ => Err(Refused::NotUnderstood),
        }
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes a whole word, if it is next.
    fn word(&mut self, word: &str) -> bool {
        match self.rest.trim_start().strip_prefix(word) {
            Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn one_of(&mut self, words: &[&str]) -> bool {
        // Most of what is asked is a figure; the lists are long, and of letters.
        if self.rest.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        words.iter().any(|word| self.word(word))
    }

    /// Takes a mark, if it is next.
    fn mark(&mut self, mark: char) -> bool {
        match self.rest.trim_start().strip_prefix(mark) {
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

    fn next_is_digit(&self) -> bool {
        self.rest.starts_with(|c: char| c.is_ascii_digit())
    }

    fn weekday(&mut self) -> Option<Weekday> {
        while self.one_of(ARTICLES) {}
        for (weekday, names) in WEEKDAYS {
            if self.one_of(names) {
                self.mark('.');
                self.mark(',');
                return Some(*weekday);
            }
        }
        None
    }

    fn month(&mut self) -> Option<u32> {
        for (index, names) in (1..).zip(MONTHS) {
            if names.iter().any(|(_, names)| self.one_of(names)) {
                self.mark('.');
                return Some(index);
            }
        }
        None
    }

    /// A year of four digits.
    fn year(&mut self) -> Result<u32, Refused> {
        self.spaces();
        let short = self.mark('\'');
        match self.number() {
            Some((year, 4)) if !short => Ok(year),
            // `2O20`: a letter for a zero is another slip.
            Some((_, 1 | 2)) if !self.rest.starts_with(|c: char| c.is_ascii_alphabetic() && c != 't') => {
                Err(Refused::ShortYear)
            }
            Some(_) => Err(Refused::NotUnderstood),
            None => Err(Refused::NoYear),
        }
    }

    fn date(&mut self) -> Result<NaiveDate, Refused> {
        while self.one_of(ARTICLES) {}
        if let Some(month) = self.month() {
            return self.after_month(month);
        }
        self.spaces();
        let (first, width) = self.number().ok_or(Refused::NotUnderstood)?;
        match width {
            // `29012020` has no year in front.
            8 if !YEARS.contains(&(first / 10_000)) => Err(Refused::NotUnderstood),
            8 => calendar(first / 10_000, first / 100 % 100, first % 100),
            4 => self.after_year(first),
            1 | 2 => self.after_day(first),
            _ => Err(Refused::NotUnderstood),
        }
    }

    /// `January 29, 2020`, `January 29th 2020`.
    fn after_month(&mut self, month: u32) -> Result<NaiveDate, Refused> {
        self.mark('-');
        self.spaces();
        let (day, digits) = self.number().ok_or(Refused::NotUnderstood)?;
        if digits == 4 {
            return Err(self.cut_short());
        }
        self.ordinal();
        self.mark(',');
        self.mark('-');
        let year = self.year()?;
        calendar(year, month, day)
    }

    /// `2020-01-29`, `2020/1/29`, `2020-Jan-29`.
    fn after_year(&mut self, year: u32) -> Result<NaiveDate, Refused> {
        let separator = self.separator();
        let by_name = self.month();
        let month = match by_name {
            Some(month) => month,
            None if separator.is_none() => return Err(self.cut_short()),
            None => match self.number() {
                Some((month, 1 | 2)) => month,
                Some(_) => return Err(Refused::NotUnderstood),
                None => return Err(self.cut_short()),
            },
        };
        let again = self.separator();
        if by_name.is_none() && again != separator {
            return Err(self.cut_short());
        }
        match self.number() {
            Some((day, 1 | 2)) => calendar(year, month, day),
            Some(_) => Err(Refused::NotUnderstood),
            None => Err(self.cut_short()),
        }
    }

    /// A date that ends before its day; what does not end is something else.
    fn cut_short(&self) -> Refused {
        if self.rest.trim().is_empty() { Refused::NoDay } else { Refused::NotUnderstood }
    }

    /// `29/01/2020`, `29. 1. 2020`, `29 janvier 2020`, `1er février 2020`, `29-Jan-2020`,
    /// `29 de enero de 2020`.
    fn after_day(&mut self, day: u32) -> Result<NaiveDate, Refused> {
        let mut numeric = *self;
        let separator = numeric.separator();
        if separator.is_some() && numeric.next_is_digit() {
            *self = numeric;
            return self.numeric(day, separator);
        }
        self.ordinal();
        self.separator();
        while self.one_of(&["de", "of", "d", "di"]) {}
        let month = self.month().ok_or(Refused::NotUnderstood)?;
        self.mark(',');
        self.mark('-');
        self.mark('/');
        while self.one_of(&["de", "del", "do"]) {}
        let year = self.year()?;
        calendar(year, month, day)
    }

    /// The rest of a date in figures whose first figure is not the year.
    fn numeric(&mut self, first: u32, separator: Option<char>) -> Result<NaiveDate, Refused> {
        let (second, digits) = self.number().ok_or(Refused::NotUnderstood)?;
        if digits == 4 {
            return Err(self.cut_short());
        }
        if digits > 2 {
            return Err(Refused::NotUnderstood);
        }
        if self.separator() != separator || !self.next_is_digit() {
            return Err(Refused::NoYear);
        }
        let year = self.year()?;
        let (day_first, month_first) = (calendar(year, second, first), calendar(year, first, second));
        match (day_first, month_first, self.order) {
            (Ok(day), Ok(_), Some(Order::DayFirst)) | (Ok(_), Ok(day), Some(Order::MonthFirst)) => Ok(day),
            (Ok(one), Ok(other), None) if one != other => Err(Refused::Ambiguous(one, other)),
            // No month 29: the day is meant.
            (Ok(day), ..) => Ok(day),
            // Nobody writes the month first with dots.
            (Err(_), Ok(day), _) if separator != Some('.') => Ok(day),
            (Err(refused), ..) => Err(refused),
        }
    }

    /// A mark between two figures, with or without spaces around it.
    fn separator(&mut self) -> Option<char> {
        let mark = self.rest.trim_start().chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
        self.mark(mark);
        Some(mark)
    }

    /// `1er`, `1st`, `1º`, `29.`
    fn ordinal(&mut self) {
        let endings = ["er", "ere", "st", "nd", "rd", "th", "o", "a", "deg", "e", "ste", "de"];
        if !self.rest.starts_with(' ') {
            self.one_of(&endings);
        }
    }

    /// `2020 r.`, `2020.`
    fn era(&mut self) {
        if self.one_of(&["r", "roku"]) || self.rest == "." {
            self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
        }
    }

    /// What may stand between the day and the time.
    fn between(&mut self) {
        let mut behind_t = *self;
        if behind_t.rest.starts_with('t') {
            behind_t.rest = behind_t.rest.get(1..).unwrap_or_default();
            if behind_t.next_is_digit() {
                *self = behind_t;
                return;
            }
        }
        self.mark(',');
        self.mark('-');
        while self.one_of(HOURS) {
            self.mark('.');
        }
    }

    /// `2020-01-29-04:00`: a day by the clocks of New York in XML, four in the morning to a person.
    fn offset_alone(mut self) -> bool {
        self.spaces();
        let behind = self.rest.strip_prefix('-').unwrap_or_default();
        let hours = behind.find(':').and_then(|colon| behind.get(..colon));
        hours.is_some_and(|hours| !hours.is_empty() && hours.bytes().all(|b| b.is_ascii_digit()))
    }

    /// `2023-01-29 18:30:22 2023 -0800`: Ruby reads it, so sites have it.
    fn repeated_year(&mut self, day: NaiveDate) {
        let mut again = *self;
        if again.year().ok().and_then(|year| i32::try_from(year).ok()) == Some(day.year()) {
            *self = again;
        }
    }

    /// `09:30`, `9:30:00.5`, `14h30`, `14 h 30`, `14 heures`, `2:30 pm`, `14.30 Uhr`, `midi`.
    fn time(&mut self, compact: bool) -> Result<NaiveTime, Refused> {
        self.spaces();
        if self.one_of(NOONS) {
            return NaiveTime::from_hms_opt(12, 0, 0).ok_or(Refused::Impossible(Beyond::Hour));
        }
        if self.one_of(MIDNIGHTS) {
            return Err(Refused::Midnight);
        }
        let (hour, digits) = self.number().ok_or(Refused::NotUnderstood)?;
        match digits {
            6 if compact => return clock(hour / 10_000, hour / 100 % 100, hour % 100),
            4 if compact => return clock(hour / 100, hour % 100, 0),
            1 | 2 => {}
            _ => return Err(Refused::NotUnderstood),
        }
        let mut minute = None;
        let mut second = 0;
        if self.hour_word() {
            self.spaces();
            if self.next_is_digit() {
                minute = Some(self.two()?);
                self.one_of(&["min", "mn", "minutes"]);
            } else {
                minute = Some(0);
            }
        } else if self.rest.starts_with([':', '.']) {
            let dotted = self.rest.starts_with('.');
            self.rest = self.rest.get(1..).unwrap_or_default();
            minute = Some(self.two()?);
            if !dotted && self.rest.starts_with(':') {
                self.rest = self.rest.get(1..).unwrap_or_default();
                second = self.two()?;
                if self.rest.starts_with(['.', ',']) {
                    self.rest = self.rest.get(1..).unwrap_or_default();
                    self.fraction()?;
                }
            }
            // `14.30` alone could be anything.
            if !self.hour_word() && dotted {
                return Err(Refused::NotUnderstood);
            }
        }
        let hour = match self.half() {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return Err(Refused::Impossible(Beyond::Hour)),
            Some(half) => {
                minute = minute.or(Some(0));
                hour % 12 + half
            }
        };
        match minute {
            Some(minute) => clock(hour, minute, second),
            None => Err(Refused::NotUnderstood),
        }
    }

    fn two(&mut self) -> Result<u32, Refused> {
        self.number().filter(|(_, digits)| *digits == 2).map(|(number, _)| number).ok_or(Refused::NotUnderstood)
    }

    /// Digits behind the second, however many: dropped, feeds carry whole seconds.
    fn fraction(&mut self) -> Result<(), Refused> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == self.rest.len() {
            return Err(Refused::NotUnderstood);
        }
        self.rest = rest;
        Ok(())
    }

    /// `h`, with or without a space or digits around it; `heures`, `Uhr`.
    fn hour_word(&mut self) -> bool {
        let text = self.rest.trim_start();
        let word = ["heures", "heure", "hrs", "hs", "uhr", "uur", "h"].into_iter().find_map(|w| text.strip_prefix(w));
        match word {
            Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Hours to add for `am` and `pm`; an hour alone is then a time (`9 am`).
    fn half(&mut self) -> Option<u32> {
        let text = self.rest.trim_start();
        let halves = [("a.m.", 0), ("p.m.", 12), ("am", 0), ("pm", 12)];
        let (half, rest) = halves.into_iter().find_map(|(word, half)| Some((half, text.strip_prefix(word)?)))?;
        if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        self.rest = rest;
        Some(half)
    }

    fn zone(&mut self) -> Result<Option<Clock>, Refused> {
        self.spaces();
        let mut bracketed = *self;
        if bracketed.mark('[') || bracketed.mark('(') {
            let Some(zone) = bracketed.named_zone() else { return Ok(None) };
            if bracketed.mark(']') || bracketed.mark(')') {
                *self = bracketed;
                return Ok(Some(zone));
            }
            return Ok(None);
        }
        if let Some(zone) = self.named_zone() {
            return Ok(Some(zone));
        }
        let mut universal = false;
        for name in ["z", "utc", "gmt", "ut"] {
            let rest = self.rest.strip_prefix(name);
            if let Some(rest) = rest.filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
                universal = true;
                self.rest = rest;
                break;
            }
        }
        if !universal && let Some((_, hours)) = ABBREVIATED_ZONES.iter().find(|(name, _)| self.word(name)) {
            return Ok(FixedOffset::east_opt(hours * 3600).map(Clock::Offset));
        }
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ if universal => return Ok(FixedOffset::east_opt(0).map(Clock::Offset)),
            _ => return Ok(None),
        };
        self.rest = self.rest.get(1..).unwrap_or_default();
        let (number, digits) = self.number().ok_or(Refused::NotUnderstood)?;
        let (hours, minutes) = match digits {
            4 => (number / 100, number % 100),
            1 | 2 if self.rest.starts_with(':') => {
                self.rest = self.rest.get(1..).unwrap_or_default();
                (number, self.two()?)
            }
            1 | 2 => (number, 0),
            _ => return Err(Refused::NotUnderstood),
        };
        if hours > 14 || minutes > 59 {
            return Err(Refused::Impossible(Beyond::Offset));
        }
        let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| Refused::Impossible(Beyond::Offset))?;
        Ok(FixedOffset::east_opt(sign * seconds).map(Clock::Offset))
    }

    /// `Europe/Paris`.
    fn named_zone(&mut self) -> Option<Clock> {
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/_-+".contains(c)));
        let (name, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        if !name.contains('/') {
            return None;
        }
        let zone = Zone::named(name)?;
        self.rest = rest;
        Some(Clock::Zone(zone))
    }
}

/// By which clock a time was written.
enum Clock {
    Offset(FixedOffset),
    Zone(Zone),
}

impl Clock {
    fn at(self, wall: NaiveDateTime) -> Result<When, Refused> {
        match self {
            Self::Zone(zone) => Ok(When::Zoned(wall, zone)),
            Self::Offset(offset) => {
                wall.and_local_timezone(offset).single().map(When::Instant).ok_or(Refused::Impossible(Beyond::Offset))
            }
        }
    }
}

/// The years of news. The feeds of those who need more will need another program by then.
const YEARS: std::ops::Range<u32> = 1900..2200;

/// A day that exists, in a year in which news did.
fn calendar(year: u32, month: u32, day: u32) -> Result<NaiveDate, Refused> {
    let known = i32::try_from(year).unwrap_or_default();
    if !(1..=12).contains(&month) {
        return Err(Refused::Impossible(Beyond::Month(month)));
    }
    let Some(date) = NaiveDate::from_ymd_opt(known, month, day) else {
        let last = (28..=31).rev().find(|last| NaiveDate::from_ymd_opt(known, month, *last).is_some());
        return Err(Refused::Impossible(Beyond::Day(last.unwrap_or_default())));
    };
    if YEARS.contains(&year) { Ok(date) } else { Err(Refused::OutOfRange) }
}

fn clock(hour: u32, minute: u32, second: u32) -> Result<NaiveTime, Refused> {
    // A leap second is written as the one before (DT-24).
    let second = if second == 60 { 59 } else { second };
    NaiveTime::from_hms_opt(hour, minute, second).ok_or(Refused::Impossible(Beyond::Hour))
}

/// One of each spelling and what it says; the last part of each is what is refused, with the name
/// of the refusal. The documentation is written from this table, and the test reads each.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("2020-01-29", "2020-01-29"),
    ("2020-1-29", "2020-01-29"),
    ("2020/01/29", "2020-01-29"),
    ("20200129", "2020-01-29"),
    ("2020-01-29T09:30:00+01:00", "2020-01-29T09:30:00+01:00"),
    ("2020-01-29 9:30:00 -0400", "2020-01-29T09:30:00-04:00"),
    ("2020-01-29T09:30Z", "2020-01-29T09:30:00+00:00"),
    ("2020-01-29 09:30:05.123 UTC", "2020-01-29T09:30:05+00:00"),
    ("2020-01-29 09:30 +1", "2020-01-29T09:30:00+01:00"),
    ("2020-01-29 09:30", "2020-01-29 09:30:00"),
    ("2020-01-29 9h30", "2020-01-29 09:30:00"),
    ("2020-01-29 09:30 Europe/Paris", "2020-01-29 09:30:00 Europe/Paris"),
    ("2020-01-29T09:30:00+01:00[Europe/Paris]", "2020-01-29T09:30:00+01:00"),
    ("20200129T093000Z", "2020-01-29T09:30:00+00:00"),
    ("Wed, 29 Jan 2020 09:30:00 +0100", "2020-01-29T09:30:00+01:00"),
    ("29 Jan 2020 09:30 GMT", "2020-01-29T09:30:00+00:00"),
    ("Wed Jan 29 09:30:00 2020 +0100", "2020-01-29T09:30:00+01:00"),
    ("Wed Jan 29 09:30:00 CET 2020", "2020-01-29T09:30:00+01:00"),
    ("2023-01-29 18:30:22 2023 -0800", "2023-01-29T18:30:22-08:00"),
    ("29 janvier 2020", "2020-01-29"),
    ("1er février 2020", "2020-02-01"),
    ("le 1ᵉʳ févr. 2020", "2020-02-01"),
    ("mercredi 29 janvier 2020 à 14 h 30", "2020-01-29 14:30:00"),
    ("29 janv. 2020, 14h", "2020-01-29 14:00:00"),
    ("29 janvier 2020 à midi", "2020-01-29 12:00:00"),
    ("January 29, 2020", "2020-01-29"),
    ("Jan. 29th, 2020 at 2:30 p.m.", "2020-01-29 14:30:00"),
    ("29-Jan-2020", "2020-01-29"),
    ("Mittwoch, 29. Januar 2020, 14.30 Uhr", "2020-01-29 14:30:00"),
    ("29 de enero de 2020 a las 14:30", "2020-01-29 14:30:00"),
    ("1º de março de 2020", "2020-03-01"),
    ("mercoledì 29 gennaio 2020, ore 14:30", "2020-01-29 14:30:00"),
    ("woensdag 29 januari 2020 om 14.30 uur", "2020-01-29 14:30:00"),
    ("29 stycznia 2020 r.", "2020-01-29"),
    ("29/01/2020", "2020-01-29"),
    ("29.01.2020", "2020-01-29"),
    ("29. 1. 2020", "2020-01-29"),
    ("29-01-2020", "2020-01-29"),
    ("01/29/2020", "2020-01-29"),
    ("05/05/2020", "2020-05-05"),
    ("2020-01-29T23:59:60+00:00", "2020-01-29T23:59:59+00:00"),
    ("03/04/2020", "Ambiguous"),
    ("2020-02-30", "Impossible"),
    ("31 avril 2020", "Impossible"),
    ("2020-01-29 24:00", "Impossible"),
    ("0001-01-01", "OutOfRange"),
    ("29 janvier 3020", "OutOfRange"),
    ("29/01/20", "ShortYear"),
    ("29 janvier", "NoYear"),
    ("janvier 2020", "NoDay"),
    ("2020-01", "NoDay"),
    ("2020", "NoDay"),
    ("29 janvier 2020 à minuit", "Midnight"),
    ("demain", "NotUnderstood"),
    ("2020-01-29 matin", "NotUnderstood"),
    ("du 3 au 5 février 2020", "NotUnderstood"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_writes_is_read_as_everything_else_is() {
        let slowly = |text: &str| Scanner { rest: &fold(text), order: None }.whole();
        let mut read = 0;
        for day in ["2020-01-29", "2020-02-30", "1899-12-31", "2020-1-29", "2020_01_29", "2020-01-29 ", "é020-01-29"] {
            for time in
                ["", "T09:30:05", " 09:30:60", " 09:30", "T24:00:00", " 9:30", "T09.30.05", "T0930", " 00:00:00"]
            {
                for zone in ["", "Z", "+01:00", "-03:30", "+15:00", "+0100", "z", " +01:00", "+01:0", "[x]"] {
                    let text = format!("{day}{time}{zone}");
                    if let Some(when) = by_a_program(&text) {
                        assert_eq!(Ok(when), slowly(&text), "{text}");
                        read += 1;
                    }
                }
            }
        }
        assert_eq!(read, 14);
    }

    fn shown(text: &str, order: Option<Order>) -> String {
        match parse(text, order).map(|read| read.when) {
            Ok(When::Day(day)) => day.to_string(),
            Ok(When::Wall(wall)) => wall.format("%Y-%m-%d %H:%M:%S").to_string(),
            Ok(When::Zoned(wall, zone)) => format!("{} {}", wall.format("%Y-%m-%d %H:%M:%S"), zone.name()),
            Ok(When::Instant(instant)) => instant.to_rfc3339(),
            Err(refused) => format!("{refused:?}").split('(').next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn spellings() {
        for (written, meant) in EXAMPLES {
            assert_eq!(shown(written, None), *meant, "{written}");
            assert_eq!(shown(&written.replace(' ', "\u{a0}").to_uppercase(), None), *meant, "{written} in capitals");
        }
    }

    #[test]
    fn more_spellings() {
        for (written, meant) in [
            ("1er fe\u{301}vr. 2020 à 9h", "2020-02-01 09:00:00"),
            ("1<sup>er</sup> février 2020", "2020-02-01"),
            ("mar. 28 janv. 2020", "2020-01-28"),
            ("Mar 3 2020", "2020-03-03"),
            ("Tue, 03 Mar 2020 00:00:00 EST", "2020-03-03T00:00:00-05:00"),
            ("2020-01-29 12 am", "2020-01-29 00:00:00"),
            ("2020-01-29 12:15 PM", "2020-01-29 12:15:00"),
            ("Wed Jan 29 2020 09:00:00 GMT+0100 (Central European Standard Time)", "2020-01-29T09:00:00+01:00"),
            ("2020-01-29 10:00 UTC+2", "2020-01-29T10:00:00+02:00"),
            ("2020-01-29 09:00 (Europe/Paris)", "2020-01-29 09:00:00 Europe/Paris"),
            ("29 JANV 2020 14H30", "2020-01-29 14:30:00"),
            ("29 janvier 2020 à 14 heures 05", "2020-01-29 14:05:00"),
            ("29/01/2020 14:30", "2020-01-29 14:30:00"),
            ("2020.01.29", "2020-01-29"),
            ("2020-Jan-29", "2020-01-29"),
            ("29th of January 2020", "2020-01-29"),
            ("1° gennaio 2020", "2020-01-01"),
            ("3 marca 2020", "2020-03-03"),
            ("1. März 2020", "2020-03-01"),
            ("1 MAERZ 2020", "2020-03-01"),
            ("31 août 2020", "2020-08-31"),
            ("31 aout 2020", "2020-08-31"),
            ("quarta-feira, 29 de janeiro de 2020", "2020-01-29"),
            ("środa, 29 stycznia 2020", "2020-01-29"),
            ("2020-01-29\u{a0}09:30", "2020-01-29 09:30:00"),
            ("2020-01-29T09:30:00−04:00", "2020-01-29T09:30:00-04:00"),
            ("2020-13-01", "Impossible"),
            ("29.13.2020", "Impossible"),
            ("01.29.2020", "Impossible"),
            ("2020-01-29 13:00 pm", "Impossible"),
            ("2020-01-29T09:30:00+15:00", "Impossible"),
            ("20-01-29", "ShortYear"),
            ("29 janvier 20", "ShortYear"),
            ("January '20", "NotUnderstood"),
            ("2020-01-29 Nowhere/Here", "NotUnderstood"),
            ("2020-01-29 09:30 Nowhere/Here", "NotUnderstood"),
            ("2020-01-29 14.30", "NotUnderstood"),
            ("1580288400", "NotUnderstood"),
            ("2020-01-29 2021-01-01", "NotUnderstood"),
            ("29012020", "NotUnderstood"),
            ("20201301", "Impossible"),
            ("29 janvier 2O20", "NotUnderstood"),
            ("29 janvier 2563", "OutOfRange"),
            ("3 stycznia 2020 r., 14:30", "2020-01-03 14:30:00"),
            ("2020-01-29 - 14:30", "2020-01-29 14:30:00"),
            ("2020-01-29-04:00", "NotUnderstood"),
            ("2020-01-29 -04:00", "NotUnderstood"),
            ("２０２０－０１－２９", "2020-01-29"),
            ("29 麦 2020", "NotUnderstood"),
            ("2020年1月29日", "NotUnderstood"),
            ("๒๙/๐๑/๒๕๖๓", "NotUnderstood"),
            ("2020-01-2²", "NotUnderstood"),
            ("2020-01-①", "NotUnderstood"),
            ("29 janvier 2020 29 janvier 2020", "NotUnderstood"),
            ("", "NotUnderstood"),
        ] {
            assert_eq!(shown(written, None), meant, "{written}");
        }
    }

    #[test]
    fn the_order_is_asked_where_both_are_possible() {
        for (written, order, meant) in [
            ("03/04/2020", Order::DayFirst, "2020-04-03"),
            ("03/04/2020", Order::MonthFirst, "2020-03-04"),
            ("3.4.2020 14:30", Order::DayFirst, "2020-04-03 14:30:00"),
            ("29/01/2020", Order::MonthFirst, "2020-01-29"),
            ("2020-03-04", Order::DayFirst, "2020-03-04"),
        ] {
            assert_eq!(shown(written, Some(order)), meant, "{written}");
        }
    }

    #[test]
    fn two_days_are_seen() {
        for text in [
            "13-14 juillet 2026",
            "13 et 14 juillet 2026",
            "du 3 au 5 février 2020",
            "du 1er au 5 février 2020",
            "13, 14 et 15 juillet",
            "30 juin - 2 juillet 2026",
            "30 juin 2026 au 2 juillet 2026",
        ] {
            assert!(is_several(text) && parse(text, None).is_err(), "{text}");
        }
        for text in ["14 juillet", "14 juillet 2026", "demain", "juillet 2026", "13-14 2026", "14 juillet 2026 matin"] {
            assert!(!is_several(text), "{text}");
        }
    }

    #[test]
    fn a_slip_of_one_letter_is_seen() {
        assert_eq!(nearly("29 janvrier 2020", None).as_deref(), Some("29 janvier 2020"));
        assert_eq!(nearly("Mercerdi 29 Janvier 2020", None).as_deref(), Some("mercredi 29 janvier 2020"));
        assert_eq!(nearly("29 janvrier", None), None);
        assert_eq!(nearly("demain", None), None);
    }

    #[test]
    fn a_weekday_is_compared() {
        let weekday = |text: &str| parse(text, None).unwrap().weekday;
        assert_eq!(weekday("mercredi 29 janvier 2020"), None);
        assert_eq!(weekday("jeudi 29 janvier 2020"), Some(Weekday::Thu));
        assert_eq!(weekday("Thu, 29 Jan 2020 09:00:00 +0000"), Some(Weekday::Thu));
    }

    #[test]
    fn what_follows_a_leading_date_is_given_back() {
        let day = NaiveDate::from_ymd_opt(2020, 1, 29).unwrap();
        assert_eq!(leading("2020-01-29-dgfip", None), Some((Ok(day), "-dgfip".to_owned())));
        assert_eq!(leading("le 29 janvier 2020 – La", None), Some((Ok(day), " - la".to_owned())));
        assert_eq!(leading("budget-2020", None), None);
        assert_eq!(leading("2020-01-2²", None), None);
    }

    #[test]
    fn an_hour_behind_a_leading_date_is_one_where_it_can_be_nothing_else() {
        for (name, hour) in [
            ("2026-11-30 23h55 f", Some("23:55:00 f")),
            ("2026-12-24 8h", Some("08:00:00")),
            ("2026-11-24-14h30-x", Some("14:30:00-x")),
            ("2026-11-24 - 14 h 30 - x", Some("14:30:00 - x")),
            ("2026-11-24 à 9 heures x", Some("09:00:00 x")),
            ("2026-11-24T0930-x", Some("09:30:00-x")),
            ("20261124T093000", Some("09:30:00")),
            ("2026-11-24 14:30 x", Some("14:30:00 x")),
            ("2026-11-24 9am x", Some("09:00:00 x")),
            ("24 novembre 2026 14H30 x", Some("14:30:00 x")),
            ("2026-11-24 8h de vélo", None),
            ("2026-11-24-6h-chrono", None),
            ("2026-11-24 24h de Lens", None),
            ("2026-11-24 14h-18h portes ouvertes", None),
            ("2026-11-24 8h à 12h", None),
            ("2026-11-24 12 projets", None),
            ("2026-11-24 14.30 x", None),
            ("2026-11-24 midi", None),
            ("2026-11-24 Budget 14h30", None),
            ("2026-11-24-tarifs", None),
            ("2026-11-24 25h30 x", None),
            ("2026-11-24 3hectares", None),
            ("2026-11-24", None),
        ] {
            let (_, rest) = leading(name, None).unwrap();
            let read = leading_hour(&rest).map(|(time, rest)| format!("{time}{rest}"));
            assert_eq!(read.as_deref(), hour, "{name}");
        }
    }

    #[test]
    fn nothing_panics() {
        for text in
            ["é", "2020-é", "t", "+", "1 é", "2020-01-29T+", "2020-01-29 1:é", "99999999999", "1 jan '", "[", "("]
        {
            assert!(parse(text, None).is_err(), "{text}");
        }
    }
}
