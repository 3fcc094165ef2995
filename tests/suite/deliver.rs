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
