"""Log-ins for a rehearsal: invented members, and a member of staff who may hand in marks.

    python manage.py load_members < people.json      [{"username", "name", "password", "staff"?}, …]

A real site has its members already.
"""

import json
import sys

from django.contrib.auth.models import Permission, User
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make log-ins from a JSON list on standard input."

    def handle(self, *arguments: str, **options: str) -> None:
        for one in json.load(sys.stdin):
            user, _ = User.objects.update_or_create(username=one["username"], defaults={"first_name": one["name"]})
            user.set_password(one["password"])
            user.save()
            if one.get("staff"):
                user.user_permissions.add(Permission.objects.get(codename="hand_in_marks"))
