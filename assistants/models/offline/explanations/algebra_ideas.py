"""Algebra: expressions, equations, inequalities, functions, sequences."""

from typing import Final

from assistants.models.offline.explanations.explanation import Explanation

ALGEBRA_IDEAS: Final = (
    Explanation(
        r"\bfactor(?:i[sz]e|ing|i[sz]ation)|factor\s+(?:a\s+)?(?:quadratics?|polynomials?|trinomials?|expressions?)|인수\s*분해",
        ("To factor is to write a sum as a product. First take out a common factor. For \\(x^2 + bx + c\\), find "
         "two numbers with the "
         "product \\(c\\) and the sum \\(b\\). Know also \\(a^2 - b^2 = (a-b)(a+b)\\) and \\(a^2 \\pm 2ab + b^2 "
         "= (a \\pm b)^2\\).",
         "인수분해는 합으로 된 식을 곱으로 바꾸는 것입니다. 먼저 공통인수로 묶습니다. \\(x^2 + bx + c\\)는 곱이 "
         "\\(c\\), 합이 \\(b\\)인 두 "
         "수를 찾습니다. \\(a^2 - b^2 = (a-b)(a+b)\\)와 \\(a^2 \\pm 2ab + b^2 = (a \\pm b)^2\\)도 씁니다."),
        ("factor", ("x^2 + 5x + 6",)),
    ),
    Explanation(
        r"\bexpan(?:d|sion)|\bfoil\b|distributive|곱셈\s*공식|전개|분배\s*법칙",
        ("To expand is to multiply brackets out: each term of one bracket times each term of the other, "
         "\\((a+b)(c+d) = ac + ad + bc + "
         "bd\\). Then collect like terms.",
         "전개는 괄호를 푸는 것입니다. 한 괄호의 각 항을 다른 괄호의 각 항과 곱하고(\\((a+b)(c+d) = ac + ad + bc "
         "+ bd\\)), 동류항을 "
         "모읍니다."),
        ("expand", ("(x + 2)(x + 3)",)),
    ),
    Explanation(
        r"complet\w+\s+the\s+square|완전\s*제곱",
        ("To complete the square, halve the number before \\(x\\), add its square and take it away again: "
         "\\(x^2 + bx = \\left(x + \\frac{b}{2}\\right)^2 - \\frac{b^2}{4}\\). It shows the vertex of a parabola "
         "and solves equations.",
         "완전제곱식으로 고치려면 \\(x\\)의 계수의 절반을 제곱하여 더하고 뺍니다: \\(x^2 + bx = \\left(x + "
         "\\frac{b}{2}\\right)^2 - "
         "\\frac{b^2}{4}\\). 포물선의 꼭짓점을 구하거나 방정식을 풀 때 씁니다."),
        ("square", ("x^2 + 6x + 5",)),
    ),
    Explanation(
        r"simultaneous|systems?\s+of|연립",
        ("A system of equations has several unknowns, and its solution fits all equations at once. Elimination: "
         "multiply the equations "
         "so that one unknown has the same number in both, then add or subtract them. Substitution: solve one "
         "equation for an "
         "unknown and put that into the other.",
         "연립방정식의 해는 모든 식을 동시에 만족하는 값입니다. 가감법은 한 미지수의 계수를 같게 만든 다음 두 "
         "식을 더하거나 빼고, 대입법은 한 "
         "식을 한 미지수에 대해 풀어 다른 식에 대입합니다."),
        ("solve", ("2x + y = 5", "x - y = 1")),
    ),
    Explanation(
        r"inequalit|부등식",
        ("An inequality is solved like an equation, with one difference: when both sides are multiplied or "
         "divided by a negative "
         "number, the sign turns round. The solution is usually a whole interval.",
         "부등식은 방정식처럼 풀되, 양변에 음수를 곱하거나 음수로 나누면 부등호의 방향이 바뀝니다. 해는 보통 "
         "하나의 구간입니다."),
        ("solve", ("2x + 1 < 7",)),
    ),
    Explanation(
        r"discriminant|판별식",
        ("The discriminant of \\(ax^2 + bx + c = 0\\) is \\(D = b^2 - 4ac\\). If \\(D > 0\\) there are two real "
         "roots, if \\(D = 0\\) one "
         "double root, if \\(D < 0\\) none. For \\(x^2 - 5x + 6 = 0\\) it is \\(25 - 24 = 1 > 0\\): two roots.",
         "이차방정식 \\(ax^2 + bx + c = 0\\)의 판별식은 \\(D = b^2 - 4ac\\)입니다. \\(D > 0\\)이면 서로 다른 두 "
         "실근, \\(D = 0\\)이면 중근을 "
         "갖고, \\(D < 0\\)이면 실근이 없습니다. \\(x^2 - 5x + 6 = 0\\)에서는 \\(25 - 24 = 1 > 0\\)이므로 실근이 "
         "두 개입니다."),
    ),
    Explanation(
        r"quadratic\s+formula|근의\s*공식",
        ("The roots of \\(ax^2 + bx + c = 0\\) are \\(x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}\\). Bring the "
         "equation into that form, read "
         "off \\(a\\), \\(b\\), \\(c\\) with their signs, and put them in.",
         "이차방정식 \\(ax^2 + bx + c = 0\\)의 근은 \\(x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}\\)입니다. 식을 "
         "이 꼴로 정리하고 \\(a\\), "
         "\\(b\\), \\(c\\)를 부호까지 읽어 대입합니다."),
        ("solve", ("x^2 + 3x + 1 = 0",)),
    ),
    Explanation(
        r"quadratic\s+functions?|\bparabolas?\b|\bvertex\b|이차\s*함수|포물선|꼭짓점",
        ("A quadratic function \\(y = ax^2 + bx + c\\) has a parabola as its graph; it opens upwards if \\(a > "
         "0\\), else downwards. "
         "Written as \\(y = a(x-p)^2 + q\\), by completing the square, it shows its vertex \\((p, q)\\).",
         "이차함수 \\(y = ax^2 + bx + c\\)의 그래프는 포물선이고, \\(a > 0\\)이면 아래로, \\(a < 0\\)이면 위로 "
         "볼록합니다. "
         "\\(y = a(x-p)^2 + q\\) 꼴로 고치면 꼭짓점이 \\((p, q)\\)임을 알 수 있습니다."),
        ("solve", ("y = x^2 - 4x + 3",)),
    ),
    Explanation(
        r"quadratic|이차\s*방정식",
        ("To solve a quadratic equation, bring everything to one side: \\(ax^2 + bx + c = 0\\). If the left side "
         "factors, set each "
         "factor to 0, as a product is 0 only if a factor is. If it does not, use the quadratic formula "
         "\\(x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}\\).",
         "이차방정식은 모두 한쪽으로 옮겨 \\(ax^2 + bx + c = 0\\) 꼴로 만든 다음 풉니다. 좌변이 인수분해되면 각 "
         "인수를 0으로 놓습니다. 곱이 "
         "0이면 인수 중 하나가 0이기 때문입니다. 인수분해되지 않으면 근의 공식 \\(x = \\frac{-b \\pm \\sqrt{b^2 "
         "- 4ac}}{2a}\\)를 씁니다."),
        ("solve", ("x^2 - 5x + 6 = 0",)),
    ),
    Explanation(
        r"absolute\s+value|절[댓대]값",
        ("The absolute value \\(|a|\\) is the distance of \\(a\\) from 0: \\(|a| = a\\) if \\(a \\ge 0\\), else "
         "\\(-a\\). So \\(|x - p| = d\\) "
         "means that \\(x\\) is \\(d\\) away from \\(p\\), on either side: two cases.",
         "절댓값 \\(|a|\\)는 0에서 \\(a\\)까지의 거리입니다. \\(a \\ge 0\\)이면 \\(a\\), 아니면 \\(-a\\)입니다. "
         "따라서 \\(|x - p| = d\\)는 "
         "\\(x\\)가 \\(p\\)에서 양쪽으로 \\(d\\)만큼 떨어져 있다는 뜻이라 두 경우로 나눕니다."),
        ("solve", ("|x - 3| = 5",)),
    ),
    Explanation(
        r"\bslopes?\b|\bgradients?\b|y-?intercept|linear\s+functions?|일차\s*함수|기울기|절편",
        ("A linear function \\(y = mx + b\\) has a straight line as its graph. The slope \\(m\\) says how much "
         "\\(y\\) grows when \\(x\\) "
         "grows by 1, \\(m = \\frac{y_2 - y_1}{x_2 - x_1}\\), and \\(b\\) is where the line meets the "
         "\\(y\\)-axis. Through (1, 2) and "
         "(3, 8) the slope is \\(\\frac{8-2}{3-1} = 3\\).",
         "일차함수 \\(y = mx + b\\)의 그래프는 직선입니다. 기울기 \\(m\\)은 \\(x\\)가 1 늘 때 \\(y\\)가 느는 양으로 "
         "\\(m = \\frac{y_2 - y_1}{x_2 - x_1}\\)이고, \\(b\\)는 직선이 \\(y\\)축과 만나는 곳(y절편)입니다. 두 점 "
         "(1, 2), (3, 8)을 지나면 "
         "기울기는 \\(\\frac{8-2}{3-1} = 3\\)입니다."),
    ),
    Explanation(
        r"log(?:arithm)?s?\b|logarithm|로그",
        ("The logarithm \\(\\log_a b\\) is the exponent that makes \\(b\\) of \\(a\\): \\(\\log_2 8 = 3\\), as "
         "\\(2^3 = 8\\). Products become "
         "sums, \\(\\log(xy) = \\log x + \\log y\\), quotients differences, and powers factors, \\(\\log x^n = n "
         "\\log x\\).",
         "로그 \\(\\log_a b\\)는 \\(a\\)를 몇 제곱해야 \\(b\\)가 되는지를 나타냅니다: \\(2^3 = 8\\)이므로 "
         "\\(\\log_2 8 = 3\\)입니다. 곱은 합으로"
         "(\\(\\log(xy) = \\log x + \\log y\\)), 몫은 차로, 거듭제곱은 곱으로(\\(\\log x^n = n \\log x\\)) 바뀝니다."),
        ("solve", ("log_2(x+1) = 3",)),
    ),
    Explanation(
        r"exponential|지수\s*(?:함수|방정식)",
        ("In an exponential function \\(y = a^x\\) the variable is in the exponent: with each step of 1 in "
         "\\(x\\), \\(y\\) is multiplied "
         "by \\(a\\). An equation with the same base on both sides is solved by comparing the exponents; else "
         "take logarithms.",
         "지수함수 \\(y = a^x\\)는 변수가 지수에 있는 함수로, \\(x\\)가 1 늘 때마다 \\(y\\)에 \\(a\\)가 "
         "곱해집니다. 지수방정식은 양변의 밑을 "
         "같게 하여 지수를 비교하고, 안 되면 로그를 취합니다."),
        ("solve", ("2^x = 8",)),
    ),
    Explanation(
        r"arithmetic\s+(?:sequence|progression|series)|등차\s*수열",
        ("In an arithmetic sequence each term is the one before plus a fixed difference \\(d\\): \\(a_n = a_1 + "
         "(n-1)d\\), with the sum "
         "\\(S_n = \\frac{n(a_1 + a_n)}{2}\\). In 3, 7, 11, … we have \\(d = 4\\), so \\(a_{10} = 3 + 9 \\cdot 4 "
         "= 39\\).",
         "등차수열은 앞 항에 일정한 수(공차 \\(d\\))를 더해 가는 수열입니다: \\(a_n = a_1 + (n-1)d\\), 합은 "
         "\\(S_n = \\frac{n(a_1 + a_n)}{2}\\)입니다. 3, 7, 11, …은 \\(d = 4\\)이므로 \\(a_{10} = 3 + 9 \\cdot 4 "
         "= 39\\)입니다."),
    ),
    Explanation(
        r"geometric\s+(?:sequence|progression|series)|등비\s*수열",
        ("In a geometric sequence each term is the one before times a fixed ratio \\(r\\): \\(a_n = a_1 "
         "r^{n-1}\\), with the sum "
         "\\(S_n = \\frac{a_1(r^n - 1)}{r - 1}\\) for \\(r \\ne 1\\). In 2, 6, 18, … we have \\(r = 3\\), so "
         "\\(a_5 = 2 \\cdot 3^4 = 162\\).",
         "등비수열은 앞 항에 일정한 수(공비 \\(r\\))를 곱해 가는 수열입니다: \\(a_n = a_1 r^{n-1}\\), 합은 \\(r "
         "\\ne 1\\)일 때 "
         "\\(S_n = \\frac{a_1(r^n - 1)}{r - 1}\\)입니다. 2, 6, 18, …은 \\(r = 3\\)이므로 \\(a_5 = 2 \\cdot 3^4 = "
         "162\\)입니다."),
    ),
    Explanation(
        r"polynomials?\b|다항식",
        ("A polynomial is a sum of numbers times powers of a letter, such as \\(2x^3 - x + 5\\); its degree is "
         "the highest power, here 3. "
         "Polynomials are added by collecting like terms, and multiplied term by term.",
         "다항식은 \\(2x^3 - x + 5\\)처럼 수와 문자의 거듭제곱의 곱을 더한 식이고, 차수는 가장 높은 "
         "지수(여기서는 3)입니다. 더할 때는 동류항을 "
         "모으고, 곱할 때는 항마다 곱합니다."),
        ("simplify", ("(x^2 + 2x) + (3x - 1)",)),
    ),
    Explanation(
        r"linear\s+equations?|equations?\b(?!\s+of\s+(?:a|the)\b)|(?<!의 )(?<!의)방정식",
        ("An equation says that two sides are equal, and to solve it is to find the values of the unknown for "
         "which that is true. Do "
         "the same to both sides until the unknown stands alone: first take away what is added to it, then "
         "divide by what it is "
         "multiplied by.",
         "방정식은 두 식이 같다는 뜻이고, 푼다는 것은 그것이 참이 되는 미지수의 값을 찾는 것입니다. 양변에 같은 "
         "계산을 하여 미지수만 남깁니다. "
         "먼저 더해진 수를 빼고, 그다음 곱해진 수로 나눕니다."),
        ("solve", ("3x + 11 = 14",)),
    ),
    Explanation(
        r"(?<!inverse )(?<!composite )(?<!step )\bfunctions?\b|(?<![역성])함수",
        ("A function assigns exactly one value \\(f(x)\\) to each \\(x\\). With \\(f(x) = 2x + 1\\), for "
         "example, \\(f(3) = 2 \\cdot 3 + 1 = "
         "7\\). Its graph is the set of all points \\((x, f(x))\\).",
         "함수는 각 \\(x\\)에 값 \\(f(x)\\)를 오직 하나씩 대응시키는 것입니다. 예를 들어 \\(f(x) = 2x + 1\\)이면 "
         "\\(f(3) = 2 \\cdot 3 + 1 = "
         "7\\)입니다. 그래프는 모든 점 \\((x, f(x))\\)의 모임입니다."),
    ),
    Explanation(
        r"like\s+terms|\bvariables?\b|\bcoefficients?\b|동류항|(?<![가-힣])변수|계수|미지수",
        ("A variable is a letter that stands for a number; its coefficient is the number before it, 3 in "
         "\\(3x\\). Like terms have the "
         "same letters with the same powers, and only they can be put together: \\(3x + 2x = 5x\\).",
         "변수는 수를 대신하는 문자이고, 계수는 그 앞의 수입니다(\\(3x\\)에서 3). 동류항은 문자와 차수가 같은 "
         "항이며, 동류항끼리만 모을 수 "
         "있습니다: \\(3x + 2x = 5x\\)."),
    ),
)  # fmt: skip
