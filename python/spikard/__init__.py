"""Spikard: handlers in Python, HTTP in a native front end.

```python
from spikard import Spikard, get

app = Spikard()

@get("/")
async def root():
    return {"message": "Hello"}

if __name__ == "__main__":
    app.run()
```
"""

from __future__ import annotations

from spikard._types.custom import register_decoder, register_encoder
from spikard.app import Spikard
from spikard.config import ServerConfig
from spikard.exceptions import ConfigError, HTTPException, MalformedBody, RequestValidationError, StartError
from spikard.params import Body, Cookie, File, Form, Header, Path, Query
from spikard.requests import Request
from spikard.responses import Response
from spikard.routing import (
    Route,
    Router,
    delete,
    get,
    get_default_router,
    head,
    options,
    patch,
    post,
    put,
    reset_default_router,
    route,
    trace,
)
from spikard.uploads import UploadFile

__all__ = [
    "Body",
    "ConfigError",
    "Cookie",
    "File",
    "Form",
    "HTTPException",
    "Header",
    "MalformedBody",
    "Path",
    "Query",
    "Request",
    "RequestValidationError",
    "Response",
    "Route",
    "Router",
    "ServerConfig",
    "Spikard",
    "StartError",
    "UploadFile",
    "delete",
    "get",
    "get_default_router",
    "head",
    "options",
    "patch",
    "post",
    "put",
    "register_decoder",
    "register_encoder",
    "reset_default_router",
    "route",
    "trace",
]


def __getattr__(name: str) -> str:
    if name != "__version__":
        raise AttributeError(f"module 'spikard' has no attribute {name!r}")
    from importlib.metadata import version

    return version("spikard")
