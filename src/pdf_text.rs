//! Edge in: the words of a PDF, by a program that is good at it.
//!
//! `pdftotext` (Poppler) puts words together better than any library, so it is asked where it is
//! there: without a shell, for a limited time and a limited answer. Else, built with the feature `pdf`,
//! pdf-extract is asked, which stops the program on some files and is kept from it.

#![expect(clippy::disallowed_methods, reason = "another program is asked here")]

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
#[cfg(feature = "pdf")]
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::problem::{Code, Problem};

/// The program that is asked.
const PROGRAM: &str = "pdftotext";
/// So long a document may take: a thousand pages take it seconds.
const LONGEST: Duration = Duration::from_secs(120);
/// So much of an answer is read: a word takes a hundred bytes.
const LARGEST: u64 = 256 << 20;
/// So much is read of what it complains of.
const COMPLAINTS: u64 = 64 << 10;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Words and their places, as `pdftotext -bbox` writes them.
    Placed(String),
    /// Lines, and form feeds between pages.
    Lines(String),
}

/// Reads the PDF at `path`, which messages call `shown`.
///
/// # Errors
/// It is locked or damaged, or nothing here can read it.
pub fn read(path: &Path, shown: &str) -> Result<Words, Problem> {
    let broken = |reason: String| Problem::new(Code::PdfBroken, shown).with("reason", reason);
    let places = ask(path, &["-raw", "-bbox", "-enc", "UTF-8"]).map_err(&broken)?;
    let Some(places) = places else { return built_in(path, shown) };
    match places.verdict(shown) {
        Verdict::Good(text) => return Ok(Words::Placed(text)),
        Verdict::Bad(problem) => return Err(problem),
        // Xpdf's program of the same name knows no places.
        Verdict::Unknown => {}
    }
    let lines = ask(path, &["-enc", "UTF-8"]).map_err(broken)?;
    let Some(lines) = lines else { return built_in(path, shown) };
    match lines.verdict(shown) {
        Verdict::Good(text) => Ok(Words::Lines(text)),
        Verdict::Bad(problem) => Err(problem),
        Verdict::Unknown => Err(lines.broken(shown)),
    }
}

/// What the program said.
struct Said {
    status: ExitStatus,
    text: Vec<u8>,
    complaints: String,
}

enum Verdict {
    Good(String),
    Bad(Problem),
    /// It did not understand what it was asked.
    Unknown,
}

impl Said {
    /// Exit codes as in the manual of `pdftotext`: 1 the PDF cannot be opened, 3 it forbids this, 99 all
    /// else.
    fn verdict(&self, shown: &str) -> Verdict {
        match self.status.code() {
            Some(0) => Verdict::Good(String::from_utf8_lossy(&self.text).into_owned()),
            _ if self.complaints.to_lowercase().contains("password") => {
                Verdict::Bad(Problem::new(Code::PdfLocked, shown))
            }
            Some(3) => Verdict::Bad(Problem::new(Code::PdfLocked, shown)),
            Some(99) => Verdict::Unknown,
            _ => Verdict::Bad(self.broken(shown)),
        }
    }

    fn broken(&self, shown: &str) -> Problem {
        let line = self.complaints.lines().map(str::trim).find(|line| !line.is_empty());
        let reason = line.map_or_else(|| format!("{PROGRAM}: {}", self.status), str::to_owned);
        Problem::new(Code::PdfBroken, shown).with("reason", reason)
    }
}

/// Asks the program; `None` where there is none.
fn ask(path: &Path, options: &[&str]) -> Result<Option<Said>, String> {
    let asked = Command::new(PROGRAM)
        .args(options)
        .arg(path)
        .arg("-")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match asked {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{PROGRAM}: {error}")),
    };
    let text = reader(child.stdout.take(), LARGEST + 1);
    let complaints = reader(child.stderr.take(), COMPLAINTS);
    let status = wait(&mut child);
    // A process that is gone has closed its ends.
    let text = text.join().unwrap_or_default();
    let complaints = complaints.join().unwrap_or_default();
    let status = status?;
    if text.len() as u64 > LARGEST {
        return Err(format!("{PROGRAM}: > {} MiB", LARGEST >> 20));
    }
    Ok(Some(Said { status, text, complaints: String::from_utf8_lossy(&complaints).into_owned() }))
}

/// Reads while the program writes, or it would wait for ever.
fn reader(from: Option<impl Read + Send + 'static>, most: u64) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            let _ = from.take(most).read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child) -> Result<ExitStatus, String> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if start.elapsed() < LONGEST => thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{PROGRAM}: > {} s", LONGEST.as_secs()));
            }
            Err(error) => return Err(format!("{PROGRAM}: {error}")),
        }
    }
}

#[cfg(not(feature = "pdf"))]
fn built_in(_: &Path, shown: &str) -> Result<Words, Problem> {
    Err(Problem::new(Code::ExtractNothing, shown))
}

/// The library gets a thread of its own: it may run for ever, and it may panic.
#[cfg(feature = "pdf")]
fn built_in(path: &Path, shown: &str) -> Result<Words, Problem> {
    let (done, wait) = mpsc::channel();
    let owned = path.to_owned();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    thread::spawn(move || {
        let pages = std::panic::catch_unwind(|| pdf_extract::extract_text_by_pages(&owned));
        let _ = done.send(pages);
    });
    let answer = wait.recv_timeout(LONGEST);
    std::panic::set_hook(hook);
    let broken = |reason: String| Problem::new(Code::PdfBroken, shown).with("reason", reason);
    match answer {
        Ok(Ok(Ok(pages))) => Ok(Words::Lines(pages.join("\u{c}"))),
        Ok(Ok(Err(error))) if is_locked(&error) => Err(Problem::new(Code::PdfLocked, shown)),
        Ok(Ok(Err(error))) => Err(broken(error.to_string())),
        Ok(Err(_)) => Err(broken("pdf-extract".to_owned())),
        Err(_) => Err(broken(format!("pdf-extract: > {} s", LONGEST.as_secs()))),
    }
}

#[cfg(feature = "pdf")]
fn is_locked(error: &pdf_extract::OutputError) -> bool {
    let said = error.to_string().to_lowercase();
    said.contains("password") || said.contains("encrypt") || said.contains("decrypt")
}
