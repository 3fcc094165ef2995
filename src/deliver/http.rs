//! What is asked of web servers, and what they say: one question at a time, redirections seen and not
//! followed, bounded in size and time.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::Duration;

use crate::fetch;

/// How we call ourselves.
pub const AGENT: &str = concat!("crieur/", env!("CARGO_PKG_VERSION"), " (feed check)");

/// No feed is larger than this, in bytes.
const LARGEST: u64 = 64 << 20;

/// Asks.
#[derive(Debug)]
pub struct Client {
    agent: ureq::Agent,
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
    /// With so much patience for each question. A person wrote the address `asked`: of what that leads to,
    /// only it and what is public may be asked.
    pub fn new(asked: &str, patience: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Self { agent: fetch::guarded(config, asked) }
    }

    /// Asks for a file; `more` are headers.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn get(&self, url: &str, more: &[(&str, &str)]) -> Result<Reply, String> {
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
        reply(self.agent.head(url).header("User-Agent", AGENT).header("Accept-Encoding", "identity").call())
    }

    /// Sends a form.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Reply, String> {
        let form: Vec<(&str, &str)> = form.to_vec();
        reply(self.agent.post(url).header("User-Agent", AGENT).send_form(form))
    }
}

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
