"""What clients are told of an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_exchange import FakeExchange
from spikard import HTTPException, RequestValidationError, Response
from spikard._failure import log, reply
from spikard._problem import Problem
from spikard.exceptions import MalformedBody

EXCHANGE = FakeExchange(target="/a?<b>", request_id="0195")


def _problem(error: BaseException, debug: bool = False) -> dict[str, Any]:
    problem = reply(error, EXCHANGE, debug)
    assert isinstance(problem, Problem)
    response = problem.response("0195")
    assert response.headers["content-type"] == "application/problem+json"
    value: dict[str, Any] = json.loads(response.body)
    assert value["status"] == response.status_code == problem.status
    assert value["instance"] == "0195"
    return value


def test_an_http_exception_is_its_problem() -> None:
    assert _problem(HTTPException(404, "gone fishing")) == {
        "type": "https://spikard.dev/errors/not-found",
        "title": "Resource Not Found",
        "status": 404,
        "detail": "gone fishing",
        "instance": "0195",
    }
    assert _problem(HTTPException(404))["detail"] == "Resource Not Found"
    assert _problem(HTTPException(409, {"code": 7}))["detail"] == {"code": 7}


def test_the_log_names_a_request_by_its_id_if_it_has_one(caplog: pytest.LogCaptureFixture) -> None:
    for request_id in ("0195", ""):
        log(ValueError("x"), FakeExchange(target="/a", request_id=request_id), "show (a.py:1)")
    assert [record.getMessage() for record in caplog.records] == [
        "request 0195: GET /a failed in show (a.py:1)",
        "GET /a failed in show (a.py:1)",
    ]


def test_headers_of_an_http_exception() -> None:
    problem = reply(HTTPException(401, headers={"WWW-Authenticate": "Basic"}), EXCHANGE, debug=False)
    assert isinstance(problem, Problem)
    assert problem.headers == [("www-authenticate", "Basic")]


def test_a_redirection_has_no_body() -> None:
    response = reply(HTTPException(307, "go", {"location": "/b"}), EXCHANGE, debug=False)
    assert isinstance(response, Response)
    assert (response.status_code, response.body) == (307, b"")
    assert response.raw_headers == [("location", "/b")]


def test_requests_that_do_not_fit() -> None:
    item = {"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}
    assert _problem(RequestValidationError([item]))["errors"] == [item]
    assert _problem(MalformedBody())["detail"] == "Invalid request format"


def test_all_errors_are_counted_and_a_hundred_listed() -> None:
    item = {"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}
    problem = _problem(RequestValidationError([item] * 101))
    assert (problem["detail"], len(problem["errors"])) == ("101 validation errors in request", 100)


@pytest.mark.parametrize("debug", [False, True])
def test_other_exceptions_show_only_in_debug(debug: bool) -> None:
    problem = _problem(LookupError("secret \ud800"), debug)
    assert ("traceback" in problem) == debug
    assert ("secret" in str(problem)) == debug


def test_browsers_get_a_page_in_debug() -> None:
    exchange = FakeExchange(target="/a?<b>", headers=[("accept", "text/html,*/*")])
    page = reply(LookupError("<secret>"), exchange, debug=True)
    assert isinstance(page, Response)
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert b"LookupError: &lt;secret&gt;" in page.body
    assert b"/a?&lt;b&gt;" in page.body
    assert isinstance(reply(LookupError("secret"), exchange, debug=False), Problem)
