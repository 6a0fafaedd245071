"""The site for a WSGI server: `gunicorn members_site.wsgi` behind a proxy that speaks TLS."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "members_site.settings")
application = get_wsgi_application()
