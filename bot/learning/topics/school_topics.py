"""The topics of school, in English and Korean, with the words by which each is known."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SchoolTopic:
    """A topic. `en_words` and `ko_words` are how people call it or its parts; English ones in the singular. Behind `=`
    stands a word that tells the topic only if nothing else stands with it.

    Where the words of several topics stand in a text, the highest `rank` tells, then the longest words: 2 for topics
    that tell what is done (`integrals of trigonometric functions` are integrals), 0 for those that others contain.
    """

    en: str
    ko: str
    en_words: tuple[str, ...]
    ko_words: tuple[str, ...]
    rank: int = 1


def _topic(en: str, ko: str, en_words: str, ko_words: str, rank: int = 1) -> SchoolTopic:
    """A topic whose words are separated by commas."""
    return SchoolTopic(en, ko, _split(en_words), _split(ko_words), rank)


def _split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(","))


SCHOOL_TOPICS: Final = (
    # Numbers
    _topic("Addition and subtraction", "덧셈과 뺄셈", "addition, adding, subtraction, subtracting, =sum, =difference, carrying, =borrowing", "덧셈, 뺄셈, 더하기, 빼기, 받아올림, 받아내림", 0),
    _topic("Multiplication and division", "곱셈과 나눗셈", "multiplication, multiplying, times table, division, dividing, long division, remainder", "곱셈, 나눗셈, 구구단, 곱하기, 나누기, 나머지", 0),
    _topic("Order of operations", "혼합 계산", "order of operation, pemdas, bodmas, mixed operation", "혼합계산, 계산순서, 사칙연산"),
    _topic("Fractions", "분수", "fraction, numerator, denominator, mixed number, improper fraction, common denominator", "분수, 통분, 약분, 분모, 분자, 대분수, 가분수"),
    _topic("Decimals", "소수", "decimal, rounding, decimal number, recurring decimal, repeating decimal, significant figure", "소수점, 소수의, 소수(小數), 반올림, 어림, 순환소수, 유한소수"),
    _topic("Percentages", "백분율", "percent, percentage, discount, =interest, =profit, =tax", "백분율, 퍼센트, 할인, 이자, 할푼리"),
    _topic("Ratios and proportion", "비와 비율", "ratio, proportion, =rate, direct proportion, inverse proportion, =scale, unit rate", "비율, 비례식, 비례, 정비례, 반비례, 비례배분, 축척"),
    _topic("Factors, multiples and primes", "약수와 배수, 소인수분해", "factor and multiple, prime, prime number, prime factorization, prime factorisation, gcd, lcm, hcf, divisor, divisibility, greatest common divisor, least common multiple, highest common factor", "약수, 배수, 소인수분해, 최대공약수, 최소공배수, 합성수, 서로소"),
    _topic("Integers and rational numbers", "정수와 유리수", "integer, negative number, rational number, absolute value, number line, directed number", "정수, 유리수, 음수, 절댓값, 수직선"),
    _topic("Real numbers and roots", "실수와 제곱근", "real number, irrational number, square root, cube root, surd, radical, rationalizing, rationalising", "실수, 무리수, 제곱근, 세제곱근, 근호, 분모의유리화"),
    _topic("Powers and exponents", "지수와 거듭제곱", "exponent, =power, index law, law of exponent, scientific notation, standard form, indices", "지수법칙, 거듭제곱, 지수의, 지수, 과학적표기"),
    _topic("Complex numbers", "복소수", "complex number, imaginary number, imaginary unit", "복소수, 허수"),
    _topic("Units and measurement", "단위와 측정", "unit conversion, =unit, measurement, length, weight, time and clock, conversion", "단위, 측정, 길이, 무게, 시각과시간, 들이"),
    # Algebra
    _topic("Algebraic expressions", "문자와 식", "algebraic expression, simplifying, like term, expression, substitution, polynomial, monomial, expanding, distributive law, expansion", "문자와식, 식의값, 다항식, 단항식, 동류항, 식의계산, 전개, 분배법칙, 곱셈공식"),
    _topic("Factoring", "인수분해", "factoring, factorising, factorizing, factorization, factorisation, difference of square, completing the square", "인수분해, 완전제곱식, 합차공식"),
    _topic("Linear equations", "일차방정식", "linear equation, one-step equation, two-step equation, first degree equation, solving for x", "일차방정식, 등식의성질, 이항"),
    _topic("Equations", "방정식", "equation", "방정식", 0),
    _topic("Systems of equations", "연립방정식", "system of equation, simultaneous equation, system of linear equation, elimination method", "연립방정식, 연립일차방정식, 가감법, 대입법"),
    _topic("Quadratic equations", "이차방정식", "quadratic equation, quadratic formula, quadratic, discriminant, vieta", "이차방정식, 근의공식, 판별식, 근과계수의관계"),
    _topic("Inequalities", "부등식", "inequality, linear inequality, quadratic inequality, inequation", "부등식, 일차부등식, 이차부등식, 연립부등식"),
    _topic("Polynomial equations", "고차방정식", "polynomial equation, cubic equation, remainder theorem, factor theorem, synthetic division, polynomial division", "고차방정식, 삼차방정식, 나머지정리, 인수정리, 조립제법"),
    _topic("Matrices", "행렬", "matrix, matrices, determinant, inverse matrix", "행렬, 행렬식, 역행렬"),
    # Functions
    _topic("Functions", "함수", "function, =domain, =range, composite function, inverse function, composition, =mapping", "함수, 합성함수, 역함수, 정의역, 치역", 0),
    _topic("Linear functions and lines", "일차함수와 직선", "linear function, straight line, slope, gradient, y-intercept, intercept, equation of a line, line equation", "일차함수, 직선의방정식, 기울기, 절편"),
    _topic("Quadratic functions", "이차함수", "quadratic function, parabola, vertex", "이차함수, 포물선, 꼭짓점"),
    _topic("Rational and radical functions", "유리함수와 무리함수", "rational function, radical function, asymptote, hyperbola", "유리함수, 무리함수, 점근선, 쌍곡선"),
    _topic("Exponential functions", "지수함수", "exponential function, exponential, exponential growth, exponential equation, exponential decay", "지수함수, 지수방정식"),
    _topic("Logarithms", "로그", "logarithm, log, logarithmic function, natural log, ln, logarithmic equation", "로그, 로그함수, 상용로그, 자연로그, 로그방정식"),
    _topic("Trigonometry", "삼각함수", "trigonometry, trigonometric function, trig, sine, cosine, tangent ratio, trigonometric ratio, unit circle, radian, sine rule, cosine rule, law of sine, law of cosine, trigonometric equation, trigonometric identity, trig identity", "삼각함수, 삼각비, 사인, 코사인, 탄젠트, 호도법, 사인법칙, 코사인법칙, 라디안"),
    _topic("Sequences and series", "수열", "sequence, series, arithmetic sequence, geometric sequence, arithmetic progression, geometric progression, recursion, recurrence, sigma notation, mathematical induction", "수열, 등차수열, 등비수열, 급수, 시그마, 점화식, 수학적귀납법"),
    # Calculus
    _topic("Limits", "극한", "limit, continuity, continuous function, l'hopital", "극한, 연속, 함수의극한, 수열의극한", 2),
    _topic("Derivatives", "미분", "derivative, differentiation, differentiating, differential, chain rule, product rule, quotient rule, tangent line, rate of change, maximum and minimum, extremum, optimization, optimisation, critical point", "미분, 도함수, 미분계수, 접선, 극값, 극대, 극소, 변화율, 연쇄법칙, 합성함수의미분", 2),
    _topic("Integrals", "적분", "integral, integration, integrating, antiderivative, definite integral, indefinite integral, integration by part, area under a curve", "적분, 정적분, 부정적분, 부분적분, 치환적분, 원시함수", 2),
    _topic("Differential equations", "미분방정식", "differential equation, ode, separable equation", "미분방정식", 2),
    # Geometry
    _topic("Angles and lines", "각과 평행선", "angle, parallel line, perpendicular line, transversal, vertical angle", "각도, 평행선, 맞꼭지각, 동위각, 엇각, 수직선과각"),
    _topic("Triangles", "삼각형", "triangle, isosceles, equilateral, centroid, incenter, circumcenter", "삼각형, 이등변, 내심, 외심, 무게중심"),
    _topic("Congruence and similarity", "합동과 닮음", "congruence, congruent, similarity, similar triangle, similar figure", "합동, 닮음, 닮은"),
    _topic("The Pythagorean theorem", "피타고라스 정리", "pythagorean theorem, pythagoras, pythagorean, right triangle, hypotenuse", "피타고라스, 직각삼각형, 빗변"),
    _topic("Quadrilaterals and polygons", "사각형과 다각형", "quadrilateral, polygon, parallelogram, rectangle, square shape, trapezoid, trapezium, rhombus, pentagon, hexagon", "사각형, 다각형, 평행사변형, 직사각형, 정사각형, 사다리꼴, 마름모, 오각형, 육각형"),
    _topic("Circles", "원", "circle, circumference, arc, sector, chord, inscribed angle, equation of a circle, tangent to a circle", "원의, 원주, 원주율, 원주각, 부채꼴, 현의, 호의길이, 원과직선"),
    _topic("Area and perimeter", "넓이와 둘레", "area, perimeter", "넓이, 둘레"),
    _topic("Solids, volume and surface", "입체도형과 부피", "volume, surface area, =solid, prism, cylinder, cone, sphere, pyramid, cuboid, cube shape", "부피, 겉넓이, 입체도형, 각기둥, 원기둥, 원뿔, 각뿔, 직육면체, 정육면체"),
    _topic("Coordinates", "좌표평면", "coordinate, coordinate plane, coordinate geometry, distance formula, midpoint, analytic geometry", "좌표, 좌표평면, 두점사이의거리, 내분점, 외분점, 중점"),
    _topic("Conic sections", "이차곡선", "conic section, conic, ellipse", "이차곡선, 타원"),
    _topic("Vectors", "벡터", "vector, dot product, cross product, scalar product, inner product", "벡터, 내적, 외적"),
    _topic("Transformations", "도형의 이동", "transformation, reflection, rotation, translation of figure, symmetry, dilation", "평행이동, 대칭이동, 도형의이동, 대칭, 회전이동"),
    # Data
    _topic("Counting", "경우의 수", "permutation, combination, counting principle, combinatoric, factorial, binomial theorem, counting problem", "경우의수, 순열, 조합, 팩토리얼, 이항정리"),
    _topic("Probability", "확률", "probability, conditional probability, independent event, dice, expected value, random variable", "확률, 조건부확률, 독립사건, 주사위, 기댓값, 확률변수"),
    _topic("Statistics", "통계", "statistic, mean, median, =mode, average, standard deviation, variance, data, histogram, box plot, correlation, normal distribution, binomial distribution, quartile, bar chart, bar graph, pie chart", "통계, 평균, 중앙값, 최빈값, 표준편차, 분산, 도수분포, 히스토그램, 상관관계, 정규분포, 이항분포, 산포도, 막대그래프"),
    _topic("Sets and logic", "집합과 명제", "=set, set theory, venn diagram, =logic, proposition, subset, union and intersection, contrapositive, truth table", "집합, 명제, 벤다이어그램, 부분집합, 대우, 필요조건, 충분조건, 논리"),
    _topic("Word problems", "문장제", "word problem, story problem, age problem, speed problem, mixture problem", "문장제, 활용문제, 활용, 농도, 속력", 0),
    # Other subjects
    _topic("Physics", "물리", "physic, mechanic, newton's law, kinematic, velocity, acceleration, electricity, circuit, thermodynamic, optic, =wave", "물리, 역학, 운동법칙, 뉴턴, 가속도, 전기, 회로, 열역학, 파동"),
    _topic("Chemistry", "화학", "chemistry, chemical equation, chemical reaction, mole, periodic table, stoichiometry, acid and base, molecule, atom", "화학, 화학반응, 화학식, 주기율표, 산과염기, 분자와, 원자"),
    _topic("Biology", "생명과학", "biology, =cell, genetic, photosynthesis, dna, evolution, ecosystem, human body", "생물, 생명과학, 세포, 유전, 광합성, 진화, 생태계"),
    _topic("Earth science", "지구과학", "earth science, geology, astronomy, weather, climate, solar system, plate tectonic", "지구과학, 지질, 천문, 날씨, 기후, 태양계, 판구조"),
    _topic("History", "역사", "history, world war, ancient, dynasty, revolution", "역사, 한국사, 세계사, 조선, 고려, 전쟁, 혁명"),
    _topic("Geography", "지리", "geography, capital city, =country, continent, city plan", "지리, 수도, 대륙, 국가"),
    _topic("English", "영어", "english grammar, english vocabulary, tense, grammar, vocabulary, english", "영어, 영문법, 영단어, 시제"),
    _topic("Korean", "국어", "korean language, korean grammar, hangul", "국어, 맞춤법, 문법, 한글, 문학"),
    _topic("Programming", "프로그래밍", "programming, python, java, javascript, algorithm, data structure, recursion in code, coding", "프로그래밍, 파이썬, 자바, 알고리즘, 자료구조, 코딩"),
)  # fmt: skip
