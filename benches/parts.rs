//! What each part of the way costs, for one release of usual length: `cargo bench`.
//!
//! Times are the machine's: compare two runs on the same one.

#![expect(clippy::expect_used, reason = "a newsroom that is wrong measures nothing")]

use crieur::html::{finish, sanitise};
use crieur::{Config, Source};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const CONFIG: &str = r#"
title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"
"#;

/// A release of some 3,000 letters.
fn release(number: usize) -> (String, String) {
    let paragraph = "Le conseil municipal **présente** la rénovation énergétique de ses bâtiments, en lien avec les \
                     services de l'État ; voir [le dossier](https://www.example.org/dossier/).\n\n";
    let head =
        format!("---\ntitle: Le chantier {number} est terminé\nauthors: [Camille MARTIN]\ntags: [Travaux]\n---\n\n");
    let list = "## Le calendrier\n\n- premier point ;\n- deuxième point.\n\n| Année | Montant |\n|---|---:|\n| 2026 | 12 |\n\n";
    let name =
        format!("{}-{:02}-{:02}-chantier-{number}.md", 2011 + number / 336 % 15, number / 28 % 12 + 1, number % 28 + 1);
    (name, head + &paragraph.repeat(12) + list + &paragraph.repeat(4))
}

fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap_or_default()
}

fn config() -> Config {
    Config::parse(CONFIG).expect("it is right")
}

/// Pass 1: heads, dates, authors, the words that tell a text from others.
#[divan::bench(args = [1, 100, 1_000])]
fn read(bencher: Bencher<'_, '_>, items: usize) {
    let (config, source) = (config(), Source::in_memory((0..items).map(release)));
    bencher.bench(|| crieur::read(&config, black_box(&source), now()));
}

/// Everything: feeds, pages, archives, site maps.
#[divan::bench(args = [1, 100, 1_000])]
fn outputs(bencher: Bencher<'_, '_>, items: usize) {
    let (config, source) = (config(), Source::in_memory((0..items).map(release)));
    let newsroom = crieur::read(&config, &source, now());
    bencher.bench(|| newsroom.outputs(&config, black_box(&source)));
}

/// HTML of an author, made safe.
#[divan::bench]
fn sanitised(bencher: Bencher<'_, '_>) {
    let html = "<p onclick=x>Un <b>texte</b> <a href='/a'>lien</a> <script>x</script></p>\n".repeat(40);
    bencher.bench(|| sanitise(black_box(&html)));
}

/// Addresses of safe HTML, made absolute.
#[divan::bench]
fn finished(bencher: Bencher<'_, '_>) {
    let html = "<p>Un <b>texte</b> <a href=\"/a\">lien</a> &amp; la suite, qui est longue.</p>\n".repeat(40);
    bencher.bench(|| finish(black_box(&html), |address| Some(format!("https://www.example.org{address}"))));
}
