package people

import "strings"

// publicDomains are mail providers that anybody can have an address of: such an
// address tells nothing of an employer.
var publicDomains = func() map[string]bool {
	m := map[string]bool{}
	for _, d := range strings.Fields(`
		gmail.com googlemail.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es outlook.com outlook.de outlook.fr live.com
		live.co.uk live.nl live.fr msn.com passport.com yahoo.com yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.fr yahoo.de yahoo.com.br yahoo.es yahoo.it ymail.com
		rocketmail.com icloud.com me.com mac.com aol.com protonmail.com protonmail.ch proton.me pm.me tutanota.com tutanota.de tuta.io
		hey.com fastmail.com fastmail.fm fastmail.net mailbox.org posteo.de posteo.net riseup.net disroot.org cock.li zoho.com zohomail.com
		gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de arcor.de mail.com mail.de email.com usa.net
		qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn 21cn.com
		naver.com hanmail.net daum.net kakao.com nate.com mail.ru inbox.ru list.ru bk.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru
		ukr.net i.ua seznam.cz email.cz centrum.cz wp.pl o2.pl onet.pl interia.pl op.pl tlen.pl libero.it virgilio.it tiscali.it alice.it
		free.fr orange.fr wanadoo.fr laposte.net sfr.fr neuf.fr club-internet.fr terra.com.br uol.com.br bol.com.br ig.com.br
		comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net shaw.ca rogers.com sympatico.ca
		btinternet.com ntlworld.com virginmedia.com talktalk.net bigpond.com optusnet.com.au xs4all.nl ziggo.nl kpnmail.nl telenet.be skynet.be
		rediffmail.com abv.bg mail.bg sapo.pt bluewin.ch hispeed.ch telia.com
		users.noreply.github.com noreply.github.com users.noreply.gitlab.com noreply.gitlab.com noreply.codeberg.org noreply.gitea.com
		users.sourceforge.net users.sf.net googlegroups.com localhost localhost.localdomain`) {
		m[d] = true
	}
	return m
}()

// PublicDomain says whether a domain, in lower case, tells nothing of an
// employer: public mail providers, forges' own addresses, and what is no domain
// of the internet.
func PublicDomain(domain string) bool {
	return !strings.Contains(domain, ".") || publicDomains[domain] || strings.HasSuffix(domain, ".local") || strings.HasSuffix(domain, ".localdomain") ||
		strings.HasSuffix(domain, ".lan") || strings.HasSuffix(domain, ".(none)") || strings.HasSuffix(domain, ".invalid") || strings.HasSuffix(domain, ".users.noreply.github.com")
}
