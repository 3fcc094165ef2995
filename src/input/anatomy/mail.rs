//! The heads of mails in a text that came in one (`De :`, `À :`, `Objet :`): who wrote to whom is
//! nobody's business. One at the start is taken out; one further down begins a conversation, which
//! is not ours to cut, but is said.

use crate::input::At;
use crate::input::plain::{Field, announces_a_mail, answers_a_mail, mail_field};
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
                at += 1;
                if holds_one(block) || lines.is_empty() && goes_with_one(block) {
                    lines.push(block.line);
                    // The head under the line that announces it.
                    let table = || blocks.get(at).is_some_and(|below| !holds_one(block) && holds_one(below));
                    at = end(blocks, at).or_else(|| table().then_some(at + 1)).unwrap_or(at);
                }
            }
        }
    }
    lines
}

/// Whether a head stands inside of a block: in a quotation, under the line that announces it, in a table of its own.
fn holds_one(block: &Block) -> bool {
    let fields: Vec<Option<Field>> = block.lines().map(mail_field).collect();
    if block.kind == BlockKind::Table {
        // What a field says has a cell of its own.
        let fields: Vec<Option<Field>> = fields.into_iter().filter(Option::is_some).collect();
        return is_head(&fields);
    }
    let announced = block.lines().next().is_some_and(announces_a_mail);
    (block.kind == BlockKind::Other || announced) && fields.windows(3).any(is_head)
}

/// Whether a line of a block says that a mail follows, `Le 26 nov. 2026 à 17:42, Marion a écrit :`. Of a conversation
/// that has been told it is no news.
fn goes_with_one(block: &Block) -> bool {
    block.lines().any(|line| announces_a_mail(line) || answers_a_mail(line))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_in_a_text() {
        let head = "De : A <a@x.fr>\nEnvoyé : jeudi 26 novembre 2026 17:42\nÀ : B\nObjet : RE: CP";
        let answer = "Le jeu. 26 nov. 2026 à 17:42, Marion <m@x.fr> a écrit :";
        for (blocks, lines) in [
            (vec![(BlockKind::Paragraph, format!("-----Message d'origine-----\n{head}"))], vec![2]),
            (
                vec![
                    (BlockKind::Paragraph, "-----Original Message-----".to_owned()),
                    (BlockKind::Paragraph, head.to_owned()),
                ],
                vec![2],
            ),
            (vec![(BlockKind::Paragraph, answer.to_owned()), (BlockKind::Other, "ok pour moi".to_owned())], vec![2]),
            (vec![(BlockKind::Paragraph, head.to_owned()), (BlockKind::Paragraph, answer.to_owned())], vec![2]),
            (vec![(BlockKind::Table, "Sujet : \nCP\nDate : \n26 nov.\nDe : \nMarion\nPour : \nB".to_owned())], vec![2]),
            (vec![(BlockKind::Table, "De : Lens\nÀ : Liévin\n8 h".to_owned())], vec![]),
            (vec![(BlockKind::Paragraph, "Le 12 mars 1916, le soldat Dupont a écrit :".to_owned())], vec![]),
        ] {
            let mut all = vec![Block::plain(BlockKind::Paragraph, "La piscine rouvre.", 1)];
            all.extend((2..).zip(&blocks).map(|(line, (kind, text))| Block::plain(*kind, text, line)));
            assert_eq!(inside(&all), lines, "{blocks:?}");
        }
    }
}
