//! A line as its words are looked for: what is not seen taken away, letters without accents.

use crate::text::is_unseen;

/// So many letters set apart are a word.
pub(super) const FEWEST: usize = 4;

/// Letters that somebody set apart, `E M B A R G O`, as the word that they are.
pub(super) fn joined(line: &str) -> String {
    let characters: Vec<char> = line.chars().collect();
    let at = |index: usize| characters.get(index).copied();
    let letter = |index: usize| at(index).is_some_and(char::is_alphabetic);
    let space = |index: usize| at(index).is_none_or(|c| !c.is_alphanumeric());
    let mut joined = String::with_capacity(line.len());
    let mut index = 0;
    while let Some(character) = at(index) {
        let mut end = index;
        if index == 0 || space(index - 1) {
            while letter(end) && space(end + 1) && at(end + 1).is_none_or(char::is_whitespace) {
                end += 2;
                if !letter(end) {
                    break;
                }
            }
        }
        if (end - index) / 2 >= FEWEST {
            joined.extend(characters.get(index..end.min(characters.len())).unwrap_or_default().iter().step_by(2));
            // The space behind the last letter.
            index = end - 1;
        } else {
            joined.push(character);
            index += 1;
        }
    }
    joined
}

/// Without tags, marks of Markdown, entities of spaces, runs of spaces, and what is not seen.
pub(super) fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut tag = false;
    // A comment is a line that somebody wrote, too.
    let line = line.replace("<!--", " ").replace("-->", " ").replace("&nbsp;", " ").replace("&#160;", " ");
    for character in joined(&line).chars() {
        match character {
            c if is_unseen(c) => {}
            '<' => tag = true,
            '>' if tag => tag = false,
            _ if tag => {}
            '*' | '_' | '`' | '~' | '#' => {}
            c if c.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.push(c),
        }
    }
    if tag { line } else { plain.trim().to_owned() }
}

/// Lower case without accents, and for each of its bytes where the character stood.
pub(super) fn folded(text: &str) -> (String, Vec<usize>) {
    let mut folded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let before = folded.len();
        fold(character, &mut folded);
        places.extend(std::iter::repeat_n(at, folded.len() - before));
    }
    (folded, places)
}

/// A letter of the languages around: most of what is not ASCII, and told without a table.
fn is_latin(character: char) -> bool {
    matches!(character, '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}')
}

/// An accent that follows its letter.
pub(super) fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

pub(super) fn fold(character: char, folded: &mut String) {
    match character {
        c if is_accent(c) => {}
        '’' | 'ʼ' => folded.push('\''),
        '–' | '—' => folded.push('-'),
        c if c.is_whitespace() => folded.push(' '),
        c if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        // Of a pictogram deunicode would tell the name.
        c if !is_latin(c) && !c.is_alphanumeric() => folded.push(' '),
        c => folded.extend(deunicode::deunicode_char(c).unwrap_or_default().chars().map(|c| c.to_ascii_lowercase())),
    }
}
