//! `crieur publish TARGET`: build, upload, verify, tell the hubs; each step says what it did when it has
//! done it, and a run that was cut off is resumed by the next.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use crieur::Accept;
use crieur::deliver::target::Target;
use crieur::deliver::{self, Delivery, Step};
use crieur::kept::Shared;
use crieur::output::{self, Known, Manifest, Stamp};
use crieur::problem::{Code, Problem};
use crieur::render::Renderer;
use serde::Serialize;

use super::notify::Round;
use super::{Answer, Piece, Room, Surroundings, build, duration, plan, report, stamp, verify};
use crate::report::Format;

/// What `publish` asks for.
#[derive(Debug, Args)]
pub struct Publish {
    /// A folder, `sftp://user@host/path`, `host:path` (rsync), `rsync://host/module/path`
    target: String,
    /// Say what subscribers will see and what would be uploaded, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Make TARGET a symbolic link and switch it in one step: readers find all of the old or all of the new. Once
    /// it is one, it is switched without this
    #[arg(long)]
    switch: bool,
    /// Look at what is live, too, where the target is a folder; with another machine that is done anyway
    #[arg(long)]
    verify: bool,
    /// Do not look at what is live
    #[arg(long, conflicts_with = "verify")]
    no_verify: bool,
    /// How long to wait until it is live: `90s`, `10m`, `0`
    #[arg(long, default_value = "2m", value_parser = duration)]
    deadline: Duration,
}

/// The answer of `publish --format json`.
#[derive(Serialize)]
struct Shown<'a> {
    target: &'a str,
    dry_run: bool,
    put: Vec<ShownFile<'a>>,
    deletions: &'a [Shared],
    same: usize,
    kept: &'a [Shared],
    confirmed: Option<usize>,
}

#[derive(Serialize)]
struct ShownFile<'a> {
    step: &'a str,
    path: &'a str,
    size: u64,
}

/// Publishes.
pub fn run(room: &Room<'_>, asked: &Publish, surroundings: &Surroundings, answer: &mut Answer) {
    // A target that cannot be had, or that knows more than we do, is noticed before anything is written.
    let (target, there) = match reached(room, asked, &surroundings.folder) {
        Ok(reached) => reached,
        Err(problem) => return report(&[problem], &room.reporter(), answer),
    };
    if asked.dry_run {
        return dry_run(room, &target, &there, answer);
    }
    if matches!(build::run(room, None, surroundings, answer), build::Built::Failed) {
        return;
    }
    let steps = Steps { room, print: surroundings.print };
    steps.flush(answer);
    if let Err(problems) = deliver(room, asked, &target, &there, &steps, answer) {
        steps.flush(answer);
        report(&problems, &room.reporter(), answer);
    }
}

/// Says at once what has been done, where somebody looks on.
struct Steps<'a> {
    room: &'a Room<'a>,
    print: fn(&[Piece]),
}

impl Steps<'_> {
    fn flush(&self, answer: &mut Answer) {
        (self.print)(&answer.pieces);
        answer.pieces.clear();
    }

    fn say(&self, line: &str) {
        if self.room.format != Format::Json && !self.room.options.quiet {
            (self.print)(&[Piece::Out(format!("  {line}\n"))]);
        }
    }
}

fn deliver(
    room: &Room<'_>,
    asked: &Publish,
    target: &Target,
    there: &Manifest,
    steps: &Steps<'_>,
    answer: &mut Answer,
) -> Result<(), Vec<Problem>> {
    let renderer = Renderer::new(&room.newsroom.items, &room.newsroom.ledger, &room.config, &room.source);
    let built = output::manifest(&room.out).unwrap_or_default();
    let parcels = plan::parcels(&renderer.plan(), &built.files);
    let delivery = deliver::plan(target, there, &parcels, built.ledger)?;
    let (locale, shown) = (room.locale, target.shown());
    if delivery.put.is_empty() && delivery.delete.is_empty() {
        let same = locale.count("deliver-same", delivery.same);
        steps.say(&locale.say("deliver-nothing", &[("target", shown), ("same", &same)]));
    } else {
        steps.say(&locale.say("deliver-to", &[("target", shown)]));
    }
    let told = |step: Step, count: usize| {
        steps.say(&format!("  {}", locale.count(&format!("step.{}", step.name()), count)));
    };
    let alone = |problem| vec![problem];
    deliver::carry_out(&delivery, &room.out, target, told).map_err(alone)?;
    if !delivery.kept.is_empty() {
        steps.say(&locale.say("deliver-kept", &[("files", &delivery.kept.join(", "))]));
    }
    if let Some(version) = target.version().filter(|_| !delivery.is_nothing()) {
        let version = version.display().to_string();
        steps.say(&locale.say("deliver-switched", &[("target", shown), ("version", &version)]));
    }
    let mut confirmed = None;
    if target.folder().is_some() {
        let count = deliver::confirm(&delivery, target).map_err(alone)?;
        steps.say(&locale.count("deliver-confirmed", count));
        confirmed = Some(count);
    }
    if asked.verify || target.folder().is_none() && !asked.no_verify {
        is_live(room, asked, &delivery, steps)?;
    }
    let mut deadline = asked.deadline;
    if target.folder().is_some() && !asked.verify {
        // A folder is seen at once, or not at all.
        deadline = deadline.min(Duration::from_secs(5));
    }
    let round = Round {
        config: &room.config,
        root: &room.root,
        files: delivery.files(),
        changed: Some(delivery.put.iter().map(|parcel| parcel.path.as_str()).collect()),
        deadline,
        locale,
    };
    report(&round.tell(&|line| steps.say(&line)), &room.reporter(), answer);
    if room.format == Format::Json {
        answer.out(&json(target, &delivery, false, confirmed));
    }
    Ok(())
}

/// Whether subscribers get what was built: the feeds, what they lead to, and what was brought just now.
fn is_live(room: &Room<'_>, asked: &Publish, delivery: &Delivery, steps: &Steps<'_>) -> Result<(), Vec<Problem>> {
    let changed: BTreeSet<&str> = delivery.put.iter().map(|parcel| parcel.path.as_str()).collect();
    let chosen = verify::chosen(&room.config, &room.out, delivery.files(), &changed, false);
    let expect = |(path, known): &(&str, &Known)| verify::expect(&verify::address(&room.config.url, path), known);
    let files: Vec<_> = chosen.iter().map(expect).collect();
    let problems = verify::settle(&files, asked.deadline, room.locale, &|line| steps.say(&line));
    if !problems.is_empty() {
        return Err(problems);
    }
    let count = room.locale.count("verify-files", files.len());
    steps.say(&room.locale.say("verify-live", &[("files", &count), ("url", room.config.url.as_str())]));
    Ok(())
}

/// What subscribers will see, and what would be done.
fn dry_run(room: &Room<'_>, target: &Target, there: &Manifest, answer: &mut Answer) {
    report(&room.newsroom.problems, &room.reporter(), answer);
    if !room.may_go_on() {
        if room.format == Format::Human {
            answer.err(&format!("{}\n  {}\n", room.failed_summary(), room.locale.say("nothing-written", &[])));
        }
        return;
    }
    let planned = plan::forecast(room).and_then(|(known, jobs)| {
        deliver::plan(target, there, &plan::parcels(&jobs, &known), Some(stamp(&room.newsroom.ledger)))
    });
    let delivery = match planned {
        Ok(delivery) => delivery,
        Err(problems) => return report(&problems, &room.reporter(), answer),
    };
    if room.format == Format::Json {
        answer.out(&json(target, &delivery, true, None));
        return;
    }
    let locale = room.locale;
    answer.out(&format!("{}\n", locale.say("dry-changes", &[])));
    for change in &room.newsroom.changes {
        answer.out(&format!("  {}\n", room.change(change, str::to_owned)));
    }
    if room.newsroom.changes.is_empty() {
        answer.out(&format!("  {}\n", locale.say("dry-no-changes", &[])));
    }
    answer.out(&format!("{}\n", locale.say("dry-plan", &[("target", target.shown())])));
    let most = if room.options.verbose { usize::MAX } else { 4 };
    for step in Step::ALL {
        let paths: Vec<&str> = match step {
            Step::Deletions => delivery.delete.iter().map(Shared::as_str).collect(),
            step => {
                delivery.put.iter().filter(|parcel| parcel.step == step).map(|parcel| parcel.path.as_str()).collect()
            }
        };
        if paths.is_empty() {
            continue;
        }
        let mut line = locale.count(&format!("step.{}", step.name()), paths.len());
        line += &locale.say("list", &[("list", &paths.iter().take(most).copied().collect::<Vec<_>>().join(", "))]);
        if paths.len() > most {
            line += &format!(" {}", locale.count("more", paths.len() - most));
        }
        answer.out(&format!("  {line}\n"));
    }
    answer.out(&format!("  {}\n", locale.count("deliver-same", delivery.same)));
    if !delivery.kept.is_empty() {
        answer.out(&format!("  {}\n", locale.say("deliver-kept", &[("files", &delivery.kept.join(", "))])));
    }
    answer.out(&format!("  {}\n", locale.say("act-dry", &[])));
}

/// The target, which is there, is no other newsroom's, and does not know more than we do.
fn reached(room: &Room<'_>, asked: &Publish, here: &Path) -> Result<(Target, Manifest), Problem> {
    let target = plan::target(room, &asked.target, here)?;
    let target = if asked.switch {
        target.switched().map_err(|why| plan::refused(&asked.target, why))?
    } else {
        target.as_found()
    };
    let shown = target.shown().trim_end_matches('/').to_owned();
    let there = deliver::reach(&target)?;
    let Some(last) = there.ledger.clone() else { return Ok((target, there)) };
    if !last.authority.is_empty() && last.authority != room.config.authority {
        return Err(Problem::general(Code::OutputForeign).with("path", format!("{shown}/{}", output::MANIFEST)));
    }
    let own: Stamp = stamp(&room.newsroom.ledger);
    if (own.items < last.items || own.newest < last.newest) && !room.options.accept.contains(&Accept::OlderLedger) {
        let problem = Problem::new(Code::LedgerOlder, crieur::ledger::SHOWN);
        return Err(problem.with("items", own.items).with("before", last.items));
    }
    Ok((target, there))
}

fn json(target: &Target, delivery: &Delivery, dry_run: bool, confirmed: Option<usize>) -> String {
    let shown = Shown {
        target: target.shown(),
        dry_run,
        put: (delivery.put.iter())
            .map(|parcel| ShownFile { step: parcel.step.name(), path: &parcel.path, size: parcel.known.size })
            .collect(),
        deletions: &delivery.delete,
        same: delivery.same,
        kept: &delivery.kept,
        confirmed,
    };
    serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n"
}
