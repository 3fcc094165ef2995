//! What a single value must be: an address on the web, an e-mail address, an authority, a key.

use url::Url;

/// RFC 4151: a domain in lower case, a comma, a date.
pub fn is_authority(text: &str) -> bool {
    let Some((domain, date)) = text.split_once(',') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let dated = match shape.as_str() {
        "0000" => format!("{date}-01-01"),
        "0000-00" => format!("{date}-01"),
        "0000-00-00" => date.to_owned(),
        _ => return false,
    };
    chrono::NaiveDate::parse_from_str(&dated, "%Y-%m-%d").is_ok()
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// A word without capitals or spaces: meant as a key of `[people]`, not as a name.
pub fn looks_like_a_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// The one of `known` that is a single edit away.
pub fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A megabyte of keys must not take a minute: most are told apart by their lengths.
    let close = |known: &&str| known.len() > 2 && known.len().abs_diff(name.len()) <= 4;
    let mut known = known.filter(|known| close(known) && strsim::osa_distance(known, name) == 1);
    known.next()
}

/// An absolute http(s) URL in ASCII (RS-07), as `url` writes it, and without the characters that
/// it leaves in although no URI may hold them.
pub fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| ascii_uri(url.as_str()))
}

/// Escapes what `url` leaves although RFC 3986 forbids it (`|`, `[`, a `%` that escapes nothing).
pub fn ascii_uri(url: &str) -> String {
    let stays = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(&byte);
    if url.bytes().all(stays) {
        return url.to_owned();
    }
    let host_ends = url.find("://").and_then(|at| url.get(at + 3..)?.find(['/', '?', '#']).map(|end| at + 3 + end));
    let (host, rest) = url.split_at_checked(host_ends.unwrap_or_default()).unwrap_or(("", url));
    let mut escaped = host.to_owned();
    let bytes = rest.bytes().enumerate();
    for (index, byte) in bytes {
        let hex = |at: usize| rest.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
        let allowed = match byte {
            b'%' => hex(index + 1) && hex(index + 2),
            byte => stays(byte),
        };
        if allowed {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A bare address for publication (AT-13): something before one `@`, a domain with a dot after it;
/// without the rare characters that would mean something else in a `mailto:` URL.
pub fn email_address(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("mailto:");
    let (local, domain) = text.split_once('@')?;
    let local_ok = !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".'+_~-".contains(&b));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (local_ok && domain.contains('.') && domain.split('.').all(label)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(
            web_address("https://Éxemple.fr/é [1]|%zz").as_deref(),
            Some("https://xn--xemple-9ua.fr/%C3%A9%20%5B1%5D%7C%25zz")
        );
        assert_eq!(web_address("javascript:alert(1)"), None);
        assert!(email_address("a@b.fr").is_some());
        assert!(email_address("a@b").is_none() && email_address("<a@b.fr>").is_none());
    }
}
