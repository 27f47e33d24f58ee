"""`ironscribe serve` under load: throughput, waiting, overload, fairness, leaks.

    benchmarks/serve/run.sh [--rows closed,open,overload,fair,leaks] [--model base] [--passes 10]

Prints one line for each figure, with its goal where there is one, and writes all of them to
build/serve/results.json. Exit status 1 when a goal is missed. Goals that compare two sides or two
parts of one run hold on a busy machine too; the others want an idle one.
"""

import argparse
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools" / "accuracy"), str(ROOT / "benchmarks" / "peers")]

import load  # noqa: E402
from figures import percentile, slope_bound  # noqa: E402
import servers  # noqa: E402
from http_client import form  # noqa: E402
from speech import Speech  # noqa: E402

CLIENTS = 16
SEED = 1
PATH = "/v1/audio/transcriptions"
# As fast as its accuracy gate allows; the command line gets the same.
WINDOW = "speech"
P95_SECONDS = 2.0  # What makes a rate a capacity.
LEAK_REQUESTS, LEAK_FROM, LEAK_CLIENTS = 10_000, 2_000, 8
LEAK_BYTES_PER_REQUEST = 1024


class Report:
    def __init__(self):
        self.rows: list[dict] = []

    def say(self, what: str, value: float, unit: str = "", goal: str = "", held: bool | None = None):
        self.rows.append({"what": what, "value": value, "unit": unit, "goal": goal, "held": held})
        mark = "" if held is None else "ok   " if held else "MISS "
        print(f"{mark:5}{what}: {value:.4g} {unit}{f'  ({goal})' if goal else ''}", flush=True)

    @property
    def missed(self) -> bool:
        return any(row["held"] is False for row in self.rows)


class Material:
    """Requests of the 60 utterances, each time behind other milliseconds of silence."""

    def __init__(self, data: pathlib.Path, folder: pathlib.Path, limit: int | None):
        self.speech = Speech(data, SEED, limit)
        self.paths = self.speech.write(folder)["short"]

    def requests(self, model: str, passes: int = 1, key: str = "") -> list[load.Request]:
        made = []
        for path in self.paths:
            wav = path.read_bytes()
            content_type, body = form({"model": model, "language": "en", "temperature": "0"},
                                      path.name, wav)
            headers = {"X-Ironscribe-Options": json.dumps({"window": WINDOW})}
            if key:
                headers["Authorization"] = f"Bearer {key}"
            made.append(load.Request(path.name, PATH, content_type, body, headers,
                                     (len(wav) - 44) / 32000))
        order = made * passes
        random.Random(SEED).shuffle(order)
        return order


def command_line(material: Material, model: str) -> tuple[dict[str, str], float]:
    """Texts of `transcribe` by file, and seconds of audio per second.

    With its default temperatures: a request's temperature of 0 means them too, as OpenAI has it.
    """
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [servers.PROGRAM, "transcribe", *material.paths, "--model", model, "--language", "en",
             "--window", WINDOW, "--format", "json", "--output-dir", folder,
             "--batch-size", str(CLIENTS)],
            check=True, capture_output=True, text=True)
        texts = {path.name: json.loads((pathlib.Path(folder) / f"{path.stem}.json").read_text())
                 ["text"] for path in material.paths}
        return texts, float(re.search(r"\(([\d.]+)x real time\)", run.stderr)[1])


def row_closed(report: Report, material: Material, options) -> None:
    texts, alone = command_line(material, options.model)
    with servers.ironscribe(options.model, "--no-auth", "--batch-size", str(CLIENTS)) as server:
        load.closed(server.port, material.requests(options.model), CLIENTS)  # Warm.
        cpu = server.cpu_seconds()
        ours = load.closed(server.port, material.requests(options.model, options.passes), CLIENTS)
        cpu = server.cpu_seconds() - cpu
    wrong = sum(outcome.answer.status != 200 or
                servers.text_of(outcome.answer).strip() != texts[outcome.request.name].strip()
                for outcome in ours.outcomes)
    report.say("closed loop, ironscribe", ours.audio_per_second(), "s of audio a second")
    report.say("p50, p95", ours.latency(50), f"s, {ours.latency(95):.3g} s")
    report.say("CPU of the generator, of the server", ours.generator_cpu_seconds, f"s, {cpu:.4g} s")
    report.say("texts that are not the command line's", wrong, "", "0", wrong == 0)
    report.say("of `transcribe` on the same files", ours.audio_per_second() / alone, "",
               "at least 0.9", ours.audio_per_second() >= 0.9 * alone)
    if options.no_peer:
        return
    with servers.peer(str(options.models / options.model), options.threads) as server:
        load.closed(server.port, material.requests("")[:CLIENTS], CLIENTS)
        theirs = load.closed(server.port, material.requests("", options.peer_passes), CLIENTS)
    report.say("closed loop, faster-whisper behind FastAPI", theirs.audio_per_second(),
               "s of audio a second")
    report.say("its p50, p95", theirs.latency(50), f"s, {theirs.latency(95):.3g} s")
    ratio = ours.audio_per_second() / theirs.audio_per_second()
    report.say("times its throughput", ratio, "", "at least 10", ratio >= 10)
    share = theirs.latency(95) / ours.latency(95)
    report.say("its p95 by ours", share, "", "at least 6", share >= 6)


def _try_rate(port: int, requests, rate: float, seconds: float, seed: int) -> load.Load:
    return load.open_loop(port, requests, load.arrivals(rate, seconds, seed))


def capacity(port: int, requests, seconds: float) -> float:
    """The highest rate with p95 within P95_SECONDS and no error, by bisection."""
    first = load.closed(port, requests, CLIENTS)
    low, high = 0.0, 1.5 * len(first.good()) / first.wall_seconds
    for step in range(5):
        rate = (low + high) / 2
        tried = _try_rate(port, requests, rate, seconds, SEED + step)
        holds = len(tried.good()) == len(tried.outcomes) and tried.latency(95) <= P95_SECONDS
        low, high = (rate, high) if holds else (low, rate)
    return low


def row_open(report: Report, material: Material, options) -> None:
    requests = material.requests(options.model)
    with servers.ironscribe(options.model, "--no-auth", "--batch-size", str(CLIENTS)) as server:
        most = capacity(server.port, requests, options.seconds)
        report.say("capacity", most, f"requests a second (p95 at most {P95_SECONDS:.0f} s)")
        for share in (0.5, 0.8, 0.95):
            tried = _try_rate(server.port, requests, share * most, 2 * options.seconds, SEED + 100)
            report.say(f"at {share:.0%}: p50, p95, p99", tried.latency(50),
                       f"s, {tried.latency(95):.3g} s, {tried.latency(99):.3g} s; errors "
                       f"{len(tried.outcomes) - len(tried.good())}; generator "
                       f"{tried.generator_cpu_seconds:.3g} s of CPU")


def row_overload(report: Report, material: Material, options) -> None:
    requests = material.requests(options.model)
    with servers.ironscribe(options.model, "--no-auth", "--batch-size", str(CLIENTS),
                            "--max-waiting", "32") as server:
        load.closed(server.port, requests, CLIENTS)
        peak = load.closed(server.port, requests * 2, CLIENTS)
        most = len(peak.good()) / peak.wall_seconds
        report.say("peak", most, "requests a second")
        for times in (2, 5):
            over = _try_rate(server.port, requests, times * most, options.seconds, SEED + times)
            good = len(over.good()) / over.wall_seconds
            refused = [outcome for outcome in over.outcomes if outcome.answer.status in (429, 503)]
            other = len(over.outcomes) - len(over.good()) - len(refused)
            report.say(f"at {times} times: goodput of peak", good / most, "", "at least 0.9",
                       good >= 0.9 * most)
            slowest = 1000 * percentile([o.answer.head_seconds for o in refused], 99)
            report.say("refusals: p99 from the last header byte", slowest,
                       f"ms of {len(refused)}", "at most 50", slowest <= 50)
            told = sum("retry-after" in outcome.answer.headers for outcome in refused)
            report.say("refused without Retry-After, or broken", len(refused) - told + other, "", "0",
                       told == len(refused) and other == 0)
            after = load.closed(server.port, requests[:CLIENTS], 1)
            first = after.outcomes[0].latency if after.good() else math.inf
            report.say("first answer after it", first, "s", "at most 10", first <= 10)


def row_fair(report: Report, material: Material, options) -> None:
    """Key A at five times capacity; key B at a tenth of it."""
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        secrets = [subprocess.run([servers.PROGRAM, "keys", "create", "--data-dir", data, "--name",
                                   name], check=True, capture_output=True, text=True)
                   .stdout.split()[0] for name in ("a", "b")]
        with servers.ironscribe(options.model, "--batch-size", str(CLIENTS), "--max-waiting", "32",
                                data=data) as server:
            greedy = material.requests(options.model, key=secrets[0])
            modest = material.requests(options.model, key=secrets[1])
            peak = load.closed(server.port, greedy, CLIENTS)
            most = len(peak.good()) / peak.wall_seconds
            alone = _try_rate(server.port, modest, 0.1 * most, 2 * options.seconds, SEED)
            both = _together(server.port, greedy, modest, most, 2 * options.seconds)
    refused = len(both.outcomes) - len(both.good())
    report.say("key B beside A: refused", refused, f"of {len(both.outcomes)}", "0", refused == 0)
    share = both.latency(95) / alone.latency(95)
    for name, run in (("alone", alone), ("beside A", both)):
        report.say(f"key B {name}: p50, p95", run.latency(50), f"{run.latency(95):.2f} s")
    report.say("its p95, beside by alone", share, "", "at most 2", share <= 2)


def _together(port: int, greedy, modest, most: float, seconds: float) -> load.Load:
    thread = threading.Thread(target=_try_rate, args=(port, greedy, 5 * most, seconds, SEED + 1))
    thread.start()
    result = _try_rate(port, modest, 0.1 * most, seconds, SEED)
    thread.join()
    return result


def measure_leak(material: Material, options, environment=None) -> tuple[float, float, list[int]]:
    requests = sorted(material.requests(options.model), key=lambda r: r.seconds)[:8]
    flags = ("--no-auth", "--batch-size", "8")
    with servers.ironscribe(options.model, *flags, environment=environment) as server:
        points, counts = [], []
        step = options.leak_requests // 100
        for done in range(0, options.leak_requests, step):
            load.closed(server.port, (requests * (step // 8 + 1))[:step], LEAK_CLIENTS,
                        keep_alive=False)
            if done + step < options.leak_requests // 5:
                continue  # Workers and buffers still come.
            points.append((done + step, server.anonymous_bytes()))
            if len(points) == 1 or done + step >= options.leak_requests:
                counts += [server.open_files(), server.threads()]
    return *slope_bound(points), counts


def row_leaks(report: Report, material: Material, options) -> None:
    slope, bound, counts = measure_leak(material, options)
    report.say("anonymous memory a request", slope, "bytes")
    report.say("upper 95 % bound", bound, "bytes", f"at most {LEAK_BYTES_PER_REQUEST}",
               bound <= LEAK_BYTES_PER_REQUEST)
    files, threads = counts[2] - counts[0], counts[3] - counts[1]
    report.say("descriptors more than after the first fifth", files, "", "0", files <= 0)
    report.say("threads more than after the first fifth", threads, "", "0", threads <= 0)
    shim = ROOT / "build" / "serve" / "leak_shim.so"
    shim.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim,
                    pathlib.Path(__file__).parent / "leak_shim.c", "-ldl"], check=True)
    _, leaking, _ = measure_leak(material, options, {"LD_PRELOAD": str(shim)})
    report.say("the same with 2 KB lost at each connection", leaking, "bytes",
               f"above {LEAK_BYTES_PER_REQUEST}, so that the check can fail",
               leaking > LEAK_BYTES_PER_REQUEST)


ROWS = {"closed": row_closed, "open": row_open, "overload": row_overload, "fair": row_fair,
        "leaks": row_leaks}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--model", default="base")
    parser.add_argument("--passes", type=int, default=10)
    parser.add_argument("--peer-passes", type=int, default=2)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--threads", type=int, default=2, help="of the peer")
    parser.add_argument("--seconds", type=float, default=30, help="of a rate that is tried")
    parser.add_argument("--utterances", type=int, help="fewer, to try the benchmark out")
    parser.add_argument("--leak-requests", type=int, default=LEAK_REQUESTS)
    options = parser.parse_args()
    folder = ROOT / "build" / "serve"
    folder.mkdir(parents=True, exist_ok=True)
    report = Report()
    with tempfile.TemporaryDirectory() as scratch:
        material = Material(options.data, pathlib.Path(scratch), options.utterances)
        for row in options.rows.split(","):
            ROWS[row](report, material, options)
            (folder / "results.json").write_text(json.dumps(report.rows, indent=1) + "\n")
    sys.exit(1 if report.missed else 0)


if __name__ == "__main__":
    main()
