//! HTML as a part of the page it stands on: below its one `h1`, and with no id that is the page's.
//!
//! Whoever cannot see a page goes through its headings; a level that is left out is looked for (RGAA 9.1).

use memchr::memmem;

/// What the templates of an item's page call parts of it.
const TAKEN: [&str; 1] = ["contenu"];

/// Gives the headings of serialised HTML levels that begin at 2 and never leave one out, and another id to what has
/// one of the page's. Headings of one level below the same heading stay on one level; links still lead where they led.
pub fn placed(html: String) -> String {
    ids(levels(html))
}

fn levels(html: String) -> String {
    const LOWEST: usize = 6;
    let marks: Vec<(usize, usize)> =
        memmem::find_iter(html.as_bytes(), "<h").filter_map(|at| mark(&html, at)).collect();
    if marks.is_empty() {
        return html;
    }
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    // The written levels of the headings that the next one stands below.
    let mut above: Vec<usize> = Vec::new();
    for (number, (at, level)) in marks.iter().copied().enumerate() {
        // A heading inside of one keeps its level.
        if at < from {
            continue;
        }
        while above.last().is_some_and(|last| *last >= level) {
            above.pop();
        }
        above.push(level);
        let placed = (above.len() + 1).min(LOWEST).to_string();
        let Some(length) = length(&html, at, level, marks.get(number + 1..).unwrap_or_default()) else { continue };
        for digit in [at + "<h".len(), at + length + "</h".len()] {
            out.push_str(html.get(from..digit).unwrap_or_default());
            out.push_str(&placed);
            from = digit + 1;
        }
    }
    out.push_str(html.get(from..).unwrap_or_default());
    out
}

/// How far away the end of a heading is: its own, where others of its level stand inside of it. `next` are the
/// headings that begin behind it.
fn length(html: &str, at: usize, level: usize, next: &[(usize, usize)]) -> Option<usize> {
    let rest = html.get(at..)?;
    let end = format!("</h{level}>");
    let mut ends = memmem::find_iter(rest.as_bytes(), &end).enumerate();
    let is_own = |(ended, length): &(usize, usize)| {
        let inside = next.iter().take_while(|(begun, _)| *begun < at + length);
        inside.filter(|(_, other)| *other == level).count() == *ended
    };
    ends.find(is_own).map(|(_, length)| length)
}

/// The level of the heading whose tag may begin here.
fn mark(html: &str, at: usize) -> Option<(usize, usize)> {
    let mut behind = html.get(at + "<h".len()..)?.bytes();
    let level = behind.next().filter(|byte| (b'1'..=b'6').contains(byte))?;
    behind.next().filter(|byte| matches!(byte, b' ' | b'>')).map(|_| (at, usize::from(level - b'0')))
}

fn ids(mut html: String) -> String {
    for taken in TAKEN {
        let id = |name: &str| format!(" id=\"{name}\"");
        if memmem::find(html.as_bytes(), id(taken).as_bytes()).is_none() {
            continue;
        }
        let free = (2_u32..).map(|number| format!("{taken}-{number}")).find(|name| !html.contains(&id(name)));
        if let Some(free) = free {
            let link = |name: &str| format!(" href=\"#{name}\"");
            html = html.replace(&id(taken), &id(&free)).replace(&link(taken), &link(&free));
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_is_left_out() {
        for (levels, placed) in [
            ("1", "2"),
            ("3", "2"),
            ("1 2 3", "2 3 4"),
            ("4 1", "2 2"),
            ("2 4 2", "2 3 2"),
            ("2 4 3 4", "2 3 3 4"),
            ("3 2 3 3", "2 2 3 3"),
            ("1 2 3 4 5 6", "2 3 4 5 6 6"),
            ("", ""),
        ] {
            let html = |levels: &str| {
                let heading = |level| format!("<h{level} id=\"a\">A <em>b</em></h{level}>\n<p>&lt;h3></p><hr>");
                levels.split_whitespace().map(heading).collect::<String>()
            };
            assert_eq!(super::levels(html(levels)), html(placed), "{levels}");
        }
    }

    #[test]
    fn headings_in_headings_end_where_they_ended() {
        let html = "<h1><i><h1>a</h1><h3>b</h3></i></h1><h4>c</h4>";
        assert_eq!(placed(html.to_owned()), "<h2><i><h1>a</h1><h3>b</h3></i></h2><h3>c</h3>");
    }

    #[test]
    fn ids_of_the_page() {
        let html = "<h2 id=\"contenu\">Contenu</h2><h2 id=\"contenu-2\">Contenu</h2><a href=\"#contenu\">a</a>";
        let apart = "<h2 id=\"contenu-3\">Contenu</h2><h2 id=\"contenu-2\">Contenu</h2><a href=\"#contenu-3\">a</a>";
        assert_eq!(placed(html.to_owned()), apart);
    }
}
