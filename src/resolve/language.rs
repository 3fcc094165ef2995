//! The language of an item: its head, else its name (`piscine.en.md`), else what `[[folder]]` says,
//! else a first folder that is named after a language (`en/piscine.md`), else the newsroom's.

use crate::config::Config;
use crate::input::Draft;
use crate::item::Origin;
use crate::locale;
use crate::problem::{Code, Problem};

/// The language tag and where it came from.
pub fn of(draft: &Draft, config: &Config, problems: &mut Vec<Problem>) -> (String, Origin) {
    let path = draft.path.as_str();
    let fallback = || {
        let suffix = suffix(path).map(|language| (language, Origin::FileName));
        let folder = || config.folder_value(path, |folder| folder.language.clone()).map(|l| (l, Origin::Folder));
        let first = || path.split_once('/').and_then(|(first, _)| named(first)).map(|l| (l, Origin::Folders));
        suffix.or_else(folder).or_else(first).unwrap_or_else(|| (config.language.clone(), Origin::Config))
    };
    let Some(written) = &draft.language else {
        return fallback();
    };
    match locale::language_tag(&written.value) {
        Ok(tag) => (tag, Origin::written(written.place)),
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

/// The languages of ISO 639-1: a name of two letters that is none of them means something else.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik \
    io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms \
    mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm \
    sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// `fr`, `zh_CN`, `pt-br`: a tag whose first part is a language of two letters.
fn named(text: &str) -> Option<String> {
    let code = text.get(..2).filter(|code| CODES.split_ascii_whitespace().any(|known| known == *code))?;
    let rest = text.get(code.len()..)?;
    let region = rest.strip_prefix(['-', '_']).is_some_and(|region| matches!(region.len(), 2 | 4));
    if rest.is_empty() || region { locale::language_tag(text).ok() } else { None }
}

/// The language that ends a file's name: `piscine.en.md`.
pub fn suffix(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let (stem, _) = name.rsplit_once('.')?;
    let (before, last) = stem.rsplit_once('.')?;
    named(last).filter(|_| !before.is_empty())
}

/// What a text and its translations have in common: the path without its ending, and without the
/// language in the file's name or in the first folder. `en/piscine.md`, `piscine.en.md` and
/// `piscine.md` are one text in two languages.
pub fn without(path: &str) -> &str {
    let start = path.rfind('/').map_or(0, |at| at + 1);
    let ends = path.get(start..).and_then(|name| name.rfind('.')).map_or(path.len(), |at| start + at);
    let mut stem = path.get(..ends).unwrap_or(path);
    if suffix(path).is_some() {
        stem = stem.rsplit_once('.').map_or(stem, |(before, _)| before);
    }
    let below = stem.split_once('/').filter(|(first, _)| named(first).is_some()).map(|(_, below)| below);
    below.unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes() {
        for (path, language) in [
            ("x/piscine.en.md", Some("en")),
            ("piscine.zh_CN.md", Some("zh-CN")),
            ("index.fr.md", Some("fr")),
            ("piscine.md", None),
            ("v1.2.md", None),
            ("piscine.old.md", None),
            (".en.md", None),
        ] {
            assert_eq!(suffix(path).as_deref(), language, "{path}");
        }
    }

    #[test]
    fn translations_have_one_path() {
        for path in ["a/piscine.md", "a/piscine.en.md", "en/a/piscine.md", "fr/a/piscine.fr.md", "pt-BR/a/piscine.md"] {
            assert_eq!(without(path), "a/piscine", "{path}");
        }
        assert_eq!(without("v1.2.md"), "v1.2");
        assert_eq!(without("a.b/c"), "a.b/c");
        assert_eq!(without("index.fr.md"), "index");
    }
}
