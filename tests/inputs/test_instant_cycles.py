"""A life must come to another day: roads on which it would walk in a circle for ever are refused."""

from __future__ import annotations

import pytest
from builders import toy
from builders.toy import end, parameter, road, stage

from imgsim.base.errors import InputError


def test_choices_that_lead_back_to_one_another_are_refused() -> None:
    pathway = road(
        stage("a", "choose", {"on": "b", "out": "gone"}),
        stage("b", "choose", {"back": "a", "out": "gone"}),
        end("gone"),
    )
    given = [parameter("a.on", "probability", 0.5), parameter("b.back", "probability", 0.5)]
    with pytest.raises(InputError, match="take no time and lead back to one another: a -> b -> a"):
        toy.scenario(pathway, *given)


@pytest.mark.parametrize(("done", "refused"), [(0, True), (1, False)])
def test_a_wait_of_no_day_takes_no_time(done: float, refused: bool) -> None:
    pathway = road(stage("a", "choose", {"on": "b", "out": "gone"}), stage("b", "wait", {"done": "a"}), end("gone"))
    given = [parameter("a.on", "probability", 0.5), parameter("b.done", "days", done)]
    if refused:
        with pytest.raises(InputError, match="a -> b -> a"):
            toy.scenario(pathway, *given)
    else:
        toy.scenario(pathway, *given)


def test_a_wait_for_what_can_lie_behind_takes_no_time() -> None:
    pathway = road(
        stage("a", "choose", {"on": "b", "out": "gone"}),
        stage("b", "wait", {"done": "a"}, until="graduation"),
        end("gone"),
    )
    with pytest.raises(InputError, match="take no time"):
        toy.scenario(pathway, parameter("a.on", "probability", 0.5))
