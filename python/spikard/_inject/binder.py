"""The functions of one route, bound together: what they read of the request, and which dependencies they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from spikard import _handler
from spikard._inject import roles, verdict
from spikard._inject.scope import MISSING, Exit, Scope
from spikard._inject.steps import Step, in_order
from spikard._signature import ManifestParameter, bind
from spikard._signature.reads import Reads
from spikard.exceptions import StartError

if TYPE_CHECKING:
    from spikard._inject.dependencies import Dependencies, Dependency
    from spikard._inject.roles import Kind, Role
    from spikard._pattern import Segment
    from spikard._types import Walk
    from spikard._worker.services import Services
    from spikard.di import Provide
    from spikard.requests import Request

Flow = Literal["async", "sync", "async generator", "generator"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A function of the application, ready to be called in a scope.

    Attributes:
        function: as it was written.
        flow: what calling it gives.
        fill: gives its keyword arguments but those of `roles`.
        roles: which parameters get what its kind brings, without the request.
        steps: what has to be made before it, in order.
    """

    function: Callable[..., Any]
    flow: Flow
    fill: Callable[[Scope], dict[str, Any]]
    roles: Mapping[str, Role]
    steps: tuple[Step, ...]

    @property
    def place(self) -> str:
        """The function with file and line, for messages."""
        return _handler.place(self.function)

    def call(self, scope: Scope, given: Mapping[str, Any]) -> Any:
        """Call the function with all its arguments; `given` by role."""
        arguments = self.fill(scope)
        for name, role in self.roles.items():
            arguments[name] = given[role]
        return self.function(**arguments)


class Binder:
    """Binds the functions of one route, one after the other in the order in which they run; or those of a worker."""

    def __init__(
        self,
        segments: tuple[Segment, ...],
        make_request: Callable[[Any], Request] | None,
        dependencies: Dependencies,
        services: Services,
        *,
        verdicts: bool = False,
        method: str = "GET",
        walk: Walk | None = None,
    ) -> None:
        """Begin without a function.

        Args:
            segments: the route's path.
            make_request: of an exchange; None for what is called without one.
            dependencies: of the application.
            services: of the worker.
            verdicts: whether requests may come that do not fit the route.
            method: of the route.
            walk: of the application, so that no type is described twice.
        """
        self._method = method
        self._walk = walk
        self._reads: list[tuple[Reads, Callable[..., Any]]] = []
        self._verdicts = verdicts
        self.make_request = make_request
        # Whether any function wants the whole request.
        self.wants_request = False
        self._segments = segments
        self._dependencies = dependencies
        self._services = services
        self._declared: dict[str, tuple[ManifestParameter, Callable[..., Any]]] = {}
        self._index: dict[Dependency, int] = {}
        self._template: list[Any] = []
        # By place among the values: all that makes it, in order.
        self._steps: list[tuple[Step, ...]] = []
        self._made: set[Step] = set()

    @property
    def parameters(self) -> tuple[ManifestParameter, ...]:
        """What all functions read, for the manifest."""
        return tuple(parameter for parameter, _ in self._declared.values())

    @property
    def reads(self) -> Reads:
        """What the front end has to read for all functions."""
        bodies = [(reads.body, function) for reads, function in self._reads if reads.body]
        if len({id(body) for body, _ in bodies}) > 1:
            first, second = bodies[0][1], bodies[1][1]
            raise StartError(
                f"{_handler.place(second)}: it takes the body, as {_handler.place(first)} does; "
                "of one route only one function can"
            )
        return Reads(
            parameters=self.parameters,
            body=bodies[0][0] if bodies else None,
            takes_body=self.wants_request or any(reads.takes_body for reads, _ in self._reads),
            whole_body=any(reads.whole_body for reads, _ in self._reads),
            query_closed=any(reads.query_closed for reads, _ in self._reads),
            cookies_closed=any(reads.cookies_closed for reads, _ in self._reads),
        )

    def scope(self, exchange: Any, request: Any) -> Scope:
        """Begin an exchange: the values are there, all else is missing."""
        return Scope(exchange, request, self._template.copy(), self._services.threads)

    def part(self, function: Callable[..., Any], kind: Kind = "handler", *, late: bool = False) -> Part:
        """Bind a function.

        Args:
            function: of the application.
            kind: what it was registered as.
            late: whether it may run without those that were bound before it.

        Raises:
            StartError: a parameter that nothing can be bound to, or a dependency that cannot be made.
        """
        part, slots = self._part(function, kind, ())
        return replace(part, steps=self._first(slots, late))

    def guards(self, keys: Iterable[Provide | type | str], place: str) -> tuple[Step, ...]:
        """Give what makes the dependencies that nobody is given: those of `dependencies=`.

        Raises:
            StartError: as above.
        """
        return self._first([self._need(self._of(key, place), ()) for key in keys], late=False)

    def _first(self, slots: list[int], late: bool) -> tuple[Step, ...]:
        steps = dict.fromkeys(step for at in slots for step in self._steps[at])
        if late:
            return tuple(steps)
        new = tuple(step for step in steps if step not in self._made)
        self._made.update(new)
        return new

    def _of(self, key: Provide | type | str, place: str) -> Dependency:
        if not isinstance(key, (str, type)):
            return self._dependencies.of(key)
        found = self._dependencies.by_key(key)
        if found is None:
            name = key if isinstance(key, str) else key.__qualname__
            raise StartError(f"{place}: it depends on {name!r}, which nobody provides")
        return found

    def _part(
        self, function: Callable[..., Any], kind: Kind, above: tuple[Dependency, ...]
    ) -> tuple[Part, list[int]]:
        """Give the part without its steps, and the places of what it is given."""
        taken = {segment.text for segment in self._segments if segment.type} | self._dependencies.names
        given = roles.assign(function, kind, taken)
        looks = roles.without(function, given)
        is_handler = kind == "handler" and not above
        binding = bind(
            looks,
            self._segments,
            self.make_request or _no_request,
            self._dependencies,
            # Only the handler has a body without saying so.
            method=self._method if is_handler else "GET",
            walk=self._walk,
        )
        self._reads.append((binding.reads, function))
        request = [name for name, role in given.items() if role == "request"]
        request += [binding.wants_request] if binding.wants_request else []
        self.wants_request |= bool(request)
        if self.make_request is None:
            self._refuse_requests(function, [*request, *(p.name for p in binding.parameters)])
        for parameter in binding.parameters:
            self._declare(parameter, function)
        slots = {
            name: self._need(dependency, above, (function, name))
            for name, dependency in binding.injected.items()
        }
        others = {name: role for name, role in given.items() if role != "request"}
        read = binding.arguments
        if read and self._verdicts:
            read = verdict.first(read)
        fill = _filler(read, request, list(slots.items()))
        return Part(function, _flow(function), fill, others, ()), list(slots.values())

    def _refuse_requests(self, function: Callable[..., Any], names: list[str]) -> None:
        if names:
            raise StartError(
                f"{_handler.place(function)}: parameter {names[0]!r} is of a request, "
                "but the function is called once per worker"
            )

    def _declare(self, parameter: ManifestParameter, function: Callable[..., Any]) -> None:
        known, by = self._declared.setdefault(parameter.name, (parameter, function))
        if replace(known, required=False) != replace(parameter, required=False):
            raise StartError(
                f"{_handler.place(function)}: parameter {parameter.name!r} is not what it is in "
                f"{_handler.place(by)}, which reads the same request"
            )
        if parameter.required:
            self._declared[parameter.name] = (parameter, by)

    def _need(
        self,
        dependency: Dependency,
        above: tuple[Dependency, ...],
        wanted_by: tuple[Callable[..., Any], str] | None = None,
    ) -> int:
        """Give the place of a dependency among the scope's values."""
        if dependency in above:
            self._refuse_cycle((*above[above.index(dependency) :], dependency), wanted_by)
        provide = dependency.provide
        if provide.use_cache and dependency in self._index:
            return self._index[dependency]
        at = len(self._template)
        self._template.append(MISSING if provide.is_called else provide.dependency)
        self._steps.append(())
        if provide.use_cache:
            self._index[dependency] = at
        if provide.singleton and provide.is_called:
            self._steps[at] = (self._singleton(dependency, at, above),)
        elif provide.is_called:
            self._steps[at] = self.make(dependency, at, above)
        return at

    def make(self, dependency: Dependency, at: int, above: tuple[Dependency, ...]) -> tuple[Step, ...]:
        """Give all that makes a dependency and puts it there, in order."""
        above = (*above, dependency)
        provide = dependency.provide
        before = [self._need(self._of(key, dependency.place), above) for key in provide.depends_on]
        part, slots = self._part(provide.dependency, "handler", above)
        steps = dict.fromkeys(step for slot in [*before, *slots] for step in self._steps[slot])
        return (*steps, _STEPS[part.flow](part, at))

    def _singleton(self, dependency: Dependency, at: int, above: tuple[Dependency, ...]) -> Step:
        binder = Binder((), None, self._dependencies, self._services)
        binder._template.append(MISSING)
        binder._steps.append(())
        steps = in_order(binder.make(dependency, 0, above))
        get = self._services.singletons.getter(dependency.identity, binder, steps)

        async def make(scope: Scope) -> None:
            scope.values[at] = await get()

        return Step(make, is_async=True)

    def _refuse_cycle(
        self, cycle: tuple[Dependency, ...], wanted_by: tuple[Callable[..., Any], str] | None
    ) -> NoReturn:
        names = " needs ".join(dependency.name for dependency in cycle)
        if wanted_by is None:
            raise StartError(f"{cycle[-2].place}: a dependency cannot need itself: {names}")
        function, parameter = wanted_by
        raise StartError(
            f"{_handler.place(function)}: parameter {parameter!r}: a dependency cannot need itself: {names}"
        )


def _no_request(exchange: Any) -> NoReturn:
    raise AssertionError("a function of a worker has no request")


def _flow(function: Callable[..., Any]) -> Flow:
    if _handler.is_async(function):
        return "async"
    if _handler.is_async_generator(function):
        return "async generator"
    return "generator" if _handler.is_generator(function) else "sync"


def _filler(
    read: Callable[[Any], dict[str, Any]] | None, request: list[str], slots: list[tuple[str, int]]
) -> Callable[[Scope], dict[str, Any]]:
    if not request and not slots:
        return (lambda scope: read(scope.exchange)) if read else (lambda scope: {})
    if not request and not read and len(slots) == 1:
        ((name, at),) = slots
        return lambda scope: {name: scope.values[at]}

    def fill(scope: Scope) -> dict[str, Any]:
        arguments = read(scope.exchange) if read else {}
        for name in request:
            arguments[name] = scope.request
        values = scope.values
        for name, at in slots:
            arguments[name] = values[at]
        return arguments

    return fill


# What makes a dependency, by what calling its function gives. A part of the route that runs after an early end finds
# what was made, and makes the rest.


def _async_step(part: Part, at: int) -> Step:
    function, fill = part.function, part.fill

    async def make(scope: Scope) -> None:
        if scope.values[at] is MISSING:
            scope.values[at] = await function(**fill(scope))

    return Step(make, is_async=True)


def _sync_step(part: Part, at: int) -> Step:
    function, fill = part.function, part.fill

    def make(scope: Scope) -> None:
        if scope.values[at] is MISSING:
            scope.values[at] = function(**fill(scope))

    return Step(make, is_async=False)


def _async_generator_step(part: Part, at: int) -> Step:
    function, fill, place = part.function, part.fill, part.place

    async def make(scope: Scope) -> None:
        if scope.values[at] is not MISSING:
            return
        generator = function(**fill(scope))
        try:
            scope.values[at] = await generator.__anext__()
        except StopAsyncIteration:
            raise RuntimeError(f"{place} yields nothing") from None
        scope.exits.append(Exit(generator, True, at, place))

    return Step(make, is_async=True, ends=True)


def _generator_step(part: Part, at: int) -> Step:
    function, fill, place = part.function, part.fill, part.place

    def make(scope: Scope) -> None:
        if scope.values[at] is not MISSING:
            return
        generator = function(**fill(scope))
        try:
            scope.values[at] = next(generator)
        except StopIteration:
            raise RuntimeError(f"{place} yields nothing") from None
        scope.exits.append(Exit(generator, False, at, place))

    return Step(make, is_async=False, ends=True)


_STEPS: dict[Flow, Callable[[Part, int], Step]] = {
    "async": _async_step,
    "sync": _sync_step,
    "async generator": _async_generator_step,
    "generator": _generator_step,
}
