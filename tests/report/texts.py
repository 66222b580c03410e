# SPDX-License-Identifier: Apache-2.0
"""The texts that reports are tried with, and the documents that hold them:
texts.py FOLDER writes the documents; read.py takes the texts from here."""
import json
import sys

TEXTS = [
    "plain",
    "two\nlines\r\nand\ta tab",
    "quotes \" ' ` and \\ back \\n slashes \\",
    "100% %0A %25 %AZP25 a,b:c;d]e",
    "cdata ]]> <!-- & &amp; </failure> <b>x</b>",
    "escape \x1b[31mred\x1b[0m bell\x07 nul\x00 del\x7f c1\x9b31m",
    "\u202eright to left\u202c \u2066iso\u2069 \u200fmark\u061c \u2028line",
    "not XML: \x01\x0b\x1f \ufffe \uffff",
    "::error file=x::fake\n::set-output name=x::y\n##vso[task.complete]z\n##[error]w",
    "# SKIP no\nok 99 - fake\n1..0\n  ...\nBail out!",
    "| a | b |\n|---|---|\n[x](http://e.example) @team *b* _i_ ~s~ $m$ <script>",
    "-- not a comment {0} {{1}} [link](1) %s %n",
    "\u00e9\u4e2d\U0001f600 e\u0301",
    " leading and trailing ",
    "x" * 100_000 + "\u4e2d\n%\"]]>" * 20,
]

FILE = "a,b:c%20 ;[x] &\u00e9.json"
LONG = "long.json"
BROKEN = "broken.json"


def plan(texts, start):
    changes = [{
        "address": f"test_text.t{i}", "type": "test_text", "name": f"t{i}",
        "mode": "managed",
        "change": {"actions": ["create"], "before": None,
                   "after": {"text": text},
                   "after_unknown": {"later": True} if i == 0 else {}},
    } for i, text in enumerate(texts, start)]
    resources = [{"address": c["address"], "mode": "managed",
                  "type": c["type"], "name": c["name"],
                  "values": c["change"]["after"]} for c in changes]
    return json.dumps({"format_version": "1.2", "planned_values": {
        "root_module": {"resources": resources}}, "resource_changes": changes},
        indent=1)


def write(folder, name, text):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
        f.write(text)


if __name__ == "__main__":
    write(sys.argv[1], FILE, plan(TEXTS[:-1], 0))
    write(sys.argv[1], LONG, plan(TEXTS[-1:], len(TEXTS) - 1))
    write(sys.argv[1], BROKEN, '{"a": <]]>\n')
