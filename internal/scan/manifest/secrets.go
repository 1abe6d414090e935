package manifest

import (
	"slices"
	"strings"
)

// withoutSecrets drops from the query of an address what its name calls a secret:
// lockfiles keep addresses of downloads as the registry signed them, and SBOMs
// carry them to others.
func withoutSecrets(location string) string {
	at := strings.IndexByte(location, '?')
	if at < 0 {
		return location
	}
	query, fragment, hash := strings.Cut(location[at+1:], "#")
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return isSecretName(strings.ToLower(name))
	})
	out := location[:at]
	if len(kept) > 0 {
		out += "?" + strings.Join(kept, "&")
	}
	if hash {
		out += "#" + fragment
	}
	return out
}

func isSecretName(name string) bool {
	for _, part := range []string{"token", "secret", "passw", "signature", "credential", "apikey", "api_key", "api-key"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return slices.Contains([]string{"auth", "key", "sig", "pwd", "pass"}, name)
}
