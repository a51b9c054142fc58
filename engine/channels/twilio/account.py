"""Whether Twilio lets us in and the account may be used: one read, which costs and sends nothing."""

import requests
from twilio.base.exceptions import TwilioException

from engine.channels.twilio.http import client_of
from engine.channels.twilio.sms import outcome_of
from engine.core.providers import TwilioAccount


def trouble(account: TwilioAccount) -> str | None:
    """What keeps us from using it."""
    elsewhere = f"what answers at {account.base_url} is not Twilio; check the base URL"
    try:
        status = client_of(account).api.accounts(account.sid).fetch().status
    except TwilioException as problem:
        return outcome_of(problem).detail
    except requests.RequestException as problem:
        return f"Twilio did not answer: {type(problem).__name__}: {problem}"
    except (ValueError, AttributeError):  # the SDK takes any JSON for an account
        return elsewhere
    if status is None:
        return elsewhere
    return None if status == "active" else f"Twilio says that the account is {status}"
