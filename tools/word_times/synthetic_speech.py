"""Speech whose word times are known because a program made it: espeak-ng (by formants, tells where
each word begins) and festival (pieces of a real voice, tells where each begins and ends)."""

import ctypes
import pathlib
import subprocess
import wave

from timed_words import TimedWord

# Of espeak-ng/speak_lib.h.
_RETRIEVAL, _CHARS_UTF8, _POSITION_CHARACTER = 1, 1, 1
_EVENT_END_OF_LIST, _EVENT_WORD = 0, 1


class _Event(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint),
                ("text_position", ctypes.c_int), ("length", ctypes.c_int),
                ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
                ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8)]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int,
                             ctypes.POINTER(_Event))


def by_espeak(texts: dict[str, str], folder: pathlib.Path) -> dict[str, list[TimedWord]]:
    """Writes NAME.wav and returns the words' times by name; they have no ends."""
    library = ctypes.CDLL("libespeak-ng.so.1")
    rate = library.espeak_Initialize(_RETRIEVAL, 0, None, 0)
    if rate <= 0 or library.espeak_SetVoiceByName(b"en-us") != 0:
        raise RuntimeError("espeak-ng cannot be used")
    samples, words, text = bytearray(), [], ""

    def receive(data, count, events):
        if data and count > 0:
            samples.extend(ctypes.string_at(data, 2 * count))
        index = 0
        while events[index].type != _EVENT_END_OF_LIST:
            event = events[index]
            if event.type == _EVENT_WORD:
                begin = event.text_position - 1
                words.append(TimedWord(text[begin:begin + event.length],
                                       event.audio_position / 1000))
            index += 1
        return 0

    callback = _CALLBACK(receive)
    library.espeak_SetSynthCallback(callback)
    times = {}
    for name, text in texts.items():
        samples.clear()
        words.clear()
        encoded = text.encode()
        if library.espeak_Synth(encoded, ctypes.c_size_t(len(encoded) + 1), 0, _POSITION_CHARACTER, 0,
                                _CHARS_UTF8, None, None) != 0:
            raise RuntimeError(f"espeak-ng cannot speak {text!r}")
        library.espeak_Synchronize()
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes(bytes(samples))
        times[name] = list(words)
    library.espeak_Terminate()
    return times


_FESTIVAL = """
(voice_kal_diphone)
(define (say name text path)
  (let ((utt (utt.synth (eval (list 'Utterance 'Text text)))))
    (utt.save.wave utt path 'riff)
    (mapcar
     (lambda (word)
       (format t "%s\\t%s\\t%f\\t%f\\n" name (item.name word)
               (item.feat word "R:SylStructure.daughter1.daughter1.segment_start")
               (item.feat word "R:SylStructure.daughtern.daughtern.end")))
     (utt.relation.items utt 'Word))))
"""


def by_festival(texts: dict[str, str], folder: pathlib.Path) -> dict[str, list[TimedWord]]:
    """Writes NAME.wav and returns the words' times by name."""
    script = _FESTIVAL + "".join(
        f'(say "{name}" "{text}" "{folder / name}.wav")\n' for name, text in texts.items())
    run = subprocess.run(["festival", "--pipe"], input=script, text=True, capture_output=True,
                         check=True)
    times: dict[str, list[TimedWord]] = {name: [] for name in texts}
    for line in run.stdout.splitlines():
        name, word, start, end = line.split("\t")
        times[name].append(TimedWord(word, float(start), float(end)))
    return times
