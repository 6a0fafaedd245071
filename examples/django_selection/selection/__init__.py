"""The selection on the members' site. The adapter holds it; this app asks and shows."""
