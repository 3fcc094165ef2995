"""A hundred thousand releases in one folder, and a run that is killed again and again.

usage: many.py PROGRAM [ITEMS] [SEED]

Publishes them once without being disturbed. Then publishes the same again into another folder, killed at
random moments until a run gets through, and compares every byte. Then nothing changes, and nothing may be
written; then one release is edited, and nothing may be written that does not show it.
"""

import hashlib
import os
import pty
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

CONFIG = """title = "Salle de presse"
url = "https://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"
"""
COMMAND = ["build", "--quiet", "--accept", "old-items", "--now", "2026-11-24T12:00:00Z"]


def begin(folder, items):
    (folder / "items").mkdir(parents=True)
    (folder / "crieur.toml").write_text(CONFIG, encoding="utf-8")
    for number in range(items):
        day = date(2011, 1, 1) + timedelta(days=number * 5400 // items)
        text = f"# Communiqué {number}\n\n{f'Le texte numéro {number}. ' * (5 + number % 40)}\n"
        (folder / f"items/{day}-communique-{number}.md").write_text(text, encoding="utf-8")


def files(folder):
    found = {}
    for path in (folder / "public").rglob("*"):
        if path.is_file():
            stat = path.stat()
            digest = hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
            found[str(path.relative_to(folder))] = (digest, stat.st_mtime_ns, stat.st_ino)
    found["ledger.jsonl"] = (hashlib.blake2b((folder / "ledger.jsonl").read_bytes()).digest(),)
    return found


def build(program, folder):
    began = time.monotonic()
    run = subprocess.run([program, *COMMAND], cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode or "fichiers sur" in run.stderr:
        sys.exit(f"exit {run.returncode}: {run.stdout}{run.stderr}")
    return time.monotonic() - began


def on_a_terminal(program, folder):
    """What the terminal of somebody gets who waits for a run in which nothing changes."""
    own, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS", "TERM")}
    command = [program, *(word for word in COMMAND if word != "--quiet")]
    run = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(own, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    assert run.wait() == 0, said
    os.close(own)
    return said.decode()


def main(program, items, seed):
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        whole, cut = Path(scratch) / "whole", Path(scratch) / "cut"
        begin(whole, items)
        shutil.copytree(whole, cut)
        seconds = build(program, whole)
        expected = files(whole)
        pages = sum(path.endswith("/index.html") for path in expected)
        assert pages > items, f"{pages} pages of {items} items"
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"{items} items in one folder: {len(expected)} files in {seconds:.1f} s, {peak} MB at most")

        killed = 0
        while True:
            run = subprocess.Popen([program, *COMMAND], cwd=cut, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                # Twelve that do not get through, as far as that can be said, and then one that may.
                run.wait(chance.uniform(0, seconds * 0.8) if killed < 12 else None)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()
                killed += 1
                continue
            assert run.returncode == 0, run.stderr.read().decode()
            break
        got = files(cut)
        other = [path for path in expected.keys() | got.keys() if expected.get(path, "")[:1] != got.get(path, "")[:1]]
        # Its digests of inputs are the same; what it says of the ledger too.
        assert not other, f"killed {killed} times, then different: {sorted(other)[:10]} ({len(other)})"
        print(f"killed {killed} times, then the same bytes in all {len(got)} files")

        seconds = build(program, whole)
        assert files(whole) == expected, "a second run wrote something"
        print(f"nothing changed: nothing written in {seconds:.1f} s")

        said = on_a_terminal(program, whole)
        shown = [line for line in said.split("\r") if "fichiers sur" in line]
        if seconds > 5:
            assert any("lecture" in line for line in shown), said
        assert not shown or said.rstrip("\n").rsplit("fichiers sur", 1)[1].count("\r") >= 2, "the line stays"
        print(f"on a terminal it said how far it had come {len(shown)} times, and in a pipe never")

        edited = sorted((whole / "items").iterdir())[items // 2]
        edited.write_text(edited.read_text(encoding="utf-8") + "\nUn mot de plus.\n", encoding="utf-8")
        seconds = build(program, whole)
        now = files(whole)
        changed = sorted(path for path in now if now[path] != expected.get(path))
        page = f"public/{edited.stem}/index.html"
        assert page in changed and sum(path.count("communique") for path in changed) == 1, changed
        print(f"one edited: {len(changed)} files written in {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    sys.exit(main(str(Path(sys.argv[1]).resolve()), COUNT, int(sys.argv[3]) if len(sys.argv) > 3 else 1))
