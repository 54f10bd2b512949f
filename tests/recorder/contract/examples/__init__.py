"""For every rule that `check` can find broken: a request that breaks it, and its neighbour that
does not. `Example.edits` apply to both; `path` is then set to the bad or to the good value.
"""

from tests.recorder.contract.examples import calls, files, picture, recording, web
from tests.recorder.contract.examples.example import Example

__all__ = ["EXAMPLES", "Example"]

EXAMPLES: list[Example] = [
    example for module in (calls, recording, picture, files, web) for example in module.EXAMPLES
]
