//! The text of a page: which part of it is the text, and its blocks.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::office::{self, Looks};
use super::tree::{Content, Id, Page, ROOT};
use super::writer::{self, Base, Form, Piece, View};
use crate::input::banner;
use crate::input::story::{Block, BlockKind};
use url::Url;

/// The text of a page.
#[derive(Debug, Default)]
pub struct Body {
    /// In order.
    pub blocks: Vec<Block>,
    /// The inner HTML of each note.
    pub notes: Vec<String>,
    /// What stands around the text, or is not shown.
    pub margins: Vec<String>,
}

/// Classes that sites have in common for what is not the text.
const FURNITURE: [&str; 34] = [
    "addtoany_share_save_container",
    "author-box",
    "breadcrumb",
    "breadcrumbs",
    "comment-respond",
    "comments-area",
    "cookie-banner",
    "entry-footer",
    "entry-meta",
    "jp-relatedposts",
    "nav-links",
    "navigation",
    "no-print",
    "post-meta",
    "post-navigation",
    "posts-navigation",
    "print-hidden",
    "related-posts",
    "screen-reader-text",
    "share-buttons",
    "sharedaddy",
    "sharing",
    "sidebar",
    "skip-link",
    "social-links",
    "social-share",
    "sr-only",
    "toc_container",
    "visually-hidden",
    "visuallyhidden",
    "wp-block-post-comments",
    "wp-block-post-navigation-link",
    "wp-block-social-links",
    "yarpp-related",
];

/// The parts of a page that may be its text, the most telling first.
pub fn candidates(page: &Page) -> Vec<Id> {
    let all = |wanted: &dyn Fn(Id) -> bool| page.below(ROOT).filter(|id| wanted(*id)).collect::<Vec<_>>();
    let only = |ids: Vec<Id>| match ids.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let outer = |id: &Id| page.name(*id) == "article" && page.above(*id).all(|up| page.name(up) != "article");
    let articles = all(&|id| outer(&id));
    let titled = |id: &Id| page.below(*id).any(|below| page.name(below) == "h1");
    let article = only(articles.clone()).or_else(|| only(articles.into_iter().filter(titled).collect()));
    [
        only(all(&|id| page.has_word(id, "itemprop", "articleBody"))),
        only(all(&|id| page.has_word(id, "class", "entry-content") || page.has_word(id, "class", "e-content"))),
        article,
        only(all(&|id| page.name(id) == "main")),
        only(all(&|id| page.attribute(id, "role") == Some("main"))),
        page.below(ROOT).find(|id| page.name(*id) == "body"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether an element is not for readers of the text, wherever it stands.
fn is_left_out(page: &Page, id: Id) -> bool {
    let attribute = |name: &str| page.attribute(id, name);
    let hidden = || {
        let style = attribute("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
        attribute("hidden").is_some() || style.contains("display:none") || style.contains("visibility:hidden")
    };
    match page.name(id) {
        "" => false,
        "script" | "style" | "noscript" | "template" | "head" | "title" | "meta" | "link" | "base" | "param"
        | "nav" => true,
        "svg" => attribute("aria-hidden") == Some("true") || attribute("role") == Some("presentation"),
        "dialog" => attribute("open").is_none(),
        _ => {
            let class = attribute("class").unwrap_or_default();
            let role = matches!(
                attribute("role"),
                Some("navigation" | "search" | "dialog" | "alertdialog" | "menu" | "menubar")
            );
            role || hidden()
                || class.split_ascii_whitespace().any(|class| FURNITURE.contains(&class))
                || office::is_inner(page, id)
        }
    }
}

/// Whether it belongs to the site around the text.
fn is_around(page: &Page, id: Id) -> bool {
    let within = |names: &[&str]| page.above(id).any(|up| names.contains(&page.name(up)));
    match (page.name(id), page.attribute(id, "role")) {
        ("header" | "footer", None) => !within(&["article", "section", "main", "aside"]),
        ("aside", None) => !within(&["article", "main"]),
        (_, Some("banner" | "contentinfo" | "complementary")) => !within(&["article", "main"]),
        _ => false,
    }
}

/// Whether an element or one around it is left out.
pub fn is_hidden(page: &Page, id: Id) -> bool {
    std::iter::once(id).chain(page.above(id)).any(|up| is_left_out(page, up))
}

/// Reads what stands below `root`; `title` is the element that is known to be the title.
pub fn read(page: &Page, root: Id, title: Option<Id>, is_export: bool, prefix: &str) -> Body {
    let mut view = View {
        page,
        looks: Looks::of(page),
        left_out: page.below(root).filter(|id| is_left_out(page, *id)).collect(),
        referred: referred(page, root),
        notes: HashMap::new(),
        prefix,
        base: base(page),
        is_export,
    };
    view.left_out.extend(office::paper_of_google(page));
    if page.name(root) == "body" {
        view.left_out.extend(page.below(root).filter(|id| is_around(page, *id)));
    }
    let containers = notes(&mut view, root);
    let notes: Vec<String> = containers.iter().map(|container| note(&view, *container)).collect();
    view.left_out.extend(containers);
    let mut reader = Reader { view: &view, title, blocks: Vec::new(), points: Vec::new() };
    if let Some(title) = title.filter(|title| page.above(*title).all(|up| up != root)) {
        reader.heading(title, BlockKind::Title);
    }
    reader.flow(root, None);
    reader.end_list();
    let mut blocks = reader.blocks;
    if !notes.is_empty() {
        // The line above them.
        while blocks.last().is_some_and(|block| block.kind == BlockKind::Rule) {
            blocks.pop();
        }
    }
    Body { blocks, notes, margins: margins(page) }
}

/// The lines of what stands around the text or is hidden, where one of them speaks of an embargo and
/// of nothing else: the rest is the site's.
fn margins(page: &Page) -> Vec<String> {
    let is_program = |id: Id| matches!(page.name(id), "script" | "style" | "noscript" | "template" | "head" | "nav");
    // A link leads to other texts.
    let is_menu = |id: Id| matches!(page.name(id), "nav" | "a") || is_program(id);
    let paper = office::paper_of_google(page);
    let is_outside = |id: Id| is_left_out(page, id) || is_around(page, id) || paper.contains(&id);
    let outside = page.below(ROOT).filter(|id| is_outside(*id) && !is_program(*id));
    let lines = outside.flat_map(|id| {
        let said = page.below(id).filter(|below| !page.above(*below).any(is_menu));
        let words = said.filter_map(|below| match page.content(below) {
            Content::Text(text) => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            _ => None,
        });
        let words: Vec<String> = words.filter(|text| !text.is_empty()).collect();
        words.iter().cloned().chain([words.join(" ")]).collect::<Vec<_>>()
    });
    let comments = page.below(ROOT).filter_map(|id| match page.content(id) {
        Content::Comment(text) => Some(text.lines().map(str::to_owned).collect::<Vec<_>>()),
        _ => None,
    });
    let lines = lines.chain(comments.flatten());
    lines.filter(|line| banner::is_embargo(line) && banner::is_nothing_else(line)).collect()
}

/// From where the page's addresses are seen.
fn base(page: &Page) -> Base {
    let web =
        |id: Id| Url::parse(page.attribute(id, "href")?).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let first = |wanted: &dyn Fn(Id) -> bool| page.below(ROOT).find(|id| wanted(*id)).and_then(web);
    Base {
        all: first(&|id| page.name(id) == "base" && page.attribute(id, "href").is_some()),
        rooted: first(&|id| page.name(id) == "link" && page.has_word(id, "rel", "canonical")),
    }
}

/// What links inside the text lead to.
fn referred(page: &Page, root: Id) -> HashSet<String> {
    let links = page.below(root).filter(|id| page.name(*id) == "a").filter_map(|id| page.attribute(id, "href"));
    links.filter_map(|href| href.strip_prefix('#')).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Numbers the notes by their references, and finds the element of each.
fn notes(view: &mut View<'_>, root: Id) -> Vec<Id> {
    let page = view.page;
    let named: HashMap<&str, Id> = page
        .below(root)
        .flat_map(|id| ["id", "name"].into_iter().filter_map(move |key| Some((page.attribute(id, key)?, id))))
        .collect();
    let mut containers = Vec::new();
    for link in page.below(root).filter(|id| page.name(*id) == "a") {
        let Some(name) = office::note(page, link).filter(|name| !view.notes.contains_key(*name)) else { continue };
        let Some(definition) = named.get(name).copied().filter(|id| *id != link) else { continue };
        let is_box = |id: &Id| {
            let id = page.attribute(*id, "id").unwrap_or_default();
            ["ftn", "edn", "sdfootnote", "sdendnote"].iter().any(|prefix| id.starts_with(prefix))
        };
        let around: Vec<Id> = std::iter::once(definition).chain(page.above(definition)).collect();
        let boxed = around.iter().copied().find(|id| page.name(*id) == "div" && is_box(id));
        let line = around.iter().copied().find(|id| matches!(page.name(*id), "p" | "li" | "div"));
        let Some(container) = boxed.or(line).filter(|id| *id != root) else { continue };
        containers.push(container);
        view.notes.insert(name.to_owned(), containers.len());
        view.left_out.insert(definition);
    }
    containers
}

/// What a note says, without its number.
fn note(view: &View<'_>, container: Id) -> String {
    let page = view.page;
    let paragraphs: Vec<Id> = page.below(container).filter(|id| page.name(*id) == "p").collect();
    let parts = if paragraphs.is_empty() { vec![container] } else { paragraphs };
    let pieces = parts.iter().flat_map(|part| writer::write(view, page.children(*part), Form::Paragraph, None));
    pieces.map(|piece| piece.html.trim_matches([' ', '\u{a0}']).to_owned()).collect::<Vec<_>>().join("<br>")
}

/// A point of a list that Word wrote as a paragraph.
struct Point {
    level: usize,
    counts: bool,
    start: Option<u32>,
    piece: Piece,
}

struct Reader<'a> {
    view: &'a View<'a>,
    title: Option<Id>,
    blocks: Vec<Block>,
    points: Vec<Point>,
}

impl Reader<'_> {
    /// Adds what was written of the element `id`.
    fn push(&mut self, kind: BlockKind, piece: Piece, id: Id) {
        self.end_list();
        let Piece { html, text, line, is_strong } = piece;
        let spoken = writer::spoken_in_page(self.view, id);
        self.blocks.push(Block { kind, html, text, is_strong, line, spoken, ..Block::default() });
    }

    /// Goes through what stands in an element that is only a box.
    fn flow(&mut self, id: Id, link: Option<&str>) {
        let page = self.view.page;
        let mut run: Vec<Id> = Vec::new();
        for child in page.children(id).iter().copied() {
            match page.content(child) {
                Content::Text(_) => run.push(child),
                Content::Element { name, .. } if !self.view.left_out.contains(&child) => {
                    if super::tree::is_block(name) || page.holds_blocks(child) {
                        self.paragraphs(id, &std::mem::take(&mut run), link);
                        self.block(child, name, link);
                    } else {
                        run.push(child);
                    }
                }
                _ => {}
            }
        }
        self.paragraphs(id, &run, link);
    }

    fn paragraphs(&mut self, id: Id, run: &[Id], link: Option<&str>) {
        for piece in writer::write(self.view, run, Form::Paragraph, link) {
            self.push(BlockKind::Paragraph, piece, id);
        }
    }

    fn block(&mut self, id: Id, name: &str, link: Option<&str>) {
        let page = self.view.page;
        match name {
            _ if self.title == Some(id) => self.heading(id, BlockKind::Title),
            // What is under a picture is no beginning of a text.
            "p" | "div" if !page.holds_blocks(id) && self.is_caption(id) => self.whole(id, BlockKind::Other),
            "p" if !page.holds_blocks(id) => self.paragraph(id, link),
            "h1" => self.heading(id, BlockKind::Heading(1)),
            "h2" => self.heading(id, BlockKind::Heading(2)),
            "h3" => self.heading(id, BlockKind::Heading(3)),
            "h4" => self.heading(id, BlockKind::Heading(4)),
            "h5" => self.heading(id, BlockKind::Heading(5)),
            "h6" => self.heading(id, BlockKind::Heading(6)),
            "hr" => self.push(BlockKind::Rule, Piece { line: page.line(id), ..Piece::default() }, id),
            "ul" | "ol" if self.google_list(id) => {}
            "ul" | "ol" | "menu" | "dir" => self.whole(id, BlockKind::List),
            "table" if !self.is_layout(id) => self.whole(id, BlockKind::Table),
            "figure" | "blockquote" | "pre" | "details" | "dl" => self.whole(id, BlockKind::Other),
            "a" => {
                let own = writer::link(self.view, id);
                self.flow(id, own.as_deref().or(link));
            }
            "form" => {
                let mark = Piece { html: "<form></form>".to_owned(), line: page.line(id), ..Piece::default() };
                self.push(BlockKind::Other, mark, id);
                self.flow(id, link);
            }
            _ => self.flow(id, link),
        }
    }

    fn is_caption(&self, id: Id) -> bool {
        let classes = self.view.page.attribute(id, "class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|class| class.ends_with("caption") || class.ends_with("caption-text"))
    }

    fn paragraph(&mut self, id: Id, link: Option<&str>) {
        let page = self.view.page;
        let styled = if self.view.is_export { office::styled(page, id) } else { None };
        if let Some(kind) = styled {
            return self.heading(id, kind);
        }
        let bold = self.view.looks.get(page, id).bold == Some(true);
        let pieces = writer::write(self.view, page.children(id), Form::Paragraph, link);
        for mut piece in pieces {
            if let Some(point) = self.point(id, &mut piece) {
                self.points.push(Point { piece, ..point });
                continue;
            }
            piece.is_strong |= bold;
            self.push(BlockKind::Paragraph, piece, id);
        }
    }

    /// What a paragraph is in a list; its mark is taken out of it.
    fn point(&self, id: Id, piece: &mut Piece) -> Option<Point> {
        let page = self.view.page;
        let level = office::list_level(page, id)?;
        let marked = page.below(id).find(|below| {
            page.attribute(*below, "style")
                .is_some_and(|style| style.replace(' ', "").to_ascii_lowercase().contains("mso-list:ignore"))
        });
        let (mark, counts) = if let Some(marked) = marked {
            let mark = page.text(marked).trim().to_owned();
            let counts = office::list_mark(&format!("{mark} ")).is_some_and(|(_, counts)| counts);
            (mark, counts)
        } else {
            let (length, counts) = office::list_mark(&piece.text)?;
            let mark: String = piece.text.chars().take(length).collect();
            piece.html = office::without_mark(&piece.html, length);
            piece.text = piece.text.chars().skip(length).collect();
            (mark, counts)
        };
        let start = mark.trim().trim_end_matches(['.', ')', '°']).parse().ok().filter(|_| counts);
        Some(Point { level, counts, start, piece: Piece::default() })
    }

    /// A list of Google's, of which the next one may be a part.
    fn google_list(&mut self, id: Id) -> bool {
        let page = self.view.page;
        let Some(level) = office::google_list_level(page, id).filter(|_| office::is_google(page)) else { return false };
        let points: Vec<Id> = page.children(id).iter().copied().filter(|point| page.name(*point) == "li").collect();
        let counts = page.name(id) == "ol";
        let start = page.attribute(id, "start").and_then(|start| start.trim().parse().ok()).filter(|_| counts);
        for point in points {
            let pieces = writer::write(self.view, page.children(point), Form::Paragraph, None);
            self.points.extend(pieces.into_iter().map(|piece| Point { level, counts, start, piece }));
        }
        true
    }

    fn heading(&mut self, id: Id, kind: BlockKind) {
        let pieces = writer::write(self.view, self.view.page.children(id), Form::Heading, None);
        pieces.into_iter().for_each(|piece| self.push(kind, piece, id));
    }

    fn whole(&mut self, id: Id, kind: BlockKind) {
        let pieces = writer::write(self.view, &[id], Form::Whole, None);
        // It says itself what it says.
        let around = self.view.page.parent(id).unwrap_or(id);
        pieces.into_iter().for_each(|piece| self.push(kind, piece, around));
    }

    /// A table that only places things beside each other: it says so, holds another table, or has
    /// one cell a row.
    fn is_layout(&self, id: Id) -> bool {
        let page = self.view.page;
        let says = matches!(page.attribute(id, "role"), Some("presentation" | "none"));
        let nested = page.below(id).skip(1).any(|below| page.name(below) == "table");
        let cells = |row: Id| page.children(row).iter().filter(|cell| matches!(page.name(**cell), "td" | "th")).count();
        says || nested || page.below(id).filter(|row| page.name(*row) == "tr").all(|row| cells(row) < 2)
    }

    fn end_list(&mut self) {
        let points = std::mem::take(&mut self.points);
        let Some(line) = points.first().map(|point| point.piece.line) else { return };
        let text = points.iter().map(|point| point.piece.text.trim()).collect::<Vec<_>>().join("\n");
        let html = list(&points);
        self.blocks.push(Block { kind: BlockKind::List, html, text, line, ..Block::default() });
    }
}

/// Points one after another as lists in lists.
fn list(points: &[Point]) -> String {
    let mut html = String::new();
    // Of each open list its level, and how it ends.
    let mut open: Vec<(usize, &str)> = Vec::new();
    for point in points {
        let end = if point.counts { "</ol>" } else { "</ul>" };
        while let Some((level, other)) = open.last().copied() {
            let same = level == point.level && other == end;
            if level < point.level || same {
                break;
            }
            let _ = write!(html, "</li>{other}");
            open.pop();
        }
        if open.last().is_some_and(|(level, _)| *level == point.level) {
            html.push_str("</li>");
        } else {
            let start = point.start.filter(|start| *start != 1).map(|start| format!(" start=\"{start}\""));
            let _ = write!(html, "<{}{}>", if point.counts { "ol" } else { "ul" }, start.unwrap_or_default());
            open.push((point.level, end));
        }
        let _ = write!(html, "<li>{}", point.piece.html.trim());
    }
    for (_, end) in open.iter().rev() {
        let _ = write!(html, "</li>{end}");
    }
    html
}
