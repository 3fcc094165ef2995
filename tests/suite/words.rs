//! The words of dates in eight languages a second time, from the dictionaries, so that a slip in the
//! program's own tables is seen; and the law that nothing of a date is made up. Shared with the
//! fuzz targets, so nothing but words and the law stand here.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization as _;

/// A language as its dictionaries have it. In the patterns `{d}` is the day, `{1}` the day with the
/// mark that a first of the month has, `{h}` and `{12}` the hour, doubled letters have two figures.
pub struct Language {
    pub tag: &'static str,
    pub months: [&'static str; 12],
    pub short: [&'static str; 12],
    pub weekdays: [&'static str; 7],
    pub first: &'static str,
    pub days: &'static [&'static str],
    pub hours: &'static [&'static str],
}

pub const LANGUAGES: [Language; 8] = [
    Language {
        tag: "fr",
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        short: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        first: "1er",
        days: &["{1} {month} {y}", "le {1} {month} {y}", "{weekday} {1} {month} {y}", "{1}-{month}-{y}"],
        hours: &[
            " à {h} h {mm}",
            " à {h}h{mm}",
            ", {hh}:{mm}",
            " {hh}:{mm}:{ss}",
            " à {h} heures",
            " à {h}h",
            " à {h} heures {mm}",
            ", {hh} h {mm} min",
        ],
    },
    Language {
        tag: "en",
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        short: ["Jan.", "Feb.", "Mar.", "Apr.", "May", "Jun.", "Jul.", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."],
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        first: "1st",
        days: &[
            "{month} {d}, {y}",
            "{month} {d} {y}",
            "{weekday}, {month} {d}, {y}",
            "{1} {month} {y}",
            "the {1} of {month} {y}",
            "{dd}-{month}-{y}",
            "{weekday} {d} {month} {y}",
        ],
        hours: &[" at {12}:{mm} {half}", " {12} {half}", ", {hh}:{mm}", " at {hh}:{mm}:{ss}", " {12}:{mm}:{ss} {half}"],
    },
    Language {
        tag: "de",
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        short: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
        weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        first: "1.",
        days: &[
            "{d}. {month} {y}",
            "{weekday}, {d}. {month} {y}",
            "{weekday}, den {d}. {month} {y}",
            "am {d}. {month} {y}",
        ],
        hours: &[", {hh}.{mm} Uhr", " um {hh}:{mm} Uhr", ", {h} Uhr", " {hh}:{mm}:{ss}", " {h} Uhr {mm}"],
    },
    Language {
        tag: "es",
        months: [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        short: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
        weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        first: "1",
        days: &[
            "{d} de {month} de {y}",
            "{weekday}, {d} de {month} de {y}",
            "el {d} de {month} del {y}",
            "{d} {month} {y}",
        ],
        hours: &[" a las {h}:{mm}", ", {hh}:{mm} h", " {hh}:{mm}:{ss}"],
    },
    Language {
        tag: "it",
        months: [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        short: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
        weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        first: "1º",
        days: &["{1} {month} {y}", "{weekday} {1} {month} {y}", "il {d} {month} {y}"],
        hours: &[", ore {hh}:{mm}", " alle {h}:{mm}", " alle ore {hh}:{mm}:{ss}"],
    },
    Language {
        tag: "nl",
        months: [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        short: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
        weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
        first: "1",
        days: &["{d} {month} {y}", "{weekday} {d} {month} {y}", "{d}-{month}-{y}", "op {weekday} {d} {month} {y}"],
        hours: &[" om {hh}.{mm} uur", ", {hh}:{mm} uur", " {hh}:{mm}:{ss}", " om {h} uur"],
    },
    Language {
        tag: "pt",
        months: [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        short: ["jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."],
        weekdays: ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"],
        first: "1º",
        days: &["{1} de {month} de {y}", "{weekday}, {1} de {month} de {y}", "{d}/{month}/{y}", "{d} {month} {y}"],
        hours: &[" às {hh}:{mm}", " às {h}h{mm}", ", {h}h", " {hh}:{mm}:{ss}"],
    },
    Language {
        tag: "pl",
        months: [
            "stycznia",
            "lutego",
            "marca",
            "kwietnia",
            "maja",
            "czerwca",
            "lipca",
            "sierpnia",
            "września",
            "października",
            "listopada",
            "grudnia",
        ],
        short: ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
        weekdays: ["poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"],
        first: "1",
        days: &["{d} {month} {y}", "{weekday}, {d} {month} {y}", "{d} {month} {y} r.", "{d} {month} {y} roku"],
        hours: &[", {hh}:{mm}", " o {h}:{mm}", ", godz. {hh}:{mm}", " {hh}:{mm}:{ss}"],
    },
];

/// What else months are called, without accents.
const MORE: [&str; 12] = [
    "janner jaenner genn styczen janv",
    "feber febr febbr luty",
    "maerz mrz mar marzec",
    "kwiecien",
    "magg",
    "czerwiec jun",
    "lipiec jul",
    "sierpien",
    "sep sett setiembre wrzesien",
    "pazdziernik",
    "listopad",
    "grudzien",
];

/// Without accents.
pub fn bare(text: &str) -> String {
    text.replace('ł', "l").replace('Ł', "L").nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect()
}

/// Whether the year, the month and the day stand in the text, each by its own figures or its name.
pub fn stands_in(day: NaiveDate, text: &str) -> bool {
    let text = text.replace("<sup>", "").replace("</sup>", "");
    let plain: String = text.replace('ł', "l").replace('Ł', "L").to_lowercase().nfkd().collect();
    let plain: String = plain
        .replace("ß", "ss")
        .chars()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'))
        .collect();
    let (mut figures, mut words) = (Vec::new(), Vec::new());
    for run in plain.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()) {
        if run.len() == 8 {
            figures.extend([&run[..4], &run[4..6], &run[6..]]);
        } else {
            figures.push(run);
        }
    }
    words.extend(plain.split(|c: char| !c.is_alphabetic()).filter(|run| !run.is_empty()));
    let mut take = |number: u32, widths: std::ops::RangeInclusive<usize>| {
        let is = |figure: &&str| widths.contains(&figure.len()) && figure.parse() == Ok(number);
        figures.iter().position(is).map(|at| figures.remove(at)).is_some()
    };
    let year = take(day.year().unsigned_abs(), 4..=4);
    let dated = take(day.day(), 1..=2);
    let named = LANGUAGES.iter().any(|language| {
        let month = day.month0() as usize;
        let names = [language.months[month], language.short[month].trim_end_matches('.')];
        names.iter().any(|name| words.contains(&bare(&name.to_lowercase()).as_str()))
    });
    let named = named || MORE[day.month0() as usize].split(' ').any(|name| words.contains(&name));
    year && dated && (named || take(day.month(), 1..=2))
}
