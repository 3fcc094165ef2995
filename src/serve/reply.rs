//! What is answered to a request: decided here, sent by the server. Only this machine may ask
//! (a page on the web that leads its own name to 127.0.0.1 is refused by the `Host` it sends),
//! only to look, and only for what is in the list.

use std::borrow::Cow;
use std::fs::File;
use std::time::UNIX_EPOCH;

use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;

use super::{Held, Served, Shown, dress};
use crate::file::digest;
use crate::text::nfc;

const HTML: &str = "text/html; charset=utf-8";

/// A request.
#[derive(Debug)]
pub struct Asked<'a> {
    /// What is to be done.
    pub method: &'a Method,
    /// To what.
    pub target: &'a Uri,
    /// By whom, and what they have.
    pub headers: &'a HeaderMap,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// How it went.
    pub status: StatusCode,
    /// What it is.
    pub headers: Vec<(HeaderName, Cow<'static, str>)>,
    /// Itself.
    pub body: Body,
}

/// What is sent after the headers.
#[derive(Debug)]
pub enum Body {
    /// This.
    Bytes(Bytes),
    /// A file, opened.
    File(File),
    /// News for a page that has seen what has this name.
    Events(String),
}

/// What every answer says: look at it, keep it to yourself.
const ALWAYS: [(HeaderName, &str); 6] = [
    // Asked for again each time; what has not changed is answered with 304.
    (header::CACHE_CONTROL, "private, no-cache"),
    (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"),
];

impl Reply {
    fn new(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self { status, headers: Vec::new(), body: Body::Bytes(body.into()) };
        reply.add(header::CONTENT_TYPE, media_type);
        reply
    }

    fn refused(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or_default();
        Self::new(status, "text/plain; charset=utf-8", format!("{} {reason}\n", status.as_str()))
    }

    /// For now: the address may be another one after the next change.
    fn elsewhere(to: String) -> Self {
        let mut reply = Self::refused(StatusCode::FOUND);
        reply.add(header::LOCATION, to);
        reply
    }

    fn add(&mut self, name: HeaderName, value: impl Into<Cow<'static, str>>) {
        self.headers.push((name, value.into()));
    }
}

/// The answer to a request while `shown`, whose name is `name`, is shown on this port.
pub fn to(asked: &Asked<'_>, shown: &Shown, name: &str, port: u16) -> Reply {
    let mut reply = decided(asked, shown, name, port);
    for (header, value) in ALWAYS {
        reply.add(header, value);
    }
    if let Body::Bytes(bytes) = &reply.body
        && reply.status != StatusCode::NOT_MODIFIED
    {
        let length = bytes.len().to_string();
        reply.add(header::CONTENT_LENGTH, length);
    }
    if asked.method == Method::HEAD {
        reply.body = Body::Bytes(Bytes::new());
    }
    reply
}

fn decided(asked: &Asked<'_>, shown: &Shown, name: &str, port: u16) -> Reply {
    match host_of(asked) {
        None => return Reply::refused(StatusCode::BAD_REQUEST),
        Some(host) if !is_ours(host, port) => return Reply::refused(StatusCode::FORBIDDEN),
        Some(_) => {}
    }
    if !matches!(*asked.method, Method::GET | Method::HEAD) {
        let mut reply = Reply::refused(StatusCode::METHOD_NOT_ALLOWED);
        reply.add(header::ALLOW, "GET, HEAD");
        return reply;
    }
    let Some(path) = path_of(asked.target.path()) else {
        return Reply::refused(StatusCode::BAD_REQUEST);
    };
    match path.as_ref() {
        "/.crieur/events" => events(asked.target),
        "/.crieur/preview.css" => {
            unless_known(asked, Reply::new(StatusCode::OK, "text/css; charset=utf-8", include_str!("preview.css")))
        }
        "/.crieur/preview.js" => unless_known(
            asked,
            Reply::new(StatusCode::OK, "text/javascript; charset=utf-8", include_str!("preview.js")),
        ),
        path => {
            let base = path_of(&shown.base).unwrap_or_else(|| "/".to_owned());
            match path.strip_prefix(base.as_str()) {
                Some(below) => file(asked, shown, below, name),
                None if path == "/" || format!("{path}/") == base => Reply::elsewhere(shown.base.clone()),
                None => nothing(shown, name),
            }
        }
    }
}

/// The host that was asked for. RFC 9112 §3.2: exactly one, and that of an absolute target counts.
fn host_of<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    let mut hosts = asked.headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    if hosts.next().is_some() {
        return None;
    }
    Some(asked.target.authority().map_or(host, |authority| authority.as_str()))
}

/// Whether it is a name of this machine that no name server gives away.
fn is_ours(host: &str, port: u16) -> bool {
    let names = ["127.0.0.1", "localhost", "[::1]"];
    names.iter().any(|name| {
        let rest =
            host.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).map(|_| host.get(name.len()..));
        match rest.flatten() {
            Some("") => port == 80,
            Some(rest) => rest.strip_prefix(':') == Some(port.to_string().as_str()),
            None => false,
        }
    })
}

/// The path in plain letters; `None` where it is none that a newsroom could have. It is looked up in
/// a list, so it leads nowhere else; whoever tries gets no answer that looks like one.
fn path_of(raw: &str) -> Option<String> {
    let path = percent_decode_str(raw).decode_utf8().ok()?;
    let odd = |c: char| c.is_control() || c == '\\';
    let fine = path.starts_with('/') && !path.contains(odd) && !path.split('/').any(|part| part == "." || part == "..");
    fine.then(|| nfc(&path).into_owned())
}

fn events(target: &Uri) -> Reply {
    let seen = target.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("seen=")));
    let mut reply = Reply::new(StatusCode::OK, "text/event-stream", "");
    reply.body = Body::Events(seen.unwrap_or_default().to_owned());
    reply
}

fn file(asked: &Asked<'_>, shown: &Shown, below: &str, name: &str) -> Reply {
    let path = if below.is_empty() || below.ends_with('/') { format!("{below}index.html") } else { below.to_owned() };
    let Some(served) = shown.files.get(&path) else {
        let folder = format!("{path}/index.html");
        return match &shown.elsewhere {
            _ if shown.files.contains_key(&folder) => Reply::elsewhere(format!("{}/", asked.target.path())),
            // The permalinks are pages of another site.
            Some(site) if !below.is_empty() => Reply::elsewhere(format!("{site}{}", asked.target.path())),
            _ => nothing(shown, name),
        };
    };
    match &served.content {
        Held::Bytes(bytes, _) if is_page(served) => {
            let page = dress::page(&String::from_utf8_lossy(bytes), &shown.dress, name);
            unless_known(asked, Reply::new(StatusCode::OK, HTML, page))
        }
        Held::Bytes(bytes, digest) => {
            let reply = Reply { status: StatusCode::OK, headers: Vec::new(), body: Body::Bytes(bytes.clone()) };
            tagged(asked, reply, format!("\"{digest}\""), &served.media_type)
        }
        Held::File(path) => attachment(asked, path, &served.media_type).unwrap_or_else(|| nothing(shown, name)),
    }
}

fn is_page(served: &Served) -> bool {
    served.media_type.starts_with("text/html")
}

#[expect(clippy::disallowed_methods, reason = "an attachment is sent from where it lies")]
fn attachment(asked: &Asked<'_>, path: &std::path::Path, media_type: &str) -> Option<Reply> {
    // What has become a link since it was listed might lead anywhere.
    if !std::fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    let changed = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let mut reply = Reply { status: StatusCode::OK, headers: Vec::new(), body: Body::File(file) };
    reply.add(header::CONTENT_LENGTH, metadata.len().to_string());
    // Its bytes are not read for it, so it is a weak one (RFC 9110 §8.8.1).
    let tag = format!("W/\"{:x}-{:x}\"", metadata.len(), changed.as_nanos());
    Some(tagged(asked, reply, tag, media_type))
}

/// With the tag of its bytes.
fn unless_known(asked: &Asked<'_>, mut reply: Reply) -> Reply {
    let media_type =
        reply.headers.iter().find(|(name, _)| name == header::CONTENT_TYPE).map(|(_, value)| value.clone());
    reply.headers.retain(|(name, _)| name != header::CONTENT_TYPE);
    let tag = match &reply.body {
        Body::Bytes(bytes) => format!("\"{}\"", digest(bytes)),
        Body::File(_) | Body::Events(_) => return reply,
    };
    tagged(asked, reply, tag, media_type.as_deref().unwrap_or(HTML))
}

/// With its tag and type, or that it is known already.
fn tagged(asked: &Asked<'_>, mut reply: Reply, tag: String, media_type: &str) -> Reply {
    let known = asked.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let is_known =
        known.flat_map(|value| value.split(',')).any(|known| known.trim() == "*" || weak(known) == weak(&tag));
    if is_known {
        reply = Reply { status: StatusCode::NOT_MODIFIED, headers: Vec::new(), body: Body::Bytes(Bytes::new()) };
    } else {
        reply.add(header::CONTENT_TYPE, media_type.to_owned());
    }
    reply.add(header::ETAG, tag);
    reply
}

/// The newsroom's own page for it, or ours.
fn nothing(shown: &Shown, name: &str) -> Reply {
    let own = shown.files.get("404.html").map(|served| &served.content);
    let page = match own {
        Some(Held::Bytes(bytes, _)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => dress::bare(&shown.dress),
    };
    Reply::new(StatusCode::NOT_FOUND, HTML, dress::page(&page, &shown.dress, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_ours() {
        for host in ["127.0.0.1:4000", "localhost:4000", "LocalHost:4000", "[::1]:4000"] {
            assert!(is_ours(host, 4000), "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "127.0.0.1:4001",
            "127.0.0.1:40000",
            "localhost.example.org:4000",
            "example.org:4000",
            "127.0.0.1.example.org:4000",
            "user@127.0.0.1:4000",
            "é27.0.0.1:4000",
        ] {
            assert!(!is_ours(host, 4000), "{host}");
        }
        assert!(is_ours("localhost", 80));
    }

    #[test]
    fn a_path_is_one_of_a_newsroom_or_none() {
        assert_eq!(path_of("/presse/feed.atom").as_deref(), Some("/presse/feed.atom"));
        assert_eq!(path_of("/a%20b/%C3%A9t%65%CC%81/").as_deref(), Some("/a b/été/"));
        for odd in [
            "/..",
            "/a/../b",
            "/%2e%2e/x",
            "/.%2E/x",
            "/a/./b",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/%ff",
            "/a%0d%0ab",
            "*",
            "",
        ] {
            assert_eq!(path_of(odd), None, "{odd}");
        }
    }
}
