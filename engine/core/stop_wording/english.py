"""The wish to be left alone in English."""

from engine.core.stop_wording.english_words import NAMED
from engine.core.stop_wording.phrases import compiled

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
    r"\b(?:receive|get|hear|see|send) (?:me |us )?nothing (?:further|more|else)\b",
    r"\b<not> (?:want|need) (?:anything|any of (?:it|this|that))(?: \w+)? from (?:you|your)\b",
    (
        r"\b<not> ever (?:<text>) (?:it|this|that|here)\b|\b<not> (?:try|ask|come back|bother)(?: <me>)?"
        r"(?: again| any ?more)?<end>|\b<not> send (?:it |this |that |them )?(?:again|any ?more)\b"
        r"|\b<not> want (?:it|this|these|them)\b[^.!?\n]{0,30}\b<not> send\b"
    ),
    r"\b<not> (?:<text>) (?:anyone|anybody|any ?one|any of us|people|staff|employees) (?:at|in|from|of|here)\b",
    (
        r"\b(?:prefer|rather) not (?:to )?(?:get|receive|see|have) (?:these|this|them|those|any|anything)\b"
        r"|\bcan (?:we|you) (?:please |just )?(?:end|stop|drop) (?:this|it|that)<end>"
    ),
    r"\b(?:tell|ask|telling|asking|warn) (?:you|you guys|you people) (?:\w+ ){0,2}to (?:stop|quit|cease)\b",
    r"\b(?:<texted>|<things>)\b[^.!?\n]{0,30}\benough(?: already| now| is enough)?<end>",
    (
        r"\b<not> use (?:this|my|our) (?:\w+ )?(?:e-?mail|address|inbox|mailbox|number|phone|line)\b"
        r"(?![^.!?\n]{0,20}\b(?:use|write|try|call|instead|but)\b)"
    ),
    (
        r"\b(?:e-?mail|address|inbox|mailbox|number|phone|line) (?:is not|isn't|was never) (?:meant |there )?"
        r"for (?:\w+ ){0,3}(?:<things>)"
    ),
    (
        r"\bgo (?:and )?(?:<text>|find|try|sell) (?:it to |this to )?(?:someone|somebody|anyone) else\b"
        r"|\b(?:<text>) (?:someone|somebody) else<end>|\bcount (?:me|us) out<end>"
        r"|\bleave (?:me|us) out of (?:this|your|these|it)\b"
    ),
    r"\b(?:end|terminate|halt|kill) (?:this|your) (?:<any> )*(?:sequence|cadence|campaign|outreach|chain|mailings?)\b",
    (
        r"\bmake (?:this|these|it|them|that|the <things>) stop\b"
        r"|\bhow (?:do|can|could) (?:i|we) (?:stop|end|cancel|turn off) (?:this|these|it|them|that"
        r"|getting|receiving|your|the (?:<things>))\b"
    ),
    (
        r"\b(?:stay|keep|get) (?:out of|away from) (?:my|our) (?:inbox|phone|mailbox|e-?mails?|dms?)\b"
        r"|\bleave (?:<mine>|my \w+|our \w+) (?:alone|be)\b|\b(?:you're|you are|quit|stop) wasting (?:your|my|our)\b"
    ),
    r"\brespect (?:my|our) (?:wish(?:es)?|privacy|decision|inbox|request)\b|\b(?:please|kindly) desist\b",
    r"\b(?:<things>|this|these) (?:is|are|was|were) (?:unwanted|unwelcome|uninvited|not wanted|not welcome)\b",
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
        r"|this|the|all)|out of (?:your|this|these|all|any|every|whatever|whichever)\b|(?:out|down)<end>)"
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
    r"\b(?:buzz|piss|screw|back|bugger|sod|lay|f\W?\w?\W?c?k) off\b",
    (
        r"\bcease and desist\b|\b(?:on|to|in|into) (?:your|the|a) do[ -]not[ -](?:call|contact|e-?mail|mail"
        r"|text) (?:list|register|registry)\b"
    ),
    (
        r"\b(?:report|block)(?:ed|ing)? (?:you|your (?:number|address|domain|e-?mails?|messages?|company)"
        r"|(?:this|the) (?:number|sender|address|domain)|(?:and \w+ )?(?:this |these |it )?(?:as"
        r"|for) (?:spam|junk|harassment))\b"
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
    r"\b<others> (?:\w+ ){0,3}(?:unsubscrib\w+|opt|cancel|complain|<not> (?:want|like|need|wish))[^.!?\n]*",
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
    r"\b<not> call (?:me|us|it) (?:an?|the|\w+'s|names|crazy)\b|\bstop me if\b",
    (
        r"(?<!\byou[ ])\b(?:had|has|have|needs?|needed|forced|decided|planned) to stop "
        r"(?!(?:<any> )*(?:<texting>|<things>)\b|me\b|us\b|it\b|this\b|these\b)\w+"
    ),
)
WISHES, EXCUSES = compiled(_WISHES, NAMED), compiled(_EXCUSES, NAMED)
