//! HTML: pages that a site's system or an office program wrote, or a person, with or without a head.
//!
//! A page is mostly not its text: it has the furniture of the site around it, says things to
//! programs, and is dressed in a thousand ways. What is the text is told by the elements that are
//! made for saying it (`<article>`, `<main>`, `itemprop=articleBody`), never by weighing words: the
//! same page is read in the same way tomorrow.

mod body;
mod office;
mod said;
mod tree;
mod writer;

use self::said::Said;
use self::tree::{Id, Page, ROOT};
use super::encoding;
use super::story::Story;
use crate::problem::{Code, Place, Problem};
use crate::text::words_only;
use encoding_rs::{Encoding, UTF_8};

/// Reads a page whose first line is line `first_line` of the file at `path`; the marks of notes begin
/// with `prefix`.
///
/// # Errors
/// It is nested so deep that it is no text.
pub fn read(text: &str, first_line: u32, prefix: &str, path: &str) -> Result<Story, Problem> {
    let page = Page::parse(text, first_line)
        .ok_or_else(|| Problem::new(Code::PageTooDeep, path).at(Place::line(first_line)))?;
    let Said { mut found, titles, suggestions, is_export } = said::read(&page);
    let titles: Vec<String> = titles.iter().map(|title| words_only(title.as_str())).collect();
    let mut story = Story { suggestions, ..Story::default() };
    for root in body::candidates(&page) {
        let title = if is_export { None } else { heading(&page, root, &titles) };
        let body = body::read(&page, root, title, is_export, prefix);
        let is_empty = body.blocks.iter().all(|block| title.is_some() && block.words().is_none());
        (story.blocks, story.notes) = (body.blocks, body.notes);
        if !is_empty {
            // What stands over the text says the title as it is meant; `<title>` has the site behind it.
            found.title = found.title.filter(|_| title.is_none());
            break;
        }
    }
    story.found = found;
    Ok(story)
}

/// The `<h1>` that is the title of the text below `root`, inside or over it: the one that a title of
/// the page holds, or the only one where the page has no title.
fn heading(page: &Page, root: Id, titles: &[String]) -> Option<Id> {
    let is_heading = |id: &Id| page.name(*id) == "h1" && !body::is_hidden(page, *id);
    let inside: Vec<Id> = page.below(root).filter(is_heading).collect();
    let around = page
        .below(ROOT)
        .filter(is_heading)
        .filter(|id| !page.above(*id).any(|up| matches!(page.name(up), "aside" | "footer")));
    let all: Vec<Id> = if inside.is_empty() { around.collect() } else { inside };
    let is_said = |id: &Id| {
        let words = words_only(&page.text(*id));
        !words.is_empty() && titles.iter().any(|title| title.contains(&words))
    };
    match all.as_slice() {
        [one] if titles.is_empty() => Some(*one),
        _ => all.into_iter().find(is_said),
    }
}

/// The encoding that a page says it has, where it is not UTF-8 and the bytes can be in it.
pub fn encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    /// Browsers look no further, either.
    const HEAD: usize = 4096;
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes)).to_ascii_lowercase();
    let value = |text: &str, key: &str| {
        let (_, behind) = text.split_once(key)?;
        let value = behind.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':'));
        Some(value.get(..end.unwrap_or(value.len()))?.to_owned())
    };
    let tags = head.split('<').filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag);
    let mut named = tags.filter_map(|tag| match tag {
        _ if tag.starts_with("meta") => value(tag, "charset"),
        _ if tag.starts_with("?xml") => value(tag, "encoding"),
        _ => None,
    });
    let encoding = named.find_map(|name| encoding::named(&name))?;
    let is_possible = encoding != UTF_8 && encoding.is_ascii_compatible();
    encoding.decode_without_bom_handling_and_without_replacement(bytes).filter(|_| is_possible)?;
    Some(encoding)
}
