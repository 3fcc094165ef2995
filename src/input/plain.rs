//! Plain text, as it comes out of a PDF or a mail, or as somebody typed it.
//!
//! It has no marks, so everything is told from how it is set: empty lines end a paragraph, capitals
//! are a heading, a row of signs is a rule. What cannot be told is a paragraph; no word is lost but
//! the numbers and repeated headers of pages and the head of a mail (`lines`).

mod hyphens;
mod inline;
mod lines;
mod lists;
mod wrapping;

pub use self::lines::{Field, announces_a_mail, answers_a_mail, is_raw_mail, keep_pages, mail_field};

use self::hyphens::{Vocabulary, is_cut};
use self::lines::Line;
use self::lists::Point;
use self::wrapping::{Width, is_drop_cap};
use super::story::{Block, BlockKind, Story};

/// Answers to answers to answers: what is quoted deeper stays as it is.
const DEEPEST_QUOTE: u32 = 6;

/// Reads a text whose first line is line `first_line` of its file.
pub fn read(text: &str, first_line: u32) -> Story {
    let mut lines = lines::of(text, first_line);
    let head = lines::take_mail_head(&mut lines);
    forwarded(&mut lines);
    let setting = Setting { width: Width::of(&lines), vocabulary: Vocabulary::of(text) };
    let mut story = Story { blocks: blocks(lines, &setting, 0), ..Story::default() };
    if let Some(head) = head {
        story.suggestions = head.lines.into_iter().map(|line| ("mail", line)).collect();
        story.subject = head.subject;
    }
    story
}

/// What is known of a text as a whole.
struct Setting {
    width: Width,
    vocabulary: Vocabulary,
}

/// A text that is quoted as a whole is a text.
fn forwarded(lines: &mut [Line]) {
    let quoted = |line: &Line| line.is_blank() || line.text.starts_with('>');
    let is_quoted = |lines: &[Line]| lines.iter().all(quoted) && lines.iter().any(|line| !line.is_blank());
    for _ in 0..DEEPEST_QUOTE {
        if !is_quoted(lines) {
            return;
        }
        lines.iter_mut().for_each(unquote);
    }
}

fn unquote(line: &mut Line) {
    if let Some(rest) = line.text.strip_prefix('>') {
        let inner = rest.strip_prefix(' ').unwrap_or(rest);
        line.indent = inner.chars().take_while(|c| c.is_whitespace()).count();
        line.text = inner.trim().to_owned();
    }
}

/// Lines that are of one kind and stand together, and the number of their group.
enum Chunk {
    Rule(Line),
    Quote(Vec<Line>),
    Point(Point),
    /// Points of which it is settled that they are a list.
    List(Vec<Point>),
    /// A line with a row of signs under it.
    Headed(Line),
    Text(Vec<Line>),
}

fn blocks(lines: Vec<Line>, setting: &Setting, depth: u32) -> Vec<Block> {
    let mut chunks = Vec::new();
    for (number, group) in groups(lines).into_iter().enumerate() {
        chunks.extend(cut(group, setting, depth).into_iter().map(|chunk| (chunk, number)));
    }
    let mut blocks = Vec::new();
    for chunk in settled(chunks) {
        match chunk {
            Chunk::Rule(line) => blocks.push(Block::plain(BlockKind::Rule, &line.text, line.number)),
            Chunk::Quote(lines) => blocks.push(quote(lines, setting, depth)),
            Chunk::Headed(line) => blocks.push(block(BlockKind::Heading(2), &line.text, line.number)),
            Chunk::List(points) => blocks.push(list(&points, setting)),
            Chunk::Point(point) => text_blocks(&point.lines, setting, &mut blocks),
            Chunk::Text(lines) => text_blocks(&lines, setting, &mut blocks),
        }
    }
    blocks
}

/// Lines between empty ones; a word that is cut goes on behind an empty line too, and so does one
/// whose first letter stands alone.
fn groups(lines: Vec<Line>) -> Vec<Vec<Line>> {
    let mut groups: Vec<Vec<Line>> = Vec::new();
    let mut open = false;
    for line in lines {
        if line.is_blank() {
            open = false;
            continue;
        }
        let cut = |before: &Line| {
            let cut = is_drop_cap(&before.text) || is_cut(&before.text, &line.text);
            cut && line.text.starts_with(char::is_lowercase)
        };
        let last = groups.last_mut().filter(|group| open || group.last().is_some_and(cut));
        match last {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
        open = true;
    }
    groups
}

/// Cuts a group where it changes its kind.
fn cut(group: Vec<Line>, setting: &Setting, depth: u32) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for line in group {
        if is_rule(&line.text) {
            let chunk = rule_or_head(line, &mut chunks);
            chunks.push(chunk);
            continue;
        }
        let quoted = line.text.starts_with('>') && depth < DEEPEST_QUOTE;
        match (chunks.last_mut(), lists::mark(&line.text)) {
            (Some(Chunk::Quote(lines)), _) if quoted => lines.push(line),
            (_, _) if quoted => chunks.push(Chunk::Quote(vec![line])),
            (_, Some((mark, _))) => chunks.push(Chunk::Point(Point { mark, lines: vec![line] })),
            (Some(Chunk::Point(point)), None) if point.takes(&line, setting.width) => point.lines.push(line),
            (Some(Chunk::Text(lines)), None) => lines.push(line),
            (_, None) => chunks.push(Chunk::Text(vec![line])),
        }
    }
    chunks
}

/// Three signs or more of one kind and nothing else; dots need four, since three are an ellipsis.
fn is_rule(text: &str) -> bool {
    let signs: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let same = signs.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
    let is_sign = |c: &char| matches!(c, '.' | '·' | '…' | '-' | '_' | '=' | '*' | '~' | '#' | '–' | '—' | '•' | '+');
    let enough = if signs.first() == Some(&'.') { 4 } else { 3 };
    // `-- ` is where a mail is signed.
    same && signs.first().is_some_and(is_sign) && signs.len() >= enough || text == "--"
}

/// A row as long as the one line above it makes a heading of that line.
fn rule_or_head(rule: Line, chunks: &mut Vec<Chunk>) -> Chunk {
    let long = rule.length();
    let under = |line: &Line| line.length().abs_diff(long) <= 2 && long >= 4;
    match chunks.pop() {
        Some(Chunk::Text(mut lines)) if lines.len() == 1 && lines.first().is_some_and(under) => {
            lines.pop().map_or(Chunk::Rule(rule), Chunk::Headed)
        }
        other => {
            chunks.extend(other);
            Chunk::Rule(rule)
        }
    }
}

/// Points that are a list become one; others are text again, with the lines that they stood among.
fn settled(chunks: Vec<(Chunk, usize)>) -> Vec<Chunk> {
    let mut settled: Vec<(Chunk, usize)> = Vec::new();
    let mut points: Vec<(Point, usize)> = Vec::new();
    for (chunk, group) in chunks {
        match chunk {
            Chunk::Point(point) => points.push((point, group)),
            other => {
                settle(&mut points, &mut settled);
                push(other, group, &mut settled);
            }
        }
    }
    settle(&mut points, &mut settled);
    settled.into_iter().map(|(chunk, _)| chunk).collect()
}

fn settle(points: &mut Vec<(Point, usize)>, settled: &mut Vec<(Chunk, usize)>) {
    let group = points.first().map_or(0, |(_, group)| *group);
    let taken: Vec<(Point, usize)> = std::mem::take(points);
    let bare: Vec<Point> = taken.iter().map(|(point, _)| point.clone()).collect();
    if lists::is_list(&bare) {
        settled.push((Chunk::List(bare), group));
        return;
    }
    for (point, group) in taken {
        push(Chunk::Text(point.lines), group, settled);
    }
}

/// Text joins text of its group.
fn push(chunk: Chunk, group: usize, settled: &mut Vec<(Chunk, usize)>) {
    match (chunk, settled.last_mut()) {
        (Chunk::Text(more), Some((Chunk::Text(lines), of))) if *of == group => lines.extend(more),
        (chunk, _) => settled.push((chunk, group)),
    }
}

fn quote(mut lines: Vec<Line>, setting: &Setting, depth: u32) -> Block {
    let line = lines.first().map_or(1, |line| line.number);
    lines.iter_mut().for_each(unquote);
    let inner = blocks(lines, setting, depth + 1);
    let text: Vec<&str> = inner.iter().map(|block| block.text.as_str()).collect();
    let html: String = inner.iter().map(in_a_quote).collect();
    let html = format!("<blockquote>\n{html}</blockquote>");
    Block { kind: BlockKind::Other, html, text: text.join("\n"), line, ..Block::default() }
}

fn in_a_quote(block: &Block) -> String {
    match block.kind {
        BlockKind::Rule => "<hr>\n".to_owned(),
        BlockKind::Heading(_) => format!("<p><strong>{}</strong></p>\n", block.html),
        BlockKind::Paragraph => format!("<p>{}</p>\n", block.html),
        _ => format!("{}\n", block.html),
    }
}

fn list(points: &[Point], setting: &Setting) -> Block {
    let line = points.first().and_then(|point| point.lines.first()).map_or(1, |line| line.number);
    let (html, text) = lists::write(points, &setting.vocabulary);
    Block { kind: BlockKind::List, html, text, line, ..Block::default() }
}

fn block(kind: BlockKind, text: &str, line: u32) -> Block {
    let (html, text) = inline::write(text);
    Block { kind, html, text, line, ..Block::default() }
}

/// Lines that are no list: a heading in capitals, paragraphs, or the first above the others.
fn text_blocks(lines: &[Line], setting: &Setting, blocks: &mut Vec<Block>) {
    let vocabulary = &setting.vocabulary;
    let number = lines.first().map_or(1, |line| line.number);
    if is_heading(lines) {
        blocks.push(block(BlockKind::Heading(2), &wrapping::one(lines, vocabulary), number));
        return;
    }
    let (head, rest) = match lines.split_first() {
        Some((first, rest)) if is_heading(std::slice::from_ref(first)) && is_running(rest, setting) => {
            (Some(first), rest)
        }
        _ => (None, lines),
    };
    blocks.extend(head.map(|line| block(BlockKind::Heading(2), &line.text, line.number)));
    for run in wrapping::paragraphs(wrapping::runs(rest, setting.width, vocabulary)) {
        let whole = inline::drop_cap(&run.text, vocabulary);
        blocks.push(block(BlockKind::Paragraph, whole.as_deref().unwrap_or(&run.text), run.line));
    }
}

/// Up to three lines in capitals; a line with many figures is an address or a telephone number.
fn is_heading(lines: &[Line]) -> bool {
    const LONGEST: usize = 180;
    let text = |line: &Line| {
        let figures = line.text.chars().filter(char::is_ascii_digit).count();
        let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
        let capitals = !line.text.contains(|c: char| c.is_lowercase() && !is_ordinal(c)) && letters > figures;
        capitals && figures < 5 && !line.text.contains('@') && !line.text.ends_with(',')
    };
    let letters: usize = lines.iter().map(|line| line.text.chars().filter(|c| c.is_uppercase()).count()).sum();
    let length: usize = lines.iter().map(Line::length).sum();
    (1..=3).contains(&lines.len()) && letters >= 3 && length <= LONGEST && lines.iter().all(text)
}

/// The small letters of `N°` and `Nº`.
fn is_ordinal(character: char) -> bool {
    matches!(character, 'º' | 'ª')
}

/// Whether lines are running text, and not an address under a name.
fn is_running(lines: &[Line], setting: &Setting) -> bool {
    let runs = wrapping::runs(lines, setting.width, &setting.vocabulary);
    runs.first().is_some_and(|run| run.is_long())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut shown = String::new();
        for block in read(&keep_pages(text), 1).blocks {
            let tag = match block.kind {
                BlockKind::Heading(_) => "#",
                BlockKind::Paragraph => "P",
                BlockKind::Rule => "-",
                BlockKind::List => "L",
                _ => "?",
            };
            shown.push_str(&format!("{tag}{} {}\n", block.line, block.html));
        }
        shown
    }

    #[test]
    fn blocks_of_plain_text() {
        for (text, blocks) in [
            ("Un.\n\nDeux.", "P1 Un.\nP3 Deux.\n"),
            ("LA PISCINE\nROUVRE\n\n.....\nUn.", "#1 LA PISCINE ROUVRE\n-4 .....\nP5 Un.\n"),
            ("La piscine\n----------\nUn.", "#1 La piscine\nP3 Un.\n"),
            (
                "• un\n• deux\n  suite\n- a\n- b\n• trois",
                "L1 <ul>\n<li>un</li>\n<li>deux suite\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n</li>\n<li>trois</li>\n</ul>\n",
            ),
            ("1. un\n\n2. deux", "L1 <ol>\n<li>un</li>\n<li>deux</li>\n</ol>\n"),
            ("3) un\n4) deux", "L1 <ol start=\"3\">\n<li>un</li>\n<li>deux</li>\n</ol>\n"),
            ("a) un\nb) deux", "L1 <ul>\n<li>a) un</li>\n<li>b) deux</li>\n</ul>\n"),
            ("1. Contexte\n\nUn texte.", "P1 1. Contexte\nP3 Un texte.\n"),
            ("– Oui, dit-elle.", "P1 – Oui, dit-elle.\n"),
            ("* Sous réserve", "P1 * Sous réserve\n"),
            ("C\nonscient d'engager", "P1 Conscient d'engager\n"),
            ("l'attractivi-\n\nté, la qualité", "P1 l'attractivité, la qualité\n"),
            ("> un\n> deux\n\nTrois", "?1 <blockquote>\n<p>un<br>\ndeux</p>\n</blockquote>\nP4 Trois\n"),
            ("> un\n>\n> deux", "P1 un\nP3 deux\n"),
            (
                "21, rue Marcel Sembat\nBP 65 - 62302 Lens Cedex\n03 21 79 07 90",
                "P1 21, rue Marcel Sembat<br>\nBP 65 - 62302 Lens Cedex<br>\n03 21 79 07 90\n",
            ),
            ("", ""),
            ("...", "P1 ...\n"),
        ] {
            assert_eq!(shown(text), blocks, "{text}");
        }
    }

    #[test]
    fn wrapped_lines_are_joined_and_meant_ones_are_kept() {
        let text = "La piscine de Lens rouvre ses portes ce samedi à dix heures, après quinze\n\
            mois de travaux qui ont coûté quatre millions d'euros à la communauté\n\
            d'agglomération.\n\
            Le bassin de vingt-\n\
            cinq mètres est ouvert à toutes et à tous, tous les jours de la semaine\n\
            sauf le lundi.\n\
            \n\
            Piscine municipale\n\
            12 rue de la Paix\n\
            62300 Lens\n";
        assert_eq!(
            shown(text),
            "P1 La piscine de Lens rouvre ses portes ce samedi à dix heures, après quinze mois de travaux qui ont coûté quatre millions d'euros à la communauté d'agglomération.\n\
             P4 Le bassin de vingt-cinq mètres est ouvert à toutes et à tous, tous les jours de la semaine sauf le lundi.\n\
             P8 Piscine municipale<br>\n12 rue de la Paix<br>\n62300 Lens\n"
        );
    }
}
