//! The words of banners, folded, and the words and figures of the dates in them.

use super::fold::folded;

/// Words that announce an embargo, as they are folded; behind them stands until when, or nothing.
pub(super) const EMBARGO: [&str; 41] = [
    "sous embargo strict",
    "sous strict embargo",
    "sous embargo",
    "under strict embargo",
    "under embargo",
    "strictly embargoed",
    "embargoed",
    "ne pas diffuser avant",
    "ne pas publier avant",
    "ne pas communiquer avant",
    "ne pas divulguer avant",
    "ne pas rendre public avant",
    "diffusion interdite avant",
    "publication interdite avant",
    "interdit de diffusion avant",
    "interdit de publication avant",
    "diffusion libre a partir du",
    "diffusion autorisee a partir du",
    "not for release before",
    "not for release until",
    "not for publication before",
    "hold for release",
    "do not publish before",
    "do not release before",
    "not to be published before",
    "not to be released before",
    "sousembargo",
    "ne pas mettre en ligne avant",
    "ne pas relayer avant",
    "ne pas reprendre avant",
    "ne pas utiliser avant",
    "ne pas partager avant",
    "ne rien publier avant",
    "ne rien diffuser avant",
    "interdit a la diffusion avant",
    "interdit a la publication avant",
    "interdite a la diffusion avant",
    "interdite a la publication avant",
    "sous embrago",
    "sous enbargo",
    "sous embargot",
];

/// Words that do so only with those behind them: what has been under one for years is a story.
pub(super) const UNDER: [&str; 5] =
    ["soumis a embargo", "soumise a embargo", "soumises a embargo", "soumis a un embargo", "subject to embargo"];

/// What stands behind these and behind `Embargo :` where it tells until when, in words or figures.
pub(super) const UNTIL: [&str; 8] = ["jusqu", "until", "till ", "avant", "before", "a l'issue", "a la fin", "a partir"];

/// Words that do so only where nothing but a date stands beside them: elsewhere they are a story.
pub(super) const USABLE: [&str; 29] = [
    "a diffuser",
    "a publier",
    "pour diffusion",
    "pour publication",
    "diffusion a partir",
    "diffusion a compter",
    "diffusion autorisee",
    "diffusion restreinte",
    "diffusion libre",
    "publication a partir",
    "publication a compter",
    "publication autorisee",
    "publication libre",
    "parution a partir",
    "publiable",
    "diffusable",
    "confidentiel jusqu",
    "for release",
    "for publication",
    "hold until",
    "release after",
    "a n'utiliser qu",
    "a utiliser a partir",
    "a utiliser a compter",
    "utilisable",
    "for use",
    "for broadcast",
    "released after",
    "published after",
];

/// Words that say when it appears, as a date does, where nothing but a day stands beside them, above the text.
pub(super) const APPEARS: [&str; 25] = [
    "date de publication",
    "date de diffusion",
    "date de parution",
    "date de mise en ligne",
    "publication le",
    "publication prevue",
    "publication :",
    "publication:",
    "diffusion le",
    "diffusion prevue",
    "diffusion :",
    "diffusion:",
    "parution le",
    "parution prevue",
    "parution :",
    "parution:",
    "mise en ligne le",
    "a paraitre",
    "release date",
    "date of release",
    "publication date",
    "date of publication",
    "publication on",
    "be released",
    "be published",
];

/// Words that forbid it, with a date or without.
pub(super) const FORBIDDEN: [&str; 21] = [
    "ne pas diffuser",
    "ne pas publier",
    "ne pas communiquer",
    "ne pas divulguer",
    "diffusion interdite",
    "publication interdite",
    "pas de diffusion",
    "aucune diffusion",
    "non publiable",
    "non diffusable",
    "not for release",
    "not for publication",
    "not for distribution",
    "not for broadcast",
    "not for use",
    "do not release",
    "do not publish",
    "ne pas mettre en ligne",
    "ne pas relayer",
    "ne rien publier",
    "ne rien diffuser",
];

/// Words that say that there is none.
pub(super) const IMMEDIATE: [&str; 6] = [
    "pour diffusion immediate",
    "pour publication immediate",
    "diffusion immediate",
    "for immediate release",
    "for immediate publication",
    "a diffuser immediatement",
];

/// What says when, behind the words of an embargo: a line that has one of them is no story.
pub(super) const WHEN: [&str; 10] =
    ["jusqu", "until", "till ", "avant", "before", "a partir", " au ", ": ", "dès le ", "from "];

/// Words that may stand in a banner beside a date: what has another one is a text for the reader.
const BESIDE: [&str; 124] = [
    "jusqu",
    "jusque",
    "au",
    "a",
    "le",
    "la",
    "l",
    "du",
    "de",
    "d",
    "des",
    "ce",
    "cet",
    "est",
    "until",
    "till",
    "to",
    "on",
    "at",
    "the",
    "and",
    "et",
    "before",
    "avant",
    "from",
    "partir",
    "h",
    "heure",
    "heures",
    "min",
    "gmt",
    "utc",
    "cet",
    "cest",
    "paris",
    "am",
    "pm",
    "merci",
    "communique",
    "communiques",
    "presse",
    "press",
    "release",
    "news",
    "cp",
    "dossier",
    "information",
    "document",
    "texte",
    "strict",
    "embargo",
    "sous",
    "not",
    "for",
    "this",
    "is",
    "o'clock",
    "clock",
    "compter",
    "confidentiel",
    "confidentielle",
    "date",
    "diffusion",
    "embargoed",
    "fixe",
    "fixee",
    "important",
    "informations",
    "jour",
    "leve",
    "levee",
    "lift",
    "lifts",
    "lifted",
    "media",
    "medias",
    "nouvel",
    "ordre",
    "please",
    "prevue",
    "publication",
    "respect",
    "respecter",
    "strictement",
    "strictly",
    "total",
    "veuillez",
    "fin",
    "garder",
    "tenir",
    "after",
    "m",
    "p",
    "or",
    "use",
    "broadcast",
    "distribution",
    "internet",
    "online",
    "web",
    "social",
    "any",
    "form",
    "story",
    "statement",
    "announcement",
    "released",
    "published",
    "reserve",
    "qu",
    "be",
    "will",
    "time",
    "uk",
    "british",
    "french",
    "francaise",
    "bst",
    "edt",
    "hours",
    "precises",
    "precise",
    "sharp",
    "pile",
];

/// Months in French and English, folded.
pub const MONTHS: [&str; 24] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Days of the week, likewise.
pub const DAYS: [&str; 14] = [
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

/// A day in figures, `25/11/2026` or `25.11`, or an hour, `9 h`, `8:30`.
pub(super) fn has_figures_of_a_date(text: &str) -> bool {
    let mut before = "";
    text.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let numbers = |sign: char| {
            let parts: Vec<&str> = word.split(sign).collect();
            parts.len() >= 2 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let hour = word == "h" && !before.is_empty() && before.bytes().all(|b| b.is_ascii_digit());
        before = word;
        hour || ['/', '.', '-', ':'].into_iter().any(numbers)
    })
}

/// A year and a day of it, whatever the month is called: `15 dicembre 2026`.
pub(super) fn has_year_and_day(text: &str) -> bool {
    let mut numbers = text.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.parse::<u16>().ok());
    numbers.clone().any(|number| (2000..2100).contains(&number)) && numbers.any(|number| (1..=31).contains(&number))
}

/// A day, by the name of its month or of the week or in figures; a month alone, or a year, is none.
pub(super) fn names_a_day(text: &str) -> bool {
    let words = || text.split(|c: char| !c.is_alphanumeric());
    let day = |word: &str| {
        let figures = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        figures.len() <= 2 && figures.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
    };
    let days = words().filter(|word| day(word)).count();
    words().any(|word| MONTHS.contains(&word) || DAYS.contains(&word)) && days > 0
        || has_figures_of_a_date(text) && days > 1
}

/// A number, or a word that a date or a banner is made of.
pub(super) fn is_beside(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty() || bare.starts_with(|c: char| c.is_ascii_digit()) || BESIDE.contains(&bare) || tells_a_date(bare)
}

/// Whether a word of a banner is only there to lead to its date.
pub fn is_filler(word: &str) -> bool {
    let (word, _) = folded(word);
    !word.starts_with(|c: char| c.is_ascii_digit()) && !tells_a_date(&word) && BESIDE.contains(&word.as_str())
}

/// A month or a day of the week, in French or English; or an hour, or another day.
pub(super) fn tells_a_date(word: &str) -> bool {
    let hour =
        word.split_once('h').is_some_and(|(hour, _)| !hour.is_empty() && hour.bytes().all(|b| b.is_ascii_digit()));
    const OTHERS: [&str; 10] =
        ["demain", "midi", "minuit", "soir", "matin", "tomorrow", "tonight", "noon", "midday", "midnight"];
    MONTHS.contains(&word) || DAYS.contains(&word) || OTHERS.contains(&word) || hour
}
