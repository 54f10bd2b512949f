"""Static files: compressed, with hashed names, also for the modules that scripts import."""

from whitenoise.storage import CompressedManifestStaticFilesStorage as Base


class Storage(Base):
    support_js_module_import_aggregation = True
    # Vendored files name source maps that they come without; only debuggers would ask for them.
    patterns = tuple(
        (files, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for files, rules in Base.patterns
    )
