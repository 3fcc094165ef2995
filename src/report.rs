//! From problems to what people, programs and CI read.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use crieur::file::Source;
use crieur::input::front_matter::keys;
use crieur::input::{Kind, banner};
use crieur::locale::Locale;
use crieur::problem::{Blame, Code, Place, Problem, Severity};
use crieur::resolve::date::{places, spelling};
use serde::Serialize;

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Sentences, with the line at fault.
    Human,
    /// One JSON object a line.
    Json,
    /// GitHub workflow commands, shown on the lines of a change.
    Github,
    /// A list for a job summary or a pull request (`status`; elsewhere as `human`).
    Markdown,
}

/// Where problems are seen from.
#[derive(Debug)]
pub struct Reporter<'a> {
    /// Words.
    pub locale: &'static Locale,
    /// For whom.
    pub format: Format,
    /// How the items folder is shown: put before an item's path.
    pub folder: &'a str,
    /// Where to find the line at fault.
    pub source: Option<&'a Source>,
    /// The text of `crieur.toml`.
    pub config: Option<&'a str>,
    /// What it means.
    pub newsroom: Option<&'a crieur::Config>,
    /// Whether others may read this: the logs of CI are public.
    pub public: bool,
    /// The day, in the newsroom's zone.
    pub today: chrono::NaiveDate,
    /// The file that the last problem was in, cut into lines: problems come file by file.
    pub file: RefCell<Option<Rc<Opened>>>,
    /// Items whose state is known, and whether they are out.
    pub known: HashMap<&'a str, bool>,
}

/// A file cut into lines.
#[derive(Debug)]
pub struct Opened {
    path: String,
    text: String,
    starts: Vec<usize>,
}

#[derive(Serialize)]
struct Line<'a> {
    severity: &'a str,
    code: &'a str,
    path: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
    hint: Option<&'a str>,
}

/// A problem in words, for those who lay it out themselves.
#[cfg(feature = "serve")]
#[derive(Debug)]
pub struct Told {
    /// `error` or `warning`, in the newsroom's language.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// `file:line:column`, as much of it as there is.
    pub place: Option<String>,
    /// The line at fault.
    pub line: Option<String>,
}

impl Reporter<'_> {
    /// One problem for somebody who may see everything.
    #[cfg(feature = "serve")]
    pub fn told(&self, problem: &Problem) -> Told {
        let (message, hint) = self.locale.sentence(problem);
        let place = problem.path.as_deref().map(|path| match problem.place {
            Some(place) => format!("{}:{}:{}", self.shown(path), place.line, place.column),
            None => self.shown(path),
        });
        Told {
            severity: self.locale.say(problem.severity.name(), &[]),
            message,
            hint,
            place,
            line: problem.place.and_then(|place| self.line(problem, place)),
        }
    }

    /// One problem, without a line end.
    pub fn problem(&self, problem: &Problem) -> String {
        let shown = self.discreet(problem);
        let (mut message, mut hint) = self.locale.sentence(&shown);
        if shown.arguments.len() < problem.arguments.len() {
            // A sentence with holes in it helps nobody.
            (message, hint) = (self.locale.say("discreet", &[]), None);
        }
        match self.format {
            Format::Human | Format::Markdown => {
                // Tabs and line ends lay a text out; nothing else of that kind is meant.
                let line = |text: &str| text.split('\t').map(visible).collect::<Vec<_>>().join("\t");
                let lines = |text: &str| text.split('\n').map(line).collect::<Vec<_>>().join("\n");
                self.human(problem, &lines(&message), hint.as_deref().map(lines).as_deref())
            }
            Format::Json => {
                let line = Line {
                    severity: problem.severity.name(),
                    code: problem.code.name(),
                    path: problem.path.as_deref(),
                    line: problem.place.map(|place| place.line),
                    column: problem.place.map(|place| place.column),
                    message: &message,
                    hint: hint.as_deref(),
                };
                serde_json::to_string(&line).unwrap_or_default()
            }
            Format::Github => self.github(problem, &message, hint.as_deref()),
        }
    }

    /// Why a file is not an item, in a line; without its name where others may read this and must
    /// not know it.
    pub fn skipped(&self, problem: &Problem) -> String {
        let mut problem = problem.clone();
        let secret = |path: &str| self.public && self.known.get(path) == Some(&false);
        problem.path = problem.path.filter(|path| !secret(path));
        if self.format == Format::Json {
            return self.problem(&problem);
        }
        let (message, _) = self.locale.sentence(&problem);
        let path = problem.path.as_deref().map_or_else(|| "…".to_owned(), |path| self.shown(path));
        self.locale.say("skipped", &[("path", &path), ("reason", &message)])
    }

    fn human(&self, problem: &Problem, message: &str, hint: Option<&str>) -> String {
        let (level, name) = match problem.severity {
            Severity::Error => (Level::ERROR, self.locale.say("error", &[])),
            Severity::Skipped => (Level::NOTE, problem.code.name().to_owned()),
            Severity::Warning => (Level::WARNING, self.locale.say("warning", &[])),
        };
        let path = problem.path.as_deref().map(|path| self.shown(path));
        let line = problem.place.and_then(|place| self.line(problem, place));
        let mut group = Group::with_title(level.with_name(name).primary_title(message).id(problem.code.name()));
        let place = problem.place.unwrap_or(Place::line(1));
        match (&path, &line) {
            (Some(path), Some(line)) => {
                let snippet = Snippet::source(line.as_str()).line_start(place.line as usize).path(path.as_str());
                group = group.element(snippet.annotation(AnnotationKind::Primary.span(span(line, place))));
            }
            (Some(path), None) => {
                let origin = annotate_snippets::Origin::path(path.as_str());
                group = group.element(match problem.place {
                    Some(place) => origin.line(place.line as usize).char_column(place.column as usize),
                    None => origin,
                });
            }
            (None, _) => {}
        }
        let hint_name = self.locale.say("hint", &[]);
        let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(200);
        match (hint, problem.path.is_some()) {
            (None, _) => renderer.render(&[group]),
            (Some(hint), true) => renderer.render(&[group.element(Level::HELP.with_name(hint_name).message(hint))]),
            // Without a file there is nothing for the hint to hang from.
            (Some(hint), false) => format!("{}\n  = {hint_name}: {hint}", renderer.render(&[group])),
        }
    }

    /// A file's text and where its lines start; read once for all its problems.
    fn text(&self, path: &str) -> Option<Rc<Opened>> {
        // Of an office document nobody wants to see the bytes.
        if !Kind::of(path).is_text() {
            return None;
        }
        let mut kept = self.file.borrow_mut();
        if kept.as_ref().is_none_or(|opened| opened.path != path) {
            let source = self.source?;
            let file = source.read(source.find(path)?).ok()?;
            let label = self.newsroom.and_then(|config| config.encoding(path));
            let decoded = crieur::input::encoding::decode(&file, label, &mut Vec::new());
            let text = decoded.unwrap_or_else(|_| String::from_utf8_lossy(&file.bytes));
            let text = text.replace("\r\n", "\n").replace('\r', "\n").trim_start_matches('\u{feff}').to_owned();
            let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
            *kept = Some(Rc::new(Opened { path: path.to_owned(), text, starts }));
        }
        kept.clone()
    }

    /// Without what tells of a held item.
    fn discreet(&self, problem: &Problem) -> Problem {
        let mut problem = problem.clone();
        if problem.code.blame() == Blame::Guard {
            // It has been out: there is nothing to hide, and the way out must be seen.
            return problem;
        }
        let ahead = |path: &str| places::day_of(path).is_some_and(|day| day > self.today);
        if problem.code == Code::PdfAlone && !problem.path.as_deref().is_some_and(ahead) {
            // Nothing is said but what its name says, and no line of it can be asked.
            return problem;
        }
        let secret = |path: &str| {
            let text = if self.public { self.text(path) } else { None };
            self.is_secret(path, text.as_ref().map_or("", |opened| &opened.text))
        };
        // The other of two that clash may be one that nobody is to know of.
        problem.arguments.retain(|(name, value)| *name != "other" || !secret(value));
        if problem.item().is_some_and(|path| self.is_embargo(&problem) || secret(path)) {
            const FACTS: [&str; 26] = [
                "name",
                "characters",
                "count",
                "s",
                "more",
                "size",
                "limit",
                "byte",
                "mark",
                "syntax",
                "language",
                "many",
                "zone",
                "elements",
                "kind",
                "found",
                "ending",
                "empty",
                "made",
                "inside",
                "other",
                "headless",
                "sidecar",
                "office",
                "mail",
                "marks",
            ];
            problem.arguments.retain(|(name, _)| FACTS.contains(name));
        }
        problem
    }

    /// Whether a problem says that an item waits, and others may read it.
    fn is_embargo(&self, problem: &Problem) -> bool {
        self.public && matches!(problem.code, Code::EmbargoUnclear | Code::EmbargoDiffers)
    }

    /// Whether others may read this, and must not read that file: off a terminal, what is held is
    /// nowhere. Of a file with an error it is not known whether it is out; its name or a line of
    /// its head may say that it is not.
    fn is_secret(&self, path: &str, text: &str) -> bool {
        if !self.public {
            return false;
        }
        if let Some(out) = self.known.get(path) {
            return !out;
        }
        // What no line tells of may be in the document; a page of ours is none.
        if !Kind::of(path).is_text() {
            return self.source.is_none_or(|source| source.entries().iter().any(|entry| entry.path == path));
        }
        let later = places::day_of(path).is_some_and(|day| day > self.today);
        let held = |written: &str| {
            let line = written.trim_start_matches(['"', ' ', '.']).to_lowercase();
            let ahead = line.split_once([':', '=']).is_some_and(|(_, value)| {
                let day = spelling::parse(value.trim_matches([' ', '"', ',', '\'']), None);
                day.is_ok_and(|read| read.when.day() > self.today)
            });
            let key = line.split_once([':', '=']).is_some_and(|(key, value)| {
                let key = keys::folded(key.trim_matches(['"', '\'', ' ', '\u{a0}']));
                match key.as_str() {
                    "draft" | "brouillon" | "hidden" | "visibility" => true,
                    "published" | "publish" | "publie" | "publiee" => !value.contains(|c: char| c.is_ascii_digit()),
                    key => keys::known(key) == Some("status") || key.contains("embargo"),
                }
            });
            ahead || key || banner::tells_when(written)
        };
        let told = || text.lines().any(banner::tells_when);
        later || banner::in_path(path).is_some() || text.lines().take(40).any(held) || told()
    }

    fn github(&self, problem: &Problem, message: &str, hint: Option<&str>) -> String {
        // Workflow commands end a property at a comma or colon, and the command at a line end.
        let value = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
        let property = |text: &str| value(text).replace(':', "%3A").replace(',', "%2C");
        let mut properties = Vec::new();
        if let Some(path) = &problem.path {
            properties.push(format!("file={}", property(&self.typed(path))));
        }
        if let Some(place) = problem.place {
            properties.push(format!("line={},col={}", place.line, place.column));
        }
        properties.push(format!("title={}", problem.code.name()));
        let hint = hint.map(|hint| format!("\n{}: {hint}", self.locale.say("hint", &[]))).unwrap_or_default();
        format!("::{} {}::{}", problem.severity.name(), properties.join(","), value(&format!("{message}{hint}")))
    }

    /// The same, with nothing in it that a terminal would obey: names of files may hold anything.
    fn shown(&self, path: &str) -> String {
        visible(&self.typed(path))
    }

    /// The path as a person at the command line would write it.
    fn typed(&self, path: &str) -> String {
        // What is not below the items folder says so.
        if let Some(outside) = path.strip_prefix("./") {
            return outside.to_owned();
        }
        if path == crieur::config::FILE || self.folder.is_empty() || self.folder == "." {
            path.to_owned()
        } else {
            format!("{}/{path}", self.folder.trim_end_matches('/'))
        }
    }

    /// The line at fault, if it may be shown; what a terminal must not get is made visible.
    fn line(&self, problem: &Problem, place: Place) -> Option<String> {
        let path = problem.path.as_deref()?;
        let nth = (place.line as usize).checked_sub(1)?;
        if path == crieur::config::FILE {
            return self.config?.lines().nth(nth).map(visible);
        }
        let opened = self.text(path)?;
        let start = *opened.starts.get(nth)?;
        let line = opened.text.get(start..)?.split('\n').next().map(visible)?;
        // A line of a megabyte helps nobody, and a line of what is held is not for everybody.
        let secret = problem.code == Code::LinkHeld && self.public
            || self.is_embargo(problem)
            || problem.code != Code::DraftUnclear && self.is_secret(problem.item().unwrap_or(path), &opened.text);
        (!secret && line.chars().count() <= 400).then_some(line)
    }
}

/// A line in which a terminal finds nothing to obey.
pub fn visible(line: &str) -> String {
    let shown = |c: char| match c {
        '\t' => ' ',
        _ if c.is_control()
            || u32::from(c) & 0xfffe == 0xfffe
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
        {
            '\u{fffd}'
        }
        _ => c,
    };
    line.chars().map(shown).collect()
}

/// The bytes of the line that the place covers; at least one character where there is one.
fn span(line: &str, place: Place) -> std::ops::Range<usize> {
    let at = |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at);
    let start = (place.column as usize).saturating_sub(1);
    at(start)..at(start + (place.width as usize).max(1))
}
