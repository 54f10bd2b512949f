"""Static files: compressed, with hashed names, also for the modules that scripts import."""

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage as Base

from dashboard import sheets

# What stands where an entry of many modules would: one file with all of them (.ci/bundle/run).
BUNDLES = {"js/layout/editor.js": "js/bundles/layout.js"}


class Storage(Base):
    support_js_module_import_aggregation = True
    # Vendored files name source maps that they come without; only debuggers would ask for them.
    patterns = tuple(
        (files, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for files, rules in Base.patterns
    )

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        if sheets.ENTRY in paths:
            source, path = paths[sheets.ENTRY]
            paths[sheets.ENTRY] = (sheets.Bundled(source), path)
        for entry, bundle in BUNDLES.items():
            if entry in paths and bundle in paths:
                paths[entry] = paths[bundle]
        yield from super().post_process(paths, *args, **options)


class StaticFiles(StaticFilesConfig):
    # Brought along by libraries and used by no page of ours; to compress them takes half a minute.
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "redoc",
        "rest_framework",
        "swagger-ui-standalone-preset.js*",
        "oauth2-redirect.*",
    ]
