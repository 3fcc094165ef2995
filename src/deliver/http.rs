//! What is asked of web servers, and what they say: one question at a time, redirections seen and not
//! followed, bounded in size and time.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::IpAddr;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How we call ourselves.
pub const AGENT: &str = concat!("crieur/", env!("CARGO_PKG_VERSION"), " (feed check)");

/// No feed is larger than this, in bytes.
const LARGEST: u64 = 64 << 20;

/// Whose machines may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any: a person wrote the address.
    Anywhere,
    /// Those of the public network: the address stands in something that was fetched, and whoever wrote
    /// it must not make us ask the machines around us.
    Public,
}

/// Asks.
#[derive(Debug)]
pub struct Client {
    agent: ureq::Agent,
    reach: Reach,
}

/// What a server said.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// 200, 304, 404…
    pub status: u16,
    /// Names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Decompressed.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The media type alone, in small letters.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

impl Client {
    /// With so much patience for each question.
    pub fn new(reach: Reach, patience: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        let agent = match reach {
            Reach::Anywhere => config.into(),
            Reach::Public => ureq::Agent::with_parts(config, DefaultConnector::default(), PublicResolver::default()),
        };
        Self { agent, reach }
    }

    /// Asks for a file; `more` are headers.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn get(&self, url: &str, more: &[(&str, &str)]) -> Result<Reply, String> {
        self.allowed(url)?;
        let mut request = self.agent.get(url);
        if !more.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
            request = request.header("User-Agent", AGENT);
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        reply(request.call())
    }

    /// Asks about a file, not for it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn head(&self, url: &str) -> Result<Reply, String> {
        self.allowed(url)?;
        reply(self.agent.head(url).header("User-Agent", AGENT).header("Accept-Encoding", "identity").call())
    }

    /// Sends a form.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Reply, String> {
        self.allowed(url)?;
        let form: Vec<(&str, &str)> = form.to_vec();
        reply(self.agent.post(url).header("User-Agent", AGENT).send_form(form))
    }

    /// An address in figures needs no resolver.
    fn allowed(&self, url: &str) -> Result<(), String> {
        if self.reach == Reach::Anywhere || is_public_host(url) { Ok(()) } else { Err(PRIVATE.to_owned()) }
    }
}

const PRIVATE: &str = "a private address";

fn reply(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Reply, String> {
    let mut response = answer.map_err(|error| error.to_string())?;
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let reader = response.body_mut().with_config().limit(u64::MAX).reader();
    reader.take(LARGEST + 1).read_to_end(&mut body).map_err(|error| error.to_string())?;
    if body.len() as u64 > LARGEST {
        return Err(format!("> {} MiB", LARGEST >> 20));
    }
    Ok(Reply { status, headers, body })
}

/// Whether the host of an address is no machine around us, as far as its spelling tells.
pub(super) fn is_public_host(url: &str) -> bool {
    match url::Url::parse(url).ok().as_ref().and_then(url::Url::host) {
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

/// Gives no address of a private network, whatever a name says.
#[derive(Debug, Default)]
struct PublicResolver(DefaultResolver);

impl Resolver for PublicResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        if found.iter().all(|address| is_public(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::Io(std::io::Error::new(std::io::ErrorKind::PermissionDenied, PRIVATE)))
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
    fn a_name_that_leads_home_is_refused() {
        // `localhost.localdomain` and the like are names that only a resolver sees through.
        let client = Client::new(Reach::Public, Duration::from_secs(5));
        assert_eq!(client.get("http://127.0.0.1:9/", &[]).unwrap_err(), PRIVATE);
        let resolver = PublicResolver::default();
        let timeout = NextTimeout {
            after: Duration::from_secs(5).into(),
            reason: ureq::Timeout::Global,
            ..NextTimeout::default()
        };
        let found = resolver.resolve(&"http://localhost:80/".parse().unwrap(), &Config::default(), timeout);
        assert!(found.unwrap_err().to_string().contains(PRIVATE));
    }
}
