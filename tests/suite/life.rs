//! The life of a release, as its subscribers see it: after each step three readers that share no
//! code with our writers, and that remember entries by id as a feed reader does, see exactly what
//! was announced.

use std::collections::BTreeMap;
use std::fs;

use crieur::ledger::FILE;

use crate::harness::{CONFIG, Newsroom, Said, answer, serve};

/// Who subscribed to all three feeds on the first day.
#[derive(Default)]
struct Subscriber {
    seen: BTreeMap<&'static str, BTreeMap<String, Entry>>,
}

/// What a reader keeps of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    title: String,
    published: i64,
    updated: i64,
}

/// What is new and what is updated since the last visit, by title.
#[derive(Debug, Default, PartialEq, Eq)]
struct News {
    new: Vec<String>,
    updated: Vec<String>,
}

fn seconds(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp()
}

fn atom(newsroom: &Newsroom) -> BTreeMap<String, Entry> {
    let feed = feed_rs::parser::parse(newsroom.output("feed.atom").as_bytes()).unwrap();
    let entry = |entry: feed_rs::model::Entry| {
        let title = entry.title.unwrap().content;
        let (published, updated) = (entry.published.unwrap().timestamp(), entry.updated.unwrap().timestamp());
        (entry.id, Entry { title, published, updated })
    };
    feed.entries.into_iter().map(entry).collect()
}

fn rss(newsroom: &Newsroom) -> BTreeMap<String, Entry> {
    let channel = rss::Channel::read_from(newsroom.output("feed.rss").as_bytes()).unwrap();
    let entry = |item: rss::Item| {
        let published = chrono::DateTime::parse_from_rfc2822(item.pub_date.as_deref().unwrap()).unwrap().timestamp();
        let updated = item.extensions().get("atom").and_then(|atom| atom.get("updated")?.first()?.value.clone());
        let updated = updated.map_or(published, |updated| seconds(&updated));
        (item.guid.unwrap().value, Entry { title: item.title.unwrap(), published, updated })
    };
    channel.items.into_iter().map(entry).collect()
}

fn json(newsroom: &Newsroom) -> BTreeMap<String, Entry> {
    let feed: serde_json::Value = serde_json::from_str(&newsroom.output("feed.json")).unwrap();
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap().to_owned();
    let entry = |item: &serde_json::Value| {
        let published = seconds(&text(item, "date_published"));
        let updated = seconds(&text(item, "date_modified"));
        (text(item, "id"), Entry { title: text(item, "title"), published, updated })
    };
    feed["items"].as_array().unwrap().iter().map(entry).collect()
}

impl Subscriber {
    /// Looks at all feeds; they must tell one story, and no entry may move or go back.
    #[track_caller]
    fn visit(&mut self, newsroom: &Newsroom) -> News {
        let mut stories = Vec::new();
        for (format, entries) in [("atom", atom(newsroom)), ("rss", rss(newsroom)), ("json", json(newsroom))] {
            let seen = self.seen.entry(format).or_default();
            let mut news = News::default();
            for (id, entry) in entries {
                match seen.get(&id) {
                    None => news.new.push(entry.title.clone()),
                    Some(before) if before.updated < entry.updated => news.updated.push(entry.title.clone()),
                    Some(before) => {
                        assert_eq!(before.updated, entry.updated, "{format}: {id} went back");
                        assert_eq!(before.published, entry.published, "{format}: {id} moved unsaid");
                    }
                }
                seen.insert(id, entry);
            }
            news.new.sort();
            news.updated.sort();
            stories.push(news);
        }
        assert!(stories.iter().all(|story| *story == stories[0]), "{stories:#?}");
        stories.remove(0)
    }
}

fn news(new: &[&str], updated: &[&str]) -> News {
    let owned = |titles: &[&str]| titles.iter().map(|title| (*title).to_owned()).collect();
    News { new: owned(new), updated: owned(updated) }
}

/// A newsroom, its subscriber, and the day.
struct Story {
    newsroom: Newsroom,
    subscriber: Subscriber,
    now: String,
}

impl Story {
    fn begins() -> Self {
        Self { newsroom: Newsroom::new(), subscriber: Subscriber::default(), now: String::new() }
    }

    fn at(&mut self, now: &str) -> &mut Self {
        self.now = format!("{now}:00Z");
        self
    }

    fn write(&self, path: &str, text: &str) -> &Self {
        self.newsroom.write(&format!("items/{path}"), text);
        self
    }

    fn rename(&self, from: &str, to: &str) -> &Self {
        let items = self.newsroom.path().join("items");
        let to = items.join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(items.join(from), to).unwrap();
        self
    }

    fn config(&self, change: impl Fn(&str) -> String) -> &Self {
        let path = self.newsroom.path().join("crieur.toml");
        fs::write(&path, change(&fs::read_to_string(&path).unwrap())).unwrap();
        self
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let mut all = arguments.to_vec();
        all.extend(["--now", &self.now]);
        self.newsroom.run(&all)
    }

    #[track_caller]
    fn does(&self, arguments: &[&str]) -> Said {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said
    }

    #[track_caller]
    fn refuses(&self, arguments: &[&str], code: &str) -> Said {
        let outputs = self.newsroom.outputs();
        let ledger = self.ledger();
        let said = self.run(arguments);
        assert_eq!(said.code, 4, "{}{}", said.stdout, said.stderr);
        assert!(said.stderr.contains(&format!("[{code}]")), "{}", said.stderr);
        assert_eq!(self.newsroom.outputs(), outputs, "refused, and written all the same");
        assert_eq!(self.ledger(), ledger);
        said
    }

    /// Builds, and the subscriber sees this.
    #[track_caller]
    fn announces(&mut self, new: &[&str], updated: &[&str]) -> &mut Self {
        let said = self.does(&["build"]);
        assert_eq!(self.subscriber.visit(&self.newsroom), news(new, updated), "{}{}", said.stdout, said.stderr);
        let again = self.does(&["build", "--format", "json"]);
        assert_eq!(self.subscriber.visit(&self.newsroom), News::default(), "{}", again.stdout);
        self
    }

    fn ledger(&self) -> String {
        fs::read_to_string(self.newsroom.path().join("ledger.jsonl")).unwrap_or_default()
    }

    fn page(&self, path: &str) -> String {
        self.newsroom.output(&format!("{path}index.html"))
    }

    /// As an editor does it: the officer opens the file and changes some words.
    #[track_caller]
    fn edit(&self, path: &str, from: &str, to: &str) -> &Self {
        let file = self.newsroom.path().join("items").join(path);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&file, text.replace(from, to)).unwrap();
        self
    }

    /// An officer's act on a file.
    #[track_caller]
    fn acts(&self, act: &str, path: &str, options: &[&str]) -> Said {
        let path = format!("items/{path}");
        self.does(&[&[act, &path], options].concat())
    }

    /// Every output that has the word, in its name or in its bytes.
    fn that_say(&self, word: &str) -> Vec<String> {
        let says =
            |(path, bytes): &(String, Vec<u8>)| path.contains(word) || String::from_utf8_lossy(bytes).contains(word);
        self.newsroom.outputs().into_iter().filter(says).map(|(path, _)| path).collect()
    }

    /// When an entry was published and updated, as the Atom feed has it.
    #[track_caller]
    fn instants(&self, title: &str) -> (i64, i64) {
        let entry = atom(&self.newsroom).into_values().find(|entry| entry.title == title).unwrap();
        (entry.published, entry.updated)
    }
}

const POOL: &str = "# La piscine rouvre\n\nLe bassin rouvre lundi après trois mois de travaux, avec des horaires \
                    élargis le soir et le samedi matin.\n";

#[test]
fn files_are_renamed_and_nobody_notices() {
    let mut story = Story::begins();
    story.at("2026-01-10T12:00").write("2026-01-10-piscine.md", POOL);
    story.announces(&["La piscine rouvre"], &[]);
    let ids = |story: &Story| atom(&story.newsroom).into_keys().collect::<Vec<_>>();
    let first = ids(&story);
    let mut before = "2026-01-10-piscine.md".to_owned();
    for (day, to, page) in [
        ("11", "2026-01-10-bassin.md", "2026-01-10-bassin/"),
        ("12", "2026/2026-01-10-bassin.md", "2026/2026-01-10-bassin/"),
        ("13", "2026-01-10-bassin/index.md", "2026-01-10-bassin/"),
        ("14", "2026-01-10-bassin.fr.md", "2026-01-10-bassin/"),
        ("15", "2026-01-10-piscine.md", "2026-01-10-piscine/"),
    ] {
        story.at(&format!("2026-01-{day}T12:00")).rename(&before, to);
        story.announces(&[], &[]);
        assert_eq!(ids(&story), first, "{to}");
        assert!(story.page(page).contains("Le bassin rouvre lundi"), "{to}");
        before = to.to_owned();
    }
    // Every address it ever had leads to the present one.
    for old in ["2026-01-10-bassin/", "2026/2026-01-10-bassin/"] {
        let page = story.page(old);
        assert!(page.contains("url=https://www.example.org/presse/2026-01-10-piscine/"), "{old}: {page}");
        assert!(page.contains("noindex"), "{old}");
    }
    // Another title, another slug, another domain, http.
    story.at("2026-02-01T12:00").write(
        "2026-01-10-piscine.md",
        &format!("---\nslug: bassin\n---\n{}", POOL.replace("La piscine", "Le bassin")),
    );
    story.announces(&[], &[]);
    assert!(story.page("2026-01-10-piscine/").contains("presse/bassin/"));
    story.config(|text| text.replace("https://www.example.org/presse/", "http://presse.example.com/"));
    story.announces(&[], &[]);
    assert_eq!(ids(&story), first);
    assert!(story.newsroom.output("feed.atom").contains("http://presse.example.com/bassin/"));
    story.config(|text| text.replace("example.org,2020", "example.com,2026"));
    story.refuses(&["build"], "authority-changed");
}

#[test]
fn what_was_published_does_not_vanish_unsaid() {
    let mut story = Story::begins();
    story.at("2026-01-10T12:00").write("2026-01-10-piscine.md", POOL);
    story.write("2026-01-09-budget.md", "# Le budget\n\nVoir le document.\n");
    story.announces(&["La piscine rouvre", "Le budget"], &[]);
    // Renamed and rewritten: both names, and the word that joins them.
    fs::remove_file(story.newsroom.path().join("items/2026-01-10-piscine.md")).unwrap();
    story.write("2026-01-10-bassin.md", "# Le grand bassin\n\nTout autre chose, écrit par quelqu’un d’autre.\n");
    let said = story.refuses(&["build"], "published-renamed");
    assert!(said.stderr.contains("2026-01-10-piscine.md") && said.stderr.contains("2026-01-10-bassin.md"));
    story.write(
        "2026-01-10-bassin.md",
        "---\nid: tag:example.org,2020:2026-01-10-piscine\n---\n# Le grand bassin\n\nAutre.\n",
    );
    story.announces(&[], &[]);
    // A text that says nothing is no proof of sameness.
    fs::remove_file(story.newsroom.path().join("items/2026-01-09-budget.md")).unwrap();
    story.write("2026-01-09-impots.md", "# Les impôts\n\nVoir le document.\n");
    story.refuses(&["build"], "published-renamed");
    story.refuses(&["check"], "published-renamed");
    story.refuses(&["build", "--keep-going"], "published-renamed");
    let said = story.does(&["build", "--accept", "lost"]);
    assert_eq!(story.subscriber.visit(&story.newsroom), news(&["Les impôts"], &[]), "{}", said.stdout);
    assert!(story.ledger().contains("\"state\":\"removed\""));
    story.announces(&[], &[]);
}

/// Everything that can happen to a release, in the order in which a year brings it.
#[test]
fn a_year_in_the_life_of_a_newsroom() {
    let mut story = Story::begins();
    // January: two releases.
    story.at("2026-01-12T12:00").write("2026-01-12-piscine.md", POOL).write(
        "2026-01-05-budget.md",
        "# Le budget est voté\n\nLe conseil a voté le budget de l’année par vingt voix contre trois, sans abstention.\n",
    );
    story.announces(&["La piscine rouvre", "Le budget est voté"], &[]);

    // February: an embargo. It lifts at 18:00 in Paris, and the machine comes late.
    story.at("2026-02-02T12:00").write(
        "2026-02-02-tram.md",
        "---\nembargo: 2026-02-03 18:00\n---\n# Le tram arrive\n\nLa première rame roulera en septembre entre la gare \
         et le stade, toutes les dix minutes.\n",
    );
    story.announces(&[], &[]);
    story.at("2026-02-03T16:59").announces(&[], &[]);
    assert!(story.that_say("tram").is_empty() && !story.ledger().contains("tram"));
    assert_eq!(story.does(&["status", "--next"]).stdout, "2026-02-03T17:00:00Z\n");
    story.at("2026-02-03T17:23").announces(&["Le tram arrive"], &[]);
    assert_eq!(story.instants("Le tram arrive").0, seconds("2026-02-03T17:00:00Z"));

    // March: a file gets a better name, then a comma moves, then an hour was wrong, then one is new.
    story.at("2026-03-02T12:00").rename("2026-01-12-piscine.md", "2026/2026-01-12-bassin.md");
    story.announces(&[], &[]);
    let pool = "2026/2026-01-12-bassin.md";
    story.at("2026-03-03T12:00").edit(pool, "lundi après", "lundi, après");
    story.acts("correct", pool, &["--kind", "minor"]);
    story.announces(&[], &[]);
    assert!(story.newsroom.output("feed.rss").contains("lundi, après"));
    story.at("2026-03-04T12:00").edit(pool, "lundi", "mardi");
    story.acts("correct", pool, &["--note", "Le bassin rouvre mardi, et non lundi."]);
    story.announces(&[], &["La piscine rouvre"]);
    story.at("2026-03-05T12:00").edit(pool, "le samedi matin", "tout le samedi");
    story.acts("correct", pool, &["--kind", "update", "--note", "Le samedi est ajouté."]);
    story.announces(&[], &["La piscine rouvre"]);
    let published = story.instants("La piscine rouvre").0;
    for feed in ["feed.atom", "feed.rss", "feed.json"] {
        assert!(story.newsroom.output(feed).contains("Le samedi est ajouté."), "{feed}");
    }

    // April: a date was wrong. Changing it by hand moves nothing; the act does.
    let (before, _) = story.instants("Le budget est voté");
    let budget = "2026-01-05-budget.md";
    story.at("2026-04-01T12:00").acts("correct", budget, &["--date", "2026-01-04", "--note", "Le vote est du 4."]);
    story.announces(&[], &["Le budget est voté"]);
    let (after, _) = story.instants("Le budget est voté");
    assert_eq!(before / 86_400 - after / 86_400, 1);

    // May: a silent edit; `status` says so beforehand, and subscribers keep what they have.
    story.at("2026-05-04T12:00").edit("2026-02-02-tram.md", "toutes les dix minutes", "toutes les huit minutes");
    let said = story.does(&["status", "--format", "json"]);
    assert!(said.stdout.contains("\"silent\""), "{}", said.stdout);
    story.announces(&[], &[]);
    assert!(story.page("2026-02-02-tram/").contains("toutes les huit minutes"));

    // June: another domain. Every id, every instant, every old address stays.
    let ids = |story: &Story| atom(&story.newsroom).into_keys().collect::<Vec<_>>();
    let old = ids(&story);
    story.at("2026-06-01T12:00");
    story.config(|text| text.replace("https://www.example.org/presse/", "https://presse.example.com/"));
    story.announces(&[], &[]);
    assert_eq!(ids(&story), old);
    let page = story.page("2026-01-12-piscine/");
    assert!(page.contains("url=https://presse.example.com/2026/2026-01-12-bassin/"), "{page}");

    // July: the tram is suspended, and comes back with a word about it.
    let tram = "2026-02-02-tram.md";
    story.at("2026-07-01T12:00").acts("withdraw", tram, &["--suspend", "--reason", "Une vérification est en cours."]);
    story.announces(&[], &["[Communiqué suspendu] Le tram arrive"]);
    assert!(story.that_say("rame").is_empty(), "{:?}", story.that_say("rame"));
    story.at("2026-07-08T12:00").edit(tram, "status: withheld\n", "");
    story.acts("correct", tram, &["--kind", "update", "--note", "Le texte est vérifié."]);
    story.announces(&[], &["Le tram arrive"]);
    assert!(story.page("2026-02-02-tram/").contains("première rame"));

    // August: a warning that is over on the evening of the third day.
    story.at("2026-08-10T12:00").write(
        "2026-08-10-canicule.md",
        "---\nexpires: 2026-08-12 20:00\n---\n# Alerte canicule\n\nBuvez de l’eau et prenez des nouvelles des voisins.\n",
    );
    story.announces(&["Alerte canicule"], &[]);
    assert_eq!(ids(&story).len(), 4);
    story.at("2026-08-12T18:00").announces(&[], &[]);
    assert_eq!(ids(&story).len(), 3);
    assert!(story.page("2026-08-10-canicule/").contains("Buvez de l’eau"));

    // September: somebody answers, and a release takes the place of another.
    story.at("2026-09-07T12:00").write(
        "2026-09-07-reponse.md",
        "---\ntitle: Réponse de l’exploitant\nreply-to: 2026-02-02-tram.md\n---\nLes rames sont neuves, et il y en a douze.\n",
    );
    story.announces(&["Réponse de l’exploitant"], &[]);
    assert!(story.page("2026-02-02-tram/").contains("Réponse de l’exploitant"));
    story.at("2026-09-08T12:00").write(
        "2026-09-08-budget.md",
        "---\ntitle: Le budget est corrigé\nreplaces: 2026-01-05-budget.md\n---\nLe conseil a voté un budget rectificatif.\n",
    );
    story.announces(&["Le budget est corrigé"], &[]);
    assert!(story.page("2026-01-05-budget/").contains("Le budget est corrigé"));

    // October: the first budget is withdrawn for good.
    story.at("2026-10-05T12:00").acts("withdraw", budget, &["--reason", "Le vote a été annulé."]);
    story.announces(&[], &["[Communiqué retiré] Le budget est voté"]);
    assert!(story.that_say("vingt voix").is_empty());

    // The tram is suspended once more, and this time for good.
    story.at("2026-10-12T12:00").acts("withdraw", tram, &["--suspend", "--reason", "Le chantier est à l’arrêt."]);
    story.announces(&[], &["[Communiqué suspendu] Le tram arrive"]);
    story.at("2026-10-13T12:00").acts("withdraw", tram, &["--reason", "La ligne est abandonnée."]);
    story.announces(&[], &["[Communiqué retiré] Le tram arrive"]);

    // November: the operator asks that the answer be erased. Deleting the file is not enough.
    fs::remove_file(story.newsroom.path().join("items/2026-09-07-reponse.md")).unwrap();
    story.at("2026-11-02T12:00").refuses(&["build"], "published-lost");
    story.does(&["forget", "2026-09-07-reponse.md", "--reason", "À la demande de l’exploitant."]);
    story.announces(&[], &[]);
    assert!(story.that_say("exploitant").is_empty() && !story.ledger().contains("Réponse"), "{}", story.ledger());
    assert!(story.ledger().contains("\"forgotten\"") && ids(&story).len() == 4);

    // December: the withdrawal was itself a mistake.
    story.at("2026-12-07T12:00").edit("2026-01-05-budget.md.toml", "status = \"withdrawn\"\n", "");
    story.acts("correct", budget, &["--kind", "update", "--note", "Le vote est valable."]);
    story.announces(&[], &["Le budget est voté"]);
    assert!(story.page("2026-01-05-budget/").contains("vingt voix"));

    // After all that: nothing has another id, and what was never re-dated has its first instant.
    assert!(old.iter().all(|id| ids(&story).contains(id)));
    assert_eq!(story.instants("La piscine rouvre").0, published);
    assert_eq!(story.instants("[Communiqué retiré] Le tram arrive").0, seconds("2026-02-03T17:00:00Z"));
    assert_eq!(story.subscriber.seen["atom"].len(), 6);
}

/// A crash between the ledger and the feeds, in both orders, is made good by the next run.
#[test]
fn a_run_that_was_cut_off_is_healed() {
    let mut story = Story::begins();
    story.at("2026-01-10T12:00").write("2026-01-10-a.md", "# A\n\nUn.\n");
    story.announces(&["A"], &[]);
    let (old_ledger, old) = (story.ledger(), story.newsroom.outputs());
    story.at("2026-01-11T12:00").write("2026-01-10-b.md", "# B\n\nDeux.\n");
    story.does(&["build"]);
    let (new_ledger, new) = (story.ledger(), story.newsroom.outputs());
    let put = |story: &Story, ledger: &str, outputs: &BTreeMap<String, Vec<u8>>| {
        story.newsroom.write("ledger.jsonl", ledger);
        for (path, bytes) in outputs {
            story.newsroom.write(&format!("public/{path}"), bytes);
        }
        fs::remove_file(story.newsroom.path().join("public/.crieur-manifest.json")).unwrap();
    };
    for (ledger, outputs) in [(&new_ledger, &old), (&old_ledger, &new)] {
        put(&story, ledger, outputs);
        story.does(&["build"]);
        assert_eq!((story.ledger(), story.newsroom.outputs()), (new_ledger.clone(), new.clone()));
    }
}

/// Two branches that each add an item merge without a hand, as `.gitattributes` says.
#[test]
fn two_branches_merge() {
    let story = {
        let mut story = Story::begins();
        story.at("2026-01-10T12:00").write("2026-01-10-a.md", "# A\n\nUn.\n");
        story
    };
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]);
        command.args(arguments).current_dir(story.newsroom.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    story.newsroom.write(".gitattributes", "ledger.jsonl merge=union\n");
    story.newsroom.write(".gitignore", "/public/\n");
    let commit = |message: &str| {
        story.does(&["build"]);
        git(&["add", "."]);
        git(&["commit", "-qm", message]);
    };
    git(&["init", "-q"]);
    commit("a");
    git(&["checkout", "-qb", "other"]);
    story.write("2026-01-10-c.md", "# C\n\nTrois.\n");
    commit("c");
    git(&["checkout", "-q", "main"]);
    fs::remove_dir_all(story.newsroom.public()).unwrap();
    story.write("2026-01-10-b.md", "# B\n\nDeux.\n");
    commit("b");
    git(&["merge", "-q", "other", "-m", "both"]);
    story.does(&["build"]);
    assert_eq!(story.ledger().lines().count(), 4, "{}", story.ledger());
    assert_eq!(atom(&story.newsroom).len(), 3);
    // One corrects what is out, the other adds: git keeps the old line beside the new one.
    let name = story.ledger().lines().last().and_then(|line| line.get(28..40).map(str::to_owned)).unwrap();
    git(&["checkout", "-qb", "another"]);
    story.write("d.md", "---\ndate: 2026-01-10 12:30\n---\n# D\n\nQuatre.\n");
    commit("d");
    git(&["checkout", "-q", "main"]);
    fs::remove_dir_all(story.newsroom.public()).unwrap();
    story.does(&["correct", &format!("items/{name}.md"), "--note", "Faux"]);
    commit("corrected");
    let before = story.ledger();
    let corrected = before.lines().find(|line| line.contains("\"acts\":1")).unwrap();
    git(&["merge", "-q", "another", "-m", "both"]);
    assert_eq!(story.ledger().matches(&format!("{name}\",")).count(), 2, "{}", story.ledger());
    story.does(&["build"]);
    assert_eq!(story.ledger().lines().count(), 5, "{}", story.ledger());
    assert!(story.ledger().contains(corrected), "{}", story.ledger());
}

/// CI never has to push: the ledger is published beside the feeds and read back.
#[test]
fn the_published_ledger_is_read_back() {
    let with = |from: &str| CONFIG.replace("[publisher]", &format!("[ledger]\nfrom = \"{from}\"\n\n[publisher]"));
    let now = "2026-01-20T12:00:00Z";
    // The first run: there is none yet.
    let first = Newsroom::new()
        .item("2026-01-10-piscine.md", POOL)
        .item("2026-01-11-canari.md", "---\ndraft: true\n---\n# CANARI\n\nCANARI\n");
    let first = first.config(&with(&serve(FILE, answer("404 Not Found", b""))));
    let said = first.run(&["build", "--now", now]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    // Where items are old, it may be that the newsroom has moved and its memory has not.
    let moved = Newsroom::new()
        .item("2026-01-10-piscine.md", POOL)
        .item("2026-01-09-canari.md", "---\ndraft: true\n---\nCANARI\n");
    let moved = moved.config(&with(&serve(FILE, answer("404 Not Found", b""))));
    let late = moved.run(&["check", "--now", "2026-03-01T12:00:00Z"]);
    assert!(late.code == 0 && late.stderr.contains("[ledger-nowhere]"), "{}", late.stderr);
    assert!(late.stderr.contains("10 janvier 2026") && !late.stderr.contains("CANARI"), "{}", late.stderr);
    let published = first.output("ledger.jsonl");
    assert!(published.contains("2026-01-10-piscine") && !published.to_lowercase().contains("canari"), "{published}");
    // The next, in a fresh checkout, where the file has another name.
    let second = Newsroom::new().item("2026-01-10-bassin.md", POOL);
    let second = second.config(&with(&serve(FILE, answer("200 OK", published.as_bytes()))));
    assert_eq!(second.run(&["build", "--now", now]).code, 0);
    assert!(second.output("feed.atom").contains("<id>tag:example.org,2020:2026-01-10-piscine</id>"));
    assert!(second.output("2026-01-10-piscine/index.html").contains("2026-01-10-bassin/"));
    // Anything but an answer stops the run: what is out is not known.
    for (status, body) in [("503 Service Unavailable", ""), ("200 OK", "<!doctype html><p>Maintenance")] {
        let third = Newsroom::new()
            .item("2026-01-10-bassin.md", POOL)
            .config(&with(&serve(FILE, answer(status, body.as_bytes()))));
        let said = third.run(&["build", "--now", now]);
        assert_eq!(said.code, 3, "{}", said.stderr);
        assert!(said.stderr.contains("[ledger-unreachable]"), "{}", said.stderr);
        assert!(third.outputs().is_empty());
    }
    let damaged = published.replace("\"state\"", "\"stat\"");
    let fourth = Newsroom::new()
        .item("2026-01-10-bassin.md", POOL)
        .config(&with(&serve(FILE, answer("200 OK", damaged.as_bytes()))));
    let said = fourth.run(&["build", "--now", now]);
    assert_eq!(said.code, 4, "{}", said.stderr);
    assert!(said.stderr.contains("ledger.jsonl:2"), "{}", said.stderr);
}

/// Whoever may read the repository may read what is held in it.
#[test]
fn a_public_forge_is_no_place_for_an_embargo() {
    let newsroom = Newsroom::new().item("2026-11-20-a.md", "---\ndraft: true\n---\n# CANARI\n\nCANARI\n");
    assert!(!newsroom.build().stderr.contains("held-in-public"));
    for (url, public) in [
        ("https://github.com/ville/presse.git", true),
        ("git@gitlab.com:ville/presse.git", true),
        ("ssh://git@git.ville.example/presse.git", false),
        ("https://github.com.ville.example/x", false),
    ] {
        newsroom.write(".git/config", format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n"));
        for command in ["build", "status"] {
            let said = newsroom.run(&[command]);
            assert_eq!(said.code, 0, "{}", said.stderr);
            assert_eq!(said.stderr.contains("held-in-public"), public, "{url}: {}", said.stderr);
            assert!(!said.stderr.contains("CANARI") && !said.stdout.contains("CANARI"));
        }
    }
    newsroom.write("items/2026-11-20-a.md", "# A\n\nUn.\n");
    newsroom.write(".git/config", "[remote \"origin\"]\n\turl = https://github.com/ville/presse.git\n");
    assert!(!newsroom.build().stderr.contains("held-in-public"));
}

/// What was wrong once: each of these let something out, or lost it.
#[test]
fn a_name_that_another_release_takes_over() {
    let other = POOL.replace("La piscine rouvre", "Le secret").replace("Le bassin", "Le projet");
    // The old one renamed, and one of the future put under its name.
    let mut story = Story::begins();
    story.at("2026-01-10T12:00").write("a.md", &format!("---\ndate: 2026-01-10\n---\n{POOL}"));
    story.announces(&["La piscine rouvre"], &[]);
    story.rename("a.md", "b.md").write("a.md", &format!("---\ndate: 2026-03-10 08:00\n---\n{other}"));
    let said = story.run(&["build"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("[id-clash]") && !said.stderr.contains("published-unreadable"), "{}", said.stderr);
    story.write("a.md", &format!("---\ndate: 2026-03-10 08:00\nid: secret\n---\n{other}"));
    story.announces(&[], &[]);
    assert!(story.page("b/").contains("Le bassin rouvre") && !story.newsroom.output("feed.atom").contains("secret"));
    // One of the future written over one that is out.
    story.write("b.md", &format!("---\ndate: 2026-03-10 08:00\n---\n{other}"));
    let said = story.refuses(&["build"], "published-held");
    assert!(!said.stderr.contains("Le secret") && said.stderr.contains("La piscine rouvre"), "{}", said.stderr);
}

#[test]
fn strict_holds_back_what_was_never_out_and_nothing_else() {
    let mut story = Story::begins();
    story.at("2026-01-10T12:00").write("2026-01-09-a.md", POOL);
    story.write("2026-01-10-b.md", "# B\n\nDeux.\n");
    story.announces(&["B", "La piscine rouvre"], &[]);
    story.write("2026-01-10-c.md", "---\nzorglub: 1\n---\n# C\n\nTrois.\n");
    let said = story.run(&["build", "--strict", "--keep-going"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(!story.ledger().contains("2026-01-10-c") && !story.newsroom.output("feed.atom").contains("2026-01-10-c"));
    story.write("2026-01-10-b.md", "---\nzorglub: 1\n---\n# B\n\nDeux.\n");
    story.refuses(&["build", "--strict", "--keep-going"], "published-unreadable");
    // A draft that takes a published address stops nobody but itself.
    story
        .write("2026-01-10-b.md", "# B\n\nDeux.\n")
        .write("2026-01-10-c.md", "---\ndraft: true\nslug: 2026-01-10-b\n---\n# C\n\nTrois.\n");
    let said = story.run(&["build", "--keep-going"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert_eq!(story.subscriber.visit(&story.newsroom), News::default());
}

#[test]
fn what_is_forgotten_stops_nothing_and_stays_forgotten() {
    let mut story = Story::begins();
    story.at("2026-01-10T12:00").write("2026-01-09-a.md", POOL);
    story.write("2026-01-10-b.md", "# B\n\nDeux.\n");
    story.announces(&["B", "La piscine rouvre"], &[]);
    fs::remove_file(story.newsroom.path().join("items/2026-01-10-b.md")).unwrap();
    story.does(&["build", "--accept", "lost"]);
    story.does(&["forget", "2026-01-10-b.md", "--reason", "RGPD"]);
    assert!(!story.ledger().contains("\"title\":\"B\""), "{}", story.ledger());
    story.announces(&[], &[]);
    // What is out cannot become something else.
    story.write("2026-01-10-c.md", "# C\n\nTrois.\n");
    story.announces(&["C"], &[]);
    fs::remove_file(story.newsroom.path().join("items/2026-01-09-a.md")).unwrap();
    let said = story.run(&["adopt", "2026-01-09-a.md", "items/2026-01-10-c.md"]);
    assert_eq!((said.code, said.stderr.contains("[adopt-published]")), (2, true), "{}", said.stderr);
    // Nor does a correction take it into the future.
    let said = story.run(&["correct", "items/2026-01-10-c.md", "--date", "2027-01-05"]);
    assert_eq!((said.code, said.stderr.contains("[published-held]")), (4, true), "{}", said.stderr);
}

#[test]
fn two_newsrooms_do_not_share_an_output() {
    let one = Newsroom::new().item("2026-11-20-a.md", POOL);
    one.build();
    let other = Newsroom::new().config(&CONFIG.replace("example.org,2020", "example.net,2020"));
    let other = other.item("2026-11-20-b.md", POOL).item("2026-11-21-c.md", "# C\n\nTrois.\n");
    let out = one.public();
    let said = other.run(&["build", "--out", out.to_str().unwrap()]);
    assert_eq!((said.code, said.stderr.contains("[ledger-older]")), (4, true), "{}", said.stderr);
    assert!(one.output("feed.atom").contains("2026-11-20-a"));
}

#[test]
fn two_that_swap_their_names_keep_their_identities() {
    let other = POOL.replace("La piscine rouvre", "Le stade").replace("Le bassin", "Le terrain");
    let mut story = Story::begins();
    story.at("2026-01-10T12:00").write("2026-01-10-a.md", POOL).write("2026-01-10-b.md", &other);
    story.announces(&["La piscine rouvre", "Le stade"], &[]);
    let before = atom(&story.newsroom);
    story.write("2026-01-10-b.md", POOL).write("2026-01-10-a.md", &other);
    story.announces(&[], &[]);
    assert_eq!(atom(&story.newsroom), before);
    assert!(story.page("2026-01-10-b/").contains("Le bassin rouvre"));
}

/// An address with a date in it is that of the day that stands, files and all.
#[test]
fn the_address_of_a_day_stands_with_it() {
    let mut story = Story::begins();
    story.config(|text| text.replace("[publisher]", "permalink = \"{year}/{month}/{slug}/\"\n\n[publisher]"));
    story.newsroom.write("items/plan.pdf", "%PDF");
    let text = |date: &str| format!("---\ndate: {date}\nattachments: [plan.pdf]\n---\n{POOL}");
    story.at("2026-02-10T12:00").write("bassin.md", &text("2026-01-31"));
    story.announces(&["La piscine rouvre"], &[]);
    story.write("bassin.md", &text("2026-02-01"));
    story.announces(&[], &[]);
    assert!(story.newsroom.output("feed.atom").contains("/2026/01/bassin/plan.pdf"));
    assert!(story.newsroom.outputs().contains_key("2026/01/bassin/plan.pdf"));
    assert!(!story.newsroom.outputs().keys().any(|path| path.starts_with("2026/02")));
    // An act moves the day, and the old address leads to the new one.
    story.at("2026-02-11T12:00").write("bassin.md", &text("2026-01-31"));
    story.does(&["correct", "items/bassin.md", "--date", "2026-02-01", "--note", "Le bon jour"]);
    story.announces(&[], &["La piscine rouvre"]);
    assert!(story.page("2026/01/bassin/").contains("/2026/02/bassin/"));
    assert!(story.newsroom.outputs().contains_key("2026/02/bassin/plan.pdf"));
}
