"""Forms of services: `form.yaml` to pages, checks, JSON Schema and filed content.

form = Form.load(folder)                    # FormFault names every fault with its mend
reading = form.read(typed, lang, files)     # text as typed -> values; unreadable text keeps a fault and stays typed
form.judge(values, now, places=…)           # every Fault of what is shown, a sentence each
form.filed(values, now)                     # canonical content: the keys are those the rules ask for as facts
form.schema(day)                            # JSON Schema 2020-12, held equal to judge by a test
"""

from dienhong.dossiers.forms.answers import Reading, filed, judge, pages_shown, read, see
from dienhong.dossiers.forms.shapes import Field, Form, FormFault, Page

__all__ = ["Field", "Form", "FormFault", "Page", "Reading", "filed", "judge", "pages_shown", "read", "see"]
