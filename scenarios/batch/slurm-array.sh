#!/bin/bash
# A study as a Slurm array: every task works on the folder until nothing is left to do.
#
#   sbatch slurm-array.sh STUDY.cfg FOLDER                 4 tasks
#   sbatch --array=1-100 slurm-array.sh STUDY.cfg FOLDER   100 tasks
#   milieu study merge FOLDER                              when they have ended
#
# The folder has to be on a disk that all nodes share. Tasks may be killed, put back into the queue or added later; the
# same command again does what is missing. `milieu study submit` writes a script like this one for a study, which also
# starts the tasks again by itself, and merges.
#
# Lines that begin with #SBATCH are for Slurm (man sbatch); the command line of sbatch wins over them. Many clusters want
# a time, a partition or an account: sbatch --time=2:00:00 --partition=P --account=A slurm-array.sh ...
#SBATCH --job-name=milieu
#SBATCH --array=1-4
#SBATCH --ntasks=1
# As many threads.
#SBATCH --cpus-per-task=1
# A task that had to give way goes back into the queue, and goes on with the same log.
#SBATCH --requeue
#SBATCH --open-mode=append
# A minute before its time is over, a task is told to stop in order.
#SBATCH --signal=B:TERM@60
# What a task says; %A is the job, %a the task.
#SBATCH --output=slurm-%A_%a.out

study=${1:?usage: sbatch slurm-array.sh STUDY.cfg FOLDER}
folder=${2:?usage: sbatch slurm-array.sh STUDY.cfg FOLDER}

# `exec`: the signal above reaches the program itself.
exec "${MILIEU:-milieu}" sweep "$study" -o "$folder"
