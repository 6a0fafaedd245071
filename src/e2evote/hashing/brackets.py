"""The brackets of a JSON text, looked at before a parser, which recurses, sees anything. Each step is one pass in C."""

_PARENTHESES = bytes.maketrans(b"[{]}", b"(())")
_BRACKETS_AND_QUOTES = b'[]{}"'
_ALL = bytes(range(256))
_OTHERS = {also: bytes(set(_ALL) - set(_BRACKETS_AND_QUOTES + also)) for also in (b"", b",")}


def outside_strings(data: bytes, also: bytes = b"") -> bytes:
    """The brackets outside strings, as ( and ). also: `,` for the commas too.

    Escapes go first, so that every quote left begins or ends a string. Two quotes side by side can then be
    dropped without turning the inside of a string into the outside.
    """
    if b"\\" in data:
        data = data.replace(rb"\\", b"").replace(rb"\"", b"")
    quotes = data.translate(_PARENTHESES, _OTHERS[also])
    return b"".join(quotes.replace(b'""', b"").split(b'"')[::2])


def is_within(brackets: bytes, depth: int) -> bool:
    """Whether they pair and are nested at most `depth` deep: removing "()" once peels one level."""
    for _ in range(depth):
        peeled = brackets.replace(b"()", b"")
        if len(peeled) == len(brackets):
            break
        brackets = peeled
    return not brackets
