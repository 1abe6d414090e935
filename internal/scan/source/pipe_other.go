//go:build !linux

package source

import "os"

func newPipe() (r, w *os.File, err error) { return os.Pipe() }
