#!/bin/sh
# Run the benchmarks. REPOS names git repositories to measure (bare or not),
# space-separated; without it this repository is measured. Other tools count if
# they are in the PATH: osv-scanner, syft, trivy. LICENSE_TRUTH names a directory
# of files with known licenses, OSV_DATA one with OSV's ECOSYSTEM/all.zip.
set -eu
repos=${REPOS:-.}
first=${repos%% *}
echo "## Packages beside other tools"
# shellcheck disable=SC2086 # a list of paths
go run ./bench/accuracy $repos
echo
echo "## Speed beside other tools"
# shellcheck disable=SC2086
go run ./bench/speed -tributary ./tributary $repos
echo
echo "## The next commit"
go run ./bench/commits -tributary ./tributary -n "${COMMITS:-200}" "$first"
echo
echo "## A large portfolio"
go run ./bench/portfolio -tributary ./tributary
echo
echo "## Histories beside git"
# shellcheck disable=SC2086
go run ./bench/history -tributary ./tributary -lines -million $repos
echo
echo "## Licenses beside other engines"
if [ -n "${LICENSE_TRUTH:-}" ]; then
	go run ./bench/license -truth "$LICENSE_TRUTH"
else
	echo "LICENSE_TRUTH names no directory of files with known licenses: how right the engines are is not measured"
fi
go run ./bench/license -speed "$first"
echo
echo "## Advisories beside other tools"
if [ -n "${OSV_DATA:-}" ]; then
	# shellcheck disable=SC2086
	go run ./bench/advisory compare -tributary ./tributary -data "$OSV_DATA" $repos
else
	echo "OSV_DATA names no directory with OSV's archives: advisories are not compared"
fi
