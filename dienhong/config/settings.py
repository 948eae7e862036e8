"""Every setting. What may differ between installations is read from the environment by `environment`."""

import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from dienhong.config import databases, environment

ROOT = Path(__file__).resolve().parents[2]

# Where this installation keeps its data, secrets, files and logs.
HOME = Path(environment.text("DIENHONG_HOME") or ROOT / ".dienhong").resolve()
STORE = HOME / "files"
DEMO = environment.flag("DIENHONG_DEMO", False)
DEBUG = environment.flag("DIENHONG_DEBUG", False)

# What listens where. Demo mode has accounts without secrets: never beyond loopback (checks.py).
LISTEN = environment.text("DIENHONG_LISTEN", "127.0.0.1")
PORT = environment.whole("PORT", 8000, 1, 65535)
_HOST = "127.0.0.1" if LISTEN in {"0.0.0.0", "::"} else LISTEN  # noqa: S104  (compared, not bound)
# What is printed at the start, and what leaves the house where no other address is named: one origin, or a browser that
# comes back to the other has no session there.
OWN_ADDRESS = f"http://[{_HOST}]:{PORT}" if ":" in _HOST else f"http://{_HOST}:{PORT}"
ALLOWED_HOSTS = environment.words("DIENHONG_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = environment.flag("DIENHONG_HTTPS", False)
BEHIND_PROXY = environment.flag("DIENHONG_BEHIND_PROXY", False)
WEB_WORKERS = environment.whole("DIENHONG_WEB_WORKERS", 2, 1, 64)
WEB_THREADS = environment.whole("DIENHONG_WEB_THREADS", 12, 1, 64)  # per worker; each may hold a database connection
METRICS_TOKEN = environment.text("DIENHONG_METRICS_TOKEN")

SECRET_KEY = environment.text("DIENHONG_SECRET_KEY") or environment.secret(HOME / "secrets", "django")

DATABASE_ROLE = environment.choice("DIENHONG_DATABASE_ROLE", databases.role_for(sys.argv), databases.ROLES)
DATABASES: dict[str, dict[str, Any]] = {"default": databases.choose(HOME, DATABASE_ROLE)}

INSTALLED_APPS = [
    "dienhong.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "dienhong.base",
    "dienhong.journal",
    "dienhong.organizations",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "dienhong.exchange",
    "dienhong.indicators",
    "dienhong.documents",
    "dienhong.payments",
    "dienhong.catalogue",
    "dienhong.notices",
    "dienhong.reporting",
    "dienhong.dossiers",
    "dienhong.directives",
    "dienhong.watch",
    "dienhong.portal",
    "dienhong.centre",
]
MIDDLEWARE = [
    "dienhong.config.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "dienhong.config.middleware.content_security_policy",
    "dienhong.config.middleware.maintenance",
    "dienhong.base.once.answers_kept",
    "dienhong.portal.cache.pages",  # visitors without a session; everything above it still sets its headers
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dienhong.config.middleware.who",
    "dienhong.base.refusals.RefusalMiddleware",
    "dienhong.organizations.http.closed_by_default",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dienhong.config.nul.NulMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dienhong.organizations.http.samples_prove_nothing",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "dienhong.config.urls"
WSGI_APPLICATION = "dienhong.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dienhong.base.context.page",
            ],
        },
    }
]
AUTH_USER_MODEL = "organizations.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "dienhong.organizations.adapters.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",  # the demo's one press; allauth's own takes the passwords
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL, LOGIN_REDIRECT_URL = "sign_in", "/"
ACCOUNT_ADAPTER = "dienhong.organizations.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "dienhong.organizations.adapters.SignInForm",
    "reauthenticate": "dienhong.organizations.adapters.AgainForm",
    "change_password": "dienhong.organizations.adapters.NewPasswordForm",
    "set_password": "dienhong.organizations.adapters.FirstPasswordForm",
    "reset_password": "dienhong.organizations.adapters.ForgottenForm",
    "reset_password_from_key": "dienhong.organizations.adapters.LinkPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # nobody signs up: the adapter refuses
ACCOUNT_EMAIL_VERIFICATION = "none"
# allauth asks for a verified address so that a stranger who signed up cannot lock out its owner; here nobody signs up,
# and an address is what an administrator wrote.
MFA_ALLOW_UNVERIFIED_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to an address that no account has
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "dienhong.organizations.adapters.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Diên Hồng"
# A code that turned over while it was being typed, or a phone's clock half a minute off, still counts (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "dienhong.organizations.adapters.SecondFactorForm",
    "reauthenticate": "dienhong.organizations.adapters.SecondFactorAgainForm",
    "activate_totp": "dienhong.organizations.adapters.EnrolForm",
}
SECOND_FACTOR_KEY = environment.secret(HOME / "secrets", "second-factor")  # seals the secrets of authenticator apps
# Rate limits count for all workers together, so they lie in the database; they are few rows that expire.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
SERVICES = ROOT / "dienhong" / "services"
# A service brings its words in its own folder; rooms are found by Django.
LOCALE_PATHS = [ROOT / "dienhong" / "base" / "locale", *sorted(SERVICES.glob("*/locale"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names carry the hash of the content, so browsers may keep them for ever; .gz copies lie beside.
    "staticfiles": {"BACKEND": "dienhong.base.static_files.HashedFiles"},
}
WHITENOISE_MAX_AGE = 3600  # of names without a hash
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Only our own origin, no inline script or style: shapes.md, 34.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked by the machine itself
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "dienhong.config.forgery.refused"
SESSION_COOKIE_AGE = 12 * 3600  # one working day
if BEHIND_PROXY:
    # Only where the proxy overwrites this header: otherwise anyone may claim to speak TLS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if "." in host.strip(".")] if HTTPS else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20

EMAIL_HOST = environment.text("DIENHONG_MAIL_HOST")
EMAIL_PORT = environment.whole("DIENHONG_MAIL_PORT", 587, 1, 65535)
EMAIL_HOST_USER = environment.text("DIENHONG_MAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("DIENHONG_MAIL_PASSWORD")
EMAIL_USE_TLS = environment.flag("DIENHONG_MAIL_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("DIENHONG_MAIL_FROM", "dienhong@localhost")
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
else:
    # No mail server named: messages are kept as files, nothing is sent and nothing is lost.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"

# Notices: the address of this site in what leaves it; the SMS gateway; hosts (with port) that may be given as hooks.
SITE_ADDRESS = environment.text("DIENHONG_ADDRESS", OWN_ADDRESS).rstrip("/")
SMS_URL = environment.text("DIENHONG_SMS_URL")
SMS_TOKEN = environment.text("DIENHONG_SMS_TOKEN")
HOOK_HOSTS = frozenset(host.lower() for host in environment.words("DIENHONG_HOOK_HOSTS"))
# host:port of a clamd that looks at uploads; without it files are marked "not scanned".
CLAMD = environment.text("DIENHONG_CLAMD")
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # each room's jobs.py

LOG_LEVEL = environment.choice("DIENHONG_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "dienhong.config.logs.AddRequest"}},
    "formatters": {"line": {"()": "dienhong.config.logs.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "dienhong": {"level": LOG_LEVEL},
        # The line of request_log already says status and path of a 404; tracebacks of a 500 stay.
        "django.request": {"level": "ERROR"},
    },
}

if DEBUG and not DEMO and LISTEN not in {"127.0.0.1", "::1", "localhost"}:
    raise ImproperlyConfigured("DIENHONG_DEBUG=1 shows source and settings to visitors: listen on 127.0.0.1 only.")
