"""Prints `name version` of every Python distribution that Python's own importlib.metadata finds below a root, names in the
normal form of PEP 503. What lies below a folder `_vendor` belongs to the package around it and is left out."""
import importlib.metadata
import os
import re
import sys

found = set()
for folder, names, _ in os.walk(sys.argv[1]):
    if os.path.basename(folder) in ("site-packages", "dist-packages"):
        for distribution in importlib.metadata.distributions(path=[folder]):
            name, version = distribution.metadata["Name"], distribution.version
            if name:
                found.add(f"{re.sub('[-_.]+', '-', name).lower()} {version}")
print("\n".join(sorted(found)))
