"""The whole story on one machine: an empty folder, a first release, a schedule, a web server, and readers that
subscribed on the first day.

usage: story.py PROGRAM   (needs nginx, newsboat, and feedparser in this Python)

Each scheduled run is `crieur publish FOLDER --keep-going --verify` behind nginx with the recipe of docs/recipes.
newsboat has a database, feedparser is asked with the ETag it was given; both poll after every run and once
more. After each step exactly the right releases are new, updated and unread, and for a feed that has not
changed nothing but 304 goes over the wire, by the access log of the server.
"""

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import feedparser

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from newsboat import Reader  # noqa: E402

CONFIG = """title = "Salle de presse"
url = "{url}"
language = "en"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"
"""
POOL = "# The pool opens again\n\nThe pool opens again on Monday after three months of work, with longer hours.\n"
BUDGET = "---\nembargo: 2026-01-13 08:00\n---\n# The budget CANARY\n\nThe council has voted the budget of this year.\n"
FEEDS = ("feed.atom", "feed.rss")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """The recipe of docs/recipes/nginx.conf, and a line in a log for each request."""

    def __init__(self, folder):
        self.folder, self.process = folder, None
        self.old, self.new = free_port(), free_port()
        self.log = folder / "access.log"
        folder.mkdir()

    def recipe(self, root):
        text = (HERE.parents[1] / "docs/recipes/nginx.conf").read_text(encoding="utf-8")
        return text.replace("/var/www/presse/", f"{root}/")

    def start(self, servers):
        self.stop()
        self.log.write_text("")
        temporary = "".join(f"{n}_temp_path {self.folder}/{n};\n" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        blocks = "".join(f"server {{ listen 127.0.0.1:{port};\n{block}\n}}\n" for port, block in servers.items())
        (self.folder / "nginx.conf").write_text(
            f"daemon off;\npid {self.folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}"
            f"log_format wire '$status $server_port $request_uri $http_user_agent';\n"
            f"access_log {self.log} wire;\n{blocks}}}\n"
        )
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [program, "-e", "stderr", "-g", "user root;", "-c", self.folder / "nginx.conf", "-p", self.folder]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for port in servers:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            else:
                raise SystemExit("nginx does not answer")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def wire(self):
        """What was answered since the last time, of feeds: status, address, reader."""
        time.sleep(0.1)
        lines = [line.split(" ", 3) for line in self.log.read_text().splitlines()]
        self.log.write_text("")
        return [(int(status), uri, agent) for status, _, uri, agent in lines if "/feed." in uri]


class Parser:
    """feedparser, and what a program that uses it keeps: validators, and each entry by its id."""

    def __init__(self, url):
        self.url, self.etag, self.modified, self.known = url, None, None, {}

    def poll(self):
        """The titles that are new, and those that are updated."""
        feed = feedparser.parse(self.url, etag=self.etag, modified=self.modified)
        if feed.status == 304:
            return [], []
        assert feed.status in (200, 301), feed.status
        self.etag, self.modified = feed.get("etag"), feed.get("modified")
        entries = {entry.id: (entry.title, entry.get("updated") or entry.published) for entry in feed.entries}
        assert len(entries) == len(feed.entries), "one id twice"
        new = [title for id, (title, _) in entries.items() if id not in self.known]
        updated = [title for id, (title, when) in entries.items() if id in self.known and self.known[id][1] != when]
        self.known.update(entries)
        return sorted(new), sorted(updated)


class Story:
    def __init__(self, program, folder):
        self.program, self.room, self.web = program, folder / "newsroom", folder / "web"
        self.room.mkdir()
        self.nginx = Nginx(folder / "nginx")
        self.site = f"http://127.0.0.1:{self.nginx.old}/presse/"
        self.readers = {feed: Reader(folder / "newsboat" / feed, self.site + feed) for feed in FEEDS}
        self.parsers = {feed: Parser(self.site + feed) for feed in FEEDS}
        self.wrong, self.target, self.first = [], self.web / "old", True

    def write(self, path, text):
        path = self.room / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def crieur(self, now, *arguments, code=0):
        said = subprocess.run(
            [self.program, *arguments, "--now", now], cwd=self.room, env={}, capture_output=True, text=True, timeout=120
        )
        if said.returncode != code:
            raise SystemExit(f"{arguments}: exit code {said.returncode}: {said.stdout}{said.stderr}")
        return said.stdout

    def run(self, now):
        """What the schedule runs."""
        time.sleep(1.1)  # A server tells states apart by seconds; the runs of a month take some here.
        said = self.crieur(now, "publish", str(self.target), "--keep-going", "--verify", "--deadline", "0")
        assert "live: " in said, said

    def step(self, name, now, new=(), updated=(), total=0, shows=(), changed=True):
        self.run(now)
        self.nginx.wire()
        problems = []
        for feed, reader in self.readers.items():
            reader.reload()
            articles = reader.articles()
            guids = {guid for guid, *_ in articles}
            unread = sorted(title for _, title, unread, _ in articles if unread)
            if len(articles) != total or len(guids) != total:
                problems.append(f"newsboat {feed}: {len(articles)} articles and not {total}")
            if unread != sorted(new):
                problems.append(f"newsboat {feed}: unread {unread} and not {sorted(new)}")
            problems += [f"newsboat {feed}: {guid} is lost" for guid in reader.known - guids]
            for text in shows:
                if not any(text in title or text in content for _, title, _, content in articles):
                    problems.append(f"newsboat {feed}: nobody can read {text!r}")
            reader.known |= guids
            reader.read_all()
        for feed, parser in self.parsers.items():
            found = parser.poll()
            if found != (sorted(new), sorted(updated)):
                problems.append(f"feedparser {feed}: new and updated {found}, not {sorted(new), sorted(updated)}")
        statuses = [status for status, *_ in self.nginx.wire() if status != 301]
        if len(statuses) != 4 or (set(statuses) != {200 if changed else 304}):
            problems.append(f"on the wire: {statuses}")
        if self.first:
            # newsboat writes down an ETag only for a feed that is in its database: from the second visit on.
            for reader in self.readers.values():
                reader.reload()
            self.nginx.wire()
            self.first = False
        # Everybody comes again, and nothing has changed.
        for reader in self.readers.values():
            reader.reload()
        for feed, parser in self.parsers.items():
            if parser.poll() != ([], []):
                problems.append(f"feedparser {feed}: something new, though nothing is")
        again = [line for line in self.nginx.wire() if line[0] != 301]
        if len(again) != 4 or {status for status, *_ in again} != {304}:
            problems.append(f"nothing changed, and on the wire: {again}")
        self.wrong += [f"{name}: {problem}" for problem in problems]
        print(f"{name}: {total} articles, {len(new)} new, {len(updated)} updated, then only 304: {'no' if problems else 'yes'}")

    def nobody_knows(self, canary):
        for folder in (self.web, self.room / "public"):
            for path in folder.rglob("*"):
                if path.is_file() and canary.lower().encode() in path.read_bytes().lower():
                    self.wrong.append(f"{canary} is in {path}")

    def play(self):
        self.nginx.start({self.nginx.old: self.nginx.recipe(self.web / "old")})
        started = time.monotonic()
        self.write("crieur.toml", CONFIG.format(url=self.site))
        self.write("items/2026-01-12-pool.md", POOL)
        self.write("items/2026-01-13-budget.md", BUDGET)
        self.step("first day", "2026-01-12T12:00:00Z", ["The pool opens again"], total=1)
        print(f"from an empty folder to two readers in {time.monotonic() - started:.1f}s")
        self.nobody_knows("canary")
        self.step("nothing to do", "2026-01-12T18:00:00Z", total=1, changed=False)
        self.step("an hour before the embargo ends", "2026-01-13T06:00:00Z", total=1, changed=False)
        self.nobody_knows("canary")
        self.step("the embargo is over", "2026-01-13T07:15:00Z", ["The budget CANARY"], total=2)

        said = self.crieur("2026-01-13T08:00:00Z", "verify", "--deadline", "0")
        assert "nothing to complain of" in said, said

        pool = (self.room / "items/2026-01-12-pool.md").read_text()
        self.write("items/2026-01-12-pool.md", pool.replace("Monday", "Tuesday"))
        note = "The pool opens on Tuesday."
        self.crieur("2026-01-14T12:00:00Z", "correct", "items/2026-01-12-pool.md", "--note", note)
        self.step("corrected", "2026-01-14T12:01:00Z", [], ["The pool opens again"], 2, [note])

        reason = "The vote is void."
        self.crieur("2026-01-15T12:00:00Z", "withdraw", "items/2026-01-13-budget.md", "--reason", reason)
        self.step("withdrawn", "2026-01-15T12:01:00Z", [], ["[Withdrawn] The budget CANARY"], 2, [reason])

        # Another host; the old one leads there for good, and the readers still have the old address.
        new = f"http://127.0.0.1:{self.nginx.new}/presse/"
        self.write("crieur.toml", CONFIG.format(url=new))
        self.target = self.web / "new"
        moved = f"location / {{ return 301 http://127.0.0.1:{self.nginx.new}$request_uri; }}"
        self.nginx.start({self.nginx.old: moved, self.nginx.new: self.nginx.recipe(self.web / "new")})
        self.step("moved to another domain", "2026-01-16T12:00:00Z", total=2)

        self.write("items/2026-01-17-stadium.md", "# The stadium\n\nThe stadium opens to schools on Wednesday.\n")
        self.step("another release", "2026-01-17T12:00:00Z", ["The stadium"], total=3)


def main(program):
    version = subprocess.run(["newsboat", "-v"], capture_output=True, text=True, check=True).stdout
    print(re.search(r"newsboat \S+", version, re.I)[0], "and feedparser", feedparser.__version__)
    with tempfile.TemporaryDirectory() as scratch:
        story = Story(program, Path(scratch))
        try:
            story.play()
        finally:
            story.nginx.stop()
    for problem in story.wrong:
        print(problem)
    return 1 if story.wrong else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
