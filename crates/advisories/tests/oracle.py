"""Evaluates publishers' raw records on a list of packages, with the distributions' own version comparison.

An independent second opinion for tests/oracle.rs: shares no code, no data format and no comparison with the crate.

    oracle.py debian 11 FEEDS LIST      needs perl's Dpkg::Version (Debian package libdpkg-perl)
    oracle.py almalinux 9 FEEDS LIST    needs rpm

Prints a line for each finding: package, its version, CVE (or advisory), version that fixes it or "-". Where the module
stream decides and the package does not state it, a line with "?" at the end.
"""

import functools
import json
import re
import subprocess
import sys
import tempfile
import zipfile

PERL = 'use Dpkg::Version; while (<STDIN>) { chomp; my ($a, $b) = split / /; print version_compare($a, $b), "\\n" }'
LUA = (
    "%{lua: for line in io.lines('PATH') do local at = line:find(' ', 1, true); "
    "print(rpm.vercmp(line:sub(1, at - 1), line:sub(at + 1)) .. '\\n') end}"
)


def compared(distribution, pairs):
    """The order of each pair of versions: -1, 0 or 1."""
    pairs = sorted(set(pairs))
    text = "".join(f"{left} {right}\n" for left, right in pairs)
    if distribution == "debian":
        run = subprocess.run(["perl", "-e", PERL], input=text, capture_output=True, text=True, check=True)
    else:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            macro = LUA.replace("PATH", file.name)
            run = subprocess.run(["rpm", "--eval", macro], capture_output=True, text=True, check=True)
    answers = [int(line) for line in run.stdout.split()]
    assert len(answers) == len(pairs), run.stderr
    return dict(zip(pairs, answers))


def packages(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                yield (line.rstrip("\n").split("\t") + [""] * 6)[:6]


def records(feeds, ecosystem):
    with zipfile.ZipFile(f"{feeds}/osv/{ecosystem}/all.zip") as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                record = json.loads(archive.read(name))
                if not record.get("withdrawn"):
                    yield record


def cves(record):
    if record["id"].startswith("CVE-"):
        return {record["id"]}
    named = record.get("upstream", []) + record.get("related", []) + record.get("aliases", [])
    found = {name for name in named if name.startswith("CVE-")}
    links = (re.search(r"[/=](CVE-\d+-\d+)$", link.get("url", "")) for link in record.get("references", []))
    return found or {link.group(1) for link in links if link}


def fixes(affected):
    """Versions below which a package is vulnerable; None: in every version. Only what these feeds contain."""
    for stretch in affected.get("ranges", []):
        assert all(event.get("introduced", "0") == "0" for event in stretch["events"]), affected
        fixed = [event["fixed"] for event in stretch["events"] if "fixed" in event]
        yield fixed[0] if fixed else None


def debian(release, feeds, installed):
    codename = {"10": "buster", "11": "bullseye"}[release]
    with open(f"{feeds}/debian/tracker/data/json", encoding="utf-8") as file:
        tracker = json.load(file)
    said = {}  # source -> CVE -> list of (is the tracker's, fixed)
    for source, issues in tracker.items():
        for cve, issue in issues.items():
            status = issue["releases"].get(codename)
            if status is None:
                continue
            fixed = status.get("fixed_version") if status["status"] == "resolved" else None
            assert status["status"] in ("resolved", "open"), status
            said.setdefault(source, {}).setdefault(cve, []).append((True, fixed))
    for record in records(feeds, "Debian"):
        for affected in record["affected"]:
            if affected.get("package", {}).get("ecosystem") == f"Debian:{release}":
                for cve in cves(record) or {record["id"]}:
                    statements = said.setdefault(affected["package"]["name"], {}).setdefault(cve, [])
                    statements.extend((False, fixed) for fixed in fixes(affected))
    for name, version, _, source, source_version, _ in installed:
        for cve, statements in said.get(source, {}).items():
            # The tracker, when it says anything, is right.
            deciding = [fixed for is_tracker, fixed in statements if is_tracker] or [fixed for _, fixed in statements]
            yield (name, version, cve), source_version, [(fixed, False) for fixed in deciding if fixed != "0"]


def almalinux(release, feeds, installed):
    said = {}  # name -> list of (CVEs, streams, fixed)
    for record in records(feeds, "AlmaLinux"):
        covered = cves(record)
        if not covered and not record["id"].startswith("ALSA-"):
            continue
        streams = {word.strip(",.;") for word in record["summary"].split()}
        streams = {word for word in streams if re.fullmatch(r"[\w.+-]+:[\w.+-]+", word)}
        for affected in record["affected"]:
            if affected.get("package", {}).get("ecosystem") == f"AlmaLinux:{release}":
                # Whether a statement is modular is a matter of the record: it lists each build apart.
                for fixed in fixes(affected):
                    modular = ".module_el" in fixed
                    item = (covered or {record["id"]}, streams if modular else set(), modular, fixed)
                    said.setdefault(affected["package"]["name"], []).append(item)
    for name, version, _, _, _, label in installed:
        found = {}
        for covered, streams, modular, fixed in said.get(name, []):
            if modular != (bool(label) or ".module_el" in version):
                continue
            unsure = bool(streams) and not label
            if streams and label and ":".join(label.split(":")[:2]) not in streams:
                continue
            for cve in covered:
                found.setdefault(cve, []).append((fixed, unsure))
        for cve, statements in found.items():
            yield (name, version, cve), version, statements


def main(distribution, release, feeds, path):
    installed = list(packages(path))
    evaluate = {"debian": debian, "almalinux": almalinux}[distribution]
    questions = list(evaluate(release, feeds, installed))
    pairs = [(version, fixed) for _, version, statements in questions for fixed, _ in statements if fixed is not None]
    pairs += [(a, b) for _, _, statements in questions for a, _ in statements for b, _ in statements if a and b]
    order = compared(distribution, pairs)
    lines = set()
    for key, version, statements in questions:
        missing = [(fixed, unsure) for fixed, unsure in statements if fixed is None or order[version, fixed] < 0]
        sure = [fixed for fixed, unsure in missing if not unsure]
        if sure:
            needed = [fixed for fixed in sure if fixed is not None]
            best = max(needed, key=functools.cmp_to_key(lambda a, b: order[a, b])) if needed else "-"
            lines.add("\t".join((*key, best)))
        elif missing:
            lines.add("\t".join((*key, "?")))
    print("\n".join(sorted(lines)))


main(*sys.argv[1:])
