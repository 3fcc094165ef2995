//! `crieur check`: what `build` would find, without writing.

use super::{Answer, Room, report};
use crate::report::Format;

/// Checks.
pub fn run(room: &Room<'_>, answer: &mut Answer) {
    let problems = room.newsroom.problems.iter().filter(|problem| problem.item().is_none_or(|p| room.is_wanted(p)));
    report(&problems.cloned().collect::<Vec<_>>(), &room.reporter(), answer);
    room.skipped(answer);
    if room.format != Format::Json && !room.options.quiet {
        answer.out(&format!("  {}\n", room.summary()));
        room.held(answer);
    }
}
