"""Cookies: the request's `Cookie` and the response's `Set-Cookie` field (RFC 6265)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from http.cookies import SimpleCookie
from typing import Literal

SameSite = Literal["strict", "lax", "none"]

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]*")
_ATTRIBUTE = re.compile(r"[\x20-\x3a\x3c-\x7e]*")
_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}
_CODING: SimpleCookie = SimpleCookie()


def parse(fields: Iterable[str]) -> dict[str, str]:
    """Read the values of `Cookie` fields; of a name given repeatedly the last counts."""
    cookies: dict[str, str] = {}
    for field in fields:
        for pair in field.split(";"):
            name, equals, value = pair.strip(" \t").partition("=")
            if equals and name:
                cookies[name.rstrip(" \t")] = _CODING.value_decode(value.lstrip(" \t"))[0]
    return cookies


def render(
    name: str,
    value: str,
    max_age: int | None,
    expires: datetime | None,
    domain: str | None,
    path: str | None,
    secure: bool,
    httponly: bool,
    samesite: SameSite | None,
) -> str:
    """Write the value of a `Set-Cookie` field (RFC 6265, section 4.1).

    Characters that a value cannot have are quoted as `http.cookies` quotes them; `parse` reads them back.

    Raises:
        ValueError: a name, value or attribute that cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"cookie name {name!r} is not a token (RFC 6265, section 4.1.1)")
    if not _VALUE.fullmatch(value):
        raise ValueError(f"cookie {name!r}: the value has a control or non-Latin-1 character; encode it")
    parts = [f"{name}={_CODING.value_encode(value)[1] if value else ''}"]
    if max_age is not None:
        parts.append(f"Max-Age={int(max_age)}")
    if expires is not None:
        parts.append(f"Expires={_date(name, expires)}")
    for attribute, text in (("Domain", domain), ("Path", path)):
        if text is None:
            continue
        if not _ATTRIBUTE.fullmatch(text):
            raise ValueError(f"cookie {name!r}: {attribute.lower()} {text!r} has a character it cannot have")
        parts.append(f"{attribute}={text}")
    if secure:
        parts.append("Secure")
    if httponly:
        parts.append("HttpOnly")
    if samesite is not None:
        word = _SAME_SITE.get(samesite.lower())
        if word is None:
            raise ValueError(f"cookie {name!r}: samesite must be 'strict', 'lax' or 'none', not {samesite!r}")
        parts.append(f"SameSite={word}")
    return "; ".join(parts)


def _date(name: str, moment: datetime) -> str:
    # Imported when it is needed: the package `email` is a tenth of what `import spikard` takes.
    from email.utils import format_datetime

    if moment.tzinfo is None:
        raise ValueError(f"cookie {name!r}: expires needs a time zone, as in datetime.now(timezone.utc)")
    return format_datetime(moment.astimezone(timezone.utc), usegmt=True)
