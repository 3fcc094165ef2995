//! What each part of the way costs, for one release of usual length: `cargo bench`.
//!
//! Times are the machine's: compare two runs on the same one.

#![expect(clippy::expect_used, reason = "a newsroom that is wrong measures nothing")]

use crieur::config::{Known, Order};
use crieur::html::{finish, sanitise};
use crieur::input;
use crieur::input::markdown::Rendering;
use crieur::item::ForThePress;
use crieur::locale::Locale;
use crieur::render::{Renderer, What};
use crieur::resolve::date::spelling;
use crieur::{Config, Source, SourceFile, Text};
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

fn file() -> SourceFile {
    let (path, text) = release(1);
    SourceFile { path, bytes: text.into_bytes() }
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

/// Dates as people and programs write them.
#[divan::bench(args = ["2026-11-24T09:30:00+01:00", "2026-11-24", "24/11/2026 9h30", "mardi 24 novembre 2026 à 9 h 30"])]
fn date(bencher: Bencher<'_, '_>, text: &str) {
    bencher.bench(|| spelling::parse(black_box(text), Some(Order::DayFirst)));
}

/// A release whose text is a line: its head.
#[divan::bench]
fn front_matter(bencher: Bencher<'_, '_>) {
    let head = "---\ntitle: \"La piscine : elle rouvre\"\ndate: 2026-11-24 09:30\nauthors:\n  - name: Camille MARTIN\n    \
                email: c.martin@example.org\n  - Ana DIAZ\ntags: [Sport, Travaux]\nsummary: Le bassin.\n---\n\nTexte.\n";
    let file = SourceFile { path: "piscine.md".to_owned(), bytes: head.as_bytes().to_vec() };
    bencher.bench(|| input::read(black_box(&file), None, Known::default()));
}

/// A release: what its head and its text tell.
#[divan::bench]
fn draft(bencher: Bencher<'_, '_>) {
    let file = file();
    bencher.bench(|| input::read(black_box(&file), None, Known::default()));
}

/// The text of a release as HTML.
#[divan::bench]
fn markdown(bencher: Bencher<'_, '_>) {
    let (file, title) = (file(), Text::new("Le chantier 1 est terminé"));
    let rendering = Rendering { prefix: "x", title: &title, locale: Locale::of("fr") };
    bencher.bench(|| input::html(black_box(&file), Known::default(), rendering, None, ForThePress::default()));
}

/// What is written of the newest fifty, each format by itself: their texts are made once.
#[divan::bench(args = ["feed.atom", "feed.rss", "feed.json", "sitemap.xml", "index.html"])]
fn writer(bencher: Bencher<'_, '_>, path: &str) {
    let (config, source) = (config(), Source::in_memory((0..50).map(release)));
    let newsroom = crieur::read(&config, &source, now());
    let renderer = Renderer::new(&newsroom.items, &newsroom.ledger, &config, &source);
    let job = renderer.plan().into_iter().find(|job| job.path == *path).expect("it is written");
    renderer.make(&job).expect("it can be made");
    bencher.bench(|| renderer.make(black_box(&job)));
}

/// The page of an item, with its text.
#[divan::bench]
fn page(bencher: Bencher<'_, '_>) {
    let (config, source) = (config(), Source::in_memory([release(1)]));
    let newsroom = crieur::read(&config, &source, now());
    let renderer = Renderer::new(&newsroom.items, &newsroom.ledger, &config, &source);
    let job = renderer.plan().into_iter().find(|job| matches!(job.what, What::Page(_))).expect("it is written");
    bencher.bench(|| renderer.make(black_box(&job)));
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
