//! The preview as browsers and readers meet it: the program runs, and is asked over TCP in plain
//! HTTP/1.1, well-formed and not. Nothing here shares code with the server.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{CONFIG, NOW, Newsroom, files};

const POOL: &str = "# La piscine rouvre\n\nLe bassin rouvre lundi.\n";

/// Longer than any machine needs; nothing waits for it that goes well.
const PATIENCE: Duration = Duration::from_secs(30);

/// A preview that runs; ended when dropped.
struct Running<'a> {
    newsroom: &'a Newsroom,
    child: Child,
    address: String,
    port: u16,
}

/// An answer.
struct Answer {
    code: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn header(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    fn find(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name));
        self.head.lines().find(named).and_then(|line| Some(line.split_once(':')?.1.trim()))
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

fn command(newsroom: &Newsroom, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crieur"));
    command.arg("serve").args(arguments).current_dir(newsroom.path()).env_clear();
    if !arguments.contains(&"--as-of") {
        command.args(["--now", NOW]);
    }
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

impl<'a> Running<'a> {
    fn start(newsroom: &'a Newsroom, arguments: &[&str]) -> Self {
        let mut command = command(newsroom, arguments);
        if !arguments.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        let errors = fs::File::create(newsroom.path().join("stderr")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap_or_else(|| panic!("{}", said(newsroom))).unwrap().trim().to_owned();
        // What it says later must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let port = address.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap();
        Self { newsroom, child, address, port }
    }

    fn raw(&self, request: &[u8]) -> Answer {
        let stream = self.send(request);
        Self::receive(stream)
    }

    fn send(&self, request: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = stream.write_all(request);
        stream
    }

    fn receive(mut stream: TcpStream) -> Answer {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let code = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Answer { code, head, body: answer[end..].to_vec() }
    }

    fn ask(&self, method: &str, target: &str, headers: &str) -> Answer {
        let host = format!("127.0.0.1:{}", self.port);
        self.raw(format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n").as_bytes())
    }

    fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, "")
    }

    fn page(&self) -> String {
        self.get("/presse/").text()
    }

    /// The page as soon as it is so.
    #[track_caller]
    fn until(&self, target: &str, so: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let page = String::from_utf8_lossy(&self.get(target).body).into_owned();
            if so(&page) {
                return page;
            }
            assert!(start.elapsed() < PATIENCE, "{page}\n{}", said(self.newsroom));
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// What a page waits for.
    fn events(&self, page: &str) -> BufReader<TcpStream> {
        let seen = page.split("data-seen=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let host = format!("localhost:{}", self.port);
        stream
            .write_all(format!("GET /.crieur/events?seen={seen} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes())
            .unwrap();
        let mut events = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(events.read_line(&mut head).unwrap(), 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("text/event-stream"), "{head}");
        events
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(newsroom: &Newsroom) -> String {
    fs::read_to_string(newsroom.path().join("stderr")).unwrap_or_default()
}

/// Waits for the next change that a page is told of.
#[track_caller]
fn change(events: &mut BufReader<TcpStream>) {
    let mut line = String::new();
    while !line.contains("event: change") {
        line.clear();
        assert_ne!(events.read_line(&mut line).unwrap(), 0, "the events broke off");
    }
}

/// Every file of the folder but those that this test keeps there.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    files(folder).into_iter().filter(|(path, _)| path != "stderr").collect()
}

#[test]
fn a_reader_finds_what_a_good_server_sends() {
    let item = "---\nattachments: [plan.pdf, notes.csv]\ntags: [Sport]\n---\n".to_owned() + POOL;
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", item).item("plan.pdf", "%PDF-1.4 plan");
    let newsroom = newsroom.item("notes.csv", "notes\n");
    let before = everything(newsroom.path());
    let running = Running::start(&newsroom, &[]);
    assert_eq!(running.address, format!("http://127.0.0.1:{}/presse/", running.port));
    for (target, media_type) in [
        ("/presse/", "text/html; charset=utf-8"),
        ("/presse/2026-11-20-piscine/", "text/html; charset=utf-8"),
        ("/presse/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/presse/feed.rss", "application/rss+xml; charset=utf-8"),
        ("/presse/feed.json", "application/feed+json"),
        ("/presse/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/presse/2026-11-20-piscine/plan.pdf", "application/pdf"),
        ("/presse/2026-11-20-piscine/notes.csv", "text/csv"),
        ("/.crieur/preview.js", "text/javascript; charset=utf-8"),
        ("/.crieur/preview.css", "text/css; charset=utf-8"),
    ] {
        let answer = running.get(target);
        assert_eq!((answer.code, answer.header("content-type")), (200, media_type), "{target}");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "{target}");
        assert!(answer.header("x-robots-tag").starts_with("noindex"), "{target}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        let head = running.ask("HEAD", target, "");
        assert_eq!((head.code, head.body.len()), (200, 0), "{target}");
        for name in ["content-length", "content-type", "etag"] {
            assert_eq!(head.header(name), answer.header(name), "{target}: {name}");
        }
        let tag = answer.header("etag");
        for known in
            [tag.to_owned(), format!("\"other\", {tag}"), format!("W/{}", tag.trim_start_matches("W/")), "*".into()]
        {
            let again = running.ask("GET", target, &format!("If-None-Match: {known}\r\n"));
            assert_eq!((again.code, again.body.len(), again.header("etag")), (304, 0, tag), "{target}: {known}");
        }
        assert_eq!(running.ask("GET", target, "If-None-Match: \"other\"\r\n").code, 200, "{target}");
    }
    assert_eq!(running.get("/presse/2026-11-20-piscine/plan.pdf").body, b"%PDF-1.4 plan");
    for (target, to) in
        [("/", "/presse/"), ("/presse", "/presse/"), ("/presse/2026-11-20-piscine", "/presse/2026-11-20-piscine/")]
    {
        let answer = running.get(target);
        assert_eq!((answer.code, answer.header("location")), (302, to), "{target}");
    }
    for target in
        ["/presse/nothing/", "/nothing", "/presse/items/2026-11-20-piscine.md", "/.crieur/", "/presse/feed.atom/"]
    {
        let answer = running.get(target);
        assert_eq!(answer.code, 404, "{target}");
        assert!(answer.text().contains("crieur-bar"), "{target}");
    }
    drop(running);
    assert_eq!(everything(newsroom.path()), before, "nothing is written");
}

#[test]
fn a_reader_that_subscribes_stays_in_the_preview_and_knows_the_same_ids() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    newsroom.build();
    let running = Running::start(&newsroom, &[]);
    for file in ["feed.atom", "feed.rss", "feed.json"] {
        let feed = |bytes: &[u8]| feed_rs::parser::parse(bytes).unwrap();
        let (here, there) =
            (feed(&running.get(&format!("/presse/{file}")).body), feed(newsroom.output(file).as_bytes()));
        let entry = |feed: &feed_rs::model::Feed| {
            let entry = &feed.entries[0];
            (entry.id.clone(), entry.title.as_ref().unwrap().content.clone(), entry.published, feed.entries.len())
        };
        assert_eq!(entry(&here), entry(&there), "{file}");
        assert_eq!(here.entries[0].links[0].href, format!("{}2026-11-20-piscine/", running.address), "{file}");
        assert!(
            !String::from_utf8_lossy(&running.get(&format!("/presse/{file}")).body).contains("www.example.org"),
            "{file}"
        );
    }
    // Each page that is linked to is there.
    let page = running.page();
    let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut followed = 0;
    for link in links.filter(|link| link.starts_with("http")) {
        let target =
            link.strip_prefix(&format!("http://127.0.0.1:{}", running.port)).unwrap_or_else(|| panic!("{link}"));
        assert_eq!(running.get(target).code, 200, "{link}");
        followed += 1;
    }
    assert!(followed > 5, "{page}");
}

#[test]
fn every_page_says_that_it_is_a_preview() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    let running = Running::start(&newsroom, &[]);
    for target in ["/presse/", "/presse/2026-11-20-piscine/", "/presse/404.html", "/presse/abonnement/"] {
        let page = running.get(target).text();
        assert!(page.contains("<title>[Aperçu] "), "{page}");
        assert!(page.contains("<meta name=\"robots\" content=\"noindex, nofollow\">"), "{page}");
        assert!(page.contains("rien de ce que vous voyez ici n’est publié"), "{page}");
        assert!(!page.contains("crieur-wrong"), "{page}");
    }
    let feed = running.get("/presse/feed.atom").text();
    assert!(!feed.contains("crieur-bar") && !feed.contains("Aperçu"), "{feed}");
    // What is published has none of it.
    newsroom.build();
    for (path, bytes) in newsroom.outputs() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for word in ["crieur-bar", ".crieur/", "Aperçu", "127.0.0.1", "<script src"] {
            assert!(!text.contains(word), "{path}: {word}");
        }
    }
}

#[test]
fn only_this_machine_is_answered_and_only_to_look() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    let running = Running::start(&newsroom, &[]);
    let port = running.port;
    let with = |host: &str| running.raw(format!("GET /presse/ HTTP/1.1\r\n{host}Connection: close\r\n\r\n").as_bytes());
    for host in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"] {
        assert_eq!(with(&format!("Host: {host}:{port}\r\n")).code, 200, "{host}");
    }
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        "127.0.0.1".into(),
        format!("127.0.0.1:{}", port - 1),
    ] {
        let answer = with(&format!("Host: {host}\r\n"));
        assert_eq!(answer.code, 403, "{host}");
        assert!(!answer.text().contains("piscine"), "{host}");
    }
    for host in ["", "Host: \r\nHost: \r\n", &format!("Host: localhost:{port}\r\nHost: evil.example\r\n")] {
        assert!([400, 403].contains(&with(host).code), "{host}");
    }
    // The host of an absolute target counts.
    let absolute =
        format!("GET http://evil.example/presse/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(running.raw(absolute.as_bytes()).code, 403);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"] {
        let answer = running.ask(method, "/presse/", "Content-Length: 0\r\n");
        assert_eq!((answer.code, answer.header("allow")), (405, "GET, HEAD"), "{method}");
    }
}

#[test]
fn no_path_leads_out() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL).item("secret.csv", "CANARI");
    newsroom.write("secret.csv", "CANARI");
    let running = Running::start(&newsroom, &[]);
    for target in [
        "/../secret.csv",
        "/presse/../secret.csv",
        "/presse/../../secret.csv",
        "/presse/%2e%2e/secret.csv",
        "/presse/%2E%2E%2Fsecret.csv",
        "/presse/..%2fsecret.csv",
        "/presse/..%5csecret.csv",
        "/presse/%5c..%5csecret.csv",
        "/presse/..\\secret.csv",
        "/presse/%252e%252e/secret.csv",
        "/presse//../secret.csv",
        "//secret.csv",
        "/presse/secret.csv",
        "/presse/secret.csv%00.html",
        "/presse/%00",
        "/presse/%0d%0aX-Evil:%201",
        "/presse/%ff",
        "/presse/crieur.toml",
        "/presse/C:/secret.csv",
        "secret.csv",
        "*",
    ] {
        let answer = running.get(target);
        assert!([400, 403, 404].contains(&answer.code), "{target}: {}", answer.head);
        assert!(!String::from_utf8_lossy(&answer.body).contains("CANARI"), "{target}");
        assert_eq!(answer.find("x-evil"), None, "{target}");
    }
}

#[test]
fn what_is_no_request_does_no_harm() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    let running = Running::start(&newsroom, &[]);
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(10_000));
    for request in [
        long.as_bytes(),
        many.as_bytes(),
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ] {
        let stream = running.send(request);
        // Nothing more will come: it need not be waited for.
        let _ = stream.shutdown(Shutdown::Write);
        let answer = Running::receive(stream);
        assert!(answer.code == 0 || (400..600).contains(&answer.code), "{}", answer.head);
    }
    // Clients that never end their request keep nobody from being answered.
    let idle: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
            stream.write_all(b"GET /presse/ HT").unwrap();
            stream
        })
        .collect();
    assert_eq!(running.get("/presse/").code, 200);
    for stream in idle {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

#[test]
fn a_page_is_told_when_it_changes_and_only_then() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    let running = Running::start(&newsroom, &[]);
    let page = running.page();
    let mut events = running.events(&page);
    let feed = running.get("/presse/feed.atom").header("etag").to_owned();
    // The same bytes again are no change.
    newsroom.write("items/2026-11-20-piscine.md", POOL);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(running.page(), page);
    newsroom.write("items/2026-11-21-stade.md", "# Le stade\n\nIl ferme.\n");
    change(&mut events);
    let page = running.page();
    assert!(page.contains("Le stade"), "{page}");
    assert_ne!(running.get("/presse/feed.atom").header("etag"), feed);
    // A page that was loaded before and asks only now is told at once.
    newsroom.write("items/2026-11-21-stade.md", "# Le stade ferme\n\nIl ferme.\n");
    running.until("/presse/", |page| page.contains("Le stade ferme"));
    change(&mut running.events(&page));
    // As editors do it: a new file in the place of the old one.
    let mut events = running.events(&running.page());
    newsroom.write("items/.2026-11-21-stade.md.swp", "# Le stade rouvre\n\nEnfin.\n");
    fs::rename(
        newsroom.path().join("items/.2026-11-21-stade.md.swp"),
        newsroom.path().join("items/2026-11-21-stade.md"),
    )
    .unwrap();
    change(&mut events);
    assert!(running.page().contains("Le stade rouvre"));
    // The configuration, its path too.
    newsroom.write(
        "crieur.toml",
        CONFIG.replace("\"Salle de presse\"", "\"Communiqués\"").replace("/presse/", "/actualites/"),
    );
    let page = running.until("/actualites/", |page| page.contains("[Aperçu] Communiqués"));
    assert!(page.contains("/actualites/feed.atom"), "{page}");
    assert_eq!(running.get("/presse/feed.atom").code, 404);
}

#[test]
fn a_problem_is_shown_on_the_last_good_page_and_goes_when_it_is_mended() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    newsroom.build();
    let before = everything(newsroom.path());
    let running = Running::start(&newsroom, &[]);
    let good = running.get("/presse/feed.atom");
    let mut events = running.events(&running.page());
    let is_wrong = |page: &str| page.contains("crieur-wrong");
    let item = |content: &str| newsroom.write("items/2026-11-21-stade.md", content);
    item("---\ntitle: Le stade\nlanguage: fr\ndate: 2026-13-45\n---\nIl <ferme>.\n");
    change(&mut events);
    let page = running.page();
    assert!(is_wrong(&page) && page.contains("items/2026-11-21-stade.md:4:7"), "{page}");
    assert!(page.contains("date: 2026-13-45") && page.contains("date-impossible"), "{page}");
    assert!(page.contains("La piscine rouvre") && !page.contains("Le stade<"), "the last good page stays: {page}");
    assert_eq!(running.get("/presse/feed.atom").body, good.body, "readers see nothing of it");
    assert!(said(&newsroom).contains("erreur[date-impossible]"), "{}", said(&newsroom));
    item("# Le stade\n\nIl ferme.\n");
    change(&mut events);
    let page = running.page();
    assert!(!is_wrong(&page) && page.contains("Le stade"), "{page}");
    // The configuration: the program that would stop at its start goes on.
    newsroom.write("crieur.toml", CONFIG.replace("timezone", "timezome"));
    let page = running.until("/presse/", is_wrong);
    assert!(page.contains("crieur.toml:4:1") && page.contains("Le stade"), "{page}");
    newsroom.write("crieur.toml", CONFIG);
    running.until("/presse/", |page| !is_wrong(page));
    // The guard: what would be refused can be looked at.
    fs::rename(newsroom.path().join("items/2026-11-20-piscine.md"), newsroom.path().join("piscine")).unwrap();
    let page = running.until("/presse/", is_wrong);
    assert!(page.contains("published-lost") && !page.contains("<h2><a href=\"http://127.0.0.1:1/"), "{page}");
    fs::rename(newsroom.path().join("piscine"), newsroom.path().join("items/2026-11-20-piscine.md")).unwrap();
    running.until("/presse/", |page| !is_wrong(page));
    // The folder itself goes, and comes back.
    fs::rename(newsroom.path().join("items"), newsroom.path().join("elsewhere")).unwrap();
    let page = running.until("/presse/", is_wrong);
    assert!(page.contains("items-missing") && page.contains("Le stade"), "{page}");
    fs::rename(newsroom.path().join("elsewhere"), newsroom.path().join("items")).unwrap();
    running.until("/presse/", |page| !is_wrong(page));
    item("# Le stade après\n\nIl ferme.\n");
    running.until("/presse/", |page| page.contains("Le stade après"));
    fs::remove_file(newsroom.path().join("items/2026-11-21-stade.md")).unwrap();
    running.until("/presse/", |page| !page.contains("Le stade"));
    drop(running);
    assert_eq!(everything(newsroom.path()), before, "neither output nor ledger is written");
}

#[test]
fn a_newsroom_with_an_error_from_the_start_is_shown_when_it_is_mended() {
    let newsroom = Newsroom::new().item("piscine.md", POOL);
    let running = Running::start(&newsroom, &[]);
    let page = running.page();
    assert!(page.contains("date-missing") && page.contains("items/piscine.md"), "{page}");
    fs::rename(newsroom.path().join("items/piscine.md"), newsroom.path().join("items/2026-11-20-piscine.md")).unwrap();
    running.until("/presse/", |page| page.contains("La piscine rouvre") && !page.contains("crieur-wrong"));
}

#[test]
fn what_is_held_is_seen_only_by_who_asks_for_it() {
    let held = "---\ndraft: true\ntags: [Théâtre]\nattachments: [plan.pdf]\n---\n# CANARI\n\nCANARI bientôt.\n";
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL).item("2026-11-19-canari.md", held);
    let newsroom = newsroom.item("plan.pdf", "CANARI").item("2026-12-20-canari.md", "# CANARI\n\nLe CANARI ouvre.\n");
    let newsroom = newsroom.item("sans-date.md", "---\ndraft: true\n---\n# CANARI\n");
    {
        let running = Running::start(&newsroom, &[]);
        for target in [
            "/presse/",
            "/presse/feed.atom",
            "/presse/feeds.opml",
            "/presse/2026-11-19-canari/",
            "/presse/2026-11-19-canari/plan.pdf",
        ] {
            let answer = running.get(target);
            assert!(!String::from_utf8_lossy(&answer.body).to_lowercase().contains("canari"), "{target}");
        }
        assert!(running.page().contains("3 éléments ne sont pas encore publics"), "{}", running.page());
    }
    let running = Running::start(&newsroom, &["--drafts"]);
    let page = running.page();
    assert!(page.contains("[brouillon] CANARI") && page.contains("[programmé] CANARI"), "{page}");
    assert!(page.contains("1 brouillon sans date ou sans titre"), "{page}");
    let draft = running.get("/presse/2026-11-19-canari/").text();
    assert!(draft.contains("<title>[Aperçu] [brouillon] CANARI") && draft.contains("CANARI bientôt"), "{draft}");
    assert_eq!(draft.matches("CANARI</h").count(), 1, "the title is said once: {draft}");
    assert_eq!(running.get("/presse/2026-11-19-canari/plan.pdf").body, b"CANARI");
    let feed = feed_rs::parser::parse(running.get("/presse/feed.atom").body.as_slice()).unwrap();
    let titles: Vec<String> = feed.entries.into_iter().map(|entry| entry.title.unwrap().content).collect();
    assert_eq!(titles, ["[programmé] CANARI", "La piscine rouvre", "[brouillon] CANARI"]);
    // Nor is a mark left on what is public after all.
    newsroom.write("items/2026-11-19-canari.md", held.replace("draft: true\n", ""));
    running.until("/presse/", |page| !page.contains("[brouillon] CANARI"));
    assert!(!said(&newsroom).contains("CANARI"));
}

#[test]
fn it_can_be_looked_at_as_of_another_day() {
    let newsroom = Newsroom::new().item("2026-12-20-pont.md", "# Le pont ouvre\n\nDimanche.\n");
    let newsroom = newsroom.item("2026-12-21-quai.md", "---\ndate: 2026-12-21 10:00\n---\n# Le quai ouvre\n\nLundi.\n");
    for (day, shown, hidden, when) in [
        ("2026-12-19", "", "Le pont", "19 décembre 2026 à 23 h 59"),
        ("2026-12-20", "Le pont", "Le quai", "20 décembre 2026 à 23 h 59"),
        ("20 décembre 2026", "Le pont", "Le quai", "20 décembre 2026 à 23 h 59"),
        ("2026-12-21 09:59", "Le pont", "Le quai", "21 décembre 2026 à 9 h 59"),
        ("2026-12-21T09:00:00Z", "Le quai", "crieur-wrong", "21 décembre 2026 à 10 h"),
    ] {
        let running = Running::start(&newsroom, &["--as-of", day]);
        let page = running.page();
        assert!(page.contains(shown) && !page.contains(hidden), "{day}: {page}");
        assert!(page.contains(when), "{day}: {page}");
    }
    // Back to a day before something was published.
    let said = newsroom.run(&["build", "--now", "2026-12-22T12:00:00Z"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let running = Running::start(&newsroom, &["--as-of", "2026-12-20"]);
    assert!(running.page().contains("Le pont") && !running.page().contains("Le quai"), "{}", running.page());
}

#[test]
fn what_keeps_it_from_starting_is_said() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    let refused = |newsroom: &Newsroom, arguments: &[&str], code: i32, name: &str| {
        let output = command(newsroom, arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(&format!("[{name}]")), "{stderr}");
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        stderr
    };
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let stderr = refused(&newsroom, &["--port", &port], 3, "port-taken");
    assert!(stderr.contains(&port), "{stderr}");
    refused(&newsroom, &["--as-of", "demain"], 2, "option-value");
    fs::rename(newsroom.path().join("items"), newsroom.path().join("elsewhere")).unwrap();
    refused(&newsroom, &[], 3, "items-missing");
    newsroom.write("crieur.toml", "title = 1");
    refused(&newsroom, &[], 2, "config-key-missing");
    fs::remove_file(newsroom.path().join("crieur.toml")).unwrap();
    refused(&newsroom, &[], 2, "config-missing");
}

#[test]
fn a_port_that_is_taken_gives_way_to_the_next() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    let start = || {
        let mut child = command(&newsroom, &[]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (child, line)
    };
    let ((mut one, first), (mut other, second)) = (start(), start());
    for child in [&mut one, &mut other] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let port = |line: &str| line.rsplit(':').next().unwrap().split('/').next().unwrap().parse::<u16>().unwrap();
    assert!(port(&first) >= 4000 && port(&second) > port(&first), "{first}{second}");
}

#[test]
fn looking_every_second_sees_changes_too() {
    let newsroom = Newsroom::new().item("2026-11-20-piscine.md", POOL);
    let running = Running::start(&newsroom, &["--poll"]);
    newsroom.write("items/2026-11-21-stade.md", "# Le stade\n\nIl ferme.\n");
    running.until("/presse/", |page| page.contains("Le stade"));
}

#[test]
fn a_newsroom_without_pages_shows_its_feeds_and_leads_to_the_other_site() {
    let config = CONFIG.replace("[publisher]", "pages = false\npermalink = \"{slug}\"\n\n[publisher]");
    let newsroom = Newsroom::new().config(&config).item("2026-11-20-piscine.md", POOL);
    let running = Running::start(&newsroom, &[]);
    let page = running.page();
    assert!(page.contains("href=\"/presse/feed.atom\"") && page.contains("crieur-bar"), "{page}");
    let feed = feed_rs::parser::parse(running.get("/presse/feed.atom").body.as_slice()).unwrap();
    let link = &feed.entries[0].links[0].href;
    let target = link.strip_prefix(&format!("http://127.0.0.1:{}", running.port)).unwrap();
    let answer = running.get(target);
    assert_eq!((answer.code, answer.header("location")), (302, format!("https://www.example.org{target}").as_str()));
}

#[test]
fn a_template_of_ones_own_and_a_legal_page_are_seen_at_once_and_old_addresses_are_feeds() {
    let own = "\n[legal]\nnotice = \"mentions.md\"\n\n[feeds]\naliases = { \"rss.xml\" = \"feed.rss\" }\n";
    let newsroom = Newsroom::new().config(&(CONFIG.to_owned() + own)).item("2026-11-20-piscine.md", POOL);
    fs::write(newsroom.path().join("mentions.md"), "# Mentions\n\nDirecteur : A.\n").unwrap();
    let running = Running::start(&newsroom, &[]);
    assert_eq!(running.get("/presse/rss.xml").header("content-type"), "application/rss+xml; charset=utf-8");
    running.until("/presse/mentions/", |page| page.contains("Directeur : A."));
    fs::write(newsroom.path().join("mentions.md"), "# Mentions\n\nDirectrice : B.\n").unwrap();
    running.until("/presse/mentions/", |page| page.contains("Directrice : B."));
    let theme = newsroom.path().join("theme");
    fs::create_dir(&theme).unwrap();
    fs::write(theme.join("404.html"), "<title>x</title><body>Perdu").unwrap();
    running.until("/presse/rien", |page| page.contains("Perdu"));
    fs::write(theme.join("404.html"), "<title>x</title><body>{{ rien }}").unwrap();
    running.until("/presse/rien", |page| page.contains("theme-wrong") && page.contains("404.html"));
    fs::write(theme.join("404.html"), "<title>x</title><body>Ailleurs").unwrap();
    running.until("/presse/rien", |page| page.contains("Ailleurs") && !page.contains("theme-wrong"));
}
