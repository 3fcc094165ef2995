//! Which items are one text in several languages: their names say so (`piscine.md`, `piscine.en.md`,
//! `en/piscine.md`), so that nobody has to write it down.

use std::collections::BTreeMap;

use crate::item::Item;
use crate::resolve::language;

/// For each item the numbers of the others that say the same in other languages, by language. A text
/// that is there twice in one language has none: nobody knows which of the two is meant.
pub fn translations(items: &[Item]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, item) in items.iter().enumerate().filter(|(_, item)| item.status.is_out()) {
        groups.entry(language::without(&item.path)).or_default().push(number);
    }
    let mut translations = vec![Vec::new(); items.len()];
    for mut group in groups.into_values() {
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
