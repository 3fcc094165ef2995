//! Title and summary, and what stands in for them.

use super::date::words::is_short_month;
use super::privacy;
use crate::config::Config;
use crate::input::{Draft, anatomy, banner};
use crate::item::Origin;
use crate::problem::{Code, Place, Problem};
use crate::text::{Text, words_only};

/// A summary made of a first paragraph is cut after this many characters, at a sentence.
const LONGEST_SUMMARY: usize = 300;
const LONGEST_TITLE: usize = 80;

/// The title: the head, else the first heading, else the file's name or the first words, said with a
/// warning. What it says of an embargo is for the press (EM-04).
pub fn title(draft: &Draft, problems: &mut Vec<Problem>) -> Option<(Text, Origin)> {
    if let Some(title) = &draft.title {
        return Some((for_readers(draft, &title.value), Origin::written(title.place)));
    }
    if let Some((heading, line)) = &draft.facts.heading {
        return Some((for_readers(draft, heading), Origin::Heading { line: *line }));
    }
    if let Some(title) = in_name(&draft.path).filter(|_| draft.facts.has_content) {
        let title = for_readers(draft, &title);
        problems.push(draft.without_head(Problem::new(Code::TitleFromName, &draft.path).with("title", &title)));
        return Some((title, Origin::FileName));
    }
    if let Some((words, line)) = draft.facts.paragraph.as_ref().or(draft.facts.words.as_ref()) {
        let words = cut(first_sentence(words.as_str()), LONGEST_TITLE);
        // Of dots alone nothing would be left.
        let bare = words.trim_end_matches('.').trim_end();
        let title = for_readers(draft, &Text::new(if bare.is_empty() { &words } else { bare }));
        let problem = Problem::new(Code::TitleFromText, &draft.path).at(Place::line(*line));
        problems.push(draft.without_head(problem.with("title", &title)));
        return Some((title, Origin::FirstWords { line: *line }));
    }
    problems.push(Problem::new(Code::ItemEmpty, &draft.path).at(Place::line(1)));
    None
}

/// A title or a summary without the embargo that it tells of.
pub fn for_readers(draft: &Draft, text: &Text) -> Text {
    let shorter = if draft.banners.is_empty() { None } else { banner::without(text.as_str()) };
    shorter.map_or_else(|| text.clone(), Text::new)
}

/// The title that a file's name is: words with spaces between them, behind the date. What is written
/// with hyphens was made for addresses, and "Communiqué de presse 12" is none.
fn in_name(path: &str) -> Option<Text> {
    let name = super::id::bare(path).rsplit('/').next()?;
    let words = super::date::places::written_behind_date(name).unwrap_or(name);
    let words = words.trim_matches(|c: char| !c.is_alphanumeric() && !"?!»)".contains(c));
    let several = words.split(' ').filter(|word| word.contains(char::is_alphabetic)).count() > 1;
    let released = anatomy::behind_kind(words) != words;
    Text::some(words).filter(|_| several && !released)
}

/// The summary: the head, else the first paragraph cut at a sentence (PR-03); none where it would
/// only repeat the title.
pub fn summary(draft: &Draft, title: &Text, config: &Config) -> Option<Text> {
    let summary = match (&draft.summary, &draft.facts.paragraph) {
        (Some(summary), _) => for_readers(draft, &summary.value),
        (None, Some((paragraph, _))) => Text::new(&cut(paragraph.as_str(), LONGEST_SUMMARY)),
        (None, None) => return None,
    };
    let summary = privacy::text(summary, config)?;
    (words_only(summary.as_str()) != words_only(title.as_str())).then_some(summary)
}

/// The text up to the last sentence, or else the last word, that ends within `longest` characters.
fn cut(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else {
        return text.to_owned();
    };
    let head = text.get(..end).unwrap_or(text);
    let sentence = sentence_ends(head).rfind(|at| *at > longest / 3);
    match sentence.and_then(|at| head.get(..at)) {
        Some(sentence) => sentence.to_owned(),
        None => {
            let words = head.rsplit_once(' ').map(|(words, _)| words).filter(|words| says_something(words));
            format!("{}…", words.unwrap_or(head))
        }
    }
}

/// Up to the first full stop, question or exclamation mark that ends a sentence.
fn first_sentence(text: &str) -> &str {
    let mut ends = sentence_ends(text).filter(|at| text.get(..*at).is_some_and(says_something));
    ends.next().and_then(|at| text.get(..at)).unwrap_or(text)
}

fn says_something(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Behind every mark that ends a sentence and is followed by a space.
fn sentence_ends(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    let marks = text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '…'));
    marks.map(|(at, c)| at + c.len_utf8()).filter(|at| {
        let Some((before, behind)) = text.split_at_checked(*at) else { return false };
        behind.starts_with(' ') && !abbreviated(before) && !is_in_a_date(before, behind)
    })
}

/// Whether the dot at the end belongs to a shortened month: `24 nov. 2026`, `Nov. 24, 2026`. `sept` is a number, too.
fn is_in_a_date(before: &str, behind: &str) -> bool {
    let figure = |word: Option<&str>| word.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let mut words = before.rsplit([' ', '\u{a0}']);
    let month = words.next().and_then(|word| word.strip_suffix('.')).is_some_and(is_short_month);
    month && (figure(words.next()) || figure(behind.split_whitespace().next()))
}

/// Whether the dot at the end belongs to a shortened word: `M.`, `art.`, an initial.
fn abbreviated(text: &str) -> bool {
    let word = text.trim_end_matches('.').rsplit([' ', '\u{a0}', '(']).next().unwrap_or_default();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    text.ends_with('.')
        && (initial
            || [
                "MM", "Mme", "Mlle", "Dr", "Pr", "Mr", "Mrs", "Ms", "St", "Ste", "art", "av", "bd", "cf", "chap",
                "env", "etc", "ex", "p", "réf", "Réf", "tél", "Tél", "vol", "No",
            ]
            .contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_in_names_of_files() {
        for (path, title) in [
            ("2026-11-24 Titre du communiqué.docx", Some("Titre du communiqué")),
            ("2026/2026-11-24 - L’été à la piscine !.txt", Some("L’été à la piscine !")),
            ("24 novembre 2026 La Sécurité routière.txt", Some("La Sécurité routière")),
            ("La piscine rouvre/index.md", Some("La piscine rouvre")),
            ("2026-11-24 Marché d’été.txt", Some("Marché d’été")),
            ("24 novembre 2026 Fête de l'été.txt", Some("Fête de l'été")),
            ("2026-11-24-la-piscine.md", None),
            ("2026-11-24 piscine.md", None),
            ("2026-11-24 Communiqué de presse 12.docx", None),
            ("2026-11-24.md", None),
        ] {
            assert_eq!(in_name(path).as_ref().map(Text::as_str), title, "{path}");
        }
    }

    #[test]
    fn a_cut_ends_at_a_sentence_or_a_word() {
        assert_eq!(cut("Un. Deux.", 20), "Un. Deux.");
        assert_eq!(cut("Voici une phrase. Et une autre qui est longue.", 25), "Voici une phrase.");
        assert_eq!(first_sentence("M. Dupont vient. Puis il part."), "M. Dupont vient.");
        assert_eq!(cut("Elle a dit oui. Puis M. Dupont est venu avec elle", 25), "Elle a dit oui.");
        assert_eq!(cut("Une phrase qui ne finit pas du tout", 20), "Une phrase qui ne…");
        assert_eq!(
            first_sentence("Le 24 nov. 2026 ou le 3 déc. Le conseil vote."),
            "Le 24 nov. 2026 ou le 3 déc. Le conseil vote."
        );
        assert_eq!(first_sentence("On Nov. 24, 2026, it opens. Come."), "On Nov. 24, 2026, it opens.");
        assert_eq!(first_sentence("C’est le 24 mai. Puis rien."), "C’est le 24 mai.");
        assert_eq!(first_sentence("Ils étaient sept. Puis dix."), "Ils étaient sept.");
        assert_eq!(first_sentence(". Le titre. Le texte."), ". Le titre.");
        assert_eq!(cut("- Anticonstitutionnellement", 20), "- Anticonstitutionne…");
    }
}
