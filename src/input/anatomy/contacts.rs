//! The people of a contact block: name, role, e-mail, telephones (PR-04), in whatever order and on as
//! many lines as somebody typed them. No word of the block is lost: what is neither of these is part
//! of the role.

use super::phrases::fold;
use crate::input::addresses;
use crate::problem::Place;
use crate::tree::{Node, Value};

/// One thing that a contact block says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// What looks like somebody's name, and whether its family name is in capitals.
    Name(String, bool),
    /// Anything else that is said of them.
    Role(String),
    /// The same before a colon: what follows is theirs.
    Head(String),
    /// An e-mail address.
    Email(String),
    /// A telephone number as typed.
    Phone(String),
    /// A web address.
    Url(String),
}

impl Token {
    /// Whether somebody can be reached by it.
    pub fn reaches(&self) -> bool {
        matches!(self, Self::Email(_) | Self::Phone(_))
    }
}

/// Words of which no name of a person is made.
const NO_NAMES: &[&str] = &[
    "presse",
    "press",
    "media",
    "medias",
    "communication",
    "communications",
    "relations",
    "service",
    "services",
    "direction",
    "directeur",
    "directrice",
    "director",
    "attache",
    "attachee",
    "charge",
    "chargee",
    "responsable",
    "chef",
    "cheffe",
    "cabinet",
    "conseiller",
    "conseillere",
    "manager",
    "officer",
    "head",
    "assistant",
    "assistante",
    "developpement",
    "economique",
    "ville",
    "mairie",
    "commune",
    "communaute",
    "agglomeration",
    "agglo",
    "departement",
    "conseil",
    "region",
    "regional",
    "departemental",
    "prefecture",
    "prefet",
    "universite",
    "university",
    "ministere",
    "association",
    "office",
    "metropole",
    "agence",
    "agency",
    "societe",
    "groupe",
    "group",
    "centre",
    "center",
    "pole",
    "hotel",
    "maire",
    "president",
    "presidente",
    "porte-parole",
    "spokesperson",
    "spokesman",
    "spokeswoman",
    "public",
    "publiques",
    "affairs",
    "contact",
    "contacts",
    "rue",
    "avenue",
    "boulevard",
    "place",
    "quai",
    "bp",
    "cs",
    "cedex",
    "street",
    "road",
    "tel",
    "mobile",
    "numerique",
    "culture",
    "tourisme",
    "musee",
    "standard",
    "secretariat",
    "redaction",
];

const HONORIFICS: &[&str] = &["m.", "mme", "mlle", "mr", "mr.", "mrs", "ms", "dr", "madame", "monsieur", "mme."];

const PARTICLES: &[&str] = &[
    "de", "du", "des", "la", "le", "van", "von", "der", "den", "di", "da", "el", "al", "bin", "ibn", "ben", "del",
    "dos", "ter",
];

/// Words before a number that nobody calls.
const FAX: &[&str] = &["fax", "telecopie", "telecopieur"];

/// Words that only say what follows them.
const LABELS: &[&str] = &[
    "tel",
    "telephone",
    "phone",
    "mob",
    "mobile",
    "port",
    "portable",
    "gsm",
    "ligne directe",
    "ld",
    "email",
    "e-mail",
    "mail",
    "courriel",
    "mel",
    "web",
    "site",
    "site web",
    "site internet",
    "website",
    "internet",
    "t",
    "m",
    "p",
    "e",
    "w",
    "ou",
    "or",
    "et",
    "and",
    "au",
    "a",
    "telephone portable",
    "telephone fixe",
    "tel/fax",
    "tel / fax",
    "fixe",
    "cell",
    "adresse mail",
    "adresse e-mail",
    "adresse electronique",
    "direct",
];

/// What a line of a contact block says.
pub fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (words, address) in addresses::spans(line) {
        match address {
            Some(address) if address.starts_with("mailto:") => tokens.push(Token::Email(words.to_owned())),
            Some(address) => tokens.push(Token::Url(address)),
            None => text(words, &mut tokens),
        }
    }
    each_with_own(without_fax(tokens))
}

/// A number for a fax is none to call: the word stays with it.
fn without_fax(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match (kept.last(), &token) {
            (Some(Token::Role(word) | Token::Head(word)), Token::Phone(number))
                if FAX.contains(&fold(word).trim_end_matches('.')) =>
            {
                let both = Token::Phone(format!("{word} {number}"));
                kept.pop();
                kept.push(both);
            }
            _ => kept.push(token),
        }
    }
    kept
}

/// Two names side by side and an address for each: each with their own, and the number of both.
fn each_with_own(tokens: Vec<Token>) -> Vec<Token> {
    let Some((at, names)) = tokens.iter().enumerate().find_map(|(at, token)| match token {
        Token::Name(words, _) => Some((at, joined_names(words)?)),
        _ => None,
    }) else {
        return tokens;
    };
    let rest = tokens.get(at + 1..).unwrap_or_default();
    let (emails, others): (Vec<&Token>, Vec<&Token>) = rest.iter().partition(|token| matches!(token, Token::Email(_)));
    if emails.len() != names.len() {
        return tokens;
    }
    let mut each: Vec<Token> = tokens.iter().take(at).cloned().collect();
    for (own, email) in names.into_iter().zip(emails) {
        each.push(Token::Name(own.to_owned(), name(own).unwrap_or_default()));
        each.extend(others.iter().map(|token| (*token).clone()));
        each.push(email.clone());
    }
    each
}

/// The names in `Anne LEFÈVRE & Karim OBRIEN`.
fn joined_names(words: &str) -> Option<Vec<&str>> {
    const SIGNS: [&str; 3] = [" & ", " et ", " and "];
    let names = SIGNS.iter().find(|sign| words.contains(**sign)).map(|sign| words.split(sign))?;
    let names: Vec<&str> = names.map(str::trim).collect();
    names.iter().all(|words| name_alone(words).is_some()).then_some(names)
}

fn text(words: &str, tokens: &mut Vec<Token>) {
    let mut rest = words;
    while let Some((start, end)) = phone(rest) {
        pieces(rest.get(..start).unwrap_or_default(), tokens);
        tokens.push(Token::Phone(rest.get(start..end).unwrap_or_default().trim().to_owned()));
        rest = rest.get(end..).unwrap_or_default();
    }
    pieces(rest, tokens);
}

/// Where the first telephone number stands: nine to fifteen figures that start with `0`, `+` or a
/// bracket, or ten of them.
pub fn phone(text: &str) -> Option<(usize, usize)> {
    let mut start = None;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let opens = character.is_ascii_digit() || matches!(character, '+' | '(');
        if opens && start.is_none_or(|start| start <= at) && !before.is_alphanumeric() && before != ',' {
            let length = number_length(text.get(at..)?);
            if length > 0 {
                return Some((at, at + length));
            }
            // The figures of what is no number are none either.
            start = Some(at + 1);
        }
        before = character;
    }
    None
}

/// Whether a bracket holds a part of a number: `(0)`, `(202)`.
fn is_area(text: &str) -> bool {
    const LONGEST: usize = 5;
    let inside = text.strip_prefix('(').and_then(|text| text.split_once(')')).map(|(inside, _)| inside.trim());
    inside.is_some_and(|inside| {
        (1..=LONGEST).contains(&inside.len()) && inside.bytes().all(|b| b.is_ascii_digit() || b == b'+')
    })
}

fn number_length(text: &str) -> usize {
    const FEWEST: usize = 9;
    const MOST: usize = 15;
    let (mut figures, mut end, mut last) = (0, 0, ' ');
    let international = text.starts_with('+') || text.starts_with("00");
    let national = text.starts_with('0') && !international;
    let most = if national { 11 } else { MOST };
    for (at, character) in text.char_indices() {
        let spaced = matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
        let opens = character == '+';
        let bracket = match character {
            '(' => figures < FEWEST && is_area(text.get(at..).unwrap_or_default()),
            ')' => true,
            _ => false,
        };
        let joins = matches!(character, '.' | '-' | '\u{2011}') && last.is_ascii_digit();
        if character.is_ascii_digit() {
            // Ten figures that start with 0 are a whole number, or the eleventh stands right behind them, as in
            // Britain: the next belong to another.
            if national && figures == 10 && !last.is_ascii_digit() || figures == most {
                break;
            }
            figures += 1;
            end = at + 1;
        } else if !(spaced && !matches!(last, '-' | ' ') || joins || bracket || opens && at == 0) {
            break;
        }
        last = if spaced { ' ' } else { character };
    }
    let attached = text.get(end..).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    let enough = if national || international || text.starts_with('(') { figures >= FEWEST } else { figures >= 10 };
    if enough && !attached { end } else { 0 }
}

/// The pieces of what stands between addresses and numbers.
fn pieces(text: &str, tokens: &mut Vec<Token>) {
    let mut text = text.to_owned();
    for between in [" – ", " — ", " - ", " | ", " • ", " · ", " / ", "\t", "  ", " ; ", ", ", "; "] {
        text = text.replace(between, "\n");
    }
    let mut opened = false;
    for piece in text.split_inclusive(['\n', '(', ')', '•', '|', '<', '>', '[', ']', '–', '—']) {
        let mut rest = piece.trim_end_matches(['\n', '(', ')', '•', '|', '<', '>', '[', ']', '–', '—']);
        // "(24 hours)" is said of the number before it.
        let is_note = opened && piece.ends_with(')') && matches!(tokens.last(), Some(Token::Phone(_)));
        opened = piece.ends_with('(');
        while let Some((head, after)) = rest.split_once(':') {
            one(head, true, tokens);
            rest = after;
        }
        one(rest, false, tokens);
        if is_note && let [.., Token::Phone(number), Token::Role(said)] = tokens.as_mut_slice() {
            *number = format!("{number} ({said})");
            tokens.pop();
        }
    }
}

fn one(piece: &str, is_head: bool, tokens: &mut Vec<Token>) {
    let edge = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/' | ',' | ';' | '*' | '•' | '.' | '|');
    let start = piece.trim_start_matches(edge);
    let words = start.trim_end_matches(|c: char| edge(c) && c != '.').trim_end_matches("..");
    if is_label(words) || !words.contains(char::is_alphanumeric) {
        return;
    }
    tokens.push(if is_head {
        Token::Head(words.to_owned())
    } else if let Some(loud) = name(words) {
        Token::Name(words.to_owned(), loud)
    } else {
        Token::Role(words.to_owned())
    });
}

/// Whether words only say what follows them, or nothing.
pub fn is_label(words: &str) -> bool {
    let label = fold(words).replace('.', "");
    let label = label.trim_matches([' ', ':']);
    label.is_empty() || LABELS.contains(&label)
}

/// Whether words are a person's name, or the names of several, and whether a part of it is in capitals.
pub fn name(words: &str) -> Option<bool> {
    let several = || joined_names(words).map(|names| names.into_iter().any(|own| name_alone(own) == Some(true)));
    name_alone(words).or_else(several)
}

fn name_alone(words: &str) -> Option<bool> {
    let mut parts: Vec<&str> = words.split_whitespace().collect();
    if parts.first().is_some_and(|first| HONORIFICS.contains(&first.to_lowercase().as_str())) {
        parts.remove(0);
    }
    let known = |part: &&str| NO_NAMES.contains(&fold(part).trim_matches(|c: char| !c.is_alphanumeric()));
    let letters = |part: &&str| part.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'));
    let capital = |part: &&str| part.starts_with(char::is_uppercase);
    let good = |part: &&str| {
        letters(part) && (capital(part) || PARTICLES.contains(part) || part.starts_with("d'") || part.starts_with("d’"))
    };
    let ends = parts.first().is_some_and(capital) && parts.last().is_some_and(capital);
    let honoured = parts.len() < words.split_whitespace().count();
    let enough = (2..=5).contains(&parts.len()) || honoured && parts.len() == 1;
    if !enough || !ends || parts.iter().any(known) || !parts.iter().all(good) {
        return None;
    }
    let loud =
        |part: &&str| part.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !part.contains(char::is_lowercase);
    Some(parts.iter().any(loud))
}

#[derive(Debug, Default)]
struct Person {
    name: Option<(String, bool)>,
    roles: Vec<String>,
    email: Option<String>,
    phones: Vec<String>,
    url: Option<String>,
    line: u32,
}

impl Person {
    fn is_reached(&self) -> bool {
        self.email.is_some() || !self.phones.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.name.is_none() && self.roles.is_empty() && !self.is_reached() && self.url.is_none()
    }

    fn node(mut self, heading: &str) -> Option<Node> {
        if self.is_empty() {
            return None;
        }
        let name = match self.name {
            Some((name, _)) => name,
            None if !self.roles.is_empty() => self.roles.remove(0),
            None => heading.to_owned(),
        };
        let place = Place::line(self.line);
        let text = |value: String| Node { value: Value::Scalar(value), place };
        let role = (!self.roles.is_empty()).then(|| self.roles.join(", "));
        let phone = (!self.phones.is_empty()).then(|| self.phones.join(" / "));
        let fields = [("name", Some(name)), ("role", role), ("email", self.email), ("phone", phone), ("url", self.url)];
        let pairs = fields.into_iter().filter_map(|(key, value)| Some((text(key.to_owned()), text(value?))));
        Some(Node { value: Value::Map(pairs.collect()), place })
    }
}

/// The people that a block names, as maps; `heading` names whom nobody names.
pub fn people(tokens: &[(Token, u32)], heading: &str) -> Vec<Node> {
    let mut people: Vec<Person> = vec![Person::default()];
    for (index, (token, line)) in tokens.iter().enumerate() {
        if starts_anew(token, people.last(), tokens.get(index + 1..).unwrap_or_default()) {
            people.push(Person::default());
        }
        let Some(person) = people.last_mut() else { continue };
        if person.is_empty() {
            person.line = *line;
        }
        match token {
            Token::Name(name, loud) => named(person, name, *loud),
            Token::Role(role) | Token::Head(role) => person.roles.push(role.clone()),
            Token::Email(email) => person.email = Some(email.clone()),
            Token::Phone(phone) => person.phones.push(phone.clone()),
            Token::Url(url) if person.url.is_none() => person.url = Some(url.clone()),
            Token::Url(url) => person.roles.push(url.clone()),
        }
    }
    people.into_iter().filter_map(|person| person.node(heading)).collect()
}

/// A second name that stands beside the first is what the first does; the one in capitals is the
/// name.
fn named(person: &mut Person, name: &str, loud: bool) {
    match &mut person.name {
        None => person.name = Some((name.to_owned(), loud)),
        Some((known, false)) if loud => {
            person.roles.push(std::mem::replace(known, name.to_owned()));
            person.name = Some((name.to_owned(), true));
        }
        Some(_) => person.roles.push(name.to_owned()),
    }
}

/// Whether what comes next is said of somebody else.
fn starts_anew(token: &Token, person: Option<&Person>, rest: &[(Token, u32)]) -> bool {
    let Some(person) = person.filter(|person| !person.is_empty()) else { return false };
    let name_first = || {
        let next = rest.iter().map(|(token, _)| token).find(|token| !matches!(token, Token::Role(_) | Token::Head(_)));
        match next {
            Some(Token::Name(..)) => true,
            Some(Token::Email(_)) => person.email.is_some(),
            _ => false,
        }
    };
    match token {
        Token::Name(_, loud) => match &person.name {
            Some((_, known)) => {
                person.is_reached() || *known && *loud && rest.first().is_some_and(|(next, _)| next.reaches())
            }
            None => person.is_reached() && !person.roles.is_empty(),
        },
        Token::Head(_) => person.is_reached(),
        Token::Role(_) => person.is_reached() && name_first(),
        Token::Email(_) => person.email.is_some(),
        Token::Phone(_) | Token::Url(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(block: &str) -> Vec<String> {
        let lines = (1..).zip(block.lines());
        let tokens: Vec<(Token, u32)> =
            lines.flat_map(|(number, line)| tokens(line).into_iter().map(move |token| (token, number))).collect();
        let field = |node: &Node, key: &str| node.get(key).and_then(Node::text).unwrap_or("").to_owned();
        let people = people(&tokens, "Contact presse");
        people
            .iter()
            .map(|p| ["name", "role", "email", "phone", "url"].map(|key| field(p, key)).join("|"))
            .map(|person| person.trim_end_matches('|').to_owned())
            .collect()
    }

    #[test]
    fn people_of_contact_blocks() {
        let cases: [(&str, &[&str]); 29] = [
            (
                "Presse:\nMarion CORTES\nmcortes@x.fr\n06.38.12.15.91\nDéveloppement Économique:\nCarine JOLY\ncjoly@x.fr\n06.15.93.90.11",
                &[
                    "Marion CORTES|Presse|mcortes@x.fr|06.38.12.15.91",
                    "Carine JOLY|Développement Économique|cjoly@x.fr|06.15.93.90.11",
                ],
            ),
            ("Marion CORTES – 03 21 79 05 05 – m@x.fr", &["Marion CORTES||m@x.fr|03 21 79 05 05"]),
            ("Marion CORTES, attachée de presse, m@x.fr", &["Marion CORTES|attachée de presse|m@x.fr"]),
            ("Marion CORTES (Presse) : +33 (0)3 21 79 05 05", &["Marion CORTES|Presse||+33 (0)3 21 79 05 05"]),
            (
                "Camille Martin\nChargée de communication\nTél. : 03 21 00 00 00 / 06 00 00 00 00\nCourriel : c@x.fr",
                &["Camille Martin|Chargée de communication|c@x.fr|03 21 00 00 00 / 06 00 00 00 00"],
            ),
            (
                "Camille Martin – c@x.fr – 03 21 00 00 00\nJean de La Tour – j@x.fr – 03 21 00 00 01",
                &["Camille Martin||c@x.fr|03 21 00 00 00", "Jean de La Tour||j@x.fr|03 21 00 00 01"],
            ),
            (
                "Service communication\n03 21 00 00 00\npresse@x.fr",
                &["Service communication||presse@x.fr|03 21 00 00 00"],
            ),
            ("presse@x.fr", &["Contact presse||presse@x.fr"]),
            (
                "Jane Smith\nPress Officer\nT: +44 20 7946 0000\nE: jane@x.org",
                &["Jane Smith|Press Officer|jane@x.org|+44 20 7946 0000"],
            ),
            (
                "Jane Smith, Director of Media, (202) 555-0142, jane@x.org",
                &["Jane Smith|Director of Media|jane@x.org|(202) 555-0142"],
            ),
            ("Mme Cortes : 0321790505", &["Mme Cortes|||0321790505"]),
            (
                "Marion CORTES\nCommunauté d'agglomération\n21, rue Marcel Sembat\n62302 Lens\n03 21 79 07 90",
                &["Marion CORTES|Communauté d'agglomération, 21, rue Marcel Sembat, 62302 Lens||03 21 79 07 90"],
            ),
            ("Marion CORTES\nm@x.fr\nwww.x.fr", &["Marion CORTES||m@x.fr||https://www.x.fr"]),
            ("Attachée de presse : Marion CORTES\nm@x.fr", &["Marion CORTES|Attachée de presse|m@x.fr"]),
            ("Lens Tourisme\nMarion CORTES\nm@x.fr", &["Marion CORTES|Lens Tourisme|m@x.fr"]),
            ("Marion CORTES\t03 21 79 05 05\tm@x.fr", &["Marion CORTES||m@x.fr|03 21 79 05 05"]),
            ("03 21 79 05 05 06 38 12 15 91", &["Contact presse|||03 21 79 05 05 / 06 38 12 15 91"]),
            (
                "Cabinet du maire – Anne-Marie LE GALL-DUPONT – 03.21.79.05.05",
                &["Anne-Marie LE GALL-DUPONT|Cabinet du maire||03.21.79.05.05"],
            ),
            ("m@x.fr\nn@x.fr", &["Contact presse||m@x.fr", "Contact presse||n@x.fr"]),
            ("Marion CORTES <m@x.fr>", &["Marion CORTES||m@x.fr"]),
            (
                "John Smith\nMedia Relations Manager\n020 7946 0000\nj@x.org",
                &["John Smith|Media Relations Manager|j@x.org|020 7946 0000"],
            ),
            (
                "Jane O’Neill-Doe – j@x.org – 07700 900125\nDr Ali bin Yusuf, Press Officer – a@x.org – 07700 900126",
                &["Jane O’Neill-Doe||j@x.org|07700 900125", "Dr Ali bin Yusuf|Press Officer|a@x.org|07700 900126"],
            ),
            (
                "Press Office, p@x.org, +44 20 7946 0000 (24 hours)",
                &["Press Office||p@x.org|+44 20 7946 0000 (24 hours)"],
            ),
            (
                "Service déchets : 0 800 596 000 (appel gratuit)\nPresse : Marion CORTES, m@x.fr",
                &["Service déchets|||0 800 596 000 (appel gratuit)", "Marion CORTES|Presse|m@x.fr"],
            ),
            (
                "Agence Image 7\nAnne LEFÈVRE & Karim OBRIEN – 01 53 70 74 70 – a@x.fr / k@x.fr",
                &["Anne LEFÈVRE|Agence Image 7|a@x.fr|01 53 70 74 70", "Karim OBRIEN||k@x.fr|01 53 70 74 70"],
            ),
            ("Anne LEFÈVRE et Karim OBRIEN, a@x.fr", &["Anne LEFÈVRE et Karim OBRIEN||a@x.fr"]),
            (
                "Marion CORTES\nTél : 03 21 79 07 90 - Fax : 03 21 79 07 91",
                &["Marion CORTES|||03 21 79 07 90 / Fax 03 21 79 07 91"],
            ),
            ("Marion CORTES, m@x.fr\nL’agence du lac, a@x.fr", &["Marion CORTES||m@x.fr", "L’agence du lac||a@x.fr"]),
            ("", &[]),
        ];
        for (block, people) in cases {
            assert_eq!(shown(block), people, "{block}");
        }
    }

    #[test]
    fn numbers_that_are_telephones() {
        for (text, found) in [
            ("Tél 03 21 79 05 05.", Some("03 21 79 05 05")),
            ("0321790505", Some("0321790505")),
            ("+33 3 21 79 05 05", Some("+33 3 21 79 05 05")),
            ("0033 3 21 79 05 05", Some("0033 3 21 79 05 05")),
            ("03-21-79-05-05 - 2", Some("03-21-79-05-05")),
            ("020 7946 0000", Some("020 7946 0000")),
            ("07700 900125", Some("07700 900125")),
            ("+44 20 7946 0000 (24 hours)", Some("+44 20 7946 0000")),
            ("+44 (0)20 7946 0000", Some("+44 (0)20 7946 0000")),
            ("0 800 596 000 (appel gratuit)", Some("0 800 596 000")),
            ("03 21 79 05 05 06 38 12 15 91", Some("03 21 79 05 05")),
            ("01.02.2020", None),
            ("BP 65 - 62302 Lens", None),
            ("29/01/2020", None),
            ("1 000 000 euros", None),
            ("en 2021 et 2022", None),
        ] {
            assert_eq!(phone(text).and_then(|(a, b)| text.get(a..b)), found, "{text}");
        }
    }
}
