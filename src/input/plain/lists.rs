//! Points of plain text: `•`, `-`, `1.`, `a)`, hanging or not, one in another.

use std::fmt::Write as _;

use super::hyphens::Vocabulary;
use super::inline;
use super::lines::Line;
use super::wrapping::{self, Width};

/// What a point starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A sign that is nothing but one: `•`.
    Bullet(char),
    /// A sign that means other things too: `-`, `–`, `*`, `+`.
    Dash(char),
    /// `1.`, `1)`.
    Number(u32),
    /// `a)`, which stays in the text: somebody may refer to it.
    Letter,
}

impl Mark {
    fn same_kind(self, other: Self) -> bool {
        match (self, other) {
            (Self::Bullet(a), Self::Bullet(b)) | (Self::Dash(a), Self::Dash(b)) => a == b,
            (Self::Number(_), Self::Number(_)) | (Self::Letter, Self::Letter) => true,
            _ => false,
        }
    }
}

/// The mark that opens a line, and what follows it.
pub fn mark(text: &str) -> Option<(Mark, &str)> {
    let first = text.chars().next()?;
    let rest = text.get(first.len_utf8()..)?;
    let spaced = |rest: &str| rest.starts_with(char::is_whitespace) && !rest.trim().is_empty();
    match first {
        '•' | '◦' | '▪' | '■' | '●' | '‣' | '·' | '➢' | '✓' | '→' | '►' | '❖' | '□' if !rest.trim().is_empty() => {
            Some((Mark::Bullet(first), rest.trim_start()))
        }
        '-' | '–' | '—' | '*' | '+' if spaced(rest) => Some((Mark::Dash(first), rest.trim_start())),
        // The second level of Word's lists, a round sign of another font.
        'o' if rest.starts_with(['\t']) || rest.starts_with("  ") => Some((Mark::Dash(first), rest.trim_start())),
        '0'..='9' => {
            let figures: usize = text.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = text.split_at_checked(figures).filter(|_| figures <= 2)?;
            let rest = rest.strip_prefix(['.', ')']).filter(|rest| spaced(rest))?;
            Some((Mark::Number(number.parse().ok()?), rest.trim_start()))
        }
        'a'..='z' => {
            let rest = rest.strip_prefix(')').filter(|rest| spaced(rest))?;
            Some((Mark::Letter, rest.trim_start()))
        }
        _ => None,
    }
}

/// A point: its own lines, the first with its mark.
#[derive(Debug, Clone)]
pub struct Point {
    /// What it starts with.
    pub mark: Mark,
    /// Its lines as they were typed.
    pub lines: Vec<Line>,
}

impl Point {
    fn indent(&self) -> usize {
        self.lines.first().map_or(0, |line| line.indent)
    }

    /// Whether a line of the same group belongs to it.
    pub fn takes(&self, line: &Line, width: Width) -> bool {
        let Some(last) = self.lines.last() else { return false };
        let hangs = line.indent > self.indent();
        hangs || line.text.starts_with(char::is_lowercase) || wrapping::goes_on(last, line, width)
    }

    fn text(&self, vocabulary: &Vocabulary) -> String {
        let mut lines = self.lines.clone();
        if let Some(first) = lines.first_mut()
            && let (Some((_, rest)), true) = (mark(&first.text), self.mark != Mark::Letter)
        {
            first.text = rest.to_owned();
        }
        wrapping::one(&lines, vocabulary)
    }
}

/// Whether points that stand beside each other are a list: one alone may be a sentence with a dash,
/// a heading with a number, a note with an asterisk; numbers follow each other, or start again where
/// they stand in other points.
pub fn is_list(points: &[Point]) -> bool {
    let [_, _, ..] = points else {
        return points.iter().any(|point| matches!(point.mark, Mark::Bullet(_)));
    };
    let numbers = points.iter().filter_map(|point| if let Mark::Number(n) = point.mark { Some(n) } else { None });
    let numbers: Vec<u32> = numbers.collect();
    let follows = |pair: &[u32]| matches!(pair, [a, b] if *b == 1 || *b == a.saturating_add(1));
    numbers.windows(2).all(follows)
}

/// The points as HTML, and their words, each point a line.
pub fn write(points: &[Point], vocabulary: &Vocabulary) -> (String, String) {
    let (mut html, mut plain) = (String::new(), String::new());
    let mut open: Vec<(Mark, usize)> = Vec::new();
    for point in points {
        let (written, words) = inline::write(&point.text(vocabulary));
        place(point, &mut open, &mut html);
        html.push_str("<li>");
        html.push_str(&written);
        if !plain.is_empty() {
            plain.push('\n');
        }
        plain.push_str(&words);
    }
    while let Some((mark, _)) = open.pop() {
        close(mark, &mut html);
    }
    (html.trim_end().to_owned(), plain)
}

/// Closes and opens lists until the point can be written.
fn place(point: &Point, open: &mut Vec<(Mark, usize)>, html: &mut String) {
    const DEEPEST: usize = 6;
    let indent = point.indent();
    let known = open.iter().rposition(|(mark, at)| mark.same_kind(point.mark) && at.abs_diff(indent) <= 1);
    // What stands further left than all that is open belongs to the outermost.
    let left = || open.first().filter(|(_, at)| indent < *at).map(|_| 0);
    if let Some(level) = known.or_else(left) {
        while open.len() > level + 1 {
            if let Some((mark, _)) = open.pop() {
                close(mark, html);
            }
        }
        html.push_str("</li>\n");
        if let Some(last) = open.last_mut() {
            if last.0.same_kind(point.mark) {
                last.0 = point.mark;
                return;
            }
            let (mark, _) = *last;
            let element = if matches!(mark, Mark::Number(_)) { "</ol>\n" } else { "</ul>\n" };
            html.push_str(element);
            open.pop();
        }
    } else if open.len() >= DEEPEST {
        html.push_str("</li>\n");
        return;
    } else if !open.is_empty() {
        html.push('\n');
    }
    match point.mark {
        Mark::Number(1) => html.push_str("<ol>\n"),
        Mark::Number(number) => {
            let _ = writeln!(html, "<ol start=\"{number}\">");
        }
        _ => html.push_str("<ul>\n"),
    }
    open.push((point.mark, indent));
}

fn close(mark: Mark, html: &mut String) {
    html.push_str("</li>\n");
    html.push_str(if matches!(mark, Mark::Number(_)) { "</ol>\n" } else { "</ul>\n" });
}
