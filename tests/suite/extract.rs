//! `crieur extract` as an officer uses it: a PDF that a browser printed becomes a draft to read
//! through, and one that gives no text gives a sentence.
//!
//! `tests/pdf/communique.pdf` was printed by Chromium (two columns, justified, a list without written
//! signs, a table, accents, a raised `ème`), `tests/pdf/locked.pdf` was written by LibreOffice with a
//! password. Tests that need `pdftotext` say that they were skipped where it is not there; in CI, where
//! CRIEUR_PDFTOTEXT is set, they fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Newsroom, Said, not_proved};

fn pdf(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pdf").join(name)).unwrap()
}

/// A newsroom that finds the programs of this machine, where `pdftotext` is one of them.
fn newsroom() -> Option<Newsroom> {
    let there = Command::new("pdftotext").arg("-v").output().is_ok();
    if !there {
        not_proved("CRIEUR_PDFTOTEXT", "pdftotext is not here; nothing was extracted");
        return None;
    }
    Some(Newsroom::new().env("PATH", &std::env::var("PATH").unwrap_or_default()))
}

#[track_caller]
fn refused(newsroom: &Newsroom, file: &str, code: i32, name: &str) -> Said {
    let before = fs::read_dir(newsroom.path().join("items")).unwrap().count();
    let said = newsroom.run(&["extract", &format!("items/{file}")]);
    assert_eq!(said.code, code, "{}", said.stderr);
    assert!(said.stderr.contains(&format!("[{name}]")), "{}", said.stderr);
    assert!(said.stderr.contains("conseil"), "{}", said.stderr);
    assert_eq!(fs::read_dir(newsroom.path().join("items")).unwrap().count(), before, "something was written");
    said
}

#[test]
fn a_draft_that_can_be_published() {
    let Some(newsroom) = newsroom() else { return };
    let newsroom = newsroom.item("2026-11-24 Budget.pdf", pdf("communique.pdf"));
    let said = newsroom.run(&["extract", "items/2026-11-24 Budget.pdf"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    assert!(said.stdout.contains("items/2026-11-24 Budget.md"), "{}", said.stdout);
    let draft: PathBuf = newsroom.path().join("items/2026-11-24 Budget.md");
    let text = fs::read_to_string(&draft).unwrap();
    for piece in [
        "title: \"L’agglomération de Lens-Liévin vote son budget 2027\"\n",
        "date: 2026-11-24\n",
        "draft: true\n---\n",
        "\n## Des investissements en hausse\n\n« Cœur d’agglomération, écoles, réseaux de chaleur : nous investissons là",
        "d’ici à la fin de l’année 2029.\n\nLa 3<sup>ème</sup> tranche du plan vélo",
        // A word at the foot of the first column, and the next at the head of the second.
        "Éleu-dit-Leauwette et Noyelles-sous-Lens par vingt kilomètres",
        "- le logement et la rénovation thermique ;\n- les mobilités du quotidien ;\n- l’emploi des jeunes.\n",
        "Mobilités 31,5 M€ 36,1 M€",
        "cmartin@example.org",
    ] {
        assert!(text.contains(piece), "{piece}\n\n{text}");
    }
    // It is held until somebody has read it, and not made twice.
    assert_eq!(newsroom.build().stdout.lines().next().map(|line| line.contains("1 en attente")), Some(true));
    assert!(!newsroom.output("feed.atom").contains("unanimité"));
    refused(&newsroom, "2026-11-24 Budget.pdf", 3, "extract-there");
    fs::write(&draft, text.replace("draft: true\n", "")).unwrap();
    let said = newsroom.build();
    assert_eq!(said.stderr, "", "the PDF beside its text is no problem");
    assert!(newsroom.output("feed.atom").contains("unanimité"));
}

#[test]
fn what_gives_no_text_says_why() {
    let Some(newsroom) = newsroom() else { return };
    let scan = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
                3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let newsroom = newsroom
        .item("locked.pdf", pdf("locked.pdf"))
        .item("scan.pdf", scan)
        .item("damaged.pdf", "%PDF-1.4\nrien\n")
        .item("empty.pdf", "")
        .item("picture.pdf", b"\x89PNG\r\n\x1a\n")
        .item("presented.pdf", "%PDF-1.4\nrien\n")
        .item("presented.pdf.toml", "title = \"Un\"\ndate = 2026-11-20\n");
    refused(&newsroom, "locked.pdf", 1, "pdf-locked");
    let said = refused(&newsroom, "scan.pdf", 1, "pdf-without-text");
    assert!(said.stderr.contains("`scan.pdf.toml`"), "{}", said.stderr);
    let said = refused(&newsroom, "damaged.pdf", 1, "pdf-broken");
    assert!(said.stderr.contains("abîmé : "), "{}", said.stderr);
    assert!(refused(&newsroom, "empty.pdf", 1, "pdf-broken").stderr.contains("0 octet"));
    assert!(refused(&newsroom, "picture.pdf", 1, "pdf-broken").stderr.contains("n’est pas un PDF"));
    assert!(refused(&newsroom, "presented.pdf", 3, "extract-there").stderr.contains("`presented.pdf.toml`"));
    refused(&newsroom, "absent.pdf", 2, "nothing-there");
}

/// The library reads one where the program is not there.
#[cfg(not(feature = "pdf"))]
#[test]
fn without_a_program_it_says_what_to_install() {
    let newsroom = Newsroom::new().env("PATH", "nowhere").item("a.pdf", pdf("communique.pdf"));
    let said = refused(&newsroom, "a.pdf", 3, "extract-nothing");
    for system in ["winget", "brew", "apt"] {
        assert!(said.stderr.contains(system), "{}", said.stderr);
    }
}

/// Words in their order, accents right; the rest is what the program does better.
#[cfg(feature = "pdf")]
#[test]
fn without_a_program_the_library_reads() {
    let newsroom = Newsroom::new().env("PATH", "nowhere").item("a.pdf", pdf("communique.pdf"));
    let said = newsroom.run(&["extract", "items/a.pdf"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    let text = fs::read_to_string(newsroom.path().join("items/a.md")).unwrap();
    assert!(text.contains("a adopté à l’unanimité un budget"), "{text}");
    let newsroom = newsroom.item("locked.pdf", pdf("locked.pdf")).item("damaged.pdf", "%PDF-1.4\nrien\n");
    refused(&newsroom, "locked.pdf", 1, "pdf-locked");
    refused(&newsroom, "damaged.pdf", 1, "pdf-broken");
}
