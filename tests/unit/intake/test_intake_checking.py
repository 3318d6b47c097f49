from __future__ import annotations

import os
from pathlib import Path

import pytest

from onroll.errors import DataError
from onroll.intake.checking import check_folder, files_in

NEW = (
    "time_period,time_identifier,geographic_level,old_la_code,education_phase,headcount,suspension,susp_rate"
)
ROW = "202324,Academic year,Local authority,801,Total,2000,100,5.0"


def refused(folder: Path, root: Path) -> str:
    with pytest.raises(DataError) as caught:
        check_folder(folder, root)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_file_is_checked_in_order_and_however_deep(folder: Path, published_root: Path) -> None:
    (folder / "below" / "deeper").mkdir(parents=True)
    (folder / "b.csv").write_text(f"{NEW}\n{ROW}\n")
    (folder / "below" / "a.csv").write_text(f"{NEW}\n{ROW.replace('5.0', '<5')}\n")
    (folder / "below" / "deeper" / "c.csv").write_text(f"{NEW}\n{ROW.replace('801', '999')}\n")
    (folder / "below" / "deeper" / ".c.csv").write_text("never read")
    (folder / "below" / "deeper" / "~$c.csv").write_text("never read")
    (folder / "policy.pdf").write_bytes(b"%PDF")
    (folder / "z.xlsx").write_bytes(b"no workbook")
    for name in (".hidden.csv", "README.md", "~$b.csv"):
        (folder / name).write_text("x")
    checked = check_folder(folder, published_root)
    names = ["b.csv", "below/a.csv", "below/deeper/c.csv", "policy.pdf", "z.xlsx"]
    assert [one.name for one in checked.received] == names
    assert [(item.file, item.check, item.row) for item in checked.findings] == [
        ("below/a.csv", "not_a_number", 2),
        ("below/deeper/c.csv", "unknown_place", 2),
        ("policy.pdf", "not_a_table", None),
        ("z.xlsx", "unreadable", None),
    ]
    assert checked.findings.lines()[-1] == (
        "z.xlsx: this is not an XLSX workbook, or a password protects it. Save it again without a password."
    )


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_links_that_go_round_are_followed_once(folder: Path, published_root: Path) -> None:
    (folder / "below" / "deeper").mkdir(parents=True)
    (folder / "below" / "deeper" / "a.csv").write_text(f"{NEW}\n{ROW}\n")
    (folder / "below" / "deeper" / "round").symlink_to(folder / "below")
    (folder / "below" / "itself").symlink_to("itself")
    (folder / "everything").symlink_to("/")
    (folder / "up").symlink_to("..")
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.csv").write_text(f"{NEW}\n{ROW}\n")
    (folder / "linked").symlink_to(elsewhere)
    found = [path.relative_to(folder).as_posix() for path in files_in(folder)]
    assert found == ["below/deeper/a.csv", "below/itself", "linked/b.csv"]


def test_a_folder_that_cannot_be_read_is_one_line(
    folder: Path, published_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is no such folder" in refused(folder / "absent", published_root)
    (folder / "a.csv").write_text("a\n")
    assert "a file where a folder is expected" in refused(folder / "a.csv", published_root)
    (folder / "a.csv").unlink()
    (folder / "README.md").write_text("nothing yet")
    assert "there is no file in it" in refused(folder, published_root)
    (folder / "round.csv").symlink_to(folder / "round.csv")
    assert "symbolic link" in check_folder(folder, published_root).findings.lines()[0]

    def deny(_self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", deny)
    assert "no permission to read it" in refused(folder, published_root)


def test_the_list_of_authorities_is_needed(folder: Path, tmp_path: Path) -> None:
    (folder / "a.csv").write_text(f"{NEW}\n{ROW}\n")
    assert "authorities.csv: there is no such file" in refused(folder, tmp_path)
    (tmp_path / "authorities.csv").write_text("old_la_code\n801\n")
    assert "authorities.csv: the column new_la_code is missing" in refused(folder, tmp_path)
