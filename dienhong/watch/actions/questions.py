"""Asking the source of a figure; answering. Both stay with the version that was asked about."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Batch
from dienhong.indicators.queries import SeriesKey
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.registry import action
from dienhong.reporting.workdays import work_calendar
from dienhong.watch.actions.states import needed
from dienhong.watch.models import Answer, Question
from dienhong.watch.permissions import require_asker, require_reporter

DAYS = 3  # working days for an answer


@action("watch.ask")
@transaction.atomic
def ask(*, by: Person, asker: Unit, key: SeriesKey, batch: int, text: str) -> Question:
    """Ask the reporter about that version of a reported figure, for the unit `asker`. Refused for one never said."""
    require_asker(by, asker)
    whole = indicators.resolved(key, indicators.moment())
    said = indicators.versions(whole) if whole else []
    if whole is None or whole.source_id is None or batch not in {each.figure.batch_id for each in said}:
        raise Refused("no_such_version", _("Không có bản số liệu ấy; mở lại phiếu của con số rồi hỏi."))
    reporter = Batch.objects.select_related("reporter").get(pk=batch).reporter
    made = Question.objects.create(
        indicator_id=whole.indicator_id,
        period_id=whole.period_id,
        unit_id=whole.unit_id,
        breakdown_id=whole.breakdown_id,
        measure=whole.measure,
        source_id=whole.source_id,
        batch_id=batch,
        reporter=reporter,
        asker=asker,
        text=needed(text, _("Viết câu hỏi: bạn muốn nơi báo cáo nói rõ điều gì.")),
        due=work_calendar().add_working_days(clock.business_today(), DAYS),
        by=by,
        business_at=clock.business_now(),
    )
    record(
        by=by.actor,
        verb="watch.ask",
        object_kind="question",
        object_id=made.pk,
        unit_id=reporter.pk,
        data={"batch": batch, "indicator": whole.indicator_id, "period": whole.period_id, "unit": whole.unit_id},
    )
    return made


@action("watch.answer_question")
@transaction.atomic
def answer_question(*, by: Person, question: Question, text: str) -> Answer:
    """The reporter answers, once. Officers and the leader of the unit that sent the version may."""
    question = Question.objects.select_for_update(of=("self",)).select_related("reporter").get(pk=question.pk)
    require_reporter(by, question)
    if Answer.objects.filter(question=question).exists():
        raise Refused("answered", _("Câu hỏi này đã có câu trả lời. Còn điều chưa rõ thì hỏi một câu mới."))
    made = Answer.objects.create(
        question=question,
        text=needed(text, _("Viết câu trả lời, ít nhất một câu.")),
        by=by,
        business_at=clock.business_now(),
    )
    record(
        by=by.actor,
        verb="watch.answer_question",
        object_kind="question",
        object_id=question.pk,
        unit_id=question.reporter_id,
        data={"batch": question.batch_id},
    )
    return made
