//! What a release says of its own diffusion in its first lines: an embargo, or none (EM-03, EM-04).
//!
//! A banner is for the press, not for the reader: it is found here, read by `resolve`, and taken
//! out of what is published. Whoever writes "sous embargo" and no date that can be read must not
//! see the item go out.

mod fold;
mod search;
mod words;

use self::fold::{folded, plain};
use self::search::may_be;
use self::words::{
    APPEARS, EMBARGO, FORBIDDEN, IMMEDIATE, UNDER, UNTIL, USABLE, WHEN, has_figures_of_a_date, has_year_and_day,
    is_beside, names_a_day, tells_a_date,
};
pub use self::words::{DAYS, MONTHS, is_filler};
use crate::input::At;
use crate::problem::Place;

/// A line about the diffusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banner {
    /// Not before: what follows the words, as typed.
    Embargo(At<String>),
    /// The day on which it appears, `Date de diffusion : …`: not before, but a day alone is told as by a date, and
    /// one that is past is a date.
    Appears(At<String>),
    /// At once.
    Immediate,
}

/// So many lines that are not empty may hold one.
const LINES: usize = 12;

/// The banners of a text, and the text without them, with as many lines as before.
pub fn take(body: &str, first_line: u32) -> (Vec<Banner>, Option<String>) {
    if !may_be(body) {
        return (Vec::new(), None);
    }
    let mut banners = Vec::new();
    let mut cut: Vec<usize> = Vec::new();
    let mut shortened: Vec<(usize, String)> = Vec::new();
    let written = body.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut above = true;
    for (place, (index, line)) in written.enumerate() {
        let number = first_line + u32::try_from(index).unwrap_or_default();
        let in_text = !above;
        above &= !is_running(line);
        let Some(banner) = banner(line, Place::line(number)) else { continue };
        // Further down only what says until when, and nothing else: `### EMBARGO` may be a chapter.
        let told = matches!(&banner, Banner::Embargo(at) if at.value.contains(|c: char| c.is_ascii_digit()));
        if place >= LINES && !(told && is_nothing_else(line)) {
            continue;
        }
        if matches!(banner, Banner::Appears(_)) && (in_text || is_point(line)) {
            continue;
        }
        banners.push(banner);
        // What else the line says is the reader's.
        if let Some(rest) = without(line) {
            let marks = line.len() - line.trim_start_matches(|c: char| c.is_whitespace() || "#*_>".contains(c)).len();
            shortened.push((
                index,
                format!("{}{}", line.get(..marks).unwrap_or_default(), rest.trim_start_matches(['*', '_'])),
            ));
        } else if is_nothing_else(line) {
            cut.push(index);
            // The line under it that would make it a heading.
            let under = |line: &&str| !line.trim().is_empty() && line.trim().chars().all(|c| c == '=');
            cut.extend(body.split('\n').nth(index + 1).filter(under).map(|_| index + 1));
        }
    }
    if cut.is_empty() && shortened.is_empty() {
        return (banners, None);
    }
    let kept = body.split('\n').enumerate().map(|(index, line)| {
        let shorter = shortened.iter().find(|(short, _)| *short == index).map(|(_, line)| line.as_str());
        if cut.contains(&index) { "" } else { shorter.unwrap_or(line) }
    });
    (banners, Some(kept.collect::<Vec<_>>().join("\n")))
}

/// Whether a line is a text, and not one above it.
fn is_running(line: &str) -> bool {
    const LONG: usize = 80;
    let length = line.trim().chars().count();
    length > LONG || length > LONG / 2 && line.trim_end().ends_with(['.', '…'])
}

/// A point of a list or a row of a table: what it says is of what the text is about.
fn is_point(line: &str) -> bool {
    let line = line.trim_start();
    ["- ", "* ", "+ ", "|"].iter().any(|mark| line.starts_with(mark)) || line.starts_with(|c: char| c.is_ascii_digit())
}

/// The embargo that the name of a file or of its folder tells of: `CP piscine SOUS EMBARGO 25 nov.docx`,
/// `piscine (embargo).md`. The word alone is what a release may be about.
pub fn in_path(path: &str) -> Option<Banner> {
    const TELLING: [&str; 6] =
        ["sous embargo", "under embargo", "embargoed", "ne pas diffuser", "ne pas publier", "sousembargo"];
    path.split('/').rev().find_map(|name| {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let (folded, places) = folded(&spaced(stem));
        let place_of = |at: usize| places.get(at).copied().unwrap_or(stem.len());
        let told = TELLING.iter().find_map(|phrase| folded.find(phrase).map(|at| place_of(at + phrase.len())));
        let capitals = || stem.find("EMBARGO").map(|at| at + "EMBARGO".len());
        let dated = || {
            let end = folded.find("embargo")? + "embargo".len();
            let behind = folded.get(end..)?;
            let word =
                behind.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty() && !is_filler(word))?;
            // A year alone is what it is about.
            let day = word.len() < 4 && word.starts_with(|c: char| c.is_ascii_digit());
            (day || tells_a_date(word) || has_figures_of_a_date(behind)).then(|| place_of(end))
        };
        let set_off = || {
            let start = stem.to_lowercase().find("embargo").filter(|_| stem.is_ascii() || folded.len() == stem.len());
            let start = start.or_else(|| stem.find("embargo").or_else(|| stem.find("Embargo")))?;
            let (before, end) = (stem.get(..start)?, start + "embargo".len());
            let bracket = before.ends_with(['(', '[']);
            let last = stem.get(end..)?.is_empty() && ["- ", "– ", "_", "--"].iter().any(|sign| before.ends_with(sign));
            (bracket || last).then_some(end)
        };
        let end = told.or_else(capitals).or_else(dated).or_else(set_off)?;
        let frame = |c: char| c.is_whitespace() || "()[]".contains(c);
        let value = spaced(stem).get(end..).unwrap_or_default().trim_matches(frame).to_owned();
        Some(Banner::Embargo(At { value, place: Place::line(1) }))
    })
}

/// Words of a name apart, as many bytes as before; `15-12-2026` is one.
fn spaced(name: &str) -> String {
    let bytes = name.as_bytes();
    let figure = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let sign = |(at, character): (usize, char)| match character {
        '_' => ' ',
        '-' if !(figure(at.checked_sub(1)) && figure(Some(at + 1))) => ' ',
        character => character,
    };
    name.char_indices().map(sign).collect()
}

/// A title without what it says of an embargo, where that stands apart: `La piscine rouvre` of `SOUS EMBARGO jusqu'au
/// 24/12 à 8h – La piscine rouvre`. `None` where it says nothing of it, or nothing else.
pub fn without(title: &str) -> Option<&str> {
    if !matches!(banner(title, Place::line(1)), Some(Banner::Embargo(_))) {
        return None;
    }
    let mut rest = title.trim();
    while let Some(shorter) = without_first(rest).or_else(|| without_last(rest)) {
        rest = shorter;
    }
    (rest != title.trim() && !is_nothing_else(rest)).then_some(rest)
}

/// What parts the pieces of a title.
const SIGNS: [&str; 5] = [" – ", " — ", " - ", " | ", " : "];

/// A title without its first piece, or what stands in brackets before it, where that says nothing for the reader.
fn without_first(title: &str) -> Option<&str> {
    let bracket = || title.find([')', ']']).map(|at| (at + 1, at + 1)).filter(|_| title.starts_with(['(', '[']));
    let sign = || SIGNS.iter().filter_map(|sign| title.find(sign).map(|at| (at, at + sign.len()))).min();
    let (end, next) = bracket().or_else(sign)?;
    title.get(..end).filter(|piece| is_nothing_else(piece))?;
    title.get(next..).map(str::trim_start)
}

/// The same at its end.
fn without_last(title: &str) -> Option<&str> {
    let bracket = || title.rfind(['(', '[']).map(|at| (at, at)).filter(|_| title.ends_with([')', ']']));
    let sign = || SIGNS.iter().filter_map(|sign| title.rfind(sign).map(|at| (at, at + sign.len()))).max();
    let (end, next) = bracket().or_else(sign)?;
    title.get(next..).filter(|piece| is_nothing_else(piece))?;
    title.get(..end).map(str::trim_end)
}

/// Whether a line announces an embargo.
pub fn is_embargo(line: &str) -> bool {
    matches!(banner(line, Place::line(1)), Some(Banner::Embargo(_)))
}

/// Whether a line tells when the text may be used, or appears.
pub fn tells_when(line: &str) -> bool {
    matches!(banner(line, Place::line(1)), Some(Banner::Embargo(_) | Banner::Appears(_)))
}

/// The banner of a line, or of a title.
pub fn banner(line: &str, place: Place) -> Option<Banner> {
    if !may_be(line) {
        return None;
    }
    let text = plain(line);
    let (folded, places) = folded(&text);
    let words = |phrase: &str| {
        let starts =
            |at: &usize| !folded.get(..*at).is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric()));
        let mut found = folded.match_indices(phrase).map(|(at, _)| at);
        found.find(starts).map(|at| (at, at + phrase.len()))
    };
    let all_beside = |text: &str| text.split(|c: char| !c.is_alphanumeric()).all(is_beside);
    let leads = |start: usize| folded.get(..start).is_some_and(all_beside);
    let until = |behind: &str| {
        let behind = behind.trim_start_matches([' ', ':', '-', '(']);
        UNTIL.iter().any(|word| behind.starts_with(word))
    };
    // Between brackets at an end of the line, or between a dash and an end: "La piscine (sous embargo)".
    let bracketed = |start: usize, end: usize| {
        let (before, behind) = (folded.get(..start).unwrap_or_default(), folded.get(end..).unwrap_or_default());
        let inside = before.trim_end().strip_suffix(['(', '[']).zip(behind.trim_start().strip_prefix([')', ']']));
        inside.is_some_and(|(before, behind)| before.trim().is_empty() || behind.trim().is_empty())
    };
    let set_off = |start: usize, end: usize| {
        let (before, behind) = (folded.get(..start).unwrap_or_default(), folded.get(end..).unwrap_or_default());
        let first = before.is_empty() && [" - ", " | ", " : "].iter().any(|sign| behind.starts_with(sign));
        let last = behind.trim_end().is_empty() && ["- ", "| ", ": "].iter().any(|sign| before.ends_with(sign));
        first || last || bracketed(start, end)
    };
    let behind_words = |end: usize| unframed(places.get(end).and_then(|at| text.get(*at..)).unwrap_or_default());
    let typed = |end: usize| {
        let value = behind_words(end);
        // "Jusqu'au 24 décembre à 8 h, sous embargo" says it before.
        let before = folded.starts_with("jusqu") && !value.contains(char::is_alphanumeric);
        Some(Banner::Embargo(At { value: if before { text.clone() } else { value.to_owned() }, place }))
    };
    // What stands beside a phrase that is set off is the reader's.
    let vague = || Some(Banner::Embargo(At { value: String::new(), place }));
    for phrase in EMBARGO {
        let Some((start, end)) = words(phrase) else { continue };
        let behind = folded.get(end..).unwrap_or_default();
        let near: String = behind.chars().take(40).collect();
        let when = WHEN.iter().any(|word| near.contains(word)) || near.contains(|c: char| c.is_ascii_digit());
        if when || leads(start) && all_beside(behind) || is_loud(&text) {
            return typed(end);
        }
        if set_off(start, end) {
            return vague();
        }
    }
    let told = |(_, end): &(usize, usize)| folded.get(*end..).is_some_and(until);
    if let Some((_, end)) = UNDER.iter().find_map(|phrase| words(phrase).filter(told)) {
        return typed(end);
    }
    // "Embargo : mercredi 12 h", "Press embargo (24 décembre)"; "Embargo : la France …" is a headline.
    if let Some((start, end)) = words("embargo") {
        let behind = folded.get(end..).unwrap_or_default();
        let near: String = behind.chars().take(60).collect();
        let date = near.split(|c: char| !c.is_alphanumeric()).any(tells_a_date) || has_figures_of_a_date(&near);
        let capitals = places.get(start).and_then(|at| text.get(*at..)).is_some_and(|t| t.starts_with("EMBARGO"));
        let mark = behind.trim_start().starts_with([':', '-']) || !behind.contains(char::is_alphanumeric);
        // "Ville de Lens – embargo jusqu'au 24": what stands before a dash says nothing of the embargo.
        let before = folded.get(..start).unwrap_or_default().trim_end();
        let parted = before.ends_with(['-', '|', ':', '/', '(', '[', '*']);
        // That it ends, with no hour, is news.
        let over = ["fin", "leve", "lift", "end "].iter().any(|word| before.contains(word));
        // A heading of one word is a chapter.
        let chapter = line.trim_start().starts_with('#') && folded == "embargo" && !capitals;
        let alone = leads(start) && all_beside(behind) && !over && !chapter;
        let told = date || until(&near) || has_year_and_day(&near);
        if (leads(start) || parted) && told || alone || leads(start) && capitals && mark {
            return typed(end);
        }
        if capitals && set_off(start, end) || bracketed(start, end) {
            return vague();
        }
    }
    let beside = |start: usize, end: usize| leads(start) && folded.get(end..).is_some_and(all_beside);
    for phrase in FORBIDDEN {
        if let Some((_, end)) = words(phrase).filter(|(start, end)| beside(*start, *end)) {
            return typed(end);
        }
        if let Some(until) =
            words(phrase).filter(|(start, _)| leads(*start)).and_then(|(_, end)| forbidden_until(&folded, end))
        {
            return typed(until);
        }
        if words(phrase).is_some_and(|(start, end)| set_off(start, end)) {
            return vague();
        }
    }
    for phrase in USABLE {
        let Some((_, end)) = words(phrase).filter(|(start, end)| beside(*start, *end)) else { continue };
        let behind = folded.get(end..).unwrap_or_default();
        if behind.contains(|c: char| c.is_ascii_digit())
            || behind.split(|c: char| !c.is_alphanumeric()).any(tells_a_date)
        {
            return typed(end);
        }
    }
    let appears = |phrase: &&str| words(phrase).filter(|(start, end)| beside(*start, *end)).map(|(_, end)| end);
    if let Some(end) = APPEARS.iter().find_map(appears).filter(|end| folded.get(*end..).is_some_and(names_a_day)) {
        return Some(Banner::Appears(At { value: behind_words(end).to_owned(), place }));
    }
    let behind = |end: usize| folded.get(end..);
    let whole = |phrase: &&str| {
        words(phrase)
            .filter(|(start, _)| leads(*start))
            .map(|(_, end)| end)
            .filter(|end| behind(*end).is_some_and(is_day_alone))
    };
    let end = IMMEDIATE.iter().find_map(whole)?;
    // With a day it is the day of the release, and that may lie ahead.
    let dated = behind(end).is_some_and(names_a_day);
    Some(if dated { Banner::Appears(At { value: behind_words(end).to_owned(), place }) } else { Banner::Immediate })
}

/// Whether nothing but a day, or nothing at all, stands behind "for immediate release".
fn is_day_alone(behind: &str) -> bool {
    let is_figure = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let mut words = behind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| is_figure(word) || tells_a_date(word) || matches!(word, "le" | "on" | "du" | "the" | "of"))
}

/// Where the words begin that say until when, behind those that forbid it whatever stands between: `Not for publication
/// in any newspaper before 15 December 2026`.
fn forbidden_until(folded: &str, end: usize) -> Option<usize> {
    let behind = folded.get(end..)?;
    let starts = UNTIL.iter().flat_map(|word| behind.match_indices(word)).map(|(at, _)| at);
    let start = starts.filter(|at| behind.get(..*at).is_some_and(|before| before.ends_with(' '))).min()?;
    let until = behind.get(start..)?;
    let date =
        until.contains(|c: char| c.is_ascii_digit()) || until.split(|c: char| !c.is_alphanumeric()).any(tells_a_date);
    let nothing_else = until.split(|c: char| !c.is_alphanumeric()).all(is_beside);
    (date && nothing_else).then_some(end + start)
}

/// What is typed without the signs around it; a bracket that opens inside closes there.
fn unframed(value: &str) -> &str {
    let frame = |c: char| c.is_whitespace() || matches!(c, ']' | '>' | '"' | '»');
    let before = |c: char| frame(c) || matches!(c, ')' | ':' | '-' | '–' | '—' | '(' | ',');
    let mut value = value.trim_start_matches(before).trim_end_matches(frame);
    while let Some(shorter) =
        value.strip_suffix(')').filter(|rest| rest.matches('(').count() <= rest.matches(')').count())
    {
        value = shorter.trim_end_matches(frame);
    }
    value
}

/// A line in capitals is a banner, not a story.
fn is_loud(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// Whether a line that is a banner says nothing for the reader.
pub fn is_nothing_else(line: &str) -> bool {
    let (folded, _) = folded(&plain(line));
    let mut rest = folded;
    for phrase in EMBARGO.iter().chain(&UNDER).chain(&IMMEDIATE).chain(&FORBIDDEN).chain(&USABLE).chain(&APPEARS) {
        rest = rest.replace(phrase, " ");
    }
    rest.split(|c: char| !c.is_alphanumeric()).all(is_beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Option<String> {
        banner(line, Place::line(1)).map(|banner| match banner {
            Banner::Embargo(at) => at.value,
            Banner::Appears(at) => format!("on {}", at.value),
            Banner::Immediate => "at once".to_owned(),
        })
    }

    #[test]
    fn lines_that_are_banners() {
        for (line, rest) in [
            ("sous embargo jusqu'au 29 janvier 2020 à 11h", "jusqu'au 29 janvier 2020 à 11h"),
            ("**SOUS EMBARGO JUSQU’AU 29 JANVIER 2020 À 11H**", "JUSQU’AU 29 JANVIER 2020 À 11H"),
            ("EMBARGO : mercredi 12h", "mercredi 12h"),
            ("**EMBARGO** : jeudi 24 décembre 2026, 8 h", "jeudi 24 décembre 2026, 8 h"),
            ("Embargo (24 décembre 2026, 8h)", "24 décembre 2026, 8h"),
            ("EMBARGO 24 décembre 2026 à 8h", "24 décembre 2026 à 8h"),
            ("Embargo jeudi 24 décembre 2026 à 8h00", "jeudi 24 décembre 2026 à 8h00"),
            ("Embargo presse : 24 décembre 2026, 8 h", "presse : 24 décembre 2026, 8 h"),
            ("Press embargo: 24 December 2026 08:00", "24 December 2026 08:00"),
            ("# Embargo jusqu’à jeudi", "jusqu’à jeudi"),
            ("NE PAS DIFFUSER AVANT LE 29/01/2020 11:00", "LE 29/01/2020 11:00"),
            ("Merci de ne pas diffuser avant le 29/01/2020 11:00", "le 29/01/2020 11:00"),
            ("EMBARGOED UNTIL 00:01 GMT 3 February 2005", "UNTIL 00:01 GMT 3 February 2005"),
            ("This press release is embargoed until 3 February", "until 3 February"),
            ("UNDER EMBARGO", ""),
            ("SOUS  EMBARGO", ""),
            ("SOUS&nbsp;**EMBARGO**", ""),
            ("<!-- Sous embargo jusqu’au 24 -->", "jusqu’au 24"),
            ("<p><strong>Sous embargo</strong></p>", ""),
            ("> Sous strict embargo jusqu’à jeudi", "jusqu’à jeudi"),
            ("HOLD FOR RELEASE", ""),
            ("[Communiqué de presse sous embargo]", ""),
            ("Lens, le 20 novembre 2026 – SOUS EMBARGO jusqu'au 24", "jusqu'au 24"),
            ("Ce communiqué est sous embargo jusqu'au 24", "jusqu'au 24"),
            ("DIFFUSION LIBRE À PARTIR DU 24/12/2026 8H", "24/12/2026 8H"),
            ("EMBARGO", ""),
            ("Levée de l’embargo : 24/12/2026 à 8 h", "24/12/2026 à 8 h"),
            ("Embargo : 24/12/2026 à 8 h", "24/12/2026 à 8 h"),
            ("Merci de respecter l’embargo jusqu’au 24", "jusqu’au 24"),
            ("Embargo : demain midi", "demain midi"),
            ("Ville de Lens – Embargo jusqu’au 24 décembre", "jusqu’au 24 décembre"),
            ("⚠️ SOUS EMBARGO ⚠️", "⚠"),
            ("⚠️ sous embargo ⚠️", "⚠"),
            ("SOUS EM\u{ad}BARGO", ""),
            ("SOUS\u{200b} EMBARGO", ""),
            ("S O U S   E M B A R G O", ""),
            ("S O U S E M B A R G O", ""),
            ("Ne pas communiquer avant le 24 décembre", "le 24 décembre"),
            ("Publication interdite avant le 24 décembre", "le 24 décembre"),
            ("À publier à partir du 24 décembre 2026 à 8 h", "à partir du 24 décembre 2026 à 8 h"),
            ("À diffuser le 24/12 à 8 h", "le 24/12 à 8 h"),
            ("CONFIDENTIEL – NE PAS DIFFUSER", ""),
            ("Confidentiel jusqu’au 24 décembre", "’au 24 décembre"),
            ("FOR RELEASE: 9:00 AM, 24 December 2026", "9:00 AM, 24 December 2026"),
            ("Hold until 24 December", "24 December"),
            ("NOT FOR RELEASE", ""),
            ("EMBARGO !", "!"),
            ("EMBARGO STRICT", "STRICT"),
            ("EMBARGO PRESSE", "PRESSE"),
            ("Embargo.", "."),
            ("(EMBARGO)", ""),
            ("Embargo à respecter", "à respecter"),
            ("Embargo : à l’issue du conseil municipal", "à l’issue du conseil municipal"),
            ("Fin de l’embargo : 15 décembre 2026 à 8h", "15 décembre 2026 à 8h"),
            ("Soumis à embargo jusqu’au 15 décembre 2026 à 8h", "jusqu’au 15 décembre 2026 à 8h"),
            ("Les informations ci-dessous sont soumises à embargo jusqu'au 15 décembre", "jusqu'au 15 décembre"),
            ("Jusqu’au 15 décembre 2026 à 8h, sous embargo", "Jusqu’au 15 décembre 2026 à 8h, sous embargo"),
            ("Interdit à la publication avant le 15 décembre", "le 15 décembre"),
            ("Ne pas mettre en ligne avant le 15 décembre", "le 15 décembre"),
            ("Merci de ne rien publier avant le 15 décembre", "le 15 décembre"),
            ("À garder confidentiel jusqu’au 15 décembre", "’au 15 décembre"),
            ("Embargo: 15 dicembre 2026", "15 dicembre 2026"),
            ("SOUS EMBRAGO", ""),
            ("[SOUS EMBARGO] La piscine", ""),
            ("La piscine (sous embargo)", ""),
            ("La piscine rouvre - EMBARGO", ""),
            ("La piscine rouvre – sous embargo", ""),
            ("NE PAS DIFFUSER - La piscine", ""),
            ("[Embargo] La piscine", ""),
            (
                "Not for publication or broadcast until 00:01 Tuesday 15 December 2026",
                "or broadcast until 00:01 Tuesday 15 December 2026",
            ),
            (
                "Not for publication, broadcast or use on the internet before 00:01 Tuesday 15 December 2026",
                "broadcast or use on the internet before 00:01 Tuesday 15 December 2026",
            ),
            (
                "NOT FOR RELEASE, PUBLICATION OR DISTRIBUTION BEFORE 15 DECEMBER 2026",
                "PUBLICATION OR DISTRIBUTION BEFORE 15 DECEMBER 2026",
            ),
            ("Not for publication in any newspaper before 15 December 2026, 9am", "before 15 December 2026, 9am"),
            ("This story is not for publication until 15 December 2026 at 9am", "until 15 December 2026 at 9am"),
            ("FOR RELEASE AT 9 A.M. EST, DECEMBER 15, 2026", "AT 9 A.M. EST, DECEMBER 15, 2026"),
            ("FOR RELEASE ON DECEMBER 15, 2026, 9 A.M.", "ON DECEMBER 15, 2026, 9 A.M."),
            ("For use after 9am, Tuesday 15 December 2026", "after 9am, Tuesday 15 December 2026"),
            ("À n’utiliser qu’à partir du 15 décembre 2026 à 8 h", "’à partir du 15 décembre 2026 à 8 h"),
            ("Utilisable à partir du 15 décembre 2026 à 8 h", "à partir du 15 décembre 2026 à 8 h"),
            ("*** EMBARGO UNTIL 15 DECEMBER 2026 9AM ***", "UNTIL 15 DECEMBER 2026 9AM"),
            ("Released under embargo: 15 December 2026, 9am", "15 December 2026, 9am"),
            (
                "Sous embargo jusqu’au 15 décembre 2026 à 8 h (heure locale)",
                "jusqu’au 15 décembre 2026 à 8 h (heure locale)",
            ),
            ("(Sous embargo jusqu’au 15 décembre 2026)", "jusqu’au 15 décembre 2026"),
            ("Publication le mardi 15 décembre 2026 à 8 h", "on mardi 15 décembre 2026 à 8 h"),
            ("**Date de diffusion : 15 décembre 2026 à 8 h**", "on 15 décembre 2026 à 8 h"),
            ("Diffusion : mardi 15 décembre 2026 à 8h", "on mardi 15 décembre 2026 à 8h"),
            ("Parution le 15/12/2026", "on 15/12/2026"),
            ("À paraître le 15 décembre", "on le 15 décembre"),
            ("Date of release: 15 December 2026, 00:01", "on 15 December 2026, 00:01"),
            ("To be released on 15 December 2026 at 9am", "on on 15 December 2026 at 9am"),
            ("Pour diffusion immédiate", "at once"),
            ("*FOR IMMEDIATE RELEASE:*", "at once"),
        ] {
            assert_eq!(shown(line).as_deref(), Some(rest), "{line}");
        }
        for line in [
            "L’embargo sur les huîtres est levé",
            "Embargo : la France réagit",
            "Embargo strict sur les armes : la France réagit",
            "La diffusion immédiate de la vidéo",
            "Diffusion immédiate de toutes nos vidéos sur le site",
            "Le texte, sous embargo, a fuité",
            "Le texte (sous embargo) a fuité",
            "Embargo - la France réagit",
            "Le pétrole soumis à embargo depuis 2022",
            "Levée de l’embargo",
            "Embargo : 15 entreprises sont touchées",
            "Le conseil prolonge l’embargo jusqu’au 24 décembre",
            "Diffusion à partir du 24 décembre sur Arte",
            "Pour diffusion dans vos rubriques",
            "Documents à publier",
            "Merci de ne pas diffuser les 3 photos",
            "The new version is ready for release",
            "À vos marques : la piscine rouvre le 24",
            "La publication le 15 décembre du rapport sur l’eau",
            "Date de publication : mai 2019",
            "Date de publication : 2019",
            "Release date: TBC",
            "Publication : Le Journal de Lens, 15 décembre 2026",
            "Diffusion : mardi 15 décembre 2026 sur France 3",
            "NOT FOR RELEASE, PUBLICATION OR DISTRIBUTION IN WHOLE OR IN PART IN THE UNITED STATES",
            "For use with 3 litres of water",
            "A B C D : quatre lettres",
            "5 < 6 et 7 > 3",
            "",
        ] {
            assert_eq!(shown(line), None, "{line}");
        }
    }

    #[test]
    fn titles_lose_what_is_for_the_press() {
        for (title, rest) in [
            ("SOUS EMBARGO jusqu'au 15 décembre 2026 à 8h – La piscine rouvre", Some("La piscine rouvre")),
            ("Embargo : 15 décembre 2026 8h – La piscine : fin des travaux", Some("La piscine : fin des travaux")),
            ("[SOUS EMBARGO jusqu'au 15/12/2026 8h] La piscine", Some("La piscine")),
            ("La piscine rouvre (sous embargo jusqu'au 15/12/2026 8h)", Some("La piscine rouvre")),
            ("La piscine - sous embargo", Some("La piscine")),
            ("SOUS EMBARGO jusqu'au 15/12/2026 8h", None),
            ("EMBARGO : mercredi 12h", None),
            ("L’embargo sur le pétrole – un an après", None),
            ("Sous embargo jusqu'au 25 novembre 2026 à 9 h. Le maire démissionne.", None),
        ] {
            assert_eq!(without(title), rest, "{title}");
        }
    }

    #[test]
    fn names_that_tell_of_an_embargo() {
        for (name, rest) in [
            ("2026-11-01 piscine - embargo 15-12-2026 8h.md", "15-12-2026 8h"),
            ("2026-11-05 piscine embargo jusqu'au 15 décembre 2026 à 8h.md", "jusqu'au 15 décembre 2026 à 8h"),
            ("2026-11-06 Embargo 15 décembre 2026 piscine.md", "15 décembre 2026 piscine"),
            ("2026-11-06-embargo-mardi-piscine/index.md", "mardi piscine"),
            ("2026-11-07 piscine (embargo).md", ""),
            ("2026-11-07 [Embargo] piscine.md", "piscine"),
            ("2026-11-08 Fête - embargo.md", ""),
            ("2026-11-08_fete_embargo.md", ""),
            ("2026-11-08 piscine-EMBARGO.md", ""),
            ("CP piscine SOUS EMBARGO 25 nov.docx", "25 nov"),
        ] {
            let told = in_path(name).map(|banner| match banner {
                Banner::Embargo(at) | Banner::Appears(at) => at.value,
                Banner::Immediate => "at once".to_owned(),
            });
            assert_eq!(told.as_deref(), Some(rest), "{name}");
        }
        for name in [
            "2026-11-01-embargo-sur-le-petrole.md",
            "2026-11-01-fin-de-l-embargo.md",
            "2022-11-01-embargo-2022-bilan.md",
            "2026-11-01-embargo-russe-12-entreprises.md",
            "2026-11-01-oil-embargo.md",
        ] {
            assert_eq!(in_path(name), None, "{name}");
        }
    }

    #[test]
    fn a_text_that_may_hold_no_banner_holds_none() {
        let mut texts: Vec<String> =
            ["Sous embargo", "em**bargo** : 24/12/2026", "À diffuser le 24/12 à 8 h", "é m b a r g o"]
                .map(str::to_owned)
                .to_vec();
        for phrase in EMBARGO.iter().chain(&USABLE).chain(&APPEARS).chain(&FORBIDDEN).chain(&IMMEDIATE) {
            texts.extend([phrase.to_uppercase(), format!("Texte – {phrase} 24/12/2026"), format!("x {phrase}")]);
            texts.push(phrase.replace(' ', "\u{a0} "));
            texts.push(format!("{} le 24/12/2026 < presse", phrase.replace(' ', "\u{200b}")));
        }
        for text in texts {
            assert!(may_be(&text), "{text}");
        }
        assert!(!may_be("La piscine rouvre lundi 24 novembre à 8 h, après un an de travaux.\n\n- un\n- deux\n"));
    }

    #[test]
    fn a_banner_is_taken_out_and_every_line_stays_where_it_was() {
        let (banners, text) = take("\nSOUS EMBARGO\n====\n\nLens, le 29\nTexte.\n", 4);
        assert_eq!(banners.len(), 1);
        assert_eq!(text.as_deref(), Some("\n\n\n\nLens, le 29\nTexte.\n"));
        assert_eq!(take("Texte.\n", 1), (Vec::new(), None));
        let far = "Un\n\n".repeat(20);
        assert_eq!(take(&format!("{far}[^1]: Sous embargo jusqu’au 24/12/2026\n"), 1).0.len(), 1);
        assert_eq!(take(&format!("{far}### EMBARGO\n"), 1).0.len(), 0);
        // No word of the release goes with it.
        for line in [
            "Sous embargo jusqu'au 25 novembre 2026 à 9 h. Le maire démissionne.\n",
            "Pour diffusion immédiate – le maire démissionne.\n",
        ] {
            assert_eq!(take(line, 1).1, None, "{line}");
        }
        for (line, rest) in [
            ("# Embargo : 22/11/2026 8h – Le pont\n", "# Le pont\n"),
            ("**SOUS EMBARGO jusqu’au 22/11/2026 8h – Le pont**\n", "**Le pont**\n"),
            ("Le pont (sous embargo jusqu’au 22/11/2026 8h)\n", "Le pont\n"),
        ] {
            assert_eq!(take(line, 1).1.as_deref(), Some(rest), "{line}");
        }
        assert_eq!(take("# Embargo\n\nTexte.\n", 1), (Vec::new(), None));
        // When it appears is told above the text; below it is what the text is about.
        let label = "Date de publication : 3 mai 2019\n";
        assert_eq!(take(&format!("# La piscine\n\n{label}"), 1).1.as_deref(), Some("# La piscine\n\n\n"));
        let text = "La piscine de Lens rouvre ses portes ce samedi à dix heures.\n";
        assert_eq!(take(&format!("{text}\n{label}"), 1), (Vec::new(), None));
        assert_eq!(take(&format!("- {label}"), 1), (Vec::new(), None));
        for line in [
            "SOUS EMBARGO JUSQU’AU MERCREDI 25 NOVEMBRE 2026 À 9 H",
            "Sous embargo jusqu’au mercredi 25 novembre 2026 à 8 h 00 précises",
            "Embargoed until Wednesday 25 November 2026, 9am UK time",
            "*** EMBARGO UNTIL 00:01 WEDNESDAY 25 NOVEMBER 2026 ***",
            "Released under embargo: 25 November 2026, 9am",
            "Réservé à la presse, sous embargo jusqu’au 25 novembre 2026 à 8 h",
            "Not for publication, broadcast or use on the internet before 00:01 Wednesday 25 November 2026",
            "À n’utiliser qu’à partir du 25 novembre 2026 à 8 h",
            "Date of release: 25 November 2026, 00:01",
        ] {
            assert_eq!(take(&format!("{line}\n"), 1).1.as_deref(), Some("\n"), "{line}");
        }
    }
}
