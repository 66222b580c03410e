# SPDX-License-Identifier: Apache-2.0
#
# What `polc check FOLDER` reads against what git says is not ignored, on random
# trees with random .gitignore files: compare.py POLC SEED CASES. A tree that
# differs is shown; the last line counts.
import json
import os
import random
import subprocess
import sys
import tempfile

NAMES = ["a", "b", "ab", "foo", "x y", "a.b", "[a]", "a*b", "\u00e9", "!n",
         "#h", "a\\b", "A", "c ", "-d"]
SEGMENTS = ["a", "b", "ab", "foo", "*", "?", "**", "a*", "*b", "[ab]", "[!a]",
            "[^b]", "[a-c]", "[]a]", "[[:alpha:]]", "[a", "\\a", "\\*", "x y",
            "x\\ y", "*.b", "a.b", "a?b", "***", "\u00e9", "??", "\\[a\\]",
            "\\!n", "\\#h", "!n", "#h", "A", "[A-Z]", "c\\ ", "c ", "a\\\\b",
            "[\\]a]", "*a*", "a**b", "**a", "[!-c]", "[a-]", "[[:foo:]]", "\\",
            "-d", "[-d]*", "[c-a]", "[]-a]", "[--0]", "[a-\\c]", "[/]",
            "a[/]b", "a\\/b", "[[:alpha:]-z]", "[a[:digit:]]", "[[a]"]
POLICY = ('package p\npolicy "seen" {\n    description: "Seen."\n'
          '    deny contains "seen" if true\n}\n')


def pattern(r):
    segments = r.choice([1, 1, 1, 2, 2, 3])
    text = "/".join(r.choice(SEGMENTS) for _ in range(segments))
    text = ("/" if r.random() < 0.2 else "") + text
    text += "/" if r.random() < 0.25 else ""
    text += ".json" if segments == 1 and r.random() < 0.3 else ""
    text = ("!" if r.random() < 0.2 else "") + text
    if r.random() < 0.1:
        text += r.choice([" ", "  ", "\t", "\r", " \\ ", "\\ "])
    return text


def ignore_file(r, folder):
    end = "\r\n" if r.random() < 0.1 else "\n"
    text = "\ufeff" if r.random() < 0.05 else ""
    text += "# comment" + end if r.random() < 0.1 else ""
    text += end.join(pattern(r) for _ in range(r.randint(1, 5)))
    text += end if r.random() < 0.8 else ""
    with open(os.path.join(folder, ".gitignore"), "wb") as f:
        f.write(text.encode())


def tree(r, folder, depth):
    for _ in range(r.randint(2, 5)):
        path = os.path.join(folder, r.choice(NAMES))
        if depth and r.random() < 0.5 and not os.path.exists(path):
            os.mkdir(path)
            tree(r, path, depth - 1)
        elif not os.path.exists(path + ".json"):
            with open(path + ".json", "w") as f:
                f.write("{}")
    if r.random() < (0.9 if depth == 3 else 0.3):
        ignore_file(r, folder)


def git_reads(top):
    out = subprocess.run(["git", "ls-files", "-o", "-z", "--exclude-standard"],
                         cwd=top, stdout=subprocess.PIPE, check=True).stdout
    names = out.decode().split("\0")
    return sorted(n for n in names if n.endswith(".json"))


def polc_reads(polc, policy, top):
    out = subprocess.run([polc, "check", "-p", policy, "-f", "json", top],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
    found = json.loads(out)["violations"] if out else []
    return sorted(os.path.relpath(v["location"]["file"], top) for v in found)


def show(seed, top, git, polc):
    print("seed", seed)
    print("    git alone: ", [n for n in git if n not in polc])
    print("    polc alone:", [n for n in polc if n not in git])
    for folder, _, files in os.walk(top):
        if ".gitignore" in files:
            with open(os.path.join(folder, ".gitignore"), "rb") as f:
                print("   ", os.path.relpath(folder, top), f.read())


def main():
    polc, seed, cases = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    failed = kept = 0
    for number in range(seed, seed + cases):
        with tempfile.TemporaryDirectory() as folder:
            top = os.path.join(folder, "tree")
            policy = os.path.join(folder, "p.pol")
            with open(policy, "w") as f:
                f.write(POLICY)
            os.mkdir(top)
            tree(random.Random(number), top, 3)
            subprocess.run(["git", "init", "-q", top], check=True)
            git, ours = git_reads(top), polc_reads(polc, policy, top)
            kept += len(git)
            if git != ours:
                failed += 1
                show(number, top, git, ours)
    if not kept:
        failed += 1
        print("nothing was read at all")
    print("%d passed, %d failed, 0 skipped" % (cases - failed, failed))


main()
