//! What is written for people to begin with: the configuration and the schedule of a new newsroom,
//! its first release, the skeleton of the next one. Texts only; who asks for them writes the files.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Timelike};
use url::Url;

use crate::config::foreign::Proposal;
use crate::config::keys;
use crate::config::{Config, is_authority};
use crate::edit::quoted;
use crate::input::markdown::slug;
use crate::locale::Locale;
use crate::resolve::date::places::behind_date;
use crate::resolve::date::relative::figures;
use crate::resolve::date::spelling::When;
use crate::zone::{Wall, Zone};

/// The schema of `crieur.toml`, beside it, so that an editor knows its keys without a network.
pub const SCHEMA_FILE: &str = ".crieur.schema.json";

/// What git is to leave alone.
pub const GITIGNORE: &str = "/public/\n/.crieur/\n/.crieur.lock\n";

/// How git is to merge: two runs on two machines both add lines to the ledger.
pub const GITATTRIBUTES: &str = "ledger.jsonl merge=union\n";

/// The name of a file gets so much of the title.
const LONGEST_NAME: usize = 80;

/// What somebody said of a new newsroom.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What it is called.
    pub title: String,
    /// Where it will be seen; http or https, with a host.
    pub url: Url,
    /// BCP 47.
    pub language: String,
    /// An IANA name.
    pub timezone: Zone,
    /// Who publishes.
    pub publisher: String,
}

/// What another tool's site has where.
#[derive(Debug, Clone, Default)]
pub struct There {
    /// What its configuration says.
    pub proposal: Proposal,
    /// The folder of its texts, below the root.
    pub items: Option<String>,
    /// Where it declares people.
    pub people: Vec<String>,
    /// The configuration of the tool that makes its pages.
    pub tool: Option<String>,
}

/// The domain of an address and a year in which it was somebody's (RFC 4151); `None` for a host that
/// nobody owns, such as `localhost`.
pub fn authority(url: &Url, now: DateTime<FixedOffset>) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    let authority = format!("{},{}", host.strip_prefix("www.").unwrap_or(&host), now.year());
    is_authority(&authority).then_some(authority)
}

/// `crieur.toml`, with every key and what it does.
pub fn configuration(answers: &Answers, authority: &str, there: &There) -> String {
    let mut given: Vec<keys::Given<'_>> = vec![
        ("", "title", quoted(&answers.title)),
        ("", "url", quoted(answers.url.as_str())),
        ("", "language", quoted(&answers.language)),
        ("", "timezone", quoted(answers.timezone.name())),
        ("", "authority", quoted(authority)),
        ("publisher", "name", quoted(&answers.publisher)),
    ];
    given.extend(there.items.as_ref().map(|items| ("", "items", quoted(items))));
    if !there.people.is_empty() {
        let people: Vec<String> = there.people.iter().map(|path| quoted(path)).collect();
        given.push(("", "authors-from", format!("[{}]", people.join(", "))));
    }
    if there.tool.is_some() {
        // Its own output is most often `public`.
        given.push(("", "out", quoted("feeds")));
    }
    let addresses = &there.proposal.addresses;
    if let Some(permalink) = &addresses.permalink {
        // The addresses are that site's: its pages stay, and the feeds lead to them.
        given.push(("", "permalink", quoted(permalink)));
        given.push(("", "pages", "false".to_owned()));
    }
    let mut text = format!("#:schema ./{SCHEMA_FILE}\n\n{}", keys::filled(&given));
    for (folder, permalink) in &addresses.folders {
        let _ = write!(text, "\n[[folder]]\npath = {}\npermalink = {}\n", quoted(folder), quoted(permalink));
    }
    text
}

/// The pattern of each folder in whose texts the day of the file's name is no part of the address: `files` are
/// their paths; none where no name has a day.
pub fn without_days(files: &[String]) -> Vec<(String, String)> {
    let bare = |path: &str| {
        let path = path.rsplit_once('.').map_or(path, |(path, _)| path);
        path.strip_suffix("/index").unwrap_or(path).to_owned()
    };
    let texts: Vec<String> = files.iter().map(|path| bare(path)).collect();
    if !texts.iter().any(|path| behind_date(path.rsplit('/').next().unwrap_or(path)).is_some()) {
        return Vec::new();
    }
    let folders: BTreeSet<&str> =
        texts.iter().map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder)).collect();
    let pattern = |folder: &str| {
        let parts = folder.split('/').map(slug).filter(|part| !part.is_empty());
        parts.chain(["{slug}/".to_owned()]).collect::<Vec<_>>().join("/")
    };
    folders.into_iter().map(|folder| (folder.to_owned(), pattern(folder))).collect()
}

/// The file of a release of that day: `2026-11-24-la-piscine-rouvre.md`; `None` for a title without
/// a letter.
pub fn file_name(day: NaiveDate, title: &str) -> Option<String> {
    let mut name = slug(title);
    if name.len() > LONGEST_NAME {
        let end = name.get(..=LONGEST_NAME).and_then(|head| head.rfind('-')).unwrap_or(LONGEST_NAME);
        name.truncate(end);
    }
    (!name.is_empty()).then(|| format!("{day}-{name}.md"))
}

/// The first release of a newsroom: true as it stands, and out at once.
pub fn first(publisher: &str, locale: &Locale, now: DateTime<FixedOffset>, zone: &Zone) -> (String, String) {
    let title = locale.begun("first-title", &[]);
    let name = file_name(now.date_naive(), &title).unwrap_or_default();
    let text = locale.begun("first-text", &[("publisher", publisher)]);
    let id = name.trim_end_matches(".md");
    let date = minute(now, zone);
    (name.clone(), format!("---\ntitle: {}\ndate: {date}\nid: {id}\n---\n{text}\n", quoted(&title)))
}

/// This minute, as a person would write it by the newsroom's clocks.
fn minute(now: DateTime<FixedOffset>, zone: &Zone) -> String {
    let wall = now.naive_local();
    let wall = wall.with_second(0).and_then(|wall| wall.with_nanosecond(0)).unwrap_or(wall);
    match zone.instant(wall) {
        Wall::Once(_) => figures(&When::Wall(wall)),
        // The clocks show this hour twice.
        _ => now.format("%Y-%m-%dT%H:%M:00%:z").to_string(),
    }
}

/// What a new release is to be.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its id.
    pub id: &'a str,
    /// When it is to come out, where that was said; in figures.
    pub at: Option<String>,
    /// Not before that, in figures.
    pub embargo: Option<String>,
}

/// A release to be filled in, held back until somebody deletes a line.
pub fn skeleton(wanted: &Wanted<'_>, config: &Config) -> String {
    let locale = Locale::of(&config.language);
    let publisher = [("publisher", config.publisher.name.as_str())];
    let word = |key: &str| locale.begun(key, &publisher);
    let mut text = format!("---\ntitle: {}\n", quoted(wanted.title));
    for (key, value) in [("date", &wanted.at), ("embargo", &wanted.embargo)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{key}: {value}");
        }
    }
    let _ = writeln!(text, "id: {}", wanted.id);
    let contacts = contacts(config);
    if !contacts.is_empty() {
        let _ = writeln!(text, "contacts: [{}]", contacts.join(", "));
    }
    let _ = writeln!(text, "# {}\ndraft: true\n---\n{}\n\n{}\n", word("ready"), word("lead"), word("facts"));
    let _ = writeln!(text, "> {}\n>\n> {}\n", word("quotation"), word("speaker"));
    let _ = writeln!(text, "## {}\n\n- {}\n- {}\n", word("practical"), word("day"), word("place"));
    let _ = writeln!(text, "## {}\n\n{}", word("about"), word("about-text"));
    text
}

/// Whom the press may call: of those who write what does not say, else of all who are declared, those
/// who can be reached.
fn contacts(config: &Config) -> Vec<String> {
    let named: Vec<&str> = config.authors.iter().filter_map(crate::tree::Node::text).collect();
    let reachable = config.people.iter().filter(|(_, person)| person.email.is_some() || person.phone.is_some());
    let keys: Vec<&str> = reachable.map(|(key, _)| key.as_str()).collect();
    let usual: Vec<&str> = keys.iter().copied().filter(|key| named.contains(key)).collect();
    let chosen = if usual.is_empty() { keys } else { usual };
    chosen
        .iter()
        .map(|key| if crate::config::looks_like_a_key(key) { (*key).to_owned() } else { quoted(key) })
        .collect()
}

/// Who runs the newsroom on time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// GitHub Actions and Pages.
    Github,
    /// GitLab CI and Pages.
    Gitlab,
    /// Forgejo Actions, and the branch that Codeberg Pages shows.
    Forgejo,
    /// A machine of one's own.
    Cron,
    /// The same, by timers of systemd.
    Systemd,
}

/// A file of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// Where it goes, below the newsroom.
    pub path: &'static str,
    /// What it holds.
    pub text: String,
    /// Whether it is run as a program.
    pub program: bool,
}

impl Schedule {
    /// Every one, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Github, Self::Gitlab, Self::Forgejo, Self::Cron, Self::Systemd];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Forgejo => "forgejo",
            Self::Cron => "cron",
            Self::Systemd => "systemd",
        }
    }

    /// Its files, of `docs/recipes`, by the newsroom's clocks; `folder` is where it lies on this machine.
    pub fn files(self, config: &Config, folder: &str, year: i32) -> Vec<Scheduled> {
        let here = |text: &str| text.replace("/srv/newsroom", folder).replace("Europe/Paris", config.zone.name());
        let slots = |text: &str| with_slots(text, config, year);
        let file = |path, text, program| Scheduled { path, text, program };
        let cron = || file("cron.sh", here(include_str!("../docs/recipes/cron.sh")), true);
        match self {
            Self::Github => {
                vec![file(".github/workflows/newsroom.yml", slots(include_str!("../docs/recipes/github.yml")), false)]
            }
            Self::Forgejo => {
                vec![file(".forgejo/workflows/newsroom.yml", slots(include_str!("../docs/recipes/forgejo.yml")), false)]
            }
            Self::Gitlab => vec![file(".gitlab-ci.yml", include_str!("../docs/recipes/gitlab.yml").to_owned(), false)],
            Self::Cron => vec![cron()],
            Self::Systemd => vec![
                cron(),
                file("crieur.service", here(include_str!("../docs/recipes/crieur.service")), false),
                file("crieur.timer", here(include_str!("../docs/recipes/crieur.timer")), false),
            ],
        }
    }
}

/// The four slots of a timetable in UTC: the first two just after the newsroom's hour, in summer and in
/// winter, the others in the afternoon.
fn with_slots(recipe: &str, config: &Config, year: i32) -> String {
    const MARK: &str = "    - cron: ";
    let at = |month: u32, hour: NaiveTime| {
        let day = NaiveDate::from_ymd_opt(year, month, 1)?;
        // Behind the full hour, when the queues of the forges are longest.
        let wall = day.and_time(hour).checked_add_signed(TimeDelta::minutes(13))?;
        Some(config.zone.settled(wall).to_utc().format("%-M %-H * * *").to_string())
    };
    let afternoon = |hour| NaiveTime::from_hms_opt(hour, 30, 0).unwrap_or(config.day_time);
    let mut slots: Vec<String> = [(7, config.day_time), (1, config.day_time), (7, afternoon(14)), (7, afternoon(18))]
        .into_iter()
        .filter_map(|(month, hour)| at(month, hour))
        .collect();
    slots.dedup();
    let zone = format!("{} in {}", config.day_time.format("%H:%M"), config.zone.name());
    let lines = recipe.replace("09:00 in Europe/Paris", &zone);
    let mut text = String::with_capacity(lines.len());
    let mut written = false;
    for line in lines.lines() {
        if !line.starts_with(MARK) {
            let _ = writeln!(text, "{line}");
        } else if !written {
            written = true;
            slots.iter().for_each(|slot| {
                let _ = writeln!(text, "{MARK}\"{slot}\"");
            });
        }
    }
    text
}

/// The day after, for examples; the last one there is stays.
pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}
