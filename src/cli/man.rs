//! `crieur man`: a manual page of every command, from the same words as `--help`, for those who make
//! packages and for machines without a network.

#![expect(clippy::disallowed_methods, reason = "this command writes manual pages")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man as Page;
use crieur::locale::Locale;
use crieur::problem::{Code, Problem};

use super::{Answer, Cli, Failure, Options, Surroundings, report, shown};
use crate::report::Format;

/// What `man` asks for.
#[derive(Debug, Args)]
pub struct Man {
    /// Where to write them, for example `~/.local/share/man/man1`
    folder: PathBuf,
}

/// Writes `crieur.1`, `crieur-build.1`… .
pub fn run(asked: &Man, options: &Options, surroundings: &Surroundings, format: Format) -> Answer {
    let mut answer = Answer::default();
    let locale = Locale::of_messages(options.lang.as_deref().unwrap_or("fr"));
    let folder = surroundings.folder.join(&asked.folder);
    let name = shown(&folder, &surroundings.folder);
    match write(&folder) {
        Ok(pages) => answer.out(&format!("  {name}/: {}\n", locale.count("ejected", pages))),
        Err(error) => {
            let problem = Problem::general(Code::OutputFailed).with("path", name).with("reason", error);
            let failure = Failure { locale, problems: vec![problem], config: None };
            report(&failure.problems, &failure.reporter(format, surroundings), &mut answer);
        }
    }
    answer
}

fn write(folder: &Path) -> std::io::Result<usize> {
    fs::create_dir_all(folder)?;
    // A manual has the rare commands too.
    let mut whole = Cli::command().mut_subcommands(|command| command.hide(false));
    whole.build();
    let commands: Vec<&Command> = std::iter::once(&whole).chain(whole.get_subcommands()).collect();
    for command in &commands {
        let page = Page::new((*command).clone());
        let mut bytes = Vec::new();
        page.render(&mut bytes)?;
        fs::write(folder.join(page.get_filename()), bytes)?;
    }
    Ok(commands.len())
}
