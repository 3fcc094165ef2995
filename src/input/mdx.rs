//! MDX: Markdown with components and expressions of JavaScript in it. A feed runs no program, so
//! components go and the text between their tags stays; what only a program knows is said to be
//! lost. Text in, Markdown out, with as many lines as before.
//!
//! What stands in `{…}` may be anything that JavaScript allows; it is only looked through for its
//! end.

use std::borrow::Cow;
use std::ops::Range;

use super::commands::{self, Lost};
use super::markdown;

/// An expression or tag is no longer than this, in bytes.
const LONGEST: usize = 1 << 16;

/// The Markdown in a text of MDX, and what of it is lost.
pub fn taken(text: &str) -> (Cow<'_, str>, Vec<Lost>) {
    if !text.contains(['{', '<']) && !text.contains("import ") && !text.contains("export ") {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut taking = Taking { text, out: String::with_capacity(text.len()), lost: Vec::new(), inside: Vec::new() };
    let mut code = markdown::code_in_fences(text).into_iter().peekable();
    let mut at = 0;
    let mut starts_block = true;
    while at < text.len() {
        while code.next_if(|range| range.start < at || range.end <= at).is_some() {}
        let rest = text.get(at..).unwrap_or_default();
        if let Some(range) = code.next_if(|range| range.start == at) {
            taking.keep(range.clone());
            at = range.end;
            continue;
        }
        let is_line_start = at == 0 || text.get(..at).is_some_and(|before| before.ends_with('\n'));
        if is_line_start {
            if starts_block && (rest.starts_with("import ") || rest.starts_with("export ")) {
                at = taking.module(at);
                starts_block = true;
                continue;
            }
            starts_block = rest.lines().next().is_none_or(|line| line.trim().is_empty());
            let indent = taking.indent(rest);
            if indent > 0 {
                at += indent;
                continue;
            }
        }
        let limit = code.peek().map_or(text.len(), |range| range.start);
        let line = rest.find('\n').map_or(text.len(), |length| at + length + 1);
        let end = limit.min(line);
        let found = text.get(at..end).and_then(|part| part.find(['{', '<', '\\'])).map_or(end, |offset| at + offset);
        taking.keep(at..found);
        at = if found < end { taking.mark(found) } else { found };
    }
    let Taking { out, lost, .. } = taking;
    if out == text { (Cow::Borrowed(text), lost) } else { (Cow::Owned(out), lost) }
}

struct Taking<'a> {
    text: &'a str,
    out: String,
    lost: Vec<Lost>,
    /// The names of the components that are open.
    inside: Vec<&'a str>,
}

impl<'a> Taking<'a> {
    fn keep(&mut self, range: Range<usize>) {
        self.out.push_str(self.text.get(range).unwrap_or_default());
    }

    fn replace(&mut self, range: Range<usize>, instead: &str) -> usize {
        commands::replace(self.text, range, instead, &mut self.out)
    }

    fn lose(&mut self, at: usize, name: String) {
        self.lost.push(Lost { name, at });
    }

    /// The spaces that a formatter puts in front of what stands in components: they would make code
    /// of it.
    fn indent(&self, line: &str) -> usize {
        let most = 2 * self.inside.len();
        line.bytes().take(most).take_while(|byte| *byte == b' ').count()
    }

    /// `import …` or `export …`, up to an empty line outside of braces.
    fn module(&mut self, at: usize) -> usize {
        let mut end = at;
        let mut depth = 0_i64;
        for line in self.text.get(at..).unwrap_or_default().split_inclusive('\n') {
            if line.trim().is_empty() && depth <= 0 {
                break;
            }
            let count = |marks: [char; 3]| i64::try_from(line.matches(marks).count()).unwrap_or_default();
            depth += count(['{', '(', '[']) - count(['}', ')', ']']);
            end += line.len();
        }
        self.replace(at..end, "")
    }

    fn mark(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        if rest.starts_with('\\') {
            // What is escaped is itself.
            let length = rest.chars().take(2).map(char::len_utf8).sum::<usize>();
            self.keep(at..at + length);
            return at + length;
        }
        let done = if rest.starts_with('{') { self.expression(at) } else { self.tag(at) };
        done.unwrap_or_else(|| {
            self.keep(at..at + 1);
            at + 1
        })
    }

    /// `{…}`
    fn expression(&mut self, at: usize) -> Option<usize> {
        let length = braces(self.text.get(at..)?)?;
        let inner = self.text.get(at + 1..at + length - 1)?.trim();
        let literal = ['"', '\'', '`'].iter().find_map(|quote| {
            let text = inner.strip_prefix(*quote)?.strip_suffix(*quote)?;
            (!text.contains(*quote) && !text.contains("${")).then_some(text)
        });
        if let Some(literal) = literal {
            return Some(self.replace(at..at + length, literal));
        }
        let is_comment =
            inner.is_empty() || inner.starts_with("/*") && inner.find("*/").is_some_and(|end| end + 2 == inner.len());
        if !is_comment {
            let shown: String = inner.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(30).collect();
            self.lose(at, format!("{{{shown}}}"));
        }
        Some(self.replace(at..at + length, ""))
    }

    /// `<Name …>`, `</Name>`, `<Name … />`, and the tags of HTML with expressions in them.
    fn tag(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let behind = rest.strip_prefix('<')?;
        let (closes, behind) = behind.strip_prefix('/').map_or((false, behind), |behind| (true, behind));
        let name_ends =
            behind.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':'))).unwrap_or(behind.len());
        let (name, attributes) = behind.split_at(name_ends);
        if name.is_empty() && attributes.starts_with('>') {
            return Some(self.replace(at..at + rest.len() - attributes.len() + 1, "")); // `<>`
        }
        let is_component = name.starts_with(|c: char| c.is_uppercase()) || name.contains('.');
        let Attributes { pairs, length, has_braces, has_expressions, ends_itself } = Attributes::of(attributes)?;
        let end = at + rest.len() - attributes.len() + length;
        if !is_component {
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !has_braces {
                return None;
            }
            if has_expressions {
                self.lose(at, format!("<{name}>"));
            }
            return Some(self.replace(at..end, &element(name, &pairs, ends_itself)));
        }
        if closes {
            if let Some(open) = self.inside.iter().rposition(|open| *open == name) {
                self.inside.truncate(open);
            }
            return Some(self.replace(at..end, ""));
        }
        let line: String = pairs.iter().map(|(key, value)| format!(" {key}=\"{}\"", value.replace('"', "'"))).collect();
        let shown = super::commands::meaning(name, &line);
        if shown.is_none() || has_expressions {
            self.lose(at, format!("<{name}>"));
        }
        if !ends_itself {
            self.inside.push(name);
        }
        let words = pairs
            .iter()
            .find(|(key, _)| ["title", "label", "caption"].contains(key))
            .map(|(_, value)| (*value).to_owned());
        let instead = shown.or(words).unwrap_or_default();
        Some(self.replace(at..end, &instead))
    }
}

/// An element of HTML, without what a program would have put into it.
fn element(name: &str, pairs: &[(&str, &str)], ends_itself: bool) -> String {
    let kept: String =
        pairs.iter().map(|(key, value)| format!(" {key}=\"{}\"", value.replace('"', "&quot;"))).collect();
    format!("<{name}{kept}{}>", if ends_itself { " /" } else { "" })
}

/// How long the expression is that opens `text`; quotes and braces in it are paired.
fn braces(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().take(LONGEST) {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    // An apostrophe is no quote: the first brace that could end it does.
    let near = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
    near.find('}').filter(|end| !near.get(1..*end).is_some_and(|inner| inner.contains('{'))).map(|end| end + 1)
}

struct Attributes<'a> {
    /// Those with a text as their value.
    pairs: Vec<(&'a str, &'a str)>,
    /// Up to and with the `>`.
    length: usize,
    has_braces: bool,
    /// Whether one of them would have been shown.
    has_expressions: bool,
    ends_itself: bool,
}

impl<'a> Attributes<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut found =
            Self { pairs: Vec::new(), length: 0, has_braces: false, has_expressions: false, ends_itself: false };
        let mut rest = text;
        loop {
            rest = rest.trim_start();
            if text.len() - rest.len() > LONGEST {
                return None;
            }
            if let Some(after) = rest.strip_prefix('>') {
                found.length = text.len() - after.len();
                return Some(found);
            }
            if let Some(after) = rest.strip_prefix('/') {
                found.ends_itself = after.trim_start().starts_with('>');
                rest = after;
                continue;
            }
            if rest.starts_with('{') {
                (found.has_braces, found.has_expressions) = (true, true); // `{...props}`
                rest = rest.get(braces(rest)?..)?;
                continue;
            }
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.' | '@')))?;
            let (key, after) = rest.split_at(end);
            if key.is_empty() {
                return None;
            }
            rest = after.trim_start();
            let Some(value) = rest.strip_prefix('=').map(str::trim_start) else { continue };
            if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                let (inside, after) = value.get(1..)?.split_once(quote)?;
                found.pairs.push((key, inside));
                rest = after;
            } else if value.starts_with('{') {
                let length = braces(value)?;
                found.has_braces = true;
                let inner = value.get(1..length - 1)?.trim();
                let literal =
                    ['"', '\'', '`'].iter().find_map(|quote| inner.strip_prefix(*quote)?.strip_suffix(*quote));
                match literal.filter(|literal| !literal.contains("${")) {
                    Some(literal) => found.pairs.push((key, literal)),
                    // What only says how it looks or behaves is no loss.
                    None => {
                        found.has_expressions |= matches!(key, "src" | "href" | "children" | "title" | "alt" | "label")
                    }
                }
                rest = value.get(length..)?;
            } else {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_go_and_their_text_stays() {
        for (text, left, names) in [
            ("import X from './x'\n\n# T\n", "\n\n# T\n", vec![]),
            ("export const a = {\n\n  b: 1,\n}\n\nT", "\n\n\n\n\nT", vec![]),
            ("Nous importons.\nimport de blé", "Nous importons.\nimport de blé", vec![]),
            ("<Note type=\"info\">\n  Texte **a**\n</Note>", "\nTexte **a**\n", vec!["<Note>"]),
            ("<Tabs>\n  <Tab label=\"Un\">\n    Texte\n  </Tab>\n</Tabs>", "\nUn\nTexte\n\n", vec!["<Tabs>", "<Tab>"]),
            ("A {/* rien */}B {' '}C {props.x}", "A B  C ", vec!["{props.x}"]),
            (
                "<Image src=\"a.jpg\" alt=\"Le bassin\" />",
                "<figure><img src=\"a.jpg\" alt=\"Le bassin\"></figure>",
                vec![],
            ),
            ("<Image src={photo} alt=\"Le bassin\" />", "", vec!["<Image>"]),
            ("<img src={photo} alt=\"x\" />", "<img alt=\"x\" />", vec!["<img>"]),
            ("<div className=\"a\" style={{a: 1}}>x</div>", "<div className=\"a\">x</div>", vec![]),
            ("`{x}` et \\{y\\} et\n\n```js\n{z}\n```\n", "`{x}` et \\{y\\} et\n\n```js\n{z}\n```\n", vec![]),
            ("<https://x.org> 3 < 4", "<https://x.org> 3 < 4", vec![]),
            ("<>a</>", "a", vec![]),
            ("<Chart\n  data={[\n    {a: '}'},\n  ]}\n/>\nB", "\n\n\n\n\nB", vec!["<Chart>"]),
            ("{l'été} x", " x", vec!["{l'été}"]),
            ("<YouTube id=\"abc\" />", "<https://www.youtube.com/watch?v=abc>", vec![]),
        ] {
            let (out, lost) = taken(text);
            let lost: Vec<String> = lost.into_iter().map(|lost| lost.name).collect();
            assert_eq!((out.as_ref(), lost), (left, names.into_iter().map(str::to_owned).collect()), "{text}");
            assert_eq!(out.matches('\n').count(), text.matches('\n').count(), "{text}");
        }
    }
}
