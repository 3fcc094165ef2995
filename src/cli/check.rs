//! `crieur check`: what `build` would find, without writing.

use super::{Answer, Room, report};
use crate::report::Format;

/// Checks.
pub fn run(room: &Room<'_>, answer: &mut Answer) {
    report(&room.newsroom.problems, &room.reporter(), answer);
    if room.format != Format::Json && !room.options.quiet {
        answer.out(&format!("  {}\n", room.summary()));
        room.held(answer);
    }
}
