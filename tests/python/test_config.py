from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from spikard import ConfigError, ServerConfig
from spikard.config import BackgroundTaskConfig, resolve


def _resolve(
    *configs: ServerConfig | None, environment: dict[str, str] | None = None, **arguments: Any
) -> Any:
    app_config, run_config = (*configs, None, None)[:2]
    return resolve(app_config, run_config, environment=environment or {}, **arguments)


def test_defaults() -> None:
    assert ServerConfig().to_dict() == {
        "host": "127.0.0.1",
        "port": 8000,
        "workers": 1,
        "supervise": None,
        "worker_threads": 40,
        "enable_request_id": True,
        "max_body_size": 10 * 1024 * 1024,
        "request_timeout": 30.0,
        "max_uri_length": 16 * 1024,
        "max_header_size": 64 * 1024,
        "max_json_depth": 128,
        "keep_alive": 75.0,
        "shutdown_timeout": 30.0,
        "lameduck": 0.0,
        "log_level": "info",
        "background_tasks": {
            "max_queue_size": 1024,
            "max_concurrent_tasks": 128,
            "drain_timeout_secs": 30.0,
        },
        "debug": False,
    }
    assert _resolve() == ServerConfig()


def test_copy_differs_in_the_named_fields_only() -> None:
    config = ServerConfig(port=1)
    other = config.copy(host="::1")
    assert other == ServerConfig(port=1, host="::1")
    assert other.given() == {"port": 1, "host": "::1"}
    assert config == ServerConfig(port=1)


def test_a_configuration_is_immutable_and_survives_copies() -> None:
    config = ServerConfig(port=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.port = 2  # type: ignore[misc]
    for twin in (copy.deepcopy(config), pickle.loads(pickle.dumps(config))):
        assert twin == config
        assert twin.given() == {"port": 1}


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("host", "", "a host name or address"),
        ("host", "a b", "a host name or address"),
        ("host", None, "a host name or address"),
        ("port", -1, "a whole number from 0 to 65535"),
        ("port", 65536, "a whole number from 0 to 65535"),
        ("port", "8000", "a whole number from 0 to 65535"),
        ("port", True, "a whole number from 0 to 65535"),
        ("port", 80.0, "a whole number from 0 to 65535"),
        ("workers", 0, "a whole number from 1"),
        ("worker_threads", 0, "a whole number from 1"),
        ("enable_request_id", 1, "True or False"),
        ("max_body_size", 0, "a whole number from 1, or None"),
        ("request_timeout", 0, "seconds above 0, or None"),
        ("keep_alive", -0.1, "seconds, 0 or more"),
        ("keep_alive", float("nan"), "seconds, 0 or more"),
        ("shutdown_timeout", float("inf"), "seconds, 0 or more"),
        ("log_level", "loud", "one of debug info warning error critical"),
    ],
)
def test_bad_fields_are_named(field: str, value: Any, rule: str) -> None:
    expected = f"{field} must be {rule}, not {value!r}"
    with pytest.raises(ConfigError) as caught:
        ServerConfig(**{field: value})
    assert str(caught.value) == expected
    if value is not None:
        with pytest.raises(ConfigError) as caught:
            _resolve(**{field: value})
        assert str(caught.value) == expected


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(TypeError, match="prot"):
        ServerConfig(prot=1)  # type: ignore[call-arg]


def test_each_field_comes_from_its_first_source() -> None:
    environment = {
        "SPIKARD_HOST": "env",
        "SPIKARD_PORT": "1",
        "SPIKARD_WORKERS": "2",
        "SPIKARD_LOG_LEVEL": "error",
    }
    config = _resolve(
        ServerConfig(port=3, workers=3, keep_alive=3),
        ServerConfig(workers=4, keep_alive=4.5),
        environment=environment,
        workers=5,
        host=None,
    )
    assert (config.host, config.log_level) == ("env", "error")
    assert config.port == 3
    assert config.keep_alive == 4.5
    assert config.workers == 5
    assert config.shutdown_timeout == 30.0


def test_a_default_that_was_given_stands_before_variables() -> None:
    assert _resolve(ServerConfig(port=8000), environment={"SPIKARD_PORT": "1"}).port == 8000
    assert (
        _resolve(ServerConfig(max_body_size=None), environment={"SPIKARD_MAX_BODY_SIZE": "1"}).max_body_size
        is None
    )


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("SPIKARD_HOST", "::", "host", "::"),
        ("SPIKARD_PORT", "0", "port", 0),
        ("SPIKARD_WORKERS", " 4 ", "workers", 4),
        ("SPIKARD_WORKER_THREADS", "8", "worker_threads", 8),
        ("SPIKARD_ENABLE_REQUEST_ID", "off", "enable_request_id", False),
        ("SPIKARD_MAX_BODY_SIZE", "1024", "max_body_size", 1024),
        ("SPIKARD_MAX_BODY_SIZE", "none", "max_body_size", None),
        ("SPIKARD_KEEP_ALIVE", "2.5", "keep_alive", 2.5),
        ("SPIKARD_SHUTDOWN_TIMEOUT", "0", "shutdown_timeout", 0.0),
        ("SPIKARD_LOG_LEVEL", "DEBUG", "log_level", "debug"),
        ("SPIKARD_PORT", "", "port", 8000),
    ],
)
def test_every_field_has_a_variable(name: str, text: str, field: str, value: object) -> None:
    assert getattr(_resolve(environment={name: text}), field) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SPIKARD_PORT", "http"),
        ("SPIKARD_PORT", "65536"),
        ("SPIKARD_WORKERS", "0"),
        ("SPIKARD_ENABLE_REQUEST_ID", "maybe"),
        ("SPIKARD_KEEP_ALIVE", "nan"),
        ("SPIKARD_LOG_LEVEL", "loud"),
    ],
)
def test_bad_variables_are_named(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} must be .*{text}"):
        _resolve(environment={name: text})


def test_variables_come_from_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPIKARD_PORT", "1234")
    assert resolve(None, None).port == 1234


def test_background_tasks_from_a_variable() -> None:
    name = "SPIKARD_BACKGROUND_TASKS"
    config = _resolve(environment={name: '{"max_queue_size": 7}'}).background_tasks
    assert config == BackgroundTaskConfig(max_queue_size=7)
    for text in ("7", "{", '{"size": 7}'):
        with pytest.raises(ConfigError, match="must be a BackgroundTaskConfig"):
            _resolve(environment={name: text})
    with pytest.raises(ConfigError, match=r"background_tasks\.max_queue_size must be"):
        _resolve(environment={name: '{"max_queue_size": 0}'})
