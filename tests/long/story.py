"""The whole story on one machine: an empty folder, a first release, a schedule, a web server, and readers that
subscribed on the first day.

usage: story.py PROGRAM   (needs nginx, newsboat, and feedparser in this Python)

It begins with the quick start of README.md, command for command: `crieur init` in an empty folder, a page in the
browser that `crieur serve --open` opens, a page behind nginx; all of it within a minute, programs and start of the
server counted. Each scheduled run is `crieur publish FOLDER --keep-going --verify` behind nginx with the recipe of docs/recipes.
newsboat has a database, feedparser is asked with the ETag it was given; both poll after every run and once
more. After each step exactly the right releases are new, updated and unread, and for a feed that has not
changed nothing but 304 goes over the wire, by the access log of the server.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import feedparser

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from newsboat import Reader  # noqa: E402

FIRST = "Nos communiqués ont désormais leur flux"
POOL = "# La piscine rouvre\n\nLa piscine rouvre lundi après trois mois de travaux, avec des horaires élargis.\n"
BUDGET = "---\nembargo: 2026-01-13 08:00\n---\n# Le budget CANARI\n\nLe conseil a voté le budget de l'année.\n"
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


def quick_start():
    """The commands of README.md from an empty folder, each as its words."""
    readme = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
    block = readme[readme.index("```console\n$ crieur init ") :].split("```")[1]
    return [shlex.split(line.removeprefix("$ ")) for line in block.splitlines() if line.startswith("$ ")]


def page(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


class Story:
    def __init__(self, program, folder):
        self.program, self.room, self.web = program, folder / "newsroom", folder / "web"
        self.room.mkdir()
        self.nginx = Nginx(folder / "nginx")
        self.site = f"http://127.0.0.1:{self.nginx.old}/presse/"
        self.readers = {feed: Reader(folder / "newsboat" / feed, self.site + feed) for feed in FEEDS}
        self.parsers = {feed: Parser(self.site + feed) for feed in FEEDS}
        self.wrong, self.target, self.how, self.first = [], None, [], True

    def write(self, path, text):
        path = self.room / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def crieur(self, now, *arguments, code=0):
        command = [self.program, *arguments, "--now", now, "--lang", "en"]
        said = subprocess.run(command, cwd=self.room, env={}, capture_output=True, text=True, timeout=120)
        if said.returncode != code:
            raise SystemExit(f"{arguments}: exit code {said.returncode}: {said.stdout}{said.stderr}")
        return said.stdout

    def run(self, now):
        """What the schedule runs."""
        time.sleep(1.1)  # A server tells states apart by seconds; the runs of a month take some here.
        said = self.crieur(now, "publish", str(self.target), "--keep-going", "--verify", "--deadline", "0", *self.how)
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

    def opened_in_the_browser(self, now, *arguments):
        """What the page shows that a program opens in the browser; it goes on until it is told to stop."""
        bin = self.web.parent / "bin"
        bin.mkdir()
        (bin / "xdg-open").write_text(f"#!/bin/sh\necho \"$1\" > {bin}/opened\n")
        (bin / "xdg-open").chmod(0o755)
        command = [self.program, *arguments, "--now", now]
        preview = subprocess.Popen(command, cwd=self.room, env={"PATH": f"{bin}:{os.environ['PATH']}"}, stdout=subprocess.DEVNULL)
        try:
            for _ in range(200):
                if (bin / "opened").exists() and (bin / "opened").read_text().endswith("\n"):
                    return page((bin / "opened").read_text().strip())
                time.sleep(0.05)
            raise SystemExit(f"{arguments}: no browser was opened")
        finally:
            preview.terminate()
            preview.wait()

    def first_minute(self, now):
        """The quick start of README.md; its server is nginx, with the recipe."""
        assert not any(self.room.iterdir())
        self.target = self.web / "old"
        started, seen = time.monotonic(), []
        for program, command, *arguments in quick_start():
            assert program == "crieur", program
            if command == "serve":
                seen.append(("in the browser", self.opened_in_the_browser(now, command, *arguments)))
            else:
                self.crieur(now, command, *(str(self.target) if word == "/var/www/presse" else word for word in arguments))
            if command == "publish":
                self.nginx.start({self.nginx.old: self.nginx.recipe(self.web / "old")})
                seen.append(("behind nginx", page(self.site)))
            took = time.monotonic() - started
            print(f"{took:5.1f}s  crieur {command}")
        if [where for where, text in seen if FIRST in text] != ["in the browser", "behind nginx"]:
            self.wrong.append(f"the quick start: seen {[where for where, _ in seen]}, without the first release")
        if took > 60:
            self.wrong.append(f"the quick start takes {took:.0f}s")

    def edit(self, file, before, after):
        """What a person does in an editor."""
        text = (self.room / file).read_text(encoding="utf-8")
        assert before in text, f"{file} has no {before}"
        self.write(file, text.replace(before, after, 1))

    def play(self):
        started = time.monotonic()
        self.first_minute("2026-01-12T10:00:00Z")
        # The address by which readers get there on this machine.
        self.edit("crieur.toml", 'url = "https://www.example.org/presse/"', f'url = "{self.site}"')
        self.write("items/2026-01-12-piscine.md", POOL)
        self.write("items/2026-01-13-budget.md", BUDGET)
        self.step("first day", "2026-01-12T12:00:00Z", [FIRST, "La piscine rouvre"], total=2)
        print(f"from an empty folder to two readers in {time.monotonic() - started:.1f}s")
        self.nobody_knows("canari")
        self.step("nothing to do", "2026-01-12T18:00:00Z", total=2, changed=False)
        self.step("an hour before the embargo ends", "2026-01-13T06:00:00Z", total=2, changed=False)
        self.nobody_knows("canari")
        self.step("the embargo is over", "2026-01-13T07:15:00Z", ["Le budget CANARI"], total=3)

        said = self.crieur("2026-01-13T08:00:00Z", "verify", "--deadline", "0")
        assert "nothing to complain of" in said, said

        self.edit("items/2026-01-12-piscine.md", "lundi", "mardi")
        note = "La piscine rouvre mardi."
        self.crieur("2026-01-14T12:00:00Z", "correct", "items/2026-01-12-piscine.md", "--note", note)
        self.step("corrected", "2026-01-14T12:01:00Z", [], ["La piscine rouvre"], 3, [note])

        reason = "Le vote est annulé."
        self.crieur("2026-01-15T12:00:00Z", "withdraw", "items/2026-01-13-budget.md", "--reason", reason)
        self.step("withdrawn", "2026-01-15T12:01:00Z", [], ["[Communiqué retiré] Le budget CANARI"], 3, [reason])

        # Another host; the old one leads there for good, and the readers still have the old address.
        new = f"http://127.0.0.1:{self.nginx.new}/presse/"
        self.edit("crieur.toml", self.site, new)
        # There it is a link that is switched.
        self.target, self.how = self.web / "new", ["--switch"]
        moved = f"location / {{ return 301 http://127.0.0.1:{self.nginx.new}$request_uri; }}"
        self.nginx.start({self.nginx.old: moved, self.nginx.new: self.nginx.recipe(self.web / "new")})
        self.step("moved to another domain", "2026-01-16T12:00:00Z", total=3)

        self.write("items/2026-01-17-stade.md", "# Le stade\n\nLe stade ouvre aux écoles mercredi.\n")
        self.step("another release", "2026-01-17T12:00:00Z", ["Le stade"], total=4)

        # All pages are others, and it is switched; a feed that is the same is the same file, and 304.
        self.edit("crieur.toml", "# color = ", 'color = "#7a1f3d" # ')
        self.step("another colour", "2026-01-18T12:00:00Z", total=4, changed=False)
        if self.target.readlink() != Path(".new.versions/3"):
            self.wrong.append(f"the link leads to {self.target.readlink()}")


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
