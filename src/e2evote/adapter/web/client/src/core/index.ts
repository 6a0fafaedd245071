// The ballot client's core: what the page, other pages and the tests call. No DOM; it runs in node too.

export { type FetchFile, firstEntry, type Head, scanBoard } from "./board.js";
export type { Json } from "./canonical.js";
export type { BallotStatus, BoardBallot, BoardView } from "./line.js";
export { type Contest, contestsOf, type Item, type Manifest, type Option, type Party, type Style, type Text } from "./manifest.js";
export { type CheckResult, checkOpened, openedVotes, readOpened, type OpenedFile } from "./opened.js";
export type { Cosigned, LogKey } from "./note.js";
export * as parts from "./parts.js";
export type { Policy } from "./policy.js";
export type { Random } from "./randomness.js";
export { checkReceipt, type Expected, type ReceiptFacts } from "./receipt.js";
export { Refusal } from "./refusal.js";
export { type Progress, seal, type Sealed, type Submission } from "./seal.js";
export { type Anchors, type JointKeys, openSelection, type Selection } from "./selection.js";
export { newVoter, typedLine, type Voter } from "./voter.js";
export type { Votes } from "./votes.js";
