# read_results.R FILE ARM CLINIC OUTCOME...: the values of outcomes in all runs, by coordinates, as JSON. Read by rhdf5; R
# shows the dimensions reversed: clinic, replication, draw, arm.
suppressPackageStartupMessages(library(rhdf5))
arguments <- commandArgs(trailingOnly = TRUE)
file <- arguments[1]
arm <- match(arguments[2], h5read(file, "/outcomes/arm"))
clinic <- match(arguments[3], h5read(file, "/outcomes/clinic"))
stopifnot(!is.na(arm), !is.na(clinic))
value <- function(name) {
  x <- h5read(file, paste0("/outcomes/", name))
  stopifnot(length(dim(x)) == 4, dim(x)[1] == length(h5read(file, "/clinics/clinic")))
  as.vector(x[clinic, , , arm])
}
text <- sapply(arguments[-(1:3)], function(name) {
  v <- value(name)
  v <- ifelse(is.nan(v) | is.na(v), "null", formatC(v, digits = 17, format = "g"))
  paste0('"', name, '": [', paste(trimws(v), collapse = ", "), "]")
})
stopifnot(Encoding(enc2utf8("é")) == "UTF-8", h5read(file, "/arms/title_fr")[1] != "")
cat("{", paste(text, collapse = ", "), "}\n")
