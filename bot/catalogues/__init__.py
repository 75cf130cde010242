"""What Saem says, in the languages that it speaks: a gettext catalogue for each, as translators write them.

`<language>/LC_MESSAGES/saem.po` holds one language; `saem.pot` is what there is to translate. `make translations`
writes them anew from the code. They are read as they are: nothing has to be compiled before Saem starts.
"""
