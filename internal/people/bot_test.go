package people

import "testing"

func TestBotsAreToldByRuleAndList(t *testing.T) {
	for _, c := range []struct {
		name, email string
		want        bool
	}{
		{"dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", true},
		{"renovate", "bot@renovateapp.com", true},
		{"Someone", "29139614+renovate[bot]@users.noreply.github.com", true},
		{"Kernel test robot", "lkp@intel.com", true},
		{"pyup-bot", "github-bot@pyup.io", true},
		{"Copilot", "198982749+Copilot@users.noreply.github.com", true},
		{"Claude", "noreply@anthropic.com", true},
		{"Talbot", "talbot@example.com", false},
		{"Ada Abbot", "ada.abbot@example.com", false},
		{"Ada", "ada@bots.example.com", false},
		{"Robot Builder", "builder@example.com", false},
		{"", "", false},
	} {
		if got := LikelyBot(Identity{Name: c.name, Email: c.email}); got != c.want {
			t.Errorf("%s <%s>: %v", c.name, c.email, got)
		}
	}
}
