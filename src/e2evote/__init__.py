"""End-to-end verifiable voting: an election that anyone can check and no single party can open."""

__version__ = "0.1.0"
