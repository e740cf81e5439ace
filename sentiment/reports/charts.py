"""Pictures as SVG: inert, sharp at any size, in the colours of the page around them.

A picture is a list of marks in the coordinates of its view box. One that stands alone, as a file, brings the colours
with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from sentiment.reports.templates import render

WIDTH = 360


@dataclass(frozen=True)
class Line:
    """A line through points; ``look`` is a class of the style sheet, as below."""

    points: Sequence[tuple[float, float]]
    look: str

    kind = "line"


@dataclass(frozen=True)
class Dot:
    """A point."""

    x: float
    y: float
    look: str
    radius: float = 4

    kind = "dot"


@dataclass(frozen=True)
class Bar:
    """A rectangle; `opacity` is in [0, 1]."""

    x: float
    y: float
    width: float
    height: float
    look: str
    opacity: float = 1

    kind = "bar"


@dataclass(frozen=True)
class Text:
    """A text; `anchor` is ``start``, ``middle`` or ``end``. It may come from a review: it is escaped."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    look: str = ""

    kind = "text"


Mark = Line | Dot | Bar | Text


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes:
        title: What it says, in a sentence; also read out to those who do not see it.
        height: Of the view box, which is `WIDTH` wide.
        marks: Later ones lie above earlier ones.
    """

    title: str
    height: float
    marks: Sequence[Mark]

    def svg(self) -> Markup:
        """Write the element that goes into a page."""
        return render("picture.svg", picture=self, width=WIDTH, alone=False)

    def file(self) -> bytes:
        """Write an SVG file, which also shows the title."""
        return str(render("picture.svg", picture=self, width=WIDTH, alone=True)).encode("utf-8", "replace")


@dataclass(frozen=True)
class Axes:
    """A frame with two axes that both run over numbers.

    Attributes:
        left: Edge in the view box, like the next three.
        x: First and last number on the axis, like `y`.
    """

    left: float = 40
    top: float = 26
    right: float = WIDTH - 18
    bottom: float = 262
    x: tuple[float, float] = (0, 1)
    y: tuple[float, float] = (0, 1)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Place a point, to a tenth of a pixel."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (
            round(self.left + across * (self.right - self.left), 1),
            round(self.bottom - up * (self.bottom - self.top), 1),
        )

    def line(self, xs: ArrayLike, ys: ArrayLike, look: str) -> Line:
        """Draw through points, leaving out those that would land on the one before.

        Args:
            xs: Shape ``(n_points,)``, like `ys`.
            ys: In the units of the axes.
            look: Of the line.
        """
        across = (np.asarray(xs) - self.x[0]) / (self.x[1] - self.x[0])
        up = (np.asarray(ys) - self.y[0]) / (self.y[1] - self.y[0])
        points = np.column_stack(
            [self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)]
        ).round(1)
        moved = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
        return Line([(x, y) for x, y in points[moved].tolist()], look)

    def marks(
        self,
        *,
        across: str,
        up: str,
        x_ticks: Sequence[tuple[float, str]],
        y_ticks: Sequence[tuple[float, str]],
    ) -> list[Mark]:
        """Draw grid, ticks and the names of both axes."""
        drawn: list[Mark] = []
        for value, text in y_ticks:
            x, y = self.at(self.x[0], value)
            drawn += [Line([(x, y), (self.right, y)], "grid"), Text(x - 6, y + 3.5, text, "end", "tick")]
        for value, text in x_ticks:
            x, y = self.at(value, self.y[0])
            drawn += [Line([(x, y), (x, y + 4)], "grid"), Text(x, y + 16, text, "middle", "tick")]
        drawn.append(Text(self.right, self.bottom + 34, f"{across} →", "end", "axis"))
        drawn.append(Text(4, 11, f"↑ {up}", "start", "axis"))
        return drawn


SHARES = [(0.0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1.0, "100%")]
"""Ticks of an axis that runs over shares."""


def round_ticks(largest: float) -> list[tuple[float, str]]:
    """Choose up to five ticks from 0 up, at whole numbers that are easy to read."""
    step = next(size * 10**power for power in range(12) for size in (1, 2, 5) if largest <= 4 * size * 10**power)
    return [(value, f"{value:,}") for value in range(0, int(largest) + 1, step)]
