//! Tells WebSub hubs that a feed has changed, so that readers have it in seconds and not at their next visit.
//!
//! A hub that fails is told a few times and then let be: it is never a reason for a publication to fail.
//! What each hub was told last is kept, so that it hears of a feed only when its bytes have changed
//! (WS-03, WS-04).

#![expect(clippy::disallowed_methods, reason = "what was told is read and written here")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::http::Client;
use crate::output;
use crate::problem::{Code, Problem};

/// What was told, below the folder of the newsroom.
pub const FILE: &str = ".crieur/notified.json";

/// How long one hub may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Before each further try.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// What each hub knows, by `HUB TOPIC`: the digest of the feed's bytes.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Told {
    version: u32,
    topics: BTreeMap<String, String>,
}

impl Told {
    /// What is kept; nothing where nothing can be read: a hub that is told twice finds nothing new.
    pub fn read(root: &Path) -> Self {
        let kept = fs::read(root.join(FILE)).ok().and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        kept.filter(|told| told.version == 1).unwrap_or_default()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, root: &Path) -> std::io::Result<()> {
        let path = root.join(FILE);
        let told = Self { version: 1, topics: self.topics.clone() };
        let mut bytes = serde_json::to_vec_pretty(&told).unwrap_or_default();
        bytes.push(b'\n');
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        output::rewrite(&path, &bytes)
    }

    /// What a hub knows of a feed; nothing where it was never told of it.
    pub fn of(&self, hub: &str, topic: &str) -> Option<&str> {
        self.topics.get(&key(hub, topic)).map(String::as_str)
    }

    /// A hub was told.
    pub fn knows(&mut self, hub: &str, topic: &str, digest: &str) {
        self.topics.insert(key(hub, topic), digest.to_owned());
    }

    /// A hub is to be told by a later run.
    pub fn owes(&mut self, hub: &str, topic: &str) {
        self.topics.entry(key(hub, topic)).or_default();
    }
}

fn key(hub: &str, topic: &str) -> String {
    format!("{hub} {topic}")
}

/// Tells one hub of one feed, by the two names that hubs know for it (the specification leaves it open); a warning says why it could not be told.
pub fn tell(hub: &str, topic: &str) -> Option<Problem> {
    let client = Client::new(hub, PATIENCE);
    let mut tries = PAUSES.into_iter();
    loop {
        let reason = match client.post(hub, &[("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic)]) {
            Ok(reply) if (200..300).contains(&reply.status) => return None,
            Ok(reply) if matches!(reply.status, 429 | 500..) => format!("HTTP {}", reply.status),
            // It has understood and does not want it: asking again is no use.
            Ok(reply) => return Some(failed(hub, topic, &format!("HTTP {}", reply.status))),
            Err(reason) => reason,
        };
        match tries.next() {
            Some(pause) => thread::sleep(pause),
            None => return Some(failed(hub, topic, &reason)),
        }
    }
}

fn failed(hub: &str, topic: &str, reason: &str) -> Problem {
    Problem::general(Code::HubFailed).with("hub", hub).with("url", topic).with("reason", reason)
}
