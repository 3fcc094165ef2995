//! Which items are one text in several languages: their names say so (`piscine.md`, `piscine.en.md`,
//! `en/piscine.md`), so that nobody has to write it down.

use crate::item::Item;
use crate::kept::{Groups, Table};
use crate::resolve::language;

/// For each item that can be read and that others say the same as in other languages their numbers, by language. A text that is there
/// twice in one language has none: nobody knows which of the two is meant.
pub fn translations(items: &[Item]) -> Table<usize, Vec<usize>> {
    let groups =
        Groups::of(items.len(), |index| items.get(index).map_or("", |item| language::without(&item.path)).into());
    let mut translations = Table::default();
    for group in groups.several() {
        let is_there = |number: &usize| items.get(*number).is_some_and(|item| item.status.is_readable());
        let mut group: Vec<usize> = group.iter().copied().filter(is_there).collect();
        let language = |number: &usize| items.get(*number).map(|item| item.language.to_lowercase());
        group.sort_by_key(language);
        let distinct = group.windows(2).all(|two| two.first().and_then(language) != two.last().and_then(language));
        if !distinct {
            continue;
        }
        for number in &group {
            translations.insert(*number, group.iter().copied().filter(|other| other != number).collect());
        }
    }
    translations
}
