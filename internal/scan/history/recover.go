package history

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

// maxRecovered bounds for how many commits the object itself is looked at.
const maxRecovered = 10_000

// doubt is a commit of which git's format tells nothing of the author, the
// committer or a date: lines that git itself can't part.
type doubt struct {
	block, row int
	id         string
}

// recoverDoubts reads the doubtful commits themselves, so that nothing of them
// is lost.
func recoverDoubts(ctx context.Context, src *source.Source, b *builder) error {
	list := b.doubts[:min(len(b.doubts), maxRecovered)]
	if len(list) == 0 {
		return nil
	}
	cmd, err := src.ObjectCommand(ctx, "cat-file", "--batch")
	if err != nil {
		return err
	}
	var in strings.Builder
	for _, d := range list {
		in.WriteString(d.id + "\n")
	}
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r := bufio.NewReaderSize(out, 64<<10)
	for _, d := range list {
		raw, err := batchObject(r)
		if err != nil {
			break // what was not read stays as git told it
		}
		b.correct(d, raw)
	}
	_, _ = io.Copy(io.Discard, r)
	_ = cmd.Wait() // it was asked for what is there
	return ctx.Err()
}

// batchObject reads one answer of cat-file --batch: the head of the object.
func batchObject(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	f := strings.Fields(line)
	if len(f) != 3 {
		return nil, errors.New("no such object")
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || size < 0 {
		return nil, errors.New("no such object")
	}
	raw, err := io.ReadAll(io.LimitReader(r, min(size, maxField)))
	if err == nil {
		_, err = io.CopyN(io.Discard, r, size-int64(len(raw))+1)
	}
	return raw, err
}

// correct puts what the object says in place of what git could not part.
func (b *builder) correct(d doubt, raw []byte) {
	block := &b.blocks[d.block]
	head, _, _ := bytes.Cut(raw, []byte("\n\n"))
	for _, line := range bytes.Split(head, []byte("\n")) {
		key, value, _ := bytes.Cut(line, []byte(" "))
		name, email, sec, ok := partIdent(value)
		switch string(key) {
		case "author":
			if b.nobody(block.Author[d.row]) && len(name)+len(email) > 0 {
				block.Author[d.row] = b.person(name, email, []byte(d.id))
			}
			if ok && block.Authored[d.row] == 0 {
				block.Authored[d.row] = sec
			}
		case "committer":
			if b.nobody(block.Committer[d.row]) && len(name)+len(email) > 0 {
				block.Committer[d.row] = b.person(name, email, []byte(d.id))
			}
			if ok && block.Committed[d.row] == 0 {
				block.Committed[d.row] = sec
			}
		}
	}
}

func (b *builder) nobody(i uint32) bool {
	p := b.history.People[i]
	return p.Name == "" && p.Email == ""
}

// partIdent parts "Name <address> seconds zone" as well as can be: brackets may
// be missing, seconds negative.
func partIdent(line []byte) (name, email []byte, sec int64, dated bool) {
	rest := line
	if end := bytes.LastIndexByte(line, '>'); end >= 0 {
		name, email = who(line[:end+1])
		rest = line[end+1:]
	}
	f := bytes.Fields(rest)
	if len(f) >= 2 {
		sec, dated = parseSeconds(f[len(f)-2])
	}
	if name == nil && email == nil {
		if dated {
			rest = rest[:bytes.LastIndex(rest, f[len(f)-2])]
		}
		name = bytes.TrimSpace(rest)
	}
	return name, email, sec, dated
}
