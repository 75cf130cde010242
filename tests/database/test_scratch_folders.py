"""Folders of what is being written: those of killed processes go, those that somebody holds stay."""

from pathlib import Path

import pytest

from database.scratch_folders import remove_unheld, scratch_folder


def test_what_a_killed_process_has_left_goes_and_what_is_held_stays(tmp_path: Path) -> None:
    (tmp_path / "of-killed").mkdir()
    (tmp_path / "of-killed" / "half").write_bytes(b"half")
    (tmp_path / "another").mkdir()
    with scratch_folder(tmp_path, "of-") as first:
        (first / "whole").write_bytes(b"whole")
        with scratch_folder(tmp_path, "of-") as second:
            assert sorted(tmp_path.iterdir()) == sorted([first, second, tmp_path / "another"])
        assert (first / "whole").exists()
    assert list(tmp_path.iterdir()) == [tmp_path / "another"]
    remove_unheld(tmp_path / "never")


def test_a_fault_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fault"), scratch_folder(tmp_path, "of-"):
        raise ValueError("fault")
    assert list(tmp_path.iterdir()) == []
