# ruff: noqa: E501 - a line is a question
"""Passages in two languages, and questions to them: `kind|passage|question`, a line each.

Kinds: `words` share words with their passage, `two` are single Korean words of two syllables, `number` asks for or by a
number, `code` by a code name, `other` uses other words.
"""

from dataclasses import dataclass

_TEXT = """
words|Water boils at 100 degrees Celsius at sea level, and at 93 degrees in a town 2,000 metres up.|At how many degrees does water boil at sea level?
words|The moon pulls the oceans and makes two tides a day; the sun makes them higher at new moon.|What makes the tides in the oceans?
words|A triangle with sides 3, 4 and 5 has a right angle opposite its longest side.|Which side is opposite the right angle in a triangle?
words|Photosynthesis turns carbon dioxide and water into sugar and oxygen with the light of the sun.|What does photosynthesis make of carbon dioxide and water?
words|The library opens at nine in the morning on weekdays and is closed on the first Monday of the month.|When is the library closed?
words|Late homework loses one point a day; after five days it is not marked any more.|How many points does late homework lose a day?
words|The quadratic formula gives both roots of an equation of the second degree from its three coefficients.|What does the quadratic formula give?
words|Newton's second law says that force equals mass times acceleration.|What does the second law of Newton say about force?
words|Sound travels faster in steel than in air because steel is stiffer.|Why does sound travel faster in steel?
words|The heart has four chambers: two atria that receive blood and two ventricles that pump it out.|How many chambers does the heart have?
words|Seoul became the capital of Joseon in 1394, two years after the dynasty was founded.|When did Seoul become the capital of Joseon?
words|Hangul was proclaimed by King Sejong in 1446 so that common people could read and write.|Which king proclaimed Hangul?
words|An acid turns litmus paper red, a base turns it blue.|What colour does litmus paper turn in an acid?
words|The derivative of a sine is the cosine, and the derivative of a cosine is minus the sine.|What is the derivative of the sine?
words|Earthquakes are measured by seismographs, and their strength is given on the moment magnitude scale.|What measures earthquakes?
words|Mitochondria are the power plants of the cell and have DNA of their own.|Which part of the cell has DNA of its own?
number|The city plan expects 1,300,000 inhabitants in the year 2030, and 4,500 new bus stops.|How many inhabitants does the city plan expect?
number|The school trip costs 35,000 won for each student and includes lunch.|35,000 won
number|The speed of light is 299,792,458 metres per second in a vacuum.|299792458 metres per second
number|The final exam has 25 questions and takes 90 minutes.|How many minutes does the final exam take?
number|Room 417 on the fourth floor is the chemistry laboratory.|What is in room 417?
number|Pi is about 3.14159, and the square root of two about 1.41421.|What is about 1.41421?
code|The telescope project is called ORION-7 and points at the Pleiades until May.|Where does ORION-7 point?
code|Call solve_equation(text) to have the tutor solve an equation, and parseFormula to read one.|What does solve_equation do?
code|The probe KD-204 measures salt in the harbour every ten minutes.|What does KD204 measure?
code|Robots are programmed with the MoveArmTo command, which takes three angles.|Which command takes three angles, MoveArmTo?
code|Course MATH-101 is a prerequisite of MATH-205 and of the statistics seminar.|What is MATH-101 a prerequisite of?
other|Plants drink through their roots and lose water through tiny pores in their leaves.|How does a tree take up moisture from the ground?
other|A recipe must be halved when only two people come to dinner instead of four.|What to do with quantities for fewer guests?
other|The teacher gives feedback on essays within a week.|How soon are compositions corrected?
other|Bicycles must be parked behind the gym and not in front of the gate.|Where may I leave my bike?
other|Volcanoes form where plates move apart or one slides under another.|Why are there mountains that spit lava?
words|수원시 도시기본계획의 목표연도는 2030년이며 기준연도는 2015년이다.|수원시 도시기본계획의 목표연도는 언제인가요?
words|물은 해수면에서 섭씨 100도에 끓고 높은 산에서는 더 낮은 온도에서 끓는다.|물은 해수면에서 몇 도에 끓나요?
words|광합성은 빛을 이용하여 이산화탄소와 물로 포도당과 산소를 만드는 과정이다.|광합성은 무엇을 만드나요?
words|피타고라스 정리에 따르면 직각삼각형의 빗변의 제곱은 나머지 두 변의 제곱의 합과 같다.|직각삼각형의 빗변의 제곱은 무엇과 같나요?
words|세종대왕은 1446년에 훈민정음을 반포하여 백성이 글을 쉽게 익히도록 하였다.|훈민정음을 반포한 왕은 누구인가요?
words|수원화성은 정조가 1796년에 완성한 성곽으로 유네스코 세계유산이다.|수원화성을 완성한 왕은 누구인가요?
words|조선의 수도는 한양이었으며 사대문과 도성으로 둘러싸여 있었다.|조선의 수도는 어디였나요?
words|이차방정식의 근의 공식은 계수 세 개로 두 근을 구한다.|이차방정식의 근의 공식은 무엇을 구하나요?
words|심장은 두 개의 심방과 두 개의 심실로 이루어져 있다.|심장은 무엇으로 이루어져 있나요?
words|지진의 세기는 지진계로 측정하고 규모로 나타낸다.|지진의 세기는 무엇으로 측정하나요?
words|도서관은 매월 첫째 월요일에 휴관하고 평일에는 아침 아홉 시에 연다.|도서관은 언제 휴관하나요?
words|과제를 늦게 내면 하루에 일 점씩 감점되고 닷새가 지나면 채점하지 않는다.|과제를 늦게 내면 어떻게 되나요?
words|교통체계 개선은 수원시 분석에서 기회 요인으로 꼽힌다.|교통체계 개선은 어떤 요인인가요?
words|인구 증가로 인한 환경 부담은 위협 요인으로 분류된다.|인구 증가로 인한 환경 부담은 무엇으로 분류되나요?
two|삼각함수의 사인과 코사인은 주기가 같고 위상이 다르다.|위상
two|세포의 핵에는 유전자가 들어 있고 막이 이를 둘러싼다.|세포
two|태풍은 따뜻한 바다에서 생겨 북쪽으로 이동하며 약해진다.|태풍
two|농업이 발달하면서 사람들은 한곳에 정착하여 마을을 이루었다.|정착
two|소금은 바닷물을 증발시켜 얻으며 염전에서 만든다.|염전
two|미분은 곡선의 접선의 기울기를 구하는 방법이다.|접선
two|화폐는 물건을 사고파는 수단이며 가치를 저장한다.|화폐
two|고려의 청자는 비취색 유약으로 이름이 높다.|청자
number|수학여행 비용은 한 사람에 350,000원이며 점심이 포함된다.|수학여행 비용은 350000원
number|기말시험은 25문항이고 시험 시간은 90분이다.|기말시험은 몇 문항인가요?
number|수원시의 2030년 계획 인구는 130만 명이다.|2030년 계획 인구는 몇 명인가요?
number|화학 실험실은 4층 417호에 있다.|417호
code|관측 사업 이름은 ORION-9이며 오월까지 북쪽 하늘을 본다.|ORION-9는 어디를 보나요?
code|탐사선 KD-305는 항구의 염분을 십 분마다 잰다.|KD-305가 재는 것
code|함수 draw_graph는 식을 받아 그래프를 그린다.|draw_graph 함수는 무엇을 그리나요?
other|식물은 뿌리로 물을 빨아들이고 잎의 작은 구멍으로 내보낸다.|나무는 어떻게 수분을 흡수하나요?
other|자전거는 체육관 뒤에 세워야 하며 정문 앞에는 둘 수 없다.|따릉이는 어디에 주차하나요?
other|글쓰기 과제의 의견은 일주일 안에 돌려준다.|작문 첨삭은 며칠 걸리나요?
other|화산은 판이 갈라지거나 한 판이 다른 판 밑으로 들어가는 곳에 생긴다.|용암을 뿜는 산은 왜 생기나요?
other|조리법의 양은 사람 수가 반으로 줄면 반으로 줄인다.|손님이 적을 때 재료는 얼마나 넣나요?
"""


@dataclass(frozen=True, slots=True)
class CorpusQuestion:
    """A question, and the passage that answers it."""

    kind: str
    passage: str
    text: str


def questions() -> list[CorpusQuestion]:
    """All questions; their passages together are what is searched."""
    return [CorpusQuestion(*line.split("|")) for line in _TEXT.strip().splitlines()]
