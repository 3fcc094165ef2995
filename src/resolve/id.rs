//! Identity: what the author wrote, else the authority and the file's path (DESIGN §5).
//!
//! Never from the address, the title, the host or the build (ID-02), and never normalised
//! afterwards: readers compare byte for byte (ID-06).

use crate::config::{Config, is_authority};
use crate::input::Draft;
use crate::item::Origin;
use crate::problem::{Code, Problem};
use crate::text::{clean, nfc, without_marks};

/// The id of an item and where it came from.
pub fn of(draft: &Draft, config: &Config, problems: &mut Vec<Problem>) -> Option<(String, Origin)> {
    if let Some(written) = &draft.exact_id {
        // An escape in the head may still hold what no feed can carry.
        let id = without_marks(&clean(&written.value).text).trim().to_owned();
        if !id.is_empty() {
            return Some((id, Origin::written(written.place)));
        }
    }
    let Some(written) = &draft.id else {
        return Some((tag(config, bare(&draft.path)), Origin::Path));
    };
    let origin = Origin::written(written.place);
    let id = &written.value;
    match meaning(id) {
        Meaning::Itself => Some((id.clone(), origin)),
        // Nobody needs to know what a tag URI is.
        Meaning::Name => Some((tag(config, id), origin)),
        Meaning::Nothing => {
            problems.push(Problem::new(Code::IdInvalid, &draft.path).at(written.place).with("value", id));
            None
        }
    }
}

/// What an `id` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// An identity as it stands.
    Itself,
    /// A name under the newsroom's own authority.
    Name,
    /// Neither.
    Nothing,
}

/// What an `id` that somebody wrote is.
pub fn meaning(id: &str) -> Meaning {
    let Some((scheme, rest)) = id.split_once(':') else {
        return Meaning::Name;
    };
    let good = match scheme {
        "tag" => rest.split_once(':').is_some_and(|(authority, name)| is_authority(authority) && is_uri(name)),
        "urn" => match rest.split_once(':') {
            Some(("uuid", uuid)) => is_uuid(uuid),
            Some((space, name)) => space.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && is_uri(name),
            None => false,
        },
        // An address as identity must be canonical from the start (ID-05).
        "http" | "https" => {
            let upper = rest.split('%').skip(1).all(|escape| !escape.bytes().take(2).any(|b| b.is_ascii_lowercase()));
            is_uri(rest) && upper && url::Url::parse(id).is_ok_and(|url| url.as_str() == id)
        }
        // No scheme that readers know: a name of ours with a colon in it.
        _ if is_uri(id) => return Meaning::Name,
        _ => false,
    };
    if good { Meaning::Itself } else { Meaning::Nothing }
}

/// Characters of a URI, and at least one of them.
fn is_uri(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&b))
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// The id of the main feed (ID-10).
pub fn feed(config: &Config) -> String {
    tag(config, "feed")
}

/// The id of the feed of a part of the newsroom: `…:feed/tags/sport`.
pub fn channel(config: &Config, path: &str) -> String {
    tag(config, &format!("feed/{path}"))
}

/// The path without its ending.
pub fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

/// The path without its ending and without a last `index`.
pub fn bare(path: &str) -> &str {
    let stem = stem(path);
    match stem.rsplit_once('/') {
        Some((folder, "index")) => folder,
        None if stem == "index" => "",
        _ => stem,
    }
}

/// A tag URI (RFC 4151): only what a path segment may hold stands as it is.
fn tag(config: &Config, specific: &str) -> String {
    let mut id = format!("tag:{}:", config.authority);
    for byte in nfc(specific).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            id.push(char::from(byte));
        } else {
            id.push_str(&format!("%{byte:02X}"));
        }
    }
    id
}
