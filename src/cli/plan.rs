//! `crieur plan`: the files in the order in which they must be uploaded, for programs that upload them
//! otherwise than `publish` does.

use std::collections::BTreeMap;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Args, builder::TypedValueParser as _};
use crieur::config::Format as FeedFormat;
use crieur::deliver::target::{Target, Wrong};
use crieur::deliver::{self, Delivery, Parcel, Step};
use crieur::kept::{Digest, Shared};
use crieur::media;
use crieur::output::{self, Disk, Known, MANIFEST};
use crieur::problem::{Code, Problem};
use crieur::render::{Job, Machine, Renderer, What};
use serde::Serialize;

use super::place::normal;
use super::{Answer, Room, build, report, same_folder, stamp};
use crate::report::Format;

/// What `plan` asks for.
#[derive(Debug, Args)]
pub struct Plan {
    /// Only what differs there: a folder, `sftp://user@host/path`, `host:path`, `rsync://host/module/path`
    target: Option<String>,
    /// Only these steps, and of each file only its path, one a line
    #[arg(long, value_name = "STEP", value_delimiter = ',', value_parser = steps())]
    only: Vec<Step>,
}

fn steps() -> impl clap::builder::TypedValueParser<Value = Step> {
    let names = PossibleValuesParser::new(Step::ALL.map(Step::name));
    names.map(|name| Step::ALL.into_iter().find(|step| step.name() == name).unwrap_or(Step::Feeds))
}

/// The answer of `plan --format json`: a contract, see `docs/hosting.md`.
#[derive(Serialize)]
struct Shown<'a> {
    version: u32,
    /// The output folder, from the current one.
    out: &'a str,
    files: Vec<ShownFile<'a>>,
    deletions: &'a [Shared],
}

#[derive(Serialize)]
struct ShownFile<'a> {
    step: &'a str,
    path: &'a str,
    size: u64,
    media_type: String,
    /// Of the first 128 bits of BLAKE3.
    digest: &'a Digest,
}

/// Says in which order.
pub fn run(room: &Room<'_>, asked: &Plan, here: &Path, answer: &mut Answer) {
    report(&room.newsroom.problems, &room.reporter(), answer);
    if !room.may_go_on() {
        return;
    }
    match planned(room, asked, here) {
        Ok((delivery, jobs)) => say(room, asked, &delivery, &jobs, answer),
        Err(problems) => report(&problems, &room.reporter(), answer),
    }
}

fn planned(room: &Room<'_>, asked: &Plan, here: &Path) -> Result<(Delivery, Vec<Job>), Vec<Problem>> {
    let target = asked.target.as_ref().map(|text| target(room, text, here)).transpose().map_err(|p| vec![p])?;
    let (known, jobs) = forecast(room)?;
    let parcels = parcels(&jobs, &known);
    let delivery = match &target {
        Some(target) => {
            let there = deliver::reach(target).map_err(|problem| vec![problem])?;
            deliver::plan(target, &there, &parcels, Some(stamp(&room.newsroom.ledger)))?
        }
        None => Delivery::of_everything(parcels),
    };
    Ok((delivery, jobs))
}

fn say(room: &Room<'_>, asked: &Plan, delivery: &Delivery, jobs: &[Job], answer: &mut Answer) {
    let wanted = |step: Step| asked.only.is_empty() || asked.only.contains(&step);
    let files = delivery.put.iter().filter(|parcel| wanted(parcel.step));
    let deletions = if wanted(Step::Deletions) { delivery.delete.as_slice() } else { &[] };
    let manifest = !delivery.is_nothing() && wanted(Step::Manifest);
    if room.format == Format::Json {
        let types: BTreeMap<&str, String> = jobs.iter().map(|job| (job.path.as_str(), media_type(room, job))).collect();
        let shown = Shown {
            version: 1,
            out: &room.shown_out,
            files: files
                .map(|parcel| ShownFile {
                    step: parcel.step.name(),
                    path: &parcel.path,
                    size: parcel.known.size,
                    media_type: types.get(parcel.path.as_str()).cloned().unwrap_or_default(),
                    digest: &parcel.known.digest,
                })
                .collect(),
            deletions,
        };
        answer.out(&format!("{}\n", serde_json::to_string_pretty(&shown).unwrap_or_default()));
        return;
    }
    let mut line = |step: Step, path: &str| {
        if asked.only.is_empty() {
            answer.out(&format!("{:<12} {path}\n", step.name()));
        } else {
            answer.out(&format!("{path}\n"));
        }
    };
    files.for_each(|parcel| line(parcel.step, &parcel.path));
    if manifest {
        line(Step::Manifest, MANIFEST);
    }
    deletions.iter().for_each(|path| line(Step::Deletions, path));
}

/// Why what a person named is no target.
pub fn refused(text: &str, why: Wrong) -> Problem {
    let wrong = Problem::general(Code::TargetWrong);
    match why {
        // Never printed.
        Wrong::Password => wrong.with("password", "yes"),
        Wrong::Scheme => wrong.with("scheme", text.split("://").next().unwrap_or_default()),
        Wrong::Nowhere => wrong.with("nowhere", if text.trim().is_empty() { "…" } else { text }),
        Wrong::Unswitchable => wrong.with("unswitchable", text),
        Wrong::Taken => wrong.with("taken", text),
        Wrong::Elsewhere => wrong.with("elsewhere", text),
    }
}

/// A target that a person named.
pub fn target(room: &Room<'_>, text: &str, here: &Path) -> Result<Target, Problem> {
    let wrong = || Problem::general(Code::TargetWrong);
    let target = Target::parse(text, here).map_err(|why| refused(text, why))?;
    if let Some(folder) = target.folder().map(normal) {
        if same_folder(&folder, &normal(&room.out)) {
            return Err(wrong().with("out", text));
        }
        if normal(&room.items).starts_with(&folder) || normal(&room.root).starts_with(&folder) {
            return Err(wrong().with("items", text));
        }
    }
    Ok(target)
}

/// Files by their paths, and what each of them is.
type Forecast = (BTreeMap<Shared, Known>, Vec<Job>);

/// What a build would leave in the output folder.
pub fn forecast(room: &Room<'_>) -> Result<Forecast, Vec<Problem>> {
    let renderer = Renderer::new(&room.newsroom.items, &room.newsroom.ledger, &room.config, &room.source);
    let jobs = renderer.plan();
    let wanted = build::wanted(&jobs);
    let disk = Disk { out: &room.out, items: &room.items, source: &room.source, seen: None };
    let known = output::forecast(&disk, output::manifest(disk.out), &wanted, |index| match jobs.get(index) {
        Some(job) => renderer.make(job),
        None => unreachable!("only what was given is asked for"),
    })?;
    Ok((known, jobs))
}

/// The files to be there, in the order in which they may be seen.
pub fn parcels(jobs: &[Job], known: &BTreeMap<Shared, Known>) -> Vec<Parcel> {
    let parcel = |job: &Job| {
        let known = known.get(&job.path)?.clone();
        Some(Parcel { path: job.path.clone(), step: step(job.what), known, foreign: build::foreign(job.what) })
    };
    let mut parcels: Vec<Parcel> = jobs.iter().filter_map(parcel).collect();
    // Within a step, the order of the plan stands.
    parcels.sort_by_key(|parcel| parcel.step);
    parcels
}

fn step(what: What) -> Step {
    match what {
        What::Copy(..) | What::Theme(_) => Step::Attachments,
        What::Page(_) | What::Redirect(_) => Step::Pages,
        What::List(_) | What::Year(..) | What::Fixed(_) => Step::Lists,
        // The types of feeds must be known before the feeds are there.
        What::Machine(Machine::Headers | Machine::Htaccess | Machine::Robots) => Step::Rules,
        What::Machine(Machine::Sitemap | Machine::SitemapPart(_)) => Step::Lists,
        What::Archive(..) | What::Feed(..) | What::Alias(_) => Step::Feeds,
        What::Machine(Machine::Opml | Machine::NewsSitemap) => Step::Feeds,
        What::Ledger => Step::Ledger,
    }
}

/// As which a host is to send it.
pub fn media_type(room: &Room<'_>, job: &Job) -> String {
    let feed = |format: FeedFormat| match format {
        FeedFormat::Json => format.media_type().to_owned(),
        FeedFormat::Atom | FeedFormat::Rss => format!("{}; charset=utf-8", format.media_type()),
    };
    match job.what {
        What::Feed(_, format) | What::Archive(_, format) => feed(format),
        What::Alias(number) => {
            let file = room.config.aliases.get(number).and_then(|alias| alias.feed.rsplit('/').next());
            FeedFormat::ALL.into_iter().find(|format| Some(format.file()) == file).map(feed).unwrap_or_default()
        }
        What::Machine(Machine::Opml) => "text/x-opml; charset=utf-8".to_owned(),
        What::Machine(Machine::Headers | Machine::Htaccess) => "text/plain; charset=utf-8".to_owned(),
        What::Ledger => "application/jsonl".to_owned(),
        _ => {
            let known = media::media_type(&job.path);
            if known.starts_with("text/") { format!("{known}; charset=utf-8") } else { known }
        }
    }
}
