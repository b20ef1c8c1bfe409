"""Out-of-pocket costs up to certification, in the prices of the day."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.definitions import COST, MEASURED
from imgsim.outcomes.rows import Floats, Ints, Rows
from imgsim.outcomes.view import View, days
from imgsim.parameters import MONEY, Parameter


def costs(view: View, rows: Rows) -> None:
    """Mean cost from entry to the certificate, in its own money, of those certified in the measured window."""
    if not view.knows("certified"):
        return
    spent, of = spent_by(view, view.day("certified")), view.measured(view.day("certified"))
    for group, inside in view.groups.items():
        if n := np.count_nonzero(of & inside):
            rows.add("cost_per_certified", MEASURED, group, spent[of & inside].mean(), n)


def spent_by(view: View, until: Ints) -> Floats:
    """What each person has paid up to a day: every event named in a cost parameter, at that day's price."""
    spent = np.zeros(len(until))
    for name in view.scenario.parameters.family(COST):
        parameter, events = view.scenario.parameters[name], view.events({name.removeprefix(COST)})
        if not len(events) or parameter.unit not in MONEY:
            continue
        row, day = view.row_of(events["person"]), days(events["date"])
        paid = day <= until[row]
        spent += np.bincount(row[paid], weights=prices(view, parameter, row[paid], day[paid]), minlength=len(until))
    return spent


def prices(view: View, parameter: Parameter, row: Ints, day: Ints) -> Floats:
    """The price of a parameter on each day, by the person's category if it has any."""
    kinds = view.people[parameter.by].astype(str).to_numpy()[row] if parameter.by else np.full(len(row), "")
    price = np.zeros(len(row))
    for kind in parameter.rows:
        mine = np.flatnonzero(kinds == kind)
        known, place = np.unique(day[mine], return_inverse=True)
        price[mine] = np.array([parameter.value(int(on), kind) for on in known])[place] if len(known) else 0.0
    return price
