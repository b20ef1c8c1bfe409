"""A life must come to another day: roads on which it would walk in a circle for ever are refused."""

from __future__ import annotations

from typing import Any

import pytest
from builders import toy
from builders.toy import end, fair, parameter, road, stage, timer

from imgsim.base.errors import InputError
from imgsim.inputs.pathways.pathway import Pathway, Timer


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


@pytest.mark.parametrize(("date", "refused"), [("opens", True), ("closes", True), ("allocates", False)])
def test_who_waits_until_a_round_closes_may_not_come_back_to_wait_for_it_on_that_day(date: str, refused: bool) -> None:
    """Once it is allocated the round is closed, and the next one is another day's."""
    pathway = road(
        stage("a", "choose", {"on": "b", "out": "fair"}),
        stage("b", "wait", {"done": "a"}, until=f"fair.{date}"),
        stage("fair", "round", {"placed": "gone", "unplaced": "gone", "ineligible": "gone"}, mechanism="lottery"),
        end("gone"),
    )
    given = [parameter("a.on", "probability", 0.5), *fair("fair", 5)]
    if refused:
        with pytest.raises(InputError, match="take no time and lead back to one another: a -> b -> a"):
            toy.scenario(pathway, *given)
    else:
        toy.scenario(pathway, *given)


def rests(*timers: Timer, **more: Any) -> Pathway:
    """Two stages in which time passes, and one in which somebody chooses."""
    return road(
        stage("work", "wait", {"done": "choice"}, **more),
        stage("rest", "wait", {"done": "gone"}),
        stage("choice", "choose", {"on": "work", "out": "rest"}),
        end("gone"),
        timers=timers,
    )


NUMBERS = [
    parameter("work.done", "days", 9), parameter("rest.done", "days", 9), parameter("choice.on", "probability", 0.5),
    parameter("clock.one", "years", 1), parameter("clock.other", "years", 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("timers", "circle"),
    [
        ([timer("one", "work", ("work",))], "work -> work"),
        ([timer("one", "rest", ("work",)), timer("other", "work", ("rest",))], "work -> rest -> work"),
        ([timer("one", "choice", ("work",))], "work -> choice -> work"),
    ],
)
def test_timers_that_have_run_out_may_not_lead_back_to_where_they_expire_at_once(
    timers: list[Timer], circle: str
) -> None:
    with pytest.raises(InputError, match=f"has run out expires at once in these stages and leads back.*{circle}"):
        toy.scenario(rests(*timers), *NUMBERS[: 3 + len(timers)])


def test_a_timer_may_lead_to_where_time_passes_or_to_a_choice_that_starts_it_again() -> None:
    toy.scenario(rests(timer("one", "rest", ("work",))), *NUMBERS[:4])
    again = road(
        stage("work", "wait", {"done": "gone"}),
        stage("choice", "choose", {"on": "work", "out": "gone"}, starts_timer={"on": ("one",)}),
        end("gone"),
        timers=[timer("one", "choice", ("work",))],
    )
    toy.scenario(again, NUMBERS[0], NUMBERS[2], NUMBERS[3])
