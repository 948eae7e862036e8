"""What allauth does differently here: nobody signs up, and it speaks Vietnamese (it has no such translation)."""

from io import BytesIO
from typing import Any

import qrcode  # type: ignore[import-untyped]
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as SecondFactorAgain
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from dienhong.organizations import sign_in


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Tài khoản này đã đóng."),
        "enter_current_password": _("Nhập mật khẩu hiện tại."),
        "incorrect_code": _("Mã không đúng."),
        "incorrect_password": _("Mật khẩu không đúng."),
        "invalid_login": _("Tên đăng nhập hoặc mật khẩu không đúng."),
        "invalid_password_reset": _("Liên kết đặt lại mật khẩu đã hết hiệu lực; xin liên kết mới."),
        "too_many_login_attempts": _("Sai quá nhiều lần; thử lại sau ít phút."),
        "username_password_mismatch": _("Tên đăng nhập hoặc mật khẩu không đúng."),
        "rate_limited": _("Gửi quá nhiều lần; chờ ít phút rồi thử lại."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"[Diên Hồng] {subject}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """As allauth does, but the refusal says at what time the door opens again."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            key = self._get_login_attempts_cache_key(request, **credentials)
            again = sign_in.free_again_at(request, "login_failed", key)
            if error.code != "too_many_login_attempts" or again is None:
                raise
            said = gettext("Sai quá nhiều lần. Thử lại sau %(time)s.")
            said %= {"time": again.strftime("%H:%M:%S")}
            raise ValidationError(said, error.code) from error

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {"reauthenticate": _("Bằng mật khẩu"), "mfa_reauthenticate": _("Bằng mã của ứng dụng xác thực")}
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**each, "description": str(words.get(each["id"], each["description"]))} for each in found]


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Mã không đúng; xem lại mã mới nhất trong ứng dụng."),
        "cannot_delete_authenticator": _("Không tắt được xác thực hai bước của tài khoản này."),
        "cannot_generate_recovery_codes": _("Bật xác thực hai bước trước, rồi mới tạo mã dự phòng."),
    }

    def encrypt(self, text: str) -> str:
        return sign_in.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sign_in.unseal(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def build_totp_svg(self, url: str) -> str:
        """With its own white ground: on a dark page a bare code cannot be scanned."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()


class LongEnough(MinimumLengthValidator):
    """Django's own says it in English to Vietnamese readers: its translation has not followed its new wording."""

    def get_error_message(self) -> str:
        return gettext("Mật khẩu quá ngắn: cần ít nhất %(n)d ký tự.") % {"n": self.min_length}

    def get_help_text(self) -> str:
        return gettext("Ít nhất %(n)d ký tự.") % {"n": self.min_length}


class _Plain:
    """Labels above the fields, in our words; no text inside an empty field."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert isinstance(self, BaseForm)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if not name.startswith("password1"):
                field.help_text = ""


class SignInForm(_Plain, LoginForm):
    labels = {"login": _("Tên đăng nhập"), "password": _("Mật khẩu")}


class AgainForm(_Plain, ReauthenticateForm):
    labels = {"password": _("Mật khẩu")}


class NewPasswordForm(_Plain, ChangePasswordForm):
    labels = {
        "oldpassword": _("Mật khẩu hiện tại"),
        "password1": _("Mật khẩu mới"),
        "password2": _("Nhập lại mật khẩu mới"),
    }


class FirstPasswordForm(_Plain, SetPasswordForm):
    labels = {"password1": _("Mật khẩu mới"), "password2": _("Nhập lại mật khẩu mới")}


class ForgottenForm(_Plain, ResetPasswordForm):
    labels = {"email": _("Địa chỉ thư của tài khoản")}


class LinkPasswordForm(_Plain, ResetPasswordKeyForm):
    labels = {"password1": _("Mật khẩu mới"), "password2": _("Nhập lại mật khẩu mới")}


class SecondFactorForm(_Plain, AuthenticateForm):
    labels = {"code": _("Mã sáu số trong ứng dụng xác thực, hoặc một mã dự phòng")}


class SecondFactorAgainForm(_Plain, SecondFactorAgain):
    labels = {"code": _("Mã sáu số trong ứng dụng xác thực, hoặc một mã dự phòng")}


class EnrolForm(_Plain, ActivateTOTPForm):
    labels = {"code": _("Mã sáu số mà ứng dụng đang hiện")}

    @property
    def key_in_fours(self) -> list[str]:
        """The key as it is typed off the screen. The gaps are drawn, not written: what is copied is the whole key."""
        return [self.secret[at : at + 4] for at in range(0, len(self.secret), 4)]
