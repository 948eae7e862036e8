"""Sessions are told apart by browser and system in words."""

import pytest

from dienhong.organizations import devices

SAFARI = "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
SAID = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36": "Chrome 126, Windows",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/126.0.0.0": "Edge 126, Windows",
    f"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 coc_coc_browser/124.0.2 {CHROME}": "Cốc Cốc 124, Windows",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox 128, Linux",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 {SAFARI}": "Safari 17, iPhone",
    f"Mozilla/5.0 (Linux; Android 14; K) {CHROME} Mobile Safari/537.36": "Chrome 126, Android 14",
    "Lynx (Linux)": "trình duyệt không rõ, Linux",
    "curl/8.5.0": "curl/8.5.0",
    "": "thiết bị không rõ",
}


@pytest.mark.parametrize("agent", SAID)
def test_the_device_in_words(agent: str) -> None:
    assert devices.words(agent) == SAID[agent]
