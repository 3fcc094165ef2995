//! When something in the newsroom's folders changes. Folders are watched and not files, because
//! editors put a new file in the place of the old one.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::{Config, Event, EventKind, PollWatcher, RecursiveMode, Watcher};

/// So long nothing more must happen before a change is taken for done: editors write in steps.
const QUIET: Duration = Duration::from_millis(80);

/// A change that goes on for so many times of quiet is looked at all the same.
const LONGEST: usize = 25;

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
pub struct Watch {
    watcher: Box<dyn Watcher + Send>,
    changed: Receiver<Changed>,
    places: Places,
    how: How,
}

/// A change.
struct Changed {
    /// Whether a place itself came or went, so that it must be watched anew.
    place: bool,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Watch").field("places", &self.places).field("how", &self.how).finish_non_exhaustive()
    }
}

impl Watch {
    /// Watches from now on: as it is asked for, else by looking, where the system tells nothing
    /// (it has a limit on what it watches, and not every disk can be watched).
    ///
    /// # Errors
    /// Why neither is possible.
    pub fn new(places: Places, how: How) -> Result<Self, String> {
        let places = Places {
            folders: places.folders.iter().map(|path| real(path)).collect(),
            files: places.files.iter().map(|path| real(path)).collect(),
            except: places.except.iter().map(|path| real(path)).collect(),
        };
        match (Self::start(&places, how), how) {
            (Err(_), How::Told) => Self::start(&places, How::Looking),
            (started, _) => started,
        }
        .map_err(|error| error.to_string())
    }

    fn start(places: &Places, how: How) -> notify::Result<Self> {
        let (sender, changed) = channel();
        let handler = handler(places.clone(), sender);
        let mut watcher: Box<dyn Watcher + Send> = match how {
            How::Told => Box::new(notify::recommended_watcher(handler)?),
            How::Looking => {
                Box::new(PollWatcher::new(handler, Config::default().with_poll_interval(Duration::from_secs(1)))?)
            }
        };
        for (folder, mode) in watched(places) {
            match watcher.watch(&folder, mode) {
                // It will be watched when it comes.
                Err(error) if is_missing(&error) => {}
                watched => watched?,
            }
        }
        Ok(Self { watcher, changed, places: places.clone(), how })
    }

    /// How changes are noticed in the end.
    pub fn how(&self) -> How {
        self.how
    }

    /// What was asked to be watched.
    pub fn is_of(&self, places: &Places) -> bool {
        let same = |one: &[PathBuf], other: &[PathBuf]| {
            one.iter().eq(other.iter().map(|path| real(path)).collect::<Vec<_>>().iter())
        };
        same(&self.places.folders, &places.folders) && same(&self.places.files, &places.files)
    }

    /// Waits for a change that is done, or for so long.
    pub fn wait(&mut self, at_most: Option<Duration>) {
        let first = match at_most {
            Some(at_most) => self.changed.recv_timeout(at_most),
            None => self.changed.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let Ok(first) = first else { return };
        let mut again = first.place;
        for _ in 0..LONGEST {
            match self.changed.recv_timeout(QUIET) {
                Ok(changed) => again |= changed.place,
                Err(_) => break,
            }
            again |= self.changed.try_iter().any(|changed| changed.place);
        }
        if again && self.how == How::Told {
            for (folder, mode) in watched(&self.places) {
                // What is not there now is watched when its parent says that it came.
                let _ = self.watcher.watch(&folder, mode);
            }
        }
    }
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
