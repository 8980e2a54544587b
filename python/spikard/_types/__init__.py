"""The types of handlers: one walk over an annotation gives its JSON Schema and the way to read its values."""

from spikard._types.node import INVALID, Node, Reading, document
from spikard._types.walk import Walk, is_body

__all__ = ["INVALID", "Node", "Reading", "Walk", "document", "is_body"]
