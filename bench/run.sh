#!/bin/sh
# Run the benchmarks. REPOS names git repositories to measure (bare or not),
# space-separated; without it this repository is measured. Other tools count if
# they are in the PATH: osv-scanner, syft, trivy.
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
