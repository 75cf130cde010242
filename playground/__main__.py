"""`python -m playground` runs the playground alone. The first line of output is JSON with its addresses."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

if __name__ == "__main__":  # while the imports below run, Ctrl+C would end in a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import orjson

from playground import default_guild
from playground.rate_limits import RATES, Rate
from playground.saving.state_file import SavedStateError
from playground.server import Playground


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback alone)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--public-url", help="address that people reach it by, when it is another one")
    parser.add_argument("--bot-token", default=default_guild.BOT_TOKEN, help="the token that the bot logs in with")
    parser.add_argument("--bot-name", default="Saem", help="the bot's user name")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every request takes longer")
    parser.add_argument("--no-rate-limits", action="store_true", help="count requests, refuse none")
    parser.add_argument(
        "--rate",
        action="append",
        default=[],
        type=_rate,
        metavar="BUCKET=N/SECONDS[/guild[/hidden]]",
        help="another size of a bucket",
    )
    parser.add_argument("--shards", type=_count, default=1, metavar="N", help="shards that bots are told to use")
    parser.add_argument("--session-starts", type=_count, default=1000, metavar="N", help="identifies of a bot in a day")
    parser.add_argument("--max-concurrency", type=_count, metavar="N", help="refuse identifies that come too early")
    parser.add_argument("--resume-port", type=int, metavar="PORT", help="port of the resume host (default: a free one)")
    parser.add_argument("--without-message-content", action="store_true", help="leave that privileged intent off")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep everything in this file for the next start")
    return parser.parse_args()


def _rate(text: str) -> tuple[str, Rate]:
    name, _, size = text.partition("=")
    limit, per, *scope = size.split("/")
    if scope not in ([], ["guild"], ["guild", "hidden"]):
        raise ValueError(text)
    shared = RATES[name].shared if name in RATES else False
    return name, Rate(int(limit), float(per), shared, guild="guild" in scope, hidden="hidden" in scope)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("it is a whole number above 0")
    return int(text)


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with Playground(
        host=options.host,
        port=options.port,
        bot_token=options.bot_token,
        bot_name=options.bot_name,
        public_url=options.public_url,
        state=options.state,
        latency=options.latency,
        rates=dict(options.rate),
        rate_limits=not options.no_rate_limits,
        shards=options.shards,
        session_starts=options.session_starts,
        max_concurrency=options.max_concurrency,
        resume_port=options.resume_port,
        message_content=not options.without_message_content,
    ) as discord:
        addresses = {
            "api_url": discord.api_url,
            "gateway_url": discord.gateway_url,
            "resume_gateway_url": discord.gateway.resume_host.url or discord.gateway_url,
            "page_url": discord.page_url,
            "bot_token": discord.bot_token,
        }
        sys.stdout.buffer.write(orjson.dumps(addresses) + b"\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    """Serve until interrupted."""
    options = _arguments()
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        sys.stderr.write(f"The playground cannot listen on {options.host}:{options.port}: {error.strerror}\n")
        return 1
    except SavedStateError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
