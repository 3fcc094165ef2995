//! Commands of other generators in a text: Liquid of Jekyll (`{% … %}`, `{{ … }}`), shortcodes of
//! Hugo (`{{< … >}}`, `{{% … %}}`), links of Pelican (`{filename}`).
//!
//! Whoever publishes from such a folder must not show readers braces. What a command means is
//! written instead where that is known (a link, a picture, a video's page, code); of everything else
//! the text between stays, the command goes, and that is said. Text in, text out, with as many lines
//! as before, so that every problem stands where its author sees it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::markdown;
use crate::html::escape;
use crate::problem::{Code, Place, Problem};

/// In what a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
}

/// A command of which something was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// How it begins: `{% include %}`, `{{< note >}}`, `<Tabs>`.
    pub name: String,
    /// Where it stood, in bytes.
    pub at: usize,
}

/// With this begins an address that is meant from the newsroom's (`site.baseurl` of Jekyll), whose path no text
/// knows; for whoever does not know it, it is one of the site's.
pub const FROM_NEWSROOM: &str = "/./";

/// A command is no longer than this, in bytes.
const LONGEST: usize = 4096;
/// So many commands are gone through in looking for the ends of others: a text may be nothing but
/// beginnings.
const STEPS: usize = 100_000;

/// The text of the item at `path` without commands, and those of which something was lost.
pub fn taken<'a>(text: &'a str, syntax: Syntax, path: &str) -> (Cow<'a, str>, Vec<Lost>) {
    if memchr::memchr2(b'{', b'@', text.as_bytes()).is_none()
        || !["{%", "{{", "{filename}", "{static}", "{attach}", "@/"].iter().any(|mark| text.contains(mark))
    {
        return (Cow::Borrowed(text), Vec::new());
    }
    let code = if syntax == Syntax::Markdown { markdown::code(text) } else { Vec::new() };
    let mut taking = Taking {
        text,
        syntax,
        path,
        out: String::with_capacity(text.len()),
        lost: Vec::new(),
        values: HashMap::new(),
        steps: STEPS,
    };
    let mut at = 0;
    let mut code = code.into_iter().peekable();
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '@'])).map(|offset| at + offset) {
        // What a command before it swallowed is no code any more.
        while code.next_if(|range| range.start < at || range.end <= found).is_some() {}
        taking.keep(at..found);
        at = match code.peek().filter(|range| range.start <= found) {
            Some(range) => {
                let range = range.clone();
                taking.keep(found..range.end);
                range.end
            }
            None => taking.command(found),
        };
    }
    taking.keep(at..text.len());
    let Taking { out, lost, .. } = taking;
    if out == text { (Cow::Borrowed(text), lost) } else { (Cow::Owned(out), lost) }
}

/// Whether a generator was to put something into a piece of HTML.
pub fn is_template(html: &str) -> bool {
    [("{{", "}}"), ("{%", "%}")]
        .iter()
        .any(|(open, close)| html.split_once(open).is_some_and(|(_, behind)| behind.contains(close)))
}

/// Says of each command that something of it is lost; `first_line` is the line on which the text
/// begins.
pub fn report(lost: &[Lost], code: Code, text: &str, first_line: u32, path: &str, problems: &mut Vec<Problem>) {
    let mut before = 0;
    let mut line = first_line;
    for Lost { name, at } in lost {
        let lines = text.get(before..*at).unwrap_or_default().matches('\n').count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or_default());
        before = *at;
        problems.push(Problem::new(code, path).at(Place::line(line)).with("key", name));
    }
}

struct Taking<'a> {
    text: &'a str,
    syntax: Syntax,
    path: &'a str,
    out: String,
    lost: Vec<Lost>,
    /// What `assign` gave a name.
    values: HashMap<&'a str, &'a str>,
    steps: usize,
}

/// Writes `instead` for a part of the text, and its line ends behind it, so that every line stays
/// where it was; returns where the part ends.
pub fn replace(text: &str, range: Range<usize>, instead: &str, out: &mut String) -> usize {
    let lines = |text: &str| text.matches('\n').count();
    let missing = lines(text.get(range.clone()).unwrap_or_default()).saturating_sub(lines(instead));
    out.push_str(instead);
    (0..missing).for_each(|_| out.push('\n'));
    range.end
}

impl<'a> Taking<'a> {
    fn keep(&mut self, range: Range<usize>) {
        self.out.push_str(self.text.get(range).unwrap_or_default());
    }

    fn replace(&mut self, range: Range<usize>, instead: &str) -> usize {
        replace(self.text, range, instead, &mut self.out)
    }

    fn lose(&mut self, at: usize, name: String) {
        self.lost.push(Lost { name, at });
    }

    /// What begins at `at`; returns where to go on.
    fn command(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        if rest.starts_with("{%") {
            self.tag(at)
        } else if rest.starts_with("{{<") || rest.starts_with("{{%") {
            self.shortcode(at)
        } else if rest.starts_with("{{") {
            self.value(at)
        } else {
            self.pelican(at)
        }
        .unwrap_or_else(|| {
            self.keep(at..at + 1);
            at + 1
        })
    }

    /// What stands between `open` and `close` from `at` on, and where it ends.
    fn inner(&self, at: usize, open: &str, close: &str) -> Option<(&'a str, usize)> {
        let rest = self.text.get(at..)?.strip_prefix(open)?;
        let length = closing(rest, close)?;
        Some((rest.get(..length)?, at + open.len() + length + close.len()))
    }

    /// Where the text after a `{% end… %}` goes on, and what stands before it; commands of the same
    /// name may stand inside.
    fn until(&mut self, from: usize, name: &str, end: &str) -> Option<(Range<usize>, usize)> {
        let mut depth = 0;
        let mut at = from;
        loop {
            self.steps = self.steps.checked_sub(1)?;
            let found = at + self.text.get(at..)?.find("{%")?;
            let Some((inner, after)) = self.inner(found, "{%", "%}") else {
                at = found + 2;
                continue;
            };
            match first_word(inner) {
                word if word == end && depth == 0 => return Some((from..found, after)),
                word if word == end => depth -= 1,
                word if word == name => depth += 1,
                _ => {}
            }
            at = after;
        }
    }

    /// `{% name … %}`
    fn tag(&mut self, at: usize) -> Option<usize> {
        let (inner, end) = self.inner(at, "{%", "%}")?;
        let name = first_word(inner);
        let arguments = inner.trim_matches(['-', ' ', '\n', '\t']).strip_prefix(name)?.trim();
        if name.is_empty() {
            return None;
        }
        let written = format!("{{% {name} %}}");
        let whole = |taking: &mut Self, close: &str| taking.until(end, name, close);
        Some(match name {
            "raw" => match whole(self, "endraw") {
                Some((range, after)) => {
                    let text = self.text.get(range).unwrap_or_default();
                    self.replace(at..after, text)
                }
                None => self.replace(at..end, ""),
            },
            "comment" => {
                let after = whole(self, "endcomment").map_or(end, |(_, after)| after);
                self.replace(at..after, "")
            }
            // What is made for each of many things is none of this text's.
            "for" | "tablerow" | "capture" => {
                self.lose(at, written);
                let after = whole(self, &format!("end{name}")).map_or(end, |(_, after)| after);
                self.replace(at..after, "")
            }
            "highlight" => match whole(self, "endhighlight") {
                Some((range, after)) => self.code(at, range, first_word(arguments), after),
                None => self.replace(at..end, ""),
            },
            "assign" => {
                let value =
                    arguments.split_once('=').and_then(|(name, value)| Some((name.trim(), quoted(value.trim())?)));
                match value {
                    Some((name, value)) => {
                        self.values.insert(name, value);
                    }
                    None => self.lose(at, written),
                }
                self.replace(at..end, "")
            }
            "post_url" => {
                let target = self.of_posts(arguments);
                self.replace(at..end, &target)
            }
            "link" if !arguments.contains(char::is_whitespace) => {
                let target = self.of_site(unquoted(arguments));
                self.replace(at..end, &target)
            }
            "youtube" | "vimeo" | "gist" | "twitter" => {
                let arguments = Arguments::of(arguments);
                let instead = self.known(name, &arguments, false).unwrap_or_default();
                if instead.is_empty() {
                    self.lose(at, written);
                }
                self.replace(at..end, &instead)
            }
            _ if name.starts_with("end") || matches!(name, "else" | "elsif" | "when" | "break" | "continue") => {
                self.replace(at..end, "")
            }
            _ => {
                self.lose(at, written);
                self.replace(at..end, "")
            }
        })
    }

    /// `{{< name … >}}` and `{{% name … %}}`
    fn shortcode(&mut self, at: usize) -> Option<usize> {
        let is_angle = self.text.get(at..)?.starts_with("{{<");
        let (open, close) = if is_angle { ("{{<", ">}}") } else { ("{{%", "%}}") };
        let (inner, end) = self.inner(at, open, close)?;
        // `{{</* note */>}}` shows the shortcode.
        if let Some(shown) = inner.strip_prefix("/*").and_then(|inner| inner.strip_suffix("*/")) {
            return Some(self.replace(at..end, &format!("{open}{shown}{close}")));
        }
        let inner = inner.trim().trim_end_matches('/').trim_end();
        let name = first_word(inner);
        if name.is_empty() {
            // `{{< /note >}}`: its beginning was said.
            return inner.starts_with('/').then(|| self.replace(at..end, ""));
        }
        let arguments = inner.strip_prefix(name).unwrap_or_default();
        if name == "highlight" {
            let closing = format!("{open} /highlight {close}");
            let ends = [closing, format!("{open}/highlight{close}"), format!("{open} / highlight {close}")];
            let ends =
                ends.iter().filter_map(|mark| Some((end + self.text.get(end..)?.find(mark.as_str())?, mark.len())));
            if let Some((found, length)) = ends.min() {
                let language = unquoted(first_argument(arguments));
                return Some(self.code(at, end..found, language, found + length));
            }
        }
        let arguments = Arguments::of(arguments);
        let instead = self.known(name, &arguments, self.stands_alone(at, end));
        if instead.is_none() {
            self.lose(at, format!("{open} {name} {close}"));
        }
        let instead = instead.unwrap_or_else(|| self.words(&arguments));
        Some(self.replace(at..end, &instead))
    }

    /// `{{ site.url }}`, `{{ "/x" | relative_url }}`, `{{ name }}`
    fn value(&mut self, at: usize) -> Option<usize> {
        let (inner, end) = self.inner(at, "{{", "}}")?;
        let inner = inner.trim_matches('-').trim();
        if let Some(value) = self.values.get(inner) {
            let value = *value;
            return Some(self.replace(at..end, value));
        }
        let (expression, filters) =
            inner.split_once('|').map_or((inner, ""), |(first, rest)| (first.trim(), rest.trim()));
        if let Some(text) = quoted(expression).filter(|_| matches!(filters, "" | "relative_url" | "absolute_url")) {
            let is_whole = filters.is_empty() || text.contains("://");
            let below = || format!("{FROM_NEWSROOM}{}", text.trim_start_matches('/'));
            let instead = if is_whole || !self.in_address() { text.to_owned() } else { below() };
            return Some(self.replace(at..end, &instead));
        }
        if let Some((name, arguments)) = called(expression).filter(|_| filters.is_empty()) {
            let arguments = Arguments::of(arguments);
            let instead = self.known(name, &arguments, self.stands_alone(at, end));
            if instead.is_none() {
                self.lose(at, format!("{{{{ {name}() }}}}"));
            }
            let instead = instead.unwrap_or_else(|| self.words(&arguments));
            return Some(self.replace(at..end, &instead));
        }
        let (object, member) = expression.split_once('.').unwrap_or((expression, ""));
        if object == "site" && matches!(member, "url" | "baseurl" | "BaseURL") {
            let next = self.text.get(end..).and_then(|rest| rest.chars().next());
            let instead = match next.filter(|_| member != "url" && self.in_address()) {
                Some('/') => FROM_NEWSROOM.trim_end_matches('/'),
                Some(')' | '>' | '"' | '\'' | '#' | '?' | ' ') => FROM_NEWSROOM,
                _ => "",
            };
            return Some(self.replace(at..end, instead));
        }
        // Somebody may mean two braces.
        let is_word =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let is_member = matches!(
            object,
            "site" | "page" | "post" | "include" | "layout" | "item" | "forloop" | "content" | "paginator" | ""
        ) && !member.is_empty();
        let is_filtered = !filters.is_empty() && is_word(first_word(filters)) && expression.split('.').all(is_word);
        if !is_member && !is_filtered {
            return None;
        }
        self.lose(at, format!("{{{{ {expression} }}}}"));
        Some(self.replace(at..end, ""))
    }

    /// `]({filename}../x.md)`, `href="{static}/a.pdf"`, `](@/blog/x.md)` of Zola
    fn pelican(&mut self, at: usize) -> Option<usize> {
        const MARKS: [&str; 5] = ["{filename}", "{static}", "{attach}", "{photo}", "@"];
        let rest = self.text.get(at..)?;
        let before = self.text.get(..at)?.trim_end_matches([' ', '<']);
        let is_address = before.ends_with("](") || before.ends_with("]:") || before.ends_with(['"', '\'']);
        let mark = MARKS.iter().find(|mark| is_address && rest.starts_with(**mark))?;
        let target = rest.get(mark.len()..)?;
        if *mark == "@" && !target.starts_with('/') {
            return None;
        }
        if target.starts_with('/') {
            let up = self.up();
            self.out.push_str(&up);
            return Some(at + mark.len() + 1);
        }
        Some(at + mark.len())
    }

    /// Whether what comes next begins the address of a link or of a picture.
    fn in_address(&self) -> bool {
        let before = self.out.trim_end_matches([' ', '<']);
        before.ends_with("](") || before.ends_with("]:") || before.ends_with(['"', '\'', '='])
    }

    /// `../` for each folder over the item.
    fn up(&self) -> String {
        "../".repeat(self.path.matches('/').count())
    }

    /// An address from the item to what lies at `target` below the folder of the site.
    fn of_site(&self, target: &str) -> String {
        let target = target.trim_start_matches('/');
        match (self.path.split_once("_posts/"), target.strip_prefix("_posts/")) {
            (Some((before, _)), _) => {
                let inside = self.path.get(before.len()..).unwrap_or_default();
                format!("{}{target}", "../".repeat(inside.matches('/').count()))
            }
            (None, Some(post)) => format!("{}{post}", self.up()),
            (None, None) => format!("{}{target}", self.up()),
        }
    }

    /// The same of a post by its name.
    fn of_posts(&self, name: &str) -> String {
        let name = unquoted(name).trim_start_matches('/');
        self.of_site(&format!("_posts/{name}.md"))
    }

    /// Whether nothing else stands in the paragraph.
    fn stands_alone(&self, at: usize, end: usize) -> bool {
        let empty = |line: Option<&str>| line.is_none_or(|line| line.trim().is_empty());
        let mut before = self.text.get(..at).unwrap_or_default().rsplit('\n');
        let mut behind = self.text.get(end..).unwrap_or_default().split('\n');
        let free = |line: Option<&str>| line == Some("") || line.is_some_and(|line| line.trim().is_empty());
        free(before.next()) && empty(before.next()) && empty(behind.next()) && empty(behind.next())
    }

    /// Code as the text's syntax has it.
    fn code(&mut self, at: usize, range: Range<usize>, language: &str, after: usize) -> usize {
        let code = self.text.get(range).unwrap_or_default();
        let language: String = language.chars().filter(|c| c.is_ascii_alphanumeric() || "+-_#".contains(*c)).collect();
        let instead = match self.syntax {
            Syntax::Html => {
                format!("<pre><code class=\"language-{language}\">{}</code></pre>", escape(code.trim_matches('\n')))
            }
            Syntax::Markdown => {
                let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or_default();
                let fence = "`".repeat(longest.max(2) + 1);
                let start = if code.starts_with('\n') { "" } else { "\n" };
                let end = if code.ends_with('\n') { "" } else { "\n" };
                let free = self.out.is_empty() || self.out.ends_with('\n');
                let before = if free { "" } else { "\n" };
                // Code in one line has no place for its fences: it keeps the line.
                if start.is_empty() && end.is_empty() && free {
                    format!("{before}{fence}{language}{start}{code}{end}{fence}")
                } else {
                    let inner = code.trim_matches('\n');
                    format!("{fence} {} {fence}", inner.replace('\n', " "))
                }
            }
        };
        self.replace(at..after, &instead)
    }

    /// What a command means that many sites have.
    fn known(&self, name: &str, arguments: &Arguments<'_>, alone: bool) -> Option<String> {
        let id = || arguments.get(&["id", "code"]).or_else(|| arguments.first());
        let web = |address: String| Some(self.link(&address, arguments.get(&["title", "label", "text"])));
        match name {
            "youtube" => web(format!("https://www.youtube.com/watch?v={}", word(id()?)?)),
            "vimeo" => web(format!("https://vimeo.com/{}", word(id()?)?)),
            "instagram" => web(format!("https://www.instagram.com/p/{}/", word(id()?)?)),
            "gist" => match (arguments.place(0), arguments.place(1)) {
                (Some(user), Some(id)) => web(format!("https://gist.github.com/{}/{}", word(user)?, word(id)?)),
                (Some(id), None) => web(format!(
                    "https://gist.github.com/{}",
                    id.split('/').map(word).collect::<Option<Vec<_>>>()?.join("/")
                )),
                _ => None,
            },
            "tweet" | "twitter" | "x" => {
                let user = arguments.get(&["user"]).and_then(word).unwrap_or("i/web");
                web(format!("https://x.com/{user}/status/{}", word(id()?)?))
            }
            "figure" | "img" | "image" | "picture" | "Image" | "Figure" | "Img" => self.picture(arguments, alone),
            "ref" | "relref" => {
                let target = arguments.get(&["path"]).or_else(|| arguments.first())?;
                let (path, fragment) =
                    target.split_once('#').map_or((target, String::new()), |(path, f)| (path, format!("#{f}")));
                let path = match path.strip_prefix('/') {
                    Some(rooted) => format!("{}{rooted}", self.up()),
                    None => path.to_owned(),
                };
                Some(format!("{path}{fragment}"))
            }
            _ => {
                let address = arguments.get(&["href", "url", "link"]).filter(|address| is_address(address))?;
                let words = arguments.get(&["text", "label", "title", "name"])?;
                Some(self.link(address, Some(words)))
            }
        }
    }

    /// A picture whose file is named; a bare name means a file that only the site knows.
    fn picture(&self, arguments: &Arguments<'_>, alone: bool) -> Option<String> {
        let source = arguments.get(&["src", "link"]).or_else(|| arguments.first())?;
        if !source.contains('.') || source.contains(char::is_whitespace) {
            return None;
        }
        let alt = arguments.get(&["alt"]).unwrap_or_default();
        let caption = arguments.get(&["caption", "attr"]).or_else(|| arguments.get(&["title"]));
        if self.syntax == Syntax::Html || alone {
            let caption = caption.map(|caption| format!("<figcaption>{}</figcaption>", escape(caption)));
            let image = format!("<img src=\"{}\" alt=\"{}\">", escape(source), escape(alt));
            return Some(format!("<figure>{image}{}</figure>", caption.unwrap_or_default()).replace('\n', " "));
        }
        Some(format!("![{}](<{source}>)", marks_escaped(alt)))
    }

    fn link(&self, address: &str, words: Option<&str>) -> String {
        let words = words.filter(|words| !words.trim().is_empty()).unwrap_or(address);
        match self.syntax {
            Syntax::Html => format!("<a href=\"{}\">{}</a>", escape(address), escape(words)),
            Syntax::Markdown if words == address => format!("<{address}>"),
            Syntax::Markdown => format!("[{}](<{address}>)", marks_escaped(words)),
        }
    }

    /// What a command says in words that a reader was to see.
    fn words(&self, arguments: &Arguments<'_>) -> String {
        let words = arguments.get(&["text", "label", "title", "caption", "summary"]).unwrap_or_default();
        match self.syntax {
            Syntax::Html => escape(words),
            Syntax::Markdown => words.replace('\n', " "),
        }
    }
}

/// What a component means (`<YouTube id="…" />`), where that is known; in Markdown.
pub fn meaning(name: &str, arguments: &str) -> Option<String> {
    let name = if name == "YouTube" || name == "Vimeo" || name == "Tweet" {
        name.to_ascii_lowercase()
    } else {
        name.to_owned()
    };
    let arguments = Arguments::of(arguments);
    let taking = Taking {
        text: "",
        syntax: Syntax::Markdown,
        path: "",
        out: String::new(),
        lost: Vec::new(),
        values: HashMap::new(),
        steps: 0,
    };
    taking.known(&name, &arguments, true)
}

/// A name in an address.
fn word(text: &str) -> Option<&str> {
    let is_fit = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    is_fit.then_some(text)
}

fn is_address(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '{'))
}

fn marks_escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]").replace('\n', " ")
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches(['-', '~']).trim_start();
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))).unwrap_or(text.len());
    let name = text.get(..end).unwrap_or_default().trim_end_matches('-');
    if name.starts_with(char::is_alphabetic) { name } else { "" }
}

/// The name and the arguments of a shortcode of Zola: `youtube(id="abc")`.
fn called(expression: &str) -> Option<(&str, &str)> {
    let (name, arguments) = expression.strip_suffix(')')?.split_once('(')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (is_name && (arguments.trim().is_empty() || arguments.contains('='))).then_some((name, arguments))
}

fn first_argument(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// Where `close` stands outside of quotes; a quote that does not end is none.
fn closing(text: &str, close: &str) -> Option<usize> {
    let near = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
    if !near.contains(close) {
        return None;
    }
    let mut at = 0;
    while let Some(found) =
        near.get(at..)?.find(|c: char| matches!(c, '"' | '`') || close.starts_with(c)).map(|f| at + f)
    {
        let rest = near.get(found..)?;
        if rest.starts_with(close) {
            return Some(found);
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '`'));
        let inside = quote
            .and_then(|quote| rest.get(1..)?.find(quote))
            .filter(|length| !rest.get(1..*length + 1).is_some_and(|inside| inside.contains("\n\n")));
        at = found + inside.map_or(1, |length| length + 2);
    }
    // One quote too many must not swallow the text.
    near.find(close)
}

fn quoted(text: &str) -> Option<&str> {
    ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
}

fn unquoted(text: &str) -> &str {
    quoted(text.trim()).unwrap_or(text.trim())
}

/// What stands behind the name of a shortcode: `key="value"`, or values alone.
#[derive(Debug, Default)]
pub struct Arguments<'a> {
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> Arguments<'a> {
    /// Reads them.
    pub fn of(text: &'a str) -> Self {
        let mut pairs = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '"' || c == '`').unwrap_or(rest.len());
            let key = rest.get(..end).unwrap_or_default();
            let behind = rest.get(end..).unwrap_or_default();
            let (key, after) = match behind.strip_prefix('=') {
                Some(value) => (key, value.trim_start()),
                None if key.is_empty() => ("", behind),
                None => {
                    pairs.push(("", unquoted(key)));
                    rest = behind.trim_start();
                    continue;
                }
            };
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '`' | '\''));
            let inside = quote.and_then(|quote| after.get(1..)?.split_once(quote));
            let (value, left) = inside.unwrap_or_else(|| {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                after.split_at(end)
            });
            if key.is_empty() && value.is_empty() && left.len() == rest.len() {
                break;
            }
            pairs.push((key, value));
            rest = left.trim_start();
        }
        Self { pairs }
    }

    fn get(&self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().find_map(|key| self.pairs.iter().find(|(known, _)| known == key)).map(|(_, value)| *value)
    }

    fn first(&self) -> Option<&'a str> {
        self.place(0)
    }

    fn place(&self, number: usize) -> Option<&'a str> {
        self.pairs.iter().filter(|(key, _)| key.is_empty()).nth(number).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, Vec<String>) {
        let (out, lost) = taken(text, Syntax::Markdown, "_posts/2020/2020-01-29-x.md");
        assert_eq!(out.matches('\n').count(), text.matches('\n').count(), "{text}");
        (out.into_owned(), lost.into_iter().map(|lost| lost.name).collect())
    }

    #[test]
    fn what_commands_mean() {
        for (text, meant) in [
            ("{{< youtube Z4XCkDhve20 >}}", "<https://www.youtube.com/watch?v=Z4XCkDhve20>"),
            (
                "{{< youtube id=\"Z4X\" title=\"La [visite]\" >}}",
                "[La \\[visite\\]](<https://www.youtube.com/watch?v=Z4X>)",
            ),
            ("{{< vimeo 1234 >}}", "<https://vimeo.com/1234>"),
            ("{{< x user=\"lens\" id=\"12\" >}}", "<https://x.com/lens/status/12>"),
            ("Vu {{< figure src=\"a b.jpg\" >}}", "Vu "),
            ("Vu {{< figure src=\"a.jpg\" alt=\"Le bassin\" caption=\"x\" >}}.", "Vu ![Le bassin](<a.jpg>)."),
            (
                "{{< figure src=\"a.jpg\"\n   caption=\"Le \\ bassin <b>\" >}}\n",
                "<figure><img src=\"a.jpg\" alt=\"\"><figcaption>Le \\ bassin &lt;b&gt;</figcaption></figure>\n\n",
            ),
            ("[x]({{< ref \"2020-05-15-y.md#z\" >}})", "[x](2020-05-15-y.md#z)"),
            ("[x]({{< relref \"/a/b.md\" >}})", "[x](../../a/b.md)"),
            ("[x]({% post_url 2019/2019-01-01-y %})", "[x](../../_posts/2019/2019-01-01-y.md)"),
            ("[x]({% link _posts/2019-01-01-y.md %})", "[x](../../_posts/2019-01-01-y.md)"),
            ("[x]({{ site.url }}/a/)", "[x](/a/)"),
            ("[x]({{ site.url }}{{site.baseurl}}/a/)", "[x](/./a/)"),
            ("[x]( <{{ site.baseurl }}/a b> ) [y]({{ site.baseurl }})", "[x]( </./a b> ) [y](/./)"),
            ("<img src=\"{{ site.baseurl }}/a.png\" alt=''>", "<img src=\"/./a.png\" alt=''>"),
            ("[x]({{ '/a/' | relative_url }} \"y\")", "[x](/./a/ \"y\")"),
            ("[x]({{ 'https://x.org/' | absolute_url }})", "[x](https://x.org/)"),
            ("Sous {{ site.baseurl }}/a/ et {{ '/b' | relative_url }}", "Sous /a/ et /b"),
            ("{% raw %}{{ site.x }} {% y %}{% endraw %}", "{{ site.x }} {% y %}"),
            ("{% comment %}a\nb{% endcomment %}c", "\nc"),
            (
                "{% highlight ruby linenos %}\nputs `x`\n\n    y\n{% endhighlight %}\n",
                "```ruby\nputs `x`\n\n    y\n```\n",
            ),
            ("{{< highlight go \"linenos=true\" >}}\nx\n{{< / highlight >}}", "```go\nx\n```"),
            ("a {% highlight text %}b{% endhighlight %} c", "a ``` b ``` c"),
            ("{% assign log = \"https://x.org/a\" %}\n[x]({{log}}#l-1)", "\n[x](https://x.org/a#l-1)"),
            ("{{</* note */>}} et {{%/* note */%}}", "{{< note >}} et {{% note %}}"),
            ("[x]({filename}../a.md) [y]({static}/b.pdf) {static}", "[x](../a.md) [y](../../b.pdf) {static}"),
            (
                "[x](@/blog/a.md#y) presse@lens.fr [z]( <@/b.md> ) @/c `](@/d)`",
                "[x](../../blog/a.md#y) presse@lens.fr [z]( <../../b.md> ) @/c `](@/d)`",
            ),
            ("{{ youtube(id=\"abc\", autoplay=true) }}", "<https://www.youtube.com/watch?v=abc>"),
            ("{{< button href=\"https://x.org/\" text=\"Voir\" >}}", "[Voir](<https://x.org/>)"),
        ] {
            let lost: Vec<String> =
                if text.contains("a b.jpg") { vec!["{{< figure >}}".to_owned()] } else { Vec::new() };
            assert_eq!(shown(text), (meant.to_owned(), lost), "{text}");
        }
    }

    #[test]
    fn what_is_lost_is_named() {
        for (text, left, names) in [
            ("{% include toc.html %}\nA", "\nA", vec!["{% include %}"]),
            ("{{< note >}}Texte **a**{{< /note >}}", "Texte **a**", vec!["{{< note >}}"]),
            ("{{% alert title=\"Non\" %}}\nTexte\n{{% /alert %}}", "Non\nTexte\n", vec!["{{% alert %}}"]),
            (
                "{{< asset-static file=\"a.pdf\" label=\"le dossier > (PDF)\" >}}.",
                "le dossier > (PDF).",
                vec!["{{< asset-static >}}"],
            ),
            ("{{ carte(lieu=\"Lens\", label=\"La carte\") }}.", "La carte.", vec!["{{ carte() }}"]),
            ("{% note() %}a{% end %}", "a", vec!["{% note %}"]),
            ("{{ page.title | upcase }}", "", vec!["{{ page.title }}"]),
            ("{% for a in b %}{% for c in d %}x{% endfor %}{{ a.t }}{% endfor %}y", "y", vec!["{% for %}"]),
            ("{% if x %}a{% else %}b{% endif %}", "ab", vec!["{% if %}"]),
            ("{{< img src=\"zach\" >}}", "", vec!["{{< img >}}"]),
        ] {
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            assert_eq!(shown(text), (left.to_owned(), names), "{text}");
        }
    }

    #[test]
    fn what_is_no_command_stays() {
        for text in [
            "`{{< note >}}` et ``{% x %}``",
            "```\n{% include x %}\n```\n",
            "Le {{nom}} et {x} et 50{% de {{ {",
            "{{< \n\n",
            "a | b {filename}",
            "{{ébauche}} {{closure}}",
            "{%%} {{}} {{<>}}",
        ] {
            assert_eq!(shown(text), (text.to_owned(), Vec::new()), "{text}");
        }
    }
}
