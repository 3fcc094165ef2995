//! Notes to editors: what a text says to newsrooms and not to its readers (NS-04).
//!
//! How far such a note goes is a guess wherever no heading says it. One that goes too far is said, with
//! the number of its paragraphs; one that ends too early would be seen by everybody: so it goes on in
//! doubt.

use std::ops::Range;

use super::opening::{is_no_text, is_running, kind};
use super::phrases::{End, Section, end, is_about, section};
use super::sections::{is_letterhead, opens, region};
use crate::input::banner::banner;
use crate::input::story::{Block, BlockKind};
use crate::problem::Place;

/// The words by which a note calls itself, as they were typed, where a block is its heading or begins
/// with it.
pub fn named(block: &Block) -> Option<&str> {
    let line = block.lines().next()?;
    let (_, rest) = section(line).filter(|(section, _)| *section == Section::Notes)?;
    let name = line.get(..line.len() - rest.len())?;
    Some(name.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Where notes to editors stand among the blocks of a text.
pub fn found(blocks: &[Block]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = (at..blocks.len()).find(|at| blocks.get(*at).and_then(named).is_some()) {
        at = until(blocks, start);
        if at > start {
            found.push(start..at);
        }
        at = at.max(start + 1);
    }
    found
}

/// Where the note ends that `start` opens.
fn until(blocks: &[Block], start: usize) -> usize {
    let before = blocks.get(..start).unwrap_or_default();
    let Some(opening) = blocks.get(start) else { return blocks.len() };
    let rank = match opening.kind {
        BlockKind::Heading(level) => level,
        BlockKind::Paragraph => LOWEST,
        // A cell or a point: what stands outside of it is something else.
        _ => return start + 1,
    };
    if !before.iter().any(is_text) {
        // It tells to whom the text is sent.
        if named(opening).is_some_and(|name| name.starts_with(['À', 'à', 'A', 'a'])) {
            return start;
        }
        // Above the text it would take the text along.
        let alone = opening.lines().count() == 1
            && named(opening).is_some_and(|name| opening.text.trim().len() <= name.len() + 4);
        return (start + 1 + usize::from(alone)).min(blocks.len());
    }
    let closed =
        |block: &Block| matches!(opens(block), Some((Section::Contacts, _))) || end(&block.text) == Some(End::Certain);
    let behind = before.iter().any(closed);
    let ends = |(index, block): (usize, &Block)| {
        let heading = match block.kind {
            BlockKind::Title => true,
            // Behind the end capitals and lines in bold part a note as well as they part a text.
            BlockKind::Heading(level) if behind => level <= rank && rank != LOWEST && !is_loud(&block.text),
            BlockKind::Heading(level) => level <= rank,
            _ => false,
        };
        let people = || opens(block).is_some() && region(blocks, index).is_some();
        let part = is_about(block) || is_letterhead(block) || end(&block.text) == Some(End::Certain);
        (heading || part || people()).then_some(index)
    };
    blocks.iter().enumerate().skip(start + 1).find_map(ends).unwrap_or(blocks.len())
}

/// Whether a block is of the text, and not above it: it runs on, or is a sentence of its own.
fn is_text(block: &Block) -> bool {
    const WORDS: usize = 3;
    let text = block.text.trim();
    let sentence = text.ends_with(['.', '…']) && text.split_whitespace().count() >= WORDS;
    let above = || kind(text).is_some() || is_no_text(text) || banner(text, Place::line(block.line)).is_some();
    match block.kind {
        BlockKind::List => true,
        BlockKind::Paragraph => is_running(block) || sentence && !above(),
        _ => false,
    }
}

/// Below every heading.
const LOWEST: u8 = 7;

fn is_loud(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `#` opens a heading of its level, anything else is a paragraph.
    fn blocks(text: &str) -> Vec<Block> {
        let block = |(number, text): (usize, &str)| {
            let level = text.bytes().take_while(|byte| *byte == b'#').count();
            let kind = u8::try_from(level).ok().filter(|level| *level > 0 && text != "###");
            let kind = kind.map_or(BlockKind::Paragraph, BlockKind::Heading);
            let text = if kind == BlockKind::Paragraph { text } else { text.trim_start_matches(['#', ' ']) };
            Block::plain(kind, text, u32::try_from(number).unwrap())
        };
        text.split('\n').enumerate().map(block).collect()
    }

    const TEXT: &str = "La piscine rouvre ses portes samedi 28 novembre à 10 heures.";

    fn left(text: &str) -> String {
        let blocks = blocks(text);
        let found = found(&blocks);
        let left = blocks.iter().enumerate().filter(|(at, _)| !found.iter().any(|range| range.contains(at)));
        left.map(|(_, block)| block.text.as_str()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn how_far_a_note_goes() {
        let of = |text: &str| left(&text.replace("TEXT", TEXT)).replace(TEXT, "TEXT");
        for (text, rest) in [
            ("TEXT\nNote aux rédactions : photos sur demande.\n1. Un.\n2. Deux.", "TEXT"),
            ("TEXT\n## Note aux rédactions\nUn.\n### Photos\nDeux.\n## Programme\nTEXT", "TEXT|Programme|TEXT"),
            ("TEXT\nNotes to editors\nUn.\nAbout Lens\nLens is a town.", "TEXT|About Lens|Lens is a town."),
            (
                "TEXT\nNote aux rédactions :\nUn.\nContact presse\nMarion CORTES\n03 21 79 05 05\nAutre.",
                "TEXT|Contact presse|Marion CORTES|03 21 79 05 05|Autre.",
            ),
            ("TEXT\nNotes to editors\nUn.\nENDS\nAutre.", "TEXT|ENDS|Autre."),
            // Behind the end, capitals are the note's own.
            ("TEXT\nENDS\n## NOTES TO EDITORS\n## BACKGROUND\nUn.", "TEXT|ENDS"),
            ("TEXT\nENDS\nNotes to editors\n## Background\nUn.", "TEXT|ENDS"),
            ("TEXT\nENDS\n## Notes to editors\nUn.\n## Photos\nDeux.", "TEXT|ENDS|Photos|Deux."),
            // Above the text it is a paragraph.
            ("Note aux rédactions : point presse à 9 h.\nLa piscine rouvre\nTEXT", "La piscine rouvre|TEXT"),
            ("La piscine rouvre\nNote aux rédactions\nPoint presse à 9 h.\nTEXT", "La piscine rouvre|TEXT"),
            // A short sentence is a text, too.
            (
                "Coupure d’eau\nL’eau sera coupée mardi.\nNOTE AUX RÉDACTIONS\nUn.\nDeux.\nContact presse\nMarion CORTES\n03 21 79 05 05",
                "Coupure d’eau|L’eau sera coupée mardi.|Contact presse|Marion CORTES|03 21 79 05 05",
            ),
            ("Communiqué de presse n° 12.\nNote aux rédactions : un.\nTEXT", "Communiqué de presse n° 12.|TEXT"),
            ("TEXT\nNotes to Eds\nUn.\nDeux.", "TEXT"),
            ("TEXT\nNote to newsdesks: un.\nDeux.", "TEXT"),
            ("TEXT\nNotes for journalists\nUn.", "TEXT"),
            ("TEXT\nÀ l’attention des rédactions :\nUn.\nDeux.", "TEXT"),
            ("TEXT\nNote à la rédaction : un.", "TEXT"),
            (
                "À l’attention des journalistes\nLa piscine rouvre\nTEXT",
                "À l’attention des journalistes|La piscine rouvre|TEXT",
            ),
            ("TEXT\nNotes aux lecteurs : un.", "TEXT|Notes aux lecteurs : un."),
            ("TEXT\nEditor's note: this was corrected.", "TEXT|Editor's note: this was corrected."),
        ] {
            assert_eq!(of(text), rest, "{text}");
        }
    }
}
