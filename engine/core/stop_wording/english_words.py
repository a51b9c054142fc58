"""The words of English phrases: verbs, what they are done to, and who does them."""

NAMED = {
    "not": "do not|don'?t|dnt|never|no longer|not",
    "me": "me|us|my|our|here|this (?:number|phone|line|address|e-?mail|person|company|account|inbox|mailbox)",
    # What a sender has of somebody: to remove it is to be left alone, to remove an attachment is not.
    "mine": (
        "me|us|(?:my|our|this|the above)(?: (?:personal|work|private|e-?mail|contact|phone|mobile|cell|full"
        "|business|company))* (?:numbers?|phone|cell|mobile|name|details?|data|address(?:es)?"
        "|e-?mails?(?: address)?|info(?:rmation)?|contacts?|records?|profile|entry|company|domain"
        r"|account)(?! (?:logo|policy|page|stamp|header)\b)"
    ),
    "text": (
        "te?xt|message|msg|contact|call|phone|ring|sms|(?:e-?)?mail|write(?: to)?|spam|bother|bug|harass|annoy"
        "|pester|disturb|solicit|ping|chase|approach|reach out(?: to)?|follow[ -]?up(?: with)?"
        "|get in touch(?: with)?"
    ),
    "texting": (
        "te?xting|messaging|msging|contact(?:ing)?|calling|phoning|ringing|smsing|(?:e-?)?mailing|writing"
        "|spam(?:ming)?|bother(?:ing)?|bugging|harass(?:ing|ment)?|annoying|pestering|disturbing|soliciting"
        "|pinging|chasing|approaching|reaching out|following[ -]?up|wasting my|(?:sending|getting"
        r"|receiving)(?! the\b)|cold[ -](?:call|e-?mail)s?"
    ),
    "texted": (
        "contacted|e-?mailed|mailed|texted|called|messaged|approached|disturbed|bothered|solicited|spammed"
        r"|followed up|marketed to|on (?:your|this|the|any)(?: \w+)? list"
    ),
    "things": (
        r"te?xts?|messages?|msgs?|sms|calls?|spam|ads?|promos?|promotions?|promotional \w+|marketing|offers?"
        "|alerts?|(?:e-?)?mails?|mailings?|newsletters?|follow[ -]?ups?|contact(?! (?:info|details|person|data"
        "|form))|communications?|correspondence|outreach|pitch(?:es)?|solicitations?|notifications?|reminders?"
        r"|sales \w+|junk"
    ),
    "any": (
        "all|any|more|any ?more|these|those|this|this kind of|that|such|your|your company'?s?|the|further|future"
        "|other|additional|such|with|w|of|automated|unwanted|unsolicited|stupid|daily|weekly|cold|random|direct"
        "|your sales|kind of|sort of|type of"
    ),
    "halt": "stop(?:ped|ping)?|quit|cease|discontinue|halt|refrain from|desist from|avoid|give up|knock off",
    "remove": (
        "remove|removing|delete|deleting|scrub|erase|erasing|strike|scratch|purge|exclude|wipe|unlist|cross|unsubscribe"
    ),
    "please": "please|pls|plz|kindly|just|ok|okay|omg|ugh|hey|hi|hello|so|and|then",
    "now": (
        "please|pls|plz|thanks?|thank you|now|already|asap|at once|immediately|right away|today|it|this|that|these|all"
    ),
    "list": (
        "lists?|database|db|crm|distribution|system|records|mailings?|newsletters?|sequence|campaigns?|cadence"
        "|audience|contacts|files?|directory"
    ),
    "ours": "compan|team|firm|office|business|organi|address|domain|staff|people|employees|number|inbox",
    "later": (
        "until|till|before|after|during|between|on|at|yet|today|tomorrow|this week|this month|this morning"
        "|this afternoon|tonight|while|unless|too|so|about the|for (?:now|a|the next)|next week|over the"
    ),
    "others": "customers?|users?|clients?|recipients?|people|subscribers?|contacts|leads|prospects|buyers|patients",
    "somebody": "i|we|they|he|she|it|who|that|which|let's",
    "kept": (
        r"(?:hold|mute|speaker|(?:the|this|that|our|my)(?: \w+){0,2} (?:invite|invitation|meeting|call|team"
        r"|project|agenda|calendar|committee|quote|order|table|participants|attendees|attendee list|demo))\b"
    ),
    "end": r"\W*(?:$|[.!?,;\n])",
}
