"""Faults under which no acknowledged entry may be lost and no second history signed: goals R1, R2, R4, R5 and R6.

Real processes work on real storages; what they say they have done is collected, and afterwards held against what is
stored (`audit`): every acknowledged entry at its index with its bytes (D), one root of each size over all signatures
that were ever made, each a prefix of the log (F), no entry twice, everything durable still known.

    processes   children that start in milliseconds: one process has the imports, and forks
    cycle       the work that is disturbed: `Keeper` over a storage and published files; loads only `board` and the
                storage and files of `adapter`. `box` and `door` are the whole server, `witness` a witness's memory
    injection   strace lists the system calls of a run, and fails one call of a later run, or kills the process there
    recording   the same list, with every byte, of what a process did to its files
    power       from a recording, what the disk may hold when power is lost: strict about folders, four ways of doubt.
                Not modelled: writes through shared mappings. SQLite's WAL-index is the one such file; it is made anew
                from the WAL by whoever opens the database next

Tests: `test_power` (R2, and that the simulation convicts ways of storing that do lose entries), `test_system_calls`
(R1 a, R4), `test_kills` and `test_box_kills` (R1 b), `test_rivals` (R5), `test_disk` (R4, R6), `test_witness`.

strace must be installed and allowed to trace; without it the tests that need it are skipped and say so. A small file
system is mounted for full disks, which root may do. `effort` says how to run the long form.
"""
