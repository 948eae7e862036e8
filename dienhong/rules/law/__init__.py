"""Law as code: dated parameters, exact arithmetic with a trace, one formula for one case and for arrays of millions.

`Law.load(path)` reads parameters; a formula is a function of an `Algebra`; `Single` computes one case and keeps why,
`Many` computes arrays; `results` stores and rechecks. Plain Python and NumPy, no Django.
"""

from dienhong.rules.law.algebra import Algebra, Condition, Label, Number
from dienhong.rules.law.faults import FactMissing, FactWrong, LawFault, NoLaw, TooLarge, Undecided
from dienhong.rules.law.many import Coded, Many
from dienhong.rules.law.parameters import Law, Row, Scale, Series
from dienhong.rules.law.single import Asked, Single, Step

__all__ = [
    "Algebra",
    "Asked",
    "Coded",
    "Condition",
    "FactMissing",
    "FactWrong",
    "Label",
    "Law",
    "LawFault",
    "Many",
    "NoLaw",
    "Number",
    "Row",
    "Scale",
    "Series",
    "Single",
    "Step",
    "TooLarge",
    "Undecided",
]
