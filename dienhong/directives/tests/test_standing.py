"""The four states: whatever happened, they add up to the total, now and as of any moment."""

import datetime as dt
import random
from dataclasses import dataclass, field

from dienhong.base import clock
from dienhong.directives.actions import Task
from dienhong.directives.models import (
    APART,
    OPEN,
    Assignment,
    AssignmentState,
    Extension,
    ExtensionAnswer,
    State,
)
from dienhong.directives.queries import lists
from dienhong.directives.queries.standing import FOUR, count, count_by, lived
from dienhong.directives.tests.conftest import PAPER, Ground
from dienhong.organizations.models import Unit

START = dt.datetime(2020, 1, 6, 8, tzinfo=clock.HANOI)
HOUR = dt.timedelta(hours=1)


@dataclass
class Story:
    """A random history as the model knows it."""

    due: dt.date | None
    states: list[tuple[dt.datetime, str, dt.datetime | None]] = field(default_factory=list)
    days: list[tuple[dt.datetime, dt.date]] = field(default_factory=list)

    def standing(self, at: dt.datetime) -> str | None:
        """Told from the definition, apart from the SQL."""
        past = [row for row in self.states if row[0] <= at]
        if not past:
            return None
        _when, state, done = past[-1]
        due = next((day for when, day in reversed(self.days) if when <= at), self.due)
        if state in APART:
            return str(state)
        if state == State.CLOSED:
            assert done is not None
            return "on_time" if due is None or done.astimezone(clock.HANOI).date() <= due else "late"
        return "in_time" if due is None or at.astimezone(clock.HANOI).date() <= due else "overdue"


def made(dice: random.Random) -> Story:
    due = None if dice.random() < 0.1 else (START + dt.timedelta(days=dice.randrange(60))).date()
    story, at = Story(due), START + HOUR * dice.randrange(24 * 20)
    story.states.append((at, State.ISSUED, None))
    for _step in range(dice.randrange(8)):
        at += HOUR * dice.randrange(1, 24 * 15)
        last = story.states[-1][1]
        if last in APART:
            break
        if due is not None and last != State.CLOSED and dice.random() < 0.25:
            newest = story.days[-1][1] if story.days else due
            story.days.append((at, newest + dt.timedelta(days=dice.randrange(1, 20))))
            continue
        allowed = [State.REOPENED] if last == State.CLOSED else [*OPEN[1:], State.CLOSED, *APART]
        state = dice.choice(allowed)
        done = at - HOUR * dice.randrange(24 * 10) if state == State.CLOSED else None
        newest = story.days[-1][1] if story.days else due
        if done and newest and dice.random() < 0.4:  # on the very day, to its last minute
            done = dt.datetime.combine(newest, dt.time(23, 59), clock.HANOI)
        story.states.append((at, state, done))
    return story


def stored(ground: Ground, stories: list[Story]) -> None:
    """The same histories as rows, without the actions: those would refuse half of them."""
    directive = ground.issue(Task(ground.province, "Việc đầu, để có chỉ đạo.", None))
    directive.assignments.get().states.all().delete()
    first = directive.assignments.get()
    others = Unit.objects.exclude(pk__in=[ground.office.pk, ground.province.pk]).order_by("pk")
    leads = [ground.province, *others[:3]]
    rows = Assignment.objects.bulk_create(
        Assignment(
            directive=directive, number=number, issuer=ground.office, lead=leads[number % len(leads)],
            content="Việc", due=story.due, business_at=story.states[0][0],
        )
        for number, story in enumerate(stories, 2)
    )  # fmt: skip
    states, asked = [], []
    for row, story in zip(rows, stories, strict=True):
        for at, state, done in story.states:
            other = first if state == State.REPLACED else None
            if other is not None:  # one takes the place of one only
                other = Assignment.objects.create(
                    directive=directive, number=5000 + row.number, issuer=ground.office, lead=ground.province,
                    content="Thay", business_at=at,
                )  # fmt: skip
            states.append(AssignmentState(
                assignment=row, state=state, by=ground.boss, reason="vì thế", done_at=done, business_at=at,
                replaced_by=other,
            ))  # fmt: skip
        old = story.due
        for number, (at, day) in enumerate(story.days, 1):
            assert old is not None
            asked.append((Extension(
                assignment=row, number=number, old_due=old, new_due=day, reason="vì thế", by=ground.chief,
                business_at=at,
            ), at, day))  # fmt: skip
            old = day
    AssignmentState.objects.bulk_create(states)
    Extension.objects.bulk_create(each for each, _at, _day in asked)
    ExtensionAnswer.objects.bulk_create(
        ExtensionAnswer(extension=each, allowed=True, due=day, by=ground.boss, business_at=at)
        for each, at, day in asked
    )


def test_the_identity_holds_for_any_history_at_any_moment(ground: Ground) -> None:
    dice = random.Random(20200819)
    stories = [made(dice) for _each in range(250)]
    stored(ground, stories)
    seen = set()
    for _moment in range(12):
        at = START + HOUR * dice.randrange(24 * 120)
        told = [standing for story in stories if (standing := story.standing(at))]
        found = count(at=at)
        assert {name: getattr(found, name) for name in (*FOUR, "cancelled", "replaced")} == {
            name: told.count(name) for name in (*FOUR, "cancelled", "replaced")
        }
        assert found.holds
        assert found.total == len(told) - found.apart
        by_lead = count_by("lead_id", Assignment.objects.all(), at)
        assert sum(each.total for each in by_lead.values()) == found.total
        assert sum(each.number for each in lists.ages(Assignment.objects.all(), at)) == found.overdue
        seen |= set(told)
    assert seen == {*FOUR, "cancelled", "replaced"}, "the histories show every state"


def test_one_query_and_few_for_a_list(ground: Ground, django_assert_num_queries: object) -> None:
    ground.issue(*[Task(ground.province, f"Việc thứ {n}", None) for n in range(5)])
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert count().in_time == 5
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(lists.ordered(lived())) == 5
    assert PAPER.number in lived().select_related("directive")[0].directive.document_number
