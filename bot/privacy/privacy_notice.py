"""What `/privacy` says: made from the settings as they are."""

from urllib.parse import urlsplit

from bot.privacy import sentences as say
from bot.sentences import Locale
from bot.settings import Settings
from bot.store.retention import ANSWERED, CHARGES

OPENAI = "api.openai.com"
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "host.docker.internal"})


def privacy_notice(settings: Settings, locale: Locale, *, offline: bool, days: int) -> str:
    """What is kept, where, for how long, and who else sees it; `days`: how long silent conversations are kept here."""
    model_host = urlsplit(settings.openai_base_url).hostname if settings.openai_base_url else OPENAI
    is_here = offline or model_host in _HERE
    lines = [
        f"### 🔒 {say.TITLE(locale)}",
        say.WORDS(locale, days=ANSWERED.days),
        *([say.DAYS_KEPT(locale, count=days)] if days else []),
        say.LEARNING(locale),
        say.FILES(locale),
        say.COSTS(locale, days=CHARGES.days),
        say.WHERE(locale, database=(say.SQLITE if settings.store_url.startswith("sqlite") else say.POSTGRES)(locale)),
        say.MODEL_IS_HERE(locale) if is_here else say.MODEL_SEES(locale, host=model_host),
    ]
    if settings.assistants_url is not None:
        lines.append(say.SERVER_ELSEWHERE(locale, host=urlsplit(settings.assistants_url).hostname))
    if settings.moderation_model is not None and not offline:
        lines.append(say.MODERATED(locale, model=settings.moderation_model))
    return "\n".join([*lines, f"-# {say.NOT_DISCORD(locale)}", say.HOW(locale)])
