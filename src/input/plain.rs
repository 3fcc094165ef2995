//! Plain text, as it comes out of a mail or a PDF: paragraphs between empty lines.

use super::story::{Block, BlockKind, Story};

/// Reads a text whose first line is line `first_line` of its file.
pub fn read(text: &str, first_line: u32) -> Story {
    let mut story = Story::default();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut start = first_line;
    for (number, line) in (first_line..).zip(text.lines().chain([""])) {
        if line.trim().is_empty() {
            let words = paragraph.join("\n");
            if !words.is_empty() {
                story.blocks.push(Block::plain(BlockKind::Paragraph, &words, start));
            }
            paragraph.clear();
        } else {
            if paragraph.is_empty() {
                start = number;
            }
            paragraph.push(line.trim());
        }
    }
    story
}
