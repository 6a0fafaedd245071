// What the page says, in English. A key names the screen and the place on it; `{name}` is filled in.

export const en = {
  // The page around every screen.
  "page.locale": "en-GB",
  "page.language": "Language",
  "page.unreviewed": "",
  "page.new-tab": "(opens in a new tab)",
  "page.test-group": "This is practice only. The selection uses a small group for tests, which keeps nothing secret.",
  "page.unanchored":
    "Not compared: nobody has confirmed that this is the right selection. Its fingerprint is {fingerprint}.",
  "page.session-used":
    "The link that brought you here was used before, or is too old. You can vote all the same. To challenge a " +
    "ballot, open a new link.",
  "foot.title": "Look up and check",
  "foot.tracker": "Look up a ballot",
  "foot.challenge": "Check a challenged ballot",
  "foot.receipt": "Check a receipt",
  "foot.about": "About this selection",
  "waiting.text": "This page is asking the server. Nothing of your ballot is sent with that.",
  "errors.title": "Please put this right",
  "loading.title": "One moment",
  "loading.text": "This page is fetching the selection and checking it.",
  // Before voting.
  "compare.title": "Is this the right selection?",
  "compare.why":
    "This page was opened without the fingerprint of the selection. So it can check everything but one thing: " +
    "whether this is the selection that you were invited to.",
  "compare.how":
    "Compare this fingerprint with the one in the notice of the poll, letter by letter. This page cannot do that for " +
    "you.",
  "compare.differs": "If it differs, do not vote here. Tell those who run the selection.",
  "compare.same": "It is the same",
  "compare.without": "Go on without comparing",
  "left.title": "You left this page",
  "left.text":
    "Nothing was handed in. What you had chosen and typed was dropped as you left, so that nobody finds it by going " +
    "back.",
  "closed.setup-title": "Voting has not begun",
  "closed.setup-text": "Voting opens on {opens} and closes on {closes}. Nothing can be handed in before.",
  "closed.paused-title": "Voting is paused",
  "closed.paused-text":
    "No ballots are taken for now. What was recorded stays recorded. Come back later; voting closes on {closes}.",
  "closed.closed-title": "Voting is over",
  "closed.closed-text": "Voting closed on {closes}. No more ballots are taken. You can still look up and check.",
  "closed.again": "Look again",
  "closed.not-voted": "Did somebody vote for me?",
  "closed.audit": "Checks of the whole record",
  "line.title": "Your line",
  "line.text": "Voting closes on {closes}.",
  "line.label": "Number of your line",
  "line.hint": "It is on every letter with a code, and the same on all of them. For example: 17",
  "line.no-codes":
    "Do not type a code yet. Codes are asked for only after you have decided to cast your ballot. Whoever asks for " +
    "them earlier does not go by the rules.",
  "line.go": "Continue",
  "line.malformed": "A line is a number with at most seven digits. Type the number that is on your letters.",
  "line.other": "Use another line",
  "line.steps-title": "What happens next",
  "line.step-1": "You choose, and look over your choices.",
  "line.step-2": "This device encrypts your ballot and shows you its tracker. Nothing has been sent until then.",
  "line.step-3": "You decide: cast the ballot with your codes, or challenge it to see whether this device is honest.",
  "line.step-4": "You get a receipt. It shows that your ballot is there, not how you voted.",
  "again.title": "Line {line} has voted before",
  "again.text": "You can vote again. The last ballot counts, and replaces the ones before it.",
  "again.public": "Everybody can see on the board that this line has voted again, but not what changed.",
  "again.list": "Ballots of line {line} on the board",
  "again.none": "None",
  "again.not-me":
    "If you have not voted yet, somebody else has your codes. Vote now, which replaces that ballot, and tell those " +
    "who run the selection.",
  "again.go": "Vote again",
  "cannot.marked-title": "Line {line} has voted on paper",
  "cannot.marked-text": "The tellers have noted a vote on paper for this line. So no ballot is taken here.",
  "cannot.marked-next":
    "If you have not voted on paper, check the number of the line. If it is right, complain to those who run the " +
    "selection.",
  "cannot.no-key-title": "Line {line} cannot vote now",
  "cannot.no-key-text":
    "This line does not have a valid code from every registrar: a code was revoked, or not issued yet.",
  "cannot.no-key-next": "Check the number of the line. If it is right, ask those who sent you the letters.",
  // Without a roll.
  "own.title": "Your key",
  "own.text": "This selection has no list of members: whoever makes a key can vote with it. Voting closes on {closes}.",
  "own.style": "Ballot",
  "own.have": "I have a key from an earlier ballot",
  "own.secret": "Your key (64 digits and letters a to f)",
  "own.secret-hint": "Leave this empty and this device makes a new key for you.",
  "own.malformed": "A key has 64 characters: digits and the letters a to f. Leave the field empty to get a new one.",
  "own.final": "The ballot will be signed with the key of this device. After this it cannot be challenged any more.",
  "own.keep-title": "Keep your key",
  "own.keep-text":
    "With this key, and only with it, you can vote again. It does not show how you voted. Whoever has it can vote in " +
    "your place.",
  "own.save": "Save the key",
  // Choosing.
  "contest.place": "Contest {number} of {of}",
  "contest.one": "Choose one",
  "contest.some": "Choose up to {limit}",
  "contest.points": "You have {limit} votes. You may give one option several.",
  "contest.most": "At most {limit}",
  "contest.blank": "Blank vote",
  "contest.blank-hint": "You take part, and choose nobody. It is counted as a blank vote.",
  "contest.clear": "Clear my choice",
  "contest.cleared": "Nothing is chosen.",
  "contest.count": "Given: {given} of {limit}",
  "contest.is-blank": "Blank vote",
  "contest.full": "You have chosen {limit} already, and that is the most. Take one back first.",
  "contest.too-many": "That is more than you have left here: at most {most}. In all you have {limit} votes.",
  "contest.over": "There are more votes than the {limit} that you have.",
  "contest.next": "Next",
  "contest.to-review": "Look over my choices",
  "contest.back": "Back",
  "review.title": "Look over your choices",
  "review.text": "You are voting for line {line}. Nothing is encrypted or sent yet.",
  "review.change": "Change",
  "review.change-contest": "Change: {contest}",
  "review.votes": "{name}: {votes}",
  "review.nothing": "No vote",
  "review.under": "You gave {given} of {limit} votes. You may leave the others.",
  "review.empty": "You gave no vote here. That is allowed.",
  "review.empty-blank":
    "You gave no vote here. That is allowed. If you want to be counted as a blank vote, choose “Blank vote”.",
  "review.others":
    "This selection has contests that your ballot does not have: {contests}. If one of them is for you, do not go " +
    "on, and tell those who run the selection.",
  "review.next": "Now this device encrypts your ballot. After that you decide what becomes of it.",
  "review.seal": "Encrypt my ballot",
  "sealing.title": "Encrypting your ballot",
  "sealing.text": "Your device is working. Nothing is sent.",
  "sealing.progress": "{percent} per cent encrypted",
  "tracker.copy": "Copy the tracker",
  "tracker.copied": "Copied",
  "tracker.not-copied": "Your browser does not allow copying. Please write it down.",
  "tracker.spell": "Spell the tracker",
  // Cast or challenge.
  "decision.title": "Your ballot is encrypted",
  "decision.write":
    "This is the tracker of your ballot. Write it down now: with it you find your ballot again, and this device " +
    "cannot exchange the ballot any more.",
  "decision.line": "Your line is {line}. Keep it together with the tracker.",
  "decision.now": "What should become of this ballot?",
  "decision.text":
    "Both ways are good. This device did not know which one you would take. So it could not safely cheat.",
  "decision.cast-title": "Cast it",
  "decision.cast-text": "It is handed in and counts. You are asked for your codes now. It can never be opened.",
  "decision.cast": "Cast this ballot",
  "decision.challenge-title": "Challenge it",
  "decision.challenge-text":
    "It is opened, published without your name, and does not count. On another device you see whether it holds what " +
    "you chose. Then you vote again.",
  "decision.challenge": "Challenge this ballot",
  "decision.made-up":
    "Whoever learns that a challenged ballot was yours learns the choices in it. So if you mean to challenge, choose " +
    "something that you might have chosen.",
  "decision.discard": "Throw this ballot away and begin again",
  "codes.title": "Your codes",
  "codes.text": "Type or paste the code from each letter. Then this device signs your ballot and sends it.",
  "codes.tracker": "Tracker:",
  "codes.hint":
    "25 letters and digits in five groups. Capitals, spaces and hyphens make no difference, nor O or 0, I or 1.",
  "codes.label": "Code from {organisation}",
  "codes.hide": "Hide what I type",
  "codes.final": "After this the ballot cannot be challenged any more.",
  "codes.sign": "Sign and cast",
  "codes.back": "Back to the decision",
  "codes.empty": "Type the code from {organisation}.",
  "codes.mistyped":
    "The code from {organisation} has a mistake: a letter is wrong or missing, or two have changed places.",
  "codes.wrong-key":
    "The code from {organisation} is not the one that line {line} has now. It is the code of another letter, or " +
    "there is a newer letter, or the number of the line is wrong.",
  "meanwhile.title": "Another ballot of your line has come in",
  "meanwhile.text":
    "Since you began here, another ballot was recorded for your line. If that was you, on another device or in " +
    "another window, you can go on: this ballot replaces it.",
  "meanwhile.not-me":
    "If it was not you, somebody else has your codes. Go on, which replaces that ballot, and tell those who run the " +
    "selection.",
  "meanwhile.go": "Go on, and replace it",
  "meanwhile.stop": "Stop, and begin again",
  // Sending.
  "sending.cast-title": "Your ballot is not cast yet",
  "sending.challenge-title": "Your challenge is on its way",
  "sending.cast-sending": "It is being sent. Please leave this page open.",
  "sending.cast-stored":
    "The server has your ballot, but a receipt needs the confirmation of witnesses, and they have not given it yet. " +
    "So it is not cast yet. This page asks again every {seconds} seconds; please leave it open.",
  "sending.cast-lost":
    "The server does not answer. Your ballot may have arrived or not; it is not cast yet. This page sends the same " +
    "ballot again in {seconds} seconds, as often as it takes. It can count only once.",
  "sending.cast-busy":
    "The server is busy and has not taken your ballot. This page sends the same ballot again in {seconds} seconds.",
  "sending.challenge-sending": "The opened ballot is being sent. Please leave this page open.",
  "sending.challenge-stored":
    "The server has the opened ballot. It is not published yet. This page asks again every {seconds} seconds.",
  "sending.challenge-lost": "The server does not answer. This page sends the same again in {seconds} seconds.",
  "sending.challenge-busy": "The server is busy. This page sends the same again in {seconds} seconds.",
  "sending.now": "Try now",
  "sending.keep-title": "If you have to leave",
  "sending.keep-text":
    "Save the signed ballot. On this page, and on no other than this selection’s, you can send the very same ballot " +
    "later: the address is that of this page with #check=send at the end. It does not show how you voted.",
  "sending.keep": "Save the signed ballot",
  // Receipt.
  "receipt.title": "Your ballot is cast",
  "receipt.text":
    "This page has checked the receipt by itself. Keep tracker, line and receipt. " +
    "With the encrypted ballot beside them, anybody can supply it again if a server loses it.",
  "receipt.tracker": "Tracker",
  "receipt.line": "Line",
  "receipt.place": "Place on the board",
  "receipt.fingerprint": "Fingerprint of the selection",
  "receipt.qr": "The line and the tracker as a picture, to copy with a camera",
  "receipt.save": "Save the receipt",
  "receipt.save-ballot": "Save the encrypted ballot",
  "receipt.save-bad": "Save the answer that was refused",
  "receipt.print": "Print",
  "receipt.checked-title": "What was checked",
  "receipt.signed": "The log of this selection has signed for it.",
  "receipt.witnesses": "These witnesses have confirmed the log: {witnesses}.",
  "receipt.no-witnesses": "The selection names no witnesses: the receipt is the word of the log alone.",
  "receipt.included": "The ballot is entry {index} of a log of {size} entries.",
  "receipt.same": "It is the very ballot with this tracker and line.",
  "receipt.board-counts":
    "This page has read the whole public board: your ballot is there, and is the latest valid one of your line. It " +
    "counts unless a later one, or a vote on paper, replaces it.",
  "receipt.board-other":
    "This page has read the whole public board, and does not find your ballot there as the one that counts. Look at " +
    "the comparison.",
  "receipt.board-text":
    "You can also have the whole public board read by this page. It then finds the ballots of your line by itself. " +
    "With many ballots this takes a while.",
  "receipt.board": "Compare with the public board",
  "receipt.later-title": "Later",
  "receipt.later-text": "After the close, look up your ballot by line and tracker, best on another device.",
  "receipt.no-vote":
    "Nobody can see from the receipt how you voted, you included. This page has forgotten your choices.",
  "receipt.again-title": "If you change your mind",
  "receipt.again-text":
    "You can vote again until the close. The last ballot counts. The board shows that your line voted again.",
  "receipt.again": "Vote again",
  "board.reading": "Reading the public board",
  "board.text": "This page reads all entries and checks that they are what the log has signed.",
  "board.progress": "{percent} per cent read",
  "board.read": "Read and checked: {size} entries.",
  "board.objection": "This ballot is not signed as it should be. Tell those who run the selection.",
  "board.entry": "(entry {index})",
  "status.recorded": "recorded, and will count unless a later one replaces it",
  "status.counted": "counts",
  "status.superseded": "superseded: a later ballot or a vote on paper counts",
  "status.annulled": "annulled",
  "status.invalid": "not valid, does not count",
  "status.challenged": "challenged, does not count",
  "board.counts-title": "Your ballot is on the board",
  "board.counts-text": "It is the latest valid ballot of your line, and counts unless you vote again.",
  "board.superseded-title": "Another ballot of your line counts",
  "board.superseded-text":
    "Your ballot is on the board, but a later one, or a vote on paper, has replaced it. If that was not you, tell " +
    "those who run the selection.",
  "board.invalid-title": "Your ballot does not count",
  "board.invalid-text":
    "Your ballot is on the board, but is not valid: it did not name the ballot before it. Vote again, and tell those " +
    "who run the selection.",
  "board.behind-title": "The board shown is older than your receipt",
  "board.behind-text":
    "Your ballot cannot be in it yet. Look again in a moment. If it stays so, keep the receipt and tell those who " +
    "run the selection.",
  "board.false-title": "The public board does not hold",
  "board.false-text":
    "Your receipt is good, but the board that is shown is not one that the log and its witnesses have signed, or " +
    "does not go on from your receipt. Keep the receipt, compare with the board again, and tell those who run the " +
    "selection.",
  "board.absent-title": "Your ballot is not on the board",
  "board.absent-text":
    "The log has signed for your ballot, and now shows a board without it. Keep the receipt: it is evidence. Try " +
    "again later, and give it to those who run the selection.",
  // After a challenge.
  "challenged.title": "Your ballot was opened",
  "challenged.text": "It is published, without your name, and does not count. Now see whether it holds what you chose.",
  "challenged.check-title": "Check it on another device",
  "challenged.step-save": "Save the file.",
  "challenged.save": "Save the challenge file",
  "challenged.step-take": "Take the file to another device, one that you trust. A device cannot be caught by itself.",
  "challenged.step-open": "Open the page for checking there:",
  "challenged.address": "The address of the page for checking, as a picture for a camera",
  "challenged.step-address":
    "If you suspect this device, do not take the address from it, but from your letter or the notice of the poll: " +
    "the page has a link “Check a challenged ballot”.",
  "challenged.step-type": "Choose the file, and type the tracker that you wrote down.",
  "challenged.step-compare": "Compare the choices that it shows with what you chose here.",
  "challenged.private":
    "The file says which line the ballot was for. It is for your own check only: give it to nobody.",
  "challenged.vote-title": "Now vote",
  "challenged.vote-text":
    "You have not voted yet. You begin with an empty ballot; nothing of the opened one is used again.",
  "challenged.vote": "Begin with an empty ballot",
  "challenged.kept-title": "You can still check it",
  "challenged.kept-text":
    "The ballot was opened on this device and can never be cast. It may not have been published, but you can " +
    "still check the file on another device.",
  // Checking.
  "check.challenge-title": "Check a challenged ballot",
  "check.challenge-text":
    "Use another device than the one that encrypted the ballot. This page computes every cipher of the ballot again. " +
    "Nothing is sent; the keys of the line alone are asked for.",
  "check.challenge-file": "The challenge file",
  "check.challenge-no-file": "Choose the challenge file.",
  "check.receipt-title": "Check a receipt",
  "check.receipt-text": "This page checks the receipt by itself. The file is not sent anywhere.",
  "check.receipt-file": "The receipt, a file that ends in .tlog-proof",
  "check.receipt-no-file": "Choose the receipt.",
  "check.tracker": "The tracker that you wrote down",
  "check.tracker-hint": "32 letters and digits. Take it from your own note, not from the file.",
  "check.tracker-malformed": "A tracker has 32 letters and digits. Look at your note again.",
  "check.line-optional": "Number of your line (may be left empty)",
  "check.line-hint": "With it this page also checks that the ballot was encrypted for your line.",
  "check.go": "Check",
  "check.working": "Checking",
  "check.challenge-good": "The ballot holds these choices",
  "check.challenge-says": "Every cipher, every proof and the tracker are exactly what these choices give.",
  "check.challenge-compare":
    "Are these the choices that you made? If not, the device that encrypted has cheated: keep the file, and tell the " +
    "tellers.",
  "check.challenge-bad": "This ballot is not what it says",
  "check.challenge-bad-text":
    "At least one check fails. Look at your note of the tracker again. If it is right, the device that encrypted did " +
    "not do what it said.",
  "check.challenge-bad-next": "Keep the file and your note, do not vote with that device, and tell the tellers.",
  "check.receipt-good": "The receipt holds",
  "check.receipt-says": "It is the receipt of the ballot with your tracker and line.",
  "check.anchored": "The selection was compared with the fingerprint in the address of this page.",
  "check.unanchored":
    "The selection was not compared with a fingerprint from elsewhere. Compare this one with the notice of the poll: " +
    "{fingerprint}.",
  "check.line-not": "Not checked: whose ballot it was. The file says line {line}. Type your line to have it checked.",
  "check.list": "Every check",
  "check.state-passed": "Passed.",
  "check.state-failed": "Failed.",
  "check.state-not-run": "Not run.",
  "checked.board.leaf": "The entry belongs to this selection.",
  "checked.board.payload": "The entry names this very ballot.",
  "checked.challenge.form": "The ballot has the form of this selection’s ballots.",
  "checked.challenge.tracker": "The tracker is the one that you wrote down.",
  "checked.challenge.opening": "Every cipher holds the choice that the file says.",
  "checked.challenge.proof": "Every proof of a limit holds.",
  "checked.ballot.line": "The ballot was encrypted for your line and its keys.",
  "checked.ballot.identifier": "The identifier of the ballot is that of the line.",
  "saved.title": "Send a saved ballot",
  "saved.text":
    "If a signed ballot could not be sent, you have saved it as a file. This page sends it as it is. It counts once, " +
    "however often it is sent.",
  "saved.file": "The signed ballot, a file that ends in .signed.json",
  "saved.go": "Send it",
  "saved.malformed": "Choose the file of a signed ballot.",
  "way.start": "Begin again",
  "way.retry": "Try again",
  "way.back": "Back",
  "way.other-file": "Check another file",
};
