package cli

import (
	"context"
	"errors"
	"io"
	"os"
)

// openInput opens a file that was named, or standard input for "-". What may
// have to wait for a writer ends with the context. Errors do not name the file.
func (s *settings) openInput(ctx context.Context, name string) (io.ReadCloser, error) {
	if name == "-" {
		return await(ctx, func() (io.ReadCloser, error) { return io.NopCloser(s.stdin), nil }), nil
	}
	at, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, errors.Unwrap(err)
	case at.IsDir():
		return nil, errors.New("is a directory; name its files")
	case !at.Mode().IsRegular():
		return await(ctx, func() (io.ReadCloser, error) { return os.Open(name) }), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	return f, nil
}

// await opens and reads where nobody waits for it: a named pipe without a writer
// would keep even Ctrl-C from ending the program.
func await(ctx context.Context, open func() (io.ReadCloser, error)) io.ReadCloser {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go func() {
		in, err := open()
		if err == nil {
			_, err = io.Copy(w, in)
			in.Close()
		}
		w.CloseWithError(err)
	}()
	return r
}
