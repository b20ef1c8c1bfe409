"""The time left is worked out from the pieces done since the first ones."""

from __future__ import annotations

from imgsim.base.progress import Pace


def test_there_is_no_time_left_until_a_second_piece_is_done() -> None:
    pace = Pace(10)
    assert pace.time_left(70.0) == ""
    pace.note(70.0, 1)
    assert pace.time_left(75.0) == ""


def test_what_came_before_the_first_piece_does_not_count() -> None:
    pace = Pace(10)
    pace.note(70.0, 1)  # a minute of compiling, and one replication
    pace.note(74.0, 3)
    assert pace.time_left(74.0) == ", about 14 s left"


def test_pieces_finished_by_an_interrupted_run_do_not_count() -> None:
    pace = Pace(100)
    pace.note(0.0, 60)
    pace.note(10.0, 70)
    assert pace.time_left(10.0) == ", about 30 s left"
