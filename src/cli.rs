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
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod status;
mod theme;
#[cfg(feature = "deliver")]
mod verify;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::IsTerminal as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use crieur::config::foreign::Foreign;
use crieur::config::theme::Theme;
use crieur::locale::Locale;
use crieur::lock::{Busy, Holder, Lock};
use crieur::output::Stamp;
use crieur::problem::{Blame, Code, Problem, SIDECAR, Severity};
use crieur::resolve::files;
use crieur::{Accept, Change, Config, Item, Ledger, Newsroom, Source};

use self::progress::Watch;
use crate::report::{Format, Reporter, visible};

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
    _lock: Option<Lock>,
}

/// What is to be read, and how.
struct Setting {
    /// What paths of the configuration are meant from.
    root: PathBuf,
    config: Config,
    /// The text of `crieur.toml`.
    text: String,
    items: PathBuf,
}

impl Setting {
    fn of_newsroom(
        root: PathBuf,
        options: &Options,
        here: &Path,
        asked: Option<&'static Locale>,
    ) -> Result<Self, Failure> {
        let problem = |problem| Failure {
            locale: asked.unwrap_or(Locale::of_messages("fr")),
            problems: vec![problem],
            config: None,
        };
        let text = read_text(&root.join(crieur::config::FILE)).map_err(|reason| {
            problem(match reason {
                None => Problem::general(Code::ConfigMissing).with("folder", root.display()),
                Some(reason) => Problem::new(Code::ConfigUnreadable, crieur::config::FILE).with("reason", reason),
            })
        })?;
        let mut config = Config::parse(&text).map_err(|problems| Failure {
            locale: asked.unwrap_or_else(|| guess_language(&text)),
            problems,
            config: Some(text.clone()),
        })?;
        if options.live_ledger {
            config.ledger.publish = true;
            let live = config.url.join(crieur::ledger::FILE).ok().map(String::from);
            config.ledger.from = config.ledger.from.take().or(live);
        }
        let items = options.items.as_ref().map_or_else(|| root.join(&config.items), |items| here.join(items));
        Ok(Self { root, config, text, items })
    }

    /// Any folder, looked at with what another tool says of it.
    fn of_folder(folder: &place::Folder) -> Self {
        let found = folder.foreign.as_ref().and_then(|path| {
            let text = read_text(&folder.site.join(path)).ok()?;
            Foreign::read(path, &text)
        });
        let mut config = Foreign::config(found, &folder.below);
        config.authors_from = folder.people.clone();
        Self { root: folder.site.clone(), config, text: String::new(), items: folder.items.clone() }
    }
}

/// What was published before, and whether it can be trusted.
fn remember(root: &Path, config: &Config, out: &Path, options: &Options) -> (Ledger, Vec<Problem>) {
    let mut problems = Vec::new();
    let text = match read_text(&root.join(crieur::ledger::FILE)) {
        Ok(text) => text,
        Err(None) => String::new(),
        Err(Some(reason)) => {
            let problem = Problem::general(Code::LedgerUnreachable).with("url", crieur::ledger::FILE);
            problems.push(problem.with("reason", reason));
            String::new()
        }
    };
    let ledger = Ledger::parse(&text).unwrap_or_else(|found| {
        problems.extend(found);
        Ledger::default()
    });
    let ledger = match config.ledger.from.as_deref().map(|url| (url, fetched(url))) {
        Some((url, Err(reason))) => {
            let problem = Problem::new(Code::LedgerUnreachable, crieur::config::FILE);
            problems.push(problem.with("url", url).with("reason", reason));
            ledger
        }
        Some((_, Ok(Err(found)))) => {
            problems.extend(found);
            ledger
        }
        Some((_, Ok(Ok(published)))) => joined(ledger, published, config, &mut problems),
        None => ledger,
    };
    let knows_less = |last: &Stamp| {
        let own = stamp(&ledger);
        // Another newsroom's output must not be written over, whichever knows more.
        let other = !last.authority.is_empty() && last.authority != config.authority;
        other || own.items < last.items || own.newest < last.newest
    };
    let stands = problems.is_empty() && !options.accept.contains(&Accept::OlderLedger);
    if let Some(last) = crieur::output::stamp(out).filter(|last| stands && knows_less(last)) {
        let problem = Problem::new(Code::LedgerOlder, crieur::ledger::SHOWN);
        problems.push(problem.with("items", ledger.lines.len()).with("before", last.items));
    }
    (ledger, problems)
}

/// The ledger that the last run published; an empty one where there is none yet.
fn fetched(url: &str) -> Result<Result<Ledger, Vec<Problem>>, String> {
    const LARGEST: u64 = 256 << 20;
    let Some(bytes) = fetch_once(url, LARGEST)? else { return Ok(Ok(Ledger::default())) };
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    if text.trim_start().starts_with('<') {
        // A page that says "not found" with status 200.
        return Err("HTML".to_owned());
    }
    match Ledger::parse(&text) {
        // Only "not there" is a first run; half an answer is none.
        Ok(ledger) if ledger.header.authority.is_empty() => Err("no authority".to_owned()),
        Ok(ledger) => Ok(Ok(ledger)),
        Err(found) => {
            // The line is one of that file, not of ours.
            let there = |problem: Problem| Problem { path: Some(format!("./{url}")), ..problem };
            Ok(Err(found.into_iter().map(there).collect()))
        }
    }
}

/// What is at an address; the preview reads the newsroom again and again, and must not ask for the
/// same file each time.
fn fetch_once(url: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    static FETCHED: Mutex<BTreeMap<String, Option<Vec<u8>>>> = Mutex::new(BTreeMap::new());
    let mut fetched = FETCHED.lock().map_err(|error| error.to_string())?;
    if let Some(found) = fetched.get(url) {
        return Ok(found.clone());
    }
    let found = fetch(url, limit)?;
    fetched.insert(url.to_owned(), found.clone());
    Ok(found)
}

#[cfg(feature = "fetch")]
fn fetch(url: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    crieur::fetch::get(url, limit)
}

#[cfg(not(feature = "fetch"))]
fn fetch(_: &str, _: u64) -> Result<Option<Vec<u8>>, String> {
    Err("crieur was built without `fetch`".to_owned())
}

/// The committed ledger with the published one.
fn joined(mut ledger: Ledger, published: Ledger, config: &Config, problems: &mut Vec<Problem>) -> Ledger {
    if let Err(authority) = ledger.merge(published) {
        let problem = Problem::new(Code::AuthorityChanged, crieur::config::FILE);
        problems.push(problem.with("before", authority).with("authority", &config.authority));
    }
    ledger
}

/// Keeps other runs away from the newsroom and the output, or says who is there.
fn hold(
    [root, out]: [&Path; 2],
    command: &str,
    config: &Config,
    locale: &Locale,
    options: &Options,
    surroundings: &Surroundings,
) -> Result<Lock, Problem> {
    let own = Holder {
        process: std::process::id(),
        command: command.to_owned(),
        since: surroundings.clock,
        out: out.to_owned(),
    };
    let wait = options.wait.as_secs().to_string();
    let facts = |busy: &Busy| {
        let mut facts = vec![("folder", shown(&busy.folder, &surroundings.folder)), ("wait", wait.clone())];
        if let Some(holder) = &busy.holder {
            facts.push(("command", holder.command.clone()));
            facts.push(("process", holder.process.to_string()));
            facts.push(("since", locale.instant(config.zone.local(holder.since))));
        }
        facts
    };
    let waiting = |busy: &Busy| {
        let facts = facts(busy);
        let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if !options.quiet {
            (surroundings.print)(&[Piece::Err(format!("  {}\n", locale.say("waiting-for", &facts)))]);
        }
    };
    Lock::take(root, out, &own, options.wait, waiting).map_err(|busy| {
        facts(&busy)
            .into_iter()
            .fold(Problem::general(Code::NewsroomBusy), |problem, (name, value)| problem.with(name, value))
    })
}

/// Reads the files that declare people: where they lie, and what is wrong with them.
fn declare(config: &mut Config, root: &Path) -> Result<(Vec<PathBuf>, Vec<Problem>), Problem> {
    let places: Vec<String> = config.places_of_people().into_iter().map(str::to_owned).collect();
    let mut problems = Vec::new();
    for place in &places {
        let files =
            crieur::source::beside(&root.join(place), &format!("./{place}"), crieur::input::people::is_readable)
                .map_err(|reason| Problem::general(Code::PeopleMissing).with("path", place).with("reason", reason))?;
        let (people, found) = crieur::input::people::read(&files);
        config.declare(place, &people);
        problems.extend(found);
    }
    Ok((places.iter().map(|place| root.join(place)).collect(), problems))
}

/// Reads the theme and the pages that the law asks for; what is doubtful about them is given back.
fn dress(config: &mut Config, root: &Path) -> Result<Vec<Problem>, Vec<Problem>> {
    if config.assumed.is_some() {
        return Ok(Vec::new());
    }
    let missing = |key: &str, path: &str, reason: &str| {
        let problem = Problem::new(Code::ConfigFileMissing, crieur::config::FILE);
        problem.with("key", key).with("path", path).with("reason", reason)
    };
    let mut problems = Vec::new();
    let folder = config.theme_folder.clone();
    let shown = folder.clone().unwrap_or_else(|| crieur::config::theme::FOLDER.to_owned());
    let shown = format!("./{}", shown.trim_end_matches('/'));
    if folder.is_some() || root.join(&shown).is_dir() {
        match crieur::source::beside(&root.join(&shown), &shown, |_| true) {
            Ok(files) => match Theme::new(&shown, files) {
                Ok(theme) => config.dress(theme),
                Err(found) => problems.extend(found),
            },
            Err(reason) => problems.push(missing("theme", folder.as_deref().unwrap_or_default(), &reason)),
        }
    }
    for (page, path) in config.legal.files.clone() {
        match crieur::source::beside(&root.join(&path), &format!("./{path}"), |_| true).map(|mut files| files.pop()) {
            Ok(Some(file)) => config.state(page, file),
            Ok(None) => problems.push(missing(page.name(), &path, "not a file")),
            Err(reason) => problems.push(missing(page.name(), &path, &reason)),
        }
    }
    if problems.is_empty() { Ok(config.theme.unused()) } else { Err(problems) }
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
        let Setting { root, mut config, text, items } = match place::find(options, path, here) {
            Ok(place::Found::Newsroom(root)) => Setting::of_newsroom(root, options, here, asked)?,
            Ok(place::Found::Folder(folder)) => Setting::of_folder(&folder),
            Err(problem) => return Err(fail(asked, problem)),
        };
        let locale = asked.unwrap_or(Locale::of_messages(&config.language));
        let mut now = now(options, surroundings).map_err(|problem| fail(Some(locale), problem))?;
        let out = options.out.as_ref().map_or_else(|| root.join(&config.out), |out| here.join(out));
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
        let shown_items = shown(&items, here);
        let wanted = crieur::source::Wanted {
            folder: &items,
            shown: &shown_items,
            out: &out,
            exclude: &config.exclude,
            people: &people,
        };
        let (mut source, mut found) = crieur::source::open(&wanted).map_err(|problem| fail(Some(locale), problem))?;
        if config.dates_from_git {
            let history = crieur::source::history(&items).map_err(|problem| fail(Some(locale), problem))?;
            source = source.with_history(history);
        }
        found.extend(of_people);
        let clothes =
            dress(&mut config, &root).map_err(|problems| Failure { locale, problems, config: Some(text.clone()) })?;
        found.extend(clothes);
        let (before, of_ledger) = match config.assumed {
            Some(_) => (Ledger::default(), Vec::new()),
            None => remember(&root, &config, &out, options),
        };
        found.extend(of_ledger);
        config.warnings_are_errors = options.strict;
        let watch = |key| Watch::begin(key, source.progress(), locale, options, format, surroundings);
        let watched = watch("progress-reading");
        let mut newsroom = crieur::read_after(&before, &options.accept, &config, &source, now);
        drop(watched);
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
            _lock: lock,
        })
    }

    /// Why no act may be done here: there is no newsroom, or nobody knows what is out.
    fn no_acts(&self) -> Vec<Problem> {
        if self.config.assumed.is_some() {
            return vec![Problem::general(Code::ConfigMissing).with("folder", &self.shown_items)];
        }
        let unknown = [
            Code::LedgerDamaged,
            Code::LedgerTwice,
            Code::LedgerUnreachable,
            Code::LedgerOlder,
            Code::AuthorityChanged,
        ];
        self.newsroom.problems.iter().filter(|problem| unknown.contains(&problem.code)).cloned().collect()
    }

    /// A warning where something is held and its file lies where everybody may read it (EM-05).
    fn in_public(&self) -> Option<Problem> {
        const FORGES: [&str; 7] =
            ["github.com", "gitlab.com", "codeberg.org", "framagit.org", "bitbucket.org", "sr.ht", "gitea.com"];
        let held = self.newsroom.items.iter().filter(|item| !item.status.is_out()).count() + self.newsroom.unfinished;
        if held == 0 || self.config.assumed.is_some() {
            return None;
        }
        let config = self.root.ancestors().find_map(|folder| read_text(&folder.join(".git/config")).ok())?;
        let urls = config.lines().filter_map(|line| line.trim().strip_prefix("url")?.trim_start().strip_prefix('='));
        let host = |url: &str| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
            rest.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase()
        };
        let forge = urls.map(|url| host(url.trim())).find(|host| FORGES.contains(&host.as_str()))?;
        Some(Problem::general(Code::HeldInPublic).with("forge", forge))
    }

    /// What was assumed of a folder without a `crieur.toml`.
    fn notice(&self) -> Option<String> {
        let assumed = self.config.assumed.as_ref()?;
        let read = assumed.read.as_deref().map(|file| self.locale.say("assumed-read", &[("file", file)]));
        let zone = if assumed.zone { self.locale.say("assumed-utc", &[]) } else { String::new() };
        Some(self.locale.say("assumed", &[("zone", &zone), ("read", &read.unwrap_or_default())]))
    }

    /// Whether a file was asked for.
    fn is_wanted(&self, path: &str) -> bool {
        self.wanted.as_deref().is_none_or(|wanted| {
            wanted.is_empty() || path == wanted || path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether others may read what is said of problems: the logs of CI are public.
    fn is_public(&self) -> bool {
        match self.format {
            Format::Human => !std::io::stderr().is_terminal(),
            Format::Json | Format::Github | Format::Markdown => !std::io::stdout().is_terminal(),
        }
    }

    fn reporter(&self) -> Reporter<'_> {
        let items = self.newsroom.items.iter();
        Reporter {
            locale: self.locale,
            format: self.format,
            folder: &self.shown_items,
            source: Some(&self.source),
            config: Some(&self.config_text),
            newsroom: Some(&self.config),
            public: self.is_public(),
            file: RefCell::default(),
            today: self.config.zone.local(self.now).date_naive(),
            known: items.map(|item| (item.path.as_str(), item.status.is_out())).collect(),
        }
    }

    /// Whether what is good may be written.
    fn may_go_on(&self) -> bool {
        self.may_be_shown() && !self.newsroom.problems.iter().any(|p| p.is_error() && p.code.blame() == Blame::Guard)
    }

    /// Whether what is good may be shown: what the guard refuses to write can be looked at.
    fn may_be_shown(&self) -> bool {
        let blocks = |problem: &Problem| match problem.code.blame() {
            Blame::Guard => false,
            Blame::Item => problem.is_error() && !self.options.keep_going,
            Blame::Configuration | Blame::Machine => problem.is_error(),
        };
        !self.newsroom.problems.iter().any(blocks)
    }

    /// What one item did, in an officer's words; `shown` makes a title or a path fit where it is said.
    fn change(&self, change: &Change, shown: impl Fn(&str) -> String) -> String {
        let (title, path) = (shown(&change.title), visible(&shown(&change.path)));
        let before = change.before.as_deref().map(|before| visible(&shown(before))).unwrap_or_default();
        let arguments = [("title", title.as_str()), ("path", &path), ("before", &before)];
        self.locale.say(&format!("change.{}", change.kind.name()), &arguments)
    }

    /// What is not an item, and why, where more was asked for.
    fn skipped(&self, answer: &mut Answer) {
        if !self.options.verbose || self.format == Format::Github {
            return;
        }
        let mut reporter = self.reporter();
        // The files of what is held are not for everybody.
        let held = self.newsroom.items.iter().filter(|item| !item.status.is_out());
        let sidecars: Vec<String> = held.clone().map(|item| format!("{}{SIDECAR}", item.path)).collect();
        reporter.known.extend(held.clone().flat_map(|item| item.references.iter().map(|path| (path.as_str(), false))));
        reporter.known.extend(sidecars.iter().map(|path| (path.as_str(), false)));
        let near = self.newsroom.skipped.iter().filter_map(|skipped| skipped.path.as_deref());
        let names: Vec<&str> = held.filter_map(|item| files::own_name(&item.path)).collect();
        let bears_one = |path: &&str| names.iter().any(|name| path.starts_with(name));
        reporter.known.extend(near.filter(bears_one).map(|path| (path, false)));
        for skipped in &self.newsroom.skipped {
            if skipped.path.as_deref().is_none_or(|path| self.is_wanted(path)) {
                let line = reporter.skipped(skipped);
                match self.format {
                    Format::Json => answer.out(&format!("{line}\n")),
                    _ => answer.err(&format!("  {line}\n")),
                }
            }
        }
    }

    /// The items folder as it is shown, with `/`.
    fn folder(&self) -> String {
        format!("{}/", self.shown_items.trim_end_matches('/'))
    }

    /// Whether a problem says already that the folder holds no item.
    fn nothing_read(&self) -> bool {
        self.newsroom.problems.iter().any(|problem| problem.code == Code::NothingRead)
    }

    /// `2 items in items/: 1 published, 1 held, 0 problems`.
    fn summary(&self) -> String {
        let room = &self.newsroom;
        let published = room.published().count();
        let held = room.items.len() - published + room.unfinished;
        self.locale.say(
            "summary",
            &[
                ("items", &self.locale.count("items", room.count)),
                ("folder", &self.folder()),
                ("published", &self.locale.count("published", published)),
                ("held", &self.locale.count("held", held)),
                ("problems", &self.problem_counts()),
            ],
        )
    }

    /// The same for a run that wrote nothing.
    fn failed_summary(&self) -> String {
        self.locale.say(
            "summary-failed",
            &[
                ("items", &self.locale.count("items", self.newsroom.count)),
                ("folder", &self.folder()),
                ("problems", &self.problem_counts()),
            ],
        )
    }

    fn problem_counts(&self) -> String {
        let problems = &self.newsroom.problems;
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        let warnings = problems.len() - errors;
        let counts = [("errors", errors), ("warnings", warnings)];
        let shown: Vec<String> =
            counts.iter().filter(|(_, n)| *n > 0).map(|(key, n)| self.locale.count(key, *n)).collect();
        if shown.is_empty() { self.locale.count("problems", 0) } else { shown.join(", ") }
    }

    /// What is held: on a terminal each item, elsewhere (logs of CI are public) only when the
    /// next one is due.
    fn held(&self, answer: &mut Answer) {
        let held: Vec<_> = self.newsroom.items.iter().filter(|item| !item.status.is_out()).collect();
        let when = |instant: DateTime<Utc>| self.locale.instant(self.config.zone.local(instant));
        let mut say = |line: String| answer.err(&format!("  {line}\n"));
        if std::io::stderr().is_terminal() {
            for item in &held {
                let (title, path) = (item.title.as_str(), visible(&item.path));
                say(match item.due {
                    Some(due) => self.locale.say("due", &[("title", title), ("path", &path), ("when", &when(due))]),
                    None => self.locale.say("draft", &[("title", title), ("path", &path)]),
                });
            }
            if let Some(item) = held.first() {
                let path = format!("{}{}", self.folder(), item.path);
                say(self.locale.say("look-at", &[("path", &path)]));
            }
        } else if let Some(next) = held.iter().filter_map(|item| item.due).min() {
            say(self.locale.say("next", &[("when", &when(next))]));
        }
        let today = self.config.zone.local(self.now);
        let waits = |item: &&&Item| item.due.is_some() && item.day == Some(today.date_naive());
        let waiting = held.iter().filter(waits).count();
        if waiting > 0 {
            let (day, hour) = (today.format("%Y-%m-%d").to_string(), today.format("%H:%M").to_string());
            let waiting = self.locale.count("waiting", waiting);
            say(self.locale.say("due-day", &[("waiting", &waiting), ("day", &day), ("hour", &hour)]));
        }
    }
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
