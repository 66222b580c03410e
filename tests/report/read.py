# SPDX-License-Identifier: Apache-2.0
"""read.py FORMAT FILE: reads a report as its readers do and compares what
comes out with what was checked. Modules beyond the standard library (Debian's
python3-yaml, python3-tap) are used when they are there; what was left out for
want of them is said in a line `skip: ...`."""
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ET

from texts import BROKEN, FILE, LONG, TEXTS

SAYS = 'says, it: 100% [now]; "<a&b>" #1 | x'
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f"
                    "\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
NAMES = {"\b": "\\b", "\f": "\\f"}


def shown(text):
    """A text in a format that cannot hold control characters."""
    return HIDDEN.sub(
        lambda m: NAMES.get(m[0], "\\u%04x" % ord(m[0])), text)


def expected(change=lambda text: text):
    """(rule, kind, message, file) of all that the run found."""
    found = [(SAYS, "mandatory", change(t), FILE) for t in TEXTS[:-1]]
    found.append((SAYS, "mandatory", change(TEXTS[-1]), LONG))
    found += [("advises", "advisory", "Advises.", FILE),
              ("advises", "advisory", "a critical one", FILE),
              ("whole", "advisory", "all of it", FILE),
              ("depends", "unknown", "depends on a value that is not known yet",
               FILE),
              ("breaks", "error", None, FILE),
              ("P0601", "error", "expected a value, found `<`", BROKEN)]
    return found


def compare(found, wanted):
    """A message None stands for any that names the conflict."""
    left = list(found)
    for want in wanted:
        for got in left:
            if got[:2] == want[:2] and got[3] == want[3] and (
                    got[2] == want[2] or
                    want[2] is None and "multiple outputs" in got[2]):
                left.remove(got)
                break
        else:
            raise SystemExit(f"missing: {want!r:.300}\nleft: {left!r:.2000}")
    if left:
        raise SystemExit(f"too much: {left!r:.2000}")


def check(holds, what):
    if not holds:
        raise SystemExit(what)


# ---- formats -----------------------------------------------------------------

def read_text(data):
    text = data.decode()
    check("15 mandatory, 3 advisory, 1 unknown, 1 error in 15 resources" in
          text, "summary")
    check(not HIDDEN.search(text), "a control character")


def read_json(data):
    report = json.loads(data)
    messages = [v["message"] for v in report["violations"]]
    for text in TEXTS:
        check(text in messages, f"missing: {text!r:.200}")
    check(report["summary"] == {
        "resources": 15, "policies": 6, "mandatory": 15, "advisory": 3,
        "unknown": 1, "errors": 1, "remediated": 0}, "summary")


def sarif_rules(driver):
    rules = driver["rules"]
    for rule in rules:
        for field in "shortDescription", "fullDescription", "help":
            check(0 < len(rule[field]["text"]) <= 1024, f"{field} of a rule")
        check(set(rule) <= {
            "id", "name", "shortDescription", "fullDescription", "help",
            "helpUri", "defaultConfiguration", "properties"}, "a field")
    check(len({r["id"] for r in rules}) == len(rules) == 7, "ids of rules")
    first = rules[0]
    check(first["properties"]["security-severity"] == "8.0", "severity")
    check(first["properties"]["tags"] == ["security", "storage"], "tags")
    check(first["helpUri"] == "https://example.com/says?a=1&b=2", "helpUri")
    check(first["help"]["text"] == "Say **less**.", "help")
    off = [r for r in rules if r["id"] == "nasty/off"][0]
    check(off["defaultConfiguration"]["enabled"] is False, "disabled rule")
    return rules


def sarif_file(entry):
    place = entry["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    check(re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri), f"no URI: {uri}")
    if "region" in place:
        check(place["region"]["startLine"] > 0, "startLine")
        check(place["region"]["startColumn"] > 0, "startColumn")
    return urllib.parse.unquote(uri)


def read_sarif(data):
    log = json.loads(data)
    check(set(log) == {"$schema", "version", "runs"}, "fields of the log")
    check(log["version"] == "2.1.0" and len(log["runs"]) == 1, "version")
    run = log["runs"][0]
    check(run["columnKind"] == "unicodeCodePoints", "columnKind")
    rules = sarif_rules(run["tool"]["driver"])
    found, prints = [], set()
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        kind = {("error", "fail"): "mandatory", ("warning", "fail"): "advisory",
                ("none", "open"): "unknown"}[result["level"], result["kind"]]
        check(result["ruleId"] == rule["id"], "ruleIndex")
        prints.add(result["partialFingerprints"]["primaryLocationLineHash"])
        found.append((rule["name"], kind, result["message"]["text"],
                      sarif_file(result)))
    check(len(prints) == len(found), "fingerprints")
    invocation = run["invocations"][0]
    check(invocation["executionSuccessful"] is False, "executionSuccessful")
    check(invocation["exitCode"] == 4, "exitCode")
    for note in invocation["toolExecutionNotifications"]:
        rule = note.get("associatedRule")
        name = rules[rule["index"]]["name"] if rule else note["descriptor"]["id"]
        found.append((name, note["level"], note["message"]["text"],
                      sarif_file(note)))
    compare(found, expected())


def read_junit(data):
    root = ET.fromstring(data)
    check(root.tag == "testsuites", "root")
    check([s.get("name") for s in root] == ["nasty", "polc"], "suites")
    check([root.get(k) for k in ("tests", "failures", "errors", "skipped")] ==
          ["22", "18", "2", "1"], "sums")
    found, passed = [], []
    for suite in root:
        cases = suite.findall("testcase")
        for key, tag in (("failures", "failure"), ("errors", "error"),
                         ("skipped", "skipped")):
            check(int(suite.get(key)) ==
                  sum(c.find(tag) is not None for c in cases), key)
        check(int(suite.get("tests")) == len(cases), "tests")
        for case in cases:
            if not len(case):
                passed.append(case.get("name"))
                continue
            rule = re.sub(r": t\d+ \(test_text\)$", "", case.get("name"))
            kind = {"failure": case[0].get("type"), "error": "error",
                    "skipped": "unknown"}[case[0].tag]
            found.append((rule, kind, case[0].get("message"),
                          case.get("file")))
    check(passed == ["passes"], "what passed")
    compare(found, expected(shown))
    junit_library(data)


def junit_library(data):
    try:
        from junitparser import JUnitXml
    except ImportError:
        print("skip: no junitparser", flush=True)
        return
    cases = [case for suite in JUnitXml.fromstring(data) for case in suite]
    check(len(cases) == 22, "cases of junitparser")
    check(sum(case.is_passed for case in cases) == 1, "passed cases")
    check(sum(case.is_skipped for case in cases) == 1, "skipped cases")


def unescape(text, table):
    return re.sub("|".join(map(re.escape, table)), lambda m: table[m[0]], text)


def strip_resource(message):
    return re.sub(r"\nt\d+ \(test_text\)$", "", message)


def read_github(data):
    """As the runner does: a line that begins with `::` is a command."""
    table = {"%25": "%", "%0D": "\r", "%0A": "\n"}
    kinds = {"error": "mandatory", "warning": "advisory", "notice": "unknown"}
    found = []
    lines = data.decode().split("\n")
    check(lines.pop() == "", "last line")
    for line in lines:
        m = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line, re.S)
        check(m, f"no command: {line:.200}")
        fields = dict(f.split("=", 1) for f in m[2].split(","))
        fields = {k: unescape(v, {**table, "%3A": ":", "%2C": ","})
                  for k, v in fields.items()}
        check(set(fields) <= {"file", "line", "col", "title"}, "properties")
        rule = re.sub(r" \((nasty|polc) v[0-9.]+\)$", "", fields["title"])
        kind = "error" if rule in ("breaks", "P0601") else kinds[m[1]]
        found.append((rule, kind, strip_resource(unescape(m[3], table)),
                      fields["file"]))
    order = [f[1] in ("advisory", "unknown") for f in found]
    check(order == sorted(order), "errors first")
    compare(found, expected(shown))


def read_azure(data):
    """As the agent does: one table for properties and message."""
    table = {"%AZP25": "%", "%0D": "\r", "%0A": "\n", "%3B": ";", "%5D": "]"}
    found = []
    lines = data.decode().split("\n")
    check(lines.pop() == "", "last line")
    check(lines.pop() == "##vso[task.complete result=Failed;]", "result")
    for line in lines:
        m = re.fullmatch(r"##vso\[task\.logissue ([^\]]*)\](.*)", line, re.S)
        check(m, f"no command: {line:.200}")
        fields = dict(f.split("=", 1) for f in m[1].split(";") if f)
        fields = {k: unescape(v, table) for k, v in fields.items()}
        rule, path = fields["code"], fields["sourcepath"]
        check(os.path.isabs(path) and os.path.exists(path), "sourcepath")
        message = unescape(m[2], table)
        kind = {"error": "mandatory", "warning": "advisory"}[fields["type"]]
        if rule == "depends":
            kind, message = "unknown", message.removeprefix("unknown: ")
        if rule in ("breaks", "P0601"):
            kind = "error"
            message = re.sub("^P0601: ", "", message)
        found.append((rule, kind, strip_resource(message),
                      os.path.basename(path)))
    compare(found, expected(shown))


def read_gitlab(data):
    issues, found, kinds = json.loads(data), [], {}
    for issue in issues:
        check(set(issue) == {"description", "check_name", "fingerprint",
                             "severity", "location"}, "fields")
        check(issue["location"]["lines"]["begin"] > 0, "line")
        rule = issue["check_name"]
        kind = {SAYS: "mandatory", "depends": "unknown", "breaks": "error",
                "P0601": "error"}.get(rule, "advisory")
        kinds.setdefault(rule, set()).add(issue["severity"])
        found.append((rule, kind, issue["description"],
                      issue["location"]["path"]))
    check(len({i["fingerprint"] for i in issues}) == len(issues), "prints")
    check(kinds == {SAYS: {"critical"}, "advises": {"minor", "blocker"},
                    "whole": {"minor"}, "depends": {"info"},
                    "breaks": {"critical"}, "P0601": {"critical"}}, kinds)
    compare(found, expected())


def tap_blocks(lines):
    """(line of the test, YAML of its block or None)."""
    tests, block = [], None
    for line in lines:
        if block is not None:
            if line == "  ...":
                tests[-1][1] = "\n".join(block)
                block = None
            else:
                check(line.startswith("  "), f"block: {line:.100}")
                block.append(line[2:])
        elif line == "  ---":
            block = []
        else:
            tests.append([line, None])
    check(block is None, "an open block")
    return tests


def yaml_of(text):
    try:
        import yaml
        return yaml.safe_load(text)
    except ImportError:
        print("skip: no python3-yaml, blocks read as JSON", flush=True)
    pairs = [line.split(": ", 1) for line in text.split("\n")]
    return {key: json.loads(value) for key, value in pairs}


def tap_library(text):
    try:
        from tap.parser import Parser
    except ImportError:
        print("skip: no python3-tap", flush=True)
        return
    lines = list(Parser().parse_text(text))
    tests = [line for line in lines if line.category == "test"]
    check(len(tests) == 22, "tests of python3-tap")
    check(sum(not t.ok and not t.todo for t in tests) == 17, "failed tests")
    check(sum(bool(t.skip) for t in tests) == 1, "skipped tests")
    check([line.category for line in lines if line.category in
           ("version", "plan", "bail")] == ["version", "plan"], "other lines")


def read_tap(data):
    text = data.decode()
    lines = text.split("\n")
    check(lines.pop() == "" and lines[0] == "TAP version 14", "first line")
    check(lines[-1] == "1..22", "plan")
    found, passed = [], []
    for number, (line, block) in enumerate(tap_blocks(lines[1:-1]), 1):
        m = re.fullmatch(r"(not )?ok (\d+) - nasty (.*?)((?<!\\) # .*)?",
                         line) or re.fullmatch(
            r"(not )?ok (\d+) - polc (.*?)((?<!\\) # .*)?", line)
        check(m and int(m[2]) == number, f"no test: {line:.200}")
        rule = unescape(m[3], {"\\#": "#", "\\\\": "\\"})
        rule = re.sub(r": t\d+ \(test_text\)$", "", rule)
        if block is None:
            passed.append((m[1], rule))
            continue
        fields = yaml_of(block)
        kind = fields["level"]
        check({"mandatory": "not ", "error": "not ", "advisory": "not ",
               "unknown": None}[kind] == m[1], "ok")
        check(m[4] == {"advisory": " # TODO advisory",
                       "unknown": " # SKIP not decided"}.get(kind), line)
        found.append((rule, kind, fields["message"], fields["file"]))
    check(passed == [(None, "passes")], "what passed")
    compare(found, expected())
    tap_library(text)


def read_markdown(data):
    table = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "@&#8203;": "@",
             "#&#8203;": "#", "<br>": "\n",
             **{"\\" + c: c for c in "|\\`*_[]~$"}}
    lines = data.decode().split("\n")
    check(lines.pop() == "", "last line")
    check(lines[2] == "15 mandatory, 3 advisory, 1 unknown, 1 error in 15 "
          "resources (6 policies)", lines[2])
    check(lines[5] == "|---|---|---|---|---|---|", "head")
    found = []
    for line in lines[6:]:
        cells = re.split(r"(?<!\\) \| ", line.removeprefix("| ")
                         .removesuffix(" |"))
        check(len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 7,
              f"cells: {line:.300}")
        level, _, rule, _, message, place = re.fullmatch(
            r"\| (\w+) \| (\w* ?)\| (.*?) \| (.*?) ?\| (.*) \| (.*) \|",
            line).groups()
        check(not re.search(r"<(?!br>)|(?<!\\)[*`]|[@#](?!&#8203;)(?<!&#)",
                            message), "mark-up")
        file = re.sub(r":\d+:\d+$", "", unescape(place, table))
        found.append((unescape(rule, table).split("\n")[0], level,
                      unescape(message, table), file))
    def cut(text):
        text = shown(text).replace("\r", "").replace("\t", " ")
        return text[:1000] + "\u2026" if len(text) > 1000 else text
    found = [(r, k, re.sub("^P0601: ", "", m), f) for r, k, m, f in found]
    compare(found, expected(cut))
    markdown_library(data.decode(), [m for _, _, m, _ in found])


def markdown_library(text, messages):
    """A table in which nothing is mark-up but the ends of lines."""
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        print("skip: no python3-markdown-it", flush=True)
        return
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    cells = [cell.children for cell, before in zip(tokens[1:], tokens)
             if before.type == "td_open"]
    check(len(cells) == 6 * len(messages), "cells of markdown-it")
    for children, message in zip(cells[4::6], messages):
        kinds = {c.type for c in children if c.content != "<br>"}
        check(kinds <= {"text", "text_special"}, f"mark-up: {kinds}")
        shows = "".join("\n" if c.content == "<br>" else c.content
                        for c in children).replace("\u200b", "")
        shows = re.sub("^P0601: ", "", shows)
        check(shows.strip(" ") == message.strip(" ") or
              "multiple outputs" in shows, f"shows: {shows!r:.200}")


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as file:
        content = file.read()
    content.decode("utf-8")
    globals()["read_" + sys.argv[1]](content)
