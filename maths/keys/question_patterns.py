"""The questions that are understood, as their skeletons: a line for each way to ask, in English and Korean.

`§` is a formula. A question is understood only if a pattern fits all of it: a word that is not here, such as `not`,
`how many` or `nearest`, leaves the question alone. English patterns are without articles, Korean ones without spaces.
"""

from typing import Final

_NOUN = r"(?: (?:(?:linear|quadratic|cubic|exponential|logarithmic|rational|radical|simple|compound|absolute value) )?(?:equation|inequality))?"
_SYSTEM = r"(?: (?:system(?: of(?: (?:linear|simultaneous))? equations)?|(?:linear |simultaneous )?equations|simultaneous equations))?"
_ASK = r"(?:what is|whats|what's|calculate|compute|evaluate|find|work out|determine|how much is|give)"
_FIND = r"(?:what is|what's|find|calculate|compute|determine|evaluate|work out|solve for|what does)"
_IF = r"(?:if|given(?: that)?|when|let|suppose|suppose that|for|consider|function|for function|given function|let function)"
_TRUE = r"(?: (?:true|hold|satisfied))?"
_WHICH = r"which(?: one)?(?: of)?(?: these| below| choices)?(?: (?:expression|fraction|number|value|decimal|answer|option|polynomial)s?)?"

ENGLISH: Final[tuple[tuple[str, str], ...]] = (
    ("value", rf"{_ASK}(?: exact| correct)?(?: value| result| answer)?(?: of| to)?(?: (?:expression|calculation|sum|product|quotient|difference|power|logarithm|limit|definite integral|integral|indefinite integral|addition|multiplication|division|subtraction))?(?: of)? §(?: equal(?: to)?| equals)?"),
    ("value", r"what (?:does|do) § (?:equal|evaluate to|come to|add up to|work out to|give|simplify to)"),
    ("value", r"§(?: equals?| is equal to| is)?|(?:value|result|answer) of § is|what value does § (?:have|equal)"),
    ("value", rf"{_WHICH}(?: is| are| has| equals?| gives| shows| represents)(?: (?:correct|right))?(?: same)?(?: value| answer| result)?(?: (?:equivalent|equal|identical))?(?: of| to| as| for)? §"),
    ("value", rf"{_WHICH} § (?:equals?|is equal to)"),
    ("equal_to", r"which(?: one)?(?: of)?(?: these| below| choices)?(?: (?:expression|fraction|number|value|decimal|percent|percentage|answer|option|ratio)s?)?(?: is| are) (?:equal|equivalent) to §|which(?: (?:fraction|decimal|percent|percentage|number))? (?:equals|represents|is same as|has same value as) §"),
    ("part", rf"{_ASK}(?: value of)? § of §|how much is § of §|§ of §(?: is| equals)?"),
    ("sum", rf"{_ASK}(?: value of)? (?P<of>sum|product|difference|quotient) (?:of|between) § and §"),
    ("percent_of", r"what percent(?:age)? of § is §"),
    ("is_percent_of", r"§ is what percent(?:age)? of §"),
    ("grown", r"what is § (?P<way>increased|decreased) by §|(?P<way2>increase|decrease) § by §"),
    ("simplified", r"(?:simplify|reduce)(?: expression| fraction| following)? §(?: fully| completely)?(?: (?:to|in)(?: its)? (?:lowest terms|simplest (?:form|terms)))?"),
    ("simplified", r"(?:rationali[sz]e|combine like terms|collect like terms)(?: denominator)?(?: (?:of|in|for))?(?: expression)? §|what is result of simplifying §|simplify by (?:combining|collecting) like terms §"),
    ("simplified", rf"{_ASK}(?: (?:simplified|simplest|reduced)(?: form| version| expression)?) of §"),
    ("simplified", r"(?:what is|write|express|give) § (?:in|as)(?: its)? (?:simplest (?:radical )?(?:form|terms)|lowest terms|simplified form|simplified)|what is § simplified"),
    ("simplified", rf"{_WHICH} is(?: (?:simplified|simplest)(?: form)?) of §"),
    ("expanded", r"(?:expand|multiply out|expand and simplify|fully expand|expand fully)(?: expression| brackets| product)? §(?: and simplify| fully| completely)?"),
    ("expanded", rf"(?:what is|find|{_WHICH} is)(?: (?:expansion|expanded form)) of §|what is § expanded|expand brackets in §"),
    ("factored", r"(?:factor|factorise|factorize|fully factor|completely factor|fully factorise)(?: completely| fully)?(?: expression| polynomial| quadratic| trinomial)? §(?: completely| fully)?"),
    ("factored", rf"(?:what is|find|{_WHICH} is)(?: correct| complete)? (?:factored form|factorization|factorisation|factoring) of §"),
    ("fraction", r"(?:write|express|convert|change|what is) § (?:as|to|into|in)(?: simplest| simplified)? fraction(?: in(?: its)? (?:lowest terms|simplest form))?|what fraction is equal to §"),
    ("decimal", r"(?:write|express|convert|change|what is) § (?:as|to|into|in) decimal(?: form| number)?"),
    ("percent", r"(?:write|express|convert|change|what is) § (?:as|to|into|in) (?:percent|percentage)"),
    ("solve", rf"solve{_NOUN} §|find(?: all)?(?: real)? (?:solutions?|roots?|solution set|zeros) (?:of|to|for){_NOUN} §"),
    ("solve", rf"what (?:is|are)(?: all)?(?: real)? (?:solutions?|roots?|solution set|zeros|value of unknown) (?:of|to|for|in){_NOUN} §|(?:solutions?|solution set) (?:of|to|for){_NOUN} § (?:is|are)"),
    ("solve", rf"(?:real )?(?:roots?|zeros|solutions?) of{_NOUN} § (?:is|are)|which(?: (?:inequality|set|interval)) (?:is|are|gives?|shows?|represents?) (?:all )?(?:solutions?|solution set|roots?) (?:of|to|for){_NOUN} §"),
    ("solve_named_first", r"make § subject of(?: formula| equation)? §|(?:find|determine|calculate|what is) (?:value of )?§ (?:in|from) §|(?:find|determine|calculate)(?: values?)?(?: of)? § §|what is value of § §|what (?:must|should|would) § (?:be|equal) (?:if|when|so that|for) §(?: to be true)?"),
    ("common", r"(?:what is|find|calculate|determine|compute)(?: value of)?(?: (?P<common>greatest common (?:factor|divisor)|highest common factor|gcf|gcd|hcf|least common multiple|lowest common multiple|lcm))(?: (?:gcf|gcd|hcf|lcm))? of §(?: and)? §(?:(?: and)? §)?|(?P<common2>gcf|gcd|hcf|lcm) of § and § (?:is|equals)"),
    ("solve_named_last", rf"solve{_NOUN} § (?:for )?§|solve{_NOUN} § what is(?: value of)? §"),
    ("solve_named_first", rf"solve for §(?: in)?{_NOUN} §|(?:find|what is|determine|calculate)(?:(?: all)? values? of)? § (?:in|if|when|given(?: that)?|that satisf(?:y|ies)|such that|so that|satisfying|for which|that solves?|that makes?|where|for){_NOUN} §{_TRUE}"),
    ("solve_named_first", rf"what values? of § (?:satisf(?:y|ies)|solves?|makes?){_NOUN} §{_TRUE}|for (?:what|which) values? of § (?:is|does|do) §{_TRUE}|what are values? of § (?:in|if|when|that satisfy){_NOUN} §"),
    ("solve_one", rf"which(?: one)?(?: of)?(?: these)?(?: values?| numbers?)?(?: is| are)(?: correct)? (?:solutions?|roots?)(?: set)? (?:of|to|for){_NOUN} §"),
    ("solve_one_named", rf"which(?: of)?(?: these)?(?: values?| numbers?)(?: (?:of|for))? § (?:satisf(?:y|ies)|solves?|makes?|is solution (?:of|to)){_NOUN} §{_TRUE}"),
    ("solve_signed", rf"(?:what is|find) (?P<sign>positive|negative) (?:solution|root|value of §) (?:of|to|for|in|if|when|that satisfies){_NOUN} §"),
    ("given", rf"{_IF} §(?: and)?(?: then)?(?: {_FIND}| what is| then)?(?: value of)? §(?: equal(?: to)?)?"),
    ("value_when", rf"{_ASK}(?: value of)?(?: expression)? § (?:when|if|for|at|given(?: that)?|where) §"),
    ("system", rf"solve{_SYSTEM}(?: for § and §)? § (?:and )?§"),
    ("system", rf"(?:what is|find) solution (?:of|to|for){_SYSTEM} § (?:and )?§|{_WHICH} is solution (?:of|to){_SYSTEM} § (?:and )?§"),
    ("system", r"(?:which|what) ordered pair (?:is solution (?:of|to)|satisfies|solves)(?: both)?" + _SYSTEM + r" § (?:and )?§"),
    ("system_wanted", rf"{_IF} § and §(?: then)?(?: (?:{_FIND}))(?: value of)? §"),
    ("system_values", rf"(?:find|solve for|what are)(?: values? of)? § and § (?:if|given(?: that)?|in|when|that satisfy){_SYSTEM} § (?:and )?§"),
    ("derivative", rf"{_ASK}(?: (?P<order>first|second|third))? derivative of(?: function)? §"),
    ("derivative", r"differentiate(?: function)? §|derivative of § is|what do you get when you differentiate §"),
    ("derivative_to", rf"{_ASK}(?: (?P<order>first|second|third))? derivative of(?: function)? § with respect to §|differentiate(?: function)? § with respect to §"),
    ("derivative_at", rf"{_ASK}(?: value of)?(?: (?P<order>first|second|third))? derivative of(?: function)? § (?:at|when|for|where) §|differentiate § at §"),
    ("derivative", rf"{_IF} §(?: then)?(?: {_FIND})?(?: (?P<order>first|second|third))? derivative"),
    ("integral", rf"{_ASK}(?: general)?(?: indefinite)? (?:integral|antiderivative) of(?: function)? §|integrate(?: function)? §|{_WHICH} is antiderivative of §"),
    ("integral_to", rf"{_ASK}(?: indefinite)? (?:integral|antiderivative) of § with respect to §|integrate § with respect to §"),
    ("integral_from", rf"{_ASK}(?: value of)?(?: definite)? integral of § from §(?: to §)?|integrate § from §(?: to §)?"),
    ("extreme", r"which(?: one)?(?: of)?(?: these)?(?: (?:number|fraction|decimal|value|expression|power|root|integer)s?)?(?: below)?(?: is| has)(?: numerically)? (?P<end>largest|greatest|biggest|highest|smallest|least|lowest)(?: (?:number|fraction|value|decimal|one|integer))?(?: in value)?(?: §)*"),
)  # fmt: skip

LONE_ENGLISH: Final = rf"(?:{_ASK}|write|express|convert|change|rewrite|round|{_WHICH}(?: is| are| shows| gives)?)(?: value of)?(?: (?:fraction|number|decimal|mixed number|improper fraction))? §"
"""What is left of a question that asks for the form of a number: `write 7/4 as a mixed number`."""
LONE_KOREAN: Final = r"(?:다음)?(?:중)?(?:분수|수|소수|대분수|가분수|계산)?§"

_KO = r"(?:은|는|이|가|을|를)?"
_END = (
    r"(?:무엇(?:인가요?|일까요|입니까|이에요|인지고르(?:시오|세요))?|얼마(?:인가요?|일까요|입니까|예요|이다)?|"
    r"구하(?:시오|세요|여라|라|면|십시오)|구해(?:라|보세요|주세요|보시오)|어느것(?:인가요?|입니까|일까요)?|어떤것(?:인가요?|입니까)?|"
    r"고르(?:시오|세요|면)|몇(?:인가요?|입니까)|찾으(?:시오|세요))?"
)
_DO = rf"(?:하면|하시오|하세요|하여라|하라|해보세요|한것{_KO}|한식{_KO}|한결과{_KO}|한값{_KO}|했을때|하면결과{_KO}|하면값{_KO})"
_START = r"(?:다음(?:식|계산|수식|값)?(?:의|을|를)?(?:중)?)?"
_EQ = r"(?:(?:다음)?(?:일차|이차|삼차|지수|로그|무리|분수|절댓값)?(?:방정식|부등식))?"
_SYS = r"(?:(?:다음)?(?:두)?(?:연립(?:일차)?방정식|방정식|식))?"
_SAT = r"(?:을|를)?(?:만족(?:하는|시키는)|일때|이면|이라면|라면|면|에서)"

KOREAN: Final[tuple[tuple[str, str], ...]] = (
    ("value", rf"{_START}(?:정적분|극한|로그|식)?§(?:의)?(?:(?:계산)?(?:값|결과|답|결과값|극한값|극한|정적분값))?{_KO}{_END}"),
    ("value", rf"{_START}§{_KO}계산{_DO}{_END}|(?:다음(?:식)?(?:을|를)?)?계산(?:하시오|하세요|하여라|하라|해보세요)§|다음(?:식)?(?:의값|값)(?:은|을){_END}§"),
    ("equal_to", rf"(?:다음중)?§(?:와|과|이랑)?(?:값이|크기가)?(?:같은|동일한)(?:것|수|분수|소수|값|백분율){_KO}{_END}"),
    ("common_ko", rf"(?:두수|세수|두자연수)?§(?:와|과|,)?§(?:(?:와|과|,)?§)?의(?P<common>최대공약수|최소공배수){_KO}{_END}"),
    ("value", rf"(?:극한값|극한|정적분|적분|함숫값|식의값)§{_KO}{_END}|§(?:을|를)구하(?:면|시오|세요){_END}"),
    ("value", rf"(?:다음중)?§(?:와|과|이랑)?(?:값이)?(?:같은|동일한|같은값의|값이같은)(?:것|식|수|분수|값){_KO}{_END}"),
    ("part", rf"§의§{_KO}{_END}|§의§의값{_KO}{_END}"),
    ("part_ko_percent", rf"§의§에해당하는(?:수|값){_KO}{_END}"),
    ("grown_ko", rf"§{_KO}§(?P<way>증가|감소)(?:시키면|하면|한값은|시킨값은){_END}|§에서§(?P<way2>늘리면|줄이면){_END}"),
    ("sum_ko", rf"§(?:와|과)§의(?P<of>합|곱){_KO}{_END}"),
    ("percent_of", r"§의몇%(?:가|이)§(?:인가요?|입니까|일까요)?"),
    ("is_percent_of", r"§(?:은|는)§의몇%(?:인가요?|입니까|일까요)?"),
    ("simplified", rf"{_START}(?:다항식|식|분모를)?§{_KO}(?:의분모를)?유리화{_DO}{_END}|{_START}§의분모를유리화{_DO}{_END}"),
    ("simplified", rf"{_START}(?:다항식|식)?§{_KO}(?:가장)?(?:간단히|간단하게|약분|정리|간단히정리){_DO}{_END}|{_START}§{_KO}(?:기약분수로|간단한꼴로)(?:나타내|만들)(?:면|시오|세요){_END}"),
    ("expanded", rf"{_START}(?:다항식|식|곱)?§{_KO}(?:바르게)?전개{_DO}{_END}|§의전개식{_KO}{_END}"),
    ("factored", rf"{_START}(?:이차식|다항식)?§{_KO}(?:완전히|바르게)?인수분해{_DO}{_END}|§의인수분해(?:결과)?{_KO}{_END}"),
    ("fraction", rf"§{_KO}(?:기약)?분수로(?:나타내|바꾸|고치|표현하)(?:면|시오|세요|ㄴ것은){_END}"),
    ("decimal", rf"§{_KO}소수로(?:나타내|바꾸|고치|표현하)(?:면|시오|세요){_END}"),
    ("percent", rf"§{_KO}(?:백분율로|%로)(?:나타내|바꾸|고치|표현하)(?:면|시오|세요){_END}"),
    ("solve", rf"{_EQ}§(?:의)?(?:모든)?(?:해|근|풀이|실수해|두근){_KO}{_END}|{_EQ}§{_KO}(?:풀면|푸시오|풀어라|풀어보세요|풀이하면|풀면해는|풀었을때){_END}|{_EQ}§(?:의)?해(?:와|를)?{_END}"),
    ("solve_named_last", rf"{_EQ}§(?:{_SAT})?§(?:의)?(?:값)?(?:의범위)?{_KO}{_END}|{_EQ}§의해는§"),
    ("solve_named_last", rf"{_EQ}§{_KO}§에(?:대하여|대해서?)(?:풀면|푸시오|나타내면){_END}"),
    ("solve_one", rf"다음중{_EQ}§의(?:해|근)(?:인것|가되는것|가아닌것X)?{_KO}{_END}"),
    ("given_ko", rf"(?:함수)?§(?:일때|이면|이라(?:고)?하면|라(?:고)?(?:할때|하면)|에(?:대하여|대해서?)|에서)§(?:의)?(?:값)?{_KO}{_END}"),
    ("system", rf"{_SYS}§(?:와|과|그리고|이고)?§(?:의)?(?:해|풀이){_KO}{_END}|{_SYS}§(?:와|과|그리고|이고)?§{_KO}(?:풀면|푸시오|풀어라){_END}"),
    ("system_wanted", rf"{_SYS}§(?:와|과|그리고|이고)?§(?:{_SAT})§(?:의)?(?:값)?{_KO}{_END}"),
    ("derivative", rf"(?:함수)?§의(?P<order>이계|일계|삼계)?(?:도함수|미분){_KO}{_END}|(?:함수)?§{_KO}미분{_DO}{_END}"),
    ("derivative_to", rf"(?:함수)?§{_KO}§에(?:대하여|대해서?)미분{_DO}{_END}"),
    ("derivative", rf"(?:함수)?§(?:일때|이면|의)derivative{_KO}{_END}"),
    ("derivative_at_ko", rf"(?:함수)?§의§에서의미분계수{_KO}{_END}"),
    ("integral", rf"(?:함수)?§의(?:부정)?적분{_KO}{_END}|(?:함수)?§{_KO}(?:부정)?적분{_DO}{_END}|부정적분§{_KO}(?:구하면)?{_END}|부정적분§의(?:결과|값){_KO}{_END}"),
    ("extreme", rf"다음(?:수|분수|값|소수)?(?:중|중에서|가운데)?(?:값이)?가장(?P<end>큰|작은)(?:수|것|분수|값|소수){_KO}{_END}"),
)  # fmt: skip
