"""Walls: rotation is reckoned from the newest cue, the chair takes over, a past minute is read, screens have codes."""

import datetime as dt

import pytest

from dienhong.base import clock, playing
from dienhong.base.refusal import Refused
from dienhong.centre import actions, demo, queries, show_spec, wall, wall_actions
from dienhong.centre.models import Cue, Show
from dienhong.centre.tests.test_boards import SPEC, TILE, made
from dienhong.organizations.models import Person
from tests.nation import Nation


def scene(key: str, board: str, seconds: int = 40) -> dict:
    return {"key": key, "name_vi": f"Cảnh {key}", "seconds": seconds, "screens": [{"board": board, "page": 1}]}


@pytest.fixture
def show(officer: Person, column) -> Show:
    boards = [made(officer, column, name).board.slug for name in ("Một", "Hai")]
    data = {
        "schema": show_spec.SCHEMA, "across": 2, "down": 1,
        "scenes": [scene("s1", boards[0]), scene("s2", boards[1], 20)],
    }  # fmt: skip
    return wall_actions.make_show(by=officer, name_vi="Tường", name_en="Wall", data=data).show


def test_rotation_is_reckoned_from_the_cue(show: Show):
    spec = wall.stand(show).spec
    reckoned = [wall.scene_at(spec, "s1", 1000, 1000 + after) for after in (0, 39.9, 40, 59.9, 60, 600)]
    assert reckoned == ["s1", "s1", "s2", "s2", "s1", "s1"]
    assert wall.scene_at(spec, "s2", 1000, 1021) == "s1"


def test_a_snapshot_holds_every_scene_and_every_tile(show: Show):
    picture = wall.snapshot(wall.stand(show), "vi")
    assert [each["key"] for each in picture["scenes"]] == ["s1", "s2"]
    assert picture["scenes"][0]["screens"][0]["tiles"] == ["mot/a1"]
    assert picture["scenes"][0]["screens"][1]["tiles"] == []
    assert set(picture["tiles"]) == {"mot/a1", "hai/a1"}
    assert picture["tiles"]["mot/a1"]["fresh"] > 0
    assert picture["cue"]["kind"] == "rotate"


def test_every_tile_of_the_demos_boards_is_on_a_scene(centre: Nation):
    assert demo.make() == (len(demo.BOARDS), 1)
    held = wall.stand(Show.objects.get())
    shown = {
        key for scene in wall.snapshot(held, "vi")["scenes"] for screen in scene["screens"] for key in screen["tiles"]
    }
    assert shown == {f"{slug}/{each.id}" for slug, row in held.boards.items() for each in queries.spec_of(row).tiles}
    names = [scene.name("en") for scene in held.spec.scenes]
    assert "The 63 provinces, page 2" in names
    assert demo.make() == (0, 0)


def test_a_wall_says_that_the_demo_plays_on_and_a_replay_does_not(show: Show, settings, tmp_path):
    settings.HOME = tmp_path
    assert wall.snapshot(wall.stand(show), "vi")["playing"] == ""
    with playing.told():
        playing.tell(playing.Progress("Một cửa", "One-stop", 3, 20))
        now, past = wall.stand(show), wall.stand(show, clock.record_now())
        assert wall.snapshot(now, "vi")["playing"].startswith("Quốc gia mẫu đang chạy tiếp")
        assert "20" not in wall.snapshot(now, "vi")["playing"], "a wall is not drawn anew with every period"
        assert wall.snapshot(past, "vi")["playing"] == ""


def test_the_operator_holds_and_the_chair_takes_over_and_gives_back(show: Show, officer: Person, chair: Person):
    wall_actions.cue(by=officer, show=show, kind=Cue.Kind.HOLD, scene="s2")
    assert wall.state(wall.stand(show))["scene"] == "s2"
    with pytest.raises(Refused):
        wall_actions.take_over(by=officer, show=show, board="mot")
    wall_actions.take_over(by=chair, show=show, board="mot")
    picture = wall.snapshot(wall.stand(show), "vi")
    assert picture["cue"]["kind"] == "takeover"
    assert [screen["tiles"] for screen in picture["scenes"][-1]["screens"]] == [["mot/a1"], ["mot/a1"]]
    with pytest.raises(Refused, match="Chủ tọa đang giữ"):
        wall_actions.cue(by=officer, show=show, kind=Cue.Kind.ROTATE, scene="s1")
    wall_actions.cue(by=chair, show=show, kind=Cue.Kind.ROTATE, scene="s1")
    assert wall.state(wall.stand(show))["kind"] == "rotate"


def test_a_past_minute_has_the_cue_the_boards_and_the_figures_of_then(show: Show, officer: Person):
    wall_actions.cue(by=officer, show=show, kind=Cue.Kind.HOLD, scene="s2")
    then = clock.record_now()
    board = wall.stand(show).boards["hai"].board
    more = {**SPEC, "tiles": [TILE, {**TILE, "id": "b2", "indicator": "08.002"}]}
    actions.save_board(by=officer, board=board, base=1, name_vi="Hai", name_en="", data=more)
    wall_actions.cue(by=officer, show=show, kind=Cue.Kind.HOLD, scene="s1")
    now, past = (wall.snapshot(wall.stand(show, at), "vi") for at in (None, then))
    assert "hai/b2" in now["tiles"]
    assert "hai/b2" not in past["tiles"]
    assert (past["cue"]["scene"], now["cue"]["scene"]) == ("s2", "s1")
    assert past["replay"]
    assert past["moment"] == then.timestamp(), "ages are told at that moment, and nothing goes stale any more"
    assert all(tile["fresh"] == 0 for tile in past["tiles"].values())
    figures = [tile["known"] for tile in past["tiles"].values() if tile["known"]]
    assert figures
    assert max(figures) <= past["moment"]
    wall_actions.cue(by=officer, show=show, kind=Cue.Kind.REPLAY, moment=then)
    replayed = wall.snapshot(wall.stand(show), "vi")
    assert replayed["tiles"] == past["tiles"]
    assert replayed["replay"] == past["replay"]


def test_scenes_of_a_replay_are_of_its_minute_and_coming_back_is_its_own_act(centre: Nation, show: Show):
    """Also where the programme of then had a scene that today's has not."""
    by, address = centre.person("mau-dieu-hanh"), f"/walls/{show.slug}/"
    officer, chair = centre.client("mau-dieu-hanh"), centre.client("mau-chu-toa")
    wall_actions.cue(by=by, show=show, kind=Cue.Kind.HOLD, scene="s1")
    then, old = clock.record_now(), show.versions.get().spec
    data = {**old, "scenes": [old["scenes"][0], {**old["scenes"][1], "key": "s3"}]}
    wall_actions.save_show(by=by, show=show, base=1, name_vi="Tường", name_en="", data=data)
    wall_actions.cue(by=by, show=show, kind=Cue.Kind.REPLAY, moment=then)
    past = clock.business_at(then).isoformat()

    def stands() -> tuple[str | None, str, str]:
        picture = wall.snapshot(wall.stand(show), "vi")
        return picture["replay"], picture["cue"]["kind"], picture["cue"]["scene"]

    assert stands() == (past, "hold", "s1")
    for who, do, scene in ((officer, "next", "s2"), (chair, "next", "s1"), (officer, "back", "s2"),
                           (chair, "go:s1", "s1"), (officer, "go:s2", "s2")):  # fmt: skip
        assert who.post(f"{address}cue/", {"do": do}).status_code == 302
        assert stands() == (past, "hold", scene), do
    page = officer.get(address).content.decode()
    assert "đang chiếu lại" in page
    assert 'data-key=" "' not in page, "the space bar would go on rotating: there is nothing to rotate"
    assert page.count('value="live"') == 1
    for do in ("go:s3", "rotate", "hold"):
        assert officer.post(f"{address}cue/", {"do": do}).status_code == 422
        assert stands() == (past, "hold", "s2")
    assert officer.post(f"{address}cue/", {"do": "live"}).status_code == 302
    assert stands() == (None, "rotate", "s1")


def test_a_replay_before_the_first_cue_stands_still(show: Show, officer: Person, client):
    then = show.versions.get().at - dt.timedelta(hours=1)
    wall_actions.cue(by=officer, show=show, kind=Cue.Kind.REPLAY, moment=then)
    assert wall.state(wall.stand(show))["kind"] == "hold"
    assert wall.snapshot(wall.stand(show), "vi")["playing"].startswith("Lúc ấy chưa có chương trình này")
    client.force_login(officer)
    assert "Lúc ấy chưa có chương trình này" in client.get(f"/walls/{show.slug}/").content.decode()
    wall_actions.cue(by=officer, show=show, kind=Cue.Kind.REPLAY, moment=then, scene="s2")
    assert [wall.state(wall.stand(show))[name] for name in ("kind", "scene")] == ["hold", "s2"]


def test_a_screen_signs_in_by_its_code_until_it_is_ended(client, show: Show, officer: Person):
    display, code = wall_actions.pair_display(by=officer, show=show, screen=2, name="Phải")
    assert client.get("/walls/screen/").url == "/walls/screen/sign-in/"
    assert client.post("/walls/screen/sign-in/", {"code": "ABCD-EFGH-JKLM"}).status_code == 422
    entered = client.post("/walls/screen/sign-in/", {"code": f" {code[:4]}-{code[4:8]} {code[8:].lower()}"})
    assert entered.url == "/walls/screen/"
    page = client.get("/walls/screen/")
    assert 'data-number="2"' in page.content.decode()
    assert client.get("/walls/screen/snapshot.json").json()["show"] == "Tường"
    wall_actions.end_display(by=officer, display=display)
    assert client.get("/walls/screen/snapshot.json").status_code == 403


def test_the_control_page_carries_out_what_is_pressed(centre: Nation, show: Show):
    officer, chair = centre.client("mau-dieu-hanh"), centre.client("mau-chu-toa")
    address = f"/walls/{show.slug}/"
    assert "Cảnh s1" in officer.get(address).content.decode()
    for do, state in (("go:s2", ("rotate", "s2")), ("next", ("rotate", "s1")), ("hold", ("hold", "s1"))):
        assert officer.post(f"{address}cue/", {"do": do}).status_code == 302
        held = wall.state(wall.stand(show))
        assert (held["kind"], held["scene"]) == state
    assert officer.post(f"{address}cue/", {"do": "take", "board": "mot"}).status_code == 403
    assert chair.post(f"{address}cue/", {"do": "take", "board": "mot"}).status_code == 302
    assert "Trả màn hình lại" in chair.get(address).content.decode()
    assert chair.post(f"{address}cue/", {"do": "give"}).status_code == 302
    assert officer.post(f"{address}cue/", {"do": "replay", "moment": "hôm kia"}).status_code == 422
    moment = f"{clock.business_now() - dt.timedelta(minutes=1):%d/%m/%Y %H:%M}"
    assert officer.post(f"{address}cue/", {"do": "replay", "moment": moment}).status_code == 302
    assert "đang chiếu lại" in officer.get(address).content.decode()
    viewer = centre.client("mau-to-tong-hop")
    assert viewer.post(f"{address}cue/", {"do": "hold"}).status_code == 403
    assert viewer.get(f"{address}1/").status_code == 200
    assert viewer.get(f"{address}3/").status_code == 404
    assert viewer.get(f"{address}snapshot.json?at={moment}").json()["replay"]
