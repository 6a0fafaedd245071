#!/usr/bin/env bash
# A selection by commands alone, in a new folder: keys, manifest, ceremony, two voters, tally, verification.
# All parties are on one machine here, and their passphrases lie in files, so that nobody has to type them.
set -euo pipefail
folder=${1:?usage: bash selection.sh FOLDER}
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

# Each on their own machine: a key. FILE.pub goes to the administrator.
party administrator chair
party log log
party teller tina
party trustee anna
party trustee ben
party trustee cleo

cat > facts.toml <<TOML
election = "example"
name = "An example"
opens = 2026-05-01T08:00:00Z
closes = 2026-05-02T20:00:00Z
group = "$group"
batch_ms = 100
floor = 0
parties = ["chair.key.pub", "log.key.pub", "tina.key.pub", "anna.key.pub", "ben.key.pub", "cleo.key.pub"]

[[contests]]
id = "chair"
name = "Who is to be chair?"
options = [{ id = "ada", name = "Ada Lovelace" }, { id = "grace", name = "Grace Hopper" }]
TOML

chair=(--key chair.key --passphrase-file chair.pass)
teller=(--teller-key tina.key --teller-passphrase-file tina.pass)

# The administrator, with everybody's public files.
e2evote manifest new facts.toml --out manifest.json
e2evote init box --manifest manifest.json "${chair[@]}" --log-key log.key --log-passphrase-file log.pass "${flags[@]}"

# The operator of the board, for as long as the selection lasts.
e2evote box box --passphrase-file log.pass "${flags[@]}" &
box=$!
trap 'kill "$box" 2> /dev/null || true' EXIT

# The trustees at the same time, each waiting for the others. `finish` alone would do all three steps.
ceremony() { # id
    for step in begin deal finish; do
        e2evote trustee "$step" "$1" --store box --key "$1.key" --passphrase-file "$1.pass" "${flags[@]}"
    done
}
trustees=()
for name in anna ben cleo; do
    ceremony "$name" &
    trustees+=($!)
done
for process in "${trustees[@]}"; do wait "$process"; done

e2evote open box "${chair[@]}" "${teller[@]}" --out anchors.json "${flags[@]}"

# A voter, asked: one ballot is challenged, and the next one cast.
secret vera
e2evote key new --role voter --out vera.key --passphrase-file vera.pass
printf '%s\n' 1 challenge 2 cast |
    e2evote ballot vote box --key vera.key --passphrase-file vera.pass --expect anchors.json "${flags[@]}"

# Another voter, by a script.
secret wim
e2evote key new --role voter --out wim.key --passphrase-file wim.pass
echo '{"chair": {"grace": 1}}' > votes.json
sealed=(--sealed wim.sealed --sealed-passphrase-file wim.pass)
e2evote ballot encrypt box --key wim.key --votes votes.json "${sealed[@]}" --expect anchors.json "${flags[@]}"
e2evote ballot cast box --key wim.key --passphrase-file wim.pass "${sealed[@]}" --expect anchors.json "${flags[@]}"

# An observer keeps a checkpoint, to see later that the log was not rewritten.
cp box/record/checkpoint kept-checkpoint

e2evote close box "${chair[@]}" "${teller[@]}" "${flags[@]}"
e2evote tally statement box "${chair[@]}" "${flags[@]}"
for name in anna cleo; do # two of three are enough
    e2evote trustee accept "$name" --store box --key "$name.key" --passphrase-file "$name.pass" "${flags[@]}"
    e2evote trustee decrypt "$name" --store box --key "$name.key" --passphrase-file "$name.pass" "${flags[@]}"
done
e2evote tally outcome box "${chair[@]}" "${flags[@]}"

# Anybody, anywhere, with the anchors that were announced.
e2evote record pack box/record record.zip
e2evote verify record.zip --expect anchors.json --since kept-checkpoint "${flags[@]}"
