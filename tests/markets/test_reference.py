"""The fast Match gives every applicant what the Match in plain words gives, draw by draw, in markets of all shapes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from builders.match import Shape, assert_same, graduates_of, match_of
from hypothesis import given, settings
from hypothesis import strategies as st

from imgsim.base.dates.day_numbers import day_of
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.traits import COLUMN, width
from imgsim.markets.allocation import IN_ROUND, IN_SOAP, OUTSIDE, Applicants
from imgsim.markets.match import fast, reference, reference_applicants, reference_report
from imgsim.markets.match.match import Match
from imgsim.persons.compile_rules import compile_rules

PLAIN = {module.__name__.rpartition(".")[2]: module for module in (reference, reference_applicants, reference_report)}
SHAPES = st.builds(
    Shape,
    seed=st.integers(0, 2**31),
    specialties=st.integers(1, 4),
    programmes=st.sampled_from([0, 1, 3, 6, 9, 12]),
    positions=st.sampled_from([0, 1, 5, 12, 25, 40]),
    competitors=st.sampled_from([0, 1, 4, 10, 20]),
    graduates=st.sampled_from([0, 1, 5, 12, 25]),
    applications=st.sampled_from([0.5, 2.0, 5.0, 9.7, 15.0]),
    cap=st.none() | st.integers(0, 8),
    signals=st.none() | st.integers(0, 5),
    soap_applications=st.sampled_from([0, 1, 3, 20]),
    second_every=st.integers(1, 6),
    year=st.integers(2004, 2025),
    scale=st.sampled_from([1.0, 0.6]),
    one_year=st.sampled_from([0, 1, 2]),
)


def lively(seed: int) -> Shape:
    """A market in which something happens: enough programmes, positions and people."""
    random = np.random.default_rng(seed)
    return Shape(
        seed=seed,
        specialties=int(random.integers(1, 5)),
        programmes=int(random.integers(3, 13)),
        positions=int(random.integers(10, 51)),
        competitors=int(random.integers(0, 26)),
        graduates=int(random.integers(10, 41)),
        applications=float(random.uniform(2, 20)),
        cap=None if random.uniform() < 0.7 else int(random.integers(1, 10)),
        signals=None if random.uniform() < 0.5 else int(random.integers(1, 6)),
        soap_applications=int(random.choice([0, 5, 20, 50])),
        second_every=int(random.integers(1, 7)),
        year=int(random.integers(2004, 2026)),
        scale=float(random.choice([1.0, 1.0, 0.6])),
        one_year=int(random.integers(0, 3)),
    )


def test_every_fast_file_names_in_its_first_line_the_plain_function_that_it_equals() -> None:
    files = [file for file in Path(fast.__file__).parent.glob("*.py") if file.name != "__init__.py"]
    assert len(files) > 10
    for file in files:
        first_line = file.read_text("utf-8").splitlines()[0]
        named = re.findall(r"`(reference(?:_applicants|_report)?)\.(\w+)`", first_line)
        assert named, f"{file.name}: {first_line}"
        for module, function in named:
            assert callable(getattr(PLAIN[module], function))


@settings(max_examples=200)
@given(SHAPES, st.integers(0, 3))
def test_tiny_and_empty_markets_give_what_plain_words_give(shape: Shape, replication: int) -> None:
    match, people = match_of(shape), graduates_of(shape)
    fast = match.allocate(shape.year, replication, people)
    assert_same(fast, reference.allocate(match, shape.year, replication, people))


def test_three_hundred_lively_markets_give_what_plain_words_give_by_every_channel_and_at_both_levels() -> None:
    placed: Counter[int] = Counter()
    advanced = barred = 0
    for seed in range(300):
        shape = lively(seed)
        match, people = match_of(shape), graduates_of(shape)
        fast = match.allocate(shape.year, seed % 4, people)
        assert_same(fast, reference.allocate(match, shape.year, seed % 4, people))
        placed.update(fast.channel.tolist())
        without_bar = match_of(shape, {"interview.least": -100}).allocate(shape.year, seed % 4, people)
        barred += int(np.sum((without_bar.channel == IN_ROUND) & (fast.channel != IN_ROUND)))
        tracks = fast.details["specialties"]
        advanced += int(tracks["placed"][(tracks["level"] == 2) & (tracks["group"] == "all")].sum())
    assert min(placed[channel] for channel in (OUTSIDE, IN_ROUND, IN_SOAP)) > 50
    assert min(advanced, barred) > 50


@pytest.mark.parametrize("year", [2012, 2018, 2025])
def test_a_year_of_a_shipped_country_gives_what_plain_words_give(root: Path, year: int) -> None:
    country = root / "imgsim/countries/us"
    pathway, parameters = load_pathway(country / "pathway.toml"), load_parameters(country)
    traits, day = np.zeros((60, width(tuple(pathway.flags)))), day_of(year, 3, 18)
    traits[:, COLUMN["ability"]], traits[::2, COLUMN["needs_visa"]] = np.linspace(-2, 2, 60), 1.0
    traits[:, COLUMN["competitor"]], traits[:, COLUMN["wish"]] = -1.0, np.arange(60) % 12
    traits[:, [COLUMN["graduation"], COLUMN["last_clinical"]]] = day - 700
    people = Applicants(np.array([actor(GRADUATE, year - 1, 0, k) for k in range(60)]), traits, day)
    match = Match("match", parameters, compile_rules(parameters, pathway), pathway, 5, 0.012)
    fast = match.allocate(year, 0, people)
    assert np.sum(fast.channel == IN_ROUND) > 5
    assert_same(fast, reference.allocate(match, year, 0, people))
