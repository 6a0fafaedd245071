"""A whole selection in one go, on one machine that holds every key, for trying out: `e2evote demo`."""
