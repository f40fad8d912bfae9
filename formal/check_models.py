#!/usr/bin/env python3
"""Runs Verifpal on every variant of every model here and compares the verdicts with those expected.

    python3 formal/check_models.py [path of verifpal]

A model names its variants in its head: `// variant: WORD.. CODE`. A variant is the model with the
marks `//WORD ` taken off its lines. CODE is Verifpal's result code: a letter and a digit for each
query, 0 when it holds, 1 when an attack was found.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

VARIANT = re.compile(r"^// variant: ([a-z ]+?) +((?:[a-z][01])+)\b", re.MULTILINE)


def variant_text(model: str, words: list[str]) -> str:
    """The model with the marks of these words taken off."""
    marks = "|".join(map(re.escape, words))
    return re.sub(rf"^//(?:{marks}) ", "", model, flags=re.MULTILINE)


def verdict(verifpal: str, name: str, text: str) -> str:
    """The result code of one model."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        path.write_text(text, encoding="utf-8")
        command = [verifpal, "verify", "--quiet", "--result-code", str(path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = run.stdout.split()
    return lines[-1] if lines else f"no verdict: {run.stderr.strip()}"


def main() -> int:
    verifpal = sys.argv[1] if len(sys.argv) > 1 else "verifpal"
    failed = 0
    count = 0
    for path in sorted(pathlib.Path(__file__).parent.glob("*.vp")):
        model = path.read_text(encoding="utf-8")
        for words, expected in VARIANT.findall(model):
            found = verdict(verifpal, path.name, variant_text(model, words.split()))
            right = found == expected
            count += 1
            failed += not right
            print(f"{path.name} {words}: {found}{'' if right else f', expected {expected}'}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
