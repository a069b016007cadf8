"""The manifests that a config becomes, and programs started the way that they say."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
#: The shortest config that is accepted.
SMALLEST = {"cluster": {"externalHost": "192.0.2.10"}, "size": {"profile": "laptop"}}

Object = dict[str, Any]


@dataclass(frozen=True)
class Manifests:
    objects: list[Object]

    def get(self, kind: str, name: str) -> Object:
        """The object of a kind whose name is this, or starts with it where a digest follows."""
        found = [
            item
            for item in self.objects
            if item["kind"] == kind
            and (item["metadata"]["name"] == name or item["metadata"]["name"].rpartition("-")[0] == name)
        ]
        assert len(found) == 1, f"{len(found)} objects {kind}/{name}"
        return found[0]

    def container(self, kind: str, name: str) -> Object:
        containers: list[Object] = self.get(kind, name)["spec"]["template"]["spec"]["containers"]
        return containers[0]


def synthesize(config: Mapping[str, Any], folder: Path) -> Manifests:
    """Runs the synthesis itself: nothing of what a test starts is written down a second time."""
    node = shutil.which("node")
    assert node is not None, "the manifests come from a synthesis, which needs Node.js"
    folder.mkdir(parents=True, exist_ok=True)
    source, out = folder / "config.ts", folder / "out"
    source.write_text(f"export default {json.dumps(config)};\n", encoding="utf-8")
    command = [node, "cli/launch.cjs", "synth", "--config", str(source), "--out", str(out)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    documents = (yaml.safe_load_all(file.read_text(encoding="utf-8")) for file in sorted(out.glob("*.yaml")))
    return Manifests([item for file in documents for item in file])


@dataclass(frozen=True)
class Program:
    """A container's command and environment, with the addresses and folders of this machine."""

    command: list[str]
    env: dict[str, str]

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command, env=self.env, capture_output=True, text=True, timeout=120, check=False)

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, env=self.env, stdout=sys.stderr, start_new_session=True)


def program_of(
    container: Object, *, home: Path, replaced: Mapping[str, str], env: Mapping[str, str] | None = None
) -> Program:
    """What a container starts.

    :param replaced: texts in its command and environment → what stands there on this machine
    :param env: variables that have another value here
    """

    def local(text: str) -> str:
        for old, new in replaced.items():
            text = text.replace(old, new)
        return text

    words: list[str] = [*container.get("command", []), *container.get("args", [])]
    executable = shutil.which(words[0], path=str(Path(sys.executable).parent))
    assert executable is not None, f"{words[0]} is not in this virtual environment"
    declared = {item["name"]: local(item["value"]) for item in container.get("env", []) if "value" in item}
    path = f"{Path(executable).parent}{os.pathsep}{os.environ['PATH']}"
    base = {"PATH": path, "PYTHONUNBUFFERED": "1"}
    return Program([executable, *map(local, words[1:])], {**base, **declared, **(env or {}), "HOME": str(home)})


def mounted(manifests: Manifests, config_map: str, folder: Path, **changed: str) -> Path:
    """A ConfigMap as the files that a pod sees, some of them changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in {**manifests.get("ConfigMap", config_map)["data"], **changed}.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder
