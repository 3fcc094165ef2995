//! `docs/dates-and-authors.md`, written from the tables that the code reads by, so that it cannot
//! say anything else.

use std::fmt::Write as _;

use super::date::spelling::EXAMPLES;
use super::date::words::MONTHS;
use crate::input::front_matter::keys::KEYS;
use crate::item::Origin;

/// Where a date may stand: the place, an example, and what `show` calls it.
const PLACES: &[(&str, &str, Origin)] = &[
    ("the head", "`date: 2026-11-24`", Origin::Head { line: 3 }),
    ("the sidecar", "`date = 2026-11-24` in `budget.md.toml`, beside `budget.md`", Origin::Sidecar { line: 1 }),
    (
        "the file's name",
        "`2026-11-24-budget.md`, `2026-1-4`, `20261124`, `24-11-2026`, `24 novembre 2026 budget.md`, `2026-11-24 14h30 budget.md`",
        Origin::FileName,
    ),
    (
        "its folders",
        "`2026/11/24/budget.md`, `2026/11/24-budget.md`, `2026-11-24/budget.md`, `2026-11-24 8h/budget.md`",
        Origin::Folders,
    ),
    ("an address in the head", "`permalink: /2026/11/24/budget/`", Origin::Address { line: 4 }),
    (
        "the dateline, in the first lines",
        "`Lens, le 24 novembre 2026 –`, `Fait à Lens, le …`",
        Origin::Dateline { line: 6 },
    ),
    (
        "git, where `dates-from = [\"git\"]` asks for it",
        "the commit that brought the file, unless it brought more than 20",
        Origin::Git,
    ),
];

/// How people are written, and what is understood.
const PEOPLE: &[(&str, &str)] = &[
    ("`camille`", "the person of that key in `[people]`, or in a file that `authors-from` names"),
    ("`Camille MARTIN`", "a name, kept as it is written"),
    ("`Camille MARTIN <cmartin@example.org>`", "a name and an address"),
    (
        "`Camille MARTIN (cmartin@example.org)`, `Camille MARTIN, cmartin@example.org`, `cmartin@example.org (Camille MARTIN)`",
        "the same: no name has an address in it",
    ),
    ("`cmartin@example.org`", "an address, whose first part stands for the name"),
    (
        "`Camille MARTIN <cmartin@example.org>, Jean PETIT <jpetit@example.org>`, or with `;`, `et`, `and`",
        "two people: behind an address somebody else begins",
    ),
    ("`Camille MARTIN <cmartin@example.org>, Ville d'Exemple`", "two authors, for the same reason"),
    (
        "`Camille MARTIN, cmartin@example.org, 03 21 00 00 00, attachée de presse`",
        "one person: behind an address a telephone number is theirs, and so is what begins with a small letter and is no key, or stands in brackets: what they do",
    ),
    (
        "`{name: Camille MARTIN, title: Presse, url: …}`",
        "a map; `name` may be `fullname`, `display_name`, `first_name` and `last_name`; `role` may be `title`, `position`, `affiliation`",
    ),
    ("`[Camille MARTIN](https://…), Ville d'Exemple`", "one person, with a page and an affiliation"),
    ("`[A](…), [B](…), Jean PETIT`", "three people: links separate them"),
    ("`Josh Aas, Executive Director`", "**one** person: a comma separates nobody"),
    ("`[camille, Jean PETIT]`", "two people: a list does"),
    (
        "`A, B et C`; `A and B`; `A; B`, where `split-authors = true`",
        "several people; what follows `on behalf of` or `au nom de` stays with the last",
    ),
    (
        "`Josh Aas, Executive Director`, where `[people.\"Josh Aas, Executive Director\"]` is declared",
        "that person, also where `split-authors = true`: the whole text is looked for before it is split",
    ),
    (
        "`author: Jean PETIT` with `author_url`, `author_email`, `author_title`",
        "one person with a page, an address, a role",
    ),
    ("nothing", "`authors` of the folder, else of `[defaults]`, else the publisher; `show` says which"),
];

/// The page.
pub fn documentation() -> String {
    let mut page = String::from(
        "# Dates and authors\n\n\
         What is read, where, and in which order. `crieur show FILE` says of each item where its date and its\n\
         people were found. Nothing is made up: what cannot be one thing is refused, and the message says\n\
         what would do.\n\n\
         ## Where a date is looked for\n\n\
         In this order; the first that has one counts. Where another place contradicts it, a warning shows\n\
         both. The file's own time is never asked. An hour directly behind the day of a name counts, if it can\n\
         be nothing else: `8h`, `14h30`, `14:30`, `9am`, `T0930`. `8h de vélo` is how long something takes, and\n\
         `14h-18h` when something is open: there the day alone is the date.\n\n\
         | | place | for example | called |\n|---|---|---|---|\n",
    );
    for (number, (place, example, called)) in (1..).zip(PLACES) {
        let _ = writeln!(page, "| {number} | {place} | {example} | `{called}` |");
    }
    page.push_str(
        "\nIn the head, these keys are read; capitals, accents, `-`, `_` and spaces in them do not matter:\n\n",
    );
    for name in ["date", "created", "updated"] {
        if let Some(key) = KEYS.iter().find(|key| key.name == name) {
            let synonyms: Vec<String> = key.synonyms.iter().map(|synonym| format!("`{synonym}`")).collect();
            let _ = writeln!(page, "- `{name}`: also {}", synonyms.join(", "));
        }
    }
    page.push_str(
        "\n`created` counts where the head has no `date`. Of two dates under two names the later counts, so that\n\
         nothing goes out too early. An `embargo` is never gone below.\n\n\
         ## How a date is written\n\n\
         A day without an hour stays a day: pages print no hour, feeds say `day-time` (09:00) and a second of\n\
         its own. An hour without an offset is read by the newsroom's clocks (`timezone`). An offset is kept.\n\n\
         | written | is |\n|---|---|\n",
    );
    for (written, meant) in EXAMPLES.iter().filter(|(_, meant)| meant.starts_with(|c: char| c.is_ascii_digit())) {
        let _ = writeln!(page, "| `{written}` | {} |", meant.replace('T', " "));
    }
    page.push_str(
        "\nNames of months and days may be abbreviated, in capitals, without accents, with no-break spaces:\n\n\
         | | months |\n|---|---|\n",
    );
    for language in MONTHS.first().into_iter().flat_map(|names| names.iter().map(|(language, _)| *language)) {
        let names = MONTHS.iter().filter_map(|month| month.iter().find(|(of, _)| *of == language));
        let names: Vec<String> = names.map(|(_, names)| names.join(" ")).collect();
        let _ = writeln!(page, "| {language} | {} |", names.join(", "));
    }
    page.push_str("\n## What is refused\n\n| written | why |\n|---|---|\n");
    for (written, refused) in EXAMPLES {
        let why = match *refused {
            "Ambiguous" => "the day first, or the month? Write `2020-04-03`, or set `date-order`",
            "Impossible" => "no calendar has that day, or no clock that hour",
            "OutOfRange" => "before 1900 or after 2199: what a program writes that has no date, or a slip",
            "ShortYear" => "a year of two figures",
            "NoYear" => "no year",
            "NoDay" => "no day",
            "Midnight" => "midnight at the beginning of that day, or at its end? Write `00:00`",
            "NotUnderstood" => "not a date",
            _ => continue,
        };
        let _ = writeln!(page, "| `{written}` | {why} |");
    }
    page.push_str(
        "\nAn hour that the clocks skipped (the last Sunday of March, 02:30) is refused too, with both readings.\n\
         Of one that they showed twice the first counts, with a warning.\n\n\
         ## How people are written\n\n\
         | written | is |\n|---|---|\n",
    );
    for (written, meant) in PEOPLE {
        let _ = writeln!(page, "| {written} | {meant} |");
    }
    page.push_str(
        "\n`authors-from` names a file or a folder: YAML, TOML or JSON with a map of people by key; a table (CSV)\n\
         with a header; or one file a person, whose key is its name or its `slug`. `[people]` comes before it,\n\
         the file of a `[[folder]]` before the one of all.\n\n\
         `[privacy] emails = false` takes every address out of feeds and pages. `forget = [\"camille\"]` takes a person\n\
         out of all authors, contacts and credits of pictures, by key or by name, whatever the capitals and accents, also\n\
         where an address or a role stands beside the name; what a text says of them stays. Identities stay.\n",
    );
    page
}
