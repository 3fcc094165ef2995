//! Whether an item is out: the one eligibility function, used by every output.

use chrono::{DateTime, Utc};

use crate::item::Status;

/// The status at `now`, and the instant from which it will be out, where that is known.
/// "Not before" means: out when `now` is the instant or later (EM-02).
pub fn of(draft: bool, published: DateTime<Utc>, now: DateTime<Utc>) -> (Status, Option<DateTime<Utc>>) {
    if draft {
        (Status::Draft, None)
    } else if now >= published {
        (Status::Published, None)
    } else {
        (Status::Scheduled, Some(published))
    }
}
