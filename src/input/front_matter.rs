//! The head of a file: YAML between `---`, TOML between `+++`, or one JSON object.

use std::fmt::Write as _;

use super::{At, Draft};
use crate::config::near;
use crate::html;
use crate::problem::{Code, Place, Problem};
use crate::text::{Text, without_marks};
use crate::tree::{self, Node, Unreadable, Value};

/// A key we read.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Other spellings of it, in English and French.
    pub synonyms: &'static [&'static str],
    /// A value as it is written in YAML.
    pub example: &'static str,
    /// What it does.
    pub doc: &'static str,
}

const fn key(name: &'static str, synonyms: &'static [&'static str], example: &'static str, doc: &'static str) -> Key {
    Key { name, synonyms, example, doc }
}

/// Every key, in the order of the documentation.
pub const KEYS: &[Key] = &[
    key(
        "title",
        &["titre"],
        "La piscine rouvre",
        "The title. Without it: the first heading of the text, else its first words.",
    ),
    key("subtitle", &["sous-titre"], "Des horaires élargis", "The line under the title."),
    key(
        "date",
        &["published", "pubdate", "publisheddate", "publishdate"],
        "2026-11-22 07:30",
        "When it is published. A day alone is published at `day-time`; a time alone is read by the newsroom's clocks. Without it: the date that starts the file's name.",
    ),
    key(
        "embargo",
        &["embargoed", "embargo-until", "embargoeduntil"],
        "2026-12-24 08:00",
        "Not before this instant, whatever `date` says; it is then the instant of publication.",
    ),
    key(
        "updated",
        &["lastmod", "modified"],
        "2026-11-24",
        "When it was last changed in a way that readers should notice.",
    ),
    key(
        "authors",
        &["author", "auteur", "auteurs"],
        "[camille, Jean PETIT <jpetit@example.org>]",
        "Who wrote it, in order: keys of `[people]`, names, `Name <address>`, or maps with `name`, `role`, `email`, `phone`, `url`. One text is one person; several are a list.",
    ),
    key("contacts", &["contact"], "[camille]", "Whom the press may call, in the same forms; shown at the end."),
    key(
        "summary",
        &["description", "résumé", "resume", "chapô", "chapo"],
        "Le bassin rouvre lundi.",
        "One or two sentences of plain text. Without it: the first paragraph.",
    ),
    key("tags", &["categories", "category", "tag"], "[sport, budget]", "Topics: a list, or one text with commas."),
    key("language", &["lang", "locale", "langue"], "en", "The item's language, if not the newsroom's."),
    key(
        "id",
        &["guid", "uuid"],
        "piscine-2026",
        "Its identity, for ever; needed only where it is not the file's first path.",
    ),
    key("slug", &[], "piscine", "The last part of its address, instead of the file's name."),
    key("link", &[], "https://www.example.org/piscine", "Where the text can be read, if not on a page of ours."),
    key(
        "image",
        &[],
        "{file: bassin.jpg, alt: Le bassin, credit: C. MARTIN}",
        "The lead picture: a file beside the item, an address, or a map with `file`, `alt`, `caption`, `credit`.",
    ),
    key(
        "attachments",
        &["attachment", "pièces-jointes", "pieces-jointes"],
        "[dossier.pdf]",
        "Files that come with it: names, or maps with `file` and `title`.",
    ),
    key("rights", &["copyright"], "© Ville d'Exemple", "Who owns it, if not what `crieur.toml` says."),
    key(
        "draft",
        &["brouillon"],
        "true",
        "`true` holds it back; so do `published: false`, `status: draft` and `hidden: true`. Anything but a clear yes or no is an error.",
    ),
];

/// Keys that other tools use; nobody needs to be told that we do not.
const FOREIGN: &[&str] = &[
    "alias",
    "aliases",
    "amp",
    "asset",
    "bibliography",
    "build",
    "cascade",
    "comments",
    "cover",
    "css",
    "data",
    "disqus",
    "download",
    "excerpt",
    "excerpt_separator",
    "extra",
    "featured",
    "featured_image",
    "footer",
    "hide",
    "hidden",
    "icon",
    "images",
    "in_search_index",
    "insert_anchor_links",
    "js",
    "keywords",
    "layout",
    "linktitle",
    "mathjax",
    "math",
    "menu",
    "meta",
    "nav",
    "nav_order",
    "outputs",
    "page_template",
    "paginate_by",
    "params",
    "parent",
    "path",
    "permalink",
    "pin",
    "position",
    "published_site",
    "redirect_from",
    "redirect_to",
    "redirects",
    "resources",
    "robots",
    "seo",
    "series",
    "share",
    "sidebar",
    "sitemap",
    "sort_by",
    "status",
    "style",
    "tableofcontents",
    "taxonomies",
    "template",
    "theme",
    "thumbnail",
    "toc",
    "transparent",
    "type",
    "url",
    "videos",
    "version",
    "weight",
];

/// A file cut in two.
#[derive(Debug)]
pub struct Parts<'a> {
    head: Option<(Syntax, &'a str)>,
    head_line: u32,
    /// What follows the head.
    pub body: &'a str,
    /// The line on which it starts.
    pub body_line: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Yaml,
    Toml,
    Json,
}

/// Finds the head: only a first line counts, so a rule in the text is never taken for one.
///
/// # Errors
/// A head that is opened and never closed.
pub fn split<'a>(text: &'a str, path: &str) -> Result<Parts<'a>, Problem> {
    let lines_of = |part: &str| u32::try_from(part.matches('\n').count()).unwrap_or(u32::MAX);
    let blank: usize = text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let (before, start) = text.split_at_checked(blank).unwrap_or(("", text));
    let open_line = lines_of(before) + 1;
    let first = start.lines().next().unwrap_or_default().trim_end();
    let syntax = match first {
        "---" => Syntax::Yaml,
        "+++" => Syntax::Toml,
        _ if first.starts_with('{') => {
            let Ok((_, end)) = tree::parse_json(start) else {
                return json_or_text(text, start, open_line, path);
            };
            let (head, body) = start.split_at_checked(end).unwrap_or((start, ""));
            let body_line = open_line + lines_of(head);
            return Ok(Parts { head: Some((Syntax::Json, head)), head_line: open_line, body, body_line });
        }
        _ => {
            return Ok(Parts { head: None, head_line: 1, body: text, body_line: 1 });
        }
    };
    let inner_at = start.find('\n').map_or(start.len(), |at| at + 1);
    let inner = start.get(inner_at..).unwrap_or_default();
    let mut at = 0;
    for line in inner.split_inclusive('\n') {
        let mark = line.trim_end();
        let closes = match syntax {
            Syntax::Yaml => mark == "---" || mark == "...",
            _ => mark == "+++",
        };
        if closes {
            let head = inner.get(..at).unwrap_or_default();
            let body = inner.get(at + line.len()..).unwrap_or_default();
            let body_line = open_line + 2 + lines_of(head);
            return Ok(Parts { head: Some((syntax, head)), head_line: open_line + 1, body, body_line });
        }
        at += line.len();
    }
    let place = Place { line: open_line, column: 1, width: 3 };
    Err(Problem::new(Code::HeadNotClosed, path).at(place).with("mark", first))
}

/// A first line with a brace is a head only if it looks like JSON; `{` alone may open a sentence.
fn json_or_text<'a>(text: &'a str, start: &str, line: u32, path: &str) -> Result<Parts<'a>, Problem> {
    let looks = start.trim_start_matches('{').trim_start().starts_with('"');
    match tree::parse_json(start) {
        Err(unreadable) if looks => Err(head_unreadable(&unreadable, line - 1, "JSON", path)),
        _ => Ok(Parts { head: None, head_line: 1, body: text, body_line: 1 }),
    }
}

fn head_unreadable(unreadable: &Unreadable, lines: u32, syntax: &str, path: &str) -> Problem {
    let mut place = unreadable.place;
    place.line += lines;
    Problem::new(Code::HeadUnreadable, path).at(place).with("syntax", syntax).with("reason", &unreadable.reason)
}

/// Reads the head into the draft.
///
/// # Errors
/// A head that cannot be read.
pub fn read(parts: &Parts<'_>, draft: &mut Draft, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let Some((syntax, text)) = parts.head else {
        return Ok(());
    };
    let (name, parsed) = match syntax {
        Syntax::Yaml => ("YAML", tree::parse_yaml(text)),
        Syntax::Toml => ("TOML", tree::parse_toml(text)),
        Syntax::Json => ("JSON", tree::parse_json(text).map(|(node, _)| node)),
    };
    let path = draft.path.clone();
    let mut root = parsed.map_err(|unreadable| head_unreadable(&unreadable, parts.head_line - 1, name, &path))?;
    root.shift(parts.head_line - 1);
    let Value::Map(pairs) = root.value else {
        if root.value == Value::Null {
            return Ok(());
        }
        return Err(Problem::new(Code::HeadNotKeys, &path).at(root.place));
    };
    let mut reading = Reading { path: &path, problems, seen: Vec::new() };
    for (key, value) in pairs {
        reading.pair(&key, value, draft)?;
    }
    Ok(())
}

struct Reading<'a> {
    path: &'a str,
    problems: &'a mut Vec<Problem>,
    /// Keys that were read, with the spelling they had.
    seen: Vec<(&'static str, String)>,
}

impl Reading<'_> {
    fn pair(&mut self, key: &Node, node: Node, draft: &mut Draft) -> Result<(), Problem> {
        let written = without_marks(key.text().unwrap_or_default()).trim().to_owned();
        let folded = crate::text::nfc(&written.to_lowercase()).into_owned();
        if let Some(held) = hold(&folded, &node) {
            return self.hold(held, draft, &node, &written);
        }
        let Some(known) = known(&folded) else {
            self.unknown(written, key.place, &folded, draft);
            return Ok(());
        };
        // Two dates under two names: the later one holds (an embargo is no slip).
        let again = |seen: &(&str, String)| seen.0 == known && seen.1 != folded;
        if known == "date" && !node.is_nothing() && self.seen.iter().any(again) {
            draft.later.extend(self.typed(known, &node));
            return Ok(());
        }
        // `tags` and `categories` are both topics; the same key again is a slip.
        let before =
            self.seen.iter().find(|(seen, as_written)| *seen == known && (known != "tags" || *as_written == folded));
        if let Some((_, before)) = before {
            let problem = Problem::new(Code::KeyTwice, self.path).at(key.place);
            self.problems.push(problem.with("key", written).with("before", before));
            return Ok(());
        }
        self.seen.push((known, folded));
        if node.is_nothing() {
            return Ok(());
        }
        match known {
            "title" => draft.title = self.text(known, &node),
            "subtitle" => draft.subtitle = self.text(known, &node),
            "date" => draft.date = self.typed(known, &node),
            "updated" => draft.updated = self.typed(known, &node),
            "authors" => draft.authors = Some(At { place: node.place, value: node.several().to_vec() }),
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
            "slug" => draft.slug = self.typed(known, &node),
            "link" => draft.link = self.typed(known, &node),
            "image" => draft.image = Some(node),
            "attachments" => draft.attachments = node.several().to_vec(),
            "rights" => draft.rights = self.text(known, &node).map(|at| at.value),
            "embargo" => draft.embargo = self.typed(known, &node),
            _ => {}
        }
        Ok(())
    }

    fn unknown(&mut self, written: String, place: Place, folded: &str, draft: &mut Draft) {
        let names = KEYS.iter().flat_map(|key| std::iter::once(key.name).chain(key.synonyms.iter().copied()));
        if FOREIGN.contains(&folded) {
            return;
        }
        if let Some(near) = near(folded, names) {
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

    fn ignored(&mut self, key: &str, node: &Node) {
        let example = KEYS.iter().find(|k| k.name == key).map(|k| k.example).unwrap_or_default();
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
                Err(problem.with("key", written).with("value", value))
            }
        }
    }
}

/// Whether a key says that the item is to be held: `None` where it says nothing of it, `Some(None)`
/// where it does and what it says is not clear. Other generators have `published: false`,
/// `status: draft`, `hidden: true` for it.
fn hold(key: &str, node: &Node) -> Option<Option<bool>> {
    let text = node.text();
    match key {
        "draft" | "brouillon" => Some(text.and_then(truth)),
        "hidden" => text.map(truth),
        "published" => text.and_then(truth).map(|published| Some(!published)),
        "status" | "visibility" | "statut" => match text?.trim().to_lowercase().as_str() {
            "draft" | "brouillon" | "private" | "hidden" | "withheld" | "skip" | "scheduled" => Some(Some(true)),
            _ => None,
        },
        _ => near(key, ["draft", "brouillon"].into_iter()).filter(|_| known(key).is_none()).map(|_| None),
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "oui" | "vrai" | "1" | "on" => Some(true),
        "false" | "no" | "non" | "faux" | "0" | "off" => Some(false),
        _ => None,
    }
}

fn known(folded: &str) -> Option<&'static str> {
    let matches = |key: &&Key| key.name == folded || key.synonyms.contains(&folded);
    KEYS.iter().find(matches).map(|key| key.name)
}

/// `docs/front-matter.md`.
pub fn documentation() -> String {
    let mut page = String::from(
        "# The head of an item\n\n\
         An item may begin with YAML between `---` lines, TOML between `+++` lines, or one JSON object.\n\
         Everything in it is optional, except that there must be a date here or in the file's name.\n\
         Capitals do not matter. A title may hold `:` as it comes: `title: Communiqué : l'été`.\n\n\
         | key | also | example | what it does |\n|---|---|---|---|\n",
    );
    for key in KEYS {
        let synonyms: Vec<String> = key.synonyms.iter().map(|s| format!("`{s}`")).collect();
        let _ = writeln!(
            page,
            "| `{}` | {} | `{}: {}` | {} |",
            key.name,
            synonyms.join(", "),
            key.name,
            key.example,
            key.doc
        );
    }
    page.push_str(
        "\nA key one edit away from one of these is a warning with the right spelling. Keys of other\n\
         generators (`layout`, `permalink`, `aliases`, …) are left alone without a word; any other is one\n\
         warning for the whole folder, with the number of files that have it.\n",
    );
    page
}
