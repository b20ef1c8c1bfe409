"""What is needed of interfaces that are not promised: each function checks one, and fails where it has changed."""

from __future__ import annotations

import inspect
import io
import pickle
import signal
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numba.core import caching, compiler, serialize

CompileResult: Any = compiler.CompileResult  # not typed, nor is the next
dumps: Any = serialize.dumps


class Recorder(caching._Cache):
    """A cache in memory, which writes down what it is asked and told."""

    def __init__(self, code: bytes | None = None) -> None:
        self.code, self.calls = code, list[str]()

    @property
    def cache_path(self) -> str:
        return ""

    def load_overload(self, signature: Any, context: Any) -> Any:
        self.calls.append(f"load {signature}")
        context.refresh()
        return self.code and CompileResult._rebuild(context, *pickle.loads(self.code))

    def save_overload(self, signature: Any, code: Any) -> None:
        self.calls.append(f"save {signature}")
        assert not code.library.has_dynamic_globals
        assert all(each.can_cache for each in code.lifted)
        assert {type(part) for part in code.codegen.magic_tuple()} == {str}
        self.code = dumps(code._reduce())

    def enable(self) -> None: ...

    def disable(self) -> None: ...

    def flush(self) -> None: ...


def compiled(function: Callable[..., Any], cache: Recorder | None = None, **options: Any) -> Any:
    make: Any = njit
    dispatcher = make(function, **options)
    if cache is not None:
        dispatcher._cache = cache
    return dispatcher


def thrice(number: int) -> int:
    return 3 * number


def a_dispatcher_asks_its_cache_before_it_compiles_and_tells_it_afterwards() -> None:
    cache = Recorder()
    assert compiled(thrice, cache)(5) == 15
    assert [call.split()[0] for call in cache.calls] == ["load", "save"]
    assert len({call.split(maxsplit=1)[1] for call in cache.calls}) == 1  # both of the same signature
    methods = caching._Cache.__abstractmethods__
    assert methods == {"cache_path", "load_overload", "save_overload", "enable", "disable", "flush"}


def compiled_code_survives_being_written_and_read() -> None:
    cache = Recorder()
    compiled(thrice, cache)(5)
    again = Recorder(cache.code)
    dispatcher = compiled(thrice, again)
    assert dispatcher(6) == 18
    assert [call.split()[0] for call in again.calls] == ["load"]  # nothing was compiled
    assert sum(dispatcher.stats.cache_hits.values()) == 1


def reference_counting_can_be_turned_off() -> None:
    def second(rows: Any) -> Any:
        part = rows[1:]
        return part[0]

    for counted in (True, False):
        dispatcher = compiled(second, _nrt=counted)
        assert dispatcher(np.array([1, 2])) == 2
        (code,) = dispatcher.inspect_llvm().values()
        assert ("NRT_decref" in code) == counted


def functions_can_be_compiled_into_their_callers() -> None:
    for inlined in (False, True):
        dispatcher = compiled(thrice, forceinline=inlined)
        dispatcher(5)
        (code,) = dispatcher.inspect_llvm().values()
        assert ("alwaysinline" in code) == inlined


class Inner(NamedTuple):
    values: Any


class Outer(NamedTuple):
    number: int
    inner: Inner


def named_tuples_can_be_passed_as_a_pointer() -> None:
    from imgsim.base.compiled.by_reference import by_reference

    @njit
    def read(outer: Any) -> Any:
        return outer.number + outer.inner.values[1]

    @njit
    def call(outer: Any) -> Any:
        return read(by_reference(outer))

    assert call(Outer(40, Inner(np.array([1, 2])))) == 42


def memory_can_be_asked_for_ahead() -> None:
    from imgsim.base.compiled.prefetch import fetch

    @njit
    def ask(rows: Any) -> Any:
        fetch(rows, 1)
        return rows[0, 0]

    assert ask(np.ones((2, 16))) == 1.0
    code: Any = ask
    assert any("llvm.prefetch" in text for text in code.inspect_llvm().values())


def numba_says_whether_compilation_is_off() -> None:
    import numba

    config: Any = numba.config
    assert config.DISABLE_JIT in (0, 1)
    assert (compiled(thrice) is thrice) == bool(config.DISABLE_JIT)


def trackers_can_be_started_beforehand() -> None:
    from multiprocessing import resource_tracker

    from loky.backend import resource_tracker as of_loky

    assert callable(resource_tracker.ensure_running)
    assert callable(of_loky.ensure_running)


def worker_processes_take_an_environment_and_can_be_killed() -> None:
    from loky import get_reusable_executor
    from loky.process_executor import ProcessPoolExecutor

    needed = {"max_workers", "timeout", "env", "initializer", "initargs"}
    assert needed <= set(inspect.signature(get_reusable_executor).parameters)
    assert "kill_workers" in inspect.signature(ProcessPoolExecutor.shutdown).parameters


def workers_that_grow_are_replaced_under_the_known_names() -> None:
    from loky import process_executor

    text = inspect.getsource(process_executor)
    assert "LOKY_MAX_MEMORY_LEAK_SIZE" in text
    assert '"A worker was restarted' in text


def an_interrupted_query_is_told_as_an_interrupt() -> None:
    from imgsim.base.files.parquet import connect

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with connect() as database:
            database.execute("SELECT sum(hash(i)) FROM range(100000000000) AS numbers(i)").fetchall()
    except KeyboardInterrupt:
        return
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    raise AssertionError("a query was not interrupted")


def an_enumeration_comes_back_as_a_categorical() -> None:
    from imgsim.base.files.parquet import connect

    with connect() as database:
        column = database.sql("SELECT CAST(x AS ENUM('b', 'a')) AS x FROM (VALUES ('a'), (NULL)) AS t(x)").df()["x"]
    assert list(column.cat.categories) == ["b", "a"]
    assert column.cat.codes.tolist() == [1, -1]


def footers_of_parquet_files_have_the_known_fields() -> None:
    from imgsim.base.files.parquet import connect
    from imgsim.base.files.parquet_concat import concat

    with tempfile.TemporaryDirectory() as folder, connect() as database:
        part, both = Path(folder, "part.parquet"), Path(folder, "both.parquet")
        database.execute(f"COPY (SELECT i, 'text' AS t FROM range(9) AS n(i)) TO '{part}' (FORMAT parquet)")
        assert [copied.rows for copied in concat([part, part], both)] == [9, 9]
        assert database.execute(f"SELECT count(*), sum(i) FROM '{both}'").fetchall() == [(18, 72)]


def events_of_one_moment_come_in_the_order_in_which_they_were_made() -> None:
    import simpy

    order: list[int] = []

    def wait(env: simpy.Environment, number: int, first: int) -> Any:
        yield env.timeout(first)
        yield env.timeout(10 - first)
        order.append(number)

    env = simpy.Environment()
    for number, first in enumerate((7, 3, 7, 1)):
        env.process(wait(env, number, first))
    env.run(until=11)
    assert order == [3, 1, 0, 2]  # by the moment at which they began to wait for the tenth, then by number


def a_figure_is_drawn_without_pyplot() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    out = io.BytesIO()
    canvas: Any = FigureCanvasAgg(Figure(figsize=(0.2, 0.2)))
    canvas.print_png(out)
    assert out.getvalue().startswith(b"\x89PNG")


def figures_are_the_same_bytes_twice() -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    def drawn(salt: str) -> bytes:
        figure, out = Figure(figsize=(1, 1)), io.BytesIO()
        figure.add_subplot().plot([0, 1])
        with mpl.rc_context({"svg.hashsalt": salt}):
            figure.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()

    assert drawn("one") == drawn("one")
    assert drawn("one") != drawn("two")  # it is this setting that decides


TOML = b"""key = 1 # remark
"quoted".dotted = [1, 2]
[table]
inline = { a = 1 }
[[entry]]
"""


def nodes_of_the_toml_grammar_have_the_known_names() -> None:
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        root = Parser(Language(tree_sitter_toml.language())).parse(TOML).root_node
    kinds, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        kinds.add(node.type)
        waiting += node.children
    needed = {"pair", "table", "table_array_element", "bare_key", "quoted_key", "dotted_key", "inline_table", "array"}
    assert needed | {"comment"} <= kinds
    assert root.children[0].start_point[0] == 0


def commands_end_with_the_known_exit_codes() -> None:
    import typer

    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def command(how: str) -> None:
        if how == "interrupted":
            raise KeyboardInterrupt
        raise typer.Exit(int(how))

    def code(*arguments: str) -> object:
        try:
            app(args=list(arguments), prog_name="canary")
        except SystemExit as end:
            return end.code
        return None

    assert [code("interrupted"), code("3"), code("0"), code("--unknown")] == [130, 3, 0, 2]
