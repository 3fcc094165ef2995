//! What other sites are embedded by, as an address that a person can open.
//!
//! A feed holds no frame (HT-01): instead of an empty hole stands a link. The address of a frame is
//! often of no use by itself (a player refuses to be opened alone), so where a service has a page
//! for the same thing, that page is meant. No service is asked, and no picture of one is shown that
//! the author did not give: a reader's machine would call it.

use percent_encoding::percent_decode_str;
use url::Url;

/// The page for what a frame shows; `None` where it shows nothing that has an address.
pub fn page(address: &str) -> Option<String> {
    let address = address.trim();
    let whole = if address.starts_with("//") { format!("https:{address}") } else { address.to_owned() };
    match Url::parse(&whole) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(of_service(&url).unwrap_or(whole)),
        Err(url::ParseError::RelativeUrlWithoutBase) if !whole.is_empty() && !whole.starts_with('#') => Some(whole),
        _ => None,
    }
}

/// What a link says for which the author has no words: the host, or the name of the file.
pub fn label(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => url.host_str().map(|host| host.trim_start_matches("www.").to_owned()).unwrap_or_default(),
        Err(_) => last(address).to_owned(),
    }
}

/// The same of a film or a sound, wherever it lies: the name of the file as people know it.
pub fn file(address: &str) -> String {
    let name = percent_decode_str(last(address)).decode_utf8_lossy();
    if name.is_empty() { label(address) } else { name.into_owned() }
}

/// What an address ends with, without its query.
fn last(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// Titles that services write into the code they hand out: they name the service, not the thing.
pub fn is_generic(title: &str) -> bool {
    const TITLES: [&str; 6] = [
        "youtube video player",
        "dailymotion video player",
        "vimeo-player",
        "vimeo video player",
        "embedded content",
        "iframe",
    ];
    TITLES.contains(&title.trim().to_lowercase().as_str())
}

/// The page of a service that embeds by another address than it shows.
fn of_service(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_start_matches("www.");
    let path: Vec<&str> = url.path_segments()?.collect();
    let parameter = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    match (host, path.as_slice()) {
        ("youtube.com" | "youtube-nocookie.com" | "m.youtube.com", ["embed" | "v" | "shorts", id]) if is_id(id) => {
            if *id == "videoseries" {
                return with("https://www.youtube.com/playlist", &[("list", parameter("list")?)]);
            }
            let start = parameter("start").map(|start| ("t", start));
            let query: Vec<_> = std::iter::once(("v", (*id).to_owned())).chain(start).collect();
            with("https://www.youtube.com/watch", &query)
        }
        ("player.vimeo.com", ["video", id]) if is_id(id) => {
            // An unlisted one has a second part.
            let hash = parameter("h").filter(|hash| is_id(hash)).map(|hash| format!("/{hash}")).unwrap_or_default();
            Some(format!("https://vimeo.com/{id}{hash}"))
        }
        ("dailymotion.com", ["embed", "video", id]) if is_id(id) => {
            Some(format!("https://www.dailymotion.com/video/{id}"))
        }
        ("geo.dailymotion.com", ["player.html" | "player", ..]) => {
            parameter("video").filter(|id| is_id(id)).map(|id| format!("https://www.dailymotion.com/video/{id}"))
        }
        ("w.soundcloud.com", ["player", ..]) => {
            let sound = Url::parse(&parameter("url")?).ok()?;
            matches!(sound.host_str(), Some("soundcloud.com" | "www.soundcloud.com")).then(|| web(&sound))?
        }
        ("facebook.com", ["plugins", ..]) => web(&Url::parse(&parameter("href")?).ok()?),
        ("open.spotify.com", ["embed", rest @ ..]) => Some(format!("https://open.spotify.com/{}", rest.join("/"))),
        // PeerTube, on whatever host.
        (_, ["videos", "embed", id]) if is_id(id) => {
            let mut page = url.clone();
            page.set_path(&format!("/videos/watch/{id}"));
            page.set_query(None);
            Some(page.into())
        }
        _ => None,
    }
}

fn with(page: &str, query: &[(&str, String)]) -> Option<String> {
    Url::parse_with_params(page, query).ok().map(String::from)
}

fn web(url: &Url) -> Option<String> {
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// What services make their names of.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_becomes_the_page_of_what_it_shows() {
        for (frame, expected) in [
            ("https://www.youtube.com/embed/a_B-1?autoplay=1", "https://www.youtube.com/watch?v=a_B-1"),
            ("//www.youtube-nocookie.com/embed/aB1?start=42", "https://www.youtube.com/watch?v=aB1&t=42"),
            ("https://www.youtube.com/embed/videoseries?list=PL1", "https://www.youtube.com/playlist?list=PL1"),
            ("https://player.vimeo.com/video/12?h=ab&dnt=1", "https://vimeo.com/12/ab"),
            ("https://www.dailymotion.com/embed/video/x1y2", "https://www.dailymotion.com/video/x1y2"),
            ("https://geo.dailymotion.com/player/p.html?video=x1y2", "https://www.dailymotion.com/video/x1y2"),
            ("https://tube.example.org/videos/embed/3f-4?title=0", "https://tube.example.org/videos/watch/3f-4"),
            ("https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b", "https://soundcloud.com/a/b"),
            (
                "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1",
                "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1",
            ),
            ("https://www.google.com/maps/embed?pb=!1m1", "https://www.google.com/maps/embed?pb=!1m1"),
            ("https://open.spotify.com/embed/track/1", "https://open.spotify.com/track/1"),
            (
                "https://www.facebook.com/plugins/video.php?href=javascript:x",
                "https://www.facebook.com/plugins/video.php?href=javascript:x",
            ),
            ("carte.html", "carte.html"),
            ("http://carte.example.org/a b", "http://carte.example.org/a b"),
        ] {
            assert_eq!(page(frame).as_deref(), Some(expected));
        }
        for nothing in ["", " ", "about:blank", "javascript:x", "data:text/html,x", "#", "java\nscript:x"] {
            assert_eq!(page(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_has_no_title_is_called_by_its_host() {
        assert_eq!(label("https://www.youtube.com/watch?v=1"), "youtube.com");
        assert_eq!(label("cartes/plan.pdf?x#y"), "plan.pdf");
        assert!(is_generic("YouTube video player"));
    }
}
