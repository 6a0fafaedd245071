"""Tokens: each way to be wrong is refused by name; two scopes never meet (docs/http-acts.md, Tokens)."""

import json
from itertools import combinations
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from api.tokens_made import (
    AUDIENCE,
    EC,
    ED,
    NOW,
    OTHER_ED,
    RSA,
    by_hand,
    by_secret,
    claims,
    desk,
    granted,
    jwks,
    spliced,
    token,
)
from e2evote.adapter.api.scopes import APART, SCOPES, Grant, check_allowed
from e2evote.adapter.api.token_keys import decode_keys
from e2evote.adapter.api.tokens import TokenRules
from e2evote.errors import MalformedInput, Refused


def refused(text: str | None, *algorithms: str) -> Refused:
    with pytest.raises(Refused) as caught:
        desk(*algorithms).grant(text)
    return caught.value


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519", "ES256", "RS256"])
def test_a_token_by_each_algorithm_is_taken(algorithm: str) -> None:
    assert granted(token(algorithm)) == Grant("site", frozenset({"ballot:submit"}))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "bearerx"])
def test_without_a_token_there_is_nothing(header: str | None) -> None:
    assert refused(header).code == "token-missing"


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"iss": "https://other.example"},
    {"iss": None},
    {"aud": "https://other.example"},
    {"aud": ["https://other.example"]},
    {"aud": None},
    {"aud": AUDIENCE + "/"},
    {"exp": None},
    {"exp": NOW - 31},
    {"exp": NOW + 86_400 + 60},
    {"exp": True},
    {"exp": -1},
    {"exp": 1e300},
    {"nbf": NOW + 60},
    {"iat": NOW + 60},
    {"nbf": True},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 256},
    {"scope": 7},
    {"scope": ["ballot:submit", 7]},
    {"scope": {"ballot:submit": True}},
    {"elections": "council"},
    {"elections": []},
    {"elections": [7]},
]


@pytest.mark.parametrize("changes", WRONG_CLAIMS, ids=str)
def test_claims_that_do_not_fit_are_refused(changes: dict[str, Any]) -> None:
    assert refused(f"Bearer {token(**changes)}").code == "token-invalid"


def test_claims_at_the_edge_are_taken() -> None:
    assert granted(token(exp=NOW - 29)).subject == "site"
    assert granted(token(nbf=NOW + 29, aud=["x", AUDIENCE])).subject == "site"
    assert granted(token(scope=["audit:read", "openid"])).scopes == {"audit:read"}
    assert granted(token(scope=None)).scopes == frozenset()
    assert granted(token(elections=["council"])).elections == {"council"}
    assert granted(token(header={"typ": "at+jwt"})).subject == "site"


@pytest.mark.parametrize(
    "header",
    [{"typ": "dpop+jwt"}, {"kid": "nobody"}, {"crit": ["exp"], "exp": 1}, {"kid": 7}, {"b64": False, "crit": ["b64"]}],
    ids=str,
)
def test_headers_that_do_not_fit_are_refused(header: dict[str, Any]) -> None:
    payload = json.dumps(claims()).encode()
    assert granted(by_hand({"alg": "EdDSA", "kid": "ed"}, payload)).subject == "site"
    assert refused(f"Bearer {by_hand({'alg': 'EdDSA', 'kid': 'ed'} | header, payload)}").code == "token-invalid"


def test_no_signature_and_signatures_of_others_are_refused() -> None:
    payload = json.dumps(claims()).encode()
    forged = [
        spliced({"alg": "none"}, payload),
        spliced({"alg": "none", "kid": "ed"}, payload),
        spliced({"alg": "EdDSA", "kid": "ed"}, payload),
        spliced({"alg": "EdDSA", "kid": "ed"}, payload, b"\x00" * 64),
        token(key=OTHER_ED),
        by_secret({"alg": "HS256", "kid": "ec"}, payload, EC.as_pem(private=False)),
        by_secret({"alg": "HS256", "kid": "ed"}, payload, ED.as_dict(private=False)["x"].encode()),
        by_secret({"alg": "HS256"}, payload, b""),
        token("RS256", RSA, {"kid": "ec"}),
        token("PS256", RSA, {"kid": "rsa"}),
        token("RS512", RSA, {"kid": "rsa"}),
        token(header={"jwk": OTHER_ED.as_dict(private=False), "kid": None}, key=OTHER_ED),
        "a.b.c",
        "..",
        "x" * 9000,
        "é.é.é",
        token()[:-4] + "AAAA",
        token() + ".x",
        token().replace(".", "..", 1),
    ]
    for text in forged:
        assert refused(f"Bearer {text}").code == "token-invalid", text


def test_only_the_algorithms_of_the_configuration_are_taken() -> None:
    assert granted(token("ES256"), "ES256").subject == "site"
    for algorithm in ("EdDSA", "RS256", "Ed25519"):
        assert refused(f"Bearer {token(algorithm)}", "ES256").code == "token-invalid"
    for algorithms in ((), ("none",), ("HS256",), ("EdDSA", "HS256")):
        with pytest.raises(ValueError, match="algorithms"):
            TokenRules("i", "a", decode_keys(jwks(ED)), algorithms)


def test_a_name_twice_and_numbers_that_are_none_are_refused() -> None:
    good = json.dumps(claims())
    for payload in (
        good[:-1] + ',"scope":"election:admin"}',
        good.replace(str(NOW + 600), "NaN"),
        good.replace(str(NOW + 600), "Infinity"),
        "[" * 5000,
        "[]",
        "null",
    ):
        text = by_hand({"alg": "EdDSA", "kid": "ed"}, payload.encode())
        assert refused(f"Bearer {text}").code == "token-invalid", payload[:40]


def test_a_token_without_a_key_name_is_taken_only_where_one_key_can_be_meant() -> None:
    text = f"Bearer {token(header={'kid': None})}"
    assert desk("EdDSA").grant(text).subject == "site"
    another = OKPKey.generate_key("Ed25519", {"kid": "second"})
    with pytest.raises(Refused, match="token-invalid"):
        desk("EdDSA", keys=jwks(ED, another)).grant(text)


def test_what_is_wrong_is_told_without_the_token() -> None:
    text = token(sub="a-very-private-subject", iss="https://other.example")
    assert not any(part in refused(f"Bearer {text}").detail for part in (*text.split("."), "a-very-private-subject"))


@pytest.mark.parametrize("size", range(len(SCOPES) + 1))
def test_no_token_can_both_change_the_roll_and_issue_credentials(size: int) -> None:
    for chosen in combinations(SCOPES, size):
        text = f"Bearer {token(scope=' '.join(chosen))}"
        if set(chosen) >= APART:
            assert refused(text).code == "scopes-apart"
            continue
        grant = desk().grant(text)
        for wanted in SCOPES:
            if wanted in chosen:
                check_allowed(grant, wanted)
            else:
                with pytest.raises(Refused, match="scope-missing"):
                    check_allowed(grant, wanted)


def test_a_token_for_one_selection_is_for_no_other() -> None:
    grant = granted(token(elections=["council"]))
    check_allowed(grant, "ballot:submit", "council")
    check_allowed(granted(token()), "ballot:submit", "mayor")
    with pytest.raises(Refused, match="scope-missing"):
        check_allowed(grant, "ballot:submit", "mayor")


def test_key_sets_with_secrets_weak_keys_or_nothing_are_refused() -> None:
    def given(*keys: dict[str, Any]) -> bytes:
        return json.dumps({"keys": list(keys)}).encode()

    public = ED.as_dict(private=False)
    weak = RSAKey.generate_key(2048).as_dict(private=False) | {"n": "x" * 340}
    for data in (
        given(ED.as_dict(private=True)),
        given(public, OctKey.generate_key(256).as_dict(private=True)),
        given(weak | {"n": weak["n"][:172]}),
        given(*[public] * 65),
        given(),
        given(public | {"x": "AAAA"}),
        given(public | {"kid": 7}),
        given(RSA.as_dict(private=False) | {"n": "€"}),
        b"",
        b"[]",
        b'{"keys":7}',
        b'{"keys":[7]}',
        b"\xff",
        b"[" * 100_000,
    ):
        with pytest.raises(MalformedInput):
            decode_keys(data)


def test_keys_for_other_uses_are_passed_over() -> None:
    keys = decode_keys(
        jwks(
            OKPKey.generate_key("Ed25519", {"kid": "e", "use": "enc"}),
            OKPKey.generate_key("X25519", {"kid": "x"}),
            ECKey.generate_key("P-384", {"kid": "p"}),
            OKPKey.generate_key("Ed25519", {"kid": "a", "alg": "ES256"}),
            ED,
        )
    )
    assert [len(keys.keys(kid, "EdDSA")) for kid in ("e", "x", "p", "a", "ed")] == [0, 0, 0, 0, 1]
    assert keys.keys("ed", "ES256") == ()
