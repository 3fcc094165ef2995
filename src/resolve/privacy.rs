//! What is kept back of people (`[privacy]`): e-mail addresses, out of every text that an item shows
//! beside its body, and people who are to be named nowhere. Nothing of it changes who an item is: its
//! identity is made before, of other things. The body is looked at where it is rendered.

use crate::config::Config;
use crate::item::{Item, Person};
use crate::locale::Locale;
use crate::text::{HIDDEN, Text, addresses, without_addresses};

/// The title as readers may see it; one that is nothing but an address says so.
pub fn title(title: Text, config: &Config) -> Text {
    let word = || Text::new(&Locale::of(&config.language).word("address-hidden", &[]));
    text(title, config).unwrap_or_else(word)
}

/// A text as readers may see it; `None` where it is nothing but an address.
pub fn text(text: Text, config: &Config) -> Option<Text> {
    if config.privacy.emails { Some(text) } else { shown(&text) }
}

/// The text without addresses; `None` where nothing else is in it.
fn shown(text: &Text) -> Option<Text> {
    if addresses(text.as_str()).is_empty() {
        return Some(text.clone());
    }
    says_something(&without_addresses(text.as_str(), HIDDEN))
}

/// The same of a text that is a name and no sentence: nothing stands for the address.
fn bare(text: &Text) -> Option<Text> {
    if addresses(text.as_str()).is_empty() {
        return Some(text.clone());
    }
    let around = |c: char| !c.is_alphanumeric() && !matches!(c, '»' | '"' | '.' | '!' | '?');
    says_something(without_addresses(text.as_str(), "").trim_matches(around))
}

fn says_something(text: &str) -> Option<Text> {
    Text::some(text).filter(|text| text.as_str().contains(char::is_alphanumeric))
}

/// Takes out of an item's texts what its newsroom keeps back.
pub fn keep_back(item: &mut Item, config: &Config) {
    if let Some(image) = item.image.as_mut().filter(|_| !config.privacy.forget.is_empty()) {
        let forgotten = Forgotten::of(config, &item.path);
        image.credit = image.credit.take().and_then(|credit| forgotten.left_in_credit(credit));
    }
    if config.privacy.emails {
        return;
    }
    let hide = |text: &mut Option<Text>| *text = text.as_ref().and_then(shown);
    [&mut item.subtitle, &mut item.rights].into_iter().for_each(hide);
    item.changes.iter_mut().for_each(|change| hide(&mut change.note));
    if let Some(image) = &mut item.image {
        image.alt = shown(&image.alt).unwrap_or_default();
        hide(&mut image.caption);
        hide(&mut image.credit);
    }
    let files = item.attachments.iter_mut().chain(item.image.as_mut().map(|image| &mut image.file));
    files.for_each(|file| file.title = title(std::mem::take(&mut file.title), config));
    if item.tags.iter().any(|tag| !addresses(tag.as_str()).is_empty()) {
        let mut tags: Vec<Text> = Vec::with_capacity(item.tags.len());
        for tag in item.tags.iter().filter_map(bare) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        item.tags = tags.into();
    }
}

/// Somebody, without any address.
pub fn unaddressed(person: Person) -> Person {
    let bare = |text: Option<Text>| text.as_ref().and_then(bare);
    Person { email: None, role: bare(person.role), phone: bare(person.phone), ..person }
}

/// People who are to be named nowhere.
#[derive(Debug)]
pub struct Forgotten<'a> {
    keys: &'a [String],
    /// Folded.
    names: Vec<String>,
}

impl<'a> Forgotten<'a> {
    /// For the item at `path`: a key is that of a person who may bear another name.
    pub fn of(config: &'a Config, path: &str) -> Self {
        let keys = config.privacy.forget.as_slice();
        let name = |key: &String| config.person(key, path).map_or_else(|| folded(key), |p| folded(p.name.as_str()));
        Self { keys, names: keys.iter().map(name).filter(|name| !name.is_empty()).collect() }
    }

    /// Who is left where one name may name several.
    pub fn left(&self, person: Person) -> Option<Person> {
        if self.keys.is_empty() {
            return Some(person);
        }
        if person.key.as_ref().is_some_and(|key| self.keys.contains(key)) {
            return None;
        }
        let name = left(&person.name, &[" et ", " and ", " & ", ";"], |part| self.is(part))?;
        Some(Person { name, ..person })
    }

    /// What is left of whom a picture is by.
    fn left_in_credit(&self, credit: Text) -> Option<Text> {
        let joints = [" et ", " and ", " & ", ";", ",", "/", "|", " - ", " – ", " — "];
        // A word alone may be a key, and a part of anybody's name.
        let stands_in =
            |words: &str| self.names.iter().any(|name| name.trim().contains(' ') && words.contains(name.as_str()));
        left(&credit, &joints, |part| self.is(part) || stands_in(&folded(part)))
    }

    /// Whether words are one of them, with whatever is said of them before a colon, behind a comma or in
    /// brackets.
    fn is(&self, words: &str) -> bool {
        /// What may stand before a name.
        const BEFORE: &[&str] = &["m", "mme", "mlle", "mr", "mrs", "ms", "dr", "monsieur", "madame", "par", "by"];
        let is_forgotten = |piece: &str| {
            let piece = folded(piece);
            let bare = piece.trim().split_once(' ').filter(|(first, _)| BEFORE.contains(first));
            let bare = bare.map_or_else(|| piece.clone(), |(_, rest)| format!(" {rest} "));
            self.names.iter().any(|name| *name == piece || *name == bare)
        };
        let pieces = words.replace(" - ", ",");
        let mut pieces = pieces.split([',', ':', '(', ')', '[', ']', '<', '>', '/', '|', '–', '—']);
        pieces.any(is_forgotten)
    }
}

/// The parts of a text of names that are none of those who are to be left out; the text itself where all are.
fn left(text: &Text, joints: &[&str], is_forgotten: impl Fn(&str) -> bool) -> Option<Text> {
    let apart = joints.iter().fold(text.to_string(), |text, joint| text.replace(joint, "\n"));
    let parts: Vec<&str> = apart.split('\n').map(str::trim).collect();
    let left: Vec<&str> = parts.iter().copied().filter(|part| !is_forgotten(part)).collect();
    if left.len() == parts.len() {
        return Some(text.clone());
    }
    says_something(&left.join(", "))
}

/// The words of a name in small letters without accents, with a space before and behind each.
fn folded(name: &str) -> String {
    let mut folded = String::from(" ");
    for character in name.chars() {
        match character {
            '-' | '\'' | '’' | '‑' => folded.push('-'),
            c if c.is_alphanumeric() => {
                folded.push_str(&deunicode::deunicode_char(c).unwrap_or_default().to_lowercase())
            }
            _ if folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}
