"""The world: files, storage, HTTP."""
