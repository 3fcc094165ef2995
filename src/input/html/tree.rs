//! An HTML page as a tree that knows the line of every node.
//!
//! The parser is html5ever, the one below the sanitiser, so that a page is read here as browsers
//! read it; the ready-made trees for it forget lines, and a problem must name one. Nodes lie in one
//! list and name each other by their index. Depth is limited while the tree grows: a parser of HTML
//! takes quadratic time for elements in elements, and no text needs many.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns, parse_document};

/// Elements in elements; real pages have some thirty.
const DEEPEST: u32 = 200;
/// A page of 8 MiB that is all tags has fewer; only what the parser repeats by itself has more.
const MOST: usize = 4 << 20;
/// So many bytes are parsed before depth is looked at again.
const PIECE: usize = 4096;

/// The index of a node.
pub type Id = usize;

/// The document itself.
pub const ROOT: Id = 0;

/// A node.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub content: Content,
    /// Its children in their order.
    pub children: Vec<Id>,
    /// The node that it is a child of.
    pub parent: Option<Id>,
    /// Its line in the file: where its start tag ends, or where its text begins.
    pub line: u32,
    depth: u32,
}

/// What a node is.
#[derive(Debug)]
pub enum Content {
    /// The document, or something of which nobody asks anything.
    Document,
    /// An element: its name in lower case, and its attributes as written.
    Element {
        /// Without a namespace; of SVG and MathML the same, since nothing in them is read.
        name: String,
        /// Names in lower case; a name once.
        attributes: Vec<(String, String)>,
    },
    /// Text.
    Text(String),
    /// A comment.
    Comment(String),
}

/// A page.
#[derive(Debug)]
pub struct Page {
    nodes: Vec<Node>,
    holds_blocks: HashSet<Id>,
}

impl Page {
    /// Parses a text whose first line is line `first_line` of its file; `None` where it is nested so
    /// deep that it is no text.
    pub fn parse(text: &str, first_line: u32) -> Option<Self> {
        let sink = Sink::new(first_line);
        let too_deep = Rc::clone(&sink.too_deep);
        let tree_builder = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        let mut parser = parse_document(sink, ParseOpts { tree_builder, ..ParseOpts::default() });
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE));
            parser.process(StrTendril::from_slice(piece));
            if too_deep.get() {
                return None;
            }
            rest = behind;
        }
        let mut page = Self { nodes: parser.finish(), holds_blocks: HashSet::new() };
        page.measure()?;
        Some(page)
    }

    /// Notes which elements have a block in them. The tree as it became is looked at once more: the
    /// parser moves what is nested wrongly.
    fn measure(&mut self) -> Option<()> {
        let mut waiting = vec![(ROOT, 0)];
        while let Some((id, depth)) = waiting.pop() {
            if depth > 2 * DEEPEST {
                return None;
            }
            if is_block(self.name(id)) {
                let mut above = self.nodes.get(id).and_then(|node| node.parent);
                while let Some(parent) = above.filter(|parent| self.holds_blocks.insert(*parent)) {
                    above = self.nodes.get(parent).and_then(|node| node.parent);
                }
            }
            waiting.extend(self.children(id).iter().map(|child| (*child, depth + 1)));
        }
        Some(())
    }

    /// The children of a node.
    pub fn children(&self, id: Id) -> &[Id] {
        self.nodes.get(id).map_or(&[], |node| node.children.as_slice())
    }

    /// The name of an element; of anything else nothing.
    pub fn name(&self, id: Id) -> &str {
        match self.content(id) {
            Content::Element { name, .. } => name,
            _ => "",
        }
    }

    /// What a node is.
    pub fn content(&self, id: Id) -> &Content {
        self.nodes.get(id).map_or(&Content::Document, |node| &node.content)
    }

    /// The attributes of an element.
    pub fn attributes(&self, id: Id) -> &[(String, String)] {
        match self.content(id) {
            Content::Element { attributes, .. } => attributes,
            _ => &[],
        }
    }

    /// The value of an attribute, without white space around it.
    pub fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        self.attributes(id).iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// Whether one of the words of an attribute (`class`, `rel`, `itemprop`) is `word`.
    pub fn has_word(&self, id: Id, attribute: &str, word: &str) -> bool {
        let words = self.attribute(id, attribute).unwrap_or_default();
        words.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// The line of a node.
    pub fn line(&self, id: Id) -> u32 {
        self.nodes.get(id).map_or(1, |node| node.line)
    }

    /// The node that holds this one.
    pub fn parent(&self, id: Id) -> Option<Id> {
        self.nodes.get(id)?.parent
    }

    /// Whether a paragraph, heading, list… stands inside of it.
    pub fn holds_blocks(&self, id: Id) -> bool {
        self.holds_blocks.contains(&id)
    }

    /// Everything below a node, in the order of the text, the node itself first.
    pub fn below(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let mut waiting = vec![id];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(self.children(next).iter().rev());
            Some(next)
        })
    }

    /// The nodes above a node, the nearest first.
    pub fn above(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.parent(id), |above| self.parent(*above))
    }

    /// Every text below a node, run together.
    pub fn text(&self, id: Id) -> String {
        let texts = self.below(id).filter_map(|id| match self.content(id) {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }
}

/// Whether an element is a part of a text rather than of a line.
pub fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// What the parser calls a node: its name goes with it, so that nothing is borrowed while it works.
#[derive(Debug, Clone)]
struct Handle {
    id: Id,
    name: Rc<QualName>,
}

/// Where the parser writes the tree.
#[derive(Debug)]
struct Sink {
    nodes: RefCell<Vec<Node>>,
    nameless: Rc<QualName>,
    line: Cell<u32>,
    first_line: u32,
    too_deep: Rc<Cell<bool>>,
}

impl Sink {
    fn new(first_line: u32) -> Self {
        let sink = Self {
            nodes: RefCell::new(Vec::new()),
            nameless: Rc::new(QualName::new(None, ns!(), local_name!(""))),
            line: Cell::new(first_line),
            first_line,
            too_deep: Rc::new(Cell::new(false)),
        };
        sink.create(Content::Document);
        sink
    }

    fn create(&self, content: Content) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        if nodes.len() > MOST {
            self.too_deep.set(true);
        }
        nodes.push(Node { content, children: Vec::new(), parent: None, line: self.line.get(), depth: 0 });
        nodes.len() - 1
    }

    fn nameless(&self, id: Id) -> Handle {
        Handle { id, name: Rc::clone(&self.nameless) }
    }

    /// Puts a node or a text below `parent`, before its child number `at`.
    fn insert(&self, parent: Id, at: usize, child: NodeOrText<Handle>) {
        let child = match child {
            NodeOrText::AppendNode(handle) => {
                self.detach(handle.id);
                handle.id
            }
            NodeOrText::AppendText(text) => {
                if self.add_to_text(parent, at, &text) {
                    return;
                }
                let id = self.create(Content::Text(text.to_string()));
                let line = self.line_of(&text);
                self.nodes.borrow_mut().get_mut(id).into_iter().for_each(|node| node.line = line);
                id
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let Some(above) = nodes.get_mut(parent) else { return };
        let depth = above.depth + 1;
        let at = at.min(above.children.len());
        above.children.insert(at, child);
        if depth > DEEPEST {
            self.too_deep.set(true);
        }
        if let Some(node) = nodes.get_mut(child) {
            node.parent = Some(parent);
            node.depth = depth;
        }
    }

    /// Two texts in a row are one.
    fn add_to_text(&self, parent: Id, at: usize, more: &str) -> bool {
        let mut nodes = self.nodes.borrow_mut();
        let before = nodes.get(parent).and_then(|node| node.children.get(at.checked_sub(1)?)).copied();
        let Some(node) = before.and_then(|id| nodes.get_mut(id)) else { return false };
        let Content::Text(text) = &mut node.content else { return false };
        if text.trim_ascii().is_empty() {
            node.line = self.line_of(more);
        }
        text.push_str(more);
        true
    }

    /// The line of a text's first word; the parser's own line is that of its end.
    fn line_of(&self, text: &str) -> u32 {
        let lines = text.trim_ascii_start().matches('\n').count();
        self.line.get().saturating_sub(u32::try_from(lines).unwrap_or_default())
    }

    fn detach(&self, id: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let Some(parent) = nodes.get_mut(id).and_then(|node| node.parent.take()) else { return };
        if let Some(node) = nodes.get_mut(parent) {
            node.children.retain(|child| *child != id);
        }
    }

    fn length(&self, id: Id) -> usize {
        self.nodes.borrow().get(id).map_or(0, |node| node.children.len())
    }
}

fn written(attributes: Vec<Attribute>) -> impl Iterator<Item = (String, String)> {
    attributes.into_iter().map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Vec<Node>;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Vec<Node> {
        self.nodes.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.nameless(ROOT)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        &target.name
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Handle {
        let content = Content::Element {
            name: name.local.to_ascii_lowercase().to_string(),
            attributes: written(attributes).collect(),
        };
        Handle { id: self.create(content), name: Rc::new(name) }
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        self.nameless(self.create(Content::Comment(text.to_string())))
    }

    fn create_pi(&self, _: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.id, self.length(parent.id), child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, before: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.nodes.borrow().get(element.id).is_some_and(|node| node.parent.is_some());
        if has_parent { self.append_before_sibling(element, child) } else { self.append(before, child) }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    // What a template holds is below it, where nobody looks.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        one.id == other.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.detach(node.id);
        }
        let place = {
            let nodes = self.nodes.borrow();
            let parent = nodes.get(sibling.id).and_then(|node| node.parent);
            parent.and_then(|parent| {
                Some((parent, nodes.get(parent)?.children.iter().rposition(|id| *id == sibling.id)?))
            })
        };
        if let Some((parent, at)) = place {
            self.insert(parent, at, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, more: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        let Some(Content::Element { attributes, .. }) = nodes.get_mut(target.id).map(|node| &mut node.content) else {
            return;
        };
        for (name, value) in written(more) {
            if !attributes.iter().any(|(known, _)| *known == name) {
                attributes.push((name, value));
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let children = nodes.get_mut(node.id).map(|node| std::mem::take(&mut node.children)).unwrap_or_default();
        let depth = nodes.get(new_parent.id).map_or(0, |parent| parent.depth + 1);
        for child in &children {
            if let Some(child) = nodes.get_mut(*child) {
                child.parent = Some(new_parent.id);
                child.depth = depth;
            }
        }
        if let Some(parent) = nodes.get_mut(new_parent.id) {
            parent.children.extend(children);
        }
    }

    fn set_current_line(&self, line: u64) {
        let line = u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX);
        self.line.set(self.first_line.saturating_add(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_knows_its_line() {
        let page = Page::parse("<!doctype html>\n<title>T</title>\n\n<p>\n  Un\n deux <b>x</b>\n<table><tr>y<td>z", 10)
            .unwrap();
        let line = |name: &str| page.below(ROOT).find(|id| page.name(*id) == name).map(|id| page.line(id));
        assert_eq!([line("title"), line("p"), line("b"), line("td")], [Some(11), Some(13), Some(15), Some(16)]);
        let text =
            page.below(ROOT).find(|id| matches!(page.content(*id), Content::Text(t) if t.contains("Un"))).unwrap();
        assert_eq!(page.line(text), 14);
        assert_eq!(page.text(ROOT).split_whitespace().collect::<Vec<_>>(), ["T", "Un", "deux", "x", "yz"]);
    }

    #[test]
    fn what_is_nested_too_deep_is_no_page() {
        for piece in ["<div>", "<b>", "<b></x>", "<template>", "<table><tr><td>", "<ul><li>"] {
            assert!(Page::parse(&piece.repeat(20_000), 1).is_none(), "{piece}");
        }
        // What may be left open is not nested.
        for piece in ["<p>x", "<li>x", "<tr><td>x", "<option>", "<br>", "</div>", "<a href=x>", "<font size=1><p>"] {
            assert!(Page::parse(&format!("<table>{}", piece.repeat(2000)), 1).is_some(), "{piece}");
        }
    }
}
