package detect

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mapMemo() (*Memo, map[string][]byte) {
	var mu sync.Mutex
	m := map[string][]byte{}
	return &Memo{
		Get: func(k string) ([]byte, bool) { mu.Lock(); defer mu.Unlock(); b, ok := m[k]; return b, ok },
		Put: func(k string, b []byte) { mu.Lock(); defer mu.Unlock(); m[k] = b },
	}, m
}

const apacheHeader = `// Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
// http://www.apache.org/licenses/LICENSE-2.0
//
// Unless required by applicable law or agreed to in writing, software
// distributed under the License is distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
// See the License for the specific language governing permissions and
// limitations under the License.
`

func TestAMemoChangesNothingButTheWork(t *testing.T) {
	memo, kept := mapMemo()
	for i := range 5 {
		file := []byte(fmt.Sprintf("// Copyright %d Somebody\n%s\npackage p%d\n\nvar x = %d\n", 2000+i, apacheHeader, i, i))
		want, got := Detect(file), DetectWith(file, memo)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("file %d: with a memo the result differs:\n%s", i, d)
		}
		if got.Expression != "Apache-2.0" || len(got.Copyrights) != 1 {
			t.Fatalf("file %d: %+v", i, got)
		}
	}
	if len(kept) != 1 {
		t.Errorf("%d stretches were kept for one header", len(kept))
	}
}

func TestAStretchThatIsPartOfALongerTextIsNotTakenForIt(t *testing.T) {
	memo, _ := mapMemo()
	for _, file := range []string{
		apacheHeader,
		strings.Repeat("code\n", 500) + apacheHeader + "\n// Dual licensed: see also the MIT license.\n",
		"/* no license here */\n",
		"// SPDX-License-Identifier: MIT\n" + apacheHeader,
	} {
		if d := cmp.Diff(Detect([]byte(file)), DetectWith([]byte(file), memo)); d != "" {
			t.Errorf("%.40q: with a memo the result differs:\n%s", file, d)
		}
		if d := cmp.Diff(Detect([]byte(file)), DetectWith([]byte(file), memo)); d != "" {
			t.Errorf("%.40q: the second time the result differs:\n%s", file, d)
		}
	}
}
