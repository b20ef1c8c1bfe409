"""States of careers from their events: phases of the pathway, then the ways in which careers end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.reports.figures.style import table

if TYPE_CHECKING:
    from imgsim.reports.figures.run_protocol import Run

NO_EVENTS = "the run did not keep the table `events`"


def state_of_stage(run: Run, name: str) -> str:
    """The phase of a stage, or the class of an end."""
    stage = run.scenario.pathway.stages[name]
    return (stage.end_class if stage.kind == "end" else stage.phase) or ""


def states_of(run: Run) -> list[str]:
    """All states: phases from the last one back to the first, then ends."""
    stages = run.scenario.pathway.stages
    phases = dict.fromkeys(state_of_stage(run, name) for name, stage in stages.items() if stage.kind != "end")
    ends = dict.fromkeys(state_of_stage(run, name) for name, stage in stages.items() if stage.kind == "end")
    return list(dict.fromkeys([*reversed(phases), *ends]))


def leads_to(run: Run) -> dict[str, str]:
    """Event -> the state it leads to, for the events that lead on."""
    pathway = run.scenario.pathway
    states = {"entry": state_of_stage(run, pathway.entry)}
    for name, stage in pathway.stages.items():
        states |= {f"{name}.{outcome}": state_of_stage(run, to) for outcome, to in stage.next.items()}
        if stage.kind == "end":
            states[name] = state_of_stage(run, name)
    return states | {f"clock.{name}": state_of_stage(run, timer.to) for name, timer in pathway.timers.items()}


def changes_of(run: Run, people: pd.DataFrame) -> pd.DataFrame:
    """Replication, person, date, state and the people's own dates: a row for each event that led on, in order."""
    events, to = table(run, "events"), leads_to(run)
    columns = ["replication", "person", "sequence", "date", "event"]
    if not len(events):
        return people.iloc[:0].assign(date=pd.Series(dtype="datetime64[s]"), state="")
    event = events["event"].astype("category").cat
    leading = np.array([name in to for name in event.categories] + [False])  # the last one: code -1, no event
    rows = events.loc[leading[event.codes.to_numpy()], columns]
    dates = [name for name in people.columns if name.endswith("_date")]
    rows = rows.merge(people[["replication", "person", *dates]], on=["replication", "person"])
    rows = rows.sort_values(["replication", "person", "sequence"], kind="stable", ignore_index=True)
    return rows.assign(state=rows["event"].astype(str).map(to))
