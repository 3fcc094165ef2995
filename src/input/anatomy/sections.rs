//! How a release ends: the mark that says so, whom to call, who publishes it, what is only for
//! newsrooms.
//!
//! Contacts are found anywhere, since nothing but people and numbers is one. Boilerplate and notes
//! are only what no more of the text follows; what stands behind the end and is nothing of this kind
//! goes with the notes: readers see it, the summary does not (PR-02).

use super::contacts::{self, Token};
use super::opening;
use super::phrases::{End, Section, end, fold, is_about, section};
use crate::input::story::{Block, BlockKind};
use crate::tree::Node;

/// The contacts of a story, and the blocks that said so.
#[derive(Debug, Default)]
pub struct Contacts {
    /// Maps, as in a head.
    pub people: Vec<Node>,
    /// The address of the publisher, which stands under them on its paper.
    pub letterhead: Vec<Block>,
    /// Whether there was a block of contacts.
    pub found: bool,
    /// The line of the last of them that stands behind a text.
    pub behind: Option<u32>,
}

/// Takes out what stands in boxes beside a text and is no part of a release: figures, a quotation. Where a
/// box is tied to a banner or a contact, it stands in the middle of other parts.
pub fn boxes(blocks: &mut Vec<Block>) -> Vec<Block> {
    let is_text = |block: &Block| block.kind == BlockKind::Paragraph && opening::is_running(block);
    if !blocks.iter().any(|block| !block.is_aside && is_text(block)) {
        return Vec::new();
    }
    let is_part = |block: &Block| {
        let told = |line: &str| section(line).is_some() || contacts::tokens(line).iter().any(Token::reaches);
        let named = block.kind == BlockKind::Title || is_about(block) || end(&block.text).is_some();
        named || opening::is_no_text(&block.text) || block.lines().any(told)
    };
    let (mut kept, mut taken) = (Vec::new(), Vec::new());
    for group in blocks.chunk_by(|block, next| block.is_aside == next.is_aside) {
        let is_taken = group.iter().all(|block| block.is_aside && !is_part(block));
        if is_taken { &mut taken } else { &mut kept }.extend_from_slice(group);
    }
    *blocks = kept;
    taken
}

/// Takes out the blocks of contacts.
pub fn contacts(blocks: &mut Vec<Block>) -> Contacts {
    let mut contacts = Contacts::default();
    let mut at = 0;
    while let Some(start) = (at..blocks.len()).find(|at| blocks.get(*at).is_some_and(|block| opens(block).is_some())) {
        at = start + 1;
        cut_off(blocks, start);
        let Some(region) = region(blocks, start) else { continue };
        let taken: Vec<Block> = blocks.drain(start..start + region).collect();
        at = start;
        contacts.found = true;
        let is_text = |block: &Block| block.kind == BlockKind::Paragraph && opening::is_running(block);
        let line = taken.first().map(|block| block.line);
        contacts.behind = line.filter(|_| blocks.iter().take(start).any(is_text)).or(contacts.behind);
        read(taken, &mut contacts);
    }
    contacts
}

/// Where a mail is signed.
const SIGNED: &str = "--";

/// The section of contacts that a block opens, and what its first line says besides.
pub fn opens(block: &Block) -> Option<(Section, &str)> {
    if block.text == SIGNED {
        return Some((Section::PerhapsContacts, ""));
    }
    let line = block.lines().next()?;
    section(line).filter(|(section, _)| *section != Section::Notes)
}

/// How many blocks from `start` on are people and how to reach them; `None` where nobody can be
/// reached.
pub fn region(blocks: &[Block], start: usize) -> Option<usize> {
    let (section, rest) = opens(blocks.get(start)?)?;
    let (mut reached, mut people) = (None, false);
    for (index, block) in blocks.iter().enumerate().skip(start) {
        let first = index == start;
        // "Media enquiries:" over "Press Office, 020 7946 0000" is one.
        let again = reached.is_none() && opens(block).is_some();
        if !first && (opens_another(block) && !again || !is_contact(block)) {
            break;
        }
        let lines = block.lines().skip(usize::from(first));
        let text = if first { rest } else { "" };
        if first && (is_sentence(rest) || !block.lines().skip(1).all(is_contact_line)) {
            return None;
        }
        let tokens: Vec<Token> = lines.chain([text]).flat_map(contacts::tokens).collect();
        if tokens.iter().any(Token::reaches) || reached.is_some() && is_letterhead(block) {
            reached = Some(index + 1 - start);
        }
        people |= tokens.iter().any(|token| matches!(token, Token::Name(..) | Token::Email(_)));
    }
    // "Pour en savoir plus" may lead to a site or a switchboard; that is no person.
    reached.filter(|_| section == Section::Contacts || people)
}

/// Cuts running text off that stands right under the lines of a contact, without an empty line.
fn cut_off(blocks: &mut Vec<Block>, start: usize) {
    let whole = |at: &usize| blocks.get(*at).is_some_and(is_contact);
    let Some(at) = (start..blocks.len()).find(|at| !whole(at)) else { return };
    let Some(block) = blocks.get(at).filter(|block| block.kind == BlockKind::Paragraph) else { return };
    if at > start && opens_another(block) {
        return;
    }
    let count = block.text.lines().take_while(|line| is_contact_line(line)).count();
    let reaches = |line: &str| contacts::tokens(line).iter().any(Token::reaches);
    if count > 0 && block.text.lines().take(count).any(reaches) {
        let (above, below) = opening::cut(block, count);
        blocks.splice(at..=at, [above, below]);
    }
}

fn opens_another(block: &Block) -> bool {
    let Some(line) = block.lines().next() else { return false };
    let ends = matches!(end(&block.text), Some(End::Certain)) || block.text == "***";
    section(line).is_some() || is_about(block) || ends
}

fn is_contact(block: &Block) -> bool {
    let words = block.text.trim();
    match block.kind {
        BlockKind::Rule => true,
        // Not the title of a release whose contacts stand above it.
        BlockKind::Heading(_) => contacts::name(words) == Some(true) || words.ends_with(':'),
        _ => block.lines().all(is_contact_line),
    }
}

/// A short line that is no sentence.
fn is_contact_line(line: &str) -> bool {
    const LONGEST: usize = 160;
    const LONGEST_PIECE: usize = 70;
    let tokens = contacts::tokens(line);
    let long = |token: &Token| match token {
        Token::Role(text) | Token::Head(text) => text.chars().count() > LONGEST_PIECE || small_words(text) > MOST_SMALL,
        _ => false,
    };
    let said = |token: &Token| matches!(token, Token::Role(_) | Token::Head(_) | Token::Name(..));
    let sentence = line.trim_end().ends_with(['.', '!', '?', '»']) && tokens.iter().all(said);
    line.chars().count() <= LONGEST && !tokens.iter().any(long) && !sentence && !is_sentence(line)
}

/// So many words in small letters are a role; more are a sentence.
const MOST_SMALL: usize = 6;

fn small_words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().all(char::is_lowercase)).count()
}

/// Whether a line is a sentence, though a number or an address stands in it: "Marion CORTES est joignable
/// au 06 38 12 15 91 du lundi au vendredi."
fn is_sentence(line: &str) -> bool {
    const VERBS: [&str; 7] = ["est", "sont", "reste", "restent", "joignable", "is", "are"];
    let verb = || line.split_whitespace().any(|word| VERBS.contains(&word));
    line.trim_end().ends_with('.') && (small_words(line) > MOST_SMALL || verb())
}

fn read(taken: Vec<Block>, contacts: &mut Contacts) {
    let mut tokens: Vec<(Token, u32)> = Vec::new();
    let mut heading = String::new();
    let mut lines: Vec<(String, u32)> = Vec::new();
    for (index, block) in taken.into_iter().enumerate() {
        if index > 0 && is_letterhead(&block) {
            contacts.letterhead.push(block);
            continue;
        }
        for (number, line) in block.lines().enumerate() {
            let named = section(line).filter(|_| index == 0 && number == 0);
            let said = named.map_or(line, |(_, rest)| rest);
            if let Some((_, rest)) = named {
                let name = line.get(..line.len() - rest.len()).unwrap_or(line);
                heading = name.trim_matches(|c: char| !c.is_alphanumeric() && c != ')').to_owned();
            }
            lines.push((said.to_owned(), block.line));
        }
    }
    for (said, line) in columns(lines) {
        tokens.extend(contacts::tokens(&said).into_iter().map(|token| (token, line)));
    }
    contacts.people.extend(contacts::people(&tokens, &heading));
}

/// Lines with people side by side, set with tabs, one person after the other.
fn columns(lines: Vec<(String, u32)>) -> Vec<(String, u32)> {
    let cells = |line: &str| -> Vec<String> {
        line.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let mut apart = Vec::with_capacity(lines.len());
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        let first = cells(&line.0);
        let people = first.len() > 1 && first.iter().all(|cell| contacts::name(cell).is_some());
        let below = after.iter().take_while(|(line, _)| people && cells(line).len() == first.len()).count();
        let (table, next) = rest.split_at_checked(1 + below).unwrap_or((rest, &[]));
        if below == 0 {
            apart.push(line.clone());
        } else {
            let column = |at: usize| {
                table.iter().filter_map(move |(line, number)| Some((cells(line).get(at)?.clone(), *number)))
            };
            apart.extend((0..first.len()).flat_map(column));
        }
        rest = next;
    }
    apart
}

/// The address of an office: a postcode and its town, a telephone number or a site, and nobody's
/// name.
pub fn is_letterhead(block: &Block) -> bool {
    let postcode = |line: &str| {
        let words: Vec<&str> = line.split(|c: char| c.is_whitespace() || c == ',').collect();
        words.windows(2).any(|pair| {
            let [code, town] = pair else { return false };
            code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) && town.starts_with(char::is_uppercase)
        })
    };
    // When it is open and what it costs is for readers.
    let says_more = |line: &str| {
        const WORDS: [&str; 8] = ["horaire", "ouvert", "tarif", "entree", "gratuit", "acces", "open", "hours"];
        let line = fold(line);
        line.contains('€') || WORDS.iter().any(|word| line.contains(word))
    };
    if block.lines().any(says_more) {
        return false;
    }
    let tokens: Vec<Token> = block.lines().flat_map(contacts::tokens).collect();
    let reached = tokens.iter().any(|token| matches!(token, Token::Phone(_) | Token::Url(_)));
    let person = tokens.iter().any(|token| matches!(token, Token::Name(_, true)));
    block.lines().count() >= 2
        && block.lines().any(postcode)
        && block.lines().all(is_contact_line)
        && reached
        && !person
}

/// What stands behind the body.
#[derive(Debug, Default)]
pub struct Tail {
    /// For newsrooms, and what else stands behind the end.
    pub notes: Vec<Block>,
    /// Who publishes it.
    pub boilerplate: Vec<Block>,
    /// The address on the paper.
    pub letterhead: Vec<Block>,
    /// Whether the text says where it ends.
    pub ended: bool,
}

/// Takes out what stands behind the body; `signed` is the line from which on contacts stood there. An
/// address before them is where something takes place.
pub fn tail(blocks: &mut Vec<Block>, signed: Option<u32>) -> Tail {
    let mut tail = Tail::default();
    let ends = ends(blocks);
    tail.ended = ends.is_some();
    let from = ends.unwrap_or_else(|| tail_start(blocks));
    let mut part = if tail.ended { Part::Notes } else { Part::Body };
    let mut kept = Vec::with_capacity(blocks.len());
    for (index, block) in std::mem::take(blocks).into_iter().enumerate() {
        if Some(index) == ends || tail.ended && index > from && end(&block.text).is_some() {
            continue;
        }
        if index < from {
            kept.push(block);
            continue;
        }
        let line = block.lines().next().unwrap_or_default();
        part = match section(line) {
            _ if is_about(&block) => Part::About,
            Some((Section::Notes, _)) => Part::Notes,
            _ => part,
        };
        let behind = signed.is_some_and(|line| block.line >= line) || tail.ended || part == Part::About;
        match part {
            _ if behind && is_letterhead(&block) => tail.letterhead.push(block),
            Part::Body => kept.push(block),
            Part::Notes => tail.notes.push(heading(block)),
            Part::About => tail.boilerplate.push(heading(block)),
        }
    }
    *blocks = kept;
    tail
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Body,
    Notes,
    About,
}

/// Where the release says that it ends: behind something to read. Of several `###` the last, since
/// the others part its text.
fn ends(blocks: &[Block]) -> Option<usize> {
    let readable = blocks.iter().position(|block| block.kind == BlockKind::Paragraph && block.words().is_some())?;
    let certain = |block: &Block| end(&block.text) == Some(End::Certain);
    let marks: Vec<usize> =
        blocks.iter().enumerate().filter(|(at, block)| *at > readable && certain(block)).map(|(at, _)| at).collect();
    let hashes = marks.iter().all(|at| blocks.get(*at).is_some_and(|block| block.text.contains('#')));
    let found = if hashes { marks.last() } else { marks.first() };
    found.copied().or_else(|| {
        let perhaps = |block: &Block| end(&block.text) == Some(End::Perhaps);
        let at = blocks.iter().rposition(perhaps).filter(|at| *at > readable)?;
        let next = blocks.get(at + 1);
        let told = |block: &Block| block.lines().next().and_then(section).is_some() || is_about(block);
        (next.is_none_or(told) || blocks.get(at).is_some_and(|block| block.text == SIGNED)).then_some(at)
    })
}

/// Behind the last heading of the text itself.
fn tail_start(blocks: &[Block]) -> usize {
    let own = |block: &Block| {
        let line = block.lines().next().unwrap_or_default();
        matches!(block.kind, BlockKind::Heading(_) | BlockKind::Title) && section(line).is_none() && !is_about(block)
    };
    let readable = |block: &Block| block.kind == BlockKind::Paragraph && block.words().is_some() && !is_about(block);
    let text = blocks.iter().position(readable).map_or(blocks.len(), |at| at + 1);
    blocks.iter().rposition(own).map_or(text, |at| (at + 1).max(text))
}

/// A line that names its part is a heading, whatever it was typed as.
fn heading(mut block: Block) -> Block {
    let line = block.text.trim();
    let named = section(line).is_some_and(|(_, rest)| !rest.contains(char::is_alphanumeric));
    let about = is_about(&block) && !line.contains(':') && line.chars().count() <= 100;
    if block.kind == BlockKind::Paragraph && block.lines().count() == 1 && (named || about) {
        block.kind = BlockKind::Heading(2);
    }
    block
}
