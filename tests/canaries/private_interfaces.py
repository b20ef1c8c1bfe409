"""Every interface of another package that the project uses although its documentation does not promise it.

One row each: where it is used, what breaks without it, and a check that it still does what is needed. A new version of
the package that changes it is thus named before anything else fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from canaries import checks


class Interface(NamedTuple):
    """An interface that is not promised, and what leans on it."""

    package: str
    names: tuple[str, ...]  # as they stand in our imports, attributes and arguments; none where it is a behaviour
    used_in: str  # below imgsim/
    breaks: str  # what no longer works without it
    check: Callable[[], object]


INTERFACES: Final = (
    Interface(
        "numba", ("caching", "_Cache"), "base/compiled/sealed_code.py",
        "compiled code would not be stored, or by Numba's own cache, which loads whatever lies there",
        checks.a_dispatcher_asks_its_cache_before_it_compiles_and_tells_it_afterwards,
    ),
    Interface(
        "numba", ("compiler", "serialize", "_reduce", "_rebuild"), "base/compiled/sealed_code.py",
        "compiled code could not be written to disk, or not be read again",
        checks.compiled_code_survives_being_written_and_read,
    ),
    Interface(
        "numba", ("_cache", "_nrt"), "base/compiled/jit.py",
        "every rule would count the references to the arrays of the scenario, which costs more than the rule",
        checks.reference_counting_can_be_turned_off,
    ),
    Interface(
        "numba", (), "base/compiled/jit.py",
        "short rules would be called instead of becoming part of their callers",
        checks.functions_can_be_compiled_into_their_callers,
    ),
    Interface(
        "numba", ("cgutils", "datamodel", "imputils", "types", "AttributeTemplate"), "base/compiled/by_reference.py",
        "rules could not be given the scenario as one pointer (docs/decisions/0004)",
        checks.named_tuples_can_be_passed_as_a_pointer,
    ),
    Interface(
        "numba", ("cgutils", "types"), "base/compiled/prefetch.py",
        "memory would not be asked for before it is needed: national runs would take longer",
        checks.memory_can_be_asked_for_ahead,
    ),
    Interface(
        "llvmlite", ("ir",), "base/compiled/prefetch.py",
        "memory would not be asked for before it is needed: national runs would take longer",
        checks.memory_can_be_asked_for_ahead,
    ),
    Interface(
        "numba", (), "base/compiled/code_cache.py",
        "`NUMBA_DISABLE_JIT` would not be noticed: the wrong engine would be chosen, and compiling be announced",
        checks.numba_says_whether_compilation_is_off,
    ),
    Interface(
        "loky", ("resource_tracker",), "runs/workers.py",
        "Ctrl-C would reach the workers, and remarks on semaphores the user",
        checks.trackers_can_be_started_beforehand,
    ),
    Interface(
        "loky", (), "runs/workers.py",
        "workers could not be given their environment, or not be killed",
        checks.worker_processes_take_an_environment_and_can_be_killed,
    ),
    Interface(
        "loky", (), "runs/workers.py",
        "workers would be replaced while they compute, or users be warned of it",
        checks.workers_that_grow_are_replaced_under_the_known_names,
    ),
    Interface(
        "duckdb", (), "base/files/parquet.py",
        "Ctrl-C during a query would end as an internal error",
        checks.an_interrupted_query_is_told_as_an_interrupt,
    ),
    Interface(
        "duckdb", (), "base/files/parquet.py",
        "tables would come back with columns of plain text, several times as large",
        checks.an_enumeration_comes_back_as_a_categorical,
    ),
    Interface(
        "duckdb", (), "base/files/parquet_footer.py",
        "the tables of a run could not be joined from their parts (docs/decisions/0003)",
        checks.footers_of_parquet_files_have_the_known_fields,
    ),
    Interface(
        "simpy", (), "engines/clock.py",
        "what happens at the same moment would happen in another order: other lives",
        checks.events_of_one_moment_come_in_the_order_in_which_they_were_made,
    ),
    Interface(
        "matplotlib", ("FigureCanvasAgg",), "reports/figures/style.py",
        "figures could not be drawn without a display",
        checks.a_figure_is_drawn_without_pyplot,
    ),
    Interface(
        "matplotlib", (), "reports/figures/draw_all.py",
        "the same run would draw other bytes each time",
        checks.figures_are_the_same_bytes_twice,
    ),
    Interface(
        "tree-sitter-toml", (), "base/files/toml_positions.py",
        "errors in a file would be shown without their line, or at the wrong one",
        checks.nodes_of_the_toml_grammar_have_the_known_names,
    ),
    Interface(
        "typer", (), "cli/app.py",
        "Ctrl-C and wrong options would end with other exit codes",
        checks.commands_end_with_the_known_exit_codes,
    ),
)  # fmt: skip
