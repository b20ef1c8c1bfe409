"""The results of a run as Python objects: `Run`, whose tables are read from its folder on first use."""

from __future__ import annotations

import html
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.base.errors import ImgsimError

if TYPE_CHECKING:
    from pandas import DataFrame

    from imgsim.inputs.scenarios.scenario import Scenario


class Run:
    """The results of a run; its tables are read from its folder on first use."""

    def __init__(self, folder: str | os.PathLike[str], scenario: Scenario | None = None) -> None:
        self.folder = Path(folder)
        self._scenario = scenario

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Versions, seed, scale, command, machine, times and checksums."""
        from imgsim.base.files.checksums import read_manifest

        return read_manifest(self.folder)

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The complete scenario of the run as plain data, as `Scenario.canonical` writes it."""
        import json

        from imgsim.base.files.checksums import checked

        file = checked(self.folder, "scenario.resolved.json", self.manifest)
        content: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return content

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario; a reloaded run reads its file again and refuses if that has changed since."""
        if self._scenario is not None:
            return self._scenario
        return _reloaded(self.manifest)

    @cached_property
    def people(self) -> DataFrame:
        """One row per graduate: traits, milestones with date and age, end."""
        return self.table("people")

    @cached_property
    def events(self) -> DataFrame:
        """One row per event in a career."""
        return self.table("events")

    @cached_property
    def livelihood(self) -> DataFrame:
        """One row per spell of an activity status (livelihood)."""
        return self.table("livelihood")

    @cached_property
    def seasons(self) -> DataFrame:
        """One row per graduate and Match."""
        return self.table("seasons")

    @cached_property
    def rounds(self) -> DataFrame:
        """Seats, applicants and placed by round, year and group."""
        return self.table("rounds")

    @cached_property
    def round_specialties(self) -> DataFrame:
        """Seats, applications, interviews, ranked and placed of a Match by year, specialty, level and group."""
        return self.table("round_specialties")

    @cached_property
    def rank_lists(self) -> DataFrame:
        """Active applicants of a Match by specialty wished for and length of the rank list, and how they fared."""
        return self.table("rank_lists")

    @cached_property
    def exam_abilities(self) -> DataFrame:
        """Active applicants of a Match by specialty wished for and exam ability, and how they fared."""
        return self.table("exam_abilities")

    @cached_property
    def yearly(self) -> DataFrame:
        """Stocks and flows by calendar year and state."""
        return self.table("yearly")

    @cached_property
    def exams(self) -> DataFrame:
        """Exam results reported and exams passed, by half-year of the sitting."""
        return self.table("exams")

    @cached_property
    def applications(self) -> DataFrame:
        """Applicants and placed of every season of a round by merit, by kind."""
        return self.table("applications")

    @cached_property
    def livelihood_years(self) -> DataFrame:
        """Days in each activity status (livelihood) by calendar year."""
        return self.table("livelihood_years")

    @cached_property
    def outcomes(self) -> DataFrame:
        """Measures by cohort, group and replication, defined by `imgsim measures`; names are plain text."""
        return self._outcomes.astype(dict.fromkeys(("measure", "cohort", "by", "group", "statistic"), str))

    @cached_property
    def _outcomes(self) -> DataFrame:
        """The outcomes with names as categories, by which rows are chosen quickly."""
        return self.table("outcomes")

    @cached_property
    def parameters(self) -> DataFrame:
        """Every parameter value used, with source and evidence."""
        return self.table("parameters")

    @cached_property
    def summary(self) -> DataFrame:
        """The headline table with 95% intervals over replications, and how many assumed numbers each line leans on.

        A reloaded run whose scenario has changed since, or is gone, has to do without these counts.
        """
        from imgsim.outcomes.headline import measures_shown, summary
        from imgsim.runs.store import load_table

        try:
            scenario = self.scenario
        except ImgsimError:
            scenario = None
        table: DataFrame = summary(load_table(self.folder, "outcomes", {"measure": measures_shown()}), scenario)
        return table

    @cached_property
    def beside(self) -> DataFrame:
        """Countries compared by the same definitions: a row per measure and country, with 95% intervals."""
        from imgsim.outcomes.by_country import beside

        table: DataFrame = beside(self._outcomes)
        return table

    def table(self, name: str) -> DataFrame:
        """A table by its name, checked against the run's checksums."""
        from imgsim.runs.store import load_table

        return load_table(self.folder, name)

    def query(self, sql: str) -> DataFrame:
        """The answer to a DuckDB query over the run's tables, without loading them; those it names are checked."""
        from imgsim.base.files.parquet import query
        from imgsim.runs.store import table_file, table_names

        names = table_names(self.folder)
        named = [name for name in names if name.casefold() in sql.casefold()] or names
        return query([table_file(self.folder, name) for name in named], sql)

    @cached_property
    def plot(self) -> Plots:
        """The figures of `imgsim.reports.figures` for this run, each giving matplotlib axes."""
        return Plots(self)

    def _repr_html_(self) -> str:
        facts = self.manifest
        about = f"{facts['replications']} replications, scale {facts['scale']:g}, seed {facts['seed']}"
        head = f"<h4>{html.escape(facts['title'])}</h4><p>{about}<br><code>{html.escape(str(self.folder))}</code></p>"
        return head + self.summary.to_html(index=False, float_format="{:.4g}".format)


class Plots:
    """The figures by name: ``plot.age()`` draws the figure ``age`` of the run; loaded when first used."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:
        from functools import partial

        from imgsim.reports.figures.draw_all import every_figure

        figures = every_figure()
        if name not in figures:
            raise AttributeError(f"there is no figure `{name}`; there are {', '.join(figures)}")
        return partial(figures[name], self._run)

    def __dir__(self) -> list[str]:
        from imgsim.reports.figures.draw_all import every_figure

        return list(every_figure())


def open_run(folder: str | os.PathLike[str]) -> Run:
    """A finished run from its folder."""
    from imgsim.inputs.arguments import check_arguments

    check_arguments({"path": folder})
    run = Run(folder)
    run.manifest  # noqa: B018  refuses a folder without a run, now rather than at the first table
    return run


def _reloaded(manifest: dict[str, Any]) -> Scenario:
    from imgsim.inputs.scenarios.load import load_scenario

    settings = {name: manifest[name] for name in ("seed", "scale", "replications")}
    levers = manifest.get("levers", manifest.get("doses"))  # the key of runs before version 0.2
    overlay = {"reforms": manifest.get("reforms", ()), "levers": levers}
    sets = tuple(manifest.get("sets", ()))
    scenario = load_scenario(Path(manifest["scenario_file"]), sets=sets, **overlay, **settings)
    if scenario.digest() != manifest["scenario_sha256"]:
        raise ImgsimError(f"{manifest['scenario_file']}: is not what it was when the run was made")
    return scenario
