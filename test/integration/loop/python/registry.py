"""Prints a file of a registered version, which it finds and fetches as the detector does its reference.

python registry.py TRACKING_URI MODEL VERSION FILE
"""

import sys
from pathlib import Path

from drift.registry import Registry

uri, model, version, file = sys.argv[1:]
registry = Registry(uri)
target = Path("fetched")
registry.download(f"{registry.artifact_root(model, version)}/{file}", target)
sys.stdout.write(target.read_text())
