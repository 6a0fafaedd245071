"""Measurements, one script a claim. Run as modules from the checkout: `python -m benchmarks.selection`."""
