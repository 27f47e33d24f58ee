#!/usr/bin/env python3
"""Makes the image, unpacks it and runs it as orchestrators do: read-only root, a user without rights, no
capabilities; transcribes a recording by a request and compares with the program outside.

    deploy/image/test.py PROGRAM_FOLDER

Exit status 77: something that it needs is missing.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import urllib.request

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "tests/serve"))

import recordings  # noqa: E402
from server import form  # noqa: E402

USER = 65532
WAIT_SECONDS = 300

# In namespaces of its own: the root read-only, what is to be written to in memory, the models of outside.
INSIDE = """set -eu
mount --bind "$ROOT" "$ROOT"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mount -t tmpfs -o mode=700,uid=$OWNER tmpfs "$ROOT/data"
mount --bind "$MODELS" "$ROOT/models"
mount --rbind /proc "$ROOT/proc"
mount -o remount,ro,bind "$ROOT"
mount -o remount,ro,bind "$ROOT/models"
if touch "$ROOT/usr/x" 2>/dev/null; then echo "the root can be written to" >&2; exit 1; fi
exec chroot $AS "$ROOT" /usr/bin/ironscribe serve --model tiny.en --listen 127.0.0.1:0 --no-auth
"""


# What of it a machine may forbid.
PROBE = """set -eu
mkdir "$ROOT/tmp" "$ROOT/proc"
mount --bind "$ROOT" "$ROOT"
mount -t tmpfs tmpfs "$ROOT/tmp"
mount --rbind /proc "$ROOT/proc"
mount -o remount,ro,bind "$ROOT"
exec chroot $AS / true
"""


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def unpack(layout, root):
    """Follows the digests from the index to the layer, checking each; returns the configuration."""
    def blob(descriptor):
        content = (layout / "blobs/sha256" / descriptor["digest"].split(":")[1]).read_bytes()
        check(f"sha256:{hashlib.sha256(content).hexdigest()}" == descriptor["digest"], "a digest is wrong")
        check(len(content) == descriptor["size"], "a size is wrong")
        return content

    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(blob(index["manifests"][0]))
    root.mkdir()
    for layer in manifest["layers"]:
        path = root.with_suffix(".tar.gz")
        path.write_bytes(blob(layer))
        with tarfile.open(path) as archive:
            archive.extractall(root)
        path.unlink()
    return json.loads(blob(manifest["config"]))["config"]


def isolation():
    """unshare's words and the user to run as: real root leaves it behind, others never have it."""
    if os.geteuid() == 0:
        as_user = f"--userspec={USER}:{USER} --groups="
        return ["unshare", "--mount", "--propagation", "private"], as_user, USER
    return ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"], "", 0


def can_isolate():
    words, as_user, _ = isolation()
    with tempfile.TemporaryDirectory() as root:
        probe = subprocess.run([*words, "sh", "-c", PROBE], capture_output=True, check=False,
                               env={**os.environ, "ROOT": root, "AS": as_user})
    return probe.returncode == 0


def installed_model(program):
    """The folder of installed models, if tiny.en is there."""
    data = pathlib.Path(os.environ.get("XDG_DATA_HOME", pathlib.Path.home() / ".local/share"))
    folder = pathlib.Path(os.environ.get("IRONSCRIBE_MODELS_DIR", data / "ironscribe/models"))
    found = subprocess.run([program, "models", "info", "tiny.en"], capture_output=True, check=False)
    return folder if found.returncode == 0 and (folder / "tiny.en").exists() else None


def start(root, models, config):
    words, as_user, owner = isolation()
    environment = dict(variable.split("=", 1) for variable in config["Env"])
    environment.update(ROOT=str(root), MODELS=str(models), AS=as_user, OWNER=str(owner),
                       PATH="/usr/sbin:/usr/bin:/sbin:/bin")
    return subprocess.Popen([*words, "sh", "-c", INSIDE], env=environment, stderr=subprocess.PIPE, text=True)


def await_ready(process):
    """The server's address and process id."""
    log, url = [], ""
    timer = threading.Timer(WAIT_SECONDS, process.kill)
    timer.start()
    for line in process.stderr:
        log.append(line)
        found = re.search(r"http://[0-9.]+:\d+", line)
        url = found.group(0) if found else url
        if '"msg":"ready"' in line:
            timer.cancel()
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return url
    timer.cancel()
    sys.exit("FAILED: the server in the image did not start:\n" + "".join(log))


def uid_of(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    capabilities = re.search(r"CapEff:\s*(\w+)", status).group(1)
    return int(re.search(r"Uid:\s*(\d+)", status).group(1)), int(capabilities, 16)


def main():
    programs = pathlib.Path(sys.argv[1])
    program = str(programs / "ironscribe")
    for tool in ("unshare", "chroot", "dpkg-query", "strip"):
        if shutil.which(tool) is None:
            skip(f"{tool} is not installed")
    if not can_isolate():
        skip("this machine does not let its users make namespaces and mount in them")
    if not recordings.short_ones():
        skip("Debian's package pocketsphinx-testdata is not installed")
    models = installed_model(program)
    if models is None:
        skip("tiny.en is not installed; run: ironscribe models pull tiny.en")
    recording = recordings.short_ones()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        subprocess.run([sys.executable, str(HERE / "build.py"), "--programs", str(programs), "--out",
                        str(folder / "image")], check=True)
        config = unpack(folder / "image", folder / "root")
        check(config["User"] == f"{USER}:{USER}", "the image runs as somebody else")
        process = start(folder / "root", models, config)
        try:
            url = await_ready(process)
            uid, capabilities = uid_of(process)
            check(uid != 0 or os.geteuid() != 0, "the server runs as root")
            check(os.geteuid() != 0 or capabilities == 0, "the server has capabilities")
            content_type, body = form({"model": "tiny.en", "response_format": "text"},
                                      {"file": recording.read_bytes()})
            request = urllib.request.Request(url + "/v1/audio/transcriptions", data=body,
                                             headers={"content-type": content_type})
            text = urllib.request.urlopen(request, timeout=WAIT_SECONDS).read().decode()
            process.terminate()
            check(process.wait(WAIT_SECONDS) == 0, "the server did not end in order")
        finally:
            process.kill()
            process.wait()
        expected = subprocess.run([program, "transcribe", str(recording), "--model", "tiny.en", "--format",
                                   "txt", "--quiet"], check=True, capture_output=True, text=True).stdout
        check(text.split() == expected.split() and text.strip(), f"{text!r} is not {expected!r}")
    print(f"the image transcribed {recording.name} as user {uid} on a read-only root")


if __name__ == "__main__":
    main()
