//! The language of an item: its head, else its folder's, else the newsroom's.

use crate::config::Config;
use crate::input::Draft;
use crate::item::Origin;
use crate::locale;
use crate::problem::{Code, Problem};

/// The language tag and where it came from.
pub fn of(draft: &Draft, config: &Config, problems: &mut Vec<Problem>) -> (String, Origin) {
    let folder = || config.folder_value(&draft.path, |folder| folder.language.clone());
    let fallback = || match folder() {
        Some(language) => (language, Origin::Folder),
        None => (config.language.clone(), Origin::Config),
    };
    let Some(written) = &draft.language else {
        return fallback();
    };
    match locale::language_tag(&written.value) {
        Ok(tag) => (tag, Origin::Head { line: written.place.line }),
        Err(near) => {
            let (language, origin) = fallback();
            problems.push(
                Problem::new(Code::LanguageInvalid, &draft.path)
                    .at(written.place)
                    .with("value", &written.value)
                    .with("near", near.unwrap_or_default())
                    .with("language", &language),
            );
            (language, origin)
        }
    }
}
