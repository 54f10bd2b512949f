"""The site: settings, addresses, and the HTMX pages. HTTP in, HTML out."""
