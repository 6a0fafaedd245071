"""ElectionGuard for Python 1.4.0 in a process and a virtual environment of its own, as oracle and baseline."""
