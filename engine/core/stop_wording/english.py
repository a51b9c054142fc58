"""The wish to be left alone in English: verbs, what they are done to, and who does them."""

from engine.core.stop_wording.phrases import compiled

_NAMED = {
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
    "remove": "remove|removing|delete|deleting|scrub|erase|erasing|strike|purge|exclude|wipe|unlist|cross|unsubscribe",
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
_WISHES = (
    r"\b<halt>,? (?:<any> )*(?:<texting>|<things>)\b",
    (
        r"(?:^|[.!?,;\n])\W*(?:<please>\W+)*(?:stop|cease|desist|discontinue|unsubscribe|opt out|take me off"
        r"|remove|delete)(?:\W+<now>)*<end>"
    ),
    r"^\W*(?:<please>\W+)*(?:cancel|end|quit)(?:\W+<now>)*\W*$",
    r"^\W*(?:<please>\W+)*no (?:<things>)(?:\W+<now>)*\W*$",
    r"\b(?:said|say|saying|asked|told)(?: \w+){0,3} (?:to )?(?:stop|quit)\b",
    (
        r"\b(?:end|kill|turn off|switch off|cut out|disable) (?:all|any|these|those|your|such"
        r"|further) (?:<any> )*<things>\b"
    ),
    r"\bhate (?:<any> )*(?:<things>)\b|\byou (?:keep|kept|continue to|continued to) (?:<texting>|<text>) (?:me|us)\b",
    (
        r"(?<!\bi[ ])(?<!\bwe[ ])(?<!\bthey[ ])(?<!\bi[ ]will[ ])(?<!\bwe[ ]will[ ])(?<!\b(?:did|has|had)[ ])"
        r"(?<!\bcould[ ])(?<!\bhave[ ])\b<not> (?:to )?(?:ever )?(?:<text>)(?:,? (?:(?:or|and"
        "|/) )?(?:<text>)){0,3}(?: (?:<me>|again|any ?more|ever|further|back|please|pls|thanks|or|and"
        r"|in (?:the )?future)\b|<end>)"
    ),
    (
        r"(?<!\bi[ ])(?<!\bwe[ ])\b<not> (?:ever )?send (?:(?:me|us|here) (?:<any>|anything)|any|any ?more"
        r"|anything|more|these|such|another|(?:me|us|here)<end>|(?:(?:me|us) )?<things>)\b"
    ),
    (
        r"\b(?:<not>|neither) (?:\w+ly |ever )?(?:want|wish|like|care|need|consent|agree|interested|keen|willing"
        "|accept|welcome|tolerate|appreciate|enjoy)(?: (?:to|in|on|for|you|anyone|anybody|your company|be|being"
        "|have|keep|continue|get|getting|receive|receiving|<any>))* (?:hear(?:ing)? (?:from|anything)|<texted>"
        r"|<texting>|<text>|<things>|(?:get|receive) anything)\b"
    ),
    r"\b(?:want|wish|like|care) to (?:receive|get|hear|see) (?:no (?:more|further)|nothing)\b",
    r"\b<not> (?:want|wish|care|like) to (?:receive|get|see) (?:this|these|those|any|more|your|anything|them)\b",
    (
        r"\b(?:prefer|rather|like|ask|request|appreciate|sure|ensure|see|want|wish|hope"
        r"|trust)\b[^.!?\n]{0,30}\b(?:not|didn't|don't|wouldn't|no longer|never) (?:to )?(?:be |get |receive "
        r"|getting |receiving )*(?:<any> )*(?:<texted>|<texting>|<text>|<things>|hear from|any ?more)\b"
    ),
    r"\b(?:not|never) (?:to )?(?:be|get) <texted>(?: (?:again|any ?more|by|further|in|about)\b|<end>)",
    r"\b(?:<remove>) (?:<mine>)\b(?! (?:to|as|for|with|a|an|the)\b)(?! (?:from|off) <kept>)\b",
    (
        r"\b(?:take|taking|get|getting|keep|leave|pull|drop) (?:<mine>)(?: \w+)? (?:off(?! <kept>)|from (?:your"
        r"|this|the|all)|out of (?:your|this|these|all|any)\b|(?:out|down)<end>)"
    ),
    (
        r"\b(?:(?:i|we|<mine>)(?:'d| would| want| wish| need| should| must| asked?| have| like| to| please)*"
        "|(?:like|want|wish|ask|asked|request|requested|demand|insist|ask you|request for (?:<mine>)) to) (?:be"
        r"|get) (?:removed|deleted|erased|unsubscribed|taken off|opted out|dropped|excluded)\b(?! (?:from"
        "|off) <kept>)"
    ),
    (
        r"\b(?:request|ask for|asking for|demand|require|want)\w* (?:the |my |our |immediate |a )*(?:removal"
        r"|deletion|erasure)\b"
    ),
    (
        r"\b(?:delete|erase|remove|destroy|purge) (?:all |any |the |every |of |personal )*(?:data|information"
        r"|records?|details) (?:that )?(?:\w+ ){0,4}(?:me|us|my|our|hold)\b"
    ),
    r"\b(?:like|want|wanna be|need|get) off(?: (?:it|this|that|of this))?<end>",
    r"\b(?:remov|delet|tak|eras)(?:e|ed|ing)(?: me)? (?:of|from|off) (?:your |the |this |all )?(?:\w+ )?(?:<list>)\b",
    r"\b(?:off|out of|leave) (?:your|this|the|all|any)(?: \w+){0,2} (?:<list>)\b",
    (
        r"\b(?:remov|delet|tak|eras|unsubscrib)(?:e|al|ion|ure|ing)\b[^.!?\n]{0,20} (?:from|off) (?:your|this|all"
        r"|any)(?: \w+){0,2} (?:<list>)\b"
    ),
    r"\bu[nb][- ]?s[ucbs]{1,6}ri[bv]\w*\b(?! from (?:our|my|their|the other)\b)|\bunsub\b",
    (
        r"\b(?:to|i|we|me|us|am|are|i'm|please|want|wanna|and|just|would|wish to)\s+opt(?:ed|ing)?[\s-]*(?:me "
        r"|us )?out\b(?! of (?:the|our|that|annual|auto)\b)|^\W*opt[\s-]*(?:me |us )?out\b"
    ),
    r"\bno (?:more|further|additional|future) (?:of )?(?:<any> )*(?:<things>|contacting|texting|e-?mailing|calling)\b",
    r"\bno need (?:for you )?to <text>(?: <me>)? (?:again|any ?more|further|in (?:the )?future)\b",
    r"(?:^|<please>)\W*no more(?: of (?:this|these|that))?(?:\W+<now>)*\W*$",
    (
        r"\b(?:leave (?:me|us) (?:alone|be\b|in peace)|lose (?:my|this|our) (?:number|contact|e-?mail|address"
        r"|details?|info))\b"
    ),
    (
        r"(?<!\bi[ ])(?<!\bwe[ ])\bgo away\b(?! (?:on|for|next|to|until|from|in|this)\b)|^\W*get lost\b"
        r"|\bforget (?:i exist|my number)\b"
    ),
    r"\b(?:buzz|piss|screw|back|f\W?\w?\W?c?k) off\b",
    (
        r"\bcease and desist\b|\b(?:on|to|in|into) (?:your|the|a) do[ -]not[ -](?:call|contact|e-?mail|mail"
        r"|text) (?:list|register|registry)\b"
    ),
    (
        r"\b(?:report|block)(?:ed|ing)? (?:you|your (?:number|address|domain|e-?mails?|messages?|company)"
        r"|this number|(?:and \w+ )?(?:this |these |it )?(?:as|for) (?:spam|junk|harassment))\b"
    ),
    (
        r"\breport(?:ed|ing)?\b[^.!?\n]{0,30} to (?:the |my )?(?:fcc|ftc|ico|authorit\w+|regulator|police|carrier"
        r"|lawyer|attorney|data protection)\b"
    ),
    (
        r"\b(?:revok|withdraw|rescind|cancel)(?:e|ing)? (?:my |our |any |all |previous )*(?:consent|permission"
        r"|authori[sz]ation)\b"
    ),
    r"\b(?:never|not|didn't|haven't) (?:given?|gave) (?:you )?(?:my |our |any )*(?:consent|permission)\b",
    r"\byou (?:<not>) have (?:my |our |any )*(?:consent|permission)\b",
    (
        r"\b(?:never|not|didn't|haven't) (?:signed? up|subscribed?|opt(?:ed)?[ -]in|ask(?:ed)?|request(?:ed)?"
        r"|consent(?:ed)?|agreed?) (?:to |for )?(?:this|these|those|any of|be|being|receiv\w+|your|it|<texting>"
        r"|<things>)\b"
    ),
    r"\b(?:never|not|didn't|haven't) (?:signed? up|subscribed?|opt(?:ed)?[ -]in|consent(?:ed)?)<end>",
    (
        r"\bno (?:lawful|legal|legitimate) (?:basis|grounds?|reason|interest)\b|\b<not> use (?:my|our) (?:data"
        "|details|number|info)"
    ),
    r"\bnot (?:authori[sz]ed|allowed|permitted|welcome|free) to (?:<text>|use|send)\b",
    (
        r"\b(?:should not|shouldn't) be (?:on|getting|receiving)\b|\bstill (?:getting"
        r"|receiving) (?:<any> )*(?:<things>|these<end>|them<end>)"
    ),
    r"\b<not> want (?:these|this stuff|them|any of (?:this|it|these))<end>",
    (
        r"\b(?:these|this|your|all|any|further) (?:\w+ )?(?:<things>) (?:to |must |should |need to |needs to "
        r"|has to |have to )?(?:cease|stop|end)\b"
    ),
    (
        r"\b(?:you|please|just|and|kindly) (?:please |just |better |must |should |need to |have to )*(?:stop|cease"
        "|quit)(?: <now>)*<end>"
    ),
    (
        r"\b(?:cut it out|knock it off|give it a rest|shut up|blacklist me|dnc|suppression list|(?:opt[ -]?out"
        r"|no[ -]contact) list)\b"
    ),
    r"\b(?:flag|mark)(?:ed|ing)? (?:\w+ ){0,3}as (?:spam|junk)\b",
    r"\bobject(?:ion)? to (?:\w+ ){0,3}?(?:processing|marketing|use|using|being|receiving|storage|data|<things>)\b",
    (
        r"\b(?:my|our) right to (?:object|erasure|be forgotten)\b|\bnot (?:to )?be used for (?:\w+ )?(?:marketing"
        r"|sales|advertising)\b"
    ),
    (
        r"\bno (?:interest|desire|intention|wish) (?:in|to|of) (?:hear\w*|(?:receiv|gett?)(?:e"
        r"|ing)?(?: <any>)* (?:<things>)|be(?:ing)? (?:<texted>)|<texting>)\b"
    ),
    r"\b(?:any|your|this is|more|further|these) (?:further )?unsolicited\b",
    r"\b(?:this is|you are|you're|your e?-?mails? (?:is|are)) (?:spam|harass|unwanted|not welcome)",
    r"\b(?:let|make) this (?:be )?(?:the|your) last\b|\b(?:last|final) (?:warning|time i (?:ask|tell|will))\b",
    r"\b(?:take|consider) (?:this|me)\b[^.!?\n]{0,25}\b(?:opt[ -]?out|unsubscribed?|formal (?:request|notice))\b",
    r"\bcancel (?:my|this|the|these|all) (?:subscription|<things>)\b",
    (
        r"\b(?:that's|had|got) enough (?:<any> )*(?:<things>)\b|\b(?:done|enough|tired|sick|fed up"
        r"|had it)(?: and tired)? (?:with|of) (?:<any> )*(?:<things>|<texting>)\b"
    ),
)
# The same words where they mean something else: an hour, another way, a thing that is not ours to stop.
_EXCUSES = (
    r"\b<not> (?:<text>)(?: <me>)?(?: back)? <later>\b",
    (
        r"\b(?:<not>|won't|can ?not|can't|not going to|why would (?:i|we)) (?:want to )?(?:stop|quit|unsubscribe"
        r"|opt|cancel|end|remove|take me off)\b(?: \w+ing)?"
    ),
    r"\b<not> (?:<text>) (?:my (?:boss|colleague|assistant|team|office)|our (?!<ours>)\w+|the|him|her|them|it)\b",
    (
        r"\b<not> (?:call|text|phone|ring|e-?mail|message)(?: me)?,? (?:just |please |rather |but )?(?:e-?mail"
        r"|text|call|whatsapp|write|use|message)\b"
    ),
    r"\b(?:call|e-?mail|whatsapp|write)(?: me)?(?: instead)?,? (?:please )?<not> (?:text|call)\W*$",
    (
        r"\b<not> (?:reply|respond|write|e-?mail|send)(?: \w+){0,4} (?:this|here|that)\b[^.!?\n]{0,25}\b(?:write"
        r"|use|send|e-?mail|reply|instead)\b"
    ),
    (
        r"\b(?:did|have|has|had)[ ]?(?:n't|not) (?:unsubscribed?|opted|<halt>)\b"
        r"|\bunsubscribed (?:\w+ )?by (?:mistake|accident)\b"
    ),
    r"\b(?:did|have|has|had|why|since|when) (?:\w+ )?(?:you|they|we) (?:ever |all )?(?:stop|quit|cease)\w*(?: \w+ing)?",
    r"\b<others> (?:\w+ ){0,3}(?:unsubscribe|opt|cancel|complain|<not> (?:want|like|need|wish))[^.!?\n]*",
    (
        r"\b(?:unsubscri(?:be|ption)|opt[\s-]?outs?) (?:rates?|links?|buttons?|pages?|features?|options?|flows?"
        r"|requests?|headers?|list|process|handling|management)\b"
    ),
    (
        r"\b(?:(?:do|does|what|can|will|how do|how can) (?:your|it|the \w+|people|recipients)|(?:do|what do"
        r"|how do) you|can you (?:show|tell|explain|handle|track|support|send))\b[^.?!\n]{0,60}(?:unsubscri\w+"
        r"|opt[- ]?outs?)(?! (?:me|from this|from your)\b)"
    ),
    r"\b(?:reply|text|send) '?stop'? to (?:\w+ ){0,3}\w+|^[^\n]*\b(?:unsubscribe|opt[- ]?out)\b[^\n]{0,60}https?://\S+",
    (
        r"\bif you(?: \w+)? (?:do not|don't|no longer|prefer not)\b[^.!?\n]{0,60}\b(?:click|reply|enough"
        r"|unsubscribe|link|here)\b"
    ),
    r"\b(?:bus|train|tram|metro|next|last|full|non|truck|pit|a|the|this|one|first|whistle)[ -]+stop\b",
    r"\bstop (?:by|in|at|over|there|here|and|&|button|production|sign|loss|watch|using|working|the line|it from)\b",
    (
        r"\bstop +&|(?<!how[ ]do[ ])(?<!how[ ]can[ ])\b<somebody>(?:'ll| will| did| do|'d| would)?(?: (?:want"
        r"|wanted|need|have|had|plan|like|decided|are going) to)? stop\b(?! <texting>| (?:<any> )*<things>|<end>)"
    ),
    r"\b(?:when|where|what time|should|could|shall|may) (?:(?:do|should|can|could|shall) )?(?:we|i) stop\b",
    (
        r"\bstop-\w+|\b(?:way|able|help\w*|try\w*|how|going) (?:us |me )?to stop (?!(?:<any> )*(?:<texting>"
        r"|<things>|<any>)\b|me\b|us\b)\w+"
    ),
    r"\b(?:it|your \w+|the \w+|they) (?:\w+ )?stop (?!(?:<any> )*(?:<texting>|<things>|<any>)\b|me\b|us\b)\w+",
    r"\bstop (?:the|our|that|my) (?!(?:<any> )*(?:<things>|<texting>)\b)\w+",
    r"\bstop sending (?:me |us )?the (?:old|wrong|outdated|previous|same)\b",
    (
        r"\b<not> (?:<text>) (?:me|us) (?:by|via|on|over|at)\b[^.!?\n]{0,30}\b(?:e-?mail|text|write|call"
        r"|linkedin)\b[^.!?\n]{0,15}(?:is|works|only|better|instead|me|please)\b"
    ),
    (
        r"\b<not> (?:want|like|need) (?:<things>) (?:<later>)\b|\b(?:spam|junk)(?: e?-?mail)? (?:filter|folder"
        r"|score|box|trap|check|rate)|\b(?:in|into|to|from) (?:my|our|the|your)? ?(?:spam|junk)\b"
    ),
    (
        r"\b(?:unsubscribe|remove|delete|take) (?:him|her|them|my (?:boss|colleague|assistant|team)"
        r"|\w+ from accounting)\b|\bkeep me (?:on|posted|in the loop)\b"
    ),
    r"\bnever text(?:ed)? (?:you|back)\b",
)
WISHES, EXCUSES = compiled(_WISHES, _NAMED), compiled(_EXCUSES, _NAMED)
