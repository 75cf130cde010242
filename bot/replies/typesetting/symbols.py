"""Tables of LaTeX's symbols, functions, spaces, accents and alphabets: what each name stands for.

A symbol's role (TeX: the class of an atom) decides the space around it.
"""

from typing import Literal

Role = Literal["ord", "op", "bin", "rel", "open", "close", "punct"]


def table_of(text: str) -> dict[str, str]:
    """Names and what they stand for, from a text in which they take turns."""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ORDINARY = table_of("""
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ
    lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ
    chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    Alpha Α Beta Β Epsilon Ε Zeta Ζ Eta Η Iota Ι Kappa Κ Mu Μ Nu Ν Omicron Ο Rho Ρ Tau Τ Chi Χ
    varGamma Γ varDelta Δ varTheta Θ varLambda Λ varXi Ξ varPi Π varSigma Σ varPhi Φ varPsi Ψ varOmega Ω
    digamma ϝ aleph ℵ beth ℶ gimel ℷ daleth ℸ hbar ℏ hslash ℏ ell ℓ wp ℘ Re ℜ Im ℑ partial ∂ nabla ∇ infty ∞ forall ∀
    exists ∃ nexists ∄ emptyset ∅ varnothing ∅ neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠ measuredangle ∡ sphericalangle ∢
    triangle △ square □ Box □ blacksquare ■ Diamond ◇ lozenge ◊ bigstar ★ diamondsuit ♢ heartsuit ♡ clubsuit ♣
    spadesuit ♠ flat ♭ natural ♮ sharp ♯ prime ′ backprime ‵ degree ° circledR ® S § P ¶ copyright © pounds £ euro €
    dots … ldots … cdots ⋯ vdots ⋮ ddots ⋱ dotsc … dotsb ⋯ dotsm ⋯ dotsi ⋯ dotso … checkmark ✓ complement ∁ eth ð
    Finv Ⅎ mho ℧ imath ı jmath ȷ surd √ vert | Vert ‖ | ‖ backslash \\ % % $ $ # # & & _ _ AA Å aa å ss ß o ø O Ø ae æ
    textdegree ° celsius ℃ blacktriangle ▲ blacklozenge ⧫ QED ∎ qedsymbol □ R ℝ N ℕ Z ℤ Q ℚ C ℂ reals ℝ
    Reals ℝ natnums ℕ Complex ℂ bigcirc ◯ yen ¥ iddots ⋰ adots ⋰ hdots … ldotp . mathellipsis …
    dag † ddag ‡ maltese ✠ Bbbk 𝕜 Game ⅁ vartriangle △ triangledown ▽ blacktriangledown ▼ blacktriangleright ▶
    blacktriangleleft ◀ cmark ✓ xmark × texteuro € cent ¢ ohm Ω micro µ degreeCelsius ℃ qedhere □ Digamma Ϝ
    weierp ℘ alef ℵ alefsym ℵ image ℑ real ℜ cnums ℂ infin ∞ sdot ⋅ empty ∅ clubs ♣ diamonds ♢ hearts ♡ spades ♠
    circledS Ⓢ sect § para ¶ thetasym ϑ textregistered ® textcopyright © textellipsis … textdollar $ textless <
    textgreater > textbar | textasciitilde ~ textunderscore _ textendash – textemdash — textbraceleft { textbraceright }
    permil ‰ perthousand ‰ textperthousand ‰ varUpsilon Υ mathsterling £
""")
_OPERATORS = table_of("""
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ oiiint ∰ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀
    bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆ intop ∫ smallint ∫ fint ⨏ bigtimes ⨉
""")
_BINARY = table_of("""
    pm ± mp ∓ times × div ÷ cdot ⋅ cdotp ⋅ centerdot ⋅ ast ∗ star ⋆ circ ∘ bullet ∙ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘
    odot ⊙ cup ∪ cap ∩ uplus ⊎ sqcup ⊔ sqcap ⊓ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ amalg ⨿
    dagger † ddagger ‡ diamond ⋄ bigtriangleup △ bigtriangledown ▽ triangleleft ◁ triangleright ▷ dotplus ∔ ltimes ⋉
    rtimes ⋊ curlyvee ⋎ curlywedge ⋏ Cap ⋒ Cup ⋓ circleddash ⊝ divideontimes ⋇ leftthreetimes ⋋ rightthreetimes ⋌
    barwedge ⊼ veebar ⊻ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ circledast ⊛ circledcirc ⊚ intercal ⊺ And &
    plusmn ± Dagger ‡ doublecap ⋒ doublecup ⋓
""")
_RELATIONS = table_of("""
    le ≤ leq ≤ leqslant ⩽ leqq ≦ ge ≥ geq ≥ geqslant ⩾ geqq ≧ lt < gt > ne ≠ neq ≠ equiv ≡ approx ≈ approxeq ≊ sim ∼
    simeq ≃ cong ≅ doteq ≐ propto ∝ varpropto ∝ asymp ≍ ll ≪ gg ≫ lll ⋘ ggg ⋙ prec ≺ succ ≻ preceq ⪯ succeq ⪰ in ∈
    ni ∋ owns ∋ notin ∉ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ nsupseteq ⊉
    sqsubseteq ⊑ sqsupseteq ⊒ mid ∣ nmid ∤ parallel ∥ nparallel ∦ perp ⟂ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩
    nvdash ⊬ to → gets ← rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔
    implies ⟹ impliedby ⟸ iff ⟺ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹
    Longleftarrow ⟸ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ uparrow ↑ downarrow ↓
    updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightharpoonup ⇀
    rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋ rightleftarrows ⇄
    leftrightarrows ⇆ rightrightarrows ⇉ twoheadrightarrow ↠ twoheadleftarrow ↞ rightsquigarrow ⇝ leadsto ⇝
    nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏ nLeftarrow ⇍ nleftrightarrow ↮ nLeftrightarrow ⇎ curvearrowright ↷
    circlearrowright ↻ circlearrowleft ↺ dashrightarrow ⇢ multimap ⊸ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ lesssim ≲ gtrsim ≳
    lessgtr ≶ gtrless ≷ triangleq ≜ coloneqq ≔ coloneq ≔ eqqcolon ≕ colon : vcentcolon : bowtie ⋈ smile ⌣ frown ⌢
    between ≬ backsim ∽ eqcirc ≖ circeq ≗ bumpeq ≏ trianglelefteq ⊴ trianglerighteq ⊵ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵
    ncong ≇ nsim ≁ nexist ∄ neqq ≠ lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ precsim ≾ succsim ≿ Doteq ≑ doteqdot ≑ risingdotseq ≓
    fallingdotseq ≒ lessapprox ⪅ gtrapprox ⪆ eqsim ≂ Bumpeq ≎ thicksim ∼ thickapprox ≈ nsubset ⊄ nsupset ⊅ Subset ⋐
    Supset ⋑ subsetneqq ⫋ supsetneqq ⫌ varsubsetneq ⊊ subseteqq ⫅ supseteqq ⫆ upuparrows ⇈ downdownarrows ⇊
    leftleftarrows ⇇ preccurlyeq ≼ succcurlyeq ≽ curlyeqprec ⋞ nleqslant ≰ ngeqslant ≱ lesseqgtr ⋚ gtreqless ⋛
    sqsubset ⊏ sqsupset ⊐ Vvdash ⊪ nVdash ⊮ nvDash ⊭ pitchfork ⋔ Lleftarrow ⇚ Rrightarrow ⇛ curvearrowleft ↶
    leftarrowtail ↢ rightarrowtail ↣ backsimeq ⋍ smallsmile ⌣ smallfrown ⌢ shortmid ∣ shortparallel ∥ nprec ⊀
    nsucc ⊁ lnsim ⋦ gnsim ⋧ nequiv ≢ ntriangleleft ⋪ dashleftarrow ⇠ upharpoonleft ↿ downharpoonright ⇂ Join ⋈
    upharpoonright ↾ restriction ↾ therefore ∴ because ∵ isin ∈ exist ∃ ratio : dblcolon ∷ colonequals ≔ eqcolon ≕
    gggtr ⋙ llless ⋘ precapprox ⪷ succapprox ⪸ vartriangleleft ⊲ vartriangleright ⊳ eqslantgtr ⪖ eqslantless ⪕
    curlyeqsucc ⋟ lnapprox ⪉ gnapprox ⪊ npreceq ⋠ nsucceq ⋡ nleqq ≰ ngeqq ≱ ntriangleright ⋫ ntrianglelefteq ⋬
    ntrianglerighteq ⋭ precnsim ⋨ succnsim ⋩ varsupsetneq ⊋ varsubsetneqq ⫋ varsupsetneqq ⫌ lessdot ⋖ gtrdot ⋗
    downharpoonleft ⇃ leftrightsquigarrow ↭ looparrowleft ↫ looparrowright ↬ darr ↓ dArr ⇓ Darr ⇓ harr ↔ hArr ⇔ Harr ⇔
    larr ← lArr ⇐ Larr ⇐ lrarr ↔ lrArr ⇔ Lrarr ⇔ rarr → rArr ⇒ Rarr ⇒ uarr ↑ uArr ⇑ Uarr ⇑
""")
_OPENING = table_of("""
    lbrace { { { lbrack [ langle ⟨ lang ⟨ lfloor ⌊ lceil ⌈ lvert | lVert ‖ lparen ( lgroup ⟮ ulcorner ⌜ llcorner ⌞
    llbracket ⟦
""")
_CLOSING = table_of("""
    rbrace } } } rbrack ] rangle ⟩ rang ⟩ rfloor ⌋ rceil ⌉ rvert | rVert ‖ rparen ) rgroup ⟯ urcorner ⌝ lrcorner ⌟
    rrbracket ⟧
""")

SYMBOLS: dict[str, tuple[str, Role]] = {
    **{name: (char, "ord") for name, char in _ORDINARY.items()},
    **{name: (char, "op") for name, char in _OPERATORS.items()},
    **{name: (char, "bin") for name, char in _BINARY.items()},
    **{name: (char, "rel") for name, char in _RELATIONS.items()},
    **{name: (char, "open") for name, char in _OPENING.items()},
    **{name: (char, "close") for name, char in _CLOSING.items()},
}

CHARACTERS: dict[str, tuple[str, Role]] = {
    "+": ("+", "bin"),
    "-": ("−", "bin"),
    "−": ("−", "bin"),
    "*": ("∗", "bin"),
    "/": ("/", "ord"),
    "=": ("=", "rel"),
    "<": ("<", "rel"),
    ">": (">", "rel"),
    ":": (":", "rel"),
    ",": (",", "punct"),
    ";": (";", "punct"),
    "(": ("(", "open"),
    ")": (")", "close"),
    "[": ("[", "open"),
    "]": ("]", "close"),
    "⟨": ("⟨", "open"),
    "⟩": ("⟩", "close"),
    "|": ("|", "ord"),
    "!": ("!", "close"),
    **{char: (char, role) for char, role in SYMBOLS.values() if not char.isascii()},
}

FUNCTIONS = _names("""
    arccos arcsin arctan arccot arcsec arccsc arg cos cosh cot coth csc deg dim exp hom ker lg ln log sec sin
    sinh tan tanh sech csch arsinh arcosh artanh arcsinh arccosh arctanh rank tr Tr diag span sgn sign Var Cov
    lcm grad curl rot cis erf id cosec ctg tg arctg sh ch th
    Arg Log Ln sinc erfc trace adj Hom Aut End Ker coker im ran supp Res proj hcf ord vol nullity
    cotg arcctg arccotg cth
""")
LIMIT_FUNCTIONS = {
    **{name: name for name in ["det", "gcd", "inf", "lim", "max", "min", "Pr", "sup", "plim", "argmax", "argmin"]},
    "limsup": "lim sup",
    "liminf": "lim inf",
    "varlimsup": "lim sup",
    "varliminf": "lim inf",
    "injlim": "inj lim",
    "projlim": "proj lim",
    "Lim": "Lim",
    "argmax": "arg max",
    "argmin": "arg min",
}

SPACES = {
    ",": 0.167,
    "thinspace": 0.167,
    ":": 0.222,
    ">": 0.222,
    "medspace": 0.222,
    ";": 0.278,
    "thickspace": 0.278,
    "!": -0.167,
    "negthinspace": -0.167,
    "negmedspace": -0.222,
    "negthickspace": -0.278,
    " ": 0.25,
    "space": 0.25,
    "nobreakspace": 0.25,
    "enspace": 0.5,
    "enskip": 0.5,
    "quad": 1.0,
    "qquad": 2.0,
}

ACCENTS = {
    "hat": "^",
    "widehat": "^",
    "bar": "‾",
    "overline": "‾",
    "vec": "→",
    "overrightarrow": "→",
    "vv": "→",
    "overleftarrow": "←",
    "overleftrightarrow": "↔",
    "tilde": "~",
    "widetilde": "~",
    "dot": "˙",
    "ddot": "¨",
    "dddot": "⃛",
    "ddddot": "⃜",
    "check": "ˇ",
    "breve": "˘",
    "acute": "´",
    "grave": "`",
    "mathring": "˚",
    "overbrace": "⏞",
    "overparen": "⏜",
    "overarc": "⏜",
    "wideparen": "⏜",
    "overbracket": "⎴",
}
UNDER_ACCENTS = {
    "underline": "_",
    "underbar": "_",
    "underbrace": "⏟",
    "underbracket": "⎵",
    "underparen": "⏝",
    "underrightarrow": "→",
    "underleftarrow": "←",
    "utilde": "~",
}
EXTENSIBLE = {
    "xrightarrow": "→",
    "xleftarrow": "←",
    "xleftrightarrow": "↔",
    "xRightarrow": "⇒",
    "xLeftarrow": "⇐",
    "xLeftrightarrow": "⇔",
    "xmapsto": "↦",
    "xrightleftharpoons": "⇌",
    "xleftrightharpoons": "⇋",
    "xrightharpoonup": "⇀",
    "xhookrightarrow": "↪",
    "xhookleftarrow": "↩",
    "xlongequal": "=",
    "xtwoheadrightarrow": "↠",
}

VARIANTS = {
    "mathrm": "normal",
    "rm": "normal",
    "mathup": "normal",
    "mathnormal": "italic",
    "mathit": "italic",
    "it": "italic",
    "mathbf": "bold",
    "bf": "bold",
    "boldsymbol": "bold-italic",
    "bm": "bold-italic",
    "pmb": "bold-italic",
    "bold": "bold",
    "symbf": "bold",
    "mathbold": "bold",
    "vb": "bold",
    "va": "bold",
    "mathds": "double-struck",
    "mathbbm": "double-struck",
    "mathbb": "double-struck",
    "Bbb": "double-struck",
    "mathcal": "script",
    "cal": "script",
    "mathscr": "script",
    "mathfrak": "fraktur",
    "frak": "fraktur",
    "mathsf": "sans-serif",
    "sf": "sans-serif",
    "mathtt": "monospace",
    "tt": "monospace",
}
TEXTS = {
    "text": "normal",
    "textrm": "normal",
    "textnormal": "normal",
    "textup": "normal",
    "mbox": "normal",
    "hbox": "normal",
    "textbf": "bold",
    "textit": "italic",
    "emph": "italic",
    "textsf": "sans-serif",
    "texttt": "monospace",
    "textsc": "normal",
    "textmd": "normal",
    "textsl": "italic",
}

NEGATED = {
    "=": "≠",
    "∈": "∉",
    "∋": "∌",
    "⊂": "⊄",
    "⊃": "⊅",
    "⊆": "⊈",
    "⊇": "⊉",
    "≡": "≢",
    "∼": "≁",
    "≃": "≄",
    "≅": "≇",
    "≈": "≉",
    "<": "≮",
    ">": "≯",
    "≤": "≰",
    "≥": "≱",
    "∣": "∤",
    "∥": "∦",
    "→": "↛",
    "⇒": "⇏",
    "⇔": "⇎",
    "∃": "∄",
    "⊢": "⊬",
    "⊨": "⊭",
    "|": "∤",
    "≺": "⊀",
    "≻": "⊁",
    "⟂": "⟂̸",
}
