from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
import pytest

import spikard
from fake_exchange import FakeExchange
from spikard import Provide, Request, ServerConfig, Spikard, StartError
from spikard._manifest import Manifest, ManifestParameter, ManifestRoute, build


def _build(app: Spikard, **config: Any) -> tuple[Manifest, Any]:
    return build(app, ServerConfig(**config))


def test_the_program_on_the_front_page() -> None:
    app = Spikard()

    @spikard.get("/")
    async def root() -> dict[str, str]:
        return {"message": "Hello"}

    manifest, (bound,) = _build(app)
    assert manifest == Manifest(
        routes=(
            ManifestRoute(
                "http",
                "GET",
                "/",
                "root",
                (),
                takes_body=False,
                response_schema='{"type":"object","additionalProperties":{"type":"string"}}',
            ),
        ),
        max_body_size=10 * 1024 * 1024,
        request_timeout_ms=30_000,
        max_json_depth=128,
        request_ids=True,
    )
    assert (bound.handler, bound.is_async, bound.status_code, bound.route) == (root, True, 200, app.routes[0])
    assert asyncio.run(bound.call(FakeExchange())) == {"message": "Hello"}


def test_routes_and_bound_routes_have_one_order() -> None:
    app = Spikard()

    @app.route("/{id:int}", methods=["PUT", "DELETE"], status_code=202)
    def change(id: int, request: Request) -> Any:
        return id, request.path_params, request.url_for("change", id=id), request.app

    @app.post("/", name="make", status_code=201, idempotent="key", max_body_size=5)
    async def create() -> None: ...

    manifest, bound = _build(app)
    assert [(r.method, r.path, r.name, r.takes_body) for r in manifest.routes] == [
        ("PUT", "/{id:int}", "change", True),
        ("DELETE", "/{id:int}", "change", True),
        ("POST", "/", "make", False),
    ]
    assert [(b.handler, b.is_async, b.status_code) for b in bound] == [
        (change, False, 202),
        (change, False, 202),
        (create, True, 201),
    ]
    assert manifest.routes[0].parameters == (ManifestParameter("id", "id", "path", "integer", False, True),)
    assert (manifest.routes[2].idempotence, manifest.routes[2].max_body_size) == ("by_key", 5)
    exchange = FakeExchange(path_parameters=["7"], arguments=b'{"id":7}')
    assert bound[0].call(exchange) == (7, {"id": 7}, "http://example.org/7", app)


@pytest.mark.parametrize(
    ("idempotent", "idempotence"),
    [(None, "by_method"), (True, "always"), (False, "never"), ("key", "by_key")],
)
def test_idempotence(idempotent: Any, idempotence: str) -> None:
    app = Spikard()
    app.get("/", idempotent=idempotent)(lambda: None)
    assert _build(app)[0].routes[0].idempotence == idempotence


def test_body_limits() -> None:
    app = Spikard()
    app.get("/application")(lambda: None)
    app.get("/own", max_body_size=7)(lambda: None)
    app.get("/none", max_body_size=None)(lambda: None)
    manifest, _ = _build(app, max_body_size=None)
    assert manifest.max_body_size == 0
    assert [route.max_body_size for route in manifest.routes] == [0, 7, 2**64 - 1]


def test_who_reads_its_body_as_a_stream() -> None:
    app = Spikard()

    @app.post("/request")
    async def request(request: Request) -> None: ...

    @app.post("/none")
    async def none() -> None: ...

    @app.post("/declared")
    async def declared(body: dict[str, int], request: Request) -> None: ...

    @app.post("/schema", body_schema={"type": "object"})
    async def schema(request: Request) -> None: ...

    @app.post("/thread")
    def thread(request: Request) -> None: ...

    @app.post("/injected", dependencies=[Provide(request)])
    async def injected() -> None: ...

    manifest, bound = _build(app)
    assert [route.name for route in manifest.routes if route.streams_body] == ["request", "injected"]
    assert [route.streams_body for route in bound] == [route.streams_body for route in manifest.routes]


def test_request_ids() -> None:
    assert _build(Spikard(), enable_request_id=False)[0] == Manifest(
        (), 10 * 1024 * 1024, 30_000, request_ids=False, max_json_depth=128
    )


def test_equal_applications_have_equal_manifests() -> None:
    def declare() -> Spikard:
        app = Spikard()

        @app.get("/{id}")
        async def show(id: int, q: str = "") -> None: ...

        return app

    assert _build(declare())[0] == _build(declare())[0]


def one() -> None: ...


def two() -> None: ...


@pytest.mark.parametrize(
    "paths", [("/a", "/a"), ("/{x}", "/{y}"), ("/{x}", "/{y:str}"), ("/{x:int}", "/{y:int}")]
)
def test_a_route_defined_twice_names_both_functions(paths: tuple[str, str]) -> None:
    app = Spikard()
    app.get(paths[0])(one)
    app.get(paths[1])(two)
    with pytest.raises(StartError) as caught:
        _build(app)
    message = str(caught.value)
    assert f"GET {paths[1]} is defined twice" in message
    assert f"one ({__file__}:{one.__code__.co_firstlineno})" in message
    assert f"two ({__file__}:{two.__code__.co_firstlineno})" in message


def test_a_route_of_the_default_router_defined_again() -> None:
    app = Spikard()
    spikard.get("/a")(one)
    app.get("/a")(two)
    with pytest.raises(StartError, match="GET /a is defined twice"):
        _build(app)


def test_functions_may_share_a_name_and_paths_may_share_methods() -> None:
    app = Spikard()
    for path in ("/a", "/b", "/{x}", "/{x:int}", "/a/"):
        app.get(path)(lambda: None)
        app.post(path)(lambda: None)
    assert len(_build(app)[0].routes) == 10


def test_what_cannot_be_bound_stops_the_start() -> None:
    app = Spikard()

    @app.get("/")
    async def create(item: dict[str, int]) -> None: ...

    with pytest.raises(
        StartError, match=r"create \(.*test_manifest.py:\d+\): parameter 'item' has the type dict"
    ):
        _build(app)


def test_a_name_of_the_path_that_is_misspelt_is_told(caplog: pytest.LogCaptureFixture) -> None:
    app = Spikard()

    @app.get("/users/{user_id}")
    async def misspelt(userid: int) -> None: ...

    @app.get("/tenants/{tenant_id}/{other}")
    async def read_elsewhere(tenant_id: int, tenant_ids: list[int], limit: int = 3) -> None: ...

    with caplog.at_level("WARNING", "spikard"):
        _build(app)
    (told,) = (record.getMessage() for record in caplog.records)
    assert told.endswith("): 'userid' is read from the query, and nothing takes {user_id} of the path")
    assert told.startswith("misspelt (")


def test_types_that_were_made_in_the_function_that_declares() -> None:
    class Item(msgspec.Struct):
        name: str

    word_type = Literal["a", "b"]
    app = Spikard()

    async def limit(most: Annotated[int, size]) -> int:
        return most

    size = msgspec.Meta(ge=3)
    app.provide("limit", Provide(limit))

    @app.post("/")
    async def create(item: Item, word: word_type, limit: int) -> Item: ...

    @app.on_request
    async def hook(first: word_type) -> None: ...

    (route,) = _build(app)[0].routes
    assert '"Item"' in route.body_schema
    assert '"Item"' in route.response_schema
    assert {parameter.name: parameter.schema for parameter in route.parameters} == {
        "word": '{"enum":["a","b"]}',
        "most": '{"type":"integer","minimum":3}',
        "first": '{"enum":["a","b"]}',
    }


def test_deadlines() -> None:
    app = Spikard()
    app.get("/application")(lambda: None)
    app.get("/own", timeout=0.25)(lambda: None)
    app.get("/none", timeout=None)(lambda: None)
    manifest, _ = _build(app, request_timeout=1.5)
    assert manifest.request_timeout_ms == 1500
    assert [route.timeout_ms for route in manifest.routes] == [0, 250, 2**32 - 1]
    assert _build(app, request_timeout=None)[0].request_timeout_ms == 0
