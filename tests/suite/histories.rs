//! Random histories: whatever officers do to whatever newsroom, in whatever order, what was promised
//! to subscribers holds after every step. The stories in `life` are those that somebody thought of;
//! here are the ones that nobody did.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Duration, Utc};
use crieur::edit::{self, Act, Entry};
use crieur::file::SourceFile;
use crieur::input::State;
use crieur::item::ChangeKind;
use crieur::render::What;
use crieur::{Accept, Code, Config, Ledger, Newsroom, Problem, Source, Status};
use proptest::prelude::*;

use crate::harness::CONFIG;

/// How a file says what it is.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// A bare text; its day stands in its name.
    Bare,
    Yaml,
    Toml,
}

/// When an item goes out.
#[derive(Debug, Clone, Copy)]
enum When {
    /// On this day, so many days before today.
    Day(u8),
    /// At this hour, so many before now.
    Hour(u8),
    /// On a day that lies ahead.
    Ahead(u8),
    /// So many hours from now.
    Embargo(u8),
    /// When its author says so.
    Draft,
}

/// What may happen to a newsroom.
#[derive(Debug, Clone)]
enum Step {
    Add(Form, When, u8),
    RenameFile,
    RenameFolder,
    EditText,
    Retitle,
    Retag(u8),
    Correct(ChangeKind),
    Redate(u8, bool),
    Withdraw(State),
    Restore,
    Expire(u8),
    Release,
    Move,
    Wait,
    /// These would lose something, and are refused; then the word is given or they are taken back.
    Delete(Word),
    Rewrite(Word),
    Hide,
    Break,
    OtherId,
    DateBack,
}

/// What an officer does who was refused.
#[derive(Debug, Clone, Copy)]
enum Word {
    Undo,
    Accept,
    /// `forget` for what is deleted, `adopt` for what is renamed.
    Act,
}

fn any_step() -> impl Strategy<Value = Step> {
    let form = || prop::sample::select(vec![Form::Bare, Form::Yaml, Form::Toml]);
    let when = || {
        prop_oneof![
            3 => (0_u8..9).prop_map(When::Day),
            2 => (0_u8..99).prop_map(When::Hour),
            1 => (1_u8..5).prop_map(When::Ahead),
            2 => (1_u8..90).prop_map(When::Embargo),
            1 => Just(When::Draft),
        ]
    };
    let word = || prop::sample::select(vec![Word::Undo, Word::Accept, Word::Act]);
    let kind = prop::sample::select(vec![ChangeKind::Minor, ChangeKind::Correction, ChangeKind::Update]);
    let state = prop::sample::select(vec![State::Withheld, State::Withdrawn]);
    prop_oneof![
        6 => (form(), when(), any::<u8>()).prop_map(|(form, when, place)| Step::Add(form, when, place)),
        3 => Just(Step::RenameFile),
        2 => Just(Step::RenameFolder),
        2 => Just(Step::EditText),
        2 => Just(Step::Retitle),
        2 => any::<u8>().prop_map(Step::Retag),
        4 => kind.prop_map(Step::Correct),
        2 => (1_u8..20, any::<bool>()).prop_map(|(days, hour)| Step::Redate(days, hour)),
        2 => state.prop_map(Step::Withdraw),
        2 => Just(Step::Restore),
        1 => (0_u8..60).prop_map(Step::Expire),
        1 => Just(Step::Release),
        1 => Just(Step::Move),
        2 => Just(Step::Wait),
        1 => word().prop_map(Step::Delete),
        1 => word().prop_map(Step::Rewrite),
        1 => Just(Step::Hide),
        1 => Just(Step::Break),
        1 => Just(Step::OtherId),
        1 => Just(Step::DateBack),
    ]
}

/// What a step may change for subscribers; nothing else may.
#[derive(Debug, Default)]
struct Allowed {
    /// The id that is announced again.
    updated: Option<String>,
    /// The id whose date was corrected.
    dated: Option<String>,
    /// The id that is let go.
    gone: Option<String>,
}

/// A newsroom in memory, with what it has published.
struct Room {
    files: BTreeMap<String, String>,
    address: usize,
    now: DateTime<Utc>,
    ledger: Ledger,
    /// So that no two names and texts are the same.
    count: usize,
    /// What each file depended on the last time, and its bytes.
    made: BTreeMap<String, (String, Vec<u8>)>,
    /// The instants of embargoes, by the word that only their item has.
    embargoes: HashMap<String, DateTime<Utc>>,
}

const ADDRESSES: [&str; 3] =
    ["https://www.example.org/presse/", "http://www.example.org/presse/", "https://presse.example.com/"];

thread_local! {
    static CONFIGS: Vec<Config> = ADDRESSES.iter().map(|url| {
        Config::parse(&CONFIG.replace(ADDRESSES[0], url)).unwrap()
    }).collect();
}

fn config<R>(address: usize, then: impl FnOnce(&Config) -> R) -> R {
    CONFIGS.with(|configs| then(&configs[address]))
}

/// As the clocks in Paris show it, in winter: histories end before summer time begins.
fn local(at: DateTime<Utc>, format: &str) -> String {
    (at + Duration::hours(1)).format(format).to_string()
}

/// Puts a line into a head, which is made where there is none.
fn put(text: &str, key: &str, value: &str) -> String {
    if let Some(rest) = text.strip_prefix("---\n") {
        format!("---\n{key}: {value}\n{rest}")
    } else if let Some(rest) = text.strip_prefix("+++\n") {
        format!("+++\n{key} = \"{value}\"\n{rest}")
    } else {
        format!("---\n{key}: {value}\n---\n{text}")
    }
}

/// Takes the lines of a key out of a head or a sidecar.
fn take(text: &str, key: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with(key)).collect()
}

impl Room {
    fn new() -> Self {
        let now = "2026-01-01T12:00:00Z".parse().unwrap();
        let (files, embargoes) = (BTreeMap::new(), HashMap::new());
        Self { files, address: 0, now, ledger: Ledger::default(), count: 0, made: BTreeMap::new(), embargoes }
    }

    fn read(&self, ledger: &Ledger, accepted: &[Accept]) -> (Newsroom, Source) {
        let source = Source::in_memory(self.files.clone());
        let newsroom = config(self.address, |config| crieur::read_after(ledger, accepted, config, &source, self.now));
        (newsroom, source)
    }

    fn add(&mut self, form: Form, when: When, place: u8) {
        self.count += 1;
        let word = format!("mot{}q", self.count);
        let day = match when {
            When::Day(days) => self.now - Duration::days(i64::from(days)),
            When::Ahead(days) => self.now + Duration::days(i64::from(days)),
            When::Hour(hours) => self.now - Duration::hours(i64::from(hours)),
            When::Embargo(_) | When::Draft => self.now,
        };
        let title = format!("Titre {word}");
        let text = format!(
            "Le corps{word} est un texte assez long pour que personne ne le prenne pour un autre, avec \
             son mot à lui et rien de plus que cela.\n"
        );
        let mut file = match form {
            Form::Bare => format!("# {title}\n\n{text}"),
            Form::Yaml => format!("---\ntitle: {title} # un titre\n---\n{text}"),
            Form::Toml => format!("+++\ntitle = \"{title}\"\n+++\n{text}"),
        };
        let in_name = matches!(form, Form::Bare);
        match when {
            When::Hour(_) => file = put(&file, "date", &local(day, "%Y-%m-%d %H:%M")),
            When::Embargo(hours) => {
                let embargo = self.now + Duration::hours(i64::from(hours));
                file = put(&file, "embargo", &local(embargo, "%Y-%m-%d %H:%M"));
                self.embargoes.insert(word.clone(), embargo);
            }
            When::Draft => file = put(&file, "draft", "true").replace("\"true\"", "true"),
            _ => {}
        }
        if !place.is_multiple_of(4) {
            file = put(&file, "tags", &format!("Sujet {}", place % 3));
        }
        let by_day = !matches!(when, When::Hour(_));
        if by_day && !in_name {
            file = put(&file, "date", &local(day, "%Y-%m-%d"));
        }
        let prefix = if in_name { local(day, "%Y-%m-%d-") } else { String::new() };
        let path = match place % 5 {
            0 => format!("rubrique{}/{prefix}{word}.md", place % 3),
            1 => format!("{prefix}{word}/index.md"),
            2 => format!("{prefix}{word}.en.md"),
            _ => format!("{prefix}{word}.md"),
        };
        self.files.insert(path, file);
    }

    /// Moves every file whose path begins so.
    fn rename(&mut self, from: &str, to: &str) {
        let moved: Vec<String> = self.files.keys().filter(|path| path.starts_with(from)).cloned().collect();
        for path in moved {
            let text = self.files.remove(&path).unwrap();
            self.files.insert(path.replacen(from, to, 1), text);
        }
    }

    /// As the command does it: edits, reads again, and only then writes.
    fn act(&mut self, path: &str, act: &Act) -> Result<(), TestCaseError> {
        let sidecar = format!("{path}.toml");
        let file = |files: &BTreeMap<String, String>, path: &str| {
            let bytes = files.get(path)?.clone().into_bytes();
            Some(SourceFile { path: path.to_owned(), bytes })
        };
        let before = (file(&self.files, path).unwrap(), file(&self.files, &sidecar));
        let edited = edit::edit(&before.0, self.files.get(&sidecar).map(String::as_str), act);
        self.files.insert(if edited.sidecar { sidecar.clone() } else { path.to_owned() }, edited.text);
        let after = (file(&self.files, path).unwrap(), file(&self.files, &sidecar));
        let holds = edit::holds((&before.0, before.1.as_ref()), (&after.0, after.1.as_ref()), act);
        prop_assert!(holds, "{act:?} of {path} is refused: {:#?}", self.files);
        Ok(())
    }

    fn entry(&self, kind: ChangeKind) -> Option<Entry> {
        let note = (kind != ChangeKind::Minor).then(|| format!("Note {}", self.count));
        Some(Entry { date: local(self.now, "%Y-%m-%d %H:%M:%S"), kind, note })
    }

    /// One step of the history, with the laws that hold after it.
    fn step(&mut self, step: &Step, pick: usize) -> Result<(), TestCaseError> {
        self.now += Duration::minutes(61 + i64::try_from(pick % 1700).unwrap());
        let (before, _) = self.read(&self.ledger, &[]);
        let out: Vec<_> = before.items.iter().filter(|item| self.ledger.out(&item.id).is_some()).collect();
        let chosen = (!out.is_empty()).then(|| out[pick % out.len()]);
        self.count += 1;
        let fresh = format!("autre{}q", self.count);
        let mut allowed = Allowed::default();
        match (step, chosen) {
            (Step::Add(form, when, place), _) => self.add(*form, *when, *place),
            (Step::Wait, _) => self.now += Duration::hours(30),
            (Step::Move, _) => self.address = (self.address + 1) % ADDRESSES.len(),
            (Step::Release, _) => {
                for text in self.files.values_mut().filter(|text| text.contains("draft")) {
                    *text = take(text, "draft");
                }
            }
            (_, None) => {}
            (step, Some(item)) => {
                let (id, path) = (item.id.to_string(), item.path.to_string());
                let (folder, name) = path.rsplit_once('/').map_or(("", path.as_str()), |(f, n)| (f, n));
                match step {
                    Step::RenameFile if name == "index.md" => {
                        let day = folder.get(..11).filter(|day| day.starts_with("20")).unwrap_or_default();
                        self.rename(&format!("{folder}/"), &format!("{day}{fresh}/"));
                    }
                    Step::RenameFile => {
                        let day = name.get(..11).filter(|day| day.starts_with("20")).unwrap_or_default();
                        let below = if pick.is_multiple_of(3) { "ailleurs/" } else { "" };
                        let to = format!("{below}{day}{fresh}.md");
                        self.rename(&path, &to);
                    }
                    Step::RenameFolder if folder.starts_with("rubrique") || folder == "ailleurs" => {
                        self.rename(&format!("{folder}/"), &format!("rubrique{fresh}/"));
                    }
                    Step::EditText => {
                        let text = self.files.get_mut(&path).unwrap();
                        *text = text.replacen("assez", &format!("assez {fresh}"), 1);
                    }
                    Step::Retitle => {
                        let text = self.files.get_mut(&path).unwrap();
                        *text = text.replacen("Titre", &format!("Titre {fresh}"), 1);
                    }
                    Step::Retag(subject) => {
                        let text = take(&self.files[&path], "tags");
                        let tagged = put(&text, "tags", &format!("Sujet {}", subject % 3));
                        self.files.insert(path, if *subject > 200 { text } else { tagged });
                    }
                    Step::Correct(kind) => {
                        self.act(&path, &Act { change: self.entry(*kind), ..Act::default() })?;
                        allowed.updated = kind.is_significant().then_some(id);
                    }
                    Step::Redate(days, hour) => {
                        let day = self.now - Duration::days(i64::from(*days));
                        let date = local(day, if *hour { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d" });
                        let change = self.entry(ChangeKind::Date);
                        self.act(&path, &Act { change, date: Some(date), ..Act::default() })?;
                        (allowed.updated, allowed.dated) = (Some(id.clone()), Some(id));
                    }
                    Step::Withdraw(state) => {
                        let kind = match state {
                            State::Withheld => ChangeKind::Suspension,
                            State::Withdrawn => ChangeKind::Withdrawal,
                        };
                        let change = self.entry(kind);
                        self.act(&path, &Act { change, status: Some(*state), ..Act::default() })?;
                        allowed.updated = Some(id);
                    }
                    Step::Restore => {
                        for path in [path.clone(), format!("{path}.toml")] {
                            if let Some(text) = self.files.get_mut(&path) {
                                *text = take(text, "status");
                            }
                        }
                    }
                    Step::Expire(hours) => {
                        let text = take(&self.files[&path], "expires");
                        let at = self.now + Duration::hours(i64::from(*hours));
                        self.files.insert(path, put(&text, "expires", &local(at, "%Y-%m-%d %H:%M")));
                    }
                    step => self.lose(step, &id, &path, &fresh, &mut allowed)?,
                }
            }
        }
        let accepted: &[Accept] = if allowed.gone.is_some() { &[Accept::Lost] } else { &[] };
        self.publish(accepted, &allowed)
    }

    /// A step that would lose something: it is refused, by name. Then an officer decides.
    fn lose(
        &mut self,
        step: &Step,
        id: &str,
        path: &str,
        fresh: &str,
        allowed: &mut Allowed,
    ) -> Result<(), TestCaseError> {
        let files = self.files.clone();
        let sidecar = format!("{path}.toml");
        let bad = format!("perdu/{fresh}.md");
        let text = self.files[path].clone();
        let line = &self.ledger.lines[id];
        let day = local(line.published.unwrap(), if line.day.is_some() { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" });
        let (codes, word): (&[Code], Word) = match step {
            Step::Delete(word) => {
                self.files.remove(path);
                self.files.remove(&sidecar);
                // What has just come might be what it has become.
                (&[Code::PublishedLost, Code::PublishedRenamed], *word)
            }
            Step::Rewrite(word) => {
                self.files.remove(path);
                self.files.remove(&sidecar);
                // Long enough to be known again by its text: a short one under a notice is not.
                let text = format!(
                    "Rien de {fresh} n’est resté du texte d’avant, et celui-ci est assez long, lui aussi, pour \
                     que l’on sache que c’est le même quand son fichier a un autre nom.\n"
                );
                self.files.insert(bad.clone(), format!("---\ndate: {day}\n---\n# Tout {fresh}\n\n{text}"));
                (&[Code::PublishedRenamed, Code::PublishedLost], *word)
            }
            Step::Hide => {
                let held = put(&take(&text, "draft"), "draft", "true").replace("\"true\"", "true");
                self.files.insert(path.to_owned(), held);
                // A notice that stands already cannot be hidden: `withheld` is the stronger word.
                (&[Code::PublishedHeld], Word::Undo)
            }
            Step::Break => {
                self.files.insert(path.to_owned(), "---\ntitle: [\n---\n\u{0}".to_owned());
                (&[Code::PublishedUnreadable], Word::Undo)
            }
            Step::OtherId => {
                self.files.insert(path.to_owned(), put(&text, "id", &format!("tag:example.org,2020:{fresh}")));
                (&[Code::IdChanged], Word::Undo)
            }
            Step::DateBack => {
                self.files.insert(path.to_owned(), put(&take(&text, "date"), "date", "2025-12-01"));
                (&[Code::DateBack], Word::Undo)
            }
            _ => return Ok(()),
        };
        let (newsroom, _) = self.read(&self.ledger, &[]);
        let refused: Vec<&Problem> = newsroom.problems.iter().filter(|problem| is_guard(problem.code)).collect();
        let suspended = self.ledger.lines[id].state == crieur::ledger::State::Suspended;
        let embargoed = text.contains("embargo") && matches!(step, Step::DateBack);
        if !(suspended && matches!(step, Step::Hide) || embargoed) {
            prop_assert!(!refused.is_empty(), "{step:?} of {path} is not refused: {:?}\n{text}", newsroom.problems);
        }
        for problem in &refused {
            prop_assert!(codes.contains(&problem.code), "{step:?} of {path}: {problem:?}");
            prop_assert_eq!(problem.path.as_deref(), Some(path), "{:?}", problem);
        }
        match (step, word) {
            (_, Word::Undo) => self.files = files,
            (_, Word::Accept) => allowed.gone = Some(id.to_owned()),
            (Step::Delete(_), Word::Act) => {
                let state = crieur::ledger::State::Forgotten;
                self.ledger.lines.insert(id.into(), crieur::ledger::Line::new(id, state).into());
            }
            (_, Word::Act) => {
                // What was announced of the old file cannot be taken back: the new one says what is new.
                let change = self.entry(ChangeKind::Update);
                self.act(&bad, &Act { id: Some(id.to_owned()), change, ..Act::default() })?;
                allowed.updated = Some(id.to_owned());
            }
        }
        Ok(())
    }

    /// Builds, and looks at everything that must hold.
    fn publish(&mut self, accepted: &[Accept], allowed: &Allowed) -> Result<(), TestCaseError> {
        let (newsroom, source) = self.read(&self.ledger, accepted);
        let wrong: Vec<_> = newsroom.problems.iter().filter(|p| p.is_error() || is_guard(p.code)).collect();
        prop_assert!(wrong.is_empty(), "{wrong:#?}\n{:#?}", self.files);
        let outputs = config(self.address, |config| newsroom.outputs(config, &source)).unwrap();
        let ledger = newsroom.ledger.clone();

        let ids: BTreeSet<&str> = newsroom.items.iter().map(|item| item.id.as_str()).collect();
        prop_assert_eq!(ids.len(), newsroom.items.len(), "ids are unique");
        for (id, old) in &self.ledger.lines {
            let new = ledger.lines.get(id);
            prop_assert!(new.is_some(), "{id} is not in the ledger any more");
            let new = new.unwrap();
            let let_go = allowed.gone.as_deref() == Some(id.as_str());
            prop_assert_eq!(old.state.is_out() && !let_go, new.state.is_out(), "{}: {:?}", id, new.state);
            if allowed.dated.as_deref() != Some(id.as_str()) {
                prop_assert_eq!(old.published, new.published, "{} moved without an act", id);
            }
            if allowed.updated.as_deref() == Some(id.as_str()) {
                prop_assert!(old.updated < new.updated, "{id}: an act that nobody sees: {old:?} {new:?}");
            } else {
                prop_assert_eq!(old.updated, new.updated, "{} is announced again without an act", id);
            }
        }
        for item in &newsroom.items {
            let new = item.status.is_out() && !self.ledger.lines.contains_key(&item.id);
            let embargo = self.embargoes.iter().find(|(word, _)| item.path.contains(word.as_str()));
            if let Some((_, embargo)) = embargo {
                prop_assert!(!item.status.is_out() || *embargo <= self.now, "{} is out too early", item.path);
                prop_assert!(!new || item.published == *embargo, "{} is of its embargo", item.path);
            }
        }
        agree(&newsroom, &outputs)?;
        self.nowhere(&newsroom, &outputs)?;
        // What depends on the same has the same bytes, for a run that finds it there does not make it again.
        let mut made = BTreeMap::new();
        for job in config(self.address, |config| newsroom.plan(config)) {
            let Some(bytes) = outputs.get(job.path.as_str()) else { continue };
            let inputs = job.inputs.text().to_string();
            let stale = self.made.get(job.path.as_str()).is_some_and(|old| old.0 == inputs && old.1 != *bytes);
            prop_assert!(!stale, "{} would stay as it was", job.path);
            made.insert(job.path.to_string(), (inputs, bytes.clone()));
        }
        self.made = made;

        // The same again, from the ledger as it is written: not a byte is different.
        let read_back = Ledger::parse(&ledger.print()).unwrap();
        prop_assert_eq!(&read_back.lines, &ledger.lines);
        let (again, source) = self.read(&read_back, &[]);
        prop_assert!(again.changes.is_empty(), "{:#?}", again.changes);
        prop_assert_eq!(again.ledger.print(), ledger.print());
        let same = config(self.address, |config| again.outputs(config, &source)).unwrap() == outputs;
        prop_assert!(same, "a second run writes something else");
        self.ledger = ledger;
        Ok(())
    }

    /// The words of what is held are in no output and not in the ledger; of what a notice stands for,
    /// the words of the text.
    fn nowhere(&self, newsroom: &Newsroom, outputs: &BTreeMap<String, Vec<u8>>) -> Result<(), TestCaseError> {
        let word = |text: &str, mark: &str| {
            let at = text.find(mark)?;
            Some(text[at..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned())
        };
        let everything: String = outputs.iter().map(|(path, b)| path.clone() + &String::from_utf8_lossy(b)).collect();
        let everything = everything + &newsroom.ledger.print();
        for item in newsroom.items.iter().filter(|item| !item.status.is_readable()) {
            let text = self.files[item.path.as_str()].as_str();
            let canary = if item.status.is_out() { word(text, "corpsmot") } else { word(text, "mot") };
            let Some(canary) = canary else { continue };
            prop_assert!(!everything.contains(&canary), "{canary} of {} ({:?}) is out", item.path, item.status);
        }
        Ok(())
    }
}

/// Whether a problem is the guard's: what would be lost, or announced again.
fn is_guard(code: Code) -> bool {
    matches!(
        code,
        Code::PublishedLost
            | Code::PublishedRenamed
            | Code::PublishedUnreadable
            | Code::PublishedHeld
            | Code::IdChanged
            | Code::DateBack
            | Code::OldItems
            | Code::AuthorityChanged
    )
}

type Told = BTreeMap<String, (String, i64, i64)>;

/// The three formats tell one story, and it is the one that was meant.
fn agree(newsroom: &Newsroom, outputs: &BTreeMap<String, Vec<u8>>) -> Result<(), TestCaseError> {
    let meant = newsroom.items.iter().filter(|item| item.status.is_in_feeds());
    let meant: Told = meant
        .map(|item| {
            (item.id.to_string(), (item.title.to_string(), item.published.timestamp(), item.updated.timestamp()))
        })
        .collect();
    let stamp = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp();
    let feed = atom_syndication::Feed::read_from(outputs["feed.atom"].as_slice()).unwrap();
    let entry = |entry: &atom_syndication::Entry| {
        let at = (entry.published.unwrap().timestamp(), entry.updated.timestamp());
        (entry.id.clone(), (entry.title.value.clone(), at.0, at.1))
    };
    prop_assert_eq!(feed.entries.len(), meant.len());
    prop_assert_eq!(&feed.entries.iter().map(entry).collect::<Told>(), &meant);
    let channel = rss::Channel::read_from(outputs["feed.rss"].as_slice()).unwrap();
    let entry = |item: &rss::Item| {
        let published = DateTime::parse_from_rfc2822(item.pub_date.as_deref().unwrap()).unwrap().timestamp();
        let updated = item.extensions().get("atom").and_then(|atom| atom.get("updated")?.first()?.value.clone());
        let updated = updated.map_or(published, |updated| stamp(&updated));
        (item.guid.as_ref().unwrap().value.clone(), (item.title.clone().unwrap(), published, updated))
    };
    prop_assert_eq!(channel.items.len(), meant.len());
    prop_assert_eq!(&channel.items.iter().map(entry).collect::<Told>(), &meant);
    let feed: serde_json::Value = serde_json::from_slice(&outputs["feed.json"]).unwrap();
    let entry = |item: &serde_json::Value| {
        let text = |key: &str| item[key].as_str().unwrap().to_owned();
        (text("id"), (text("title"), stamp(&text("date_published")), stamp(&text("date_modified"))))
    };
    let items = feed["items"].as_array().unwrap();
    prop_assert_eq!(items.len(), meant.len());
    prop_assert_eq!(&items.iter().map(entry).collect::<Told>(), &meant);
    Ok(())
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn rounds(cases: u32) -> ProptestConfig {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(rounds(48))]

    #[test]
    fn no_history_loses_doubles_or_leaks(
        first in prop::collection::vec((any::<bool>(), 0_u8..9, any::<u8>()), 1..5),
        steps in prop::collection::vec((any_step(), any::<u16>()), 1..18),
    ) {
        let mut room = Room::new();
        for (bare, days, place) in first {
            room.add(if bare { Form::Bare } else { Form::Yaml }, When::Day(days + 1), place);
        }
        room.publish(&[], &Allowed::default())?;
        for (step, pick) in &steps {
            room.step(step, usize::from(*pick))?;
        }
    }
}

/// The states in which an item is held, or was out and is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Draft,
    Withheld,
    Future,
    Embargo,
    /// Withdrawn before it was ever out.
    Never,
    Suspended,
    Withdrawn,
}

const EVERY_STATE: [Held; 7] =
    [Held::Draft, Held::Withheld, Held::Future, Held::Embargo, Held::Never, Held::Suspended, Held::Withdrawn];

proptest! {
    #![proptest_config(rounds(1000))]

    /// What is held is in no byte and no name of anything that is written. Of what was out before,
    /// the title and the address are known; all that it said and showed is gone.
    #[test]
    fn what_is_held_is_nowhere(
        held in prop::collection::vec((prop::sample::select(EVERY_STATE.to_vec()), any::<u16>(), 0_u8..3), 1..4),
        open in 1_usize..3,
        published_ledger in any::<bool>(),
    ) {
        let text = if published_ledger { format!("{CONFIG}\n[ledger]\npublish = true\n") } else { CONFIG.to_owned() };
        let config = Config::parse(&text).unwrap();
        let (now, mut files) = ("2026-02-01T12:00:00Z".parse().unwrap(), BTreeMap::new());
        for number in 0..open {
            files.insert(format!("2026-01-0{}-ouvert.md", number + 1), format!("# Ouvert {number}\n\nUn texte.\n"));
        }
        let mut after = files.clone();
        for (number, (state, fields, form)) in held.into_iter().enumerate() {
            let was_out = matches!(state, Held::Suspended | Held::Withdrawn);
            let has = |bit: u16| fields & (1 << bit) != 0;
            // The name and the title of what was out are known; its picture and its files were too,
            // and must not be there any more.
            let name = if was_out { "sorti" } else { "CANARI" };
            let folder = if has(0) && !was_out { "canari-dossier/" } else { "" };
            let bundle = if has(1) { "/index" } else { "" };
            let path = format!("{folder}2026-01-1{number}-{name}{bundle}.md");
            let beside = path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"));
            let mut head = serde_json::Map::new();
            let mut set = |key: &str, value: serde_json::Value| head.insert(key.to_owned(), value);
            set("title", format!("{name} {number}").into());
            // Its notice stays in the feeds of its topics.
            if has(2) && !was_out { set("tags", serde_json::json!(["CANARI"])); }
            if has(3) && !was_out { set("author", "Canari Dupont".into()); }
            if has(4) { set("subtitle", "Un CANARI".into()); }
            if has(5) { set("summary", "Un CANARI".into()); }
            if has(6) && !was_out { set("slug", format!("canari-{number}").into()); }
            if has(7) {
                set("attachments", serde_json::json!([format!("canari-{number}.pdf")]));
                after.insert(format!("{beside}canari-{number}.pdf"), "%PDF-1.4 CANARI".to_owned());
            }
            if has(8) {
                set("image", serde_json::json!({ "src": format!("canari-{number}.png"), "alt": "CANARI" }));
                after.insert(format!("{beside}canari-{number}.png"), "CANARI".to_owned());
            }
            let note = serde_json::json!([{ "date": "2026-01-20 10:00", "kind": "correction", "note": "CANARI" }]);
            if has(9) { set("changes", note); }
            if has(10) { set("reply-to", "2026-01-01-ouvert.md".into()); }
            if has(11) { set("replaces", "2026-01-01-ouvert.md".into()); }
            if has(12) && !was_out { set("id", format!("tag:example.org,2020:canari-{number}").into()); }
            let clean = head.clone();
            let (key, value) = match state {
                Held::Draft => ("draft", serde_json::Value::from(true)),
                Held::Withheld | Held::Suspended => ("status", "withheld".into()),
                Held::Never | Held::Withdrawn => ("status", "withdrawn".into()),
                Held::Future => ("date", "2026-02-01 13:01".into()),
                Held::Embargo => ("embargo", "2026-02-01 13:01".into()),
            };
            head.insert(key.to_owned(), value);
            let body = "Un CANARI, et [un lien](https://www.example.org/canari).\n\n## CANARI\n";
            let file = |head: &serde_json::Map<_, _>| match form {
                0 => format!("{}\n\n{body}", serde_json::Value::from(head.clone())),
                // JSON is YAML.
                1 => format!("---\n{}\n---\n{body}", serde_json::Value::from(head.clone())),
                _ => format!("---\n{}---\n{body}", head.iter().map(|(k, v)| format!("{k}: {v}\n")).collect::<String>()),
            };
            if was_out {
                files.insert(path.clone(), file(&clean));
                files.extend(after.iter().filter(|(p, _)| p.contains(&format!("canari-{number}."))).map(|(p, t)| (p.clone(), t.clone())));
            }
            let target = path.clone();
            after.insert(path, file(&head));
            if has(13) && !was_out {
                // Somebody refers to what is not out yet: the words are that somebody's own.
                let link = format!("# Un lien {number}\n\n[plus tard]({target})\n");
                after.insert(format!("2026-01-2{number}-lien.md"), link);
            }
        }
        let first = crieur::read(&config, &Source::in_memory(files), now);
        prop_assert!(!first.problems.iter().any(Problem::is_error), "{:?}", first.problems);
        let source = Source::in_memory(after.clone());
        let second = crieur::read_after(&first.ledger, &[], &config, &source, now);
        prop_assert!(!second.problems.iter().any(|p| is_guard(p.code)), "{:?}", second.problems);
        prop_assert!(!second.items.iter().any(|item| item.status == Status::Scheduled && item.published <= now));
        let mut everything = vec![("the ledger".to_owned(), second.ledger.print())];
        everything.push(("the published ledger".to_owned(), second.ledger.print_for_the_public()));
        for (path, bytes) in second.outputs(&config, &source).unwrap() {
            everything.push((path.clone(), format!("{path}\n{}", String::from_utf8_lossy(&bytes))));
        }
        for job in second.plan(&config) {
            let from = match job.what {
                What::Copy(index, number) => second.items[index].references[number].clone(),
                _ => String::new(),
            };
            everything.push(("a file".to_owned(), format!("{} {from}", job.path)));
        }
        for (path, text) in everything {
            let text = text.to_lowercase();
            if let Some(at) = text.find("canari") {
                let near: String = text[..at].chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
                prop_assert!(false, "{path}: {near}canari\n{after:#?}");
            }
        }
    }
}
