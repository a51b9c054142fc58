"""Domains on which anybody can have a mailbox: an address there belongs to a person, not to a company."""

from engine.contacts.cells import word_set

FREE_MAIL = word_set("""gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com
    mac.com aol.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de proton.me protonmail.com mail.com
    zoho.com yandex.com yandex.ru mail.ru fastmail.com hey.com tutanota.com tuta.io qq.com vip.qq.com
    foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com hotmail.co.uk
    outlook.co.uk live.co.uk yahoo.co.uk btinternet.com btopenworld.com sky.com talktalk.net virginmedia.com
    ntlworld.com blueyonder.co.uk tiscali.co.uk orange.fr wanadoo.fr free.fr laposte.net sfr.fr hotmail.fr
    outlook.fr live.fr yahoo.fr rogers.com shaw.ca sympatico.ca telus.net videotron.ca bigpond.com
    bigpond.net.au optusnet.com.au comcast.net verizon.net att.net sbcglobal.net yahoo.co.jp naver.com libero.it""")


def is_free_mail(domain: str) -> bool:
    return domain.casefold() in FREE_MAIL
