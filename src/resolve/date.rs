//! When: where a date may stand, what it means, and what is stamped on it (DESIGN §4).
//!
//! A date comes from what a person wrote, never from the file system, never from the clock. A day
//! without an hour stays a day: it is stamped at the configured hour, plus seconds derived from the
//! id, so that the items of a day stay apart.

pub mod places;
pub mod relative;
pub mod spelling;
pub mod words;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};

use self::spelling::{Beyond, Refused, When};
use super::embargo;
use crate::config::{Config, Order};
use crate::file::Source;
use crate::input::banner::Banner;
use crate::input::{At, Draft, Kind, sidecar_name};
use crate::item::{Change, ChangeKind, Moment, Origin};
use crate::problem::{Code, Place, Problem};
use crate::text::Text;
use crate::tree::Node;
use crate::zone::{Wall, Zone};

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

/// When an item is published.
#[derive(Debug, Clone, Copy)]
pub struct Dated {
    /// The instant, and where it was found.
    pub stamped: Stamped,
    /// The instant of its embargo, where there is one.
    pub embargo: Option<DateTime<Utc>>,
}

impl Stamped {
    /// Without where it was found.
    pub fn moment(&self) -> Moment {
        Moment { local: self.instant, day: self.day }
    }
}

/// When the item is published: the first place in the order of trust that has a date; not before an
/// embargo. Two places that disagree: the higher wins, with a warning; of two in the head the
/// later, so that nothing goes out too early. `Err` where a date is wrong, `Ok(None)` where nobody
/// wrote one.
pub fn published(
    draft: &Draft,
    config: &Config,
    source: &Source,
    id: &str,
    problems: &mut Vec<Problem>,
) -> Result<Option<Dated>, Wrong> {
    let clocks = Clocks::of(draft, config);
    let mut embargo: Option<Stamped> = None;
    for written in &draft.embargoes {
        let stamped = clocks.written(written, id, draft, problems)?;
        embargo = embargo.into_iter().chain([stamped]).max_by_key(|stamped| stamped.instant);
    }
    if let Some(told) = banner(draft, &clocks, embargo.as_ref(), id, problems)? {
        embargo = Some(told);
    }
    let date = match draft.date.as_ref().or(draft.created.as_ref()) {
        Some(written) => Some(in_head(written, draft, &clocks, id, problems)?),
        None => elsewhere(draft, &clocks, id, problems)?.or_else(|| committed(draft, source, &clocks)),
    };
    if let Some(told) = appears(draft, &clocks, date.as_ref(), id, problems)? {
        embargo = embargo.into_iter().chain([told]).max_by_key(|stamped| stamped.instant);
    }
    let lifted = embargo.map(|embargo| embargo.instant.to_utc());
    let stamped = match (date, embargo) {
        // EM-02: the embargo's instant is then the instant of publication. A date that is only a day
        // says no hour, so it does not hold back what may go out earlier on that day.
        (Some(date), Some(embargo)) => {
            let lifted = clocks.zone.local(embargo.instant.to_utc()).date_naive();
            let waits = date.day.map_or(date.instant > embargo.instant, |day| day > lifted);
            Some(if waits { date } else { embargo })
        }
        (only, None) | (None, only) => only,
    };
    Ok(stamped.map(|stamped| Dated { stamped, embargo: lifted }))
}

/// The embargo that the first lines of the text tell of, held against the one of the head (EM-03):
/// an hour that cannot be read, or another one, stops the item. One of a draft stops nobody.
fn banner(
    draft: &Draft,
    clocks: &Clocks<'_>,
    head: Option<&Stamped>,
    id: &str,
    problems: &mut Vec<Problem>,
) -> Result<Option<Stamped>, Wrong> {
    let mut found: Option<Stamped> = None;
    for banner in &draft.banners {
        let Banner::Embargo(written) = banner else { continue };
        let Some(typed) = embargo::typed(written, clocks.order) else {
            // "SOUS EMBARGO" in the header of a document whose text says until when.
            let vague = !written.value.contains(char::is_alphanumeric);
            let others = || draft.banners.iter().filter(|other| *other != banner);
            let told =
                |other: &Banner| matches!(other, Banner::Embargo(at) if embargo::typed(at, clocks.order).is_some());
            if head.is_some() || draft.is_held() || vague && others().any(told) {
                continue;
            }
            problems.push(unclear(written, draft));
            return Err(Wrong);
        };
        let mut stamped = clocks.written(&typed, id, draft, problems)?;
        if !written.place.sidecar {
            stamped.origin = Origin::Announced { line: written.place.line };
        }
        if let Some(other) = head.or(found.as_ref()).filter(|other| other.instant != stamped.instant) {
            let shown = |at: &Stamped| clocks.zone.local(at.instant.to_utc()).format("%Y-%m-%d %H:%M").to_string();
            let problem = announced(Code::EmbargoDiffers, written, draft);
            problems.push(problem.with("banner", shown(&stamped)).with("other", shown(other)));
            return Err(Wrong);
        }
        found = Some(stamped);
    }
    Ok(found)
}

/// The day on which the lines above the text say that it appears (EM-03): held until then, as by a date where it is a
/// day alone. What is not later than the date of the item says nothing more than that, however it is spelt.
fn appears(
    draft: &Draft,
    clocks: &Clocks<'_>,
    date: Option<&Stamped>,
    id: &str,
    problems: &mut Vec<Problem>,
) -> Result<Option<Stamped>, Wrong> {
    let mut found: Option<Stamped> = None;
    if !draft.embargoes.is_empty() || draft.is_held() {
        return Ok(found);
    }
    let own = date.map(|date| date.day.unwrap_or_else(|| clocks.zone.local(date.instant.to_utc()).date_naive()));
    let is_told = |day: NaiveDate| own.is_some_and(|own| day <= own);
    for banner in &draft.banners {
        let Banner::Appears(written) = banner else { continue };
        let typed = match embargo::typed(written, clocks.order) {
            Some(typed) => typed,
            None => match embargo::day(written, clocks.order) {
                Ok(day) if spelling::parse(&day.value, clocks.order).is_ok_and(|read| is_told(read.when.day())) => {
                    continue;
                }
                Ok(day) => day,
                Err(Refused::Ambiguous(one, other))
                    if own == Some(one) || own == Some(other) || is_told(one) && is_told(other) =>
                {
                    continue;
                }
                Err(_) => {
                    problems.push(unclear(written, draft));
                    return Err(Wrong);
                }
            },
        };
        let mut stamped = clocks.written(&typed, id, draft, problems)?;
        stamped.origin = Origin::Announced { line: written.place.line };
        found = found.into_iter().chain([stamped]).max_by_key(|stamped| stamped.instant);
    }
    Ok(found)
}

/// A problem of what a banner says. Of "EMBARGO !" only a sign is left.
fn announced(code: Code, written: &At<String>, draft: &Draft) -> Problem {
    let value = Some(written.value.as_str()).filter(|value| value.contains(char::is_alphanumeric));
    Problem::new(code, &draft.path).at(written.place).with("value", value.unwrap_or_default())
}

fn unclear(written: &At<String>, draft: &Draft) -> Problem {
    let has_head = draft.headed || matches!(Kind::of(&draft.path), Kind::Markdown | Kind::Mdx);
    let sidecar = if has_head { String::new() } else { sidecar_name(&draft.path) };
    announced(Code::EmbargoUnclear, written, draft).with("sidecar", sidecar)
}

/// A date is there and cannot be taken; the problem has been said.
#[derive(Debug)]
pub struct Wrong;

/// The date of the head, compared with other dates of the head and with every other place.
fn in_head(
    written: &At<String>,
    draft: &Draft,
    clocks: &Clocks<'_>,
    id: &str,
    problems: &mut Vec<Problem>,
) -> Result<Stamped, Wrong> {
    let mut stamped = clocks.written(written, id, draft, problems)?;
    let mut place = written.place;
    let typed = spelling::parse(&written.value, clocks.order).ok().map(|read| read.when);
    let meant = clocks.zone.local(stamped.instant.to_utc()).date_naive();
    // A published file keeps its name and its address, also where an act has corrected its date.
    let corrected =
        draft.changes.iter().any(|act| act.get("kind").and_then(Node::text) == Some(ChangeKind::Date.name()));
    let is_kept = |origin: &Origin| matches!(origin, Origin::FileName | Origin::Folders | Origin::Address { .. });
    let places = found(draft, clocks.order).into_iter().filter(|(_, origin)| !(corrected && is_kept(origin)));
    let mut other = places.into_iter().find_map(|(found, origin)| {
        let day = found.ok().filter(|day| !agree(typed.as_ref(), &stamped, clocks.zone, *day))?;
        Some((meant, day, origin))
    });
    if let Some(beside) = &draft.sidecar_date {
        let day = spelling::parse(&beside.value, clocks.order).ok().map(|read| read.when.day());
        let day = day.filter(|day| !agree(typed.as_ref(), &stamped, clocks.zone, *day));
        other = day.map(|day| (meant, day, Origin::written(beside.place))).or(other);
    }
    let others = if draft.date.is_some() { draft.later.as_slice() } else { &[] };
    for later in others {
        let second = clocks.written(later, id, draft, problems)?;
        if second.instant != stamped.instant {
            let (taken, left) = if second.instant > stamped.instant { (second, stamped) } else { (stamped, second) };
            if taken.instant == second.instant {
                place = later.place;
            }
            other = Some((taken.instant.date_naive(), left.instant.date_naive(), left.origin));
            stamped = taken;
        }
    }
    if let Some((taken, other, origin)) = other {
        problems.push(disagree(draft, place, taken, other, origin));
    }
    Ok(stamped)
}

/// Whether a day that another place gives may be the day of the same instant. With an offset, the
/// other place may have been written by other clocks: any on earth will do.
fn agree(typed: Option<&When>, stamped: &Stamped, zone: &Zone, day: NaiveDate) -> bool {
    let own = [Some(zone.local(stamped.instant.to_utc()).date_naive()), typed.map(When::day)];
    let anywhere = matches!(typed, Some(When::Instant(_) | When::Zoned(..)))
        && [-12, 14].into_iter().any(|hours| (stamped.instant.naive_utc() + TimeDelta::hours(hours)).date() == day);
    anywhere || own.contains(&Some(day))
}

fn disagree(draft: &Draft, place: Place, taken: NaiveDate, other: NaiveDate, origin: Origin) -> Problem {
    let origin = origin.to_string();
    let found = origin.split(", line").next().unwrap_or_default();
    let problem = Problem::new(Code::DatesDisagree, &draft.path).at(place).with("taken", taken);
    problem.with("other", other).with("where", found)
}

/// What a place outside the head says: a day, or how it was written where it is none.
type Found = Result<NaiveDate, (Refused, String)>;

/// The places outside the head that have a date, in the order of trust.
fn found(draft: &Draft, order: Option<Order>) -> Vec<(Found, Origin)> {
    let name = places::in_name(&draft.path, order).map(|found| (found, Origin::FileName));
    let folders = places::in_folders(&draft.path, order).map(|found| (found, Origin::Folders));
    let address = draft.addresses.iter().find_map(|written| {
        let found = places::in_address(&written.value, order)?;
        Some((found, Origin::Address { line: written.place.line }))
    });
    let dateline = draft.opening.iter().find_map(|line| {
        let found = places::in_dateline(&line.value, order)?;
        Some((found, Origin::Dateline { line: line.place.line }))
    });
    [name, folders, address, dateline].into_iter().flatten().collect()
}

/// The first place outside the head that has a date, compared with the others.
fn elsewhere(
    draft: &Draft,
    clocks: &Clocks<'_>,
    id: &str,
    problems: &mut Vec<Problem>,
) -> Result<Option<Stamped>, Wrong> {
    let mut found = found(draft, clocks.order).into_iter();
    let Some((first, origin)) = found.next() else {
        return Ok(None);
    };
    let place = match origin {
        Origin::Address { line } | Origin::Dateline { line } => Some(Place::line(line)),
        _ => None,
    };
    let day = first.map_err(|(refused, written)| {
        let mut problem = refusal(refused, &written, clocks.order, &draft.path, Place::line(1));
        problem.place = place;
        problems.push(problem);
        Wrong
    })?;
    let mut others = found.filter_map(|(found, origin)| Some((found.ok()?, origin)));
    if let Some((other, origin)) = others.find(|(other, _)| *other != day) {
        let mut problem = disagree(draft, Place::line(1), day, other, origin);
        problem.place = place;
        problems.push(problem);
    }
    let hour = match origin {
        Origin::FileName => places::hour_in_name(&draft.path, clocks.order),
        Origin::Folders => places::hour_in_folders(&draft.path, clocks.order),
        _ => None,
    };
    let when = hour.map_or(When::Day(day), |hour| When::Wall(day.and_time(hour)));
    let said = problems.len();
    let stamped = clocks.stamp(when, id, Place::line(1), draft, problems);
    problems.iter_mut().skip(said).for_each(|problem| problem.place = place);
    stamped.map(|(instant, day)| Some(Stamped { instant, day, origin }))
}

/// When the file came into the history, where git may be asked.
fn committed(draft: &Draft, source: &Source, clocks: &Clocks<'_>) -> Option<Stamped> {
    let instant = clocks.zone.local(source.committed(&draft.path)?);
    Some(Stamped { instant, day: None, origin: Origin::Git })
}

/// The problem of an item that nobody dated.
pub fn missing(draft: &Draft, config: &Config) -> Problem {
    let order = Clocks::of(draft, config).order;
    let name = draft.path.rsplit('/').next().unwrap_or(&draft.path);
    let problem = Problem::new(Code::DateMissing, &draft.path).at(Place::line(1)).with("name", name);
    let problem = draft.without_head(problem);
    if let Some((day, line)) =
        draft.opening.iter().find_map(|at| Some((places::alone(&at.value, order)?, at.place.line)))
    {
        // It may be the day of what is announced: a person has to say so.
        return problem.with("told", day).with("line", line);
    }
    // What only the program knows may be the day of the template.
    let said = draft.suggestions.iter().find(|(key, _)| *key == "created").and_then(|(_, at)| at.get(..10));
    match said.and_then(|day| day.parse::<NaiveDate>().ok()) {
        Some(day) => problem.with("made", day),
        None => match places::inside_name(&draft.path, order) {
            Some(day) => problem.with("inside", day),
            None => problem,
        },
    }
}

/// The instant that a date stands for in a file, at the latest: a day has some second of its hour.
pub fn latest(when: &When, path: &str, config: &Config) -> DateTime<Utc> {
    let zone = config.zone_of(path);
    let day_time = config.folder_value(path, |folder| folder.day_time).unwrap_or(config.day_time);
    match when {
        When::Day(day) => zone.settled(day.and_time(day_time)).to_utc() + TimeDelta::seconds(59),
        When::Wall(wall) => zone.settled(*wall).to_utc(),
        When::Zoned(wall, zone) => zone.settled(*wall).to_utc(),
        When::Instant(instant) => instant.to_utc(),
    }
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
    let Ok(updated) = clocks.written(written, id, draft, problems) else {
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

/// What was done to an item since it was out, oldest first. An act of the day of publication that
/// has no hour comes after it. `Err` where a date of it is wrong.
pub fn changes(
    draft: &Draft,
    config: &Config,
    id: &str,
    published: &Stamped,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Change>, Wrong> {
    let clocks = Clocks::of(draft, config);
    let mut changes = Vec::with_capacity(draft.changes.len());
    for act in &draft.changes {
        let wrong = |key: &str, node: &Node, example: &str| {
            Problem::new(Code::ValueIgnored, &draft.path).at(node.place).with("key", key).with("example", example)
        };
        let Some((date, typed)) = act.get("date").and_then(|node| Some((node, node.text()?))) else {
            problems.push(wrong("changes", act, "changes: [{date: 2026-11-24 10:15, kind: correction, note: …}]"));
            continue;
        };
        let written = At { value: typed.trim().to_owned(), place: date.place };
        let mut at = clocks.written(&written, id, draft, problems)?.moment();
        let same_day = at.day.is_some_and(|day| day == clocks.zone.local(published.instant.to_utc()).date_naive());
        if same_day && at.local <= published.instant {
            at.local = published.instant + TimeDelta::seconds(1);
        }
        let kind = act.get("kind").filter(|node| !node.is_nothing());
        let named = kind.map(|node| ChangeKind::ALL.into_iter().find(|kind| node.text() == Some(kind.name())));
        let kind = match (named, kind) {
            (Some(Some(kind)), _) => kind,
            (None, _) => ChangeKind::Correction,
            (Some(None), node) => {
                let kinds: Vec<&str> = ChangeKind::ALL.iter().map(|kind| kind.name()).collect();
                problems.push(wrong("kind", node.unwrap_or(act), &format!("kind: {}", kinds.join(" | "))));
                ChangeKind::Correction
            }
        };
        let note = ["note", "reason", "text"].iter().find_map(|key| act.get(key)?.text()).and_then(Text::some);
        changes.push(Change { at, kind, note });
    }
    changes.sort_by_key(|change| change.at.local);
    Ok(changes)
}

/// From when on the item is of no interest any more. `Err` where the date is wrong: it would stay
/// for ever. What is over before it begins is mostly a slip, and is said: nobody sees the item.
pub fn expires(
    draft: &Draft,
    config: &Config,
    id: &str,
    published: &Stamped,
    problems: &mut Vec<Problem>,
) -> Result<Option<Moment>, Wrong> {
    let Some(written) = draft.expires.as_ref().filter(|written| !written.value.is_empty()) else {
        return Ok(None);
    };
    let expires = Clocks::of(draft, config).written(written, id, draft, problems)?.moment();
    if expires.local <= published.instant {
        let form = if published.day.is_some() { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
        let problem = Problem::new(Code::ExpiresTooEarly, &draft.path).at(written.place);
        let problem = problem.with("expires", &written.value);
        problems.push(problem.with("published", published.instant.format(form)));
    }
    Ok(Some(expires))
}

/// Why a date is refused, in the words of a problem.
fn refusal(refused: Refused, written: &str, order: Option<Order>, path: &str, place: Place) -> Problem {
    let problem = |code| Problem::new(code, path).at(place).with("value", written);
    match refused {
        // A year may be missed behind the first of them.
        Refused::NotUnderstood | Refused::NoYear | Refused::ShortYear if spelling::is_several(written) => {
            problem(Code::DateNotUnderstood).with("several", "1")
        }
        Refused::NotUnderstood => {
            let problem = problem(Code::DateNotUnderstood);
            match (spelling::nearly(written, order), spelling::leading(written, order)) {
                (Some(near), _) => problem.with("near", near),
                (None, Some((Ok(day), _))) => problem.with("day", day),
                _ => problem,
            }
        }
        Refused::Impossible(beyond) => match beyond {
            Beyond::Month(month) => problem(Code::DateImpossible).with("month", month),
            Beyond::Day(last) => problem(Code::DateImpossible).with("last", last),
            Beyond::Hour => problem(Code::DateImpossible).with("hour", "1"),
            Beyond::Offset => problem(Code::DateImpossible).with("offset", "1"),
        },
        Refused::OutOfRange => problem(Code::DateOutOfRange),
        Refused::ShortYear => problem(Code::DateShortYear),
        Refused::NoYear => problem(Code::DateIncomplete).with("year", "1"),
        Refused::NoDay => problem(Code::DateIncomplete),
        Refused::Midnight => problem(Code::DateMidnight),
        Refused::Ambiguous(one, other) => problem(Code::DateAmbiguous).with("first", one).with("second", other),
    }
}

struct Clocks<'a> {
    zone: &'a Zone,
    day_time: NaiveTime,
    order: Option<Order>,
    midnight_is_a_day: bool,
    /// Whether somebody said which zone it is.
    known: bool,
}

impl<'a> Clocks<'a> {
    fn of(draft: &Draft, config: &'a Config) -> Self {
        let path = draft.path.as_str();
        Self {
            zone: config.zone_of(path),
            day_time: config.folder_value(path, |folder| folder.day_time).unwrap_or(config.day_time),
            order: config.folder_value(path, |folder| folder.date_order).or(config.date_order),
            midnight_is_a_day: config
                .folder_value(path, |folder| folder.midnight_is_a_day)
                .unwrap_or(config.midnight_is_a_day),
            known: config.assumed.as_ref().is_none_or(|assumed| !assumed.zone),
        }
    }

    /// What is written in the head, understood and stamped.
    fn written(
        &self,
        written: &At<String>,
        id: &str,
        draft: &Draft,
        problems: &mut Vec<Problem>,
    ) -> Result<Stamped, Wrong> {
        let problem = |code| Problem::new(code, &draft.path).at(written.place).with("value", &written.value);
        let read = spelling::parse(&written.value, self.order).map_err(|refused| {
            problems.push(refusal(refused, &written.value, self.order, &draft.path, written.place));
            Wrong
        })?;
        if read.weekday.is_some() {
            problems.push(problem(Code::WeekdayWrong).with("day", read.when.day()));
        }
        let mut when = read.when;
        if when.wall().is_ok_and(|wall| wall.num_seconds_from_midnight() == 0) {
            if self.midnight_is_a_day {
                when = When::Day(when.day());
            } else if matches!(when, When::Instant(_)) {
                problems.push(problem(Code::MidnightLikeADay));
            }
        }
        let (instant, day) = self.stamp(when, id, written.place, draft, problems)?;
        Ok(Stamped { instant, day, origin: Origin::written(written.place) })
    }

    fn stamp(
        &self,
        when: When,
        id: &str,
        place: Place,
        draft: &Draft,
        problems: &mut Vec<Problem>,
    ) -> Result<(DateTime<FixedOffset>, Option<NaiveDate>), Wrong> {
        let (wall, zone) = match when {
            When::Day(day) => {
                let instant = self.zone.settled(day.and_time(self.day_time)) + TimeDelta::seconds(seconds_of(id));
                return Ok((instant, Some(day)));
            }
            When::Instant(written) => {
                let instant = self.zone.local(written.to_utc());
                // UTC is how machines write; any other offset is somebody's clock.
                let offset = written.offset().local_minus_utc();
                if self.known && offset != 0 && offset != instant.offset().local_minus_utc() {
                    let problem = Problem::new(Code::OffsetOdd, &draft.path).at(place);
                    let (own, expected) = (written.offset(), instant.offset());
                    let problem = problem.with("offset", own).with("expected", expected);
                    problems.push(problem.with("zone", self.zone.name()));
                }
                return Ok((instant, None));
            }
            When::Wall(wall) => (wall, self.zone),
            When::Zoned(wall, ref zone) => (wall, zone),
        };
        let code = |code| Problem::new(code, &draft.path).at(place).with("zone", zone.name());
        match zone.instant(wall) {
            Wall::Once(instant) => Ok((self.zone.local(instant.to_utc()), None)),
            Wall::Twice { first, second } => {
                let problem = code(Code::DateTwice).with("first", first.to_rfc3339());
                problems.push(problem.with("second", second.to_rfc3339()));
                Ok((self.zone.local(first.to_utc()), None))
            }
            Wall::Gap { before, after } => {
                let shown =
                    |instant: DateTime<FixedOffset>| zone.local(instant.to_utc()).format("%Y-%m-%d %H:%M").to_string();
                let problem = code(Code::DateInGap).with("value", wall.format("%Y-%m-%d %H:%M"));
                problems.push(problem.with("earlier", shown(after)).with("later", shown(before)));
                Err(Wrong)
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
