package work

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAnAnswerThatIsNoFeedIsToldByItsAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>Log in to the network first.</html>"))
	}))
	defer server.Close()
	cache := t.TempDir()
	got, err := officeOf(t).FetchAdvisories(t.Context(), server.URL+"/npm/all.zip", cache, []string{"npm"}, AdvisoryOptions{})
	if err != nil || len(got) != 1 || got[0].Err == nil {
		t.Fatalf("%v %+v", err, got)
	}
	if text := got[0].Err.Error(); !strings.Contains(text, "what "+server.URL+"/npm/all.zip answered") || strings.Contains(text, cache) {
		t.Error(text)
	}
}
