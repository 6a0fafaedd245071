// The parts of the core by name: what the shared vectors are held against. Pages have no need of them.

export * as bytes from "./bytes.js";
export * as canonical from "./canonical.js";
export * as codes from "./codes.js";
export * as crockford from "./crockford.js";
export * as ed25519 from "./ed25519.js";
export * as group from "./group.js";
export * as hashing from "./hashing.js";
export * as leaves from "./leaf.js";
export * as manifests from "./manifest.js";
export * as merkle from "./merkle.js";
export * as notes from "./note.js";
export * as parameters from "./parameters.js";
export * as places from "./places.js";
export * as policies from "./policy.js";
export * as proofs from "./proofs.js";
export * as receipts from "./receipt.js";
