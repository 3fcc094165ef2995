//! People: keys of `[people]`, or names written in place. A comma does not separate people, a
//! list does (DESIGN §6).

use crate::config::{Config, email_address, looks_like_a_key, near, web_address};
use crate::html;
use crate::input::Draft;
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
            return (people, Origin::Head { line: written.place.line });
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
    let mut people: Vec<Person> = Vec::new();
    for node in nodes {
        let person = match &node.value {
            Value::Scalar(text) => written(text, node, path, config, problems),
            Value::Map(_) => map(node, path, config, problems),
            Value::Null => None,
            Value::List(_) => {
                let example = format!("{list}: [Camille MARTIN, Jean PETIT <jpetit@example.org>]");
                let problem = Problem::new(Code::ValueIgnored, path).at(node.place);
                problems.push(problem.with("key", list).with("example", example));
                None
            }
        };
        // Once each: readers would show one person twice.
        let known = |person: &Person| people.iter().any(|p| p.name == person.name && p.email == person.email);
        let person = person.filter(|person| !known(person));
        people.extend(person.map(|person| plain(person, node, list, path, problems)));
    }
    people
}

/// A name is text: what is HTML in it is taken for what it means.
fn plain(mut person: Person, node: &Node, list: &str, path: &str, problems: &mut Vec<Problem>) -> Person {
    let name = html::plain(person.name.as_str());
    if let Some(name) = Text::some(&name).filter(|name| *name != person.name) {
        problems.push(Problem::new(Code::MarkupRemoved, path).at(node.place).with("key", list));
        person.name = name;
    }
    person
}

/// A key, a name, or `Name <address>`.
fn written(text: &str, node: &Node, path: &str, config: &Config, problems: &mut Vec<Problem>) -> Option<Person> {
    let text = text.trim();
    if let Some(person) = config.people.get(text) {
        return Some(person.clone());
    }
    if let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        let email = email(address, node, path, problems);
        let name = Text::some(name).or_else(|| Text::some(address.split('@').next()?))?;
        return Some(Person { name, email, ..Person::default() });
    }
    if let Some(email) = email_address(text) {
        let name = Text::some(email.split('@').next()?)?;
        return Some(Person { name, email: Some(email), ..Person::default() });
    }
    if looks_like_a_key(text) {
        let near = near(text, config.people.keys().map(String::as_str)).unwrap_or_default();
        problems.push(Problem::new(Code::AuthorUnknown, path).at(node.place).with("key", text).with("near", near));
    }
    Some(Person { name: Text::some(text)?, ..Person::default() })
}

fn map(node: &Node, path: &str, config: &Config, problems: &mut Vec<Problem>) -> Option<Person> {
    let text = |key: &str| node.get(key).and_then(Node::text).and_then(Text::some);
    let declared = text("key").and_then(|key| config.people.get(key.as_str()).cloned()).unwrap_or_default();
    let written_email = node.get("email").and_then(|n| Some((n, n.text()?.to_owned())));
    let email = written_email.and_then(|(n, address)| email(&address, n, path, problems)).or(declared.email);
    let written_url = node.get("url").filter(|n| !n.is_nothing());
    let url = written_url.and_then(Node::text).and_then(web_address);
    if let (Some(written), None) = (written_url, &url) {
        let problem = Problem::new(Code::ValueIgnored, path).at(written.place);
        problems.push(problem.with("key", "url").with("example", "url: https://www.example.org/"));
    }
    let url = url.or(declared.url);
    let name = text("name").or(Some(declared.name).filter(|name| !name.as_str().is_empty()));
    if name.is_none() {
        let problem = Problem::new(Code::ValueIgnored, path).at(node.place);
        problems.push(problem.with("key", "name").with("example", "name: Camille MARTIN"));
    }
    let (role, phone) = (text("role").or(declared.role), text("phone").or(declared.phone));
    Some(Person { key: declared.key, name: name?, role, email, phone, url })
}

fn email(address: &str, node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let checked = email_address(address);
    if checked.is_none() && !address.trim().is_empty() {
        problems.push(Problem::new(Code::EmailInvalid, path).at(node.place).with("value", address));
    }
    checked
}
