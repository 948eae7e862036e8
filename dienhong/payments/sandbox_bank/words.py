"""What the play bank's pages say, in two languages."""

WORDS = {
    "bank": ("Ngân hàng mẫu", "Play bank"),
    "play": (
        "Đây là ngân hàng mẫu để thử. Không có tiền thật, không cần mật khẩu.",
        "This is a play bank for trying things out. No real money, no password.",
    ),
    "pay": ("Trả tiền", "Pay"),
    "no": ("Từ chối", "Decline"),
    "amount": ("Số tiền (đồng)", "Amount (VND)"),
    "to": ("Đến tài khoản", "To account"),
    "bank_no": ("Ngân hàng nhận", "Receiving bank"),
    "holder": ("Người nhận", "Receiver"),
    "content": ("Nội dung", "Content"),
    "code": ("Chuỗi mã QR", "Text of the QR code"),
    "code_hint": (
        "Ứng dụng ngân hàng đọc mã từ máy ảnh; ở đây bạn dán chuỗi của mã.",
        "A banking app reads the code with its camera; here you paste its text.",
    ),
    "read": ("Đọc mã", "Read the code"),
    "confirm": ("Xác nhận trả tiền", "Confirm the payment"),
    "paid": ("Đã chuyển tiền", "The money was sent"),
    "reference": ("Số giao dịch", "Transaction"),
    "back": ("Quay lại khoản phải nộp", "Back to the bill"),
    "home": ("Sổ của ngân hàng mẫu", "Books of the play bank"),
    "refused": ("Không trả được", "Not paid"),
    "unknown": ("Chưa rõ kết quả", "The result is not known yet"),
    "faults": ("Sự cố để thử", "Faults to try"),
    "save": ("Lưu", "Save"),
    "moves": ("Giao dịch gần đây", "Latest movements"),
    "none": (
        "Chưa có giao dịch. Trả một khoản thì nó hiện ở đây.",
        "No movement yet. Pay something and it appears here.",
    ),
    "when": ("Lúc", "When"),
    "lost": ("Mất lời báo", "Notice is lost"),
    "doubled": ("Báo hai lần", "Notice comes twice"),
    "late": ("Báo muộn", "Notice comes late"),
    "forged": ("Lời báo giả chữ ký", "Notice with a false signature"),
    "before_redirect": ("Báo trước khi trình duyệt quay lại", "Notice before the browser is back"),
    "timeout": ("Cổng chưa biết kết quả", "The platform does not know the end"),
    "partial": ("Trả thiếu một nửa", "Half is paid"),
    "over": ("Trả thừa một nửa", "Half more is paid"),
    "cut": ("Cắt nội dung chuyển khoản", "The content is cut"),
    "refuse": ("Ngân hàng từ chối", "The bank refuses"),
    "down": ("Ngân hàng không trả lời", "The bank is down"),
    "day_late": ("Sao kê chậm một ngày", "Statement a day late"),
}  # fmt: skip


def say(key: str, lang: str) -> str:
    return WORDS[key][lang == "en"]
