//! The parts of a press release (requirements §10.2): what is a title, a lead, a contact, and what
//! is only for the press.
//!
//! Told from the blocks of a [`Story`], whatever program wrote it. Nothing that an author wrote for
//! readers is lost: what is not recognised stays in the body.

use super::banner::{self, Banner};
use super::story::{Block, BlockKind, Story};
use crate::problem::Place;
use crate::tree::Node;

/// A story, cut into the parts of a release.
#[derive(Debug, Default)]
pub struct Anatomy {
    /// What the first lines say of the diffusion.
    pub banners: Vec<Banner>,
    /// The title, if the text has one.
    pub title: Option<Block>,
    /// The line under it.
    pub subtitle: Option<Block>,
    /// The *chapô*: what it is about, in a paragraph.
    pub lead: Option<Block>,
    /// What is left.
    pub body: Vec<Block>,
    /// Notes to editors, with their heading.
    pub notes: Vec<Block>,
    /// "À propos de…", with its heading.
    pub boilerplate: Vec<Block>,
    /// Whom the press may call: maps of `name`, `role`, `email`, `phone`, as in a head.
    pub contacts: Vec<Node>,
}

impl Anatomy {
    /// Everything that readers see, in order.
    pub fn shown(&self) -> impl Iterator<Item = &Block> {
        let head = self.title.iter().chain(&self.subtitle).chain(&self.lead);
        head.chain(&self.body).chain(&self.notes).chain(&self.boilerplate)
    }
}

/// Cuts a story into its parts; it keeps its notes and files.
pub fn of(story: &mut Story) -> Anatomy {
    let mut anatomy = Anatomy::default();
    let mut blocks = std::mem::take(&mut story.blocks);
    anatomy.banners = banners(&mut blocks);
    anatomy.title = title(&mut blocks);
    anatomy.body = blocks;
    anatomy
}

/// So many blocks at the start may hold a banner.
const OPENING: usize = 12;

/// Takes out the blocks that are banners and nothing else.
fn banners(blocks: &mut Vec<Block>) -> Vec<Banner> {
    let mut banners = Vec::new();
    let mut index = 0;
    blocks.retain(|block| {
        index += 1;
        let found = if index <= OPENING { banner::banner(&block.text, Place::line(block.line)) } else { None };
        let only = found.is_some() && banner::is_nothing_else(&block.text);
        banners.extend(found);
        !only
    });
    banners
}

/// The block that its format calls the title, else a heading that leads.
fn title(blocks: &mut Vec<Block>) -> Option<Block> {
    let named = blocks.iter().position(|block| block.kind == BlockKind::Title);
    let leads = || blocks.first().filter(|block| matches!(block.kind, BlockKind::Heading(_))).map(|_| 0);
    named.or_else(leads).map(|at| blocks.remove(at))
}
