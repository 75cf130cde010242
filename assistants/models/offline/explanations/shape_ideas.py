"""Geometry, trigonometry, and data with chance."""

from typing import Final

from assistants.models.offline.explanations.explanation import Explanation

SHAPE_IDEAS: Final = (
    Explanation(
        r"pythagor|피타고라스",
        ("In a right triangle with the legs \\(a\\) and \\(b\\) and the hypotenuse \\(c\\), the side opposite "
         "the right angle, "
         "\\(a^2 + b^2 = c^2\\). With \\(a = 3\\) and \\(b = 4\\), for example, \\(c = \\sqrt{9 + 16} = "
         "\\sqrt{25} = 5\\).",
         "직각삼각형에서 직각을 낀 두 변의 길이를 \\(a\\), \\(b\\), 빗변의 길이를 \\(c\\)라 하면 \\(a^2 + b^2 = "
         "c^2\\)입니다. 예를 들어 "
         "\\(a = 3\\), \\(b = 4\\)이면 \\(c = \\sqrt{9 + 16} = \\sqrt{25} = 5\\)입니다."),
    ),
    Explanation(
        r"trigonometr|\bsine\b|\bcosine\b|\bsin\b|\bcos\b|soh\s*-?cah|삼각비|삼각\s*함수|사인|코사인|탄젠트|\btangent\s+(?:ratio|function)",
        ("In a right triangle, seen from an acute angle \\(\\theta\\): \\(\\sin\\theta\\) is opposite over "
         "hypotenuse, \\(\\cos\\theta\\) adjacent "
         "over hypotenuse, \\(\\tan\\theta\\) opposite over adjacent. For example, \\(\\sin 30^{\\circ} = "
         "\\frac{1}{2}\\). Always "
         "\\(\\sin^2\\theta + \\cos^2\\theta = 1\\).",
         "직각삼각형의 한 예각 \\(\\theta\\)에 대하여 \\(\\sin\\theta\\)는 (높이)÷(빗변), \\(\\cos\\theta\\)는 "
         "(밑변)÷(빗변), \\(\\tan\\theta\\)는 "
         "(높이)÷(밑변)입니다. 예를 들어 \\(\\sin 30^{\\circ} = \\frac{1}{2}\\)입니다. 항상 \\(\\sin^2\\theta + "
         "\\cos^2\\theta = 1\\)입니다."),
    ),
    Explanation(
        r"\bradians?\b|호도법|라디안",
        ("A radian measures an angle by the arc that it cuts out of a circle of radius 1. \\(180^{\\circ} = "
         "\\pi\\) radians, so degrees become "
         "radians by \\(\\times \\frac{\\pi}{180}\\): \\(60^{\\circ} = \\frac{\\pi}{3}\\).",
         "라디안은 반지름이 1인 원에서 각이 잘라 내는 호의 길이로 각을 나타냅니다. \\(180^{\\circ} = "
         "\\pi\\)라디안이므로 도에 "
         "\\(\\frac{\\pi}{180}\\)를 곱합니다: \\(60^{\\circ} = \\frac{\\pi}{3}\\)."),
    ),
    Explanation(
        r"\bcircumference\b|\bcircles?\b|\bradius\b|\bdiameter\b|(?<![가-힣])원(?:이란|의|은|이)|원주율|반지름|지름|\bpi\b",
        ("A circle is the set of points at the same distance from its centre, the radius \\(r\\); the diameter "
         "is \\(2r\\). Its circumference is "
         "\\(2\\pi r\\) and its area \\(\\pi r^2\\), with \\(\\pi \\approx 3.14\\). With \\(r = 5\\) cm the area "
         "is \\(25\\pi \\approx 78.5\\) cm².",
         "원은 중심에서 같은 거리(반지름 \\(r\\))에 있는 점들의 모임이고, 지름은 \\(2r\\)입니다. 둘레는 \\(2\\pi "
         "r\\), 넓이는 \\(\\pi r^2\\)이며 "
         "\\(\\pi \\approx 3.14\\)입니다. \\(r = 5\\) cm이면 넓이는 \\(25\\pi \\approx 78.5\\) cm²입니다."),
    ),
    Explanation(
        r"\bvolumes?\b|surface\s+area|부피|겉넓이",
        ("Volume is the space that a solid fills. A box has length × width × height; a prism or cylinder the "
         "base times the height; a pyramid or "
         "cone a third of that; a sphere \\(\\frac{4}{3}\\pi r^3\\). A box of 2 cm, 3 cm and 4 cm has \\(2 "
         "\\cdot 3 \\cdot 4 = 24\\) cm³.",
         "부피는 입체가 차지하는 공간의 크기입니다. 직육면체는 가로×세로×높이, 각기둥과 원기둥은 밑넓이×높이, "
         "각뿔과 원뿔은 그 \\(\\frac{1}{3}\\), "
         "구는 \\(\\frac{4}{3}\\pi r^3\\)입니다. 2 cm, 3 cm, 4 cm인 직육면체의 부피는 \\(2 \\cdot 3 \\cdot 4 = "
         "24\\) cm³입니다."),
    ),
    Explanation(
        r"\bareas?\b(?!\s+under)|\bperimeters?\b|넓이|둘레",
        ("Perimeter is the length around a shape, area the surface inside. Rectangle: area \\(lw\\), perimeter "
         "\\(2(l + w)\\). Triangle: "
         "\\(\\frac{1}{2}bh\\). Parallelogram: \\(bh\\). Trapezoid: \\(\\frac{(a+b)h}{2}\\). Circle: \\(\\pi "
         "r^2\\). A triangle with base 6 cm and "
         "height 4 cm has \\(\\frac{1}{2} \\cdot 6 \\cdot 4 = 12\\) cm².",
         "둘레는 도형을 한 바퀴 도는 길이, 넓이는 도형 안쪽의 크기입니다. 직사각형은 넓이 \\(lw\\), 둘레 \\(2(l "
         "+ w)\\), 삼각형은 "
         "\\(\\frac{1}{2}bh\\), 평행사변형은 \\(bh\\), 사다리꼴은 \\(\\frac{(a+b)h}{2}\\), 원은 \\(\\pi "
         "r^2\\)입니다. 밑변 6 cm, 높이 4 cm인 삼각형의 "
         "넓이는 \\(\\frac{1}{2} \\cdot 6 \\cdot 4 = 12\\) cm²입니다."),
    ),
    Explanation(
        r"\bangles?\b|\btriangles?\b|(?:내|외)각|삼각형",
        ("The angles of a triangle add up to \\(180^{\\circ}\\), those of a polygon with \\(n\\) sides to "
         "\\((n-2) \\cdot 180^{\\circ}\\). With "
         "\\(50^{\\circ}\\) and \\(60^{\\circ}\\), the third angle of a triangle is \\(180^{\\circ} - "
         "110^{\\circ} = 70^{\\circ}\\).",
         "삼각형의 세 내각의 합은 \\(180^{\\circ}\\), \\(n\\)각형의 내각의 합은 \\((n-2) \\cdot "
         "180^{\\circ}\\)입니다. 삼각형의 두 각이 "
         "\\(50^{\\circ}\\), \\(60^{\\circ}\\)이면 나머지 각은 \\(180^{\\circ} - 110^{\\circ} = 70^{\\circ}\\)입니다."),
    ),
    Explanation(
        r"\bspeed\b|\bvelocity\b|속력|속도",
        ("Speed is the distance divided by the time, \\(v = \\frac{d}{t}\\); so \\(d = vt\\) and \\(t = "
         "\\frac{d}{v}\\). 150 km in 2 hours are "
         "\\(\\frac{150}{2} = 75\\) km/h. Use units that fit together.",
         "속력은 거리를 시간으로 나눈 값입니다: \\(v = \\frac{d}{t}\\). 따라서 \\(d = vt\\), \\(t = "
         "\\frac{d}{v}\\)입니다. 2시간에 150 km를 가면 "
         "\\(\\frac{150}{2} = 75\\) km/h입니다. 단위를 맞추는 것을 잊지 마세요."),
    ),
    Explanation(
        r"standard\s+deviation|\bvariance\b|표준\s*편차|분산",
        ("Variance is the mean of the squared distances from the mean, and the standard deviation its square "
         "root: how far the data spread. For "
         "2, 4, 6 the mean is 4 and the variance \\(\\frac{4 + 0 + 4}{3} = \\frac{8}{3}\\), the deviation "
         "\\(\\sqrt{\\frac{8}{3}} \\approx 1.63\\).",
         "분산은 편차(자료와 평균의 차)의 제곱의 평균이고, 표준편차는 그 제곱근으로 자료가 흩어진 정도를 "
         "나타냅니다. 2, 4, 6의 평균은 4, 분산은 "
         "\\(\\frac{4 + 0 + 4}{3} = \\frac{8}{3}\\), 표준편차는 \\(\\sqrt{\\frac{8}{3}} \\approx 1.63\\)입니다."),
    ),
    Explanation(
        r"\bmedian\b|\bmode\b|중앙값|최빈값|대푯값",
        ("The median is the middle value when the data are sorted (the mean of the middle two, if their number "
         "is even), and the mode the value "
         "that comes most often. For 3, 1, 4, 1, 5, sorted 1, 1, 3, 4, 5, the median is 3 and the mode 1.",
         "중앙값은 자료를 크기순으로 늘어놓았을 때 가운데 값이고(개수가 짝수이면 가운데 두 값의 평균), 최빈값은 "
         "가장 자주 나오는 값입니다. "
         "3, 1, 4, 1, 5를 늘어놓으면 1, 1, 3, 4, 5이므로 중앙값은 3, 최빈값은 1입니다."),
    ),
    Explanation(
        r"\baverages?\b|\bmean\b(?!\s+by)|평균",
        ("The mean (average) is the sum of all values divided by how many there are.", "평균은 모든 값을 더해 "
            "개수로 나눈 값입니다."),
        ("mean", ("3", "5", "10")),
    ),
    Explanation(
        r"permutation|combination|factorials?|순열|조합|계승|팩토리얼",
        ("\\(n! = n(n-1)\\cdots 1\\) is the number of orders of \\(n\\) things. Choosing \\(r\\) of them in order: "
         "\\({}_{n}P_{r} = \\frac{n!}{(n-r)!}\\); without order: \\({}_{n}C_{r} = \\frac{n!}{r!(n-r)!}\\). Two "
         "of 5 without order: "
         "\\(\\frac{5 \\cdot 4}{2} = 10\\).",
         "\\(n! = n(n-1)\\cdots 1\\)은 서로 다른 \\(n\\)개를 늘어놓는 방법의 수입니다. \\(r\\)개를 골라 순서 "
         "있게 늘어놓으면 "
         "\\({}_{n}P_{r} = \\frac{n!}{(n-r)!}\\), 순서를 생각하지 않으면 \\({}_{n}C_{r} = "
         "\\frac{n!}{r!(n-r)!}\\)입니다. 5개에서 2개를 고르는 조합은 "
         "\\(\\frac{5 \\cdot 4}{2} = 10\\)가지입니다."),
    ),
    Explanation(
        r"probabilit|확률",
        ("If all outcomes are equally likely, the probability of an event is the number of outcomes that fit, "
         "divided by the number of all. With one "
         "die, an even number has \\(\\frac{3}{6} = \\frac{1}{2}\\). Probabilities lie between 0 and 1.",
         "모든 경우가 일어날 가능성이 같을 때, 확률은 (그 사건의 경우의 수)÷(모든 경우의 수)입니다. 주사위 "
         "하나에서 짝수가 나올 확률은 "
         "\\(\\frac{3}{6} = \\frac{1}{2}\\)입니다. 확률은 0과 1 사이입니다."),
    ),
    Explanation(
        r"\bvectors?\b|벡터",
        ("A vector has a length and a direction, and is written by its components, \\((a, b)\\). Vectors are "
         "added by components, \\((1, 2) + (3, 1) = "
         "(4, 3)\\); the length of \\((a, b)\\) is \\(\\sqrt{a^2 + b^2}\\), and of \\((3, 4)\\) it is 5.",
         "벡터는 크기와 방향을 가진 양이고, 성분으로 \\((a, b)\\)처럼 씁니다. 덧셈은 성분끼리 합니다: \\((1, 2) "
         "+ (3, 1) = (4, 3)\\). \\((a, b)\\)의 "
         "크기는 \\(\\sqrt{a^2 + b^2}\\)이고, \\((3, 4)\\)의 크기는 5입니다."),
    ),
    Explanation(
        r"\bsets?\b(?=\W*$|\s+theory|\s+in\s+math)|\bunion\b|\bintersection\s+of\s+sets|집합|교집합|합집합",
        ("A set is a collection of distinct things, its elements. The union \\(A \\cup B\\) has all elements of "
         "either, the intersection "
         "\\(A \\cap B\\) those of both: with \\(A = \\{1, 2\\}\\) and \\(B = \\{2, 3\\}\\), \\(A \\cup B = "
         "\\{1, 2, 3\\}\\) and \\(A \\cap B = \\{2\\}\\).",
         "집합은 서로 다른 원소들의 모임입니다. 합집합 \\(A \\cup B\\)는 어느 한쪽에라도 속하는 원소, 교집합 "
         "\\(A \\cap B\\)는 양쪽에 모두 속하는 원소의 "
         "모임입니다: \\(A = \\{1, 2\\}\\), \\(B = \\{2, 3\\}\\)이면 \\(A \\cup B = \\{1, 2, 3\\}\\), \\(A \\cap "
         "B = \\{2\\}\\)입니다."),
    ),
)  # fmt: skip
