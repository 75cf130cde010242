"""Numbers: fractions, decimals, percentages, powers, roots, divisors, sets of numbers."""

from typing import Final

from assistants.models.offline.explanations.explanation import Explanation

NUMBER_IDEAS: Final = (
    Explanation(
        r"divi[ds].*fraction|fraction.*divi[ds]|분수.*(?:나누|나눗)|(?:나누|나눗).*분수",
        ("To divide by a fraction, turn it upside down and multiply: \\(\\frac{a}{b} \\div \\frac{c}{d} = "
         "\\frac{a}{b} \\times "
         "\\frac{d}{c}\\). Then cancel what top and bottom share.",
         "분수로 나눌 때는 나누는 분수를 뒤집어 곱합니다: \\(\\frac{a}{b} \\div \\frac{c}{d} = \\frac{a}{b} "
         "\\times \\frac{d}{c}\\). "
         "그다음 분자와 분모를 약분합니다."),
        ("evaluate", ("1/2 ÷ 3/4",)),
    ),
    Explanation(
        r"multipl.*fraction|fraction.*multipl|분수.*(?:곱하|곱셈)|(?:곱하|곱셈).*분수",
        ("To multiply fractions, multiply the tops and multiply the bottoms: \\(\\frac{a}{b} \\times \\frac{c}{d} = "
         "\\frac{ac}{bd}\\). No common denominator is needed.",
         "분수의 곱셈은 분자는 분자끼리, 분모는 분모끼리 곱합니다: \\(\\frac{a}{b} \\times \\frac{c}{d} = "
         "\\frac{ac}{bd}\\). "
         "통분할 필요가 없습니다."),
        ("evaluate", ("2/3 * 4/5",)),
    ),
    Explanation(
        r"\bfractions?\b|common\s+denominator|numerator|denominator|분수|통분|분모|분자",
        ("A fraction \\(\\frac{a}{b}\\) is a part of a whole: the denominator \\(b\\) says into how many equal "
         "parts the whole is "
         "cut, the numerator \\(a\\) how many of them are taken. Fractions with the same denominator are added "
         "by adding the "
         "numerators; others are first brought to a common denominator.",
         "분수 \\(\\frac{a}{b}\\)는 전체의 일부를 나타냅니다. 분모 \\(b\\)는 전체를 똑같이 몇 부분으로 "
         "나누었는지, 분자 \\(a\\)는 그중 몇 "
         "부분인지를 말합니다. 분모가 같으면 분자끼리 더하고, 다르면 먼저 통분합니다."),
        ("evaluate", ("1/2 + 1/3",)),
    ),
    Explanation(
        r"\bpercent|백분율|퍼센트",
        ("Percent means \"out of a hundred\": \\(p\\% = \\frac{p}{100}\\). So \\(p\\%\\) of a number is that "
         "number times "
         "\\(\\frac{p}{100}\\), and a part as a percentage of a whole is \\(\\frac{\\text{part}}{\\text{whole}} "
         "\\times 100\\%\\).",
         "백분율은 전체를 100으로 볼 때의 비율입니다: \\(p\\% = \\frac{p}{100}\\). 어떤 수의 \\(p\\%\\)는 그 "
         "수에 \\(\\frac{p}{100}\\)을 "
         "곱해 구하고, 부분이 전체의 몇 %인지는 부분을 전체로 나누어 100을 곱해 구합니다."),
        ("evaluate", ("15% * 80",)),
    ),
    Explanation(
        r"\bdecimals?\b|place\s+value|(?:유한|무한|순환)\s*소수|소수점|자릿값",
        ("A decimal writes a number by tenths, hundredths and so on: \\(3.25 = 3 + \\frac{2}{10} + "
         "\\frac{5}{100} = \\frac{13}{4}\\). "
         "A fraction ends as a decimal if its lowest denominator has no primes but 2 and 5; otherwise the digits "
         "repeat, as in "
         "\\(\\frac{1}{3} = 0.333\\ldots\\)",
         "소수는 \\(\\frac{1}{10}\\), \\(\\frac{1}{100}\\), …의 자리로 수를 나타냅니다: \\(3.25 = 3 + "
         "\\frac{2}{10} + \\frac{5}{100} = "
         "\\frac{13}{4}\\). 기약분수의 분모의 소인수가 2와 5뿐이면 유한소수이고, 아니면 \\(\\frac{1}{3} = "
         "0.333\\ldots\\)처럼 "
         "순환소수입니다."),
    ),
    Explanation(
        r"prime\s+factor|소인수",
        ("Prime factorization writes a whole number as a product of primes; there is only one way, up to the "
         "order. Divide by the "
         "smallest prime that fits, again and again, until 1 is left.",
         "소인수분해는 자연수를 소수들의 곱으로 나타내는 것이며, 순서를 빼면 방법이 하나뿐입니다. 나누어떨어지는 "
         "가장 작은 소수로 1이 될 "
         "때까지 계속 나눕니다."),
        ("primes", ("60",)),
    ),
    Explanation(
        r"\bprimes?\b|(?<![가-힣])소수(?!점)(?:란|는|가|의|\s|\?|$)",
        ("A prime number is a whole number greater than 1 whose only divisors are 1 and itself: 2, 3, 5, 7, 11, 13, … "
         "For example, 7 is prime, but \\(9 = 3 \\times 3\\) is not. 1 is no prime.",
         "소수는 1과 자기 자신만을 약수로 갖는, 1보다 큰 자연수입니다: 2, 3, 5, 7, 11, 13, … 예를 들어 7은 소수이지만 "
         "\\(9 = 3 \\times 3\\)은 소수가 아닙니다. 1도 소수가 아닙니다."),
    ),
    Explanation(
        r"greatest\s+common|\bgcd\b|\bgcf\b|\bhcf\b|최대\s*공약수",
        ("The greatest common divisor of two numbers is the largest number that divides both. Write both as "
         "products of primes and "
         "take the primes they share, each with its lower power.",
         "최대공약수는 두 수를 모두 나누는 가장 큰 수입니다. 두 수를 소인수분해하여 공통인 소인수를 지수가 작은 "
         "쪽으로 골라 곱합니다."),
        ("gcd", ("12", "18")),
    ),
    Explanation(
        r"least\s+common|lowest\s+common|\blcm\b|최소\s*공배수",
        ("The least common multiple of two numbers is the smallest number that both divide. Write both as "
         "products of primes and "
         "take every prime, each with its higher power.",
         "최소공배수는 두 수의 공통된 배수 가운데 가장 작은 수입니다. 두 수를 소인수분해하여 모든 소인수를 "
         "지수가 큰 쪽으로 골라 곱합니다."),
        ("lcm", ("4", "6")),
    ),
    Explanation(
        r"divisors?\b|(?<!공)약수",
        ("A divisor (or factor) of a whole number divides it without a remainder. They come in pairs: each "
         "divisor \\(d\\) of "
         "\\(n\\) has the partner \\(\\frac{n}{d}\\).",
         "약수는 어떤 자연수를 나머지 없이 나누는 수입니다. \\(n\\)의 약수 \\(d\\)에는 항상 짝 "
         "\\(\\frac{n}{d}\\)이 있습니다."),
        ("divisors", ("12",)),
    ),
    Explanation(
        r"square\s+roots?|cube\s+roots?|\bradicals?\b|\bsurds?\b|제곱근|루트|무리수의?\s*계산|근호",
        ("The square root \\(\\sqrt{a}\\) is the number that is not negative and whose square is \\(a\\). To "
         "simplify it, take the "
         "largest square factor out: \\(\\sqrt{k^2 m} = k\\sqrt{m}\\).",
         "제곱근 \\(\\sqrt{a}\\)는 제곱해서 \\(a\\)가 되는, 음이 아닌 수입니다. 간단히 할 때는 제곱수인 인수를 "
         "근호 밖으로 꺼냅니다: "
         "\\(\\sqrt{k^2 m} = k\\sqrt{m}\\)."),
        ("evaluate", ("sqrt(72)",)),
    ),
    Explanation(
        r"\bexponents?\b|\bpowers?\b|laws?\s+of\s+indices|\bindices\b|지수\s*법칙|거듭제곱|(?<!로그)지수(?!함수|방정식)",
        ("\\(a^n\\) is \\(a\\) multiplied by itself \\(n\\) times. With the same base, multiplying adds the exponents, "
         "\\(a^m a^n = a^{m+n}\\), dividing subtracts them, \\(\\frac{a^m}{a^n} = a^{m-n}\\), and a power of a "
         "power multiplies "
         "them, \\((a^m)^n = a^{mn}\\). Also \\(a^0 = 1\\) and \\(a^{-n} = \\frac{1}{a^n}\\). For example, "
         "\\(2^3 \\cdot 2^4 = 2^7 = 128\\).",
         "\\(a^n\\)은 \\(a\\)를 \\(n\\)번 곱한 것입니다. 밑이 같으면 곱할 때 지수를 더하고(\\(a^m a^n = "
         "a^{m+n}\\)), 나눌 때 지수를 빼며"
         "(\\(\\frac{a^m}{a^n} = a^{m-n}\\)), 거듭제곱의 거듭제곱은 지수를 곱합니다(\\((a^m)^n = a^{mn}\\)). 또 "
         "\\(a^0 = 1\\), "
         "\\(a^{-n} = \\frac{1}{a^n}\\)입니다. 예를 들어 \\(2^3 \\cdot 2^4 = 2^7 = 128\\)입니다."),
    ),
    Explanation(
        r"order\s+of\s+operations|\bpemdas\b|\bbodmas\b|\bbidmas\b|계산\s*순서|혼합\s*계산",
        ("Work out brackets first, then powers and roots, then multiplication and division from left to right, "
         "and at last addition "
         "and subtraction from left to right.",
         "괄호를 먼저 계산하고, 그다음 거듭제곱과 근호, 곱셈과 나눗셈(왼쪽부터), 끝으로 덧셈과 뺄셈(왼쪽부터)을 "
         "계산합니다."),
        ("evaluate", ("2 + 3 * (4 - 1)^2",)),
    ),
    Explanation(
        r"negative\s+numbers?|\bintegers?\b|음수|정수(?:란|는|가|의|\s|\?|$)",
        ("Integers are the whole numbers and their negatives: …, -2, -1, 0, 1, 2, … Subtracting a number is "
         "adding its opposite, "
         "\\(3 - (-2) = 3 + 2 = 5\\). A product of two numbers with the same sign is positive, with different "
         "signs negative: "
         "\\((-3) \\times (-4) = 12\\), \\((-3) \\times 4 = -12\\).",
         "정수는 자연수와 0, 그리고 음의 정수입니다: …, -2, -1, 0, 1, 2, … 어떤 수를 빼는 것은 그 반대수를 "
         "더하는 것과 같습니다: "
         "\\(3 - (-2) = 3 + 2 = 5\\). 부호가 같은 두 수의 곱은 양수, 다르면 음수입니다: \\((-3) \\times (-4) = 12\\), "
         "\\((-3) \\times 4 = -12\\)."),
    ),
    Explanation(
        r"irrational|rational\s+numbers?|real\s+numbers?|유리수|무리수|실수(?:란|는|가|의|\s|\?|$)",
        ("A rational number is a fraction of two integers, such as \\(\\frac{3}{4}\\) or \\(-2\\); its decimal "
         "ends or repeats. "
         "An irrational number is none, such as \\(\\sqrt{2}\\) or \\(\\pi\\): its decimal never ends and never "
         "repeats. Together "
         "they are the real numbers, the points of the number line.",
         "유리수는 \\(\\frac{3}{4}\\)이나 \\(-2\\)처럼 두 정수의 분수로 나타낼 수 있는 수이고, 유한소수나 "
         "순환소수가 됩니다. 무리수는 "
         "\\(\\sqrt{2}\\)나 \\(\\pi\\)처럼 그렇게 나타낼 수 없는 수로, 순환하지 않는 무한소수입니다. 둘을 합쳐 "
         "실수라 합니다."),
    ),
    Explanation(
        r"complex\s+numbers?|imaginary|복소수|허수",
        ("The imaginary unit \\(i\\) has the square \\(i^2 = -1\\). A complex number is \\(a + bi\\) with real "
         "\\(a\\) and \\(b\\); one "
         "calculates as with letters and puts \\(-1\\) for \\(i^2\\).",
         "허수단위 \\(i\\)는 \\(i^2 = -1\\)인 수입니다. 복소수는 실수 \\(a\\), \\(b\\)로 \\(a + bi\\)라 쓰며, "
         "문자처럼 계산하다가 "
         "\\(i^2\\)을 \\(-1\\)로 바꿉니다."),
        ("evaluate", ("(1+i)(1-i)",)),
    ),
    Explanation(
        r"\bratios?\b|\bproportion|비례식|비율|비례",
        ("A ratio \\(a : b\\) compares two amounts by division. Two ratios are in proportion, \\(a : b = c : "
         "d\\), if the products of "
         "the outer and of the inner terms are equal: \\(ad = bc\\). That finds a missing term.",
         "비 \\(a : b\\)는 두 양을 나눗셈으로 비교한 것입니다. 비례식 \\(a : b = c : d\\)에서는 외항의 곱과 "
         "내항의 곱이 같습니다"
         "(\\(ad = bc\\)). 이것으로 모르는 항을 구합니다."),
        ("solve", ("3/4 = x/12",)),
    ),
    Explanation(
        r"scientific\s+notation|standard\s+form\s+of\s+a\s+number|과학적\s*표기",
        ("Scientific notation writes a number as \\(a \\times 10^n\\) with \\(1 \\le a < 10\\): \\(45000 = 4.5 "
         "\\times 10^4\\), "
         "\\(0.003 = 3 \\times 10^{-3}\\).",
         "과학적 표기법은 수를 \\(a \\times 10^n\\) (\\(1 \\le a < 10\\)) 꼴로 씁니다: \\(45000 = 4.5 \\times 10^4\\), "
         "\\(0.003 = 3 \\times 10^{-3}\\)."),
    ),
)  # fmt: skip
