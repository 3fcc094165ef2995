//! A text that names people with their e-mail addresses. A comma alone separates nobody, but no name
//! has an address in it: behind each address somebody else begins. What stands there and is only said
//! of the same person, a telephone or what they do, stays with them.

use crate::input::anatomy::{is_label, phone};
use crate::text::addresses;

/// Somebody in such a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressed<'a> {
    /// Empty where an address is all there is.
    pub name: String,
    /// What they do.
    pub role: Option<&'a str>,
    /// As it stands there, unchecked.
    pub email: Option<&'a str>,
    /// As it stands there.
    pub phone: Option<&'a str>,
}

/// What stands between people, and around an address.
const JOINTS: [char; 17] =
    [' ', '\u{a0}', '\u{202f}', ',', ';', ':', '&', '<', '>', '(', ')', '[', ']', '-', '–', '—', '|'];

/// Everybody whom a text with addresses names, in its order; nobody where no address stands in it.
/// `apart` cuts names that have none between them, and `is_key` knows what is the key of somebody.
pub fn people<'a>(
    text: &'a str,
    apart: impl Fn(&str) -> Vec<String>,
    is_key: impl Fn(&str) -> bool,
) -> Vec<Addressed<'a>> {
    let mut people: Vec<Addressed<'a>> = Vec::new();
    let mut end = 0;
    for place in addresses(text) {
        let between = text.get(end..place.start).unwrap_or_default();
        let words = in_front(told_of(people.last_mut(), between, Stands::Between, &is_key));
        let (words, phone) = match words.rsplit_once(',') {
            Some((words, last)) if number(last).is_some() => (words, number(last)),
            _ => (words, None),
        };
        let (words, role) = match words.split_once('(') {
            Some((words, role)) if !role.contains(')') && !words.trim().is_empty() => (words, Some(role.trim())),
            _ => (words, None),
        };
        let mut names = named(words, &apart);
        let name = names.pop().map(|last| last.name).unwrap_or_default();
        people.append(&mut names);
        people.push(Addressed { name, role, email: text.get(place.clone()), phone });
        end = place.end;
    }
    if people.is_empty() {
        return people;
    }
    let tail = told_of(people.last_mut(), text.get(end..).unwrap_or_default(), Stands::Last, &is_key);
    match people.as_mut_slice() {
        // The address came first.
        [one] if one.name.is_empty() => tail.trim_end_matches(JOINTS).clone_into(&mut one.name),
        _ => people.append(&mut named(tail, &apart)),
    }
    people
}

/// Where words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Behind one address and before the next.
    Between,
    /// Behind the last.
    Last,
}

/// Takes from what stands behind an address what is said of the person before it, and gives the rest.
fn told_of<'a>(
    person: Option<&mut Addressed<'a>>,
    text: &'a str,
    stands: Stands,
    is_key: impl Fn(&str) -> bool,
) -> &'a str {
    let Some(person) = person else {
        return text.trim_start_matches(JOINTS);
    };
    let mut text = text.trim_start_matches(|c| c != '(' && JOINTS.contains(&c));
    if let Some((inner, rest)) = text.strip_prefix('(').and_then(|text| text.split_once(')')) {
        if person.name.is_empty() {
            inner.trim().clone_into(&mut person.name);
        } else {
            person.role = person.role.or(Some(inner.trim()));
        }
        text = rest;
    }
    loop {
        text = text.trim_start_matches(JOINTS);
        text = ["et ", "and "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text).trim_start();
        let (piece, rest) = text.split_once([',', ';']).unwrap_or((text, ""));
        let (piece, opens_the_next) = (piece.trim_end_matches(JOINTS), rest.is_empty() && stands == Stands::Between);
        let is_role = piece.starts_with(char::is_lowercase) && !is_key(piece);
        match number(piece) {
            _ if piece.is_empty() || opens_the_next => return text,
            Some(number) if person.phone.is_none() => person.phone = Some(number),
            None if is_role && person.role.is_none() && !person.name.is_empty() => person.role = Some(piece),
            _ => return text,
        }
        text = rest;
    }
}

/// Without what only opens an address: `<`, `(`, `courriel :`.
fn in_front(text: &str) -> &str {
    let opens = |c: char| c != ')' && JOINTS.contains(&c);
    let text = text.trim_end_matches(opens);
    let text = text.strip_suffix("mailto").unwrap_or(text).trim_end_matches(opens);
    match text.rsplit_once([',', '(', '–', '|']) {
        Some((words, last)) if is_label(last) => words.trim_end_matches(opens),
        _ if is_label(text) => "",
        _ => text,
    }
}

fn named<'a>(words: &str, apart: impl Fn(&str) -> Vec<String>) -> Vec<Addressed<'a>> {
    let names = apart(words).into_iter().map(|name| {
        // A bracket that was opened in a name is closed in it.
        let trailing = |c: char| JOINTS.contains(&c) && !(c == ')' && name.contains('('));
        let name = name.trim_start_matches(JOINTS).trim_end_matches(trailing).trim_matches('"');
        Addressed { name: name.to_owned(), ..Addressed::default() }
    });
    names.filter(|person| !person.name.is_empty()).collect()
}

/// The telephone number that is all of a piece, but for a word that says so; a short one has no letters.
fn number(piece: &str) -> Option<&str> {
    let piece = piece.trim_matches(|c| c != '(' && c != ')' && JOINTS.contains(&c));
    if let Some((start, end)) = phone(piece) {
        let is_all = is_label(piece.get(..start)?) && piece.get(end..)?.trim_matches(JOINTS).is_empty();
        return piece.get(start..end).filter(|_| is_all);
    }
    let figures = piece.chars().filter(char::is_ascii_digit).count();
    (figures > 1 && !piece.contains(char::is_alphabetic)).then(|| piece.trim_matches(JOINTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_their_addresses() {
        let apart = |names: &str| names.split(';').map(str::to_owned).collect();
        let shown = |text: &str| -> Vec<String> {
            let show = |person: &Addressed<'_>| {
                let fields = [person.email, person.role, person.phone].map(Option::unwrap_or_default);
                [person.name.as_str()].into_iter().chain(fields).collect::<Vec<_>>().join("|")
            };
            let people = people(text, apart, |name| name == "camille");
            people.iter().map(|person| show(person).trim_end_matches('|').to_owned()).collect()
        };
        for (text, expected) in [
            ("Marie DUPONT", &[][..]),
            ("Marie DUPONT <m@v.fr>", &["Marie DUPONT|m@v.fr"]),
            ("Marie DUPONT <m@v.fr>, Jean PETIT <j@v.fr>", &["Marie DUPONT|m@v.fr", "Jean PETIT|j@v.fr"]),
            ("Marie DUPONT <m@v.fr> ; Jean PETIT <j@v.fr>", &["Marie DUPONT|m@v.fr", "Jean PETIT|j@v.fr"]),
            ("Marie DUPONT <m@v.fr> et Jean PETIT <j@v.fr>", &["Marie DUPONT|m@v.fr", "Jean PETIT|j@v.fr"]),
            ("Marie DUPONT <m@v.fr> & Jean PETIT (j@v.fr)", &["Marie DUPONT|m@v.fr", "Jean PETIT|j@v.fr"]),
            ("Marie DUPONT <m@v.fr>, Ville d'Exemple", &["Marie DUPONT|m@v.fr", "Ville d'Exemple"]),
            ("Ville d'Exemple; Marie DUPONT <m@v.fr>", &["Ville d'Exemple", "Marie DUPONT|m@v.fr"]),
            ("Marie DUPONT <m@v.fr>, camille; Jean PETIT", &["Marie DUPONT|m@v.fr", "camille", "Jean PETIT"]),
            ("Marie DUPONT <m@v.fr>, directrice", &["Marie DUPONT|m@v.fr|directrice"]),
            ("Marie DUPONT <m@v.fr>, directrice, Max <x@v.fr>", &["Marie DUPONT|m@v.fr|directrice", "Max|x@v.fr"]),
            ("Marie DUPONT <m@v.fr>, jean petit <j@v.fr>", &["Marie DUPONT|m@v.fr", "jean petit|j@v.fr"]),
            ("Marie DUPONT, directrice <m@v.fr>", &["Marie DUPONT, directrice|m@v.fr"]),
            ("Marie DUPONT (m@v.fr)", &["Marie DUPONT|m@v.fr"]),
            ("Marie DUPONT (m@v.fr) (Presse)", &["Marie DUPONT|m@v.fr|Presse"]),
            ("Marie DUPONT (Presse, m@v.fr)", &["Marie DUPONT|m@v.fr|Presse"]),
            ("Marie DUPONT (Presse) <m@v.fr>", &["Marie DUPONT (Presse)|m@v.fr"]),
            ("Marie DUPONT <m@v.fr", &["Marie DUPONT|m@v.fr"]),
            ("Marie DUPONT - m@v.fr", &["Marie DUPONT|m@v.fr"]),
            ("Marie DUPONT, m@v.fr", &["Marie DUPONT|m@v.fr"]),
            ("Marie DUPONT – courriel : m@v.fr", &["Marie DUPONT|m@v.fr"]),
            ("\"DUPONT, Marie\" <mailto:m@v.fr>", &["DUPONT, Marie|m@v.fr"]),
            ("Luc, m@v.fr, 03", &["Luc|m@v.fr||03"]),
            ("Luc, 03 21 00 00 00, m@v.fr", &["Luc|m@v.fr||03 21 00 00 00"]),
            ("Luc – m@v.fr – tél. : +33 (0)3 21 00 00 00", &["Luc|m@v.fr||+33 (0)3 21 00 00 00"]),
            ("Luc (m@v.fr, 03 21 00 00 00), Max (x@v.fr)", &["Luc|m@v.fr||03 21 00 00 00", "Max|x@v.fr"]),
            ("m@v.fr", &["|m@v.fr"]),
            ("<m@v.fr>", &["|m@v.fr"]),
            ("m@v.fr (Marie DUPONT)", &["Marie DUPONT|m@v.fr"]),
            ("m@v.fr, Marie DUPONT", &["Marie DUPONT|m@v.fr"]),
            ("m@v.fr (Marie DUPONT), j@v.fr (Jean PETIT)", &["Marie DUPONT|m@v.fr", "Jean PETIT|j@v.fr"]),
            ("m@v.fr, j@v.fr", &["|m@v.fr", "|j@v.fr"]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
