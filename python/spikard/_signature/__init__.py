"""From a handler's signature to what the front end reads for it and one call per request, once at start."""

from spikard._signature.bind import Binding, bind
from spikard._signature.parameters import FilePart, ManifestParameter

__all__ = ["Binding", "FilePart", "ManifestParameter", "bind"]
