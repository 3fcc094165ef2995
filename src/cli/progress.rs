//! How far a long run has come, for who sits and waits: one line on the terminal, after a second of work,
//! taken away at the end. Nothing in a pipe, a file or CI: logs keep every line for ever.

#![expect(clippy::disallowed_methods, reason = "how long it has taken is of no consequence")]

use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crieur::file::Progress;
use crieur::locale::Locale;

use super::{Options, Piece, Surroundings};
use crate::report::Format;

/// Nobody needs to be told of less.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// Shows it until it is dropped.
pub struct Watch {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Watches the stage whose sentence has this key; nothing where nobody looks on.
    pub fn begin(
        key: &'static str,
        progress: &Arc<Progress>,
        locale: &'static Locale,
        options: &Options,
        format: Format,
        surroundings: &Surroundings,
    ) -> Option<Self> {
        if !surroundings.watched || options.quiet || format != Format::Human {
            return None;
        }
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let (seen, progress, print) = (Arc::clone(&stop), Arc::clone(progress), surroundings.print);
        let thread = std::thread::spawn(move || show(key, &progress, locale, &seen, print));
        Some(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Ok(mut stop) = self.stop.0.lock() {
            *stop = true;
        }
        self.stop.1.notify_all();
        // What is said next must not come before the line is gone.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn show(key: &str, progress: &Progress, locale: &Locale, (stop, told): &(Mutex<bool>, Condvar), print: fn(&[Piece])) {
    let began = Instant::now();
    let Ok(mut stopped) = stop.lock() else { return };
    let (mut wait, mut widest) = (PATIENCE, 0);
    // Spaces rather than a code that clears the line: not every terminal of Windows knows one.
    let mut put = |line: &str| {
        widest = widest.max(line.chars().count());
        print(&[Piece::Err(format!("\r{line:widest$}\r{line}"))]);
        widest
    };
    let mut shown = 0;
    loop {
        match told.wait_timeout_while(stopped, wait, |stopped| !*stopped) {
            Ok((guard, _)) if !*guard => stopped = guard,
            _ => break,
        }
        wait = PAUSE;
        let (done, all) = progress.come();
        if let Some(line) = line(key, done, all, began.elapsed(), locale) {
            shown = put(&line);
        }
    }
    if shown > 0 {
        print(&[Piece::Err(format!("\r{:shown$}\r", ""))]);
    }
}

/// How far, how fast, and how long it will take at that pace; nothing before there is a pace.
fn line(key: &str, done: usize, all: usize, elapsed: Duration, locale: &Locale) -> Option<String> {
    if done == 0 || all <= done {
        return None;
    }
    let rate = done as f64 / elapsed.as_secs_f64();
    let left = ((all - done) as f64 / rate).ceil() as u64;
    let left = if left < 90 { format!("{left} s") } else { format!("{} min", left.div_ceil(60)) };
    let rate = format!("{:.0}", rate.max(1.0));
    let (done, all) = (done.to_string(), all.to_string());
    Some(format!("  {}", locale.say(key, &[("done", &done), ("all", &all), ("rate", &rate), ("left", &left)])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_far_how_fast_and_how_long() {
        let english = Locale::of_messages("en");
        let second = Duration::from_secs(1);
        let say = |done, all, elapsed| line("progress-reading", done, all, elapsed, english);
        assert_eq!(say(0, 100, second), None);
        assert_eq!(say(100, 100, second), None);
        assert_eq!(say(2_000, 10_000, 2 * second).unwrap(), "  reading: 2000 of 10000 files, 1000/s, 8 s left");
        assert_eq!(say(1, 1_000, 2 * second).unwrap(), "  reading: 1 of 1000 files, 1/s, 34 min left");
        let french = Locale::of_messages("fr");
        let said = line("progress-writing", 50_000, 100_000, 60 * second, french).unwrap();
        assert_eq!(said, "  écriture : 50000 fichiers sur 100000, 833/s, encore 60 s");
        assert!(said.chars().count() < 80, "a line that is broken cannot be taken back");
    }
}
