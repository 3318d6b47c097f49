# R 4.2.2, package epitools 0.5-10.1 (Debian r-cran-epitools). Run: Rscript direct_standardisation.R
# Writes direct_standardisation.csv and direct_standardisation_rates.csv: Fay and Feuer's gamma limits
# (ageadjust.direct) and indirect ratios (ageadjust.indirect) of Down's syndrome by birth order, Michigan 1950-64
# (Fleiss 1981, table 14.4, the example of the epitools help page), and of thin and zero strata.
library(epitools)
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
age <- c("under 20", "20-24", "25-29", "30-34", "35-39", "40 and over")
births <- list(
  "1" = c(230061, 329449, 114920, 39487, 14208, 3052), "2" = c(72202, 326701, 208667, 83228, 28466, 5375),
  "3" = c(15050, 175702, 207081, 117300, 45026, 8660), "4" = c(2293, 68800, 132424, 98301, 46075, 9834),
  "5+" = c(327, 30666, 123419, 149919, 104088, 34392))
cases <- list(
  "1" = c(107, 141, 60, 40, 39, 25), "2" = c(25, 150, 110, 84, 82, 39), "3" = c(3, 71, 114, 103, 108, 75),
  "4" = c(1, 26, 64, 89, 137, 96), "5+" = c(0, 8, 63, 112, 262, 295))
standard <- Reduce(`+`, births)
births[["thin"]] <- c(40, 55, 31, 22, 18, 9); cases[["thin"]] <- c(0, 1, 0, 2, 0, 1)
cells <- do.call(rbind, lapply(names(births), function(k) data.frame(
  group = k, stratum = age, events = cases[[k]], exposure = births[[k]], standard = standard)))
rates <- do.call(rbind, lapply(names(births), function(k) do.call(rbind, lapply(c(0.8, 0.95, 0.998), function(level) {
  found <- ageadjust.direct(cases[[k]], births[[k]], stdpop = standard, conf.level = level)
  seen <- ageadjust.indirect(cases[[k]], births[[k]], Reduce(`+`, cases[1:5]), standard)
  data.frame(group = k, confidence = level, crude = digits(found[["crude.rate"]]), adjusted = digits(found[["adj.rate"]]),
             lower = digits(found[["lci"]]), upper = digits(found[["uci"]]),
             expected = digits(seen$sir[["exp"]]), ratio = digits(seen$sir[["sir"]]))
}))))
write.csv(cells, "direct_standardisation.csv", row.names = FALSE, quote = FALSE)
write.csv(rates, "direct_standardisation_rates.csv", row.names = FALSE, quote = FALSE)
