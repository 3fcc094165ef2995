//! `docs/editorial.md` and `docs/guide-redaction.fr.md` are true: their commands are played, in their
//! order, in a newsroom that has their files, and print what they say; what they tell to write in a
//! head does what they say.

use std::fs;
use std::path::Path;

use crate::harness::{Newsroom, Said};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/editorial.md");
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The words of a command, as a shell takes them apart.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// A newsroom on the day before the page begins.
fn newsroom(page: &str) -> Newsroom {
    let (_, rest) = page.split_once("```markdown\n").unwrap();
    let (item, _) = rest.split_once("```").unwrap();
    let other = |title: &str, day: u32, text: &str| {
        let name = format!("2026-11-{day}-{}.md", title.split([' ', '\'']).next().unwrap().to_lowercase());
        (name, format!("---\ntitle: {title}\n---\n{text}\n"))
    };
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", item);
    let mut items = vec![other("Tribune", 17, "Une tribune."), other("Stade", 16, "Le stade rouvre samedi.")];
    items.push(other("Portrait", 15, "Le portrait d'une personne."));
    items.push((
        "2026-11-19-marche.md".to_owned(),
        "---\ntitle: Le marché de Noël\ndate: 2026-11-19\n---\nx\n".to_owned(),
    ));
    items.push(("2026-11-18-eau.md".to_owned(), "---\ntitle: Coupure d'eau\n---\nRue Haute.\n".to_owned()));
    items.into_iter().fold(newsroom, |newsroom, (name, text)| newsroom.item(&name, text))
}

/// Runs it so many minutes after the page begins: nobody does two things in one second.
fn run(newsroom: &Newsroom, arguments: &[&str], minute: usize) -> Said {
    let now = format!("2026-11-24T12:{minute:02}:00Z");
    newsroom.run(&[arguments, &["--now", &now]].concat())
}

#[test]
fn every_command_of_the_page_does_what_it_says() {
    let page = page();
    let newsroom = newsroom(&page);
    let items = newsroom.path().join("items");
    let mut played = 0;
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ crieur") else { continue };
        let words = words(command);
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        played += 1;
        if arguments.first() == Some(&"adopt") {
            // What the section tells of has happened.
            assert_eq!(run(&newsroom, &[], played).code, 0);
            fs::remove_file(items.join("2026-11-16-stade.md")).unwrap();
            newsroom.write("items/2026-11-16-tribunes.md", "---\ntitle: Autre titre\n---\nUn autre texte.\n");
            fs::remove_file(items.join("2026-11-15-portrait.md")).unwrap();
            let said = run(&newsroom, &[], played);
            assert!(said.code == 4 && said.stderr.contains("2026-11-16-stade.md"), "{}", said.stderr);
        }
        let said = run(&newsroom, &arguments, played);
        assert_eq!(said.code, 0, "{line}\n{}{}", said.stdout, said.stderr);
        let mut printed = said.stdout.lines();
        while let Some(expected) = lines.next_if(|line| !line.starts_with("$ ") && *line != "```") {
            assert!(printed.any(|line| line == expected), "{line}\n{expected}\n{}", said.stdout);
        }
    }
    assert!(played >= 10, "{played} commands played");
    let said = run(&newsroom, &[], played + 1);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    let feed = newsroom.output("feed.atom");
    let told = ["Les horaires du samedi sont connus.", "[Communiqué retiré] Coupure", "[Communiqué suspendu] Tribune"];
    for told in told {
        assert!(feed.contains(told), "{told}");
    }
    assert!(!feed.contains("Portrait") && !feed.contains("Rue Haute"));

    // A text is restored by deleting the line.
    let tribune = items.join("2026-11-17-tribune.md");
    let text = fs::read_to_string(&tribune).unwrap().replace("status: withheld\n", "");
    fs::write(tribune, text).unwrap();
    assert!(run(&newsroom, &["status"], played + 2).stdout.contains("rétabli : Tribune"));
    // A file that was renamed only changes nothing.
    fs::rename(items.join("2026-11-20-piscine.md"), items.join("2026-11-20-bassin.md")).unwrap();
    let said = run(&newsroom, &["status"], played + 2);
    assert!(said.stdout.contains("renommé : 2026-11-20-piscine.md → 2026-11-20-bassin.md"), "{}", said.stdout);
}

#[test]
fn every_line_that_the_page_tells_to_write_does_what_it_says() {
    let page = page();
    let mut played = 0;
    // The lines in the second cells of the two tables.
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.contains("crieur"));
    for row in rows {
        let Some(head) = row.split(" | ").nth(1).and_then(|cell| cell.strip_prefix('`')) else { continue };
        let head = head.split('`').next().unwrap();
        let newsroom = newsroom(&page).item("2026-11-21-essai.md", format!("---\n{head}\n---\n# Essai\n\nUn essai.\n"));
        newsroom.build();
        let shown = newsroom.run(&["show", "items/2026-11-21-essai.md", "--format", "json"]);
        assert!(
            shown.stderr.lines().all(|line| !line.contains("key-") && !line.contains("erreur")),
            "{}",
            shown.stderr
        );
        let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
        let item = shown.as_array().map_or(&shown, |items| &items[0]);
        let (status, page_of_another) = match head.split(':').next().unwrap() {
            "date" if head.contains("décembre") => ("scheduled", None),
            "embargo" => ("scheduled", None),
            "draft" => ("draft", None),
            "status" => ("withheld", None),
            "replaces" => ("published", Some("Ce communiqué est remplacé par")),
            "reply-to" => ("published", Some("Une réponse a été publiée")),
            _ => ("published", None),
        };
        assert_eq!(item["status"], status, "{head}");
        assert_eq!(newsroom.output("feed.atom").contains("Essai"), status == "published", "{head}");
        if let Some(words) = page_of_another {
            assert!(newsroom.output("2026-11-20-piscine/index.html").contains(words), "{head}");
        }
        if head.starts_with("expires") {
            newsroom.run(&["build", "--now", "2027-01-02T00:00:00Z"]);
            assert!(!newsroom.output("feed.atom").contains("Essai"));
            assert!(newsroom.output("2026-11-21-essai/index.html").contains("n’est plus d’actualité"));
        }
        played += 1;
    }
    assert_eq!(played, 8);
}

/// A page is a page.
#[test]
fn the_page_is_short_and_in_plain_words() {
    let page = page();
    assert!(page.lines().count() <= 125, "{} lines", page.lines().count());
    let lower = page.to_lowercase();
    for word in ["guid", "yaml", "git ", "xml", "json", "commit", "dépôt", "uri"] {
        let found = lower.split(|c: char| !c.is_alphanumeric()).any(|found| found == word.trim());
        assert!(!found, "an officer need not know what {word} is");
    }
}

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide-redaction.fr.md");
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// A Word file with a title and a paragraph, as small as one can be.
#[cfg(feature = "office")]
fn word(title: &str, text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut file = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let parts = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>".to_owned(),
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>".to_owned(),
        ),
        (
            "word/document.xml",
            format!("<w:document xmlns:w=\"{w}\"><w:body><w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t>{title}</w:t></w:r></w:p><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"),
        ),
    ];
    for (name, text) in parts {
        file.start_file(name, options).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
    file.finish().unwrap().into_inner()
}

#[cfg(feature = "office")]
#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let page = guide();
    let item = page.split("```markdown\n").nth(1).unwrap().split("```").next().unwrap();
    let newsroom = Newsroom::new()
        .item("2026-11-23 Marché de Noël.docx", word("Marché de Noël", "Le marché ouvre samedi à 9 h."))
        .item("2026-11-24-producteurs.md", item);
    let (mut played, mut lines) = (0, page.lines().peekable());
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ crieur") else { continue };
        let words = words(command);
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        played += 1;
        let said = run(&newsroom, &arguments, played);
        assert_eq!(said.code, 0, "{line}\n{}{}", said.stdout, said.stderr);
        let mut printed = said.stdout.lines();
        while let Some(expected) = lines.next_if(|line| !line.starts_with("$ ") && *line != "```") {
            assert!(printed.any(|line| line == expected), "{line}\n{expected}\n{}", said.stdout);
        }
    }
    assert_eq!(played, 8);
    let feed = newsroom.output("feed.atom");
    for told in ["Le marché ouvre à 10 h, et non à 9 h.", "[Communiqué retiré] Le marché des producteurs revient"]
    {
        assert!(feed.contains(told), "{told}");
    }
    assert!(!feed.contains("Vœux") && !feed.contains("piscine"), "what is not ready is not out");
    // What the section on embargoes says: the line that holds it back is deleted, and its hour comes.
    let path = newsroom.path().join("items/2027-01-05-voeux-du-maire.md");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\nembargo: 2027-01-05 18:00\n"), "{text}");
    fs::write(&path, text.replace("draft: true\n", "")).unwrap();
    newsroom.run(&["build", "--now", "2027-01-05T16:59:00Z"]);
    assert!(!newsroom.output("feed.atom").contains("Vœux"));
    newsroom.run(&["build", "--now", "2027-01-05T17:00:00Z"]);
    assert!(newsroom.output("feed.atom").contains("Vœux du maire"));
    // Without commands: the lines that the page gives are read.
    let change = page.split("```markdown\n").nth(2).unwrap().split("```").next().unwrap();
    newsroom.write("items/2026-11-21-a.md", format!("---\ntitle: A\n{change}---\nUn texte.\n"));
    newsroom.write("items/2026-11-20-b.md", "---\ntitle: B\n---\nUn texte.\n");
    newsroom.write("items/2026-11-19-courriel.txt", "Le titre du courriel\n\nPuis le texte, qui dit en une phrase assez longue ce que chacun doit savoir.\n\nEt la suite.\n");
    let said = newsroom.run(&["build", "--now", "2027-01-05T18:00:00Z", "--accept", "old-items"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
    newsroom.write("items/2026-11-20-b.md", "---\ntitle: B\nstatus: withdrawn\n---\nUn texte.\n");
    assert_eq!(newsroom.run(&["build", "--now", "2027-01-05T19:00:00Z"]).code, 0);
    let feed = newsroom.output("feed.atom");
    assert_eq!(feed.matches("Le marché ouvre à 10 h, et non à 9 h.").count() % 2, 0);
    assert!(feed.contains("[Communiqué retiré] B") && feed.contains("<title>Le titre du courriel</title>"));
}

/// What messages say is called by their names, and each of them is one.
#[test]
fn the_guide_is_in_plain_words_and_its_messages_exist() {
    let page = guide();
    assert!(page.lines().count() <= 175, "{} lines", page.lines().count());
    let lower = page.to_lowercase();
    for word in ["guid", "yaml", "xml", "json", "uri", "slug", "ledger", "dépôt"] {
        let found = lower.split(|c: char| !c.is_alphanumeric()).any(|found| found == word);
        assert!(!found, "an officer need not know what {word} is");
    }
    let rows = page.lines().skip_while(|line| !line.starts_with("| on vous dit")).skip(2);
    let mut seen = 0;
    for row in rows.take_while(|line| line.starts_with("| ")) {
        for code in row.split(" | ").next().unwrap().split('`').skip(1).step_by(2) {
            assert!(crieur::Code::ALL.iter().any(|known| known.name() == code), "{code}");
            seen += 1;
        }
    }
    assert!(seen >= 7, "{seen}");
}
