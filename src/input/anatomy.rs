//! The parts of a press release (requirements §10.2): what is a title, a lead, a contact, and what
//! is only for the press.
//!
//! Told from the blocks of a [`Story`], whatever program wrote it. Nothing that an author wrote for
//! readers is lost: what is not recognised for certain stays in the body.

mod contacts;
mod cover;
mod dateline;
mod editors;
mod mail;
mod opening;
mod phrases;
mod pictures;
mod sections;

use super::banner::Banner;
use super::story::{Block, BlockKind, Story};
use crate::text::Text;
use crate::tree::Node;

pub use self::contacts::{is_label, phone};
pub use self::cover::tells_nothing;
pub use self::editors::{found as notes_to_editors, named as note_name};
pub use self::opening::is_no_title;
pub use self::phrases::may_be_for_editors;

/// A story, cut into the parts of a release.
#[derive(Debug, Default)]
pub struct Anatomy {
    /// What it says of the diffusion.
    pub banners: Vec<Banner>,
    /// What it calls itself, "COMMUNIQUÉ DE PRESSE": no reader needs it in a newsroom.
    pub kinds: Vec<Block>,
    /// Where and when it was written, on a line of its own.
    pub dateline: Option<Block>,
    /// The title, if the text has one.
    pub title: Option<Block>,
    /// The line under it.
    pub subtitle: Option<Block>,
    /// The *chapô*: what it is about, in a paragraph.
    pub lead: Option<Block>,
    /// What is left.
    pub body: Vec<Block>,
    /// What stands behind the end and is none of the other parts; notes to editors too, with their
    /// heading, unless [`leave_out`] took them.
    pub notes: Vec<Block>,
    /// "À propos de…", with its heading.
    pub boilerplate: Vec<Block>,
    /// Whom the press may call: maps of `name`, `role`, `email`, `phone`, as in a head.
    pub contacts: Vec<Node>,
    /// The publisher's address at the foot of its paper: the page has the one of `crieur.toml`.
    pub letterhead: Vec<Block>,
    /// The lines on which other mails begin.
    pub mails: Vec<u32>,
    /// What was found, as `show` calls it, in the order of a release.
    pub parts: Vec<&'static str>,
}

impl Anatomy {
    /// Everything that readers see, in order.
    pub fn shown(&self) -> impl Iterator<Item = &Block> {
        let head = self.title.iter().chain(&self.subtitle).chain(&self.dateline).chain(&self.lead);
        head.chain(&self.body).chain(&self.notes).chain(&self.boilerplate)
    }

    /// Puts pictures back where they stood, whose lines readers do not see. The mark of the publisher in
    /// its address is none.
    fn keep(&mut self, pictures: Vec<pictures::Picture>) {
        self.title.iter_mut().chain(&mut self.subtitle).for_each(pictures::strip);
        let kept = pictures::of(self.shown().chain(&self.letterhead));
        for picture in pictures::lost(pictures, kept) {
            self.put(picture.block());
        }
    }

    /// Adds a block behind the last one that stands before it in the file.
    fn put(&mut self, block: Block) {
        let lists = [&mut self.body, &mut self.notes, &mut self.boilerplate];
        let behind = |blocks: &[Block]| blocks.iter().rposition(|other| other.line <= block.line).map(|at| at + 1);
        let found = lists.iter().rposition(|blocks| behind(blocks).is_some()).unwrap_or_default();
        if let Some(blocks) = lists.into_iter().nth(found) {
            blocks.insert(behind(blocks).unwrap_or_default(), block);
        }
    }

    /// The first words that can stand for a title.
    pub fn words(&self) -> Option<(Text, u32)> {
        let blocks = self.title.iter().chain(&self.subtitle).chain(&self.lead).chain(&self.body);
        let mut blocks = blocks.chain(&self.notes).chain(&self.boilerplate).chain(&self.dateline);
        blocks.find_map(|block| Some((block.words()?, block.line)))
    }

    /// The paragraph that says what it is about (PR-03): the lead, else the first of the body that is
    /// running text, without the place and day that it may start with.
    pub fn paragraph(&self) -> Option<(Text, u32)> {
        let paragraph = |block: &&Block| {
            let text = block.kind == BlockKind::Paragraph && block.words().is_some();
            text && !tells_nothing(&block.text)
        };
        let lead = self.lead.as_ref().filter(paragraph);
        let running = self.body.iter().filter(paragraph).find(|block| !block.is_aside && opening::is_running(block));
        let block = lead.or(running).or_else(|| self.body.iter().find(paragraph))?;
        let words = block.words()?;
        Some((Text::some(behind_dateline(words.as_str())).unwrap_or(words), block.line))
    }
}

/// What stands behind the place and day that a text may start with.
pub fn behind_dateline(text: &str) -> &str {
    dateline::leading(text).and_then(|end| text.get(end..)).unwrap_or(text)
}

/// What a line says besides calling the text a press release: its place and day may stand there.
pub fn behind_kind(line: &str) -> &str {
    opening::kind(line).unwrap_or(line)
}

/// What of a story is for newsrooms only.
#[derive(Debug, Default)]
pub struct LeftOut {
    /// The notes, with their headings.
    pub blocks: Vec<Block>,
    /// How the first of them calls itself.
    pub name: String,
    /// What the story says of its diffusion, in the notes too: an embargo that stands there holds.
    pub banners: Vec<Banner>,
}

/// Takes the notes to editors out of a story that has some, with the footnotes that only they have.
pub fn leave_out(story: &mut Story) -> Option<LeftOut> {
    let mut blocks = story.blocks.clone();
    opening::lines_apart(&mut blocks);
    let found = editors::found(&blocks);
    let name = blocks.get(found.first()?.start).and_then(editors::named)?.to_owned();
    let banners = opening::banners(&mut blocks.clone());
    let inside = |at: usize| found.iter().any(|range| range.contains(&at));
    let (taken, kept): (Vec<_>, Vec<_>) = blocks.into_iter().enumerate().partition(|(at, _)| inside(*at));
    let blocks_of = |blocks: Vec<(usize, Block)>| blocks.into_iter().map(|(_, block)| block).collect::<Vec<_>>();
    let taken = blocks_of(taken);
    story.blocks = blocks_of(kept);
    story.forget_notes_of(&taken);
    Some(LeftOut { blocks: taken, name, banners })
}

/// Cuts a story into its parts; it keeps its notes and files. The name of its publisher above the text is part of its
/// paper.
pub fn of(story: &mut Story, publisher: &str) -> Anatomy {
    let mut blocks = std::mem::take(&mut story.blocks);
    if let Some(head) = mail::take_head(&mut blocks) {
        story.suggestions.extend(head.lines.into_iter().map(|line| ("mail", line)));
        story.subject = story.subject.take().or(head.subject);
    }
    let mails = mail::inside(&blocks);
    let pictures = pictures::of(&blocks);
    opening::lines_apart(&mut blocks);
    let mut banners = opening::banners(&mut blocks);
    banners.extend(opening::around(&story.margins, &story.notes));
    banners.extend(story.subject.as_ref().and_then(|at| opening::embargo(at.value.as_str(), at.place)));
    let kinds = opening::kinds(&mut blocks);
    let kind = kinds.first().map(|block| block.line);
    let senders = opening::senders(&mut blocks, publisher);
    let mut boxes = sections::boxes(&mut blocks);
    let contacts = sections::contacts(&mut blocks);
    let dateline = opening::dateline(&mut blocks);
    let tail = sections::tail(&mut blocks, contacts.behind);
    let subject = || story.subject.as_ref().map(|at| Block::plain(BlockKind::Title, at.value.as_str(), at.place.line));
    let mut title = opening::title(&mut blocks, kind);
    if title.is_none() && !boxes.is_empty() {
        blocks.append(&mut boxes);
        blocks.sort_by_key(|block| block.line);
        title = opening::title(&mut blocks, kind);
    }
    let title = title.or_else(subject);
    trim(&mut blocks);
    let subtitle = title.as_ref().and_then(|_| opening::subtitle(&mut blocks));
    trim(&mut blocks);
    let lead = opening::lead(&mut blocks);
    let mut anatomy = Anatomy {
        banners,
        kinds,
        dateline,
        title,
        subtitle,
        lead,
        body: blocks,
        notes: tail.notes,
        boilerplate: tail.boilerplate,
        contacts: contacts.people,
        letterhead: senders.into_iter().chain(contacts.letterhead).chain(tail.letterhead).collect(),
        parts: Vec::new(),
        mails,
    };
    boxes.into_iter().for_each(|block| anatomy.put(block));
    anatomy.keep(pictures);
    for blocks in [&mut anatomy.body, &mut anatomy.notes, &mut anatomy.boilerplate] {
        trim(blocks);
    }
    let mail = story.suggestions.iter().any(|(name, _)| *name == "mail");
    anatomy.parts = parts(&anatomy, mail, tail.ended, contacts.found);
    anatomy
}

/// What `show` says that was found.
fn parts(anatomy: &Anatomy, mail: bool, ended: bool, contacts: bool) -> Vec<&'static str> {
    let is_note = |block: &Block| editors::named(block).is_some();
    let found = [
        ("mail-head", mail),
        ("banner", !anatomy.kinds.is_empty() || !anatomy.banners.is_empty()),
        ("dateline", anatomy.dateline.is_some()),
        ("title", anatomy.title.is_some()),
        ("subtitle", anatomy.subtitle.is_some()),
        ("lead", anatomy.lead.is_some()),
        ("end", ended),
        ("notes", anatomy.notes.iter().any(is_note)),
        ("behind-end", !anatomy.notes.is_empty() && !anatomy.notes.iter().any(is_note)),
        ("boilerplate", !anatomy.boilerplate.is_empty()),
        ("contacts", contacts),
        ("letterhead", !anatomy.letterhead.is_empty()),
    ];
    found.into_iter().filter_map(|(name, there)| there.then_some(name)).collect()
}

/// A rule parts two pieces of text: one at the start or end, or a second beside the first, parts
/// nothing.
fn trim(blocks: &mut Vec<Block>) {
    let is_rule = |block: &Block| block.kind == BlockKind::Rule;
    let first = blocks.iter().position(|block| !is_rule(block)).unwrap_or(blocks.len());
    blocks.drain(..first);
    let last = blocks.iter().rposition(|block| !is_rule(block)).map_or(0, |at| at + 1);
    blocks.truncate(last);
    blocks.dedup_by(|next, before| is_rule(next) && is_rule(before));
    // The signs that made it are no words.
    blocks.iter_mut().filter(|block| is_rule(block)).for_each(|block| {
        block.text.clear();
        block.html.clear();
    });
}
