//! Runs the program as a person would: in a folder of its own, with nothing of this machine's
//! environment.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The instant that cases are run at, unless they say otherwise.
pub const NOW: &str = "2026-11-24T12:00:00Z";

/// The newsroom of cases that bring none.
pub const CONFIG: &str = r#"title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"

[people.camille]
name = "Camille MARTIN"
role = "Presse"
email = "cmartin@example.org"
phone = "03 21 00 00 00"
"#;

/// A folder with a newsroom in it; gone when dropped.
pub struct Newsroom {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run said.
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Newsroom {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("crieur.toml"), CONFIG).unwrap();
        fs::create_dir(folder.path().join("items")).unwrap();
        Self { folder, variables: Vec::new() }
    }

    /// A copy of a folder that holds `items/`, and perhaps `crieur.toml`, other files that it names,
    /// and `env`. One that holds `site/` is somebody else's folder: there is no `crieur.toml`.
    pub fn of(case: &Path) -> Self {
        Self::copied(case, files(case).into_iter())
    }

    /// The same, written in the other order.
    pub fn backwards(case: &Path) -> Self {
        Self::copied(case, files(case).into_iter().rev())
    }

    fn copied(case: &Path, files: impl Iterator<Item = (String, Vec<u8>)>) -> Self {
        let mut newsroom = Self::new();
        if case.join("site").is_dir() {
            fs::remove_file(newsroom.path().join("crieur.toml")).unwrap();
        }
        for (path, bytes) in files {
            let about = matches!(path.as_str(), "why" | "command" | "env" | "stdout" | "stderr" | "code");
            if !about && !path.starts_with("out/") && !path.starts_with("written/") {
                newsroom.write(&path, bytes);
            }
        }
        let variables = fs::read_to_string(case.join("env")).unwrap_or_default();
        newsroom.variables =
            variables.lines().filter_map(|l| l.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        newsroom
    }

    pub fn config(self, text: &str) -> Self {
        self.write("crieur.toml", text);
        self
    }

    pub fn item(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(&format!("items/{name}"), content);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn public(&self) -> PathBuf {
        self.path().join("public")
    }

    /// Runs the program here; `--now` is ours unless the arguments have it.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crieur"));
        command.args(arguments).current_dir(self.path()).env_clear();
        if !arguments.iter().any(|argument| argument.starts_with("--now") || *argument == "--version") {
            command.args(["--now", NOW]);
        }
        // Windows programs need this one to start at all.
        command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n");
        Said { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Runs it and expects it to go well.
    #[track_caller]
    pub fn build(&self) -> Said {
        let said = self.run(&["build"]);
        assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
        said
    }

    /// Every file of the output but the manifest.
    pub fn outputs(&self) -> BTreeMap<String, Vec<u8>> {
        let mut outputs = files(&self.public());
        outputs.retain(|path, _| !path.ends_with(".crieur-manifest.json"));
        outputs
    }

    /// An output as text.
    #[track_caller]
    pub fn output(&self, path: &str) -> String {
        let outputs = self.outputs();
        let bytes = outputs.get(path).unwrap_or_else(|| panic!("no {path} among {:?}", outputs.keys()));
        String::from_utf8(bytes.clone()).unwrap()
    }
}

/// Every file below a folder, by its path with `/`; none where there is no folder.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        let Ok(entries) = fs::read_dir(&current) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(below, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The folders of `tests/cases`.
pub fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

/// A web server that has one file and gives one answer: the file's address.
pub fn serve(file: &str, answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/{file}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        if let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&answer);
        }
    });
    address
}

/// What such a server says.
pub fn answer(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").into_bytes();
    answer.extend(body);
    answer
}

/// Says what a test could not prove for want of a program, past the test runner, which shows nothing of a test that
/// passes. Where `required` is set, as in CI, that is a failure.
#[track_caller]
pub fn not_proved(required: &str, why: &str) {
    assert!(std::env::var_os(required).is_none(), "{required} is set: {why}");
    let _ = writeln!(std::io::stderr(), "NOT PROVED HERE: {why}");
}
