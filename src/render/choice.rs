//! A part of the files: the feeds, and what they lead to. For whoever must bring one release to subscribers
//! now and has a hundred thousand pages that need not be looked at for it.

use std::collections::HashSet;

use super::{Job, Machine, Renderer, What};

/// The files of a run, in two.
#[derive(Debug, Default)]
pub struct Choice {
    /// To be made now.
    pub now: Vec<Job>,
    /// To be left as they are.
    pub later: Vec<Job>,
}

impl Renderer<'_> {
    /// The feeds with their archives, their old addresses and the list of them; the list that each leads
    /// to, the pages and files of the items that they hold, and those of the items at the paths `also`,
    /// which this run changes: nothing that it announces leads nowhere, and what it withdraws is
    /// withdrawn wherever it stands.
    pub fn only_feeds(&self, also: &HashSet<&str>) -> Choice {
        let held: HashSet<usize> = self.site.channels.iter().flat_map(|channel| self.site.held(channel)).collect();
        let is_changed = |index: usize| self.items.get(index).is_some_and(|item| also.contains(item.path.as_str()));
        let is_now = |job: &Job| match job.what {
            What::Feed(..) | What::Archive(..) | What::Alias(_) | What::Ledger => true,
            What::Machine(machine) => machine == Machine::Opml,
            What::List(_) | What::Theme(_) => true,
            What::Page(index) | What::Copy(index, _) | What::Redirect(index) => {
                held.contains(&index) || is_changed(index)
            }
            What::Year(..) | What::Fixed(_) => false,
        };
        let (now, later) = self.plan().into_iter().partition(is_now);
        Choice { now, later }
    }
}
