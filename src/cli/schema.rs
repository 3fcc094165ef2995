//! `crieur schema`: JSON Schema of what people write, for editors and other programs.

use clap::{Args, ValueEnum};
use crieur::schema::Schema;

use super::Answer;

/// What `schema` asks for.
#[derive(Debug, Args)]
pub struct Asked {
    /// Of which file
    #[arg(value_enum, default_value = "config")]
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// `crieur.toml`
    Config,
    /// The head of an item
    FrontMatter,
    /// `ledger.jsonl`
    Ledger,
}

/// Prints it.
pub fn run(asked: &Asked) -> Answer {
    let schema = match asked.what {
        What::Config => Schema::Config,
        What::FrontMatter => Schema::FrontMatter,
        What::Ledger => Schema::Ledger,
    };
    let mut answer = Answer::default();
    answer.out(&schema.text());
    answer
}
