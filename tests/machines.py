#!/usr/bin/env python3
"""Holds what is written for programs to the rules of those programs, with readers nobody here wrote.

    python tests/machines.py PROGRAM FOLDER_OF_NODE_MODULES [FOLDER_OF_LARGE_SITEMAPS]

JSON-LD against schema.org's types (schema-dts, by the TypeScript compiler) and against the feed; site maps
against the schema of sitemaps.org (the package `sitemap` ships it; xmllint) and read by that package;
`feeds.opml` read by listparser; `robots.txt` by Python's own parser; `_headers` by Netlify's; `.htaccess`
served by Apache, and docs/recipes/nginx.conf by nginx, each asked for every kind of file. The schema of the
news site map is in no package: its rules (SM-03, and the reader's) are checked here. Where a server cannot
be had, that is said.

Every check is tried on a spoilt copy first: one that finds nothing there would find nothing anywhere.
The newsroom is that of tests/pages, and the same at the root of a host.
"""

import datetime
import gzip
import http.client
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.robotparser
import xml.etree.ElementTree as tree

import listparser

HERE = pathlib.Path(__file__).resolve().parent
SITE = "https://www.example.org/presse/"
HUBS = ["https://pubsubhubbub.appspot.com/", "https://hub.example.org/?a=1&b=%22"]
NOW = "2026-11-21T12:00:00Z"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def newsroom(program, folder, url):
    """Builds the newsroom of tests/pages for an address; returns its output folder."""
    shutil.copytree(HERE / "pages/newsroom", folder)
    config = folder / "crieur.toml"
    text = config.read_text().replace(SITE, url)
    assert "[feeds]\n" in text
    config.write_text(text.replace("[feeds]\n", f"[feeds]\nhubs = {json.dumps(HUBS)}\n"))
    subprocess.run([program, "--root", folder, "--now", NOW, "--quiet"], check=True, capture_output=True)
    return folder / "public"


def node(modules, kind, file):
    """What a reader written for Node says of a file, or the reason why it stopped."""
    run = subprocess.run(["node", HERE / "machines.mjs", modules, kind, file], capture_output=True, text=True)
    return (json.loads(run.stdout), None) if run.returncode == 0 else (None, run.stderr.strip())


# ---- JSON-LD


def graphs(out):
    """The JSON-LD of every page that has some, by its path."""
    found = {}
    for page in sorted(out.rglob("*.html")):
        scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.read_text(), re.S)
        if scripts:
            (found[str(page.relative_to(out))],) = scripts
    return found


def types(found, modules):
    """Which of these objects is no NewsArticle, as schema.org has it."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "node_modules").symlink_to(pathlib.Path(modules).resolve() / "node_modules")
        names = {}
        for number, (page, text) in enumerate(found.items()):
            names[f"page{number}.ts"] = page
            text = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
            (folder / f"page{number}.ts").write_text(
                'import type { NewsArticle, WithContext } from "schema-dts";\n'
                f"export const article: WithContext<NewsArticle> = {text};\n"
            )
        (folder / "tsconfig.json").write_text(
            '{"compilerOptions": {"strict": true, "noEmit": true, "skipLibCheck": true, "types": [], "module": "nodenext"}}'
        )
        run = subprocess.run(
            ["node", folder / "node_modules/typescript/bin/tsc", "--pretty", "false"], cwd=folder, capture_output=True, text=True
        )
    wrong = [re.sub(r"^page\d+\.ts", lambda match: names[match[0]], line) for line in run.stdout.splitlines()]
    return wrong if run.returncode else []


def agrees(found, feed):
    """What JSON-LD says otherwise than the JSON feed."""
    entries = {entry["id"]: entry for entry in feed["items"]}
    wrong = []
    for page, text in found.items():
        article = json.loads(text)
        entry = entries.get(article["@id"])
        if entry is None:
            wrong.append(f"{page}: {article['@id']} is not in the feed")
            continue
        said = {
            "url": article["url"],
            "title": article["headline"],
            "language": article["inLanguage"],
            "authors": [author["name"] for author in article["author"]],
            "tags": article.get("keywords", []),
            "image": (article.get("image") or [None])[0],
        }
        meant = {
            "url": entry["url"],
            "title": entry["title"],
            "language": entry.get("language") or feed.get("language"),
            "authors": [author["name"] for author in entry["authors"]],
            "tags": entry.get("tags", []),
            "image": entry.get("image"),
        }
        wrong += [f"{page}: {key} is {said[key]!r}, in the feed {meant[key]!r}" for key in said if said[key] != meant[key]]
        for key, ours in (("date_published", "datePublished"), ("date_modified", "dateModified")):
            # A day is a day; the feed has a second of its morning, on which the offset changes nothing.
            instant = datetime.datetime.fromisoformat(entry[key])
            day = instant.astimezone(datetime.timezone(datetime.timedelta(hours=2))).date().isoformat()
            if article[ours] != day and datetime.datetime.fromisoformat(article[ours]) != instant:
                wrong.append(f"{page}: {ours} is {article[ours]}, in the feed {entry[key]}")
    return wrong


# ---- site maps


def schema(path, modules):
    """What the schema of sitemaps.org has against a file."""
    xsd = pathlib.Path(modules) / "node_modules/sitemap/schema/sitemap.xsd"
    run = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", xsd, path], capture_output=True, text=True)
    return [] if run.returncode == 0 else run.stderr.strip().splitlines()


def addresses(path, modules, out, url):
    """What is wrong with a list of pages: what its reader cannot read, what opens nothing, what is there twice."""
    read, reason = node(modules, "sitemap", path)
    if reason:
        return [f"{path.name}: {reason}"]
    wrong = [f"{path.name}: {entry['url']} opens nothing" for entry in read if not opens(entry["url"], out, url)]
    named = [entry["url"] for entry in read]
    wrong += [f"{path.name}: {name} is there {named.count(name)} times" for name in set(named) if named.count(name) > 1]
    pages = {
        url + str(page.relative_to(out)).removesuffix("index.html")
        for page in out.rglob("index.html")
        if 'content="noindex"' not in page.read_text() and 'http-equiv="refresh"' not in page.read_text()
    }
    wrong += [f"{path.name}: {page} is missing" for page in sorted(pages - set(named))]
    wrong += [f"{path.name}: {page} may not be shown" for page in sorted(set(named) - pages)]
    return wrong


def opens(address, out, url):
    path = address.removeprefix(url)
    return address.startswith(url) and (out / path / ("index.html" if path in ("",) or path.endswith("/") else "")).is_file()


def news(path, modules, out, url):
    """SM-03: what a news site map may hold, and how; nothing else may stand in it."""
    read, reason = node(modules, "sitemap", path)
    if reason:
        return [f"{path.name}: {reason}"]
    now = datetime.datetime.fromisoformat(NOW)
    root = tree.fromstring(path.read_bytes())
    if root.tag != f"{MAP}urlset":
        return [f"{path.name}: begins with {root.tag}"]
    wrong = [f"{path.name}: {len(root)} entries, and its reader sees {len(read)}"] if len(root) != len(read) else []
    for entry in root:
        address = entry.findtext(f"{MAP}loc") or ""
        order = [(child.tag, [(part.tag, [leaf.tag for leaf in part]) for part in child]) for child in entry]
        publication = (f"{NEWS}publication", [f"{NEWS}name", f"{NEWS}language"])
        meant = [(f"{MAP}loc", []), (f"{NEWS}news", [publication, (f"{NEWS}publication_date", []), (f"{NEWS}title", [])])]
        if order != meant:
            wrong.append(f"{address}: holds {order}")
            continue
        date = entry.findtext(f".//{NEWS}publication_date")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?", date):
            wrong.append(f"{address}: {date} is no date")
        elif (instant := datetime.datetime.fromisoformat(date)).tzinfo and not now - datetime.timedelta(hours=48) <= instant <= now:
            wrong.append(f"{address}: {date} is no news on {NOW}")
        language = entry.findtext(f".//{NEWS}language")
        if not re.fullmatch(r"[a-z]{2,3}|zh-cn|zh-tw", language):
            wrong.append(f"{address}: {language} is no language")
        if not opens(address, out, url):
            wrong.append(f"{address}: opens nothing")
        if not entry.findtext(f".//{NEWS}title").strip() or "(" in entry.findtext(f".//{NEWS}name"):
            wrong.append(f"{address}: has no title, or a name that the search engine does not know")
    return wrong


def index(folder, modules):
    """A list of site maps: which files it names, and how many addresses there are in them."""
    read, reason = node(modules, "index", folder / "sitemap.xml")
    if reason:
        return [reason]
    wrong = [f"{entry['url']}: no such file" for entry in read if not (folder / entry["url"].removeprefix(SITE)).is_file()]
    if len(read) < 2:
        wrong.append(f"{len(read)} files, where one would do")
    for entry in read:
        path = folder / entry["url"].removeprefix(SITE)
        wrong += schema(path, modules)
        count = path.read_bytes().count(b"<loc>") if path.is_file() else 0
        if not 0 < count <= 50_000 or path.stat().st_size > 50 * 1024 * 1024:
            wrong.append(f"{path.name}: {count} addresses")
    return wrong


# ---- lists of feeds, robots, headers


def opml(path, out, url):
    """Whether a reader that takes a list finds every feed once, and its page."""
    read = listparser.parse(path.read_bytes())
    wrong = [f"{path.name}: {read['bozo_exception']}"] if read["bozo"] else []
    if not read["meta"].get("title") or read["version"] != "opml2":
        wrong.append(f"{path.name}: {read['version']} {read['meta']}")
    listed = [feed["url"] for feed in read["feeds"]]
    there = [url + str(feed.relative_to(out)) for feed in out.rglob("feed.atom")]
    if sorted(listed) != sorted(there):
        wrong.append(f"{path.name}: lists {sorted(listed)}, there are {sorted(there)}")
    homes = [outline.get("htmlUrl") for outline in tree.fromstring(path.read_bytes()).iter("outline")]
    return wrong + [f"{path.name}: {home} opens nothing" for home in homes if not opens(home or "", out, url)]


def robots(path, out, url):
    """Whether programs may read everything, and find the site maps."""
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(path.read_text().splitlines())
    paths = [str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()]
    wrong = [f"{path.name}: {agent} may not read {name}" for name in paths for agent in ("Googlebot", "*") if not rules.can_fetch(agent, url + name)]
    maps = rules.site_maps() or []
    if sorted(maps) != sorted(url + name for name in ("sitemap.xml", "news-sitemap.xml")):
        wrong.append(f"{path.name}: names {maps}")
    return wrong


# What a file of each kind is to be sent as, and whether readers on other sites may fetch it.
KINDS = {
    "index.html": ("text/html", False),
    "feed.atom": ("application/atom+xml", True),
    "feed.rss": ("application/rss+xml", True),
    "feed.json": ("application/feed+json", True),
    "tags/travaux/feed.atom": ("application/atom+xml", True),
    "tags/travaux/feed.json": ("application/feed+json", True),
    "feeds.opml": ("text/x-opml", False),
    "sitemap.xml": ("application/xml", False),
    "culture/2026-10-01-budget/conseil.png": ("image/png", False),
    "theme/logo.svg": ("image/svg+xml", False),
}
# nginx knows a file by its ending alone, so that a feed in JSON is JSON there.
JSON = {"application/feed+json": ("application/feed+json", "application/json"), "application/xml": ("application/xml", "text/xml")}


def headers(path, modules):
    """What a host that reads `_headers` sends with each kind of file."""
    read, reason = node(modules, "headers", path)
    if reason or read["errors"]:
        return [f"{path.name}: {reason or read['errors']}"]
    wrong = []
    for name, (kind, shared) in KINDS.items():
        sent = {}
        for rule in read["headers"]:
            if re.search(rule["forRegExp"], f"/presse/{name}", re.I):
                sent |= {key.lower(): value for key, value in rule["values"].items()}
        # What it does not say, the host knows by the file's ending.
        known = name.endswith((".html", ".xml", ".png", ".svg"))
        if not known and sent.get("content-type", "").split(";")[0] != kind:
            wrong.append(f"{path.name}: {name} is sent as {sent.get('content-type')}")
        wrong += common(path.name, name, sent, shared)
        # One rule cannot name many files: the feeds of everything have one each.
        wrong += linked(path.name, name, sent, name in ("feed.atom", "feed.rss", "feed.json"))
    return wrong


def linked(server, name, sent, is_due):
    """Whether a feed says its own address and its hubs in a header, and nothing else does."""
    found = {(rel, url) for url, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', sent.get("link", ""))}
    due = {("self", SITE + name), *(("hub", hub) for hub in HUBS)} if is_due else set()
    return [] if found == due else [f"{server}: {name}: Link is {sent.get('link')}"]


def common(server, name, sent, shared):
    """What every server sends with a file besides its type."""
    wrong = []
    if sent.get("x-content-type-options") != "nosniff":
        wrong.append(f"{server}: {name} may be taken for something else than it is")
    if shared != (sent.get("access-control-allow-origin") == "*"):
        wrong.append(f"{server}: {name}: Access-Control-Allow-Origin is {sent.get('access-control-allow-origin')}")
    if shared and "max-age=900" not in sent.get("cache-control", ""):
        wrong.append(f"{server}: {name}: Cache-Control is {sent.get('cache-control')}")
    return wrong


# ---- servers


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


APACHE = """ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
{modules}
TypesConfig {folder}/types
Alias /presse/ {out}/
<Directory {out}>
    AllowOverride All
    Require all granted
    DirectoryIndex index.html
</Directory>
"""


def apache(folder, out, port):
    """How to test its configuration, and how to start it; None where it is not installed."""
    program = shutil.which("apache2", path="/usr/sbin:/usr/bin") or shutil.which("httpd")
    if not program:
        return None
    where = pathlib.Path("/usr/lib/apache2/modules")
    names = ["mpm_event", "authz_core", "alias", "dir", "mime", "headers", "filter", "deflate"]
    modules = "\n".join(f"LoadModule {name}_module {where}/mod_{name}.so" for name in names)
    # What every Apache brings along; the rest, `.htaccess` says.
    (folder / "types").write_text("text/html html\napplication/xml xml\nimage/png png\nimage/svg+xml svg\n")
    (folder / "apache.conf").write_text(APACHE.format(folder=folder, port=port, modules=modules, out=out))
    command = [program, "-f", folder / "apache.conf"]
    return [*command, "-t"], [*command, "-X"]


def nginx(folder, out, port):
    """The recipe as it stands, but for the folder of the files."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if not program:
        return None
    recipe = (HERE.parent / "docs/recipes/nginx.conf").read_text().replace("/var/www/presse/", f"{out}/")
    # The line for hubs, with those of this newsroom.
    hub = '<https://pubsubhubbub.appspot.com/>; rel="hub"'
    assert "#add_header Link" in recipe and hub in recipe
    recipe = recipe.replace("#add_header Link", "add_header Link").replace(hub, ", ".join(f'<{one}>; rel="hub"' for one in HUBS))
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}server {{\nlisten 127.0.0.1:{port};\n{recipe}\n}}\n}}\n"
    )
    command = [program, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    return [*command, "-t"], command


def served(name, prepare, out):
    """What a server does wrong with our files; None where it is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        # Its workers may run as somebody else.
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        port = free_port()
        commands = prepare(folder, out, port)
        if commands is None:
            return None
        test, start = commands
        tested = subprocess.run(test, capture_output=True, text=True)
        if tested.returncode != 0:
            return [f"{name}: {line}" for line in tested.stderr.strip().splitlines()]
        server = subprocess.Popen(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait(port)
            return asked(name, port, out)
        finally:
            server.terminate()
            server.wait()


def wait(port):
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("a server does not answer")


def get(port, path, **more):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=more)
    answer = connection.getresponse()
    return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()


def asked(server, port, out):
    wrong = []
    for name, (kind, shared) in KINDS.items():
        address = f"/presse/{name.removesuffix('index.html')}"
        status, sent, body = get(port, address)
        if status != 200 or body != (out / name).read_bytes():
            wrong.append(f"{server}: {address} is answered with {status}, {len(body)} bytes")
            continue
        if sent.get("content-type", "").split(";")[0] not in JSON.get(kind, (kind,)):
            wrong.append(f"{server}: {name} is sent as {sent.get('content-type')}")
        wrong += common(server, name, sent, shared)
        wrong += linked(server, name, sent, shared)
        if shared and get(port, address, **{"If-None-Match": sent.get("etag", "")})[0] != 304:
            wrong.append(f"{server}: {name} is sent again though nothing changed")
        if shared:
            _, sent, body = get(port, address, **{"Accept-Encoding": "gzip"})
            if sent.get("content-encoding") != "gzip" or gzip.decompress(body) != (out / name).read_bytes():
                wrong.append(f"{server}: {name} is not compressed")
            # Readers ask with the name of the version that they were given, also beside another.
            for known in (sent.get("etag", ""), f'"other", {sent.get("etag", "")}'):
                more = {"Accept-Encoding": "gzip", "If-None-Match": known}
                if get(port, address, **more)[0] != 304:
                    wrong.append(f"{server}: {name} is compressed again though nothing changed")
    status, sent, body = get(port, "/presse/nichts/da/")
    if status != 404 or body != (out / "404.html").read_bytes():
        wrong.append(f"{server}: what is not there is answered with {status}, {len(body)} bytes")
    for hidden in ("/presse/.crieur-manifest.json", "/presse/.htaccess"):
        if server == "nginx" and get(port, hidden)[0] != 404:
            wrong.append(f"{server}: shows {hidden}")
    return wrong


# ---- all of it


def main():
    program, modules, *large = sys.argv[1:]
    program = str(pathlib.Path(program).resolve())
    found = []

    def check(name, count, on_ours, on_spoilt):
        """The spoilt copy first: a check that finds nothing there is none."""
        if not on_spoilt:
            found.append(f"{name}: finds nothing wrong with a spoilt file")
        found.extend(on_ours)
        print(f"{name}: {count}, {len(on_ours)} wrong; of the spoilt one: {on_spoilt[0].splitlines()[0][:120] if on_spoilt else 'nothing'}")

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        out = newsroom(program, folder / "path", SITE)
        root = newsroom(program, folder / "root", "https://presse.example.org/")

        def spoilt(file, *changes):
            """A copy of a file, in a folder of its own, with words replaced."""
            text = file.read_text()
            for before, after in changes:
                assert before in text, f"{file.name} has no {before}"
                text = text.replace(before, after, 1)
            copy = folder / "spoilt" / file.name
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(text)
            return copy

        ours = graphs(out)
        feed = json.loads((out / "feed.json").read_text())
        first = dict([next(iter(ours.items()))])
        bad = {page: text.replace('"inLanguage":', '"inLangage":') for page, text in first.items()}
        worse = {page: re.sub(r'"author":\[.*?\]', '"author":[{"@type":"Town","name":7}]', text) for page, text in first.items()}
        check("JSON-LD, types of schema.org", f"{len(ours)} pages", types(ours, modules), types(bad, modules) and types(worse, modules))
        other = {page: text.replace('"headline":"', '"headline":"x') for page, text in first.items()}
        check("JSON-LD and the feed", f"{len(ours)} pages", agrees(ours, feed), agrees(other, feed))

        file = out / "sitemap.xml"
        check("sitemap.xml, schema", "1 file", schema(file, modules), schema(spoilt(file, ("<loc>", "<lok>"), ("</loc>", "</lok>")), modules))
        count = file.read_text().count("<loc>")
        check("sitemap.xml, read", f"{count} addresses", addresses(file, modules, out, SITE), addresses(spoilt(file, ("<loc>https", "<loc>ftp")), modules, out, SITE))
        file = out / "news-sitemap.xml"
        count = file.read_text().count("<loc>")
        check("news-sitemap.xml, rules", f"{count} news", news(file, modules, out, SITE), news(spoilt(file, ("publication_date>2026-11-20", "publication_date>2026-11-02")), modules, out, SITE))
        file = later(program, folder)
        check("news-sitemap.xml, empty", "0 news", news(file, modules, out, SITE), news(spoilt(file, ("urlset", "urlsets")), modules, out, SITE))
        if large:
            file = pathlib.Path(large[0])
            copy = folder / "large"
            shutil.copytree(file, copy)
            (copy / "sitemap-2.xml").unlink()
            count = sum(path.read_bytes().count(b"<loc>") for path in file.glob("sitemap-*.xml"))
            check("index of site maps", f"{count} addresses in {len(list(file.glob('sitemap-*.xml')))} files", index(file, modules), index(copy, modules))

        file = out / "feeds.opml"
        count = file.read_text().count("<outline")
        check("feeds.opml", f"{count} feeds", opml(file, out, SITE), opml(spoilt(file, ("feed.atom", "feed.atm")), out, SITE))
        file = root / "robots.txt"
        check("robots.txt", "1 file", robots(file, root, "https://presse.example.org/"), robots(spoilt(file, ("Disallow:", "Disallow: /tags/")), root, "https://presse.example.org/"))
        file = out / "_headers"
        check("_headers", f"{len(KINDS)} kinds of files", headers(file, modules), headers(spoilt(file, ("application/rss+xml", "text/xml")), modules))

        for name, prepare in (("apache", apache), ("nginx", nginx)):
            said = served(name, prepare, out)
            if said is None:
                print(f"NOT PROVED HERE: {name} is not installed; its configuration was not tried")
                continue
            # The same without what it is told about our files.
            if name == "apache":
                bare = shutil.copytree(out, folder / "bare")
                (bare / ".htaccess").unlink()
                control = served(name, prepare, bare)
            else:
                control = served(name, lambda *of: spoil(nginx(*of)), out)
            check(f"{name}, asked", f"{len(KINDS)} kinds of files, 404, 304, gzip", said, control)

    print()
    print("\n".join(found) if found else "0 wrong")
    sys.exit(1 if found else 0)


def spoil(commands):
    """The recipe without the block on feeds."""
    path = commands[1][2]
    path.write_text(path.read_text().replace("application/atom+xml", "text/xml"))
    return commands


def later(program, folder):
    """The news site map of a day without news."""
    shutil.copytree(HERE / "pages/newsroom", folder / "later")
    subprocess.run([program, "--root", folder / "later", "--now", "2027-03-01T12:00:00Z", "--quiet"], check=True, capture_output=True)
    return folder / "later/public/news-sitemap.xml"


main()
