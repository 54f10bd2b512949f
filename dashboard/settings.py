"""Settings, all from the environment (docs/configuration.md). A malformed value stops the start."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from dashboard import environment as env
from dashboard.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", str(BASE_DIR / "data"))
KEYS_DIR = DATA_DIR / "keys"

DEBUG = env.switch("DEBUG")
PUBLIC_URL = env.origin("PUBLIC_URL", "http://127.0.0.1:8000")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS") or [
    *dict.fromkeys([urlsplit(PUBLIC_URL).hostname or "", *env.LOOPBACK])
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []

# Commands that need the keys refuse to start without them (recorder/management); the others run
# with a key of their own, good for this process only.
_secret_key = env.text("SECRET_KEY", env.key_file(KEYS_DIR, "secret_key"))
FIELD_ENCRYPTION_KEYS = env.encryption_keys(
    "FIELD_ENCRYPTION_KEYS", env.key_file(KEYS_DIR, "field_encryption_keys")
)
MISSING_KEYS = [
    name
    for name, value in (
        ("SECRET_KEY", _secret_key),
        ("FIELD_ENCRYPTION_KEYS", FIELD_ENCRYPTION_KEYS),
    )
    if not value
]
SECRET_KEY = _secret_key or secrets.token_urlsafe(64)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "dashboard.static.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "huey.contrib.djhuey",
    "knox",
    "rest_framework",
    "recorder",
    "dashboard",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "dashboard.htmx.SignInAgainMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "dashboard.urls"
WSGI_APPLICATION = "dashboard.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.context.chrome",
            ],
        },
    }
]

DATABASES = {
    "default": env.database(
        "DATABASE_URL",
        {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "app.sqlite3",
            "OPTIONS": {
                # DEFERRED transactions that turn into writers fail at once under load; these wait.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: a committed intent survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                " PRAGMA busy_timeout=20000; PRAGMA cache_size=-16000;",
            },
            # A file, never :memory:, so that threads and processes in tests meet the real locks.
            "TEST": {"NAME": env.text("TEST_SQLITE", "") or DATA_DIR / "test.sqlite3"},
        },
        CONN_MAX_AGE=60,
        CONN_HEALTH_CHECKS=True,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

QUEUE_URL = env.address("QUEUE_URL", "", ("redis", "rediss", "unix"))
HUEY = {
    "name": "reelroom",
    "immediate": False,
    "results": False,
    # Tables are made by the processes that use the queue: importing the settings opens no file.
    **(
        {"huey_class": "huey.RedisHuey", "url": QUEUE_URL}
        if QUEUE_URL
        else {
            "huey_class": "huey.SqliteHuey",
            "filename": str(DATA_DIR / "queue.sqlite3"),
            "create_tables": False,
        }
    ),
}

AUTH_USER_MODEL = "recorder.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dashboard.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "dashboard.forms.account.LoginForm",
    "change_password": "dashboard.forms.account.ChangePasswordForm",
    "reauthenticate": "dashboard.forms.account.ReauthenticateForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"

SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "dashboard.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
# Asked from inside, over plain http; the sandbox beside us delivers its callbacks so.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^callbacks/\d+/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # Pages that show pictures or play recordings add the origin they need (dashboard/csp.py).
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "recorder.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["recorder.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "recorder.api.pagination.Cursor",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "recorder.api.errors.handle",
}
KNOX_TOKEN_MODEL = "recorder.ApiToken"  # noqa: S105 - a table
# Its own table would stay empty, and still refer to users: flushing a database stumbles over that.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "TOKEN_TTL": None,
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reelroom",
    "DESCRIPTION": "Start, watch, re-lay-out and stop cloud recordings.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"BulkKindEnum": "recorder.models.Bulk.Kind"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "recorder.api.docs.add_errors",
    ],
}

LANGUAGE_CODE = "en"
# 简体中文 joins when its catalogue is complete; half a language is worse than none.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "dashboard" / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Pages name hashed files only; the others would be compressed for nobody.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dashboard.static.Storage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

WEB_THREADS = env.whole_number("WEB_THREADS", 16, least=1, most=256)
LOG_FORMAT = env.choice("LOG_FORMAT", "console", ("console", "json"))
LOGGING = logging_settings(LOG_FORMAT, debug=DEBUG)
