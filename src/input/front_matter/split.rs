//! Where a head begins and ends, and in which syntax it is: our own three, and those of tools that
//! have none of them.

use memchr::memchr_iter;

use crate::problem::{Code, Place, Problem};
use crate::text::is_unseen;
use crate::tree::{self, Node, Unreadable, Value};

use super::keys;

/// A head that nobody opened ends within so many lines, or is none.
const LONGEST_UNOPENED: usize = 60;

/// A file cut in two.
#[derive(Debug)]
pub struct Parts<'a> {
    /// What stands in the head, and how.
    pub head: Option<(Syntax, &'a str)>,
    /// The line on which it starts.
    pub head_line: u32,
    /// What follows the head.
    pub body: &'a str,
    /// The line on which it starts.
    pub body_line: u32,
}

/// How a head is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Between `---`.
    Yaml,
    /// YAML that only its end marks (Hexo; elsewhere a slip).
    Unopened,
    /// Between `+++`.
    Toml,
    /// One object.
    Json,
    /// `Key: value` up to an empty line (Pelican).
    Lines,
    /// `.. key: value` (Nikola).
    Dotted,
}

/// Finds the head: only a first line counts, so a rule in the text is never taken for one.
///
/// # Errors
/// A head that is opened and never closed, or with something that is not quite its mark.
pub fn split<'a>(text: &'a str, path: &str) -> Result<Parts<'a>, Problem> {
    let blank: usize = text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let (before, start) = text.split_at_checked(blank).unwrap_or(("", text));
    let open_line = lines_of(before) + 1;
    let first = mark(start.lines().next().unwrap_or_default());
    match first {
        "---" => fenced(start, open_line, Syntax::Yaml, path),
        "+++" => fenced(start, open_line, Syntax::Toml, path),
        _ if is_rule(first) && hides_a_head(start) => {
            let (key, _) = start.lines().skip(1).find_map(key_and_value).unwrap_or_default();
            let width = u32::try_from(first.chars().count()).unwrap_or_default();
            let problem = Problem::new(Code::HeadMark, path).at(Place::of(open_line, 1, width));
            Err(problem.with("mark", first).with("key", key))
        }
        _ if first.starts_with('{') => {
            let Ok((_, end)) = tree::parse_json(start) else {
                return json_or_text(text, start, open_line, path);
            };
            let (head, body) = start.split_at_checked(end).unwrap_or((start, ""));
            Ok(Parts {
                head: Some((Syntax::Json, head)),
                head_line: open_line,
                body,
                body_line: open_line + lines_of(head),
            })
        }
        _ => Ok(foreign(start, open_line).unwrap_or(Parts { head: None, head_line: 1, body: text, body_line: 1 })),
    }
}

/// The same for a text in which only `---` or `+++` as its first line opens a head: what looks like
/// the keys of other tools may be words there.
///
/// # Errors
/// A head that is not closed, or opened with something that is not quite its mark.
pub fn split_marked<'a>(text: &'a str, path: &str) -> Result<Parts<'a>, Problem> {
    let first = mark(text.trim_start().lines().next().unwrap_or_default());
    match first {
        "---" | "+++" => split(text, path),
        _ if is_rule(first) => split(text, path),
        _ => Ok(Parts { head: None, head_line: 1, body: text, body_line: 1 }),
    }
}

/// A line without what nobody sees around its words.
fn mark(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || is_unseen(c))
}

/// Whether a line is made of dashes, as a mark is, or of what programs make of them (`—`) and people take for them.
fn is_rule(line: &str) -> bool {
    let line = line.trim_end_matches("yaml").trim_end_matches("yml");
    let dash = |c: char| matches!(c, '-' | '=' | '*' | '_' | '+' | '~' | '`' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    !line.is_empty() && line.chars().all(dash)
}

/// Whether what stands under such a first line, up to an empty line or another of its kind, are the lines of a head:
/// taken for text, they would hold nothing back.
fn hides_a_head(start: &str) -> bool {
    let lines = start.lines().skip(1).map(mark).take_while(|line| !line.is_empty() && !is_rule(line));
    let telling = |(key, value): (&str, &str)| match keys::folded(key).as_str() {
        "draft" | "brouillon" | "published" | "hidden" => true,
        // What is on that day is a date, too.
        "date" => value.trim().starts_with(|c: char| c.is_ascii_digit()),
        key => matches!(keys::known(key), Some("title" | "status" | "embargo" | "date")),
    };
    lines.filter_map(|line| key_and_value(line).or_else(|| line.split_once('='))).any(telling)
}

fn lines_of(part: &str) -> u32 {
    u32::try_from(part.matches('\n').count()).unwrap_or(u32::MAX)
}

fn fenced<'a>(start: &'a str, open_line: u32, syntax: Syntax, path: &str) -> Result<Parts<'a>, Problem> {
    let inner_at = start.find('\n').map_or(start.len(), |at| at + 1);
    let inner = start.get(inner_at..).unwrap_or_default();
    let closes = |mark: &str| match syntax {
        Syntax::Toml => mark == "+++",
        _ => mark == "---" || mark == "...",
    };
    if let Some((head, body)) = cut(inner, closes) {
        let body_line = open_line + 2 + lines_of(head);
        return Ok(Parts { head: Some((syntax, head)), head_line: open_line + 1, body, body_line });
    }
    let mark = mark(start.lines().next().unwrap_or_default());
    Err(Problem::new(Code::HeadNotClosed, path).at(Place::of(open_line, 1, 3)).with("mark", mark))
}

/// What stands before and behind the first line that `closes`.
fn cut(text: &str, closes: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let mut at = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1).chain([text.len()]) {
        let line = text.get(at..end)?;
        if !line.is_empty() && closes(line.trim_end()) {
            return Some((text.get(..at)?, text.get(end..)?));
        }
        at = end;
    }
    None
}

/// A first line with a brace is a head only if it looks like JSON; `{` alone may open a sentence.
fn json_or_text<'a>(text: &'a str, start: &str, line: u32, path: &str) -> Result<Parts<'a>, Problem> {
    let looks = start.trim_start_matches('{').trim_start().starts_with('"');
    match tree::parse_json(start) {
        Err(unreadable) if looks => Err(unreadable_head(&unreadable, line - 1, "JSON", path)),
        _ => Ok(Parts { head: None, head_line: 1, body: text, body_line: 1 }),
    }
}

/// The problem of a head that cannot be read.
pub fn unreadable_head(unreadable: &Unreadable, lines: u32, syntax: &str, path: &str) -> Problem {
    let mut place = unreadable.place;
    place.line += lines;
    Problem::new(Code::HeadUnreadable, path).at(place).with("syntax", syntax).with("reason", &unreadable.reason)
}

/// A head without an opening line, if the lines have a title or a date: nothing less makes them one.
fn foreign(start: &str, line: u32) -> Option<Parts<'_>> {
    let first = start.lines().next()?.trim();
    if first == "<!--" || first.starts_with(".. ") {
        return dotted(start, line);
    }
    key_and_value(first)?;
    let unopened = || {
        let (head, body) = cut(start, |mark| mark == "---")?;
        let lines = head.lines().count();
        let root = tree::parse_yaml(head).ok().filter(|_| lines <= LONGEST_UNOPENED)?;
        let keys = root.pairs().iter().filter_map(|(key, _)| key.text());
        tells(keys).then(|| Parts {
            head: Some((Syntax::Unopened, head)),
            head_line: line,
            body,
            body_line: line + 1 + lines_of(head),
        })
    };
    let lines = || {
        let length: usize = start.split_inclusive('\n').take_while(|line| !line.trim().is_empty()).map(str::len).sum();
        let (head, body) = start.split_at_checked(length)?;
        let all = head.lines().all(|line| line.starts_with([' ', '\t']) || key_and_value(line).is_some());
        let keys = head.lines().filter_map(key_and_value).map(|(key, _)| key);
        (all && tells(keys)).then(|| Parts {
            head: Some((Syntax::Lines, head)),
            head_line: line,
            body,
            body_line: line + lines_of(head),
        })
    };
    unopened().or_else(lines)
}

fn dotted(start: &str, line: u32) -> Option<Parts<'_>> {
    let commented = start.trim_start().starts_with("<!--");
    let belongs = |text: &&str| {
        let text = text.trim();
        text.starts_with(".. ") || commented && (text == "<!--" || text.is_empty())
    };
    let mut length: usize = start.split_inclusive('\n').take_while(belongs).map(str::len).sum();
    let (head, _) = start.split_at_checked(length)?;
    let keys = head.lines().filter_map(|line| key_and_value(line.trim().strip_prefix(".. ")?)).map(|(key, _)| key);
    if !tells(keys) {
        return None;
    }
    if commented {
        let rest = start.get(length..)?;
        let end = rest.split_inclusive('\n').next().filter(|line| line.trim() == "-->")?;
        length += end.len();
    }
    let (_, body) = start.split_at_checked(length)?;
    let body_line = line + lines_of(start.get(..length)?);
    Some(Parts { head: Some((Syntax::Dotted, head)), head_line: line, body, body_line })
}

/// Whether the keys are those of a head.
fn tells<'a>(mut keys: impl Iterator<Item = &'a str>) -> bool {
    keys.any(|key| matches!(keys::known(&keys::folded(key)), Some("title" | "date")))
}

/// `Key: value`, `Key : value`; the key is a word or two, the value may be empty.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '\u{a0}');
    let is_key = key.starts_with(char::is_alphabetic) && key.chars().count() <= 30 && key.chars().all(word);
    let is_value = value.is_empty() || value.starts_with([' ', '\t', '\u{a0}']);
    (is_key && is_value).then(|| (key.trim(), value))
}

/// The tree of a head of lines: each value as typed, up to the end of its line and of the indented
/// lines after it. Several authors are separated by `;`, or else by commas, as Pelican has it: this
/// syntax has no lists.
pub fn lines_tree(head: &str, syntax: Syntax) -> Node {
    let mut pairs: Vec<(Node, Node)> = Vec::new();
    for (number, line) in (1..).zip(head.lines()) {
        let inner = if syntax == Syntax::Dotted { line.trim().strip_prefix(".. ") } else { Some(line) };
        let continued = syntax == Syntax::Lines && line.starts_with([' ', '\t']);
        match inner.filter(|_| !continued).and_then(key_and_value) {
            Some((key, value)) => {
                let typed = value.trim();
                let column = |part: &str| {
                    let before = line.len() - line.get(line.find(part).unwrap_or_default()..).map_or(0, str::len);
                    u32::try_from(line.get(..before).unwrap_or_default().chars().count() + 1).unwrap_or(u32::MAX)
                };
                let width = |part: &str| u32::try_from(part.chars().count()).unwrap_or(u32::MAX);
                let key_place = Place::of(number, column(key), width(key));
                let place = Place::of(number, column(typed), width(typed));
                let value = if typed.is_empty() { Value::Null } else { Value::Scalar(typed.to_owned()) };
                pairs.push((Node { value: Value::Scalar(key.to_owned()), place: key_place }, Node { value, place }));
            }
            None => {
                if let Some((_, Node { value: Value::Scalar(text), .. })) = pairs.last_mut() {
                    text.push(' ');
                    text.push_str(line.trim());
                }
            }
        }
    }
    for (key, value) in &mut pairs {
        let text = value.text().filter(|_| key.text().is_some_and(|key| key.eq_ignore_ascii_case("authors")));
        if let Some(text) = text.filter(|text| text.contains([',', ';'])) {
            let mark = if text.contains(';') { ';' } else { ',' };
            let names = text.split(mark).map(|name| Value::Scalar(name.trim().to_owned()));
            value.value = Value::List(names.map(|name| Node { value: name, place: value.place }).collect());
        }
    }
    Node { value: Value::Map(pairs), place: Place::line(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<Syntax>, &str, u32) {
        let parts = split(text, "x.md").unwrap();
        (parts.head.map(|(syntax, _)| syntax), parts.body, parts.body_line)
    }

    #[test]
    fn every_head_is_found() {
        for (text, syntax, body, line) in [
            ("---\ntitle: A\n---\nB\n", Some(Syntax::Yaml), "B\n", 4),
            ("\n\n---\ntitle: A\n...\nB\n", Some(Syntax::Yaml), "B\n", 6),
            ("+++\ntitle = \"A\"\n+++\nB\n", Some(Syntax::Toml), "B\n", 4),
            ("{\"title\": \"A\"}\nB\n", Some(Syntax::Json), "\nB\n", 1),
            ("title: A\ndate: 2020-01-29\n---\nB\n", Some(Syntax::Unopened), "B\n", 4),
            ("Title: A\nDate: 2020-01-29\n\nB\n", Some(Syntax::Lines), "\nB\n", 3),
            ("<!--\n.. title: A\n.. date: 2020-01-29\n-->\n\nB\n", Some(Syntax::Dotted), "\nB\n", 5),
            (".. title: A\n\nB\n", Some(Syntax::Dotted), "\nB\n", 2),
        ] {
            assert_eq!(parts(text), (syntax, body, line), "{text}");
        }
    }

    #[test]
    fn a_head_that_something_else_opens_is_a_slip() {
        for mark in ["-----", "--", "–", "———", "—-", "===", "***", "___", "```yaml", "\u{feff}----"] {
            let text = format!("{mark}\ntitle: A\ndraft: true\n{mark}\nB\n");
            for split in [split, split_marked] {
                assert_eq!(split(&text, "x.md").unwrap_err().code, Code::HeadMark, "{mark}");
            }
        }
        for text in ["++++\ntitle = \"A\"\n++++\n", "--\nSous embargo: 3 mars 2027\n\nB\n", "---- \ndate: 2027-03-03\n"]
        {
            assert_eq!(split(text, "x.md").unwrap_err().code, Code::HeadMark, "{text}");
        }
        for mark in [" ---", "\u{200b}---", "\u{a0}---\u{a0}", "\u{feff}\u{feff}---"] {
            assert_eq!(parts(&format!("{mark}\ntitle: A\n---\nB\n")), (Some(Syntax::Yaml), "B\n", 4), "{mark:?}");
        }
    }

    #[test]
    fn a_text_is_not_a_head() {
        for text in [
            "Contact : Camille MARTIN\n\nLa piscine.\n",
            "Date limite : le 3 mars\net après ?\n",
            "La piscine : elle rouvre\n\n---\n\nLundi.\n",
            "<!-- more -->\n\nUn texte.\n",
            "<!--\nUne note\n-->\nUn texte.\n",
            "http://example.org/\n",
            "{ un mot }\n",
            "-----\nDate : mardi 3 mars\nLieu : la salle des fêtes\n-----\n",
            "***\n\ntitle: A\n",
            "----\nLa piscine : elle rouvre\n----\n",
        ] {
            assert_eq!(parts(text).0, None, "{text}");
        }
    }

    #[test]
    fn lines_keep_their_places() {
        let node = lines_tree("Title: Un\n  deux\nAuthors: A, B\nDate : 2020-01-29\n", Syntax::Lines);
        assert_eq!(node.get("Title").unwrap().text(), Some("Un deux"));
        assert_eq!(node.get("Authors").unwrap().several().len(), 2);
        assert_eq!(node.get("Date").unwrap().place, Place::of(4, 8, 10));
    }
}
