//! Where to: what a person writes for it, and who does the work there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::remote::{self, Remote};
#[cfg(unix)]
use super::versions::{There, Versions};
use super::{Found, Step, directory};
use crate::output::Manifest;

/// A place that files are brought to.
#[derive(Debug, Clone)]
pub struct Target {
    shown: String,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(PathBuf),
    /// A link, switched in one step.
    #[cfg(unix)]
    Versions(Versions),
    Remote(Remote),
}

/// Why it cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// A scheme for which other programs are better.
    Scheme,
    /// A password, which everybody on the machine could read.
    Password,
    /// Nothing, or nothing that is a place.
    Nowhere,
    /// To be switched, and no path of this machine, or of a machine without symbolic links.
    Unswitchable,
    /// To be switched, and a folder with something in it.
    Taken,
    /// To be switched, and a link of somebody else's.
    Elsewhere,
}

/// What went wrong there.
#[derive(Debug, Clone)]
pub struct Failed {
    /// With which file, where it was one.
    pub path: Option<String>,
    /// In the words of who did the work.
    pub reason: String,
}

impl Failed {
    pub(super) fn with(path: &str, error: impl ToString) -> Self {
        Self { path: Some(path.to_owned()), reason: error.to_string() }
    }
}

impl Target {
    /// A path from `here`, `file://` and an absolute one, `sftp://[user@]host[:port]/path`,
    /// `[user@]host:path` or `rsync://host/module/path`. A path of `sftp://` is absolute unless it
    /// begins with `/~/`.
    ///
    /// # Errors
    /// It is none of them.
    pub fn parse(text: &str, here: &Path) -> Result<Self, Wrong> {
        let target = |place| Ok(Self { shown: text.to_owned(), place });
        if has_password(text) {
            return Err(Wrong::Password);
        }
        match text.split_once("://") {
            Some(("file", rest)) => {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                let path = percent_encoding::percent_decode_str(path).decode_utf8().map_err(|_| Wrong::Nowhere)?;
                if !path.starts_with('/') {
                    return Err(Wrong::Nowhere);
                }
                // `file:///C:/www` on Windows.
                let drive = path.get(1..).filter(|rest| rest.get(1..2) == Some(":"));
                target(Place::Folder(PathBuf::from(drive.unwrap_or(&path))))
            }
            Some(("sftp", rest)) => target(Place::Remote(Remote::sftp(rest).ok_or(Wrong::Nowhere)?)),
            Some(("rsync", _)) => target(Place::Remote(Remote::rsync(text).ok_or(Wrong::Nowhere)?)),
            Some(_) => Err(Wrong::Scheme),
            None if text.trim().is_empty() => Err(Wrong::Nowhere),
            None if remote::is_of_another_host(text) => {
                target(Place::Remote(Remote::rsync(text).ok_or(Wrong::Nowhere)?))
            }
            None => target(Place::Folder(here.join(text))),
        }
    }

    /// The same as a link that is switched in one step. It is made where nothing is, or an empty folder.
    ///
    /// # Errors
    /// It cannot be one.
    pub fn switched(self) -> Result<Self, Wrong> {
        #[cfg(unix)]
        if let Place::Folder(folder) = &self.place {
            let versions = Versions::of(folder).ok_or(Wrong::Unswitchable)?;
            return match versions.there() {
                There::Free | There::Ours => Ok(Self { place: Place::Versions(versions), ..self }),
                There::Taken => Err(Wrong::Taken),
                There::Elsewhere => Err(Wrong::Elsewhere),
            };
        }
        Err(Wrong::Unswitchable)
    }

    /// The same as it was found: a link that was made to be switched is switched again.
    #[must_use]
    pub fn as_found(self) -> Self {
        #[cfg(unix)]
        if let Place::Folder(folder) = &self.place
            && let Some(versions) = Versions::of(folder)
            && versions.there() == There::Ours
        {
            return Self { place: Place::Versions(versions), ..self };
        }
        self
    }

    /// Which version is seen, where it is switched: what the link says.
    pub fn version(&self) -> Option<PathBuf> {
        #[cfg(unix)]
        if let Place::Versions(versions) = &self.place {
            return versions.seen().map(|number| versions.leads_to(number));
        }
        None
    }

    #[cfg(unix)]
    pub(super) fn versions(&self) -> Option<&Versions> {
        match &self.place {
            Place::Versions(versions) => Some(versions),
            Place::Folder(_) | Place::Remote(_) => None,
        }
    }

    /// As it was written.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Its folder, where it is one of this machine: all of it can be looked at.
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder),
            #[cfg(unix)]
            Place::Versions(versions) => Some(versions.link()),
            Place::Remote(_) => None,
        }
    }

    /// Whether it is a folder of this machine.
    pub(super) fn is_here(&self) -> bool {
        self.folder().is_some()
    }

    /// What it knows of our files.
    ///
    /// # Errors
    /// It cannot be reached.
    pub(super) fn manifest(&self) -> Result<Option<Manifest>, Failed> {
        match &self.place {
            Place::Folder(folder) => Ok(crate::output::manifest(folder)),
            #[cfg(unix)]
            Place::Versions(versions) => Ok(crate::output::manifest(versions.link())),
            Place::Remote(remote) => remote.manifest(),
        }
    }

    /// Those of these files that are there.
    pub(super) fn look(&self, paths: &[&str]) -> Result<BTreeMap<String, Found>, Failed> {
        match &self.place {
            Place::Folder(folder) => directory::look(folder, paths),
            #[cfg(unix)]
            Place::Versions(versions) => directory::look(versions.link(), paths),
            Place::Remote(remote) => remote.look(paths),
        }
    }

    /// Brings files, each whole or not at all.
    pub(super) fn put(&self, from: &Path, paths: &[&str], step: Step) -> Result<(), Failed> {
        match &self.place {
            Place::Folder(folder) => directory::put(folder, from, paths, step),
            #[cfg(unix)]
            Place::Versions(versions) => directory::put(versions.link(), from, paths, step),
            Place::Remote(remote) => remote.put(from, paths),
        }
    }

    pub(super) fn put_manifest(&self, manifest: &Manifest) -> Result<(), Failed> {
        match &self.place {
            Place::Folder(folder) => directory::put_manifest(folder, manifest),
            #[cfg(unix)]
            Place::Versions(versions) => directory::put_manifest(versions.link(), manifest),
            Place::Remote(remote) => remote.put_manifest(manifest),
        }
    }

    pub(super) fn delete(&self, paths: &[&str]) -> Result<(), Failed> {
        match &self.place {
            Place::Folder(folder) => directory::delete(folder, paths),
            #[cfg(unix)]
            Place::Versions(versions) => directory::delete(versions.link(), paths),
            Place::Remote(remote) => remote.delete(paths),
        }
    }
}

/// `name:password@host`, with a scheme or without.
fn has_password(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let login = rest.split('/').next().and_then(|host| host.rsplit_once('@')).map(|(login, _)| login);
    login.is_some_and(|login| login.contains(':'))
}
