from __future__ import annotations

from spikard import ConfigError, RequestValidationError, StartError


def test_a_bad_setting_is_a_value_error_that_stops_the_start() -> None:
    assert issubclass(ConfigError, StartError)
    assert issubclass(ConfigError, ValueError)


def test_validation_errors_are_counted() -> None:
    error = {"type": "value_error", "loc": ["query", "day"], "msg": "Invalid date", "input": "2024-02-30"}
    assert str(RequestValidationError([error])) == "1 validation error in request"
    assert str(RequestValidationError([error, error])) == "2 validation errors in request"
    assert RequestValidationError([error]).errors == [error]
