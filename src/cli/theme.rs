//! `crieur theme eject`: writes our templates beside `crieur.toml`, so that one of them can be changed
//! and the others deleted.

#![expect(clippy::disallowed_methods, reason = "this command writes templates")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use crieur::config::theme;
use crieur::problem::{Code, Problem};

use super::{Answer, Room, report, shown};

/// What is asked of themes.
#[derive(Debug, Args)]
pub struct Theme {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Write our templates and the style, to change them
    Eject {
        /// Where to [default: the key `theme`, else `theme`, beside `crieur.toml`]
        folder: Option<PathBuf>,
    },
}

/// Writes what is not there yet; what is there stays, for somebody may have changed it.
pub fn run(room: &Room<'_>, asked: &Theme, here: &Path, answer: &mut Answer) {
    let Act::Eject { folder } = &asked.act;
    let named = room.config.theme_folder.as_deref().unwrap_or(theme::FOLDER);
    let folder = folder.as_ref().map_or_else(|| room.root.join(named), |folder| here.join(folder));
    let name = shown(&folder, here);
    let (mut written, mut kept) = (0, Vec::new());
    for (file, text) in theme::OURS {
        let path = folder.join(file);
        if path.exists() {
            kept.push(file);
        } else if let Err(error) = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text)) {
            let problem = Problem::general(Code::OutputFailed).with("path", format!("{name}/{file}"));
            report(&[problem.with("reason", error)], &room.reporter(), answer);
            return;
        } else {
            written += 1;
        }
    }
    let locale = room.locale;
    answer.out(&format!("  {name}/: {}\n", locale.count("ejected", written)));
    if !kept.is_empty() {
        answer.out(&format!("  {}\n", locale.say("eject-kept", &[("files", &kept.join(", "))])));
    }
    answer.out(&format!("  {}\n", locale.say("eject-next", &[])));
}
