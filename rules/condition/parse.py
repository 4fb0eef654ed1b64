"""Reads the grammar of conditions: or, and, not, comparisons, sums, products, names and values."""

from rules.condition.slips import FOREIGN_NAMES
from rules.condition.syntax import Syntax, SyntaxKind
from rules.condition.text import KEYWORDS, Source, Token, read_tokens
from rules.duration import UNIT_WORDS
from rules.errors import ConditionError, nearest

DEEPEST = 32
"""Levels of parts within parts; keeps every later walk over the tree within Python's stack."""

_COMPARISONS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})


def parse(source: Source) -> Syntax:
    """The whole text as one tree; raises ConditionError at the first word that does not fit."""
    parser = _Parser(source)
    if parser.at_end():
        raise source.refuse(0, "the condition is empty", remedy="write one, such as days_since_touch > 30")
    tree = parser.either()
    if not parser.at_end():
        raise parser.unexpected("the condition could end here")
    return tree


class _Parser:
    """Recursive descent, one method for each level of binding; every method leaves `now` behind its part."""

    def __init__(self, source: Source) -> None:
        self._source, self._tokens, self._index, self._open = source, read_tokens(source), 0, 0

    @property
    def now(self) -> Token:
        return self._tokens[self._index]

    def at_end(self) -> bool:
        return self.now.kind == "end"

    def either(self) -> Syntax:
        """Parts joined by or. Every nesting passes here, so here the levels are counted."""
        self._open += 1
        if self._open > DEEPEST:
            raise self._too_deep(self.now.start)
        parts = [self._all_of()]
        while self._take("word", "or"):
            parts.append(self._all_of())
        self._open -= 1
        return parts[0] if len(parts) == 1 else self._join("or", parts)

    def _all_of(self) -> Syntax:
        parts = [self._negation()]
        while self._take("word", "and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else self._join("and", parts)

    def _negation(self) -> Syntax:
        starts = [self.now.start]
        while self._take("word", "not"):
            starts.append(self.now.start)
            if len(starts) > DEEPEST:
                raise self._too_deep(self.now.start)
        part = self._predicate()
        for start in reversed(starts[:-1]):
            part = self._join("not", [part], start=start)
        return part

    def _predicate(self) -> Syntax:
        first = self._sum()
        if self.now.kind == "sign" and self.now.value in _COMPARISONS:
            return self._comparison(first)
        negated = ("not",) if self._peek_not() else ()
        if self._take("word", "in"):
            return self._join("in", [first, *self._list()], words=negated)
        if self._take("word", "between"):
            low = self._sum()
            self._expect("word", "and", "between takes two ends: x between 1 and 9")
            return self._join("between", [first, low, self._sum()], words=negated)
        if self._take("word", "is"):
            negated = ("not",) if self._take("word", "not") else ()
            self._expect("word", "null", "after 'is' stands null or not null; compare other values with =")
            return self._join("is_null", [first], words=negated)
        return first

    def _comparison(self, first: Syntax) -> Syntax:
        parts, operators = [first], []
        while self.now.kind == "sign" and self.now.value in _COMPARISONS:
            operators.append("<>" if self.now.value == "!=" else self.now.value)
            self._index += 1
            parts.append(self._sum())
        return self._join("compare", parts, words=tuple(operators))

    def _peek_not(self) -> bool:
        following = self._tokens[self._index + 1 : self._index + 2]
        found = self.now.kind == "word" and self.now.value == "not"
        if found and following and following[0].value in ("in", "between"):
            self._index += 1
            return True
        return False

    def _sum(self) -> Syntax:
        left = self._product()
        while self.now.kind == "sign" and self.now.value in "+-":
            word = self._step().value
            left = self._join("arithmetic", [left, self._product()], words=(word,))
        return left

    def _product(self) -> Syntax:
        left = self._signed()
        while self.now.kind == "sign" and self.now.value in "*/":
            word = self._step().value
            left = self._join("arithmetic", [left, self._signed()], words=(word,))
        return left

    def _signed(self) -> Syntax:
        starts = [self.now.start]
        while self._take("sign", "-"):
            starts.append(self.now.start)
            if len(starts) > DEEPEST:
                raise self._too_deep(self.now.start)
        part = self._value()
        for start in reversed(starts[:-1]):
            part = self._join("minus", [part], start=start)
        return part

    def _value(self) -> Syntax:
        token = self.now
        if token.kind == "sign" and token.value == "(":
            return self._parenthesis()
        if token.kind == "word" and token.value == "case":
            return self._case()
        if token.kind == "word" and token.value in ("true", "false", "null"):
            self._step()
            return self._leaf("null" if token.value == "null" else "boolean", token)
        if token.kind in ("name", "quoted"):
            return self._name()
        if token.kind == "number":
            return self._number()
        if token.kind == "text":
            self._step()
            return self._leaf("text", token)
        raise self.unexpected("a name or a value should stand here")

    def _parenthesis(self) -> Syntax:
        self._step()
        part = self.either()
        self._expect("sign", ")", "a parenthesis that was opened is closed with )")
        return part

    def _name(self) -> Syntax:
        token = self._step()
        if token.kind == "name" and self.now.kind == "sign" and self.now.value == "(":
            return self._join("call", self._list(empty=True), words=(token.value,), start=token.start)
        return self._leaf("name", token)

    def _number(self) -> Syntax:
        token = self._step()
        words: list[str] = []
        while self.now.kind == "name" and self.now.value.lower() in UNIT_WORDS and len(words) < 2:
            words.append(self._step().value)
        if not words:
            return self._leaf("number", token)
        end = self._tokens[self._index - 1].end
        return Syntax(
            kind="duration", words=(f"{token.value} {' '.join(words)}",), start=token.start, end=end, depth=1
        )

    def _list(self, *, empty: bool = False) -> list[Syntax]:
        self._expect("sign", "(", "a list stands in parentheses: x in ('a', 'b')")
        if empty and self._take("sign", ")"):
            return []
        parts = [self.either()]
        while self._take("sign", ","):
            parts.append(self.either())
        self._expect("sign", ")", "a list ends with )")
        return parts

    def _case(self) -> Syntax:
        start = self._step().start
        words: list[str] = []
        parts: list[Syntax] = []
        if not (self.now.kind == "word" and self.now.value == "when"):
            parts.append(self.either())
            words.append("subject")
        form = "write case when ... then ... else ... end"
        self._expect("word", "when", form)
        parts.extend(self._branch(form))
        while self._take("word", "when"):
            parts.extend(self._branch(form))
        if self._take("word", "else"):
            parts.append(self.either())
            words.append("else")
        self._expect("word", "end", form)
        return self._join("case", parts, words=tuple(words), start=start)

    def _branch(self, form: str) -> tuple[Syntax, Syntax]:
        test = self.either()
        self._expect("word", "then", form)
        return test, self.either()

    def _step(self) -> Token:
        self._index += 1
        return self._tokens[self._index - 1]

    def _take(self, kind: str, value: str) -> bool:
        found = self.now.kind == kind and self.now.value == value
        self._index += found
        return found

    def _expect(self, kind: str, value: str, remedy: str) -> None:
        if not self._take(kind, value):
            raise self.unexpected(remedy, wanted=value)

    def _leaf(self, kind: SyntaxKind, token: Token) -> Syntax:
        return Syntax(kind=kind, words=(token.value,), start=token.start, end=token.end, depth=1)

    def _join(
        self, kind: SyntaxKind, parts: list[Syntax], *, words: tuple[str, ...] = (), start: int | None = None
    ) -> Syntax:
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth > DEEPEST:
            raise self._too_deep(parts[-1].start)
        begin = parts[0].start if start is None else start
        end = self._tokens[self._index - 1].end
        return Syntax(kind=kind, words=words, parts=tuple(parts), start=begin, end=end, depth=depth)

    def _too_deep(self, at: int) -> ConditionError:
        return self._source.refuse(
            at, f"more than {DEEPEST} levels within each other", remedy="split the rule in two or add a fact"
        )

    def unexpected(self, remedy: str, *, wanted: str = "") -> ConditionError:
        """The error about the word that stands at `now`."""
        token = self.now
        instead = f", '{wanted}' is missing" if wanted else ""
        if token.kind == "end":
            return self._source.refuse(token.start, f"the condition breaks off{instead}", remedy=remedy)
        shown = self._source.text[token.start : token.end][:40]
        for foreign in (token, self._tokens[self._index - 1]):
            if foreign.kind == "name" and (hint := FOREIGN_NAMES.get(foreign.value.lower())):
                problem = f"'{foreign.value}' is not part of this language"
                return self._source.refuse(foreign.start, problem, remedy=hint)
        if token.kind == "name" and (near := nearest(token.value, KEYWORDS)):
            remedy = f"did you mean '{near}'?"
        if token.kind == "sign" and token.value == "," and self._tokens[self._index - 1].kind == "number":
            remedy = "write thousands without a separator: 1000"
        return self._source.refuse(token.start, f"'{shown}' does not fit here{instead}", remedy=remedy)
