//! `crieur publish` and `crieur plan`: what arrives, in which order, and what is never touched.

use std::fs;
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
    assert!(steps.is_sorted_by_key(|step| rank(step)), "{steps:?}");
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
