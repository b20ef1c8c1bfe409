"""Long work shows how far it has come; the time left is worked out from the pieces done since the first ones."""

from __future__ import annotations

import pytest

from imgsim.base.progress import Pace, progress


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


def test_short_work_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(3) as tick:
        tick()
    assert capsys.readouterr() == ("", "")


def test_long_work_writes_to_a_log_how_much_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 10.0, 11.0, 20.0, 40.0])
    monkeypatch.setattr("imgsim.base.progress.time.monotonic", lambda: next(times))
    with progress(4) as tick:
        for _ in range(4):
            tick()
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "imgsim: 1 of 4 replications",  # ten seconds, most of which may have gone into compiling
        "imgsim: 3 of 4 replications, about 5 s left",  # two in the ten seconds since
    ]
