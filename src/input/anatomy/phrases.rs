//! The words by which a release names its own parts, in French and English (PR-01).

use crate::input::story::{Block, BlockKind};

/// A part that has a heading of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Whom the press may call.
    Contacts,
    /// The same, if nothing but people and numbers follows: "Pour en savoir plus".
    PerhapsContacts,
    /// For newsrooms.
    Notes,
}

/// Where the release says that it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// `-30-`, `###`, FIN, ENDS.
    Certain,
    /// `***`, which also parts two pieces of a text.
    Perhaps,
}

const CONTACTS: &[&str] = &[
    "contacts presse",
    "contact presse",
    "contact(s) presse",
    "contacts de presse",
    "contact de presse",
    "contacts medias",
    "contact medias",
    "contacts media",
    "contact media",
    "contacts journalistes",
    "contact journalistes",
    "vos interlocuteurs",
    "votre interlocuteur",
    "votre interlocutrice",
    "vos contacts",
    "votre contact",
    "relations presse",
    "relation presse",
    "relations avec la presse",
    "relations medias",
    "relations avec les medias",
    "service de presse",
    "service presse",
    "service communication",
    "service de la communication",
    "service de communication",
    "service des relations presse",
    "direction de la communication",
    "bureau de presse",
    "informations presse",
    "press contacts",
    "press contact",
    "media contacts",
    "media contact",
    "media inquiries",
    "media enquiries",
    "press inquiries",
    "press enquiries",
    "for media inquiries",
    "for press inquiries",
    "for media enquiries",
    "for press enquiries",
    "press office",
    "media relations",
    "press relations",
];

const PERHAPS_CONTACTS: &[&str] = &[
    "contacts",
    "contact",
    "pour en savoir plus",
    "renseignements",
    "informations et contacts",
    "informations",
    "plus d'informations",
    "pour plus d'informations",
    "pour toute information",
    "pour tout renseignement",
    "for more information",
    "for further information",
    "further information",
    "more information",
];

/// To newsrooms. "Editor's note" is what an editor tells the readers.
const NOTES: &[&str] = &[
    "notes aux redactions",
    "note aux redactions",
    "notes aux redacteurs",
    "note aux redacteurs",
    "notes aux editeurs",
    "note aux editeurs",
    "note a l'editeur",
    "note a l'attention des redactions",
    "note a l'attention des journalistes",
    "a l'attention des redactions",
    "a l'attention des journalistes",
    "note a la redaction",
    "notes a la redaction",
    "notes aux journalistes",
    "note aux journalistes",
    "notes to editors",
    "note to editors",
    "notes to editor",
    "notes for editors",
    "notes to eds",
    "note to eds",
    "note to editor",
    "notes to newsdesks",
    "note to newsdesks",
    "note to newsdesk",
    "notes to journalists",
    "note to journalists",
    "notes for journalists",
    "editors' notes",
    "editor's notes",
];

const ABOUT: &[&str] = &[
    "a propos de",
    "a propos du",
    "a propos des",
    "a propos d'",
    "a propos",
    "about",
    "qui sommes-nous",
    "qui sommes nous",
];

/// What a release calls itself.
const KINDS: &[&str] = &[
    "communiques de presse",
    "communique de presse",
    "communique commun",
    "communique",
    "invitation presse",
    "invitation a la presse",
    "invitation de presse",
    "invitation medias",
    "invitation media",
    "dossier de presse",
    "alerte presse",
    "alerte medias",
    "alerte media",
    "note a la presse",
    "note de presse",
    "avis a la presse",
    "avis aux medias",
    "information presse",
    "info presse",
    "flash presse",
    "rappel presse",
    "press release",
    "news release",
    "media release",
    "media advisory",
    "media alert",
    "press advisory",
    "press invitation",
    "press kit",
    "press information",
    "cp",
];

/// Under what an office files the text, and who there wrote it.
const REFERENCES: &[&str] = &[
    "ref",
    "refs",
    "reference",
    "references",
    "n/ref",
    "v/ref",
    "n/refs",
    "v/refs",
    "nos ref",
    "nos refs",
    "vos ref",
    "vos refs",
    "notre ref",
    "notre reference",
    "nos references",
    "votre ref",
    "votre reference",
    "vos references",
    "our ref",
    "our reference",
    "your ref",
    "your reference",
    "dossier ndeg",
    "affaire suivie par",
    "dossier suivi par",
];

/// Lower case without accents, single plain spaces and apostrophes.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{300}'..='\u{36f}' => {}
            '’' | 'ʼ' => folded.push('\''),
            '–' | '—' => folded.push('-'),
            c if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            c => folded.push_str(&deunicode::deunicode_char(c).unwrap_or_default().to_lowercase()),
        }
    }
    folded.trim().to_owned()
}

/// What stands behind the first of `phrases` that opens a line, as it was typed.
fn behind<'a>(line: &'a str, phrases: &[&str]) -> Option<&'a str> {
    /// No phrase is that long.
    const LONGEST: usize = 64;
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let opening = line.char_indices().nth(LONGEST).and_then(|(end, _)| line.get(..end)).unwrap_or(line);
    let folded = fold(opening);
    let phrase = phrases.iter().filter(|phrase| {
        let rest = folded.strip_prefix(**phrase);
        rest.is_some_and(|rest| phrase.ends_with('\'') || !rest.starts_with(char::is_alphanumeric))
    });
    let phrase = phrase.max_by_key(|phrase| phrase.len())?;
    // As many characters of the line as fold to the phrase.
    let ends = line.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.into_iter().find(|end| line.get(..*end).is_some_and(|start| fold(start) == **phrase))?;
    line.get(end..)
}

/// The section that a line opens, and what follows its name on the line.
pub fn section(line: &str) -> Option<(Section, &str)> {
    const LONGEST: usize = 240;
    let closed = |rest: &str| {
        let rest = rest.trim_start_matches("(s)").trim_start();
        rest.is_empty() || rest.starts_with([':', '-', '–', '—', '|', '/', '*', '?', '!', '.'])
    };
    // However much it says: what is for newsrooms must not be taken for text.
    if let Some(rest) = behind(line, NOTES).filter(|rest| closed(rest)) {
        return Some((Section::Notes, rest));
    }
    if line.len() > LONGEST {
        return None;
    }
    if let Some(rest) = behind(line, CONTACTS) {
        let rest = behind_request(rest);
        if is_role(rest) {
            return None;
        }
        // "Contact presse Ville de Lens :", but no sentence.
        let named = rest.chars().count() <= 60 && !rest.trim_end().ends_with('.') && !is_prose(rest);
        return (closed(rest) || named).then_some((Section::Contacts, rest));
    }
    let rest = behind(line, PERHAPS_CONTACTS).map(behind_request);
    rest.filter(|rest| closed(rest)).map(|rest| (Section::PerhapsContacts, rest))
}

/// What stands behind "please contact", which says no more than the heading does.
fn behind_request(rest: &str) -> &str {
    const WORDS: [&str; 12] = [
        "please",
        "contact",
        "call",
        "email",
        "e-mail",
        "veuillez",
        "contacter",
        "contactez",
        "merci",
        "de",
        "appeler",
        "joindre",
    ];
    let mut left = rest;
    loop {
        let next = left.trim_start_matches([',', ' ', '\u{a0}', '\t']);
        let end = next.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(next.len());
        // `contact@ville.example` is an address.
        let ends = |behind: &str| behind.is_empty() || behind.starts_with([' ', '\u{a0}', '\t', ':', ',']);
        match next.split_at_checked(end) {
            Some((word, behind)) if WORDS.contains(&fold(word).as_str()) && ends(behind) => left = behind,
            _ => break,
        }
    }
    // "Service communication de la ville" asks for nothing.
    let asked = rest.get(..rest.len() - left.len()).unwrap_or_default();
    if fold(asked).trim_matches([',', ' ']) == "de" { rest } else { left }
}

/// Whether a line that names a service goes on to what somebody does there: "Media Relations Manager".
fn is_role(rest: &str) -> bool {
    const ROLES: [&str; 13] = [
        "manager",
        "officer",
        "director",
        "lead",
        "head",
        "coordinator",
        "assistant",
        "executive",
        "specialist",
        "advisor",
        "adviser",
        "consultant",
        "associate",
    ];
    let first = rest.split_whitespace().next().map(fold).unwrap_or_default();
    ROLES.contains(&first.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether a line of Markdown may open a note to editors, whatever marks it has.
pub fn may_be_for_editors(line: &str) -> bool {
    const MARKS: [char; 4] = ['*', '_', '`', '~'];
    // Every one of the words begins so; nearly no line does.
    let mut letters = line.chars().skip_while(|c| !c.is_alphabetic()).filter(|c| !MARKS.contains(c));
    let mut goes_on = |with: [char; 2]| letters.next().is_some_and(|c| !c.is_ascii() || with.contains(&c));
    let may_be = match line.chars().find(|c| c.is_alphabetic()) {
        None => false,
        Some('n' | 'N') => goes_on(['n', 'N']) && goes_on(['o', 'O']),
        Some('e' | 'E') => goes_on(['e', 'E']) && goes_on(['d', 'D']),
        Some('a' | 'A') => goes_on(['a', 'A']) && goes_on([' ', ' ']) && goes_on(['l', 'L']),
        Some(first) if first.is_ascii() => false,
        Some(first) => {
            let folded = fold(first.encode_utf8(&mut [0; 4]));
            folded.is_empty() || folded.starts_with(['n', 'e', 'a'])
        }
    };
    may_be && behind(&line.replace(MARKS, ""), NOTES).is_some()
}

/// Four words in small letters are a sentence.
fn is_prose(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.chars().all(char::is_lowercase)).count() >= 4
}

/// Whether a block is the heading of the boilerplate, or is all of it: "À propos de la CALL : …".
pub fn is_about(block: &Block) -> bool {
    const LONGEST: usize = 100;
    let Some(line) = block.lines().next() else { return false };
    let Some(rest) = behind(line, ABOUT) else { return false };
    let folded = fold(line);
    // "About 200 people came" is a sentence.
    let named = !folded.starts_with("about") || rest.trim_start().starts_with(|c: char| c.is_uppercase() || c == ':');
    let alone = line.chars().count() <= LONGEST && !line.ends_with(['.', ',', ';']);
    let inline = line.char_indices().take(LONGEST).any(|(_, c)| c == ':');
    let heading = matches!(block.kind, BlockKind::Heading(_)) || block.is_strong;
    named && (inline || alone && (heading || block.lines().count() == 1 || is_loud(line)))
}

/// Whether a line is the heading of notes or boilerplate and nothing else.
pub fn is_heading(line: &str) -> bool {
    let notes = matches!(section(line), Some((Section::Notes, rest)) if !rest.contains(char::is_alphanumeric));
    notes || !line.contains(':') && is_about(&Block::plain(BlockKind::Paragraph, line, 1))
}

fn is_loud(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

/// Whether a line says that the release ends.
pub fn end(text: &str) -> Option<End> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let inner = bare.trim_matches(|c: char| matches!(c, '-' | '–' | '—' | '*' | '#' | '.' | '_'));
    let dashed = bare != inner;
    match inner {
        "" if bare.len() >= 3 && bare.chars().all(|c| c == '#') => Some(End::Certain),
        "" if bare == "***" || bare == "--" => Some(End::Perhaps),
        "30" if dashed => Some(End::Certain),
        "FIN" | "ENDS" | "END" | "FINDUCOMMUNIQUÉ" | "FINDUCOMMUNIQUE" => Some(End::Certain),
        "Fin" | "Ends" | "End" | "fin" | "ends" | "end" if dashed && bare.len() > inner.len() + 1 => Some(End::Certain),
        "Finducommuniqué" | "Findecommuniqué" => Some(End::Certain),
        _ => None,
    }
}

/// What stands behind the words by which a release calls itself one; the rest of the line is the
/// release's.
pub fn behind_kind(line: &str) -> Option<&str> {
    let rest = behind(line, KINDS)?;
    Some(rest.trim_start_matches(|c: char| c.is_whitespace() || "-–—:|•·,*./".contains(c)))
}

/// Whether a line is the number under which an office files the text, or says who there has it in hand.
pub fn is_reference(line: &str) -> bool {
    const LONGEST: usize = 80;
    // A full stop ends a sentence.
    if line.chars().count() > LONGEST || line.contains('\n') || line.ends_with('.') {
        return false;
    }
    let Some(rest) = behind(line, REFERENCES) else { return false };
    let rest = rest.trim_start_matches(['.', ' ', '\u{a0}', '\u{202f}']);
    // "Référence mondiale du vélo" is a title.
    let number = rest.contains(|c: char| c.is_ascii_digit()) && rest.split_whitespace().count() <= 2;
    number || rest.starts_with(':') || fold(line).contains("suivi")
}

/// Whether a line is a number and nothing else, `N° 2026/12`: over a text one of the office, as a heading the title of
/// a bulletin.
pub fn is_number(line: &str) -> bool {
    let rest = behind(line, &["ndeg", "no", "numero"]).map(str::trim);
    rest.is_some_and(|rest| !rest.ends_with('.') && rest.bytes().all(|b| b"0123456789/-.".contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sections() {
        for (line, found) in [
            ("VOS INTERLOCUTEURS", Some((Section::Contacts, ""))),
            ("Contact presse : Marion CORTES", Some((Section::Contacts, " : Marion CORTES"))),
            ("Contact(s) presse", Some((Section::Contacts, ""))),
            ("Contacts Presse Ville de Lens :", Some((Section::Contacts, " Ville de Lens :"))),
            ("> CONTACTS MÉDIAS", Some((Section::Contacts, ""))),
            ("Media contact:", Some((Section::Contacts, ":"))),
            ("For media inquiries:", Some((Section::Contacts, ":"))),
            ("Service communication – 03 21 79 07 90", Some((Section::Contacts, " – 03 21 79 07 90"))),
            ("Pour en savoir plus :", Some((Section::PerhapsContacts, " :"))),
            ("Contact", Some((Section::PerhapsContacts, ""))),
            ("Note aux rédactions :", Some((Section::Notes, " :"))),
            ("Notes to Editors", Some((Section::Notes, ""))),
            ("For further information please contact:", Some((Section::PerhapsContacts, ":"))),
            ("Pour tout renseignement, contactez :", Some((Section::PerhapsContacts, " :"))),
            ("For media enquiries, contact:", Some((Section::Contacts, ":"))),
            ("For media enquiries please contact Mary Jones", Some((Section::Contacts, " Mary Jones"))),
            ("Relations presse, contact@ville.example", Some((Section::Contacts, ", contact@ville.example"))),
            ("Media Relations Manager", None),
            ("For further information please contact the town hall.", None),
            ("Pour en savoir plus, venez samedi", None),
            ("Le service communication de la ville se tient à la disposition de tous.", None),
            ("Service communication de la ville se tient à la disposition de tous les journalistes", None),
            ("Contactez la presse", None),
            ("", None),
        ] {
            assert_eq!(section(line), found, "{line}");
        }
    }

    #[test]
    fn boilerplate() {
        for (line, is) in [
            ("À propos de la CALL", true),
            ("A PROPOS DE L’AGGLO", true),
            ("À propos du Louvre-Lens : le musée a ouvert en 2012.", true),
            ("About Lens", true),
            ("Qui sommes-nous ?", true),
            ("À propos", true),
            ("About 200 people came to the pool", false),
            ("À propos de la piscine, le maire a dit oui.", false),
            ("Apropos de rien", false),
        ] {
            assert_eq!(is_about(&Block::plain(BlockKind::Paragraph, line, 1)), is, "{line}");
        }
    }

    #[test]
    fn references() {
        for (line, is) in [
            ("Réf : 2026/12", true),
            ("RÉF. DIRCOM/2026-12", true),
            ("Nos réf. : MC/JP", true),
            ("N/Réf. 2026-12", true),
            ("Référence n° 12", true),
            ("Affaire suivie par Camille MARTIN", true),
            ("Dossier n° 2026/12", true),
            ("Référence mondiale du vélo", false),
            ("Référendum : les résultats", false),
            ("Suivi par 200 personnes, le conseil vote", false),
            ("La piscine rouvre", false),
            ("", false),
        ] {
            assert_eq!(is_reference(line), is, "{line}");
        }
        for (line, is) in
            [("N° 2026/12", true), ("Numéro 12", true), ("No 10 Downing Street", false), ("Numéro 1.", false)]
        {
            assert_eq!(is_number(line), is, "{line}");
        }
    }

    #[test]
    fn ends_and_kinds() {
        for (line, found) in [
            ("-30-", Some(End::Certain)),
            ("– 30 –", Some(End::Certain)),
            ("###", Some(End::Certain)),
            ("# # #", Some(End::Certain)),
            ("FIN", Some(End::Certain)),
            ("- FIN -", Some(End::Certain)),
            ("ENDS", Some(End::Certain)),
            ("– Ends –", Some(End::Certain)),
            ("* * *", Some(End::Perhaps)),
            ("Fin", None),
            ("30", None),
            (".....", None),
            ("Fin de partie", None),
        ] {
            assert_eq!(end(line), found, "{line}");
        }
        assert_eq!(behind_kind("COMMUNIQUÉ DE PRESSE – Lens, le 29"), Some("Lens, le 29"));
        assert_eq!(behind_kind("Communiqué de presse n° 12"), Some("n° 12"));
        assert_eq!(behind_kind("Communiquer"), None);
    }
}
