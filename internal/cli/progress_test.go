package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgressCountsWhatIsUnderWayAndNeverLessThanNothing(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&settings{stderr: &out}, 3)
	p.start = time.Now().Add(-time.Hour)
	show := func(f func()) string {
		out.Reset()
		p.last = time.Time{}
		f()
		return strings.TrimSpace(out.String())
	}
	show(func() { p.file("a", 50, 100) })
	if got := show(func() { p.file("b", 25, 100) }); !strings.HasPrefix(got, "0 of 3 repositories, 75 of 200 files in progress, about 3h") {
		t.Error(got)
	}
	show(func() { p.repository("a") })
	if got := show(func() { p.file("b", 100, 100) }); !strings.HasPrefix(got, "1 of 3 repositories, 100 of 100 files in progress, about 30m") {
		t.Error(got)
	}
	show(func() { p.file("c", 100, 100) })
	if got := show(func() { p.file("c", 100, 100) }); got != "1 of 3 repositories, 200 of 200 files in progress" {
		t.Error(got)
	}
}
