//! People: keys of `[people]` or of an authors file, or names written in place. A comma does not
//! separate people, a list does (DESIGN §6): "Josh Aas, ISRG Executive Director" is one person and
//! "Josh Aas, Alex Halderman" are two, and no rule tells them apart. Links and e-mail addresses do
//! separate them, and `split-authors` says of a folder that its texts are lists.

mod addressed;

use std::borrow::Cow;

use self::addressed::Addressed;
use super::privacy::{self, Forgotten};
use crate::config::{Config, email_address, looks_like_a_key, near, web_address};
use crate::html;
use crate::input::Draft;
use crate::input::people::fields;
use crate::item::{Origin, Person};
use crate::problem::{Code, Problem};
use crate::text::Text;
use crate::tree::{Node, Value};

/// The authors, in order, at least one: the head, else the folder, else `[defaults]`, else the
/// publisher (PR-05).
pub fn authors(draft: &Draft, config: &Config, problems: &mut Vec<Problem>) -> (Vec<Person>, Origin) {
    if let Some(written) = &draft.authors {
        let people = people(&written.value, "authors", &draft.path, config, problems);
        if !people.is_empty() {
            return (people, Origin::written(written.place));
        }
    }
    let folder = config.folder_value(&draft.path, |f| (!f.authors.is_empty()).then_some(f.authors.as_slice()));
    let fallbacks = [(folder.unwrap_or_default(), Origin::Folder), (config.authors.as_slice(), Origin::Config)];
    for (nodes, origin) in fallbacks {
        // What is wrong in the configuration was said when it was read.
        let people = people(nodes, "authors", &draft.path, config, &mut Vec::new());
        if !people.is_empty() {
            return (people, origin);
        }
    }
    (vec![config.publisher.person()], Origin::Publisher)
}

/// The contacts, in order.
pub fn contacts(draft: &Draft, config: &Config, problems: &mut Vec<Problem>) -> Vec<Person> {
    people(&draft.contacts, "contacts", &draft.path, config, problems)
}

fn people(nodes: &[Node], list: &str, path: &str, config: &Config, problems: &mut Vec<Problem>) -> Vec<Person> {
    let split = config.folder_value(path, |folder| folder.split_authors).unwrap_or(config.split_authors);
    let forgotten = Forgotten::of(config, path);
    let mut reading = Reading { list, path, config, problems, split };
    let mut people: Vec<Person> = Vec::new();
    for node in nodes {
        for person in reading.node(node).into_iter().filter_map(|person| forgotten.left(person)) {
            let person = as_publisher(person, config);
            // Once each: readers would show one person twice.
            let known = people.iter().any(|known| known.name == person.name && known.email == person.email);
            if !known {
                people.push(person);
            }
        }
    }
    if !config.privacy.emails {
        people = people.into_iter().map(privacy::unaddressed).collect();
    }
    // Heads are all there is in memory, and a list that grows has room for four.
    people.shrink_to_fit();
    people
}

/// The publisher has its addresses also where somebody wrote its name alone.
fn as_publisher(person: Person, config: &Config) -> Person {
    let is_bare = person.email.is_none() && person.url.is_none();
    if !is_bare || person.name != config.publisher.name {
        return person;
    }
    let Person { email, url, .. } = config.publisher.person();
    Person { email, url, ..person }
}

struct Reading<'a> {
    /// `authors` or `contacts`.
    list: &'a str,
    path: &'a str,
    config: &'a Config,
    problems: &'a mut Vec<Problem>,
    /// Whether a text may name several.
    split: bool,
}

impl Reading<'_> {
    fn node(&mut self, node: &Node) -> Vec<Person> {
        let people: Vec<Person> = match &node.value {
            // A text that somebody declared is that person, whatever stands in it: so a folder whose
            // texts are lists may hold a name with a comma.
            Value::Scalar(text) => match (self.config.person(text.trim(), self.path), linked(text)) {
                (Some(person), _) => vec![person.clone()],
                (None, Some(people)) => people,
                (None, None) => {
                    let text = self.plain(text, node);
                    return self.text(&text, node);
                }
            },
            Value::Map(_) => self.map(node).into_iter().collect(),
            Value::Null => Vec::new(),
            Value::List(_) => {
                let example = format!("{}: [Camille MARTIN, Jean PETIT <jpetit@example.org>]", self.list);
                let problem = Problem::new(Code::ValueIgnored, self.path).at(node.place);
                self.problems.push(problem.with("key", self.list).with("example", example));
                Vec::new()
            }
        };
        people.into_iter().filter_map(|person| self.named(person, node)).collect()
    }

    /// A name is text: what is HTML in it is taken for what it means.
    fn plain<'t>(&mut self, name: &'t str, node: &Node) -> Cow<'t, str> {
        let plain = html::plain(name);
        if plain != name {
            self.problems.push(Problem::new(Code::MarkupRemoved, self.path).at(node.place).with("key", self.list));
        }
        plain
    }

    /// Somebody whose name stands by itself, without an address in it: feeds that have no place for one would
    /// show it.
    fn named(&mut self, person: Person, node: &Node) -> Option<Person> {
        let name = self.plain(person.name.as_str(), node).into_owned();
        let Some(first) = addressed::people(&name, |names| vec![names.to_owned()], |_| false).into_iter().next() else {
            return Some(Person { name: Text::some(&name).unwrap_or(person.name), ..person });
        };
        let told = self.addressed(&first, node)?;
        Some(Person {
            name: told.name,
            role: person.role.or(told.role),
            email: person.email.or(told.email),
            phone: person.phone.or(told.phone),
            ..person
        })
    }

    /// A text of names, or of names and addresses.
    fn text(&mut self, text: &str, node: &Node) -> Vec<Person> {
        let lists = self.split;
        let apart = |names: &str| if lists { split(names) } else { names.split(';').map(str::to_owned).collect() };
        let addressed = addressed::people(text, apart, |name| self.config.person(name, self.path).is_some());
        if !addressed.is_empty() {
            return addressed.iter().filter_map(|person| self.addressed(person, node)).collect();
        }
        let names = if lists { split(text) } else { vec![text.to_owned()] };
        names.iter().filter_map(|name| self.written(name, node)).collect()
    }

    /// One of several in a text.
    fn addressed(&mut self, told: &Addressed, node: &Node) -> Option<Person> {
        let (role, phone) = (told.role.and_then(Text::some), told.phone.and_then(Text::some));
        let Some(address) = told.email else {
            let person = self.written(&told.name, node)?;
            return Some(Person { role: role.or(person.role), phone: phone.or(person.phone), ..person });
        };
        let name = Text::some(&told.name).or_else(|| Text::some(address.split('@').next()?))?;
        Some(Person { name, role, phone, email: self.email(address, node), ..Person::default() })
    }

    /// A key or a name.
    fn written(&mut self, text: &str, node: &Node) -> Option<Person> {
        let text = text.trim();
        if let Some(person) = self.config.person(text, self.path) {
            return self.named(person.clone(), node);
        }
        // What stands in the place of an address and is none.
        if let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            let email = self.email(address, node);
            let name = Text::some(name).or_else(|| Text::some(address.split('@').next()?))?;
            return Some(Person { name, email, ..Person::default() });
        }
        if looks_like_a_key(text) && !self.config.privacy.forget.iter().any(|forgotten| forgotten == text) {
            let near = near(text, self.config.people.keys().map(String::as_str)).unwrap_or_default();
            let problem = Problem::new(Code::AuthorUnknown, self.path).at(node.place);
            self.problems.push(problem.with("key", text).with("near", near));
        }
        Some(Person { name: Text::some(text)?, ..Person::default() })
    }

    fn map(&mut self, node: &Node) -> Option<Person> {
        let written = fields(node);
        // `author: camille` with `author_url: …` is a key and more.
        let of_key = |text: &str| self.config.person(text, self.path).cloned();
        let by_name = written.name.as_ref().and_then(|name| of_key(name.as_str()));
        let name = written.name.filter(|_| by_name.is_none());
        let declared = written.key.and_then(Node::text).and_then(of_key).or(by_name).unwrap_or_default();
        let address = written.email.and_then(|node| Some((node, node.text()?)));
        let email = address.and_then(|(node, address)| self.email(address, node)).or(declared.email);
        let url = written.url.and_then(Node::text).and_then(web_address);
        if let (Some(written), None) = (written.url, &url) {
            let problem = Problem::new(Code::ValueIgnored, self.path).at(written.place);
            self.problems.push(problem.with("key", "url").with("example", "url: https://www.example.org/"));
        }
        let name = name.or(Some(declared.name).filter(|name| !name.as_str().is_empty()));
        if name.is_none() {
            let problem = Problem::new(Code::ValueIgnored, self.path).at(node.place);
            self.problems.push(problem.with("key", "name").with("example", "name: Camille MARTIN"));
        }
        Some(Person {
            key: declared.key,
            name: name?,
            role: written.role.or(declared.role),
            email,
            phone: written.phone.or(declared.phone),
            url: url.or(declared.url),
        })
    }

    fn email(&mut self, address: &str, node: &Node) -> Option<String> {
        let checked = email_address(address);
        if checked.is_none() && !address.trim().is_empty() {
            self.problems.push(Problem::new(Code::EmailInvalid, self.path).at(node.place).with("value", address));
        }
        checked
    }
}

/// `[Benjamin Wang](https://…), VMware` is one person with a page and an affiliation. Of several
/// links each is one, with what stands between it and the next; where nothing but commas stand
/// between them, what follows the last is names too.
fn linked(text: &str) -> Option<Vec<Person>> {
    let mut people: Vec<Person> = Vec::new();
    let mut rest = text;
    let mut between: Vec<&str> = Vec::new();
    while let Some((before, name, url, after)) = next_link(rest) {
        between.push(before);
        let (url, email) = (web_address(url), email_address(url));
        people.push(Person { name: Text::some(name)?, url, email, ..Person::default() });
        rest = after;
    }
    if people.is_empty() {
        return None;
    }
    between.push(rest);
    let trimmed: Vec<&str> = between.iter().map(|text| affiliation(text)).collect();
    let (first, behind) = trimmed.split_first()?;
    let inner = behind.get(..behind.len().saturating_sub(1)).unwrap_or_default();
    let last = behind.last().copied().unwrap_or_default();
    if people.len() > 1 && inner.iter().all(|text| text.is_empty()) && rest.trim_start().starts_with([',', ';', '&']) {
        people.extend(split(last).iter().filter_map(|name| Some(named(Text::some(name)?))));
    } else {
        for (person, text) in people.iter_mut().zip(behind) {
            person.role = Text::some(text);
        }
    }
    // A name without a link may come first.
    people.splice(0..0, split(first).iter().filter_map(|name| Some(named(Text::some(name)?))));
    Some(people)
}

fn named(name: Text) -> Person {
    Person { name, ..Person::default() }
}

/// What stands before a Markdown link, its text, its address, and the rest.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, name) = head.rsplit_once('[')?;
    let (url, after) = tail.split_once(')')?;
    Some((before, name, url, after))
}

/// Without the marks and words that only join.
fn affiliation(text: &str) -> &str {
    let mut text = text.trim_matches([' ', ',', ';', '&', '–', '-', '/']);
    for word in ["and", "et"] {
        text = text.strip_suffix(word).filter(|head| head.is_empty() || head.ends_with([' ', ','])).unwrap_or(text);
        text = text.strip_prefix(word).filter(|tail| tail.starts_with(' ')).unwrap_or(text);
        text = text.trim_matches([' ', ',', ';', '&']);
    }
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.unwrap_or(text)
}

/// `A, B, and C`, `A et B`, `A & B`, `A; B`; what follows "on behalf of" stays with the last.
fn split(text: &str) -> Vec<String> {
    let behalf = ["on behalf of", "au nom de", "pour le compte de"];
    // With the comma before those words: it is the last one's too.
    let at = behalf.iter().filter_map(|words| Some(text.get(..text.find(words)?)?.trim_end_matches([' ', ',']).len()));
    let (names, tail) = text.split_at_checked(at.min().unwrap_or(text.len())).unwrap_or((text, ""));
    let joined = names.replace(" and ", ",").replace(" et ", ",").replace(" & ", ",");
    let joined = joined.replace(';', ",");
    let mut people: Vec<String> =
        joined.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    match people.last_mut() {
        Some(last) if !tail.is_empty() => last.push_str(tail),
        None if !tail.is_empty() => people.push(tail.trim().to_owned()),
        _ => {}
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_one_text() {
        for (text, people) in [
            ("A B, C D, and E F", &["A B", "C D", "E F"][..]),
            ("A et B", &["A", "B"]),
            ("A & B", &["A", "B"]),
            ("A; B", &["A", "B"]),
            ("A, B,", &["A", "B"]),
            ("Anderson", &["Anderson"]),
            ("A and B on behalf of C, D and E", &["A", "B on behalf of C, D and E"]),
            ("Jane Lusby, on behalf of The Teams", &["Jane Lusby, on behalf of The Teams"]),
        ] {
            assert_eq!(split(text), people, "{text}");
        }
    }

    #[test]
    fn links_are_people() {
        let shown = |text: &str| -> Option<Vec<(String, String, String)>> {
            let show = |person: Person| {
                let role = person.role.map(|role| role.to_string()).unwrap_or_default();
                (person.name.to_string(), role, person.url.unwrap_or_default())
            };
            linked(text).map(|people| people.into_iter().map(show).collect())
        };
        let person = |name: &str, role: &str, url: &str| (name.to_owned(), role.to_owned(), url.to_owned());
        let (a, b) = ("https://a.example/", "https://b.example/");
        assert_eq!(shown(&format!("[A]({a}), VMware by X")), Some(vec![person("A", "VMware by X", a)]));
        assert_eq!(shown(&format!("[A]({a}) (Google)")), Some(vec![person("A", "Google", a)]));
        assert_eq!(
            shown(&format!("[A]({a}) Broadcom, [B]({b}) Red Hat")),
            Some(vec![person("A", "Broadcom", a), person("B", "Red Hat", b)])
        );
        assert_eq!(
            shown(&format!("[A]({a}), [B]({b}), Frederico M")),
            Some(vec![person("A", "", a), person("B", "", b), person("Frederico M", "", "")])
        );
        assert_eq!(
            shown(&format!("C and [A]({a}) and [B]({b})")),
            Some(vec![person("C", "", ""), person("A", "", a), person("B", "", b)])
        );
        assert_eq!(shown("A, B"), None);
    }
}
