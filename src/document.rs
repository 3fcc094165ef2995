//! Documents, which no build reads (`input::pdf`): which of them nobody speaks of, and what to write so
//! that they are published.

use std::collections::HashSet;

use crate::config::Config;
use crate::edit::quoted;
use crate::file::{Source, SourceEntry};
use crate::input::{self, Kind, is_item};
use crate::problem::{Code, Problem, SIDECAR};
use crate::resolve::date::places;
use crate::resolve::id::bare;
use crate::text::Text;

/// So many PDFs that nobody speaks of are shown with the lines to write.
const IN_FULL: usize = 3;
/// So many are named: a folder full of them is an archive, and one thing to know.
const NAMED: usize = 20;

/// What is known of the other files of a folder.
#[derive(Debug)]
pub struct Around<'a> {
    /// Files that items refer to, held and withdrawn ones too.
    pub referred: &'a HashSet<String>,
    /// Items with an error: what they refer to is not known.
    pub wrong: &'a HashSet<String>,
}

/// Every PDF that is no item: a problem with the lines to write where nobody speaks of it, else why
/// nothing is said. Whoever drops a document expects to see it published; one that lies beside a text
/// of the same name, in the folder of one item, or in an item's links comes with that item.
pub fn alone(source: &Source, around: &Around<'_>, config: &Config) -> (Vec<Problem>, Vec<Problem>) {
    let paths = || source.entries().iter().map(|entry| entry.path.as_str());
    if !paths().any(|path| Kind::of(path) == Kind::Pdf) {
        return (Vec::new(), Vec::new());
    }
    let is_text =
        |path: &&str| !matches!(Kind::of(path), Kind::Pdf | Kind::Other) && input::not_an_item(path).is_none();
    let stems: HashSet<&str> = paths().filter(is_text).map(bare).collect();
    let wrong: HashSet<&str> = around.wrong.iter().map(|path| folder(path)).collect();
    let is_bundled = |path: &str| {
        let mut above = folder(path);
        std::iter::from_fn(|| {
            let here = (!above.is_empty()).then_some(above)?;
            above = folder(here);
            Some(here)
        })
        .any(|folder| stems.contains(folder) && paths().any(|path| is_index(path, folder)))
    };
    let (mut lone, mut skipped) = (Vec::new(), Vec::new());
    for SourceEntry { path, .. } in source.entries().iter().filter(|entry| Kind::of(&entry.path) == Kind::Pdf) {
        if is_item(path, source) {
            continue;
        }
        let spoken_of = around.referred.contains(path.as_str()) || stems.contains(bare(path)) || is_bundled(path);
        if spoken_of || wrong.contains(folder(path)) {
            skipped.push(Problem::new(Code::SkippedOther, path));
        } else {
            lone.push(unspoken_of(path, config));
        }
    }
    let more = lone.len().saturating_sub(NAMED);
    lone.truncate(NAMED);
    lone.iter_mut().skip(IN_FULL).for_each(|problem| problem.arguments.push(("short", "1".to_owned())));
    if let Some(last) = lone.last_mut().filter(|_| more > 0) {
        last.arguments.push(("more", more.to_string()));
    }
    (lone, skipped)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file is the text to which its whole folder belongs.
fn is_index(path: &str, folder: &str) -> bool {
    let name = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    name.is_some_and(|name| name.starts_with("index.") && Kind::of(name).is_item())
}

/// The problem, with the sidecar filled in as far as the name tells.
fn unspoken_of(path: &str, config: &Config) -> Problem {
    let name = path.rsplit('/').next().unwrap_or(path);
    let order = config.date_order;
    let named = places::in_name(path, order);
    let hour = match &named {
        Some(_) => places::hour_in_name(path, order),
        None => places::hour_in_folders(path, order),
    };
    let day = named.or_else(|| places::in_folders(path, order)).and_then(Result::ok);
    let date = day.map(|day| hour.map_or(day.to_string(), |hour| format!("\"{day} {}\"", hour.format("%H:%M"))));
    let title = title_in_name(path).map(|title| quoted(title.as_str())).unwrap_or_default();
    let problem = Problem::new(Code::PdfAlone, path).with("sidecar", format!("{name}{SIDECAR}"));
    problem.with("title", title).with("date", date.unwrap_or_default())
}

/// What the name of a file says besides its date: `2026-11-24_budget-primitif.pdf` → `Budget
/// primitif`. A name with spaces was typed by somebody who needs no other marks for them.
pub fn title_in_name(path: &str) -> Option<Text> {
    let stem = bare(path).rsplit('/').next().unwrap_or(path);
    let rest = places::written_behind_date(stem).unwrap_or(stem);
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '_' | '.' | ','));
    let words = if rest.contains(' ') { rest.replace('_', " ") } else { rest.replace(['-', '_'], " ") };
    let mut letters = words.chars();
    let first = letters.next()?;
    Text::some(&first.to_uppercase().chain(letters).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_titles() {
        let title = |path: &str| title_in_name(path).map(|title| title.to_string()).unwrap_or_default();
        assert_eq!(title("2026-11-24 Budget primitif de Lens-Liévin.pdf"), "Budget primitif de Lens-Liévin");
        assert_eq!(title("2026/2026-11-24_budget-primitif.pdf"), "Budget primitif");
        assert_eq!(title("24 novembre 2026 - élections.pdf"), "Élections");
        for name in ["Budget l'été", "Marché d'été", "Budget d’été", "Le budget d'été", "L'été", "Fête de l'été"]
        {
            assert_eq!(title(&format!("2026-11-24 {name}.pdf")), name);
            assert_eq!(title(&format!("24 novembre 2026 – {name}.pdf")), name);
        }
        assert_eq!(title("rapport.annuel.pdf"), "Rapport.annuel");
        assert_eq!(title("2026-11-24.pdf"), "");
    }
}
