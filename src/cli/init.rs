//! `crieur init`: from an empty folder, or from another tool's, to a newsroom that publishes. It asks
//! whoever sits there, takes the answers as options where nobody does, and overwrites nothing.

#![expect(clippy::disallowed_methods, reason = "this command writes the files of a newsroom")]

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike as _, Utc};
use clap::{Args, ValueEnum};
use crieur::begin::{self, Answers, Schedule, There};
use crieur::config::foreign::{Addresses, CONTENT, Foreign};
use crieur::config::web_address;
use crieur::locale::{Locale, language_tag};
use crieur::problem::{Code, Problem};
use crieur::schema::Schema;
use crieur::zone::Zone;
use crieur::{Config, Text, source};
use serde::Serialize;
use url::Url;

use super::{Answer, Failure, Options, Piece, Surroundings, now, place, read_text, report, shown};
use crate::report::Format;

/// What `init` asks for.
#[derive(Debug, Args)]
pub struct Init {
    /// What the newsroom is called
    #[arg(long)]
    title: Option<String>,
    /// Where it will be seen on the web; it may hold a path
    #[arg(long)]
    url: Option<String>,
    /// By which clocks dates are meant: `Europe/Paris`
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// The language of the releases: `fr`, `en`…
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Who publishes
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// Who runs it every day: its files are written too
    #[arg(long, value_enum, value_name = "WHERE")]
    ci: Option<Ci>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ci {
    /// GitHub Actions and Pages
    Github,
    /// GitLab CI and Pages
    Gitlab,
    /// Forgejo Actions, for example on Codeberg
    Forgejo,
    /// A machine of your own
    Cron,
    /// The same, by timers of systemd
    Systemd,
}

impl Ci {
    fn schedule(self) -> Schedule {
        match self {
            Self::Github => Schedule::Github,
            Self::Gitlab => Schedule::Gitlab,
            Self::Forgejo => Schedule::Forgejo,
            Self::Cron => Schedule::Cron,
            Self::Systemd => Schedule::Systemd,
        }
    }
}

/// What was done, below the newsroom; the answer in `--format json`.
#[derive(Debug, Default, Serialize)]
struct Done {
    /// The configuration of another tool whose values were taken over.
    found: Option<String>,
    written: Vec<String>,
    /// What was there already.
    kept: Vec<String>,
    /// How that tool makes addresses.
    #[serde(skip)]
    addresses: Addresses,
    /// What a file that was there lacks: the file, and its line.
    #[serde(skip)]
    lacking: Vec<(String, String)>,
}

/// Makes the newsroom, and says what comes next.
pub fn run(asked: &Init, options: &Options, surroundings: &Surroundings, format: Format) -> Answer {
    let mut answer = Answer::default();
    let here = &surroundings.folder;
    let root = options.root.as_ref().map_or_else(|| here.clone(), |root| place::normal(&here.join(root)));
    let failed = |failure: Failure, answer: &mut Answer| {
        report(&failure.problems, &failure.reporter(format, surroundings), answer);
    };
    let start = Start { asked, options, surroundings, root: &root };
    match start.newsroom() {
        Err(failure) => failed(failure, &mut answer),
        Ok((_, done, _)) if format == Format::Json => {
            answer.out(&format!("{}\n", serde_json::to_string(&done).unwrap_or_default()));
        }
        Ok(_) if options.quiet => {}
        Ok((config, done, locale)) => {
            let folder = shown(&root, here);
            let list = |files: &[String]| files.join(", ");
            if let Some(file) = &done.found {
                answer.out(&format!("  {}\n", locale.say("init-found", &[("file", file)])));
                for line in addresses(&done.addresses, &config, locale) {
                    answer.out(&format!("  {line}\n"));
                }
            }
            if !done.written.is_empty() {
                answer.out(&format!("  {}\n", locale.say("init-written", &[("files", &list(&done.written))])));
            }
            if !done.kept.is_empty() {
                answer.out(&format!("  {}\n", locale.say("eject-kept", &[("files", &list(&done.kept))])));
            }
            for (file, line) in &done.lacking {
                answer.out(&format!("  {}\n", locale.say("init-lacking", &[("file", file), ("line", line)])));
            }
            if let Some(ci) = asked.ci {
                let key = format!("init-{}", ci.schedule().name());
                let path = root.display().to_string();
                let url = config.url.to_string();
                answer.out(&format!("  {}\n", locale.say(&key, &[("folder", &path), ("url", &url)])));
            }
            let elsewhere = if folder == "." { String::new() } else { folder };
            answer.out(&format!("  {}\n", locale.say("init-next", &[("folder", &elsewhere)])));
        }
    }
    answer
}

/// What addresses the texts of another tool's site will have, and what cannot be said of them.
fn addresses(found: &Addresses, config: &Config, locale: &'static Locale) -> Vec<String> {
    let unsaid = found.unsaid.as_deref().unwrap_or_default();
    let of_all = found.permalink.as_ref().map(|permalink| format!("{}{permalink}", config.url));
    let of_folders = found.folders.iter().map(|(_, permalink)| format!("{}{permalink}", config.url));
    let patterns: Vec<String> = of_all.into_iter().chain(of_folders).map(|url| format!("`{url}`")).collect();
    let patterns = patterns.join(", ");
    let said = (!patterns.is_empty()).then(|| locale.say("init-addresses", &[("patterns", &patterns)]));
    let partly = if patterns.is_empty() { "" } else { "1" };
    let left = (!unsaid.is_empty()).then(|| locale.say("init-unsaid", &[("unsaid", unsaid), ("partly", partly)]));
    said.into_iter().chain(left).collect()
}

struct Start<'a> {
    asked: &'a Init,
    options: &'a Options,
    surroundings: &'a Surroundings,
    root: &'a Path,
}

impl Start<'_> {
    fn newsroom(&self) -> Result<(Config, Done, &'static Locale), Failure> {
        let early = self.locale(self.asked.language.as_deref().unwrap_or("fr"));
        let fail = |locale, problem| Failure { locale, problems: vec![problem], config: None };
        let now = now(self.options, self.surroundings).map_err(|problem| fail(early, problem))?;
        let mut done = Done::default();
        let text = match read_text(&self.root.join(crieur::config::FILE)) {
            // Somebody's own: nothing is asked that it says already.
            Ok(text) => text,
            Err(None) => self.configuration(now, &mut done)?,
            Err(Some(reason)) => {
                let problem = Problem::new(Code::ConfigUnreadable, crieur::config::FILE).with("reason", reason);
                return Err(fail(early, problem));
            }
        };
        let config =
            Config::parse(&text).map_err(|problems| Failure { locale: early, problems, config: Some(text.clone()) })?;
        let locale = self.locale(&config.language);
        self.rest(&config, &text, now, &mut done).map_err(|problem| fail(locale, problem))?;
        Ok((config, done, locale))
    }

    fn locale(&self, language: &str) -> &'static Locale {
        Locale::of_messages(self.options.lang.as_deref().unwrap_or(language))
    }

    /// The text of `crieur.toml`, from what was asked for, answered or found.
    fn configuration(&self, now: DateTime<Utc>, done: &mut Done) -> Result<String, Failure> {
        let there = there(self.root);
        let (answers, locale) = self.answers(&there)?;
        let local = answers.timezone.local(now);
        let authority = begin::authority(&answers.url, local).ok_or_else(|| Failure {
            locale,
            problems: vec![wrong("--url", answers.url.as_str(), EXAMPLE_URL)],
            config: None,
        })?;
        let text = begin::configuration(&answers, &authority, &there);
        done.found = there.tool;
        done.addresses = there.proposal.addresses;
        // Nothing has been written so far.
        Config::parse(&text).map_err(|problems| Failure { locale, problems, config: Some(text.clone()) })?;
        let write = |path: &str, text: &str, done: &mut Done| self.write(path, text, false, done);
        write(crieur::config::FILE, &text, done)
            .and_then(|()| write(begin::SCHEMA_FILE, &Schema::Config.text(), done))
            .map_err(|problem| Failure { locale, problems: vec![problem], config: None })?;
        Ok(text)
    }

    /// First release, what git is to know, schedule.
    fn rest(&self, config: &Config, text: &str, now: DateTime<Utc>, done: &mut Done) -> Result<(), Problem> {
        let local = config.zone.local(now);
        let items = self.root.join(&config.items);
        if is_empty(&items) {
            let locale = Locale::of(&config.language);
            let (name, first) = begin::first(config.publisher.name.as_str(), locale, local, &config.zone);
            self.write(&format!("{}/{name}", config.items.trim_end_matches('/')), &first, false, done)?;
        }
        let ignored = begin::GITIGNORE.replacen("public", config.out.trim_matches('/'), 1);
        for (path, text) in [(".gitignore", ignored.as_str()), (".gitattributes", begin::GITATTRIBUTES)] {
            self.write(path, text, false, done)?;
        }
        let folder = self.root.display().to_string();
        if text.contains(begin::SCHEMA_FILE) && !done.written.iter().any(|path| path == begin::SCHEMA_FILE) {
            self.write(begin::SCHEMA_FILE, &Schema::Config.text(), false, done)?;
        }
        for file in self.asked.ci.iter().flat_map(|ci| ci.schedule().files(config, &folder, local.year())) {
            self.write(file.path, &file.text, file.program, done)?;
        }
        if !done.written.iter().any(|path| path == crieur::config::FILE) {
            done.kept.insert(0, crieur::config::FILE.to_owned());
        }
        Ok(())
    }

    /// Writes a file that is not there.
    fn write(&self, path: &str, text: &str, program: bool, done: &mut Done) -> Result<(), Problem> {
        let target = self.root.join(path);
        let parent = target.parent().unwrap_or(self.root);
        let written = fs::create_dir_all(parent)
            .and_then(|()| File::options().write(true).create_new(true).open(&target))
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                if program { executable(&file) } else { Ok(()) }
            });
        match written {
            Ok(()) => done.written.push(path.to_owned()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                done.kept.push(path.to_owned());
                if path.starts_with(".git") && !path.contains('/') && !path.ends_with(".yml") {
                    let there = read_text(&target).unwrap_or_default();
                    let missing = text.lines().filter(|line| !there.lines().any(|known| known.trim() == *line));
                    done.lacking.extend(missing.map(|line| (path.to_owned(), line.to_owned())));
                }
            }
            Err(error) => return Err(Problem::general(Code::OutputFailed).with("path", path).with("reason", error)),
        }
        Ok(())
    }

    /// The five answers: options first, then what somebody types, with what was found as a proposal.
    fn answers(&self, there: &There) -> Result<(Answers, &'static Locale), Failure> {
        let found = &there.proposal;
        let asked = self.asked;
        let mut early = self.locale(asked.language.as_deref().or(found.language.as_deref()).unwrap_or("fr"));
        let mut missing: Vec<&str> = Vec::new();
        let mut form = Form { surroundings: self.surroundings, locale: early, missing: &mut missing };
        let language = form.field(
            Field {
                option: "--language",
                example: "fr, fr-FR, en",
                given: &asked.language,
                proposal: found.language.as_deref(),
            },
            Some("fr"),
            |text| language_tag(text).ok(),
        );
        let language = language.map_err(|problem| Failure { locale: early, problems: vec![problem], config: None })?;
        early = self.locale(language.as_deref().unwrap_or("fr"));
        form.locale = early;
        let fail = |problem| Failure { locale: early, problems: vec![problem], config: None };
        let text = |text: &str| Text::some(text).map(|text| text.as_str().to_owned());
        let title = Field {
            option: "--title",
            example: "Salle de presse",
            given: &asked.title,
            proposal: found.title.as_deref(),
        };
        let title = form.field(title, None, text).map_err(fail)?;
        let url = Field { option: "--url", example: EXAMPLE_URL, given: &asked.url, proposal: found.url.as_deref() };
        let url = form.field(url, None, address).map_err(fail)?;
        let usual = language.as_deref().is_some_and(|tag| tag == "fr" || tag == "fr-FR").then_some("Europe/Paris");
        let zone = Field {
            option: "--timezone",
            example: "Europe/Paris, America/Montreal",
            given: &asked.timezone,
            proposal: found.timezone.as_deref(),
        };
        let zone = form.field(zone, usual, Zone::named).map_err(fail)?;
        let name = Field { option: "--publisher", example: "Ville d'Exemple", given: &asked.publisher, proposal: None };
        let name = form.field(name, title.as_deref(), text).map_err(fail)?;
        match (language, title, url, zone, name) {
            (Some(language), Some(title), Some(url), Some(timezone), Some(publisher)) => {
                Ok((Answers { title, url, language, timezone, publisher }, early))
            }
            _ => {
                let options: Vec<String> = missing.iter().map(|option| format!("`{option}`")).collect();
                Err(fail(Problem::general(Code::InitMissing).with("options", options.join(", "))))
            }
        }
    }
}

const EXAMPLE_URL: &str = "https://www.example.org/presse/";

/// What is asked for.
struct Field<'a> {
    option: &'static str,
    example: &'static str,
    given: &'a Option<String>,
    /// What another tool's configuration says.
    proposal: Option<&'a str>,
}

/// Who answers.
struct Form<'a, 'b> {
    surroundings: &'a Surroundings,
    locale: &'static Locale,
    missing: &'b mut Vec<&'static str>,
}

impl Form<'_, '_> {
    /// An answer that can be read; `usual` is proposed to somebody who sits there, never assumed.
    /// `None` where nobody does and nothing was found.
    fn field<T>(
        &mut self,
        field: Field<'_>,
        usual: Option<&str>,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        if let Some(given) = field.given {
            return read(given.trim()).map(Some).ok_or_else(|| wrong(field.option, given, field.example));
        }
        let found = field.proposal.and_then(|proposal| Some((proposal, read(proposal)?)));
        if !self.surroundings.terminal {
            if found.is_none() {
                self.missing.push(field.option);
            }
            return Ok(found.map(|(_, value)| value));
        }
        let proposal = found.map(|(text, _)| text).or(usual).unwrap_or_default().to_owned();
        let key = field.option.replacen("--", "init-ask-", 1);
        let mut said = self.locale.say(&key, &[("example", field.example), ("proposal", &proposal)]);
        loop {
            (self.surroundings.print)(&[Piece::Err(said)]);
            let Some(line) = (self.surroundings.ask_line)() else {
                // Nobody any more.
                self.missing.push(field.option);
                return Ok(None);
            };
            let line = if line.is_empty() { proposal.as_str() } else { line.as_str() };
            if let Some(value) = read(line) {
                return Ok(Some(value));
            }
            said = self.locale.say("init-again", &[("example", field.example), ("value", line)]);
        }
    }
}

fn wrong(option: &str, value: &str, expected: &str) -> Problem {
    Problem::general(Code::OptionValue).with("option", option).with("value", value).with("expected", expected)
}

/// An address as people type it, with or without `https://`.
fn address(text: &str) -> Option<Url> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(&web_address(&whole)?).ok()?;
    let said = url.query().is_none() && url.fragment().is_none() && url.host_str()?.contains('.');
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    said.then_some(url)
}

/// What another tool has in this folder.
fn there(root: &Path) -> There {
    let folder = place::foreign(root);
    let here = place::normal(root);
    let foreign = folder.foreign.filter(|_| place::normal(&folder.site) == here);
    let read = foreign.as_ref().and_then(|path| Foreign::read(path, &read_text(&root.join(path)).ok()?));
    let tool = foreign.filter(|_| read.is_some());
    let items = CONTENT.iter().find(|content| root.join(content).is_dir()).map(|content| (*content).to_owned());
    let people = if tool.is_some() { folder.people } else { Vec::new() };
    let mut proposal = read.map(|read| read.proposal()).unwrap_or_default();
    if let Some(items) = items.as_ref().filter(|_| proposal.addresses.without_days) {
        proposal.addresses.folders = begin::without_days(&texts(&root.join(items)));
        if let Some(at) = proposal.addresses.folders.iter().position(|(folder, _)| folder.is_empty()) {
            proposal.addresses.permalink = Some(proposal.addresses.folders.remove(at).1);
        }
    }
    There { proposal, items, people, tool }
}

/// The texts below a folder.
fn texts(folder: &Path) -> Vec<String> {
    let nowhere = PathBuf::new();
    let wanted = source::Wanted { folder, shown: "", out: &nowhere, exclude: &[], people: &[], clock: None };
    let Ok((source, _)) = source::open(&wanted) else { return Vec::new() };
    let paths = source.entries().iter().map(|entry| entry.path.to_string());
    paths.filter(|path| path.ends_with(".md") && !path.rsplit('/').next().unwrap_or(path).starts_with('_')).collect()
}

/// Whether a folder holds no file, or is not there.
fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

#[cfg(unix)]
fn executable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable(_: &File) -> std::io::Result<()> {
    Ok(())
}
