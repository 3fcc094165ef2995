//! Notes to editors in Markdown (NS-04): told from its blocks as in every other text, taken out of its
//! lines, so that every place stays what its author sees.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::events;
use crate::input::anatomy;
use crate::input::story::{Block, BlockKind};
use crate::text::lines;

/// The notes of a text, and the text without them.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken {
    /// The text, with as many lines as before.
    pub rest: String,
    /// Where the first note begins.
    pub start: usize,
    /// How it calls itself.
    pub name: String,
    /// How many blocks were taken.
    pub count: usize,
}

/// Takes the notes to editors out; `None` where there are none.
pub fn without_notes(body: &str) -> Option<Taken> {
    // Most texts have none, and need not be parsed once more.
    lines(body).find(|line| anatomy::may_be_for_editors(line))?;
    let found = Blocks::of(body);
    let notes = anatomy::notes_to_editors(&found.blocks);
    let first = notes.first()?.start;
    let name = anatomy::note_name(found.blocks.get(first)?)?.to_owned();
    let start = found.places.get(first)?.start;
    let mut gone: Vec<Range<usize>> =
        notes.into_iter().flatten().filter_map(|at| found.places.get(at).cloned()).collect();
    let count = gone.len();
    found.footnotes_of(&mut gone);
    gone.sort_by_key(|place| place.start);
    let mut rest = String::with_capacity(body.len());
    let mut end = 0;
    for place in gone {
        rest.push_str(body.get(end..place.start)?);
        rest.extend(body.get(place.clone())?.chars().filter(|c| *c == '\n'));
        end = place.end;
    }
    rest.push_str(body.get(end..)?);
    Some(Taken { rest, start, name, count })
}

/// What a body is made of.
#[derive(Debug, Default)]
struct Blocks<'a> {
    /// The outermost blocks, but what footnotes say: that belongs to whoever refers to it.
    blocks: Vec<Block>,
    /// Where each of them stands.
    places: Vec<Range<usize>>,
    /// Footnotes and where they stand.
    footnotes: Vec<(CowStr<'a>, Range<usize>)>,
    /// What refers to them, and where.
    references: Vec<(CowStr<'a>, usize)>,
}

impl<'a> Blocks<'a> {
    fn of(body: &'a str) -> Self {
        let mut found = Self::default();
        let (mut depth, mut footnote, mut code) = (0_u32, false, false);
        for (event, place) in events(body) {
            let words = match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    found.footnotes.push((label, place));
                    footnote = true;
                    continue;
                }
                Event::End(TagEnd::FootnoteDefinition) => {
                    footnote = false;
                    continue;
                }
                Event::FootnoteReference(label) => {
                    found.references.push((label, place.start));
                    continue;
                }
                _ if footnote => continue,
                Event::Start(tag) => {
                    code |= matches!(tag, Tag::CodeBlock(_));
                    if depth == 0 {
                        found.open(kind(&tag), place);
                    }
                    depth += 1;
                    continue;
                }
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    code &= tag != TagEnd::CodeBlock;
                    match tag {
                        TagEnd::Item | TagEnd::Paragraph | TagEnd::TableCell => "\n".into(),
                        _ => continue,
                    }
                }
                Event::Rule if depth == 0 => {
                    found.open(BlockKind::Rule, place);
                    continue;
                }
                // What is shown as code is said to nobody.
                Event::Text(_) if code => continue,
                Event::Text(text) | Event::Code(text) => text,
                Event::SoftBreak => " ".into(),
                Event::HardBreak => "\n".into(),
                _ => continue,
            };
            if let Some(block) = found.blocks.last_mut() {
                block.text.push_str(&words);
            }
        }
        found
    }

    fn open(&mut self, kind: BlockKind, place: Range<usize>) {
        self.blocks.push(Block::plain(kind, "", 1));
        self.places.push(place);
    }

    /// Adds the footnotes to which nothing refers but what is gone.
    fn footnotes_of(&self, gone: &mut Vec<Range<usize>>) {
        let inside = |at: usize, gone: &[Range<usize>]| gone.iter().any(|place| place.contains(&at));
        let is_next = |(label, place): &&(CowStr<'_>, Range<usize>), gone: &[Range<usize>]| {
            let mut references = self.references.iter().filter(|(other, _)| other == label).peekable();
            !inside(place.start, gone) && references.peek().is_some() && references.all(|(_, at)| inside(*at, gone))
        };
        // A footnote may have one of its own.
        while let Some((_, place)) = self.footnotes.iter().find(|footnote| is_next(footnote, gone)) {
            gone.push(place.clone());
        }
    }
}

fn kind(tag: &Tag<'_>) -> BlockKind {
    match tag {
        Tag::Heading { level, .. } => BlockKind::Heading(*level as u8),
        Tag::Paragraph => BlockKind::Paragraph,
        Tag::List(_) => BlockKind::List,
        Tag::Table(_) => BlockKind::Table,
        _ => BlockKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay() {
        let body = "La piscine rouvre ses portes samedi 28 novembre à 10 heures.[^1]\n\n\
                    ## Note aux rédactions\n\nPhotos[^2] sur demande.\n\n[^2]: Libres.\n[^1]: Onze.\n\n- un\n- deux\n\n\
                    ## Programme\n\nSamedi.\n";
        let taken = without_notes(body).unwrap();
        assert_eq!((taken.name.as_str(), taken.count), ("Note aux rédactions", 3));
        assert_eq!(body.get(taken.start..).unwrap().lines().next(), Some("## Note aux rédactions"));
        assert_eq!(taken.rest.lines().count(), body.lines().count());
        for (before, after) in body.lines().zip(taken.rest.lines()) {
            assert!(after.is_empty() || after == before, "{after}");
        }
        assert!(!taken.rest.contains("Libres"), "{}", taken.rest);
        assert!(taken.rest.contains("[^1]: Onze.") && taken.rest.contains("## Programme"));
        assert!(!["rédactions", "demande", "deux"].iter().any(|word| taken.rest.contains(word)), "{}", taken.rest);
        assert_eq!(without_notes("```\n## Note aux rédactions\n```\n"), None);
    }

    #[test]
    fn written_in_bold() {
        let body = "La piscine rouvre ses portes samedi 28 novembre à 10 heures.\n\n**Note aux rédactions :** photos\nsur demande.\n";
        let taken = without_notes(body).unwrap();
        assert!(!taken.rest.contains("photos") && !taken.rest.contains("demande"), "{}", taken.rest);
    }
}
