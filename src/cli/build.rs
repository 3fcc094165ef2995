//! `crieur build`: read, resolve, write what changed, say what happened.

use clap::{Args, ValueEnum};
use crieur::changes::{Change, Kind};
use crieur::html::escape;
use crieur::kept::{Set, Shared, Table};
use crieur::ledger;
use crieur::lock;
use crieur::output::seen::{self, Seen};
use crieur::output::{self, Disk, Foreign, Known, Manifest, Memory, Rest, Stage, Wanted, Written};
use crieur::problem::{Code, Problem};
use crieur::render::{Choice, Fixed, Job, Machine, Renderer, What, feed_url};

use super::progress::Watch;
use super::{Answer, Room, Surroundings, report};
use crate::report::Format;

/// What `build` asks for.
#[derive(Debug, Args)]
pub struct Build {
    /// Only a part of the files: `feeds`, with the pages of what they hold; all other pages stay as they
    /// are until the next whole build, and must be there already
    #[arg(long, value_enum, hide_short_help = true, value_name = "PART")]
    pub only: Option<Only>,
}

/// A part of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// Feeds, their archives, and what they lead to.
    Feeds,
}

/// What became of the output.
pub enum Built {
    /// It is as it is to be.
    Written,
    /// It was so before: nothing was written of these files, and nothing deleted.
    Unchanged(Vec<String>),
    /// It is as it was, or half of it is to be made again.
    Failed,
}

/// Builds.
pub fn run(room: &Room<'_>, only: Option<Only>, surroundings: &Surroundings, answer: &mut Answer) -> Built {
    let reporter = room.reporter();
    report(&room.newsroom.problems, &reporter, answer);
    report(room.in_public().as_slice(), &reporter, answer);
    room.skipped(answer);
    if !room.may_go_on() {
        if room.format == Format::Human {
            answer.err(&format!("{}\n  {}\n", room.failed_summary(), room.locale.say("nothing-written", &[])));
            if !room.options.keep_going && answer.code == 1 {
                answer.err(&format!("  {}\n", room.locale.say("keep-going", &[])));
            }
        }
        return Built::Failed;
    }
    let ledger = &room.newsroom.ledger;
    // What the last run left is read while it is found out what there is to write.
    let left = || {
        let seen = Seen::open(&room.root.join(lock::FOLDER), &room.items, &room.out, room.newsroom.items.len());
        (seen, output::manifest(&room.out))
    };
    let planned = || {
        let renderer = Renderer::new(&room.newsroom.items, ledger, &room.config, &room.source);
        let jobs = only.is_none().then(|| renderer.plan());
        (renderer, jobs)
    };
    let ((renderer, jobs), (seen, last)) = rayon::join(planned, left);
    let (jobs, rest, due) = match jobs {
        Some(jobs) => (jobs, Rest::Goes, 0),
        None => match feeds(room, &renderer, last.as_ref()) {
            Ok((jobs, later)) => (jobs, Rest::Stays(later.planned), later.due),
            Err(problem) => {
                report(&[problem], &reporter, answer);
                return Built::Failed;
            }
        },
    };
    let wanted = wanted(&jobs);
    let write = |target: &mut dyn std::io::Write| ledger.write(target);
    let memory = Memory {
        file: room.root.join(ledger::FILE),
        write: &write,
        stamp: super::stamp(ledger),
        // Where it came from elsewhere, the file here may hold anything.
        differs: room.config.ledger.from.is_none() && !ledger.stays(&room.before),
    };
    let make = |index: usize| match jobs.get(index) {
        Some(job) => renderer.make(job),
        None => unreachable!("apply asks only for what it was given"),
    };
    let (key, progress) = ("progress-writing", room.source.progress());
    let watched = Watch::begin(key, progress, room.locale, room.options, room.format, surroundings);
    if seen.is_damaged() && !room.options.quiet {
        answer.err(&format!("  {}\n", super::damaged(room.locale, seen::FILE)));
    }
    let disk = Disk { out: &room.out, items: &room.items, source: &room.source, seen: Some(&seen) };
    let made = output::apply(&disk, last, &wanted, Some(&memory), rest, make);
    drop(watched);
    seen.keep((surroundings.ask_clock)().into(), only.is_some());
    match made {
        Ok(written) => {
            if room.format != Format::Json && !room.options.quiet {
                say(room, &written, &renderer, answer);
                if due > 0 {
                    answer.out(&format!("  {}\n", room.locale.count("only-feeds", due)));
                }
            }
            if written.changed.is_empty() && written.deleted.is_empty() {
                Built::Unchanged(wanted.into_iter().map(|file| file.path.to_string()).collect())
            } else {
                Built::Written
            }
        }
        Err(problems) => {
            report(&problems, &reporter, answer);
            Built::Failed
        }
    }
}

/// What a build of a part leaves for the next whole one.
struct Later {
    /// All files of a whole build: what else is ours goes, also now, for it may be what somebody withdrew.
    planned: Set<Shared>,
    /// How many of them it will make.
    due: usize,
}

/// The feeds, and of what they lead to what is not right by the manifest; and what is left for later.
///
/// Whoever replaces a site by what lies in the output would lose every page that is not there, and
/// every list leads to them: what is left out must be there.
fn feeds(room: &Room<'_>, renderer: &Renderer<'_>, last: Option<&Manifest>) -> Result<(Vec<Job>, Later), Problem> {
    // What a run that was killed had only begun is not there, or not right.
    let files = last.into_iter().flat_map(|last| &last.files).filter(|(_, known)| !known.begun);
    let known: Table<&str, &Known> = files.map(|(path, known)| (path.as_str(), known)).collect();
    let known = |path: &Shared| known.get(path.as_str());
    let changed = room.newsroom.changes.iter().map(|change| change.path.as_str()).collect();
    let Choice { mut now, later } = renderer.only_feeds(&changed);
    // The list of a year that has just begun: lists that are made now lead there.
    let begins = |job: &Job| matches!(job.what, What::Year(..)) && known(&job.path).is_none();
    let (begun, later): (Vec<Job>, Vec<Job>) = later.into_iter().partition(begins);
    now.extend(begun);
    let is_missed = |job: &&Job| match job.what {
        What::Page(_) | What::Fixed(Fixed::Subscribe | Fixed::Legal(_)) => known(&job.path).is_none(),
        _ => false,
    };
    let missing: Vec<&Job> = later.iter().filter(is_missed).collect();
    if let Some(first) = missing.first() {
        let problem = Problem::general(Code::PagesMissing).with("path", &first.path).with("out", &room.shown_out);
        return Err(problem.with("count", missing.len()).with("others", if missing.len() > 1 { "1" } else { "" }));
    }
    let is_right =
        |job: &Job| !job.inputs.is_empty() && known(&job.path).is_some_and(|known| known.inputs == job.inputs);
    let planned = now.iter().chain(&later).map(|job| job.path.clone()).collect();
    let due = later.iter().filter(|job| !job.inputs.is_empty() && !is_right(job)).count();
    now.retain(|job| match job.what {
        What::Feed(..) | What::Alias(_) | What::Machine(_) | What::Ledger => true,
        // What a feed leads to is looked for: somebody may have deleted it.
        _ => !(is_right(job) && room.out.join(job.path.as_str()).is_file()),
    });
    Ok((now, Later { planned, due }))
}

/// The files as the edge sees them.
pub fn wanted(jobs: &[Job]) -> Vec<Wanted> {
    let part = |job: &Job| if let What::Archive(part, _) = job.what { Some(part) } else { None };
    let open = jobs.iter().filter_map(part).max().unwrap_or_default();
    let files = jobs.iter().map(|job| Wanted {
        path: job.path.clone(),
        inputs: job.inputs.clone(),
        foreign: foreign(job.what),
        stage: match job.what {
            What::Copy(..) | What::Page(_) | What::Redirect(_) | What::Theme(_) => Stage::Early,
            // What the feed takes back from the archive, where somebody makes its window larger, is never in
            // neither: the part that is open changes with the feeds.
            What::Archive(part, _) if part >= open => Stage::Last,
            // Nobody waits for the others: they are made right behind their pages, of the same texts, and
            // what they say of one another holds when the feed leads there.
            What::Archive(..) => Stage::Early,
            What::List(_) | What::Year(..) | What::Fixed(_) => Stage::Late,
            What::Feed(..) | What::Alias(_) | What::Machine(_) | What::Ledger => Stage::Last,
        },
    });
    files.collect()
}

/// What becomes of a file of somebody else's in the place of one of ours.
pub fn foreign(what: What) -> Foreign {
    match what {
        What::Machine(Machine::Headers | Machine::Htaccess | Machine::Robots) => Foreign::Keep,
        What::Fixed(Fixed::NotFound) => Foreign::Keep,
        _ => Foreign::Refuse,
    }
}

fn say(room: &Room<'_>, written: &Written, renderer: &Renderer<'_>, answer: &mut Answer) {
    let locale = room.locale;
    let unchanged = written.changed.is_empty() && written.deleted.is_empty();
    if unchanged && room.newsroom.problems.is_empty() && room.newsroom.published().count() == room.newsroom.count {
        let items = locale.count("items", room.newsroom.count);
        answer.out(&format!("  {}\n", locale.say("unchanged", &[("items", &items)])));
        return;
    }
    answer.out(&format!("  {}\n", room.summary()));
    if room.newsroom.count == 0 && !room.nothing_read() {
        answer.out(&format!("  {}\n", locale.say("no-items", &[("folder", &room.folder())])));
    }
    let dropped = room.newsroom.count - room.newsroom.items.len() - room.newsroom.unfinished;
    if dropped > 0 {
        answer.out(&format!("  {}\n", locale.count("dropped", dropped)));
    }
    if unchanged {
        let items = locale.count("items", room.newsroom.count);
        answer.out(&format!("  {}\n", locale.say("unchanged", &[("items", &items)])));
    }
    let (feeds, pages): (Vec<&Shared>, Vec<&Shared>) = written
        .changed
        .iter()
        .partition(|path| room.config.formats.iter().any(|format| format.file() == path.as_str()));
    let links = !room.config.pages && !feeds.is_empty();
    let prefix = format!("{}/", room.shown_out.trim_end_matches('/'));
    if !feeds.is_empty() {
        let entries = renderer.entries().map_or(0, <[_]>::len);
        let mut names: Vec<&str> = feeds.iter().map(|path| path.as_str()).collect();
        names.sort_by_key(|name| room.config.formats.iter().position(|format| format.file() == *name));
        answer.out(&format!("  {prefix}{}   {}\n", names.join(", "), locale.count("entries", entries)));
    }
    if links {
        answer.out(&format!("  {}\n{}", locale.say("links-to-paste", &[]), lines_to_paste(room)));
    }
    if !pages.is_empty() {
        let most = if room.options.verbose { usize::MAX } else { 4 };
        let (html, files): (Vec<&Shared>, Vec<&Shared>) = pages.into_iter().partition(|path| path.ends_with(".html"));
        let all: Vec<&str> = html.into_iter().chain(files).map(Shared::as_str).collect();
        let shown: Vec<&str> = all.iter().copied().take(most).collect();
        let mut line = format!("  {prefix}{}", shown.join(", "));
        if all.len() > most {
            line.push_str(&format!(" {}", locale.count("more", all.len() - most)));
        }
        answer.out(&format!("{line}\n"));
    }
    told(room, answer);
    if !written.deleted.is_empty() {
        answer.out(&format!("  {}\n", locale.count("deleted", written.deleted.len())));
    }
    room.held(answer);
}

/// What the pages of the other site are to have in their heads, so that browsers and readers find
/// the feeds (PG-02).
fn lines_to_paste(room: &Room<'_>) -> String {
    let line = |format: &crieur::Format| {
        let url = escape(&feed_url(&room.config, "", *format));
        let (kind, title) = (format.media_type(), escape(&format!("{} ({})", room.config.title, format.label())));
        format!("    <link rel=\"alternate\" type=\"{kind}\" title=\"{title}\" href=\"{url}\">\n")
    };
    room.config.formats.iter().map(line).collect()
}

/// What happened to items that were out already and that nobody announced: subscribers will not see
/// it, and whoever runs this should know.
fn told(room: &Room<'_>, answer: &mut Answer) {
    const MOST: usize = 5;
    let quiet =
        |change: &&Change| !matches!(change.kind, Kind::New | Kind::Corrected | Kind::Withdrawn | Kind::Suspended);
    let changes: Vec<&Change> = room.newsroom.changes.iter().filter(quiet).collect();
    let most = if room.options.verbose { usize::MAX } else { MOST };
    for change in changes.iter().take(most) {
        answer.out(&format!("  {}\n", room.change(change, str::to_owned)));
    }
    if changes.len() > most {
        answer.out(&format!("  {}\n", room.locale.count("more-changes", changes.len() - most)));
    }
}
