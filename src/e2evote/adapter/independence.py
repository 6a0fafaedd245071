"""What single organisations could do, as far as the manifest shows it (docs/threats.md).

Organisations are compared as they are declared, byte for byte. That differently named ones are independent, no program
can see.
"""

from collections.abc import Iterator

from e2evote.manifest.model import Manifest


def organisations(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Ids of the parties of each organisation, in the manifest's order."""
    found: dict[str, tuple[str, ...]] = {}
    for party in manifest.parties:
        found[party.organisation] = (*found.get(party.organisation, ()), party.id)
    return found


def concentrations(manifest: Manifest) -> tuple[str, ...]:
    """What one organisation has in one hand that should be in several, in sentences."""
    return tuple(_concentrations(manifest))


def _concentrations(manifest: Manifest) -> Iterator[str]:
    for organisation, ids in organisations(manifest).items():
        roles = [party.role for party in manifest.parties if party.id in ids]
        trustees = roles.count("trustee")
        if trustees >= manifest.quorum:
            yield f"{organisation} has {trustees} trustees, and {manifest.quorum} can open every ballot"
        elif manifest.n - trustees < manifest.quorum:
            yield f"without {organisation}, which has {trustees} of {manifest.n} trustees, nothing can be decrypted"
        if "administrator" in roles and "teller" in roles:
            yield f"{organisation} is the administrator's, and has tellers too: opening and closing need nobody else"
        if "log" in roles and "witness" in roles:
            yield f"{organisation} runs the log, and witnesses it"
        if "registrar" in roles and "teller" in roles:
            yield f"{organisation} has a registrar and a teller: they cannot approve a new code together"
        if "scrutineer" in roles and len(set(roles)) > 1:
            yield f"{organisation} has the scrutineer and other parts in the selection"
    if not any(party.role == "scrutineer" for party in manifest.parties):
        yield "there is no scrutineer"
    tellers = {party.organisation for party in manifest.parties if party.role == "teller"}
    if len(tellers) == 1:
        yield f"all tellers are of {next(iter(tellers))}"
