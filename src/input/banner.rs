//! What a release says of its own diffusion in its first lines: an embargo, or none (EM-03, EM-04).
//!
//! A banner is for the press, not for the reader: it is found here, read by `resolve`, and taken
//! out of what is published. Whoever writes "sous embargo" and no date that can be read must not
//! see the item go out.

use crate::input::At;
use crate::problem::Place;

/// A line about the diffusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banner {
    /// Not before: what follows the words, as typed.
    Embargo(At<String>),
    /// At once.
    Immediate,
}

/// So many lines that are not empty may hold one.
const LINES: usize = 8;
/// What is longer holds text that a reader should have.
const LONGEST: usize = 120;

/// Words that announce an embargo wherever a line begins with them, folded.
const EMBARGO: [&str; 20] = [
    "sous embargo",
    "embargo jusqu",
    "embargo au ",
    "embargo until",
    "embargo till",
    "embargoed",
    "under embargo",
    "under strict embargo",
    "strict embargo",
    "embargo strict",
    "ne pas diffuser avant",
    "ne pas publier avant",
    "a ne pas diffuser avant",
    "a ne pas publier avant",
    "diffusion interdite avant",
    "not for release before",
    "not for release until",
    "not for publication before",
    "hold for release",
    "do not publish before",
];

/// Words that say that there is none.
const IMMEDIATE: [&str; 5] = [
    "pour diffusion immediate",
    "diffusion immediate",
    "for immediate release",
    "a diffuser immediatement",
    "pour publication immediate",
];

/// What may stand in front of either.
const BEFORE: [&str; 8] = [
    "communique de presse ",
    "communique ",
    "dossier de presse ",
    "information ",
    "document ",
    "texte ",
    "press release ",
    "news release ",
];

/// The banners of a text, and the text without them, with as many lines as before.
pub fn take(body: &str, first_line: u32) -> (Vec<Banner>, Option<String>) {
    let mut banners = Vec::new();
    let mut cut: Vec<usize> = Vec::new();
    let opening = body.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()).take(LINES);
    for (index, line) in opening {
        let number = first_line + u32::try_from(index).unwrap_or_default();
        let Some(banner) = banner(line, Place::line(number)) else { continue };
        banners.push(banner);
        if line.trim().chars().count() <= LONGEST {
            cut.push(index);
            // The line under it that would make it a heading.
            let under = |line: &&str| !line.trim().is_empty() && line.trim().chars().all(|c| c == '=');
            cut.extend(body.split('\n').nth(index + 1).filter(under).map(|_| index + 1));
        }
    }
    if cut.is_empty() {
        return (banners, None);
    }
    let kept = body.split('\n').enumerate().map(|(index, line)| if cut.contains(&index) { "" } else { line });
    (banners, Some(kept.collect::<Vec<_>>().join("\n")))
}

/// Whether a line announces an embargo.
pub fn is_embargo(line: &str) -> bool {
    matches!(banner(line, Place::line(1)), Some(Banner::Embargo(_)))
}

fn banner(line: &str, place: Place) -> Option<Banner> {
    let start = line.find(|c: char| c.is_alphanumeric())?;
    let text = line.get(start..)?;
    let (folded, places) = folded(text);
    let mut from = 0;
    for before in BEFORE {
        if folded.starts_with(before) {
            from = before.len();
            break;
        }
    }
    let rest = folded.get(from..)?.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let from = folded.len() - rest.len();
    if IMMEDIATE.iter().any(|words| rest.starts_with(words)) {
        return Some(Banner::Immediate);
    }
    let typed = |length: usize| {
        let at = places.get(from + length).copied().unwrap_or(text.len());
        let value = text.get(at..).unwrap_or_default();
        let frame = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | ']' | '>' | '"' | '»');
        let value = value.trim_matches(frame).trim_start_matches([':', '-', '–', '—', ' ', '\u{a0}']);
        Some(Banner::Embargo(At { value: value.to_owned(), place }))
    };
    if let Some(words) = EMBARGO.iter().find(|words| rest.starts_with(**words)) {
        // `jusqu'au`, `until` belong to what follows.
        let own = if words.starts_with("embargo ") { "embargo" } else { words };
        return typed(own.len());
    }
    // `EMBARGO : mercredi 12 h`; "Embargo : la France …" is a headline.
    let behind = rest.strip_prefix("embargo")?;
    let mark = behind.trim_start().starts_with([':', '-']) || behind.trim().is_empty();
    let capitals = text.get(places.get(from).copied()?..)?.starts_with("EMBARGO");
    (mark && (capitals || behind.contains(|c: char| c.is_ascii_digit()))).then(|| typed("embargo".len())).flatten()
}

/// Lower case without accents, and for each of its bytes where the character stood.
fn folded(text: &str) -> (String, Vec<usize>) {
    let mut folded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let plain = match character {
            '\u{300}'..='\u{36f}' => continue,
            '’' | 'ʼ' => "'".to_owned(),
            '–' | '—' => "-".to_owned(),
            c if c.is_whitespace() => " ".to_owned(),
            c => deunicode::deunicode_char(c).unwrap_or_default().to_lowercase(),
        };
        places.extend(std::iter::repeat_n(at, plain.len()));
        folded.push_str(&plain);
    }
    (folded, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Option<String> {
        banner(line, Place::line(1)).map(|banner| match banner {
            Banner::Embargo(at) => at.value,
            Banner::Immediate => "at once".to_owned(),
        })
    }

    #[test]
    fn lines_that_are_banners() {
        for (line, rest) in [
            ("sous embargo jusqu'au 29 janvier 2020 à 11h", "jusqu'au 29 janvier 2020 à 11h"),
            ("**SOUS EMBARGO JUSQU’AU 29 JANVIER 2020 À 11H**", "JUSQU’AU 29 JANVIER 2020 À 11H"),
            ("EMBARGO : mercredi 12h", "mercredi 12h"),
            ("# Embargo jusqu’à jeudi", "jusqu’à jeudi"),
            ("NE PAS DIFFUSER AVANT LE 29/01/2020 11:00", "LE 29/01/2020 11:00"),
            ("EMBARGOED UNTIL 00:01 GMT 3 February 2005", "UNTIL 00:01 GMT 3 February 2005"),
            ("UNDER EMBARGO", ""),
            ("HOLD FOR RELEASE", ""),
            ("[Communiqué de presse sous embargo]", ""),
            ("EMBARGO", ""),
            ("Pour diffusion immédiate", "at once"),
            ("*FOR IMMEDIATE RELEASE:*", "at once"),
        ] {
            assert_eq!(shown(line).as_deref(), Some(rest), "{line}");
        }
        for line in [
            "L’embargo sur les huîtres est levé",
            "Embargo : la France réagit",
            "La diffusion immédiate de la vidéo",
            "Le texte, sous embargo, a fuité",
            "",
        ] {
            assert_eq!(shown(line), None, "{line}");
        }
    }

    #[test]
    fn a_banner_is_taken_out_and_every_line_stays_where_it_was() {
        let (banners, text) = take("\nSOUS EMBARGO\n====\n\nLens, le 29\nTexte.\n", 4);
        assert_eq!(banners.len(), 1);
        assert_eq!(text.as_deref(), Some("\n\n\n\nLens, le 29\nTexte.\n"));
        assert_eq!(take("Texte.\n", 1), (Vec::new(), None));
        let long = format!("EMBARGO : {}\n", "mot ".repeat(40));
        assert_eq!(take(&long, 1).1, None);
    }
}
