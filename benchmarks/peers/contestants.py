"""Those who take part, called alike: recordings in, texts and measurements out."""

import dataclasses
import importlib.metadata
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

import processes

_HERE = pathlib.Path(__file__).resolve().parent
_TOP = _HERE.parents[1]
PROGRAM = _TOP / "build" / "release" / "ironscribe"
_GGML_FOLDER = _TOP / "build" / "peers" / "ggml"

OURS = "ironscribe"


@dataclasses.dataclass(frozen=True)
class Contestant:
    """One side doing one kind of work in one way."""

    key: str
    input: str  # A member of Speech.write(); of `single` the whole process is measured.
    side: str = OURS
    flags: tuple[str, ...] = ()  # Ours.
    mode: str = ""  # The driver's; see driver.py.
    threads: int | None = None  # None: as many as the comparison has.
    compute: str = "int8"  # Ours; the drivers say what the others compute with.


@dataclasses.dataclass
class Outcome:
    work_seconds: float | None  # Without start and loading; unknown for `single`.
    texts: list[str]
    measured: processes.Measured
    documents: list[dict] = dataclasses.field(default_factory=list)  # Ours: the json output.


@dataclasses.dataclass(frozen=True)
class Peer:
    driver: str
    module: str
    distribution: str
    arithmetic: str


PEERS = {
    "faster-whisper": Peer("faster_whisper_driver.py", "faster_whisper", "faster-whisper", "int8"),
    "whisper.cpp": Peer("whisper_cpp_driver.py", "pywhispercpp", "pywhispercpp", "float16"),
    "openai-whisper": Peer("openai_whisper_driver.py", "whisper", "openai-whisper", "float32"),
}


def version(side: str) -> str | None:
    """None: not installed."""
    if importlib.util.find_spec(PEERS[side].module) is None:
        return None
    return importlib.metadata.version(PEERS[side].distribution)


def _model_for(side: str, model: pathlib.Path) -> pathlib.Path:
    if side != "whisper.cpp":
        return model
    path = _GGML_FOLDER / f"{model.name}.bin"
    if not path.is_file():
        subprocess.run([sys.executable, _HERE / "make_ggml.py", model, path], check=True,
                       capture_output=True)
    return path


def _run_ours(contestant: Contestant, model: pathlib.Path, paths: list[pathlib.Path],
              cpus: set[int]) -> Outcome:
    command = [PROGRAM, "transcribe", "--model", model, "--language", "en",
               "--threads", len(cpus), *contestant.flags]
    if "--reference" not in contestant.flags:
        command += ["--compute", contestant.compute]
    if contestant.input == "single":
        measured = processes.run([*command, "--progress", "none", *paths], cpus)
        return Outcome(None, [measured.stdout], measured)
    with tempfile.TemporaryDirectory() as folder:
        measured = processes.run([*command, "--format", "json", "--output-dir", folder,
                                  "--progress", "json", *paths], cpus)
        documents = [json.loads((pathlib.Path(folder) / f"{path.stem}.json").read_text())
                     for path in paths]
    events = [json.loads(line) for line in measured.stderr.splitlines() if line.startswith("{")]
    summary = next(event for event in events if event["event"] == "summary")
    return Outcome(summary["wall_seconds"], [document["text"] for document in documents], measured,
                   documents)


def _run_peer(contestant: Contestant, model: pathlib.Path, paths: list[pathlib.Path],
              cpus: set[int]) -> Outcome:
    command = [sys.executable, _HERE / PEERS[contestant.side].driver,
               _model_for(contestant.side, model), len(cpus), contestant.mode, *paths]
    measured = processes.run(command, cpus)
    if contestant.input == "single":
        return Outcome(None, [measured.stdout], measured)
    result = json.loads(measured.stdout.splitlines()[-1])
    return Outcome(result["seconds"], result["texts"], measured)


def for_warm_up(contestant: Contestant) -> Contestant:
    """The same program, model and arithmetic on a single recording."""
    return dataclasses.replace(contestant, input="single", mode="fresh")


def run(contestant: Contestant, model: pathlib.Path, paths: list[pathlib.Path],
        cpus: list[int]) -> Outcome:
    """On the first of `cpus`, one for each thread. Errors: RuntimeError, CalledProcessError."""
    used = set(cpus[:contestant.threads or len(cpus)])
    call = _run_ours if contestant.side == OURS else _run_peer
    return call(contestant, model, paths, used)
