//! Edge in: one file from the web.
//!
//! What another machine sends is bounded in size and in time, and it is either the whole file, or
//! not there, or a failure: half a file must never be taken for one.

use std::io::Read as _;
use std::time::Duration;

/// Nothing that is worth reading takes longer, redirections and all.
const LONGEST: Duration = Duration::from_secs(60);

/// The file at an address, of at most `limit` bytes; `None` where there is none (404, 410).
///
/// # Errors
/// Why it cannot be had, in words.
pub fn get(url: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(LONGEST))
        .http_status_as_error(false)
        .user_agent(concat!("crieur/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut response = agent.get(url).call().map_err(|error| error.to_string())?;
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
