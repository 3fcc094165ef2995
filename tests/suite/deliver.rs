//! `crieur publish` and `crieur plan`: what arrives, in which order, and what is never touched.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::harness::{Newsroom, Said, files};

const MANIFEST: &str = ".crieur-manifest.json";

/// A newsroom and a folder that a web server would show.
struct Site {
    newsroom: Newsroom,
    web: TempDir,
}

impl Site {
    fn new() -> Self {
        let newsroom = Newsroom::new()
            .item("2026-11-20-piscine.md", "# La piscine rouvre\n\nLundi.\n")
            .item("2026-11-21-pont/index.md", "---\nattachments: [plan.pdf]\n---\n# Le pont ferme\n\nMardi.\n")
            .item("2026-11-21-pont/plan.pdf", "%PDF-1.4\n%%EOF\n");
        Self { newsroom, web: TempDir::new().unwrap() }
    }

    fn target(&self) -> String {
        self.web.path().to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let target = self.target();
        let arguments: Vec<&str> = arguments.iter().map(|a| if *a == "TARGET" { target.as_str() } else { a }).collect();
        self.newsroom.run(&arguments)
    }

    #[track_caller]
    fn publish(&self) -> Said {
        let said = self.run(&["publish", "TARGET", "--lang", "en"]);
        assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
        said
    }

    fn there(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        files(self.web.path())
    }

    fn at(&self, path: &str) -> PathBuf {
        self.web.path().join(path)
    }

    /// What is there is what was built, whole.
    #[track_caller]
    fn is_what_was_built(&self) {
        assert_eq!(self.there(), files(&self.newsroom.public()));
    }
}

#[test]
fn a_folder_gets_what_was_built_and_nothing_a_second_time() {
    let site = Site::new();
    let said = site.publish();
    site.is_what_was_built();
    let steps: Vec<&str> = said.stdout.lines().filter_map(|line| line.trim().strip_prefix("upload: ")).collect();
    assert_eq!(steps[0], "1 attachment", "{}", said.stdout);
    assert_eq!(steps[1], "2 pages");
    assert!(steps.last().unwrap().contains("list of our files"), "{steps:?}");
    assert!(said.stdout.contains("verified in the folder: "), "{}", said.stdout);

    let feed = fs::metadata(site.at("feed.atom")).unwrap().modified().unwrap();
    let said = site.publish();
    assert!(said.stdout.contains("nothing to do"), "{}", said.stdout);
    assert_eq!(fs::metadata(site.at("feed.atom")).unwrap().modified().unwrap(), feed);
}

#[test]
fn only_what_changed_is_brought_and_only_our_own_files_go() {
    let site = Site::new();
    site.publish();
    fs::write(site.at("autre.html"), "somebody else's").unwrap();
    fs::write(site.at("2026-11-21-pont/photo.jpg"), "theirs too").unwrap();
    let page = site.at("2026-11-20-piscine/index.html");
    let before = fs::metadata(&page).unwrap().modified().unwrap();
    // One goes for good, by the act that is there for it.
    fs::remove_dir_all(site.newsroom.path().join("items/2026-11-21-pont")).unwrap();
    let forgotten = site.newsroom.run(&["forget", "2026-11-21-pont/index.md", "--reason", "essai"]);
    assert_eq!(forgotten.code, 0, "{}", forgotten.stderr);
    let said = site.publish();
    assert!(said.stdout.contains("deletion: 2 files"), "{}", said.stdout);
    let there = site.there();
    assert!(there.contains_key("autre.html") && there.contains_key("2026-11-21-pont/photo.jpg"));
    assert!(!there.contains_key("2026-11-21-pont/index.html") && !there.contains_key("2026-11-21-pont/plan.pdf"));
    assert_eq!(fs::metadata(&page).unwrap().modified().unwrap(), before);
}

#[test]
fn a_file_of_somebody_else_in_the_place_of_ours_stops_it() {
    let site = Site::new();
    fs::write(site.at("index.html"), "<h1>another site</h1>").unwrap();
    let said = site.run(&["publish", "TARGET"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("output-foreign"), "{}", said.stderr);
    assert_eq!(site.there().keys().collect::<Vec<_>>(), ["index.html"], "nothing was written, no manifest either");
    // Rules of the host's own stay, also those that replaced ours later.
    fs::remove_file(site.at("index.html")).unwrap();
    fs::write(site.at(".htaccess"), "Require all granted\n").unwrap();
    let said = site.publish();
    assert!(said.stdout.contains("left as it is over there: .htaccess"), "{}", said.stdout);
    fs::write(site.at("robots.txt"), "User-agent: *\n").unwrap();
    fs::write(site.at("_headers"), "/*\n").unwrap();
    let said = site.publish();
    assert!(said.stdout.contains("_headers"), "{}", said.stdout);
    assert_eq!(fs::read(site.at("_headers")).unwrap(), b"/*\n");
    assert_eq!(fs::read(site.at(".htaccess")).unwrap(), b"Require all granted\n");
}

/// Whatever a run that was cut off has left, the next makes it good, and it deletes what is ours and
/// nothing else.
#[test]
fn a_run_that_was_cut_off_is_resumed() {
    let site = Site::new();
    site.publish();
    let whole = site.there();
    // It had noted what it would do, and then had brought this or that.
    site.newsroom.write("items/2026-11-22-stade.md", "# Le stade\n\nMercredi.\n");
    let blocked = site.at("2026-11-22-stade");
    fs::write(&blocked, "a file where a folder must be").unwrap();
    let said = site.run(&["publish", "TARGET"]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("target-failed"), "{}", said.stderr);
    assert_eq!(whole["feed.atom"], site.there()["feed.atom"], "no feed before its pages");
    assert!(String::from_utf8(site.there()[MANIFEST].clone()).unwrap().contains("2026-11-22-stade/index.html"));
    // Then the item is gone again: nothing of it may stay.
    fs::remove_file(&blocked).unwrap();
    let said = site.publish();
    assert!(said.stdout.contains("upload: 1 page"), "{}", said.stdout);
    site.is_what_was_built();
    for path in ["feed.atom", "index.html", "2026-11-20-piscine/index.html"] {
        fs::remove_file(site.at(path)).unwrap();
    }
    site.publish();
    site.is_what_was_built();
}

#[test]
fn a_dry_run_says_all_and_writes_nothing() {
    let site = Site::new();
    let said = site.run(&["publish", "TARGET", "--dry-run", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.contains("new: La piscine rouvre"), "{}", said.stdout);
    assert!(said.stdout.contains("upload: 1 attachment: 2026-11-21-pont/plan.pdf"), "{}", said.stdout);
    assert!(site.there().is_empty() && !site.newsroom.public().exists());
    assert!(!site.newsroom.path().join("ledger.jsonl").exists());
}

#[test]
fn the_guard_stands_before_the_upload() {
    let site = Site::new();
    site.publish();
    let before = site.there();
    fs::remove_file(site.newsroom.path().join("items/2026-11-20-piscine.md")).unwrap();
    assert_eq!(site.run(&["publish", "TARGET"]).code, 4);
    assert_eq!(site.there(), before);
    // A checkout that knows less than what is out there.
    let other = Site::new();
    let target = site.target();
    let said = Newsroom::new().item("2026-11-20-piscine.md", "# La piscine\n\nLundi.\n").run(&["publish", &target]);
    assert_eq!(said.code, 4, "{}", said.stderr);
    assert!(said.stderr.contains("ledger-older"), "{}", said.stderr);
    // Another newsroom.
    let config = crate::harness::CONFIG.replace("example.org,2020", "example.com,2021");
    let said = other.newsroom.config(&config).run(&["publish", &target]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert_eq!(site.there(), before);
}

#[test]
fn with_keep_going_the_rest_is_published_and_the_exit_code_says_so() {
    let site = Site::new();
    site.newsroom.write("items/2026-11-22-stade.md", "---\ndate: 2026-02-30\n---\n# Le stade\n\nMercredi.\n");
    assert_eq!(site.run(&["publish", "TARGET"]).code, 1);
    assert!(site.there().is_empty());
    assert_eq!(site.run(&["publish", "TARGET", "--keep-going"]).code, 1);
    site.is_what_was_built();
}

#[test]
fn what_is_no_target_is_refused() {
    let site = Site::new();
    for (target, why) in [
        ("ftp://example.org/www", "ftp://"),
        ("sftp://camille:geheim@example.org/www", "mot de passe"),
        ("camille:geheim@example.org:/www", "mot de passe"),
        ("public", "dossier de sortie"),
        (".", "brouillons"),
        ("..", "brouillons"),
        ("", "n’est pas une destination"),
    ] {
        let said = site.newsroom.run(&["publish", target]);
        assert_eq!(said.code, 2, "{target}: {}", said.stderr);
        assert!(said.stderr.contains("target-wrong") && said.stderr.contains(why), "{target}: {}", said.stderr);
        assert!(!said.stderr.contains("geheim"), "{target}: {}", said.stderr);
    }
    assert!(!site.newsroom.public().exists());
}

#[test]
fn the_plan_has_every_file_and_feeds_after_what_they_lead_to() {
    let site = Site::new();
    let said = site.run(&["plan"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let rows: Vec<(&str, &str)> = said.stdout.lines().filter_map(|line| line.split_once(' ')).collect();
    let steps: Vec<&str> = rows.iter().map(|(step, _)| *step).collect();
    let order = ["attachments", "pages", "lists", "rules", "feeds", "ledger", "manifest"];
    let rank = |step: &&str| order.iter().position(|known| known == step).unwrap();
    assert!(steps.is_sorted_by_key(rank), "{steps:?}");
    assert!(!site.newsroom.public().exists(), "a plan writes nothing");
    site.newsroom.build();
    let mut paths: Vec<String> = rows.iter().map(|(_, path)| path.trim().to_owned()).collect();
    paths.sort();
    assert_eq!(paths, files(&site.newsroom.public()).into_keys().collect::<Vec<_>>());

    let feeds = site.run(&["plan", "--only", "feeds"]).stdout;
    assert!(feeds.lines().any(|line| line == "feed.atom") && !feeds.contains("index.html"), "{feeds}");
    site.publish();
    assert_eq!(site.run(&["plan", "TARGET"]).stdout, "");
    let json = site.run(&["plan", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let atom = json["files"].as_array().unwrap().iter().find(|file| file["path"] == "feed.atom").unwrap();
    assert_eq!(atom["media_type"], "application/atom+xml; charset=utf-8");
    assert_eq!((atom["step"].as_str(), &json["version"]), (Some("feeds"), &serde_json::json!(1)));
}

/// A newsroom and a link that a web server would show, with a version or two behind it.
#[cfg(unix)]
struct Switched {
    site: Site,
    link: PathBuf,
}

#[cfg(unix)]
impl Switched {
    fn new() -> Self {
        let site = Site::new();
        let link = site.at("presse");
        let switched = Self { site, link };
        let said = switched.run(&["--switch"]);
        assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
        switched
    }

    fn run(&self, more: &[&str]) -> Said {
        let arguments = ["publish", self.link.to_str().unwrap(), "--lang", "en"];
        self.site.newsroom.run(&[&arguments[..], more].concat())
    }

    #[track_caller]
    fn publish(&self) -> Said {
        let said = self.run(&[]);
        assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
        said
    }

    fn leads_to(&self) -> String {
        fs::read_link(&self.link).unwrap().to_str().unwrap().to_owned()
    }

    /// The folders beside the link.
    fn versions(&self) -> Vec<String> {
        let entries = fs::read_dir(self.site.at(".presse.versions")).unwrap();
        let mut versions: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        versions.sort();
        versions
    }

    /// A release whose title says which publication it is of, in every page and feed.
    fn write(&self, number: usize) {
        self.site.newsroom.write("items/2026-11-22-stade.md", format!("# Numéro {number}.\n\nMercredi.\n"));
        self.site.newsroom.write(&format!("items/2026-11-22-a{number}.md"), format!("# Autre {number}\n\nMercredi.\n"));
    }
}

/// Somebody who reads all the time sees, from the link's folder once it is opened, all of one publication and nothing
/// of another; and by the link, no feed whose pages are not there.
#[cfg(unix)]
#[test]
fn a_link_is_switched_at_once() {
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicBool, Ordering};

    let switched = Switched::new();
    assert_eq!(switched.leads_to(), ".presse.versions/1");
    switched.write(1);
    switched.publish();
    let (stop, link) = (AtomicBool::new(false), &switched.link);
    let seen = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut seen, mut rounds) = (BTreeSet::new(), 0);
            while !stop.load(Ordering::Relaxed) {
                let feed = fs::read_to_string(link.join("feed.atom")).unwrap();
                for page in
                    feed.split("https://www.example.org/presse/").skip(1).filter_map(|rest| rest.split('"').next())
                {
                    // A page may have gone only with a newer feed.
                    assert!(link.join(page).exists(), "{page}");
                }
                let Ok(folder) = fs::canonicalize(link) else { panic!("the link leads nowhere") };
                let all = ["feed.atom", "feed.rss", "feed.json", "index.html", "2026-11-22-stade/index.html"];
                let texts = all.map(|file| fs::read_to_string(folder.join(file)).unwrap());
                let number = |text: &str| {
                    text.split("Numéro ").nth(1).and_then(|rest| rest.split('.').next()).map(str::to_owned)
                };
                let numbers: BTreeSet<Option<String>> = texts.iter().map(|text| number(text)).collect();
                assert_eq!(numbers.len(), 1, "{numbers:?}");
                seen.extend(numbers.into_iter().flatten());
                rounds += 1;
            }
            (seen, rounds)
        });
        for number in 2..8 {
            switched.write(number);
            switched.publish();
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(seen.0.len() > 2 && seen.1 > 20, "{seen:?}");
    assert_eq!(files(&switched.link), files(&switched.site.newsroom.public()));
    // This one and the one before.
    assert_eq!(switched.versions(), ["7", "8"]);
    assert_eq!(switched.leads_to(), ".presse.versions/8");
}

#[cfg(unix)]
#[test]
fn what_others_have_in_a_switched_folder_comes_along() {
    use std::os::unix::fs::{MetadataExt as _, symlink};

    let switched = Switched::new();
    let at = |path: &str| switched.link.join(path);
    fs::create_dir_all(at("uploads/empty")).unwrap();
    fs::write(at("uploads/photo.jpg"), "theirs").unwrap();
    fs::set_permissions(at("uploads/photo.jpg"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(at("uploads"), fs::Permissions::from_mode(0o750)).unwrap();
    fs::write(at("2026-11-21-pont/note.txt"), "theirs").unwrap();
    fs::write(at(".htaccess"), "Require all granted\n").unwrap();
    symlink("uploads/photo.jpg", at("latest")).unwrap();
    let unchanged = fs::metadata(at("2026-11-20-piscine/index.html")).unwrap().ino();
    // One of ours goes, with its folder but for what is theirs.
    fs::remove_dir_all(switched.site.newsroom.path().join("items/2026-11-21-pont")).unwrap();
    let forgotten = switched.site.newsroom.run(&["forget", "2026-11-21-pont/index.md", "--reason", "essai"]);
    assert_eq!(forgotten.code, 0, "{}", forgotten.stderr);
    let said = switched.publish();
    assert!(said.stdout.contains("shows .presse.versions/2 now, all at once"), "{}", said.stdout);
    assert!(said.stdout.contains("deletion: 2 files"), "{}", said.stdout);

    let mode = |path: &str| fs::metadata(at(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("uploads/photo.jpg"), mode("uploads")), (0o640, 0o750));
    assert_eq!(fs::read_link(at("latest")).unwrap().to_str(), Some("uploads/photo.jpg"));
    assert_eq!(fs::read_to_string(at(".htaccess")).unwrap(), "Require all granted\n");
    assert!(at("uploads/empty").is_dir() && at("2026-11-21-pont/note.txt").is_file());
    assert!(!at("2026-11-21-pont/plan.pdf").exists() && !at("2026-11-21-pont/index.html").exists());
    assert_eq!(
        fs::metadata(at("2026-11-20-piscine/index.html")).unwrap().ino(),
        unchanged,
        "nothing is copied that is right"
    );

    // What somebody put into an old version only is not thrown away with it; going back is one link.
    fs::write(switched.site.at(".presse.versions/1/late.txt"), "theirs").unwrap();
    fs::remove_file(&switched.link).unwrap();
    symlink(".presse.versions/1", &switched.link).unwrap();
    assert!(at("late.txt").exists() && at("2026-11-21-pont/plan.pdf").exists());
    fs::remove_file(&switched.link).unwrap();
    symlink(".presse.versions/2", &switched.link).unwrap();
    for number in 1..4 {
        switched.write(number);
        switched.publish();
    }
    assert_eq!(switched.versions(), ["1", "4", "5"]);
    assert_eq!(files(&switched.site.at(".presse.versions/1")).keys().collect::<Vec<_>>(), ["late.txt"]);
    assert_eq!(fs::read_to_string(at("uploads/photo.jpg")).unwrap(), "theirs");
    // Nothing changed: nothing is switched.
    assert!(switched.publish().stdout.contains("nothing to do"));
    assert_eq!(switched.leads_to(), ".presse.versions/5");
}

/// tests/crash.py kills it at every call; this is a disk or a file that stands in the way.
#[cfg(unix)]
#[test]
fn a_switch_that_was_cut_off_has_published_nothing() {
    let switched = Switched::new();
    fs::write(switched.link.join("2026-11-22-stade"), "a file where a folder must be").unwrap();
    let whole = files(&switched.link);
    switched.write(1);
    let said = switched.run(&[]);
    assert_eq!(said.code, 3, "{}{}", said.stdout, said.stderr);
    assert!(said.stderr.contains("target-failed"), "{}", said.stderr);
    assert_eq!((switched.leads_to(), files(&switched.link)), (".presse.versions/1".to_owned(), whole));
    // What it had begun goes, and the next one is whole.
    fs::remove_file(switched.link.join("2026-11-22-stade")).unwrap();
    switched.publish();
    assert_eq!(files(&switched.link), files(&switched.site.newsroom.public()));
    assert_eq!(switched.versions(), ["1", "2"].map(str::to_owned));
    // While another run is at it, nothing is done.
    let store = fs::File::open(switched.site.at(".presse.versions")).unwrap();
    store.lock().unwrap();
    switched.write(2);
    let said = switched.run(&[]);
    assert!(said.code == 3 && said.stderr.contains("another run is publishing there"), "{}", said.stderr);
    store.unlock().unwrap();
    switched.publish();
    assert_eq!(switched.versions(), ["2", "3"].map(str::to_owned));
}

#[cfg(unix)]
#[test]
fn what_others_made_is_never_switched_away() {
    let site = Site::new();
    let folder = site.at("presse");
    let run =
        |more: &[&str]| site.newsroom.run(&[&["publish", folder.to_str().unwrap(), "--lang", "en"], more].concat());
    // Their folder, and their link to one.
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("own.html"), "theirs").unwrap();
    let said = run(&["--switch"]);
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(said.stderr.contains("target-wrong") && said.stderr.contains("not empty"), "{}", said.stderr);
    fs::rename(&folder, site.at("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", &folder).unwrap();
    let said = run(&["--switch"]);
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(said.stderr.contains("leads elsewhere") && !site.newsroom.public().exists(), "{}", said.stderr);
    // Without it, the link is followed, as it always was.
    assert_eq!(run(&[]).code, 0);
    assert_eq!(fs::read_link(&folder).unwrap().to_str(), Some("elsewhere"));
    assert!(folder.join("own.html").is_file() && folder.join("feed.atom").is_file());
    // A folder of ours becomes one by hand, as docs/hosting.md says, and keeps what is theirs.
    fs::remove_file(&folder).unwrap();
    fs::create_dir(site.at(".presse.versions")).unwrap();
    fs::rename(site.at("elsewhere"), site.at(".presse.versions/1")).unwrap();
    std::os::unix::fs::symlink(".presse.versions/1", &folder).unwrap();
    site.newsroom.write("items/2026-11-22-stade.md", "# Le stade\n\nMercredi.\n");
    let said = run(&[]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert_eq!(fs::read_link(&folder).unwrap().to_str(), Some(".presse.versions/2"));
    assert!(folder.join("own.html").is_file());
    // A place on another machine, and one without a name.
    for target in ["sftp://camille@example.org/www", "/"] {
        let said = site.newsroom.run(&["publish", target, "--switch"]);
        assert_eq!(said.code, 2, "{target}: {}", said.stderr);
    }
}

/// A program of that name that keeps what it is told, and does it in this machine's own folders.
#[cfg(unix)]
fn stand_in(name: &str, script: &str) -> (TempDir, String) {
    let bin = TempDir::new().unwrap();
    let program = bin.path().join(name);
    fs::write(&program, format!("#!/usr/bin/env bash\nset -u\ncd \"${{0%/*}}\"\n{script}\n")).unwrap();
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.path().display());
    (bin, path)
}

/// The programs themselves are asked by `tests/long/remote.py`; this is what we say to them.
#[cfg(unix)]
#[test]
fn sftp_is_told_what_to_do_in_one_batch_a_step() {
    const SFTP: &str = r#"
        echo "sftp $*" >> log
        while IFS= read -r line; do
            echo "$line" >> log
            may=; case $line in -*) may=yes; line=${line#-} ;; esac
            eval "set -- $line"
            case $1 in
            get) [ -e "$2" ] && cp "$2" "$3" ;;
            put) cp "$2" "$3" ;;
            rename) mv "$2" "$3" ;;
            chmod) chmod "$2" "$3" ;;
            mkdir) mkdir "$2" ;;
            *) exit 9 ;;
            esac 2>/dev/null || [ "$may" ] || { echo "cannot: $line" >&2; exit 1; }
        done"#;
    let (bin, path) = stand_in("sftp", SFTP);
    let site = Site::new();
    let web = site.at("presse");
    let target = format!("sftp://camille@example.org:2222{}", web.display());
    let newsroom = site.newsroom.env("PATH", &path);
    let publish = || newsroom.run(&["publish", &target, "--no-verify", "--lang", "en"]);
    let said = publish();
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert_eq!(files(&web), files(&newsroom.public()));
    let log = fs::read_to_string(bin.path().join("log")).unwrap();
    let calls: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("sftp ")).collect();
    for call in &calls {
        assert!(call.starts_with("-q -b - -oConnectTimeout=30 "), "{call}");
        assert!(call.ends_with(" -oPort=2222 -- camille@example.org"), "{call}");
    }
    let at = |line: &str| {
        let line = line.replace("WEB", web.to_str().unwrap());
        log.find(&line).unwrap_or_else(|| panic!("no {line} in {log}"))
    };
    let order = [
        "-get \"WEB/.crieur-manifest.json\"",
        "rename \"WEB/.crieur-manifest.json.crieur-part\"",
        "rename \"WEB/2026-11-21-pont/.plan.pdf.crieur-part\" \"WEB/2026-11-21-pont/plan.pdf\"",
        "rename \"WEB/2026-11-20-piscine/.index.html.crieur-part\"",
        "rename \"WEB/.index.html.crieur-part\" \"WEB/index.html\"",
        "rename \"WEB/..htaccess.crieur-part\"",
        "rename \"WEB/.feed.atom.crieur-part\" \"WEB/feed.atom\"",
    ];
    let order = order.map(|line| line.replace("WEB/.crieur-manifest.json.crieur", "WEB/..crieur-manifest.json.crieur"));
    let places: Vec<usize> = order.iter().map(|line| at(line)).collect();
    assert!(places.is_sorted(), "{places:?}");
    // When nothing changed, only the list is asked for.
    fs::remove_file(bin.path().join("log")).unwrap();
    assert!(publish().stdout.contains("nothing to do"));
    assert_eq!(fs::read_to_string(bin.path().join("log")).unwrap().lines().count(), 2);
    // A program that is not there is said by its name.
    let said = newsroom.env("PATH", "/nowhere").run(&["publish", &target]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("target-failed") && said.stderr.contains("`sftp`"), "{}", said.stderr);
}

#[cfg(unix)]
#[test]
fn rsync_is_given_the_files_of_each_step() {
    const RSYNC: &str = r#"
        echo "rsync $*" >> log
        to=${*: -1}; from=${*: -2:1}
        case $from in *:*) from=${from#*:} ;; *) to=${to#*:} ;; esac
        while IFS= read -r -d '' file || [ "$file" ]; do
            echo "$file" >> log
            [ -e "$from$file" ] || continue
            mkdir -p "$to$(dirname "$file")" && cp "$from$file" "$to$file"
        done"#;
    let (bin, path) = stand_in("rsync", RSYNC);
    let site = Site::new();
    let target = format!("camille@example.org:{}", site.target());
    let web = site.target();
    let newsroom = site.newsroom.env("PATH", &path);
    let said = newsroom.run(&["publish", &target, "--no-verify", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert_eq!(files(std::path::Path::new(&web)), files(&newsroom.public()));
    let log = fs::read_to_string(bin.path().join("log")).unwrap();
    assert!(log.contains("--rsh=ssh -oBatchMode=yes"), "{log}");
    let at = |line: &str| log.lines().position(|known| known == line).unwrap();
    let last = |line: &str| log.lines().collect::<Vec<_>>().iter().rposition(|known| *known == line).unwrap();
    let order = [
        at(MANIFEST),
        last("2026-11-21-pont/plan.pdf"),
        last("2026-11-20-piscine/index.html"),
        last("index.html"),
        last("feed.atom"),
        last(MANIFEST),
    ];
    assert!(order.is_sorted(), "{order:?}: {log}");
}
