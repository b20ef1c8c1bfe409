"""No world stands for another: names differ by path, a file counts once, and a size that was asked for is not drawn."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from builders.reforms import MORE_PLACES

from imgsim.base.errors import InputError
from imgsim.cli.main import main
from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.compare.reform_worlds import worlds_of
from imgsim.experiments.compare.run import compare
from imgsim.experiments.compare.sweep import sizes_of, world_of
from imgsim.experiments.compare.write import folder_name
from imgsim.experiments.uncertainty.parameter_draws import uncertain_parameters, worlds_at
from imgsim.inputs.new_country import new_country
from imgsim.inputs.reforms.names import distinct_names
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario


@pytest.fixture
def country(tmp_path: Path) -> Path:
    """A small country with one reform in two chambers, each with its own size."""
    new_country("atlantis", tmp_path)
    for chamber, size in (("house", "2"), ("senate", "0.5")):
        (tmp_path / chamber).mkdir()
        (tmp_path / chamber / "bill.toml").write_text(MORE_PLACES.replace("value = 2", f"value = {size}"))
    return tmp_path


def worlds(
    country: Path,
    *files: str,
    together: bool = False,
    sweep: str | None = None,
    levers: Mapping[str, float] = MappingProxyType({}),
) -> Worlds:
    paths = [country / file for file in files]
    return worlds_of(country / "atlantis.toml", paths, together, 3, sweep, levers, "compiled", {"scale": 0.1})


def places(scenarios: Iterable[Scenario]) -> list[float]:
    """The places of the last dated value in each world."""
    return [scenario.parameters["match.places"].rows[""][-1].value for scenario in scenarios]


BOTH = ("house/bill.toml", "senate/bill.toml")


def test_two_reforms_of_one_name_are_two_worlds_named_by_their_paths(country: Path) -> None:
    found = worlds(country, *BOTH)
    assert found.names == ("atlantis", "house/bill", "senate/bill")
    today, house, senate = places(found.scenarios)
    assert (house, senate) == (2 * today, today / 2)


def test_names_are_as_short_as_tells_files_apart() -> None:
    assert distinct_names(["a/bill.toml", "b/other.toml"]) == ("bill", "other")
    assert distinct_names(["a/x/bill.toml", "b/x/bill.toml", "b/y/bill.toml"]) == ("a/x/bill", "b/x/bill", "y/bill")
    assert distinct_names(["reforms/us.toml"], taken=("us",)) == ("reforms/us",)
    assert [name.rsplit("/", 1)[-1] for name in distinct_names(["bill.toml", "bill.tml"])] == ["bill.toml", "bill.tml"]


@pytest.mark.parametrize("link", ["same", "dots", "symbolic", "hard"])
def test_one_file_given_twice_is_refused_by_whatever_path(country: Path, link: str) -> None:
    one, other = country / "house/bill.toml", country / "again.toml"
    if link == "symbolic":
        other.symlink_to(one)
    elif link == "hard":
        os.link(one, other)
    else:
        other = one if link == "same" else country / "senate/../house/bill.toml"
    with pytest.raises(InputError, match="is given twice" if link == "same" else "are the same file"):
        worlds(country, str(one), str(other))
    with pytest.raises(InputError, match="--reform"):
        load_scenario(country / "atlantis.toml", reforms=[one, other])


def test_a_lever_of_two_reforms_of_one_name_is_refused_with_both_owners(country: Path) -> None:
    for lever in ("times", "bill.times"):
        with pytest.raises(InputError, match=r"say which: house/bill\.times or senate/bill\.times"):
            worlds(country, *BOTH, levers={lever: 1.5})
    today, house, senate = places(worlds(country, *BOTH, levers={"house/bill.times": 1.5}).scenarios)
    assert (house, senate) == (1.5 * today, today / 2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"levers": {"times": 1.5, "bill.times": 2.0}}, "the same lever is given as `times` too"),
        ({"levers": {"times": 1.5}, "sweep": "bill.times=1,2"}, "`times` is swept; it cannot have a size too"),
        ({"sweep": "times=1,2,1"}, "gives a size twice"),
    ],
)
def test_a_lever_has_one_size(country: Path, given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        worlds(country, "house/bill.toml", **given)  # type: ignore[arg-type]


def test_a_lever_given_twice_on_the_command_line_is_refused(country: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [str(country / "atlantis.toml"), "--reform", str(country / "house/bill.toml")]
    assert main(["compare", *asked, "--lever", "times=1", "--lever", "times=2"]) == 2
    assert "`times` is given twice" in capsys.readouterr().err


def test_a_world_never_has_the_name_of_the_baseline_or_of_a_size(country: Path) -> None:
    (country / "reforms").mkdir()
    (country / "reforms" / "atlantis.toml").write_text(MORE_PLACES)
    assert worlds(country, "reforms/atlantis.toml").names == ("atlantis", "reforms/atlantis")
    other = MORE_PLACES.replace("lever.times", "lever.other").replace('"times" }', '"other" }')
    (country / "house" / "house.times = 1.toml").write_text(other)
    (country / "house.toml").write_text(MORE_PLACES)
    with pytest.raises(InputError, match=r"two worlds would have the name `house\.times = 1`"):
        worlds(country, "house.toml", "house/house.times = 1.toml", sweep="house.times=1,2")


def test_sizes_that_differ_have_names_that_differ() -> None:
    lever, sizes = sizes_of("times=1.0000001,1.0000002,3")
    names = [world_of(lever, size) for size in sizes]
    assert names == ["times = 1.0000001", "times = 1.0000002", "times = 3"]


def test_the_folder_of_a_comparison_is_one_folder_with_a_name_that_a_file_system_takes() -> None:
    assert folder_name(("us", "house/bill", "senate/bill")) == "us+house-bill+senate-bill"
    assert len(folder_name(("é" * 300,)).encode()) <= 100


# --- sizes in draws -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("u", [0.0, 0.5, 1.0])
def test_a_size_that_is_swept_or_given_is_the_same_in_every_draw(country: Path, u: float) -> None:
    swept = worlds(country, "house/bill.toml", sweep="times=0.5,1,3")
    assert not [name for name in uncertain_parameters(swept) if name.endswith("times")]
    today, *sizes = drawn(swept, u)
    assert [size / today for size in sizes] == [pytest.approx(times) for times in (0.5, 1, 3)]
    today, given = drawn(
        worlds(country, "house/bill.toml", levers={"times": 2.0}), u
    )  # the size of the file, but asked for
    assert given / today == pytest.approx(2)
    today, own = drawn(worlds(country, "house/bill.toml"), u)  # nobody asked: from half the places to three times
    assert own / today == pytest.approx({0.0: 0.5, 0.5: 2, 1.0: 3}[u])


def drawn(of: Worlds, u: float) -> list[float]:
    """The places of every world in a draw with all coordinates at one point."""
    return places(worlds_at(of, dict.fromkeys(uncertain_parameters(of), u)))


def test_a_lever_that_is_not_analysed_has_the_size_in_use(country: Path) -> None:
    today, own = places(worlds_at(worlds(country, "house/bill.toml"), {}))
    assert own == 2 * today


def test_sizes_of_a_sweep_differ_in_the_draws(country: Path) -> None:
    found = compare(
        country / "atlantis.toml", [country / "house/bill.toml"], sweep="times=0.5,1,3", uncertainty=2, replications=1,
        scale=0.05, years=2, workers=1, quiet=True, figures=False, out=country / "results",
    )  # fmt: skip
    assert found.parameter_uncertainty is not None
    draws = found.parameter_uncertainty.table
    net = draws[draws["measure"] == "starts"].pivot_table(index="draw", columns="world", values="value")
    assert (net[1] < 0).all()
    assert (net[2] == 0).all()  # today's places are the baseline in every draw
    assert (net[3] > 0).all()


def test_both_reforms_of_one_name_are_printed(country: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [part for file in BOTH for part in ("--reform", str(country / file))]
    asked = ["--replications", "1", "--scale", "0.1", "--workers", "1", "--out", str(country / "results")]
    assert main(["compare", str(country / "atlantis.toml"), *files, *asked]) == 0
    printed = capsys.readouterr().out
    assert all(f"\n{name} " in f"\n{printed}" for name in ("house/bill", "senate/bill"))
    assert [path.name for path in (country / "results/compare").iterdir()] == ["atlantis+house-bill+senate-bill"]
