//! What stands for an item that is withdrawn or suspended: the same entry, with a notice instead
//! of what it said (NS-02). A reader replaces what it has only where the id stays.

use crate::item::{Change, ChangeKind, Item, Status};
use crate::kept::Rare;
use crate::locale::Locale;
use crate::text::Text;

/// What an item is called while a notice stands for it, in a newsroom of this language.
pub fn titles(item: &Item, newsroom: &str) -> [String; 2] {
    let locale = Locale::of_page(&item.language, newsroom);
    ["withdrawn-title", "suspended-title"].map(|word| locale.word(word, &[("title", item.title.as_str())]))
}

/// Takes everything out of an item that its publisher does not want to say any more; `newsroom` is the
/// newsroom's language.
pub fn put(item: &mut Item, newsroom: &str) {
    let (kind, title, said) = match item.status {
        Status::Withdrawn => (ChangeKind::Withdrawal, "withdrawn-title", "withdrawn"),
        Status::Suspended => (ChangeKind::Suspension, "suspended-title", "suspended"),
        _ => return,
    };
    let locale = Locale::of_page(&item.language, newsroom);
    let act: Option<Change> = item.changes.iter().rev().find(|change| change.kind == kind).cloned();
    let day = act.as_ref().map(|act| locale.day(act.at.local.date_naive())).unwrap_or_default();
    let reason = act.as_ref().and_then(|act| act.note.as_ref()).map(Text::to_string).unwrap_or_default();
    item.title = Text::new(&locale.word(title, &[("title", item.title.as_str())]));
    item.summary = Some(Text::new(&locale.word(said, &[("day", &day), ("reason", &reason)])));
    item.subtitle = None;
    item.image = None;
    item.attachments = Rare::default();
    item.references = Rare::default();
    item.pictures = Rare::default();
    item.page_links = Rare::default();
    item.contacts = Rare::default();
    item.changes = act.into_iter().collect();
}
