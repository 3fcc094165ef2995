//! A run in which nothing has changed reads nothing, and says what it would have said.
//!
//! That nothing is read is proved from outside: who reads takes the lock of the newsroom first, and here
//! somebody else has it.

use std::fs::{self, File};
use std::time::Duration;

use crate::harness::{Newsroom, Said};

const MEMO: &str = ".crieur/last-run";

/// So long after it was touched, a file is trusted by its times.
const TICK: Duration = Duration::from_millis(2_200);

/// A newsroom of which a memo is kept; one more item is due in the night, and there is a warning to say.
fn kept() -> Newsroom {
    let room = Newsroom::new()
        .item("2026-11-20-piscine.md", "# La piscine rouvre\n\nLe bassin rouvre lundi ![](plan.png).\n")
        .item("2026-11-21-gare.md", "---\ntitle: La gare\nexpires: 2026-11-25 08:00\n---\n\nOn y va.\n")
        .item("embargo.md", "---\ntitle: Le budget\ndate: 2026-11-24 18:00\n---\n\nPas encore.\n");
    fs::create_dir(room.path().join("theme")).unwrap();
    room.write("theme/plus.css", "p { color: inherit }\n");
    assert_eq!(room.build().code, 0);
    assert!(!room.path().join(MEMO).exists(), "what has just been written is not trusted");
    std::thread::sleep(TICK);
    assert_eq!(room.build().code, 0);
    assert!(room.path().join(MEMO).exists());
    room
}

/// What a run says while somebody else has the lock: code 3 where it wants to read.
fn locked(room: &Newsroom, arguments: &[&str]) -> Said {
    let lock = File::options().write(true).open(room.path().join(".crieur/lock")).unwrap();
    lock.lock().unwrap();
    room.run(&[&["--wait", "0"], arguments].concat())
}

#[test]
fn nothing_is_read_where_nothing_has_changed() {
    let room = kept();
    let (memo, said) = (fs::read(room.path().join(MEMO)).unwrap(), locked(&room, &[]));
    assert_eq!(said.code, 0, "{}", said.stderr);
    fs::remove_file(room.path().join(MEMO)).unwrap();
    let read = room.build();
    assert_eq!((said.stdout, said.stderr), (read.stdout, read.stderr));
    assert_eq!(fs::read(room.path().join(MEMO)).unwrap(), memo, "it says the same of the same");
    assert_eq!(locked(&room, &["--now", "2026-11-24T16:59:59Z"]).code, 0);
    // Due, expired, another day, an earlier instant; other things asked for.
    for now in ["2026-11-24T17:00:00Z", "2026-11-25T07:00:00Z", "2026-11-24T23:00:00Z", "2026-11-24T11:59:59Z"] {
        assert_eq!(locked(&room, &["--now", now]).code, 3, "{now}");
    }
    let others: [&[&str]; 5] =
        [&["--verbose"], &["--keep-going"], &["--out", "ailleurs"], &["--format", "json"], &["--only", "feeds"]];
    for other in others {
        assert_eq!(locked(&room, &[&["build"], other].concat()).code, 3, "{other:?}");
    }
    // A build that does what is due writes all the same, and the next one keeps it.
    let due = room.run(&["--now", "2026-11-24T17:00:00Z"]);
    assert!(due.code == 0 && room.output("feed.json").contains("Le budget"), "{}", due.stderr);
    assert!(!room.path().join(MEMO).exists());
}

#[test]
fn whatever_changes_is_read() {
    let acts: [(&str, Act); 11] = [
        ("an item", |room| room.write("items/2026-11-21-gare.md", "---\ntitle: La gare\n---\n\nOn y vient.\n")),
        ("an item more", |room| room.write("items/2026-11-22-stade.md", "# Le stade\n\nIl ferme.\n")),
        ("a sidecar", |room| room.write("items/2026-11-20-piscine.md.toml", "draft = true\n")),
        ("a folder less", |room| fs::remove_file(room.path().join("items/embargo.md")).unwrap()),
        ("the same bytes again", |room| {
            let path = room.path().join("items/embargo.md");
            fs::write(&path, fs::read(&path).unwrap()).unwrap();
        }),
        ("the theme", |room| room.write("theme/plus.css", "p { color: inherit}\n\n")),
        ("crieur.toml", |room| {
            let path = room.path().join("crieur.toml");
            fs::write(&path, fs::read_to_string(&path).unwrap().replace("Salle", "Halle")).unwrap();
        }),
        ("the ledger", |room| fs::remove_file(room.path().join("ledger.jsonl")).unwrap()),
        ("a page", |room| {
            let path = room.public().join("index.html");
            fs::write(&path, vec![b'x'; fs::read(&path).unwrap().len()]).unwrap();
        }),
        ("where git brings it", |room| {
            fs::create_dir(room.path().join(".git")).unwrap();
            room.write(".git/config", "[remote \"origin\"]\n\turl = https://github.com/ville/presse\n");
        }),
        ("a feed less", |room| fs::remove_file(room.public().join("feed.atom")).unwrap()),
    ];
    // Each newsroom waits for its times to be trusted.
    std::thread::scope(|scope| {
        for (name, act) in acts {
            scope.spawn(move || {
                let room = kept();
                assert_eq!(locked(&room, &[]).code, 0, "{name}");
                act(&room);
                assert_eq!(locked(&room, &[]).code, 3, "{name}");
            });
        }
    });
}

type Act = fn(&Newsroom);
