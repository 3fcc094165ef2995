//! Where a date stands that is in no head: the file's name, its folders, an address, the dateline
//! of the release (DT-33, DT-35).

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};

use super::Found;
use super::spelling::{Refused, fold, leading, leading_hour, parse};
use super::words::{NO_PLACES, PARTICLES, WEEKDAYS};
use crate::config::Order;
use crate::resolve::id::bare;

/// The day that starts a file's name, or the name of its folder where the file is `index`:
/// `2020-01-29-…`, `2020-1-29`, `20200129…`, `29-01-2020`, `29 janvier 2020 …`.
pub fn in_name(path: &str, order: Option<Order>) -> Option<Found> {
    let name = bare(path).rsplit('/').next()?;
    dated(name, order).map(|(found, _)| found)
}

/// The one day that a file's name holds elsewhere than at its start, `CP du 24-11-2026.md`: to be asked about, never
/// believed.
pub fn inside_name(path: &str, order: Option<Order>) -> Option<NaiveDate> {
    let name = bare(path).rsplit('/').next()?.replace('_', "-");
    let figure = |c: char| c.is_ascii_digit();
    // A day begins with a number, not in the middle of one.
    let starts =
        name.char_indices().filter(|(at, c)| figure(*c) && !name.get(..*at).is_some_and(|s| s.ends_with(figure)));
    let read = starts.filter_map(|(at, _)| leading(name.get(at..)?, order));
    let days: BTreeSet<NaiveDate> =
        read.filter(|(_, rest)| !rest.starts_with(figure)).filter_map(|(day, _)| day.ok()).collect();
    days.first().copied().filter(|_| days.len() == 1)
}

/// What follows the date in a name, if it starts with one.
pub fn behind_date(name: &str) -> Option<String> {
    dated(name, None).and_then(|(found, rest)| found.ok().map(|_| rest))
}

/// The hour directly behind the day that starts a file's name: `2026-11-24 14h30 x.md`.
pub fn hour_in_name(path: &str, order: Option<Order>) -> Option<NaiveTime> {
    let (found, rest) = dated(bare(path).rsplit('/').next()?, order)?;
    hour_behind((found, rest))
}

/// The same of the day that the folders give: `2026-11-24 8h/x.md`, `2026/11/24 8h/x.md`.
pub fn hour_in_folders(path: &str, order: Option<Order>) -> Option<NaiveTime> {
    by_folders(path, order).and_then(hour_behind)
}

fn hour_behind((found, rest): (Found, String)) -> Option<NaiveTime> {
    found.ok().and_then(|_| leading_hour(&rest)).map(|(hour, _)| hour)
}

/// What follows the date, and the hour, as it stands in the name. Where it begins there no length tells: an apostrophe
/// of printers is three bytes, that of typewriters is one.
pub fn written_behind_date(name: &str) -> Option<&str> {
    let rest = behind_date(name)?;
    let rest = leading_hour(&rest).map_or(rest.as_str(), |(_, rest)| rest);
    let folded = |text: &str| deunicode::deunicode(fold(&text.replace('_', "-")).trim_end());
    let starts = name.char_indices().map(|(at, _)| at).chain([name.len()]);
    starts.filter_map(|at| name.get(at..)).find(|written| folded(written) == rest)
}

fn dated(name: &str, order: Option<Order>) -> Option<(Found, String)> {
    let spelt = name.replace('_', "-");
    let (day, rest) = leading(&spelt, order)?;
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric() && c != 't') {
        return None;
    }
    let day = match day {
        // A number of eight figures that is no day is a number.
        Err(Refused::Impossible(_)) if !spelt.get(..8).unwrap_or(&spelt).contains(['-', '.', ' ']) => return None,
        Err(refused) => {
            let written = spelt.get(..spelt.len().saturating_sub(rest.len())).unwrap_or(name);
            Err((refused, written.trim_end_matches(['-', ' ']).to_owned()))
        }
        Ok(day) => Ok(day),
    };
    Some((day, rest))
}

/// The day that the folders give: `2020/01/29/…`, `2020/01/29-…`, `2020-01-29/…`. A year and a
/// month alone are no day.
pub fn in_folders(path: &str, order: Option<Order>) -> Option<Found> {
    by_folders(path, order).map(|(found, _)| found)
}

/// The day, and what follows it in the name of its folder.
fn by_folders(path: &str, order: Option<Order>) -> Option<(Found, String)> {
    let parts: Vec<&str> = bare(path).split('/').collect();
    let (_, folders) = parts.split_last()?;
    let whole = folders.iter().rev().find_map(|folder| dated(folder, order));
    whole.or_else(|| parts.windows(3).find_map(in_three))
}

fn in_three(parts: &[&str]) -> Option<(Found, String)> {
    let [year, month, day] = parts else { return None };
    let figures = |text: &str, widths: std::ops::RangeInclusive<usize>| {
        widths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let end = day.find(|c: char| !c.is_ascii_digit()).unwrap_or(day.len());
    let (day, rest) = day.split_at_checked(end)?;
    let closed = rest.is_empty() || rest.starts_with(['-', '_', '.', ' ']);
    if !(figures(year, 4..=4) && figures(month, 1..=2) && figures(day, 1..=2) && closed) {
        return None;
    }
    let written = format!("{year}-{month}-{day}");
    let found = match parse(&written, None) {
        Ok(read) => Ok(read.when.day()),
        // Year 0042 of some numbering is no date.
        Err(Refused::OutOfRange) => return None,
        Err(refused) => Err((refused, written)),
    };
    Some((found, fold(&rest.replace('_', "-"))))
}

/// The day in an address: `/2020/01/29/titre/`, `/presse/2020-01-29-titre.html`.
pub fn in_address(address: &str, order: Option<Order>) -> Option<Found> {
    let path = address.split(['?', '#']).next()?.trim_end_matches('/');
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    // What looks like one and is none, is none: nobody wrote it as a date.
    let good = |found: Option<Found>| found.filter(Result::is_ok);
    // With an ending, so that a dot in the last part is not taken for one.
    let path = format!("{path}.html");
    good(in_name(&path, order)).or_else(|| good(in_folders(&path, order)))
}

/// The day of a dateline: `Lens, le 29 janvier 2020`, `LENS, LE 29 JANVIER 2020 –`, `Fait à Lens,
/// le …`, `LENS, France, Jan. 29, 2020 –`: a place, a date, and nothing but the start of the text.
/// A date in a sentence is somebody's event.
pub fn in_dateline(line: &str, order: Option<Order>) -> Option<Found> {
    if !line.contains(char::is_numeric) {
        return None;
    }
    let commas = line.match_indices(',').map(|(at, _)| (at, at + 1));
    let articles = line.match_indices(" le ").map(|(at, _)| (at, at + 1));
    commas.chain(articles).find_map(|(end, start)| {
        let place = line.get(..end).filter(|place| is_place(place))?;
        let rest = line.get(start..)?;
        let (day, tail) = leading(rest, order)?;
        let tail = tail.trim_start();
        let ends = tail.is_empty() || tail.starts_with(['-', '.', ':', '(']);
        let written = || rest.trim().chars().take(40).collect::<String>();
        (ends && !place.is_empty()).then(|| day.map_err(|refused| (refused, written())))
    })
}

/// The day of a line that is nothing but a day: a release bears its own that way, an invitation that of what it
/// invites to.
pub fn alone(line: &str, order: Option<Order>) -> Option<NaiveDate> {
    let (day, tail) = line.contains(char::is_numeric).then(|| leading(line, order)).flatten()?;
    day.ok().filter(|_| tail.trim().trim_end_matches(['.', ':', '-']).is_empty())
}

/// One to three names of places: words with capitals and the small words between them.
fn is_place(text: &str) -> bool {
    let text = ["Fait à ", "FAIT À ", "Fait a ", "À ", "A "].iter().find_map(|p| text.strip_prefix(p)).unwrap_or(text);
    let pieces: Vec<&str> = text.split(',').map(str::trim).collect();
    let no_place = |word: &str| {
        let folded = deunicode::deunicode(&word.to_lowercase()).to_lowercase();
        NO_PLACES.contains(&folded.as_str()) || WEEKDAYS.iter().any(|(_, names)| names.contains(&folded.as_str()))
    };
    let word = |word: &str| {
        let bare = word.trim_start_matches(['(', '«']).trim_end_matches([')', '»', '.']);
        bare.starts_with(char::is_uppercase) && !no_place(bare) && !bare.contains(|c: char| c.is_ascii_digit())
            || PARTICLES.contains(&bare.to_lowercase().as_str())
            || word.starts_with('(') && word.ends_with(')')
    };
    let piece = |piece: &&str| {
        let words: Vec<&str> = piece.split_whitespace().collect();
        (1..=5).contains(&words.len())
            && words.first().is_some_and(|first| first.starts_with(char::is_uppercase))
            && words.into_iter().all(word)
    };
    text.chars().count() <= 60 && pieces.len() <= 3 && pieces.iter().all(piece)
}

/// The day that starts a name, whatever the order: for those who only ask whether it lies ahead.
pub fn day_of(path: &str) -> Option<NaiveDate> {
    in_name(path, None).and_then(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: Option<Found>) -> Option<String> {
        found.map(|found| match found {
            Ok(day) => day.to_string(),
            Err((refused, written)) => {
                format!("{} {written}", format!("{refused:?}").split('(').next().unwrap_or_default())
            }
        })
    }

    #[test]
    fn names() {
        for (path, day) in [
            ("2020-01-29-dgfip.md", Some("2020-01-29")),
            ("x/2020-1-29 titre.md", Some("2020-01-29")),
            ("20200129.md", Some("2020-01-29")),
            ("20200129_titre.md", Some("2020-01-29")),
            ("2020_01_29_titre.md", Some("2020-01-29")),
            ("2020.01.29 titre.md", Some("2020-01-29")),
            ("29-01-2020-titre.md", Some("2020-01-29")),
            ("29 janvier 2020 - titre.md", Some("2020-01-29")),
            ("2020-01-29/index.md", Some("2020-01-29")),
            ("2020-01-29T0930-titre.md", Some("2020-01-29")),
            ("2020-02-30-x.md", Some("Impossible 2020-02-30")),
            ("03-04-2020-x.md", Some("Ambiguous 03-04-2020")),
            ("budget-2020.md", None),
            ("2020-01-bilan.md", None),
            ("1234567.md", None),
            ("12345678.md", None),
            ("10-11-12-x.md", None),
            ("3-projets-2020.md", None),
            ("mai-2020.md", None),
        ] {
            assert_eq!(shown(in_name(path, None)).as_deref(), day, "{path}");
        }
    }

    #[test]
    fn what_is_behind_a_date_stays_as_it_is_written() {
        for (name, rest) in [
            ("2026-11-24 Budget d’été", Some(" Budget d’été")),
            ("2026-11-24 Budget d\'e\u{301}te\u{301}", Some(" Budget d\'e\u{301}te\u{301}")),
            ("2026_11_24_Cœur_de_ville", Some("_Cœur_de_ville")),
            ("1er février 2026 – Straße n° 2 ", Some(" – Straße n° 2 ")),
            ("2026-11-24 № ½ 東京 Ⅳ", Some(" № ½ 東京 Ⅳ")),
            ("２０２６-11-24 x", Some(" x")),
            ("20261124", Some("")),
            ("L’été 2026", None),
        ] {
            assert_eq!(written_behind_date(name), rest, "{name}");
        }
    }

    #[test]
    fn days_inside_of_names() {
        for (path, day) in [
            ("CP du 24-11-2026.md", Some("2026-11-24")),
            ("20261104x2.md", Some("2026-11-04")),
            ("2026/CP_2026-11-24_def.txt", Some("2026-11-24")),
            ("Conseil du 24 novembre 2026 (3).docx", Some("2026-11-24")),
            ("Du 23-11-2026 au 24-11-2026.md", None),
            ("Budget 2026.md", None),
            ("CP 03-04-2026.md", None),
            ("Plan 12345678.md", None),
            ("x.md", None),
        ] {
            assert_eq!(inside_name(path, None).map(|day| day.to_string()).as_deref(), day, "{path}");
        }
    }

    #[test]
    fn folders() {
        for (path, day) in [
            ("2020/01/29/titre.md", Some("2020-01-29")),
            ("2020/1/29/titre/index.md", Some("2020-01-29")),
            ("2020/01/29-titre.md", Some("2020-01-29")),
            ("news/2020/01/29.md", Some("2020-01-29")),
            ("2020-01-29/titre.md", Some("2020-01-29")),
            ("2020/01/titre.md", None),
            ("2020/01/3titre.md", None),
            ("2020/02/30/titre.md", Some("Impossible 2020-02-30")),
            ("0042/01/02/titre.md", None),
        ] {
            assert_eq!(shown(in_folders(path, None)).as_deref(), day, "{path}");
        }
    }

    #[test]
    fn hours() {
        let hour = |hour: Option<NaiveTime>| hour.map(|hour| hour.format("%H:%M").to_string());
        for (path, expected) in [
            ("2026-11-30 23h55 f.md", Some("23:55")),
            ("x/2026_11_24_14H30_x.md", Some("14:30")),
            ("2026-11-24 8h/index.md", Some("08:00")),
            ("2026-11-24 Budget.md", None),
            ("2026-02-30 8h x.md", None),
            ("14h30 x.md", None),
        ] {
            assert_eq!(hour(hour_in_name(path, None)).as_deref(), expected, "{path}");
        }
        for (path, expected) in [
            ("2026-12-24 8h/x.md", Some("08:00")),
            ("2026/12/24_8h/x.md", Some("08:00")),
            ("2026/12/24 8h30 x.md", Some("08:30")),
            ("2026/12/24/8h30 x.md", None),
        ] {
            assert_eq!(hour(hour_in_folders(path, None)).as_deref(), expected, "{path}");
        }
        assert_eq!(written_behind_date("2026-11-24 14h30 L’été"), Some(" L’été"));
    }

    #[test]
    fn addresses() {
        for (address, day) in [
            ("/2020/01/29/titre/", Some("2020-01-29")),
            ("https://www.example.org/2020/1/29/titre.html?x", Some("2020-01-29")),
            ("/presse/2020-01-29-titre.html", Some("2020-01-29")),
            ("/:year/:month/:day/:title/", None),
            ("/presse/titre/", None),
            ("/2020/02/30/titre/", None),
        ] {
            assert_eq!(shown(in_address(address, None)).as_deref(), day, "{address}");
        }
    }

    #[test]
    fn days_alone() {
        for (line, day) in [
            ("29 January 2020", Some("2020-01-29")),
            ("Le 29 janvier 2020", Some("2020-01-29")),
            ("Mercredi 29 janvier 2020 :", Some("2020-01-29")),
            ("29/01/2020", Some("2020-01-29")),
            ("03/04/2020", None),
            ("29 janvier 2020 à 18 h", None),
            ("29 janvier 2020 : le budget", None),
            ("30 février 2020", None),
            ("Janvier 2020", None),
            ("", None),
        ] {
            assert_eq!(alone(line, None).map(|day| day.to_string()).as_deref(), day, "{line}");
        }
    }

    #[test]
    fn datelines() {
        for (line, day) in [
            ("Lens, le 29 janvier 2020", Some("2020-01-29")),
            ("LENS, LE 29 JANVIER 2020 – La communauté", Some("2020-01-29")),
            ("Fait à Lens, le 1er février 2020.", Some("2020-02-01")),
            ("À Lens, mercredi 29 janvier 2020", Some("2020-01-29")),
            ("Lens le 29 janvier 2020", Some("2020-01-29")),
            ("Boulogne-sur-Mer (62), le 29/01/2020 :", Some("2020-01-29")),
            ("LENS, France, Jan. 29, 2020 (AFP) – The", Some("2020-01-29")),
            ("La Rochelle, 29 janvier 2020", Some("2020-01-29")),
            ("Berlin, den 29. Januar 2020", Some("2020-01-29")),
            ("Lens, le 30 février 2020", Some("Impossible le 30 février 2020")),
            ("Lens, le 29 janvier 2020 se tiendra un concert", None),
            ("Samedi, 29 février 2020", None),
            ("Update, April 27, 2018", None),
            ("Mise à jour, le 27 avril 2018", None),
            ("Rendez-vous, le 29 janvier 2020", None),
            ("La fête aura lieu à Lens, le 29 janvier 2020", None),
            ("Rendez-vous le 29 janvier 2020 à 18 h", None),
            ("Lens, le 29 janvier", None),
            ("29 janvier 2020", None),
            ("", None),
        ] {
            assert_eq!(shown(in_dateline(line, None)).as_deref(), day, "{line}");
        }
    }
}
