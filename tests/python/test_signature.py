# ruff: noqa: UP006, UP007, UP035, UP045 (the old spellings of types must be understood too)
from __future__ import annotations

import asyncio
import datetime
import functools
import types
import uuid
from collections.abc import Callable
from typing import Annotated, Any, List, Optional, Union

import msgspec
import pytest

from fake_exchange import FakeExchange
from spikard import (
    BackgroundTask,
    JSONResponse,
    Query,
    Request,
    RequestValidationError,
    Spikard,
    StartError,
    register_decoder,
)
from spikard._inject import Dependencies
from spikard._pattern import parse
from spikard._signature import Binding, ManifestParameter, bind
from spikard._urls import Urls
from spikard.di import Provide
from spikard.requests import RouteContext

CONTEXT = RouteContext(Spikard(), (), Urls(()))


def _bind(handler: Callable[..., Any], path: str = "/") -> Binding:
    return bind(handler, parse(path), functools.partial(Request, CONTEXT))


def _parameter(annotation: Any, path: str = "/", default: Any = ...) -> ManifestParameter:
    """Bind `def handler(x: annotation = default)`."""

    def handler(x: Any) -> Any: ...

    handler.__annotations__ = {} if annotation is ... else {"x": annotation}
    handler.__defaults__ = None if default is ... else (default,)
    (parameter,) = _bind(handler, path).parameters
    return parameter


SCALARS = [
    (str, "text"),
    (int, "integer"),
    (float, "number"),
    (bool, "boolean"),
    (uuid.UUID, "uuid"),
    (datetime.date, "date"),
    (datetime.datetime, "datetime"),
]


@pytest.mark.parametrize(("annotation", "value_type"), [*SCALARS, (..., "text"), (Any, "text")])
def test_query_scalars(annotation: Any, value_type: Any) -> None:
    assert _parameter(annotation) == ManifestParameter("x", "x", "query", value_type, False, True)
    assert _parameter(annotation, default=None) == ManifestParameter(
        "x", "x", "query", value_type, False, False
    )


@pytest.mark.parametrize(("annotation", "value_type"), SCALARS)
@pytest.mark.parametrize("wrap", [lambda t: Optional[t], lambda t: t | None, lambda t: Union[None, t]])
def test_query_optional_scalars(wrap: Any, annotation: type, value_type: Any) -> None:
    assert _parameter(wrap(annotation)) == ManifestParameter("x", "x", "query", value_type, False, False)


@pytest.mark.parametrize(
    ("annotation", "value_type", "required"),
    [
        (list[int], "integer", True),
        (List[bool], "boolean", True),
        (list, "text", True),
        (Optional[list[uuid.UUID]], "uuid", False),
        (list[str] | None, "text", False),
    ],
)
def test_query_lists(annotation: Any, value_type: Any, required: bool) -> None:
    assert _parameter(annotation) == ManifestParameter("x", "x", "query", value_type, True, required)


@pytest.mark.parametrize(
    ("path", "annotation", "value_type"),
    [
        ("/{x}", ..., "text"),
        ("/{x}", int, "integer"),
        ("/{x}", Optional[int], "integer"),
        ("/{x:int}", ..., "integer"),
        ("/{x:int}", Any, "integer"),
        ("/{x:int}", int, "integer"),
        ("/{x:int}", str, "text"),
        ("/{x:int}", float, "number"),
        ("/{x:path}", str, "text"),
        ("/{x:uuid}", uuid.UUID, "uuid"),
        ("/{x:datetime}", ..., "datetime"),
    ],
)
def test_path_parameters(path: str, annotation: Any, value_type: Any) -> None:
    assert _parameter(annotation, path) == ManifestParameter("x", "x", "path", value_type, False, True)


class Item(msgspec.Struct):
    name: str


class Special(Request):
    pass


@pytest.mark.parametrize(
    ("path", "annotation", "reason"),
    [
        ("/", Item, "has the type Item, which cannot be read from the query"),
        ("/", Item, "; a GET has a body by Body() only, and Query() takes the fields of a type"),
        ("/", Annotated[str, Query(pattern="(")], "its pattern '(' cannot be read: missing ), unterminated"),
        ("/", Special, "has the type Special: Special is a type that cannot be read from a request"),
        ("/", JSONResponse, "has the type JSONResponse: a handler makes its response and returns it"),
        (
            "/",
            BackgroundTask,
            "has the type BackgroundTask: background.run starts what goes on beside the answer",
        ),
        ("/", Spikard, "has the type Spikard: the application is request.app"),
        ("/", dict, "has the type dict, which cannot be read from the query"),
        ("/", list[Item], "which cannot be read from the query"),
        ("/", list[list[int]], "which cannot be read from the query"),
        ("/", None, "which cannot be read from the query"),
        ("/", "Missing", "its annotation 'Missing' cannot be evaluated: name 'Missing' is not defined"),
        ("/", "list[", "its annotation 'list[' cannot be evaluated"),
        ("/{x}", list[int], "has the type list[int], which cannot be read from the path"),
        ("/{x}", Item, "has the type Item, which cannot be read from the path"),
        ("/{x:int}", uuid.UUID, "has the type UUID, but {x:int} in the path"),
        ("/{x:float}", int, "has the type int, but {x:float} in the path"),
    ],
)
def test_what_cannot_be_bound_is_named(path: str, annotation: Any, reason: str) -> None:
    def handler(x: Any) -> Any: ...

    handler.__annotations__ = {"x": annotation}
    with pytest.raises(StartError) as caught:
        _bind(handler, path)
    message = str(caught.value)
    assert message.startswith(f"handler ({__file__}:{handler.__code__.co_firstlineno}): parameter 'x'")
    assert reason in message


def anything(*args: Any, **options: Any) -> None: ...


def keywords(**options: Any) -> None: ...


def positional(x: int, /) -> None: ...


def two_requests(request: Request, other: Request) -> None: ...


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (anything, "parameter '*args' takes anything; does a decorator lack functools.wraps?"),
        (keywords, "parameter '**options' takes anything"),
        (positional, "parameter 'x' is positional-only"),
        (two_requests, "parameter 'other' is a second one for the request, after 'request'"),
    ],
)
def test_signatures_that_cannot_be_called(handler: Callable[..., Any], reason: str) -> None:
    with pytest.raises(StartError) as caught:
        _bind(handler)
    assert reason in str(caught.value)


def test_a_return_annotation_is_not_evaluated() -> None:
    def handler(q: str) -> Missing: ...  # type: ignore[name-defined]  # noqa: F821

    assert len(_bind(handler).parameters) == 1


@pytest.mark.parametrize(
    "source",
    ["request", "req", "request: Any", "anything: Request", "anything: 'Request'"],
)
def test_the_request_by_name_or_type(source: str) -> None:
    scope = {"Any": Any, "Request": Request}
    exec(f"def handler({source}): return {source.split(':')[0]}", scope)
    binding = _bind(scope["handler"])
    exchange = FakeExchange(target="/here")
    assert binding.parameters == ()
    assert binding.wants_request == source.split(":")[0]
    assert binding.call(exchange).path == "/here"


def test_a_typed_parameter_named_request_is_a_query_parameter() -> None:
    def handler(request: str) -> str:
        return request

    assert _bind(handler).parameters == (
        ManifestParameter("request", "request", "query", "text", False, True),
    )


def test_the_path_stands_before_the_name_request() -> None:
    def handler(request) -> Any:  # type: ignore[no-untyped-def]
        return request

    binding = _bind(handler, "/{request}")
    assert binding.parameters == (ManifestParameter("request", "request", "path", "text", False, True),)


def test_parameters_come_in_the_order_of_the_signature() -> None:
    def handler(q: int, id: int, request: Request, *, r: str = "") -> None: ...

    assert [p.name for p in _bind(handler, "/{id}").parameters] == ["q", "id", "r"]


def test_call_without_anything() -> None:
    assert _bind(lambda: 1).call(FakeExchange()) == 1


def test_a_list_that_is_a_default_is_new_for_each_call() -> None:
    def handler(plain: list[int] = [], marked: list[int] = Query([1])) -> Any:  # noqa: B006, B008
        plain.append(1)
        marked.append(2)
        return plain, marked

    call = _bind(handler).call
    for _ in range(2):
        assert call(FakeExchange(arguments=b"{}")) == ([1], [1, 2])
    assert call(FakeExchange(arguments=b'{"plain":[5]}')) == ([5, 1], [1, 2])


def test_call_with_arguments_defaults_and_blanks() -> None:
    def handler(
        id: int,
        day: datetime.date,
        ratio: float,
        q: str | None,
        limit: int = 10,
        tags: list[str] = ["all"],  # noqa: B006
        late: bool | None = True,
    ) -> Any:
        return id, day, ratio, q, limit, tags, late

    call = _bind(handler, "/{id}").call
    day = datetime.date(2024, 2, 29)
    arguments = b'{"id":42,"day":"2024-02-29","ratio":1}'
    result = call(FakeExchange(arguments=arguments))
    assert result == (42, day, 1.0, None, 10, ["all"], True)
    assert type(result[2]) is float
    arguments = b'{"id":1,"day":"2024-02-29","ratio":0.5,"q":"x","limit":0,"tags":[],"late":false}'
    assert call(FakeExchange(arguments=arguments)) == (1, day, 0.5, "x", 0, [], False)


def test_call_with_request_and_arguments() -> None:
    def handler(id: int, request: Request, q: str | None) -> Any:
        return id, request.method, q

    assert _bind(handler, "/{id}").call(FakeExchange(method="HEAD", arguments=b'{"id":7}')) == (
        7,
        "HEAD",
        None,
    )


def test_call_of_an_async_handler_gives_the_coroutine() -> None:
    async def handler(id: int) -> int:
        return id

    coroutine = _bind(handler, "/{id}").call(FakeExchange(arguments=b'{"id":7}'))
    assert isinstance(coroutine, types.CoroutineType)
    assert asyncio.run(coroutine) == 7


def test_call_with_datetimes_as_browsers_send_them() -> None:
    def handler(at: datetime.datetime, n: int, all: list[datetime.datetime]) -> Any:
        return at, n, all

    arguments = b'{"at":"2024-01-02T03:04","n":123456789012345678901234567890,"all":["2024-01-02 03:04Z"]}'
    moment = datetime.datetime(2024, 1, 2, 3, 4)
    expected = (moment, 123456789012345678901234567890, [moment.replace(tzinfo=datetime.timezone.utc)])
    assert _bind(handler).call(FakeExchange(arguments=arguments)) == expected


@pytest.mark.parametrize("blank", [False, True])
def test_what_only_python_can_judge_is_reported_together(blank: bool) -> None:
    def handler(id: int, day: datetime.date, days: list[datetime.date], q: str = "") -> None: ...

    def with_blank(id: int, day: datetime.date, days: list[datetime.date], q: str | None) -> None: ...

    call = _bind(with_blank if blank else handler, "/{day}").call
    arguments = b'{"id":1,"day":"2023-02-29","days":["2024-01-01","2024-02-30"]}'
    with pytest.raises(RequestValidationError) as caught:
        call(FakeExchange(arguments=arguments))
    assert [(e["type"], e["loc"], e["input"]) for e in caught.value.errors] == [
        ("value_error", ["path", "day"], "2023-02-29"),
        ("value_error", ["query", "days", "1"], "2024-02-30"),
    ]
    assert all("date" in e["msg"] for e in caught.value.errors)


def test_the_input_of_a_parameter_is_its_text() -> None:
    class Even(int):
        def __new__(cls, value: int) -> Even:
            if value % 2:
                raise ValueError("odd")
            return super().__new__(cls, value)

    def decode(type_: Any, value: Any) -> Any:
        if type_ is not Even:
            raise NotImplementedError
        return Even(value)

    def handler(n: Even) -> None: ...

    handler.__annotations__["n"] = Even
    register_decoder(decode)
    with pytest.raises(RequestValidationError) as caught:
        _bind(handler).call(FakeExchange(arguments=b'{"n":5}'))
    (error,) = caught.value.errors
    assert (error["loc"], error["msg"], error["input"]) == (["query", "n"], "odd", "5")


def test_a_validation_error_of_the_handler_itself_stays_one() -> None:
    def handler(q: str) -> None:
        msgspec.convert(q, int)

    with pytest.raises(msgspec.ValidationError):
        _bind(handler).call(FakeExchange(arguments=b'{"q":"x"}'))


def test_methods_partials_and_wrapped_functions() -> None:
    class Users:
        def show(self, id: int, q: str = "none") -> Any:
            return id, q

    @functools.wraps(Users.show)
    def wrapped(*args: Any, **options: Any) -> Any:
        return ("wrapped", Users.show(Users(), *args, **options))

    exchange = FakeExchange(arguments=b'{"id":1}')
    assert _bind(Users().show, "/{id}").call(exchange) == (1, "none")
    partial = _bind(functools.partial(Users().show, q="set"), "/{id}")
    assert partial.call(exchange) == (1, "set")
    del wrapped.__wrapped__.__annotations__["return"]
    bound = functools.wraps(Users().show)(lambda **options: ("wrapped", options))
    assert _bind(bound, "/{id}").call(exchange) == ("wrapped", {"id": 1})


def connect() -> None: ...


HERE = Provide(4)


def test_parameters_that_dependencies_fill() -> None:
    dependencies = Dependencies({dict: Provide(1), "id": Provide(2), "request": Provide(3)}, {})

    def handler(
        id: int, db: dict[str, int], made: Annotated[int, Provide(connect)], request: Any, also: Any = HERE
    ) -> None: ...

    handler.__annotations__["db"] = dict
    binding = bind(handler, parse("/{id:int}"), functools.partial(Request, CONTEXT), dependencies)
    assert [parameter.name for parameter in binding.parameters] == ["id"]
    assert binding.wants_request == "request"
    assert {name: found.provide.dependency for name, found in binding.injected.items()} == {
        "db": 1,
        "made": connect,
        "also": 4,
    }
    assert binding.arguments
    assert binding.arguments(FakeExchange(arguments=b'{"id": 5}')) == {"id": 5}
