//! Whether an item is out: the one eligibility function, used by every output.

use chrono::{DateTime, Utc};

use crate::input::State;
use crate::item::Status;

/// What decides whether an item is out.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Its author is still at it.
    pub draft: bool,
    /// What its publisher decided.
    pub state: Option<State>,
    /// Not before this instant.
    pub published: DateTime<Utc>,
    /// Not from this instant on.
    pub expires: Option<DateTime<Utc>>,
    /// Whether it has been out; `None` where nobody remembers.
    pub was_out: Option<bool>,
    /// Whether its file tells when it was withdrawn or suspended.
    pub taken_back: bool,
}

/// The status at `now`, and the instant from which it will be out, where that is known.
/// "Not before" means: out when `now` is the instant or later (EM-02). What has been out is never
/// hidden again: a notice takes its place (NS-02).
pub fn of(facts: Facts, now: DateTime<Utc>) -> (Status, Option<DateTime<Utc>>) {
    let was_out = facts.was_out == Some(true);
    let status = match facts.state {
        _ if facts.draft && facts.state != Some(State::Withheld) => Status::Draft,
        Some(State::Withheld) if was_out => Status::Suspended,
        Some(State::Withheld) => Status::Withheld,
        Some(State::Withdrawn) if was_out => Status::Withdrawn,
        // Nobody remembers: the file tells of the act, and only what is out can be withdrawn by one. The notice is then
        // the safe answer for whoever has read it; without the act it might be the first that anybody hears.
        Some(State::Withdrawn) if facts.was_out.is_none() && facts.taken_back && now >= facts.published => {
            Status::Withdrawn
        }
        Some(State::Withdrawn) => Status::Withheld,
        None if now < facts.published && !was_out => return (Status::Scheduled, Some(facts.published)),
        None if facts.expires.is_some_and(|expires| now >= expires) => Status::Expired,
        None => Status::Published,
    };
    (status, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination() {
        let at = |hour: u32| format!("2026-11-24T{hour:02}:00:00Z").parse::<DateTime<Utc>>().unwrap();
        let now = at(12);
        let base =
            Facts { draft: false, state: None, published: at(9), expires: None, was_out: None, taken_back: false };
        let later = Facts { published: at(13), ..base };
        let withdrawn = Facts { state: Some(State::Withdrawn), ..base };
        let told = Facts { taken_back: true, ..withdrawn };
        // `draft` is set with it, so that whoever looks only at that holds it too.
        let withheld = Facts { state: Some(State::Withheld), draft: true, ..base };
        let expired = Facts { expires: Some(at(12)), ..base };
        let was = |facts: Facts, was_out| Facts { was_out: Some(was_out), ..facts };
        for (facts, status) in [
            (base, Status::Published),
            (Facts { published: now, ..base }, Status::Published),
            (later, Status::Scheduled),
            (was(later, false), Status::Scheduled),
            (was(later, true), Status::Published),
            (Facts { draft: true, ..base }, Status::Draft),
            (withheld, Status::Withheld),
            (was(withheld, true), Status::Suspended),
            (was(withheld, false), Status::Withheld),
            (withdrawn, Status::Withheld),
            (told, Status::Withdrawn),
            (was(told, false), Status::Withheld),
            (Facts { published: at(13), ..told }, Status::Withheld),
            (was(withdrawn, false), Status::Withheld),
            (was(withdrawn, true), Status::Withdrawn),
            (Facts { published: at(13), ..withdrawn }, Status::Withheld),
            (expired, Status::Expired),
            (Facts { published: at(13), ..expired }, Status::Scheduled),
            (Facts { expires: Some(at(13)), ..base }, Status::Published),
        ] {
            let (given, due) = of(facts, now);
            assert_eq!(given, status, "{facts:?}");
            assert_eq!(due.is_some(), status == Status::Scheduled, "{facts:?}");
        }
    }
}
