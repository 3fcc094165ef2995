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
        (story.blocks, story.notes, story.margins) = (body.blocks, body.notes, body.margins);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::story::BlockKind::{self, Heading, List, Other, Paragraph, Rule, Table, Title};

    fn blocks(html: &str) -> Vec<(BlockKind, String)> {
        let story = read(html, 1, "x", "x.html").unwrap();
        story.blocks.into_iter().map(|block| (block.kind, block.html)).collect()
    }

    #[test]
    fn texts_of_pages() {
        for (html, meant) in [
            (
                "Un<br><br>Deux <b>a<br><br>b</b>",
                vec![(Paragraph, "Un"), (Paragraph, "Deux <strong>a</strong>"), (Paragraph, "<strong>b</strong>")],
            ),
            ("<br>Un<br>deux<br>", vec![(Paragraph, "Un<br>deux")]),
            ("<div>Un<p>Deux</div>trois", vec![(Paragraph, "Un"), (Paragraph, "Deux"), (Paragraph, "trois")]),
            ("<h1>T</h1><p>a &lt; b<hr><p>&nbsp;", vec![(Title, "T"), (Paragraph, "a &lt; b"), (Rule, "")]),
            ("<title>T | S</title><h1>T</h1><h1>U</h1>", vec![(Title, "T"), (Heading(1), "U")]),
            ("<title>V</title><h1>T</h1>", vec![(Heading(1), "T")]),
            (
                "<header><h1>Le titre</h1></header><title>Le titre - S</title><main><p>x",
                vec![(Title, "Le titre"), (Paragraph, "x")],
            ),
            ("<header><h1>Le site</h1></header><title>Le titre</title><main><p>x", vec![(Paragraph, "x")]),
            ("<a href=x><p>Un</p><h2>Deux</h2></a>", vec![(Paragraph, "<a href=\"x\">Un</a>"), (Heading(2), "Deux")]),
            ("<ul><li><div>a</div><div>b</div></ul>", vec![(List, "<ul><li><p>a</p><p>b</p></li></ul>")]),
            ("<table><tr><td>a</table>", vec![(Paragraph, "a")]),
            (
                "<table><tr><th>a<td align=right>b</table>",
                vec![(Table, "<table><tbody><tr><th>a</th><td style=\"text-align:right\">b</td></tr></tbody></table>")],
            ),
            (
                "<figure><img src=a alt=''><figcaption>b</figure>",
                vec![(Other, "<figure><img alt=\"\" src=\"a\"><figcaption>b</figcaption></figure>")],
            ),
            ("<pre>\na  b\n</pre>", vec![(Other, "<pre>a  b\n</pre>")]),
            (
                "a <span style='font-weight:bold'>b</span><i></i><o:p></o:p> <font>c</font>",
                vec![(Paragraph, "a <strong>b</strong> c")],
            ),
            (
                "<nav>a</nav><aside>b</aside><footer>c</footer><script>d</script><p hidden>e<p>f<template>g</template>",
                vec![(Paragraph, "f")],
            ),
            (
                "<article><header><p>a</header><p>b<aside>c</aside></article><p>d",
                vec![(Paragraph, "a"), (Paragraph, "b"), (Paragraph, "c")],
            ),
            ("<article>a</article><article>b</article>", vec![(Paragraph, "a"), (Paragraph, "b")]),
            (
                "<a href='#x'>a</a> <a name=x>b</a> <a name=y>c</a>",
                vec![(Paragraph, "<a href=\"#x\">a</a> <span id=\"x\"></span>b c")],
            ),
            ("<p><img src='data:x' data-src=a.jpg alt=b>", vec![(Paragraph, "<img alt=\"b\" src=\"a.jpg\">")]),
            ("", vec![]),
        ] {
            let meant: Vec<_> = meant.into_iter().map(|(kind, html)| (kind, html.to_owned())).collect();
            assert_eq!(blocks(html), meant, "{html}");
        }
    }

    #[test]
    fn what_pages_say() {
        let found = |html: &str| read(html, 1, "x", "x.html").unwrap().found;
        let page = found(
            "<script type='application/ld+json'>[{\"@type\":[\"PressRelease\"],\"headline\":\"R&amp;D\",\
             \"datePublished\":\"2026-11-20\",\"author\":[{\"@type\":\"Person\",\"name\":\"A B\",\"jobTitle\":\"Maire\"},\"C D\"],\
             \"keywords\":\"x, y\",\"image\":{\"url\":\"a.jpg\",\"caption\":\"z\"}}]</script>\
             <meta name=date content=2020-01-01><meta name=author content=Z><p>x",
        );
        assert_eq!(page.title.unwrap().value.as_str(), "R&D");
        assert_eq!(page.date.unwrap().value, "2026-11-20");
        let authors = page.authors.unwrap().value;
        assert_eq!(authors.first().and_then(|node| node.get("role")?.text()), Some("Maire"));
        assert_eq!(authors.get(1).and_then(|node| node.text()), Some("C D"));
        assert_eq!(page.tags.len(), 2);
        assert_eq!(page.image.unwrap().get("caption").and_then(|node| node.text()), Some("z"));
        let page = found(
            "<meta name=DC.date content=2026><meta name=citation_author content='Cort\u{e8}s, Marion'><meta name=description content='Un d\u{e9}but\u{2026}'>",
        );
        assert_eq!(page.date.unwrap().value, "2026");
        assert_eq!(page.authors.unwrap().value.first().and_then(|node| node.text()), Some("Marion Cort\u{e8}s"));
        assert!(page.summary.is_none());
        // A list says the dates of others; a program's own say nothing.
        assert!(
            found("<time class=published datetime=2026-01-01></time><time class=published datetime=2026-01-02></time>")
                .date
                .is_none()
        );
        assert!(
            found("<meta name=generator content='LibreOffice 7'><meta name=date content=2026-01-01><title>x</title>")
                .date
                .is_none()
        );
        assert!(found("<meta name=date content='{{ page.date }}'>").date.is_none());
        assert!(found("<meta http-equiv=refresh content='0;URL=x'>").redirect.is_some());
    }

    #[test]
    fn encodings_that_pages_name() {
        for (head, name) in [
            ("<meta charset=\"ISO-8859-15\">", Some("ISO-8859-15")),
            ("<META http-equiv=Content-Type content='text/html; charset=windows-1251'>", Some("windows-1251")),
            ("<?xml version=\"1.0\" encoding=\"macintosh\"?>", Some("macintosh")),
            ("<meta charset=utf-8>", None),
            ("<meta charset=utf-16>", None),
            ("<title>charset=koi8-r</title>", None),
        ] {
            let bytes = [head.as_bytes(), b"\xe9t\xe9"].concat();
            assert_eq!(encoding(&bytes).map(Encoding::name), name, "{head}");
        }
        assert_eq!(encoding("<meta charset=latin1>été".as_bytes()), None);
    }
}
