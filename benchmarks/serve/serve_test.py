"""Tests of the arithmetic and of the client, without a server of ours."""

import math
import random
import socket
import threading
import unittest

import load
from figures import percentile, slope_bound
from http_client import Connection, form


class Figures(unittest.TestCase):
    def test_percentile(self):
        values = list(range(1, 101))
        self.assertEqual([percentile(values, p) for p in (0, 50, 95, 99, 100)], [1, 50, 95, 99, 100])
        self.assertEqual(percentile([7.0], 99), 7.0)
        self.assertTrue(math.isnan(percentile([], 50)))

    def test_slope_of_noise_holds_the_truth(self):
        chance = random.Random(3)
        for truth in (0.0, 2048.0):
            points = [(x, truth * x + chance.gauss(0, 1e6)) for x in range(2000, 10001, 80)]
            slope, bound = slope_bound(points)
            self.assertLess(abs(slope - truth), 200)
            self.assertGreater(bound, slope)
            self.assertEqual(bound > 1024, truth > 1024)

    def test_arrivals_have_their_rate_and_repeat(self):
        times = load.arrivals(20, 100, seed=1)
        self.assertEqual(times, load.arrivals(20, 100, seed=1))
        self.assertAlmostEqual(len(times) / 100, 20, delta=1.5)
        self.assertTrue(all(a < b for a, b in zip(times, times[1:])))


class Client(unittest.TestCase):
    """Against a socket that answers before it has read the body."""

    def test_an_early_answer_is_seen_while_the_body_is_sent(self):
        listener = socket.create_server(("127.0.0.1", 0))

        def refuse():
            peer, _ = listener.accept()
            with peer:
                peer.recv(200)
                peer.sendall(b"HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nConnection: close\r\n"
                             b"Content-Length: 2\r\n\r\nno")
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(1 << 20):
                    pass

        thread = threading.Thread(target=refuse)
        thread.start()
        connection = Connection(listener.getsockname()[1], timeout_seconds=60)
        content_type, body = form({"model": "m"}, "a.wav", bytes(30_000_000))
        answer = connection.post("/x", content_type, body)
        connection.close()
        thread.join()
        listener.close()
        self.assertEqual((answer.status, answer.headers["retry-after"], answer.body),
                         (503, "3", b"no"))


if __name__ == "__main__":
    unittest.main()
