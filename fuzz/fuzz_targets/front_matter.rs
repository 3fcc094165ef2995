//! Any file as a release, with whatever head: it is an item, or it is said what is wrong, and where.

#![no_main]
#![allow(clippy::disallowed_methods, reason = "the macro of the fuzzer writes files")]

use std::sync::LazyLock;

use chrono::{DateTime, Datelike as _, Utc};
use crieur::input::front_matter;
use crieur::{Code, Config, Newsroom, Problem, Source};
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
        [people.camille]
        name = "Camille MARTIN"
        email = "cmartin@example.org"
    "#;
    Config::parse(text).unwrap()
});

const NAME: &str = "x.md";

fn read(bytes: &[u8]) -> Newsroom {
    let now: DateTime<Utc> = "2111-11-11T11:11:11Z".parse().unwrap();
    crieur::read(&CONFIG, &Source::in_memory([(NAME, bytes)]), now)
}

fuzz_target!(|bytes: &[u8]| {
    let newsroom = read(bytes);
    nothing_vanishes(&newsroom);
    places_are_in_the_file(&newsroom, bytes);
    for item in &newsroom.items {
        assert!(!item.title.as_str().trim().is_empty());
        assert!(!item.authors.is_empty());
        assert!(item.authors.iter().all(|person| !person.name.as_str().trim().is_empty()));
        assert!(item.updated >= item.published);
        assert!((1899..=2200).contains(&item.published.year()), "{}", item.published);
        assert!(item.url.starts_with("https://") || item.url.starts_with("http://"), "{}", item.url);
        assert!(newsroom.outputs(&CONFIG, &Source::in_memory([(NAME, bytes)])).is_ok());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        head_and_body_are_the_file(text);
        line_ends_say_nothing(text, &newsroom);
    }
});

/// One item, or one that waits for its end, or a reason.
fn nothing_vanishes(newsroom: &Newsroom) {
    let wrong = newsroom.problems.iter().any(Problem::is_error);
    let told = [newsroom.items.len() == 1, newsroom.unfinished == 1, newsroom.skipped.len() == 1, wrong];
    assert_eq!(told.into_iter().filter(|told| *told).count(), 1, "{newsroom:?}");
}

fn places_are_in_the_file(newsroom: &Newsroom, bytes: &[u8]) {
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    for problem in &newsroom.problems {
        assert_eq!(problem.path.as_deref(), Some(NAME));
        // In an encoding of two bytes a line's end is two bytes too.
        let place = problem.place.filter(|_| std::str::from_utf8(bytes).is_ok());
        assert!(place.is_none_or(|place| (1..=lines).contains(&(place.line as usize))), "{problem:?}");
        assert!(place.is_none_or(|place| place.column > 0), "{problem:?}");
    }
}

/// The head and the body are parts of the file, and start on the lines that are said.
fn head_and_body_are_the_file(text: &str) {
    let Ok(parts) = front_matter::split(text, NAME) else { return };
    let line = |part: &str| {
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        1 + text[..start].matches('\n').count()
    };
    assert!(text.ends_with(parts.body));
    assert!(parts.body.is_empty() || line(parts.body) == parts.body_line as usize, "{}", parts.body_line);
    if let Some((_, head)) = parts.head {
        assert_eq!(line(head), parts.head_line as usize);
    }
    let _ = front_matter::map(text, NAME);
}

/// Windows ends its lines otherwise.
fn line_ends_say_nothing(text: &str, newsroom: &Newsroom) {
    if text.contains('\r') {
        return;
    }
    let again = read(text.replace('\n', "\r\n").as_bytes());
    let items = |newsroom: &Newsroom| -> Vec<_> {
        let facts = newsroom.items.iter().map(|item| {
            (item.title.clone(), item.published, item.updated, item.day, item.authors.clone(), item.tags.clone())
        });
        facts.collect()
    };
    let errors = |newsroom: &Newsroom| -> Vec<Code> {
        newsroom.problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.code).collect()
    };
    assert_eq!(items(newsroom), items(&again));
    assert_eq!(errors(newsroom), errors(&again));
}
