"""References that a person could take for one another (docs/spec.md §13.1; attack A49).

A member's reference is typed, read out and sorted by machines that disagree on case, width and spaces. Two members
whose references differ in nothing but that could be taken for one, or one for two, so no roll has both. Compared are
the forms in which case, width, spaces and hyphens are gone, O is 0, and I and L are 1; and letters of Greek and
Cyrillic are the Latin ones that they look like, in capitals or in small letters.
"""

import unicodedata

_PAIRS = (
    "АaВbЕeЗ3КkМmНhОoРpСcТtУyХxЅsІiЈjҮyҺhԚqԜwӀ1"  # Cyrillic capitals
    "аaвbгrеeз3кkмmнhоoпnрpсcтtуyхxѕsіiјjүyһhԁdԛqԝwӏ1б6"
    "ΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧxϹcϺm"  # Greek capitals
    "αaγyεeηnιiκkνvοoρpσoτtυuχxωwϲcϳj"
)
_LATIN = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))
_DIGITS = str.maketrans({"o": "0", "i": "1", "l": "1", "|": "1", "ı": "1"})
_SEPARATORS = frozenset(("Zs", "Pd"))
_MINUS = "\u2212"


def forms(reference: str) -> frozenset[str]:
    """What the reference may be taken for: two that share one of these are not both on a roll.

    Empty for a reference that has nothing but spaces and hyphens.
    """
    if reference.isascii():
        plain = reference.lower().translate(_DIGITS).replace(" ", "").replace("-", "")
        return frozenset((plain,)) if plain else frozenset()
    wide = "".join(
        character
        for character in unicodedata.normalize("NFKC", reference)
        if unicodedata.category(character) not in _SEPARATORS and character != _MINUS
    )
    latin = (cased.translate(_LATIN) for cased in (wide, wide.upper(), wide.lower()))
    return frozenset(form.casefold().translate(_DIGITS) for form in (wide, *latin) if form)
