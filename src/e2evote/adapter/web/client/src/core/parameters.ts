// The groups that have a name (docs/spec.md, 2). A manifest gives the name; the numbers are here and nowhere else.
//
// `checkParameters` holds the standard numbers against what they must be; docs/spec.md says how they arise, and the
// tests compute them from that.

/** The order of every group here: the largest prime below 2^256. */
export const Q = 2n ** 256n - 189n;

/** p = 2^4096 - 2^3840 + 2^256·(floor(2^3584·ln 2) + δ) + 2^256 - 1 */
const STANDARD_P = BigInt(
  "0x" +
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffb17217f7d1cf79abc9e3b39803f2f6af" +
    "40f343267298b62d8a0d175b8baafa2be7b876206debac98559552fb4afa1b10ed2eae35c138214427573b291169b825" +
    "3e96ca16224ae8c51acbda11317c387eb9ea9bc3b136603b256fa0ec7657f74b72ce87b19d6548caf5dfa6bd38303248" +
    "655fa1872f20e3a2da2d97c50f3fd5c607f4ca11fb5bfb90610d30f88fe551a2ee569d6dfc1efa157d2e23de1400b396" +
    "17460775db8990e5c943e732b479cd33cccc4e659393514c4c1a1e0bd1d6095d25669b333564a3376a9c7f8a5e148e82" +
    "074db6015cfe7aa30c480a5417350d2c955d5179b1e17b9dae313cdb6c606cb1078f735d1b2db31b5f50b5185064c18b" +
    "4d162db3b365853d7598a1951ae273ee5570b6c68f96983496d4e6d330af889b44a02554731cdc8ea17293d1228a4ef9" +
    "8d6f5177fbcf0755268a5c1f9538b98261affd446b1ca3cf5e9222b88c66d3c5422183edc99421090bbb16faf3d949f2" +
    "36e02b20cee886b905c128d53d0bd2f9621363196af503020060e49908391a0c57339ba2beba7d052ac5b61cc4e9207c" +
    "ef2f0ce2d7373958d762265890445744fb5f2da4b751005892d356890defe9cad9b9d4b713e06162a2d8fdd0df2fd608" +
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
);

/** g = 2^((p-1)/q) mod p */
const STANDARD_G = BigInt(
  "0x" +
    "36036fed214f3b50dc566d3a312fe4131fee1c2bce6d02ea39b477ac05f7f885f38cfe77a7e45acf4029114c4d7a9bfe" +
    "058bf2f995d2479d3dda618ffd910d3c4236ab2cfdd783a5016f7465cf59bbf45d24a22f130f2d04fe93b2d58bb9c1d1" +
    "d27fc9a17d2af49a779f3ffbdca22900c14202ee6c99616034be35cbcdd3e7bb7996adfe534b63cca41e21ff5dc778eb" +
    "b1b86c53bfbe99987d7aea0756237fb40922139f90a62f2aa8d9ad34dff799e33c857a6468d001acf3b681db87dc4242" +
    "755e2ac5a5027db81984f033c4d178371f273dbb4fcea1e628c23e52759bc7765728035cea26b44c49a65666889820a4" +
    "5c33dd37ea4a1d00cb62305cd541be1e8a92685a07012b1a20a746c3591a2db3815000d2aaccfe43dc49e828c1ed7387" +
    "466afd8e4bf1935593b2a442eec271c50ad39f733797a1ea11802a2557916534662a6b7e9a9e449a24c8cff809e79a4d" +
    "806eb681119330e6c57985e39b200b4893639fdfdea49f76ad1acd997eba13657541e79ec57437e504eda9dd01106151" +
    "6c643fb30d6d58afccd28b73feda29ec12b01a5eb86399a593a9d5f450de39cb92962c5ec6925348db54d128fd99c14b" +
    "457f883ec20112a75a6a0581d3d80a3b4ef09ec86f9552ffda1653f133aa2534983a6f31b0ee4697935a6b1ea2f75b85" +
    "e7eba151ba486094d68722b054633fec51ca3f29b31e77e317b178b6b9d8ae0f",
);

const TEST_H = 2n ** 254n + 24919n;
const TEST_P = 2n * Q * TEST_H + 1n;

export interface Parameters {
  readonly name: string;
  readonly p: bigint;
  readonly g: bigint;
  /** Bytes of a number modulo p. */
  readonly size: number;
  /** Too small to hide anything. */
  readonly isTest: boolean;
}

/** base^exponent mod p for a public exponent, by squaring. */
export function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % p;
    if (bit === "1") result = (result * base) % p;
  }
  return result;
}

const GROUPS: readonly Parameters[] = [
  { name: "electionguard-2.1-4096", p: STANDARD_P, g: STANDARD_G, size: 512, isTest: false },
  { name: "test-512", p: TEST_P, g: power(2n, 2n * TEST_H, TEST_P), size: 64, isTest: true },
];

/** The group of that name, or nothing. */
export function groupNamed(name: string): Parameters | undefined {
  return GROUPS.find((group) => group.name === name);
}

/** Whether p has its size, q divides p - 1 once, and g has the order q. */
export function checkParameters({ p, g, size }: Parameters): boolean {
  const cofactor = (p - 1n) / Q;
  const whole = (p - 1n) % Q === 0n && cofactor % Q !== 0n && cofactor % 4n === 2n;
  return whole && p >> BigInt(8 * size - 1) === 1n && g > 1n && g < p && power(g, Q, p) === 1n;
}
