"""Sounds without a word in them, made by recipes from a seed: 16 kHz, float, below 0.5 in size.

Recipes named in HELD_OUT, and the odd seeds of all others, are never used to set a threshold.
"""

import numpy as np

RATE = 16000


def _noise(random, count, slope):
    """Noise whose power falls with frequency to the power of `slope`."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    spectrum *= np.maximum(frequency, 20) ** (-slope / 2)
    return np.fft.irfft(spectrum, count)


def _band(random, count, low, high):
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(frequency < low) | (frequency > high)] = 0
    return np.fft.irfft(spectrum, count)


def _time(count):
    return np.arange(count) / RATE


def _place(out, at, sound):
    part = sound[:max(0, len(out) - at)]
    out[at:at + len(part)] += part


def _decay(count, seconds):
    return np.exp(-_time(count) / seconds)


def white(random, count):
    return _noise(random, count, 0)


def pink(random, count):
    return _noise(random, count, 1)


def brown(random, count):
    return _noise(random, count, 2)


def hum(random, count):
    base = random.choice([50, 60]) * (1 + 0.002 * random.standard_normal())
    out = sum(random.random() / k * np.sin(2 * np.pi * base * k * _time(count) + random.random() * 6)
              for k in range(1, 12))
    return out + 0.05 * _noise(random, count, 1)


def melody(random, count):
    """Notes of a scale with overtones, sometimes chords."""
    out = np.zeros(count)
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    beat = int(RATE * random.uniform(0.15, 0.6))
    for at in range(0, count, beat):
        for note in random.choice(scale, random.integers(1, 4)):
            length = int(beat * random.uniform(0.8, 2.5))
            sound = sum(np.sin(2 * np.pi * note * k * _time(length)) / k**1.5 for k in range(1, 6))
            _place(out, at, sound * _decay(length, random.uniform(0.1, 0.5)))
    return out


def wind(random, count):
    swell = np.abs(_band(random, count, 0.05, 0.5))
    return _band(random, count, 30, random.uniform(300, 900)) * swell


def siren(random, count):
    rate, low, high = random.uniform(0.2, 3), random.uniform(400, 700), random.uniform(800, 1600)
    frequency = low + (high - low) * (0.5 + 0.5 * np.sin(2 * np.pi * rate * _time(count)))
    return np.sin(2 * np.pi * np.cumsum(frequency) / RATE) + 0.1 * _noise(random, count, 1)


def rain(random, count):
    out = 0.3 * _band(random, count, 1000, 7000)
    for at in random.integers(0, count, int(count / RATE * random.uniform(20, 200))):
        length = int(RATE * 0.01)
        _place(out, at, random.random() * random.standard_normal(length) * _decay(length, 0.002))
    return out


def engine(random, count):
    base = random.uniform(20, 60) * (1 + 0.05 * _band(random, count, 0.1, 2) * 10)
    phase = 2 * np.pi * np.cumsum(base) / RATE
    return sum(np.sin(k * phase + random.random() * 6) / k for k in range(1, 30)) + \
        0.3 * _noise(random, count, 1)


def ringing(random, count):
    out = np.zeros(count)
    tones = random.uniform(350, 500, 2)
    on, pause = int(RATE * random.uniform(0.3, 2)), int(RATE * random.uniform(0.5, 4))
    for at in range(0, count, on + pause):
        _place(out, at, sum(np.sin(2 * np.pi * tone * _time(on)) for tone in tones))
    return out


def keys(random, count):
    """Typing and clicks."""
    out = 0.01 * _noise(random, count, 1)
    at = 0
    while at < count:
        length = int(RATE * 0.05)
        _place(out, at, _band(random, length, 800, 6000) * _decay(length, random.uniform(0.003, 0.01)))
        at += int(RATE * random.exponential(0.2)) + 400
    return out


def steps(random, count):
    out = 0.01 * _noise(random, count, 1)
    for at in range(0, count, int(RATE * random.uniform(0.4, 0.8))):
        length = int(RATE * 0.2)
        _place(out, at + random.integers(0, 800),
               _band(random, length, 40, 400) * _decay(length, 0.04))
    return out


def beeps(random, count):
    out = np.zeros(count)
    on, pause = int(RATE * random.uniform(0.05, 0.5)), int(RATE * random.uniform(0.1, 1.5))
    tone = random.uniform(400, 3000)
    for at in range(0, count, on + pause):
        _place(out, at, np.sin(2 * np.pi * tone * _time(on)))
    return out


def crackle(random, count):
    out = 0.2 * _noise(random, count, 1)
    spikes = random.integers(0, count, int(count / RATE * random.uniform(2, 60)))
    out[spikes] += 5 * random.standard_normal(len(spikes))
    return out


def birds(random, count):
    out = 0.02 * _noise(random, count, 1)
    at = 0
    while at < count:
        length = int(RATE * random.uniform(0.05, 0.3))
        start, end = random.uniform(2000, 6000, 2)
        sweep = np.sin(2 * np.pi * np.cumsum(np.linspace(start, end, length)) / RATE)
        _place(out, at, sweep * np.hanning(length))
        at += int(RATE * random.exponential(0.5)) + length
    return out


def drums(random, count):
    out = np.zeros(count)
    beat = int(RATE * random.uniform(0.15, 0.35))
    for i, at in enumerate(range(0, count, beat)):
        length = int(RATE * 0.25)
        low = np.sin(2 * np.pi * np.cumsum(np.linspace(150, 50, length)) / RATE)
        _place(out, at, (low if i % 2 == 0 else _band(random, length, 2000, 8000) * 2) *
               _decay(length, random.uniform(0.03, 0.1)))
    return out


def static(random, count):
    """Bursts of noise, as between radio stations."""
    gate = (_band(random, count, 0.2, 3) > random.uniform(-0.02, 0.02)).astype(float)
    return _band(random, count, 300, 3400) * gate


def organ(random, count):
    out = np.zeros(count)
    change = int(RATE * random.uniform(1, 4))
    for at in range(0, count, change):
        chord = random.uniform(80, 300) * np.array([1, 1.26, 1.5, 2])
        sound = sum(np.sin(2 * np.pi * note * k * _time(change)) / k
                    for note in chord for k in (1, 2, 3))
        _place(out, at, sound * np.minimum(1, np.minimum(_time(change), _time(change)[::-1]) * 20))
    return out * (1 + 0.1 * np.sin(2 * np.pi * 5.5 * _time(count)))


def water(random, count):
    return _band(random, count, 200, 2500) * (1 + 0.5 * _band(random, count, 2, 12) * 20)


def machine(random, count):
    """A rhythm of broad-band knocks over a drone."""
    out = 0.3 * hum(random, count)
    for at in range(0, count, int(RATE / random.uniform(2, 12))):
        length = int(RATE * 0.08)
        _place(out, at, 2 * _noise(random, length, 0.5) * _decay(length, 0.02))
    return out


RECIPES = [white, pink, brown, hum, melody, wind, siren, rain, engine, ringing, keys, steps, beeps,
           crackle, birds, drums, static, organ, water, machine]
HELD_OUT = {siren, birds, organ, water, machine}
SEEDS_PER_RECIPE = 10


def make(recipe, seed: int, seconds: float) -> np.ndarray:
    random = np.random.default_rng([RECIPES.index(recipe), seed])
    sound = recipe(random, int(seconds * RATE))
    return 0.4 * sound / max(np.max(np.abs(sound)), 1e-9)


def all_sounds():
    """(name, recipe, seed, held_out) of every sound there is."""
    return [(f"{recipe.__name__}-{seed}", recipe, seed, recipe in HELD_OUT or seed % 2 == 1)
            for recipe in RECIPES for seed in range(SEEDS_PER_RECIPE)]
