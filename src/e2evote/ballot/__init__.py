"""From a vote to a ballot on the voter's device; cast or challenged; a checker for challenges (docs/spec.md §7, §8)."""
