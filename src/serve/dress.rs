//! What the preview puts on a page: a bar that says what it is, the problems that there are, and
//! the script that loads it again. None of it is in the program's output, so none of it can be
//! published; and a page that somebody saves from the preview still says what it is.

/// What is put on every page; HTML and text in the newsroom's language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dress {
    /// Its language.
    pub language: String,
    /// Before every title: a tab must not look like the published page.
    pub mark: String,
    /// The text of the bar: HTML.
    pub bar: String,
    /// The problems that keep a build from being written: HTML, empty where there are none.
    pub wrong: String,
    /// What is said where there is no page: HTML.
    pub nothing: String,
}

/// The page as the preview shows it; `name` is what it waits to be replaced.
pub fn page(page: &str, dress: &Dress, name: &str) -> String {
    let page = &widened(page);
    let head = format!(
        "<meta name=\"robots\" content=\"noindex, nofollow\">\n<link rel=\"stylesheet\" href=\"/.crieur/preview.css\">\n<script src=\"/.crieur/preview.js\" data-seen=\"{name}\" defer></script>\n",
    );
    let wrong = match dress.wrong.as_str() {
        "" => String::new(),
        wrong => format!("<aside class=\"crieur-wrong\" lang=\"{}\" role=\"alert\">{wrong}</aside>\n", dress.language),
    };
    let bar = format!("\n<aside class=\"crieur-bar\" lang=\"{}\">{}</aside>\n{wrong}", dress.language, dress.bar);
    let mut additions = Vec::new();
    // A theme may leave out tags that HTML lets it leave out: then the parser puts what stands at
    // the very end where it belongs.
    additions.push((after_tag(page, "<title").unwrap_or(page.len()), dress.mark.as_str()));
    if after_tag(page, "<title").is_none() {
        additions.clear();
    }
    additions.push((find(page, "</head", 0).unwrap_or(page.len()), &head));
    additions.push((after_tag(page, "<body").unwrap_or(page.len()), &bar));
    additions.sort_by_key(|(at, _)| *at);
    let mut dressed = String::with_capacity(page.len() + head.len() + bar.len() + dress.mark.len());
    let mut from = 0;
    for (at, text) in additions {
        dressed.push_str(page.get(from..at).unwrap_or_default());
        dressed.push_str(text);
        from = at;
    }
    dressed.push_str(page.get(from..).unwrap_or_default());
    dressed
}

/// A page where the newsroom has none.
pub fn bare(dress: &Dress) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>crieur</title>\n</head>\n<body>\n<main>{}</main>\n</body>\n</html>\n",
        dress.language, dress.nothing,
    )
}

/// Where a text begins, whatever the case of its letters.
fn find(page: &str, text: &str, from: usize) -> Option<usize> {
    let (page, text) = (page.as_bytes().get(from..)?, text.as_bytes());
    page.windows(text.len()).position(|window| window.eq_ignore_ascii_case(text)).map(|at| from + at)
}

/// What follows the first tag of this name.
fn after_tag(page: &str, tag: &str) -> Option<usize> {
    let start = find(page, tag, 0)?;
    find(page, ">", start).map(|end| end + 1)
}

/// A page's own security policy, which no later one can loosen, widened by what the preview brings:
/// its style, its script and its events, all from its own server.
fn widened(page: &str) -> String {
    let mut widened = String::with_capacity(page.len());
    let end = find(page, "</head", 0).unwrap_or(page.len());
    let mut from = 0;
    while let Some(start) = find(page, "<meta", from).filter(|start| *start < end) {
        let Some(close) = tag_end(page, start) else { break };
        let tag = page.get(start..close).unwrap_or_default();
        widened.push_str(page.get(from..start).unwrap_or_default());
        match policy_of(tag) {
            Some(policy) => widened.push_str(&format!(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">",
                with_ours(&policy).replace('&', "&amp;").replace('"', "&quot;")
            )),
            None => widened.push_str(tag),
        }
        from = close;
    }
    widened.push_str(page.get(from..).unwrap_or_default());
    widened
}

/// Behind the `>` that ends a tag, which is not one inside a value.
fn tag_end(page: &str, start: usize) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in page.bytes().enumerate().skip(start) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The policy that a `<meta>` declares.
fn policy_of(tag: &str) -> Option<String> {
    find(tag, "content-security-policy", 0)?;
    // Not the `content` of its own name.
    let mut from = 0;
    let value = loop {
        let at = find(tag, "content", from)? + "content".len();
        from = at;
        if let Some(value) = tag.get(at..)?.trim_start().strip_prefix('=') {
            break value.trim_start();
        }
    };
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
        _ => value.split([' ', '>']).next()?,
    };
    let plain = value.replace("&#39;", "'").replace("&#x27;", "'").replace("&apos;", "'").replace("&quot;", "\"");
    Some(plain.replace("&amp;", "&"))
}

fn with_ours(policy: &str) -> String {
    let mut directives: Vec<(String, Vec<&str>)> = Vec::new();
    for directive in policy.split(';') {
        let mut words = directive.split_ascii_whitespace();
        if let Some(name) = words.next() {
            directives.push((name.to_ascii_lowercase(), words.collect()));
        }
    }
    let fallback = directives.iter().find(|(name, _)| name == "default-src").map(|(_, sources)| sources.clone());
    for ours in ["script-src", "script-src-elem", "style-src", "style-src-elem", "connect-src"] {
        let known = directives.iter().position(|(name, _)| name == ours);
        let sources = match (known, &fallback) {
            (Some(at), _) => directives.get_mut(at).map(|(_, sources)| sources),
            // What is not named falls back to what is, or is free.
            (None, Some(fallback)) if !ours.ends_with("-elem") => {
                directives.push((ours.to_owned(), fallback.clone()));
                directives.last_mut().map(|(_, sources)| sources)
            }
            _ => None,
        };
        if let Some(sources) = sources {
            sources.retain(|source| !source.eq_ignore_ascii_case("'none'"));
            if !sources.contains(&"'self'") {
                sources.push("'self'");
            }
        }
    }
    let written: Vec<String> = directives
        .iter()
        .map(|(name, sources)| {
            std::iter::once(name.as_str()).chain(sources.iter().copied()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    written.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dress() -> Dress {
        Dress {
            language: "fr".to_owned(),
            mark: "[Aperçu] ".to_owned(),
            bar: "<p>aperçu</p>".to_owned(),
            wrong: String::new(),
            nothing: "<p>rien</p>".to_owned(),
        }
    }

    #[test]
    fn a_page_keeps_every_byte_and_gets_its_bar() {
        let plain = "<!doctype html>\n<html>\n<HEAD><title>Un été</title></HEAD>\n<BODY class=\"a\">é</BODY></html>";
        let dressed = page(plain, &dress(), "1-2");
        assert!(dressed.contains("<title>[Aperçu] Un été</title>"), "{dressed}");
        assert!(dressed.contains("<BODY class=\"a\">\n<aside class=\"crieur-bar\" lang=\"fr\"><p>aperçu</p></aside>"));
        assert!(dressed.contains("data-seen=\"1-2\" defer></script>\n</HEAD>"));
        assert!(!dressed.contains("crieur-wrong"));
        let wrong = page(plain, &Dress { wrong: "<p>faux</p>".to_owned(), ..dress() }, "1-2");
        assert!(wrong.contains("role=\"alert\"><p>faux</p></aside>"), "{wrong}");
    }

    #[test]
    fn a_page_without_the_tags_that_may_be_left_out_has_it_all_the_same() {
        let dressed = page("<!doctype html><p>é", &dress(), "1-2");
        assert!(dressed.starts_with("<!doctype html><p>é<meta"), "{dressed}");
        assert!(dressed.contains("crieur-bar"));
        assert!(page("", &dress(), "1-2").contains("crieur-bar"));
    }

    #[test]
    fn a_policy_lets_the_preview_through_and_nothing_else() {
        for (policy, expected) in [
            (
                "default-src 'none'; style-src 'sha256-abc='; img-src 'self'",
                "default-src 'none'; style-src 'sha256-abc=' 'self'; img-src 'self'; script-src 'self'; connect-src 'self'",
            ),
            ("script-src 'none'; base-uri 'none'", "script-src 'self'; base-uri 'none'"),
            ("img-src 'self'", "img-src 'self'"),
            ("script-src-elem 'none'", "script-src-elem 'self'"),
            ("", ""),
        ] {
            assert_eq!(with_ours(policy), expected);
        }
    }

    #[test]
    fn a_policy_is_found_however_it_is_written() {
        for tag in [
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">",
            "<META content=\"default-src &#39;none&#39;\" HTTP-EQUIV='content-security-policy'/>",
            "<meta\n  http-equiv = content-security-policy\n  content = \"default-src &apos;none&apos;\">",
        ] {
            assert_eq!(policy_of(tag).as_deref(), Some("default-src 'none'"), "{tag}");
            let page = format!("<head><meta charset=utf-8>{tag}<meta name=\"a\" content=\"x > y\"></head>");
            let widened = widened(&page);
            assert!(widened.starts_with("<head><meta charset=utf-8><meta http-equiv="), "{widened}");
            assert!(widened.contains("script-src 'self'"), "{widened}");
            assert!(widened.ends_with("><meta name=\"a\" content=\"x > y\"></head>"), "{widened}");
        }
        assert_eq!(policy_of("<meta name=\"description\" content=\"a\">"), None);
        // What an author writes about it is no policy.
        let body = "<head></head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
        assert_eq!(widened(body), body);
    }
}
