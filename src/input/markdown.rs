//! Markdown: what pass 1 must know of a body, and its HTML for pass 2.
//!
//! CommonMark with tables, footnotes, strikethrough, task lists, bare addresses, heading ids and
//! definition lists.

mod editors;
mod facts;
mod notes;
mod rendering;

use std::mem::discriminant;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag};

pub use self::editors::without_notes;
pub use self::facts::facts;
pub use self::rendering::{Rendering, to_html};

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST);

/// The events of a body with their places in it. A text that nothing parts comes in one piece, and so does raw
/// HTML that spans lines.
fn events(body: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let mut events = Parser::new_ext(body, OPTIONS).into_offset_iter();
    let mut behind = None;
    std::iter::from_fn(move || {
        let (event, place) = behind.take().or_else(|| events.next())?;
        if !matches!(event, Event::Text(_) | Event::Html(_)) {
            return Some((event, place));
        }
        behind = events.next();
        // Nearly every one stands alone.
        let goes_on = behind.as_ref().is_some_and(|(next, _)| discriminant(next) == discriminant(&event));
        Some(if goes_on { joined((event, place), &mut behind, &mut events) } else { (event, place) })
    })
}

/// A text, or raw HTML, with all that follows of its kind, from `behind` on.
fn joined<'a>(
    (first, mut place): (Event<'a>, Range<usize>),
    behind: &mut Option<(Event<'a>, Range<usize>)>,
    events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>,
) -> (Event<'a>, Range<usize>) {
    let kind = discriminant(&first);
    let mut whole = String::new();
    let mut add = |event: &Event<'_>| match event {
        Event::Text(piece) | Event::Html(piece) => whole.push_str(piece),
        _ => {}
    };
    add(&first);
    while let Some((event, range)) = behind.take_if(|(event, _)| discriminant(event) == kind) {
        add(&event);
        place.end = range.end;
        *behind = events.next();
    }
    let whole = CowStr::from(whole);
    (if matches!(first, Event::Html(_)) { Event::Html(whole) } else { Event::Text(whole) }, place)
}

/// Where code stands in a body, in its order: what looks like a command there is none.
pub fn code(body: &str) -> Vec<Range<usize>> {
    let parser = Parser::new_ext(body, OPTIONS).into_offset_iter();
    let is_code = |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
    parser.filter(|(event, _)| is_code(event)).map(|(_, range)| range).collect()
}

/// The same without what is only indented, which is no code in MDX.
pub fn code_in_fences(body: &str) -> Vec<Range<usize>> {
    let parser = Parser::new_ext(body, OPTIONS).into_offset_iter();
    let fenced =
        |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))));
    parser.filter(|(event, _)| fenced(event)).map(|(_, range)| range).collect()
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
        // Nearly every one.
        if address.starts_with("https://") {
            return Self::Absolute;
        }
        let address = address.trim();
        // A computer of the office, `\\serveur\presse\plan.pdf`: a browser would look for it on the web.
        if address.starts_with("\\\\") {
            return Self::Unsafe;
        }
        let Some((scheme, _)) = address.split_once(':') else {
            return Self::Relative;
        };
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        match () {
            () if ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => {
                Self::Absolute
            }
            () if is_scheme || address.bytes().any(|b| b.is_ascii_control()) => Self::Unsafe,
            () => Self::Relative,
        }
    }
}

/// Nothing to see: white space, or one comment.
fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.is_empty() || html.starts_with("<!--") && html.find("-->").is_none_or(|end| end + 3 == html.len())
}

/// Elements that hold no text of the page: what is in them goes with them.
const RAW: [&str; 6] = ["script", "style", "iframe", "noembed", "noframes", "title"];

/// Elements whose own elements no page has elsewhere: in them `<circle/>` is no word between brackets.
const DRAWINGS: [&str; 2] = ["svg", "math"];

/// In what the inline HTML of a body stands; the parser gives it tag by tag, with text between.
#[derive(Debug, Default)]
struct Inline {
    open: Option<&'static str>,
}

impl Inline {
    /// Goes on behind a tag.
    fn tag(&mut self, html: &str) {
        let is = |name: &&'static str| {
            let rest = html.trim_start_matches(['<', '/']);
            let same = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            same && rest.get(name.len()..).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        };
        match self.open {
            Some(open) if html.starts_with("</") && is(&open) => self.open = None,
            None if !html.starts_with("</") => {
                let drawing = DRAWINGS.iter().filter(|_| !html.ends_with("/>"));
                self.open = RAW.iter().chain(drawing).copied().find(is);
            }
            _ => {}
        }
    }

    /// Whether what comes next is no text.
    fn is_raw(&self) -> bool {
        self.open.is_some_and(|open| RAW.contains(&open))
    }

    /// Whether every tag is markup here.
    fn is_drawing(&self) -> bool {
        self.open.is_some_and(|open| DRAWINGS.contains(&open))
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;
    use crate::text::Text;

    fn render(body: &str) -> String {
        to_html(body, Rendering { prefix: "x", title: &Text::new("Titre"), locale: Locale::of("fr") })
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
                .contains("<li id=\"fn-x-1\"><p>Note. <a role=\"doc-backlink\" href=\"#fnref-x-1\" aria-label=\"Retour à l’appel de la note 1\">↩</a></p></li>")
        );
        assert_eq!(render("![une photo](data:x)"), "<p>une photo</p>\n");
        assert_eq!(render("A\n\n<!--\nnot for\n\nreaders\n-->\n\nB\n"), "<p>A</p>\n<p>B</p>\n");
        assert_eq!(render("<!-- more -->\n\nA\n"), "<p>A</p>\n");
        assert_eq!(render("A <b onclick=x>b</b><script>c</script>\n"), "<p>A <b>b</b></p>\n");
        assert_eq!(render("A <svg onload=x><circle r=\"9\"/></svg> <circle>.\n"), "<p>A  &lt;circle&gt;.</p>\n");
    }

    #[test]
    fn what_pass_one_sees() {
        let mut problems = Vec::new();
        let body = "Un\nchapeau.\n\n# Titre\n\n![](a.jpg) [b](data:x) <iframe>\n";
        let facts = facts(body, 10, "x.md", &mut problems);
        assert_eq!(facts.heading, Some((Text::new("Titre"), 13)));
        assert_eq!(facts.paragraph, Some((Text::new("Un chapeau."), 10)));
        assert_eq!(facts.references.len(), 1);
        let codes: Vec<_> = problems.iter().map(|p| (p.code.name(), p.place.unwrap().line)).collect();
        assert_eq!(codes, [("image-without-alt", 15), ("link-unsafe", 15), ("html-removed", 15)]);
        let hidden = "Le <script>a</script>bassin <style>b <b>c</b></style>rouvre <svg><circle/></svg>lundi.\n";
        let facts = self::facts(hidden, 1, "x.md", &mut Vec::new());
        assert_eq!(facts.paragraph, Some((Text::new("Le bassin rouvre lundi."), 1)));
    }
}
