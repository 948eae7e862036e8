"""What a script imports it names by the hash too; scripts of packages are left alone."""

from pathlib import Path

from dienhong.base.static_files import HashedFiles


def test_an_import_names_the_file_with_its_hash(tmp_path: Path) -> None:
    texts = {
        "centre/board.js": 'import { settle } from "./age.js";\nsettle();\n',
        "centre/age.js": "export const settle = () => 1;\n",
        "package/its.js": '// import {a} from "./not-there";\n',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    storage = HashedFiles(location=tmp_path, base_url="/static/")
    made = dict(each[:2] for each in storage.post_process({name: (storage, name) for name in texts}) if each[2])
    age = Path(made["centre/age.js"]).name
    assert age != "age.js"
    assert f'from "./{age}"' in (tmp_path / made["centre/board.js"]).read_text()
