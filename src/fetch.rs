//! Edge in: one file from the web.
//!
//! What another machine sends is bounded in size and in time, and it is either the whole file, or
//! not there, or a failure: half a file must never be taken for one. Where it leads is what a server says
//! and not what a person wrote: from the public network nobody is led to the machines around us.

use std::io::Read as _;
use std::net::IpAddr;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::Url;

/// Nothing that is worth reading takes longer, redirections and all.
const LONGEST: Duration = Duration::from_secs(60);

/// The file at an address, of at most `limit` bytes; `None` where there is none (404, 410).
///
/// # Errors
/// Why it cannot be had, in words.
pub fn get(url: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(LONGEST))
        .http_status_as_error(false)
        .user_agent(concat!("crieur/", env!("CARGO_PKG_VERSION")))
        .build();
    let mut response = guarded(config, url).get(url).call().map_err(|error| error.to_string())?;
    match response.status().as_u16() {
        200 => {}
        404 | 410 => return Ok(None),
        status => return Err(format!("HTTP {status}")),
    }
    let mut bytes = Vec::new();
    // Counted behind the decompression, or a small answer could become a huge one.
    let body = response.body_mut().with_config().limit(u64::MAX).reader();
    body.take(limit + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit { Err(format!("> {} MiB", limit >> 20)) } else { Ok(Some(bytes)) }
}

/// Whether the host of an address is no machine around us, as far as its spelling tells.
pub(crate) fn is_public_host(url: &str) -> bool {
    match Url::parse(url).ok().as_ref().and_then(Url::host) {
        Some(url::Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
        Some(url::Host::Ipv6(ip)) => is_public(IpAddr::V6(ip)),
        Some(url::Host::Domain(name)) => name != "localhost" && !name.ends_with(".localhost") && name.contains('.'),
        None => false,
    }
}

/// Whether an address is of the public network.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
                || a == 0
                || a == 100 && (64..128).contains(&b)
                || a == 192 && b == 0 && c == 0
                || a == 198 && (18..20).contains(&b)
                || a >= 240)
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            let embedded = |high: u16, low: u16| {
                let [one, two] = high.to_be_bytes();
                let [three, four] = low.to_be_bytes();
                is_public(IpAddr::from([one, two, three, four]))
            };
            let segments = ip.segments();
            let (high, low) = (segments.get(6).copied().unwrap_or(0), segments.get(7).copied().unwrap_or(0));
            match ip.to_ipv4_mapped() {
                Some(inner) => is_public(IpAddr::V4(inner)),
                None if a == 0x64 && b == 0xff9b => embedded(high, low),
                None if a == 0x2002 => embedded(b, c),
                None => {
                    !(ip.is_loopback()
                        || ip.is_unspecified()
                        || ip.is_unique_local()
                        || ip.is_unicast_link_local()
                        || ip.is_multicast())
                }
            }
        }
    }
}

/// What asks an address that a person wrote, and whatever that leads to. Where it is public, what it leads
/// to must be public too, or the same host: inside an organisation its own name may have a private address.
/// A relay that somebody has set decides by itself whom it asks.
pub(crate) fn guarded(config: Config, asked: &str) -> ureq::Agent {
    let host = Url::parse(asked).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase));
    match host.filter(|_| is_public_host(asked) && config.proxy().is_none()) {
        None => config.into(),
        Some(own) => {
            let resolver = PublicResolver { own, inner: DefaultResolver::default() };
            ureq::Agent::with_parts(config, DefaultConnector::default(), resolver)
        }
    }
}

/// Gives no private address, whatever a name says, but to one host.
#[derive(Debug)]
struct PublicResolver {
    own: String,
    inner: DefaultResolver,
}

impl Resolver for PublicResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let own = uri.host().is_some_and(|host| host.eq_ignore_ascii_case(&self.own));
        if own || found.iter().all(|address| is_public(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::Io(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "a private address")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known() {
        for url in [
            "http://127.0.0.1/",
            "http://localhost:80/",
            "http://10.1.2.3/",
            "http://192.168.0.1/",
            "http://169.254.169.254/latest/",
            "http://[::1]/",
            "http://[fd00::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://0.0.0.0/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://100.64.0.1/",
            "http://intranet/",
            "file:///etc/passwd",
        ] {
            assert!(!is_public_host(url), "{url}");
        }
        for url in ["https://www.example.org/feed.atom", "http://93.184.215.14/", "http://[2606:2800::1]/"] {
            assert!(is_public_host(url), "{url}");
        }
    }

    #[test]
    fn what_is_public_leads_to_nothing_private() {
        let resolve = |own: &str, url: &str| {
            let resolver = PublicResolver { own: own.to_owned(), inner: DefaultResolver::default() };
            let after = Duration::from_secs(5).into();
            let timeout = NextTimeout { after, reason: ureq::Timeout::Global, ..NextTimeout::default() };
            resolver.resolve(&url.parse().unwrap(), &Config::default(), timeout).map_err(|error| error.to_string())
        };
        for url in ["http://localhost:80/", "http://127.0.0.1:80/", "http://[::1]:80/", "http://10.0.0.1:80/"] {
            assert!(resolve("www.example.org", url).unwrap_err().contains("a private address"), "{url}");
        }
        assert!(resolve("localhost", "http://localhost:80/").is_ok());
        assert!(resolve("www.example.org", "http://93.184.215.14:80/").is_ok());
    }
}
