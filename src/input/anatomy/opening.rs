//! How a release begins: what it calls itself, from when it may be used, where and when it was
//! written, what it is called.

use std::collections::BTreeMap;

use super::phrases::{Section, behind_kind, end, fold, is_heading, is_number, is_reference, section};
use super::{dateline, pictures};
use crate::input::banner::{self, Banner};
use crate::input::story::{Block, BlockKind};
use crate::problem::Place;

/// So many blocks at the start may say of the diffusion what is a sentence elsewhere.
const OPENING: usize = 12;
/// So many at least may say what kind of text it is, where and when.
const KIND: usize = 8;

/// How many blocks stand at the start: all up to the first long line.
fn start(blocks: &[Block]) -> usize {
    const LONG: usize = 80;
    let long =
        |block: &Block| block.kind == BlockKind::Paragraph && block.lines().any(|line| line.chars().count() > LONG);
    blocks.iter().position(long).map_or(blocks.len(), |at| at + 1).max(KIND)
}

/// The lines of a block that has several, each as a block of its own, if one of them is a part of a
/// release by itself.
pub fn lines_apart(blocks: &mut Vec<Block>) {
    let start = start(blocks);
    let mut apart = Vec::with_capacity(blocks.len());
    for (index, block) in std::mem::take(blocks).into_iter().enumerate() {
        let part = |(number, line): (usize, &str)| {
            let opening = index < start && (kind(line).is_some() || is_no_text(line));
            let told = |banner| index < start || !matches!(banner, Banner::Appears(_));
            let told = banner::banner(line, Place::line(1)).is_some_and(told) && banner::is_nothing_else(line);
            opening || told || is_heading(line) || number > 0 && (section(line).is_some() || end(line).is_some())
        };
        let several = block.kind == BlockKind::Paragraph && block.lines().count() > 1;
        if several && block.lines().enumerate().any(part) {
            apart.extend(split(&block));
        } else {
            apart.push(block);
        }
    }
    *blocks = apart;
}

/// A paragraph cut before each line that is a part by itself and behind it; the lines of a contact
/// block stay together.
fn split(block: &Block) -> Vec<Block> {
    let pieces = pieces(block);
    let mut blocks: Vec<Block> = Vec::new();
    let mut alone = true;
    for (html, text) in pieces {
        let told = banner::banner(&text, Place::line(1)).is_some() && banner::is_nothing_else(&text);
        let single = told || kind(&text).is_some() || is_no_title(&text) || end(&text).is_some() || is_heading(&text);
        let opens = single || section(&text).is_some();
        match blocks.last_mut().filter(|_| !opens && !alone) {
            Some(last) => {
                last.html.push_str("<br>\n");
                last.html.push_str(&html);
                last.text.push('\n');
                last.text.push_str(&text);
            }
            None => blocks.push(Block { html, text, ..block.clone() }),
        }
        alone = single;
    }
    blocks
}

/// The first `count` lines of a paragraph, and the others.
pub fn cut(block: &Block, count: usize) -> (Block, Block) {
    let pieces = pieces(block);
    let (above, below) = pieces.split_at_checked(count).unwrap_or((&pieces, &[]));
    let of = |pieces: &[(String, String)]| {
        let htmls: Vec<&str> = pieces.iter().map(|(html, _)| html.as_str()).collect();
        let texts: Vec<&str> = pieces.iter().map(|(_, text)| text.as_str()).collect();
        Block { html: htmls.join("<br>\n"), text: texts.join("\n"), ..block.clone() }
    };
    (of(above), of(below))
}

/// The lines of a paragraph with their HTML; where elements reach over a line's end, without them.
fn pieces(block: &Block) -> Vec<(String, String)> {
    let texts: Vec<&str> = block.text.split('\n').collect();
    let marked = block.html.replace("<br/>", "<br>").replace("<br />", "<br>");
    let htmls: Vec<&str> = marked.split("<br>").map(str::trim).collect();
    let closed = |html: &&str| html.matches("</").count() * 2 == html.matches('<').count();
    let fits = htmls.len() == texts.len() && htmls.iter().all(closed);
    let written = |(index, text): (usize, &&str)| {
        let html =
            htmls.get(index).filter(|_| fits).map_or_else(|| crate::html::escape(text), |html| (*html).to_owned());
        (html, (*text).to_owned())
    };
    texts.iter().enumerate().map(written).filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// Takes out the blocks that are banners of the diffusion and nothing else (EM-03, EM-04).
///
/// Wherever it stands (in a text box, a cell, a heading, the last line), what can only be a banner
/// is one; in the opening every line is asked.
pub fn banners(blocks: &mut Vec<Block>) -> Vec<Banner> {
    let mut banners = Vec::new();
    let mut above = true;
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut taken = std::mem::take(blocks).into_iter().enumerate().peekable();
    while let Some((index, block)) = taken.next() {
        let place = Place::line(block.line);
        let mut text = block.text.clone();
        let mut only = banner::is_nothing_else(&text);
        // "SOUS EMBARGO" over "jusqu'au 29 janvier 2020 à 11 h".
        let unfinished = only && banner::is_embargo(&text) && !text.contains(|c: char| c.is_ascii_digit());
        if unfinished && let Some((_, next)) = taken.next_if(|(_, next)| goes_on(next)) {
            text = format!("{text} {}", next.text);
            only = true;
        }
        let mut found = told(&text, place, index < OPENING, only);
        // When it appears is told above the text, on a line of its own.
        let line = above && !matches!(block.kind, BlockKind::List | BlockKind::Table | BlockKind::Other);
        above &= !(block.kind == BlockKind::Paragraph && is_running(&block));
        found.retain(|banner| line || !matches!(banner, Banner::Appears(_)));
        // What else the block says is the reader's.
        let is_banner = only && !found.is_empty() && block.kind != BlockKind::Table && block.kind != BlockKind::Other;
        let shorter = banner::without(&block.text).filter(|_| !found.is_empty() && !block.html.contains('<'));
        banners.extend(found);
        if let Some(rest) = shorter {
            kept.push(Block::plain(block.kind, rest, block.line));
        } else if !is_banner {
            kept.push(block);
        }
    }
    *blocks = kept;
    banners
}

/// The embargoes that what stands around the text tells of: headers, footers, notes.
pub fn around(margins: &[String], notes: &[String]) -> Vec<Banner> {
    let place = Place::line(1);
    let margins = margins.iter().flat_map(|text| told(text, place, true, false));
    let notes = notes.iter().flat_map(|note| told(&note.replace("<br>", "\n"), place, false, false));
    let mut banners: Vec<Banner> = Vec::new();
    let notes = notes.filter(|banner| !matches!(banner, Banner::Appears(_)));
    for banner in margins.chain(notes).filter(|banner| !matches!(banner, Banner::Immediate)) {
        if !banners.contains(&banner) {
            banners.push(banner);
        }
    }
    banners
}

/// The embargo that a line tells of.
pub fn embargo(line: &str, place: Place) -> Option<Banner> {
    banner::banner(line, place).filter(|banner| matches!(banner, Banner::Embargo(_)))
}

fn goes_on(block: &Block) -> bool {
    let text = fold(&block.text);
    banner::is_nothing_else(&block.text)
        && text.contains(|c: char| c.is_ascii_digit())
        && ["jusqu", "until", "au ", "avant", "before", "le ", "till"].iter().any(|word| text.starts_with(word))
}

/// What a block says of the diffusion: as a whole, else line by line.
fn told(text: &str, place: Place, opening: bool, only: bool) -> Vec<Banner> {
    let counts = |line: &str, banner: &Banner| match banner {
        Banner::Embargo(_) => opening || banner::is_nothing_else(line) || is_loud(line),
        Banner::Appears(_) | Banner::Immediate => opening,
    };
    let whole = banner::banner(text, place).filter(|banner| counts(text, banner));
    if only || !text.contains('\n') {
        return whole.into_iter().collect();
    }
    let lines = text.lines().filter_map(|line| banner::banner(line, place).filter(|banner| counts(line, banner)));
    let lines: Vec<Banner> = lines.collect();
    // Over two lines, neither of which says it alone.
    if lines.is_empty() { whole.into_iter().collect() } else { lines }
}

fn is_loud(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

/// What a line says besides calling the text a press release, where it says nothing else that a
/// reader would miss: a number, a place and a day.
pub fn kind(line: &str) -> Option<&str> {
    const LONGEST: usize = 90;
    if line.len() > LONGEST {
        return None;
    }
    let rest = behind_kind(line)?.trim();
    let number = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.is_empty()
            || word.starts_with(|c: char| c.is_ascii_digit())
            || matches!(fold(word).as_str(), "n" | "no" | "numero")
    };
    let plain = rest.split(char::is_whitespace).all(number);
    (plain || dateline::is_nothing_else(rest)).then_some(rest)
}

/// Whether a line among the first is never a title, even where it is a heading: a place and a day, or what an office
/// files the text under.
pub fn is_no_title(line: &str) -> bool {
    dateline::is_nothing_else(line) || is_reference(line)
}

/// The same of a line that is no heading.
pub fn is_no_text(line: &str) -> bool {
    is_no_title(line) || is_number(line)
}

/// What a release calls itself, taken from its first blocks; the place and day behind it stay.
pub fn kinds(blocks: &mut Vec<Block>) -> Vec<Block> {
    let start = start(blocks);
    let mut kinds = Vec::new();
    let mut kept = Vec::with_capacity(blocks.len());
    for (index, block) in std::mem::take(blocks).into_iter().enumerate() {
        let told = kind(&block.text).filter(|_| index < start && block.kind != BlockKind::Other);
        let Some(rest) = told else {
            kept.push(block);
            continue;
        };
        if dateline::is_nothing_else(rest) {
            kept.push(Block::plain(BlockKind::Paragraph, rest, block.line));
        }
        kinds.push(block);
    }
    *blocks = kept;
    kinds
}

/// The name of the publisher where it stands alone above the text, as on its paper.
pub fn senders(blocks: &mut Vec<Block>, publisher: &str) -> Vec<Block> {
    let name = fold(publisher);
    let above = blocks.iter().position(is_running).unwrap_or_default();
    let is_one = |at: usize, block: &Block| {
        let line = matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading(_));
        line && at < above && fold(&block.text) == name
    };
    let indexed = std::mem::take(blocks).into_iter().enumerate();
    let (senders, kept): (Vec<_>, Vec<_>) = indexed.partition(|(at, block)| is_one(*at, block));
    blocks.extend(kept.into_iter().map(|(_, block)| block));
    senders.into_iter().map(|(_, block)| block).collect()
}

/// The place and day, where they stand alone among the first blocks.
pub fn dateline(blocks: &mut Vec<Block>) -> Option<Block> {
    let is_one = |block: &Block| {
        let text =
            matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading(_) | BlockKind::Subtitle | BlockKind::Title);
        text && dateline::is_nothing_else(&block.text)
    };
    let at = blocks.iter().take(start(blocks)).position(is_one)?;
    Some(blocks.remove(at))
}

/// The block that its format calls the title, else a heading before the text, else the line above it
/// that stands out most; `kind` is the line on which the text says what it is.
pub fn title(blocks: &mut Vec<Block>, kind: Option<u32>) -> Option<Block> {
    let named = |block: &Block| block.kind == BlockKind::Title && !is_no_title(&block.text);
    let at = blocks.iter().position(named).or_else(|| heading(blocks)).or_else(|| standing_out(blocks, kind))?;
    let text = text_size(blocks);
    let mut title = blocks.remove(at);
    while blocks.get(at).is_some_and(|next| is_one_title(&title, next, text)) {
        let next = blocks.remove(at);
        title.html = format!("{}<br>\n{}", title.html, next.html);
        title.text = format!("{}\n{}", title.text, next.text);
    }
    Some(title)
}

/// Whether a title goes on in the next paragraph: set alike, and not as the text is.
fn is_one_title(title: &Block, next: &Block, text: u16) -> bool {
    let alike = title.kind == next.kind && title.is_strong == next.is_strong && title.size == next.size;
    let small = next.text.starts_with(char::is_lowercase);
    let one = match title.kind {
        BlockKind::Title => true,
        BlockKind::Paragraph => {
            let open = !next.text.trim_end().ends_with(['.', ':', ',']);
            open && (is_larger(title, text) || title.is_strong && small)
        }
        _ => false,
    };
    let length = title.text.chars().count() + next.text.chars().count();
    alike && one && length <= LONGEST_STRONG && !is_known(next)
}

/// A heading with no running text before it; or the only one of the first level, near the start.
fn heading(blocks: &[Block]) -> Option<usize> {
    const NEAR: usize = 3;
    let named = |block: &Block| matches!(block.kind, BlockKind::Heading(_)) && !is_no_title(&block.text);
    let at = blocks.iter().position(named)?;
    let running = |block: &&Block| match block.kind {
        BlockKind::Paragraph | BlockKind::Subtitle => is_running(block),
        _ => true,
    };
    let before: Vec<&Block> = blocks.iter().take(at).filter(|block| !is_silent(block)).collect();
    if before.len() <= NEAR && !before.iter().any(running) {
        return Some(at);
    }
    let highest = |block: &Block| block.kind == BlockKind::Heading(1);
    let only = blocks.iter().filter(|block| highest(block)).count() == 1;
    let top = blocks.iter().position(highest).filter(|at| only && *at <= NEAR);
    top.filter(|_| blocks.iter().any(|block| matches!(block.kind, BlockKind::Heading(2..))))
}

/// Whether a block says nothing: a line across the page, a logo.
fn is_silent(block: &Block) -> bool {
    block.kind == BlockKind::Rule || pictures::is_one(block)
}

/// The first block that says something.
fn first(blocks: &[Block]) -> Option<usize> {
    blocks.iter().position(|block| !is_silent(block))
}

/// Whether a paragraph is a text, and not a line above one.
pub fn is_running(block: &Block) -> bool {
    const LONG: usize = 80;
    let length = block.text.chars().count();
    length > LONG && block.lines().count() <= 2 || length > LONG / 2 && block.text.trim_end().ends_with(['.', '…'])
}

/// The longest title of one line, and of several lines in bold.
const LONGEST: usize = 150;
const LONGEST_STRONG: usize = 220;

/// How far a line stands out: below what the release calls itself and larger than the text, its size, bold,
/// below, and more than a rubric.
type Standing = (bool, u16, bool, bool, bool);

/// Of the lines above the text the largest, else one in bold, else the first. A line with no more than
/// a word, in capitals, files a text under something.
fn standing_out(blocks: &[Block], kind: Option<u32>) -> Option<usize> {
    let text = text_size(blocks);
    let mut most: Option<(Standing, usize, bool)> = None;
    // What may be the start of a text has only a larger line for its title below it.
    let mut is_begun = false;
    for (at, block) in blocks.iter().enumerate().take(OPENING) {
        let larger = is_larger(block, text);
        if is_silent(block) || is_known(block) {
            continue;
        }
        if !is_line(block, block.is_strong || larger) || !is_above_text(blocks, at) {
            let ends = most.is_some() && block.text.trim_end().ends_with('.');
            if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Table) || is_running(block) || ends {
                break;
            }
            is_begun = true;
            continue;
        }
        // Long and set as the text is: that it may be.
        let long = is_running(block) && !block.is_strong && !larger;
        if long && most.is_some() {
            break;
        }
        if is_begun && !larger {
            continue;
        }
        // Above what a release calls itself stands who sends it.
        let below = kind.is_some_and(|line| block.line > line);
        let size = if larger { block.size } else { 0 };
        let several = block.text.split_whitespace().count() >= 2;
        let filed = !several && is_loud(&block.text);
        let standing = (below && larger, size, block.is_strong || is_loud(&block.text), below, !filed);
        if most.is_none_or(|(most, ..)| standing > most) {
            most = Some((standing, at, several));
        }
        if long {
            break;
        }
    }
    most.filter(|(.., several)| *several).map(|(_, at, _)| at)
}

/// Whether a paragraph can be a title by its words; one that stands out may be longer.
fn is_line(block: &Block, stands_out: bool) -> bool {
    // A title may be set in several lines.
    if block.kind != BlockKind::Paragraph || block.lines().count() > if stands_out { 3 } else { 1 } {
        return false;
    }
    let text = block.text.trim();
    let length = text.chars().count();
    let open = !text.ends_with(['.', ',', ';', ':']);
    let short = length <= LONGEST && open || stands_out && length <= LONGEST_STRONG && (open || length <= 80);
    let named = text.starts_with(|c: char| !c.is_lowercase()) && !is_salutation(text);
    short && named && !text.contains('@') && super::contacts::phone(text).is_none()
}

/// Whether running text stands close below.
fn is_above_text(blocks: &[Block], at: usize) -> bool {
    let below = blocks.iter().skip(at + 1).filter(|block| !is_silent(block)).take(3);
    below.into_iter().any(|below| below.kind == BlockKind::Paragraph && is_running(below))
}

/// Whether it is known what a line among the first says, and that it is no title: from when the text may
/// be used, whom to ask.
fn is_known(block: &Block) -> bool {
    let text = block.text.trim();
    let asks = section(text).is_some_and(|(named, rest)| {
        let is_name = named == Section::Contacts && !rest.contains(char::is_alphanumeric);
        named != Section::Notes && (is_name || fold(text).starts_with("contact"))
    });
    is_no_text(text) || asks || banner::is_embargo(text) && banner::without(text).is_none()
}

/// How large the text is set; 0 where its format does not say.
fn text_size(blocks: &[Block]) -> u16 {
    let mut sizes: BTreeMap<u16, usize> = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.kind == BlockKind::Paragraph && is_running(block)) {
        *sizes.entry(block.size).or_default() += block.text.len();
    }
    sizes.into_iter().max_by_key(|(_, length)| *length).map_or(0, |(size, _)| size)
}

fn is_larger(block: &Block, text: u16) -> bool {
    text > 0 && block.size > text
}

fn is_salutation(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "bonjour",
        "bonsoir",
        "madame",
        "monsieur",
        "mesdames",
        "messieurs",
        "cher",
        "chere",
        "chers",
        "cheres",
        "hello",
        "dear",
        "hi",
        "veuillez",
        "merci",
        "salut",
    ];
    let first = fold(text.split_whitespace().next().unwrap_or_default());
    WORDS.contains(&first.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// The line under the title: so called by its format, or a heading of which there is no other.
pub fn subtitle(blocks: &mut Vec<Block>) -> Option<Block> {
    const WORDS: usize = 3;
    let at = first(blocks)?;
    let under = blocks.get(at)?;
    let is_one = match under.kind {
        BlockKind::Subtitle => true,
        BlockKind::Heading(_) => {
            let others = blocks.iter().skip(at + 1).any(|block| matches!(block.kind, BlockKind::Heading(_)));
            let followed = blocks.get(at + 1).is_some_and(|next| next.kind == BlockKind::Paragraph);
            !others && followed && under.text.split_whitespace().count() >= WORDS
        }
        _ => false,
    };
    is_one.then(|| blocks.remove(at))
}

/// The *chapô*: a first paragraph in bold above text that is not.
pub fn lead(blocks: &mut Vec<Block>) -> Option<Block> {
    const WORDS: usize = 8;
    let at = blocks.iter().position(|block| block.kind == BlockKind::Paragraph)?;
    let block = blocks.get(at).filter(|_| at == 0)?;
    let text = blocks.iter().skip(1).any(|block| block.kind == BlockKind::Paragraph && !block.is_strong);
    (block.is_strong && text && block.text.split_whitespace().count() >= WORDS).then(|| blocks.remove(at))
}
