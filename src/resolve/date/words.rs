//! The words of dates in the languages we read, folded: lower case, no accents. A word that means
//! a month in two languages means the same month in both; a test checks it.

use chrono::Weekday;

type Names = &'static [&'static str];

/// Names and abbreviations of the months, by language.
pub const MONTHS: [&[(&str, Names)]; 12] = [
    &[
        ("fr", &["janvier", "janv"]),
        ("en", &["january", "jan"]),
        ("de", &["januar", "janner", "jaenner"]),
        ("es", &["enero", "ene"]),
        ("it", &["gennaio", "gen", "genn"]),
        ("nl", &["januari"]),
        ("pt", &["janeiro"]),
        ("pl", &["stycznia", "styczen", "sty"]),
    ],
    &[
        ("fr", &["fevrier", "fevr", "fev"]),
        ("en", &["february", "feb"]),
        ("de", &["februar", "feber"]),
        ("es", &["febrero"]),
        ("it", &["febbraio", "febbr"]),
        ("nl", &["februari", "febr"]),
        ("pt", &["fevereiro"]),
        ("pl", &["lutego", "luty", "lut"]),
    ],
    &[
        ("fr", &["mars"]),
        ("en", &["march", "mar"]),
        ("de", &["marz", "maerz", "mrz"]),
        ("es", &["marzo"]),
        ("it", &["marzo"]),
        ("nl", &["maart", "mrt"]),
        ("pt", &["marco"]),
        ("pl", &["marca", "marzec"]),
    ],
    &[
        ("fr", &["avril", "avr"]),
        ("en", &["april", "apr"]),
        ("de", &["april"]),
        ("es", &["abril", "abr"]),
        ("it", &["aprile"]),
        ("nl", &["april"]),
        ("pt", &["abril"]),
        ("pl", &["kwietnia", "kwiecien", "kwi"]),
    ],
    &[
        ("fr", &["mai"]),
        ("en", &["may"]),
        ("de", &["mai"]),
        ("es", &["mayo"]),
        ("it", &["maggio", "mag", "magg"]),
        ("nl", &["mei"]),
        ("pt", &["maio"]),
        ("pl", &["maja", "maj"]),
    ],
    &[
        ("fr", &["juin"]),
        ("en", &["june", "jun"]),
        ("de", &["juni"]),
        ("es", &["junio"]),
        ("it", &["giugno", "giu"]),
        ("nl", &["juni"]),
        ("pt", &["junho"]),
        ("pl", &["czerwca", "czerwiec", "cze"]),
    ],
    &[
        ("fr", &["juillet", "juil"]),
        ("en", &["july", "jul"]),
        ("de", &["juli"]),
        ("es", &["julio"]),
        ("it", &["luglio", "lug"]),
        ("nl", &["juli"]),
        ("pt", &["julho"]),
        ("pl", &["lipca", "lipiec", "lip"]),
    ],
    &[
        ("fr", &["aout"]),
        ("en", &["august", "aug"]),
        ("de", &["august"]),
        ("es", &["agosto", "ago"]),
        ("it", &["agosto"]),
        ("nl", &["augustus"]),
        ("pt", &["agosto"]),
        ("pl", &["sierpnia", "sierpien", "sie"]),
    ],
    &[
        ("fr", &["septembre", "sept"]),
        ("en", &["september", "sep"]),
        ("de", &["september"]),
        ("es", &["septiembre", "setiembre"]),
        ("it", &["settembre", "sett", "set"]),
        ("nl", &["september"]),
        ("pt", &["setembro"]),
        ("pl", &["wrzesnia", "wrzesien", "wrz"]),
    ],
    &[
        ("fr", &["octobre", "oct"]),
        ("en", &["october"]),
        ("de", &["oktober", "okt"]),
        ("es", &["octubre"]),
        ("it", &["ottobre", "ott"]),
        ("nl", &["oktober"]),
        ("pt", &["outubro", "out"]),
        ("pl", &["pazdziernika", "pazdziernik", "paz"]),
    ],
    &[
        ("fr", &["novembre", "nov"]),
        ("en", &["november"]),
        ("de", &["november"]),
        ("es", &["noviembre"]),
        ("it", &["novembre"]),
        ("nl", &["november"]),
        ("pt", &["novembro"]),
        ("pl", &["listopada", "listopad", "lis"]),
    ],
    &[
        ("fr", &["decembre", "dec"]),
        ("en", &["december"]),
        ("de", &["dezember", "dez"]),
        ("es", &["diciembre", "dic"]),
        ("it", &["dicembre"]),
        ("nl", &["december"]),
        ("pt", &["dezembro"]),
        ("pl", &["grudnia", "grudzien", "gru"]),
    ],
];

/// Whether a word, as it is written, is the name of a month cut short, behind which a dot stands.
pub fn is_short_month(word: &str) -> bool {
    let folded = super::spelling::fold(word);
    let names = || MONTHS.iter().copied().flatten().map(|(_, names)| names);
    let is_whole = || names().any(|names| names.first().is_some_and(|name| *name == folded));
    names().any(|names| names.contains(&folded.as_str())) && !is_whole()
}

/// Names and abbreviations of the days of the week, of all these languages.
pub const WEEKDAYS: &[(Weekday, Names)] = &[
    (
        Weekday::Mon,
        &[
            "lundi",
            "lun",
            "monday",
            "mon",
            "montag",
            "mo",
            "lunes",
            "lunedi",
            "maandag",
            "ma",
            "segunda-feira",
            "segunda",
            "seg",
            "poniedzialek",
            "pon",
        ],
    ),
    (
        Weekday::Tue,
        &[
            "mardi",
            "mar",
            "tuesday",
            "tues",
            "tue",
            "dienstag",
            "di",
            "martes",
            "martedi",
            "dinsdag",
            "terca-feira",
            "terca",
            "ter",
            "wtorek",
            "wt",
        ],
    ),
    (
        Weekday::Wed,
        &[
            "mercredi",
            "mer",
            "wednesday",
            "wed",
            "mittwoch",
            "mi",
            "miercoles",
            "mie",
            "mercoledi",
            "woensdag",
            "wo",
            "quarta-feira",
            "quarta",
            "qua",
            "sroda",
            "sr",
        ],
    ),
    (
        Weekday::Thu,
        &[
            "jeudi",
            "jeu",
            "thursday",
            "thurs",
            "thu",
            "donnerstag",
            "do",
            "jueves",
            "jue",
            "giovedi",
            "gio",
            "donderdag",
            "quinta-feira",
            "quinta",
            "qui",
            "czwartek",
            "czw",
        ],
    ),
    (
        Weekday::Fri,
        &[
            "vendredi",
            "ven",
            "friday",
            "fri",
            "freitag",
            "fr",
            "viernes",
            "vie",
            "venerdi",
            "vrijdag",
            "vr",
            "sexta-feira",
            "sexta",
            "sex",
            "piatek",
            "pt",
        ],
    ),
    (
        Weekday::Sat,
        &[
            "samedi",
            "sam",
            "saturday",
            "sat",
            "samstag",
            "sonnabend",
            "sa",
            "sabado",
            "sab",
            "sabato",
            "zaterdag",
            "za",
            "sobota",
            "sob",
        ],
    ),
    (
        Weekday::Sun,
        &[
            "dimanche",
            "dim",
            "sunday",
            "sun",
            "sonntag",
            "so",
            "domingo",
            "dom",
            "domenica",
            "zondag",
            "zo",
            "niedziela",
            "niedz",
            "nd",
        ],
    ),
];

/// What may stand before a day.
pub const ARTICLES: Names = &["le", "the", "den", "am", "el", "il", "op", "dia", "on", "du"];

/// What may stand before an hour.
pub const HOURS: Names = &["a", "at", "um", "om", "las", "la", "alle", "ore", "h", "as", "o", "godz", "vers"];

/// What stands between the words of a place's name.
pub const PARTICLES: Names = &[
    "le", "la", "les", "de", "du", "des", "d", "sur", "sous", "en", "aux", "et", "lès", "lez", "am", "an", "der",
    "del", "of", "the", "upon", "y", "da", "do", "dos",
];

/// What stands before a date in the first lines and is the name of no place.
pub const NO_PLACES: Names = &[
    "update",
    "updated",
    "edit",
    "edited",
    "note",
    "mise",
    "maj",
    "modifie",
    "rendez-vous",
    "invitation",
    "deadline",
    "aktualisiert",
    "actualizacion",
    "aggiornamento",
];

/// Twelve o'clock in the day.
pub const NOONS: Names = &["midi", "noon", "midday", "mittag", "mediodia", "mezzogiorno", "meio-dia", "poludnie"];

/// Twelve o'clock at night: nobody knows of which day.
pub const MIDNIGHTS: Names = &["minuit", "midnight", "mitternacht", "medianoche", "mezzanotte", "meia-noite", "polnoc"];

/// Zones by abbreviation, in hours east of Greenwich: those of RFC 2822 §4.3 and the European ones,
/// which mean one thing only.
pub const ABBREVIATED_ZONES: &[(&str, i32)] = &[
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("wet", 0),
    ("west", 1),
    ("cet", 1),
    ("cest", 2),
    ("mez", 1),
    ("mesz", 2),
    ("eet", 2),
    ("eest", 3),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_one_month() {
        let all: Vec<(usize, &str)> = (1..)
            .zip(MONTHS)
            .flat_map(|(month, names)| names.iter().flat_map(move |(_, names)| names.iter().map(move |n| (month, *n))))
            .collect();
        for (month, name) in &all {
            assert!(all.iter().all(|(other, same)| same != name || other == month), "{name}");
            assert_eq!(*name, deunicode::deunicode(name).to_lowercase());
        }
    }
}
