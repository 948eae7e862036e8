"""What the clock says, to whom, once; what an act tells, to whom; the week's standing."""

import datetime as dt

from dienhong.directives import actions, reactions, reminders
from dienhong.directives import notice_kinds as kinds
from dienhong.directives.tests.conftest import Ground, move
from dienhong.journal.models import Event
from dienhong.notices import kinds as words
from dienhong.notices.models import Notice


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_from_five_days_before_to_long_after(ground: Ground) -> None:
    row = ground.ordered()  # due on Wednesday 30 September, assigned on Monday 17 August
    reminders.remind()
    move(8, 21, 9)
    reminders.remind()
    assert told(kinds.UNREAD) == {"chu-tich"}
    actions.acknowledge(by=ground.officer, assignment=row)
    move(9, 22)
    reminders.remind()
    assert told(kinds.DUE_SOON) == set()
    move(9, 23)
    assert reminders.remind() > 0
    assert told(kinds.DUE_SOON) == {"chu-tich", "chuyen-vien"}
    reminders.remind()
    move(9, 30)
    reminders.remind()
    assert told(kinds.DUE_TODAY) == {"chu-tich"}
    move(10, 1)
    reminders.remind()
    assert told(kinds.OVERDUE) == {"chu-tich", "chuyen-vien", "lanh-dao-vp", "lanh-dao-vp-2"}
    assert told(kinds.ESCALATED) == set()
    move(10, 7)
    reminders.remind()
    assert told(kinds.ESCALATED) == {"lanh-dao-vp", "lanh-dao-vp-2"}


def test_nothing_at_night_nor_on_a_day_off(ground: Ground) -> None:
    ground.ordered()
    move(10, 1, 6)
    assert reminders.remind() == 0
    move(10, 3, 9)  # a Saturday
    assert reminders.remind() == 0


def test_the_issuer_who_lets_a_unit_wait_hears_of_it(ground: Ground) -> None:
    row = ground.ordered()
    actions.say_met(by=ground.chief, assignment=row, text="Đã xong rồi.")
    move(8, 24)
    reminders.remind()
    assert told(kinds.WAITS) == {"lanh-dao-vp", "lanh-dao-vp-2"}


def test_the_week_names_the_four_states_whole(ground: Ground) -> None:
    row = ground.ordered()
    for day in (6, 7):  # nobody looked on Monday the 5th; Tuesday says it, Wednesday not again
        move(10, day)
        reminders.remind()
    notice = Notice.objects.get(kind=kinds.WEEK, person=ground.boss)
    vi, en = (words.words(notice.kind, notice.params, lang).body for lang in ("vi", "en"))
    assert "Đã giao: 1 = 0 đúng hạn + 0 muộn + 0 trong hạn + 1 quá hạn" in vi
    assert "Quá hạn: Tỉnh Lào Cai 1" in vi
    assert "Issued: 1 = 0 on time + 0 late + 0 in time + 1 overdue" in en
    assert Notice.objects.filter(kind=kinds.WEEK, person=ground.chief).exists()
    assert row.due == dt.date(2020, 9, 30)


def test_acts_tell_who_has_to_know(ground: Ground) -> None:
    row = ground.conditioned()
    reactions.assigned(Event.objects.get(verb="directives.assigned"))
    assert told(kinds.ASSIGNED) == {"chu-tich", "chuyen-vien"}
    actions.ask_extension(by=ground.chief, assignment=row, new_due=dt.date(2020, 10, 9), reason="Chờ số liệu.")
    reactions.extension_asked(Event.objects.get(verb="directives.ask_extension"))
    assert told(kinds.ASKED) == {"lanh-dao-vp", "lanh-dao-vp-2"}
    actions.answer_extension(by=ground.boss, assignment=row, allow=True)
    reactions.extension_answered(Event.objects.get(verb="directives.answer_extension"))
    assert told(kinds.ANSWERED) == {"chu-tich", "chuyen-vien"}
    move(9, 15)
    ground.say(40)
    reactions.judged(Event.objects.get(verb="directives.assigned"))
    closed = Event.objects.get(verb="directives.close_by_number")
    reactions.closed(closed)
    reactions.closed(closed)
    assert Notice.objects.filter(kind=kinds.CLOSED).count() == 4, "each once, however often it runs"
    ground.say(90)
    ground.judged(row)
    reactions.reopened(Event.objects.get(verb="directives.reopen_by_number"))
    assert told(kinds.REOPENED) == {"chu-tich", "chuyen-vien", "lanh-dao-vp", "lanh-dao-vp-2"}
    for notice in Notice.objects.order_by("pk"):
        for lang in ("vi", "en"):
            said = words.words(notice.kind, notice.params, lang)
            assert "None" not in said.title + said.body
