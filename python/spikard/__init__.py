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

from typing import TYPE_CHECKING, Any

from spikard._types.custom import register_decoder, register_encoder
from spikard.app import Spikard
from spikard.config import BackgroundTaskConfig, ServerConfig
from spikard.di import Provide
from spikard.events import EventSourceResponse, SseEvent
from spikard.exceptions import ConfigError, HTTPException, MalformedBody, RequestValidationError, StartError
from spikard.files import FileResponse
from spikard.params import Body, Cookie, File, Form, Header, Path, Query
from spikard.requests import Request
from spikard.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
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
    sse,
    trace,
)
from spikard.streaming import StreamingResponse
from spikard.uploads import UploadFile

__all__ = [
    "BackgroundTask",
    "BackgroundTaskConfig",
    "Body",
    "ConfigError",
    "Cookie",
    "EventSourceResponse",
    "File",
    "FileResponse",
    "Form",
    "HTMLResponse",
    "HTTPException",
    "Header",
    "JSONResponse",
    "MalformedBody",
    "Path",
    "PlainTextResponse",
    "Provide",
    "Query",
    "RedirectResponse",
    "Request",
    "RequestValidationError",
    "Response",
    "Route",
    "Router",
    "ServerConfig",
    "Spikard",
    "SseEvent",
    "StartError",
    "StreamingResponse",
    "UploadFile",
    "background",
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
    "sse",
    "trace",
]


if TYPE_CHECKING:
    from spikard import background
    from spikard.background import BackgroundTask


def __getattr__(name: str) -> Any:
    # What needs asyncio is imported when it is asked for.
    from importlib import import_module, metadata

    if name == "__version__":
        return metadata.version("spikard")
    if name == "background":
        return import_module("spikard.background")
    if name == "BackgroundTask":
        return import_module("spikard.background").BackgroundTask
    raise AttributeError(f"module 'spikard' has no attribute {name!r}")
