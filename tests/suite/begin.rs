//! The first minutes: a newsroom from nothing or from another tool's folder, and a release to be filled
//! in.

use std::fs;
use std::path::Path;

use crieur::begin::Schedule;
use crieur::config::keys;
use crieur::{Config, Item, Source};
use serde_json::Value;

use crate::harness::{CONFIG, NOW, Newsroom, Said, files};

const INIT: [&str; 11] = [
    "init",
    "--title",
    "Salle de presse",
    "--url",
    "https://www.example.org/presse/",
    "--timezone",
    "Europe/Paris",
    "--language",
    "fr",
    "--publisher",
    "Ville d'Exemple",
];

/// A folder with these files and nothing else.
fn folder(files: &[(&str, &str)]) -> Newsroom {
    let newsroom = Newsroom::new();
    fs::remove_file(newsroom.path().join("crieur.toml")).unwrap();
    fs::remove_dir(newsroom.path().join("items")).unwrap();
    files.iter().for_each(|(path, text)| newsroom.write(path, text));
    newsroom
}

#[track_caller]
fn well(said: &Said) {
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
}

fn config(newsroom: &Newsroom) -> Config {
    let text = fs::read_to_string(newsroom.path().join("crieur.toml")).unwrap();
    Config::parse(&text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

/// One file of the items folder, as the program reads it.
fn item(newsroom: &Newsroom, path: &str) -> Item {
    let bytes = fs::read(newsroom.path().join("items").join(path)).unwrap();
    let source = Source::in_memory([(path.to_owned(), bytes)]);
    let read = crieur::read(&config(newsroom), &source, "2026-11-24T12:00:00Z".parse().unwrap());
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    read.items.into_iter().next().unwrap()
}

#[test]
fn an_empty_folder_becomes_a_newsroom_that_publishes() {
    for (language, title) in [
        ("fr", "Nos communiqués ont désormais leur flux"),
        ("en-GB", "Our press releases now have a feed"),
        ("de", "Unsere Pressemitteilungen gibt es jetzt als Feed"),
        ("it", "Our press releases now have a feed"),
    ] {
        let newsroom = folder(&[]);
        let mut init = INIT;
        init[8] = language;
        well(&newsroom.run(&init));
        let made = config(&newsroom);
        assert_eq!((made.authority.as_str(), made.language.as_str()), ("example.org,2026", language));
        let text = fs::read_to_string(newsroom.path().join("crieur.toml")).unwrap();
        assert!(text.starts_with("#:schema ./.crieur.schema.json\n"));
        assert!(newsroom.path().join(".crieur.schema.json").is_file());
        for key in keys::KEYS {
            assert!(text.contains(&format!("{} = ", key.name)), "{} is not explained", key.name);
        }
        for command in [&["check", "--strict"][..], &["build"], &["build"], &["status"]] {
            well(&newsroom.run(command));
        }
        // It is out at once, and true as it stands.
        let feed = newsroom.output("feed.atom");
        assert!(feed.contains(title) && feed.contains("Ville d'Exemple"), "{language}: {feed}");
        let ignored = fs::read_to_string(newsroom.path().join(".gitignore")).unwrap();
        assert!(ignored.lines().any(|line| line == "/public/"));
        let attributes = fs::read_to_string(newsroom.path().join(".gitattributes")).unwrap();
        assert_eq!(attributes, "ledger.jsonl merge=union\n");
    }
}

/// In the hour that the clocks show twice, too.
#[test]
fn the_first_release_is_out_at_any_hour() {
    for now in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T01:00:59Z", "2026-12-31T23:59:59Z"] {
        let newsroom = folder(&[]);
        well(&newsroom.run(&[&INIT[..], &["--now", now]].concat()));
        well(&newsroom.run(&["build", "--now", now]));
        assert!(newsroom.output("feed.atom").contains("<entry>"), "{now}");
    }
}

#[test]
fn what_is_there_stays() {
    let newsroom = folder(&[
        (".gitignore", "*.bak\n/public/\n"),
        ("items/2026-11-20-a.md", "# A\n\nUn texte.\n"),
        (".github/workflows/newsroom.yml", "mine"),
    ]);
    let before = files(newsroom.path());
    let said = newsroom.run(&[&INIT[..], &["--ci", "github"]].concat());
    well(&said);
    let after = files(newsroom.path());
    for (path, bytes) in &before {
        assert_eq!(after.get(path), Some(bytes), "{path}");
    }
    assert_eq!(after.keys().filter(|path| path.starts_with("items/")).count(), 1, "there was a release already");
    let kept = "déjà là, laissés tels quels : .gitignore, .github/workflows/newsroom.yml";
    assert!(said.stdout.contains(kept), "{}", said.stdout);
    assert!(said.stdout.contains("`/.crieur.lock`") && !said.stdout.contains("`/public/`"), "{}", said.stdout);
    // Once more, with nothing said: nothing is asked that is known.
    let said = newsroom.run(&["init", "--format", "json"]);
    well(&said);
    let done: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(done["written"], serde_json::json!([]));
    assert_eq!(done["kept"][0], "crieur.toml");
    assert_eq!(files(newsroom.path()), after);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_written() {
    for (arguments, words) in [
        (&["init"][..], "`--language`, `--title`, `--url`, `--timezone`, `--publisher`"),
        (&INIT[..9], "il manque `--publisher`\n"),
        (&[&INIT[..], &["--url", "http://localhost:8000/"]].concat(), "--url"),
        (&[&INIT[..], &["--now", "tomorrow"]].concat(), "--now"),
    ] {
        let newsroom = folder(&[]);
        let said = newsroom.run(arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.contains(words) || said.stderr.contains("cannot be used"), "{}", said.stderr);
        assert!(files(newsroom.path()).is_empty(), "{arguments:?}");
    }
    for (option, value) in [
        ("--url", "http://localhost:8000/"),
        ("--url", "ftp://example.org/"),
        ("--url", "https://example.org/?a"),
        ("--timezone", "Europe/Lens"),
        ("--language", "français"),
        ("--title", " "),
    ] {
        let newsroom = folder(&[]);
        let mut init = INIT;
        init[INIT.iter().position(|word| *word == option).unwrap() + 1] = value;
        let said = newsroom.run(&init);
        assert!(said.code == 2 && said.stderr.contains(option), "{option} {value}: {}", said.stderr);
        assert!(files(newsroom.path()).is_empty(), "{option} {value}");
    }
    let broken = folder(&[("crieur.toml", "title = \n")]);
    assert_eq!(broken.run(&["init"]).code, 2);
    assert_eq!(files(broken.path()).len(), 1);
}

#[test]
fn folders_of_other_tools_are_recognised() {
    let post = "---\ntitle: La piscine rouvre\ndate: 2026-11-20\n---\nUn texte.\n";
    let hugo = "baseURL = \"https://news.example.org/\"\nlanguageCode = \"fr-fr\"\ntitle = \"Nouvelles\"\ntimeZone = \"Europe/Paris\"\n";
    let jekyll = "title: News\nurl: https://example.org\nbaseurl: /blog\nlang: en\ntimezone: Europe/Paris\npermalink: /:year/:month/:title/\n";
    let zola = "base_url = \"https://example.org\"\ntitle = \"Nouvelles\"\ndefault_language = \"fr\"\n";
    let pelican =
        "SITENAME = 'Nouvelles'\nSITEURL = 'https://example.org'\nTIMEZONE = 'Europe/Paris'\nDEFAULT_LANG = 'fr'\n";
    let publisher = ["--publisher", "Ville d'Exemple"];
    let zone = ["--publisher", "Ville d'Exemple", "--timezone", "Europe/Paris"];
    for (file, text, content, options, url, language) in [
        (
            "hugo.toml",
            hugo,
            "content/posts/2026-11-20-piscine.md",
            &publisher[..],
            "https://news.example.org/",
            "fr-FR",
        ),
        ("_config.yml", jekyll, "_posts/2026-11-20-piscine.md", &publisher, "https://example.org/blog/", "en"),
        ("config.toml", zola, "content/piscine.md", &zone, "https://example.org/", "fr"),
        ("pelicanconf.py", pelican, "content/piscine.md", &publisher, "https://example.org/", "fr"),
    ] {
        let newsroom = folder(&[(file, text), (content, post)]);
        let before = files(newsroom.path());
        let said = newsroom.run(&[&["init"], options].concat());
        well(&said);
        assert!(said.stdout.contains(&format!("`{file}`")), "{}", said.stdout);
        let made = config(&newsroom);
        assert_eq!((made.url.as_str(), made.language.as_str()), (url, language), "{file}");
        assert!(content.starts_with(&format!("{}/", made.items)), "{file}: {}", made.items);
        assert_eq!(made.out, "feeds", "{file}: `public` is that tool's own");
        well(&newsroom.run(&["build"]));
        let feed = fs::read_to_string(newsroom.path().join("feeds/feed.atom")).unwrap();
        assert!(feed.contains("La piscine rouvre") && feed.contains(url), "{file}: {feed}");
        // The pages are that site's, and the feeds lead to them.
        assert!(!newsroom.path().join("feeds/index.html").exists(), "{file}");
        if file == "_config.yml" {
            assert!(feed.contains("https://example.org/blog/2026/11/piscine/"), "{feed}");
        }
        let after = files(newsroom.path());
        assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "{file}");
    }
    // Zola's addresses have no day of a file's name; what `permalink` cannot say is said.
    for (file, text, content, options, url, told) in [
        (
            "config.toml",
            zola,
            "content/blog/2026-11-20-piscine.md",
            &zone,
            "https://example.org/blog/piscine/",
            "{slug}/`",
        ),
        (
            "hugo.toml",
            &format!("{hugo}[permalinks]\nposts = \"/:year/:month/:slug/\"\n"),
            "content/posts/2026-11-20-piscine.md",
            &zone,
            "https://news.example.org/2026/11/piscine/",
            "{year}/{month}/{slug}/`",
        ),
        (
            "_config.yml",
            &jekyll.replace("/:year/:month/:title/", "pretty"),
            "_posts/2026-11-20-piscine.md",
            &zone,
            "https://example.org/blog/2026/11/20/piscine/",
            "`permalink: pretty`",
        ),
    ] {
        let newsroom = folder(&[(file, text), (content, post)]);
        let said = newsroom.run(&[&["init"], &options[..]].concat());
        well(&said);
        assert!(said.stdout.contains(told), "{file}: {}", said.stdout);
        well(&newsroom.run(&["build"]));
        let feed = fs::read_to_string(newsroom.path().join("feeds/feed.atom")).unwrap();
        assert!(feed.contains(&format!("href=\"{url}\"")), "{file}: {feed}");
    }
    // A folder that only looks like it.
    let newsroom = folder(&[("_posts/2026-11-20-piscine.md", post)]);
    well(&newsroom.run(&INIT));
    assert_eq!(config(&newsroom).items, "_posts");
    well(&newsroom.run(&["build"]));
}

#[test]
fn a_schedule_is_the_recipe_by_the_newsrooms_clocks() {
    let recipe = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    for (schedule, path, name) in [
        (Schedule::Github, ".github/workflows/newsroom.yml", "docs/recipes/github.yml"),
        (Schedule::Gitlab, ".gitlab-ci.yml", "docs/recipes/gitlab.yml"),
        (Schedule::Forgejo, ".forgejo/workflows/newsroom.yml", "docs/recipes/forgejo.yml"),
        (Schedule::Cron, "cron.sh", "docs/recipes/cron.sh"),
        (Schedule::Systemd, "crieur.timer", "docs/recipes/crieur.timer"),
    ] {
        let newsroom = folder(&[]);
        let said = newsroom.run(&[&INIT[..], &["--ci", schedule.name()]].concat());
        well(&said);
        assert!(said.stdout.contains(path), "{}", said.stdout);
        let here = newsroom.path().canonicalize().unwrap().display().to_string();
        let written = fs::read_to_string(newsroom.path().join(path)).unwrap();
        let written = written.replace(&here, "/srv/newsroom");
        assert_eq!(written.replace(&newsroom.path().display().to_string(), "/srv/newsroom"), recipe(name), "{name}");
        well(&newsroom.run(&["build"]));
    }
    let slots = |zone: &str, more: &str| -> Vec<String> {
        let config =
            Config::parse(&CONFIG.replace("Europe/Paris", zone).replacen("url", &format!("{more}url"), 1)).unwrap();
        let text = Schedule::Github.files(&config, "/x", 2026)[0].text.clone();
        assert!(text.contains(&format!("in {zone}, in summer")), "{text}");
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("- cron: "));
        lines.map(|line| line.trim_matches('"').to_owned()).collect()
    };
    // No summer time: one slot for the morning.
    assert_eq!(slots("Asia/Tokyo", ""), ["13 0 * * *", "43 5 * * *", "43 9 * * *"]);
    assert_eq!(slots("Asia/Kathmandu", "")[0], "28 3 * * *");
    assert_eq!(slots("America/New_York", "day-time = \"08:00\"\n")[..2], ["13 12 * * *", "13 13 * * *"]);
    for name in ["github.yml", "gitlab.yml", "forgejo.yml"] {
        let current = format!("crieur@{}\n", env!("CARGO_PKG_VERSION"));
        assert!(recipe(&format!("docs/recipes/{name}")).contains(&current), "{name} is of another version");
    }
}

#[cfg(unix)]
#[test]
fn the_script_for_cron_can_be_run_and_its_units_are_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let newsroom = folder(&[]);
    well(&newsroom.run(&[&INIT[..], &["--ci", "systemd"]].concat()));
    let mode = fs::metadata(newsroom.path().join("cron.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
}

/// Somebody who sits at a terminal, as `script` gives one to a program.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a test that was not run says so")]
fn at_a_terminal_it_asks() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let newsroom = folder(&[]);
    let command = format!("{} init --now 2026-11-24T12:00:00Z", env!("CARGO_BIN_EXE_crieur"));
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(newsroom.path());
    let Ok(mut script) = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        eprintln!("SKIPPED: there is no `script`");
        return;
    };
    // French as proposed; an address that will not do, then one without its scheme; the zone and the
    // publisher as proposed.
    let typed = "\nVille d'Exemple\nici\nwww.example.org/presse\n\n\n";
    script.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let said = script.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let made = config(&newsroom);
    assert_eq!(made.url.as_str(), "https://www.example.org/presse/", "{said}");
    assert_eq!((made.title.as_str(), made.publisher.name.as_str()), ("Ville d'Exemple", "Ville d'Exemple"));
    assert_eq!((made.zone.name(), made.language.as_str()), ("Europe/Paris", "fr"));
    assert!(said.contains("« ici » ne convient pas"), "{said}");
    well(&newsroom.run(&["build"]));
}

#[test]
fn a_new_release_is_dated_named_and_held() {
    let newsroom = Newsroom::new();
    let said = newsroom.run(&["new", "La piscine rouvre : enfin !", "--at", "demain 9h"]);
    well(&said);
    let path = "2026-11-25-la-piscine-rouvre-enfin.md";
    assert!(said.stdout.contains(path) && said.stdout.contains("25 novembre 2026 à 9 h 00"), "{}", said.stdout);
    let text = fs::read_to_string(newsroom.path().join("items").join(path)).unwrap();
    let held = item(&newsroom, path);
    assert_eq!(held.title.as_str(), "La piscine rouvre : enfin !");
    assert_eq!(held.id, "tag:example.org,2020:2026-11-25-la-piscine-rouvre-enfin");
    assert_eq!(held.published.to_string(), "2026-11-25 08:00:00 UTC");
    assert!(!held.status.is_out() && text.contains("draft: true"), "a skeleton never goes out by itself");
    let named: Vec<&str> = held.contacts.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(named, ["Camille MARTIN"]);
    for command in [&["check", "--strict"][..], &["build"]] {
        well(&newsroom.run(command).and_no_news());
    }
    // What the message tells to do.
    newsroom.write(&format!("items/{path}"), text.replace("draft: true\n", ""));
    assert_eq!(newsroom.run(&["build", "--now", "2026-11-25T08:30:00Z"]).code, 0);
    assert!(newsroom.output("feed.atom").contains("La piscine rouvre"));
    // Once more: a file is never written over.
    let said = newsroom.run(&["new", "La piscine rouvre, enfin", "--at", "2026-11-25"]);
    assert!(said.code == 3 && said.stderr.contains("[file-there]"), "{}", said.stderr);
}

impl Said {
    /// Without what is said of what is held.
    fn and_no_news(mut self) -> Said {
        let kept = self.stderr.lines().filter(|line| !line.contains("prochaine parution"));
        self.stderr = kept.map(|line| format!("{line}\n")).collect();
        self
    }
}

#[test]
fn a_new_release_is_in_the_language_of_the_newsroom() {
    for (language, word) in
        [("fr", "En pratique"), ("en", "In practice"), ("de-AT", "Auf einen Blick"), ("es", "In practice")]
    {
        let newsroom = Newsroom::new().config(&CONFIG.replace("\"fr\"", &format!("{language:?}")));
        assert_eq!(newsroom.run(&["new", "Budget 2027"]).code, 0);
        let text = fs::read_to_string(newsroom.path().join("items/2026-11-24-budget-2027.md")).unwrap();
        assert!(text.contains(word) && text.contains("date: 2026-11-24\n"), "{language}: {text}");
        assert_eq!(newsroom.run(&["check", "--strict"]).code, 0);
    }
}

#[test]
fn a_moment_is_what_was_said_or_nothing_is_written() {
    // Tuesday, 24 November 2026, 13:00 in Paris.
    for (option, said, line) in [
        ("--at", "lundi 14h30", "date: 2026-11-30 14:30\n"),
        ("--at", "monday 2:30 pm", "date: 2026-11-30 14:30\n"),
        ("--at", "dans 3 jours", "date: 2026-11-27\n"),
        ("--at", "vendredi en huit 9h", "date: 2026-12-04 09:00\n"),
        ("--at", "in 2 hours", "date: 2026-11-24 15:00\n"),
        ("--at", "2026-12-01 9h", "date: 2026-12-01 09:00\n"),
        ("--embargo", "24 décembre 2026 à 8 h", "embargo: 2026-12-24 08:00\n"),
        ("--embargo", "tomorrow 9am", "embargo: 2026-11-25 09:00\n"),
    ] {
        let newsroom = Newsroom::new();
        let answer = newsroom.run(&["new", "X", option, said]);
        assert_eq!(answer.code, 0, "{said}: {}", answer.stderr);
        let written = files(&newsroom.path().join("items"));
        let (path, bytes) = written.first_key_value().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(line), "{said}: {text}");
        assert_eq!(text.contains("date: "), option == "--at", "{text}");
        item(&newsroom, path);
    }
    for (said, instead) in [
        ("mardi 14h", "`2026-11-24 14:00`, `2026-12-01 14:00`"),
        // The one of today is past.
        ("mardi 9h", ": `2026-12-01 09:00`"),
        ("lundi prochain", "`2026-11-30`, `2026-12-07`"),
        ("03/04/2027", "`2027-04-03`, `2027-03-04`"),
        ("demain matin", "`2026-11-25 9h`"),
        ("bientôt", "`demain 9h`, `lundi 14h30`, `dans 3 jours`, `2026-11-25 9h`"),
        ("2027-03-28 02:30", "`2027-03-28 01:30`, `2027-03-28 03:30`"),
        ("2026-10-25 02:30", "`2026-10-25T02:30:00+02:00`, `2026-10-25T02:30:00+01:00`"),
    ] {
        let newsroom = Newsroom::new();
        let answer = newsroom.run(&["new", "X", "--at", said]);
        assert_eq!(answer.code, 2, "{said}");
        assert!(answer.stderr.contains(instead), "{said}: {}", answer.stderr);
        assert!(files(&newsroom.path().join("items")).is_empty(), "{said}");
    }
}

#[test]
fn titles_of_any_kind_give_a_file_that_is_read_back() {
    let long = "mot ".repeat(60);
    for title in
        ["# Dièse", "a: b \"c\" \\ 'd'", "- tiret", "Ça, c'est l'été – enfin", "Привет", "100 %", long.trim(), "🎉"]
    {
        let newsroom = Newsroom::new();
        let said = newsroom.run(&["new", "--now", NOW, "--", title]);
        assert_eq!(said.code, 0, "{title}: {}", said.stderr);
        let written = files(&newsroom.path().join("items"));
        let (path, _) = written.first_key_value().unwrap();
        assert!(path.len() < 100, "{path}");
        assert_eq!(item(&newsroom, path).title.as_str(), title);
    }
    let said = Newsroom::new().run(&["new", "…"]);
    assert_eq!(said.code, 2, "{}", said.stderr);
}

/// An id that was ever borne is never given again.
#[test]
fn a_new_release_has_an_id_of_its_own() {
    let newsroom = Newsroom::new().item("a.md", "---\ntitle: A\ndate: 2026-11-20\nid: 2026-11-24-b\n---\nUn texte.\n");
    newsroom.build();
    assert_eq!(newsroom.run(&["new", "B"]).code, 0);
    let text = fs::read_to_string(newsroom.path().join("items/2026-11-24-b.md")).unwrap();
    assert!(text.contains("id: 2026-11-24-b-2\n"), "{text}");
}

#[cfg(unix)]
#[test]
fn the_editor_opens_the_file_and_what_it_says_counts() {
    let newsroom = Newsroom::new().env("EDITOR", "/bin/cat");
    let said = newsroom.run(&["new", "Piscine", "--edit"]);
    well(&said);
    let (first, rest) = said.stdout.split_once("---\n").unwrap();
    assert!(first.contains("2026-11-24-piscine.md") && rest.contains("draft: true"), "{}", said.stdout);
    let newsroom = Newsroom::new().env("VISUAL", "/bin/false --wait").env("EDITOR", "/bin/cat");
    let said = newsroom.run(&["new", "Piscine", "--edit"]);
    assert!(said.code == 3 && said.stderr.contains("/bin/false --wait"), "{}", said.stderr);
    assert!(newsroom.path().join("items/2026-11-24-piscine.md").is_file());
}
