//! Before the sanitiser: what it would only take away is replaced by what a reader can show, and what
//! is lost is found, so that the author can be told.
//!
//! A frame becomes a link, a player holds one, a picture that nobody can see goes, an alignment becomes a class, a
//! picture that a script was to load is named. Nothing here makes anything safe: all of it is sanitised next.

use std::fmt::Write as _;
use std::ops::Range;

use super::pieces::{Attribute, Piece, attribute, is_void, pieces};
use super::{allow, embeds, escape};

/// What an author's HTML holds that readers will not see as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An element that no feed may hold, by its name; its text stays unless it is no text for people.
    Refused(String),
    /// Something of another page: it becomes a link to this address.
    Embed(String),
    /// An address at which something could run, or that is none.
    Unsafe(String),
    /// A picture that nobody can see, by its address: it is left out (FR-07).
    Pixel(String),
}

/// What [`super::sanitise`] will not keep as it is, in order, and where it stands, in bytes.
pub fn findings(html: &str) -> Vec<(Found, Range<usize>)> {
    Preparing::of(html).found
}

/// The text for the sanitiser.
pub(super) fn prepared(html: &str) -> String {
    Preparing::of(html).out
}

/// Whether a picture with these attributes is there for a server to count its readers, or keeps a
/// place free.
pub(super) fn is_pixel<'v>(value: impl Fn(&str) -> Option<&'v str>) -> bool {
    let size = |name: &str| value(name)?.trim().trim_end_matches("px").parse::<f32>().ok();
    match (size("width"), size("height")) {
        (Some(width), Some(height)) => width <= 0.0 || height <= 0.0 || width <= 1.0 && height <= 1.0,
        (Some(one), None) | (None, Some(one)) => one <= 0.0,
        (None, None) => false,
    }
}

struct Preparing {
    out: String,
    found: Vec<(Found, Range<usize>)>,
    /// The names of the elements that are open.
    open: Vec<String>,
    /// A link for those whose reader has no player, to go into the one that is open.
    instead: Option<String>,
}

impl Preparing {
    fn of(html: &str) -> Self {
        let mut preparing =
            Self { out: String::with_capacity(html.len()), found: Vec::new(), open: Vec::new(), instead: None };
        let pieces = pieces(html);
        let mut at = 0;
        let mut skipped = 0;
        for (index, piece) in pieces.iter().enumerate() {
            let (Piece::Text(text) | Piece::Other(text) | Piece::Tag(text, ..)) = piece;
            let place = at..at + text.len();
            at = place.end;
            if index < skipped {
                continue;
            }
            match piece {
                Piece::Tag(tag, name, attributes) => {
                    let rest = pieces.get(index + 1..).unwrap_or_default();
                    skipped = index + 1 + preparing.tag(tag, name, attributes, place, rest);
                }
                Piece::Text(text) | Piece::Other(text) => preparing.out.push_str(text),
            }
        }
        preparing
    }

    /// One tag; how many of the `next` pieces belong to it.
    fn tag(&mut self, tag: &str, name: &str, own: &[Attribute], place: Range<usize>, next: &[Piece<'_>]) -> usize {
        if let Some(closed) = name.strip_prefix('/') {
            if is_player(closed) {
                self.out.push_str(&self.instead.take().unwrap_or_default());
            }
            self.close(closed);
            self.out.push_str(tag);
            return 0;
        }
        let value = |name: &str| attribute(tag, own, name);
        let mut skipped = 0;
        match name {
            "iframe" | "embed" => {
                // What stands in a frame is for browsers without frames.
                if name == "iframe" {
                    let ends = |piece: &Piece<'_>| matches!(piece, Piece::Tag(_, name, _) if name == "/iframe");
                    skipped = next.iter().take(2).position(ends).map_or(0, |at| at + 1);
                }
                let page = source(&value).and_then(|address| embeds::page(&address));
                self.embed(name, page, &value, place);
            }
            "object" => {
                let page = value("data").and_then(|address| embeds::page(&address));
                let inner = inner(next, name);
                // What it holds is shown instead of it, and mostly leads there.
                if page.is_none() || !leads_somewhere(inner) {
                    let words = words(inner);
                    skipped = if page.is_some() { inner.len() } else { 0 };
                    let said = |name: &str| value(name).or_else(|| (name == "aria-label").then(|| words.clone()));
                    self.embed(name, page, &said, place);
                }
            }
            "img" if is_hidden(&value) => self.found.push((Found::Pixel(source(&value).unwrap_or_default()), place)),
            _ => {
                let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                if !allow::is_allowed(name) {
                    self.found.extend(plain.then(|| (Found::Refused(name.to_owned()), place)));
                } else if let Some(address) = unsafe_address(tag, name, own) {
                    self.found.push((Found::Unsafe(address), place));
                }
                self.out.push_str(&better(tag, name, own));
                if is_player(name) && !self.open.iter().any(|open| open == "a") {
                    self.instead = instead(source(&value), inner(next, name));
                }
                if !is_void(name) {
                    self.open.push(name.to_owned());
                }
            }
        }
        skipped
    }

    fn close(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|open| open == name) {
            self.open.truncate(at);
        }
    }

    fn embed(
        &mut self,
        name: &str,
        page: Option<String>,
        value: &impl Fn(&str) -> Option<String>,
        place: Range<usize>,
    ) {
        let Some(page) = page else {
            self.found.push((Found::Refused(name.to_owned()), place));
            return;
        };
        let said = ["title", "aria-label"].into_iter().filter_map(value);
        let said =
            said.map(|title| title.trim().to_owned()).find(|title| !title.is_empty() && !embeds::is_generic(title));
        let words = escape(&said.unwrap_or_else(|| embeds::label(&page)));
        let poster = ["poster", "data-poster"].into_iter().filter_map(value).find(|poster| !poster.trim().is_empty());
        let poster = poster.map(|poster| format!("<img src=\"{}\" alt=\"\"><br>", escape(&poster))).unwrap_or_default();
        let address = escape(&page);
        let _ = if self.open.iter().any(|open| open == "a") {
            write!(self.out, "{poster}{words}")
        } else if self.is_between_blocks() {
            write!(self.out, "<p><a href=\"{address}\">{poster}{words}</a></p>")
        } else {
            write!(self.out, "<a href=\"{address}\">{poster}{words}</a>")
        };
        self.found.push((Found::Embed(page), place));
    }

    /// Whether a paragraph may begin here.
    fn is_between_blocks(&self) -> bool {
        const FLOW: [&str; 15] = [
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "dd",
            "details",
            "div",
            "figure",
            "header",
            "li",
            "main",
            "section",
            "td",
            "th",
        ];
        self.open.last().is_none_or(|open| FLOW.contains(&open.as_str()))
    }
}

/// Where a picture or a frame comes from; scripts load some of them from another attribute, so that
/// a visitor can be asked first.
fn source(value: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let named = |name: &str| {
        let written = value(name)?;
        let address = written.trim();
        let nothing = address.is_empty() || address.starts_with("about:") || address.starts_with("data:");
        (!nothing).then(|| address.to_owned())
    };
    ["src", "data-src", "data-lazy-src", "data-original"].into_iter().find_map(named)
}

fn is_hidden(value: &impl Fn(&str) -> Option<String>) -> bool {
    let (width, height) = (value("width"), value("height"));
    let sized = |name: &str| if name == "width" { width.as_deref() } else { height.as_deref() };
    if is_pixel(sized) || value("hidden").is_some() {
        return true;
    }
    let style = value("style").unwrap_or_default().to_ascii_lowercase();
    let rules =
        || style.split(';').filter_map(|rule| rule.split_once(':')).map(|(name, set)| (name.trim(), set.trim()));
    rules().any(|rule| matches!(rule, ("display", "none") | ("visibility", "hidden")))
        || is_pixel(|name| rules().find(|(rule, _)| *rule == name).map(|(_, set)| set))
}

fn is_player(name: &str) -> bool {
    matches!(name, "audio" | "video")
}

/// A link to what a player plays, where it says nothing to those who have none: mails, readers of text, paper.
fn instead(own: Option<String>, inner: &[Piece<'_>]) -> Option<String> {
    let of_source = |piece: &Piece<'_>| match piece {
        Piece::Tag(tag, name, attributes) if name == "source" => source(&|key: &str| attribute(tag, attributes, key)),
        _ => None,
    };
    let address = own.or_else(|| inner.iter().find_map(of_source)).filter(|address| allow::is_safe(address))?;
    let is_silent = !leads_somewhere(inner) && words(inner).is_empty();
    is_silent.then(|| format!("<a href=\"{}\">{}</a>", escape(&address), escape(&embeds::file(&address))))
}

/// What an element holds.
fn inner<'p, 'h>(next: &'p [Piece<'h>], name: &str) -> &'p [Piece<'h>] {
    let ends = |piece: &Piece<'_>| matches!(piece, Piece::Tag(_, tag, _) if tag.strip_prefix('/') == Some(name));
    let end = next.iter().position(ends).unwrap_or_default();
    next.get(..end).unwrap_or_default()
}

/// Whether there is a link in it, or something else to see.
fn leads_somewhere(inner: &[Piece<'_>]) -> bool {
    let leads = |name: &str| matches!(name, "a" | "embed" | "iframe" | "object" | "img" | "video" | "audio");
    inner.iter().any(|piece| matches!(piece, Piece::Tag(_, name, _) if leads(name)))
}

fn words(inner: &[Piece<'_>]) -> String {
    let texts = inner.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(*text) } else { None });
    let words = texts.collect::<Vec<_>>().join(" ");
    super::plain::references(&words).split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first address of a tag that the sanitiser will not keep.
fn unsafe_address(tag: &str, name: &str, own: &[Attribute]) -> Option<String> {
    let value = |name: &str| attribute(tag, own, name);
    let loaded = matches!(name, "img" | "source" | "video" | "audio")
        && source(&value).is_some_and(|address| allow::is_safe(&address));
    own.iter().find_map(|(key, _)| {
        let key = tag.get(key.clone())?.to_ascii_lowercase();
        let is_address = allow::is_allowed_attribute(name, &key) && super::ADDRESSES.contains(&key.as_str());
        let written = is_address.then(|| value(&key))?.filter(|_| !(key == "src" && loaded))?;
        (!allow::is_safe(&written)).then_some(written)
    })
}

/// The tag with what the sanitiser will keep of its meaning; as it was where there is nothing to add.
fn better(tag: &str, name: &str, own: &[Attribute]) -> String {
    let value = |name: &str| attribute(tag, own, name);
    let mut set: Vec<(&str, String)> = Vec::new();
    if matches!(name, "p" | "div" | "td" | "th" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
        && let Some(class) = alignment(&value)
    {
        let others = value("class").filter(|others| !others.trim().is_empty());
        set.push(("class", others.map_or_else(|| class.to_owned(), |others| format!("{} {class}", others.trim()))));
    }
    if name == "a"
        && value("id").is_none()
        && let Some(anchor) = value("name")
    {
        set.push(("id", anchor));
    }
    if matches!(name, "img" | "source" | "video" | "audio")
        && let Some(address) =
            source(&value).filter(|address| value("src").is_none_or(|written| written.trim() != address))
    {
        set.push(("src", address));
    }
    if set.is_empty() {
        return tag.to_owned();
    }
    let mut out = format!("<{name}");
    for (key, written) in own {
        let key = tag.get(key.clone()).unwrap_or_default();
        if !set.iter().any(|(name, _)| name.eq_ignore_ascii_case(key)) {
            let written = super::plain::references(tag.get(written.clone()).unwrap_or_default());
            let _ = write!(out, " {key}=\"{}\"", escape(&written));
        }
    }
    for (key, value) in set {
        let _ = write!(out, " {key}=\"{}\"", escape(&value));
    }
    out.push('>');
    out
}

/// The class for how a cell or a paragraph stands, which pages know and readers may.
fn alignment(value: &impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let style = value("style").unwrap_or_default().to_ascii_lowercase();
    let rule = style.split(';').filter_map(|rule| rule.split_once(':')).find(|(name, _)| name.trim() == "text-align");
    let said =
        rule.map(|(_, set)| set.trim().to_owned()).or_else(|| value("align").map(|set| set.to_ascii_lowercase()))?;
    match said.trim() {
        "right" | "end" => Some("align-right"),
        "center" => Some("align-center"),
        "left" | "start" => Some("align-left"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::sanitise;

    #[test]
    fn a_player_holds_a_link() {
        for (html, expected) in [
            (
                "<audio controls src=\"son%20du%20bassin.mp3\"></audio>",
                "<audio controls=\"\" src=\"son%20du%20bassin.mp3\"><a href=\"son%20du%20bassin.mp3\">son du bassin.mp3</a></audio>",
            ),
            (
                "<video controls><source src=https://a.example/v/film.mp4?b></video>",
                "<video controls=\"\"><source src=\"https://a.example/v/film.mp4?b\" /><a href=\"https://a.example/v/film.mp4?b\">film.mp4</a></video>",
            ),
            (
                "<audio src=a.mp3><a href=a.mp3>Écouter</a></audio><audio src=b.mp3>Le son</audio>",
                "<audio src=\"a.mp3\"><a href=\"a.mp3\">Écouter</a></audio><audio src=\"b.mp3\">Le son</audio>",
            ),
            ("<a href=b><audio src=a.mp3></audio></a>", "<a href=\"b\"><audio src=\"a.mp3\"></audio></a>"),
            ("<audio></audio><audio src=javascript:a></audio>", "<audio></audio><audio></audio>"),
            // Left open, and with a link that leads nowhere.
            ("<audio src=a.mp3><a >", "<audio src=\"a.mp3\"><a href=\"a.mp3\">a.mp3</a></audio>"),
            ("<audio src=a.mp3><a></a></audio>", "<audio src=\"a.mp3\"><a href=\"a.mp3\">a.mp3</a></audio>"),
            ("<p><video src=a.mp4></p>", "<p><video src=\"a.mp4\"><a href=\"a.mp4\">a.mp4</a></video></p>"),
        ] {
            assert_eq!(sanitise(html), expected, "{html}");
        }
    }

    #[test]
    fn a_frame_becomes_a_link() {
        for (html, expected) in [
            (
                "<iframe src=\"https://www.youtube.com/embed/a1\" title=\"Le bassin, en vidéo\" allowfullscreen>Sans cadre</iframe><p>b</p>",
                "<p><a href=\"https://www.youtube.com/watch?v=a1\">Le bassin, en vidéo</a></p><p>b</p>",
            ),
            (
                "<p>Voir <iframe src=https://carte.example.org/1></iframe></p>",
                "<p>Voir <a href=\"https://carte.example.org/1\">carte.example.org</a></p>",
            ),
            (
                "<iframe data-src='https://a.example/1?b=1&amp;c=2' poster=p.jpg></iframe>",
                "<p><a href=\"https://a.example/1?b=1&amp;c=2\"><img src=\"p.jpg\" alt=\"\" /><br />a.example</a></p>",
            ),
            ("<a href=b>x <iframe src=https://a.example/></iframe></a>", "<a href=\"b\">x a.example</a>"),
            ("<object data=plan.pdf type=application/pdf></object>", "<p><a href=\"plan.pdf\">plan.pdf</a></p>"),
            ("<object data=plan.pdf><a href=plan.pdf>Le plan</a></object>", "<a href=\"plan.pdf\">Le plan</a>"),
            (
                "<object data=plan.pdf><p>Le plan\n&amp; le\u{a0}bassin</p></object>",
                "<p><a href=\"plan.pdf\">Le plan &amp; le\u{a0}bassin</a></p>",
            ),
            ("<object classid=x><p>a</p></object>", "<p>a</p>"),
            ("<embed src=//a.example/x>", "<p><a href=\"https://a.example/x\">a.example</a></p>"),
            ("<iframe srcdoc='<script>x</script>'>a</iframe>b", "b"),
            ("<iframe src='javascript:x' title='\"><script>x</script>'></iframe>", ""),
            (
                "<iframe src=https://a.example/ title='\"><script>x</script>'></iframe>",
                "<p><a href=\"https://a.example/\">\"&gt;&lt;script&gt;x&lt;/script&gt;</a></p>",
            ),
        ] {
            assert_eq!(sanitise(html), expected, "{html}");
        }
    }

    #[test]
    fn a_picture_that_nobody_sees_goes() {
        for html in [
            "<img src=https://t.example/o.gif width=1 height=1>",
            "<img src=t style='display: none'>",
            "<img src=t style='width:1px;height:1px'>",
            "<img src=t height=0>",
            "<img src=t hidden>",
            "<IMG WIDTH='1px' HEIGHT=\"1\" SRC=t />",
        ] {
            assert_eq!(sanitise(&format!("<p>a{html}b</p>")), "<p>ab</p>", "{html}");
            assert!(matches!(findings(html).as_slice(), [(Found::Pixel(_), place)] if *place == (0..html.len())));
        }
        assert!(findings("<img src=a width=600 height=1><img src=a width=1>").is_empty());
        // Nor is one that a mail had inside of it, or that lies on somebody's disk.
        for (html, lost) in [
            ("<img src='cid:a@b' alt=c>", Some("cid:a@b")),
            ("<img src='file:///C:/a.png'>", Some("file:///C:/a.png")),
            ("<img src='data:x' data-src=a.jpg>", None),
        ] {
            let found = findings(html).into_iter().map(|(found, _)| found).collect::<Vec<_>>();
            assert_eq!(
                found,
                lost.map(|lost| Found::Unsafe(lost.to_owned())).into_iter().collect::<Vec<_>>(),
                "{html}"
            );
        }
    }

    #[test]
    fn what_is_lost_is_found_in_its_place() {
        let html = "<p>a <Script>x('<b>')</script>\n<my-tag><iframe src=//b.example></iframe><a href='Data:x'>";
        let found: Vec<_> = findings(html).into_iter().map(|(found, place)| (found, &html[place])).collect();
        assert_eq!(
            found,
            [
                (Found::Refused("script".to_owned()), "<Script>"),
                (Found::Refused("my-tag".to_owned()), "<my-tag>"),
                (Found::Embed("https://b.example".to_owned()), "<iframe src=//b.example>"),
                (Found::Unsafe("Data:x".to_owned()), "<a href='Data:x'>"),
            ]
        );
    }

    #[test]
    fn what_scripts_and_old_pages_meant_is_kept() {
        for (html, expected) in [
            ("<a name=un>a</a>", "<a id=\"un\">a</a>"),
            ("<img src='data:image/gif;base64,AA' data-src=a.jpg alt=b>", "<img alt=\"b\" src=\"a.jpg\" />"),
            (
                "<table><tr><td class=x style='text-align:center'>1</td></tr></table>",
                "<table><tbody><tr><td class=\"x align-center\">1</td></tr></tbody></table>",
            ),
        ] {
            assert_eq!(sanitise(html), expected, "{html}");
        }
    }
}
