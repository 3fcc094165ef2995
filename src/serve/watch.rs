//! When something in the newsroom's folders changes. Folders are watched and not files, because
//! editors put a new file in the place of the old one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use walkdir::WalkDir;

/// So long nothing more must happen before a change is taken for done: editors write in steps.
const QUIET: Duration = Duration::from_millis(80);

/// A change that goes on for so many times of quiet is looked at all the same.
const LONGEST: usize = 25;

/// Between two looks, where nobody tells.
const LOOK: Duration = Duration::from_secs(1);

/// How changes are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The system says so.
    Told,
    /// By looking every second: network drives and containers tell nothing.
    Looking,
}

/// What is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Folders with all that is in them.
    pub folders: Vec<PathBuf>,
    /// Single files, there or not yet.
    pub files: Vec<PathBuf>,
    /// What is not looked at where it lies inside.
    pub except: Vec<PathBuf>,
}

/// Watches places.
#[derive(Debug)]
pub struct Watch {
    places: Places,
    means: Means,
}

#[derive(Debug)]
enum Means {
    Told { watcher: RecommendedWatcher, changed: Receiver<Changed> },
    Looking { seen: Snapshot },
}

/// Every file, with what tells that it is another one now. Here the time of a change is good
/// enough: nothing but a second look comes of it.
type Snapshot = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// A change.
#[derive(Debug)]
struct Changed {
    /// Whether a place itself came or went, so that it must be watched anew.
    place: bool,
}

impl Watch {
    /// Watches from now on: as it is asked for, else by looking, where the system tells nothing
    /// (it has a limit on what it watches, and not every disk can be watched).
    pub fn new(places: &Places, how: How) -> Self {
        let places = Places {
            folders: places.folders.iter().map(|path| real(path)).collect(),
            files: places.files.iter().map(|path| real(path)).collect(),
            except: places.except.iter().map(|path| real(path)).collect(),
        };
        let told = if how == How::Told { told(&places).ok() } else { None };
        let means = told.unwrap_or_else(|| Means::Looking { seen: snapshot(&places) });
        Self { places, means }
    }

    /// How changes are noticed in the end.
    pub fn how(&self) -> How {
        match self.means {
            Means::Told { .. } => How::Told,
            Means::Looking { .. } => How::Looking,
        }
    }

    /// Whether it watches these.
    pub fn is_of(&self, places: &Places) -> bool {
        let same = |own: &[PathBuf], other: &[PathBuf]| own.iter().cloned().eq(other.iter().map(|path| real(path)));
        same(&self.places.folders, &places.folders) && same(&self.places.files, &places.files)
    }

    /// Waits for a change that is done, or for so long.
    pub fn wait(&mut self, at_most: Duration) {
        match &mut self.means {
            Means::Told { watcher, changed } => {
                if is_new_place(changed, at_most) {
                    for (folder, mode) in watched(&self.places) {
                        // What is not there now is watched when its parent says that it came.
                        let _ = watcher.watch(&folder, mode);
                    }
                }
            }
            Means::Looking { seen } => {
                let mut left = at_most;
                while !left.is_zero() {
                    let nap = left.min(LOOK);
                    std::thread::sleep(nap);
                    left -= nap;
                    let now = snapshot(&self.places);
                    if now != *seen {
                        *seen = now;
                        return;
                    }
                }
            }
        }
    }
}

/// Waits; says whether a place itself came or went.
fn is_new_place(changed: &Receiver<Changed>, at_most: Duration) -> bool {
    let Ok(first) = changed.recv_timeout(at_most) else { return false };
    let mut is_new = first.place;
    for _ in 0..LONGEST {
        match changed.recv_timeout(QUIET) {
            Ok(changed) => is_new |= changed.place,
            Err(_) => break,
        }
        is_new |= changed.try_iter().fold(false, |is_new, changed| is_new | changed.place);
    }
    is_new
}

fn told(places: &Places) -> notify::Result<Means> {
    let (sender, changed) = channel();
    let mut watcher = notify::recommended_watcher(handler(places.clone(), sender))?;
    for (folder, mode) in watched(places) {
        match watcher.watch(&folder, mode) {
            // It will be watched when it comes.
            Err(error) if is_missing(&error) => {}
            watched => watched?,
        }
    }
    Ok(Means::Told { watcher, changed })
}

fn snapshot(places: &Places) -> Snapshot {
    let folders = places.folders.iter().flat_map(|folder| {
        let walk = WalkDir::new(folder).into_iter();
        walk.filter_entry(|entry| !places.except.iter().any(|except| entry.path() == except))
    });
    let files = places.files.iter().flat_map(|file| WalkDir::new(file).max_depth(0));
    let facts = |entry: walkdir::DirEntry| {
        let metadata = entry.metadata().ok()?;
        Some((entry.into_path(), (metadata.len(), metadata.modified().ok())))
    };
    folders.chain(files).filter_map(|entry| facts(entry.ok()?)).collect()
}

/// Hands on what concerns a place. That a file was read is none: we read them all.
fn handler(places: Places, sender: Sender<Changed>) -> impl Fn(notify::Result<Event>) + Send + 'static {
    move |event| {
        let Ok(event) = event else {
            let _ = sender.send(Changed { place: true });
            return;
        };
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        let inside = |path: &PathBuf| {
            let except = places.except.iter().any(|except| path.starts_with(except));
            let folder = places.folders.iter().any(|folder| path.starts_with(folder));
            !except && folder || places.files.contains(path)
        };
        if event.need_rescan() || event.paths.iter().any(inside) {
            let place = event.need_rescan() || event.paths.iter().any(|path| places.folders.contains(path));
            let _ = sender.send(Changed { place });
        }
    }
}

/// The folders to watch: those that were named, and the one around each place, so that what comes
/// back after it went is seen.
fn watched(places: &Places) -> Vec<(PathBuf, RecursiveMode)> {
    let inside = |path: &Path| places.folders.iter().any(|folder| path.starts_with(folder));
    let parents = places.folders.iter().chain(&places.files).filter_map(|place| place.parent());
    let mut parents: Vec<PathBuf> = parents.filter(|parent| !inside(parent)).map(Path::to_owned).collect();
    parents.sort();
    parents.dedup();
    let around = parents.into_iter().map(|parent| (parent, RecursiveMode::NonRecursive));
    around.chain(places.folders.iter().map(|folder| (folder.clone(), RecursiveMode::Recursive))).collect()
}

fn is_missing(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

/// As the system spells it in what it tells; what is not there is spelt by the folder it would lie in.
#[expect(clippy::disallowed_methods, reason = "the system says which of its files changed by their real names")]
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !parent.as_os_str().is_empty() => real(parent).join(name),
        _ => path.to_owned(),
    }
}
