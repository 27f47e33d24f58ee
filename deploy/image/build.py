#!/usr/bin/env python3
"""An OCI image of the programs, made without a daemon, without root and without a network: what the
programs need of this machine's Debian, and nothing else.

    deploy/image/build.py --programs build/release --out build/image      an image layout
    deploy/image/build.py --programs build/release --rootfs FOLDER        only the file system

The layout (OCI image specification 1.0) is what `skopeo copy oci:build/image:latest ...` and
`podman load` take. The same files give the same bytes. /usr/share/ironscribe/packages.tsv inside lists the
Debian packages that the libraries are of, with versions; their copyright files are there too.
"""

import argparse
import gzip
import hashlib
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile

USER = 65532  # As the distroless images have it.
FOLDERS = {"tmp": 0o1777, "data": 0o700, "cache": 0o700, "models": 0o755, "proc": 0o555, "dev": 0o755,
           "etc": 0o755}
OWNED = {"data", "cache", "models"}
ENVIRONMENT = ["PATH=/usr/bin", "IRONSCRIBE_MODELS_DIR=/models", "IRONSCRIBE_CACHE_DIR=/cache",
               "IRONSCRIBE_DATA_DIR=/data", "TMPDIR=/tmp"]
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# Loaded by name while the programs run: host names are resolved by them.
RUNTIME_LIBRARIES = ("libnss_dns.so.2", "libnss_files.so.2")


def fail(message):
    sys.exit(f"build.py: {message}")


def libraries_of(program):
    """Paths that ldd names, the loader included."""
    output = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True).stdout
    if "not found" in output:
        fail(f"{program} lacks libraries:\n{output}")
    return {word for line in output.splitlines() for word in line.split() if word.startswith("/")}


def owners_of(paths):
    """The Debian packages of the files, from dpkg's own lists: asking dpkg for each takes minutes."""
    wanted = set()
    for path in paths:
        for name in (path, str(pathlib.Path(path).resolve())):
            # With and without /usr: lists have the name that a package brought.
            wanted |= {name, "/usr" + name, name.removeprefix("/usr")}
    owners = set()
    for listing in pathlib.Path("/var/lib/dpkg/info").glob("*.list"):
        if not wanted.isdisjoint(listing.read_text().splitlines()):
            owners.add(listing.stem)
    return owners


def place(source, root, target):
    """Copies a file, whatever links lead to it, to its place below root."""
    path = root / str(target).lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(pathlib.Path(source).resolve(), path)


def make_rootfs(programs, root):
    root.mkdir(parents=True)
    for name, mode in FOLDERS.items():
        (root / name).mkdir()
        (root / name).chmod(mode)
    libraries = set()
    for name in ("ironscribe", "ironscribe-decode"):
        program = programs / name
        if not program.is_file():
            fail(f"'{program}' is missing; build the programs first: make build")
        place(program, root, f"/usr/bin/{name}")
        subprocess.run(["strip", "--strip-unneeded", str(root / "usr/bin" / name)], check=False)
        libraries |= libraries_of(program)
    folder = next(pathlib.Path(path).parent for path in libraries if "/libc.so" in path)
    for name in RUNTIME_LIBRARIES:
        if (folder / name).exists():
            libraries.add(str(folder / name))
    for path in sorted(libraries):
        place(path, root, path)
    add_facts(root, owners_of(libraries))


def add_facts(root, packages):
    """Users, certificates, which release it is, what it is made of."""
    etc = root / "etc"
    (etc / "passwd").write_text(f"root:x:0:0::/:/sbin/nologin\nironscribe:x:{USER}:{USER}::/data:/sbin/nologin\n")
    (etc / "group").write_text(f"root:x:0:\nironscribe:x:{USER}:\n")
    (etc / "nsswitch.conf").write_text("hosts: files dns\n")
    for path in ("/etc/ssl/certs/ca-certificates.crt", "/etc/os-release"):
        if pathlib.Path(path).exists():
            place(path, root, path)
    rows = []
    for package in sorted(packages):
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], check=True,
                                 capture_output=True, text=True).stdout
        rows.append(f"{package}\t{version}\n")
        copyright_file = f"/usr/share/doc/{package.split(':')[0]}/copyright"
        if pathlib.Path(copyright_file).exists():
            place(copyright_file, root, copyright_file)
    share = root / "usr/share/ironscribe"
    share.mkdir(parents=True, exist_ok=True)
    (share / "packages.tsv").write_text("".join(rows))


def layer_of(root):
    """The file system as a tar, always the same for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            info = archive.gettarinfo(str(path), arcname=name)
            owner = USER if name.split("/")[0] in OWNED else 0
            info.uid = info.gid = owner
            info.uname = info.gname = ""
            info.mtime = 0
            if info.isfile():
                with open(path, "rb") as file:
                    archive.addfile(info, file)
            else:
                archive.addfile(info)
    return buffer.getvalue()


class Layout:
    def __init__(self, folder):
        self.folder = folder
        (folder / "blobs/sha256").mkdir(parents=True)

    def add(self, content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / "blobs/sha256" / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    def add_json(self, value, media_type):
        return self.add(json.dumps(value, sort_keys=True, indent=1).encode(), media_type)


def make_image(root, out, version):
    machine = subprocess.run(["uname", "-m"], check=True, capture_output=True, text=True).stdout.strip()
    tar = layer_of(root)
    layout = Layout(out)
    layer = layout.add(gzip.compress(tar, compresslevel=6, mtime=0),
                       "application/vnd.oci.image.layer.v1.tar+gzip")
    labels = {"org.opencontainers.image.title": "ironscribe", "org.opencontainers.image.version": version}
    config = layout.add_json(
        {"architecture": ARCHITECTURES.get(machine, machine), "os": "linux",
         "config": {"User": f"{USER}:{USER}", "Env": ENVIRONMENT, "Entrypoint": ["/usr/bin/ironscribe"],
                    "Cmd": ["serve", "--listen", "0.0.0.0:8080"], "ExposedPorts": {"8080/tcp": {}},
                    "Volumes": {f"/{name}": {} for name in sorted(OWNED)}, "StopSignal": "SIGTERM",
                    "WorkingDir": "/", "Labels": labels},
         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]},
         "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "deploy/image/build.py"}]},
        "application/vnd.oci.image.config.v1+json")
    manifest = layout.add_json(
        {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
         "layers": [layer], "annotations": labels}, "application/vnd.oci.image.manifest.v1+json")
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    (out / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (out / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return layer["size"], manifest["digest"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the two programs")
    parser.add_argument("--out", type=pathlib.Path, help="folder of the image, made anew")
    parser.add_argument("--rootfs", type=pathlib.Path, help="only the file system, into this folder")
    arguments = parser.parse_args()
    if (arguments.out is None) == (arguments.rootfs is None):
        parser.error("one of --out and --rootfs")
    if shutil.which("dpkg-query") is None:
        fail("this machine is no Debian; use the Dockerfile")
    if arguments.rootfs is not None:
        make_rootfs(arguments.programs, arguments.rootfs)
        return
    shutil.rmtree(arguments.out, ignore_errors=True)
    root = arguments.out.with_name(arguments.out.name + ".rootfs")
    shutil.rmtree(root, ignore_errors=True)
    make_rootfs(arguments.programs, root)
    version = subprocess.run([str(arguments.programs / "ironscribe"), "--version"], check=True,
                             capture_output=True, text=True).stdout.split()[-1]
    size, digest = make_image(root, arguments.out, version)
    shutil.rmtree(root)
    print(f"{arguments.out}: {digest}, {size / 1e6:.1f} MB compressed")


if __name__ == "__main__":
    main()
