//! What was wrong once: each test says what should be, and was seen to fail before it was.

use crate::harness::{CONFIG, Newsroom, Said, files};

fn top(keys: &str) -> String {
    CONFIG.replacen("\n[publisher]", &format!("{keys}\n\n[publisher]"), 1)
}

fn all(said: &Said) -> String {
    format!("{}{}", said.stdout, said.stderr)
}

/// DESIGN 3.5: off a terminal, no title of a held item; the title made of first words is one.
#[test]
fn messages_do_not_tell_a_held_title() {
    let newsroom = Newsroom::new().item("2026-12-24-x.md", "Le maire CANARI démissionne. Suite.\n");
    for arguments in [&["build"][..], &["check", "--format", "json"], &["check", "--format", "github"]] {
        let said = newsroom.run(arguments);
        assert!(!all(&said).contains("CANARI"), "{arguments:?}: {}", all(&said));
    }
}

/// The first line of a file without a head is its title: not for public logs while it is held.
#[test]
fn a_clash_of_held_items_does_not_show_their_first_lines() {
    let newsroom = Newsroom::new()
        .item("2026-12-24-x.md", "---\nslug: s\n---\n# CANARI\n")
        .item("2026-12-25-y.md", "# CANARI\n")
        .item("2026-12-24-s.md", "# CANARI\n")
        .item("2026-12-25 y.md", "# CANARI\n");
    let said = newsroom.run(&["build"]);
    assert_eq!(said.code, 1);
    assert!(!all(&said).contains("CANARI"), "{}", all(&said));
}

/// Two items, two files of one name, one folder: a reader must get each item's own.
#[test]
fn files_of_two_items_do_not_overwrite_each_other() {
    let newsroom = Newsroom::new()
        .config(&top("permalink = \"{slug}.html\""))
        .item("a/2026-11-20-x.md", "---\nattachments: [dossier.pdf]\n---\n# X\n")
        .item("a/dossier.pdf", "AAA")
        .item("b/2026-11-21-y.md", "---\nattachments: [dossier.pdf]\n---\n# Y\n")
        .item("b/dossier.pdf", "BBB");
    newsroom.build();
    let copies: Vec<Vec<u8>> = files(&newsroom.public()).into_values().filter(|bytes| bytes.len() == 3).collect();
    assert_eq!(copies, [b"AAA", b"BBB"]);
    let again = newsroom.build();
    assert!(again.stdout.contains("rien n’a changé"), "{}", again.stdout);
}

#[test]
fn a_file_does_not_overwrite_a_feed_or_a_page() {
    for name in ["feed.atom", "index.html", "y.html"] {
        let newsroom = Newsroom::new()
            .config(&top("permalink = \"{slug}.html\""))
            .item("2026-11-20-x.md", format!("---\nattachments: [{name}]\n---\n# X\n"))
            .item("2026-11-21-y.md", "# Y\n")
            .item(name, "AAA");
        newsroom.run(&["build"]);
        let copies = files(&newsroom.public()).into_values().filter(|bytes| bytes == b"AAA").count();
        assert_eq!(copies, 1, "{name} is not there");
        let again = newsroom.run(&["build"]);
        assert!(again.stdout.contains("rien n’a changé"), "{name}: {}", again.stdout);
    }
}

/// DESIGN 3.11: every address in a feed opens something.
#[test]
fn a_link_to_an_item_with_an_error_is_no_link() {
    let newsroom = Newsroom::new().item("2026-11-20-x.md", "# X\n\nVoir [y](y.md).\n").item("y.md", "# Y\n");
    newsroom.run(&["build", "--keep-going"]);
    assert!(!newsroom.output("feed.json").contains("y.md"), "{}", newsroom.output("feed.json"));
}

#[test]
fn a_link_to_a_held_item_is_no_link_however_it_is_spelt() {
    for link in [
        "https://www.example.org/presse/2026-12-24-canari",
        "../2026-12-24-canari",
        "../2026-12-24-canari/index.html",
        "http://www.example.org/presse/2026-12-24-canari/",
    ] {
        let newsroom = Newsroom::new()
            .item("2026-11-20-x.md", format!("# X\n\n[a]({link})\n"))
            .item("2026-12-24-canari.md", "# C\n");
        newsroom.build();
        assert!(!newsroom.output("feed.json").contains("canari"), "{link}");
    }
}

#[test]
fn a_link_that_is_dropped_is_said() {
    for link in ["https://www.example.org/presse/2026-12-24-y/", "/presse/2026-12-24-y/"] {
        let newsroom =
            Newsroom::new().item("2026-11-20-x.md", format!("# X\n\n[a]({link})\n")).item("2026-12-24-y.md", "# C\n");
        let said = newsroom.build();
        assert!(said.stderr.contains("[link-held]"), "{link}: {}", all(&said));
        assert!(!newsroom.output("feed.json").contains("<a>"), "{link}: an anchor without an address stays");
    }
}

/// One that an office program wrote: its day stands in its name only.
fn document_without_a_date(ending: &str) -> Vec<u8> {
    let case = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/documents-pandoc/items");
    let found = std::fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    std::fs::read(found.into_iter().find(|path| path.extension().is_some_and(|e| e == ending)).unwrap()).unwrap()
}

#[test]
fn an_attached_document_is_published() {
    for ending in ["docx", "odt"] {
        let name = format!("formulaire.{ending}");
        let document = document_without_a_date(ending);
        let newsroom = Newsroom::new()
            .item("2026-11-20-x.md", format!("---\nattachments: [{name}]\n---\n# X\n"))
            .item(&name, document.clone());
        let said = newsroom.build();
        assert_eq!(said.stderr, "");
        assert!(files(&newsroom.public()).into_values().any(|bytes| bytes == document));
    }
}

#[test]
fn an_impossible_date_in_a_name_is_called_so() {
    let said = Newsroom::new().item("2026-02-30-x.md", "# X\n").run(&["build"]);
    assert!(said.stderr.contains("[date-impossible]"), "{}", said.stderr);
}

#[test]
fn text_without_a_paragraph_is_text() {
    for body in ["- un\n- deux\n", "> Une citation.\n", "<p>Bonjour</p>\n", "| a |\n|---|\n| b |\n"] {
        let said = Newsroom::new().item("2026-11-20-x.md", body).run(&["build"]);
        assert!(!said.stderr.contains("[item-empty]"), "{body}: {}", said.stderr);
    }
}

/// A heading far down names a part of the text, not the text.
#[test]
fn a_late_heading_is_no_title_without_a_word() {
    let newsroom = Newsroom::new().item("2026-11-20-x.md", "La piscine rouvre.\n\n## Contact\n\nMoi.\n");
    let said = newsroom.build();
    assert!(said.stderr.contains("[title-from-text]"), "{}{}", said.stderr, newsroom.output("feed.json"));
}

#[test]
fn a_bare_address_in_an_anchor_is_left_alone() {
    let newsroom =
        Newsroom::new().item("2026-11-20-x.md", "# X\n\nVoir <a href=\"https://x.org/\">https://x.org/</a>.\n");
    newsroom.build();
    assert_eq!(newsroom.output("feed.json").matches("<a ").count(), 1, "{}", newsroom.output("feed.json"));
}

#[test]
fn an_hour_of_another_season_is_shown_by_its_own_clocks() {
    let item = "---\ntitle: A\ndate: 2026-01-20 10:00\nupdated: 2026-07-20 10:00\n---\nx\n";
    let newsroom = Newsroom::new().item("a.md", item);
    newsroom.build();
    let page = newsroom.output("a/index.html");
    assert!(page.contains("2026-07-20T10:00:00+02:00"), "{page}");
}

/// A name of 75 Chinese characters becomes more than 255 bytes of Latin ones.
#[test]
fn a_long_name_in_another_script_can_be_written() {
    let newsroom = Newsroom::new().item(&format!("2026-11-20-{}.md", "中".repeat(75)), "# X\n");
    let said = newsroom.run(&["build"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}

#[test]
fn a_hash_in_a_title_is_not_lost_without_a_word() {
    let newsroom = Newsroom::new().item("2026-11-20-x.md", "---\ntitle: Participez avec #Lens2027 !\n---\nx\n");
    let said = newsroom.build();
    assert!(newsroom.output("feed.json").contains("#Lens2027") || !said.stderr.is_empty());
}

#[test]
fn tags_and_categories_are_both_topics() {
    let newsroom = Newsroom::new().item("2026-11-20-x.md", "---\ntags: [a]\ncategories: [b]\n---\n# X\n");
    let said = newsroom.build();
    assert_eq!(said.stderr, "");
    assert!(newsroom.output("feed.atom").contains("term=\"b\""));
}

/// Jekyll's `published: true` and `published: false`.
#[test]
fn published_yes_or_no_is_the_draft_switch() {
    let newsroom = Newsroom::new()
        .item("2026-11-20-x.md", "---\npublished: true\n---\n# X\n")
        .item("2026-11-21-y.md", "---\npublished: false\n---\n# CANARI\n");
    let said = newsroom.run(&["build"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(!newsroom.output("feed.json").contains("CANARI"));
}

#[test]
fn a_key_twice_is_said_in_json_too() {
    let said = Newsroom::new().item("2026-11-20-x.md", "{\"title\":\"A\",\"title\":\"B\"}\nx\n").run(&["build"]);
    assert!(said.stderr.contains("[key-twice]"), "{}", all(&said));
}

/// DESIGN 3, severity: `--strict` makes warnings errors, and `--keep-going` holds back what has one.
#[test]
fn strict_and_keep_going_hold_back_what_has_a_warning() {
    let newsroom =
        Newsroom::new().item("2026-11-20-a.md", "---\ntitle: A\nsumary: x\n---\nb\n").item("2026-11-21-b.md", "# B\n");
    assert_eq!(newsroom.run(&["build", "--strict", "--keep-going"]).code, 1);
    let feed = newsroom.output("feed.json");
    assert!(feed.contains("2026-11-21-b") && !feed.contains("2026-11-20-a"), "{feed}");
}

#[test]
fn a_written_hour_keeps_its_second_to_itself() {
    // The day's own second is 34; the written one was published there and corrected later.
    let newsroom = Newsroom::new()
        .item("a.md", "---\ndate: 2026-11-20T08:00:34Z\nupdated: 2026-11-21\n---\n# A\n")
        .item("2026-11-20-c.md", "---\nid: piscine 2026\n---\n# C\n");
    newsroom.build();
    assert_eq!(newsroom.output("feed.json").matches("\"date_published\": \"2026-11-20T08:00:34Z\"").count(), 1);
}

#[test]
fn exclude_takes_a_folder_by_its_name() {
    for pattern in ["brouillons", "brouillons/"] {
        let newsroom = Newsroom::new()
            .config(&top(&format!("exclude = [\"{pattern}\"]")))
            .item("2026-11-20-a.md", "# A\n")
            .item("brouillons/b.md", "# B\n");
        assert_eq!(newsroom.run(&["build"]).code, 0, "{pattern}");
    }
}

#[test]
fn an_address_that_is_not_one_is_said() {
    let said =
        Newsroom::new().item("2026-11-20-a.md", "---\nauthor: {name: Zoé, url: zoe.example.org}\n---\n# A\n").build();
    assert_ne!(said.stderr, "");
}

#[test]
fn a_language_of_messages_that_is_not_there_is_an_error() {
    assert_eq!(Newsroom::new().item("2026-11-20-a.md", "# A\n").run(&["build", "--lang", "xx"]).code, 2);
}

#[test]
fn the_output_is_not_the_items() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", "# A\n");
    assert_eq!(newsroom.run(&["build", "--out", "items"]).code, 2);
}

/// `&#11;` in a text is U+000B once it is HTML: `check` was content, and `build` must be too.
#[test]
fn characters_written_as_entities_are_cleaned() {
    for body in ["a&#11;b", "a&#xFFFE;b", "a&#x92;b", "[a](https://x.org/ \"t&#11;\")", "<p title=\"&#11;\">a</p>"] {
        let newsroom = Newsroom::new().item("2026-11-20-x.md", format!("# X\n\n{body}\n"));
        let said = newsroom.run(&["build"]);
        assert_eq!(said.code, 0, "{body}: {}", said.stderr);
        for (path, bytes) in newsroom.outputs() {
            let text = String::from_utf8(bytes).unwrap();
            let bad = |c: char| c.is_control() && c != '\n' || c == '\u{fffe}';
            assert!(!text.contains(bad) && !text.contains("\\u000b"), "{body}: {path}");
        }
    }
}

/// Feeds are made before the first of them is replaced: all three change, or none.
#[test]
fn a_feed_that_cannot_be_made_leaves_the_others_as_they_were() {
    let newsroom = Newsroom::new().item("2026-11-20-x.md", "# X\n");
    newsroom.build();
    let before = newsroom.outputs();
    newsroom.write("items/2026-11-21-y.md", "# Y\n\na&#11;b\n");
    if newsroom.run(&["build"]).code == 3 {
        assert_eq!(newsroom.output("feed.json").as_bytes(), before["feed.json"]);
    }
}

/// A heading's `{…}` may name an id and classes; what sanitised HTML may not hold, it may not either.
#[test]
fn a_heading_has_no_style_of_its_own() {
    let newsroom = Newsroom::new().item("2026-11-20-x.md", "---\ntitle: X\n---\n## a {style=position:fixed}\n");
    newsroom.build();
    assert!(!newsroom.output("feed.json").contains("style"), "{}", newsroom.output("feed.json"));
}

#[test]
fn a_table_of_the_configuration_that_is_none_is_said_so() {
    let config = CONFIG.replace("[publisher]\nname = ", "publisher = ");
    let said = Newsroom::new().config(&config).run(&["check"]);
    assert!(said.stderr.contains("[config-value]"), "{}", said.stderr);
    let config = CONFIG.replacen("\n[publisher]", "feeds = \"atom\"\n\n[publisher]", 1);
    assert_eq!(Newsroom::new().config(&config).run(&["check"]).code, 2);
}

#[test]
fn a_wrong_address_among_the_default_authors_is_said() {
    let config = format!("{CONFIG}\n[defaults]\nauthors = [\"Jean PETIT <jean@>\"]\n");
    let said = Newsroom::new().config(&config).item("2026-11-20-x.md", "# X\n").run(&["build"]);
    assert_ne!(all(&said).matches("jean@").count(), 0, "{}", all(&said));
}

/// Whoever wrote one of these wanted the item to wait; a wrong guess publishes.
#[test]
fn what_is_meant_to_wait_waits() {
    for head in [
        "date: 2026-11-01\npublishDate: 2026-12-24",
        "publishDate: 2026-12-24\ndate: 2026-11-01",
        "date: 2026-11-01\nembargo: 2026-12-24 08:00",
        "embargo: 2026-11-20 08:00\ndate: 2026-12-24",
        "date: 2026-11-01\nstatus: draft",
        "date: 2026-11-01\nhidden: true",
        "date: 2026-11-01\npublished: false",
    ] {
        let newsroom =
            Newsroom::new().item("a.md", format!("---\n{head}\n---\n# CANARI\n")).item("2026-11-02-b.md", "# B\n");
        let said = newsroom.run(&["build"]);
        assert_eq!(said.code, 0, "{head}: {}", said.stderr);
        assert!(!newsroom.output("feed.json").contains("CANARI"), "{head}");
    }
    for head in [
        "draft: false\npublished: false",
        "draft: false\nbrouillon: true",
        "drafts: true",
        "draft:",
        "embargo: bientôt",
    ] {
        let newsroom = Newsroom::new().item("a.md", format!("---\ndate: 2026-11-01\n{head}\n---\n# CANARI\n"));
        assert_eq!(newsroom.run(&["build"]).code, 1, "{head}");
        assert!(newsroom.outputs().is_empty(), "{head}");
    }
}

#[test]
fn an_embargo_is_the_instant_of_publication() {
    let newsroom = Newsroom::new().item("a.md", "---\ndate: 2026-11-01\nembargo: 2026-11-20 08:00\n---\n# A\n");
    newsroom.build();
    assert!(newsroom.output("feed.json").contains("\"date_published\": \"2026-11-20T07:00:00Z\""));
}

/// What either of the two holds back is held, and what is out already is suspended then, not hidden.
#[test]
fn a_status_in_the_head_and_another_in_the_sidecar() {
    for (head, beside) in [("withheld", "withdrawn"), ("withdrawn", "withheld")] {
        let newsroom = Newsroom::new().item("2026-11-20-a.md", "# A\n\nUn.\n");
        newsroom.build();
        newsroom.write("items/2026-11-20-a.md", format!("---\nstatus: {head}\n---\n# A\n\nUn.\n"));
        newsroom.write("items/2026-11-20-a.md.toml", format!("status = \"{beside}\"\n"));
        newsroom.build();
        assert!(newsroom.output("feed.json").contains("[Communiqué suspendu] A"), "{head} {beside}");
    }
}

/// A text too short to tell is known by its title, also while a notice stands for it.
#[test]
fn what_is_withdrawn_is_known_under_another_name() {
    for status in ["withdrawn", "withheld"] {
        let newsroom = Newsroom::new().item("2026-11-20-a.md", "# A\n\nUn.\n");
        newsroom.build();
        newsroom.write("items/2026-11-20-a.md", format!("---\nstatus: {status}\n---\n# A\n\nUn.\n"));
        newsroom.build();
        let items = newsroom.path().join("items");
        std::fs::rename(items.join("2026-11-20-a.md"), items.join("2026-11-20-b.md")).unwrap();
        newsroom.build();
        assert!(newsroom.output("feed.json").contains("tag:example.org,2020:2026-11-20-a"), "{status}");
    }
}

/// A day says no hour: a release under embargo until six that is dated that day goes out at six.
#[test]
fn the_day_of_an_embargo_does_not_hold_it_back() {
    let text = "---\nembargo: 2026-11-24 06:00\n---\n# A\n";
    let newsroom = Newsroom::new()
        .item("2026-11-24-nom.md", text)
        .item("tete.md", "---\ndate: 2026-11-24\nembargo: 2026-11-24 06:30\n---\n# B\n");
    assert_eq!(newsroom.run(&["build", "--now", "2026-11-24T05:45:00Z"]).code, 0);
    let feed = newsroom.output("feed.json");
    for instant in ["2026-11-24T05:00:00Z", "2026-11-24T05:30:00Z"] {
        assert!(feed.contains(&format!("\"date_published\": \"{instant}\"")), "{feed}");
    }
    // An hour that somebody wrote, and a later day, still count.
    for date in ["2026-11-24 07:00", "2026-11-25"] {
        let text = format!("---\ndate: {date}\nembargo: 2026-11-24 06:00\n---\n# CANARI\n");
        let newsroom = Newsroom::new().item("a.md", text);
        assert_eq!(newsroom.run(&["build", "--now", "2026-11-24T05:45:00Z"]).code, 0);
        assert!(!newsroom.output("feed.json").contains("CANARI"), "{date}");
    }
}

/// A held item that lives on another site hides none of that site's addresses.
#[test]
fn links_to_other_sites_are_left_alone() {
    let newsroom = Newsroom::new()
        .item("2026-11-01-a.md", "---\nlink: https://cms.example/index.php?id=1\n---\n# A\n")
        .item("2026-11-01-b.md", "---\ndraft: true\nlink: https://cms.example/index.php?id=2\n---\n# B\n")
        .item(
            "2026-11-02-c.md",
            "# C\n\n[un](https://cms.example/index.php?id=1) [trois](https://cms.example/?q=3) [A](2026-11-01-a.md)\n",
        );
    let said = newsroom.build();
    assert_eq!(said.stderr, "");
    assert_eq!(newsroom.output("2026-11-02-c/index.html").matches("https://cms.example/").count(), 3);
}

#[test]
fn an_abbreviation_is_no_anchor() {
    let newsroom = Newsroom::new()
        .item("2026-11-02-c.md", "# C\n\n<abbr title=\"href=\">HTML</abbr> voir [lien](https://x.example/) suite\n");
    newsroom.build();
    let content = newsroom.output("feed.json");
    assert!(content.contains("<abbr") && content.contains("lien</a> suite"), "{content}");
}

#[test]
fn no_two_entries_are_updated_at_one_instant() {
    let newsroom = (0..40).fold(Newsroom::new(), |newsroom, n| {
        newsroom.item(&format!("2026-11-{:02}-{n}.md", n % 20 + 1), "---\nupdated: 2026-11-22\n---\n# A\n")
    });
    newsroom.build();
    let feed = newsroom.output("feed.json");
    let mut updated: Vec<&str> = feed.lines().filter(|line| line.contains("date_modified")).collect();
    updated.sort_unstable();
    updated.dedup();
    assert_eq!(updated.len(), 40);
}

#[test]
fn two_items_of_one_minute_are_said() {
    let item = "---\ndate: 2026-11-04 10:00\n---\n# A\n";
    let said = Newsroom::new().item("a.md", item).item("b.md", item).build();
    assert!(said.stderr.contains("[same-instant]"), "{}", said.stderr);
}

/// A day with more than sixty items: none is published ahead of its own second.
#[test]
fn nothing_is_published_in_the_future() {
    let newsroom = (0..120).fold(Newsroom::new(), |newsroom, n| newsroom.item(&format!("2026-11-24-a{n}.md"), "# A\n"));
    let said = newsroom.run(&["build", "--now", "2026-11-24T08:00:59Z"]);
    assert_eq!(said.code, 0);
    assert!(!said.stderr.contains("updated-too-late"), "{}", said.stderr);
    assert!(!newsroom.output("feed.json").contains("T08:01"));
}

#[test]
fn messages_about_held_items_keep_their_secrets() {
    let newsroom = Newsroom::new()
        .item("a.md", "---\ndate: 2026-12-24\ntitle: CANARI\nupdated: canari bientôt\n---\nx\n")
        .item("b.md", "---\ndate: 2026-12-24\ntitle: CANARI\nslug: \"canari\" fusion\n---\nx\n")
        .item("c.md", "---\ndate: 2026-12-24\nslug: canari-d\nauthors: canari-f\n---\n# C\n")
        .item("d.md", "---\ndate: 2026-12-25\nslug: canari-d\n---\n# D\n");
    for arguments in [&["build"][..], &["check", "--format", "json"], &["check", "--format", "github"]] {
        let said = newsroom.run(arguments);
        assert!(!all(&said).to_lowercase().contains("canari"), "{arguments:?}: {}", all(&said));
    }
}

#[test]
fn an_id_that_readers_would_refuse_is_refused_or_made_ours() {
    for id in ["tag:foo", "urn:uuid:pas-un-uuid", "http://example.org/%c3%a9", "HTTP://example.org/"] {
        let said = Newsroom::new().item("2026-11-02-a.md", format!("---\nid: {id}\n---\n# A\n")).run(&["build"]);
        assert!(said.stderr.contains("[id-invalid]") || said.code == 0, "{id}: {}", said.stderr);
        assert!(said.code == 1 || !id.starts_with("tag"), "{id}");
    }
    let newsroom = Newsroom::new().item("2026-11-02-a.md", "---\nid: foo:bar\n---\n# A\n");
    newsroom.build();
    assert!(newsroom.output("feed.json").contains("\"tag:example.org,2020:foo:bar\""));
}

#[test]
fn a_word_between_brackets_is_a_word() {
    let newsroom = Newsroom::new().item("2026-11-02-a.md", "# A\n\nLe tarif passe de <ancien> à <nouveau>.\n");
    newsroom.build();
    assert!(newsroom.output("feed.atom").contains("de &amp;lt;ancien&amp;gt; à &amp;lt;nouveau&amp;gt;."));
}

#[test]
fn a_comment_that_is_never_closed_is_said() {
    let said = Newsroom::new().item("2026-11-02-a.md", "# A\n\nUn.\n\n<!-- note\n\nDeux.\n").build();
    assert!(said.stderr.contains("[html-removed]"), "{}", said.stderr);
}

#[test]
fn what_somebody_has_replaced_is_not_deleted() {
    let newsroom = Newsroom::new().item("2026-11-02-a.md", "# A\n");
    newsroom.build();
    newsroom.write("public/index.html", "<h1>La mairie</h1>");
    newsroom.write("crieur.toml", top("pages = false"));
    newsroom.build();
    assert_eq!(newsroom.output("index.html"), "<h1>La mairie</h1>");
    assert!(!newsroom.outputs().contains_key("2026-11-02-a/index.html"));
}

#[test]
fn a_telephone_can_be_called() {
    let contact = |phone: &str| {
        let newsroom = Newsroom::new()
            .item("2026-11-02-a.md", format!("---\ncontacts: {{name: A, phone: \"{phone}\"}}\n---\n# A\n\nb\n"));
        newsroom.build();
        let page = newsroom.output("2026-11-02-a/index.html");
        page.split("href=\"tel:").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    assert_eq!(contact("+33 (0)3 21 79 05 05").as_deref(), Some("+33321790505"));
    assert_eq!(contact("06.38.12.15.91").as_deref(), Some("0638121591"));
    assert_eq!(contact("03 21 79 05 05 / 06 38 12 15 91"), None);
    assert_eq!(contact("03 21 79 05 05 (poste 12)"), None);
}

/// Each of these once took minutes.
#[test]
fn a_badly_written_file_does_not_hang_the_run() {
    let many = |line: &str, n: usize| (0..n).map(|i| line.replace('N', &i.to_string())).collect::<String>();
    let newsroom = Newsroom::new()
        .item("2026-11-01-a.md", many("[a](bN.md)\n", 20_000))
        .item("2026-11-02-b.md", format!("---\n{}---\n# B\n", many("kN: a : b\n", 3_000)))
        .item("2026-11-03-c.md", many("<div>", 20_000))
        .item("2026-11-04-d.md", many("<div>\n\nx\n\n", 10_000))
        .item("2026-11-05-e.md", format!("{{{}\"title\":\"E\"}}\nx\n", many("\"kN\":1,", 20_000)))
        .item("2026-11-06-f.md", many("[^N] ", 5_000) + &many("\n\n[^N]: x", 5_000));
    let said = newsroom.run(&["build", "--keep-going"]);
    assert!(said.stdout.contains("6 éléments"), "{}", said.stdout);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let newsroom = Newsroom::new().item("2026-11-02-a.md", "# A\n");
    let pipe = newsroom.path().join("items/2026-11-03-f.md");
    if std::process::Command::new("mkfifo").arg(pipe).status().is_ok_and(|status| status.success()) {
        assert!(newsroom.build().stderr.contains("[link-skipped]"));
    }
}

/// An accent of two characters is one column less on the screen of nobody but ours.
#[test]
fn a_caret_stands_where_its_author_looks() {
    let newsroom = Newsroom::new().item("2026-11-02-a.md", "# A\n\nE\u{301}te\u{301}\u{fffe} [x](absent.pdf)\n");
    let said = newsroom.build();
    assert!(said.stderr.contains("2026-11-02-a.md:3:8"), "{}", said.stderr);
}

#[test]
fn a_name_that_agrees_by_the_offset_of_the_date_is_no_disagreement() {
    let newsroom = Newsroom::new().item("2026-11-02-a.md", "---\ndate: 2026-11-02T20:00:00-08:00\n---\n# A\n");
    let said = newsroom.build().stderr;
    assert!(said.contains("[offset-odd]") && !said.contains("[dates-disagree]"), "{said}");
}

#[test]
fn an_embargo_does_not_bring_a_dated_name_forward() {
    let newsroom = Newsroom::new().item("2026-12-24-a.md", "---\nembargo: 2026-11-01 08:00\n---\n# CANARI\n");
    newsroom.build();
    assert!(!newsroom.output("feed.json").contains("CANARI"));
}

/// Runs git in a folder, with nothing of this machine's settings; false where there is no git.
fn git(folder: &std::path::Path, arguments: &[&str]) -> bool {
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(folder).args(arguments).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@example.org");
        command.env(format!("GIT_{role}_DATE"), "2026-01-05T10:00:00+01:00");
    }
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn git_dates_what_nobody_dated_and_nothing_in_a_history_cut_short() {
    let newsroom = Newsroom::new().item("a.md", "# A\n").item("2026-01-02-b.md", "# B\n");
    let config = format!("dates-from = [\"git\"]\n{}", crate::harness::CONFIG);
    let newsroom = newsroom.config(&config);
    if !(git(newsroom.path(), &["init", "-q"]) && git(newsroom.path(), &["add", "."])) {
        return;
    }
    assert!(git(newsroom.path(), &["commit", "-qm", "x"]));
    // An import of many files says nothing of any of them.
    for n in 0..30 {
        newsroom.write(&format!("items/n{n}.md"), "# N\n");
    }
    assert!(git(newsroom.path(), &["add", "."]) && git(newsroom.path(), &["commit", "-qm", "y"]));
    let said = newsroom.run(&["show", "--format", "json", "--keep-going", "--quiet"]);
    let items: Vec<serde_json::Value> = serde_json::from_str(&said.stdout).unwrap();
    let shown: Vec<_> = items
        .iter()
        .map(|item| {
            (
                item["path"].as_str().unwrap(),
                item["published"].as_str().unwrap(),
                item["from"]["published"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(shown[0], ("a.md", "2026-01-05T09:00:00Z", "git"));
    assert_eq!((shown[1].0, shown[1].2, shown.len()), ("2026-01-02-b.md", "file name", 2));
    assert!(said.stderr.contains("[date-missing]"), "{}", said.stderr);

    let clone = tempfile::TempDir::new().unwrap();
    let from = format!("file://{}", newsroom.path().display());
    assert!(git(clone.path(), &["clone", "-q", "--depth", "1", &from, "x"]));
    let root = clone.path().join("x");
    let said = newsroom.run(&["check", "--root", root.to_str().unwrap()]);
    assert!(said.code == 2 && said.stderr.contains("git fetch --unshallow"), "{}", said.stderr);
}

#[test]
fn a_folder_of_drafts_is_held() {
    let newsroom = Newsroom::new().item("_drafts/2026-01-02-a.md", "# CANARI\n").item("2026-01-03-b.md", "# B\n");
    newsroom.build();
    assert!(!newsroom.output("feed.json").contains("CANARI"));
}

/// Neither the file beside a held item nor the item that clashes with it may tell of it off a terminal.
#[test]
fn a_held_item_is_named_by_no_neighbour() {
    let newsroom = Newsroom::new()
        .item("2026-11-20-a.md", "# A\n\nUn.\n")
        .item("canari.md", "---\ndraft: true\nslug: 2026-11-20-a\ndate: 2026-11-21\n---\n# B\n\nDeux.\n")
        .item("canari-2.md", "---\ndate: 2026-12-24\n---\n# C\n\nTrois.\n")
        .item("canari-2.md.toml", "summary = \"x\"\n");
    for command in [&["check", "--verbose"][..], &["check", "--verbose", "--format", "json"]] {
        let said = newsroom.run(command);
        let about_a =
            said.stderr.lines().chain(said.stdout.lines()).filter(|line| !line.contains("--> items/canari.md"));
        let about_a: Vec<&str> = about_a.filter(|line| !line.contains("\"path\":\"canari.md\"")).collect();
        assert!(!about_a.iter().any(|line| line.contains("canari")), "{about_a:#?}");
    }
}

/// What subscribers have of an item: when it was published, and when it changed last.
fn instants(newsroom: &Newsroom, name: &str) -> [String; 2] {
    let feed: serde_json::Value = serde_json::from_str(&newsroom.output("feed.json")).unwrap();
    let items = feed["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["id"].as_str().unwrap().ends_with(name)).unwrap();
    ["date_published", "date_modified"].map(|key| item[key].as_str().unwrap_or_default().to_owned())
}

/// What was published stands, also where only `crieur.toml` says otherwise now: it is nobody's embargo.
#[test]
fn another_hour_or_zone_of_the_newsroom_moves_nothing_that_is_out() {
    for other in [
        "day-time = \"18:00\"",
        "timezone = \"America/Martinique\"",
        "timezone = \"Pacific/Noumea\"",
        "timezone = \"Pacific/Pago_Pago\"",
    ] {
        let newsroom = Newsroom::new()
            .item("2026-01-05-piscine.md", "# Piscine\n\nTexte.\n")
            .item("2026-01-07-jour.md", "# Jour\n\nTexte.\n")
            .item("heure.md", "---\ndate: 2026-01-07 09:30\n---\n# Heure\n\nTexte.\n");
        let at = |arguments: &[&str], now: &str| {
            let said = newsroom.run(&[arguments, &["--now", now]].concat());
            assert_eq!(said.code, 0, "{other}, {arguments:?}: {}", all(&said));
            said
        };
        at(&["build"], "2026-01-06T12:00:00Z");
        at(&["correct", "items/2026-01-05-piscine.md", "--note", "Faux"], "2026-01-07T08:30:00Z");
        at(&["build"], "2026-01-07T08:30:00Z");
        let names = ["2026-01-05-piscine", "2026-01-07-jour", "heure"];
        let before = names.map(|name| instants(&newsroom, name));
        let text = if other.starts_with("timezone") {
            CONFIG.replace("timezone = \"Europe/Paris\"", other)
        } else {
            top(other)
        };
        newsroom.write("crieur.toml", text);
        for now in ["2026-01-07T08:31:00Z", "2026-01-07T08:40:00Z", "2026-01-09T12:00:00Z"] {
            let said = at(&["build"], now);
            assert!(!said.stderr.contains("updated-too-late"), "{other}, {now}: {}", all(&said));
            assert_eq!(names.map(|name| instants(&newsroom, name)), before, "{other}, {now}");
            assert!(newsroom.output("2026-01-05-piscine/index.html").contains("Faux"), "{other}, {now}");
        }
        // What happens since is told.
        at(&["correct", "items/2026-01-05-piscine.md", "--note", "Encore"], "2026-01-10T08:00:00Z");
        at(&["build"], "2026-01-10T08:00:00Z");
        assert_eq!(instants(&newsroom, "piscine")[1], "2026-01-10T08:00:00Z", "{other}");
    }
}

/// A date that lies ahead would hold what is out; the hour of a day is one, too.
#[test]
fn no_act_gives_a_date_that_lies_ahead() {
    let newsroom = Newsroom::new().item("2026-01-23-un.md", "# Un\n\nTexte.\n");
    newsroom.run(&["build", "--now", "2026-01-24T12:00:00Z"]);
    let now = "2026-01-25T06:00:00Z";
    let before = std::fs::read(newsroom.path().join("items/2026-01-23-un.md")).unwrap();
    for date in ["2026-01-25", "2026-01-25 07:30", "2026-01-25T06:00:01Z", "2026-01-26"] {
        let said = newsroom.run(&["correct", "items/2026-01-23-un.md", "--date", date, "--now", now, "--lang", "en"]);
        assert!(said.code == 4 && said.stderr.contains("[published-held]"), "{date}: {}", all(&said));
        assert!(said.stderr.contains("`--date \"2026-01-25 07:00\"`"), "{date}: {}", said.stderr);
        assert!(!said.stderr.contains("withdraw"), "{date}: {}", said.stderr);
        assert_eq!(std::fs::read(newsroom.path().join("items/2026-01-23-un.md")).unwrap(), before, "{date}");
    }
    let given = newsroom.run(&["correct", "items/2026-01-23-un.md", "--date", "2026-01-25 07:00", "--now", now]);
    assert_eq!(given.code, 0, "{}", all(&given));
    assert_eq!(newsroom.run(&["build", "--now", now]).code, 0);
    assert_eq!(instants(&newsroom, "un")[0], now);
}

/// Acts of one second: each is told, none lies ahead of the build that follows, and nothing goes back afterwards.
#[test]
fn acts_within_one_second_are_all_told() {
    let now = "2026-01-07T08:00:00Z";
    for built_between in [false, true] {
        let newsroom = Newsroom::new().item("un.md", "---\ndate: 2026-01-05\n---\n# Un\n\nTexte.\n");
        let run = |arguments: &[&str], now: &str| {
            let said = newsroom.run(&[arguments, &["--now", now]].concat());
            assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{arguments:?}: {}", said.stdout);
        };
        run(&["build"], "2026-01-06T12:00:00Z");
        let mut last = instants(&newsroom, "un");
        let published = last[0].clone();
        for note in ["n1", "n2", "n3"] {
            run(&["correct", "items/un.md", "--note", note], now);
            if built_between || note == "n3" {
                run(&["build"], now);
                let present = instants(&newsroom, "un");
                assert!(present[1] > last[1] && present[0] == published, "{note}: {present:?} after {last:?}");
                let page = newsroom.output("un/index.html");
                assert!(page.contains(note) && page.contains("n1"), "{note}");
                last = present;
            }
        }
        // A slip of the pen in the same second tells nobody, nor does an edit of the text.
        run(&["correct", "items/un.md", "--kind", "minor"], now);
        run(&["build"], now);
        let text = std::fs::read_to_string(newsroom.path().join("items/un.md")).unwrap();
        newsroom.write("items/un.md", text.replace("Texte.", "Texte, mieux dit."));
        run(&["build"], "2026-01-08T08:00:00Z");
        assert_eq!(instants(&newsroom, "un"), last);
        for day in ["2026-01-04", "2026-01-03"] {
            run(&["correct", "items/un.md", "--date", day], "2026-01-08T08:00:00Z");
            run(&["build"], "2026-01-08T08:00:00Z");
            assert!(instants(&newsroom, "un")[0].starts_with(day));
        }
    }
}

/// A date that was corrected and announced stands like any other: a later act of another kind does not move it.
#[test]
fn a_corrected_date_stands_through_the_acts_that_follow() {
    let newsroom = Newsroom::new().item("un.md", "---\ndate: 2026-01-05\n---\n# Un\n\nTexte.\n");
    let run = |arguments: &[&str], now: &str| {
        let said = newsroom.run(&[arguments, &["--now", now]].concat());
        assert_eq!(said.code, 0, "{arguments:?}: {}", all(&said));
    };
    run(&["build"], "2026-01-06T12:00:00Z");
    run(&["correct", "items/un.md", "--date", "2026-01-04"], "2026-01-07T08:00:00Z");
    run(&["build"], "2026-01-07T08:00:00Z");
    let before = instants(&newsroom, "un");
    // The seconds of a day are made of the name.
    let file = |name: &str| newsroom.path().join("items").join(name);
    std::fs::rename(file("un.md"), file("autre.md")).unwrap();
    run(&["correct", "items/autre.md", "--kind", "minor"], "2026-01-07T08:00:00Z");
    run(&["build"], "2026-01-07T09:00:00Z");
    assert_eq!(instants(&newsroom, "un"), before);
}

/// Whoever subscribed to an old address has our own feed there now: nothing is gone.
#[test]
fn an_alias_that_has_become_a_feed_of_its_own_can_be_taken_out() {
    let with = |aliases: &str| format!("{CONFIG}\n[feeds]\naliases = {{ {aliases} }}\n");
    let newsroom = Newsroom::new()
        .config(&with("\"tags/eco/feed.rss\" = \"feed.rss\", \"rss.xml\" = \"feed.rss\""))
        .item("2026-01-05-un.md", "# Un\n\nTexte.\n");
    newsroom.build();
    newsroom.write("items/2026-01-06-deux.md", "---\ntags: [eco]\n---\n# Deux\n\nTexte.\n");
    let before = newsroom.outputs();
    let said = newsroom.run(&["build"]);
    assert!(said.code == 2 && said.stderr.contains("[alias-taken]"), "{}", all(&said));
    assert_eq!(newsroom.outputs(), before);
    newsroom.write("crieur.toml", with("\"rss.xml\" = \"feed.rss\""));
    newsroom.build();
    assert!(newsroom.output("tags/eco/feed.rss").contains("Deux"));
    newsroom.write("crieur.toml", CONFIG);
    let said = newsroom.run(&["build"]);
    assert!(said.code == 4 && said.stderr.contains("[feed-gone]"), "{}", all(&said));
    assert_eq!(said.stderr.matches("[feed-gone]").count(), 1, "{}", said.stderr);
}

/// No address in a feed may lead nowhere, whoever has deleted the page.
#[test]
fn the_feeds_alone_bring_back_what_they_lead_to() {
    let newsroom = Newsroom::new()
        .item("2026-01-01-u.md", "---\nattachments: [plan.pdf]\n---\n# U\n\nTexte.\n")
        .item("plan.pdf", "%PDF-1.4\n%%EOF\n");
    newsroom.build();
    let before = newsroom.outputs();
    std::fs::remove_dir_all(newsroom.public().join("2026-01-01-u")).unwrap();
    assert_eq!(newsroom.run(&["build", "--only", "feeds"]).code, 0);
    assert_eq!(newsroom.outputs(), before);
}
