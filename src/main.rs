//! `crieur`: parse → run → report → exit code. The only print and exit there is, and the only
//! place that asks for the current folder, the environment and the clock.

#![expect(clippy::disallowed_methods, reason = "this is where the surroundings are gathered")]

mod cli;
mod report;

use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use anstream::ColorChoice;
use chrono::{DateTime, Utc};
use clap::Parser as _;

use crate::cli::{Cli, Color, Piece, Surroundings};

/// A seventh less CPU for a whole build than with the system's on glibc (docs/performance.md), and what a
/// static binary needs, whose allocator serves one thread at a time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse_from(arguments());
    match cli.color() {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
    let answer = cli.run(&Surroundings {
        folder: env::current_dir().unwrap_or_default(),
        epoch: env::var("SOURCE_DATE_EPOCH").ok().filter(|epoch| !epoch.is_empty()),
        github: env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true"),
        editor: ["VISUAL", "EDITOR"].into_iter().filter_map(|name| env::var(name).ok()).find(|value| !value.is_empty()),
        terminal: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
        watched: std::io::stderr().is_terminal()
            && ["CI", "GITHUB_ACTIONS"].into_iter().all(|name| env::var_os(name).is_none())
            && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb"),
        ask_line,
        clock: clock(),
        ask_clock: clock,
        print,
    });
    print(&answer.pieces);
    ExitCode::from(answer.code)
}

/// What was typed; `crieur help new` is how other programs call `crieur new --help`.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    if arguments.get(1).is_some_and(|word| word == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

fn clock() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

/// A line that somebody types; `None` where there is nobody any more.
fn ask_line() -> Option<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
    Some(line.trim().to_owned())
}

fn print(pieces: &[Piece]) {
    for piece in pieces {
        // A reader that has seen enough (`| head`) is no failure.
        let _ = match piece {
            Piece::Out(text) => anstream::stdout().write_all(text.as_bytes()),
            Piece::Err(text) => anstream::stderr().write_all(text.as_bytes()),
        };
    }
    let _ = anstream::stdout().flush();
}
