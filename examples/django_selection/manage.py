"""Django's own commands for the members' site: `python manage.py migrate`, `createsuperuser`, `check --deploy`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "members_site.settings")
    execute_from_command_line(sys.argv)
