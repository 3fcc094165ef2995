//! Edge in: what the disk says of a file, so that it need not be read again where it says the same.
//!
//! Times are a hint to skip reading and nothing else: no output knows of them (DESIGN §3.2). A file that
//! was touched within two seconds of the moment at which it was looked at is not trusted: a second change
//! within the same tick of the clock would not show.

use std::fs::Metadata;
use std::time::{Duration, SystemTime};

use crate::file::Stamp;

/// A file touched this shortly before it was looked at may be touched again unseen.
pub const TICK: Duration = Duration::from_secs(2);

/// What the system says of a file goes into `line`; when it was last touched.
pub(crate) fn said(metadata: &Metadata, line: &mut Vec<u8>) -> Option<SystemTime> {
    line.extend(metadata.len().to_le_bytes());
    let times = [metadata.modified().ok(), changed(metadata, line)];
    for time in times.into_iter().flatten() {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        line.extend(since.as_nanos().to_le_bytes());
    }
    times.into_iter().flatten().max()
}

/// What the system says of a file, and when it was last touched: the one may be trusted some time after
/// the other ([`is_settled`]).
pub fn of(metadata: &Metadata) -> Option<(Stamp, SystemTime)> {
    let mut line = Vec::with_capacity(64);
    let touched = said(metadata, &mut line)?;
    let digest = blake3::hash(&line);
    digest.as_bytes().first_chunk().map(|stamp| (Stamp(*stamp), touched))
}

/// Whether what was touched at `touched` was not so shortly before `at`, or later.
pub fn is_settled(touched: SystemTime, at: SystemTime) -> bool {
    touched + TICK < at
}

/// When the system last changed what it knows of a file, where it says so; which file it is goes into `line`.
#[cfg(unix)]
fn changed(metadata: &Metadata, line: &mut Vec<u8>) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    line.extend(metadata.ino().to_le_bytes());
    line.extend(metadata.mode().to_le_bytes());
    let since = Duration::new(metadata.ctime().try_into().ok()?, metadata.ctime_nsec().try_into().ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(not(unix))]
fn changed(_: &Metadata, _: &mut Vec<u8>) -> Option<SystemTime> {
    None
}
