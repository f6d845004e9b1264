# read_study.R FILE ARM RESPONSE: the mean of a response by point, all clinics together, and the design, as JSON. Read by
# rhdf5; R shows the dimensions reversed: clinic, arm, replication, point.
suppressPackageStartupMessages(library(rhdf5))
arguments <- commandArgs(trailingOnly = TRUE)
x <- h5read(arguments[1], paste0("/responses/", arguments[3]))
arm <- match(arguments[2], h5read(arguments[1], "/responses/arm"))
mean <- apply(x[dim(x)[1], arm, , ], 2, mean)
design <- h5read(arguments[1], "/design/x")
stopifnot(!is.na(arm), ncol(design) == length(mean))
list_of <- function(v) paste0("[", paste(v, collapse = ", "), "]")
number <- function(v) trimws(formatC(as.vector(v), digits = 17, format = "g"))
cat('{"mean": ', list_of(number(mean)), ', "x": ', list_of(formatC(as.vector(design), format = "g")),
    ', "factor": ', list_of(paste0('"', h5read(arguments[1], "/design/factor"), '"')), "}\n", sep = "")
