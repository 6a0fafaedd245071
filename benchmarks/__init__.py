"""Measurements, one script a claim (docs/benchmarks.md says what each row means and how to run all).

python -m benchmarks                 all claims, and docs/benchmarks.md with its plot
python -m benchmarks.batch           one of them
python -m benchmarks.generate        a record of many ballots, to be measured or for any other use
"""
