"""The entries of a record, and one pass that computes all that follows from what (docs/spec.md sections 5 to 10).

`settle` goes through the entries in order. It computes each derived value (a tracker, a root, a share's proof, a
signature) from the entries before it as they are now and from the secrets, unless the entry's `keep` names it. The
honest encryptor and an insider who changed something both use it; they differ in what they put into the entries.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from reference import make_ballots, make_ceremony, make_ed25519, make_tally
from reference.make_ballots import Ballots, Sealing
from reference.make_ceremony import JointKey, Trustee
from reference.make_entry import Entry, signed_message
from reference.make_follow import FOLLOWS, PaperSpec, follow, remake_roll
from reference.make_group import Group, Source, b4, group_named, h_eg, parameter_base_hash, sha256
from reference.make_json import Json, canonical
from reference.make_manifest import ElectionSpec, trustee_id, trustee_index
from reference.make_paper import Paper, paper_json
from reference.make_register import BallotLeaf, Register
from reference.make_roll import Lines
from reference.make_tree import leaf_hash, root_of


@dataclass(slots=True)
class Made:
    """A record with every secret known. `keys` has the Ed25519 secret of each raw public key, in hex."""

    spec: ElectionSpec
    source: Source
    entries: list[Entry]
    keys: dict[str, bytes]
    parties: dict[str, bytes]
    trustees: dict[tuple[int, int], Trustee]
    session: int = 1

    @property
    def group(self) -> Group:
        return group_named(self.spec.group)

    @property
    def manifest(self) -> Json:
        return self.entries[0].content

    @property
    def origin(self) -> str:
        return str(self.manifest["origin"])

    @property
    def h_p(self) -> bytes:
        return parameter_base_hash(self.group, self.spec.n, self.spec.k)

    @property
    def h_b(self) -> bytes:
        """(4.2)"""
        manifest = self.entries[0].payload_bytes()
        return h_eg(self.h_p, b"\x01" + b4(len(manifest)) + manifest)

    @property
    def roll(self) -> Lines | None:
        """The lines with all their secrets."""
        return Lines(self.spec.roll, self.h_b, self.source) if self.spec.roll else None

    def of_kind(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]

    def message(self, kind: str, session: int, index: int) -> Entry:
        """A trustee's ceremony leaf."""
        author = trustee_id(index)
        return next(e for e in self.of_kind(kind) if e.leaf["author"] == author and e.body["session"] == session)

    def joint(self, session: int = 0) -> JointKey:
        s = session or self.session
        reveals = [self.message("ceremony.reveal", s, i).content for i in range(1, self.spec.n + 1)]
        return make_ceremony.joint_key(self.group, self.h_b, reveals)

    def ballots(self) -> Ballots:
        joint = self.joint()
        return Ballots(self.spec, self.group, joint.K, joint.h_e)

    def key_share(self, index: int) -> int:
        dealers = [self.trustees[self.session, i] for i in range(1, self.spec.n + 1)]
        return make_ceremony.key_share(dealers, index, self.group.q)

    def logarithm(self) -> int:
        """The election's secret key, which nobody should have."""
        return sum(self.trustees[self.session, i].a[0] for i in range(1, self.spec.n + 1)) % self.group.q

    def root(self, size: int) -> bytes:
        return root_of([entry.hash() for entry in self.entries[:size]])


def remake_ceremony(made: Made) -> None:
    """Every trustee message anew from the trustees' secrets."""
    group, h_p = made.group, made.h_p
    for entry in made.of_kind("ceremony.reveal"):
        if isinstance(entry.secret, Trustee) and "keys" not in entry.keep:
            entry.payload = make_ceremony.keys_payload(group, h_p, entry.secret)
    for entry in made.entries:
        dealer = entry.secret
        if not isinstance(dealer, Trustee):
            continue
        if entry.kind == "ceremony.shares" and "shares" not in entry.keep:
            kappas = {
                i: int(made.message("ceremony.reveal", dealer.session, i).content["kappa"], 16)
                for i in range(1, made.spec.n + 1)
            }
            entry.payload = make_ceremony.shares_payload(group, h_p, dealer, kappas)
        if entry.kind == "ceremony.answer" and "answer" not in entry.keep:
            entry.leaf["body"] = make_ceremony.answer_body(dealer, entry.body["to"], group.q)


def remake_ballots(made: Made) -> None:
    """Every ballot and challenge anew from the voters' secrets, and all that is counted on paper."""
    ballots, roll = made.ballots(), made.roll
    versions: Counter[tuple[str, int]] = Counter()
    for entry in made.entries:
        sealing = entry.secret
        if entry.kind == "credential.reissue" and "ignored" not in entry.keep:
            versions[str(entry.leaf["author"]), entry.member] += 1
        if isinstance(sealing, PaperSpec) and "paper" not in entry.keep:
            paper = Paper(made.group, ballots.K, ballots.h_e, sealing.channel, made.source)
            entry.payload = paper_json(paper, made.spec.contests, sealing.counts)
        if not isinstance(sealing, Sealing) or "sealed" in entry.keep:
            continue
        line = make_ballots.line_of(ballots.h_e, sealing.public)
        if roll is not None:
            line = roll.line_of(sealing.voter)
            if "keys" not in entry.keep:
                its = [(party, sealing.voter, versions[party, sealing.voter]) for party in roll.spec.parties]
                sealing.key, *sealing.more = (roll.credential(*which) for which in its)
            made.keys.update({make_ed25519.public_key(key).hex(): key for key in (sealing.key, *sealing.more)})
        sealing.id = make_ballots.ballot_id(ballots.h_e, line, sealing.publics, sealing.r)
        sealed, entry.hints = make_ballots.seal(ballots, sealing)
        entry.body["id"] = sealing.id.hex()
        if entry.kind == "ballot":
            entry.body.update(line=line, r=sealing.r.hex())
            entry.leaf["signatures"] = [{"key": key.hex(), "sig": ""} for key in sealing.publics]
            entry.payload = sealed
        else:
            entry.payload = make_ballots.opened(ballots, sealing, sealed)


class Settling:
    """One pass over the entries. Each method computes what one kind of leaf says about those before it."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.group = made.group
        self.h_b = made.h_b
        self.joint = made.joint() if made.of_kind("open") else None
        self.hashes: list[bytes] = []
        self.chain = Register(made.spec)
        self.roll = made.roll
        self.papers: dict[str, Json] = {}
        self.statement: tuple[bytes, Json] | None = None
        self.factors: dict[int, Json] = {}

    def run(self) -> None:
        for entry in self.made.entries:
            step = self.STEPS.get(entry.kind)
            if step is not None:
                step(self, entry)
            self.seal_leaf(entry)
            self.hashes.append(entry.hash())
            self.after(entry)

    def seal_leaf(self, entry: Entry) -> None:
        """Payload hash, entry 0's leaf hash, signatures."""
        if entry.payload is not None and "payload" not in entry.keep:
            data = entry.payload_bytes()
            entry.leaf["payload"] = {"len": len(data), "sha256": sha256(data).hex()}
        if self.hashes and "election" not in entry.keep:
            entry.leaf["election"] = self.hashes[0].hex()
        if "signatures" not in entry.keep:
            message = signed_message(entry.leaf)
            for signature in entry.leaf["signatures"]:
                secret = self.made.keys.get(signature["key"])
                if secret is not None:
                    signature["sig"] = make_ed25519.sign(secret, message).hex()

    def after(self, entry: Entry) -> None:
        """What later entries refer to."""
        if "ignored" in entry.keep:
            return
        author = str(entry.leaf["author"])
        if entry.kind == "ballot":
            keys = [signature["key"] for signature in entry.leaf["signatures"]]
            self.chain.ballot(BallotLeaf(self.hashes[-1].hex(), dict(entry.body), entry.content, keys))
        else:
            self.chain.take(entry.kind, author, entry.body)
        if entry.kind == "roll.freeze":
            for row in entry.content["rows"]:
                self.chain.enter(row)
        elif entry.kind == "credential.issue":
            for row in entry.content["rows"]:
                self.chain.give(author, row["line"], row["number"], row["key"])
        elif entry.kind == "paper":
            self.papers.setdefault(entry.body["channel"], entry.content)
        elif entry.kind == "tally.statement" and self.statement is None:
            self.statement = self.hashes[-1], entry.content
        elif entry.kind == "tally.share":
            self.factors[trustee_index(entry.leaf["author"])] = entry.content

    def known(self) -> JointKey:
        if self.joint is None:
            raise ValueError("no open leaf, so no joint key")
        return self.joint

    def commit(self, entry: Entry) -> None:
        trustee = entry.secret
        if isinstance(trustee, Trustee) and "commit" not in entry.keep:
            try:
                keys = self.made.message("ceremony.reveal", trustee.session, trustee.index).content
            except StopIteration:
                keys = make_ceremony.keys_payload(self.group, self.made.h_p, trustee)
            digest = make_ceremony.commit_hash(self.group, self.h_b, trustee.session, trustee.index, keys)
            entry.body["commit"] = digest.hex()

    def confirm(self, entry: Entry) -> None:
        if "h_g" not in entry.keep:
            entry.body["h_g"] = self.made.joint(entry.body["session"]).h_g.hex()

    def open(self, entry: Entry) -> None:
        if "h_e" not in entry.keep:
            entry.body["h_e"] = self.known().h_e.hex()

    def follow(self, entry: Entry) -> None:
        """What the body or payload of a leaf about voters has from the log before it."""
        follow(entry, self.roll, self.chain, self.hashes)

    def ballot(self, entry: Entry) -> None:
        if "tracker" not in entry.keep:
            entry.body["tracker"] = make_ballots.tracker_of(self.known().h_e, entry.payload_bytes()).hex()
        if "prev" not in entry.keep:
            entry.body["prev"] = self.chain.previous(entry.body["line"])

    def challenge(self, entry: Entry) -> None:
        if "tracker" not in entry.keep:
            entry.body["tracker"] = make_ballots.sealed_tracker(self.known().h_e, entry.content["sealed"]).hex()

    def tally_statement(self, entry: Entry) -> None:
        content = entry.content
        if "close" not in entry.keep:
            closes = (i for i, e in enumerate(self.made.entries) if e.kind == "close" and "ignored" not in e.keep)
            size = 1 + next(closes)
            content["close"] = {"root": root_of(self.hashes[:size]).hex(), "size": size}
        if "rows" not in entry.keep:
            content["rows"] = self.chain.rows()
        if "reconciliation" not in entry.keep:
            content["reconciliation"] = self.chain.reconciliation()
        if "products" not in entry.keep:
            counted = self.chain.counted()
            weights = [self.chain.weight(line) for line in counted]
            sealed = [ballot.sealed for ballot in counted.values()]
            content["products"] = make_tally.products(self.made.spec, self.group, sealed, weights, self.papers)
        if "body" not in entry.keep:
            hashes = [leaf_hash(canonical(row)) for row in content["rows"]]
            entry.leaf["body"] = {"lines": len(hashes), "rows": root_of(hashes).hex()}

    def tally_accept(self, entry: Entry) -> None:
        if "statement" not in entry.keep and self.statement is not None:
            entry.body["statement"] = self.statement[0].hex()

    def tally_share(self, entry: Entry) -> None:
        self.tally_accept(entry)
        if "shares" not in entry.keep and self.statement is not None:
            index = trustee_index(entry.leaf["author"])
            z = self.made.key_share(index)
            entry.payload = make_tally.share_payload(
                self.made.spec,
                self.group,
                self.known().h_e,
                self.statement[0],
                self.decrypted(),
                index,
                z,
                self.made.source,
            )

    def decrypted(self) -> list[Json]:
        """The cells that are decrypted, by the numbers of ballots that the statement has."""
        if self.statement is None:
            raise ValueError("no statement, so nothing to decrypt")
        cells, spec = self.statement[1]["products"], self.made.spec
        parts = make_tally.decrypted_parts(spec, cells, self.styles())
        return make_tally.part_cells(spec, self.group, cells, parts)

    def styles(self) -> list[tuple[str, int]]:
        """Style and weight of each counted ballot."""
        return [(ballot.sealed["style"], self.chain.weight(line)) for line, ballot in self.chain.counted().items()]

    def ballot_counts(self) -> dict[str, tuple[int, int]]:
        """By contest how many ballots were counted in all channels, and their weight."""
        counts = {}
        for i, contest in enumerate(self.made.spec.contests):
            weights = [weight for style, weight in self.styles() if contest.id in self.made.spec.style(style)]
            on_paper = sum(paper["contests"][i]["ballots"] for paper in self.papers.values())
            counts[contest.id] = len(weights) + on_paper, sum(weights) + on_paper
        return counts

    def cells(self, users: list[int]) -> list[Json]:
        """The outcome's cells from the shares of `users`; a cell that does not decrypt has no votes."""
        if self.statement is None:
            raise ValueError("no statement, so no outcome")
        tables = {i: {place_of(share): int(share["M"], 16) for share in self.factors[i]["shares"]} for i in users}
        wanted = {place_of(cell): cell for cell in self.every_part()}
        most = {contest: weight for contest, (_, weight) in self.ballot_counts().items()}
        cells = []
        for contest, option, channel in tables[users[0]]:
            factors = {i: tables[i][contest, option, channel] for i in users}
            limit = self.made.spec.contest(contest).limit * most[contest] + make_tally.SPARE_VOTES
            t = make_tally.combine(self.group, self.known().K, wanted[contest, option, channel], factors, limit)
            cells.append({"channel": channel, "contest": contest, "option": option, "votes": max(t, 0)})
        return cells

    def every_part(self) -> list[Json]:
        """The cells of all parts that any division may have."""
        channels = self.made.spec.channels
        parts = [channels[i:j] for i in range(len(channels)) for j in range(i + 1, len(channels) + 1)]
        products = self.statement[1]["products"] if self.statement else []
        every = {contest.id: parts for contest in self.made.spec.contests}
        return make_tally.part_cells(self.made.spec, self.group, products, every)

    def outcome(self, entry: Entry) -> None:
        content = entry.content
        if "trustees" not in entry.keep:
            content["trustees"] = sorted(self.factors)
        if "cells" not in entry.keep:
            content["cells"] = self.cells(content["trustees"])
        if "contests" not in entry.keep:
            lots = [lot.body["digits"] for lot in self.made.of_kind("lot")]
            lot = (self.known().h_e, lots[0] if lots else "")
            content["contests"] = make_tally.contests_from_cells(
                self.made.spec, content["cells"], self.ballot_counts(), lot
            )
        if "head" not in entry.keep:
            entry.body["head"] = {"root": root_of(self.hashes).hex(), "size": len(self.hashes)}

    STEPS: ClassVar[dict[str, Callable[["Settling", Entry], None]]] = {
        "ceremony.commit": commit,
        "ceremony.confirm": confirm,
        "open": open,
        **dict.fromkeys(FOLLOWS, follow),
        "ballot": ballot,
        "challenge": challenge,
        "tally.statement": tally_statement,
        "tally.accept": tally_accept,
        "tally.share": tally_share,
        "outcome": outcome,
    }


__all__ = ["Entry", "Made", "Settling", "remake", "settle", "signed_message"]


def place_of(cell: Json) -> tuple[str, str, str]:
    """Contest, option and part of a share or cell."""
    return cell["contest"], cell["option"], cell["channel"]


def settle(made: Made) -> None:
    Settling(made).run()


def remake(made: Made) -> None:
    """Everything anew from the secrets and the manifest."""
    remake_ceremony(made)
    if made.roll is not None:
        remake_roll(made.entries, made.roll)
    if made.of_kind("open"):
        remake_ballots(made)
    settle(made)
