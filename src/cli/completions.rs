//! `crieur completions`: what a shell needs to complete our commands and options.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Answer, Cli};

/// What `completions` asks for.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn run(asked: &Completions) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut Cli::command(), "crieur", &mut script);
    let mut answer = Answer::default();
    answer.out(&String::from_utf8_lossy(&script));
    answer
}
