#!/usr/bin/env bash
# A sweep as an array job of Slurm, a task of which is requeued in the middle, has the bytes of one machine.
#
#   npm run build && bench/slurm.sh
#
# Starts a controller and a node of its own on the loopback interface, for some three minutes: Slurm waits two of them before it starts
# a requeued task. As root, with the packages slurmd, slurmctld and munge (Debian: apt install slurmd slurmctld munge).
set -euo pipefail

vshift="node $(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/dist/bin/vshift.cjs"
grid="--p 0.1:0.9:0.1 --d 256,512 --mean 0,0.5,1 --samples 400000"
dir=$(mktemp -d)
host=$(hostname -s)

end() {
  for daemon in slurmd slurmctld; do
    [ ! -s "$dir/$daemon.pid" ] || kill "$(cat "$dir/$daemon.pid")" || true
  done
  sleep 1
  rm -rf "$dir"
}
trap end EXIT

if ! pgrep -x munged > /dev/null; then
  install -d -o munge -g munge /run/munge /var/log/munge /var/lib/munge
  if [ ! -s /etc/munge/munge.key ]; then
    head -c 1024 /dev/urandom > /etc/munge/munge.key
    chown munge: /etc/munge/munge.key
    chmod 400 /etc/munge/munge.key
  fi
  su -s /bin/sh munge -c munged
fi

mkdir "$dir/state" "$dir/spool"
export SLURM_CONF=$dir/slurm.conf
cat > "$SLURM_CONF" << EOF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
slurmctld
slurmd
cd "$dir"
cat > sweep.sh << EOF
#!/bin/bash
#SBATCH --array=1-8%2 --requeue --output=log-%a.txt --open-mode=append
exec $vshift sweep $grid --shard auto --threads 1 --output part\$SLURM_ARRAY_TASK_ID.ndjson
EOF
until sbatch --parsable sweep.sh > id; do sleep 1; done
id=$(cat id)

# In the middle of the third task.
lines() { cat "$1" 2> /dev/null | wc -l; }
until [ "$(lines part3.ndjson)" -ge 2 ]; do sleep 0.1; done
scontrol requeue "${id}_3"
echo "task 3 requeued with $(lines part3.ndjson) records"
while [ -n "$(squeue --noheader)" ]; do sleep 2; done
cat log-3.txt

$vshift records part*.ndjson $grid --output merged.ndjson --quiet
$vshift sweep $grid --output alone.ndjson --quiet
cmp merged.ndjson alone.ndjson
echo "the same bytes: $(lines merged.ndjson) records of 8 tasks"
