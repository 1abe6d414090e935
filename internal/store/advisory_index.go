package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// index makes the rows anew that the update touched.
func (w *advisoryWriter) index() error {
	shards := make([]int, 0, len(w.touched))
	for s := range w.touched {
		shards = append(shards, s)
	}
	slices.Sort(shards)
	const most = 200
	for len(shards) > 0 {
		n := min(most, len(shards))
		bodies, err := w.db.shards(w.ctx, w.tx, "osv", shards[:n])
		if err != nil {
			return err
		}
		rows := make([][]any, n)
		for i, s := range shards[:n] {
			body, err := w.renew(bodies[s], w.touched[s])
			if err != nil {
				return err
			}
			rows[i] = []any{"osv", s, body}
			delete(w.touched, s)
		}
		if err := w.db.insert(w.ctx, w.tx, "advisory_shard", "kind, shard, body", "ON CONFLICT (kind, shard) DO UPDATE SET body = excluded.body", rows); err != nil {
			return err
		}
		shards = shards[n:]
	}
	return nil
}

// renew gives a row without the dropped records and with new claims. Packages
// that neither touches are copied as they are.
func (w *advisoryWriter) renew(body []byte, in []advisory.PackageClaim) ([]byte, error) {
	claims := map[advisory.Key][]advisory.Claim{}
	for _, c := range in {
		claims[c.Key] = append(claims[c.Key], c.Claim)
	}
	packages := map[advisory.Key][]byte{}
	if len(body) > 0 {
		err := walkShard(body, func(ecosystem, name, pkg []byte) error {
			key := advisory.Key{Ecosystem: string(ecosystem), Name: string(name)}
			if len(w.dropped) == 0 && claims[key] == nil {
				packages[key] = pkg
				return nil
			}
			p, err := decodePackage(key, pkg)
			if err != nil {
				return err
			}
			isDropped := func(c advisory.Claim) bool { return w.dropped[c.Record] }
			old := p.Claims()
			if !slices.ContainsFunc(old, isDropped) && claims[key] == nil {
				packages[key] = pkg
				return nil
			}
			claims[key] = append(claims[key], slices.DeleteFunc(old, isDropped)...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for key, list := range claims {
		if p := advisory.Compile(key, list); len(p.Entries) > 0 {
			packages[key] = encodePackage(p)
		}
	}
	return encodeShard(packages), nil
}

// shards reads rows of the index.
func (db *DB) shards(ctx context.Context, q querier, kind string, which []int) (map[int][]byte, error) {
	out := make(map[int][]byte, len(which))
	err := db.eachShard(ctx, q, kind, which, func(shard int, body []byte) error {
		out[shard] = slices.Clone(body)
		return nil
	})
	return out, err
}

// eachShard calls visit with each of some rows; body holds until visit returns.
func (db *DB) eachShard(ctx context.Context, q querier, kind string, which []int, visit func(shard int, body []byte) error) error {
	scan := func(r *sql.Rows) error {
		var shard int
		var body sql.RawBytes
		if err := r.Scan(&shard, &body); err != nil {
			return err
		}
		return visit(shard, body)
	}
	for len(which) > 0 {
		n := min(batchRows, len(which))
		var list strings.Builder // numbers of ours, not text of others
		for i, s := range which[:n] {
			if i > 0 {
				list.WriteByte(',')
			}
			list.WriteString(strconv.Itoa(s))
		}
		if err := db.each(ctx, q, "SELECT shard, body FROM advisory_shard WHERE kind = ? AND shard IN ("+list.String()+")", []any{kind}, scan); err != nil {
			return err
		}
		which = which[n:]
	}
	return nil
}

var (
	encoders = sync.Pool{New: func() any {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))
		if err != nil {
			panic(err) // only for options that are wrong
		}
		return e
	}}
	decoders = sync.Pool{New: func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(4*advisory.MaxRecord))
		if err != nil {
			panic(err)
		}
		return d
	}}
)

// Compress packs a record for [AdvisoryFile.Raw].
func Compress(raw []byte) []byte {
	e := encoders.Get().(*zstd.Encoder)
	defer encoders.Put(e)
	return e.EncodeAll(raw, make([]byte, 0, len(raw)/2+64))
}

// Decompress is the inverse of [Compress].
func Decompress(packed []byte) ([]byte, error) {
	d := decoders.Get().(*zstd.Decoder)
	defer decoders.Put(d)
	return d.DecodeAll(packed, nil)
}
