"""School's word problems of one step, with their units; the answers are checked with Python's own arithmetic."""

import math
import re

import pytest

from maths.reading.word_problems.quantities import find_quantities, with_digits
from tests.maths.asking import answer_line, ask, exact, formulas, understood
from tests.maths.latex_value import value

PI = math.pi
ANSWERS: list[tuple[str, float, str]] = [
    # Pythagoras
    ("pythagorean theorem a=3 b=4 find c", 5, ""),
    ("right triangle with legs 3 and 4, find the hypotenuse", 5, ""),
    ("A right triangle has hypotenuse 13 cm and one leg 5 cm. Find the other leg.", 12, "cm"),
    ("In a right triangle a = 5, c = 13. Find b.", 12, ""),
    ("right triangle sides 3 and 4 find hypotenuse", 5, ""),
    ("빗변이 13이고 한 변이 5인 직각삼각형의 나머지 한 변의 길이는?", 12, ""),
    ("직각삼각형에서 밑변이 3cm, 높이가 4cm일 때 빗변의 길이를 구하시오", 5, "cm"),
    ("직각삼각형의 빗변의 길이가 10cm이고 한 변의 길이가 6cm일 때 다른 한 변의 길이", 8, "cm"),
    ("피타고라스 정리 a=6 b=8 c는?", 10, ""),
    ("직각삼각형의 두 변이 5, 12일 때 빗변은?", 13, ""),
    ("a recipe for 4 people needs 300 g flour. how much flour for 10 people?", 750, "g"),
    ("a right triangle with base 6 cm and height 8 cm. area?", 24, "cm²"),
    ("A ladder 10 m long leans against a wall. Its foot is 6 m from the wall. How high does it reach?", 8, "m"),
    ("right triangle legs 1 and 2, hypotenuse?", math.sqrt(5), ""),
    # speed, distance, time
    ("A car travels 150 km in 2 hours. What is its speed?", 75, "km/h"),
    ("시속 60km로 3시간 동안 가면 몇 km를 가나요?", 180, "km"),
    ("How far does a train go at 80 km/h in 2.5 hours?", 200, "km"),
    ("How long does it take to go 300 km at 60 km/h?", 5, "hours"),
    ("200km를 시속 80km로 가면 몇 시간 걸려?", 2.5, "시간"),
    ("90 km/h for 20 minutes, how far?", 30, "km"),
    ("A runner runs 100 m in 10 s. What is the speed in km/h?", 36, "km/h"),
    ("초속 5m로 20초 동안 달린 거리", 100, "m"),
    ("10km를 2시간에 걸었을 때의 속력", 5, "km/h"),
    ("1시간 30분 동안 시속 60km로 달리면 거리는?", 90, "km"),
    ("how fast is a car going if it covers 90 km in 1 hour 30 minutes", 60, "km/h"),
    ("a car goes 60 miles in 2 hours. speed?", 30, "miles/h"),
    ("속력이 20m/s일 때 100m를 가는 데 걸리는 시간은?", 5, "초"),
    ("100 m in 9.58 s speed?", 100 / 9.58, "m/s"),
    # plane shapes
    ("area of a rectangle 5 by 3", 15, ""),
    ("area of a rectangle with length 5 cm and width 3 cm", 15, "cm²"),
    ("가로가 3cm, 세로가 4cm인 직사각형의 둘레", 14, "cm"),
    ("가로와 세로의 길이가 각각 5cm, 3cm인 직사각형의 넓이", 15, "cm²"),
    ("area of a rectangle is 24 and its width is 4. Find the length.", 6, ""),
    ("세로가 5cm이고 넓이가 40cm²인 직사각형의 가로의 길이는?", 8, "cm"),
    ("rectangle of length 2 m and width 50 cm area", 1, "m²"),
    ("diagonal of a rectangle 3 by 4", 5, ""),
    ("A room is 5 m long and 4 m wide. What is its area?", 20, "m²"),
    ("perimeter of a square with side 7 m", 28, "m"),
    ("한 변의 길이가 5cm인 정사각형의 넓이", 25, "cm²"),
    ("The area of a square is 49 cm². How long is the side?", 7, "cm"),
    ("A square garden has a perimeter of 20 m. What is its side?", 5, "m"),
    ("area of triangle with base 6 and height 4", 12, ""),
    ("밑변이 6cm이고 높이가 4cm인 삼각형의 넓이", 12, "cm²"),
    ("밑변과 높이가 각각 6cm, 4cm인 삼각형의 넓이를 구하여라", 12, "cm²"),
    ("base and height of a triangle are 6 cm and 4 cm. What is the area?", 12, "cm²"),
    ("perimeter of a triangle with sides 3, 4 and 5", 12, ""),
    ("an equilateral triangle with side 6 cm perimeter", 18, "cm"),
    ("area of trapezoid with parallel sides 4 and 6 and height 5", 25, ""),
    ("윗변 4cm, 아랫변 6cm, 높이 5cm인 사다리꼴의 넓이", 25, "cm²"),
    ("두 대각선의 길이가 6cm, 8cm인 마름모의 넓이", 24, "cm²"),
    ("밑변 8cm, 높이 5cm인 평행사변형의 넓이", 40, "cm²"),
    ("Find the area of a circle with radius 5 cm", 25 * PI, "cm²"),
    ("반지름이 5cm인 원의 넓이는?", 25 * PI, "cm²"),
    ("반지름이 5cm인 원의 둘레를 구하시오 (π=3.14)", 31.4, "cm"),
    ("A circular pond has a diameter of 8 m. Find its circumference using π = 3.14.", 25.12, "m"),
    ("지름이 10cm인 원의 둘레", 10 * PI, "cm"),
    ("circumference of a circle is 31.4 cm, find the radius", 31.4 / (2 * PI), "cm"),
    ("My pizza has a radius of 12 inches, what is its area?", 144 * PI, "inches²"),
    # solids
    ("volume of a cube with edge 3 cm", 27, "cm³"),
    ("한 모서리의 길이가 2cm인 정육면체의 겉넓이", 24, "cm²"),
    ("A box is 2 m long, 3 m wide and 4 m high. volume?", 24, "m³"),
    ("가로 2cm, 세로 3cm, 높이 4cm인 직육면체의 부피", 24, "cm³"),
    ("A tank is 2 m by 3 m by 4 m. volume?", 24, "m³"),
    ("volume of a cylinder radius 2 height 5", 20 * PI, ""),
    ("반지름이 3cm이고 높이가 5cm인 원기둥의 부피", 45 * PI, "cm³"),
    ("반지름이 3cm, 높이가 4cm인 원뿔의 부피", 12 * PI, "cm³"),
    ("volume of a sphere with radius 3", 36 * PI, ""),
    ("volume of a sphere r=3", 36 * PI, ""),
    ("What is the density of 200 g with a volume of 50 cm³?", 4, "g/cm³"),
    # percent, discount, tax
    ("A shirt costs $40 and is 25% off. How much is it now?", 40 * 0.75, "dollars"),
    ("5000원짜리 책을 20% 할인하면 얼마예요?", 4000, "원"),
    ("3만 원짜리 가방을 15% 할인하면 할인 금액은?", 4500, "원"),
    ("$80 jacket 15% discount, how much is the discount?", 12, "dollars"),
    ("After a 20% discount, a bag costs $80. What was the original price?", 100, "dollars"),
    ("20% 할인된 가격이 8000원이면 원래 가격은?", 10000, "원"),
    ("20000원에 부가세 10%를 더하면 얼마인가요?", 22000, "원"),
    ("What is the total with 10% VAT on 50000 won?", 55000, "won"),
    ("How much is a 15% tip on $40?", 6, "dollars"),
    ("A meal costs $50. The tip is 20%. How much is the tip?", 10, "dollars"),
    ("price is $100 plus 8% sales tax. What is the total?", 108, "dollars"),
    ("price rose from $40 to $50, what percent increase?", 25, "%"),
    ("The population fell from 200 to 150. What percent decrease?", 25, "%"),
    ("가격이 2000원에서 2500원으로 올랐다. 증가율은 몇 %?", 25, "%"),
    ("A tip of $6 on $40 is what percent?", 15, "%"),
    ("Tom runs 5 km in 25 minutes. What is his speed in km/h?", 12, "km/h"),
    ("If 4 apples cost $3, how many apples can I buy for $12?", 16, ""),
    ("밑변이 10cm이고 넓이가 30cm²인 삼각형의 높이는?", 6, "cm"),
    ("A rectangle is 3 cm wide and its perimeter is 20 cm. What is its length?", 7, "cm"),
    ("20% of a number is 30. find the number", 150, ""),
    ("30 is 20% of what number?", 150, ""),
    ("a class of 30 students, 40% are girls. how many girls?", 12, ""),
    # unit price and proportion
    ("3 apples cost $6. How much does one apple cost?", 2, "dollars"),
    ("사과 5개에 3000원이면 1개에 얼마인가요?", 600, "원"),
    ("12 eggs for $3. what is the price per egg?", 0.25, "dollars"),
    ("5 pens cost $10. How much do 8 pens cost?", 16, "dollars"),
    ("Each pen costs $2. How much do 7 pens cost?", 14, "dollars"),
    ("연필 한 자루에 500원이다. 6자루의 값은?", 3000, "원"),
    ("한 개에 700원인 빵 5개의 값은 얼마인가?", 3500, "원"),
    ("3 kg of rice costs 12000 won. how much is 5 kg?", 20000, "won"),
    ("If 3 books weigh 2 kg, how much do 9 books weigh?", 6, "kg"),
    # lines
    ("slope through (1,2) and (3,8)", 3, ""),
    ("두 점 (1,2), (3,8)을 지나는 직선의 기울기", 3, ""),
    ("distance between (0,0) and (3,4)", 5, ""),
    ("두 점 (1, 2), (4, 6) 사이의 거리", 5, ""),
    # averages and interest
    ("average of 80, 90 and 100 points", 90, "points"),
    ("80점, 90점, 100점의 평균", 90, "점"),
    ("simple interest on $1000 at 5% for 3 years", 150, "dollars"),
    ("원금 100만 원을 연이율 5%로 3년 동안 단리로 예금하면 이자는 얼마?", 150000, "원"),
    ("simple interest on $2000 at 4% per year for 18 months", 120, "dollars"),
    ("compound interest on $1000 at 10% for 2 years total", 1210, "dollars"),
    # angles
    ("Two angles of a triangle are 50° and 60°. Find the third angle.", 70, "°"),
    ("삼각형의 두 각이 50도, 60도일 때 나머지 한 각은?", 70, "°"),
    ("사각형의 세 각이 80°, 90°, 100°일 때 나머지 한 각", 90, "°"),
    ("the complement of 35°", 55, "°"),
    ("supplement of a 110° angle", 70, "°"),
    ("sum of interior angles of a hexagon", 720, "°"),
    ("정팔각형의 한 내각의 크기는?", 135, "°"),
    # conversions
    ("convert 5 km to m", 5000, "m"),
    ("5km는 몇 m야?", 5000, "m"),
    ("3시간은 몇 분?", 180, "분"),
    ("72 km/h in m/s", 20, "m/s"),
    ("How many cm in 2.5 m?", 250, "cm"),
    ("how many minutes are in 2 hours?", 120, "minutes"),
    ("2 hours 30 minutes in minutes", 150, "minutes"),
    ("2.5kg은 몇 g인가요?", 2500, "g"),
    ("25 °C in Fahrenheit", 77, "°F"),
    ("100 °F to C", 340 / 9, "°C"),
    ("1500 mL to L", 1.5, "L"),
    ("3 m² to cm²", 30000, "cm²"),
]


@pytest.mark.parametrize(("text", "expected", "unit"), ANSWERS, ids=[text[:50] for text, _, _ in ANSWERS])
def test_a_word_problem_of_one_step_is_answered_with_its_unit(text: str, expected: float, unit: str) -> None:
    line = answer_line(ask(text))
    assert math.isclose(value(exact(formulas(ask(text))[0])), expected, rel_tol=1e-5), line
    assert line.rpartition("\\)")[2].strip() == unit
    assert ("**답:**" in ask(text)) == bool(re.search("[가-힣]", text))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("equation of the line through (1, 2) and (3, 8)", r"\(y = 3 x - 1\)"),
        ("두 점 (1,2), (3,8)을 지나는 직선의 방정식", r"\(y = 3 x - 1\)"),
        ("line through (2,3) and (2,7)", r"\(x = 2\)"),
        ("기울기가 2이고 점 (1,3)을 지나는 직선의 방정식", r"\(y = 2 x + 1\)"),
        ("midpoint of (1,2) and (5,8)", r"\(M = \left(3,\; 5\right)\)"),
        ("두 점 (1, 2), (4, 8)의 중점의 좌표", r"\(M = \left(2.5,\; 5\right)\)"),
        ("divide 60 in the ratio 2:3", r"\(24\) and \(36\)"),
        ("사탕 60개를 2:3으로 나누면 각각 몇 개?", r"\(24\) 그리고 \(36\)"),
        ("slope of the line through (2, 3) and (2, 7)", r"the line \(x = 2\) is vertical: it has no slope."),
    ],
)
def test_lines_points_and_shares(text: str, answer: str) -> None:
    assert answer_line(ask(text)) == answer


def test_two_things_about_one_shape_are_both_told() -> None:
    text = ask("rectangle with length and width 5 and 3, area and perimeter")
    assert r"\(A = 15\)" in text
    assert r"\(P = 16\)" in text


REFUSED = [
    "A circle has circumference 10π. radius?", "right triangle with legs √2 and √3, "
                                               "hypotenuse?", "원의 넓이가 25π cm²일 때 반지름",
    "Two numbers have average 10. One is 8.",
    "I bought 3 pens at $2 each and a book for $5. how much altogether?",
    "3 shirts at $20 each with a 10% discount. total?",
    "A train travels 60 km in 1 hour and then 80 km in 2 hours. What is the average speed?",
    "a rectangle's length is twice its width 3. area?",
    "A car drives 150 km at 50 km/h and returns at 75 km/h. how long?",
    "A $100 coat is 20% off and then 10% off. price?", "$40 with 10% discount and 5% tax. final?",
    "an isosceles triangle has apex angle 40°, base angles?", "The average of 3 numbers is 10. two are 8 and 9. "
            "find third",
    "triangle base 5, area?", "shaded area between circle radius 5 and square 4", "right triangle with "
            "hypotenuse 5 and leg 13",
    "If a train leaves at 3 pm at 80 km/h, how far has it gone at 5 pm?", "distance between (1, 2) and (4, 6) "
            "and midpoint",
    "두 사람이 3km 떨어진 곳에서 시속 4km로 마주 보고 걸으면 몇 분 뒤에 만나나요?", "왕복 10km를 시속 5km로 가면 "
                                                        "몇 시간?",
    "area of a circle with radius 5 and height 3", "volume of a cylinder with radius "
                                                   "2 cm", "20% tax on $50", "A triangle has angles 100° and "
            "90°. third angle?",
    "area of a rectangle 5 cm by 3 cm by 2 cm", "the line through (1,2) and (1,2)", "a semicircle of radius 4, "
            "what is the area?",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_takes_more_than_a_step_or_lacks_something_is_refused(text: str) -> None:
    assert "Answer:" not in ask(text)
    assert "답:" not in ask(text)
    assert re.search("one step|no such thing|No such thing|single line|한 단계", ask(text))


@pytest.mark.parametrize(
    "text",
    [
        "I have a box of 12 pencils", "What is the plan's area of 121 km²?", "5 km + 300 m", "시속 60 km로 3시간",
        "2 workers build a wall in 6 days. how many days for 3 workers?", "I have 5 apples and eat 2. How many left?",
        "The circle meets on 5 May", "수원시의 면적은 121km²입니다", "my height is 170 cm", "the meeting takes 2 hours",
        "What speed is needed to travel 100 km?", "The library opens at 9", "원가 3000원", "반지름이 5cm인 "
            "반원의 넓이는?",
    ],
)  # fmt: skip
def test_what_asks_for_nothing_that_is_known_is_left_to_the_files(text: str) -> None:
    assert understood(text) == "lost"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("150 km in 2 hours 30 "
         "minutes", [("150", "km"), ("5/2", "hours")]), ("시속 60km로 3시간", [("60", "km/h"), ("3", "hours")]),
        ("2만 5천원", [("25000", "won")]), ("half an hour", [("1/2", "hours")]), ("two angles are 50°", [("50", "°")]),
        ("3/4 m and 2 1/2 hours", [("3/4", "m"), ("5/2", "hours")]), ("a 5-cm radius", [("5", "cm")]),
        ("25㎡, 49 cm^2", [("25", "m²"), ("49", "cm²")]), ("1,500 won", [("1500", "won")]), ("a=3 h=4", [("3", ""),
        ("4", "")]),
    ],
)  # fmt: skip
def test_quantities_are_read_with_their_units(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(str(one.value), one.unit.texts[0] if one.unit else "") for one in find_quantities(with_digits(text))]
    assert found == expected


def test_the_students_answer_to_a_word_problem_is_checked() -> None:
    first = "Find the area of a circle with radius 5 cm"
    assert "that is right" in ask(first, "I got 78.54, is that right?")
    assert "Not quite" in ask(first, "I got 77, is that right?")
