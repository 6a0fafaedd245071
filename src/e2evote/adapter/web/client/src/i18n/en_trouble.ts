// What the page says when something does not go on: what it is (`trouble.`) and what to do next (`next.`), in English.

export const enTrouble = {
  "trouble.title": "This cannot go on",
  "trouble.passing-title": "No answer for now",
  "trouble.name": "Name of the reason:",
  "trouble.detail": "Details for those who help you",
  "trouble.other": "Something is not as it should be, and this page stops here.",
  "next.passing": "Nothing is lost. Try again in a moment.",
  "next.stop": "Do not vote on this page. Tell those who run the selection, and give them the name of the reason.",
  "headline.stale-prev": "Another ballot of your line came first",
  "headline.already-marked": "Your ballot was not taken",
  "headline.voting-paused": "Your ballot was not taken",
  "headline.voting-closed": "Your ballot was not taken",
  "headline.board.phase": "Your ballot was not taken",
  "headline.ballot-all": "Your ballot was not taken",
  "headline.storage-full": "Your ballot was not taken",
  "headline.challenge-limit": "Your challenge was not published",
  "headline.no-session": "Your ballot was not opened",
  "headline.keys-changed": "Your codes have changed",
  "headline.receipt-all": "This receipt does not hold",
  "headline.opened-malformed": "This is no challenge file",
  "trouble.no-answer": "The server does not answer, or your connection is gone.",
  "trouble.rate-limited": "The server gets too many requests for now.",
  "trouble.internal": "This page or the server has made a mistake of its own.",
  "trouble.anchor.base-hash":
    "This is not the selection that you were invited to: names, options, order or rules are not the announced ones.",
  "trouble.anchor.extended-base-hash":
    "The key of this selection is not the announced one. Whoever holds the other key could read your vote.",
  "trouble.assets.changed":
    "A file of this page is not the one that the selection names. This page may have been changed.",
  "trouble.assets.missing": "A file of this page is not where it should be, so the page cannot be checked.",
  "trouble.manifest-malformed": "What the server gives as the rules of the selection has not the right form.",
  "trouble.first-entry": "The first entry of the public board does not belong to these rules.",
  "trouble.joint-key": "The key that the server gives is no key of this selection.",
  "trouble.group-unknown": "The selection uses a kind of encryption that this page does not know.",
  "trouble.test-group":
    "The selection uses a small group for tests, which keeps nothing secret. It is for practice only.",
  "trouble.answer-malformed": "An answer of the server has not the right form.",
  "trouble.link-malformed": "The address that brought you here is incomplete or changed.",
  "next.link-malformed": "Open the link again, whole, as it was sent to you.",
  "trouble.no-api": "This page does not know which selection it is for.",
  "next.no-api":
    "Open it by the link of your selection. From a folder of your own, add #api= and the address of the selection.",
  "trouble.no-session":
    "The server does not take a challenge from you here: it needs a link from the members’ site, and yours was used " +
    "or there was none.",
  "next.no-session":
    "Your ballot was not opened. You can go back and cast it, or throw it away, open a new link and challenge the " +
    "next one.",
  "trouble.session-all": "The server does not take the link that brought you here.",
  "trouble.line-unknown": "There is no such line.",
  "next.line-unknown": "Check the number on your letters.",
  "trouble.style-unknown": "The server gives your line a ballot that the selection does not have.",
  "trouble.voter-keys": "The keys that the server gives for this line can be nobody’s.",
  "trouble.keys-changed":
    "The codes of your line were changed after you began. The ballot was made for the old ones, so it cannot be " +
    "cast.",
  "next.keys-changed":
    "Look for a newer letter, and begin again. If nobody told you of new codes, tell those who run the selection.",
  "trouble.ballot-spent": "This ballot was cast, challenged or thrown away already.",
  "next.ballot-spent": "Begin again with a new ballot.",
  "trouble.prev-malformed": "What the server says of the last ballot of your line has not the right form.",
  "trouble.codes-missing": "A code is missing.",
  "trouble.stale-prev":
    "Another ballot of your line was recorded before this one arrived. So this one was not taken, and the other one " +
    "stands.",
  "next.stale-prev":
    "If that was you, nothing is wrong. If you want this choice to count, begin again. If it was not you, somebody " +
    "else has your codes: vote again, and tell those who run the selection.",
  "trouble.already-marked": "The tellers have noted a vote on paper for your line. So this ballot was not taken.",
  "next.already-marked": "If you have not voted on paper, complain to those who run the selection.",
  "trouble.voting-paused": "Voting is paused, and this ballot was not taken. What was recorded before stays recorded.",
  "next.voting-paused": "Save the signed ballot and send it later, or vote again when voting goes on.",
  "trouble.voting-closed": "Voting closed before your ballot arrived. It was not taken.",
  "next.voting-closed":
    "A ballot of yours that was recorded earlier still counts. If you were in time, save the signed ballot and " +
    "complain.",
  "trouble.board.phase": "Voting is not open, and this ballot was not taken.",
  "next.board.phase": "Look at the dates of the selection. If you were in time, save the signed ballot and complain.",
  "trouble.already-challenged": "This ballot was opened. It can never be cast.",
  "next.already-challenged": "Begin again with a new ballot.",
  "trouble.already-cast":
    "The server says that this ballot is on the board as one that counts. This device has not signed it for that.",
  "next.already-cast":
    "Keep the challenge file, look up your line from another device, and tell those who run the selection.",
  "trouble.challenge-limit": "You have challenged as many ballots as this selection allows.",
  "next.challenge-limit": "You can vote as before: cast the next ballot.",
  "trouble.too-large": "The server takes nothing so large.",
  "trouble.storage-full": "The server has no room for your ballot. It was not taken.",
  "trouble.ballot-all": "The server did not take this ballot: a check fails.",
  "next.ballot-all": "Begin again. If it happens again, use another device, and tell those who run the selection.",
  "trouble.receipt-all": "The server’s answer is no valid receipt of your ballot. Do not believe it.",
  "next.receipt-all":
    "It does not say whether your ballot was taken. Keep every file, look up your ballot from another device, and " +
    "tell the tellers.",
  "trouble.receipt-other-entry": "The receipt is of another ballot than the one with this tracker and line.",
  "trouble.receipt-ballot":
    "The entry has this tracker and line, but is not signed as a ballot is. It can never count.",
  "trouble.receipt-quorum": "Not enough witnesses have confirmed what the receipt says.",
  "trouble.receipt-log-signature": "The receipt is not signed by the log of this selection.",
  "trouble.receipt-inclusion": "The receipt does not show that the ballot is on the board.",
  "trouble.receipt-malformed": "This is no receipt.",
  "trouble.board-fork":
    "The log has signed two histories: the public board does not go on from what your receipt is of.",
  "next.board-fork": "Keep the receipt: it is evidence. Give it to those who run the selection and to the scrutineer.",
  "trouble.board-all": "The public board is not what the log has signed.",
  "next.board-all": "Try again later. If it stays so, keep your receipt and tell the tellers.",
  "trouble.opened-malformed": "This is no challenge file.",
  "next.opened-malformed": "Choose the file that was saved after the challenge.",
  "trouble.tracker-malformed": "This is no tracker.",
  "trouble.not-found": "The server does not have what this page asked for.",
};
