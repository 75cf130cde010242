"""What is said of a checked working, in English and Korean: its heading, its end, and the slip of the wrong line.

`{term}` and `{value}` are formulas. `[을]` behind a formula is a Korean particle that fits the text before it.
"""

from maths.reading.language import Texts

SLIPS: dict[str, Texts] = {
    "sign": (
        "A sign was lost. A minus before a bracket, or a negative factor, turns the sign of every term in it.",
        "부호가 틀렸어요. 괄호 앞의 음의 부호나 음수를 곱하면 괄호 안 모든 항의 부호가 바뀌어요.",
    ),
    "moved_sign": (
        "{term} was moved to the other side and kept its sign. A term that changes sides changes its sign.",
        "{term}[을] 이항하면서 부호를 바꾸지 않았어요. 다른 변으로 옮긴 항은 부호가 바뀌어요.",
    ),
    "one_side": (
        "Something was done to one side only. Whatever is done to one side must be done to the other as well.",
        "한쪽 변만 계산했어요. 한 변에 한 계산은 다른 변에도 똑같이 해야 해요.",
    ),
    "one_term": (
        "Only some of the terms were divided or multiplied. A whole side is divided or multiplied: every term in it.",
        "일부 항만 나누거나 곱했어요. 양변을 나누거나 곱할 때는 모든 항에 똑같이 해야 해요.",
    ),
    "first_term": (
        "The factor was multiplied into one term of the bracket only. It belongs to every term in it.",
        "괄호 안의 한 항에만 곱했어요. 분배법칙에서는 괄호 안의 모든 항에 곱해야 해요.",
    ),
    "each_with_each": (
        "Not every pair was multiplied. Each term of the first bracket goes with each term of the second.",
        "곱이 빠졌어요. 앞 괄호의 각 항을 뒤 괄호의 모든 항에 곱해야 해요.",
    ),
    "square_of_sum": (
        "The power of a sum is not the sum of the powers: in a square, twice the product of the terms belongs between "
        "them.",
        "합의 거듭제곱은 거듭제곱의 합이 아니에요. 제곱할 때는 두 항의 곱의 2배도 있어야 해요.",
    ),
    "cancelled_term": (
        "A term of a sum was cancelled. Only a factor of the whole top and the whole bottom can be cancelled.",
        "합 속의 항을 약분했어요. 분자 전체와 분모 전체의 공통인수만 약분할 수 있어요.",
    ),
    "not_turned": (
        "The inequality sign should have turned: both sides were multiplied or divided by a negative number.",
        "부등호의 방향이 바뀌어야 해요. 양변에 음수를 곱하거나 양변을 음수로 나누었기 때문이에요.",
    ),
    "turned_needlessly": (
        "The inequality sign turned for no reason. It turns only when both sides are multiplied or divided by a "
        "negative number.",
        "부등호의 방향이 이유 없이 바뀌었어요. 음수를 곱하거나 음수로 나눌 때만 바뀌어요.",
    ),
    "chain_rule": (
        "The chain rule was forgotten: the derivative of the inner function is a factor too.",
        "합성함수의 미분법을 빠뜨렸어요. 안쪽 함수의 도함수도 곱해야 해요.",
    ),
    "product_rule": (
        "The derivative of a product is not the product of the derivatives: it has two terms, each with one factor "
        "differentiated.",
        "곱의 도함수는 도함수의 곱이 아니에요. 인수를 하나씩 미분한 두 항을 더해야 해요.",
    ),
    "quotient_rule": (
        "The quotient rule was not kept: top differentiated times bottom, minus top times bottom differentiated, over "
        "the square of the bottom.",
        "몫의 미분법이 틀렸어요. (분자의 미분 × 분모) − (분자 × 분모의 미분)을 분모의 제곱으로 나누어야 해요.",
    ),
    "derivative_power": (
        "A power was differentiated wrongly: the exponent comes down as a factor and becomes one less; a constant "
        "becomes 0.",
        "거듭제곱의 미분이 틀렸어요. 지수를 앞에 곱하고 지수는 1 줄어들어요. 상수의 미분은 0이에요.",
    ),
    "trig_sign": (
        "The sign is wrong: the derivative of the sine is the cosine, that of the cosine is minus the sine (and for "
        "integrals the other way round).",
        "부호가 틀렸어요. 사인을 미분하면 코사인, 코사인을 미분하면 −사인이에요(적분은 그 반대예요).",
    ),
    "integral_power": (
        "A power was integrated wrongly: the exponent becomes one more, and one divides by the new exponent.",
        "거듭제곱의 적분이 틀렸어요. 지수를 1 늘리고 그 새 지수로 나누어야 해요.",
    ),
    "integral_inner": (
        "The factor inside was not divided by. Differentiate your result: the inner function gives a factor that must "
        "be made up for.",
        "안쪽 계수로 나누지 않았어요. 결과를 미분해 보면 안쪽 함수에서 나오는 계수를 없애 주어야 해요.",
    ),
    "integral_constant": (
        "The constant of integration is missing: an indefinite integral ends in + C.",
        "적분상수가 빠졌어요. 부정적분의 끝에는 + C가 있어야 해요.",
    ),
    "fractions_added": (
        "Fractions are not added top with top and bottom with bottom: bring them to a common denominator, then add the "
        "tops.",
        "분수는 분자끼리, 분모끼리 더하지 않아요. 통분한 다음 분자만 더하고 빼야 해요.",
    ),
    "powers_multiplied": (
        "In a product of powers of the same base the exponents are added (in a quotient subtracted), not multiplied.",
        "밑이 같은 거듭제곱을 곱하면 지수를 더하고, 나누면 지수를 빼요. 지수를 곱하는 것이 아니에요.",
    ),
    "bases_multiplied": (
        "In a product of powers of the same base the base stays; only the exponents are added.",
        "밑이 같은 거듭제곱을 곱할 때 밑은 그대로 두고 지수만 더해요.",
    ),
    "power_of_power": (
        "In a power of a power the exponents are multiplied.",
        "거듭제곱의 거듭제곱에서는 지수를 곱해요.",
    ),
    "power_of_product": (
        "The exponent belongs to every factor in the bracket, numbers included.",
        "괄호의 지수는 숫자를 포함해 괄호 안의 모든 인수에 붙어요.",
    ),
    "negative_power": (
        "A negative exponent makes a reciprocal, not a negative number.",
        "음의 지수는 역수를 뜻해요. 값이 음수가 되는 것이 아니에요.",
    ),
    "power_as_product": (
        "A power was calculated as a product: the exponent says how often the base is a factor.",
        "거듭제곱을 곱셈처럼 계산했어요. 지수는 밑을 몇 번 곱하는지를 나타내요.",
    ),
    "log_of_sum": (
        "The logarithm of a sum is not the sum of the logarithms: that is the logarithm of a product (and a difference "
        "that of a quotient).",
        "합의 로그는 로그의 합이 아니에요. 로그의 합은 곱의 로그이고, 로그의 차는 몫의 로그예요.",
    ),
    "log_of_product": (
        "The logarithm of a product is the sum of the logarithms, that of a quotient their difference.",
        "곱의 로그는 로그의 합이고, 몫의 로그는 로그의 차예요.",
    ),
    "root_of_sum": (
        "The root of a sum is not the sum of the roots.",
        "합의 제곱근은 제곱근의 합이 아니에요.",
    ),
    "function_of_sum": (
        "The function of a sum is not the sum of the functions' values: use the addition formula.",
        "합의 함숫값은 함숫값의 합이 아니에요. 덧셈정리를 써야 해요.",
    ),
    "no_plus_minus": (
        "A solution was lost: a square (or an absolute value) allows two signs, so the root is taken with ±.",
        "해를 하나 잃었어요. 제곱이나 절댓값에서는 두 부호가 모두 가능하므로 ±를 붙여야 해요.",
    ),
    "divided_by_unknown": (
        "A solution was lost: both sides were divided by something that may be 0. Bring all to one side and factor.",
        "해를 하나 잃었어요. 0이 될 수 있는 식으로 양변을 나누었어요. 한쪽으로 모아 인수분해하세요.",
    ),
    "solution_lost": (
        "A solution was lost here: this line has fewer solutions than the one before.",
        "여기서 해를 잃었어요. 이 줄은 앞줄보다 해가 적어요.",
    ),
    "wrong_inverse": (
        "The wrong operation was undone: what multiplies the unknown is undone by dividing both sides by it, what "
        "divides it by multiplying.",
        "거꾸로 푸는 계산이 틀렸어요. 미지수에 곱해진 수로는 양변을 나누고, 나눈 수는 양변에 곱해야 해요.",
    ),
    "order": (
        "The order of operations was not kept: multiplication and division come before addition and subtraction.",
        "계산 순서가 틀렸어요. 곱셈과 나눗셈을 덧셈과 뺄셈보다 먼저 해야 해요.",
    ),
    "term_lost": (
        "The term {term} of the line before is missing here.",
        "앞줄에 있던 항 {term}[이] 여기에는 없어요.",
    ),
    "extraneous": (
        "Not every value here fits the first line. Squaring, clearing denominators or joining logarithms can bring in "
        "false solutions: put each value into the first line.",
        "여기 있는 값 가운데 처음 식에 맞지 않는 것이 있어요. 제곱하거나 분모를 없애거나 로그를 합치면 무연근이 생길 "
        "수 있으니 처음 식에 하나씩 대입해 보세요.",
    ),
    "arithmetic": (
        "A number is wrong: calculate it once more.",
        "수의 계산이 틀렸어요. 다시 계산해 보세요.",
    ),
    "unnamed": (
        "This does not follow from the line before; I cannot tell which slip led to it.",
        "앞줄에서 이 줄이 나오지 않아요. 어떤 실수인지는 알 수 없어요.",
    ),
}

REPORT: dict[str, Texts] = {
    "checked_heading": ("I checked your working line by line:", "풀이를 한 줄씩 확인했어요."),
    "from_problem": ("The problem: {value}", "문제: {value}"),
    "wrong_line": ("**Line {place}:** {text}", "**{place}번째 줄:** {text}"),
    "try_again": (
        "Correct that line and send me your working again.",
        "그 줄을 고쳐서 풀이를 다시 보내 주세요.",
    ),
    "not_further": (
        "I did not check what comes after it, as it builds on that line.",
        "그 뒤의 줄은 이 줄에서 이어지므로 확인하지 않았어요.",
    ),
    "all_good": ("Every step is right. Well done!", "모든 단계가 맞아요. 잘했어요!"),
    "rest_good": ("I found no mistake in the other lines.", "나머지 줄에서는 틀린 곳을 찾지 못했어요."),
    "unsure_lines": (
        "I am not sure about the lines with a question mark: I could not read or compare them.",
        "물음표가 있는 줄은 읽거나 비교하지 못해서 확실하지 않아요.",
    ),
    "note_positive": (
        "Line {place} holds where the letters are positive.",
        "{place}번째 줄은 문자가 양수일 때 맞아요.",
    ),
    "note_rounded": ("Line {place} is rounded.", "{place}번째 줄은 반올림한 값이에요."),
    "note_gained": (
        "The step to line {place} can bring in false solutions: put the results into the first line.",
        "{place}번째 줄로 가면서 무연근이 생길 수 있으니, 구한 값을 처음 식에 대입해 확인하세요.",
    ),
    "lines_left_out": (
        "I checked the first {count} lines only.",
        "처음 {count}줄만 확인했어요.",
    ),
    "nothing_to_check": (
        "I see only one line there, so there is no step to check. Write each step on a line of its own, for example "
        "`2x + 3 = 11`, then `2x = 8`, then `x = 4`.",
        "한 줄만 있어서 확인할 단계가 없어요. `2x + 3 = 11`, `2x = 8`, `x = 4`처럼 한 단계씩 줄을 나누어 적어 주세요.",
    ),
    "no_working": (
        "Send me your working with it: each step on a line of its own, for example `2x + 3 = 11`, then `2x = 8`, then "
        "`x = 4`.",
        "풀이를 함께 보내 주세요. `2x + 3 = 11`, `2x = 8`, `x = 4`처럼 한 단계씩 줄을 나누어 적으면 돼요.",
    ),
    "or": ("or", "또는"),
    "and": ("and", "그리고"),
}

STEP_SENTENCES: dict[str, Texts] = {**SLIPS, **REPORT}
