# make run    build, scan this repository and every Go module that it uses, write out/
# make test   install what the tests need, run everything
# make bench  the benchmarks that docs/performance.md and docs/accuracy.md show

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0-dev)
LDFLAGS  = -s -w -X github.com/tributary-oss/tributary/internal/cli.Version=$(VERSION)

.PHONY: build run test unit fuzz bench docs clean

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o tributary ./cmd/tributary

# Every module whose packages are compiled into the program.
MODULES = $$(go list -deps -f '{{with .Module}}{{if not .Main}}{{.Dir}}{{end}}{{end}}' ./cmd/tributary | sort -u)

run: build
	mkdir -p out
	./tributary scan --db out/tributary.db . $(MODULES)
	./tributary sbom -o cyclonedx-json --file out/sbom.cdx.json .
	./tributary notice --file out/NOTICE.txt .
	./tributary scan --db out/tributary.db -o html --file out/report.html .
	@echo "Written: out/sbom.cdx.json out/NOTICE.txt out/report.html (and out/tributary.db, the store)"

test:
	./scripts/setup-test.sh
	$(MAKE) unit

unit:
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	go vet ./...
	go tool staticcheck ./...
	TRIBUTARY_REQUIRE_POSTGRES=1 go test -race -timeout 20m ./...
	$(MAKE) build
	@test $$(stat -c %s tributary) -lt 62914560 || { echo "the binary is larger than 60 MiB"; exit 1; }

# Ten seconds of fuzzing for each target.
fuzz:
	./scripts/fuzz.sh 10s

bench: build
	./bench/run.sh

# Write the documents that are made from the code.
docs:
	go test ./internal/cli ./internal/program -run 'Docs|Reference' -update

clean:
	rm -rf tributary out dist
