"""The few columns that tell groups apart, where many others blur them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.groups.one_cloud import one_cloud
from patchbay_operators.report.document import Section
from patchbay_operators.report.words import listed

if TYPE_CHECKING:
    import numpy as np

    from patchbay_operators.groups.reporting import Told

    Array = np.ndarray[Any, Any]

MANY = 6
"""Columns from which on it is said which of them tell the groups apart."""
TELLING = 0.3
"""Share of a column's variance that the groups explain where it tells them apart."""
CLEARLY = 0.1
"""How much further apart groups must lie in these columns than those of one cloud, since a cut through it looks so."""
MOST_ROWS = 1_000


def say(told: Told, section: Section) -> None:
    """A sentence, where at most half of many columns tell the groups apart."""
    columns = told.made.options["columns"]
    if len(columns) < MANY or len(told.portraits) < 2:
        return
    places = _telling(told)
    others = len(columns) - len(places)
    if not 1 <= len(places) <= len(columns) / 2 or not _clear(told, places):
        return
    few = listed([columns[place] for place in places])
    section.say(
        f"Only {few.en} {'tells' if len(places) == 1 else 'tell'} these groups apart; the other {others} columns "
        "hardly do, and blur them. Leave those out under “What to group by” and look again.",
        f"只有{few.zh}能区分这些组；其余 {others} 列几乎不能，反而使分组模糊。请在“按什么分组”中去掉它们，再看一次。",
    )


def _telling(told: Told) -> list[int]:
    """Positions of the columns of whose variance the groups explain much, most first."""
    import numpy as np

    rows = [told.numbers == each.number for each in told.portraits]
    centres = np.array([told.matrix[where].mean(axis=0) for where in rows])
    shares = np.array([where.mean() for where in rows])
    whole = told.matrix.var(axis=0)
    between = (shares[:, None] * (centres - told.matrix.mean(axis=0)) ** 2).sum(axis=0)
    explained = np.divide(between, whole, out=np.zeros(len(whole)), where=whole > 0)
    return [int(place) for place in np.argsort(-explained, kind="stable") if explained[place] >= TELLING]


def _clear(told: Told, places: list[int]) -> bool:
    """Whether the groups lie apart in these columns alone."""
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    draw = np.random.default_rng(0)
    rows = draw.permutation(len(told.matrix))[:MOST_ROWS]
    values, numbers = told.matrix[rows][:, places], told.numbers[rows]
    cloud = one_cloud(values, len(values), draw)
    groups = KMeans(len(told.portraits), n_init=3, random_state=0).fit_predict(cloud)
    if not 1 < len(np.unique(numbers)) < len(numbers):
        return False
    apart, by_chance = silhouette_score(values, numbers), silhouette_score(cloud, groups)
    return bool(apart >= by_chance + CLEARLY)
