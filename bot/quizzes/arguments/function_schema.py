"""The schema of `generate_quiz` for the model, and the sizes that it allows.

A `title` and `questions` with `question_text` and `choices`, as in OpenAI's tutorials, are enough. The schema asks for
`answer` and `explanation` as well, so that right and wrong are shown without waiting for the model.
"""

from typing import Any, Final

MOST_QUESTIONS: Final = 25
FEWEST_CHOICES: Final = 2
MOST_CHOICES: Final = 10

FUNCTION: Final[dict[str, Any]] = {
    "name": "generate_quiz",
    "description": (
        "Generate a quiz to the student, and returns the student's response. "
        "A single quiz has multiple questions. "
        "The choices are shown as buttons; do not write the questions out in your answer as well. "
        "When the responses are back, give feedback on each: the answer given, the right one and, if it was wrong, why."
    ),
    "parameters": {
        "type": "object",
        "required": ["title", "questions"],
        "properties": {
            "title": {"type": "string"},
            "questions": {
                "type": "array",
                "description": "An array of questions, each with a title and multiple choice options.",
                "minItems": 1,
                "maxItems": MOST_QUESTIONS,
                "items": {
                    "type": "object",
                    "required": ["question_text", "choices"],
                    "properties": {
                        "question_text": {
                            "type": "string",
                            "description": "Formulas in LaTeX between dollars; backslashes doubled, as JSON wants.",
                        },
                        "choices": {
                            "type": "array",
                            "description": "Different from each other, one of them right.",
                            "minItems": FEWEST_CHOICES,
                            "maxItems": MOST_CHOICES,
                            "items": {"type": "string"},
                        },
                        "answer": {
                            "type": "integer",
                            "description": "Index of the right choice, counted from 0. Give it if you can.",
                        },
                        "explanation": {
                            "type": "string",
                            "description": "Why that choice is right, in a sentence or two.",
                        },
                        "topic": {
                            "type": "string",
                            "description": "What it is about, in one to three words, for example: fractions.",
                        },
                        "slips": {
                            "type": "array",
                            "description": (
                                "For each choice in order: the mistake that leads to it, in a few words; empty for the "
                                "right choice."
                            ),
                            "items": {"type": "string"},
                        },
                        "passage": {
                            "type": "string",
                            "description": "From a file: the file's words that the answer rests on, unchanged.",
                        },
                        "source": {"type": "string", "description": "That file's name."},
                    },
                },
            },
        },
    },
}
"""The function's definition in the form of an Assistants `function` tool."""
