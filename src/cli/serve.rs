//! `crieur serve`: the newsroom in the browser while it is written. Each change is read as `build`
//! would read it, with the ledger as it is, and made into memory under an address of this machine;
//! nothing is written anywhere. What would stop a build is shown on the last good page.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, Utc};
use clap::Args;
use crieur::file::digest_of;
use crieur::html::escape;
use crieur::kept::{Digest, Shared};
use crieur::locale::Locale;
use crieur::problem::{Blame, Code, Problem, Severity};
use crieur::render::{Job, Renderer, What, rfc3339};
use crieur::resolve::date::spelling::{self, When};
use crieur::serve::dress::Dress;
use crieur::serve::watch::{How, Places, Watch};
use crieur::serve::{self, Held, Preview, Served, Shown};
use crieur::{Config, Content, Ledger, Newsroom, Status, Text};
use rayon::prelude::*;
use url::Url;

use super::{Answer, Failure, Options, Piece, Room, Setting, Surroundings, place, report};
use crate::report::{Format, Reporter, Told};

/// What `serve` asks for.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The port [default: 4000, or the next that is free]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Show it as it will be at the end of that day, or at that instant
    #[arg(long, value_name = "DATE", conflicts_with = "now")]
    as_of: Option<String>,
    /// Show what is held too (drafts, what waits for its day), with a mark
    #[arg(long)]
    drafts: bool,
    /// Look at the files every second: for network drives and containers, which tell of no change
    #[arg(long)]
    poll: bool,
}

/// Serves until the process is ended; comes back only with what keeps it from starting.
pub fn run(asked: &Serve, options: &Options, surroundings: &Surroundings, format: Format, answer: &mut Answer) {
    let started = start(asked, options, surroundings, format, answer);
    if let Err(Some(failure)) = started {
        report(&failure.problems, &failure.reporter(format, surroundings), answer);
    }
}

/// `Err(None)`: what is wrong has been said.
fn start(
    asked: &Serve,
    options: &Options,
    surroundings: &Surroundings,
    format: Format,
    answer: &mut Answer,
) -> Result<Infallible, Option<Failure>> {
    let options = travelled(asked, options, surroundings)?;
    let room = Room::open(&options, None, None, surroundings, format)?;
    let (locale, problems) = (room.locale, &room.newsroom.problems);
    if problems.iter().any(|p| p.is_error() && matches!(p.code.blame(), Blame::Configuration | Blame::Machine)) {
        report(problems, &room.reporter(), answer);
        return Err(None);
    }
    let failed = |problem: Problem| Some(Failure { locale, problems: vec![problem], config: None });
    let taken = |port: u16, error: &dyn std::fmt::Display| {
        failed(Problem::general(Code::PortTaken).with("port", port).with("reason", error))
    };
    let (listener, port) = serve::bind(asked.port).map_err(|(port, error)| taken(port, &error))?;
    let preview = Arc::new(Preview::new(port, surroundings.clock.timestamp_millis()));
    let mut studio = Studio {
        asked: asked.clone(),
        options: options.clone(),
        surroundings: surroundings.clone(),
        format,
        port,
        preview: Arc::clone(&preview),
        kept: HashMap::new(),
        last: Shown { base: "/".to_owned(), ..Shown::default() },
        revealed: (Vec::new(), 0),
        said: Vec::new(),
    };
    let watch = Watch::new(&places(&room), if asked.poll { How::Looking } else { How::Told });
    let address = local(&room.config.url, port);
    (surroundings.print)(&[Piece::Out(studio.greeting(address.as_str(), locale))]);
    studio.show(Ok(room), surroundings);
    std::thread::spawn(move || studio.go_on(watch));
    if asked.open
        && let Err(error) = open::that_detached(address.as_str())
    {
        let line = locale.say("preview-not-opened", &[("reason", &error.to_string())]);
        (surroundings.print)(&[Piece::Err(format!("  {line}\n"))]);
    }
    serve::run(listener, preview).map_err(|error| taken(port, &error))
}

/// The options of the day that is to be looked at.
fn travelled(asked: &Serve, options: &Options, surroundings: &Surroundings) -> Result<Options, Failure> {
    let Some(text) = &asked.as_of else { return Ok(options.clone()) };
    let words = options.lang.as_deref().map(Locale::of);
    let failure = |locale: Option<&'static Locale>, problem| Failure {
        locale: locale.unwrap_or(Locale::of("fr")),
        problems: vec![problem],
        config: None,
    };
    let found = place::find(options, None, &surroundings.folder).map_err(|problem| failure(words, problem))?;
    let setting = match found {
        place::Found::Newsroom(root) => Setting::of_newsroom(root, options, &surroundings.folder, words)?,
        place::Found::Folder(folder) => Setting::of_folder(&folder),
    };
    let Some(instant) = instant(text, &setting.config) else {
        let problem = Problem::general(Code::OptionValue).with("option", "--as-of").with("value", text);
        let locale = words.unwrap_or(Locale::of(&setting.config.language));
        return Err(failure(Some(locale), problem.with("expected", "2026-12-01, 2026-12-01 10:00")));
    };
    Ok(Options { now: Some(rfc3339(instant)), ..options.clone() })
}

/// A date in any spelling that an item may have; a day is looked at when it is over.
fn instant(text: &str, config: &Config) -> Option<DateTime<Utc>> {
    let instant = match spelling::parse(text, config.date_order).ok()?.when {
        When::Day(day) => config.zone.settled(day.and_time(NaiveTime::from_hms_opt(23, 59, 59)?)),
        When::Wall(wall) => config.zone.settled(wall),
        When::Zoned(wall, zone) => zone.settled(wall),
        When::Instant(instant) => instant,
    };
    Some(instant.to_utc())
}

/// What changes the newsroom when it changes.
fn places(room: &Room<'_>) -> Places {
    let people = room.config.places_of_people().into_iter().map(|place| room.root.join(place));
    let mut places = Places {
        folders: vec![room.items.clone()],
        files: vec![room.root.join(crieur::config::FILE), room.root.join(crieur::ledger::FILE)],
        // Another run that takes its lock or keeps its cache changes nothing that is shown.
        except: vec![room.out.clone(), room.root.join(crieur::lock::FOLDER)],
    };
    places.folders.push(room.root.join(room.config.theme_folder.as_deref().unwrap_or(crieur::config::theme::FOLDER)));
    places.files.extend(room.config.legal.files.values().map(|path| room.root.join(path)));
    for path in people {
        // Either may be a folder or a file; what is wrong with it is said when it is read.
        places.files.push(path.clone());
        if path.extension().is_none() {
            places.folders.push(path);
        }
    }
    places
}

/// The newsroom's address on this machine: the same path, so that links from the root lead where
/// they will.
fn local(url: &Url, port: u16) -> Url {
    let mut local = url.clone();
    // Each can fail only for addresses that are not of the web, which the configuration refuses.
    let _ = local.set_username("");
    let _ = local.set_password(None);
    let _ = local.set_scheme("http");
    let _ = local.set_host(Some("127.0.0.1"));
    let _ = local.set_port(Some(port));
    local
}

/// What is shown although it is held.
struct Revealed {
    id: Shared,
    url: Shared,
    /// As it is shown.
    title: Text,
    /// As it was written.
    own: Text,
}

/// Makes what is shown.
struct Studio {
    asked: Serve,
    options: Options,
    surroundings: Surroundings,
    format: Format,
    port: u16,
    preview: Arc<Preview>,
    /// What was made last, by path, with the digest of what it depends on.
    kept: HashMap<Shared, (Digest, Served)>,
    /// What was shown last and was good.
    last: Shown,
    /// What of it is held, and how many drafts it cannot show.
    revealed: (Vec<Revealed>, usize),
    /// What was said last.
    said: Vec<Piece>,
}

impl Studio {
    /// Reads again whenever something changes or becomes due.
    fn go_on(mut self, mut watch: Watch) {
        // Clocks are set and machines sleep: nothing that is due waits longer than this.
        const AT_MOST: Duration = Duration::from_secs(60);
        // What changed between the first look and the first watch.
        let mut next = Some((self.surroundings.ask_clock)());
        loop {
            let now = (self.surroundings.ask_clock)();
            watch.wait(match next {
                Some(due) => (due - now).to_std().unwrap_or(Duration::from_millis(1)).min(AT_MOST),
                None => Duration::MAX,
            });
            let surroundings = Surroundings { clock: (self.surroundings.ask_clock)(), ..self.surroundings.clone() };
            let options = self.options.clone();
            let room = Room::open(&options, None, None, &surroundings, self.format);
            let places = room.as_ref().ok().map(places).filter(|places| !watch.is_of(places));
            next = self.show(room, &surroundings);
            if let Some(places) = places {
                watch = Watch::new(&places, watch.how());
                // What changed before it was watched.
                next = Some(surroundings.clock);
            }
        }
    }

    /// Where to look, and what it does not do.
    fn greeting(&self, address: &str, locale: &Locale) -> String {
        match self.format {
            Format::Json => format!("{}\n", serde_json::json!({ "url": address })),
            _ if self.options.quiet => format!("{address}\n"),
            _ => format!("  {address}\n  {}\n", locale.say("preview-greeting", &[])),
        }
    }

    /// Shows what was read, and says when the next item is due.
    fn show(&mut self, room: Result<Room<'_>, Failure>, surroundings: &Surroundings) -> Option<DateTime<Utc>> {
        let mut answer = Answer::default();
        let (shown, next) = match room {
            Ok(room) => {
                let shown = self.made(&room, &mut answer);
                if self.format == Format::Human && !self.options.quiet {
                    answer.out(&format!("  {}\n", room.summary()));
                }
                let fixed = self.options.now.is_some() || surroundings.epoch.is_some();
                let due = room.newsroom.items.iter().filter_map(|item| item.due).min();
                (shown, due.filter(|_| !fixed))
            }
            Err(failure) => {
                let reporter = failure.reporter(self.format, surroundings);
                report(&failure.problems, &reporter, &mut answer);
                let mut shown = self.last.clone();
                shown.dress.wrong = wrong(&failure.problems, &reporter);
                if shown.dress.bar.is_empty() {
                    shown.dress.bar = self.bar(None, failure.locale);
                }
                (shown, None)
            }
        };
        self.preview.show(shown);
        if answer.pieces != self.said {
            (self.surroundings.print)(&answer.pieces);
            self.said = answer.pieces;
        }
        next
    }

    /// What the newsroom looks like, or what it looked like last, with what is wrong.
    fn made(&mut self, room: &Room<'_>, answer: &mut Answer) -> Shown {
        let mut problems = room.newsroom.problems.clone();
        let mut shown = Shown { base: room.config.url.path().to_owned(), ..self.last.clone() };
        if room.may_be_shown() {
            match self.make(room) {
                Ok((files, found)) => {
                    shown.files = files;
                    let unfinished = if self.asked.drafts { room.newsroom.unfinished } else { 0 };
                    self.revealed = (found, unfinished);
                    // Their permalinks are pages of another site.
                    let elsewhere = (!room.config.pages).then(|| room.config.url.origin().ascii_serialization());
                    shown.elsewhere = elsewhere;
                    self.last.clone_from(&shown);
                }
                Err(problem) => problems.push(problem),
            }
        }
        report(&problems, &room.reporter(), answer);
        // It is the author's own machine: nothing is kept from them.
        let reporter = Reporter { public: false, ..room.reporter() };
        let mut bar = self.bar(Some(room), room.locale);
        bar.push_str(&list_of_held(&self.revealed.0, self.revealed.1, room.locale));
        bar.push_str(&warnings(&problems, &reporter));
        shown.dress = Dress {
            language: room.locale.tag.clone(),
            mark: format!("[{}] ", room.locale.say("preview-mark", &[])),
            bar,
            wrong: wrong(&problems, &reporter),
            nothing: nothing(&shown, room),
        };
        self.last.dress.clone_from(&shown.dress);
        self.last.base.clone_from(&shown.base);
        shown
    }

    /// Every file under this machine's address. Ids do not change with it: they are made of the
    /// authority.
    fn make(
        &mut self,
        room: &Room<'_>,
    ) -> Result<(std::collections::BTreeMap<String, Served>, Vec<Revealed>), Problem> {
        let mut config = room.config.clone();
        config.url = local(&room.config.url, self.port);
        let before = remembered(room, &config.url);
        let mut newsroom = crieur::read_after(&before, &room.options.accept, &config, &room.source, room.now);
        let revealed = if self.asked.drafts { reveal(&mut newsroom, room.locale) } else { Vec::new() };
        let marks: String = revealed.iter().map(|item| format!("{} {}\n", item.url, item.title)).collect();
        config.digest = digest_of([config.digest.as_str(), config.url.as_str(), &marks]);
        let titles = revealed.iter().map(|item| (item.id.to_string(), item.own.clone())).collect();
        let renderer = Renderer::new(&newsroom.items, &newsroom.ledger, &config, &room.source).with_titles(titles);
        let make = |job: Job| {
            let kept = self.kept.get(&job.path).filter(|(inputs, _)| !inputs.is_empty() && *inputs == job.inputs);
            if let Some(kept) = kept {
                return Ok((job.path, kept.clone()));
            }
            let content = match renderer.make(&job)?.content {
                Content::Bytes(bytes) => Held::bytes(bytes),
                Content::CopyOf(path) => Held::File(on_disk(room, &path)),
            };
            Ok((job.path.clone(), (job.inputs.clone(), Served { media_type: media_type(&job, &config), content })))
        };
        let made: Result<HashMap<Shared, (Digest, Served)>, Problem> =
            renderer.plan().into_par_iter().map(make).collect();
        self.kept = made?;
        let files = self.kept.iter().map(|(path, (_, served))| (path.to_string(), served.clone())).collect();
        Ok((files, revealed))
    }

    /// What it is, and of when.
    fn bar(&self, room: Option<&Room<'_>>, locale: &Locale) -> String {
        let mark = escape(&locale.say("preview-mark", &[]));
        let mut text = format!("<p><strong>{mark}</strong>{}", escape(&locale.say("preview-bar", &[])));
        let Some(room) = room else { return text + "</p>" };
        if self.options.now.is_some() {
            let when = locale.instant(room.config.zone.local(room.now));
            let _ = write!(text, " {}", escape(&locale.say("preview-as-of", &[("when", &when)])));
        }
        let held = room.newsroom.items.iter().filter(|item| !item.status.is_out()).count() + room.newsroom.unfinished;
        if held > 0 && !self.asked.drafts {
            let _ = write!(text, " {}", coded(&locale.count("preview-held", held)));
        }
        text + "</p>"
    }
}

/// What was published, as it would have been under this address; nothing that came after the day
/// that is looked at.
fn remembered(room: &Room<'_>, address: &Url) -> Ledger {
    let mut ledger = room.before.clone();
    ledger.lines.retain(|_, line| line.published.is_none_or(|published| published <= room.now));
    for line in ledger.lines.values_mut() {
        if let Some(below) = line.url.strip_prefix(room.config.url.as_str()) {
            Arc::make_mut(line).url = format!("{address}{below}").into();
        }
    }
    ledger
}

/// Shows what is held, in this memory alone, and marks it wherever its title is.
fn reveal(newsroom: &mut Newsroom, locale: &Locale) -> Vec<Revealed> {
    let mut revealed = Vec::new();
    for item in newsroom.items.iter_mut().filter(|item| !item.status.is_out()) {
        let status = locale.say(&format!("status.{}", item.status.name()), &[]);
        let title = Text::new(&format!("[{status}] {}", item.title));
        let own = std::mem::replace(&mut item.title, title.clone());
        item.status = Status::Published;
        revealed.push(Revealed { id: item.id.clone(), url: item.url.clone(), title, own });
    }
    revealed
}

fn on_disk(room: &Room<'_>, path: &str) -> PathBuf {
    let spelt = room.source.find(path).and_then(|entry| entry.spelt.clone());
    spelt.unwrap_or_else(|| room.items.join(path))
}

/// The media type of a file, with the encoding where it is a text: what a good server sends.
fn media_type(job: &Job, config: &Config) -> String {
    let format = match job.what {
        What::Feed(_, format) | What::Archive(_, format) => Some(format),
        // An old address has the type of the feed that is there, whatever it ends in.
        What::Alias(number) => config
            .aliases
            .get(number)
            .and_then(|alias| crieur::Format::ALL.into_iter().find(|format| alias.feed.ends_with(format.file()))),
        _ => None,
    };
    if let Some(format) = format {
        return match format {
            crieur::Format::Json => format.media_type().to_owned(),
            crieur::Format::Atom | crieur::Format::Rss => format!("{}; charset=utf-8", format.media_type()),
        };
    }
    let name = job.path.rsplit('/').next().unwrap_or(&job.path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "atom" => "application/atom+xml; charset=utf-8".to_owned(),
        "rss" => "application/rss+xml; charset=utf-8".to_owned(),
        "opml" => "text/x-opml; charset=utf-8".to_owned(),
        "xml" => "application/xml; charset=utf-8".to_owned(),
        // Texts without an ending that says so: `_headers`, `.htaccess`, the ledger.
        "" | "htaccess" | "conf" | "jsonl" => "text/plain; charset=utf-8".to_owned(),
        _ => match mime_guess::from_path(name).first_or_octet_stream() {
            text if text.type_() == "text" && !matches!(job.what, What::Copy(..)) => format!("{text}; charset=utf-8"),
            other => other.to_string(),
        },
    }
}

/// What keeps a build from being written; the guard's refusals among it.
fn wrong(problems: &[Problem], reporter: &Reporter<'_>) -> String {
    let errors: Vec<&Problem> = problems.iter().filter(|problem| problem.is_error()).collect();
    if errors.is_empty() {
        return String::new();
    }
    let locale = reporter.locale;
    let counts = escape(&locale.count("errors", errors.len()));
    let text = escape(&locale.say("preview-wrong", &[]));
    let list = list(&errors, reporter);
    format!("<details open><summary class=\"crieur-error\">{counts}</summary><p>{text}</p>{list}</details>")
}

fn warnings(problems: &[Problem], reporter: &Reporter<'_>) -> String {
    let warnings: Vec<&Problem> = problems.iter().filter(|p| p.severity == Severity::Warning).collect();
    if warnings.is_empty() {
        return String::new();
    }
    let counts = escape(&reporter.locale.count("warnings", warnings.len()));
    format!("<details><summary>{counts}</summary>{}</details>", list(&warnings, reporter))
}

fn list(problems: &[&Problem], reporter: &Reporter<'_>) -> String {
    /// So many are laid out; who has more mends these first.
    const MOST: usize = 50;
    let mut list = "<ol>".to_owned();
    for problem in problems.iter().take(MOST) {
        let Told { severity, message, hint, place, line } = reporter.told(problem);
        let class = if problem.is_error() { " class=\"crieur-error\"" } else { "" };
        let (severity, code) = (escape(&severity), problem.code.name());
        let _ = write!(list, "<li><p><strong{class}>{severity}[{code}]</strong> {}</p>", coded(&message));
        if let Some(place) = place {
            let _ = write!(list, "<p><code>{}</code></p>", escape(&place));
        }
        if let Some(line) = line.filter(|line| !line.trim().is_empty()) {
            let _ = write!(list, "<pre>{}</pre>", escape(&line));
        }
        if let Some(hint) = hint {
            let name = escape(&reporter.locale.say("hint", &[]));
            let _ = write!(list, "<p><strong>{name}:</strong> {}</p>", coded(&hint));
        }
        list.push_str("</li>");
    }
    if problems.len() > MOST {
        list.push_str("<li>…</li>");
    }
    list + "</ol>"
}

/// Values stand in backticks in sentences: here they are code.
fn coded(sentence: &str) -> String {
    let mut written = String::with_capacity(sentence.len());
    let mut parts = sentence.split('`').peekable();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        let closed = parts.peek().is_some();
        let _ = match (is_code, closed) {
            (true, true) => write!(written, "<code>{}</code>", escape(part)),
            // A backtick without a second one is just that.
            (true, false) => write!(written, "`{}", escape(part)),
            (false, _) => write!(written, "{}", escape(part)),
        };
        is_code = !is_code;
    }
    written
}

/// Where to find what is shown although it is held.
fn list_of_held(revealed: &[Revealed], unfinished: usize, locale: &Locale) -> String {
    let mut text = String::new();
    if !revealed.is_empty() {
        let count = escape(&locale.count("preview-revealed", revealed.len()));
        let rows: String = revealed
            .iter()
            .map(|item| format!("<li><a href=\"{}\">{}</a></li>", escape(&item.url), escape(item.title.as_str())))
            .collect();
        let _ = write!(text, "<details open><summary>{count}</summary><ol>{rows}</ol></details>");
    }
    if unfinished > 0 {
        let _ = write!(text, "<p>{}</p>", escape(&locale.count("preview-unfinished", unfinished)));
    }
    text
}

/// What is said where the newsroom has no page: which feeds there are.
fn nothing(shown: &Shown, room: &Room<'_>) -> String {
    let mut text = format!("<h1>{}</h1>", escape(room.config.title.as_str()));
    let _ = write!(text, "<p>{}</p><ul>", escape(&room.locale.say("preview-nothing", &[])));
    for format in room.config.formats.iter().filter(|format| shown.files.contains_key(format.file())) {
        let (base, file) = (escape(&shown.base), format.file());
        let _ = write!(text, "<li><a href=\"{base}{file}\">{file}</a></li>");
    }
    text + "</ul>"
}
