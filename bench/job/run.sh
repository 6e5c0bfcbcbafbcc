#!/usr/bin/env bash
# Time, CPU and memory of the whole job: bench/job/run.sh [CUSTOMERS]
set -euo pipefail
cd "$(dirname "$0")/../.."
go run ./bench/job -customers "${1:-400000}" -program bin/tributary
