"""Tampers with the manifest's witness policy: its text, its parties, its quorums (docs/spec.md 5.8)."""

from collections.abc import Callable
from dataclasses import replace

from reference import make_ed25519
from reference.make_manifest import key_name
from reference.make_tree import LOG, WITNESS, verifier_key
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper
from simulate.tampers_manifest import remade, unreadable

TAMPERS: list[Tamper] = []
BASE = "witnessed"
MANY = 64

Change = Callable[[Dossier, str], str]


def _policy(change: Change) -> Act:
    """A manifest that can't be read: its policy is changed."""

    def act(d: Dossier) -> None:
        policy = change(d, d.manifest["witnesses"]["policy"])
        unreadable(lambda manifest: manifest["witnesses"].update(policy=policy))(d)

    return act


def _put(old: str, new: str) -> Change:
    """The text with other words, all of them there before."""

    def change(d: Dossier, policy: str) -> str:
        if old not in policy:
            raise ValueError(f"{old!r} is not in the policy")
        return policy.replace(old, new)

    return change


def _more(lines: str, before: str = "quorum quorum") -> Change:
    return _put(before, lines + before)


def _vkey(d: Dossier, party: str, kind: int = WITNESS, name: str = "") -> str:
    return verifier_key(name or key_name(party), d.made.parties[party], kind)


def _line(d: Dossier, witness: str) -> str:
    return f"witness {witness} {_vkey(d, witness)}\n"


def _log_line(d: Dossier, name: str = "", party: str = "log", kind: int = LOG) -> str:
    return f"log {_vkey(d, party, kind, name or d.origin)}\n"


def _own_log(new: Callable[[Dossier], str]) -> Change:
    return lambda d, policy: policy.replace(_log_line(d), new(d))


def _east(new: Callable[[Dossier], str]) -> Change:
    """Another line for the first witness."""
    return lambda d, policy: policy.replace(_line(d, "east"), new(d))


def _small_order(d: Dossier) -> str:
    return f"witness east {verifier_key(key_name('east'), bytes([1]) + bytes(31), WITNESS)}\n"


def _stranger(d: Dossier) -> str:
    """A key that no party has."""
    return f"witness east {verifier_key(key_name('east'), make_ed25519.public_key(bytes(32)), WITNESS)}\n"


def _wrong_id(d: Dossier) -> str:
    name, identifier, blob = _vkey(d, "east").split("+", 2)
    return f"witness east {name}+{int(identifier, 16) ^ 1:08x}+{blob}\n"


def _many_groups(d: Dossier) -> str:
    """So many groups, each with the one before as its only member, that there is one too many."""
    chain = ["group g0 any quorum", *(f"group g{i} any g{i - 1}" for i in range(1, MANY))]
    return "".join(f"{line}\n" for line in chain) + f"quorum g{MANY - 1}\n"


FORM = Row(TAMPERS, "manifest.form")
BAD_FORM: tuple[tuple[str, Change, tuple[str, ...]], ...] = (
    ("no-quorum", _put("quorum quorum\n", ""), ("A99",)),
    ("two-quorums", _put("quorum quorum\n", "quorum quorum\nquorum quorum\n"), ("A99",)),
    ("quorum-of-two-names", _put("quorum quorum\n", "quorum quorum east\n"), ()),
    ("quorum-undefined", _put("quorum quorum\n", "quorum Quorum\n"), ()),
    ("quorum-before-its-group", _put("group quorum 2", "quorum quorum\ngroup quorum 2"), ()),
    ("threshold-zero", _put("quorum 2", "quorum 0"), ("A99",)),
    ("threshold-above-members", _put("quorum 2", "quorum 4"), ()),
    ("threshold-with-zero", _put("quorum 2", "quorum 02"), ("A114",)),
    ("threshold-signed", _put("quorum 2", "quorum +2"), ("A114",)),
    ("threshold-most", _put("quorum 2", "quorum most"), ()),
    ("group-without-members", _put("2 east north south", "any"), ()),
    ("member-undefined", _put("2 east", "2 west"), ()),
    ("member-none", _put("2 east", "2 none"), ()),
    ("member-twice", _put("2 east north south", "2 east east north south"), ("A99",)),
    ("member-of-two-groups", _put("quorum quorum\n", "group again any east\nquorum quorum\n"), ("A99",)),
    ("group-named-as-a-witness", _put("group quorum", "group east"), ()),
    ("group-named-none", _more("group none any quorum\n"), ()),
    ("line-without-end", lambda d, policy: policy[:-1], ("A100", "A114")),
    ("carriage-returns", lambda d, policy: policy.replace("\n", "\r\n"), ("A100", "A114")),
    ("nul-in-a-comment", _more("# \0\n"), ("A100",)),
    ("comment-beyond-ascii", _more("# téller\n"), ("A118",)),
    ("wide-space", _put("group quorum", "group\u3000quorum"), ("A118",)),
    ("unknown-line", _more("cosigner east\n"), ("A115",)),
    ("capitals", _put("quorum quorum", "Quorum quorum"), ("A114",)),
    ("witness-without-key", _more("witness west\n"), ()),
    ("witness-with-two-urls", _put("group quorum", "http://a http://b\ngroup quorum"), ()),
    ("one-witness-twice", _east(lambda d: _line(d, "east") * 2), ("A99",)),
    ("key-of-a-log", _east(lambda d: f"witness east {_vkey(d, 'east', LOG)}\n"), ("A109",)),
    ("key-of-small-order", _east(_small_order), ("A75",)),
    ("key-that-no-party-has", _east(_stranger), ("A99",)),
    ("key-of-another-party", _east(lambda d: f"witness east {_vkey(d, 'teller-1')}\n"), ("A75", "A99")),
    ("key-id-of-another", _east(_wrong_id), ("A114",)),
    ("witness-left-out", lambda d, policy: policy.replace(_line(d, "east"), "").replace("2 east", "2"), ("A99",)),
    ("no-log", _own_log(lambda d: ""), ("A109",)),
    ("two-logs", _own_log(lambda d: _log_line(d) + _log_line(d, "log.example/other", "teller-1")), ("A109",)),
    ("log-of-another-origin", _own_log(lambda d: _log_line(d, "log.example/other")), ("A109",)),
    ("log-of-another-key", _own_log(lambda d: _log_line(d, party="teller-1")), ("A109", "A75")),
    ("log-with-a-key-of-witnesses", _own_log(lambda d: _log_line(d, kind=WITNESS)), ("A109",)),
    ("too-many-groups", lambda d, policy: policy.replace("quorum quorum\n", _many_groups(d)), ("A117",)),
    ("too-long", _more("#" * 66_000 + "\n"), ("A116",)),
)
for what, change, numbers in BAD_FORM:
    FORM(f"policy-{what}", _policy(change), *numbers, verdict="malformed", base=BASE)


def _one_key_two_parties(d: Dossier) -> None:
    """East's key under a second name, for which there is a party."""
    key = d.made.parties["east"].hex()
    party = {"id": "west", "key": key, "organisation": "Organisation of west", "role": "witness"}
    line = f"witness west {_vkey(d, 'east', name='west.example/w1')}\n"
    policy = d.manifest["witnesses"]["policy"].replace("group", line + "group").replace("2 east", "2 west east")

    def edit(manifest: dict[str, object]) -> None:
        manifest["parties"].append(party)  # type: ignore[attr-defined]
        manifest["witnesses"] = {"policy": policy}

    unreadable(edit)(d)


FORM("policy-one-key-two-parties", _one_key_two_parties, "A99", verdict="malformed", base=BASE)
for what, edit in (
    ("claim-without-policy", lambda m: m["witnesses"].update(policy="")),
    ("policy-without-claim", lambda m: m["claims"].update(witnesses=False)),
    ("witness-not-in-the-policy", lambda m: m["parties"][4].update(role="witness")),
    ("witness-called-a-teller", lambda m: m["parties"][5].update(role="teller")),
    ("policy-with-more-members", lambda m: m["witnesses"].update(name="w")),
):
    FORM(f"manifest-{what}", unreadable(edit), verdict="malformed", base=BASE)


def _no_witnesses_and_a_party(d: Dossier) -> None:
    """No policy and no claim, and three parties of role witness for whom there is no use."""

    def edit(manifest: dict[str, dict[str, object]]) -> None:
        manifest["witnesses"]["policy"], manifest["claims"]["witnesses"] = "", False

    unreadable(edit)(d)


FORM("manifest-witnesses-without-policy", _no_witnesses_and_a_party, verdict="malformed", base=BASE)

# Quorums that need not meet: two histories could have one each

RULES = Row(TAMPERS, "manifest.rules")


def _quorums(*groups: str) -> Act:
    def act(d: Dossier) -> None:
        d.made.spec = replace(d.made.spec, groups=groups)
        lines = d.manifest["witnesses"]["policy"].split("\n")
        kept = [line for line in lines if line.startswith(("log ", "witness "))]
        remade(lambda manifest: manifest["witnesses"].update(policy="".join(f"{x}\n" for x in (*kept, *groups))))(d)

    return act


for what, base, groups in (
    ("one-of-three", BASE, ("group quorum 1 east north south", "quorum quorum")),
    ("any", BASE, ("group quorum any north south east", "quorum quorum")),
    ("nobody", BASE, ("quorum none",)),
    ("one-of-two-groups", BASE, ("group A all east", "group B 2 north south", "group any any A B", "quorum any")),
    ("two-of-four", "nested", ("group half 2 a1 a2 a3 b1", "quorum half")),
    ("both-of-two-loose-groups", "nested", ("group A any a1 a2", "group B any b1 b2", "group C all A B", "quorum C")),
):
    RULES(f"policy-quorum-of-{what}", _quorums(*groups), "A99", "A97", base=base)

KEYS = Row(TAMPERS, "manifest.keys")


def _also_a_teller(d: Dossier) -> None:
    d.made.parties["teller-2"] = d.made.parties["east"]
    remade(lambda manifest: manifest["parties"][4].update(key=d.made.parties["east"].hex()))(d)


KEYS("witness-is-a-teller-too", _also_a_teller, "A75", "A99", base=BASE)
