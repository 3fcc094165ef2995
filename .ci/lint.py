#!/usr/bin/env python3
"""Lints what runs on other people's machines and cannot run here: workflows, the action, images, units, scripts.

usage: .ci/lint.py       with the programs of .ci/lint-requirements.txt beside the interpreter

actionlint reads workflows, and the scripts in them with shellcheck; an action it does not read, so its steps
are given to it as a workflow. check-jsonschema holds them to the published schemas, which it brings along.
Each linter is tried on a spoilt file first.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(sys.executable).parent


def said(*command):
    """What a linter has against a file; empty where it has nothing."""
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return (run.stdout + run.stderr).strip() or f"exit code {run.returncode}" if run.returncode else ""


def workflow(path):
    return said(BIN / "actionlint", "-shellcheck", BIN / "shellcheck", path)


def action(path):
    """The steps of a composite action, as those of a workflow that is called with the same inputs."""
    text = yaml.safe_load(path.read_text())
    inputs = {name: {"type": "string"} for name in text["inputs"]}
    steps = text["runs"]["steps"]
    as_workflow = {"on": {"workflow_call": {"inputs": inputs}}, "jobs": {"action": {"runs-on": "ubuntu-24.04", "steps": steps}}}
    outputs = [f"echo '{output['value']}'" for output in text["outputs"].values()]
    steps.append({"run": "\n".join(outputs)})
    with tempfile.TemporaryDirectory() as folder:
        written = pathlib.Path(folder) / "action.yml"
        written.write_text(yaml.safe_dump(as_workflow))
        return workflow(written)


def schema(name):
    return lambda path: said(BIN / "check-jsonschema", "--builtin-schema", f"vendor.{name}", path)


def units(path):
    """A timer is looked at with its service."""
    return said("systemd-analyze", "verify", path, *path.parent.glob("*.timer"))


# Each linter, its files, and a word that spoils them when it is replaced.
LINTS = [
    ("actionlint", workflow, [".github/workflows/release.yml", "docs/recipes/github.yml", "docs/recipes/github-sftp.yml"], ("runs-on:", "run-on:")),
    ("actionlint, of the action", action, ["action.yml"], ("steps.fetch.outputs", "steps.fitch.outputs")),
    ("schema of workflows", schema("github-workflows"), [".github/workflows/release.yml", "docs/recipes/github.yml", "docs/recipes/github-sftp.yml"], ("runs-on:", "run-on:")),
    ("schema of actions", schema("github-actions"), ["action.yml"], ("using: composite", "using: compost")),
    ("schema of GitLab", schema("gitlab-ci"), ["docs/recipes/gitlab.yml", "docs/recipes/gitlab-sftp.yml"], ("resource_group", "resource_groop")),
    ("hadolint", lambda path: said(BIN / "hadolint", path), ["Containerfile"], ("USER 1000", "USER root")),
    (
        "shellcheck",
        lambda path: said(BIN / "shellcheck", path),
        [".ci/run", ".ci/release", "docs/recipes/cron.sh"],
        ("set -euo pipefail", 'if [ $a = "" ]; then exit; fi'),
    ),
    ("systemd-analyze", units, ["docs/recipes/crieur.service"], ("ExecStart=", "ExecStat=")),
]


def main():
    wrong = []
    for name, lint, files, (before, after) in LINTS:
        if name == "systemd-analyze" and not shutil.which(name):
            print("NOT PROVED HERE: systemd-analyze is not there; the units were not verified")
            continue
        found = {file: lint(ROOT / file) for file in files}
        with tempfile.TemporaryDirectory() as folder:
            first = ROOT / files[0]
            text = first.read_text()
            assert before in text, f"{first} has no {before}"
            spoilt = pathlib.Path(folder) / first.name
            spoilt.write_text(text.replace(before, after))
            control = lint(spoilt)
        if not control:
            wrong.append(f"{name}: finds nothing wrong with a spoilt {files[0]}")
        wrong += [f"{name}: {file}: {what}" for file, what in found.items() if what]
        print(f"{name}: {', '.join(files)}: {sum(map(bool, found.values()))} wrong")
    print("\n".join(wrong) if wrong else "0 wrong")
    sys.exit(1 if wrong else 0)


main()
