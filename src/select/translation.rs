//! Which items are one text in several languages: their names say so (`piscine.md`, `piscine.en.md`,
//! `en/piscine.md`), so that nobody has to write it down.

use std::borrow::Cow;

use crate::item::Item;
use crate::kept::Groups;
use crate::resolve::language;

/// For each item the numbers of the others that say the same in other languages, by language. A text
/// that is there twice in one language has none: nobody knows which of the two is meant.
pub fn translations(items: &[Item]) -> Vec<Vec<usize>> {
    let groups = Groups::of(items.iter().map(|item| Cow::Borrowed(language::without(&item.path))));
    let mut translations = vec![Vec::new(); items.len()];
    for group in groups.several() {
        let is_out = |number: &usize| items.get(*number).is_some_and(|item| item.status.is_out());
        let mut group: Vec<usize> = group.iter().copied().filter(is_out).collect();
        let language = |number: &usize| items.get(*number).map(|item| item.language.to_lowercase());
        group.sort_by_key(language);
        let distinct = group.windows(2).all(|two| two.first().and_then(language) != two.last().and_then(language));
        if !distinct {
            continue;
        }
        for number in &group {
            if let Some(others) = translations.get_mut(*number) {
                others.extend(group.iter().filter(|other| *other != number));
            }
        }
    }
    translations
}
