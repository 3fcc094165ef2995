//! Edge: one run at a time. Two that write one newsroom or one output at once would each be right alone
//! and wrong together: the later ledger would not know what the earlier run has just published.
//!
//! The system's own advisory locks are taken, which end with the process that holds them, however it
//! ends: nobody ever has to delete a lock by hand. The newsroom is locked by a file in `.crieur/`; the
//! output, which other newsrooms may have too, by its folder itself, so that nothing of ours lies in
//! it. Where neither can be had (a project that may only be read, a network drive without locks, a
//! folder on Windows) the run goes on without: a lock that cannot be taken is no reason not to publish.

#![expect(clippy::disallowed_methods, reason = "this is where locks are taken, and waited for")]

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is kept beside `crieur.toml` and may be deleted at any time.
pub const FOLDER: &str = ".crieur";

/// The locked file, which is empty: Windows lets nobody read what another has locked.
const FILE: &str = "lock";

/// Who holds it; true only as long as the lock is held.
const HOLDER: &str = "lock.json";

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(100);

/// Who is at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The number of its process, on its machine.
    pub process: u32,
    /// The name of its command.
    pub command: String,
    /// When it began, by its clock.
    pub since: DateTime<Utc>,
    /// Into which folder it writes.
    #[serde(default)]
    pub out: PathBuf,
}

/// Somebody else is at work, and did not come to an end in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// The newsroom or the output.
    pub folder: PathBuf,
    /// Who it is, where that is known.
    pub holder: Option<Holder>,
}

/// The right to write, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    /// Open as long as the locks are to be held.
    _files: Vec<File>,
    holder: Option<PathBuf>,
    cut_off: Option<PathBuf>,
}

impl Lock {
    /// Takes the newsroom at `root` and the output folder `out`, where that is there; waits no longer
    /// than `patience` for who holds one of them, and says so once through `waiting`.
    ///
    /// # Errors
    /// Who holds it still.
    pub fn take(
        root: &Path,
        out: &Path,
        own: &Holder,
        patience: Duration,
        waiting: impl FnOnce(&Busy),
    ) -> Result<Self, Busy> {
        let began = Instant::now();
        let mut waiting = Some(waiting);
        let files = loop {
            let busy = match both(root, out) {
                Ok(files) => break files,
                Err(busy) => busy,
            };
            let left = patience.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(busy);
            }
            if let Some(waiting) = waiting.take() {
                waiting(&busy);
            }
            std::thread::sleep(left.min(PAUSE));
        };
        let holder = root.join(FOLDER).join(HOLDER);
        let killed = fs::read(&holder).ok().map(|text| serde_json::from_slice::<Holder>(&text));
        let known = |killed: Result<Holder, _>| killed.ok().map(|killed| killed.out).filter(|out| out.is_absolute());
        let cut_off = killed.map(|killed| known(killed).unwrap_or_else(|| own.out.clone()));
        // What cannot be said is missed by nobody but who waits.
        let told = serde_json::to_vec(own).is_ok_and(|text| fs::write(&holder, text).is_ok());
        Ok(Self { _files: files, holder: told.then_some(holder), cut_off })
    }

    /// The output folder of the run that had it before, where that was killed: what it was about to write
    /// may lie about there.
    pub fn cut_off(&self) -> Option<&Path> {
        self.cut_off.as_deref()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(holder) = &self.holder {
            let _ = fs::remove_file(holder);
        }
    }
}

/// Whether a run says that it is at work, or could not say any more that it is not: it was killed.
pub fn is_marked(root: &Path) -> bool {
    root.join(FOLDER).join(HOLDER).exists()
}

/// The folder `.crieur` of a newsroom, made where it is not there; git does not see what is in it,
/// whatever else it ignores.
///
/// # Errors
/// What the system says.
pub fn folder(root: &Path) -> std::io::Result<PathBuf> {
    let folder = root.join(FOLDER);
    if !folder.is_dir() {
        fs::create_dir_all(&folder)?;
        let _ = fs::write(folder.join(".gitignore"), "*\n");
    }
    Ok(folder)
}

/// All locks that can be had, or who has one of them.
fn both(root: &Path, out: &Path) -> Result<Vec<File>, Busy> {
    let file = folder(root).and_then(|folder| {
        let path = folder.join(FILE);
        // What another user has made can be locked by who may only read it.
        File::options().write(true).create(true).truncate(false).open(&path).or_else(|_| File::open(&path))
    });
    // The same folder cannot be locked twice, not even by us.
    let is_root = || matches!((fs::canonicalize(root), fs::canonicalize(out)), (Ok(root), Ok(out)) if root == out);
    let twice = file.is_err() && is_root();
    let mut files = Vec::new();
    if let Ok(file) = file.or_else(|_| File::open(root)) {
        files.extend(locked(file).map_err(|()| {
            let holder = fs::read(root.join(FOLDER).join(HOLDER)).ok();
            let holder = holder.and_then(|text| serde_json::from_slice(&text).ok());
            Busy { folder: root.to_owned(), holder }
        })?);
    }
    if let Some(folder) = File::open(out).ok().filter(|_| !twice) {
        files.extend(locked(folder).map_err(|()| Busy { folder: out.to_owned(), holder: None })?);
    }
    Ok(files)
}

/// The file, locked; nothing where there are no locks, and an error where somebody else has it.
fn locked(file: File) -> Result<Option<File>, ()> {
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(()),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}
