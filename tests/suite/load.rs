//! Under load and in bad luck: two runs at once, runs that are cut off, and a run of the feeds alone.
//! Whatever happens, what was good stays good, and the next run makes the rest right.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::PathBuf;
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
    let own = Holder { process: 4242, command: "publish".to_owned(), since: NOW.parse().unwrap(), out: PathBuf::new() };
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
fn git_sees_nothing_of_what_is_kept() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    let kept = files(&newsroom.path().join(".crieur"));
    assert_eq!(kept.keys().collect::<Vec<_>>(), [".gitignore", "heads", "lock"]);
    assert_eq!(kept[".gitignore"], b"*\n");
}

/// The program in a shell that lets it have no more than so many blocks of 512 bytes a file: the system
/// then refuses to write, as it does where a disk is full.
#[cfg(target_os = "linux")]
fn with_files_of(newsroom: &Newsroom, blocks: usize) -> Said {
    shell(newsroom, &format!("trap '' XFSZ; ulimit -f {blocks}; exec"))
}

/// The program after some words of a shell.
#[cfg(target_os = "linux")]
fn shell(newsroom: &Newsroom, before: &str) -> Said {
    let line = format!("{before} \"$0\" build --lang en --now {NOW}");
    let mut command = Command::new("sh");
    command.args(["-c", &line, env!("CARGO_BIN_EXE_crieur")]).current_dir(newsroom.path()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap());
    end(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// The files that subscribers and the next run go by.
fn promises(newsroom: &Newsroom) -> BTreeMap<String, Vec<u8>> {
    let is_one = |path: &str| ["feed.atom", "feed.rss", "feed.json", "../ledger.jsonl"].contains(&path);
    state(newsroom).into_iter().filter(|(path, _)| is_one(path)).collect()
}

fn parts(newsroom: &Newsroom) -> Vec<String> {
    state(newsroom).into_keys().filter(|path| path.ends_with(".crieur-part")).collect()
}

/// At every size at which writing can come to its end: in a page, in a list, in the first feed, in the
/// last one, in the ledger.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_to_its_end_changes_no_feed() {
    let newsroom = newsroom(12);
    newsroom.build();
    let (before, good) = (promises(&newsroom), state(&newsroom));
    let text = format!("# Un long titre\n\n{}\n", "Un texte qui compte. ".repeat(200));
    newsroom.write("items/2026-11-23-nouveau.md", &text);
    let mut refused = Vec::new();
    for blocks in (2..60).step_by(3) {
        let said = with_files_of(&newsroom, blocks);
        if said.code == 0 {
            break;
        }
        says(&said, 3, "output-failed");
        assert_eq!(promises(&newsroom), before, "{blocks} blocks: {}", said.stderr);
        assert_eq!(parts(&newsroom), [""; 0]);
        for (path, bytes) in state(&newsroom).iter().filter(|(path, _)| path.ends_with(".html")) {
            assert!(bytes.trim_ascii_end().ends_with(b"</html>"), "{blocks} blocks: {path} is cut off");
        }
        assert_eq!(said.stderr.matches("[output-failed]").count(), 1, "said once: {}", said.stderr);
        refused.push(said.stderr.split('`').nth(1).unwrap().to_owned());
    }
    assert!(refused.iter().any(|path| path.ends_with(".html")), "{refused:?}");
    assert!(refused.iter().any(|path| path.starts_with("feed.")), "{refused:?}");
    // Whether or not the new one came through, the old release is there when the new one goes.
    let said = newsroom.run(&["build"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let whole = self::newsroom(12);
    whole.build();
    assert_eq!(state(&whole), good);
    whole.write("items/2026-11-23-nouveau.md", &text);
    whole.build();
    assert!(state(&newsroom) == state(&whole), "the next run makes all of it good");
}

/// A real one, where this machine lets us make one.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "what was not tried is said")]
fn a_disk_that_is_full_changes_no_feed() {
    let newsroom = newsroom(12);
    newsroom.build();
    let before = promises(&newsroom);
    std::fs::rename(newsroom.public(), newsroom.path().join("kept")).unwrap();
    std::fs::create_dir(newsroom.public()).unwrap();
    for number in 0..40 {
        let text = format!("# Un titre {number}\n\n{}\n", "Un texte qui compte. ".repeat(100));
        newsroom.write(&format!("items/2026-11-23-nouveau-{number}.md"), text);
    }
    // What all of it takes in the end: feeds that lie beside the old ones do not fit any more.
    newsroom.build();
    let used: usize = files(&newsroom.public()).values().map(|bytes| bytes.len().next_multiple_of(4096)).sum();
    std::fs::remove_dir_all(newsroom.public()).unwrap();
    std::fs::create_dir(newsroom.public()).unwrap();
    std::fs::write(newsroom.path().join("ledger.jsonl"), &before["../ledger.jsonl"]).unwrap();
    let mut feeds_were_reached = false;
    for less in [300, 100, 20, 8, 4, 0] {
        let size = used / 1024 - less;
        let script = format!(
            "exec 2>&1; mount -t tmpfs -o size={size}k none public || {{ echo SKIPPED; exit 0; }}; cp -a kept/. public/ && \
             \"$0\" build --lang en --now {NOW}; code=$?; rm -rf seen; cp -a public seen; exit $code"
        );
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", &script, env!("CARGO_BIN_EXE_crieur")]);
        let Ok(run) = command.current_dir(newsroom.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() else {
            return eprintln!("SKIPPED: there is no `unshare`");
        };
        let said = end(run);
        if said.stdout.contains("SKIPPED") || said.stderr.contains("unshare") {
            return eprintln!("SKIPPED: nothing can be mounted here: {}{}", said.stdout, said.stderr);
        }
        assert_eq!(said.code, 3, "{}", said.stdout);
        assert_eq!(said.stdout.matches("[output-failed]").count(), 1, "{}", said.stdout);
        assert!(said.stdout.contains("No space left"), "{}", said.stdout);
        let seen = files(&newsroom.path().join("seen"));
        for feed in ["feed.atom", "feed.rss", "feed.json"] {
            assert_eq!(seen[feed], before[feed], "{size} kB: {}", said.stdout);
        }
        assert!(!seen.keys().any(|path| path.ends_with(".crieur-part")), "{size} kB");
        assert_eq!(std::fs::read(newsroom.path().join("ledger.jsonl")).unwrap(), before["../ledger.jsonl"]);
        feeds_were_reached |= said.stdout.contains("`feed.");
    }
    assert!(feeds_were_reached, "no size was one at which the disk was full for the feeds alone");
}

/// A superuser may write everywhere, so it is a folder that nobody can make.
#[cfg(unix)]
#[test]
fn an_output_that_may_only_be_read_is_said_and_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    let before = state(&newsroom);
    newsroom.write("items/2026-11-21-b.md", GOOD);
    let mode = |mode| std::fs::set_permissions(newsroom.public(), std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let superuser = std::fs::write(newsroom.public().join("probe"), "").is_ok();
    let said = if superuser {
        std::fs::remove_file(newsroom.public().join("probe")).unwrap();
        newsroom.write("public/2026-11-21-b", "a file where the folder of a page should be");
        newsroom.run(&["build"])
    } else {
        newsroom.run(&["build"])
    };
    mode(0o755);
    says(&said, 3, "output-failed");
    let _ = std::fs::remove_file(newsroom.public().join("2026-11-21-b"));
    // The manifest may say what was about to be written.
    let seen = |state: BTreeMap<String, Vec<u8>>| {
        let seen = state.into_iter().filter(|(path, _)| path != crieur::output::MANIFEST);
        seen.collect::<BTreeMap<_, _>>()
    };
    assert!(seen(state(&newsroom)) == seen(before));
    newsroom.build();
    assert!(newsroom.output("feed.atom").contains("2026-11-21-b"));
}

/// Read by the first pass, gone at the second.
#[test]
fn a_file_that_vanishes_while_it_is_read_changes_no_feed() {
    use crieur::file::{Source, SourceEntry};
    use crieur::output::{self, Rest};
    use crieur::render::Renderer;
    use std::io::Cursor;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let config = crieur::Config::parse(CONFIG).unwrap();
    let out = tempfile::TempDir::new().unwrap();
    let entry = |path: &str| SourceEntry { path: path.into(), size: GOOD.len() as u64, spelt: None, stamp: None };
    let build = |paths: &[&str], vanishes: &'static str| {
        static READ: AtomicUsize = AtomicUsize::new(0);
        READ.store(0, Ordering::SeqCst);
        let source = Source::new(paths.iter().map(|path| entry(path)).collect(), move |entry| {
            let again = entry.path == vanishes && READ.fetch_add(1, Ordering::SeqCst) > 0;
            if again { Err("No such file or directory".to_owned()) } else { Ok(Box::new(Cursor::new(GOOD))) }
        });
        let room = crieur::read(&config, &source, NOW.parse().unwrap());
        assert_eq!(room.problems, [], "the first pass has nothing to say");
        let renderer = Renderer::new(&room.items, &room.ledger, &config, &source);
        let jobs = renderer.plan();
        let stage = |what| match what {
            crieur::render::What::Feed(..) => output::Stage::Last,
            _ => output::Stage::Early,
        };
        let wanted = jobs.iter().map(|job| output::Wanted {
            path: job.path.clone(),
            inputs: job.inputs.clone(),
            stage: stage(job.what),
            foreign: output::Foreign::Refuse,
        });
        let wanted: Vec<_> = wanted.collect();
        let nowhere = std::path::Path::new("");
        let disk = output::Disk { out: out.path(), items: nowhere, source: &source, seen: None };
        output::apply(&disk, output::manifest(disk.out), &wanted, None, Rest::Goes, |index| renderer.make(&jobs[index]))
    };
    build(&["2026-11-20-a.md"], "").unwrap();
    let before = files(out.path());
    let problems = build(&["2026-11-20-a.md", "2026-11-21-b.md"], "2026-11-21-b.md").unwrap_err();
    let said: Vec<_> = problems.iter().map(|problem| (problem.code.name(), problem.path.as_deref().unwrap())).collect();
    assert_eq!(said, [("file-unreadable", "2026-11-21-b.md")]);
    for feed in ["feed.atom", "feed.rss", "feed.json"] {
        assert_eq!(files(out.path())[feed], before[feed]);
    }
    build(&["2026-11-20-a.md", "2026-11-21-b.md"], "").unwrap();
    assert!(String::from_utf8(files(out.path())["feed.atom"].clone()).unwrap().contains("2026-11-21-b"));
}

/// Killed at moments that are spread over all of a run, and at last left alone.
#[test]
fn a_run_that_is_killed_again_and_again_ends_as_one_that_never_was() {
    let whole = newsroom(60);
    let began = Instant::now();
    whole.build();
    let lasts = began.elapsed();
    let expected = state(&whole);
    let newsroom = newsroom(60);
    let mut killed = 0;
    for round in 0..12u32 {
        let mut child = start(&newsroom, &["build", "--wait", "0"]);
        std::thread::sleep(lasts * (round * 7 % 12) / 12);
        let _ = child.kill();
        killed += usize::from(child.wait().unwrap().code().is_none());
        if let Some(feed) = files(&newsroom.public()).get("feed.atom") {
            assert!(feed.ends_with(b"</feed>\n") || feed.ends_with(b"</feed>"), "a feed that is cut off");
        }
    }
    if cfg!(unix) {
        assert!(killed > 0, "no run was caught");
    }
    newsroom.build();
    assert!(state(&newsroom) == expected, "{:?}", newsroom.outputs().keys());
}

/// What a killed run left beside its places may hold what is held now.
#[test]
fn what_a_killed_run_left_lying_is_swept_away() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    newsroom.write(".crieur/lock.json", "{\"process\":1,\"command\":\"build\",\"since\":\"2026-11-24T11:00:00Z\"}");
    newsroom.write("public/2026-11-21-secret/.index.html.crieur-part", "CANARI");
    newsroom.write("public/.autre-part", "not ours");
    newsroom.build();
    assert!(!newsroom.outputs().values().any(|bytes| bytes == b"CANARI"));
    assert!(newsroom.outputs().contains_key(".autre-part"));
    // Also where all that was read is as it was when nothing had changed: the run was about another release.
    std::thread::sleep(Duration::from_millis(2500));
    newsroom.build();
    assert!(newsroom.path().join(".crieur/last-run").exists(), "there is an answer to be given again");
    newsroom.write(".crieur/lock.json", "{}");
    newsroom.write("public/.feed.atom.crieur-part", "CANARI");
    newsroom.build();
    assert!(!newsroom.outputs().values().any(|bytes| bytes == b"CANARI"));
}

/// Windows has no such names.
#[cfg(unix)]
#[test]
fn names_that_a_terminal_would_obey_are_shown_and_not_obeyed() {
    let newsroom = Newsroom::new()
        .item("2026-11-20-a\nb.md", GOOD)
        .item("2026-11-21-\u{1b}[31mrouge\u{7}.md", GOOD)
        .item("sans-date\u{1b}[2J\n::error::non.md", GOOD);
    let said = newsroom.run(&["check", "--color", "always"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("sans-date\u{fffd}[2J\u{fffd}::error::non.md"), "{}", said.stderr);
    for arguments in
        [&["build", "--keep-going"][..], &["show"], &["status"], &["show", "items/2026-11-21-\u{1b}[31mrouge\u{7}.md"]]
    {
        let said = newsroom.run(arguments);
        let all = said.stdout + &said.stderr;
        assert!(!all.contains(['\u{1b}', '\u{7}']) && !all.contains("\n::error::"), "{arguments:?}: {all}");
    }
    let said = newsroom.run(&["check", "--format", "github"]);
    assert!(!said.stdout.contains("\n::error::non"), "{}", said.stdout);
    let feed = newsroom.output("feed.atom");
    assert!(feed.contains("https://www.example.org/presse/2026-11-20-a-b/"), "{feed}");
    assert!(newsroom.output("2026-11-20-a-b/index.html").contains("Un titre"));
    assert!(newsroom.run(&["build", "--keep-going"]).stdout.contains("rien n’a changé"), "the ledger knows them again");
}

/// What subscribers get is what a whole build would have brought them; the rest is as it was, and the next
/// whole build leaves nothing of the difference.
#[test]
fn the_feeds_alone_are_those_of_a_whole_build() {
    let (alone, whole) = (newsroom(70), newsroom(70));
    alone.build();
    whole.build();
    let before = state(&alone);
    let old = "2016-01-01-communique-0";
    for newsroom in [&alone, &whole] {
        newsroom.write("items/2026-11-23-nouveau.md", GOOD);
        let edited = format!("items/{}.md", "2017-01-01-communique-1");
        let text = std::fs::read_to_string(newsroom.path().join(&edited)).unwrap();
        newsroom.write(&edited, format!("{text}\nUn mot de plus.\n"));
        let file = format!("items/{old}.md");
        let said = newsroom.run(&["withdraw", &file, "--reason", "Une erreur."]);
        assert_eq!(said.code, 0, "{}", said.stderr);
    }
    let said = alone.run(&["build", "--only", "feeds"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    whole.build();
    let (now, all) = (state(&alone), state(&whole));
    let feeds = |path: &str| path.contains("feed") && !path.ends_with(".html") || path == "../ledger.jsonl";
    for (path, bytes) in all.iter().filter(|(path, _)| feeds(path)) {
        assert!(now[path] == *bytes, "{path} is not that of a whole build");
    }
    let page = |id: &str| format!("{id}/index.html");
    for path in [page("2026-11-23-nouveau"), page(old), page("2017-01-01-communique-1"), "index.html".to_owned()] {
        assert!(now[&path] == all[&path] && before.get(&path) != now.get(&path), "{path} was to be made");
    }
    assert!(now["sitemap.xml"] == before["sitemap.xml"] && all["sitemap.xml"] != before["sitemap.xml"]);
    assert!(before.keys().all(|path| now.contains_key(path)), "all of it is still wanted");
    let said = alone.run(&["build", "--only", "feeds"]);
    assert!(said.stdout.contains("rien n’a changé"), "{}", said.stdout);
    alone.build();
    assert!(state(&alone) == state(&whole));
}

/// A fresh machine that has the ledger and nothing of the output.
#[test]
fn the_feeds_alone_never_stand_for_a_site() {
    let newsroom = newsroom(70);
    newsroom.build();
    std::fs::remove_dir_all(newsroom.public()).unwrap();
    says(&newsroom.run(&["build", "--only", "feeds"]), 2, "pages-missing");
    assert!(!newsroom.public().exists());
    newsroom.build();
    // What is not wanted any more goes at once: somebody may have withdrawn it. The rest is said.
    std::fs::remove_file(newsroom.path().join("items/2016-01-01-communique-0.md")).unwrap();
    let said = newsroom.run(&["build", "--only", "feeds", "--accept", "lost"]);
    assert!(said.stdout.contains("attendent"), "{}", said.stdout);
    assert!(!newsroom.outputs().contains_key("2016-01-01-communique-0/index.html"));
    assert_eq!(newsroom.run(&["build"]).code, 0);
}

/// A release with a file, withdrawn in a hurry.
#[test]
fn the_feeds_alone_take_the_files_of_what_is_withdrawn() {
    let newsroom = newsroom(60);
    newsroom.write("items/2015-01-05-plan.md", "# Le plan\n\nLe [plan](plan-secret.pdf).\n");
    newsroom.write("items/plan-secret.pdf", "%PDF-1.4 secret");
    newsroom.build();
    assert!(newsroom.outputs().contains_key("2015-01-05-plan/plan-secret.pdf"));
    let said = newsroom.run(&["withdraw", "items/2015-01-05-plan.md", "--reason", "Une erreur."]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(newsroom.run(&["build", "--only", "feeds"]).code, 0);
    assert!(!newsroom.outputs().contains_key("2015-01-05-plan/plan-secret.pdf"));
    assert!(!newsroom.output("2015-01-05-plan/index.html").contains("plan-secret"));
}

/// What a run writes that is killed then is known to the next one, which may have to take it away: a draft
/// that was public for a moment is not public for ever.
#[test]
fn what_a_killed_run_has_written_can_be_taken_away() {
    use crieur::output::{self, Foreign, Rest, Stage, Wanted};
    let (items, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(items.path().join("a.pdf"), "%PDF-1.4").unwrap();
    let wanted = |paths: &[&str]| -> Vec<Wanted> {
        let wanted = paths.iter().map(|path| Wanted {
            path: (*path).into(),
            inputs: if path.ends_with(".pdf") { String::new() } else { format!("of {path}, {}", paths.len()) }.into(),
            stage: if *path == "feed.atom" { Stage::Last } else { Stage::Early },
            foreign: Foreign::Refuse,
        });
        wanted.collect()
    };
    let source = crieur::Source::in_memory([("a.pdf", "%PDF-1.4")]);
    let make = |path: &str| {
        let content = match path {
            "x/a.pdf" => crieur::Content::CopyOf("a.pdf".to_owned()),
            page => crieur::Content::Bytes(format!("<meta name=\"generator\" content=\"crieur\">{page}").into_bytes()),
        };
        crieur::OutputFile { path: path.to_owned(), content }
    };
    let build = |paths: &[&str], feed: &(dyn Fn() + Sync)| {
        let wanted = wanted(paths);
        let made = |index: usize| {
            if paths[index] == "feed.atom" {
                feed();
            }
            Ok(make(paths[index]))
        };
        let disk = output::Disk { out: out.path(), items: items.path(), source: &source, seen: None };
        output::apply(&disk, output::manifest(disk.out), &wanted, None, Rest::Goes, made)
    };
    build(&["index.html", "feed.atom"], &|| ()).unwrap();
    // As it lies there when the feed is about to be made: the run is killed now.
    let killed = std::sync::Mutex::new(BTreeMap::new());
    build(&["index.html", "x/index.html", "x/a.pdf", "feed.atom"], &|| *killed.lock().unwrap() = files(out.path()))
        .unwrap();
    std::fs::remove_dir_all(out.path()).unwrap();
    for (path, bytes) in killed.into_inner().unwrap() {
        let path = out.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    assert!(out.path().join("x/index.html").exists() && out.path().join("x/a.pdf").exists());
    build(&["index.html", "feed.atom"], &|| ()).unwrap();
    assert!(!out.path().join("x").exists(), "{:?}", files(out.path()).keys());
    let manifest = String::from_utf8(files(out.path())[output::MANIFEST].clone()).unwrap();
    assert!(!manifest.contains("begun"), "{manifest}");
}

/// A build that fails sweeps as one that does not.
#[test]
fn what_was_about_to_be_written_is_swept_away_by_whoever_comes_next() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    drop(taken(&newsroom));
    let part = newsroom.public().join("2026-11-20-a/.index.html.crieur-part");
    std::fs::write(&part, "half").unwrap();
    newsroom.write(".crieur/lock.json", "{}");
    newsroom.write("items/sans-date.md", GOOD);
    assert_eq!(newsroom.run(&["build"]).code, 1);
    assert!(!part.exists() && !newsroom.path().join(".crieur/lock.json").exists());
}

/// While it waited, an instant went by.
#[test]
fn who_has_waited_goes_by_the_clock_of_the_end() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    let due = chrono::Utc::now() + chrono::TimeDelta::seconds(2);
    let text = format!("---\ntitle: Attendu\ndate: {}\n---\n\nUn texte.\n", due.format("%Y-%m-%dT%H:%M:%SZ"));
    newsroom.write("items/attendu.md", text);
    let lock = taken(&newsroom);
    let mut command = Command::new(env!("CARGO_BIN_EXE_crieur"));
    command.args(["build", "--wait", "60"]).current_dir(newsroom.path()).env_clear();
    command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(3));
    drop(lock);
    let said = end(child);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(newsroom.output("feed.json").contains("Attendu"), "{}{}", said.stdout, said.stderr);
}

/// A window that grows takes items back from the archive: until the feed has them, the archive has.
#[test]
fn a_feed_that_cannot_be_written_leaves_the_archive_what_it_has() {
    let newsroom = newsroom(6);
    newsroom.write("crieur.toml", CONFIG.replace("[people.camille]", "[feeds]\nwindow = 2\n\n[people.camille]"));
    newsroom.build();
    let before = newsroom.output("archive/feed-1.atom");
    newsroom.write("crieur.toml", CONFIG.replace("[people.camille]", "[feeds]\nwindow = 5\n\n[people.camille]"));
    std::fs::create_dir(newsroom.public().join(".feed.atom.crieur-part")).unwrap();
    assert_eq!(newsroom.run(&["build", "--accept", "old-items"]).code, 3);
    assert_eq!(newsroom.output("archive/feed-1.atom"), before);
    std::fs::remove_dir(newsroom.public().join(".feed.atom.crieur-part")).unwrap();
    assert_eq!(newsroom.run(&["build", "--accept", "old-items"]).code, 0);
    assert_ne!(newsroom.output("archive/feed-1.atom"), before);
}

#[test]
fn without_pages_the_feeds_alone_need_no_output() {
    let newsroom = newsroom(70);
    newsroom.write("crieur.toml", CONFIG.replace("authority", "pages = false\nauthority"));
    let said = newsroom.run(&["build", "--only", "feeds"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let feeds = newsroom.outputs();
    newsroom.build();
    assert!(feeds.iter().all(|(path, bytes)| newsroom.outputs()[path] == *bytes));
    assert!(feeds.contains_key("feed.atom") && feeds.contains_key("archive/feed-1.atom"));
}
