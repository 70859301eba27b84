"""Peers, through the ordinary clients of their registries, into target/side-by-side/ alone.

Debian packages are unpacked there and not installed: no root, no service started, nothing of the machine changed.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path


class Missing(Exception):
    """A peer that cannot be had here, and what to do."""


def quietly(command, what, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        raise Missing(f"{what} failed ({' '.join(map(str, command))}):\n{done.stdout[-2000:]}")
    return done.stdout


def needs(program, why):
    if not shutil.which(program):
        raise Missing(f"expected {program} on the path, {why}; there is none")


def debian(target, *packages):
    """{package: (folder, version)}; the folder is as the root of a file system."""
    needs("apt-get", f"to fetch {', '.join(packages)}")
    had = {}
    for package in packages:
        folder = target / "debian" / package
        if not (folder / ".version").exists():
            loads = target / "debian" / "downloads" / package
            shutil.rmtree(loads, ignore_errors=True)
            loads.mkdir(parents=True)
            print(f"fetching {package} (Debian)", file=sys.stderr, flush=True)
            quietly(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], f"fetching {package}; is `apt-get update` due?", cwd=loads)
            archive = next(loads.glob("*.deb"))
            quietly(["dpkg-deb", "-x", archive, folder], f"unpacking {archive.name}")
            (folder / ".version").write_text(quietly(["dpkg-deb", "-f", archive, "Version"], "reading the version").strip())
        had[package] = folder, (folder / ".version").read_text()
    return had


def pypi(target, name, *packages):
    """The python of a venv that has the packages, and {package: version}."""
    folder = target / "venv" / name
    python = folder / "bin" / "python"
    if not (folder / ".done").exists():
        print(f"installing {', '.join(packages)} (PyPI)", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        quietly([sys.executable, "-m", "venv", folder], "making a venv (python3-venv is needed)")
        quietly([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], f"installing {packages}")
        (folder / ".done").touch()
    frozen = dict(line.split("==") for line in quietly([python, "-m", "pip", "freeze"], "pip freeze").split() if "==" in line)
    bare = [re.split(r"[=<>\[]", it)[0] for it in packages]
    return python, {it: frozen.get(it, "?") for it in bare}


def npm(target, name, *packages):
    """A folder whose node_modules has the packages."""
    needs("npm", f"to install {', '.join(packages)}")
    folder = target / "npm" / name
    if not (folder / ".done").exists():
        print(f"installing {', '.join(packages)} (npm)", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        quietly(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *packages], f"installing {packages}")
        (folder / ".done").touch()
    return folder


def cargo(folder, *arguments):
    """Builds a package with cargo in release; the folder of the programs. What cargo says goes to stderr as it comes."""
    needs("cargo", "to build surged")
    command = ["cargo", "build", "--release", "--locked", *arguments]
    target = cargo_target()
    if subprocess.run(command, cwd=folder, env=os.environ | {"CARGO_TARGET_DIR": str(target)}, stdout=sys.stderr, check=False).returncode != 0:
        raise Missing(f"{' '.join(command)} in {folder} failed; see above")
    return target / "release"


def cargo_target():
    """Where everything of this project is built."""
    return Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[3] / "target")).absolute()
