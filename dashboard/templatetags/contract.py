"""Templates and forms made from the contract (dashboard/forms/contract.py)."""

from django import forms, template
from django.forms import BoundField

register = template.Library()


@register.filter
def at(form: forms.Form, path: str) -> BoundField:
    """{{ form|at:"clientRequest.maxIdleTime" }}: dots in a template cannot name such a field."""
    return form[path]
