//! A piece of plain text as HTML: addresses become links, `3^{ème}` is raised, and a first letter
//! that stood apart comes back to its word.

use std::fmt::Write as _;

use super::hyphens::Vocabulary;
use crate::html;
use crate::input::addresses;

/// A text as HTML and as the words that a reader sees; a line of it stays one.
pub fn write(text: &str) -> (String, String) {
    let (mut written, mut plain) = (String::with_capacity(text.len() + 16), String::with_capacity(text.len()));
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            written.push_str("<br>\n");
            plain.push('\n');
        }
        for (words, address) in addresses::spans(line) {
            match address {
                Some(address) => {
                    let _ = write!(written, "<a href=\"{}\">{}</a>", html::escape(&address), html::escape(words));
                    plain.push_str(words);
                }
                None => raise(words, &mut written, &mut plain),
            }
        }
    }
    (written, plain)
}

/// `^{…}` and `_{…}`, as programs that read PDF write what stands higher or lower.
fn raise(words: &str, written: &mut String, plain: &mut String) {
    const LONGEST: usize = 24;
    let mut rest = words;
    while let Some(at) = rest.find(['^', '_']) {
        let (before, tail) = rest.split_at(at);
        written.push_str(&html::escape(before));
        plain.push_str(before);
        let element = if tail.starts_with('^') { "sup" } else { "sub" };
        let inner = tail.get(1..).and_then(|tail| tail.strip_prefix('{')).and_then(|tail| tail.split_once('}'));
        match inner.filter(|(inner, _)| !inner.trim().is_empty() && inner.len() <= LONGEST && !inner.contains('{')) {
            Some((inner, after)) => {
                let _ = write!(written, "<{element}>{}</{element}>", html::escape(inner));
                plain.push_str(inner);
                rest = after;
            }
            None => {
                let (mark, after) = tail.split_at(1);
                written.push_str(mark);
                plain.push_str(mark);
                rest = after;
            }
        }
    }
    written.push_str(&html::escape(rest));
    plain.push_str(rest);
}

/// Letters that are words: before them a space is right.
const WORDS: [char; 7] = ['A', 'À', 'Â', 'Y', 'Ô', 'O', 'I'];

/// Brings a first letter that was set apart (a drop cap) back to its word: `C onscient`.
///
/// The text decides: the whole word elsewhere in it joins them, the rest of it alone elsewhere keeps
/// them apart (`L agglomération`, where an apostrophe was lost). Where it says neither, they are
/// joined, unless the letter is a word itself (`À propos`, `A noter`, `I am`).
pub fn drop_cap(text: &str, vocabulary: &Vocabulary) -> Option<String> {
    let mut characters = text.chars();
    let letter = characters.next().filter(|letter| letter.is_uppercase())?;
    let rest = characters.as_str().strip_prefix([' ', '\n'])?;
    let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
    if !word.starts_with(char::is_lowercase) {
        return None;
    }
    let whole = vocabulary.has(&format!("{letter}{word}"));
    // What is asked stands in the text itself, once.
    let alone = vocabulary.count(&word) > 1;
    let joins = if WORDS.contains(&letter) { whole && !alone } else { whole || !alone };
    joins.then(|| format!("{letter}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_becomes() {
        for (text, html, plain) in [
            ("la 3^{ème} fois", "la 3<sup>ème</sup> fois", "la 3ème fois"),
            ("du CO_{2} <b>", "du CO<sub>2</sub> &lt;b&gt;", "du CO2 <b>"),
            ("x^2 et a_b ^{} ^{{", "x^2 et a_b ^{} ^{{", "x^2 et a_b ^{} ^{{"),
            (
                "www.lens.fr\na@lens.fr",
                "<a href=\"https://www.lens.fr\">www.lens.fr</a><br>\n<a href=\"mailto:a@lens.fr\">a@lens.fr</a>",
                "www.lens.fr\na@lens.fr",
            ),
        ] {
            assert_eq!(write(text), (html.to_owned(), plain.to_owned()));
        }
    }

    #[test]
    fn drop_caps() {
        for (text, joined) in [
            ("C onscient d'engager l'État", Some("Conscient d'engager l'État")),
            ("L a ville de Lens", Some("La ville de Lens")),
            ("P lus de cent", Some("Plus de cent")),
            ("A vec la ville, elle va avec elle", Some("Avec la ville, elle va avec elle")),
            ("À propos de la ville", None),
            ("A noter : la ville", None),
            ("Y aller", None),
            ("Ô ville", None),
            ("I am", None),
            ("L agglomération est une agglomération", None),
            ("M Dupont", None),
            ("Le texte", None),
        ] {
            assert_eq!(drop_cap(text, &Vocabulary::of(text)).as_deref(), joined, "{text}");
        }
    }
}
