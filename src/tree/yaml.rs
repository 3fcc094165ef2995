//! YAML → tree, from the events of `saphyr-parser`: they carry the text as typed and its place,
//! which no serde reader gives for a scalar of unknown kind.
//!
//! A French line such as `title: Communiqué : l'été` is an error to every YAML parser and an
//! everyday line to an officer. Where the parser stops at such a line, the rest of it is taken
//! as text and reading starts again.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::{Node, Unreadable, Value};
use crate::problem::Place;

/// A head needs no more; what has more is an attack by aliases, or no head.
const MOST_NODES: usize = 20_000;
const DEEPEST: usize = 32;
/// Each repair reads the head again.
const MOST_REPAIRS: usize = 50;
/// Keys whose value is a sentence, in whatever signs it is written.
const SENTENCES: [&str; 11] = [
    "title",
    "titre",
    "subtitle",
    "sous-titre",
    "summary",
    "description",
    "résumé",
    "resume",
    "chapô",
    "chapo",
    "rights",
];

/// Reads a YAML text of one document.
///
/// # Errors
/// The first place where it is not YAML, and cannot be taken as an everyday line either.
pub fn parse(text: &str) -> Result<Node, Unreadable> {
    let mut quoted: Vec<usize> = Vec::new();
    let mut current = prose(text, &mut quoted);
    let mut indented = 0;
    loop {
        let mut unreadable = match Tree::read(&current) {
            Ok(mut node) => {
                unshift(&mut node, &quoted);
                return Ok(node);
            }
            Err(unreadable) => unreadable,
        };
        // The parser notices at the line itself, or at the start of the next one.
        let at = (unreadable.place.line as usize).saturating_sub(1);
        if quoted.len() + indented > MOST_REPAIRS {
            return Err(unreadable);
        }
        if unreadable.reason.contains("indentation in quoted scalar")
            && let Some(text) = indent_after(&current, at)
        {
            indented += 1;
            current = text;
            continue;
        }
        let repaired = [at, at.saturating_sub(1)].into_iter().find_map(|index| {
            if quoted.contains(&index) { None } else { quote(&current, index).map(|text| (index, text)) }
        });
        let Some((index, text)) = repaired else {
            if quoted.contains(&at) {
                unreadable.place.column = unreadable.place.column.saturating_sub(1).max(1);
            }
            return Err(unreadable);
        };
        quoted.push(index);
        current = text;
    }
}

/// The text with the first line after `index` that starts at the margin set in: a quoted text may
/// go on there for other readers of YAML, and so it does in real files.
fn indent_after(text: &str, index: usize) -> Option<String> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let margin = lines.iter().skip(index + 1).position(|line| !line.is_empty() && !line.starts_with([' ', '\t']))?;
    let line = lines.get_mut(index + 1 + margin)?;
    let set_in = format!("  {line}");
    *line = &set_in;
    Some(lines.join("\n"))
}

/// The text with the value of the line `index` between single quotes, if the line is `key: text`
/// whose text holds a `: ` or ends in a colon, and the text was not quoted by its author.
fn quote(text: &str, index: usize) -> Option<String> {
    let line = text.split('\n').nth(index)?;
    let start = line.len() - line.trim_start_matches([' ', '-']).len();
    let (key, _) = line.get(start..)?.split_once(": ")?;
    if key.is_empty() || key.starts_with(['"', '\'', '[', '{', '#', '&', '*', '!', '|', '>', '%', '@']) {
        return None;
    }
    let value_at = start + key.len() + 2;
    let value_at = value_at + line.get(value_at..)?.len() - line.get(value_at..)?.trim_start().len();
    let value = line.get(value_at..)?.trim_end();
    if value.starts_with(['"', '\'', '[', '{', '|', '>']) || !(value.contains(": ") || value.ends_with(':')) {
        return None;
    }
    let before: usize = text.split('\n').take(index).map(|line| line.len() + 1).sum();
    let (head, rest) = text.split_at_checked(before + value_at)?;
    let tail = rest.get(value.len()..)?;
    Some(format!("{head}'{}'{tail}", value.replace('\'', "''")))
}

/// The text with the values of sentence keys between single quotes wherever YAML would take signs
/// of theirs for its own: `[COMMUNIQUÉ] La piscine`, `"Noël" à Lens`, `Avec #Lens2027`, `!Attention`,
/// `Vœux : merci`. What is a whole quoted value, a list or a block of lines stays as it is.
fn prose(text: &str, quoted: &mut Vec<usize>) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for index in 0..lines.len() {
        let continued =
            lines.get(index + 1).is_some_and(|next| next.starts_with([' ', '\t']) && !next.trim().is_empty());
        let Some(line) = lines.get_mut(index) else { continue };
        let Some((key, value)) = line.split_once(':') else { continue };
        // A tab or a no-break space after the colon is a space to everybody but YAML.
        let spaced = value.starts_with(['\t', '\u{a0}', '\u{202f}']);
        let key = key.trim_end().to_lowercase();
        if key.is_empty() || !key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
            continue;
        }
        let value = value.trim().to_owned();
        if spaced {
            *line = line.replacen(['\t', '\u{a0}', '\u{202f}'], " ", 1);
        }
        if !SENTENCES.contains(&key.as_str()) || continued || !needs_quotes(&value) {
            continue;
        }
        let at = line.trim_end().len() - value.len();
        let (head, tail) = line.split_at_checked(at).unwrap_or((line, ""));
        let space = if head.ends_with(':') { " " } else { "" };
        *line = format!("{head}{space}'{}'", tail.trim_end().replace('\'', "''"));
        quoted.push(index);
    }
    lines.join("\n")
}

/// Whether YAML would read something else than the whole of a sentence.
fn needs_quotes(value: &str) -> bool {
    let comment = |rest: &str| rest.is_empty() || rest.trim_start().starts_with('#') && rest.starts_with(' ');
    let Some(first) = value.chars().next() else { return false };
    match first {
        '"' | '\'' => {
            let inner = value.get(1..).unwrap_or_default();
            let mut escaped = false;
            let close = inner.char_indices().find(|(at, c)| {
                let doubled = first == '\'' && inner.get(at + 1..).is_some_and(|rest| rest.starts_with('\''));
                let ends = *c == first && !escaped && !doubled;
                escaped = !escaped && (first == '"' && *c == '\\' || *c == first && doubled);
                ends
            });
            close.is_some_and(|(at, _)| !comment(inner.get(at + 1..).unwrap_or_default()))
        }
        '[' | '{' => {
            let last = if first == '[' { ']' } else { '}' };
            value.find(last).is_some_and(|at| !comment(value.get(at + 1..).unwrap_or_default()))
        }
        '|' | '>' => !comment(
            value
                .get(1..)
                .unwrap_or_default()
                .trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']),
        ),
        '!' | '&' | '*' | '@' | '`' | '%' => true,
        '#' => value.get(1..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric)),
        '-' | '?' if value.get(1..).is_some_and(|rest| rest.starts_with(' ')) => true,
        _ => {
            let hashtag = value.split_once(" #").is_some_and(|(_, tag)| tag.starts_with(char::is_alphanumeric));
            let before = value.split(" #").next().unwrap_or_default();
            hashtag || before.contains(": ") || before.trim_end().ends_with(':')
        }
    }
}

/// Values between quotes of ours start one column later than what the author sees.
fn unshift(node: &mut Node, quoted: &[usize]) {
    match &mut node.value {
        Value::List(nodes) => nodes.iter_mut().for_each(|node| unshift(node, quoted)),
        Value::Map(pairs) => pairs.iter_mut().for_each(|(_, value)| unshift(value, quoted)),
        Value::Scalar(text) if quoted.contains(&(node.place.line as usize - 1)) => {
            node.place.width = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        }
        Value::Null | Value::Scalar(_) => {}
    }
}

enum Open {
    List { nodes: Vec<Node>, place: Place, anchor: usize },
    Map { pairs: Vec<(Node, Node)>, key: Option<Node>, place: Place, anchor: usize },
}

#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    count: usize,
    root: Option<Node>,
}

impl Tree {
    fn read(text: &str) -> Result<Node, Unreadable> {
        let mut parser = Parser::new_from_str(text);
        let mut tree = Self::default();
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|error| {
                let place = point(error.marker().line(), error.marker().col());
                Unreadable { place, reason: error.info().to_owned() }
            })?;
            tree.take(event, span)?;
        }
        Ok(tree.root.unwrap_or(Node { value: Value::Null, place: Place::line(1) }))
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Unreadable> {
        let mut place = point(span.start.line(), span.start.col());
        match event {
            Event::Scalar(text, style, anchor, _) => {
                if span.start.line() == span.end.line() {
                    place.width = u32::try_from(span.end.col().saturating_sub(span.start.col())).unwrap_or(0);
                }
                let plain = matches!(style, ScalarStyle::Plain);
                let nothing = plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing { Value::Null } else { Value::Scalar(text.into_owned()) };
                self.add(Node { value, place }, anchor, 1)
            }
            Event::Alias(anchor) => {
                let (node, weight) = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| Unreadable { place, reason: "an alias to nothing".to_owned() })?;
                self.add(node, 0, weight)
            }
            Event::SequenceStart(anchor, _) => self.open(Open::List { nodes: Vec::new(), place, anchor }, place),
            Event::MappingStart(anchor, _) => {
                self.open(Open::Map { pairs: Vec::new(), key: None, place, anchor }, place)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (node, anchor) = match self.open.pop() {
                    Some(Open::List { nodes, place, anchor }) => (Node { value: Value::List(nodes), place }, anchor),
                    Some(Open::Map { pairs, place, anchor, .. }) => (Node { value: Value::Map(pairs), place }, anchor),
                    None => return Ok(()),
                };
                self.add(node, anchor, 1)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open, place: Place) -> Result<(), Unreadable> {
        if self.open.len() >= DEEPEST {
            return Err(Unreadable { place, reason: "nested too deep".to_owned() });
        }
        self.open.push(open);
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize, weight: usize) -> Result<(), Unreadable> {
        self.count += weight;
        if self.count > MOST_NODES {
            return Err(Unreadable { place: node.place, reason: "too many values for a head".to_owned() });
        }
        if anchor != 0 {
            let weight = size(&node);
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        match self.open.last_mut() {
            None => self.root = self.root.take().or(Some(node)),
            Some(Open::List { nodes, .. }) => nodes.push(node),
            Some(Open::Map { pairs, key, .. }) => match key.take() {
                None => *key = Some(node),
                Some(name) => pairs.push((name, node)),
            },
        }
        Ok(())
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::List(nodes) => 1 + nodes.iter().map(size).sum::<usize>(),
        Value::Map(pairs) => 1 + pairs.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
        Value::Null | Value::Scalar(_) => 1,
    }
}

fn point(line: usize, column: usize) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place::of(number(line.max(1)), number(column + 1), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(text: &str) -> String {
        parse(text).unwrap().get("title").unwrap().text().unwrap().to_owned()
    }

    #[test]
    fn scalars_stay_as_typed() {
        let node = parse("a: no\nb: 1.10\nc: 2020-01-29\nd:\ne: ~\nf: ''\n").unwrap();
        let texts: Vec<_> = node.pairs().iter().map(|(_, value)| value.text()).collect();
        assert_eq!(texts, [Some("no"), Some("1.10"), Some("2020-01-29"), None, None, Some("")]);
        let (key, value) = &node.pairs()[2];
        assert_eq!((key.place.line, key.place.column), (3, 1));
        assert_eq!(value.place, Place::of(3, 4, 10));
    }

    #[test]
    fn an_everyday_french_line_is_text() {
        assert_eq!(title("title: Communiqué : l'été\ndate: 2020-01-29\n"), "Communiqué : l'été");
        assert_eq!(title("date: 2020\ntitle: Ordre du jour :\n"), "Ordre du jour :");
        for (written, meant) in [
            ("Rendez-vous #LensEnFete samedi", None),
            ("Participez avec #Lens2027 !", None),
            ("Un titre # une note", Some("Un titre")),
            ("#LensEnFete", None),
            ("!Attention travaux", None),
            ("&co et les autres", None),
            ("[COMMUNIQUÉ] La piscine", None),
            ("[COMMUNIQUÉ] La piscine [photos]", None),
            ("\"Noël à Lens\" : le programme", None),
            ("'Noël' à Lens", None),
            ("- La piscine", None),
            ("* Lens *", None),
            ("> Un", None),
            ("50 % de plus", None),
            ("\"Tout entre guillemets\"", Some("Tout entre guillemets")),
            ("\"Dit \\\"oui\\\"\" # note", Some("Dit \"oui\"")),
            ("'L''été : oui'", Some("L'été : oui")),
            ("Vœux : « Bonne année ! » # note", Some("Vœux : « Bonne année ! » # note")),
        ] {
            assert_eq!(title(&format!("title: {written}\ndate: 2020-01-29\n")), meant.unwrap_or(written), "{written}");
        }
        assert_eq!(title("title:\tVœux : x\n"), "Vœux : x");
        assert_eq!(title("title:\u{a0}Vœux\n"), "Vœux");
        assert_eq!(title("title: |\n  Un : deux\n"), "Un : deux\n");
        assert_eq!(title("title: a: b: c\nsummary: Un : deux\n"), "a: b: c");
        let node = parse("link: \"magnet:a\nb: c\"\ntitle: x\n").unwrap();
        assert_eq!(node.get("link").unwrap().text(), Some("magnet:a b: c"));
        let node = parse("tags:\n  - Une : deux\nauthors:\n  - name: Élu : le maire\n").unwrap();
        assert_eq!(node.get("authors").unwrap().several()[0].get("name").unwrap().text(), Some("Élu : le maire"));
    }

    #[test]
    fn what_is_broken_is_said_with_its_place() {
        let unreadable = parse("slug: \"Bonjour\" dit-il\n").unwrap_err();
        assert_eq!(unreadable.place.line, 1);
        assert!(parse("a: [1, 2\nb: 3\n").is_err());
        let bomb: String = (0..30)
            .map(|n| {
                format!(
                    "a{n}: &a{n} [{}]\n",
                    vec![format!("*a{}", i32::max(n - 1, 0)); if n > 0 { 9 } else { 0 }].join(",")
                )
            })
            .collect();
        assert!(parse(&bomb).is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
