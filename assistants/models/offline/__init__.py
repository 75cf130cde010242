"""The offline model: no key, no network, a little mathematics; for trying Saem out and for tests.

Nothing is imported here: a worker process that runs `tutor` needs no more of this package.
"""
