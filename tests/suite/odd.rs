//! What a repository cannot carry, and what happens between two runs.

use std::fs;
use std::io::Cursor;

use crieur::file::{Source, SourceEntry};
use crieur::{Code, Config};

use crate::harness::{CONFIG, Newsroom, Said};

const GOOD: &str = "# Un titre\n\nUn texte.\n";

#[track_caller]
fn says(said: &Said, code: i32, name: &str) {
    assert_eq!(said.code, code, "{}{}", said.stdout, said.stderr);
    assert!(said.stderr.contains(&format!("[{name}]")), "{}", said.stderr);
}

#[test]
fn an_error_leaves_the_previous_output_untouched() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.build();
    let before = newsroom.outputs();
    for (name, content) in [
        ("sans-date.md", b"# Sans date\n".as_slice()),
        ("2026-11-21-nul.md", b"# a\0b\n"),
        ("2026-11-21-tete.md", b"---\ntitle: [\n---\n"),
    ] {
        newsroom.write("items/2026-11-22-nouveau.md", GOOD);
        newsroom.write(&format!("items/{name}"), content);
        assert_eq!(newsroom.run(&["build"]).code, 1, "{name}");
        assert_eq!(newsroom.outputs(), before, "{name}");
        let said = newsroom.run(&["build", "--keep-going"]);
        assert_eq!(said.code, 1, "{}", said.stderr);
        assert!(newsroom.output("feed.atom").contains("2026-11-22-nouveau"), "{name}");
        fs::remove_file(newsroom.path().join("items").join(name)).unwrap();
        fs::remove_file(newsroom.path().join("items/2026-11-22-nouveau.md")).unwrap();
        says(&newsroom.run(&["build"]), 4, "published-lost");
        let said = newsroom.run(&["build", "--accept", "lost"]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert_eq!(newsroom.outputs(), before, "{name}: the folder is as it was, so is the output");
    }
}

#[test]
fn a_file_of_100_megabytes_is_named_and_not_read() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD).item("2026-11-21-gros.md", "");
    let file = fs::File::options().write(true).open(newsroom.path().join("items/2026-11-21-gros.md")).unwrap();
    file.set_len(100 << 20).unwrap();
    says(&newsroom.run(&["build"]), 1, "file-too-large");
    assert!(newsroom.outputs().is_empty());
    assert_eq!(newsroom.run(&["build", "--keep-going"]).code, 1);
    assert!(newsroom.output("feed.atom").contains("2026-11-20-a"));
}

/// Permissions do not stop a superuser, so the reader itself fails here.
#[test]
fn a_file_that_cannot_be_read_is_an_error_of_its_item() {
    let entry = |path: &str| SourceEntry { path: path.into(), size: 9, spelt: None, stamp: None };
    let source = Source::new(vec![entry("2026-11-20-a.md"), entry("2026-11-21-b.md")], |entry| {
        if entry.path.contains("-a") { Err("Permission denied".to_owned()) } else { Ok(Box::new(Cursor::new(GOOD))) }
    });
    let newsroom = crieur::read(&Config::parse(CONFIG).unwrap(), &source, "2027-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(newsroom.items.len(), 1);
    let codes: Vec<_> = newsroom.problems.iter().map(|problem| (problem.code, problem.path.as_deref())).collect();
    assert_eq!(codes, [(Code::FileUnreadable, Some("2026-11-20-a.md"))]);
    assert_eq!(Code::FileUnreadable.name(), "file-unreadable");
}

#[cfg(unix)]
#[test]
fn names_and_links_of_unix() {
    use std::os::unix::ffi::OsStrExt as _;
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    let items = newsroom.path().join("items");
    std::os::unix::fs::symlink("2026-11-20-a.md", items.join("2026-11-21-lien.md")).unwrap();
    let said = newsroom.build();
    assert!(said.stderr.contains("[link-skipped]"), "{}", said.stderr);
    let name = std::ffi::OsStr::from_bytes(b"2026-11-22-\xe9t\xe9.md");
    if fs::write(items.join(name), GOOD).is_ok() {
        says(&newsroom.run(&["build"]), 1, "name-unreadable");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_stops_the_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD).item("prive/2026-11-21-b.md", GOOD);
    let folder = newsroom.path().join("items/prive");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
    let superuser = fs::read_dir(&folder).is_ok();
    let said = newsroom.run(&["build"]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    if !superuser {
        says(&said, 3, "folder-unreadable");
        assert!(newsroom.outputs().is_empty());
    }
}

#[test]
fn without_a_configuration_the_way_out_is_said() {
    let newsroom = Newsroom::new();
    fs::remove_file(newsroom.path().join("crieur.toml")).unwrap();
    says(&newsroom.run(&["build"]), 2, "config-missing");
    // From a folder below, the nearest one above is found.
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    let said = newsroom.run(&["build", "--root", "items/.."]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}

#[test]
fn another_site_is_not_overwritten() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.write("public/index.html", "<h1>La mairie</h1>");
    newsroom.write("public/mairie.css", "x");
    says(&newsroom.run(&["build"]), 3, "output-foreign");
    assert_eq!(newsroom.outputs().len(), 2);
    fs::remove_file(newsroom.path().join("public/index.html")).unwrap();
    newsroom.build();
    assert!(newsroom.outputs().contains_key("mairie.css"), "what is not ours stays");
    // Our own output without its manifest is known by its mark.
    fs::remove_file(newsroom.public().join(".crieur-manifest.json")).unwrap();
    newsroom.write("items/2026-11-21-b.md", GOOD);
    newsroom.build();
    // Somebody's page where a new one of ours would go.
    newsroom.write("items/2026-11-22-c.md", GOOD);
    newsroom.write("public/2026-11-22-c/index.html", "<h1>La mairie</h1>");
    says(&newsroom.run(&["build"]), 3, "output-foreign");
    assert_eq!(newsroom.output("2026-11-22-c/index.html"), "<h1>La mairie</h1>");
}

#[test]
fn an_output_that_cannot_be_written_is_said() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD);
    newsroom.write("public", "a file where the folder should be");
    says(&newsroom.run(&["build"]), 3, "output-failed");
}

#[test]
fn what_is_gone_from_the_items_is_gone_from_the_output() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD).item("2026-11-21-b.md", GOOD);
    newsroom.build();
    newsroom.write("public/2026-11-21-b/autre.txt", "not ours");
    fs::remove_file(newsroom.path().join("items/2026-11-21-b.md")).unwrap();
    assert_eq!(newsroom.run(&["build", "--accept", "lost"]).code, 0);
    let outputs = newsroom.outputs();
    assert!(!outputs.contains_key("2026-11-21-b/index.html"));
    assert!(outputs.contains_key("2026-11-21-b/autre.txt"));
    assert!(!newsroom.output("feed.json").contains("2026-11-21-b"));
}

#[test]
fn an_edit_writes_only_what_it_changes() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", GOOD).item("2026-11-21-b.md", GOOD);
    newsroom.build();
    newsroom.write("items/2026-11-20-a.md", "# Un titre\n\nUn autre texte.\n");
    let said = newsroom.build();
    assert!(
        said.stdout.contains("2026-11-20-a/index.html") && !said.stdout.contains("2026-11-21-b/"),
        "{}",
        said.stdout
    );
    // A page that somebody has damaged is made again.
    newsroom.write("public/2026-11-21-b/index.html", "damaged");
    let said = newsroom.build();
    assert!(said.stdout.contains("2026-11-21-b/index.html"), "{}", said.stdout);
}

#[test]
fn a_link_appears_when_the_other_item_does() {
    let newsroom =
        Newsroom::new().item("2026-11-20-a.md", "# A\n\n[la suite](../2026-11-25-b/)\n").item("2026-11-25-b.md", GOOD);
    assert!(newsroom.build().stderr.contains("[link-held]"));
    assert!(!newsroom.output("2026-11-20-a/index.html").contains("2026-11-25-b"));
    let said = newsroom.run(&["build", "--now", "2026-11-26T00:00:00Z"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(newsroom.output("2026-11-20-a/index.html").contains("https://www.example.org/presse/2026-11-25-b/"));
}

#[test]
fn colour_is_for_terminals() {
    let newsroom = Newsroom::new().item("a.md", GOOD);
    assert!(!newsroom.run(&["check"]).stderr.contains('\u{1b}'));
    assert!(newsroom.run(&["check", "--color", "always"]).stderr.contains('\u{1b}'));
}

#[test]
fn a_wrong_option_is_exit_2() {
    assert_eq!(Newsroom::new().run(&["build", "--nope"]).code, 2);
    assert_eq!(Newsroom::new().run(&["--version"]).code, 0);
}

/// A checkout on Windows or macOS could not hold this folder, so it cannot be a case.
#[test]
fn two_names_that_some_disks_take_for_one_are_named() {
    let config = crieur::Config::parse(crate::harness::CONFIG).unwrap();
    let source = crieur::Source::in_memory([("2026-11-20-Été.md", GOOD), ("2026-11-20-été.md", GOOD)]);
    let newsroom = crieur::read(&config, &source, crate::harness::NOW.parse().unwrap());
    let said: Vec<_> =
        newsroom.problems.iter().map(|p| (p.code.name(), p.path.as_deref().unwrap(), p.argument("other"))).collect();
    let (one, other) = ("2026-11-20-Été.md", "2026-11-20-été.md");
    assert_eq!(said, [("path-clash", one, Some(other)), ("path-clash", other, Some(one))]);
    assert!(newsroom.items.is_empty());
}
