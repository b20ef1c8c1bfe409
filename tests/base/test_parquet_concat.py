"""Concatenated files contain the rows of all of them, and every reader finds them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imgsim.base.files.parquet import connect, query, read_table, write_table
from imgsim.base.files.parquet_concat import concat
from imgsim.base.files.parquet_footer import parse, unsigned, unzigzag, varint, zigzag
from imgsim.engines.records.data_dictionary import layout

GROUPS = pd.Index([f"group {k}" for k in range(7)])


def rows(begin: int, count: int) -> pd.DataFrame:
    """Rows of a table with every kind of column, missing values among them."""
    number = np.arange(begin, begin + count)
    known = number % 3 != 0
    return pd.DataFrame(
        {
            "person": number,
            "stock": known,
            "ability": np.where(known, number / 2.0, np.nan),
            "group": pd.Categorical.from_codes(np.where(known, number % 7, -1), GROUPS),
            "entry_date": np.where(known, number.astype("datetime64[D]"), np.datetime64("NaT", "D")).astype(
                "datetime64[s]"
            ),
        }
    )


def files(folder: Path, *counts: int) -> list[Path]:
    """A file for each count, with numbers that go on from one to the next."""
    paths, begin = [], 0
    for number, count in enumerate(counts):
        paths.append(folder / f"{number}.parquet")
        write_table(layout("people"), rows(begin, count), paths[-1])
        begin += count
    return paths


@pytest.mark.parametrize("counts", [(10,), (10, 7), (0, 5), (5, 0, 3), (200_000, 1, 130_000)])
def test_concatenated_files_contain_the_rows_of_all_in_order(tmp_path: Path, counts: tuple[int, ...]) -> None:
    target = tmp_path / "concat.parquet"
    concat(files(tmp_path, *counts), target)
    expected, rows_read = rows(0, sum(counts)), read_table(target).astype({"entry_date": "datetime64[s]"})
    pd.testing.assert_frame_equal(rows_read, expected, check_dtype=False, check_categorical=False)


def answers(sql: str) -> list[Any]:
    with connect() as database:
        return database.execute(sql).fetchall()


def test_every_offset_is_moved_by_what_stands_before_its_part(tmp_path: Path) -> None:
    """The places of columns and of Bloom filters, as DuckDB reads them from the parts and from the whole."""
    paths, target = files(tmp_path, 200_000, 12, 130_000), tmp_path / "concat.parquet"
    concat(paths, target)
    offsets = ("data_page_offset", "dictionary_page_offset", "bloom_filter_offset", "index_page_offset")
    sql = f"SELECT path_in_schema, stats_max, num_values, {', '.join(offsets)} FROM parquet_metadata('{{}}')"
    expected, before = [], 0
    for path in paths:
        for column, largest, values, *places in answers(sql.format(path)):
            expected.append((column, largest, values, *(place and place + before for place in places)))
        data = path.read_bytes()
        before += len(data) - int.from_bytes(data[-8:-4], "little") - 12  # mark, length and mark
    assert answers(sql.format(target)) == expected
    assert len({row[3] for row in expected}) == len(expected) == 5 * 5  # five columns in five row groups


def test_rows_are_found_by_their_statistics_and_bloom_filters(tmp_path: Path) -> None:
    target, paths = tmp_path / "concat.parquet", [tmp_path / f"{name}.parquet" for name in "abc"]
    for k, path in enumerate(paths):
        write_table(layout("people"), rows(700 * k, 700).assign(group=f"group {k}"), path)
    concat(paths, target)
    for person in (0, 699, 700, 1400, 2099):
        answer = query([target], f"SELECT person FROM concat WHERE person = {person}")
        assert answer["person"].tolist() == [person]
    for k in range(3):
        probe = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{target}', 'group', 'group {k}')"
        assert answers(f"{probe} ORDER BY row_group_id") == [(k != part,) for part in range(3)]


def test_concatenating_in_two_steps_gives_the_same_bytes(tmp_path: Path) -> None:
    """A job of forty shards leaves the file of one process; twenty row groups are counted in another form than two."""
    paths = files(tmp_path, *range(1, 21))
    concat(paths[:2], tmp_path / "two.parquet")
    concat([tmp_path / "two.parquet", *paths[2:]], tmp_path / "steps.parquet")
    concat(paths, tmp_path / "once.parquet")
    assert (tmp_path / "steps.parquet").read_bytes() == (tmp_path / "once.parquet").read_bytes()


@pytest.mark.parametrize("count", [0, 1, 300_000])
def test_one_file_alone_is_copied_byte_for_byte(tmp_path: Path, count: int) -> None:
    (path,) = files(tmp_path, count)
    concat([path], tmp_path / "concat.parquet")
    assert (tmp_path / "concat.parquet").read_bytes() == path.read_bytes()


def test_what_was_copied_is_told_with_its_rows_and_checksum(tmp_path: Path) -> None:
    paths = files(tmp_path, 7, 0, 130_000)
    copied = concat(paths, tmp_path / "concat.parquet")
    assert [part.rows for part in copied] == [7, 0, 130_000]
    assert [part.sha256 for part in copied] == [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_files_with_other_columns_are_not_concatenated(tmp_path: Path) -> None:
    (path,) = files(tmp_path, 4)
    write_table(layout("people"), rows(0, 4).drop(columns="ability"), tmp_path / "other.parquet")
    with pytest.raises(ValueError, match=r"other\.parquet: has other columns than 0\.parquet"):
        concat([path, tmp_path / "other.parquet"], tmp_path / "concat.parquet")


def test_a_file_that_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    paths = files(tmp_path, 4, 5)
    with pytest.raises(FileExistsError):
        concat(paths, paths[0])


def outcome(path: Path, target: Path) -> str:
    """The checksum of a file that is copied, or `refused`."""
    target.unlink(missing_ok=True)
    try:
        return concat([path], target)[0].sha256
    except ValueError as error:
        return "refused" if str(error).startswith(f"{path}: ") else str(error)


def test_a_file_that_was_cut_is_refused_by_name(tmp_path: Path) -> None:
    (path,) = files(tmp_path, 40)
    data = path.read_bytes()
    for length in {*range(16), *range(0, len(data), 97), len(data) - 1}:
        path.write_bytes(data[:length])
        assert outcome(path, tmp_path / "concat.parquet") == "refused"


def test_no_flipped_bit_goes_unnoticed(tmp_path: Path) -> None:
    """Whatever bit of a file is flipped, it is refused or its checksum differs; nothing else is ever raised."""
    (path,) = files(tmp_path, 40)
    data, chance = path.read_bytes(), Random(19)
    unchanged = outcome(path, tmp_path / "concat.parquet")
    seen = set()
    for _ in range(400):
        flipped = bytearray(data)
        flipped[-chance.randrange(1, len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        seen.add(outcome(path, tmp_path / "concat.parquet"))
    assert unchanged not in seen
    assert "refused" in seen
    assert all(len(answer) in (7, 64) for answer in seen)


# --- footers ----------------------------------------------------------------------------------------------------------

# Fields as the protocol's description has them: a whole number, a list of structures, a whole number, a list of one.
FOOTER = bytes([0x15, 0x02, 0x19, 0x0C, 0x16, 0x00, 0x19, 0x1C])


@pytest.mark.parametrize(
    ("number", "written"), [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02"), (2**35, "808080808001")]
)
def test_whole_numbers_are_written_seven_bits_a_byte(number: int, written: str) -> None:
    assert varint(number).hex() == written
    assert unsigned(b"." + bytes.fromhex(written), 1) == (number, 1 + len(written) // 2)


def test_small_negative_numbers_are_written_short() -> None:
    assert [zigzag(number) for number in (0, -1, 1, -2, 2, -(2**40))] == [0, 1, 2, 3, 4, 2**41 - 1]
    assert [unzigzag(zigzag(number)) for number in range(-300, 300)] == list(range(-300, 300))


def test_every_kind_of_value_is_copied_as_it_is() -> None:
    """A row group with a truth, a byte, a real number, a text, a set of truths, a list of texts, a distant field."""
    values = "21  13 05  17 0000000000000000  28 02 6162  2a 22 01 00  19 28 01 61 01 62  06 c801 02  15 00"
    group = bytes.fromhex(values.replace(" ", "")) + b"\0"
    footer = parse(FOOTER + group + b"\0", 1000)
    assert footer.to_bytes() == FOOTER + group + b"\0"


def test_row_groups_that_are_numbered_are_refused() -> None:
    with pytest.raises(ValueError, match="numbered"):
        parse(FOOTER + bytes([0x74, 0x00, 0x00, 0x00]))


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"\x15", FOOTER[:5], FOOTER[:7], FOOTER, FOOTER + b"\0", FOOTER + b"\x1d\0\0", b"\x19\xfc" * 3000],
)
def test_what_is_no_footer_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="its footer"):
        parse(data)
