"""Configuration: dataclasses, all fields optional, checked when they are made.

Every setting comes from the first of: an argument of `app.run()`, its `config=`, `Spikard(config)`, the
variable `SPIKARD_` plus the field's name in capitals, the default. This goes field by field: a configuration
object decides only the fields that it was given.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from spikard._scalars import read_boolean
from spikard.exceptions import ConfigError

# Seconds that a task may take to end once it was cancelled; one that goes on is nothing to wait for.
CANCELLED_WITHIN = 5.0

_LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True, slots=True)
class _Kind:
    expected: str
    accepts: Callable[[Any], bool]
    read: Callable[[str], Any]

    def check(self, name: str, value: object) -> None:
        if not self.accepts(value):
            raise ConfigError(f"{name} must be {self.expected}, not {value!r}")


def _is_number(value: object, *types: type) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _whole(low: int, high: int | None = None) -> _Kind:
    expected = f"a whole number from {low}" + (f" to {high}" if high is not None else "")
    return _Kind(expected, lambda v: _is_number(v, int) and low <= v and (high is None or v <= high), int)


def _or_none(kind: _Kind) -> _Kind:
    def read(text: str) -> Any:
        return None if text.lower() == "none" else kind.read(text)

    return _Kind(f"{kind.expected}, or None", lambda v: v is None or kind.accepts(v), read)


_SECONDS = _Kind("seconds, 0 or more", lambda v: _is_number(v, int, float) and 0 <= v < 1e9, float)
_DEADLINE = _Kind("seconds above 0", lambda v: _is_number(v, int, float) and 0 < v < 1e6, float)
_SWITCH = _Kind("True or False", lambda v: isinstance(v, bool), read_boolean)
_HOST = _Kind("a host name or address", lambda v: isinstance(v, str) and v.split() == [v], str)
_LEVEL = _Kind(f"one of {' '.join(_LOG_LEVELS)}", lambda v: v in _LOG_LEVELS, str.lower)


@dataclass(frozen=True, kw_only=True, slots=True)
class BackgroundTaskConfig:
    """How much work may go on after the answers, in each worker.

    Attributes:
        max_queue_size: how much may wait; what is more is refused.
        max_concurrent_tasks: how much runs at once.
        drain_timeout_secs: how long it may take to finish when the server stops.

    Raises:
        ConfigError: a field has a value that it cannot have.
    """

    max_queue_size: int = field(default=1024, metadata={"kind": _whole(1)})
    max_concurrent_tasks: int = field(default=128, metadata={"kind": _whole(1)})
    drain_timeout_secs: float = field(default=30.0, metadata={"kind": _SECONDS})

    def __post_init__(self) -> None:
        for item in fields(self):
            item.metadata["kind"].check(f"background_tasks.{item.name}", getattr(self, item.name))


def _read_background_tasks(text: str) -> BackgroundTaskConfig:
    try:
        return BackgroundTaskConfig(**json.loads(text))
    except TypeError as error:
        raise ValueError(text) from error


_BACKGROUND_TASKS = _Kind(
    "a BackgroundTaskConfig, as text a JSON object of its fields",
    lambda v: isinstance(v, BackgroundTaskConfig),
    _read_background_tasks,
)


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """How an application is served. Immutable; `copy` makes another.

    Attributes:
        host: the address to listen on.
        port: the TCP port; 0 picks a free one and says which.
        workers: how many processes run the application.
        supervise: whether a process without the application starts the workers, and again when they die; None: only
            if there are several.
        worker_threads: how many `def` handlers a worker runs at once.
        enable_request_id: whether responses carry an `x-request-id`.
        max_body_size: of a request, in bytes; None is no limit.
        request_timeout: seconds from a request read to the first byte of its response; None is no limit.
        max_uri_length: of a request line, in bytes.
        max_header_size: of a request's header section, in bytes.
        max_json_depth: how many arrays and objects may be open at once in a JSON body.
        keep_alive: how long a silent connection is kept for another request, in seconds.
        shutdown_timeout: how long requests may take to finish when the server stops, in seconds.
        lameduck: how long the server goes on answering before that, with `/readyz` saying 503, in seconds.
        log_level: debug, info, warning, error or critical.
        background_tasks: how much work may go on after the answers.
        debug: whether clients are shown the traceback of what a handler raises; never where others can ask.

    Raises:
        ConfigError: a field has a value that it cannot have.
    """

    host: str = field(default="127.0.0.1", metadata={"kind": _HOST})
    port: int = field(default=8000, metadata={"kind": _whole(0, 65535)})
    workers: int = field(default=1, metadata={"kind": _whole(1)})
    supervise: bool | None = field(default=None, metadata={"kind": _or_none(_SWITCH)})
    worker_threads: int = field(default=40, metadata={"kind": _whole(1)})
    enable_request_id: bool = field(default=True, metadata={"kind": _SWITCH})
    max_body_size: int | None = field(default=10 * 1024 * 1024, metadata={"kind": _or_none(_whole(1))})
    request_timeout: float | None = field(default=30.0, metadata={"kind": _or_none(_DEADLINE)})
    max_uri_length: int = field(default=16 * 1024, metadata={"kind": _whole(1, 1_000_000)})
    max_header_size: int = field(default=64 * 1024, metadata={"kind": _whole(1, 1_000_000)})
    max_json_depth: int = field(default=128, metadata={"kind": _whole(1)})
    keep_alive: float = field(default=75.0, metadata={"kind": _SECONDS})
    shutdown_timeout: float = field(default=30.0, metadata={"kind": _SECONDS})
    lameduck: float = field(default=0.0, metadata={"kind": _SECONDS})
    log_level: str = field(default="info", metadata={"kind": _LEVEL})
    background_tasks: BackgroundTaskConfig = field(
        default=BackgroundTaskConfig(), metadata={"kind": _BACKGROUND_TASKS}
    )
    debug: bool = field(default=False, metadata={"kind": _SWITCH})

    def __new__(cls, **given: Any) -> ServerConfig:
        """Remember which fields are given: only they stand before variables and defaults."""
        self = super().__new__(cls)
        object.__setattr__(self, "_given", tuple(given))
        return self

    def __post_init__(self) -> None:
        for item in fields(self):
            item.metadata["kind"].check(item.name, getattr(self, item.name))

    def given(self) -> dict[str, Any]:
        """Give the fields that were named when the object was made."""
        names: tuple[str, ...] = getattr(self, "_given", ())
        return {name: getattr(self, name) for name in names}

    def copy(self, **updates: Any) -> ServerConfig:
        """Make a configuration that differs in these fields.

        Raises:
            ConfigError: a field has a value that it cannot have.
        """
        return ServerConfig(**{**self.given(), **updates})

    def time_to_stop(self) -> float:
        """Give the seconds that a front end may take to leave once it is told to."""
        return self.lameduck + self.shutdown_timeout

    def time_to_finish(self) -> float:
        """Give the seconds that a worker may take after its last request, for background work and its lifespan."""
        return self.background_tasks.drain_timeout_secs + self.shutdown_timeout + CANCELLED_WITHIN

    def to_dict(self) -> dict[str, Any]:
        """Give all fields with their values."""
        return asdict(self)


def resolve(
    app_config: ServerConfig | None,
    run_config: ServerConfig | None,
    *,
    environment: Mapping[str, str] = os.environ,
    **arguments: Any,
) -> ServerConfig:
    """Settle every field from its first source.

    Args:
        app_config: of `Spikard(config)`.
        run_config: of `app.run(config=...)`.
        environment: the variables.
        arguments: of `app.run()`; None is not given.

    Raises:
        ConfigError: a field or variable has a value that it cannot have.
    """
    settled = _variables(environment)
    for config in (app_config, run_config):
        settled.update(config.given() if config else {})
    settled.update((name, value) for name, value in arguments.items() if value is not None)
    return ServerConfig(**settled)


def _variables(environment: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for item in fields(ServerConfig):
        name = f"SPIKARD_{item.name.upper()}"
        text = environment.get(name, "").strip()
        if not text:
            continue
        kind: _Kind = item.metadata["kind"]
        try:
            value = kind.read(text)
        except ConfigError:
            raise
        except ValueError:
            raise ConfigError(f"{name} must be {kind.expected}, not {text!r}") from None
        kind.check(name, value)
        values[item.name] = value
    return values
