"""Just enough C++ reading for the rules: text without comments and literals, and function lengths."""

import re

_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""
    r"""|R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)\""""
    r"""|"(?:\\.|[^"\\\n])*\""""
    r"""|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)
_PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_ACCESS = re.compile(r"\b(?:public|private|protected)[ \t]*:(?!:)")
_NOT_A_FUNCTION = re.compile(
    r"^\s*(?:inline\s+)?(?:namespace|extern|class|struct|union|enum|concept|typedef|using)\b")
_ENDS_LIKE_FUNCTION = re.compile(
    r"\)\s*(?:const|noexcept|override|final|mutable|&&?|\s|->\s*[\w:<>,&*\s]+)*$")


def _blank(match: re.Match) -> str:
    """The same number of lines with nothing on them; a string becomes an empty one."""
    text = match.group(0)
    return ('""' if text[0] in '"R' else "") + "\n" * text.count("\n")


def without_comments(text: str) -> str:
    """Comments and the contents of string and character literals removed, line numbers kept."""
    return _TOKEN.sub(_blank, text)


def comments(text: str) -> list[tuple[int, str]]:
    """(line, text) of every comment."""
    found = []
    for match in _TOKEN.finditer(text):
        if match.group(0).startswith(("//", "/*")):
            found.append((text.count("\n", 0, match.start()) + 1, match.group(0)))
    return found


def _matching_brace(text: str, open_at: int) -> int:
    depth = 0
    for at in range(open_at, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return len(text) - 1


def _is_function(head: str) -> bool:
    """Whether the text before a brace is the head of a function body."""
    if _NOT_A_FUNCTION.match(head) or ")" not in head:
        return False
    if re.search(r"\)[^()]*(?<![:]):(?!:)", head):  # a constructor's initialisers
        return head.rstrip()[-1] in ")}"
    return bool(_ENDS_LIKE_FUNCTION.search(head))


def functions(text: str) -> list[tuple[int, int, str]]:
    """(first line, lines, head) of every function body outside other functions.

    A scanner of braces, not a parser: what stands before a brace decides whether it opens a scope to
    look into (namespace, class), a function, or something to skip (an initialiser).
    """
    code = _PREPROCESSOR.sub(lambda match: "\n" * match.group(0).count("\n"),
                             without_comments(text))
    code = _ACCESS.sub("", code)
    found = []
    head_start, at = 0, 0
    while at < len(code):
        character = code[at]
        if character in ";}":
            head_start = at + 1
        elif character == "{":
            head = code[head_start:at]
            if _is_function(head):
                end = _matching_brace(code, at)
                start = at - len(head.lstrip())
                first = code.count("\n", 0, start) + 1
                lines = code.count("\n", start, end) + 1
                found.append((first, lines, " ".join(head.split())[:60]))
                at, head_start = end, end + 1
            elif _NOT_A_FUNCTION.match(re.sub(r"template\s*<.*?>\s*(?=class|struct)", "", head,
                                              flags=re.DOTALL)):
                head_start = at + 1
            else:
                at = _matching_brace(code, at)
        at += 1
    return found
