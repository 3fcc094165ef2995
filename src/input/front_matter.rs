//! The head of a file: YAML between `---`, TOML between `+++`, one JSON object, or what other tools
//! write.

pub mod keys;
mod split;

pub use self::split::{Parts, Syntax, split, split_marked};
use self::split::{lines_tree, unreadable_head};
use super::{At, Draft, State};
use crate::html;
use crate::item::NotesToEditors;
use crate::problem::{Code, Place, Problem};
use crate::text::{Text, without_marks};
use crate::tree::{self, Node, Value};

/// Tables in which other tools keep keys of their users'.
const TABLES: [&str; 4] = ["extra", "params", "taxonomies", "data"];
/// What is read there.
const IN_TABLES: [&str; 9] =
    ["authors", "contacts", "date", "embargo", "language", "subtitle", "summary", "tags", "updated"];

/// Reads the head into the draft.
///
/// # Errors
/// A head that cannot be read.
pub fn read(parts: &Parts<'_>, draft: &mut Draft, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let path = draft.path.clone();
    match tree_of(parts, &path, problems)? {
        Some(root) => read_tree(root, &path, draft, problems),
        None => Ok(()),
    }
}

fn tree_of(parts: &Parts<'_>, path: &str, problems: &mut Vec<Problem>) -> Result<Option<Node>, Problem> {
    let Some((syntax, text)) = parts.head else {
        return Ok(None);
    };
    let (name, parsed) = match syntax {
        Syntax::Toml => ("TOML", tree::parse_toml(text)),
        Syntax::Json => ("JSON", tree::parse_json(text).map(|(node, _)| node)),
        Syntax::Lines | Syntax::Dotted => ("", Ok(lines_tree(text, syntax))),
        Syntax::Yaml | Syntax::Unopened => ("YAML", yaml(text, parts, path, problems)),
    };
    let mut root = parsed.map_err(|unreadable| unreadable_head(&unreadable, parts.head_line - 1, name, path))?;
    if syntax == Syntax::Unopened {
        problems.push(Problem::new(Code::HeadNotOpened, path).at(Place::line(parts.head_line)));
    }
    root.places(&|place| place.line += parts.head_line - 1);
    Ok(Some(root))
}

/// The keys and values of a head as they stand; `None` where there is no head.
///
/// # Errors
/// A head that cannot be read.
pub fn map(text: &str, path: &str) -> Result<Option<Node>, Problem> {
    let parts = split(text, path)?;
    tree_of(&parts, path, &mut Vec::new())
}

/// Reads the sidecar of an item: TOML, the whole file.
///
/// # Errors
/// It is not TOML.
pub fn read_sidecar(text: &str, draft: &mut Draft, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let path = draft.path.clone();
    let beside = |mut place: Place| {
        place.sidecar = true;
        place
    };
    let mut root = tree::parse_toml(text).map_err(|unreadable| {
        let problem = Problem::new(Code::HeadUnreadable, &path).at(beside(unreadable.place));
        problem.with("syntax", "TOML").with("reason", unreadable.reason)
    })?;
    root.places(&|place| place.sidecar = true);
    read_tree(root, &path, draft, problems)
}

/// YAML knows no tab before a key; people and editors do.
fn yaml(text: &str, parts: &Parts<'_>, path: &str, problems: &mut Vec<Problem>) -> Result<Node, tree::Unreadable> {
    let parsed = tree::parse_yaml(text);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let tabbed = |line: &str| line.get(..indent(line)).is_some_and(|indent| indent.contains('\t'));
    let Some(first) = text.lines().position(tabbed).filter(|_| parsed.is_err()) else {
        return parsed;
    };
    let spaced: String = text
        .split_inclusive('\n')
        .map(|line| {
            let (indent, rest) = line.split_at_checked(indent(line)).unwrap_or(("", line));
            indent.replace('\t', "  ") + rest
        })
        .collect();
    let Ok(root) = tree::parse_yaml(&spaced) else {
        return parsed;
    };
    let line = parts.head_line + u32::try_from(first).unwrap_or_default();
    problems.push(Problem::new(Code::HeadTabs, path).at(Place::of(line, 1, 1)));
    Ok(root)
}

fn read_tree(root: Node, path: &str, draft: &mut Draft, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let Value::Map(pairs) = root.value else {
        if root.value == Value::Null {
            return Ok(());
        }
        return Err(Problem::new(Code::HeadNotKeys, path).at(root.place));
    };
    let mut reading = Reading { path, problems, seen: Vec::new(), details: Vec::new(), unseen: false };
    let mut tables = Vec::new();
    for (key, value) in pairs {
        let name = key.text().unwrap_or_default().to_ascii_lowercase();
        match value.value {
            Value::Map(inner) if TABLES.contains(&name.as_str()) => tables.extend(inner),
            _ => reading.pair(&key, value, draft)?,
        }
    }
    for (key, value) in tables {
        reading.in_table(&key, value, draft)?;
    }
    reading.detail(draft);
    if reading.unseen {
        draft.draft = Some(true);
    }
    Ok(())
}

struct Reading<'a> {
    path: &'a str,
    problems: &'a mut Vec<Problem>,
    /// Keys that were read, with the spelling they had.
    seen: Vec<(&'static str, String)>,
    /// What is said of the one author beside their name.
    details: Vec<(&'static str, Node)>,
    /// Whether another generator is told to show it to nobody; `draft: false` beside it does not contradict that.
    unseen: bool,
}

impl Reading<'_> {
    fn pair(&mut self, key: &Node, node: Node, draft: &mut Draft) -> Result<(), Problem> {
        let written = without_marks(key.text().unwrap_or_default()).trim().to_owned();
        let folded = keys::folded(&written);
        self.unseen |= unseen(&folded, &node);
        if let Some(state) = state(&folded, &node) {
            draft.state = Some(At { value: state, place: node.place });
            // What is withdrawn is not held: it has been out.
            return if state == State::Withheld { self.hold(Some(true), draft, &node, &written) } else { Ok(()) };
        }
        if let Some(held) = hold(&folded, &node) {
            return self.hold(held, draft, &node, &written);
        }
        if draft.redirect.is_none() && redirects(&folded, &node) {
            draft.redirect = Some(key.place);
        }
        // `levee_embargo`, `embargo_fin`: whoever writes the word means it.
        let embargo = || folded.contains("embargo").then_some("embargo");
        let Some(known) = keys::known(&folded).or_else(embargo) else {
            if !node.is_nothing() && keys::near_miss(&folded).is_some_and(|near| near.contains("embargo")) {
                draft.embargoes.extend(self.dated("embargo", &node)?);
            }
            self.unknown(written, key.place, &folded, draft);
            return Ok(());
        };
        // Two dates under two names: the later one holds (an embargo is no slip).
        let again = |seen: &(&str, String)| seen.0 == known && seen.1 != folded;
        if known == "date" && !node.is_nothing() && self.seen.iter().any(again) {
            draft.later.extend(self.dated(known, &node)?);
            return Ok(());
        }
        // `tags` and `categories` are both topics; the same key again is a slip.
        let several = matches!(known, "tags" | "permalink" | "created");
        let before = self.seen.iter().find(|(seen, as_written)| *seen == known && (!several || *as_written == folded));
        if let Some((_, before)) = before {
            let problem = Problem::new(Code::KeyTwice, self.path).at(key.place);
            self.problems.push(problem.with("key", written).with("before", before));
            return Ok(());
        }
        self.seen.push((known, folded));
        if node.is_nothing() {
            // Somebody was about to say until when.
            let forgotten = || Problem::new(Code::EmbargoUnclear, self.path).at(key.place);
            return if known == "embargo" { Err(forgotten()) } else { Ok(()) };
        }
        match known {
            "date" => draft.date = self.dated(known, &node)?,
            "embargo" => draft.embargoes.extend(self.dated(known, &node)?),
            "expires" => draft.expires = self.dated(known, &node)?,
            _ => self.value(known, node, draft),
        }
        Ok(())
    }

    /// A list in the place of a date cannot be left aside: what it holds back would go out.
    fn dated(&mut self, key: &str, node: &Node) -> Result<Option<At<String>>, Problem> {
        match node.value {
            Value::List(_) | Value::Map(_) => {
                Err(Problem::new(Code::DateNotUnderstood, self.path).at(node.place).with("key", key))
            }
            _ => Ok(self.typed(key, node)),
        }
    }

    /// What other tools keep in a table of its own counts where nothing stands above.
    fn in_table(&mut self, key: &Node, node: Node, draft: &mut Draft) -> Result<(), Problem> {
        let folded = keys::folded(key.text().unwrap_or_default());
        let known = keys::known(&folded).filter(|known| IN_TABLES.contains(known));
        // What `status` means to others besides, nobody knows.
        let is_status = matches!(folded.as_str(), "status" | "statut" | "visibility");
        let held = hold(&folded, &node).is_some_and(|held| held.is_some() || !is_status);
        let said = known.is_some_and(|known| self.seen.iter().any(|(seen, _)| *seen == known));
        if held || known.is_some() && !said { self.pair(key, node, draft) } else { Ok(()) }
    }

    fn value(&mut self, known: &'static str, node: Node, draft: &mut Draft) {
        match known {
            "title" => draft.title = self.text(known, &node),
            "subtitle" => draft.subtitle = self.text(known, &node),
            "created" => draft.created = draft.created.take().or(self.typed(known, &node)),
            "updated" => {
                // Docusaurus: `last_update: {date: …, author: …}`.
                let node = node.get("date").cloned().unwrap_or(node);
                draft.updated = self.typed(known, &node);
            }
            "authors" => draft.authors = Some(At { place: node.place, value: node.several().to_vec() }),
            "author_email" => self.details.push(("email", node)),
            "author_url" => self.details.push(("url", node)),
            "author_title" => self.details.push(("role", node)),
            "notes-to-editors" => {
                draft.notes_to_editors = node.text().and_then(notes_to_editors);
                if draft.notes_to_editors.is_none() {
                    self.ignored(known, &node);
                }
            }
            "contacts" => draft.contacts = node.several().to_vec(),
            "summary" => draft.summary = self.text(known, &node),
            "tags" => {
                for tag in self.tags(&node) {
                    if !draft.tags.contains(&tag) {
                        draft.tags.push(tag);
                    }
                }
            }
            "language" => draft.language = self.typed(known, &node),
            "id" => draft.id = self.typed(known, &node),
            "exact-id" => draft.exact_id = self.typed(known, &node),
            "slug" => draft.slug = self.typed(known, &node),
            "permalink" => {
                draft.addresses.extend(node.text().map(|text| At { value: text.to_owned(), place: node.place }));
            }
            "link" => draft.link = self.typed(known, &node),
            "image" => draft.image = Some(node),
            "attachments" => draft.attachments = node.several().to_vec(),
            "rights" => draft.rights = self.text(known, &node).map(|at| at.value),
            "changes" => {
                let acts = node.several().iter().filter(|act| !act.is_nothing());
                let (maps, others): (Vec<&Node>, Vec<&Node>) = acts.partition(|act| act.get("date").is_some());
                others.into_iter().for_each(|act| self.ignored(known, act));
                draft.changes = maps.into_iter().cloned().collect();
            }
            "replaces" => draft.replaces = self.several(known, &node),
            "reply-to" => draft.replies_to = self.several(known, &node),
            _ => {}
        }
    }

    /// `author: Jean PETIT` with `author_url: …` is one map.
    fn detail(&mut self, draft: &mut Draft) {
        let one = draft.authors.as_mut().and_then(|people| match people.value.as_mut_slice() {
            [one] if one.text().is_some() => Some(one),
            _ => None,
        });
        let (Some(one), false) = (one, self.details.is_empty()) else { return };
        let named = |name: &str, place: Place| Node { value: Value::Scalar(name.to_owned()), place };
        let mut pairs = vec![(named("name", one.place), one.clone())];
        pairs.extend(self.details.drain(..).map(|(name, node)| (named(name, node.place), node)));
        one.value = Value::Map(pairs);
    }

    fn unknown(&mut self, written: String, place: Place, folded: &str, draft: &mut Draft) {
        if keys::is_foreign(folded) {
            return;
        }
        if let Some(near) = keys::near_miss(folded) {
            let problem = Problem::new(Code::KeyMisspelt, self.path).at(place);
            self.problems.push(problem.with("key", written).with("near", near));
        } else {
            draft.unknown.push(At { value: written, place });
        }
    }

    fn text(&mut self, key: &str, node: &Node) -> Option<At<Text>> {
        let typed = self.typed(key, node)?;
        Text::some(&self.plain(key, &typed.value, node.place)).map(|value| At { value, place: typed.place })
    }

    /// A title is text: what is HTML in it is taken for what it means.
    fn plain(&mut self, key: &str, text: &str, place: Place) -> String {
        let plain = html::plain(text);
        if plain != text {
            self.problems.push(Problem::new(Code::MarkupRemoved, self.path).at(place).with("key", key));
        }
        plain.into_owned()
    }

    fn typed(&mut self, key: &str, node: &Node) -> Option<At<String>> {
        let Some(text) = node.text() else {
            self.ignored(key, node);
            return None;
        };
        Some(At { value: without_marks(text).trim().to_owned(), place: node.place })
    }

    fn several(&mut self, key: &str, node: &Node) -> Vec<At<String>> {
        node.several().iter().filter_map(|node| self.typed(key, node)).filter(|at| !at.value.is_empty()).collect()
    }

    fn ignored(&mut self, key: &str, node: &Node) {
        let example = keys::KEYS.iter().find(|k| k.name == key).map(|k| k.example).unwrap_or_default();
        let problem = Problem::new(Code::ValueIgnored, self.path).at(node.place);
        self.problems.push(problem.with("key", key).with("example", format!("{key}: {example}")));
    }

    fn tags(&mut self, node: &Node) -> Vec<Text> {
        let texts: Vec<&str> = match &node.value {
            Value::Scalar(text) => text.split(',').collect(),
            Value::List(nodes) => {
                nodes.iter().filter(|n| n.text().is_none()).for_each(|n| self.ignored("tags", n));
                nodes.iter().filter_map(Node::text).collect()
            }
            _ => {
                self.ignored("tags", node);
                Vec::new()
            }
        };
        texts.into_iter().filter_map(|text| Text::some(&self.plain("tags", text, node.place))).collect()
    }

    /// A yes or a no in the words people use; nothing else, and no two that disagree, since a wrong
    /// guess publishes.
    fn hold(&mut self, held: Option<bool>, draft: &mut Draft, node: &Node, written: &str) -> Result<(), Problem> {
        match held {
            Some(held) if draft.draft.is_none_or(|before| before == held) => {
                draft.draft = Some(held);
                Ok(())
            }
            _ => {
                let value = node.text().unwrap_or_default();
                let problem = Problem::new(Code::DraftUnclear, self.path).at(node.place);
                let status = matches!(keys::folded(written).as_str(), "status" | "statut");
                let problem = problem.with("status", if status { "1" } else { "" });
                Err(problem.with("key", written).with("value", value))
            }
        }
    }
}

/// What a status or a visibility says where a publisher or another generator has nothing to hold back, as it is
/// compared.
const PUBLISHED: [&str; 44] = [
    "active",
    "actif",
    "actuel",
    "approuve",
    "approuvee",
    "approved",
    "archive",
    "archived",
    "archivee",
    "complete",
    "completed",
    "current",
    "definitif",
    "definitive",
    "diffuse",
    "diffusee",
    "done",
    "enligne",
    "envoye",
    "envoyee",
    "everyone",
    "final",
    "finale",
    "finished",
    "live",
    "ok",
    "online",
    "paru",
    "parue",
    "pret",
    "prete",
    "public",
    "publicly",
    "publie",
    "publiee",
    "publish",
    "published",
    "publique",
    "ready",
    "released",
    "sent",
    "usable",
    "valide",
    "validee",
];

/// Whether a key says that the item is to be held: `None` where it says nothing of it, `Some(None)`
/// where it does and what it says is not clear. Other generators have `published: false`,
/// `status: draft`, `hidden: true` for it.
fn hold(key: &str, node: &Node) -> Option<Option<bool>> {
    let text = node.text();
    match key {
        "draft" | "brouillon" => Some(text.and_then(truth)),
        "hidden" => text.map(truth),
        "published" => text.and_then(truth).map(|published| Some(!published)),
        "publish" | "publie" | "publiee" => Some(text.and_then(truth).map(|published| !published)),
        "status" | "visibility" | "statut" => match keys::folded(text?.trim()).as_str() {
            "" => None,
            "draft" | "brouillon" | "private" | "hidden" | "skip" | "scheduled" | "unlisted" => Some(Some(true)),
            word if PUBLISHED.contains(&word) => None,
            // Of anything else a guess would publish what was to be kept, or to be taken back.
            word => Some(truth(word).map(|published| !published)),
        },
        key if keys::known(key).is_some() => None,
        key => crate::config::near(key, ["draft", "brouillon"].into_iter()).map(|_| None),
    }
}

/// Whether a key tells another generator to make no page of the file, to list it nowhere, or to ask for a
/// password: what its readers never saw is not for ours.
fn unseen(key: &str, node: &Node) -> bool {
    let is = |node: &Node, wanted| node.text().and_then(truth) == Some(wanted);
    match key {
        "headless" | "private" | "unlisted" | "eleventyexcludefromcollections" => is(node, true),
        "render" => is(node, false),
        "permalink" => node.text() == Some("false"),
        "password" => !node.is_nothing(),
        "build" => ["render", "list"].iter().filter_map(|name| node.get(name)).any(|told| {
            let never = told.text().is_some_and(|text| text.trim().eq_ignore_ascii_case("never"));
            never || is(told, false)
        }),
        _ => false,
    }
}

/// What a publisher decided about the item, in their words and in those of NewsML (NS-02).
fn state(key: &str, node: &Node) -> Option<State> {
    if !matches!(key, "status" | "statut") {
        return None;
    }
    let folded = keys::folded(node.text()?.trim());
    // French words agree with what they are said of: a note is "retirée".
    match folded.strip_suffix('s').unwrap_or(&folded) {
        "withheld" | "suspended" | "suspendu" | "suspendue" | "retenu" | "retenue" => Some(State::Withheld),
        "withdrawn" | "retracted" | "canceled" | "cancelled" | "retire" | "retiree" | "annule" | "annulee" => {
            Some(State::Withdrawn)
        }
        _ => None,
    }
}

/// Whether an author says that readers are to see what is for newsrooms; anything but a clear word is
/// none, and it is not seen.
fn notes_to_editors(text: &str) -> Option<NotesToEditors> {
    match keys::folded(text.trim()).as_str() {
        "publish" | "published" | "publier" | "publie" | "publiee" | "publiees" => Some(NotesToEditors::Published),
        "omit" | "omitted" | "omettre" | "leaveout" | "leftout" => Some(NotesToEditors::LeftOut),
        _ => truth(text).map(|yes| if yes { NotesToEditors::Published } else { NotesToEditors::LeftOut }),
    }
}

/// Whether the page only sends its visitors on.
fn redirects(key: &str, node: &Node) -> bool {
    match key {
        "redirectto" | "redirect" | "redirecturl" => !node.is_nothing() && node.text().is_none_or(|t| t != "false"),
        "layout" | "type" | "template" => node.text().is_some_and(|text| text.trim().starts_with("redirect")),
        _ => false,
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "oui" | "vrai" | "1" | "on" => Some(true),
        "false" | "no" | "non" | "faux" | "0" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_generators_show_to_nobody() {
        let held = |head: &str| {
            let mut draft = Draft::default();
            let parts = split(head, "x.md").unwrap();
            read(&parts, &mut draft, &mut Vec::new()).unwrap();
            draft.draft
        };
        for line in [
            "build: {render: never, list: never}",
            "draft: false\nbuild:\n  list: never",
            "_build: {render: false}\ndraft: false",
            "headless: true",
            "private: true",
            "unlisted: true",
            "render: false",
            "eleventyExcludeFromCollections: true",
            "permalink: false",
            "password: piscine",
        ] {
            assert_eq!(held(&format!("---\ntitle: A\n{line}\n---\nB\n")), Some(true), "{line}");
        }
        assert_eq!(held("+++\ntitle = \"A\"\n[_build]\nrender = \"never\"\n+++\nB\n"), Some(true));
        for line in [
            "build: {render: always, list: local}",
            "build: 17",
            "headless: false",
            "render: true",
            "permalink: /faux/",
            "password:",
            "params: {render: false}",
        ] {
            assert_eq!(held(&format!("---\ntitle: A\n{line}\n---\nB\n")), None, "{line}");
        }
    }

    #[test]
    fn words_of_a_status() {
        let told = |word: &str| {
            let node = Node { value: Value::Scalar(word.to_owned()), place: Place::line(1) };
            (state("statut", &node), hold("statut", &node))
        };
        for word in ["withdrawn", "Retiré", "retirée", "retirés", "retirées", "annulé", "annulée", "cancelled"] {
            assert_eq!(told(word).0, Some(State::Withdrawn), "{word}");
        }
        for word in ["suspended", "suspendu", "suspendue", "Suspendues", "retenu", "retenue", "withheld"] {
            assert_eq!(told(word).0, Some(State::Withheld), "{word}");
        }
        for word in ["withdraw", "retirer", "suspendre", "annulation"] {
            assert_eq!(told(word), (None, Some(None)), "{word}");
        }
        for word in ["publié", "publiée", "published"] {
            assert_eq!(told(word), (None, None), "{word}");
        }
    }
}
