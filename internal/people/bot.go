package people

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// botName are names and accounts of programs: forges mark theirs by "[bot]",
// others end in a word of their own that is bot or robot.
var botName = pattern.Lazy(`(?i)(\[bot\]|(^|[-_. +])(ro)?bot|-(ro)?bots)$`)

// bots are accounts of programs that no rule tells, in lower case: names, local
// parts of addresses, or whole addresses.
var bots = map[string]bool{
	"dependabot": true, "dependabot-preview": true, "renovate": true, "greenkeeper": true, "greenkeeperio": true, "github-actions": true,
	"semantic-release": true, "pre-commit-ci": true, "allcontributors": true, "mergify": true, "imgbot": true, "codecov-io": true,
	"pyup-bot": true, "snyk-bot": true, "k8s-ci-robot": true, "k8s-merge-robot": true, "bors": true, "homu": true, "travis ci": true,
	"travisci": true, "circleci": true, "jenkins": true, "weblate": true, "transifex": true, "crowdin": true, "autofix-ci": true,
	"gitlab-bot": true, "copilot": true, "cursoragent": true, "noreply@anthropic.com": true, "hosted weblate": true,
}

// LikelyBot says whether an identity is a program by rule or by the built-in
// list. Lists of a company add to it and take from it.
func LikelyBot(who Identity) bool {
	email := strings.ToLower(who.Email)
	local, _, _ := strings.Cut(email, "@")
	if _, account, ok := strings.Cut(local, "+"); ok && strings.HasSuffix(email, "@users.noreply.github.com") {
		local = account
	}
	for _, s := range []string{strings.ToLower(who.Name), local} {
		if s != "" && (bots[s] || strings.Contains(s, "bot") && botName().MatchString(s)) {
			return true
		}
	}
	return bots[email]
}
