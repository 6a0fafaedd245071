"""What all routes that need a token or a signature share: who is let in, what is remembered, who works behind them."""

from functools import partial

from fastapi import Request

from e2evote.adapter.api.acts_config import ActsSettings
from e2evote.adapter.api.authorized import Door
from e2evote.adapter.api.body import HELD, Members, json_body
from e2evote.adapter.api.drafts import Drafts
from e2evote.adapter.api.hosted import Hosted, Place
from e2evote.adapter.api.idempotency import Idempotency
from e2evote.adapter.api.operations import Operations
from e2evote.adapter.api.scopes import Grant, Scope
from e2evote.adapter.api.tokens import TokenDesk
from e2evote.adapter.api.webhook_key import webhook_key
from e2evote.adapter.api.webhooks import Webhooks
from e2evote.adapter.election import Election


class Acts:
    """The protected part of one server."""

    def __init__(self, hosted: Hosted, settings: ActsSettings) -> None:
        self.hosted, self.settings = hosted, settings
        self.door = Door(TokenDesk(settings.tokens) if settings.tokens else None)
        self.drafts = Drafts(settings.drafts) if settings.drafts else None
        self.operations = Operations()
        rules = settings.webhooks
        self.webhooks = Webhooks(rules.endpoints, webhook_key(rules.key)) if rules else None
        self._keys: dict[str, Idempotency] = {}
        for place in hosted.all():
            self.follow(place)
        if self.webhooks:
            hosted.at_end(self.webhooks.close)
        for election in self.drafts.founded() if self.drafts else ():
            self.add(election)

    def add(self, election: Election) -> Place:
        """Serve a selection that was opened here, and let it go at the end."""
        place = self.hosted.add(election)
        self.hosted.at_end(partial(election.__exit__, None, None, None))
        self.follow(place)
        return place

    def follow(self, place: Place) -> None:
        """Serve this selection from now on."""
        self._keys[place.id] = Idempotency(place.state)
        self.operations.follow(place.election, place.state)
        if self.webhooks:
            self.webhooks.follow(place.election, place.state)

    def keys(self, place: Place) -> Idempotency:
        """The idempotency keys of requests about this selection."""
        return self._keys[place.id]

    async def admit(self, request: Request, scope: Scope, election: str = "") -> Grant:
        """The grant of the request's token, which has this scope; its body may be large."""
        grant = await self.hosted.admitting(self.door.admit, request, scope, election)
        if held := request.scope.get(HELD):
            held.admit()
        return grant

    async def body(self, request: Request, limit: int, *required: str, optional: tuple[str, ...] = ()) -> Members:
        """The members of the request's body."""
        return await json_body(request, self.hosted.room, limit, required, optional)
