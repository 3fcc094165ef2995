//! Markdown: what pass 1 must know of a body, and its HTML for pass 2.
//!
//! CommonMark with tables, footnotes, strikethrough, task lists, bare addresses, heading ids and
//! definition lists. Footnotes are numbered and their ids carry the item's own prefix, so that
//! several items on one page do not share them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset, html as writer,
};

use crate::html;
use crate::problem::{Code, Place, Problem};
use crate::text::{Text, words_only};

/// What pass 1 must know of a body.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The first heading, and its line.
    pub heading: Option<(Text, u32)>,
    /// True where nothing stands before that heading.
    pub heading_leads: bool,
    /// The first paragraph, and its line.
    pub paragraph: Option<(Text, u32)>,
    /// What links and pictures point to and is not an absolute address, with its place.
    pub references: Vec<(String, Place)>,
    /// The absolute addresses among them.
    pub absolute: Vec<String>,
    /// True where there is something to read or to see.
    pub has_content: bool,
}

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST);

fn events(body: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    TextMergeWithOffset::new(Parser::new_ext(body, OPTIONS).into_offset_iter())
}

/// Where a byte of the body stands in its file.
struct Lines<'a> {
    body: &'a str,
    starts: Vec<usize>,
    first: u32,
}

impl<'a> Lines<'a> {
    fn new(body: &'a str, first: u32) -> Self {
        let starts = std::iter::once(0).chain(body.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { body, starts, first }
    }

    fn place(&self, range: &Range<usize>) -> Place {
        let index = self.starts.partition_point(|start| *start <= range.start).saturating_sub(1);
        let start = self.starts.get(index).copied().unwrap_or_default();
        let count = |from: usize, to: usize| {
            let part = self.body.get(from..to).unwrap_or_default();
            u32::try_from(part.lines().next().unwrap_or_default().chars().count()).unwrap_or(u32::MAX)
        };
        Place {
            line: self.first + u32::try_from(index).unwrap_or(u32::MAX),
            column: count(start, range.start) + 1,
            width: count(range.start, range.end),
        }
    }
}

/// Goes through a body once, without rendering it: every problem it can have is found here.
pub fn facts(body: &str, first_line: u32, path: &str, problems: &mut Vec<Problem>) -> Facts {
    let lines = Lines::new(body, first_line);
    let mut facts = Facts::default();
    let mut depth = 0_u32;
    let mut text: Option<String> = None;
    let mut image: Option<(String, Range<usize>)> = None;
    let mut refused: Vec<(String, Place)> = Vec::new();
    for (event, range) in events(body) {
        match &event {
            Event::Start(tag) => {
                depth += 1;
                match tag {
                    Tag::Heading { .. } if facts.heading.is_none() => {
                        facts.heading_leads = !facts.has_content;
                        text = Some(String::new());
                    }
                    Tag::Paragraph if facts.paragraph.is_none() && depth == 1 => text = Some(String::new()),
                    Tag::Link { dest_url, link_type, .. } if *link_type != LinkType::Email => {
                        refer(dest_url, lines.place(&range), path, &mut facts, problems);
                    }
                    Tag::Image { dest_url, .. } => {
                        facts.has_content = true;
                        refer(dest_url, lines.place(&range), path, &mut facts, problems);
                        image = Some((String::new(), range.clone()));
                    }
                    _ => {}
                }
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                match end {
                    TagEnd::Heading(_) => {
                        if let (None, Some(text)) = (&facts.heading, text.take()) {
                            facts.heading = Text::some(&text).map(|text| (text, lines.place(&range).line));
                        }
                    }
                    TagEnd::Paragraph if depth == 0 => {
                        if let (None, Some(text)) = (&facts.paragraph, text.take()) {
                            facts.paragraph = Text::some(&text).map(|text| (text, lines.place(&range).line));
                        }
                    }
                    TagEnd::Image => {
                        if let Some((alt, range)) = image.take()
                            && alt.trim().is_empty()
                        {
                            problems.push(Problem::new(Code::ImageWithoutAlt, path).at(lines.place(&range)));
                        }
                    }
                    _ => {}
                }
            }
            Event::Text(piece) | Event::Code(piece) => {
                facts.has_content |= !piece.trim().is_empty();
                if let Some((alt, _)) = &mut image {
                    alt.push_str(piece);
                } else if let Some(text) = &mut text {
                    text.push_str(piece);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(text) = &mut text {
                    text.push(' ');
                }
            }
            Event::Html(piece) | Event::InlineHtml(piece) if !is_comment(piece) => {
                let place = lines.place(&range);
                let names = html::refused_elements(piece);
                facts.has_content |= names.is_empty();
                refused.extend(names.into_iter().map(|name| (name, place)));
                for address in html::addresses(piece) {
                    refer(&address, place, path, &mut facts, problems);
                }
            }
            _ => {}
        }
    }
    report_refused(&refused, path, problems);
    facts
}

fn report_refused(refused: &[(String, Place)], path: &str, problems: &mut Vec<Problem>) {
    let Some((_, place)) = refused.first() else {
        return;
    };
    let mut names: Vec<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let names: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    problems.push(Problem::new(Code::HtmlRemoved, path).at(*place).with("elements", names.join(", ")));
}

fn refer(target: &str, place: Place, path: &str, facts: &mut Facts, problems: &mut Vec<Problem>) {
    match Target::of(target) {
        Target::Unsafe => problems.push(Problem::new(Code::LinkUnsafe, path).at(place).with("link", target)),
        Target::Relative => facts.references.push((target.to_owned(), place)),
        Target::Absolute => facts.absolute.push(target.to_owned()),
    }
}

/// What an address is, before anything is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// http, https, mailto or tel.
    Absolute,
    /// No scheme.
    Relative,
    /// Any other scheme.
    Unsafe,
}

impl Target {
    /// By its scheme.
    pub fn of(address: &str) -> Self {
        let address = address.trim();
        let Some((scheme, _)) = address.split_once(':') else {
            return Self::Relative;
        };
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" | "mailto" | "tel" => Self::Absolute,
            _ if is_scheme || address.bytes().any(|b| b.is_ascii_control()) => Self::Unsafe,
            _ => Self::Relative,
        }
    }
}

/// How a body is to be rendered.
#[derive(Debug, Clone, Copy)]
pub struct Rendering<'a> {
    /// What the ids of footnotes begin with.
    pub prefix: &'a str,
    /// The item's title: a first heading that says the same is not repeated.
    pub title: &'a Text,
}

/// The body as HTML: safe, but with addresses as the author wrote them ([`html::finish`] is next).
pub fn to_html(body: &str, rendering: Rendering<'_>) -> String {
    let mut events: Vec<Event<'_>> = events(body).map(|(event, _)| event).collect();
    drop_title(&mut events, rendering.title);
    let shift = events.iter().any(|e| matches!(e, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })));
    head_ids(&mut events, shift);
    let mut raw = false;
    let mut notes = Notes { prefix: rendering.prefix, ..Notes::default() };
    let mut main = Vec::with_capacity(events.len());
    let mut unsafe_links = Vec::new();
    let mut in_code = 0_u32;
    let mut in_link = 0_u32;
    for event in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => notes.open(&label),
            Event::End(TagEnd::FootnoteDefinition) => notes.close(),
            event => {
                let mut piece = Vec::with_capacity(1);
                match event {
                    Event::FootnoteReference(label) => piece.push(notes.refer(&label)),
                    Event::TaskListMarker(done) => {
                        piece.push(Event::Text(CowStr::Borrowed(if done { "☑ " } else { "☐ " })));
                    }
                    Event::Html(text) | Event::InlineHtml(text) if is_comment(&text) => {}
                    Event::Html(text) => {
                        raw = true;
                        piece.push(Event::Html(text));
                    }
                    Event::InlineHtml(text) => {
                        raw = true;
                        piece.push(Event::InlineHtml(text));
                    }
                    Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                        in_link += 1;
                        let safe = link_type == LinkType::Email || Target::of(&dest_url) != Target::Unsafe;
                        unsafe_links.push(!safe);
                        if safe {
                            piece.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                        }
                    }
                    Event::End(TagEnd::Link) => {
                        in_link = in_link.saturating_sub(1);
                        if unsafe_links.pop() != Some(true) {
                            piece.push(Event::End(TagEnd::Link));
                        }
                    }
                    Event::Start(Tag::Image { dest_url, link_type, title, id }) => {
                        in_link += 1;
                        let dest_url = if Target::of(&dest_url) == Target::Unsafe { "".into() } else { dest_url };
                        piece.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
                    }
                    Event::End(TagEnd::Image) => {
                        in_link = in_link.saturating_sub(1);
                        piece.push(Event::End(TagEnd::Image));
                    }
                    Event::Start(Tag::CodeBlock(kind)) => {
                        in_code += 1;
                        piece.push(Event::Start(Tag::CodeBlock(kind)));
                    }
                    Event::End(TagEnd::CodeBlock) => {
                        in_code = in_code.saturating_sub(1);
                        piece.push(Event::End(TagEnd::CodeBlock));
                    }
                    Event::Text(text) if in_code == 0 && in_link == 0 => bare_addresses(text, &mut piece),
                    event => piece.push(event),
                }
                notes.current().unwrap_or(&mut main).extend(piece);
            }
        }
    }
    let mut out = String::with_capacity(body.len() * 5 / 4);
    writer::push_html(&mut out, main.into_iter());
    notes.write(&mut out);
    let out = out.replace("<th>", "<th scope=\"col\">").replace("<th style=", "<th scope=\"col\" style=");
    if raw { html::sanitise(&out) } else { out }
}

fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.is_empty() || html.starts_with("<!--") && html.find("-->").is_none_or(|end| end + 3 == html.len())
}

/// Removes a first heading that only repeats the title.
fn drop_title(events: &mut Vec<Event<'_>>, title: &Text) {
    let leads = |event: &Event<'_>| {
        matches!(event, Event::Html(text) if is_comment(text))
            || matches!(event, Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock))
    };
    let Some(start) = events.iter().position(|event| !leads(event)) else {
        return;
    };
    if !matches!(events.get(start), Some(Event::Start(Tag::Heading { .. }))) {
        return;
    }
    let Some(length) = events.iter().skip(start).position(|e| matches!(e, Event::End(TagEnd::Heading(_)))) else {
        return;
    };
    let text: String = events.iter().skip(start).take(length).filter_map(plain).collect();
    if words_only(&text) == words_only(title.as_str()) {
        events.drain(start..=start + length);
    }
}

fn plain<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    }
}

/// Gives every heading an id of its own words, and moves all down where one is of the page's level.
fn head_ids(events: &mut [Event<'_>], shift: bool) {
    let mut taken: HashMap<String, u32> = HashMap::new();
    for index in 0..events.len() {
        if !matches!(events.get(index), Some(Event::Start(Tag::Heading { .. }))) {
            if let Some(Event::End(TagEnd::Heading(level))) = events.get_mut(index)
                && shift
            {
                *level = lower(*level);
            }
            continue;
        }
        let inner = events.iter().skip(index).take_while(|e| !matches!(e, Event::End(TagEnd::Heading(_))));
        let text: String = inner.filter_map(plain).collect();
        if let Some(Event::Start(Tag::Heading { level, id, .. })) = events.get_mut(index) {
            let wanted = slug(id.as_deref().unwrap_or(&text));
            let count = taken.entry(wanted.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { wanted } else { format!("{wanted}-{count}") };
            *id = (!name.is_empty()).then(|| name.into());
            if shift {
                *level = lower(*level);
            }
        }
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + 1).unwrap_or(HeadingLevel::H6)
}

/// A word for addresses and ids: ASCII letters and digits in lower case, joined by `-` (ID-12).
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in deunicode::deunicode(&crate::text::nfc(text)).chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Makes links of `https://…`, `www.…` and e-mail addresses that stand in the text as they are.
fn bare_addresses<'a>(text: CowStr<'a>, out: &mut Vec<Event<'a>>) {
    if !text.contains("://") && !text.contains("www.") && !text.contains('@') {
        out.push(Event::Text(text));
        return;
    }
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    let owned = text.into_string();
    for span in finder.spans(&owned) {
        let words = span.as_str();
        let scheme = words.split_once("://").map(|(scheme, _)| scheme);
        let address = match span.kind() {
            Some(LinkKind::Url) if matches!(scheme, Some("http" | "https")) => Some(Cow::Borrowed(words)),
            Some(LinkKind::Url) if scheme.is_none() && words.starts_with("www.") => {
                Some(Cow::Owned(format!("https://{words}")))
            }
            Some(LinkKind::Email) => Some(Cow::Owned(format!("mailto:{words}"))),
            _ => None,
        };
        let text = Event::Text(words.to_owned().into());
        match address {
            None => out.push(text),
            Some(address) => out.extend([
                Event::Start(Tag::Link {
                    link_type: LinkType::Inline,
                    dest_url: address.into_owned().into(),
                    title: "".into(),
                    id: "".into(),
                }),
                text,
                Event::End(TagEnd::Link),
            ]),
        }
    }
}

/// Footnotes in the order in which they are referred to.
#[derive(Default)]
struct Notes<'a> {
    prefix: &'a str,
    notes: Vec<Note<'a>>,
    open: Option<usize>,
}

struct Note<'a> {
    label: String,
    events: Vec<Event<'a>>,
    references: u32,
}

impl<'a> Notes<'a> {
    fn index(&mut self, label: &str) -> usize {
        self.notes.iter().position(|note| note.label == label).unwrap_or_else(|| {
            self.notes.push(Note { label: label.to_owned(), events: Vec::new(), references: 0 });
            self.notes.len() - 1
        })
    }

    fn open(&mut self, label: &str) {
        self.open = Some(self.index(label));
    }

    fn close(&mut self) {
        self.open = None;
    }

    fn current(&mut self) -> Option<&mut Vec<Event<'a>>> {
        self.notes.get_mut(self.open?).map(|note| &mut note.events)
    }

    fn refer(&mut self, label: &str) -> Event<'a> {
        let index = self.index(label);
        let number = index + 1;
        let again = self.notes.get_mut(index).map_or(1, |note| {
            note.references += 1;
            note.references
        });
        let suffix = if again == 1 { String::new() } else { format!("-{again}") };
        let prefix = self.prefix;
        Event::InlineHtml(
            format!("<sup class=\"footnote\"><a href=\"#fn-{prefix}-{number}\" id=\"fnref-{prefix}-{number}{suffix}\">{number}</a></sup>")
                .into(),
        )
    }

    /// A list at the end; a note nobody refers to is kept: nothing an author wrote is lost.
    fn write(self, out: &mut String) {
        if self.notes.is_empty() {
            return;
        }
        out.push_str("<div class=\"footnotes\">\n<ol>\n");
        for (index, note) in self.notes.into_iter().enumerate() {
            let (prefix, number) = (self.prefix, index + 1);
            let _ = write!(out, "<li id=\"fn-{prefix}-{number}\">");
            let mut inner = String::new();
            writer::push_html(&mut inner, note.events.into_iter());
            out.push_str(inner.trim());
            if note.references > 0 {
                let _ = write!(out, " <a href=\"#fnref-{prefix}-{number}\">↩</a>");
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ol>\n</div>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(body: &str) -> String {
        to_html(body, Rendering { prefix: "x", title: &Text::new("Titre") })
    }

    #[test]
    fn extensions() {
        assert_eq!(render("# Titre\n\nUn [lien](javascript:x) ~~non~~"), "<p>Un lien <del>non</del></p>\n");
        assert_eq!(render("# A\n\n## B *c*\n"), "<h2 id=\"a\">A</h2>\n<h3 id=\"b-c\">B <em>c</em></h3>\n");
        assert!(
            render("Voir https://example.org/a_b_c, et www.example.org.")
                .contains("<a href=\"https://www.example.org\">www.example.org</a>.")
        );
        assert_eq!(render("- [x] fait\n"), "<ul>\n<li>☑ fait</li>\n</ul>\n");
        assert!(
            render("Un[^1], deux[^1].\n\n[^1]: Note.\n")
                .contains("<li id=\"fn-x-1\"><p>Note.</p> <a href=\"#fnref-x-1\">↩</a></li>")
        );
        assert_eq!(render("<!-- more -->\n\nA\n"), "<p>A</p>\n");
        assert_eq!(render("A <b onclick=x>b</b><script>c</script>\n"), "<p>A <b>b</b></p>\n");
    }

    #[test]
    fn what_pass_one_sees() {
        let mut problems = Vec::new();
        let body = "Un\nchapeau.\n\n# Titre\n\n![](a.jpg) [b](data:x) <iframe>\n";
        let facts = facts(body, 10, "x.md", &mut problems);
        assert_eq!(facts.heading, Some((Text::new("Titre"), 13)));
        assert!(!facts.heading_leads);
        assert_eq!(facts.paragraph, Some((Text::new("Un chapeau."), 10)));
        assert_eq!(facts.references.len(), 1);
        let codes: Vec<_> = problems.iter().map(|p| (p.code.name(), p.place.unwrap().line)).collect();
        assert_eq!(codes, [("image-without-alt", 15), ("link-unsafe", 15), ("html-removed", 15)]);
    }
}
