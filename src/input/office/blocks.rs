//! Lists and tables of office documents, which both formats keep in their own way, as HTML.

use std::fmt::Write as _;

use super::inline::Inline;
use crate::html::escape;
use crate::input::story::{Block, BlockKind};

/// Blocks that are being gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What is whole.
    pub blocks: Vec<Block>,
    points: Vec<Point>,
    line: u32,
    /// A paragraph whose end was deleted: the next one goes on with it.
    pub carried: Option<Inline>,
}

impl Gathered {
    /// Adds what is no point of a list.
    pub fn push(&mut self, block: Option<Block>) {
        self.close_list();
        self.blocks.extend(block);
    }

    /// Adds a point to the list that is open.
    pub fn point(&mut self, point: Point, line: u32) {
        if self.points.is_empty() {
            self.line = line;
        }
        self.points.push(point);
    }

    /// Ends the list that is open.
    pub fn close_list(&mut self) {
        if !self.points.is_empty() {
            self.blocks.push(list(&std::mem::take(&mut self.points), self.line));
        }
    }

    /// All of it.
    pub fn end(mut self, line: u32) -> Vec<Block> {
        if let Some(inline) = self.carried.take() {
            self.push(paragraph(BlockKind::Paragraph, inline, line));
        }
        self.close_list();
        self.blocks
    }
}

/// The number of a point: a text may refer to "b)" and to "iv".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordinal {
    /// How many it is.
    pub value: u32,
    /// How it is written, as `type` of a list in HTML has it: `1`, `a`, `A`, `i`, `I`.
    pub form: char,
}

/// A point of a list.
#[derive(Debug)]
pub struct Point {
    /// How deep, from 0.
    pub depth: usize,
    /// Its number, where it has one.
    pub number: Option<Ordinal>,
    /// What it says: phrasing content, or blocks.
    pub html: String,
    /// Its words.
    pub text: String,
}

/// A list of points that follow each other.
pub fn list(points: &[Point], line: u32) -> Block {
    let mut html = String::new();
    let mut rest = points;
    while !rest.is_empty() {
        rest = level(rest, &mut html);
    }
    let text: Vec<&str> = points.iter().map(|point| point.text.as_str()).filter(|text| !text.is_empty()).collect();
    Block { kind: BlockKind::List, html, text: text.join("\n"), line, ..Block::default() }
}

/// Writes the list that the first point opens, with what is deeper in it; what it does not take is
/// left.
fn level<'a>(points: &'a [Point], html: &mut String) -> &'a [Point] {
    let Some(first) = points.first() else { return points };
    let (depth, name) = (first.depth, if first.number.is_some() { "ol" } else { "ul" });
    let _ = write!(html, "<{name}");
    if let Some(Ordinal { value, .. }) = first.number.filter(|number| number.value != 1) {
        let _ = write!(html, " start=\"{value}\"");
    }
    if let Some(Ordinal { form, .. }) = first.number.filter(|number| number.form != '1') {
        let _ = write!(html, " type=\"{form}\"");
    }
    html.push('>');
    let mut rest = points;
    let mut number = first.number;
    while let Some((point, after)) = rest.split_first() {
        // One that counts anew is another list.
        if point.depth < depth || point.number != number {
            break;
        }
        number = number.map(|number| Ordinal { value: number.value.saturating_add(1), ..number });
        let _ = write!(html, "<li>{}", point.html);
        rest = after;
        while rest.first().is_some_and(|next| next.depth > depth) {
            rest = level(rest, html);
        }
        html.push_str("</li>");
    }
    let _ = write!(html, "</{name}>");
    rest
}

/// A row of a table.
#[derive(Debug, Default)]
pub struct Row {
    /// Its cells, without those that another one covers.
    pub cells: Vec<Cell>,
    /// Whether it is the head of the columns.
    pub is_head: bool,
}

/// A cell of a table.
#[derive(Debug)]
pub struct Cell {
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// How many columns it takes.
    pub columns: usize,
    /// How many rows it takes.
    pub rows: usize,
}

/// Cells wider or higher than this are a mistake.
const WIDEST: usize = 200;

/// A table as blocks: itself, or, where it only placed text on the paper, what stands in it.
pub fn table(mut rows: Vec<Row>, line: u32) -> Vec<Block> {
    rows.retain(|row| !row.cells.is_empty());
    let widest = rows.iter().map(|row| row.cells.iter().map(|cell| cell.columns).sum::<usize>()).max();
    let has_title = rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.blocks).any(is_heading);
    if rows.len() < 2 || widest.unwrap_or_default() < 2 || has_title {
        return rows.into_iter().flat_map(|row| row.cells).flat_map(|cell| cell.blocks).collect();
    }
    // A table that is nothing but a head has none.
    let heads = rows.iter().take_while(|row| row.is_head).count();
    let heads = if heads == rows.len() { 0 } else { heads };
    let mut html = String::from("<table>");
    let mut text = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if index == 0 && heads > 0 {
            html.push_str("<thead>");
        }
        if index == heads {
            html.push_str(if heads > 0 { "</thead><tbody>" } else { "<tbody>" });
        }
        html.push_str("<tr>");
        for cell in &row.cells {
            let name = if index < heads { "th" } else { "td" };
            let _ = write!(html, "<{name}");
            if index < heads {
                html.push_str(" scope=\"col\"");
            }
            for (key, span) in [("colspan", cell.columns), ("rowspan", cell.rows)] {
                if span > 1 {
                    let _ = write!(html, " {key}=\"{}\"", span.min(WIDEST));
                }
            }
            let words = inner(&cell.blocks);
            let words = if index < heads { without_strong(&words) } else { words.as_str() };
            let _ = write!(html, ">{words}</{name}>");
            text.extend(cell.blocks.iter().map(|block| block.text.as_str()).filter(|text| !text.is_empty()));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    vec![Block { kind: BlockKind::Table, html, text: text.join("\n"), line, ..Block::default() }]
}

/// A head that is bold because heads are says nothing by it.
fn without_strong(html: &str) -> &str {
    let bare = html.strip_prefix("<strong>").and_then(|html| html.strip_suffix("</strong>"));
    bare.filter(|bare| !bare.contains("strong>")).unwrap_or(html)
}

fn is_heading(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Title | BlockKind::Subtitle | BlockKind::Heading(_))
}

/// What stands in a cell, a point or a note; a lone paragraph without its element.
pub fn inner(blocks: &[Block]) -> String {
    if let [only] = blocks
        && only.kind == BlockKind::Paragraph
    {
        return only.html.clone();
    }
    let mut html = String::new();
    for block in blocks {
        let _ = match block.kind {
            BlockKind::Paragraph | BlockKind::Subtitle => write!(html, "<p>{}</p>", block.html),
            BlockKind::Title | BlockKind::Heading(_) => write!(html, "<p><strong>{}</strong></p>", block.html),
            BlockKind::Rule => write!(html, "<hr>"),
            _ => write!(html, "{}", block.html),
        };
    }
    html
}

/// The words of blocks, a line each.
pub fn words(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.text.as_str()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A paragraph as a block; `None` where there is nothing in it.
pub fn paragraph(kind: BlockKind, mut inline: Inline, line: u32) -> Option<Block> {
    if inline.is_empty() {
        return None;
    }
    let is_strong = inline.is_bold();
    if is_strong && kind != BlockKind::Paragraph {
        inline.set_bold(false);
    }
    if inline.is_picture() {
        let html = format!("<p>{}</p>", inline.to_html());
        return Some(Block { kind: BlockKind::Other, html, line, ..Block::default() });
    }
    Some(Block {
        kind,
        html: inline.to_html(),
        text: inline.words(),
        is_strong,
        size: inline.size(),
        line,
        ..Block::default()
    })
}

/// Somebody else's words.
pub fn quote(inline: &Inline, line: u32) -> Block {
    let html = format!("<blockquote><p>{}</p></blockquote>", inline.to_html());
    Block { kind: BlockKind::Other, html, text: inline.words(), is_strong: inline.is_bold(), line, ..Block::default() }
}

/// The element of a picture; its size is in pixels of a screen (96 to the inch).
pub fn picture(address: &str, alt: &str, size: Option<(u32, u32)>) -> String {
    let mut html = format!("<img src=\"{}\" alt=\"{}\"", escape(address), escape(&without_machine(alt)));
    if let Some((width, height)) = size {
        let _ = write!(html, " width=\"{width}\" height=\"{height}\"");
    }
    html.push('>');
    html
}

/// What Word adds to a description that it made up itself is not for readers.
fn without_machine(alt: &str) -> String {
    const REMARKS: [&str; 6] = [
        "Description générée automatiquement",
        "Description automatically generated",
        "Le contenu généré par l’IA peut être incorrect.",
        "Le contenu généré par l'IA peut être incorrect.",
        "AI-generated content may be incorrect.",
        "AI generated content may be incorrect.",
    ];
    let lines = alt.lines().map(str::trim).filter(|line| !line.is_empty() && !REMARKS.contains(line));
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(depth: usize, number: Option<u32>, text: &str) -> Point {
        Point {
            depth,
            number: number.map(|value| Ordinal { value, form: '1' }),
            html: text.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn lists_are_nested() {
        let points = [point(0, None, "a"), point(1, Some(1), "b"), point(1, Some(2), "c"), point(0, None, "d")];
        let block = list(&points, 1);
        assert_eq!(block.html, "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>");
        assert_eq!(block.text, "a\nb\nc\nd");
        let odd = [point(2, Some(4), "a"), point(0, Some(1), "b"), point(0, None, "c")];
        assert_eq!(list(&odd, 1).html, "<ol start=\"4\"><li>a</li></ol><ol><li>b</li></ol><ul><li>c</li></ul>");
    }

    #[test]
    fn a_table_that_places_text_is_text() {
        let cell = |text: &str| Cell { blocks: vec![Block::plain(BlockKind::Paragraph, text, 1)], columns: 1, rows: 1 };
        let row = |texts: &[&str]| Row { cells: texts.iter().map(|text| cell(text)).collect(), is_head: true };
        assert_eq!(table(vec![row(&["logo", "date"])], 1).len(), 2);
        assert_eq!(table(vec![row(&["a"]), row(&["b"])], 1).len(), 2);
        let both = table(vec![row(&["a", "b"]), Row { is_head: false, ..row(&["c", "d"]) }], 1);
        assert_eq!(
            both.first().unwrap().html,
            "<table><thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead><tbody><tr><td>c</td><td>d</td></tr></tbody></table>"
        );
    }
}
