"""Routes, and the router that finds the route of a method and path: a tree of path segments."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from playground.rest.request import Request

Handler = Callable[[Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path such as `/channels/{channel}/messages`, its handler, and its rate limit.

    `bucket` names the rate limit, which counts separately for each channel, guild or webhook of the path. `interaction`
    marks routes with a token in the path: they need no other, and do not count towards the 50 requests a second.
    `limited=False` marks routes without a token and without rate limits.
    """

    method: str
    path: str
    handler: Handler
    bucket: str = ""
    interaction: bool = False
    limited: bool = True

    @property
    def name(self) -> str:
        """The route's name in the stats."""
        return f"{self.method} {self.path}"


MAJOR_PARAMETERS: Final = ("channel", "guild", "application", "interaction", "token")
"""Parameters of a path for whose values a rate limit counts separately."""


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    name: str = ""
    routes: dict[str, Route] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Router:
    """All routes, found by method and path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node, names = self._root, []
        for segment in route.path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                if node.variable is None:
                    node.variable = _Node()
                node = node.variable
            else:
                node = node.literal.setdefault(segment, _Node())
        if route.method in node.routes:
            raise ValueError(f"{route.name} is defined twice")
        node.routes[route.method] = route
        node.names[route.method] = tuple(names)

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str], bool]:
        """Return the route, its parameters, and whether the path exists with any method."""
        found = self._walk(self._root, path.strip("/").split("/"), 0, [])
        if found is None:
            return None, {}, False
        node, values = found
        route = node.routes.get(method)
        if route is None:
            return None, {}, bool(node.routes)
        return route, dict(zip(node.names[method], values, strict=True)), True

    def _walk(self, node: _Node, segments: list[str], at: int, values: list[str]) -> tuple[_Node, list[str]] | None:
        if at == len(segments):
            return (node, values) if node.routes else None
        segment = segments[at]
        child = node.literal.get(segment)
        if child is not None:
            found = self._walk(child, segments, at + 1, values)
            if found is not None:
                return found
        if node.variable is not None and segment:
            return self._walk(node.variable, segments, at + 1, [*values, unquote(segment)])
        return None
