"""Writes the golden tables of this folder from the reference implementation.

  python make_golden.py --whisper-tokenizer tokenizer.py --multilingual multilingual.tiktoken \
      --english gpt2.tiktoken --english-config config.json --multilingual-config config.json

tokenizer.py and the .tiktoken files are those of the openai-whisper package (loaded by path, because
the package needs torch, its tokenizer does not); the config.json files are those of the CTranslate2
folders of tiny.en and base. Needs tiktoken and regex.
"""

import argparse
import base64
import collections
import importlib.util
import json
import pathlib
import sys

import regex
import tiktoken

HERE = pathlib.Path(__file__).parent
PATTERN = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""

# Trains the small vocabulary; invented for the purpose.
CORPUS = """
The quick brown fox doesn't jump over the lazy dog, and I'm sure they've said that it's 1234 times.
What the others think of the weather there is another matter; they'll say "the rain" again and again.
In the beginning there was the word (and the word was with them), then: nothing. 12 12 2024 2024 20 20.
Der schnelle braune Fuchs springt über den faulen Hund, und die Übung macht den Meister -- schön!
Le renard brun saute par-dessus le chien paresseux; où est-il allé ? Là-bas, à côté de l'été.
Быстрая лиса прыгает через ленивую собаку, и что это такое, никто не знает.
素早い茶色の狐は怠け者の犬を飛び越えます。日本語の文章はこのように書かれます。日本日本。
敏捷的棕色狐狸跳过了懒狗。中文没有空格，所以每个字都要分开。中国中国。
빠른 갈색 여우가 게으른 개를 뛰어넘습니다. 한국어 한국어.
الثعلب البني السريع يقفز فوق الكلب الكسول في في في.
तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है है है।
😀 😀 🎵 🎵 ♪♪♪ (( )) [[ ]] -- --- ... ... \n\n\n\t\t  \n  \n    \n
"""

# Strings, or lists of pieces where a piece of bytes is not UTF-8 and is encoded as one piece.
CASES = [
    "", " ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", " \n ", "a", " a", "a ", " a ", "hello",
    "Hello, world!", " Hello world", "  Hello  world  ", "Hello\nworld", "Hello\n\nworld",
    "Hello \n world", "tab\tseparated\t\tvalues", "line one\r\nline two\r\n", "x\n  y", "x   \n   y",
    "trailing spaces   ", "   leading spaces", "\u00a0non-breaking\u00a0space", "\u3000全角スペース",
    "em\u2003space \u2003mixed", "zero\u200bwidth", "next\u0085line", "a\u2028b\u2029c",
    "I'm sure they've said it's what we'll do, isn't it? He'd go; you're right.",
    "I'M SURE THEY'VE SHOUTED", "'s", "'sup", " 's", "''s", "'", "''", "don''t", "rock 'n' roll",
    "the cats' toys", "o\u2019clock it\u2019s", "'tis 'twas 'll", "'d've",
    "0", "12", "123456789", "3.14159", "1,000,000", "50%", "$5.99", "2024-01-31", "10:30pm",
    "\u0661\u0662\u0663", "\u2460\u2461 \u216b \u00bd", "x\u00b2", "1st 2nd 3rd",
    "The quick brown fox jumps over the lazy dog.", " the", "the the the", "aaaaaaaaaaaaaaaaaaaaaaaa",
    "anotherotherthereweather", "Der F\u00e4hrmann \u00fcber den gro\u00dfen Flu\u00df",
    "O\u00f9 est-il all\u00e9 cet \u00e9t\u00e9 ?", "e\u0301te\u0301 (combining)",
    "Pchn\u0105\u0107 w t\u0119 \u0142\u00f3d\u017a je\u017ca", "T\u00fcrk\u00e7e \u0130stanbul \u0131\u015f\u0131k",
    "Быстрая лиса", "Ελληνικά γράμματα", "שלום עולם", "الثعلب البني السريع", "हिन्दी में लिखा है।",
    "தமிழ் மொழி", "ภาษาไทยไม่มีช่องว่าง", "ພາສາລາວ", "မြန်မာဘာသာ", "ქართული ენა", "አማርኛ ቋንቋ",
    "日本語の文章です。", "素早い狐", "中文没有空格。", "粵語", "한국어 문장입니다.", "Tiếng Việt có dấu",
    "mixed 日本 and English", "😀", " 😀", "👨‍👩‍👧‍👦 family", "🇩🇪🇫🇷", "👍🏽", "♪♪♪", " ♪ la la ♪", "♩ ♫ ♬ ♭ ♮ ♯",
    "(applause) [MUSIC] {x}", "<|endoftext|>", "<|startoftranscript|><|en|>", " -- ---", "e-mail@example.com",
    "https://example.com/a?b=c&d=e#f", "C++ && C# || F#", "foo_bar __init__", "\\n is not a newline",
    "\"quoted\" 'single' `back`", "...", "?!?!", "a.b.c", "\u0000\u0001\u001f\u007f", "\u001c\u001d x",
    "\ufffd", "\ufeffbom", "\U0001d4d0\U0001d4d1 \U00020000", "\u0300\u0301", "\U0010ffff", "\ue000 private",
    [b"\xff"], [b"\xff\xfe\xfd"], [b"\x80"], [b"\xe6\x97"], ["abc", b"\xff", "def"],
    ["日", b"\xe6\x9c"], ["x ", "\n", b"\xc0\xaf"], [b"\xf0\x9f\x98"], [b"\xed\xa0\x80"],
    [b" \xff\xff!", " ok"], [b"\xf4\x90\x80\x80"],
]

WORD_CASES = [
    ("en", " Hello, world! It's five o'clock (yes)."), ("en", "No leading space -- and dashes."),
    ("en", " naïve café 😀 emoji"), ("en", " a\n b"), ("en", " ... wait"), ("de", " Über den Fluß, schön!"),
    ("ja", "日本語の文章です。"), ("ja", "素早い 狐"), ("zh", "中文没有空格，对吗？"), ("yue", "粵語 ok"), ("th", "ภาษาไทย"),
    ("lo", "ພາສາ"), ("my", "မြန်မာ"), ("ko", " 한국어 문장입니다."), ("ru", " Быстрая лиса, да?"), ("ar", " الثعلب البني"),
    ("hi", " तेज़ भूरी लोमड़ी।"),
]


def train(text, num_merges):
    """Plain byte-pair training; ties go to the smallest pair of byte strings."""
    vocabulary = sorted(range(256), key=lambda b: (not (33 <= b <= 126 or 161 <= b <= 172 or b >= 174), b))
    ranks = {bytes([b]): i for i, b in enumerate(vocabulary)}
    words = collections.Counter(
        tuple(bytes([b]) for b in piece.encode()) for piece in regex.findall(PATTERN, text))
    for _ in range(num_merges):
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        ranks[best[0] + best[1]] = len(ranks)
        merged = collections.Counter()
        for word, count in words.items():
            out, i = [], 0
            while i < len(word):
                if word[i:i + 2] == best:
                    out.append(best[0] + best[1])
                    i += 2
                else:
                    out.append(word[i])
                    i += 1
            merged[tuple(out)] += count
        words = merged
    return ranks


def read_ranks(path):
    lines = pathlib.Path(path).read_text().splitlines()
    return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}


def load_reference(path):
    spec = importlib.util.spec_from_file_location("reference_tokenizer", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def make_tokenizer(reference, name, ranks, language):
    specials = ["<|endoftext|>", "<|startoftranscript|>",
                *[f"<|{code}|>" for code in list(reference.LANGUAGES)[:100]],
                "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>",
                "<|notimestamps|>", *[f"<|{i * 0.02:.2f}|>" for i in range(1501)]]
    encoding = tiktoken.Encoding(
        name=name, pat_str=PATTERN, mergeable_ranks=ranks,
        special_tokens={token: len(ranks) + i for i, token in enumerate(specials)})
    return reference.Tokenizer(encoding, num_languages=100, language=language)


def encode(encoding, case):
    ids = []
    for part in case if isinstance(case, list) else [case]:
        if isinstance(part, bytes):
            ids += encoding._encode_single_piece(part)
        else:
            ids += encoding.encode_ordinary(part)
    return ids


def escape(case):
    parts = case if isinstance(case, list) else [case]
    data = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    out = ""
    for char in data.decode("utf-8", "surrogateescape"):
        if char == "\\":
            out += "\\\\"
        elif char.isprintable() and (char == " " or not char.isspace()):
            out += char
        else:
            out += "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))
    return out


def join(ids):
    return " ".join(map(str, ids))


def main():
    parser = argparse.ArgumentParser()
    for name in ["whisper-tokenizer", "multilingual", "english", "english-config", "multilingual-config"]:
        parser.add_argument("--" + name, required=True)
    args = parser.parse_args()
    reference = load_reference(args.whisper_tokenizer)
    small = train(CORPUS, 400)
    vocabularies = {"small": small, "english": read_ranks(args.english),
                    "multilingual": read_ranks(args.multilingual)}
    (HERE / "small.tiktoken").write_text(
        "".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in small.items()))
    tokenizers = {name: make_tokenizer(reference, name, ranks, "en") for name, ranks in vocabularies.items()}
    with open(HERE / "encodings.tsv", "w", newline="\n") as out:
        out.write("# text\tsmall\tenglish\tmultilingual\n")
        for case in CASES:
            columns = [join(encode(tokenizers[name].encoding, case)) for name in vocabularies]
            out.write("\t".join([escape(case), *columns]) + "\n")
    with open(HERE / "words.tsv", "w", newline="\n") as out:
        out.write("# vocabulary\tlanguage\tids\twords with their number of tokens\n")
        for name in ["small", "multilingual"]:
            for language, text in WORD_CASES:
                tokenizer = make_tokenizer(reference, name, vocabularies[name], language)
                ids = tokenizer.encoding.encode_ordinary(text)
                words, tokens = tokenizer.split_to_word_tokens(ids)
                assert sum(tokens, []) == ids
                pairs = [f"{escape(word)}\\x1f{len(group)}" for word, group in zip(words, tokens)]
                out.write("\t".join([name, language, join(ids), "\\x1e".join(pairs)]) + "\n")
    with open(HERE / "suppressed.tsv", "w", newline="\n") as out:
        out.write("# vocabulary\tids\n")
        out.write("small\t" + join(tokenizers["small"].non_speech_tokens) + "\n")
        for name, path in [("english", args.english_config), ("multilingual", args.multilingual_config)]:
            out.write(name + "\t" + join(json.loads(pathlib.Path(path).read_text())["suppress_ids"]) + "\n")


if __name__ == "__main__":
    main()
