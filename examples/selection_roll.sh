#!/usr/bin/env bash
# A selection with a roll by commands alone, in a new folder: three members, two registrars who send each of them a code,
# two tellers, a vote online, a vote at the polling station, the scrutineer's report.
# All parties are on one machine here, and their passphrases lie in files, so that nobody has to type them.
set -euo pipefail
folder=${1:?usage: bash selection_roll.sh FOLDER}
group=${2:-electionguard-2.1-4096}
flags=()
if [ "$group" != electionguard-2.1-4096 ]; then flags=(--allow-test-group); fi
mkdir "$folder"
cd "$folder"
umask 077

secret() { head -c 18 /dev/urandom | base64 > "$1.pass"; }
party() { # role, id
    secret "$2"
    e2evote key new --role "$1" --id "$2" --organisation "Friends of $2" --out "$2.key" --passphrase-file "$2.pass"
}
own() { echo --key "$1.key" --passphrase-file "$1.pass"; }
with() { echo --with-key "$1.key" --with-passphrase-file "$1.pass"; }

# Each on their own machine: a key. FILE.pub goes to the administrator.
party administrator chair
party log log
for name in tina tom; do party teller "$name"; done
for name in rita rolf; do party registrar "$name"; done
for name in anna ben cleo; do party trustee "$name"; done
party scrutineer sam

files=""
for name in chair log tina tom rita rolf anna ben cleo sam; do files="$files\"$name.key.pub\", "; done
cat > facts.toml <<TOML
election = "example-roll"
name = "An example with a roll"
opens = 2026-05-01T08:00:00Z
closes = 2026-05-02T20:00:00Z
group = "$group"
batch_ms = 100
floor = 2 # one paper is fewer, so both channels are decrypted as one; 10 where more vote
paper = ["in_person"]
parties = [$files]

[[contests]]
id = "chair"
name = "Who is to be chair?"
options = [{ id = "ada", name = "Ada Lovelace" }, { id = "grace", name = "Grace Hopper" }]

[roll]
registrars = [{ party = "rita", contact = "post" }, { party = "rolf", contact = "email" }]
holders = ["chair", "rita", "rolf"]
readers = ["sam"]
TOML

# The administrator, with everybody's public files.
e2evote manifest new facts.toml --out manifest.json
e2evote init box --manifest manifest.json $(own chair) --log-key log.key --log-passphrase-file log.pass "${flags[@]}"

# The operator of the board, for as long as the selection lasts.
e2evote box box --passphrase-file log.pass "${flags[@]}" &
box=$!
trap 'kill "$box" 2> /dev/null || true' EXIT

# The trustees at the same time, each waiting for the others.
trustees=()
for name in anna ben cleo; do
    e2evote trustee finish "$name" --store box $(own "$name") "${flags[@]}" &
    trustees+=($!)
done

# Each registrar: a seed, which decides the numbers of the lines together with those of the others.
for name in rita rolf; do
    secret "$name-seed"
    e2evote registrar seed --store box $(own "$name") --out "$name.seed" --seed-passphrase-file "$name-seed.pass" "${flags[@]}"
done

# The membership office: a table. It is checked, and then it becomes the roll; a teller signs the freeze.
cat > members.csv <<CSV
reference,name,post,email
EX-101,Invented Vera,1 Invented Street,vera@example.org
EX-102,Invented Wim,2 Invented Street,wim@example.org
EX-103,Invented Xenia,3 Invented Street,xenia@example.org
CSV
e2evote roll import members.csv --manifest manifest.json
secret roll
roll=(--roll spring.roll --roll-passphrase-file roll.pass)
seeds=()
for name in rita rolf; do seeds+=(--seed "$name.seed" --seed-passphrase-file "$name-seed.pass"); done
e2evote roll freeze members.csv --store box "${roll[@]}" "${seeds[@]}" --as-at 2026-04-01T00:00:00Z \
    $(own chair) $(with tina) "${flags[@]}"

# Each member gets the own line, opened, and can hold it against the record.
e2evote roll openings --store box "${roll[@]}" --out openings "${flags[@]}"

# Each registrar, off line, from a copy of the roll: codes in a file of letters. Then the public keys are posted, and the
# letters sent.
for name in rita rolf; do
    secret "$name-roll"
    mkdir "$name-office"
    e2evote roll copy "${roll[@]}" --store box --out "$name-office/copy.roll" --out-passphrase-file "$name-roll.pass" "${flags[@]}"
    e2evote registrar issue box/record --registrar "$name" --out "$name-office/letters.csv" --keys "$name-office/keys" \
        --roll "$name-office/copy.roll" --roll-passphrase-file "$name-roll.pass"
    e2evote registrar post "$name-office/keys" --store box $(own "$name") "${flags[@]}"
done

for process in "${trustees[@]}"; do wait "$process"; done
e2evote open box $(own chair) --teller-key tina.key --teller-passphrase-file tina.pass --out anchors.json "${flags[@]}"

# A member has two letters: the number of the line, and a code in each.
letter() { # registrar, name, column
    awk -F, -v name="$2" -v column="$3" '$4 == name { print $column }' "$1-office/letters.csv"
}
codes() { # name, file
    { letter rita "$1" 3; letter rolf "$1" 3; } > "$2"
}
vera=$(letter rita "Invented Vera" 2)
wim=$(letter rita "Invented Wim" 2)
xenia=$(letter rita "Invented Xenia" 2)
codes "Invented Vera" vera.codes
codes "Invented Wim" wim.codes
for name in rita rolf; do e2evote registrar forget "$name-office"; done
e2evote roll show-mine "openings/opening-$vera.json" box/record --expect anchors.json

# She votes online, asked: one ballot is challenged, and the next one cast. He votes online too.
printf '%s\n' 1 challenge 2 cast |
    e2evote ballot vote box --line "$vera" --codes-file vera.codes --expect anchors.json "${flags[@]}"
printf '%s\n' 2 cast |
    e2evote ballot vote box --line "$wim" --codes-file wim.codes --expect anchors.json "${flags[@]}"

# The third one comes to the polling station; two tellers of different organisations mark the line.
e2evote channel mark box in_person --line "$xenia" $(own tina) $(with tom) "${flags[@]}"

# An observer keeps a checkpoint, to see later that the log was not rewritten.
cp box/record/checkpoint kept-checkpoint
e2evote close box $(own chair) --teller-key tina.key --teller-passphrase-file tina.pass "${flags[@]}"

# Each teller counts the papers alone. One seals the totals, the other one finds the same numbers, and signs.
cat > counts.csv <<CSV
contest,option,number
chair,#papers,1
chair,#spoiled,0
chair,ada,1
chair,grace,0
chair,#blank,0
CSV
secret opening
opened=(--opening-passphrase-file opening.pass)
e2evote channel count box in_person $(own tina) --counts counts.csv --out paper.draft "${opened[@]}" "${flags[@]}"
e2evote channel agree paper.draft --store box $(own tom) --counts counts.csv "${opened[@]}" --post "${flags[@]}"

e2evote tally statement box $(own chair) "${flags[@]}"
for name in anna cleo; do # two of three are enough
    e2evote trustee accept "$name" --store box $(own "$name") "${flags[@]}"
    e2evote trustee decrypt "$name" --store box $(own "$name") "${flags[@]}"
done
e2evote tally outcome box $(own chair) "${flags[@]}"

# The scrutineer is given the register of those who voted, which is an entry of the log, and holds it against the record.
e2evote register make --store box "${roll[@]}" --reader sam --purpose inspection $(own chair) $(with sam) \
    --out register.json "${flags[@]}"
e2evote register check register.json box/record --expect anchors.json
cat > words.toml <<TOML
inspected = true
why = "The register was compared with the record."
complaints = "None."
opinion = "An example, in which one person holds all keys."
TOML
e2evote report box/record --out report.html --words words.toml --expect anchors.json --sign --store box $(own sam) "${flags[@]}"

# Anybody, anywhere, with the anchors that were announced.
e2evote channel results box "${flags[@]}"
e2evote record pack box/record record.zip
e2evote verify record.zip --expect anchors.json --since kept-checkpoint "${flags[@]}"
