//! Words that stand at places on pages, as `pdftotext -bbox` gives them, as a text with paragraphs.
//!
//! The order of the file is kept: programs that make PDFs write columns one after the other, and what
//! guesses the order from the places alone mixes them. From the places is told only what the order does
//! not say: where a line ends because the column did, where a paragraph ends, what is raised, and what
//! is set larger than the text and so is a heading.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::html::unescape;

/// A text with empty lines between paragraphs and form feeds before pages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Typeset {
    /// Headings are underlined with `=`, as in plain text.
    pub text: String,
    /// What is set largest on the first page.
    pub title: Option<String>,
    /// What else is set larger than the text, and the level of each: 2, 3 or 4.
    pub headings: Vec<(String, u8)>,
}

/// Where something stands: points from the left and the top of its page.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Frame {
    fn height(self) -> f64 {
        self.bottom - self.top
    }

    fn around(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// What was written without a gap.
#[derive(Debug, Clone)]
struct Word {
    frame: Frame,
    text: String,
}

/// Words beside each other.
#[derive(Debug, Clone)]
struct Line {
    frame: Frame,
    /// Of the letters, not of what is raised.
    height: f64,
    /// The width of its first word.
    first: f64,
    text: String,
    opens_page: bool,
}

impl Typeset {
    /// A text of which nothing is known but its letters.
    pub fn plain(text: &str) -> Self {
        let lines = text.lines().map(|line| {
            let page = if line.starts_with('\u{c}') { "\u{c}" } else { "" };
            format!("{page}{}", line.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        Self { text: lines.collect::<Vec<_>>().join("\n"), ..Self::default() }
    }

    /// Reads the answer of `pdftotext -raw -bbox`.
    pub fn read(bbox: &str) -> Self {
        let lines: Vec<Line> = bbox.split("<page ").skip(1).flat_map(|page| lines(words(page))).collect();
        let normal = normal_height(&lines);
        let pitch = pitch(&lines);
        let mut paragraphs: Vec<Vec<Line>> = Vec::new();
        for line in lines {
            match paragraphs.last_mut() {
                Some(paragraph) if paragraph.last().is_some_and(|before| goes_on(before, &line, pitch)) => {
                    paragraph.push(line);
                }
                _ => paragraphs.push(vec![line]),
            }
        }
        let headings = headings(&paragraphs, normal);
        let mut typeset = Self::default();
        for (number, paragraph) in paragraphs.iter().enumerate() {
            typeset.push(paragraph, headings.get(&number).copied(), &paragraphs);
        }
        typeset
    }

    fn push(&mut self, paragraph: &[Line], level: Option<u8>, all: &[Vec<Line>]) {
        let opens_page = paragraph.first().is_some_and(|line| line.opens_page);
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        if opens_page && !self.text.is_empty() {
            self.text.push('\u{c}');
        }
        let Some(level) = level else {
            self.text.push_str(&wrapped(paragraph, all));
            return;
        };
        let heading = paragraph.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
        let _ = write!(self.text, "{heading}\n{}", "=".repeat(heading.chars().count()));
        if level == 1 {
            self.title = Some(heading);
        } else {
            self.headings.push((heading, level));
        }
    }
}

fn words(page: &str) -> Vec<Word> {
    let word = |piece: &str| {
        let (tag, rest) = piece.split_once('>')?;
        let text = unescape(&rest.split_once("</word>")?.0.replace("&apos;", "'")).trim().to_owned();
        let number = |key: &str| {
            let value = tag.split_once(&format!("{key}=\""))?.1.split_once('"')?.0;
            value.parse::<f64>().ok().filter(|number| number.is_finite())
        };
        let frame =
            Frame { left: number("xMin")?, top: number("yMin")?, right: number("xMax")?, bottom: number("yMax")? };
        (!text.is_empty()).then_some(Word { frame, text })
    };
    page.split("<word ").skip(1).filter_map(word).collect()
}

/// Words that follow each other on one height, from left to right.
fn lines(words: Vec<Word>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut before: Option<Word> = None;
    for word in words {
        let last = lines.last_mut().zip(before.as_ref());
        match last.filter(|(line, before)| is_beside(line, before, &word)) {
            Some((line, before)) => line.add(before, &word),
            None => lines.push(Line {
                frame: word.frame,
                height: word.frame.height(),
                first: word.frame.right - word.frame.left,
                text: word.text.clone(),
                opens_page: lines.is_empty(),
            }),
        }
        before = Some(word);
    }
    lines
}

fn is_beside(line: &Line, before: &Word, word: &Word) -> bool {
    let (a, b) = (line.frame, word.frame);
    let shared = a.bottom.min(b.bottom) - a.top.max(b.top);
    shared > a.height().min(b.height()) / 2.0 && b.left >= before.frame.left
}

impl Line {
    fn add(&mut self, before: &Word, word: &Word) {
        let height = self.height;
        let gap = word.frame.left - before.frame.right;
        let touches = gap < height * 0.07;
        let raised = touches
            && word.frame.height() < height * 0.92
            && word.frame.bottom < before.frame.bottom - height * 0.1
            && word.text.chars().count() <= 6
            && word.text.chars().all(char::is_alphanumeric);
        if raised {
            let _ = write!(self.text, "^{{{}}}", word.text);
        } else {
            if !touches {
                self.text.push(' ');
            }
            self.text.push_str(&word.text);
            self.height = height.max(word.frame.height());
        }
        self.frame = self.frame.around(word.frame);
    }

    fn length(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether it stands below that one, and not at the top of another column or page.
    fn is_below(&self, above: &Self) -> bool {
        !self.opens_page && self.frame.top > above.frame.top + above.height * 0.3
    }

    fn is_as_large_as(&self, other: &Self) -> bool {
        (self.height - other.height).abs() <= self.height.max(other.height) * 0.1
    }

    /// From the top of that line to the top of this, in heights of letters.
    fn distance(&self, above: &Self) -> f64 {
        (self.frame.bottom - above.frame.bottom) / self.height.max(above.height).max(1.0)
    }
}

/// The height in which most letters are set.
fn normal_height(lines: &[Line]) -> f64 {
    let mut heights: Vec<(f64, usize)> = lines.iter().map(|line| (line.height, line.length())).collect();
    heights.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = heights.iter().map(|(_, length)| length).sum::<usize>() / 2;
    let mut passed = 0;
    let found = heights.iter().find(|(_, length)| {
        passed += length;
        passed >= half
    });
    found.map_or(0.0, |(height, _)| *height)
}

/// How far the lines of a paragraph stand apart: among all distances, of the small ones.
fn pitch(lines: &[Line]) -> f64 {
    const USUAL: f64 = 1.2;
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [a, b] if b.is_below(a) && b.is_as_large_as(a) => Some(b.distance(a)),
        _ => None,
    });
    let mut distances: Vec<f64> = pairs.filter(|distance| (0.6..2.2).contains(distance)).collect();
    distances.sort_by(f64::total_cmp);
    distances.get(distances.len() / 4).copied().unwrap_or(USUAL)
}

/// Whether two lines belong to one paragraph, or to lines that are set as one.
fn goes_on(before: &Line, line: &Line, pitch: f64) -> bool {
    if line.opens_page {
        // Numbers and heads of pages stand between: the reader of plain text knows them.
        return false;
    }
    let open = !before.text.ends_with(['.', '!', '?', ':', ';', '»', '”']);
    let is_close = line.distance(before) < pitch * 1.2;
    match line.is_below(before) {
        true => line.is_as_large_as(before) && is_close,
        false => {
            let inside = line.text.starts_with(char::is_lowercase) || is_cut(&before.text);
            line.is_as_large_as(before) && open && inside
        }
    }
}

/// Paragraphs that are set larger than the text, by number, and their levels; the title has 1.
fn headings(paragraphs: &[Vec<Line>], normal: f64) -> HashMap<usize, u8> {
    const LONGEST: usize = 220;
    const LINES: usize = 5;
    let large = |paragraph: &Vec<Line>| {
        let length: usize = paragraph.iter().map(Line::length).sum();
        let height = paragraph.first().map_or(0.0, |line| line.height);
        let fits = paragraph.len() <= LINES && (4..=LONGEST).contains(&length);
        (fits && height > normal * 1.12 && has_words(paragraph)).then_some(height)
    };
    let found: Vec<(usize, f64)> =
        paragraphs.iter().enumerate().filter_map(|(number, p)| Some((number, large(p)?))).collect();
    let second = paragraphs.iter().skip(1).position(|p| p.first().is_some_and(|line| line.opens_page));
    let first_page = second.map_or(paragraphs.len(), |at| at + 1);
    let on_first = found.iter().filter(|(number, _)| *number < first_page);
    let title = on_first
        .filter(|(number, _)| !paragraphs.get(*number).is_some_and(|p| is_label(p)))
        .reduce(|best, other| if other.1 > best.1 * 1.03 { other } else { best })
        .copied();
    let mut sizes: Vec<f64> = found.iter().filter(|found| Some(**found) != title).map(|(_, height)| *height).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    sizes.dedup_by(|a, b| *a > *b * 0.95);
    let level = |height: f64| {
        let larger = sizes.iter().filter(|size| **size > height * 1.05).count();
        u8::try_from(larger.min(2)).unwrap_or(2) + 2
    };
    found
        .iter()
        .map(|(number, height)| (*number, if title == Some((*number, *height)) { 1 } else { level(*height) }))
        .collect()
}

fn has_words(paragraph: &[Line]) -> bool {
    paragraph.iter().flat_map(|line| line.text.chars()).filter(|c| c.is_alphabetic()).count() >= 3
}

/// What stands above the title of most releases, often larger than it.
fn is_label(paragraph: &[Line]) -> bool {
    const LABELS: [&str; 6] =
        ["communiquedepresse", "communique", "dossierdepresse", "infopresse", "pressrelease", "mediarelease"];
    let text: String = paragraph.iter().map(|line| line.text.as_str()).collect();
    let letters: String = deunicode::deunicode(&text).chars().filter(char::is_ascii_alphabetic).collect();
    LABELS.contains(&letters.to_lowercase().as_str())
}

/// The lines of a paragraph: one where the column ended them, several where somebody did.
fn wrapped(paragraph: &[Line], all: &[Vec<Line>]) -> String {
    let mut text = String::new();
    for part in paragraph.chunk_by(|line, next| next.is_below(line)) {
        if !text.is_empty() {
            // It goes on in another column, or it would be two paragraphs.
            text.push_str(between(&text, part.first().map_or("", |line| line.text.as_str())));
        }
        text.push_str(&in_one_column(part, all));
    }
    text
}

fn in_one_column(lines: &[Line], all: &[Vec<Line>]) -> String {
    let edge = lines.iter().map(|line| line.frame.right).fold(0.0, f64::max);
    let is_full = |line: &Line, next: &Line, edge: f64| line.frame.right + next.first + line.height * 0.2 > edge;
    let pairs = || lines.windows(2).filter_map(|pair| if let [a, b] = pair { Some((a, b)) } else { None });
    let full = pairs().filter(|(line, next)| is_full(line, next, edge)).count();
    let is_running = pairs().count() >= 3 && full * 4 >= pairs().count() * 3;
    let column = column(lines, all);
    let points = are_points(lines);
    let mut text = if points { "• ".to_owned() } else { String::new() };
    text.push_str(lines.first().map_or("", |line| line.text.as_str()));
    for (line, next) in pairs() {
        if points && line.text.ends_with(';') {
            let _ = write!(text, "\n• {}", next.text);
            continue;
        }
        let ended_by_column = is_full(line, next, edge)
            && !opens_a_point(&next.text)
            && !next.text.split(' ').next().is_some_and(|word| word.contains('@'))
            && (is_running || next.text.starts_with(char::is_lowercase) || is_full(line, next, column));
        text.push_str(if ended_by_column { between(&line.text, &next.text) } else { "\n" });
        text.push_str(&next.text);
    }
    text
}

/// Whether lines are the points of a list whose signs were drawn and not written, as browsers do.
fn are_points(lines: &[Line]) -> bool {
    let ends = lines.iter().filter(|line| line.text.ends_with(';')).count();
    ends >= 2
        && lines.last().is_some_and(|line| line.text.ends_with([';', '.']))
        && !lines.iter().any(|line| opens_a_point(&line.text))
}

/// What stands between two lines that are one. Which hyphens stay before a small letter, the reader of
/// plain text knows; before another (`Noyelles-sous-` `Lens`) all do.
fn between(line: &str, next: &str) -> &'static str {
    match next.chars().next() {
        _ if !is_cut(line) || line.ends_with(" -") => " ",
        Some(first) if first.is_lowercase() => "\n",
        _ => "",
    }
}

/// Whether a line may end in the middle of a word.
fn is_cut(text: &str) -> bool {
    text.ends_with(['-', '\u{ad}', '\u{2010}'])
}

/// How far to the right the lines reach that begin where these do.
fn column(paragraph: &[Line], all: &[Vec<Line>]) -> f64 {
    let Some(first) = paragraph.first() else { return 0.0 };
    let beside = |line: &&Line| (line.frame.left - first.frame.left).abs() < first.height * 2.0;
    let long = all.iter().filter(|paragraph| paragraph.len() > 1).flatten().filter(beside);
    let edges = long.filter(|line| line.is_as_large_as(first)).map(|line| line.frame.right);
    let mut edges: Vec<f64> = edges.collect();
    edges.sort_by(f64::total_cmp);
    // Most of them end near their edge; one that is wider stands in another column.
    edges.get(edges.len() * 3 / 4).copied().unwrap_or(first.frame.right)
}

fn opens_a_point(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next().unwrap_or(' ');
    let spaced = characters.next() == Some(' ');
    let numbered = || {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < text.len() && rest.starts_with([')', '.']) && rest.get(1..).is_some_and(|r| r.starts_with(' '))
    };
    let is_bullet =
        matches!(first, '•' | '▪' | '■' | '●' | '◦' | '‣' | '➢' | '✓' | '\u{f0b7}' | '\u{f0a7}' | '\u{f0d8}');
    is_bullet || spaced && matches!(first, '-' | '–' | '—' | '*' | '+') || numbered()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of lines: left, top, size, words; letters are half as wide as they are high.
    fn bbox(pages: &[&[(f64, f64, f64, &str)]]) -> String {
        let mut text = String::new();
        for page in pages {
            text.push_str("<page width=\"595\" height=\"842\">\n");
            for (left, top, size, words) in *page {
                let mut left = *left;
                for word in words.split(' ') {
                    let right = left + size * 0.5 * word.chars().count() as f64;
                    let (bottom, word) = (top + size, crate::html::escape(word));
                    let _ = writeln!(
                        text,
                        "<word xMin=\"{left}\" yMin=\"{top}\" xMax=\"{right}\" yMax=\"{bottom}\">{word}</word>"
                    );
                    left = right + size * 0.25;
                }
            }
            text.push_str("</page>\n");
        }
        text
    }

    #[test]
    fn paragraphs_and_headings() {
        let page: &[(f64, f64, f64, &str)] = &[
            (50.0, 20.0, 30.0, "COMMUNIQUÉ DE PRESSE"),
            (50.0, 60.0, 20.0, "La piscine"),
            (50.0, 84.0, 20.0, "rouvre"),
            (50.0, 120.0, 10.0, "Le bassin rouvre lundi après six mois de"),
            (50.0, 132.0, 10.0, "travaux & l’eau est chauffée par le sol de"),
            (50.0, 144.0, 10.0, "Noyelles-sous-Lens, puis par celui d’Avion-"),
            (50.0, 156.0, 10.0, "Nord et enfin d’ici."),
            (50.0, 180.0, 14.0, "Les tarifs"),
            (50.0, 200.0, 10.0, "21, rue de Lens"),
            (50.0, 212.0, 10.0, "62300 Liévin"),
        ];
        let typeset = Typeset::read(&bbox(&[page, &[(50.0, 20.0, 10.0, "La suite.")]]));
        assert_eq!(
            typeset.text,
            "COMMUNIQUÉ DE PRESSE\n====================\n\nLa piscine rouvre\n=================\n\n\
             Le bassin rouvre lundi après six mois de travaux & l’eau est chauffée par le sol de Noyelles-sous-Lens, puis par celui d’Avion-Nord et enfin d’ici.\n\n\
             Les tarifs\n==========\n\n21, rue de Lens\n62300 Liévin\n\n\u{c}La suite."
        );
        assert_eq!(typeset.title.as_deref(), Some("La piscine rouvre"));
        assert_eq!(typeset.headings, [("COMMUNIQUÉ DE PRESSE".to_owned(), 2), ("Les tarifs".to_owned(), 3)]);
    }

    #[test]
    fn columns_one_after_the_other() {
        let page: &[(f64, f64, f64, &str)] = &[
            (50.0, 100.0, 10.0, "Une phrase qui commence dans"),
            (50.0, 112.0, 10.0, "la première des colonnes et"),
            (50.0, 124.0, 10.0, "qui ne finit pas avant que"),
            (300.0, 100.0, 10.0, "la seconde ne commence, là"),
            (300.0, 112.0, 10.0, "où elle finit."),
        ];
        let text = "Une phrase qui commence dans la première des colonnes et qui ne finit pas avant que la seconde ne \
                    commence, là où elle finit.";
        assert_eq!(Typeset::read(&bbox(&[page])).text, text);
    }

    #[test]
    fn points_without_signs() {
        let page: &[(f64, f64, f64, &str)] = &[
            (50.0, 100.0, 10.0, "le logement et la rénovation"),
            (50.0, 112.0, 10.0, "thermique ;"),
            (50.0, 124.0, 10.0, "les mobilités du quotidien ;"),
            (50.0, 136.0, 10.0, "l’emploi des jeunes."),
            (50.0, 180.0, 10.0, "Chargée des relations presse"),
            (50.0, 192.0, 10.0, "03 21 00 00 00"),
            (50.0, 204.0, 10.0, "camille.martin.presse@example.org"),
        ];
        let text = "• le logement et la rénovation thermique ;\n• les mobilités du quotidien ;\n• l’emploi des \
                    jeunes.\n\nChargée des relations presse\n03 21 00 00 00\ncamille.martin.presse@example.org";
        assert_eq!(Typeset::read(&bbox(&[page])).text, text);
    }

    #[test]
    fn raised_letters() {
        let word = |left: f64, right: f64, top: f64, bottom: f64, text: &str| {
            format!("<word xMin=\"{left}\" yMin=\"{top}\" xMax=\"{right}\" yMax=\"{bottom}\">{text}</word>\n")
        };
        let page = [
            word(10.0, 15.0, 10.0, 20.0, "3"),
            word(15.1, 25.0, 8.0, 16.0, "ème"),
            word(28.0, 60.0, 10.0, 20.0, "d&apos;or"),
            "<word xMin=\"x\">non</word><word".to_owned(),
        ];
        assert_eq!(Typeset::read(&format!("<page >{}", page.concat())).text, "3^{ème} d'or");
        assert_eq!(Typeset::read("rien").text, "");
    }
}
