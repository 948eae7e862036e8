"""What `manage.py up` does, as three tables: steps before the site opens, processes while it runs, steps after."""

import sys
from dataclasses import dataclass, field

from django.conf import settings

from dienhong.config import supervisor


@dataclass(frozen=True)
class Step:
    """A management command that ends by itself. It must be safe to repeat, and quick when there is nothing to do."""

    title: str
    command: tuple[str, ...]
    demo_only: bool = False


@dataclass(frozen=True)
class Process:
    """A program that runs as long as the site does; started again when it ends by itself."""

    name: str
    arguments: tuple[str, ...]
    role: str = "app"
    environment: dict[str, str] = field(default_factory=dict)


# As the owner of the tables, in a process of its own.
TABLES = Step("Lập bảng · Tables", ("migrate", "--verbosity", "1", "--no-color"))
# As the application, one after another in one process (`manage.py prepare`): starting Django nine times is slow.
BEFORE = (
    Step("Tệp tĩnh · Static files", ("collectstatic", "--no-input", "--verbosity", "0")),
    Step("Ngày trình diễn · Demo day", ("demo_day",), demo_only=True),
    Step("Đơn vị · Units", ("load_units",)),
    Step("Tài khoản mẫu · Sample accounts", ("demo_accounts",), demo_only=True),
    Step("Chứng thực mẫu · Sample authority", ("documents_authority",), demo_only=True),
    Step("Đối tác · Partners", ("load_partners",)),
    Step("Danh mục chỉ tiêu · Catalogue of indicators", ("load_catalogue",)),
    Step("Chế độ báo cáo · Report regimes", ("load_regimes",)),
    Step("Chuyên mục · Columns of the Centre", ("load_columns",)),
)
# Then these side by side, for the site opens when the last lane is through: a process waits for its database half of
# the time. What a lane needs comes before it in the lane or in BEFORE.
LANES = (
    (
        Step("Danh mục thủ tục · Procedures", ("load_procedures",)),
        Step("Dịch vụ công · Public services", ("load_services",)),
        Step("Tài khoản thu · Accounts for fees", ("demo_services", "--accounts"), demo_only=True),
        Step("Số liệu đã công bố · Published statistics", ("load_feeds", "--first"), demo_only=True),
        Step("Hai quý gần nhất · The last two quarters", ("play_demo", "RR22", "RR07"), demo_only=True),
    ),
    (Step("Hai tháng gần nhất · The last two months", ("play_demo", "RR05"), demo_only=True),),
)
# While the site works, one after another: a failure is said and leaves the site open.
AFTER: tuple[Step, ...] = (
    Step("Bảng và màn hình mẫu · Sample boards and wall", ("demo_boards",), demo_only=True),
    Step("Hồ sơ của những ngày trước · Dossiers of the past days", ("demo_services",), demo_only=True),
    Step("Chỉ đạo của những tháng trước · Directives of the past months", ("demo_directives",), demo_only=True),
    Step("Đối chiếu, hỏi đáp, cảnh báo · Checks, questions, alerts", ("demo_watch",), demo_only=True),
    Step("Các năm trước · Older years", ("play_demo", "--older"), demo_only=True),
    Step("Số liệu đã công bố, phần còn lại · Published statistics, the rest", ("load_feeds",), demo_only=True),
)


def processes() -> tuple[Process, ...]:
    web = ("-m", "granian", "--interface", "asginl", "--host", settings.LISTEN, "--port", str(settings.PORT))
    shape = ("--workers", str(settings.WEB_WORKERS), "--no-ws")
    care = ("--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning")
    made = (
        Process("web", (sys.executable, *web, *shape, *care, "dienhong.config.asgi:application")),
        Process("sealer", tuple(supervisor.python("sealer")), role="sealer"),
        Process("worker", tuple(supervisor.python("worker"))),
        Process("live", tuple(supervisor.python("live"))),
    )
    return (*made, *_of_partners(), _play_bank()) if settings.DEMO else made


def _of_partners() -> tuple[Process, ...]:
    """The demo's stand-ins for other agencies' systems, on loopback, at the ports after the site's own."""
    module = "dienhong.exchange.programs"
    named = {"PORT": str(settings.PORT)}
    return tuple(
        Process(name, (sys.executable, "-m", f"{module}.{name}"), environment=named) for name in ("registers", "police")
    )


def _play_bank() -> Process:
    """Where the demo's money is: a program of its own, that knows the site by HTTP alone."""
    known = {"DIENHONG_HOME": str(settings.HOME), "PORT": str(settings.PORT)}
    return Process("play-bank", (sys.executable, "-m", "dienhong.payments.sandbox_bank"), environment=known)


def accounts() -> list[str]:
    """Lines that name the demo accounts: one press each on the sign-in page, no password."""
    from dienhong.organizations.demo import SAMPLES

    return ["Tài khoản mẫu, một lần bấm ở /sign-in/ · Sample accounts, one press each:"] + [
        f"  {sample.username:24}{sample.display_name}" for sample in SAMPLES
    ]
