//! `crieur verify`: what is live is compared with what was built, and the doctor says what readers would
//! meet, and what to change on which host.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use crate::harness::{CONFIG, Newsroom, Said, answer, not_proved};

/// A request: its path and its headers, names in small letters.
pub struct Request {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// A web server of this test's own; the answer is written as it is.
pub fn web(mut reply: impl FnMut(&Request) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let Some(mut asked) = request(&stream) else { continue };
            if !asked.path.starts_with('/') {
                // As a relay, it leads everywhere to itself.
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                let Some(next) = request(&stream) else { continue };
                asked = next;
            }
            let request = asked;
            let _ = stream.write_all(&reply(&request));
        }
    });
    address
}

fn request(stream: &TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    std::io::Read::read_exact(&mut reader, &mut body).ok()?;
    Some(Request { path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// An answer with headers.
pub fn with(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let plain = answer(status, body);
    let at = plain.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
    [&plain[..at], headers.as_bytes(), &plain[at..]].concat()
}

const WELL: &str = "Content-Type: application/atom+xml; charset=utf-8\r\nETag: \"1\"\r\nAccess-Control-Allow-Origin: *\r\n\
                    Cache-Control: max-age=900\r\n";

fn atom(own: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title>\
         <link rel=\"self\" href=\"{own}\"/><entry><title>E</title></entry></feed>"
    )
}

/// The doctor, in a folder without a newsroom.
fn doctor(url: &str) -> Said {
    let empty = Newsroom::new();
    fs::remove_file(empty.path().join("crieur.toml")).unwrap();
    empty.run(&["verify", url, "--lang", "en"])
}

#[test]
fn a_feed_with_nothing_wrong_is_said_to_be_well() {
    let address = web(|request| match request.headers.get("if-none-match") {
        Some(_) => with("304 Not Modified", "ETag: \"1\"\r\n", b""),
        None => with("200 OK", WELL, atom(&format!("http://{}/feed.atom", request.headers["host"])).as_bytes()),
    });
    let said = doctor(&format!("{address}/feed.atom"));
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
    assert!(said.stdout.contains("Atom, 1 entry") && said.stdout.contains("nothing to complain of"), "{}", said.stdout);
}

/// What is wrong, on which host, and words of what to change.
#[test]
fn the_doctor_says_what_to_change_on_which_host() {
    let long = format!("<!--{}-->", "x".repeat(3000));
    for (status, headers, body, code, words, exit) in [
        ("200 OK", "Server: nginx/1.26\r\nContent-Type: text/html\r\n", atom(""), "live-type", "recipes/nginx.conf", 0),
        (
            "200 OK",
            "Server: Apache/2.4\r\nContent-Type: text/plain\r\n",
            atom(""),
            "live-type",
            "AllowOverride FileInfo",
            0,
        ),
        ("200 OK", "Server: GitHub.com\r\nContent-Type: text/plain\r\n", atom(""), "live-type", "GitHub Pages", 0),
        (
            "200 OK",
            "Content-Type: application/x-rss+xml\r\n",
            atom(""),
            "live-type",
            "is sent as application/x-rss+xml, not as application/atom+xml",
            0,
        ),
        ("200 OK", "Server: Netlify\r\nContent-Type: text/plain\r\n", atom(""), "live-type", "`_headers`", 0),
        ("200 OK", "GitLab-LB: x\r\nContent-Type: text/plain\r\n", atom(""), "live-type", "GitLab Pages", 0),
        (
            "200 OK",
            "Content-Type: application/atom+xml; charset=iso-8859-1\r\n",
            atom(""),
            "live-type",
            "iso-8859-1",
            0,
        ),
        ("200 OK", "Server: nginx\r\nETag: \"1\"\r\n", atom(""), "live-no-memory", "etag on;", 0),
        ("200 OK", "Server: Apache\r\n", atom(""), "live-no-memory", "FileETag MTime Size", 0),
        ("200 OK", "Server: nginx\r\n", atom("") + &long, "live-plain", "gzip_types", 0),
        ("200 OK", "Server: cloudflare\r\nCache-Control: max-age=604800\r\n", atom(""), "live-kept", "168 hours", 0),
        ("200 OK", "Server: Apache\r\n", atom(""), "live-cors", "mod_headers", 0),
        ("200 OK", "", atom("http://127.0.0.1:9/feed.atom"), "live-own", "does not open", 0),
        ("403 Forbidden", "Server: cloudflare\r\n", String::new(), "live-wall", "Bot Fight Mode", 3),
        ("404 Not Found", "Server: GitHub.com\r\n", String::new(), "live-missing", "Settings → Pages", 3),
        ("200 OK", "", "<feed><entry>".to_owned(), "live-no-feed", "no feed", 3),
        ("200 OK", "", "\n<?xml version=\"1.0\"?><rss/>".to_owned(), "live-no-feed", "blank before", 3),
        (
            "200 OK",
            "",
            "<!DOCTYPE html><html><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/a?b&amp;c\">".to_owned(),
            "live-no-feed",
            "/a?b&c",
            3,
        ),
    ] {
        let address = web(move |_| with(status, headers, body.as_bytes()));
        let said = doctor(&format!("{address}/feed.atom"));
        assert_eq!(said.code, exit, "{code}: {}", said.stderr);
        let told = said.stderr.split("\n\n").find(|told| told.contains(&format!("[{code}]")));
        assert!(told.is_some_and(|told| told.contains(words)), "{code}, {words}: {}", said.stderr);
    }
    let said = doctor("http://127.0.0.1:9/feed.atom");
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("live-unreachable"), "{}", said.stderr);
    let said = doctor("gopher://example.org/");
    assert_eq!(said.code, 2, "{}", said.stderr);
}

/// By a relay, since no test goes out into the world.
#[test]
fn a_public_feed_without_tls_is_said() {
    let relay = web(|_| with("200 OK", WELL, atom("http://www.example.org/feed.atom").as_bytes()));
    let empty = Newsroom::new().env("HTTP_PROXY", &relay);
    fs::remove_file(empty.path().join("crieur.toml")).unwrap();
    let said = empty.run(&["verify", "http://www.example.org/feed.atom", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("live-insecure") && !said.stderr.contains("live-own"), "{}", said.stderr);
}

#[test]
fn redirections_are_followed_and_said() {
    let address = web(|request| match request.path.as_str() {
        "/old" => with("302 Found", "Location: /feed.atom\r\n", b""),
        "/round" => with("301 Moved Permanently", "Location: /round\r\n", b""),
        _ => with("200 OK", WELL, atom("/feed.atom").as_bytes()),
    });
    let said = doctor(&format!("{address}/old"));
    assert!(said.stderr.contains("live-redirected") && said.stderr.contains("for the time being"), "{}", said.stderr);
    assert_eq!(said.code, 0);
    assert_eq!(doctor(&format!("{address}/round")).code, 3);
}

#[test]
fn a_wall_that_lets_us_through_is_found() {
    let address = web(|request| {
        if request.headers["user-agent"].contains("Feedly") {
            return with("403 Forbidden", "", b"robot");
        }
        with("200 OK", WELL, atom("/feed.atom").as_bytes())
    });
    let said = doctor(&format!("{address}/feed.atom"));
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("live-wall") && said.stderr.contains("(Feedly)"), "{}", said.stderr);
}

/// A newsroom that is seen at an address.
fn newsroom(address: &str) -> Newsroom {
    let newsroom =
        Newsroom::new().config(&CONFIG.replace("https://www.example.org/presse/", &format!("{address}/presse/")));
    newsroom.item("2026-11-20-piscine.md", "# La piscine rouvre\n\nLundi.\n")
}

#[test]
fn what_is_live_is_compared_with_what_was_built_until_it_is_there() {
    // The server shows the folder only after some requests, as a host that publishes in its own time.
    let asked = Arc::new(Mutex::new(0));
    let folder = Arc::new(Mutex::new(std::path::PathBuf::new()));
    let (counter, shown) = (Arc::clone(&asked), Arc::clone(&folder));
    let address = web(move |request| {
        *counter.lock().unwrap() += 1;
        let path = request.path.trim_start_matches("/presse/");
        let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        let there = *counter.lock().unwrap() > 8;
        match fs::read(shown.lock().unwrap().join(file)).ok().filter(|_| there) {
            Some(bytes) => with("200 OK", WELL, &bytes),
            None => answer("404 Not Found", b""),
        }
    });
    let newsroom = newsroom(&address);
    *folder.lock().unwrap() = newsroom.public();
    let said = newsroom.run(&["verify"]);
    assert_eq!(said.code, 3, "nothing is built yet: {}", said.stderr);
    newsroom.build();
    *asked.lock().unwrap() = 0;
    let said = newsroom.run(&["verify", "--deadline", "0", "--lang", "en"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("live-missing") && said.stderr.contains("/presse/feed.atom"), "{}", said.stderr);
    *asked.lock().unwrap() = 0;
    let said = newsroom.run(&["verify", "--deadline", "30s", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("not live yet") && said.stdout.contains("live: "), "{}", said.stdout);
    // The next build is not live by itself.
    newsroom.write("items/2026-11-21-pont.md", "# Le pont\n\nMardi.\n");
    let copy = TempDir::new().unwrap();
    for (path, bytes) in newsroom.outputs() {
        fs::create_dir_all(copy.path().join(&path).parent().unwrap()).unwrap();
        fs::write(copy.path().join(path), bytes).unwrap();
    }
    *folder.lock().unwrap() = copy.path().to_owned();
    newsroom.build();
    let said = newsroom.run(&["verify", "--deadline", "0"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("live-different"), "{}", said.stderr);
}

struct Nginx(Child, #[expect(dead_code, reason = "its folder goes with it")] TempDir);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// A real server with our recipe, where there is one.
fn nginx(root: &Path, port: u16) -> Option<Nginx> {
    let program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"]
        .into_iter()
        .find(|path| Path::new(path).exists())?;
    let home = TempDir::new().unwrap();
    let recipe = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes/nginx.conf")).unwrap();
    let recipe = recipe.replace("/var/www/presse/", &format!("{}/", root.display()));
    let at = home.path().display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {at}/{name};\n"))
        .concat();
    let config = format!(
        "daemon off;\npid {at}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}access_log off;\n\
         server {{ listen 127.0.0.1:{port};\n{recipe}\n}} }}\n"
    );
    fs::write(home.path().join("nginx.conf"), config).unwrap();
    let mut command = Command::new(program);
    // Ours belongs to whoever runs the test; as root, its workers must read a folder of root's.
    command
        .args(["-e", "stderr", "-g", "user root;"])
        .arg("-c")
        .arg(home.path().join("nginx.conf"))
        .arg("-p")
        .arg(home.path());
    let child = command.stderr(std::process::Stdio::null()).spawn().ok()?;
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(Nginx(child, home));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}

/// With the recipe for nginx, the doctor has nothing to say. Where there is no nginx, that is said; in CI, where
/// CRIEUR_NGINX is set, it fails.
#[test]
fn the_recipe_for_nginx_is_well() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let web = TempDir::new().unwrap();
    let Some(_nginx) = nginx(web.path(), port) else {
        return not_proved("CRIEUR_NGINX", "nginx is not here; its recipe was not tried by `cargo test`");
    };
    let newsroom = newsroom(&format!("http://127.0.0.1:{port}"));
    for number in 0..20 {
        newsroom
            .write(&format!("items/2026-11-01-{number}.md"), format!("# Titre {number}\n\n{}\n", "Texte. ".repeat(30)));
    }
    let said = newsroom.run(&["publish", web.path().to_str().unwrap(), "--verify", "--deadline", "0", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("live: "), "{}", said.stdout);
    let said = newsroom.run(&["verify", "--all", "--deadline", "0", "--lang", "en"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
    assert!(said.stdout.contains("nothing to complain of"), "{}", said.stdout);
}
