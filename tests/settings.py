"""The settings of the tests: the product's own, away from the developer's data and environment.

Every process that runs tests has a folder of its own, so the SQLite files of parallel workers do
not meet. `TEST_DATABASE_URL` runs the suite on another database.
"""

import atexit
import os
import shutil
import tempfile

for name in ("DATABASE_URL", "QUEUE_URL", "PUBLIC_URL", "ALLOWED_HOSTS", "DEBUG", "TIME_ZONE"):
    os.environ.pop(name, None)
    os.environ.pop(f"{name}_FILE", None)
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="reelroom-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ["SECRET_KEY"] = "only for tests, where nothing is secret"
os.environ["FIELD_ENCRYPTION_KEYS"] = "dGVzdHMgb25seTogdGhpcyBpcyBubyBzZWNyZXQga2U="
if database_url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = database_url

from dashboard.settings import *  # noqa: E402, F403
from dashboard.settings import DATA_DIR, HUEY, STORAGES  # noqa: E402

# Slow on purpose in production.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages are rendered without collecting first; the tests of `up` see the real thing.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
(DATA_DIR / "static").mkdir()
HUEY["create_tables"] = True
