"""Tampers with the key ceremony (docs/spec.md section 6). Where it can be, the election goes on with the result."""

from collections.abc import Callable

from reference.make_ceremony import Trustee
from reference.make_group import Group, Q, b4, h_eg, h_q, scalar_hex
from reference.make_json import Json
from reference.make_proofs import key_challenge, key_proof_json, prove_keys, share_challenge
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

# Form

FORM = Row(TAMPERS, "ceremony.form")


def _shown(kind: str, edit: Callable[[Dossier, Json], object]) -> Act:
    """Trustee 3's message of the last session in another form."""

    def act(d: Dossier) -> None:
        d.show(d.of_trustee(kind, 3), lambda payload: edit(d, payload))
        d.settle()

    return act


def _longer(d: Dossier, payload: Json) -> None:
    """A polynomial of degree k, with the proof to it: every share check would pass."""
    trustee = d.trustee(3)
    secrets = [*trustee.a, trustee.source.scalar("one more")]
    keys = [d.group.power(x) for x in (*secrets, trustee.zeta)]

    def challenge(h: list[int]) -> int:
        return key_challenge(d.group, d.made.h_p, "pk_vote", 3, keys, h)

    payload["K"] = [d.group.hex(x) for x in keys[:-1]]
    payload["proof"] = key_proof_json(prove_keys(d.group, (*secrets, trustee.zeta), trustee.source, challenge))


def _shares_in_clear(d: Dossier, payload: Json) -> None:
    for share in payload["shares"]:
        value, hat = d.trustee(3).values_at(share["to"], d.group.q)
        share["P"], share["P_hat"] = scalar_hex(value), scalar_hex(hat)


for what, edit, numbers in (
    ("polynomial-too-long", _longer, ("A66",)),
    ("polynomial-too-short", lambda d, p: p["K"].pop(), ("A67",)),
    ("data-polynomial-too-long", lambda d, p: p["K_hat"].append(p["K_hat"][0]), ("A66",)),
    ("no-keys-at-all", lambda d, p: p.update(K=[], K_hat=[]), ("A08", "A67")),
    ("response-plus-order", lambda d, p: p["proof"].update(c=scalar_hex(Q)), ("A09",)),
    ("one-response-fewer", lambda d, p: p["proof"]["v"].pop(), ("A08",)),
    ("key-zero", lambda d, p: p["K"].__setitem__(0, d.group.hex(0)), ("A23",)),
    ("key-p", lambda d, p: p["K"].__setitem__(0, d.group.hex(d.group.p)), ("A23",)),
    ("kappa-p-plus-1", lambda d, p: p.update(kappa=d.group.hex(d.group.p + 1)), ("A23",)),
    ("no-proof", lambda d, p: p.pop("proof"), ("A63", "A78")),
    ("salt-too-short", lambda d, p: p.update(salt=p["salt"][:-2]), ("A65",)),
    ("salt-of-secrets", lambda d, p: p.update(a=[scalar_hex(x) for x in d.trustee(3).a]), ("A32", "A71")),
):
    FORM(f"reveal-{what}", _shown("ceremony.reveal", edit), *numbers)
for what, edit, numbers in (
    ("in-clear", _shares_in_clear, ("A71",)),
    ("for-index-0", lambda d, p: p["shares"][0].update(to=0), ("A68",)),
    ("for-oneself", lambda d, p: p["shares"].append({**p["shares"][0], "to": 3}), ("A68",)),
    ("for-one-twice", lambda d, p: p["shares"][1].update(to=1), ("A68", "A69")),
    ("one-missing", lambda d, p: p["shares"].pop(), ("A08", "A19")),
    ("in-another-order", lambda d, p: p["shares"].reverse(), ("A114",)),
    ("too-short", lambda d, p: p["shares"][0].update(C1=p["shares"][0]["C1"][2:]), ("A71",)),
    ("with-index-as-text", lambda d, p: p["shares"][0].update(to="1"), ("A26", "A76")),
):
    FORM(f"shares-{what}", _shown("ceremony.shares", edit), *numbers)


def _first_session(kind: str, edit: Callable[[Dossier, Json], object]) -> Act:
    """The same in the session that was given up, by a trustee whom the complaint does not concern."""

    def act(d: Dossier) -> None:
        d.show(d.of_trustee(kind, 3, 1), lambda payload: edit(d, payload))
        d.settle()

    return act


FORM(
    "first-session-polynomial-too-long",
    _first_session("ceremony.reveal", lambda d, p: p["K"].append(p["K"][0])),
    "A66",
    "A73",
)
FORM("first-session-share-missing", _first_session("ceremony.shares", lambda d, p: p["shares"].pop()), "A73")

# Commitments

COMMITMENT = Row(TAMPERS, "ceremony.commitment")


def _keys_drawn_after_the_others(d: Dossier) -> None:
    """Trustee 3 commits to some keys, waits for the reveals, and reveals others (the lowest of eight)."""
    entry = d.of_trustee("ceremony.commit", 3)
    entry.keep.add("commit")
    trustee = d.trustee(3)
    others = d.group.product(d.group.power(d.trustee(i).a[0]) for i in (1, 2))
    candidates = [trustee.source.scalar("attempt", attempt) for attempt in range(8)]
    trustee.a[0] = min(candidates, key=lambda x: others * d.group.power(x) % d.group.p)
    d.remake()


def _anothers_commitment(d: Dossier) -> None:
    entry = d.of_trustee("ceremony.commit", 3)
    entry.body["commit"] = d.of_trustee("ceremony.commit", 2).body["commit"]
    entry.keep.add("commit")
    d.settle()


def _old_commitment(d: Dossier) -> None:
    entry = d.of_trustee("ceremony.commit", 3)
    entry.body["commit"] = d.of_trustee("ceremony.commit", 3, 1).body["commit"]
    entry.keep.add("commit")
    d.settle()


def _first_commitment(d: Dossier) -> None:
    entry = d.of_trustee("ceremony.commit", 3, 1)
    entry.body["commit"] = "0" * 64
    entry.keep.add("commit")
    d.settle()


COMMITMENT("commitment-of-the-given-up-session", _first_commitment, "A65", "A73")
COMMITMENT("keys-drawn-after-the-others", _keys_drawn_after_the_others, "A65", "A63")
COMMITMENT("commitment-of-another-trustee", _anothers_commitment, "A06", "A75")
COMMITMENT("commitment-of-the-first-session", _old_commitment, "A73")

# Elements

ELEMENTS = Row(TAMPERS, "ceremony.elements")


def _secret(change: Callable[[Trustee], object]) -> Act:
    """Trustee 3 draws dishonestly in the last session; everything else is honest work with the result."""

    def act(d: Dossier) -> None:
        change(d.trustee(3))
        d.remake()

    return act


def _key(name: str, j: int, change: Callable[[Group, int], int], session: int = 0) -> Act:
    """Trustee 3 publishes another K_3j, K̂_3j or κ_3 (j = -1)."""

    def act(d: Dossier) -> None:
        payload = d.of_trustee("ceremony.reveal", 3, session).content
        if j < 0:
            payload[name] = d.group.hex(change(d.group, int(payload[name], 16)))
        else:
            payload[name][j] = d.group.hex(change(d.group, int(payload[name][j], 16)))
        d.settle()

    return act


def _minus(group: Group, x: int) -> int:
    return group.p - x


def _outside(group: Group, x: int) -> int:
    """The element times one of the large order h: the Jacobi symbol does not see it."""
    return x * pow(3, 2 * group.q, group.p) % group.p


for what, act, numbers in (
    ("constant-of-zero", _secret(lambda t: t.a.__setitem__(0, 0)), ("A23", "A69")),
    ("data-constant-of-zero", _secret(lambda t: t.a_hat.__setitem__(0, 0)), ("A23",)),
    ("leading-coefficient-zero", _secret(lambda t: t.a.__setitem__(1, 0)), ("A67",)),
    ("data-leading-coefficient-zero", _secret(lambda t: t.a_hat.__setitem__(1, 0)), ("A67",)),
    ("communication-key-1", _secret(lambda t: setattr(t, "zeta", 0)), ("A23", "A71")),
    ("constant-negated", _key("K", 0, _minus), ("A21", "A22")),
    ("coefficient-negated", _key("K", 1, _minus), ("A21",)),
    ("data-coefficient-negated", _key("K_hat", 1, _minus), ("A21", "A22")),
    ("communication-key-negated", _key("kappa", -1, _minus), ("A21",)),
    ("key-of-own-subgroup", _key("K", 0, _outside), ("A24", "A07")),
    ("communication-key-of-own-subgroup", _key("kappa", -1, _outside), ("A24", "A71")),
    ("first-session-key-negated", _key("K", 0, _minus, 1), ("A21", "A73")),
    ("key-minus-1", _key("K", 0, lambda group, x: group.p - 1), ("A23",)),
):
    ELEMENTS(f"{what}", act, *numbers)


def _c0(change: Callable[[Group, int], int]) -> Act:
    def act(d: Dossier) -> None:
        share = d.of_trustee("ceremony.shares", 3).content["shares"][0]
        share["C0"] = d.group.hex(change(d.group, int(share["C0"], 16)))
        d.settle()

    return act


ELEMENTS("share-nonce-zero", _secret(lambda t: t.nonces.__setitem__(1, 0)), "A23", "A71")
ELEMENTS("share-c0-negated", _c0(_minus), "A21", "A22")
ELEMENTS("share-c0-of-own-subgroup", _c0(_outside), "A24")

# Freshness

FRESH = Row(TAMPERS, "ceremony.fresh")


def _all_from_first_session(d: Dossier) -> None:
    now, then = d.trustee(3), d.trustee(3, 1)
    now.a, now.a_hat, now.zeta = then.a, then.a_hat, then.zeta
    d.remake()


def _from_first_session(name: str, j: int) -> Act:
    def act(d: Dossier) -> None:
        now, then = d.trustee(3), d.trustee(3, 1)
        if name == "zeta":
            now.zeta = then.zeta
        else:
            getattr(now, name)[j] = getattr(then, name)[j]
        d.remake()

    return act


def _same(change: Callable[[Trustee, Trustee], object]) -> Act:
    """Trustee 3 takes something of trustee 1's."""

    def act(d: Dossier) -> None:
        change(d.trustee(3), d.trustee(1))
        d.remake()

    return act


FRESH("all-keys-of-the-first-session", _all_from_first_session, "A73", "A85")
FRESH("constant-of-the-first-session", _from_first_session("a", 0), "A73")
FRESH("coefficient-of-the-first-session", _from_first_session("a", 1), "A73")
FRESH("data-coefficient-of-the-first-session", _from_first_session("a_hat", 1), "A73")
FRESH("communication-key-of-the-first-session", _from_first_session("zeta", 0), "A73")
FRESH("vote-key-of-another-trustee", _same(lambda mine, other: mine.a.__setitem__(0, other.a[0])), "A69", "A33")
FRESH("communication-key-of-another-trustee", _same(lambda mine, other: setattr(mine, "zeta", other.zeta)), "A69")
FRESH("data-key-is-the-vote-key", _secret(lambda t: t.a_hat.__setitem__(0, t.a[0])), "A14")
FRESH("communication-key-is-the-vote-key", _secret(lambda t: setattr(t, "zeta", t.a[0])), "A14")

# Key proofs

PROOF = Row(TAMPERS, "ceremony.proof")


def _rogue(d: Dossier) -> None:
    """K_30 = g^x / (K_10·K_20), so x alone opens every ballot; the proof cannot be made."""
    trustee = d.trustee(3)
    x = trustee.source.scalar("rogue")
    trustee.a[0] = (x - d.trustee(1).a[0] - d.trustee(2).a[0]) % Q
    d.remake()
    proof = d.of_trustee("ceremony.reveal", 3).content["proof"]
    proof["v"][0] = scalar_hex((int(proof["v"][0], 16) + 1) % Q)
    d.settle()


def _weak(challenge: Callable[[Dossier, list[int], list[int]], int], name: str = "proof") -> Act:
    """A proof whose challenge is computed otherwise, by a trustee who knows all secrets."""

    def act(d: Dossier) -> None:
        trustee = d.trustee(3)
        secrets = [*(trustee.a if name == "proof" else trustee.a_hat), trustee.zeta]
        keys = [d.group.power(x) for x in secrets]
        proof = prove_keys(d.group, secrets, trustee.source, lambda h: challenge(d, keys, h))
        d.of_trustee("ceremony.reveal", 3).content[name] = key_proof_json(proof)
        d.settle()

    return act


def _unknown_coefficient(d: Dossier) -> None:
    """A coalition publishes a K̂_31 whose logarithm nobody knows; its response is drawn at random."""
    payload = d.of_trustee("ceremony.reveal", 3).content
    payload["K_hat"][1] = d.group.hex(pow(5, (d.group.p - 1) // Q, d.group.p))
    keys = [int(x, 16) for x in (*payload["K_hat"], payload["kappa"])]
    secrets = [*d.trustee(3).a_hat, d.trustee(3).zeta]

    def challenge(h: list[int]) -> int:
        return key_challenge(d.group, d.made.h_p, "pk_data", 3, keys, h)

    payload["proof_hat"] = key_proof_json(prove_keys(d.group, secrets, d.trustee(3).source, challenge))
    d.settle()


def _hash(d: Dossier, *parts: bytes) -> int:
    return h_q(h_eg(d.made.h_p, b"".join(parts)))


def _numbers(group: Group, numbers: list[int]) -> bytes:
    return b"".join(group.encode(x) for x in numbers)


def _free_challenge(d: Dossier) -> None:
    """c and v at random, commitments h = g^v·K^c put to no hash."""
    d.of_trustee("ceremony.reveal", 3).content["proof"] = {
        "c": scalar_hex(d.trustee(3).source.scalar("c")),
        "v": [scalar_hex(d.trustee(3).source.scalar("v", j)) for j in range(d.made.spec.k + 1)],
    }
    d.settle()


def _first_proof(d: Dossier) -> None:
    proof = d.of_trustee("ceremony.reveal", 3, 1).content["proof_hat"]
    proof["c"] = proof["v"][0]
    d.settle()


PROOF("first-session-key-proof", _first_proof, "A04", "A73")
PROOF("rogue-key", _rogue, "A63")
PROOF("coefficient-nobody-knows", _unknown_coefficient, "A64")
PROOF("key-proof-with-free-challenge", _free_challenge, "A04", "A63")
for what, name, weak, numbers in (
    ("without-keys", "proof", lambda d, K, h: _hash(d, b"\x10pk_vote", b4(3), _numbers(d.group, h)), ("A01", "A15")),
    ("without-commitments", "proof", lambda d, K, h: _hash(d, b"\x10pk_vote", b4(3), _numbers(d.group, K)), ("A04",)),
    ("of-index-1", "proof", lambda d, K, h: key_challenge(d.group, d.made.h_p, "pk_vote", 1, K, h), ("A06",)),
    ("as-of-data-key", "proof", lambda d, K, h: key_challenge(d.group, d.made.h_p, "pk_data", 3, K, h), ("A14",)),
    (
        "of-data-as-of-vote",
        "proof_hat",
        lambda d, K, h: key_challenge(d.group, d.made.h_p, "pk_vote", 3, K, h),
        ("A14",),
    ),
    ("with-zero-base", "proof", lambda d, K, h: key_challenge(d.group, bytes(32), "pk_vote", 3, K, h), ("A05", "A02")),
    ("truncated", "proof", lambda d, K, h: key_challenge(d.group, d.made.h_p, "pk_vote", 3, K, h) >> 128, ("A16",)),
):
    PROOF(f"key-proof-{what}", _weak(weak, name), *numbers)

# Share proofs

SHARE_PROOF = Row(TAMPERS, "ceremony.share-proof")


def _share(edit: Callable[[Dossier, Json], object]) -> Act:
    def act(d: Dossier) -> None:
        share = d.of_trustee("ceremony.shares", 3).content["shares"][0]
        edit(d, share)
        d.settle()

    return act


def _as_for(dealer: int, to: int) -> Callable[[Dossier, Json], None]:
    """The proof of trustee 3's share for trustee 1 made as if it were of this dealer for this recipient."""

    def edit(d: Dossier, share: Json) -> None:
        trustee = d.trustee(3)
        u = trustee.source.scalar("again")
        c0, c1 = int(share["C0"], 16), bytes.fromhex(share["C1"])
        c = share_challenge(d.group, d.made.h_p, dealer, to, d.group.power(u), c0, c1)
        share.update(c=scalar_hex(c), v=scalar_hex((u - c * trustee.nonces[1]) % Q))

    return edit


def _without_share(d: Dossier, share: Json) -> None:
    """The challenge does not hash C1, so the sealed values can still be exchanged."""
    trustee = d.trustee(3)
    u = trustee.source.scalar("again")
    c = _hash(d, b"\x12", b4(3), b4(1), d.group.encode(d.group.power(u)), bytes.fromhex(share["C0"]))
    share.update(c=scalar_hex(c), v=scalar_hex((u - c * trustee.nonces[1]) % Q))


def _first_share_proof(d: Dossier) -> None:
    share = d.of_trustee("ceremony.shares", 3, 1).content["shares"][1]
    share["v"] = share["c"]
    d.settle()


SHARE_PROOF("first-session-share-proof", _first_share_proof, "A04", "A73")
for what, change, numbers in (
    ("for-another-recipient", _as_for(3, 2), ("A06",)),
    ("of-another-dealer", _as_for(2, 1), ("A06", "A75")),
    ("without-the-share", _without_share, ("A01",)),
    ("with-free-challenge", lambda d, share: share.update(c=share["v"]), ("A04",)),
    ("share-exchanged", lambda d, share: share.update(C1="00" * 64), ("A70", "A71")),
):
    SHARE_PROOF(f"share-proof-{what}", _share(change), *numbers)
