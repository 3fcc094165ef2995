//! Writes elements of a page again, without what only dressed the page: fonts, classes, styles,
//! empty tags. What comes out is well nested, and is sanitised like everything else.

use std::collections::{HashMap, HashSet};

use super::office::{self, Looks};
use super::tree::{Content, Id, Page, is_block};
use crate::html::escape;
use crate::input::addresses;
use crate::input::markdown::Target;
use crate::input::story::note_mark;
use crate::locale::language_tag;
use url::Url;

/// What must be known of a page to write parts of it.
#[derive(Debug)]
pub struct View<'a> {
    /// The page.
    pub page: &'a Page,
    /// How classes look, where that is to be believed.
    pub looks: Looks,
    /// What is not written: furniture of the site, hidden elements, notes.
    pub left_out: HashSet<Id>,
    /// Names that links inside the page lead to.
    pub referred: HashSet<String>,
    /// The number of each note, by the name that its references lead to.
    pub notes: HashMap<String, usize>,
    /// What the marks of notes begin with.
    pub prefix: &'a str,
    /// Where relative addresses start, if the page says it.
    pub base: Base,
    /// Whether an office program wrote the page: the languages in it are those that its spelling was checked in.
    pub is_export: bool,
}

/// From where the addresses of a page are seen.
#[derive(Debug, Default)]
pub struct Base {
    /// `<base href>`: every relative address.
    pub all: Option<Url>,
    /// The page's own address (`rel=canonical`): those from the root of a site. The others may be
    /// files beside the page.
    pub rooted: Option<Url>,
}

/// A paragraph, or a whole element.
#[derive(Debug, Default)]
pub struct Piece {
    /// As HTML.
    pub html: String,
    /// Its words; a line break is `\n`.
    pub text: String,
    /// The line of its first word.
    pub line: u32,
    /// Whether every word of it is bold.
    pub is_strong: bool,
}

/// What is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What stands in a paragraph; two line breaks end it.
    Paragraph,
    /// What stands in a heading, which is bold by itself.
    Heading,
    /// Elements with everything that is in them.
    Whole,
}

/// Attributes that say something.
const KEPT: [&str; 25] = [
    "alt", "cite", "colspan", "controls", "data", "datetime", "headers", "height", "href", "loading", "media", "open",
    "poster", "reversed", "rowspan", "scope", "sizes", "src", "srcset", "start", "title", "type", "value", "width",
    "kind",
];

/// Writes these nodes, in their order; pieces with nothing to read or see are left out.
pub fn write(view: &View<'_>, nodes: &[Id], form: Form, around: Option<&str>) -> Vec<Piece> {
    let mut writer = Writer {
        view,
        form,
        html: String::new(),
        text: String::new(),
        line: None,
        open: Vec::new(),
        space: false,
        breaks: 0,
        preformatted: 0,
        bold: u32::from(form == Form::Heading),
        loud: false,
        quiet: false,
        media: false,
        done: Vec::new(),
    };
    if let Some(start) = around {
        writer.open(start.to_owned(), "</a>");
    }
    for node in nodes {
        writer.node(*node);
    }
    writer.end_piece();
    writer.done
}

/// The start tag of a link, for what stands inside of it in blocks.
pub fn link(view: &View<'_>, id: Id) -> Option<String> {
    view.page.attribute(id, "href").filter(|href| !href.is_empty())?;
    Some(format!("<a{}>", attributes(view, id)))
}

struct Open {
    start: String,
    end: &'static str,
    written: bool,
}

struct Writer<'a> {
    view: &'a View<'a>,
    form: Form,
    html: String,
    text: String,
    line: Option<u32>,
    /// Elements around what is written next; a tag is written with the first word in it.
    open: Vec<Open>,
    space: bool,
    breaks: usize,
    preformatted: u32,
    bold: u32,
    loud: bool,
    quiet: bool,
    media: bool,
    done: Vec<Piece>,
}

impl Writer<'_> {
    fn node(&mut self, id: Id) {
        let page = self.view.page;
        if self.view.left_out.contains(&id) {
            return;
        }
        match page.content(id) {
            Content::Text(text) => self.words(text, page.line(id)),
            Content::Element { name, .. } => self.element(id, name),
            Content::Document | Content::Comment(_) => {}
        }
    }

    fn children(&mut self, id: Id) {
        for child in self.view.page.children(id) {
            self.node(*child);
        }
    }

    fn element(&mut self, id: Id, name: &str) {
        let target = if is_block(name) || self.number(id).is_some() { None } else { self.target(id).map(escape) };
        if let Some(target) = target {
            self.content(self.view.page.line(id));
            self.html.push_str(&format!("<span id=\"{target}\"></span>"));
        }
        match name {
            "br" => {
                self.space = false;
                self.breaks += 1;
            }
            "wbr" => {}
            "a" => self.anchor(id),
            "img" | "embed" => self.void(id, name),
            "iframe" | "canvas" | "math" | "svg" | "form" if !is_block(name) => self.mark(id, name),
            "video" | "audio" | "picture" | "object" => self.media(id, name),
            "button" | "select" | "input" | "textarea" | "datalist" | "output" | "progress" | "meter" => {}
            _ if is_block(name) => self.block(id, name),
            _ => self.inline(id, name),
        }
    }

    /// The name of an element that a link leads to.
    fn target(&self, id: Id) -> Option<&str> {
        let page = self.view.page;
        let names = ["id", "name"].into_iter().filter_map(|key| page.attribute(id, key));
        names.into_iter().find(|name| self.view.referred.contains(*name))
    }

    /// The number of the note that a link leads to.
    fn number(&self, id: Id) -> Option<usize> {
        let is_link = self.view.page.name(id) == "a";
        let name = office::note(self.view.page, id).filter(|_| is_link)?;
        self.view.notes.get(name).copied()
    }

    fn anchor(&mut self, id: Id) {
        let page = self.view.page;
        if let Some(number) = self.number(id) {
            self.content(page.line(id));
            self.html.push_str(&note_mark(self.view.prefix, number));
            return;
        }
        match link(self.view, id) {
            Some(start) => self.within(id, start, "</a>"),
            None => self.inline(id, ""),
        }
    }

    /// Everything that is set in a line.
    fn inline(&mut self, id: Id, name: &str) {
        // The mark of a note is raised by itself.
        if name == "sup" && self.view.page.children(id).iter().any(|child| self.number(*child).is_some()) {
            return self.children(id);
        }
        let look = self.view.looks.get(self.view.page, id);
        let bold = look.bold.unwrap_or(matches!(name, "b" | "strong"));
        let mut tags: Vec<(&'static str, &'static str)> = Vec::new();
        if bold && self.bold == 0 {
            tags.push(("strong", "</strong>"));
        }
        if look.italic.unwrap_or(matches!(name, "i" | "em")) {
            tags.push(("em", "</em>"));
        }
        if look.struck && !matches!(name, "s" | "del") {
            tags.push(("s", "</s>"));
        }
        match look.shift {
            Some("sup") if name != "sup" => tags.push(("sup", "</sup>")),
            Some("sub") if name != "sub" => tags.push(("sub", "</sub>")),
            _ => {}
        }
        let own: Option<(&'static str, &'static str)> = match name {
            "abbr" | "acronym" => Some(("abbr", "</abbr>")),
            "bdo" => Some(("bdo", "</bdo>")),
            "bdi" => Some(("bdi", "</bdi>")),
            "cite" => Some(("cite", "</cite>")),
            "code" | "tt" => Some(("code", "</code>")),
            "data" => Some(("data", "</data>")),
            "del" => Some(("del", "</del>")),
            "dfn" => Some(("dfn", "</dfn>")),
            "ins" if self.view.page.attribute(id, "cite").is_none() => Some(("ins", "</ins>")),
            "kbd" => Some(("kbd", "</kbd>")),
            "mark" => Some(("mark", "</mark>")),
            "q" => Some(("q", "</q>")),
            "ruby" => Some(("ruby", "</ruby>")),
            "rt" => Some(("rt", "</rt>")),
            "rp" => Some(("rp", "</rp>")),
            "s" | "strike" => Some(("s", "</s>")),
            "samp" => Some(("samp", "</samp>")),
            "small" => Some(("small", "</small>")),
            "sub" => Some(("sub", "</sub>")),
            "sup" => Some(("sup", "</sup>")),
            "time" => Some(("time", "</time>")),
            "u" => Some(("u", "</u>")),
            "var" => Some(("var", "</var>")),
            _ => None,
        };
        let spoken = if own.is_none() { spoken(self.view, id) } else { String::new() };
        if tags.is_empty() && !spoken.is_empty() {
            tags.push(("span", "</span>"));
        }
        let count = tags.len() + usize::from(own.is_some());
        for (index, (tag, end)) in tags.into_iter().enumerate() {
            self.open(format!("<{tag}{}>", if index == 0 { spoken.as_str() } else { "" }), end);
        }
        if let Some((tag, end)) = own {
            self.open(format!("<{tag}{}>", attributes(self.view, id)), end);
        }
        self.bold += u32::from(bold);
        self.children(id);
        self.bold -= u32::from(bold);
        (0..count).for_each(|_| self.close());
    }

    fn within(&mut self, id: Id, start: String, end: &'static str) {
        self.open(start, end);
        self.children(id);
        self.close();
    }

    fn block(&mut self, id: Id, name: &str) {
        let end = match name {
            _ if self.form != Form::Whole => None,
            "blockquote" => Some("</blockquote>"),
            "caption" => Some("</caption>"),
            "dd" => Some("</dd>"),
            "details" => Some("</details>"),
            "dl" => Some("</dl>"),
            "dt" => Some("</dt>"),
            "figcaption" => Some("</figcaption>"),
            "figure" => Some("</figure>"),
            "h1" | "h2" => Some("</h2>"),
            "h3" => Some("</h3>"),
            "h4" => Some("</h4>"),
            "h5" => Some("</h5>"),
            "h6" => Some("</h6>"),
            "li" => Some("</li>"),
            "ol" => Some("</ol>"),
            "pre" => Some("</pre>"),
            "summary" => Some("</summary>"),
            "table" => Some("</table>"),
            "tbody" => Some("</tbody>"),
            "td" => Some("</td>"),
            "tfoot" => Some("</tfoot>"),
            "th" => Some("</th>"),
            "thead" => Some("</thead>"),
            "tr" => Some("</tr>"),
            "ul" | "menu" | "dir" => Some("</ul>"),
            _ => None,
        };
        self.boundary();
        if name == "hr" && self.form == Form::Whole {
            self.html.push_str("<hr>");
            return;
        }
        match end {
            Some(end) => {
                let tag = end.trim_start_matches("</").trim_end_matches('>');
                self.open(format!("<{tag}{}>", attributes(self.view, id)), end);
                self.start();
                self.preformatted += u32::from(name == "pre");
                let heading = name.starts_with('h') && self.form == Form::Whole || name == "th";
                self.bold += u32::from(heading);
                self.children(id);
                self.bold -= u32::from(heading);
                self.preformatted -= u32::from(name == "pre");
                self.end_line();
                self.close();
            }
            // A box that is a line of its own between others is a paragraph.
            None if self.form == Form::Whole
                && !self.view.page.holds_blocks(id)
                && (self.open.is_empty() || !self.is_alone(id)) =>
            {
                self.open(format!("<p{}>", spoken(self.view, id)), "</p>");
                self.children(id);
                self.end_line();
                self.close();
            }
            None => match spoken(self.view, id) {
                spoken if spoken.is_empty() || self.view.page.holds_blocks(id) => self.children(id),
                spoken => self.within(id, format!("<span{spoken}>"), "</span>"),
            },
        }
        self.boundary();
    }

    /// Whether nothing else stands beside an element.
    fn is_alone(&self, id: Id) -> bool {
        let page = self.view.page;
        let empty = |other: &Id| match page.content(*other) {
            Content::Text(text) => text.trim_ascii().is_empty(),
            Content::Comment(_) => true,
            _ => self.view.left_out.contains(other),
        };
        page.parent(id).is_some_and(|parent| page.children(parent).iter().all(|other| *other == id || empty(other)))
    }

    fn media(&mut self, id: Id, name: &str) {
        self.content(self.view.page.line(id));
        self.media = true;
        self.html.push_str(&format!("<{name}{}>", attributes(self.view, id)));
        // What else stands inside is for programs that cannot play it.
        for child in self.view.page.children(id) {
            if matches!(self.view.page.name(*child), "source" | "track" | "img" | "embed") {
                self.void(*child, self.view.page.name(*child));
            }
        }
        self.html.push_str(&format!("</{name}>"));
    }

    fn void(&mut self, id: Id, name: &str) {
        self.content(self.view.page.line(id));
        self.media = true;
        self.html.push_str(&format!("<{name}{}>", attributes(self.view, id)));
    }

    /// What no feed can hold: its tag alone stays, so that it is said.
    fn mark(&mut self, id: Id, name: &str) {
        let page = self.view.page;
        // The small pictures of buttons and links.
        let small = name == "svg" && page.above(id).any(|up| matches!(page.name(up), "a" | "button" | "span"));
        if small {
            return;
        }
        self.content(page.line(id));
        self.media = true;
        self.html.push_str(&format!("<{name}{}></{name}>", attributes(self.view, id)));
    }

    fn open(&mut self, start: String, end: &'static str) {
        self.open.push(Open { start, end, written: false });
    }

    fn close(&mut self) {
        if let Some(open) = self.open.pop()
            && open.written
        {
            self.html.push_str(open.end);
        }
    }

    /// Writes what waited for something to come.
    fn content(&mut self, line: u32) {
        self.line.get_or_insert(line);
        match self.breaks {
            0 => {}
            breaks if breaks > 1 && self.form == Form::Paragraph => self.end_piece(),
            breaks => {
                if !self.html.is_empty() {
                    (0..breaks.min(2)).for_each(|_| self.html.push_str("<br>"));
                    self.text.push('\n');
                }
            }
        }
        self.breaks = 0;
        self.line.get_or_insert(line);
        if std::mem::take(&mut self.space) && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.html.push(' ');
            self.text.push(' ');
        }
        self.start();
    }

    fn start(&mut self) {
        for open in self.open.iter_mut().filter(|open| !open.written) {
            self.html.push_str(&open.start);
            open.written = true;
        }
    }

    fn words(&mut self, text: &str, line: u32) {
        if self.preformatted > 0 {
            self.content(line);
            self.html.push_str(&escape(text));
            self.text.push_str(text);
            return;
        }
        let mut first = true;
        for word in text.split(|c: char| c.is_ascii_whitespace()) {
            self.space |= !std::mem::take(&mut first);
            if word.is_empty() {
                continue;
            }
            self.content(line);
            self.html.push_str(&escape(word));
            self.text.push_str(word);
            if word.contains(char::is_alphanumeric) {
                self.loud |= self.bold > 0;
                self.quiet |= self.bold == 0;
            }
        }
        if self.text.is_empty() {
            self.space = false;
        }
    }

    /// Between two parts that each stand on lines of their own.
    fn boundary(&mut self) {
        self.end_line();
        if self.form != Form::Whole && !self.text.is_empty() {
            self.space = true;
        }
    }

    fn end_line(&mut self) {
        self.space = false;
        self.breaks = 0;
        if self.form == Form::Whole && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Closes what is open, and opens it again in what follows.
    fn end_piece(&mut self) {
        for open in self.open.iter_mut().rev() {
            if std::mem::take(&mut open.written) {
                self.html.push_str(open.end);
            }
        }
        self.space = false;
        self.breaks = 0;
        let html = std::mem::take(&mut self.html);
        let text = std::mem::take(&mut self.text).trim_end_matches([' ', '\n']).to_owned();
        let visible = |c: char| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
        let (line, media) = (self.line.take(), std::mem::take(&mut self.media));
        let (loud, quiet) = (std::mem::take(&mut self.loud), std::mem::take(&mut self.quiet));
        if text.contains(visible) || media {
            let is_strong = loud && !quiet && self.form == Form::Paragraph;
            self.done.push(Piece { html, text, line: line.unwrap_or(1), is_strong });
        }
    }
}

/// An address as it was meant, where the page says from where it is seen.
fn address(view: &View<'_>, written: &str) -> String {
    if let Some(direct) = addresses::direct(written) {
        return direct;
    }
    let base = view.base.all.as_ref().or(view.base.rooted.as_ref().filter(|_| written.starts_with('/')));
    let is_own = written.starts_with('#') || Target::of(written) != Target::Relative;
    base.filter(|_| !is_own).and_then(|base| base.join(written).ok()).map_or_else(|| written.to_owned(), String::from)
}

/// What Word adds to a description is not for readers.
fn without_machine(alt: &str) -> String {
    const REMARKS: [&str; 3] = [
        "Description générée automatiquement",
        "Description automatically generated",
        "AI-generated content may be incorrect.",
    ];
    let alt = ["Description : ", "Description\u{a0}: ", "Description: "]
        .iter()
        .find_map(|name| alt.strip_prefix(name))
        .unwrap_or(alt);
    let lines = alt.lines().map(str::trim).filter(|line| !line.is_empty() && !REMARKS.contains(line));
    lines.collect::<Vec<_>>().join(" ")
}

fn address_set(view: &View<'_>, set: &str) -> String {
    let candidates = set.split(", ").map(|candidate| {
        let (written, size) = candidate.trim().split_once(' ').unwrap_or((candidate.trim(), ""));
        format!("{} {size}", address(view, written)).trim_end().to_owned()
    });
    candidates.collect::<Vec<_>>().join(", ")
}

/// The language and the direction that an element gives to its words, as attributes with a space in front of each:
/// where they are others than those around it.
pub fn spoken(view: &View<'_>, id: Id) -> String {
    told(view, |key| (said(view, id, key), view.page.above(id).find_map(|up| said(view, up, key))))
}

/// The same of an element that is written without the boxes around it: where they are others than the page's.
pub fn spoken_in_page(view: &View<'_>, id: Id) -> String {
    let page = view.page;
    told(view, |key| {
        let here = std::iter::once(id).chain(page.above(id)).find(|up| said(view, *up, key).is_some());
        let is_page = |up: &Id| matches!(page.name(*up), "html" | "body");
        let around = page.above(id).filter(is_page).find_map(|up| said(view, up, key));
        (here.filter(|here| !is_page(here)).and_then(|here| said(view, here, key)), around)
    })
}

fn told(view: &View<'_>, of: impl Fn(&str) -> (Option<String>, Option<String>)) -> String {
    let mut written = String::new();
    for key in ["lang", "dir"].into_iter().skip(usize::from(view.is_export)) {
        let (own, around) = of(key);
        let around = around.or_else(|| (key == "dir").then(|| "ltr".to_owned()));
        if let Some(own) = own.filter(|own| around.as_ref() != Some(own)) {
            written.push_str(&format!(" {key}=\"{}\"", escape(&own)));
        }
    }
    written
}

/// What an element says of the language or the direction of its words, if that is one.
fn said(view: &View<'_>, id: Id, key: &str) -> Option<String> {
    let value = view.page.attribute(id, key)?.trim();
    match key {
        "dir" => ["ltr", "rtl", "auto"].into_iter().find(|known| value.eq_ignore_ascii_case(known)).map(str::to_owned),
        _ => language_tag(value).ok(),
    }
}

/// The attributes of an element that are kept, with a space in front of each.
fn attributes(view: &View<'_>, id: Id) -> String {
    let page = view.page;
    let name = page.name(id);
    let mut written = String::new();
    let mut add = |key: &str, value: &str| written.push_str(&format!(" {key}=\"{}\"", escape(value)));
    let late = |keys: &[&str]| keys.iter().find_map(|key| page.attribute(id, key)).filter(|value| !value.is_empty());
    let is_stand_in = |value: &str| value.is_empty() || value.starts_with("data:");
    // Pictures that a script would load: `src` is a dot until then.
    let source = page.attribute(id, "src").filter(|src| !is_stand_in(src));
    let source = source
        .or_else(|| late(&["data-src", "data-lazy-src", "data-original"]).filter(|_| matches!(name, "img" | "iframe")));
    for (key, value) in page.attributes(id) {
        let value = value.trim();
        match key.as_str() {
            key if value.is_empty() && key != "alt" && key != "controls" && key != "open" => {}
            "src" if name == "img" || name == "iframe" => {}
            "src" | "href" | "poster" | "cite" | "data" => add(key, &address(view, value)),
            "srcset" => add(key, &address_set(view, value)),
            "id" if view.referred.contains(value) && is_block(name) => add(key, value),
            "class" if matches!(name, "code" | "pre") => {
                let language = value.split_ascii_whitespace().find(|class| class.starts_with("language-"));
                language.into_iter().for_each(|class| add(key, class));
            }
            "type" if !matches!(name, "source" | "object" | "embed") => {}
            "width" | "height" if matches!(name, "table" | "td" | "th" | "tr" | "col") => {}
            "alt" => add(key, &without_machine(value)),
            key if KEPT.contains(&key) => add(key, value),
            _ => {}
        }
    }
    if matches!(name, "img" | "iframe") {
        source.or_else(|| page.attribute(id, "src")).into_iter().for_each(|src| add("src", &address(view, src)));
        let set = late(&["data-srcset", "data-lazy-srcset"]).filter(|_| page.attribute(id, "srcset").is_none());
        set.into_iter().for_each(|set| add("srcset", &address_set(view, set)));
    }
    if matches!(name, "td" | "th") {
        let align = page.attribute(id, "align").or_else(|| {
            let style = page.attribute(id, "style")?;
            style
                .split(';')
                .filter_map(|part| part.split_once(':'))
                .find(|(key, _)| key.trim() == "text-align")
                .map(|(_, v)| v.trim())
        });
        let known = align.filter(|align| ["center", "right", "justify"].contains(align));
        known.into_iter().for_each(|align| add("style", &format!("text-align:{align}")));
    }
    written.push_str(&spoken(view, id));
    written
}
