package people

import "testing"

func TestPublicDomainsTellNothing(t *testing.T) {
	for domain, want := range map[string]bool{"gmail.com": true, "users.noreply.github.com": true, "laptop": true, "": true, "host.local": true, "redhat.com": false, "cs.uni.example": false} {
		if got := PublicDomain(domain); got != want {
			t.Errorf("%q: %v", domain, got)
		}
	}
}
