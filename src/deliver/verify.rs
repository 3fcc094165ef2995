//! What is live: whether it is what was built, and whether readers can do with it what readers do.
//!
//! [`settle`] compares bytes until they are there or the time is up. [`examine`] is the doctor of one
//! feed, ours or anybody's: it asks as readers ask, and each finding says on which host it was, so that
//! the sentence can say what to change there.

#![expect(clippy::disallowed_methods, reason = "waiting needs a clock")]

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::http::{Client, Reply};
use crate::fetch::is_public_host;
use crate::file::digest;
use crate::problem::{Code, Problem};

/// How long one question may take.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// What weighs more is asked about and not fetched, in bytes.
const HEAVY: u64 = 8 << 20;
/// What is smaller fits into one packet; compressing it gains nothing.
const SMALL: usize = 1400;
/// So many redirections a reader follows.
const REDIRECTIONS: usize = 5;
/// A feed that is kept longer than this is old news, in seconds.
const LONGEST_KEPT: u64 = 86_400;

/// As whom readers come; walls against bots judge by this.
const READERS: [(&str, &str); 3] = [
    ("Feedly", "Feedly/1.0 (+https://feedly.com/fetcher.html; 1 subscribers; like FeedFetcher-Google)"),
    ("Thunderbird", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0"),
    ("newsboat", "newsboat/2.32.0 (Linux x86_64)"),
];

/// A file that is to be live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Where.
    pub url: String,
    /// Of its bytes.
    pub digest: String,
    /// In bytes.
    pub size: u64,
}

/// Looks until all is live or the time is up; what is not is an error. `waiting` hears of each new try,
/// and how many files it is about.
pub fn settle(expected: &[Expected], deadline: Duration, mut waiting: impl FnMut(usize)) -> Vec<Problem> {
    let start = Instant::now();
    let mut pause = Duration::from_secs(1);
    let mut left: Vec<&Expected> = expected.iter().collect();
    loop {
        let judged = left.iter().filter_map(|file| Some((*file, compare(file)?)));
        let (not_yet, problems): (Vec<&Expected>, Vec<Problem>) = judged.unzip();
        let over = deadline.saturating_sub(start.elapsed());
        if problems.is_empty() || over.is_zero() {
            return problems;
        }
        waiting(not_yet.len());
        thread::sleep(pause.min(over));
        pause = (pause * 2).min(Duration::from_secs(20));
        left = not_yet;
    }
}

/// Whether one file is live now.
fn compare(file: &Expected) -> Option<Problem> {
    let client = Client::new(&file.url, PATIENCE);
    let heavy = file.size > HEAVY;
    let reply = if heavy {
        let unreachable = Problem::general(Code::LiveUnreachable).with("url", &file.url);
        client.head(&file.url).map_err(|reason| unreachable.with("reason", reason))
    } else {
        // Where it leads elsewhere, that is what readers get.
        follow(&client, &file.url).map(|(_, reply, _)| reply)
    };
    let reply = match reply {
        Ok(reply) => reply,
        Err(problem) => return Some(problem),
    };
    if reply.status != 200 {
        return Some(status(&file.url, &reply));
    }
    let same = if heavy {
        reply.header("content-length").is_none_or(|length| length.parse() == Ok(file.size))
    } else {
        digest(&reply.body) == file.digest
    };
    (!same).then(|| finding(Code::LiveDifferent, &file.url, &reply))
}

/// An answer that is not the file.
fn status(url: &str, reply: &Reply) -> Problem {
    let code = match reply.status {
        301 | 302 | 303 | 307 | 308 => Code::LiveRedirected,
        401 | 403 | 406 | 429 | 503 => Code::LiveWall,
        _ => Code::LiveMissing,
    };
    let problem = finding(code, url, reply).with("status", reply.status);
    match reply.header("location") {
        Some(to) if code == Code::LiveRedirected => problem.with("to", to).with("temporary", temporary(reply.status)),
        _ => problem,
    }
}

/// `yes` or nothing: a blank of a sentence.
fn temporary(status: u16) -> &'static str {
    if matches!(status, 301 | 308) { "" } else { "yes" }
}

/// Something to be said of an address, with the host that it was found on: the sentence knows what to
/// change there.
fn finding(code: Code, url: &str, reply: &Reply) -> Problem {
    Problem::general(code).with("url", url).with(host(url, reply), "yes")
}

/// Which host answers.
fn host(url: &str, reply: &Reply) -> &'static str {
    let server = reply.header("server").unwrap_or_default().to_ascii_lowercase();
    let name = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase)).unwrap_or_default();
    let has = |header: &str| reply.headers.contains_key(header);
    match () {
        () if server.contains("github") || has("x-github-request-id") || name.ends_with(".github.io") => "github",
        () if name.ends_with(".gitlab.io") || has("gitlab-lb") => "gitlab",
        () if server.contains("netlify") || has("x-nf-request-id") => "netlify",
        () if server.contains("cloudflare") || has("cf-ray") => "cloudflare",
        () if server.contains("nginx") || server.contains("openresty") => "nginx",
        () if server.contains("apache") || server.contains("litespeed") => "apache",
        () => "elsewhere",
    }
}

/// What a feed says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// `Atom`, `RSS`, `RDF`, `JSON Feed`; empty where it is none.
    pub kind: &'static str,
    /// How many entries it has.
    pub entries: usize,
    /// Where it says that it is.
    pub own: Option<String>,
    /// Which hubs it names.
    pub hubs: Vec<String>,
    /// The encoding of its declaration.
    encoding: Option<String>,
}

/// The doctor: asks for a feed as readers do, and says what they would meet. What a file is to hold may be
/// known.
pub fn examine(url: &str, expected: Option<&Expected>) -> (Seen, Vec<Problem>) {
    let client = Client::new(url, PATIENCE);
    let (at, reply, mut problems) = match follow(&client, url) {
        Ok(found) => found,
        Err(problem) => return (Seen::default(), vec![problem]),
    };
    if reply.status != 200 {
        problems.push(status(&at, &reply));
        return (Seen::default(), problems);
    }
    let seen = match read(&reply.body) {
        Ok(seen) => seen,
        Err(reason) => {
            let page = reply.body.iter().take(4096).copied().collect::<Vec<u8>>().to_ascii_lowercase();
            let page = String::from_utf8_lossy(&page).into_owned();
            let is_page = page.contains("<html") || page.contains("<!doctype html");
            let problem = finding(Code::LiveNoFeed, &at, &reply).with("reason", reason);
            let feed = if is_page { feed_of_page(&reply.body, &at) } else { None };
            problems
                .push(problem.with("page", if is_page { "yes" } else { "" }).with("feed", feed.unwrap_or_default()));
            return (Seen::default(), problems);
        }
    };
    if let Some(expected) = expected.filter(|expected| digest(&reply.body) != expected.digest) {
        problems.push(finding(Code::LiveDifferent, &expected.url, &reply));
    }
    problems.extend(head(&at, &reply, &seen));
    problems.extend(again(&client, &at, &reply));
    problems.extend(compressed(&client, &at, &reply));
    problems.extend(own(&client, &at, &reply, &seen));
    problems.extend(walls(&client, &at, &reply));
    (seen, problems)
}

/// Follows redirections as a reader would, and says what is wrong about them.
fn follow(client: &Client, url: &str) -> Result<(String, Reply, Vec<Problem>), Problem> {
    let mut problems = Vec::new();
    let mut at = url.to_owned();
    for _ in 0..=REDIRECTIONS {
        let unreachable =
            |reason: String| Problem::general(Code::LiveUnreachable).with("url", &at).with("reason", reason);
        let reply = client
            .get(&at, &[("Accept", "application/atom+xml, application/rss+xml, */*;q=0.1")])
            .map_err(unreachable)?;
        let to = reply.header("location").and_then(|to| Url::parse(&at).ok()?.join(to).ok());
        match to.filter(|_| matches!(reply.status, 301 | 302 | 303 | 307 | 308)) {
            None => return Ok((at, reply, problems)),
            Some(to) => {
                let problem = finding(Code::LiveRedirected, &at, &reply).with("to", &to);
                problems.push(problem.with("temporary", temporary(reply.status)));
                at = to.into();
            }
        }
    }
    Err(Problem::general(Code::LiveUnreachable)
        .with("url", url)
        .with("reason", format!("> {REDIRECTIONS} redirections")))
}

/// What the head of the answer says: type, encoding, how long it is kept, and who may read it.
fn head(url: &str, reply: &Reply, seen: &Seen) -> Vec<Problem> {
    let mut problems = Vec::new();
    let found = reply.media_type();
    let (right, also): (&str, &[&str]) = match seen.kind {
        "Atom" => ("application/atom+xml", &["application/xml", "text/xml"]),
        "JSON Feed" => ("application/feed+json", &["application/json"]),
        _ => ("application/rss+xml", &["application/xml", "text/xml", "application/rdf+xml"]),
    };
    if found != right && !also.contains(&found.as_str()) {
        let shown = if found.is_empty() { "…" } else { &found };
        problems.push(finding(Code::LiveType, url, reply).with("sent", shown).with("expected", right));
    }
    let charset = reply.header("content-type").and_then(|value| {
        value.to_ascii_lowercase().split_once("charset=").map(|(_, c)| c.trim_matches(['"', ' ', ';']).to_owned())
    });
    let declared = seen.encoding.as_ref().map(|encoding| encoding.to_ascii_lowercase());
    if let (Some(sent), Some(declared)) = (charset, declared.or_else(|| Some("utf-8".to_owned())))
        && sent != declared
    {
        problems.push(finding(Code::LiveType, url, reply).with("charset", sent).with("expected", declared));
    }
    let control = reply.header("cache-control").unwrap_or_default().to_ascii_lowercase();
    let age = control.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    if let Some(age) = age.filter(|age| *age > LONGEST_KEPT) {
        problems.push(finding(Code::LiveKept, url, reply).with("hours", age / 3600));
    }
    if reply.header("access-control-allow-origin").is_none() {
        problems.push(finding(Code::LiveCors, url, reply));
    }
    if url.starts_with("http://") && is_public_host(url) {
        problems.push(finding(Code::LiveInsecure, url, reply));
    }
    problems
}

/// Whether a reader that comes back is told that nothing changed.
fn again(client: &Client, url: &str, reply: &Reply) -> Option<Problem> {
    let validators = [("If-None-Match", reply.header("etag")), ("If-Modified-Since", reply.header("last-modified"))];
    let known: Vec<(&str, &str)> = validators.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    if known.is_empty() {
        return Some(finding(Code::LiveNoMemory, url, reply));
    }
    let again = client.get(url, &known).ok()?;
    let refused = again.status == 200 && digest(&again.body) == digest(&reply.body);
    refused.then(|| finding(Code::LiveNoMemory, url, reply).with("validators", "yes"))
}

/// Whether it comes compressed. An answer that was is without its length by now; one that still has it
/// was not.
fn compressed(client: &Client, url: &str, reply: &Reply) -> Option<Problem> {
    if reply.body.len() < SMALL {
        return None;
    }
    let asked = client.get(url, &[("Accept-Encoding", "gzip")]).ok()?;
    let plain =
        asked.status == 200 && asked.header("content-length").is_some() && asked.header("content-encoding").is_none();
    plain.then(|| finding(Code::LivePlain, url, reply).with("kilobytes", reply.body.len().div_ceil(1000)))
}

/// Whether it says that it is where it is: readers subscribe there.
fn own(client: &Client, url: &str, reply: &Reply, seen: &Seen) -> Option<Problem> {
    let own = seen.own.as_ref()?;
    let (here, there) = (Url::parse(url).ok()?, Url::parse(url).ok()?.join(own).ok()?);
    if here == there {
        return None;
    }
    let opens = match client.get(there.as_str(), &[]) {
        Ok(reply) if reply.status == 200 => String::new(),
        Ok(reply) => format!("HTTP {}", reply.status),
        Err(reason) => reason,
    };
    Some(finding(Code::LiveOwn, url, reply).with("own", there).with("reason", opens))
}

/// Whether every reader gets what we get.
fn walls(client: &Client, url: &str, reply: &Reply) -> Option<Problem> {
    let stopped = READERS.iter().filter_map(|(name, agent)| {
        let answer = client.get(url, &[("User-Agent", agent)]).ok()?;
        let same = answer.status == 200 && (digest(&answer.body) == digest(&reply.body) || read(&answer.body).is_ok());
        (!same).then_some((*name, answer.status))
    });
    let stopped: BTreeMap<&str, u16> = stopped.collect();
    let first = stopped.values().next().copied()?;
    let names: Vec<&str> = stopped.keys().copied().collect();
    Some(finding(Code::LiveWall, url, reply).with("readers", names.join(", ")).with("status", first))
}

/// What a feed says of itself, or why it is none.
fn read(bytes: &[u8]) -> Result<Seen, String> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        return read_json(text);
    }
    // A parser of XML gives up here.
    if text.first().is_some_and(u8::is_ascii_whitespace) && text.trim_ascii_start().starts_with(b"<?xml") {
        return Err("blank before <?xml".to_owned());
    }
    let mut reader = Reader::from_reader(text);
    let (mut seen, mut depth) = (Seen::default(), 0_usize);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => break,
            Event::Decl(declaration) => {
                seen.encoding =
                    declaration.encoding().and_then(Result::ok).map(|name| String::from_utf8_lossy(&name).into_owned());
            }
            Event::Start(element) => {
                meet(&mut seen, &element, depth)?;
                depth += 1;
            }
            Event::Empty(element) => meet(&mut seen, &element, depth)?,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    match (seen.kind, depth) {
        ("", _) => Err("no feed".to_owned()),
        (_, 0) => Ok(seen),
        _ => Err("cut off".to_owned()),
    }
}

fn meet(seen: &mut Seen, element: &BytesStart<'_>, depth: usize) -> Result<(), String> {
    let name = element.local_name();
    let name = name.as_ref();
    match (depth, name) {
        (0, b"feed") => seen.kind = "Atom",
        (0, b"rss") => seen.kind = "RSS",
        (0, b"RDF") => seen.kind = "RDF",
        (0, _) => return Err(format!("<{}>", String::from_utf8_lossy(name))),
        (1 | 2, b"entry" | b"item") => seen.entries += 1,
        (1 | 2, b"link") => {
            let value = |wanted: &[u8]| {
                let attribute = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == wanted)?;
                let text = String::from_utf8_lossy(&attribute.value).into_owned();
                Some(quick_xml::escape::unescape(&text).map_or_else(|_| text.clone(), |text| text.into_owned()))
            };
            match (value(b"rel").as_deref(), value(b"href")) {
                (Some("self"), Some(href)) if seen.entries == 0 || depth == 1 => {
                    seen.own = seen.own.take().or(Some(href))
                }
                (Some("hub"), Some(href)) => seen.hubs.push(href),
                _ => {}
            }
        }
        _ => {}
    }
    Ok(())
}

fn read_json(text: &[u8]) -> Result<Seen, String> {
    let feed: serde_json::Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let said = |key: &str| feed.get(key).and_then(serde_json::Value::as_str);
    if !said("version").is_some_and(|version| version.contains("jsonfeed.org/version/")) {
        return Err("no feed".to_owned());
    }
    let list = |key: &str| feed.get(key).and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let hubs = list("hubs").iter().filter_map(|hub| hub.get("url")?.as_str().map(str::to_owned)).collect();
    let own = said("feed_url").map(str::to_owned);
    Ok(Seen { kind: "JSON Feed", entries: list("items").len(), own, hubs, encoding: None })
}

/// The first feed that a page names.
fn feed_of_page(bytes: &[u8], at: &str) -> Option<String> {
    let page = String::from_utf8_lossy(bytes);
    let links = page.split("<link").skip(1).filter_map(|rest| rest.split('>').next());
    let link = links.into_iter().find(|link| {
        let link = link.to_ascii_lowercase();
        link.contains("alternate") && ["atom+xml", "rss+xml", "feed+json"].iter().any(|kind| link.contains(kind))
    })?;
    let rest = link.split("href=").nth(1)?;
    let href = rest.trim_start_matches(['"', '\'']).split(['"', '\'', ' ']).next()?;
    let href = quick_xml::escape::unescape(href).ok()?;
    Url::parse(at).ok()?.join(&href).ok().map(String::from)
}
