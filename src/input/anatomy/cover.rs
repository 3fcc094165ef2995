//! What stands above the text of a release and tells nothing of it: to whom a mail speaks, that the release is
//! below, what it calls itself, whom the press may call, who took the picture, an address alone. In Markdown
//! these stay in the text; no summary and no title is made of them (PR-03).

use super::contacts::{self, Token};
use super::opening::{is_no_text, kind};
use super::phrases::{Section, fold, section};
use crate::input::addresses;
use crate::input::banner;
use crate::problem::Place;

/// By which a mail begins.
const GREETINGS: [&str; 15] = [
    "bonjour",
    "bonsoir",
    "madame",
    "mesdames",
    "monsieur",
    "messieurs",
    "cher",
    "chere",
    "chers",
    "cheres",
    "salut",
    "hello",
    "dear",
    "hi",
    "good",
];

/// Whom nobody means: a line of these greets, however it ends.
const EVERYBODY: [&str; 28] = [
    "a",
    "all",
    "amies",
    "amis",
    "collegues",
    "confreres",
    "consoeurs",
    "editor",
    "editors",
    "colleagues",
    "morning",
    "afternoon",
    "et",
    "and",
    "everyone",
    "journalistes",
    "journalists",
    "la",
    "le",
    "les",
    "presse",
    "redacteur",
    "redactrice",
    "en",
    "chef",
    "tous",
    "toutes",
    "vous",
];

/// By which somebody hands a release over.
const HANDED_OVER: [&str; 26] = [
    "veuillez trouver",
    "je vous prie de trouver",
    "nous vous prions de trouver",
    "je vous prie de bien vouloir trouver",
    "nous vous prions de bien vouloir trouver",
    "merci de trouver",
    "vous trouverez",
    "vous voudrez bien trouver",
    "je vous adresse",
    "nous vous adressons",
    "je vous envoie",
    "nous vous envoyons",
    "je vous transmets",
    "nous vous transmettons",
    "je vous fais parvenir",
    "nous vous faisons parvenir",
    "j'ai le plaisir de vous",
    "nous avons le plaisir de vous",
    "ci-joint",
    "ci-dessous",
    "ci-apres",
    "en piece jointe",
    "please find",
    "please see",
    "attached is",
    "below is",
];

/// Where it is.
const POINTED: [&str; 16] = [
    "ci-joint",
    "ci-jointe",
    "ci-joints",
    "ci-dessous",
    "ci-apres",
    "ci-contre",
    "joint",
    "jointe",
    "piece",
    "pieces",
    "pj",
    "attached",
    "below",
    "enclosed",
    "envoie",
    "transmets",
];

/// What it is.
const RELEASES: [&str; 13] = [
    "communique",
    "communiques",
    "cp",
    "dossier de presse",
    "dossier presse",
    "invitation presse",
    "invitation de presse",
    "note de presse",
    "press release",
    "press releases",
    "news release",
    "media advisory",
    "press kit",
];

/// What else such a mail says.
const COURTESIES: [&str; 14] = [
    "bonne reception",
    "bonne lecture",
    "bien a vous",
    "bien cordialement",
    "cordialement",
    "merci d'avance",
    "merci par avance",
    "merci de votre diffusion",
    "merci pour votre diffusion",
    "merci de votre attention",
    "vous en souhaitant bonne reception",
    "best regards",
    "kind regards",
    "thank you",
];

/// Who took a picture.
const CREDITS: [&str; 17] = [
    "copyright",
    "credit",
    "credits",
    "credit photo",
    "credit photos",
    "credits photo",
    "credits photos",
    "credit photographique",
    "credits photographiques",
    "credit image",
    "credit visuel",
    "credits visuels",
    "image credit",
    "photo credit",
    "photo credits",
    "picture credit",
    "picture credits",
];

/// Whether a paragraph, with its lines, tells nothing of what a release is about.
pub fn tells_nothing(paragraph: &str) -> bool {
    let paragraph = paragraph.trim();
    if !paragraph.contains('\n') {
        return !paragraph.is_empty() && is_cover(paragraph);
    }
    let whole = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    is_cover(&whole) || paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).all(is_cover)
}

fn is_cover(line: &str) -> bool {
    let told = || banner::banner(line, Place::line(1)).is_some() && banner::is_nothing_else(line);
    is_no_text(line)
        || kind(line).is_some()
        || told()
        || is_address(line)
        || is_credit(line)
        || is_contact(line)
        || hands_over(behind_greeting(line))
}

/// What a line says behind the words by which a mail greets; nothing where it says nothing else.
fn behind_greeting(line: &str) -> &str {
    const WORDS: usize = 8;
    let greeting = line.split([',', '!', '.', ':']).next().unwrap_or(line);
    let folded = fold(greeting);
    let mut words = folded.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    if !words.next().is_some_and(|first| GREETINGS.contains(&first)) {
        return line;
    }
    let behind = line.get(greeting.len()..).unwrap_or_default();
    let known = words.clone().all(|word| word.is_empty() || GREETINGS.contains(&word) || EVERYBODY.contains(&word));
    // "Monsieur le Maire," is spoken to; "Monsieur le Maire ouvre le bassin." is a sentence.
    let named = behind.starts_with(',') && words.count() < WORDS;
    if !known && !named {
        return line;
    }
    let rest = behind.trim_start_matches(|c: char| c.is_whitespace() || ",!.:".contains(c));
    // "Mesdames, Messieurs,"
    if rest.len() < line.len() && !rest.is_empty() { behind_greeting(rest) } else { rest }
}

/// Whether every sentence says that a release is handed over, or is polite; so does no sentence at all.
fn hands_over(text: &str) -> bool {
    const LONGEST: usize = 300;
    text.len() <= LONGEST && sentences(text).all(|sentence| is_handed_over(sentence) || is_courtesy(sentence))
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ended = text.split_inclusive(['.', '!', '…', ':', ';']);
    ended.map(str::trim).filter(|sentence| sentence.contains(char::is_alphanumeric))
}

fn is_handed_over(sentence: &str) -> bool {
    let folded = fold(sentence);
    let says = |phrases: &[&str]| {
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
        let spaced = format!(" {} ", words.join(" "));
        phrases.iter().any(|phrase| spaced.contains(&format!(" {phrase} ")))
    };
    HANDED_OVER.iter().any(|opening| folded.starts_with(opening)) && says(&POINTED) && says(&RELEASES)
}

fn is_courtesy(sentence: &str) -> bool {
    let folded = fold(sentence);
    COURTESIES.contains(&folded.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// An address, or several, and nothing else.
fn is_address(line: &str) -> bool {
    let spans = addresses::spans(line);
    let plain = |(words, target): &addresses::Span<'_>| target.is_some() || !words.contains(char::is_alphanumeric);
    spans.iter().any(|(_, target)| target.is_some()) && spans.iter().all(plain)
}

/// Who took a picture, on a line of its own.
fn is_credit(line: &str) -> bool {
    const LONGEST: usize = 120;
    let line = line.trim_start_matches(['(', '[', '*', ' ']);
    if line.chars().count() > LONGEST {
        return false;
    }
    let closed = line.trim_end_matches([')', ']', '*', ' ']);
    let Some((name, who)) = closed.split_once([':', '©']) else { return false };
    let name = fold(name);
    let named = CREDITS.contains(&name.as_str());
    let signed = closed.contains('©') && matches!(name.as_str(), "" | "photo" | "photos" | "image" | "visuel");
    (named || signed) && !is_prose(who)
}

/// Whom the press may call, in one paragraph, and nothing else.
fn is_contact(line: &str) -> bool {
    let Some((section, rest)) = section(line).filter(|(section, _)| *section != Section::Notes) else { return false };
    let tokens = contacts::tokens(rest);
    let said = |token: &Token| match token {
        Token::Role(words) | Token::Head(words) | Token::Name(words, _) => is_prose(words),
        _ => false,
    };
    let reaches = tokens.iter().any(Token::reaches);
    let person = tokens.iter().any(|token| matches!(token, Token::Name(..) | Token::Email(_)));
    let certain = section == Section::Contacts && (reaches || tokens.is_empty());
    (certain || reaches && person) && !tokens.iter().any(said)
}

/// More words in small letters than a name or a role has.
fn is_prose(text: &str) -> bool {
    const MOST: usize = 6;
    text.split_whitespace().filter(|word| word.chars().all(char::is_lowercase)).count() > MOST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_that_tell_nothing() {
        for (text, nothing) in [
            ("Mesdames, Messieurs,", true),
            ("Bonjour", true),
            ("Bonjour à toutes et à tous !", true),
            ("Chères consœurs, chers confrères,", true),
            ("Monsieur le Maire,", true),
            ("Dear editors,", true),
            ("Bonjour Camille,", true),
            ("Veuillez trouver ci-dessous le communiqué.", true),
            ("Bonjour,\nVeuillez trouver ci-dessous le communiqué.", true),
            ("Bonjour, veuillez trouver ci-joint le communiqué de presse relatif au bassin. Bonne réception !", true),
            ("Vous trouverez en pièce jointe notre dossier de presse.", true),
            ("Please find below our press release on the pool.", true),
            ("Ci-joint un communiqué de la Ville de Lens.", true),
            ("COMMUNIQUÉ DE PRESSE", true),
            ("Communiqué de presse – Lens, le 19 octobre 2026", true),
            ("COMMUNIQUÉ DE PRESSE\nLens, le 19 octobre 2026", true),
            ("Pour diffusion immédiate", true),
            ("FOR IMMEDIATE RELEASE", true),
            ("Contact presse : Camille MARTIN, 06 01 02 03 04", true),
            ("Contact presse", true),
            ("Contact presse :\nCamille MARTIN\nchargée de communication de la Ville\nc.martin@example.org", true),
            ("Contact : Camille Martin – c.martin@example.org", true),
            ("Crédit : C. MARTIN", true),
            ("Crédits photo : Ville de Lens / C. Martin", true),
            ("© Ville de Lens", true),
            ("(Photo © Camille Martin)", true),
            ("https://www.example.org/bassin", true),
            ("presse@example.org", true),
            ("Réf : 2026/12", true),
            ("", false),
            ("La Ville ouvre son bassin.", false),
            ("Mesdames, Messieurs, la Ville ouvre son bassin.", false),
            ("Monsieur le Maire ouvre le bassin.", false),
            ("Madame la Préfète, accompagnée du maire, a ouvert le bassin.", false),
            ("Bonjour l’été !", false),
            ("Bonjour, la Ville ouvre son bassin.", false),
            ("Cher lecteur, le bassin ouvre samedi.", false),
            ("Vous trouverez ci-dessous les horaires du bassin.", false),
            ("Veuillez trouver ci-dessous le communiqué. La Ville ouvre son bassin.", false),
            ("Le communiqué de la Ville est ci-dessous.", false),
            ("Communiqué commun des maires : nous ouvrons le bassin.", false),
            ("La Ville ouvre un contact presse : Camille MARTIN, 06 01 02 03 04.", false),
            (
                "Contact presse : Camille MARTIN, 06 01 02 03 04. La Ville ouvre le bassin samedi et y invite tous ceux qui nagent.",
                false,
            ),
            ("Contact : la Ville ouvre une ligne pour les habitants, 03 21 00 00 00.", false),
            ("Pour en savoir plus, venez samedi.", false),
            ("Renseignements au 03 21 00 00 00.", false),
            ("Crédit municipal : la Ville ouvre une agence.", false),
            ("Crédits : la Ville vote un budget de 312 millions d’euros pour les écoles et les parcs.", false),
            ("Photo : le maire et les élus devant le bassin.", false),
            ("Le programme : https://www.example.org/bassin", false),
        ] {
            assert_eq!(tells_nothing(text), nothing, "{text}");
        }
    }
}
