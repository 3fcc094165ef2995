//! The heads of mails in a text that came in one (`De :`, `À :`, `Objet :`): who wrote to whom is
//! nobody's business. One at the start is taken out; one further down begins a conversation, which
//! is not ours to cut, but is said.

use crate::input::At;
use crate::input::plain::{Field, announces_a_mail, mail_field};
use crate::input::story::{Block, BlockKind};
use crate::problem::Place;
use crate::text::Text;

/// A head of a mail at the start of a text.
#[derive(Debug, Default)]
pub struct Head {
    /// What it is about, without `TR:` and `Re:`.
    pub subject: Option<At<Text>>,
    /// Every line, as key and value.
    pub lines: Vec<String>,
}

/// Takes the head out with which a text starts.
pub fn take_head(blocks: &mut Vec<Block>) -> Option<Head> {
    let announces = |block: &Block| block.kind == BlockKind::Rule || announces_a_mail(block.text.trim());
    let start = blocks.iter().position(|block| !announces(block))?;
    let end = end(blocks, start)?;
    let mut head = Head::default();
    for block in blocks.get(start..end)? {
        for line in block.lines() {
            if let Some(Field::Subject(value)) = mail_field(line) {
                head.subject = Text::some(&value).map(|value| At { value, place: Place::line(block.line) });
            }
            head.lines.push(line.to_owned());
        }
    }
    blocks.drain(..end);
    Some(head)
}

/// The lines on which other mails begin.
pub fn inside(blocks: &[Block]) -> Vec<u32> {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        match end(blocks, at) {
            Some(end) => {
                lines.push(block.line);
                at = end;
            }
            None => {
                // In a quotation.
                let heads: Vec<Option<Field>> = block.lines().map(mail_field).collect();
                if block.kind == BlockKind::Other && heads.windows(3).any(is_head) {
                    lines.push(block.line);
                }
                at += 1;
            }
        }
    }
    lines
}

/// Where the head ends that begins with a block: lines that are nothing but fields, three of them,
/// the sender's among them.
fn end(blocks: &[Block], start: usize) -> Option<usize> {
    let fields = |block: &&Block| {
        let text = matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading(_));
        text && block.lines().next().is_some() && block.lines().all(|line| mail_field(line).is_some())
    };
    let head: Vec<&Block> = blocks.get(start..)?.iter().take_while(fields).collect();
    let found: Vec<Option<Field>> = head.iter().flat_map(|block| block.lines()).map(mail_field).collect();
    is_head(&found).then_some(start + head.len())
}

fn is_head(fields: &[Option<Field>]) -> bool {
    let sender = fields.iter().any(|field| matches!(field, Some(Field::Sender)));
    sender && fields.len() >= 3 && fields.iter().all(Option::is_some)
}
