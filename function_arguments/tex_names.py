r"""LaTeX commands whose first letter is also that of a JSON escape for a line break or a tab: `\n…`, `\r…`, `\t…`.

`\b` and `\f` need no table: nobody writes backspaces and form feeds.
"""

from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


NAMES: Final = _names("""
    nLeftarrow nLeftrightarrow nRightarrow nVDash nVdash nabla nano natnums natural ncong ne nearrow neg negmedspace
    negthickspace negthinspace neq neqq nequiv newcommand newline newton nexist nexists ngeq ngeqq ngeqslant ngtr ni
    nicefrac nleftarrow nleftrightarrow nleq nleqq nleqslant nless nmid nobreak nobreakspace noindent nolimits nonumber
    norm normalsize not notag notin notni nparallel nprec npreceq nrightarrow nshortmid nshortparallel nsim nsubset
    nsubseteq nsubseteqq nsucc nsucceq nsupset nsupseteq nsupseteqq ntriangleleft ntrianglelefteq ntriangleright
    ntrianglerighteq nu nullity num numlist numrange nvDash nvLeftarrow nvRightarrow nvdash nwarrow

    rArr rVert radian raggedright raisebox ran rang range rangle rank rarr ratio rbrace rbrack rcases rceil real reals
    red ref rel relax renewcommand repr require resizebox restriction reversed rfloor rgroup rhd rho right rightarrow
    rightarrowtail rightharpoondown rightharpoonup rightleftarrows rightleftharpoons rightrightarrows rightsquigarrow
    rightthreetimes risingdotseq rlap rm rmoustache root rot rotatebox round roundedbox rparen rrbracket rtimes rule
    rvert

    tabular tag tan tanh tau tbinom teal tera tesla text textasciitilde textbackslash textbar textbf textbraceleft
    textbraceright textbullet textcircled textcolor textcopyright textdegree textdollar textellipsis textemdash
    textendash texteuro textgreater textit textless textmd textmu textnormal textohm textperthousand textquotedblleft
    textquotedblright textregistered textrm textsc textsf textsl textstyle textsubscript textsuperscript texttt
    textunderscore textup tfrac tg therefore theta thetasym thickapprox thicksim thickspace thinspace tilde times tiny
    to tonne top toprule trace triangle triangledown triangleleft trianglelefteq triangleq triangleright
    trianglerighteq tt tuple twoheadleftarrow twoheadrightarrow
""")

AMBIGUOUS: Final = _names("""
    nano ncong ne ni nexists nless nmid nparallel nprec nshortparallel nsim nsubset nsucc nsupset nu num
    tan tau teal tera tg tiny to top trace tt
""")
"""Those whose rest is a word or a variable by itself: a line break or a tab may stand before it (`nu`: before `u`)."""

OVERESCAPED: Final = _names("""
    begin end frac dfrac tfrac cfrac sqrt text textbf textit textrm mathbb mathbf mathrm mathcal operatorname binom
    overline underline vec hat bar boxed
""")
r"""Commands with an argument: `\\\\frac{` in JSON text is one that was escaped twice, for `frac{` follows no line."""
