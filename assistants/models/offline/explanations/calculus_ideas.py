"""Calculus: limits, derivatives with their rules, integrals with their methods."""

from typing import Final

from assistants.models.offline.explanations.explanation import Explanation

CALCULUS_IDEAS: Final = (
    Explanation(
        r"chain\s+rule|합성\s*함수의?\s*미분|연쇄\s*법칙",
        ("The chain rule differentiates a function within a function: \\(\\left(f(g(x))\\right)' = f'(g(x)) "
         "\\cdot g'(x)\\), the derivative of the "
         "outer function times that of the inner one.",
         "합성함수의 미분법은 함수 속의 함수를 미분합니다: \\(\\left(f(g(x))\\right)' = f'(g(x)) \\cdot "
         "g'(x)\\). 바깥 함수를 미분하고 안쪽 함수의 도함수를 "
         "곱합니다."),
        ("derivative", ("(x^2 + 1)^3",)),
    ),
    Explanation(
        r"product\s+rule|곱의\s*미분",
        ("The product rule: \\((uv)' = u'v + uv'\\). Differentiate one factor at a time and add.",
         "곱의 미분법은 \\((uv)' = u'v + uv'\\)입니다. 한 인수씩 미분하여 더합니다."),
        ("derivative", ("x^2 sin(x)",)),
    ),
    Explanation(
        r"quotient\s+rule|몫의\s*미분",
        ("The quotient rule: \\(\\left(\\frac{u}{v}\\right)' = \\frac{u'v - uv'}{v^2}\\).",
         "몫의 미분법은 \\(\\left(\\frac{u}{v}\\right)' = \\frac{u'v - uv'}{v^2}\\)입니다."),
        ("derivative", ("x/(x+1)",)),
    ),
    Explanation(
        r"integrat\w*\s+by\s+parts|부분\s*적분",
        ("Integration by parts turns the product rule round: \\(\\int u v' \\, dx = uv - \\int u' v \\, dx\\). "
         "Choose as \\(u\\) what gets simpler "
         "when differentiated.",
         "부분적분은 곱의 미분법을 거꾸로 쓴 것입니다: \\(\\int u v' \\, dx = uv - \\int u' v \\, dx\\). "
         "미분하면 간단해지는 것을 \\(u\\)로 놓습니다."),
        ("integral", ("x e^x",)),
    ),
    Explanation(
        r"\bu-?sub|integrat\w*\s+by\s+substitution|substitution\s+(?:rule|method)\s+(?:for|in)\s+integ|치환\s*적분",
        ("Substitution turns the chain rule round: put a letter for the inner function, \\(u = g(x)\\), with "
         "\\(du = g'(x)\\,dx\\), integrate, and put "
         "\\(g(x)\\) back.",
         "치환적분은 합성함수의 미분법을 거꾸로 쓴 것입니다. 안쪽 함수를 \\(u = g(x)\\)로 놓고 \\(du = "
         "g'(x)\\,dx\\)로 바꾸어 적분한 다음 되돌립니다."),
        ("integral", ("2x (x^2 + 1)^3",)),
    ),
    Explanation(
        r"definite\s+integral|area\s+under|정적분",
        ("The definite integral \\(\\int_a^b f(x)\\,dx\\) is the area between the graph and the \\(x\\)-axis "
         "from \\(a\\) to \\(b\\), counted negative below "
         "the axis. With an antiderivative \\(F\\) it is \\(F(b) - F(a)\\).",
         "정적분 \\(\\int_a^b f(x)\\,dx\\)는 \\(a\\)부터 \\(b\\)까지 그래프와 \\(x\\)축 사이의 넓이입니다(축 "
         "아래는 음수). 부정적분 \\(F\\)를 알면 "
         "\\(F(b) - F(a)\\)로 구합니다."),
        ("integral", ("∫_0^3 x^2 dx",)),
    ),
    Explanation(
        r"anti-?derivative|\bintegra(?:l|te|tion)|적분",
        ("Integration is differentiation turned round: an antiderivative \\(F\\) of \\(f\\) has \\(F' = f\\), "
         "and \\(\\int f(x)\\,dx = F(x) + C\\). Powers: "
         "\\(\\int x^n\\,dx = \\frac{x^{n+1}}{n+1} + C\\) for \\(n \\ne -1\\).",
         "적분은 미분의 반대입니다. \\(F' = f\\)인 \\(F\\)를 부정적분이라 하고 \\(\\int f(x)\\,dx = F(x) + "
         "C\\)로 씁니다. 거듭제곱은 "
         "\\(\\int x^n\\,dx = \\frac{x^{n+1}}{n+1} + C\\) (\\(n \\ne -1\\))로 적분합니다."),
        ("integral", ("3x^2 + 4x",)),
    ),
    Explanation(
        r"tangents?\s+(?:line|to)|접선",
        ("The tangent to \\(y = f(x)\\) at \\(x = a\\) touches the curve there and has its slope \\(f'(a)\\): "
         "\\(y = f'(a)(x - a) + f(a)\\). For "
         "\\(y = x^2\\) at \\(x = 1\\): \\(f(1) = 1\\), \\(f'(1) = 2\\), so \\(y = 2x - 1\\).",
         "\\(y = f(x)\\)의 \\(x = a\\)에서의 접선은 그 점에서 곡선에 닿고 기울기가 \\(f'(a)\\)인 직선입니다: "
         "\\(y = f'(a)(x - a) + f(a)\\). "
         "\\(y = x^2\\)의 \\(x = 1\\)에서는 \\(f(1) = 1\\), \\(f'(1) = 2\\)이므로 \\(y = 2x - 1\\)입니다."),
    ),
    Explanation(
        r"derivative|differentia|미분|도함수",
        ("The derivative \\(f'(x)\\) is the slope of the graph of \\(f\\) at \\(x\\), the rate at which \\(f\\) "
         "changes there: "
         "\\(f'(x) = \\lim_{h \\to 0} \\frac{f(x+h) - f(x)}{h}\\). Powers: \\((x^n)' = n x^{n-1}\\); sums are "
         "differentiated term by term.",
         "도함수 \\(f'(x)\\)는 \\(x\\)에서의 그래프의 기울기, 곧 그 순간의 변화율입니다: "
         "\\(f'(x) = \\lim_{h \\to 0} \\frac{f(x+h) - f(x)}{h}\\). 거듭제곱은 \\((x^n)' = n x^{n-1}\\)로, 합은 "
         "항별로 미분합니다."),
        ("derivative", ("x^3 + 2x",)),
    ),
    Explanation(
        r"\blimits?\b(?!\s+of\s+(?:time|speed))|극한",
        ("The limit \\(\\lim_{x \\to a} f(x)\\) is the value that \\(f(x)\\) comes as near to as we like when "
         "\\(x\\) comes near \\(a\\), whatever happens at "
         "\\(a\\) itself. Try to put \\(a\\) in; if that gives \\(\\frac{0}{0}\\), factor and cancel first.",
         "극한 \\(\\lim_{x \\to a} f(x)\\)는 \\(x\\)가 \\(a\\)에 가까워질 때 \\(f(x)\\)가 한없이 가까워지는 "
         "값입니다(\\(a\\)에서의 값과는 상관없습니다). "
         "먼저 \\(a\\)를 대입해 보고, \\(\\frac{0}{0}\\) 꼴이면 인수분해하여 약분합니다."),
        ("limit", ("lim x->1 (x^2-1)/(x-1)",)),
    ),
    Explanation(
        r"continu(?:ous|ity)|연속(?:이란|함수|성|은)",
        ("A function is continuous at \\(a\\) if \\(\\lim_{x \\to a} f(x) = f(a)\\): its graph has no jump and "
         "no gap there. \\(x^2\\) is continuous "
         "everywhere, \\(\\frac{1}{x}\\) is not defined at 0.",
         "\\(\\lim_{x \\to a} f(x) = f(a)\\)이면 함수는 \\(a\\)에서 연속입니다. 그래프가 그곳에서 끊어지지 "
         "않습니다. \\(x^2\\)은 모든 곳에서 연속이고, "
         "\\(\\frac{1}{x}\\)은 0에서 정의되지 않습니다."),
    ),
    Explanation(
        r"\bcalculus\b|미적분",
        ("Calculus studies change. Its two halves are the derivative, the rate at which a function changes (the "
         "slope of its graph), and the integral, "
         "the sum of many small changes (the area under its graph). Each undoes the other: \\((x^2)' = 2x\\), "
         "and \\(\\int 2x\\,dx = x^2 + C\\).",
         "미적분은 변화를 다루는 수학입니다. 미분은 함수의 순간적인 변화율(그래프의 기울기), 적분은 작은 변화를 "
         "모두 더한 것(그래프 아래의 넓이)이며 서로 "
         "반대 과정입니다: \\((x^2)' = 2x\\), \\(\\int 2x\\,dx = x^2 + C\\)."),
    ),
)  # fmt: skip
