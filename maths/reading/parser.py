"""Parses tokens into a tree, by recursive descent, as students write mathematics."""

from collections.abc import Sequence
from fractions import Fraction

from maths.reading.calculus_notation import CalculusParser
from maths.reading.lexer import Token
from maths.reading.nodes import (
    Apply,
    Call,
    Const,
    Frac,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Rel,
    Root,
    Sum,
    Sym,
    walk,
)
from maths.reading.token_cursor import CLOSING, ParseError, TooLong

MAX_TOKENS = 400

_STARTS = frozenset({"num", "name", "const", "func", "open", "cmd", "bar"})
_LONE_ARGUMENT = frozenset({"num", "name", "const"})
_OWN_FUNCTIONS = frozenset("fghFGH")
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_TWO = frozenset({"binom", "perm"})
_MANY = frozenset({"gcd", "lcm", "min", "max"})


def parse(tokens: Sequence[Token]) -> Node:
    """The tree of all these tokens.

    Raises:
        ParseError: they make no sense, are nested too deeply, or too many.
    """
    if len(tokens) > MAX_TOKENS:
        raise TooLong
    parser = Parser(tokens)
    node = parser.relation()
    if parser.here.kind != "break" or parser.at < len(tokens):
        raise ParseError(parser.here.text)
    return node


class Parser(CalculusParser):
    """Reads the tokens once; each method reads what its name says, and stops behind it."""

    def relation(self) -> Node:
        """A relation: sides with `=`, `<` … between; or an expression, which is one side alone."""
        sides = [self.within(self.sum)]
        ops = []
        while self.sees("rel"):
            ops.append(self.advance().text)
            sides.append(self.within(self.sum))
        return Rel(tuple(ops), tuple(sides)) if ops else sides[0]

    def sum(self) -> Node:
        """A sum: terms with + and - between."""
        terms = [("+", self.within(self.product))]
        while self.sees("op", "+", "-"):
            sign = self.advance().text
            terms.append((sign, self.within(self.product)))
        return terms[0][1] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Node:
        """A product: factors with a multiplication or division sign between, or nothing."""
        negative = self.signs()
        factors = [("*", self._factor())]
        while True:
            if self.sees("op", "*", "/", "÷", ":"):
                token = self.advance()
                sign = "*" if token.text == "*" else "/"
                tight = token.text == "/" and not token.spaced and not self.here.spaced
                flipped = self.signs()
                factor = self._factor()
                if tight and not flipped:
                    factor = self._monomial(factor, factors)
                factors.append((sign, Neg(factor) if flipped else factor))
            elif self._starts_factor():
                factors.append(("", self._factor()))
            else:
                break
        node = factors[0][1] if len(factors) == 1 else Product(tuple(factors))
        return Neg(node) if negative else node

    def _monomial(self, bottom: Node, top: Sequence[tuple[str, Node]]) -> Node:
        """A denominator with the letters that belong to it: `6x^2y/3xy` is (6x²y)/(3xy), but `1/2x` is half of x."""
        lettered = any(isinstance(part, Sym) for _, factor in top for part in walk(factor))
        if not (isinstance(bottom, Sym) or is_power_of_letter(bottom) or (isinstance(bottom, Num) and lettered)):
            return bottom
        factors: list[tuple[str, Node]] = [("*", bottom)]
        while self.sees("name") and not self.here.spaced and self.ahead().kind != "open":
            factors.append(("", self._factor()))
        return bottom if len(factors) == 1 else Product(tuple(factors))

    def signs(self) -> bool:
        """Skip signs in front; whether they make a minus."""
        negative = False
        while self.sees("op", "+", "-"):
            negative ^= self.advance().text == "-"
        return negative

    def _starts_factor(self) -> bool:
        if self.here.kind == "bar":
            return not self.bars
        if self.here.kind == "num":
            # `2 3` is a mistake, `x2` is read as a power elsewhere; `2! 3!` is a product.
            return self.ahead(-1).text == "!"
        return self.here.kind in _STARTS

    def _factor(self) -> Node:
        return self.within(self._power)

    def _power(self) -> Node:
        base = self.postfix()
        if isinstance(base, Num) and self.sees("num") and self.ahead().text == "/" and self.ahead(2).kind == "num":
            return self._mixed(base)
        if self.take("op", "^"):
            return self._marks(Power(base, self._exponent()))
        return self._slash_fraction(base) if isinstance(base, Num) else base

    def _slash_fraction(self, top: Num) -> Node:
        """`3/4` without spaces as one number, which stays together in `1/2 ÷ 3/4`."""
        slash, bottom, after = self.here, self.ahead(), self.ahead(2)
        tight = slash.text == "/" and not slash.spaced and bottom.kind == "num" and not bottom.spaced
        if not tight or (after.kind == "op" and after.text in "^!%°") or not (is_whole(top) and is_whole_token(bottom)):
            return top
        self.at += 2
        return Frac(top, self.number(bottom))

    def _exponent(self) -> Node:
        """The exponent behind `^`. A slash behind it divides the power, `x^2/2`, but not in `x^1/2` and `x^-1/2`."""
        negative = self.signs()
        node = self.within(self.postfix)
        if isinstance(node, Num) and node.value == 1:
            node = self._slash_fraction(node)
        if self.take("op", "^"):
            node = Power(node, self.within(self._exponent))
        return Neg(node) if negative else node

    def _mixed(self, whole: Num) -> Node:
        top = self.number(self.advance())
        self.advance()
        bottom = self.number(self.advance())
        if any(number.value.denominator != 1 for number in (whole, top, bottom)):
            raise ParseError("mixed")
        return Mixed(whole, top, bottom)

    def postfix(self) -> Node:
        """An atom with the marks behind it."""
        atom = self.atom()
        if isinstance(atom, Num) and self.sees("cmd", "frac") and is_whole(atom):
            mark = self.at
            fraction = self.within(self.atom)
            if isinstance(fraction, Frac) and is_whole(fraction.top) and is_whole(fraction.bottom):
                return Mixed(atom, fraction.top, fraction.bottom)
            self.at = mark
        if isinstance(atom, Sym) and self.sees("num") and not self.here.spaced and len(self.here.text) == 1:
            return Power(atom, self.number(self.advance()))
        return self._marks(atom)

    def _marks(self, node: Node) -> Node:
        while True:
            if self.sees("op", "!", "%", "°"):
                node = Postfix(self.advance().text, node)
            elif self.sees("op", "^") and self.ahead().text == "°":
                self.at += 2
                node = Postfix("°", node)
            elif self.sees("op", "^") and self.ahead().text == "{" and self.ahead(2).text == "°":
                self.at += 3
                self.expect("close", "}")
                node = Postfix("°", node)
            else:
                return node

    def atom(self) -> Node:
        """A number, a name, or something in brackets."""
        token = self.advance()
        match token.kind:
            case "num":
                return self.number(token)
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

    def number(self, token: Token) -> Num:
        """A token that must be a number."""
        if token.value is None:
            raise ParseError(token.text)
        return Num(token.value, token.text)

    def _name(self, token: Token) -> Node:
        if token.text in _OWN_FUNCTIONS or (token.text in "PQ" and self._is_applied()):
            mark, primes = self.at, 0
            while self.take("prime"):
                primes += 1
            if self.sees("open", "(") and not self.here.spaced:
                self.advance()
                arg = self.within(self.sum)
                self.expect("close", ")")
                return Apply(token.text, primes, arg)
            self.at = mark
        if self.take("sub"):
            return Sym(f"{token.text}_{self._subscript()}")
        return Sym(token.text)

    def _is_applied(self) -> bool:
        """Whether P is a function, as in `P(2)` and `P(x)`; `P(1 + r)` is a product."""
        kinds = [self.here.kind, self.ahead().kind, self.ahead(2).kind]
        return kinds in (["open", "num", "close"], ["open", "name", "close"]) and not self.here.spaced

    def _subscript(self) -> str:
        if self.take("open", "{"):
            parts: list[str] = []
            while not self.sees("close", "}"):
                if self.here.kind not in {"num", "name"} or len(parts) > 3:
                    raise ParseError(self.here.text)
                parts.append(self.advance().text)
            self.advance()
            return "".join(parts)
        token = self.advance()
        if token.kind not in {"num", "name"}:
            raise ParseError(token.text)
        return token.text

    def _bracketed(self, opening: Token) -> Node:
        if opening.text == "(" and self.sees("op", "+", "-") and self.ahead().kind == "close":
            raise ParseError("sign alone")
        bars, self.bars = self.bars, 0
        node = self.within(self.sum)
        self.bars = bars
        self.expect("close", CLOSING[opening.text])
        return node

    def _absolute(self) -> Node:
        self.bars += 1
        node = self.within(self.sum)
        self.bars -= 1
        self.expect("bar")
        return Call("abs", (node,))

    def braces(self) -> Node:
        """An argument of a LaTeX command: a group, or a single token."""
        if self.take("open", "{"):
            node = self.within(self.sum)
            self.expect("close", "}")
            return node
        self.split_digits()
        return self.within(self.atom)

    def _call(self, name: str) -> Node:
        base = self._log_base() if name == "log" else None
        power: Node | None = None
        if self.take("op", "^"):
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
        if self.take("sub"):
            return self.braces() if self.sees("open", "{") else self.within(self.atom)
        if self.sees("num") and not self.here.spaced and self.ahead().kind == "open" and self.ahead().text == "(":
            return self.number(self.advance())
        return None

    def _exponent_of_name(self) -> Node:
        """The power in `sin^2 x`: one token, or an expression in brackets."""
        negative = self.signs()
        node = self.within(self.atom)
        return Neg(node) if negative else node

    def _arguments(self, name: str) -> tuple[Node, ...]:
        if self.sees("open"):
            return self._bracketed_arguments(name)
        if name in _MANY or name in _TWO:
            raise ParseError(name)
        if name in {"sqrt", "cbrt", "abs"}:
            return (self.within(self._power),)
        return (self.within(self._lone_argument),)

    def _bracketed_arguments(self, name: str) -> tuple[Node, ...]:
        opening = self.advance()
        arguments = [self.within(self.sum)]
        while self.take("comma"):
            arguments.append(self.within(self.sum))
        self.expect("close", CLOSING[opening.text])
        fitting = len(arguments) >= 2 if name in _MANY else len(arguments) == (2 if name in _TWO else 1)
        if name == "log" and len(arguments) == 2:
            raise ParseError("log of two")
        if not fitting:
            raise ParseError(name)
        return tuple(arguments)

    def _lone_argument(self) -> Node:
        """The argument of a function without brackets: `sin 2x`, `ln x`, `sin π/6`."""
        negative = self.signs()
        factors: list[tuple[str, Node]] = [("*", self._factor())]
        while self.here.kind in _LONE_ARGUMENT and self.here.kind != "num":
            factors.append(("", self._factor()))
        if self.sees("op", "/") and self.ahead().kind == "num" and factors[-1][1] == Const("pi"):
            self.advance()
            factors.append(("/", self.number(self.advance())))
        node = factors[0][1] if len(factors) == 1 else Product(tuple(factors))
        return Neg(node) if negative else node

    def _command(self, name: str) -> Node:
        match name:
            case "frac":
                return self.frac()
            case "sqrt":
                index = 2
                if self.take("open", "["):
                    index = self.small(self.number(self.advance()))
                    self.expect("close", "]")
                return Root(self.braces(), index)
            case "root2" | "root3" | "root4":
                digit = name[-1]
                return Root(self._root_argument(), int(digit))
            case "binom":
                return Call("binom", (self.braces(), self.braces()))
            case "lim":
                return self.limit()
            case "int":
                return self.integral()
            case "sum" | "prod":
                return self.series(name)
        raise ParseError(name)

    def _root_argument(self) -> Node:
        negative = self.signs()
        node = self.within(self.postfix)
        return Neg(node) if negative else node


def is_power_of_letter(node: Node) -> bool:
    """Whether a node is `x^2`."""
    return isinstance(node, Power) and isinstance(node.base, Sym)


def is_whole(node: Node) -> bool:
    """Whether a node is a whole number."""
    return isinstance(node, Num) and node.value.denominator == 1


def is_whole_token(token: Token) -> bool:
    """Whether a token is a whole number."""
    return token.value is not None and token.value.denominator == 1
