//! Words of pages and messages, one file per language in `locales/`, and language tags.
//!
//! Nothing here asks the machine for its locale: the newsroom's language decides, or `--lang`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};
use serde::Deserialize;

use crate::problem::Problem;
use crate::text::for_shell;

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locale {
    /// Its own tag.
    pub tag: String,
    /// Numbers that take the singular.
    singular: Vec<usize>,
    /// A day, of `{day}`, `{month}` and `{year}`.
    date: String,
    /// The first day of a month.
    first: String,
    /// January to December.
    months: Vec<String>,
    /// Monday to Sunday.
    weekdays: Vec<String>,
    /// Words and sentences of the pages.
    pub page: BTreeMap<String, String>,
    /// Words of the files that are begun for people.
    draft: BTreeMap<String, String>,
    /// Words and sentences of the command line; only where the program speaks the language.
    #[serde(default)]
    report: BTreeMap<String, String>,
    /// What a problem says, by its code; likewise.
    #[serde(default)]
    problems: BTreeMap<String, Sentence>,
}

/// What a problem says, and what to do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    message: String,
    #[serde(default)]
    hint: String,
}

static FRENCH: LazyLock<Locale> = LazyLock::new(|| load(include_str!("../locales/fr.toml")));
static ENGLISH: LazyLock<Locale> = LazyLock::new(|| load(include_str!("../locales/en.toml")));
static GERMAN: LazyLock<Locale> = LazyLock::new(|| load(include_str!("../locales/de.toml")));

#[expect(clippy::expect_used, reason = "the files are part of the program, and a test reads them")]
fn load(text: &str) -> Locale {
    toml::from_str(text).expect("locales are well-formed")
}

impl Locale {
    /// The words of pages in a language, where there are any.
    fn in_language(language: &str) -> Option<&'static Self> {
        match language.split('-').next() {
            Some("fr") => Some(&FRENCH),
            Some("en") => Some(&ENGLISH),
            Some("de") => Some(&GERMAN),
            _ => None,
        }
    }

    /// The words of pages in a language: English for those that have none of their own.
    pub fn of(language: &str) -> &'static Self {
        Self::in_language(language).unwrap_or(&ENGLISH)
    }

    /// The words of an item, and of what holds items of one language: in theirs, else in that of the newsroom.
    pub fn of_page(language: &str, newsroom: &str) -> &'static Self {
        Self::in_language(language).unwrap_or_else(|| Self::of(newsroom))
    }

    /// What the program says to those who run it: French where it is French, English for the rest
    /// of the world.
    pub fn of_messages(language: &str) -> &'static Self {
        match language.split('-').next() {
            Some("fr") => &FRENCH,
            _ => &ENGLISH,
        }
    }

    /// Every language that the program speaks, for tests and `--lang`.
    pub fn all() -> [&'static Self; 2] {
        [&FRENCH, &ENGLISH]
    }

    /// Every language that pages speak.
    pub fn all_of_pages() -> [&'static Self; 3] {
        [&FRENCH, &ENGLISH, &GERMAN]
    }

    /// The codes that have a sentence.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.problems.keys().map(String::as_str)
    }

    /// A problem as a sentence, and the hint if there is one.
    pub fn sentence(&self, problem: &Problem) -> (String, Option<String>) {
        let Some(sentence) = self.problems.get(problem.code.name()) else {
            return (problem.code.name().to_owned(), None);
        };
        let argument = |name: &str| match (name, problem.argument(name)) {
            // Where something was found has words of its own.
            ("where", Some(place)) => Some(self.say(&format!("from.{place}"), &[])),
            // In a word processor things are done otherwise than in a text.
            ("document", None) => problem.item().filter(|path| is_document(path)).map(str::to_owned),
            // What a file is instead.
            ("found", Some(kind)) => Some(self.say(&format!("found.{kind}"), &[])),
            // A command to copy names the file.
            ("path", None) => problem.item().map(str::to_owned),
            (name, None) => {
                // `{first:day}` and `{first:weekday}`: the day in words.
                let (name, form) = name.split_once(':')?;
                let day = problem.argument(name)?.parse().ok()?;
                Some(if form == "weekday" { self.weekday(day).to_owned() } else { self.day(day) })
            }
            (_, value) => value.map(str::to_owned),
        };
        let fill = |text: &str| fill(text, argument);
        let hint = fill(&sentence.hint);
        let mut message = fill(&sentence.message);
        if let Some(of) = problem.argument("of") {
            message.push_str(&self.say("of", &[("of", of)]));
        }
        (message, (!hint.is_empty()).then_some(hint))
    }

    /// A sentence of the command line; blanks are filled by name.
    pub fn say(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let text = self.report.get(key).map_or(key, String::as_str);
        fill(text, |name| arguments.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    /// A sentence of the pages; blanks are filled by name.
    pub fn word(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let text = self.page.get(key).map_or(key, String::as_str);
        fill(text, |name| arguments.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    /// A sentence of a file that is begun for somebody; blanks are filled by name.
    pub fn begun(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let text = self.draft.get(key).map_or(key, String::as_str);
        fill(text, |name| arguments.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    /// The same for a number of things: the key with `.one` or `.many` at its end. In French,
    /// none takes the singular.
    pub fn count(&self, key: &str, number: usize) -> String {
        self.say(&self.form(key, number), &[("n", &number.to_string())])
    }

    /// A number of things on a page.
    pub fn count_on_page(&self, key: &str, number: usize) -> String {
        self.word(&self.form(key, number), &[("n", &number.to_string())])
    }

    fn form(&self, key: &str, number: usize) -> String {
        format!("{key}.{}", if self.singular.contains(&number) { "one" } else { "many" })
    }

    /// "29 janvier 2020", "1er février 2020", "29 January 2020" (DT-36).
    pub fn day(&self, day: NaiveDate) -> String {
        let month = self.months.get(day.month0() as usize).map(String::as_str).unwrap_or_default();
        let form = if day.day() == 1 { &self.first } else { &self.date };
        fill(form, |name| match name {
            "day" => Some(day.day().to_string()),
            "month" => Some(month.to_owned()),
            "year" => Some(day.year().to_string()),
            _ => None,
        })
    }

    /// "mercredi", "Wednesday".
    pub fn weekday(&self, day: NaiveDate) -> &str {
        let index = day.weekday().num_days_from_monday() as usize;
        self.weekdays.get(index).map(String::as_str).unwrap_or_default()
    }

    /// What a language calls itself: people look for their own. One without a name here keeps its tag.
    pub fn language(tag: &str) -> String {
        const NAMES: [(&str, &str); 27] = [
            ("ar", "العربية"),
            ("br", "Brezhoneg"),
            ("ca", "Català"),
            ("cs", "Čeština"),
            ("da", "Dansk"),
            ("de", "Deutsch"),
            ("el", "Ελληνικά"),
            ("en", "English"),
            ("es", "Español"),
            ("eu", "Euskara"),
            ("fa", "فارسی"),
            ("fi", "Suomi"),
            ("fr", "Français"),
            ("he", "עברית"),
            ("hu", "Magyar"),
            ("it", "Italiano"),
            ("ja", "日本語"),
            ("nl", "Nederlands"),
            ("oc", "Occitan"),
            ("pl", "Polski"),
            ("pt", "Português"),
            ("ro", "Română"),
            ("ru", "Русский"),
            ("sv", "Svenska"),
            ("tr", "Türkçe"),
            ("uk", "Українська"),
            ("zh", "中文"),
        ];
        let primary = tag.split('-').next().unwrap_or(tag).to_lowercase();
        let name = NAMES.iter().find(|(code, _)| *code == primary).map(|(_, name)| *name);
        match (name, tag.split_once('-')) {
            (Some(name), None) => name.to_owned(),
            (Some(name), Some((_, more))) => format!("{name} ({more})"),
            (None, _) => tag.to_owned(),
        }
    }

    /// A day and an hour with the zone's offset, as a clock of the zone shows it.
    pub fn instant(&self, instant: DateTime<FixedOffset>) -> String {
        let form = self.page.get("instant").map_or("instant", String::as_str);
        fill(form, |name| match name {
            "day" => Some(self.day(instant.date_naive())),
            "h" => Some(instant.hour().to_string()),
            "hour" => Some(format!("{:02}", instant.hour())),
            "minute" => Some(format!("{:02}", instant.minute())),
            "offset" => Some(instant.format("%:z").to_string()),
            _ => None,
        })
    }
}

/// Whether a language is written from right to left, by its tag (BCP 47): by its script, where it names one.
pub fn is_right_to_left(tag: &str) -> bool {
    const SCRIPTS: [&str; 8] = ["adlm", "arab", "hebr", "mand", "nkoo", "rohg", "syrc", "thaa"];
    const LANGUAGES: [&str; 17] =
        ["ar", "arc", "ary", "arz", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().unwrap_or_default();
    let of = |known: &[&str], part: &str| known.iter().any(|known| known.eq_ignore_ascii_case(part));
    // A script has four letters, and stands before the country.
    match parts.find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic())) {
        Some(script) => of(&SCRIPTS, script),
        None => of(&LANGUAGES, primary),
    }
}

/// Whether a file is one that people open in a word processor.
fn is_document(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "docx" | "docm" | "odt")
}

/// Fills `{name}`; `{name?…}` keeps what follows the question mark, blanks filled, only where the
/// argument is not empty, and `{name!…}` only where it is; `{name:shell}` is for a command.
fn fill(text: &str, argument: impl Fn(&str) -> Option<String> + Copy) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let mut depth = 1;
        let end = after.char_indices().find(|(_, c)| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        });
        let Some((end, _)) = end else {
            filled.push('{');
            rest = after;
            continue;
        };
        let (inner, tail) = after.split_at(end);
        rest = tail.strip_prefix('}').unwrap_or_default();
        let name_ends = inner.find(['?', '!']).unwrap_or(inner.len());
        let (name, part) = inner.split_at(name_ends);
        let typed = name.strip_suffix(":shell");
        let value = argument(typed.unwrap_or(name)).unwrap_or_default();
        match part.chars().next() {
            None if typed.is_some() => filled.push_str(&for_shell(&value)),
            None => filled.push_str(&value),
            Some(mark) => {
                if (mark == '?') != value.is_empty() {
                    filled.push_str(&fill(part.get(1..).unwrap_or_default(), argument));
                }
            }
        }
    }
    filled + rest
}

/// A language tag in its usual spelling (`FR_fr` → `fr-FR`).
///
/// # Errors
/// Not a tag; the tag that was perhaps meant.
pub fn language_tag(text: &str) -> Result<String, Option<&'static str>> {
    const NAMES: &[(&str, &str)] = &[
        ("français", "fr"),
        ("francais", "fr"),
        ("french", "fr"),
        ("anglais", "en"),
        ("english", "en"),
        ("allemand", "de"),
        ("deutsch", "de"),
        ("german", "de"),
        ("espagnol", "es"),
        ("español", "es"),
        ("spanish", "es"),
        ("italien", "it"),
        ("italiano", "it"),
        ("néerlandais", "nl"),
        ("nederlands", "nl"),
    ];
    let text = text.trim();
    let name = text.to_lowercase();
    if let Some((_, tag)) = NAMES.iter().find(|(n, _)| *n == name) {
        return Err(Some(tag));
    }
    let tag = oxilangtag::LanguageTag::parse_and_normalize(&text.replace('_', "-")).map_err(|_| None)?;
    if (2..=3).contains(&tag.primary_language().len()) { Ok(tag.into_inner()) } else { Err(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled() {
        let argument = |name: &str| (name == "a").then(|| "x".to_owned());
        assert_eq!(fill("1 {a} 2 {b}", argument), "1 x 2 ");
        assert_eq!(fill("{a?yes {a}}{b?no {a}}{b!none}{a!some}", argument), "yes xnone");
        assert_eq!(fill("open {a", argument), "open {a");
        let name = |_: &str| Some("a b".to_owned());
        assert_eq!(fill("{a}: `crieur show {a:shell}`", name), format!("a b: `crieur show {}`", for_shell("a b")));
    }

    /// What a person is told to type must work whatever the file is called.
    #[test]
    fn commands_quote_what_they_name() {
        // Words of ours, and a date between quotes of its own.
        const OURS: [&str; 3] = ["command", "option", "date"];
        for locale in Locale::all() {
            let sentences = locale.problems.values().flat_map(|sentence| [&sentence.message, &sentence.hint]);
            for sentence in sentences.chain(locale.report.values()) {
                let commands = sentence.split('`').skip(1).step_by(2).filter(|code| code.starts_with("crieur "));
                let blanks = commands.flat_map(|command| command.split('{').skip(1));
                for blank in blanks.filter_map(|rest| rest.split('}').next()) {
                    assert!(blank.ends_with(":shell") || OURS.contains(&blank), "{{{blank}}} in {sentence}");
                }
            }
        }
    }

    #[test]
    fn scripts_run_one_way_or_the_other() {
        for tag in ["ar", "ar-MA", "he", "fa-IR", "ur", "az-Arab", "pa-Arab-PK", "AR_ma"] {
            assert!(is_right_to_left(tag), "{tag}");
        }
        for tag in ["fr", "en-US", "az", "ku", "ar-Latn", "zh-Hant", "de-1996", "", "sl-nedis"] {
            assert!(!is_right_to_left(tag), "{tag}");
        }
    }

    #[test]
    fn days_and_tags() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        assert_eq!(Locale::of("fr-FR").day(day("2020-02-01")), "1er février 2020");
        assert_eq!(Locale::of("en").day(day("2020-01-29")), "29 January 2020");
        assert_eq!(Locale::of("de-AT").day(day("2020-02-01")), "1. Februar 2020");
        assert_eq!(Locale::of("de").count_on_page("releases", 0), "0 Mitteilungen");
        assert_eq!(Locale::of("fr").count_on_page("releases", 0), "0 communiqué");
        assert_eq!(Locale::of_page("eu", "de").tag, "de");
        assert_eq!(Locale::of_messages("de").tag, "en");
        assert_eq!(Locale::of("fr").weekday(day("2020-01-29")), "mercredi");
        assert_eq!(Locale::of("en").weekday(day("2020-02-02")), "Sunday");
        assert_eq!(language_tag("FR_fr"), Ok("fr-FR".to_owned()));
        assert_eq!(language_tag("Français"), Err(Some("fr")));
        assert_eq!(language_tag("francaise"), Err(None));
    }
}
