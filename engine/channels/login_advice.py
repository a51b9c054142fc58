"""What to do when a mail server refuses a password that is right in the browser."""


def app_password(protocol: str) -> str:
    return f"many providers want an app password (QQ and 163: 授权码) and {protocol} switched on in their settings"
