package scan

import (
	"context"
	"maps"
	"sync"

	"github.com/tributary-oss/tributary/internal/license/detect"
)

// learned is the memo of the detector: what this run has met, in front of what
// the store has from earlier ones.
type learned struct {
	mu    sync.Mutex
	cache Cache
	known map[string][]byte
	fresh map[string][]byte
}

// stretchDetector is the cache's name for stretches of text.
func stretchDetector() string { return detectorID() + "/stretches" }

// newMemo gives a memo that lives in the cache; nil, nil without one: then every
// file is searched, and nothing is to be kept.
func newMemo(ctx context.Context, cache Cache) (*detect.Memo, *learned) {
	if cache.PutBlobs == nil {
		return nil, nil
	}
	l := &learned{cache: cache, known: map[string][]byte{}, fresh: map[string][]byte{}}
	return &detect.Memo{Get: func(key string) ([]byte, bool) { return l.get(ctx, key) }, Put: l.put}, l
}

func (l *learned) get(ctx context.Context, key string) ([]byte, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.known[key]; ok {
		return b, true
	}
	if l.cache.Blobs == nil {
		return nil, false
	}
	found, err := l.cache.Blobs(ctx, stretchDetector(), []string{key})
	if err != nil {
		return nil, false // then it is searched
	}
	b, ok := found[key]
	if ok {
		l.known[key] = b
	}
	return b, ok
}

func (l *learned) put(key string, found []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known[key] = found
	l.fresh[key] = found
}

// flush hands what is new to the cache.
func (l *learned) flush(ctx context.Context) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	fresh := maps.Clone(l.fresh)
	clear(l.fresh)
	l.mu.Unlock()
	if len(fresh) == 0 {
		return nil
	}
	return l.cache.PutBlobs(ctx, stretchDetector(), fresh)
}
