//! Another machine as a target, by the programs that the system has for that: `sftp` and `rsync`.
//!
//! They know the keys, hosts and settings of whoever runs them, and are kept up to date by others.
//! Nothing is asked of a person: without a key it fails. What is over there is told by fetching it: the
//! manifest always, a file only where the manifest does not say whose it is.

#![expect(clippy::disallowed_methods, reason = "this is where another machine is read and written")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use super::Found;
use super::directory;
use super::target::Failed;
use crate::output::part::PART;
use crate::output::{MANIFEST, Manifest};

/// So long a machine may take to answer, in seconds; copying may take as long as it does.
const PATIENCE: u32 = 30;

/// A folder of another machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    by: By,
    /// As the program takes it, ending in `/`.
    root: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    Sftp { login: String, port: Option<u16> },
    Rsync,
}

/// `host:path`, and not `C:\path`.
pub(super) fn is_of_another_host(text: &str) -> bool {
    let host = text.split_once(':').map(|(host, _)| host);
    host.is_some_and(|host| host.len() > 1 && !host.contains(['/', '\\']))
}

impl Remote {
    /// `[user@]host[:port]/path`.
    pub(super) fn sftp(rest: &str) -> Option<Self> {
        let (host, path) = rest.split_once('/')?;
        let (login, port) = match host.rsplit_once(':') {
            Some((login, port)) => (login, Some(port.parse().ok()?)),
            None => (host, None),
        };
        let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?.into_owned();
        // What begins with a dash would be an option.
        if login.is_empty() || login.starts_with('-') || path.contains(['\n', '\r', '\0']) {
            return None;
        }
        let path = path.trim_end_matches('/');
        let root = match path.strip_prefix('~') {
            Some("") => String::new(),
            Some(below) => format!("{}/", below.strip_prefix('/')?),
            None if path.is_empty() => "/".to_owned(),
            None => format!("/{path}/"),
        };
        Some(Self { by: By::Sftp { login: login.to_owned(), port }, root })
    }

    /// As `rsync` takes it.
    pub(super) fn rsync(text: &str) -> Option<Self> {
        let root = format!("{}/", text.trim_end_matches('/'));
        let of_home = text.ends_with(':');
        let usable = !text.starts_with('-') && !text.contains(['\n', '\r', '\0']);
        usable.then(|| Self { by: By::Rsync, root: if of_home { text.to_owned() } else { root } })
    }

    /// What it knows of our files.
    pub(super) fn manifest(&self) -> Result<Option<Manifest>, Failed> {
        let scratch = scratch()?;
        self.fetch(&[MANIFEST], scratch.path())?;
        Ok(crate::output::manifest(scratch.path()))
    }

    /// Those of these files that are there.
    pub(super) fn look(&self, paths: &[&str]) -> Result<BTreeMap<String, Found>, Failed> {
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let scratch = scratch()?;
        self.fetch(paths, scratch.path())?;
        directory::look(scratch.path(), paths)
    }

    /// Brings files; each is renamed into its place when it is there whole.
    pub(super) fn put(&self, from: &Path, paths: &[&str]) -> Result<(), Failed> {
        match &self.by {
            By::Rsync => {
                let mut rsync = self.rsync_program();
                // Sizes and times say nothing of what is in a file.
                rsync.args(["--files-from=-", "--from0", "--ignore-times", "--mkpath", "--chmod=D755,F644"]);
                rsync.arg(with_slash(from)).arg(&self.root);
                run(rsync, &paths.join("\0")).map(drop)
            }
            By::Sftp { .. } => {
                let mut batch = String::new();
                for folder in folders(&self.root).into_iter().chain(folders_of(paths).iter().map(|f| self.there(f))) {
                    batch += &format!("-mkdir {}\n", quoted(&folder));
                }
                for path in paths {
                    let (folder, name) = path.rsplit_once('/').map_or(("", *path), |(folder, name)| (folder, name));
                    let slash = if folder.is_empty() { "" } else { "/" };
                    let part = self.there(&format!("{folder}{slash}.{name}{PART}"));
                    let origin = from.join(path).to_string_lossy().into_owned();
                    batch += &format!("put {} {}\n", quoted(&origin), quoted(&part));
                    batch += &format!("chmod 644 {}\n", quoted(&part));
                    batch += &format!("rename {} {}\n", quoted(&part), quoted(&self.there(path)));
                }
                run(self.sftp_program(), &batch).map(drop)
            }
        }
    }

    pub(super) fn put_manifest(&self, manifest: &Manifest) -> Result<(), Failed> {
        let scratch = scratch()?;
        fs::write(scratch.path().join(MANIFEST), manifest.bytes()).map_err(|error| Failed::with(MANIFEST, error))?;
        self.put(scratch.path(), &[MANIFEST])
    }

    /// Removes files; `sftp` also the folders that they leave empty.
    pub(super) fn delete(&self, paths: &[&str]) -> Result<(), Failed> {
        match &self.by {
            By::Rsync => {
                // Of what is missing in a folder of empty folders, nothing stays.
                let scratch = scratch()?;
                make_folders(scratch.path(), paths)?;
                let mut rsync = self.rsync_program();
                rsync.args(["--files-from=-", "--from0", "--delete-missing-args"]);
                rsync.arg(with_slash(scratch.path())).arg(&self.root);
                run(rsync, &paths.join("\0")).map(drop)
            }
            By::Sftp { .. } => {
                let mut batch: String =
                    paths.iter().map(|path| format!("-rm {}\n", quoted(&self.there(path)))).collect();
                for folder in folders_of(paths).iter().rev() {
                    batch += &format!("-rmdir {}\n", quoted(&self.there(folder)));
                }
                run(self.sftp_program(), &batch).map(drop)
            }
        }
    }

    /// Fetches those of these files that are there.
    fn fetch(&self, paths: &[&str], into: &Path) -> Result<(), Failed> {
        match &self.by {
            By::Rsync => {
                let mut rsync = self.rsync_program();
                rsync.args(["--files-from=-", "--from0", "--ignore-missing-args"]);
                rsync.arg(&self.root).arg(with_slash(into));
                let said = ask(rsync, &paths.join("\0"))?;
                // A folder that is not there yet.
                let nowhere = said.complaints.contains("change_dir") && said.complaints.contains("No such file");
                if nowhere { Ok(()) } else { said.verdict().map(drop) }
            }
            By::Sftp { .. } => {
                make_folders(into, paths)?;
                let get = |path: &&str| {
                    let here = into.join(path).to_string_lossy().into_owned();
                    format!("-get {} {}\n", quoted(&self.there(path)), quoted(&here))
                };
                let complaints = run(self.sftp_program(), &paths.iter().map(get).collect::<String>())?;
                // What may not be read is not what is not there.
                match complaints.lines().find(|line| line.contains("ermission denied")) {
                    Some(line) => Err(Failed { path: None, reason: line.trim().to_owned() }),
                    None => Ok(()),
                }
            }
        }
    }

    fn there(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    fn sftp_program(&self) -> Command {
        let mut sftp = Command::new("sftp");
        if let By::Sftp { login, port } = &self.by {
            sftp.args(["-q", "-b", "-"]).arg(format!("-oConnectTimeout={PATIENCE}"));
            sftp.args(["-oServerAliveInterval=15", "-oServerAliveCountMax=4"]);
            sftp.args(port.iter().map(|port| format!("-oPort={port}"))).arg("--").arg(login);
        }
        sftp
    }

    fn rsync_program(&self) -> Command {
        let mut rsync = Command::new("rsync");
        rsync.args(["--quiet", &format!("--contimeout={PATIENCE}")]);
        if !self.root.starts_with("rsync://") {
            rsync = Command::new("rsync");
            rsync.arg("--quiet");
            // Whoever has set a shell for rsync has their reasons.
            if std::env::var_os("RSYNC_RSH").is_none() {
                rsync.arg(format!("--rsh=ssh -oBatchMode=yes -oConnectTimeout={PATIENCE} -oServerAliveInterval=15"));
            }
        }
        rsync
    }
}

/// What a program said and how it ended.
struct Said {
    name: String,
    status: ExitStatus,
    complaints: String,
}

impl Said {
    /// What it complained of, where it did what it was told.
    fn verdict(self) -> Result<String, Failed> {
        if self.status.success() {
            return Ok(self.complaints);
        }
        let said: Vec<&str> = self.complaints.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        // What was forgiven on the way was said too; the last words are why it ended.
        let last = said.get(said.len().saturating_sub(3)..).unwrap_or_default().join("; ");
        let last = if last.is_empty() { self.status.to_string() } else { last };
        Err(Failed { path: None, reason: format!("{}: {last}", self.name) })
    }
}

fn run(program: Command, orders: &str) -> Result<String, Failed> {
    ask(program, orders)?.verdict()
}

/// Runs a program and gives it its orders.
fn ask(mut program: Command, orders: &str) -> Result<Said, Failed> {
    let name = program.get_program().to_string_lossy().into_owned();
    let failed = |reason: String| Failed { path: None, reason };
    let program = program.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = program.env("LC_ALL", "C").spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => failed(format!("`{name}` is not installed")),
        _ => failed(format!("{name}: {error}")),
    })?;
    let stdin = child.stdin.take();
    let orders = orders.to_owned();
    // It may complain before it has read all of them; one that ends early says why itself.
    let writer = std::thread::spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(orders.as_bytes())));
    let output = child.wait_with_output().map_err(|error| failed(format!("{name}: {error}")))?;
    let wrote = writer.join().is_ok_and(|written| written.is_ok());
    if output.status.success() && !wrote {
        return Err(failed(format!("{name}: ended before it had its orders")));
    }
    Ok(Said { name, status: output.status, complaints: String::from_utf8_lossy(&output.stderr).into_owned() })
}

fn scratch() -> Result<tempfile::TempDir, Failed> {
    tempfile::tempdir().map_err(|error| Failed { path: None, reason: error.to_string() })
}

/// The folders that files would be in.
fn make_folders(root: &Path, paths: &[&str]) -> Result<(), Failed> {
    for folder in folders_of(paths) {
        fs::create_dir_all(root.join(&folder)).map_err(|error| Failed::with(&folder, error))?;
    }
    Ok(())
}

fn with_slash(path: &Path) -> String {
    format!("{}/", path.to_string_lossy().trim_end_matches('/'))
}

/// A folder and those above it, the highest first.
fn folders(root: &str) -> Vec<String> {
    let root = root.trim_end_matches('/');
    let ends = root.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0).chain([root.len()]);
    ends.filter_map(|end| root.get(..end)).filter(|folder| !folder.is_empty()).map(str::to_owned).collect()
}

/// The folders of files, those above before those below.
fn folders_of(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().filter_map(|path| path.rsplit_once('/')).flat_map(|(folder, _)| folders(folder)).collect()
}

/// A word of a batch of `sftp`: signs that stand for other names mean themselves.
fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for character in word.chars() {
        if matches!(character, '"' | '\\' | '*' | '?' | '[') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_sftp() {
        let read = |text| Remote::sftp(text).map(|remote| (remote.by, remote.root));
        let sftp = |login: &str, port, root: &str| Some((By::Sftp { login: login.to_owned(), port }, root.to_owned()));
        assert_eq!(read("camille@example.org/var/www"), sftp("camille@example.org", None, "/var/www/"));
        assert_eq!(read("example.org:2222/"), sftp("example.org", Some(2222), "/"));
        assert_eq!(read("example.org/~/www/presse/"), sftp("example.org", None, "www/presse/"));
        assert_eq!(read("example.org/~"), sftp("example.org", None, ""));
        assert_eq!(read("example.org/a%20b"), sftp("example.org", None, "/a b/"));
        for wrong in ["example.org", "/www", "-oProxyCommand=x/www", "example.org:x/www", "h/a%0Arm%20b", "h/~eve/www"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn another_host_is_told_from_a_path() {
        for text in ["camille@example.org:www", "web:/var/www"] {
            assert!(is_of_another_host(text), "{text}");
        }
        for text in ["public", "./web:2", "C:\\www", "C:/www", "/srv/a:b"] {
            assert!(!is_of_another_host(text), "{text}");
        }
    }

    #[test]
    fn folders_come_before_what_is_in_them() {
        assert_eq!(folders("/var/www/"), ["/var", "/var/www"]);
        assert_eq!(folders("www/presse/"), ["www", "www/presse"]);
        assert!(folders("/").is_empty());
        let below: Vec<String> = folders_of(&["a/b/c.html", "a/x.html", "y.html"]).into_iter().collect();
        assert_eq!(below, ["a", "a/b"]);
        assert_eq!(quoted(r#"a "b" [c]*"#), r#""a \"b\" \[c]\*""#);
    }
}
