"""The fraud drill in pieces; `examples/fraud_drill.py` plays it."""
