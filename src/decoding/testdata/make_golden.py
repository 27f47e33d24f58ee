"""Writes beam_golden.txt and alignment_golden.txt with the classes of openai-whisper 20250625.

Run in an environment with openai-whisper 20250625 and torch: python make_golden.py
Scores are hashes (SplitMix64) that the C++ tests compute again, so no inputs are stored.
"""
import itertools
import os

import torch
from whisper.decoding import BeamSearchDecoder, MaximumLikelihoodRanker
from whisper.timing import dtw, median_filter

MASK = (1 << 64) - 1


def mix(value):
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def unit(value):
    return (value >> 11) * 2.0**-53


def logits_after(history, vocab, seed, spread):
    hashed = mix(seed)
    for token in history:
        hashed = mix((hashed + token + 1) & MASK)
    return [unit(mix(hashed ^ (token << 32))) * spread for token in range(vocab)]


class Inference:
    def rearrange_kv_cache(self, source_indices):
        pass


def beam(vocab, seed, spread, beam_size, patience, penalty, limit):
    prompt, eot = [1, 2], 0
    decoder = BeamSearchDecoder(beam_size, eot, Inference(), patience)
    decoder.reset()
    tokens = torch.tensor([prompt] * beam_size)
    sums = torch.zeros(beam_size)
    for _ in range(limit):
        logits = torch.tensor(
            [logits_after(row, vocab, seed, spread) for row in tokens.tolist()], dtype=torch.float32
        )
        if tokens.shape[1] == len(prompt):
            logits[:, eot] = -torch.inf  # An empty text would be divided by its length.
        tokens, completed = decoder.update(tokens, logits, sums)
        if completed:
            break
    candidates, scores = decoder.finalize(tokens[None], sums[None])
    texts = [[t[len(prompt) : (t == eot).nonzero()[0, 0]] for t in c] for c in candidates]
    chosen = MaximumLikelihoodRanker(penalty).rank(texts, scores)[0]
    return texts[0][chosen].tolist(), scores[0][chosen], len(texts[0])


def write_beam(path):
    with open(path, "w") as out:
        cases = itertools.product([1, 2, 3, 5], [0.5, 1.0, 2.0], [None, 0.0, 0.6, 1.0], range(6))
        for beam_size, patience, penalty, seed in cases:
            if round(beam_size * patience) < 1:
                continue
            vocab, spread, limit = 6 + seed, 3.0 + seed, 12
            tokens, score, count = beam(vocab, seed, spread, beam_size, patience, penalty, limit)
            out.write(
                f"{beam_size} {patience} {'nan' if penalty is None else penalty} {seed} {vocab} "
                f"{spread} {limit} {score:.5f} {count} {' '.join(map(str, tokens))}\n"
            )


def write_alignment(path):
    with open(path, "w") as out:
        for seed, (tokens, heads, frames, used) in enumerate(
            [(4, 1, 10, 10), (5, 2, 40, 33), (7, 3, 60, 60), (6, 2, 8, 3), (12, 4, 100, 81)]
        ):
            flat = []
            for index in range(tokens * heads * frames):
                token, frame = index // (heads * frames), index % frames
                noise = 4 * unit(mix((seed << 32) + index))
                centre = (token + 0.5) * used / tokens
                flat.append(noise - abs(frame - centre) * 8 / used)
            scores = torch.tensor(flat).reshape(tokens, heads, frames).transpose(0, 1)
            weights = scores[:, :, :used].softmax(dim=-1)
            std, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
            matrix = median_filter((weights - mean) / std, 7).mean(axis=0)
            rows, columns = dtw(-matrix)
            starts = [int(columns[list(rows).index(row)]) for row in range(tokens)]
            values = [matrix.flatten()[i].item() for i in range(0, tokens * used, 7)]
            out.write(f"{seed} {tokens} {heads} {frames} {used} {' '.join(map(str, starts))}\n")
            out.write(" ".join(f"{value:.5f}" for value in values) + "\n")


here = os.path.dirname(os.path.abspath(__file__))
write_beam(os.path.join(here, "beam_golden.txt"))
write_alignment(os.path.join(here, "alignment_golden.txt"))
