from __future__ import annotations

import pytest

from spikard import ConfigError, HTTPException, RequestValidationError, StartError


def test_a_bad_setting_is_a_value_error_that_stops_the_start() -> None:
    assert issubclass(ConfigError, StartError)
    assert issubclass(ConfigError, ValueError)


def test_validation_errors_are_counted() -> None:
    error = {"type": "value_error", "loc": ["query", "day"], "msg": "Invalid date", "input": "2024-02-30"}
    assert str(RequestValidationError([error])) == "1 validation error in request"
    assert str(RequestValidationError([error, error])) == "2 validation errors in request"
    assert RequestValidationError([error]).errors == [error]


def test_an_http_exception_has_a_status_of_an_answer() -> None:
    error = HTTPException(404, "no such user", {"x-a": "1"})
    assert (error.status_code, error.detail, error.headers) == (404, "no such user", {"x-a": "1"})
    assert str(error) == "404: no such user"
    assert str(HTTPException(503)) == "503"
    for status in (200, 299, 600, "404"):
        with pytest.raises(ValueError, match="300 to 599"):
            HTTPException(status)  # type: ignore[arg-type]
