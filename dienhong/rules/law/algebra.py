"""What a formula may say. It is written once against `Algebra`; `Single` and `Many` answer.

Conditions are combined with & | ~, never with `and`, `or`, `if`: for an array there are as many answers as cases.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol, TypeVar


class Condition(Protocol):
    def __and__(self, other: Any, /) -> Any: ...
    def __or__(self, other: Any, /) -> Any: ...
    def __invert__(self) -> Any: ...


class Label(Protocol):
    """A word out of a list: a kind, a province."""

    def among(self, *names: str) -> Condition: ...


class Number(Protocol):
    """An exact number: amounts are integers, rates are fractions; nothing is rounded but by `rounded`."""

    def __add__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __le__(self, other: Any, /) -> Any: ...
    def __lt__(self, other: Any, /) -> Any: ...


T = TypeVar("T")


class Algebra(ABC):
    """One case or many on one day each. Facts are asked by name; parameters by path and keys, on the day."""

    @abstractmethod
    def number(self, fact: str) -> Number:
        """An integer fact. FactMissing when it was not given."""

    @abstractmethod
    def label(self, fact: str) -> Label:
        """A fact that is a word; "" when it was not given."""

    @abstractmethod
    def flag(self, fact: str) -> Condition:
        """A yes/no fact; not given is no."""

    @abstractmethod
    def year(self) -> Number:
        """The year of the deciding day."""

    @abstractmethod
    def word(self, name: str) -> Label: ...

    @abstractmethod
    def count(self, number: int | Fraction) -> Number:
        """Nothing of the law: 0 and 1."""

    @abstractmethod
    def parameter(self, path: str, *keys: Label) -> Number:
        """The value in force; a gap (NoLaw in the end) where there is none."""

    @abstractmethod
    def in_force(self, path: str, *keys: Label) -> Condition:
        """Whether a value is in force and is not `false`."""

    @abstractmethod
    def cite(self, path: str, *keys: Label) -> None:
        """The row in force is a ground of the next step; nothing is computed from it."""

    @abstractmethod
    def scale(self, path: str, figure: Number) -> Number:
        """The amount of the bracket into which the figure falls."""

    @abstractmethod
    def either(self, condition: Condition, yes: Callable[[], T], no: Callable[[], T]) -> T:
        """One of two numbers, labels or conditions; a branch that no case takes may not be computed at all."""

    @abstractmethod
    def least(self, one: Number, other: Number) -> Number: ...

    @abstractmethod
    def rounded(self, number: Number, unit: Number) -> Number:
        """To a whole multiple of `unit`, half away from zero."""

    @abstractmethod
    def step(self, key: str, value: T) -> T:
        """Names what was just computed. One case keeps it with the parameter rows asked since the step before."""
