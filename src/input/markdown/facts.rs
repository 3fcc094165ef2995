//! Pass 1: what must be known of a body before anything is rendered, and every problem it can have.

use std::ops::Range;

use memchr::{memchr, memchr_iter};
use pulldown_cmark::{Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::{Inline, Target, events, is_comment};
use crate::html::{self, Found};
use crate::input::anatomy::{behind_dateline, is_no_title, tells_nothing};
use crate::input::characters_dropped;
use crate::input::facts::Facts;
use crate::media::is_for_readers;
use crate::problem::{Code, Lines, Place, Problem};
use crate::text::{Text, clean, without_marks};

/// Goes through a body once, without rendering it.
pub fn facts(body: &str, first_line: u32, path: &str, problems: &mut Vec<Problem>) -> Facts {
    let mut scan = Scan {
        body,
        lines: Lines::of(body),
        first_line,
        path,
        problems,
        facts: Facts::default(),
        depth: 0,
        begun: false,
        leads: true,
        text: None,
        image: None,
        inline: Inline::default(),
        code: false,
        refused: Vec::new(),
        may_drop: memchr(b'&', body.as_bytes()).is_some() || !clean(&without_marks(body)).dropped.is_empty(),
    };
    for (event, range) in events(body) {
        scan.event(&event, &range);
    }
    report_refused(&scan.refused, path, scan.problems);
    scan.facts
}

struct Scan<'a> {
    body: &'a str,
    lines: Lines<'a>,
    /// On which line of the file the body begins.
    first_line: u32,
    path: &'a str,
    problems: &'a mut Vec<Problem>,
    facts: Facts,
    /// How many elements are open.
    depth: u32,
    /// Whether anything stands above that tells what the text is about.
    begun: bool,
    /// Whether nothing of that kind stands above the heading or paragraph that is being read.
    leads: bool,
    /// The text of the heading or paragraph that is being read, if it is the first.
    text: Option<String>,
    /// The text alternative of the picture that is being read.
    image: Option<(String, Place)>,
    /// In what inline HTML we are.
    inline: Inline,
    /// Whether what is read is code.
    code: bool,
    /// Elements that the sanitiser will remove.
    refused: Vec<(String, Place)>,
    /// Whether anything that XML cannot carry may stand in the text: most of it was looked through before, and
    /// only what is written as an entity is new.
    may_drop: bool,
}

impl Scan<'_> {
    /// Asked for only where it is needed: it counts characters.
    fn place(&self, range: &Range<usize>) -> Place {
        let place = self.lines.place(range);
        Place { line: place.line + self.first_line - 1, ..place }
    }

    fn event(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let raw = self.inline.is_raw();
        if let Event::InlineHtml(piece) = event {
            self.inline.tag(piece);
        }
        match event {
            Event::Text(_) | Event::Code(_) | Event::SoftBreak | Event::HardBreak | Event::InlineHtml(_) if raw => {}
            Event::Start(tag) => {
                self.depth += 1;
                self.start(tag, range);
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(*tag, range);
            }
            Event::Text(piece) | Event::Code(piece) => {
                self.read(piece, range);
                if matches!(event, Event::Text(_)) && !self.code {
                    self.spaced_links(range);
                }
                if let Some((alt, _)) = &mut self.image {
                    alt.push_str(piece);
                } else if let Some(text) = &mut self.text {
                    text.push_str(piece);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(text) = &mut self.text {
                    text.push('\n');
                }
            }
            Event::InlineHtml(piece) if !html::is_markup(piece) && !self.inline.is_drawing() => {
                self.event(&Event::Text(piece.clone()), range)
            }
            Event::Html(piece) if piece.trim_start().starts_with("<!--") && !piece.contains("-->") => {
                // It swallows the rest of the text.
                self.refused.push(("!--".to_owned(), self.place(range)));
            }
            Event::Html(piece) | Event::InlineHtml(piece) if !is_comment(piece) => {
                let place = self.place(range);
                let clean = html::sanitise(piece);
                self.findings(piece, range);
                self.read(&html::text_of(&clean), range);
                for address in html::addresses(&clean) {
                    self.refer(&address, place);
                }
                html::links(&clean).iter().for_each(|address| self.link(address));
            }
            _ => {}
        }
    }

    /// What readers will not see as the author wrote it.
    fn findings(&mut self, html: &str, range: &Range<usize>) {
        for (found, within) in html::findings(html) {
            let place = self.place_within(html, range, &within);
            let (code, link) = match found {
                Found::Refused(name) => {
                    self.refused.push((name, place));
                    continue;
                }
                Found::Embed(address) => (Code::EmbedLinked, address),
                Found::Unsafe(address) => (Code::LinkUnsafe, without_marks(&address).into_owned()),
                Found::Pixel(address) => (Code::PixelRemoved, address),
            };
            self.problems.push(Problem::new(code, self.path).at(place).with("link", link));
        }
    }

    /// The place of a part of some HTML. In a quotation or a list its lines are not those of the file
    /// letter by letter; then the line alone is known.
    fn place_within(&self, html: &str, range: &Range<usize>, within: &Range<usize>) -> Place {
        let (start, end) = (range.start + within.start, range.start + within.end);
        if self.body.get(start..end).is_some_and(|there| html.get(within.clone()) == Some(there)) {
            return self.place(&(start..end));
        }
        let before = html.get(..within.start).unwrap_or_default().matches('\n').count();
        let first = self.place(range).line;
        Place::line(first.saturating_add(u32::try_from(before).unwrap_or_default()))
    }

    /// Words for the reader, wherever they stand.
    fn read(&mut self, words: &str, range: &Range<usize>) {
        self.facts.has_content = self.facts.has_content || !words.trim().is_empty();
        self.begun |= self.facts.has_content;
        if self.facts.words.is_none() {
            self.facts.words = Text::some(words).map(|text| (text, self.place(range).line));
        }
        let dropped = if self.may_drop { clean(&without_marks(words)).dropped } else { Vec::new() };
        if !dropped.is_empty() {
            let problem = characters_dropped(self.path, self.place(range), &dropped); // written as entities
            self.problems.push(problem);
        }
    }

    /// Links that were meant and are text, since a space stands in their address.
    fn spaced_links(&mut self, range: &Range<usize>) {
        let text = self.body.get(range.clone()).unwrap_or_default();
        // Most pieces of a text hold no bracket, and none is worth a searcher of its own.
        let closed = memchr_iter(b']', text.as_bytes());
        let opened = |at: &usize| text.as_bytes().get(at + 1) == Some(&b'(');
        for middle in closed.filter(opened).map(|at| range.start + at) {
            let Some((link, instead)) = spaced_link(self.body, middle) else { continue };
            let problem = Problem::new(Code::LinkSpaced, self.path).at(self.place(&link));
            let written = self.body.get(link).unwrap_or_default();
            self.problems.push(problem.with("link", written).with("instead", instead));
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::CodeBlock(_) => self.code = true,
            // A heading far down names a part of the text, not the text.
            Tag::Heading { level, .. }
                if self.facts.heading.is_none() && (!self.begun || *level == HeadingLevel::H1) =>
            {
                (self.text, self.leads) = (Some(String::new()), !self.begun);
            }
            Tag::Paragraph if self.facts.paragraph.is_none() && self.depth == 1 => {
                (self.text, self.leads) = (Some(String::new()), !self.begun);
            }
            Tag::Link { dest_url, link_type, .. } if *link_type != LinkType::Email => {
                self.refer(dest_url, self.place(range));
                self.link(dest_url);
            }
            Tag::Image { dest_url, .. } => {
                (self.facts.has_content, self.begun) = (true, true);
                let place = self.place(range);
                self.refer(dest_url, place);
                self.image = Some((String::new(), place));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(_) => {
                let wanted = self.facts.heading.is_none();
                if let Some(text) = self.telling(wanted, is_no_title) {
                    self.facts.heading = Text::some(&text).map(|text| (text, self.place(range).line));
                }
            }
            TagEnd::Paragraph if self.depth == 0 => {
                let wanted = self.facts.paragraph.is_none();
                if let Some(text) = self.telling(wanted, tells_nothing) {
                    self.facts.paragraph =
                        Text::some(behind_dateline(&text)).map(|text| (text, self.place(range).line));
                }
            }
            TagEnd::CodeBlock => self.code = false,
            TagEnd::Image => {
                let empty = self.image.take().filter(|(alt, _)| alt.trim().is_empty());
                let problem = empty.map(|(_, place)| Problem::new(Code::ImageWithoutAlt, self.path).at(place));
                self.problems.extend(problem);
            }
            _ => {}
        }
    }

    /// The heading or paragraph that was read, where one is wanted; what only says where and when it was written, under
    /// which number, or to whom, is neither a title nor a summary. Few are asked: the question costs as much as reading.
    fn telling(&mut self, wanted: bool, tells_nothing: fn(&str) -> bool) -> Option<String> {
        let text = self.text.take().filter(|_| wanted || self.leads)?;
        if !tells_nothing(&text) {
            return Some(text).filter(|_| wanted);
        }
        self.begun &= !self.leads;
        None
    }

    /// What is linked to may be a file that comes with the item.
    fn link(&mut self, target: &str) {
        let target = without_marks(target);
        if Target::of(&target) == Target::Relative {
            self.facts.linked.push(target.into_owned());
        }
    }

    fn refer(&mut self, target: &str, place: Place) {
        let target = without_marks(target);
        let target = target.as_ref();
        match Target::of(target) {
            Target::Unsafe => {
                self.problems.push(Problem::new(Code::LinkUnsafe, self.path).at(place).with("link", target));
            }
            Target::Relative => self.facts.references.push((target.to_owned(), place)),
            Target::Absolute => self.facts.absolute.push((target.to_owned(), place)),
        }
    }
}

/// Where `[words](an address)` stands in a line and is no link, by the place of its middle, and how it would be one.
fn spaced_link(body: &str, middle: usize) -> Option<(Range<usize>, String)> {
    let (before, behind) = (body.get(..middle)?, body.get(middle + "](".len()..)?);
    let open =
        before.rfind(['[', '\n', ']', '`']).filter(|at| before.get(*at..).is_some_and(|b| b.starts_with('[')))?;
    let (above, words) = (before.get(..open)?, before.get(open + "[".len()..)?);
    let (address, _) = behind.split_once(')').filter(|(address, _)| !address.contains('\n'))?;
    let meant = address.starts_with("http") || is_for_readers(address) || address.ends_with(".html");
    let spaced = address.trim().contains([' ', '\u{a0}']) && !address.contains(['<', '>', '"']);
    let escaped = above.ends_with('\\') || words.ends_with('\\');
    if escaped || words.trim().is_empty() || !spaced || !meant {
        return None;
    }
    let start = above.strip_suffix('!').unwrap_or(above).len();
    let end = middle + "](".len() + address.len() + ")".len();
    Some((start..end, format!("{}](<{}>)", body.get(start..middle)?, address.trim())))
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
