//! A folder of this machine as a target, such as the one that a web server shows.

#![expect(clippy::disallowed_methods, reason = "this is where a target is read and written")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use rayon::prelude::*;

use super::target::Failed;
use super::{Found, Step};
use crate::output::{self, Durability, MANIFEST, Manifest};

/// Those of these files that are there; a link or a folder in the place of one is somebody else's.
pub(super) fn look(folder: &Path, paths: &[&str]) -> Result<BTreeMap<String, Found>, Failed> {
    let looked = paths.par_iter().map(|path| {
        let file = folder.join(path);
        match fs::symlink_metadata(&file) {
            Ok(metadata) if metadata.is_file() => {
                let digest = output::digest_file(&file).map_err(|error| Failed::with(path, error))?;
                Ok(Some(((*path).to_owned(), Found { digest, ours: output::is_ours(&file) })))
            }
            Ok(_) => Ok(Some(((*path).to_owned(), Found { digest: "no file".into(), ours: false }))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(Failed::with(path, error)),
        }
    });
    Ok(looked.collect::<Result<Vec<_>, Failed>>()?.into_iter().flatten().collect())
}

/// Feeds and what remembers them are on the disk before the next step begins.
pub(super) fn put(folder: &Path, from: &Path, paths: &[&str], step: Step) -> Result<(), Failed> {
    let durability = if step >= Step::Feeds { Durability::Durable } else { Durability::Quick };
    for path in paths {
        output::replace(&folder.join(path), durability, |target| {
            std::io::copy(&mut File::open(from.join(path))?, target).map(|_| ())
        })
        .map_err(|error| Failed::with(path, error))?;
    }
    Ok(())
}

pub(super) fn put_manifest(folder: &Path, manifest: &Manifest) -> Result<(), Failed> {
    let bytes = manifest.bytes();
    output::replace(&folder.join(MANIFEST), Durability::Durable, |file| file.write_all(&bytes))
        .map_err(|error| Failed::with(MANIFEST, error))
}

/// Removes files and the folders that they leave empty.
pub(super) fn delete(folder: &Path, paths: &[&str]) -> Result<(), Failed> {
    for path in paths {
        output::delete(folder, path).map_err(|error| Failed::with(path, error))?;
    }
    Ok(())
}
