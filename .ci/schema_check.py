"""Holds our schemas against a validator of other people.

usage: schema_check.py PROGRAM

Each schema is one, by its dialect's own rules. Every `crieur.toml` of tests/cases that the program takes
fits the schema of the configuration, and one slip in it is marked.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from jsonschema.validators import validator_for

ROOT = Path(__file__).resolve().parent.parent


def validator(program, name):
    schema = json.loads(subprocess.run([program, "schema", name], capture_output=True, check=True).stdout)
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def main():
    program = str(Path(sys.argv[1]).resolve())
    for name in ("front-matter", "ledger"):
        validator(program, name)
    config = validator(program, "config")
    seen = 0
    for path in [ROOT / "crieur.toml", ROOT / "templates/crieur.toml", *sorted(ROOT.glob("tests/cases/*/crieur.toml"))]:
        command = [program, "check", "--format", "json", "--root", str(path.parent)]
        said = subprocess.run(command, capture_output=True, text=True).stdout
        # What is wrong with the file itself; a theme or people that are missing are not.
        if any(f'"{code}"' in said for code in ("config-unreadable", "config-key-missing", "config-key-unknown", "config-value")):
            continue
        text = path.read_text(encoding="utf-8-sig")
        values = json.loads(json.dumps(tomllib.loads(text), default=str))
        faults = [fault.message for fault in config.iter_errors(values)]
        assert not faults, f"{path}: {faults}"
        values["timezome"] = values.pop("timezone")
        assert len(list(config.iter_errors(values))) == 2, path
        seen += 1
    assert seen > 20, seen
    print(f"{seen} configurations fit the schema")


main()
