"""Parses derivatives, limits, integrals and sums, as they are written in LaTeX and plain text."""

from abc import abstractmethod
from fractions import Fraction

from maths.reading.nodes import Diff, Frac, Integral, Limit, Neg, Node, Num, Product, Series, Sym
from maths.reading.token_cursor import CLOSING, END, ParseError, TokenCursor


class CalculusParser(TokenCursor):
    """Parses an operator and its operand; the subclass has the rules of arithmetic."""

    @abstractmethod
    def sum(self) -> Node:
        """A sum: terms with + and - between."""

    @abstractmethod
    def product(self) -> Node:
        """A product: factors with a multiplication or division sign between, or nothing."""

    @abstractmethod
    def postfix(self) -> Node:
        """An atom with the marks behind it."""

    @abstractmethod
    def atom(self) -> Node:
        """A number, a name, or something in brackets."""

    @abstractmethod
    def braces(self) -> Node:
        """An argument of a LaTeX command."""

    @abstractmethod
    def signs(self) -> bool:
        """Skip signs in front; whether they make a minus."""

    def frac(self) -> Node:
        r"""`\frac` and its two arguments, or a derivative in that form."""
        if (order := self._derivative_sign()) is not None:
            return order
        return Frac(self.braces(), self.braces())

    def _derivative_sign(self) -> Node | None:
        r"""`\frac{d}{dx}` and the expression to differentiate; None if something else stands here."""
        texts = [self.ahead(step).text for step in range(12)]
        kinds = [self.ahead(step).kind for step in range(12)]
        if texts[:4] == ["{", "d", "}", "{"] and kinds[4] == "diff" and texts[5] == "}":
            self.at += 6
            return Diff(self.within(self.product), Sym(texts[4]))
        if texts[:3] == ["{", "d", "^"]:
            return self._higher_derivative_sign()
        return None

    def _higher_derivative_sign(self) -> Node:
        self.at += 2
        self.expect("op", "^")
        order = self.small(self.braces())
        self.expect("close", "}")
        self.expect("open", "{")
        var = Sym(self.expect("diff").text)
        self.expect("op", "^")
        self.braces()
        self.expect("close", "}")
        return Diff(self.within(self.product), var, order)

    def small(self, node: Node) -> int:
        """A small whole number as an int; raises ParseError for anything else."""
        if isinstance(node, Num) and node.value.denominator == 1 and 1 <= node.value <= 20:
            return int(node.value)
        raise ParseError("order")

    def slash_derivative(self) -> Node:
        """`d/dx` and the expression to differentiate; the caller has seen that it stands here."""
        self.at += 2
        var = Sym(self.expect("diff").text)
        return Diff(self.within(self.product), var)

    def limit(self) -> Node:
        """The rest of a limit, behind `lim`."""
        self.take("sub")
        opening = self.advance().text if self.sees("open", "(", "{") else None
        var = Sym(self.expect("name").text)
        self.expect("arrow")
        if opening:
            to, side = self.within(self.closed_target), self.side
            self.expect("close", CLOSING[opening])
        else:
            to, side = self.within(self._target), self.side
        self.take("comma")
        return Limit(self.within(self.sum), var, to, side)

    def closed_target(self) -> Node:
        """A limit's target, up to a closing bracket or the end; afterwards `side` is the side of approach."""
        node = self._target()
        if not self.sees("close") and self.here is not END:
            raise ParseError(self.here.text)
        return node

    def _target(self) -> Node:
        self.side = "+-"
        negative = self.signs()
        node = self.postfix()
        if self.sees("op", "/"):
            self.advance()
            node = Product((("*", node), ("/", self.postfix())))
        if self.sees("op", "^"):
            self.advance()
            braced = self.take("open", "{")
            self.side = self.expect("op", "+", "-").text
            if braced:
                self.expect("close", "}")
        elif self.sees("op", "+", "-") and (self.ahead().kind in {"close", "break"} or self._one_sided()):
            self.side = self.advance().text
        return Neg(node) if negative else node

    def _one_sided(self) -> bool:
        """Whether a sign belongs to the target, as in `x->0+ 1/x`: it has a space only behind it."""
        return not self.here.spaced and self.ahead().spaced

    def integral(self) -> Node:
        """The rest of an integral, behind its sign."""
        low = high = None
        if self.take("sub"):
            low = self._bound()
            self.expect("op", "^")
            high = self._bound()
        body, var = self._integrand()
        return Integral(body, var, low, high)

    def _bound(self) -> Node:
        if self.sees("open", "{"):
            return self.braces()
        negative = self.signs()
        node = self.within(self.atom)
        return Neg(node) if negative else node

    def _integrand(self) -> tuple[Node, Sym]:
        """The integrand and the variable in `dx`; without `dx` the variable is empty, to be guessed."""
        if self.sees("diff"):
            return Num(Fraction(1), "1"), Sym(self.advance().text)
        body = self.within(self.sum)
        if self.sees("diff"):
            return body, Sym(self.advance().text)
        return body, Sym("")

    def series(self, kind: str) -> Node:
        """The rest of a series, behind its sign; `kind` is `sum` or `prod`."""
        self.expect("sub")
        self.expect("open", "{")
        var = Sym(self.expect("name").text)
        self.expect("rel", "=")
        low = self.within(self.sum)
        self.expect("close", "}")
        self.expect("op", "^")
        high = self._bound()
        return Series(kind, self.within(self.product), var, low, high)
