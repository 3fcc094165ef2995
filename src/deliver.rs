//! Edge out: the output folder, brought to where it is seen.
//!
//! A target says by its own manifest which of its files are ours. [`plan`] compares that with what is
//! to be there, [`carry_out`] brings what differs in the order in which readers may meet it: what is
//! linked to before what links to it, feeds late, deletions at the very end. Before the first file, what
//! will be written is noted in the target's manifest, so that the next run knows its own files however
//! this one ends.

pub mod directory;
pub mod http;
pub mod notify;
pub mod remote;
pub mod target;
pub mod verify;
#[cfg(unix)]
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use self::target::{Failed, Target};
use crate::kept::{Digest, Shared};
use crate::output::{self, Foreign, Known, Manifest, Stamp};
use crate::problem::{Code, Problem};

/// When a file is brought, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// What pages show and link to.
    Attachments,
    /// Pages of items.
    Pages,
    /// Lists of items, and pages that belong to none.
    Lists,
    /// What hosts read: media types, caching.
    Rules,
    /// Feeds, their archives, and what lists them.
    Feeds,
    /// The memory of what was published, where it is published.
    Ledger,
    /// Which files are ours.
    Manifest,
    /// What is no longer there.
    Deletions,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 8] = [
        Self::Attachments,
        Self::Pages,
        Self::Lists,
        Self::Rules,
        Self::Feeds,
        Self::Ledger,
        Self::Manifest,
        Self::Deletions,
    ];

    /// As in `plan --format json` and `plan --only`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attachments => "attachments",
            Self::Pages => "pages",
            Self::Lists => "lists",
            Self::Rules => "rules",
            Self::Feeds => "feeds",
            Self::Ledger => "ledger",
            Self::Manifest => "manifest",
            Self::Deletions => "deletions",
        }
    }
}

/// A file to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Below the output folder and below the target, with `/`.
    pub path: Shared,
    /// When it is brought.
    pub step: Step,
    /// What it holds.
    pub known: Known,
    /// What becomes of a file of somebody else's in its place.
    pub foreign: Foreign,
}

/// A file of the target, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Of its bytes.
    pub digest: Digest,
    /// Whether it bears our mark.
    pub ours: bool,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Delivery {
    /// Files to bring, in order.
    pub put: Vec<Parcel>,
    /// Files of ours that are no longer to be there.
    pub delete: Vec<Shared>,
    /// How many files are right already.
    pub same: usize,
    /// Rules of the host's own, which stay.
    pub kept: Vec<Shared>,
    /// What the target knew of itself.
    before: Manifest,
    /// What it is to know in the end.
    after: Manifest,
}

impl Delivery {
    /// To a place of which nothing is known.
    pub fn of_everything(put: Vec<Parcel>) -> Self {
        Self { put, ..Self::default() }
    }

    /// Whether all is right already.
    pub fn is_nothing(&self) -> bool {
        self.put.is_empty() && self.delete.is_empty() && self.before == self.after
    }

    /// A file about to be brought: it holds what it held before, or nothing is there.
    fn noted(&self, parcel: &Parcel) -> Known {
        let before = self.before.files.get(&parcel.path);
        let was = before.map_or_else(
            || vec![Digest::default()],
            |before| [&before.was[..], std::slice::from_ref(&before.digest)].concat(),
        );
        let was = was.into_iter().filter(|was| *was != parcel.known.digest).collect();
        Known { was, ..parcel.known.clone() }
    }

    /// The files that will be there and are ours.
    pub fn files(&self) -> &BTreeMap<Shared, Known> {
        &self.after.files
    }
}

/// What a target knows of our files; nothing where there is none yet.
///
/// # Errors
/// It cannot be reached.
pub fn reach(target: &Target) -> Result<Manifest, Problem> {
    target.manifest().map(Option::unwrap_or_default).map_err(|failed| unreachable(target, &failed))
}

/// Compares what is to be there with what is. `there` is the target's own manifest, `parcels` are in order;
/// `ledger` is what the manifest is to say of the memory they were made with.
///
/// # Errors
/// The target cannot be looked at, or something that is not ours stands where a file would go.
pub fn plan(
    target: &Target,
    there: &Manifest,
    parcels: &[Parcel],
    ledger: Option<Stamp>,
) -> Result<Delivery, Vec<Problem>> {
    let failed = |failed: Failed| vec![unreachable(target, &failed)];
    let wanted: BTreeMap<&str, &Parcel> = parcels.iter().map(|parcel| (parcel.path.as_str(), parcel)).collect();
    let gone: BTreeSet<&Shared> =
        there.files.keys().filter(|path| output::is_below(path) && !wanted.contains_key(path.as_str())).collect();
    // A folder is looked at whole; far away only where the manifest does not say enough.
    let doubtful = |parcel: &&Parcel| match there.files.get(&parcel.path) {
        None => true,
        Some(known) => parcel.foreign == Foreign::Keep && known.digest != parcel.known.digest,
    };
    let ask = |parcel: &&Parcel| target.is_here() || doubtful(parcel);
    let asked: Vec<&str> = parcels.iter().filter(ask).map(|parcel| parcel.path.as_str()).collect();
    let asked: Vec<&str> = asked.into_iter().chain(gone.iter().map(|path| path.as_str())).collect();
    let found = target.look(&asked).map_err(failed)?;
    let mut delivery = Delivery { before: there.clone(), ..Delivery::default() };
    let mut foreign = Vec::new();
    for parcel in parcels {
        match judge(parcel, there.files.get(&parcel.path), found.get(parcel.path.as_str()), ask(&parcel)) {
            Verdict::Same => delivery.same += 1,
            Verdict::Put => delivery.put.push(parcel.clone()),
            Verdict::Stays => {
                delivery.kept.push(parcel.path.clone());
                continue;
            }
            Verdict::Foreign => {
                let path = format!("{}/{}", target.shown().trim_end_matches('/'), parcel.path);
                foreign.push(Problem::general(Code::OutputForeign).with("path", path));
            }
        }
        delivery.after.files.insert(parcel.path.clone(), parcel.known.clone());
    }
    if !foreign.is_empty() {
        return Err(foreign);
    }
    // What somebody has replaced is theirs.
    let is_ours = |path: &&&Shared| match (found.get(path.as_str()), there.files.get(path.as_str())) {
        (Some(found), Some(known)) => known.wrote(&found.digest),
        _ => false,
    };
    delivery.delete = gone.iter().filter(is_ours).map(|path| (*path).clone()).collect();
    delivery.after = Manifest { ledger, files: std::mem::take(&mut delivery.after.files) };
    Ok(delivery)
}

enum Verdict {
    Same,
    Put,
    Stays,
    Foreign,
}

fn judge(parcel: &Parcel, known: Option<&Known>, found: Option<&Found>, was_asked: bool) -> Verdict {
    let digest = &parcel.known.digest;
    match (known, found) {
        (_, Some(found)) if *digest == found.digest => Verdict::Same,
        (Some(known), Some(found)) if parcel.foreign == Foreign::Keep && !known.wrote(&found.digest) => Verdict::Stays,
        (Some(known), None) if !was_asked && known.digest == *digest && known.was.is_empty() => Verdict::Same,
        (None, Some(found)) if !found.ours => match parcel.foreign {
            Foreign::Keep => Verdict::Stays,
            Foreign::Refuse => Verdict::Foreign,
        },
        _ => Verdict::Put,
    }
}

/// Does it; `from` is the output folder, and `told` hears of each step when it is done. Where the target is
/// switched, all of it is seen at once, at the end.
///
/// # Errors
/// What failed. Files that are in place stay whole, old or new, and the next run goes on from there.
pub fn carry_out(
    delivery: &Delivery,
    from: &Path,
    target: &Target,
    mut told: impl FnMut(Step, usize),
) -> Result<(), Problem> {
    if delivery.is_nothing() {
        return Ok(());
    }
    let failed = |failed: Failed| unreachable(target, &failed);
    #[cfg(unix)]
    if let Some(versions) = target.versions() {
        return versions.carry_out(delivery, from, &mut told).map_err(failed);
    }
    let mut noted = delivery.before.clone();
    noted.files.extend(delivery.put.iter().map(|parcel| (parcel.path.clone(), delivery.noted(parcel))));
    if noted != delivery.before {
        target.put_manifest(&noted).map_err(failed)?;
    }
    for step in Step::ALL {
        let parcels: Vec<&Parcel> = delivery.put.iter().filter(|parcel| parcel.step == step).collect();
        if parcels.is_empty() {
            continue;
        }
        let paths: Vec<&str> = parcels.iter().map(|parcel| parcel.path.as_str()).collect();
        target.put(from, &paths, step).map_err(failed)?;
        told(step, paths.len());
        noted.files.extend(parcels.into_iter().map(|parcel| (parcel.path.clone(), parcel.known.clone())));
        // Far away each note costs a connection; what is large has been brought by then.
        if step <= Step::Pages || target.is_here() && noted.files != delivery.after.files {
            target.put_manifest(&noted).map_err(failed)?;
        }
    }
    let mut after = delivery.after.clone();
    let going =
        delivery.delete.iter().filter_map(|path| Some((path.clone(), delivery.before.files.get(path)?.clone())));
    after.files.extend(going);
    if after != noted {
        target.put_manifest(&after).map_err(failed)?;
        told(Step::Manifest, 1);
    }
    if !delivery.delete.is_empty() {
        let paths: Vec<&str> = delivery.delete.iter().map(Shared::as_str).collect();
        target.delete(&paths).map_err(failed)?;
        target.put_manifest(&delivery.after).map_err(failed)?;
        told(Step::Deletions, paths.len());
    }
    Ok(())
}

/// Looks again, in the target itself, whether every file of ours is what it is to be.
///
/// # Errors
/// It cannot be looked at, or something else is there.
pub fn confirm(delivery: &Delivery, target: &Target) -> Result<usize, Problem> {
    let paths: Vec<&str> = delivery.after.files.keys().map(Shared::as_str).collect();
    let found = target.look(&paths).map_err(|failed| unreachable(target, &failed))?;
    for (path, known) in &delivery.after.files {
        if found.get(path.as_str()).is_none_or(|found| found.digest != known.digest) {
            let failed = Failed { path: Some(path.to_string()), reason: "not what was written".to_owned() };
            return Err(unreachable(target, &failed));
        }
    }
    Ok(paths.len())
}

fn unreachable(target: &Target, failed: &Failed) -> Problem {
    let shown = target.shown().trim_end_matches('/');
    let place = failed.path.as_ref().map_or_else(|| shown.to_owned(), |path| format!("{shown}/{path}"));
    Problem::general(Code::TargetFailed).with("target", place).with("reason", &failed.reason)
}
