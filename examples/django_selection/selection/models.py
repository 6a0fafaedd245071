"""What the site keeps of a selection: who has which reference, and what it last heard. Nothing about votes.

There is no time in any of the two that tells when a member voted, and no line number: the site does not know it.
"""

import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models


def new_reference() -> str:
    """256 random bits: says nothing about the member, and is used for this selection alone."""
    return secrets.token_urlsafe(32)


class VoterReference(models.Model):
    """Under which name the adapter knows a member. The mapping stays here, and goes when the selection is over."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    election = models.CharField(max_length=64)
    reference = models.CharField(max_length=64, unique=True, default=new_reference)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("member", "election"), name="one_reference"),)
        permissions = (("hand_in_marks", "May hand in marks of members who have voted on paper"),)

    @classmethod
    def of(cls, member: AbstractBaseUser, election: str) -> str:
        return cls.objects.get_or_create(member=member, election=election)[0].reference


class ElectionState(models.Model):
    """The public state as the adapter gave it last, so that a page needs no call."""

    election = models.CharField(max_length=64, primary_key=True)
    status = models.JSONField()
    manifest = models.JSONField()
    fetched = models.DateTimeField(auto_now=True)


class Delivery(models.Model):
    """A webhook that was taken in: the same one again is refused."""

    webhook_id = models.CharField(max_length=256, primary_key=True)
    received = models.DateTimeField(auto_now_add=True, db_index=True)
