// The one module of the ballot client. It defines the element <e2evote-ballot>, and gives the core to who imports it.

import { BallotElement, TAG } from "./ui/element.js";

export * from "./core/index.js";
export * as pageParts from "./ui/parts.js";

if (!customElements.get(TAG)) customElements.define(TAG, BallotElement);
