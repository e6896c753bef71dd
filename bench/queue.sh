#!/usr/bin/env bash
# What a queue costs (docs/CLUSTER.md): one and two workers, a large scenario in blocks, and 100,000 small ones.
#
#   npm run build && bench/queue.sh [address of a queue]
#
# Some five minutes. Without an address it starts a Redis of its own (Debian: apt install redis-server).
set -euo pipefail

vshift="node $(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/dist/bin/vshift.cjs"
dir=$(mktemp -d)
cd "$dir"
trap 'kill $(jobs -p) 2> /dev/null || true; wait; rm -rf "$dir"' EXIT

url=${1:-}
if [ -z "$url" ]; then
  redis-server --port 16390 --appendonly yes --save '' --dir "$dir" > /dev/null &
  url=redis://127.0.0.1:16390
  sleep 1
fi

# Starts a worker of so many threads.
worker() {
  $vshift worker "$url" --threads "$1" --quiet &
  sleep 2
}

# Names what a command takes. Exit codes are verdicts: 1 and 3 are fine.
timed() {
  local name=$1
  shift
  rm -f "${@: -1}"
  /usr/bin/time --quiet --format "$name: %e s, CPU %U + %S s, at most %M kB" "$@" || [ $? -ne 2 ]
}

grid="--p 0.1:0.9:0.1 --d 128,256,512 --mean 0,0.5,1 --rho 0,0.2 --samples 200000 --quiet"
worker 1
first=$!
timed "1 worker" $vshift sweep $grid --engine "$url" --output one.ndjson
worker 1
second=$!
timed "2 workers" $vshift sweep $grid --seed again --engine "$url" --output two.ndjson
timed "1 thread" $vshift sweep $grid --threads 1 --output alone.ndjson
timed "2 threads" $vshift sweep $grid --threads 2 --output alone.ndjson
cmp one.ndjson alone.ndjson
kill $first $second
wait $first $second

large="--p 0.5 --d 512 --neurons 64 --layer linear --mean 0.5 --samples 4000000 --quiet"
worker 2
first=$!
timed "blocks, a worker of 2 threads" $vshift sweep $large --engine "$url" --output one.ndjson
timed "blocks, 2 threads" $vshift sweep $large --threads 2 --output alone.ndjson
cmp one.ndjson alone.ndjson

small="--p 0.001:0.999:0.001 --mean 0:0.99:0.01 --d 8 --batch-size 64 --samples 2048 --quiet"
ticks() { cut -d' ' -f14,15 "/proc/$first/stat"; }
before=$(ticks)
timed "100,000 scenarios, collector" $vshift sweep $small --engine "$url" --output one.ndjson
echo "its worker, in hundredths of a second of CPU, before: $before, after: $(ticks)"
timed "100,000 scenarios, 2 threads" $vshift sweep $small --threads 2 --output alone.ndjson
cmp one.ndjson alone.ndjson
case $url in redis*) redis-cli -u "$url" info memory | grep used_memory_peak_human ;; esac
