"""The members' site: settings, addresses, headers."""
