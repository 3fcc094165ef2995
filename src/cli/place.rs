//! Which newsroom is meant: the one of the nearest `crieur.toml`, or any folder somebody wants to
//! look at.

#![expect(clippy::disallowed_methods, reason = "the command line looks for its configuration")]

use std::path::{Component, Path, PathBuf};

use crieur::config::foreign::{CONTENT, FILES, Foreign, PEOPLE};
use crieur::problem::{Code, Problem};
use crieur::text::nfc;

use super::Options;

/// So many folders above the one that was named, the configuration of its site may stand.
const HIGHEST: usize = 6;

/// What was found.
pub enum Found {
    /// The folder of a `crieur.toml`.
    Newsroom(PathBuf),
    /// A folder that has none.
    Folder(Folder),
}

/// A folder without a `crieur.toml`.
#[derive(Debug)]
pub struct Folder {
    /// Where its texts lie.
    pub items: PathBuf,
    /// The root of its site, or the folder itself.
    pub site: PathBuf,
    /// The configuration of another tool, below `site`.
    pub foreign: Option<String>,
    /// Where it lies below the site's texts, with `/`.
    pub below: String,
    /// Where people are declared, below `site`.
    pub people: Vec<String>,
}

/// `--root`, else the nearest `crieur.toml` from here, unless `path` is a folder that its items do
/// not hold; else the nearest from that folder; else the folder itself.
pub fn find(options: &Options, path: Option<&Path>, here: &Path) -> Result<Found, Problem> {
    if let Some(root) = &options.root {
        return Ok(Found::Newsroom(here.join(root)));
    }
    let near = nearest(here);
    let named = path.map(|path| normal(&here.join(path)));
    // Of a file, the folder that it lies in is looked at.
    let folder = named.and_then(|named| if named.is_file() { named.parent().map(Path::to_owned) } else { Some(named) });
    let folder = folder.filter(|folder| folder.is_dir());
    match (near, folder) {
        (Some(root), None) => Ok(Found::Newsroom(root)),
        (Some(root), Some(folder)) if folder.starts_with(normal(&root)) => Ok(Found::Newsroom(root)),
        (_, Some(folder)) => Ok(nearest(&folder).map_or_else(|| Found::Folder(foreign(&folder)), Found::Newsroom)),
        (None, None) => Err(Problem::general(Code::ConfigMissing).with("folder", here.display())),
    }
}

/// The folder of the nearest `crieur.toml`, from here upwards.
fn nearest(here: &Path) -> Option<PathBuf> {
    here.ancestors().find(|folder| folder.join(crieur::config::FILE).is_file()).map(Path::to_owned)
}

/// A folder, and the site that it belongs to.
pub fn foreign(folder: &Path) -> Folder {
    let mut site = None;
    for above in folder.ancestors().take(HIGHEST) {
        let says = |file: &&&str| {
            std::fs::read_to_string(above.join(file)).is_ok_and(|text| Foreign::read(file, &text).is_some())
        };
        if let Some(file) = FILES.iter().find(says) {
            site = Some((above.to_owned(), (*file).to_owned()));
            break;
        }
        if above.join(".git").exists() {
            break;
        }
    }
    let (site, file) = site.map_or((folder.to_owned(), None), |(site, file)| (site, Some(file)));
    let content = CONTENT.iter().map(|content| site.join(content)).find(|content| content.is_dir());
    let items = match &content {
        Some(content) if file.is_some() && site == folder => content.clone(),
        _ => folder.to_owned(),
    };
    let below = content.as_ref().and_then(|content| items.strip_prefix(content).ok()).map(slashed).unwrap_or_default();
    // A folder of texts has its people beside them, or above.
    let in_items = items.strip_prefix(&site).map(slashed).unwrap_or_default();
    let beside = PEOPLE.iter().map(|people| format!("{in_items}/{people}").trim_start_matches('/').to_owned());
    let mut people: Vec<String> = PEOPLE.iter().map(|people| (*people).to_owned()).chain(beside).collect();
    people.retain(|path| site.join(path).exists());
    people.sort_unstable();
    people.dedup();
    Folder { items, site, foreign: file, below, people }
}

/// The path below the items folder; a path is from the current folder, or else from that one.
pub fn below(path: &Path, items: &Path, here: &Path) -> Option<String> {
    let (full, items) = (normal(&here.join(path)), normal(items));
    if items.starts_with(&full) {
        return None;
    }
    Some(match full.strip_prefix(&items) {
        Ok(below) => nfc(slashed(below).trim_matches('/')).into_owned(),
        Err(_) => nfc(slashed(path.strip_prefix("./").unwrap_or(path)).trim_matches('/')).into_owned(),
    })
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Without `.` and `..`.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
