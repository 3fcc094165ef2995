//! The command line: what can be asked, and what every command needs.

mod act;
mod build;
mod check;
mod completions;
mod extract;
mod ids;
mod import;
mod init;
mod man;
mod memo;
mod new;
#[cfg(feature = "deliver")]
mod notify;
mod place;
#[cfg(feature = "deliver")]
mod plan;
mod progress;
#[cfg(feature = "deliver")]
mod publish;
mod said;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod setting;
mod show;
mod status;
mod theme;
#[cfg(feature = "deliver")]
mod verify;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use crieur::cache::heads::{self, Pieces};
use crieur::file::digest_of;
use crieur::locale::Locale;
use crieur::lock::{self, Lock};
use crieur::output::Stamp;
use crieur::problem::{Blame, Code, Problem, Severity};
use crieur::render::FINGERPRINT;
use crieur::{Accept, Config, Ledger, Newsroom, Source};

use self::progress::Watch;
use self::setting::{Setting, declare, dress, forgetful, hold, remember};
use crate::report::{Format, Reporter};

/// What most people want, in the order in which they want it.
const EXAMPLES: &str = "Examples:
  crieur init                        a newsroom in this folder: asks five things
  crieur new \"Title\" --at \"monday 9am\"  a release to be filled in
  crieur check                       say what is wrong, write nothing
  crieur                             read items/, write public/
  crieur serve --open                look at it while you write
  crieur publish /var/www/presse     build, upload, look again
  crieur show ~/site                 what is meant, of any folder of texts";

/// What few people want, and not every day; a test holds it to what there is.
const MORE: &str = "More commands:
  init         A newsroom in this folder: configuration, first release, schedule
  adopt        Say which file a published item has become, so that it keeps its identity
  forget       Erase what the ledger knows of a published item whose file is gone
  extract      The text of a PDF → a draft beside it, to be read through against the PDF
  theme        Our templates, to change them (docs/theme.md)
  plan         The files in the order in which they must be uploaded, for other programs
  verify       What is live: is it what was built, and what would readers of this or any feed meet
  notify       Tell the hubs which feeds have changed and are live; `publish` does it by itself
  completions  What a shell needs to complete commands and options
  man          The manual pages
  schema       JSON Schema of the files that people write, for editors

Exit codes:
  0  fine
  1  an item has an error; with --keep-going the others are published
  2  usage or configuration
  3  folder, output or network failed
  4  refused: something published would be lost or announced again";

/// Publishes a folder of press releases as Atom, RSS and JSON feeds and pages.
#[derive(Debug, Parser)]
#[command(
    name = "crieur",
    version,
    disable_help_subcommand = true,
    help_template = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}",
    before_help = EXAMPLES,
    after_help = "More commands, and exit codes: crieur --help",
    after_long_help = MORE
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read, resolve, write what changed, say what happened (the default)
    Build(build::Build),
    /// The same without writing
    Check {
        /// A file or folder of items, or any folder: no `crieur.toml` is needed to look at one
        path: Option<PathBuf>,
    },
    /// The resolved items as a table, or one of them
    Show {
        /// A file or folder of items, or any folder: no `crieur.toml` is needed to look at one
        path: Option<PathBuf>,
    },
    /// Build, upload to TARGET, verify, and tell the hubs
    #[cfg(feature = "deliver")]
    Publish(publish::Publish),
    /// What is live: is it what was built, and what would readers of this or any feed meet
    #[cfg(feature = "deliver")]
    #[command(hide = true)]
    Verify(verify::Verify),
    /// Tell the hubs which feeds have changed and are live; `publish` does it by itself
    #[cfg(feature = "deliver")]
    #[command(hide = true)]
    Notify(notify::Notify),
    /// The files in the order in which they must be uploaded, for other programs
    #[cfg(feature = "deliver")]
    #[command(hide = true)]
    Plan(plan::Plan),
    /// What is out, due, held, and what the next run would change
    Status {
        /// Only the instant at which the next item is due, or nothing
        #[arg(long)]
        next: bool,
    },
    /// A file for a new release, dated and ready to be filled in
    New(new::New),
    /// Say that a published item was wrong or is new in part: subscribers see it
    Correct(act::Correct),
    /// Put a notice in the place of a published item, for good or for the time being
    Withdraw(act::Withdraw),
    /// Say which file a published item has become, so that it keeps its identity
    #[command(hide = true)]
    Adopt(act::Adopt),
    /// Erase what the ledger knows of a published item whose file is gone
    #[command(hide = true)]
    Forget(act::Forget),
    /// Look at it in the browser while you write: nothing is published, nothing is written
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
    /// Another tool's feed or export → items, with their own identities, dates and authors
    Import(import::Import),
    /// The text of a PDF → a draft beside it, to be read through against the PDF
    #[command(hide = true)]
    Extract(extract::Extract),
    /// Our templates, to change them (docs/theme.md)
    #[command(hide = true)]
    Theme(theme::Theme),
    /// A newsroom in this folder: configuration, first release, schedule
    #[command(hide = true)]
    Init(init::Init),
    /// What a shell needs to complete commands and options
    #[command(hide = true)]
    Completions(completions::Completions),
    /// The manual pages
    #[command(hide = true)]
    Man(man::Man),
    /// JSON Schema of the files that people write, for editors
    #[command(hide = true)]
    Schema(schema::Asked),
}

impl Command {
    /// Whether it changes a file of the newsroom.
    fn is_an_act(&self) -> bool {
        match self {
            Self::Correct(_) | Self::Withdraw(_) | Self::Adopt(_) | Self::Forget(_) => true,
            Self::Import(import) => import.ids_only,
            _ => false,
        }
    }

    /// Its name, where it writes what another run must not write at the same time: the ledger, the
    /// output, or items that are published.
    fn holds(&self) -> Option<&'static str> {
        let (name, dry_run) = match self {
            Self::Build(_) => ("build", false),
            #[cfg(feature = "deliver")]
            Self::Publish(asked) => ("publish", asked.dry_run),
            Self::Correct(asked) => ("correct", asked.dry_run),
            Self::Withdraw(asked) => ("withdraw", asked.dry_run),
            Self::Adopt(asked) => ("adopt", asked.dry_run),
            Self::Forget(asked) => ("forget", asked.dry_run),
            Self::Import(asked) if asked.ids_only => ("import", asked.dry_run),
            _ => return None,
        };
        (!dry_run).then_some(name)
    }

    /// Whether GitHub shows its problems at the lines of a change.
    fn is_annotated(&self) -> bool {
        match self {
            Self::Build(_) | Self::Check { .. } | Self::Import(_) => true,
            #[cfg(feature = "deliver")]
            Self::Publish(_) => true,
            _ => false,
        }
    }

    /// What is to be looked at.
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Build(_) | Self::Status { .. } | Self::Import(_) | Self::Forget(_) | Self::Theme(_) => None,
            Self::New(_) | Self::Init(_) | Self::Completions(_) | Self::Man(_) | Self::Schema(_) => None,
            Self::Correct(correct) => Some(&correct.file),
            Self::Withdraw(withdraw) => Some(&withdraw.file),
            Self::Adopt(adopt) => Some(&adopt.new),
            Self::Extract(extract) => Some(&extract.file),
            Self::Check { path } | Self::Show { path } => path.as_deref(),
            #[cfg(feature = "serve")]
            Self::Serve(_) => None,
            #[cfg(feature = "deliver")]
            Self::Publish(_) | Self::Plan(_) | Self::Verify(_) | Self::Notify(_) => None,
        }
    }
}

/// Options of every command that reads the newsroom.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The folder of `crieur.toml` [default: this one or the nearest above]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The items folder, instead of the key `items`
    #[arg(long, global = true, hide_short_help = true, value_name = "DIR")]
    items: Option<PathBuf>,
    /// The output folder, instead of the key `out`
    #[arg(long, global = true, hide_short_help = true, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The instant to take for now [default: SOURCE_DATE_EPOCH, else the clock]
    #[arg(long, global = true, hide_short_help = true, value_name = "RFC3339")]
    now: Option<String>,
    /// Hold back items with errors, publish the rest
    #[arg(long, global = true)]
    keep_going: bool,
    /// Give the word for what the guard refuses: `lost` published items, `old-items` announced at
    /// once, `dates` that go back, an `older-ledger` than that of the output
    #[arg(long, global = true, hide_short_help = true, value_name = "WHAT", value_parser = accepted, value_delimiter = ',')]
    accept: Vec<Accept>,
    /// Read the ledger that the last run published below `url`, and publish it again: for machines
    /// that keep nothing
    #[arg(long, global = true, hide_short_help = true)]
    live_ledger: bool,
    /// How long to wait for another run that is at work on the same newsroom: `90s`, `10m`, `0`
    #[arg(long, global = true, hide_short_help = true, value_name = "TIME", default_value = "2m", value_parser = duration)]
    wait: Duration,
    /// Take warnings for errors
    #[arg(long, global = true)]
    strict: bool,
    /// How problems and answers are written
    #[arg(long, global = true, value_enum)]
    format: Option<Format>,
    /// The language of messages [default: the newsroom's]
    #[arg(long, global = true, value_parser = ["fr", "en"])]
    lang: Option<String>,
    /// Say only what is wrong
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Say more
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    verbose: bool,
    /// When to use colour
    #[arg(long, global = true, hide_short_help = true, value_enum, default_value = "auto")]
    color: Color,
}

/// A number of seconds, minutes or hours.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.chars().last()),
        None => (text, Some('s')),
    };
    let factor = match unit {
        Some('m') => 60,
        Some('h') => 3600,
        _ => 1,
    };
    let seconds = number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    seconds.filter(|seconds| *seconds <= 86_400).map(Duration::from_secs).ok_or_else(|| "90s, 10m, 1h".to_owned())
}

/// A word of [`Accept`].
fn accepted(word: &str) -> Result<Accept, String> {
    let known = || Accept::ALL.iter().map(|accept| accept.name()).collect::<Vec<_>>().join(", ");
    Accept::ALL.into_iter().find(|accept| accept.name() == word).ok_or_else(|| format!("one of: {}", known()))
}

/// How much a ledger knows.
fn stamp(ledger: &Ledger) -> Stamp {
    Stamp {
        authority: ledger.header.authority.clone(),
        items: ledger.lines.len(),
        newest: ledger.newest().map_or(0, |newest| newest.timestamp()),
    }
}

/// When to use colour; `auto` heeds `NO_COLOR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Even into a file.
    Always,
    /// Nowhere.
    Never,
}

/// What the process was given besides its arguments; gathered in `main`, so that nothing below
/// asks for it.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The current folder.
    pub folder: PathBuf,
    /// `SOURCE_DATE_EPOCH`.
    pub epoch: Option<String>,
    /// Whether `GITHUB_ACTIONS` is `true`.
    pub github: bool,
    /// `VISUAL`, else `EDITOR`.
    pub editor: Option<String>,
    /// Whether somebody sits there who can be asked.
    pub terminal: bool,
    /// Whether somebody looks on while it works: a terminal, and not that of CI.
    pub watched: bool,
    /// Waits for a line that is typed.
    pub ask_line: fn() -> Option<String>,
    /// The clock.
    pub clock: DateTime<Utc>,
    /// Reads it again, for what goes on.
    pub ask_clock: fn() -> DateTime<Utc>,
    /// Prints at once what cannot wait for the end.
    pub print: fn(&[Piece]),
}

/// What is to be printed, in its order, and the exit code.
#[derive(Debug, Default)]
pub struct Answer {
    /// Pieces with line ends.
    pub pieces: Vec<Piece>,
    /// 0 fine, 1 an item, 2 usage or configuration, 3 the machine, 4 the guard.
    pub code: u8,
}

/// A piece of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The answer itself: standard output.
    Out(String),
    /// Problems and remarks: standard error.
    Err(String),
}

impl Answer {
    fn out(&mut self, text: &str) {
        self.pieces.push(Piece::Out(text.to_owned()));
    }

    fn err(&mut self, text: &str) {
        self.pieces.push(Piece::Err(text.to_owned()));
    }
}

impl Cli {
    /// When to use colour.
    pub fn color(&self) -> Color {
        self.options.color
    }

    /// Does what was asked.
    pub fn run(&self, surroundings: &Surroundings) -> Answer {
        let mut answer = Answer::default();
        let command = self.command.as_ref().unwrap_or(&Command::Build(build::Build { only: None }));
        let github = surroundings.github && command.is_annotated();
        let format = self.options.format.unwrap_or(if github { Format::Github } else { Format::Human });
        if let Command::Import(import) = command
            && !import.ids_only
        {
            import::run(import, &self.options, surroundings, format, &mut answer);
            return answer;
        }
        match command {
            Command::Init(asked) => return init::run(asked, &self.options, surroundings, format),
            Command::Completions(asked) => return completions::run(asked),
            Command::Man(asked) => return man::run(asked, &self.options, surroundings, format),
            Command::Schema(asked) => return schema::run(asked),
            _ => {}
        }
        #[cfg(feature = "serve")]
        if let Command::Serve(serve) = command {
            serve::run(serve, &self.options, surroundings, format, &mut answer);
            return answer;
        }
        #[cfg(feature = "deliver")]
        if let Command::Verify(asked) = command {
            verify::run(asked, &self.options, surroundings, format, &mut answer);
            return answer;
        }
        #[cfg(feature = "deliver")]
        if let Command::Notify(asked) = command {
            notify::run(asked, &self.options, surroundings, format, &mut answer);
            return answer;
        }
        let look = match command {
            Command::Build(asked) => memo::Look::take(&self.options, asked, surroundings, format),
            _ => None,
        };
        if let Some(answer) = look.as_ref().and_then(memo::Look::answer) {
            return answer;
        }
        let room = match Room::open(&self.options, command.path(), command.holds(), surroundings, format) {
            Ok(room) => room,
            Err(failure) => {
                report(&failure.problems, &failure.reporter(format, surroundings), &mut answer);
                return answer;
            }
        };
        if let Some(notice) = room.notice().filter(|_| !self.options.quiet) {
            answer.err(&format!("  {notice}\n"));
        }
        if command.is_an_act() {
            let first = room.no_acts();
            if !first.is_empty() {
                report(&first, &room.reporter(), &mut answer);
                return answer;
            }
        }
        match command {
            Command::Build(asked) => {
                let built = build::run(&room, asked.only, surroundings, &mut answer);
                if let Some(look) = look {
                    look.remember(&room, built, &mut answer, surroundings);
                }
            }
            #[cfg(feature = "deliver")]
            Command::Publish(asked) => publish::run(&room, asked, surroundings, &mut answer),
            #[cfg(feature = "deliver")]
            Command::Plan(asked) => plan::run(&room, asked, &surroundings.folder, &mut answer),
            Command::Status { next } => status::run(&room, *next, &mut answer),
            Command::Correct(asked) => act::correct(&room, asked, &mut answer),
            Command::Withdraw(asked) => act::withdraw(&room, asked, &mut answer),
            Command::Adopt(asked) => act::adopt(&room, asked, &mut answer),
            Command::Forget(asked) => act::forget(&room, asked, &mut answer),
            Command::Check { .. } => check::run(&room, &mut answer),
            Command::Show { path } => show::run(&room, path.as_deref(), &mut answer),
            Command::Extract(asked) => extract::run(&room, asked, &surroundings.folder, &mut answer),
            Command::Theme(asked) => theme::run(&room, asked, &surroundings.folder, &mut answer),
            Command::Import(asked) => ids::run(&room, asked, &surroundings.folder, &mut answer),
            Command::New(asked) => new::run(&room, asked, surroundings, &mut answer),
            // What needs no newsroom is done.
            Command::Init(_) | Command::Completions(_) | Command::Man(_) | Command::Schema(_) => {}
            #[cfg(feature = "deliver")]
            Command::Verify(_) | Command::Notify(_) => {}
            #[cfg(feature = "serve")]
            Command::Serve(_) => {}
        }
        room.leave();
        answer
    }
}

/// A newsroom that has been read, and how to speak of it.
struct Room<'a> {
    options: &'a Options,
    config: Config,
    source: Source,
    newsroom: Newsroom,
    now: DateTime<Utc>,
    locale: &'static Locale,
    format: Format,
    /// The folder of `crieur.toml` and the ledger.
    root: PathBuf,
    /// What was published before.
    before: Ledger,
    items: PathBuf,
    out: PathBuf,
    shown_items: String,
    shown_out: String,
    config_text: String,
    /// What of the items folder was asked for: everything, or a path below it.
    wanted: Option<String>,
    /// Held as long as the room is open, by commands that write.
    lock: Option<Lock>,
}

/// Why it could not be read.
struct Failure {
    locale: &'static Locale,
    problems: Vec<Problem>,
    config: Option<String>,
}

impl Failure {
    fn reporter(&self, format: Format, surroundings: &Surroundings) -> Reporter<'_> {
        Reporter {
            locale: self.locale,
            format,
            folder: "",
            source: None,
            config: self.config.as_deref(),
            newsroom: None,
            public: false,
            file: RefCell::default(),
            today: surroundings.clock.date_naive(),
            known: HashMap::new(),
        }
    }
}

impl<'a> Room<'a> {
    fn open(
        options: &'a Options,
        path: Option<&Path>,
        holds: Option<&str>,
        surroundings: &Surroundings,
        format: Format,
    ) -> Result<Self, Failure> {
        let asked = options.lang.as_deref().map(Locale::of_messages);
        let fail = |locale: Option<&'static Locale>, problem: Problem| Failure {
            locale: locale.unwrap_or(Locale::of_messages("fr")),
            problems: vec![problem],
            config: None,
        };
        let here = &surroundings.folder;
        let setting = match place::find(options, path, here) {
            Ok(place::Found::Newsroom(root)) => Setting::of_newsroom(root, options, here, asked)?,
            Ok(place::Found::Folder(folder)) => Setting::of_folder(&folder),
            Err(problem) => return Err(fail(asked, problem)),
        };
        let out = setting.out(options, here);
        let Setting { root, mut config, text, items } = setting;
        let locale = asked.unwrap_or(Locale::of_messages(&config.language));
        let mut now = now(options, surroundings).map_err(|problem| fail(Some(locale), problem))?;
        if config.assumed.is_none() && same_folder(&items, &out) {
            let problem = Problem::general(Code::OptionValue).with("option", "out").with("value", shown(&out, here));
            return Err(fail(Some(locale), problem.with("expected", "`public`")));
        }
        let lock = match holds {
            // Before anything is read that the other run may be about to write.
            Some(command) if config.assumed.is_none() => {
                let locked = hold([&root, &out], command, &config, locale, options, surroundings);
                let lock = locked.map_err(|problem| fail(Some(locale), problem))?;
                if let Some(out) = lock.cut_off() {
                    crieur::output::sweep(out);
                }
                if options.now.is_none() && surroundings.epoch.is_none() {
                    // While it waited, something may have fallen due, or been done at a later instant.
                    now = (surroundings.ask_clock)();
                }
                Some(lock)
            }
            _ => None,
        };
        let (people, of_people) = declare(&mut config, &root).map_err(|problem| fail(Some(locale), problem))?;
        let clothes = dress(&mut config, &root);
        let shown_items = shown(&items, here);
        let wanted = crieur::source::Wanted {
            folder: &items,
            shown: &shown_items,
            out: &out,
            exclude: &config.exclude,
            people: &people,
            clock: keeps_heads(&config).then(|| (surroundings.ask_clock)().into()),
        };
        let is_held = holds.is_some();
        let kept = || {
            let heads = keeps_heads(&config).then(|| Arc::new(pieces(&root, &items, &config, is_held)));
            let remembered = match config.assumed {
                Some(_) => (Ledger::default(), Vec::new()),
                None => remember(&root, &config, &out, options),
            };
            (heads, remembered)
        };
        let (opened, (heads, (before, of_ledger))) = rayon::join(|| crieur::source::open(&wanted), kept);
        let (mut source, mut found) = opened.map_err(|problem| fail(Some(locale), problem))?;
        if config.dates_from_git {
            let history = crieur::source::history(&items).map_err(|problem| fail(Some(locale), problem))?;
            source = source.with_history(history);
        }
        found.extend(of_people);
        found.extend(clothes.map_err(|problems| Failure { locale, problems, config: Some(text.clone()) })?);
        if let Some(heads) = heads.clone() {
            source = source.with_heads(heads);
        }
        found.extend(of_ledger);
        config.warnings_are_errors = options.strict;
        let watch = |key| Watch::begin(key, source.progress(), locale, options, format, surroundings);
        let watched = watch("progress-reading");
        let mut newsroom = crieur::read_after(&before, &options.accept, &config, &source, now);
        drop(watched);
        source = source.without_heads();
        let damage = heads.and_then(Arc::into_inner).is_some_and(Pieces::finish);
        // Who only looks makes nothing again.
        if damage && holds.is_some() && !options.quiet {
            (surroundings.print)(&[Piece::Err(format!("  {}\n", damaged(locale, heads::FILE)))]);
        }
        if found.iter().all(|problem| !problem.is_error()) {
            found.extend(forgetful(&before, &newsroom, &config, now));
        }
        newsroom.problems.extend(found);
        if !newsroom.problems.iter().any(Problem::is_error) {
            newsroom.problems.extend(newsroom.rehearse(&config, &source));
        }
        if options.strict {
            newsroom.problems.iter_mut().for_each(|problem| problem.severity = Severity::Error);
        }
        crieur::sort(&mut newsroom.problems);
        Ok(Self {
            options,
            source,
            newsroom,
            now,
            locale,
            format,
            wanted: path.and_then(|path| place::below(path, &items, here)),
            shown_items,
            shown_out: shown(&out, here),
            root,
            before,
            items,
            out,
            config,
            config_text: text,
            lock,
        })
    }
}

impl Room<'_> {
    /// Lets go of the lock and of nothing else: the process is about to end, and to give back piece by piece
    /// what a hundred thousand items hold takes a second.
    fn leave(mut self) {
        drop(self.lock.take());
        std::mem::forget(self);
    }
}

/// Whether what was made of each file may be kept for the next run: of a folder without a configuration
/// nobody wants to find anything in it, and a history can change without the files.
fn keeps_heads(config: &Config) -> bool {
    config.assumed.is_none() && !config.dates_from_git
}

/// What earlier runs made of the files in `items`, by this program and from this configuration.
fn pieces(root: &Path, items: &Path, config: &Config, write: bool) -> Pieces {
    let features = format!("{:?}", [cfg!(feature = "office"), cfg!(feature = "pdf")]);
    let key = digest_of([FINGERPRINT, &features, &config.digest, &items.to_string_lossy()]);
    Pieces::open(root, &key, write)
}

/// What is said of a file in `.crieur/` that was not whole: somebody may want to know of their disk.
fn damaged(locale: &Locale, file: &str) -> String {
    locale.say("kept-damaged", &[("file", &format!("{}/{file}", lock::FOLDER))])
}

/// Prints problems where they belong and sets the exit code: usage first, then the machine, then
/// the guard, then items (DESIGN §3).
fn report(problems: &[Problem], reporter: &Reporter<'_>, answer: &mut Answer) {
    for problem in problems {
        let line = reporter.problem(problem);
        match reporter.format {
            Format::Human | Format::Markdown => answer.err(&format!("{line}\n\n")),
            Format::Json | Format::Github => answer.out(&format!("{line}\n")),
        }
    }
    let worst = |blame: Blame| problems.iter().any(|problem| problem.is_error() && problem.code.blame() == blame);
    let code = [(Blame::Configuration, 2), (Blame::Machine, 3), (Blame::Guard, 4), (Blame::Item, 1)];
    if let Some((_, code)) = code.into_iter().find(|(blame, _)| worst(*blame)) {
        answer.code = code;
    }
}

fn now(options: &Options, surroundings: &Surroundings) -> Result<DateTime<Utc>, Problem> {
    let wrong = |option: &str, value: &str, expected: &str| {
        Problem::general(Code::OptionValue).with("option", option).with("value", value).with("expected", expected)
    };
    if let Some(now) = &options.now {
        let parsed = DateTime::parse_from_rfc3339(now).map(|now| now.to_utc());
        return parsed.map_err(|_| wrong("--now", now, "2026-11-24T09:30:00+01:00"));
    }
    if let Some(epoch) = &surroundings.epoch {
        let parsed = epoch.trim().parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        return parsed.ok_or_else(|| wrong("SOURCE_DATE_EPOCH", epoch, "1795512600"));
    }
    Ok(surroundings.clock)
}

#[expect(clippy::disallowed_methods, reason = "the command line reads its configuration")]
fn read_text(path: &Path) -> Result<String, Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}').to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(None),
        Err(error) => Err(Some(error.to_string())),
    }
}

#[expect(clippy::disallowed_methods, reason = "two spellings of one folder are told by the disk")]
fn same_folder(one: &Path, other: &Path) -> bool {
    one == other || matches!((std::fs::canonicalize(one), std::fs::canonicalize(other)), (Ok(a), Ok(b)) if a == b)
}

/// The language of a configuration that is at fault somewhere else.
fn guess_language(text: &str) -> &'static Locale {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("language")?.trim_start().strip_prefix('='));
    let value = line.map_or("fr", |value| value.trim().trim_matches(['"', '\'']));
    match crieur::locale::language_tag(value) {
        Err(Some(meant)) => Locale::of_messages(meant),
        _ => Locale::of_messages(value),
    }
}

/// A path from the current folder, with `/`: what a person there would type.
fn shown(path: &Path, here: &Path) -> String {
    let common = path.components().zip(here.components()).take_while(|(a, b)| a == b).count();
    let up = here.components().count() - common;
    // Nothing in common but the root: the absolute path is the clearer one.
    let relative: PathBuf = if common <= 1 && up > 0 {
        path.to_owned()
    } else {
        std::iter::repeat_n(Component::ParentDir, up).chain(path.components().skip(common)).collect()
    };
    let shown = relative.to_string_lossy().replace('\\', "/");
    if shown.is_empty() { ".".to_owned() } else { shown }
}
