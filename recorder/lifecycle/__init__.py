"""A session's life: starting, watching, changing, stopping. The only callers of a provider."""
