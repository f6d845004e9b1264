#!/bin/bash
# A study as one MPI job under Slurm. It needs the program built with `make MPI=1`, and Open MPI or MPICH.
#
#   sbatch slurm-mpi.sh STUDY.cfg FOLDER               8 ranks
#   sbatch --ntasks=256 slurm-mpi.sh STUDY.cfg FOLDER  256 ranks
#
# Where an array is allowed, slurm-array.sh does the same without MPI, and starts as soon as one place is free. This one
# is for clusters that want one large job.
#
# The first rank makes the folder, on a disk that all nodes share; then each works for itself, and MPI is not used any
# more. A rank that dies loses only what it had in hand: the others do it again. The same command again goes on.
#SBATCH --job-name=milieu
#SBATCH --ntasks=8
# As many threads for each rank.
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
# A minute before the time is over, the ranks are told to stop in order.
#SBATCH --signal=TERM@60
#SBATCH --output=slurm-%j.out

study=${1:?usage: sbatch slurm-mpi.sh STUDY.cfg FOLDER}
folder=${2:?usage: sbatch slurm-mpi.sh STUDY.cfg FOLDER}
milieu=${MILIEU:-milieu}

# --kill-on-bad-exit=0 --wait=0: the other ranks go on when one has died. `srun --mpi=list` tells what else there is
# where pmix is not; without Slurm: mpirun --enable-recovery -n 8 milieu sweep STUDY.cfg -o FOLDER
srun --mpi=pmix --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" --kill-on-bad-exit=0 --wait=0 \
    "$milieu" sweep "$study" -o "$folder"

# Says what is missing when it is not complete, whatever became of single ranks.
exec "$milieu" study merge "$folder"
