"""Publishes to another machine: a real sshd on 127.0.0.1, by `sftp` and by `rsync`, with a key of its own.

usage: remote.py PROGRAM

What arrives is what was built; nothing arrives a second time; what is not ours stays; what is gone goes;
a connection that breaks at every call of the program in turn leaves whole files, no feed before its
pages, and is made good by the next run. The two are played side by side, to folders in memory where that
can be had: a program that publishes waits for the disk.
"""

import concurrent.futures
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIG = """title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "en"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"

[ledger]
publish = true
"""
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
NOW = "2026-11-24T12:00:00Z"
MANIFEST = ".crieur-manifest.json"


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sshd:
    """A server that knows one key, and a client's configuration that knows the server."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        for name in ("host", "user"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name]
            subprocess.run(command, check=True)
        host_key = (folder / "host.pub").read_text()
        (folder / "known").write_text(f"[127.0.0.1]:{self.port} {host_key}")
        shutil.copy(folder / "user.pub", folder / "authorized")
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile {folder}/pid\n"
            f"AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nUsePAM no\nStrictModes no\n"
            "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
        )
        (folder / "config").write_text(
            f"Host *\n  Port {self.port}\n  IdentityFile {folder}/user\n  IdentitiesOnly yes\n"
            f"  UserKnownHostsFile {folder}/known\n  StrictHostKeyChecking yes\n"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        program = shutil.which("sshd") or "/usr/sbin/sshd"
        self.process = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("sshd does not answer")


class Story:
    def __init__(self, program, folder, sshd, kind):
        self.program, self.sshd, self.kind, self.started = program, sshd, kind, time.monotonic()
        self.room, self.web = folder / kind / "room", folder / kind / "home of web/presse"
        self.room.mkdir(parents=True)
        self.bin = folder / kind / "bin"
        self.bin.mkdir()
        self.count = folder / kind / "calls"
        # The program that the system has, with the key of this test; it fails at one of its calls.
        fail = f'n=$(cat {self.count} 2>/dev/null || echo 0); echo $((n + 1)) > {self.count}; [ "$n" != "$FAIL_AT" ] || exit 255'
        options = f"-F {sshd.folder}/config" if kind == "sftp" else ""
        script = self.bin / kind
        script.write_text(f'#!/bin/sh\n{fail}\nexec {shutil.which(kind)} {options} "$@"\n')
        script.chmod(0o755)
        self.write("crieur.toml", CONFIG)
        self.write("items/2026-11-20-piscine.md", "# The pool\n\nMonday.\n")
        self.write("items/2026-11-21-pont/index.md", "---\nattachments: [\"plan [1].pdf\"]\n---\n# The bridge\n\nTuesday.\n")
        self.write("items/2026-11-21-pont/plan [1].pdf", "%PDF-1.4\n%%EOF\n")

    def write(self, path, text):
        path = self.room / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def target(self):
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        path = str(self.web)
        if self.kind == "sftp":
            return f"sftp://{user}@127.0.0.1:{self.sshd.port}{path.replace(' ', '%20')}"
        return f"{user}@127.0.0.1:{path}"

    def publish(self, expected=0, fail_at=""):
        self.count.unlink(missing_ok=True)
        environment = {"PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/"), "FAIL_AT": str(fail_at)}
        environment["RSYNC_RSH"] = f"ssh -F {self.sshd.folder}/config"
        command = [self.program, "publish", self.target(), "--now", NOW, "--no-verify"]
        said = subprocess.run(command, cwd=self.room, env=environment, capture_output=True, text=True, timeout=120)
        assert expected in (said.returncode, None), f"{self.kind}: exit code {said.returncode}: {said.stdout}{said.stderr}"
        return said.stdout + said.stderr

    def is_what_was_built(self, theirs=()):
        there, built = files(self.web), files(self.room / "public")
        for path in theirs:
            assert there.pop(path) == b"theirs", path
        assert there == built, f"{self.kind}: {sorted(there.keys() ^ built.keys()) or 'other bytes'}"

    def play(self):
        said = self.publish()
        self.is_what_was_built()
        assert "upload: 2 pages" in said, said
        before = {path: (self.web / path).stat().st_ino for path in files(self.web)}
        assert "nothing to do" in self.publish()
        assert before == {path: (self.web / path).stat().st_ino for path in files(self.web)}
        print(f"{self.kind}: {len(before)} files arrived, none a second time")

        (self.web / "other.html").write_text("theirs")
        (self.web / "2026-11-21-pont/photo.jpg").write_text("theirs")
        shutil.rmtree(self.room / "items/2026-11-21-pont")
        forget = [self.program, "forget", "2026-11-21-pont/index.md", "--reason", "test", "--now", NOW]
        subprocess.run(forget, cwd=self.room, check=True, capture_output=True)
        assert "deletion: 2 files" in self.publish()
        self.is_what_was_built(["other.html", "2026-11-21-pont/photo.jpg"])
        print(f"{self.kind}: what is gone went, what is theirs stayed")

        self.write("items/other.md", "---\ndate: 2026-11-22\nslug: other.html\n---\n# Another\n\nText.\n")
        shutil.rmtree(self.web)
        self.web.mkdir()
        (self.web / "index.html").write_text("theirs")
        assert "output-foreign" in self.publish(expected=3)
        assert list(files(self.web)) == ["index.html"]
        (self.web / "index.html").unlink()
        print(f"{self.kind}: somebody else's page stopped it")

        shutil.rmtree(self.web)
        self.publish()
        for at in range(1, 40):
            whole = files(self.web)
            self.write(f"items/2026-11-23-new-{at}.md", f"# New {at}\n\nText.\n")
            broken = self.publish(expected=None, fail_at=at)
            now = files(self.web)
            page = f"2026-11-23-new-{at}/index.html"
            for feed in ("feed.atom", "feed.rss", "feed.json"):
                assert now[feed] == whole[feed] or page in now, f"{self.kind}: {at}: {feed} before its page"
            if "target-failed" not in broken:
                break
            self.publish()
            self.is_what_was_built()
        assert at > 8, f"{self.kind}: only {at} calls"
        print(f"{self.kind}: broken at each of {at - 1} calls, made good by the next run ({time.monotonic() - self.started:.0f}s)")


def main(program):
    with tempfile.TemporaryDirectory(dir=MEMORY) as scratch:
        scratch = Path(scratch)
        sshd = Sshd(scratch / "sshd")
        try:
            with concurrent.futures.ThreadPoolExecutor() as pool:
                list(pool.map(lambda kind: Story(program, scratch, sshd, kind).play(), ("sftp", "rsync")))
            # Without a key nothing is asked of anybody, and nothing hangs.
            (scratch / "sshd/config").write_text(f"Host *\n  Port {sshd.port}\n  UserKnownHostsFile {scratch}/sshd/known\n  IdentityFile none\n")
            lost = Story(program, scratch / "lost", sshd, "sftp")
            started = time.monotonic()
            assert "target-failed" in lost.publish(expected=3)
            assert time.monotonic() - started < 60 and not (lost.room / "public").exists()
            print("sftp: without a key it fails before anything is written")
        finally:
            sshd.process.terminate()
            sshd.process.wait()


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
