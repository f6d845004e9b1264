#!/bin/bash
# A study on the machines one can log in to, without a batch system: GNU parallel starts a program on each.
#
#   bash gnu-parallel.sh STUDY.cfg FOLDER                  this machine, a program for each of its processors
#   bash gnu-parallel.sh STUDY.cfg FOLDER ada,grace,:      on three machines, `:` being this one
#
# The study and the folder have to be on a disk that all of them share, under the same name, and the program in their
# PATH. The programs divide the work among themselves through the folder: parallel only starts them, it does not know
# about runs. One that dies is made up for by the others; the same command again goes on. Ctrl-C stops all of them here;
# what is finished counts.
study=$(realpath "${1:?usage: bash gnu-parallel.sh STUDY.cfg FOLDER [MACHINE,MACHINE...]}") || exit 66
folder=$(realpath -m "${2:?usage: bash gnu-parallel.sh STUDY.cfg FOLDER [MACHINE,MACHINE...]}")
milieu=${MILIEU:-milieu}

if [ $# -ge 3 ]; then
    # --nonall: the command once on each machine, which uses all of its processors.
    parallel --quote --nonall --sshlogin "$3" "$milieu" sweep "$study" -o "$folder" --progress none
else
    processes=${JOBS:-$(nproc)}
    seq "$processes" | parallel --quote -n0 --jobs "$processes" "$milieu" sweep "$study" -o "$folder" -j 1 --progress none
fi

# Says what is missing when it is not complete, whatever became of single programs.
exec "$milieu" study merge "$folder"
