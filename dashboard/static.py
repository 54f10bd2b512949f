"""Static files: compressed, with hashed names, also for the modules that scripts import."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage as Base


class Storage(Base):
    support_js_module_import_aggregation = True
    # Vendored files name source maps that they come without; only debuggers would ask for them.
    patterns = tuple(
        (files, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for files, rules in Base.patterns
    )


class StaticFiles(StaticFilesConfig):
    # Brought along by libraries and used by no page of ours; to compress them takes half a minute.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.map", "redoc", "rest_framework"]
