"""From what was raised to what the client is told of it."""

from __future__ import annotations

import html
import logging
import traceback
from typing import TYPE_CHECKING

from spikard import _json
from spikard._problem import Problem
from spikard.datastructures import MutableHeaders
from spikard.exceptions import HTTPException, MalformedBody, RequestValidationError
from spikard.responses import Response

if TYPE_CHECKING:
    from spikard._exchange import Exchange

_log = logging.getLogger("spikard")

# Their meaning is an answer, so the log has nothing to tell of them.
ANSWERS = (HTTPException, RequestValidationError, MalformedBody)

# All are counted; the front end lists as many of its own.
_MOST_LISTED = 100

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px system-ui;margin:2em}}pre{{background:#f4f4f4;padding:1em;overflow:auto}}</style>
<h1>{title}</h1><p>{request}</p><pre>{traceback}</pre><p>Shown because of <code>debug=True</code>.</p></html>
"""


def status(error: BaseException) -> int:
    """Give the status that an error is answered with."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError):
        return 422
    return 400 if isinstance(error, MalformedBody) else 500


def reply(error: BaseException, exchange: Exchange, debug: bool) -> Problem | Response:
    """Word the answer to an error that the application does not handle.

    Raises:
        Exception: what the application put into the error cannot be sent.
    """
    if isinstance(error, HTTPException):
        headers = MutableHeaders(error.headers or ()).multi_items()
        if error.status_code < 400:
            return Response(None, error.status_code, headers)
        if error.detail is None or isinstance(error.detail, str):
            return Problem(error.status_code, error.detail or "", headers=headers)
        return Problem(error.status_code, headers=headers, members={"detail": error.detail})
    if isinstance(error, RequestValidationError):
        return Problem(422, str(error), _json.encode(error.errors[:_MOST_LISTED]))
    if isinstance(error, MalformedBody):
        return Problem(400, error.detail)
    return _traceback(error, exchange) if debug else Problem(500)


def log(error: BaseException, exchange: Exchange, place: str) -> None:
    """Tell the log what clients must not see."""
    # Requests may have no id.
    which = f"request {exchange.request_id}: " if exchange.request_id else ""
    where = f"{exchange.method} {exchange.target}"
    _log.error("%s%s failed in %s", which, where, place, exc_info=error)


def _traceback(error: BaseException, exchange: Exchange) -> Problem | Response:
    lines = "".join(traceback.format_exception(error))
    title = "".join(traceback.format_exception_only(error)).strip()
    if any(name == "accept" and "text/html" in value for name, value in exchange.headers):
        page = _PAGE.format(
            title=html.escape(title),
            request=html.escape(f"{exchange.method} {exchange.target}"),
            traceback=html.escape(lines),
        )
        return Response(page.encode(errors="backslashreplace"), 500, media_type="text/html; charset=utf-8")
    text = lines.encode(errors="backslashreplace").decode()
    detail = title.encode(errors="backslashreplace").decode()
    return Problem(500, detail, members={"traceback": text.splitlines()})
