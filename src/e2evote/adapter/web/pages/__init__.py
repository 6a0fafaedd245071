"""Pages that the server makes, for everybody who looks, checks or complains; they work without scripts."""

from e2evote.adapter.web.pages.router import routes

__all__ = ["routes"]
