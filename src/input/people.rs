//! People as other tools keep them: a map of all in one YAML, TOML or JSON file, one file a person,
//! or a table (CSV) with a header. What items write of somebody is then a key into it.

use std::collections::BTreeMap;

use super::markdown::slug;
use super::{encoding, front_matter};
use crate::config::{email_address, web_address};
use crate::file::SourceFile;
use crate::html;
use crate::item::Person;
use crate::problem::{Code, Place, Problem};
use crate::text::{Text, clean, without_marks};
use crate::tree::{self, Node, Unreadable, Value};

/// The keys under which a field of a person is found, in the order of trust.
const NAMES: &[&str] = &["name", "fullname", "full_name", "display_name", "displayname", "nom"];
const FIRST: &[&str] = &["first_name", "firstname", "given_name", "prénom", "prenom"];
const LAST: &[&str] = &["last_name", "lastname", "family_name", "surname", "nom_de_famille"];
const ROLES: &[&str] = &["role", "title", "job_title", "position", "affiliation", "organization", "fonction"];
const EMAILS: &[&str] = &["email", "mail", "e-mail", "courriel"];
const URLS: &[&str] = &["url", "website", "homepage", "web", "site", "uri", "link"];
const PHONES: &[&str] = &["phone", "telephone", "tel", "téléphone"];
const KEYS: &[&str] = &["key", "slug", "id", "username", "login", "uid"];

/// Fields of a person that was written as a map: whatever of them is there and can be used.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    /// A key of `[people]`.
    pub key: Option<&'a Node>,
    /// Their name.
    pub name: Option<Text>,
    /// What they do.
    pub role: Option<Text>,
    /// Unchecked.
    pub email: Option<&'a Node>,
    /// As written.
    pub phone: Option<Text>,
    /// Unchecked.
    pub url: Option<&'a Node>,
}

/// The fields of a map, under whatever names tools give them.
pub fn fields(map: &Node) -> Fields<'_> {
    let node = |names: &[&str]| {
        let named = |name: &&str| {
            let pair = map.pairs().iter().find(|(key, _)| key.text().is_some_and(|k| is_called(k, name)));
            pair.map(|(_, node)| node).filter(|node| !node.is_nothing())
        };
        names.iter().find_map(named)
    };
    let text = |names: &[&str]| Text::some(&html::plain(&without_marks(node(names)?.text()?)));
    let whole = match (text(FIRST), text(LAST)) {
        (Some(first), Some(last)) => Some(Text::new(&format!("{first} {last}"))),
        (one, other) => one.or(other),
    };
    Fields {
        key: node(KEYS),
        name: text(NAMES).or(whole),
        role: text(ROLES),
        email: node(EMAILS),
        phone: text(PHONES),
        url: node(URLS),
    }
}

/// Whether a key is this name, which is in lower case.
fn is_called(key: &str, name: &str) -> bool {
    if key.is_ascii() {
        key.bytes().map(|b| b.to_ascii_lowercase()).eq(name.bytes())
    } else {
        key.to_lowercase() == name
    }
}

/// The people of the files that `authors-from` names, by key.
pub fn read(files: &[SourceFile]) -> (BTreeMap<String, Person>, Vec<Problem>) {
    let mut people = BTreeMap::new();
    let mut problems = Vec::new();
    for file in files {
        if let Err(problem) = one(file, &mut people, &mut problems) {
            problems.push(problem);
        }
    }
    (people, problems)
}

/// Whether a file of that name can hold people.
pub fn is_readable(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["yml", "yaml", "toml", "json", "csv", "md", "markdown"].contains(&ending.to_ascii_lowercase().as_str())
}

fn one(file: &SourceFile, people: &mut BTreeMap<String, Person>, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let decoded = encoding::decode(file, None, problems)?;
    let text = clean(&decoded).text;
    let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let unreadable = |error: Unreadable| {
        let problem = Problem::new(Code::PeopleUnreadable, &file.path).at(error.place);
        problem.with("reason", error.reason)
    };
    let root = match ending.as_str() {
        "csv" => table(&text).map_err(unreadable)?,
        "toml" => tree::parse_toml(&text).map_err(unreadable)?,
        "json" => tree::parse_json(&text).map_err(unreadable)?.0,
        "yml" | "yaml" => tree::parse_yaml(&text).map_err(unreadable)?,
        _ => front_matter::map(&text, &file.path)?.ok_or_else(|| nobody(file))?,
    };
    let before = people.len();
    let stem = own_name(&file.path);
    match &root.value {
        Value::List(nodes) => nodes.iter().for_each(|node| add(node, None, file, people, problems)),
        // One person a file: the map is theirs.
        Value::Map(_) if fields(&root).name.is_some() || is_text(&root, "title") => {
            let titled = || Some(Text::some(root.get("title")?.text()?)?.to_string());
            match fields(&root).name {
                Some(_) => add(&root, Some(&stem), file, people, problems),
                // A page about somebody has their name for a title.
                None => {
                    let person = Person {
                        key: Some(stem.clone()),
                        name: Text::new(&titled().unwrap_or_default()),
                        ..Person::default()
                    };
                    people.insert(stem.clone(), person);
                }
            }
        }
        Value::Map(pairs) => {
            for (key, node) in pairs {
                if let Some(key) = key.text() {
                    add(node, Some(key), file, people, problems);
                }
            }
        }
        Value::Null | Value::Scalar(_) => {}
    }
    if people.len() == before { Err(nobody(file)) } else { Ok(()) }
}

fn nobody(file: &SourceFile) -> Problem {
    Problem::new(Code::PeopleUnreadable, &file.path).at(Place::line(1)).with("reason", "")
}

fn is_text(map: &Node, key: &str) -> bool {
    map.get(key).is_some_and(|node| node.text().is_some() && !node.is_nothing())
}

/// The name of the file, or of its folder where it is an index.
fn own_name(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let own = if matches!(stem, "_index" | "index") { parts.next().unwrap_or(stem) } else { stem };
    own.to_owned()
}

fn add(
    node: &Node,
    key: Option<&str>,
    file: &SourceFile,
    people: &mut BTreeMap<String, Person>,
    problems: &mut Vec<Problem>,
) {
    let found = fields(node);
    let name = found.name.clone().or_else(|| Text::some(node.text()?));
    let Some(name) = name else {
        // A key of the file that is about nobody (`$schema`, a comment) is no person.
        return;
    };
    let written = found.key.and_then(Node::text).filter(|key| !key.trim().is_empty());
    let key = match (key, written) {
        // The slug that a person's own file gives is what items write.
        (Some(_), Some(written)) | (None, Some(written)) => written.trim().to_owned(),
        (Some(key), None) => key.to_owned(),
        (None, None) => slug(name.as_str()),
    };
    let email = found.email.and_then(|node| {
        let email = email_address(node.text()?);
        if email.is_none() {
            let value = node.text().unwrap_or_default();
            problems.push(Problem::new(Code::EmailInvalid, &file.path).at(node.place).with("value", value));
        }
        email
    });
    let url = found.url.and_then(Node::text).and_then(web_address);
    let person = Person { key: Some(key.clone()), name, role: found.role, email, phone: found.phone, url };
    people.entry(key).or_insert(person);
}

/// A table with a header as a list of maps.
fn table(text: &str) -> Result<Node, Unreadable> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let line = |position: Option<&csv::Position>| {
        Place::line(position.map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX)))
    };
    let failed = |error: &csv::Error| Unreadable { place: line(error.position()), reason: error.to_string() };
    let header = reader.headers().map_err(|error| failed(&error))?.clone();
    let mut nodes = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| failed(&error))?;
        let place = line(record.position());
        let scalar = |text: &str| Node { value: Value::Scalar(text.trim().to_owned()), place };
        let pairs = header.iter().zip(&record).map(|(key, value)| (scalar(key), scalar(value))).collect();
        nodes.push(Node { value: Value::Map(pairs), place });
    }
    Ok(Node { value: Value::List(nodes), place: Place::line(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(path: &str, text: &str) -> Vec<(String, String)> {
        let file = SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
        let (people, problems) = read(&[file]);
        assert!(problems.is_empty(), "{problems:?}");
        people.into_iter().map(|(key, person)| (key, person.name.to_string())).collect()
    }

    #[test]
    fn every_form() {
        let camille = [("camille".to_owned(), "Camille MARTIN".to_owned())];
        for (path, text) in [
            ("authors.yml", "camille:\n  name: Camille MARTIN\n  title: Presse\n"),
            ("authors.yml", "camille: Camille MARTIN\n"),
            ("authors.toml", "[camille]\ndisplay_name = \"Camille MARTIN\"\n"),
            ("authors.json", "{\"camille\": {\"fullname\": \"Camille MARTIN\"}}"),
            ("authors.json", "[{\"slug\": \"camille\", \"name\": \"Camille MARTIN\"}]"),
            ("authors.csv", "slug,first_name,last_name\ncamille,Camille,MARTIN\n"),
            ("authors.csv", "slug;full_name\ncamille;Camille MARTIN\n"),
            ("authors/camille.yml", "name: Camille MARTIN\n"),
            ("authors/camille/_index.md", "---\ndisplay_name: Camille MARTIN\nfirst_name: Cam\n---\nPresse.\n"),
            ("authors/camille.md", "---\ntitle: Camille MARTIN\n---\n"),
            ("authors/x.md", "---\nslug: camille\nname: Camille MARTIN\n---\n"),
        ] {
            assert_eq!(people(path, text), camille, "{path} {text}");
        }
    }

    #[test]
    fn a_file_without_people_is_said() {
        for text in ["", "[", "just words"] {
            let file = SourceFile { path: "authors.yml".to_owned(), bytes: text.as_bytes().to_vec() };
            assert_eq!(read(&[file]).1.len(), 1, "{text}");
        }
    }
}
