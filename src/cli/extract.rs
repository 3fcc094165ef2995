//! `crieur extract`: a draft of a PDF's text beside it, once, for a person to read through. A build
//! never does that: two machines would publish two texts.

#![expect(clippy::disallowed_methods, reason = "the PDF is looked at and the draft is written here")]

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use crieur::extract::{self, Draft, Typeset, Wanted};
use crieur::input::pdf;
use crieur::pdf_text::{self, Words};
use crieur::problem::{Code, Problem, SIDECAR};
use serde::Serialize;

use super::{Answer, Room, report, shown};
use crate::report::Format;

/// What `extract` asks for.
#[derive(Debug, Args)]
pub struct Extract {
    /// The PDF; `x.pdf` gives `x.md` beside it
    pub file: PathBuf,
}

/// The answer in `--format json`.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a str,
    title: Option<&'a str>,
}

/// Extracts.
pub fn run(room: &Room<'_>, asked: &Extract, here: &Path, answer: &mut Answer) {
    let path = here.join(&asked.file);
    let target = path.with_extension("md");
    let target_shown = shown(&target, here);
    match work(room, asked, &path, &target, &target_shown) {
        Ok(draft) if room.format == Format::Json => {
            let title = draft.title.as_ref().map(|title| title.as_str());
            let line = Shown { path: &target_shown, title };
            answer.out(&format!("{}\n", serde_json::to_string(&line).unwrap_or_default()));
        }
        Ok(_) if room.options.quiet => {}
        Ok(_) => {
            let written = room.locale.say("extracted", &[("path", &target_shown)]);
            answer.out(&format!("  {written}\n  {}\n", room.locale.say("extract-next", &[])));
        }
        Err(problem) => {
            let mut reporter = room.reporter();
            // Whoever asks for its text may read what is wrong with it.
            reporter.known.extend(problem.path.as_deref().map(|path| (path, true)));
            report(std::slice::from_ref(&problem), &reporter, answer);
        }
    }
}

fn work(room: &Room<'_>, asked: &Extract, path: &Path, target: &Path, target_shown: &str) -> Result<Draft, Problem> {
    let below = room.wanted.clone().unwrap_or_default();
    let beginning = beginning(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Problem::general(Code::NothingThere).with("path", asked.file.display()),
        _ => Problem::new(Code::FileUnreadable, &below).with("reason", error),
    })?;
    if !pdf::is_pdf(&beginning) {
        return Err(pdf::not_a_pdf(&below, &beginning));
    }
    let sidecar = format!("{}{SIDECAR}", path.display());
    if Path::new(&sidecar).exists() {
        let name = format!("{}{SIDECAR}", name(path));
        return Err(Problem::new(Code::ExtractThere, &below).with("sidecar", name));
    }
    // Before a minute of work, and again when it is written.
    let there = || Problem::new(Code::ExtractThere, &below).with("file", target_shown);
    if target.exists() {
        return Err(there());
    }
    let typeset = match pdf_text::read(path, &below)? {
        Words::Placed(places) => Typeset::read(&places),
        Words::Lines(lines) => Typeset::plain(&lines),
    };
    let remark = room.locale.say("extract-remark", &[("file", &name(path))]);
    let wanted = Wanted {
        path: &below,
        order: room.config.date_order,
        publisher: room.config.publisher.name.as_str(),
        remark: &remark,
    };
    let draft = extract::draft(&typeset, wanted).ok_or_else(|| {
        let sidecar = format!("{}{SIDECAR}", name(path));
        Problem::new(Code::PdfWithoutText, &below).with("sidecar", sidecar)
    })?;
    let written = File::options().write(true).create_new(true).open(target).and_then(|mut file| {
        file.write_all(draft.text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => there(),
        _ => Problem::general(Code::OutputFailed).with("path", target_shown).with("reason", error),
    })?;
    Ok(draft)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(pdf::BEGINNING).read_to_end(&mut bytes)?;
    Ok(bytes)
}
