//! `crieur show`: the resolved items, and where each value came from.

use std::path::Path;

use crieur::input::Kind;
use crieur::item::Origin;
use crieur::problem::{Code, Problem};
use crieur::render::rfc3339;
use crieur::{Config, Item, Person};
use serde::Serialize;

use super::{Answer, Room, report};
use crate::report::{Format, visible};

/// One item in `show --format json`: a contract, see `docs/show.md`.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a str,
    id: Option<&'a str>,
    url: Option<&'a str>,
    title: &'a str,
    summary: Option<&'a str>,
    published: String,
    updated: String,
    day: Option<String>,
    language: &'a str,
    authors: Vec<ShownPerson<'a>>,
    contacts: Vec<ShownPerson<'a>>,
    tags: Vec<&'a str>,
    status: &'a str,
    due: Option<String>,
    from: From,
}

#[derive(Serialize)]
struct ShownPerson<'a> {
    key: Option<&'a str>,
    name: &'a str,
    role: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct From {
    title: String,
    published: String,
    updated: String,
    authors: String,
    id: String,
    language: String,
}

/// Shows.
pub fn run(room: &Room<'_>, path: Option<&Path>, answer: &mut Answer) {
    let mut reporter = room.reporter();
    // Standard output is the answer's here, whatever its format.
    reporter.format = Format::Human;
    let concerns = |problem: &&Problem| problem.item().is_none_or(|path| room.is_wanted(path));
    let problems = room.newsroom.problems.iter().filter(concerns).cloned();
    // Of a folder of another tool, links into the rest of its site say nothing here.
    let (texts, problems): (Vec<Problem>, Vec<Problem>) =
        problems.partition(|problem| room.config.assumed.is_some() && problem.code.is_about_the_text());
    report(&problems, &reporter, answer);
    if !texts.is_empty() && !room.options.quiet {
        answer.err(&format!("  {}\n", room.locale.count("texts", texts.len())));
    }
    if room.format != Format::Json {
        room.skipped(answer);
    }
    if !room.may_be_shown() {
        answer.err(&format!("{}\n", room.locale.say("keep-going-show", &[])));
        return;
    }
    let items: Vec<&Item> = room.newsroom.items.iter().filter(|item| room.is_wanted(&item.path)).collect();
    if let (true, Some(path), Some(_)) = (items.is_empty(), path, &room.wanted) {
        let problem = Problem::general(Code::NothingThere).with("path", path.display());
        report(&[problem], &reporter, answer);
        return;
    }
    if items.is_empty() && room.format != Format::Json && !room.nothing_read() {
        answer.err(&format!("  {}\n", room.locale.say("no-items", &[("folder", &room.folder())])));
    }
    let text = match (room.format, items.as_slice()) {
        (Format::Json, _) => {
            let shown: Vec<Shown<'_>> = items.iter().map(|item| shown(item, &room.config)).collect();
            serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n"
        }
        (_, [item]) if path.is_some() => one(room, item),
        _ => table(room, &items),
    };
    answer.out(&text);
}

fn shown<'a>(item: &'a Item, config: &Config) -> Shown<'a> {
    let assumed = config.assumed.as_ref();
    Shown {
        path: &item.path,
        // A made-up authority is nobody's identity.
        id: (assumed.is_none() || item.origins.id != Origin::Path).then_some(item.id.as_str()),
        url: assumed.is_none_or(|assumed| !assumed.url || item.page.is_none()).then_some(item.url.as_str()),
        title: item.title.as_str(),
        summary: item.summary.as_ref().map(|summary| summary.as_str()),
        published: rfc3339(item.published),
        updated: rfc3339(item.updated),
        day: item.day.map(|day| day.to_string()),
        language: &item.language,
        authors: authors(item, config).iter().map(person).collect(),
        contacts: item.contacts.iter().map(person).collect(),
        tags: item.tags.iter().map(|tag| tag.as_str()).collect(),
        status: item.status.name(),
        due: item.due.map(rfc3339),
        from: From {
            title: from(item.origins.title, config),
            published: from(item.origins.published, config),
            updated: from(item.origins.updated, config),
            authors: from(item.origins.authors, config),
            id: from(item.origins.id, config),
            language: from(item.origins.language, config),
        },
    }
}

/// Where a value came from; without a `crieur.toml` it was another tool's configuration, or nobody.
fn from(origin: Origin, config: &Config) -> String {
    match (&config.assumed, origin) {
        (Some(assumed), Origin::Config) => assumed.read.clone().unwrap_or_else(|| "nobody".to_owned()),
        (Some(_), Origin::Publisher) => "nobody".to_owned(),
        _ => origin.to_string(),
    }
}

/// The authors, as far as they are known: of a folder without a `crieur.toml` nobody knows who
/// publishes it.
fn authors<'a>(item: &'a Item, config: &Config) -> &'a [Person] {
    let unknown = config.assumed.is_some() && item.origins.authors == Origin::Publisher;
    if unknown { &[] } else { &item.authors }
}

fn person(person: &Person) -> ShownPerson<'_> {
    ShownPerson {
        key: person.key.as_deref(),
        name: person.name.as_str(),
        role: person.role.as_ref().map(|role| role.as_str()),
        email: person.email.as_deref(),
        phone: person.phone.as_ref().map(|phone| phone.as_str()),
        url: person.url.as_deref(),
    }
}

fn names(people: &[Person]) -> String {
    people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn when(room: &Room<'_>, item: &Item) -> String {
    match item.day {
        Some(day) => day.to_string(),
        None => room.config.zone.local(item.published).format("%Y-%m-%d %H:%M").to_string(),
    }
}

/// A column is as wide as its widest value, but no title pushes the rest off the screen.
fn table(room: &Room<'_>, items: &[&Item]) -> String {
    const WIDEST: usize = 60;
    let word = |key: &str| room.locale.say(key, &[]);
    let mut rows = vec![[word("when"), word("status"), word("title"), word("authors"), word("path")]];
    rows.extend(items.iter().map(|item| {
        let status = word(&format!("status.{}", item.status.name()));
        [when(room, item), status, item.title.to_string(), names(authors(item, &room.config)), visible(&item.path)]
    }));
    let width = |text: &str| text.chars().count();
    let mut widths = [0; 5];
    for row in &rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell).min(WIDEST));
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (index, (cell, widest)) in row.iter().zip(widths).enumerate() {
            // The path is last, and is never cut: it is what one copies.
            let cell = if index < 4 && width(cell) > widest {
                format!("{}…", cell.chars().take(widest - 1).collect::<String>())
            } else {
                cell.clone()
            };
            let pad = widest.saturating_sub(width(&cell)) + 2;
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', pad));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn one(room: &Room<'_>, item: &Item) -> String {
    let locale = room.locale;
    let word = |key: &str| locale.say(key, &[]);
    let origin = |origin: Origin| {
        let origin = from(origin, &room.config);
        let (source, rest) = origin.split_once(", line ").map_or((origin.as_str(), None), |(s, l)| (s, Some(l)));
        let named = word(&format!("from.{source}"));
        // The name of a file is the same in every language.
        let source = if named.starts_with("from.") { source } else { named.as_str() };
        // A document has no lines that anybody could count.
        let counted = if Kind::of(&item.path).is_text() { "line" } else { "paragraph" };
        let line = rest.map(|line| format!(", {} {line}", word(counted))).unwrap_or_default();
        let from = if source == word("from.nobody") { String::new() } else { format!("{} ", word("from")) };
        format!("   ({from}{source}{line})")
    };
    let origins = &item.origins;
    let updated = room.config.zone.local(item.updated).format("%Y-%m-%d %H:%M").to_string();
    let known = shown(item, &room.config);
    let parts: Vec<String> = item.parts.iter().map(|part| word(&format!("part.{part}"))).collect();
    let mut rows = vec![
        (word("path"), visible(&item.path), String::new()),
        (word("title"), item.title.to_string(), origin(origins.title)),
        (word("status"), word(&format!("status.{}", item.status.name())), String::new()),
        (word("when"), when(room, item), origin(origins.published)),
        (word("updated"), updated, origin(origins.updated)),
        (word("authors"), names(authors(item, &room.config)), origin(origins.authors)),
        (word("contacts"), names(&item.contacts), String::new()),
        (word("language"), item.language.to_string(), origin(origins.language)),
        (word("address"), known.url.unwrap_or_default().to_owned(), String::new()),
        (word("identity"), known.id.unwrap_or_default().to_owned(), origin(origins.id)),
        (word("parts"), parts.join(", "), String::new()),
        (word("summary-of"), item.summary.as_ref().map(ToString::to_string).unwrap_or_default(), String::new()),
    ];
    for (key, value) in &item.suggestions {
        let value = crieur::Text::new(value).to_string();
        rows.push((word(&format!("suggested.{key}")), value, format!("   {}", word("suggested-only"))));
    }
    let widest = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or_default();
    rows.iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(name, value, origin)| {
            let pad = " ".repeat(widest - name.chars().count());
            format!("{name}{pad}   {value}{origin}\n")
        })
        .collect()
}
