"""What is said on word problems, in English and Korean: the name of each formula, the steps, and why there is "
"no answer."""

from maths.reading.language import Texts

FORMULAS: dict[str, Texts] = {
    "formula_pythagoras": (
        "The Pythagorean theorem, with \\(c\\) as the hypotenuse",
        "피타고라스 정리를 씁니다(\\(c\\)는 빗변).",
    ),
    "formula_area_right_triangle": (
        "The area of a right triangle with the legs \\(a\\) and \\(b\\)",
        "직각삼각형의 넓이 공식을 씁니다.",
    ),
    "formula_perimeter_equilateral": ("The perimeter of an equilateral triangle", "정삼각형의 둘레 공식을 씁니다."),
    "formula_area_equilateral": ("The area of an equilateral triangle", "정삼각형의 넓이 공식을 씁니다."),
    "formula_area_square": ("The area of a square", "정사각형의 넓이 공식을 씁니다."),
    "formula_perimeter_square": ("The perimeter, four times the side", "둘레는 한 변의 길이의 네 배입니다."),
    "formula_diagonal_square": (
        "The diagonal of a square, by the Pythagorean theorem",
        "피타고라스 정리로 정사각형의 대각선을 구합니다.",
    ),
    "formula_area_rectangle": (
        "The area of a rectangle, length times width",
        "직사각형의 넓이 공식을 씁니다(가로 \\(l\\), 세로 \\(w\\)).",
    ),
    "formula_perimeter_rectangle": (
        "The perimeter of a rectangle",
        "직사각형의 둘레 공식을 씁니다(가로 \\(l\\), 세로 \\(w\\)).",
    ),
    "formula_diagonal_rectangle": (
        "The diagonal of a rectangle, by the Pythagorean theorem",
        "피타고라스 정리로 직사각형의 대각선을 구합니다.",
    ),
    "formula_area_triangle": (
        "The area of a triangle, half of base times height",
        "삼각형의 넓이 공식을 씁니다(밑변 \\(b\\), 높이 \\(h\\)).",
    ),
    "formula_perimeter_triangle": ("The perimeter, the sum of the three sides", "둘레는 세 변의 길이의 합입니다."),
    "formula_area_parallelogram": (
        "The area of a parallelogram, base times height",
        "평행사변형의 넓이 공식을 씁니다.",
    ),
    "formula_area_trapezoid": (
        "The area of a trapezoid with the parallel sides \\(a\\) and \\(b\\)",
        "사다리꼴의 넓이 공식을 씁니다(윗변 \\(a\\), 아랫변 \\(b\\)).",
    ),
    "formula_area_rhombus": (
        "The area of a rhombus with the diagonals \\(p\\) and \\(q\\)",
        "마름모의 넓이 공식을 씁니다(두 대각선 \\(p\\), \\(q\\)).",
    ),
    "formula_area_circle": ("The area of a circle", "원의 넓이 공식을 씁니다."),
    "formula_area_circle_diameter": ("The area of a circle, with its diameter", "지름으로 원의 넓이를 구합니다."),
    "formula_circumference": ("The circumference of a circle", "원의 둘레 공식을 씁니다."),
    "formula_circumference_diameter": (
        "The circumference of a circle, with its diameter",
        "지름으로 원의 둘레를 구합니다.",
    ),
    "formula_diameter": ("The diameter is twice the radius", "지름은 반지름의 두 배입니다."),
    "formula_volume_cube": ("The volume of a cube", "정육면체의 부피 공식을 씁니다."),
    "formula_surface_cube": (
        "The surface of a cube, six squares",
        "정육면체의 겉넓이는 정사각형 여섯 개의 넓이입니다.",
    ),
    "formula_volume_cuboid": ("The volume of a box, length times width times height", "직육면체의 부피 공식을 씁니다."),
    "formula_surface_cuboid": ("The surface of a box, three pairs of rectangles", "직육면체의 겉넓이 공식을 씁니다."),
    "formula_volume_cylinder": ("The volume of a cylinder, base times height", "원기둥의 부피 공식을 씁니다."),
    "formula_surface_cylinder": ("The surface of a cylinder", "원기둥의 겉넓이 공식을 씁니다."),
    "formula_volume_cone": ("The volume of a cone, a third of base times height", "원뿔의 부피 공식을 씁니다."),
    "formula_volume_sphere": ("The volume of a sphere", "구의 부피 공식을 씁니다."),
    "formula_surface_sphere": ("The surface of a sphere", "구의 겉넓이 공식을 씁니다."),
    "formula_volume_pyramid": ("The volume of a pyramid, a third of base times height", "각뿔의 부피 공식을 씁니다."),
    "formula_volume_prism": ("The volume of a prism, base times height", "각기둥의 부피 공식을 씁니다."),
    "formula_density": ("Density is mass divided by volume", "밀도는 질량을 부피로 나눈 값입니다."),
    "formula_speed": ("Distance is speed times time", "거리는 속력과 시간의 곱입니다."),
    "formula_interest": (
        "Simple interest, with the rate in percent a year",
        "단리 이자 공식을 씁니다(\\(r\\)은 연이율 %).",
    ),
    "formula_interest_total": ("The amount with simple interest", "단리일 때의 원리합계 공식을 씁니다."),
    "formula_compound": (
        "The amount with compound interest, year by year",
        "1년마다 복리일 때의 원리합계 공식을 씁니다.",
    ),
    "formula_plane_slope": ("The slope, rise over run", "기울기는 y의 증가량을 x의 증가량으로 나눈 값입니다."),
    "formula_plane_distance": ("The distance between two points", "두 점 사이의 거리 공식을 씁니다."),
    "formula_plane_midpoint": ("The midpoint of two points", "두 점의 중점 공식을 씁니다."),
    "formula_plane_line": ("A line has the equation", "직선의 방정식의 꼴은 다음과 같습니다."),
    "formula_part_of_unknown": ("A percentage of an unknown number", "어떤 수의 백분율을 식으로 나타냅니다."),
    "formula_part_of": ("The part that a percentage makes", "전체에서 차지하는 부분을 구합니다."),
    "formula_price_off": ("The price after a discount", "할인된 가격을 구하는 식입니다."),
    "formula_price_with": ("The price with the percentage added", "비율만큼 더한 금액을 구하는 식입니다."),
    "formula_percentage": ("The part as a percentage of the whole", "부분이 전체의 몇 %인지 구하는 식입니다."),
    "formula_percent_increase": (
        "The increase in percent of the first value",
        "증가율은 처음 값에 대한 증가량의 비율입니다.",
    ),
    "formula_percent_decrease": (
        "The decrease in percent of the first value",
        "감소율은 처음 값에 대한 감소량의 비율입니다.",
    ),
    "formula_proportion": ("Both grow in the same ratio", "두 양은 정비례하므로 비가 같습니다."),
    "formula_price_times": ("The price of one times how many there are", "한 개의 값에 개수를 곱합니다."),
    "formula_unit_price": ("The price divided by how many there are", "전체 값을 개수로 나눕니다."),
    "formula_share": (
        "The first share of \\(S\\) in the ratio \\(a : b\\)",
        "\\(S\\)를 \\(a : b\\)로 나눌 때 첫 번째 몫입니다.",
    ),
    "formula_mean": ("The mean, the sum divided by how many there are", "평균은 합을 개수로 나눈 값입니다."),
    "formula_complement": ("Complementary angles add up to 90°", "여각은 더해서 90°가 됩니다."),
    "formula_supplement": ("Supplementary angles add up to 180°", "보각은 더해서 180°가 됩니다."),
    "formula_right_triangle_angle": (
        "The two acute angles of a right triangle add up to 90°",
        "직각삼각형의 두 예각의 합은 90°입니다.",
    ),
    "formula_triangle_angles": ("The angles of a triangle add up to 180°", "삼각형의 세 각의 크기의 합은 180°입니다."),
    "formula_quadrilateral_angles": (
        "The angles of a quadrilateral add up to 360°",
        "사각형의 네 각의 크기의 합은 360°입니다.",
    ),
    "formula_exterior_angle": ("The exterior angles add up to 360°", "외각의 크기의 합은 360°입니다."),
    "formula_angle_sum": (
        "The sum of the angles of a polygon with \\(n\\) sides",
        "\\(n\\)각형의 내각의 크기의 합 공식을 씁니다.",
    ),
    "formula_interior_angle": (
        "One angle of a regular polygon with \\(n\\) sides",
        "정\\(n\\)각형의 한 내각의 크기를 구합니다.",
    ),
    "formula_conversion": ("The number times what one of the units is", "한 단위의 크기를 곱합니다."),
    "formula_celsius": ("From Celsius to Fahrenheit", "섭씨를 화씨로 바꾸는 식입니다."),
    "formula_fahrenheit": ("From Fahrenheit to Celsius", "화씨를 섭씨로 바꾸는 식입니다."),
}

STEPS: dict[str, Texts] = {
    "word_given": ("Given: {given}; wanted: {value}", "주어진 값: {given}, 구할 값: {value}"),
    "word_convert": ("Use units that fit together: {given}", "단위를 맞춥니다: {given}"),
    "word_put_in": ("Put the numbers in", "수를 대입합니다"),
    "word_calculate": ("Calculate", "계산합니다"),
    "word_solve": ("Solve for {value}", "{value}[을] 구합니다"),
    "word_in_unit": ("In {unit}", "단위를 {unit}[으로] 바꿉니다"),
    "line_slope": ("Find the slope", "기울기를 구합니다"),
    "line_constant": ("Put a point in to find \\(b\\)", "한 점을 대입하여 \\(b\\)를 구합니다"),
    "same_x": (
        "Both points have the same \\(x\\), so the line is vertical",
        "두 점의 \\(x\\)좌표가 같으므로 y축에 평행한 직선입니다",
    ),
    "vertical_line": (
        "the line {value} is vertical: it has no slope.",
        "직선 {value}[은] y축에 평행하므로 기울기가 없습니다.",
    ),
}

REFUSALS: dict[str, Texts] = {
    "word_missing": (
        "I do word problems of one step, and here I do not find all that I need, or I cannot tell what each number "
        "stands for. Name each with its unit, for example `right triangle, legs 3 cm and 4 cm, find the hypotenuse`.",
        "저는 한 단계로 풀리는 문장제만 풀 수 있는데, 필요한 값이 빠졌거나 어떤 수가 무엇인지 알 수 없습니다. "
        "`직각삼각형, 직각을 낀 두 변 "
        "3cm와 4cm, 빗변은?`처럼 수마다 이름과 단위를 붙여 주세요.",
    ),
    "word_steps": (
        "That takes more than one step, and I do word problems of one step only. Ask me for one step at a time.",
        "한 단계로 풀리지 않는 문제입니다. 저는 한 단계짜리 문장제만 풀 수 있으니, 한 단계씩 나누어 물어봐 주세요.",
    ),
    "word_impossible": (
        "No such thing exists: the numbers do not fit together. Please check them.",
        "주어진 수를 만족하는 경우가 없습니다. 수를 다시 확인해 주세요.",
    ),
    "word_same_point": (
        "The two points are the same, so there is no single line through them.",
        "두 점이 같은 점이라서 지나는 직선이 하나로 정해지지 않습니다.",
    ),
}

WORD_PROBLEMS: dict[str, Texts] = {**FORMULAS, **STEPS, **REFUSALS}
