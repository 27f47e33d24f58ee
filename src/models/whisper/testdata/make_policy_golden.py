"""Writes the policy_*.txt files with openai-whisper 20250625: its rules, its loop, its word times.

Run in an environment with openai-whisper 20250625 and torch: python make_policy_golden.py
The loop runs with a scripted decoder in place of a model. Text is made of tokens of one byte, so the
tests need no vocabulary.
"""
import os
import random

import numpy as np
import torch
import whisper.timing
from whisper.transcribe import transcribe
from whisper.decoding import ApplyTimestampRules, DecodingResult, SuppressBlank, SuppressTokens
from whisper.model import ModelDimensions
from whisper.tokenizer import Tokenizer, get_tokenizer
from whisper.utils import compression_ratio

HERE = os.path.dirname(os.path.abspath(__file__))
ENGLISH = get_tokenizer(False)
TIME = ENGLISH.timestamp_begin
SPACE = 220


def encode_bytes(self, text, **_):
    return [self.encoding.encode_single_token(bytes([byte])) for byte in text.encode()]


def ranges(allowed):
    out, start = [], None
    for index, value in enumerate(allowed + [False]):
        if value and start is None:
            start = index
        if not value and start is not None:
            out.append(f"{start}-{index}")
            start = None
    return " ".join(out)


def write_rules(path):
    rng = random.Random(1)
    specials = [ENGLISH.transcribe, ENGLISH.translate, ENGLISH.sot, ENGLISH.sot_prev,
                ENGLISH.sot_lm, ENGLISH.no_speech]
    filters = [SuppressBlank(ENGLISH, 1), SuppressTokens(specials),
               ApplyTimestampRules(ENGLISH, 1, 50)]
    histories = [[], [TIME], [TIME + 50], [7], [TIME, 7], [TIME, 7, TIME + 5], [7, TIME + 1500],
                 [TIME, 7, TIME + 5, TIME + 5], [TIME, 7, TIME + 5, TIME + 9, 4]]
    for _ in range(30):
        history = [TIME + rng.randint(0, 50)]
        while len(history) < rng.randint(2, 12):
            history.append(rng.choice([rng.randint(0, 300), TIME + rng.randint(0, 1500)]))
        histories.append(history)
    with open(path, "w") as out:
        for history in histories:
            tokens = torch.tensor([[ENGLISH.sot] + history])
            # Times are improbable, so the rule on their mass acts only where no text is allowed.
            logits = torch.zeros(1, 51864)
            logits[:, TIME:] = -50
            for logit_filter in filters:
                logit_filter.apply(logits, tokens)
            allowed = (logits[0] > -torch.inf).tolist()
            out.write(f"{' '.join(map(str, history))} : {ranges(allowed)}\n")


def random_text(rng, count):
    if rng.random() < 0.1:
        return [SPACE] * count
    if rng.random() < 0.15:
        return [5] * (count * 8)
    return [SPACE] + [rng.randint(0, 93) for _ in range(count)]


def random_tokens(rng):
    """A text as the timestamp rules allow it, in all the ways it can end."""
    tokens, now = [], rng.randint(0, 50)
    if rng.random() < 0.05:
        return random_text(rng, 3)
    tokens.append(TIME + now)
    for _ in range(rng.randint(0, 4)):
        tokens += random_text(rng, rng.randint(1, 20))
        now = min(1500, now + rng.randint(1, 500))
        tokens.append(TIME + now)
        now = min(1500, now + rng.choice([0, 0, 25]))
        tokens.append(TIME + now)
    ending = rng.randint(0, 3)
    if ending == 1:
        tokens += random_text(rng, rng.randint(1, 9))
    if ending >= 2:
        tokens += random_text(rng, rng.randint(1, 9))
        tokens.append(TIME + min(1500, now + rng.randint(1, 400)))
    return tokens[:220]


class ScriptedModel:
    dims = ModelDimensions(80, 1500, 8, 1, 1, 51864, 448, 8, 1, 1)
    device = torch.device("cpu")
    is_multilingual = False
    num_languages = 99

    def __init__(self, rng):
        self.rng = rng
        self.calls = []

    def decode(self, segment, options):
        prompt = options.prompt[-223:]
        digest = 0
        for token in prompt:
            digest = (digest * 31 + token + 1) % 1000000007
        tokens = random_tokens(self.rng)
        average = self.rng.choice([-0.3, -0.5, -0.8, -1.5])
        no_speech = self.rng.choice([0.1, 0.1, 0.3, 0.9])
        text = ENGLISH.decode(tokens).strip()
        self.calls.append(
            f"call {len(prompt)} {digest} {options.temperature} {average} {no_speech} : "
            + " ".join(map(str, tokens))
        )
        return DecodingResult(None, "en", None, tokens, text, average, no_speech,
                              options.temperature, compression_ratio(text))


def write_loop(path):
    with open(path, "w") as out:
        for seed in range(30):
            rng = random.Random(seed)
            seconds = rng.choice([3, 29.987, 30, 47.5, 95, 200])
            prompt = rng.choice([None, None, "Glossary: foo, bar", "long " * 60])
            # A carried prompt that fills the context is a documented difference (prompt.h).
            carry = rng.random() < 0.3 and len(prompt or "") < 100
            condition = rng.random() < 0.7
            # The reference does not stop where the recording does if a clip ends later.
            clips = rng.choice([[], [], [1], [1.5, 20.25, 28, 29.5] if seconds > 29 else [1.5, 2.5]])
            model = ScriptedModel(rng)
            audio = np.zeros(round(seconds * 16000), dtype=np.float32)
            result = transcribe(
                model, audio, initial_prompt=prompt, carry_initial_prompt=carry, best_of=1,
                condition_on_previous_text=condition, clip_timestamps=clips or "0", fp16=False)
            out.write(f"scenario {seed} {len(audio)} {int(carry)} {int(condition)} "
                      f"{','.join(map(str, clips)) or '-'}\n")
            out.write(f"prompt {prompt or ''}\n")
            out.writelines(call + "\n" for call in model.calls)
            for segment in result["segments"]:
                if not segment["tokens"]:
                    continue
                out.write(f"segment {segment['seek']} {segment['start']:.4f} {segment['end']:.4f} "
                          f"{segment['temperature']} {segment['avg_logprob']} "
                          f"{segment['compression_ratio']:.5f} {segment['no_speech_prob']} : "
                          + " ".join(map(str, segment["tokens"])) + "\n")
            out.write(f"text {result['text']}\nend\n")


def random_alignment(rng):
    words, now = [], rng.choice([0.0, 0.5, 3.0])
    for _ in range(rng.randint(1, 14)):
        text = rng.choice([" a", " word", " and", " end.", ".", ",", "?", " \"", " (", ")", "!", "-"])
        length = rng.choice([0.0, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 1.2, 2.5])
        end = round(now + length, 2)
        words.append((text, rng.randint(1, 3), now, end, round(rng.random(), 3)))
        now = end
    return words


def write_words(path):
    with open(path, "w") as out:
        for seed in range(60):
            rng = random.Random(seed)
            alignment = random_alignment(rng)
            seek, last = rng.choice([0, 0, 1234, 3000]), rng.choice([0.0, 0.0, 1.5, 11.0])
            offset = seek * 160 / 16000
            cut = rng.randint(0, len(alignment))
            segments = []
            for part in [alignment[:cut], alignment[cut:]]:
                if part:
                    start = round(offset + part[0][2] + rng.choice([0, 0, -0.3, 0.4, 0.8]), 2)
                    end = round(offset + part[-1][3] + rng.choice([0, 0, -0.9, 0.2]), 2)
                    count = sum(word[1] for word in part)
                    segments.append({"seek": seek, "start": start, "end": end,
                                     "tokens": [TIME] + [1] * count + [TIME + 9]})
            out.write(f"case {seek} {last}\n")
            for text, count, start, end, probability in alignment:
                out.write(f"align {count} {start} {end} {probability} {text}\n")
            for segment in segments:
                count = len(segment["tokens"]) - 2
                out.write(f"in {segment['start']} {segment['end']} {count}\n")
            whisper.timing.find_alignment = lambda *_, **__: [
                whisper.timing.WordTiming(text, [1] * count, start, end, probability)
                for text, count, start, end, probability in alignment]
            whisper.timing.add_word_timestamps(
                segments=segments, model=None, tokenizer=ENGLISH, mel=None, num_frames=3000,
                last_speech_timestamp=last)
            for segment in segments:
                out.write(f"out {segment['start']:.4f} {segment['end']:.4f}\n")
                for word in segment["words"]:
                    out.write(f"word {word['start']:.4f} {word['end']:.4f} "
                              f"{word['probability']} {word['word']}\n")
            out.write("end\n")


write_rules(os.path.join(HERE, "policy_rules.txt"))
Tokenizer.encode = encode_bytes
write_loop(os.path.join(HERE, "policy_loop.txt"))
write_words(os.path.join(HERE, "policy_words.txt"))
