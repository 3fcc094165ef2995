//! Laws of when and who, over more spellings than anybody would write down: what a person wrote is
//! what is read, to the second, by the clocks of any zone, or it is refused; and no date is ever
//! made up. The words of dates are those of `words.rs`.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use crieur::config::Order;
use crieur::resolve::date::spelling;
use crieur::{Code, Config, Item, Newsroom, Problem, Source};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;
use unicode_normalization::UnicodeNormalization as _;

use crate::harness::CONFIG;
use crate::words::{LANGUAGES, bare, stands_in};

/// Half hours and quarters, summer times of one hour, half an hour, two hours and a negative one, an
/// offset with seconds (Monrovia until 1972), a day that was skipped (Apia, 2011-12-30).
const ZONES: [&str; 20] = [
    "UTC",
    "Europe/Paris",
    "Europe/London",
    "Europe/Warsaw",
    "Europe/Moscow",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Caracas",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Antarctica/Troll",
];

struct Place {
    name: &'static str,
    rules: TimeZone,
    /// The instants at which its clocks were changed, and its offset before each, in seconds.
    changes: Vec<(i64, i64)>,
    newsroom: Config,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let place = |name: &'static str| {
        let rules = TimeZone::get(name).unwrap();
        let first = jiff::Timestamp::from_second(FIRST).unwrap();
        let changes = rules.following(first).map(|change| change.timestamp().as_second());
        let changes = changes.take_while(|at| *at < LAST).map(|at| (at, offset(&rules, at - 1))).collect();
        Place { name, changes, newsroom: newsroom(name, ""), rules }
    };
    ZONES.into_iter().map(place).collect()
});

/// 1970-01-03 and 2100-12-29: no zone leads out of these years.
const FIRST: i64 = 2 * 86_400;
const LAST: i64 = 4_133_894_400 - 3 * 86_400;

fn newsroom(zone: &str, more: &str) -> Config {
    let text = CONFIG.replace("Europe/Paris", zone);
    Config::parse(&format!("{more}\n{text}")).unwrap()
}

fn offset(rules: &TimeZone, at: i64) -> i64 {
    rules.to_offset(jiff::Timestamp::from_second(at).unwrap()).seconds().into()
}

fn wall(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(seconds, 0).unwrap().naive_utc()
}

fn seconds(wall: NaiveDateTime) -> i64 {
    wall.and_utc().timestamp()
}

/// What is meant by a spelling.
#[derive(Debug, PartialEq)]
enum Meant {
    Day(NaiveDate),
    Instant(i64),
    /// What a clock showed twice: the first time, and the second.
    Twice(i64, i64),
    /// What no clock showed, and what it showed that long before and behind the change.
    Gap(NaiveDateTime, NaiveDateTime),
}

/// Found from the other side: which instants have a clock that shows this?
fn by_the_clock(place: &Place, shown: NaiveDateTime) -> Option<Meant> {
    let near = (-27..=27).map(|hours| offset(&place.rules, seconds(shown) + hours * 3600));
    let mut offsets: Vec<i64> = near.collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut instants: Vec<i64> = offsets.iter().map(|offset| seconds(shown) - offset).collect();
    let all = instants.clone();
    instants.retain(|at| at + offset(&place.rules, *at) == seconds(shown));
    instants.sort_unstable();
    match (instants.as_slice(), all.as_slice()) {
        ([one], _) => Some(Meant::Instant(*one)),
        ([first, second], _) => Some(Meant::Twice(*first, *second)),
        ([], [later, earlier]) => {
            let local = |at: i64| wall(at + offset(&place.rules, at));
            Some(Meant::Gap(local(*earlier), local(*later)))
        }
        // Two changes within two days.
        _ => None,
    }
}

fn read(config: &Config, file: &str, sidecar: Option<&str>) -> Newsroom {
    let beside = sidecar.map(|text| ("x.md.toml", text.to_owned()));
    let source = Source::in_memory([("x.md", file.to_owned())].into_iter().chain(beside));
    crieur::read(config, &source, "2111-11-11T11:11:11Z".parse().unwrap())
}

/// Ways to put a date into a head.
#[derive(Debug, Clone, Copy)]
enum Head {
    YamlPlain,
    YamlSingle,
    YamlDouble,
    Toml,
    Json,
    Lines,
    Dotted,
    Sidecar,
    /// Without quotes: a date in the eyes of TOML.
    TomlNative,
}

const HEADS: [Head; 8] = [
    Head::YamlPlain,
    Head::YamlSingle,
    Head::YamlDouble,
    Head::Toml,
    Head::Json,
    Head::Lines,
    Head::Dotted,
    Head::Sidecar,
];

fn in_head(head: Head, date: &str, config: &Config) -> Newsroom {
    let quoted = json!(date);
    let body = "\nTexte.\n";
    let file = match head {
        Head::YamlPlain => format!("---\ntitle: Titre\ndate: {date}\n---\n{body}"),
        Head::YamlSingle => format!("---\ntitle: Titre\ndate: '{date}'\n---\n{body}"),
        Head::YamlDouble => format!("---\ntitle: Titre\ndate: {quoted}\n---\n{body}"),
        Head::Toml => format!("+++\ntitle = \"Titre\"\ndate = {quoted}\n+++\n{body}"),
        Head::TomlNative => format!("+++\ntitle = \"Titre\"\ndate = {date}\n+++\n{body}"),
        Head::Json => format!("{{\"title\": \"Titre\", \"date\": {quoted}}}\n{body}"),
        Head::Lines => format!("Title: Titre\nDate: {date}\n{body}"),
        Head::Dotted => format!(".. title: Titre\n.. date: {date}\n{body}"),
        Head::Sidecar => return read(config, "# Titre\n\nTexte.\n", Some(&format!("date = {quoted}\n"))),
    };
    read(config, &file, None)
}

fn has(newsroom: &Newsroom, code: Code) -> Option<&Problem> {
    newsroom.problems.iter().find(|problem| problem.code == code)
}

/// What was read is what was meant, and what had to be said was said.
fn check(newsroom: &Newsroom, meant: &Meant, place: &Place) -> Result<(), TestCaseError> {
    let said = &newsroom.problems;
    if let Meant::Gap(earlier, later) = meant {
        prop_assert!(newsroom.items.is_empty());
        let problem = has(newsroom, Code::DateInGap);
        let problem = problem.ok_or_else(|| TestCaseError::fail(format!("no gap was seen: {said:?}")))?;
        let minute = |wall: &NaiveDateTime| wall.format("%Y-%m-%d %H:%M").to_string();
        // An offset with seconds is shown without them.
        if place.name == "Africa/Monrovia" {
            return Ok(());
        }
        prop_assert_eq!(problem.argument("earlier").map(str::to_owned), Some(minute(earlier)));
        prop_assert_eq!(problem.argument("later").map(str::to_owned), Some(minute(later)));
        return Ok(());
    }
    let [item] = newsroom.items.as_slice() else {
        return Err(TestCaseError::fail(format!("not read: {said:?}")));
    };
    let allowed = |problem: &&Problem| matches!(problem.code, Code::OffsetOdd | Code::DateTwice);
    prop_assert!(said.iter().all(|problem| allowed(&problem)), "{:?}", said);
    let published = item.published.timestamp();
    match meant {
        Meant::Day(day) => {
            prop_assert_eq!(item.day, Some(*day));
            if let Some(Meant::Instant(nine)) = by_the_clock(place, day.and_hms_opt(9, 0, 0).unwrap()) {
                prop_assert!((nine..nine + 60).contains(&published), "{} is not 9:00", item.published);
            }
        }
        Meant::Instant(instant) | Meant::Twice(instant, _) => {
            prop_assert_eq!(item.day, None);
            prop_assert_eq!(published, *instant, "{} instead of {}", item.published, wall(*instant));
        }
        Meant::Gap(..) => {}
    }
    let twice = has(newsroom, Code::DateTwice);
    prop_assert_eq!(twice.is_some(), matches!(meant, Meant::Twice(..)));
    if let (Some(problem), Meant::Twice(_, second)) = (twice, meant) {
        let said = DateTime::parse_from_rfc3339(problem.argument("second").unwrap()).unwrap();
        prop_assert_eq!(said.timestamp(), *second);
    }
    Ok(())
}

/// Days and hours in figures, as machines write them, and people who know machines.
const FIGURES: &[&str] =
    &["{y}-{MM}-{dd}", "{y}-{M}-{d}", "{y}/{MM}/{dd}", "{y}/{M}/{d}", "{y}.{MM}.{dd}", "{y}{MM}{dd}"];
const CLOCKS: &[&str] = &[
    "T{hh}:{mm}:{ss}",
    "t{hh}:{mm}:{ss}",
    " {hh}:{mm}:{ss}",
    "T{hh}:{mm}",
    " {h}:{mm}",
    " {hh}:{mm}",
    "T{hh}:{mm}:{ss}.{fraction}",
    " {h}:{mm}:{ss}.{fraction}",
    "T{hh}:{mm}:{ss},{fraction}",
    "  {hh}:{mm}",
    " {h}h{mm}",
    " - {hh}:{mm}",
];
/// What may stand behind a day with an hour that came out of a mail, a log or a program.
const MACHINES: &[&str] = &[
    "{Www}, {dd} {Mon} {y} {hh}:{mm}:{ss} {zone}",
    "{Www}, {d} {Mon} {y} {hh}:{mm} {zone}",
    "{dd} {Mon} {y} {hh}:{mm}:{ss} {zone}",
    "{d} {Mon} {y} {hh}:{mm} {zone}",
    "{Www} {Mon} {dd} {hh}:{mm}:{ss} {y} {zone}",
    "{Www} {Mon} {dd} {hh}:{mm}:{ss} {zone} {y}",
    "{y}{MM}{dd}T{hh}{mm}{ss}{zone}",
    "{y}{MM}{dd}T{hh}{mm}{zone}",
    "{y}-{MM}-{dd} {hh}:{mm}:{ss} {y} {zone}",
];

/// The wall clock cut to what a pattern shows of it.
fn cut(pattern: &str, shown: NaiveDateTime) -> NaiveDateTime {
    let shown = if pattern.contains("{ss}") { shown } else { shown.with_second(0).unwrap() };
    if pattern.contains("{mm}") { shown } else { shown.with_minute(0).unwrap() }
}

fn is_a_day(pattern: &str) -> bool {
    !pattern.contains("{h") && !pattern.contains("{12}")
}

/// Fills in a pattern; the figures by hand, since formatting is a part of what is tested.
fn fill(pattern: &str, shown: NaiveDateTime, words: &[(&str, String)]) -> String {
    let two = |number: u32| format!("{}{}", number / 10, number % 10);
    let (twelve, half) = match shown.hour() {
        0 => (12, "a.m."),
        hour @ 1..12 => (hour, "am"),
        12 => (12, "PM"),
        hour => (hour - 12, "p.m."),
    };
    let mut text = pattern.to_owned();
    for (name, value) in words {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    for (name, value) in [
        ("y", shown.year().to_string()),
        ("MM", two(shown.month())),
        ("M", shown.month().to_string()),
        ("dd", two(shown.day())),
        ("d", shown.day().to_string()),
        ("hh", two(shown.hour())),
        ("h", shown.hour().to_string()),
        ("12", twelve.to_string()),
        ("half", half.to_owned()),
        ("mm", two(shown.minute())),
        ("ss", two(shown.second())),
    ] {
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    assert!(!text.contains('{'), "{text}");
    text
}

/// What editors, keyboards and people do to a text without changing what it says.
fn handled(text: &str, letters: usize, space: &str) -> String {
    let text = match letters {
        1 => text.to_uppercase(),
        2 => text.nfd().collect(),
        3 => bare(text),
        4 => bare(&text.to_uppercase()),
        5 => text.to_uppercase().nfd().collect(),
        _ => text.to_owned(),
    };
    text.replace(' ', space)
}

const SPACES: [&str; 5] = [" ", "\u{a0}", "\u{202f}", "  ", "\u{2009}"];

/// A zone, and what a clock in it shows: any minute of 130 years, or one within three hours of a
/// change of its clocks.
fn clocks() -> impl Strategy<Value = (usize, NaiveDateTime)> {
    (0..ZONES.len(), FIRST..LAST, any::<Option<Index>>(), -10_800_i64..10_800).prop_map(|(zone, any, change, near)| {
        let changes = &PLACES[zone].changes;
        match change {
            Some(change) if !changes.is_empty() => {
                let (at, before) = changes[change.index(changes.len())];
                (zone, wall(at + before + near / 60 * 60))
            }
            _ => (zone, wall(any + offset(&PLACES[zone].rules, any))),
        }
    })
}

/// An offset in seconds and ways to write it.
fn offsets() -> impl Strategy<Value = (i64, String)> {
    let minutes = prop_oneof![select(vec![0, 60, 120, -300, 330, 345, -210, 840, -720]), -720..=840_i64];
    (minutes, 0..7_usize).prop_map(|(minutes, style)| {
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        let colon = format!("{sign}{hours:02}:{rest:02}");
        let written = match style {
            0 if minutes == 0 => "Z".to_owned(),
            1 if minutes == 0 => " UTC".to_owned(),
            2 if minutes == 0 => " GMT".to_owned(),
            0 | 1 => format!(" {sign}{hours:02}{rest:02}"),
            2 if rest == 0 => format!("{sign}{hours:02}"),
            3 if rest == 0 => format!(" {sign}{hours}"),
            4 => format!(" UTC{colon}"),
            5 if minutes < 0 => colon.replace('-', "\u{2212}"),
            6 => format!("{sign}{hours:02}{rest:02}"),
            _ => colon,
        };
        (minutes * 60, written)
    })
}

/// A day in figures and, perhaps, an hour: the pattern.
fn figures() -> impl Strategy<Value = String> {
    (select(FIGURES), prop::option::weighted(0.8, select(CLOCKS)), "[0-9]{1,9}").prop_map(|(day, clock, fraction)| {
        format!("{day}{}", clock.unwrap_or_default()).replace("{fraction}", &fraction)
    })
}

fn laws(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(laws(600))]

    #[test]
    fn figures_are_read_by_the_clocks_of_the_newsroom(
        (zone, shown) in clocks(), pattern in figures(), head in select(&HEADS[..]),
    ) {
        let place = &PLACES[zone];
        let shown = cut(&pattern, shown);
        let day = is_a_day(&pattern).then(|| Meant::Day(shown.date()));
        let Some(meant) = day.or_else(|| by_the_clock(place, shown)) else { return Ok(()) };
        let text = fill(&pattern, shown, &[]);
        check(&in_head(head, &text, &place.newsroom), &meant, place)?;
    }

    #[test]
    fn a_zone_that_is_named_counts(
        (zone, shown) in clocks(), day in select(FIGURES), clock in select(CLOCKS), style in 0..3_usize,
        head in select(&HEADS[..]),
    ) {
        prop_assume!(zone > 0); // `UTC` is written as an offset
        let place = &PLACES[zone];
        let pattern = format!("{day}{clock}").replace("{fraction}", "5");
        let shown = cut(&pattern, shown);
        let Some(meant) = by_the_clock(place, shown) else { return Ok(()) };
        let name = [format!(" {}", place.name), format!("[{}]", place.name), format!(" ({})", place.name)];
        let text = format!("{}{}", fill(&pattern, shown, &[]), name[style]);
        check(&in_head(head, &text, &PLACES[1].newsroom), &meant, place)?;
    }

    #[test]
    fn an_offset_counts_in_any_newsroom(
        (zone, shown) in clocks(), pattern in figures(), (offset, written) in offsets(), behind in 0..3_usize,
        head in select(&HEADS[..]),
    ) {
        let pattern = if is_a_day(&pattern) { format!("{pattern}T{{hh}}:{{mm}}") } else { pattern };
        let shown = cut(&pattern, shown);
        // What RFC 9557 and browsers put behind it says nothing more.
        let behind = ["", "[Europe/Paris]", " (CET)"][behind];
        let text = format!("{}{written}{behind}", fill(&pattern, shown, &[]));
        let meant = Meant::Instant(seconds(shown) - offset);
        check(&in_head(head, &text, &PLACES[zone].newsroom), &meant, &PLACES[zone])?;
    }

    #[test]
    fn mails_and_logs_are_read(
        (zone, shown) in clocks(), pattern in select(MACHINES), minutes in -720..=840_i64, named in any::<Option<Index>>(),
        head in select(&HEADS[..]),
    ) {
        let english = &LANGUAGES[1];
        let weekday = &english.weekdays[shown.weekday().num_days_from_monday() as usize][..3];
        let month = &english.months[shown.month0() as usize][..3];
        // RFC 2822 §4.3, and what they are called in Europe.
        let names = [
            ("UT", 0), ("GMT", 0), ("UTC", 0), ("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("MST", -7),
            ("MDT", -6), ("PST", -8), ("PDT", -7), ("CET", 1), ("CEST", 2), ("WET", 0), ("WEST", 1), ("EET", 2),
        ];
        let (offset, written) = match named.filter(|_| pattern.contains(" {zone}")) {
            Some(index) => {
                let (name, hours) = names[index.index(names.len())];
                (hours * 3600, name.to_owned())
            }
            None => {
                let sign = if minutes < 0 { '-' } else { '+' };
                (minutes * 60, format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60))
            }
        };
        let shown = cut(&pattern.replace("{hh}{mm}{zone}", "{hh}:{mm}"), shown);
        let words = [("Www", weekday.to_owned()), ("Mon", month.to_owned()), ("zone", written)];
        let text = fill(pattern, shown, &words);
        let meant = Meant::Instant(seconds(shown) - offset);
        check(&in_head(head, &text, &PLACES[zone].newsroom), &meant, &PLACES[zone])?;
    }

    #[test]
    fn dates_of_toml_and_of_yaml_are_dates(
        (zone, shown) in clocks(), clock in 0..4_usize, offset in prop::option::of(-720..=840_i64), apart in any::<bool>(),
        yaml in any::<bool>(),
    ) {
        let place = &PLACES[zone];
        let clock = ["", "T{hh}:{mm}:{ss}", " {hh}:{mm}:{ss}", "T{hh}:{mm}:{ss}.125"][clock];
        let pattern = format!("{{y}}-{{MM}}-{{dd}}{clock}");
        let offset = offset.filter(|_| !clock.is_empty());
        let shown = cut(&pattern, shown);
        let meant = match offset {
            Some(minutes) => Some(Meant::Instant(seconds(shown) - minutes * 60)),
            None if clock.is_empty() => Some(Meant::Day(shown.date())),
            None => by_the_clock(place, shown),
        };
        let Some(meant) = meant else { return Ok(()) };
        let mut text = fill(&pattern, shown, &[]);
        if let Some(minutes) = offset {
            // YAML 1.1 has a space before the offset.
            text += if yaml && apart { " " } else { "" };
            let sign = if minutes < 0 { '-' } else { '+' };
            text += &format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        }
        let head = if yaml { Head::YamlPlain } else { Head::TomlNative };
        check(&in_head(head, &text, &place.newsroom), &meant, place)?;
    }
}

proptest! {
    #![proptest_config(laws(1500))]

    #[test]
    fn words_are_read_in_eight_languages(
        (zone, shown) in clocks(), language in 0..LANGUAGES.len(), day in any::<Index>(), hour in any::<Option<Index>>(),
        short in 0..3_usize, letters in 0..6_usize, space in select(&SPACES[..]), head in select(&HEADS[..]),
    ) {
        let place = &PLACES[zone];
        let language = &LANGUAGES[language];
        let day = language.days[day.index(language.days.len())];
        let hour = hour.map_or("", |hour| language.hours[hour.index(language.hours.len())]);
        let pattern = format!("{day}{hour}");
        let shown = cut(&pattern, shown);
        let day = is_a_day(&pattern).then(|| Meant::Day(shown.date()));
        let Some(meant) = day.or_else(|| by_the_clock(place, shown)) else { return Ok(()) };
        let month = match short {
            0 => language.months[shown.month0() as usize],
            1 => language.short[shown.month0() as usize],
            _ => language.short[shown.month0() as usize].trim_end_matches('.'),
        };
        let first = if shown.day() == 1 { language.first.to_owned() } else { shown.day().to_string() };
        let weekday = language.weekdays[shown.weekday().num_days_from_monday() as usize];
        let words = [("month", month.to_owned()), ("1", first), ("weekday", weekday.to_owned())];
        let text = handled(&fill(&pattern, shown, &words), letters, space);
        let newsroom = in_head(head, &text, &place.newsroom);
        check(&newsroom, &meant, place).map_err(|error| TestCaseError::fail(format!("{} `{text}`: {error}", language.tag)))?;
    }

    #[test]
    fn a_day_of_the_week_is_compared_and_the_date_counts(
        (zone, shown) in clocks(), language in 0..LANGUAGES.len(), weekday in 0..7_u32, letters in 0..6_usize,
    ) {
        let (place, words) = (&PLACES[zone], &LANGUAGES[language]);
        let (name, month) = (words.weekdays[weekday as usize], words.months[shown.month0() as usize]);
        let text = handled(&format!("{name} {} {month} {}", shown.day(), shown.year()), letters, " ");
        let newsroom = in_head(Head::YamlPlain, &text, &place.newsroom);
        let wrong = weekday != shown.weekday().num_days_from_monday();
        prop_assert_eq!(has(&newsroom, Code::WeekdayWrong).is_some(), wrong, "{} {:?}", text, newsroom.problems);
        prop_assert_eq!(newsroom.items[0].day, Some(shown.date()));
    }

    #[test]
    fn figures_that_can_be_read_twice_are_refused_by_both_readings(
        at in FIRST..LAST, mark in select(vec!["/", ".", "-"]), padded in any::<bool>(), order in 0..3_usize,
    ) {
        let day = wall(at).date();
        let (d, m) = (day.day(), day.month());
        let two = |n: u32| if padded { format!("{n:02}") } else { n.to_string() };
        // Nobody writes the month first with dots.
        let month_first = order == 2 && (mark != "." || d <= 12);
        let (one, other) = if month_first { (m, d) } else { (d, m) };
        let text = format!("{}{mark}{}{mark}{}", two(one), two(other), day.year());
        let key = ["", "date-order = \"dmy\"", "date-order = \"mdy\""][order];
        let newsroom = in_head(Head::YamlPlain, &text, &newsroom("Europe/Paris", key));
        if order > 0 || d > 12 || d == m {
            return check(&newsroom, &Meant::Day(day), &PLACES[1]);
        }
        prop_assert!(newsroom.items.is_empty());
        let problem = has(&newsroom, Code::DateAmbiguous).ok_or_else(|| TestCaseError::fail("not refused"))?;
        let readings = ["first", "second"].map(|name| problem.argument(name).unwrap().to_owned());
        prop_assert_eq!(readings, [format!("{}-{m:02}-{d:02}", day.year()), format!("{}-{d:02}-{m:02}", day.year())]);
    }

    #[test]
    fn what_no_calendar_has_is_refused_and_never_moved(
        year in 1970..2101_i32, month in 0..100_u32, day in 0..100_u32, hour in 0..100_u32, minute in 0..100_u32,
        style in 0..4_usize,
    ) {
        let real = NaiveDate::from_ymd_opt(year, month, day).and_then(|day| day.and_hms_opt(hour, minute, 0));
        let text = [
            format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
            format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z"),
            format!("{day:02}/{month:02}/{year}, {hour}h{minute:02}"),
            format!("{year}{month:02}{day:02}T{hour:02}{minute:02}00Z"),
        ][style].clone();
        let read = spelling::parse(&text, Some(Order::DayFirst)).map(|read| read.when.wall());
        match real {
            Some(wall) => prop_assert_eq!(read, Ok(Ok(wall))),
            // `30/01` with a month 30 is still the thirtieth of January.
            None if style == 2 && day <= 12 => {
                let turned = NaiveDate::from_ymd_opt(year, day, month).and_then(|day| day.and_hms_opt(hour, minute, 0));
                prop_assert_eq!(read.ok(), turned.map(Ok));
            }
            None => prop_assert!(read.is_err(), "{} is read as {:?}", text, read),
        }
    }
}

/// Figures, words and marks of dates in any order, and any text between them.
fn shards() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0..40_u32).prop_map(|n| n.to_string()),
        (0..40_u32).prop_map(|n| format!("{n:02}")),
        (1890..2110_u32).prop_map(|n| n.to_string()),
        (1970..2040_u32, 1..14_u32, 1..33_u32).prop_map(|(y, m, d)| format!("{y}{m:02}{d:02}")),
        (1970..2040_u32, 1..14_u32, 1..33_u32).prop_map(|(y, m, d)| format!("{y}-{m}-{d}")),
    ];
    let word = (0..LANGUAGES.len(), 0..12_usize, 0..7_usize, 0..3_usize).prop_map(|(language, month, day, which)| {
        let language = &LANGUAGES[language];
        [language.months[month], language.short[month], language.weekdays[day]][which].to_owned()
    });
    // A date of which each part may be something that only looks like one.
    let day = select(vec!["29", "1", "1er", "2²", "①", "２９", "٢٩", "๒๙", "29th", "29.", "xxix", "½"]);
    let month = select(vec![
        "01", "1", "janvier", "mai", "麦", "五月", "may", "月", "ⅰ", "٠١", "mar", "маи", "🎅", "gen", "1月",
    ]);
    let year =
        select(vec!["2020", "２０２０", "٢٠٢٠", "२०२०", "2563", "20", "'20", "202", "2020年", "²⁰²⁰", "20\u{200b}20"]);
    let like = (day, month, year, select(vec!["-", "/", ".", " ", " de ", "－", "–", ""]), any::<bool>());
    let like = like.prop_map(|(d, m, y, mark, first)| if first { [y, m, d].join(mark) } else { [d, m, y].join(mark) });
    let mark = select(vec![
        "-",
        "/",
        ".",
        ":",
        " ",
        ", ",
        "T",
        "h",
        "Z",
        "+",
        "'",
        " à ",
        "le ",
        "er",
        "th",
        " de ",
        "am",
        " pm",
        "[",
        "]",
        "(",
        ")",
        "\u{a0}",
        "–",
        "年",
        "月",
        "日",
        "麦",
        "5",
        "²",
        "①",
        "Ⅻ",
        "½",
        "５",
        "٥",
        "५",
        "\u{200b}",
        "\u{301}",
        "hier",
        "demain",
        "today",
        "now",
        "midi",
        "minuit",
        "mar",
        "UTC",
        "Europe/Paris",
        "…",
        "º",
        "🎅",
        "㋀",
        "㏠",
    ]);
    let piece = prop_oneof![6 => number, 4 => word, 8 => mark.prop_map(str::to_owned), 1 => any::<String>()];
    prop_oneof![2 => prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()), 1 => like]
}

proptest! {
    #![proptest_config(laws(10_000))]

    #[test]
    fn no_date_is_made_up(text in shards(), order in select(vec![None, Some(Order::DayFirst), Some(Order::MonthFirst)])) {
        if let Ok(read) = spelling::parse(&text, order) {
            let day = read.when.day();
            prop_assert!(stands_in(day, &text), "{:?} is read as {}", text, day);
        }
    }
}

proptest! {
    #![proptest_config(laws(1500))]

    /// The same through the whole program, at an instant whose day is in no text.
    #[test]
    fn no_date_is_made_up_anywhere(text in shards(), body in shards(), key in select(vec!["date", "published", "created"])) {
        let file = format!("{}\n\n{body}\n", json!({ "title": "Titre", key: text }));
        let newsroom = read(&PLACES[0].newsroom, &file, None);
        let Some(Item { published, day, .. }) = newsroom.items.first() else {
            // An answer on `published: no` is none on the date.
            let held = newsroom.unfinished == 1;
            prop_assert!(held || newsroom.problems.iter().any(Problem::is_error), "{:?} vanished", text);
            return Ok(());
        };
        // With an offset, the day that was written may be another one than in UTC.
        let mut days = (-14..=14).map(|hours| (*published + TimeDelta::hours(hours)).date_naive());
        let whole = format!("{text}\n{body}");
        let stands = day.map_or_else(|| days.any(|day| stands_in(day, &whole)), |day| stands_in(day, &whole));
        prop_assert!(stands, "{:?} is read as {}", whole, published);
    }
}

/// Names as people have them; none of a letter that says something in a form.
fn names() -> impl Strategy<Value = String> {
    "[A-ZÉŁØ][a-zéèñłß'’]{1,8}([ -][A-ZÀ][a-zA-Zçö'’]{1,9}){1,3}"
}

fn addresses() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,6}([.+-][a-z0-9]{1,5})?@[a-z]{2,8}\\.(example|example\\.org)"
}

/// Who signs, for a value of `authors`.
fn authors(value: &serde_json::Value, config: &Config) -> Vec<(String, Option<String>)> {
    let file = format!("{}\n\nTexte.\n", json!({ "title": "Titre", "date": "2020-01-29", "authors": value }));
    let newsroom = read(config, &file, None);
    assert!(newsroom.problems.is_empty(), "{:?}", newsroom.problems);
    newsroom.items[0].authors.iter().map(|person| (person.name.to_string(), person.email.clone())).collect()
}

proptest! {
    #![proptest_config(laws(300))]

    #[test]
    fn a_person_is_who_was_written(name in names(), address in addresses(), role in names()) {
        let config = &PLACES[1].newsroom;
        let (alone, whole) = ((name.clone(), None), (name.clone(), Some(address.clone())));
        prop_assert_eq!(authors(&json!(name), config), [alone.clone()]);
        prop_assert_eq!(authors(&json!({ "name": name, "title": role }), config), [alone]);
        for form in [
            json!(format!("{name} <{address}>")),
            json!(format!("{address} ({name})")),
            json!({ "name": name, "email": address, "role": role }),
            json!([{ "email": address, "fullname": name }]),
            json!(format!("  {name}  < {address} > ")),
        ] {
            prop_assert_eq!(authors(&form, config), std::slice::from_ref(&whole), "{}", form);
        }
    }

    #[test]
    fn people_stay_in_the_order_in_which_they_were_written(
        people in prop::collection::vec((names(), addresses(), 0..4_usize), 1..6), again in any::<Index>(),
    ) {
        let mut meant: Vec<(String, Option<String>)> = Vec::new();
        let mut list = Vec::new();
        for (name, address, form) in &people {
            let email = (*form > 0).then(|| address.clone());
            list.push(match form {
                0 => json!(name),
                1 => json!(format!("{name} <{address}>")),
                2 => json!(format!("{address} ({name})")),
                _ => json!({ "name": name, "email": address }),
            });
            // Somebody who stands there twice is one person.
            if !meant.contains(&(name.clone(), email.clone())) {
                meant.push((name.clone(), email));
            }
        }
        list.push(list[again.index(list.len())].clone());
        prop_assert_eq!(authors(&json!(list), &PLACES[1].newsroom), meant);
    }

    #[test]
    fn a_comma_separates_nobody_unless_the_newsroom_says_so(
        people in prop::collection::vec(names(), 1..5), joined in select(vec![" and ", " et ", " & ", ", and ", "; ", ", "]),
    ) {
        let (last, others) = people.split_last().unwrap();
        let text = if others.is_empty() { last.clone() } else { format!("{}{joined}{last}", others.join(", ")) };
        prop_assert_eq!(authors(&json!(text), &PLACES[1].newsroom), [(text.clone(), None)]);
        let split = newsroom("Europe/Paris", "split-authors = true");
        let mut meant: Vec<(String, Option<String>)> = people.iter().map(|name| (name.clone(), None)).collect();
        let mut seen = std::collections::HashSet::new();
        meant.retain(|person| seen.insert(person.clone()));
        prop_assert_eq!(authors(&json!(text), &split), meant);
    }
}
