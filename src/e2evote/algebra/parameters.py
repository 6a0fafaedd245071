"""The groups that have a name (docs/spec.md §2).

A manifest names its group and the name is part of the base hash; the numbers are here and nowhere else, so that
neither a record nor an environment variable can bring its own. `ACCEPTED` are the groups of real elections.
Test groups have the same shape and run the same code, but are small enough to be broken.
"""

from e2evote.algebra.group import Group
from e2evote.algebra.integers import Integer, power
from e2evote.errors import MalformedInput

Q = Integer(2**256 - 189)
"""The order of every group here: the largest prime below 2^256."""

ELECTIONGUARD_P = Integer(
    int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffb17217f7d1cf79abc9e3b39803f2f6af"
        "40f343267298b62d8a0d175b8baafa2be7b876206debac98559552fb4afa1b10ed2eae35c138214427573b291169b825"
        "3e96ca16224ae8c51acbda11317c387eb9ea9bc3b136603b256fa0ec7657f74b72ce87b19d6548caf5dfa6bd38303248"
        "655fa1872f20e3a2da2d97c50f3fd5c607f4ca11fb5bfb90610d30f88fe551a2ee569d6dfc1efa157d2e23de1400b396"
        "17460775db8990e5c943e732b479cd33cccc4e659393514c4c1a1e0bd1d6095d25669b333564a3376a9c7f8a5e148e82"
        "074db6015cfe7aa30c480a5417350d2c955d5179b1e17b9dae313cdb6c606cb1078f735d1b2db31b5f50b5185064c18b"
        "4d162db3b365853d7598a1951ae273ee5570b6c68f96983496d4e6d330af889b44a02554731cdc8ea17293d1228a4ef9"
        "8d6f5177fbcf0755268a5c1f9538b98261affd446b1ca3cf5e9222b88c66d3c5422183edc99421090bbb16faf3d949f2"
        "36e02b20cee886b905c128d53d0bd2f9621363196af503020060e49908391a0c57339ba2beba7d052ac5b61cc4e9207c"
        "ef2f0ce2d7373958d762265890445744fb5f2da4b751005892d356890defe9cad9b9d4b713e06162a2d8fdd0df2fd608"
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        16,
    )
)
"""2^4096 - 2^3840 + 2^256·(floor(2^3584·ln 2) + δ) + 2^256 - 1    ElectionGuard Design Specification 2.1.0, §3.1.1"""

ELECTIONGUARD_G = Integer(
    int(
        "36036fed214f3b50dc566d3a312fe4131fee1c2bce6d02ea39b477ac05f7f885f38cfe77a7e45acf4029114c4d7a9bfe"
        "058bf2f995d2479d3dda618ffd910d3c4236ab2cfdd783a5016f7465cf59bbf45d24a22f130f2d04fe93b2d58bb9c1d1"
        "d27fc9a17d2af49a779f3ffbdca22900c14202ee6c99616034be35cbcdd3e7bb7996adfe534b63cca41e21ff5dc778eb"
        "b1b86c53bfbe99987d7aea0756237fb40922139f90a62f2aa8d9ad34dff799e33c857a6468d001acf3b681db87dc4242"
        "755e2ac5a5027db81984f033c4d178371f273dbb4fcea1e628c23e52759bc7765728035cea26b44c49a65666889820a4"
        "5c33dd37ea4a1d00cb62305cd541be1e8a92685a07012b1a20a746c3591a2db3815000d2aaccfe43dc49e828c1ed7387"
        "466afd8e4bf1935593b2a442eec271c50ad39f733797a1ea11802a2557916534662a6b7e9a9e449a24c8cff809e79a4d"
        "806eb681119330e6c57985e39b200b4893639fdfdea49f76ad1acd997eba13657541e79ec57437e504eda9dd01106151"
        "6c643fb30d6d58afccd28b73feda29ec12b01a5eb86399a593a9d5f450de39cb92962c5ec6925348db54d128fd99c14b"
        "457f883ec20112a75a6a0581d3d80a3b4ef09ec86f9552ffda1653f133aa2534983a6f31b0ee4697935a6b1ea2f75b85"
        "e7eba151ba486094d68722b054633fec51ca3f29b31e77e317b178b6b9d8ae0f",
        16,
    )
)
"""2^((p-1)/q) mod p."""

TEST_H = Integer(2**254 + 24919)
TEST_P = 2 * Q * TEST_H + 1

ELECTIONGUARD_4096 = Group("electionguard-2.1-4096", ELECTIONGUARD_P, Q, ELECTIONGUARD_G, h_is_prime=True)
"""The standard parameters of ElectionGuard 2.0 and 2.1; h is a prime of 3840 bits."""

TEST_512 = Group("test-512", TEST_P, Q, power(Integer(2), 2 * TEST_H, TEST_P), h_is_prime=True)
"""A group of 512 bits for tests. Its discrete logarithms are within reach: never for an election."""

ACCEPTED: tuple[str, ...] = (ELECTIONGUARD_4096.name,)
TEST_GROUPS: tuple[str, ...] = (TEST_512.name,)

_GROUPS = {group.name: group for group in (ELECTIONGUARD_4096, TEST_512)}


def group_named(name: str) -> Group:
    """The group of that name, test groups included: callers ask whether the name is in `ACCEPTED`."""
    try:
        return _GROUPS[name]
    except KeyError:
        raise MalformedInput(f"no group is named {name!r}") from None
