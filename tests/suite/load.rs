//! Under load and in bad luck: two runs at once, and runs that are cut off. Whatever happens, what was
//! good stays good, and the next run makes the rest right.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crieur::lock::{Holder, Lock};

use crate::harness::{CONFIG, NOW, Newsroom, Said, files};

const GOOD: &str = "# Un titre\n\nUn texte.\n";

#[track_caller]
fn says(said: &Said, code: i32, name: &str) {
    assert_eq!(said.code, code, "{}{}", said.stdout, said.stderr);
    assert!(said.stderr.contains(&format!("[{name}]")), "{}", said.stderr);
}

/// A newsroom with a number of releases.
fn newsroom(items: usize) -> Newsroom {
    let newsroom = Newsroom::new();
    for number in 0..items {
        let (year, month, day) = (2016 + number % 10, 1 + number / 10 % 12, 1 + number / 120 % 28);
        let text = format!("# Titre {number}\n\n{}\n", format!("Le texte numéro {number}. ").repeat(40));
        newsroom.write(&format!("items/{year}-{month:02}-{day:02}-communique-{number}.md"), text);
    }
    newsroom
}

/// The program, running.
fn start(newsroom: &Newsroom, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crieur"));
    command.args(arguments).args(["--now", NOW]).current_dir(newsroom.path()).env_clear();
    command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What it said in the end.
fn end(child: Child) -> Said {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Said { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Everything that a build leaves behind.
fn state(newsroom: &Newsroom) -> BTreeMap<String, Vec<u8>> {
    let mut state = files(&newsroom.public());
    let ledger = std::fs::read(newsroom.path().join("ledger.jsonl")).unwrap_or_default();
    state.insert("../ledger.jsonl".to_owned(), ledger);
    state
}

fn taken(newsroom: &Newsroom) -> Lock {
    let own = Holder { process: 4242, command: "publish".to_owned(), since: NOW.parse().unwrap() };
    Lock::take(newsroom.path(), &newsroom.public(), &own, Duration::ZERO, |_| ()).unwrap()
}

#[test]
fn a_second_run_says_who_is_at_work_and_writes_nothing() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    let before = state(&newsroom);
    newsroom.write("items/2026-11-21-b.md", GOOD);
    std::fs::create_dir(newsroom.path().join("web")).unwrap();
    let lock = taken(&newsroom);
    for arguments in [&["build"][..], &["publish", "web"], &["correct", "items/2026-11-20-a.md", "--note", "Non."]] {
        let said = newsroom.run(&[arguments, &["--wait", "0", "--lang", "en"]].concat());
        says(&said, 3, "newsroom-busy");
        let who = "`crieur publish`, process 4242, since 24 November 2026";
        assert!(said.stderr.contains(who), "{}", said.stderr);
    }
    // Into another folder it would write the same ledger.
    says(&newsroom.run(&["build", "--wait", "0", "--out", "ailleurs"]), 3, "newsroom-busy");
    assert_eq!(state(&newsroom), before);
    for arguments in [&["check"][..], &["status"], &["show"], &["publish", "web", "--dry-run"]] {
        let said = newsroom.run(&[arguments, &["--wait", "0"]].concat());
        assert_eq!(said.code, 0, "{arguments:?}: who writes nothing waits for nobody: {}", said.stderr);
    }
    drop(lock);
    assert_eq!(newsroom.run(&["build", "--wait", "0"]).code, 0);
}

#[test]
fn a_second_run_waits_says_so_once_and_then_does_its_work() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    let lock = taken(&newsroom);
    let began = Instant::now();
    let child = start(&newsroom, &["build", "--wait", "60", "--lang", "en"]);
    std::thread::sleep(Duration::from_millis(1500));
    assert!(!newsroom.public().exists(), "it did not wait");
    drop(lock);
    let said = end(child);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(began.elapsed() < Duration::from_secs(50), "it did not see that the lock was free");
    assert_eq!(said.stderr.matches("waiting for it, 60 s at most").count(), 1, "{}", said.stderr);
    assert!(newsroom.output("feed.atom").contains("2026-11-20-a"));
}

/// One newsroom each, one output for both: no file of ours there says who has it.
#[cfg(unix)]
#[test]
fn another_newsroom_does_not_write_into_the_same_output_at_the_same_time() {
    let (one, other) = (Newsroom::new().item("2026-11-20-a.md", GOOD), Newsroom::new().item("2026-11-20-a.md", GOOD));
    one.build();
    let before = files(&one.public());
    let _lock = taken(&one);
    let out = one.public();
    says(&other.run(&["build", "--wait", "0", "--out", out.to_str().unwrap()]), 3, "newsroom-busy");
    assert_eq!(files(&one.public()), before, "nothing was put into the output");
}

/// It holds the lock while it asks for the published ledger, which never comes.
#[test]
fn who_was_killed_holds_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let from = format!("http://{}/ledger.jsonl", listener.local_addr().unwrap());
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.write("crieur.toml", format!("{CONFIG}\n[ledger]\nfrom = \"{from}\"\n"));
    let mut child = start(&newsroom, &["build"]);
    let (mut asked, _) = listener.accept().unwrap();
    let _ = asked.read(&mut [0; 1]).unwrap();
    newsroom.write("crieur.toml", CONFIG);
    let said = newsroom.run(&["build", "--wait", "0", "--lang", "en"]);
    says(&said, 3, "newsroom-busy");
    assert!(said.stderr.contains(&format!("process {}", child.id())), "{}", said.stderr);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(newsroom.path().join(".crieur/lock.json").is_file(), "it was to be killed with the lock in its hand");
    let said = newsroom.run(&["build", "--wait", "0"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(!newsroom.path().join(".crieur/lock.json").exists());
}

#[test]
fn many_at_once_leave_what_one_leaves() {
    let newsroom = newsroom(30);
    newsroom.build();
    let expected = state(&newsroom);
    let crowd = self::newsroom(30);
    let runs: Vec<Child> = (0..5).map(|_| start(&crowd, &["build", "--wait", "5m"])).collect();
    for said in runs.into_iter().map(end) {
        assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    }
    assert!(state(&crowd) == expected, "{:?}", state(&crowd).keys());
}

/// Where no lock can be kept, a run goes on without one.
#[test]
fn a_project_that_holds_no_lock_is_published() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.write(".crieur", "a file where the folder should be");
    newsroom.build();
    assert!(newsroom.output("feed.atom").contains("2026-11-20-a"));
}

#[test]
fn git_sees_nothing_of_the_lock() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    let kept = files(&newsroom.path().join(".crieur"));
    assert_eq!(kept.keys().collect::<Vec<_>>(), [".gitignore", "lock"]);
    assert_eq!(kept[".gitignore"], b"*\n");
}
