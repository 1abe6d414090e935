//go:build !unix

package storetest

func start() (string, error) { return "", errNoBinaries }
