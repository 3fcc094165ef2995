//! Words that were cut at the end of a line: which hyphen was only there for the cut, told without a
//! dictionary.
//!
//! The text itself is asked first: `attractivité` elsewhere says that `attractivi-` + `té` is one
//! word, `péri-urbain` elsewhere keeps its hyphen. Where it is silent, in this order:
//!
//! 1. a capital or a figure behind the hyphen, a figure before it, an address: it stays
//!    (`Lens-Liévin`, `2021-2022`);
//! 2. pieces that words are compounded of: it stays (`sous-`, `vice-`, `non-`, `peut-être`,
//!    `vingt-trois`, `-même`, `-de-Calais`);
//! 3. a pronoun behind a verb: it stays (`est-il`, `a-t-elle`, `puis-je`, `rendez-vous`);
//! 4. a cut that no French syllable has, before a vowel: it stays (`éco-organisme`);
//!    English words are cut there too (`inform-ation`), so this is asked of French texts only;
//! 5. else it was the typesetter's and goes (`attractivi-té`).

use std::collections::HashMap;

/// The words of a text, in lower case: letters, with the hyphens between them.
#[derive(Debug, Default)]
pub struct Vocabulary {
    words: HashMap<String, u32>,
    english: bool,
}

impl Vocabulary {
    /// Of a whole text.
    pub fn of(text: &str) -> Self {
        let lower = text.to_lowercase();
        let mut english = 0i64;
        let mut words = HashMap::new();
        let part = |c: char| c.is_alphabetic() || c == '-';
        for word in lower.split(|c: char| !part(c)).map(|word| word.trim_start_matches('-')) {
            // A word with a hyphen behind it is a piece of one.
            if !word.is_empty() && !word.ends_with('-') {
                english += match word {
                    "the" | "and" | "of" | "to" | "is" | "with" | "for" => 1,
                    "le" | "la" | "les" | "des" | "et" | "une" | "du" | "est" => -1,
                    _ => 0,
                };
                *words.entry(word.to_owned()).or_default() += 1;
            }
        }
        Self { words, english: english > 0 }
    }

    /// Whether it holds a word.
    pub fn has(&self, word: &str) -> bool {
        self.count(word) > 0
    }

    /// How often it holds a word.
    pub fn count(&self, word: &str) -> u32 {
        self.words.get(&word.to_lowercase()).copied().unwrap_or_default()
    }

    /// Whether more of its small words are English than French.
    pub fn is_english(&self) -> bool {
        self.english
    }
}

/// Before a hyphen, these are words of their own.
const HEADS: &[&str] = &[
    "peut",
    "est",
    "sous",
    "vice",
    "non",
    "demi",
    "semi",
    "quasi",
    "porte",
    "chef",
    "chefs",
    "avant",
    "après",
    "arrière",
    "grand",
    "grands",
    "grande",
    "grandes",
    "saint",
    "sainte",
    "nord",
    "sud",
    "ouest",
    "franco",
    "anglo",
    "belgo",
    "rez",
    "rendez",
    "celui",
    "celle",
    "ceux",
    "celles",
    "lui",
    "elle",
    "elles",
    "eux",
    "soi",
    "moi",
    "toi",
    "nous",
    "vous",
    "là",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "quatre",
    "dix",
    "deux",
    "trois",
    "tiers",
    "libre",
    "hors",
    "savoir",
    "well",
    "self",
    "non",
    "à",
    "c'est",
    "tout",
];

/// Behind a hyphen, these are words of their own.
const TAILS: &[&str] = &[
    "même",
    "mêmes",
    "être",
    "à",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "quinze",
    "vingt",
    "président",
    "présidente",
    "maire",
    "feu",
];

/// A compound goes on behind these: `-de-Calais`, `-sur-Mer`, `-en-ciel`, `-t-il`.
const LINKS: &[&str] = &[
    "de", "du", "des", "d", "la", "le", "les", "en", "sur", "sous", "lès", "lez", "et", "aux", "au", "à", "t", "dire",
    "vis",
];

/// What follows `au-`, `par-`, `ci-`.
const PLACES: [&str; 12] =
    ["delà", "dessus", "dessous", "devant", "dehors", "dedans", "là", "ci", "joint", "jointe", "après", "contre"];

/// Two pieces of a text between which its line ended.
pub fn join(left: &str, right: &str, vocabulary: &Vocabulary) -> String {
    if let Some(cut) = left.strip_suffix(['\u{ad}', '¬']) {
        return format!("{cut}{right}");
    }
    let Some(bare) = left.strip_suffix('-').filter(|bare| bare.ends_with(char::is_alphanumeric)) else {
        return format!("{left} {right}");
    };
    if !right.starts_with(char::is_alphanumeric) {
        return format!("{left} {right}");
    }
    if is_real(bare, right, vocabulary) { format!("{left}{right}") } else { format!("{bare}{right}") }
}

/// Whether a word goes on behind the line; behind an empty one it has to go on in small letters.
pub fn is_cut(left: &str, right: &str) -> bool {
    let cut = left.strip_suffix(['-', '\u{ad}', '¬']);
    cut.is_some_and(|bare| bare.ends_with(char::is_alphabetic)) && right.starts_with(char::is_alphabetic)
}

fn is_real(bare: &str, right: &str, vocabulary: &Vocabulary) -> bool {
    let token = bare.rsplit(char::is_whitespace).next().unwrap_or(bare);
    let behind = right.split(char::is_whitespace).next().unwrap_or(right);
    if !bare.ends_with(char::is_alphabetic) || !right.starts_with(char::is_lowercase) {
        return true;
    }
    if token.contains(['@', '/']) || token.starts_with("www.") || behind.contains('@') {
        return true;
    }
    let word = |c: char| c.is_alphabetic() || c == '-';
    let start = token.rfind(|c: char| !word(c)).map_or(0, |at| at + token.get(at..).map_or(1, first_length));
    let whole = token.get(start..).unwrap_or(token);
    let tail: String = behind.chars().take_while(|c| word(*c)).collect();
    let tail = tail.trim_end_matches('-');
    if vocabulary.has(&format!("{whole}{tail}")) {
        return false;
    }
    if vocabulary.has(&format!("{whole}-{tail}")) {
        return true;
    }
    let lower = |text: &str| text.to_lowercase().replace('’', "'");
    let (token, whole, tail) = (lower(token), lower(whole), lower(tail));
    let left = whole.rsplit('-').next().unwrap_or(&whole);
    is_compound(&token, left, &tail)
        || is_inversion(left, &whole, &tail)
        || !vocabulary.is_english() && no_syllable(left, &tail)
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

fn is_compound(token: &str, left: &str, tail: &str) -> bool {
    let first = tail.split('-').next().unwrap_or(tail);
    let linked = first != tail && LINKS.contains(&first);
    let placed = matches!(left, "au" | "par" | "ci" | "là" | "jusque") && PLACES.contains(&first);
    let of_this = matches!(first, "ci" | "là") && !matches!(left, "mer" | "voi" | "mé" | "de" | "pré" | "adou" | "min");
    let of_this = of_this && (first == "là" || matches!(left, "celui" | "celle" | "ceux" | "celles"));
    HEADS.contains(&left) || token.ends_with("c'est") || TAILS.contains(&first) || linked || placed || of_this
}

/// A pronoun behind its verb.
fn is_inversion(left: &str, whole: &str, tail: &str) -> bool {
    match tail {
        "il" | "elle" | "on" | "ils" | "elles" => left.ends_with(['t', 'd']) || whole.ends_with("-t"),
        "ce" => matches!(left, "est" | "sont" | "était" | "serait" | "sera" | "fut" | "fût" | "soit"),
        "je" => matches!(left, "puis" | "dois" | "ai" | "suis" | "sais" | "vais" | "veux" | "peux" | "dis" | "crois"),
        "nous" => left.ends_with('s'),
        "vous" | "y" | "en" => left.ends_with('z') || left == "êtes",
        "tu" => left.ends_with(['s', 'x']),
        "le" | "la" | "les" | "lui" | "leur" | "moi" => left.ends_with("ez"),
        _ => false,
    }
}

/// French syllables do not start with a vowel where another one is cut off before it, nor do they
/// leave their consonant behind.
fn no_syllable(left: &str, tail: &str) -> bool {
    let vowel = |c: char| "aeiouyàâäéèêëîïôöùûüœæ".contains(c);
    tail.starts_with(vowel) && left.chars().count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_of_the_cut_and_of_the_word() {
        let french = Vocabulary::of("le la les des une est, la coopération, une co-construction");
        for (left, right, joined) in [
            ("l'attractivi-", "té, la qualité", "l'attractivité, la qualité"),
            ("l’agglomé-", "ration", "l’agglomération"),
            ("Lens-", "Liévin", "Lens-Liévin"),
            ("21, rue Marcel-", "Sembat", "21, rue Marcel-Sembat"),
            ("2021-", "2022", "2021-2022"),
            ("peut-", "être", "peut-être"),
            ("vingt-", "trois", "vingt-trois"),
            ("Peut-", "il venir", "Peut-il venir"),
            ("a-t-", "elle", "a-t-elle"),
            ("a-", "t-il", "a-t-il"),
            ("puis-", "je", "puis-je"),
            ("rendez-", "vous", "rendez-vous"),
            ("est-", "ce que", "est-ce que"),
            ("servi-", "ce public", "service public"),
            ("le sous-", "préfet", "le sous-préfet"),
            ("vice-", "présidente", "vice-présidente"),
            ("non-", "lieu", "non-lieu"),
            ("Pas-", "de-Calais", "Pas-de-Calais"),
            ("Boulogne-", "sur-Mer", "Boulogne-sur-Mer"),
            ("éco-", "organisme", "éco-organisme"),
            ("péri-", "urbaine", "péri-urbaine"),
            ("eux-", "mêmes", "eux-mêmes"),
            ("celui-", "ci", "celui-ci"),
            ("mer-", "ci", "merci"),
            ("au-", "delà", "au-delà"),
            ("au-", "tomne", "automne"),
            ("par-", "ticiper", "participer"),
            ("natu-", "relle", "naturelle"),
            ("coopé-", "ration", "coopération"),
            ("une co-", "construction", "une co-construction"),
            ("c'est-", "à-dire", "c'est-à-dire"),
            ("c'est-à-", "dire", "c'est-à-dire"),
            ("éco-transi-", "tion", "éco-transition"),
            ("www.agglo-", "lenslievin.fr", "www.agglo-lenslievin.fr"),
            ("mc@agglo-", "lens.fr", "mc@agglo-lens.fr"),
            ("Lens -", "le maire", "Lens - le maire"),
            ("fini\u{ad}", "tion", "finition"),
            ("un mot", "et un autre", "un mot et un autre"),
            ("voi-", "là", "voilà"),
        ] {
            assert_eq!(join(left, right, &french), joined);
        }
        let english = Vocabulary::of("the and of to");
        assert_eq!(join("inform-", "ation", &english), "information");
        assert_eq!(join("well-", "known", &english), "well-known");
    }
}
