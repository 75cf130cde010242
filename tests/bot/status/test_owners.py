"""Who owns the bot."""

from types import SimpleNamespace
from typing import Any

import pytest
from discord import TeamMembershipState

from bot.status.owners import is_owner

OWNER, MEMBER, INVITED, STRANGER = 1, 2, 3, 4


class Client:
    """Tells of an application of OWNER's, or of a team's."""

    def __init__(self, *, team: bool) -> None:
        members = [
            SimpleNamespace(id=MEMBER, membership_state=TeamMembershipState.accepted),
            SimpleNamespace(id=INVITED, membership_state=TeamMembershipState.invited),
        ]
        # A team's application has the team's own user for an owner.
        owner = SimpleNamespace(id=99 if team else OWNER)
        of_team = SimpleNamespace(owner_id=OWNER, members=members) if team else None
        self._info = SimpleNamespace(owner=owner, team=of_team)

    async def application_info(self) -> Any:
        return self._info


@pytest.mark.parametrize(("team", "owners"), [(False, [OWNER]), (True, [OWNER, MEMBER])])
async def test_the_owner_and_those_who_have_joined_the_team_are_owners(team: bool, owners: list[int]) -> None:
    client: Any = Client(team=team)
    everybody = (OWNER, MEMBER, INVITED, STRANGER)
    assert [each for each in everybody if await is_owner(client, each)] == owners
