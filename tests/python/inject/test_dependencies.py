from __future__ import annotations

import functools
import inspect
from typing import Annotated, Any

import pytest

from spikard._inject import Dependencies
from spikard.di import Provide

NONE = inspect.Parameter.empty


class Database:
    pass


def connect() -> Database:
    return Database()


def other() -> Database:
    return Database()


def dependencies(provided: dict[Any, Any] | None = None, **overrides: Any) -> Dependencies:
    return Dependencies(provided or {}, overrides)


def test_by_type_before_by_name() -> None:
    found = dependencies({Database: Provide(connect), "db": Provide(1)})
    by_type = found.by_key(Database)
    assert by_type
    for annotation in (Database, Database | None, Annotated[Database, "more"]):
        assert found.dependency_for(annotation, "db", NONE) is by_type
    assert found.dependency_for(int, "db", NONE) is found.by_key("db")
    assert found.dependency_for(list[Any], "other", NONE) is None


def test_in_place_before_all_else() -> None:
    found = dependencies({Database: Provide(1)})
    marked = found.dependency_for(Annotated[Database, Provide(connect)], "db", NONE)
    assert marked
    assert marked.provide.dependency is connect
    assert found.dependency_for(Database, "x", Provide(connect)) is marked
    assert found.dependency_for(Database, "x", Provide(connect, singleton=True)) is not marked
    assert found.dependency_for(Database, "x", Provide(connect, use_cache=False)) is not marked
    assert found.dependency_for(Annotated[Database, Provide(other)], "db", NONE) is not marked


@pytest.mark.parametrize("marker", [Provide(), Provide])
def test_the_annotation_says_what_is_made(marker: Any) -> None:
    found = dependencies().dependency_for(Annotated[Database, marker], "db", NONE)
    assert found
    assert found.provide.dependency is Database


def test_values_in_place_are_told_apart() -> None:
    found = dependencies()
    one, two = Provide([]), Provide([])
    assert found.of(one) is found.of(one)
    assert found.of(one) is not found.of(two)


def test_overrides_by_key_and_by_function() -> None:
    provided = {"a": Provide(1), "b": Provide(connect)}
    found = Dependencies(provided, {"a": Provide(2), "new": Provide(3), connect: Provide(4)})
    values = {
        key: dependency.provide.dependency for key in ("a", "b", "new") if (dependency := found.by_key(key))
    }
    assert values == {"a": 2, "b": 4, "new": 3}
    assert found.of(Provide(connect)).provide.dependency == 4


class Callable:
    def __call__(self) -> None: ...


@pytest.mark.parametrize("made", [connect, Database, functools.partial(Callable()), [].append, len])
def test_functions_and_classes_are_called(made: Any) -> None:
    assert Provide(made).is_called


@pytest.mark.parametrize("value", [Callable(), 1, "text", None, object()])
def test_other_objects_are_values(value: Any) -> None:
    assert not Provide(value).is_called


def test_provide_is_immutable_and_checked() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Provide(1).singleton = True
    with pytest.raises(TypeError, match="depends_on"):
        Provide(1, depends_on=[1])  # type: ignore[list-item]
    assert Provide(1, depends_on="db").depends_on == ("db",)


def test_places_name_function_and_line() -> None:
    found = dependencies({"db": Provide(connect), "n": Provide(1)})
    by_name = found.by_key("db")
    assert by_name
    assert by_name.place.startswith("connect (")
    value = found.by_key("n")
    assert value
    assert value.place == "the value of 'n'"
