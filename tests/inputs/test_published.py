"""Beliefs about published figures: how a file lists them, and what they are for."""

from __future__ import annotations

from pathlib import Path

from imgsim.inputs.published import load_published, load_targets

TARGETS = """\
[[target]]
measure = "match_rate"
group = "locals"
error_share = 0.1
values = { "2004" = 0.5, "2005" = 0.4 }
"""
FURTHER = """\
[[target]]
measure = "match_fill_rate"
error = 0.02
values = [
  { cohort = "2004", of = { heart = 0.9, "bridge/pgy1" = 1 } },
  { cohort = 2005, of = { heart = 0.8 } },
]

[[target]]
measure = "match_share_of_positions"
group = "*/locals"
error = 0.02
values = [{ cohort = "2004", of = { heart = 0.7 } }]
"""


def written(folder: Path) -> Path:
    (folder / "targets.toml").write_text(TARGETS)
    (folder / "published_match.toml").write_text(FURTHER)
    return folder


def test_only_targets_may_be_fitted_to(tmp_path: Path) -> None:
    folder = written(tmp_path)
    fitted = load_targets(folder)
    assert [(target.cohort, target.value) for target in fitted] == [("2004", 0.5), ("2005", 0.4)]
    assert {target.use for target in fitted} == {"fit"}
    others = load_published(folder)[len(fitted) :]
    assert {figure.use for figure in others} == {"check"}


def test_a_table_gives_values_by_cohort_and_group(tmp_path: Path) -> None:
    figures = load_published(written(tmp_path))
    assert [(figure.cohort, figure.group, figure.value) for figure in figures[2:]] == [
        ("2004", "heart", 0.9), ("2004", "bridge/pgy1", 1.0), ("2005", "heart", 0.8), ("2004", "heart/locals", 0.7),
    ]  # fmt: skip


def test_a_country_without_files_has_no_published_figures(tmp_path: Path) -> None:
    assert load_published(tmp_path) == []
