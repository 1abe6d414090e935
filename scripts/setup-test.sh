#!/bin/sh
# Install what the tests need on a fresh Debian machine that has Go and git: a
# C compiler for the race detector, and PostgreSQL for the parity suite. What is
# there already is left alone.
set -eu
need=""
command -v cc >/dev/null 2>&1 || need="$need gcc libc6-dev"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || need="$need postgresql"
command -v xmllint >/dev/null 2>&1 || need="$need libxml2-utils"
if [ -n "$need" ]; then
	run=""
	[ "$(id -u)" = 0 ] || run="sudo"
	export DEBIAN_FRONTEND=noninteractive
	$run apt-get update -qq
	$run apt-get install -y -qq --no-install-recommends $need >/dev/null
fi
# The JSON schema of SPDX 2.3 is in a module of others; it may not be copied into
# this repository. Without it the test that needs it says so and is skipped.
go mod download github.com/anchore/syft@v1.57.0 || echo "the SPDX schema is not at hand: its test will be skipped"
