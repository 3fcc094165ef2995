//! The library in a few lines: releases that lie in memory become a feed in memory.
//! `cargo run --example embed` prints it.

#![expect(clippy::print_stdout, reason = "an example shows what it made")]

use crieur::{Config, Source};

const CONFIG: &str = r#"
title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::parse(CONFIG).map_err(|problems| format!("{problems:?}"))?;
    // From a database, an editor, a web form: a path and the bytes of a file are enough.
    let source = Source::in_memory([
        ("2026-01-05-piscine.md", "# La piscine rouvre\n\nLe bassin rouvre lundi."),
        ("2026-01-12-budget.md", "---\ntitle: Le budget est voté\nauthors: [Camille MARTIN]\n---\nEn trois lectures."),
    ]);
    // The clock is yours: it decides which items are out, and nothing else.
    let now = "2026-02-01T00:00:00Z".parse()?;

    let newsroom = crieur::read(&config, &source, now);
    for problem in &newsroom.problems {
        let file = problem.path.as_deref().unwrap_or("crieur.toml");
        println!("{file}: {} {:?}", problem.code, problem.arguments);
    }
    let outputs = newsroom.outputs(&config, &source)?;
    let feed = outputs.get("feed.json").ok_or("the configuration asks for no JSON feed")?;
    println!("{}", String::from_utf8_lossy(feed));
    Ok(())
}
