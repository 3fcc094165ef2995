"""Kills the program at every system call of a build, or of a publication that switches a link, that changes
something on the disk.

usage: crash.py PROGRAM

The promise is that feeds and ledger are old or new, never between, and that the next run makes good
whatever was cut off; what a link shows that is switched is all old or all new; and that pages are on the
disk before the first feed leads there. Power cuts and full runners do not choose a convenient moment, so this tries
them all: strace ends the program with SIGKILL as it enters the call, once for each call of the build.

strace counts each kind of call by thread, so the calls of the main thread are counted with that
thread traced alone, and those of the other, of which there is one, by the file that they are about.
Every call that an undisturbed run makes in the newsroom's folder must be one at which it was killed.

Each time is a newsroom of its own, so as many are tried at once as there are processors; and in memory,
where that can be had, because what makes it wait is fsync, and a kill loses nothing that was written.
"""

import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import xml.dom.minidom
from pathlib import Path

CALLS = (
    "openat,creat,write,writev,pwrite64,ftruncate,copy_file_range,sendfile,splice,rename,renameat,renameat2,"
    "link,linkat,symlink,symlinkat,chmod,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fdatasync,fchmod"
)
CONFIG = """title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"

[ledger]
publish = true
"""
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
FEEDS = ("feed.atom", "feed.rss", "feed.json")
NOW = "2026-11-24T12:00:00Z"


def write(folder, path, text):
    path = folder / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def begin(folder):
    write(folder, "crieur.toml", CONFIG)
    write(folder, "items/2026-11-20-piscine.md", "# La piscine rouvre\n\nLundi.\n")
    write(folder, "items/2026-11-21-pont/index.md", "---\nattachments: [plan.pdf]\n---\n# Le pont ferme\n\nMardi.\n")
    write(folder, "items/2026-11-21-pont/plan.pdf", "%PDF-1.4\n")


def publish(folder):
    """One release, with a file beside it."""
    write(folder, "items/2026-11-23-stade/index.md", "---\nattachments: [plan.pdf]\n---\n# Le stade\n\nMercredi.\n")
    write(folder, "items/2026-11-23-stade/plan.pdf", "%PDF-1.4 stade\n")


def more(folder):
    """One release, one that gets another name, and one that is withdrawn with its file."""
    publish(folder)
    (folder / "items/2026-11-20-piscine.md").rename(folder / "items/2026-11-20-bassin.md")
    write(
        folder,
        "items/2026-11-21-pont/index.md",
        "---\nattachments: [plan.pdf]\nstatus: withdrawn\nchanges:\n"
        "  - {date: 2026-11-23 18:00, kind: withdrawal}\n---\n# Le pont ferme\n\nMardi.\n",
    )


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def state(folder):
    written = files(folder / "public")
    written["../ledger.jsonl"] = (folder / "ledger.jsonl").read_bytes()
    return written


class Wrong(Exception):
    """A promise that was not kept."""


class Story:
    calls_of_kind = CALLS

    def __init__(self, program, change, scratch):
        self.program, self.scratch = program, scratch
        self.start = scratch / "start"
        begin(self.start)
        self.build(self.start)
        self.old = state(self.start)
        change(self.start)
        self.end = self.fresh()
        self.build(self.end)
        self.new = state(self.end)

    def fresh(self):
        """The newsroom as it is before the run, in a folder of this thread."""
        folder = self.scratch / f"newsroom-{threading.get_ident()}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.start, folder, symlinks=True)
        return folder

    def build(self, folder, trace=()):
        # One worker: its calls come in one order.
        command = [*trace, self.program, "build", "--now", NOW]
        return subprocess.run(
            command, cwd=folder, env={"RAYON_NUM_THREADS": "1"}, capture_output=True, text=True, check=not trace
        )

    def calls(self):
        """The calls of an undisturbed run that are about the newsroom: kind of each, and path below it; no
        path where it is the main thread that makes it."""
        folder, log = self.fresh(), self.scratch / "trace"
        self.build(folder, ["strace", "-f", "-y", "-o", log, "-e", f"trace={self.calls_of_kind}"])
        lines = [line.split(maxsplit=1) for line in log.read_text(encoding="utf-8").splitlines()]
        found = []
        for thread, call in lines:
            paths = re.findall(r'[<"](' + re.escape(str(folder)) + r'/[^">]*)[">]', call) or re.findall(
                r'[<"](' + re.escape(str(folder)) + r')[">](?!, ")', call
            )
            if paths:
                path = paths[0].removeprefix(str(folder))
                found.append((call.split("(")[0], None if thread == lines[0][0] else path))
        return found

    def killed_at(self, number, call, path):
        """Runs it to that call of its kind, in the main thread or about that path: whether there was one,
        and what was wrong then."""
        folder = self.fresh()
        trace = ["strace", "-o", "/dev/null", "-e", f"trace={call}"]
        trace += ["-e", f"inject={call}:signal=KILL:when={number}"]
        if path is not None:
            trace += ["-f", "-P", f"{folder}{path}"]
        ended = self.build(folder, trace)
        killed = ended.returncode in (-9, 137)
        if not killed and ended.returncode != 0:
            return False, f"exit {ended.returncode}: {ended.stdout}{ended.stderr}"
        try:
            self.judge(folder)
        except Wrong as error:
            return killed, str(error)
        return killed, None

    def killed_at_each(self, call, path):
        """The same at the first, the second, … until there is none: how often it was killed, and what was wrong."""
        number, wrong = 0, []
        while True:
            killed, error = self.killed_at(number + 1, call, path)
            if error:
                whose = "the main thread" if path is None else f"newsroom{path}"
                wrong.append(f"killed at {call} {number + 1} of {whose}: {error}")
            if not killed:
                return number, wrong
            number += 1

    def pages_first(self):
        """Pages are on the disk before the first feed is in its place: a power cut is not to leave feeds
        that lead to empty pages, and no program can be killed so that this would show."""
        folder, log = self.fresh(), self.scratch / "trace"
        self.build(folder, ["strace", "-f", "-o", log, "-e", "trace=syncfs,rename,renameat,renameat2"])
        # Each call: what was renamed last has its new name at its end.
        named = [re.findall(r'([^"/]+)"', line) for line in log.read_text(encoding="utf-8").splitlines() if "(" in line]
        done = [names[-1] if names else "syncfs" for names in named]
        synced = done.index("syncfs") if "syncfs" in done else len(done)
        early = sorted({*FEEDS, "ledger.jsonl"}.intersection(done[:synced]))
        late = "index.html" in done[synced:]
        if early or late or "index.html" not in done:
            raise Wrong(f"before pages are on the disk: {early}; after it: {done[synced:]}")

    def judge(self, folder):
        now = state(folder)
        for path in (*FEEDS, "../ledger.jsonl", "ledger.jsonl"):
            if now[path] not in (self.old[path], self.new[path]):
                raise Wrong(f"{path} is neither old nor new")
        for path, content in now.items():
            whole = content in (self.old.get(path), self.new.get(path))
            if not whole and not path.endswith(".crieur-part") and path != ".crieur-manifest.json":
                raise Wrong(f"{path} is neither old nor new")
        for feed in FEEDS[:2]:
            xml.dom.minidom.parseString(now[feed])
        json.loads(now["feed.json"])
        for line in now["../ledger.jsonl"].splitlines():
            json.loads(line)
        new_feeds = [feed for feed in FEEDS if now[feed] == self.new[feed]]
        if new_feeds and now["../ledger.jsonl"] != self.new["../ledger.jsonl"]:
            raise Wrong(f"{new_feeds} say what the ledger does not know")
        for item in json.loads(now["feed.json"])["items"]:
            page = item["url"].removeprefix("https://www.example.org/presse/") + "index.html"
            if page not in now:
                raise Wrong(f"the feed links to {page}, which is not there")
        # The next run, with nobody looking: everything as if nothing had been.
        self.build(folder)
        healed = state(folder)
        if healed != self.new:
            other = sorted(path for path in healed.keys() | self.new.keys() if healed.get(path) != self.new.get(path))
            raise Wrong(f"after the next run: {other}")


class Switched(Story):
    """The same with `publish --switch`: what the link shows, with a file of somebody else's."""

    # Most files are opened to be read; what is opened to be written is killed at its first byte.
    calls_of_kind = CALLS.removeprefix("openat,creat,")

    def build(self, folder, trace=()):
        # What a build does when it is killed is known by then.
        super().build(folder)
        command = [*trace, self.program, "publish", "web", "--switch", "--no-verify", "--now", NOW]
        said = subprocess.run(command, cwd=folder, env={"RAYON_NUM_THREADS": "1"}, capture_output=True, text=True, check=not trace)
        if not trace and not (folder / "web/theirs.html").exists():
            write(folder, "web/theirs.html", "theirs")
        return said

    def judge(self, folder):
        seen = files(folder / "web")
        if seen not in (self.old_web, self.new_web):
            other = sorted(path for path in seen.keys() | self.old_web.keys() if seen.get(path) != self.old_web.get(path))
            raise Wrong(f"neither all old nor all new: {other}")
        self.build(folder)
        if files(folder / "web") != self.new_web:
            raise Wrong("after the next run it is not all new")

    def __init__(self, program, change, scratch):
        super().__init__(program, change, scratch)
        self.old_web, self.new_web = files(self.start / "web"), files(self.end / "web")
        assert self.old_web != self.new_web and "theirs.html" in self.new_web


def main(program):
    wrong = 0
    for kind, change in ((Story, publish), (Story, more), (Switched, more)):
        with tempfile.TemporaryDirectory(dir=MEMORY) as scratch:
            # As the kernel names it, or strace would not know it again.
            story = kind(program, change, Path(scratch).resolve())
            calls = story.calls()
            killed = 0
            # What there is most of first: nobody waits for it at the end.
            kinds = [call for call, _ in collections.Counter(calls).most_common()]
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
                for times, errors in pool.map(story.killed_at_each, *zip(*kinds)):
                    killed += times
                    wrong += len(errors)
                    for error in errors:
                        print(f"{kind.__name__}, {change.__name__}: {error}")
            print(f"{kind.__name__}, {change.__name__}: killed {killed} times; {len(calls)} calls are about the newsroom")
            if killed < len(calls):
                wrong += 1
                print("  some calls were never reached")
            try:
                if kind is Story:
                    story.pages_first()
            except Wrong as error:
                wrong += 1
                print(f"{change.__name__}: {error}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
