"""A line of a result: what was measured, of us and of a peer, turn by turn; its ratio; what is wanted; whether that is met."""
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Aim:
    """What a number is to be: `at_most` or `at_least` so much."""

    kind: str
    value: float

    def met(self, number):
        return number <= self.value if self.kind == "at_most" else number >= self.value

    def margin(self, number):
        """How many times better than wanted: 1 and above is met."""
        if number <= 0:
            return 1000.0 if self.kind == "at_most" else 0.001
        return self.value / number if self.kind == "at_most" else number / self.value


def at_most(value):
    return Aim("at_most", value)


def at_least(value):
    return Aim("at_least", value)


@dataclass
class Line:
    """`ours` and `theirs` hold a number a turn. With `theirs` the aim is of the ratio ours / theirs, without of ours itself; a line without
    an aim is shown and not judged."""

    what: str
    unit: str
    ours: list
    aim: Aim | None = None
    peer: str | None = None
    theirs: list = field(default_factory=list)
    note: str | None = None

    def __post_init__(self):
        if not self.ours:
            raise ValueError(f"{self.what}: nothing was measured")
        if self.theirs and len(self.ours) != len(self.theirs):
            raise ValueError(f"{self.what}: {len(self.ours)} turns of ours, {len(self.theirs)} of {self.peer}")
        if bool(self.peer) != bool(self.theirs):
            raise ValueError(f"{self.what}: a peer has a name and numbers, or neither")

    def judged(self):
        """The numbers that the aim is of, a turn each."""
        return [mine / other for mine, other in zip(self.ours, self.theirs)] if self.theirs else self.ours

    def as_json(self):
        judged = self.judged()
        middle = median(judged)
        out = {"what": self.what, "unit": self.unit, "ours": [rounded(it) for it in self.ours]}
        if self.theirs:
            out |= {"peer": self.peer, "theirs": [rounded(it) for it in self.theirs], "ratios": [rounded(it) for it in judged]}
        out |= {"median": rounded(middle), "spread": [rounded(min(judged)), rounded(max(judged))]}
        if self.aim:
            out |= {self.aim.kind: self.aim.value, "met": self.aim.met(middle)}
        if self.note:
            out["note"] = self.note
        return out


def rounded(number):
    """Four figures are more than any of these is good for."""
    return float(f"{number:.4g}")


def percentile(numbers, share):
    """The nearest rank: a number that was measured, not one in between."""
    ranked = sorted(numbers)
    return ranked[max(0, min(len(ranked) - 1, -(-len(ranked) * share // 100) - 1))]
