"""What people are likely to do: how often they answer, and what comes of it. Guesses, for a team to replace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.core.sequence import AudienceKind

Weights = Mapping[str, float]

_COLD_CALLS: Weights = MappingProxyType(
    {"not_interested": 24, "call_back": 20, "not_now": 16, "send_info": 14, "interested": 10, "meeting_booked": 6,
     "referral": 4, "hung_up": 4, "wrong_person": 2}
)  # fmt: skip
_WARM_CALLS: Weights = MappingProxyType(
    {"not_now": 20, "not_interested": 20, "call_back": 20, "send_info": 14, "interested": 12, "meeting_booked": 6,
     "not_qualified": 8}
)  # fmt: skip
_OTHERS: Mapping[str, Weights] = MappingProxyType(
    {
        "personal_email": {"sent": 96, "replied": 4},
        "linkedin": {"requested": 68, "accepted": 22, "not_found": 7, "replied": 3},
        "maimai": {"requested": 70, "accepted": 20, "not_found": 10},
        "wechat_add": {"requested": 45, "accepted": 40, "not_found": 10, "replied": 5},
        "wechat_message": {"sent": 90, "replied": 10},
        "video": {"sent": 95, "replied": 5},
        "triage": {"interested": 25, "meeting_booked": 5, "later": 20, "not_interested": 45, "referral": 5},
    }
)


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares from 0 to 1. `reply` of automatic mails and texts get an answer, `bounce` of addresses do not exist,
    `answer` of calls are picked up, `voicemail` of the others where the step leaves one, `complete` of the tasks that a
    rep comes to are done that day. `outcomes` weigh what a rep reports, by kind of task; for a call, once it is
    answered.
    """

    reply: float = 0.02
    bounce: float = 0.03
    answer: float = 0.1
    voicemail: float = 0.8
    complete: float = 0.97
    outcomes: Mapping[str, Weights] = field(default_factory=lambda: {**_OTHERS, "call": _COLD_CALLS})


OUTBOUND = Rates()
INBOUND = Rates(reply=0.08, bounce=0.02, answer=0.4, outcomes={**_OTHERS, "call": _WARM_CALLS})
NURTURE = Rates(reply=0.005, bounce=0.01)
USUAL: Mapping[AudienceKind, Rates] = MappingProxyType(
    {AudienceKind.OUTBOUND: OUTBOUND, AudienceKind.INBOUND: INBOUND, AudienceKind.NURTURE: NURTURE}
)

# Nobody answers and all that falls due is done: how far the plan alone would go.
NOBODY = Rates(reply=0, bounce=0, answer=0, voicemail=0, complete=1, outcomes={
    "personal_email": {"sent": 1}, "linkedin": {"requested": 1}, "maimai": {"requested": 1},
    "wechat_add": {"requested": 1}, "wechat_message": {"sent": 1}, "video": {"sent": 1}, "call": {"interested": 1},
    "triage": {"not_interested": 1},
})  # fmt: skip
UNANSWERED: Mapping[AudienceKind, Rates] = MappingProxyType(dict.fromkeys(AudienceKind, NOBODY))

# Priors for planners across all sources (rule 28): how many leads become opportunities, and how many of those are won.
LEAD_TO_OPPORTUNITY, OPPORTUNITY_TO_WON = 0.13, 0.06
