"""From tokens to a tree: a recursive descent parser for the way in which students write mathematics."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from assistants.maths.lexer import Token
from assistants.maths.nodes import (
    Apply,
    Call,
    Const,
    Diff,
    Frac,
    Integral,
    Limit,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Rel,
    Root,
    Series,
    Sum,
    Sym,
)

MAX_DEPTH = 160
"""Rules within one another; a pair of brackets takes four."""
MAX_TOKENS = 400

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_STARTS = frozenset({"num", "name", "const", "func", "open", "cmd", "bar"})
_LONE_ARGUMENT = frozenset({"num", "name", "const"})
_OWN_FUNCTIONS = frozenset("fghFGH")
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_MANY = frozenset({"gcd", "lcm", "min", "max"})
_END = Token("break", "")


class ParseError(Exception):
    """The tokens make no sense as mathematics."""


class TooDeep(ParseError):
    """Brackets within brackets beyond reason."""


class TooLong(ParseError):
    """More than a student would write."""


def parse(tokens: Sequence[Token]) -> Node:
    """The tree of a whole span.

    Raises:
        ParseError: it makes no sense, is nested too deeply, or is too long.
    """
    if len(tokens) > MAX_TOKENS:
        raise TooLong
    parser = Parser(tokens)
    node = parser.relation()
    if parser.here.kind != "break" or parser.at < len(tokens):
        raise ParseError(parser.here.text)
    return node


class Parser:
    """One pass over the tokens; each method reads what its name says and stops behind it."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self.at = 0
        self._depth = 0
        self._bars = 0
        self.side = "+-"

    @property
    def here(self) -> Token:
        """The next token."""
        return self._tokens[self.at] if self.at < len(self._tokens) else _END

    def _ahead(self, steps: int = 1) -> Token:
        place = self.at + steps
        return self._tokens[place] if place < len(self._tokens) else _END

    def _next(self) -> Token:
        token = self.here
        self.at += 1
        return token

    def _is(self, kind: str, *texts: str) -> bool:
        return self.here.kind == kind and (not texts or self.here.text in texts)

    def _take(self, kind: str, *texts: str) -> bool:
        if self._is(kind, *texts):
            self.at += 1
            return True
        return False

    def _expect(self, kind: str, *texts: str) -> Token:
        if not self._is(kind, *texts):
            raise ParseError(self.here.text)
        return self._next()

    def _within(self, rule: Callable[[], Node]) -> Node:
        """Go one level down."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeep
        node = rule()
        self._depth -= 1
        return node

    def relation(self) -> Node:
        """Sides with `=`, `<` … between; one side alone is an expression."""
        sides = [self._within(self.sum)]
        ops = []
        while self._is("rel"):
            ops.append(self._next().text)
            sides.append(self._within(self.sum))
        return Rel(tuple(ops), tuple(sides)) if ops else sides[0]

    def sum(self) -> Node:
        """Terms with + and - between."""
        terms = [("+", self._within(self.product))]
        while self._is("op", "+", "-"):
            sign = self._next().text
            terms.append((sign, self._within(self.product)))
        return terms[0][1] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Node:
        """Factors with a sign of multiplication or division between, or nothing."""
        negative = self._signs()
        factors = [("*", self._factor())]
        while True:
            if self._is("op", "*", "/", "÷", ":"):
                sign = "*" if self._next().text == "*" else "/"
                flipped = self._signs()
                factor = self._factor()
                factors.append((sign, Neg(factor) if flipped else factor))
            elif self._starts_factor():
                factors.append(("", self._factor()))
            else:
                break
        node = factors[0][1] if len(factors) == 1 else Product(tuple(factors))
        return Neg(node) if negative else node

    def _signs(self) -> bool:
        negative = False
        while self._is("op", "+", "-"):
            negative ^= self._next().text == "-"
        return negative

    def _starts_factor(self) -> bool:
        if self.here.kind == "bar":
            return not self._bars
        if self.here.kind == "num":
            # 2 3 is a slip, x2 is read as a power elsewhere.
            return False
        return self.here.kind in _STARTS

    def _factor(self) -> Node:
        return self._within(self._power)

    def _power(self) -> Node:
        base = self._postfix()
        if isinstance(base, Num) and self._is("num") and self._ahead().text == "/" and self._ahead(2).kind == "num":
            return self._mixed(base)
        if self._take("op", "^"):
            return self._marks(Power(base, self._exponent()))
        return self._slash_fraction(base) if isinstance(base, Num) else base

    def _slash_fraction(self, top: Num) -> Node:
        """`3/4` without spaces is one number: in `1/2 ÷ 3/4` it is not taken apart."""
        slash, bottom, after = self.here, self._ahead(), self._ahead(2)
        tight = slash.text == "/" and not slash.spaced and bottom.kind == "num" and not bottom.spaced
        if not tight or (after.kind == "op" and after.text in "^!%°") or not (_whole(top) and _whole_token(bottom)):
            return top
        self.at += 2
        return Frac(top, self._number(bottom))

    def _exponent(self) -> Node:
        negative = self._signs()
        node = self._factor()
        return Neg(node) if negative else node

    def _mixed(self, whole: Num) -> Node:
        top = self._number(self._next())
        self._next()
        bottom = self._number(self._next())
        if any(number.value.denominator != 1 for number in (whole, top, bottom)):
            raise ParseError("mixed")
        return Mixed(whole, top, bottom)

    def _postfix(self) -> Node:
        atom = self._atom()
        if isinstance(atom, Num) and self._is("cmd", "frac") and _whole(atom):
            mark = self.at
            fraction = self._within(self._atom)
            if isinstance(fraction, Frac) and _whole(fraction.top) and _whole(fraction.bottom):
                return Mixed(atom, fraction.top, fraction.bottom)
            self.at = mark
        if isinstance(atom, Sym) and self._is("num") and not self.here.spaced and len(self.here.text) == 1:
            return Power(atom, self._number(self._next()))
        return self._marks(atom)

    def _marks(self, node: Node) -> Node:
        while True:
            if self._is("op", "!", "%", "°"):
                node = Postfix(self._next().text, node)
            elif self._is("op", "^") and self._ahead().text == "°":
                self.at += 2
                node = Postfix("°", node)
            elif self._is("op", "^") and self._ahead().text == "{" and self._ahead(2).text == "°":
                self.at += 3
                self._expect("close", "}")
                node = Postfix("°", node)
            else:
                return node

    def _atom(self) -> Node:
        token = self._next()
        match token.kind:
            case "num":
                return self._number(token)
            case "name":
                return self._name(token)
            case "const":
                return Const(token.text)
            case "open":
                return self._bracketed(token)
            case "bar":
                return self._absolute()
            case "func":
                return self._call(token.text)
            case "cmd":
                return self._command(token.text)
            case _:
                raise ParseError(token.text)

    def _number(self, token: Token) -> Num:
        if token.value is None:
            raise ParseError(token.text)
        return Num(token.value, token.text)

    def _name(self, token: Token) -> Node:
        if token.text in _OWN_FUNCTIONS:
            mark, primes = self.at, 0
            while self._take("prime"):
                primes += 1
            if self._is("open", "(") and not self.here.spaced:
                self._next()
                arg = self._within(self.sum)
                self._expect("close", ")")
                return Apply(token.text, primes, arg)
            self.at = mark
        if self._take("sub"):
            return Sym(f"{token.text}_{self._subscript()}")
        return Sym(token.text)

    def _subscript(self) -> str:
        if self._take("open", "{"):
            parts = []
            while not self._is("close", "}"):
                if self.here.kind not in {"num", "name"} or len(parts) > 3:
                    raise ParseError(self.here.text)
                parts.append(self._next().text)
            self._next()
            return "".join(parts)
        token = self._next()
        if token.kind not in {"num", "name"}:
            raise ParseError(token.text)
        return token.text

    def _bracketed(self, opening: Token) -> Node:
        if opening.text == "(" and self._is("op", "+", "-") and self._ahead().kind == "close":
            raise ParseError("sign alone")
        bars, self._bars = self._bars, 0
        node = self._within(self.sum)
        self._bars = bars
        self._expect("close", _CLOSING[opening.text])
        return node

    def _absolute(self) -> Node:
        self._bars += 1
        node = self._within(self.sum)
        self._bars -= 1
        self._expect("bar")
        return Call("abs", (node,))

    def _braces(self) -> Node:
        """An argument of a LaTeX command: a group, or a single token."""
        if self._take("open", "{"):
            node = self._within(self.sum)
            self._expect("close", "}")
            return node
        token = self.here
        if token.kind == "num" and len(token.text) > 1:
            raise ParseError(token.text)
        return self._within(self._atom)

    def _call(self, name: str) -> Node:
        base = self._log_base() if name == "log" else None
        power: Node | None = None
        if self._take("op", "^"):
            power = self._exponent_of_name()
        arguments = self._arguments(name)
        if name in {"sqrt", "cbrt"}:
            node: Node = Root(arguments[0], 2 if name == "sqrt" else 3)
        elif name == "exp":
            node = Power(Const("e"), arguments[0])
        elif power == Neg(Num(Fraction(1), "1")) and name in _INVERSE:
            return Call(_INVERSE[name], arguments)
        elif name == "factorial":
            node = Postfix("!", arguments[0])
        else:
            node = Call(name, arguments, base)
        return Power(node, power) if power is not None else node

    def _log_base(self) -> Node | None:
        if self._take("sub"):
            return self._braces() if self._is("open", "{") else self._within(self._atom)
        if self._is("num") and not self.here.spaced and self._ahead().kind == "open" and self._ahead().text == "(":
            return self._number(self._next())
        return None

    def _exponent_of_name(self) -> Node:
        """In `sin^2 x` the power is one token, or in brackets."""
        negative = self._signs()
        node = self._within(self._atom)
        return Neg(node) if negative else node

    def _arguments(self, name: str) -> tuple[Node, ...]:
        if self._is("open"):
            return self._bracketed_arguments(name)
        if name in _MANY or name == "binom":
            raise ParseError(name)
        if name in {"sqrt", "cbrt", "abs"}:
            return (self._within(self._power),)
        return (self._within(self._lone_argument),)

    def _bracketed_arguments(self, name: str) -> tuple[Node, ...]:
        opening = self._next()
        arguments = [self._within(self.sum)]
        while self._take("comma"):
            arguments.append(self._within(self.sum))
        self._expect("close", _CLOSING[opening.text])
        fitting = len(arguments) >= 2 if name in _MANY else len(arguments) == (2 if name == "binom" else 1)
        if name == "log" and len(arguments) == 2:
            raise ParseError("log of two")
        if not fitting:
            raise ParseError(name)
        return tuple(arguments)

    def _lone_argument(self) -> Node:
        """`sin 2x`, `ln x`, `sin π/6`: what stands behind a function without brackets."""
        negative = self._signs()
        factors: list[tuple[str, Node]] = [("*", self._factor())]
        while self.here.kind in _LONE_ARGUMENT and not (self.here.kind == "num"):
            factors.append(("", self._factor()))
        if self._is("op", "/") and self._ahead().kind == "num" and factors[-1][1] == Const("pi"):
            self._next()
            factors.append(("/", self._number(self._next())))
        node = factors[0][1] if len(factors) == 1 else Product(tuple(factors))
        return Neg(node) if negative else node

    def _command(self, name: str) -> Node:
        match name:
            case "frac":
                return self._frac()
            case "sqrt":
                index = 2
                if self._take("open", "["):
                    index = self._small(self._number(self._next()))
                    self._expect("close", "]")
                return Root(self._braces(), index)
            case "root2" | "root3" | "root4":
                digit = name[-1]
                return Root(self._root_argument(), int(digit))
            case "binom":
                return Call("binom", (self._braces(), self._braces()))
            case "lim":
                return self._limit()
            case "int":
                return self._integral()
            case "sum" | "prod":
                return self._series(name)
        raise ParseError(name)

    def _root_argument(self) -> Node:
        negative = self._signs()
        node = self._within(self._postfix)
        return Neg(node) if negative else node

    def _frac(self) -> Node:
        if (order := self._derivative_sign()) is not None:
            return order
        return Frac(self._braces(), self._braces())

    def _derivative_sign(self) -> Node | None:
        r"""`\frac{d}{dx}` before what is to be differentiated."""
        texts = [self._ahead(step).text for step in range(12)]
        kinds = [self._ahead(step).kind for step in range(12)]
        if texts[:4] == ["{", "d", "}", "{"] and kinds[4] == "diff" and texts[5] == "}":
            self.at += 6
            return Diff(self._within(self.product), Sym(texts[4]))
        if texts[:3] == ["{", "d", "^"]:
            return self._higher_derivative_sign()
        return None

    def _higher_derivative_sign(self) -> Node:
        self.at += 2
        self._expect("op", "^")
        order = self._small(self._braces())
        self._expect("close", "}")
        self._expect("open", "{")
        var = Sym(self._expect("diff").text)
        self._expect("op", "^")
        self._braces()
        self._expect("close", "}")
        return Diff(self._within(self.product), var, order)

    def _small(self, node: Node) -> int:
        if isinstance(node, Num) and node.value.denominator == 1 and 1 <= node.value <= 20:
            return int(node.value)
        raise ParseError("order")

    def slash_derivative(self) -> Node:
        """`d/dx` before what is to be differentiated; the caller has seen that it stands here."""
        self.at += 2
        var = Sym(self._expect("diff").text)
        return Diff(self._within(self.product), var)

    def _limit(self) -> Node:
        self._take("sub")
        opening = self._next().text if self._is("open", "(", "{") else None
        var = Sym(self._expect("name").text)
        self._expect("arrow")
        if opening:
            to, side = self._within(self.closed_target), self.side
            self._expect("close", _CLOSING[opening])
        else:
            to, side = self._within(self._target), self.side
        self._take("comma")
        return Limit(self._within(self.sum), var, to, side)

    def closed_target(self) -> Node:
        """A limit's target up to a closing bracket or the end; `side` says from where it is approached."""
        node = self._target()
        if not self._is("close") and self.here is not _END:
            raise ParseError(self.here.text)
        return node

    def _target(self) -> Node:
        self.side = "+-"
        negative = self._signs()
        node = self._postfix()
        if self._is("op", "/"):
            self._next()
            node = Product((("*", node), ("/", self._postfix())))
        if self._is("op", "^"):
            self._next()
            braced = self._take("open", "{")
            self.side = self._expect("op", "+", "-").text
            if braced:
                self._expect("close", "}")
        elif self._is("op", "+", "-") and (self._ahead().kind in {"close", "break"} or self._one_sided()):
            self.side = self._next().text
        return Neg(node) if negative else node

    def _one_sided(self) -> bool:
        """`x->0+ 1/x`: a sign glued to the target, with a space behind."""
        return not self.here.spaced and self._ahead().spaced

    def _integral(self) -> Node:
        low = high = None
        if self._take("sub"):
            low = self._bound()
            self._expect("op", "^")
            high = self._bound()
        body, var = self._integrand()
        return Integral(body, var, low, high)

    def _bound(self) -> Node:
        if self._is("open", "{"):
            return self._braces()
        negative = self._signs()
        node = self._within(self._atom)
        return Neg(node) if negative else node

    def _integrand(self) -> tuple[Node, Sym]:
        """What stands between the sign of the integral and `dx`; without `dx` the variable is guessed."""
        if self._is("diff"):
            return Num(Fraction(1), "1"), Sym(self._next().text)
        body = self._within(self.sum)
        if self._is("diff"):
            return body, Sym(self._next().text)
        return body, Sym("")

    def _series(self, kind: str) -> Node:
        self._expect("sub")
        self._expect("open", "{")
        var = Sym(self._expect("name").text)
        self._expect("rel", "=")
        low = self._within(self.sum)
        self._expect("close", "}")
        self._expect("op", "^")
        high = self._bound()
        return Series(kind, self._within(self.product), var, low, high)


def _whole(node: Node) -> bool:
    return isinstance(node, Num) and node.value.denominator == 1


def _whole_token(token: Token) -> bool:
    return token.value is not None and token.value.denominator == 1
