"""Great Expectations, imported without the libraries that it touches only when it draws.

Of what `import great_expectations` spends, scipy.stats and altair, which it needs for the divergence
of distributions and its chart, are nearly a third of the processor time; pandas, SQLAlchemy and, where it is installed, pyspark
most of the rest. The two are loaded when somebody first asks them for something.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType

__all__ = ["import_great_expectations"]

_DEFERRED = ("altair", "scipy.stats")
_LOCK = RLock()


class _Deferred(ModuleType):
    """A module that is executed when an attribute is first looked up.

    `importlib.util.LazyLoader` looks at each attribute, and an import statement looks at `__spec__`.
    """

    def __getattr__(self, name: str) -> object:
        with _LOCK:
            if type(self) is _Deferred:
                self.__class__ = ModuleType  # type: ignore[assignment]  # it is one from now on
                spec = self.__spec__
                if spec is not None and spec.loader is not None:
                    spec.loader.exec_module(self)
        return getattr(self, name)


def _defer(name: str) -> None:
    """Let a module stand where it will be, if it is installed and nobody has loaded it."""
    parent, _, child = name.rpartition(".")
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        return
    module = module_from_spec(spec)
    module.__class__ = _Deferred
    sys.modules[name] = module
    if parent:
        setattr(sys.modules[parent], child, module)


def import_great_expectations() -> None:
    """Import it once, its charts and distributions deferred."""
    for name in _DEFERRED:
        _defer(name)
    import_module("great_expectations")
