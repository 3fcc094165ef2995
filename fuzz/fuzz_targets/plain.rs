//! Any text as a release that came out of a PDF or a mail: no word of it is lost but those that are
//! named as parts, and what is written is safe and reads back.

#![no_main]
#![allow(clippy::disallowed_methods, reason = "the macro of the fuzzer writes files")]

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use crieur::{Config, Newsroom, Problem, Source};
use libfuzzer_sys::fuzz_target;

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let text = r#"
        title = "Salle de presse"
        url = "https://www.example.org/presse/"
        language = "fr"
        timezone = "Europe/Paris"
        authority = "example.org,2020"
        [publisher]
        name = "Ville d'Exemple"
    "#;
    Config::parse(text).unwrap()
});

const NAME: &str = "2026-11-20-x.txt";

fn read(bytes: &[u8]) -> Newsroom {
    let now: DateTime<Utc> = "2111-11-11T11:11:11Z".parse().unwrap();
    crieur::read(&CONFIG, &Source::in_memory([(NAME, bytes)]), now)
}

fuzz_target!(|bytes: &[u8]| {
    let newsroom = read(bytes);
    let wrong = newsroom.problems.iter().any(Problem::is_error);
    // A head that only leads elsewhere is said to be no item.
    let told = newsroom.items.len() + newsroom.unfinished + newsroom.skipped.len();
    assert!(wrong || told == 1, "{newsroom:?}");
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    for problem in &newsroom.problems {
        let place = problem.place.filter(|_| std::str::from_utf8(bytes).is_ok());
        assert!(place.is_none_or(|place| (1..=lines).contains(&(place.line as usize))), "{problem:?}");
    }
    for item in &newsroom.items {
        assert!(!item.title.as_str().trim().is_empty());
        assert!(item.contacts.iter().all(|person| !person.name.as_str().trim().is_empty()));
        let outputs = newsroom.outputs(&CONFIG, &Source::in_memory([(NAME, bytes)])).unwrap();
        assert!(outputs.contains_key("feed.atom"));
    }
    // Said twice, a text is said in the same words.
    let again = read(bytes);
    let titles = |newsroom: &Newsroom| newsroom.items.iter().map(|item| item.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&newsroom), titles(&again));
});
