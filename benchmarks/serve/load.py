"""Load on a server: a closed loop of clients, or arrivals at random times whatever is answered."""

import dataclasses
import queue
import random
import threading
import time

from figures import percentile
from http_client import Answer, Connection


@dataclasses.dataclass
class Request:
    name: str
    path: str
    content_type: str
    body: bytes
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    seconds: float = 0.0  # Of audio.


@dataclasses.dataclass
class Outcome:
    request: Request
    begin: float  # Seconds since the load began; for arrivals, when it was due.
    answer: Answer
    latency: float  # From `begin` to the last byte: waiting for a free client counts.


@dataclasses.dataclass
class Load:
    outcomes: list[Outcome]
    wall_seconds: float
    generator_cpu_seconds: float

    def good(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.answer.status == 200]

    def audio_per_second(self) -> float:
        return sum(outcome.request.seconds for outcome in self.good()) / self.wall_seconds

    def latency(self, percent: float) -> float:
        return percentile([outcome.latency for outcome in self.good()], percent)


def _run(port: int, clients: int, take, keep_alive: bool) -> Load:
    """`clients` threads send what `take()` gives, (due, request) or None at the end."""
    outcomes: list[Outcome] = []
    begin = time.monotonic()

    def client() -> None:
        connection = Connection(port)
        while (next_one := take()) is not None:
            due, request = next_one
            wait = begin + due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            started = time.monotonic() - begin
            answer = connection.post(request.path, request.content_type, request.body,
                                     request.headers)
            if not keep_alive:
                connection.close()
            since = due if due > 0 else started
            outcomes.append(Outcome(request, since, answer, time.monotonic() - begin - since))
        connection.close()

    cpu = time.process_time()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(outcomes, time.monotonic() - begin, time.process_time() - cpu)


def closed(port: int, requests: list[Request], clients: int, keep_alive: bool = True) -> Load:
    """Every client sends its next request when the last is answered."""
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    for request in requests:
        waiting.put((0.0, request))

    def take():
        try:
            return waiting.get_nowait()
        except queue.Empty:
            return None

    return _run(port, clients, take, keep_alive)


def arrivals(rate_per_second: float, seconds: float, seed: int) -> list[float]:
    """Times of a Poisson process."""
    chance = random.Random(seed)
    times, at = [], 0.0
    while (at := at + chance.expovariate(rate_per_second)) < seconds:
        times.append(at)
    return times


def open_loop(port: int, requests: list[Request], due: list[float], clients: int = 256) -> Load:
    """Requests in turn at the times `due`. More clients than can ever be busy at once."""
    lock, number = threading.Lock(), 0

    def take():
        nonlocal number
        with lock:
            if number == len(due):
                return None
            number += 1
            return due[number - 1], requests[(number - 1) % len(requests)]

    return _run(port, min(clients, max(1, len(due))), take, keep_alive=False)
