"""Questions with an answer each, one line; whether all answers were as wanted."""


class Answers:
    def __init__(self):
        self.failed = False

    def say(self, question: str, answer: str, passed: bool):
        self.failed |= not passed
        print(f"{'ok  ' if passed else 'FAIL'}  {question}: {answer}", flush=True)
