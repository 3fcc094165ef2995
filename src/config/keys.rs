//! Every key of `crieur.toml`, said once: the reader knows no other, and `docs/configuration.md`
//! and the commented default (`templates/crieur.toml`) are written from this table.

use std::fmt::Write as _;

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The table it stands in; empty for the top.
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    /// A value as it is written in TOML: the line to paste.
    pub example: &'static str,
    /// What holds without it; `None` where it is required.
    pub default: Option<&'static str>,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
}

const fn key(
    table: &'static str,
    name: &'static str,
    example: &'static str,
    default: Option<&'static str>,
    doc: &'static str,
) -> Key {
    Key { table, name, example, default, doc }
}

/// The keys in the order of the documentation.
pub const KEYS: &[Key] = &[
    key(
        "",
        "title",
        "\"Communiqués de presse – Ville d'Exemple\"",
        None,
        "What the newsroom is called: the title of its feeds and of its index page.",
    ),
    key(
        "",
        "description",
        "\"Les communiqués de presse de la Ville d'Exemple.\"",
        Some("the title"),
        "One sentence under the title, for people and aggregators.",
    ),
    key(
        "",
        "url",
        "\"https://www.example.org/presse/\"",
        None,
        "Where the output folder can be seen on the web; it may hold a path. Feeds and pages are made of it, identities are not: it may change. With `--live-ledger`, set `[ledger] from` to the old address first.",
    ),
    key(
        "",
        "language",
        "\"fr\"",
        None,
        "The language of the items where they do not say otherwise, and of pages and messages (BCP 47: `fr`, `fr-FR`, `en`).",
    ),
    key(
        "",
        "timezone",
        "\"Europe/Paris\"",
        None,
        "The clocks by which dates are meant (an IANA name). The machine's own zone is never asked.",
    ),
    key(
        "",
        "authority",
        "\"example.org,2020\"",
        None,
        "What every identity begins with: a domain you own and a year in which you did. Never change it, whatever becomes of the domain: readers would show everything as new.",
    ),
    key(
        "",
        "day-time",
        "\"09:00\"",
        Some("`\"09:00\"`"),
        "The hour at which an item with a date and no hour is published. At 09:00 in Paris the day is the same from Los Angeles to Auckland.",
    ),
    key("", "items", "\"items\"", Some("`\"items\"`"), "The folder of the items, from here."),
    key("", "out", "\"public\"", Some("`\"public\"`"), "The folder to write to, from here."),
    key(
        "",
        "exclude",
        "[\"brouillons/**\", \"*.old.md\"]",
        Some("`[]`"),
        "What in the items folder is not an item: patterns with `*`, `**` and `?`, below the folder.",
    ),
    key(
        "",
        "permalink",
        "\"{year}/{month}/{slug}/\"",
        Some("`\"{path}/\"`"),
        "The address of an item below `url`, of `{path}` (its file without the ending), `{slug}` (its last part without a date), `{year}`, `{month}`, `{day}`, `{lang}`. Ends in `/` or `.html`. Where it does not name the language, items in another one get `{lang}/` in front.",
    ),
    key("", "pages", "true", Some("`true`"), "`false` writes feeds only: the addresses belong to another site."),
    key(
        "",
        "date-order",
        "\"dmy\"",
        Some("asked for"),
        "How `03/04/2020` is to be read: `\"dmy\"`, the day first, or `\"mdy\"`, the month first. Without it such a date is an error; `29/01/2020` can be read in one way only.",
    ),
    key(
        "",
        "midnight-is-a-day",
        "true",
        Some("`false`"),
        "`true` takes an instant at 00:00:00, such as `2020-01-29T00:00:00Z`, for the day alone: many tools write days so, and a reader west of Greenwich would see the day before.",
    ),
    key(
        "",
        "dates-from",
        "[\"git\"]",
        Some("`[]`"),
        "Where else to look for a date that no person wrote: `\"git\"`, the commit that brought the file. Needs the whole history.",
    ),
    key(
        "",
        "authors-from",
        "\"authors.yml\"",
        Some("nothing"),
        "Where people are declared besides `[people]`: a file (YAML, TOML, JSON, or CSV with a header) or a folder with one file a person, from here. What items write is then a key of it.",
    ),
    key(
        "",
        "split-authors",
        "true",
        Some("`false`"),
        "`true` takes one text for several people where commas, `;`, `&`, `and` or `et` stand between them.",
    ),
    key(
        "",
        "encoding",
        "\"windows-1252\"",
        Some("UTF-8, else told from the bytes"),
        "The encoding of files that are not UTF-8 (a name of the WHATWG Encoding Standard).",
    ),
    key(
        "",
        "theme",
        "\"theme\"",
        Some("the folder `theme`, if it is there"),
        "A folder with templates of your own, from here: each stands for ours of the same name (`crieur theme eject` writes them). What else lies in it, such as pictures, is copied to `theme/` in the output.",
    ),
    key(
        "",
        "color",
        "\"#0b4f9e\"",
        Some("`\"#0b4f9e\"`"),
        "The colour of links and marks on the pages. One that is too pale to be read on white (under 4.5:1) is darkened for text, with a warning.",
    ),
    key("", "rights", "\"Licence Ouverte 2.0\"", Some("nothing"), "Who owns the items and what may be done with them."),
    key(
        "",
        "logo",
        "\"logo.png\"",
        Some("nothing"),
        "A picture for the feeds, twice as wide as high, and for the head of the pages: an address, absolute or from `url`; `\"theme/logo.png\"` is a file of the folder `theme`.",
    ),
    key(
        "",
        "icon",
        "\"icon.png\"",
        Some("nothing"),
        "A square picture for the feeds and for the browser's tabs: an address, absolute or from `url`.",
    ),
    key(
        "publisher",
        "name",
        "\"Ville d'Exemple\"",
        None,
        "Who publishes: the byline of the pages, and the author of items that name none.",
    ),
    key("publisher", "url", "\"https://www.example.org/\"", Some("nothing"), "The publisher's own site."),
    key(
        "publisher",
        "address",
        "\"1, place de la Mairie, 62000 Exemple\"",
        Some("nothing"),
        "The postal address, for the foot of the pages; several lines may be a list.",
    ),
    key("publisher", "phone", "\"03 21 00 00 00\"", Some("nothing"), "The telephone, for the foot of the pages."),
    key(
        "publisher",
        "email",
        "\"presse@example.org\"",
        Some("nothing"),
        "The address for publication, for the foot of the pages.",
    ),
    key(
        "people.KEY",
        "name",
        "\"Camille MARTIN\"",
        None,
        "The name, as it is to be shown. The table's own key (`[people.camille]`) is what items write.",
    ),
    key("people.KEY", "role", "\"Presse\"", Some("nothing"), "What they do."),
    key(
        "people.KEY",
        "email",
        "\"cmartin@example.org\"",
        Some("nothing"),
        "The address for publication: it will be in the feeds.",
    ),
    key("people.KEY", "phone", "\"06 00 00 00 00\"", Some("nothing"), "The telephone for publication."),
    key("people.KEY", "url", "\"https://www.example.org/presse/camille/\"", Some("nothing"), "A page about them."),
    key(
        "defaults",
        "authors",
        "[\"camille\"]",
        Some("the publisher"),
        "Who wrote the items that do not say: keys of `[people]`, or names.",
    ),
    key(
        "legal",
        "notice",
        "\"mentions-legales.md\"",
        Some("nothing"),
        "A Markdown file, from here, with what the law asks a publisher to say of itself: a page of its own, linked from the foot of every page. French public bodies must have it.",
    ),
    key(
        "legal",
        "accessibility",
        "\"accessibilite.md\"",
        Some("nothing"),
        "The same for the accessibility statement. French public bodies must have it.",
    ),
    key(
        "legal",
        "conformance",
        "\"partial\"",
        Some("not said"),
        "What the statement comes to, said in the link to it, as French law asks: `\"full\"`, `\"partial\"` or `\"none\"`.",
    ),
    key(
        "privacy",
        "emails",
        "false",
        Some("`true`"),
        "`false` takes every e-mail address out of feeds and pages: of people, of the publisher, and in texts.",
    ),
    key(
        "privacy",
        "forget",
        "[\"camille\"]",
        Some("`[]`"),
        "People who are to be named nowhere any more, by key or by name: as if no item had named them. Identities stay.",
    ),
    key(
        "feeds",
        "formats",
        "[\"atom\", \"rss\", \"json\"]",
        Some("all three"),
        "Which feeds to write: `feed.atom`, `feed.rss`, `feed.json`.",
    ),
    key("feeds", "window", "50", Some("`50`"), "How many of the newest items a feed holds; at least 1."),
    key(
        "feeds",
        "max-bytes",
        "500_000",
        Some("`500_000`"),
        "How large a feed may be. The newest items are in it with all of their text, as many as fit; then come summaries with a link, the same in every format. The newest 30 items, and all that are less than 14 days older than the newest, stay in it whatever they weigh.",
    ),
    key(
        "feeds",
        "tombstones",
        "true",
        Some("`false`"),
        "`true` puts a tombstone (RFC 6721) in the Atom feed in the place of the notice of a withdrawn item: programs that know them delete the entry, but most readers do not know them and keep the old text. RSS and JSON Feed keep the notice.",
    ),
    key(
        "feeds",
        "aliases",
        "{ \"rss.xml\" = \"feed.rss\" }",
        Some("`{}`"),
        "Older addresses of feeds, below `url`: the same bytes are written there, so that those who subscribed long ago lose nothing. One that was published once is not given up without a word.",
    ),
    key(
        "feeds",
        "hubs",
        "[\"https://pubsubhubbub.appspot.com/\"]",
        Some("`[]`"),
        "WebSub hubs, which tell readers at once that there is something new: named in every feed, and told by `crieur publish` and `crieur notify`.",
    ),
    key("feeds", "topics", "false", Some("`true`"), "Whether each topic (`tags`) has feeds and a list of its own."),
    key(
        "feeds",
        "folders",
        "false",
        Some("`true`"),
        "Whether each folder of items has; folders named by dates have not.",
    ),
    key(
        "feeds",
        "languages",
        "false",
        Some("`true`"),
        "Whether each language has, where the items are in more than one.",
    ),
    key("feeds", "people", "true", Some("`false`"), "Whether each author has."),
    key(
        "feeds",
        "archive",
        "false",
        Some("`true`"),
        "Whether what leaves the window is kept in documents that the Atom and JSON feeds lead to (RFC 5005), so that late subscribers and aggregators find the past.",
    ),
    key(
        "ledger",
        "publish",
        "true",
        Some("`false`; `true` with `from`"),
        "Writes `ledger.jsonl`, the memory of what was published, beside the feeds too; nothing of what is held is in it.",
    ),
    key(
        "ledger",
        "from",
        "\"https://www.example.org/presse/ledger.jsonl\"",
        Some("nothing"),
        "Where the last run published it: read at the start of each run, so that CI never has to push. Not there yet (404) is a first run, which is said where items are old; any other failure ends the run with code 3.",
    ),
    key(
        "folder",
        "path",
        "\"archives/2010\"",
        None,
        "The folder, below the items folder, for which the other keys of this table hold. The deepest folder that has a key decides.",
    ),
    key("folder", "authors", "[\"camille\"]", Some("as above"), "Who wrote its items that do not say."),
    key("folder", "language", "\"en\"", Some("as above"), "The language of its items."),
    key("folder", "timezone", "\"America/Martinique\"", Some("as above"), "The clocks by which its dates are meant."),
    key("folder", "day-time", "\"12:00\"", Some("as above"), "The hour of its items that have none."),
    key("folder", "permalink", "\"archives/{slug}/\"", Some("as above"), "The addresses of its items."),
    key("folder", "date-order", "\"dmy\"", Some("as above"), "How its `03/04/2020` are to be read."),
    key("folder", "midnight-is-a-day", "true", Some("as above"), "Whether its instants at 00:00:00 are days."),
    key("folder", "authors-from", "\"archives/authors.csv\"", Some("as above"), "Where its people are declared."),
    key("folder", "split-authors", "true", Some("as above"), "Whether one text may name several people."),
    key("folder", "encoding", "\"windows-1252\"", Some("as above"), "The encoding of its files that are not UTF-8."),
    key("folder", "rights", "\"© Ville d'Exemple\"", Some("as above"), "Who owns its items."),
];

/// The keys of one table.
pub fn of(table: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.table == table)
}

/// The tables in order, each with its header line.
const TABLES: &[(&str, &str, &str)] = &[
    ("", "", "At the top"),
    ("publisher", "[publisher]", "`[publisher]`"),
    ("people.KEY", "[people.camille]", "`[people.KEY]`"),
    ("defaults", "[defaults]", "`[defaults]`"),
    ("legal", "[legal]", "`[legal]`"),
    ("privacy", "[privacy]", "`[privacy]`"),
    ("feeds", "[feeds]", "`[feeds]`"),
    ("ledger", "[ledger]", "`[ledger]`"),
    ("folder", "[[folder]]", "`[[folder]]`"),
];

/// `docs/configuration.md`.
pub fn documentation() -> String {
    let mut page = String::from(
        "# `crieur.toml`\n\n\
         One file at the root of the newsroom. A key that is not here is an error: it is more often\n\
         a slip than a wish. Every key is checked before any item is read.\n\
         `crieur init` writes a file that has them all, with comments; `templates/crieur.toml` is such a file.\n\
         An editor that knows Taplo (VS Code: \"Even Better TOML\") completes and checks it by its first line\n\
         and `.crieur.schema.json`; `crieur schema > .crieur.schema.json` renews that.\n",
    );
    for (table, _, heading) in TABLES {
        let _ = write!(page, "\n## {heading}\n\n| key | example | without it | what it does |\n|---|---|---|---|\n");
        for key in of(table) {
            let default = key.default.unwrap_or("**required**");
            let _ = writeln!(page, "| `{}` | `{}` | {default} | {} |", key.name, key.example, key.doc);
        }
    }
    page
}

/// The commented default: required keys as they are, the others behind `#`.
pub fn commented_default() -> String {
    filled(&[])
}

/// A key that somebody gave a value: its table, its name, and the value as TOML.
pub type Given<'a> = (&'a str, &'a str, String);

/// The same with values of one's own: what has one is no comment.
pub fn filled(given: &[Given<'_>]) -> String {
    let mut file = String::new();
    for (table, header, _) in TABLES {
        let value = |key: &Key| given.iter().find(|(of, name, _)| of == table && *name == key.name).map(|(.., v)| v);
        let optional = table.starts_with("people") || *table == "folder" || of(table).all(|key| key.default.is_some());
        let asleep = optional && !table.is_empty() && of(table).all(|key| value(key).is_none());
        if !header.is_empty() {
            let _ = writeln!(file, "{}{header}", if asleep { "# " } else { "" });
        }
        for key in of(table) {
            for line in wrapped(key.doc) {
                let _ = writeln!(file, "# {line}");
            }
            let mark = if value(key).is_none() && (asleep || key.default.is_some()) { "# " } else { "" };
            let _ = writeln!(file, "{mark}{} = {}\n", key.name, value(key).map_or(key.example, String::as_str));
        }
    }
    file.truncate(file.trim_end().len());
    file.push('\n');
    file
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if lines.last().is_some_and(|line| line.chars().count() + word.chars().count() > 96) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
