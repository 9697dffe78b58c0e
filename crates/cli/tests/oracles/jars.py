"""Prints, for every Java archive below a root and every archive inside of one, `jar PATH`, and `pom GROUP:ARTIFACT VERSION`
for each of its pom.properties. Paths inside archives stand behind `!/`."""
import io
import os
import re
import sys
import zipfile

ARCHIVE = re.compile(r"\.(jar|war|ear|par|sar|nar|hpi|jpi)$")


def visit(path, data):
    with zipfile.ZipFile(data) as archive:
        print(f"jar {path}")
        for name in archive.namelist():
            if re.fullmatch(r"META-INF/maven/[^/]+/[^/]+/pom\.properties", name):
                lines = archive.read(name).decode("latin-1").splitlines()
                fields = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
                fields = {key.strip(): value.strip() for key, value in fields.items()}
                print(f"pom {fields['groupId']}:{fields['artifactId']} {fields['version']}")
            elif ARCHIVE.search(name):
                visit(f"{path}!/{name}", io.BytesIO(archive.read(name)))


root = sys.argv[1]
for folder, _, names in os.walk(root):
    for name in names:
        path = os.path.join(folder, name)
        if ARCHIVE.search(name) and not os.path.islink(path):
            visit(os.path.relpath(path, root), path)
