//! Which line ends were made by the width of the page and which by the author.
//!
//! The width is learnt from the lines after which a sentence went on in lower case: those were
//! full. A line that the next word would still have fitted on was ended on purpose; so was every
//! line of a text that knows no such width. What the author ended stays a line (an address, a
//! contact, a verse) where it is short, and is a paragraph where it is long.

use super::hyphens::{Vocabulary, is_cut, join};
use super::lines::{Line, ends_a_sentence};
use crate::input::addresses;

/// No page is narrower, in characters: shorter lines are meant.
const NARROWEST: usize = 40;
/// A line that long is a paragraph of its own.
const LONG: usize = 100;

/// How many characters a full line of a text has; `None` where no line was ended by a width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width(Option<usize>);

impl Width {
    /// Three of four full lines are not longer.
    pub fn of(lines: &[Line]) -> Self {
        let full = |pair: &[Line]| {
            let [line, next] = pair else { return None };
            let goes_on = next.text.starts_with(char::is_lowercase) && line.length() >= NARROWEST;
            goes_on.then(|| line.length())
        };
        let mut lengths: Vec<usize> = lines.windows(2).filter_map(full).collect();
        lengths.sort_unstable();
        Self(lengths.get(lengths.len() * 3 / 4).copied())
    }

    fn is_full(self, line: &Line, next: &Line) -> bool {
        let word = next.text.split_whitespace().next().map_or(0, |word| word.chars().count());
        // Letters are not equally wide, and four of five lines are as long as that.
        self.0.is_some_and(|width| (line.length() + 1 + word) * 100 > width * 85)
    }
}

/// Lines that are one piece of text.
#[derive(Debug)]
pub struct Run {
    /// The line it starts on.
    pub line: u32,
    /// What it says.
    pub text: String,
    long: bool,
}

impl Run {
    /// Whether it is running text.
    pub fn is_long(&self) -> bool {
        self.long
    }
}

/// Whether the text goes on behind a line's end.
pub fn goes_on(line: &Line, next: &Line, width: Width) -> bool {
    if is_cut(&line.text, &next.text) || is_drop_cap(&line.text) && next.text.starts_with(char::is_lowercase) {
        return true;
    }
    let opens = next.text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    if opens && is_contact(&line.text) {
        return false;
    }
    width.is_full(line, next) && is_loud(&line.text) == is_loud(&next.text)
}

/// A line in capitals, which is none of the sentence above or below it.
fn is_loud(text: &str) -> bool {
    const ENOUGH: usize = 8;
    text.chars().filter(|c| c.is_uppercase()).count() >= ENOUGH && !text.contains(char::is_lowercase)
}

/// A capital alone on its line: set so large that it stands beside several.
pub fn is_drop_cap(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(char::is_uppercase) && characters.next().is_none()
}

/// Whether a line ends with an address or a telephone number.
fn is_contact(text: &str) -> bool {
    let last = text.split_whitespace().next_back().unwrap_or_default();
    let figures = text.chars().rev().filter(|c| !matches!(c, ' ' | '.' | '\u{a0}')).take_while(char::is_ascii_digit);
    addresses::spans(last).iter().any(|(_, target)| target.is_some()) || figures.count() >= 8
}

/// Puts lines together that belong together.
pub fn runs(lines: &[Line], width: Width, vocabulary: &Vocabulary) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // Every line of a verse starts with a capital; of four wrapped lines hardly ever each.
    let verse = lines.len() >= 4 && lines.iter().all(|line| line.text.starts_with(char::is_uppercase));
    let mut before: Option<&Line> = None;
    for line in lines {
        let joins = |before: &Line| goes_on(before, line, width) && (!verse || is_cut(&before.text, &line.text));
        match (runs.last_mut(), before.filter(|before| joins(before))) {
            (Some(run), Some(_)) => {
                run.text = join(&run.text, &line.text, vocabulary);
                run.long = true;
            }
            _ => runs.push(Run {
                line: line.number,
                text: line.text.clone(),
                long: line.length() > LONG || line.length() > 60 && ends_a_sentence(&line.text),
            }),
        }
        before = Some(line);
    }
    runs
}

/// Long runs are paragraphs, short ones beside each other the lines of one.
pub fn paragraphs(runs: Vec<Run>) -> Vec<Run> {
    let mut paragraphs: Vec<Run> = Vec::new();
    for run in runs {
        match paragraphs.last_mut().filter(|before| !before.long && !run.long) {
            Some(before) => {
                before.text.push('\n');
                before.text.push_str(&run.text);
            }
            None => paragraphs.push(run),
        }
    }
    paragraphs
}

/// All lines as one.
pub fn one(lines: &[Line], vocabulary: &Vocabulary) -> String {
    let mut lines = lines.iter();
    let first = lines.next().map(|line| line.text.clone()).unwrap_or_default();
    lines.fold(first, |text, line| join(&text, &line.text, vocabulary))
}
