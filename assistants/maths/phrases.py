"""Every sentence that the offline model says, in English and Korean.

`{name}` is a formula; `[을]` behind a formula is a particle whose form depends on what stands before it.
"""

Texts = tuple[str, str]

OPENINGS: dict[str, Texts] = {
    "solve_equation": ("Let's solve the equation", "방정식을 풀어 봅시다."),
    "solve_inequality": ("Let's solve the inequality", "부등식을 풀어 봅시다."),
    "solve_system": ("Let's solve the system of equations", "연립방정식을 풀어 봅시다."),
    "check_equation": ("Is this true?", "맞는 식인지 확인해 봅시다."),
}

STEPS: dict[str, Texts] = {
    "swap": ("Swap the sides", "양변을 바꿉니다"),
    "expand_sides": ("Expand and collect like terms", "전개하고 동류항을 정리합니다"),
    "clear": ("Multiply both sides by {value}", "양변에 {value}[을] 곱합니다"),
    "subtract": ("Subtract {value} from both sides", "양변에서 {value}[을] 뺍니다"),
    "add": ("Add {value} to both sides", "양변에 {value}[을] 더합니다"),
    "divide": ("Divide both sides by {value}", "양변을 {value}[으로] 나눕니다"),
    "multiply": ("Multiply both sides by {value}", "양변에 {value}[을] 곱합니다"),
    "standard": ("Bring everything to one side", "모든 항을 한쪽으로 모읍니다"),
    "factor_side": ("Factor the left side", "좌변을 인수분해합니다"),
    "zero_factors": ("A product is 0 when one of its factors is 0", "곱이 0이면 인수 중 하나가 0입니다"),
    "square_root": ("Take the square root of both sides", "양변의 제곱근을 구합니다"),
    "discriminant": ("It does not factor nicely, so find the discriminant", "간단히 인수분해되지 않으므로 판별식을 구합니다"),
    "formula": ("Use the quadratic formula", "근의 공식을 씁니다"),
    "numeric": ("Find the real roots numerically", "실근을 수치적으로 구합니다"),
    "direct": ("Solving for {value} gives", "{value}에 대해 풀면"),
    "calculate": ("Calculate", "계산합니다"),
}

NOTES: dict[str, Texts] = {
    "answer": ("Answer:", "답:"),
    "or": ("or", "또는"),
    "and": ("and", "그리고"),
    "integer": ("for every integer", "모든 정수"),
    "check": ("Check: put {value} in: {left} = {right} ✓", "검산: {value}[을] 대입하면 {left} = {right} ✓"),
    "no_solution": ("there is no solution.", "해가 없습니다."),
    "no_real": ("there is no real solution.", "실수인 해가 없습니다."),
    "complex": ("there is no real solution; the complex ones are {value}.", "실수인 해는 없고, 복소수 해는 {value}입니다."),
    "always": ("every number is a solution.", "모든 수가 해입니다."),
    "true": ("yes, it is true.", "네, 맞습니다."),
    "false": ("no: {left} is not {right}.", "아니요. {left}[은] {right}[과] 같지 않습니다."),
}

TALK: dict[str, Texts] = {
    "note": (
        "_I am Saem's small offline model: I can do algebra and calculus, but not much else. For a real tutor, put an API "
        "key (`OPENAI_API_KEY`) into `.env`._",
        "_저는 쌤의 작은 오프라인 모델이라 대수와 미적분 정도만 할 수 있습니다. 진짜 튜터를 쓰려면 `.env`에 API 키"
        "(`OPENAI_API_KEY`)를 넣어 주세요._",
    ),
    "lost": (
        "I could not find a problem that I can solve in that. Write it as a formula, for example `3x + 11 = 14`, "
        "`derivative of x^2 sin x` or `factor x^2 + 3x + 2`.",
        "풀 수 있는 문제를 찾지 못했습니다. `3x + 11 = 14`, `x^2 sin x를 미분해줘`, `x^2 + 3x + 2를 인수분해해줘`처럼 "
        "식으로 적어 주세요.",
    ),
    "unreadable": ("I cannot read `{text}`. Could you write it another way?", "`{text}`[을] 읽지 못했습니다. 다르게 적어 주시겠어요?"),
    "deep": ("That has too many brackets within one another for me.", "괄호가 너무 많이 겹쳐 있어서 풀 수 없습니다."),
    "long": ("That is too long for me.", "식이 너무 길어서 풀 수 없습니다."),
    "too_large": (
        "That number is too large to write out: it would have about {digits} digits.",
        "그 수는 너무 커서 쓸 수 없습니다. 약 {digits}자리 수입니다.",
    ),
    "far_too_large": ("That number is far too large to write out.", "그 수는 너무 커서 쓸 수 없습니다."),
    "undefined": ("That is not defined: there is a division by zero in it, or something like it.", "0으로 나누는 등, 값이 정의되지 않는 식입니다."),
    "unsolved": ("I can read that, but solving it is beyond me.", "식은 읽었지만, 제 힘으로는 풀 수 없습니다."),
}

PHRASES: dict[str, Texts] = {**OPENINGS, **STEPS, **NOTES, **TALK}

REASONS: dict[str, Texts] = {
    "subtract": (
        "What is done to one side must be done to the other, or they would no longer be equal. Taking {value} away leaves "
        "the unknown with less beside it.",
        "등식은 양변에서 같은 수를 빼도 성립합니다. {value}[을] 빼면 미지수 옆에 남는 것이 줄어듭니다.",
    ),
    "add": (
        "What is done to one side must be done to the other, or they would no longer be equal. Adding {value} cancels it "
        "on the side where it was subtracted.",
        "등식은 양변에 같은 수를 더해도 성립합니다. {value}[을] 더하면 빼져 있던 항이 없어집니다.",
    ),
    "divide": (
        "The unknown is multiplied by {value}; dividing undoes that, and it must happen on both sides.",
        "미지수에 {value}[이] 곱해져 있으므로, 양변을 같은 수로 나누어 미지수만 남깁니다.",
    ),
}
