// The parts of the page that need no page, by name: what the tests call.

export * as fragments from "./fragment.js";
export * as sendings from "./sending.js";
export * as servers from "./server.js";
export * as texts from "../i18n/translate.js";
export * as trackers from "./tracker.js";
export * as votes from "./votes.js";
