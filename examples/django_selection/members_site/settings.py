"""Settings of the members' site, all from the environment (README.md has the table). What is missing ends the start.

Defaults are those of a site on the internet behind TLS. SITE_LOCAL=1 loosens them for a rehearsal on one machine.
"""

import os
from pathlib import Path

from selection.pinned import pinned

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL = os.environ.get("SITE_LOCAL") == "1"

SECRET_KEY = os.environ["SITE_SECRET_KEY"]
ALLOWED_HOSTS = os.environ["SITE_HOSTS"].split(",")
DEBUG = False

SELECTION = pinned(os.environ)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "selection",
]
MIDDLEWARE = [
    "members_site.headers.content_security_policy",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "selection.phase.on_every_page",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SITE_DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "members_site.urls"
WSGI_APPLICATION = "members_site.wsgi.application"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "shortlist", "shortlist"
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "en-gb", os.environ.get("SITE_TIME_ZONE", "Europe/London"), True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 365 * 24 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("SITE_BEHIND_PROXY") == "1" else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
