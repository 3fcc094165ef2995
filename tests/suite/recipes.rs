//! Plays the recipes of `docs/recipes`, and `action.yml`, as their machines would: the same steps in the same order,
//! the same shell, the same conditions. Only what is far away is a stand-in: the compiler (the
//! program is there already), the actions of others, and the copy to a server.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use crieur::tree::{Node, parse_yaml};
use tempfile::TempDir;

const CONFIG: &str = r#"title = "Salle de presse"
url = "SITE"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"
"#;

const GOOD: &str = "---\ntitle: La piscine rouvre\ndate: 2026-01-05\n---\n\nLe bassin rouvre lundi.\n";
const BAD: &str = "---\ntitle: Sans jour\ndate: 2026-02-30\n---\n\nUne date impossible.\n";

/// What the newsroom is like, and the exit code that must come out at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    AllGood,
    OneBadItem,
    ConfigurationError,
    NoItemsFolder,
    /// The ledger on the site knows an item whose file is gone.
    ItemGone,
}

use Day::{AllGood, ConfigurationError, ItemGone, NoItemsFolder, OneBadItem};

const DAYS: [Day; 4] = [AllGood, OneBadItem, ConfigurationError, NoItemsFolder];

/// The same for a machine that keeps nothing, and asks the site what it published.
const DAYS_OF_FORGES: [Day; 5] = [AllGood, OneBadItem, ConfigurationError, NoItemsFolder, ItemGone];

impl Day {
    fn code(self) -> i32 {
        match self {
            AllGood => 0,
            OneBadItem => 1,
            ConfigurationError => 2,
            NoItemsFolder => 3,
            ItemGone => 4,
        }
    }

    fn is_deployed(self) -> bool {
        self.code() <= 1
    }
}

/// A machine with a newsroom on it.
struct Machine {
    folder: TempDir,
}

/// A step that was run, and how it ended.
type Ran = (String, i32);

impl Machine {
    fn new(day: Day) -> Self {
        let machine = Self { folder: TempDir::new().unwrap() };
        let room = machine.room();
        fs::create_dir_all(room.join("items")).unwrap();
        let config = CONFIG.replace("SITE", &site(machine.path("web")));
        fs::write(room.join("crieur.toml"), &config).unwrap();
        fs::write(room.join("items/good.md"), GOOD).unwrap();
        match day {
            AllGood => {}
            OneBadItem => fs::write(room.join("items/bad.md"), BAD).unwrap(),
            ConfigurationError => fs::write(room.join("crieur.toml"), config.replace("timezone", "timezome")).unwrap(),
            NoItemsFolder => fs::remove_dir_all(room.join("items")).unwrap(),
            ItemGone => {
                fs::write(room.join("items/gone.md"), GOOD.replace("piscine", "fontaine")).unwrap();
                let mut build = Command::new(env!("CARGO_BIN_EXE_crieur"));
                build.args(["build", "--live-ledger", "--quiet"]).current_dir(&room).env_clear();
                assert!(build.status().unwrap().success());
                fs::create_dir(machine.path("web")).unwrap();
                fs::rename(room.join("public/ledger.jsonl"), machine.path("web/ledger.jsonl")).unwrap();
                for left in ["items/gone.md", "ledger.jsonl"] {
                    fs::remove_file(room.join(left)).unwrap();
                }
                fs::remove_dir_all(room.join("public")).unwrap();
            }
        }
        let program = env!("CARGO_BIN_EXE_crieur");
        fs::create_dir(machine.path("bin")).unwrap();
        symlink(program, machine.path("bin/crieur")).unwrap();
        // `cargo install --locked --root FOLDER PROGRAM@VERSION`.
        let version = env!("CARGO_PKG_VERSION");
        machine.command(
            "cargo",
            &format!(
                "[ \"$1 $2 $3 $5\" = 'install --locked --root crieur@{version}' ]\nmkdir -p \"$4/bin\"\n\
                 ln -sf '{program}' \"$4/bin/crieur\""
            ),
        );
        machine.command("gh", "[ -n \"$GH_TOKEN\" ]\n[ \"$1\" = api ]");
        // The server's home is $HOME/home, and what it shows is in `www` there; without the key, nobody comes in.
        machine.command(
            "sftp",
            "[ \"$(cat \"$HOME/.ssh/id_ed25519\")\" = 'a key' ] && [ \"$(cat \"$HOME/.ssh/known_hosts\")\" = 'a host' ]\n\
             [ \"$(stat -c %a \"$HOME/.ssh/id_ed25519\")\" = 600 ]\nmkdir -p \"$HOME/home\"; cd \"$HOME/home\"\n\
             while IFS= read -r line; do may=; case $line in -*) may=yes; line=${line#-} ;; esac; eval \"set -- $line\"\n\
             case $1 in get) cp \"$2\" \"$3\" ;; put) cp \"$2\" \"$3\" ;; rename) mv \"$2\" \"$3\" ;; chmod) chmod \"$2\" \"$3\" ;;\n\
             mkdir) mkdir \"$2\" ;; *) exit 9 ;; esac 2> /dev/null || [ -n \"$may\" ] || { echo \"cannot: $line\" >&2; exit 1; }\ndone",
        );
        machine
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn room(&self) -> PathBuf {
        self.path("room")
    }

    fn command(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/usr/bin/env bash\nset -eu\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a script as GitHub and GitLab do.
    fn bash(&self, script: &str, variables: &BTreeMap<String, String>) -> i32 {
        let path = self.path("step.sh");
        fs::write(&path, script).unwrap();
        self.run(Command::new("bash").args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(path), variables)
    }

    fn run(&self, command: &mut Command, variables: &BTreeMap<String, String>) -> i32 {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display());
        let command = command.current_dir(self.room()).env_clear().env("PATH", path).env("HOME", self.folder.path());
        command.envs(variables).output().unwrap().status.code().unwrap_or(-1)
    }

    /// A run begins: forges number them.
    fn another_run(&self) {
        fs::write(self.path("run"), (self.run_number() + 1).to_string()).unwrap();
    }

    fn run_number(&self) -> u32 {
        fs::read_to_string(self.path("run")).map_or(100, |number| number.parse().unwrap())
    }

    /// The server that `sftp` brings it to shows it.
    fn web_is_home(&self) {
        fs::create_dir_all(self.path("web")).unwrap();
        fs::create_dir(self.path("home")).unwrap();
        symlink(self.path("web"), self.path("home/www")).unwrap();
    }

    /// GitLab takes what its job says of it.
    #[track_caller]
    fn is_summed_up(&self, job: &Node, day: Day) {
        let read = |path: &str| fs::read_to_string(self.room().join(path)).unwrap();
        let links: serde_json::Value =
            serde_json::from_str(&read(text(job, &["artifacts", "reports", "annotations"]))).unwrap();
        let link = &links["Newsroom"][0]["external_link"];
        assert_eq!(link["url"], "https://gitlab.example.org/job/1/artifacts/file/summary/status.md");
        assert!(
            job.get("artifacts").unwrap().get("paths").unwrap().several().iter().any(|p| p.text() == Some("summary"))
        );
        if day.is_deployed() {
            assert!(read("summary/status.md").starts_with("## Salle de presse"), "{day:?}");
        }
    }

    /// Adds a hub to the newsroom; what it is told.
    fn hub(&self) -> Arc<Mutex<Vec<String>>> {
        let told = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&told);
        let hub = crate::verify::web(move |request| {
            ears.lock().unwrap().push(request.body.clone());
            crate::harness::answer("204 No Content", b"")
        });
        let config = self.room().join("crieur.toml");
        let text = fs::read_to_string(&config).unwrap();
        fs::write(config, format!("{text}\n[feeds]\nhubs = [\"{hub}/\"]\n")).unwrap();
        told
    }

    /// What can be seen on the web.
    fn deployed(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let root = self.path("web");
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let below = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                    found.insert(below, fs::read_to_string(&path).unwrap());
                }
            }
        }
        found
    }

    /// The good item is out and whole, the bad one nowhere; or nothing is out.
    #[track_caller]
    fn expect(&self, day: Day) {
        let web = self.deployed();
        if !day.is_deployed() {
            let before = usize::from(day == ItemGone);
            assert_eq!(web.len(), before, "{day:?}: {:?}", web.keys());
            return;
        }
        for file in ["feed.atom", "feed.rss", "feed.json", "index.html", "good/index.html"] {
            assert!(web.get(file).is_some_and(|text| text.contains("La piscine rouvre")), "{day:?}: {file}");
        }
        assert!(!web.values().any(|text| text.contains("Sans jour")), "{day:?}");
        // `crieur publish` knows by the first what is its own over there; the second is for Apache.
        let hidden = |path: &&String| path.contains("/.") || path.starts_with('.');
        let known = [".crieur-manifest.json", ".htaccess"];
        let strange: Vec<&String> = web.keys().filter(hidden).filter(|path| !known.contains(&path.as_str())).collect();
        assert!(strange.is_empty(), "{day:?}: {strange:?}");
    }
}

/// Where the newsroom is seen: whatever lies in the folder, while the test goes on.
fn site(web: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/presse/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let asked = lines.next().unwrap_or_default();
            // The whole question, or the answer is cut off.
            lines.find(String::is_empty);
            let path = asked.split(' ').nth(1).and_then(|path| path.strip_prefix("/presse/")).unwrap_or_default();
            let index = if path.is_empty() || path.ends_with('/') { "index.html" } else { "" };
            let answer = match fs::read(web.join(format!("{path}{index}"))) {
                Ok(bytes) => crate::harness::answer("200 OK", &bytes),
                Err(_) => crate::harness::answer("404 Not Found", b"nothing"),
            };
            let _ = stream.write_all(&answer);
        }
    });
    address
}

/// Hands a folder to those who deploy, without hidden files, as the upload action and GitLab's
/// `exclude` do.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

fn recipe(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes").join(name)).unwrap()
}

/// The recipe as a tree. Our own reader mends some lines; a machine of others does not, so they
/// must be right as they stand.
fn tree(name: &str) -> Node {
    let text = recipe(name);
    for event in saphyr_parser::Parser::new_from_str(&text) {
        event.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    parse_yaml(&text).unwrap()
}

/// The text of `a: {b: c}` at `["a", "b"]`; empty where there is none.
fn text<'a>(node: &'a Node, keys: &[&str]) -> &'a str {
    keys.iter().try_fold(node, |node, key| node.get(key)).and_then(Node::text).unwrap_or_default()
}

fn map(node: Option<&Node>) -> BTreeMap<String, String> {
    let pairs = node.map(Node::pairs).unwrap_or_default();
    pairs.iter().map(|(key, value)| (key.text().unwrap().to_owned(), value.text().unwrap().to_owned())).collect()
}

/// `a == 'b' || c != 'd'`; empty is true.
fn holds(condition: &str, context: &BTreeMap<String, String>) -> bool {
    condition.is_empty()
        || condition.split("||").any(|part| {
            let (name, equal, value) = match (part.split_once("=="), part.split_once("!=")) {
                (Some((name, value)), None) => (name, true, value),
                (None, Some((name, value))) => (name, false, value),
                _ => panic!("cannot play `if: {condition}`"),
            };
            let name = name.trim();
            let known = context.get(name).unwrap_or_else(|| panic!("`{name}` is set by nothing before it"));
            (known == value.trim().trim_matches('\'')) == equal
        })
}

/// Puts values in for `${{ name }}`, and for `${{ name || other }}` the first that is not empty.
fn filled(text: &str, context: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap();
        let values = name.split("||").map(|name| {
            let name = name.trim();
            context.get(name).unwrap_or_else(|| panic!("`{name}` is set by nothing before it"))
        });
        let mut values = values.filter(|value| !value.is_empty());
        filled += values.next().map_or("", String::as_str);
        filled += rest;
    }
    filled
}

/// Every step that ran, in order, job by job. A job whose predecessor failed is not run, and a
/// step after one that failed neither.
fn play_github(machine: &Machine, name: &str, cached: bool) -> Vec<Ran> {
    machine.another_run();
    let recipe = tree(name);
    assert_eq!(text(&recipe, &["defaults", "run", "shell"]), "bash");
    let mut ran = Vec::new();
    let mut outputs = BTreeMap::new();
    let mut failed = Vec::new();
    for (name, job) in recipe.get("jobs").unwrap().pairs() {
        let name = name.text().unwrap();
        let mut context = BTreeMap::from([
            ("github.event_name".to_owned(), "schedule".to_owned()),
            ("github.token".to_owned(), "secret".to_owned()),
            ("runner.os".to_owned(), "Linux".to_owned()),
            ("github.run_id".to_owned(), machine.run_number().to_string()),
            ("github.run_attempt".to_owned(), "1".to_owned()),
            ("secrets.SSH_KEY".to_owned(), "a key".to_owned()),
            ("secrets.SSH_KNOWN_HOSTS".to_owned(), "a host".to_owned()),
        ]);
        context.extend(map(recipe.get("env")).into_iter().map(|(name, value)| (format!("env.{name}"), value)));
        let needs: Vec<&str> =
            job.get("needs").map(Node::several).unwrap_or_default().iter().filter_map(Node::text).collect();
        for needed in &needs {
            context.extend(outputs.iter().filter(|((job, _), _)| job == needed).map(
                |((job, output), value): (&(String, String), &String)| {
                    (format!("needs.{job}.outputs.{output}"), value.clone())
                },
            ));
        }
        if needs.iter().any(|needed| failed.contains(needed)) || !holds(text(job, &["if"]), &context) {
            continue;
        }
        for step in job.get("steps").unwrap().several() {
            if !holds(text(step, &["if"]), &context) {
                continue;
            }
            let id = text(step, &["id"]);
            let action = text(step, &["uses"]).split('@').next().unwrap();
            let code = match action.trim_start_matches("https://data.forgejo.org/") {
                "" => {
                    let output = machine.path("output");
                    fs::write(&output, "").unwrap();
                    let mut variables: BTreeMap<String, String> = map(step.get("env"))
                        .into_iter()
                        .map(|(name, value)| (name, filled(&value, &context)))
                        .collect();
                    variables.extend(map(recipe.get("env")));
                    let forge = format!("file://{}", machine.path("forge").display());
                    for (name, value) in [
                        ("GITHUB_ACTIONS", "true".to_owned()),
                        ("GITHUB_OUTPUT", output.display().to_string()),
                        ("GITHUB_STEP_SUMMARY", machine.path("summary").display().to_string()),
                        ("GITHUB_REPOSITORY", "example/newsroom".to_owned()),
                        ("GITHUB_SERVER_URL", forge),
                    ] {
                        variables.insert(name.to_owned(), value);
                    }
                    let code = machine.bash(text(step, &["run"]), &variables);
                    for line in fs::read_to_string(&output).unwrap().lines() {
                        let (output, value) = line.split_once('=').unwrap();
                        context.insert(format!("steps.{id}.outputs.{output}"), value.to_owned());
                    }
                    code
                }
                "actions/checkout" => 0,
                "actions/cache" => {
                    // By what it is kept: another version is another program.
                    assert_eq!(
                        filled(text(step, &["with", "key"]), &context),
                        format!("Linux-crieur@{}", env!("CARGO_PKG_VERSION"))
                    );
                    if cached {
                        let path = machine.path(text(step, &["with", "path"]).strip_prefix("~/").unwrap()).join("bin");
                        fs::create_dir_all(&path).unwrap();
                        symlink(env!("CARGO_BIN_EXE_crieur"), path.join("crieur")).unwrap();
                    }
                    let hit = if cached { "true" } else { "" };
                    context.insert(format!("steps.{id}.outputs.cache-hit"), hit.to_owned());
                    0
                }
                action @ ("actions/cache/save" | "actions/cache/restore") => {
                    let (path, key) = (text(step, &["with", "path"]), filled(text(step, &["with", "key"]), &context));
                    let older = text(step, &["with", "restore-keys"]);
                    let kept = machine.path("cache");
                    fs::create_dir_all(&kept).unwrap();
                    let here = match path.strip_prefix("~/") {
                        Some(path) => machine.path(path),
                        None => machine.room().join(path),
                    };
                    if action.ends_with("save") {
                        // What is not there is not kept, with a warning.
                        let _ = fs::copy(&here, kept.join(&key));
                    } else if !here.is_dir() {
                        // A machine of the next job, which has only what was kept.
                        let _ = fs::remove_file(&here);
                        let mut names: Vec<String> = fs::read_dir(&kept)
                            .unwrap()
                            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                            .filter(|name| *name == key || !older.is_empty() && name.starts_with(older))
                            .collect();
                        names.sort_by_key(|name| (*name != key, std::cmp::Reverse(name.clone())));
                        if let Some(name) = names.first() {
                            fs::create_dir_all(here.parent().unwrap()).unwrap();
                            fs::copy(kept.join(name), &here).unwrap();
                        }
                    }
                    0
                }
                "actions/upload-pages-artifact" => {
                    copy(&machine.room().join(text(step, &["with", "path"])), &machine.path("artifact"));
                    0
                }
                "actions/deploy-pages" => {
                    assert_eq!(text(job, &["permissions", "pages"]), "write");
                    assert_eq!(text(job, &["permissions", "id-token"]), "write");
                    let _ = fs::remove_dir_all(machine.path("web"));
                    fs::rename(machine.path("artifact"), machine.path("web")).unwrap();
                    0
                }
                other => panic!("cannot play {other}"),
            };
            let label = [text(step, &["name"]), text(step, &["uses"])].into_iter().find(|label| !label.is_empty());
            ran.push((format!("{name}: {}", label.unwrap_or_default()), code));
            if code != 0 {
                failed.push(name);
                break;
            }
        }
        for (output, value) in map(job.get("outputs")) {
            outputs.insert((name.to_owned(), output), filled(&value, &context));
        }
    }
    ran
}

#[test]
fn github_publishes_what_is_good_and_fails_last() {
    for day in DAYS_OF_FORGES {
        let machine = Machine::new(day);
        let ran = play_github(&machine, "github.yml", false);
        machine.expect(day);
        let failed: Vec<&Ran> = ran.iter().filter(|(_, code)| *code != 0).collect();
        let last = ran.iter().rfind(|(step, _)| step.starts_with("deploy: ")).unwrap();
        assert_eq!(*last, ("deploy: Keep the exit code".to_owned(), day.code()), "{day:?}: {ran:?}");
        assert_eq!(failed.len(), usize::from(day != AllGood), "{day:?}: only the last step fails: {ran:?}");
        assert_eq!(ran.iter().any(|(step, _)| step == "deploy: Deploy"), day.is_deployed(), "{day:?}: {ran:?}");
        assert!(ran.iter().any(|(step, code)| step.starts_with("stay-awake") && *code == 0), "{ran:?}");
        if day.is_deployed() {
            // What the next run reads, and what people read of this one.
            assert!(machine.deployed()["ledger.jsonl"].contains("good.md"), "{day:?}");
            let summary = fs::read_to_string(machine.path("summary")).unwrap();
            assert!(summary.starts_with("## Salle de presse"), "{summary}");
        }
    }
}

#[test]
fn github_does_not_compile_what_it_has_kept() {
    let machine = Machine::new(AllGood);
    let ran = play_github(&machine, "github.yml", true);
    assert!(!ran.iter().any(|(step, _)| step.contains("Compile")), "{ran:?}");
    machine.expect(AllGood);
}

/// A run that changes nothing, and one that makes up for what was due: the ledger is on the site.
#[test]
fn github_says_what_is_overdue() {
    let machine = Machine::new(AllGood);
    play_github(&machine, "github.yml", false);
    // The machine keeps nothing.
    for left in ["public", "ledger.jsonl"] {
        let path = machine.room().join(left);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    let late = "---\ntitle: La fontaine coule\ndate: 2026-01-06 10:00\n---\n\nElle coule.\n";
    fs::write(machine.room().join("items/late.md"), late).unwrap();
    fs::remove_file(machine.path("summary")).unwrap();
    fs::rename(machine.path("web"), machine.path("before")).unwrap();
    fs::create_dir(machine.path("web")).unwrap();
    fs::copy(machine.path("before/ledger.jsonl"), machine.path("web/ledger.jsonl")).unwrap();
    let variables = BTreeMap::from([("CODE".to_owned(), "0".to_owned())]);
    let status = "~/.crieur/bin/crieur status --live-ledger --format markdown > \"$HOME/summary\"";
    assert_eq!(machine.bash(status, &variables), 0);
    let summary = fs::read_to_string(machine.path("summary")).unwrap();
    assert!(summary.contains("La fontaine coule") && summary.contains("### "), "{summary}");
    assert!(recipe("github.yml").contains("crieur status --live-ledger --format markdown >> "));
}

fn git(folder: &Path, arguments: &[&str]) -> bool {
    let done = Command::new("git").args(arguments).current_dir(folder).output();
    done.is_ok_and(|done| done.status.success())
}

/// Codeberg reads the names of domains of one's own from a hidden file of the branch that is seen.
#[test]
fn forgejo_keeps_the_domains_of_its_pages() {
    let machine = Machine::new(AllGood);
    let forge = machine.path("forge/example");
    fs::create_dir_all(&forge).unwrap();
    if !git(&forge, &["init", "--quiet", "--bare", "newsroom.git"]) {
        return crate::harness::not_proved("CI", "git is not here; the recipe for Forgejo was not played");
    }
    let clone = |name: &str| {
        assert!(git(machine.folder.path(), &["clone", "-q", "-b", "pages", "forge/example/newsroom.git", name]));
        machine.path(name)
    };
    play_github(&machine, "forgejo.yml", false);
    let mine = clone("mine");
    fs::write(mine.join(".domains"), "presse.example.org\n").unwrap();
    let who = ["-c", "user.name=c", "-c", "user.email=c@example.org"];
    for arguments in [&["add", ".domains"][..], &[&who[..], &["commit", "-qm", "d"]].concat(), &["push", "-q"]] {
        assert!(git(&mine, arguments), "{arguments:?}");
    }
    fs::write(machine.room().join("items/other.md"), GOOD.replace("piscine", "fontaine")).unwrap();
    let _ = fs::remove_file(machine.path(".crieur/bin/crieur"));
    let ran = play_github(&machine, "forgejo.yml", true);
    assert!(ran.iter().all(|(_, code)| *code == 0), "{ran:?}");
    let seen = clone("seen");
    assert_eq!(fs::read_to_string(seen.join(".domains")).unwrap(), "presse.example.org\n");
    assert!(seen.join("other/index.html").is_file() && seen.join("feed.atom").is_file());
}

/// What is seen is a branch of the repository.
#[test]
fn forgejo_publishes_what_is_good_and_fails_last() {
    for day in DAYS_OF_FORGES {
        let machine = Machine::new(day);
        let forge = machine.path("forge/example");
        fs::create_dir_all(&forge).unwrap();
        if !git(&forge, &["init", "--quiet", "--bare", "newsroom.git"]) {
            return crate::harness::not_proved("CI", "git is not here; the recipe for Forgejo was not played");
        }
        for run in 1..=2 {
            let ran = play_github(&machine, "forgejo.yml", run == 2);
            assert_eq!(ran.last(), Some(&("publish: Keep the exit code".to_owned(), day.code())), "{day:?}: {ran:?}");
            let failed = ran.iter().filter(|(_, code)| *code != 0).count();
            assert_eq!(failed, usize::from(day != AllGood), "{day:?}: only the last step fails: {ran:?}");
            if day.is_deployed() {
                let web = machine.path("web");
                let _ = fs::remove_dir_all(&web);
                assert!(git(
                    machine.folder.path(),
                    &["clone", "-q", "-b", "pages", "forge/example/newsroom.git", "web"]
                ));
                fs::remove_dir_all(web.join(".git")).unwrap();
            }
            machine.expect(day);
            let _ = fs::remove_file(machine.path(".crieur/bin/crieur"));
        }
    }
}

#[test]
fn the_recipes_for_forges_are_careful() {
    for name in ["github.yml", "github-sftp.yml", "forgejo.yml"] {
        careful(name);
    }
    let recipe = tree("github.yml");
    assert!(recipe.get("permissions").unwrap().pairs().is_empty(), "no permission but a job's own");
}

fn careful(name: &str) {
    let recipe_text = recipe(name);
    for line in recipe_text.lines().filter(|line| line.contains("uses:")) {
        let (_, version) = line.split_once('@').unwrap();
        let (hash, comment) = version.split_once(" # v").unwrap_or_else(|| panic!("no version beside {line}"));
        assert!(hash.len() == 40 && hash.chars().all(|c| c.is_ascii_hexdigit()) && !comment.is_empty(), "{line}");
    }
    let recipe = tree(name);
    assert_eq!(text(&recipe, &["concurrency", "cancel-in-progress"]), "false");
    assert!(recipe.get("on").unwrap().get("workflow_dispatch").is_some());
    let slots = recipe.get("on").unwrap().get("schedule").unwrap().several();
    assert!(slots.len() >= 2);
    for slot in slots {
        let minute: u32 = text(slot, &["cron"]).split(' ').next().unwrap().parse().unwrap();
        assert!(minute % 15 > 5, "{minute} is a busy minute");
    }
}

/// The commands of a job, as its shell gets them.
fn gitlab_script(job: &Node) -> String {
    let entries = job.get("script").unwrap().several();
    entries.iter().map(|entry| format!("{}\n", entry.text().unwrap())).collect()
}

#[test]
fn gitlab_publishes_what_is_good_and_fails_last() {
    let recipe = tree("gitlab.yml");
    let pages = recipe.get("pages").unwrap();
    let last = recipe.get("keep-exit-code").unwrap();
    assert_eq!(text(last, &["stage"]), ".post");
    assert_eq!((text(pages, &["resource_group"]), text(&recipe, &["default", "interruptible"])), ("newsroom", "false"));
    let variables = map(recipe.get("variables"));
    for day in DAYS_OF_FORGES {
        let machine = Machine::new(day);
        let variables = variables.iter().filter(|(name, _)| *name == "PROGRAM");
        let mut variables: BTreeMap<_, _> = variables.map(|(name, value)| (name.clone(), value.clone())).collect();
        variables.insert("CI_JOB_URL".to_owned(), "https://gitlab.example.org/job/1".to_owned());
        variables.insert("CI_PAGES_URL".to_owned(), "https://example.gitlab.io/newsroom".to_owned());
        let hub = machine.hub();
        let mut ran = vec![machine.bash(&gitlab_script(pages), &variables)];
        machine.is_summed_up(pages, day);
        // GitLab deploys the artefacts of a job that went well, and runs the next stage after it.
        if ran == [0] {
            let artifacts = pages.get("artifacts").unwrap();
            assert_eq!(text(artifacts.get("exclude").unwrap().several().first().unwrap(), &[]), "public/.*");
            copy(
                &machine.room().join(artifacts.get("paths").unwrap().several()[0].text().unwrap()),
                &machine.path("web"),
            );
            let dotenv = fs::read_to_string(machine.room().join(text(artifacts, &["reports", "dotenv"]))).unwrap();
            let variables =
                dotenv.lines().map(|l| l.split_once('=').unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned()));
            // The last job has the artefacts and nothing else of the first one.
            fs::remove_dir_all(machine.room().join("public")).unwrap();
            ran.push(machine.bash(&gitlab_script(last), &variables.collect()));
            let caches = last.get("cache").unwrap().several();
            assert!(caches.iter().any(|cache| cache.get("paths").unwrap().several()[0].text() == Some(".crieur")));
            assert!(machine.room().join(".crieur/notified.json").is_file());
        }
        assert_eq!(!hub.lock().unwrap().is_empty(), day.is_deployed(), "{day:?}");
        machine.expect(day);
        assert_eq!(ran.last(), Some(&day.code()), "{day:?}: {ran:?}");
        assert_eq!(ran.len(), if day.is_deployed() { 2 } else { 1 }, "{day:?}");
    }
}

#[test]
fn cron_publishes_what_is_good_and_fails_last() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes/cron.sh");
    for day in DAYS {
        let machine = Machine::new(day);
        let variables = BTreeMap::from([
            ("NEWSROOM".to_owned(), machine.room().display().to_string()),
            ("TARGET".to_owned(), machine.path("web").display().to_string()),
        ]);
        let code = machine.run(Command::new("bash").arg(&script), &variables);
        assert_eq!(code, day.code(), "{day:?}");
        machine.expect(day);
    }
}

/// The hub is told once of each feed, whatever machine the next run is given.
#[test]
fn forges_tell_the_hubs_of_what_is_live_once() {
    let told = |told: &Arc<Mutex<Vec<String>>>| std::mem::take(&mut *told.lock().unwrap()).len();
    for name in ["github.yml", "github-sftp.yml"] {
        let machine = Machine::new(AllGood);
        let hub = machine.hub();
        if name == "github-sftp.yml" {
            machine.web_is_home();
        }
        let mut counts = Vec::new();
        for run in 0..3 {
            if run == 2 {
                fs::write(machine.room().join("items/other.md"), GOOD.replace("piscine", "fontaine")).unwrap();
            }
            let ran = play_github(&machine, name, run > 0);
            assert!(ran.iter().all(|(_, code)| *code == 0), "{name}: {ran:?}");
            counts.push(told(&hub));
            // The next machine has nothing but its cache.
            for left in ["public", ".crieur"] {
                fs::remove_dir_all(machine.room().join(left)).unwrap();
            }
            let _ = fs::remove_file(machine.room().join("ledger.jsonl"));
            let _ = fs::remove_file(machine.path(".crieur/bin/crieur"));
        }
        assert!(counts[0] > 0 && counts[1] == 0 && counts[2] == counts[0], "{name}: {counts:?}");
    }
}

#[test]
fn a_server_of_ones_own_gets_it_by_sftp_and_the_run_fails_last() {
    for day in DAYS_OF_FORGES {
        let machine = Machine::new(day);
        machine.web_is_home();
        let ran = play_github(&machine, "github-sftp.yml", false);
        let (last, before) = ran.split_last().unwrap();
        assert!(last.0.starts_with("stay-awake"), "{ran:?}");
        assert_eq!(before.last(), Some(&("publish: Keep the exit code".to_owned(), day.code())), "{day:?}: {ran:?}");
        machine.expect(day);

        let machine = Machine::new(day);
        machine.web_is_home();
        let recipe = tree("gitlab-sftp.yml");
        let mut variables = map(recipe.get("variables"));
        variables.remove("CARGO_HOME");
        for (name, text) in [("SSH_KEY", "a key\n"), ("SSH_KNOWN_HOSTS", "a host\n")] {
            fs::write(machine.path(name), text).unwrap();
            variables.insert(name.to_owned(), machine.path(name).display().to_string());
        }
        variables.insert("CI_JOB_URL".to_owned(), "https://gitlab.example.org/job/1".to_owned());
        let job = recipe.get("publish").unwrap();
        assert_eq!(machine.bash(&gitlab_script(job), &variables), day.code(), "{day:?}");
        machine.expect(day);
        machine.is_summed_up(job, day);
    }
}

#[test]
fn cron_says_nothing_when_all_is_well_and_never_runs_twice_at_once() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes/cron.sh");
    let machine = Machine::new(AllGood);
    let run = |script: &str| {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", machine.path("bin").display());
        let mut command = Command::new("bash");
        command.args(["-c", script]).current_dir(machine.room()).env_clear().env("PATH", path);
        command.env("HOME", machine.folder.path()).env("NEWSROOM", machine.room()).env("TARGET", machine.path("web"));
        command.output().unwrap()
    };
    // The lock is ours: the script leaves the work to whoever has it.
    let busy = run(&format!("exec 8> .crieur.lock; flock 8; bash '{}' 8>&-", script.display()));
    assert_eq!(busy.status.code(), Some(0));
    assert!(machine.deployed().is_empty());
    let quiet = run(&format!("bash '{}'", script.display()));
    assert_eq!(quiet.status.code(), Some(0));
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty(), "{quiet:?}");
    machine.expect(AllGood);
}

/// The four lines of the README are the recipe in short; `deploy` is the reader's own.
#[test]
fn the_readme_in_short_publishes_what_is_good_and_fails_last() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let script = readme.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    for day in DAYS {
        let machine = Machine::new(day);
        machine.command("deploy", "mkdir \"$HOME/web\"\ncd \"$1\"\ncp -R -- * \"$HOME/web\"");
        assert_eq!(machine.bash(script, &BTreeMap::new()), day.code(), "{day:?}");
        machine.expect(day);
    }
}

/// What the action of `action.yml` answered: how its last step ended, its outputs, and the summary.
struct Answered {
    code: i32,
    outputs: BTreeMap<String, String>,
    summary: String,
    /// What was said on its log: the annotations are there.
    log: String,
}

impl Answered {
    #[track_caller]
    fn expect(&self, code: i32, changed: &str, published: &str, due: &str, exit_code: &str) {
        let outputs = ["changed", "published", "due", "exit-code"].map(|name| self.outputs[name].as_str());
        assert_eq!((self.code, outputs), (code, [changed, published, due, exit_code]), "{}{}", self.log, self.summary);
    }
}

/// Plays the action as GitHub would, in a repository whose newsroom is the folder `room`.
fn act(machine: &Machine, inputs: &[(&str, &str)]) -> Answered {
    let action = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).unwrap();
    for event in saphyr_parser::Parser::new_from_str(&action) {
        event.unwrap_or_else(|error| panic!("action.yml: {error}"));
    }
    let action = parse_yaml(&action).unwrap();
    assert_eq!(text(&action, &["runs", "using"]), "composite");
    let given = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let mut context = BTreeMap::from(
        [("github.token", "secret"), ("github.action_repository", "example/crieur"), ("github.action_ref", "v0.1.0")]
            .map(given),
    );
    for (name, input) in action.get("inputs").unwrap().pairs() {
        let name = name.text().unwrap();
        let value = inputs.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned());
        let value = value.unwrap_or_else(|| filled(text(input, &["default"]), &context));
        context.insert(format!("inputs.{name}"), value);
    }
    for (name, _) in inputs {
        assert!(context.contains_key(&format!("inputs.{name}")), "the action takes no `{name}`");
    }
    let mut answered = Answered { code: 0, outputs: BTreeMap::new(), summary: String::new(), log: String::new() };
    fs::write(machine.path("summary"), "").unwrap();
    for step in action.get("runs").unwrap().get("steps").unwrap().several() {
        // What a step that did not run would have set is empty.
        context.entry("steps.fetch.outputs.program".to_owned()).or_default();
        if !holds(text(step, &["if"]), &context) {
            continue;
        }
        assert_eq!(text(step, &["shell"]), "bash");
        fs::write(machine.path("output"), "").unwrap();
        let mut variables: BTreeMap<String, String> =
            map(step.get("env")).into_iter().map(|(name, value)| (name, filled(&value, &context))).collect();
        variables.extend([("GITHUB_ACTIONS", "true"), ("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")].map(given));
        for (name, file) in [("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary"), ("RUNNER_TEMP", "temp")] {
            variables.insert(name.to_owned(), machine.path(file).display().to_string());
        }
        let script = machine.path("step.sh");
        fs::write(&script, text(step, &["run"])).unwrap();
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(script).current_dir(machine.folder.path());
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", machine.path("bin").display());
        command.env_clear().env("PATH", path).env("HOME", machine.folder.path()).envs(variables);
        let output = command.output().unwrap();
        answered.code = output.status.code().unwrap();
        answered.log += &String::from_utf8_lossy(&output.stdout);
        answered.log += &String::from_utf8_lossy(&output.stderr);
        for line in fs::read_to_string(machine.path("output")).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            context.insert(format!("steps.{}.outputs.{name}", text(step, &["id"])), value.to_owned());
        }
        if answered.code != 0 {
            break;
        }
    }
    for (name, output) in action.get("outputs").unwrap().pairs() {
        let value = text(output, &["value"]);
        let name_of = value.trim_start_matches("${{").trim_end_matches("}}").trim();
        answered.outputs.insert(name.text().unwrap().to_owned(), context.get(name_of).cloned().unwrap_or_default());
    }
    answered.summary = fs::read_to_string(machine.path("summary")).unwrap();
    answered
}

const HERE: [(&str, &str); 2] = [("root", "room"), ("program", env!("CARGO_BIN_EXE_crieur"))];

#[test]
fn the_action_says_what_a_run_changed_and_what_comes_next() {
    let machine = Machine::new(AllGood);
    act(&machine, &HERE).expect(0, "1", "1", "", "0");
    assert!(machine.room().join("public/feed.atom").exists());
    // Nothing changed.
    let again = act(&machine, &HERE);
    again.expect(0, "0", "1", "", "0");
    assert!(!again.log.contains("::"), "{}", again.log);
    // One is held until its hour: the log and the summary say when, and not what.
    fs::write(machine.room().join("items/later.md"), "---\ntitle: CANARI\ndate: 2199-03-01 09:00\n---\n\nx\n").unwrap();
    let held = act(&machine, &HERE);
    held.expect(0, "0", "1", "2199-03-01T08:00:00Z", "0");
    assert!(held.summary.contains("2199") && !held.summary.contains("CANARI") && !held.log.contains("CANARI"));
}

#[test]
fn the_action_publishes_what_is_good_and_shows_the_line_that_is_wrong() {
    let machine = Machine::new(OneBadItem);
    let said = act(&machine, &HERE);
    said.expect(0, "1", "1", "", "1");
    assert!(said.log.contains("::error file=room/items/bad.md,line=3"), "{}", said.log);
    assert!(said.summary.contains("Exit code 1"), "{}", said.summary);
    assert!(machine.room().join("public/good/index.html").exists());
    // Without `keep-going` it stops, and says the same.
    let machine = Machine::new(OneBadItem);
    act(&machine, &[&HERE[..], &[("keep-going", "false")]].concat()).expect(1, "0", "1", "", "1");
    assert!(!machine.room().join("public").exists());
    // A pull request is looked at.
    let machine = Machine::new(OneBadItem);
    let looked = act(&machine, &[&HERE[..], &[("publish", "false"), ("keep-going", "false")]].concat());
    assert_eq!((looked.code, looked.outputs["exit-code"].as_str()), (1, "1"), "{}", looked.log);
    assert!(looked.log.contains("::error file=room/items/bad.md") && !machine.room().join("public").exists());
}

#[test]
fn the_action_publishes_to_a_target() {
    for day in DAYS_OF_FORGES {
        let machine = Machine::new(day);
        let web = machine.path("web");
        let more = [("publish", web.to_str().unwrap()), ("live-ledger", "true")];
        let said = act(&machine, &[&HERE[..], &more].concat());
        machine.expect(day);
        assert_eq!(said.outputs["exit-code"], day.code().to_string(), "{day:?}: {}", said.log);
        assert_eq!(said.code, if day.is_deployed() { 0 } else { day.code() }, "{day:?}: {}", said.log);
        if day.is_deployed() {
            assert!(said.log.contains("envoi vers "), "{}", said.log);
        }
    }
    // A target that cannot be had fails it; what begins with a dash is a folder and no option.
    let machine = Machine::new(AllGood);
    let said = act(&machine, &[&HERE[..], &[("publish", "ftp://example.org/www")]].concat());
    assert_eq!(said.code, 2, "{}", said.log);
    let said = act(&machine, &[&HERE[..], &[("publish", "--dry-run")]].concat());
    assert!(said.code == 0 && machine.path("--dry-run/feed.atom").is_file(), "{}", said.log);
}

#[test]
fn the_action_fails_where_nothing_may_be_published() {
    for day in [ConfigurationError, NoItemsFolder] {
        let machine = Machine::new(day);
        let said = act(&machine, &HERE);
        assert_eq!(
            (said.code, said.outputs["exit-code"].as_str()),
            (day.code(), day.code().to_string().as_str()),
            "{day:?}"
        );
        assert!(said.log.contains("::error"), "{day:?}: {}", said.log);
    }
    // Something published is gone: refused.
    let machine = Machine::new(AllGood);
    act(&machine, &HERE);
    fs::write(machine.room().join("items/other.md"), GOOD.replace("piscine", "patinoire").replace("bassin", "palais"))
        .unwrap();
    fs::remove_file(machine.room().join("items/good.md")).unwrap();
    let refused = act(&machine, &HERE);
    assert_eq!((refused.code, refused.outputs["exit-code"].as_str()), (4, "4"), "{}", refused.log);
    assert!(refused.summary.contains("Exit code 4"));
    assert!(machine.room().join("public/good/index.html").exists(), "the last good output stays");
}

/// A release with the program for this machine, and `gh` as it would fetch it.
fn released(machine: &Machine) {
    let folder = machine.path("release");
    fs::create_dir(&folder).unwrap();
    let script = format!(
        "cd '{}'\ncp '{}' crieur\ntar -czf crieur-x86_64-unknown-linux-musl.tar.gz crieur\nsha256sum crieur-* > SHA256SUMS",
        folder.display(),
        env!("CARGO_BIN_EXE_crieur"),
    );
    assert_eq!(machine.bash(&script, &BTreeMap::new()), 0);
    machine.command(
        "gh",
        &format!(
            "echo \"$*\" >> \"$HOME/gh.log\"\n[ \"$GH_TOKEN\" = secret ]\n\
             case \"$1 $2\" in 'release download') cp '{0}'/* . ;; 'attestation verify') [ ! -e '{0}/forged' ] ;; *) exit 9 ;; esac",
            folder.display()
        ),
    );
}

#[test]
fn the_action_runs_only_the_program_that_was_released() {
    let root = [("root", "room")];
    let machine = Machine::new(AllGood);
    released(&machine);
    act(&machine, &root).expect(0, "1", "1", "", "0");
    let log = fs::read_to_string(machine.path("gh.log")).unwrap();
    assert!(
        log.contains("release download v0.1.0 --repo example/crieur") && log.contains("attestation verify"),
        "{log}"
    );
    act(&machine, &[("root", "room"), ("version", "2.0.0")]);
    assert!(fs::read_to_string(machine.path("gh.log")).unwrap().contains("release download v2.0.0"));
    // Another checksum than the one that was asked for, another archive than the one of the list, and one
    // that was built elsewhere.
    let nothing = |machine: &Machine, inputs: &[(&str, &str)]| {
        let said = act(machine, inputs);
        assert!(said.code != 0 && said.outputs["exit-code"].is_empty(), "{}", said.log);
        assert!(!machine.room().join("public").exists());
    };
    let machine = Machine::new(AllGood);
    released(&machine);
    nothing(&machine, &[("root", "room"), ("sha256", &"0".repeat(64))]);
    fs::write(machine.path("release/forged"), "").unwrap();
    nothing(&machine, &root);
    let machine = Machine::new(AllGood);
    released(&machine);
    fs::write(machine.path("release/crieur-x86_64-unknown-linux-musl.tar.gz"), "x").unwrap();
    nothing(&machine, &root);
    let machine = Machine::new(AllGood);
    released(&machine);
    fs::write(machine.path("release/SHA256SUMS"), "").unwrap();
    nothing(&machine, &root);
}

/// The unit runs the recipe that is tested above, when cron would, in the folders that it may write.
#[test]
fn the_units_run_the_recipe() {
    let service = recipe("crieur.service");
    let line =
        |key: &str| service.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("no {key}"));
    assert_eq!(line("ExecStart="), "/bin/bash /srv/newsroom/cron.sh");
    let script = recipe("cron.sh");
    for variable in line("Environment=").split(' ') {
        let (name, value) = variable.split_once('=').unwrap();
        assert!(script.contains(&format!("${{{name}:-")), "{variable}");
        assert!(line("ReadWritePaths=").split(' ').any(|path| value.starts_with(path)), "{variable}");
    }
    assert!(recipe("crieur.timer").contains("09,12,16:13") && script.contains("13 9,12,16 * * *"));
}
