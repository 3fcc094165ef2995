//! Pass 2: the body as HTML.

use std::collections::HashMap;

use memchr::memmem;
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd, html as writer};

use super::notes::Notes;
use super::{Inline, Target, events, is_comment, slug};
use crate::html;
use crate::input::addresses;
use crate::input::anatomy::{is_no_title, tells_nothing};
use crate::locale::Locale;
use crate::text::{Text, clean, repeats, without_marks};

/// How a body is to be rendered.
#[derive(Debug, Clone, Copy)]
pub struct Rendering<'a> {
    /// What the ids of footnotes begin with.
    pub prefix: &'a str,
    /// The item's title: a first heading that says the same is not repeated.
    pub title: &'a Text,
    /// The words of its language.
    pub locale: &'a Locale,
}

/// The body as HTML: safe, but with addresses as the author wrote them ([`html::finish`] is next).
pub fn to_html(body: &str, rendering: Rendering<'_>) -> String {
    // Not to be moved while they become more: of prose there is one for every dozen letters.
    let mut parsed = Vec::with_capacity(body.len() / 12);
    parsed.extend(events(body).map(|(event, _)| event));
    let mut events: Vec<Event<'_>> = parsed;
    drop_title(&mut events, rendering.title);
    head_ids(&mut events);
    let mut writing = Writing {
        main: Vec::with_capacity(events.len()),
        notes: Notes::new(rendering.prefix),
        dropped: Vec::new(),
        no_links: 0,
        inline: Inline::default(),
        raw: false,
    };
    for event in &events {
        if let Event::FootnoteReference(label) = event {
            writing.notes.number(label);
        }
    }
    for event in events {
        writing.event(event);
    }
    let mut out = String::with_capacity(body.len() * 5 / 4);
    writer::push_html(&mut out, writing.main.into_iter());
    writing.notes.write(rendering.locale, &mut out);
    // A character written as an entity (`&#11;`) is only seen once it is HTML.
    let out = without_marks(&clean(&out).text).into_owned();
    let has_table = memmem::find(out.as_bytes(), b"<table>").is_some();
    let out = if has_table { cells(&out) } else { out };
    html::placed(if writing.raw { html::sanitise(&out) } else { out })
}

/// Cells as feeds and pages have them: a head says what it is the head of, and how a cell stands is a
/// class, since no feed may hold a style (HT-02).
fn cells(html: &str) -> String {
    let mut out = replaced(html, "<th>", "<th scope=\"col\">");
    out = replaced(&out, "<th style=", "<th scope=\"col\" style=");
    for side in ["left", "center", "right"] {
        out = replaced(&out, &format!(" style=\"text-align: {side}\">"), &format!(" class=\"align-{side}\">"));
    }
    out
}

/// As [`str::replace`], for what is rare in a long text.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut end = 0;
    for at in memmem::find_iter(text.as_bytes(), from) {
        out.push_str(text.get(end..at).unwrap_or_default());
        out.push_str(to);
        end = at + from.len();
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

/// Turns the parser's events into those that are written.
struct Writing<'a> {
    main: Vec<Event<'a>>,
    notes: Notes<'a>,
    /// For each open link or picture, whether its tags were left out.
    dropped: Vec<bool>,
    /// How many elements are open in which no address becomes a link.
    no_links: u32,
    /// In what inline HTML we are.
    inline: Inline,
    /// Whether the author wrote HTML.
    raw: bool,
}

impl<'a> Writing<'a> {
    fn event(&mut self, event: Event<'a>) {
        if let Event::InlineHtml(tag) = &event {
            self.inline.tag(tag);
        }
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => self.notes.open(&label),
            Event::End(TagEnd::FootnoteDefinition) => self.notes.close(),
            Event::FootnoteReference(label) => {
                let mark = self.notes.refer(&label);
                self.push(mark);
            }
            // A form element has no place in a feed.
            Event::TaskListMarker(done) => self.push(Event::Text(CowStr::Borrowed(if done { "☑ " } else { "☐ " }))),
            Event::Html(text) | Event::InlineHtml(text) if is_comment(&text) => {}
            Event::InlineHtml(text) if !html::is_markup(&text) && !self.inline.is_drawing() => {
                self.push(Event::Text(text))
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                self.raw = true;
                self.anchor(&event);
                self.push(event);
            }
            Event::Start(Tag::Link { ref dest_url, link_type, .. }) => {
                let safe = link_type == LinkType::Email || Target::of(dest_url) != Target::Unsafe;
                self.start(event, safe);
            }
            Event::Start(Tag::Image { ref dest_url, .. }) => {
                let safe = Target::of(dest_url) != Target::Unsafe;
                self.start(event, safe);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                self.no_links = self.no_links.saturating_sub(1);
                if self.dropped.pop() != Some(true) {
                    self.push(event);
                }
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.no_links += 1;
                self.push(event);
            }
            Event::End(TagEnd::CodeBlock) => {
                self.no_links = self.no_links.saturating_sub(1);
                self.push(event);
            }
            Event::Text(text) if self.no_links == 0 => bare_addresses(text, |event| self.push(event)),
            event => self.push(event),
        }
    }

    /// Inside an anchor that the author wrote by hand, no address becomes another one.
    fn anchor(&mut self, event: &Event<'_>) {
        if let Event::InlineHtml(html) = event {
            let html = html.to_ascii_lowercase();
            if html.starts_with("<a ") {
                self.no_links += 1;
            } else if html.starts_with("</a") {
                self.no_links = self.no_links.saturating_sub(1);
            }
        }
    }

    /// A link or picture; what leads nowhere safe leaves only its words.
    fn start(&mut self, event: Event<'a>, safe: bool) {
        self.no_links += 1;
        self.dropped.push(!safe);
        if safe {
            self.push(event);
        }
    }

    fn push(&mut self, event: Event<'a>) {
        self.notes.current().unwrap_or(&mut self.main).push(event);
    }
}

/// Removes a first heading that only repeats the title.
fn drop_title(events: &mut Vec<Event<'_>>, title: &Text) {
    let starts = |event: &Event<'_>| matches!(event, Event::Start(Tag::Heading { .. }));
    let of_title = |at: &usize| events.get(*at).is_some_and(starts) && repeats(&block(events, *at).1, title);
    let Some(heading) = (0..events.len()).find(of_title) else { return };
    // Where, when and to whom it was written may stand above it. Few texts repeat their title: no other is asked.
    let leads = |event: &Event<'_>| {
        matches!(event, Event::Html(text) if is_comment(text))
            || matches!(event, Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock))
    };
    let mut at = 0;
    while at < heading {
        let (length, text) = block(events, at);
        match events.get(at) {
            Some(event) if leads(event) => at += 1,
            Some(Event::Start(Tag::Heading { .. })) if is_no_title(&text) => at += length,
            Some(Event::Start(Tag::Paragraph)) if tells_nothing(&text) => at += length,
            _ => return,
        }
    }
    let (length, _) = block(events, heading);
    events.drain(heading..heading + length);
}

/// How many events the heading or paragraph has that begins here, its end included, and its words.
fn block(events: &[Event<'_>], at: usize) -> (usize, String) {
    let ends = |event: &Event<'_>| matches!(event, Event::End(TagEnd::Heading(_) | TagEnd::Paragraph));
    let block = events.get(at..).unwrap_or_default();
    let length = block.iter().position(ends).map_or(block.len(), |end| end + 1);
    (length, block.iter().take(length).filter_map(plain).collect())
}

fn plain<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some("\n"),
        _ => None,
    }
}

/// Gives every heading an id of its own words.
fn head_ids(events: &mut [Event<'_>]) {
    let mut taken: HashMap<String, u32> = HashMap::new();
    for index in 0..events.len() {
        if !matches!(events.get(index), Some(Event::Start(Tag::Heading { .. }))) {
            continue;
        }
        let inner = events.iter().skip(index).take_while(|e| !matches!(e, Event::End(TagEnd::Heading(_))));
        let text: String = inner.filter_map(plain).collect();
        if let Some(Event::Start(Tag::Heading { id, attrs, .. })) = events.get_mut(index) {
            attrs.clear(); // what sanitised HTML may not hold, `{style=…}` may not either
            let wanted = slug(id.as_deref().unwrap_or(&text));
            let count = taken.entry(wanted.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { wanted } else { format!("{wanted}-{count}") };
            *id = (!name.is_empty()).then(|| name.into());
        }
    }
}

/// Makes links of `https://…`, `www.…` and e-mail addresses that stand in the text as they are.
fn bare_addresses<'a>(text: CowStr<'a>, mut push: impl FnMut(Event<'a>)) {
    if !addresses::may_hold_one(&text) {
        push(Event::Text(text));
        return;
    }
    for (words, address) in addresses::spans(&text) {
        let text = Event::Text(words.to_owned().into());
        match address {
            None => push(text),
            Some(address) => {
                push(Event::Start(Tag::Link {
                    link_type: LinkType::Inline,
                    dest_url: address.into(),
                    title: "".into(),
                    id: "".into(),
                }));
                push(text);
                push(Event::End(TagEnd::Link));
            }
        }
    }
}
