//! Pictures in lines that are taken out of a text: office programs tie a picture to the paragraph
//! beside which it stands, and that may be the title, a banner or a contact. The line goes, the
//! picture stays where it was.

use crate::input::story::{Block, BlockKind};

/// A picture, and the line on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    html: String,
    line: u32,
}

impl Picture {
    /// As a block of its own.
    pub fn block(self) -> Block {
        let html = format!("<p>{}</p>", self.html);
        Block { html, ..Block::plain(BlockKind::Other, "", self.line) }
    }
}

/// The pictures of blocks, in order.
pub fn of<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Vec<Picture> {
    let pictures = |block: &'a Block| {
        ranges(&block.html)
            .into_iter()
            .filter_map(|(start, end)| Some(Picture { html: block.html.get(start..end)?.to_owned(), line: block.line }))
    };
    blocks.into_iter().flat_map(pictures).collect()
}

/// What of `before` is not in `after`.
pub fn lost(before: Vec<Picture>, mut after: Vec<Picture>) -> Vec<Picture> {
    let is_lost = |picture: &Picture| match after.iter().position(|kept| kept == picture) {
        Some(at) => {
            after.swap_remove(at);
            false
        }
        None => true,
    };
    before.into_iter().filter(is_lost).collect()
}

/// Takes its pictures out of a block.
pub fn strip(block: &mut Block) {
    for (start, end) in ranges(&block.html).into_iter().rev() {
        block.html.replace_range(start..end, "");
    }
    block.html = block.html.trim().to_owned();
}

/// Whether a block is a picture without words.
pub fn is_one(block: &Block) -> bool {
    block.kind == BlockKind::Other && block.text.trim().is_empty() && block.html.contains("<img")
}

/// Where the pictures of a text stand, each with the link that is around it alone.
fn ranges(html: &str) -> Vec<(usize, usize)> {
    const CLOSED: &str = "</a>";
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(start) = html.get(from..).and_then(|rest| rest.find("<img")).map(|at| from + at) {
        let Some(end) = html.get(start..).and_then(|rest| rest.find('>')).map(|at| start + at + 1) else { break };
        let opened = || {
            let before = html.get(..start)?.strip_suffix('>')?;
            let tag = before.rfind('<').filter(|tag| *tag >= from)?;
            before.get(tag..)?.starts_with("<a ").then_some(tag)
        };
        let closed = html.get(end..).is_some_and(|rest| rest.starts_with(CLOSED));
        let range = opened().filter(|_| closed).map_or((start, end), |tag| (tag, end + CLOSED.len()));
        from = range.1;
        ranges.push(range);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_the_rest() {
        for (html, found, rest) in [
            ("<img src=\"a\">Un", &["<img src=\"a\">"][..], "Un"),
            ("Un <a href=\"x\"><img src=\"a\"></a>", &["<a href=\"x\"><img src=\"a\"></a>"], "Un"),
            ("<a href=\"x\"><img src=\"a\"> Un</a>", &["<img src=\"a\">"], "<a href=\"x\"> Un</a>"),
            ("<img src=\"a\"><img src=\"b\">", &["<img src=\"a\">", "<img src=\"b\">"], ""),
            ("Un", &[], "Un"),
            ("<img", &[], "<img"),
        ] {
            let mut block = Block { html: html.to_owned(), ..Block::plain(BlockKind::Paragraph, "", 1) };
            assert_eq!(of([&block]).into_iter().map(|picture| picture.html).collect::<Vec<_>>(), found, "{html}");
            strip(&mut block);
            assert_eq!(block.html, rest, "{html}");
        }
    }
}
