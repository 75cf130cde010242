"""Words that searches leave out: those of questions, and those for files themselves."""

import re

_ENGLISH = """
a about all also an and any are as at be been but by can could did do does explain find for from give had has
have he her him his how i if in into is it its know let many may me more most much my of on or our out please
say shall she should so some tell than that the their them then there these they this those to us was we were
what when where which who whom whose why will with would you your
"""

_KOREAN = """
까요 는가 니까 니다 다는 대해 대한 대하 되는 되나 됩니 드나 떤것 떻게 라고 란무 려줘 로서 무엇 부터 뭐야 뭔가
세요 십시 습니 시오 알려 어디 어떤 어떻 언제 얼마 에는 에대 에서 였나 었나 았나 왔나 인가 인지 인데 으로 이나
이다 이란 이며 이야 입니 있나 있는 있다 있습 있어 줘요 하기 하나 하는 하다 하여 한가 한다 할까 합니 해줘 해주
했나 것은 것을 것이 무슨 누가 누구 왜요 몇개 나요 가요 은가
"""

STOPWORDS = frozenset(_ENGLISH.split())
"""English, in lower case."""

STOP_PAIRS = frozenset(_KOREAN.split())
"""Korean: pairs of syllables, as search terms have them, of endings, particles and question words."""

FILE_WORDS = re.compile(
    r"\b(?:files?|documents?|upload(?:s|ed)?|attach(?:ed|ments?)?|pdfs?|texts?|contents?|materials?|notes?|library"
    r"|summar(?:y|ies|i[sz]e[sd]?|i[sz]ing)|overviews?|outlines?|main|key|points?|ideas?|topics?|gist|whole|entire)\b"
    r"|(?:업로드|올린|올려|첨부|파일|문서|자료|노트|필기|내용|요약|정리|전체|핵심|주요|요점|줄거리|뭐)"
    r"(?:에서|에는|에|으로|로|을|를|은|는|이|가|의|와|과|도|만|들|한|된|해|하여|하기|줘|주세요)*(?![가-힣])",
    re.IGNORECASE,
)
"""Words for files and their contents, which name no topic: `the uploaded document`, `이 파일 내용을 요약해 줘`."""
