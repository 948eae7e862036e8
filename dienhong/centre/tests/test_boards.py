"""Boards: made, saved as versions, shared, exported and taken in; what each refuses; who may."""

import pytest
from django.db import transaction

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.centre import actions, permissions, queries, show_spec, spec, wall_actions
from dienhong.centre.models import Board, BoardVersion, Column, Cue, Show
from dienhong.journal.models import Event
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role
from dienhong.organizations.tests import worlds
from tests.nation import Nation

TILE = {"id": "a1", "form": "figure", "indicator": "08.001", "calendar": "decree09", "kind": "quarter"}
SPEC = {"schema": spec.SCHEMA, "tiles": [TILE]}


def made(officer: Person, column: Column, name: str = "Thủ tục") -> BoardVersion:
    return actions.make_board(by=officer, column=column, name_vi=name, name_en="", data=SPEC)


def test_columns_are_the_seven_groups_and_loading_again_makes_none(centre: Nation):
    assert [row.position for row in Column.objects.order_by("position")] == list(range(1, 8))
    assert actions.load_columns(by="job:test") == 0


def test_each_saving_is_a_version_and_stands_in_the_journal(officer: Person, column: Column):
    first = made(officer, column)
    two = {"schema": spec.SCHEMA, "tiles": [TILE, {**TILE, "id": "b2"}]}
    second = actions.save_board(
        by=officer, board=first.board, base=1, name_vi="Thủ tục", name_en="Procedures", data=two
    )
    assert (second.number, second.name("en"), len(second.spec["tiles"])) == (2, "Procedures", 2)
    assert queries.board(first.board.slug, first.at).number == 1
    verbs = Event.objects.filter(object_kind="board", object_id=str(first.board.pk)).order_by("pk")
    assert [event.verb for event in verbs] == ["centre.board_made", "centre.board_saved"]
    assert verbs[1].actor == officer.actor


def test_who_began_from_an_older_version_is_told_and_loses_nothing(officer: Person, column: Column):
    first = made(officer, column)
    again = {"by": officer, "board": first.board, "base": 1, "name_vi": "Thủ tục", "name_en": "", "data": SPEC}
    actions.save_board(**again)
    with pytest.raises(Refused, match="bản 2"):
        actions.save_board(**again)
    assert first.board.versions.count() == 2


def test_a_spec_with_faults_is_refused_with_all_of_them(officer: Person, column: Column):
    bad = {"schema": spec.SCHEMA, "tiles": [{**TILE, "form": "pie"}, {**TILE, "id": "b", "width": 9}]}
    with pytest.raises(Refused) as refused:
        actions.make_board(by=officer, column=column, name_vi="Bảng", name_en="", data=bad)
    assert [fault.where for fault in refused.value.faults] == ["tiles.0.form", "tiles.1.width"]
    assert not Board.objects.exists()


def test_sharing_hides_a_board_from_other_roles(centre: Nation, officer: Person, column: Column):
    version = made(officer, column)
    clerk, viewer = centre.person("mau-lao-cai-van-thu"), centre.person("mau-to-tong-hop")
    assert permissions.sees(clerk, version)
    shared = actions.share_board(by=officer, board=version.board, roles=[Role.VIEWER])
    assert not permissions.sees(clerk, shared)
    assert permissions.sees(viewer, shared)
    assert permissions.sees(officer, shared)
    assert not permissions.sees(centre.person("mau-cong-dan"), version)
    assert [row.boards for row in queries.columns(clerk)] == [()] * 7


def test_a_board_goes_out_as_a_file_and_comes_in_again(officer: Person, column: Column):
    version = made(officer, column)
    actions.share_board(by=officer, board=version.board, roles=[Role.VIEWER])
    file = actions.export(queries.board(version.board.slug))
    again = actions.import_board(by=officer, data=file)
    assert again.board.slug == f"{version.board.slug}-2"
    assert (again.spec, again.shared, again.board.column) == (version.spec, [Role.VIEWER], column)
    assert (again.name_vi, again.name_en) == ("Thủ tục (2)", "Thủ tục (2)"), "two of one name cannot be told apart"
    assert actions.import_board(by=officer, data=file).name_vi == "Thủ tục (3)"
    for bad in ({}, {**file, "column": "x"}, {**file, "more": 1}, {**file, "spec": {}}):
        with pytest.raises(Refused):
            actions.import_board(by=officer, data=bad)


def test_a_retired_board_leaves_the_list_and_keeps_its_versions(officer: Person, column: Column):
    version = made(officer, column)
    with pytest.raises(Refused):
        actions.retire_board(by=officer, board=version.board, reason=" ")
    actions.retire_board(by=officer, board=version.board, reason="thay bảng khác")
    assert queries.newest() == []
    assert queries.board(version.board.slug, version.at).number == 1


SCENE = {"key": "s1", "name_vi": "Một", "seconds": 40, "screens": []}
SHOW = {"schema": show_spec.SCHEMA, "across": 1, "down": 1, "scenes": [SCENE]}
ROWS = [row for row in registry.matrix("centre") if row.role in Role.values]


def test_the_matrix_is_true(centre: Nation, officer: Person, chair: Person, column: Column):
    """Every action by every role, held for the nation and elsewhere, carried out and taken back."""
    version = made(officer, column)
    show = wall_actions.make_show(by=officer, name_vi="Tường", name_en="", data=SHOW).show
    display, _code = wall_actions.pair_display(by=officer, show=show, screen=1, name="Trái")
    board, file = version.board, actions.export(version)
    names = {"name_vi": "Bảng", "name_en": "", "data": SPEC}
    do = {
        "make_board": lambda by: actions.make_board(by=by, column=column, **names),
        "save_board": lambda by: actions.save_board(by=by, board=board, base=1, **names),
        "share_board": lambda by: actions.share_board(by=by, board=board, roles=[]),
        "retire_board": lambda by: actions.retire_board(by=by, board=board, reason="thôi"),
        "import_board": lambda by: actions.import_board(by=by, data=file),
        "make_show": lambda by: wall_actions.make_show(by=by, name_vi="Tường", name_en="", data=SHOW),
        "save_show": lambda by: wall_actions.save_show(
            by=by, show=show, base=1, name_vi="Tường", name_en="", data=SHOW
        ),
        "pair_display": lambda by: wall_actions.pair_display(by=by, show=show, screen=1, name="Phải"),
        "end_display": lambda by: wall_actions.end_display(by=by, display=display),
        "cue": lambda by: wall_actions.cue(by=by, show=show, kind=Cue.Kind.HOLD, scene="s1"),
        "take_over": lambda by: wall_actions.take_over(by=by, show=show, board=board.slug),
    }  # fmt: skip
    assert {row.action for row in ROWS} == {f"centre.{name}" for name in do}
    wrong = []
    for role in Role.values:
        at_home, elsewhere = worlds.person(), worlds.person()
        worlds.grant(at_home, role, permissions.home())
        worlds.grant(elsewhere, role, centre.unit("10"))
        for row in (row for row in ROWS if row.role == role):
            for who, expected in ((at_home, row.own), (elsewhere, row.other)):
                if allowed(do[row.action.removeprefix("centre.")], who) != (expected == "yes"):
                    wrong.append((row.action, role, expected))
    assert wrong == []
    assert Show.objects.count() == 1


def allowed(act, who: Person) -> bool:
    with transaction.atomic():
        try:
            act(who)
        except NotPermitted:
            return False
        finally:
            transaction.set_rollback(True)
    return True
